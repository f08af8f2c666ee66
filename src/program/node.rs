//! Nodes of expressions: one flat arena, children by number. Names are slots, fields are addresses, and what the
//! evaluation has to know of types (how texts compare, what a cell holds) stands in the node.

use crate::types::{EnumId, FieldId, Type};
use crate::value::StructId;
use serde::{Deserialize, Serialize};

/// A number of something in one of the arenas of a [`Program`](super::Program).
macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {
        $($(#[$doc])* #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
        pub struct $name(pub u32);

        impl $name {
            /// The place in its arena.
            #[inline]
            pub fn at(self) -> usize {
                self.0 as usize
            }
        })*
    };
}

ids! {
    /// A node.
    ExprId;
    /// A constant.
    ConstId;
    /// What cells of a field hold.
    ShapeId;
    /// A function.
    CallId;
    /// A gathered list.
    GatheredId;
    /// A table to look rows up by the value of a field.
    IndexId;
    /// A rule.
    RuleAt;
    /// A matrix.
    MatrixAt;
    /// An effect.
    EffectAt;
}

/// A place in the frame of a function, rule, matrix, effect, gather, demand or choice.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct Slot(pub u16);

/// Operands that stand side by side in the pool of operands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Operands {
    /// The first.
    pub start: u32,
    /// How many.
    pub count: u32,
}

/// What a cell holds, as far as it does not say so itself.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum Shape {
    /// A value that needs no more words.
    Plain,
    /// A value of an enum.
    Enum(EnumId),
    /// A row of this struct.
    Row(StructId),
    /// A list.
    List(ShapeId),
    /// A map; keys compare without regard to case where `by_name`.
    Map {
        /// How keys compare.
        by_name: bool,
        /// What it holds.
        of: ShapeId,
    },
}

/// A field of rows with everything a read needs.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Address {
    /// Whose.
    pub owner: StructId,
    /// Which.
    pub field: FieldId,
    /// What its cells hold.
    pub shape: ShapeId,
}

/// `hosts where h.field == key`, by a table from value to rows.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct IndexBy {
    /// The field, of the entity whose rows are looked up.
    pub address: Address,
    /// Whether texts compare without regard to letter case.
    pub fold: bool,
}

/// How two values are compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Comparison {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
}

/// `+ - * /`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Arithmetic {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
}

/// `all`, `some`, `no`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Quantifier {
    /// `all`
    All,
    /// `some`
    Some,
    /// `no`
    No,
}

/// `count`, `sum`, `min`, `max` over a list.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Fold {
    /// How many.
    Count,
    /// All together, of a number.
    Sum {
        /// Whether no summand is ever below zero.
        never_negative: bool,
        /// What nothing sums up to.
        zero: ConstId,
    },
    /// The least.
    Min,
    /// The greatest.
    Max,
}

/// A function of the language.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Builtin {
    /// `distinct(xs)`
    Distinct,
    /// `union(xs, ys)`
    Union,
    /// `skip(n, xs)`
    Skip,
    /// `first(n, xs)`
    First,
    /// `join(xs, ", ")`
    Join,
    /// `text(x)`
    Text,
    /// `lower(t)`
    Lower,
    /// `t starts-with u`
    StartsWith,
    /// `t ends-with u`
    EndsWith,
    /// `t contains u`
    Contains,
    /// `matches(t, "regex")`
    Matches,
    /// `length(t)`: characters of a text.
    Length,
    /// `length(xs)`: elements of a list.
    Elements,
    /// `ceil(n)`
    Ceil,
    /// `floor(n)`
    Floor,
    /// `values(m)`
    Values,
}

/// A list, what is bound to each element, and the filter: what quantifiers, folds and comprehensions have in common.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Over {
    /// The element's place in the frame.
    pub slot: Slot,
    /// The list.
    pub list: ExprId,
    /// `where`.
    pub filter: Option<ExprId>,
}

/// A node.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub enum Node {
    /// A constant.
    Const(ConstId),
    /// What is bound.
    Local(Slot),
    /// All rows of an entity.
    Section(StructId),
    /// The rows of an entity of which a field equals a key.
    Lookup {
        /// Which table.
        index: IndexId,
        /// The key; it mentions no row.
        key: ExprId,
    },
    /// A stored field of a row, or a field of a gathered part.
    Field {
        /// The row.
        of: ExprId,
        /// Which field.
        at: Address,
    },
    /// A gathered list of a row.
    Gathered {
        /// The row.
        of: ExprId,
        /// Which list.
        gather: GatheredId,
    },
    /// `step.refused`.
    Refused(ExprId),
    /// A function with its arguments.
    Call {
        /// Which.
        function: CallId,
        /// The arguments.
        args: Operands,
    },
    /// `m[k]`.
    Index {
        /// The map.
        map: ExprId,
        /// The key.
        key: ExprId,
    },
    /// `not a`.
    Not(ExprId),
    /// `a and b`.
    And(ExprId, ExprId),
    /// `a or b`.
    Or(ExprId, ExprId),
    /// `a implies b`.
    Implies(ExprId, ExprId),
    /// Two values compared.
    Compare {
        /// How.
        how: Comparison,
        /// The left one.
        left: ExprId,
        /// The right one.
        right: ExprId,
        /// Whether texts compare without regard to letter case.
        fold: bool,
    },
    /// `x in xs`.
    In {
        /// The element.
        element: ExprId,
        /// The list.
        list: ExprId,
        /// Whether texts compare without regard to letter case.
        fold: bool,
    },
    /// `+ - * /`.
    Arithmetic(Arithmetic, ExprId, ExprId),
    /// `-a`.
    Negate(ExprId),
    /// `all`, `some`, `no`.
    Quantify {
        /// Which.
        quantifier: Quantifier,
        /// Over what.
        over: Over,
        /// What is said of each.
        body: ExprId,
    },
    /// `[e for x in xs where P]`.
    Collect {
        /// Over what.
        over: Over,
        /// What is collected; nothing: the element itself.
        body: Option<ExprId>,
    },
    /// `count`, `sum`, `min`, `max`.
    Fold {
        /// Which.
        fold: Fold,
        /// Over what.
        over: Over,
        /// What is added or compared.
        body: Option<ExprId>,
    },
    /// A function of the language.
    Builtin {
        /// Which.
        builtin: Builtin,
        /// Its arguments.
        args: Operands,
        /// Whether texts compare without regard to letter case.
        fold: bool,
    },
    /// `x exists`.
    Exists(ExprId),
    /// `e is known`.
    IsKnown(ExprId),
    /// `a else b`.
    Else(ExprId, ExprId),
    /// `if p then a else b`.
    If(ExprId, ExprId, ExprId),
    /// `[a, b]`.
    List(Operands),
    /// Whether a cell with this condition is hit in a matrix, in the matrix's own frame.
    Hit {
        /// The matrix.
        matrix: MatrixAt,
        /// Which of its conditions.
        condition: u32,
    },
}

/// Whether texts of this type, or in it, compare without regard to letter case.
pub fn folds(ty: &Type) -> bool {
    match ty {
        Type::Name => true,
        Type::Optional(of) | Type::List(of) => folds(of),
        Type::Map { value, .. } => folds(value),
        _ => false,
    }
}
