//! `assume:`: what an administrator says of all rows at once. Read here; what it does to verdicts is the session's business.

use crate::diag::Diagnostic;
use crate::diag::codes::input;
use crate::facts::document::View;
use crate::facts::shown::shown;
use crate::source::{Span, Spanned};
use crate::types::{FieldId, FieldKind, StructKind, Type};
use crate::value::{Date, StructId};

use super::{At, Loader};

/// One assumption.
#[derive(Clone, PartialEq, Debug)]
pub struct Assumption {
    /// The fact as it was written: `vms.disks.shared`.
    pub fact: Spanned<String>,
    /// The struct and the field it is about.
    pub about: (StructId, FieldId),
    /// The value as it was written, to be read by the field's type.
    pub is: Spanned<String>,
    /// Why.
    pub because: Spanned<String>,
    /// The last day on which it counts.
    pub until: Option<Spanned<Date>>,
    /// All of it.
    pub span: Span,
}

impl Loader<'_> {
    pub(super) fn assumptions(&mut self, list: At) -> Vec<Assumption> {
        let View::List(elements) = self.view(list) else {
            let error = Diagnostic::error(input::ASSUMPTION, self.span(list), "`assume` has to be a list")
                .help("write a line each behind `- `, with `fact`, `is` and `because`");
            self.error(error);
            return Vec::new();
        };
        let elements: Vec<At> = elements.iter().map(|node| At { document: list.document, node: *node }).collect();
        elements.into_iter().filter_map(|element| self.assumption(element)).collect()
    }

    fn assumption(&mut self, element: At) -> Option<Assumption> {
        let span = self.span(element);
        let known = ["fact", "is", "because", "until"];
        for (key, key_span, _) in self.members(element) {
            if !known.contains(&key) {
                self.unknown_key(key, key_span, "an assumption", known);
            }
        }
        let fact = self.said(element, "fact", "name the fact by entity and field, such as `vms.disks.shared`");
        let is = self.said(element, "is", "say what the unknown cells are taken for");
        let because = self.said(element, "because", "say why, for whoever reads the report");
        let until = match self.member(element, "until") {
            None => None,
            Some(at) => {
                let date = match self.view(at) {
                    View::Scalar(text, _) => Date::parse(text.trim()),
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
        let (fact, is, because) = (fact?, is?, because?);
        let Some(about) = self.fact_named(&fact.node) else {
            let error =
                Diagnostic::error(input::ASSUMPTION, fact.span, format!("there is no fact `{}`", shown(&fact.node)))
                    .help("name it by section and field, such as `vms.disks.shared`; `clearway facts` lists them");
            self.error(error);
            return None;
        };
        Some(Assumption { fact, about, is, because, until, span })
    }

    fn said(&mut self, element: At, key: &str, help: &str) -> Option<Spanned<String>> {
        let text = self.member(element, key).and_then(|at| match self.view(at) {
            View::Scalar(text, _) if !text.trim().is_empty() => Some(Spanned::new(text.to_owned(), self.span(at))),
            _ => None,
        });
        if text.is_none() {
            let error =
                Diagnostic::error(input::ASSUMPTION, self.span(element), format!("an assumption without `{key}`"))
                    .help(help);
            self.error(error);
        }
        text
    }

    /// `vms.disks.shared`: the section or entity, then fields down to a stored one.
    fn fact_named(&self, path: &str) -> Option<(StructId, FieldId)> {
        let mut parts = path.split('.');
        let root = parts.next()?;
        let section =
            self.schema.sections().iter().find(|section| *section.name == *root).map(|section| section.entity);
        let mut of = section.or_else(|| self.schema.find(root))?;
        let mut parts = parts.peekable();
        while let Some(part) = parts.next() {
            let shape = self.schema.get(of)?;
            let (id, field) = shape.fields().find(|(_, f)| *f.input == *part && f.kind == FieldKind::Stored)?;
            if parts.peek().is_none() {
                return Some((of, id));
            }
            let mut ty = field.ty.required();
            if let Type::List(inner) = ty {
                ty = inner.required();
            }
            match ty {
                Type::Row(inner) => of = *inner,
                _ => return None,
            }
            // A reference leads to another entity's facts, which are named there.
            if matches!(self.schema.get(of)?.kind, StructKind::Entity { .. }) {
                return None;
            }
        }
        None
    }
}
