//! Changes of TOML plans. The text is changed as a tree that keeps its layout, and laid over the old text line by line, so that
//! lines that say the same stay as they are, their ends included.

use toml_edit::{ArrayOfTables, DocumentMut, InlineTable, Item, Key, RawString, Table, TableLike, Value};

use super::CannotEdit;
use super::diff::spliced;
use super::member::ending;
use super::resolve::{Op, Resolved};
use super::tree::Tree;

/// The text with everything in it.
pub(super) fn apply(text: &str, resolved: &Resolved) -> Result<String, CannotEdit> {
    let (mark, body) = match text.strip_prefix('\u{feff}') {
        Some(body) => ("\u{feff}", body),
        None => ("", text),
    };
    let cannot = |reason: &str| CannotEdit { step: resolved.only_step(), reason: reason.to_owned() };
    let plain = body.replace("\r\n", "\n");
    let mut document: DocumentMut = plain.parse().map_err(|_| cannot("the text could not be read"))?;
    let steps = document.get_mut("steps").ok_or_else(|| cannot("the plan has no list of steps"))?;
    for (index, ops) in &resolved.ops {
        let step = step_of(steps, *index).ok_or_else(|| CannotEdit::step(*index, "the plan has no such step"))?;
        for op in ops {
            change(step, op).map_err(|reason| CannotEdit::step(*index, reason))?;
        }
    }
    // From the last one on, so that places stay what they were.
    for (index, new) in resolved.behind.iter().rev() {
        for tree in new.iter().rev() {
            insert(steps, *index, tree).map_err(|reason| CannotEdit::step(*index, reason))?;
        }
    }
    let new = document.to_string();
    let old_lines: Vec<&str> = body.split_inclusive('\n').collect();
    let new_lines: Vec<&str> = new.lines().collect();
    let mut out = spliced(&old_lines, &new_lines, ending(text));
    if !body.ends_with('\n') && out.ends_with('\n') {
        out.truncate(out.trim_end_matches(['\n', '\r']).len());
    }
    Ok(format!("{mark}{out}"))
}

fn step_of(steps: &mut Item, index: usize) -> Option<&mut dyn TableLike> {
    match steps {
        Item::ArrayOfTables(tables) => tables.get_mut(index).map(|table| table as &mut dyn TableLike),
        Item::Value(Value::Array(array)) => match array.get_mut(index)? {
            Value::InlineTable(table) => Some(table as &mut dyn TableLike),
            _ => None,
        },
        _ => None,
    }
}

fn change(table: &mut dyn TableLike, op: &Op) -> Result<(), String> {
    match &op.value {
        Some(value) => set(table, &op.path, value),
        None => {
            remove(table, &op.path);
            Ok(())
        }
    }
}

fn set(table: &mut dyn TableLike, path: &[String], value: &Tree) -> Result<(), String> {
    let Some((key, rest)) = path.split_first() else { return Ok(()) };
    let Some(item) = table.get_mut(key) else {
        table.insert(key, Item::Value(value_of(&Tree::nested(rest, value.clone()))?));
        return Ok(());
    };
    if !rest.is_empty() {
        let inner = item.as_table_like_mut().ok_or_else(|| format!("`{key}` of the step is not what it should be"))?;
        return set(inner, rest, value);
    }
    let Some(there) = item.as_value_mut() else { return Err(format!("`{key}` of the step is not what it should be")) };
    let quote = there.to_string().trim_start().chars().next();
    let (prefix, suffix) = (there.decor().prefix().cloned(), there.decor().suffix().cloned());
    let mut new = value_of(value)?;
    if let (Some(quote @ ('"' | '\'')), Some(text)) = (quote, value.scalar()) {
        new = in_quotes(text, quote).unwrap_or_else(|| Value::from(text));
    }
    let raw = |text: Option<RawString>| text.unwrap_or_default();
    *there = new.decorated(raw(prefix), raw(suffix));
    Ok(())
}

/// A text in the quotes that stood there, where it can stand in those.
fn in_quotes(text: &str, quote: char) -> Option<Value> {
    let fits = |letter: char| !letter.is_control() && letter != quote && (quote == '\'' || letter != '\\');
    let written = format!("{quote}{text}{quote}");
    text.chars().all(fits).then_some(written)?.parse().ok()
}

fn remove(table: &mut dyn TableLike, path: &[String]) {
    let Some((key, rest)) = path.split_first() else { return };
    if !rest.is_empty() {
        let Some(inner) = table.get_mut(key).and_then(Item::as_table_like_mut) else { return };
        remove(inner, rest);
        if !inner.is_empty() {
            return;
        }
    }
    table.remove(key);
}

