//! Reading the columns, lists and maps of the facts into lanes.

use super::lane::{Lane, order, truth};
use super::op::{Against, DOUBT, FALSE, Holds, NONE, OTHER, UNKNOWN};
use super::pool::Pool;
use crate::eval::changes::Column as Changed;
use crate::facts::Facts;
use crate::facts::store::{Column, Slot};
use crate::value::{Cell, ListId, MapId, Number, Row, TextId};

/// The values of a field of rows, in a lane.
#[inline]
fn gather<T: Copy, V: Copy>(
    rows: &[u32],
    slots: &[Slot<T>],
    unknown: V,
    none: V,
    is: impl Fn(T) -> V,
    out: &mut Vec<V>,
) {
    let value = |slot: &Slot<T>| match slot {
        Slot::Is(value) => is(*value),
        Slot::None => none,
        Slot::Unknown => unknown,
    };
    match run(rows, slots) {
        Some(slots) => out.extend(slots.iter().map(value)),
        None => out.extend(rows.iter().map(|row| slots.get(*row as usize).map_or(unknown, value))),
    }
}

/// The slots of rows that stand side by side, as rows of one file and their records do.
#[inline]
fn run<'c, T>(rows: &[u32], slots: &'c [Slot<T>]) -> Option<&'c [Slot<T>]> {
    let first = *rows.first()?;
    let found = slots.get(first as usize..(first as usize).checked_add(rows.len())?)?;
    let strays = rows.iter().zip(first..).fold(0, |strays, (row, wanted)| strays | (row ^ wanted));
    (strays == 0).then_some(found)
}

/// False: the column is another one.
pub(super) fn bools(column: Option<&Column>, rows: &[u32], out: &mut Vec<u8>) -> bool {
    let Some(Column::Bool(slots)) = column else { return false };
    gather(rows, slots, DOUBT, OTHER, truth, out);
    true
}

/// Texts, values of enums, rows, lists and maps.
pub(super) fn words(column: Option<&Column>, rows: &[u32], out: &mut Vec<u32>) -> bool {
    match column {
        Some(Column::Text(slots)) => gather(rows, slots, UNKNOWN, NONE, |text| text.0, out),
        Some(Column::Enum(slots)) => gather(rows, slots, UNKNOWN, NONE, u32::from, out),
        Some(Column::Row(slots)) => gather(rows, slots, UNKNOWN, NONE, |row| row.0, out),
        Some(Column::List(slots)) => gather(rows, slots, UNKNOWN, NONE, |list| list.0, out),
        Some(Column::Map(slots)) => gather(rows, slots, UNKNOWN, NONE, |map| map.0, out),
        _ => return false,
    }
    true
}

/// Numbers, quantities, dates and versions.
pub(super) fn cells(column: Option<&Column>, rows: &[u32], out: &mut Vec<Cell>) -> bool {
    match column {
        Some(Column::Number(slots)) => gather(rows, slots, Cell::Unknown, Cell::None, Cell::Number, out),
        Some(Column::Size(slots)) => gather(rows, slots, Cell::Unknown, Cell::None, Cell::Size, out),
        Some(Column::Duration(slots)) => gather(rows, slots, Cell::Unknown, Cell::None, Cell::Duration, out),
        Some(Column::Date(slots)) => gather(rows, slots, Cell::Unknown, Cell::None, Cell::Date, out),
        Some(Column::Version(slots)) => gather(rows, slots, Cell::Unknown, Cell::None, Cell::Version, out),
        _ => return false,
    }
    true
}

/// A field against a constant, without a copy of it.
pub(super) fn against(column: Option<&Column>, rows: &[u32], how: Against, fixed: Cell, out: &mut Vec<u8>) -> bool {
    match (column, fixed) {
        (Some(Column::Number(slots)), Cell::Number(fixed)) => compared(rows, slots, how, &fixed, out),
        (Some(Column::Size(slots)), Cell::Size(fixed)) => compared(rows, slots, how, &fixed, out),
        (Some(Column::Duration(slots)), Cell::Duration(fixed)) => compared(rows, slots, how, &fixed, out),
        (Some(Column::Date(slots)), Cell::Date(fixed)) => compared(rows, slots, how, &fixed, out),
        (Some(Column::Version(slots)), Cell::Version(fixed)) => compared(rows, slots, how, &fixed, out),
        _ => return false,
    }
    true
}

fn compared<T: Ord>(rows: &[u32], slots: &[Slot<T>], how: Against, fixed: &T, out: &mut Vec<u8>) {
    let test = |slot: &Slot<T>| match (slot, how) {
        (Slot::Is(value), Against::Same) => truth(value == fixed),
        (Slot::Is(value), Against::Before) => truth(value < fixed),
        (Slot::Is(value), Against::After) => truth(fixed < value),
        (Slot::None, Against::Same) => FALSE,
        _ => DOUBT,
    };
    match run(rows, slots) {
        Some(slots) => out.extend(slots.iter().map(test)),
        None => out.extend(rows.iter().map(|row| slots.get(*row as usize).map_or(DOUBT, test))),
    }
}

