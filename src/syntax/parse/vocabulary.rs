//! Enums, entities, parts, types, inputs, gathered lists.

use nom::Parser;
use nom::combinator::opt;
use nom::sequence::preceded;

use crate::syntax::ast::{
    Addition, Entity, Enum, Expr, Field, Gather, GatherField, GatherSource, Input, InputKind, Item, Part, Type,
    TypeKind,
};
use crate::syntax::token::{Sign, TokenKind};
use crate::syntax::words;

use super::expr::expr;
use super::item::header;
use super::recover::{block, entries, unknown_clause};
use super::tokens::{In, Res, any_name, close, commit, name, sign, text, word};

/// `enum NAME { a, b }`
pub fn enumeration(i: In<'_>) -> Res<'_, Option<Item>> {
    let start = i;
    let (i, head) = header(i.next(), name)?;
    let (i, values) = commit(entries(i, name))?;
    Ok((i, head.map(|name| Item::Enum(Enum { name, values, span: i.span_from(start) }))))
}

/// `entity NAME open { … }`
pub fn entity(i: In<'_>) -> Res<'_, Option<Item>> {
    let start = i;
    let (i, head) = header(i.next(), |i| {
        let (i, name) = any_name(i)?;
        let (i, open) = opt(word("open")).parse(i)?;
        Ok((i, (name, open.is_some())))
    })?;
    let (i, fields) = commit(entries(i, field))?;
    Ok((i, head.map(|(name, open)| Item::Entity(Entity { name, open, fields, span: i.span_from(start) }))))
}

/// `extend entity NAME { … }`, `extend part NAME { … }`
pub fn addition(i: In<'_>) -> Res<'_, Option<Item>> {
    let start = i;
    let part = i.word_ahead(1) == Some("part");
    let (i, head) = header(i.next().next(), any_name)?;
    let (i, fields) = commit(entries(i, field))?;
    Ok((i, head.map(|name| Item::Addition(Addition { part, name, fields, span: i.span_from(start) }))))
}

/// `part NAME of OWNER { … }`
pub fn part(i: In<'_>) -> Res<'_, Option<Item>> {
    let start = i;
    let (i, head) = header(i.next(), |i| {
        let (i, part) = name(i)?;
        let (i, owner) = opt(preceded(word("of"), |i| commit(name(i)))).parse(i)?;
        Ok((i, (part, owner)))
    })?;
    let (i, fields) = commit(entries(i, field))?;
    Ok((i, head.map(|(name, owner)| Item::Part(Part { name, owner, fields, span: i.span_from(start) }))))
}

/// `name: TYPE key from "…" default EXPR`
fn field(i: In<'_>) -> Res<'_, Field> {
    let start = i;
    let (i, name) = any_name(i)?;
    let (i, _) = commit(sign(Sign::Colon)(i))?;
    let (mut i, ty) = commit(ty(i))?;
    let mut field = Field { name, ty, key: false, from: None, default: None, span: start.token().span };
    // The words behind the type may come in any order; a field may be called like one of them.
    while i.ahead(1).kind != TokenKind::Sign(Sign::Colon) {
        match i.word() {
            Some("key") => {
                field.key = true;
                i = i.next();
            }
            Some("from") => {
                let (rest, member) = commit(text(i.next()))?;
                field.from = Some(member);
                i = rest;
            }
            Some("default") => {
                let (rest, value) = commit(expr(i.next()))?;
                field.default = Some(value);
                i = rest;
            }
            _ => break,
        }
    }
    field.span = i.span_from(start);
    Ok((i, field))
}

/// A type.
pub fn ty(i: In<'_>) -> Res<'_, Type> {
    i.deeper(|start| {
        let token = start.token();
        let (mut i, mut ty) = match token.kind {
            TokenKind::Sign(Sign::OpenParen) => {
                let (i, inner) = commit(ty(start.next()))?;
                let (i, _) = close(Sign::CloseParen, token)(i)?;
                (i, inner)
            }
            TokenKind::Sign(Sign::OpenBracket) => {
                let (i, inner) = commit(ty(start.next()))?;
                let (i, _) = close(Sign::CloseBracket, token)(i)?;
                (i, Type { kind: TypeKind::List(Box::new(inner)), span: i.span_from(start) })
            }
            TokenKind::Sign(Sign::OpenBrace) => {
                let (i, fields) = entries(start, field)?;
                (i, Type { kind: TypeKind::Record(fields), span: i.span_from(start) })
            }
            TokenKind::Name if start.at_word("map") && matches!(start.word_ahead(1), Some("of" | "by")) => {
                let (i, by) = opt(preceded(word("by"), |i| commit(word("name")(i)))).parse(start.next())?;
                let (i, _) = commit(word("of")(i))?;
                let (i, value) = commit(ty(i))?;
                let kind = TypeKind::Map { by_name: by.is_some(), value: Box::new(value) };
                (i, Type { kind, span: i.span_from(start) })
            }
            TokenKind::Name if start.at_word("map") && start.word_ahead(1).is_some() && !start.ahead(1).line_start => {
                return start
                    .next()
                    .expected_with("`of` or `by name of`", "a map is written `map of T` or `map by name of T`");
            }
            TokenKind::Name => {
                let (i, name) = name(start)?;
                (i, Type { kind: TypeKind::Name(name), span: token.span })
            }
            _ => return Err(nom::Err::Error(start.expected("a type"))),
        };
        if i.at(Sign::Question) {
            i = i.next();
            ty = Type { kind: TypeKind::Optional(Box::new(ty)), span: i.span_from(start) };
        }
        Ok((i, ty))
    })
}

/// `input plan with inventory { … }`, `input each vm`
pub fn input(i: In<'_>) -> Res<'_, Option<Item>> {
    let start = i;
    let i = i.next();
    if i.at_word("each") {
        let (i, entity) = commit(name(i.next()))?;
        return Ok((i, Some(Item::Input(Input { kind: InputKind::Each { entity }, span: i.span_from(start) }))));
    }
    let (i, head) = header(i, |i| {
        let (i, _) = word("plan")(i).or_else(|_| {
            i.expected_with("`plan` or `each`", "write `input plan with inventory { … }` or `input each vm`")
        })?;
        let (i, _) = word("with")(i)?;
        word("inventory")(i)
    })?;
    let (i, sections) = commit(entries(i, field))?;
    Ok((i, head.map(|_| Item::Input(Input { kind: InputKind::Plan { sections }, span: i.span_from(start) }))))
}

/// `gather OWNER.FIELD { from … }`
pub fn gather(i: In<'_>) -> Res<'_, Option<Item>> {
    let start = i;
    let (i, head) = header(i.next(), |i| {
        let (i, owner) = any_name(i)?;
        let (i, _) = sign(Sign::Dot)(i)?;
        let (i, field) = any_name(i)?;
        Ok((i, (owner, field)))
    })?;
    let open = i.token();
    let (i, _) = commit(sign(Sign::OpenBrace)(i))?;
    let mut sources = Vec::new();
    let (i, _) = block(open, i, words::GATHER, |i| {
        if !i.at_word("from") {
            return Err(nom::Err::Failure(unknown_clause(i, "a `gather`", words::GATHER)));
        }
        let (i, source) = gather_source(i)?;
        sources.push(source);
        Ok((i, ()))
    });
    let item = head.map(|(owner, field)| Item::Gather(Gather { owner, field, sources, span: i.span_from(start) }));
    Ok((i, item))
}

/// `from disk in vm.disks when … { … }`
fn gather_source(i: In<'_>) -> Res<'_, GatherSource> {
    let start = i;
    let (i, binding) = commit(name(i.next()))?;
    let (i, list) = clause_expr("in", i)?;
    let (i, when) = clause_expr("when", i)?;
    let (i, fields) = commit(entries(i, |i| {
        let start = i;
        let (i, name) = any_name(i)?;
        let (i, _) = commit(sign(Sign::Is)(i))?;
        let (i, value) = commit(expr(i))?;
        Ok((i, GatherField { name, value, span: i.span_from(start) }))
    }))?;
    Ok((i, GatherSource { binding, list, when, fields, span: i.span_from(start) }))
}

/// A word and an expression behind it, where the word is there.
fn clause_expr<'a>(wanted: &'static str, i: In<'a>) -> Res<'a, Option<Expr>> {
    opt(preceded(word(wanted), |i| commit(expr(i)))).parse(i)
}
