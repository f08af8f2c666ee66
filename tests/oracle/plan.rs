//! A plan as a whole: in which worlds its steps are judged, which are refused, what they leave behind, the verdicts and
//! the books.

use std::collections::BTreeSet;

use clearway::check::tree::{EffectId, LocalId, Policies};
use clearway::report::{Account, PlanVerdict};
use clearway::types::{FieldId, Schema};
use clearway::value::Truth;

use super::choice::{Type, judge_step, typed};
use super::effect::{Deeds, Write, apply, deeds};
use super::expr::{Env, Walk};
use super::judge::Outcome;
use super::rules::{Judged, evaluate, has_must, without_notes};
use super::touch::touched;
use super::value::{RowRef, Val, Value};
use super::world::World;

/// A step as it was judged.
#[derive(Clone, PartialEq, Debug)]
pub struct StepOutcome {
    pub row: RowRef,
    pub verdict: PlanVerdict,
    /// What was chosen, as a value of the enum.
    pub chosen: Option<u16>,
    /// Effects that happened.
    pub effects: Vec<EffectId>,
    /// Refused steps without which it would be judged otherwise.
    pub after_refused: Vec<RowRef>,
}

/// A plan as it was judged.
#[derive(Clone, PartialEq, Debug)]
pub struct Judgement {
    pub judged: Vec<Judged>,
    /// In the order listed.
    pub steps: Vec<StepOutcome>,
    pub verdict: PlanVerdict,
    /// Cells that the plan leaves different, or that are no longer known.
    pub after: Vec<(RowRef, FieldId, Val)>,
}

/// Rows that are judged.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Subjects {
    pub steps: Vec<RowRef>,
    /// In the order in which they run.
    pub waves: Vec<RowRef>,
    pub plan: Vec<RowRef>,
    pub entities: Vec<RowRef>,
}

/// A world that steps change, wave by wave.
struct Course {
    /// The world before the wave.
    before: World,
    /// The same, less what steps of the wave have taken.
    taken: World,
    /// What steps of the wave do, one after the other.
    done: Vec<Vec<Write>>,
}

impl Course {
    fn new(world: &World) -> Course {
        Course { before: world.clone(), taken: world.clone(), done: Vec::new() }
    }

    /// Says by which type a step goes.
    fn goes_by(&mut self, policies: &Policies, step: RowRef, value: u16) {
        self.before = typed(policies, &self.before, step, value);
        self.taken = typed(policies, &self.taken, step, value);
    }

    /// A step of the wave happens.
    fn happens(&mut self, policies: &Policies, step: RowRef) -> Deeds {
        let done = deeds(&Walk::new(policies, self.taken.clone()), step);
        let taken: Vec<&Write> = done.writes.iter().filter(|write| write.takes).collect();
        apply(&mut self.taken, &policies.schema, &taken);
        self.done.push(done.writes.clone());
        done
    }

