//! Bare names, fields and keys of maps.

use std::sync::Arc;

use crate::check::checker::{Checker, State, listed};
use crate::check::scope::{Path, Scope};
use crate::check::tree::{Expr, ExprKind};
use crate::diag::codes::check as codes;
use crate::diag::{Diagnostic, nearest};
use crate::source::Span;
use crate::syntax::ast;
use crate::syntax::ast::Ident;
use crate::types::{Const, EnumId, FieldId, FieldKind, Type};
use crate::value::StructId;

impl<'a> Checker<'a> {
    /// A bare name. Where an enum is expected, a value of it comes first; then bound names, constants, sections of the
    /// inventory, and a value that only one enum has.
    pub(in crate::check) fn name(&mut self, scope: &mut Scope, name: &Ident, expected: Option<&Type>) -> Expr {
        let (text, span) = (&name.text, name.span);
        let wanted = match expected.map(Type::required) {
            Some(Type::Enum(id)) => Some(*id),
            _ => None,
        };
        if let Some(id) = wanted
            && let Some(value) = self.value_of(id, text)
        {
            return self.enum_value(id, value, span);
        }
        if let Some(local) = self.local(scope, text, expected) {
            let ty = scope.type_of(local);
            return narrowed(scope, Expr { kind: ExprKind::Local(local), ty, span }, |_| {
                Some(Path { root: local, steps: Vec::new() })
            });
        }
        if let Some(id) = self.defines.get(text).copied() {
            if self.slot(id).is_some_and(|slot| slot.callable) {
                self.error(
                    codes::WRONG_ARGUMENTS,
                    span,
                    format!("`{text}` is a function and is called with arguments"),
                    "no arguments",
                    format!("write `{text}(…)`"),
                );
                return Checker::nothing(span);
            }
            let ty = self.function_type(id, expected);
            return Expr { kind: ExprKind::Call { function: id, args: Vec::new() }, ty, span };
        }
        if let Some(entity) = self.sections.get(text).copied() {
            return Expr { kind: ExprKind::Section(entity), ty: Type::list(Type::Row(entity)), span };
        }
        if let Some(id) = wanted {
            self.unknown_value(id, text, span);
            return Checker::nothing(span);
        }
        match *self.enums_with(&[text]) {
            [id] => {
                let value = self.value_of(id, text).unwrap_or_default();
                self.enum_value(id, value, span)
            }
            [] => {
                self.unknown_name(scope, text, span);
                Checker::nothing(span)
            }
            ref several => {
                let names: Vec<Arc<str>> =
                    several.iter().filter_map(|id| self.schema.enum_def(*id)).map(|e| e.name.clone()).collect();
                let all = listed(names.iter().map(|name| &**name));
                self.error(
                    codes::AMBIGUOUS,
                    span,
                    format!("`{text}` is a value of several enums: {all}"),
                    "which one is meant?",
                    "give what it stands for a type, or compare it with something that has one",
                );
                Checker::nothing(span)
            }
        }
    }

    /// The bound name that is meant: of several of one spelling the one of the type that is expected.
    fn local(&self, scope: &Scope, text: &str, expected: Option<&Type>) -> Option<super::super::tree::LocalId> {
        let first = scope.find(text)?;
        match expected.map(Type::required) {
            Some(wanted @ Type::Row(_)) => {
                Some(scope.find_all(text).find(|id| scope.type_of(*id).required() == wanted).unwrap_or(first))
            }
            _ => Some(first),
        }
    }

    pub(in crate::check) fn enum_value(&mut self, id: EnumId, value: u16, span: Span) -> Expr {
        self.enum_used.insert(id);
        Expr { kind: ExprKind::Const(Const::Enum(id, value)), ty: Type::Enum(id), span }
    }

    /// Says that an enum has no such value.
    pub(in crate::check) fn unknown_value(&mut self, id: EnumId, text: &str, span: Span) {
        let (name, values) = match self.schema.enum_def(id) {
            Some(def) => (def.name.clone(), def.values.clone()),
            None => return,
        };
        let known: Vec<&str> = values.iter().map(|value| &**value).collect();
        self.unknown(
            codes::UNKNOWN_VALUE,
            span,
            format!("`{text}` is no value of `{name}`"),
            text,
            &known,
            "see the enum's values where it is declared",
        );
    }

