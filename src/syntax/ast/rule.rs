//! What policies say: rules, matrices, demands, the choice of a value, effects.

use std::sync::Arc;

use crate::source::Span;

use super::{Expr, Ident, Str, Text};

/// How much a statement weighs, and where that is said.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Level {
    /// Which.
    pub kind: LevelKind,
    /// Where.
    pub span: Span,
}

/// How much a statement weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LevelKind {
    /// `must`: a violation is an error.
    Must,
    /// `should`: a violation is a warning.
    Should,
    /// `note`: for information.
    Note,
}

impl LevelKind {
    /// The level as it is written.
    pub fn text(self) -> &'static str {
        match self {
            LevelKind::Must => "must",
            LevelKind::Should => "should",
            LevelKind::Note => "note",
        }
    }
}

/// `cite SOURCE "section" item 1, 2`
#[derive(Clone, Debug, PartialEq)]
pub struct Cite {
    /// The source.
    pub source: Ident,
    /// The section.
    pub section: Option<Str>,
    /// Items in it.
    pub items: Vec<CiteItem>,
    /// The whole clause.
    pub span: Span,
}

/// The number or name of an item: `1`, `2.5`, `A6`.
#[derive(Clone, Debug, PartialEq)]
pub struct CiteItem {
    /// As written.
    pub text: Arc<str>,
    /// Where.
    pub span: Span,
}

/// The name of a rule or matrix: `same-cpu` or `"web.port.closed"`.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleName {
    /// The name.
    pub text: Arc<str>,
    /// Whether it is written as a text.
    pub quoted: bool,
    /// Where.
    pub span: Span,
}

/// What comes before a statement, in the order in which it is written: later ones see the names of earlier ones.
#[derive(Clone, Debug, PartialEq)]
pub enum Premise {
    /// `each NAME in LIST`
    Each {
        /// The element's name.
        name: Ident,
        /// The list.
        list: Expr,
        /// The whole clause.
        span: Span,
    },
    /// `let NAME = EXPR`
    Let {
        /// The name.
        name: Ident,
        /// What it stands for.
        value: Expr,
        /// The whole clause.
        span: Span,
    },
    /// `when EXPR`; at most one. What follows it is governed by it.
    When {
        /// The condition.
        condition: Expr,
        /// The whole clause.
        span: Span,
    },
}

/// What a statement says besides its truth: sources, reasons, remedies.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Justification {
    /// `cite …`, any number.
    pub cites: Vec<Cite>,
    /// `because "…"`
    pub because: Option<Text>,
    /// `help "…"`
    pub help: Option<Text>,
    /// `fix set … = …`, any number.
    pub fixes: Vec<Set>,
}

/// `set TARGET = VALUE`
#[derive(Clone, Debug, PartialEq)]
pub struct Set {
    /// The field: a path.
    pub target: Expr,
    /// Its new value.
    pub value: Expr,
    /// From `set` (of a fix: from `fix`) on.
    pub span: Span,
}

/// `rule CODE NAME "title" { … }`
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// Its code.
    pub code: Ident,
    /// Its name.
    pub name: RuleName,
    /// Its title.
    pub title: Option<Str>,
    /// `for SUBJECT`
    pub subject: Option<Ident>,
    /// `each`, `let`, `when`
    pub premises: Vec<Premise>,
    /// `must E`, `should E`, `note`. Nothing only where it could not be read; there is a diagnostic for it then.
    pub obligation: Option<Obligation>,
    /// `cite`, `because`, `help`, `fix`
    pub why: Justification,
    /// The whole item.
    pub span: Span,
}

/// What a rule asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct Obligation {
    /// How much it weighs.
    pub level: Level,
    /// What has to hold; nothing for a note.
    pub condition: Option<Expr>,
    /// The whole clause.
    pub span: Span,
}

/// `demand for SUBJECT: EXPR because "…"`
#[derive(Clone, Debug, PartialEq)]
pub struct Demand {
    /// What it is about.
    pub subject: Ident,
    /// What has to hold.
    pub condition: Expr,
    /// `because "…"`, `help "…"`
    pub why: Justification,
    /// The whole item.
    pub span: Span,
}

/// `matrix CODE NAME LEVEL "title" { … }`
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix {
    /// Its code.
    pub code: Ident,
    /// Its name.
    pub name: RuleName,
    /// The level of a `no`; `must` where it is left out.
    pub level: Option<Level>,
    /// Its title.
    pub title: Option<Str>,
    /// `for SUBJECT`
    pub subject: Option<Ident>,
    /// `each`, `let`, `when`
    pub premises: Vec<Premise>,
    /// `rows EXPR`. Nothing only where it could not be read.
    pub rows: Option<Axis>,
    /// `columns EXPR`. Nothing only where it could not be read.
    pub columns: Option<Axis>,
    /// The table. Nothing only where it could not be read.
    pub table: Option<Table>,
    /// Conditions that cells name, each a rule of its own.
    pub conditions: Vec<Condition>,
    /// `cite`, `because`, `help`, `fix`
    pub why: Justification,
    /// The whole item.
    pub span: Span,
}

