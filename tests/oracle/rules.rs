//! Every rule and matrix about one subject, judged in one world. No order of steps, no choice, no effects.

use std::collections::{BTreeMap, BTreeSet};

use clearway::check::tree::{Binding, Expr, Level, Policies, Rule, RuleOrigin, Subject};
use clearway::report::NotEvaluated;
use clearway::types::Schema;
use clearway::value::Truth;

use super::expr::{Env, Walk};
use super::judge::{Demanded, Evaluation, Outcome, judge, mentions, of_elements, places};
use super::matrix;
use super::value::{RowRef, Val, Value, or};
use super::world::World;

/// An evaluation with its code and its subject.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Judged {
    pub code: String,
    pub level: Level,
    pub subject: RowRef,
    pub evaluation: Evaluation,
    /// Violated or unverified, and waived: it counts no more.
    pub waived: bool,
    /// Whether it is a note of a rule or of an effect.
    pub note: bool,
}

/// Judges a subject.
type Judge<'a> = Box<dyn Fn(&Walk<'_>, RowRef) -> Vec<Evaluation> + 'a>;

/// A rule or a matrix.
struct Law<'a> {
    code: &'a str,
    level: Level,
    disabled: bool,
    note: bool,
    judge: Judge<'a>,
}

fn is_about(subject: Subject, row: RowRef) -> bool {
    match subject {
        Subject::Step => row.of == Schema::STEP,
        Subject::Wave => row.of == Schema::WAVE,
        Subject::Plan => row.of == Schema::PLAN,
        Subject::Entity(of) => row.of == of,
    }
}

/// All rules and matrices about a kind of subject, but for what is said of a choice.
fn laws(policies: &Policies, row: RowRef) -> Vec<Law<'_>> {
    let mut laws = Vec::new();
    for rule in policies.rules.iter().filter(|rule| is_about(rule.subject, row)) {
        let judge: Judge<'_> = match rule.origin {
            RuleOrigin::Chosen | RuleOrigin::NoneChosen => continue,
            RuleOrigin::Rule => Box::new(move |walk, row| judge_rule(walk, rule, row)),
            RuleOrigin::Cell(id) => {
                let matrix = policies.matrix(id).expect("a matrix of the policies");
                let place =
                    matrix.conditions.iter().position(|c| policies.rule(*c).is_some_and(|r| r.code == rule.code));
                let place = place.expect("a condition of its matrix");
                Box::new(move |walk, row| judge_condition(walk, matrix, rule, place, row))
            }
            RuleOrigin::Effect(id) => Box::new(move |walk, row| {
                let effect = walk.policies.effect(id).expect("an effect of the policies");
                let note =
                    effect.notes.iter().find(|n| walk.policies.rule(n.rule).is_some_and(|r| r.code == rule.code));
                let when = note.expect("a note of its effect").when.as_ref();
                vec![judge_effect(walk, &effect.bindings, [effect.when.as_ref(), when], row)]
            }),
        };
        let note = rule.level == Level::Note;
        laws.push(Law { code: &rule.code, level: rule.level, disabled: rule.disabled.is_some(), note, judge });
    }
    for matrix in policies.matrices.iter().filter(|matrix| is_about(matrix.subject, row)) {
        let judge = Box::new(move |walk: &Walk<'_>, row| judge_matrix(walk, matrix, row));
        let disabled = matrix.disabled.is_some();
        laws.push(Law { code: &matrix.code, level: matrix.level, disabled, note: false, judge });
    }
    laws
}

fn judge_rule(walk: &Walk<'_>, rule: &Rule, row: RowRef) -> Vec<Evaluation> {
    let demanded = |env: &mut Env| Demanded {
        when: Val::bool(true),
        obligation: rule.obligation.as_ref().map(|obligation| walk.eval(obligation, env)),
        cells: None,
    };
    judge(walk, &rule.bindings, rule.when.as_ref(), row, &|_| Val::bool(true), &demanded)
}

fn judge_matrix(walk: &Walk<'_>, table: &clearway::check::tree::Matrix, row: RowRef) -> Vec<Evaluation> {
    let demanded = |env: &mut Env| {
        let hit = matrix::hit(walk, table, env);
        let obligation = Some(matrix::verdict(table, &hit));
        Demanded { when: Val::bool(true), obligation, cells: Some(hit.cells) }
    };
    judge(walk, &table.bindings, table.when.as_ref(), row, &|_| Val::bool(true), &demanded)
}

