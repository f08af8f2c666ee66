//! Texts and messages.

use crate::syntax::ast::{Piece, Str, Text};

use super::expr::{Place, expr};
use super::{WIDTH, width};

/// A plain text with its quotes. `nested` says that it stands between the braces of a message.
pub fn plain(text: &Str, nested: bool) -> String {
    let mut out = String::from("\"");
    let mut rest = &*text.value;
    while let Some(c) = rest.chars().next() {
        match c {
            '"' => out.push_str("\"\""),
            '{' if nested || !closed_simply(rest) => out.push_str("{{"),
            c => out.push(c),
        }
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
    }
    out.push('"');
    out
}

/// Whether the brace at the start of a text has its partner before anything that could be taken amiss.
fn closed_simply(text: &str) -> bool {
    let inside = text.get(1..).unwrap_or_default();
    inside.find(['{', '}', '"']).and_then(|at| inside.get(at..)).is_some_and(|rest| rest.starts_with('}'))
}

/// A message that begins at a column. Where it is too wide it goes over several lines, broken at blanks.
pub fn message(text: &Text, column: usize) -> String {
    let mut words: Vec<String> = vec![String::from("\"")];
    let last = text.pieces.len().saturating_sub(1);
    for (index, piece) in text.pieces.iter().enumerate() {
        match piece {
            Piece::Interpolation(inner) => {
                let inner = expr(inner, Place::MESSAGE);
                // A brace at the start would read as a doubled one, which is no brace of the message.
                let blank = if inner.starts_with('{') { " " } else { "" };
                append(&mut words, &format!("{{{blank}{inner}}}"));
            }
            Piece::Literal(literal) => {
                let chars: Vec<char> = literal.value.chars().collect();
                let blank = |at: Option<usize>| at.and_then(|at| chars.get(at)).is_some_and(char::is_ascii_whitespace);
                for (at, c) in chars.iter().enumerate() {
                    let alone = !blank(at.checked_sub(1)) && !blank(at.checked_add(1));
                    let first = index == 0 && at == 0;
                    let end = index == last && at.saturating_add(1) == chars.len();
                    match c {
                        ' ' if alone && !first && !end => words.push(String::new()),
                        '"' => append(&mut words, "\"\""),
                        '{' => append(&mut words, "{{"),
                        c => append(&mut words, c.encode_utf8(&mut [0; 4])),
                    }
                }
            }
        }
    }
    append(&mut words, "\"");
    let flat = words.join(" ");
    if column.saturating_add(width(&flat)) <= WIDTH {
        return flat;
    }
    let indent = column.saturating_add(1);
    let mut out = String::new();
    let mut at = column;
    for (index, word) in words.iter().enumerate() {
        let wide = width(word);
        if index > 0 {
            if at.saturating_add(1).saturating_add(wide) > WIDTH {
                out.push('\n');
                out.push_str(&" ".repeat(indent));
                at = indent;
            } else {
                out.push(' ');
                at = at.saturating_add(1);
            }
        }
        out.push_str(word);
        at = at.saturating_add(wide);
    }
    out
}

fn append(words: &mut [String], text: &str) {
    if let Some(last) = words.last_mut() {
        last.push_str(text);
    }
}
