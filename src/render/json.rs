//! Reports as JSON: the contract of `docs/cli.md`. Fields may be added; none is renamed or removed.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use crate::diag::{Diagnostic, Severity};
use crate::report::{self, AssumptionNote, Finding, PassedOver, PlanReport, Report, StepReport, WaiverNote};
use crate::source::{SourceMap, Span};

/// A report and the diagnostics of its run as one JSON document with a line break at its end.
pub fn draw(map: &SourceMap, report: &Report, diagnostics: &[Diagnostic]) -> String {
    let document = Document {
        version: 1,
        tool: tool(),
        plans: report.plans.iter().map(|p| plan(map, p)).collect(),
        findings: report.findings.iter().map(|f| finding(map, report, f)).collect(),
        fixed: report.summary.compared.map(|_| report.fixed.iter().map(fixed).collect()),
        new_assumptions: report
            .summary
            .compared
            .map(|_| report.new_assumptions.iter().map(|note| assumption(map, note)).collect()),
        diagnostics: diagnostics.iter().map(|d| diagnostic(map, d)).collect(),
        summary: summary(report),
        account: account(report),
    };
    written(&document)
}

/// Any document of ours as JSON for people to read, with a line break at its end.
pub fn written(document: &impl Serialize) -> String {
    // Texts, numbers and lists alone: there is nothing that could not be written.
    let mut text = serde_json::to_string_pretty(document).unwrap_or_default();
    text.push('\n');
    text
}

/// The tool's own name and version, as every document of ours has it.
pub fn tool() -> Tool {
    Tool { name: "clearway", version: env!("CARGO_PKG_VERSION") }
}

/// Diagnostics alone, for commands that make no report.
pub fn diagnostics(map: &SourceMap, diagnostics: &[Diagnostic]) -> Vec<DiagnosticJson> {
    diagnostics.iter().map(|d| diagnostic(map, d)).collect()
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Document<'a> {
    version: u32,
    tool: Tool,
    plans: Vec<Plan<'a>>,
    findings: Vec<FindingJson<'a>>,
    /// Only where something was compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    fixed: Option<Vec<FixedJson<'a>>>,
    /// Only where something was compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    new_assumptions: Option<Vec<Assumption<'a>>>,
    diagnostics: Vec<DiagnosticJson>,
    summary: Summary,
    account: Account,
}

/// Name and version of the tool.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
pub(super) struct Plan<'a> {
    file: &'a str,
    plan: &'a str,
    packs: Vec<&'a str>,
    verdict: &'static str,
    assumed: Vec<&'a str>,
    assumptions: Vec<Assumption<'a>>,
    steps: Vec<Step<'a>>,
}

/// An assumption on which something of a plan rests.
#[derive(Serialize)]
struct Assumption<'a> {
    fact: &'a str,
    is: &'a str,
    because: &'a str,
    until: Option<String>,
    location: Option<Location>,
    evaluations: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Step<'a> {
    id: &'a str,
    vm: &'a str,
    transfer: Option<&'a str>,
    transfer_chosen: bool,
    verdict: &'static str,
    effects: Vec<&'a str>,
    after_refused: Vec<&'a str>,
    wave: &'a str,
    moves: Vec<Move<'a>>,
    assumed: Vec<&'a str>,
}

#[derive(Serialize)]
struct Move<'a> {
    what: Thing<'a>,
    from: Option<Thing<'a>>,
    to: Option<Thing<'a>>,
}

#[derive(Serialize)]
struct Thing<'a> {
    kind: &'a str,
    name: &'a str,
}

/// A candidate of a choice that was passed over, wherever JSON tells of one.
#[derive(Debug, Serialize)]
pub(super) struct Passed<'a> {
    candidate: &'a str,
    because: Vec<Obstacle<'a>>,
}

impl<'a> From<&'a PassedOver> for Passed<'a> {
    fn from(passed: &'a PassedOver) -> Passed<'a> {
        Passed { candidate: &passed.candidate, because: passed.because.iter().map(Obstacle::from).collect() }
    }
}

/// What stands in the way of a step, wherever JSON tells of it.
#[derive(Debug, Serialize)]
pub(super) struct Obstacle<'a> {
    code: &'a str,
    subject: Option<&'a str>,
    message: &'a str,
}

