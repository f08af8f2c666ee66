//! Writes a document as TOML: a table for each element of a list at the top, and everything in it on its line.

use super::{Document, NodeId, View};

/// The document as TOML text; members in the order they have, but for lists without elements, which come first. Nothing where
/// it has a `null` or no member at all: TOML cannot say that.
pub fn toml(document: &Document) -> Option<String> {
    let root = document.root()?;
    let View::Map(members) = document.view(root) else { return None };
    let (mut values, mut tables) = (String::new(), String::new());
    for member in members {
        let name = key(document.key(member));
        let elements = document.elements(member.value);
        let all_tables = elements.iter().all(|element| matches!(document.view(*element), View::Map(_)));
        if elements.is_empty() || !all_tables {
            values.push_str(&format!("{name} = "));
            write(document, member.value, &mut values)?;
            values.push('\n');
            continue;
        }
        for element in elements {
            if !(tables.is_empty() && values.is_empty()) {
                tables.push('\n');
            }
            tables.push_str(&format!("[[{name}]]\n"));
            for inner in document.members(*element) {
                tables.push_str(&format!("{} = ", key(document.key(inner))));
                write(document, inner.value, &mut tables)?;
                tables.push('\n');
            }
        }
    }
    (!members.is_empty()).then_some(values + &tables)
}

fn write(document: &Document, id: NodeId, out: &mut String) -> Option<()> {
    match document.view(id) {
        View::Null => return None,
        View::Scalar(text @ ("true" | "false"), false) => out.push_str(text),
        View::Scalar(text, false) if text.parse::<i64>().is_ok_and(|number| number.to_string() == text) => {
            out.push_str(text);
        }
        View::Scalar(text, _) => out.push_str(&super::quoted(text)),
        View::List(elements) => {
            out.push('[');
            for (index, element) in elements.iter().enumerate() {
                out.push_str(if index == 0 { "" } else { ", " });
                write(document, *element, out)?;
            }
            out.push(']');
        }
        View::Map([]) => out.push_str("{}"),
        View::Map(members) => {
            for (index, member) in members.iter().enumerate() {
                out.push_str(if index == 0 { "{ " } else { ", " });
                out.push_str(&format!("{} = ", key(document.key(member))));
                write(document, member.value, out)?;
            }
            out.push_str(" }");
        }
    }
    Some(())
}

fn key(key: &str) -> String {
    let bare = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
    if !key.is_empty() && key.chars().all(bare) { key.to_owned() } else { super::quoted(key) }
}
