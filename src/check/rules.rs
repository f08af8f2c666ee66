//! Rules, and what rules, matrices, effects and choices have in common: subjects, bindings, conditions, reasons, sources.

use std::sync::Arc;

use super::checker::Checker;
use super::scope::Scope;
use super::tree::{
    Binding, Cite, Expr, ExprKind, Fix, Level, LocalId, Message, MessagePiece, Rule, RuleOrigin, Subject,
};
use crate::diag::Diagnostic;
use crate::diag::codes::check as codes;
use crate::source::Span;
use crate::syntax::ast;
use crate::types::{FieldKind, GatherId, Input, Schema, Type};

/// What stands before a statement, typed.
pub(super) struct Premises {
    /// What a statement is about.
    pub subject: Subject,
    /// Names bound by `each` and `let`.
    pub bindings: Vec<Binding>,
    /// When it applies.
    pub when: Option<Expr>,
    /// Names of elements, and of what was bound behind them.
    pub elements: Vec<LocalId>,
}

/// What a statement says besides its truth, typed.
pub(super) struct Reasons {
    /// `because`
    pub because: Option<Message>,
    /// `help`
    pub help: Option<Message>,
    /// `fix`
    pub fix: Option<Fix>,
    /// `cite`
    pub cites: Vec<Cite>,
}

/// The level of the tree.
pub(super) fn level(kind: ast::LevelKind) -> Level {
    match kind {
        ast::LevelKind::Must => Level::Must,
        ast::LevelKind::Should => Level::Should,
        ast::LevelKind::Note => Level::Note,
    }
}

impl<'a> Checker<'a> {
    /// What a rule is about, with its type.
    pub fn subject(&mut self, subject: Option<&ast::Ident>, what: &str) -> Option<(Subject, Type)> {
        // The parser has said where there is none.
        let name = subject?;
        let each = match self.schema.input {
            Input::Each { entity } => Some(entity),
            Input::Plan { .. } => None,
        };
        let id = self.structs.get(&name.text).copied();
        let found = match (id, each) {
            (Some(Schema::STEP), None) => Some((Subject::Step, Type::Row(Schema::STEP))),
            (Some(Schema::WAVE), None) => Some((Subject::Wave, Type::Row(Schema::WAVE))),
            (Some(Schema::PLAN), None) => Some((Subject::Plan, Type::Row(Schema::PLAN))),
            (Some(id), Some(entity)) if id == entity => Some((Subject::Entity(id), Type::Row(id))),
            _ => None,
        };
        if found.is_some() {
            return found;
        }
        let entity = each.and_then(|id| self.schema.get(id)).map(|def| def.name.clone());
        let (known, otherwise): (Vec<&str>, &str) = match &entity {
            Some(name) => (vec![name], "with `input each` rules are about that entity"),
            None => (vec!["step", "wave", "plan"], "rules are about steps, waves or the plan"),
        };
        let message = match id {
            Some(_) => format!("{what} cannot be about a `{}`", name.text),
            None => format!("nothing called `{}` can be spoken about", name.text),
        };
        match id {
            Some(_) if entity.is_none() => self.error(
                codes::UNKNOWN_SUBJECT,
                name.span,
                message,
                "neither step, wave nor plan",
                format!("speak of the step and take each of its own: `for step` and `each {} in …`", name.text),
            ),
            _ => self.unknown(codes::UNKNOWN_SUBJECT, name.span, message, &name.text, &known, otherwise),
        }
        None
    }

