//! Demands: what has to hold of plans and inventories before policies can speak about them. One that is false is an error
//! of the input; the row takes no part.

use super::machine::{Machine, Scratch};
use super::mode::Decide;
use super::value::{Bound, Value};
use super::world::World;
use crate::diag::{Diagnostic, codes};
use crate::program::{Program, Slot};
use crate::source::Span;
use crate::value::{Row, StructId, Truth};

/// A row on which a demand is false.
pub(super) struct Broken {
    pub(super) row: Row,
    pub(super) diagnostic: Diagnostic,
}

/// The rows of a struct on which demands are false, demands in the order declared.
pub(super) fn broken(program: &Program, world: &World<'_>, of: StructId, rows: &[Row], steps: u64) -> Vec<Broken> {
    let mut scratch: Scratch<Decide> = Scratch::default();
    let mut broken = Vec::new();
    for row in rows {
        for demand in program.demands.iter().filter(|demand| demand.of == of) {
            let mut machine = Machine::new(program, world, &mut scratch, steps.max(1));
            let frame = machine.enter(demand.slots.max(1));
            machine.bind(Slot(0), Bound::known(Value::Row(of, *row)));
            let truth = machine.truth(demand.condition);
            let place = world.facts().row_place(of, *row).unwrap_or(Span::NONE);
            let diagnostic = if machine.exhausted() {
                let message = format!("a demand needs more than {steps} steps of evaluation");
                Some(
                    Diagnostic::error(codes::limit::EVALUATION_STEPS, place, message)
                        .also(demand.span, "demanded here")
                        .help("raise the limit, or make the demand look at fewer rows"),
                )
            } else if truth == Truth::False {
                let message = machine.message(&demand.because);
                Some(
                    Diagnostic::error(codes::input::DEMAND, place, message)
                        .also(demand.span, "demanded here")
                        .help("mend the input: what breaks a demand takes no part in the check"),
                )
            } else {
                None
            };
            machine.leave(frame);
            broken.extend(diagnostic.map(|diagnostic| Broken { row: *row, diagnostic }));
        }
    }
    broken
}
