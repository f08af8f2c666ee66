//! The glue between our tokens and nom: the input type, the error type, and the smallest parsers.

use std::cell::{Cell, RefCell};

use nom::error::{ErrorKind, ParseError};
use nom::{IResult, Input, Needed};

use crate::diag::codes::syntax as codes;
use crate::diag::{Diagnostic, nearest};
use crate::source::Span;
use crate::syntax::ast::{Ident, Str};
use crate::syntax::lex::{Part, TYPOGRAPHIC, meant_word, parts};
use crate::syntax::token::{Sign, Token, TokenKind};
use crate::syntax::words;

/// What all parsers of one run share.
pub struct Shared<'a> {
    /// The text that the tokens' places point into.
    pub text: &'a str,
    /// The global offset of its first byte.
    pub base: u32,
    /// The token behind the last one.
    pub end: Token,
    /// What is said to be found there.
    pub end_name: &'static str,
    /// What was reported so far.
    pub diagnostics: RefCell<Vec<Diagnostic>>,
    /// Where something could not be read so far.
    pub unread: RefCell<Vec<Span>>,
    /// How deep the parser is in nested expressions, types and values.
    pub depth: Cell<usize>,
}

/// The tokens that are not yet read.
#[derive(Clone, Copy)]
pub struct In<'a> {
    rest: &'a [Token],
    shared: &'a Shared<'a>,
}

/// Why a parser did not succeed: a diagnostic, and how many tokens were left where it arose.
#[derive(Debug)]
pub struct Fault {
    /// What to tell.
    pub diagnostic: Box<Diagnostic>,
    /// Tokens left.
    pub left: usize,
}

/// What a parser gives. `Err::Error` lets another try, `Err::Failure` does not.
pub type Res<'a, T> = IResult<In<'a>, T, Fault>;

impl<'a> ParseError<In<'a>> for Fault {
    fn from_error_kind(input: In<'a>, _: ErrorKind) -> Fault {
        input.expected("something else")
    }

    fn append(_: In<'a>, _: ErrorKind, other: Fault) -> Fault {
        other
    }
}

impl<'a> Input for In<'a> {
    type Item = Token;
    type Iter = std::iter::Copied<std::slice::Iter<'a, Token>>;
    type IterIndices = std::iter::Enumerate<Self::Iter>;

    fn input_len(&self) -> usize {
        self.rest.len()
    }

    fn take(&self, index: usize) -> Self {
        In { rest: self.rest.get(..index).unwrap_or(self.rest), shared: self.shared }
    }

    fn take_from(&self, index: usize) -> Self {
        In { rest: self.rest.get(index..).unwrap_or_default(), shared: self.shared }
    }

    fn take_split(&self, index: usize) -> (Self, Self) {
        (self.take_from(index), self.take(index))
    }

    fn position<P: Fn(Token) -> bool>(&self, predicate: P) -> Option<usize> {
        self.rest.iter().position(|token| predicate(*token))
    }

    fn iter_elements(&self) -> Self::Iter {
        self.rest.iter().copied()
    }

    fn iter_indices(&self) -> Self::IterIndices {
        self.iter_elements().enumerate()
    }

    fn slice_index(&self, count: usize) -> Result<usize, Needed> {
        if count <= self.rest.len() { Ok(count) } else { Err(Needed::Unknown) }
    }
}

impl<'a> In<'a> {
    /// All tokens of a run.
    pub fn new(tokens: &'a [Token], shared: &'a Shared<'a>) -> In<'a> {
        In { rest: tokens, shared }
    }

    /// What the run shares.
    pub fn shared(self) -> &'a Shared<'a> {
        self.shared
    }

    /// The next token; [`TokenKind::End`] at the end.
    pub fn token(self) -> Token {
        self.ahead(0)
    }

    /// A token further on.
    pub fn ahead(self, count: usize) -> Token {
        self.rest.get(count).copied().unwrap_or(self.shared.end)
    }

    /// Behind the next token.
    pub fn next(self) -> In<'a> {
        self.take_from(1)
    }

