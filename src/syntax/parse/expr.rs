//! Expressions, by precedence climbing. From loose to tight: `implies` (joins to the right), `or`, `and`, `not` with
//! quantifiers and `if`, comparisons (which do not chain), `else` (joins to the right), `+ -`, `* /`, unary minus, and
//! what stands behind a value: `.field`, `[key]`.

use nom::Parser;
use nom::combinator::opt;
use nom::multi::separated_list0;
use nom::sequence::preceded;

use crate::diag::Diagnostic;
use crate::diag::codes::syntax as codes;
use crate::source::Span;
use crate::syntax::ast::{BinaryOp, Comprehension, Expr, ExprKind, Literal, LiteralKind, Quantifier, UnaryOp};
use crate::syntax::token::{Sign, Token, TokenKind};
use crate::syntax::words;

use super::MAX_DEPTH;
use super::tokens::{In, Res, any_name, at_item, close, commit, name, sign, text, word};

/// An expression, how high its tree is, and its place with the parentheses around it.
struct Node {
    /// In a box, so that the parser's frames stay small: they are what nesting costs.
    expr: Box<Expr>,
    height: usize,
    outer: Span,
}

/// Binding powers.
const IMPLIES: u8 = 1;
const OR: u8 = 2;
const AND: u8 = 3;
const NOT: u8 = 4;
const COMPARISON: u8 = 5;
const ELSE: u8 = 6;
const SUM: u8 = 7;
const PRODUCT: u8 = 8;

