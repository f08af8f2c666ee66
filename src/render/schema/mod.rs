//! JSON Schemas of plans and inventories: what a shape says, so that editors and validators understand it. They take what
//! the loaders take, as far as a JSON Schema can say that: scalars are read from their text there, so that a version may be
//! a number here, and a name `true`.

mod output;
mod tree;

use super::json;
use crate::report::{Content, Hint, Member, Object, Shape};

pub use output::output;

use tree::Json;

/// The dialect: the last one that editors know in full.
const DIALECT: &str = "http://json-schema.org/draft-07/schema#";

/// Words that YAML 1.1 reads as yes and as no. Whoever still does takes a value of this name for a boolean.
const TRUTHS: [(&str, bool); 6] =
    [("on", true), ("yes", true), ("y", true), ("off", false), ("no", false), ("n", false)];

/// A shape as a JSON Schema with a line break at its end.
pub fn draw(shape: &Shape) -> String {
    let parts = shape.parts.iter().map(|(name, part)| (name.clone(), object(part)));
    let head = Json::map().with("$schema", DIALECT).with("title", shape.title.as_str());
    let mut schema = head.and(object(&shape.root));
    let parts: Vec<(String, Json)> = parts.collect();
    if !parts.is_empty() {
        schema = schema.with("definitions", Json::Map(parts));
    }
    json::written(&schema)
}

fn object(object: &Object) -> Json {
    let mut schema = Json::map();
    if !object.about.is_empty() {
        schema = schema.with("description", object.about.as_str());
    }
    schema = schema.with("type", "object");
    let members = object.members.iter().map(|member| (member.name.clone(), self::member(member)));
    schema = schema.with("properties", Json::Map(members.collect()));
    let required: Vec<&str> =
        object.members.iter().filter(|member| member.required).map(|member| member.name.as_str()).collect();
    if !required.is_empty() {
        schema = schema.with("required", Json::texts(required));
    }
    if !object.open {
        schema = schema.with("additionalProperties", false);
    }
    if !object.hints.is_empty() {
        schema = schema.with("allOf", object.hints.iter().map(hint).collect::<Vec<Json>>());
    }
    schema
}

fn hint(hint: &Hint) -> Json {
    let property = |name: &str, schema: Json| Json::map().with("properties", Json::map().with(name, schema));
    let (name, texts) = &hint.where_;
    let these = Json::map().with("enum", Json::texts(texts.iter().map(String::as_str)));
    let condition = property(name, these).with("required", Json::texts([name.as_str()]));
    let (name, then) = &hint.then;
    Json::map().with("if", condition).with("then", property(name, content(then)))
}

fn member(member: &Member) -> Json {
    let mut schema = Json::map();
    let mut inner = content(&member.content);
    // Of the two descriptions the member's own counts, for it says more.
    if let Json::Map(members) = &mut inner {
        members.retain(|(key, _)| key != "description" || member.about.is_empty());
        // What stands beside a reference is passed over by validators of this dialect.
        if members.iter().any(|(key, _)| key == "$ref") {
            inner = Json::map().with("allOf", vec![inner]);
        }
    }
    if !member.about.is_empty() {
        schema = schema.with("description", member.about.as_str());
    }
    schema = schema.and(inner);
    if let Some(default) = &member.default {
        schema = schema.with("default", Json::from(default));
    }
    if !member.examples.is_empty() {
        schema = schema.with("examples", member.examples.iter().map(Json::from).collect::<Vec<Json>>());
    }
    schema
}

/// What a value may be.
fn content(content: &Content) -> Json {
    match content {
        Content::OrNull(inner) => or_null(inner),
        Content::List(of) => Json::map().with("type", "array").with("items", self::content(of)),
        Content::OneOrMany(of) => Json::map()
            .with("anyOf", vec![self::content(of), Json::map().with("type", "array").with("items", self::content(of))]),
        Content::OneOrSeveral(of) => {
            let list = Json::map().with("type", "array").with("items", self::content(of)).with("minItems", 1);
            Json::map().with("anyOf", vec![self::content(of), list])
        }
        Content::Either(one, other) => {
            // Alternatives of alternatives are said in one list.
            let both = [one, other].into_iter().flat_map(|each| match self::content(each) {
                Json::Map(members) => match members.as_slice() {
                    [(key, Json::List(alternatives))] if key == "anyOf" => alternatives.clone(),
                    _ => vec![Json::Map(members)],
                },
                other => vec![other],
            });
            Json::map().with("anyOf", both.collect::<Vec<Json>>())
        }
        Content::Map(of) => Json::map().with("type", "object").with("additionalProperties", self::content(of)),
        Content::Object(inner) => object(inner),
        Content::Part(name) => Json::map().with("$ref", format!("#/definitions/{name}")),
        Content::Any => Json::map(),
        Content::Just(sample) => Json::map().with("const", Json::from(sample)),
        Content::Enum(values) => enumeration(values, false),
        Content::Path { known, under } => {
            let known = Json::map().with("enum", Json::texts(known.iter().map(String::as_str)));
            let under: Vec<String> = under.iter().map(|name| escaped(name)).collect();
            let pattern = format!("^({})\\.", under.join("|"));
            Json::map().with("anyOf", vec![known, Json::map().with("type", "string").with("pattern", pattern)])
        }
        scalar => self::scalar(scalar, false),
    }
}

