//! Support matrices: their clauses, their table, the conditions that cells name.

use nom::Parser;
use nom::combinator::opt;
use nom::multi::separated_list1;

use crate::diag::codes::syntax as codes;
use crate::diag::{Diagnostic, nearest};
use crate::source::Span;
use crate::syntax::ast::{
    Axis, BinaryOp, Cell, CellBody, Condition, Expr, ExprKind, HeaderCell, HeaderValue, HeaderValueKind, Item,
    Justification, Matrix, Row, Table, UnaryOp,
};
use crate::syntax::token::{Sign, TokenKind};
use crate::syntax::words;

use super::clause::{Opening, heading, justification, level, missing, once};
use super::expr::{expr, literal};
use super::item::header;
use super::recover::{block, unknown_clause};
use super::tokens::{Fault, In, Res, at_item, commit, name, sign, text};

/// To what a reason belongs: to the matrix, to the condition above it, or to a condition that could not be read.
enum Owner {
    Matrix,
    Condition,
    Lost,
}

/// `matrix CODE NAME LEVEL "title" { … }`
pub fn matrix(i: In<'_>) -> Res<'_, Option<Item>> {
    let start = i;
    let (i, head) = header(i.next(), |i| heading(i, true))?;
    let open = i.token();
    let (i, _) = commit(sign(Sign::OpenBrace)(i))?;
    let mut opening = Opening::default();
    let (mut rows, mut columns, mut table) = (None, None, None);
    let mut conditions: Vec<Condition> = Vec::new();
    let mut why = Justification::default();
    let mut owner = Owner::Matrix;
    let mut broken_table = false;
    let (i, ended) = block(open, i, words::MATRIX, |i| match i.word() {
        Some("for" | "each" | "let" | "when") => opening.read(i),
        Some("rows" | "columns") => {
            let word = if i.at_word("rows") { "rows" } else { "columns" };
            let (rest, value) = commit(expr(i.next()))?;
            let slot = if word == "rows" { &mut rows } else { &mut columns };
            once(i, slot, word, |axis: &Axis| axis.span, Axis { value, span: rest.span_from(i) });
            Ok((rest, ()))
        }
        Some("cite" | "because" | "help" | "fix") => {
            let mut lost = Justification::default();
            let target = match (&owner, conditions.last_mut()) {
                (Owner::Matrix, _) => &mut why,
                (Owner::Condition, Some(condition)) => &mut condition.why,
                _ => &mut lost,
            };
            let (rest, ()) = justification(i, target)?;
            if let Some(condition) = conditions.last_mut().filter(|_| matches!(owner, Owner::Condition)) {
                condition.span = condition.span.to(rest.span_from(i));
            }
            Ok((rest, ()))
        }
        _ if i.at(Sign::Bar) || i.token().kind == TokenKind::TableRule => {
            let (rest, (found, broken)) = self::table(i);
            broken_table |= broken;
            once(i, &mut table, "table", |table: &Table| table.span, found);
            Ok((rest, ()))
        }
        Some(_) if is_condition(i) => {
            owner = Owner::Lost;
            let (rest, condition) = condition(i)?;
            conditions.push(condition);
            owner = Owner::Condition;
            Ok((rest, ()))
        }
        _ => Err(nom::Err::Failure(unknown_clause(i, "a matrix", words::MATRIX))),
    });
    let Some(head) = head else { return Ok((i, None)) };
    if !ended.broken {
        let here = head.name.span;
        if opening.subject.is_none() {
            missing(i, here, "this matrix", "`for`", "say what it is about: `for step`");
        }
        if rows.is_none() {
            missing(i, here, "this matrix", "`rows`", "say what the headers of the rows are compared with: `rows E`");
        }
        if columns.is_none() {
            missing(
                i,
                here,
                "this matrix",
                "`columns`",
                "say what the headers of the columns are compared with: `columns E`",
            );
        }
        if table.is_none() {
            missing(i, here, "this matrix", "table", "draw it with `|`, an empty corner first");
        }
    }
    let Opening { subject, premises } = opening;
    let matrix = Matrix {
        code: head.code,
        name: head.name,
        level: head.level,
        title: head.title,
        subject,
        premises,
        rows,
        columns,
        table: table.filter(|_| !broken_table),
        conditions,
        why,
        span: i.span_from(start),
    };
    Ok((i, Some(Item::Matrix(matrix))))
}

/// Whether a condition begins here: a name, and behind it a level, or a code, which has a capital letter.
fn is_condition(i: In<'_>) -> bool {
    i.word_ahead(1)
        .is_some_and(|word| words::LEVELS.contains(&word) || word.starts_with(|c: char| c.is_ascii_uppercase()))
}

/// `NAME must CODE EXPR`; the reasons behind it are read as clauses of their own.
fn condition(i: In<'_>) -> Res<'_, Condition> {
    let start = i;
    let (i, condition_name) = commit(name(i))?;
    let (i, level) = opt(level).parse(i)?;
    let (i, code) = commit(name(i))?;
    let (i, condition) = commit(expr(i))?;
    let why = Justification::default();
    Ok((i, Condition { name: condition_name, level, code, condition, why, span: i.span_from(start) }))
}

fn bad_table(span: Span, message: impl Into<String>, help: &str) -> Diagnostic {
    Diagnostic::error(codes::BAD_TABLE, span, message).help(help)
}

/// The table, from its first `|` on, and whether something in it could not be read.
fn table(start: In<'_>) -> (In<'_>, (Table, bool)) {
    let mut broken = false;
    let mut i = start;
    let mut columns = Vec::new();
    if i.at(Sign::Bar) {
        let (rest, ok) = line(i, |i, at| {
            if at == 0 {
                if i.at(Sign::Bar) {
                    return Ok((i, ()));
                }
                let help = "leave the corner of the table empty: `|  | a | b |`";
                let diagnostic = bad_table(i.token().span, "the corner of a table is empty", help);
                return Err(nom::Err::Failure(i.fault(diagnostic)));
            }
            let (i, cell) = header_cell(i)?;
            columns.push(cell);
            Ok((i, ()))
        });
        broken |= !ok;
        i = rest;
    }
    if i.token().kind == TokenKind::TableRule {
        if columns.is_empty() {
            let help = "begin the table with the headers of its columns: `|  | a | b |`";
            i.report(bad_table(i.token().span, "this table has no headers", help));
            broken = true;
        }
        i = i.next();
    } else {
        let help = "a line such as `|---|---|` stands below the headers of a table";
        i.report(bad_table(start.token().span, "the rule below the headers is missing", help));
        broken = true;
    }
    let mut rows = Vec::new();
    while i.token().line_start && (i.at(Sign::Bar) || i.token().kind == TokenKind::TableRule) {
        if i.token().kind == TokenKind::TableRule {
            let help = "a table has one rule, below its headers";
            i.report(bad_table(i.token().span, "this is a second rule of the table", help));
            broken = true;
            i = i.next();
            continue;
        }
        let from = i;
        let mut header = None;
        let mut cells = Vec::new();
        let (rest, ok) = line(i, |i, at| {
            if at == 0 {
                let (i, cell) = header_cell(i)?;
                header = Some(cell);
                return Ok((i, ()));
            }
            let cell_start = i;
            let (i, body) = cell_body(i)?;
            cells.push(Cell { body, span: i.span_from(cell_start) });
            Ok((i, ()))
        });
        broken |= !ok;
        i = rest;
        let span = i.span_from(from);
        if ok && !broken_columns(&columns) && cells.len() != columns.len() {
            let count = |n: usize, what: &str| if n == 1 { format!("{n} {what}") } else { format!("{n} {what}s") };
            let message =
                format!("this row has {} below {}", count(cells.len(), "cell"), count(columns.len(), "column"));
            i.report(bad_table(span, message, "write a cell for each column; what the source does not say is `-`"));
            broken = true;
        } else if let Some(header) = header.filter(|_| ok) {
            rows.push(Row { header, cells, span });
        }
    }
    if rows.is_empty() && !broken {
        let help = "write a row for each value: `| a | yes | no |`";
        i.report(bad_table(i.span_from(start), "this table has no rows", help));
        broken = true;
    }
    (i, (Table { columns, rows, span: i.span_from(start) }, broken))
}

/// Where the headers could not be read, rows cannot be measured by them.
fn broken_columns(columns: &[HeaderCell]) -> bool {
    columns.is_empty()
}

/// Reads a line of a table, giving the cells between its bars to `cell` with their number. Mistakes are reported, and
/// the next cell is read. False where there was one.
fn line<'a>(start: In<'a>, mut cell: impl FnMut(In<'a>, usize) -> Res<'a, ()>) -> (In<'a>, bool) {
    let mut i = start.next();
    let mut fine = true;
    let mut number = 0usize;
    let ends = |i: In<'_>| i.token().line_start || i.over() || i.at(Sign::CloseBrace) || at_item(i);
    let report = |i: In<'a>, fault: Fault| i.report(*fault.diagnostic);
    loop {
        if ends(i) {
            if number == 0 {
                let help = "write a cell for each column, and a `|` behind each";
                i.report(bad_table(start.token().span, "this line of the table is empty", help));
                fine = false;
            }
            return (i, fine);
        }
        let result = cell(i, number).and_then(|(rest, ())| {
            if rest.at(Sign::Bar) && !rest.token().line_start {
                return Ok((rest.next(), ()));
            }
            if ends(rest) {
                let help = "end each line of a table with `|`";
                let diagnostic = bad_table(rest.span_from(start), "this line of the table is not closed", help);
                return Err(nom::Err::Failure(rest.fault(diagnostic)));
            }
            Err(nom::Err::Failure(rest.expected("`|`")))
        });
        match result {
            Ok((rest, ())) => i = rest,
            Err(nom::Err::Error(fault) | nom::Err::Failure(fault)) => {
                fine = false;
                i = i.at_fault(&fault);
                report(i, fault);
                while !ends(i) && !i.at(Sign::Bar) {
                    i = i.next();
                }
                if !ends(i) {
                    i = i.next();
                }
            }
            Err(nom::Err::Incomplete(_)) => return (i, false),
        }
        number = number.saturating_add(1);
    }
}

/// `local-disk, smb-share`
fn header_cell(i: In<'_>) -> Res<'_, HeaderCell> {
    let start = i;
    let (i, values) = separated_list1(sign(Sign::Comma), header_value).parse(i)?;
    Ok((i, HeaderCell { values, span: i.span_from(start) }))
}

/// A value of a header.
pub fn header_value(i: In<'_>) -> Res<'_, HeaderValue> {
    let start = i;
    let order = match i.token().kind {
        TokenKind::Sign(Sign::Less) => Some(BinaryOp::Less),
        TokenKind::Sign(Sign::LessEqual) => Some(BinaryOp::LessEqual),
        TokenKind::Sign(Sign::Greater) => Some(BinaryOp::Greater),
        TokenKind::Sign(Sign::GreaterEqual) => Some(BinaryOp::GreaterEqual),
        _ => None,
    };
    let (i, kind) = if let Some(op) = order {
        let (i, bound) = commit(header_operand(i.next()))?;
        (i, HeaderValueKind::Compared { op, bound })
    } else if i.at_word("any") {
        (i.next(), HeaderValueKind::Any)
    } else if i.at_word("other") {
        (i.next(), HeaderValueKind::Other)
    } else {
        let (i, low) = header_operand(i)?;
        if i.at(Sign::Range) {
            let below = i.ahead(1).kind == TokenKind::Sign(Sign::Less);
            let i = if below { i.next().next() } else { i.next() };
            let (i, high) = commit(header_operand(i))?;
            (i, HeaderValueKind::Range { low, high, below })
        } else {
            (i, HeaderValueKind::Value(low))
        }
    };
    Ok((i, HeaderValue { kind, span: i.span_from(start) }))
}

/// A literal, a text, a name, a negated number.
fn header_operand(i: In<'_>) -> Res<'_, Expr> {
    let start = i;
    if i.at(Sign::Minus) {
        let (i, literal) = commit(literal(i.next()))?;
        let operand = Expr { span: literal.span, kind: ExprKind::Literal(literal) };
        let kind = ExprKind::Unary { op: UnaryOp::Negate, operand: Box::new(operand) };
        return Ok((i, Expr { kind, span: i.span_from(start) }));
    }
    let span = i.token().span;
    if i.token().kind == TokenKind::Text {
        return text(i).map(|(i, text)| (i, Expr { kind: ExprKind::Text(text), span }));
    }
    if let Ok((i, literal)) = literal(i) {
        return Ok((i, Expr { kind: ExprKind::Literal(literal), span }));
    }
    match name(i) {
        Ok((i, name)) => Ok((i, Expr { kind: ExprKind::Name(name), span })),
        Err(_) => {
            let help = "a header is a value, several with commas between them, a range `a .. b`, `< a`, `none`, `any` or `other`";
            let diagnostic = bad_table(i.token().span, format!("expected a header, found {}", i.found()), help);
            Err(nom::Err::Error(i.fault(diagnostic)))
        }
    }
}

/// `yes, effect if condition`, `no`, `-`, `/`
pub fn cell_body(i: In<'_>) -> Res<'_, CellBody> {
    match i.word() {
        Some("no") => return Ok((i.next(), CellBody::No)),
        Some("yes") => {}
        _ if i.at(Sign::Minus) => return Ok((i.next(), CellBody::Silent)),
        _ if i.at(Sign::Slash) => return Ok((i.next(), CellBody::Impossible)),
        other => {
            let message = format!("expected a cell, found {}", i.found());
            let near = other.and_then(|word| nearest(word, ["yes", "no"]));
            let help = near.map_or_else(
                || "a cell is `yes`, `no`, `-` (the source is silent) or `/` (cannot occur)".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            return Err(nom::Err::Error(i.fault(bad_table(i.token().span, message, &help))));
        }
    }
    let mut i = i.next();
    let mut effects = Vec::new();
    let mut condition = None;
    loop {
        if i.at(Sign::Comma) {
            let (rest, effect) = commit(name(i.next()))?;
            effects.push(effect);
            i = rest;
        } else if i.at_word("if") && condition.is_none() {
            let (rest, found) = commit(name(i.next()))?;
            condition = Some(found);
            i = rest;
        } else {
            return Ok((i, CellBody::Yes { effects, condition }));
        }
    }
}
