//! Comments that speak to clearway: `# clearway: allow CODE -- reason`. What they say is read here for every format; where
//! they stand is the readers' business.

use crate::diag::codes::input;
use crate::diag::{Diagnostic, nearest};
use crate::facts::document::Value;
use crate::facts::shown::shown;
use crate::source::Span;

use super::Cell;

/// A comment that waives a code.
pub(super) struct Allow {
    code: Cell,
    reason: Option<Cell>,
    /// The whole comment.
    pub(super) span: Span,
}

impl Allow {
    /// The waiver that it is at a step, as a plan writes it.
    pub(super) fn waiver(&self, step: &str) -> Value {
        let text = |cell: &Cell| Value::text(cell.text.clone(), cell.span);
        Value::map(self.span)
            .with("code", Some(text(&self.code)))
            .with("steps", Some(Value::List(vec![Value::text(step, self.span)], self.span)))
            .with("reason", self.reason.as_ref().map(text))
    }

    /// That it stands at no step.
    pub(super) fn stray(&self) -> Diagnostic {
        Diagnostic::error(input::WAIVER, self.span, "this waiver stands above no step")
            .help("write it on the step or above it")
    }
}

/// What stands behind `clearway:` in a comment; nothing where it says nothing to us.
pub(super) fn addressed(comment: &str) -> Option<&str> {
    let text = comment.trim_start_matches('#').trim_start();
    let (to, rest) = text.split_at_checked("clearway".len())?;
    to.eq_ignore_ascii_case("clearway").then_some(rest)?.trim_start().strip_prefix(':')
}

/// Reads a comment that begins at a place, with its `#`. One that says nothing to us is none of our business.
pub(super) fn read(comment: &str, start: u32, allowed: &mut Vec<Allow>, diagnostics: &mut Vec<Diagnostic>) {
    let whole = comment.trim_end();
    let Some(rest) = addressed(whole) else { return };
    let len32 = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
    let cell = |part: &str| {
        // `part` is a piece of `whole`, which begins at `start`.
        let from = start.saturating_add(len32((part.as_ptr() as usize).saturating_sub(whole.as_ptr() as usize)));
        Cell { text: part.to_owned(), span: Span::new(from, from.saturating_add(len32(part.len()))) }
    };
    let span = Span::new(start, start.saturating_add(len32(whole.len())));
    let rest = rest.trim_start();
    let (verb, rest) = rest.split_at(rest.find([' ', '\t']).unwrap_or(rest.len()));
    if verb != "allow" {
        let error = Diagnostic::error(input::WAIVER, span, "a comment to clearway that says nothing it knows");
        diagnostics.push(match nearest(verb, ["allow"]) {
            Some(near) => error
                .note(format!("it says `{}`, where `{near}` waives", shown(verb)))
                .help("write `# clearway: allow CODE -- reason`"),
            None => error.help("write `# clearway: allow CODE -- reason`"),
        });
        return;
    }
    let (codes, reason) = match rest.split_once("--") {
        Some((codes, reason)) => (codes, Some(reason.trim()).filter(|reason| !reason.is_empty())),
        None => (rest, None),
    };
    let before = allowed.len();
    for code in codes.split([',', ' ', '\t']).filter(|code| !code.is_empty()) {
        allowed.push(Allow { code: cell(code), reason: reason.map(cell), span });
    }
    if allowed.len() == before {
        diagnostics.push(
            Diagnostic::error(input::WAIVER, span, "a waiver without a code")
                .help("write `# clearway: allow CODE -- reason`"),
        );
    }
}
