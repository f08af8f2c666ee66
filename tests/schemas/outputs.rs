//! Every JSON that we write, held to the schema that we publish: closed here, so that a member that nobody described is noticed.

use std::path::{Path, PathBuf};
use std::process::Command;

use clearway::render;
use jsonschema::Validator;
use serde_json::{Value as Json, json};

use super::{root, within};

fn published() -> Json {
    serde_json::from_str(&render::schema::output()).unwrap()
}

/// The schema of one document, in which members that are not described are wrong.
fn closed(document: &str) -> Validator {
    let mut schema = published();
    inline(&mut schema);
    close(&mut schema);
    schema.as_object_mut().unwrap().remove("anyOf");
    schema["allOf"] = json!([{ "$ref": format!("#/definitions/{document}") }]);
    jsonschema::validator_for(&schema).unwrap()
}

/// A record of JSON lines is another object with a `type`: both in one, so that it can be closed.
fn inline(schema: &mut Json) {
    let definitions = schema["definitions"].clone();
    for record in schema["definitions"]["JsonLine"]["oneOf"].as_array_mut().unwrap() {
        let Some(of) = record["allOf"][0]["$ref"].as_str().map(|path| path.rsplit('/').next().unwrap().to_owned())
        else {
            continue;
        };
        let mut whole = definitions[&of].clone();
        whole["properties"]["type"] = record["properties"]["type"].clone();
        whole["required"].as_array_mut().unwrap().push(json!("type"));
        *record = whole;
    }
}

fn close(schema: &mut Json) {
    match schema {
        Json::Object(members) => {
            if members.contains_key("properties") && !members.contains_key("additionalProperties") {
                members.insert("additionalProperties".to_owned(), Json::Bool(false));
            }
            members.values_mut().for_each(close);
        }
        Json::Array(values) => values.iter_mut().for_each(close),
        _ => {}
    }
}

fn hold(validator: &Validator, json: &Json, what: &str) {
    let wrong: Vec<String> =
        validator.iter_errors(json).take(5).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(wrong.is_empty(), "{what}\n{}", wrong.join("\n"));
}

