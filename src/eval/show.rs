//! How messages show values: texts bare, entities by their key, quantities in their best unit, `none` as `null`, what is
//! unknown as `?`, a partly known count as `at least 3`; and how subjects name elements.

use std::sync::Arc;

use super::machine::Machine;
use super::mode::{Log, Mode, Trace};
use super::value::{List, Map, Part, Range, Value};
use crate::facts::Fact;
use crate::program::{Address, Message, Piece, Shape, ShapeId};
use crate::types::{Schema, Type};
use crate::value::{Cell, Row, StructId, Truth};

impl<M: Mode> Machine<'_, M> {
    /// A value as a message shows it.
    pub(super) fn show(&mut self, value: &Value<M>) -> String {
        match value {
            Value::Unknown => "?".to_owned(),
            Value::None => "null".to_owned(),
            Value::Bool(value) => value.to_string(),
            Value::Number(value) => value.to_string(),
            Value::Size(value) => value.to_string(),
            Value::Duration(value) => value.to_string(),
            Value::Date(value) => value.to_string(),
            Value::Version(value) => value.to_string(),
            Value::Text(text) => self.text(text).to_string(),
            Value::Enum(of, value) => {
                let name = self.program.schema.enum_def(*of).and_then(|of| of.values.get(usize::from(*value)));
                name.map_or("?", |name| name).to_owned()
            }
            Value::Row(of, row) => self.show_row(*of, *row),
            Value::Part(part) => self.part_key(part).unwrap_or_else(|| self.numbered(part)),
            Value::List(list) => self.show_list(list),
            Value::Map(map) => self.show_map(map),
            Value::Range(range) => show_range(range),
        }
    }

    fn show_list(&mut self, list: &List<M>) -> String {
        let mut shown = Vec::new();
        let mut doubt = list.rest().is_some();
        for at in 0..self.len(list) {
            let item = self.item(list, at);
            if item.member == Truth::True {
                shown.push(self.show(&item.value));
            } else {
                doubt = true;
            }
        }
        if doubt {
            shown.push("?".to_owned());
        }
        shown.join(", ")
    }

    fn show_map(&mut self, map: &Map<M>) -> String {
        let entries: Vec<(String, Value<M>)> = match map {
            Map::Made(entries) => entries.iter().map(|(key, value)| (key.to_string(), value.clone())).collect(),
            Map::Stored { id, shape, fact, .. } => {
                let facts = self.facts();
                let entry = |(key, cell): &(crate::value::TextId, crate::value::Cell)| {
                    (facts.texts().get(*key).to_string(), self.lift(*cell, *shape, *fact))
                };
                facts.map(*id).iter().map(entry).collect()
            }
        };
        let shown: Vec<String> = entries.iter().map(|(key, value)| format!("{key}: {}", self.show(value))).collect();
        shown.join(", ")
    }

    /// A row by its key; without one by its struct and its place.
    fn show_row(&self, of: StructId, row: Row) -> String {
        if of == Schema::WAVE {
            return self.wave_name(row);
        }
        match self.name_of(of, row) {
            Some(name) => name.to_owned(),
            None => format!("{} {}", self.struct_name(of), self.facts().ordinal(of, row)),
        }
    }

    /// What a row is called; nothing where it has no name or an empty one.
    fn name_of(&self, of: StructId, row: Row) -> Option<&str> {
        self.facts().name_of(of, row, self.program.schema.naming(of)?)
    }

    /// `wave 1`; without a number `wave of` its first step.
    pub(super) fn wave_name(&self, row: Row) -> String {
        let facts = self.facts();
        match facts.cell(Schema::WAVE, row, Schema::WAVE_NUMBER) {
            Cell::Number(number) => format!("wave {number}"),
            _ => {
                let first = match facts.cell(Schema::WAVE, row, Schema::WAVE_STEPS) {
                    Cell::List(steps) => facts.list(steps).first().copied(),
                    _ => None,
                };
                let id = match first {
                    Some(Cell::Row(step)) => facts.key_of(Schema::STEP, step),
                    _ => None,
                };
                format!("wave of {}", id.map_or("?", |id| facts.texts().get(id)))
            }
        }
    }

    /// Whether the name of a value is decided, so that a policy can compute with it; what is missing for it is in the log.
    pub(super) fn nameable(&mut self, value: &Value<M>) -> bool {
        match value {
            Value::Row(of, row) => {
                let Some(field) = self.program.schema.get(*of).and_then(|of| of.key) else { return true };
                let known = self.world.read(*of, *row, field) != Cell::Unknown;
                if !known {
                    self.lack(Fact::Field { of: *of, row: *row, field });
                }
                known
            }
            Value::Part(part) => {
                let of = self.program.gathers.get(part.gather.at()).map(|gather| gather.part);
                let key = of.and_then(|of| Some((of, self.program.schema.get(of)?.key?)));
                let Some((owner, field)) = key else { return true };
                let address = Address { owner, field, shape: self.plain() };
                self.field_of(&Value::Part(part.clone()), address).decided()
            }
            Value::List(list) => {
                let mut all = true;
                for at in 0..self.len(list) {
                    let item = self.item(list, at);
                    all &= self.nameable(&item.value);
                }
                all
            }
            _ => true,
        }
    }

    /// The shape of what needs no more words.
    pub(super) fn plain(&self) -> ShapeId {
        let plain = self.program.shapes.iter().position(|shape| *shape == Shape::Plain);
        ShapeId(plain.and_then(|plain| u32::try_from(plain).ok()).unwrap_or(u32::MAX))
    }

    fn struct_name(&self, of: StructId) -> &str {
        self.program.schema.get(of).map_or("?", |of| &of.name)
    }

    fn numbered(&self, part: &Part<M>) -> String {
        let of = self.program.gathers.get(part.gather.at()).map_or("?", |gather| self.struct_name(gather.part));
        format!("{of} {}", part.ordinal)
    }

    /// What a gathered part's key field says, where that is known.
    fn part_key(&mut self, part: &std::rc::Rc<Part<M>>) -> Option<String> {
        let of = self.program.gathers.get(part.gather.at())?.part;
        let field = self.program.schema.get(of)?.key?;
        let shape = self.plain();
        let mark = self.mark();
        let value = self.field_of(&Value::Part(part.clone()), Address { owner: of, field, shape });
        self.scratch.log.forget(mark);
        match value {
            Value::Text(text) => Some(self.text(&text).to_string()),
            _ => None,
        }
    }

    /// The id of a step.
    pub(super) fn step_id(&self, step: Row) -> Arc<str> {
        let facts = self.facts();
        facts.key_of(Schema::STEP, step).map_or_else(|| "?".into(), |id| facts.texts().get(id).clone())
    }

    /// What a cell says, as a message shows it.
    pub(super) fn show_cell(&mut self, cell: Cell, ty: &Type) -> String {
        match (cell, ty.required()) {
            (Cell::Enum(value), Type::Enum(of)) => self.show(&Value::Enum(*of, value)),
            (Cell::Row(row), Type::Row(of)) => self.show(&Value::Row(*of, row)),
            (Cell::List(list), Type::List(of)) => {
                let cells = self.world.list(list).to_vec();
                // A row of numbered parts tells nothing but how many they are.
                if let Type::Row(part) = of.required()
                    && self.program.schema.get(*part).is_some_and(|part| part.key.is_none())
                {
                    return if cells.is_empty() { "[]".to_owned() } else { format!("a list of {}", cells.len()) };
                }
                let shown: Vec<String> = cells.iter().map(|cell| self.show_cell(*cell, of)).collect();
                if shown.is_empty() { "[]".to_owned() } else { shown.join(", ") }
            }
            (Cell::Map(map), Type::Map { value, .. }) => {
                let facts = self.facts();
                let entry = |(key, cell): &(crate::value::TextId, Cell)| {
                    format!("{}: {}", facts.texts().get(*key), self.show_cell(*cell, value))
                };
                facts.map(map).iter().map(entry).collect::<Vec<_>>().join(", ")
            }
            (Cell::Text(text), _) => self.facts().texts().get(text).to_string(),
            (Cell::Bool(value), _) => value.to_string(),
            (Cell::Number(value), _) => value.to_string(),
            (Cell::Size(value), _) => value.to_string(),
            (Cell::Duration(value), _) => value.to_string(),
            (Cell::Date(value), _) => value.to_string(),
            (Cell::Version(value), _) => value.to_string(),
            (Cell::None, _) => "null".to_owned(),
            _ => "?".to_owned(),
        }
    }

    /// A message with its expressions filled in.
    pub(super) fn message(&mut self, message: &Message) -> String {
        let mut text = String::new();
        for piece in &message.pieces {
            match piece {
                Piece::Text(piece) => text.push_str(piece),
                Piece::Expr(id) => {
                    let value = self.eval(*id);
                    text.push_str(&self.show(&value));
                }
            }
        }
        text
    }

    /// Key of an element as names compare it, and as it is written.
    fn element_key(&mut self, value: &Value<M>) -> Option<String> {
        match value {
            Value::Row(of, row) => {
                let key = self.facts().key_of(*of, *row)?;
                Some(self.facts().texts().get(key).to_string())
            }
            Value::Part(part) => self.part_key(part),
            _ => None,
        }
    }
}

