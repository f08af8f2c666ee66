//! Declarations: which one begins where, and those that are one sentence.

use nom::Parser;
use nom::combinator::opt;
use nom::multi::separated_list0;
use nom::sequence::preceded;

use crate::diag::codes::syntax as codes;
use crate::diag::{Diagnostic, nearest};
use crate::syntax::ast::{
    Adjust, Adjustment, Define, Demand, Derive, Disable, Extend, Item, Justification, Pack, Param, Redefine, Source,
    SourceField, Text, Type,
};
use crate::syntax::token::{Sign, TokenKind};
use crate::syntax::words;

use super::clause::{justification, level};
use super::expr::{expr, literal};
use super::message::message;
use super::recover::{entries, no_operator};
use super::tokens::{Fault, In, Res, any_name, at_item, close, commit, name, sign, text, word};
use super::{matrix, rule, select, suggest, test, vocabulary};

/// Every declaration up to the end of the text.
pub fn items(mut i: In<'_>) -> Vec<Item> {
    let mut found = Vec::new();
    // Where the declaration before this one began.
    let mut before = i;
    while !i.over() {
        match item(i) {
            Ok((rest, item)) => {
                found.extend(item);
                before = i;
                i = rest;
            }
            Err(nom::Err::Error(fault) | nom::Err::Failure(fault)) => {
                // What goes on behind a declaration has cut it short.
                let from = if i.token().line_start { i } else { before };
                i = skip_item(i, fault);
                from.unread(i.span_from(from));
                before = i;
            }
            Err(nom::Err::Incomplete(_)) => i = i.next(),
        }
    }
    found
}

