//! Literals: the text of a number, a size, a date becomes a value.

use crate::check::checker::Checker;
use crate::check::tree::{Expr, ExprKind};
use crate::diag::codes::check as codes;
use crate::source::Span;
use crate::syntax::ast::{Literal, LiteralKind};
use crate::types::{Const, Type};
use crate::value::{Date, Duration, Number, Size, Version};

impl Checker<'_> {
    /// A literal, read by what is expected of it.
    pub fn literal(&mut self, literal: &Literal, expected: Option<&Type>) -> Expr {
        let wanted = expected.map(Type::required);
        let span = literal.span;
        let made = |value: Const, ty: Type| Expr { kind: ExprKind::Const(value), ty, span };
        match &literal.kind {
            LiteralKind::Number(digits) if wanted == Some(&Type::Version) => match Version::parse(digits) {
                Some(version) => made(Const::Version(version), Type::Version),
                None => self.bad_literal(
                    span,
                    "version",
                    "a version is one to six numbers below 4294967296 with points between them",
                ),
            },
            LiteralKind::Number(digits) => match Number::parse(digits) {
                Some(number) => made(Const::Number(number), Type::Number),
                None => self.bad_literal(span, "number", "numbers have at most 28 digits"),
            },
            LiteralKind::Version(digits) => match Version::parse(digits) {
                Some(version) => made(Const::Version(version), Type::Version),
                None => self.bad_literal(
                    span,
                    "version",
                    "a version is one to six numbers below 4294967296 with points between them",
                ),
            },
            LiteralKind::Percent(digits) => match Number::parse(&format!("{digits}%")) {
                Some(number) => made(Const::Number(number), Type::Number),
                None => self.bad_literal(span, "number", "numbers have at most 28 digits"),
            },
            LiteralKind::Size(digits, unit) => match Size::parse(&format!("{digits} {}", unit.text())) {
                Some(size) => made(Const::Size(size), Type::Size),
                None => self.bad_literal(span, "size", "sizes go up to 8191 PiB; write a smaller one"),
            },
            LiteralKind::Duration(digits, unit) => match Duration::parse(&format!("{digits} {}", unit.text())) {
                Some(duration) => made(Const::Duration(duration), Type::Duration),
                None => self.bad_literal(span, "duration", "durations go up to 106751991167 d; write a shorter one"),
            },
            LiteralKind::Date(text) => match Date::parse(text) {
                Some(date) => made(Const::Date(date), Type::Date),
                None => {
                    self.bad_literal(span, "date", "write a day of the calendar as year, month and day: `2026-12-31`")
                }
            },
            LiteralKind::Bool(value) => made(Const::Bool(*value), Type::Bool),
            LiteralKind::None => made(Const::None, Type::None),
        }
    }

    fn bad_literal(&mut self, span: Span, what: &str, help: &str) -> Expr {
        self.error(codes::BAD_LITERAL, span, format!("this is no {what}"), format!("no {what}"), help);
        Checker::nothing(span)
    }
}
