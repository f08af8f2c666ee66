//! Policies, plans and inventories made from a row of choices: the simplest ones from zeros, so that a failure shrinks.

pub mod effects;
pub mod expr;
pub mod input;
pub mod policy;
pub mod schema;
pub mod single;

/// Choices, taken one after the other; zeros when they run out.
pub struct Choices<'a> {
    left: std::slice::Iter<'a, u16>,
}

impl<'a> Choices<'a> {
    pub fn new(choices: &'a [u16]) -> Choices<'a> {
        Choices { left: choices.iter() }
    }

    /// One of `0 .. n`.
    pub fn pick(&mut self, n: usize) -> usize {
        usize::from(*self.left.next().unwrap_or(&0)) % n.max(1)
    }

    /// Yes in `of` out of `in_all` cases; no when the choices have run out.
    pub fn chance(&mut self, of: usize, in_all: usize) -> bool {
        self.pick(in_all) >= in_all - of
    }

    /// One of these.
    pub fn one<'b, T>(&mut self, of: &'b [T]) -> &'b T {
        let at = self.pick(of.len());
        &of[at]
    }
}
