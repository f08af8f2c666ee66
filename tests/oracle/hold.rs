//! Holds the evaluation to the oracle: what both say of one plan, as lines that can be compared.

use std::collections::BTreeMap;

use clearway::check::tree::{Level, Policies};
use clearway::diag::Severity;
use clearway::eval::{
    self as program, Options, PlanInput, PlanOutcome, Recorded, RecordedSubject, Subjects, Waiver, evaluate,
};
use clearway::facts::Facts as Store;
use clearway::program::Program;
use clearway::report::PlanVerdict;
use clearway::source::Span;
use clearway::types::{Input, Schema, Type};
use clearway::value::Row;

use super::after;
use super::judge::{Evaluation, Outcome};
use super::laws::Said;
use super::plan::{self, Judgement};
use super::rules::Judged;
use super::run::{Names, line};
use super::value::{Facts, RowRef, routes, since};

/// What the evaluation says of the plan in a store.
pub fn evaluated(compiled: &Program, store: &Store) -> PlanOutcome {
    evaluated_waived(compiled, store, &[])
}

/// What it says where some codes are waived: everywhere, or for the steps of these rows.
pub fn evaluated_waived(compiled: &Program, store: &Store, waivers: &[(String, Option<Vec<usize>>)]) -> PlanOutcome {
    let id = |at: &usize| {
        let id = store.key_of(Schema::STEP, Row(u32::try_from(*at).expect("few steps"))).expect("an id");
        store.texts().get(id).clone()
    };
    let waiver = |(code, steps): &(String, Option<Vec<usize>>)| Waiver {
        code: code.as_str().into(),
        steps: steps.as_ref().map(|steps| steps.iter().map(id).collect()),
        note: Default::default(),
    };
    let input = PlanInput {
        index: 0,
        file: "generated.plan.yaml".into(),
        name: "generated".into(),
        named: true,
        span: Span::NONE,
        subjects: match compiled.schema.input {
            Input::Plan { .. } => Subjects::Plan(Row(0)),
            Input::Each { entity } => {
                Subjects::Entities((0..store.rows(entity)).map(|row| (Row(row), row + 1)).collect())
            }
        },
        waivers: waivers.iter().map(waiver).collect(),
    };
    let options = Options { record: true, ..Options::default() };
    let (left_out, _) = program::demands(compiled, store, options.steps);
    evaluate(compiled, store, &input, &Options { left_out, ..options })
}

