//! Where things stand in a text of JSON that is known to be right: a row is known by its first byte, and what is in it is found
//! by walking through it once more, when somebody asks. Rows of documents have their places in tables; those of texts that
//! went straight into columns have them here.

use std::sync::Arc;

use crate::source::Span;
use crate::types::FieldId;
use crate::value::{Row, StructId};

use super::Facts;

/// A row that is written nowhere.
pub(super) const NOWHERE: u32 = u32::MAX;

/// A text that rows stand in.
#[derive(Clone, Debug)]
pub(super) struct Standing {
    base: u32,
    text: Arc<str>,
}

impl Facts {
    /// Keeps a text whose rows went into columns without their places. `base`: the global offset of its first byte.
    pub(in crate::facts) fn stand(&mut self, base: u32, text: Arc<str>) {
        self.standing.push(Standing { base, text });
    }

    /// Where a value of a row stands that was put into its columns without a place.
    pub(super) fn standing_place(&self, of: StructId, start: u32, field: FieldId) -> Option<Span> {
        let name = self.shape(of)?.fields.get(usize::from(field.0))?;
        let (bytes, at, standing) = self.standing_at(start)?;
        let (from, to) = member(bytes, at, name)?;
        standing.span(from, to)
    }

    /// Where an element of a list that is the value of a field stands, or the value of an entry of a map.
    pub(in crate::facts) fn element_place(&self, of: StructId, row: Row, field: FieldId, index: u32) -> Option<Span> {
        let start = self.table(of)?.start(row)?;
        let name = self.shape(of)?.fields.get(usize::from(field.0))?;
        let (bytes, at, standing) = self.standing_at(start)?;
        let (from, _) = member(bytes, at, name)?;
        let (from, to) = element(bytes, from, index)?;
        standing.span(from, to)
    }

    /// Where a row stands that went into columns without its place.
    pub(super) fn standing_row(&self, start: u32) -> Option<Span> {
        let (bytes, at, standing) = self.standing_at(start)?;
        standing.span(at, end(bytes, at))
    }

    fn standing_at(&self, start: u32) -> Option<(&[u8], usize, &Standing)> {
        if start == NOWHERE {
            return None;
        }
        let holds = |standing: &&Standing| {
            start.checked_sub(standing.base).is_some_and(|at| (at as usize) < standing.text.len())
        };
        let standing = self.standing.iter().find(holds)?;
        Some((standing.text.as_bytes(), start.wrapping_sub(standing.base) as usize, standing))
    }
}

impl Standing {
    fn span(&self, from: usize, to: usize) -> Option<Span> {
        let place = |at: usize| self.base.checked_add(u32::try_from(at).ok()?);
        Some(Span::new(place(from)?, place(to)?))
    }
}

fn byte(bytes: &[u8], at: usize) -> u8 {
    bytes.get(at).copied().unwrap_or(0)
}

fn blank(bytes: &[u8], mut at: usize) -> usize {
    while matches!(byte(bytes, at), b' ' | b'\n' | b'\r' | b'\t') {
        at = at.saturating_add(1);
    }
    at
}

/// Behind the string whose opening quote stands here.
fn string(bytes: &[u8], at: usize) -> usize {
    let mut at = at.saturating_add(1);
    while let Some(byte) = bytes.get(at) {
        at = at.saturating_add(1);
        match byte {
            b'"' => break,
            b'\\' => at = at.saturating_add(1),
            _ => {}
        }
    }
    at
}

/// Behind the value that begins here.
fn end(bytes: &[u8], start: usize) -> usize {
    behind(bytes.get(start..).unwrap_or_default()).saturating_add(start)
}

/// Behind the value that is the beginning of a text, as far as brackets and quotes tell.
pub(in crate::facts) fn behind(bytes: &[u8]) -> usize {
    let mut at = 0;
    let mut open = 0u32;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => {
                at = string(bytes, at);
                if open == 0 {
                    return at;
                }
                continue;
            }
            b'{' | b'[' => open = open.saturating_add(1),
            b'}' | b']' if open <= 1 => return if open == 1 { at.saturating_add(1) } else { at },
            b'}' | b']' => open = open.saturating_sub(1),
            b',' | b' ' | b'\n' | b'\r' | b'\t' if open == 0 => return at,
            _ => {}
        }
        at = at.saturating_add(1);
    }
    at
}

/// The value of the member of this name of the mapping that begins here: its first byte, and the one behind it.
fn member(bytes: &[u8], start: usize, name: &str) -> Option<(usize, usize)> {
    let mut at = start;
    loop {
        // The brace, or the comma behind the member before.
        at = blank(bytes, at.saturating_add(1));
        if byte(bytes, at) != b'"' {
            return None;
        }
        let quote = string(bytes, at);
        let found = bytes.get(at.saturating_add(1)..quote.saturating_sub(1)) == Some(name.as_bytes());
        let colon = blank(bytes, quote);
        let from = blank(bytes, colon.saturating_add(1));
        let to = end(bytes, from);
        if found {
            return Some((from, to));
        }
        at = blank(bytes, to);
        if byte(bytes, at) != b',' {
            return None;
        }
    }
}

/// An element of the list, or the value of an entry of the mapping, that begins here.
fn element(bytes: &[u8], start: usize, index: u32) -> Option<(usize, usize)> {
    let entries = byte(bytes, start) == b'{';
    let mut at = start;
    let mut left = index;
    loop {
        let mut from = blank(bytes, at.saturating_add(1));
        if entries {
            from = blank(bytes, blank(bytes, string(bytes, from)).saturating_add(1));
        }
        let to = end(bytes, from);
        if left == 0 {
            return Some((from, to));
        }
        left = left.wrapping_sub(1);
        at = blank(bytes, to);
        if byte(bytes, at) != b',' {
            return None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{element, end, member};

    #[test]
    fn values_are_found_by_walking_to_them() {
        let text = r#" { "a" : [1 , {"b":"]\"}"},"x"] ,"b":-1.5e3,"c":{"b":2} } "#;
        let found = |(from, to): (usize, usize)| text.get(from..to);
        let of = |name: &str| member(text.as_bytes(), 1, name);
        assert_eq!(found((1, end(text.as_bytes(), 1))), Some(text.trim()));
        assert_eq!(of("b").and_then(found), Some("-1.5e3"));
        assert_eq!(of("c").and_then(found), Some(r#"{"b":2}"#));
        assert_eq!(of("d"), None);
        let (list, _) = of("a").unwrap_or_default();
        let at = |index| element(text.as_bytes(), list, index).and_then(found);
        assert_eq!([at(0), at(1), at(2), at(3)], [Some("1"), Some(r#"{"b":"]\"}"}"#), Some(r#""x""#), None]);
        let (map, _) = of("c").unwrap_or_default();
        assert_eq!(element(text.as_bytes(), map, 0).and_then(found), Some("2"));
    }
}
