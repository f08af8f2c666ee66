//! SARIF 2.1.0: one log with one run, for code scanning. What is wrong with a text that was read is a result as findings are,
//! for that is where its readers look; what is wrong with the run itself is a notification.

mod model;
mod rules;

use std::collections::BTreeMap;

use super::machine;
use crate::diag::{Diagnostic, Severity};
use crate::report::{Finding, FindingVerdict, FixText, Run, Standing};
use crate::source::{Location as Place, Span};
use model::{
    Artifact, Content, Driver, Invocation, Level, Location, Log, Logical, Message, Notification, Physical, Properties,
    Region, ReportingRef, ResultEntry, RunEntry, Suppression, Tool,
};

/// The log.
pub fn draw(run: &Run<'_>) -> String {
    let rules = rules::all(run);
    let placed = |diagnostic: &&Diagnostic| run.map.locate(diagnostic.span()).is_some();
    let index = |code: &str| rules.iter().position(|rule| rule.id == code);
    let mut results: Vec<ResultEntry> =
        run.diagnostics.iter().filter(placed).map(|diagnostic| of_diagnostic(run, diagnostic, &index)).collect();
    let mut again: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for (place, finding) in run.report.findings.iter().enumerate() {
        let number = again.entry((&finding.code, &finding.fingerprint)).or_default();
        *number = number.saturating_add(1);
        results.push(of_finding(run, (place, finding), *number, &index));
    }
    let mut notifications: Vec<Notification> =
        run.diagnostics.iter().filter(|diagnostic| !placed(diagnostic)).map(notification).collect();
    notifications.extend(run.nothing.map(|why| Notification {
        level: Level::Error,
        message: Message::plain(format!("nothing was evaluated: {why}")),
        descriptor: None,
    }));
    let invocation = Invocation {
        execution_successful: !run.failed() && run.nothing.is_none(),
        tool_execution_notifications: notifications,
    };
    let driver = Driver {
        name: "clearway",
        semantic_version: env!("CARGO_PKG_VERSION"),
        short_description: Content::of("Policy as code for moving virtual machines".to_owned()),
        notifications: rules::of_notifications(run),
        rules,
    };
    super::json::written(&Log {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        runs: [RunEntry {
            tool: Tool { driver },
            invocations: [invocation],
            artifacts: artifacts(run),
            results,
            column_kind: "unicodeCodePoints",
            newline_sequences: ["\r\n", "\n", "\r"],
            properties: account(run),
        }],
    })
}

fn of_finding(
    run: &Run<'_>,
    (place_in_report, finding): (usize, &Finding),
    number: u64,
    index: &dyn Fn(&str) -> Option<usize>,
) -> ResultEntry {
    // What is no failure has no level: so the standard has it.
    let (kind, level) = match finding.verdict {
        FindingVerdict::Noted => ("informational", Level::None),
        FindingVerdict::Unverified if !run.failing.counts(finding) => ("open", Level::None),
        FindingVerdict::Violated | FindingVerdict::Unverified | FindingVerdict::Waived => {
            ("fail", Level::of(finding.severity))
        }
    };
    let (file, place) = machine::place(run, finding);
    let plan = run.report.plans.get(finding.plan);
    let mut logical = vec![];
    if let Some(plan) = plan {
        let name = plan.plan.to_string();
        logical.extend(finding.step.as_ref().map(|step| Logical {
            name: step.to_string(),
            fully_qualified_name: format!("{name}/{step}"),
            kind: "step",
        }));
        if logical.is_empty() {
            logical.push(Logical { fully_qualified_name: name.clone(), name, kind: "plan" });
        }
    }
    let help = finding.help.as_ref().map(|help| format!("\n\n{help}")).unwrap_or_default();
    let about = finding.subject.as_ref().map(|subject| format!("{subject}: ")).unwrap_or_default();
    let mut properties = Properties::default();
    properties.set("verdict", finding.verdict.as_str());
    properties.maybe("plan", plan.map(|plan| &*plan.plan));
    properties.maybe("step", finding.step.as_deref());
    properties.maybe("subject", finding.subject.as_deref());
    properties.list("missing", finding.missing.iter().map(|missing| missing.route.clone()).collect());
    properties.list("assumed", finding.assumed.iter().map(|assumed| assumed.to_string()).collect());
    properties.list("cites", finding.cites.iter().map(machine::cite).collect());
    let related = finding.related.iter().map(|fact| {
        let says = if fact.value.is_empty() { String::new() } else { format!(" is {}", fact.value) };
        (fact.span, format!("{}{says}", fact.route))
    });
    let missing = finding.missing.iter().map(|missing| (missing.span, format!("{} would stand here", missing.route)));
    let fingerprint = format!("{}:{number}", finding.fingerprint);
    ResultEntry {
        rule_id: finding.code.to_string(),
        rule_index: index(&finding.code),
        kind,
        level,
        message: Message::plain(format!("{about}{}{help}", machine::sentence(finding))),
        locations: vec![Location {
            id: None,
            message: None,
            physical_location: Some(physical(&file, place.as_ref())),
            logical_locations: logical,
        }],
        related_locations: related_locations(run, related.chain(missing)),
        partial_fingerprints: BTreeMap::from([("clearwayFingerprint/v1", fingerprint)]),
        suppressions: suppressions(run, finding),
        fixes: run.fix(place_in_report).and_then(|fix| of_fix(run, finding, fix)).into_iter().collect(),
        baseline_state: finding.standing.map(Standing::as_str),
        properties,
    }
}

