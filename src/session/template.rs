//! An inventory to fill in: the facts that policies read and that nobody has said, row by row. Every value is commented
//! out, so that the file changes nothing until somebody fills it in.

use std::collections::BTreeMap;

use super::knowledge::{Wanted, holds_record, wanted};
use super::schema_routes;
use crate::facts::Facts;
use crate::facts::store::Found;
use crate::program::Program;
use crate::report::Knowledge;
use crate::types::{Field, FieldId, FieldKind, Schema, StructKind, Type};
use crate::value::{Cell, Row, StructId};

/// Writes it as YAML.
pub(super) fn write(program: &Program, facts: &Facts, knowledge: &Knowledge) -> String {
    let mut wants: BTreeMap<(StructId, FieldId), Vec<String>> = BTreeMap::new();
    for Wanted { of, field, codes } in wanted(program, None) {
        wants.insert((of, field), codes.iter().map(ToString::to_string).collect());
    }
    let template = Template { schema: &program.schema, facts, wants };
    let mut body = String::new();
    for section in program.schema.sections() {
        body.push_str(&template.section(section.entity, &section.name));
    }
    let names = |names: &[std::sync::Arc<str>]| names.iter().map(|name| &**name).collect::<Vec<_>>().join(", ");
    let mut out = format!("# Facts that {} reads", names(&knowledge.packs));
    if !knowledge.inventories.is_empty() {
        out.push_str(&format!(" and {} does not say", names(&knowledge.inventories)));
    }
    out.push_str(".\n");
    if body.is_empty() {
        out.push_str("# Nothing is missing.\n");
        return out;
    }
    out.push_str("# Where you know one, take the `# ` away before it and write the value in place of the `?`; leave the others as they\n");
    out.push_str("# are: what is not said stays unknown. Behind each stands its type, and the rules that stay unverified without it.\n");
    let all: Vec<String> = knowledge.inventories.iter().map(|name| format!("--inventory {name}")).collect();
    out.push_str(&format!("#\n#   clearway check PLAN {} --inventory THIS-FILE\n", all.join(" ")));
    out.push_str(&body);
    out
}

struct Template<'a> {
    schema: &'a Schema,
    facts: &'a Facts,
    wants: BTreeMap<(StructId, FieldId), Vec<String>>,
}

/// A line of a row: how deep it is, and what it says.
type Lines = Vec<(usize, String)>;

