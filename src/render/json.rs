//! Reports as JSON: the contract of `docs/cli.md`. Fields may be added; none is renamed or removed.

mod diagnostic;

use std::collections::BTreeMap;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;

use crate::diag::Diagnostic;
use crate::report::{self, AssumptionNote, Finding, PassedOver, PlanReport, Report, StepReport, WaiverNote};
use crate::source::SourceMap;

pub use diagnostic::DiagnosticJson;
use diagnostic::{Location, diagnostic, location, severity};

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

/// What `clearway check --output-format json` writes.
#[derive(JsonSchema, Serialize)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "Check")]
pub(super) struct Document<'a> {
    /// The version of this form: fields may be added under one version, none is renamed or removed.
    version: u32,
    /// What wrote this.
    tool: Tool,
    /// The plans that were checked.
    plans: Vec<Plan<'a>>,
    /// What was found, plan by plan and step by step.
    findings: Vec<FindingJson<'a>>,
    /// What was found before and is gone, where findings are compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    fixed: Option<Vec<FixedJson<'a>>>,
    /// Assumptions that the change brings, where something was compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    new_assumptions: Option<Vec<Assumption<'a>>>,
    /// What is wrong with plans, inventories, policies and the run itself.
    diagnostics: Vec<DiagnosticJson>,
    /// How much was found.
    summary: Summary,
    /// What became of every evaluation.
    account: Account,
}

/// The tool and its version.
#[derive(Clone, Copy, Debug, JsonSchema, Serialize)]
pub struct Tool {
    /// The tool.
    name: &'static str,
    /// Its version.
    version: &'static str,
}

/// A plan that was checked.
#[derive(JsonSchema, Serialize)]
pub(super) struct Plan<'a> {
    /// Its file.
    file: &'a str,
    /// Its name.
    plan: &'a str,
    /// The packs that judged it, as `name@version`.
    packs: Vec<&'a str>,
    /// Its verdict.
    #[schemars(extend("enum" = ["permitted", "denied", "unverified"]))]
    verdict: &'static str,
    /// Facts that were assumed, and without which the verdict would be another one.
    assumed: Vec<&'a str>,
    /// The assumptions on which something of it rests.
    assumptions: Vec<Assumption<'a>>,
    /// Its steps; empty where a pack judges single entities.
    steps: Vec<Step<'a>>,
}

/// An assumption on which something of a plan rests.
#[derive(JsonSchema, Serialize)]
struct Assumption<'a> {
    /// The fact, by section and field.
    fact: &'a str,
    /// The value that unknown cells take.
    is: &'a str,
    /// Why it is assumed.
    because: &'a str,
    /// The last day on which it counts; null where it does not expire.
    until: Option<String>,
    /// Where it is written.
    location: Option<Location>,
    /// How many evaluations would have come out otherwise without it.
    evaluations: u64,
}

/// A step of a plan.
#[derive(JsonSchema, Serialize)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "CheckedStep")]
struct Step<'a> {
    /// Its id.
    id: &'a str,
    /// The machine that it moves.
    vm: &'a str,
    /// The transfer type; null where none was chosen.
    transfer: Option<&'a str>,
    /// Whether the type was chosen, for the plan leaves it out.
    transfer_chosen: bool,
    /// Its verdict.
    #[schemars(extend("enum" = ["permitted", "denied", "unverified"]))]
    verdict: &'static str,
    /// Effects that happened, of those that some cell of a matrix names.
    effects: Vec<&'a str>,
    /// Refused steps without which this one would be judged differently.
    after_refused: Vec<&'a str>,
    /// Its wave, such as `wave 1`, or `wave of ID` where it has no number.
    wave: &'a str,
    /// What it moves; of a refused step, what it would have moved.
    moves: Vec<Move<'a>>,
    /// Facts that were assumed, and without which the verdict would be another one.
    assumed: Vec<&'a str>,
}

/// One thing that a step moves.
#[derive(JsonSchema, Serialize)]
struct Move<'a> {
    /// What is moved.
    what: Thing<'a>,
    /// Where it is; null where that is not known.
    from: Option<Thing<'a>>,
    /// Where it goes; null where that is not known.
    to: Option<Thing<'a>>,
}

