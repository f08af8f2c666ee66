//! Going on after a mistake: blocks of clauses and lists of entries that report what they cannot read and continue
//! behind it. Two things tell where to continue: words that begin a clause, and how far a line is indented.

use crate::diag::codes::syntax as codes;
use crate::diag::{Diagnostic, nearest};
use crate::syntax::token::{Sign, Token, TokenKind};
use crate::syntax::words;

use super::tokens::{Fault, In, Res, at_item};

/// How a block ended.
pub struct Ended {
    /// Whether something in it could not be read.
    pub broken: bool,
}

/// Braces opened and not closed from one place to another.
fn open_braces(from: In<'_>, to: In<'_>) -> usize {
    let mut depth = 0usize;
    let mut i = from;
    while nom::Input::input_len(&i) > nom::Input::input_len(&to) {
        match i.token().kind {
            TokenKind::Sign(Sign::OpenBrace) => depth = depth.saturating_add(1),
            TokenKind::Sign(Sign::CloseBrace) => depth = depth.saturating_sub(1),
            _ => {}
        }
        i = i.next();
    }
    depth
}

/// Reports a fault of the clause that began at `start` and finds where the next one begins: at a line that begins
/// with one of `words`, or is indented as the broken clause is, or at the end of the block.
pub fn skip_clause<'a>(start: In<'a>, fault: Fault, words: &[&str]) -> In<'a> {
    let mut i = start.at_fault(&fault);
    start.report(*fault.diagnostic);
    let column = start.token().column;
    let starts_line = start.token().line_start;
    let mut depth = open_braces(start, i);
    let same = |i: In<'_>| i.token().span == start.token().span;
    loop {
        let token = i.token();
        match token.kind {
            TokenKind::End => return i,
            TokenKind::Sign(Sign::OpenBrace) => depth = depth.saturating_add(1),
            TokenKind::Sign(Sign::CloseBrace) => match depth.checked_sub(1) {
                Some(less) => depth = less,
                None => return i,
            },
            TokenKind::Name if token.line_start && !same(i) => {
                let known = i.word().is_some_and(|word| words.contains(&word)) && !field_like(i);
                let level = starts_line && token.column == column;
                if at_item(i) || (depth == 0 && (known || level)) || (known && starts_line && token.column <= column) {
                    return i;
                }
            }
            // A block on one line: the words alone tell.
            TokenKind::Name
                if !same(i) && depth == 0 && !starts_line && i.word().is_some_and(|word| words.contains(&word)) =>
            {
                return i;
            }
            _ => {}
        }
        i = i.next();
    }
}

/// Whether a word is the name of a field or a part of an expression here, whatever else it may be.
fn field_like(i: In<'_>) -> bool {
    matches!(i.ahead(1).kind, TokenKind::Sign(Sign::Colon | Sign::Dot | Sign::Is | Sign::Comma))
}

/// The clauses of a block behind its `{`, up to and with its `}`.
pub fn block<'a>(
    open: Token,
    mut i: In<'a>,
    words: &[&str],
    mut clause: impl FnMut(In<'a>) -> Res<'a, ()>,
) -> (In<'a>, Ended) {
    let mut broken = false;
    // Where the clause before this one began.
    let mut before = i;
    loop {
        if i.at(Sign::CloseBrace) {
            return (i.next(), Ended { broken });
        }
        if i.over() || at_item(i) {
            i.report(unclosed(open));
            return (i, Ended { broken: true });
        }
        match clause(i) {
            Ok((rest, ())) => {
                before = i;
                i = if rest.token().span != i.token().span || rest.over() { rest } else { rest.next() };
            }
            Err(nom::Err::Error(fault) | nom::Err::Failure(fault)) => {
                broken = true;
                // What goes on behind a clause has cut that clause short.
                let from = if i.token().line_start { i } else { before };
                i = skip_clause(i, fault, words);
                from.unread(i.span_from(from));
                before = i;
            }
            Err(nom::Err::Incomplete(_)) => i = i.next(),
        }
    }
}

/// The report of a brace that nothing closes.
pub fn unclosed(open: Token) -> Diagnostic {
    Diagnostic::error(codes::UNCLOSED, open.span, "this brace is not closed")
        .label("opened here")
        .help("add a `}` behind the last line that belongs to it")
}

