//! `assume:`: what an administrator says of all rows at once. Read and checked here, against the rows that are there; what it
//! does to verdicts is the session's business.

use crate::diag::codes::input;
use crate::diag::{Diagnostic, nearest};
use crate::facts::document::{Value, View};
use crate::facts::shown::shown;
use crate::source::{Span, Spanned};
use crate::types::{Field, FieldId, FieldKind, StructKind, Type};
use crate::value::{Cell, Date, Row, StructId};

use super::row::Place;
use super::{At, Loader};

/// One assumption.
#[derive(Clone, PartialEq, Debug)]
pub struct Assumption {
    /// The fact as it was written: `vms.disks.shared`.
    pub fact: Spanned<String>,
    /// The struct and the field it is about.
    pub about: (StructId, FieldId),
    /// The value as it was written.
    pub is: Value,
    /// The value that unknown cells take.
    pub cell: Cell,
    /// Why.
    pub because: Spanned<String>,
    /// The last day on which it counts.
    pub until: Option<Spanned<Date>>,
    /// All of it.
    pub span: Span,
}

const MEMBERS: [&str; 4] = ["fact", "is", "because", "until"];

impl Loader<'_> {
    /// Reads lists of assumptions, the lowest layer first: of two about one fact the upper one counts. The rows of the
    /// inventory are there by now, so that a value may name one of them.
    pub(super) fn assumptions(&mut self, lists: &[At]) -> Vec<Assumption> {
        let mut all: Vec<Assumption> = Vec::new();
        for list in lists {
            let View::List(elements) = self.view(*list) else {
                if !matches!(self.view(*list), View::Null) {
                    let error = Diagnostic::error(input::ASSUMPTION, self.span(*list), "`assume` has to be a list")
                        .help("write a line each behind `- `, with `fact`, `is` and `because`");
                    self.error(error);
                }
                continue;
            };
            let below = all.len();
            for node in elements {
                let Some(assumption) = self.assumption(At { document: list.document, node: *node }) else { continue };
                let same = |other: &Assumption| other.about == assumption.about;
                let own = all.get(below..).unwrap_or_default();
                if let Some(first) = own.iter().find(|other| same(other)) {
                    let message = format!("`{}` is assumed twice", shown(&assumption.fact.node));
                    let error = Diagnostic::error(input::ASSUMPTION, assumption.fact.span, message)
                        .label("the second, which does not count")
                        .also(first.fact.span, "the first")
                        .help("take one of them away");
                    self.error(error);
                    continue;
                }
                all.push(assumption);
            }
            let upper: Vec<(StructId, FieldId)> =
                all.get(below..).unwrap_or_default().iter().map(|assumption| assumption.about).collect();
            let mut at = 0usize;
            all.retain(|assumption| {
                let covered = at < below && upper.contains(&assumption.about);
                at = at.saturating_add(1);
                !covered
            });
        }
        all
    }

    fn assumption(&mut self, element: At) -> Option<Assumption> {
        let span = self.span(element);
        if !matches!(self.view(element), View::Map(_)) {
            let error = Diagnostic::error(input::ASSUMPTION, span, "an assumption has to be a mapping")
                .help("write `{ fact: …, is: …, because: … }`");
            self.error(error);
            return None;
        }
        for (key, key_span, _) in self.members(element) {
            if !MEMBERS.contains(&key) {
                self.unknown_key(key, key_span, "an assumption", MEMBERS);
            }
        }
        let fact = self.said(element, "fact", "name the fact by entity and field, such as `vms.disks.shared`");
        let because = self.said(element, "because", "say why, for whoever reads the report");
        let is = self.member(element, "is");
        if is.is_none() {
            self.without(element, "is", "say what the unknown cells are taken for");
        }
        let until = match self.member(element, "until").filter(|at| !matches!(self.view(*at), View::Null)) {
            None => None,
            Some(at) => {
                let date = match self.view(at) {
                    View::Scalar(text, _) => Date::parse(text.trim_ascii()),
                    _ => None,
                };
                let Some(date) = date else {
                    let error =
                        Diagnostic::error(input::ASSUMPTION, self.span(at), "`until` of an assumption is not a date")
                            .help("write year, month and day: `2027-06-30`");
                    self.error(error);
                    return None;
                };
                Some(Spanned::new(date, self.span(at)))
            }
        };
        let (fact, is) = (fact?, is?);
        let about = self.about(&fact)?;
        let cell = self.assumed(is, about)?;
        let is = self.documents.get(is.document).map_or(Value::Null(Span::NONE), |document| document.value(is.node));
        Some(Assumption { fact, about, is, cell, because: because?, until, span })
    }

    fn said(&mut self, element: At, key: &str, help: &str) -> Option<Spanned<String>> {
        let text = self.member(element, key).and_then(|at| match self.view(at) {
            View::Scalar(text, _) if !text.trim_ascii().is_empty() => {
                Some(Spanned::new(text.trim_ascii().to_owned(), self.span(at)))
            }
            _ => None,
        });
        if text.is_none() {
            self.without(element, key, help);
        }
        text
    }

    fn without(&mut self, element: At, key: &str, help: &str) {
        let error = Diagnostic::error(input::ASSUMPTION, self.span(element), format!("an assumption without `{key}`"));
        self.error(error.help(help));
    }

    /// What a fact's name is about; says so where there is no such fact.
    fn about(&mut self, fact: &Spanned<String>) -> Option<(StructId, FieldId)> {
        let found = self.fact_named(&fact.node);
        if found.is_none() {
            let name = shown(&fact.node);
            let known = self.facts_there_are();
            let error = Diagnostic::error(input::ASSUMPTION, fact.span, format!("there is no fact `{name}`"));
            // What a policy derives is no fact of an inventory, nor is what leads to other rows.
            self.error(match nearest(&fact.node, known.iter().map(String::as_str)) {
                Some(near) => error.help(format!("did you mean `{near}`?")),
                None => error.help(
                    "name it by section and field, such as `vms.disks.shared`; `clearway facts` lists what is read",
                ),
            });
        }
        found
    }

    /// The value of an assumption as a cell, checked by the type of its field.
    fn assumed(&mut self, is: At, (of, id): (StructId, FieldId)) -> Option<Cell> {
        let field: &Field = self.schema.field(of, id)?;
        let inner = match field.ty.required() {
            Type::List(inner) | Type::Map { value: inner, .. } => inner.required(),
            ty => ty,
        };
        let holds_rows = match inner {
            Type::Row(of) => !matches!(self.schema.get(*of)?.kind, StructKind::Entity { .. }),
            _ => false,
        };
        let empty = match self.view(is) {
            View::List(elements) => elements.is_empty() && matches!(field.ty.required(), Type::List(_)),
            View::Map(members) => members.is_empty() && matches!(field.ty.required(), Type::Map { .. }),
            View::Null => field.ty.is_optional(),
            View::Scalar(..) => false,
        };
        if holds_rows && !empty {
            let message = format!("`{}` is not a single fact", field.input);
            let error = Diagnostic::error(input::ASSUMPTION, self.span(is), message)
                .note("what is assumed is one value for all rows that do not say")
                .help("assume a field of it, or that there is none");
            self.error(error);
            return None;
        }
        let errors = self.diagnostics.len();
        let place = Place { of, row: Row(0), id, field, index: None, report: true };
        let cell = self.present(&[is], &field.ty, place);
        (self.diagnostics.len() == errors && cell != Cell::Unknown).then_some(cell)
    }

    /// `vms.disks.shared`: the section or entity, then fields down to a stored one that a row may leave out.
    fn fact_named(&self, path: &str) -> Option<(StructId, FieldId)> {
        let mut parts = path.split('.');
        let root = parts.next()?;
        let section =
            self.schema.sections().iter().find(|section| *section.name == *root).map(|section| section.entity);
        let mut of = section.or_else(|| self.entity_named(root))?;
        let mut parts = parts.peekable();
        while let Some(part) = parts.next() {
            let shape = self.schema.get(of)?;
            let (id, field) = shape.fields().find(|(_, f)| *f.input == *part && f.kind == FieldKind::Stored)?;
            if parts.peek().is_none() {
                return self.may_be_assumed(of, id, field).then_some((of, id));
            }
            of = self.held(&field.ty)?;
        }
        None
    }

    /// An entity by its own name: of what is judged without an inventory there is no section.
    fn entity_named(&self, name: &str) -> Option<StructId> {
        let of = self.schema.find(name)?;
        self.schema.get(of).is_some_and(|held| matches!(held.kind, StructKind::Entity { .. })).then_some(of)
    }

    /// Whether a field is a fact of its own: no name of the row, and no record, whose members are.
    fn may_be_assumed(&self, of: StructId, id: FieldId, field: &Field) -> bool {
        let is_key = self.schema.get(of).is_some_and(|shape| shape.key == Some(id));
        let record = match &field.ty {
            Type::Row(held) => self.schema.get(*held).is_some_and(|held| held.kind == StructKind::Record),
            _ => false,
        };
        field.kind == FieldKind::Stored && !is_key && !record
    }

    /// The parts or the record that a field holds: a reference leads to another entity's facts, which are named there.
    fn held(&self, ty: &Type) -> Option<StructId> {
        let ty = match ty.required() {
            Type::List(inner) => inner.required(),
            ty => ty,
        };
        let Type::Row(of) = ty else { return None };
        self.schema.get(*of).is_some_and(|of| matches!(of.kind, StructKind::Part | StructKind::Record)).then_some(*of)
    }

    /// Every fact that can be assumed, by section and fields.
    fn facts_there_are(&self) -> Vec<String> {
        let mut all = Vec::new();
        for section in self.schema.sections() {
            self.facts_below(section.entity, &section.name, 0, &mut all);
        }
        all
    }

    fn facts_below(&self, of: StructId, path: &str, depth: u32, all: &mut Vec<String>) {
        let fields = self.schema.get(of).into_iter().flat_map(|shape| shape.fields());
        for (id, field) in fields {
            let path = format!("{path}.{}", field.input);
            if let Some(held) = self.held(&field.ty).filter(|_| depth < 8 && field.kind == FieldKind::Stored) {
                self.facts_below(held, &path, depth.saturating_add(1), all);
            }
            if self.may_be_assumed(of, id, field) {
                all.push(path);
            }
        }
    }
}
