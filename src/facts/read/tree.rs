//! Putting a document together from events: what every reader has in common. Iterative, so that depth costs no stack;
//! limits and doubled keys are found here.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::diag::Diagnostic;
use crate::diag::codes::input;
use crate::facts::document::{Document, Member, NodeId, View};
use crate::facts::limits::{Limit, Limits};
use crate::facts::shown::shown;
use crate::source::Span;

/// Reading cannot go on: a limit was hit. The diagnostic is in the tree.
#[derive(Debug)]
pub(super) struct Stop;

/// A node with what it costs when it is walked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Built {
    pub(super) node: NodeId,
    /// Nodes in it, itself included, shared ones each time.
    pub(super) size: u64,
    /// Nodes on the longest way down, itself included.
    pub(super) height: u32,
}

/// A key that waits for its value.
#[derive(Debug)]
enum Key {
    /// An ordinary one.
    Named(Member),
    /// `<<`: the members of the value belong here.
    Merge,
    /// One that was complained about: its value is dropped.
    Dropped,
}

#[derive(Debug)]
enum Content {
    List(Vec<NodeId>),
    Map { members: Vec<Member>, seen: BTreeMap<String, Span>, merges: Vec<NodeId>, key: Option<Key> },
}

#[derive(Debug)]
struct Frame {
    start: u32,
    /// Where its last child ends.
    end: u32,
    size: u64,
    height: u32,
    anchor: usize,
    content: Content,
}

/// A document in the making.
#[derive(Debug)]
pub(super) struct Tree<'l> {
    pub(super) document: Document,
    pub(super) diagnostics: Vec<Diagnostic>,
    limits: &'l Limits,
    base: u32,
    stack: Vec<Frame>,
    total: u64,
    done: Option<Built>,
    anchors: BTreeMap<usize, Built>,
}

/// Where the next event goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Inside {
    /// Nothing is open.
    Nothing,
    /// A list.
    List,
    /// A mapping that waits for a key.
    Key,
    /// A mapping that waits for a value.
    Value,
}

