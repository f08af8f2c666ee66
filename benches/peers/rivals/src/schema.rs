//! JSON Schema: an element of `allOf` a rule. It cannot compare two members of a document, so three rules are missing.

use jsonschema::Validator;
use serde_json::Value;

use clearway_workload::data::bit;
use clearway_workload::measure::Engine;

const SCHEMA: &str = include_str!("../../rules/moves.schema.json");
const LACKS: &[&str] = &["domain-trust", "base-disk-registered", "storage-reachable"];

fn validator() -> (Validator, Vec<u16>) {
    let schema: Value = serde_json::from_str(SCHEMA).expect("the schema is JSON");
    let rules = schema["allOf"].as_array().expect("rules").iter();
    let bits = rules.map(|rule| bit(rule["title"].as_str().expect("a rule is named"))).collect();
    (jsonschema::validator_for(&schema).expect("a schema"), bits)
}

fn judge(validator: &Validator, bits: &[u16], made: &Value) -> u16 {
    validator.iter_errors(made).fold(0, |found, error| {
        let path = error.schema_path().to_string();
        let rule: usize = path.split('/').nth(2).and_then(|at| at.parse().ok()).expect("the place of a rule");
        found | bits[rule]
    })
}

/// From the bytes on.
pub const WHOLE: Engine = Engine {
    name: "jsonschema",
    lacks: LACKS,
    judges: true,
    make: |data| {
        let (validator, bits) = validator();
        Box::new(move || {
            let read = |line| serde_json::from_str::<Value>(line).expect("JSON");
            data.lines.lines().map(|line| judge(&validator, &bits, &read(line))).collect()
        })
    },
};

/// Over values that were read before.
pub const ALONE: Engine = Engine {
    name: "jsonschema",
    lacks: LACKS,
    judges: true,
    make: |data| {
        let (validator, bits) = validator();
        let moves: Vec<Value> = data.lines.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        Box::new(move || moves.iter().map(|made| judge(&validator, &bits, made)).collect())
    },
};
