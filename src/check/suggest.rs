//! What else may be tried where a step is refused: members of the step that may say something else, what the step is to
//! bring about, and what it costs.

use std::sync::Arc;

use super::checker::Checker;
use super::rules::{binding_expr, message_exprs};
use super::scope::Scope;
use super::tree::{Binding, Expr, Goal, Suggest, Variation};
use crate::diag::Diagnostic;
use crate::diag::codes::check as codes;
use crate::source::Span;
use crate::syntax::ast;
use crate::types::{Schema, Type};

/// A member that is varied, while clauses about it are read.
struct Varied {
    variation: Variation,
    /// Where it is named.
    at: Span,
    /// Whether a `vary` names it.
    has_ends: bool,
}

impl<'a> Checker<'a> {
    /// `suggest step`; nothing where something in it is wrong.
    pub fn suggest(&mut self, item: &'a ast::Suggest) -> Option<Suggest> {
        let before = self.errors();
        let mut scope = Scope::default();
        if self.structs.get(&item.subject.text) == Some(&Schema::STEP) {
            scope.bind(&item.subject.text, Type::Row(Schema::STEP));
        } else {
            self.error(
                codes::UNKNOWN_SUBJECT,
                item.subject.span,
                "only steps have alternatives",
                "no step",
                "write `suggest step`",
            );
            scope.bind(&item.subject.text, Type::Error);
        }
        self.cites(&item.cites);
        let mut variations: Vec<Varied> = Vec::new();
        for said in &item.variations {
            self.variation(&mut scope, said, &mut variations);
        }
        for Varied { variation, at, has_ends } in &variations {
            if !has_ends {
                self.error(
                    codes::WRONG_SUGGEST,
                    *at,
                    format!("`{}` has stops on the way, and no end", variation.path.join(".")),
                    "only `via`",
                    "say by `vary` that the member may say something else at all",
                );
            }
        }
        let goals: Vec<Goal> = item.goals.iter().filter_map(|goal| self.goal(&mut scope, goal)).collect();
        let interruption = item.interruption.as_ref().map(|said| {
            let rank = self.of_type(&mut scope, &said.rank, &Type::Number, "the interruption");
            (rank, said.words.as_ref().map(|words| self.message(&mut scope, words)))
        });
        let (interruption, words) = interruption.map_or((None, None), |(rank, words)| (Some(rank), words));
        let volume = item.volume.as_ref().map(|said| self.of_type(&mut scope, &said.value, &Type::Size, "the volume"));
        let made = Suggest {
            frame: scope.frame,
            variations: variations.into_iter().map(|varied| varied.variation).collect(),
            goals,
            interruption,
            words,
            volume,
            span: item.span,
        };
        let all = suggest_exprs(&made);
        if let Some(span) = all.iter().find_map(|e| self.reads_refused(e)) {
            self.refused_too_early(span, "an alternative");
        }
        let broken = all.into_iter().any(|e| self.is_broken(e));
        (self.errors() == before && !broken).then_some(made)
    }

    fn variation(&mut self, scope: &mut Scope, said: &'a ast::Variation, made: &mut Vec<Varied>) {
        let target = self.expr(scope, &said.target, None);
        let ty = self.target_type(&target);
        let wanted = Type::List(Arc::new(ty.required().clone()));
        let values = said.values.as_ref().map(|values| {
            let mark = scope.mark();
            let values = self.of_type(scope, values, &wanted, "the list of other values");
            scope.reset(mark);
            values
        });
        if target.ty == Type::Error {
            return;
        }
        let Some(path) = self.member_path(&target).filter(|path| !path.is_empty()) else {
            self.error(
                codes::WRONG_SUGGEST,
                target.span,
                "this is no member of a step that a plan writes",
                "cannot be written in a plan",
                "name a member of the step, such as `step.transfer`",
            );
            return;
        };
        if values.is_none() && !self.varies_by_itself(&ty, said.stop) {
            let is = self.a(&ty);
            self.error(
                codes::WRONG_SUGGEST,
                target.span,
                format!("nothing tells what else `{}` may say", path.join(".")),
                format!("this is {is}"),
                "name a list: `vary F in XS`; only enums, and what may be left out, go without",
            );
            return;
        }
        match made.iter_mut().find(|known| known.variation.path == path) {
            Some(known) if !said.stop && known.has_ends => {
                let message = format!("`{}` is varied twice", path.join("."));
                let diagnostic = Diagnostic::error(codes::WRONG_SUGGEST, target.span, message)
                    .label("again")
                    .also(known.at, "first here")
                    .help("name all its values in one list; two lists are joined by `union`");
                self.say(diagnostic);
            }
            Some(known) if said.stop => known.variation.stops.extend(values),
            Some(known) => {
                known.variation.ends.extend(values);
                known.has_ends = true;
                known.at = target.span;
            }
            None => {
                let (stops, ends): (Vec<Expr>, Vec<Expr>) = if said.stop {
                    (values.into_iter().collect(), Vec::new())
                } else {
                    (Vec::new(), values.into_iter().collect())
                };
                let at = target.span;
                made.push(Varied { variation: Variation { path, target, ends, stops }, at, has_ends: !said.stop });
            }
        }
    }

    /// Whether the type of a member tells what else it may say.
    fn varies_by_itself(&self, ty: &Type, stop: bool) -> bool {
        !stop && (ty.is_optional() || matches!(ty.required(), Type::Enum(_) | Type::Bool | Type::Map { .. }))
    }

    fn goal(&mut self, scope: &mut Scope, said: &'a ast::Goal) -> Option<Goal> {
        let mark = scope.mark();
        let (mut bindings, mut when) = (Vec::new(), None);
        if let Some(over) = &said.over {
            let list = self.expr(scope, &over.list, None);
            let (list, element) = self.elements(list);
            self.shadowing(scope, &over.binding);
            bindings.push(Binding::Each(scope.bind(&over.binding.text, element), list));
            when = over.filter.as_ref().map(|filter| {
                let filter = self.condition(scope, filter, "the condition behind `where`");
                let facts = self.facts(&filter);
                scope.narrow(facts);
                filter
            });
        }
        let target = self.expr(scope, &said.target, None);
        let ty = self.target_type(&target);
        let value = self.of_type(scope, &said.value, &ty, "the value at the end");
        scope.reset(mark);
        self.assignable(&target).then_some(Goal { bindings, when, target, value })
    }
}

/// All expressions of a `suggest`.
pub(super) fn suggest_exprs(suggest: &Suggest) -> Vec<&Expr> {
    let mut all: Vec<&Expr> = Vec::new();
    for variation in &suggest.variations {
        all.push(&variation.target);
        all.extend(variation.ends.iter().chain(&variation.stops));
    }
    for goal in &suggest.goals {
        all.extend(goal.bindings.iter().map(binding_expr));
        all.extend(&goal.when);
        all.extend([&goal.target, &goal.value]);
    }
    all.extend(&suggest.interruption);
    all.extend(suggest.words.iter().flat_map(message_exprs));
    all.extend(&suggest.volume);
    all
}
