//! Rules, matrices, effects, choices, gathered lists and demands of a program.

use serde::{Deserialize, Serialize};
use std::sync::Arc;

use super::node::{ConstId, EffectAt, ExprId, MatrixAt, RuleAt, Slot};
use crate::source::Span;
use crate::types::{FieldId, RangeBound};
use crate::value::StructId;

/// How much a rule demands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub enum Level {
    /// States a consequence.
    Note,
    /// A violation is a warning.
    Should,
    /// A violation is an error.
    Must,
}

/// What a rule is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub enum About {
    /// Each step.
    Step,
    /// Each wave.
    Wave,
    /// The plan.
    Plan,
    /// Each entity of `input each x`.
    Entity(StructId),
}

/// A name bound between `for` and `when`.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Bind {
    /// `each x in xs`.
    Each {
        /// Where the element goes.
        slot: Slot,
        /// What subjects call it: its entity or part, else the name that the rule gives it.
        kind: Arc<str>,
        /// The list.
        list: ExprId,
    },
    /// `let x = e`: computed when it is first read.
    Let {
        /// Where the value goes.
        slot: Slot,
        /// What is computed.
        value: ExprId,
    },
}

/// What a rule, a matrix or an effect has before its verdict. Local 0 of its frame is the subject.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Head {
    /// How many locals the frame has.
    pub slots: u16,
    /// `let`s that mention no element.
    pub outer: Vec<Bind>,
    /// The parts of `when` that mention no element: judged first, once.
    pub first: Vec<ExprId>,
    /// `each`, and the `let`s that mention an element, in order.
    pub inner: Vec<Bind>,
    /// The other parts of `when`.
    pub then: Vec<ExprId>,
}

impl Head {
    /// Whether it speaks about elements.
    pub fn has_each(&self) -> bool {
        self.inner.iter().any(|bind| matches!(bind, Bind::Each { .. }))
    }
}

/// A message: texts and expressions in turn.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Message {
    /// In order.
    pub pieces: Vec<Piece>,
}

/// A piece of a message.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Piece {
    /// As it is.
    Text(Arc<str>),
    /// `{ … }`
    Expr(ExprId),
}

/// Where a rule is written in a source.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Cite {
    /// Name of the source.
    pub source: Arc<str>,
    /// Title of the source.
    pub title: Arc<str>,
    /// The section.
    pub section: Arc<str>,
    /// The item of a list in it, from 1.
    pub item: Option<u32>,
}

/// What is told of a rule or a matrix, whatever it says.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Card {
    /// Its code.
    pub code: Arc<str>,
    /// Its name.
    pub name: Arc<str>,
    /// Its title; may be empty.
    pub title: Arc<str>,
    /// Its level.
    pub level: Level,
    /// The pack it is from, by its place in [`Program::packs`](super::Program::packs).
    pub pack: u32,
    /// What it is about.
    pub about: About,
    /// Its message.
    pub because: Option<Message>,
    /// What to do.
    pub help: Option<Message>,
    /// How to mend a plan: the member of the step, and its value.
    pub fix: Option<(Arc<str>, ExprId)>,
    /// Where it is written.
    pub cites: Vec<Cite>,
    /// Why it is switched off, where it is.
    pub disabled: Option<Arc<str>>,
    /// Where its code stands.
    pub span: Span,
}

/// What a rule says.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Says {
    /// A condition that has to hold.
    Demand(ExprId),
    /// A consequence.
    Note,
    /// The note of an effect: once a step, under the effect's head and its own condition.
    EffectNote {
        /// The effect.
        effect: EffectAt,
        /// The note's own condition.
        when: Option<ExprId>,
    },
    /// What was chosen.
    Chosen,
    /// Nothing could be chosen.
    NoneChosen,
}

/// A rule: as written, the condition of cells of a matrix, the note of an effect, a code of a choice.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Rule {
    /// What is told of it.
    pub card: Card,
    /// The matrix whose cells it is a condition of.
    pub cell_of: Option<MatrixAt>,
    /// What comes before its verdict.
    pub head: Head,
    /// What it says.
    pub says: Says,
}

/// A matrix.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Matrix {
    /// What is told of it.
    pub card: Card,
    /// What comes before its verdict.
    pub head: Head,
    /// The value that picks the row.
    pub rows: Side,
    /// The value that picks the column.
    pub columns: Side,
    /// The body, row by row.
    pub cells: Vec<Entry>,
    /// Conditions of cells.
    pub conditions: Vec<RuleAt>,
    /// The table as it is written.
    pub table: Table,
}

