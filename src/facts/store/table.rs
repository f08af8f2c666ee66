//! A table: the columns of a struct, and for each row its owner and its places.

use crate::source::Span;
use crate::types::{FieldId, Type};
use crate::value::{Cell, Row};

use super::Owner;
use super::column::Column;

/// The rows of one struct.
#[derive(Clone, Debug)]
pub(super) struct Table {
    columns: Vec<Column>,
    /// Where values stand, a list a field as long as the table; [`Span::NONE`] where nothing stands.
    places: Vec<Vec<Span>>,
    owners: Vec<Option<Owner>>,
    /// Where rows stand; shorter than the table where places are not kept.
    spans: Vec<Span>,
}

impl Table {
    /// An empty table; a field without a type is computed.
    pub(super) fn new<'a>(fields: impl Iterator<Item = Option<&'a Type>>) -> Table {
        let columns: Vec<Column> = fields.map(|ty| ty.map_or(Column::Computed, Column::of)).collect();
        let places = vec![Vec::new(); columns.len()];
        Table { columns, places, owners: Vec::new(), spans: Vec::new() }
    }

    #[inline]
    pub(super) fn rows(&self) -> u32 {
        super::len32(self.owners.len())
    }

    pub(super) fn push(&mut self, owner: Option<Owner>, span: Span) -> Option<Row> {
        let row = u32::try_from(self.owners.len()).ok().filter(|row| *row < u32::MAX)?;
        self.owners.push(owner);
        let rows = self.owners.len();
        for (column, places) in self.columns.iter_mut().zip(&mut self.places) {
            column.level(rows);
            places.resize(rows, Span::NONE);
        }
        self.spans.resize(rows.saturating_sub(1), Span::NONE);
        self.spans.push(span);
        Some(Row(row))
    }

    /// Adds a row that stands nowhere. Its columns get no slot before something is put there.
    #[inline]
    pub(super) fn begin(&mut self, owner: Option<Owner>) -> Option<Row> {
        let row = u32::try_from(self.owners.len()).ok().filter(|row| *row < u32::MAX)?;
        self.owners.push(owner);
        Some(Row(row))
    }

    /// Writes a fact that stands nowhere.
    #[inline]
    pub(super) fn put(&mut self, row: Row, field: FieldId, cell: Cell) {
        if let Some(column) = self.columns.get_mut(field.0 as usize) {
            column.put(row.0 as usize, cell);
        }
    }

    /// Makes all columns as long as the table.
    pub(super) fn level(&mut self) {
        let rows = self.owners.len();
        for column in &mut self.columns {
            column.level(rows);
        }
    }

    pub(super) fn truncate(&mut self, rows: u32) {
        let rows = rows as usize;
        for (column, places) in self.columns.iter_mut().zip(&mut self.places) {
            column.truncate(rows);
            places.truncate(rows);
        }
        self.owners.truncate(rows);
        self.spans.truncate(rows);
    }

    #[inline]
    pub(super) fn cell(&self, row: Row, field: FieldId) -> Cell {
        self.columns.get(field.0 as usize).map_or(Cell::Unknown, |column| column.get(row.0 as usize))
    }

    pub(super) fn column(&self, field: FieldId) -> Option<&Column> {
        self.columns.get(field.0 as usize)
    }

    pub(super) fn set(&mut self, row: Row, field: FieldId, cell: Cell, span: Span) {
        if let Some(column) = self.columns.get_mut(field.0 as usize) {
            column.set(row.0 as usize, cell);
        }
        if let Some(place) = self.places.get_mut(field.0 as usize).and_then(|places| places.get_mut(row.0 as usize)) {
            *place = span;
        }
    }

    pub(super) fn owner(&self, row: Row) -> Option<Owner> {
        self.owners.get(row.0 as usize).copied().flatten()
    }

    /// Where the row itself stands.
    pub(super) fn span(&self, row: Row) -> Option<Span> {
        self.spans.get(row.0 as usize).copied().filter(|span| *span != Span::NONE)
    }

    /// Where a value stands.
    pub(super) fn place(&self, row: Row, field: FieldId) -> Option<Span> {
        let place = self.places.get(field.0 as usize)?.get(row.0 as usize)?;
        Some(*place).filter(|span| *span != Span::NONE)
    }
}
