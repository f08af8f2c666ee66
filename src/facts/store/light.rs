//! Writing without places: rows begin, cells are laid into columns that grow as they are written, and a batch of rows is
//! forgotten as a whole. For the decoder, whose records are read again where places are asked for.

use super::{Facts, Owner};
use crate::types::FieldId;
use crate::value::{Cell, Row, StructId};

/// How long everything is: a state to go back to, without names and assumptions.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(in crate::facts) struct Lengths {
    rows: Vec<u32>,
    lists: usize,
    items: usize,
    maps: usize,
    entries: usize,
}

impl Facts {
    /// Adds a row that stands nowhere. See [`Facts::level`].
    #[inline]
    pub(in crate::facts) fn begin(&mut self, of: StructId, owner: Option<Owner>) -> Option<Row> {
        self.tables.get_mut(of.0 as usize)?.begin(owner)
    }

    /// Writes a fact that stands nowhere.
    #[inline]
    pub(in crate::facts) fn put(&mut self, of: StructId, row: Row, field: FieldId, cell: Cell) {
        if let Some(table) = self.tables.get_mut(of.0 as usize) {
            table.put(row, field, cell);
        }
    }

    /// Makes all columns of all tables as long as the tables, behind the last row that was begun.
    pub fn level(&mut self) {
        self.tables.iter_mut().for_each(super::Table::level);
    }

    /// How long everything is, into a place that is used again and again.
    pub(in crate::facts) fn lengths(&self, into: &mut Lengths) {
        into.rows.clear();
        into.rows.extend(self.tables.iter().map(super::Table::rows));
        into.lists = self.lists.len();
        into.items = self.items.len();
        into.maps = self.maps.len();
        into.entries = self.entries.len();
    }

    /// Forgets every row, list and map made since.
    pub(in crate::facts) fn shorten(&mut self, to: &Lengths) {
        for (table, rows) in self.tables.iter_mut().zip(&to.rows) {
            table.truncate(*rows);
        }
        self.lists.truncate(to.lists);
        self.items.truncate(to.items);
        self.maps.truncate(to.maps);
        self.entries.truncate(to.entries);
    }
}

/// Texts, and bytes of them, that are kept for the records to come: most bear the names that those before them bore.
const MOST_TEXTS: (usize, usize) = (8_192, 512 << 10);

impl Facts {
    /// Forgets the texts behind the first so many, once there are too many of them to keep.
    pub fn thin_texts(&mut self, count: usize) {
        if self.texts.len() > MOST_TEXTS.0.saturating_add(count) || self.texts.bytes() > MOST_TEXTS.1 {
            self.texts.truncate(count);
        }
    }

    /// Forgets the texts behind the first so many.
    pub fn forget_texts(&mut self, count: usize) {
        self.texts.truncate(count);
    }
}
