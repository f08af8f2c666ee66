//! Mappings in braces: how one is laid out, and another one laid out like it. All of JSON, and YAML's flow style.

use super::member::{Reading, Stands};
use super::scalar;
use super::tree::Tree;
use crate::facts::document::{Member, NodeId};
use crate::facts::read::Format;

/// What stands between the parts of a mapping in braces.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    pub(super) open: String,
    pub(super) between: String,
    pub(super) close: String,
    pub(super) colon: String,
}

impl Shape {
    /// One line.
    fn plain(format: Format, tight: bool) -> Shape {
        let of = |open: &str, between: &str, colon: &str| Shape {
            open: open.to_owned(),
            between: between.to_owned(),
            close: open.to_owned(),
            colon: colon.to_owned(),
        };
        if format == Format::Json && tight { of("", ",", ":") } else { of(" ", ", ", ": ") }
    }

    /// As a mapping is laid out; nothing where it has no members or is in block style.
    pub(super) fn of(reading: &Reading<'_>, map: NodeId) -> Option<Shape> {
        let opening = reading.opening(map)?.saturating_add(1);
        let members = reading.members(map);
        let (first, last) = (members.first()?, members.last()?);
        let (_, end) = reading.place(map);
        let open = reading.slice(opening, first.key_span.start as usize);
        let close = reading.slice(reading.stands(last).end(), end.saturating_sub(1));
        let colon = members.iter().find_map(|member| match reading.stands(member) {
            Stands::Here(start, _) => {
                Some(reading.slice(member.key_span.end as usize, start)).filter(|colon| colon.trim() == ":")
            }
            _ => None,
        });
        let tight = colon == Some(":");
        let between = match members.get(1) {
            Some(second) => reading.slice(reading.stands(first).end(), second.key_span.start as usize).to_owned(),
            None if open.contains(['\n', '\r']) => format!(",{open}"),
            None => if reading.format == Format::Json && tight { "," } else { ", " }.to_owned(),
        };
        let plain = Shape::plain(reading.format, tight);
        // Comments of one mapping are none of another.
        let fit = open.trim().is_empty() && close.trim_matches([',', ' ', '\t', '\n', '\r']).is_empty();
        if !fit || between.trim() != "," {
            return Some(Shape {
                colon: colon.map_or(plain.colon, str::to_owned),
                ..Shape::plain(reading.format, tight)
            });
        }
        let colon = colon.map_or(plain.colon, str::to_owned);
        Some(Shape { open: open.to_owned(), between, close: close.to_owned(), colon })
    }

    /// On one line, with the blanks that `of` has.
    fn one_line(&self, format: Format) -> Shape {
        Shape { colon: self.colon.clone(), ..Shape::plain(format, self.colon == ":") }
    }
}

/// A value in braces, or a scalar. `like`: what stands in its place already, or in another step.
pub(super) fn write(reading: &Reading<'_>, value: &Tree, like: Option<NodeId>, around: Option<&Shape>) -> String {
    let format = reading.format;
    match value {
        Tree::Map(members) if members.is_empty() => "{}".to_owned(),
        Tree::Map(members) => {
            let shape = like.and_then(|like| Shape::of(reading, like));
            let shape = shape.or_else(|| around.map(|around| around.one_line(format)));
            let shape = shape.unwrap_or_else(|| Shape::plain(format, false));
            let written: Vec<String> =
                members.iter().map(|(key, value)| member(reading, key, value, like, &shape)).collect();
            format!("{{{}{}{}}}", shape.open, written.join(&shape.between), shape.close)
        }
        Tree::List(elements) => {
            let written: Vec<String> = elements.iter().map(|element| write(reading, element, None, around)).collect();
            let tight = format == Format::Json && around.is_some_and(|around| around.colon == ":");
            format!("[{}]", written.join(if tight { "," } else { ", " }))
        }
        scalar => scalar::write(scalar, format, like.map(|like| reading.raw(like))),
    }
}

/// A member of a mapping. `like`: the mapping, or one that it is to look like.
pub(super) fn member(reading: &Reading<'_>, key: &str, value: &Tree, like: Option<NodeId>, shape: &Shape) -> String {
    let (name, there) = named(reading, key, like);
    format!("{name}{}{}", shape.colon, write(reading, value, there, Some(shape)))
}

/// A key as its kin are written, and the value that stands under it already.
pub(super) fn named(reading: &Reading<'_>, key: &str, like: Option<NodeId>) -> (String, Option<NodeId>) {
    let members = like.map(|like| reading.members(like)).unwrap_or_default();
    let same = members.iter().find(|member| reading.key(member) == key);
    let there = same.filter(|member| matches!(reading.stands(member), Stands::Here(..))).map(|member| member.value);
    let raw = |member: &Member| reading.raw_key(member);
    let like = same.or(members.first()).map(raw);
    (scalar::key(key, reading.format, like), there)
}
