//! Which type a step goes by: the one that the plan names, or the first of the candidates that is not denied.

use clearway::check::tree::{Policies, Select};
use clearway::report::NotEvaluated;
use clearway::value::Truth;

use super::expr::{Env, Walk};
use super::judge::{Evaluation, Outcome};
use super::rules::{Judged, evaluate, has_must, is_waived, left_out};
use super::value::{RowRef, Val, Value};
use super::world::World;
use clearway::check::tree::LocalId;

/// How it came out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Type {
    /// There is nothing to choose: the plan names it, or the pack knows no choice.
    Given,
    /// This one was chosen.
    Chosen(u16),
    /// Every candidate is denied; the last of them, where there is one.
    None(Option<u16>),
    /// Which are the candidates is not known.
    Undecided,
}

impl Type {
    /// What was chosen.
    pub fn chosen(self) -> Option<u16> {
        match self {
            Type::Chosen(value) => Some(value),
            _ => None,
        }
    }
}

/// Everything that is said of a step in a world, and the type it goes by.
pub fn judge_step(policies: &Policies, world: &World, row: RowRef) -> (Vec<Judged>, Type) {
    let once = Evaluation::once;
    let Some(select) = policies.selects.first() else { return (evaluate(policies, world, row), Type::Given) };
    if world.cell(row, select.field).value != Value::None {
        let mut all = evaluate(policies, world, row);
        let (chosen, none) = (once(Outcome::NotApplicable), once(Outcome::NotApplicable));
        all.extend(said(policies, world, select, row, chosen, none));
        return (all, Type::Given);
    }
    let walk = Walk::new(policies, world.clone());
    let mut last = None;
    for group in &select.prefer {
        let mut env = Env::from([(LocalId(0), Val::known(Value::Row(row)))]);
        let condition = group.condition.as_ref().map_or_else(|| Val::bool(true), |c| walk.eval(c, &mut env));
        match condition.as_truth() {
            Truth::False => continue,
            Truth::Unknown => {
                let unverified = Evaluation { missing: condition.missing, ..once(Outcome::Unverified) };
                let mut all = left_out(policies, row, NotEvaluated::NothingChosen);
                all.extend(said(policies, world, select, row, unverified.clone(), unverified));
                return (all, Type::Undecided);
            }
            Truth::True => {}
        }
        for candidate in &group.values {
            let mut all = evaluate(policies, &typed(policies, world, row, *candidate), row);
            if !has_must(&all, Outcome::Violated) {
                all.extend(said(policies, world, select, row, once(Outcome::Noted), once(Outcome::Satisfied)));
                return (all, Type::Chosen(*candidate));
            }
            last = Some(*candidate);
        }
    }
    let mut all = left_out(policies, row, NotEvaluated::NothingChosen);
    let nothing = once(Outcome::NotEvaluated(NotEvaluated::NothingChosen));
    all.extend(said(policies, world, select, row, nothing, once(Outcome::Violated)));
    (all, Type::None(last))
}

/// The world in which a step goes by a type.
pub fn typed(policies: &Policies, world: &World, row: RowRef, value: u16) -> World {
    match policies.selects.first() {
        Some(select) => world.with(row, select.field, Val::known(Value::Enum(value))),
        None => world.clone(),
    }
}

/// What a choice says of a step: the rows of its two codes.
fn said(
    policies: &Policies,
    world: &World,
    select: &Select,
    row: RowRef,
    chosen: Evaluation,
    none: Evaluation,
) -> Vec<Judged> {
    let judged = |id, evaluation: Evaluation| {
        let rule = policies.rule(id).expect("a rule of the policies");
        let evaluation = match rule.disabled {
            Some(_) => Evaluation::once(Outcome::NotEvaluated(NotEvaluated::Disabled)),
            None => evaluation,
        };
        let waived = id == select.chosen && is_waived(world, &rule.code, row, &evaluation);
        // What is said of the choice is no note of a rule or an effect: a refusal does not silence it.
        Judged { code: rule.code.to_string(), level: rule.level, subject: row, evaluation, waived, note: false }
    };
    vec![judged(select.chosen, chosen), judged(select.none, none)]
}
