//! What the packs of the working tree say of machines, as a user hears it: one file of JSON lines through a session.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use clearway::diag::{Diagnostic, Severity};
use clearway::report::FindingVerdict;
use clearway::session::{Options, Session};
use clearway::source::Memory;
use serde_json::Value;

/// A finding: concern id, category, label.
pub type Said = (String, String, String);

/// What is said of each machine.
pub struct Judged {
    /// The findings by machine, sorted.
    pub said: Vec<Vec<Said>>,
    /// What is wrong with each machine's document: message, notes and help in one.
    pub wrong: Vec<Vec<String>>,
    /// What is wrong with anything else.
    pub other: Vec<String>,
}

fn folder(provider: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("policies/forklift-{provider}"))
}

/// The pack's texts, under `pack/`.
fn pack(provider: &str) -> Memory {
    let mut files = Memory::new();
    for entry in std::fs::read_dir(folder(provider)).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "way") {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            files = files.with(format!("pack/{name}"), std::fs::read(&path).unwrap());
        }
    }
    files
}

/// The names of the rules of a pack.
pub fn rules(provider: &str) -> BTreeSet<String> {
    let files = pack(provider);
    let mut session = Session::new(&files, Options { packs: vec!["pack".to_owned()], ..Options::default() });
    let (catalogue, wrong) = session.rules();
    assert!(wrong.is_empty(), "{provider}: {wrong:?}");
    catalogue.rules.iter().map(|rule| rule.name.to_string()).collect()
}

/// The category of a severity.
fn category(severity: Severity) -> String {
    match severity {
        Severity::Error => "Critical",
        Severity::Warning => "Warning",
        Severity::Info => "Information",
    }
    .to_owned()
}

/// Judges machines, a line each.
pub fn judge<'a>(provider: &str, machines: impl IntoIterator<Item = &'a Value>) -> Judged {
    let lines: Vec<String> = machines.into_iter().map(Value::to_string).collect();
    let files = pack(provider).with("machines.jsonl", lines.join("\n"));
    let mut session = Session::new(&files, Options { packs: vec!["pack".to_owned()], ..Options::default() });
    let checked = session.check(&[PathBuf::from("machines.jsonl")]);
    let mut judged =
        Judged { said: vec![Vec::new(); lines.len()], wrong: vec![Vec::new(); lines.len()], other: Vec::new() };
    let record = |span| {
        let place = session.map().locate(span)?;
        (&*place.file == "machines.jsonl").then_some(place.line as usize - 1)
    };
    for diagnostic in &checked.diagnostics {
        match record(diagnostic.span()) {
            Some(record) => judged.wrong[record].push(told(diagnostic)),
            None => judged.other.push(told(diagnostic)),
        }
    }
    for finding in &checked.report.findings {
        let record = record(finding.span).expect("a finding stands at its machine");
        let said = match finding.verdict {
            FindingVerdict::Violated | FindingVerdict::Noted => {
                (finding.rule.to_string(), category(finding.severity), finding.message.clone())
            }
            other => (finding.rule.to_string(), other.as_str().to_owned(), finding.message.clone()),
        };
        judged.said[record].push(said);
    }
    judged.said.iter_mut().for_each(|said| said.sort());
    judged
}

fn told(diagnostic: &Diagnostic) -> String {
    let rest = diagnostic.notes.iter().chain(&diagnostic.help).cloned();
    std::iter::once(format!("{} {}", diagnostic.code, diagnostic.message)).chain(rest).collect::<Vec<_>>().join("; ")
}

/// How often each is there.
pub fn counted<T: Ord>(all: impl IntoIterator<Item = T>) -> BTreeMap<T, usize> {
    let mut counts = BTreeMap::new();
    for one in all {
        *counts.entry(one).or_default() += 1;
    }
    counts
}
