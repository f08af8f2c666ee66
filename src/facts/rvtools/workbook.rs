//! A workbook (`.xlsx`) as texts, one a sheet that is read: line N is row N of the sheet, and only columns that are read are in
//! it. So a place in a sheet is a place in a text, like any other. Nothing is taken from a part of the file before it is
//! known how large it is unpacked.

use std::io::{Cursor, Read};

use calamine::{DataRef, Reader, SheetType, Xlsx, XlsxError};

use crate::diag::Diagnostic;
use crate::diag::codes::input;
use crate::facts::limits::{Limit, Limits};
use crate::facts::shown::shown;
use crate::source::Span;

use super::sheets::Sheet;

/// How a file begins that is protected by a password, or a workbook of the format before 2007.
const COMPOUND: [u8; 8] = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];

/// Rows in which the titles of a sheet are looked for.
const TITLES_WITHIN: usize = 10;

/// The texts of the sheets that are read. `place`: of the file, for whatever is wrong with it.
///
/// # Errors
/// Why there is none.
pub fn texts(bytes: &[u8], place: Span, limits: &Limits) -> Result<Vec<(Sheet, String)>, Box<Diagnostic>> {
    let broken = |message: String| Box::new(Diagnostic::error(input::WORKBOOK, place, message));
    if bytes.starts_with(&COMPOUND) {
        return Err(Box::new(
            broken("the workbook is protected by a password, or of the format before 2007".to_owned())
                .note("only `.xlsx` workbooks that anybody can open are read")
                .help("open it in Excel, take the password away and save it as `.xlsx`; or export CSV from RVTools"),
        ));
    }
    if !bytes.starts_with(b"PK") {
        return Err(Box::new(
            broken("this is no workbook".to_owned())
                .note("an `.xlsx` file is a zip archive, and this file is none")
                .help("name the file that RVTools wrote; a CSV export keeps its ending `.csv`"),
        ));
    }
    measure(bytes, place, limits)?;
    let unreadable = |error: &XlsxError| {
        Box::new(
            broken(format!("the workbook is damaged: {}", said(error)))
                .note("nothing of it could be used")
                .help("copy or export it again; a workbook that Excel opens and saves is read"),
        )
    };
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|error| unreadable(&error))?;
    let sheets: Vec<(String, Sheet)> = book
        .sheets_metadata()
        .iter()
        .filter(|sheet| sheet.typ == SheetType::WorkSheet)
        .filter_map(|sheet| Some((sheet.name.clone(), Sheet::named(&sheet.name)?)))
        .collect();
    let mut texts: Vec<(Sheet, String)> = Vec::new();
    for (name, sheet) in sheets {
        if texts.iter().any(|(known, _)| *known == sheet) {
            return Err(Box::new(
                broken(format!("the workbook has the sheet `{}` twice", sheet.name()))
                    .note("which of the two is meant, nobody can say")
                    .help("take one of them away"),
            ));
        }
        let mut text = Text::new(sheet);
        let mut cells = book.worksheet_cells_reader(&name).map_err(|error| unreadable(&error))?;
        loop {
            let cell = match cells.next_cell() {
                Ok(Some(cell)) => cell,
                Ok(None) => break,
                Err(error) => return Err(unreadable(&error)),
            };
            let (row, column) = cell.get_position();
            if !text.put(row, column, cell.get_value()) {
                return Err(Box::new(
                    broken(format!("the rows of the sheet `{}` are out of order", sheet.name()))
                        .note("rows and fields of a sheet stand in ascending order")
                        .help("open it in Excel and save it again"),
                ));
            }
            if text.values > limits.values {
                let what = format!("the sheet `{}` has too many values", sheet.name());
                return Err(Box::new(limits.hit(Limit::Values, place, &what)));
            }
            if text.out.len() as u64 > limits.file_size {
                let what = format!("the sheet `{}` is too long", sheet.name());
                return Err(Box::new(limits.hit(Limit::FileSize, place, &what)));
            }
        }
        texts.push((sheet, text.finish()));
    }
    if !texts.iter().any(|(sheet, _)| *sheet == Sheet::Info) {
        let names: Vec<String> = book.sheet_names().iter().take(12).map(|name| format!("`{}`", shown(name))).collect();
        return Err(Box::new(
            Diagnostic::error(input::RVTOOLS, place, "the workbook has no sheet `vInfo`")
                .note(format!("its sheets: {}", if names.is_empty() { "none".to_owned() } else { names.join(", ") }))
                .note("`vInfo` lists the machines; without it there is none to judge")
                .help("export all sheets with RVTools (`Export all to Excel`)"),
        ));
    }
    Ok(texts)
}

