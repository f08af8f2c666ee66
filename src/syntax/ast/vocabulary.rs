//! What plans and inventories are written in: enums, entities, parts, types, inputs, gathered lists.

use crate::source::Span;

use super::{Expr, Ident, Str};

/// `enum NAME { a, b }`
#[derive(Clone, Debug, PartialEq)]
pub struct Enum {
    /// Its name.
    pub name: Ident,
    /// Its values.
    pub values: Vec<Ident>,
    /// The whole item.
    pub span: Span,
}

/// `entity NAME { … }`, `entity NAME open { … }`
#[derive(Clone, Debug, PartialEq)]
pub struct Entity {
    /// Its name.
    pub name: Ident,
    /// Whether naming one without a row makes a row.
    pub open: bool,
    /// Its fields.
    pub fields: Vec<Field>,
    /// The whole item.
    pub span: Span,
}

/// `extend entity NAME { … }`, `extend part NAME { … }`: fields beside those that it has.
#[derive(Clone, Debug, PartialEq)]
pub struct Addition {
    /// Whether it is said of a part.
    pub part: bool,
    /// The entity or part.
    pub name: Ident,
    /// The fields that it gets.
    pub fields: Vec<Field>,
    /// The whole item.
    pub span: Span,
}

/// `part NAME { … }`, `part NAME of OWNER { … }`
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// Its name.
    pub name: Ident,
    /// Inside what it lives, where that is said.
    pub owner: Option<Ident>,
    /// Its fields.
    pub fields: Vec<Field>,
    /// The whole item.
    pub span: Span,
}

/// `name: TYPE key from "…" default EXPR`
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Its name.
    pub name: Ident,
    /// Its type.
    pub ty: Type,
    /// Whether rows are named by it.
    pub key: bool,
    /// The member it has in the input, where that is not its name.
    pub from: Option<Str>,
    /// What absence means in the input.
    pub default: Option<Expr>,
    /// The whole field.
    pub span: Span,
}

/// A type as it is written.
#[derive(Clone, Debug, PartialEq)]
pub struct Type {
    /// What it is.
    pub kind: TypeKind,
    /// Where, without parentheses around it.
    pub span: Span,
}

/// What a type is.
#[derive(Clone, Debug, PartialEq)]
pub enum TypeKind {
    /// `bool`, `version`, an enum, an entity, a part
    Name(Ident),
    /// `{ a: T, b: T }`
    Record(Vec<Field>),
    /// `[T]`
    List(Box<Type>),
    /// `map of T`, `map by name of T`
    Map {
        /// Whether keys are compared without regard to case.
        by_name: bool,
        /// What it holds.
        value: Box<Type>,
    },
    /// `T?`
    Optional(Box<Type>),
}

/// `input …`
#[derive(Clone, Debug, PartialEq)]
pub struct Input {
    /// What documents look like.
    pub kind: InputKind,
    /// The whole item.
    pub span: Span,
}

/// What documents look like.
#[derive(Clone, Debug, PartialEq)]
pub enum InputKind {
    /// `input plan with inventory { hosts: [host] }`
    Plan {
        /// The sections of the inventory.
        sections: Vec<Field>,
    },
    /// `input each vm`
    Each {
        /// What every document is.
        entity: Ident,
    },
}

/// `gather OWNER.FIELD { from … { … } }`
#[derive(Clone, Debug, PartialEq)]
pub struct Gather {
    /// The entity that gets the list.
    pub owner: Ident,
    /// The list's name.
    pub field: Ident,
    /// From where its elements come.
    pub sources: Vec<GatherSource>,
    /// The whole item.
    pub span: Span,
}

/// `from vm when … { … }`, `from disk in vm.disks when … { … }`
#[derive(Clone, Debug, PartialEq)]
pub struct GatherSource {
    /// The owner's name, or the name of the element.
    pub binding: Ident,
    /// `in` which list; nothing for the owner itself.
    pub list: Option<Expr>,
    /// Under which condition.
    pub when: Option<Expr>,
    /// What the element's fields are.
    pub fields: Vec<GatherField>,
    /// The whole source.
    pub span: Span,
}

/// `role = disk`
#[derive(Clone, Debug, PartialEq)]
pub struct GatherField {
    /// The field.
    pub name: Ident,
    /// Its value.
    pub value: Expr,
    /// Both.
    pub span: Span,
}
