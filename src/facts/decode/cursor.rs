//! A cursor over one JSON text: it takes what strict JSON is and nothing beside it. It keeps nothing and reports nothing;
//! whatever it does not take is [`Odd`], and the readers of documents say what is wrong, if anything is.

use super::Odd;

/// What the texts and the nesting of a document may be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    /// Lists and mappings within each other.
    pub(super) nesting: u32,
    /// Bytes of one text.
    pub(super) text: usize,
}

/// A place in a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor<'t> {
    text: &'t str,
    pub(super) at: usize,
    pub(super) bounds: Bounds,
}

/// A string as it stands in the text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Quoted<'t> {
    /// What stands between the quotes.
    pub(super) raw: &'t str,
    /// Whether there are escapes in it.
    pub(super) escaped: bool,
}

/// What a key is introduced by, as it was written last: from behind the value before it up to its own value.
#[derive(Clone, Debug)]
pub(super) struct Lead {
    text: Box<[u8]>,
    length: usize,
    /// The same as words, unless it is a long one, and the bits of them that count.
    words: Words,
    masks: Words,
}

/// Bytes of a lead that is compared by words.
const SHORT: usize = 24;

/// Some bytes, to be compared at once.
#[derive(Clone, Copy, Debug)]
struct Words(u64, u64, u64);

impl Words {
    #[inline(always)]
    fn of(bytes: &[u8]) -> Option<Words> {
        let (first, rest) = bytes.split_first_chunk::<8>()?;
        let (second, rest) = rest.split_first_chunk::<8>()?;
        let (third, _) = rest.split_first_chunk::<8>()?;
        Some(Words(u64::from_le_bytes(*first), u64::from_le_bytes(*second), u64::from_le_bytes(*third)))
    }

    /// The bits that are others, of those that count.
    #[inline(always)]
    const fn differ(&self, other: &Words, masks: &Words) -> u64 {
        ((self.0 ^ other.0) & masks.0) | ((self.1 ^ other.1) & masks.1) | ((self.2 ^ other.2) & masks.2)
    }
}

impl Lead {
    pub(super) fn new(text: &[u8]) -> Lead {
        let (mut bytes, mut mask) = ([0; SHORT], [0; SHORT]);
        for ((byte, mask), from) in bytes.iter_mut().zip(&mut mask).zip(text) {
            (*byte, *mask) = (*from, u8::MAX);
        }
        let words = |bytes: &[u8]| Words::of(bytes).unwrap_or(Words(0, 0, 0));
        Lead { text: text.into(), length: text.len(), words: words(&bytes), masks: words(&mask) }
    }

    pub(super) fn is(&self, text: &[u8]) -> bool {
        *self.text == *text
    }
}

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// Marks the bytes of a word that end or interrupt a string: quotes, backslashes, control characters. Right up to the first.
#[inline]
const fn special(word: u64) -> u64 {
    // With one bit turned, quotes stand right behind the control characters, and nothing comes between them.
    let low = (word ^ ONES.wrapping_mul(0x02)).wrapping_sub(ONES.wrapping_mul(0x21));
    let backslash = (word ^ ONES.wrapping_mul(b'\\' as u64)).wrapping_sub(ONES);
    (low | backslash) & !word & HIGH
}

impl<'t> Cursor<'t> {
    pub(super) fn new(text: &'t str, bounds: Bounds) -> Cursor<'t> {
        Cursor { text, at: 0, bounds }
    }

    /// The next byte; 0, which stands nowhere in JSON, at the end.
    #[inline]
    pub(super) fn peek(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or(0)
    }

    #[inline]
    pub(super) fn step(&mut self) {
        self.at = self.at.wrapping_add(1);
    }

    /// What is not read yet.
    #[inline]
    pub(super) fn rest(&self) -> &'t [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or(&[])
    }

