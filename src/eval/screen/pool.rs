//! The texts of the facts and, behind them, those of the policy that the facts do not have: every text has one number, so
//! that comparing texts is comparing numbers.

use super::op::{FOREIGN, Fixed, NONE, Plan, UNKNOWN, Word};
use crate::value::{Cell, TextId, Texts};

/// The texts.
pub(super) struct Pool<'f> {
    pub(super) texts: &'f Texts,
    words: &'f [Word],
    /// The number of each text of the policy, and of its folded form.
    numbers: Vec<(u32, u32)>,
}

impl<'f> Pool<'f> {
    /// The texts of a plan among those of the facts.
    pub(super) fn new(plan: &'f Plan, texts: &'f Texts) -> Pool<'f> {
        let number = |at: u32, word: &Word| match texts.find(&word.text) {
            Some(id) => id.0,
            None => FOREIGN.saturating_sub(at),
        };
        let own: Vec<u32> = (0u32..).zip(&plan.words).map(|(at, word)| number(at, word)).collect();
        let folded = |(number, word): (&u32, &Word)| match *number {
            id if (id as usize) < texts.len() => texts.folded(TextId(id)).0,
            _ => own.get(word.lower as usize).copied().unwrap_or(UNKNOWN),
        };
        let folded: Vec<u32> = own.iter().zip(&plan.words).map(folded).collect();
        Pool { texts, words: &plan.words, numbers: own.into_iter().zip(folded).collect() }
    }

    /// Whether there is room for the numbers that mean something else.
    pub(super) fn fits(plan: &Plan, texts: &Texts) -> bool {
        texts.len().saturating_add(plan.words.len()).saturating_add(16) < u32::MAX as usize
    }

    #[inline]
    pub(super) fn word(&self, fixed: Fixed) -> u32 {
        let of = |at: u32| self.numbers.get(at as usize).copied();
        match fixed {
            Fixed::Word(word) => word,
            Fixed::Text(at) => of(at).map_or(UNKNOWN, |(own, _)| own),
            Fixed::Folded(at) => of(at).map_or(UNKNOWN, |(_, folded)| folded),
            Fixed::Byte(_) | Fixed::Cell(_) => UNKNOWN,
        }
    }

    /// The folded form of a text; what is no text stays as it is.
    #[inline]
    pub(super) fn fold(&self, word: u32) -> u32 {
        if (word as usize) < self.texts.len() {
            return self.texts.folded(TextId(word)).0;
        }
        if word >= NONE {
            return word;
        }
        self.numbers.get(FOREIGN.saturating_sub(word) as usize).map_or(UNKNOWN, |(_, folded)| *folded)
    }

    /// The letters of a text.
    pub(super) fn text(&self, word: u32) -> Option<&str> {
        if (word as usize) < self.texts.len() {
            return Some(self.texts.get(TextId(word)));
        }
        if word >= NONE {
            return None;
        }
        self.words.get(FOREIGN.saturating_sub(word) as usize).map(|word| &*word.text)
    }
}

/// The cell of a constant.
pub(super) fn cell(fixed: Fixed) -> Cell {
    match fixed {
        Fixed::Cell(cell) => cell,
        _ => Cell::Unknown,
    }
}