fn judge_condition(
    walk: &Walk<'_>,
    table: &clearway::check::tree::Matrix,
    rule: &Rule,
    condition: usize,
    row: RowRef,
) -> Vec<Evaluation> {
    let elements = of_elements(&table.bindings);
    let free = !mentions(&table.rows, &elements) && !mentions(&table.columns, &elements);
    let is_hit = |env: &mut Env| matrix::condition_hit(table, &matrix::hit(walk, table, env), condition);
    let demanded = |env: &mut Env| {
        let when = is_hit(env);
        let holds = rule.obligation.as_ref().expect("a condition demands something");
        let obligation = if when.as_truth() == Truth::False { Val::bool(true) } else { walk.eval(holds, env) };
        Demanded { when, obligation: Some(obligation), cells: None }
    };
    let free = |env: &mut Env| if free { is_hit(env) } else { Val::bool(true) };
    judge(walk, &table.bindings, table.when.as_ref(), row, &free, &demanded)
}

/// A note of an effect: once a step, where the effect happens at one place and the note's own condition holds there.
fn judge_effect(walk: &Walk<'_>, bindings: &[Binding], when: [Option<&Expr>; 2], row: RowRef) -> Evaluation {
    let mut happens = Val::bool(false);
    for mut place in places(walk, bindings, Val::known(Value::Row(row))) {
        let mut here = place.member.clone();
        for part in when.into_iter().flatten() {
            if here.as_truth() != Truth::False {
                here = super::value::and(&here, &walk.eval(part, &mut place.env));
            }
        }
        happens = or(&happens, &here);
    }
    let (outcome, missing) = super::judge::verdict(&Val::bool(true), &happens, None);
    Evaluation { missing, ..Evaluation::once(outcome) }
}

/// Whether a waiver covers an evaluation.
pub fn is_waived(world: &World, code: &str, row: RowRef, evaluation: &Evaluation) -> bool {
    let covers = |(waived, steps): &(String, Option<BTreeSet<RowRef>>)| {
        waived == code && steps.as_ref().is_none_or(|steps| steps.contains(&row))
    };
    matches!(evaluation.outcome, Outcome::Violated | Outcome::Unverified) && world.waivers.iter().any(covers)
}

/// Evaluations of all laws about a subject; nothing is left out yet but what is disabled.
pub fn evaluate(policies: &Policies, world: &World, row: RowRef) -> Vec<Judged> {
    let walk = Walk::new(policies, world.clone());
    let mut all = Vec::new();
    for law in laws(policies, row) {
        let evaluations = if law.disabled {
            vec![Evaluation::once(Outcome::NotEvaluated(NotEvaluated::Disabled))]
        } else {
            (law.judge)(&walk, row)
        };
        all.extend(evaluations.into_iter().map(|evaluation| judged(world, &law, row, evaluation)));
    }
    all
}

fn judged(world: &World, law: &Law<'_>, row: RowRef, evaluation: Evaluation) -> Judged {
    let waived = is_waived(world, law.code, row, &evaluation);
    Judged { code: law.code.to_owned(), level: law.level, subject: row, evaluation, waived, note: law.note }
}

/// Whether a `must` among them has this outcome and counts.
pub fn has_must(judged: &[Judged], outcome: Outcome) -> bool {
    judged.iter().any(|j| j.level == Level::Must && !j.waived && j.evaluation.outcome == outcome)
}

/// Every law, once, left out for a reason.
pub fn left_out(policies: &Policies, row: RowRef, reason: NotEvaluated) -> Vec<Judged> {
    let once = |law: Law<'_>| {
        let reason = if law.disabled { NotEvaluated::Disabled } else { reason };
        let evaluation = Evaluation::once(Outcome::NotEvaluated(reason));
        Judged { code: law.code.to_owned(), level: law.level, subject: row, evaluation, waived: false, note: law.note }
    };
    laws(policies, row).into_iter().map(once).collect()
}

/// Notes about a refused step are not evaluated: each of them once.
pub fn without_notes(all: Vec<Judged>) -> Vec<Judged> {
    let mut left_out = BTreeMap::new();
    let mut kept = Vec::new();
    for judged in all {
        if judged.note && !matches!(judged.evaluation.outcome, Outcome::NotEvaluated(_)) {
            left_out.entry(judged.code.clone()).or_insert(judged);
        } else {
            kept.push(judged);
        }
    }
    for (_, judged) in left_out {
        let evaluation = Evaluation::once(Outcome::NotEvaluated(NotEvaluated::Refused));
        kept.push(Judged { evaluation, waived: false, ..judged });
    }
    kept
}
