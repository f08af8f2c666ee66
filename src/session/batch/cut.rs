//! Cutting a text into pieces of whole records.

use std::borrow::Cow;
use std::io::Read;

use super::{Source, Trouble};
use crate::facts::records::{Framing, Next, Record, Walk};
use crate::source::Before;

/// Bytes of a piece, unless one record is longer.
const PIECE: usize = 256 << 10;
/// Bytes of one record of a text that comes bit by bit.
const LONGEST: usize = 16 << 20;

/// Some records, one behind the other.
#[derive(Clone, Debug)]
pub(super) struct Piece<'t> {
    pub(super) number: usize,
    pub(super) text: Cow<'t, str>,
    /// Where the text begins.
    pub(super) before: Before,
    /// The records; nothing: one a line, or one behind the other.
    pub(super) records: Option<Vec<Record>>,
    /// The way through the elements of a list of which the piece seems to be made. Whoever reads them sees whether it is.
    pub(super) elements: Option<Walk>,
    /// Whether it is the first one, before which a byte order mark may stand.
    pub(super) first: bool,
}

/// Cuts a text.
pub(super) struct Cutter<'t> {
    source: From<'t>,
    framing: Framing,
    walk: Walk,
    number: usize,
    before: Before,
    ended: bool,
    /// What elements of a list begin with, as long as they are not looked for bracket by bracket.
    head: Option<&'t str>,
    guessing: bool,
    /// Buffers that may be used again.
    spare: Vec<Vec<u8>>,
}

enum From<'t> {
    Held { text: &'t str, at: usize },
    Stream { source: Box<dyn Read + 't>, pending: Vec<u8>, over: bool },
}

impl<'t> Cutter<'t> {
    /// `guessing`: a list that is held is cut where an element seems to begin, for it would have to be read to be sure. What
    /// reads it then is sure.
    pub(super) fn new(source: Source<'t>, framing: Framing, guessing: bool) -> Cutter<'t> {
        let (source, whole) = match source {
            Source::Held(file) => (From::Held { text: file.text(), at: 0 }, true),
            Source::Stream(source) => (From::Stream { source, pending: Vec::new(), over: false }, false),
        };
        Cutter {
            source,
            framing,
            walk: Walk::new(framing, whole),
            number: 0,
            before: Before::default(),
            ended: false,
            head: None,
            guessing: guessing && framing == Framing::List && whole,
            spare: Vec::new(),
        }
    }

    /// Takes the text of a piece back, for its room.
    pub(super) fn take_back(&mut self, text: Cow<'t, str>) {
        if let Cow::Owned(text) = text
            && self.spare.len() < 64
        {
            self.spare.push(text.into_bytes());
        }
    }

    /// The next piece; nothing behind the last.
    pub(super) fn next(&mut self) -> Result<Option<Piece<'t>>, Trouble> {
        if self.ended {
            return Ok(None);
        }
        let piece = match &self.source {
            From::Held { .. } if self.guessing => self.guessed()?,
            From::Held { .. } => self.held()?,
            From::Stream { .. } => self.streamed()?,
        };
        self.ended = piece.is_none();
        self.number = self.number.saturating_add(1);
        Ok(piece)
    }

    fn held(&mut self) -> Result<Option<Piece<'t>>, Trouble> {
        let From::Held { text, at } = &mut self.source else { return Ok(None) };
        let text: &'t str = text;
        let number = self.number;
        let first = number == 0;
        if self.framing != Framing::Lines {
            let mut records = Vec::new();
            let mut bytes = 0usize;
            while bytes < PIECE {
                match self.walk.next(text).map_err(|broken| Trouble::Broken(broken.at as u64))? {
                    Next::Record(record) => {
                        bytes = bytes.saturating_add(record.end.saturating_sub(record.start));
                        records.push(record);
                    }
                    Next::Partial(_) | Next::End => break,
                }
            }
            let piece = Piece {
                number,
                text: text.into(),
                before: Before::default(),
                records: Some(records),
                elements: None,
                first,
            };
            return Ok(Some(piece).filter(|piece| piece.records.as_ref().is_some_and(|records| !records.is_empty())));
        }
        let rest = text.get(*at..).filter(|rest| !rest.is_empty());
        let Some(rest) = rest else { return Ok(None) };
        let end = match rest.as_bytes().get(PIECE..).and_then(|behind| behind.iter().position(|byte| *byte == b'\n')) {
            Some(found) => found.saturating_add(PIECE).saturating_add(1),
            None => rest.len(),
        };
        let before = Before { bytes: *at, ..Before::default() };
        *at = at.saturating_add(end);
        let text = rest.get(..end).unwrap_or("").into();
        Ok(Some(Piece { number, text, before, records: None, elements: None, first }))
    }

    fn guessed(&mut self) -> Result<Option<Piece<'t>>, Trouble> {
        let From::Held { text, at } = &mut self.source else { return Ok(None) };
        let text: &'t str = text;
        let (number, start) = (self.number, *at);
        if start >= text.len() {
            return Ok(None);
        }
        let broken = |at: usize| Trouble::Broken(at as u64);
        let first = number == 0;
        if first {
            self.walk.begin(text).map_err(|found| broken(found.at))?;
            self.walk.between(text).map_err(|found| broken(found.at))?;
            self.head = head(text.get(self.walk.at()..).unwrap_or(""));
        }
        let next = self.head.and_then(|head| border(text, start.saturating_add(PIECE), head));
        let end = next.unwrap_or(text.len());
        let whole = next.is_none();
        let mut walk = Walk::elements(whole);
        if first {
            // From before the list on, for what is between.
            walk = Walk::new(Framing::List, whole);
            walk.begin(text.get(..end).unwrap_or("")).map_err(|found| broken(found.at))?;
        }
        *at = end;
        let before = Before { bytes: start, ..Before::default() };
        let text = text.get(start..end).unwrap_or("").into();
        Ok(Some(Piece { number, text, before, records: None, elements: Some(walk), first }))
    }

    fn streamed(&mut self) -> Result<Option<Piece<'t>>, Trouble> {
        let From::Stream { source, pending, over } = &mut self.source else { return Ok(None) };
        let mut wanted = PIECE.max(pending.len());
        loop {
            if !*over && pending.len() < wanted {
                let missing = wanted.saturating_sub(pending.len()) as u64;
                let got = source.by_ref().take(missing).read_to_end(pending).map_err(Trouble::Unreadable)?;
                *over = (got as u64) < missing;
            }
            // What is cut off in the middle of a letter is valid up to there.
            let valid = match std::str::from_utf8(pending) {
                Ok(text) => text,
                Err(error) if error.error_len().is_none() && !*over => {
                    std::str::from_utf8(pending.get(..error.valid_up_to()).unwrap_or(&[])).unwrap_or("")
                }
                Err(error) => {
                    let at = (self.before.bytes as u64).saturating_add(error.valid_up_to() as u64);
                    return Err(Trouble::Encoding(at));
                }
            };
            let mut records = None;
            let used = if self.framing == Framing::Lines {
                if *over { valid.len() } else { valid.rfind('\n').map_or(0, |at| at.saturating_add(1)) }
            } else {
                let mut walk = self.walk;
                walk.over(*over);
                let mut found = Vec::new();
                let base = self.before.bytes as u64;
                let broken = loop {
                    match walk.next(valid) {
                        Ok(Next::Record(record)) => found.push(record),
                        Ok(Next::Partial(_) | Next::End) => break None,
                        Err(broken) => break Some(Trouble::Broken(base.saturating_add(broken.at as u64))),
                    }
                };
                // What stands before it is judged first.
                if let Some(broken) = broken
                    && found.is_empty()
                {
                    return Err(broken);
                }
                let used = walk.at();
                if !found.is_empty() {
                    self.walk = walk;
                }
                records = Some(found);
                used
            };
            let has = records.as_ref().map_or(used > 0, |records| !records.is_empty());
            if !has && *over {
                return Ok(None);
            }
            if !has {
                if pending.len() >= LONGEST {
                    return Err(Trouble::TooLong(self.before.bytes as u64));
                }
                wanted = pending.len().saturating_mul(2).clamp(PIECE, LONGEST);
                continue;
            }
            let mut rest = self.spare.pop().unwrap_or_default();
            rest.clear();
            rest.extend_from_slice(pending.get(used..).unwrap_or(&[]));
            pending.truncate(used);
            let bytes = std::mem::replace(pending, rest);
            let text = String::from_utf8(bytes).map_err(|_| Trouble::Encoding(self.before.bytes as u64))?;
            let before = self.before;
            self.before = behind(before, &text);
            let first = self.number == 0;
            let (number, text) = (self.number, text.into());
            return Ok(Some(Piece { number, text, before, records, elements: None, first }));
        }
    }
}

