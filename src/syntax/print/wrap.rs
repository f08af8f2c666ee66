//! Expressions that are too wide for a line: where they are broken, and how far in what follows stands. A line is broken
//! before a word or an operator that cannot begin a clause, and behind brackets and commas.

use crate::syntax::ast::{BinaryOp, Comprehension, Expr, ExprKind, UnaryOp};
use crate::syntax::words;

use super::expr::{
    self, Place, alone, before_else, comprehension, expr, first_given, negated, operand, power, quantified,
};
use super::{WIDTH, width};

/// An expression by itself that begins at a column; where it is too wide, over several lines.
pub fn wrapped(whole: &Expr, column: usize) -> String {
    laid(whole, Place::FREE, column)
}

/// An expression that begins at a column.
fn laid(whole: &Expr, place: Place, column: usize) -> String {
    let flat = expr(whole, place);
    if fits(&flat, column) {
        return flat;
    }
    let broken = if alone(whole, place) {
        broken(whole, place.free(), column.saturating_add(1)).map(|inner| format!("({inner})"))
    } else {
        broken(whole, place, column)
    };
    broken.unwrap_or(flat)
}

/// Whether each line of a text that begins at a column is narrow enough. Lines but the first have their indentation.
fn fits(text: &str, column: usize) -> bool {
    let mut lines = text.split('\n');
    let first = lines.next().is_some_and(|first| column.saturating_add(width(first)) <= WIDTH);
    first && lines.all(|line| width(line) <= WIDTH)
}

