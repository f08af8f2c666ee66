//! Texts: where they end, and what is in them.

use crate::diag::Diagnostic;
use crate::diag::codes::syntax as codes;
use crate::syntax::token::TokenKind;

use super::Lexer;

/// Where the brace that opens at `open` is closed: on the same line, texts between quotes passed over.
fn brace_end(bytes: &[u8], open: usize) -> Result<usize, usize> {
    let mut depth = 0usize;
    let mut quoted = false;
    let mut at = open;
    loop {
        match bytes.get(at) {
            None | Some(b'\n' | b'\r') => return Err(at),
            // A doubled quote inside a text closes and opens it at once.
            Some(b'"') => quoted = !quoted,
            Some(b'{') if !quoted => depth = depth.saturating_add(1),
            Some(b'}') if !quoted => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Ok(at);
                }
            }
            Some(_) => {}
        }
        at = at.saturating_add(1);
    }
}

impl Lexer<'_> {
    /// A text. Braces in it may hold texts of their own, so that a message can say `{join(names, ", ")}`.
    pub(super) fn text(&mut self) {
        let open = self.at;
        let mut at = open.saturating_add(1);
        let mut first_line_end = None;
        let closed = loop {
            match self.bytes.get(at) {
                None => break None,
                Some(b'"') if self.bytes.get(at.saturating_add(1)) == Some(&b'"') => at = at.saturating_add(2),
                Some(b'"') => break Some(at.saturating_add(1)),
                Some(b'\n' | b'\r') => {
                    if self.lines_only || self.nested {
                        break None;
                    }
                    first_line_end = first_line_end.or(Some(at));
                    at = at.saturating_add(1);
                }
                Some(b'{') if self.bytes.get(at.saturating_add(1)) == Some(&b'{') => at = at.saturating_add(2),
                Some(b'{') if !self.nested && at >= self.braces => match brace_end(self.bytes, at) {
                    Ok(end) => at = end.saturating_add(1),
                    Err(line_end) => {
                        self.braces = line_end;
                        at = at.saturating_add(1);
                    }
                },
                Some(_) => at = at.saturating_add(1),
            }
        };
        match (closed, first_line_end) {
            (Some(end), None) => return self.push(TokenKind::Text, end),
            // Behind the end of a text there is a blank or a sign. Where a word follows, the quote was meant to open the
            // next text, and this one was forgotten to be closed on its line.
            (Some(end), Some(_)) => {
                let follows = self.bytes.get(end).copied().unwrap_or(b' ');
                if follows.is_ascii_whitespace() || b",)]}:|/.?".contains(&follows) {
                    self.push_lines(end);
                    return;
                }
            }
            (None, _) => self.lines_only = true,
        }
        let end = first_line_end.unwrap_or(at);
        let end = self.slice(open, end).trim_end().len().saturating_add(open);
        let diagnostic = Diagnostic::error(codes::UNCLOSED_TEXT, self.span(open, end), "this text is not closed")
            .label("opened here")
            .help("close it with `\"`; a quote inside of it is written `\"\"`");
        self.report(diagnostic);
        self.push(TokenKind::Text, end.max(open.saturating_add(1)));
    }

    /// Adds a text of several lines.
    fn push_lines(&mut self, end: usize) {
        let open = self.at;
        self.push(TokenKind::Text, end);
        let last = self.slice(open, end).rfind(['\n', '\r']).unwrap_or(0);
        self.line = open.saturating_add(last).saturating_add(1);
    }
}

/// A part of the inside of a text.
#[derive(PartialEq, Eq, Debug)]
pub enum Part {
    /// Characters as they are meant, and their local range.
    Words(String, usize, usize),
    /// What stands between braces, as a local range.
    Braces(usize, usize),
    /// A brace without its partner, at a local offset.
    Unclosed(usize),
}

/// Takes the inside of a text apart. In a message braces hold expressions; elsewhere they are characters.
/// Offsets are counted from the text's first byte inside of the quotes.
pub fn parts(inside: &str, message: bool) -> Vec<Part> {
    let bytes = inside.as_bytes();
    let mut found = Vec::new();
    let mut words = String::new();
    let mut start = 0usize;
    let mut at = 0usize;
    let mut braces = 0usize;
    let flush = |words: &mut String, start: usize, at: usize, found: &mut Vec<Part>| {
        if !words.is_empty() {
            found.push(Part::Words(std::mem::take(words), start, at));
        }
    };
    while let Some(c) = inside.get(at..).and_then(|rest| rest.chars().next()) {
        let next = bytes.get(at.saturating_add(1)).copied();
        match c {
            '"' if next == Some(b'"') => {
                words.push('"');
                at = at.saturating_add(2);
            }
            '{' if next == Some(b'{') => {
                words.push('{');
                at = at.saturating_add(2);
            }
            '{' if message => {
                let end = if at >= braces { brace_end(bytes, at) } else { Err(braces) };
                flush(&mut words, start, at, &mut found);
                match end {
                    Ok(end) => {
                        found.push(Part::Braces(at.saturating_add(1), end));
                        at = end.saturating_add(1);
                    }
                    Err(line_end) => {
                        // One report a line is enough.
                        if at >= braces {
                            found.push(Part::Unclosed(at));
                        }
                        braces = line_end;
                        at = at.saturating_add(1);
                    }
                }
                start = at;
            }
            '\n' | '\r' => {
                // Blanks around a line break, and further line breaks, are one blank with it.
                let kept = words.trim_end_matches([' ', '\t']).len();
                words.truncate(kept);
                words.push(' ');
                let rest = bytes.get(at..).unwrap_or_default();
                at = at.saturating_add(rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count());
            }
            c => {
                words.push(c);
                at = at.saturating_add(c.len_utf8());
            }
        }
    }
    flush(&mut words, start, at, &mut found);
    found
}