/// What differs; nothing where both agree.
pub fn difference(policies: &Policies, store: &Store, judgement: &Judgement, outcome: &PlanOutcome) -> Option<String> {
    let oracle = of_oracle(policies, store, judgement, routes);
    let program = of_program(policies, store, outcome, routes);
    if oracle == program {
        return since_when(policies, store, judgement, outcome);
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

/// Whether what is missing since a step is so by the oracle, too. The program tells a fact once, by where it was read first.
fn since_when(policies: &Policies, store: &Store, judgement: &Judgement, outcome: &PlanOutcome) -> Option<String> {
    let oracle = said_by_oracle(policies, store, judgement);
    let same = |a: &Said, b: &Said| {
        (&a.code, &a.subject, &a.evaluation.element) == (&b.code, &b.subject, &b.evaluation.element)
            && b.evaluation.missing.is_subset(&a.evaluation.missing)
    };
    let strange = |said: &Said| said.evaluation.outcome == Outcome::Unverified && !oracle.iter().any(|o| same(o, said));
    let strange: Vec<Said> = said_by_program(outcome).into_iter().filter(strange).collect();
    (!strange.is_empty()).then(|| {
        let about = |said: &&Said| strange.iter().any(|s| (&s.code, &s.subject) == (&said.code, &said.subject));
        let oracle: Vec<Said> = oracle.iter().filter(about).cloned().collect();
        let all = |facts: &Facts| facts.clone();
        format!("oracle:\n  {}\nprogram:\n  {}", lines(&oracle, all).join("\n  "), lines(&strange, all).join("\n  "))
    })
}

/// What the oracle says, all but what is not evaluated.
pub fn said_by_oracle(policies: &Policies, store: &Store, judgement: &Judgement) -> Vec<Said> {
    let names = Names::new(policies, store);
    let said = |judged: &Judged| Said {
        code: judged.code.clone(),
        subject: called(&names, judged.subject),
        evaluation: judged.evaluation.clone(),
    };
    let evaluated = |judged: &&Judged| !matches!(judged.evaluation.outcome, Outcome::NotEvaluated(_));
    judgement.judged.iter().filter(evaluated).map(said).collect()
}

/// What the program says, all but what is not evaluated.
pub fn said_by_program(outcome: &PlanOutcome) -> Vec<Said> {
    // What a finding is missing it tells with the step that made it unknown.
    let mut told: BTreeMap<(&str, Place, Vec<&str>), Facts> = BTreeMap::new();
    for finding in &outcome.findings {
        let place = (finding.step.as_ref().map(ToString::to_string), finding.subject.as_ref().map(ToString::to_string));
        let mut routes: Vec<&str> = finding.missing.iter().map(|missing| missing.route.as_str()).collect();
        routes.sort_unstable();
        routes.dedup();
        let missing = |missing: &clearway::report::Missing| match &missing.step {
            Some(step) => since(&Facts::from([missing.route.clone()]), step).pop_first().expect("one"),
            None => missing.route.clone(),
        };
        told.entry((&finding.code, place, routes)).or_default().extend(finding.missing.iter().map(missing));
    }
    let said = |recorded: &Recorded| {
        let subject = match &recorded.of {
            RecordedSubject::Step(id) => format!("step {id}"),
            RecordedSubject::Wave(name) | RecordedSubject::Entity { name, .. } => name.to_string(),
            RecordedSubject::Plan => "plan".to_owned(),
        };
        let outcome = match recorded.outcome {
            program::Outcome::Satisfied => Outcome::Satisfied,
            program::Outcome::NotApplicable => Outcome::NotApplicable,
            program::Outcome::Noted => Outcome::Noted,
            program::Outcome::Unverified | program::Outcome::Silent => Outcome::Unverified,
            program::Outcome::Violated => Outcome::Violated,
        };
        let mut routes: Vec<&str> = recorded.missing.iter().map(String::as_str).collect();
        routes.sort_unstable();
        routes.dedup();
        let told = told.get(&(&*recorded.code, place(recorded), routes)).filter(|_| outcome == Outcome::Unverified);
        let evaluation = Evaluation {
            element: recorded.element.as_ref().map(ToString::to_string),
            outcome,
            missing: told.cloned().unwrap_or_else(|| recorded.missing.iter().cloned().collect()),
            cells: None,
        };
        Said { code: recorded.code.to_string(), subject, evaluation }
    };
    outcome.recorded.iter().map(said).collect()
}

/// Where a finding of an evaluation stands: its step and its subject.
type Place = (Option<String>, Option<String>);

fn place(recorded: &Recorded) -> Place {
    let element = recorded.element.as_deref();
    match &recorded.of {
        RecordedSubject::Step(id) => (Some(id.to_string()), element.map(str::to_owned)),
        RecordedSubject::Wave(wave) => {
            (None, Some(element.map_or_else(|| wave.to_string(), |element| format!("{element} in {wave}"))))
        }
        RecordedSubject::Plan | RecordedSubject::Entity { .. } => (None, element.map(str::to_owned)),
    }
}

fn called(names: &Names<'_>, row: RowRef) -> String {
    match names.of(row) {
        name if row.of == Schema::STEP => format!("step {name}"),
        name => name,
    }
}

fn lines(said: &[Said], missing: fn(&Facts) -> Facts) -> Vec<String> {
    let one = |said: &Said| {
        let evaluation = Evaluation { missing: missing(&said.evaluation.missing), ..said.evaluation.clone() };
        format!("{} {}: {}", said.subject, said.code, line(&evaluation))
    };
    said.iter().map(one).collect()
}

/// Everything that the oracle says, as lines; `missing` chooses what is told of missing facts.
pub fn of_oracle(
    policies: &Policies,
    store: &Store,
    judgement: &Judgement,
    missing: fn(&Facts) -> Facts,
) -> Vec<String> {
    let mut lines = lines(&said_by_oracle(policies, store, judgement), missing);
    let values = policies.selects.first().and_then(|select| {
        match policies.schema.field(Schema::STEP, select.field)?.ty.required() {
            Type::Enum(id) => Some(policies.schema.enum_def(*id)?.values.clone()),
            _ => None,
        }
    });
    let names = Names::new(policies, store);
    for step in &judgement.steps {
        let chosen = step.chosen.and_then(|place| values.as_ref()?.get(usize::from(place)).cloned());
        let effects = step.effects.iter().map(|id| &policies.effects[id.0 as usize]).filter(|effect| effect.in_cell);
        let effects: Vec<&str> = effects.map(|effect| &*effect.name).collect();
        let after: Vec<String> = step.after_refused.iter().map(|row| names.of(*row)).collect();
        let called = called(&names, step.row);
        lines.push(verdict(&called, step.verdict, chosen.as_deref(), &effects.join(" "), &after.join(" ")));
    }
    lines.push(verdict("plan", judgement.verdict, None, "", ""));
    lines.push(format!("{:?}", plan::account(&judgement.judged)));
    lines.extend(after::of_oracle(policies, store, judgement));
    lines.sort();
    lines
}

/// Everything that the program says, as lines.
pub fn of_program(
    policies: &Policies,
    store: &Store,
    outcome: &PlanOutcome,
    missing: fn(&Facts) -> Facts,
) -> Vec<String> {
    let mut lines = lines(&said_by_program(outcome), missing);
    for step in &outcome.report.steps {
        let chosen = step.transfer.as_deref().filter(|_| step.transfer_chosen);
        let (effects, after) = (step.effects.join(" "), step.after_refused.join(" "));
        lines.push(verdict(&format!("step {}", step.id), step.verdict, chosen, &effects, &after));
    }
    lines.push(verdict("plan", outcome.report.verdict, None, "", ""));
    lines.push(format!("{:?}", outcome.report.account));
    lines.extend(after::of_program(policies, store, outcome));
    lines.sort();
    lines
}

fn verdict(subject: &str, verdict: PlanVerdict, chosen: Option<&str>, effects: &str, after: &str) -> String {
    let mut line = format!("{subject} is {}", verdict.as_str());
    for (value, word) in [(chosen.unwrap_or_default(), " chosen"), (effects, " happened")] {
        if !value.is_empty() {
            line += &format!(", {value}{word}");
        }
    }
    if after.is_empty() { line } else { format!("{line}, after {after}") }
}

/// Whether what is told is what was found: a finding for each evaluation that is one, and no other.
pub fn findings_tell(policies: &Policies, outcome: &PlanOutcome) -> Result<(), String> {
    let level = |code: &str| {
        let rule = policies.rules.iter().find(|rule| *rule.code == *code).map(|rule| rule.level);
        rule.or_else(|| policies.matrices.iter().find(|m| *m.code == *code).map(|m| m.level)).expect("a code")
    };
    let mut expected = Vec::new();
    for recorded in &outcome.recorded {
        let (verdict, silent) = match recorded.outcome {
            program::Outcome::Satisfied | program::Outcome::NotApplicable => continue,
            program::Outcome::Violated => ("violated", false),
            program::Outcome::Unverified => ("unverified", false),
            program::Outcome::Silent => ("unverified", true),
            program::Outcome::Noted => ("noted", false),
        };
        let severity = match level(&recorded.code) {
            Level::Must if !silent => Severity::Error,
            Level::Note => Severity::Info,
            _ => Severity::Warning,
        };
        let (step, subject) = place(recorded);
        let mut missing = recorded.missing.clone();
        missing.sort();
        expected.push(format!("{} {step:?} {subject:?} {verdict} {severity:?} {missing:?}", recorded.code));
    }
    let told = |finding: &clearway::report::Finding| {
        let step = finding.step.as_ref().map(ToString::to_string);
        let subject = finding.subject.as_ref().map(ToString::to_string);
        let mut missing: Vec<String> = finding.missing.iter().map(|missing| missing.route.clone()).collect();
        missing.sort();
        let verdict = finding.verdict.as_str();
        format!("{} {step:?} {subject:?} {verdict} {:?} {missing:?}", finding.code, finding.severity)
    };
    let mut told: Vec<String> = outcome.findings.iter().map(told).collect();
    told.sort();
    expected.sort();
    if told == expected {
        Ok(())
    } else {
        Err(format!("found:\n  {}\ntold:\n  {}", expected.join("\n  "), told.join("\n  ")))
    }
}

/// Whether findings of matrices point at the cells that the oracle holds possible.
pub fn cells_agree(
    policies: &Policies,
    store: &Store,
    judgement: &Judgement,
    outcome: &PlanOutcome,
) -> Result<(), String> {
    let mut possible = Vec::new();
    let names = Names::new(policies, store);
    for judged in &judgement.judged {
        let Some((rows, columns)) = &judged.evaluation.cells else { continue };
        if matches!(judged.evaluation.outcome, Outcome::Violated | Outcome::Unverified) {
            let step = names.of(judged.subject);
            let element = judged.evaluation.element.as_deref().unwrap_or_default();
            possible.push(format!("{} {step} {element}: {rows:?} {columns:?}", judged.code));
        }
    }
    let hit = |finding: &clearway::report::Finding| {
        let cell = finding.cell.as_ref()?;
        let (step, element) = (finding.step.as_deref()?, finding.subject.as_deref().unwrap_or_default());
        Some(format!("{} {step} {element}: {:?} {:?}", finding.code, cell.rows, cell.columns))
    };
    let mut told: Vec<String> = outcome.findings.iter().filter_map(hit).collect();
    told.sort();
    possible.sort();
    if told == possible {
        Ok(())
    } else {
        Err(format!("possible:\n  {}\ntold:\n  {}", possible.join("\n  "), told.join("\n  ")))
    }
}
