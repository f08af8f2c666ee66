//! What else may be tried where a step is refused.

use nom::Parser;
use nom::combinator::opt;
use nom::sequence::preceded;

use crate::syntax::ast::{Cite, Goal, Interruption, Item, Suggest, Variation, Volume};
use crate::syntax::token::{Sign, TokenKind};
use crate::syntax::words;

use super::clause::{assignment, cite, missing, once};
use super::expr::{comprehended, expr, target};
use super::item::header;
use super::message::message;
use super::recover::{block, unknown_clause};
use super::tokens::{In, Res, commit, name, sign, word};

/// `suggest SUBJECT { … }`
pub fn suggest(i: In<'_>) -> Res<'_, Option<Item>> {
    let start = i;
    let (i, head) = header(i.next(), name)?;
    let open = i.token();
    let (i, _) = commit(sign(Sign::OpenBrace)(i))?;
    let mut cites: Vec<Cite> = Vec::new();
    let mut variations: Vec<Variation> = Vec::new();
    let mut goals: Vec<Goal> = Vec::new();
    let (mut interruption, mut volume) = (None, None);
    let (i, ended) = block(open, i, words::SUGGEST, |i| match i.word() {
        Some("cite") => {
            let (i, cite) = cite(i)?;
            cites.push(cite);
            Ok((i, ()))
        }
        Some("vary" | "via") => {
            let (i, variation) = variation(i)?;
            variations.push(variation);
            Ok((i, ()))
        }
        Some("reach") => {
            let (i, goal) = goal(i)?;
            goals.push(goal);
            Ok((i, ()))
        }
        Some("interruption") => {
            let (rest, found) = self::interruption(i)?;
            once(i, &mut interruption, "interruption", |found: &Interruption| found.span, found);
            Ok((rest, ()))
        }
        Some("volume") => {
            let (rest, value) = commit(expr(i.next()))?;
            let found = Volume { value, span: rest.span_from(i) };
            once(i, &mut volume, "volume", |found: &Volume| found.span, found);
            Ok((rest, ()))
        }
        _ => Err(nom::Err::Failure(unknown_clause(i, "a `suggest`", words::SUGGEST))),
    });
    let Some(subject) = head else { return Ok((i, None)) };
    if !ended.broken {
        if !variations.iter().any(|variation| !variation.stop) {
            let help = "say what else a step may say: `vary step.FIELD in XS`";
            missing(i, subject.span, "this `suggest`", "`vary`", help);
        }
        if goals.is_empty() {
            let help = "say what a step is to bring about: `reach FIELD = E`";
            missing(i, subject.span, "this `suggest`", "`reach`", help);
        }
    }
    let span = i.span_from(start);
    Ok((i, Some(Item::Suggest(Suggest { subject, cites, variations, goals, interruption, volume, span }))))
}

/// `vary F in XS`, `via F in XS`, from the word on
fn variation(i: In<'_>) -> Res<'_, Variation> {
    let start = i;
    let stop = i.at_word("via");
    let (i, target) = commit(target(i.next()))?;
    let (i, values) = opt(preceded(word("in"), |i| commit(expr(i)))).parse(i)?;
    Ok((i, Variation { stop, target, values, span: i.span_from(start) }))
}

/// `reach F = E for x in xs where P`, from the word on
fn goal(i: In<'_>) -> Res<'_, Goal> {
    let start = i;
    let (i, (target, value)) = assignment(i.next())?;
    let (i, over) = opt(preceded(word("for"), |i| commit(comprehended(i)))).parse(i)?;
    Ok((i, Goal { target, value, over, span: i.span_from(start) }))
}

/// `interruption E "…"`, from the word on
fn interruption(i: In<'_>) -> Res<'_, Interruption> {
    let start = i;
    let (i, rank) = commit(expr(i.next()))?;
    if i.token().kind != TokenKind::Text {
        return Ok((i, Interruption { rank, words: None, span: i.span_from(start) }));
    }
    let (i, words) = commit(message(i))?;
    Ok((i, Interruption { rank, words: Some(words), span: i.span_from(start) }))
}
