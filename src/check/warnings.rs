//! What is not wrong but odd.

use super::checker::Checker;
use super::tree::Policies;
use crate::syntax::ast::Item;

impl<'a> Checker<'a> {
    /// Warns of what is odd.
    pub fn warn(&mut self, _items: &[(usize, &'a Item)], _policies: &Policies) {}
}
