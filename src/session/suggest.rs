//! The way of suggestions: plans are checked with a search for ways out, and what the search found is held to a check of
//! the plan that it would make.

use std::path::PathBuf;

use super::{Checked, Session, check};
use crate::eval::Suggesting;

/// How many plans' worth of trials for one refusal a whole plan may cost.
const REFUSALS: u64 = 20;

/// How many more suggestions are searched for than are shown, for some do not stand the check of the whole plan.
const SPARE: usize = 5;

/// Looks for ways out of refusals.
pub(super) fn run(session: &mut Session, paths: &[PathBuf], most: usize) -> Checked {
    let trials = session.options.limits.trials;
    let limits =
        Suggesting { per_step: trials, per_plan: trials.saturating_mul(REFUSALS), most: most.saturating_add(SPARE) };
    let before = session.options.suggest.replace(limits);
    let mut checked = check::run(session, paths);
    session.options.suggest = before;
    for way in &mut checked.report.ways_out {
        way.suggestions.truncate(most);
    }
    checked
}
