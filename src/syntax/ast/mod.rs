//! The syntax tree: what a policy file says, as it is written. No names are looked up in it and nothing is typed. The
//! parser makes it, the printer writes it, `check` reads it. Spans are global offsets; everything else is compared as it
//! stands, so that two trees without their spans are equal where the files say the same.

mod expr;
mod item;
mod rule;
mod suggest;
mod test;
mod vocabulary;

pub use expr::{
    BinaryOp, Comprehension, DurationUnit, Expr, ExprKind, Literal, LiteralKind, Piece, Quantifier, SizeUnit, Str,
    Text, UnaryOp,
};
pub use item::{Adjust, Adjustment, Define, Derive, Disable, Extend, Pack, Param, Redefine, Source, SourceField};
pub use rule::{
    Announcement, Axis, Cell, CellBody, Cite, CiteItem, Condition, Demand, Effect, EffectAction, EffectNote,
    HeaderCell, HeaderValue, HeaderValueKind, Justification, Level, LevelKind, Matrix, Obligation, Preference, Premise,
    Row, Rule, RuleName, Select, Set, Table,
};
pub use suggest::{Goal, Interruption, Suggest, Variation, Volume};
pub use test::{
    ElementRef, Entry, EntryKey, Expect, ExpectKind, Fixture, Given, GivenKind, RowName, StandingKind, Statement, Step,
    Subject, SubjectKind, Test, Value, ValueKind, VerdictKind,
};
pub use vocabulary::{
    Addition, Entity, Enum, Field, Gather, GatherField, GatherSource, Input, InputKind, Part, Type, TypeKind,
};

use std::sync::Arc;

use crate::source::Span;

/// A name and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Ident {
    /// The name as it is written.
    pub text: Arc<str>,
    /// Where.
    pub span: Span,
}

/// A policy file.
#[derive(Clone, Debug, PartialEq)]
pub struct File {
    /// What it declares, in its order. What could not be read is left out; there is a diagnostic for it.
    pub items: Vec<Item>,
    /// Every comment outside of texts, in its order: kept so that a file can be printed without losing one.
    pub comments: Vec<Comment>,
    /// Where something could not be read, and what it left cut short: what `check` finds there is no mistake of its own.
    pub unread: Vec<Span>,
    /// The whole file.
    pub span: Span,
}

/// A `//` comment.
#[derive(Clone, Debug, PartialEq)]
pub struct Comment {
    /// What stands behind the `//`, without the blanks at its end.
    pub text: Arc<str>,
    /// Whether it has a line of its own.
    pub own_line: bool,
    /// Whether an empty line stands below it.
    pub gap_below: bool,
    /// Where, the `//` included.
    pub span: Span,
}

/// A declaration.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    /// `pack vmm-2019 "…" version 1.0.0`
    Pack(Pack),
    /// `source NAME { … }`
    Source(Source),
    /// `enum NAME { … }`
    Enum(Enum),
    /// `entity NAME { … }`
    Entity(Entity),
    /// `part NAME { … }`
    Part(Part),
    /// `input plan with inventory { … }` or `input each vm`
    Input(Input),
    /// `derive OWNER.FIELD: TYPE = …`
    Derive(Derive),
    /// `define NAME = …` or `define NAME(x: T): T = …`
    Define(Define),
    /// `gather OWNER.FIELD { … }`
    Gather(Gather),
    /// `demand for SUBJECT: … because "…"`
    Demand(Demand),
    /// `matrix CODE NAME { … }`
    Matrix(Matrix),
    /// `rule CODE NAME { … }`
    Rule(Rule),
    /// `select step.transfer { … }`
    Select(Select),
    /// `effect NAME { … }`
    Effect(Effect),
    /// `suggest step { … }`
    Suggest(Suggest),
    /// `extend PACK`
    Extend(Extend),
    /// `extend entity NAME { … }` or `extend part NAME { … }`
    Addition(Addition),
    /// `adjust CODE …`
    Adjust(Adjust),
    /// `disable CODE because "…"`
    Disable(Disable),
    /// `redefine NAME = …`
    Redefine(Redefine),
    /// `fixture NAME { … }`
    Fixture(Fixture),
    /// `test "…" { … }`
    Test(Test),
}

impl Item {
    /// Where it stands, from its keyword to its last character.
    pub fn span(&self) -> Span {
        match self {
            Item::Pack(item) => item.span,
            Item::Source(item) => item.span,
            Item::Enum(item) => item.span,
            Item::Entity(item) => item.span,
            Item::Part(item) => item.span,
            Item::Input(item) => item.span,
            Item::Derive(item) => item.span,
            Item::Define(item) => item.span,
            Item::Gather(item) => item.span,
            Item::Demand(item) => item.span,
            Item::Matrix(item) => item.span,
            Item::Rule(item) => item.span,
            Item::Select(item) => item.span,
            Item::Effect(item) => item.span,
            Item::Suggest(item) => item.span,
            Item::Extend(item) => item.span,
            Item::Addition(item) => item.span,
            Item::Adjust(item) => item.span,
            Item::Disable(item) => item.span,
            Item::Redefine(item) => item.span,
            Item::Fixture(item) => item.span,
            Item::Test(item) => item.span,
        }
    }
}
