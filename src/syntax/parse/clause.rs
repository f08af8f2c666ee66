//! Clauses that several declarations share: sources, premises, reasons and remedies.

use nom::Parser;
use nom::combinator::opt;
use nom::multi::separated_list1;
use nom::sequence::preceded;

use crate::diag::Diagnostic;
use crate::diag::codes::syntax as codes;
use crate::source::Span;
use crate::syntax::ast::{Cite, CiteItem, Ident, Justification, Level, LevelKind, Premise, RuleName, Set, Str};
use crate::syntax::token::{Sign, TokenKind};

use super::expr::{expr, target};
use super::message::message;
use super::tokens::{In, Res, commit, name, sign, text, word};

/// `must`, `should`, `note`
pub fn level(i: In<'_>) -> Res<'_, Level> {
    let kind = match i.word() {
        Some("must") => LevelKind::Must,
        Some("should") => LevelKind::Should,
        Some("note") => LevelKind::Note,
        _ => return Err(nom::Err::Error(i.expected("`must`, `should` or `note`"))),
    };
    Ok((i.next(), Level { kind, span: i.token().span }))
}

/// `cite SOURCE "section" item 1, 2`, from `cite` on.
pub fn cite(i: In<'_>) -> Res<'_, Cite> {
    let start = i;
    let (i, source) = commit(name(i.next()))?;
    let (i, section) = opt(text).parse(i)?;
    let items = preceded(word("item"), |i| commit(separated_list1(sign(Sign::Comma), cite_item).parse(i)));
    let (i, items) = opt(items).parse(i)?;
    Ok((i, Cite { source, section, items: items.unwrap_or_default(), span: i.span_from(start) }))
}

fn cite_item(i: In<'_>) -> Res<'_, CiteItem> {
    let token = i.token();
    match token.kind {
        TokenKind::Number | TokenKind::Version | TokenKind::Name => {
            Ok((i.next(), CiteItem { text: i.text_of(token).into(), span: token.span }))
        }
        _ => Err(nom::Err::Error(i.expected("the number or name of an item"))),
    }
}

/// `each x in xs`, `let x = E`, `when E`, from the word on.
pub fn premise(i: In<'_>) -> Res<'_, Premise> {
    let start = i;
    let first = i.word();
    let i = i.next();
    match first {
        Some("each") => {
            let (i, name) = commit(name(i))?;
            let (i, _) = commit(word("in")(i))?;
            let (i, list) = commit(expr(i))?;
            Ok((i, Premise::Each { name, list, span: i.span_from(start) }))
        }
        Some("let") => {
            let (i, name) = commit(name(i))?;
            let (i, _) = commit(sign(Sign::Is)(i))?;
            let (i, value) = commit(expr(i))?;
            Ok((i, Premise::Let { name, value, span: i.span_from(start) }))
        }
        _ => {
            let (i, condition) = commit(expr(i))?;
            Ok((i, Premise::When { condition, span: i.span_from(start) }))
        }
    }
}

/// What stands before a statement: its subject, its premises, its sources.
#[derive(Default)]
pub struct Opening {
    /// `for SUBJECT`
    pub subject: Option<Ident>,
    /// `each`, `let`, `when`
    pub premises: Vec<Premise>,
}

impl Opening {
    /// Reads `for`, `each`, `let` or `when`, one of which stands here.
    pub fn read<'a>(&mut self, i: In<'a>) -> Res<'a, ()> {
        if i.at_word("for") {
            let (rest, subject) = commit(name(i.next()))?;
            once(i, &mut self.subject, "for", |subject| subject.span, subject);
            return Ok((rest, ()));
        }
        let (rest, premise) = premise(i)?;
        let earlier = self.premises.iter().find_map(|premise| match premise {
            Premise::When { span, .. } => Some(*span),
            _ => None,
        });
        match (&premise, earlier) {
            (Premise::When { .. }, Some(earlier)) => doubled(i, "when", earlier, "join both by `and`"),
            _ => self.premises.push(premise),
        }
        Ok((rest, ()))
    }
}

/// `cite`, `because`, `help` or `fix`, one of which stands here.
pub fn justification<'a>(i: In<'a>, why: &mut Justification) -> Res<'a, ()> {
    match i.word() {
        Some("cite") => {
            let (rest, cite) = cite(i)?;
            why.cites.push(cite);
            Ok((rest, ()))
        }
        Some("because") => {
            let (rest, text) = commit(message(i.next()))?;
            once(i, &mut why.because, "because", |text| text.span, text);
            Ok((rest, ()))
        }
        Some("help") => {
            let (rest, text) = commit(message(i.next()))?;
            once(i, &mut why.help, "help", |text| text.span, text);
            Ok((rest, ()))
        }
        Some("fix") => {
            let (rest, _) = commit(word("set")(i.next()))?;
            let (rest, (target, value)) = assignment(rest)?;
            why.fixes.push(Set { target, value, span: rest.span_from(i) });
            Ok((rest, ()))
        }
        _ => Err(nom::Err::Error(i.expected("`because`, `help`, `fix` or `cite`"))),
    }
}

/// `TARGET = VALUE`, behind `set`.
pub fn assignment(i: In<'_>) -> Res<'_, (crate::syntax::ast::Expr, crate::syntax::ast::Expr)> {
    let (i, field) = commit(target(i))?;
    let (i, _) = commit(sign(Sign::Is)(i))?;
    let (i, value) = commit(expr(i))?;
    Ok((i, (field, value)))
}

/// Keeps the first of a clause that may stand once, and reports a second one.
pub fn once<T>(i: In<'_>, slot: &mut Option<T>, word: &str, place: impl Fn(&T) -> Span, value: T) {
    match slot {
        Some(earlier) => doubled(i, word, place(earlier), "keep one of them"),
        None => *slot = Some(value),
    }
}

fn doubled(i: In<'_>, word: &str, earlier: Span, help: &str) {
    i.report(
        Diagnostic::error(codes::DOUBLED_CLAUSE, i.token().span, format!("`{word}` is here for the second time"))
            .also(earlier, "the first one")
            .help(help),
    );
}

/// Reports a clause that is not there.
pub fn missing(i: In<'_>, place: Span, what: &str, word: &str, help: &str) {
    i.report(Diagnostic::error(codes::MISSING_CLAUSE, place, format!("{what} has no {word}")).help(help));
}

/// The code, name and title of a rule or matrix; between the last two of a matrix its level may stand.
pub struct Heading {
    /// The code.
    pub code: Ident,
    /// The name.
    pub name: RuleName,
    /// The level; only where that was asked for.
    pub level: Option<Level>,
    /// The title.
    pub title: Option<Str>,
}

/// `CODE NAME LEVEL "title"`
pub fn heading(i: In<'_>, with_level: bool) -> Res<'_, Heading> {
    let (i, code) = name(i)?;
    let (i, name) = rule_name(i)?;
    let (i, level) = if with_level { opt(level).parse(i)? } else { (i, None) };
    let (i, title) = opt(text).parse(i)?;
    Ok((i, Heading { code, name, level, title }))
}

fn rule_name(i: In<'_>) -> Res<'_, RuleName> {
    if i.token().kind == TokenKind::Text {
        let (i, text) = text(i)?;
        return Ok((i, RuleName { text: text.value, quoted: true, span: text.span }));
    }
    match name(i) {
        Ok((i, name)) => Ok((i, RuleName { text: name.text, quoted: false, span: name.span })),
        Err(_) => {
            i.expected_with("the name of the rule", "behind its code a rule has a name: `rule ACME103 same-cpu { … }`")
        }
    }
}
