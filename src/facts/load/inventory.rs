//! Inventories, laid over each other: first the rows of all sections are joined by name, then each is filled, so that names
//! may be used before the row they mean.

use rustc_hash::FxHashMap;

use crate::diag::Diagnostic;
use crate::diag::codes::input;
use crate::facts::document::{Document, View};
use crate::facts::scvmm;
use crate::facts::shown::shown;
use crate::facts::store::{Facts, short_form};
use crate::source::Span;
use crate::types::{FieldKind, Schema, Section, StructKind, Type};
use crate::value::{Cell, Row, StructId, TextId};

use super::assume::Assumption;
use super::{At, Loader, Options};

/// What inventories say.
#[derive(Debug)]
pub struct Inventory {
    /// The facts.
    pub facts: Facts,
    /// What is assumed of what they do not say.
    pub assumptions: Vec<Assumption>,
    /// Everything wrong with them.
    pub diagnostics: Vec<Diagnostic>,
}

/// Loads inventories, later ones laid over earlier ones: scalars and lists replace, records and maps merge, rows join by name,
/// `null` is a value, and a section is complete if any of them has it. Exports that VMM wrote are recognised by their shape.
pub fn load_inventory(schema: &Schema, documents: &[&Document], options: Options<'_>) -> Inventory {
    let mut odd = Vec::new();
    let exports: Vec<Option<Document>> = documents
        .iter()
        .map(|document| {
            scvmm::recognise(document).then(|| {
                let (inventory, diagnostics) = scvmm::import(document);
                odd.extend(diagnostics);
                inventory.document()
            })
        })
        .collect();
    let documents: Vec<&Document> =
        documents.iter().zip(&exports).map(|(document, export)| export.as_ref().unwrap_or(document)).collect();
    let mut inventory = load_native(schema, &documents, options);
    odd.append(&mut inventory.diagnostics);
    inventory.diagnostics = odd;
    inventory
}

/// Loads inventories of our own shape.
fn load_native(schema: &Schema, documents: &[&Document], options: Options<'_>) -> Inventory {
    let mut facts = Facts::new(schema);
    let mut loader = Loader::new(schema, &mut facts, documents, options);
    let roots: Vec<At> = (0..documents.len()).filter_map(|index| loader.root(index, "an inventory")).collect();
    let mut assumptions = Vec::new();
    for root in &roots {
        for (key, span, value) in loader.members(*root) {
            if schema.sections().iter().any(|section| *section.name == *key) {
                continue;
            }
            if key == "assume" {
                assumptions.extend(loader.assumptions(value));
                continue;
            }
            let known = schema.sections().iter().map(|section| &*section.name).chain(["assume"]);
            loader.unknown_key(key, span, "an inventory", known);
        }
    }
    let mut joined: Vec<(StructId, Vec<Joined>)> = Vec::new();
    for section in schema.sections() {
        let lists: Vec<At> = roots.iter().filter_map(|root| loader.member(*root, &section.name)).collect();
        if let Some(rows) = loader.join(section, &lists) {
            joined.push((section.entity, rows));
        }
    }
    for (entity, rows) in &joined {
        for joined in rows {
            let Some(row) = joined.row else { continue };
            let topmost: Vec<At> = joined.layers.iter().rev().copied().collect();
            let key = schema.get(*entity).and_then(|of| of.key);
            loader.fill(*entity, row, &topmost, key.as_slice());
        }
    }
    let diagnostics = loader.finish();
    Inventory { facts, assumptions, diagnostics }
}

/// A row with the mappings that speak of it, the lowest first.
struct Joined {
    key: TextId,
    id: Option<TextId>,
    span: Span,
    layers: Vec<At>,
    row: Option<Row>,
}

