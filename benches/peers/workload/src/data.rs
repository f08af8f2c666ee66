//! What engines are given: the moves in each of the formats, and what the rules by hand say of every one of them.

use std::cell::OnceCell;

use crate::{generate, hand};

/// For every move the rules that it breaks, bit by bit.
pub type Verdicts = Vec<u16>;

/// So many moves.
pub struct Data {
    pub count: u64,
    pub lines: String,
    array: OnceCell<String>,
    pub expected: Verdicts,
}

impl Data {
    pub fn new(count: u64) -> Data {
        let expected = generate::moves(count).map(|made| hand::check(&made)).collect();
        Data { count, lines: generate::json_lines(count), array: OnceCell::new(), expected }
    }

    /// The same as one JSON array.
    pub fn array(&self) -> &str {
        self.array.get_or_init(|| generate::json_array(&self.lines))
    }
}

/// The bit of a rule.
pub fn bit(rule: &str) -> u16 {
    let at = hand::RULES.iter().position(|(name, _)| *name == rule);
    1 << at.unwrap_or_else(|| panic!("no rule is called `{rule}`"))
}
