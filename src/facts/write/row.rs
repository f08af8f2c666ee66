//! Rows and what is in them: members in the order declared, parts and records inside their owners, other rows by name.

use crate::facts::document::Value;
use crate::facts::store::{Fact, Found};
use crate::source::Span;
use crate::types::{Const, Field, FieldId, FieldKind, StructKind, Type};
use crate::value::{Cell, Row, StructId};

use super::Writer;

/// The members of a row.
type Members = Vec<(String, Span, Value)>;

/// The field that a value is written for.
#[derive(Clone, Copy)]
struct Place {
    of: StructId,
    row: Row,
    field: FieldId,
}

impl Place {
    fn fact(self) -> Fact {
        Fact::Field { of: self.of, row: self.row, field: self.field }
    }
}

impl Writer<'_> {
    /// What is known of a row.
    pub(super) fn members(&mut self, of: StructId, row: Row) -> Members {
        let mut members = Members::new();
        let Some(held) = self.schema.get(of) else { return members };
        for (id, field) in held.fields().filter(|(_, field)| field.kind == FieldKind::Stored) {
            let cell = self.state.cell(of, row, id);
            let place = Place { of, row, field: id };
            if field.default.as_ref().is_some_and(|default| self.is(cell, default)) {
                continue;
            }
            let written = match (&field.default, self.value(&field.ty, cell, place)) {
                // To leave it out would say the default, or those of a record's members.
                (_, None) if self.has_default(field, 0) => {
                    self.refusals.unknown(place.fact());
                    None
                }
                (_, written) => written.filter(|value| !self.goes_without_saying(field, value)),
            };
            if let Some(value) = written {
                members.push((field.input.to_string(), Span::NONE, value));
            }
        }
        members
    }

    /// A record that has to be there is there without being written.
    fn goes_without_saying(&self, field: &Field, value: &Value) -> bool {
        matches!(field.ty, Type::Row(of) if self.is_inside(of)) && *value == Value::map(Span::NONE)
    }

    /// Whether leaving a field out says something.
    fn has_default(&self, field: &Field, depth: u8) -> bool {
        let members = match field.ty {
            Type::Row(of) if depth < 32 && self.is_inside(of) => {
                self.schema.get(of).map_or(&[][..], |held| &held.fields)
            }
            _ => &[],
        };
        let mut stored = members.iter().filter(|member| member.kind == FieldKind::Stored);
        field.default.is_some() || stored.any(|member| self.has_default(member, depth.saturating_add(1)))
    }

    fn is_inside(&self, of: StructId) -> bool {
        self.schema.get(of).is_some_and(|held| matches!(held.kind, StructKind::Part | StructKind::Record))
    }

    /// A value as an inventory has it; nothing where it, or a part of it that has no member of its own, is not known.
    fn value(&mut self, ty: &Type, cell: Cell, place: Place) -> Option<Value> {
        match (cell, ty.required()) {
            (Cell::Unknown, _) => None,
            (Cell::None, _) => {
                self.null.get_or_insert(place.fact());
                Some(Value::Null(Span::NONE))
            }
            (Cell::Row(row), Type::Row(of)) if self.is_inside(*of) => {
                let owner = self.facts.owner(*of, row);
                if owner.is_none_or(|owner| (owner.of, owner.row, owner.field) != (place.of, place.row, place.field)) {
                    // Read back, it would be two, and what happens to one would not happen to the other.
                    self.refusals.shared(place.fact());
                    return None;
                }
                Some(Value::Map(self.members(*of, row), Span::NONE))
            }
            (Cell::Row(row), Type::Row(of)) => self.reference(*of, row),
            (Cell::List(list), Type::List(of)) => {
                let state = self.state;
                let elements = state.list(list).iter().map(|cell| self.value(of, *cell, place));
                Some(Value::List(elements.collect::<Option<_>>()?, Span::NONE))
            }
            (Cell::Map(map), Type::Map { value, .. }) => {
                let facts = self.facts;
                let entries = facts.map(map).iter().map(|(key, cell)| {
                    Some((facts.texts().get(*key).to_string(), Span::NONE, self.value(value, *cell, place)?))
                });
                Some(Value::Map(entries.collect::<Option<_>>()?, Span::NONE))
            }
            (cell, ty) => super::scalar::written(self.schema, self.facts, ty, cell),
        }
    }

    /// The name that finds a row.
    fn reference(&mut self, of: StructId, row: Row) -> Option<Value> {
        let name = self.name(of, row);
        if name.is_none() {
            self.refusals.nameless(of, row);
        }
        name.map(|name| Value::text(name, Span::NONE))
    }

    /// The text by which a row is found again: its key, or its id where others bear that key.
    pub(super) fn name(&self, of: StructId, row: Row) -> Option<String> {
        let texts = self.facts.texts();
        let finds = |text: &str| self.facts.find(of, text) == Found::One(row);
        let key = texts.get(self.facts.key_of(of, row)?);
        if finds(key) {
            // A row that is made by being named is the one with this short form, where that was named first.
            let made = row.0 >= self.facts.listed(of);
            return (!made || !self.facts.is_short_form(of, key)).then(|| key.to_string());
        }
        let Cell::Text(id) = self.state.cell(of, row, self.schema.get(of)?.find("id")?) else { return None };
        let id = texts.get(id);
        finds(id).then(|| id.to_string())
    }

    /// The first fact that is known of a row beside what naming it says.
    pub(super) fn known_of_named(&self, of: StructId, row: Row) -> Option<Fact> {
        let held = self.schema.get(of)?;
        let stored = held.fields().filter(|(id, field)| field.kind == FieldKind::Stored && held.key != Some(*id));
        stored.into_iter().find_map(|(id, field)| {
            let fact = Fact::Field { of, row, field: id };
            match (self.state.cell(of, row, id), &field.ty, &field.default) {
                (cell, _, Some(default)) => (!self.is(cell, default)).then_some(fact),
                (Cell::Unknown, _, None) => None,
                (Cell::Row(inner), Type::Row(record), None) if self.is_inside(*record) => {
                    self.known_of_named(*record, inner)
                }
                _ => Some(fact),
            }
        })
    }

    /// Whether a cell is what a default says.
    fn is(&self, cell: Cell, default: &Const) -> bool {
        match (cell, default) {
            (Cell::None, Const::None) => true,
            (Cell::Bool(a), Const::Bool(b)) => a == *b,
            (Cell::Number(a), Const::Number(b)) => a == *b,
            (Cell::Size(a), Const::Size(b)) => a == *b,
            (Cell::Duration(a), Const::Duration(b)) => a == *b,
            (Cell::Date(a), Const::Date(b)) => a == *b,
            (Cell::Version(a), Const::Version(b)) => a == *b,
            (Cell::Text(a), Const::Text(b)) => self.facts.texts().get(a) == b,
            (Cell::Enum(a), Const::Enum(_, b)) => a == *b,
            (Cell::List(a), Const::List(b)) => {
                let cells = self.state.list(a);
                cells.len() == b.len() && cells.iter().zip(b).all(|(cell, value)| self.is(*cell, value))
            }
            (Cell::Map(a), Const::Map(b)) => {
                let entries = self.facts.map(a);
                let same = |((key, cell), (name, value)): (&(_, _), &(_, _))| {
                    self.facts.texts().get(*key) == name && self.is(*cell, value)
                };
                entries.len() == b.len() && entries.iter().zip(b).all(same)
            }
            _ => false,
        }
    }
}
