//! Diagnostics and places as JSON has them, in every document of ours.

use schemars::JsonSchema;
use serde::Serialize;

use crate::diag::{Diagnostic, Severity};
use crate::source::{SourceMap, Span};

/// A place in a text; lines and columns count from 1, columns in characters, offset and length in bytes.
#[derive(Clone, Debug, JsonSchema, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(in crate::render) struct Location {
    /// The file.
    file: String,
    /// The line it begins in.
    line: usize,
    /// The column it begins at.
    column: usize,
    /// The line it ends in.
    end_line: usize,
    /// The column behind its end.
    end_column: usize,
    /// The bytes before it.
    offset: usize,
    /// Its bytes.
    length: usize,
}

/// Something that is wrong with what was read, or with the run.
#[derive(Clone, Debug, JsonSchema, Serialize)]
#[schemars(rename = "Diagnostic")]
pub struct DiagnosticJson {
    /// Its code: `clearway explain CODE` shows its page.
    code: &'static str,
    /// How bad it is.
    #[schemars(extend("enum" = ["error", "warning", "info"]))]
    severity: &'static str,
    /// What is wrong.
    message: String,
    /// What to do; null where there is nothing to add.
    help: Option<String>,
    /// Why it is so.
    notes: Vec<String>,
    /// Where it is; null where there is no text.
    location: Option<Location>,
    /// What is marked in the text.
    labels: Vec<Label>,
}

/// What is marked in a text.
#[derive(Clone, Debug, JsonSchema, Serialize)]
struct Label {
    /// What is said of it.
    message: String,
    /// Whether it is what has to be changed.
    primary: bool,
    /// Where it is.
    location: Option<Location>,
}

pub(in crate::render) fn severity(severity: Severity) -> &'static str {
    crate::render::concise::severity(severity).0
}

pub(in crate::render) fn location(map: &SourceMap, span: Span) -> Option<Location> {
    let place = map.locate(span)?;
    Some(Location {
        file: place.file.to_string(),
        line: place.line,
        column: place.column,
        end_line: place.end_line,
        end_column: place.end_column,
        offset: place.offset,
        length: place.length,
    })
}

pub(in crate::render) fn diagnostic(map: &SourceMap, diagnostic: &Diagnostic) -> DiagnosticJson {
    DiagnosticJson {
        code: diagnostic.code.as_str(),
        severity: severity(diagnostic.severity),
        message: diagnostic.message.clone(),
        help: diagnostic.help.clone(),
        notes: diagnostic.notes.clone(),
        location: location(map, diagnostic.span()),
        labels: diagnostic
            .labels
            .iter()
            .map(|label| Label {
                message: label.text.clone(),
                primary: label.primary,
                location: location(map, label.span),
            })
            .collect(),
    }
}
