//! The lexer: from a text to tokens, comments and diagnostics. It never fails: what it cannot read it reports and
//! either leaves out or takes for what was probably meant. It reads each byte a bounded number of times.

mod number;
mod text;

use crate::diag::Diagnostic;
use crate::diag::codes::syntax as codes;
use crate::source::Span;

use super::ast::Comment;
use super::token::{Sign, Token, TokenKind};

pub(super) use text::{Part, parts};

/// What the lexer found.
pub struct Lexed {
    /// The tokens; the last one is [`TokenKind::End`].
    pub tokens: Vec<Token>,
    /// The comments.
    pub comments: Vec<Comment>,
    /// What could not be read.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads a text whose first byte has the global offset `base`.
pub fn lex(text: &str, base: u32) -> Lexed {
    run(text, base, false)
}

/// Reads what stands between the braces of a message. Texts in it end at the next quote, whatever braces they hold.
pub(super) fn lex_interpolation(text: &str, base: u32) -> Lexed {
    run(text, base, true)
}

fn run(text: &str, base: u32, nested: bool) -> Lexed {
    let mut lexer = Lexer {
        text,
        bytes: text.as_bytes(),
        base,
        nested,
        at: 0,
        line: 0,
        fresh_line: !nested,
        blank: true,
        braces: 0,
        lines_only: false,
        out: Lexed { tokens: Vec::new(), comments: Vec::new(), diagnostics: Vec::new() },
    };
    // A byte order mark is no character of the policy.
    if text.starts_with('\u{feff}') {
        lexer.at = '\u{feff}'.len_utf8();
        lexer.line = lexer.at;
    }
    while lexer.step() {}
    lexer.push(TokenKind::End, text.len());
    lexer.out
}

struct Lexer<'a> {
    text: &'a str,
    bytes: &'a [u8],
    base: u32,
    /// Whether this is the inside of a message's braces.
    nested: bool,
    at: usize,
    /// Where the line starts.
    line: usize,
    fresh_line: bool,
    blank: bool,
    /// Up to here braces in texts are taken as they are: a brace before it has no partner on its line.
    braces: usize,
    /// Set once a text ran to the end of the file: from then on texts end with their line, so that time stays linear.
    lines_only: bool,
    out: Lexed,
}

