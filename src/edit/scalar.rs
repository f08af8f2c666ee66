//! One scalar or key as YAML or JSON text, in the quotes that stand there already where they will do.

use super::tree::Tree;
use crate::facts::document::yaml_scalar;
use crate::facts::read::Format;

/// A scalar. `like`: the text that it replaces, or that stands in its place in another step.
pub(super) fn write(value: &Tree, format: Format, like: Option<&str>) -> String {
    let quote = like.and_then(|like| like.chars().next()).filter(|first| matches!(first, '"' | '\''));
    let (text, bare) = match value {
        Tree::Text { text, bare } => (text.as_str(), *bare),
        _ => return "null".to_owned(),
    };
    if format == Format::Json {
        return if bare && quote.is_none() && is_json(text) { text.to_owned() } else { double(text) };
    }
    let control = |letter: char| letter.is_control() || matches!(letter, '\u{feff}' | '\u{2028}' | '\u{2029}');
    match quote {
        Some('"') => double(text),
        Some(_) if !text.chars().any(control) => format!("'{}'", text.replace('\'', "''")),
        _ => yaml_scalar(text, !bare),
    }
}

/// A key.
pub(super) fn key(text: &str, format: Format, like: Option<&str>) -> String {
    write(&Tree::text(text), format, like)
}

fn is_json(text: &str) -> bool {
    serde_json::from_str::<serde_json::Number>(text).is_ok() || matches!(text, "true" | "false")
}

/// In double quotes, with the escapes that JSON and YAML have in common.
fn double(text: &str) -> String {
    let mut out = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => out.extend(['\\', letter]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            letter
                if u32::from(letter) < 0x20
                    || matches!(letter, '\u{7f}'..='\u{9f}' | '\u{feff}' | '\u{2028}' | '\u{2029}') =>
            {
                out.push_str(&format!("\\u{:04x}", u32::from(letter)));
            }
            letter => out.push(letter),
        }
    }
    out.push('"');
    out
}
