//! The world that a plan leaves behind, cell by cell, as lines that can be compared.

use std::collections::BTreeMap;

use clearway::check::tree::Policies;
use clearway::eval::PlanOutcome;
use clearway::facts::{Fact, Facts as Store};
use clearway::types::FieldId;
use clearway::value::Row;

use super::plan::Judgement;
use super::value::{RowRef, Val, Value};
use super::{builtin, copy, expr, world};

type Cells = BTreeMap<(RowRef, FieldId), Val>;

/// What the oracle leaves behind.
pub fn of_oracle(policies: &Policies, store: &Store, judgement: &Judgement) -> Vec<String> {
    lines(policies, store, judgement.after.iter().map(|(row, field, value)| ((*row, *field), value.clone())).collect())
}

/// What the program leaves behind.
pub fn of_program(policies: &Policies, store: &Store, outcome: &PlanOutcome) -> Vec<String> {
    let mut cells = Cells::new();
    for ((of, row, field), cell) in outcome.after.iter() {
        if of == clearway::types::Schema::STEP {
            continue;
        }
        let ty = &policies.schema.field(of, field).expect("a field").ty;
        let at = RowRef { of, at: row.0 as usize, made: false };
        let list = |id| outcome.after.list(store, id).to_vec();
        cells.insert((at, field), copy::value(store, cell, ty, &Default::default, &list));
    }
    lines(policies, store, cells)
}

/// Cells that are different from what was given, and what they hold.
fn lines(policies: &Policies, store: &Store, cells: Cells) -> Vec<String> {
    let tables = copy::tables(&policies.schema, store);
    let walk = expr::Walk::new(policies, world::World::new(tables));
    let mut lines = Vec::new();
    for ((row, field), value) in cells {
        let given = walk.world.cell(row, field);
        let now = if value.decided() { value } else { Val::unknown(Default::default()) };
        let same = if given.decided() { given.value == now.value } else { now.value == Value::Unknown };
        if same {
            continue;
        }
        let ty = &policies.schema.field(row.of, field).expect("a field").ty;
        let at = Row(u32::try_from(row.at).expect("few rows"));
        let route = store.route(Fact::Field { of: row.of, row: at, field });
        let shown = builtin::show(&walk, &now, ty).unwrap_or_else(|| "?".to_owned());
        lines.push(format!("behind it {route} = {shown}"));
    }
    lines
}
