//! A sheet as text: fields between commas, semicolons or tabs, quoted where they have to be. Only columns that are read are
//! kept, each field with its place. It knows no machine.

use std::borrow::Cow;

use crate::diag::Diagnostic;
use crate::diag::codes::input;
use crate::facts::limits::{Limit, Limits};
use crate::facts::shown::shown;
use crate::source::{SourceFile, Span};

use super::sheets::{Column, Places, Sheet};

/// Rows in which the titles are looked for: some people put a title of their own above.
const TITLES_WITHIN: usize = 10;

/// A field and where it stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Field<'t> {
    pub(super) text: Cow<'t, str>,
    pub(super) span: Span,
}

/// A row: the fields of the columns that are read, in their order.
#[derive(Debug)]
pub(super) struct Line<'t> {
    fields: Vec<Option<Field<'t>>>,
    pub(super) span: Span,
}

/// A sheet.
#[derive(Debug)]
pub(super) struct Table<'t> {
    pub(super) sheet: Sheet,
    /// Where its titles stand.
    pub(super) header: Span,
    columns: Vec<Column>,
    pub(super) lines: Vec<Line<'t>>,
    /// Whether numbers are written without signs between thousands, as a workbook has them.
    pub(super) plain_numbers: bool,
}

impl<'t> Table<'t> {
    /// Reads a sheet. Nothing where the titles are not there, or a limit was hit.
    pub(super) fn read(
        sheet: Sheet,
        file: &'t SourceFile,
        plain_numbers: bool,
        limits: &Limits,
        told: &mut Vec<Diagnostic>,
    ) -> Option<Table<'t>> {
        let mut scan = Scan::new(file.text(), file.base());
        let (places, header) = titles(sheet, &mut scan, file, told)?;
        let mut columns = Vec::new();
        let mut kept = Vec::new();
        for (column, found) in places {
            if let [one] = found.as_slice() {
                columns.push(column);
                kept.push(*one);
            }
        }
        let mut table = Table { sheet, header, columns, lines: Vec::new(), plain_numbers };
        let mut values = 0u64;
        while let Some((fields, span)) = scan.row() {
            let mut line = Line { fields: vec![None; kept.len()], span };
            let mut empty = true;
            for (slot, place) in line.fields.iter_mut().zip(&kept) {
                let Some(field) = fields.get(*place) else { continue };
                if field.text.len() > limits.text_length as usize {
                    let at = Span::new(field.span.start, field.span.start);
                    let what = format!("a text of {} bytes", field.text.len());
                    told.push(limits.hit(Limit::TextLength, at, &what));
                    return None;
                }
                empty &= field.text.trim().is_empty();
                *slot = Some(field.clone());
            }
            if empty {
                continue;
            }
            values = values.saturating_add(kept.len() as u64);
            if values > limits.values {
                let at = Span::new(span.start, span.start);
                told.push(limits.hit(Limit::Values, at, "the sheet has too many values"));
                return None;
            }
            table.lines.push(line);
        }
        if let Some(at) = scan.open {
            let error = Diagnostic::error(input::SYNTAX, at, "a quote opens here that nothing closes")
                .note("everything behind it counts as one field")
                .help("close it, or export the sheet again");
            told.push(error);
        }
        Some(table)
    }

    /// Whether it has a column.
    pub(super) fn has(&self, column: Column) -> bool {
        self.columns.contains(&column)
    }

    /// The field of a row, blanks around it left out; nothing where the sheet has no such column.
    pub(super) fn field<'a>(&self, line: &'a Line<'t>, column: Column) -> Option<(&'a str, Span)> {
        let at = self.columns.iter().position(|known| *known == column)?;
        let end = Span::new(line.span.end, line.span.end);
        Some(match line.fields.get(at).and_then(Option::as_ref) {
            Some(field) => (field.text.trim(), field.span),
            None => ("", end),
        })
    }

    /// The same, where something is written in it.
    pub(super) fn said<'a>(&self, line: &'a Line<'t>, column: Column) -> Option<(&'a str, Span)> {
        self.field(line, column).filter(|(text, _)| !text.is_empty())
    }
}

/// Finds the row of titles.
fn titles(
    sheet: Sheet,
    scan: &mut Scan<'_>,
    file: &SourceFile,
    told: &mut Vec<Diagnostic>,
) -> Option<(Places, Span)> {
    let mut seen = 0usize;
    let mut first = Span::new(file.base(), file.base());
    while seen < TITLES_WITHIN {
        let Some((fields, span)) = scan.row() else { break };
        if fields.iter().all(|field| field.text.trim().is_empty()) {
            continue;
        }
        if seen == 0 {
            first = span;
        }
        seen = seen.saturating_add(1);
        let titles: Vec<&str> = fields.iter().map(|field| field.text.as_ref()).collect();
        let Some(places) = sheet.places(&titles) else { continue };
        for (_, found) in places.iter().filter(|(_, found)| found.len() > 1) {
            let mut all = found.iter().filter_map(|at| fields.get(*at));
            let (Some(one), Some(two)) = (all.next(), all.next()) else { continue };
            let message = format!("the column `{}` stands twice", shown(two.text.trim()));
            let error = Diagnostic::error(input::DOUBLED_KEY, two.span, message)
                .also(one.span, "the first")
                .note("which of the two is meant, nobody can say: neither is read")
                .help("take one of them away; a custom attribute of the same name can be renamed in its title");
            told.push(error);
        }
        return Some((places, span));
    }
    let key = sheet.title(sheet.key());
    let message = format!("the sheet `{}` has no column `{key}`", sheet.name());
    let error = Diagnostic::error(input::RVTOOLS, first, message)
        .note(format!("without the titles of RVTools in its first rows, the sheet says nothing: `{key}` is what its rows are about"))
        .help("export it again with all columns, and leave its titles as they are");
    told.push(error);
    None
}

