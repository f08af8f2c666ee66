//! A plan as a table: one step a row, the first row names the columns. `# clearway: allow CODE -- reason` on a row or above it
//! waives there. Its own scanner, for every field needs its place.

use crate::diag::Diagnostic;
use crate::diag::codes::input;
use crate::facts::document::Value;
use crate::facts::limits::{Limit, Limits};
use crate::facts::shown::shown;
use crate::source::{SourceFile, Span};

use super::Read;
use super::allow::{self, Allow};

/// A field of a row.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cell {
    /// What it says.
    pub text: String,
    /// Where it stands, quotes included.
    pub span: Span,
}

/// A table as it is written, for whoever changes one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Table {
    /// What stands between fields.
    pub separator: char,
    /// The names of the columns.
    pub header: Vec<Cell>,
    /// The rows, empty fields included.
    pub rows: Vec<Vec<Cell>>,
}

/// The fields of a table with their places; nothing where there is no header.
pub fn table(file: &SourceFile, limits: &Limits) -> Option<Table> {
    let mut scan = Scan::new(file, limits);
    let header = scan.next_row()?;
    let rows = std::iter::from_fn(|| scan.next_row()).collect();
    Some(Table { separator: char::from(scan.separator), header, rows })
}

/// Reads a plan as a table.
pub(super) fn read(file: &SourceFile, limits: &Limits) -> Read {
    let mut scan = Scan::new(file, limits);
    let mut read = Read::default();
    let mut steps = Vec::new();
    let mut waivers = Vec::new();
    let Some(header) = scan.next_row() else {
        read.diagnostics = scan.diagnostics;
        return read;
    };
    let start = header.first().map_or(0, |cell| cell.span.start);
    let mut allowed = std::mem::take(&mut scan.allowed);
    doubled(&header, &mut scan.diagnostics);
    while let Some(row) = scan.next_row() {
        let span = row.iter().fold(Span::NONE, |whole, cell| whole.to(cell.span));
        if let Some(extra) = row.iter().skip(header.len()).find(|cell| !cell.text.is_empty()) {
            scan.diagnostics.push(
                Diagnostic::error(
                    input::TABLE,
                    extra.span,
                    format!("the row has {} fields, the table {} columns", row.len(), header.len()),
                )
                .note("a comma inside a field needs quotes round the field")
                .help("put the field into double quotes, or take the extra one away"),
            );
        }
        let mut step = Value::map(span);
        for (column, cell) in header.iter().zip(&row) {
            if !cell.text.is_empty() && !column.text.is_empty() {
                let path: Vec<&str> = column.text.split('.').collect();
                step.put_under(&path, column.span, Value::text(cell.text.clone(), cell.span));
            }
        }
        steps.push(step);
        allowed.append(&mut scan.allowed);
        let id = id_of(steps.last(), steps.len());
        for allow in allowed.drain(..) {
            waivers.push(allow.waiver(&id));
        }
    }
    for allow in allowed.iter().chain(&scan.allowed) {
        scan.diagnostics.push(allow.stray());
    }
    let span = Span::new(start, file.span().end);
    let mut plan = Value::map(span).with("steps", Some(Value::List(steps, span)));
    if !waivers.is_empty() {
        plan = plan.with("waivers", Some(Value::List(waivers, span)));
    }
    read.documents.extend((!scan.stopped).then(|| plan.document()));
    read.diagnostics = scan.diagnostics;
    read
}

fn doubled(header: &[Cell], diagnostics: &mut Vec<Diagnostic>) {
    for (index, column) in header.iter().enumerate() {
        if let Some(first) = header.iter().take(index).find(|first| first.text == column.text) {
            diagnostics.push(
                Diagnostic::error(
                    input::DOUBLED_KEY,
                    column.span,
                    format!("the column `{}` stands twice", shown(&column.text)),
                )
                .also(first.span, "the first")
                .help("take one of them away"),
            );
        }
    }
}

/// The id that a step has, or will be given.
fn id_of(step: Option<&Value>, number: usize) -> String {
    match step.and_then(|step| step.get("id")) {
        Some(Value::Scalar(id, _, _)) => id.clone(),
        _ => format!("step-{number}"),
    }
}

struct Scan<'f> {
    text: &'f str,
    base: u32,
    at: usize,
    separator: u8,
    limits: &'f Limits,
    allowed: Vec<Allow>,
    diagnostics: Vec<Diagnostic>,
    stopped: bool,
}

