//! Findings as a table in CSV, a row each; what is wrong with what was read has rows, too. The account is not in it.

use super::concise;
use super::machine;
use super::text::clean;
use crate::report::Run;

const COLUMNS: [&str; 21] = [
    "type",
    "file",
    "line",
    "column",
    "severity",
    "verdict",
    "code",
    "rule",
    "plan",
    "step",
    "subject",
    "message",
    "help",
    "missing",
    "cites",
    "fingerprint",
    "standing",
    "assumed",
    "waived-because",
    "waived-by",
    "waived-until",
];

/// A header and the rows.
pub fn draw(run: &Run<'_>) -> String {
    let mut out = begin();
    out.push_str(&rest(run));
    out
}

/// The header, where findings are written as they come.
pub fn begin() -> String {
    let mut out = Table::new();
    out.row(&COLUMNS.map(str::to_owned));
    out.text()
}

/// Everything behind the header and the findings that were written before: what is wrong with what was read comes last, for it
/// is known at the end.
pub fn rest(run: &Run<'_>) -> String {
    let mut out = Table::new();
    for finding in &run.report.findings {
        let (file, place) = machine::place(run, finding);
        let of = |text: &Option<std::sync::Arc<str>>| text.as_deref().unwrap_or_default().to_owned();
        let list = |texts: Vec<&str>| texts.join("; ");
        let cites: Vec<String> = finding.cites.iter().map(machine::cite).collect();
        let waiver = finding.waiver.as_deref();
        out.row(&row(&[
            ("type", "finding".to_owned()),
            ("file", file),
            ("line", place.as_ref().map(|place| place.line.to_string()).unwrap_or_default()),
            ("column", place.as_ref().map(|place| place.column.to_string()).unwrap_or_default()),
            ("severity", concise::severity(finding.severity).0.to_owned()),
            ("verdict", finding.verdict.as_str().to_owned()),
            ("code", finding.code.to_string()),
            ("rule", finding.rule.to_string()),
            ("plan", run.report.plans.get(finding.plan).map(|plan| plan.plan.to_string()).unwrap_or_default()),
            ("step", of(&finding.step)),
            ("subject", of(&finding.subject)),
            ("message", finding.sentence().into_owned()),
            ("help", finding.help.clone().unwrap_or_default()),
            ("missing", list(finding.missing.iter().map(|missing| &*missing.route).collect())),
            ("cites", cites.join("; ")),
            ("fingerprint", finding.fingerprint.clone()),
            ("standing", finding.standing.map(|standing| standing.as_str().to_owned()).unwrap_or_default()),
            ("assumed", list(finding.assumed.iter().map(|assumed| &**assumed).collect())),
            ("waived-because", waiver.map(|waiver| waiver.reason.to_string()).unwrap_or_default()),
            ("waived-by", waiver.map(|waiver| of(&waiver.approved_by)).unwrap_or_default()),
            (
                "waived-until",
                waiver.and_then(|waiver| waiver.expires).map(|until| until.to_string()).unwrap_or_default(),
            ),
        ]));
    }
    for diagnostic in run.diagnostics {
        let (file, place) = machine::place_of(run, diagnostic);
        out.row(&row(&[
            ("type", "diagnostic".to_owned()),
            ("file", if place.is_some() { file } else { String::new() }),
            ("line", place.as_ref().map(|place| place.line.to_string()).unwrap_or_default()),
            ("column", place.as_ref().map(|place| place.column.to_string()).unwrap_or_default()),
            ("severity", concise::severity(diagnostic.severity).0.to_owned()),
            ("code", diagnostic.code.to_string()),
            ("message", diagnostic.message.clone()),
            ("help", diagnostic.help.clone().unwrap_or_default()),
        ]));
    }
    if let Some(why) = run.nothing {
        out.row(&row(&[
            ("type", "run".to_owned()),
            ("severity", "error".to_owned()),
            ("message", format!("nothing was evaluated: {why}")),
        ]));
    }
    out.text()
}

/// The cells of a row by their columns; those that are not named are empty.
fn row(cells: &[(&str, String)]) -> Vec<String> {
    let cell = |column: &str| cells.iter().find(|(name, _)| *name == column).map(|(_, text)| text.clone());
    COLUMNS.iter().map(|column| cell(column).unwrap_or_default()).collect()
}

struct Table(::csv::Writer<Vec<u8>>);

impl Table {
    fn new() -> Table {
        Table(::csv::Writer::from_writer(Vec::new()))
    }

    fn row(&mut self, cells: &[String]) {
        // Memory takes every row.
        let _ = self.0.write_record(cells.iter().map(|cell| harmless(cell)));
    }

    fn text(self) -> String {
        self.0.into_inner().ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
    }
}

/// A cell that a spreadsheet would take for a formula gets a quotation mark in front: names come from inventories and plans,
/// and whoever opens a report must not run what somebody wrote there.
fn harmless(cell: &str) -> String {
    // What drives a terminal is written out, as everywhere; lines of a cell stay lines.
    let lines: Vec<_> = cell.split('\n').map(clean).collect();
    let shown = lines.join("\n");
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) { format!("'{shown}") } else { shown }
}
