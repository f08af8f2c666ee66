//! Rows and what is in them: the members of a mapping, or of several laid over each other, into the fields of a struct.

use std::rc::Rc;

use crate::diag::Diagnostic;
use crate::diag::codes::input;
use crate::facts::document::View;
use crate::facts::store::Owner;
use crate::source::Span;
use crate::types::{Const, Field, FieldId, FieldKind, StructKind, Type};
use crate::value::{Cell, Row, StructId};

use super::{At, Loader};

/// The field that a value is read for.
#[derive(Clone, Copy)]
pub(super) struct Place<'s> {
    pub(super) of: StructId,
    pub(super) row: Row,
    pub(super) id: FieldId,
    pub(super) field: &'s Field,
    /// The place in the field's list.
    pub(super) index: Option<u32>,
    /// Whether what is wrong is reported.
    pub(super) report: bool,
}

impl Place<'_> {
    fn owner(&self) -> Owner {
        Owner { of: self.of, row: self.row, field: self.id, index: self.index }
    }
}

impl<'a> Loader<'a> {
    /// Fills a row. `layers`: the mappings that speak of it, the topmost first. `done`: fields that are filled otherwise.
    pub(super) fn fill(&mut self, of: StructId, row: Row, layers: &[At], done: &[FieldId]) {
        let Some(shape) = self.schema.get(of) else { return };
        if !self.open {
            for layer in layers {
                self.undeclared(of, *layer);
            }
        }
        let unknown = if self.open { self.unknown(layers) } else { Vec::new() };
        let names: Vec<Rc<[Option<u32>]>> = match layers {
            [] | [_] => Vec::new(),
            several => several.iter().map(|layer| self.names_in(layer.document, of)).collect(),
        };
        let alone = layers.first().map(|only| (*only, self.names_in(only.document, of)));
        for (id, field) in shape.fields() {
            if field.kind != FieldKind::Stored || done.contains(&id) {
                continue;
            }
            let report = self.options.strict
                || self.plan
                || shape.key == Some(id)
                || &*field.name == "id"
                || (self.options.reads)(of, id);
            let place = Place { of, row, id, field, index: None, report };
            if let (Some((layer, names)), [_]) = (&alone, layers) {
                let name = names.get(usize::from(id.0)).copied().flatten();
                let (cell, span) = match name.and_then(|name| self.numbered(*layer, name)) {
                    Some(value) => (self.present(&[value], &field.ty, place), self.span(value)),
                    None if unknown.contains(&&*field.input) => (Cell::Unknown, Span::NONE),
                    None => (self.absent(place), Span::NONE),
                };
                self.facts.set(of, row, id, cell, span);
                continue;
            }
            let mut values = Vec::new();
            for (layer, names) in layers.iter().zip(&names) {
                let name = names.get(usize::from(id.0)).copied().flatten();
                values.extend(name.and_then(|name| self.numbered(*layer, name)));
                // Only records and maps merge; of all else the topmost value counts.
                if !values.is_empty() && !self.merges(&field.ty) {
                    break;
                }
            }
            let (cell, span) = match values.first() {
                Some(top) => (self.present(&values, &field.ty, place), self.span(*top)),
                None if unknown.contains(&&*field.input) => (Cell::Unknown, Span::NONE),
                None => (self.absent(place), Span::NONE),
            };
            self.facts.set(of, row, id, cell, span);
        }
    }

    fn merges(&self, ty: &Type) -> bool {
        match ty.required() {
            Type::Map { .. } => true,
            Type::Row(of) => self.is_inside(*of),
            _ => false,
        }
    }

    /// Whether rows of a struct live inside their owners.
    fn is_inside(&self, of: StructId) -> bool {
        self.schema.get(of).is_some_and(|shape| matches!(shape.kind, StructKind::Part | StructKind::Record))
    }

