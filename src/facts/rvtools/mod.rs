//! Exports of RVTools: a workbook, or a file of fields between separators for each sheet. Each machine of `vInfo` becomes a
//! document of its own with what the sheets say of it, in the words of a pack that judges single machines of vSphere. Every
//! value keeps its place in its sheet. What no column says is written down as not known. The session brings the texts of the
//! sheets; the loader of single entities does the rest.

mod devices;
mod disks;
mod field;
mod guest;
mod machine;
mod machines;
mod places;
mod record;
mod sheets;
mod table;
mod workbook;

use crate::diag::Diagnostic;
use crate::diag::codes::input;
use crate::source::{SourceFile, Span};
use crate::types::{Input, Schema};

use super::document::{Document, Value};
use super::limits::Limits;

use field::Fields;
use machine::Export;
use machines::{Apart, Machines};
use table::Table;

pub use sheets::Sheet;
pub use workbook::texts;

/// Members that machines of vSphere alone have: a pack that declares one of them can be asked about an RVTools export.
const MARKS: [&str; 4] =
    ["changeTrackingEnabled", "consolidationNeeded", "faultToleranceEnabled", "guestNameFromVmwareTools"];

/// What a text of fields between separators is, as far as RVTools is concerned.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Recognised {
    /// The sheet of the machines.
    Machines,
    /// Another sheet, which tells of no machine by itself.
    Another,
}

/// What RVTools has to do with a text; nothing where that is nothing.
pub fn recognise(text: &str) -> Option<Recognised> {
    let titles = table::first_row(text)?;
    if Sheet::is_info(&titles) {
        return Some(Recognised::Machines);
    }
    Sheet::is_any(&titles).then_some(Recognised::Another)
}

/// Whether policies over a vocabulary can judge what an export tells of.
pub fn suits(schema: &Schema) -> bool {
    let Input::Each { entity } = schema.input else { return false };
    let fields = schema.get(entity).map_or(&[][..], |of| &of.fields);
    fields.iter().any(|field| MARKS.contains(&&*field.input))
}

/// A sheet of an export.
#[derive(Clone, Copy, Debug)]
pub struct Part<'t> {
    /// Which one.
    pub sheet: Sheet,
    /// Its text.
    pub file: &'t SourceFile,
    /// Whether numbers have no signs between thousands: out of a workbook.
    pub plain_numbers: bool,
}

/// What an export says.
#[derive(Debug, Default)]
pub struct Imported {
    /// A document for each machine, in the order of `vInfo`; nothing where that could not be read.
    pub machines: Option<Vec<Value>>,
    /// What is odd or wrong.
    pub diagnostics: Vec<Diagnostic>,
}

impl Imported {
    /// The machines, ready to be loaded.
    pub fn documents(&self) -> Option<Vec<Document>> {
        Some(self.machines.as_ref()?.iter().map(Value::document).collect())
    }
}

/// Reads an export. `place`: of what was named, for what the export as a whole lacks.
pub fn import(parts: &[Part<'_>], place: Span, limits: &Limits) -> Imported {
    let mut fields = Fields::default();
    let read = |sheet: Sheet, fields: &mut Fields| {
        let part = parts.iter().find(|part| part.sheet == sheet)?;
        Table::read(sheet, part.file, part.plain_numbers, limits, &mut fields.told)
    };
    let Some(info) = read(Sheet::Info, &mut fields) else {
        return Imported { machines: None, diagnostics: fields.told };
    };
    let machines = Machines::of(&info, &mut fields);
    let tables: Vec<Table<'_>> =
        Sheet::ALL.into_iter().skip(1).filter_map(|sheet| read(sheet, &mut fields)).collect();
    without_columns(std::iter::once(&info).chain(&tables), &mut fields);
    let export = Export::new(&info, &machines, tables, &mut fields);
    let found = export.machines(&mut fields);
    export.gaps(&mut fields);
    left_out(&info, &machines, &mut fields);
    missing(parts, place, &mut fields);
    let mut diagnostics = fields.told;
    diagnostics.sort_by_key(|diagnostic| diagnostic.span().start);
    Imported { machines: Some(found), diagnostics }
}

/// Tells of rows that are no machines to judge.
fn left_out(info: &Table<'_>, machines: &Machines, fields: &mut Fields) {
    for (apart, one, several) in [
        (Apart::Template, "template", "templates"),
        (Apart::Placeholder, "placeholder of Site Recovery Manager", "placeholders of Site Recovery Manager"),
    ] {
        let mut rows = machines.apart.iter().zip(&info.lines).filter(|(own, _)| **own == Some(apart));
        let Some((_, first)) = rows.next() else { continue };
        let count = rows.count().saturating_add(1);
        let what = if count == 1 { format!("a {one} was") } else { format!("{count} {several} were") };
        let told = Diagnostic::new(
            input::RVTOOLS_LEFT_OUT,
            crate::diag::Severity::Info,
            first.span,
            format!("{what} passed over"),
        );
        fields.told.push(told.note("such rows are no machines that run").help("nothing has to be done"));
    }
}

/// Tells of columns that sheets do not have.
fn without_columns<'a, 't: 'a>(tables: impl Iterator<Item = &'a Table<'t>>, fields: &mut Fields) {
    for table in tables {
        let gone = table.sheet.telling().iter().filter(|column| !table.has(**column));
        let gone: Vec<String> = gone.map(|column| format!("`{}`", table.sheet.title(*column))).collect();
        if gone.is_empty() {
            continue;
        }
        let message = format!("the sheet `{}` has no {}", table.sheet.name(), gone.join(", "));
        let told = Diagnostic::warning(input::RVTOOLS_LEFT_OUT, table.header, message);
        fields.told.push(
            told.note("what these columns would say is unknown of all machines")
                .help("export all columns; some of them only newer versions of RVTools have"),
        );
    }
}

/// Tells of sheets that the export does not have, and of what they would have said.
fn missing(parts: &[Part<'_>], place: Span, fields: &mut Fields) {
    let there = |sheet: Sheet| parts.iter().any(|part| part.sheet == sheet);
    let gone: Vec<(&str, &str)> = [
        (Sheet::Cpu, "whether processors can be added"),
        (Sheet::Memory, "whether memory can be added"),
        (Sheet::Disk, "all about disks"),
        (Sheet::Partition, "file systems of guests and the room in them"),
        (Sheet::Network, "network adapters and addresses"),
        (Sheet::Snapshot, "snapshots"),
        (Sheet::Cluster, "what clusters do by themselves"),
    ]
    .into_iter()
    .filter(|(sheet, _)| !there(*sheet))
    .map(|(sheet, says)| (sheet.name(), says))
    .collect();
    if gone.is_empty() {
        return;
    }
    let listed: Vec<String> = gone.iter().map(|(name, _)| format!("`{name}`")).collect();
    let says: Vec<String> = gone.iter().map(|(name, says)| format!("`{name}`: {says}")).collect();
    let message = format!("the export has no {}", listed.join(", "));
    let told = Diagnostic::warning(input::RVTOOLS_LEFT_OUT, place, message);
    fields.told.push(
        told.note(format!("what they would say is unknown: {}", says.join("; ")))
            .help("export all sheets in one go: `Export all to Excel`, or `Export all to CSV` into one folder"),
    );
}
