//! What steps do, and how a step's open field is chosen.

use std::sync::Arc;

use super::checker::Checker;
use super::rules::level;
use super::scope::Scope;
use super::tree::{
    Action, Candidates, Effect, EffectId, EffectNote, Expr, ExprKind, Level, Rule, RuleId, RuleOrigin, Select, Subject,
};
use crate::diag::Diagnostic;
use crate::diag::codes::check as codes;
use crate::source::Span;
use crate::syntax::ast;
use crate::types::{FieldId, FieldKind, Schema, StructKind, Type};
use crate::value::StructId;

impl<'a> Checker<'a> {
    /// An effect, and its notes as rules that come to stand at `next` and behind.
    pub fn effect(&mut self, item: &'a ast::Effect, pack: usize, id: EffectId, next: usize) -> (Effect, Vec<Rule>) {
        let before = self.errors();
        let mut scope = Scope::default();
        let premises = self.premises(&mut scope, item.subject.as_ref(), &item.premises, "the effect");
        if premises.subject != Subject::Step && item.subject.is_some() {
            let at = item.subject.as_ref().map_or(item.span, |name| name.span);
            self.error(codes::UNKNOWN_SUBJECT, at, "only steps have effects", "no step", "write `for step`");
        }
        let cites = self.cites(&item.cites);
        let mut actions = Vec::new();
        let mut notes = Vec::new();
        let mut rules = Vec::new();
        for action in &item.actions {
            match action {
                ast::EffectAction::Set(set) => {
                    let target = self.expr(&mut scope, &set.target, None);
                    let ty = self.target_type(&target);
                    let value = self.of_type(&mut scope, &set.value, &ty, "the new value");
                    if self.assignable(&target) {
                        actions.push(Action::Set { target, value });
                    }
                }
                ast::EffectAction::Change { target, amount, .. } => {
                    let target = self.expr(&mut scope, target, None);
                    let quantity = self.target_type(&target);
                    let by = match quantity.required() {
                        Type::Date => Type::Duration,
                        other => other.clone(),
                    };
                    let by = self.of_type(&mut scope, amount, &by, "the change");
                    if self.changeable(&target, &quantity) && self.assignable(&target) {
                        let sign = self.sign(&by);
                        actions.push(Action::Change { target, by, sign });
                    }
                }
                ast::EffectAction::Note(_) => {}
            }
        }
        for local in &premises.elements {
            scope.hide(*local);
        }
        for action in &item.actions {
            let ast::EffectAction::Note(note) = action else { continue };
            let mark = scope.mark();
            let when = note.when.as_ref().map(|when| {
                let when = self.condition(&mut scope, when, "the condition behind `when`");
                let facts = self.facts(&when);
                scope.narrow(facts);
                when
            });
            let because = self.message(&mut scope, &note.text);
            scope.reset(mark);
            let at = next.saturating_add(rules.len());
            notes.push(EffectNote { rule: RuleId(u32::try_from(at).unwrap_or(u32::MAX)), when: when.clone() });
            rules.push(Rule {
                code: note.code.text.clone(),
                name: item.name.text.clone(),
                title: Arc::from(""),
                level: Level::Note,
                pack,
                origin: RuleOrigin::Effect(id),
                subject: Subject::Step,
                frame: super::checker::no_frame(),
                bindings: premises.bindings.clone(),
                when,
                obligation: None,
                because: Some(because),
                help: None,
                fix: None,
                cites: cites.clone(),
                disabled: None,
                adjusted: None,
                span: note.code.span,
                whole: note.span,
            });
        }
        for rule in &mut rules {
            rule.frame = scope.frame.clone();
        }
        let mut effect = Effect {
            name: item.name.text.clone(),
            frame: scope.frame,
            bindings: premises.bindings,
            when: premises.when,
            actions,
            notes,
            in_cell: false,
            span: item.name.span,
        };
        for rule in &rules {
            self.may_read_refused(rule);
        }
        let refused = effect_exprs(&effect).into_iter().find_map(|e| self.reads_refused(e));
        if let Some(span) = refused {
            self.refused_too_early(span, "an effect");
        }
        let broken = self.errors() > before
            || effect_exprs(&effect).into_iter().any(|e| self.is_broken(e))
            || rules.iter().any(|rule| self.rule_exprs(rule).into_iter().any(|e| self.is_broken(e)));
        if broken {
            // Matrices name effects by their place: a broken one stays there and does nothing.
            effect.actions.clear();
            effect.notes.clear();
            effect.bindings.clear();
            effect.when = None;
            rules.clear();
        }
        (effect, rules)
    }

