//! The vocabulary: enums, entities, parts, records, what documents look like. It fills the schema; derived and gathered
//! fields come behind those that are declared with the entity.

use std::sync::Arc;

use super::checker::Checker;
use super::scope::Scope;
use super::tree::FunctionKind;
use crate::diag::codes::check as codes;
use crate::diag::{Diagnostic, nearest};
use crate::source::Span;
use crate::syntax::ast;
use crate::syntax::ast::{Ident, TypeKind};
use crate::types::{
    Const, EnumDef, EnumId, Field, FieldId, FieldKind, Input, Schema, Section, Struct, StructKind, Type,
};
use crate::value::StructId;

/// The types that the language knows by itself.
const PRIMITIVES: &[(&str, Type)] = &[
    ("any", Type::Any),
    ("bool", Type::Bool),
    ("date", Type::Date),
    ("duration", Type::Duration),
    ("name", Type::Name),
    ("number", Type::Number),
    ("size", Type::Size),
    ("text", Type::Text),
    ("version", Type::Version),
];

/// A default that waits until constants are known.
pub(super) struct Default<'a> {
    owner: StructId,
    field: FieldId,
    value: &'a ast::Expr,
}

impl<'a> Checker<'a> {
    /// Says that a name is taken.
    pub fn doubled(&mut self, name: &Ident, what: &str, first: Span) {
        let diagnostic =
            Diagnostic::error(codes::DOUBLED_NAME, name.span, format!("{what} `{}` is declared twice", name.text))
                .label("again")
                .also(first, "first here")
                .help("give one of them another name, or leave it out");
        self.say(diagnostic);
    }

    /// Says that something is done twice.
    pub fn twice(&mut self, span: Span, message: String, first: Span) {
        let diagnostic = Diagnostic::error(codes::DOUBLED_NAME, span, message)
            .label("again")
            .also(first, "first here")
            .help("leave one of them out");
        self.say(diagnostic);
    }

    fn taken_type(&mut self, name: &Ident, what: &str) -> bool {
        if PRIMITIVES.iter().any(|(known, _)| **known == *name.text) {
            self.error(
                codes::DOUBLED_NAME,
                name.span,
                format!("`{}` is a type of the language", name.text),
                "taken",
                "give it another name",
            );
            return true;
        }
        let declared = self
            .enums
            .get(&name.text)
            .and_then(|id| self.schema.enum_def(*id))
            .map(|def| def.span)
            .or_else(|| self.structs.get(&name.text).and_then(|id| self.schema.get(*id)).map(|def| def.span));
        match declared {
            Some(first) if first == Span::NONE => {
                self.error(
                    codes::DOUBLED_NAME,
                    name.span,
                    format!("`{}` is built in", name.text),
                    "taken",
                    "give it another name; of what is built in only `step` takes fields: `entity step { … }`",
                );
                true
            }
            Some(first) => {
                self.doubled(name, what, first);
                true
            }
            None => false,
        }
    }

    /// Declares an enum.
    pub fn declare_enum(&mut self, item: &'a ast::Enum) {
        if self.taken_type(&item.name, "the type") {
            return;
        }
        let mut values: Vec<Arc<str>> = Vec::new();
        for (i, value) in item.values.iter().enumerate() {
            if let Some(first) = item.values.iter().take(i).find(|other| other.text == value.text) {
                self.doubled(value, "the value", first.span);
            } else {
                values.push(value.text.clone());
            }
        }
        let id = EnumId(u16::try_from(self.schema.enums.len()).unwrap_or(u16::MAX));
        self.enums.insert(item.name.text.clone(), id);
        self.schema.enums.push(EnumDef { name: item.name.text.clone(), values, span: item.name.span });
    }

    /// Declares the name of an entity or part; its fields come later, for they may name any other.
    pub fn declare_struct(&mut self, name: &Ident, kind: StructKind) -> Option<StructId> {
        if self.taken_type(name, "the type") {
            return None;
        }
        let id = StructId(u16::try_from(self.schema.structs.len()).unwrap_or(u16::MAX));
        self.structs.insert(name.text.clone(), id);
        self.schema.structs.push(Struct {
            name: name.text.clone(),
            kind,
            key: None,
            fields: Vec::new(),
            span: name.span,
        });
        Some(id)
    }

