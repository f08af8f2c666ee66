//! Definitions, derived fields and gathered lists. Each is typed when it is first needed, so that the order in which
//! they are declared says nothing.

use std::sync::Arc;

use super::checker::{Bearer, Checker, DEPTH, GatherSlot, NESTING, Slot, State};
use super::scope::Scope;
use super::tree::{Demand, Expr, Function, FunctionKind, Gather, GatherSource};
use crate::diag::Diagnostic;
use crate::diag::codes::check as codes;
use crate::source::Span;
use crate::syntax::ast;
use crate::types::{FieldId, FieldKind, FunctionId, GatherId, StructKind, Type};
use crate::value::StructId;

impl<'a> Checker<'a> {
    /// Adds a function that waits for its types; its parameters are known.
    pub fn add_function(
        &mut self,
        name: Arc<str>,
        kind: FunctionKind,
        span: Span,
        params: Option<Vec<(Arc<str>, Type)>>,
        declared: Option<Type>,
        body: &'a ast::Expr,
    ) -> FunctionId {
        let id = FunctionId(u32::try_from(self.functions.len()).unwrap_or(u32::MAX));
        self.functions.push(Slot {
            name,
            kind,
            span,
            callable: params.is_some(),
            params: params.unwrap_or_default(),
            ty: declared.clone().unwrap_or(Type::Error),
            declared,
            body,
            state: State::Waiting,
            facts: Vec::new(),
            done: None,
            used: false,
            broken: false,
            never_negative: false,
        });
        id
    }

    /// The type of a function where it is used. What is written needs no look at the body.
    pub fn function_type(&mut self, id: FunctionId, expected: Option<&Type>) -> Type {
        let Some(slot) = self.slot_mut(id) else { return Type::Error };
        slot.used = true;
        if let Some(declared) = &slot.declared {
            return declared.clone();
        }
        self.resolve(id, expected);
        self.slot(id).map_or(Type::Error, |slot| slot.ty.clone())
    }

    /// Types a function where that is still to be done.
    pub fn resolve(&mut self, id: FunctionId, expected: Option<&Type>) {
        let Some(slot) = self.slot(id) else { return };
        match slot.state {
            State::Done | State::Busy => return,
            State::Waiting | State::Deferred => {}
        }
        // Too deep a chain is told once, over the finished tree; here it only must not exhaust the stack.
        if self.depth >= DEPTH {
            return;
        }
        if self.nesting >= NESTING {
            let (name, span) = (slot.name.clone(), slot.span);
            self.error(
                codes::TOO_DEEP,
                span,
                format!("`{name}` is needed too deep inside other definitions"),
                "too deep",
                "write some of the definitions out, or give them names step by step",
            );
            return;
        }
        let settled = expected.is_some_and(|ty| self.settles(slot, ty));
        if !settled && self.is_ambiguous(slot) {
            if let Some(slot) = self.slot_mut(id) {
                slot.state = State::Deferred;
            }
            return;
        }
        self.type_body(id, expected);
    }

    /// Whether the type of a definition depends on what it is used with: values of several enums, or a number that may be a version.
    pub fn is_ambiguous(&self, slot: &Slot<'a>) -> bool {
        if slot.declared.is_some() || !slot.params.is_empty() {
            return false;
        }
        let names: Option<Vec<&str>> = match &slot.body.kind {
            ast::ExprKind::Literal(literal) => return matches!(literal.kind, ast::LiteralKind::Number(_)),
            ast::ExprKind::Name(name) => Some(vec![&*name.text]),
            ast::ExprKind::List(elements) if !elements.is_empty() => elements
                .iter()
                .map(|e| match &e.kind {
                    ast::ExprKind::Name(name) => Some(&*name.text),
                    _ => None,
                })
                .collect(),
            _ => None,
        };
        names.is_some_and(|names| {
            names.iter().all(|name| !self.defines.contains_key(*name) && !self.sections.contains_key(*name))
                && self.enums_with(&names).len() > 1
        })
    }

    /// Whether a use tells what such a definition is.
    fn settles(&self, slot: &Slot<'a>, expected: &Type) -> bool {
        let has = |e: &ast::Expr, ty: &Type| match (&e.kind, ty) {
            (ast::ExprKind::Name(name), Type::Enum(id)) => self.value_of(*id, &name.text).is_some(),
            (ast::ExprKind::Literal(_), Type::Number | Type::Version) => true,
            _ => false,
        };
        match (&slot.body.kind, expected.required()) {
            (ast::ExprKind::List(elements), Type::List(of)) => elements.iter().all(|e| has(e, of)),
            (_, ty) => has(slot.body, ty),
        }
    }

