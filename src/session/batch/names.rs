//! Which records bear one name: subjects are told apart by it, over all pieces of a text.

use rustc_hash::FxHashMap;

/// Names that are kept of a text that comes bit by bit.
const MOST: usize = 1 << 19;

/// A name, as far as it takes to tell it from others. 0: a record without one.
pub(super) type Name = u64;

/// Makes one of a text: two rounds over it, so that no two of millions are alike by chance.
pub(super) fn name(text: &str) -> Name {
    let mut hash = 0x9e37_79b9_7f4a_7c15_u64 ^ (text.len() as u64);
    let mut take = |word: u64| {
        hash = (hash ^ word).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        hash ^= hash.rotate_right(29) ^ (hash >> 32);
    };
    let (words, rest) = text.as_bytes().as_chunks::<8>();
    words.iter().for_each(|word| take(u64::from_le_bytes(*word)));
    take(rest.iter().fold(1, |word, byte| (word << 8) | u64::from(*byte)));
    take(0x94d0_49bb_1331_11eb);
    hash.max(1)
}

/// Counts who bears which name.
#[derive(Debug, Default)]
pub(super) struct Names {
    bearers: FxHashMap<Name, u32>,
    seen: FxHashMap<Name, u32>,
    /// Whether all records were counted before the first is told of.
    all: bool,
}

impl Names {
    /// Of a text whose records are all counted before.
    pub(super) fn of_all() -> Names {
        Names { all: true, ..Names::default() }
    }

    pub(super) fn count(&mut self, name: Name) {
        if name != 0 {
            let count = self.bearers.entry(name).or_default();
            *count = count.saturating_add(1);
        }
    }

    /// Which of those that bear one name the next record is, from 1; 0 where it is alone, or the first of whom that is not known.
    pub(super) fn nth(&mut self, name: Name) -> u32 {
        if name == 0 {
            return 0;
        }
        if self.all {
            if self.bearers.get(&name).copied().unwrap_or(0) < 2 {
                return 0;
            }
        } else if self.seen.len() >= MOST && !self.seen.contains_key(&name) {
            return 0;
        }
        let nth = self.seen.entry(name).or_default();
        *nth = nth.saturating_add(1);
        if !self.all && *nth == 1 { 0 } else { *nth }
    }
}