/// The titles of a text, if it has any.
pub(super) fn first_row(text: &str) -> Option<Vec<String>> {
    let mut scan = Scan::new(text, 0);
    loop {
        let (fields, _) = scan.row()?;
        if fields.iter().any(|field| !field.text.trim().is_empty()) {
            return Some(fields.into_iter().map(|field| field.text.trim().to_owned()).collect());
        }
    }
}

/// Goes through a text, row by row.
struct Scan<'t> {
    text: &'t str,
    base: u32,
    at: usize,
    separator: u8,
    /// Where a quote opened that nothing closes.
    open: Option<Span>,
}

impl<'t> Scan<'t> {
    fn new(text: &'t str, base: u32) -> Scan<'t> {
        let at = if text.starts_with('\u{feff}') { 3 } else { 0 };
        let mut scan = Scan { text, base, at, separator: b',', open: None };
        scan.separator = scan.guess();
        scan
    }

    /// The sign that parts the fields of the first row that is written on.
    fn guess(&self) -> u8 {
        let rest = self.text.get(self.at..).unwrap_or("");
        let Some(line) = rest.lines().find(|line| !line.trim().is_empty()) else { return b',' };
        // `sep=;` is what Excel reads.
        if let Some(sign) = line.strip_prefix("sep=").and_then(|sign| sign.bytes().next()) {
            return sign;
        }
        let mut counts = [(b',', 0usize), (b';', 0), (b'\t', 0)];
        let mut quoted = false;
        for byte in line.bytes() {
            quoted ^= byte == b'"';
            if let Some((_, count)) = counts.iter_mut().find(|(sign, _)| *sign == byte && !quoted) {
                *count = count.saturating_add(1);
            }
        }
        let most = counts.iter().map(|(_, count)| *count).max().unwrap_or(0);
        counts.iter().find(|(_, count)| *count == most).map_or(b',', |(sign, _)| *sign)
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn step(&mut self) {
        self.at = self.at.saturating_add(1);
    }

    fn span(&self, start: usize, end: usize) -> Span {
        let place = |at: usize| self.base.saturating_add(u32::try_from(at).unwrap_or(u32::MAX));
        Span::new(place(start), place(end))
    }

    /// The next row and all it covers, its line break aside.
    fn row(&mut self) -> Option<(Vec<Field<'t>>, Span)> {
        self.peek()?;
        let start = self.at;
        let mut fields = Vec::new();
        loop {
            fields.push(self.field());
            match self.peek() {
                Some(byte) if byte == self.separator => self.step(),
                Some(b'\r' | b'\n') | None => break,
                // What stands behind a closing quote.
                Some(_) => {
                    let rest = self.bare();
                    if let Some(last) = fields.last_mut() {
                        let text = format!("{}{}", last.text, rest.text);
                        *last = Field { text: text.into(), span: last.span.to(rest.span) };
                    }
                    if self.peek() == Some(self.separator) {
                        self.step();
                    } else {
                        break;
                    }
                }
            }
        }
        let span = self.span(start, self.at);
        if self.peek() == Some(b'\r') {
            self.step();
        }
        if self.peek() == Some(b'\n') {
            self.step();
        }
        Some((fields, span))
    }

    fn field(&mut self) -> Field<'t> {
        if self.peek() == Some(b'"') { self.quoted() } else { self.bare() }
    }

    fn bare(&mut self) -> Field<'t> {
        let start = self.at;
        let rest = self.text.as_bytes().get(start..).unwrap_or_default();
        let ends = |byte: &u8| *byte == self.separator || matches!(byte, b'\r' | b'\n');
        let length = rest.iter().position(ends).unwrap_or(rest.len());
        self.at = start.saturating_add(length);
        Field { text: self.text.get(start..self.at).unwrap_or("").into(), span: self.span(start, self.at) }
    }

    fn quoted(&mut self) -> Field<'t> {
        let start = self.at;
        self.step();
        let begin = self.at;
        let mut doubled = false;
        let end = loop {
            let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
            let Some(length) = rest.iter().position(|byte| *byte == b'"') else {
                self.at = self.text.len();
                self.open.get_or_insert(self.span(start, start.saturating_add(1)));
                break self.at;
            };
            let quote = self.at.saturating_add(length);
            self.at = quote.saturating_add(1);
            if self.peek() != Some(b'"') {
                break quote;
            }
            doubled = true;
            self.step();
        };
        let text = self.text.get(begin..end).unwrap_or("");
        let text = if doubled { Cow::Owned(text.replace("\"\"", "\"")) } else { Cow::Borrowed(text) };
        Field { text, span: self.span(start, self.at) }
    }
}
