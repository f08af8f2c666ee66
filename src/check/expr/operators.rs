//! Operators: logic, comparison, arithmetic, `else` and `if`.

use crate::check::checker::Checker;
use crate::check::scope::Scope;
use crate::check::tree::{Arithmetic, Comparison, Expr, ExprKind};
use crate::diag::Diagnostic;
use crate::diag::codes::check as codes;
use crate::source::Span;
use crate::syntax::ast;
use crate::syntax::ast::BinaryOp;
use crate::types::{Const, Type};
use crate::value::{Duration, Number, Size};

use super::fit::{common, fits};

impl<'a> Checker<'a> {
    pub(super) fn binary(
        &mut self,
        scope: &mut Scope,
        op: BinaryOp,
        op_span: Span,
        left: &'a ast::Expr,
        right: &'a ast::Expr,
        span: Span,
    ) -> Expr {
        match op {
            BinaryOp::And | BinaryOp::Or | BinaryOp::Implies => self.logic(scope, op, left, right, span),
            BinaryOp::Equal => self.compare(scope, Comparison::Equal, (op, op_span), left, right, span),
            BinaryOp::NotEqual => self.compare(scope, Comparison::NotEqual, (op, op_span), left, right, span),
            BinaryOp::Less => self.compare(scope, Comparison::Less, (op, op_span), left, right, span),
            BinaryOp::LessEqual => self.compare(scope, Comparison::AtMost, (op, op_span), left, right, span),
            BinaryOp::Greater => self.compare(scope, Comparison::Greater, (op, op_span), left, right, span),
            BinaryOp::GreaterEqual => self.compare(scope, Comparison::AtLeast, (op, op_span), left, right, span),
            BinaryOp::In => self.contained(scope, op_span, left, right, span),
            BinaryOp::Add => self.arithmetic(scope, Arithmetic::Add, (op, op_span), left, right, span),
            BinaryOp::Subtract => self.arithmetic(scope, Arithmetic::Subtract, (op, op_span), left, right, span),
            BinaryOp::Multiply => self.arithmetic(scope, Arithmetic::Multiply, (op, op_span), left, right, span),
            BinaryOp::Divide => self.arithmetic(scope, Arithmetic::Divide, (op, op_span), left, right, span),
        }
    }

    fn logic(
        &mut self,
        scope: &mut Scope,
        op: BinaryOp,
        left: &'a ast::Expr,
        right: &'a ast::Expr,
        span: Span,
    ) -> Expr {
        let what = format!("each side of `{}`", op.text());
        let left = self.condition(scope, left, &what);
        let mark = scope.mark();
        if op != BinaryOp::Or {
            let facts = self.facts(&left);
            scope.narrow(facts);
        }
        let right = self.condition(scope, right, &what);
        scope.reset(mark);
        let (left, right) = (Box::new(left), Box::new(right));
        let kind = match op {
            BinaryOp::Or => ExprKind::Or(left, right),
            BinaryOp::Implies => ExprKind::Implies(left, right),
            _ => ExprKind::And(left, right),
        };
        Expr { kind, ty: Type::Bool, span }
    }

    /// Two operands that tell each other what they are.
    fn pair(&mut self, scope: &mut Scope, left: &'a ast::Expr, right: &'a ast::Expr) -> (Expr, Expr) {
        if self.need(scope, left) > self.need(scope, right) {
            let right = self.expr(scope, right, None);
            let left = self.expr(scope, left, told(&right.ty));
            (left, right)
        } else {
            let left = self.expr(scope, left, None);
            let right = self.expr(scope, right, told(&left.ty));
            (left, right)
        }
    }

