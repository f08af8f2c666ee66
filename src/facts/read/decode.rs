//! Bytes to text: UTF-8, with the place of the first byte that is not. Objects of PowerShell may be UTF-16, for that is what
//! `Export-Clixml` writes; nothing else may, for what is edited has to be written back as it was.

use crate::diag::Diagnostic;
use crate::diag::codes::input;
use crate::facts::limits::{Limit, Limits};
use crate::source::{FileId, SourceMap, Span};

/// Takes the bytes of a file into the source map. A byte order mark stays in the text; the readers pass over it.
///
/// # Errors
/// A diagnostic where the bytes are no UTF-8 text or too many. The part before the first wrong byte is in the map then,
/// so that the diagnostic has a place.
pub fn add_file(
    sources: &mut SourceMap,
    name: &str,
    bytes: Vec<u8>,
    limits: &Limits,
) -> Result<FileId, Box<Diagnostic>> {
    if bytes.len() as u64 > limits.file_size {
        let span = place(sources, name, "");
        return Err(Box::new(limits.hit(Limit::FileSize, span, &format!("the file has {} bytes", bytes.len()))));
    }
    if let Some(text) = utf16_objects(&bytes) {
        return sources.add(name, text).ok_or_else(|| Box::new(too_much(limits)));
    }
    match String::from_utf8(bytes) {
        Ok(text) => match text.find('\0') {
            None => sources.add(name, text).ok_or_else(|| Box::new(too_much(limits))),
            Some(at) => {
                let error = if text.chars().take(64).filter(|c| *c == '\0').count() > 8 {
                    utf16(place(sources, name, ""))
                } else {
                    let span = place(sources, name, text.get(..at).unwrap_or(""));
                    Diagnostic::error(input::ENCODING, span, format!("a NUL byte at offset {at}"))
                        .note("texts do not contain NUL; the file may be a binary one or damaged")
                        .help("save it as UTF-8 text")
                };
                Err(Box::new(error))
            }
        },
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            let bytes = error.into_bytes();
            let valid = bytes.get(..at).map(String::from_utf8_lossy).unwrap_or_default();
            if matches!(bytes.get(..2), Some([0xff, 0xfe] | [0xfe, 0xff])) {
                return Err(Box::new(utf16(place(sources, name, ""))));
            }
            let byte = bytes.get(at).copied().unwrap_or(0);
            let span = place(sources, name, &valid);
            Err(Box::new(
                Diagnostic::error(input::ENCODING, span, format!("the byte 0x{byte:02x} at offset {at} is not UTF-8"))
                    .note("inputs are UTF-8; older Windows programs write another encoding")
                    .help("save it as UTF-8; in PowerShell: `Out-File -Encoding utf8`"),
            ))
        }
    }
}

fn too_much(limits: &Limits) -> Diagnostic {
    limits.hit(Limit::FileSize, Span::NONE, "all files together have more than 4 GiB")
}

/// The text of UTF-16 bytes that begin with a tag, behind a byte order mark or without one; nothing of any others, and of
/// those that are no whole UTF-16.
fn utf16_objects(bytes: &[u8]) -> Option<String> {
    let (little, bytes) = match bytes {
        [0xff, 0xfe, rest @ ..] => (true, rest),
        [0xfe, 0xff, rest @ ..] => (false, rest),
        [b'<', 0, ..] => (true, bytes),
        [0, b'<', ..] => (false, bytes),
        _ => return None,
    };
    let unit = |pair: [u8; 2]| if little { u16::from_le_bytes(pair) } else { u16::from_be_bytes(pair) };
    // A file that was cut off in the middle of a unit is read as far as it goes; the reader tells that it ends too early.
    let (units, _) = bytes.as_chunks::<2>();
    let mut units = units.iter().map(|pair| unit(*pair));
    let first = units.clone().find(|unit| !matches!(*unit, 0x20 | 0x09 | 0x0a | 0x0d));
    if first != Some(u16::from(b'<')) || units.clone().any(|unit| unit == 0) {
        return None;
    }
    let mut text = String::with_capacity(bytes.len());
    let whole = char::decode_utf16(&mut units).all(|letter| letter.map(|letter| text.push(letter)).is_ok());
    whole.then_some(text)
}

fn utf16(span: Span) -> Diagnostic {
    Diagnostic::error(input::ENCODING, span, "the file is UTF-16")
        .note("Windows PowerShell writes UTF-16 with `>` and with `Out-File`")
        .help("write it with `Out-File -Encoding utf8`, or convert it to UTF-8")
}

/// Takes a text into the map and answers with the place of its end.
fn place(sources: &mut SourceMap, name: &str, text: &str) -> Span {
    let end = sources.add(name, text).and_then(|id| sources.file(id)).map(|file| file.span().end);
    end.map_or(Span::NONE, |end| Span::new(end, end))
}
