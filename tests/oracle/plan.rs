//! A plan as a whole: which steps are refused, what is chosen, what is left out, the verdicts and the books.

use std::collections::{BTreeMap, BTreeSet};

use clearway::check::tree::{Binding, Expr, Level, LocalId, Policies, Rule, RuleOrigin, Select, Subject};
use clearway::report::{Account, NotEvaluated, PlanVerdict};
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
}

/// A step as it was judged.
#[derive(Clone, PartialEq, Debug)]
pub struct StepOutcome {
    pub row: RowRef,
    pub verdict: PlanVerdict,
    /// What was chosen, as a value of the enum.
    pub chosen: Option<u16>,
}

/// A plan as it was judged.
#[derive(Clone, PartialEq, Debug)]
pub struct Judgement {
    pub judged: Vec<Judged>,
    pub steps: Vec<StepOutcome>,
    pub verdict: PlanVerdict,
}

/// Rows that are judged.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Subjects {
    pub steps: Vec<RowRef>,
    pub waves: Vec<RowRef>,
    pub plan: Vec<RowRef>,
    pub entities: Vec<RowRef>,
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
fn is_waived(world: &World, code: &str, row: RowRef, evaluation: &Evaluation) -> bool {
    let covers = |(waived, steps): &(String, Option<BTreeSet<RowRef>>)| {
        waived == code && steps.as_ref().is_none_or(|steps| steps.contains(&row))
    };
    matches!(evaluation.outcome, Outcome::Violated | Outcome::Unverified) && world.waivers.iter().any(covers)
}

/// Evaluations of all laws about a subject; nothing is left out yet but what is disabled.
fn evaluate(policies: &Policies, world: &World, row: RowRef) -> Vec<(bool, Judged)> {
    let walk = Walk::new(policies, world.clone());
    let mut all = Vec::new();
    for law in laws(policies, row) {
        let evaluations = if law.disabled {
            vec![Evaluation::once(Outcome::NotEvaluated(NotEvaluated::Disabled))]
        } else {
            (law.judge)(&walk, row)
        };
        for evaluation in evaluations {
            let waived = is_waived(world, law.code, row, &evaluation);
            let judged = Judged { code: law.code.to_owned(), level: law.level, subject: row, evaluation, waived };
            all.push((law.note, judged));
        }
    }
    all
}

/// Whether a `must` among them is violated.
fn denies(judged: &[(bool, Judged)]) -> bool {
    judged.iter().any(|(_, j)| j.level == Level::Must && !j.waived && j.evaluation.outcome == Outcome::Violated)
}

/// Every law, once, left out for a reason.
fn left_out(policies: &Policies, row: RowRef, reason: NotEvaluated) -> Vec<(bool, Judged)> {
    let once = |law: Law<'_>| {
        let reason = if law.disabled { NotEvaluated::Disabled } else { reason };
        let evaluation = Evaluation::once(Outcome::NotEvaluated(reason));
        (law.note, Judged { code: law.code.to_owned(), level: law.level, subject: row, evaluation, waived: false })
    };
    laws(policies, row).into_iter().map(once).collect()
}

/// What a choice says of a step: the rows of its two codes.
fn said(
    policies: &Policies,
    world: &World,
    select: &Select,
    row: RowRef,
    chosen: Evaluation,
    none: Evaluation,
) -> Vec<(bool, Judged)> {
    let judged = |id, evaluation: Evaluation| {
        let rule = policies.rule(id).expect("a rule of the policies");
        let evaluation = match rule.disabled {
            Some(_) => Evaluation::once(Outcome::NotEvaluated(NotEvaluated::Disabled)),
            None => evaluation,
        };
        // What is said of the choice is no note of a rule or an effect: a refusal does not silence it.
        let waived = id == select.chosen && is_waived(world, &rule.code, row, &evaluation);
        (false, Judged { code: rule.code.to_string(), level: rule.level, subject: row, evaluation, waived })
    };
    vec![judged(select.chosen, chosen), judged(select.none, none)]
}

/// A step: what is chosen for it, and everything that is said of it.
fn step(policies: &Policies, world: &mut World, row: RowRef) -> (Vec<(bool, Judged)>, Option<u16>) {
    let once = Evaluation::once;
    let Some(select) = policies.selects.first() else { return (evaluate(policies, world, row), None) };
    if world.cell(row, select.field).value != Value::None {
        let mut all = evaluate(policies, world, row);
        let (chosen, none) = (once(Outcome::NotApplicable), once(Outcome::NotApplicable));
        all.extend(said(policies, world, select, row, chosen, none));
        return (all, None);
    }
    let walk = Walk::new(policies, world.clone());
    for group in &select.prefer {
        let mut env = Env::from([(LocalId(0), Val::known(Value::Row(row)))]);
        let condition = group.condition.as_ref().map_or_else(|| Val::bool(true), |c| walk.eval(c, &mut env));
        match condition.as_truth() {
            Truth::False => continue,
            Truth::Unknown => {
                let unverified = Evaluation { missing: condition.missing, ..once(Outcome::Unverified) };
                let mut all = left_out(policies, row, NotEvaluated::NothingChosen);
                all.extend(said(policies, world, select, row, unverified.clone(), unverified));
                return (all, None);
            }
            Truth::True => {}
        }
        for candidate in &group.values {
            let tried = world.with(row, select.field, Val::known(Value::Enum(*candidate)));
            let mut all = evaluate(policies, &tried, row);
            if !denies(&all) {
                *world = tried;
                all.extend(said(policies, world, select, row, once(Outcome::Noted), once(Outcome::Satisfied)));
                return (all, Some(*candidate));
            }
        }
    }
    let mut all = left_out(policies, row, NotEvaluated::NothingChosen);
    let nothing = once(Outcome::NotEvaluated(NotEvaluated::NothingChosen));
    all.extend(said(policies, world, select, row, nothing, once(Outcome::Violated)));
    (all, None)
}

