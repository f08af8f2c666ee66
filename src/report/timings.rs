//! Where the time of a run went: phases and rules. Numbers only; who measures them has the clock.

use std::collections::BTreeMap;
use std::sync::Arc;

/// What a run spends its time on.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Phase {
    /// Reading, checking and compiling policies, or finding what was kept of them.
    Policies,
    /// Reading plans and inventories.
    Reading,
    /// Bringing them into columns.
    Loading,
    /// Judging, and explaining what was found.
    Judging,
    /// Comparing with what was found before.
    Comparing,
    /// Drawing and writing reports.
    Writing,
}

impl Phase {
    /// Every phase, in the order of a run.
    pub const ALL: [Phase; 6] =
        [Phase::Policies, Phase::Reading, Phase::Loading, Phase::Judging, Phase::Comparing, Phase::Writing];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Phase::Policies => "policies",
            Phase::Reading => "reading",
            Phase::Loading => "loading",
            Phase::Judging => "judging",
            Phase::Comparing => "comparing",
            Phase::Writing => "writing",
        }
    }
}

/// What a rule cost.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Cost {
    /// Nanoseconds in which it was decided.
    pub nanos: u64,
    /// Evaluations.
    pub evaluations: u64,
}

/// Where the time of a run went, in nanoseconds.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Timings {
    /// From the first to the last.
    pub total: u64,
    /// What phases took; of several threads together.
    pub phases: BTreeMap<Phase, u64>,
    /// What rules cost, by their codes; of several threads together.
    pub rules: BTreeMap<Arc<str>, Cost>,
    /// On how many threads records were judged; 0: there were none.
    pub threads: usize,
}

impl Timings {
    /// Adds to a phase.
    pub fn spend(&mut self, phase: Phase, nanos: u64) {
        let spent = self.phases.entry(phase).or_default();
        *spent = spent.saturating_add(nanos);
    }

    /// Adds to a rule.
    pub fn charge(&mut self, code: &Arc<str>, cost: Cost) {
        let all = self.rules.entry(code.clone()).or_default();
        all.nanos = all.nanos.saturating_add(cost.nanos);
        all.evaluations = all.evaluations.saturating_add(cost.evaluations);
    }
}
