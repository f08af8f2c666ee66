//! JSON without a flaw, put into a document in one pass over its bytes. It tells nothing: where anything is odd (a slip of
//! syntax, a doubled key, a limit that is hit, a mapping of very many members) it answers with nothing at all, and the reader
//! that can say what it is reads the text once more.

use crate::facts::document::{Document, Maker, Member, NodeId};
use crate::facts::limits::Limits;
use crate::source::{SourceFile, Span};

/// Members of one mapping that are compared key by key; what has more is left to the other reader.
const MEMBERS: usize = 64;

/// Bytes of a number; about longer ones readers have opinions.
const NUMBER: usize = 64;

/// The document of a part of a text; nothing where something is odd.
pub(super) fn read(file: &SourceFile, (start, end): (usize, usize), limits: &Limits) -> Option<Document> {
    let bytes = file.text().as_bytes().get(..end)?;
    let mut sound = Sound {
        text: file.text().get(..end)?,
        bytes,
        at: start,
        base: file.base(),
        limits,
        values: 0,
        made: Maker::over(file.text().clone(), end.saturating_sub(start)),
        open: Vec::new(),
        items: Vec::new(),
        members: Vec::new(),
        own: String::new(),
    };
    let root = sound.document()?;
    Some(sound.made.finish(root).typed())
}

/// A list or a mapping that is open.
struct Open {
    start: usize,
    /// Where its own elements or members begin among those that wait.
    from: usize,
    /// Whether it is a mapping, with the key that waits for its value.
    key: Option<Member>,
}

struct Sound<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    base: u32,
    limits: &'t Limits,
    values: u64,
    made: Maker,
    open: Vec<Open>,
    items: Vec<NodeId>,
    members: Vec<Member>,
    /// A text with escapes, as it is meant.
    own: String,
}

/// A text between quotes: where its inside stands, and whether it stands there as it is.
struct Quoted {
    from: usize,
    to: usize,
    plain: bool,
}