    /// The text from a place up to here.
    #[inline]
    pub(super) fn since(&self, start: usize) -> &'t str {
        self.text.get(start..self.at).unwrap_or("")
    }

    /// Passes over blanks and answers with the byte behind them.
    #[inline]
    pub(super) fn blank(&mut self) -> u8 {
        loop {
            let byte = self.peek();
            if !matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
                return byte;
            }
            self.step();
        }
    }

    /// Takes these bytes, if they come next.
    #[inline]
    pub(super) fn eat(&mut self, expected: &[u8]) -> bool {
        let found = self.rest().starts_with(expected);
        if found {
            self.at = self.at.wrapping_add(expected.len());
        }
        found
    }

    /// Takes what a key is introduced by, if it comes next.
    #[inline(always)]
    pub(super) fn eat_lead(&mut self, lead: &Lead) -> bool {
        let rest = self.rest();
        let found = match Words::of(rest) {
            Some(found) if lead.length <= SHORT => found.differ(&lead.words, &lead.masks) == 0,
            _ => rest.starts_with(&lead.text),
        };
        if found {
            self.at = self.at.wrapping_add(lead.length);
        }
        found
    }

    /// Takes a byte that has to come next.
    #[inline]
    pub(super) fn take(&mut self, byte: u8) -> Result<(), Odd> {
        if self.peek() != byte {
            return Err(Odd);
        }
        self.step();
        Ok(())
    }

    /// Passes over what can stand in a string up to the byte that cannot.
    #[inline(always)]
    fn plain(&mut self) -> u8 {
        let mut rest = self.rest();
        let mut passed = 0usize;
        while let Some((word, behind)) = rest.split_first_chunk::<8>() {
            let word = u64::from_le_bytes(*word);
            let marks = special(word);
            if marks != 0 {
                let bits = marks.trailing_zeros() & 0x38;
                self.at = self.at.wrapping_add(passed).wrapping_add((bits >> 3) as usize);
                return word.wrapping_shr(bits) as u8;
            }
            passed = passed.wrapping_add(8);
            rest = behind;
        }
        self.at = self.at.wrapping_add(passed);
        loop {
            let byte = self.peek();
            if byte < 0x20 || byte == b'"' || byte == b'\\' {
                return byte;
            }
            self.step();
        }
    }

    /// Reads a string, of which the opening quote comes next.
    #[inline]
    pub(super) fn string(&mut self) -> Result<Quoted<'t>, Odd> {
        self.take(b'"')?;
        let start = self.at;
        if self.plain() == b'"' {
            let raw = self.since(start);
            self.step();
            return if raw.len() > self.bounds.text { Err(Odd) } else { Ok(Quoted { raw, escaped: false }) };
        }
        self.string_on(start)
    }

    /// Goes on with a string in which something other than letters stands.
    #[inline(never)]
    fn string_on(&mut self, start: usize) -> Result<Quoted<'t>, Odd> {
        let mut escaped = false;
        loop {
            match self.plain() {
                b'"' => break,
                b'\\' => {
                    escaped = true;
                    self.escape()?;
                }
                _ => return Err(Odd),
            }
        }
        let raw = self.since(start);
        self.step();
        // A text is never longer than what it is written with.
        if raw.len() > self.bounds.text {
            return Err(Odd);
        }
        Ok(Quoted { raw, escaped })
    }

    /// Passes over an escape. Halves of letters are left to others.
    fn escape(&mut self) -> Result<(), Odd> {
        self.step();
        let letter = self.peek();
        self.step();
        match letter {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Ok(()),
            b'u' => {
                let digits = self.rest().first_chunk::<4>().ok_or(Odd)?;
                self.at = self.at.wrapping_add(4);
                code(digits).map(|_| ())
            }
            _ => Err(Odd),
        }
    }

    /// Reads a number and answers with its text.
    #[inline]
    pub(super) fn number(&mut self) -> Result<&'t str, Odd> {
        let start = self.at;
        if self.peek() == b'-' {
            self.step();
        }
        match self.peek() {
            b'0' => self.step(),
            b'1'..=b'9' => self.digits(),
            _ => return Err(Odd),
        }
        if self.peek() == b'.' {
            self.step();
            self.some_digits()?;
        }
        if matches!(self.peek(), b'e' | b'E') {
            self.step();
            if matches!(self.peek(), b'+' | b'-') {
                self.step();
            }
            self.some_digits()?;
        }
        let text = self.since(start);
        // What is longer, some reader may take for too long.
        if text.len() > LONGEST_NUMBER.min(self.bounds.text) {
            return Err(Odd);
        }
        Ok(text)
    }

    #[inline]
    fn digits(&mut self) {
        while self.peek().is_ascii_digit() {
            self.step();
        }
    }

    fn some_digits(&mut self) -> Result<(), Odd> {
        let start = self.at;
        self.digits();
        if self.at == start { Err(Odd) } else { Ok(()) }
    }

    /// Reads `true` or `false`.
    #[inline]
    pub(super) fn bool(&mut self) -> Result<bool, Odd> {
        if self.eat(b"true") {
            Ok(true)
        } else if self.eat(b"false") {
            Ok(false)
        } else {
            Err(Odd)
        }
    }

    /// Takes `null`.
    #[inline]
    pub(super) fn null(&mut self) -> Result<(), Odd> {
        if self.eat(b"null") { Ok(()) } else { Err(Odd) }
    }

    /// Goes into a list, whose bracket comes next, and answers whether it has an element, which comes next then.
    #[inline]
    pub(super) fn open_list(&mut self, depth: u32) -> Result<bool, Odd> {
        self.take(b'[')?;
        if depth > self.bounds.nesting {
            return Err(Odd);
        }
        if self.blank() == b']' {
            self.step();
            return Ok(false);
        }
        Ok(true)
    }

    /// Behind an element of a list: whether there is another one, which comes next then.
    #[inline]
    pub(super) fn next_element(&mut self) -> Result<bool, Odd> {
        match self.blank() {
            b',' => {
                self.step();
                self.blank();
                Ok(true)
            }
            b']' => {
                self.step();
                Ok(false)
            }
            _ => Err(Odd),
        }
    }

    /// A piece of the text.
    pub(super) fn piece(&self, start: usize, end: usize) -> &'t str {
        self.text.get(start..end).unwrap_or("")
    }

    /// Says that nothing but blanks is left.
    pub(super) fn end(&mut self) -> Result<(), Odd> {
        self.blank();
        if self.at < self.text.len() { Err(Odd) } else { Ok(()) }
    }
}

