//! Bytes to text: UTF-8 and nothing else, with the place of the first byte that is not.

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
    match String::from_utf8(bytes) {
        Ok(text) => match text.find('\0') {
            None => sources.add(name, text).ok_or_else(|| {
                Box::new(limits.hit(Limit::FileSize, Span::NONE, "all files together have more than 4 GiB"))
            }),
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