impl<'f> Scan<'f> {
    fn new(file: &'f SourceFile, limits: &'f Limits) -> Scan<'f> {
        let text: &str = file.text();
        let at = if text.starts_with('\u{feff}') { 3 } else { 0 };
        // A German or French Excel writes semicolons.
        let header = text.lines().find(|line| !line.trim_start().starts_with('#') && !line.trim().is_empty());
        let semicolons = header.is_some_and(|line| line.contains(';') && !line.contains(','));
        let separator = if semicolons { b';' } else { b',' };
        Scan {
            text,
            base: file.base(),
            at,
            separator,
            limits,
            allowed: Vec::new(),
            diagnostics: Vec::new(),
            stopped: false,
        }
    }

    fn span(&self, start: usize, end: usize) -> Span {
        let place = |at: usize| self.base.saturating_add(u32::try_from(at).unwrap_or(u32::MAX));
        Span::new(place(start), place(end))
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The next row that has fields; comments on the way go to `allowed`.
    fn next_row(&mut self) -> Option<Vec<Cell>> {
        loop {
            if self.stopped {
                return None;
            }
            let rest = self.text.get(self.at..).filter(|rest| !rest.is_empty())?;
            let line = rest.split(['\n', '\r']).next().unwrap_or("");
            if line.trim().is_empty() {
                self.at = self.at.saturating_add(line.len());
                self.line_break();
            } else if line.trim_start().starts_with('#') {
                let start = self.at.saturating_add(line.len().saturating_sub(line.trim_start().len()));
                self.at = self.at.saturating_add(line.len());
                self.comment(start, self.at);
                self.line_break();
            } else {
                return Some(self.row());
            }
        }
    }

    fn line_break(&mut self) {
        if self.peek() == Some(b'\r') {
            self.at = self.at.saturating_add(1);
        }
        if self.peek() == Some(b'\n') {
            self.at = self.at.saturating_add(1);
        }
    }

    fn row(&mut self) -> Vec<Cell> {
        let mut cells = Vec::new();
        loop {
            self.blanks();
            let cell = if self.peek() == Some(b'"') { self.quoted() } else { self.bare() };
            if cell.text.len() > self.limits.text_length as usize {
                let what = format!("a text of {} bytes", cell.text.len());
                let span = Span::new(cell.span.start, cell.span.start);
                self.diagnostics.push(self.limits.hit(Limit::TextLength, span, &what));
                self.stopped = true;
            }
            cells.push(cell);
            self.blanks();
            match self.peek() {
                Some(b'#') => {
                    let start = self.at;
                    self.skip_line();
                    self.comment(start, self.at);
                    self.line_break();
                    return cells;
                }
                Some(byte) if byte == self.separator => self.at = self.at.saturating_add(1),
                _ => {
                    self.line_break();
                    return cells;
                }
            }
        }
    }

    fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t')) {
            self.at = self.at.saturating_add(1);
        }
    }

    fn skip_line(&mut self) {
        while !matches!(self.peek(), None | Some(b'\n' | b'\r')) {
            self.at = self.at.saturating_add(1);
        }
    }

    fn bare(&mut self) -> Cell {
        let start = self.at;
        // A `#` begins a comment where a blank or a separator stands before it; in a name it is a letter like any other.
        let mut before = self.separator;
        while let Some(byte) = self.peek() {
            let comment = byte == b'#' && (before == self.separator || before == b' ' || before == b'\t');
            if byte == self.separator || comment || matches!(byte, b'\n' | b'\r') {
                break;
            }
            before = byte;
            self.at = self.at.saturating_add(1);
        }
        let text = self.text.get(start..self.at).unwrap_or("").trim_end();
        Cell { text: text.to_owned(), span: self.span(start, start.saturating_add(text.len())) }
    }

    fn quoted(&mut self) -> Cell {
        let start = self.at;
        self.at = self.at.saturating_add(1);
        let mut text = String::new();
        loop {
            let rest = self.text.get(self.at..).unwrap_or("");
            let Some(quote) = rest.find('"') else {
                let span = self.span(start, start.saturating_add(1));
                self.diagnostics.push(
                    Diagnostic::error(input::SYNTAX, span, "this is not CSV: a quote that is never closed")
                        .help("close the field with a double quote; a quote inside it is written twice"),
                );
                self.at = self.text.len();
                self.stopped = true;
                break;
            };
            text.push_str(rest.get(..quote).unwrap_or(""));
            self.at = self.at.saturating_add(quote).saturating_add(1);
            if self.peek() != Some(b'"') {
                break;
            }
            text.push('"');
            self.at = self.at.saturating_add(1);
        }
        let span = self.span(start, self.at);
        self.blanks();
        if !matches!(self.peek(), None | Some(b'\n' | b'\r' | b'#')) && self.peek() != Some(self.separator) {
            let from = self.at;
            while !matches!(self.peek(), None | Some(b'\n' | b'\r')) && self.peek() != Some(self.separator) {
                self.at = self.at.saturating_add(1);
            }
            self.diagnostics.push(
                Diagnostic::error(
                    input::SYNTAX,
                    self.span(from, self.at),
                    "this is not CSV: text behind a closing quote",
                )
                .help("a quote inside a field is written twice"),
            );
        }
        Cell { text, span }
    }

    /// `# clearway: allow CODE -- reason`; any other comment says nothing to us.
    fn comment(&mut self, start: usize, end: usize) {
        let begin = self.span(start, start).start;
        let whole = self.text.get(start..end).unwrap_or("");
        allow::read(whole, begin, &mut self.allowed, &mut self.diagnostics);
    }
}