/// Whether a text cannot stand at the start of a line, for it would begin a clause.
pub fn begins_clause(text: &str) -> bool {
    words::begins_clause(text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').next().unwrap_or_default())
}

/// Lines below each other, all from one column; nothing where one of them would begin like a clause.
fn below(lines: &[String], column: usize) -> Option<String> {
    if lines.iter().skip(1).any(|line| begins_clause(line)) {
        return None;
    }
    Some(lines.join(&format!("\n{}", " ".repeat(column))))
}

/// An expression over several lines; nothing where it has no place to be broken at.
fn broken(whole: &Expr, place: Place, column: usize) -> Option<String> {
    let free = place.free();
    match &whole.kind {
        ExprKind::Binary { op: BinaryOp::And | BinaryOp::Or | BinaryOp::Implies, .. } => {
            let mut parts = Vec::new();
            split(whole, place, None, column, &mut parts);
            below(&parts, column)
        }
        ExprKind::Binary { op, left, right, .. } => {
            let own = power(*op);
            let tighter = own.saturating_add(1);
            let of_left = place.least(if own == expr::COMPARISON { tighter } else { own });
            let head = format!("{} ", op.text());
            let inner = column.saturating_add(2);
            let right = laid(right, place.least(tighter), inner.saturating_add(width(&head)));
            below(&[laid(left, of_left, column), format!("{head}{right}")], inner)
        }
        ExprKind::Unary { op: UnaryOp::Not, operand } => {
            Some(format!("not {}", laid(operand, negated(operand, place), column.saturating_add("not ".len()))))
        }
        ExprKind::Else { value, fallback } => {
            let fallback = laid(fallback, place.least(expr::ELSE), column.saturating_add("else ".len()));
            below(&[laid(value, place.least(expr::SUM), column), format!("else {fallback}")], column)
        }
        ExprKind::If { .. } => below(&branches(whole, place, column), column),
        ExprKind::Call { function, args } => {
            let head = format!("{}(", function.text);
            let inner = column.saturating_add(width(&head));
            let mut lines: Vec<String> = args.iter().map(|arg| laid(arg, free, inner)).collect();
            if let (Some(line), Some(first)) = (lines.first_mut(), args.first()) {
                let flat = first_given(function, first, free);
                if fits(&flat, inner) {
                    *line = flat;
                }
            }
            listed(&head, &mut lines, ")", inner)
        }
        ExprKind::List(elements) => {
            let inner = column.saturating_add(1);
            let mut lines: Vec<String> = elements.iter().map(|element| laid(element, free, inner)).collect();
            listed("[", &mut lines, "]", inner)
        }
        ExprKind::ListOf { element, over } => {
            gathered(&format!("[{} for ", expr(element, free)), over, free, "]", column)
        }
        ExprKind::Aggregate { function, element: None, over } => {
            gathered(&format!("{}(", function.text), over, free, ")", column)
        }
        ExprKind::Aggregate { function, element: Some(element), over } => {
            let head = format!("{}({} for ", function.text, first_given(function, element, free));
            gathered(&head, over, free, ")", column)
        }
        ExprKind::Quantified { quantifier, over, body } => {
            let head = format!("{} {}:", quantified(*quantifier), comprehension(over, free));
            let inner = column.saturating_add(2);
            below(&[head, laid(body, place.least(expr::LOOSE), inner)], inner)
        }
        _ => None,
    }
}

/// Elements between brackets, a line each.
fn listed(head: &str, lines: &mut [String], tail: &str, inner: usize) -> Option<String> {
    let last = lines.len().checked_sub(1)?;
    lines.iter_mut().take(last).for_each(|line| line.push(','));
    Some(format!("{head}{}{tail}", below(lines, inner)?))
}

/// `x in xs where P` behind what stands before it: the filter goes on behind `where` where there is room, else below.
fn gathered(head: &str, over: &Comprehension, free: Place, tail: &str, column: usize) -> Option<String> {
    let filter = over.filter.as_ref()?;
    let list = expr(&over.list, free.least(expr::IMPLIES));
    let first = format!("{head}{} in {list}", over.binding.text);
    let at = column.saturating_add(width(&first)).saturating_add(" where ".len());
    let beside = format!("{first} where {}{tail}", laid(filter, free, at));
    if fits(&beside, column) && at < WIDTH / 2 {
        return Some(beside);
    }
    let inner = column.saturating_add(2);
    let filter = laid(filter, free, inner.saturating_add("where ".len()));
    below(&[first, format!("where {filter}{tail}")], inner)
}

/// `if … then …`, `else if … then …`, `else …`, a line each.
fn branches(whole: &Expr, place: Place, column: usize) -> Vec<String> {
    let free = place.free();
    let mut lines = Vec::new();
    let (mut at, mut lead) = (whole, "if ");
    while let ExprKind::If { condition, then, otherwise } = &at.kind {
        let line = format!("{lead}{} then {}", expr(condition, free), expr(then, before_else(free)));
        if fits(&line, column) {
            lines.push(line);
        } else {
            lines.push(format!("{lead}{}", laid(condition, free, column.saturating_add(lead.len()))));
            let then = laid(then, before_else(free), column.saturating_add("then ".len()));
            lines.push(format!("then {then}"));
        }
        (at, lead) = (otherwise, "else if ");
    }
    lines.push(format!("else {}", laid(at, place.least(expr::LOOSE), column.saturating_add("else ".len()))));
    lines
}

/// The operands of a chain of one operator, each but the first with the operator before it.
fn split(whole: &Expr, place: Place, chain: Option<BinaryOp>, column: usize, parts: &mut Vec<String>) {
    let after = |op: BinaryOp| column.saturating_add(op.text().len()).saturating_add(1);
    match &whole.kind {
        ExprKind::Binary { op, left, right, .. }
            if matches!(op, BinaryOp::And | BinaryOp::Or | BinaryOp::Implies)
                && chain.is_none_or(|chain| chain == *op) =>
        {
            let own = power(*op);
            if *op == BinaryOp::Implies {
                parts.push(laid(left, place.least(own.saturating_add(1)), column));
                parts.push(format!("{} {}", op.text(), laid(right, place.least(own), after(*op))));
            } else {
                split(left, place.least(own), Some(*op), column, parts);
                let right = joined(*op, right, place.least(own.saturating_add(1)), after(*op));
                parts.push(format!("{} {right}", op.text()));
            }
        }
        _ => parts.push(match chain {
            Some(op) => joined(op, whole, place, column),
            None => laid(whole, place, column),
        }),
    }
}

/// An operand of a chain.
fn joined(op: BinaryOp, found: &Expr, place: Place, column: usize) -> String {
    let flat = operand(op, found, place);
    if fits(&flat, column) {
        return flat;
    }
    if flat.starts_with('(') && !alone(found, place) {
        // Parentheses for the reader's sake.
        return laid(found, place.least(expr::NOT), column);
    }
    laid(found, place, column)
}