impl Loader<'_> {
    /// Joins the rows of a section from all documents that have it; nothing where none has.
    fn join(&mut self, section: &Section, lists: &[At]) -> Option<Vec<Joined>> {
        let mut rows: Vec<Joined> = Vec::new();
        let mut by_key: FxHashMap<TextId, Vec<usize>> = FxHashMap::default();
        let mut by_short: FxHashMap<TextId, Vec<usize>> = FxHashMap::default();
        let mut some = false;
        for list in lists {
            let View::List(elements) = self.view(*list) else {
                let (view, span) = (self.view(*list), self.span(*list));
                let error = Diagnostic::error(
                    input::WRONG_TYPE,
                    span,
                    format!("`{}` is {}, and has to be a list", section.name, view.called()),
                )
                .note("a section that is there is complete; one that is left out is unknown")
                .help("write a line each behind `- `, or `[]` if there are none");
                self.error(error);
                continue;
            };
            some = true;
            for node in elements {
                let element = At { document: list.document, node: *node };
                self.join_row(section, element, &mut rows, &mut by_key, &mut by_short);
            }
            // Short names are for rows of the files below.
            by_short.clear();
            for (index, joined) in rows.iter().enumerate() {
                let key = self.facts.texts().get(joined.key).clone();
                if let Some(short) = short_form(&key).filter(|_| !self.is_open(section.entity)) {
                    let short = self.facts.texts_mut().intern(short);
                    by_short.entry(self.facts.texts().folded(short)).or_default().push(index);
                }
            }
        }
        if !some {
            return None;
        }
        self.facts.know_section(section.entity);
        let short = !self.is_open(section.entity);
        let id_field = self.schema.get(section.entity).and_then(|of| Some((of.key?, of)));
        for joined in &mut rows {
            joined.row = self.push(section.entity, None, joined.span);
            let (Some(row), Some((key, _))) = (joined.row, id_field) else { continue };
            let place = joined.layers.first().and_then(|at| self.key_node(section.entity, *at));
            let place = place.map_or(joined.span, |at| self.span(at));
            self.facts.set(section.entity, row, key, Cell::Text(joined.key), place);
            self.facts.name(section.entity, row, joined.key, short);
            if let Some(id) = joined.id {
                self.facts.identify(section.entity, row, id);
            }
        }
        Some(rows)
    }

    fn join_row(
        &mut self,
        section: &Section,
        element: At,
        rows: &mut Vec<Joined>,
        by_key: &mut FxHashMap<TextId, Vec<usize>>,
        by_short: &mut FxHashMap<TextId, Vec<usize>>,
    ) {
        let span = self.span(element);
        let begin = Span::new(span.start, span.end.min(span.start.saturating_add(40)));
        let what = self.called(section.entity);
        let key_name = self.schema.get(section.entity).and_then(|of| of.fields.get(of.key?.0 as usize));
        let key_name = key_name.map_or("name", |field| &*field.input);
        if !matches!(self.view(element), View::Map(_)) {
            let error = Diagnostic::error(
                input::WRONG_TYPE,
                begin,
                format!("{what} is {}, and has to be a mapping", self.view(element).called()),
            )
            .help(format!("write `{{ {key_name}: … }}`"));
            self.error(error);
            return;
        }
        let key = self.key_node(section.entity, element).and_then(|at| match self.view(at) {
            View::Scalar(text, _) if !text.trim().is_empty() => Some((text, self.span(at))),
            _ => None,
        });
        let Some((text, key_span)) = key else {
            let error = Diagnostic::error(input::NO_KEY, begin, format!("{what} without `{key_name}`"))
                .note("rows are joined and named by it")
                .help(format!("add `{key_name}: …`"));
            self.error(error);
            return;
        };
        let key = self.facts.texts_mut().intern(text);
        let folded = self.facts.texts().folded(key);
        let id = self.id_of(section.entity, element);
        let fits = |joined: &&usize, loader: &Loader<'_>| {
            let other = rows.get(**joined).and_then(|joined| joined.id);
            let same = |a: TextId, b: TextId| loader.facts.texts().folded(a) == loader.facts.texts().folded(b);
            id.zip(other).is_none_or(|(a, b)| same(a, b))
        };
        let none = Vec::new();
        let exact = by_key.get(&folded).unwrap_or(&none);
        let mut candidates: Vec<usize> = exact.iter().filter(|index| fits(index, self)).copied().collect();
        if exact.is_empty() {
            candidates =
                by_short.get(&folded).unwrap_or(&none).iter().filter(|index| fits(index, self)).copied().collect();
        }
        if id.is_some() && candidates.len() > 1 {
            let sure = |index: &usize| rows.get(*index).is_some_and(|joined| joined.id.is_some());
            if candidates.iter().any(sure) {
                candidates.retain(sure);
            }
        }
        match candidates.as_slice() {
            [] => {
                by_key.entry(folded).or_default().push(rows.len());
                rows.push(Joined { key, id, span, layers: vec![element], row: None });
            }
            [index] => {
                let Some(joined) = rows.get_mut(*index) else { return };
                match joined.layers.iter().find(|layer| layer.document == element.document).copied() {
                    None => {
                        joined.layers.push(element);
                        joined.id = joined.id.or(id);
                    }
                    Some(first) => {
                        let first = self.key_node(section.entity, first).unwrap_or(first);
                        let error = Diagnostic::error(
                            input::DOUBLED_ROW,
                            key_span,
                            format!("`{}` stands twice in `{}`", shown(text), section.name),
                        )
                        .label("the second, which is not used")
                        .also(self.span(first), "the first")
                        .note("names compare without regard to letter case");
                        let ids = self.schema.get(section.entity).is_some_and(|of| of.find("id").is_some());
                        self.error(if ids {
                            error.help("take one of them away; if there are two of one name, give each its `id`")
                        } else {
                            error.help("take one of them away")
                        });
                    }
                }
            }
            several => {
                let mut error = Diagnostic::error(
                    input::AMBIGUOUS_NAME,
                    key_span,
                    format!("`{}` names {} rows of `{}`", shown(text), several.len(), section.name),
                );
                for joined in several.iter().take(8).filter_map(|index| rows.get(*index)) {
                    let first = joined.layers.first().copied();
                    let place = first.and_then(|at| self.key_node(section.entity, at));
                    let span = place.map_or(joined.span, |at| self.span(at));
                    error = error.also(span, format!("`{}`", shown(self.facts.texts().get(joined.key))));
                }
                self.error(error.help("write the full name, or the `id`, of the one that is meant"));
            }
        }
    }

    fn is_open(&self, entity: StructId) -> bool {
        self.schema.get(entity).is_some_and(|of| matches!(of.kind, StructKind::Entity { open: true }))
    }

    fn key_node(&self, entity: StructId, element: At) -> Option<At> {
        let of = self.schema.get(entity)?;
        let key = of.fields.get(of.key?.0 as usize)?;
        self.member(element, &key.input)
    }

    /// The text of the field `id`, by which rows of one name are told apart.
    fn id_of(&mut self, entity: StructId, element: At) -> Option<TextId> {
        let of = self.schema.get(entity)?;
        let field = of.fields.get(of.find("id")?.0 as usize)?;
        let textual = matches!(field.ty.required(), Type::Text | Type::Name) && field.kind == FieldKind::Stored;
        let at = self.member(element, &field.input).filter(|_| textual)?;
        match self.view(at) {
            View::Scalar(text, _) if !text.trim().is_empty() => Some(self.facts.texts_mut().intern(text)),
            _ => None,
        }
    }
}