/// What a mapping begins with, up to the colon behind its first key.
fn head(element: &str) -> Option<&str> {
    let key = element.strip_prefix('{')?.trim_ascii_start().strip_prefix('"')?;
    let colon = key.split_once('"')?.1.trim_ascii_start().strip_prefix(':')?;
    let length = element.len().saturating_sub(colon.len());
    element.get(..length).filter(|head| head.len() <= 256)
}

/// Where, behind a place, something begins that seems to be a further element: it begins as the first one does, and a brace and
/// a comma come before it.
fn border(text: &str, from: usize, head: &str) -> Option<usize> {
    let mut from = (from..text.len()).find(|at| text.is_char_boundary(*at))?;
    loop {
        let found = from.saturating_add(text.get(from..)?.find(head)?);
        let before = text.get(..found)?.trim_ascii_end().strip_suffix(',');
        if before.is_some_and(|before| before.trim_ascii_end().ends_with('}')) {
            return Some(found);
        }
        from = found.saturating_add(1);
    }
}

/// What stands before what comes behind a text.
pub(super) fn behind(before: Before, text: &str) -> Before {
    let bytes = text.as_bytes();
    let feeds = bytes.iter().filter(|byte| **byte == b'\n').count();
    let returns = if bytes.contains(&b'\r') {
        // A return that stands alone ends a line, too.
        let pairs = bytes.windows(2).filter(|pair| matches!(pair, [b'\r', b'\n'])).count();
        bytes.iter().filter(|byte| **byte == b'\r').count().saturating_sub(pairs)
    } else {
        0
    };
    let lines = feeds.saturating_add(returns);
    let last = text.rfind(['\n', '\r']).map_or(text, |at| text.get(at.saturating_add(1)..).unwrap_or(""));
    let mut columns = last.chars().count();
    if lines == 0 {
        // No editor counts the byte order mark as a column.
        let mark = usize::from(before.bytes == 0 && text.starts_with('\u{feff}'));
        columns = columns.saturating_add(before.columns).saturating_sub(mark);
    }
    Before { lines: before.lines.saturating_add(lines), columns, bytes: before.bytes.saturating_add(text.len()) }
}