    /// Subject, bindings and condition of a statement; the scope knows them afterwards.
    pub fn premises(
        &mut self,
        scope: &mut Scope,
        subject: Option<&ast::Ident>,
        premises: &'a [ast::Premise],
        what: &str,
    ) -> Premises {
        let (about, ty) = self.subject(subject, what).unwrap_or((Subject::Step, Type::Error));
        let name = subject.map_or_else(|| Arc::from("step"), |name| name.text.clone());
        if ty == Type::Error {
            // Whatever the statement was meant to be about: what it says of that is another matter.
            for other in ["plan", "wave", "step"] {
                scope.bind(&Arc::from(other), Type::Error);
            }
        }
        scope.bind(&name, ty);
        let mut made = Premises { subject: about, bindings: Vec::new(), when: None, elements: Vec::new() };
        for premise in premises {
            match premise {
                ast::Premise::Each { name, list, .. } => {
                    let list = self.expr(scope, list, None);
                    let (list, element) = self.elements(list);
                    self.shadowing(scope, name);
                    let local = scope.bind(&name.text, element);
                    made.elements.push(local);
                    made.bindings.push(Binding::Each(local, list));
                }
                ast::Premise::Let { name, value, .. } => {
                    let value = self.expr(scope, value, None);
                    self.shadowing(scope, name);
                    let local = scope.bind(&name.text, value.ty.clone());
                    if !made.elements.is_empty() {
                        made.elements.push(local);
                    }
                    made.bindings.push(Binding::Let(local, value));
                }
                ast::Premise::When { condition, .. } => {
                    let condition = self.condition(scope, condition, "the condition behind `when`");
                    let facts = self.facts(&condition);
                    scope.narrow(facts);
                    made.when = Some(condition);
                }
            }
        }
        made
    }

    pub(super) fn shadowing(&mut self, scope: &Scope, name: &ast::Ident) {
        if scope.find(&name.text).is_some() {
            self.error(
                codes::DOUBLED_NAME,
                name.span,
                format!("`{}` is bound already", name.text),
                "bound again",
                "give it another name",
            );
        }
    }

    /// What a statement says besides its truth.
    pub fn reasons(&mut self, scope: &mut Scope, why: &'a ast::Justification, subject: Subject) -> Reasons {
        let because = why.because.as_ref().map(|text| self.message(scope, text));
        let help = why.help.as_ref().map(|text| self.message(scope, text));
        if let [first, second, ..] = &*why.fixes {
            let diagnostic = Diagnostic::error(codes::DOUBLED_NAME, second.span, "there is a second `fix`")
                .label("again")
                .also(first.span, "the first")
                .help("name the one change that mends a step");
            self.say(diagnostic);
        }
        let fix = why.fixes.first().and_then(|fix| self.fix(scope, fix, subject));
        let cites = self.cites(&why.cites);
        Reasons { because, help, fix, cites }
    }

    fn fix(&mut self, scope: &mut Scope, fix: &'a ast::Set, subject: Subject) -> Option<Fix> {
        let target = self.expr(scope, &fix.target, None);
        let ty = self.target_type(&target);
        let value = self.of_type(scope, &fix.value, &ty, "the new value");
        if target.ty == Type::Error || value.ty == Type::Error {
            return None;
        }
        let path = (subject == Subject::Step).then(|| self.member_path(&target)).flatten();
        match path {
            Some(path) => Some(Fix { path, value }),
            None => {
                self.error(
                    codes::NOT_ASSIGNABLE,
                    target.span,
                    "this is no member of a step that a plan writes",
                    "cannot be written in a plan",
                    "a fix changes the plan: name a field of the step, such as `step.transfer`",
                );
                None
            }
        }
    }

    /// The type that a field was declared with, without what is known of it here.
    pub fn target_type(&self, target: &Expr) -> Type {
        match &target.kind {
            ExprKind::Field { owner, field, .. } => {
                self.schema.field(*owner, *field).map_or(Type::Error, |field| field.ty.clone())
            }
            _ => target.ty.clone(),
        }
    }

    /// The members of a step as a plan writes them.
    pub(super) fn member_path(&self, target: &Expr) -> Option<Vec<Arc<str>>> {
        match &target.kind {
            ExprKind::Local(LocalId(0)) => Some(Vec::new()),
            ExprKind::Field { of, owner, field } => {
                let inside = *owner == Schema::STEP
                    || self.schema.get(*owner).is_some_and(|def| def.kind == crate::types::StructKind::Record);
                let field = self.schema.field(*owner, *field)?;
                let own = field.span != Span::NONE && field.kind == FieldKind::Stored;
                let mut path = self.member_path(of)?;
                path.push(field.input.clone());
                (inside && own).then_some(path)
            }
            _ => None,
        }
    }

