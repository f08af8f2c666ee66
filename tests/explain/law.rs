//! The law of explanations: what is explained is what was decided, and the parts make the whole.

use std::sync::Arc;

use clearway::eval::{Explain, Options, Outcome, PlanInput, PlanOutcome, RecordedSubject, Subjects, demands, evaluate};
use clearway::facts::Facts;
use clearway::program::{Places, Program};
use clearway::report::{EvaluationExplanation, Judgement, Operand, OperandKind, StepExplanation, Weight, Word};
use clearway::source::Span;
use clearway::types::Schema;
use clearway::value::{Row, Truth};

/// The truth of a clause; true where there is none, nothing where it was not looked at.
fn truth(evaluation: &EvaluationExplanation, words: &[Word]) -> Option<Truth> {
    let mut whole = Truth::True;
    for clause in evaluation.clauses.iter().filter(|clause| words.contains(&clause.word)) {
        whole = whole.and(clause.operand.truth.filter(|_| clause.operand.weight != Weight::Unread)?);
    }
    Some(whole)
}

/// Every verdict follows from the clauses, and every chain from its parts.
pub fn holds(explanation: &StepExplanation) -> Result<(), String> {
    for rule in &explanation.rules {
        if (rule.left_out.is_some(), rule.evaluations.is_empty()) != (true, true) && rule.left_out.is_some() {
            return Err(format!("{} is left out and evaluated", rule.code));
        }
        if rule.kind == "choice" {
            continue;
        }
        for evaluation in &rule.evaluations {
            let when = truth(evaluation, &[Word::When, Word::Cell, Word::Note]);
            let must = truth(evaluation, &[Word::Must, Word::Should]);
            let empty =
                evaluation.subject.is_none() && evaluation.clauses.iter().any(|clause| clause.word == Word::Each);
            let fits = match evaluation.verdict {
                Judgement::Violated if rule.kind == "matrix" => when == Some(Truth::True),
                Judgement::Violated => when == Some(Truth::True) && must == Some(Truth::False),
                Judgement::Satisfied => when != Some(Truth::False) && must == Some(Truth::True),
                Judgement::NotApplicable => when != Some(Truth::True) || empty,
                Judgement::Noted => when == Some(Truth::True),
                Judgement::Unverified | Judgement::Silent => when != Some(Truth::False),
            };
            if !fits {
                let what = format!("{} of {}: {:?}", rule.code, explanation.step, evaluation.verdict);
                return Err(format!("{what}, but `when` is {when:?} and the obligation {must:?}\n{evaluation:#?}"));
            }
            for clause in &evaluation.clauses {
                parts(&clause.operand).map_err(|wrong| format!("{}: {wrong}", rule.code))?;
            }
        }
    }
    Ok(())
}

/// What was looked at has a value, what was not has none; of what decided there is one only where something did not.
fn parts(operand: &Operand) -> Result<(), String> {
    let element = matches!(operand.kind, OperandKind::Element(_));
    if (operand.weight == Weight::Unread) == operand.value.is_some() && !element {
        return Err(format!("read or not: {operand:#?}"));
    }
    let beside = |part: &Operand| matches!(part.weight, Weight::Idle | Weight::Unread);
    if operand.kind == OperandKind::Connective
        && operand.parts.iter().any(|part| part.weight == Weight::Decides)
        && !operand.parts.iter().any(beside)
    {
        return Err(format!("decides beside nothing: {operand:#?}"));
    }
    operand.parts.iter().try_for_each(parts)
}

/// Every step of an outcome, explained: evaluation by evaluation what was recorded.
pub fn agrees(program: &Program, places: &Arc<Places>, store: &Facts, outcome: &PlanOutcome) -> Result<(), String> {
    let input = PlanInput {
        index: 0,
        file: "generated.plan.yaml".into(),
        name: "generated".into(),
        named: true,
        span: Span::NONE,
        subjects: Subjects::Plan(Row(0)),
        waivers: Vec::new(),
    };
    let options = Options::default();
    let (left_out, _) = demands(program, store, options.steps);
    let chosen: Vec<_> = program.selects.iter().flat_map(|select| [select.chosen, select.none]).collect();
    for step in (0..store.rows(Schema::STEP)).map(Row) {
        let Some(id) = store.key_of(Schema::STEP, step).map(|id| store.texts().get(id).clone()) else { continue };
        let explain = Explain { step: id.clone(), code: None, places: places.clone() };
        let options = Options { left_out: left_out.clone(), explain: Some(explain), ..options.clone() };
        let explained = evaluate(program, store, &input, &options);
        if (&explained.report, &explained.findings) != (&outcome.report, &outcome.findings) {
            return Err(format!("an explanation of {id} changes what is found"));
        }
        let Some(explanation) = explained.explanation else { continue };
        holds(&explanation)?;
        let of_choice =
            |code: &str| chosen.iter().any(|at| program.rule(*at).is_some_and(|rule| &*rule.card.code == code));
        let mut recorded: Vec<_> = outcome
            .recorded
            .iter()
            .filter(|one| one.of == RecordedSubject::Step(id.clone()) && !of_choice(&one.code))
            .map(|one| (one.code.clone(), one.element.clone(), judgement(one.outcome), one.missing.clone()))
            .collect();
        let mut told: Vec<_> = explanation
            .rules
            .iter()
            .filter(|rule| !of_choice(&rule.code))
            .flat_map(|rule| rule.evaluations.iter().map(move |one| (rule, one)))
            .map(|(rule, one)| {
                let missing: Vec<String> = one.missing.iter().map(|missing| missing.route.clone()).collect();
                (rule.code.clone(), one.subject.clone(), one.verdict, missing)
            })
            .collect();
        recorded.sort();
        told.sort();
        if recorded != told {
            return Err(format!("{id}:\nrecorded {recorded:#?}\nexplained {told:#?}"));
        }
    }
    Ok(())
}

fn judgement(outcome: Outcome) -> Judgement {
    match outcome {
        Outcome::Satisfied => Judgement::Satisfied,
        Outcome::NotApplicable => Judgement::NotApplicable,
        Outcome::Noted => Judgement::Noted,
        Outcome::Unverified => Judgement::Unverified,
        Outcome::Silent => Judgement::Silent,
        Outcome::Violated => Judgement::Violated,
    }
}
