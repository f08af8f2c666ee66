//! Which stored fields are read: by all policies together, so that loaders skip the rest, and for the verdict of each
//! code, so that a user sees what a missing fact costs.

use std::collections::BTreeSet;

use crate::check::tree::{
    Action, Binding, Expr, ExprKind, Matrix, MatrixId, Message, MessagePiece, Policies, RuleOrigin,
};
use crate::program::{Fields, Program};
use crate::types::{FieldId, FieldKind, FunctionId, GatherId};
use crate::value::StructId;

/// What has been walked from one starting point.
struct Walk<'p> {
    policies: &'p Policies,
    functions: BTreeSet<FunctionId>,
    gathers: BTreeSet<GatherId>,
    fields: Fields,
}

impl<'p> Walk<'p> {
    fn new(policies: &'p Policies) -> Walk<'p> {
        Walk { policies, functions: BTreeSet::new(), gathers: BTreeSet::new(), fields: Fields::new() }
    }

    fn expr(&mut self, expr: &'p Expr) {
        match &expr.kind {
            ExprKind::Field { owner, field, .. } => self.field(*owner, *field),
            ExprKind::Call { function, .. } => self.function(*function),
            _ => {}
        }
        for child in expr.children() {
            self.expr(child);
        }
    }

    fn optional(&mut self, expr: Option<&'p Expr>) {
        if let Some(expr) = expr {
            self.expr(expr);
        }
    }

    fn function(&mut self, id: FunctionId) {
        if self.functions.insert(id)
            && let Some(function) = self.policies.function(id)
        {
            self.expr(&function.body);
        }
    }

    /// A field: of a gathered part also what its value is computed from.
    fn field(&mut self, owner: StructId, field: FieldId) {
        match self.policies.schema.field(owner, field).map(|field| field.kind) {
            Some(FieldKind::Stored) => {
                if !self.fields.insert((owner, field)) {
                    return;
                }
                for gather in self.policies.gathers.iter().filter(|gather| gather.part == owner) {
                    for source in &gather.sources {
                        self.optional(source.fields.get(field.0 as usize).and_then(Option::as_ref));
                    }
                }
            }
            Some(FieldKind::Derived(function)) => self.function(function),
            Some(FieldKind::Gathered(id)) => {
                if self.gathers.insert(id)
                    && let Some(gather) = self.policies.gather(id)
                {
                    for source in &gather.sources {
                        self.optional(source.each.as_ref().map(|(_, list)| list));
                        self.optional(source.when.as_ref());
                    }
                }
            }
            Some(FieldKind::Refused) | None => {}
        }
    }

    fn bindings(&mut self, bindings: &'p [Binding]) {
        for binding in bindings {
            match binding {
                Binding::Each(_, expr) | Binding::Let(_, expr) => self.expr(expr),
            }
        }
    }

    fn matrix_head(&mut self, matrix: &'p Matrix) {
        self.bindings(&matrix.bindings);
        self.optional(matrix.when.as_ref());
        self.expr(&matrix.rows);
        self.expr(&matrix.columns);
    }

    fn message(&mut self, message: Option<&'p Message>) {
        for piece in message.into_iter().flat_map(|message| &message.pieces) {
            if let MessagePiece::Expr(expr) = piece {
                self.expr(expr);
            }
        }
    }

    /// Everything that is no rule's verdict.
    fn beside_rules(&mut self) {
        let policies = self.policies;
        for demand in &policies.demands {
            self.expr(&demand.condition);
            self.message(Some(&demand.because));
        }
        for select in &policies.selects {
            for candidates in &select.prefer {
                self.optional(candidates.condition.as_ref());
            }
        }
        for effect in &policies.effects {
            self.bindings(&effect.bindings);
            self.optional(effect.when.as_ref());
            for action in &effect.actions {
                match action {
                    Action::Set { target, value: other } | Action::Change { target, by: other, .. } => {
                        self.expr(target);
                        self.expr(other);
                    }
                }
            }
        }
        if let Some(suggest) = &policies.suggest {
            for variation in &suggest.variations {
                self.expr(&variation.target);
                variation.ends.iter().chain(&variation.stops).for_each(|list| self.expr(list));
            }
            for goal in &suggest.goals {
                self.bindings(&goal.bindings);
                self.optional(goal.when.as_ref());
                self.expr(&goal.target);
                self.expr(&goal.value);
            }
            self.optional(suggest.interruption.as_ref());
            self.message(suggest.words.as_ref());
            self.optional(suggest.volume.as_ref());
        }
        for rule in &policies.rules {
            self.message(rule.because.as_ref());
            self.message(rule.help.as_ref());
            self.optional(rule.fix.as_ref().map(|fix| &fix.value));
        }
        for matrix in &policies.matrices {
            self.message(matrix.because.as_ref());
            self.message(matrix.help.as_ref());
        }
    }
}

/// Fills in what a program reads.
pub(super) fn fill(policies: &Policies, program: &mut Program) {
    for (index, rule) in (0u32..).zip(&policies.rules) {
        let mut walk = Walk::new(policies);
        match rule.origin {
            RuleOrigin::Cell(MatrixId(id)) => {
                if let Some(matrix) = policies.matrix(MatrixId(id)) {
                    walk.matrix_head(matrix);
                }
            }
            RuleOrigin::Effect(id) => {
                if let Some(effect) = policies.effect(id) {
                    walk.bindings(&effect.bindings);
                    walk.optional(effect.when.as_ref());
                    let note = effect.notes.iter().find(|note| note.rule.0 == index);
                    walk.optional(note.and_then(|note| note.when.as_ref()));
                }
            }
            RuleOrigin::Chosen | RuleOrigin::NoneChosen => {
                for candidates in policies.selects.iter().flat_map(|select| &select.prefer) {
                    walk.optional(candidates.condition.as_ref());
                }
            }
            RuleOrigin::Rule => {
                walk.bindings(&rule.bindings);
                walk.optional(rule.when.as_ref());
            }
        }
        walk.optional(rule.obligation.as_ref());
        program.reads.extend(&walk.fields);
        program.reads_by_code.insert(rule.code.clone(), walk.fields);
    }
    for matrix in &policies.matrices {
        let mut walk = Walk::new(policies);
        walk.matrix_head(matrix);
        program.reads.extend(&walk.fields);
        program.reads_by_code.insert(matrix.code.clone(), walk.fields);
    }
    let mut walk = Walk::new(policies);
    walk.beside_rules();
    program.reads.extend(&walk.fields);
}

/// Adds what one more expression reads.
pub(super) fn add(policies: &Policies, program: &mut Program, expr: &Expr) {
    let mut walk = Walk::new(policies);
    walk.expr(expr);
    program.reads.extend(&walk.fields);
}