    fn compare(
        &mut self,
        scope: &mut Scope,
        comparison: Comparison,
        (op, op_span): (BinaryOp, Span),
        left: &'a ast::Expr,
        right: &'a ast::Expr,
        span: Span,
    ) -> Expr {
        let (left, right) = self.pair(scope, left, right);
        let equality = matches!(comparison, Comparison::Equal | Comparison::NotEqual);
        let before = self.errors();
        let lacking = left.ty == Type::None || right.ty == Type::None;
        let (left, right) = match equality || !lacking {
            true => self.same_kind(left, right, (op, op_span), equality),
            false => (left, right),
        };
        // What cannot be compared at all is said alone.
        let (left, right) = match equality || self.errors() > before {
            true => (left, right),
            false => (self.some(left), self.some(right)),
        };
        Expr { kind: ExprKind::Compare(comparison, Box::new(left), Box::new(right)), ty: Type::Bool, span }
    }

    /// Both sides of a comparison as one kind of value; says so where they are not.
    fn same_kind(&mut self, left: Expr, right: Expr, (op, op_span): (BinaryOp, Span), equality: bool) -> (Expr, Expr) {
        let (a, b) = (left.ty.required().clone(), right.ty.required().clone());
        if a == Type::Error || b == Type::Error {
            return (left, right);
        }
        if (a == Type::None && !right.ty.is_optional()) || (b == Type::None && !left.ty.is_optional()) {
            let truth = if op == BinaryOp::Equal { "false" } else { "true" };
            let (none, other) = if a == Type::None { (&left, &right) } else { (&right, &left) };
            let is = self.a(&other.ty);
            self.warning(
                codes::ALWAYS,
                none.span,
                format!("{is} is never `none`: the condition is always {truth}"),
                "never equal",
                "leave the condition out; whether a fact is known at all is `… is known`",
            );
            return (left, right);
        }
        if a == Type::None || b == Type::None {
            let ty = if a == Type::None { right.ty.clone() } else { left.ty.clone() };
            return (self.fit(left, &ty, "this side"), self.fit(right, &ty, "this side"));
        }
        if !(fits(&a, &b) || fits(&b, &a)) {
            let (x, y) = (self.a(&a), self.a(&b));
            let diagnostic = Diagnostic::error(
                codes::WRONG_OPERANDS,
                op_span,
                format!("`{}` cannot compare {x} with {y}", op.text()),
            )
            .label("two kinds of values")
            .also(left.span, format!("this is {x}"))
            .also(right.span, format!("this is {y}"))
            .help(compare_help(&a, &b));
            self.say(diagnostic);
            return (left, right);
        }
        let comparable = match &a {
            Type::List(_) | Type::Map { .. } | Type::Any => false,
            Type::Bool | Type::Text | Type::Name | Type::Enum(_) | Type::Row(_) => equality,
            _ => true,
        };
        if !comparable {
            let is = self.a(&a);
            let help = match &a {
                Type::List(_) => "compare their lengths, or say what holds of their elements with `all`, `some`, `no`",
                Type::Map { .. } => "compare their values one by one",
                Type::Any => "of `any` one knows that it is there; declare the field with the type that it has",
                Type::Enum(_) => "the values of an enum have no order; name them: `x in [a, b]`",
                _ => "only numbers, sizes, durations, dates and versions have an order",
            };
            self.error(
                codes::WRONG_OPERANDS,
                op_span,
                format!("`{}` does not go with {is}", op.text()),
                "cannot be compared so",
                help,
            );
            return (left, right);
        }
        // A text next to a name is compared as names are.
        if let (Type::Text, Type::Name) | (Type::Name, Type::Text) = (&a, &b) {
            return (
                self.fit(left, &Type::optional(Type::Name), "this side"),
                self.fit(right, &Type::optional(Type::Name), "this side"),
            );
        }
        (left, right)
    }

