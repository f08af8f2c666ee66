//! Measuring what rules cost that are decided by columns. Only where somebody asks; it decides nothing.

use crate::eval::input::Clock;

/// What operations take, charged to the first rule that needs them.
pub(super) struct Meter<'f> {
    clock: Clock,
    needed_for: &'f [usize],
    nanos: Vec<u64>,
    last: u64,
}

impl<'f> Meter<'f> {
    pub(super) fn new(clock: Clock, needed_for: &'f [usize]) -> Meter<'f> {
        Meter { clock, needed_for, nanos: Vec::new(), last: 0 }
    }

    pub(super) fn nanos(&self, rule: usize) -> u64 {
        self.nanos.get(rule).copied().unwrap_or(0)
    }

    pub(super) fn begin(&mut self) {
        self.last = (self.clock)();
    }

    /// The operation at this position in their order was done.
    pub(super) fn charge(&mut self, position: usize) {
        let now = (self.clock)();
        let spent = now.saturating_sub(std::mem::replace(&mut self.last, now));
        let Some(rule) = self.needed_for.get(position).copied() else { return };
        if self.nanos.len() <= rule {
            self.nanos.resize(rule.saturating_add(1), 0);
        }
        if let Some(nanos) = self.nanos.get_mut(rule) {
            *nanos = nanos.saturating_add(spent);
        }
    }
}
