//! Names of rows: what one of them means, and what is said where it means nothing or several things.

use crate::diag::codes::input;
use crate::diag::{Diagnostic, nearest};
use crate::facts::document::View;
use crate::facts::shown::shown;
use crate::facts::store::{Fact, Facts, Found, Lost};
use crate::source::Span;
use crate::types::{Schema, StructKind, Type};
use crate::value::{Cell, Row, StructId};

use super::row::{Place, called};
use super::{At, Loader, Options};

/// Searches for near names a load does at most: each compares with every known name.
const SEARCHES: u32 = 100;

/// Finds or makes the rows that names mean which meant none, in their order. False where one of them takes a word.
pub(in crate::facts) fn name(schema: &Schema, facts: &mut Facts, options: Options<'_>, lost: &[Lost]) -> bool {
    let mut loader = Loader::new(schema, facts, &[], options);
    for lost in lost {
        let text = loader.facts.texts().get(lost.name).clone();
        let found = match loader.facts.find(lost.target, &text) {
            Found::One(row) => Some(row),
            Found::Many(_) => None,
            Found::Nothing => {
                let place = match lost.index {
                    Some(index) => loader.facts.element_place(lost.of, lost.row, lost.field, index),
                    None => loader.facts.place(Fact::Field { of: lost.of, row: lost.row, field: lost.field }),
                };
                place.and_then(|place| loader.phantom(lost.target, &text, place))
            }
        };
        let Some(row) = found else { return false };
        loader.facts.settle_one(lost, row);
    }
    loader.finish().is_empty()
}

impl Loader<'_> {
    /// The row that a value names.
    pub(super) fn reference(&mut self, at: At, of: StructId, place: Place<'_>) -> Cell {
        let View::Scalar(text, _) = self.view(at) else {
            self.misfit(at, &Type::Row(of), place);
            return Cell::Unknown;
        };
        let span = self.span(at);
        match self.facts.find(of, text) {
            Found::One(row) => Cell::Row(row),
            Found::Many(rows) => {
                if place.report {
                    self.ambiguous(text, span, of, &rows);
                }
                Cell::Unknown
            }
            Found::Nothing => {
                let Some(shape) = self.schema.get(of) else { return Cell::Unknown };
                let open = matches!(shape.kind, StructKind::Entity { open: true });
                let known = self.facts.section_known(of);
                if text.trim_ascii().is_empty() || (!open && known) {
                    if place.report {
                        self.unknown_name(text, span, of);
                    }
                    return Cell::Unknown;
                }
                // Nobody can say that it does not exist: a row of which only the name is known.
                self.phantom(of, text, span).map_or(Cell::Unknown, Cell::Row)
            }
        }
    }

    /// A row of which nothing is known but its name.
    fn phantom(&mut self, of: StructId, text: &str, span: Span) -> Option<Row> {
        let shape = self.schema.get(of)?;
        let (key, short) = (shape.key?, !matches!(shape.kind, StructKind::Entity { open: true }));
        let row = self.push(of, None, span)?;
        let name = self.facts.texts_mut().intern(text);
        self.facts.set(of, row, key, Cell::Text(name), span);
        self.facts.name(of, row, name, short);
        let plan = std::mem::replace(&mut self.plan, false);
        self.absent.push(of);
        self.fill(of, row, &[], &[key]);
        self.absent.pop();
        self.plan = plan;
        Some(row)
    }

    fn ambiguous(&mut self, text: &str, span: Span, of: StructId, rows: &[Row]) {
        let name = self.schema.get(of).map_or("", |of| &*of.name);
        let mut error = Diagnostic::error(
            input::AMBIGUOUS_NAME,
            span,
            format!("`{}` names {} things of kind `{name}`", shown(text), rows.len()),
        );
        let mut candidates = Vec::new();
        for row in rows.iter().take(8) {
            let key = self.facts.key_of(of, *row).map_or("", |key| &**self.facts.texts().get(key));
            let id = self.identity(of, *row);
            let named = self.schema.get(of).and_then(|of| of.key).map(|field| Fact::Field { of, row: *row, field });
            if let Some(place) = named.and_then(|named| self.facts.place(named)) {
                error = error.also(place, format!("`{}`", shown(key)));
            }
            candidates.push(id.unwrap_or_else(|| key.to_owned()));
        }
        let listed: Vec<String> = candidates.iter().map(|candidate| format!("`{}`", shown(candidate))).collect();
        let distinct = candidates.iter().collect::<std::collections::BTreeSet<_>>().len() == candidates.len();
        let help = if distinct {
            format!("write which one is meant: {}", listed.join(", "))
        } else {
            "give each of them an `id` in the inventory, and name it by that".to_owned()
        };
        self.error(error.help(help));
    }

    /// The id of a row whose name others bear, too.
    fn identity(&self, of: StructId, row: Row) -> Option<String> {
        let key = self.facts.key_of(of, row)?;
        if !matches!(self.facts.find(of, self.facts.texts().get(key)), Found::Many(_)) {
            return None;
        }
        match self.facts.cell(of, row, self.schema.get(of)?.find("id")?) {
            Cell::Text(id) => Some(self.facts.texts().get(id).to_string()),
            _ => None,
        }
    }

    fn unknown_name(&mut self, text: &str, span: Span, of: StructId) {
        let name = self.schema.get(of).map_or("", |of| &*of.name);
        let error = Diagnostic::error(input::UNKNOWN_NAME, span, format!("no {name} is called `{}`", shown(text)));
        let section = self.schema.section_of(of).map_or("", |section| &*section.name);
        let near = if self.searched < SEARCHES {
            self.searched = self.searched.saturating_add(1);
            self.near_name(text, of)
        } else {
            None
        };
        self.error(match near {
            Some(near) => error.help(format!("did you mean `{}`?", shown(&near))),
            None if self.facts.rows(of) == 0 => {
                error.help(format!("the inventory's `{section}` is empty: add it there"))
            }
            None => error.help(format!("add it to `{section}` of an inventory, or name one that is there")),
        });
    }

    /// The nearest name, where full host names count by their short form, too.
    fn near_name(&self, text: &str, of: StructId) -> Option<String> {
        let texts = self.facts.texts();
        let keys: Vec<&str> = (0..self.facts.rows(of))
            .filter_map(|row| self.facts.key_of(of, Row(row)))
            .map(|key| &**texts.get(key))
            .collect();
        let short =
            keys.iter().filter(|_| !text.contains('.')).filter_map(|key| key.split_once('.')).map(|(first, _)| first);
        nearest(text, keys.iter().copied().chain(short)).map(str::to_owned)
    }

    /// Says what an entity of the schema is called, for messages of other loaders.
    pub(super) fn called(&self, of: StructId) -> String {
        self.schema.get(of).map_or_else(String::new, |of| called(&of.name))
    }
}