    fn unknown_name(&mut self, scope: &Scope, text: &str, span: Span) {
        let struct_named = self.structs.contains_key(text);
        if scope.hidden.iter().any(|hidden| **hidden == *text) {
            self.error(
                codes::UNKNOWN_NAME,
                span,
                format!("`{text}` is one of several elements, and this is said once"),
                "not in scope here",
                "speak of the list as a whole, for example by `count(…)` or `join(…)`",
            );
            return;
        }
        let mut known: Vec<&str> = scope.names().collect();
        known.extend(["true", "false", "none"]);
        known.extend(self.defines.keys().map(|name| &**name));
        known.extend(self.sections.keys().map(|name| &**name));
        known.extend(self.schema.enums.iter().flat_map(|e| &e.values).map(|value| &**value));
        let help = match nearest(text, known) {
            _ if matches!(text, "null" | "nil" | "undefined") => {
                "write `none`: `x == none`, or `not (x exists)`".to_owned()
            }
            Some(near) => format!("did you mean `{near}`?"),
            None if struct_named => format!("`{text}` is a kind of row; bind one with `each {text} in …`"),
            None => {
                let names: Vec<&str> = scope.names().collect();
                match names.is_empty() {
                    true => "declare it with `define`".to_owned(),
                    false => format!("in scope are {}; constants are declared with `define`", listed(names)),
                }
            }
        };
        self.error(codes::UNKNOWN_NAME, span, format!("nothing is called `{text}` here"), "not known", help);
    }

    /// A field of a row.
    pub(super) fn field(&mut self, scope: &Scope, of: Expr, name: &Ident, span: Span) -> Expr {
        if of.ty == Type::Error {
            return Expr { span, ..of };
        }
        let of = self.some(of);
        let owner = match &of.ty {
            Type::Row(owner) => *owner,
            Type::Error => return Expr { span, ..of },
            other => {
                let is = self.a(other);
                let help = match other {
                    Type::List(_) => format!("take the field of each element: `[x.{} for x in …]`", name.text),
                    Type::Map { .. } => "take a value by its key: `m[\"key\"]`".to_owned(),
                    _ => "only rows of entities, parts and records have fields".to_owned(),
                };
                self.error(
                    codes::UNKNOWN_FIELD,
                    name.span,
                    format!("{is} has no field `{}`", name.text),
                    "no field",
                    help,
                );
                return Expr { ty: Type::Error, span, ..of };
            }
        };
        self.structs_used.insert(owner);
        let Some((field, kind, ty)) = self.find_field(owner, &name.text) else {
            self.unknown_field(owner, name);
            return Expr { ty: Type::Error, span, ..of };
        };
        let expr = match kind {
            FieldKind::Derived(function) => {
                let ty = self.function_type(function, None);
                Expr { kind: ExprKind::Call { function, args: vec![of] }, ty, span }
            }
            _ => Expr { kind: ExprKind::Field { of: Box::new(of), owner, field }, ty, span },
        };
        narrowed(scope, expr, |expr| self.path(expr))
    }

    pub(in crate::check) fn find_field(&self, owner: StructId, name: &str) -> Option<(FieldId, FieldKind, Type)> {
        let def = self.schema.get(owner)?;
        let id = def.find(name)?;
        let field = self.schema.field(owner, id)?;
        Some((id, field.kind, field.ty.clone()))
    }

    /// Says that a struct has no such field.
    pub(in crate::check) fn unknown_field(&mut self, owner: StructId, name: &Ident) {
        let Some(def) = self.schema.get(owner) else { return };
        let struct_name = def.name.clone();
        let fields: Vec<Arc<str>> = def.fields.iter().map(|field| field.name.clone()).collect();
        let declared = def.span;
        let known: Vec<&str> = fields.iter().map(|field| &**field).collect();
        let help = match nearest(&name.text, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if known.len() <= 16 => format!("its fields are {}", listed(known)),
            None => "see its fields where it is declared".to_owned(),
        };
        let diagnostic =
            Diagnostic::error(codes::UNKNOWN_FIELD, name.span, format!("`{struct_name}` has no field `{}`", name.text))
                .label("no such field")
                .help(help)
                .also(declared, format!("`{struct_name}` is declared here"));
        self.say(diagnostic);
    }