    /// As a token is written.
    pub fn text_of(self, token: Token) -> &'a str {
        self.text_at(token.span)
    }

    /// What stands at a place.
    pub fn text_at(self, span: Span) -> &'a str {
        let start = span.start.saturating_sub(self.shared.base) as usize;
        let end = span.end.saturating_sub(self.shared.base) as usize;
        self.shared.text.get(start..end).unwrap_or_default()
    }

    /// Whether the next token is this sign.
    pub fn at(self, sign: Sign) -> bool {
        self.token().kind == TokenKind::Sign(sign)
    }

    /// Whether the next token is this word.
    pub fn at_word(self, word: &str) -> bool {
        self.word() == Some(word)
    }

    /// The next token, where it is a word.
    pub fn word(self) -> Option<&'a str> {
        self.word_ahead(0)
    }

    /// A token further on, where it is a word.
    pub fn word_ahead(self, count: usize) -> Option<&'a str> {
        let token = self.ahead(count);
        (token.kind == TokenKind::Name).then(|| meant_word(self.text_of(token)))
    }

    /// Whether the text is over.
    pub fn over(self) -> bool {
        self.token().kind == TokenKind::End
    }

    /// The place behind the last token that was read, given the tokens it began with.
    pub fn span_from(self, start: In<'a>) -> Span {
        let read = start.rest.len().saturating_sub(self.rest.len());
        let last = read.checked_sub(1).and_then(|index| start.rest.get(index));
        last.map_or(Span::new(start.token().span.start, start.token().span.start), |last| {
            start.token().span.to(last.span)
        })
    }

    /// Reports something and goes on.
    pub fn report(self, diagnostic: Diagnostic) {
        self.shared.diagnostics.borrow_mut().push(diagnostic);
    }

    /// Notes that something from here on was not read, or was cut short.
    pub fn unread(self, span: Span) {
        self.shared.unread.borrow_mut().push(span);
    }

    /// The fault that something is missing here, at the end of what lacks it and not at the line that comes next.
    pub fn lacking(self, start: In<'a>, mut fault: Fault) -> Fault {
        let end = self.span_from(start).end;
        let own_line = self.token().line_start || self.over();
        if let Some(label) = fault.diagnostic.labels.first_mut().filter(|_| own_line) {
            label.span = Span::new(end, end);
        }
        fault
    }

    /// The next token in words.
    pub fn found(self) -> String {
        let token = self.token();
        match token.kind {
            TokenKind::Text => "a text".to_owned(),
            TokenKind::End => self.shared.end_name.to_owned(),
            TokenKind::TableRule => "the rule of a table".to_owned(),
            _ => format!("`{}`", self.text_of(token)),
        }
    }

    /// A fault at the next token.
    pub fn fault(self, diagnostic: Diagnostic) -> Fault {
        Fault { diagnostic: Box::new(diagnostic), left: self.rest.len() }
    }

    /// The fault that something else stands here.
    pub fn expected(self, what: &str) -> Fault {
        let message = format!("expected {what}, found {}", self.found());
        let diagnostic = Diagnostic::error(codes::UNEXPECTED, self.token().span, message);
        let help = format!("put {what} here, or look whether something is missing just before it");
        self.fault(diagnostic.label(format!("expected {what}")).help(help))
    }

    /// The same with a remedy.
    pub fn expected_with<T>(self, what: &str, help: impl Into<String>) -> Res<'a, T> {
        let mut fault = self.expected(what);
        fault.diagnostic.help = Some(help.into());
        Err(nom::Err::Failure(fault))
    }

    /// The tokens from where a fault arose, this being the tokens where its clause began.
    pub fn at_fault(self, fault: &Fault) -> In<'a> {
        self.take_from(self.rest.len().saturating_sub(fault.left))
    }

    /// One level deeper.
    ///
    /// # Errors
    /// Where that is too deep.
    pub fn deeper<T>(self, parse: impl FnOnce(In<'a>) -> Res<'a, T>) -> Res<'a, T> {
        let depth = self.shared.depth.get();
        if depth >= super::MAX_DEPTH {
            return Err(nom::Err::Failure(self.too_deep(self.token().span)));
        }
        self.shared.depth.set(depth.saturating_add(1));
        let result = parse(self);
        self.shared.depth.set(depth);
        result
    }

    /// The fault that too many values are joined.
    pub fn too_long(self, span: Span, operator: &str) -> Fault {
        let limit = super::MAX_DEPTH;
        self.fault(
            Diagnostic::error(codes::TOO_DEEP, span, format!("this chain of `{operator}` is too long"))
                .note(format!("each operator of a chain lies one level deeper, and the limit `nesting` is {limit}"))
                .help("give a part of it a name with `let` or `define`; compare with many values by `in [a, b]`"),
        )
    }

    /// The fault that something is nested too deep.
    pub fn too_deep(self, span: Span) -> Fault {
        let limit = super::MAX_DEPTH;
        self.fault(
            Diagnostic::error(codes::TOO_DEEP, span, format!("this is nested more than {limit} deep"))
                .note(format!("the limit `nesting` is {limit}"))
                .help("give a part of it a name with `let` or `define`; compare with many values by `in [a, b]`"),
        )
    }
}

