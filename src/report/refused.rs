//! The refused steps of a plan, and which of them a step comes after. What rows refused steps touch is kept once for the plan,
//! so that a step takes no more room than there are rows that it touches itself, however crowded the plan is.

use std::sync::Arc;

/// The steps of a plan that were refused.
#[derive(Clone, Debug, Default)]
pub struct Refused {
    /// Their ids, in the order in which they were refused.
    pub ids: Vec<Arc<str>>,
    /// By row that is touched: their places among the ids, in order.
    pub touching: Vec<Vec<u32>>,
}

/// Refused steps without which a step would be judged differently, in the order in which they were refused.
#[derive(Clone, Default)]
pub struct AfterRefused {
    of: Arc<Refused>,
    /// Rows that they have in common with the step, and how many had been refused by then.
    rows: Vec<(u32, u32)>,
}

impl AfterRefused {
    /// Those that touch some of these rows: by the place of a row in [`Refused::touching`], so many.
    pub fn by_rows(rows: Vec<(u32, u32)>) -> AfterRefused {
        AfterRefused { of: Arc::default(), rows }
    }

    /// The same, now that it is known whom the places stand for.
    #[must_use]
    pub fn among(self, of: &Arc<Refused>) -> AfterRefused {
        AfterRefused { of: if self.rows.is_empty() { Arc::default() } else { of.clone() }, rows: self.rows }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    fn places(&self) -> impl Iterator<Item = &[u32]> {
        let touching = |row: u32| self.of.touching.get(row as usize).map_or(&[][..], Vec::as_slice);
        self.rows.iter().map(move |(row, count)| {
            let places = touching(*row);
            places.get(..*count as usize).unwrap_or(places)
        })
    }

    /// The first of them.
    pub fn first(&self) -> Option<&Arc<str>> {
        let first = self.places().filter_map(|places| places.first()).min()?;
        self.of.ids.get(*first as usize)
    }

    /// All of them, each once.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<str>> {
        let mut places: Vec<u32> = self.places().flatten().copied().collect();
        places.sort_unstable();
        places.dedup();
        places.into_iter().filter_map(|place| self.of.ids.get(place as usize))
    }

    /// All of them in one text.
    pub fn join(&self, separator: &str) -> String {
        self.iter().map(|id| &**id).collect::<Vec<_>>().join(separator)
    }
}

impl PartialEq for AfterRefused {
    fn eq(&self, other: &AfterRefused) -> bool {
        self.iter().eq(other.iter())
    }
}

impl std::fmt::Debug for AfterRefused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl<'t> FromIterator<&'t str> for AfterRefused {
    fn from_iter<T: IntoIterator<Item = &'t str>>(ids: T) -> AfterRefused {
        let ids: Vec<Arc<str>> = ids.into_iter().map(Arc::from).collect();
        let count = u32::try_from(ids.len()).unwrap_or(u32::MAX);
        let rows = if ids.is_empty() { Vec::new() } else { vec![(0, count)] };
        AfterRefused { of: Arc::new(Refused { ids, touching: vec![(0..count).collect()] }), rows }
    }
}
