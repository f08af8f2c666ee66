//! A document as a plain tree: for whoever makes one by hand (tests of policies, the importer, templates).

use crate::source::Span;

use super::{Document, NodeId, View};

/// A value with its place; [`Span::NONE`] where it stands nowhere.
#[derive(Clone, PartialEq, Debug)]
pub enum Value {
    /// `null`.
    Null(Span),
    /// A scalar by its text. Whether it is quoted decides only how it is written.
    Scalar(String, bool, Span),
    /// A list.
    List(Vec<Value>, Span),
    /// A mapping: keys with their places.
    Map(Vec<(String, Span, Value)>, Span),
}

impl Value {
    /// A text.
    pub fn text(text: impl Into<String>, span: Span) -> Value {
        Value::Scalar(text.into(), true, span)
    }

    /// A number, a boolean, a size: what is written without quotes.
    pub fn bare(text: impl Into<String>, span: Span) -> Value {
        Value::Scalar(text.into(), false, span)
    }

    /// A mapping without members.
    pub fn map(span: Span) -> Value {
        Value::Map(Vec::new(), span)
    }

    /// Where it stands.
    pub fn span(&self) -> Span {
        match self {
            Value::Null(span) | Value::Scalar(_, _, span) | Value::List(_, span) | Value::Map(_, span) => *span,
        }
    }

    /// The value of a member of a mapping.
    pub fn get(&self, key: &str) -> Option<&Value> {
        match self {
            Value::Map(members, _) => members.iter().find(|(name, _, _)| name == key).map(|(_, _, value)| value),
            _ => None,
        }
    }

    /// Puts a value under a path of keys. Mappings on the way are made; a mapping put on a mapping is merged into it, anything
    /// else replaces what is there.
    pub fn put(&mut self, path: &[&str], value: Value) {
        let span = value.span();
        self.put_under(path, span, value);
    }

    /// The same, where the keys stand at a place of their own.
    pub(in crate::facts) fn put_under(&mut self, path: &[&str], keys: Span, value: Value) {
        let span = value.span();
        let Some((first, rest)) = path.split_first() else {
            match (self, value) {
                (Value::Map(members, _), Value::Map(new, _)) => {
                    for (key, key_span, value) in new {
                        merge(members, key, key_span, value);
                    }
                }
                (place, value) => *place = value,
            }
            return;
        };
        if !matches!(self, Value::Map(..)) {
            *self = Value::map(self.span());
        }
        let Value::Map(members, _) = self else { return };
        if let Some((_, _, inner)) = members.iter_mut().find(|(name, _, _)| name == first) {
            inner.put_under(rest, keys, value);
            return;
        }
        let mut inner = Value::map(span);
        if rest.is_empty() {
            inner = value;
        } else {
            inner.put_under(rest, keys, value);
        }
        members.push(((*first).to_owned(), keys, inner));
    }

    /// Takes a value under a key into a mapping, where there is one.
    #[must_use]
    pub fn with(mut self, key: &str, value: Option<Value>) -> Value {
        if let (Value::Map(members, _), Some(value)) = (&mut self, value) {
            members.push((key.to_owned(), value.span(), value));
        }
        self
    }

    /// The document that says this.
    pub fn document(&self) -> Document {
        let mut document = Document::default();
        let root = self.build(&mut document, 0);
        document.set_root(root);
        document
    }

    pub(in crate::facts) fn build(&self, document: &mut Document, depth: u32) -> NodeId {
        // A tree made by hand is shallow; what is deeper than any reader lets through is cut off.
        if depth > 10_000 {
            return document.add_null(self.span());
        }
        let deeper = depth.saturating_add(1);
        match self {
            Value::Null(span) => document.add_null(*span),
            Value::Scalar(text, quoted, span) => document.add_scalar(text, None, *quoted, *span),
            Value::List(elements, span) => {
                let elements: Vec<_> = elements.iter().map(|element| element.build(document, deeper)).collect();
                document.add_list(elements, *span)
            }
            Value::Map(members, span) => {
                let members: Vec<_> = members
                    .iter()
                    .map(|(key, key_span, value)| {
                        let value = value.build(document, deeper);
                        document.make_member(key, None, *key_span, value)
                    })
                    .collect();
                document.add_map(members, *span)
            }
        }
    }
}

impl Document {
    /// What a node says, as a tree of its own.
    pub fn value(&self, id: NodeId) -> Value {
        self.value_at(id, 0)
    }

    fn value_at(&self, id: NodeId, depth: u32) -> Value {
        let span = self.span(id);
        let deeper = depth.saturating_add(1);
        match self.view(id) {
            // No reader lets anything through that is deeper.
            _ if depth > 10_000 => Value::Null(span),
            View::Null => Value::Null(span),
            View::Scalar(text, quoted) => Value::Scalar(text.to_owned(), quoted, span),
            View::List(elements) => {
                Value::List(elements.iter().map(|element| self.value_at(*element, deeper)).collect(), span)
            }
            View::Map(members) => {
                let members = members
                    .iter()
                    .map(|member| (self.key(member).to_owned(), member.key_span, self.value_at(member.value, deeper)));
                Value::Map(members.collect(), span)
            }
        }
    }
}

fn merge(members: &mut Vec<(String, Span, Value)>, key: String, key_span: Span, value: Value) {
    match members.iter_mut().find(|(name, _, _)| *name == key) {
        Some((_, _, inner)) => inner.put(&[], value),
        None => members.push((key, key_span, value)),
    }
}