/// Puts what is different by now in the place of what the facts say. False: a cell is of no kind that lanes have.
pub(super) fn patch<T>(changed: Option<&Changed>, rows: &[u32], out: &mut [T], of: impl Fn(Cell) -> Option<T>) -> bool {
    let Some(changed) = changed else { return true };
    for (row, place) in rows.iter().zip(out) {
        let Some(changed) = changed.get(Row(*row)) else { continue };
        match of(changed.cell) {
            Some(value) => *place = value,
            None => return false,
        }
    }
    true
}

/// A cell that holds a boolean.
pub(super) fn byte(cell: Cell) -> Option<u8> {
    match cell {
        Cell::Bool(value) => Some(truth(value)),
        Cell::None => Some(OTHER),
        Cell::Unknown => Some(DOUBT),
        _ => None,
    }
}

/// A cell against a constant.
pub(super) fn is(cell: Cell, how: Against, fixed: Cell) -> u8 {
    let compared = |wanted: std::cmp::Ordering| order(&cell, &fixed).map_or(DOUBT, |order| truth(order == wanted));
    match (cell, how) {
        (Cell::None, Against::Same) => FALSE,
        (_, Against::Same) => compared(std::cmp::Ordering::Equal),
        (_, Against::Before) => compared(std::cmp::Ordering::Less),
        (_, Against::After) => compared(std::cmp::Ordering::Greater),
    }
}

/// Takes cells into a lane.
pub(super) struct Taken<'l> {
    pub(super) holds: Holds,
    pub(super) out: &'l mut Lane,
    /// A cell was of another kind.
    pub(super) odd: bool,
}

impl Taken<'_> {
    #[inline]
    pub(super) fn take(&mut self, cell: Cell) {
        let fits = matches!(
            (self.holds, cell),
            (_, Cell::Unknown | Cell::None)
                | (Holds::Bools, Cell::Bool(_))
                | (Holds::Texts, Cell::Text(_))
                | (Holds::Values, Cell::Enum(_))
                | (Holds::Rows, Cell::Row(_))
                | (Holds::Lists, Cell::List(_))
                | (Holds::Maps, Cell::Map(_))
                | (Holds::Numbers, Cell::Number(_))
                | (Holds::Sizes, Cell::Size(_))
                | (Holds::Durations, Cell::Duration(_))
                | (Holds::Dates, Cell::Date(_))
                | (Holds::Versions, Cell::Version(_))
        );
        self.odd |= !fits;
        match self.out {
            Lane::Bytes(out) => out.push(match cell {
                Cell::Bool(value) => truth(value),
                Cell::None => OTHER,
                _ => DOUBT,
            }),
            Lane::Words(out) => out.push(word(cell)),
            Lane::Cells(out) => out.push(cell),
            Lane::Counts(_) => self.odd = true,
        }
    }
}

/// The number of what a cell holds.
#[inline]
pub(super) fn word(cell: Cell) -> u32 {
    match cell {
        Cell::Text(text) => text.0,
        Cell::Enum(value) => u32::from(value),
        Cell::Row(row) => row.0,
        Cell::List(list) => list.0,
        Cell::Map(map) => map.0,
        Cell::None => NONE,
        _ => UNKNOWN,
    }
}

#[inline]
pub(super) fn as_list(word: u32) -> Cell {
    match word {
        UNKNOWN => Cell::Unknown,
        NONE => Cell::None,
        id => Cell::List(ListId(id)),
    }
}

#[inline]
pub(super) fn as_map(word: u32) -> Cell {
    match word {
        UNKNOWN => Cell::Unknown,
        NONE => Cell::None,
        id => Cell::Map(MapId(id)),
    }
}

/// Whether nothing about a value is unknown, with all that a list holds.
pub(super) fn known(facts: &Facts, cell: Cell) -> bool {
    match cell {
        Cell::Unknown => false,
        Cell::List(list) => facts.list(list).iter().all(|cell| known(facts, *cell)),
        Cell::Map(map) => facts.map(map).iter().all(|(_, cell)| *cell != Cell::Unknown),
        _ => true,
    }
}

/// How many entries a map has.
pub(super) fn map_length(facts: &Facts, word: u32) -> Cell {
    match as_map(word) {
        Cell::Map(map) => Cell::Number(Number::from_count(facts.map(map).len())),
        _ => Cell::Unknown,
    }
}

/// What a map holds under a key.
pub(super) fn entry(facts: &Facts, pool: &Pool<'_>, map: u32, key: u32, by_name: bool) -> Cell {
    let Cell::Map(map) = as_map(map) else { return Cell::Unknown };
    if facts.map(map).is_empty() {
        return Cell::None;
    }
    if key >= NONE {
        return Cell::Unknown;
    }
    // A text that the facts do not have is no key, unless its folded form is one.
    let own = |key: u32| ((key as usize) < pool.texts.len()).then_some(TextId(key));
    match own(key).or_else(|| own(pool.fold(key)).filter(|_| by_name)) {
        Some(key) => facts.map_get(map, key, by_name),
        None => Cell::None,
    }
}

/// Whether a value lies beyond one end of a range.
pub(super) fn within(end: Option<&(Cell, bool)>, value: &Cell, low: bool) -> bool {
    end.is_none_or(|(end, inclusive)| match order(end, value) {
        Some(std::cmp::Ordering::Equal) => *inclusive,
        Some(found) => found.is_lt() == low,
        None => false,
    })
}