impl<'a> From<&'a report::Obstacle> for Obstacle<'a> {
    fn from(obstacle: &'a report::Obstacle) -> Obstacle<'a> {
        Obstacle { code: &obstacle.code, subject: obstacle.subject.as_deref(), message: &obstacle.message }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct FindingJson<'a> {
    code: &'a str,
    rule: &'a str,
    title: &'a str,
    severity: &'static str,
    verdict: &'static str,
    plan: &'a str,
    step: Option<&'a str>,
    subject: Option<&'a str>,
    message: std::borrow::Cow<'a, str>,
    help: Option<&'a str>,
    fingerprint: &'a str,
    missing: Vec<&'a str>,
    /// Only where a step made one of them unknown.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    missing_since: BTreeMap<&'a str, &'a str>,
    cites: Vec<Cite<'a>>,
    location: Option<Location>,
    related: Vec<Related>,
    cell: Option<Cell<'a>>,
    fix: Option<Fix<'a>>,
    passed_over: Vec<Passed<'a>>,
    waiver: Option<Waiver<'a>>,
    assumed: Vec<&'a str>,
    /// Only where something was compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    standing: Option<&'static str>,
}

/// A finding of before that is there no more.
#[derive(Serialize)]
pub(super) struct FixedJson<'a> {
    fingerprint: &'a str,
    code: &'a str,
    rule: &'a str,
    severity: &'static str,
    verdict: &'static str,
    file: &'a str,
    plan: &'a str,
    step: Option<&'a str>,
    subject: Option<&'a str>,
    message: &'a str,
}

/// The waiver that covers a finding, wherever JSON tells of one.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Waiver<'a> {
    reason: &'a str,
    approved_by: Option<&'a str>,
    expires: Option<String>,
    location: Option<Location>,
    new: bool,
}

impl<'a> Waiver<'a> {
    pub(super) fn of(map: &SourceMap, note: &'a WaiverNote) -> Waiver<'a> {
        Waiver {
            reason: &note.reason,
            approved_by: note.approved_by.as_deref(),
            expires: note.expires.map(|last| last.to_string()),
            location: location(map, note.span),
            new: note.new,
        }
    }
}

#[derive(Serialize)]
struct Cite<'a> {
    source: &'a str,
    section: &'a str,
    item: Option<u32>,
}

/// A place; lines and columns from 1, columns in characters, the offset in bytes from 0.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct Location {
    file: String,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    offset: usize,
    length: usize,
}

#[derive(Serialize)]
struct Related {
    file: Option<String>,
    line: Option<usize>,
    column: Option<usize>,
    message: String,
    route: String,
    value: String,
    step: Option<String>,
}

#[derive(Serialize)]
struct Cell<'a> {
    row: Option<&'a str>,
    column: Option<&'a str>,
}

#[derive(Serialize)]
struct Fix<'a> {
    member: &'a str,
    value: &'a str,
}

#[derive(Serialize)]
pub(super) struct Summary {
    plans: u64,
    steps: u64,
    errors: u64,
    warnings: u64,
    infos: u64,
    unverified: u64,
    waived: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    new: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unchanged: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fixed: Option<u64>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Account {
    evaluations: u64,
    satisfied: u64,
    violated: u64,
    unverified: u64,
    not_applicable: u64,
    noted: u64,
    waived: u64,
    not_evaluated: u64,
    not_evaluated_because: Vec<Because>,
    /// Of all of them, those that would have come out otherwise without an assumption.
    assumed: u64,
}

#[derive(Serialize)]
struct Because {
    reason: &'static str,
    count: u64,
}

/// A diagnostic as JSON has it.
#[derive(Clone, Debug, Serialize)]
pub struct DiagnosticJson {
    code: &'static str,
    severity: &'static str,
    message: String,
    help: Option<String>,
    notes: Vec<String>,
    location: Option<Location>,
    labels: Vec<Label>,
}

#[derive(Clone, Debug, Serialize)]
struct Label {
    message: String,
    primary: bool,
    location: Option<Location>,
}

fn severity(severity: Severity) -> &'static str {
    super::concise::severity(severity).0
}

fn texts(texts: &[Arc<str>]) -> Vec<&str> {
    texts.iter().map(|text| &**text).collect()
}

fn assumption<'a>(map: &SourceMap, note: &'a AssumptionNote) -> Assumption<'a> {
    Assumption {
        fact: &note.fact,
        is: &note.is,
        because: &note.because,
        until: note.until.map(|last| last.to_string()),
        location: location(map, note.span),
        evaluations: note.evaluations,
    }
}

pub(super) fn plan<'a>(map: &SourceMap, plan: &'a PlanReport) -> Plan<'a> {
    Plan {
        file: &plan.file,
        plan: &plan.plan,
        packs: texts(&plan.packs),
        verdict: plan.verdict.as_str(),
        assumed: texts(&plan.assumed),
        assumptions: plan.assumptions.iter().map(|note| assumption(map, note)).collect(),
        steps: plan.steps.iter().map(step).collect(),
    }
}

fn step(step: &StepReport) -> Step<'_> {
    Step {
        id: &step.id,
        vm: &step.vm,
        transfer: step.transfer.as_deref(),
        transfer_chosen: step.transfer_chosen,
        verdict: step.verdict.as_str(),
        effects: texts(&step.effects),
        after_refused: texts(&step.after_refused),
        wave: &step.wave,
        moves: step
            .moves
            .iter()
            .map(|by| Move { what: thing(&by.what), from: by.from.as_ref().map(thing), to: by.to.as_ref().map(thing) })
            .collect(),
        assumed: texts(&step.assumed),
    }
}

