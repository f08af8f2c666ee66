//! The choice of a value that a step leaves out.

use nom::Parser;
use nom::combinator::opt;
use nom::multi::separated_list1;
use nom::sequence::preceded;

use crate::syntax::ast::{Announcement, Cite, Item, Preference, Select};
use crate::syntax::token::{Sign, TokenKind};
use crate::syntax::words;

use super::clause::{cite, level, missing, once};
use super::expr::{expr, target};
use super::item::header;
use super::message::message;
use super::recover::{block, unknown_clause};
use super::tokens::{In, Res, commit, name, sign, word};

/// `select TARGET { … }`
pub fn select(i: In<'_>) -> Res<'_, Option<Item>> {
    let start = i;
    let (i, head) = header(i.next(), target)?;
    let open = i.token();
    let (i, _) = commit(sign(Sign::OpenBrace)(i))?;
    let mut cites: Vec<Cite> = Vec::new();
    let mut preferences: Vec<Preference> = Vec::new();
    let (mut chosen, mut none) = (None, None);
    let (i, ended) = block(open, i, words::SELECT, |i| match i.word() {
        Some("cite") => {
            let (i, cite) = cite(i)?;
            cites.push(cite);
            Ok((i, ()))
        }
        Some("prefer") => {
            let (i, preference) = commit(preference(i.next()))?;
            preferences.push(preference);
            Ok((i, ()))
        }
        Some("chosen") => {
            let (rest, found) = announcement(i)?;
            once(i, &mut chosen, "chosen", |found: &Announcement| found.span, found);
            Ok((rest, ()))
        }
        Some("none") => {
            let (rest, found) = announcement(i)?;
            once(i, &mut none, "none", |found: &Announcement| found.span, found);
            Ok((rest, ()))
        }
        // A further line of candidates needs no word of its own.
        Some(_) if !preferences.is_empty() && goes_on(i) => {
            let (i, preference) = commit(preference(i))?;
            preferences.push(preference);
            Ok((i, ()))
        }
        _ => Err(nom::Err::Failure(unknown_clause(i, "a `select`", words::SELECT))),
    });
    let Some(target) = head else { return Ok((i, None)) };
    if preferences.is_empty() && !ended.broken {
        missing(i, target.span, "this `select`", "`prefer`", "list the candidates, best first: `prefer a, b where P`");
    }
    Ok((i, Some(Item::Select(Select { target, cites, preferences, chosen, none, span: i.span_from(start) }))))
}

/// Whether candidates stand here: a name, and behind it a comma, a `where`, or the end of the line.
fn goes_on(i: In<'_>) -> bool {
    let next = i.ahead(1);
    next.kind == TokenKind::Sign(Sign::Comma)
        || i.word_ahead(1) == Some("where")
        || next.line_start
        || next.kind == TokenKind::Sign(Sign::CloseBrace)
}

/// `a, b, c where P`
fn preference(i: In<'_>) -> Res<'_, Preference> {
    let start = i;
    let (i, candidates) = separated_list1(sign(Sign::Comma), name).parse(i)?;
    let (i, condition) = opt(preceded(word("where"), |i| commit(expr(i)))).parse(i)?;
    Ok((i, Preference { candidates, condition, span: i.span_from(start) }))
}

/// `note CODE "…"`, behind `chosen` or `none`.
fn announcement(i: In<'_>) -> Res<'_, Announcement> {
    let start = i;
    let (i, level) = commit(level(i.next()))?;
    let (i, code) = commit(name(i))?;
    let (i, text) = commit(message(i))?;
    Ok((i, Announcement { level, code, text, span: i.span_from(start) }))
}