    /// Reports the members that no field of the struct takes.
    pub(super) fn undeclared(&mut self, of: StructId, layer: At) {
        let Some(shape) = self.schema.get(of) else { return };
        let names = self.names_in(layer.document, of);
        let Some(document) = self.documents.get(layer.document).copied() else { return };
        for member in document.members(layer.node) {
            if names.contains(&Some(member.name)) {
                continue;
            }
            let (key, span) = (document.key(member), member.key_span);
            if shape.fields.iter().any(|field| *field.name == *key && field.kind != FieldKind::Stored) {
                let error =
                    Diagnostic::error(input::UNKNOWN_KEY, span, format!("`{key}` of a {} is computed", shape.name))
                        .note("the policies derive it from what the input says")
                        .help("leave it out");
                self.error(error);
                continue;
            }
            let stored = shape.fields.iter().filter(|field| field.kind == FieldKind::Stored);
            // What the loader of plans makes by itself is no member of the document.
            let known: Vec<&str> = stored.map(|field| &*field.input).collect();
            self.unknown_key(key, span, &called(&shape.name), known);
        }
    }

    /// What a field holds that no layer has.
    pub(super) fn absent(&mut self, place: Place<'_>) -> Cell {
        if let Some(default) = &place.field.default {
            return self.constant(default, &place.field.ty);
        }
        match place.field.ty {
            Type::Row(of) if self.is_inside(of) => self.absent_record(of, place),
            _ if self.plan => {
                let span = self.facts.row_place(place.of, place.row).unwrap_or(Span::NONE);
                let of = self.schema.get(place.of).map_or("", |of| &*of.name);
                let name = &place.field.input;
                let error = Diagnostic::error(input::REQUIRED, span, format!("{} has no `{name}`", called(of)))
                    .note("nothing about a plan is ever unknown")
                    .help(format!("add `{name}: …`"));
                self.error(error);
                Cell::Unknown
            }
            _ => Cell::Unknown,
        }
    }

    /// A record that no file has still gets its row, so that a missing fact is named down to the leaf.
    fn absent_record(&mut self, of: StructId, place: Place<'_>) -> Cell {
        if self.absent.contains(&of) || self.absent.len() > 32 {
            return Cell::Unknown;
        }
        let Some(row) = self.push(of, Some(place.owner()), Span::NONE) else { return Cell::Unknown };
        self.absent.push(of);
        self.fill(of, row, &[], &[]);
        self.absent.pop();
        Cell::Row(row)
    }

    /// What a field holds, by the values of all layers that have it, the topmost first.
    pub(super) fn present(&mut self, values: &[At], ty: &Type, place: Place<'_>) -> Cell {
        let Some(top) = values.first().copied() else { return Cell::Unknown };
        if let View::Null = self.view(top) {
            return self.null(top, ty, place);
        }
        match ty.required() {
            Type::List(of) => self.list(top, of, place),
            Type::Map { by_name, value } => self.map(values, *by_name, value, place),
            Type::Row(of) if self.is_inside(*of) => self.inside(values, *of, place),
            Type::Row(of) => self.reference(top, *of, place),
            Type::Any => self.anything(top),
            ty => self.scalar(top, ty, place),
        }
    }

    fn null(&mut self, top: At, ty: &Type, place: Place<'_>) -> Cell {
        if ty.is_optional() {
            return Cell::None;
        }
        if let (None, Some(default)) = (place.index, &place.field.default) {
            return self.constant(default, ty);
        }
        if let Type::Row(of) = ty
            && self.is_inside(*of)
            && place.index.is_none()
        {
            // `cpu:` with nothing behind it is a record of which nothing is said.
            return self.absent_record(*of, place);
        }
        if place.report {
            let name = &place.field.input;
            let of = self.schema.get(place.of).map_or("", |of| &*of.name);
            let what = if place.index.is_some() { "an element of " } else { "" };
            let error = Diagnostic::error(
                input::NULL,
                self.span(top),
                format!("{what}`{name}` of {} cannot be null", called(of)),
            )
            .note("`null` says that there is none; what is not known is left out");
            let error = match ty {
                Type::List(_) => error.help("write `[]` if there are none, or leave it out if nobody knows"),
                _ if self.plan => error.help("write a value, or leave it out"),
                _ => error.help("leave it out if it is not known"),
            };
            self.error(error);
        }
        Cell::Unknown
    }

