//! Diagnostics as plain data, and the table of the codes they bear. Whoever makes one does not know how it is drawn.

mod code;
pub mod codes;
mod suggest;

pub use code::{Code, CodeInfo, Family};
pub use suggest::nearest;

use crate::source::Span;

/// How bad it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Severity {
    /// For information.
    Info,
    /// Worth a look; stops nothing.
    Warning,
    /// Wrong: the run fails.
    Error,
}

/// A place with a word on it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What is there: lower case, no full stop; may be empty.
    pub text: String,
    /// Whether it is the place the diagnostic stands at. The first label of a diagnostic is.
    pub primary: bool,
}

/// One message about a text: what, where, why, what to do. Spans only, never a copy of the text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnostic {
    /// Its code, with a page of its own.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong: lower case, one line, no full stop, names in backticks.
    pub message: String,
    /// Places, the primary one first. Empty only where there is no text at all.
    pub labels: Vec<Label>,
    /// Reasons, a line each.
    pub notes: Vec<String>,
    /// What to do.
    pub help: Option<String>,
}

impl Diagnostic {
    /// An error with this message at this place.
    pub fn error(code: Code, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(code, Severity::Error, span, message)
    }

    /// The same with all its places so many bytes further on.
    #[must_use]
    pub fn moved_by(mut self, bytes: u32) -> Diagnostic {
        self.labels.iter_mut().for_each(|label| label.span = label.span.moved_by(bytes));
        self
    }

    /// A warning with this message at this place.
    pub fn warning(code: Code, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(code, Severity::Warning, span, message)
    }

    /// A diagnostic with this message at this place.
    pub fn new(code: Code, severity: Severity, span: Span, message: impl Into<String>) -> Diagnostic {
        let primary = Label { span, text: String::new(), primary: true };
        Diagnostic {
            code,
            severity,
            message: message.into(),
            labels: if span == Span::NONE { Vec::new() } else { vec![primary] },
            notes: Vec::new(),
            help: None,
        }
    }

    /// Says what stands at the primary place.
    #[must_use]
    pub fn label(mut self, text: impl Into<String>) -> Diagnostic {
        if let Some(first) = self.labels.first_mut() {
            first.text = text.into();
        }
        self
    }

    /// Adds a further place.
    #[must_use]
    pub fn also(mut self, span: Span, text: impl Into<String>) -> Diagnostic {
        if span != Span::NONE {
            self.labels.push(Label { span, text: text.into(), primary: false });
        }
        self
    }

    /// Adds a reason.
    #[must_use]
    pub fn note(mut self, text: impl Into<String>) -> Diagnostic {
        self.notes.push(text.into());
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Diagnostic {
        self.help = Some(text.into());
        self
    }

    /// The primary place.
    pub fn span(&self) -> Span {
        self.labels.first().map_or(Span::NONE, |label| label.span)
    }
}