    /// Whether definitions wait for their uses to tell what they are.
    pub fn any_ambiguous(&self) -> bool {
        self.functions.iter().any(|slot| self.is_ambiguous(slot))
    }

    /// Forgets everything that was typed, but keeps what uses have told of definitions that depend on it.
    pub fn settle(&mut self) {
        for at in 0..self.functions.len() {
            let Some(slot) = self.functions.get(at) else { continue };
            if !self.is_ambiguous(slot) {
                continue;
            }
            let number = matches!(slot.body.kind, ast::ExprKind::Literal(_));
            let told = match slot.state {
                State::Done if slot.ty != Type::Error => Some(slot.ty.clone()),
                _ => number.then_some(Type::Number),
            };
            if let Some(slot) = self.functions.get_mut(at) {
                slot.declared = told;
            }
        }
        self.forget_types();
    }

    /// Forgets everything that was typed.
    pub fn forget_types(&mut self) {
        for slot in &mut self.functions {
            slot.ty = slot.declared.clone().unwrap_or(Type::Error);
            slot.state = State::Waiting;
            slot.done = None;
            slot.facts = Vec::new();
            slot.broken = false;
            slot.never_negative = false;
        }
        for slot in &mut self.gathers {
            slot.state = State::Waiting;
            slot.done = None;
            slot.broken = false;
            slot.never_negative = Vec::new();
        }
    }

    /// Types the body of a function now, whatever is known of it.
    fn type_body(&mut self, id: FunctionId, expected: Option<&Type>) {
        let Some(slot) = self.slot_mut(id) else { return };
        slot.state = State::Busy;
        let (params, declared, body, name) = (slot.params.clone(), slot.declared.clone(), slot.body, slot.name.clone());
        let (kind, span) = (slot.kind, slot.span);
        let before = self.errors();
        self.depth = self.depth.saturating_add(1);
        let mut scope = Scope::default();
        for (param, ty) in &params {
            scope.bind(param, ty.clone());
        }
        let hint = declared.as_ref().or(expected.filter(|ty| !matches!(ty, Type::Optional(_))));
        let typed = self.expr(&mut scope, body, hint);
        let typed = match &declared {
            Some(declared) => self.fit(typed, declared, &format!("`{name}`")),
            None => typed,
        };
        if declared.is_none() && typed.ty == Type::None {
            self.error(
                codes::AMBIGUOUS,
                typed.span,
                format!("nothing tells what `{name}` is when it is not `none`"),
                "always `none`",
                "give it a type: `name: T? = none`",
            );
        }
        self.depth = self.depth.saturating_sub(1);
        let facts = if typed.ty == Type::Bool { self.facts(&typed) } else { Vec::new() };
        let ty = declared.unwrap_or_else(|| typed.ty.clone());
        if let FunctionKind::Derive(owner, field) = kind
            && let Some(field) =
                self.schema.structs.get_mut(usize::from(owner.0)).and_then(|s| s.fields.get_mut(usize::from(field.0)))
        {
            field.ty = ty.clone();
        }
        let broken = self.errors() > before;
        let never_negative = self.never_negative(&typed);
        let facts = facts.into_iter().filter(|path| usize::from(path.root.0) < params.len()).collect();
        let function = Function {
            name,
            kind,
            params: u16::try_from(params.len()).unwrap_or(u16::MAX),
            frame: scope.frame,
            body: typed,
            ty: ty.clone(),
            span,
        };
        if let Some(slot) = self.slot_mut(id) {
            slot.state = State::Done;
            slot.ty = ty;
            slot.facts = facts;
            slot.broken = broken;
            slot.never_negative = never_negative;
            slot.done = Some(function);
        }
    }

    /// Types all functions and gathered lists that nothing has asked for yet.
    pub fn finish_functions(&mut self) {
        for id in self.dependencies_first() {
            self.resolve(id, None);
        }
        for index in 0..self.gathers.len() {
            self.gather(index);
        }
    }

    /// Types the definitions that no use has told what they are: now they say what is missing.
    pub fn finish_deferred(&mut self) {
        for id in (0u32..).map(FunctionId).take(self.functions.len()) {
            if self.slot(id).is_some_and(|slot| slot.state == State::Deferred) {
                self.type_body(id, None);
            }
        }
    }