    fn contained(
        &mut self,
        scope: &mut Scope,
        op_span: Span,
        left: &'a ast::Expr,
        right: &'a ast::Expr,
        span: Span,
    ) -> Expr {
        let of_list = |ty: &Type| match ty.required() {
            Type::List(of) => Some((**of).clone()),
            _ => None,
        };
        let (left, right) = if self.need(scope, left) > self.need(scope, right) {
            let right = self.expr(scope, right, None);
            let element = of_list(&right.ty);
            (self.expr(scope, left, element.as_ref().and_then(told)), right)
        } else {
            let left = self.expr(scope, left, None);
            let list = told(&left.ty).map(|ty| Type::list(ty.required().clone()));
            let right = self.expr(scope, right, list.as_ref());
            (left, right)
        };
        let right = self.some(right);
        let made = |left: Expr, right: Expr| Expr {
            kind: ExprKind::In(Box::new(left), Box::new(right)),
            ty: Type::Bool,
            span,
        };
        let element = match &right.ty {
            Type::List(of) => (**of).clone(),
            Type::Error => return made(left, right),
            other => {
                let is = self.a(other);
                let help = match other {
                    Type::Text | Type::Name => "whether a text holds another is `contains(text, part)`",
                    Type::Map { .. } => "whether a map has a key is `m[key] exists`; its values are `values(m)`",
                    _ => "write a list: `x in [a, b]`",
                };
                self.error(
                    codes::WRONG_OPERANDS,
                    right.span,
                    format!("`in` asks a list, and this is {is}"),
                    format!("this is {is}"),
                    help,
                );
                return made(left, Expr { ty: Type::Error, ..right });
            }
        };
        let (a, b) = (left.ty.required().clone(), element.required().clone());
        if matches!(a, Type::List(_) | Type::Map { .. } | Type::Any) {
            let is = self.a(&a);
            let help = match a {
                Type::Any => "of `any` one knows that it is there; declare the field with the type that it has",
                _ => "ask for each: `all x in xs: x in ys`",
            };
            self.error(
                codes::WRONG_OPERANDS,
                left.span,
                format!("`in` asks for one value, and this is {is}"),
                format!("this is {is}"),
                help,
            );
            return made(left, right);
        }
        if !(fits(&a, &b) || fits(&b, &a)) && a != Type::None {
            let (x, y) = (self.a(&a), self.a(&right.ty));
            let diagnostic = Diagnostic::error(codes::WRONG_OPERANDS, op_span, format!("{x} is never in {y}"))
                .label("two kinds of values")
                .also(left.span, format!("this is {x}"))
                .also(right.span, format!("this is {y}"))
                .help(compare_help(&a, &b));
            self.say(diagnostic);
            return made(left, right);
        }
        if let (Type::Text, Type::Name) = (&a, &b) {
            let left = self.fit(left, &Type::optional(Type::Name), "this side");
            return made(left, right);
        }
        if let (Type::Name, Type::Text) = (&a, &b) {
            let right = self.fit(right, &Type::list(Type::Name), "this side");
            return made(left, right);
        }
        made(left, right)
    }

    fn arithmetic(
        &mut self,
        scope: &mut Scope,
        arithmetic: Arithmetic,
        (op, op_span): (BinaryOp, Span),
        left: &'a ast::Expr,
        right: &'a ast::Expr,
        span: Span,
    ) -> Expr {
        let left = self.expr(scope, left, None);
        let left = self.some(left);
        let right = self.expr(scope, right, None);
        let right = self.some(right);
        let ty = match result(arithmetic, &left.ty, &right.ty) {
            Some(ty) => ty,
            None => {
                let (x, y) = (self.a(&left.ty), self.a(&right.ty));
                let diagnostic = Diagnostic::error(
                    codes::WRONG_OPERANDS,
                    op_span,
                    format!("`{}` does not go with {x} and {y}", op.text()),
                )
                .label("no result")
                .also(left.span, format!("this is {x}"))
                .also(right.span, format!("this is {y}"))
                .help(arithmetic_help(arithmetic, &left.ty, &right.ty));
                self.say(diagnostic);
                Type::Error
            }
        };
        Expr { kind: ExprKind::Arithmetic(arithmetic, Box::new(left), Box::new(right)), ty, span }
    }

