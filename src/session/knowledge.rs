//! Which facts policies read and how many of them an inventory knows. It judges nothing: whether a missing fact matters to
//! a plan is the evaluation's business.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::schema_routes;
use crate::facts::Facts;
use crate::program::Program;
use crate::report::{FactEntry, Knowledge};
use crate::types::{FieldId, FieldKind, Input, Schema, StructKind};
use crate::value::{Cell, Row, StructId};

/// A stored field of an inventory that policies read.
pub(super) struct Wanted {
    /// The struct.
    pub of: StructId,
    /// The field.
    pub field: FieldId,
    /// The codes that depend on it.
    pub codes: Vec<Arc<str>>,
}

/// All of them on which a verdict depends, in the order of the vocabulary. Keys are no facts: a row without one is no row.
/// A field with a default is one of them where rows say that they do not know it.
pub(super) fn wanted(program: &Program, facts: Option<&Facts>) -> Vec<Wanted> {
    let mut codes: BTreeMap<(StructId, FieldId), Vec<Arc<str>>> = BTreeMap::new();
    for (code, fields) in &program.reads_by_code {
        for field in fields {
            codes.entry(*field).or_default().push(code.clone());
        }
    }
    let each = matches!(program.schema.input, Input::Each { .. });
    let asks = |(of, id): &(StructId, FieldId)| {
        let Some(held) = program.schema.get(*of) else { return false };
        let stored = program.schema.field(*of, *id).is_some_and(|field| {
            let open = field.default.is_none() || (each && facts.is_some_and(|facts| unknown(facts, *of, *id)));
            field.kind == FieldKind::Stored && open && !holds_record(&program.schema, field)
        });
        stored
            && codes.contains_key(&(*of, *id))
            && held.key != Some(*id)
            && schema_routes::rows(&program.schema, *of, 0).is_some()
    };
    let all = program.reads.iter().filter(|key| asks(key));
    all.map(|(of, field)| Wanted {
        of: *of,
        field: *field,
        codes: codes.get(&(*of, *field)).cloned().unwrap_or_default(),
    })
    .collect()
}

/// Whether a row does not know a field.
fn unknown(facts: &Facts, of: StructId, field: FieldId) -> bool {
    (0..facts.rows(of)).any(|row| facts.cell(of, Row(row), field) == Cell::Unknown)
}

/// Whether a field is only the way to the members of a record.
pub(super) fn holds_record(schema: &Schema, field: &crate::types::Field) -> bool {
    schema_routes::element(&field.ty).and_then(|id| schema.get(id)).is_some_and(|held| held.kind == StructKind::Record)
}

/// How many rows know which fact.
pub(super) fn survey(program: &Program, facts: &Facts, inventories: Vec<Arc<str>>) -> Knowledge {
    let schema = &program.schema;
    let entries = wanted(program, Some(facts)).into_iter().filter_map(|wanted| {
        let rows = count(schema, facts, wanted.of);
        let table = facts.rows(wanted.of);
        let said = (0..table).filter(|row| facts.cell(wanted.of, Row(*row), wanted.field) != Cell::Unknown);
        let (assumed, known): (Vec<u32>, Vec<u32>) =
            said.partition(|row| facts.assumed_by(wanted.of, Row(*row), wanted.field).is_some());
        Some(FactEntry {
            fact: schema_routes::route(schema, wanted.of, wanted.field)?,
            ty: schema.type_name(&schema.field(wanted.of, wanted.field)?.ty),
            known: known.len() as u64,
            assumed: assumed.len() as u64,
            rows,
            codes: wanted.codes,
        })
    });
    let entities = schema.sections().iter().map(|section| {
        let known = facts.section_known(section.entity) || facts.rows(section.entity) > 0;
        (section.name.clone(), known.then(|| u64::from(facts.rows(section.entity))))
    });
    let mut entries: Vec<FactEntry> = entries.collect();
    entries.sort_by(|a, b| a.fact.cmp(&b.fact));
    Knowledge { packs: program.packs.clone(), inventories, entities: entities.collect(), facts: entries }
}

/// How many rows could know a fact of a struct; nothing where the section itself is not known.
fn count(schema: &Schema, facts: &Facts, of: StructId) -> Option<u64> {
    let (mut at, mut own) = (of, facts.rows(of));
    let mut part = false;
    for _ in 0..16 {
        match schema.get(at).map(|held| held.kind) {
            Some(StructKind::Record) => {
                let (owner, _) = schema_routes::owner(schema, at)?;
                // A record that is not written has no row of its own, but its owner has. Parts are as many as are written.
                if !part {
                    own = own.max(facts.rows(owner));
                }
                at = owner;
            }
            Some(StructKind::Part) => {
                part = true;
                (at, _) = schema_routes::owner(schema, at)?;
            }
            _ => break,
        }
    }
    (facts.section_known(at) || own > 0).then_some(u64::from(own))
}
