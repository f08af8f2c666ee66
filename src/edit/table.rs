//! Changes of a plan as a table: fields by their places. A column that is missing is put behind the others; rows that have
//! nothing to say in it stay as they are.

use super::member::ending;
use super::resolve::Resolved;
use super::tree::Tree;
use super::{CannotEdit, file_of};
use crate::facts::Limits;
use crate::facts::read::{Cell, table};

/// The text with everything in it.
pub(super) fn apply(text: &str, resolved: &Resolved) -> Result<String, CannotEdit> {
    let file = file_of(text);
    let Some(table) = file.and_then(|file| table(&file, &Limits::default())) else {
        return Err(CannotEdit::whole("the table has no columns"));
    };
    let separator = table.separator;
    let mut columns: Vec<String> = table.header.iter().map(|cell| cell.text.clone()).collect();
    let mut patches: Vec<(usize, usize, String)> = Vec::new();
    for (index, ops) in &resolved.ops {
        let Some(row) = table.rows.get(*index) else {
            return Err(CannotEdit::step(*index, "the table has no such row"));
        };
        let mut tail: Vec<(usize, String)> = Vec::new();
        for op in ops {
            let column = column_of(&mut columns, &op.path).map_err(|reason| CannotEdit::step(*index, reason))?;
            let new = match &op.value {
                Some(value) => field(value, separator).map_err(|reason| CannotEdit::step(*index, reason))?,
                None => String::new(),
            };
            match row.get(column) {
                Some(cell) => patches.push((cell.span.start as usize, cell.span.end as usize, like(cell, text, new))),
                None => tail.push((column, new)),
            }
        }
        if let Some(last) = row.last().filter(|_| !tail.is_empty()) {
            let end = last.span.end as usize;
            let most = tail.iter().map(|(column, _)| *column).max().unwrap_or(0);
            let mut behind = String::new();
            for column in row.len()..=most {
                behind.push(separator);
                behind.extend(tail.iter().filter(|(at, _)| *at == column).map(|(_, new)| new.as_str()));
            }
            patches.push((end, end, behind));
        }
    }
    for (index, new) in &resolved.behind {
        let Some(row) = table.rows.get(*index) else {
            return Err(CannotEdit::step(*index, "the table has no such row"));
        };
        let end = row.last().map_or(0, |cell| cell.span.end as usize);
        let rest = text.get(end..).unwrap_or("");
        let at = end.saturating_add(rest.find(['\n', '\r']).unwrap_or(rest.len()));
        let mut lines = String::new();
        for step in new {
            let mut said = Vec::new();
            flatten(step, &mut Vec::new(), &mut said);
            let mut fields: Vec<String> = Vec::new();
            for (path, value) in said {
                let column = column_of(&mut columns, &path).map_err(|reason| CannotEdit::step(*index, reason))?;
                let new = field(value, separator).map_err(|reason| CannotEdit::step(*index, reason))?;
                fields.resize(fields.len().max(column.saturating_add(1)), String::new());
                if let Some(field) = fields.get_mut(column) {
                    *field = new;
                }
            }
            fields.resize(fields.len().max(row.len().min(table.header.len())), String::new());
            lines.push_str(ending(text));
            lines.push_str(&fields.join(&separator.to_string()));
        }
        patches.push((at, at, lines));
    }
    let added = columns.get(table.header.len()..).unwrap_or(&[]);
    if let (Some(last), false) = (table.header.last(), added.is_empty()) {
        let end = last.span.end as usize;
        let names: String = added.iter().map(|name| format!("{separator}{name}")).collect();
        patches.push((end, end, names));
    }
    // What replaces a last field stands before what is put behind it.
    patches.sort_by_key(|(start, end, _)| (*start, *end));
    let mut out = String::new();
    let mut at = 0;
    for (start, end, new) in patches {
        out.push_str(text.get(at..start).unwrap_or(""));
        out.push_str(&new);
        at = end.max(at);
    }
    out.push_str(text.get(at..).unwrap_or(""));
    Ok(out)
}

/// The column of a member; one is added where there is none.
fn column_of(columns: &mut Vec<String>, path: &[String]) -> Result<usize, String> {
    if path.len() > 2 {
        return Err("a table has no column for where single disks go".to_owned());
    }
    let name = path.join(".");
    if let Some(column) = columns.iter().position(|column| *column == name) {
        return Ok(column);
    }
    columns.push(name);
    Ok(columns.len().saturating_sub(1))
}

/// The scalars of a step with their paths.
fn flatten<'t>(tree: &'t Tree, path: &mut Vec<String>, said: &mut Vec<(Vec<String>, &'t Tree)>) {
    match tree {
        Tree::Map(members) => {
            for (key, value) in members {
                path.push(key.clone());
                flatten(value, path, said);
                path.pop();
            }
        }
        value => said.push((path.clone(), value)),
    }
}

/// A field, in quotes where it needs some.
fn field(value: &Tree, separator: char) -> Result<String, String> {
    let Some(text) = value.scalar() else { return Err("a table holds single values".to_owned()) };
    if text.is_empty() {
        return Err("an empty field of a table is one that is left out".to_owned());
    }
    let special = |letter: char| letter == separator || letter == '"' || letter == '#' || letter.is_control();
    let quotes = text.contains(special) || text.trim() != text;
    Ok(if quotes { quoted(text) } else { text.to_owned() })
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// A field in quotes stays in quotes.
fn like(cell: &Cell, text: &str, new: String) -> String {
    let was = text.get(cell.span.start as usize..cell.span.end as usize).unwrap_or("");
    if was.starts_with('"') && !new.is_empty() && !new.starts_with('"') { quoted(&new) } else { new }
}
