//! Rules and effects.

use nom::Parser;
use nom::combinator::opt;
use nom::sequence::preceded;

use crate::syntax::ast::{Cite, Effect, EffectAction, EffectNote, Item, Justification, Obligation, Rule, Set};
use crate::syntax::token::Sign;
use crate::syntax::words;

use super::clause::{Opening, assignment, cite, heading, justification, level, missing, once};
use super::expr::{expr, target};
use super::item::header;
use super::message::message;
use super::recover::{block, unknown_clause};
use super::tokens::{In, Res, commit, name, sign, word};

/// `rule CODE NAME "title" { … }`
pub fn rule(i: In<'_>) -> Res<'_, Option<Item>> {
    let start = i;
    let (i, head) = header(i.next(), |i| heading(i, false))?;
    let open = i.token();
    let (i, _) = commit(sign(Sign::OpenBrace)(i))?;
    let mut opening = Opening::default();
    let mut obligation = None;
    let mut why = Justification::default();
    let (i, ended) = block(open, i, words::RULE, |i| match i.word() {
        Some("for" | "each" | "let" | "when") => opening.read(i),
        Some("must" | "should" | "note") => {
            let (rest, found) = self::obligation(i)?;
            once(i, &mut obligation, found.level.kind.text(), |found: &Obligation| found.span, found);
            Ok((rest, ()))
        }
        Some("cite" | "because" | "help" | "fix") => justification(i, &mut why),
        _ => Err(nom::Err::Failure(unknown_clause(i, "a rule", words::RULE))),
    });
    let Some(head) = head else { return Ok((i, None)) };
    if !ended.broken {
        if opening.subject.is_none() {
            missing(
                i,
                head.name.span,
                "this rule",
                "`for`",
                "say what it is about: `for step`, `for wave` or `for plan`",
            );
        }
        if obligation.is_none() {
            let help = "say what has to hold: `must E` or `should E`; a rule that only informs has `note`";
            missing(i, head.name.span, "this rule", "obligation", help);
        }
    }
    let Opening { subject, premises } = opening;
    let (code, name, title) = (head.code, head.name, head.title);
    Ok((i, Some(Item::Rule(Rule { code, name, title, subject, premises, obligation, why, span: i.span_from(start) }))))
}

/// `must E`, `should E`, `note`
fn obligation(i: In<'_>) -> Res<'_, Obligation> {
    let start = i;
    let (i, level) = level(i)?;
    let (i, condition) = match level.kind {
        crate::syntax::ast::LevelKind::Note => (i, None),
        _ => {
            let (i, condition) = commit(expr(i))?;
            (i, Some(condition))
        }
    };
    Ok((i, Obligation { level, condition, span: i.span_from(start) }))
}

/// `effect NAME { … }`
pub fn effect(i: In<'_>) -> Res<'_, Option<Item>> {
    let start = i;
    let (i, head) = header(i.next(), name)?;
    let open = i.token();
    let (i, _) = commit(sign(Sign::OpenBrace)(i))?;
    let mut opening = Opening::default();
    let mut cites: Vec<Cite> = Vec::new();
    let mut actions = Vec::new();
    let (i, ended) = block(open, i, words::EFFECT, |i| match i.word() {
        Some("cite") => {
            let (i, cite) = cite(i)?;
            cites.push(cite);
            Ok((i, ()))
        }
        Some("for" | "each" | "let" | "when") => opening.read(i),
        Some("set" | "change" | "note") => {
            let (i, action) = action(i)?;
            actions.push(action);
            Ok((i, ()))
        }
        _ => Err(nom::Err::Failure(unknown_clause(i, "an effect", words::EFFECT))),
    });
    let Some(name) = head else { return Ok((i, None)) };
    if !ended.broken {
        if opening.subject.is_none() {
            missing(i, name.span, "this effect", "`for`", "say whose effect it is: `for step`");
        }
        if actions.is_empty() {
            missing(
                i,
                name.span,
                "this effect",
                "action",
                "say what it does: `set F = E`, `change F by E` or `note CODE \"…\"`",
            );
        }
    }
    let Opening { subject, premises } = opening;
    Ok((i, Some(Item::Effect(Effect { name, cites, subject, premises, actions, span: i.span_from(start) }))))
}

/// `set F = E`, `change F by E`, `note CODE when P "…"`
fn action(i: In<'_>) -> Res<'_, EffectAction> {
    let start = i;
    let first = i.word();
    let i = i.next();
    match first {
        Some("set") => {
            let (i, (target, value)) = assignment(i)?;
            Ok((i, EffectAction::Set(Set { target, value, span: i.span_from(start) })))
        }
        Some("change") => {
            let (i, target) = commit(target(i))?;
            let (i, _) = commit(word("by")(i))?;
            let (i, amount) = commit(expr(i))?;
            Ok((i, EffectAction::Change { target, amount, span: i.span_from(start) }))
        }
        _ => {
            let (i, code) = commit(name(i))?;
            let (i, when) = opt(preceded(word("when"), |i| commit(expr(i)))).parse(i)?;
            let (i, text) = commit(message(i))?;
            Ok((i, EffectAction::Note(EffectNote { code, when, text, span: i.span_from(start) })))
        }
    }
}