fn output(line: &str, more: &[PathBuf]) -> String {
    let run = Command::new(env!("CARGO_BIN_EXE_clearway"));
    let output = { run }.args(line.split(' ')).args(more).current_dir(root()).output().unwrap();
    assert!(matches!(output.status.code(), Some(0..=3)), "{line}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The plans of the project over small inventories, and those over the big export.
fn plans() -> (Vec<PathBuf>, Vec<PathBuf>) {
    let mut plans = vec![PathBuf::from("examples/drain.plan.yaml")];
    for entry in std::fs::read_dir(root().join("tests/plans")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if name.ends_with(".plan.yaml") {
            plans.push(Path::new("tests/plans").join(name));
        }
    }
    plans.sort();
    plans.into_iter().partition(|plan| !plan.display().to_string().contains("scvmm-"))
}

#[test]
fn the_schema_of_our_json_is_sound_and_open_and_describes_everything() {
    let schema = published();
    assert!(jsonschema::meta::is_valid(&schema));
    for name in ["Check", "JsonLine", "Suggestions", "Explanation", "Facts", "Rules", "RulesDifference", "Lint"] {
        let definition = &schema["definitions"][name];
        assert!(definition.is_object() && definition["description"].is_string(), "{name}");
    }
    within(&schema, "", &mut |path, at| {
        for (key, member) in at.get("properties").and_then(Json::as_object).into_iter().flatten() {
            let tag = key == "type" && member.get("const").is_some();
            let about = member["description"].as_str().unwrap_or_default();
            assert!(tag || (about.len() > 4 && about.ends_with('.')), "{path}/{key}: {about:?}");
        }
        assert_ne!(at.get("additionalProperties"), Some(&Json::Bool(false)), "{path}");
    });
}

#[test]
fn what_commands_write_is_valid() {
    let (small, big) = plans();
    let all = [small.clone(), big.clone()].concat();
    let (check, line) = (closed("Check"), closed("JsonLine"));
    for unknown in [vec![], vec![PathBuf::from("no-such.plan.yaml"), PathBuf::from("examples/estate.yaml")]] {
        let plans = if unknown.is_empty() { all.clone() } else { unknown };
        let text = output("check --output-format json", &plans);
        hold(&check, &serde_json::from_str(&text).unwrap(), "check");
        // Of big inventories one will do twice.
        let fewer: Vec<PathBuf> = plans.iter().filter(|plan| !big.contains(plan)).chain(big.first()).cloned().collect();
        for text in output("check --output-format json-lines", &fewer).lines() {
            hold(&line, &serde_json::from_str(text).unwrap(), text);
        }
    }
    // What is compared with before: all but what was found about one step is gone.
    let folder = tempfile::tempdir().unwrap();
    let baseline = folder.path().join("baseline.json").display().to_string();
    let drain = [PathBuf::from("tests/plans/small-drain.plan.yaml")];
    output(&format!("check --write-baseline {baseline}"), &drain);
    for more in ["", " --isolated --select VMM1"] {
        let text = output(&format!("check --output-format json --baseline {baseline}{more}"), &drain);
        hold(&check, &serde_json::from_str(&text).unwrap(), "check --baseline");
        assert!(text.contains("\"fixed\""), "{text}");
        for text in output(&format!("check --output-format json-lines --baseline {baseline}{more}"), &drain).lines() {
            hold(&line, &serde_json::from_str(text).unwrap(), text);
        }
    }
    let text = output("suggest --output-format json", &small);
    hold(&closed("Suggestions"), &serde_json::from_str(&text).unwrap(), "suggest");
    let text = output("facts --output-format json", &small);
    hold(&closed("Facts"), &serde_json::from_str(&text).unwrap(), "facts");
    hold(&closed("Rules"), &serde_json::from_str(&output("rules --format json", &[])).unwrap(), "rules");
    let text = output("lint policies/vmm-2019 --output-format json", &[]);
    hold(&closed("Lint"), &serde_json::from_str(&text).unwrap(), "lint");
    let explanation = closed("Explanation");
    for step in ["sql-first", "web-first", "no-such-step"] {
        let text = output(&format!("explain examples/drain.plan.yaml --step {step} --output-format json"), &[]);
        hold(&explanation, &serde_json::from_str(&text).unwrap(), step);
    }
    let text = output("explain tests/plans/small-drain.plan.yaml --step step-1 --output-format json", &[]);
    hold(&explanation, &serde_json::from_str(&text).unwrap(), "small-drain");
}

/// Documents of ours that stand in a text: with `version` and `tool`.
fn written_in(text: &str) -> Vec<Json> {
    let mut found = Vec::new();
    let mut from = 0;
    for line in text.split_inclusive('\n') {
        let start = from;
        from += line.len();
        if line.starts_with('{')
            && let Some(Ok(json)) =
                serde_json::Deserializer::from_str(text.get(start..).unwrap_or_default()).into_iter::<Json>().next()
            && json.get("version").is_some()
            && json.get("tool").is_some()
        {
            found.push(json);
        }
    }
    found
}

/// What other tests hold fast, and what the pages show.
#[test]
fn what_snapshots_and_pages_show_is_valid() {
    let mut found = 0;
    for folder in ["tests", "docs", "README.md"] {
        for entry in walkdir::WalkDir::new(root().join(folder)).sort_by_file_name().into_iter().filter_map(Result::ok) {
            let name = entry.path().display().to_string();
            if !(name.ends_with(".snap") || name.ends_with(".md")) {
                continue;
            }
            for document in written_in(&std::fs::read_to_string(entry.path()).unwrap()) {
                found += 1;
                let kinds = [
                    ("findings", "Check"),
                    ("refused", "Suggestions"),
                    ("step", "Explanation"),
                    ("facts", "Facts"),
                    ("rules", "Rules"),
                ];
                if document.get("type").is_some() {
                    hold(&closed("JsonLine"), &document, &name);
                    continue;
                }
                let kind = kinds.iter().find(|(member, _)| document.get(member).is_some());
                hold(&closed(kind.map_or("Lint", |(_, kind)| *kind)), &document, &name);
            }
        }
    }
    assert!(found > 3, "{found}");
}

/// The schema is not so open that it says nothing.
#[test]
fn what_is_no_document_of_ours_is_refused() {
    let open = jsonschema::validator_for(&published()).unwrap();
    let text = output("check examples/drain.plan.yaml --output-format json", &[]);
    let mut report: Json = serde_json::from_str(&text).unwrap();
    assert!(open.is_valid(&report));
    report["later"] = json!([1]);
    assert!(open.is_valid(&report), "a field may be added");
    report["findings"][0]["severity"] = json!("fatal");
    assert!(!open.is_valid(&report));
    assert!(!open.is_valid(&json!({ "version": 1 })));
}
