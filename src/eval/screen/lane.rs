//! Lanes while they are filled: one chunk of subjects at a time, room reused from chunk to chunk.

use super::op::{DOUBT, Dom, Form, LaneId, NONE, OTHER, Plan, TRUE, UNKNOWN};
use crate::value::{Cell, Number};

/// A count that is not known has less at most than at least.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Count {
    pub(super) low: u32,
    /// `u32::MAX`: nobody knows.
    pub(super) high: u32,
}

impl Count {
    pub(super) const UNKNOWN: Count = Count { low: 1, high: 0 };
    pub(super) const OPEN: u32 = u32::MAX;

    pub(super) fn of(count: usize) -> Count {
        let count = u32::try_from(count).unwrap_or(Count::OPEN);
        Count { low: count, high: count }
    }
}

/// The values of a lane.
#[derive(Debug)]
pub(super) enum Lane {
    Bytes(Vec<u8>),
    Words(Vec<u32>),
    Cells(Vec<Cell>),
    Counts(Vec<Count>),
}

impl Lane {
    pub(super) fn new(form: Form) -> Lane {
        match form {
            Form::Bytes => Lane::Bytes(Vec::new()),
            Form::Words => Lane::Words(Vec::new()),
            Form::Cells => Lane::Cells(Vec::new()),
            Form::Counts => Lane::Counts(Vec::new()),
        }
    }

    fn form(&self) -> Form {
        match self {
            Lane::Bytes(_) => Form::Bytes,
            Lane::Words(_) => Form::Words,
            Lane::Cells(_) => Form::Cells,
            Lane::Counts(_) => Form::Counts,
        }
    }

    pub(super) fn clear(&mut self) {
        match self {
            Lane::Bytes(lane) => lane.clear(),
            Lane::Words(lane) => lane.clear(),
            Lane::Cells(lane) => lane.clear(),
            Lane::Counts(lane) => lane.clear(),
        }
    }
}

impl Default for Lane {
    fn default() -> Lane {
        Lane::Bytes(Vec::new())
    }
}

/// The elements of a domain.
#[derive(Debug, Default)]
pub(super) struct Extent {
    /// Of each element its owner's place in the domain around.
    pub(super) owners: Vec<u32>,
    /// Of each element the subject's place.
    pub(super) subjects: Vec<u32>,
    /// Whether it is the unknown rest of its list.
    pub(super) rest: Vec<bool>,
    /// Whether any is.
    pub(super) has_rest: bool,
}

impl Extent {
    pub(super) fn clear(&mut self) {
        self.owners.clear();
        self.subjects.clear();
        self.rest.clear();
        self.has_rest = false;
    }
}

/// All lanes and domains.
#[derive(Debug, Default)]
pub(in crate::eval) struct Lanes {
    pub(super) lanes: Vec<Lane>,
    pub(super) extents: Vec<Extent>,
}

impl Lanes {
    /// Makes room for a plan; that of the same plan is kept.
    pub(super) fn fit(&mut self, plan: &Plan) {
        let fits = |(lane, form): (&Lane, &Form)| lane.form() == *form;
        if self.lanes.len() != plan.forms.len() || !self.lanes.iter().zip(&plan.forms).all(fits) {
            self.lanes = plan.forms.iter().map(|form| Lane::new(*form)).collect();
        }
        self.extents.resize_with(plan.within.len().saturating_add(1), Extent::default);
    }

    #[inline]
    pub(super) fn bytes(&self, lane: LaneId) -> &[u8] {
        match self.lanes.get(lane.at()) {
            Some(Lane::Bytes(lane)) => lane,
            _ => &[],
        }
    }

    #[inline]
    pub(super) fn words(&self, lane: LaneId) -> &[u32] {
        match self.lanes.get(lane.at()) {
            Some(Lane::Words(lane)) => lane,
            _ => &[],
        }
    }