    /// Whether an effect can write this; says why not.
    pub(super) fn assignable(&mut self, target: &Expr) -> bool {
        if target.ty == Type::Error {
            return false;
        }
        let (owner, field) = match &target.kind {
            ExprKind::Field { owner, field, .. } => (*owner, *field),
            ExprKind::Call { function, .. }
                if self.slot(*function).is_some_and(|slot| slot.kind != super::tree::FunctionKind::Define) =>
            {
                self.error(
                    codes::NOT_ASSIGNABLE,
                    target.span,
                    "a derived field cannot be written",
                    "computed from others",
                    "write the fields that it is computed from",
                );
                return false;
            }
            _ => {
                self.error(
                    codes::NOT_ASSIGNABLE,
                    target.span,
                    "an effect writes a field of a row",
                    "no field",
                    "name a field, such as `step.vm.host`",
                );
                return false;
            }
        };
        let Some(def) = self.schema.get(owner) else { return false };
        let (kind, name) = (def.kind, def.name.clone());
        let key = def.key == Some(field);
        let Some(field_def) = self.schema.field(owner, field) else { return false };
        let (field_kind, field_name, declared) = (field_def.kind, field_def.name.clone(), field_def.span);
        let refuse = |checker: &mut Self, message: String, label: &str, help: &str| {
            let diagnostic = Diagnostic::error(codes::NOT_ASSIGNABLE, target.span, message)
                .label(label)
                .also(declared, "declared here")
                .help(help);
            checker.say(diagnostic);
            false
        };
        if matches!(kind, StructKind::Plan | StructKind::Wave | StructKind::Step) || self.in_step(target) {
            return refuse(
                self,
                format!("`{field_name}` of a `{name}` says what is planned, and no effect changes the plan"),
                "part of the plan",
                "write a field of the inventory, such as `step.vm.host`",
            );
        }
        if field_kind != FieldKind::Stored {
            return refuse(
                self,
                format!("`{field_name}` is gathered and cannot be written as a whole"),
                "a gathered list",
                "write the fields of its elements: `each x in …` and `set x.field = …`",
            );
        }
        if key && matches!(kind, StructKind::Entity { .. }) {
            return refuse(
                self,
                format!("`{field_name}` is the key of `{name}`: rows keep their names"),
                "the key",
                "write another field",
            );
        }
        self.gathered_from_plain_fields(target, owner, field)
    }

    /// Whether a target lies in a record of the step.
    fn in_step(&self, target: &Expr) -> bool {
        match &target.kind {
            ExprKind::Field { of, owner, .. } => {
                *owner == Schema::STEP
                    || (self.schema.get(*owner).is_some_and(|def| def.kind == StructKind::Record) && self.in_step(of))
            }
            _ => false,
        }
    }

    /// A `set` on a gathered part goes to where it was gathered from: in every place that is to be a plain field.
    fn gathered_from_plain_fields(&mut self, target: &Expr, part: StructId, field: FieldId) -> bool {
        let mut wrong: Option<(Span, Span)> = None;
        for slot in self.gathers.iter().filter(|slot| slot.part == part) {
            let Some(done) = &slot.done else { continue };
            for source in &done.sources {
                match source.fields.get(usize::from(field.0)) {
                    Some(Some(value)) if !self.is_plain_field(value) => {
                        wrong = wrong.or(Some((value.span, source.span)))
                    }
                    Some(None) | None => wrong = wrong.or(Some((source.span, source.span))),
                    Some(Some(_)) => {}
                }
            }
        }
        let Some((at, _)) = wrong else { return true };
        let diagnostic = Diagnostic::error(
            codes::NOT_ASSIGNABLE,
            target.span,
            "what is written here was gathered from something that is no plain field",
        )
        .label("goes back to where it was gathered from")
        .also(at, "no plain field")
        .help("gather it from a stored field of a row, or write that field itself");
        self.say(diagnostic);
        false
    }

    /// A stored field of a bound row or of something stored in it.
    fn is_plain_field(&self, value: &Expr) -> bool {
        match &value.kind {
            ExprKind::Field { of, owner, field } => {
                self.schema.field(*owner, *field).is_some_and(|f| f.kind == FieldKind::Stored)
                    && (matches!(of.kind, ExprKind::Local(_)) || self.is_plain_field(of))
            }
            _ => false,
        }
    }

    fn changeable(&mut self, target: &Expr, ty: &Type) -> bool {
        if target.ty == Type::Error {
            return false;
        }
        if matches!(ty.required(), Type::Number | Type::Size | Type::Duration) && !ty.is_optional() {
            return true;
        }
        let is = self.a(ty);
        let help = match ty {
            Type::Optional(_) => "give it a new value by `set`, or declare the field without `?`",
            _ => "numbers, sizes and durations can be changed; everything else is given a new value by `set`",
        };
        self.error(
            codes::NOT_A_QUANTITY,
            target.span,
            format!("nothing can be added to {is}"),
            format!("this is {is}"),
            help,
        );
        false
    }

