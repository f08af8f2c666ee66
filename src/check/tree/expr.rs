//! Expressions of the checked tree.

use std::sync::Arc;

use crate::source::Span;
use crate::types::{Const, FieldId, FunctionId, Type};
use crate::value::StructId;

/// A name bound in a [`Frame`]: the subject, a parameter, an element of `each`, a `let`, the variable of a comprehension.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct LocalId(pub u16);

/// What is known of a bound name.
#[derive(Clone, PartialEq, Debug)]
pub struct Local {
    /// Its name.
    pub name: Arc<str>,
    /// Its type as bound (narrowing shows in the expressions that read it).
    pub ty: Type,
}

/// All names bound anywhere in one function, rule, matrix, effect, gather, demand or select, each with an id of its own.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Frame {
    /// By [`LocalId`].
    pub locals: Vec<Local>,
}

/// An expression with its type.
#[derive(Clone, PartialEq, Debug)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Its type, after narrowing.
    pub ty: Type,
    /// Where it stands.
    pub span: Span,
}

/// What an expression is. Operands have been brought to types that fit: a literal `6.2` next to a version is a version.
#[derive(Clone, PartialEq, Debug)]
pub enum ExprKind {
    /// A value.
    Const(Const),
    /// A bound name.
    Local(LocalId),
    /// All rows of an entity: `hosts`.
    Section(StructId),
    /// A stored, gathered or built-in field of a row (derived ones are a [`ExprKind::Call`]).
    Field {
        /// The row.
        of: Box<Expr>,
        /// Its struct.
        owner: StructId,
        /// The field.
        field: FieldId,
    },
    /// A `define` with its arguments, or a derived field with its row as the one argument.
    Call {
        /// Which.
        function: FunctionId,
        /// The arguments, as many as it has parameters.
        args: Vec<Expr>,
    },
    /// `m[k]`: `none` where the key is absent.
    Index {
        /// The map.
        map: Box<Expr>,
        /// The key, a text or a name.
        key: Box<Expr>,
    },
    /// `not a`.
    Not(Box<Expr>),
    /// `a and b`.
    And(Box<Expr>, Box<Expr>),
    /// `a or b`.
    Or(Box<Expr>, Box<Expr>),
    /// `a implies b`.
    Implies(Box<Expr>, Box<Expr>),
    /// `==`, `<` and so on. Both sides have one type, apart from `?`; a text next to a name compares as names do.
    Compare(Comparison, Box<Expr>, Box<Expr>),
    /// `x in xs`, which counts as `==` with each element.
    In(Box<Expr>, Box<Expr>),
    /// `+ - * /` on numbers and quantities; the type says which. `+` on texts joins.
    Arithmetic(Arithmetic, Box<Expr>, Box<Expr>),
    /// `-a`.
    Negate(Box<Expr>),
    /// `all`, `some`, `no`.
    Quantify {
        /// Which.
        quantifier: Quantifier,
        /// The element's name.
        local: LocalId,
        /// Over what.
        list: Box<Expr>,
        /// `where`.
        filter: Option<Box<Expr>>,
        /// What is said of each.
        body: Box<Expr>,
    },
    /// `[e for x in xs where P]`.
    Collect {
        /// The element's name.
        local: LocalId,
        /// Over what.
        list: Box<Expr>,
        /// `where`.
        filter: Option<Box<Expr>>,
        /// What is collected.
        body: Box<Expr>,
    },
    /// `count`, `sum`, `min`, `max` over a list.
    Fold {
        /// Which.
        fold: Fold,
        /// The element's name.
        local: LocalId,
        /// Over what.
        list: Box<Expr>,
        /// `where`.
        filter: Option<Box<Expr>>,
        /// What is added or compared; nothing for `count`.
        body: Option<Box<Expr>>,
        /// Whether what is added can never be below zero, so that a partly known sum is an interval.
        never_negative: bool,
    },
    /// A function of the language.
    Builtin(Builtin, Vec<Expr>),
    /// `x exists`: it is not `none`.
    Exists(Box<Expr>),
    /// `e is known`.
    IsKnown(Box<Expr>),
    /// `a else b`: b where a is `none`.
    Else(Box<Expr>, Box<Expr>),
    /// `if p then a else b`.
    If(Box<Expr>, Box<Expr>, Box<Expr>),
    /// `[a, b]` with elements that are no constants.
    List(Vec<Expr>),
}

