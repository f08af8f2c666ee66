//! Facts from documents that are known to be right, written into the store by hand: what the loaders are held to.

use clearway::facts::store::Found;
use clearway::facts::{Facts as Store, Owner};
use clearway::source::Span;
use clearway::types::{Const, FieldId, FieldKind, Schema, StructKind, Type};
use clearway::value::{Cell, Date, Duration, Number, Row, Size, StructId, Version};
use serde_json::Value as Json;

struct Builder<'a> {
    schema: &'a Schema,
    store: Store,
}

/// The facts of an inventory and a plan.
pub fn facts(schema: &Schema, inventory: &Json, plan: &Json) -> Store {
    let mut builder = Builder { schema, store: Store::new(schema) };
    builder.inventory(inventory);
    builder.plan(plan);
    builder.store
}

/// The facts of documents that are one entity each.
pub fn single(schema: &Schema, documents: &[Json]) -> Store {
    let clearway::types::Input::Each { entity } = schema.input else { panic!("single entities") };
    let mut builder = Builder { schema, store: Store::new(schema) };
    for document in documents {
        let row = builder.push(entity, None);
        builder.key(entity, row, document);
        builder.fields(entity, row, document);
    }
    builder.store
}

impl Builder<'_> {
    fn push(&mut self, of: StructId, owner: Option<Owner>) -> Row {
        self.store.push(of, owner, Span::NONE).expect("few rows")
    }

    fn set(&mut self, of: StructId, row: Row, field: FieldId, cell: Cell) {
        self.store.set(of, row, field, cell, Span::NONE);
    }

    fn inventory(&mut self, inventory: &Json) {
        let mut rows = Vec::new();
        for section in self.schema.sections() {
            let Some(listed) = inventory.get(&*section.name).and_then(Json::as_array) else { continue };
            self.store.know_section(section.entity);
            for document in listed {
                let row = self.push(section.entity, None);
                self.key(section.entity, row, document);
                rows.push((section.entity, row, document));
            }
        }
        for (of, row, document) in rows {
            self.fields(of, row, document);
        }
    }

    /// Makes a row known by its key.
    fn key(&mut self, of: StructId, row: Row, document: &Json) {
        let shape = self.schema.get(of).expect("a struct");
        let Some(key) = shape.key else { return };
        let member = &shape.fields[key.0 as usize].input;
        if let Some(text) = document.get(&**member).and_then(Json::as_str) {
            let text = self.store.texts_mut().intern(text);
            self.store.name(of, row, text, false);
        }
    }

    fn fields(&mut self, of: StructId, row: Row, document: &Json) {
        let shape = self.schema.get(of).expect("a struct");
        for (id, field) in shape.fields() {
            let built_in = of == Schema::STEP && id <= Schema::STEP_REFUSED;
            if field.kind != FieldKind::Stored || built_in {
                continue;
            }
            let owner = Owner { of, row, field: id, index: None };
            let cell = match (document.get(&*field.input), &field.default) {
                (Some(Json::Null), _) if field.ty.is_optional() => Cell::None,
                (Some(value), _) if !value.is_null() => self.cell(value, &field.ty, owner),
                (_, Some(default)) => self.constant(default),
                (_, None) => match field.ty {
                    Type::Row(of) if self.kind(of) == StructKind::Record => self.cell(&Json::Null, &field.ty, owner),
                    _ => Cell::Unknown,
                },
            };
            self.set(of, row, id, cell);
        }
    }

    fn kind(&self, of: StructId) -> StructKind {
        self.schema.get(of).expect("a struct").kind
    }

    fn constant(&mut self, constant: &Const) -> Cell {
        match constant {
            Const::None => Cell::None,
            Const::Bool(b) => Cell::Bool(*b),
            Const::Number(n) => Cell::Number(*n),
            Const::Size(s) => Cell::Size(*s),
            Const::Duration(d) => Cell::Duration(*d),
            Const::Date(d) => Cell::Date(*d),
            Const::Version(v) => Cell::Version(*v),
            Const::Text(t) => Cell::Text(self.store.texts_mut().intern(t)),
            Const::Enum(_, value) => Cell::Enum(*value),
            Const::List(values) => {
                let cells: Vec<Cell> = values.iter().map(|value| self.constant(value)).collect();
                Cell::List(self.store.add_list(cells))
            }
            Const::Map(entries) => {
                let mut cells = Vec::new();
                for (key, value) in entries {
                    cells.push((self.store.texts_mut().intern(key), self.constant(value)));
                }
                Cell::Map(self.store.add_map(cells))
            }
        }
    }

    fn cell(&mut self, value: &Json, ty: &Type, owner: Owner) -> Cell {
        let text = || value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        match ty {
            Type::Optional(_) if value.is_null() => Cell::None,
            Type::Optional(of) => self.cell(value, of, owner),
            Type::Bool => Cell::Bool(text() == "true"),
            Type::Number => Cell::Number(Number::parse(&text()).expect("a number")),
            Type::Size => Cell::Size(Size::parse(&text()).expect("a size")),
            Type::Duration => Cell::Duration(Duration::parse(&text()).expect("a duration")),
            Type::Date => Cell::Date(Date::parse(&text()).expect("a date")),
            Type::Version => Cell::Version(Version::parse(&text()).expect("a version")),
            Type::Any if !value.is_null() && (value.is_object() || value.is_array()) => {
                Cell::Text(self.store.texts_mut().intern(if value.is_array() { "a list" } else { "a mapping" }))
            }
            Type::Text | Type::Name | Type::Any => Cell::Text(self.store.texts_mut().intern(&text())),
            Type::Enum(id) => {
                let values = &self.schema.enum_def(*id).expect("an enum").values;
                let place = values.iter().position(|v| **v == text()).expect("a value of the enum");
                Cell::Enum(u16::try_from(place).expect("few values"))
            }
            Type::Row(of) if matches!(self.kind(*of), StructKind::Entity { .. }) => Cell::Row(self.named(*of, &text())),
            Type::Row(of) => {
                let row = self.push(*of, Some(owner));
                self.fields(*of, row, value);
                Cell::Row(row)
            }
            Type::List(of) => {
                let mut cells = Vec::new();
                for (at, value) in value.as_array().expect("a list").iter().enumerate() {
                    let owner = Owner { index: Some(u32::try_from(at).expect("few")), ..owner };
                    cells.push(self.cell(value, of, owner));
                }
                Cell::List(self.store.add_list(cells))
            }
            Type::Map { value: of, .. } => {
                let mut cells = Vec::new();
                for (key, value) in value.as_object().expect("a map") {
                    let cell = self.cell(value, of, owner);
                    cells.push((self.store.texts_mut().intern(key), cell));
                }
                Cell::Map(self.store.add_map(cells))
            }
            Type::Error | Type::None => panic!("a field of no type"),
        }
    }

    /// The row that a text names; of an open entity a new one where there is none.
    fn named(&mut self, of: StructId, text: &str) -> Row {
        match self.store.find(of, text) {
            Found::One(row) => row,
            Found::Many(_) => panic!("`{text}` names several rows"),
            Found::Nothing => {
                assert_eq!(self.kind(of), StructKind::Entity { open: true }, "`{text}` names nothing");
                let row = self.push(of, None);
                let key = self.schema.get(of).and_then(|shape| shape.key).expect("a key");
                let member = self.schema.field(of, key).expect("a field").input.to_string();
                let document = serde_json::json!({ member: text });
                self.key(of, row, &document);
                self.fields(of, row, &document);
                row
            }
        }
    }

    fn plan(&mut self, plan: &Json) {
        let row = self.push(Schema::PLAN, None);
        let name = self.store.texts_mut().intern(plan["plan"].as_str().expect("a name"));
        self.set(Schema::PLAN, row, Schema::PLAN_NAME, Cell::Text(name));
        let documents = plan["steps"].as_array().expect("steps");
        let steps: Vec<Row> = documents.iter().map(|_| self.push(Schema::STEP, None)).collect();
        let all = self.store.add_list(steps.iter().copied().map(Cell::Row));
        self.set(Schema::PLAN, row, Schema::PLAN_STEPS, Cell::List(all));
        for (wave, members) in waves(documents) {
            let row = self.push(Schema::WAVE, None);
            let number = wave.map_or(Cell::None, |wave| Cell::Number(Number::from_count(wave)));
            self.set(Schema::WAVE, row, Schema::WAVE_NUMBER, number);
            let list = self.store.add_list(members.iter().map(|at| Cell::Row(steps[*at])));
            self.set(Schema::WAVE, row, Schema::WAVE_STEPS, Cell::List(list));
            for at in members {
                self.set(Schema::STEP, steps[at], Schema::STEP_WAVE, Cell::Row(row));
            }
        }
        for (row, document) in steps.into_iter().zip(documents) {
            let id = self.store.texts_mut().intern(document["id"].as_str().expect("an id"));
            self.set(Schema::STEP, row, Schema::STEP_ID, Cell::Text(id));
            self.fields(Schema::STEP, row, document);
        }
    }
}

/// Waves with their steps: in the order of their numbers where all steps have one, else where their first step stands.
fn waves(steps: &[Json]) -> Vec<(Option<usize>, Vec<usize>)> {
    let mut waves: Vec<(Option<usize>, Vec<usize>)> = Vec::new();
    for (at, step) in steps.iter().enumerate() {
        let number = step.get("wave").and_then(Json::as_u64).map(|n| usize::try_from(n).expect("a small number"));
        match waves.iter_mut().find(|(wave, _)| number.is_some() && *wave == number) {
            Some((_, members)) => members.push(at),
            None => waves.push((number, vec![at])),
        }
    }
    if waves.iter().all(|(number, _)| number.is_some()) {
        waves.sort();
    }
    waves
}
