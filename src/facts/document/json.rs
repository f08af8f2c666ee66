//! Writes a document as JSON, a member or an element a line.

use super::{Document, NodeId, View};

/// Digits that every reader of JSON keeps of a number.
const DIGITS: usize = 15;

/// The document as JSON text; members in the order they have.
pub fn json(document: &Document) -> String {
    let mut out = String::new();
    match document.root() {
        Some(root) => write(document, root, 0, &mut out),
        None => out.push_str("null"),
    }
    out.push('\n');
    out
}

/// The document as one line of JSON.
pub fn json_line(document: &Document) -> String {
    let mut out = String::new();
    match document.root() {
        Some(root) => write_on(document, root, &mut out),
        None => out.push_str("null"),
    }
    out.push('\n');
    out
}

/// Writes a node without line breaks. What is deeper than any reader lets through was cut off when the document was made.
fn write_on(document: &Document, id: NodeId, out: &mut String) {
    match document.view(id) {
        View::Null => out.push_str("null"),
        View::Scalar(text, quoted) if !quoted && is_bare(text) => out.push_str(text),
        View::Scalar(text, _) => out.push_str(&super::quoted(text)),
        View::List(elements) => {
            out.push('[');
            for (index, element) in elements.iter().enumerate() {
                out.push_str(if index == 0 { "" } else { ", " });
                write_on(document, *element, out);
            }
            out.push(']');
        }
        View::Map(members) => {
            out.push('{');
            for (index, member) in members.iter().enumerate() {
                out.push_str(if index == 0 { "" } else { ", " });
                out.push_str(&super::quoted(document.key(member)));
                out.push_str(": ");
                write_on(document, member.value, out);
            }
            out.push('}');
        }
    }
}

fn write(document: &Document, id: NodeId, depth: usize, out: &mut String) {
    let deeper = depth.saturating_add(1);
    match document.view(id) {
        View::Null => out.push_str("null"),
        View::Scalar(text, quoted) if !quoted && is_bare(text) => out.push_str(text),
        View::Scalar(text, _) => out.push_str(&super::quoted(text)),
        View::List([]) => out.push_str("[]"),
        View::Map([]) => out.push_str("{}"),
        View::List(elements) => {
            for (index, element) in elements.iter().enumerate() {
                out.push_str(if index == 0 { "[\n" } else { ",\n" });
                super::indent(deeper, out);
                write(document, *element, deeper, out);
            }
            out.push('\n');
            super::indent(depth, out);
            out.push(']');
        }
        View::Map(members) => {
            for (index, member) in members.iter().enumerate() {
                out.push_str(if index == 0 { "{\n" } else { ",\n" });
                super::indent(deeper, out);
                out.push_str(&super::quoted(document.key(member)));
                out.push_str(": ");
                write(document, member.value, deeper, out);
            }
            out.push('\n');
            super::indent(depth, out);
            out.push('}');
        }
    }
}

/// Whether a text is a boolean or a number of JSON.
fn is_bare(text: &str) -> bool {
    let number = text.len() <= DIGITS
        && text.starts_with(|first: char| first.is_ascii_digit() || first == '-')
        && serde_json::from_str::<serde_json::Number>(text).is_ok();
    matches!(text, "true" | "false") || number
}
