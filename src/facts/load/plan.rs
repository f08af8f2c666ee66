//! Plans: steps and their waves into the store, behind a mark of the caller's. A step with an error takes no part; the others do.

use std::borrow::Cow;

use rustc_hash::{FxBuildHasher, FxHashMap};

use crate::diag::Diagnostic;
use crate::diag::codes::input;
use crate::facts::document::{Document, NodeId, View};
use crate::facts::shown::shown;
use crate::facts::store::Facts;
use crate::source::{Span, Spanned};
use crate::types::{FieldKind, Schema, StructKind, Type};
use crate::value::{Cell, Number, Row, StructId};

use super::{At, Loader, Options, Waiver};

/// What a plan says besides its facts.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct PlanLoaded {
    /// The row of `plan`; nothing where the document is no plan at all.
    pub row: Option<Row>,
    /// Its name: what it says, else what the caller said.
    pub name: String,
    /// Whether the name is what it says itself.
    pub named: bool,
    /// The packs that it names.
    pub packs: Vec<Spanned<String>>,
    /// The inventories that it names.
    pub inventories: Vec<Spanned<String>>,
    /// The steps that take part, in the order of the document.
    pub steps: Vec<StepInfo>,
    /// How many steps are broken and take no part.
    pub broken: usize,
    /// Its waivers, incomplete ones left out.
    pub waivers: Vec<Waiver>,
    /// Everything wrong with it.
    pub diagnostics: Vec<Diagnostic>,
}

/// A step as it was written.
#[derive(Clone, PartialEq, Debug)]
pub struct StepInfo {
    /// Its row.
    pub row: Row,
    /// Its id: what it says, else `step-1`, `step-2`, … by its place.
    pub id: String,
    /// Whether the id is the plan's own.
    pub explicit_id: bool,
    /// All of it.
    pub span: Span,
    node: NodeId,
}

impl StepInfo {
    /// Its members by their routes (`to.host`), with the places of their values, from the document that it was loaded from.
    pub fn members(&self, document: &Document) -> Vec<(String, Span)> {
        let mut members = Vec::new();
        routes(document, self.node, "", &mut members, 0);
        members
    }
}

/// A step while its wave is not known yet.
struct Live {
    row: Row,
    wave: Option<Number>,
    place: Span,
}

const MEMBERS: [&str; 5] = ["plan", "pack", "inventory", "steps", "waivers"];

/// The greatest number of a wave: up to it every reader of JSON knows each whole number.
const LAST_WAVE: u64 = 1 << 53;

/// What a plan names before any fact is loaded: its packs and its inventories, for whoever has to find those first.
pub fn named_by(document: &Document) -> (Vec<Spanned<String>>, Vec<Spanned<String>>) {
    let texts = |key: &str| {
        let value = document.root().and_then(|root| document.get(root, key));
        let nodes = match value.map(|value| (value, document.view(value))) {
            Some((_, View::List(elements))) => elements.to_vec(),
            Some((value, _)) => vec![value],
            None => Vec::new(),
        };
        let text = |node| Some(Spanned::new(document.scalar(node)?.to_owned(), document.span(node)));
        nodes.into_iter().filter_map(text).filter(|text| !text.node.trim_ascii().is_empty()).collect()
    };
    (texts("pack"), texts("inventory"))
}

/// Loads a plan. `name`: what it is called if it does not say so.
pub fn load_plan(
    schema: &Schema,
    document: &Document,
    facts: &mut Facts,
    name: &str,
    options: Options<'_>,
) -> PlanLoaded {
    let documents = [document];
    let mut loader = Loader::new(schema, facts, &documents, options);
    loader.plan = true;
    let mut loaded = PlanLoaded { name: name.to_owned(), ..PlanLoaded::default() };
    if let Some(root) = loader.root(0, "a plan") {
        loader.plan(root, &mut loaded);
        (loaded.packs, loaded.inventories) = named_by(document);
    }
    loaded.diagnostics = loader.finish();
    loaded
}