/// Sees to it that no part of the archive is larger than a file may be, whatever the archive says of itself.
fn measure(bytes: &[u8], place: Span, limits: &Limits) -> Result<(), Box<Diagnostic>> {
    let broken = |reason: String| {
        Box::new(
            Diagnostic::error(input::WORKBOOK, place, format!("the workbook is damaged: {reason}"))
                .note("nothing of it could be used")
                .help("copy or export it again; a workbook that Excel opens and saves is read"),
        )
    };
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| broken(lower(&error.to_string())))?;
    let mut left = limits.file_size;
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(|error| broken(lower(&error.to_string())))?;
        let name = part.name().map(|name| name.into_owned()).unwrap_or_default();
        let read = std::io::copy(&mut part.take(left.saturating_add(1)), &mut std::io::sink())
            .map_err(|error| broken(lower(&error.to_string())))?;
        if read > left {
            let what = format!("the workbook is too large unpacked, at its part `{}`", shown(&name));
            return Err(Box::new(limits.hit(Limit::FileSize, place, &what)));
        }
        left = left.saturating_sub(read);
    }
    Ok(())
}

/// What the reader says of a workbook, as the end of a message.
fn said(error: &XlsxError) -> String {
    match error {
        XlsxError::FileNotFound(part) => format!("its part `{}` is missing", shown(part)),
        XlsxError::RelationshipNotFound => "it does not say where its sheets are".to_owned(),
        XlsxError::WorksheetNotFound(name) => format!("the sheet `{}` is listed, but not there", shown(name)),
        other => lower(&other.to_string()),
    }
}

/// The words of another as they may stand at the end of a message.
fn lower(words: &str) -> String {
    let plain: String = words.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let mut letters = plain.trim().trim_end_matches('.').chars();
    match letters.next() {
        Some(first) => shown(&first.to_lowercase().chain(letters).collect::<String>()),
        None => "it cannot be read".to_owned(),
    }
}

/// The text of a sheet in the making.
struct Text {
    sheet: Sheet,
    out: String,
    /// Rows that are written.
    rows: u32,
    row: Vec<(u32, String)>,
    at: Option<u32>,
    /// The columns that are read, once the titles were met.
    kept: Option<Vec<u32>>,
    looked: usize,
    values: u64,
}

impl Text {
    fn new(sheet: Sheet) -> Text {
        Text { sheet, out: String::new(), rows: 0, row: Vec::new(), at: None, kept: None, looked: 0, values: 0 }
    }

    /// Takes a cell; they come row by row. False where they do not.
    fn put(&mut self, row: u32, column: u32, value: &DataRef<'_>) -> bool {
        if self.at != Some(row) {
            if self.at.is_some_and(|at| row < at) {
                return false;
            }
            self.end_row();
            self.at = Some(row);
        }
        if self.kept.as_ref().is_some_and(|kept| !kept.contains(&column)) {
            return true;
        }
        let text = match value {
            DataRef::Empty => return true,
            DataRef::Int(number) => number.to_string(),
            DataRef::Float(number) => number.to_string(),
            DataRef::DateTime(date) => date.as_f64().to_string(),
            DataRef::Bool(true) => "True".to_owned(),
            DataRef::Bool(false) => "False".to_owned(),
            DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
            DataRef::SharedString(text) => (*text).to_owned(),
            DataRef::Error(error) => error.to_string(),
        };
        if self.row.last().is_some_and(|(last, _)| *last >= column) {
            return false;
        }
        self.values = self.values.saturating_add(1);
        self.row.push((column, text));
        true
    }

    fn end_row(&mut self) {
        let Some(at) = self.at.take() else { return };
        let row = std::mem::take(&mut self.row);
        if row.iter().all(|(_, text)| text.trim().is_empty()) {
            return;
        }
        if self.kept.is_none() {
            let titles: Vec<&str> = row.iter().map(|(_, text)| text.as_str()).collect();
            self.looked = self.looked.saturating_add(1);
            if let Some(places) = self.sheet.places(&titles) {
                let all = places.iter().flat_map(|(_, found)| found);
                let mut kept: Vec<u32> = all.filter_map(|at| row.get(*at)).map(|(column, _)| *column).collect();
                kept.sort_unstable();
                kept.dedup();
                self.kept = Some(kept);
            } else if self.looked > TITLES_WITHIN {
                // A sheet without titles is told of by whoever reads its text: nothing more of it is needed.
                self.kept = Some(Vec::new());
            }
        }
        while self.rows < at {
            self.out.push('\n');
            self.rows = self.rows.saturating_add(1);
        }
        let fields: Vec<&str> = match &self.kept {
            None => row.iter().map(|(_, text)| text.as_str()).collect(),
            Some(kept) => {
                let of = |column: &u32| row.iter().find(|(own, _)| own == column).map_or("", |(_, text)| text.as_str());
                kept.iter().map(of).collect()
            }
        };
        for (index, field) in fields.into_iter().enumerate() {
            if index > 0 {
                self.out.push(',');
            }
            write_field(field, &mut self.out);
        }
    }

    fn finish(mut self) -> String {
        self.end_row();
        if !self.out.is_empty() {
            self.out.push('\n');
        }
        self.out
    }
}

/// Writes a field: on one line, for a line is a row.
fn write_field(text: &str, out: &mut String) {
    let quoted = text.contains(['"', ',', ';', '\t', '\n', '\r']) || text.starts_with("sep=");
    if quoted {
        out.push('"');
    }
    for letter in text.trim().chars() {
        match letter {
            '"' => out.push_str("\"\""),
            '\n' | '\r' | '\0' => out.push(' '),
            letter => out.push(letter),
        }
    }
    if quoted {
        out.push('"');
    }
}
