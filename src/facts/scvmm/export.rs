//! Looking into exports: members by name with the looseness that PowerShell's formats ask for. It interprets nothing.

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::diag::Diagnostic;
use crate::diag::codes::input;
use crate::facts::document::{Document, NodeId, Value, View};
use crate::facts::read::clixml::{CLASS, TO_STRING};
use crate::source::Span;

/// A node of one of the exports.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Node {
    pub(super) document: usize,
    pub(super) id: NodeId,
}

/// Lists whose elements are cut down to their names: by member, the first place.
pub(super) type Cuts = RefCell<BTreeMap<&'static str, Span>>;

/// Exports and what can be asked of them.
#[derive(Clone, Copy)]
pub(super) struct Export<'a> {
    documents: &'a [&'a Document],
    cuts: &'a Cuts,
}

impl<'a> Export<'a> {
    pub(super) fn new(documents: &'a [&'a Document], cuts: &'a Cuts) -> Export<'a> {
        Export { documents, cuts }
    }

    /// The node that holds everything of an export.
    pub(super) fn root(self, document: usize) -> Option<Node> {
        Some(Node { document, id: self.documents.get(document)?.root()? })
    }

    pub(super) fn view(self, node: Node) -> View<'a> {
        self.documents.get(node.document).map_or(View::Null, |document| document.view(node.id))
    }

    pub(super) fn span(self, node: Node) -> Span {
        self.documents.get(node.document).map_or(Span::NONE, |document| document.span(node.id))
    }

    /// The value of a member, whatever it is.
    pub(super) fn get(self, node: Node, member: &str) -> Option<Node> {
        let id = self.documents.get(node.document)?.get(node.id, member)?;
        Some(Node { id, ..node })
    }

    /// Whether an object has a member, whatever its value.
    pub(super) fn has(self, node: Node, member: &str) -> bool {
        self.get(node, member).is_some()
    }

    /// The name of an object's class, where the export has it.
    pub(super) fn class(self, node: Node) -> Option<&'a str> {
        self.own_text(self.get(node, CLASS)?).map(|(class, _)| class)
    }

    /// The elements of a list; nothing of anything else.
    pub(super) fn elements(self, node: Node) -> Option<Vec<Node>> {
        match self.view(node) {
            View::List(elements) => Some(elements.iter().map(|id| Node { id: *id, ..node }).collect()),
            _ => None,
        }
    }

    /// The values of an object's members.
    pub(super) fn values(self, node: Node) -> Vec<Node> {
        match self.view(node) {
            View::Map(members) => members.iter().map(|member| Node { id: member.value, ..node }).collect(),
            _ => Vec::new(),
        }
    }

    /// The elements of a member. PowerShell's JSON writes a list of one as the element itself and an empty one as `{}`.
    /// Nothing where the member is missing, null, or a text (a list that was cut off by the depth limit: its elements cannot
    /// be told apart).
    pub(super) fn list(self, node: Node, member: &str) -> Option<Vec<Node>> {
        let value = self.get(node, member)?;
        match self.view(value) {
            View::List(_) => self.elements(value),
            View::Map([]) => Some(Vec::new()),
            View::Map(_) => Some(vec![value]),
            View::Null | View::Scalar(..) => None,
        }
    }

    /// The elements of a member that are objects. A list whose elements are cut down to their names is none, and is told.
    pub(super) fn objects(self, node: Node, member: &'static str) -> Option<Vec<Node>> {
        let list = self.list(node, member)?;
        match list.iter().find(|element| matches!(self.view(**element), View::Scalar(..))) {
            None => Some(list),
            Some(cut) => {
                self.cuts.borrow_mut().entry(member).or_insert_with(|| self.span(*cut));
                None
            }
        }
    }

    /// What was cut off, as warnings.
    pub(super) fn cut(self) -> Vec<Diagnostic> {
        let cuts = self.cuts.take();
        let warnings = cuts.into_iter().map(|(member, span)| {
            let message = format!("`{member}` is cut down to names by the depth limit");
            Diagnostic::warning(input::EXPORT, span, message)
                .note("what they are the names of is unknown")
                .help("export with a greater depth, such as `Export-Clixml -Depth 5`")
        });
        warnings.collect()
    }

    fn own_text(self, node: Node) -> Option<(&'a str, Span)> {
        match self.view(node) {
            View::Scalar(text, _) if !text.trim().is_empty() => Some((text, self.span(node))),
            _ => None,
        }
    }

    /// The text that a node is, or that an object calls itself; nothing where it is null, empty, or has none.
    pub(super) fn called(self, node: Node) -> Option<(&'a str, Span)> {
        self.own_text(node).or_else(|| self.own_text(self.get(node, TO_STRING)?))
    }

    /// The text of a member with its place; nothing where it is missing, null, empty, or no single value.
    pub(super) fn text(self, node: Node, member: &str) -> Option<(&'a str, Span)> {
        self.called(self.get(node, member)?)
    }

    /// The value of an enumeration: its name, which no language of a server changes; else the text that is made of it for
    /// people (`MemberString`), else its number.
    pub(super) fn name(self, node: Node, member: &str, shown: &str) -> Option<(&'a str, Span)> {
        let value = self.text(node, member);
        let named = value.filter(|(text, _)| !text.bytes().all(|byte| byte.is_ascii_digit()));
        named.or_else(|| self.text(node, shown)).or(value)
    }

    /// What the value of an enumeration means: by its name, else by the text that is made of it for people, else by its number,
    /// whichever is known first. Texts are in the language of the server, so that one may say nothing to us.
    pub(super) fn means<T>(
        self,
        node: Node,
        member: &str,
        shown: &str,
        known: impl Fn(&str) -> Option<T>,
    ) -> Option<(T, Span)> {
        let known = |(text, span): (&str, Span)| known(&text.trim().to_ascii_lowercase()).map(|meant| (meant, span));
        let named = self.name(node, member, shown).and_then(known);
        let shown = || self.text(node, shown).and_then(known);
        named.or_else(shown).or_else(|| self.text(node, member).and_then(known))
    }

    /// Whether a member is there and says `null`.
    pub(super) fn null(self, node: Node, member: &str) -> Option<Span> {
        let value = self.get(node, member)?;
        matches!(self.view(value), View::Null).then(|| self.span(value))
    }

    /// Whether a member is there and says the empty text.
    pub(super) fn empty(self, node: Node, member: &str) -> Option<Span> {
        let value = self.get(node, member)?;
        let empty = matches!(self.view(value), View::Scalar(text, _) if text.trim().is_empty());
        empty.then(|| self.span(value))
    }

    /// A whole number that is not below zero.
    pub(super) fn number(self, node: Node, member: &str) -> Option<(u64, Span)> {
        let (text, span) = self.text(node, member)?;
        Some((text.parse().ok()?, span))
    }

    /// `true` or `false`.
    pub(super) fn flag(self, node: Node, member: &str) -> Option<(bool, Span)> {
        let (text, span) = self.text(node, member)?;
        match text {
            "true" | "True" => Some((true, span)),
            "false" | "False" => Some((false, span)),
            _ => None,
        }
    }

    /// Whether a member is a flag that is on, or one that is off.
    pub(super) fn is(self, node: Node, member: &str) -> Option<bool> {
        self.flag(node, member).map(|(on, _)| on)
    }

    /// The text of a member as a value of an inventory.
    pub(super) fn said(self, node: Node, member: &str) -> Option<Value> {
        self.text(node, member).map(|(text, span)| Value::text(text, span))
    }

    /// A number of bytes as a size of an inventory.
    pub(super) fn bytes(self, node: Node, member: &str) -> Option<Value> {
        self.number(node, member).map(|(bytes, span)| Value::bare(format!("{bytes} B"), span))
    }

    /// A number of mebibytes, which VMM calls MB, as a size of an inventory.
    pub(super) fn mebibytes(self, node: Node, member: &str) -> Option<Value> {
        self.number(node, member).map(|(amount, span)| Value::bare(format!("{amount} MiB"), span))
    }

    /// A flag as a value of an inventory.
    pub(super) fn switch(self, node: Node, member: &str) -> Option<Value> {
        self.flag(node, member).map(|(on, span)| Value::bare(on.to_string(), span))
    }

    /// A number as a value of an inventory.
    pub(super) fn count(self, node: Node, member: &str) -> Option<Value> {
        self.number(node, member).map(|(number, span)| Value::bare(number.to_string(), span))
    }
}

/// Whether two names are one, without regard to letter case.
pub(super) fn same(a: &str, b: &str) -> bool {
    a == b || a.to_lowercase() == b.to_lowercase()
}

/// Whether one of two names is the other's first label. An address has no labels.
pub(super) fn one_is_short(a: &str, b: &str) -> bool {
    let address = |name: &str| name.split('.').all(|label| label.parse::<u8>().is_ok());
    a.contains('.') != b.contains('.') && !address(a) && !address(b) && same(short(a), short(b))
}

/// The first label of a host's full name.
pub(super) fn short(name: &str) -> &str {
    name.split('.').next().unwrap_or(name)
}
