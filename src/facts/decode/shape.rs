//! What is read of the structs of a vocabulary: made once from the schema and the fields that a program reads.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::cursor::Bounds;
use crate::facts::load::Options;
use crate::types::{Const, Field, FieldId, FieldKind, Input, Schema, StructKind, Type};
use crate::value::StructId;

/// A struct by its place in [`Shapes`], which is its place in the schema.
pub(super) type ShapeAt = u16;

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
    /// One of the words, by their place in [`Shapes::words`].
    Enum(u16),
    Any,
    /// A part or a record.
    Inside(ShapeAt),
    /// A list of what stands at this place in [`Shapes::elements`].
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
    Record(ShapeAt),
    /// The loader has something to say.
    Odd,
}

/// An element of a list or a map.
#[derive(Clone, Copy, Debug)]
pub(super) struct Element {
    pub(super) want: Want,
    pub(super) null: Lack,
}

/// A field that the input has.
#[derive(Clone, Debug)]
pub(super) struct Member {
    pub(super) input: Arc<str>,
    pub(super) field: FieldId,
    pub(super) want: Want,
    /// Whether it goes into the store; else it is only looked at, for the loader might complain about it.
    pub(super) kept: bool,
    /// Whether steps may bring it below zero.
    pub(super) negative: bool,
    pub(super) null: Lack,
    pub(super) absent: Lack,
    pub(super) default: Option<Const>,
    /// Its bit among the members of its struct.
    pub(super) bit: u128,
}

/// A struct.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    pub(super) of: StructId,
    pub(super) members: Vec<Member>,
    /// Members of which something is to be done where they are absent, a bit each.
    pub(super) told_absent: u128,
}

/// The words of an enum, each beside its length and its first letters, by which most are told apart.
#[derive(Clone, Debug)]
pub(super) struct Words(Vec<(u64, usize, Arc<str>)>);

impl Words {
    fn new(words: &[Arc<str>]) -> Words {
        Words(words.iter().map(|word| (first_letters(word.as_bytes()), word.len(), word.clone())).collect())
    }

    /// The place of a word.
    #[inline]
    pub(super) fn of(&self, text: &str) -> Option<u16> {
        let first = first_letters(text.as_bytes());
        let is = |(letters, length, word): &(u64, usize, Arc<str>)| {
            *letters == first && *length == text.len() && (text.len() <= 8 || **word == *text)
        };
        self.0.iter().position(is).and_then(|at| u16::try_from(at).ok())
    }
}

/// The first eight bytes of a text.
#[inline]
pub(super) fn first_letters(text: &[u8]) -> u64 {
    match text.first_chunk::<8>() {
        Some(chunk) => u64::from_le_bytes(*chunk),
        None => text.iter().rev().fold(0, |letters, byte| (letters << 8) | u64::from(*byte)),
    }
}

/// All structs of a vocabulary.
#[derive(Clone, Debug)]
pub(super) struct Shapes {
    pub(super) shapes: Vec<Shape>,
    pub(super) words: Vec<Words>,
    pub(super) elements: Vec<Element>,
    /// What every record is.
    pub(super) root: ShapeAt,
    /// The longest record there can be without a closer look at what it costs.
    pub(super) longest: usize,
    /// The most objects that a record can have.
    pub(super) objects: u64,
    pub(super) bounds: Bounds,
}

/// Members that one struct can have at most.
const MOST: usize = 128;

/// Beyond this much nesting the stack would be the limit.
const DEEPEST: u32 = 128;

struct Making<'a> {
    schema: &'a Schema,
    options: Options<'a>,
    elements: Vec<Element>,
    /// Structs of which the loader may report something, read or not.
    reported: BTreeSet<StructId>,
}

impl Shapes {
    pub(super) fn each(schema: &Schema, options: Options<'_>) -> Option<Shapes> {
        let Input::Each { entity } = schema.input else { return None };
        let mut making = Making { schema, options, elements: Vec::new(), reported: BTreeSet::new() };
        making.find_reported();
        let mut shapes = Vec::new();
        let reached = making.reached(entity);
        for (id, of) in schema.structs() {
            let mut shape = Shape { of: id, members: Vec::new(), told_absent: 0 };
            if reached.contains(&id) {
                let stored = of.fields().filter(|(_, field)| field.kind == FieldKind::Stored);
                for (field_id, field) in stored {
                    if shape.members.iter().any(|other| other.input == field.input) {
                        return None;
                    }
                    shape.members.push(making.member(entity, id, field_id, field)?);
                }
                if shape.members.len() > MOST {
                    return None;
                }
                for (bit, member) in shape.members.iter_mut().enumerate() {
                    member.bit = 1u128 << bit;
                    if member.kept && member.absent != Lack::Unknown {
                        shape.told_absent |= 1u128 << bit;
                    }
                }
            }
            shapes.push(shape);
        }
        let widest = reached.iter().map(|of| making.width(*of, &mut Vec::new())).max().unwrap_or(1).max(1);
        let limits = options.limits;
        // Even `false` is a text.
        if limits.text_length < 8 {
            return None;
        }
        let objects = u64::from(limits.rows).checked_div(widest).unwrap_or(0);
        let mut longest = limits.values;
        if reached.iter().any(|of| making.refers(*of)) {
            // Every name may make a row, too.
            longest = longest.min(objects);
        }
        Some(Shapes {
            shapes,
            words: schema.enums.iter().map(|of| Words::new(&of.values)).collect(),
            elements: making.elements,
            root: entity.0,
            longest: usize::try_from(longest).unwrap_or(usize::MAX),
            objects,
            bounds: Bounds {
                nesting: limits.nesting.min(DEEPEST),
                text: usize::try_from(limits.text_length).unwrap_or(usize::MAX),
            },
        })
    }

