//! The shape of an inventory: its sections as the vocabulary declares them, and assumptions.

use std::collections::BTreeMap;

use super::{Maker, fixed, schema_member, words};
use crate::report::{Content, Hint, Member, Object, Sample};
use crate::types::{FieldKind, Section, StructKind, Type};
use crate::value::StructId;

/// Parts within parts that facts are looked for in.
const DEPTH: u8 = 8;

impl Maker<'_> {
    pub(super) fn inventory_root(&mut self, sections: &[Section]) -> Object {
        let mut members = vec![schema_member()];
        for section in sections {
            let entity = self.schema.get(section.entity).map_or_else(String::new, |of| of.name.to_string());
            let row = self.object(section.entity);
            self.parts.insert(entity.clone(), Some(row));
            let note = self.notes.about(section.span).map(|note| words::sentence(&note));
            let about = format!(
                "{}Every `{entity}` there is. A section that is there is complete; one that no file has is unknown.",
                note.map(|note| format!("{note} ")).unwrap_or_default()
            );
            members.push(fixed(&section.name, &about, Content::Part(entity).list()));
        }
        let facts = self.facts(sections);
        let assume = Content::Object(Box::new(self.assumption(sections, &facts)));
        let about =
            "What no export says and somebody knows of all rows at once: cells that are unknown take these values.";
        members.push(fixed("assume", about, assume.list().or_null()));
        let about = "An inventory: what there is, as far as it is known. Several files are laid over each other.";
        Object { about: about.to_owned(), members, ..Object::default() }
    }

    /// Every fact of the sections that one value can say: its path, and what it holds.
    pub(super) fn facts(&mut self, sections: &[Section]) -> Vec<(String, Content)> {
        let mut facts = Vec::new();
        for section in sections {
            self.facts_of(section.entity, &section.name, 0, &mut facts);
        }
        facts
    }

    fn facts_of(&mut self, of: StructId, before: &str, depth: u8, facts: &mut Vec<(String, Content)>) {
        let Some(shape) = self.schema.get(of).filter(|_| depth < DEPTH) else { return };
        for (id, field) in shape.fields().filter(|(_, field)| field.kind == FieldKind::Stored) {
            let path = format!("{before}.{}", field.input);
            let inner = match field.ty.required() {
                Type::List(of) | Type::Map { value: of, .. } => of.required(),
                ty => ty,
            };
            let rows = match inner {
                Type::Row(of) => Some(*of).filter(|of| self.is_inside(*of)),
                _ => None,
            };
            let is_map = matches!(field.ty.required(), Type::Map { .. });
            if let Some(rows) = rows.filter(|_| !is_map) {
                self.facts_of(rows, &path, depth.saturating_add(1), facts);
            }
            let record = matches!(&field.ty, Type::Row(of) if self.schema.get(*of).is_some_and(|of| of.kind == StructKind::Record));
            if record || shape.key == Some(id) {
                continue;
            }
            let mut content = match (rows, field.ty.required()) {
                // Of parts it can be assumed that there are none, and nothing else.
                (Some(_), Type::List(_)) => Content::Just(Sample::List(Vec::new())),
                (Some(_), Type::Map { .. }) => Content::Just(Sample::Map(Vec::new())),
                (Some(_), _) => Content::Just(Sample::Null),
                (None, ty) => self.content(ty, self.program.writes(of, id)),
            };
            if (field.ty.is_optional() || (rows.is_none() && field.default.is_some()))
                && content != Content::Just(Sample::Null)
            {
                content = content.or_null();
            }
            facts.push((path, content));
        }
    }

    pub(super) fn assumption(&self, sections: &[Section], facts: &[(String, Content)]) -> Object {
        let needed = |member: Member| Member { required: true, ..member };
        let known: Vec<String> = facts.iter().map(|(path, _)| path.clone()).collect();
        // An entity's own name will do for its section's.
        let entities = sections.iter().filter_map(|section| self.schema.get(section.entity));
        let under = entities.map(|entity| entity.name.to_string()).collect();
        let members = vec![
            needed(fixed(
                "fact",
                "The fact: section and field, such as `vms.disks.shared`.",
                Content::Path { known, under },
            )),
            needed(fixed("is", "The value that unknown cells take, by the type of the field.", Content::Any)),
            needed(fixed("because", "Why: whoever reads the report sees it.", Content::Name)),
            Member {
                examples: vec![Sample::Text("2027-06-30".to_owned())],
                ..fixed(
                    "until",
                    "The last day on which it counts, such as `2027-06-30`. Left out: it does not expire.",
                    Content::Date.or_null(),
                )
            },
        ];
        Object {
            about: "A value that unknown cells of a field take, with its reason.".to_owned(),
            members,
            hints: hints(facts),
            ..Object::default()
        }
    }
}

/// What a value has to be, fact by fact.
fn hints(facts: &[(String, Content)]) -> Vec<Hint> {
    let mut groups: BTreeMap<String, (Content, Vec<String>)> = BTreeMap::new();
    for (path, content) in facts {
        let group = groups.entry(format!("{content:?}")).or_insert_with(|| (content.clone(), Vec::new()));
        group.1.push(path.clone());
    }
    let hint = |(content, paths)| Hint { where_: ("fact".to_owned(), paths), then: ("is".to_owned(), content) };
    groups.into_values().map(hint).collect()
}
