//! The schema: enums, entities, parts and records with their fields, and what input documents look like.

use serde::{Deserialize, Serialize};
use std::sync::Arc;

use super::{Const, Type};
use crate::source::Span;
use crate::value::StructId;

/// An enum of the schema.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct EnumId(pub u16);

/// A field of a [`Struct`], by its place there.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct FieldId(pub u16);

/// A function of the checked tree: a `define` or the body of a `derive`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct FunctionId(pub u32);

/// A `gather` of the checked tree.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct GatherId(pub u32);

/// An enum with its values.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct EnumDef {
    /// Its name.
    pub name: Arc<str>,
    /// Its values in the order declared.
    pub values: Vec<Arc<str>>,
    /// Where it was declared.
    pub span: Span,
}

/// What a [`Struct`] is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum StructKind {
    /// Has a key and rows of its own in the input.
    Entity {
        /// Naming a row that is not there makes one whose fields are unknown.
        open: bool,
    },
    /// Lives inside its owner (a list of them, or one in a field); may be gathered.
    Part,
    /// `{ … }` in the type of a field.
    Record,
    /// The built-in `plan`: one row, `name` and `steps`.
    Plan,
    /// The built-in `wave`: `number` (none where the plan gives none) and `steps`.
    Wave,
    /// The built-in `step`, with what the pack adds.
    Step,
}

/// An entity, a part, a record, or one of the built-in `plan`, `wave`, `step`.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Struct {
    /// Its name; of a record the path of the field it belongs to (`host.cpu`).
    pub name: Arc<str>,
    /// What it is.
    pub kind: StructKind,
    /// The field marked `key`; of a part or record the field `name` or `path` where it has one.
    pub key: Option<FieldId>,
    /// Its fields in the order declared, derived and gathered ones behind.
    pub fields: Vec<Field>,
    /// Where it was declared; [`Span::NONE`] for what is built in.
    pub span: Span,
}

/// Where the values of a field come from.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum FieldKind {
    /// The input: a column.
    Stored,
    /// A `derive`: a function with the row as its one parameter.
    Derived(FunctionId),
    /// A `gather`.
    Gathered(GatherId),
    /// `step.refused`: decided by the evaluation.
    Refused,
}

/// A field.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Field {
    /// Its name in policies.
    pub name: Arc<str>,
    /// The member it has in the input: its name, or what `from` says.
    pub input: Arc<str>,
    /// Its type.
    pub ty: Type,
    /// What absence means; nothing: unknown. A field that is no `T?` takes it for `null` too.
    pub default: Option<Const>,
    /// Where its values come from.
    pub kind: FieldKind,
    /// Where it was declared; [`Span::NONE`] for what is built in.
    pub span: Span,
}

/// A section of an inventory: `hosts: [host]`.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Section {
    /// The member of the document, and the name of the list in policies.
    pub name: Arc<str>,
    /// Whose rows it lists.
    pub entity: StructId,
    /// Where it was declared.
    pub span: Span,
}

/// What documents look like.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Input {
    /// `input plan with inventory { … }`.
    Plan {
        /// The sections of an inventory.
        sections: Vec<Section>,
    },
    /// `input each x`: every document, or every line, is one entity.
    Each {
        /// The entity.
        entity: StructId,
    },
}

/// The vocabulary of a pack.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Schema {
    /// All enums.
    pub enums: Vec<EnumDef>,
    /// All structs: `plan`, `wave` and `step` first (see [`Schema::PLAN`]), then those declared, records behind their owners.
    pub structs: Vec<Struct>,
    /// What documents look like.
    pub input: Input,
}

impl Schema {
    /// The built-in `plan`.
    pub const PLAN: StructId = StructId(0);
    /// The built-in `wave`.
    pub const WAVE: StructId = StructId(1);
    /// The built-in `step`.
    pub const STEP: StructId = StructId(2);
    /// `plan.name`: a text.
    pub const PLAN_NAME: FieldId = FieldId(0);
    /// `plan.steps`: a list of steps.
    pub const PLAN_STEPS: FieldId = FieldId(1);
    /// `wave.number`: a `number?`.
    pub const WAVE_NUMBER: FieldId = FieldId(0);
    /// `wave.steps`: a list of steps.
    pub const WAVE_STEPS: FieldId = FieldId(1);
    /// `step.id`: a text, the key.
    pub const STEP_ID: FieldId = FieldId(0);
    /// `step.wave`: a row of `wave`.
    pub const STEP_WAVE: FieldId = FieldId(1);
    /// `step.refused`: a bool.
    pub const STEP_REFUSED: FieldId = FieldId(2);