    /// The wave is over.
    fn end_wave(&mut self, policies: &Policies) {
        for writes in std::mem::take(&mut self.done) {
            apply(&mut self.before, &policies.schema, &writes.iter().collect::<Vec<_>>());
        }
        self.taken = self.before.clone();
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

/// The steps of a wave or a plan that take part.
fn steps_of(world: &World, row: RowRef, field: FieldId) -> Vec<RowRef> {
    let list = world.cell(row, field).as_list();
    let step = |e: &super::value::Element| match e.value.value {
        Value::Row(step) if !world.out.contains(&step) => Some(step),
        _ => None,
    };
    list.elements.iter().filter_map(step).collect()
}

fn verdict_of(judged: &[Judged]) -> PlanVerdict {
    match (has_must(judged, Outcome::Violated), has_must(judged, Outcome::Unverified)) {
        (true, _) => PlanVerdict::Denied,
        (false, true) => PlanVerdict::Unverified,
        (false, false) => PlanVerdict::Permitted,
    }
}

/// Rules that are violated or unverified, notes aside: by code and verdict.
fn troubles(judged: &[Judged]) -> BTreeSet<(String, Outcome)> {
    let trouble = |j: &&Judged| {
        !j.waived
            && j.level != clearway::check::tree::Level::Note
            && matches!(j.evaluation.outcome, Outcome::Violated | Outcome::Unverified)
    };
    judged.iter().filter(trouble).map(|j| (j.code.clone(), j.evaluation.outcome)).collect()
}

/// Judges a plan, step by step, or entities by themselves.
pub fn judge_plan(policies: &Policies, mut given: World, subjects: &Subjects) -> Judgement {
    let mut judged = Vec::new();
    let mut steps = Vec::new();
    given.out = broken(policies, &given, subjects);
    // The world as the steps that are not refused leave it, and one in which every step happens.
    let (mut real, mut other) = (Course::new(&given), Course::new(&given));
    let mut waves = Vec::new();
    let mut refused: Vec<(RowRef, BTreeSet<RowRef>)> = Vec::new();
    for wave in subjects.waves.iter().copied() {
        let members = steps_of(&given, wave, Schema::WAVE_STEPS);
        if !members.is_empty() {
            waves.push((wave, real.before.clone()));
        }
        for row in members {
            let (mut all, how) = judge_step(policies, &real.taken, row);
            // Up to the first refusal both worlds are one.
            let there = || judge_step(policies, &other.taken, row);
            let (all_there, how_there) = if refused.is_empty() { (all.clone(), how) } else { there() };
            let verdict = verdict_of(&all);
            let denied = verdict == PlanVerdict::Denied;
            let touches = touched(&Walk::new(policies, real.taken.clone()), row);
            let differs = troubles(&all) != troubles(&all_there) || how.chosen() != how_there.chosen();
            let causes = refused.iter().filter(|(_, touched)| differs && !touched.is_disjoint(&touches));
            let after_refused = causes.map(|(row, _)| *row).collect();
            if let Some(value) = how.chosen() {
                real.goes_by(policies, row, value);
            }
            let mut effects = Vec::new();
            if denied {
                all = without_notes(all);
                refused.push((row, touches));
            } else if how != Type::Undecided {
                effects = real.happens(policies, row).effects;
            }
            if let Type::Chosen(value) | Type::None(Some(value)) = how_there {
                other.goes_by(policies, row, value);
            }
            // A step of which no candidate is known goes by nothing, there as here.
            if !matches!(how_there, Type::Undecided | Type::None(None)) {
                other.happens(policies, row);
            }
            given.refused.insert(row, denied);
            steps.push(StepOutcome { row, verdict, chosen: how.chosen(), effects, after_refused });
            judged.extend(all);
        }
        real.end_wave(policies);
        other.end_wave(policies);
    }
    // Rules about waves and the plan know of every step by which type it goes, and whether it is refused.
    let decided = |mut world: World| {
        for step in &steps {
            if let Some(value) = step.chosen {
                world = typed(policies, &world, step.row, value);
            }
        }
        World { refused: given.refused.clone(), out: given.out.clone(), ..world }
    };
    for (wave, before) in waves {
        judged.extend(evaluate(policies, &decided(before), wave));
    }
    let whole = decided(given.clone());
    let plan = subjects.plan.iter().filter(|row| !steps_of(&given, **row, Schema::PLAN_STEPS).is_empty());
    for row in plan.chain(&subjects.entities) {
        judged.extend(evaluate(policies, &whole, *row));
    }
    let verdict = verdict_of(&judged);
    judged.sort();
    steps.sort_by_key(|step| step.row);
    let left = real.before.over.iter().filter(|((row, _), _)| row.of != Schema::STEP);
    let after = left.map(|((row, field), value)| (*row, *field, value.clone())).collect();
    Judgement { judged, steps, verdict, after }
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
