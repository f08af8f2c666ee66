//! Whether what an expression gives can be below zero, by what it is made of.

use clearway::check::tree::{Arithmetic, Builtin, Expr, ExprKind, Fold, Policies};
use clearway::types::{Const, FieldId, FieldKind, Type};
use clearway::value::StructId;

/// Whether an expression can never be below zero: sizes that are stored, counts, and what is made of them without
/// taking away.
pub fn never_negative(policies: &Policies, expr: &Expr) -> bool {
    let never = |expr: &Expr| never_negative(policies, expr);
    match &expr.kind {
        ExprKind::Const(Const::Number(n)) => n.0 >= rust_decimal::Decimal::ZERO,
        ExprKind::Const(Const::Size(s)) => s.0 >= 0,
        ExprKind::Const(Const::Duration(d)) => d.0 >= 0,
        ExprKind::Field { owner, field, .. } => stored(policies, *owner, *field),
        ExprKind::Index { .. } => *expr.ty.required() == Type::Size,
        ExprKind::Call { function, .. } => policies.function(*function).is_some_and(|function| never(&function.body)),
        ExprKind::Arithmetic(Arithmetic::Add | Arithmetic::Multiply | Arithmetic::Divide, a, b) => never(a) && never(b),
        ExprKind::Fold { fold: Fold::Count, .. } | ExprKind::Builtin(Builtin::Length, _) => true,
        ExprKind::Fold { body: Some(body), .. } => never(body),
        ExprKind::Builtin(Builtin::Ceil | Builtin::Floor, args) => args.iter().all(never),
        ExprKind::Else(a, b) | ExprKind::If(_, a, b) => never(a) && never(b),
        _ => false,
    }
}

/// A size that is stored: no input has one below zero.
fn stored(policies: &Policies, owner: StructId, field: FieldId) -> bool {
    let is_size = policies
        .schema
        .field(owner, field)
        .is_some_and(|f| *f.ty.required() == Type::Size && f.kind == FieldKind::Stored);
    let gathered = |gather: &clearway::check::tree::Gather| {
        let stored = policies.schema.get(owner).expect("a part").fields();
        let mut stored = stored.filter(|(_, f)| f.kind == FieldKind::Stored);
        let place = stored.position(|(id, _)| id == field).expect("a stored field");
        gather.sources.iter().all(|source| source.fields[place].as_ref().is_some_and(|e| never_negative(policies, e)))
    };
    is_size && policies.gathers.iter().filter(|g| g.part == owner).all(gathered)
}