    pub(super) fn negate(&mut self, scope: &mut Scope, operand: &'a ast::Expr, span: Span) -> Expr {
        let operand = self.expr(scope, operand, None);
        let operand = self.some(operand);
        let folded = match &operand.kind {
            ExprKind::Const(Const::Number(n)) => {
                rust_decimal::Decimal::ZERO.checked_sub(n.0).map(|n| Const::Number(Number(n)))
            }
            ExprKind::Const(Const::Size(s)) => s.0.checked_neg().map(|n| Const::Size(Size(n))),
            ExprKind::Const(Const::Duration(d)) => d.0.checked_neg().map(|n| Const::Duration(Duration(n))),
            _ => None,
        };
        match operand.ty {
            Type::Number | Type::Size | Type::Duration | Type::Error => {
                let ty = operand.ty.clone();
                let kind = match folded {
                    Some(value) => ExprKind::Const(value),
                    None => ExprKind::Negate(Box::new(operand)),
                };
                Expr { kind, ty, span }
            }
            _ => {
                let is = self.a(&operand.ty);
                let help = if operand.ty == Type::Bool {
                    "the opposite of a condition is `not`"
                } else {
                    "only numbers, sizes and durations have an opposite"
                };
                self.error(
                    codes::WRONG_OPERANDS,
                    span,
                    format!("`-` does not go with {is}"),
                    format!("this is {is}"),
                    help,
                );
                Expr { ty: Type::Error, span, ..operand }
            }
        }
    }

    /// `a else b`.
    pub(super) fn alternative(
        &mut self,
        scope: &mut Scope,
        value: &'a ast::Expr,
        fallback: &'a ast::Expr,
        expected: Option<&Type>,
        span: Span,
    ) -> Expr {
        let value = self.expr(scope, value, expected);
        let from_value = value.ty.required().clone();
        let hint = expected.or(told(&from_value));
        let fallback = self.expr(scope, fallback, hint);
        if !value.ty.is_optional() && value.ty != Type::Error {
            self.warning(
                codes::USELESS_ELSE,
                value.span,
                "this is never `none`, so the alternative is never taken",
                "never `none` here",
                "leave `else` out; a fact that is unknown stays unknown",
            );
        }
        let ty = match common(&from_value, &fallback.ty) {
            Some(Type::Optional(_)) if !fallback.ty.is_optional() => from_value,
            Some(_) if from_value == Type::None => fallback.ty.clone(),
            Some(ty) => ty,
            None => {
                self.mismatch(&value, &fallback, span, "`else`");
                Type::Error
            }
        };
        Expr { kind: ExprKind::Else(Box::new(value), Box::new(fallback)), ty, span }
    }

    /// `if p then a else b`.
    pub(super) fn choice(
        &mut self,
        scope: &mut Scope,
        condition: &'a ast::Expr,
        (then, otherwise): (&'a ast::Expr, &'a ast::Expr),
        expected: Option<&Type>,
        span: Span,
    ) -> Expr {
        let condition = self.condition(scope, condition, "the condition of `if`");
        let facts = self.facts(&condition);
        let first = expected.is_some() || self.need(scope, then) <= self.need(scope, otherwise);
        let mut in_then = |checker: &mut Checker<'a>, hint: Option<&Type>| {
            let mark = scope.mark();
            scope.narrow(facts.clone());
            let typed = checker.expr(scope, then, hint);
            scope.reset(mark);
            typed
        };
        let (a, b) = if first {
            let a = in_then(self, expected);
            let b = self.expr(scope, otherwise, expected.or(told(&a.ty)));
            (a, b)
        } else {
            let mark = scope.mark();
            let b = self.expr(scope, otherwise, None);
            scope.reset(mark);
            scope.narrow(facts.clone());
            let a = self.expr(scope, then, told(&b.ty));
            scope.reset(mark);
            (a, b)
        };
        let ty = match common(&a.ty, &b.ty) {
            Some(ty) => ty,
            None => {
                self.mismatch(&a, &b, span, "`if`");
                Type::Error
            }
        };
        Expr { kind: ExprKind::If(Box::new(condition), Box::new(a), Box::new(b)), ty, span }
    }

    fn mismatch(&mut self, a: &Expr, b: &Expr, span: Span, what: &str) {
        let (x, y) = (self.a(&a.ty), self.a(&b.ty));
        let diagnostic = Diagnostic::error(
            codes::WRONG_TYPE,
            b.span,
            format!("both sides of {what} have one type, not {x} and {y}"),
        )
        .label(format!("this is {y}"))
        .also(a.span, format!("this is {x}"))
        .help(format!("write {x} on both sides"));
        let _ = span;
        self.say(diagnostic);
    }
}

