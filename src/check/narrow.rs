//! What is known to exist where a condition is true: the paths that `exists` names, alone or in a chain of `and`, and
//! those that a definition of type `bool` names in its body.

use super::checker::Checker;
use super::scope::Path;
use super::tree::{Expr, ExprKind, LocalId};
use crate::types::{FunctionId, Type};

impl Checker<'_> {
    /// The paths that exist where the condition is true.
    pub fn facts(&mut self, condition: &Expr) -> Vec<Path> {
        let mut facts = Vec::new();
        self.collect_facts(condition, &mut facts);
        facts
    }

    fn collect_facts(&mut self, condition: &Expr, facts: &mut Vec<Path>) {
        match &condition.kind {
            ExprKind::And(a, b) => {
                self.collect_facts(a, facts);
                self.collect_facts(b, facts);
            }
            ExprKind::Exists(of) => add(facts, self.path(of)),
            ExprKind::Call { function, args } if condition.ty == Type::Bool => {
                let known = self.function_facts(*function);
                let paths: Vec<Option<Path>> = args.iter().map(|arg| self.path(arg)).collect();
                let root = |id: LocalId| paths.get(usize::from(id.0)).cloned().flatten();
                for path in &known {
                    add(facts, path.substitute(&root));
                }
            }
            _ => {}
        }
    }

    fn function_facts(&mut self, id: FunctionId) -> Vec<Path> {
        self.resolve(id, None);
        self.slot(id).map(|slot| slot.facts.clone()).unwrap_or_default()
    }
}

/// More paths than these are not kept of one condition.
const PATHS: usize = 256;

fn add(facts: &mut Vec<Path>, path: Option<Path>) {
    if let Some(path) = path
        && facts.len() < PATHS
        && !facts.contains(&path)
    {
        facts.push(path);
    }
}
