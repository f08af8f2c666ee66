//! An explanation as JSON: the contract of `docs/cli.md`. Nothing is folded in it.

use schemars::{JsonSchema, Schema, SchemaGenerator};
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

/// The schema of an explanation, for the schema of all our JSON.
pub(in crate::render) fn described(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<Document<'static>>()
}

/// What `clearway explain PLAN --step ID --output-format json` writes.
#[derive(JsonSchema, Serialize)]
#[schemars(rename = "Explanation")]
struct Document<'a> {
    /// The version of this form: fields may be added under one version, none is renamed or removed.
    version: u32,
    /// What wrote this.
    tool: Tool,
    /// The plan's file; null where there is no such step.
    file: Option<&'a str>,
    /// The plan's name.
    plan: Option<&'a str>,
    /// The packs that judge it, as `name@version`.
    packs: Vec<&'a str>,
    /// The id of the step.
    step: Option<&'a str>,
    /// The transfer type; null where none was chosen.
    transfer: Option<&'a str>,
    /// The step's verdict.
    #[schemars(extend("enum" = ["permitted", "denied", "unverified", null]))]
    verdict: Option<&'static str>,
    /// The rules about it.
    rules: Vec<Rule<'a>>,
    /// What is wrong with plans, inventories, policies and the run itself.
    diagnostics: Vec<DiagnosticJson>,
}

/// A rule about the step.
#[derive(JsonSchema, Serialize)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "ExplainedRule")]
struct Rule<'a> {
    /// Its code.
    code: &'a str,
    /// Its name.
    rule: &'a str,
    /// Its title.
    title: &'a str,
    /// What it is.
    #[schemars(extend("enum" = ["rule", "matrix", "condition", "effect", "choice"]))]
    kind: &'static str,
    /// How hard it is.
    #[schemars(extend("enum" = ["must", "should", "note"]))]
    level: &'static str,
    /// The wave or the plan, where the rule is not about the step; null otherwise.
    about: Option<&'a str>,
    /// What it says of the step.
    #[schemars(extend("enum" = ["violated", "unverified", "noted", "satisfied", "not applicable", "not evaluated"]))]
    verdict: &'static str,
    /// Whether its findings are waived.
    waived: bool,
    /// The waiver; null where there is none.
    waiver: Option<Waiver<'a>>,
    /// Why it was not evaluated; null where it was.
    not_evaluated: Option<&'a str>,
    /// Where it is written.
    location: Option<Place>,
    /// Its evaluations.
    evaluations: Vec<Evaluation<'a>>,
}

/// An evaluation of a rule.
#[derive(JsonSchema, Serialize)]
struct Evaluation<'a> {
    /// The element it is about; null where it is about the step.
    subject: Option<&'a str>,
    /// What came of it.
    #[schemars(extend("enum" = ["violated", "unverified", "noted", "satisfied", "not applicable", "not evaluated"]))]
    verdict: &'static str,
    /// What it says; null where it says nothing.
    message: Option<&'a str>,
    /// What may be done; null where it says nothing.
    help: Option<&'a str>,
    /// The facts that are unknown, as routes.
    missing: Vec<&'a str>,
    /// The cell of the matrix that was hit; null for other rules.
    cell: Option<Cell<'a>>,
    /// Candidates that were passed over.
    passed: Vec<Passed<'a>>,
    /// Its clauses; empty where the rule has nothing to tell and was not asked for.
    clauses: Vec<ClauseJson<'a>>,
}

/// A cell of a matrix.
#[derive(JsonSchema, Serialize)]
#[schemars(rename = "ExplainedCell")]
struct Cell<'a> {
    /// The value that chose the row; null where it is unknown.
    row: Option<&'a str>,
    /// The value that chose the column; null where it is unknown.
    column: Option<&'a str>,
}

/// A clause of a rule.
#[derive(JsonSchema, Serialize)]
#[schemars(rename = "Clause")]
struct ClauseJson<'a> {
    /// The word it begins with.
    clause: &'static str,
    /// What `each` or `let` binds, or the candidates of `prefer`; null otherwise.
    name: Option<&'a str>,
    /// What it says.
    #[serde(flatten)]
    operand: Part<'a>,
}

/// An expression, and what came of it.
#[derive(JsonSchema, Serialize)]
struct Part<'a> {
    /// As it is written; of an element its name.
    text: String,
    /// What it is.
    #[schemars(extend("enum" = ["constant", "name", "fact", "definition", "connective", "alternative", "over list", "element", "other"]))]
    kind: &'static str,
    /// Its value; null where it has none.
    value: Option<&'a str>,
    /// Its truth; null where it is no condition and known.
    #[schemars(extend("enum" = ["true", "false", "unknown", null]))]
    truth: Option<&'static str>,
    /// Whether it decided.
    #[schemars(extend("enum" = ["decides", "counts", "did not matter", "not looked at"]))]
    weight: &'static str,
    /// Where it is written.
    location: Option<Place>,
    /// Where its value came from.
    origins: Vec<OriginJson<'a>>,
    /// Its parts.
    parts: Vec<Part<'a>>,
    /// Elements of a list that are not among the parts.
    more: u64,
}

/// Where a value came from.
#[derive(JsonSchema, Serialize)]
#[schemars(rename = "Origin")]
struct OriginJson<'a> {
    /// The route of the fact.
    route: &'a str,
    /// The value; null where it is unknown.
    value: Option<&'a str>,
    /// Where it came from.
    #[schemars(extend("enum" = ["written", "default", "unknown", "chosen", "step", "assumed"]))]
    from: &'static str,
    /// The step that made it so; null otherwise.
    step: Option<&'a str>,
    /// What it was before that step; null otherwise.
    before: Option<&'a str>,
    /// Why it is assumed, where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    because: Option<&'a str>,
    /// Where it stands; null where it stands in no file.
    location: Option<Place>,
}

/// A place in a text; lines and columns count from 1, columns in characters.
#[derive(JsonSchema, Serialize)]
struct Place {
    /// The file.
    file: String,
    /// The line.
    line: usize,
    /// The column.
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
        Source::Assumed(_) => ("assumed", None, None),
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
        because: match &origin.from {
            Source::Assumed(because) => Some(&**because),
            _ => None,
        },
        location: place(map, origin.span),
    }
}
