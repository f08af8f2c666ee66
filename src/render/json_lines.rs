//! Reports as JSON lines: a record a line, each with its `type`, for programs that read as they go. The records are those of
//! [`super::json`], which says what is in them.

use schemars::JsonSchema;
use serde::Serialize;

use super::json;
use crate::report::{Report, Run};
use crate::source::SourceMap;

/// A line of what `clearway check --output-format json-lines` writes.
#[derive(JsonSchema, Serialize)]
#[schemars(rename = "JsonLine")]
#[serde(tag = "type", rename_all = "kebab-case")]
pub(super) enum Record<'a> {
    /// The first line.
    Run {
        /// The version of this form: fields may be added under one version, none is renamed or removed.
        version: u32,
        /// What wrote this.
        tool: json::Tool,
    },
    /// A plan that was checked.
    Plan(json::Plan<'a>),
    /// Something that was found.
    Finding(Box<json::FindingJson<'a>>),
    /// Only where something was compared.
    Fixed(json::FixedJson<'a>),
    /// Something that is wrong with what was read, or with the run.
    Diagnostic(json::DiagnosticJson),
    /// How much was found.
    Summary(json::Summary),
    /// The last line: a report without it was cut off.
    Account(json::Account),
}

/// A line a record. A file of single entities stands behind what was found in it: what it comes to is known at its end.
pub fn draw(run: &Run<'_>) -> String {
    let mut out = begin();
    out.push_str(&rest(run));
    out
}

/// The first line, where findings are written as they come.
pub fn begin() -> String {
    line(&Record::Run { version: 1, tool: json::tool() })
}

/// Findings, where they are written as they come.
pub fn findings(map: &SourceMap, report: &Report) -> String {
    report
        .findings
        .iter()
        .map(|finding| line(&Record::Finding(Box::new(json::finding(map, report, finding)))))
        .collect()
}

/// Everything behind the first line and the findings that were written before.
pub fn rest(run: &Run<'_>) -> String {
    let (map, report) = (run.map, run.report);
    let mut out = String::new();
    let mut write = |record: &Record| out.push_str(&line(record));
    for plan in report.plans.iter().filter(|plan| !plan.steps.is_empty()) {
        write(&Record::Plan(json::plan(map, plan)));
    }
    for finding in &report.findings {
        write(&Record::Finding(Box::new(json::finding(map, report, finding))));
    }
    for plan in report.plans.iter().filter(|plan| plan.steps.is_empty()) {
        write(&Record::Plan(json::plan(map, plan)));
    }
    for fixed in &report.fixed {
        write(&Record::Fixed(json::fixed(fixed)));
    }
    for diagnostic in json::diagnostics(map, run.diagnostics) {
        write(&Record::Diagnostic(diagnostic));
    }
    write(&Record::Summary(json::summary(report)));
    write(&Record::Account(json::account(report)));
    out
}

fn line(record: &Record) -> String {
    // Texts, numbers and lists alone: there is nothing that could not be written.
    let mut line = serde_json::to_string(record).unwrap_or_default();
    line.push('\n');
    line
}
