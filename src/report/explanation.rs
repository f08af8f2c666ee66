//! Why a step is judged as it is: rules with their clauses, each part with its value, where it came from and whether it
//! decided. Data only: texts of policies and inputs are spans.

use std::sync::Arc;

use super::{CellHit, CiteRef, Missing, PassedOver, TableView, WaiverNote};
use crate::source::Span;
use crate::value::Truth;

/// Why a step (or a wave, or the plan) is judged as it is.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct StepExplanation {
    /// The step's id.
    pub step: Arc<str>,
    /// The rules about it that were asked for, by code.
    pub rules: Vec<RuleExplanation>,
}

/// What a rule says of a step, and why.
#[derive(Clone, PartialEq, Debug)]
pub struct RuleExplanation {
    /// Its code.
    pub code: Arc<str>,
    /// Its name.
    pub rule: Arc<str>,
    /// Its title; may be empty.
    pub title: Arc<str>,
    /// `rule`, `matrix`, `condition`, `effect` or `choice`.
    pub kind: &'static str,
    /// `must`, `should` or `note`.
    pub level: &'static str,
    /// What it is about where that is not the step: the wave, the plan.
    pub about: Option<Arc<str>>,
    /// Where it is written in its source.
    pub cites: Vec<CiteRef>,
    /// Where its code stands in its policy.
    pub span: Span,
    /// The waiver that covers what is violated or unverified of it.
    pub waiver: Option<Arc<WaiverNote>>,
    /// Why it was not evaluated, where it was not.
    pub left_out: Option<String>,
    /// The table, for a matrix and for the condition of its cells.
    pub table: Option<Arc<TableView>>,
    /// One for each element; at least one where it was evaluated.
    pub evaluations: Vec<EvaluationExplanation>,
}

/// What became of an evaluation.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Judgement {
    /// The obligation does not hold.
    Violated,
    /// Nobody can say.
    Unverified,
    /// The source of a matrix is silent.
    Silent,
    /// A note was given.
    Noted,
    /// The obligation holds.
    Satisfied,
    /// `when` is false, or there is nothing to judge.
    NotApplicable,
}

impl Judgement {
    /// As JSON has it. A source that is silent leaves an evaluation unverified.
    pub fn as_str(self) -> &'static str {
        match self {
            Judgement::Violated => "violated",
            Judgement::Unverified | Judgement::Silent => "unverified",
            Judgement::Noted => "noted",
            Judgement::Satisfied => "satisfied",
            Judgement::NotApplicable => "not applicable",
        }
    }

    /// Whether there is something to tell.
    pub fn is_finding(self) -> bool {
        !matches!(self, Judgement::Satisfied | Judgement::NotApplicable)
    }
}

impl RuleExplanation {
    /// What it comes to: the worst of its evaluations; nothing where it was not evaluated.
    pub fn judgement(&self) -> Option<Judgement> {
        self.evaluations.iter().map(|evaluation| evaluation.verdict).min()
    }
}

/// An evaluation: a rule, a step and, where the rule has `each`, an element.
#[derive(Clone, PartialEq, Debug)]
pub struct EvaluationExplanation {
    /// The element (`file a.vhdx`).
    pub subject: Option<Arc<str>>,
    /// What became of it.
    pub verdict: Judgement,
    /// What is the matter, where there is something to tell.
    pub message: Option<String>,
    /// What to do, where there is something to tell.
    pub help: Option<String>,
    /// The clauses that were looked at, in the order in which they are written.
    pub clauses: Vec<Clause>,
    /// Facts that are unknown and would decide it.
    pub missing: Vec<Missing>,
    /// The cell of a matrix that was hit.
    pub cell: Option<CellHit>,
    /// Candidates of a choice that were passed over.
    pub passed: Vec<PassedOver>,
}

/// The word that opens a clause.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Word {
    /// `each x in xs`
    Each,
    /// `let x = e`
    Let,
    /// `when`
    When,
    /// `must`
    Must,
    /// `should`
    Should,
    /// `rows`
    Rows,
    /// `columns`
    Columns,
    /// That a cell with this condition is hit.
    Cell,
    /// The condition of the note of an effect.
    Note,
    /// `prefer … where`
    Prefer,
}

