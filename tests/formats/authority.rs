//! Each format held to the schema of who reads it.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::{FORMATS, list, parsed, runs, tools_support, xml};
use clearway::report::Run;

/// A JSON Schema of the collection, ready to judge.
fn schema(name: &str) -> Option<jsonschema::Validator> {
    let path = tools_support::shared(&format!("schemas/{name}"))?;
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    Some(jsonschema::validator_for(&schema).unwrap())
}

/// What a schema has against a document, as texts.
pub fn complaints(schema: &jsonschema::Validator, document: &Value) -> Vec<String> {
    schema.iter_errors(document).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

fn drawn(format: &str, run: &Run<'_>) -> String {
    FORMATS.iter().find(|(name, _)| *name == format).unwrap().1(run)
}

/// The schemas of the formats that are JSON.
pub fn schemas() -> Vec<(&'static str, jsonschema::Validator)> {
    [
        ("sarif", "sarif-schema-2.1.0.json"),
        ("gitlab", "gitlab-codequality.schema.json"),
        ("rdjson", "rdjson-DiagnosticResult.json"),
    ]
    .into_iter()
    .filter_map(|(format, file)| Some((format, schema(file)?)))
    .collect()
}

#[test]
fn every_report_is_valid_by_the_schema_of_who_reads_it() {
    let schemas = schemas();
    runs::each(&mut |name, run| {
        for (format, schema) in &schemas {
            let document = parsed(&drawn(format, run));
            assert_eq!(complaints(schema, &document), Vec::<String>::new(), "{format} of {name}");
        }
    });
}

#[test]
fn a_schema_that_nothing_could_break_would_be_noticed() {
    for (format, schema) in schemas() {
        let wrong = match format {
            "sarif" => serde_json::json!({ "version": "2.1.0", "runs": [{ "tool": {} }] }),
            "gitlab" => serde_json::json!([{ "description": "x" }]),
            _ => serde_json::json!({ "diagnostics": [{ "severity": "LOUD" }] }),
        };
        assert_ne!(complaints(&schema, &wrong), Vec::<String>::new(), "{format}");
    }
}

#[test]
fn junit_is_valid_by_the_schema_of_jenkins() {
    let Some(xsd) = tools_support::shared("schemas/junit-10.xsd") else { return };
    let Some(python) = tools_support::tool("xmlschema-validate") else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut files = Vec::new();
    runs::each(&mut |_, run| {
        let file = folder.path().join(format!("{}.xml", files.len()));
        std::fs::write(&file, drawn("junit", run)).unwrap();
        files.push(file);
    });
    let odd = folder.path().join("odd.xml");
    super::odd::on_a_hard_run(&mut |run| std::fs::write(&odd, drawn("junit", run)).unwrap());
    files.push(odd);
    assert_eq!(validated(&python, &xsd, &files), Ok(()));
    let wrong = folder.path().join("wrong.xml");
    std::fs::write(&wrong, "<testsuites><testsuite name='x'/></testsuites>").unwrap();
    assert!(validated(&python, &xsd, &[wrong]).is_err(), "a validator that lets everything pass is none");
}

fn validated(tool: &Path, xsd: &Path, files: &[std::path::PathBuf]) -> Result<(), String> {
    let output = Command::new(tool).arg("--schema").arg(xsd).args(files).output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&text).into_owned()) }
}

/// What Jenkins' schema says of the shape, by a reader of our own: it needs no tool.
#[test]
fn junit_has_the_elements_and_attributes_that_servers_read() {
    let allowed = [
        ("testsuites", vec!["name", "tests", "failures", "errors"]),
        ("testsuite", vec!["name", "tests", "failures", "errors", "skipped", "file"]),
        ("properties", vec![]),
        ("property", vec!["name", "value"]),
        ("testcase", vec!["name", "classname"]),
        ("failure", vec!["type", "message"]),
        ("error", vec!["type", "message"]),
        ("skipped", vec!["message"]),
        ("system-out", vec![]),
    ];
    runs::each(&mut |name, run| {
        let root = xml::read(&drawn("junit", run));
        assert_eq!(root.name, "testsuites");
        for element in root.all() {
            let Some((_, attributes)) = allowed.iter().find(|(name, _)| *name == element.name) else {
                panic!("{name}: there is no <{}>", element.name)
            };
            for (attribute, _) in &element.attributes {
                assert!(attributes.contains(&attribute.as_str()), "{name}: {attribute} of <{}>", element.name);
            }
        }
        // Every number is the number of what it counts.
        for element in root.all().into_iter().filter(|element| element.name.starts_with("testsuite")) {
            let cases: Vec<_> = element.all().into_iter().filter(|inner| inner.name == "testcase").collect();
            let with = |outcome: &str| {
                cases.iter().filter(|case| case.children.iter().any(|inner| inner.name == outcome)).count().to_string()
            };
            assert_eq!(element.attribute("tests"), Some(cases.len().to_string().as_str()), "{name}");
            assert_eq!(element.attribute("failures"), Some(with("failure").as_str()), "{name}");
            assert_eq!(element.attribute("errors"), Some(with("error").as_str()), "{name}");
            if element.name == "testsuite" {
                assert_eq!(element.attribute("skipped"), Some(with("skipped").as_str()), "{name}");
            }
            assert!(cases.iter().all(|case| case.children.len() <= 1), "{name}: servers read the first outcome alone");
        }
    });
}

#[test]
fn sarif_says_what_its_readers_rely_on() {
    runs::each(&mut |name, run| {
        let log = parsed(&drawn("sarif", run));
        let run_of = &log["runs"][0];
        assert_eq!(run_of["columnKind"], "unicodeCodePoints");
        let driver = &run_of["tool"]["driver"];
        let rules = list(&driver["rules"]);
        let ids: Vec<&str> = rules.iter().map(|rule| rule["id"].as_str().unwrap()).collect();
        let mut sorted = ids.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(ids, sorted, "{name}: each rule once");
        for rule in rules.iter().chain(list(&driver["notifications"])) {
            let text = |path: &str| rule.pointer(path).and_then(Value::as_str).unwrap_or_default();
            for path in ["/name", "/shortDescription/text", "/fullDescription/text", "/help/text", "/help/markdown"] {
                assert!(!text(path).is_empty(), "{name}: {path} of {rule:#}");
            }
            assert!(rule.get("helpUri").is_none(), "there is no page to lead to");
        }
        for result in list(&run_of["results"]) {
            let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            assert_eq!(result["ruleId"], ids[index], "{name}");
            // A level goes with a failure alone.
            assert_eq!(result["kind"] == "fail", result["level"] != "none", "{name}: {result:#}");
            let uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap();
            assert!(!uri.starts_with("./") && !uri.contains([' ', '\\']), "{name}: {uri}");
            assert!(result["partialFingerprints"].get("primaryLocationLineHash").is_none());
        }
        let successful = run_of["invocations"][0]["executionSuccessful"].as_bool().unwrap();
        assert_eq!(successful, !run.failed() && run.nothing.is_none(), "{name}");
    });
}
