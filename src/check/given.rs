//! What tests give: rows, steps, values, as a document would have them. Names are looked up and kinds compared here; how a
//! scalar reads in full is the loader's question.

use std::sync::Arc;

use super::checker::Checker;
use super::cover::written;
use super::scope::Scope;
use super::tree::GivenValue;
use crate::diag::Diagnostic;
use crate::diag::codes::check as codes;
use crate::source::Span;
use crate::syntax::ast::{self, EntryKey, LiteralKind, ValueKind};
use crate::types::{FieldKind, Schema, StructKind, Type};
use crate::value::StructId;

/// A member of a row: a path of input names, and the value; nothing for `unknown`.
pub(super) type Member = (Vec<Arc<str>>, Option<GivenValue>);

/// A row that a value names.
pub(super) struct Reference {
    /// Of which entity.
    pub entity: StructId,
    /// Its name.
    pub name: Arc<str>,
    /// Where it is named.
    pub span: Span,
}

impl<'a> Checker<'a> {
    /// The members of a row or step.
    pub fn members(&mut self, owner: StructId, entries: &'a [ast::Entry], refers: &mut Vec<Reference>) -> Vec<Member> {
        let mut made: Vec<Member> = Vec::new();
        for entry in entries {
            let EntryKey::Path(path) = &entry.key else {
                let name = self.schema.get(owner).map(|def| def.name.clone()).unwrap_or_default();
                self.error(
                    codes::WRONG_GIVEN,
                    entry.span,
                    format!("a `{name}` has fields, no keys"),
                    "a text as a key",
                    "write the field by its bare name",
                );
                continue;
            };
            if let Some((path, ty)) = self.member_type(owner, path) {
                let Some(ty) = ty else {
                    // The wave of a step is written as its number.
                    let value = self.given(&Type::Number, false, &entry.value, refers);
                    made.push((path, value));
                    continue;
                };
                let nullable = ty.1;
                let value = match entry.value.kind {
                    ValueKind::Unknown if nullable => {
                        self.error(
                            codes::WRONG_GIVEN,
                            entry.value.span,
                            "a field with a default is never unknown",
                            "not unknown",
                            "write a value, or leave the field out: then it has its default",
                        );
                        continue;
                    }
                    ValueKind::Unknown => None,
                    _ => match self.given(&ty.0, nullable, &entry.value, refers) {
                        Some(value) => Some(value),
                        None => continue,
                    },
                };
                made.push((path, value));
            }
        }
        made
    }

    /// The input names and the type of a path of fields, and whether it takes `null` for its default; no type for a step's wave.
    #[expect(clippy::type_complexity, reason = "a pair of answers used in one place")]
    fn member_type(&mut self, owner: StructId, path: &[ast::Ident]) -> Option<(Vec<Arc<str>>, Option<(Type, bool)>)> {
        let mut names = Vec::new();
        let mut at = owner;
        for (i, name) in path.iter().enumerate() {
            let found = self.schema.get(at).and_then(|def| def.find(&name.text));
            let Some(field) = found.and_then(|id| self.schema.field(at, id)) else {
                self.unknown_field(at, name);
                return None;
            };
            names.push(field.input.clone());
            let built_in = field.span == Span::NONE;
            let (kind, ty, default) = (field.kind, field.ty.clone(), field.default.is_some());
            if built_in && at == Schema::STEP && found == Some(Schema::STEP_WAVE) {
                return Some((names, None));
            }
            if kind != FieldKind::Stored || (built_in && at == Schema::STEP) {
                let why = match kind {
                    FieldKind::Derived(_) => "computed from others",
                    FieldKind::Gathered(_) => "gathered from others",
                    _ => "known to the run itself",
                };
                self.error(
                    codes::WRONG_GIVEN,
                    name.span,
                    format!("`{}` is {why} and cannot be given", name.text),
                    why,
                    "give the fields that it comes from",
                );
                return None;
            }
            if i.saturating_add(1) == path.len() {
                return Some((names, Some((ty, default))));
            }
            let inside = match ty.required() {
                Type::Row(id)
                    if self.schema.get(*id).is_some_and(|def| !matches!(def.kind, StructKind::Entity { .. })) =>
                {
                    *id
                }
                Type::Error => return None,
                other => {
                    let is = self.a(other);
                    self.error(
                        codes::WRONG_GIVEN,
                        name.span,
                        format!("`{}` is {is}: nothing inside it can be given here", name.text),
                        format!("this is {is}"),
                        "give a row of its own by `given`, or the whole value",
                    );
                    return None;
                }
            };
            at = inside;
        }
        None
    }

