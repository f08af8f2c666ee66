//! From the checked tree to a program: names become slots, fields become addresses, constants move into a pool, lists
//! that are filtered by a field become lookups, and conditions are split into what mentions an element and what does not.
//! It never fails: the checker has left out what could not be understood. The session calls it, and tests of policies.
#![deny(clippy::arithmetic_side_effects)]

mod expr;
mod item;
mod matrix;
mod reads;
mod written;

use crate::check::tree::{Expr, Frame, Policies};
use crate::program::{ExprId, Places, Program};

use expr::Lowering;

/// Compiles policies.
pub fn compile(policies: &Policies) -> Program {
    compile_with_places(policies).0
}

/// Compiles policies, and says of every expression where it stands: for explanations, which quote policies.
pub fn compile_with_places(policies: &Policies) -> (Program, Places) {
    let mut lowering = Lowering::new(policies);
    lowering.functions();
    lowering.gathers();
    lowering.demands();
    lowering.matrices();
    lowering.effects();
    lowering.rules();
    lowering.selects();
    lowering.suggest();
    let (mut program, places) = lowering.finish();
    reads::fill(policies, &mut program);
    (program, places)
}

/// Compiles one more expression into a program: what a test of a policy expects afterwards. Answers with the expression
/// and the number of locals its frame has.
pub fn compile_expr(policies: &Policies, program: &mut Program, frame: &Frame, expr: &Expr) -> (ExprId, u16) {
    let mut lowering = Lowering::resume(policies, std::mem::take(program));
    let id = lowering.expr(expr);
    *program = lowering.finish().0;
    reads::add(policies, program, expr);
    (id, item::slots(frame))
}
