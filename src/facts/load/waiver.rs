//! Waivers of a plan, as data. What they do to findings is not decided here.

use std::borrow::Cow;

use crate::diag::codes::input;
use crate::diag::{Diagnostic, nearest};
use crate::facts::document::View;
use crate::facts::shown::shown;
use crate::source::{Span, Spanned};
use crate::value::Date;

use super::{At, Loader};

/// A waiver of a plan.
#[derive(Clone, PartialEq, Debug)]
pub struct Waiver {
    /// The code that it waives.
    pub code: Spanned<String>,
    /// The steps that it waives it for; nothing: all.
    pub steps: Option<Vec<Spanned<String>>>,
    /// Why.
    pub reason: Spanned<String>,
    /// Who answers for it.
    pub approved_by: Option<Spanned<String>>,
    /// The last day on which it counts.
    pub expires: Option<Spanned<Date>>,
    /// All of it.
    pub span: Span,
}

const MEMBERS: [&str; 5] = ["code", "steps", "reason", "approved-by", "expires"];

impl Loader<'_> {
    /// Reads the waivers; an incomplete one is reported and waives nothing.
    pub(super) fn waivers(&mut self, list: At, ids: &[Cow<'_, str>]) -> Vec<Waiver> {
        let elements = match self.view(list) {
            View::List(elements) => elements,
            View::Null => return Vec::new(),
            view => {
                let error = Diagnostic::error(
                    input::WAIVER,
                    self.span(list),
                    format!("`waivers` is {}, and has to be a list", view.called()),
                )
                .help("write a line each behind `- `, with `code` and `reason`");
                self.error(error);
                return Vec::new();
            }
        };
        let elements: Vec<At> = elements.iter().map(|node| At { document: list.document, node: *node }).collect();
        elements.into_iter().filter_map(|element| self.waiver(element, ids)).collect()
    }

    fn waiver(&mut self, element: At, ids: &[Cow<'_, str>]) -> Option<Waiver> {
        let span = self.span(element);
        if !matches!(self.view(element), View::Map(_)) {
            let error = Diagnostic::error(input::WAIVER, span, "a waiver has to be a mapping")
                .help("write `{ code: …, reason: … }`");
            self.error(error);
            return None;
        }
        for (key, key_span, _) in self.members(element) {
            if !MEMBERS.contains(&key) {
                self.unknown_key(key, key_span, "a waiver", MEMBERS);
            }
        }
        let code = self.text_of(element, "code");
        if code.is_none() {
            let error = Diagnostic::error(input::WAIVER, span, "a waiver without a code")
                .help("say which finding it is about: `code: ACME06`");
            self.error(error);
        }
        let reason = self.text_of(element, "reason");
        if reason.is_none() {
            let error = Diagnostic::error(input::WAIVER, span, "a waiver without a reason")
                .note("whoever reads the report has to see why a finding does not count")
                .help("add `reason: …`; in a CSV file, write it behind ` -- `");
            self.error(error);
        }
        let approved_by = self.text_of(element, "approved-by");
        if let Some(at) = self.member(element, "approved-by")
            && matches!(self.view(at), View::List(_) | View::Map(_))
        {
            let message = format!("`approved-by` of a waiver is {}, and has to be a text", self.view(at).called());
            let error = Diagnostic::error(input::WAIVER, self.span(at), message);
            self.error(error.help("write who answers for it, such as `approved-by: CHG-4711`"));
        }
        let expires = self.member(element, "expires").filter(|at| !matches!(self.view(*at), View::Null));
        let date = expires.and_then(|at| match self.view(at) {
            View::Scalar(text, _) => Date::parse(text.trim_ascii()).map(|date| Spanned::new(date, self.span(at))),
            _ => None,
        });
        if let (Some(at), None) = (expires, &date) {
            let error = Diagnostic::error(input::WAIVER, self.span(at), "`expires` of a waiver is not a date")
                .help("write year, month and day: `2027-03-31`");
            self.error(error);
        }
        let (steps, known) = match self.member(element, "steps") {
            None => (None, true),
            Some(at) => self.waived_steps(at, ids),
        };
        if !known || (expires.is_some() && date.is_none()) {
            return None;
        }
        Some(Waiver { code: code?, steps, reason: reason?, approved_by, expires: date, span })
    }

    /// The steps that a waiver names, and whether they are all there.
    fn waived_steps(&mut self, at: At, ids: &[Cow<'_, str>]) -> (Option<Vec<Spanned<String>>>, bool) {
        let elements: Vec<At> = match self.view(at) {
            View::List(elements) => elements.iter().map(|node| At { document: at.document, node: *node }).collect(),
            View::Scalar(..) => vec![at],
            view => {
                let error = Diagnostic::error(
                    input::WAIVER,
                    self.span(at),
                    format!("`steps` of a waiver is {}", view.called()),
                )
                .help("list the ids of the steps, or leave `steps` out for all");
                self.error(error);
                return (None, false);
            }
        };
        if elements.is_empty() {
            let error = Diagnostic::error(input::WAIVER, self.span(at), "`steps` of a waiver names no step")
                .note("it would waive nothing")
                .help("list the ids of the steps, or leave `steps` out for all");
            self.error(error);
            return (None, false);
        }
        let mut steps = Vec::new();
        let mut known = true;
        for element in elements {
            let span = self.span(element);
            let text = match self.view(element) {
                View::Scalar(text, _) => text,
                _ => "",
            };
            if ids.iter().any(|id| id == text) {
                steps.push(Spanned::new(text.to_owned(), span));
                continue;
            }
            known = false;
            let error = Diagnostic::error(input::WAIVER, span, format!("no step is called `{}`", shown(text)));
            self.error(match nearest(text, ids.iter().map(|id| &**id)) {
                Some(near) => error.help(format!("did you mean `{}`?", shown(near))),
                None => error.help("name a step by its `id`"),
            });
        }
        (Some(steps), known)
    }

    /// A single value that says something.
    fn text_of(&self, element: At, key: &str) -> Option<Spanned<String>> {
        let at = self.member(element, key)?;
        match self.view(at) {
            View::Scalar(text, _) if !text.trim_ascii().is_empty() => {
                Some(Spanned::new(text.to_owned(), self.span(at)))
            }
            _ => None,
        }
    }
}
