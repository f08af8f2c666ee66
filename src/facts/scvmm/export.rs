//! Looking into an export: members by name with the looseness that PowerShell's JSON asks for. It interprets nothing.

use crate::facts::document::{Document, NodeId, Value, View};
use crate::source::Span;

/// An export and what can be asked of it.
#[derive(Clone, Copy)]
pub(super) struct Export<'a> {
    document: &'a Document,
}

impl<'a> Export<'a> {
    pub(super) fn new(document: &'a Document) -> Export<'a> {
        Export { document }
    }

    /// The object that holds everything.
    pub(super) fn root(self) -> Option<NodeId> {
        self.document.root()
    }

    pub(super) fn span(self, node: NodeId) -> Span {
        self.document.span(node)
    }

    /// Whether an object has a member, whatever its value.
    pub(super) fn has(self, node: NodeId, member: &str) -> bool {
        self.document.get(node, member).is_some()
    }

    /// The elements of a member. PowerShell writes a list of one as the element itself and an empty one as `{}`.
    /// Nothing where the member is missing, null, or a text (a list that was cut off by the depth limit: its elements cannot
    /// be told apart).
    pub(super) fn list(self, node: NodeId, member: &str) -> Option<Vec<NodeId>> {
        let value = self.document.get(node, member)?;
        match self.document.view(value) {
            View::List(elements) => Some(elements.to_vec()),
            View::Map([]) => Some(Vec::new()),
            View::Map(_) => Some(vec![value]),
            View::Null | View::Scalar(..) => None,
        }
    }

    /// The text of a member with its place; nothing where it is missing, null, empty, or no single value.
    pub(super) fn text(self, node: NodeId, member: &str) -> Option<(&'a str, Span)> {
        let value = self.document.get(node, member)?;
        match self.document.view(value) {
            View::Scalar(text, _) if !text.trim().is_empty() => Some((text, self.document.span(value))),
            _ => None,
        }
    }

    /// Whether a member is there and says `null`.
    pub(super) fn null(self, node: NodeId, member: &str) -> Option<Span> {
        let value = self.document.get(node, member)?;
        matches!(self.document.view(value), View::Null).then(|| self.document.span(value))
    }

    /// Whether a member is there and says the empty text.
    pub(super) fn empty(self, node: NodeId, member: &str) -> Option<Span> {
        let value = self.document.get(node, member)?;
        let empty = matches!(self.document.view(value), View::Scalar(text, _) if text.trim().is_empty());
        empty.then(|| self.document.span(value))
    }

    /// A whole number that is not below zero.
    pub(super) fn number(self, node: NodeId, member: &str) -> Option<(u64, Span)> {
        let (text, span) = self.text(node, member)?;
        Some((text.parse().ok()?, span))
    }

    /// `true` or `false`.
    pub(super) fn flag(self, node: NodeId, member: &str) -> Option<(bool, Span)> {
        let (text, span) = self.text(node, member)?;
        match text {
            "true" | "True" => Some((true, span)),
            "false" | "False" => Some((false, span)),
            _ => None,
        }
    }

    /// The text of a member as a value of an inventory.
    pub(super) fn said(self, node: NodeId, member: &str) -> Option<Value> {
        self.text(node, member).map(|(text, span)| Value::text(text, span))
    }

    /// A number of bytes as a size of an inventory.
    pub(super) fn bytes(self, node: NodeId, member: &str) -> Option<Value> {
        self.number(node, member).map(|(bytes, span)| Value::bare(format!("{bytes} B"), span))
    }

    /// A number of mebibytes, which VMM calls MB, as a size of an inventory.
    pub(super) fn mebibytes(self, node: NodeId, member: &str) -> Option<Value> {
        self.number(node, member).map(|(amount, span)| Value::bare(format!("{amount} MiB"), span))
    }

    /// A flag as a value of an inventory.
    pub(super) fn switch(self, node: NodeId, member: &str) -> Option<Value> {
        self.flag(node, member).map(|(on, span)| Value::bare(on.to_string(), span))
    }

    /// A number as a value of an inventory.
    pub(super) fn count(self, node: NodeId, member: &str) -> Option<Value> {
        self.number(node, member).map(|(number, span)| Value::bare(number.to_string(), span))
    }
}

/// Whether two names are one, without regard to letter case.
pub(super) fn same(a: &str, b: &str) -> bool {
    a == b || a.to_lowercase() == b.to_lowercase()
}

/// The first label of a host's full name.
pub(super) fn short(name: &str) -> &str {
    name.split('.').next().unwrap_or(name)
}
