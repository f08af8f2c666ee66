//! The shape of plans and inventories, from the vocabulary of compiled packs: what the loaders take, with what the policies
//! say about it in their comments. Each kind of document has a file of its own; how a shape is written out is `render`'s.

mod config;
mod inventory;
mod notes;
mod plan;
mod words;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::policies::Policies;
use super::{Session, Trouble, knowledge};
use crate::check::tree::{Level, RuleOrigin};
use crate::diag::{Diagnostic, Severity};
use crate::program::Program;
use crate::report::{Content, Member, Object, Sample, Shape};
use crate::types::{Const, Field, FieldId, FieldKind, Input, Schema, Struct, StructKind, Type};
use crate::value::{Duration, Size, StructId};

use notes::Notes;

/// A kind of document that a vocabulary describes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Described {
    /// Plans; of a pack that judges single entities, one of them.
    Plan,
    /// Inventories.
    Inventory,
    /// Configurations.
    Config,
}

/// The shape of a kind of document for the chosen packs; nothing where they have errors, or no such documents.
pub(super) fn shape(session: &mut Session, of: Described, told: &mut Vec<Diagnostic>) -> Option<Shape> {
    let asked = session.asked();
    let policies = session.policies(&asked, told);
    told.retain(|diagnostic| diagnostic.severity == Severity::Error);
    if !policies.judge.sound {
        return None;
    }
    let program = &policies.judge.program;
    let mut maker = Maker {
        schema: &program.schema,
        program,
        notes: Notes::of(session.map(), &policies.packs),
        codes: codes(program),
        parts: BTreeMap::new(),
        plan: of == Described::Plan && matches!(program.schema.input, Input::Plan { .. }),
        open: of == Described::Plan && matches!(program.schema.input, Input::Each { .. }),
    };
    let packs = program.packs.iter().map(|pack| &**pack).collect::<Vec<_>>().join(", ");
    let (what, root) = match (of, &program.schema.input) {
        (Described::Plan, Input::Plan { .. }) => ("plan", maker.plan_root(&policies)),
        (Described::Inventory, Input::Plan { sections }) => ("inventory", maker.inventory_root(sections)),
        (Described::Plan, Input::Each { entity }) => ("document", maker.each_root(*entity)),
        (Described::Config, input) => {
            let sections = match input {
                Input::Plan { sections } => sections.as_slice(),
                Input::Each { .. } => &[],
            };
            ("configuration", maker.config_root(sections))
        }
        (Described::Inventory, Input::Each { entity }) => {
            let entity = program.schema.get(*entity).map_or_else(String::new, |of| of.name.to_string());
            told.push(Trouble::NoInventory { entity }.diagnostic());
            return None;
        }
    };
    let parts = maker.parts.into_iter().filter_map(|(name, part)| Some((name, part?))).collect();
    Some(Shape { title: format!("Clearway {what} ({packs})"), root, parts })
}

/// The rules that read each field of an inventory.
fn codes(program: &Program) -> BTreeMap<(StructId, FieldId), Vec<Arc<str>>> {
    knowledge::wanted(program, None).into_iter().map(|wanted| ((wanted.of, wanted.field), wanted.codes)).collect()
}

/// What makes one shape.
struct Maker<'a> {
    schema: &'a Schema,
    program: &'a Program,
    notes: Notes,
    codes: BTreeMap<(StructId, FieldId), Vec<Arc<str>>>,
    /// Objects that others name; nothing while one is being made.
    parts: BTreeMap<String, Option<Object>>,
    /// A plan: what is neither said nor has a default is missing, not unknown.
    plan: bool,
    /// Documents that are one entity each: members that are not declared are passed over, wherever they stand.
    open: bool,
}

/// A member that the loaders know by themselves.
fn fixed(name: &str, about: &str, content: Content) -> Member {
    Member {
        name: name.to_owned(),
        about: about.to_owned(),
        required: false,
        content,
        default: None,
        examples: Vec::new(),
    }
}

/// The member by which an editor finds the schema.
fn schema_member() -> Member {
    fixed("$schema", "Where the JSON Schema of this file is, for editors. Nothing else looks at it.", Content::Text)
}