impl Template<'_> {
    fn section(&self, entity: StructId, name: &str) -> String {
        let mut out = String::new();
        let known = self.facts.section_known(entity);
        for row in (0..self.facts.rows(entity)).map(Row) {
            let Some(head) = self.head(entity, row) else { continue };
            let lines = self.row(entity, Some(row), 0);
            if lines.is_empty() {
                continue;
            }
            // A section that nobody has said may not become a known one by being named.
            let sign = if known { "" } else { "# " };
            if out.is_empty() {
                out.push_str(&format!("\n{sign}{name}:\n"));
            }
            for (index, line) in head.iter().enumerate() {
                out.push_str(&format!("{sign}  {} {line}\n", if index == 0 { "-" } else { " " }));
            }
            for (depth, line) in lines {
                out.push_str(&format!("{sign}    # {}{line}\n", "  ".repeat(depth)));
            }
        }
        if out.is_empty() && !known {
            let lines = self.row(entity, None, 0);
            if !lines.is_empty() {
                out.push_str(&format!(
                    "\n# {name}:      # no inventory has this section: all rows there are\n#   - name: ?\n"
                ));
                for (depth, line) in lines {
                    out.push_str(&format!("#     {}{line}\n", "  ".repeat(depth)));
                }
            }
        }
        out
    }

    /// The members that say which row it is: its key, and an id where another row bears the same key.
    fn head(&self, of: StructId, row: Row) -> Option<Vec<String>> {
        let held = self.schema.get(of)?;
        let key = held.key?;
        let text = self.facts.texts().get(self.facts.key_of(of, row)?);
        let mut head = vec![format!("{}: {}", self.schema.field(of, key)?.input, quoted(text))];
        if matches!(self.facts.find(of, text), Found::Many(_))
            && let Some(id) = held.find("id")
            && let Cell::Text(id) = self.facts.cell(of, row, id)
        {
            head.push(format!("id: {}", quoted(self.facts.texts().get(id))));
        }
        Some(head)
    }

    /// What is not known of a row (of all its members where there is no row).
    fn row(&self, of: StructId, row: Option<Row>, depth: usize) -> Lines {
        let mut lines = Lines::new();
        let Some(held) = self.schema.get(of).filter(|_| depth < 8) else { return lines };
        for (id, field) in held.fields().filter(|(_, field)| field.kind == FieldKind::Stored) {
            let cell = row.map_or(Cell::Unknown, |row| self.facts.cell(of, row, id));
            if holds_record(self.schema, field) {
                self.record(field, cell, depth, &mut lines);
            } else if let Some(codes) = self.wants.get(&(of, id)).filter(|_| cell == Cell::Unknown) {
                lines.push((depth, format!("{}: ?      # {}", field.input, self.hint(&field.ty, codes))));
                self.example(field, depth, &mut lines);
            } else if let Cell::List(list) = cell {
                self.parts(field, self.facts.list(list), depth, &mut lines);
            }
        }
        lines
    }

    fn record(&self, field: &Field, cell: Cell, depth: usize, lines: &mut Lines) {
        let Some(record) = schema_routes::element(&field.ty) else { return };
        let row = match cell {
            Cell::Row(row) => Some(row),
            Cell::Unknown => None,
            _ => return,
        };
        let inner = self.row(record, row, depth.saturating_add(1));
        if !inner.is_empty() {
            lines.push((depth, format!("{}:", field.input)));
            lines.extend(inner);
        }
    }

    /// A list of parts replaces the one it is laid over, so that all of it is written as soon as one part has a gap.
    fn parts(&self, field: &Field, cells: &[Cell], depth: usize, lines: &mut Lines) {
        let Some(part) = self.part(&field.ty) else { return };
        let rows: Vec<(Lines, bool)> = cells
            .iter()
            .filter_map(|cell| match cell {
                Cell::Row(row) => Some(self.whole(part, *row, 0)),
                _ => None,
            })
            .collect();
        if rows.iter().all(|(_, gap)| !gap) {
            return;
        }
        lines.push((depth, format!("{}:      # the whole list, for it takes the place of the other one", field.input)));
        for (row, _) in rows {
            for (index, (more, line)) in row.into_iter().enumerate() {
                let sign = if index == 0 { "- " } else { "  " };
                let line = format!("{sign}{}{line}", "  ".repeat(more));
                lines.push((depth.saturating_add(1), line));
            }
        }
    }

    /// All of a part: what is known as it is, what is not known and asked for to fill in. Also whether there is such a gap.
    fn whole(&self, of: StructId, row: Row, depth: usize) -> (Lines, bool) {
        let (mut lines, mut gap) = (Lines::new(), false);
        let Some(held) = self.schema.get(of).filter(|_| depth < 8) else { return (lines, gap) };
        for (id, field) in held.fields().filter(|(_, field)| field.kind == FieldKind::Stored) {
            let cell = self.facts.cell(of, row, id);
            let inner = schema_routes::element(&field.ty).filter(|id| {
                let kind = self.schema.get(*id).map(|held| held.kind);
                matches!(kind, Some(StructKind::Part | StructKind::Record))
            });
            if let (Cell::Row(row), Some(inner)) = (cell, inner) {
                let (below, more) = self.whole(inner, row, depth.saturating_add(1));
                gap |= more;
                if !below.is_empty() {
                    lines.push((depth, format!("{}:", field.input)));
                    lines.extend(below);
                }
            } else if let Some(text) = self.value(&field.ty, cell) {
                lines.push((depth, format!("{}: {text}", field.input)));
            } else if let Some(codes) = self.wants.get(&(of, id)).filter(|_| cell == Cell::Unknown) {
                gap = true;
                lines.push((depth, format!("{}: ?      # {}", field.input, self.hint(&field.ty, codes))));
            }
        }
        (lines, gap)
    }

    /// What an element of a list of parts that is not known would look like.
    fn example(&self, field: &Field, depth: usize, lines: &mut Lines) {
        let Some(part) = self.part(&field.ty) else { return };
        let mut members: Vec<String> = Vec::new();
        for (id, field) in self.schema.get(part).into_iter().flat_map(|held| held.fields()) {
            let key = self.schema.get(part).and_then(|held| held.key) == Some(id);
            if key || self.wants.contains_key(&(part, id)) {
                members.push(format!("{}: {}", field.input, self.schema.type_name(&field.ty)));
            }
        }
        lines.push((depth.saturating_add(1), format!("# a list of {{ {} }}", members.join(", "))));
    }

    fn part(&self, ty: &Type) -> Option<StructId> {
        let id = schema_routes::element(ty)?;
        (self.schema.get(id)?.kind == StructKind::Part).then_some(id)
    }

    /// A value as an inventory writes it; nothing where it is not known.
    fn value(&self, ty: &Type, cell: Cell) -> Option<String> {
        Some(match cell {
            Cell::Unknown | Cell::Map(_) => return None,
            Cell::None => "null".to_owned(),
            Cell::Bool(value) => value.to_string(),
            Cell::Number(value) => value.to_string(),
            // To the byte and the millisecond: in its best unit a quantity is rounded.
            Cell::Size(value) => format!("{} B", value.0),
            Cell::Duration(value) => format!("{} ms", value.0),
            Cell::Date(value) => value.to_string(),
            Cell::Version(value) => value.to_string(),
            Cell::Text(text) => quoted(self.facts.texts().get(text)),
            Cell::Enum(value) => match ty.required() {
                Type::Enum(id) => self.schema.enum_def(*id)?.values.get(usize::from(value))?.to_string(),
                _ => return None,
            },
            Cell::Row(row) => {
                let of = schema_routes::element(ty)?;
                quoted(self.facts.texts().get(self.facts.key_of(of, row)?))
            }
            Cell::List(list) => {
                let Type::List(element) = ty.required() else { return None };
                let values: Option<Vec<String>> =
                    self.facts.list(list).iter().map(|cell| self.value(element, *cell)).collect();
                format!("[{}]", values?.join(", "))
            }
        })
    }

    /// The type and the rules of a fact.
    fn hint(&self, ty: &Type, codes: &[String]) -> String {
        let mut text = match ty.required() {
            Type::Bool => "true or false".to_owned(),
            Type::Enum(id) => {
                let values = self.schema.enum_def(*id).map(|def| def.values.join(", ")).unwrap_or_default();
                format!("one of {values}")
            }
            required => self.schema.type_name(required),
        };
        if ty.is_optional() {
            text.push_str(", or null");
        }
        if !codes.is_empty() {
            text.push_str(&format!("; {}", codes.join(" ")));
        }
        text
    }
}

/// A text as YAML reads it, whatever is in it.
fn quoted(text: &str) -> String {
    let word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let plain = text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.chars().all(word);
    let odd =
        ["null", "true", "false", "yes", "no", "on", "off", "y", "n"].contains(&text.to_ascii_lowercase().as_str());
    if plain && !odd {
        return text.to_owned();
    }
    if text.chars().any(|c| c.is_control()) {
        // JSON's way of writing a text is one of YAML's.
        return serde_json::to_string(text).unwrap_or_default();
    }
    format!("'{}'", text.replace('\'', "''"))
}