    /// `m[k]`.
    pub(super) fn index(&mut self, scope: &mut Scope, base: &'a ast::Expr, key: &'a ast::Expr, span: Span) -> Expr {
        let map = self.expr(scope, base, None);
        let map = self.some(map);
        let key_type = match &map.ty {
            Type::Map { by_name: true, .. } => Type::Name,
            _ => Type::Text,
        };
        let key = self.expr(scope, key, Some(&key_type));
        let key = match &map.ty {
            Type::Map { .. } => self.fit(key, &key_type, "the key of a map"),
            _ => key,
        };
        let ty = match &map.ty {
            Type::Map { value, .. } => Type::optional((**value).clone()),
            Type::Error => Type::Error,
            other => {
                let is = self.a(other);
                let help = match other {
                    Type::List(_) => {
                        "a list has no keys; pick elements with `[x for x in xs where …]` or `first(n, xs)`"
                    }
                    _ => "only maps have keys",
                };
                self.error(codes::WRONG_TYPE, map.span, format!("{is} has no keys"), format!("this is {is}"), help);
                Type::Error
            }
        };
        let expr = Expr { kind: ExprKind::Index { map: Box::new(map), key: Box::new(key) }, ty, span };
        narrowed(scope, expr, |expr| self.path(expr))
    }

    /// `x exists`.
    pub(super) fn exists(&mut self, scope: &Scope, operand: Expr, span: Span) -> Expr {
        if !operand.ty.is_optional() && operand.ty != Type::Error {
            let known = self.path(&operand).is_some_and(|path| scope.is_narrowed(&path));
            let is = self.a(&operand.ty);
            let (message, label) = match known {
                true => {
                    ("this is known to exist here: the condition is always true".to_owned(), "asked before".to_owned())
                }
                false => (format!("{is} always exists: the condition is always true"), "never `none`".to_owned()),
            };
            self.warning(
                codes::ALWAYS,
                span,
                message,
                label,
                "leave the condition out; whether a fact is known at all is `… is known`",
            );
        }
        Expr { kind: ExprKind::Exists(Box::new(operand)), ty: Type::Bool, span }
    }

    /// How much a type depends on what is expected: 0 not at all, 1 a name that is bound, 2 fully.
    pub(super) fn need(&self, scope: &Scope, e: &ast::Expr) -> u8 {
        match &e.kind {
            ast::ExprKind::Literal(literal) => match literal.kind {
                ast::LiteralKind::Number(_) | ast::LiteralKind::None => 2,
                _ => 0,
            },
            ast::ExprKind::Text(_) | ast::ExprKind::EmptyMap => 2,
            ast::ExprKind::Name(name) => {
                let bound = scope.find(&name.text).is_some() || self.sections.contains_key(&name.text);
                let define = self.defines.get(&name.text).and_then(|id| self.slot(*id));
                match define {
                    _ if bound => 1,
                    Some(slot) if slot.state != State::Deferred && !self.is_ambiguous(slot) => 1,
                    _ => 2,
                }
            }
            ast::ExprKind::List(elements) => elements.iter().map(|e| self.need(scope, e)).min().unwrap_or(2),
            ast::ExprKind::ListOf { element, .. } => match element.kind {
                ast::ExprKind::Literal(_) | ast::ExprKind::Text(_) => self.need(scope, element),
                _ => 0,
            },
            ast::ExprKind::If { then, otherwise, .. } => self.need(scope, then).min(self.need(scope, otherwise)),
            ast::ExprKind::Else { value, fallback } => self.need(scope, value).min(self.need(scope, fallback)),
            ast::ExprKind::Unary { op: ast::UnaryOp::Negate, operand } => self.need(scope, operand),
            _ => 0,
        }
    }
}

/// The expression without its `?` where its path is known to exist.
fn narrowed(scope: &Scope, mut expr: Expr, path: impl FnOnce(&Expr) -> Option<Path>) -> Expr {
    if let Type::Optional(inner) = &expr.ty {
        let inner = (**inner).clone();
        if path(&expr).is_some_and(|path| scope.is_narrowed(&path)) {
            expr.ty = inner;
        }
    }
    expr
}