    /// A value as a document would have it, held against the type of its field.
    fn given(
        &mut self,
        ty: &Type,
        nullable: bool,
        value: &'a ast::Value,
        refers: &mut Vec<Reference>,
    ) -> Option<GivenValue> {
        let span = value.span;
        match (&value.kind, ty.required()) {
            (_, Type::Error) => None,
            (ValueKind::Unknown, _) => {
                self.error(
                    codes::WRONG_GIVEN,
                    span,
                    "only a field can be `unknown`",
                    "part of a value",
                    "leave the element or the field out",
                );
                None
            }
            (ValueKind::Literal(literal), _) if literal.kind == LiteralKind::None => {
                if ty.is_optional() || nullable {
                    return Some(GivenValue::Null(span));
                }
                self.error(
                    codes::WRONG_GIVEN,
                    span,
                    format!("a `{}` is never `none`", self.type_name(ty)),
                    "not allowed here",
                    "write a value, or leave the field out: then it is unknown",
                );
                None
            }
            (ValueKind::Record(entries), Type::Row(id)) if !self.is_entity(*id) => {
                let id = *id;
                let members = self.members(id, entries, refers);
                Some(GivenValue::Map(nested(members, span), span))
            }
            (ValueKind::Record(entries), Type::Map { value: of, .. }) => {
                let of = Type::clone(of);
                let mut made = Vec::new();
                for entry in entries {
                    let key = match &entry.key {
                        EntryKey::Text(text) => text.value.clone(),
                        EntryKey::Path(path) => {
                            path.iter().map(|name| &*name.text).collect::<Vec<_>>().join(".").into()
                        }
                    };
                    if let Some(value) = self.given(&of, false, &entry.value, refers) {
                        made.push((key, value));
                    }
                }
                Some(GivenValue::Map(made, span))
            }
            (ValueKind::List(values), Type::List(of)) => {
                let of = Type::clone(of);
                let values = values.iter().filter_map(|value| self.given(&of, false, value, refers)).collect();
                Some(GivenValue::List(values, span))
            }
            (ValueKind::Name(name), Type::Row(id)) if self.is_entity(*id) => {
                refers.push(Reference { entity: *id, name: name.text.clone(), span });
                Some(GivenValue::Scalar(name.text.clone(), span))
            }
            (ValueKind::Text(text), Type::Row(id)) if self.is_entity(*id) => {
                refers.push(Reference { entity: *id, name: text.value.clone(), span });
                Some(GivenValue::Scalar(text.value.clone(), span))
            }
            (ValueKind::Name(name), Type::Enum(id)) => {
                if self.value_of(*id, &name.text).is_some() {
                    return Some(GivenValue::Scalar(name.text.clone(), span));
                }
                self.unknown_value(*id, &name.text, span);
                None
            }
            (ValueKind::Text(text), Type::Text | Type::Name) => Some(GivenValue::Scalar(text.value.clone(), span)),
            (ValueKind::Name(name), Type::Text | Type::Name) => Some(GivenValue::Scalar(name.text.clone(), span)),
            (ValueKind::Text(text), Type::Any) => Some(GivenValue::Scalar(text.value.clone(), span)),
            (ValueKind::Name(name), Type::Any) => Some(GivenValue::Scalar(name.text.clone(), span)),
            (ValueKind::Literal(literal), Type::Any) => Some(GivenValue::Scalar(literal_text(literal), span)),
            (ValueKind::Name(name), wanted) => self.given_constant(name, wanted),
            (ValueKind::Literal(literal), wanted) => {
                let typed = self.literal(literal, Some(wanted));
                let typed = self.fit(typed, wanted, "this value");
                (typed.ty != Type::Error).then(|| GivenValue::Scalar(literal_text(literal), span))
            }
            (ValueKind::Negative(literal), Type::Number | Type::Duration) => {
                let typed = self.literal(literal, Some(ty.required()));
                let typed = self.fit(typed, ty.required(), "this value");
                (typed.ty != Type::Error)
                    .then(|| GivenValue::Scalar(format!("-{}", literal_text(literal)).into(), span))
            }
            (kind, _) => {
                let wanted = self.a(ty);
                let (is, help) = match kind {
                    ValueKind::List(_) => ("a list", "write one value"),
                    ValueKind::Record(_) => ("a record", "name a row that is given by itself, or write one value"),
                    ValueKind::Negative(_) => ("below zero", "write a value that is not below zero"),
                    _ => ("a text", "write the value without quotes"),
                };
                self.error(
                    codes::WRONG_GIVEN,
                    span,
                    format!("this is {is}, and {wanted} is expected"),
                    format!("this is {is}"),
                    help,
                );
                None
            }
        }
    }