fn thing(thing: &crate::report::Thing) -> Thing<'_> {
    Thing { kind: &thing.kind, name: &thing.name }
}

pub(super) fn finding<'a>(map: &SourceMap, report: &'a Report, finding: &'a Finding) -> FindingJson<'a> {
    let related = |related: &crate::report::Related| {
        let place = map.locate(related.span);
        let message = if related.value.is_empty() {
            related.route.clone()
        } else {
            format!("{} is {}", related.route, related.value)
        };
        Related {
            file: place.as_ref().map(|place| place.file.to_string()),
            line: place.as_ref().map(|place| place.line),
            column: place.as_ref().map(|place| place.column),
            message,
            route: related.route.clone(),
            value: related.value.clone(),
            step: related.step.as_deref().map(str::to_owned),
        }
    };
    FindingJson {
        code: &finding.code,
        rule: &finding.rule,
        title: &finding.title,
        severity: severity(finding.severity),
        verdict: finding.verdict.as_str(),
        plan: report.plans.get(finding.plan).map_or("", |plan| &plan.plan),
        step: finding.step.as_deref(),
        subject: finding.subject.as_deref(),
        message: finding.sentence(),
        help: finding.help.as_deref(),
        fingerprint: &finding.fingerprint,
        missing: finding.missing.iter().map(|missing| &*missing.route).collect(),
        missing_since: finding
            .missing
            .iter()
            .filter_map(|missing| Some((&*missing.route, missing.step.as_deref()?)))
            .collect(),
        cites: finding
            .cites
            .iter()
            .map(|cite| Cite { source: &cite.source, section: &cite.section, item: cite.item })
            .collect(),
        location: location(map, finding.span),
        related: finding.related.iter().map(related).collect(),
        cell: finding.cell.as_ref().map(|cell| Cell { row: cell.row.as_deref(), column: cell.column.as_deref() }),
        fix: finding.fix.as_ref().map(|fix| Fix { member: &fix.member, value: &fix.value }),
        passed_over: finding.passed.iter().map(Passed::from).collect(),
        waiver: finding.waiver.as_deref().map(|note| Waiver::of(map, note)),
        assumed: texts(&finding.assumed),
        standing: finding.standing.map(crate::report::Standing::as_str),
    }
}

pub(super) fn fixed(fixed: &report::Fixed) -> FixedJson<'_> {
    FixedJson {
        fingerprint: &fixed.fingerprint,
        code: &fixed.code,
        rule: &fixed.rule,
        severity: severity(fixed.severity),
        verdict: fixed.verdict.as_str(),
        file: &fixed.file,
        plan: &fixed.plan,
        step: fixed.step.as_deref(),
        subject: fixed.subject.as_deref(),
        message: &fixed.message,
    }
}

pub(super) fn summary(report: &Report) -> Summary {
    Summary {
        plans: report.summary.plans,
        steps: report.summary.steps,
        errors: report.summary.errors,
        warnings: report.summary.warnings,
        infos: report.summary.infos,
        unverified: report.summary.unverified,
        waived: report.summary.waived,
        new: report.summary.compared.map(|compared| compared.new),
        unchanged: report.summary.compared.map(|compared| compared.unchanged),
        fixed: report.summary.compared.map(|compared| compared.fixed),
    }
}

pub(super) fn account(report: &Report) -> Account {
    let account = &report.account;
    Account {
        evaluations: account.evaluations,
        satisfied: account.satisfied,
        violated: account.violated,
        unverified: account.unverified,
        not_applicable: account.not_applicable,
        noted: account.noted,
        waived: account.waived,
        not_evaluated: account.left_out(),
        not_evaluated_because: account
            .not_evaluated
            .iter()
            .map(|(reason, count)| Because { reason: reason.reason(), count: *count })
            .collect(),
        assumed: account.assumed,
    }
}

fn location(map: &SourceMap, span: Span) -> Option<Location> {
    let place = map.locate(span)?;
    Some(Location {
        file: place.file.to_string(),
        line: place.line,
        column: place.column,
        end_line: place.end_line,
        end_column: place.end_column,
        offset: place.offset,
        length: place.length,
    })
}

fn diagnostic(map: &SourceMap, diagnostic: &Diagnostic) -> DiagnosticJson {
    DiagnosticJson {
        code: diagnostic.code.as_str(),
        severity: severity(diagnostic.severity),
        message: diagnostic.message.clone(),
        help: diagnostic.help.clone(),
        notes: diagnostic.notes.clone(),
        location: location(map, diagnostic.span()),
        labels: diagnostic
            .labels
            .iter()
            .map(|label| Label {
                message: label.text.clone(),
                primary: label.primary,
                location: location(map, label.span),
            })
            .collect(),
    }
}