impl Maker<'_> {
    /// One entity a document.
    fn each_root(&mut self, entity: StructId) -> Object {
        let mut root = self.object(entity);
        for member in &mut root.members {
            // Nothing joins them by their key: a document may do without, or say `null`.
            let key = self.schema.get(entity).and_then(|of| of.fields.get(usize::from(of.key?.0)));
            if key.is_some_and(|key| *key.input == *member.name) {
                member.required = false;
                member.content = Content::Text.or_null();
            }
        }
        root.members.insert(0, schema_member());
        root
    }

    /// The mapping that a struct is in a document.
    fn object(&mut self, of: StructId) -> Object {
        let Some(shape) = self.schema.get(of) else { return Object::default() };
        let fields = shape.fields().filter(|(_, field)| field.kind == FieldKind::Stored);
        let members = fields.map(|(id, field)| self.member(of, shape, id, field)).collect();
        Object { about: self.about_struct(shape), members, open: self.open, ..Object::default() }
    }

    fn member(&mut self, of: StructId, shape: &Struct, id: FieldId, field: &Field) -> Member {
        let required = self.required(shape, id, field, 0);
        let negative = self.program.writes(of, id);
        let mut content = self.content(&field.ty, negative);
        let entity = matches!(shape.kind, StructKind::Entity { .. });
        if entity && shape.key == Some(id) {
            content = Content::Name;
        } else if field.default.is_some() || (!required && self.is_record(&field.ty)) {
            // What a member that is left out means, `null` means too.
            content = content.or_null();
        }
        Member {
            name: field.input.to_string(),
            about: self.about_field(of, shape, id, field, required),
            required,
            default: field.default.as_ref().filter(|value| **value != Const::None).and_then(|value| self.sample(value)),
            examples: words::examples(&field.ty),
            content,
        }
    }

    /// Whether a mapping has to have a member.
    fn required(&self, shape: &Struct, id: FieldId, field: &Field, depth: u8) -> bool {
        if !self.plan {
            return shape.key == Some(id) && matches!(shape.kind, StructKind::Entity { .. });
        }
        if field.default.is_some() || depth > 16 {
            return false;
        }
        match &field.ty {
            // What is not written is looked at as if it were empty.
            Type::Row(of) if self.is_inside(*of) => {
                let Some(inner) = self.schema.get(*of) else { return false };
                let mut stored = inner.fields().filter(|(_, field)| field.kind == FieldKind::Stored);
                stored.any(|(id, field)| self.required(inner, id, field, depth.saturating_add(1)))
            }
            _ => true,
        }
    }

    fn is_inside(&self, of: StructId) -> bool {
        self.schema.get(of).is_some_and(|shape| matches!(shape.kind, StructKind::Part | StructKind::Record))
    }

    fn is_record(&self, ty: &Type) -> bool {
        matches!(ty, Type::Row(of) if self.is_inside(*of))
    }

    /// What a value of a type may be.
    fn content(&mut self, ty: &Type, negative: bool) -> Content {
        match ty {
            Type::Bool => Content::Bool,
            Type::Number => Content::Number,
            Type::Size => Content::Quantity { units: Size::units().collect(), negative },
            Type::Duration => Content::Quantity { units: Duration::units().collect(), negative },
            Type::Date => Content::Date,
            Type::Version => Content::Version,
            Type::Enum(id) => {
                let values = self.schema.enum_def(*id).map(|of| of.values.iter().map(ToString::to_string).collect());
                Content::Enum(values.unwrap_or_default())
            }
            Type::Row(of) => self.row(*of),
            Type::List(of) => self.content(of, negative).list(),
            Type::Map { value, .. } => Content::Map(Box::new(self.content(value, negative))),
            Type::Optional(of) => self.content(of, negative).or_null(),
            Type::Any => Content::Any,
            Type::Text | Type::Name | Type::Error | Type::None => Content::Text,
        }
    }

    fn row(&mut self, of: StructId) -> Content {
        let Some(shape) = self.schema.get(of) else { return Content::Text };
        match shape.kind {
            StructKind::Record => Content::Object(Box::new(self.object(of))),
            StructKind::Part => {
                let name = shape.name.to_string();
                if !self.parts.contains_key(&name) {
                    self.parts.insert(name.clone(), None);
                    let part = self.object(of);
                    self.parts.insert(name.clone(), Some(part));
                }
                Content::Part(name)
            }
            _ => Content::Name,
        }
    }

    fn sample(&self, value: &Const) -> Option<Sample> {
        Some(match value {
            Const::None => Sample::Null,
            Const::Bool(value) => Sample::Bool(*value),
            Const::Number(value) => Sample::Number(value.to_string()),
            Const::Size(value) => Sample::Text(value.exactly()),
            Const::Duration(value) => Sample::Text(value.exactly()),
            Const::Date(value) => Sample::Text(value.to_string()),
            Const::Version(value) => Sample::Text(value.to_string()),
            Const::Text(text) => Sample::Text(text.to_string()),
            Const::Enum(of, value) => {
                let value = self.schema.enum_def(*of)?.values.get(usize::from(*value))?;
                Sample::Text(value.to_string())
            }
            Const::List(values) => Sample::List(values.iter().map(|value| self.sample(value)).collect::<Option<_>>()?),
            Const::Map(values) => {
                let entry = |(key, value): &(Arc<str>, Const)| Some((key.to_string(), self.sample(value)?));
                Sample::Map(values.iter().map(entry).collect::<Option<_>>()?)
            }
        })
    }
}

/// The codes that a waiver can be about: those that refuse or warn, but for the one that says that nothing is permitted.
fn waivable(policies: &Policies) -> Vec<String> {
    let tree = &policies.checked;
    let rules = tree.rules.iter().filter(|rule| rule.origin != RuleOrigin::NoneChosen && rule.level != Level::Note);
    let matrices = tree.matrices.iter().filter(|matrix| matrix.level != Level::Note);
    let mut codes: Vec<String> =
        rules.map(|rule| &rule.code).chain(matrices.map(|matrix| &matrix.code)).map(ToString::to_string).collect();
    codes.sort();
    codes
}