fn of_diagnostic(run: &Run<'_>, diagnostic: &Diagnostic, index: &dyn Fn(&str) -> Option<usize>) -> ResultEntry {
    let (file, place) = machine::place_of(run, diagnostic);
    let others = diagnostic.labels.iter().filter(|label| !label.primary);
    ResultEntry {
        rule_id: diagnostic.code.to_string(),
        rule_index: index(diagnostic.code.as_str()),
        kind: "fail",
        level: Level::of(diagnostic.severity),
        message: Message::plain(machine::spoken(diagnostic)),
        locations: vec![Location {
            id: None,
            message: None,
            physical_location: Some(physical(&file, place.as_ref())),
            logical_locations: Vec::new(),
        }],
        related_locations: related_locations(run, others.map(|label| (label.span, label.text.clone()))),
        partial_fingerprints: BTreeMap::new(),
        suppressions: Vec::new(),
        fixes: Vec::new(),
        baseline_state: None,
        properties: Properties::default(),
    }
}

fn notification(diagnostic: &Diagnostic) -> Notification {
    Notification {
        level: Level::of(diagnostic.severity),
        message: Message::plain(machine::spoken(diagnostic)),
        descriptor: Some(ReportingRef { id: diagnostic.code.to_string() }),
    }
}

fn of_fix(run: &Run<'_>, finding: &Finding, fix: &FixText) -> Option<model::Fix> {
    let place = run.map.locate(fix.span)?;
    let proposed = finding.fix.as_ref()?;
    Some(model::Fix {
        description: Message::plain(format!("{}: {}", proposed.member, proposed.value)),
        artifact_changes: [model::Change {
            artifact_location: Artifact { uri: uri(&machine::path(run, &place.file)) },
            replacements: [model::Replacement {
                deleted_region: region(&place),
                inserted_content: Content::of(fix.text.clone()),
            }],
        }],
    })
}

fn suppressions(run: &Run<'_>, finding: &Finding) -> Vec<Suppression> {
    if finding.verdict != FindingVerdict::Waived {
        return Vec::new();
    }
    let waiver = finding.waiver.as_deref();
    let span = waiver.map_or(Span::NONE, |waiver| waiver.span);
    // A waiver beside the step, in the plan itself, is one in the source; one in another file is not.
    let inside = run.map.file_of(span).is_some() && run.map.file_of(span) == run.map.file_of(finding.span);
    let location = run.map.locate(span).map(|place| Location {
        id: None,
        message: None,
        physical_location: Some(physical(&machine::path(run, &place.file), Some(&place))),
        logical_locations: Vec::new(),
    });
    let mut properties = Properties::default();
    properties.maybe("approvedBy", waiver.and_then(|waiver| waiver.approved_by.as_deref()));
    let until = waiver.and_then(|waiver| waiver.expires).map(|until| until.to_string());
    properties.maybe("expires", until.as_deref());
    vec![Suppression {
        kind: if inside { "inSource" } else { "external" },
        status: "accepted",
        justification: waiver.map(|waiver| waiver.reason.to_string()),
        location,
        properties,
    }]
}

fn related_locations(run: &Run<'_>, places: impl Iterator<Item = (Span, String)>) -> Vec<Location> {
    let located = places.filter_map(|(span, text)| Some((run.map.locate(span)?, text)));
    (0u64..)
        .zip(located)
        .map(|(id, (place, text))| Location {
            id: Some(id),
            message: (!text.is_empty()).then(|| Message::plain(text)),
            physical_location: Some(physical(&machine::path(run, &place.file), Some(&place))),
            logical_locations: Vec::new(),
        })
        .collect()
}

fn physical(file: &str, place: Option<&Place>) -> Physical {
    Physical { artifact_location: Artifact { uri: uri(file) }, region: place.map(region) }
}

fn region(place: &Place) -> Region {
    Region {
        start_line: place.line,
        start_column: place.column,
        end_line: place.end_line,
        end_column: place.end_column,
    }
}

fn artifacts(run: &Run<'_>) -> Vec<model::ArtifactEntry> {
    run.report
        .plans
        .iter()
        .map(|plan| {
            let mut properties = Properties::default();
            properties.set("plan", &plan.plan);
            properties.set("verdict", plan.verdict.as_str());
            properties.list("packs", plan.packs.iter().map(|pack| pack.to_string()).collect());
            model::ArtifactEntry {
                location: Artifact { uri: uri(&machine::path(run, &plan.file)) },
                roles: ["analysisTarget"],
                properties,
            }
        })
        .collect()
}

/// The books, for whoever wants to know how much was looked at.
fn account(run: &Run<'_>) -> Properties {
    let account = &run.report.account;
    let mut properties = Properties::default();
    for (name, count) in account.entries() {
        properties.count(name, count);
    }
    properties
}

/// A path as a relative reference of RFC 3986; an absolute one as a `file` URI.
fn uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    if path.starts_with('/') {
        out.push_str("file://");
    }
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => out.push(char::from(byte)),
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}

impl Level {
    fn of(severity: Severity) -> Level {
        match severity {
            Severity::Error => Level::Error,
            Severity::Warning => Level::Warning,
            Severity::Info => Level::Note,
        }
    }
}
