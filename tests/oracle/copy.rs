//! Copies facts out of their columns into the oracle's plain tables.

use clearway::facts::{Fact, Facts as Store};
use clearway::types::{FieldId, FieldKind, Schema, StructKind, Type};
use clearway::value::{Cell, Row, StructId};

use super::plan::Subjects;
use super::value::{Facts, List, RowRef, Val, Value};
use super::world::{RowData, Tables};

/// All tables.
pub fn tables(schema: &Schema, store: &Store) -> Tables {
    let mut tables = Tables::default();
    for (of, shape) in schema.structs() {
        let rows = (0..store.rows(of)).map(|row| {
            let cell = |(field, declared): (FieldId, &clearway::types::Field)| match declared.kind {
                FieldKind::Stored => stored(store, of, Row(row), field, &declared.ty),
                _ => Val::unknown(Facts::new()),
            };
            let route = |(field, _)| store.route(Fact::Field { of, row: Row(row), field });
            let (cells, routes) = (shape.fields().map(cell).collect(), shape.fields().map(route).collect());
            RowData { cells, routes, ordinal: store.ordinal(of, Row(row)) as usize }
        });
        tables.rows.insert(of, rows.collect());
        tables.listed.insert(of, (0..store.rows(of) as usize).collect());
        if matches!(shape.kind, StructKind::Entity { .. }) && !store.section_known(of) {
            tables.absent.insert(of, Facts::from([store.route(Fact::Section(of))]));
        }
    }
    tables
}

fn stored(store: &Store, of: StructId, row: Row, field: FieldId, ty: &Type) -> Val {
    let missing = || Facts::from([store.route(Fact::Field { of, row, field })]);
    value(store, store.cell(of, row, field), ty, &missing, &|list| store.list(list).to_vec())
}

/// A value out of a cell; `list` says what is in a list.
pub fn value(
    store: &Store,
    cell: Cell,
    ty: &Type,
    missing: &dyn Fn() -> Facts,
    list: &dyn Fn(clearway::value::ListId) -> Vec<Cell>,
) -> Val {
    let known = match cell {
        Cell::Unknown => return Val::unknown(missing()),
        Cell::None => Value::None,
        Cell::Bool(b) => Value::Bool(b),
        Cell::Number(n) => Value::Number(n),
        Cell::Size(s) => Value::Size(s),
        Cell::Duration(d) => Value::Duration(d),
        Cell::Date(d) => Value::Date(d),
        Cell::Version(v) => Value::Version(v),
        Cell::Text(text) => Value::Text(store.texts().get(text).clone()),
        Cell::Enum(place) => Value::Enum(place),
        Cell::Row(row) => match ty.required() {
            Type::Row(of) => Value::Row(RowRef { of: *of, at: row.0 as usize, made: false }),
            other => panic!("a row in a field of type {other:?}"),
        },
        Cell::List(id) => {
            let Type::List(of) = ty.required() else { panic!("a list in a field of type {ty:?}") };
            Value::List(List::sure(list(id).iter().map(|cell| value(store, *cell, of, missing, list))))
        }
        Cell::Map(map) => {
            let Type::Map { value: of, .. } = ty.required() else { panic!("a map in a field of type {ty:?}") };
            let entry = |(key, cell): &(clearway::value::TextId, Cell)| {
                (store.texts().get(*key).clone(), value(store, *cell, of, missing, list))
            };
            Value::Map(store.map(map).iter().map(entry).collect())
        }
    };
    Val::known(known)
}

/// The rows that are judged: of the plan in the store, or of documents that are entities by themselves.
pub fn subjects(schema: &Schema, store: &Store) -> Subjects {
    let rows = |of: StructId| -> Vec<RowRef> {
        (0..store.rows(of) as usize).map(|at| RowRef { of, at, made: false }).collect()
    };
    let entities = match schema.input {
        clearway::types::Input::Each { entity } => rows(entity),
        clearway::types::Input::Plan { .. } => Vec::new(),
    };
    Subjects { steps: rows(Schema::STEP), waves: rows(Schema::WAVE), plan: rows(Schema::PLAN), entities }
}
