//! Expressions: from what is written to what it means, with its type. What is expected of an expression flows inwards
//! (an enum, a version), its type flows outwards. A mistake is told once: what it leaves behind fits everything.

mod calls;
mod fit;
mod lists;
mod literals;
mod names;
mod operators;
mod sign;

pub(super) use calls::BUILTINS;
pub(super) use fit::fits;

use std::sync::Arc;

use super::checker::Checker;
use super::scope::Scope;
use super::tree::{Expr, ExprKind, Message, MessagePiece};
use crate::diag::codes::check as codes;
use crate::syntax::ast;
use crate::types::{Const, Type};

impl<'a> Checker<'a> {
    /// An expression, typed. `expected` is what it will be held against; whether it fits is the caller's question.
    pub fn expr(&mut self, scope: &mut Scope, e: &'a ast::Expr, expected: Option<&Type>) -> Expr {
        if self.is_unread(e.span) {
            // The parser has said what is wrong; what is left of the expression means nothing.
            self.said_elsewhere();
            return Checker::nothing(e.span);
        }
        self.nesting = self.nesting.saturating_add(1);
        let typed = self.expr_inside(scope, e, expected);
        self.nesting = self.nesting.saturating_sub(1);
        typed
    }

    fn expr_inside(&mut self, scope: &mut Scope, e: &'a ast::Expr, expected: Option<&Type>) -> Expr {
        let span = e.span;
        match &e.kind {
            ast::ExprKind::Literal(literal) => self.literal(literal, expected),
            ast::ExprKind::Text(text) => {
                let ty = match expected.map(Type::required) {
                    Some(Type::Name) => Type::Name,
                    _ => Type::Text,
                };
                Expr { kind: ExprKind::Const(Const::Text(text.value.clone())), ty, span }
            }
            ast::ExprKind::Name(name) => self.name(scope, name, expected),
            ast::ExprKind::Field { base, name } => {
                let of = self.expr(scope, base, None);
                self.field(scope, of, name, span)
            }
            ast::ExprKind::Index { base, key } => self.index(scope, base, key, span),
            ast::ExprKind::Call { function, args } => self.call(scope, function, args, expected, span),
            ast::ExprKind::Aggregate { function, element, over } => {
                self.aggregate(scope, function, element.as_deref(), over, expected, span)
            }
            ast::ExprKind::List(elements) => self.list(scope, elements, expected, span),
            ast::ExprKind::ListOf { element, over } => self.list_of(scope, element, over, expected, span),
            ast::ExprKind::EmptyMap => {
                let ty = match expected.map(Type::required) {
                    Some(map @ Type::Map { .. }) => map.clone(),
                    Some(_) => Type::Map { by_name: false, value: Arc::new(Type::Error) },
                    None => {
                        self.error(
                            codes::AMBIGUOUS,
                            span,
                            "nothing tells what this map holds",
                            "an empty map",
                            "give what it stands for a type: `map of T`",
                        );
                        Type::Error
                    }
                };
                Expr { kind: ExprKind::Const(Const::Map(Vec::new())), ty, span }
            }
            ast::ExprKind::Unary { op: ast::UnaryOp::Not, operand } => {
                let operand = self.condition(scope, operand, "the operand of `not`");
                Expr { kind: ExprKind::Not(Box::new(operand)), ty: Type::Bool, span }
            }
            ast::ExprKind::Unary { op: ast::UnaryOp::Negate, operand } => self.negate(scope, operand, span),
            ast::ExprKind::Binary { op, op_span, left, right } => self.binary(scope, *op, *op_span, left, right, span),
            ast::ExprKind::Else { value, fallback } => self.alternative(scope, value, fallback, expected, span),
            ast::ExprKind::If { condition, then, otherwise } => {
                self.choice(scope, condition, (then, otherwise), expected, span)
            }
            ast::ExprKind::Exists(operand) => {
                let operand = self.expr(scope, operand, None);
                self.exists(scope, operand, span)
            }
            ast::ExprKind::IsKnown(operand) => {
                let operand = self.expr(scope, operand, None);
                Expr { kind: ExprKind::IsKnown(Box::new(operand)), ty: Type::Bool, span }
            }
            ast::ExprKind::Quantified { quantifier, over, body } => {
                self.quantified(scope, *quantifier, over, body, span)
            }
        }
    }

    /// An expression that has to be true or false.
    pub fn condition(&mut self, scope: &mut Scope, e: &'a ast::Expr, what: &str) -> Expr {
        let typed = self.expr(scope, e, Some(&Type::Bool));
        self.fit(typed, &Type::Bool, what)
    }

    /// An expression of a certain type.
    pub fn of_type(&mut self, scope: &mut Scope, e: &'a ast::Expr, ty: &Type, what: &str) -> Expr {
        let typed = self.expr(scope, e, Some(ty));
        self.fit(typed, ty, what)
    }

    /// A message.
    pub fn message(&mut self, scope: &mut Scope, text: &'a ast::Text) -> Message {
        let mut pieces = Vec::new();
        for piece in &text.pieces {
            match piece {
                ast::Piece::Literal(text) => pieces.push(MessagePiece::Text(text.value.clone())),
                ast::Piece::Interpolation(e) => {
                    let typed = self.expr(scope, e, None);
                    let typed = self.printable(typed);
                    if typed.ty != Type::Error {
                        pieces.push(MessagePiece::Expr(typed));
                    }
                }
            }
        }
        Message { pieces, span: text.span }
    }

    /// An expression that a message can show: everything but lists and maps.
    pub fn printable(&mut self, expr: Expr) -> Expr {
        let help = match expr.ty.required() {
            Type::List(of) if matches!(**of, Type::Text | Type::Name) => "join its elements: `join(xs, \", \")`",
            Type::List(_) => "join texts of its elements: `join([text(x) for x in xs], \", \")`",
            Type::Map { .. } => "show one of its values, or their number: `length(values(m))`",
            _ => return expr,
        };
        let is = self.a(&expr.ty);
        self.error(codes::WRONG_TYPE, expr.span, format!("a message cannot show {is}"), format!("this is {is}"), help);
        Expr { ty: Type::Error, ..expr }
    }
}