    /// Sources that are cited.
    pub fn cites(&mut self, cites: &'a [ast::Cite]) -> Vec<Cite> {
        let mut made = Vec::new();
        for cite in cites {
            let Some(source) = self.sources.iter().position(|source| source.name == cite.source.text) else {
                let known: Vec<Arc<str>> = self.sources.iter().map(|source| source.name.clone()).collect();
                let known: Vec<&str> = known.iter().map(|name| &**name).collect();
                self.unknown(
                    codes::UNKNOWN_SOURCE,
                    cite.source.span,
                    format!("no source is called `{}`", cite.source.text),
                    &cite.source.text,
                    &known,
                    "declare it: `source name { title \"…\" }`",
                );
                continue;
            };
            self.source_used.insert(source);
            let section: Arc<str> = cite.section.as_ref().map_or_else(|| Arc::from(""), |text| text.value.clone());
            if cite.items.is_empty() {
                made.push(Cite { source, section: section.clone(), item: None });
            }
            for item in &cite.items {
                match item.text.parse::<u32>() {
                    Ok(number) => made.push(Cite { source, section: section.clone(), item: Some(number) }),
                    Err(_) => {
                        let comma = if section.is_empty() { "" } else { ", " };
                        let section = format!("{section}{comma}item {}", item.text).into();
                        made.push(Cite { source, section, item: None });
                    }
                }
            }
        }
        made
    }

    /// A rule.
    pub fn rule(&mut self, item: &'a ast::Rule, pack: usize) -> Option<Rule> {
        let before = self.errors();
        let mut scope = Scope::default();
        let premises = self.premises(&mut scope, item.subject.as_ref(), &item.premises, "the rule");
        let reasons = self.reasons(&mut scope, &item.why, premises.subject);
        // Where there is no obligation, the parser has said so.
        let stated = item.obligation.as_ref()?;
        let obligation = stated.condition.as_ref().map(|condition| {
            let what = format!("what stands behind `{}`", stated.level.kind.text());
            self.condition(&mut scope, condition, &what)
        });
        match (stated.level.kind, &obligation) {
            (ast::LevelKind::Note, Some(condition)) => self.error(
                codes::WRONG_LEVEL,
                condition.span,
                "a `note` has no condition",
                "not asked for",
                "say behind `when` where the note is given, or take `must` or `should`",
            ),
            (ast::LevelKind::Must | ast::LevelKind::Should, None) => self.error(
                codes::INCOMPLETE,
                stated.span,
                format!("`{}` needs a condition", stated.level.kind.text()),
                "nothing is demanded",
                "write behind it what has to hold",
            ),
            (ast::LevelKind::Note, None) if item.why.because.is_none() => self.error(
                codes::INCOMPLETE,
                stated.span,
                "a note says nothing without a message",
                "no `because`",
                "add `because \"…\"`",
            ),
            _ => {}
        }
        let rule = Rule {
            code: item.code.text.clone(),
            name: item.name.text.clone(),
            title: item.title.as_ref().map_or_else(|| Arc::from(""), |title| title.value.clone()),
            level: level(stated.level.kind),
            pack,
            origin: RuleOrigin::Rule,
            subject: premises.subject,
            frame: scope.frame,
            bindings: premises.bindings,
            when: premises.when,
            obligation,
            because: reasons.because,
            help: reasons.help,
            fix: reasons.fix,
            cites: reasons.cites,
            disabled: None,
            adjusted: None,
            span: item.code.span,
            whole: item.span,
        };
        self.may_read_refused(&rule);
        (self.errors() == before && !self.rule_exprs(&rule).iter().any(|e| self.is_broken(e))).then_some(rule)
    }