/// One side of a matrix.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Side {
    /// What picks the header.
    pub by: ExprId,
    /// What the headers stand for.
    pub headers: Vec<Vec<Stands>>,
    /// Headers that some value of the type hits.
    pub possible: Vec<u32>,
}

/// What a header stands for.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Stands {
    /// `none`
    None,
    /// A value.
    Is(ConstId),
    /// A range; an end that is missing is open.
    Range(Option<RangeBound>, Option<RangeBound>),
    /// `any`
    Any,
    /// `other`
    Other,
}

/// A body cell.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Entry {
    /// What it says.
    pub verdict: Verdict,
    /// Effects that are named in it.
    pub effects: Vec<EffectAt>,
    /// Its condition, by its place in [`Matrix::conditions`].
    pub condition: Option<u32>,
    /// Where it stands.
    pub span: Span,
}

/// What a body cell says.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Verdict {
    /// `yes`
    Yes,
    /// `no`
    No,
    /// `-`: the source is silent.
    Silent,
    /// `/`: cannot occur; judged as silent.
    Impossible,
}

/// A matrix as it is written, for drawing.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Table {
    /// What rows are picked by.
    pub rows_by: Arc<str>,
    /// What columns are picked by.
    pub columns_by: Arc<str>,
    /// Headers of the rows.
    pub row_headers: Vec<Arc<str>>,
    /// Headers of the columns.
    pub column_headers: Vec<Arc<str>>,
    /// The body.
    pub cells: Vec<Vec<Arc<str>>>,
}

/// An effect.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Effect {
    /// Its name.
    pub name: Arc<str>,
    /// What comes before its actions.
    pub head: Head,
    /// What it does, in order.
    pub actions: Vec<Action>,
    /// Its notes.
    pub notes: Vec<RuleAt>,
    /// Whether a cell of a matrix names it.
    pub in_cell: bool,
}

/// What an effect does.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Action {
    /// `set target = value`
    Set {
        /// A field of a row.
        target: ExprId,
        /// Its new value.
        value: ExprId,
    },
    /// `change target by by`
    Change {
        /// A field of a row.
        target: ExprId,
        /// How much is added.
        by: ExprId,
        /// What is known of that beforehand: it decides where the amount is unknown.
        sign: Sign,
    },
}

/// Whether a change adds or takes away, whatever its amount.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Sign {
    /// It can never be below zero.
    Adds,
    /// It can never be above zero.
    Takes,
    /// It may be either.
    Either,
}

/// A choice.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Select {
    /// The field of the step.
    pub field: FieldId,
    /// How many locals the frame has; local 0 is the step.
    pub slots: u16,
    /// Candidates by condition.
    pub prefer: Vec<Candidates>,
    /// The note of what was chosen.
    pub chosen: RuleAt,
    /// The `must` that is violated where nothing could be chosen.
    pub none: RuleAt,
}

/// Candidates, best first, and when they are those.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Candidates {
    /// Values of the field's enum.
    pub values: Vec<u16>,
    /// `where`.
    pub condition: Option<ExprId>,
}

/// A function.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Function {
    /// Its name.
    pub name: Arc<str>,
    /// How many locals its frame has; parameters come first.
    pub slots: u16,
    /// Whether it computes a field: then its value is kept for its row while the world stays as it is.
    pub derived: bool,
    /// What it computes.
    pub body: ExprId,
}

/// A gathered list.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Gather {
    /// What is in the list.
    pub part: StructId,
    /// Where from.
    pub sources: Vec<GatherSource>,
}

/// One `from` of a gathered list.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct GatherSource {
    /// How many locals the frame has; local 0 is the owner.
    pub slots: u16,
    /// The element and the list; nothing: the owner itself, once.
    pub each: Option<(Slot, ExprId)>,
    /// `when`.
    pub when: Option<ExprId>,
    /// The fields of the part, by field; nothing: unknown.
    pub fields: Vec<Option<ExprId>>,
}

/// What has to hold of the input.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Demand {
    /// Of what.
    pub of: StructId,
    /// How many locals the frame has; local 0 is the row.
    pub slots: u16,
    /// What has to hold.
    pub condition: ExprId,
    /// What is said where it does not.
    pub because: Message,
    /// Where it stands.
    pub span: Span,
}
