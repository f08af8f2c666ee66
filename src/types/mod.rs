//! Types, constants and the schema: the vocabulary that a pack declares, resolved to numbers. It knows no policy text and
//! no facts; the checker makes it, loaders fill tables by it, programs address fields by it.

use serde::{Deserialize, Serialize};

mod constant;
mod schema;

pub use constant::{Const, RangeBound};
pub use schema::{
    EnumDef, EnumId, Field, FieldId, FieldKind, FunctionId, GatherId, Input, Schema, Section, Struct, StructKind,
};

use std::sync::Arc;

use crate::value::StructId;

/// The type of an expression or a field.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum Type {
    /// What the checker gives to expressions it has already complained about: fits everything, says nothing more.
    Error,
    /// The type of the literal `none` before it meets a `T?`.
    None,
    /// `bool`.
    Bool,
    /// `number`, an exact decimal.
    Number,
    /// `size`, whole bytes.
    Size,
    /// `duration`.
    Duration,
    /// `date`.
    Date,
    /// `version`.
    Version,
    /// `text`, compared as it is.
    Text,
    /// `name`, compared without regard to letter case.
    Name,
    /// An enum.
    Enum(EnumId),
    /// A row: an entity (by reference), a part or a record (in its owner).
    Row(StructId),
    /// `[T]`.
    List(Arc<Type>),
    /// `map of T` and `map by name of T`.
    Map {
        /// Whether keys are compared without regard to letter case.
        by_name: bool,
        /// What it holds.
        value: Arc<Type>,
    },
    /// `T?`.
    Optional(Arc<Type>),
    /// `any`: something is there, whatever it is.
    Any,
}

impl Type {
    /// `[T]`.
    pub fn list(of: Type) -> Type {
        Type::List(Arc::new(of))
    }

    /// `T?`; what is optional already stays as it is.
    pub fn optional(of: Type) -> Type {
        match of {
            Type::Optional(_) | Type::Error | Type::None => of,
            of => Type::Optional(Arc::new(of)),
        }
    }

    /// The type without its `?`.
    pub fn required(&self) -> &Type {
        match self {
            Type::Optional(inner) => inner,
            other => other,
        }
    }

    /// Whether it may be `none`.
    pub fn is_optional(&self) -> bool {
        matches!(self, Type::Optional(_) | Type::None)
    }

    /// Whether it is a text of either kind.
    pub fn is_textual(&self) -> bool {
        matches!(self, Type::Text | Type::Name)
    }
}