/// An expression.
pub fn expr(i: In<'_>) -> Res<'_, Expr> {
    node(i, false).map(|(i, node)| (i, *node.expr))
}

fn node(i: In<'_>, no_else: bool) -> Res<'_, Node> {
    i.deeper(|i| binary(i, IMPLIES, no_else))
}

/// What can follow a left operand.
enum Infix {
    Binary(BinaryOp, u8),
    Else,
    Exists,
    IsKnown,
}

impl Infix {
    fn power(&self) -> u8 {
        match self {
            Infix::Binary(_, power) => *power,
            Infix::Else => ELSE,
            Infix::Exists | Infix::IsKnown => COMPARISON,
        }
    }
}

fn infix(i: In<'_>) -> Option<Infix> {
    let binary = |op, power| Some(Infix::Binary(op, power));
    match i.token().kind {
        TokenKind::Name => match i.word()? {
            "implies" => binary(BinaryOp::Implies, IMPLIES),
            "or" => binary(BinaryOp::Or, OR),
            "and" => binary(BinaryOp::And, AND),
            "in" => binary(BinaryOp::In, COMPARISON),
            "else" => Some(Infix::Else),
            "exists" => Some(Infix::Exists),
            "is" => Some(Infix::IsKnown),
            _ => None,
        },
        TokenKind::Sign(sign) => match sign {
            Sign::Equal => binary(BinaryOp::Equal, COMPARISON),
            Sign::NotEqual => binary(BinaryOp::NotEqual, COMPARISON),
            Sign::Less => binary(BinaryOp::Less, COMPARISON),
            Sign::LessEqual => binary(BinaryOp::LessEqual, COMPARISON),
            Sign::Greater => binary(BinaryOp::Greater, COMPARISON),
            Sign::GreaterEqual => binary(BinaryOp::GreaterEqual, COMPARISON),
            Sign::Plus => binary(BinaryOp::Add, SUM),
            Sign::Minus => binary(BinaryOp::Subtract, SUM),
            Sign::Star => binary(BinaryOp::Multiply, PRODUCT),
            Sign::Slash => binary(BinaryOp::Divide, PRODUCT),
            _ => None,
        },
        _ => None,
    }
}

/// An expression whose operators bind at least as tight as `least`.
fn binary(i: In<'_>, least: u8, no_else: bool) -> Res<'_, Node> {
    let (mut i, mut left) = operand(i, least, no_else)?;
    // Of the levels that do not join to the left, the one that has been seen.
    let mut most = u8::MAX;
    while let Some(infix) = infix(i) {
        let power = infix.power();
        if power < least || (no_else && matches!(infix, Infix::Else)) {
            break;
        }
        if power == COMPARISON && most == COMPARISON {
            i = chain(i, &left, no_else)?.0;
            continue;
        }
        if power > most {
            return Err(nom::Err::Failure(i.expected("the end of the expression")));
        }
        let (rest, grown) = joined(i, infix, left, no_else)?;
        left = grown;
        most = most.min(power);
        i = rest;
    }
    Ok((i, left))
}

/// An operand and what stands behind it.
fn joined<'a>(i: In<'a>, infix: Infix, left: Node, no_else: bool) -> Res<'a, Node> {
    let op = i.token();
    match infix {
        Infix::Exists => {
            let span = left.outer.to(op.span);
            Ok((i.next(), grown(i, ExprKind::Exists(left.expr), left.height, span)?))
        }
        Infix::IsKnown => {
            let (rest, known) = commit(word("known")(i.next()).map_err(|error| match (error, i.word_ahead(1)) {
                (nom::Err::Error(mut fault), Some("none" | "null")) => {
                    fault.diagnostic.help = Some("write `== none`, or `not (x exists)`".to_owned());
                    nom::Err::Error(fault)
                }
                (other, _) => other,
            }))?;
            let span = left.outer.to(known.span);
            Ok((rest, grown(i, ExprKind::IsKnown(left.expr), left.height, span)?))
        }
        Infix::Else => {
            let (rest, right) = right_operand(i, ELSE, no_else)?;
            let (span, height) = (left.outer.to(right.outer), left.height.max(right.height));
            let kind = ExprKind::Else { value: left.expr, fallback: right.expr };
            Ok((rest, grown(i, kind, height, span)?))
        }
        Infix::Binary(binary_op, power) => {
            if op.kind == TokenKind::Sign(Sign::Minus) && !(op.blank_before && op.blank_after) {
                i.report(minus(op));
            }
            let joins_right = binary_op == BinaryOp::Implies;
            let least = if joins_right { power } else { power.saturating_add(1) };
            let (rest, right) = right_operand(i, least, no_else)?;
            let (span, height) = (left.outer.to(right.outer), left.height.max(right.height));
            if height >= MAX_DEPTH {
                return Err(nom::Err::Failure(i.too_long(span, binary_op.text())));
            }
            let kind = ExprKind::Binary { op: binary_op, op_span: op.span, left: left.expr, right: right.expr };
            Ok((rest, grown(i, kind, height, span)?))
        }
    }
}

/// What stands behind an operator.
fn right_operand(i: In<'_>, least: u8, no_else: bool) -> Res<'_, Node> {
    commit(i.next().deeper(|i| binary(i, least, no_else)))
}

fn minus(op: Token) -> Diagnostic {
    Diagnostic::error(codes::MINUS, op.span, "a minus between two values needs a blank on each side")
        .note("names may hold a `-`, so that `a-b` is one name")
        .help("write `a - b`")
}

/// Reports a comparison of a comparison, and reads over its rest.
fn chain<'a>(i: In<'a>, left: &Node, no_else: bool) -> Res<'a, ()> {
    let op = i.token();
    let first = i.text_at(left.outer);
    let diagnostic = Diagnostic::error(codes::CHAIN, op.span, "comparisons cannot be chained")
        .label("a second comparison")
        .also(left.outer, "this is a comparison already");
    let written = i.text_of(op);
    let help = if matches!(written, "exists" | "is" | "==" | "!=" | "in") {
        format!("put the first one into parentheses: `({first}) {written} …`")
    } else {
        "write `a < b and b < c`".to_owned()
    };
    i.report(diagnostic.help(help));
    match infix(i) {
        Some(Infix::Exists) => Ok((i.next(), ())),
        Some(Infix::IsKnown) => word("known")(i.next()).map(|(i, _)| (i, ())),
        _ => binary(i.next(), ELSE, no_else).map(|(i, _)| (i, ())),
    }
}

/// A node over others of this height.
fn grown<'a>(i: In<'a>, kind: ExprKind, height: usize, span: Span) -> Result<Node, nom::Err<super::tokens::Fault>> {
    let height = height.saturating_add(1);
    if height > MAX_DEPTH {
        return Err(nom::Err::Failure(i.too_deep(span)));
    }
    Ok(Node { expr: Box::new(Expr { kind, span }), height, outer: span })
}

