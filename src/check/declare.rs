//! The order of a check: first every name is declared, then everything is typed, then what others changed is laid over it.

use std::sync::Arc;

use super::checker::{Bearer, Checker, GatherSlot, Slot};
use super::layers::Layers;
use super::tree::{Effect, EffectId, Frame, Function, FunctionKind, Gather, Local, MatrixId, Policies, Source};
use super::vocabulary::Default as FieldDefault;
use super::{Checked, PackFiles};
use crate::diag::Diagnostic;
use crate::diag::codes::check as codes;
use crate::source::Span;
use crate::syntax::ast::{self, Ident, Item, LevelKind};
use crate::types::{Schema, StructKind};
use crate::value::StructId;

/// All items with the pack they are from.
type Items<'a> = Vec<(usize, &'a Item)>;

pub(super) fn check(packs: &[PackFiles]) -> Checked {
    let mut checker = Checker::new();
    checker.note_unread(packs.iter().flat_map(|pack| &pack.files).flat_map(|file| &file.unread).copied().collect());
    let heads = checker.packs(packs);
    let items: Items = packs
        .iter()
        .enumerate()
        .flat_map(|(at, pack)| pack.files.iter().flat_map(|file| &file.items).map(move |item| (at, item)))
        .collect();
    let defaults = checker.declare_vocabulary(&items);
    checker.declare_names(&items);
    checker.declare_codes(&items);
    let mut layers = Layers::default();
    checker.redefine(&items, &mut layers);
    if checker.any_ambiguous() {
        // A first look, of which only this is kept: what uses tell of definitions whose type depends on them.
        let said = checker.diagnostics.len();
        checker.type_all(&items, &defaults, Vec::new());
        checker.forget_said(said);
        checker.settle();
    }
    let mut policies = checker.type_all(&items, &defaults, heads);
    checker.adjust(&items, &mut policies);
    checker.tests(&items, &mut policies);
    checker.warn(&items, &policies);
    policies.schema = checker.schema;
    policies.functions = checker.functions.into_iter().map(finished).collect();
    policies.gathers = checker.gathers.into_iter().map(finished_list).collect();
    policies.sources = checker.sources;
    let mut diagnostics = checker.diagnostics;
    diagnostics.sort_by_key(|d| (d.span(), d.code));
    diagnostics.dedup();
    Checked { policies, diagnostics }
}

