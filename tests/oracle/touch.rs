//! Which rows of the inventory a step has to do with, so that of two steps it can be said whether they share one.

use std::collections::BTreeSet;

use clearway::types::{Field, FieldKind, Schema, StructKind, Type};
use clearway::value::StructId;

use super::expr::Walk;
use super::value::{RowRef, Val, Value};

/// Rows of entities that a step has to do with: those that its own fields refer to, its machine (what the first of its
/// fields refers to that refers to an entity and cannot be `none`), what that is on, and what its gathered parts are on.
pub fn touched(walk: &Walk<'_>, step: RowRef) -> BTreeSet<RowRef> {
    let schema = &walk.policies.schema;
    let is_entity = |of: StructId| schema.get(of).is_some_and(|s| matches!(s.kind, StructKind::Entity { .. }));
    let mut all = BTreeSet::new();
    referred(walk, &Val::known(Value::Row(step)), &is_entity, &mut all);
    let machine = schema.get(Schema::STEP).expect("steps").fields().find_map(|(id, field)| match &field.ty {
        Type::Row(of) if field.kind == FieldKind::Stored && is_entity(*of) => Some((id, *of)),
        _ => None,
    });
    let Some((field, of)) = machine else { return all };
    let Value::Row(machine) = walk.world.cell(step, field).value else { return all };
    let refers = |field: &Field| match field.ty.required() {
        Type::Row(of) if field.kind == FieldKind::Stored && is_entity(*of) => Some(*of),
        _ => None,
    };
    let mut by_parts = Vec::new();
    for gather in walk.policies.gathers.iter().filter(|gather| gather.owner == of) {
        let part = schema.get(gather.part).expect("a part");
        by_parts.extend(part.fields().filter_map(|(_, field)| refers(field)));
        let list = walk.field(&Val::known(Value::Row(machine)), of, gather.field).as_list();
        for element in &list.elements {
            for (id, field) in part.fields() {
                if refers(field).is_some()
                    && let Value::Row(row) = walk.field(&element.value, gather.part, id).value
                {
                    all.insert(row);
                }
            }
        }
    }
    for (id, field) in schema.get(of).expect("an entity").fields() {
        if refers(field).is_some_and(|to| !by_parts.contains(&to))
            && let Value::Row(row) = walk.world.cell(machine, id).value
        {
            all.insert(row);
        }
    }
    all
}

/// Entities that the stored fields of a row refer to, through records and maps.
fn referred(walk: &Walk<'_>, of: &Val, is_entity: &dyn Fn(StructId) -> bool, all: &mut BTreeSet<RowRef>) {
    match &of.value {
        Value::Row(row) if is_entity(row.of) => drop(all.insert(*row)),
        Value::Row(row) if row.of == Schema::WAVE || row.of == Schema::PLAN => {}
        Value::Row(row) => {
            for (id, field) in walk.policies.schema.get(row.of).expect("a struct").fields() {
                if field.kind == FieldKind::Stored {
                    referred(walk, &walk.world.cell(*row, id), is_entity, all);
                }
            }
        }
        Value::Map(entries) => entries.iter().for_each(|(_, value)| referred(walk, value, is_entity, all)),
        _ => {}
    }
}