    /// A schema with nothing but `plan`, `wave` and `step`.
    pub fn built_in() -> Schema {
        let field = |name: &str, ty: Type, kind: FieldKind| Field {
            name: name.into(),
            input: name.into(),
            ty,
            default: None,
            kind,
            span: Span::NONE,
        };
        let built_in = |name: &str, kind: StructKind, key: Option<FieldId>, fields: Vec<Field>| Struct {
            name: name.into(),
            kind,
            key,
            fields,
            span: Span::NONE,
        };
        let steps = || field("steps", Type::list(Type::Row(Schema::STEP)), FieldKind::Stored);
        let plan = vec![field("name", Type::Text, FieldKind::Stored), steps()];
        let wave = vec![field("number", Type::optional(Type::Number), FieldKind::Stored), steps()];
        let step = vec![
            field("id", Type::Text, FieldKind::Stored),
            field("wave", Type::Row(Schema::WAVE), FieldKind::Stored),
            field("refused", Type::Bool, FieldKind::Refused),
        ];
        Schema {
            enums: Vec::new(),
            structs: vec![
                built_in("plan", StructKind::Plan, Some(FieldId(0)), plan),
                built_in("wave", StructKind::Wave, None, wave),
                built_in("step", StructKind::Step, Some(FieldId(0)), step),
            ],
            input: Input::Plan { sections: Vec::new() },
        }
    }

    /// A struct by its id.
    pub fn get(&self, id: StructId) -> Option<&Struct> {
        self.structs.get(id.0 as usize)
    }

    /// A field by its ids.
    pub fn field(&self, id: StructId, field: FieldId) -> Option<&Field> {
        self.get(id)?.fields.get(field.0 as usize)
    }

    /// An enum by its id.
    pub fn enum_def(&self, id: EnumId) -> Option<&EnumDef> {
        self.enums.get(id.0 as usize)
    }

    /// The struct of this name.
    pub fn find(&self, name: &str) -> Option<StructId> {
        let index = self.structs.iter().position(|s| &*s.name == name)?;
        u16::try_from(index).ok().map(StructId)
    }

    /// All structs with their ids.
    pub fn structs(&self) -> impl Iterator<Item = (StructId, &Struct)> {
        (0u16..).map(StructId).zip(&self.structs)
    }

    /// The field that rows of a struct are called by: its key; of what `input each` judges else its `name`.
    pub fn naming(&self, of: StructId) -> Option<FieldId> {
        let shape = self.get(of)?;
        let each = self.input == Input::Each { entity: of };
        shape.key.or_else(|| {
            let id = shape.find("name").filter(|_| each)?;
            let field = shape.fields.get(usize::from(id.0))?;
            (field.kind == FieldKind::Stored && field.ty.required().is_textual()).then_some(id)
        })
    }

    /// The sections of an inventory; none where every document is an entity.
    pub fn sections(&self) -> &[Section] {
        match &self.input {
            Input::Plan { sections } => sections,
            Input::Each { .. } => &[],
        }
    }

    /// The section that lists the rows of an entity.
    pub fn section_of(&self, entity: StructId) -> Option<&Section> {
        self.sections().iter().find(|section| section.entity == entity)
    }

    /// A type as a policy writes it.
    pub fn type_name(&self, ty: &Type) -> String {
        match ty {
            Type::Error => "?".to_owned(),
            Type::None => "none".to_owned(),
            Type::Bool => "bool".to_owned(),
            Type::Number => "number".to_owned(),
            Type::Size => "size".to_owned(),
            Type::Duration => "duration".to_owned(),
            Type::Date => "date".to_owned(),
            Type::Version => "version".to_owned(),
            Type::Text => "text".to_owned(),
            Type::Name => "name".to_owned(),
            Type::Any => "any".to_owned(),
            Type::Enum(id) => self.enum_def(*id).map_or("?", |e| &e.name).to_owned(),
            Type::Row(id) => self.get(*id).map_or("?", |s| &s.name).to_owned(),
            Type::List(of) => format!("[{}]", self.type_name(of)),
            Type::Map { by_name, value } => {
                let by = if *by_name { "by name " } else { "" };
                format!("map {by}of {}", self.type_name(value))
            }
            Type::Optional(of) if matches!(**of, Type::Map { .. }) => format!("({})?", self.type_name(of)),
            Type::Optional(of) => format!("{}?", self.type_name(of)),
        }
    }
}

impl Struct {
    /// The field of this name.
    pub fn find(&self, name: &str) -> Option<FieldId> {
        let index = self.fields.iter().position(|f| &*f.name == name)?;
        u16::try_from(index).ok().map(FieldId)
    }

    /// All fields with their ids.
    pub fn fields(&self) -> impl Iterator<Item = (FieldId, &Field)> {
        (0u16..).map(FieldId).zip(&self.fields)
    }
}
