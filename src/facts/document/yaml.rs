//! Writes a document as YAML that every YAML 1.1 and 1.2 reader reads alike: block style, texts in quotes wherever a reader
//! could take them for something else.

use super::{Document, NodeId, View};

/// The document as YAML text; members in the order they have.
pub fn yaml(document: &Document) -> String {
    let mut out = String::new();
    if let Some(root) = document.root() {
        write(document, root, 0, &mut out, Lead::Line);
    }
    out
}

/// What stands before a value on its line.
#[derive(Clone, Copy, PartialEq)]
enum Lead {
    /// Nothing: the value starts a line.
    Line,
    /// `- `
    Dash,
    /// `key:`
    Key,
}

fn write(document: &Document, id: NodeId, depth: usize, out: &mut String, lead: Lead) {
    let blank = |out: &mut String| {
        if lead == Lead::Key {
            out.push(' ');
        }
    };
    match document.view(id) {
        View::Null => {
            blank(out);
            out.push_str("null\n");
        }
        View::Scalar(text, quoted) => {
            blank(out);
            scalar(text, quoted, out);
            out.push('\n');
        }
        View::List([]) => {
            blank(out);
            out.push_str("[]\n");
        }
        View::Map([]) => {
            blank(out);
            out.push_str("{}\n");
        }
        View::List(elements) => {
            if lead != Lead::Line {
                out.push('\n');
            }
            for element in elements {
                super::indent(depth, out);
                out.push_str("- ");
                write(document, *element, depth.saturating_add(1), out, Lead::Dash);
            }
        }
        View::Map(members) => {
            if lead == Lead::Key {
                out.push('\n');
            }
            for (index, member) in members.iter().enumerate() {
                // The first key of an element stands behind its dash.
                if index > 0 || lead != Lead::Dash {
                    super::indent(depth, out);
                }
                scalar(document.key(member), false, out);
                out.push(':');
                write(document, member.value, depth.saturating_add(1), out, Lead::Key);
            }
        }
    }
}

/// A scalar as YAML text, for block and flow style alike. `quoted`: it is a text, and must not look like a number or a boolean.
pub fn yaml_scalar(text: &str, quoted: bool) -> String {
    let mut out = String::new();
    scalar(text, quoted, &mut out);
    out
}

/// Writes a scalar; `quoted`: it is a text, and must not look like a number or a boolean.
fn scalar(text: &str, quoted: bool, out: &mut String) {
    if text.chars().any(|letter| letter.is_control() || matches!(letter, '\u{feff}' | '\u{2028}' | '\u{2029}')) {
        out.push('"');
        for letter in text.chars() {
            match letter {
                '"' | '\\' => out.extend(['\\', letter]),
                '\n' => out.push_str("\\n"),
                '\t' => out.push_str("\\t"),
                '\r' => out.push_str("\\r"),
                letter if letter.is_control() || matches!(letter, '\u{feff}' | '\u{2028}' | '\u{2029}') => {
                    out.push_str(&format!("\\u{:04X}", u32::from(letter)));
                }
                letter => out.push(letter),
            }
        }
        out.push('"');
    } else if plain(text) && (!quoted || !means_something_else(text)) {
        out.push_str(text);
    } else {
        out.push('\'');
        out.push_str(&text.replace('\'', "''"));
        out.push('\'');
    }
}

/// Whether a text can stand without quotes at all.
fn plain(text: &str) -> bool {
    let first =
        text.chars().next().is_some_and(|first| first.is_alphanumeric() || matches!(first, '/' | '\\' | '.' | '_'));
    let ends = !text.ends_with([' ', ':']);
    let inside = text.chars().all(|letter| !matches!(letter, ',' | '[' | ']' | '{' | '}'));
    let null = matches!(text.to_ascii_lowercase().as_str(), "null" | "~");
    first && ends && inside && !null && !text.contains(": ") && !text.contains(" #") && text != "---" && text != "..."
}

/// Whether a YAML reader would take a bare text for a boolean, a number, a date or the like.
fn means_something_else(text: &str) -> bool {
    let word = text.to_ascii_lowercase();
    let constant = ["y", "n", "yes", "no", "on", "off", "true", "false", ".inf", ".nan"];
    constant.contains(&word.as_str()) || text.starts_with(|first: char| first.is_ascii_digit() || first == '.')
}
