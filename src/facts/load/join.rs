//! Which rows of several inventories are one: those of one name, where a short host name and the full one are one name as long
//! as that is unambiguous, and an `id` tells apart what shares a name.

use rustc_hash::FxHashMap;

use crate::diag::Diagnostic;
use crate::diag::codes::input;
use crate::facts::document::View;
use crate::facts::shown::shown;
use crate::facts::store::short_form;
use crate::source::Span;
use crate::types::{FieldKind, Section, StructKind, Type};
use crate::value::{Cell, Row, StructId, TextId};

use super::{At, Loader};

/// A row with the mappings that speak of it, the lowest first.
pub(super) struct Joined {
    key: TextId,
    id: Option<TextId>,
    span: Span,
    pub(super) layers: Vec<At>,
    pub(super) row: Option<Row>,
}

/// The rows of a section so far.
struct Join<'s> {
    section: &'s Section,
    /// Whether short names count: not where naming a row makes it.
    short: bool,
    rows: Vec<Joined>,
    by_key: FxHashMap<TextId, Vec<usize>>,
    /// Rows of the files below that have a full name, by its short form.
    by_short: FxHashMap<TextId, Vec<usize>>,
    /// Full names of the file at hand, by their short form: where each first stands, and how many there are.
    full_names: FxHashMap<TextId, (At, u32)>,
}

/// The name of a row at hand.
struct Named<'t> {
    text: &'t str,
    span: Span,
    key: TextId,
    id: Option<TextId>,
}

