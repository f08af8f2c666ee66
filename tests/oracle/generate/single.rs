//! A generated pack that judges single entities: no plan, no inventory, every document by itself.

use std::fmt::Write;

use serde_json::{Map, Value, json};

use super::Choices;
use super::expr::{Maker, Scope};
use super::schema::{Field, From, Kind, Struct, Ty, Vocabulary};

/// The entity, and the part that lives in it.
const ENTITY: usize = 0;
const PART: usize = 1;

/// A pack, and documents for it: what they say, and with holes.
#[derive(Clone, Debug)]
pub struct Single {
    pub text: String,
    pub documents: Vec<Value>,
}

fn scalar(c: &mut Choices<'_>) -> Ty {
    if c.chance(1, 3) { Ty::Enum(0) } else { c.one(&Ty::SCALARS).clone() }
}

fn field(name: String, ty: Ty) -> Field {
    Field { name, ty, from: From::Input }
}

fn fields(c: &mut Choices<'_>, prefix: &str, parts: bool) -> Vec<Field> {
    let mut fields = Vec::new();
    for at in 0..2 + c.pick(5) {
        let plain = scalar(c);
        let ty = match c.pick(10) {
            8 => Ty::list(Ty::option(Ty::Any)),
            9 => Ty::option(Ty::Any),
            0..3 => plain,
            3 => Ty::option(plain),
            4 => Ty::list(plain),
            // Elements may be `none` here.
            5 => Ty::list(Ty::option(plain)),
            6 => Ty::Map(c.chance(1, 2), Box::new(plain)),
            _ => Ty::Record(vec![("a".to_owned(), plain), ("b".to_owned(), Ty::option(scalar(c)))]),
        };
        fields.push(field(format!("{prefix}{at}"), ty));
    }
    if parts {
        fields.push(field("pieces".to_owned(), Ty::list(Ty::Row(PART))));
        fields.push(field("main".to_owned(), Ty::option(Ty::Row(PART))));
    }
    fields
}

/// Makes a pack and its documents.
pub fn single(c: &mut Choices<'_>) -> Single {
    let named = c.chance(1, 2);
    let mut own = fields(c, "s", true);
    if named {
        own.insert(0, field("name".to_owned(), Ty::Name));
    }
    let mut part = fields(c, "c", false);
    if c.chance(2, 3) {
        part.insert(0, field("name".to_owned(), Ty::Name));
    }
    let structs = vec![
        Struct { name: "thing".to_owned(), kind: if named { Kind::Entity } else { Kind::Part }, fields: own },
        Struct { name: "piece".to_owned(), kind: Kind::Part, fields: part },
    ];
    let words = Vocabulary { enums: vec![vec!["red0".to_owned(), "red1".to_owned(), "red2".to_owned()]], structs };
    let mut text = "pack single \"Single\" version 1.0.0\n\nenum enum0 { red0, red1, red2 }\n".to_owned();
    let _ = writeln!(text, "entity thing {{\n{}}}\npart piece {{\n{}}}", words.declare(ENTITY), words.declare(PART));
    let _ = writeln!(text, "input each thing\n");
    let scope = || {
        let mut scope = Scope::default();
        scope.bind(&words, "thing", &Ty::Row(ENTITY));
        scope
    };
    for code in 0..2 + c.pick(4) {
        let mut scope = scope();
        let expr = |c: &mut Choices<'_>, scope: &mut Scope, ty: &Ty, depth| {
            Maker { words: &words, c, is_known: true }.expr(scope, ty, depth)
        };
        let _ = writeln!(text, "rule R{code} rule-{code} \"Rule {code}\" {{\n  for thing");
        if c.chance(1, 2) {
            let list = expr(c, &mut scope, &Ty::list(Ty::Row(PART)), 1);
            if list != "[]" {
                let _ = writeln!(text, "  each x0 in {list}");
                scope.bind(&words, "x0", &Ty::Row(PART));
            }
        }
        if c.chance(1, 2) {
            let _ = writeln!(text, "  when {}", expr(c, &mut scope, &Ty::Bool, 1));
        }
        let level = *c.one(&["must", "should", "must"]);
        let _ = writeln!(text, "  {level} {}\n  because \"rule {code}\"\n}}", expr(c, &mut scope, &Ty::Bool, 0));
    }
    let count = 1 + c.pick(3);
    let documents = (0..count).map(|at| document(&words, c, ENTITY, named.then(|| format!("thing{at}")))).collect();
    Single { text, documents }
}

/// A row with holes.
fn document(words: &Vocabulary, c: &mut Choices<'_>, of: usize, key: Option<String>) -> Value {
    let mut members = Map::new();
    for field in &words.structs[of].fields {
        match &key {
            Some(key) if field.name == "name" => drop(members.insert(field.name.clone(), json!(key))),
            _ if c.chance(1, 5) => {}
            _ => drop(members.insert(field.name.clone(), value(words, c, &field.ty))),
        }
    }
    Value::Object(members)
}

fn value(words: &Vocabulary, c: &mut Choices<'_>, ty: &Ty) -> Value {
    match ty {
        Ty::Row(of) => document(words, c, *of, None),
        Ty::List(of) => Value::Array((0..c.pick(4)).map(|_| value(words, c, of)).collect()),
        Ty::Any => c.one(&[json!(1), json!("a"), json!(true), json!([1, null]), json!({ "a": 1 })]).clone(),
        Ty::Option(_) if c.chance(1, 3) => Value::Null,
        Ty::Option(of) => value(words, c, of),
        Ty::Record(fields) => {
            let known = fields.iter().filter(|_| c.chance(4, 5)).cloned().collect::<Vec<_>>();
            Value::Object(known.into_iter().map(|(name, ty)| (name, value(words, c, &ty))).collect())
        }
        Ty::Map(_, of) => {
            let count = c.pick(3);
            Value::Object(["a", "bb"].iter().take(count).map(|key| ((*key).to_owned(), value(words, c, of))).collect())
        }
        plain => super::input::plain(words, c, plain),
    }
}