    /// The entity or part that gets more fields; says so where there is none of that name, or it is the other of the two.
    pub fn added_to(&mut self, item: &ast::Addition) -> Option<StructId> {
        let part = |kind: StructKind| kind == StructKind::Part;
        let id = self.owner(&item.name)?;
        let def = self.schema.get(id)?;
        let (kind, span) = (def.kind, def.span);
        // Of what is built in only steps take fields.
        let takes = matches!(kind, StructKind::Entity { .. } | StructKind::Part) || id == Schema::STEP;
        if takes && part(kind) == item.part {
            return Some(id);
        }
        let (is, help) = match kind {
            _ if !takes => ("built in", "of what is built in only `step` takes fields".to_owned()),
            StructKind::Part => ("a part", format!("write `extend part {} {{ … }}`", item.name.text)),
            _ => ("an entity", format!("write `extend entity {} {{ … }}`", item.name.text)),
        };
        let message = format!("`{}` is {is}", item.name.text);
        let diagnostic = Diagnostic::error(codes::UNKNOWN_TYPE, item.name.span, message).label("takes no fields so");
        let diagnostic = if span == Span::NONE { diagnostic } else { diagnostic.also(span, "declared here") };
        self.say(diagnostic.help(help));
        None
    }

    /// Keeps in mind which fields of an addition have no default. A step has to say all that has none, which the tests of the
    /// pack below cannot: that is told here, and not there.
    pub fn additions_without_default(&mut self, item: &ast::Addition, owner: Option<StructId>) {
        // What could not be read to its end may have had one.
        let cut = self.holds_unread(item.span);
        let bare = item.fields.iter().filter(|field| cut || field.default.is_none());
        let bare: Vec<(Span, Arc<str>)> = bare.map(|field| (field.name.span, field.name.text.clone())).collect();
        self.bare_additions.extend(bare.iter().map(|(span, _)| *span));
        if owner != Some(Schema::STEP) || cut {
            return;
        }
        for (span, name) in bare {
            self.error(
                codes::WRONG_FIELD,
                span,
                format!("`{name}` has no default, and no step of the pack below says it"),
                "added to every step",
                "say what it means where a step leaves it out: `default …`, of a `T?` for example `default none`",
            );
        }
    }

    /// Whether a field may bear this name; says so where it is taken.
    pub fn is_new_field(&mut self, owner: StructId, name: &Ident) -> bool {
        let first = self
            .schema
            .get(owner)
            .and_then(|def| def.find(&name.text))
            .and_then(|id| self.schema.field(owner, id))
            .map(|field| field.span);
        match first {
            None => true,
            Some(first) if first == Span::NONE => {
                self.error(
                    codes::DOUBLED_NAME,
                    name.span,
                    format!("the field `{}` is built in", name.text),
                    "taken",
                    "give it another name",
                );
                false
            }
            Some(first) => {
                self.doubled(name, "the field", first);
                false
            }
        }
    }

    /// Adds a field that is not stored.
    pub fn push_field(&mut self, owner: StructId, name: &Ident, ty: Type, kind: FieldKind) -> FieldId {
        let field =
            Field { name: name.text.clone(), input: name.text.clone(), ty, default: None, kind, span: name.span };
        self.push(owner, field)
    }

    fn push(&mut self, owner: StructId, field: Field) -> FieldId {
        match self.schema.structs.get_mut(usize::from(owner.0)) {
            Some(def) => {
                def.fields.push(field);
                FieldId(u16::try_from(def.fields.len().saturating_sub(1)).unwrap_or(u16::MAX))
            }
            None => FieldId(u16::MAX),
        }
    }

