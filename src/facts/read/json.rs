//! JSON, and JSON lines.

use jiter::{Jiter, JiterError, Peek};

use crate::facts::document::Document;
use crate::facts::limits::Limits;
use crate::source::{SourceFile, Span};

use super::tree::{Inside, Stop, Tree};
use super::{Format, Read, broken};

/// Reads the one document of a JSON text.
pub(super) fn read(file: &SourceFile, limits: &Limits) -> Read {
    let text = file.text();
    let start = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let mut read = Read::default();
    document(file, (start, text.len()), limits, &mut read);
    read
}

/// Reads every line that is not blank as a document of its own.
pub(super) fn read_lines(file: &SourceFile, limits: &Limits) -> Read {
    let mut read = Read::default();
    let mut start = if file.text().starts_with('\u{feff}') { 3 } else { 0 };
    for line in file.text().get(start..).unwrap_or("").split('\n') {
        let end = start.saturating_add(line.len());
        document(file, (start, end), limits, &mut read);
        start = end.saturating_add(1);
    }
    read
}

/// Reads one record of a text, the one that stands in a range of it.
pub(super) fn read_record(file: &SourceFile, range: (usize, usize), limits: &Limits) -> Read {
    let mut read = Read::default();
    document(file, range, limits, &mut read);
    read
}

/// Why reading ended early.
enum Trouble {
    Json(JiterError),
    Stop,
}

impl From<JiterError> for Trouble {
    fn from(error: JiterError) -> Trouble {
        Trouble::Json(error)
    }
}

impl From<jiter::JsonError> for Trouble {
    fn from(error: jiter::JsonError) -> Trouble {
        Trouble::Json(error.into())
    }
}

impl From<Stop> for Trouble {
    fn from(Stop: Stop) -> Trouble {
        Trouble::Stop
    }
}

fn document(file: &SourceFile, (start, end): (usize, usize), limits: &Limits, read: &mut Read) {
    let bytes = file.text().as_bytes().get(start..end).unwrap_or(&[]);
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return;
    }
    if let Some(document) = super::sound::read(file, (start, end), limits) {
        read.documents.push(document);
        return;
    }
    let mut tree = Tree::new(file.text().clone(), file.base(), limits);
    let result = events(bytes, start, &mut tree);
    let base = file.base().saturating_add(len32(start));
    let (document, diagnostics) = tree.finish();
    read.diagnostics.extend(diagnostics);
    match result {
        Ok(()) => read.documents.extend(document.map(Document::typed)),
        Err(Trouble::Stop) => {}
        Err(Trouble::Json(error)) => {
            // The index is a byte's, which may be in the middle of a letter.
            let mut index = error.index.min(bytes.len());
            while !file.text().is_char_boundary(start.saturating_add(index)) {
                index = index.saturating_sub(1);
            }
            let at = base.saturating_add(len32(index));
            let reason = error.error_type.to_string();
            let mut broken = broken(Format::Json, Span::new(at, at), &reason);
            if reason.contains("railing") || reason.contains("xpected") {
                broken = broken.help("JSON has no comments and no comma behind a last element; a file with the ending `.yaml` may have them");
            }
            read.diagnostics.push(broken);
        }
    }
}

/// Walks the text. `base`: where `bytes` begin in the file.
fn events(bytes: &[u8], base: usize, tree: &mut Tree<'_>) -> Result<(), Trouble> {
    let mut jiter = Jiter::new(bytes);
    let place = |index: usize| len32(base.saturating_add(index));
    let mut pending = Some(jiter.peek()?);
    loop {
        if let Some(peek) = pending.take() {
            let start = jiter.current_index();
            match peek {
                Peek::Array => {
                    tree.open_list(place(start), 0)?;
                    pending = jiter.known_array()?;
                    if pending.is_none() {
                        tree.close(Some(place(jiter.current_index())))?;
                    }
                }
                Peek::Object => {
                    tree.open_map(place(start), 0)?;
                    let from = start.saturating_add(1);
                    match jiter.known_object()? {
                        None => tree.close(Some(place(jiter.current_index())))?,
                        Some(key) => {
                            name(bytes, from, key, place, tree)?;
                            pending = Some(jiter.peek()?);
                        }
                    }
                }
                Peek::String => {
                    let end = string_end(bytes, start);
                    let text = jiter.known_str()?;
                    let at = place(start.saturating_add(1));
                    tree.scalar(text, Some(at), true, (place(start), place(end)), 0)?;
                }
                Peek::Null => {
                    jiter.known_null()?;
                    tree.null(place(start), place(jiter.current_index()), 0)?;
                }
                peek => {
                    if matches!(peek, Peek::True | Peek::False) {
                        jiter.known_bool(peek)?;
                    } else {
                        jiter.known_number_bytes(peek)?;
                    }
                    let end = jiter.current_index();
                    let text = bytes.get(start..end).map(String::from_utf8_lossy).unwrap_or_default();
                    tree.scalar(&text, Some(place(start)), false, (place(start), place(end)), 0)?;
                }
            }
            if pending.is_some() {
                continue;
            }
        }
        let from = jiter.current_index();
        match tree.inside() {
            Inside::Nothing => return Ok(jiter.finish()?),
            Inside::List => pending = jiter.array_step()?,
            Inside::Key | Inside::Value => {
                if let Some(key) = jiter.next_key()? {
                    name(bytes, from, key, place, tree)?;
                    pending = Some(jiter.peek()?);
                }
            }
        }
        if pending.is_none() {
            tree.close(Some(place(jiter.current_index())))?;
        }
    }
}

/// A key, which stands somewhere behind `from` and the comma there.
fn name(bytes: &[u8], from: usize, key: &str, place: impl Fn(usize) -> u32, tree: &mut Tree<'_>) -> Result<(), Stop> {
    let skipped = bytes.get(from..).unwrap_or(&[]).iter().take_while(|byte| **byte != b'"').count();
    let start = from.saturating_add(skipped);
    let end = string_end(bytes, start);
    tree.key(key, Some(place(start.saturating_add(1))), (place(start), place(end)))
}

/// Behind the closing quote of the string that begins at `start`.
fn string_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start.saturating_add(1);
    while let Some(byte) = bytes.get(at) {
        at = at.saturating_add(1);
        match byte {
            b'"' => break,
            b'\\' => at = at.saturating_add(1),
            _ => {}
        }
    }
    at.min(bytes.len())
}

fn len32(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
