//! An assumption as reports show it beside what rests on it. Data only.

use std::sync::Arc;

use crate::source::Span;
use crate::value::Date;

/// A fact that no input says and that is taken for known.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AssumptionNote {
    /// The fact as it was written, by which findings name it: `vms.disks.shared`.
    pub fact: Arc<str>,
    /// What it is taken for.
    pub is: Arc<str>,
    /// Why.
    pub because: Arc<str>,
    /// The last day on which it counts.
    pub until: Option<Date>,
    /// Where it is written.
    pub span: Span,
    /// How many evaluations of the plan would have come out otherwise without it.
    pub evaluations: u64,
}