    /// A constant of the pack as a value.
    fn given_constant(&mut self, name: &'a ast::Ident, wanted: &Type) -> Option<GivenValue> {
        if self.defines.contains_key(&name.text) {
            let typed = self.expr_name(name, wanted);
            let typed = self.fit(typed, wanted, "this value");
            if typed.ty == Type::Error {
                return None;
            }
            let constant = self.constant(&typed)?;
            return Some(GivenValue::Scalar(written(&self.schema, &constant).into(), name.span));
        }
        let wanted = self.a(wanted);
        self.error(
            codes::WRONG_GIVEN,
            name.span,
            format!("`{}` is a name, and {wanted} is expected", name.text),
            "a name",
            "write a value, or the name of a constant that a pack defines",
        );
        None
    }

    fn expr_name(&mut self, name: &'a ast::Ident, wanted: &Type) -> super::tree::Expr {
        self.name(&mut Scope::default(), name, Some(wanted))
    }

    pub fn is_entity(&self, id: StructId) -> bool {
        self.schema.get(id).is_some_and(|def| matches!(def.kind, StructKind::Entity { .. }))
    }

    /// Steps say all that has no default.
    pub fn complete_step(&mut self, step: &ast::Step, members: &[Member]) {
        let Some(def) = self.schema.get(Schema::STEP) else { return };
        let lacking: Vec<(Arc<str>, Span)> = def
            .fields
            .iter()
            .filter(|field| field.span != Span::NONE && field.kind == FieldKind::Stored && field.default.is_none())
            .filter(|field| !self.may_be_left_out(&field.ty) && !self.bare_additions.contains(&field.span))
            .filter(|field| !members.iter().any(|(path, _)| path.first() == Some(&field.input)))
            .map(|field| (field.name.clone(), field.span))
            .collect();
        for (name, declared) in lacking {
            let diagnostic = Diagnostic::error(
                codes::WRONG_GIVEN,
                step.name.span,
                format!("the step `{}` does not say its `{name}`", step.name.text),
            )
            .label(format!("no `{name}`"))
            .also(declared, "has no default")
            .help(format!("add `{name}: …`"));
            self.say(diagnostic);
        }
    }

    /// A record of a step may be left out where all that is in it has a default.
    fn may_be_left_out(&self, ty: &Type) -> bool {
        match ty {
            Type::Row(id) => self.schema.get(*id).is_some_and(|def| {
                def.kind == StructKind::Record
                    && def.fields.iter().all(|f| f.kind != FieldKind::Stored || f.default.is_some())
            }),
            _ => false,
        }
    }
}

/// Members with paths as maps in maps.
fn nested(members: Vec<Member>, span: Span) -> Vec<(Arc<str>, GivenValue)> {
    let mut made: Vec<(Arc<str>, GivenValue)> = Vec::new();
    for (path, value) in members {
        if let Some(value) = value {
            insert(&mut made, &path, value, span);
        }
    }
    made
}

fn insert(into: &mut Vec<(Arc<str>, GivenValue)>, path: &[Arc<str>], value: GivenValue, span: Span) {
    match path {
        [] => {}
        [name] => {
            into.retain(|(known, _)| known != name);
            into.push((name.clone(), value));
        }
        [name, rest @ ..] => {
            if let Some((_, GivenValue::Map(inside, _))) = into.iter_mut().find(|(known, _)| known == name) {
                insert(inside, rest, value, span);
                return;
            }
            let mut inside = Vec::new();
            insert(&mut inside, rest, value, span);
            into.retain(|(known, _)| known != name);
            into.push((name.clone(), GivenValue::Map(inside, span)));
        }
    }
}

/// A literal as a document would have it.
fn literal_text(literal: &ast::Literal) -> Arc<str> {
    match &literal.kind {
        LiteralKind::Number(text) | LiteralKind::Version(text) | LiteralKind::Date(text) => text.clone(),
        LiteralKind::Percent(text) => format!("{text}%").into(),
        LiteralKind::Size(text, unit) => format!("{text} {}", unit.text()).into(),
        LiteralKind::Duration(text, unit) => format!("{text} {}", unit.text()).into(),
        LiteralKind::Bool(value) => value.to_string().into(),
        LiteralKind::None => Arc::from("null"),
    }
}
