//! The bundled pack on whole estates: plans that move every machine to every host and storage by every type, or some of them.

use clearway::check::tree::Policies;
use clearway::facts::Facts as Store;
use clearway::facts::read::Format;
use clearway::types::{Schema, Type};
use clearway::value::Row;
use serde_json::{Value as Json, json};

use super::{hold, load, run};

/// Keys of all rows of an entity.
fn keys(schema: &Schema, store: &Store, entity: &str) -> Vec<String> {
    let of = schema.find(entity).expect("an entity of the pack");
    let key = |row| store.key_of(of, Row(row)).map(|text| store.texts().get(text).to_string());
    (0..store.rows(of)).filter_map(key).collect()
}

/// Moves of every machine: to every host, to every storage, to both, by every type and by none; every `stride`-th of them.
fn moves(schema: &Schema, store: &Store, stride: usize) -> Vec<Json> {
    let (vms, hosts, storages) =
        (keys(schema, store, "vm"), keys(schema, store, "host"), keys(schema, store, "storage"));
    let step = schema.get(Schema::STEP).expect("steps");
    let transfer = step.fields.iter().find(|field| &*field.name == "transfer").expect("a transfer type");
    let Type::Enum(types) = transfer.ty.required() else { panic!("transfer types are an enum") };
    let mut types: Vec<Json> =
        schema.enum_def(*types).expect("an enum").values.iter().map(|value| json!(&**value)).collect();
    types.push(Json::Null);
    let mut moves = Vec::new();
    let none = || vec![Json::Null];
    let all = |names: &[String]| names.iter().map(|name| json!(name)).chain(none()).collect::<Vec<Json>>();
    for vm in &vms {
        for host in all(&hosts) {
            for storage in all(&storages) {
                for transfer in &types {
                    let mut to = serde_json::Map::new();
                    for (member, value) in [("host", &host), ("storage", &storage)] {
                        if !value.is_null() {
                            to.insert(member.to_owned(), value.clone());
                        }
                    }
                    let mut step = json!({ "id": format!("m{}", moves.len()), "vm": vm, "to": to });
                    if !transfer.is_null() {
                        step["transfer"] = transfer.clone();
                    }
                    moves.push(step);
                }
            }
        }
    }
    moves.into_iter().skip(stride / 2).step_by(stride).collect()
}

/// Holds the program to the oracle on an inventory; gives how many steps were judged.
pub fn agree(policies: &Policies, inventory: &str, most: usize) -> usize {
    let program = clearway::compile::compile(policies);
    let (schema, format) = (&policies.schema, Format::Json);
    let empty = json!({ "plan": "none", "steps": [] }).to_string();
    let (store, _) = load::facts(schema, format, inventory, &empty);
    let all = moves(schema, &store, 1).len();
    let steps = moves(schema, &store, all.div_ceil(most).max(1) | 1);
    let plan = json!({ "plan": "everything", "steps": steps }).to_string();
    let (store, _) = load::facts(schema, format, inventory, &plan);
    let (judgement, outcome) = (run::judge(policies, &store), hold::evaluated(&program, &store));
    if let Some(difference) = hold::difference(policies, &store, &judgement, &outcome) {
        panic!("{difference}");
    }
    judgement.steps.len()
}