/// The fault that a clause begins with an unknown word.
pub fn unknown_clause(i: In<'_>, what: &str, known: &[&str]) -> Fault {
    if let Some(fault) = no_operator(i) {
        return fault;
    }
    if !i.token().line_start && i.word().is_none_or(|word| nearest(word, known.iter().copied()).is_none()) {
        // Something stands behind a clause that cannot go on so.
        let mut fault = i.expected("an operator or the end of the line");
        fault.diagnostic.help = match i.token().kind {
            TokenKind::Sign(Sign::Is) => Some("equality is written `==`".to_owned()),
            TokenKind::Sign(Sign::Bar) => Some("conditions are joined by `or`".to_owned()),
            TokenKind::Text => Some("texts are joined by `+`; a message holds expressions between braces".to_owned()),
            _ => Some("begin the next clause on a line of its own".to_owned()),
        };
        return fault;
    }
    let Some(word) = i.word() else {
        return i.expected(&format!("a clause of {what}"));
    };
    let mut diagnostic =
        Diagnostic::error(codes::UNKNOWN_CLAUSE, i.token().span, format!("`{word}` begins no clause of {what}"))
            .note(format!("{what} has {}", listed(known)));
    if let Some(near) = nearest(word, known.iter().copied()) {
        diagnostic = diagnostic.help(format!("did you mean `{near}`?"));
    } else {
        diagnostic = diagnostic.help("remove it, or begin the line with one of these words");
    }
    i.fault(diagnostic)
}

/// The fault that a word stands between two values that is no operator, though other languages have it there.
pub fn no_operator(i: In<'_>) -> Option<Fault> {
    let word = i.word().filter(|_| !i.token().line_start)?;
    let help = match word {
        "not" if i.word_ahead(1) == Some("in") => "write `not (x in xs)`".to_owned(),
        _ if words::BETWEEN.contains(&word) => format!("it is a function: write `{word}(a, b)`"),
        _ => return None,
    };
    let mut fault = i.expected("an operator or the end of the line");
    fault.diagnostic.help = Some(help);
    Some(fault)
}

/// Words as a sentence lists them.
pub fn listed(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => quoted.join(""),
    }
}

/// Entries between braces, parted by commas or line breaks, from the `{` on.
///
/// # Errors
/// Where no `{` stands here. Mistakes inside are reported and passed over.
pub fn entries<'a, T>(i: In<'a>, mut entry: impl FnMut(In<'a>) -> Res<'a, T>) -> Res<'a, Vec<T>> {
    let open = i.token();
    if open.kind != TokenKind::Sign(Sign::OpenBrace) {
        return Err(nom::Err::Error(i.expected("`{`")));
    }
    let mut i = i.next();
    let mut found = Vec::new();
    loop {
        if i.at(Sign::CloseBrace) {
            return Ok((i.next(), found));
        }
        if i.over() || at_item(i) {
            i.report(unclosed(open));
            return Ok((i, found));
        }
        match entry(i) {
            Ok((rest, value)) => {
                found.push(value);
                i = separator(i, rest);
            }
            Err(nom::Err::Error(fault) | nom::Err::Failure(fault)) => i = skip_entry(i, fault),
            Err(nom::Err::Incomplete(_)) => i = i.next(),
        }
    }
}

/// What parts entries: a comma, or the beginning of a line. Where neither is, that is reported, and nothing is lost.
fn separator<'a>(start: In<'a>, i: In<'a>) -> In<'a> {
    let token = i.token();
    match token.kind {
        TokenKind::Sign(Sign::Comma) => return i.next(),
        TokenKind::Sign(Sign::CloseBrace) | TokenKind::End => return i,
        _ if token.line_start => return i,
        _ => {}
    }
    let mut fault = i.expected("`,` or `}`");
    fault.diagnostic.help = Some("part entries by commas or line breaks".to_owned());
    start.unread(i.span_from(start));
    skip_entry(i, fault)
}

/// Reports a fault and finds the next entry: behind a comma, at the start of a line, or at the closing brace.
fn skip_entry(start: In<'_>, fault: Fault) -> In<'_> {
    let mut i = start.at_fault(&fault);
    start.report(*fault.diagnostic);
    let mut depth = 0usize;
    // Brackets that the broken entry opened before the fault.
    let mut before = start;
    while nom::Input::input_len(&before) > nom::Input::input_len(&i) {
        depth = deeper(before, depth).unwrap_or(0);
        before = before.next();
    }
    loop {
        let token = i.token();
        let moved = token.span != start.token().span;
        let line = token.line_start && moved && token.kind == TokenKind::Name;
        if i.over() || at_item(i) || (line && (depth == 0 || token.column <= start.token().column)) {
            return i;
        }
        if depth == 0 && token.kind == TokenKind::Sign(Sign::Comma) {
            return i.next();
        }
        match deeper(i, depth) {
            Some(now) => depth = now,
            None if token.kind == TokenKind::Sign(Sign::CloseBrace) => return i,
            None => {}
        }
        i = i.next();
    }
}

/// The depth behind a token; nothing where it closes what was not opened.
fn deeper(i: In<'_>, depth: usize) -> Option<usize> {
    match i.token().kind {
        TokenKind::Sign(Sign::OpenBrace | Sign::OpenBracket | Sign::OpenParen) => Some(depth.saturating_add(1)),
        TokenKind::Sign(Sign::CloseBrace | Sign::CloseBracket | Sign::CloseParen) => depth.checked_sub(1),
        _ => Some(depth),
    }
}
