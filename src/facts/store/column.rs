//! Typed columns: the values of one field for all rows of a table.

use crate::types::Type;
use crate::value::{Cell, Date, Duration, ListId, MapId, Number, Row, Size, TextId, Version};

/// A value with its state.
#[derive(Clone, Copy, Debug, Default)]
pub enum Slot<T> {
    /// The input does not say.
    #[default]
    Unknown,
    /// The input says that there is none.
    None,
    /// The value.
    Is(T),
}

/// The values of one field, one a row: for whoever looks at many rows at once.
#[derive(Clone, Debug)]
pub enum Column {
    /// A field that is computed: nothing is stored.
    Computed,
    /// Of a `bool`.
    Bool(Vec<Slot<bool>>),
    /// Of a `number`.
    Number(Vec<Slot<Number>>),
    /// Of a `size`.
    Size(Vec<Slot<Size>>),
    /// Of a `duration`.
    Duration(Vec<Slot<Duration>>),
    /// Of a `date`.
    Date(Vec<Slot<Date>>),
    /// Of a `version`.
    Version(Vec<Slot<Version>>),
    /// Of a `text`, a `name` or `any`.
    Text(Vec<Slot<TextId>>),
    /// Of an enum.
    Enum(Vec<Slot<u16>>),
    /// Of a row: a reference, a part or a record.
    Row(Vec<Slot<Row>>),
    /// Of a list.
    List(Vec<Slot<ListId>>),
    /// Of a map.
    Map(Vec<Slot<MapId>>),
}

/// Writes the same arm for every variant that stores something.
macro_rules! each {
    ($column:expr, $slots:ident => $body:expr, $computed:expr) => {
        match $column {
            Column::Computed => $computed,
            Column::Bool($slots) => $body,
            Column::Number($slots) => $body,
            Column::Size($slots) => $body,
            Column::Duration($slots) => $body,
            Column::Date($slots) => $body,
            Column::Version($slots) => $body,
            Column::Text($slots) => $body,
            Column::Enum($slots) => $body,
            Column::Row($slots) => $body,
            Column::List($slots) => $body,
            Column::Map($slots) => $body,
        }
    };
}

impl Column {
    /// An empty column for values of this type.
    pub(super) fn of(ty: &Type) -> Column {
        match ty.required() {
            Type::Error | Type::None | Type::Optional(_) => Column::Computed,
            Type::Bool => Column::Bool(Vec::new()),
            Type::Number => Column::Number(Vec::new()),
            Type::Size => Column::Size(Vec::new()),
            Type::Duration => Column::Duration(Vec::new()),
            Type::Date => Column::Date(Vec::new()),
            Type::Version => Column::Version(Vec::new()),
            Type::Text | Type::Name | Type::Any => Column::Text(Vec::new()),
            Type::Enum(_) => Column::Enum(Vec::new()),
            Type::Row(_) => Column::Row(Vec::new()),
            Type::List(_) => Column::List(Vec::new()),
            Type::Map { .. } => Column::Map(Vec::new()),
        }
    }

    /// Gives every row a slot.
    pub(super) fn level(&mut self, rows: usize) {
        each!(self, slots => if slots.len() < rows { slots.resize_with(rows, Slot::default) }, ());
    }

    /// Writes the fact of a row, where the column may not be as long yet.
    #[inline]
    pub(super) fn put(&mut self, row: usize, cell: Cell) {
        fn lay<T: Copy>(slots: &mut Vec<Slot<T>>, row: usize, slot: Slot<T>) {
            // Rows are begun one behind the other, and most say the same.
            if slots.len() == row {
                return slots.push(slot);
            }
            if slots.len() < row {
                slots.resize(row, Slot::Unknown);
            }
            match slots.get_mut(row) {
                Some(place) => *place = slot,
                None => slots.push(slot),
            }
        }
        match (&mut *self, cell) {
            (Column::Bool(slots), Cell::Bool(value)) => lay(slots, row, Slot::Is(value)),
            (Column::Number(slots), Cell::Number(value)) => lay(slots, row, Slot::Is(value)),
            (Column::Size(slots), Cell::Size(value)) => lay(slots, row, Slot::Is(value)),
            (Column::Duration(slots), Cell::Duration(value)) => lay(slots, row, Slot::Is(value)),
            (Column::Date(slots), Cell::Date(value)) => lay(slots, row, Slot::Is(value)),
            (Column::Version(slots), Cell::Version(value)) => lay(slots, row, Slot::Is(value)),
            (Column::Text(slots), Cell::Text(value)) => lay(slots, row, Slot::Is(value)),
            (Column::Enum(slots), Cell::Enum(value)) => lay(slots, row, Slot::Is(value)),
            (Column::Row(slots), Cell::Row(value)) => lay(slots, row, Slot::Is(value)),
            (Column::List(slots), Cell::List(value)) => lay(slots, row, Slot::Is(value)),
            (Column::Map(slots), Cell::Map(value)) => lay(slots, row, Slot::Is(value)),
            (column, Cell::None) => each!(column, slots => lay(slots, row, Slot::None), ()),
            (column, _) => each!(column, slots => lay(slots, row, Slot::Unknown), ()),
        }
    }

    /// Gives back what it took too much of.
    pub(super) fn tighten(&mut self) {
        each!(self, slots => slots.shrink_to_fit(), ());
    }

    pub(super) fn truncate(&mut self, rows: usize) {
        each!(self, slots => slots.truncate(rows), ());
    }

    #[inline]
    pub(super) fn get(&self, row: usize) -> Cell {
        #[inline]
        fn cell<T: Copy>(slots: &[Slot<T>], row: usize, is: impl Fn(T) -> Cell) -> Cell {
            match slots.get(row) {
                Some(Slot::Is(value)) => is(*value),
                Some(Slot::None) => Cell::None,
                Some(Slot::Unknown) | None => Cell::Unknown,
            }
        }
        match self {
            Column::Computed => Cell::Unknown,
            Column::Bool(slots) => cell(slots, row, Cell::Bool),
            Column::Number(slots) => cell(slots, row, Cell::Number),
            Column::Size(slots) => cell(slots, row, Cell::Size),
            Column::Duration(slots) => cell(slots, row, Cell::Duration),
            Column::Date(slots) => cell(slots, row, Cell::Date),
            Column::Version(slots) => cell(slots, row, Cell::Version),
            Column::Text(slots) => cell(slots, row, Cell::Text),
            Column::Enum(slots) => cell(slots, row, Cell::Enum),
            Column::Row(slots) => cell(slots, row, Cell::Row),
            Column::List(slots) => cell(slots, row, Cell::List),
            Column::Map(slots) => cell(slots, row, Cell::Map),
        }
    }
}
