//! What is different from the facts as they were given: cells, the step that made each so, and what is missing where a
//! step left one unknown. A state of the plan is this and nothing else; it takes room for what differs, not for what is.

use std::sync::Arc;

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

/// Rows side by side, of which some are different.
const PAGE: usize = 32;

/// The rows in which one field is different: page by page, so that a look costs no hash, and room is taken only where
/// something is different.
#[derive(Clone, Debug, Default)]
pub(super) struct Column {
    pages: Vec<Option<Box<[Option<Changed>; PAGE]>>>,
    count: usize,
}

/// The page of a row, and its place there.
#[inline]
fn place(row: Row) -> (usize, usize) {
    let row = row.0 as usize;
    (row.wrapping_div(PAGE), row.wrapping_rem(PAGE))
}

impl Column {
    #[inline]
    pub(super) fn get(&self, row: Row) -> Option<&Changed> {
        let (page, at) = place(row);
        self.pages.get(page)?.as_ref()?.get(at)?.as_ref()
    }

    /// Whether a row is different.
    pub(super) fn contains(&self, row: Row) -> bool {
        self.get(row).is_some()
    }

    /// The rows that are different, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Row, &Changed)> {
        let pages = (0u32..).step_by(PAGE).zip(&self.pages);
        pages.filter_map(|(first, page)| Some((first, page.as_ref()?))).flat_map(|(first, page)| {
            let rows = (first..).map(Row).zip(page.iter());
            rows.filter_map(|(row, changed)| Some((row, changed.as_ref()?)))
        })
    }

    fn put(&mut self, row: Row, changed: Option<Changed>) -> Option<Changed> {
        let (page, at) = place(row);
        if changed.is_some() && self.pages.len() <= page {
            self.pages.resize_with(page.saturating_add(1), || None);
        }
        let slot = self.pages.get_mut(page)?;
        let slot = match changed {
            Some(_) => slot.get_or_insert_with(|| Box::new(std::array::from_fn(|_| None))),
            None => slot.as_mut()?,
        };
        let slot = slot.get_mut(at)?;
        let is = changed.is_some();
        let before = std::mem::replace(slot, changed);
        match (before.is_some(), is) {
            (false, true) => self.count = self.count.saturating_add(1),
            (true, false) => self.count = self.count.saturating_sub(1),
            _ => {}
        }
        before
    }
}

/// Cells that are different from what was given.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// By struct and field; as long as what is different reaches.
    columns: Vec<Vec<Column>>,
    /// Lists that effects made, numbered behind those of the facts.
    lists: Vec<Arc<[Cell]>>,
}

impl PartialEq for Changes {
    fn eq(&self, other: &Changes) -> bool {
        self.lists == other.lists && self.all().eq(other.all())
    }
}

impl Changes {
    /// Every field in which something is different.
    fn columns(&self) -> impl Iterator<Item = (StructId, FieldId, &Column)> {
        (0u16..).map(StructId).zip(&self.columns).flat_map(|(of, columns)| {
            let columns = (0u16..).map(FieldId).zip(columns);
            columns.filter(|(_, column)| column.count > 0).map(move |(field, column)| (of, field, column))
        })
    }

    fn all(&self) -> impl Iterator<Item = (StructId, FieldId, Row, &Changed)> {
        self.columns()
            .flat_map(|(of, field, column)| column.iter().map(move |(row, changed)| (of, field, row, changed)))
    }

    /// Every cell that is different, by table, row and field.
    pub fn iter(&self) -> impl Iterator<Item = ((StructId, Row, FieldId), Cell)> {
        let mut cells: Vec<_> = self.all().map(|(of, field, row, changed)| ((of, row, field), changed.cell)).collect();
        cells.sort_unstable_by_key(|(at, _)| *at);
        cells.into_iter()
    }

    /// How many cells are different.
    pub fn len(&self) -> usize {
        self.columns().map(|(_, _, column)| column.count).sum()
    }

    /// Whether everything is as it was given.
    pub fn is_empty(&self) -> bool {
        self.columns().next().is_none()
    }

    /// What a cell says now.
    #[inline]
    pub fn cell(&self, facts: &Facts, of: StructId, row: Row, field: FieldId) -> Cell {
        match self.get(of, row, field) {
            Some(changed) => changed.cell,
            None => facts.cell(of, row, field),
        }
    }

    /// The elements of a list, of the facts or made by an effect.
    #[inline]
    pub fn list<'a>(&'a self, facts: &'a Facts, id: ListId) -> &'a [Cell] {
        match id.0.checked_sub(facts.lists()) {
            Some(made) => self.lists.get(made as usize).map_or(&[], |list| list),
            None => facts.list(id),
        }
    }

    #[inline]
    pub(super) fn get(&self, of: StructId, row: Row, field: FieldId) -> Option<&Changed> {
        self.columns.get(usize::from(of.0))?.get(usize::from(field.0))?.get(row)
    }

    /// The rows in which a field is different.
    pub(super) fn rows(&self, of: StructId, field: FieldId) -> Option<&Column> {
        self.columns.get(usize::from(of.0))?.get(usize::from(field.0)).filter(|column| column.count > 0)
    }

    /// Makes a cell different, or as it was given; answers with what it was.
    pub(super) fn put(&mut self, of: StructId, row: Row, field: FieldId, changed: Option<Changed>) -> Option<Changed> {
        let (of, field) = (usize::from(of.0), usize::from(field.0));
        if changed.is_some() {
            if self.columns.len() <= of {
                self.columns.resize_with(of.saturating_add(1), Vec::new);
            }
            if let Some(columns) = self.columns.get_mut(of).filter(|columns| columns.len() <= field) {
                columns.resize_with(field.saturating_add(1), Column::default);
            }
        }
        self.columns.get_mut(of)?.get_mut(field)?.put(row, changed)
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
        let columns = (0u16..).map(StructId).zip(&self.columns);
        let columns = columns.map(|(other, columns)| if other == of { columns.clone() } else { Vec::new() });
        Changes { columns: columns.collect(), lists: self.lists.clone() }
    }

    /// Takes out what is different in one kind of row.
    pub(super) fn without(mut self, of: StructId) -> Changes {
        if let Some(columns) = self.columns.get_mut(usize::from(of.0)) {
            columns.clear();
        }
        self
    }
}