    /// Adds the list that a `gather` makes to its owner.
    pub fn declare_gather(&mut self, item: &'a ast::Gather) {
        let Some(owner) = self.owner(&item.owner) else { return };
        if !self.is_new_field(owner, &item.field) {
            return;
        }
        let Some(part) = self.part_of(owner, item) else { return };
        let gather = GatherId(u32::try_from(self.gathers.len()).unwrap_or(u32::MAX));
        let field = self.push_field(owner, &item.field, Type::list(Type::Row(part)), FieldKind::Gathered(gather));
        self.structs_used.insert(part);
        self.gathers.push(GatherSlot {
            item,
            owner,
            field,
            part,
            state: State::Waiting,
            done: None,
            never_negative: Vec::new(),
            broken: false,
        });
    }

    /// The part that a `gather` makes: the one that is declared as a part of the owner, and has the fields that are named.
    fn part_of(&mut self, owner: StructId, item: &ast::Gather) -> Option<StructId> {
        let mut parts: Vec<StructId> =
            self.owners.iter().filter(|(_, of)| **of == owner).map(|(part, _)| *part).collect();
        parts.sort_unstable();
        let names: Vec<&str> =
            item.sources.iter().flat_map(|source| &source.fields).map(|field| &*field.name.text).collect();
        let has = |part: &StructId, all: bool| {
            let Some(def) = self.schema.get(*part) else { return false };
            let known = |name: &&str| def.find(name).is_some();
            if all { names.iter().all(known) } else { item.field.text.starts_with(&*def.name) }
        };
        let fitting: Vec<StructId> = parts.iter().copied().filter(|part| has(part, true)).collect();
        let named: Vec<StructId> = parts.iter().copied().filter(|part| has(part, false)).collect();
        match (&*parts, &*fitting, &*named) {
            ([only], _, _) | (_, [only], _) | (_, _, [only]) => Some(*only),
            ([], _, _) => {
                self.error(
                    codes::WRONG_GATHER,
                    item.field.span,
                    format!("nothing says what `{}.{}` is a list of", item.owner.text, item.field.text),
                    "of which part?",
                    format!("declare the part: `part name of {} {{ … }}`", item.owner.text),
                );
                None
            }
            _ => {
                self.error(
                    codes::WRONG_GATHER,
                    item.field.span,
                    format!("several parts of `{}` could be meant by `{}`", item.owner.text, item.field.text),
                    "of which part?",
                    "give the list the plural of the part's name",
                );
                None
            }
        }
    }

    /// Types a `gather`.
    pub fn gather(&mut self, index: usize) {
        let Some(slot) = self.gathers.get_mut(index) else { return };
        if slot.state != State::Waiting {
            return;
        }
        slot.state = State::Busy;
        let (item, owner, field, part) = (slot.item, slot.owner, slot.field, slot.part);
        let before = self.errors();
        let sources: Vec<GatherSource> =
            item.sources.iter().map(|source| self.gather_source(item, source, owner, part)).collect();
        let broken = self.errors() > before;
        let fields = self.schema.get(part).map_or(0, |def| def.fields.len());
        let mut never_negative = Vec::with_capacity(fields);
        for at in 0..fields {
            let mut never = true;
            for source in &sources {
                if let Some(Some(value)) = source.fields.get(at) {
                    never &= self.never_negative(value);
                }
            }
            never_negative.push(never);
        }
        if let Some(slot) = self.gathers.get_mut(index) {
            slot.state = State::Done;
            slot.never_negative = never_negative;
            slot.broken = broken;
            slot.done = Some(Gather { owner, field, part, sources, span: item.span });
        }
    }