/// Reports a fault and finds the next declaration.
fn skip_item(start: In<'_>, fault: Fault) -> In<'_> {
    let mut i = start.at_fault(&fault);
    start.report(*fault.diagnostic);
    let mut depth = 0usize;
    loop {
        let token = i.token();
        let moved = token.span != start.token().span;
        let word = token.line_start && i.word().is_some();
        let begins = at_item(i) || (word && depth == 0 && (token.column == 0 || starts_item(i)));
        if i.over() || (moved && begins) {
            return i;
        }
        match token.kind {
            TokenKind::Sign(Sign::OpenBrace) => depth = depth.saturating_add(1),
            // The brace that ends the broken declaration ends the search.
            TokenKind::Sign(Sign::CloseBrace) if depth <= 1 && i.ahead(1).line_start => return i.next(),
            TokenKind::Sign(Sign::CloseBrace) => depth = depth.saturating_sub(1),
            _ => {}
        }
        i = i.next();
    }
}

fn starts_item(i: In<'_>) -> bool {
    i.word().is_some_and(|word| words::ITEMS.contains(&word))
}

/// A declaration; nothing where its head could not be read and its inside only served to find mistakes.
fn item(i: In<'_>) -> Res<'_, Option<Item>> {
    let some = |(i, item)| (i, Some(item));
    match i.word() {
        Some("pack") => pack(i).map(some),
        Some("source") => source(i),
        Some("enum") => vocabulary::enumeration(i),
        Some("entity") => vocabulary::entity(i),
        Some("part") => vocabulary::part(i),
        Some("input") => vocabulary::input(i),
        Some("derive") => derive(i).map(some),
        Some("define") => define(i).map(some),
        Some("gather") => vocabulary::gather(i),
        Some("demand") => demand(i).map(some),
        Some("matrix") => matrix::matrix(i),
        Some("rule") => rule::rule(i),
        Some("select") => select::select(i),
        Some("effect") => rule::effect(i),
        Some("suggest") => suggest::suggest(i),
        Some("extend") if adds_fields(i) => vocabulary::addition(i),
        Some("extend") => extend(i).map(some),
        Some("adjust") => adjust(i).map(some),
        Some("disable") => disable(i).map(some),
        Some("redefine") => redefine(i).map(some),
        Some("fixture") => test::fixture(i),
        Some("test") => test::test(i),
        Some(other) => Err(nom::Err::Error(unknown_item(i, other))),
        None if i.at(Sign::CloseBrace) => {
            let diagnostic = Diagnostic::error(codes::UNCLOSED, i.token().span, "this brace closes nothing")
                .help("remove it, or look for a `{` that is missing above");
            i.report(diagnostic);
            Ok((i.next(), None))
        }
        None => {
            let mut fault = i.expected("a declaration");
            fault.diagnostic.help = Some("a declaration begins with a word such as `rule` or `define`".to_owned());
            Err(nom::Err::Error(fault))
        }
    }
}

fn unknown_item(i: In<'_>, word: &str) -> Fault {
    if let Some(fault) = no_operator(i) {
        return fault;
    }
    let diagnostic = Diagnostic::error(codes::UNKNOWN_ITEM, i.token().span, format!("`{word}` declares nothing"))
        .label("expected a declaration");
    let help = match nearest(word, words::ITEMS.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "a declaration begins with a word such as `rule`, `matrix`, `entity`, `define` or `test`".to_owned(),
    };
    i.fault(diagnostic.help(help))
}

/// What stands between a declaration's word and its `{`. Where it cannot be read that is reported, and the reading goes
/// on at the brace, so that a mistake in the head hides none in the body.
pub fn header<'a, T>(start: In<'a>, parse: impl FnOnce(In<'a>) -> Res<'a, T>) -> Res<'a, Option<T>> {
    let fault = match parse(start) {
        Ok((i, head)) if i.at(Sign::OpenBrace) => return Ok((i, Some(head))),
        Ok((i, _)) => i.expected("`{`"),
        Err(nom::Err::Error(fault) | nom::Err::Failure(fault)) => fault,
        Err(other) => return Err(other),
    };
    let mut i = start.at_fault(&fault);
    // Only on the line of the fault: a brace further down belongs to something else.
    let mut first = true;
    while !i.over() && !at_item(i) && (first || !i.token().line_start || i.at(Sign::OpenBrace)) {
        if i.at(Sign::OpenBrace) {
            start.report(*fault.diagnostic);
            return Ok((i, None));
        }
        first = false;
        i = i.next();
    }
    Err(nom::Err::Failure(fault))
}

/// `pack NAME "…" version 1.0.0`
fn pack(i: In<'_>) -> Res<'_, Item> {
    let start = i;
    let (i, name) = commit(name(i.next()))?;
    let (i, title) = opt(text).parse(i)?;
    let (i, version) = opt(preceded(word("version"), |i| commit(literal(i)))).parse(i)?;
    Ok((i, Item::Pack(Pack { name, title, version, span: i.span_from(start) })))
}

/// `source NAME { title "…" }`
fn source(i: In<'_>) -> Res<'_, Option<Item>> {
    let start = i;
    let (i, head) = header(i.next(), name)?;
    let (i, fields) = commit(entries(i, |i| {
        let start = i;
        let (i, name) = any_name(i)?;
        let (i, value) = commit(text(i))?;
        Ok((i, SourceField { name, value, span: i.span_from(start) }))
    }))?;
    Ok((i, head.map(|name| Item::Source(Source { name, fields, span: i.span_from(start) }))))
}

/// `: TYPE`, where it is there.
fn typed(i: In<'_>) -> Res<'_, Option<Type>> {
    opt(preceded(sign(Sign::Colon), |i| commit(vocabulary::ty(i)))).parse(i)
}

/// `= EXPR`
fn value(i: In<'_>) -> Res<'_, crate::syntax::ast::Expr> {
    let (i, _) = sign(Sign::Is)(i)?;
    expr(i)
}

/// `derive OWNER.FIELD: TYPE = EXPR`
fn derive(i: In<'_>) -> Res<'_, Item> {
    let start = i;
    let (i, owner) = commit(any_name(i.next()))?;
    let (i, _) = commit(sign(Sign::Dot)(i))?;
    let (i, field) = commit(any_name(i))?;
    let (i, ty) = typed(i)?;
    let (i, value) = commit(value(i))?;
    Ok((i, Item::Derive(Derive { owner, field, ty, value, span: i.span_from(start) })))
}

/// `(x: T, y: T)`, where it is there.
fn params(i: In<'_>) -> Res<'_, Option<Vec<Param>>> {
    let open = i.token();
    if !i.at(Sign::OpenParen) {
        return Ok((i, None));
    }
    let param = |i| {
        let start = i;
        let (i, name) = name(i)?;
        let (i, _) = commit(sign(Sign::Colon)(i))?;
        let (i, ty) = commit(vocabulary::ty(i))?;
        Ok((i, Param { name, ty, span: In::span_from(i, start) }))
    };
    let (i, params) = separated_list0(sign(Sign::Comma), param).parse(i.next())?;
    let (i, _) = close(Sign::CloseParen, open)(i)?;
    Ok((i, Some(params)))
}

/// `define NAME(x: T): TYPE = EXPR`
fn define(i: In<'_>) -> Res<'_, Item> {
    let start = i;
    let (i, name) = commit(name(i.next()))?;
    let (i, params) = params(i)?;
    let (i, ty) = typed(i)?;
    let (i, value) = commit(value(i))?;
    Ok((i, Item::Define(Define { name, params, ty, value, span: i.span_from(start) })))
}

/// `redefine NAME = EXPR`, `redefine OWNER.FIELD = EXPR`
fn redefine(i: In<'_>) -> Res<'_, Item> {
    let start = i;
    let of_a_field = i.ahead(2).kind == TokenKind::Sign(Sign::Dot);
    let (i, owner, name) = if of_a_field {
        let (i, owner) = commit(any_name(i.next()))?;
        let (i, field) = commit(any_name(i.next()))?;
        (i, Some(owner), field)
    } else {
        let (i, name) = commit(name(i.next()))?;
        (i, None, name)
    };
    let (i, params) = if of_a_field { (i, None) } else { params(i)? };
    let (i, ty) = typed(i)?;
    let (i, value) = commit(value(i))?;
    Ok((i, Item::Redefine(Redefine { owner, name, params, ty, value, span: i.span_from(start) })))
}

/// `demand for SUBJECT: EXPR because "…"`
fn demand(i: In<'_>) -> Res<'_, Item> {
    let start = i;
    let (i, _) = commit(word("for")(i.next()))?;
    let (i, subject) = commit(name(i))?;
    let (i, _) = commit(sign(Sign::Colon)(i))?;
    let (mut i, condition) = commit(expr(i))?;
    let mut why = Justification::default();
    while i.word().is_some_and(|word| words::JUSTIFICATION.contains(&word)) {
        i = commit(justification(i, &mut why))?.0;
    }
    Ok((i, Item::Demand(Demand { subject, condition, why, span: i.span_from(start) })))
}

/// Whether `extend` goes on with the word of an entity or a part and its name: a pack may bear such a word for a name.
fn adds_fields(i: In<'_>) -> bool {
    let same_line = |count| !i.ahead(count).line_start;
    matches!(i.word_ahead(1), Some("entity" | "part")) && i.word_ahead(2).is_some() && same_line(1) && same_line(2)
}

/// `extend PACK`
fn extend(i: In<'_>) -> Res<'_, Item> {
    let start = i;
    let (i, pack) = commit(name(i.next()))?;
    Ok((i, Item::Extend(Extend { pack, span: i.span_from(start) })))
}

/// `because "…"`, which an organisation's changes have to have.
fn because<'a>(start: In<'a>, i: In<'a>, what: &str) -> Res<'a, Text> {
    if !i.at_word("because") {
        let near = i.word().is_some_and(|word| nearest(word, ["because"]).is_some());
        let help = if near {
            "did you mean `because`?".to_owned()
        } else {
            format!("say why it is {what}: `because \"…\"`")
        };
        let mut fault = i.lacking(start, i.expected("`because`"));
        fault.diagnostic.help = Some(help);
        return Err(nom::Err::Failure(fault));
    }
    commit(message(i.next()))
}

/// `adjust CODE must because "…"`, `adjust CODE cell (ROW, COLUMN) yes because "…"`
fn adjust(i: In<'_>) -> Res<'_, Item> {
    let start = i;
    let (i, code) = commit(name(i.next()))?;
    let (i, adjustment) = if i.at_word("cell") {
        let from = i;
        let open = i.ahead(1);
        let (i, _) = commit(sign(Sign::OpenParen)(i.next()))?;
        let (i, row) = commit(matrix::header_value(i))?;
        let (i, _) = commit(sign(Sign::Comma)(i))?;
        let (i, column) = commit(matrix::header_value(i))?;
        let (i, _) = close(Sign::CloseParen, open)(i)?;
        let (i, body) = commit(matrix::cell_body(i))?;
        (i, Adjustment::Cell { row: Box::new(row), column: Box::new(column), body, span: i.span_from(from) })
    } else {
        let (rest, level) = level(i).or_else(|_| {
            i.expected_with(
                "`must`, `should`, `note` or `cell`",
                "write a level, or `cell (ROW, COLUMN)` and what it says",
            )
        })?;
        (rest, Adjustment::Level(level))
    };
    let (i, because) = because(start, i, "adjusted")?;
    Ok((i, Item::Adjust(Adjust { code, adjustment, because, span: i.span_from(start) })))
}

/// `disable CODE because "…"`
fn disable(i: In<'_>) -> Res<'_, Item> {
    let start = i;
    let (i, code) = commit(name(i.next()))?;
    let (i, because) = because(start, i, "disabled")?;
    Ok((i, Item::Disable(Disable { code, because, span: i.span_from(start) })))
}