impl<'a> Loader<'a> {
    fn plan(&mut self, root: At, loaded: &mut PlanLoaded) {
        for (key, span, value) in self.members(root) {
            if !MEMBERS.contains(&key) && !self.names_schema(key, value) {
                self.unknown_key(key, span, "a plan", MEMBERS);
            }
        }
        let span = self.span(root);
        let begin = Span::new(span.start, span.start);
        let named = self.member(root, "plan");
        if let Some(at) = named {
            match self.view(at) {
                View::Scalar(text, _) if !text.trim_ascii().is_empty() => {
                    loaded.name = text.to_owned();
                    loaded.named = true;
                }
                View::Null => {}
                _ => {
                    let error =
                        Diagnostic::error(input::WRONG_TYPE, self.span(at), "`plan` is the plan's name, a text");
                    self.error(error.help("write `plan: NAME`"));
                }
            }
        }
        for key in ["pack", "inventory"] {
            let Some(at) = self.member(root, key) else { continue };
            let texts = |at: At| matches!(self.view(at), View::Scalar(..) | View::Null);
            let fine = match self.view(at) {
                View::List(elements) => elements.iter().all(|node| texts(At { node: *node, ..at })),
                _ => texts(at),
            };
            if !fine {
                let error = Diagnostic::error(
                    input::WRONG_TYPE,
                    self.span(at),
                    format!("`{key}` is a text or a list of texts"),
                );
                self.error(error.help(format!("write `{key}: NAME`, or `{key}: [A, B]`")));
            }
        }
        let Some(plan) = self.push(Schema::PLAN, None, begin) else { return };
        loaded.row = Some(plan);
        let text = self.facts.texts_mut().intern(&loaded.name);
        let place = named.map_or(begin, |at| self.span(at));
        self.facts.set(Schema::PLAN, plan, Schema::PLAN_NAME, Cell::Text(text), place);
        let steps: Vec<At> = match self.member(root, "steps").map(|at| (at, self.view(at))) {
            Some((at, View::List(elements))) => elements.iter().map(|node| At { node: *node, ..at }).collect(),
            Some((at, view)) => {
                let error = Diagnostic::error(
                    input::WRONG_TYPE,
                    self.span(at),
                    format!("`steps` is {}, and has to be a list", view.called()),
                )
                .help("write a step each behind `- `");
                self.error(error);
                Vec::new()
            }
            None => {
                let error = Diagnostic::error(input::REQUIRED, begin, "the plan has no `steps`")
                    .help("list the moves under `steps:`, each with `vm` and `to`");
                self.error(error);
                Vec::new()
            }
        };
        let ids = self.steps(&steps, loaded);
        if let Some(at) = self.member(root, "waivers") {
            loaded.waivers = self.waivers(at, &ids);
        }
    }

