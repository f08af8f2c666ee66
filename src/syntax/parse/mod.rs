//! The parser: from a text to a syntax tree and diagnostics, by nom over our own tokens. It never fails. It goes on
//! behind a mistake at the next declaration, clause, entry or cell, so that all mistakes are reported in one run, and
//! it looks ahead by a bounded number of tokens, so that its time grows with the text and no faster.

mod clause;
mod expr;
mod item;
mod matrix;
mod message;
mod recover;
mod rule;
mod select;
mod suggest;
mod test;
mod tokens;
mod vocabulary;

use crate::diag::Diagnostic;
use crate::source::Span;

use super::ast::File;
use super::lex::lex;

/// How deep expressions, types and values may be nested, and how high their trees may be.
pub const MAX_DEPTH: usize = 100;

/// What was read.
#[derive(Debug)]
pub struct Parsed {
    /// The tree: everything that could be read.
    pub tree: File,
    /// What could not be read, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads a policy. `base` is the global offset of its first byte in the [`SourceMap`](crate::source::SourceMap).
pub fn parse(text: &str, base: u32) -> Parsed {
    let lexed = lex(text, base);
    let end = lexed.tokens.last().copied().unwrap_or(super::token::Token {
        kind: super::token::TokenKind::End,
        span: Span::new(base, base),
        column: 0,
        line_start: true,
        blank_before: true,
        blank_after: true,
    });
    let unread: Vec<Span> = lexed.diagnostics.iter().map(Diagnostic::span).collect();
    let shared = tokens::Shared {
        text,
        base,
        end,
        end_name: "the end of the file",
        diagnostics: lexed.diagnostics.into(),
        unread: unread.into(),
        depth: 0.into(),
    };
    let items = item::items(tokens::In::new(&lexed.tokens, &shared));
    let mut diagnostics = shared.diagnostics.into_inner();
    diagnostics.sort_by_key(|diagnostic| (diagnostic.span(), diagnostic.code));
    let span = Span::new(base, end.span.end);
    Parsed { tree: File { items, comments: lexed.comments, unread: shared.unread.into_inner(), span }, diagnostics }
}
