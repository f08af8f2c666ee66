//! Members of mappings of a YAML or JSON text by their places: where a value really stands, and where a member ends.

use crate::facts::document::{Document, Member, NodeId, View};
use crate::facts::read::Format;

/// A text that was read, with what it says. Offsets are those of the text.
pub(super) struct Reading<'a> {
    pub(super) text: &'a str,
    pub(super) document: &'a Document,
    pub(super) format: Format,
}

/// Where the value of a member stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Stands {
    /// Here, from one offset to another.
    Here(usize, usize),
    /// Nowhere: a key without a value. Where its colon ends.
    Empty(usize),
    /// Elsewhere: here is an alias, from one offset to another.
    Alias(usize, usize),
}

impl Stands {
    pub(super) fn end(self) -> usize {
        match self {
            Stands::Here(_, end) | Stands::Alias(_, end) | Stands::Empty(end) => end,
        }
    }
}

impl<'a> Reading<'a> {
    pub(super) fn slice(&self, start: usize, end: usize) -> &'a str {
        self.text.get(start..end).unwrap_or("")
    }

    pub(super) fn place(&self, node: NodeId) -> (usize, usize) {
        let span = self.document.span(node);
        let (start, end) = (span.start as usize, span.end as usize);
        // A YAML reader counts the blanks behind a closing sign to it, and a comment behind those.
        let text = self.slice(start, end).trim_end();
        let first = text.chars().next();
        let length = match (first, self.document.view(node)) {
            (Some(quote @ ('"' | '\'')), View::Scalar(..)) => quoted(text, quote),
            (Some('{'), View::Map(_)) if !text.ends_with('}') || text.contains('#') => {
                self.closed(node, start, text, '}')
            }
            (Some('['), View::List(_)) if !text.ends_with(']') || text.contains('#') => {
                self.closed(node, start, text, ']')
            }
            _ => text.len(),
        };
        (start, start.saturating_add(length))
    }

    /// How long a list or mapping is whose closing sign stands behind its last child, comments aside.
    fn closed(&self, node: NodeId, start: usize, text: &str, sign: char) -> usize {
        let members = self.document.members(node).iter().map(|member| member.value);
        let children = self.document.elements(node).iter().copied().chain(members);
        let ends = children.map(|child| self.place(child).1).filter(|end| *end <= start.saturating_add(text.len()));
        let from = ends.max().unwrap_or(start).saturating_sub(start).max(1);
        let mut comment = false;
        for (at, letter) in text.get(from..).unwrap_or("").char_indices() {
            match letter {
                '\n' | '\r' => comment = false,
                '#' => comment = true,
                letter if letter == sign && !comment => return from.saturating_add(at).saturating_add(1),
                _ => {}
            }
        }
        text.len()
    }

    /// The raw text of a node.
    pub(super) fn raw(&self, node: NodeId) -> &'a str {
        let (start, end) = self.place(node);
        self.slice(start, end)
    }

    /// Whether a member is written in its mapping, and was not merged into it.
    pub(super) fn own(&self, map: NodeId, member: &Member) -> bool {
        let (start, end) = self.place(map);
        start <= member.key_span.start as usize && member.key_span.end as usize <= end
    }

    /// The members that are written in a mapping.
    pub(super) fn members(&self, map: NodeId) -> Vec<Member> {
        self.document.members(map).iter().copied().filter(|member| self.own(map, member)).collect()
    }

    pub(super) fn key(&self, member: &Member) -> &str {
        self.document.key(member)
    }

    pub(super) fn raw_key(&self, member: &Member) -> &'a str {
        self.slice(member.key_span.start as usize, member.key_span.end as usize)
    }

    /// Behind the colon of a member.
    pub(super) fn colon(&self, member: &Member) -> usize {
        let from = member.key_span.end as usize;
        let rest = self.text.get(from..).unwrap_or("");
        rest.find(':').map_or(from, |at| from.saturating_add(at).saturating_add(1))
    }

    pub(super) fn stands(&self, member: &Member) -> Stands {
        let (start, end) = self.place(member.value);
        if start < member.key_span.end as usize {
            let colon = self.colon(member);
            let rest = self.text.get(colon..).unwrap_or("");
            let from = colon.saturating_add(rest.find('*').unwrap_or(0));
            let name = self.text.get(from..).unwrap_or("");
            let ends = |letter: char| letter.is_whitespace() || matches!(letter, ',' | '[' | ']' | '{' | '}');
            let length = name.find(ends).unwrap_or(name.len());
            return Stands::Alias(from, from.saturating_add(length));
        }
        if start == end && matches!(self.document.view(member.value), View::Null) {
            return Stands::Empty(self.colon(member));
        }
        Stands::Here(start, end)
    }

    /// Where the brace or bracket of a node stands; nothing in block style.
    pub(super) fn opening(&self, node: NodeId) -> Option<usize> {
        let (mut at, end) = self.place(node);
        let sign = if matches!(self.document.view(node), View::List(_)) { '[' } else { '{' };
        // An anchor or a tag may stand before it.
        loop {
            let rest = self.slice(at, end);
            match rest.chars().next()? {
                first if first == sign => return Some(at),
                '&' | '!' => {
                    let word = rest.find(char::is_whitespace)?;
                    let behind = rest.get(word..)?;
                    let blanks = behind.len().saturating_sub(behind.trim_start().len());
                    at = at.saturating_add(word).saturating_add(blanks);
                }
                _ => return None,
            }
        }
    }

    /// Where the line ends that holds an offset, its line break not included.
    pub(super) fn line_end(&self, at: usize) -> usize {
        let rest = self.text.get(at..).unwrap_or("");
        at.saturating_add(rest.find(['\n', '\r']).unwrap_or(rest.len()))
    }

    pub(super) fn line_start(&self, at: usize) -> usize {
        let before = self.text.get(..at).unwrap_or("");
        before.rfind(['\n', '\r']).map_or(0, |found| found.saturating_add(1))
    }

    /// Behind the line break at an offset.
    pub(super) fn behind_break(&self, at: usize) -> usize {
        let rest = self.text.get(at..).unwrap_or("");
        let length = if rest.starts_with("\r\n") { 2 } else { usize::from(rest.starts_with(['\n', '\r'])) };
        at.saturating_add(length)
    }

    /// What lines of this text end with.
    pub(super) fn ending(&self) -> &'static str {
        ending(self.text)
    }

    /// Blanks from the start of the line to an offset, whatever stands there.
    pub(super) fn column(&self, at: usize) -> usize {
        let line = self.slice(self.line_start(at), at);
        line.trim_start_matches('\u{feff}').chars().count()
    }
}

/// How long a text in quotes is that begins here, its quotes included.
fn quoted(text: &str, quote: char) -> usize {
    let mut letters = text.char_indices().skip(1).peekable();
    while let Some((at, letter)) = letters.next() {
        if letter == '\\' && quote == '"' {
            letters.next();
        } else if letter == quote {
            // A single quote within single quotes is written twice.
            if quote == '\'' && letters.peek().is_some_and(|(_, next)| *next == quote) {
                letters.next();
            } else {
                return at.saturating_add(1);
            }
        }
    }
    text.len()
}

/// What lines of a text end with: what its first line does.
pub(super) fn ending(text: &str) -> &'static str {
    match text.find('\n').and_then(|at| at.checked_sub(1)).and_then(|before| text.as_bytes().get(before)) {
        Some(b'\r') => "\r\n",
        _ => "\n",
    }
}