/// How two values are compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
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
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
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
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Quantifier {
    /// `all`
    All,
    /// `some`
    Some,
    /// `no`
    No,
}

/// `count`, `sum`, `min`, `max` with a `for`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fold {
    /// How many.
    Count,
    /// All together. The sum of nothing is zero.
    Sum,
    /// The least; of nothing: `none` (the type is optional).
    Min,
    /// The greatest; of nothing: `none` (the type is optional).
    Max,
}

/// A function of the language.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Builtin {
    /// `distinct(xs)`: each element once, in order of appearance.
    Distinct,
    /// `union(xs, ys)`: each element once, in order of appearance.
    Union,
    /// `skip(n, xs)`
    Skip,
    /// `first(n, xs)`
    First,
    /// `join(xs, ", ")`
    Join,
    /// `text(x)`: as a message shows it.
    Text,
    /// `lower(t)`
    Lower,
    /// `t starts-with u`
    StartsWith,
    /// `t ends-with u`
    EndsWith,
    /// `t contains u`
    Contains,
    /// `matches(t, "regex")`; the pattern is a constant that compiles.
    Matches,
    /// `length(x)`: characters of a text, elements of a list.
    Length,
    /// `ceil(n)`
    Ceil,
    /// `floor(n)`
    Floor,
    /// `values(m)`: the values of a map in the order written.
    Values,
}

/// A message: texts and expressions in turn.
#[derive(Clone, PartialEq, Debug)]
pub struct Message {
    /// In order.
    pub pieces: Vec<MessagePiece>,
    /// Where it stands.
    pub span: Span,
}

/// A piece of a message.
#[derive(Clone, PartialEq, Debug)]
pub enum MessagePiece {
    /// As it is.
    Text(Arc<str>),
    /// `{ … }`
    Expr(Expr),
}

impl Expr {
    /// The operands, in the order of evaluation.
    pub fn children(&self) -> Vec<&Expr> {
        match &self.kind {
            ExprKind::Const(_) | ExprKind::Local(_) | ExprKind::Section(_) => Vec::new(),
            ExprKind::Field { of, .. } => vec![of],
            ExprKind::Call { args, .. } | ExprKind::Builtin(_, args) | ExprKind::List(args) => args.iter().collect(),
            ExprKind::Index { map, key } => vec![map, key],
            ExprKind::Not(a) | ExprKind::Negate(a) | ExprKind::Exists(a) | ExprKind::IsKnown(a) => vec![a],
            ExprKind::And(a, b)
            | ExprKind::Or(a, b)
            | ExprKind::Implies(a, b)
            | ExprKind::Compare(_, a, b)
            | ExprKind::In(a, b)
            | ExprKind::Arithmetic(_, a, b)
            | ExprKind::Else(a, b) => vec![a, b],
            ExprKind::If(a, b, c) => vec![a, b, c],
            ExprKind::Quantify { list, filter, body, .. } | ExprKind::Collect { list, filter, body, .. } => {
                [Some(list), filter.as_ref(), Some(body)].into_iter().flatten().map(|e| &**e).collect()
            }
            ExprKind::Fold { list, filter, body, .. } => {
                [Some(list), filter.as_ref(), body.as_ref()].into_iter().flatten().map(|e| &**e).collect()
            }
        }
    }

    /// Whether the expression, or one in it, satisfies a condition.
    pub fn any(&self, condition: &mut dyn FnMut(&Expr) -> bool) -> bool {
        condition(self) || self.children().into_iter().any(|child| child.any(condition))
    }

    /// The conjuncts of a chain of `and`, in order.
    pub fn conjuncts(&self) -> Vec<&Expr> {
        match &self.kind {
            ExprKind::And(a, b) => {
                let mut parts = a.conjuncts();
                parts.extend(b.conjuncts());
                parts
            }
            _ => vec![self],
        }
    }
}
