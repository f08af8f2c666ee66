//! Expressions, literals and texts.

use std::sync::Arc;

use crate::source::Span;

use super::Ident;

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands, without parentheses around it.
    pub span: Span,
}

/// What an expression is. Parentheses are not kept: the printer sets them where they are needed.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// A literal that is no text.
    Literal(Literal),
    /// A text. `{ }` in it means nothing; only messages hold expressions.
    Text(Str),
    /// A bare name: a bound name, a constant, an enum's value, a section of the inventory.
    Name(Ident),
    /// `base.name`
    Field {
        /// Whose field.
        base: Box<Expr>,
        /// Which.
        name: Ident,
    },
    /// `base[key]`
    Index {
        /// The map.
        base: Box<Expr>,
        /// The key.
        key: Box<Expr>,
    },
    /// `function(a, b)`
    Call {
        /// The function's name.
        function: Ident,
        /// What it is given.
        args: Vec<Expr>,
    },
    /// `function(e for x in xs where P)`, and `count(x in xs where P)` without an element.
    Aggregate {
        /// The function's name.
        function: Ident,
        /// `e`; nothing in `count(x in xs)`.
        element: Option<Box<Expr>>,
        /// `x in xs where P`
        over: Comprehension,
    },
    /// `[a, b]`
    List(Vec<Expr>),
    /// `[e for x in xs where P]`
    ListOf {
        /// `e`
        element: Box<Expr>,
        /// `x in xs where P`
        over: Comprehension,
    },
    /// `{}`: the empty map.
    EmptyMap,
    /// `not a`, `-a`
    Unary {
        /// Which.
        op: UnaryOp,
        /// To what.
        operand: Box<Expr>,
    },
    /// `a + b`, `a in b`, `a and b` …
    Binary {
        /// Which.
        op: BinaryOp,
        /// Where the operator stands.
        op_span: Span,
        /// On its left.
        left: Box<Expr>,
        /// On its right.
        right: Box<Expr>,
    },
    /// `a else b`: `b` where `a` is `none`.
    Else {
        /// What may be `none`.
        value: Box<Expr>,
        /// What stands in for it.
        fallback: Box<Expr>,
    },
    /// `if P then a else b`
    If {
        /// `P`
        condition: Box<Expr>,
        /// `a`
        then: Box<Expr>,
        /// `b`
        otherwise: Box<Expr>,
    },
    /// `a exists`: it is not `none`.
    Exists(Box<Expr>),
    /// `a is known`
    IsKnown(Box<Expr>),
    /// `all x in xs where P: Q`
    Quantified {
        /// `all`, `some`, `no`
        quantifier: Quantifier,
        /// `x in xs where P`
        over: Comprehension,
        /// `Q`
        body: Box<Expr>,
    },
}

/// `x in xs where P`
#[derive(Clone, Debug, PartialEq)]
pub struct Comprehension {
    /// `x`
    pub binding: Ident,
    /// `xs`
    pub list: Box<Expr>,
    /// `P`
    pub filter: Option<Box<Expr>>,
    /// From the name to the filter.
    pub span: Span,
}

/// How a quantifier joins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Quantifier {
    /// True where it is true of every element.
    All,
    /// True where it is true of an element.
    Some,
    /// True where it is true of no element.
    No,
}

/// An operator before its operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UnaryOp {
    /// `not`
    Not,
    /// `-`
    Negate,
}

/// An operator between its operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BinaryOp {
    /// `implies`, joins to the right
    Implies,
    /// `or`
    Or,
    /// `and`
    And,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterEqual,
    /// `in`
    In,
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
}

impl BinaryOp {
    /// The operator as it is written.
    pub fn text(self) -> &'static str {
        match self {
            BinaryOp::Implies => "implies",
            BinaryOp::Or => "or",
            BinaryOp::And => "and",
            BinaryOp::Equal => "==",
            BinaryOp::NotEqual => "!=",
            BinaryOp::Less => "<",
            BinaryOp::LessEqual => "<=",
            BinaryOp::Greater => ">",
            BinaryOp::GreaterEqual => ">=",
            BinaryOp::In => "in",
            BinaryOp::Add => "+",
            BinaryOp::Subtract => "-",
            BinaryOp::Multiply => "*",
            BinaryOp::Divide => "/",
        }
    }
}