impl Machine<'_, Trace> {
    /// How a subject names an element of a list: `host a1`, `file a.vhdx`; by its place from 1 where it has no key or
    /// shares it with another element; the unknown rest is `file ?`.
    pub(super) fn element_name(&mut self, kind: &str, list: &List<Trace>, at: Option<usize>) -> String {
        let Some(value) = at.map(|at| self.item(list, at).value) else { return format!("{kind} ?") };
        let of = match &value {
            Value::Row(of, _) => Some(*of),
            Value::Part(part) => self.program.gathers.get(part.gather.at()).map(|gather| gather.part),
            _ => None,
        };
        let (key, entity) = (self.element_key(&value), of.is_some_and(|of| self.is_entity(of)));
        match (&value, key) {
            (Value::Row(Schema::WAVE, row), _) => self.wave_name(*row),
            (_, Some(key)) if entity || !self.shares(&key, of, list) => format!("{kind} {key}"),
            (Value::Row(of, row), _) => format!("{kind} {}", self.facts().ordinal(*of, *row)),
            (Value::Part(part), _) => format!("{kind} {}", part.ordinal),
            (value, _) => format!("{kind} {}", self.show(value)),
        }
    }

    fn is_entity(&self, of: StructId) -> bool {
        use crate::types::StructKind;
        let kind = self.program.schema.get(of).map(|of| of.kind);
        !matches!(kind, Some(StructKind::Part | StructKind::Record))
    }

    /// Whether two elements of a list bear a key.
    fn shares(&mut self, key: &str, of: Option<StructId>, list: &List<Trace>) -> bool {
        let field = of
            .and_then(|of| self.program.schema.get(of))
            .and_then(|of| of.fields.get(usize::from(of.key?.0)).map(|field| *field.ty.required() == Type::Name));
        let fold = |text: &str| if field == Some(true) { text.to_lowercase() } else { text.to_owned() };
        let wanted = fold(key);
        let mut seen = 0usize;
        for at in 0..self.len(list) {
            let value = self.item(list, at).value;
            if self.element_key(&value).is_some_and(|other| fold(&other) == wanted) {
                seen = seen.saturating_add(1);
            }
        }
        seen > 1
    }
}

/// `at least 3`, `3 to 5`.
fn show_range(range: &Range) -> String {
    match range.high {
        None => format!("at least {}", range.low),
        Some(high) => format!("{} to {high}", range.low),
    }
}
