//! Whether what an expression gives can be below zero, by what it is made of.

use clearway::check::tree::{Action, Arithmetic, Builtin, Expr, ExprKind, Fold, Policies};
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

/// Whether some effect writes a field of this name, whosever it is, or a gathered field that is gathered from such a one:
/// what is stored there may come to lie below zero.
fn written(policies: &Policies, name: &str) -> bool {
    let named = |expr: &Expr| match &expr.kind {
        ExprKind::Field { owner, field, .. } => {
            policies.schema.field(*owner, *field).map(|field| field.name.to_string())
        }
        _ => None,
    };
    let actions = policies.effects.iter().flat_map(|effect| &effect.actions);
    let targets: Vec<String> = actions
        .filter_map(|action| match action {
            Action::Set { target, .. } | Action::Change { target, .. } => named(target),
        })
        .collect();
    let behind = policies.gathers.iter().flat_map(|gather| {
        let fields = policies.schema.get(gather.part).expect("a part").fields();
        let fields: Vec<_> = fields.filter(|(_, field)| field.kind == FieldKind::Stored).collect();
        let sources = gather.sources.iter().flat_map(move |source| fields.clone().into_iter().zip(&source.fields));
        sources.filter(|((_, field), _)| targets.iter().any(|target| **target == *field.name))
    });
    targets.iter().any(|target| target == name)
        || behind.filter_map(|(_, value)| value.as_ref().and_then(named)).any(|behind| behind == name)
}

/// A size that is stored: no input has one below zero where no effect writes it.
fn stored(policies: &Policies, owner: StructId, field: FieldId) -> bool {
    let is_size = policies
        .schema
        .field(owner, field)
        .is_some_and(|f| *f.ty.required() == Type::Size && f.kind == FieldKind::Stored && !written(policies, &f.name));
    let gathered = |gather: &clearway::check::tree::Gather| {
        let stored = policies.schema.get(owner).expect("a part").fields();
        let mut stored = stored.filter(|(_, f)| f.kind == FieldKind::Stored);
        let place = stored.position(|(id, _)| id == field).expect("a stored field");
        gather.sources.iter().all(|source| source.fields[place].as_ref().is_some_and(|e| never_negative(policies, e)))
    };
    is_size && policies.gathers.iter().filter(|g| g.part == owner).all(gathered)
}
