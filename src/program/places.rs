//! Where the expressions of a program stand in their policies, and which names are bound to them. No part of a program: it
//! runs without, and what ships has none. `compile` makes it beside the program for whoever explains an evaluation.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::ExprId;
use crate::source::Span;

/// Places of expressions.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Places {
    spans: BTreeMap<ExprId, Span>,
    names: BTreeMap<ExprId, Arc<str>>,
}

impl Places {
    /// Says where an expression stands.
    pub fn stands(&mut self, id: ExprId, span: Span) {
        self.spans.insert(id, span);
    }

    /// Says which name `each` or `let` binds to an expression.
    pub fn bears(&mut self, id: ExprId, name: Arc<str>) {
        self.names.insert(id, name);
    }

    /// Where an expression stands; [`Span::NONE`] where the compiler made it.
    pub fn of(&self, id: ExprId) -> Span {
        self.spans.get(&id).copied().unwrap_or(Span::NONE)
    }

    /// The name that is bound to it.
    pub fn name(&self, id: ExprId) -> Option<&Arc<str>> {
        self.names.get(&id)
    }
}
