//! Whether an expression can never be below zero, so that a partly known sum of it has a lower end.

use crate::check::checker::Checker;
use crate::check::tree::{Arithmetic, Builtin, Expr, ExprKind, Fold, Sign};
use crate::types::{Const, FieldId, FieldKind, Type};
use crate::value::StructId;

impl Checker<'_> {
    /// Whether a change by this amount adds or takes away.
    pub(in crate::check) fn sign(&mut self, amount: &Expr) -> Sign {
        match &amount.kind {
            ExprKind::Negate(taken) if self.never_negative(taken) => Sign::Takes,
            _ if self.never_negative(amount) => Sign::Adds,
            _ => Sign::Either,
        }
    }

    /// Sizes that are stored, counts, lengths, and what is made of them without subtraction.
    pub(in crate::check) fn never_negative(&mut self, expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::Const(Const::Number(n)) => !n.0.is_sign_negative() || n.0.is_zero(),
            ExprKind::Const(Const::Size(s)) => s.0 >= 0,
            ExprKind::Const(Const::Duration(d)) => d.0 >= 0,
            ExprKind::Field { owner, field, .. } => self.stored_size(*owner, *field),
            ExprKind::Index { .. } => *expr.ty.required() == Type::Size,
            ExprKind::Call { function, .. } => {
                self.resolve(*function, None);
                self.slot(*function).is_some_and(|slot| slot.never_negative)
            }
            ExprKind::Arithmetic(Arithmetic::Add | Arithmetic::Multiply | Arithmetic::Divide, a, b) => {
                self.never_negative(a) && self.never_negative(b)
            }
            ExprKind::Fold { fold: Fold::Count, .. } | ExprKind::Builtin(Builtin::Length, _) => true,
            ExprKind::Fold { fold: Fold::Sum, never_negative, .. } => *never_negative,
            ExprKind::Fold { body: Some(body), .. } => self.never_negative(body),
            ExprKind::Builtin(Builtin::Ceil | Builtin::Floor, args) => args.iter().all(|e| self.never_negative(e)),
            ExprKind::Else(a, b) | ExprKind::If(_, a, b) => self.never_negative(a) && self.never_negative(b),
            _ => false,
        }
    }

    /// Loaders refuse sizes below zero, but in fields that effects write: what a plan takes may be more than there is. What
    /// a `gather` computes has to be looked at.
    fn stored_size(&mut self, owner: StructId, field: FieldId) -> bool {
        let stored = self.schema.field(owner, field).is_some_and(|f| {
            *f.ty.required() == Type::Size && f.kind == FieldKind::Stored && !self.written.contains(&f.name)
        });
        if !stored {
            return false;
        }
        let gathers: Vec<usize> =
            (0..self.gathers.len()).filter(|at| self.gathers.get(*at).is_some_and(|slot| slot.part == owner)).collect();
        for at in &gathers {
            self.gather(*at);
        }
        gathers.iter().all(|at| {
            self.gathers.get(*at).is_some_and(|slot| slot.never_negative.get(usize::from(field.0)) == Some(&true))
        })
    }
}
