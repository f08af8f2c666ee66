//! What an evaluation of single entities found, without explanations: for those who look at many and explain few.

use std::sync::Arc;

use super::judge::Outcome;
use crate::diag::{Diagnostic, Severity};
use crate::report::{Account, PlanVerdict};
use crate::value::Row;

/// What a rule has to tell of a row.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verdict {
    /// The row.
    pub row: Row,
    /// Its place in its file, from 1.
    pub record: u32,
    /// The code of the rule.
    pub code: Arc<str>,
    /// How bad it is.
    pub severity: Severity,
    /// What its evaluations came to; one that is satisfied, or not applicable, is not told.
    pub outcome: Outcome,
    /// How many of them came to this.
    pub count: u64,
    /// Whether a waiver covers it.
    pub waived: bool,
}

/// What all rules have to tell of all rows.
#[derive(Clone, PartialEq, Debug)]
pub struct Verdicts {
    /// In the order of the rows; of one row in that of the rules.
    pub verdicts: Vec<Verdict>,
    /// What the `must`s come to.
    pub verdict: PlanVerdict,
    /// What was evaluated.
    pub account: Account,
    /// Demands that do not hold, limits that were hit.
    pub diagnostics: Vec<Diagnostic>,
}