impl Word {
    /// As policies write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Word::Each => "each",
            Word::Let => "let",
            Word::When => "when",
            Word::Must => "must",
            Word::Should => "should",
            Word::Rows => "rows",
            Word::Columns => "columns",
            Word::Cell => "cell",
            Word::Note => "note",
            Word::Prefer => "prefer",
        }
    }
}

/// A clause.
#[derive(Clone, PartialEq, Debug)]
pub struct Clause {
    /// What opens it.
    pub word: Word,
    /// The name that it binds, or the candidates that it stands for.
    pub name: Option<Arc<str>>,
    /// What it says.
    pub operand: Operand,
}

/// What an expression is, as far as reading it goes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum OperandKind {
    /// A value that stands in the policy.
    Constant,
    /// A name that is bound: the subject, an element, a parameter, a `let`.
    Name,
    /// A field, a list of the inventory, the entry of a map.
    Fact,
    /// A derived field or a `define`; its last part is its own text.
    Definition,
    /// `and`, `or`, `implies`: parts in a row.
    Connective,
    /// `else`, `if`: one of the parts is the value.
    Alternative,
    /// `all`, `some`, `no`, `count` and the like: the list, then elements.
    OverList,
    /// An element of a list that is gone through: the filter, then what is said of it.
    Element(String),
    /// Anything else that is computed from its parts.
    Other,
}

/// How much a part has to do with what its whole comes to.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Weight {
    /// It decided; other parts of the same whole did not matter.
    Decides,
    /// It counts together with the other parts.
    Counts,
    /// It was looked at and did not matter.
    Idle,
    /// It was not looked at.
    Unread,
}

impl Weight {
    /// As JSON has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Weight::Decides => "decides",
            Weight::Counts => "counts",
            Weight::Idle => "did not matter",
            Weight::Unread => "not looked at",
        }
    }
}

/// A part of a rule with its value.
#[derive(Clone, PartialEq, Debug)]
pub struct Operand {
    /// Its text in the policy; [`Span::NONE`] where it has none of its own.
    pub span: Span,
    /// What it is.
    pub kind: OperandKind,
    /// Its value as a message shows it; nothing where it was not looked at.
    pub value: Option<String>,
    /// Of a condition its truth, and of everything that is unknown that it is.
    pub truth: Option<Truth>,
    /// Whether it decided.
    pub weight: Weight,
    /// The facts that were read for it itself, not for its parts.
    pub origins: Vec<Origin>,
    /// What it is made of, in the order of reading.
    pub parts: Vec<Operand>,
    /// Further elements of a list that are not told one by one.
    pub more: u64,
}

impl Operand {
    /// Its truth in a word, where it has one.
    pub fn truth_word(&self) -> Option<&'static str> {
        self.truth.map(|truth| match truth {
            Truth::True => "true",
            Truth::False => "false",
            Truth::Unknown => "unknown",
        })
    }

    /// Whether it is a condition that does not hold.
    pub fn is_false(&self) -> bool {
        self.truth == Some(Truth::False)
    }
}

/// A fact and where it comes from.
#[derive(Clone, PartialEq, Debug)]
pub struct Origin {
    /// Which fact, as a route.
    pub route: String,
    /// What it says, as a message shows it; nothing where it is unknown.
    pub value: Option<String>,
    /// Where it stands, or where it would be written.
    pub span: Span,
    /// What made it so.
    pub from: Source,
}

/// What made a fact what it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Source {
    /// It stands in a file.
    Written,
    /// No file has it; the vocabulary says what that means.
    Default,
    /// No file has it; it is assumed, for this reason.
    Assumed(Arc<str>),
    /// Nobody knows it.
    Unknown,
    /// The choice of the transfer type.
    Chosen,
    /// A step before this one; the value that was given before any step.
    Step(Arc<str>, Option<String>),
}
