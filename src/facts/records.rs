//! Records of a text: its lines, or the elements of one list. They are found by line breaks, or by quotes and brackets; what is
//! in them is nobody's business here. The decoder and the readers take them from there.

/// How records stand in a text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Framing {
    /// One a line; blank lines are none.
    Lines,
    /// One that is the whole text.
    Whole,
    /// The elements of one JSON list.
    List,
}

/// A record by where it begins and ends in its text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Record {
    /// Its first byte.
    pub start: usize,
    /// Behind its last byte.
    pub end: usize,
}

/// The text breaks the rules of its framing here.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Broken {
    /// The byte at which it does.
    pub at: usize,
}

impl Framing {
    /// How records of single entities stand in a JSON text: in a list, or it is one by itself.
    pub fn of_json(text: &str) -> Framing {
        match text.trim_start_matches('\u{feff}').trim_ascii_start().as_bytes().first() {
            Some(b'[') => Framing::List,
            _ => Framing::Whole,
        }
    }
}

/// What stands at a place of a text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Next {
    /// A record.
    Record(Record),
    /// Perhaps a record, of which the text has only a part; it begins here.
    Partial(usize),
    /// No further record.
    End,
}

/// Walks through the records of a text that may come in pieces.
#[derive(Clone, Copy, Debug)]
pub struct Walk {
    framing: Framing,
    /// Where the next record, or what is before it, begins.
    at: usize,
    /// Whether the text ends where the piece ends.
    whole: bool,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    /// Before everything.
    Begin,
    /// Before the first element of a list, or its end.
    First,
    /// Before an element.
    Element,
    /// Behind an element.
    Behind,
    /// Behind the list.
    Closed,
}

impl Walk {
    /// The walk from the beginning of a text. `whole`: the text is all there is.
    pub fn new(framing: Framing, whole: bool) -> Walk {
        Walk { framing, at: 0, whole, state: State::Begin }
    }

    /// The walk through a piece of lines that is not the first: no byte order mark stands before it.
    pub fn lines() -> Walk {
        Walk { framing: Framing::Lines, at: 0, whole: true, state: State::First }
    }

    /// The walk through a piece of a list that begins with an element behind a comma. `whole`: the list ends in it.
    pub fn elements(whole: bool) -> Walk {
        Walk { framing: Framing::List, at: 0, whole, state: State::Element }
    }

    /// Where the walk is.
    pub fn at(&self) -> usize {
        self.at
    }

    /// Goes on with another piece, which begins where this one was.
    pub fn over(&mut self, whole: bool) {
        self.at = 0;
        self.whole = whole;
    }

    /// The next record of a text.
    ///
    /// # Errors
    /// Where something stands between records that cannot, or the list has no end.
    pub fn next(&mut self, text: &str) -> Result<Next, Broken> {
        if !self.begin(text)? {
            return Ok(Next::Partial(0));
        }
        match self.framing {
            Framing::Lines => Ok(self.line(text)),
            Framing::Whole => Ok(self.rest(text)),
            Framing::List => self.element(text),
        }
    }

    /// Goes in front of the first record, and answers whether the text has as much.
    ///
    /// # Errors
    /// See [`Walk::next`].
    pub fn begin(&mut self, text: &str) -> Result<bool, Broken> {
        if self.state != State::Begin {
            return Ok(true);
        }
        if text.starts_with('\u{feff}') {
            self.at = 3;
        }
        if self.framing == Framing::List {
            self.blank(text);
            match self.peek(text) {
                None if !self.whole => {
                    self.at = 0;
                    return Ok(false);
                }
                Some(b'[') => self.step(),
                _ => return Err(Broken { at: self.at }),
            }
        }
        self.state = State::First;
        Ok(true)
    }

    fn line(&mut self, text: &str) -> Next {
        loop {
            let Some(rest) = text.get(self.at..).filter(|rest| !rest.is_empty()) else { return Next::End };
            let start = self.at;
            let (line, length) = match feed(rest.as_bytes()) {
                Some(end) => (rest.get(..end).unwrap_or(""), end.saturating_add(1)),
                None if self.whole => (rest, rest.len()),
                None => return Next::Partial(start),
            };
            self.at = start.saturating_add(length);
            // Most lines begin with what is no blank.
            let blank = line.as_bytes().first().is_none_or(u8::is_ascii_whitespace)
                && line.bytes().all(|byte| byte.is_ascii_whitespace());
            if !blank {
                return Next::Record(Record { start, end: start.saturating_add(line.len()) });
            }
        }
    }

    fn rest(&mut self, text: &str) -> Next {
        let start = self.at;
        let rest = text.get(start..).unwrap_or("");
        if !self.whole {
            return Next::Partial(start);
        }
        self.at = text.len();
        if rest.bytes().all(|byte| byte.is_ascii_whitespace()) {
            return Next::End;
        }
        Next::Record(Record { start, end: text.len() })
    }

    fn element(&mut self, text: &str) -> Result<Next, Broken> {
        if !self.between(text)? {
            return Ok(if self.state == State::Closed { Next::End } else { Next::Partial(self.at) });
        }
        let start = self.at;
        match end(text, start) {
            Some(end) if end < text.len() || self.whole => {
                self.at = end;
                self.state = State::Behind;
                Ok(Next::Record(Record { start, end }))
            }
            None if self.whole => Err(Broken { at: text.len() }),
            _ => Ok(Next::Partial(start)),
        }
    }

