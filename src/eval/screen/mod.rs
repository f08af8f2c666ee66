//! The screen: decides the rules of `input each` for many subjects at once, a column at a time, by the same three-valued
//! logic as the machine and with the same count of outcomes. It explains nothing and knows no fallback of its own: rules that
//! it does not cover it names, and the machine decides them. The evaluation of single entities calls it.
//!
//! A plan is compiled once per program: every expression is an operation that fills a lane, the same expression once however
//! many rules have it. It runs over chunks of subjects, small enough for their lanes to stay near.
#![deny(clippy::arithmetic_side_effects)]

mod acts;
mod build;
mod columns;
mod exec;
mod heads;
mod lane;
mod lists;
mod lower;
mod meter;
mod op;
mod pool;
mod texts;
mod verdict;

use std::sync::Arc;

use super::effect::Write;
use super::input::Clock;
use super::run::Which;
use super::which::judged_of;
use super::world::World;
use crate::facts::Facts;
use crate::program::{About, Program};
use crate::types::{FieldId, Input, Schema};
use crate::value::{Row, StructId};

pub(super) use lane::Lanes;
pub(super) use verdict::Decided;

/// Subjects that are decided together.
pub(super) const CHUNK: usize = 512;

/// What decides the rules of a program for many subjects at once. It is compiled once, for as many evaluations as there are,
/// on as many threads as there are.
#[derive(Debug, Default)]
pub struct Screen {
    plan: op::Plan,
    /// The operations that are needed, in order.
    order: Vec<u32>,
    /// The first of the covered rules that each of these is needed for; as many as there are rules: an effect.
    needed_for: Vec<usize>,
    uncovered: Vec<Uncovered>,
    /// All rules that are judged, in the order declared.
    judged: Vec<(Which, From)>,
    /// How many are switched off.
    disabled: u64,
    /// What reads fields that the steps of a plan write to.
    moving: Vec<acts::Moving>,
}

/// What decides a rule, and its place among those that are decided by it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum From {
    Screen(usize),
    Machine(usize),
}

/// A rule that a screen leaves to the machine.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Uncovered {
    /// Its code.
    pub code: Arc<str>,
    /// What it asks that a screen cannot.
    pub because: &'static str,
    which: Which,
}

impl Screen {
    /// The screen of a program.
    pub fn new(program: &Program) -> Screen {
        let (entity, about) = match program.schema.input {
            Input::Each { entity } => (entity, About::Entity(entity)),
            Input::Plan { .. } => (Schema::STEP, About::Step),
        };
        let mut builder = build::Builder::new(program);
        let (mut uncovered, mut judged, mut disabled, mut covered) = (Vec::new(), Vec::new(), 0u64, 0usize);
        for which in Which::about(program, about) {
            let (Some(card), Some((head, says))) = (which.card(program), judged_of(program, which)) else { continue };
            if card.disabled.is_some() {
                disabled = disabled.saturating_add(1);
                continue;
            }
            let from = match builder.rule(entity, which, head, says) {
                Ok(()) => {
                    covered = covered.saturating_add(1);
                    From::Screen(covered.saturating_sub(1))
                }
                Err(because) => {
                    uncovered.push(Uncovered { code: card.code.clone(), because, which });
                    From::Machine(uncovered.len().saturating_sub(1))
                }
            };
            judged.push((which, from));
        }
        let effects = if entity == Schema::STEP { program.effects.as_slice() } else { &[] };
        for effect in effects {
            let effect = builder.effect(effect).ok();
            builder.plan.effects.push(effect);
        }
        let (plan, order, needed_for) = builder.finish();
        let moving = acts::moving(&plan, &order, &acts::written(program));
        Screen { plan, order, needed_for, uncovered, judged, disabled, moving }
    }

    /// How many rules it covers.
    pub fn covers(&self) -> usize {
        self.plan.rules.len()
    }

    /// The rules that it does not cover.
    pub fn uncovered(&self) -> &[Uncovered] {
        &self.uncovered
    }

