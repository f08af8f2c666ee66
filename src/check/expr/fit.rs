//! Whether a value of one type may stand where another is expected, and what two types have in common.

use std::sync::Arc;

use crate::check::checker::Checker;
use crate::check::tree::{Expr, ExprKind};
use crate::diag::Diagnostic;
use crate::diag::codes::check as codes;
use crate::types::{Const, Type};

/// Whether a value of type `from` may stand where `to` is expected.
pub(in crate::check) fn fits(from: &Type, to: &Type) -> bool {
    match (from, to) {
        (Type::Error, _) | (_, Type::Error) | (Type::None, Type::Optional(_) | Type::None) => true,
        (Type::Optional(a), Type::Optional(b)) => fits(a, b),
        (a, Type::Optional(b)) => fits(a, b),
        (Type::List(a), Type::List(b)) => fits(a, b),
        (Type::Map { by_name: x, value: a }, Type::Map { by_name: y, value: b }) => x == y && fits(a, b),
        (a, b) => a == b || (a.is_textual() && b.is_textual()),
    }
}

/// The type that holds values of both; nothing where there is none.
pub(in crate::check) fn common(a: &Type, b: &Type) -> Option<Type> {
    match (a, b) {
        (Type::Error, _) | (_, Type::Error) => Some(Type::Error),
        (Type::None, other) | (other, Type::None) => Some(Type::optional(other.clone())),
        (Type::Optional(x), y) | (y, Type::Optional(x)) => common(x, y.required()).map(Type::optional),
        (Type::List(x), Type::List(y)) => match (&**x, &**y) {
            (Type::Error, other) | (other, Type::Error) => Some(Type::list(other.clone())),
            (x, y) => common(x, y).map(Type::list),
        },
        (x, y) if x == y => Some(x.clone()),
        (x, y) if x.is_textual() && y.is_textual() => Some(Type::Text),
        _ => None,
    }
}

impl Checker<'_> {
    /// The expression as a value of this type; says so where it is none.
    pub fn fit(&mut self, expr: Expr, to: &Type, what: &str) -> Expr {
        if fits(&expr.ty, to) {
            return retyped(expr, to);
        }
        if expr.ty.is_optional() && fits(expr.ty.required(), to) {
            self.may_be_none(&expr);
            return Expr { ty: Type::Error, ..expr };
        }
        let (is, wanted) = (self.a(&expr.ty), self.a(to));
        let mut diagnostic = Diagnostic::error(codes::WRONG_TYPE, expr.span, format!("{what} is {wanted}, not {is}"))
            .label(format!("this is {is}"));
        diagnostic = match (&expr.ty, to.required()) {
            (Type::List(_), Type::Row(_)) => {
                diagnostic.help("name one element of the list, for example in `some x in … : …`")
            }
            (Type::Number, Type::Size) => diagnostic.help("write a unit: `64 GiB`"),
            (Type::Number, Type::Duration) => diagnostic.help("write a unit: `30 s`, `5 min`, `2 h`, `7 d`"),
            (Type::Text | Type::Name, Type::Enum(id)) => {
                let values = self.schema.enum_def(*id).map(|e| e.values.join("`, `")).unwrap_or_default();
                diagnostic.help(format!("write a value of the enum by its bare name: `{values}`"))
            }
            (Type::Text | Type::Name, Type::Number | Type::Size | Type::Duration | Type::Date | Type::Version)
                if matches!(expr.kind, ExprKind::Const(_)) =>
            {
                diagnostic.help(format!("write a `{}` without quotes", self.type_name(to.required())))
            }
            (_, Type::Text | Type::Name) => diagnostic.help("make a text of it with `text(…)`"),
            (Type::None, _) => {
                diagnostic.help(format!("what may be `none` is declared with a `?`: `{}?`", self.type_name(to)))
            }
            _ => diagnostic.help(format!("write {wanted} here")),
        };
        self.say(diagnostic);
        Expr { ty: Type::Error, ..expr }
    }

    /// Says that an expression may be `none` where a value is needed.
    pub fn may_be_none(&mut self, expr: &Expr) {
        if expr.ty == Type::None {
            self.error(
                codes::MAY_BE_NONE,
                expr.span,
                "`none` is no value to compute with",
                "always `none`",
                "write a value here, or compare with `exists`",
            );
            return;
        }
        let ty = self.type_name(&expr.ty);
        let help = if self.path(expr).is_some() {
            "ask first whether it `exists` (`… exists and …`, or in `when`), or give an alternative with `else`"
        } else {
            "give an alternative with `else`, or name it with `let` and ask whether that `exists`"
        };
        self.error(
            codes::MAY_BE_NONE,
            expr.span,
            format!("this is a `{ty}` and may be `none`"),
            "may be `none` here",
            help,
        );
    }

    /// The expression without its `?`; says so where it may be `none`.
    pub fn some(&mut self, expr: Expr) -> Expr {
        if !expr.ty.is_optional() {
            return expr;
        }
        self.may_be_none(&expr);
        let ty = if expr.ty == Type::None { Type::Error } else { expr.ty.required().clone() };
        Expr { ty, ..expr }
    }
}

/// Constants take the kind of text that is expected; all else keeps its type.
fn retyped(mut expr: Expr, to: &Type) -> Expr {
    let wanted = to.required();
    match (&expr.kind, wanted) {
        (ExprKind::Const(Const::Text(_)), Type::Text | Type::Name) => expr.ty = wanted.clone(),
        (ExprKind::Const(Const::List(_)), Type::List(of)) if **of != Type::Error => {
            expr.ty = Type::List(Arc::clone(of));
        }
        (ExprKind::List(_), Type::List(of)) if expr.ty == Type::list(Type::Error) => {
            expr.ty = Type::List(Arc::clone(of))
        }
        (ExprKind::Const(Const::None), Type::Optional(_)) if !matches!(to, Type::Error) && expr.ty != Type::Error => {
            expr.ty = to.clone();
        }
        _ => {}
    }
    expr
}