/// A type as a hint: a type that says nothing is none.
fn told(ty: &Type) -> Option<&Type> {
    match ty {
        Type::Error | Type::None => None,
        ty => Some(ty),
    }
}

/// What an operation gives.
fn result(op: Arithmetic, a: &Type, b: &Type) -> Option<Type> {
    use Arithmetic::{Add, Divide, Multiply, Subtract};
    Some(match (op, a, b) {
        (_, Type::Error, _) | (_, _, Type::Error) => Type::Error,
        (_, Type::Number, Type::Number) => Type::Number,
        (Add | Subtract, Type::Size, Type::Size) => Type::Size,
        (Add | Subtract, Type::Duration, Type::Duration) => Type::Duration,
        (Multiply, Type::Size, Type::Number)
        | (Multiply, Type::Number, Type::Size)
        | (Divide, Type::Size, Type::Number) => Type::Size,
        (Multiply, Type::Duration, Type::Number)
        | (Multiply, Type::Number, Type::Duration)
        | (Divide, Type::Duration, Type::Number) => Type::Duration,
        (Divide, Type::Size, Type::Size) | (Divide, Type::Duration, Type::Duration) => Type::Number,
        (Subtract, Type::Date, Type::Date) => Type::Duration,
        (Add | Subtract, Type::Date, Type::Duration) | (Add, Type::Duration, Type::Date) => Type::Date,
        (Add, a, b) if a.is_textual() && b.is_textual() => Type::Text,
        _ => return None,
    })
}

fn arithmetic_help(op: Arithmetic, a: &Type, b: &Type) -> &'static str {
    match (op, a, b) {
        (Arithmetic::Add, a, b) if a.is_textual() || b.is_textual() => "make a text of the other side with `text(…)`",
        (Arithmetic::Add, Type::List(_), Type::List(_)) => "lists are joined by `union(xs, ys)`",
        (_, Type::Version, _) | (_, _, Type::Version) => "versions are only compared, never computed with",
        (_, Type::Size, Type::Number) | (_, Type::Number, Type::Size) => "give the number a unit: `64 GiB`",
        (_, Type::Duration, Type::Number) | (_, Type::Number, Type::Duration) => "give the number a unit: `5 min`",
        (_, Type::Date, Type::Number) => "add a duration to a date: `7 d`",
        _ => "see the table of operations in the language's description",
    }
}

fn compare_help(a: &Type, b: &Type) -> &'static str {
    match (a, b) {
        (Type::Version, Type::Text | Type::Name) | (Type::Text | Type::Name, Type::Version) => {
            "write the version without quotes: `10.0.17763`"
        }
        (Type::Enum(_), Type::Text | Type::Name) | (Type::Text | Type::Name, Type::Enum(_)) => {
            "write the value of the enum by its bare name, without quotes"
        }
        (Type::Row(_), Type::Text | Type::Name) | (Type::Text | Type::Name, Type::Row(_)) => {
            "compare a field of the row, such as its `name`"
        }
        (Type::Size, Type::Number) | (Type::Number, Type::Size) => "give the number a unit: `64 GiB`",
        (Type::Duration, Type::Number) | (Type::Number, Type::Duration) => "give the number a unit: `30 s`",
        (Type::List(_), _) | (_, Type::List(_)) => "ask for an element with `in`, or for the list's `length`",
        _ => "compare values of one kind",
    }
}
