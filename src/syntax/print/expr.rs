//! Expressions, with the parentheses that their precedence needs and no others.

use crate::syntax::ast::{BinaryOp, Comprehension, Expr, ExprKind, Ident, Literal, LiteralKind, Quantifier, UnaryOp};

use super::text::plain;

/// Where an expression stands: how tight it has to bind, whether a bare `else` would belong to an `if` around it,
/// whether it stands in a message.
#[derive(Clone, Copy)]
pub struct Place {
    least: u8,
    no_else: bool,
    nested: bool,
}

impl Place {
    /// By itself.
    pub const FREE: Place = Place { least: 0, no_else: false, nested: false };
    /// Between the braces of a message.
    pub const MESSAGE: Place = Place { least: 0, no_else: false, nested: true };

    /// What something is written to: a value with fields and keys behind it.
    pub const TARGET: Place = Place { least: POSTFIX, no_else: false, nested: false };

    pub(super) fn least(self, least: u8) -> Place {
        Place { least, ..self }
    }

    /// Between brackets.
    pub(super) fn free(self) -> Place {
        Place { least: 0, no_else: false, ..self }
    }
}

pub(super) const LOOSE: u8 = 0;
pub(super) const IMPLIES: u8 = 1;
const OR: u8 = 2;
const AND: u8 = 3;
pub(super) const NOT: u8 = 4;
pub(super) const COMPARISON: u8 = 5;
pub(super) const ELSE: u8 = 6;
pub(super) const SUM: u8 = 7;
const PRODUCT: u8 = 8;
const UNARY: u8 = 9;
const POSTFIX: u8 = 10;

pub(super) fn power(op: BinaryOp) -> u8 {
    match op {
        BinaryOp::Implies => IMPLIES,
        BinaryOp::Or => OR,
        BinaryOp::And => AND,
        BinaryOp::Equal
        | BinaryOp::NotEqual
        | BinaryOp::Less
        | BinaryOp::LessEqual
        | BinaryOp::Greater
        | BinaryOp::GreaterEqual
        | BinaryOp::In => COMPARISON,
        BinaryOp::Add | BinaryOp::Subtract => SUM,
        BinaryOp::Multiply | BinaryOp::Divide => PRODUCT,
    }
}

/// How tight an expression binds by itself.
fn own_power(expr: &Expr) -> u8 {
    match &expr.kind {
        // What reaches as far to the right as it can is put into parentheses wherever it is an operand.
        ExprKind::If { .. } | ExprKind::Quantified { .. } => LOOSE,
        ExprKind::Binary { op, .. } => power(*op),
        ExprKind::Unary { op: UnaryOp::Not, .. } => NOT,
        ExprKind::Exists(_) | ExprKind::IsKnown(_) => COMPARISON,
        ExprKind::Else { .. } => ELSE,
        ExprKind::Unary { op: UnaryOp::Negate, .. } => UNARY,
        ExprKind::Literal(Literal { kind, .. }) if !matches!(kind, LiteralKind::Bool(_) | LiteralKind::None) => UNARY,
        _ => POSTFIX,
    }
}

/// Whether an expression has to stand in parentheses where it stands.
pub(super) fn alone(expr: &Expr, place: Place) -> bool {
    own_power(expr) < place.least || (place.no_else && matches!(expr.kind, ExprKind::Else { .. }))
}

/// The same without an `else` of its own, for what stands between `then` and `else`.
pub(super) fn before_else(place: Place) -> Place {
    Place { no_else: true, ..place.free() }
}

/// An expression on one line.
pub fn expr(expr: &Expr, place: Place) -> String {
    if alone(expr, place) { format!("({})", bare(expr, place.free())) } else { bare(expr, place) }
}