/// A literal that is no text.
#[derive(Clone, Debug, PartialEq)]
pub struct Literal {
    /// What it is, with all that is needed to write it again.
    pub kind: LiteralKind,
    /// Where.
    pub span: Span,
}

/// What a literal is. Numbers keep their digits as written; nothing is computed here.
#[derive(Clone, Debug, PartialEq)]
pub enum LiteralKind {
    /// `42` or `6.2`: digits with at most one point. A number or a version, by what it is used with.
    Number(Arc<str>),
    /// `10.0.17763`: digits with two points or more.
    Version(Arc<str>),
    /// `15%`: the digits before the sign.
    Percent(Arc<str>),
    /// `64 GiB`: digits (at most one point) and unit.
    Size(Arc<str>, SizeUnit),
    /// `30 s`: digits (at most one point) and unit.
    Duration(Arc<str>, DurationUnit),
    /// `2026-12-31`, as written: four, two and two digits, not yet known to be a day of the calendar.
    Date(Arc<str>),
    /// `true`, `false`
    Bool(bool),
    /// `none`
    None,
}

/// A unit of sizes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each is the unit it is called after")]
pub enum SizeUnit {
    B,
    KB,
    MB,
    GB,
    TB,
    KiB,
    MiB,
    GiB,
    TiB,
}

impl SizeUnit {
    /// Every unit.
    pub const ALL: [SizeUnit; 9] = [
        SizeUnit::B,
        SizeUnit::KB,
        SizeUnit::MB,
        SizeUnit::GB,
        SizeUnit::TB,
        SizeUnit::KiB,
        SizeUnit::MiB,
        SizeUnit::GiB,
        SizeUnit::TiB,
    ];

    /// The unit as it is written.
    pub fn text(self) -> &'static str {
        match self {
            SizeUnit::B => "B",
            SizeUnit::KB => "KB",
            SizeUnit::MB => "MB",
            SizeUnit::GB => "GB",
            SizeUnit::TB => "TB",
            SizeUnit::KiB => "KiB",
            SizeUnit::MiB => "MiB",
            SizeUnit::GiB => "GiB",
            SizeUnit::TiB => "TiB",
        }
    }

    /// How many bytes it is.
    pub fn bytes(self) -> u64 {
        match self {
            SizeUnit::B => 1,
            SizeUnit::KB => 1_000,
            SizeUnit::MB => 1_000_000,
            SizeUnit::GB => 1_000_000_000,
            SizeUnit::TB => 1_000_000_000_000,
            SizeUnit::KiB => 1 << 10,
            SizeUnit::MiB => 1 << 20,
            SizeUnit::GiB => 1 << 30,
            SizeUnit::TiB => 1 << 40,
        }
    }
}

/// A unit of durations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DurationUnit {
    /// `s`
    Seconds,
    /// `min`
    Minutes,
    /// `h`
    Hours,
    /// `d`
    Days,
}

impl DurationUnit {
    /// Every unit.
    pub const ALL: [DurationUnit; 4] =
        [DurationUnit::Seconds, DurationUnit::Minutes, DurationUnit::Hours, DurationUnit::Days];

    /// The unit as it is written.
    pub fn text(self) -> &'static str {
        match self {
            DurationUnit::Seconds => "s",
            DurationUnit::Minutes => "min",
            DurationUnit::Hours => "h",
            DurationUnit::Days => "d",
        }
    }

    /// How many seconds it is.
    pub fn seconds(self) -> u64 {
        match self {
            DurationUnit::Seconds => 1,
            DurationUnit::Minutes => 60,
            DurationUnit::Hours => 3_600,
            DurationUnit::Days => 86_400,
        }
    }
}

/// A text in which `{ }` means nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct Str {
    /// What it says: quotes and braces resolved, line breaks made blanks.
    pub value: Arc<str>,
    /// Where, with its quotes.
    pub span: Span,
}

/// A message: a text whose `{ }` hold expressions.
#[derive(Clone, Debug, PartialEq)]
pub struct Text {
    /// Its pieces in order; no two literal ones next to each other, none of them empty.
    pub pieces: Vec<Piece>,
    /// Where, with its quotes.
    pub span: Span,
}

/// A piece of a message.
#[derive(Clone, Debug, PartialEq)]
pub enum Piece {
    /// Words that stand as they are.
    Literal(Str),
    /// `{expr}`
    Interpolation(Expr),
}
