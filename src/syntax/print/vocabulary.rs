//! Enums, entities, parts, types, inputs, gathered lists.

use crate::source::Span;
use crate::syntax::ast::{Addition, Entity, Enum, Field, Gather, Input, InputKind, Part, Type, TypeKind};

use super::expr::{Place, expr};
use super::text::plain;
use super::{Page, WIDTH, padded, width};

/// A type on one line.
pub fn ty(found: &Type) -> String {
    match &found.kind {
        TypeKind::Name(name) => name.text.to_string(),
        TypeKind::Record(fields) => record(fields),
        TypeKind::List(inner) => format!("[{}]", ty(inner)),
        TypeKind::Map { by_name: true, value } => format!("map by name of {}", ty(value)),
        TypeKind::Map { by_name: false, value } => format!("map of {}", ty(value)),
        TypeKind::Optional(inner) => match inner.kind {
            TypeKind::Optional(_) | TypeKind::Map { .. } => format!("({})?", ty(inner)),
            _ => format!("{}?", ty(inner)),
        },
    }
}

fn record(fields: &[Field]) -> String {
    if fields.is_empty() {
        return "{}".to_owned();
    }
    let fields: Vec<String> = fields.iter().map(|field| format!("{}: {}", field.name.text, rest(field))).collect();
    format!("{{ {} }}", fields.join(", "))
}

/// What stands behind the colon of a field.
fn rest(field: &Field) -> String {
    format!("{}{}", ty(&field.ty), behind(field))
}

/// What stands behind the type of a field.
fn behind(field: &Field) -> String {
    let mut out = String::new();
    if field.key {
        out.push_str(" key");
    }
    if let Some(member) = &field.from {
        out.push_str(&format!(" from {}", plain(member, false)));
    }
    if let Some(value) = &field.default {
        out.push_str(&format!(" default {}", expr(value, Place::FREE)));
    }
    out
}

/// Words that an expression could go on with at the start of the next line.
fn goes_on(name: &str) -> bool {
    matches!(name, "and" | "or" | "implies" | "in" | "else" | "exists" | "is")
}

impl Page<'_> {
    pub(super) fn enumeration(&mut self, item: &Enum) {
        let values: Vec<&str> = item.values.iter().map(|value| &*value.text).collect();
        let flat = format!("enum {} {{ {} }}", item.name.text, values.join(", "));
        if values.is_empty() {
            self.line(item.span, &format!("enum {} {{}}", item.name.text));
        } else if width(&flat) <= WIDTH && !self.has_comment(item.span) {
            self.line(item.span, &flat);
        } else {
            self.line(item.span, &format!("enum {} {{", item.name.text));
            self.inside(|page| item.values.iter().for_each(|value| page.line(value.span, &value.text)));
            self.close(item.span);
        }
    }

    pub(super) fn entity(&mut self, item: &Entity) {
        let open = if item.open { " open" } else { "" };
        self.fields(&format!("entity {}{open}", item.name.text), &item.fields, item.span);
    }

    pub(super) fn part(&mut self, item: &Part) {
        let owner = item.owner.as_ref().map_or_else(String::new, |owner| format!(" of {}", owner.text));
        self.flat_fields(&format!("part {}{owner}", item.name.text), &item.fields, item.span);
    }

    pub(super) fn addition(&mut self, item: &Addition) {
        let what = if item.part { "part" } else { "entity" };
        self.flat_fields(&format!("extend {what} {}", item.name.text), &item.fields, item.span);
    }

    /// On one line where they fit.
    fn flat_fields(&mut self, head: &str, fields: &[Field], span: Span) {
        let flat = format!("{head} {}", record(fields));
        if width(&flat) <= WIDTH && !self.has_comment(span) {
            self.line(span, &flat);
        } else {
            self.fields(head, fields, span);
        }
    }

    fn fields(&mut self, head: &str, fields: &[Field], span: Span) {
        self.line(span, &format!("{head} {{"));
        let widest = fields.iter().map(|field| width(&field.name.text)).max().unwrap_or(0).saturating_add(1);
        self.inside(|page| {
            for (index, field) in fields.iter().enumerate() {
                let next = fields.get(index.saturating_add(1));
                let comma = if next.is_some_and(|next| goes_on(&next.name.text)) { "," } else { "" };
                let name = padded(&format!("{}:", field.name.text), widest);
                let flat = format!("{name} {}{comma}", rest(field));
                match &field.ty.kind {
                    TypeKind::Record(inner)
                        if page.has_comment(field.ty.span) || width(&flat).saturating_add(page.margin()) > WIDTH =>
                    {
                        page.fields(name.trim_end(), inner, field.span);
                        if let Some(last) = page.lines.last_mut() {
                            last.push_str(&behind(field));
                            last.push_str(comma);
                        }
                    }
                    _ => page.line(field.span, &flat),
                }
            }
        });
        self.close(span);
    }

    pub(super) fn input(&mut self, item: &Input) {
        match &item.kind {
            InputKind::Each { entity } => self.line(item.span, &format!("input each {}", entity.text)),
            InputKind::Plan { sections } => {
                let flat = format!("input plan with inventory {}", record(sections));
                if width(&flat) <= WIDTH && !self.has_comment(item.span) {
                    self.line(item.span, &flat);
                } else {
                    self.fields("input plan with inventory", sections, item.span);
                }
            }
        }
    }

    pub(super) fn gather(&mut self, item: &Gather) {
        self.line(item.span, &format!("gather {}.{} {{", item.owner.text, item.field.text));
        self.inside(|page| {
            for source in &item.sources {
                let list =
                    source.list.as_ref().map_or_else(String::new, |list| format!(" in {}", expr(list, Place::FREE)));
                let when =
                    source.when.as_ref().map_or_else(String::new, |when| format!(" when {}", expr(when, Place::FREE)));
                let fields: Vec<String> = source
                    .fields
                    .iter()
                    .map(|field| format!("{} = {}", field.name.text, expr(&field.value, Place::FREE)))
                    .collect();
                let head = format!("from {}{list}{when}", source.binding.text);
                let flat = format!("{head} {{ {} }}", fields.join(", "));
                if fields.is_empty() {
                    page.line(source.span, &format!("{head} {{}}"));
                } else if width(&flat).saturating_add(page.margin()) <= WIDTH && !page.has_comment(source.span) {
                    page.line(source.span, &flat);
                } else {
                    page.line(source.span, &format!("{head} {{"));
                    let last = fields.len().saturating_sub(1);
                    page.inside(|page| {
                        for (index, (field, text)) in source.fields.iter().zip(&fields).enumerate() {
                            let comma = if index < last { "," } else { "" };
                            page.line(field.span, &format!("{text}{comma}"));
                        }
                    });
                    page.close(source.span);
                }
            }
        });
        self.close(item.span);
    }
}