impl<'a> Loader<'a> {
    /// Joins the rows of a section from all documents that have it; nothing where none has.
    pub(super) fn join(&mut self, section: &Section, lists: &[At]) -> Option<Vec<Joined>> {
        let open = self.schema.get(section.entity).map(|of| of.kind) == Some(StructKind::Entity { open: true });
        let mut join = Join {
            section,
            short: !open,
            rows: Vec::new(),
            by_key: FxHashMap::default(),
            by_short: FxHashMap::default(),
            full_names: FxHashMap::default(),
        };
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
            let elements: Vec<At> = elements.iter().map(|node| At { document: list.document, node: *node }).collect();
            self.index_short_names(&mut join, &elements);
            for element in elements {
                if let Some(named) = self.named(section, element) {
                    self.lay(&mut join, element, &named);
                }
            }
        }
        if !some {
            return None;
        }
        self.facts.know_section(section.entity);
        let key = self.schema.get(section.entity)?.key?;
        for joined in &mut join.rows {
            joined.row = self.push(section.entity, None, joined.span);
            let Some(row) = joined.row else { continue };
            let place = joined.layers.first().and_then(|at| self.key_node(section.entity, *at));
            let place = place.map_or(joined.span, |at| self.span(at));
            self.facts.set(section.entity, row, key, Cell::Text(joined.key), place);
            self.facts.name(section.entity, row, joined.key, join.short);
            if let Some(id) = joined.id {
                self.facts.identify(section.entity, row, id);
            }
        }
        self.facts.close_section(section.entity);
        Some(join.rows)
    }

    /// Before a file is laid over: the full names below it, and its own.
    fn index_short_names(&mut self, join: &mut Join<'_>, elements: &[At]) {
        join.by_short.clear();
        join.full_names.clear();
        if !join.short {
            return;
        }
        for (index, joined) in join.rows.iter().enumerate() {
            if let Some(short) = self.short_of(joined.key) {
                join.by_short.entry(short).or_default().push(index);
            }
        }
        if join.rows.is_empty() {
            return;
        }
        for element in elements {
            let Some(at) = self.key_node(join.section.entity, *element) else { continue };
            let View::Scalar(text, _) = self.view(at) else { continue };
            let key = self.facts.texts_mut().intern(text);
            if let Some(short) = self.short_of(key) {
                let (_, count) = join.full_names.entry(short).or_insert((at, 0));
                *count = count.saturating_add(1);
            }
        }
    }

    /// The short form of a full host name, folded.
    fn short_of(&mut self, key: TextId) -> Option<TextId> {
        let text = self.facts.texts().get(key).clone();
        let short = self.facts.texts_mut().intern(short_form(&text)?);
        Some(self.facts.texts().folded(short))
    }

    /// The name of a row; what has none is reported.
    fn named(&mut self, section: &Section, element: At) -> Option<Named<'a>> {
        let begin = self.span(element);
        let what = self.called(section.entity);
        let key_name = self.schema.get(section.entity).and_then(|of| of.fields.get(of.key?.0 as usize));
        let key_name = key_name.map_or("name", |field| &*field.input);
        if !matches!(self.view(element), View::Map(_)) {
            let called = self.view(element).called();
            let error =
                Diagnostic::error(input::WRONG_TYPE, begin, format!("{what} is {called}, and has to be a mapping"))
                    .help(format!("write `{{ {key_name}: … }}`"));
            self.error(error);
            return None;
        }
        let named = self.key_node(section.entity, element).and_then(|at| match self.view(at) {
            View::Scalar(text, _) if !text.trim_ascii().is_empty() => Some((text, self.span(at))),
            _ => None,
        });
        let Some((text, span)) = named else {
            let error = Diagnostic::error(input::NO_KEY, begin, format!("{what} without `{key_name}`"))
                .note("rows are joined and named by it")
                .help(format!("add `{key_name}: …`"));
            self.error(error);
            // The row goes no further; what is wrong with its members is said here.
            self.undeclared(section.entity, element);
            return None;
        };
        let key = self.facts.texts_mut().intern(text);
        let id = self.id_of(section.entity, element);
        Some(Named { text, span, key, id })
    }

    /// Lays a row over the one of its name, or adds it.
    fn lay(&mut self, join: &mut Join<'_>, element: At, named: &Named<'_>) {
        let folded = self.facts.texts().folded(named.key);
        let (candidates, by_full_name) = self.candidates(join, element, named, folded);
        match candidates.as_slice() {
            [] => {
                join.by_key.entry(folded).or_default().push(join.rows.len());
                let span = self.span(element);
                join.rows.push(Joined { key: named.key, id: named.id, span, layers: vec![element], row: None });
            }
            [index] => {
                let Some(joined) = join.rows.get_mut(*index) else { return };
                match joined.layers.iter().find(|layer| layer.document == element.document).copied() {
                    None => {
                        joined.layers.push(element);
                        joined.id = joined.id.or(named.id);
                        if by_full_name {
                            // From now on both forms of the name are this row's.
                            joined.key = named.key;
                            join.by_key.entry(folded).or_default().push(*index);
                        }
                    }
                    Some(first) => self.doubled(join.section, first, named),
                }
            }
            several => {
                let mut error = Diagnostic::error(
                    input::AMBIGUOUS_NAME,
                    named.span,
                    format!("`{}` names {} rows of `{}`", shown(named.text), several.len(), join.section.name),
                );
                for joined in several.iter().take(8).filter_map(|index| join.rows.get(*index)) {
                    let first = joined.layers.first().copied();
                    let place = first.and_then(|at| self.key_node(join.section.entity, at));
                    let span = place.map_or(joined.span, |at| self.span(at));
                    error = error.also(span, format!("`{}`", shown(self.facts.texts().get(joined.key))));
                }
                self.error(error.help("write the full name, or the `id`, of the one that is meant"));
            }
        }
    }

    /// The rows that a name may mean: of exactly this name, else with this short form, else (and then it is said) with the
    /// short form of this full name.
    fn candidates(&mut self, join: &Join<'_>, element: At, named: &Named<'_>, folded: TextId) -> (Vec<usize>, bool) {
        let texts = self.facts.texts();
        let fits = |index: &usize| {
            let other = join.rows.get(*index).and_then(|joined| joined.id);
            named.id.zip(other).is_none_or(|(a, b)| texts.folded(a) == texts.folded(b))
        };
        let none = Vec::new();
        let exact = join.by_key.get(&folded).unwrap_or(&none);
        let mut found: Vec<usize> = exact.iter().copied().filter(fits).collect();
        if exact.is_empty() {
            found = join.by_short.get(&folded).unwrap_or(&none).iter().copied().filter(fits).collect();
        }
        if named.id.is_some() && found.len() > 1 {
            let sure = |index: &usize| join.rows.get(*index).is_some_and(|joined| joined.id.is_some());
            if found.iter().any(sure) {
                found.retain(sure);
            }
        }
        if !found.is_empty() || !exact.is_empty() || !join.short {
            return (found, false);
        }
        let Some(short) = self.short_of(named.key) else { return (found, false) };
        let below = |index: &usize| {
            join.rows.get(*index).is_some_and(|joined| {
                let key = self.facts.texts().folded(joined.key);
                key == short && joined.layers.iter().all(|layer| layer.document != element.document)
            })
        };
        let below: Vec<usize> = join.by_key.get(&short).unwrap_or(&none).iter().copied().filter(below).collect();
        match join.full_names.get(&short) {
            Some((first, count)) if *count > 1 && !below.is_empty() => {
                let (first, name) = (self.span(*first), shown(named.text));
                if first == named.span {
                    let mut error = Diagnostic::error(
                        input::AMBIGUOUS_NAME,
                        first,
                        format!("`{name}` may be the row that another file calls by its short name"),
                    )
                    .note("so may other rows of this file")
                    .help("write the full name in the other file");
                    for joined in below.iter().filter_map(|index| join.rows.get(*index)) {
                        error = error.also(joined.span, "called by its short name");
                    }
                    self.error(error);
                }
                (Vec::new(), false)
            }
            _ => (below, true),
        }
    }

    fn doubled(&mut self, section: &Section, first: At, named: &Named<'_>) {
        let first = self.key_node(section.entity, first).unwrap_or(first);
        let error = Diagnostic::error(
            input::DOUBLED_ROW,
            named.span,
            format!("`{}` stands twice in `{}`", shown(named.text), section.name),
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
            View::Scalar(text, _) if !text.trim_ascii().is_empty() => Some(self.facts.texts_mut().intern(text)),
            _ => None,
        }
    }
}
