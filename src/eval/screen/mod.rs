//! The screen: decides the rules of `input each` for many subjects at once, a column at a time, by the same three-valued
//! logic as the machine and with the same count of outcomes. It explains nothing and knows no fallback of its own: rules that
//! it does not cover it names, and the machine decides them. The evaluation of single entities calls it.
//!
//! A plan is compiled once per program: every expression is an operation that fills a lane, the same expression once however
//! many rules have it. It runs over chunks of subjects, small enough for their lanes to stay near.
#![deny(clippy::arithmetic_side_effects)]

mod build;
mod columns;
mod exec;
mod heads;
mod lane;
mod lists;
mod lower;
mod op;
mod pool;
mod texts;
mod verdict;

use std::sync::Arc;

use super::run::Which;
use super::which::judged_of;
use crate::facts::Facts;
use crate::program::{About, Program};
use crate::types::Input;
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
    uncovered: Vec<Uncovered>,
    /// All rules that are judged, in the order declared.
    judged: Vec<(Which, From)>,
    /// How many are switched off.
    disabled: u64,
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
    /// The screen of a program. That of a program that judges plans covers nothing.
    pub fn new(program: &Program) -> Screen {
        let Input::Each { entity } = program.schema.input else { return Screen::default() };
        let mut builder = build::Builder::new(program);
        let (mut uncovered, mut judged, mut disabled, mut covered) = (Vec::new(), Vec::new(), 0u64, 0usize);
        for which in Which::about(program, About::Entity(entity)) {
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
        let (plan, order) = builder.finish();
        Screen { plan, order, uncovered, judged, disabled }
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
    pub(super) fn over<'f>(&'f self, facts: &'f Facts, room: Lanes) -> Screening<'f> {
        Screening { work: exec::Work::new(&self.plan, &self.order, facts, room), decided: Decided::default() }
    }
}

/// A screen over facts.
pub(super) struct Screening<'f> {
    work: exec::Work<'f>,
    decided: Decided,
}

impl Screening<'_> {
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
