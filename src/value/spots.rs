//! Where texts lie in a pool, by what they say: a table of numbers and of parts of hashes. It holds no text, so that it grows,
//! and goes away, without looking at one.

/// See the module.
#[derive(Clone, Debug, Default)]
pub(super) struct Spots {
    /// The hash in the upper half, the number and one more in the lower; 0 where nothing lies. A power of two, linearly probed.
    slots: Vec<u64>,
    used: usize,
}

/// Slots of the smallest table.
const FEWEST: usize = 64;

impl Spots {
    /// The number of a text with this hash of which this is true.
    #[inline]
    pub(super) fn find(&self, hash: u32, is: impl Fn(u32) -> bool) -> Option<u32> {
        let mask = self.slots.len().wrapping_sub(1);
        let mut at = hash as usize & mask;
        loop {
            // An empty table has no slot, any other one that is empty.
            let slot = *self.slots.get(at)?;
            if slot == 0 {
                return None;
            }
            let number = (slot as u32).wrapping_sub(1);
            if (slot >> 32) as u32 == hash && is(number) {
                return Some(number);
            }
            at = at.wrapping_add(1) & mask;
        }
    }

    /// Enters a number that is not there.
    pub(super) fn enter(&mut self, hash: u32, number: u32) {
        if self.used.saturating_mul(8) >= self.slots.len().saturating_mul(5) {
            let slots = vec![0; self.slots.len().saturating_mul(2).max(FEWEST)];
            for slot in std::mem::replace(&mut self.slots, slots) {
                if slot != 0 {
                    self.lay(slot);
                }
            }
        }
        self.used = self.used.saturating_add(1);
        self.lay(u64::from(hash) << 32 | u64::from(number.wrapping_add(1)));
    }

    fn lay(&mut self, slot: u64) {
        let mask = self.slots.len().wrapping_sub(1);
        let mut at = (slot >> 32) as usize & mask;
        while self.slots.get(at).is_some_and(|slot| *slot != 0) {
            at = at.wrapping_add(1) & mask;
        }
        if let Some(place) = self.slots.get_mut(at) {
            *place = slot;
        }
    }

    /// Forgets all.
    pub(super) fn clear(&mut self) {
        self.slots.fill(0);
        self.used = 0;
    }
}