/// Something that has a name.
#[derive(JsonSchema, Serialize)]
struct Thing<'a> {
    /// Its kind, such as `host`, `vm` or `storage`.
    kind: &'a str,
    /// Its name.
    name: &'a str,
}

/// A candidate of a choice that was passed over.
#[derive(Debug, JsonSchema, Serialize)]
#[schemars(rename = "PassedOver")]
pub(super) struct Passed<'a> {
    /// The candidate.
    candidate: &'a str,
    /// What is against it.
    because: Vec<Obstacle<'a>>,
}

impl<'a> From<&'a PassedOver> for Passed<'a> {
    fn from(passed: &'a PassedOver) -> Passed<'a> {
        Passed { candidate: &passed.candidate, because: passed.because.iter().map(Obstacle::from).collect() }
    }
}

/// What stands in the way of a step.
#[derive(Debug, JsonSchema, Serialize)]
pub(super) struct Obstacle<'a> {
    /// The code of the rule or matrix.
    code: &'a str,
    /// The element it is about, such as `file a.vhdx`; null where it is about the step.
    subject: Option<&'a str>,
    /// What it says.
    message: &'a str,
}

impl<'a> From<&'a report::Obstacle> for Obstacle<'a> {
    fn from(obstacle: &'a report::Obstacle) -> Obstacle<'a> {
        Obstacle { code: &obstacle.code, subject: obstacle.subject.as_deref(), message: &obstacle.message }
    }
}

/// Something that was found.
#[derive(JsonSchema, Serialize)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "Finding")]
pub(super) struct FindingJson<'a> {
    /// The code of the rule or matrix.
    code: &'a str,
    /// Its name.
    rule: &'a str,
    /// Its title.
    title: &'a str,
    /// How hard it counts.
    #[schemars(extend("enum" = ["error", "warning", "info"]))]
    severity: &'static str,
    /// What it is.
    #[schemars(extend("enum" = ["violated", "unverified", "noted", "waived"]))]
    verdict: &'static str,
    /// The name of the plan.
    plan: &'a str,
    /// The id of the step; null where it is about a wave or the plan.
    step: Option<&'a str>,
    /// The element it is about, such as `file a.vhdx`; null where it is about the step.
    subject: Option<&'a str>,
    /// What it says.
    message: std::borrow::Cow<'a, str>,
    /// What may be done.
    help: Option<&'a str>,
    /// The same for the same finding, whatever became of lines and of the file's name.
    fingerprint: &'a str,
    /// Where it is unverified: the facts that are unknown, as routes such as `hosts[hv12].cpu.manufacturer`.
    missing: Vec<&'a str>,
    /// Of those facts the ones that a step made unknown: by which.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    missing_since: BTreeMap<&'a str, &'a str>,
    /// Where the rule is written.
    cites: Vec<Cite<'a>>,
    /// Where it stands; null where that is in no text.
    location: Option<Location>,
    /// The facts that decided.
    related: Vec<Related>,
    /// The cell of the matrix that was hit; null for other rules.
    cell: Option<Cell<'a>>,
    /// A change of one member that mends it; null where there is none.
    fix: Option<Fix<'a>>,
    /// Better transfer types that were not chosen, best first, and what is against each.
    passed_over: Vec<Passed<'a>>,
    /// The waiver that covers it; null where none does.
    waiver: Option<Waiver<'a>>,
    /// Facts that were assumed, and without which it would have come out otherwise.
    assumed: Vec<&'a str>,
    /// How it stands to what was found before, where something was compared.
    #[schemars(extend("enum" = ["new", "unchanged"]))]
    #[serde(skip_serializing_if = "Option::is_none")]
    standing: Option<&'static str>,
}

