//! Which stored fields are read: by all policies together, so that loaders skip the rest, and for the verdict of each
//! code, so that a user sees what a missing fact costs. And of the latter those that are read only where they are known
//! (`when disk.size is known`), so that nobody is asked for a test of what cannot be.

use std::collections::BTreeSet;

use crate::check::tree::{Action, Binding, Expr, ExprKind, Matrix, Message, MessagePiece, Policies, Rule, RuleOrigin};
use crate::program::{Fields, Program};
use crate::types::{FieldId, FieldKind, FunctionId, GatherId};
use crate::value::StructId;

/// What has been walked from one starting point.
struct Walk<'p> {
    policies: &'p Policies,
    functions: BTreeSet<(FunctionId, Fields)>,
    gathers: BTreeSet<GatherId>,
    fields: Fields,
    /// Whether fields are left out where they are known.
    open: bool,
    /// The fields that are known where the walk is.
    known: Fields,
}

impl<'p> Walk<'p> {
    fn new(policies: &'p Policies) -> Walk<'p> {
        Walk {
            policies,
            functions: BTreeSet::new(),
            gathers: BTreeSet::new(),
            fields: Fields::new(),
            open: false,
            known: Fields::new(),
        }
    }

    /// A walk that leaves out what is read only where it is known.
    fn open(policies: &'p Policies) -> Walk<'p> {
        Walk { open: true, ..Walk::new(policies) }
    }

    fn expr(&mut self, expr: &'p Expr) {
        match &expr.kind {
            ExprKind::Field { owner, field, .. } => self.field(*owner, *field),
            ExprKind::Call { function, .. } => self.function(*function),
            // Whether something is known is never unknown.
            ExprKind::IsKnown(_) if self.open => return,
            ExprKind::And(a, b) | ExprKind::Implies(a, b) if self.open => {
                self.expr(a);
                return self.under(Some(a), |walk| walk.expr(b));
            }
            ExprKind::If(condition, then, other) if self.open => {
                self.expr(condition);
                self.under(Some(condition), |walk| walk.expr(then));
                return self.expr(other);
            }
            ExprKind::Quantify { list, filter, body, .. } | ExprKind::Collect { list, filter, body, .. }
                if self.open =>
            {
                self.expr(list);
                self.optional(filter.as_deref());
                return self.under(filter.as_deref(), |walk| walk.expr(body));
            }
            ExprKind::Fold { list, filter, body, .. } if self.open => {
                self.expr(list);
                self.optional(filter.as_deref());
                return self.under(filter.as_deref(), |walk| walk.optional(body.as_deref()));
            }
            _ => {}
        }
        for child in expr.children() {
            self.expr(child);
        }
    }

    /// Walks what is looked at only where a condition is true: with the fields that it asks for being known.
    fn under(&mut self, condition: Option<&'p Expr>, walk: impl FnOnce(&mut Walk<'p>)) {
        let before = self.known.clone();
        if let Some(condition) = condition.filter(|_| self.open) {
            self.asks(condition);
        }
        walk(self);
        self.known = before;
    }

    /// The fields that are known where a condition is true. By their names, not row by row: it is enough for rules that ask for
    /// the fields of the element they speak of.
    fn asks(&mut self, condition: &'p Expr) {
        for part in condition.conjuncts() {
            let function = match &part.kind {
                ExprKind::IsKnown(of) => {
                    if let ExprKind::Field { owner, field, .. } = &of.kind {
                        self.known.insert((*owner, *field));
                    }
                    None
                }
                ExprKind::Call { function, .. } => self.policies.function(*function),
                _ => None,
            };
            if let Some(function) = function {
                self.asks(&function.body);
            }
        }
    }

    fn optional(&mut self, expr: Option<&'p Expr>) {
        if let Some(expr) = expr {
            self.expr(expr);
        }
    }

    fn function(&mut self, id: FunctionId) {
        if self.functions.insert((id, self.known.clone()))
            && let Some(function) = self.policies.function(id)
        {
            self.expr(&function.body);
        }
    }

    /// A field: of a gathered part also what its value is computed from.
    fn field(&mut self, owner: StructId, field: FieldId) {
        match self.policies.schema.field(owner, field).map(|field| field.kind) {
            Some(FieldKind::Stored) => {
                if self.known.contains(&(owner, field)) || !self.fields.insert((owner, field)) {
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

    /// What the verdict of a rule depends on.
    fn rule(&mut self, index: u32, rule: &'p Rule) {
        match rule.origin {
            RuleOrigin::Cell(id) => {
                if let Some(matrix) = self.policies.matrix(id) {
                    self.matrix_head(matrix);
                }
            }
            RuleOrigin::Effect(id) => {
                if let Some(effect) = self.policies.effect(id) {
                    self.bindings(&effect.bindings);
                    self.optional(effect.when.as_ref());
                    let note = effect.notes.iter().find(|note| note.rule.0 == index);
                    self.optional(note.and_then(|note| note.when.as_ref()));
                }
            }
            RuleOrigin::Chosen | RuleOrigin::NoneChosen => {
                for candidates in self.policies.selects.iter().flat_map(|select| &select.prefer) {
                    self.optional(candidates.condition.as_ref());
                }
            }
            RuleOrigin::Rule => {
                self.bindings(&rule.bindings);
                self.optional(rule.when.as_ref());
            }
        }
        self.under(rule.when.as_ref(), |walk| walk.optional(rule.obligation.as_ref()));
    }
}

/// Fills in what a program reads.
pub(super) fn fill(policies: &Policies, program: &mut Program) {
    for (index, rule) in (0u32..).zip(&policies.rules) {
        let mut open = Walk::open(policies);
        open.rule(index, rule);
        let mut walk = Walk::new(policies);
        walk.rule(index, rule);
        let guarded: Fields = walk.fields.difference(&open.fields).copied().collect();
        if !guarded.is_empty() {
            program.guarded_by_code.insert(rule.code.clone(), guarded);
        }
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
