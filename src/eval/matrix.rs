//! Matrices: which cells a row and a column can hit, and what they say together.

use super::machine::Machine;
use super::mode::Mode;
use super::value::Value;
use crate::program::{Entry, Matrix, MatrixAt, Side, Stands, Verdict};
use crate::types::RangeBound;
use crate::value::Truth;

/// The headers of one side that a value can hit.
#[derive(Clone, Copy, Debug)]
pub(super) enum Headers<'p> {
    /// This one.
    One(u32),
    /// One of these.
    Some(&'p [u32]),
}

impl Headers<'_> {
    pub(super) fn places(&self) -> &[u32] {
        match self {
            Headers::One(one) => std::slice::from_ref(one),
            Headers::Some(some) => some,
        }
    }
}

/// Where a matrix is hit.
pub(super) struct Hit<'p, M: Mode> {
    pub(super) row: Value<M>,
    pub(super) column: Value<M>,
    pub(super) rows: Headers<'p>,
    pub(super) columns: Headers<'p>,
}

/// What the cells that are possible say together.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Together {
    /// All say yes, whatever their conditions say.
    Yes,
    /// All say no.
    No,
    /// All are silent.
    Silent,
    /// They do not agree.
    Unknown,
}

impl<'p, M: Mode> Hit<'p, M> {
    /// The cells that are possible.
    pub(super) fn entries(&self, matrix: &'p Matrix) -> impl Iterator<Item = &'p Entry> {
        let rows = self.rows.places().iter();
        rows.flat_map(move |row| {
            let columns = self.columns.places().iter();
            columns.filter_map(move |column| matrix.entry(*row as usize, *column as usize))
        })
    }

    /// What they say together.
    pub(super) fn together(&self, matrix: &'p Matrix) -> Together {
        let mut all: Option<Together> = None;
        for entry in self.entries(matrix) {
            let says = match entry.verdict {
                Verdict::Yes => Together::Yes,
                Verdict::No => Together::No,
                Verdict::Silent | Verdict::Impossible => Together::Silent,
            };
            if all.is_some_and(|all| all != says) {
                return Together::Unknown;
            }
            all = Some(says);
        }
        all.unwrap_or(Together::Unknown)
    }
}

impl<'a, M: Mode> Machine<'a, M> {
    /// Where a matrix is hit, in the frame of its head. What is missing for that is in the log.
    pub(super) fn hit(&mut self, matrix: &'a Matrix) -> Hit<'a, M> {
        let row = self.eval(matrix.rows.by);
        let column = self.eval(matrix.columns.by);
        let rows = self.headers(&matrix.rows, &row);
        let columns = self.headers(&matrix.columns, &column);
        Hit { row, column, rows, columns }
    }

    /// Whether a cell with a condition is hit.
    pub(super) fn hit_condition(&mut self, matrix: MatrixAt, condition: u32) -> Truth {
        let program = self.program;
        let Some(matrix) = program.matrix(matrix) else { return Truth::Unknown };
        let hit = self.hit(matrix);
        let (mut some, mut all) = (false, true);
        for entry in hit.entries(matrix) {
            let has = entry.verdict == Verdict::Yes && entry.condition == Some(condition);
            some |= has;
            all &= has;
        }
        match (some, all) {
            (true, true) => Truth::True,
            (false, _) => Truth::False,
            (true, false) => Truth::Unknown,
        }
    }

    fn headers(&mut self, side: &'a Side, value: &Value<M>) -> Headers<'a> {
        if !value.decided() {
            return Headers::Some(&side.possible);
        }
        let hit = side.headers.iter().position(|header| self.stands_for(header, value));
        let other = || side.headers.iter().position(|header| header.contains(&Stands::Other));
        match hit.or_else(other).and_then(|at| u32::try_from(at).ok()) {
            Some(at) => Headers::One(at),
            // Headers are proved to cover every value; what got past the proof is no known cell.
            None => Headers::Some(&side.possible),
        }
    }

    fn stands_for(&mut self, header: &[Stands], value: &Value<M>) -> bool {
        header.iter().any(|of| match of {
            Stands::None => matches!(value, Value::None),
            Stands::Is(id) => {
                let constant = self.program.consts.get(id.at()).map(|of| self.of_const(of));
                constant.is_some_and(|of| self.equal(&of, value, true) == Truth::True)
            }
            Stands::Range(low, high) => {
                !matches!(value, Value::None)
                    && low.as_ref().is_none_or(|low| self.beyond(low, value, std::cmp::Ordering::Less))
                    && high.as_ref().is_none_or(|high| self.beyond(high, value, std::cmp::Ordering::Greater))
            }
            Stands::Any => true,
            Stands::Other => false,
        })
    }

    /// Whether the end of a range lies on its side (`ordering`) of a value.
    fn beyond(&self, end: &RangeBound, value: &Value<M>, ordering: std::cmp::Ordering) -> bool {
        let at = self.of_const(&end.at);
        match self.order(&at, value, true) {
            Some(std::cmp::Ordering::Equal) => end.inclusive,
            Some(found) => found == ordering,
            None => false,
        }
    }
}