/// A finding of before that is gone.
#[derive(JsonSchema, Serialize)]
#[schemars(rename = "Fixed")]
pub(super) struct FixedJson<'a> {
    /// The same for the same finding.
    fingerprint: &'a str,
    /// The code of the rule or matrix.
    code: &'a str,
    /// Its name.
    rule: &'a str,
    /// How hard it counted.
    #[schemars(extend("enum" = ["error", "warning", "info"]))]
    severity: &'static str,
    /// What it was.
    #[schemars(extend("enum" = ["violated", "unverified", "noted", "waived"]))]
    verdict: &'static str,
    /// The file it stood in.
    file: &'a str,
    /// The name of the plan.
    plan: &'a str,
    /// The id of the step.
    step: Option<&'a str>,
    /// The element it was about.
    subject: Option<&'a str>,
    /// What it said.
    message: &'a str,
}

/// A waiver that covers a finding.
#[derive(Debug, JsonSchema, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Waiver<'a> {
    /// Why the finding does not count.
    reason: &'a str,
    /// Who answers for it; null where nobody is named.
    approved_by: Option<&'a str>,
    /// The last day on which it counts; null where it does not expire.
    expires: Option<String>,
    /// Where it is written.
    location: Option<Location>,
    /// Whether the change that is reviewed brought it.
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

/// Where something is written.
#[derive(JsonSchema, Serialize)]
struct Cite<'a> {
    /// The document, by the name that the pack gives it.
    source: &'a str,
    /// The section.
    section: &'a str,
    /// The item of the section, from 1; null where the section is meant.
    item: Option<u32>,
}

/// A fact that decided.
#[derive(JsonSchema, Serialize)]
#[schemars(rename = "RelatedFact")]
struct Related {
    /// The file it stands in; null where it stands in none.
    file: Option<String>,
    /// The line.
    line: Option<usize>,
    /// The column.
    column: Option<usize>,
    /// The fact in words.
    message: String,
    /// Its route, such as `hosts[hv11].cpu.manufacturer`.
    route: String,
    /// Its value.
    value: String,
    /// The step that made it so; null where it was given.
    step: Option<String>,
}

/// A cell of a matrix.
#[derive(JsonSchema, Serialize)]
struct Cell<'a> {
    /// The value that chose the row; null where it is unknown.
    row: Option<&'a str>,
    /// The value that chose the column; null where it is unknown.
    column: Option<&'a str>,
}

/// A change of one member of a step.
#[derive(JsonSchema, Serialize)]
struct Fix<'a> {
    /// The member.
    member: &'a str,
    /// What it should hold.
    value: &'a str,
}

/// How much was found.
#[derive(JsonSchema, Serialize)]
pub(super) struct Summary {
    /// Plans that were checked.
    plans: u64,
    /// Their steps.
    steps: u64,
    /// Findings that are errors; waived ones do not count.
    errors: u64,
    /// Findings that are warnings.
    warnings: u64,
    /// Findings for information.
    infos: u64,
    /// Of all of them, those that could not be verified.
    unverified: u64,
    /// Findings that are waived.
    waived: u64,
    /// Findings that were not there before, where findings are compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    new: Option<u64>,
    /// Findings that were there before.
    #[serde(skip_serializing_if = "Option::is_none")]
    unchanged: Option<u64>,
    /// Findings that are gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    fixed: Option<u64>,
}

/// What became of every evaluation: a rule, a subject and, where the rule has `each`, an element. It adds up.
#[derive(JsonSchema, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Account {
    /// All of them.
    evaluations: u64,
    /// Those that are satisfied.
    satisfied: u64,
    /// Those that are violated.
    violated: u64,
    /// Those that nobody can decide, for a fact is missing or the source is silent.
    unverified: u64,
    /// Those that do not apply.
    not_applicable: u64,
    /// Those that are for information.
    noted: u64,
    /// Those that are violated or unverified, and waived.
    waived: u64,
    /// Those that were not evaluated.
    not_evaluated: u64,
    /// Why those were not.
    not_evaluated_because: Vec<Because>,
    /// Of all of them, those that would have come out otherwise without an assumption.
    assumed: u64,
}

/// Evaluations that did not happen.
#[derive(JsonSchema, Serialize)]
#[schemars(rename = "NotEvaluated")]
struct Because {
    /// Why they did not happen.
    reason: &'static str,
    /// How many.
    count: u64,
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
        after_refused: step.after_refused.iter().map(|id| &**id).collect(),
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
