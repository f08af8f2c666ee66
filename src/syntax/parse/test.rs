//! Fixtures and tests.

use nom::Parser;
use nom::combinator::opt;
use nom::multi::separated_list1;

use crate::diag::nearest;
use crate::syntax::ast::{
    ElementRef, Entry, EntryKey, Expect, ExpectKind, Fixture, Given, GivenKind, Item, Literal, LiteralKind, RowName,
    StandingKind, Statement, Step, Subject, SubjectKind, Test, Value, ValueKind, VerdictKind,
};
use crate::syntax::token::{Sign, TokenKind};
use crate::syntax::words;

use super::expr::{expr, literal};
use super::item::header;
use super::recover::{block, entries, listed, unknown_clause};
use super::tokens::{In, Res, any_name, close, commit, name, sign, text, word};

/// `fixture NAME { … }`
pub fn fixture(i: In<'_>) -> Res<'_, Option<Item>> {
    let start = i;
    let (i, head) = header(i.next(), name)?;
    let (i, statements) = statements(i, "a fixture", words::FIXTURE)?;
    Ok((i, head.map(|name| Item::Fixture(Fixture { name, statements, span: i.span_from(start) }))))
}

/// `test "…" { … }`
pub fn test(i: In<'_>) -> Res<'_, Option<Item>> {
    let start = i;
    let (i, head) = header(i.next(), |i| {
        if i.token().kind == TokenKind::Name {
            return i.expected_with("a text", "a test says in a text what it shows: `test \"…\" { … }`");
        }
        text(i)
    })?;
    let (i, statements) = statements(i, "a test", words::TEST)?;
    Ok((i, head.map(|title| Item::Test(Test { title, statements, span: i.span_from(start) }))))
}

fn statements<'a>(i: In<'a>, what: &str, known: &[&str]) -> Res<'a, Vec<Statement>> {
    let open = i.token();
    let (i, _) = commit(sign(Sign::OpenBrace)(i))?;
    let mut found = Vec::new();
    let (i, _) = block(open, i, known, |i| {
        let (rest, statement) = match i.word().filter(|word| known.contains(word)) {
            Some("use") => {
                let (rest, fixture) = commit(name(i.next()))?;
                (rest, Statement::Use { fixture, span: rest.span_from(i) })
            }
            Some("given") => given(i).map(|(i, given)| (i, Statement::Given(given)))?,
            Some("step") => step(i).map(|(i, step)| (i, Statement::Step(step)))?,
            Some("expect") => expect(i).map(|(i, expect)| (i, Statement::Expect(expect)))?,
            _ => return Err(nom::Err::Failure(unknown_clause(i, what, known))),
        };
        found.push(statement);
        Ok((rest, ()))
    });
    Ok((i, found))
}