    fn gather_source(
        &mut self,
        item: &'a ast::Gather,
        source: &'a ast::GatherSource,
        owner: StructId,
        part: StructId,
    ) -> GatherSource {
        let mut scope = Scope::default();
        scope.bind(&item.owner.text, Type::Row(owner));
        let each = source.list.as_ref().map(|list| {
            let list = self.expr(&mut scope, list, None);
            let (list, element) = self.elements(list);
            (scope.bind(&source.binding.text, element), list)
        });
        if source.list.is_none() && source.binding.text != item.owner.text {
            self.error(
                codes::WRONG_GATHER,
                source.binding.span,
                format!("`{}` is not the owner of the list", source.binding.text),
                "neither the owner nor an element",
                format!(
                    "write `from {}`, or `from {} in …` for each element of a list",
                    item.owner.text, source.binding.text
                ),
            );
        }
        let when = source.when.as_ref().map(|when| {
            let when = self.condition(&mut scope, when, "the condition behind `when`");
            let facts = self.facts(&when);
            scope.narrow(facts);
            when
        });
        let stored: Vec<(FieldId, Arc<str>, Type, Option<crate::types::Const>)> = self
            .schema
            .get(part)
            .map(|def| {
                def.fields()
                    .filter(|(_, field)| field.kind == FieldKind::Stored)
                    .map(|(id, field)| (id, field.name.clone(), field.ty.clone(), field.default.clone()))
                    .collect()
            })
            .unwrap_or_default();
        let mut seen: Vec<(&Arc<str>, Span)> = Vec::new();
        for field in &source.fields {
            if !stored.iter().any(|(_, name, ..)| *name == field.name.text) {
                self.unknown_field(part, &field.name);
            }
            if let Some((_, first)) = seen.iter().find(|(name, _)| **name == field.name.text) {
                let diagnostic = Diagnostic::error(
                    codes::DOUBLED_NAME,
                    field.name.span,
                    format!("`{}` is given twice", field.name.text),
                )
                .label("again")
                .also(*first, "first here")
                .help("leave one of them out");
                self.say(diagnostic);
            }
            seen.push((&field.name.text, field.name.span));
        }
        for (id, name, _, default) in &stored {
            let declared = self.schema.field(part, *id).map_or(Span::NONE, |field| field.span);
            let given = default.is_some() || seen.iter().any(|(given, _)| *given == name);
            // What a layer adds to a part that is gathered comes from nowhere; it is told once.
            if let Some(at) = self.bare_additions.iter().position(|bare| *bare == declared && !given) {
                self.bare_additions.remove(at);
                let diagnostic = Diagnostic::error(
                    codes::WRONG_FIELD,
                    declared,
                    format!("nothing fills `{name}`: the part is gathered, and no `gather` names it"),
                )
                .label("never known")
                .also(source.span, "gathered here")
                .help("say what it is where nothing fills it: `default …`; or compute it by a `derive`");
                self.say(diagnostic);
            }
        }
        let fields = stored
            .iter()
            .map(|(_, name, ty, default)| match source.fields.iter().find(|field| field.name.text == *name) {
                Some(field) => {
                    let value = self.of_type(&mut scope, &field.value, ty, &format!("`{name}`"));
                    Some(value)
                }
                None => default.clone().map(|value| Expr {
                    kind: super::tree::ExprKind::Const(value),
                    ty: ty.clone(),
                    span: source.span,
                }),
            })
            .collect();
        GatherSource { frame: scope.frame, each, when, fields, span: source.span }
    }

    /// `demand for step: …`.
    pub fn demand(&mut self, item: &'a ast::Demand) -> Option<Demand> {
        let before = self.errors();
        let of = self.demanded(&item.subject)?;
        let mut scope = Scope::default();
        scope.bind(&item.subject.text, Type::Row(of));
        let condition = self.condition(&mut scope, &item.condition, "what is demanded");
        let because = match &item.why.because {
            Some(text) => self.message(&mut scope, text),
            None => {
                self.error(
                    codes::INCOMPLETE,
                    item.span,
                    "this demand does not say why",
                    "no `because`",
                    "add `because \"…\"`: it is what a user reads whose input does not meet it",
                );
                return None;
            }
        };
        let help = item.why.help.as_ref().map(|text| self.message(&mut scope, text));
        self.not_refused(&condition, &because, "a demand");
        let fine = self.errors() == before && !self.is_broken(&condition);
        fine.then_some(Demand { of, frame: scope.frame, condition, because, help, span: item.span })
    }

    fn demanded(&mut self, subject: &ast::Ident) -> Option<StructId> {
        let found = self.structs.get(&subject.text).copied();
        let kind = found.and_then(|id| self.schema.get(id)).map(|def| def.kind);
        match (found, kind) {
            (Some(id), Some(StructKind::Entity { .. } | StructKind::Step)) => Some(id),
            (Some(_), Some(_)) => {
                self.error(
                    codes::UNKNOWN_SUBJECT,
                    subject.span,
                    format!("nothing can be demanded of a `{}`", subject.text),
                    "neither a step nor an entity",
                    "demand it of the step, or of the entity that owns it",
                );
                None
            }
            _ => {
                let known: Vec<Arc<str>> = self
                    .schema
                    .structs
                    .iter()
                    .filter(|def| matches!(def.kind, StructKind::Entity { .. } | StructKind::Step))
                    .map(|def| def.name.clone())
                    .collect();
                let known: Vec<&str> = known.iter().map(|name| &**name).collect();
                self.unknown(
                    codes::UNKNOWN_SUBJECT,
                    subject.span,
                    format!("no entity is called `{}`", subject.text),
                    &subject.text,
                    &known,
                    "demands are made of the step or of an entity",
                );
                None
            }
        }
    }

    /// What a code belongs to, for messages.
    pub fn bearer(&self, code: &str) -> Option<(Bearer, Span)> {
        self.codes.get(code).copied()
    }
}
