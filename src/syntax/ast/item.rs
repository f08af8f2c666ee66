//! Packs, sources, constants, derived fields, and an organisation's own layer over a pack.

use crate::source::Span;

use super::{CellBody, Expr, HeaderValue, Ident, Level, Literal, Str, Text, Type};

/// `pack vmm-2019 "System Center …" version 1.0.0`
#[derive(Clone, Debug, PartialEq)]
pub struct Pack {
    /// Its name.
    pub name: Ident,
    /// What it is called.
    pub title: Option<Str>,
    /// Its version: a number or version literal.
    pub version: Option<Literal>,
    /// The whole item.
    pub span: Span,
}

/// `source NAME { title "…" product "…" }`: a document that rules cite.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    /// Its name.
    pub name: Ident,
    /// What is said about it.
    pub fields: Vec<SourceField>,
    /// The whole item.
    pub span: Span,
}

/// `title "…"`, `product "…"`, `url "…"` …
#[derive(Clone, Debug, PartialEq)]
pub struct SourceField {
    /// What is told: any name.
    pub name: Ident,
    /// The text.
    pub value: Str,
    /// Both.
    pub span: Span,
}

/// `define NAME: TYPE = EXPR`, `define NAME(x: T): TYPE = EXPR`
#[derive(Clone, Debug, PartialEq)]
pub struct Define {
    /// Its name.
    pub name: Ident,
    /// What it takes; nothing for a constant, an empty list for `f()`.
    pub params: Option<Vec<Param>>,
    /// What it gives, where that is said.
    pub ty: Option<Type>,
    /// What it stands for.
    pub value: Expr,
    /// The whole item.
    pub span: Span,
}

/// `x: T`
#[derive(Clone, Debug, PartialEq)]
pub struct Param {
    /// Its name.
    pub name: Ident,
    /// Its type.
    pub ty: Type,
    /// Both.
    pub span: Span,
}

/// `derive OWNER.FIELD: TYPE = EXPR`
#[derive(Clone, Debug, PartialEq)]
pub struct Derive {
    /// The entity or part.
    pub owner: Ident,
    /// The field that it gets.
    pub field: Ident,
    /// The field's type, where that is said.
    pub ty: Option<Type>,
    /// How it is computed; the owner's name stands for the row.
    pub value: Expr,
    /// The whole item.
    pub span: Span,
}

/// `extend PACK`
#[derive(Clone, Debug, PartialEq)]
pub struct Extend {
    /// The pack that this one builds upon.
    pub pack: Ident,
    /// The whole item.
    pub span: Span,
}

/// `adjust CODE must because "…"`, `adjust CODE cell (ROW, COLUMN) yes because "…"`
#[derive(Clone, Debug, PartialEq)]
pub struct Adjust {
    /// The rule or matrix.
    pub code: Ident,
    /// What becomes of it.
    pub adjustment: Adjustment,
    /// Why.
    pub because: Text,
    /// The whole item.
    pub span: Span,
}

/// What an `adjust` changes.
#[derive(Clone, Debug, PartialEq)]
pub enum Adjustment {
    /// The level.
    Level(Level),
    /// One cell of a matrix.
    Cell {
        /// Its row.
        row: Box<HeaderValue>,
        /// Its column.
        column: Box<HeaderValue>,
        /// What it says now.
        body: CellBody,
        /// From `cell` to the body.
        span: Span,
    },
}

/// `disable CODE because "…"`
#[derive(Clone, Debug, PartialEq)]
pub struct Disable {
    /// The rule or matrix.
    pub code: Ident,
    /// Why.
    pub because: Text,
    /// The whole item.
    pub span: Span,
}

/// `redefine NAME = EXPR`, with parameters where the original has them; `redefine OWNER.FIELD = EXPR`
#[derive(Clone, Debug, PartialEq)]
pub struct Redefine {
    /// Whose field it is, where a derived field is replaced.
    pub owner: Option<Ident>,
    /// The definition or field that is replaced.
    pub name: Ident,
    /// What it takes.
    pub params: Option<Vec<Param>>,
    /// What it gives, where that is said.
    pub ty: Option<Type>,
    /// What it stands for now.
    pub value: Expr,
    /// The whole item.
    pub span: Span,
}
