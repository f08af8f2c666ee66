//! The checked tree: what policies mean, with every name resolved and everything typed. The compiler turns it into a
//! program; the oracle of the tests walks it as it is. Parts that could not be understood are left out of it (a diagnostic says so).

mod expr;
mod item;
mod matrix;
mod suggest;
mod test;

pub use expr::{
    Arithmetic, Builtin, Comparison, Expr, ExprKind, Fold, Frame, Local, LocalId, Message, MessagePiece, Quantifier,
};
pub use item::{
    Action, Binding, Candidates, Cite, Demand, Effect, EffectId, EffectNote, Fix, Function, FunctionKind, Gather,
    GatherSource, Level, Pack, Policies, Rule, RuleId, RuleOrigin, Select, Sign, Source, Subject,
};
pub use matrix::{Cell, Header, HeaderValue, Matrix, MatrixId, Override, Verdict};
pub use suggest::{Goal, Suggest, Variation};
pub use test::{Expectation, ExpectedVerdict, Given, GivenValue, Test, TestStep, TestSubject, WorldExpectation};