fn value_of(tree: &Tree) -> Result<Value, String> {
    Ok(match tree {
        Tree::Null => return Err("TOML has no `null`".to_owned()),
        Tree::Text { text, bare: true } => match text.parse::<Value>() {
            Ok(value) if !value.is_str() => value,
            _ => Value::from(text.as_str()),
        },
        Tree::Text { text, .. } => Value::from(text.as_str()),
        Tree::List(elements) => {
            let elements: Result<Vec<Value>, String> = elements.iter().map(value_of).collect();
            Value::from_iter(elements?)
        }
        Tree::Map(members) => {
            let mut table = InlineTable::new();
            for (key, value) in members {
                table.insert(key, value_of(value)?);
            }
            Value::InlineTable(table)
        }
    })
}

/// Puts a step behind another one, laid out like it.
fn insert(steps: &mut Item, index: usize, new: &Tree) -> Result<(), String> {
    let Tree::Map(members) = new else { return Err("a step is a mapping".to_owned()) };
    let behind = index.saturating_add(1);
    match steps {
        Item::ArrayOfTables(tables) => {
            let like = tables.get(index).ok_or("the plan has no such step")?;
            let apart = like.decor().prefix().and_then(RawString::as_str).is_some_and(|before| before.contains('\n'));
            let mut table = table_like(members, like)?;
            table.decor_mut().set_prefix(if apart || index == 0 { "\n" } else { "" });
            put(tables, behind, table);
            Ok(())
        }
        Item::Value(Value::Array(array)) => {
            let like = array.get(index).ok_or("the plan has no such step")?;
            let prefix = like.decor().prefix().and_then(RawString::as_str).unwrap_or(" ");
            // What a comment says there is about the other step.
            let prefix = match prefix.rfind('\n') {
                Some(line) => format!("\n{}", prefix.get(line.saturating_add(1)..).unwrap_or("")),
                None if prefix.is_empty() => " ".to_owned(),
                None => prefix.to_owned(),
            };
            let at_end = behind == array.len();
            let suffix = like.decor().suffix().cloned().unwrap_or_default();
            let suffix = suffix.as_str().filter(|suffix| suffix.trim().is_empty()).unwrap_or("").to_owned();
            if at_end
                && !array.trailing_comma()
                && let Some(last) = array.get_mut(index)
            {
                last.decor_mut().set_suffix("");
            }
            array.insert_formatted(
                behind,
                value_of(new)?.decorated(prefix, if at_end { suffix } else { String::new() }),
            );
            Ok(())
        }
        _ => Err("the plan has no list of steps".to_owned()),
    }
}

fn put(tables: &mut ArrayOfTables, behind: usize, table: Table) {
    if behind >= tables.len() {
        tables.push(table);
    } else {
        tables.insert(behind, table);
    }
}

/// A table with these members whose mappings are tables, dotted keys or in braces, as those of another one are.
fn table_like(members: &[(String, Tree)], like: &Table) -> Result<Table, String> {
    let mut table = Table::new();
    table.set_dotted(like.is_dotted());
    table.set_implicit(like.is_implicit());
    for (key, value) in members {
        let item = match (value, like.get(key)) {
            (Tree::Map(inner), Some(Item::Table(like))) => {
                let mut inner = table_like(inner, like)?;
                let apart = like.decor().prefix().and_then(RawString::as_str).is_some_and(|text| text.contains('\n'));
                inner.decor_mut().set_prefix(if apart { "\n" } else { "" });
                Item::Table(inner)
            }
            (value, Some(Item::Value(there))) => {
                let quote = there.to_string().trim_start().chars().next();
                let same = match (quote, value.scalar()) {
                    (Some(quote @ ('"' | '\'')), Some(text)) => in_quotes(text, quote),
                    _ => None,
                };
                Item::Value(same.map_or_else(|| value_of(value), Ok)?)
            }
            (value, _) => Item::Value(value_of(value)?),
        };
        // The same layout of the key: aligned signs of equality stay aligned.
        let mut name = Key::new(key.as_str());
        if let Some(there) = like.key(key) {
            let blanks = |raw: Option<&RawString>, comments: bool| {
                let text = raw.and_then(RawString::as_str).unwrap_or("").to_owned();
                let own = if comments { text.rsplit('\n').next().unwrap_or("").to_owned() } else { text };
                own.trim().is_empty().then_some(own)
            };
            if let Some(prefix) = blanks(there.leaf_decor().prefix(), true) {
                name.leaf_decor_mut().set_prefix(prefix);
            }
            if let Some(suffix) =
                blanks(there.leaf_decor().suffix(), false).filter(|_| there.leaf_decor().suffix().is_some())
            {
                name.leaf_decor_mut().set_suffix(suffix);
            }
        }
        table.insert_formatted(&name, item);
    }
    Ok(table)
}