/// The same, or `null`: said within one schema where that can be, for editors tell more of it then.
fn or_null(inner: &Content) -> Json {
    match inner {
        Content::Enum(values) => enumeration(values, true),
        Content::Just(_)
        | Content::Part(_)
        | Content::OneOrMany(_)
        | Content::OneOrSeveral(_)
        | Content::Either(..)
        | Content::Path { .. } => {
            let null = Json::map().with("type", "null");
            match self::content(inner) {
                Json::Map(mut members) => match members.iter_mut().find(|(key, _)| key == "anyOf") {
                    Some((_, Json::List(alternatives))) => {
                        alternatives.push(null);
                        Json::Map(members)
                    }
                    _ => Json::map().with("anyOf", vec![Json::Map(members), null]),
                },
                other => other,
            }
        }
        Content::List(_) | Content::Map(_) | Content::Object(_) => match self::content(inner) {
            Json::Map(mut members) => {
                for (_, value) in members.iter_mut().filter(|(key, _)| key == "type") {
                    if let Json::Text(kind) = value {
                        *value = Json::texts([kind.as_str(), "null"]);
                    }
                }
                Json::Map(members)
            }
            other => other,
        },
        Content::OrNull(inner) => or_null(inner),
        scalar => self::scalar(scalar, true),
    }
}

/// One of some values, and what YAML 1.1 makes of them.
fn enumeration(values: &[String], null: bool) -> Json {
    let mut known: Vec<Json> = values.iter().map(|value| Json::from(value.as_str())).collect();
    if null {
        known.push(Json::Null);
    }
    let known = Json::map().with("enum", known);
    let reads =
        |truth: &bool| TRUTHS.iter().any(|(word, read)| read == truth && values.iter().any(|value| value == word));
    let read_as: Vec<bool> = [true, false].into_iter().filter(reads).collect();
    let other = match read_as.as_slice() {
        [] => return known,
        [one] => vec![Json::from(!*one)],
        _ => Vec::new(),
    };
    // By what it is not: editors propose values that are named, and this one is for readers of old YAML alone.
    let no_boolean = Json::map().with("type", Json::texts(["string", "number", "null", "array", "object"]));
    let mut none_of = vec![no_boolean];
    none_of.extend(other.into_iter().map(|value| Json::map().with("enum", vec![value])));
    Json::map().with("anyOf", vec![known, Json::map().with("not", Json::map().with("anyOf", none_of))])
}

/// Kinds of JSON values that a scalar may be, and what its text looks like where it is one.
fn scalar(content: &Content, null: bool) -> Json {
    let number = r"([0-9]+\.?[0-9]*|\.[0-9]+)";
    // What the loaders pass over at the ends of a scalar, and before a unit. `\s` would be more, and not the same to everybody.
    let o = r"[ \t\n\f\r]*";
    let (mut kinds, pattern) = match content {
        Content::Bool => (vec!["boolean", "string"], Some(format!("^{o}(true|True|TRUE|false|False|FALSE){o}$"))),
        Content::Number => (vec!["number", "string"], Some(format!("^{o}[+-]?{number}([eE][+-]?[0-9]+)?{o}%?{o}$"))),
        Content::Count(_) => (vec!["integer", "string"], Some(format!(r"^{o}\+?{number}([eE][+-]?[0-9]+)?{o}$"))),
        Content::Quantity { units, negative } => {
            // A little below zero may be zero once it is rounded.
            let number = if *negative { format!("[+-]?{number}") } else { format!(r"(\+?{number}|-0*(\.[0-9]*)?)") };
            (vec!["string"], Some(format!("^{o}{number}{o}%?{o}({}){o}$", units.join("|"))))
        }
        Content::Date => {
            let days =
                "(0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|[12][0-9])";
            (vec!["string"], Some(format!("^{o}[0-9]{{4}}-({days}){o}$")))
        }
        Content::Version => (vec!["string", "number"], Some(format!(r"^{o}[0-9]+(\.[0-9]+){{0,5}}{o}$"))),
        Content::Flag => (vec!["boolean"], None),
        Content::Whole(..) => (vec!["integer"], None),
        Content::Quoted => (vec!["string"], Some(r"[^ \t\n\f\r]".to_owned())),
        Content::Name => (vec!["string", "number", "boolean"], Some(r"[^ \t\n\f\r]".to_owned())),
        _ => (vec!["string", "number", "boolean"], None),
    };
    if null {
        kinds.push("null");
    }
    let kinds = match kinds.as_slice() {
        [one] => Json::from(*one),
        several => Json::texts(several.iter().copied()),
    };
    let mut schema = Json::map().with("type", kinds);
    if let Some(pattern) = pattern {
        schema = schema.with("pattern", pattern);
    }
    match content {
        Content::Count(most) => schema.with("minimum", 0u64).with("maximum", *most),
        Content::Version => schema.with("minimum", 0u64),
        Content::Whole(least, u64::MAX) => schema.with("minimum", *least),
        Content::Whole(least, most) => schema.with("minimum", *least).with("maximum", *most),
        _ => schema,
    }
}

/// A text as a pattern that matches it alone.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for letter in text.chars() {
        if !letter.is_ascii_alphanumeric() && letter != '-' {
            out.push('\\');
        }
        out.push(letter);
    }
    out
}
