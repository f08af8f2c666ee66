//! The evaluator: runs a compiled program over facts and says what it finds, with everything that explains it. It reads
//! no text and no syntax, and draws nothing. The session calls it, and tests of policies.
//!
//! One machine runs in two modes: it *decides* without keeping evidence, and what has something to tell is evaluated again
//! *tracing*.
#![deny(clippy::arithmetic_side_effects)]

mod ahead;
mod apart;
mod builtin;
mod changes;
mod choose;
mod compare;
mod demand;
mod derived;
mod effect;
mod entities;
mod entry;
mod explain;
mod finding;
mod follow;
mod gather;
mod input;
mod judge;
mod kept;
mod list;
mod machine;
mod matrix;
mod mode;
mod operand;
mod plan;
mod run;
mod screen;
mod search;
mod second;
mod shared;
mod show;
mod value;
mod verdicts;
mod which;
mod world;

pub use changes::Changes;
pub use input::{
    Clock, DEFAULT_STEPS, Explain, Options, PlanInput, PlanOutcome, Recorded, RecordedSubject, Selection, Subjects,
    Suggesting, Waiver, WaiverUse,
};
pub use judge::Outcome;
pub use kept::{EvaluationKey, Keep, Kept};
pub use screen::{Screen, Uncovered};
pub use verdicts::{Sieve, Sifted, Verdict, Verdicts};

use crate::diag::Diagnostic;
use crate::facts::Facts;
use crate::program::{ExprId, Program, Slot};
use crate::types::{Const, Schema, StructKind};
use crate::value::{Row, StructId, Truth};

/// Evaluates a plan, or a file of single entities, whose facts are loaded.
pub fn evaluate(program: &Program, facts: &Facts, input: &PlanInput, options: &Options) -> PlanOutcome {
    run::Run::new(program, facts, input, options).all()
}

/// Evaluates a file of single entities, whose facts are loaded, without explaining anything: which rules have something to
/// tell of which rows. It takes as it is what [`Options`] say of evaluations that are kept, recorded or explained.
pub fn verdicts(program: &Program, facts: &Facts, input: &PlanInput, options: &Options) -> Verdicts {
    run::Run::new(program, facts, input, options).verdicts()
}

/// Gives the texts that a policy writes out a place among those of the facts, so that an effect can write them into a cell.
/// What is evaluated without it takes such a text, where no input has it, for unknown behind the step.
pub fn prepare(program: &Program, facts: &mut Facts) {
    fn texts<'a>(value: &'a Const, take: &mut dyn FnMut(&'a str)) {
        match value {
            Const::Text(text) => take(text),
            Const::List(values) => values.iter().for_each(|value| texts(value, take)),
            _ => {}
        }
    }
    for value in &program.consts {
        texts(value, &mut |text| {
            facts.texts_mut().intern(text);
        });
    }
}

/// What demands an inventory breaks, and the rows that take no part for it: for [`Options::left_out`]. Demands on steps,
/// and on the entity of `input each`, are looked at by [`evaluate`].
pub fn demands(program: &Program, facts: &Facts, steps: u64) -> (Vec<(StructId, Row)>, Vec<Diagnostic>) {
    let world = world::World::new(program, facts);
    let each = match program.schema.input {
        crate::types::Input::Each { entity } => Some(entity),
        crate::types::Input::Plan { .. } => None,
    };
    let (mut left_out, mut diagnostics) = (Vec::new(), Vec::new());
    for (of, definition) in program.schema.structs() {
        let of_plan = [Schema::PLAN, Schema::WAVE, Schema::STEP].contains(&of);
        if of_plan || each == Some(of) || definition.kind == StructKind::Record {
            continue;
        }
        let rows: Vec<Row> = (0..facts.rows(of)).map(Row).collect();
        for broken in demand::broken(program, &world, of, &rows, steps) {
            left_out.push((of, broken.row));
            diagnostics.push(broken.diagnostic);
        }
    }
    left_out.dedup();
    (left_out, diagnostics)
}

/// Whether a condition holds behind the last step of an evaluation that was recorded, and which facts are missing to know
/// it, as routes. The rows are bound to the first locals of its frame.
pub fn holds_afterwards(
    program: &Program,
    facts: &Facts,
    outcome: &PlanOutcome,
    condition: ExprId,
    slots: u16,
    rows: &[Option<(StructId, Row)>],
) -> (Truth, Vec<String>) {
    let world = world::World::new(program, facts).with(outcome.after.clone());
    let mut scratch = machine::Scratch::<mode::Trace>::default();
    let mut machine = machine::Machine::new(program, &world, &mut scratch, DEFAULT_STEPS);
    let frame = machine.enter(slots);
    for (slot, row) in (0u16..).map(Slot).zip(rows) {
        let value = row.map_or(value::Value::Unknown, |(of, row)| value::Value::Row(of, row));
        machine.bind(slot, value::Bound::known(value));
    }
    let bound = machine.bound(condition);
    let missing = machine.missing(bound.why.lacks());
    machine.leave(frame);
    (bound.value.truth(), missing.into_iter().map(|missing| missing.route).collect())
}
