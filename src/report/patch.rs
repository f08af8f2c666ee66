//! What may stand in the place of some lines of a plan. Data only: reviews propose it, whoever reads them takes it or not.

use std::sync::Arc;

/// Whole lines of a plan, and what would stand in their place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Patch {
    /// Which plan, by its place in [`Report::plans`](super::Report::plans).
    pub plan: usize,
    /// The steps that it is for.
    pub steps: Vec<Arc<str>>,
    /// The first line that is replaced, from 1.
    pub first: usize,
    /// The last line that is replaced.
    pub last: usize,
    /// The new lines, without line breaks; none where the old ones go.
    pub lines: Vec<String>,
}