impl<'a> Checker<'a> {
    /// Types everything but tests.
    fn type_all(
        &mut self,
        items: &[(usize, &'a Item)],
        defaults: &[FieldDefault<'a>],
        heads: Vec<super::tree::Pack>,
    ) -> Policies {
        self.read_defaults(defaults);
        self.finish_functions();
        self.find_cycles();
        let policies = self.statements(items, heads);
        self.finish_deferred();
        policies
    }

    /// Enums, entities, parts, inputs, sources.
    fn declare_vocabulary(&mut self, items: &[(usize, &'a Item)]) -> Vec<FieldDefault<'a>> {
        let mut bodies: Vec<(StructId, &'a [ast::Field])> = Vec::new();
        for (_, item) in items {
            match item {
                Item::Enum(item) => self.declare_enum(item),
                Item::Entity(item) if &*item.name.text == "step" => bodies.push((Schema::STEP, &item.fields)),
                Item::Entity(item) => {
                    let kind = StructKind::Entity { open: item.open };
                    if let Some(id) = self.declare_struct(&item.name, kind) {
                        bodies.push((id, &item.fields));
                    }
                }
                Item::Part(item) => {
                    if let Some(id) = self.declare_struct(&item.name, StructKind::Part) {
                        bodies.push((id, &item.fields));
                    }
                }
                _ => {}
            }
        }
        for (_, item) in items {
            if let Item::Addition(item) = item {
                let id = self.added_to(item);
                bodies.extend(id.map(|id| (id, &*item.fields)));
                self.additions_without_default(item, id);
            }
        }
        for (_, item) in items {
            if let Item::Part(item) = item {
                self.declare_owner(item);
            }
        }
        let mut defaults = Vec::new();
        for (id, fields) in bodies {
            self.declare_fields(id, fields, &mut defaults);
        }
        for (_, item) in items {
            match item {
                Item::Input(item) => self.declare_input(item),
                Item::Source(item) => self.declare_source(item),
                _ => {}
            }
        }
        self.check_entities();
        defaults
    }

    fn declare_source(&mut self, item: &ast::Source) {
        if let Some(first) = self.sources.iter().find(|source| source.name == item.name.text) {
            let first = first.span;
            self.doubled(&item.name, "the source", first);
            return;
        }
        let members = item.fields.iter().map(|field| (field.name.text.clone(), field.value.value.clone())).collect();
        self.sources.push(Source { name: item.name.text.clone(), members, span: item.name.span });
    }

    /// Definitions, derived fields, gathered lists, effects.
    fn declare_names(&mut self, items: &[(usize, &'a Item)]) {
        for (_, item) in items {
            match item {
                Item::Define(item) => self.declare_define(item),
                Item::Derive(item) => self.declare_derive(item),
                _ => {}
            }
        }
        for (_, item) in items {
            if let Item::Gather(item) = item {
                self.declare_gather(item);
            }
        }
        let mut places: Vec<Span> = Vec::new();
        for (_, item) in items {
            let Item::Effect(item) = item else { continue };
            match self.effects.get(&item.name.text).and_then(|at| places.get(*at)).copied() {
                Some(first) => self.doubled(&item.name, "the effect", first),
                None => {
                    self.effects.insert(item.name.text.clone(), places.len());
                }
            }
            places.push(item.name.span);
        }
        self.declare_written(items);
    }

    /// Which fields effects write, by name: expressions are looked at before the targets of effects can be.
    fn declare_written(&mut self, items: &[(usize, &'a Item)]) {
        for (_, item) in items {
            let Item::Effect(item) = item else { continue };
            for action in &item.actions {
                let target = match action {
                    ast::EffectAction::Set(set) => &set.target,
                    ast::EffectAction::Change { target, .. } => target,
                    ast::EffectAction::Note(_) => continue,
                };
                self.written.extend(last_name(target));
            }
        }
        // A write of a gathered field goes to the field that it was gathered from.
        for (_, item) in items {
            let Item::Gather(item) = item else { continue };
            for field in item.sources.iter().flat_map(|source| &source.fields) {
                if self.written.contains(&field.name.text) {
                    self.written.extend(last_name(&field.value));
                }
            }
        }
    }

    fn declare_define(&mut self, item: &'a ast::Define) {
        let first = self.defines.get(&item.name.text).and_then(|id| self.slot(*id)).map(|slot| slot.span);
        if let Some(first) = first {
            self.doubled(&item.name, "the definition", first);
            return;
        }
        if let Some(section) = self.schema.sections().iter().find(|section| section.name == item.name.text) {
            let first = section.span;
            self.doubled(&item.name, "the name", first);
            return;
        }
        if super::expr::BUILTINS.iter().any(|(name, _)| **name == *item.name.text) {
            self.error(
                codes::DOUBLED_NAME,
                item.name.span,
                format!("`{}` is a function of the language", item.name.text),
                "taken",
                "give it another name",
            );
            return;
        }
        let params = item.params.as_ref().map(|params| self.params(params));
        let declared = item.ty.as_ref().map(|ty| self.written_type(ty));
        let name = item.name.text.clone();
        let id = self.add_function(name.clone(), FunctionKind::Define, item.name.span, params, declared, &item.value);
        self.defines.insert(name, id);
    }

    /// The parameters of a definition.
    pub fn params(&mut self, params: &'a [ast::Param]) -> Vec<(Arc<str>, crate::types::Type)> {
        let mut made = Vec::with_capacity(params.len());
        for (at, param) in params.iter().enumerate() {
            if let Some(first) = params.iter().take(at).find(|other| other.name.text == param.name.text) {
                self.doubled(&param.name, "the parameter", first.span);
            }
            made.push((param.name.text.clone(), self.written_type(&param.ty)));
        }
        made
    }

    /// Every code of a pack, so that none is taken twice.
    fn declare_codes(&mut self, items: &[(usize, &'a Item)]) {
        for (_, item) in items {
            match item {
                Item::Rule(item) => {
                    let level = item.obligation.as_ref().map_or(LevelKind::Must, |o| o.level.kind);
                    self.declare_code(&item.code, Bearer::Rule(level));
                }
                Item::Matrix(item) => {
                    self.declare_code(&item.code, Bearer::Matrix);
                    for condition in &item.conditions {
                        let level = condition.level.map_or(LevelKind::Must, |level| level.kind);
                        self.declare_code(&condition.code, Bearer::Rule(level));
                    }
                }
                Item::Select(item) => {
                    for said in [&item.chosen, &item.none].into_iter().flatten() {
                        self.declare_code(&said.code, Bearer::Choice(said.level.kind));
                    }
                }
                Item::Effect(item) => {
                    for action in &item.actions {
                        if let ast::EffectAction::Note(note) = action {
                            self.declare_code(&note.code, Bearer::EffectNote);
                        }
                    }
                }
                _ => {}
            }
        }
    }

    fn declare_code(&mut self, code: &Ident, bearer: Bearer) {
        if let Some((_, first)) = self.codes.get(&code.text).copied() {
            let diagnostic =
                Diagnostic::error(codes::DOUBLED_CODE, code.span, format!("the code `{}` is taken already", code.text))
                    .label("again")
                    .also(first, "first here")
                    .help("a code belongs to one rule for good; take a new one");
            self.say(diagnostic);
            return;
        }
        self.codes.insert(code.text.clone(), (bearer, code.span));
        self.code_names.push(code.text.clone());
    }

    /// Demands, rules, matrices, choices, effects, in the order declared.
    fn statements(&mut self, items: &[(usize, &'a Item)], packs: Vec<super::tree::Pack>) -> Policies {
        let mut made = Policies {
            packs,
            sources: Vec::new(),
            schema: Schema::built_in(),
            functions: Vec::new(),
            gathers: Vec::new(),
            demands: Vec::new(),
            rules: Vec::new(),
            matrices: Vec::new(),
            selects: Vec::new(),
            effects: Vec::new(),
            suggest: None,
            tests: Vec::new(),
        };
        let mut selected: Vec<(crate::types::FieldId, Span)> = Vec::new();
        let mut suggested: Vec<(usize, Span)> = Vec::new();
        for (pack, item) in items {
            let (pack, item) = (*pack, *item);
            let next = made.rules.len();
            match item {
                Item::Demand(item) => made.demands.extend(self.demand(item)),
                Item::Rule(item) => made.rules.extend(self.rule(item, pack)),
                Item::Matrix(item) => {
                    let id = MatrixId(u32::try_from(made.matrices.len()).unwrap_or(u32::MAX));
                    if let Some((matrix, rules)) = self.matrix(item, pack, id, next) {
                        made.matrices.push(matrix);
                        made.rules.extend(rules);
                    }
                }
                Item::Select(item) => {
                    let Some((select, rules)) = self.select(item, pack, next) else { continue };
                    if let Some((_, first)) = selected.iter().find(|(field, _)| *field == select.field) {
                        let diagnostic =
                            Diagnostic::error(codes::WRONG_SELECT, item.target.span, "this field is chosen twice")
                                .label("again")
                                .also(*first, "first here")
                                .help("say all candidates in one `select`");
                        self.say(diagnostic);
                        continue;
                    }
                    selected.push((select.field, item.target.span));
                    made.selects.push(select);
                    made.rules.extend(rules);
                }
                Item::Effect(item) => {
                    let id = EffectId(u32::try_from(made.effects.len()).unwrap_or(u32::MAX));
                    let (effect, rules): (Effect, _) = self.effect(item, pack, id, next);
                    made.effects.push(effect);
                    made.rules.extend(rules);
                }
                Item::Suggest(item) => {
                    if let Some((_, first)) = suggested.iter().find(|(other, _)| *other == pack) {
                        let diagnostic = Diagnostic::error(
                            codes::WRONG_SUGGEST,
                            item.subject.span,
                            "the pack says twice what else may be tried",
                        )
                        .label("again")
                        .also(*first, "first here")
                        .help("say all alternatives in one `suggest`");
                        self.say(diagnostic);
                        continue;
                    }
                    suggested.push((pack, item.subject.span));
                    // An organisation's layer says it anew for the packs below it.
                    if let Some(suggest) = self.suggest(item) {
                        made.suggest = Some(suggest);
                    }
                }
                _ => {}
            }
        }
        for (at, effect) in made.effects.iter_mut().enumerate() {
            effect.in_cell = self.effects_in_cells.contains(&at);
        }
        made
    }
}

/// The function, or what stands in its place where it could not be understood: ids are places.
fn finished(slot: Slot<'_>) -> Function {
    match slot.done {
        Some(done) if !slot.broken => done,
        _ => Function {
            name: slot.name,
            kind: slot.kind,
            params: u16::try_from(slot.params.len()).unwrap_or(u16::MAX),
            frame: Frame { locals: slot.params.into_iter().map(|(name, ty)| Local { name, ty }).collect() },
            body: Checker::nothing(slot.span),
            ty: slot.ty,
            span: slot.span,
        },
    }
}

/// The gathered list, or an empty one where it could not be understood.
fn finished_list(slot: GatherSlot<'_>) -> Gather {
    match slot.done {
        Some(done) if !slot.broken => done,
        _ => {
            Gather { owner: slot.owner, field: slot.field, part: slot.part, sources: Vec::new(), span: slot.item.span }
        }
    }
}

/// The field that a path ends in.
fn last_name(path: &ast::Expr) -> Option<Arc<str>> {
    match &path.kind {
        ast::ExprKind::Field { name, .. } => Some(name.text.clone()),
        _ => None,
    }
}
