//! What the rows of an inventory are read as: made once from the schema and the fields that a program reads. Unlike a record
//! of its own, a row of an inventory names other rows, has no member that nobody declared, and is read from the text of its
//! values, quoted or not.

use std::sync::Arc;

use super::cursor::Bounds;
use crate::facts::load::Options;
use crate::facts::scvmm;
use crate::types::{Const, Field, FieldId, FieldKind, Schema, StructKind, Type};
use crate::value::StructId;

/// A struct by its place in [`Forms`], which is its place in the schema.
pub(super) type FormAt = u16;

/// What a value is read as.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Want {
    /// Nothing: it is passed over.
    Skip,
    Bool,
    Number,
    Size,
    Duration,
    Date,
    Version,
    Text,
    /// One of the words, by their place in [`Forms::words`].
    Enum(u16),
    Any,
    /// The name of a row.
    Named,
    /// A part or a record.
    Inside(FormAt),
    /// A list of what stands at this place in [`Forms::elements`].
    List(u16),
    /// A map of what stands there.
    Map {
        by_name: bool,
        element: u16,
    },
}

/// What a member that is `null` is, or one that is not there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Lack {
    Unknown,
    None,
    /// The default of the field.
    Default,
    /// A record of which nothing is said.
    Record(FormAt),
    /// The loader has something to say.
    Odd,
}

/// An element of a list or a map.
#[derive(Clone, Copy, Debug)]
pub(super) struct Element {
    pub(super) want: Want,
    /// Whether `null` is one.
    pub(super) null: bool,
}

/// A field that the input has.
#[derive(Clone, Debug)]
pub(super) struct Member {
    pub(super) input: Arc<str>,
    pub(super) field: FieldId,
    pub(super) want: Want,
    /// Whether steps may bring it below zero.
    pub(super) negative: bool,
    pub(super) null: Lack,
    pub(super) absent: Lack,
    pub(super) default: Option<Const>,
}

/// A struct.
#[derive(Clone, Debug)]
pub(super) struct Form {
    pub(super) of: StructId,
    pub(super) members: Vec<Member>,
    /// Members of which something is to be done where they are absent, a bit each.
    pub(super) told_absent: u128,
}

/// A section of an inventory.
#[derive(Clone, Debug)]
pub(super) struct Listed {
    pub(super) name: Arc<str>,
    pub(super) entity: StructId,
    pub(super) key: FieldId,
    /// The field that tells rows of one name apart.
    pub(super) id: Option<FieldId>,
    /// Whether naming a row that is not listed makes it.
    pub(super) open: bool,
}

/// All structs of a vocabulary.
#[derive(Clone, Debug)]
pub(super) struct Forms {
    forms: Vec<Form>,
    pub(super) words: Vec<Vec<Arc<str>>>,
    pub(super) elements: Vec<Element>,
    pub(super) sections: Vec<Listed>,
    /// The fields that name rows, by what they name.
    pub(super) naming: Vec<(StructId, Vec<(StructId, FieldId)>)>,
    /// Whether the order of rows tells the order of members: where one kind of part lives in several fields.
    pub(super) in_order: bool,
    pub(super) bounds: Bounds,
    pub(super) values: u64,
    pub(super) rows: u64,
}

/// Members that one struct can have at most: a bit each tells which were seen.
const MOST: usize = 128;

/// Beyond this much nesting the stack would be the limit.
const DEEPEST: u32 = 128;

struct Making<'a> {
    schema: &'a Schema,
    options: Options<'a>,
    /// Whether everything is read, not only what the program reads.
    whole: bool,
    elements: Vec<Element>,
    naming: Vec<(StructId, Vec<(StructId, FieldId)>)>,
}

impl Forms {
    /// Nothing where the vocabulary has something that takes the loader.
    pub(super) fn of(schema: &Schema, options: Options<'_>, whole: bool) -> Option<Forms> {
        let whole = whole || options.strict;
        let mut making = Making { schema, options, whole, elements: Vec::new(), naming: Vec::new() };
        let mut sections: Vec<Listed> = Vec::new();
        for section in schema.sections() {
            let of = schema.get(section.entity)?;
            let StructKind::Entity { open } = of.kind else { return None };
            let key = of.key?;
            let textual = |id: &FieldId| {
                let field = of.fields.get(usize::from(id.0));
                field.is_some_and(|f| f.kind == FieldKind::Stored && f.ty.required().is_textual())
            };
            if !textual(&key)
                || sections.iter().any(|other| other.entity == section.entity || other.name == section.name)
            {
                return None;
            }
            let id = of.find("id").filter(textual);
            sections.push(Listed { name: section.name.clone(), entity: section.entity, key, id, open });
        }
        let (reached, in_order) = making.reached();
        let mut forms = Vec::new();
        for (id, of) in schema.structs() {
            let mut form = Form { of: id, members: Vec::new(), told_absent: 0 };
            if reached.contains(&id) {
                let stored = of.fields().filter(|(_, field)| field.kind == FieldKind::Stored);
                for (field_id, field) in stored {
                    // What exports are recognised by, the loader has to see.
                    if form.members.iter().any(|other| other.input == field.input) || scvmm::is_mark(&field.input) {
                        return None;
                    }
                    form.members.push(making.member(id, field_id, field)?);
                }
                if form.members.len() > MOST {
                    return None;
                }
                for (bit, member) in form.members.iter().enumerate() {
                    if member.want != Want::Skip && member.absent != Lack::Unknown {
                        form.told_absent |= 1u128 << bit;
                    }
                }
            }
            forms.push(form);
        }
        let limits = options.limits;
        // Even `false` is a text.
        if sections.iter().any(|section| scvmm::is_mark(&section.name)) || limits.text_length < 8 {
            return None;
        }
        Some(Forms {
            forms,
            words: schema.enums.iter().map(|of| of.values.clone()).collect(),
            elements: making.elements,
            sections,
            naming: making.naming,
            in_order,
            bounds: Bounds {
                nesting: limits.nesting.min(DEEPEST),
                text: usize::try_from(limits.text_length).unwrap_or(usize::MAX),
            },
            values: limits.values,
            rows: limits.rows.into(),
        })
    }