    pub(super) fn get(&self, at: ShapeAt) -> Option<&Shape> {
        self.shapes.get(usize::from(at))
    }
}

impl Making<'_> {
    fn is_inside(&self, of: StructId) -> bool {
        self.schema.get(of).is_some_and(|of| matches!(of.kind, StructKind::Part | StructKind::Record))
    }

    /// Whether the loader reports what is wrong with a field.
    fn is_reported(&self, of: StructId, id: FieldId, field: &Field) -> bool {
        let key = self.schema.get(of).and_then(|of| of.key);
        self.options.strict || key == Some(id) || &*field.name == "id" || (self.options.reads)(of, id)
    }

    /// The struct that lives in a value of this type, and whether there is a map whose keys may double.
    fn within(&self, ty: &Type) -> (Option<StructId>, bool) {
        match ty.required() {
            Type::List(of) => self.within(of),
            Type::Map { by_name, value } => {
                let (of, doubles) = self.within(value);
                (of, doubles || *by_name)
            }
            Type::Row(of) if self.is_inside(*of) => (Some(*of), false),
            _ => (None, false),
        }
    }

    /// Whether the loader may report something about a value, though nobody reads its field.
    fn may_report(&self, ty: &Type) -> bool {
        let (of, doubles) = self.within(ty);
        doubles || of.is_some_and(|of| self.reported.contains(&of))
    }

    fn find_reported(&mut self) {
        loop {
            let mut more = Vec::new();
            for (id, of) in self.schema.structs() {
                let mut stored = of.fields().filter(|(_, field)| field.kind == FieldKind::Stored);
                let told = stored.any(|(at, field)| self.is_reported(id, at, field) || self.may_report(&field.ty));
                if told && !self.reported.contains(&id) {
                    more.push(id);
                }
            }
            if more.is_empty() {
                return;
            }
            self.reported.extend(more);
        }
    }

    /// The entity and all that lives in it.
    fn reached(&self, entity: StructId) -> BTreeSet<StructId> {
        let mut reached = BTreeSet::new();
        let mut open = vec![entity];
        while let Some(next) = open.pop() {
            if reached.insert(next) {
                let fields = self.schema.get(next).into_iter().flat_map(|of| &of.fields);
                let stored = fields.filter(|field| field.kind == FieldKind::Stored);
                open.extend(stored.filter_map(|field| self.within(&field.ty).0));
            }
        }
        reached
    }

    /// Whether a struct has fields that name rows of entities.
    fn refers(&self, of: StructId) -> bool {
        fn row(ty: &Type) -> Option<StructId> {
            match ty.required() {
                Type::List(of) | Type::Map { value: of, .. } => row(of),
                Type::Row(of) => Some(*of),
                _ => None,
            }
        }
        let fields = self.schema.get(of).into_iter().flat_map(|of| &of.fields);
        let mut stored = fields.filter(|field| field.kind == FieldKind::Stored);
        stored.any(|field| row(&field.ty).is_some_and(|of| !self.is_inside(of)))
    }

    /// How many rows a mapping of a struct makes at most by itself: its own, and those of records that are absent.
    fn width(&self, of: StructId, absent: &mut Vec<StructId>) -> u64 {
        if absent.contains(&of) || absent.len() > 32 {
            return 1;
        }
        absent.push(of);
        let mut width = 1u64;
        for field in self.schema.get(of).into_iter().flat_map(|of| &of.fields) {
            if let Type::Row(inside) = field.ty
                && field.kind == FieldKind::Stored
                && self.is_inside(inside)
            {
                width = width.saturating_add(self.width(inside, absent));
            }
        }
        absent.pop();
        width
    }

    fn member(&mut self, entity: StructId, of: StructId, id: FieldId, field: &Field) -> Option<Member> {
        let kept = (self.options.reads)(of, id) || (of == entity && self.schema.naming(of) == Some(id));
        let looked = kept || self.is_reported(of, id, field) || self.may_report(&field.ty);
        let want = if looked { self.want(&field.ty)? } else { Want::Skip };
        let optional = field.ty.is_optional();
        let record = match field.ty {
            Type::Row(inside) if self.is_inside(inside) => Some(inside.0),
            _ => None,
        };
        let key = self.schema.get(of).and_then(|of| of.key) == Some(id);
        let null = match (optional, &field.default, record) {
            _ if want == Want::Skip => Lack::Unknown,
            (true, ..) => Lack::None,
            (false, Some(_), _) => Lack::Default,
            (false, None, Some(record)) => Lack::Record(record),
            // Whom a document does not name is named by its record.
            (false, None, None) if key && of == entity => Lack::Unknown,
            (false, None, None) => Lack::Odd,
        };
        let absent = match (&field.default, record) {
            (Some(Const::None), _) => Lack::None,
            (Some(_), _) => Lack::Default,
            (None, Some(record)) => Lack::Record(record),
            (None, None) => Lack::Unknown,
        };
        Some(Member {
            input: field.input.clone(),
            field: id,
            want,
            kept,
            negative: (self.options.writes)(of, id),
            null,
            absent,
            default: field.default.clone(),
            bit: 0,
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
            Type::List(of) => Want::List(self.element(of)?),
            Type::Map { by_name, value } => Want::Map { by_name: *by_name, element: self.element(value)? },
            // Rows of entities are found or made by their names: that takes the loader.
            Type::Row(_) | Type::Error | Type::None | Type::Optional(_) => return None,
        })
    }

    fn element(&mut self, ty: &Type) -> Option<u16> {
        let want = self.want(ty)?;
        let null = if ty.is_optional() { Lack::None } else { Lack::Odd };
        let at = u16::try_from(self.elements.len()).ok()?;
        self.elements.push(Element { want, null });
        Some(at)
    }
}