impl Lexer<'_> {
    fn byte(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at.saturating_add(ahead)).copied()
    }

    fn offset(&self, local: usize) -> u32 {
        self.base.saturating_add(u32::try_from(local).unwrap_or(u32::MAX))
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.offset(start), self.offset(end))
    }

    fn slice(&self, start: usize, end: usize) -> &str {
        self.text.get(start..end).unwrap_or_default()
    }

    /// The end of the run of bytes from `start` for which `wanted` is true.
    fn run_end(&self, start: usize, wanted: impl Fn(u8) -> bool) -> usize {
        let rest = self.bytes.get(start..).unwrap_or_default();
        start.saturating_add(rest.iter().take_while(|byte| wanted(**byte)).count())
    }

    /// Adds a token from here up to `end` and goes there.
    fn push(&mut self, kind: TokenKind, end: usize) {
        let blank_after = self.bytes.get(end).is_none_or(u8::is_ascii_whitespace);
        self.out.tokens.push(Token {
            kind,
            span: self.span(self.at, end),
            column: u32::try_from(self.at.saturating_sub(self.line)).unwrap_or(u32::MAX),
            line_start: self.fresh_line,
            blank_before: self.blank,
            blank_after,
        });
        self.at = end;
        self.fresh_line = false;
        self.blank = false;
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.out.diagnostics.push(diagnostic);
    }

    /// Reads one thing; false at the end.
    fn step(&mut self) -> bool {
        let Some(byte) = self.byte(0) else { return false };
        match byte {
            b'\n' | b'\r' => {
                self.at = self.at.saturating_add(1);
                self.line = self.at;
                self.fresh_line = true;
                self.blank = true;
            }
            b' ' | b'\t' | 0x0b | 0x0c => {
                self.at = self.at.saturating_add(1);
                self.blank = true;
            }
            b'/' if self.byte(1) == Some(b'/') => self.comment(2),
            b'"' => self.text(),
            b'|' if self.table_rule() => {}
            b'0'..=b'9' => self.number(),
            b'a'..=b'z' | b'A'..=b'Z' => self.name(),
            _ => self.sign(),
        }
        true
    }

    fn comment(&mut self, marks: usize) {
        let end = self.run_end(self.at, |byte| byte != b'\n' && byte != b'\r');
        let text = self.slice(self.at.saturating_add(marks), end).trim_end().into();
        let rest = self.text.get(end..).unwrap_or_default();
        let mut below = rest.lines().skip(1);
        let gap_below = below.next().is_some_and(|line| line.trim().is_empty()) && below.next().is_some();
        let comment = Comment { text, own_line: self.fresh_line, gap_below, span: self.span(self.at, end) };
        self.out.comments.push(comment);
        self.at = end;
        self.blank = true;
    }

    /// `|---|---|` up to the end of the line.
    fn table_rule(&mut self) -> bool {
        if !self.fresh_line {
            return false;
        }
        let end = self.run_end(self.at, |byte| matches!(byte, b'|' | b'-' | b':' | b' ' | b'\t'));
        let line = self.slice(self.at, end).trim_end();
        let is_rule =
            line.contains("--") && self.bytes.get(end).is_none_or(|byte| matches!(byte, b'\n' | b'\r' | b'/'));
        if is_rule {
            let end = self.at.saturating_add(line.len());
            self.push(TokenKind::TableRule, end);
        }
        is_rule
    }

    /// Where a name that starts at `start` ends: letters and digits, joined by single minus signs.
    fn name_end(&self, start: usize) -> usize {
        let mut end = self.run_end(start, |byte| byte.is_ascii_alphanumeric());
        while self.bytes.get(end) == Some(&b'-')
            && self.bytes.get(end.saturating_add(1)).is_some_and(u8::is_ascii_alphanumeric)
        {
            end = self.run_end(end.saturating_add(1), |byte| byte.is_ascii_alphanumeric());
        }
        end
    }

    fn name(&mut self) {
        let end = self.name_end(self.at);
        // What is written as one word is reported as one word.
        let whole = self.word_end(end);
        if whole > end {
            let word = self.slice(self.at, whole);
            let mut meant: String = word.replace('_', "-");
            meant.retain(|c| c.is_ascii_alphanumeric() || c == '-');
            let diagnostic =
                Diagnostic::error(codes::BAD_NAME, self.span(self.at, whole), format!("`{word}` is no name"))
                    .label("holds a character that no name has")
                    .help(format!("names are letters, digits and single `-` between them, such as `{meant}`"));
            self.report(diagnostic);
        }
        self.push(TokenKind::Name, whole);
    }

    /// The end of a word in which characters stand that no name has, but people write: `_` and letters of other scripts.
    fn word_end(&self, end: usize) -> usize {
        let mut whole = end;
        for (at, c) in self.text.get(end..).unwrap_or_default().char_indices() {
            let joins = c == '_' || c.is_alphanumeric() || (c == '-' && whole > end);
            if !joins {
                break;
            }
            whole = end.saturating_add(at).saturating_add(c.len_utf8());
        }
        whole
    }

    fn sign(&mut self) {
        let rest = self.text.get(self.at..).unwrap_or_default();
        if rest.starts_with("...") {
            let end = self.run_end(self.at, |byte| byte == b'.');
            return self.skip(end, "leave it out: nothing may be elided in a policy");
        }
        let found = Sign::ALL.iter().find(|sign| rest.starts_with(sign.text()));
        if let Some(sign) = found {
            let end = self.at.saturating_add(sign.text().len());
            return self.push(TokenKind::Sign(*sign), end);
        }
        match rest.chars().next() {
            Some('#') => {
                let span = self.span(self.at, self.at.saturating_add(1));
                self.report(
                    Diagnostic::error(codes::UNEXPECTED_CHARACTER, span, "`#` means nothing here")
                        .help("a comment starts with `//`"),
                );
                self.comment(1);
            }
            Some('\'') => self.single_quoted(),
            Some(quote) if TYPOGRAPHIC.contains(&quote) && self.typographic(quote) => {}
            Some('&') => {
                let end = self.run_end(self.at, |byte| byte == b'&');
                self.meant(end, "write `and`");
            }
            Some('!') => self.meant(self.at.saturating_add(1), "write `not`; unequal is `!=`"),
            Some(';') => self.skip(self.at.saturating_add(1), "leave it out: the next clause ends the one before it"),
            Some('%') => self.skip(self.at.saturating_add(1), "a percentage is digits and `%` without a blank: `15%`"),
            Some(c) if c.is_alphabetic() || c == '_' => {
                let end = self.word_end(self.at);
                let word = self.slice(self.at, end).to_owned();
                let diagnostic =
                    Diagnostic::error(codes::BAD_NAME, self.span(self.at, end), format!("`{word}` is no name"))
                        .label("starts with a character that no name has")
                        .help("names are made of the letters a to z and A to Z, digits and single `-` between them");
                self.report(diagnostic);
                self.push(TokenKind::Name, end);
            }
            Some(c) if c.is_whitespace() => {
                self.at = self.at.saturating_add(c.len_utf8());
                self.blank = true;
            }
            Some(_) => {
                // A run of such characters is one mistake.
                let strange = |c: &char| {
                    !c.is_ascii_alphanumeric()
                        && !c.is_whitespace()
                        && (!c.is_ascii_punctuation() || "$@\\^`~".contains(*c))
                };
                let length: usize = rest.chars().take_while(strange).map(char::len_utf8).sum();
                let end = self.at.saturating_add(length.max(rest.chars().next().map_or(1, char::len_utf8)));
                let quotes = rest.starts_with(TYPOGRAPHIC);
                self.skip(end, if quotes { "a text stands between straight quotes: `\"text\"`" } else { "remove it" });
            }
            None => {}
        }
    }

    /// Reports an operator of other languages and keeps it: [`meant_word`] says what it is taken for.
    fn meant(&mut self, end: usize, help: &str) {
        let start = self.at;
        self.skip(end, help);
        self.at = start;
        self.push(TokenKind::Name, end);
    }

    /// Reports what stands from here to `end` and leaves it out.
    fn skip(&mut self, end: usize, help: &str) {
        let found: String = self
            .slice(self.at, end)
            .chars()
            .take(8)
            .map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c })
            .collect();
        let span = self.span(self.at, end);
        self.report(
            Diagnostic::error(codes::UNEXPECTED_CHARACTER, span, format!("`{found}` means nothing here")).help(help),
        );
        self.at = end;
        self.blank = true;
    }

    /// `“text”`: reported, and taken for a text where it ends on its line; false where it does not.
    fn typographic(&mut self, quote: char) -> bool {
        let start = self.at.saturating_add(quote.len_utf8());
        let line = self.text.get(start..).unwrap_or_default().lines().next().unwrap_or_default();
        let Some((at, close)) = line.char_indices().find(|(_, c)| *c == '"' || TYPOGRAPHIC.contains(c)) else {
            return false;
        };
        let end = start.saturating_add(at).saturating_add(close.len_utf8());
        let message = format!("`{quote}` means nothing here");
        let diagnostic = Diagnostic::error(codes::UNEXPECTED_CHARACTER, self.span(self.at, end), message)
            .help("a text stands between straight quotes: `\"text\"`");
        self.report(diagnostic);
        self.push(TokenKind::Text, end);
        true
    }

    /// `'text'`: reported, and taken for a text where it ends on its line.
    fn single_quoted(&mut self) {
        let close = self.run_end(self.at.saturating_add(1), |byte| !matches!(byte, b'\'' | b'\n' | b'\r' | b'"'));
        let closed = self.bytes.get(close) == Some(&b'\'');
        let end = if closed { close.saturating_add(1) } else { self.at.saturating_add(1) };
        let diagnostic =
            Diagnostic::error(codes::UNEXPECTED_CHARACTER, self.span(self.at, end), "`'` means nothing here")
                .help("a text stands between double quotes: `\"text\"`");
        self.report(diagnostic);
        if closed {
            self.push(TokenKind::Text, end);
        } else {
            self.at = end;
            self.blank = true;
        }
    }
}

/// Quotes that word processors set.
pub(super) const TYPOGRAPHIC: [char; 7] = ['“', '”', '„', '«', '»', '‘', '’'];

/// What a word is taken for: operators of other languages, reported already, for the words that are meant.
pub(super) fn meant_word(written: &str) -> &str {
    match written {
        "!" => "not",
        _ if written.starts_with('&') => "and",
        _ => written,
    }
}

/// Whether the last line of what was printed ends in a comment, so that no second one can stand behind it.
pub(super) fn ends_in_comment(printed: &str) -> bool {
    lex(printed, 0).comments.last().is_some_and(|comment| comment.span.end as usize >= printed.trim_end().len())
}