/// Whether a declaration begins here, whatever came before: its word at the start of a line without indentation.
pub fn at_item(i: In<'_>) -> bool {
    let token = i.token();
    let goes_on = matches!(i.ahead(1).kind, TokenKind::Name | TokenKind::Text);
    token.line_start && token.column == 0 && goes_on && i.word().is_some_and(|word| words::ITEMS.contains(&word))
}

/// Takes an error for final: what was begun must go on as it does.
pub fn commit<T>(result: Res<'_, T>) -> Res<'_, T> {
    result.map_err(|error| match error {
        nom::Err::Error(fault) => nom::Err::Failure(fault),
        other => other,
    })
}

/// A sign.
pub fn sign<'a>(wanted: Sign) -> impl Fn(In<'a>) -> Res<'a, Token> + Copy {
    move |i| {
        if i.at(wanted) {
            Ok((i.next(), i.token()))
        } else {
            Err(nom::Err::Error(i.expected(&format!("`{}`", wanted.text()))))
        }
    }
}

/// A word of the language.
pub fn word<'a>(wanted: &'static str) -> impl Fn(In<'a>) -> Res<'a, Token> + Copy {
    move |i| {
        if i.at_word(wanted) {
            Ok((i.next(), i.token()))
        } else {
            let mut fault = i.expected(&format!("`{wanted}`"));
            if i.word().is_some_and(|found| nearest(found, [wanted]).is_some()) {
                fault.diagnostic.help = Some(format!("did you mean `{wanted}`?"));
            }
            Err(nom::Err::Error(fault))
        }
    }
}

/// The closing partner of a bracket.
pub fn close<'a>(wanted: Sign, open: Token) -> impl Fn(In<'a>) -> Res<'a, Token> {
    move |i| {
        sign(wanted)(i).map_err(|error| match error {
            nom::Err::Error(mut fault) if i.token().line_start || i.over() => {
                // The next line says nothing of what is wrong; the bracket does.
                let message = format!("this `{}` is not closed", i.text_of(open));
                let diagnostic = Diagnostic::error(codes::UNCLOSED, open.span, message).label("opened here");
                *fault.diagnostic = diagnostic.help(format!("add a `{}` behind what belongs into it", wanted.text()));
                nom::Err::Failure(fault)
            }
            nom::Err::Error(mut fault) => {
                *fault.diagnostic = fault.diagnostic.also(open.span, "opened here");
                nom::Err::Failure(fault)
            }
            other => other,
        })
    }
}

/// Any name, words of the language included: behind a point, and as the name of a field.
pub fn any_name(i: In<'_>) -> Res<'_, Ident> {
    match i.word() {
        // A declaration that begins here is not the name that is missing before it.
        Some(text) if !at_item(i) => Ok((i.next(), Ident { text: text.into(), span: i.token().span })),
        _ => Err(nom::Err::Error(i.expected("a name"))),
    }
}

/// A name that is no word of the language.
pub fn name(i: In<'_>) -> Res<'_, Ident> {
    match i.word() {
        Some(text) if words::RESERVED.contains(&text) => {
            let message = format!("`{text}` is a word of the language and no name");
            let diagnostic = Diagnostic::error(codes::RESERVED, i.token().span, message)
                .label("a name is expected here")
                .help("choose another name, or write what is missing before it");
            Err(nom::Err::Error(i.fault(diagnostic)))
        }
        _ => any_name(i),
    }
}

/// The inside of a text token, and the global offset of its first byte.
pub fn inside(i: In<'_>, token: Token) -> (&str, u32) {
    let whole = i.text_of(token);
    let quote = whole.chars().next().unwrap_or('"');
    let inner = whole.get(quote.len_utf8()..).unwrap_or_default();
    // An unclosed text has been reported and ends without a quote.
    let end = |c: char| c == quote || (!quote.is_ascii() && TYPOGRAPHIC.contains(&c));
    let inner = inner.strip_suffix(end).unwrap_or(inner);
    (inner, token.span.start.saturating_add(u32::try_from(quote.len_utf8()).unwrap_or(1)))
}

/// A plain text: braces in it mean nothing.
pub fn text(i: In<'_>) -> Res<'_, Str> {
    let token = i.token();
    if token.kind != TokenKind::Text {
        return Err(nom::Err::Error(i.expected("a text")));
    }
    let mut value = String::new();
    for part in parts(inside(i, token).0, false) {
        if let Part::Words(words, _, _) = part {
            value.push_str(&words);
        }
    }
    Ok((i.next(), Str { value: value.into(), span: token.span }))
}
