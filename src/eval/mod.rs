//! The evaluator: runs a compiled program over facts and says what it finds, with everything that explains it. It reads
//! no text and no syntax, and draws nothing. The session calls it, and tests of policies.
//!
//! One machine runs in two modes: it *decides* without keeping evidence, and what has something to tell is evaluated again
//! *tracing*.
#![deny(clippy::arithmetic_side_effects)]

mod builtin;
mod choose;
mod compare;
mod demand;
mod finding;
mod input;
mod judge;
mod list;
mod machine;
mod matrix;
mod mode;
mod plan;
mod run;
mod show;
mod value;
mod world;

pub use input::{
    DEFAULT_STEPS, Options, PlanInput, PlanOutcome, Recorded, RecordedSubject, Selection, Subjects, Waiver,
};
pub use judge::Outcome;

use crate::diag::Diagnostic;
use crate::facts::Facts;
use crate::program::Program;
use crate::types::{Schema, StructKind};
use crate::value::{Row, StructId};

/// Evaluates a plan, or a file of single entities, whose facts are loaded.
pub fn evaluate(program: &Program, facts: &Facts, input: &PlanInput, options: &Options) -> PlanOutcome {
    run::Run::new(program, facts, input, options).all()
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