    pub(super) fn cells(&self, lane: LaneId) -> &[Cell] {
        match self.lanes.get(lane.at()) {
            Some(Lane::Cells(lane)) => lane,
            _ => &[],
        }
    }

    pub(super) fn lane(&self, lane: LaneId) -> Option<&Lane> {
        self.lanes.get(lane.at())
    }

    #[inline]
    pub(super) fn extent(&self, dom: Dom) -> Option<&Extent> {
        self.extents.get(dom.at())
    }

    /// How many elements a domain has.
    #[inline]
    pub(super) fn length(&self, dom: Dom) -> usize {
        self.extent(dom).map_or(0, |extent| extent.owners.len())
    }
}

/// A quantity, or between which two it lies.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Many {
    Unknown,
    None,
    Between(Number, Option<Number>),
}

impl Many {
    pub(super) fn of_count(count: Count) -> Many {
        if count.low > count.high {
            return Many::Unknown;
        }
        let number = |count: u32| Number::from_count(count as usize);
        Many::Between(number(count.low), (count.high != Count::OPEN).then(|| number(count.high)))
    }

    pub(super) fn of_cell(cell: Cell) -> Many {
        match cell {
            Cell::Number(number) => Many::Between(number, Some(number)),
            Cell::None => Many::None,
            _ => Many::Unknown,
        }
    }

    pub(super) fn same(self, other: Many) -> u8 {
        let point = |low: Number, high: Option<Number>| high == Some(low);
        match (self, other) {
            (Many::Unknown, _) | (_, Many::Unknown) => DOUBT,
            (Many::None, Many::None) => TRUE,
            (Many::None, _) | (_, Many::None) => 0,
            (Many::Between(a, b), Many::Between(c, d)) if point(a, b) && point(c, d) => truth(a == c),
            (Many::Between(a, b), Many::Between(c, d)) => {
                let apart = b.is_some_and(|b| b < c) || d.is_some_and(|d| d < a);
                if apart { 0 } else { DOUBT }
            }
        }
    }

    pub(super) fn before(self, other: Many) -> u8 {
        let (Many::Between(a, b), Many::Between(c, d)) = (self, other) else { return DOUBT };
        if b.is_some_and(|b| b < c) {
            return TRUE;
        }
        if d.is_some_and(|d| a >= d) { 0 } else { DOUBT }
    }
}

#[inline]
pub(super) fn truth(value: bool) -> u8 {
    u8::from(value) << 1
}

/// Whether two words are the same.
#[inline]
pub(super) fn same_words(a: u32, b: u32) -> u8 {
    if a == UNKNOWN || b == UNKNOWN { DOUBT } else { truth(a == b) }
}

#[inline]
pub(super) fn same_bytes(a: u8, b: u8) -> u8 {
    if a == DOUBT || b == DOUBT { DOUBT } else { truth(a == b) }
}

#[inline]
pub(super) fn same_cells(a: Cell, b: Cell) -> u8 {
    if a == Cell::Unknown || b == Cell::Unknown { DOUBT } else { truth(a == b) }
}

/// The order of two cells of one kind.
#[inline]
pub(super) fn order(a: &Cell, b: &Cell) -> Option<std::cmp::Ordering> {
    Some(match (a, b) {
        (Cell::Number(a), Cell::Number(b)) => a.cmp(b),
        (Cell::Size(a), Cell::Size(b)) => a.cmp(b),
        (Cell::Duration(a), Cell::Duration(b)) => a.cmp(b),
        (Cell::Date(a), Cell::Date(b)) => a.cmp(b),
        (Cell::Version(a), Cell::Version(b)) => a.cmp(b),
        _ => return None,
    })
}

#[inline]
pub(super) fn exists_word(word: u32) -> u8 {
    match word {
        UNKNOWN => DOUBT,
        NONE => 0,
        _ => TRUE,
    }
}

#[inline]
pub(super) fn exists_byte(byte: u8) -> u8 {
    match byte {
        DOUBT => DOUBT,
        OTHER => 0,
        _ => TRUE,
    }
}
