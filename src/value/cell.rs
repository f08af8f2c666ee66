//! Cells: one fact as it is stored, small enough to copy. Texts, lists and maps are numbers into pools.

use std::hash::BuildHasher;
use std::sync::Arc;

use rustc_hash::FxBuildHasher;
use serde::{Deserialize, Serialize};

use super::spots::Spots;
use super::{Date, Duration, Number, Size, Version};

/// A kind of row: an entity, a part or a record of the schema, by its place there.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct StructId(pub u16);

/// A row of the table of a [`StructId`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Row(pub u32);

/// An interned text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct TextId(pub u32);

/// A list in a pool of lists.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ListId(pub u32);

/// A map in a pool of maps.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct MapId(pub u32);

/// One fact: its value, `none`, or not known.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Cell {
    /// The input does not say.
    Unknown,
    /// The input says that there is none.
    None,
    /// A `bool`.
    Bool(bool),
    /// A `number`.
    Number(Number),
    /// A `size`.
    Size(Size),
    /// A `duration`.
    Duration(Duration),
    /// A `date`.
    Date(Date),
    /// A `version`.
    Version(Version),
    /// A `text` or a `name`; which of the two, and so how it compares, is the field's type.
    Text(TextId),
    /// A value of an enum, by its place there.
    Enum(u16),
    /// A row of an entity (a reference), a part or a record; of which struct is the field's type.
    Row(Row),
    /// A list; of what is the field's type.
    List(ListId),
    /// A map; of what is the field's type.
    Map(MapId),
}

/// The pool of texts. A text also knows its folded form (letter case removed), by which names compare.
#[derive(Clone, Debug, Default)]
pub struct Texts {
    texts: Vec<Arc<str>>,
    folded: Vec<TextId>,
    spots: Spots,
    bytes: usize,
}

impl Texts {
    /// An empty pool.
    pub fn new() -> Texts {
        Texts::default()
    }

    /// The id of a text; the same for the same text. The pool holds at most 2³² texts; the last id stands for all beyond.
    pub fn intern(&mut self, text: &str) -> TextId {
        let hash = hash(text);
        if let Some(id) = self.known(hash, text) {
            return id;
        }
        let id = self.push(hash, text);
        if text.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase()) {
            return id;
        }
        let lower = text.to_lowercase();
        if lower != text {
            let folded = self.find(&lower).unwrap_or_else(|| self.push(self::hash(&lower), &lower));
            if let Some(slot) = self.folded.get_mut(id.0 as usize) {
                *slot = folded;
            }
        }
        id
    }

    #[inline]
    fn known(&self, hash: u32, text: &str) -> Option<TextId> {
        let is = |number: u32| self.texts.get(number as usize).is_some_and(|known| **known == *text);
        self.spots.find(hash, is).map(TextId)
    }

    fn push(&mut self, hash: u32, text: &str) -> TextId {
        let id = TextId(u32::try_from(self.texts.len()).unwrap_or(u32::MAX));
        if id.0 == u32::MAX {
            return id;
        }
        self.bytes = self.bytes.saturating_add(text.len());
        self.texts.push(text.into());
        self.folded.push(id);
        self.spots.enter(hash, id.0);
        id
    }

    /// The id of a text that is in the pool already.
    pub fn find(&self, text: &str) -> Option<TextId> {
        self.known(hash(text), text)
    }

    /// The text of an id.
    #[inline]
    pub fn get(&self, id: TextId) -> &Arc<str> {
        static EMPTY: std::sync::LazyLock<Arc<str>> = std::sync::LazyLock::new(|| "".into());
        self.texts.get(id.0 as usize).unwrap_or(&EMPTY)
    }

    /// The folded form of a text: two names are equal where these are.
    #[inline]
    pub fn folded(&self, id: TextId) -> TextId {
        self.folded.get(id.0 as usize).copied().unwrap_or(id)
    }

    /// Forgets those behind the first so many.
    pub fn truncate(&mut self, count: usize) {
        self.texts.truncate(count);
        self.folded.truncate(count);
        self.bytes = self.texts.iter().map(|text| text.len()).fold(0, usize::saturating_add);
        // Few are kept of many: to enter those again costs less than to take the others out.
        self.spots.clear();
        for (number, text) in (0u32..).zip(&self.texts) {
            self.spots.enter(hash(text), number);
        }
    }

    /// How many bytes they have together.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }
}

fn hash(text: &str) -> u32 {
    let hash = FxBuildHasher.hash_one(text);
    (hash ^ (hash >> 32)) as u32
}

#[cfg(test)]
mod tests {
    use super::Texts;

    #[test]
    fn names_are_equal_without_regard_to_case() {
        let mut texts = Texts::new();
        let (a, b, c) = (texts.intern("SQL01"), texts.intern("sql01"), texts.intern("Sql01"));
        assert_ne!(a, b);
        assert_eq!(texts.folded(a), texts.folded(b));
        assert_eq!(texts.folded(c), texts.folded(b));
        assert_eq!(&**texts.get(a), "SQL01");
    }
}