    /// All rules that are judged, in the order declared.
    pub(super) fn judged(&self) -> &[(Which, From)] {
        &self.judged
    }

    /// How many are switched off.
    pub(super) fn disabled(&self) -> u64 {
        self.disabled
    }

    /// Those that it does not cover.
    pub(super) fn others(&self) -> impl Iterator<Item = Which> {
        self.uncovered.iter().map(|uncovered| uncovered.which)
    }

    /// Whether the fields of other rows than the subjects are read from a struct.
    pub(super) fn reaches(&self, of: StructId) -> bool {
        self.plan.reached.contains(&of)
    }

    /// Whether facts are not too many for it.
    pub(super) fn fits(&self, facts: &Facts) -> bool {
        let most = u64::from(u32::MAX >> 1);
        pool::Pool::fits(&self.plan, facts.texts())
            && facts.total_rows() < most
            && u64::from(facts.lists()) < most
            && !self.plan.rules.is_empty()
    }

    /// What decides facts, in room that was used before.
    pub(super) fn over<'f>(&'f self, facts: &'f Facts, room: Lanes, clock: Option<&Clock>) -> Screening<'f> {
        let mut work = exec::Work::new(&self.plan, &self.order, facts, None, room);
        work.meter = clock.map(|clock| meter::Meter::new(clock.clone(), &self.needed_for));
        Screening { work, decided: Decided::default() }
    }

    /// Decides the covered rules for a chunk of steps in the world as it is by now, and what covered effects do. Answers like
    /// [`Screening::decide`].
    pub(super) fn look_ahead(
        &self,
        world: &World<'_>,
        rows: &[Row],
        steps: u64,
        room: (Lanes, &mut Decided),
    ) -> (Lanes, Option<u64>) {
        let mut work = exec::Work::new(&self.plan, &self.order, world.facts(), Some(world.changes()), room.0);
        let spent = work.run(rows, steps);
        if spent.is_some() {
            room.1.read(&work, rows.len());
        }
        (work.lanes, spent)
    }

    /// The cells that were read for a step in fields that steps write to.
    pub(super) fn cells_read(&self, lanes: &Lanes, step: usize, read: &mut dyn FnMut(StructId, Row, FieldId)) {
        acts::cells_read(lanes, &self.moving, step, read);
    }

    /// Whether an effect happens for a step; nothing: the machine knows.
    pub(super) fn happens(&self, lanes: &Lanes, effect: usize, step: usize) -> Option<bool> {
        acts::happens(lanes, self.plan.effects.get(effect)?.as_ref()?, step)
    }

    /// What an effect writes for a step. False: the machine knows.
    pub(super) fn writes(
        &self,
        lanes: &Lanes,
        facts: &Facts,
        (effect, step): (usize, usize),
        out: &mut Vec<Write>,
    ) -> bool {
        let Some(Some(effect)) = self.plan.effects.get(effect) else { return false };
        let before = out.len();
        let known = acts::writes(lanes, effect, facts.texts().len(), step, out);
        if !known {
            out.truncate(before);
        }
        known
    }
}

/// A screen over facts.
pub(super) struct Screening<'f> {
    work: exec::Work<'f>,
    decided: Decided,
}

impl Screening<'_> {
    /// What a covered rule took so far, in nanoseconds, where that is measured. What several rules need counts for the first.
    pub(super) fn nanos(&self, rule: usize) -> Option<u64> {
        Some(self.work.meter.as_ref()?.nanos(rule))
    }

    /// The room, to be used again.
    pub(super) fn room(self) -> Lanes {
        self.work.lanes
    }

    /// Decides the covered rules for a chunk of subjects. Answers with what was spent on them at most; nothing where that is
    /// not less than the steps that one subject may cost, or where the machine has to look at them.
    pub(super) fn decide(&mut self, rows: &[Row], steps: u64) -> Option<(&Decided, u64)> {
        let spent = self.work.run(rows, steps)?;
        self.decided.read(&self.work, rows.len());
        Some((&self.decided, spent))
    }
}