impl<'l> Tree<'l> {
    /// An empty tree over the text whose first byte has the global offset `base`.
    pub(super) fn new(text: Arc<str>, base: u32, limits: &'l Limits) -> Tree<'l> {
        Tree {
            document: Document::over(text),
            diagnostics: Vec::new(),
            limits,
            base,
            stack: Vec::new(),
            total: 0,
            done: None,
            anchors: BTreeMap::new(),
        }
    }

    /// A global span of local offsets.
    pub(super) fn span(&self, start: u32, end: u32) -> Span {
        Span::new(self.base.saturating_add(start), self.base.saturating_add(end))
    }

    pub(super) fn inside(&self) -> Inside {
        match self.stack.last().map(|frame| &frame.content) {
            None => Inside::Nothing,
            Some(Content::List(_)) => Inside::List,
            Some(Content::Map { key: None, .. }) => Inside::Key,
            Some(Content::Map { key: Some(_), .. }) => Inside::Value,
        }
    }

    /// Whether the value that comes next is to be merged into its mapping.
    pub(super) fn merging(&self) -> bool {
        matches!(self.stack.last().map(|f| &f.content), Some(Content::Map { key: Some(Key::Merge), .. }))
    }

    pub(super) fn null(&mut self, start: u32, end: u32, anchor: usize) -> Result<(), Stop> {
        let node = self.document.add_null(self.span(start, end));
        self.leaf(node, start, end, anchor)
    }

    pub(super) fn scalar(
        &mut self,
        text: &str,
        at: Option<u32>,
        quoted: bool,
        (start, end): (u32, u32),
        anchor: usize,
    ) -> Result<(), Stop> {
        self.fits(text, start, end)?;
        let node = self.document.add_scalar(text, at, quoted, self.span(start, end));
        self.leaf(node, start, end, anchor)
    }

    fn leaf(&mut self, node: NodeId, start: u32, end: u32, anchor: usize) -> Result<(), Stop> {
        self.count(1, start, end)?;
        let built = Built { node, size: 1, height: 1 };
        if anchor > 0 {
            self.anchors.insert(anchor, built);
        }
        self.place(built, start, end)
    }

    fn fits(&mut self, text: &str, start: u32, end: u32) -> Result<(), Stop> {
        if text.len() > self.limits.text_length as usize {
            let what = format!("a text of {} bytes", text.len());
            return self.stop(Limit::TextLength, self.span(start, end), &what);
        }
        Ok(())
    }

    pub(super) fn stop(&mut self, limit: Limit, span: Span, what: &str) -> Result<(), Stop> {
        // A label on megabytes helps nobody: the place where it begins is enough.
        let span = Span::new(span.start, span.start);
        self.diagnostics.push(self.limits.hit(limit, span, what));
        Err(Stop)
    }

    pub(super) fn open_list(&mut self, start: u32, anchor: usize) -> Result<(), Stop> {
        self.open(start, anchor, Content::List(Vec::new()))
    }

    pub(super) fn open_map(&mut self, start: u32, anchor: usize) -> Result<(), Stop> {
        let content = Content::Map { members: Vec::new(), seen: BTreeMap::new(), merges: Vec::new(), key: None };
        self.open(start, anchor, content)
    }

    fn open(&mut self, start: u32, anchor: usize, content: Content) -> Result<(), Stop> {
        self.stack.push(Frame { start, end: start, size: 1, height: 0, anchor, content });
        if self.stack.len() > self.limits.nesting as usize {
            let what = format!("{} lists and mappings within each other", self.stack.len());
            return self.stop(Limit::Nesting, self.span(start, start.saturating_add(1)), &what);
        }
        Ok(())
    }

    /// The key of the member that comes next.
    pub(super) fn key(&mut self, text: &str, at: Option<u32>, (start, end): (u32, u32)) -> Result<(), Stop> {
        self.fits(text, start, end)?;
        let span = self.span(start, end);
        let Some(Frame { content: Content::Map { members, seen, key, .. }, .. }) = self.stack.last_mut() else {
            return Ok(());
        };
        let first = if members.len() < 12 {
            let document = &self.document;
            members.iter().find(|member| document.key(member) == text).map(|member| member.key_span)
        } else {
            if seen.is_empty() {
                let document = &self.document;
                seen.extend(members.iter().map(|member| (document.key(member).to_owned(), member.key_span)));
            }
            seen.insert(text.to_owned(), span)
        };
        *key = Some(match first {
            None => {
                let nothing = self.document.nothing();
                Key::Named(self.document.make_member(text, at, span, nothing))
            }
            Some(first) => {
                seen.entry(text.to_owned()).and_modify(|place| *place = first);
                self.diagnostics.push(
                    Diagnostic::error(
                        input::DOUBLED_KEY,
                        span,
                        format!("`{}` stands twice in one mapping", shown(text)),
                    )
                    .label("the second, which is not used")
                    .also(first, "the first")
                    .note("which of the two is meant, nobody can say")
                    .help("take one of them away"),
                );
                Key::Dropped
            }
        });
        Ok(())
    }

    /// Whether the innermost mapping has a member of this name.
    pub(super) fn has_key(&self, text: &str) -> bool {
        match self.stack.last().map(|frame| &frame.content) {
            Some(Content::Map { members, .. }) => members.iter().any(|member| self.document.key(member) == text),
            _ => false,
        }
    }

    /// The next value belongs to no member: it is read, for others may refer to it, and is no part of the mapping.
    pub(super) fn drop_next(&mut self) {
        if let Some(Frame { content: Content::Map { key, .. }, .. }) = self.stack.last_mut() {
            *key = Some(Key::Dropped);
        }
    }

    /// The text of a member of the open mapping that has an anchor.
    pub(super) fn text_of_open(&self, anchor: usize, key: &str) -> Option<String> {
        let frame = self.stack.iter().find(|frame| frame.anchor == anchor)?;
        let Content::Map { members, .. } = &frame.content else { return None };
        let member = members.iter().find(|member| self.document.key(member) == key)?;
        self.document.scalar(member.value).map(str::to_owned)
    }

    /// `<<`: the next value is merged.
    pub(super) fn merge_key(&mut self) {
        if let Some(Frame { content: Content::Map { key, .. }, .. }) = self.stack.last_mut() {
            *key = Some(Key::Merge);
        }
    }

    /// A key that is none: it is reported, its value dropped.
    pub(super) fn wrong_key(&mut self, span: Span) {
        if let Some(Frame { content: Content::Map { key, .. }, .. }) = self.stack.last_mut() {
            *key = Some(Key::Dropped);
        }
        self.diagnostics.push(
            Diagnostic::error(input::KEY_KIND, span, "a key has to be a text")
                .note("no field is called by a list, a mapping or nothing")
                .help("write the name of a field, or put it into quotes"),
        );
    }

    /// Closes the innermost list or mapping. `end`: where its closing sign ends; nothing: with its last child.
    pub(super) fn close(&mut self, end: Option<u32>) -> Result<(), Stop> {
        let Some(frame) = self.stack.pop() else { return Ok(()) };
        let end = end.unwrap_or(frame.end).max(frame.start);
        let span = self.span(frame.start, end);
        let mut size = frame.size;
        let node = match frame.content {
            Content::List(items) => self.document.add_list(items, span),
            Content::Map { mut members, merges, .. } => {
                let known = if merges.is_empty() { &[][..] } else { &members };
                let mut keys: BTreeSet<String> = known.iter().map(|m| self.document.key(m).to_owned()).collect();
                let all: Vec<NodeId> = merges
                    .iter()
                    .flat_map(|merged| match self.document.view(*merged) {
                        View::List(several) => several.to_vec(),
                        _ => vec![*merged],
                    })
                    .collect();
                for merged in all {
                    for member in self.document.members(merged).to_vec() {
                        self.count(1, frame.start, end)?;
                        if keys.insert(self.document.key(&member).to_owned()) {
                            members.push(member);
                            size = size.saturating_add(1);
                        }
                    }
                }
                self.document.add_map(members, span)
            }
        };
        self.count(1, frame.start, end)?;
        let built = Built { node, size, height: frame.height.saturating_add(1) };
        if frame.anchor > 0 {
            self.anchors.insert(frame.anchor, built);
        }
        self.place(built, frame.start, end)
    }

    /// An alias: the node that an anchor names stands here, too.
    pub(super) fn alias(&mut self, anchor: usize, start: u32, end: u32) -> Result<Option<Built>, Stop> {
        let Some(built) = self.anchors.get(&anchor).copied() else { return Ok(None) };
        let depth = u64::from(built.height).saturating_add(self.stack.len() as u64);
        // The height of a node counts itself, nesting counts lists and mappings only.
        if depth > u64::from(self.limits.nesting).saturating_add(1) {
            self.stop(Limit::Nesting, self.span(start, end), &format!("{depth} lists and mappings within each other"))?;
        }
        Ok(Some(built))
    }

    /// Puts a node that stands elsewhere here.
    pub(super) fn share(&mut self, built: Built, start: u32, end: u32) -> Result<(), Stop> {
        self.count(built.size, start, end)?;
        self.place(built, start, end)
    }

    fn count(&mut self, size: u64, start: u32, end: u32) -> Result<(), Stop> {
        self.total = self.total.saturating_add(size);
        if self.total > self.limits.values {
            return self.stop(Limit::Values, self.span(start, end), "the document has too many values");
        }
        Ok(())
    }

    fn place(&mut self, built: Built, start: u32, end: u32) -> Result<(), Stop> {
        let span = self.span(start, end);
        let Some(frame) = self.stack.last_mut() else {
            self.done = Some(built);
            return Ok(());
        };
        frame.end = frame.end.max(end);
        // What is dropped is no part of it, and costs nothing where it is referred to.
        if !matches!(&frame.content, Content::Map { key: Some(Key::Dropped), .. }) {
            frame.size = frame.size.saturating_add(built.size);
            frame.height = frame.height.max(built.height);
        }
        match &mut frame.content {
            Content::List(items) => items.push(built.node),
            Content::Map { members, merges, key, .. } => match key.take() {
                Some(Key::Named(member)) => members.push(member.holding(built.node)),
                Some(Key::Merge) => merges.push(built.node),
                Some(Key::Dropped) => {}
                None => self.wrong_key(span),
            },
        }
        Ok(())
    }

    /// The document, where it has a root.
    pub(super) fn finish(mut self) -> (Option<Document>, Vec<Diagnostic>) {
        let document = self.done.map(|built| {
            self.document.set_root(built.node);
            self.document
        });
        (document, self.diagnostics)
    }
}