    /// Declares the stored fields of an entity, part or record.
    pub fn declare_fields(&mut self, owner: StructId, fields: &'a [ast::Field], defaults: &mut Vec<Default<'a>>) {
        // What a layer adds comes behind the key that rows have.
        let entity = matches!(self.schema.get(owner).map(|def| def.kind), Some(StructKind::Entity { .. }));
        let declared = self.schema.get(owner).and_then(|def| def.key).filter(|_| entity);
        let mut key = declared.and_then(|id| Some((id, self.schema.field(owner, id)?.span)));
        for field in fields {
            if !self.is_new_field(owner, &field.name) {
                continue;
            }
            let path = match self.schema.get(owner) {
                Some(def) => format!("{}.{}", def.name, field.name.text),
                None => continue,
            };
            let ty = self.field_type(&field.ty, &path, defaults);
            let input = field.from.as_ref().map_or_else(|| field.name.text.clone(), |from| from.value.clone());
            let id = self.push(
                owner,
                Field {
                    name: field.name.text.clone(),
                    input,
                    ty: ty.clone(),
                    default: None,
                    kind: FieldKind::Stored,
                    span: field.name.span,
                },
            );
            if let Some(value) = &field.default {
                defaults.push(Default { owner, field: id, value });
            }
            if field.key {
                self.key_field(owner, field, &ty, key);
                key = key.or(Some((id, field.name.span)));
            }
        }
        if let Some(def) = self.schema.structs.get_mut(usize::from(owner.0)) {
            match def.kind {
                StructKind::Entity { .. } => def.key = key.map(|(id, _)| id),
                StructKind::Part | StructKind::Record => {
                    def.key = key.map(|(id, _)| id).or_else(|| def.find("name")).or_else(|| def.find("path"));
                }
                _ => {}
            }
        }
    }

    fn key_field(&mut self, owner: StructId, field: &ast::Field, ty: &Type, first: Option<(FieldId, Span)>) {
        let name = self.schema.get(owner).map(|def| (def.name.clone(), def.kind));
        let Some((owner_name, kind)) = name else { return };
        if let Some((_, first)) = first {
            let diagnostic =
                Diagnostic::error(codes::WRONG_FIELD, field.name.span, format!("`{owner_name}` has two keys"))
                    .label("a second key")
                    .also(first, "the first")
                    .help("rows are named by one field; leave `key` out at the other");
            self.say(diagnostic);
        } else if !(ty.is_textual() || *ty == Type::Error) {
            let is = self.a(ty);
            self.error(
                codes::WRONG_FIELD,
                field.name.span,
                format!("a key is a `name` or a `text`, not {is}"),
                format!("this is {is}"),
                "rows are named by a text; take another field as the key",
            );
        } else if !matches!(kind, StructKind::Entity { .. } | StructKind::Part | StructKind::Record) {
            self.error(
                codes::WRONG_FIELD,
                field.name.span,
                format!("`{owner_name}` has a key of its own"),
                "a second key",
                "leave `key` out: steps are named by `id`",
            );
        }
    }

    /// The type of a field; a record in it becomes a struct that is named by the field's path.
    fn field_type(&mut self, ty: &'a ast::Type, path: &str, defaults: &mut Vec<Default<'a>>) -> Type {
        match &ty.kind {
            TypeKind::Record(fields) => {
                let id = StructId(u16::try_from(self.schema.structs.len()).unwrap_or(u16::MAX));
                self.schema.structs.push(Struct {
                    name: path.into(),
                    kind: StructKind::Record,
                    key: None,
                    fields: Vec::new(),
                    span: ty.span,
                });
                self.declare_fields(id, fields, defaults);
                Type::Row(id)
            }
            TypeKind::List(of) => Type::list(self.field_type(of, path, defaults)),
            TypeKind::Map { by_name, value } => {
                Type::Map { by_name: *by_name, value: Arc::new(self.field_type(value, path, defaults)) }
            }
            TypeKind::Optional(of) => Type::optional(self.field_type(of, path, defaults)),
            TypeKind::Name(name) => self.named_type(name),
        }
    }

    /// A type in a definition, a parameter, a derived field: no records.
    pub fn written_type(&mut self, ty: &'a ast::Type) -> Type {
        match &ty.kind {
            TypeKind::Record(_) => {
                self.error(
                    codes::UNKNOWN_TYPE,
                    ty.span,
                    "only fields of entities and parts can be records",
                    "a record without a field",
                    "declare a `part` and name it here",
                );
                Type::Error
            }
            TypeKind::List(of) => Type::list(self.written_type(of)),
            TypeKind::Map { by_name, value } => {
                Type::Map { by_name: *by_name, value: Arc::new(self.written_type(value)) }
            }
            TypeKind::Optional(of) => Type::optional(self.written_type(of)),
            TypeKind::Name(name) => self.named_type(name),
        }
    }