impl Sound<'_> {
    #[inline]
    fn byte(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    #[inline]
    fn step(&mut self) {
        self.at = self.at.saturating_add(1);
    }

    /// The next byte that is no blank.
    #[inline]
    fn next(&mut self) -> Option<u8> {
        loop {
            let byte = self.byte()?;
            if !matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
                return Some(byte);
            }
            self.step();
        }
    }

    #[inline]
    fn span(&self, start: usize, end: usize) -> Span {
        let place = |at: usize| self.base.saturating_add(u32::try_from(at).unwrap_or(u32::MAX));
        Span::new(place(start), place(end))
    }

    fn document(&mut self) -> Option<NodeId> {
        loop {
            let mut done = self.value()?;
            // What is complete is the value of what it is in, and may complete that.
            while let Some(node) = done {
                let Some(open) = self.open.last_mut() else {
                    return self.next().is_none().then_some(node);
                };
                match open.key.take() {
                    Some(member) => self.members.push(member.holding(node)),
                    None => self.items.push(node),
                }
                done = self.more()?;
            }
        }
    }

    /// Behind an element or a member: on to the next one, or the list or mapping that is complete.
    #[inline]
    fn more(&mut self) -> Option<Option<NodeId>> {
        let byte = self.next()?;
        self.step();
        let is_map = self.bytes.get(self.open.last()?.start) == Some(&b'{');
        match (byte, is_map) {
            (b',', true) => {
                if self.next()? != b'"' {
                    return None;
                }
                self.key()?;
                Some(None)
            }
            (b',', false) => Some(None),
            (b'}', true) | (b']', false) => self.close().map(Some),
            _ => None,
        }
    }

    fn close(&mut self) -> Option<NodeId> {
        let open = self.open.pop()?;
        self.count()?;
        let span = self.span(open.start, self.at);
        if self.bytes.get(open.start) == Some(&b'{') {
            Some(self.made.add_map(self.members.drain(open.from..), span))
        } else {
            Some(self.made.add_list(self.items.drain(open.from..), span))
        }
    }

    #[inline]
    fn count(&mut self) -> Option<()> {
        self.values = self.values.saturating_add(1);
        (self.values <= self.limits.values).then_some(())
    }

    /// A value that is complete; nothing in it where a list or a mapping was opened.
    #[inline]
    fn value(&mut self) -> Option<Option<NodeId>> {
        let byte = self.next()?;
        let start = self.at;
        match byte {
            b'"' => {
                let quoted = self.quoted()?;
                self.count()?;
                let span = self.span(start, self.at);
                let node = if quoted.plain {
                    self.made.add_plain(quoted.from, quoted.to, true, span)
                } else {
                    self.made.add_own(&self.own, span)
                };
                Some(Some(node))
            }
            b'{' | b'[' => {
                let is_map = byte == b'{';
                let from = if is_map { self.members.len() } else { self.items.len() };
                self.open.push(Open { start, from, key: None });
                if self.open.len() > self.limits.nesting as usize {
                    return None;
                }
                self.step();
                match (self.next()?, is_map) {
                    (b'}', true) | (b']', false) => {
                        self.step();
                        self.close().map(Some)
                    }
                    (b'"', true) => {
                        self.key()?;
                        Some(None)
                    }
                    (_, false) => Some(None),
                    _ => None,
                }
            }
            b't' => self.word("true"),
            b'f' => self.word("false"),
            b'n' => self.word("null"),
            _ => self.number(),
        }
    }

    fn word(&mut self, word: &str) -> Option<Option<NodeId>> {
        let (start, end) = (self.at, self.at.saturating_add(word.len()));
        if self.bytes.get(start..end)? != word.as_bytes() || word.len() > self.limits.text_length as usize {
            return None;
        }
        self.at = end;
        self.count()?;
        let span = self.span(start, end);
        Some(Some(if word == "null" { self.made.add_null(span) } else { self.made.add_plain(start, end, false, span) }))
    }

    fn digits(&mut self) -> Option<()> {
        let start = self.at;
        while self.byte().is_some_and(|byte| byte.is_ascii_digit()) {
            self.step();
        }
        (self.at > start).then_some(())
    }

    fn number(&mut self) -> Option<Option<NodeId>> {
        let start = self.at;
        if self.byte() == Some(b'-') {
            self.step();
        }
        if self.byte()? == b'0' {
            self.step();
        } else {
            self.digits()?;
        }
        if self.byte() == Some(b'.') {
            self.step();
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.byte() {
            self.step();
            if let Some(b'+' | b'-') = self.byte() {
                self.step();
            }
            self.digits()?;
        }
        if self.at.saturating_sub(start) > NUMBER.min(self.limits.text_length as usize) {
            return None;
        }
        self.count()?;
        let span = self.span(start, self.at);
        Some(Some(self.made.add_plain(start, self.at, false, span)))
    }

    /// A key with its colon.
    #[inline]
    fn key(&mut self) -> Option<()> {
        let start = self.at;
        let quoted = self.quoted()?;
        let span = self.span(start, self.at);
        let member = if quoted.plain {
            self.made.plain_member(self.text, quoted.from, quoted.to, span)?
        } else {
            self.made.own_member(&self.own, span)
        };
        let open = self.open.last_mut()?;
        let before = self.members.get(open.from..)?;
        if before.len() >= MEMBERS || before.iter().any(|other| other.name == member.name) {
            return None;
        }
        open.key = Some(member);
        if self.next()? != b':' {
            return None;
        }
        self.step();
        Some(())
    }

    /// A text between quotes, of which this is the first.
    #[inline]
    fn quoted(&mut self) -> Option<Quoted> {
        self.step();
        let from = self.at;
        loop {
            match self.byte()? {
                b'"' => break,
                b'\\' => return self.escaped(from),
                0..=0x1f => return None,
                _ => self.step(),
            }
        }
        let to = self.at;
        self.step();
        (to.saturating_sub(from) <= self.limits.text_length as usize).then_some(Quoted { from, to, plain: true })
    }

    /// The same of a text with escapes, from the first of them on.
    fn escaped(&mut self, from: usize) -> Option<Quoted> {
        self.own.clear();
        let mut taken = from;
        loop {
            match self.byte()? {
                b'"' => break,
                b'\\' => {
                    self.own.push_str(self.text.get(taken..self.at)?);
                    self.step();
                    let letter = self.byte()?;
                    self.step();
                    let letter = match letter {
                        b'"' => '"',
                        b'\\' => '\\',
                        b'/' => '/',
                        b'b' => '\u{8}',
                        b'f' => '\u{c}',
                        b'n' => '\n',
                        b'r' => '\r',
                        b't' => '\t',
                        b'u' => self.letter()?,
                        _ => return None,
                    };
                    self.own.push(letter);
                    taken = self.at;
                }
                0..=0x1f => return None,
                _ => self.step(),
            }
        }
        let to = self.at;
        self.own.push_str(self.text.get(taken..to)?);
        self.step();
        (self.own.len() <= self.limits.text_length as usize).then_some(Quoted { from, to, plain: false })
    }

    /// Behind `\u`: the letter; of a pair both halves.
    fn letter(&mut self) -> Option<char> {
        let first = self.four()?;
        if let Some(letter) = char::from_u32(first) {
            return Some(letter);
        }
        if self.bytes.get(self.at..self.at.saturating_add(2))? != b"\\u" {
            return None;
        }
        self.at = self.at.saturating_add(2);
        let second = self.four()?;
        let units = [u16::try_from(first).ok()?, u16::try_from(second).ok()?];
        let mut letters = char::decode_utf16(units);
        letters.next()?.ok().filter(|_| letters.next().is_none())
    }

    fn four(&mut self) -> Option<u32> {
        let end = self.at.saturating_add(4);
        let digits = self.text.get(self.at..end)?;
        if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        self.at = end;
        u32::from_str_radix(digits, 16).ok()
    }
}
