//! A document: what a YAML, JSON, TOML or CSV text says, as one arena with the place of everything in it. Scalars keep their
//! text, for they are read by the type of the field they are for. Readers make it, loaders walk it; it knows no schema.

mod json;
mod toml;
mod value;
mod yaml;

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::source::Span;

pub use json::{json, json_line};
pub use toml::toml;
pub use value::Value;
pub use yaml::{yaml, yaml_scalar};

/// A node of a [`Document`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct NodeId(u32);

/// A text: of the source as it stands there, or of the document's own, where escapes and folds made it another one.
#[derive(Clone, Copy, Debug)]
struct Text {
    start: u32,
    end: u32,
    own: bool,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Null,
    Scalar { text: Text, quoted: bool },
    List { start: u32, end: u32 },
    Map { start: u32, end: u32 },
}

#[derive(Clone, Copy, Debug)]
struct Node {
    span: Span,
    kind: Kind,
}

/// A member of a mapping.
#[derive(Clone, Copy, Debug)]
pub struct Member {
    key: Text,
    /// The number of the key among all different keys of the document.
    pub(in crate::facts) name: u32,
    /// Where the key stands.
    pub key_span: Span,
    /// Its value.
    pub value: NodeId,
}

impl Member {
    /// The same key with this value.
    pub(in crate::facts) fn holding(self, value: NodeId) -> Member {
        Member { value, ..self }
    }

    /// The key and the value.
    pub fn span(&self, document: &Document) -> Span {
        self.key_span.to(document.span(self.value))
    }
}

/// What a node is.
#[derive(Clone, Copy, Debug)]
pub enum View<'a> {
    /// `null`, `~`, or nothing where a value could stand.
    Null,
    /// A text, a number, a boolean, a date: its text, and whether it stood in quotes.
    Scalar(&'a str, bool),
    /// A list.
    List(&'a [NodeId]),
    /// A mapping, in the order written; doubled keys are not in it.
    Map(&'a [Member]),
}

impl View<'_> {
    /// What it is called in messages.
    pub fn called(&self) -> &'static str {
        match self {
            View::Null => "null",
            View::Scalar(..) => "a single value",
            View::List(_) => "a list",
            View::Map(_) => "a mapping",
        }
    }
}

/// What a text says. Nodes may be shared (an anchor and its aliases); nothing is ever its own ancestor.
#[derive(Clone, Debug, Default)]
pub struct Document {
    source: Option<Arc<str>>,
    own: String,
    nodes: Vec<Node>,
    items: Vec<NodeId>,
    members: Vec<Member>,
    /// All different keys, numbered.
    names: FxHashMap<Box<str>, u32>,
    root: Option<NodeId>,
    typed: bool,
}

impl Document {
    /// A document without content, over a text.
    pub(super) fn over(source: Arc<str>) -> Document {
        Document { source: Some(source), ..Document::default() }
    }

    /// The same, of a format in which a text is told from a number.
    pub(super) fn typed(self) -> Document {
        Document { typed: true, ..self }
    }

    /// Whether its format tells a text from a number, as JSON does.
    pub fn is_typed(&self) -> bool {
        self.typed
    }

    /// The node that holds everything; nothing for a document without content.
    pub fn root(&self) -> Option<NodeId> {
        self.root
    }

    /// What a node is.
    pub fn view(&self, id: NodeId) -> View<'_> {
        match self.nodes.get(id.0 as usize).map(|node| node.kind) {
            None | Some(Kind::Null) => View::Null,
            Some(Kind::Scalar { text, quoted }) => View::Scalar(self.text(text), quoted),
            Some(Kind::List { start, end }) => View::List(self.items.get(start as usize..end as usize).unwrap_or(&[])),
            Some(Kind::Map { start, end }) => View::Map(self.members.get(start as usize..end as usize).unwrap_or(&[])),
        }
    }

    /// Where a node stands.
    pub fn span(&self, id: NodeId) -> Span {
        self.nodes.get(id.0 as usize).map_or(Span::NONE, |node| node.span)
    }

    /// The key of a member.
    pub fn key(&self, member: &Member) -> &str {
        self.text(member.key)
    }

    /// The members of a mapping; none of anything else.
    pub fn members(&self, id: NodeId) -> &[Member] {
        match self.view(id) {
            View::Map(members) => members,
            _ => &[],
        }
    }

    /// The elements of a list; none of anything else.
    pub fn elements(&self, id: NodeId) -> &[NodeId] {
        match self.view(id) {
            View::List(elements) => elements,
            _ => &[],
        }
    }

    /// A member of a mapping by its key.
    pub fn member(&self, id: NodeId, key: &str) -> Option<&Member> {
        let name = self.name(key)?;
        self.members(id).iter().find(|member| member.name == name)
    }

    /// The number of a key; nothing where no mapping of the document has it.
    pub(in crate::facts) fn name(&self, key: &str) -> Option<u32> {
        self.names.get(key).copied()
    }

    /// The value of a member of a mapping.
    pub fn get(&self, id: NodeId, key: &str) -> Option<NodeId> {
        self.member(id, key).map(|member| member.value)
    }

    /// The text of a scalar.
    pub fn scalar(&self, id: NodeId) -> Option<&str> {
        match self.view(id) {
            View::Scalar(text, _) => Some(text),
            _ => None,
        }
    }

    /// Every scalar and every key.
    pub(in crate::facts) fn texts(&self) -> impl Iterator<Item = &str> {
        let scalars = self.nodes.iter().filter_map(|node| match node.kind {
            Kind::Scalar { text, .. } => Some(text),
            _ => None,
        });
        scalars.chain(self.members.iter().map(|member| member.key)).map(|text| self.text(text))
    }

    /// How many nodes it has, shared ones once.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    fn text(&self, text: Text) -> &str {
        let of = if text.own { Some(self.own.as_str()) } else { self.source.as_deref() };
        of.and_then(|of| of.get(text.start as usize..text.end as usize)).unwrap_or("")
    }
}