    /// Goes up to the next element of a list and answers whether there is one.
    ///
    /// # Errors
    /// See [`Walk::next`].
    pub fn between(&mut self, text: &str) -> Result<bool, Broken> {
        loop {
            self.blank(text);
            let Some(byte) = self.peek(text) else {
                return match (self.state, self.whole) {
                    (State::Closed, _) | (_, false) => Ok(false),
                    _ => Err(Broken { at: self.at }),
                };
            };
            match (self.state, byte) {
                (State::Behind, b',') => {
                    self.step();
                    self.state = State::Element;
                }
                (State::Behind | State::First, b']') => {
                    self.step();
                    self.state = State::Closed;
                }
                (State::Closed | State::Behind, _) | (_, b']' | b',') => return Err(Broken { at: self.at }),
                _ => return Ok(true),
            }
        }
    }

    /// Whether a piece of a list that came to its end came to it as it should: behind a comma, or behind the list.
    pub fn is_over(&self) -> bool {
        self.state == if self.whole { State::Closed } else { State::Element }
    }

    /// Says where the element that came next ends, for whoever found that out by reading it.
    pub fn passed(&mut self, end: usize) {
        self.at = end;
        self.state = State::Behind;
    }

    fn peek(&self, text: &str) -> Option<u8> {
        text.as_bytes().get(self.at).copied()
    }

    fn step(&mut self) {
        self.at = self.at.saturating_add(1);
    }

    fn blank(&mut self, text: &str) {
        while let Some(b' ' | b'\t' | b'\r' | b'\n') = self.peek(text) {
            self.step();
        }
    }
}

/// Behind the value that begins at a place: where its brackets are closed, or, of one without brackets, where a comma, a
/// bracket or a blank stands. Nothing where the text ends before.
pub fn end(text: &str, start: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = start;
    let mut open = 0u64;
    loop {
        let byte = *bytes.get(at)?;
        match byte {
            b'"' => {
                at = string_end(bytes, at.saturating_add(1))?;
                if open == 0 {
                    return Some(at);
                }
                continue;
            }
            b'{' | b'[' => open = open.saturating_add(1),
            b'}' | b']' if open <= 1 => return Some(if open == 1 { at.saturating_add(1) } else { at }),
            b'}' | b']' => open = open.saturating_sub(1),
            b',' | b' ' | b'\t' | b'\r' | b'\n' if open == 0 => return Some(at),
            _ => {}
        }
        at = at.saturating_add(1);
    }
}

/// The place of the first line feed. Whole blocks are looked at at once.
fn feed(bytes: &[u8]) -> Option<usize> {
    let (blocks, _) = bytes.as_chunks::<64>();
    let has = |block: &[u8; 64]| block.iter().fold(false, |has, byte| has | (*byte == b'\n'));
    let before = blocks.iter().position(has).unwrap_or(blocks.len()).saturating_mul(64);
    let at = bytes.get(before..)?.iter().position(|byte| *byte == b'\n')?;
    Some(before.saturating_add(at))
}

/// Behind the quote that closes a string.
fn string_end(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        let rest = bytes.get(at..)?;
        let found = rest.iter().position(|byte| matches!(byte, b'"' | b'\\'))?;
        at = at.saturating_add(found);
        if bytes.get(at) == Some(&b'"') {
            return Some(at.saturating_add(1));
        }
        at = at.saturating_add(2);
    }
}

#[cfg(test)]
mod tests {
    use super::{Broken, Framing, Next, Walk};

    fn all(framing: Framing, text: &str) -> Result<Vec<&str>, usize> {
        let mut walk = Walk::new(framing, true);
        let mut found = Vec::new();
        loop {
            match walk.next(text) {
                Ok(Next::Record(record)) => found.push(text.get(record.start..record.end).unwrap_or("?")),
                Ok(Next::Partial(_)) => return Err(usize::MAX),
                Ok(Next::End) => return Ok(found),
                Err(Broken { at }) => return Err(at),
            }
        }
    }

    #[test]
    fn lines_and_elements_are_records() {
        assert_eq!(all(Framing::Lines, "\u{feff}{}\n \t\r\n\n1\r\n{\"a\":2}"), Ok(vec!["{}", "1\r", "{\"a\":2}"]));
        assert_eq!(
            all(Framing::List, " [ {\"]\": \"\\\"}\"} ,1 , \"a\",[[]]] \n"),
            Ok(vec!["{\"]\": \"\\\"}\"}", "1", "\"a\"", "[[]]"])
        );
        assert_eq!(all(Framing::List, "[]"), Ok(vec![]));
        assert_eq!(all(Framing::Whole, " {} "), Ok(vec![" {} "]));
        for (broken, at) in [("[{},]", 4), ("[{} {}]", 4), ("[{}", 3), ("[,]", 1), ("[{}]]", 4), ("{}", 0), ("[{]", 3)]
        {
            assert_eq!(all(Framing::List, broken), Err(at), "{broken}");
        }
    }
}
