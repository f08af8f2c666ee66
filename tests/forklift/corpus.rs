//! The corpora beside the repository: inputs with the concerns that Forklift raises for them.

use std::fmt::Write as _;
use std::path::PathBuf;

use clearway::render;
use clearway::session::{Described, Options, Session};
use clearway::source::Disk;
use serde_json::Value;

use super::judged::{Said, counted, judge};

/// One input with its answer.
pub struct Case {
    pub name: String,
    /// Empty for a case of the upstream's own tests, else what was changed of one.
    pub kind: String,
    pub input: Value,
    pub concerns: Vec<Said>,
}

/// All inputs of a provider; nothing, and a word about it, where there are no corpora.
pub fn corpus(provider: &str) -> Option<Vec<Case>> {
    let shared = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared"));
    if !shared.is_dir() {
        println!("{provider}: not run, for there are no corpora beside the repository");
        return None;
    }
    let mut cases = Vec::new();
    for file in [format!("{provider}.jsonl"), format!("{provider}.mutants.jsonl")] {
        let path = shared.join("corpora/forklift").join(&file);
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        cases.extend(text.lines().filter(|line| !line.trim().is_empty()).map(case));
    }
    Some(cases)
}

/// An input with its answer, as a line tells it.
pub fn case(line: &str) -> Case {
    let mut line: Value = serde_json::from_str(line).unwrap();
    let text = |value: &Value, key: &str| value[key].as_str().unwrap_or_default().to_owned();
    let mut concerns: Vec<Said> = line["concerns"]
        .as_array()
        .unwrap()
        .iter()
        .map(|concern| (text(concern, "id"), text(concern, "category"), text(concern, "label")))
        .collect();
    concerns.sort();
    Case { name: text(&line, "case"), kind: text(&line, "kind"), input: line["input"].take(), concerns }
}

/// What a machine may say is what the schema of the pack says it may.
pub fn described(provider: &str, cases: &[Case]) {
    let options = Options { packs: vec![format!("forklift-{provider}")], ..Options::default() };
    let (shape, told) = Session::new(&Disk, options).shape(Described::Plan);
    assert!(told.is_empty(), "{told:?}");
    let schema: Value = serde_json::from_str(&render::schema::draw(&shape.unwrap())).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for case in cases {
        let wrong: Vec<String> = validator.iter_errors(&case.input).map(|error| error.to_string()).collect();
        assert!(wrong.is_empty(), "{}: {wrong:#?}\n{}", case.name, case.input);
    }
}

/// Every finding is a concern and every concern a finding, as often as it is there.
pub fn agree(provider: &str, cases: &[Case]) {
    let judged = judge(provider, cases.iter().map(|case| &case.input));
    let mut told = String::new();
    let mut wrong = 0;
    for (at, case) in cases.iter().enumerate() {
        let (said, diagnostics) = (&judged.said[at], &judged.wrong[at]);
        if *said == case.concerns && diagnostics.is_empty() {
            continue;
        }
        wrong += 1;
        if wrong <= 10 {
            let missing = less(&case.concerns, said);
            let more = less(said, &case.concerns);
            writeln!(
                told,
                "{}\n  input {}\n  missing {missing:?}\n  too many {more:?}\n  {diagnostics:?}",
                case.name, case.input
            )
            .unwrap();
        }
    }
    assert!(judged.other.is_empty(), "{provider}: {:?}", judged.other);
    assert_eq!(wrong, 0, "{wrong} of {} of {provider} do not agree:\n{told}", cases.len());
}

/// What is in one and not in the other, or more often.
fn less(all: &[Said], without: &[Said]) -> Vec<Said> {
    let without = counted(without);
    let left = counted(all).into_iter().filter(|(said, count)| without.get(said).is_none_or(|other| count > other));
    left.map(|(said, _)| said.clone()).collect()
}

/// Of a variant with a value of a wrong type the loader says so, or the value is in a member that no rule reads, and it agrees.
pub fn typed(provider: &str, cases: &[Case]) {
    let judged = judge(provider, cases.iter().map(|case| &case.input));
    assert!(judged.other.is_empty(), "{provider}: {:?}", judged.other);
    let mut told = String::new();
    let mut reported = 0;
    for (at, case) in cases.iter().enumerate() {
        let wrong = &judged.wrong[at];
        if wrong.iter().any(|wrong| wrong.starts_with("CW3")) {
            reported += 1;
        } else if judged.said[at] != case.concerns || !wrong.is_empty() {
            writeln!(told, "{}\n  input {}\n  {:?}\n  {wrong:?}", case.name, case.input, judged.said[at]).unwrap();
        }
    }
    println!("{provider}: {reported} of the {} have a wrong type where a rule reads, the others agree", cases.len());
    assert!(told.is_empty(), "{provider}:\n{told}");
}
