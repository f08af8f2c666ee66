//! Readers: a text to [`Document`]s, one file a format. They know no schema; what breaks a rule of the format, and every
//! limit that is hit, is a diagnostic with its place.

mod allow;
pub(in crate::facts) mod clixml;
mod comments;
mod csv;
mod decode;
mod json;
mod sound;
mod toml;
mod tree;
mod yaml;

use crate::diag::Diagnostic;
use crate::diag::codes::input;
use crate::source::{SourceFile, Span};

use super::document::Document;
use super::limits::Limits;
use super::scvmm;

pub use csv::{Cell, Table, table};
pub use decode::add_file;

/// A format of inputs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// YAML, several documents if there are.
    Yaml,
    /// JSON, one document.
    Json,
    /// JSON, a document a line.
    JsonLines,
    /// TOML.
    Toml,
    /// A plan as a table.
    Csv,
    /// Objects of PowerShell, as `Export-Clixml` writes them.
    Clixml,
}

impl Format {
    /// The format that a file's name says.
    pub fn of_name(name: &str) -> Option<Format> {
        let (_, ending) = name.rsplit_once('.')?;
        match ending.to_ascii_lowercase().as_str() {
            "yaml" | "yml" => Some(Format::Yaml),
            "json" => Some(Format::Json),
            "jsonl" | "ndjson" | "json-lines" => Some(Format::JsonLines),
            "toml" => Some(Format::Toml),
            "csv" => Some(Format::Csv),
            "xml" | "clixml" => Some(Format::Clixml),
            _ => None,
        }
    }

    /// The format that a text without a telling name seems to have: JSON where it starts with a brace or bracket, CLIXML where
    /// it starts with a tag, else YAML.
    pub fn of_text(text: &str) -> Format {
        match text.trim_start_matches('\u{feff}').trim_start().chars().next() {
            Some('{' | '[') => Format::Json,
            Some('<') => Format::Clixml,
            _ => Format::Yaml,
        }
    }

    fn called(self) -> &'static str {
        match self {
            Format::Yaml => "YAML",
            Format::Json | Format::JsonLines => "JSON",
            Format::Toml => "TOML",
            Format::Csv => "CSV",
            Format::Clixml => "CLIXML",
        }
    }
}

/// What a text says, and what is wrong with it.
#[derive(Debug, Default)]
pub struct Read {
    /// The documents, in order; one that breaks the format's rules is not among them.
    pub documents: Vec<Document>,
    /// Everything wrong with the text.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads all documents of a file.
pub fn read(format: Format, file: &SourceFile, limits: &Limits) -> Read {
    let mut read = plain(format, file, limits);
    if matches!(format, Format::Yaml | Format::Toml) {
        comments::lay(format, file, limits, &mut read);
    }
    if format == Format::Clixml
        && read.diagnostics.iter().all(|wrong| wrong.code != input::NO_OBJECTS)
        && let Some(document) = read.documents.first().filter(|document| !scvmm::recognise(document))
    {
        let span = document.root().map_or(file.span(), |root| document.span(root));
        read.diagnostics.push(
            Diagnostic::error(input::NO_OBJECTS, Span::new(span.start, span.start), "the file holds no object of VMM")
                .note("of CLIXML, machines, hosts, clusters and virtual networks of VMM are read, and nothing else")
                .help("export them, such as with `Get-SCVirtualMachine | Export-Clixml -Depth 4 vms.xml`"),
        );
        read.documents.clear();
    }
    if read.documents.is_empty() && read.diagnostics.is_empty() {
        let end = Span::new(file.base(), file.base());
        read.diagnostics.push(
            Diagnostic::error(input::EMPTY, end, "the file is empty")
                .note(format!("{} without content says nothing at all", format.called()))
                .help("write what the plan or the inventory consists of, or leave the file out"),
        );
    }
    read
}

/// Reads a record of JSON: what stands in a range of a text, as a document of its own.
pub fn read_record(file: &SourceFile, (start, end): (usize, usize), limits: &Limits) -> Read {
    json::read_record(file, (start, end), limits)
}

/// Reads what a text says, comments of YAML and TOML aside.
fn plain(format: Format, file: &SourceFile, limits: &Limits) -> Read {
    match format {
        Format::Yaml => yaml::read(file, limits),
        Format::Json => json::read(file, limits),
        Format::JsonLines => json::read_lines(file, limits),
        Format::Toml => toml::read(file, limits),
        Format::Csv => csv::read(file, limits),
        Format::Clixml => clixml::read(file, limits, scvmm::reads),
    }
}

/// Reads the one document of a file. Further ones are an error; nothing where there is none that can be used.
pub fn read_one(format: Format, file: &SourceFile, limits: &Limits) -> (Option<Document>, Vec<Diagnostic>) {
    let Read { documents, mut diagnostics } = read(format, file, limits);
    let mut documents = documents.into_iter();
    let first = documents.next();
    if let Some(second) = documents.next() {
        let span = second.root().map_or(file.span(), |root| second.span(root));
        let span = Span::new(span.start, span.start);
        diagnostics.push(
            Diagnostic::error(input::DOCUMENTS, span, "a second document begins here")
                .note("a plan or an inventory is one document")
                .help("put it into a file of its own, or take the `---` away"),
        );
    }
    (first, diagnostics)
}

/// The error of a text that breaks the rules of its format.
fn broken(format: Format, span: Span, reason: &str) -> Diagnostic {
    let mut reason: String =
        reason.trim().chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>().replace('"', "`");
    // Messages begin in lower case; an abbreviation stays.
    let mut letters = reason.chars();
    if let (Some(first), Some(second)) = (letters.next(), letters.next())
        && first.is_uppercase()
        && !second.is_uppercase()
    {
        reason = first.to_lowercase().chain(std::iter::once(second)).chain(letters).collect();
    }
    Diagnostic::error(input::SYNTAX, span, format!("this is not {}: {}", format.called(), reason.trim_end_matches('.')))
        .note("nothing of this document could be used")
}
