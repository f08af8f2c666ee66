//! Measuring where the time of a run goes. It draws nothing, and where nobody asks it looks at no clock.

use std::sync::Arc;
use std::time::Duration;

use crate::eval::Clock;
use crate::report::{Cost, Phase, Timings};

/// A clock, if there is one, and what was measured by it.
#[derive(Clone, Default)]
pub(super) struct Stopwatch {
    clock: Option<Clock>,
    measured: Timings,
}

/// A moment, if there is a clock.
#[derive(Clone, Copy)]
pub(super) struct Moment(Option<u64>);

impl Stopwatch {
    /// By this clock, which is taken to have begun at nothing.
    pub fn by(clock: Clock) -> Stopwatch {
        Stopwatch { clock: Some(clock), measured: Timings::default() }
    }

    /// The clock.
    pub fn clock(&self) -> Option<Clock> {
        self.clock.clone()
    }

    /// Now.
    pub fn now(&self) -> Moment {
        Moment(self.clock.as_ref().map(|clock| clock()))
    }

    /// What has gone by since then belongs to a phase.
    pub fn spent(&mut self, phase: Phase, since: Moment) {
        if let (Some(now), Some(since)) = (self.now().0, since.0) {
            self.measured.spend(phase, now.saturating_sub(since));
        }
    }

    /// Time that was measured elsewhere belongs to a phase.
    pub fn add(&mut self, phase: Phase, time: Duration) {
        if self.clock.is_some() {
            self.measured.spend(phase, u64::try_from(time.as_nanos()).unwrap_or(u64::MAX));
        }
    }

    /// Records are judged on so many threads.
    pub fn threads(&mut self, threads: usize) {
        self.measured.threads = self.measured.threads.max(threads);
    }

    /// What rules cost.
    pub fn charge(&mut self, costs: &[(Arc<str>, Cost)]) {
        costs.iter().for_each(|(code, cost)| self.measured.charge(code, *cost));
    }

    /// What was measured so far.
    pub fn timings(&self) -> Option<Timings> {
        Some(Timings { total: self.now().0?, ..self.measured.clone() })
    }
}
