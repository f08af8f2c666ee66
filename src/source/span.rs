//! A span: a range of bytes in the address space of a [`SourceMap`](super::SourceMap).

use serde::{Deserialize, Serialize};

/// A half-open range of bytes, `start .. end`, as global offsets into a [`SourceMap`](super::SourceMap).
/// Eight bytes, so that every node of every tree can afford one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Span {
    /// Offset of the first byte.
    pub start: u32,
    /// Offset behind the last byte.
    pub end: u32,
}

impl Span {
    /// The span of nothing: for trees that come from no text. [`SourceMap::locate`](super::SourceMap::locate) finds no place for it.
    pub const NONE: Span = Span { start: u32::MAX, end: u32::MAX };

    /// A span from `start` up to `end`.
    pub fn new(start: u32, end: u32) -> Span {
        Span { start, end: end.max(start) }
    }

    /// The smallest span that holds both. [`Span::NONE`] adds nothing.
    pub fn to(self, other: Span) -> Span {
        if self == Span::NONE {
            return other;
        }
        if other == Span::NONE {
            return self;
        }
        Span { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The same so many bytes further on. [`Span::NONE`] stays where it is, and so does what would be beyond all texts.
    pub fn moved_by(self, bytes: u32) -> Span {
        match (self.start.checked_add(bytes), self.end.checked_add(bytes)) {
            (Some(start), Some(end)) if self != Span::NONE => Span { start, end },
            _ => Span::NONE,
        }
    }

    /// Length in bytes.
    pub fn len(self) -> u32 {
        self.end.saturating_sub(self.start)
    }

    /// Whether it covers no byte.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }
}

impl std::fmt::Debug for Span {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}..{}", self.start, self.end)
    }
}

/// Something and where it was written.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Spanned<T> {
    /// The thing itself.
    pub node: T,
    /// Where it stands.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// Puts a thing and its place together.
    pub fn new(node: T, span: Span) -> Spanned<T> {
        Spanned { node, span }
    }
}