    fn list(&mut self, at: At, of: &Type, place: Place<'_>) -> Cell {
        let View::List(elements) = self.view(at) else {
            self.misfit(at, &Type::list(of.clone()), place);
            return Cell::Unknown;
        };
        let mut cells = Vec::with_capacity(elements.len());
        for (index, node) in (0u32..).zip(elements) {
            let element = At { document: at.document, node: *node };
            cells.push(self.present(&[element], of, Place { index: Some(index), ..place }));
        }
        Cell::List(self.facts.add_list(cells))
    }

    fn map(&mut self, values: &[At], by_name: bool, of: &Type, place: Place<'_>) -> Cell {
        let mut entries = Vec::new();
        let mut seen: rustc_hash::FxHashMap<_, (usize, Span)> = rustc_hash::FxHashMap::default();
        for (layer, at) in values.iter().enumerate() {
            match self.view(*at) {
                View::Map(_) => {}
                // What lies below a `null` is covered by it.
                View::Null => break,
                _ => {
                    self.misfit(*at, &Type::Map { by_name, value: of.clone().into() }, place);
                    break;
                }
            }
            for (key, span, value) in self.members(*at) {
                let key = self.facts.texts_mut().intern(key);
                let folded = if by_name { self.facts.texts().folded(key) } else { key };
                match seen.get(&folded).copied() {
                    Some((other, first)) if other == layer => {
                        let error =
                            Diagnostic::error(input::DOUBLED_KEY, span, "a key stands twice, but for letter case")
                                .also(first, "the first")
                                .note("names compare without regard to letter case")
                                .help("take one of them away");
                        self.error(error);
                    }
                    Some(_) => {}
                    None => {
                        seen.insert(folded, (layer, span));
                        let index = u32::try_from(entries.len()).ok();
                        let cell = self.present(&[value], of, Place { index, ..place });
                        entries.push((key, cell));
                    }
                }
            }
        }
        Cell::Map(self.facts.add_map(entries))
    }

    /// A part or a record: the mappings of all layers down to the first that is none.
    fn inside(&mut self, values: &[At], of: StructId, place: Place<'_>) -> Cell {
        let layers: Vec<At> = values.iter().copied().take_while(|at| matches!(self.view(*at), View::Map(_))).collect();
        let Some(top) = layers.first() else {
            if let Some(top) = values.first() {
                self.misfit(*top, &Type::Row(of), place);
            }
            return Cell::Unknown;
        };
        let Some(row) = self.push(of, Some(place.owner()), self.span(*top)) else { return Cell::Unknown };
        self.fill(of, row, &layers, &[]);
        Cell::Row(row)
    }

    /// The cell of a default.
    pub(super) fn constant(&mut self, value: &Const, ty: &Type) -> Cell {
        match value {
            Const::None => Cell::None,
            Const::Bool(value) => Cell::Bool(*value),
            Const::Number(value) => Cell::Number(*value),
            Const::Size(value) => Cell::Size(*value),
            Const::Duration(value) => Cell::Duration(*value),
            Const::Date(value) => Cell::Date(*value),
            Const::Version(value) => Cell::Version(*value),
            Const::Text(text) => Cell::Text(self.facts.texts_mut().intern(text)),
            Const::Enum(_, value) => Cell::Enum(*value),
            Const::List(values) => {
                let of = match ty.required() {
                    Type::List(of) => (**of).clone(),
                    _ => Type::Error,
                };
                let cells: Vec<Cell> = values.iter().map(|value| self.constant(value, &of)).collect();
                Cell::List(self.facts.add_list(cells))
            }
            Const::Map(values) => {
                let of = match ty.required() {
                    Type::Map { value, .. } => (**value).clone(),
                    _ => Type::Error,
                };
                let mut entries = Vec::new();
                for (key, value) in values {
                    entries.push((self.facts.texts_mut().intern(key), self.constant(value, &of)));
                }
                Cell::Map(self.facts.add_map(entries))
            }
        }
    }
}

/// `a host`, and of a record `cpu of a host`.
pub(super) fn called(name: &str) -> String {
    let article = |name: &str| if name.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    let mut parts = name.split('.');
    let owner = parts.next().unwrap_or(name);
    let fields: Vec<&str> = parts.collect();
    if fields.is_empty() {
        format!("{} {owner}", article(owner))
    } else {
        format!("`{}` of {} {owner}", fields.join("."), article(owner))
    }
}
