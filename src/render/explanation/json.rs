//! An explanation as JSON: the contract of `docs/cli.md`. Nothing is folded in it.

use serde::Serialize;

use super::super::json::{self, DiagnosticJson, Passed, Tool, Waiver};
use super::rows::quoted;
use crate::diag::Diagnostic;
use crate::report::{
    Clause, EvaluationExplanation, Judgement, Operand, OperandKind, Origin, Report, RuleExplanation, Source,
    StepExplanation,
};
use crate::source::{SourceMap, Span};

/// An explanation with everything in it. `whole`: rules that have nothing to tell have their clauses, too.
pub fn json(
    map: &SourceMap,
    report: &Report,
    explanation: Option<&StepExplanation>,
    whole: bool,
    diagnostics: &[Diagnostic],
) -> String {
    let found = explanation.and_then(|explanation| super::found(report, explanation));
    let rules = explanation.map_or(&[][..], |explanation| &explanation.rules);
    json::written(&Document {
        version: 1,
        tool: json::tool(),
        file: found.map(|(plan, _)| &*plan.file),
        plan: found.map(|(plan, _)| &*plan.plan),
        packs: found.map(|(plan, _)| plan.packs.iter().map(|pack| &**pack).collect()).unwrap_or_default(),
        step: found.map(|(_, step)| &*step.id),
        transfer: found.and_then(|(_, step)| step.transfer.as_deref()),
        verdict: found.map(|(_, step)| step.verdict.as_str()),
        rules: rules.iter().map(|rule| self::rule(map, rule, whole)).collect(),
        diagnostics: json::diagnostics(map, diagnostics),
    })
}

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    tool: Tool,
    file: Option<&'a str>,
    plan: Option<&'a str>,
    packs: Vec<&'a str>,
    step: Option<&'a str>,
    transfer: Option<&'a str>,
    verdict: Option<&'static str>,
    rules: Vec<Rule<'a>>,
    diagnostics: Vec<DiagnosticJson>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Rule<'a> {
    code: &'a str,
    rule: &'a str,
    title: &'a str,
    kind: &'static str,
    level: &'static str,
    about: Option<&'a str>,
    verdict: &'static str,
    waived: bool,
    waiver: Option<Waiver<'a>>,
    not_evaluated: Option<&'a str>,
    location: Option<Place>,
    evaluations: Vec<Evaluation<'a>>,
}

#[derive(Serialize)]
struct Evaluation<'a> {
    subject: Option<&'a str>,
    verdict: &'static str,
    message: Option<&'a str>,
    help: Option<&'a str>,
    missing: Vec<&'a str>,
    cell: Option<Cell<'a>>,
    passed: Vec<Passed<'a>>,
    clauses: Vec<ClauseJson<'a>>,
}

#[derive(Serialize)]
struct Cell<'a> {
    row: Option<&'a str>,
    column: Option<&'a str>,
}

#[derive(Serialize)]
struct ClauseJson<'a> {
    clause: &'static str,
    name: Option<&'a str>,
    #[serde(flatten)]
    operand: Part<'a>,
}

#[derive(Serialize)]
struct Part<'a> {
    /// As it is written; of an element its name.
    text: String,
    kind: &'static str,
    value: Option<&'a str>,
    truth: Option<&'static str>,
    weight: &'static str,
    location: Option<Place>,
    origins: Vec<OriginJson<'a>>,
    parts: Vec<Part<'a>>,
    more: u64,
}

#[derive(Serialize)]
struct OriginJson<'a> {
    route: &'a str,
    value: Option<&'a str>,
    from: &'static str,
    step: Option<&'a str>,
    before: Option<&'a str>,
    location: Option<Place>,
}

#[derive(Serialize)]
struct Place {
    file: String,
    line: usize,
    column: usize,
}

fn place(map: &SourceMap, span: Span) -> Option<Place> {
    map.locate(span).map(|place| Place { file: place.file.to_string(), line: place.line, column: place.column })
}

fn rule<'a>(map: &SourceMap, rule: &'a RuleExplanation, whole: bool) -> Rule<'a> {
    let judgement = rule.judgement();
    let told = whole || judgement.is_some_and(Judgement::is_finding);
    Rule {
        code: &rule.code,
        rule: &rule.rule,
        title: &rule.title,
        kind: rule.kind,
        level: rule.level,
        about: rule.about.as_deref(),
        verdict: judgement.map_or("not evaluated", Judgement::as_str),
        waived: rule.waiver.is_some(),
        waiver: rule.waiver.as_deref().map(|note| Waiver::of(map, note)),
        not_evaluated: rule.left_out.as_deref(),
        location: place(map, rule.span),
        evaluations: rule.evaluations.iter().map(|evaluation| self::evaluation(map, evaluation, told)).collect(),
    }
}

fn evaluation<'a>(map: &SourceMap, evaluation: &'a EvaluationExplanation, told: bool) -> Evaluation<'a> {
    let passed = evaluation.passed.iter().map(Passed::from);
    Evaluation {
        subject: evaluation.subject.as_deref(),
        verdict: evaluation.verdict.as_str(),
        message: evaluation.message.as_deref(),
        help: evaluation.help.as_deref(),
        missing: evaluation.missing.iter().map(|missing| &*missing.route).collect(),
        cell: evaluation.cell.as_ref().map(|cell| Cell { row: cell.row.as_deref(), column: cell.column.as_deref() }),
        passed: passed.collect(),
        clauses: evaluation.clauses.iter().filter(|_| told).map(|clause| self::clause(map, clause)).collect(),
    }
}

fn clause<'a>(map: &SourceMap, clause: &'a Clause) -> ClauseJson<'a> {
    ClauseJson { clause: clause.word.as_str(), name: clause.name.as_deref(), operand: part(map, &clause.operand) }
}

fn part<'a>(map: &SourceMap, operand: &'a Operand) -> Part<'a> {
    let (kind, text) = match &operand.kind {
        OperandKind::Constant => ("constant", None),
        OperandKind::Name => ("name", None),
        OperandKind::Fact => ("fact", None),
        OperandKind::Definition => ("definition", None),
        OperandKind::Connective => ("connective", None),
        OperandKind::Alternative => ("alternative", None),
        OperandKind::OverList => ("over list", None),
        OperandKind::Element(name) => ("element", Some(name.clone())),
        OperandKind::Other => ("other", None),
    };
    Part {
        text: text.unwrap_or_else(|| quoted(map, operand.span)),
        kind,
        value: operand.value.as_deref(),
        truth: operand.truth_word(),
        weight: operand.weight.as_str(),
        location: place(map, operand.span),
        origins: operand.origins.iter().map(|origin| self::origin(map, origin)).collect(),
        parts: operand.parts.iter().map(|operand| part(map, operand)).collect(),
        more: operand.more,
    }
}

fn origin<'a>(map: &SourceMap, origin: &'a Origin) -> OriginJson<'a> {
    let (from, step, before) = match &origin.from {
        Source::Written => ("written", None, None),
        Source::Default => ("default", None, None),
        Source::Unknown => ("unknown", None, None),
        Source::Chosen => ("chosen", None, None),
        Source::Step(step, before) => ("step", Some(&**step), before.as_deref()),
    };
    OriginJson {
        route: &origin.route,
        value: origin.value.as_deref(),
        from,
        step,
        before,
        location: place(map, origin.span),
    }
}
