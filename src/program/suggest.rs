//! What else may be tried where a step is refused.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::node::ExprId;
use super::rule::{Head, Message};

/// Alternatives to a step. Local 0 of every frame is the step.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Suggest {
    /// How many locals the frame has.
    pub slots: u16,
    /// Members of the step with their other values.
    pub variations: Vec<Variation>,
    /// What a step is to bring about.
    pub goals: Vec<Goal>,
    /// How much of an interruption a step is: a number, the less the better.
    pub interruption: Option<ExprId>,
    /// The interruption in words.
    pub words: Option<Message>,
    /// How many bytes a step moves.
    pub volume: Option<ExprId>,
}

/// A member of the step that may say something else.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Variation {
    /// The member, as the plan writes it (`transfer`, `to.host`).
    pub member: Arc<str>,
    /// The member: a stored field of the step or of a record in it.
    pub target: ExprId,
    /// Lists of its other values at the end.
    pub ends: Vec<ExprId>,
    /// Lists of its other values on the way.
    pub stops: Vec<ExprId>,
}

/// A field that a step is to leave with a value.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Goal {
    /// For each of what, under which condition.
    pub head: Head,
    /// A stored field of a row.
    pub target: ExprId,
    /// What it holds at the end.
    pub value: ExprId,
}
