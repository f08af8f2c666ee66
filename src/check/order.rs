//! In which order definitions are typed: those that others need first, as far as names alone tell. It only keeps the
//! nesting low; what is needed earlier is typed when it is needed.

use rustc_hash::FxHashMap;

use super::checker::Checker;
use super::tree::FunctionKind;
use crate::syntax::ast::{Comprehension, Expr, ExprKind};
use crate::types::FunctionId;

impl<'a> Checker<'a> {
    /// All functions, those that others mention before them.
    pub fn dependencies_first(&self) -> Vec<FunctionId> {
        let mut fields: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
        for (at, slot) in self.functions.iter().enumerate() {
            if let FunctionKind::Derive(..) = slot.kind
                && let Some((_, field)) = slot.name.rsplit_once('.')
            {
                fields.entry(field).or_default().push(at);
            }
        }
        let needs: Vec<Vec<usize>> = self
            .functions
            .iter()
            .map(|slot| {
                let mut found = Vec::new();
                mentions(slot.body, &mut |name, field| {
                    if field {
                        found.extend(fields.get(name).into_iter().flatten().copied());
                    } else if let Some(id) = self.defines.get(name) {
                        found.extend(usize::try_from(id.0));
                    }
                });
                found
            })
            .collect();
        let mut order = Vec::with_capacity(needs.len());
        let mut seen = vec![false; needs.len()];
        let mut stack: Vec<(usize, usize)> = Vec::new();
        for start in 0..needs.len() {
            if std::mem::replace(seen.get_mut(start).unwrap_or(&mut true), true) {
                continue;
            }
            stack.push((start, 0));
            while let Some((at, next)) = stack.pop() {
                match needs.get(at).and_then(|needs| needs.get(next)).copied() {
                    Some(target) => {
                        stack.push((at, next.saturating_add(1)));
                        if !std::mem::replace(seen.get_mut(target).unwrap_or(&mut true), true) {
                            stack.push((target, 0));
                        }
                    }
                    None => order.extend(u32::try_from(at).map(FunctionId)),
                }
            }
        }
        order
    }
}

/// Tells each name that an expression mentions, and whether it is a field. The parser bounds the depth.
fn mentions<'e>(expr: &'e Expr, tell: &mut dyn FnMut(&'e str, bool)) {
    match &expr.kind {
        ExprKind::Literal(_) | ExprKind::Text(_) | ExprKind::EmptyMap => {}
        ExprKind::Name(name) => tell(&name.text, false),
        ExprKind::Field { base, name } => {
            mentions(base, tell);
            tell(&name.text, true);
        }
        ExprKind::Index { base: a, key: b }
        | ExprKind::Binary { left: a, right: b, .. }
        | ExprKind::Else { value: a, fallback: b } => {
            mentions(a, tell);
            mentions(b, tell);
        }
        ExprKind::Call { function, args } => {
            tell(&function.text, false);
            args.iter().for_each(|e| mentions(e, tell));
        }
        ExprKind::List(elements) => elements.iter().for_each(|e| mentions(e, tell)),
        ExprKind::Aggregate { element, over, .. } => {
            element.iter().for_each(|e| mentions(e, tell));
            within(over, tell);
        }
        ExprKind::ListOf { element: body, over } | ExprKind::Quantified { over, body, .. } => {
            within(over, tell);
            mentions(body, tell);
        }
        ExprKind::Unary { operand: a, .. } | ExprKind::Exists(a) | ExprKind::IsKnown(a) => mentions(a, tell),
        ExprKind::If { condition, then, otherwise } => {
            mentions(condition, tell);
            mentions(then, tell);
            mentions(otherwise, tell);
        }
    }
}

fn within<'e>(over: &'e Comprehension, tell: &mut dyn FnMut(&'e str, bool)) {
    mentions(&over.list, tell);
    over.filter.iter().for_each(|e| mentions(e, tell));
}