    fn named_type(&mut self, name: &Ident) -> Type {
        if let Some((_, ty)) = PRIMITIVES.iter().find(|(known, _)| **known == *name.text) {
            return ty.clone();
        }
        if let Some(id) = self.enums.get(&name.text).copied() {
            self.enum_used.insert(id);
            return Type::Enum(id);
        }
        if let Some(id) = self.structs.get(&name.text).copied() {
            self.structs_used.insert(id);
            return Type::Row(id);
        }
        let enums: Vec<Arc<str>> = self.schema.enums.iter().map(|def| def.name.clone()).collect();
        let structs: Vec<Arc<str>> = self.schema.structs.iter().map(|def| def.name.clone()).collect();
        let known = PRIMITIVES.iter().map(|(name, _)| *name).chain(enums.iter().chain(&structs).map(|name| &**name));
        let help = match nearest(&name.text, known) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "declare it as an `enum`, an `entity` or a `part`, or take a type of the language: `text`, `name`, `bool`, `number`, `size`, `duration`, `date`, `version`".to_owned(),
        };
        self.error(codes::UNKNOWN_TYPE, name.span, format!("no type is called `{}`", name.text), "not known", help);
        Type::Error
    }

    /// The entity or part that gets a field; says so where there is none.
    pub fn owner(&mut self, name: &Ident) -> Option<StructId> {
        if let Some(id) = self.structs.get(&name.text).copied() {
            return Some(id);
        }
        let known: Vec<Arc<str>> = self.structs_declared();
        let known: Vec<&str> = known.iter().map(|name| &**name).collect();
        self.unknown(
            codes::UNKNOWN_TYPE,
            name.span,
            format!("no entity or part is called `{}`", name.text),
            &name.text,
            &known,
            "declare it with `entity` or `part`",
        );
        None
    }

    fn structs_declared(&self) -> Vec<Arc<str>> {
        self.schema.structs.iter().filter(|def| def.kind != StructKind::Record).map(|def| def.name.clone()).collect()
    }

    /// Notes in which struct a part lives.
    pub fn declare_owner(&mut self, item: &ast::Part) {
        let (Some(part), Some(owner)) = (self.structs.get(&item.name.text).copied(), &item.owner) else { return };
        if let Some(owner) = self.owner(owner) {
            self.owners.insert(part, owner);
        }
    }

    /// Adds a derived field; its body is typed when it is needed.
    pub fn declare_derive(&mut self, item: &'a ast::Derive) {
        let Some(owner) = self.owner(&item.owner) else { return };
        if !self.is_new_field(owner, &item.field) {
            return;
        }
        let declared = item.ty.as_ref().map(|ty| self.written_type(ty));
        let field = self.schema.get(owner).map_or(0, |def| def.fields.len());
        let field = FieldId(u16::try_from(field).unwrap_or(u16::MAX));
        let name: Arc<str> = format!("{}.{}", item.owner.text, item.field.text).into();
        let params = vec![(item.owner.text.clone(), Type::Row(owner))];
        let ty = declared.clone().unwrap_or(Type::Error);
        let kind = FunctionKind::Derive(owner, field);
        let function = self.add_function(name, kind, item.field.span, Some(params), declared, &item.value);
        self.push_field(owner, &item.field, ty, FieldKind::Derived(function));
    }

    /// Reads the defaults of fields, which may name constants.
    pub fn read_defaults(&mut self, defaults: &[Default<'a>]) {
        for Default { owner, field, value } in defaults {
            let (owner, field) = (*owner, *field);
            let Some(def) = self.schema.field(owner, field) else { continue };
            let (ty, name) = (def.ty.clone(), def.name.clone());
            let typed = self.of_type(&mut Scope::default(), value, &ty, &format!("the default of `{name}`"));
            if typed.ty == Type::Error {
                continue;
            }
            let constant = self.constant(&typed);
            match constant {
                Some(constant) if is_plain(&constant, &ty) => {
                    let place = self.schema.structs.get_mut(usize::from(owner.0));
                    if let Some(def) = place.and_then(|s| s.fields.get_mut(usize::from(field.0))) {
                        def.default = Some(constant);
                    }
                }
                _ => self.error(
                    codes::WRONG_FIELD,
                    typed.span,
                    format!("the default of `{name}` is no constant"),
                    "computed",
                    "write a value; what depends on other fields is a `derive`",
                ),
            }
        }
    }

    /// What documents look like.
    pub fn declare_input(&mut self, item: &'a ast::Input) {
        if let Some(first) = self.input_seen {
            let diagnostic = Diagnostic::error(codes::WRONG_INPUT, item.span, "there is a second `input`")
                .label("again")
                .also(first, "the first")
                .help("documents look one way; leave one of them out");
            self.say(diagnostic);
            return;
        }
        self.input_seen = Some(item.span);
        match &item.kind {
            ast::InputKind::Each { entity } => {
                if let Some(id) = self.entity(entity) {
                    self.structs_used.insert(id);
                    self.schema.input = Input::Each { entity: id };
                }
            }
            ast::InputKind::Plan { sections } => {
                let mut known: Vec<Section> = Vec::new();
                for section in sections {
                    if let Some(first) = known.iter().find(|other| other.name == section.name.text) {
                        let first = first.span;
                        self.doubled(&section.name, "the section", first);
                        continue;
                    }
                    let TypeKind::List(of) = &section.ty.kind else {
                        self.not_a_section(section);
                        continue;
                    };
                    let TypeKind::Name(entity) = &of.kind else {
                        self.not_a_section(section);
                        continue;
                    };
                    let Some(id) = self.entity(entity) else { continue };
                    self.structs_used.insert(id);
                    if let Some(first) = known.iter().find(|other| other.entity == id) {
                        let diagnostic = Diagnostic::error(
                            codes::WRONG_INPUT,
                            section.span,
                            format!("`{}` has two sections", entity.text),
                        )
                        .label("again")
                        .also(first.span, "the first")
                        .help("rows of an entity stand in one section; leave one of them out");
                        self.say(diagnostic);
                        continue;
                    }
                    self.sections.insert(section.name.text.clone(), id);
                    known.push(Section { name: section.name.text.clone(), entity: id, span: section.name.span });
                }
                self.schema.input = Input::Plan { sections: known };
            }
        }
    }

    fn not_a_section(&mut self, section: &ast::Field) {
        self.error(
            codes::WRONG_INPUT,
            section.ty.span,
            format!("the section `{}` is no list of an entity", section.name.text),
            "no list of rows",
            "write the entity in brackets: `hosts: [host]`",
        );
    }

    fn entity(&mut self, name: &Ident) -> Option<StructId> {
        let found = self.structs.get(&name.text).copied();
        let kind = found.and_then(|id| self.schema.get(id)).map(|def| def.kind);
        if let Some(StructKind::Entity { .. }) = kind {
            return found;
        }
        let known: Vec<Arc<str>> = self
            .schema
            .structs
            .iter()
            .filter(|def| matches!(def.kind, StructKind::Entity { .. }))
            .map(|def| def.name.clone())
            .collect();
        let known: Vec<&str> = known.iter().map(|name| &**name).collect();
        let message = match kind {
            Some(_) => format!("`{}` is no entity", name.text),
            None => format!("no entity is called `{}`", name.text),
        };
        self.unknown(codes::UNKNOWN_TYPE, name.span, message, &name.text, &known, "declare it with `entity`");
        None
    }

    /// Every entity of an inventory has a key and a section.
    pub fn check_entities(&mut self) {
        let each = match self.schema.input {
            Input::Each { entity } => Some(entity),
            Input::Plan { .. } => None,
        };
        let mut wrong = Vec::new();
        for (id, def) in self.schema.structs() {
            let StructKind::Entity { open } = def.kind else { continue };
            if def.key.is_none() && each != Some(id) {
                wrong.push((def.span, def.name.clone(), open));
            }
        }
        for (span, name, _) in wrong {
            self.error(
                codes::WRONG_FIELD,
                span,
                format!("the entity `{name}` has no key"),
                "rows without a name",
                "mark the field that rows are named by: `name: name key`; what has no name of its own is a `part`",
            );
        }
    }
}

/// Whether a constant is one that a field can hold: `none` only where the type allows it.
fn is_plain(value: &Const, ty: &Type) -> bool {
    match value {
        Const::None => ty.is_optional(),
        _ => true,
    }
}