/// What an operator stands before, between or behind.
fn operand(i: In<'_>, least: u8, no_else: bool) -> Res<'_, Node> {
    let start = i;
    let loose = match i.word() {
        Some("not" | "if" | "all" | "some" | "no") => i.word(),
        _ => None,
    };
    let Some(first) = loose else { return unary(i) };
    if least > NOT {
        let help = format!("put `{first} …` into parentheses");
        return i.expected_with("a value", help);
    }
    match first {
        "not" => {
            let (i, inner) = right_operand(i, NOT, no_else)?;
            let span = start.token().span.to(inner.outer);
            let kind = ExprKind::Unary { op: UnaryOp::Not, operand: inner.expr };
            Ok((i, grown(i, kind, inner.height, span)?))
        }
        "if" => conditional(i, no_else),
        "all" => quantified(i, Quantifier::All, no_else),
        "some" => quantified(i, Quantifier::Some, no_else),
        _ => quantified(i, Quantifier::No, no_else),
    }
}

/// `if P then a else b`
fn conditional(start: In<'_>, no_else: bool) -> Res<'_, Node> {
    let (i, condition) = commit(node(start.next(), false))?;
    let (i, _) = commit(word("then")(i))?;
    let (i, then) = commit(node(i, true))?;
    let (i, _) = commit(word("else")(i).map_err(|error| error.map(|fault| i.lacking(start, fault))))?;
    let (i, otherwise) = commit(node(i, no_else))?;
    let span = start.token().span.to(otherwise.outer);
    let height = condition.height.max(then.height).max(otherwise.height);
    let kind = ExprKind::If { condition: condition.expr, then: then.expr, otherwise: otherwise.expr };
    Ok((i, grown(i, kind, height, span)?))
}

/// `all x in xs where P: Q`
fn quantified(start: In<'_>, quantifier: Quantifier, no_else: bool) -> Res<'_, Node> {
    let (i, (over, over_height)) = commit(comprehension(start.next()))?;
    let (i, _) = commit(sign(Sign::Colon)(i))?;
    let (i, body) = commit(node(i, no_else))?;
    let span = start.token().span.to(body.outer);
    let kind = ExprKind::Quantified { quantifier, over, body: body.expr };
    Ok((i, grown(i, kind, over_height.max(body.height), span)?))
}

/// `x in xs where P`, by itself.
pub fn comprehended(i: In<'_>) -> Res<'_, Comprehension> {
    let (i, (over, _)) = comprehension(i)?;
    Ok((i, over))
}

/// `x in xs where P`
fn comprehension(i: In<'_>) -> Res<'_, (Comprehension, usize)> {
    let start = i;
    let (i, binding) = name(i)?;
    let (i, _) = commit(word("in")(i))?;
    let (i, list) = commit(node(i, false))?;
    let (i, filter) = opt(preceded(word("where"), |i| commit(node(i, false)))).parse(i)?;
    let height = list.height.max(filter.as_ref().map_or(0, |filter| filter.height));
    let over =
        Comprehension { binding, list: list.expr, filter: filter.map(|filter| filter.expr), span: i.span_from(start) };
    Ok((i, (over, height)))
}

fn unary(i: In<'_>) -> Res<'_, Node> {
    let start = i.token();
    if start.kind != TokenKind::Sign(Sign::Minus) {
        return postfix(i);
    }
    let (i, inner) = commit(i.next().deeper(unary))?;
    let span = start.span.to(inner.outer);
    let kind = ExprKind::Unary { op: UnaryOp::Negate, operand: inner.expr };
    Ok((i, grown(i, kind, inner.height, span)?))
}

/// A value and the fields and keys behind it.
fn postfix(i: In<'_>) -> Res<'_, Node> {
    let (mut i, mut base) = primary(i)?;
    loop {
        let token = i.token();
        match token.kind {
            TokenKind::Sign(Sign::Dot) => {
                let (rest, name) = commit(any_name(i.next()))?;
                let span = base.outer.to(name.span);
                base = grown(i, ExprKind::Field { base: base.expr, name }, base.height, span)?;
                i = rest;
            }
            TokenKind::Sign(Sign::OpenBracket) => {
                (i, base) = index(i, base)?;
            }
            _ => return Ok((i, base)),
        }
    }
}

/// `base[key]`
fn index(i: In<'_>, base: Node) -> Res<'_, Node> {
    let open = i.token();
    let (i, key) = commit(node(i.next(), false))?;
    let (i, end) = close(Sign::CloseBracket, open)(i)?;
    let span = base.outer.to(end.span);
    let height = base.height.max(key.height);
    Ok((i, grown(i, ExprKind::Index { base: base.expr, key: key.expr }, height, span)?))
}

/// A literal that is no text, as a token alone tells it.
pub fn literal(i: In<'_>) -> Res<'_, Literal> {
    let token = i.token();
    let written = i.text_of(token);
    let digits_end = written.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b'.').count();
    let digits = written.get(..digits_end).unwrap_or_default().trim_end_matches('.').into();
    let kind = match token.kind {
        TokenKind::Number => LiteralKind::Number(digits),
        TokenKind::Version => LiteralKind::Version(digits),
        TokenKind::Percent => LiteralKind::Percent(digits),
        TokenKind::Size(unit) => LiteralKind::Size(digits, unit),
        TokenKind::Duration(unit) => LiteralKind::Duration(digits, unit),
        TokenKind::Date => LiteralKind::Date(written.into()),
        TokenKind::Name => match written {
            "true" => LiteralKind::Bool(true),
            "false" => LiteralKind::Bool(false),
            "none" => LiteralKind::None,
            _ => return Err(nom::Err::Error(i.expected("a literal"))),
        },
        _ => return Err(nom::Err::Error(i.expected("a literal"))),
    };
    Ok((i.next(), Literal { kind, span: token.span }))
}

fn leaf(kind: ExprKind, span: Span) -> Node {
    Node { expr: Box::new(Expr { kind, span }), height: 1, outer: span }
}

fn primary(i: In<'_>) -> Res<'_, Node> {
    let token = i.token();
    match token.kind {
        TokenKind::Text => text(i).map(|(i, text)| (i, leaf(ExprKind::Text(text), token.span))),
        TokenKind::Sign(Sign::OpenParen) => parenthesised(i),
        TokenKind::Sign(Sign::OpenBracket) => list(i),
        TokenKind::Sign(Sign::OpenBrace) => {
            let (i, end) = close(Sign::CloseBrace, token)(i.next())?;
            Ok((i, leaf(ExprKind::EmptyMap, token.span.to(end.span))))
        }
        TokenKind::Name => {
            let written = i.text_of(token);
            if matches!(written, "true" | "false" | "none") {
                return literal(i).map(|(i, literal)| (i, leaf(ExprKind::Literal(literal), token.span)));
            }
            if words::RESERVED.contains(&written) || begins_clause(i) {
                return Err(nom::Err::Error(i.expected("an expression")));
            }
            if i.ahead(1).kind == TokenKind::Sign(Sign::OpenParen) {
                return call(i);
            }
            name(i).map(|(i, name)| (i, leaf(ExprKind::Name(name), token.span)))
        }
        TokenKind::End | TokenKind::TableRule | TokenKind::Sign(_) => {
            let mut fault = i.expected("an expression");
            if token.kind == TokenKind::Sign(Sign::Is) {
                fault.diagnostic.help = Some("equality is written `==`".to_owned());
            }
            Err(nom::Err::Error(fault))
        }
        _ => literal(i).map(|(i, literal)| (i, leaf(ExprKind::Literal(literal), token.span))),
    }
}

/// Whether a word stands here that begins the next clause, so that the expression before it is missing. The words
/// among them that can be names, such as `step`, are names where something of an expression follows them.
fn begins_clause(i: In<'_>) -> bool {
    let clause = i.token().line_start && i.word().is_some_and(words::begins_clause);
    let next = i.ahead(1);
    let goes_on = matches!(next.kind, TokenKind::Sign(sign) if sign != Sign::OpenBrace && sign != Sign::OpenParen && sign != Sign::OpenBracket && sign != Sign::Minus);
    at_item(i) || (clause && !goes_on)
}

fn parenthesised(i: In<'_>) -> Res<'_, Node> {
    let open = i.token();
    let (i, inner) = commit(node(i.next(), false))?;
    let (i, end) = close(Sign::CloseParen, open)(i)?;
    Ok((i, Node { outer: open.span.to(end.span), ..inner }))
}

fn list(i: In<'_>) -> Res<'_, Node> {
    let open = i.token();
    let i = i.next();
    if i.at(Sign::CloseBracket) {
        return Ok((i.next(), leaf(ExprKind::List(Vec::new()), open.span.to(i.token().span))));
    }
    let (i, first) = commit(node(i, false))?;
    if i.at_word("for") {
        let (i, (over, over_height)) = commit(comprehension(i.next()))?;
        let (i, end) = close(Sign::CloseBracket, open)(i)?;
        let height = first.height.max(over_height);
        let kind = ExprKind::ListOf { element: first.expr, over };
        return Ok((i, grown(i, kind, height, open.span.to(end.span))?));
    }
    let (i, (elements, height)) = rest_of_list(i, first, Sign::CloseBracket)?;
    let (i, end) = close(Sign::CloseBracket, open)(i)?;
    Ok((i, grown(i, ExprKind::List(elements), height, open.span.to(end.span))?))
}

/// The elements behind the first one, up to the bracket; a comma may stand behind the last.
fn rest_of_list(i: In<'_>, first: Node, end: Sign) -> Res<'_, (Vec<Expr>, usize)> {
    if !i.at(Sign::Comma) {
        return Ok((i, (vec![*first.expr], first.height)));
    }
    let element =
        |i| if In::at(i, end) { Err(nom::Err::Error(i.expected("an expression"))) } else { commit(node(i, false)) };
    let (i, more) = separated_list0(sign(Sign::Comma), element).parse(i.next())?;
    let i = if i.at(Sign::Comma) { i.next() } else { i };
    let height = more.iter().map(|node| node.height).fold(first.height, usize::max);
    let elements = std::iter::once(*first.expr).chain(more.into_iter().map(|node| *node.expr)).collect();
    Ok((i, (elements, height)))
}

/// `f(a, b)`, `f(e for x in xs)`, `count(x in xs)`
fn call(i: In<'_>) -> Res<'_, Node> {
    let start = i;
    let (i, function) = name(i)?;
    let open = i.token();
    let i = i.next();
    if i.at(Sign::CloseParen) {
        let span = function.span.to(i.token().span);
        return Ok((i.next(), leaf(ExprKind::Call { function, args: Vec::new() }, span)));
    }
    if start.at_word("count") && i.token().kind == TokenKind::Name && i.word_ahead(1) == Some("in") {
        let (i, (over, height)) = commit(comprehension(i))?;
        let (i, end) = close(Sign::CloseParen, open)(i)?;
        let span = function.span.to(end.span);
        return Ok((i, grown(i, ExprKind::Aggregate { function, element: None, over }, height, span)?));
    }
    let (i, first) = commit(node(i, false))?;
    if i.at_word("for") {
        let (i, (over, over_height)) = commit(comprehension(i.next()))?;
        let (i, end) = close(Sign::CloseParen, open)(i)?;
        let span = function.span.to(end.span);
        let height = first.height.max(over_height);
        let kind = ExprKind::Aggregate { function, element: Some(first.expr), over };
        return Ok((i, grown(i, kind, height, span)?));
    }
    let (i, (args, height)) = rest_of_list(i, first, Sign::CloseParen)?;
    let (i, end) = close(Sign::CloseParen, open)(i)?;
    let span = function.span.to(end.span);
    Ok((i, grown(i, ExprKind::Call { function, args }, height, span)?))
}

/// The field that something is written to: a value with fields and keys behind it, no operator.
pub fn target(i: In<'_>) -> Res<'_, Expr> {
    postfix(i).map(|(i, node)| (i, *node.expr))
}