    /// `select step.transfer`, with its two codes as rules that come to stand at `next`.
    pub fn select(&mut self, item: &'a ast::Select, pack: usize, next: usize) -> Option<(Select, [Rule; 2])> {
        let before = self.errors();
        let mut scope = Scope::default();
        scope.bind(&Arc::from("step"), Type::Row(Schema::STEP));
        let target = self.expr(&mut scope, &item.target, None);
        let cites = self.cites(&item.cites);
        let chosen_from = match &target.kind {
            ExprKind::Field { owner, field, of } if *owner == Schema::STEP && matches!(of.kind, ExprKind::Local(_)) => {
                match self.target_type(&target).required() {
                    Type::Enum(id) => Some((*field, *id)),
                    _ => None,
                }
            }
            _ => None,
        };
        let Some((field, of)) = chosen_from else {
            if target.ty != Type::Error {
                self.error(
                    codes::WRONG_SELECT,
                    target.span,
                    "only a field of the step that is an enum can be chosen",
                    "not to be chosen",
                    "name such a field: `select step.transfer`",
                );
            }
            return None;
        };
        if !self.target_type(&target).is_optional() {
            self.error(
                codes::WRONG_SELECT,
                target.span,
                "this field is always given, so that nothing is left to choose",
                "never left out",
                "declare it as one that may be left out: `transfer? default none`",
            );
        }
        let prefer = item.preferences.iter().map(|line| self.candidates(&mut scope, line, of)).collect();
        let chosen = self.announcement(&mut scope, item.chosen.as_ref(), item, "chosen", ast::LevelKind::Note);
        let none = self.announcement(&mut scope, item.none.as_ref(), item, "none", ast::LevelKind::Must);
        let rule = |said: (&'a ast::Announcement, super::tree::Message), origin: RuleOrigin, name: &str| Rule {
            code: said.0.code.text.clone(),
            name: name.into(),
            title: Arc::from(""),
            level: level(said.0.level.kind),
            pack,
            origin,
            subject: Subject::Step,
            frame: scope.frame.clone(),
            bindings: Vec::new(),
            when: None,
            obligation: None,
            because: Some(said.1),
            help: None,
            fix: None,
            cites: cites.clone(),
            disabled: None,
            adjusted: None,
            span: said.0.code.span,
            whole: said.0.span,
        };
        let chosen = rule(chosen?, RuleOrigin::Chosen, "chosen");
        let none = rule(none?, RuleOrigin::NoneChosen, "none-permitted");
        let id = |at: usize| RuleId(u32::try_from(at).unwrap_or(u32::MAX));
        let select = Select {
            field,
            frame: scope.frame,
            prefer,
            chosen: id(next),
            none: id(next.saturating_add(1)),
            span: item.span,
        };
        let conditions: Vec<&Expr> = select.prefer.iter().filter_map(|line| line.condition.as_ref()).collect();
        if let Some(span) = conditions.iter().find_map(|e| self.reads_refused(e)) {
            self.refused_too_early(span, "a choice");
        }
        let broken = conditions.iter().any(|e| self.is_broken(e))
            || [&chosen, &none].into_iter().any(|r| self.rule_exprs(r).into_iter().any(|e| self.is_broken(e)));
        (self.errors() == before && !broken).then_some((select, [chosen, none]))
    }

    fn candidates(&mut self, scope: &mut Scope, line: &'a ast::Preference, of: crate::types::EnumId) -> Candidates {
        let mut values: Vec<u16> = Vec::new();
        for candidate in &line.candidates {
            match self.value_of(of, &candidate.text) {
                Some(value) if values.contains(&value) => self.error(
                    codes::WRONG_SELECT,
                    candidate.span,
                    format!("`{}` is a candidate twice", candidate.text),
                    "again",
                    "leave it out: it was tried before",
                ),
                Some(value) => values.push(value),
                None => self.unknown_value(of, &candidate.text, candidate.span),
            }
        }
        let condition = line.condition.as_ref().map(|e| self.condition(scope, e, "the condition behind `where`"));
        Candidates { values, condition }
    }

    fn announcement(
        &mut self,
        scope: &mut Scope,
        said: Option<&'a ast::Announcement>,
        item: &'a ast::Select,
        what: &str,
        level: ast::LevelKind,
    ) -> Option<(&'a ast::Announcement, super::tree::Message)> {
        let Some(said) = said else {
            self.error(
                codes::INCOMPLETE,
                item.span,
                format!("the choice has no `{what}`"),
                "a code is missing",
                format!("add `{what} {} CODE \"…\"`", level.text()),
            );
            return None;
        };
        if said.level.kind != level {
            self.error(
                codes::WRONG_LEVEL,
                said.level.span,
                format!("`{what}` of a choice is a `{}`", level.text()),
                "another level",
                format!("write `{what} {} {} \"…\"`", level.text(), said.code.text),
            );
        }
        Some((said, self.message(scope, &said.text)))
    }
}

/// All expressions of an effect but those of its notes' messages.
pub(super) fn effect_exprs(effect: &Effect) -> Vec<&Expr> {
    let mut all: Vec<&Expr> = effect.bindings.iter().map(super::rules::binding_expr).collect();
    all.extend(&effect.when);
    for action in &effect.actions {
        match action {
            Action::Set { target, value } => all.extend([target, value]),
            Action::Change { target, by, .. } => all.extend([target, by]),
        }
    }
    all.extend(effect.notes.iter().filter_map(|note| note.when.as_ref()));
    all
}
