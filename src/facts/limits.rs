//! Limits on what an input may cost: on by default, an error with a name when hit, and raised by an option.

use crate::diag::codes::limit;
use crate::diag::{Code, Diagnostic};
use crate::source::Span;

/// How much an input may ask for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Bytes of a file.
    pub file_size: u64,
    /// Lists and mappings within each other.
    pub nesting: u32,
    /// Values of a document, counting what aliases repeat each time.
    pub values: u64,
    /// Rows of all tables together.
    pub rows: u32,
    /// Bytes of one text.
    pub text_length: u32,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { file_size: 256 << 20, nesting: 64, values: 10_000_000, rows: 5_000_000, text_length: 1 << 20 }
    }
}

/// A limit by its name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Limit {
    /// [`Limits::file_size`]
    FileSize,
    /// [`Limits::nesting`]
    Nesting,
    /// [`Limits::values`]
    Values,
    /// [`Limits::rows`]
    Rows,
    /// [`Limits::text_length`]
    TextLength,
}

impl Limit {
    /// All of them.
    pub const ALL: [Limit; 5] = [Limit::FileSize, Limit::Nesting, Limit::Values, Limit::Rows, Limit::TextLength];

    /// The name as it stands in the configuration.
    pub fn name(self) -> &'static str {
        match self {
            Limit::FileSize => "file-size",
            Limit::Nesting => "nesting",
            Limit::Values => "values",
            Limit::Rows => "rows",
            Limit::TextLength => "text-length",
        }
    }

    fn code(self) -> Code {
        match self {
            Limit::FileSize => limit::FILE_SIZE,
            Limit::Nesting => limit::NESTING,
            Limit::Values => limit::VALUES,
            Limit::Rows => limit::ROWS,
            Limit::TextLength => limit::TEXT_LENGTH,
        }
    }
}

impl Limits {
    /// The value of a limit.
    pub fn get(&self, limit: Limit) -> u64 {
        match limit {
            Limit::FileSize => self.file_size,
            Limit::Nesting => self.nesting.into(),
            Limit::Values => self.values,
            Limit::Rows => self.rows.into(),
            Limit::TextLength => self.text_length.into(),
        }
    }

    /// Sets a limit.
    pub fn set(&mut self, limit: Limit, value: u64) {
        let small = u32::try_from(value).unwrap_or(u32::MAX);
        match limit {
            Limit::FileSize => self.file_size = value,
            // What walks a document recurses; beyond this the stack would be the limit.
            Limit::Nesting => self.nesting = small.min(1_000),
            Limit::Values => self.values = value,
            Limit::Rows => self.rows = small,
            Limit::TextLength => self.text_length = small,
        }
    }

    /// The error of a limit that was hit. `what` says what there is too much of.
    pub fn hit(&self, limit: Limit, span: Span, what: &str) -> Diagnostic {
        let (name, value) = (limit.name(), self.get(limit));
        Diagnostic::error(limit.code(), span, format!("{what}: the limit `{name}` is {value}"))
            .note("what lies behind it was not read")
            .help(format!("if the input is meant to be like this, raise it: `--limit {name}=N`"))
    }
}
