//! Which cells two worlds have different, and whether the one at hand was asked for one of them since it was last looked at.
//! A step that read none of them is judged alike in both.

use std::cell::Cell as Flag;

use crate::types::FieldId;
use crate::value::{Row, StructId};

/// The rows in which a field differs, a bit each.
#[derive(Clone, Debug, Default)]
struct Bits {
    words: Vec<u64>,
    count: usize,
}

/// The cells that differ.
#[derive(Clone, Debug, Default)]
pub(super) struct Apart {
    columns: Vec<Vec<Bits>>,
    seen: Flag<bool>,
}

/// The word of a row, and its bit there.
#[inline]
fn place(row: Row) -> (usize, u64) {
    ((row.0 >> 6) as usize, 1u64.wrapping_shl(row.0 & 63))
}

impl Apart {
    #[inline]
    fn column(&self, of: StructId, field: FieldId) -> Option<&Bits> {
        self.columns.get(usize::from(of.0))?.get(usize::from(field.0))
    }

    /// A cell is read.
    #[inline]
    pub(super) fn read(&self, of: StructId, row: Row, field: FieldId) {
        if self.has(of, row, field) {
            self.seen.set(true);
        }
    }

    /// Whether a cell differs.
    #[inline]
    pub(super) fn has(&self, of: StructId, row: Row, field: FieldId) -> bool {
        let (word, bit) = place(row);
        self.column(of, field).and_then(|bits| bits.words.get(word)).is_some_and(|word| word & bit != 0)
    }

    /// Nothing differs any more.
    pub(super) fn clear(&mut self) {
        for bits in self.columns.iter_mut().flatten().filter(|bits| bits.count > 0) {
            bits.words.fill(0);
            bits.count = 0;
        }
    }

    /// A column is read as a whole.
    pub(super) fn read_column(&self, of: StructId, field: FieldId) {
        if self.column(of, field).is_some_and(|bits| bits.count > 0) {
            self.seen.set(true);
        }
    }

    /// Something is read of which nobody knows whether it differs.
    pub(super) fn read_more(&self) {
        self.seen.set(true);
    }

    /// Says whether anything that differs was read since this was last asked.
    pub(super) fn take_seen(&self) -> bool {
        self.seen.take()
    }

    /// Says of a cell whether it differs.
    pub(super) fn set(&mut self, of: StructId, row: Row, field: FieldId, differs: bool) {
        let (of, field) = (usize::from(of.0), usize::from(field.0));
        let (word, bit) = place(row);
        if differs {
            if self.columns.len() <= of {
                self.columns.resize_with(of.saturating_add(1), Vec::new);
            }
            if let Some(columns) = self.columns.get_mut(of).filter(|columns| columns.len() <= field) {
                columns.resize_with(field.saturating_add(1), Bits::default);
            }
        }
        let Some(bits) = self.columns.get_mut(of).and_then(|columns| columns.get_mut(field)) else { return };
        if differs && bits.words.len() <= word {
            bits.words.resize(word.saturating_add(1), 0);
        }
        let Some(word) = bits.words.get_mut(word) else { return };
        let did = *word & bit != 0;
        match (did, differs) {
            (false, true) => bits.count = bits.count.saturating_add(1),
            (true, false) => bits.count = bits.count.saturating_sub(1),
            _ => return,
        }
        *word ^= bit;
    }
}
