//! Matrices of the checked tree. Completeness is proved: every combination of values hits exactly one cell.

use std::sync::Arc;

use super::{Binding, Cite, EffectId, Expr, Fix, Frame, Level, Message, RuleId, Subject};
use crate::source::Span;
use crate::types::{Const, RangeBound};

/// A matrix, by its place in [`Policies::matrices`](super::Policies::matrices).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct MatrixId(pub u32);

/// A support matrix.
#[derive(Clone, PartialEq, Debug)]
pub struct Matrix {
    /// Its code.
    pub code: Arc<str>,
    /// Its name.
    pub name: Arc<str>,
    /// Its title.
    pub title: Arc<str>,
    /// The level of a `no`, adjustments included.
    pub level: Level,
    /// Which pack it is from.
    pub pack: usize,
    /// What it is about.
    pub subject: Subject,
    /// Its names; local 0 is the subject.
    pub frame: Frame,
    /// What is bound before `when`.
    pub bindings: Vec<Binding>,
    /// When it applies.
    pub when: Option<Expr>,
    /// The value that picks the row.
    pub rows: Expr,
    /// The value that picks the column.
    pub columns: Expr,
    /// Headers of the rows, from above.
    pub row_headers: Vec<Header>,
    /// Headers of the columns, from the left.
    pub column_headers: Vec<Header>,
    /// The body, by row, then column.
    pub cells: Vec<Vec<Cell>>,
    /// Conditions of cells: rules of their own, with [`RuleOrigin::Cell`](super::RuleOrigin::Cell).
    pub conditions: Vec<RuleId>,
    /// A message of its own, where the text has one; else it is made from the table.
    pub because: Option<Message>,
    /// What to do.
    pub help: Option<Message>,
    /// How to mend a plan.
    pub fix: Option<Fix>,
    /// Where it is written.
    pub cites: Vec<Cite>,
    /// Why it is switched off, where it is.
    pub disabled: Option<Arc<str>>,
    /// Why its level was adjusted, where it was.
    pub adjusted: Option<Arc<str>>,
    /// Where its code stands.
    pub span: Span,
    /// The whole of it.
    pub whole: Span,
}

/// A header cell.
#[derive(Clone, PartialEq, Debug)]
pub struct Header {
    /// As it is written.
    pub text: Arc<str>,
    /// What it stands for.
    pub values: Vec<HeaderValue>,
    /// Where it stands.
    pub span: Span,
}

/// What a header stands for: it is hit by a value where one of its [`HeaderValue`]s is.
#[derive(Clone, PartialEq, Debug)]
pub enum HeaderValue {
    /// `none`
    None,
    /// A value: of an enum, a bool, a version, number, size, date.
    Is(Const),
    /// `8.0 .. 9.3`, `< 6.3`, `>= 10.0.26100`; an end that is missing is open.
    Range {
        /// The lower end.
        low: Option<RangeBound>,
        /// The upper end.
        high: Option<RangeBound>,
    },
    /// `any`: every value, `none` included.
    Any,
    /// `other`: what no other header of the same side names, `none` included.
    Other,
}

/// A body cell.
#[derive(Clone, PartialEq, Debug)]
pub struct Cell {
    /// What it says.
    pub verdict: Verdict,
    /// The effects that the source documents there.
    pub effects: Vec<EffectId>,
    /// Its condition, by its place in [`Matrix::conditions`].
    pub condition: Option<usize>,
    /// Where an organisation changed it.
    pub adjusted: Option<Override>,
    /// Where it stands.
    pub span: Span,
}

/// What a body cell says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// `yes`
    Yes,
    /// `no`
    No,
    /// `-`: the source is silent.
    Silent,
    /// `/`: the combination cannot occur.
    Impossible,
}

/// `adjust … cell (row, column) yes because "…"`.
#[derive(Clone, PartialEq, Debug)]
pub struct Override {
    /// Why.
    pub because: Arc<str>,
    /// Where it stands.
    pub span: Span,
}
