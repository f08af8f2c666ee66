//! JSON as YAML in block style, as people and tools write it.

use serde_json::Value;

/// The same as YAML.
pub fn of(value: &Value) -> String {
    let mut out = String::new();
    write(&mut out, value, 0, true);
    out
}

fn write(out: &mut String, value: &Value, depth: usize, fresh: bool) {
    let begin = |out: &mut String, first: bool| {
        if !(first && fresh) {
            out.push('\n');
            out.push_str(&"  ".repeat(depth));
        }
    };
    match value {
        Value::Object(members) if !members.is_empty() => {
            for (at, (key, value)) in members.iter().enumerate() {
                begin(out, at == 0);
                out.push_str(key);
                out.push(':');
                below(out, value, depth);
            }
        }
        Value::Array(elements) if !elements.is_empty() => {
            for (at, element) in elements.iter().enumerate() {
                begin(out, at == 0);
                out.push_str("- ");
                write(out, element, depth + 1, true);
            }
        }
        Value::String(text) if plain(text) => out.push_str(text),
        Value::String(text) => {
            out.push('\'');
            out.push_str(&text.replace('\'', "''"));
            out.push('\'');
        }
        other => out.push_str(&other.to_string()),
    }
    if depth == 0 && fresh {
        out.push('\n');
    }
}

fn below(out: &mut String, value: &Value, depth: usize) {
    let nests = value.as_object().is_some_and(|members| !members.is_empty())
        || value.as_array().is_some_and(|elements| !elements.is_empty());
    if nests {
        write(out, value, depth + 1, false);
    } else {
        out.push(' ');
        write(out, value, depth + 1, true);
    }
}

fn plain(text: &str) -> bool {
    let letters = text.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
    letters
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
        && !["null", "true", "false", "yes", "no"].contains(&text)
}
