//! Whether two expressions say the same: names of elements and places in the text aside.

use std::hash::{Hash, Hasher};

use rustc_hash::FxHasher;

use super::tree::{Expr, ExprKind, LocalId};

/// Whether two expressions over the same bound names say the same.
pub(super) fn alike(a: &Expr, b: &Expr) -> bool {
    same(a, b, &mut Vec::new())
}

/// Whether two expressions over names that correspond say the same.
pub(super) fn alike_under(a: &Expr, b: &Expr, names: &[(LocalId, LocalId)]) -> bool {
    same(a, b, &mut names.to_vec())
}

/// The same number for expressions that say the same under whatever names: only those need to be compared.
pub(super) fn likeness(expr: &Expr) -> u64 {
    let mut hasher = FxHasher::default();
    hash(expr, &mut hasher);
    hasher.finish()
}

fn hash(expr: &Expr, hasher: &mut FxHasher) {
    std::mem::discriminant(&expr.kind).hash(hasher);
    if let ExprKind::Field { owner, field, .. } = &expr.kind {
        (owner, field).hash(hasher);
    }
    for child in expr.children() {
        hash(child, hasher);
    }
}

fn local(a: LocalId, b: LocalId, names: &[(LocalId, LocalId)]) -> bool {
    match names.iter().rev().find(|(x, y)| *x == a || *y == b) {
        Some((x, y)) => *x == a && *y == b,
        None => a == b,
    }
}

fn same(a: &Expr, b: &Expr, names: &mut Vec<(LocalId, LocalId)>) -> bool {
    if a.ty.required() != b.ty.required() {
        return false;
    }
    let kinds = match (&a.kind, &b.kind) {
        (ExprKind::Const(x), ExprKind::Const(y)) => x == y,
        (ExprKind::Local(x), ExprKind::Local(y)) => local(*x, *y, names),
        (ExprKind::Section(x), ExprKind::Section(y)) => x == y,
        (ExprKind::Field { owner: x, field: f, .. }, ExprKind::Field { owner: y, field: g, .. }) => x == y && f == g,
        (ExprKind::Call { function: x, .. }, ExprKind::Call { function: y, .. }) => x == y,
        (ExprKind::Compare(x, ..), ExprKind::Compare(y, ..)) => x == y,
        (ExprKind::Arithmetic(x, ..), ExprKind::Arithmetic(y, ..)) => x == y,
        (ExprKind::Builtin(x, _), ExprKind::Builtin(y, _)) => x == y,
        (
            ExprKind::Quantify { quantifier: x, local: l, filter: f, .. },
            ExprKind::Quantify { quantifier: y, local: m, filter: g, .. },
        ) => {
            names.push((*l, *m));
            x == y && f.is_some() == g.is_some()
        }
        (ExprKind::Collect { local: l, filter: f, .. }, ExprKind::Collect { local: m, filter: g, .. }) => {
            names.push((*l, *m));
            f.is_some() == g.is_some()
        }
        (ExprKind::Fold { fold: x, local: l, filter: f, .. }, ExprKind::Fold { fold: y, local: m, filter: g, .. }) => {
            names.push((*l, *m));
            x == y && f.is_some() == g.is_some()
        }
        (x, y) => std::mem::discriminant(x) == std::mem::discriminant(y),
    };
    let (x, y) = (a.children(), b.children());
    kinds && x.len() == y.len() && x.into_iter().zip(y).all(|(x, y)| same(x, y, names))
}
