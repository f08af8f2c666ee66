//! What is different from the facts as they were given: cells, the step that made each so, and what is missing where a
//! step left one unknown. A state of the plan is this and nothing else; it takes room for what differs, not for what is.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::mode::Lack;
use crate::facts::Facts;
use crate::types::FieldId;
use crate::value::{Cell, ListId, Row, StructId};

/// A cell that is different.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Changed {
    pub(super) cell: Cell,
    /// The step that made it so; nothing for what was chosen for a step itself.
    pub(super) by: Option<Row>,
    /// What would have to be known to know the cell, where the step left it unknown.
    pub(super) lacks: Option<Arc<[Lack]>>,
}

/// Cells that are different from what was given.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Changes {
    cells: FxHashMap<(StructId, FieldId), FxHashMap<Row, Changed>>,
    /// Lists that effects made, numbered behind those of the facts.
    lists: Vec<Arc<[Cell]>>,
}

impl Changes {
    /// Every cell that is different, by table, row and field.
    pub fn iter(&self) -> impl Iterator<Item = ((StructId, Row, FieldId), Cell)> {
        let cells = self
            .cells
            .iter()
            .flat_map(|((of, field), rows)| rows.iter().map(|(row, changed)| ((*of, *row, *field), changed.cell)));
        let mut cells: Vec<_> = cells.collect();
        cells.sort_unstable_by_key(|(at, _)| *at);
        cells.into_iter()
    }

    /// How many cells are different.
    pub fn len(&self) -> usize {
        self.cells.values().map(FxHashMap::len).sum()
    }

    /// Whether everything is as it was given.
    pub fn is_empty(&self) -> bool {
        self.cells.values().all(FxHashMap::is_empty)
    }

    /// What a cell says now.
    pub fn cell(&self, facts: &Facts, of: StructId, row: Row, field: FieldId) -> Cell {
        self.get(of, row, field).map_or_else(|| facts.cell(of, row, field), |changed| changed.cell)
    }

    /// The elements of a list, of the facts or made by an effect.
    pub fn list<'a>(&'a self, facts: &'a Facts, id: ListId) -> &'a [Cell] {
        match id.0.checked_sub(facts.lists()) {
            Some(made) => self.lists.get(made as usize).map_or(&[], |list| list),
            None => facts.list(id),
        }
    }

    pub(super) fn get(&self, of: StructId, row: Row, field: FieldId) -> Option<&Changed> {
        if self.cells.is_empty() {
            return None;
        }
        self.cells.get(&(of, field)).and_then(|rows| rows.get(&row))
    }

    /// The rows in which a field is different.
    pub(super) fn rows(&self, of: StructId, field: FieldId) -> Option<&FxHashMap<Row, Changed>> {
        self.cells.get(&(of, field)).filter(|rows| !rows.is_empty())
    }

    /// Makes a cell different, or as it was given; answers with what it was.
    pub(super) fn put(&mut self, of: StructId, row: Row, field: FieldId, changed: Option<Changed>) -> Option<Changed> {
        match changed {
            Some(changed) => self.cells.entry((of, field)).or_default().insert(row, changed),
            None => self.cells.get_mut(&(of, field)).and_then(|rows| rows.remove(&row)),
        }
    }

    /// Puts a list into the pool.
    pub(super) fn add_list(&mut self, facts: &Facts, cells: Vec<Cell>) -> Option<ListId> {
        let made = u32::try_from(self.lists.len()).ok()?;
        let id = facts.lists().checked_add(made)?;
        self.lists.push(cells.into());
        Some(ListId(id))
    }

    /// Only what is different in one kind of row.
    pub(super) fn only(&self, of: StructId) -> Changes {
        let cells = self.cells.iter().filter(|((other, _), _)| *other == of);
        Changes { cells: cells.map(|(at, rows)| (*at, rows.clone())).collect(), lists: self.lists.clone() }
    }

    /// Takes out what is different in one kind of row.
    pub(super) fn without(mut self, of: StructId) -> Changes {
        self.cells.retain(|(other, _), rows| *other != of && !rows.is_empty());
        self
    }
}
