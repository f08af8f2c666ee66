//! What derived fields say of the rows that one subject comes upon, so that each is computed once a subject. The machine asks
//! and keeps; what is kept for one subject says nothing to the next.

use rustc_hash::FxHashMap;

use super::mode::Mode;
use super::value::Value;
use crate::value::{Row, StructId};

/// The value of a derived field, with what was logged for it.
pub(super) type Kept<M> = (Value<M>, <M as Mode>::Evidence);

/// Rows of one derived field that are looked through one by one before a table is worth its hashes.
const FEW: usize = 8;

/// What one derived field says of the rows of one subject.
#[derive(Debug)]
pub(super) struct Derived<M: Mode> {
    /// The subject that it was kept for.
    epoch: u64,
    few: Vec<(StructId, Row, Kept<M>)>,
    more: FxHashMap<(StructId, Row), Kept<M>>,
}

impl<M: Mode> Default for Derived<M> {
    fn default() -> Derived<M> {
        Derived { epoch: 0, few: Vec::new(), more: FxHashMap::default() }
    }
}

impl<M: Mode> Derived<M> {
    #[inline]
    pub(super) fn get(&self, epoch: u64, of: StructId, row: Row) -> Option<&Kept<M>> {
        if self.epoch != epoch {
            return None;
        }
        let few = self.few.iter().find(|(other, at, _)| (*other, *at) == (of, row)).map(|(_, _, kept)| kept);
        few.or_else(|| if self.more.is_empty() { None } else { self.more.get(&(of, row)) })
    }

    pub(super) fn keep(&mut self, epoch: u64, of: StructId, row: Row, kept: Kept<M>) {
        if self.epoch != epoch {
            self.epoch = epoch;
            self.few.clear();
            self.more.clear();
        }
        if self.few.len() < FEW {
            self.few.push((of, row, kept));
        } else {
            self.more.insert((of, row), kept);
        }
    }
}
