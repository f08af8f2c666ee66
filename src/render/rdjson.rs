//! Diagnostics for reviewdog (`-f=rdjson`): one JSON document. Columns count bytes of UTF-8 from 1, ends are exclusive.

use serde::Serialize;

use super::json;
use super::machine;
use crate::diag::Severity;
use crate::report::{FixText, Run};
use crate::source::Span;

#[derive(Serialize)]
struct Document {
    source: Source,
    diagnostics: Vec<Entry>,
}

#[derive(Serialize)]
struct Source {
    name: &'static str,
}

#[derive(Serialize)]
struct Entry {
    message: String,
    // reviewdog falls over what has no location at all.
    location: Place,
    severity: &'static str,
    code: Code,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suggestions: Vec<Suggestion>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Related>,
}

#[derive(Serialize)]
struct Code {
    value: String,
}

#[derive(Serialize)]
struct Place {
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    range: Option<Range>,
}

#[derive(Serialize)]
struct Range {
    start: Position,
    end: Position,
}

#[derive(Serialize)]
struct Position {
    line: usize,
    column: usize,
}

#[derive(Serialize)]
struct Suggestion {
    range: Range,
    text: String,
}

#[derive(Serialize)]
struct Related {
    message: String,
    location: Place,
}

/// The document.
pub fn draw(run: &Run<'_>) -> String {
    let mut entries = Vec::new();
    if let Some(why) = run.nothing {
        entries.push(Entry {
            message: format!("nothing was evaluated: {why}"),
            location: Place { path: machine::NOWHERE.to_owned(), range: None },
            severity: "ERROR",
            code: Code { value: "nothing-evaluated".to_owned() },
            suggestions: Vec::new(),
            related_locations: Vec::new(),
        });
    }
    for diagnostic in run.diagnostics {
        let (path, _) = machine::place_of(run, diagnostic);
        let others = diagnostic.labels.iter().filter(|label| !label.primary);
        entries.push(Entry {
            message: machine::spoken(diagnostic),
            location: Place { path, range: range(run, diagnostic.span()) },
            severity: severity(diagnostic.severity),
            code: Code { value: diagnostic.code.to_string() },
            suggestions: Vec::new(),
            related_locations: others.filter_map(|label| related(run, label.span, label.text.clone())).collect(),
        });
    }
    for (index, finding) in run.report.findings.iter().enumerate().filter(|(_, finding)| !machine::known(finding)) {
        let (path, _) = machine::place(run, finding);
        let about = machine::about(finding).map(|about| format!("[{about}] ")).unwrap_or_default();
        let help = finding.help.as_ref().map(|help| format!("\nhelp: {help}")).unwrap_or_default();
        let facts = finding.related.iter().filter_map(|fact| {
            let says = if fact.value.is_empty() { String::new() } else { format!(" is {}", fact.value) };
            related(run, fact.span, format!("{}{says}", fact.route))
        });
        entries.push(Entry {
            message: format!("{about}{}{help}", machine::sentence(finding)),
            location: Place { path, range: range(run, finding.span) },
            severity: severity(machine::severity(run, finding)),
            code: Code { value: finding.code.to_string() },
            suggestions: run.fix(index).and_then(|fix| suggestion(run, fix)).into_iter().collect(),
            related_locations: facts.collect(),
        });
    }
    json::written(&Document { source: Source { name: "clearway" }, diagnostics: entries })
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "ERROR",
        Severity::Warning => "WARNING",
        Severity::Info => "INFO",
    }
}

fn range(run: &Run<'_>, span: Span) -> Option<Range> {
    let ((line, column), (end_line, end_column)) = machine::byte_positions(run.map, span)?;
    Some(Range { start: Position { line, column }, end: Position { line: end_line, column: end_column } })
}

fn suggestion(run: &Run<'_>, fix: &FixText) -> Option<Suggestion> {
    Some(Suggestion { range: range(run, fix.span)?, text: fix.text.clone() })
}

fn related(run: &Run<'_>, span: Span, message: String) -> Option<Related> {
    let place = run.map.locate(span)?;
    let path = machine::path(run, &place.file).into_owned();
    Some(Related { message, location: Place { path, range: range(run, span) } })
}