fn bare(whole: &Expr, place: Place) -> String {
    let free = place.free();
    match &whole.kind {
        ExprKind::Literal(found) => literal(found),
        ExprKind::Text(text) => plain(text, place.nested),
        ExprKind::Name(name) => name.text.to_string(),
        ExprKind::Field { base, name } => format!("{}.{}", expr(base, place.least(POSTFIX)), name.text),
        ExprKind::Index { base, key } => format!("{}[{}]", expr(base, place.least(POSTFIX)), expr(key, free)),
        ExprKind::Call { function, args } => call(function, args, free),
        ExprKind::Aggregate { function, element: None, over } => {
            format!("{}({})", function.text, comprehension(over, free))
        }
        ExprKind::Aggregate { function, element: Some(element), over } => {
            format!("{}({} for {})", function.text, first_given(function, element, free), comprehension(over, free))
        }
        ExprKind::List(elements) => format!("[{}]", joined(elements, free)),
        ExprKind::ListOf { element, over } => format!("[{} for {}]", expr(element, free), comprehension(over, free)),
        ExprKind::EmptyMap => "{}".to_owned(),
        ExprKind::Unary { op: UnaryOp::Not, operand } => format!("not {}", expr(operand, negated(operand, place))),
        ExprKind::Unary { op: UnaryOp::Negate, operand } => format!("-{}", expr(operand, place.least(UNARY))),
        ExprKind::Binary { op, left, right, .. } => {
            let own = power(*op);
            let tighter = own.saturating_add(1);
            let (of_left, of_right) = match own {
                IMPLIES => (tighter, own),
                COMPARISON => (tighter, tighter),
                _ => (own, tighter),
            };
            let (of_left, of_right) = (place.least(of_left), place.least(of_right));
            format!("{} {} {}", operand(*op, left, of_left), op.text(), operand(*op, right, of_right))
        }
        ExprKind::Else { value, fallback } => {
            format!("{} else {}", expr(value, place.least(SUM)), expr(fallback, place.least(ELSE)))
        }
        ExprKind::If { condition, then, otherwise } => format!(
            "if {} then {} else {}",
            expr(condition, free),
            expr(then, before_else(free)),
            expr(otherwise, place.least(LOOSE)),
        ),
        ExprKind::Exists(value) => format!("{} exists", expr(value, place.least(ELSE))),
        ExprKind::IsKnown(value) => format!("{} is known", expr(value, place.least(ELSE))),
        ExprKind::Quantified { quantifier, over, body } => {
            format!("{} {}: {}", quantified(*quantifier), comprehension(over, free), expr(body, place.least(LOOSE)))
        }
    }
}

/// Where the operand of `not` stands. `not a in b` needs no parentheses, but readers are glad of them.
pub(super) fn negated(operand: &Expr, place: Place) -> Place {
    let compares = match &operand.kind {
        ExprKind::Binary { op, .. } => power(*op) == COMPARISON,
        ExprKind::IsKnown(_) => true,
        _ => false,
    };
    place.least(if compares { ELSE } else { NOT })
}

/// The word of a quantifier.
pub(super) fn quantified(quantifier: Quantifier) -> &'static str {
    match quantifier {
        Quantifier::All => "all",
        Quantifier::Some => "some",
        Quantifier::No => "no",
    }
}

/// An operand. An `and` below an `or` needs no parentheses, but readers are glad of them.
pub(super) fn operand(op: BinaryOp, found: &Expr, place: Place) -> String {
    let mixed = op == BinaryOp::Or && matches!(found.kind, ExprKind::Binary { op: BinaryOp::And, .. });
    expr(found, if mixed { place.least(NOT) } else { place })
}

/// `x in xs where P`
pub fn comprehension(over: &Comprehension, free: Place) -> String {
    let list = expr(&over.list, free.least(IMPLIES));
    let filter = over.filter.as_ref().map_or_else(String::new, |filter| format!(" where {}", expr(filter, free)));
    format!("{} in {list}{filter}", over.binding.text)
}

fn joined(elements: &[Expr], free: Place) -> String {
    let elements: Vec<String> = elements.iter().map(|element| expr(element, free)).collect();
    elements.join(", ")
}

/// The first thing a function is given. `count(x in xs)` counts; the truth of `x in xs` there has to look different.
pub(super) fn first_given(function: &Ident, given: &Expr, free: Place) -> String {
    let printed = expr(given, free);
    let mut start = printed.split(' ');
    let counts = &*function.text == "count"
        && start.next().is_some_and(|first| first.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'))
        && start.next() == Some("in");
    if counts { format!("({printed})") } else { printed }
}

fn call(function: &Ident, args: &[Expr], free: Place) -> String {
    match args.split_first() {
        Some((first, rest)) => {
            let rest: String = rest.iter().map(|arg| format!(", {}", expr(arg, free))).collect();
            format!("{}({}{rest})", function.text, first_given(function, first, free))
        }
        None => format!("{}()", function.text),
    }
}

/// A literal.
pub fn literal(found: &Literal) -> String {
    match &found.kind {
        LiteralKind::Number(digits) | LiteralKind::Version(digits) | LiteralKind::Date(digits) => digits.to_string(),
        LiteralKind::Percent(digits) => format!("{digits}%"),
        LiteralKind::Size(digits, unit) => format!("{digits} {}", unit.text()),
        LiteralKind::Duration(digits, unit) => format!("{digits} {}", unit.text()),
        LiteralKind::Bool(truth) => truth.to_string(),
        LiteralKind::None => "none".to_owned(),
    }
}
