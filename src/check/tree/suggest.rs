//! What else may be tried where a step is refused.

use std::sync::Arc;

use super::{Binding, Expr, Frame, Message};
use crate::source::Span;

/// `suggest step { … }`
#[derive(Clone, PartialEq, Debug)]
pub struct Suggest {
    /// Its names; local 0 is the step.
    pub frame: Frame,
    /// Members of the step with their other values, in the order in which they are first named.
    pub variations: Vec<Variation>,
    /// What a step is to bring about.
    pub goals: Vec<Goal>,
    /// How much of an interruption a step is: a number, the less the better.
    pub interruption: Option<Expr>,
    /// The interruption in words.
    pub words: Option<Message>,
    /// How many bytes a step moves.
    pub volume: Option<Expr>,
    /// Where it stands.
    pub span: Span,
}

/// A member of the step that may say something else.
#[derive(Clone, PartialEq, Debug)]
pub struct Variation {
    /// The member as a path of names, as the plan writes it (`transfer`, `to.host`).
    pub path: Vec<Arc<str>>,
    /// The member: a stored field of the step or of a record in it.
    pub target: Expr,
    /// Lists of its other values at the end (`vary … in`).
    pub ends: Vec<Expr>,
    /// Lists of its other values on the way (`via … in`).
    pub stops: Vec<Expr>,
}

/// `reach F = E for x in xs where P`
#[derive(Clone, PartialEq, Debug)]
pub struct Goal {
    /// For each of what.
    pub bindings: Vec<Binding>,
    /// Under which condition.
    pub when: Option<Expr>,
    /// A stored field of a row.
    pub target: Expr,
    /// What it holds at the end.
    pub value: Expr,
}