fn verdict_of(judged: &[(bool, Judged)]) -> PlanVerdict {
    let must =
        |outcome| judged.iter().any(|(_, j)| j.level == Level::Must && !j.waived && j.evaluation.outcome == outcome);
    match (must(Outcome::Violated), must(Outcome::Unverified)) {
        (true, _) => PlanVerdict::Denied,
        (false, true) => PlanVerdict::Unverified,
        (false, false) => PlanVerdict::Permitted,
    }
}

/// Rows on which a demand does not hold.
fn broken(policies: &Policies, world: &World, subjects: &Subjects) -> BTreeSet<RowRef> {
    let walk = Walk::new(policies, world.clone());
    let mut out = BTreeSet::new();
    for demand in &policies.demands {
        let listed = world.tables.listed.get(&demand.of).into_iter().flatten();
        let rows = listed.map(|at| RowRef { of: demand.of, at: *at, made: false });
        for row in rows.chain(subjects.steps.iter().copied().filter(|row| row.of == demand.of)) {
            let mut env = Env::from([(LocalId(0), Val::known(Value::Row(row)))]);
            if walk.eval(&demand.condition, &mut env).as_truth() == Truth::False {
                out.insert(row);
            }
        }
    }
    out
}

/// Judges a plan. Every step sees the inventory as given.
pub fn judge_plan(policies: &Policies, mut world: World, subjects: &Subjects) -> Judgement {
    let mut judged = Vec::new();
    let mut steps = Vec::new();
    world.out = broken(policies, &world, subjects);
    for row in subjects.steps.iter().filter(|row| !world.out.contains(row)).copied().collect::<Vec<RowRef>>().iter() {
        let (mut all, chosen) = step(policies, &mut world, *row);
        let verdict = verdict_of(&all);
        let refused = verdict == PlanVerdict::Denied;
        world.refused.insert(*row, refused);
        if refused {
            all = without_notes(all);
        }
        steps.push(StepOutcome { row: *row, verdict, chosen });
        judged.extend(all);
    }
    // A wave or a plan of which no step takes part is none.
    let steps_of = |row: RowRef, field| {
        let list = world.cell(row, field).as_list();
        list.elements.iter().any(|e| !matches!(e.value.value, Value::Row(step) if world.out.contains(&step)))
    };
    let waves = subjects.waves.iter().filter(|row| steps_of(**row, Schema::WAVE_STEPS));
    let plan = subjects.plan.iter().filter(|row| steps_of(**row, Schema::PLAN_STEPS));
    for row in waves.chain(plan).chain(&subjects.entities) {
        judged.extend(evaluate(policies, &world, *row));
    }
    let verdict = verdict_of(&judged);
    let mut judged: Vec<Judged> = judged.into_iter().map(|(_, judged)| judged).collect();
    judged.sort();
    Judgement { judged, steps, verdict }
}

/// Notes about a refused step are not evaluated: each of them once.
fn without_notes(all: Vec<(bool, Judged)>) -> Vec<(bool, Judged)> {
    let mut left_out = BTreeMap::new();
    let mut kept = Vec::new();
    for (note, judged) in all {
        let other_reason = matches!(judged.evaluation.outcome, Outcome::NotEvaluated(_));
        if note && !other_reason {
            left_out.entry(judged.code.clone()).or_insert(judged);
        } else {
            kept.push((note, judged));
        }
    }
    for (_, judged) in left_out {
        let evaluation = Evaluation::once(Outcome::NotEvaluated(NotEvaluated::Refused));
        kept.push((true, Judged { evaluation, waived: false, ..judged }));
    }
    kept
}

/// The books of a plan.
pub fn account(judged: &[Judged]) -> Account {
    let mut account = Account::default();
    for judged in judged {
        account.evaluations += 1;
        match judged.evaluation.outcome {
            _ if judged.waived => account.waived += 1,
            Outcome::Satisfied => account.satisfied += 1,
            Outcome::Violated => account.violated += 1,
            Outcome::Unverified => account.unverified += 1,
            Outcome::NotApplicable => account.not_applicable += 1,
            Outcome::Noted => account.noted += 1,
            Outcome::NotEvaluated(reason) => *account.not_evaluated.entry(reason).or_default() += 1,
        }
    }
    account
}
