//! A record in the making: members that the export says, and the names of those that it does not say. What is not said is
//! written down as not known, so that no default of a vocabulary takes its place.

use crate::facts::document::Value;
use crate::facts::load::UNKNOWN;
use crate::source::Span;

/// A mapping of members.
#[derive(Debug)]
pub(super) struct Record {
    value: Value,
    unknown: Vec<Value>,
    span: Span,
}

impl Record {
    /// Without members. `span`: where it stands, and where what is missing would.
    pub(super) fn new(span: Span) -> Record {
        Record { value: Value::map(span), unknown: Vec::new(), span }
    }

    /// Takes a member, or its name among those of which nothing is known.
    pub(super) fn put(&mut self, key: &str, value: Option<Value>) {
        match value {
            Some(value) => self.add(key, value),
            None => self.unknown.push(Value::text(key, self.span)),
        }
    }

    /// Takes a member.
    pub(super) fn add(&mut self, key: &str, value: Value) {
        let old = std::mem::replace(&mut self.value, Value::Null(self.span));
        self.value = old.with(key, Some(value));
    }

    /// The mapping.
    pub(super) fn finish(self) -> Value {
        let unknown = (!self.unknown.is_empty()).then_some(Value::List(self.unknown, self.span));
        self.value.with(UNKNOWN, unknown)
    }
}
