//! Holds the evaluation to the oracle: what both say of one plan, as lines that can be compared.

use clearway::check::tree::Policies;
use clearway::eval::{Options, Outcome as Said, PlanInput, PlanOutcome, RecordedSubject, Subjects, evaluate};
use clearway::facts::Facts as Store;
use clearway::program::Program;
use clearway::report::PlanVerdict;
use clearway::source::Span;
use clearway::types::{Schema, Type};
use clearway::value::Row;

use super::judge::{Evaluation, Outcome};
use super::plan::{self, Judgement};
use super::run::{self, line};

/// What the evaluation says of the plan in a store.
pub fn evaluated(program: &Program, store: &Store) -> PlanOutcome {
    let input = PlanInput {
        index: 0,
        file: "generated.plan.yaml".into(),
        name: "generated".into(),
        span: Span::NONE,
        subjects: Subjects::Plan(Row(0)),
        waivers: Vec::new(),
    };
    evaluate(program, store, &input, &Options { record: true, ..Options::default() })
}

/// What differs; nothing where both agree.
pub fn difference(policies: &Policies, store: &Store, judgement: &Judgement, outcome: &PlanOutcome) -> Option<String> {
    let oracle = of_oracle(policies, store, judgement);
    let program = of_program(outcome);
    if oracle == program {
        return None;
    }
    let lacks = |a: &[String], b: &[String]| -> String {
        let mut left = b.to_vec();
        let mut lacking = String::new();
        for line in a {
            match left.iter().position(|other| other == line) {
                Some(at) => drop(left.swap_remove(at)),
                None => lacking += &format!("  {line}\n"),
            }
        }
        lacking
    };
    Some(format!("oracle alone:\n{}program alone:\n{}", lacks(&oracle, &program), lacks(&program, &oracle)))
}

fn of_oracle(policies: &Policies, store: &Store, judgement: &Judgement) -> Vec<String> {
    let name = |row| match run::name(policies, store, row) {
        name if row.of == Schema::STEP => format!("step {name}"),
        name => name,
    };
    let mut lines = Vec::new();
    for judged in &judgement.judged {
        if !matches!(judged.evaluation.outcome, Outcome::NotEvaluated(_)) {
            lines.push(format!("{} {}: {}", name(judged.subject), judged.code, line(&judged.evaluation)));
        }
    }
    let values = policies.selects.first().and_then(|select| {
        match policies.schema.field(Schema::STEP, select.field)?.ty.required() {
            Type::Enum(id) => Some(policies.schema.enum_def(*id)?.values.clone()),
            _ => None,
        }
    });
    for step in &judgement.steps {
        let chosen = step.chosen.and_then(|place| values.as_ref()?.get(usize::from(place)).cloned());
        lines.push(verdict(&name(step.row), step.verdict, chosen.as_deref()));
    }
    lines.push(verdict("plan", judgement.verdict, None));
    lines.push(format!("{:?}", plan::account(&judgement.judged)));
    lines.sort();
    lines
}

fn of_program(outcome: &PlanOutcome) -> Vec<String> {
    let mut lines = Vec::new();
    for recorded in &outcome.recorded {
        let subject = match &recorded.of {
            RecordedSubject::Step(id) => format!("step {id}"),
            RecordedSubject::Wave(name) | RecordedSubject::Entity(name) => name.to_string(),
            RecordedSubject::Plan => "plan".to_owned(),
        };
        let said = match recorded.outcome {
            Said::Satisfied => Outcome::Satisfied,
            Said::NotApplicable => Outcome::NotApplicable,
            Said::Noted => Outcome::Noted,
            Said::Unverified | Said::Silent => Outcome::Unverified,
            Said::Violated => Outcome::Violated,
        };
        let evaluation = Evaluation {
            element: recorded.element.as_ref().map(ToString::to_string),
            outcome: said,
            missing: recorded.missing.iter().cloned().collect(),
            cells: None,
        };
        lines.push(format!("{subject} {}: {}", recorded.code, line(&evaluation)));
    }
    for step in &outcome.report.steps {
        let chosen = step.transfer.as_deref().filter(|_| step.transfer_chosen);
        lines.push(verdict(&format!("step {}", step.id), step.verdict, chosen));
    }
    lines.push(verdict("plan", outcome.report.verdict, None));
    lines.push(format!("{:?}", outcome.report.account));
    lines.sort();
    lines
}

fn verdict(subject: &str, verdict: PlanVerdict, chosen: Option<&str>) -> String {
    let chosen = chosen.map_or_else(String::new, |chosen| format!(", {chosen} chosen"));
    format!("{subject} is {}{chosen}", verdict.as_str())
}