    /// All expressions of a rule.
    pub fn rule_exprs<'r>(&self, rule: &'r Rule) -> Vec<&'r Expr> {
        let mut all: Vec<&Expr> = rule.bindings.iter().map(binding_expr).collect();
        all.extend(&rule.when);
        all.extend(&rule.obligation);
        for message in [&rule.because, &rule.help].into_iter().flatten() {
            all.extend(message_exprs(message));
        }
        all.extend(rule.fix.as_ref().map(|fix| &fix.value));
        all
    }

    /// `refused` can be read in rules about waves and plans only.
    pub fn may_read_refused(&mut self, rule: &Rule) {
        if matches!(rule.subject, Subject::Wave | Subject::Plan) {
            return;
        }
        let at = self.rule_exprs(rule).into_iter().find_map(|e| self.reads_refused(e));
        if let Some(span) = at {
            self.refused_too_early(span, "a rule about a step");
        }
    }

    /// The same for a demand.
    pub fn not_refused(&mut self, condition: &Expr, because: &Message, what: &str) {
        let at = self
            .reads_refused(condition)
            .or_else(|| message_exprs(because).into_iter().find_map(|e| self.reads_refused(e)));
        if let Some(span) = at {
            self.refused_too_early(span, what);
        }
    }

    /// Says that `refused` is not decided yet.
    pub fn refused_too_early(&mut self, span: Span, what: &str) {
        self.error(
            codes::REFUSED_TOO_EARLY,
            span,
            format!("{what} is judged before it is known which steps are refused"),
            "reads `refused`",
            "only rules `for wave` and `for plan` may ask which steps are refused",
        );
    }

    /// Where an expression reads `refused`, itself or through definitions.
    pub fn reads_refused(&self, expr: &Expr) -> Option<Span> {
        let mut found = None;
        let mut seen = rustc_hash::FxHashSet::default();
        expr.any(&mut |e| {
            if self.touches_refused(e, &mut seen) {
                found = Some(e.span);
            }
            found.is_some()
        });
        found
    }

    fn touches_refused(&self, e: &Expr, seen: &mut rustc_hash::FxHashSet<u64>) -> bool {
        // Walks definitions one after the other, each once.
        let mut waiting: Vec<u64> = Vec::new();
        let look = |e: &Expr, waiting: &mut Vec<u64>| match &e.kind {
            ExprKind::Field { owner, field, .. } => match self.schema.field(*owner, *field).map(|f| f.kind) {
                Some(FieldKind::Refused) => true,
                Some(FieldKind::Gathered(GatherId(id))) => {
                    waiting.push(u64::from(id).saturating_add(1 << 32));
                    false
                }
                _ => false,
            },
            ExprKind::Call { function, .. } => {
                waiting.push(u64::from(function.0));
                false
            }
            _ => false,
        };
        if look(e, &mut waiting) {
            return true;
        }
        while let Some(next) = waiting.pop() {
            if !seen.insert(next) {
                continue;
            }
            let bodies: Vec<&Expr> = match next.checked_sub(1 << 32) {
                Some(gather) => {
                    let done = usize::try_from(gather).ok().and_then(|id| self.gathers.get(id));
                    done.and_then(|slot| slot.done.as_ref()).map(gather_exprs).unwrap_or_default()
                }
                None => {
                    let slot = usize::try_from(next).ok().and_then(|id| self.functions.get(id));
                    slot.and_then(|slot| slot.done.as_ref()).map(|f| vec![&f.body]).unwrap_or_default()
                }
            };
            if bodies.into_iter().any(|body| body.any(&mut |e| look(e, &mut waiting))) {
                return true;
            }
        }
        false
    }

    /// A reason of a change to a pack: a plain text.
    pub fn plain(&mut self, text: &ast::Text, what: &str) -> Arc<str> {
        let mut plain = String::new();
        for piece in &text.pieces {
            match piece {
                ast::Piece::Literal(literal) => plain.push_str(&literal.value),
                ast::Piece::Interpolation(e) => {
                    self.error(
                        codes::NO_REASON,
                        e.span,
                        format!("the reason of {what} is a plain text"),
                        "computed",
                        "write the reason without `{ }`; a brace that is meant as itself is `{{`",
                    );
                }
            }
        }
        if plain.trim().is_empty() && text.pieces.iter().all(|piece| matches!(piece, ast::Piece::Literal(_))) {
            self.error(
                codes::NO_REASON,
                text.span,
                format!("the reason of {what} is empty"),
                "says nothing",
                "say why, for those who read the report",
            );
        }
        plain.into()
    }
}

/// The expression of a binding.
pub(super) fn binding_expr(binding: &Binding) -> &Expr {
    match binding {
        Binding::Each(_, e) | Binding::Let(_, e) => e,
    }
}

/// The expressions in a message.
pub(super) fn message_exprs(message: &Message) -> Vec<&Expr> {
    message
        .pieces
        .iter()
        .filter_map(|piece| match piece {
            MessagePiece::Expr(e) => Some(e),
            MessagePiece::Text(_) => None,
        })
        .collect()
}

/// The expressions of a gathered list.
pub(super) fn gather_exprs(gather: &super::tree::Gather) -> Vec<&Expr> {
    let mut all = Vec::new();
    for source in &gather.sources {
        all.extend(source.each.as_ref().map(|(_, list)| list));
        all.extend(&source.when);
        all.extend(source.fields.iter().flatten());
    }
    all
}
