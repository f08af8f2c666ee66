//! Single values: texts that the loaders read back as the same value, to the byte and to the last digit.

use crate::facts::document::Value;
use crate::facts::store::Facts;
use crate::source::Span;
use crate::types::{Schema, Type};
use crate::value::Cell;

/// A single value; nothing for what is none.
pub(super) fn written(schema: &Schema, facts: &Facts, ty: &Type, cell: Cell) -> Option<Value> {
    let bare = |text: String| Some(Value::bare(text, Span::NONE));
    let text = |text: &str| Some(Value::text(text, Span::NONE));
    match cell {
        Cell::Bool(value) => bare(value.to_string()),
        Cell::Number(value) => bare(value.to_string()),
        Cell::Size(value) => bare(value.exactly()),
        Cell::Duration(value) => bare(value.exactly()),
        Cell::Date(value) => text(&value.to_string()),
        Cell::Version(value) => text(&value.to_string()),
        Cell::Text(value) => text(facts.texts().get(value)),
        Cell::Enum(value) => match ty {
            Type::Enum(id) => text(schema.enum_def(*id)?.values.get(usize::from(value))?),
            _ => None,
        },
        Cell::Unknown | Cell::None | Cell::Row(_) | Cell::List(_) | Cell::Map(_) => None,
    }
}
