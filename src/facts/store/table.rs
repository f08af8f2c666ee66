//! A table: the columns of a struct, and for each row its owner and its places.

use rustc_hash::FxHashMap;

use crate::source::Span;
use crate::types::{FieldId, Type};
use crate::value::{Cell, Row};

use super::Owner;
use super::column::Column;
use super::stands::NOWHERE;

/// The rows of one struct.
#[derive(Clone, Debug)]
pub(super) struct Table {
    columns: Vec<Column>,
    /// Where values stand, a list a field, at most as long as the table; [`Span::NONE`] where nothing stands.
    places: Vec<Vec<Span>>,
    owners: Vec<Option<Owner>>,
    /// Where rows stand; shorter than the table where places are not kept.
    spans: Vec<Span>,
    /// Where the first rows begin, of which nothing more is kept: `places` and `spans` begin behind them.
    starts: Vec<u32>,
    /// Values of those rows that stand elsewhere: what is assumed.
    laid: FxHashMap<(Row, FieldId), Span>,
}

impl Table {
    /// An empty table; a field without a type is computed.
    pub(super) fn new<'a>(fields: impl Iterator<Item = Option<&'a Type>>) -> Table {
        let columns: Vec<Column> = fields.map(|ty| ty.map_or(Column::Computed, Column::of)).collect();
        let places = vec![Vec::new(); columns.len()];
        Table { columns, places, owners: Vec::new(), spans: Vec::new(), starts: Vec::new(), laid: FxHashMap::default() }
    }

    #[inline]
    pub(super) fn rows(&self) -> u32 {
        super::len32(self.owners.len())
    }

    pub(super) fn push(&mut self, owner: Option<Owner>, span: Span) -> Option<Row> {
        let row = u32::try_from(self.owners.len()).ok().filter(|row| *row < u32::MAX)?;
        self.owners.push(owner);
        // Columns and places become longer when something is written there.
        let placed = self.owners.len().saturating_sub(self.starts.len());
        self.spans.resize(placed.saturating_sub(1), Span::NONE);
        self.spans.push(span);
        Some(Row(row))
    }

    /// Adds a row that begins at a place of a text, or stands nowhere. None was added in another way before.
    #[inline]
    pub(super) fn begin_at(&mut self, owner: Option<Owner>, start: Option<u32>) -> Option<Row> {
        let row = self.begin(owner)?;
        self.starts.push(start.unwrap_or(NOWHERE));
        Some(row)
    }

    /// Where a row begins that was added so; nothing of others.
    #[inline]
    pub(super) fn start(&self, row: Row) -> Option<u32> {
        self.starts.get(row.0 as usize).copied()
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
        self.starts.truncate(rows);
        let placed = rows.saturating_sub(self.starts.len());
        for (column, places) in self.columns.iter_mut().zip(&mut self.places) {
            column.truncate(rows);
            places.truncate(placed);
        }
        self.owners.truncate(rows);
        self.spans.truncate(placed);
    }

    #[inline]
    pub(super) fn cell(&self, row: Row, field: FieldId) -> Cell {
        self.columns.get(field.0 as usize).map_or(Cell::Unknown, |column| column.get(row.0 as usize))
    }

    pub(super) fn column(&self, field: FieldId) -> Option<&Column> {
        self.columns.get(field.0 as usize)
    }

    pub(super) fn set(&mut self, row: Row, field: FieldId, cell: Cell, span: Span) {
        let at = row.0 as usize;
        if at >= self.owners.len() {
            return;
        }
        if let Some(column) = self.columns.get_mut(usize::from(field.0)) {
            column.put(at, cell);
        }
        let Some(placed) = at.checked_sub(self.starts.len()) else {
            self.laid.insert((row, field), span);
            return;
        };
        let Some(places) = self.places.get_mut(usize::from(field.0)) else { return };
        match places.get_mut(placed) {
            Some(place) => *place = span,
            None if span == Span::NONE => {}
            None => {
                places.resize(placed, Span::NONE);
                places.push(span);
            }
        }
    }

    pub(super) fn owner(&self, row: Row) -> Option<Owner> {
        self.owners.get(row.0 as usize).copied().flatten()
    }

    /// Where the row itself stands.
    pub(super) fn span(&self, row: Row) -> Option<Span> {
        let placed = (row.0 as usize).checked_sub(self.starts.len())?;
        self.spans.get(placed).copied().filter(|span| *span != Span::NONE)
    }

    /// Where a value stands.
    pub(super) fn place(&self, row: Row, field: FieldId) -> Option<Span> {
        let placed = (row.0 as usize).checked_sub(self.starts.len())?;
        let place = self.places.get(usize::from(field.0))?.get(placed)?;
        Some(*place).filter(|span| *span != Span::NONE)
    }

    /// Where a value of a row stands that does not stand in the row; nothing inside where it stands nowhere.
    pub(super) fn laid(&self, row: Row, field: FieldId) -> Option<Option<Span>> {
        self.laid.get(&(row, field)).map(|span| Some(*span).filter(|span| *span != Span::NONE))
    }

    /// Whether a field is stored at all.
    pub(super) fn is_stored(&self, field: FieldId) -> bool {
        self.column(field).is_some_and(|column| !matches!(column, Column::Computed))
    }

    pub(super) fn column_mut(&mut self, field: FieldId) -> Option<&mut Column> {
        self.columns.get_mut(usize::from(field.0))
    }

    /// Gives back what columns took too much of.
    pub(super) fn tighten(&mut self) {
        self.columns.iter_mut().for_each(Column::tighten);
        self.owners.shrink_to_fit();
        self.starts.shrink_to_fit();
    }
}
