//! Messages: texts whose braces hold expressions.

use crate::diag::Diagnostic;
use crate::diag::codes::syntax as codes;
use crate::source::Span;
use crate::syntax::ast::{Expr, Piece, Str, Text};
use crate::syntax::lex::{Part, lex_interpolation, parts};
use crate::syntax::token::TokenKind;

use super::expr::expr;
use super::tokens::{In, Res, Shared, inside};

/// A message. What is wrong inside its braces is reported, and the message goes on behind them.
pub fn message(i: In<'_>) -> Res<'_, Text> {
    let token = i.token();
    if token.kind != TokenKind::Text {
        return Err(nom::Err::Error(i.expected("a text")));
    }
    let (inner, start) = inside(i, token);
    let place = |from: usize, to: usize| {
        let offset = |at: usize| start.saturating_add(u32::try_from(at).unwrap_or(u32::MAX));
        Span::new(offset(from), offset(to))
    };
    let mut pieces = Vec::new();
    for part in parts(inner, true) {
        match part {
            Part::Words(words, from, to) => {
                pieces.push(Piece::Literal(Str { value: words.into(), span: place(from, to) }));
            }
            Part::Braces(from, to) => {
                let code = inner.get(from..to).unwrap_or_default();
                if code.trim().is_empty() {
                    let braces = place(from.saturating_sub(1), to.saturating_add(1));
                    i.report(
                        Diagnostic::error(codes::BAD_INTERPOLATION, braces, "nothing stands between these braces")
                            .help("write an expression between them; a brace that is meant as such is doubled: `{{`"),
                    );
                } else if let Some(expr) = interpolation(i, code, place(from, to)) {
                    pieces.push(Piece::Interpolation(expr));
                }
            }
            Part::Unclosed(at) => i.report(
                Diagnostic::error(
                    codes::BAD_INTERPOLATION,
                    place(at, at.saturating_add(1)),
                    "this brace is not closed on its line",
                )
                .help("close it with `}`; a brace that is meant as such is doubled: `{{`"),
            ),
        }
    }
    Ok((i.next(), Text { pieces, span: token.span }))
}

/// What stands between two braces.
fn interpolation(i: In<'_>, code: &str, span: Span) -> Option<Expr> {
    let lexed = lex_interpolation(code, span.start);
    let broken = !lexed.diagnostics.is_empty();
    for diagnostic in lexed.diagnostics {
        i.unread(diagnostic.span());
        i.report(diagnostic);
    }
    let end = lexed.tokens.last().copied().unwrap_or(i.token());
    let shared = Shared {
        text: code,
        base: span.start,
        end,
        end_name: "`}`",
        diagnostics: Vec::new().into(),
        unread: Vec::new().into(),
        depth: i.shared().depth.get().into(),
    };
    let tokens = In::new(&lexed.tokens, &shared);
    let result = expr(tokens)
        .and_then(|(rest, expr)| if rest.over() { Ok(expr) } else { Err(nom::Err::Failure(rest.expected("`}`"))) });
    shared.diagnostics.take().into_iter().for_each(|diagnostic| i.report(diagnostic));
    match result {
        Ok(expr) => Some(expr),
        Err(nom::Err::Error(fault) | nom::Err::Failure(fault)) => {
            // The lexer's report of the same place says it already.
            if !broken {
                i.report(*fault.diagnostic);
            }
            None
        }
        Err(nom::Err::Incomplete(_)) => None,
    }
}