    /// Loads the steps and puts them into waves; answers with the ids of all, broken ones included.
    fn steps(&mut self, steps: &[At], loaded: &mut PlanLoaded) -> Vec<Cow<'a, str>> {
        let many = steps.len();
        let mut ids: Vec<Cow<'a, str>> = Vec::with_capacity(many);
        let mut places: FxHashMap<Cow<'a, str>, Span> = FxHashMap::with_capacity_and_hasher(many, FxBuildHasher);
        let mut live: Vec<Live> = Vec::with_capacity(many);
        let mut moved: FxHashMap<(Number, Row), Span> = FxHashMap::with_capacity_and_hasher(many, FxBuildHasher);
        loaded.steps.reserve(many);
        for (index, element) in steps.iter().enumerate() {
            let errors = self.diagnostics.len();
            let mark = self.facts.mark();
            let given = self.member(*element, "id").filter(|at| !matches!(self.view(*at), View::Null));
            let explicit = given.and_then(|at| match self.view(at) {
                View::Scalar(text, _) if !text.trim_ascii().is_empty() => Some(Cow::Borrowed(text)),
                _ => None,
            });
            if let (Some(at), None) = (given, &explicit) {
                let error = Diagnostic::error(input::WRONG_TYPE, self.span(at), "an `id` is a text");
                self.error(error.help("write a word that no other step has"));
            }
            let explicit_id = explicit.is_some();
            let id = explicit.unwrap_or_else(|| Cow::Owned(format!("step-{}", index.saturating_add(1))));
            let span = self.span(*element);
            let id_span = given.map_or(Span::new(span.start, span.start), |at| self.span(at));
            if let Some(first) = places.get(&id).copied() {
                let error = Diagnostic::error(
                    input::DOUBLED_STEP,
                    id_span,
                    format!("a second step with the id `{}`", shown(&id)),
                )
                .label("the second, which takes no part")
                .also(first, "the first")
                .help("give each step an `id` of its own");
                self.error(error);
            } else {
                places.insert(id.clone(), id_span);
            }
            ids.push(id.clone());
            let step = self.step(*element, &id, id_span, &mut moved);
            match step {
                Some(step) if self.diagnostics.len() == errors => {
                    let id = id.into_owned();
                    loaded.steps.push(StepInfo { row: step.row, id, explicit_id, span, node: element.node });
                    live.push(step);
                }
                _ => {
                    self.facts.release(&mark);
                    loaded.broken = loaded.broken.saturating_add(1);
                }
            }
        }
        self.waves(&live);
        if let Some(plan) = loaded.row {
            let list = self.facts.add_list(live.iter().map(|step| Cell::Row(step.row)));
            self.facts.set(Schema::PLAN, plan, Schema::PLAN_STEPS, Cell::List(list), Span::NONE);
        }
        ids
    }

    fn step(
        &mut self,
        element: At,
        id: &str,
        id_span: Span,
        moved: &mut FxHashMap<(Number, Row), Span>,
    ) -> Option<Live> {
        if !matches!(self.view(element), View::Map(_)) {
            let view = self.view(element);
            let error = Diagnostic::error(
                input::WRONG_TYPE,
                self.span(element),
                format!("a step is {}, and has to be a mapping", view.called()),
            )
            .help("write `- vm: …` with `to:`");
            self.error(error);
            return None;
        }
        let span = self.span(element);
        let row = self.push(Schema::STEP, None, span)?;
        let text = self.facts.texts_mut().intern(id);
        self.facts.set(Schema::STEP, row, Schema::STEP_ID, Cell::Text(text), id_span);
        let errors = self.diagnostics.len();
        self.fill(Schema::STEP, row, &[element], &[Schema::STEP_ID, Schema::STEP_WAVE]);
        let (wave, place) = self.wave_of(element);
        if self.diagnostics.len() == errors
            && let (Some(wave), Some((entity, machine, machine_place))) = (wave, self.machine(row))
        {
            match moved.get(&(wave, machine)).copied() {
                None => {
                    moved.insert((wave, machine), machine_place);
                }
                Some(first) => {
                    let name = self.facts.key_of(entity, machine);
                    let name = name.map_or(String::new(), |name| self.facts.texts().get(name).to_string());
                    let error = Diagnostic::error(
                        input::SAME_MACHINE,
                        machine_place,
                        format!("wave {wave} moves `{}` twice", shown(&name)),
                    )
                    .label("the second, which takes no part")
                    .also(first, "the first")
                    .note("the steps of a wave happen at the same time")
                    .help("put one of them into a later wave");
                    self.error(error);
                }
            }
        }
        Some(Live { row, wave, place })
    }

    fn wave_of(&mut self, element: At) -> (Option<Number>, Span) {
        let Some(at) = self.member(element, "wave") else { return (None, Span::NONE) };
        let span = self.span(at);
        match self.view(at) {
            View::Null => (None, Span::NONE),
            View::Scalar(text, _) => {
                let counts = |number: &Number| {
                    number.0.is_integer() && !number.0.is_sign_negative() && number.0 <= LAST_WAVE.into()
                };
                let number = Number::parse(text.trim_ascii()).filter(|number| counts(number) && !text.contains('%'));
                if number.is_none() {
                    let error = Diagnostic::error(input::WRONG_TYPE, span, "a `wave` is a whole number from 0")
                        .help("write `wave: 1`; steps with one number run together");
                    self.error(error);
                }
                (number, span)
            }
            view => {
                let error = Diagnostic::error(
                    input::WRONG_TYPE,
                    span,
                    format!("a `wave` is a whole number from 0, not {}", view.called()),
                )
                .help("write `wave: 1`; steps with one number run together");
                self.error(error);
                (None, span)
            }
        }
    }

    /// What a step moves: the first field of a step that names an entity and cannot be left out.
    fn machine(&self, step: Row) -> Option<(StructId, Row, Span)> {
        let shape = self.schema.get(Schema::STEP)?;
        for (field, of) in shape.fields() {
            let Type::Row(entity) = of.ty else { continue };
            let is_entity = self.schema.get(entity).is_some_and(|of| matches!(of.kind, StructKind::Entity { .. }));
            if !is_entity || of.kind != FieldKind::Stored || of.default.is_some() {
                continue;
            }
            let Cell::Row(row) = self.facts.cell(Schema::STEP, step, field) else { return None };
            let fact = crate::facts::store::Fact::Field { of: Schema::STEP, row: step, field };
            return Some((entity, row, self.facts.place(fact).unwrap_or(Span::NONE)));
        }
        None
    }

    /// Waves run in the order of their numbers where all steps have one; else a wave stands where its first step stands.
    fn waves(&mut self, live: &[Live]) {
        let mut waves: Vec<(Option<Number>, Vec<&Live>)> = Vec::new();
        let mut by_number: FxHashMap<Number, usize> = FxHashMap::default();
        for step in live {
            match step.wave.and_then(|number| by_number.get(&number)).and_then(|index| waves.get_mut(*index)) {
                Some((_, steps)) => steps.push(step),
                None => {
                    if let Some(number) = step.wave {
                        by_number.insert(number, waves.len());
                    }
                    waves.push((step.wave, vec![step]));
                }
            }
        }
        if live.iter().all(|step| step.wave.is_some()) {
            waves.sort_by_key(|(number, _)| *number);
        }
        for (number, steps) in waves {
            let place = steps.first().map_or(Span::NONE, |step| step.place);
            let span = steps.first().and_then(|step| self.facts.row_place(Schema::STEP, step.row));
            let Some(wave) = self.push(Schema::WAVE, None, span.unwrap_or(Span::NONE)) else { return };
            let cell = number.map_or(Cell::None, Cell::Number);
            self.facts.set(Schema::WAVE, wave, Schema::WAVE_NUMBER, cell, place);
            let list = self.facts.add_list(steps.iter().map(|step| Cell::Row(step.row)));
            self.facts.set(Schema::WAVE, wave, Schema::WAVE_STEPS, Cell::List(list), Span::NONE);
            for step in steps {
                self.facts.set(Schema::STEP, step.row, Schema::STEP_WAVE, Cell::Row(wave), step.place);
            }
        }
    }
}

/// The members of a step by their routes.
fn routes(document: &Document, node: NodeId, before: &str, members: &mut Vec<(String, Span)>, depth: u32) {
    for member in document.members(node) {
        let key = document.key(member);
        let route = if before.is_empty() { key.to_owned() } else { format!("{before}.{key}") };
        members.push((route.clone(), document.span(member.value)));
        if depth < 2 {
            routes(document, member.value, &route, members, depth.saturating_add(1));
        }
    }
}
