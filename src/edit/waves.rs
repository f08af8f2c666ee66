//! Which waves the further steps of sequences run in: behind the step they follow, before whatever came after it, each by
//! itself, for two steps of one wave may not move one machine.

use std::collections::BTreeMap;

/// The greatest number of a wave.
const LAST: u64 = 1 << 53;

/// What becomes of the waves.
#[derive(Debug, Default)]
pub(super) struct Waves {
    /// New numbers of steps that are there, by their place.
    pub(super) renumbered: BTreeMap<usize, u64>,
    /// The first number for the further steps of a sequence, by the place of its step; the others count on. Without one they
    /// stand without a wave, each by itself in its place.
    pub(super) first: BTreeMap<usize, u64>,
}

/// Finds room. `waves`: the number of each step; `further`: how many steps follow one, by its place.
///
/// Numbers between two waves are used where there are enough of them. Where waves stand in the order of their numbers anyway, the
/// further steps need none: a plan in which a step has no number runs in the order of its text. Else later waves move up.
/// Nothing where numbers run out.
pub(super) fn place(waves: &[Option<u64>], further: &BTreeMap<usize, usize>) -> Option<Waves> {
    let numbers: Option<Vec<u64>> = waves.iter().copied().collect();
    // Some step has no number: waves stand where their first step stands, and so do the new ones.
    let Some(numbers) = numbers else { return Some(Waves::default()) };
    // How many steps follow in each wave.
    let mut asked: BTreeMap<u64, usize> = BTreeMap::new();
    for number in &numbers {
        asked.entry(*number).or_default();
    }
    for (step, count) in further {
        let wave = numbers.get(*step)?;
        let sum = asked.get(wave)?.saturating_add(*count);
        asked.insert(*wave, sum);
    }
    let mut moved: BTreeMap<u64, u64> = BTreeMap::new();
    let mut next = 0u64;
    for (number, count) in &asked {
        let new = (*number).max(next);
        moved.insert(*number, new);
        next = new.checked_add(u64::try_from(*count).ok()?)?.checked_add(1)?;
        if next > LAST.saturating_add(1) {
            return None;
        }
    }
    let renumbered = moved.iter().any(|(old, new)| old != new);
    let mut seen = None;
    let in_order = numbers.iter().all(|number| {
        let later = seen.is_none_or(|last| *number >= last);
        seen = Some(*number);
        later
    });
    if renumbered && in_order {
        return Some(Waves::default());
    }
    let mut found = Waves::default();
    for (step, number) in numbers.iter().enumerate() {
        let new = *moved.get(number)?;
        if new != *number {
            found.renumbered.insert(step, new);
        }
    }
    let mut used = moved.clone();
    for (step, count) in further {
        let last = used.get_mut(numbers.get(*step)?)?;
        found.first.insert(*step, last.checked_add(1)?);
        *last = last.checked_add(u64::try_from(*count).ok()?)?;
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_found_where_there_is_some_and_made_where_not() {
        let one = |step: usize, count: usize| BTreeMap::from([(step, count)]);
        let numbers = |waves: &[u64]| waves.iter().copied().map(Some).collect::<Vec<_>>();
        let gap = place(&numbers(&[10, 20, 10]), &one(0, 2)).unwrap();
        assert!(gap.renumbered.is_empty());
        assert_eq!(gap.first, BTreeMap::from([(0, 11)]));
        let last = place(&numbers(&[1, 2]), &one(1, 1)).unwrap();
        assert_eq!((last.renumbered.len(), last.first), (0, BTreeMap::from([(1, 3)])));
        let written = place(&numbers(&[1, 1, 2]), &one(0, 1)).unwrap();
        assert!(written.renumbered.is_empty() && written.first.is_empty(), "the order of the text says it");
        let full = place(&numbers(&[2, 1, 2, 5]), &one(1, 2)).unwrap();
        assert_eq!(full.first, BTreeMap::from([(1, 2)]));
        assert_eq!(full.renumbered, BTreeMap::from([(0, 4), (2, 4)]), "only as far as there is no room");
        let mixed = place(&[Some(1), None], &one(0, 1)).unwrap();
        assert!(mixed.first.is_empty());
        assert!(place(&numbers(&[LAST]), &one(0, 1)).is_none());
    }
}