    #[inline]
    pub(super) fn get(&self, at: FormAt) -> Option<&Form> {
        self.forms.get(usize::from(at))
    }
}

impl Making<'_> {
    fn is_inside(&self, of: StructId) -> bool {
        self.schema.get(of).is_some_and(|of| matches!(of.kind, StructKind::Part | StructKind::Record))
    }

    /// The struct whose rows a value of this type holds or names.
    fn row(ty: &Type) -> Option<StructId> {
        match ty.required() {
            Type::List(of) | Type::Map { value: of, .. } => Making::row(of),
            Type::Row(of) => Some(*of),
            _ => None,
        }
    }

    /// What sections list and all that lives in it; and whether some of it lives in several fields.
    fn reached(&self) -> (Vec<StructId>, bool) {
        let mut reached: Vec<StructId> = self.schema.sections().iter().map(|section| section.entity).collect();
        let mut several = false;
        let mut at = 0;
        while let Some(of) = reached.get(at) {
            let fields = self.schema.get(*of).into_iter().flat_map(|of| &of.fields);
            let inside =
                fields.filter(|field| field.kind == FieldKind::Stored).filter_map(|field| Making::row(&field.ty));
            for held in inside.filter(|held| self.is_inside(*held)) {
                if reached.contains(&held) {
                    several = true;
                } else {
                    reached.push(held);
                }
            }
            at = at.saturating_add(1);
        }
        (reached, several)
    }

    fn member(&mut self, of: StructId, id: FieldId, field: &Field) -> Option<Member> {
        let reads = self.options.reads;
        let of_name = self.schema.get(of).and_then(|of| of.key) == Some(id) || &*field.name == "id";
        let listed = self.schema.section_of(of).is_some();
        let key = listed && self.schema.get(of).and_then(|of| of.key) == Some(id);
        let kept = self.whole
            || of_name
            || reads(of, id)
            || (self.options.writes)(of, id)
            // A row may be made by being named, and rows have places and limits.
            || Making::row(&field.ty).is_some()
            || matches!(field.ty.required(), Type::Map { by_name: true, .. });
        let want = if kept { self.want(&field.ty)? } else { Want::Skip };
        if let Some(target) = Making::row(&field.ty).filter(|target| !self.is_inside(*target)) {
            match self.naming.iter_mut().find(|(named, _)| *named == target) {
                Some((_, fields)) => fields.push((of, id)),
                None => self.naming.push((target, vec![(of, id)])),
            }
        }
        let record = match field.ty {
            Type::Row(inside) if self.is_inside(inside) => Some(inside.0),
            _ => None,
        };
        let null = match (field.ty.is_optional(), &field.default, record) {
            _ if key => Lack::Odd,
            _ if want == Want::Skip => Lack::Unknown,
            (true, ..) => Lack::None,
            (false, Some(_), _) => Lack::Default,
            (false, None, Some(record)) => Lack::Record(record),
            (false, None, None) => Lack::Odd,
        };
        let absent = match (&field.default, record) {
            _ if key => Lack::Unknown,
            (Some(Const::None), _) => Lack::None,
            (Some(_), _) => Lack::Default,
            (None, Some(record)) => Lack::Record(record),
            (None, None) => Lack::Unknown,
        };
        Some(Member {
            input: field.input.clone(),
            field: id,
            want,
            negative: (self.options.writes)(of, id),
            null,
            absent,
            default: field.default.clone(),
        })
    }

    fn want(&mut self, ty: &Type) -> Option<Want> {
        Some(match ty.required() {
            Type::Bool => Want::Bool,
            Type::Number => Want::Number,
            Type::Size => Want::Size,
            Type::Duration => Want::Duration,
            Type::Date => Want::Date,
            Type::Version => Want::Version,
            Type::Text | Type::Name => Want::Text,
            Type::Enum(of) => Want::Enum(of.0),
            Type::Any => Want::Any,
            Type::Row(of) if self.is_inside(*of) => Want::Inside(of.0),
            Type::Row(of) => {
                // Only entities have names.
                let entity = matches!(self.schema.get(*of)?.kind, StructKind::Entity { .. });
                return entity.then_some(Want::Named);
            }
            Type::List(of) => Want::List(self.element(of)?),
            Type::Map { by_name, value } => Want::Map { by_name: *by_name, element: self.element(value)? },
            Type::Error | Type::None | Type::Optional(_) => return None,
        })
    }

    fn element(&mut self, ty: &Type) -> Option<u16> {
        let want = self.want(ty)?;
        // Names are put in place in the values of fields and in their elements, and no deeper.
        if matches!(want, Want::List(_) | Want::Map { .. }) && Making::row(ty).is_some() {
            return None;
        }
        let at = u16::try_from(self.elements.len()).ok()?;
        self.elements.push(Element { want, null: ty.is_optional() });
        Some(at)
    }
}
