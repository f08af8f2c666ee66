//! The world that a step is judged in: the facts as they were given, and over them the cells that are different by now.
//! Every read of a fact goes through [`World::read`], whatever the world is.

use std::cell::OnceCell;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::facts::Facts;
use crate::program::{IndexBy, IndexId, Program};
use crate::types::FieldId;
use crate::value::{Cell, Date, Duration, Number, Row, Size, StructId, TextId, Version};

/// A key of a table from values to rows.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Key {
    None,
    Bool(bool),
    Number(Number),
    Size(Size),
    Duration(Duration),
    Date(Date),
    Version(Version),
    Text(TextId),
    Enum(u16),
    Row(Row),
}

/// The rows of a table by the value of one field.
#[derive(Debug, Default)]
pub(super) struct Index {
    by: FxHashMap<Key, Vec<Row>>,
    unknown: Vec<Row>,
}

/// Cells that are different from what was given.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Changes {
    cells: FxHashMap<(StructId, FieldId), FxHashMap<Row, Cell>>,
}

impl Changes {
    /// What a cell says now.
    pub fn cell(&self, facts: &Facts, of: StructId, row: Row, field: FieldId) -> Cell {
        self.get(of, row, field).unwrap_or_else(|| facts.cell(of, row, field))
    }

    /// The elements of a list.
    pub fn list<'a>(&'a self, facts: &'a Facts, id: crate::value::ListId) -> &'a [Cell] {
        facts.list(id)
    }

    /// A cell that is different.
    pub(super) fn get(&self, of: StructId, row: Row, field: FieldId) -> Option<Cell> {
        if self.cells.is_empty() {
            return None;
        }
        self.cells.get(&(of, field)).and_then(|rows| rows.get(&row)).copied()
    }

    /// Makes a cell different.
    pub(super) fn set(&mut self, of: StructId, row: Row, field: FieldId, cell: Cell) {
        self.cells.entry((of, field)).or_default().insert(row, cell);
    }
}

/// A world.
#[derive(Debug)]
pub(super) struct World<'f> {
    facts: &'f Facts,
    changed: Changes,
    refused: FxHashMap<Row, bool>,
    /// Rows that take no part, for a demand on them does not hold: nothing about them is known.
    out: FxHashSet<(StructId, Row)>,
    indexes: Vec<OnceCell<Index>>,
}

impl<'f> World<'f> {
    /// The world as it was given.
    pub(super) fn new(program: &Program, facts: &'f Facts) -> World<'f> {
        World {
            facts,
            changed: Changes::default(),
            refused: FxHashMap::default(),
            out: FxHashSet::default(),
            indexes: program.indexes.iter().map(|_| OnceCell::new()).collect(),
        }
    }

    /// The world in which cells are different.
    pub(super) fn with(mut self, changed: Changes) -> World<'f> {
        self.changed = changed;
        self
    }

    /// The facts as they were given.
    pub(super) fn facts(&self) -> &'f Facts {
        self.facts
    }

    /// A fact.
    pub(super) fn read(&self, of: StructId, row: Row, field: FieldId) -> Cell {
        if !self.out.is_empty() && self.out.contains(&(of, row)) {
            return Cell::Unknown;
        }
        self.changed.get(of, row, field).unwrap_or_else(|| self.facts.cell(of, row, field))
    }

    /// Makes a fact different from now on.
    pub(super) fn change(&mut self, of: StructId, row: Row, field: FieldId, cell: Cell) {
        self.changed.set(of, row, field, cell);
    }

    /// Takes a change back.
    pub(super) fn restore(&mut self, of: StructId, row: Row, field: FieldId) {
        if let Some(rows) = self.changed.cells.get_mut(&(of, field)) {
            rows.remove(&row);
        }
    }

    /// Whether a step is refused; nothing while that is not decided.
    pub(super) fn refused(&self, step: Row) -> Option<bool> {
        self.refused.get(&step).copied()
    }

    /// Decides whether a step is refused.
    pub(super) fn refuse(&mut self, step: Row, refused: bool) {
        self.refused.insert(step, refused);
    }

    /// Leaves a row out.
    pub(super) fn leave_out(&mut self, of: StructId, row: Row) {
        self.out.insert((of, row));
    }

    /// Whether a row takes part.
    pub(super) fn takes_part(&self, of: StructId, row: Row) -> bool {
        self.out.is_empty() || !self.out.contains(&(of, row))
    }

    /// Whether all rows of a table take part.
    pub(super) fn all_take_part(&self, of: StructId) -> bool {
        !self.out.iter().any(|(other, _)| *other == of)
    }

    /// The key that a cell has in tables.
    pub(super) fn key(&self, cell: Cell, fold: bool) -> Option<Key> {
        Some(match cell {
            Cell::None => Key::None,
            Cell::Bool(value) => Key::Bool(value),
            Cell::Number(value) => Key::Number(value),
            Cell::Size(value) => Key::Size(value),
            Cell::Duration(value) => Key::Duration(value),
            Cell::Date(value) => Key::Date(value),
            Cell::Version(value) => Key::Version(value),
            Cell::Text(text) => Key::Text(if fold { self.facts.texts().folded(text) } else { text }),
            Cell::Enum(value) => Key::Enum(value),
            Cell::Row(row) => Key::Row(row),
            Cell::Unknown | Cell::List(_) | Cell::Map(_) => return None,
        })
    }

    fn index(&self, id: IndexId, by: IndexBy) -> Option<&Index> {
        let slot = self.indexes.get(id.at())?;
        Some(slot.get_or_init(|| {
            let mut index = Index::default();
            for row in (0..self.facts.rows(by.address.owner)).map(Row) {
                let cell = self.facts.cell(by.address.owner, row, by.address.field);
                match self.key(cell, by.fold) {
                    Some(key) => index.by.entry(key).or_default().push(row),
                    None => index.unknown.push(row),
                }
            }
            index
        }))
    }

    /// The rows whose field has a key, and those whose field is unknown, each in order. Without a key: every row is possible.
    pub(super) fn look_up(&self, id: IndexId, by: IndexBy, key: Option<Key>) -> (Vec<Row>, Vec<Row>) {
        let (owner, field) = (by.address.owner, by.address.field);
        let Some(index) = self.index(id, by) else { return (Vec::new(), Vec::new()) };
        let mut sure = key.and_then(|key| index.by.get(&key)).cloned().unwrap_or_default();
        let mut perhaps = index.unknown.clone();
        if let Some(rows) = self.changed.cells.get(&(owner, field)).filter(|rows| !rows.is_empty()) {
            sure.retain(|row| !rows.contains_key(row));
            perhaps.retain(|row| !rows.contains_key(row));
            for (row, cell) in rows {
                match self.key(*cell, by.fold) {
                    None => perhaps.push(*row),
                    found if found.is_some() && found == key => sure.push(*row),
                    Some(_) => {}
                }
            }
            sure.sort_unstable();
            perhaps.sort_unstable();
        }
        if !self.all_take_part(owner) {
            sure.retain(|row| self.takes_part(owner, *row));
            perhaps.retain(|row| self.takes_part(owner, *row));
        }
        (sure, perhaps)
    }
}