const LONGEST_NUMBER: usize = 300;

/// The letter of four digits; half a letter is odd.
fn code(digits: &[u8; 4]) -> Result<char, Odd> {
    let mut value = 0u32;
    for digit in digits {
        value = (value << 4) | char::from(*digit).to_digit(16).ok_or(Odd)?;
    }
    char::from_u32(value).ok_or(Odd)
}

/// What a string with escapes says. The escapes are known to be right.
pub(super) fn unescape(raw: &str, out: &mut String) {
    out.clear();
    out.reserve(raw.len());
    let mut rest = raw;
    while let Some(at) = backslash(rest.as_bytes()) {
        out.push_str(rest.get(..at).unwrap_or(""));
        let escape = rest.get(at.saturating_add(1)..).unwrap_or("");
        let mut length = 1;
        match escape.as_bytes().first() {
            Some(b'b') => out.push('\u{8}'),
            Some(b'f') => out.push('\u{c}'),
            Some(b'n') => out.push('\n'),
            Some(b'r') => out.push('\r'),
            Some(b't') => out.push('\t'),
            Some(b'u') => {
                let digits = escape.as_bytes().get(1..).and_then(<[u8]>::first_chunk::<4>);
                out.extend(digits.and_then(|digits| code(digits).ok()));
                length = 5;
            }
            Some(itself) => out.push(char::from(*itself)),
            None => {}
        }
        rest = escape.get(length..).unwrap_or("");
    }
    out.push_str(rest);
}

/// The place of the first backslash. Of what special bytes there are, only those stand within a string.
#[inline]
fn backslash(bytes: &[u8]) -> Option<usize> {
    let mut rest = bytes;
    let mut passed = 0usize;
    while let Some((word, behind)) = rest.split_first_chunk::<8>() {
        let marks = special(u64::from_le_bytes(*word));
        if marks != 0 {
            return Some(passed.wrapping_add((marks.trailing_zeros() >> 3) as usize));
        }
        passed = passed.wrapping_add(8);
        rest = behind;
    }
    let at = rest.iter().position(|byte| *byte == b'\\')?;
    Some(passed.wrapping_add(at))
}
