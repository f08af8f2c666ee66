//! Expressions as a policy writes them, as far as a table's corner needs it: paths, calls and lookups. What is longer
//! than that is cut short; it is for reading only.

use crate::check::tree::{Expr, ExprKind, Frame, FunctionKind, Policies};

/// An expression as text.
pub(super) fn written(policies: &Policies, frame: &Frame, expr: &Expr) -> String {
    let text = |expr: &Expr| written(policies, frame, expr);
    match &expr.kind {
        ExprKind::Local(id) => frame.locals.get(id.0 as usize).map_or("…", |local| &local.name).to_owned(),
        ExprKind::Section(of) => policies.schema.section_of(*of).map_or("…", |section| &section.name).to_owned(),
        ExprKind::Field { of, owner, field } => {
            let name = policies.schema.field(*owner, *field).map_or("…", |field| &field.name);
            format!("{}.{name}", text(of))
        }
        ExprKind::Call { function, args } => {
            let Some(function) = policies.function(*function) else { return "…".to_owned() };
            match (function.kind, args.as_slice()) {
                (FunctionKind::Derive(owner, field), [row]) => {
                    let name = policies.schema.field(owner, field).map_or("…", |field| &field.name);
                    format!("{}.{name}", text(row))
                }
                (_, []) => function.name.to_string(),
                (_, args) => format!("{}({})", function.name, args.iter().map(text).collect::<Vec<_>>().join(", ")),
            }
        }
        ExprKind::Index { map, key } => format!("{}[{}]", text(map), text(key)),
        ExprKind::Else(a, b) => format!("{} else {}", text(a), text(b)),
        _ => "…".to_owned(),
    }
}