/// The name of a row or step: a name, or a text.
fn row_name(i: In<'_>) -> Res<'_, RowName> {
    if i.token().kind == TokenKind::Text {
        return text(i).map(|(i, text)| (i, RowName { text: text.value, quoted: true, span: text.span }));
    }
    name(i).map(|(i, name)| (i, RowName { text: name.text, quoted: false, span: name.span }))
}

/// `given host a { … }`, `given no domains`
fn given(i: In<'_>) -> Res<'_, Given> {
    let start = i;
    let i = i.next();
    if i.at_word("no") {
        if i.ahead(1).line_start {
            return Err(nom::Err::Failure(i.next().expected("a section of the inventory")));
        }
        let (i, section) = commit(any_name(i.next()))?;
        return Ok((i, Given { kind: GivenKind::Empty { section }, span: i.span_from(start) }));
    }
    let (i, entity) = commit(name(i))?;
    let named = matches!(i.token().kind, TokenKind::Name | TokenKind::Text) && !i.token().line_start;
    let (i, name) = if named { commit(row_name(i)).map(|(i, name)| (i, Some(name)))? } else { (i, None) };
    let (i, entries) = opt(|i| self::record(i)).parse(i)?;
    let entries = entries.unwrap_or_default();
    Ok((i, Given { kind: GivenKind::Row { entity, name, entries }, span: i.span_from(start) }))
}

/// `step NAME { … }`
fn step(i: In<'_>) -> Res<'_, Step> {
    let start = i;
    let (i, name) = commit(row_name(i.next()))?;
    let (i, entries) = commit(record(i))?;
    Ok((i, Step { name, entries, span: i.span_from(start) }))
}

/// `{ a.b: 1, "c": 2 }`
fn record(i: In<'_>) -> Res<'_, Vec<Entry>> {
    entries(i, |i| {
        let start = i;
        let (i, key) = if i.token().kind == TokenKind::Text {
            text(i).map(|(i, text)| (i, EntryKey::Text(text)))?
        } else {
            let (i, path) = separated_list1(sign(Sign::Dot), any_name).parse(i)?;
            (i, EntryKey::Path(path))
        };
        let (i, _) = match sign(Sign::Colon)(i) {
            Err(_) if i.at(Sign::Is) => i.expected_with("`:`", "a test gives values with `:`"),
            other => commit(other),
        }?;
        let (i, value) = commit(value(i))?;
        Ok((i, Entry { key, value, span: i.span_from(start) }))
    })
}

/// A value that a test gives.
fn value(i: In<'_>) -> Res<'_, Value> {
    i.deeper(|start| {
        let token = start.token();
        let (i, kind) = match token.kind {
            TokenKind::Sign(Sign::OpenBrace) => record(start).map(|(i, entries)| (i, ValueKind::Record(entries)))?,
            TokenKind::Sign(Sign::OpenBracket) => list(start)?,
            TokenKind::Sign(Sign::Minus) => {
                let (i, literal) = commit(literal(start.next()))?;
                (i, ValueKind::Negative(literal))
            }
            TokenKind::Text => text(start).map(|(i, text)| (i, ValueKind::Text(text)))?,
            TokenKind::Name if start.at_word("unknown") => (start.next(), ValueKind::Unknown),
            TokenKind::Name if start.at_word("null") => {
                (start.next(), ValueKind::Literal(Literal { kind: LiteralKind::None, span: token.span }))
            }
            _ => match literal(start) {
                Ok((i, literal)) => (i, ValueKind::Literal(literal)),
                Err(_) if token.kind == TokenKind::Name => name(start).map(|(i, name)| (i, ValueKind::Name(name)))?,
                Err(_) => return Err(nom::Err::Error(start.expected("a value"))),
            },
        };
        Ok((i, Value { kind, span: i.span_from(start) }))
    })
}

fn list(i: In<'_>) -> Res<'_, ValueKind> {
    let open = i.token();
    let mut i = i.next();
    let mut values = Vec::new();
    while !i.at(Sign::CloseBracket) {
        let (rest, found) = commit(value(i))?;
        values.push(found);
        i = rest;
        if i.at(Sign::Comma) {
            i = i.next();
        } else if !i.at(Sign::CloseBracket) {
            return close(Sign::CloseBracket, open)(i).map(|(i, _)| (i, ValueKind::List(Vec::new())));
        }
    }
    Ok((i.next(), ValueKind::List(values)))
}

/// `expect …`
fn expect(i: In<'_>) -> Res<'_, Expect> {
    let start = i;
    let i = i.next();
    if i.at_word("afterwards") {
        let (i, condition) = commit(expr(i.next()))?;
        return Ok((i, Expect { kind: ExpectKind::Afterwards { condition }, span: i.span_from(start) }));
    }
    let (i, subject) = commit(subject(i))?;
    let standing = |i: In<'_>| match i.word() {
        Some("permitted") => Some(StandingKind::Permitted),
        Some("denied") => Some(StandingKind::Denied),
        Some("unverified") => Some(StandingKind::Unverified),
        _ => None,
    };
    if let Some(standing) = standing(i) {
        let i = i.next();
        return Ok((i, Expect { kind: ExpectKind::Standing { subject, standing }, span: i.span_from(start) }));
    }
    if i.at_word("chooses") {
        let (i, value) = commit(value(i.next()))?;
        return Ok((i, Expect { kind: ExpectKind::Chooses { subject, value }, span: i.span_from(start) }));
    }
    let (i, verdict) = verdict(i)?;
    let (i, codes) = commit(separated_list1(sign(Sign::Comma), name).parse(i))?;
    let (i, elements) = if i.at_word("for") {
        commit(separated_list1(sign(Sign::Comma), element).parse(i.next()))?
    } else {
        (i, Vec::new())
    };
    Ok((i, Expect { kind: ExpectKind::Verdict { subject, verdict, codes, elements }, span: i.span_from(start) }))
}

fn verdict(i: In<'_>) -> Res<'_, VerdictKind> {
    let kind = match i.word() {
        Some("violates") => VerdictKind::Violates,
        Some("satisfies") => VerdictKind::Satisfies,
        Some("notes") => VerdictKind::Notes,
        Some("skips") => VerdictKind::Skips,
        Some("cannot") => {
            let (i, _) = commit(word("verify")(i.next()))?;
            return Ok((i, VerdictKind::CannotVerify));
        }
        other => {
            let near = other.and_then(|word| nearest(word, words::EXPECTATIONS.iter().copied()));
            let help = near.map_or_else(
                || format!("what can be expected: {}", listed(words::EXPECTATIONS)),
                |near| format!("did you mean `{near}`?"),
            );
            return i.expected_with("a verdict", help);
        }
    };
    Ok((i.next(), kind))
}

fn subject(i: In<'_>) -> Res<'_, Subject> {
    let start = i;
    let (i, kind) = if i.at_word("plan") {
        (i.next(), SubjectKind::Plan)
    } else if i.at_word("wave") {
        let number = i.ahead(1);
        if number.kind != TokenKind::Number {
            return Err(nom::Err::Failure(i.next().expected("the number of a wave")));
        }
        (i.next().next(), SubjectKind::Wave(i.text_of(number).into()))
    } else {
        row_name(i).map(|(i, name)| (i, SubjectKind::Named(name)))?
    };
    Ok((i, Subject { kind, span: i.span_from(start) }))
}

/// `disk "x.vhdx"`
fn element(i: In<'_>) -> Res<'_, ElementRef> {
    let start = i;
    let (i, kind) = name(i)?;
    let (i, name) = commit(row_name(i))?;
    Ok((i, ElementRef { kind, name, span: i.span_from(start) }))
}