/// Making one, from the leaves to the root.
impl Document {
    /// Says which node holds everything.
    pub(super) fn set_root(&mut self, root: NodeId) {
        self.root = Some(root);
    }

    /// Adds `null`.
    pub(super) fn add_null(&mut self, span: Span) -> NodeId {
        self.add(span, Kind::Null)
    }

    /// Adds a scalar. `at`: where its text stands in the source, if it stands there as it is.
    pub(super) fn add_scalar(&mut self, text: &str, at: Option<u32>, quoted: bool, span: Span) -> NodeId {
        let text = self.intern(text, at);
        self.add(span, Kind::Scalar { text, quoted })
    }

    /// Adds a list.
    pub(super) fn add_list(&mut self, elements: impl IntoIterator<Item = NodeId>, span: Span) -> NodeId {
        let start = len32(self.items.len());
        self.items.extend(elements);
        let end = len32(self.items.len());
        self.add(span, Kind::List { start, end })
    }

    /// Adds a mapping; its keys are all different.
    pub(super) fn add_map(&mut self, members: impl IntoIterator<Item = Member>, span: Span) -> NodeId {
        let start = len32(self.members.len());
        self.members.extend(members);
        let end = len32(self.members.len());
        self.add(span, Kind::Map { start, end })
    }

    /// The id of no node, for a member whose value is not known yet.
    pub(super) fn nothing(&self) -> NodeId {
        NodeId(u32::MAX)
    }

    /// Makes a member for [`Document::add_map`].
    pub(super) fn make_member(&mut self, key: &str, at: Option<u32>, key_span: Span, value: NodeId) -> Member {
        Member { key: self.intern(key, at), name: self.number(key), key_span, value }
    }

    #[inline]
    fn number(&mut self, key: &str) -> u32 {
        if let Some(name) = self.names.get(key) {
            return *name;
        }
        let name = len32(self.names.len());
        self.names.insert(key.into(), name);
        name
    }

    fn add(&mut self, span: Span, kind: Kind) -> NodeId {
        let id = NodeId(len32(self.nodes.len()));
        self.nodes.push(Node { span, kind });
        id
    }

    fn intern(&mut self, text: &str, at: Option<u32>) -> Text {
        if let (Some(start), Some(source)) = (at, &self.source) {
            let end = start.saturating_add(len32(text.len()));
            if source.get(start as usize..end as usize) == Some(text) {
                return Text { start, end, own: false };
            }
        }
        let start = len32(self.own.len());
        self.own.push_str(text);
        Text { start, end: len32(self.own.len()), own: true }
    }
}

/// Makes a document of a text of which it is known that what is added stands in it as it is.
#[derive(Debug)]
pub(super) struct Maker(Document);

impl Maker {
    /// An empty document over a text, of which so many bytes are read.
    pub(super) fn over(source: Arc<str>, bytes: usize) -> Maker {
        let mut document = Document::over(source);
        // About what machine-written JSON has; a list that grows is copied again and again.
        document.nodes.reserve(bytes.checked_div(24).unwrap_or(0));
        document.members.reserve(bytes.checked_div(32).unwrap_or(0));
        Maker(document)
    }

    #[inline]
    pub(super) fn add_null(&mut self, span: Span) -> NodeId {
        self.0.add(span, Kind::Null)
    }

    /// Adds a scalar whose text stands in the source.
    #[inline]
    pub(super) fn add_plain(&mut self, from: usize, to: usize, quoted: bool, span: Span) -> NodeId {
        self.0.add(span, Kind::Scalar { text: Text { start: len32(from), end: len32(to), own: false }, quoted })
    }

    /// Adds a scalar whose text is another one than stands there.
    pub(super) fn add_own(&mut self, text: &str, span: Span) -> NodeId {
        self.0.add_scalar(text, None, true, span)
    }

    #[inline]
    pub(super) fn add_list(&mut self, elements: impl IntoIterator<Item = NodeId>, span: Span) -> NodeId {
        self.0.add_list(elements, span)
    }

    #[inline]
    pub(super) fn add_map(&mut self, members: impl IntoIterator<Item = Member>, span: Span) -> NodeId {
        self.0.add_map(members, span)
    }

    /// A member whose key stands in the source, and whose value is not known yet.
    #[inline]
    pub(super) fn plain_member(&mut self, source: &str, from: usize, to: usize, key_span: Span) -> Option<Member> {
        let name = self.0.number(source.get(from..to)?);
        let key = Text { start: len32(from), end: len32(to), own: false };
        Some(Member { key, name, key_span, value: self.0.nothing() })
    }

    /// The same of a key that is another one than stands there.
    pub(super) fn own_member(&mut self, key: &str, key_span: Span) -> Member {
        let nothing = self.0.nothing();
        self.0.make_member(key, None, key_span, nothing)
    }

    pub(super) fn finish(mut self, root: NodeId) -> Document {
        self.0.set_root(root);
        self.0
    }
}

fn len32(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// Two blanks for each level.
fn indent(depth: usize, out: &mut String) {
    out.extend(std::iter::repeat_n("  ", depth));
}

/// A text in double quotes, as JSON and TOML alike read it.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => out.extend(['\\', letter]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            letter if letter.is_control() => out.push_str(&format!("\\u{:04X}", u32::from(letter))),
            letter => out.push(letter),
        }
    }
    out.push('"');
    out
}
