//! A step that is tried: what it does, what it costs, and what the `must`s about it come to, in a world that is rolled back.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::ends::{Member, Says};
use crate::eval::changes::Changed;
use crate::eval::choose::Choice;
use crate::eval::demand;
use crate::eval::effect::{At, Wave};
use crate::eval::finding::Subject;
use crate::eval::machine::Machine;
use crate::eval::mode::Decide;
use crate::eval::run::{Run, Which};
use crate::eval::value::{Bound, Quantity, Value};
use crate::program::{ExprId, Slot, Suggest};
use crate::report::Bytes;
use crate::types::Schema;
use crate::value::{Cell, Number, Size};

/// What differs from the world in which the step was refused.
pub(super) type State = BTreeMap<At, Changed>;

/// How bad an interruption is: none, so bad, or nobody knows.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Rank {
    Known(Number),
    Unknown,
}

impl Rank {
    /// No interruption.
    pub(super) fn none() -> Rank {
        Rank::Known(Number::default())
    }
}

/// What a step does and costs.
#[derive(Debug)]
pub(super) struct Deed {
    /// What differs behind it.
    pub(super) state: State,
    pub(super) rank: Rank,
    pub(super) bytes: Bytes,
}

/// What the `must`s about a step come to.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Judged {
    pub(super) violated: Vec<Which>,
    pub(super) unverified: Vec<Which>,
    /// Whether anything could not be judged for the limit of an evaluation.
    pub(super) limit: bool,
}

impl<'a> Run<'a> {
    /// Does something in the world that a state makes, with a step that says something else; the world is as it was afterwards.
    pub(super) fn inside<T>(
        &mut self,
        state: &State,
        members: &[Member<'_>],
        says: &[Cell],
        act: impl FnOnce(&mut Self) -> T,
    ) -> T {
        let mark = self.world.mark();
        for ((of, field, row), changed) in state {
            self.world.put(*of, *row, *field, Some(changed.clone()));
        }
        self.say(members, says);
        let found = act(self);
        self.world.roll_back(mark);
        found
    }

    /// What a step does in a state; nothing where it is no step, none can be chosen, or nothing changes.
    pub(super) fn deed(
        &mut self,
        suggest: &'a Suggest,
        subject: &Subject,
        musts: &[Which],
        (state, members, says): (&State, &[Member<'_>], &Says),
    ) -> Option<Rc<Deed>> {
        self.inside(state, members, says, |run| {
            let broken = demand::broken(run.program, &run.world, Schema::STEP, &[subject.row], run.options.steps);
            if !broken.is_empty() || !run.chooses(subject, musts) {
                return None;
            }
            let rank = match run.worth(suggest, subject, suggest.interruption) {
                None => Rank::none(),
                Some(Value::Number(rank)) => Rank::Known(rank.max(Number::default())),
                Some(_) => Rank::Unknown,
            };
            let bytes = bytes(run.worth(suggest, subject, suggest.volume).as_ref());
            let wave = std::mem::replace(&mut run.wave, Wave::of(1));
            run.act(subject);
            let done = std::mem::replace(&mut run.wave, wave);
            if done.after.is_empty() {
                return None;
            }
            let mut after = state.clone();
            after.extend(done.after);
            Some(Rc::new(Deed { state: after, rank, bytes }))
        })
    }

    /// Lets what is left out be chosen; whether that can be.
    pub(super) fn chooses(&mut self, subject: &Subject, musts: &[Which]) -> bool {
        let program = self.program;
        program.selects.iter().all(|select| {
            let choice = self.choose(select, subject, musts);
            matches!(choice, Choice::Named | Choice::Chosen { .. })
        })
    }

    fn worth(&mut self, suggest: &'a Suggest, subject: &Subject, of: Option<ExprId>) -> Option<Value<Decide>> {
        let of = of?;
        let fuel = self.options.steps.max(1);
        let mut machine = Machine::new(self.program, &self.world, &mut self.decide, fuel);
        let frame = machine.enter(suggest.slots.max(1));
        machine.bind(Slot(0), Bound::known(Value::Row(subject.of, subject.row)));
        let value = machine.eval(of);
        machine.leave(frame);
        Some(value)
    }

    /// What the `must`s say of a step in a state.
    pub(super) fn judge_trial(
        &mut self,
        subject: &Subject,
        musts: &[Which],
        (state, members, says): (&State, &[Member<'_>], &Says),
    ) -> Judged {
        self.inside(state, members, says, |run| {
            let mut judged = Judged::default();
            if !run.chooses(subject, musts) {
                judged.limit = true;
                return judged;
            }
            for (which, tally) in run.decide(subject, musts) {
                judged.limit |= tally.limit;
                if tally.violated > 0 {
                    judged.violated.push(which);
                } else if tally.unverified > 0 {
                    judged.unverified.push(which);
                }
            }
            judged
        })
    }
}

fn bytes(value: Option<&Value<Decide>>) -> Bytes {
    let (low, at_least) = match value {
        None => (0, false),
        Some(Value::Size(Size(bytes))) => (*bytes, false),
        Some(Value::Range(range)) => match range.low {
            Quantity::Size(Size(bytes)) => (bytes, true),
            _ => (0, true),
        },
        Some(_) => (0, true),
    };
    Bytes { known: u64::try_from(low).unwrap_or(0), at_least }
}