/// `rows EXPR`, `columns EXPR`
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// What the headers are compared with.
    pub value: Expr,
    /// The whole clause.
    pub span: Span,
}

/// The table of a matrix. Every row has as many cells as there are columns.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// The headers of the columns.
    pub columns: Vec<HeaderCell>,
    /// The rows.
    pub rows: Vec<Row>,
    /// From its first `|` to its last.
    pub span: Span,
}

/// A row of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Its header.
    pub header: HeaderCell,
    /// What it says of each column.
    pub cells: Vec<Cell>,
    /// The whole row.
    pub span: Span,
}

/// A header cell: one value or several.
#[derive(Clone, Debug, PartialEq)]
pub struct HeaderCell {
    /// Its values; at least one.
    pub values: Vec<HeaderValue>,
    /// What is between the bars, without blanks.
    pub span: Span,
}

/// A value of a header cell.
#[derive(Clone, Debug, PartialEq)]
pub struct HeaderValue {
    /// What it is.
    pub kind: HeaderValueKind,
    /// Where.
    pub span: Span,
}

/// What a header names. The expressions in it are literals, texts, names, or negated numbers. `none` is a literal.
#[derive(Clone, Debug, PartialEq)]
pub enum HeaderValueKind {
    /// One value.
    Value(Expr),
    /// `8.0 .. 9.3`, both ends included; `6.3 .. < 10.0`, without the upper one
    Range {
        /// The lower end.
        low: Expr,
        /// The upper end.
        high: Expr,
        /// Whether the range ends before the upper end.
        below: bool,
    },
    /// `< 6.3`, `>= 10.0.26100`: one of the four orders
    Compared {
        /// Which.
        op: super::BinaryOp,
        /// The bound.
        bound: Expr,
    },
    /// `any`: every value
    Any,
    /// `other`: what no other header names
    Other,
}

/// A body cell and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// What it says.
    pub body: CellBody,
    /// What is between the bars, without blanks.
    pub span: Span,
}

/// What a body cell says.
#[derive(Clone, Debug, PartialEq)]
pub enum CellBody {
    /// `yes, effect if condition`
    Yes {
        /// The effects that the source documents there.
        effects: Vec<Ident>,
        /// The condition.
        condition: Option<Ident>,
    },
    /// `no`
    No,
    /// `-`: the source is silent.
    Silent,
    /// `/`: the combination cannot occur.
    Impossible,
}

/// `NAME must CODE EXPR because "…"`: a condition that cells name, a rule of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    /// The name that cells use.
    pub name: Ident,
    /// Its level; `must` where it is left out.
    pub level: Option<Level>,
    /// Its code.
    pub code: Ident,
    /// What has to hold.
    pub condition: Expr,
    /// `cite`, `because`, `help`, `fix`
    pub why: Justification,
    /// The whole clause.
    pub span: Span,
}

/// `select TARGET { … }`
#[derive(Clone, Debug, PartialEq)]
pub struct Select {
    /// The field that is chosen: a path such as `step.transfer`.
    pub target: Expr,
    /// `cite …`
    pub cites: Vec<Cite>,
    /// `prefer a, b where P`, one after another
    pub preferences: Vec<Preference>,
    /// `chosen note CODE "…"`
    pub chosen: Option<Announcement>,
    /// `none must CODE "…"`
    pub none: Option<Announcement>,
    /// The whole item.
    pub span: Span,
}

/// `a, b, c where P`
#[derive(Clone, Debug, PartialEq)]
pub struct Preference {
    /// Candidates, best first.
    pub candidates: Vec<Ident>,
    /// Under which condition.
    pub condition: Option<Expr>,
    /// The whole line.
    pub span: Span,
}

/// `note CODE "…"`
#[derive(Clone, Debug, PartialEq)]
pub struct Announcement {
    /// Its level.
    pub level: Level,
    /// Its code.
    pub code: Ident,
    /// The message.
    pub text: Text,
    /// The whole clause.
    pub span: Span,
}

/// `effect NAME { … }`
#[derive(Clone, Debug, PartialEq)]
pub struct Effect {
    /// Its name.
    pub name: Ident,
    /// `cite …`
    pub cites: Vec<Cite>,
    /// `for SUBJECT`
    pub subject: Option<Ident>,
    /// `each`, `let`, `when`
    pub premises: Vec<Premise>,
    /// What it does, in order.
    pub actions: Vec<EffectAction>,
    /// The whole item.
    pub span: Span,
}

/// Something an effect does.
#[derive(Clone, Debug, PartialEq)]
pub enum EffectAction {
    /// `set F = E`
    Set(Set),
    /// `change F by E`
    Change {
        /// The field: a path.
        target: Expr,
        /// What is added to it.
        amount: Expr,
        /// The whole clause.
        span: Span,
    },
    /// `note CODE when P "…"`
    Note(EffectNote),
}

/// `note CODE when P "…"`
#[derive(Clone, Debug, PartialEq)]
pub struct EffectNote {
    /// Its code.
    pub code: Ident,
    /// Under which condition.
    pub when: Option<Expr>,
    /// The message.
    pub text: Text,
    /// The whole clause.
    pub span: Span,
}
