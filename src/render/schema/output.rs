//! The JSON Schema of what Clearway itself writes as JSON: derived from the structs that are written, so that there is one
//! truth. It is open, for fields may be added under one version.

use schemars::generate::SchemaSettings;
use serde_json::Value;

use super::DIALECT;
use super::tree::Json;
use crate::render::{difference, explanation, facts, json, json_lines, policies, rules, suggest_json};

/// The schema with a line break at its end: any of our documents, and each of them by its name.
pub fn output() -> String {
    let mut generator = SchemaSettings::draft07().for_serialize().into_generator();
    let documents = [
        generator.subschema_for::<json::Document<'static>>(),
        generator.subschema_for::<json_lines::Record<'static>>(),
        generator.subschema_for::<suggest_json::Document<'static>>(),
        explanation::described(&mut generator),
        generator.subschema_for::<facts::Document<'static>>(),
        generator.subschema_for::<rules::List<'static>>(),
        generator.subschema_for::<difference::Differences<'static>>(),
        generator.subschema_for::<policies::Document<'static>>(),
    ];
    let documents = documents.iter().map(|document| ordered(document.as_value(), false)).collect::<Vec<Json>>();
    let definitions = Value::Object(generator.take_definitions(true));
    let schema = Json::map()
        .with("$schema", DIALECT)
        .with("title", "Clearway's JSON")
        .with(
            "description",
            "What Clearway writes as JSON, each command's document by its name below `definitions`. Fields may be added \
             under one version; none is renamed or removed.",
        )
        .with("anyOf", documents)
        .with("definitions", ordered(&definitions, true));
    json::written(&schema)
}

/// What a schema says first.
const FIRST: [&str; 4] = ["description", "type", "enum", "properties"];

/// The value with its members in one order, however they are kept. `names`: its keys are names, not keywords.
fn ordered(value: &Value, names: bool) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(value) => Json::Bool(*value),
        Value::Number(number) => Json::Number(number.to_string()),
        Value::String(text) => Json::Text(text.replace('\n', " ")),
        Value::Array(values) => Json::List(values.iter().map(|value| ordered(value, false)).collect()),
        Value::Object(members) => {
            let mut members: Vec<(&String, &Value)> = members.iter().collect();
            if !names {
                // How wide a number is in memory is nobody's business.
                members.retain(|(key, _)| *key != "format");
            }
            let rank = |key: &str| FIRST.iter().position(|first| *first == key && !names).unwrap_or(FIRST.len());
            members.sort_by(|(a, _), (b, _)| (rank(a), a).cmp(&(rank(b), b)));
            let member = |(key, value): (&String, &Value)| {
                let inner = !names && ["properties", "definitions"].contains(&key.as_str());
                (key.clone(), ordered(value, inner))
            };
            Json::Map(members.into_iter().map(member).collect())
        }
    }
}
