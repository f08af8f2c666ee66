//! What else may be tried where a step is refused.

use crate::source::Span;

use super::{Cite, Comprehension, Expr, Ident, Text};

/// `suggest step { … }`
#[derive(Clone, Debug, PartialEq)]
pub struct Suggest {
    /// What is varied: `step`.
    pub subject: Ident,
    /// `cite …`
    pub cites: Vec<Cite>,
    /// `vary F in XS`, `via F in XS`
    pub variations: Vec<Variation>,
    /// `reach F = E for x in xs where P`
    pub goals: Vec<Goal>,
    /// `interruption E "…"`
    pub interruption: Option<Interruption>,
    /// `volume E`
    pub volume: Option<Volume>,
    /// The whole item.
    pub span: Span,
}

/// `vary F`, `vary F in XS`, `via F in XS`
#[derive(Clone, Debug, PartialEq)]
pub struct Variation {
    /// Whether the values are stops on the way (`via`), not ends (`vary`).
    pub stop: bool,
    /// The member of the step: a path such as `step.to.host`.
    pub target: Expr,
    /// Its other values.
    pub values: Option<Expr>,
    /// The whole clause.
    pub span: Span,
}

/// `reach F = E`, `reach F = E for x in xs where P`
#[derive(Clone, Debug, PartialEq)]
pub struct Goal {
    /// A field of the inventory: a path.
    pub target: Expr,
    /// What it holds at the end.
    pub value: Expr,
    /// For each of what.
    pub over: Option<Comprehension>,
    /// The whole clause.
    pub span: Span,
}

/// `interruption E "…"`
#[derive(Clone, Debug, PartialEq)]
pub struct Interruption {
    /// A number: the less, the better.
    pub rank: Expr,
    /// What it is in words.
    pub words: Option<Text>,
    /// The whole clause.
    pub span: Span,
}

/// `volume E`
#[derive(Clone, Debug, PartialEq)]
pub struct Volume {
    /// How many bytes are moved.
    pub value: Expr,
    /// The whole clause.
    pub span: Span,
}
