//! A code quality report of GitLab: one JSON array, an entry for each finding and each diagnostic.
//!
//! GitLab shows only the first of several entries with one fingerprint, so each gets one of its own; and paths are relative
//! to the repository, without `./`.

use std::collections::BTreeMap;

use serde::Serialize;

use super::json;
use super::machine;
use crate::diag::Severity;
use crate::report::{Run, fingerprint};
use crate::source::Location;

#[derive(Serialize)]
struct Entry {
    description: String,
    check_name: String,
    fingerprint: String,
    severity: &'static str,
    location: Place,
}

#[derive(Serialize)]
struct Place {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: usize,
    end: usize,
}

/// The array.
pub fn draw(run: &Run<'_>) -> String {
    let mut taken = Taken::default();
    let mut entries = Vec::new();
    if let Some(why) = run.nothing {
        entries.push(Entry {
            description: format!("nothing was evaluated: {why}"),
            check_name: "nothing-evaluated".to_owned(),
            fingerprint: taken.own(fingerprint(&["nothing-evaluated"])),
            severity: "blocker",
            location: location(machine::NOWHERE, None),
        });
    }
    for diagnostic in run.diagnostics {
        let (path, place) = machine::place_of(run, diagnostic);
        entries.push(Entry {
            description: format!("{}: {}", diagnostic.code, one_line(&machine::spoken(diagnostic))),
            check_name: diagnostic.code.to_string(),
            fingerprint: taken.own(fingerprint(&[diagnostic.code.as_str(), &path, &diagnostic.message])),
            // What keeps a plan from being judged is worse than anything a judgement says.
            severity: match diagnostic.severity {
                Severity::Error => "blocker",
                Severity::Warning => "minor",
                Severity::Info => "info",
            },
            location: location(&path, place.as_ref()),
        });
    }
    for finding in run.report.findings.iter().filter(|finding| !machine::known(finding)) {
        let (path, place) = machine::place(run, finding);
        let about = machine::about(finding).map(|about| format!(" [{about}]")).unwrap_or_default();
        entries.push(Entry {
            description: format!("{}{about}: {}", finding.code, one_line(&machine::sentence(finding))),
            check_name: finding.code.to_string(),
            fingerprint: taken.own(finding.fingerprint.clone()),
            severity: match machine::severity(run, finding) {
                Severity::Error => "critical",
                Severity::Warning => "minor",
                Severity::Info => "info",
            },
            location: location(&path, place.as_ref()),
        });
    }
    json::written(&entries)
}

fn location(path: &str, place: Option<&Location>) -> Place {
    let begin = place.map_or(1, |place| place.line);
    let relative = path.trim_start_matches('/');
    let path = if relative.is_empty() { machine::NOWHERE } else { relative };
    Place { path: path.to_owned(), lines: Lines { begin, end: place.map_or(begin, |place| place.end_line) } }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Fingerprints that were given out.
#[derive(Default)]
struct Taken(BTreeMap<String, u64>);

impl Taken {
    /// The fingerprint itself for the first that has it; for others one that is made of it and of their number.
    fn own(&mut self, wanted: String) -> String {
        let before = self.0.entry(wanted.clone()).or_default();
        *before = before.saturating_add(1);
        match *before {
            1 => wanted,
            again => fingerprint(&[&wanted, &again.to_string()]),
        }
    }
}
