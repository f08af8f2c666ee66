//! What members of documents are, in words: what the policies say, what the type says, what leaving it out means, and
//! which rules read it.

use super::Maker;
use crate::report::Sample;
use crate::types::{Const, Field, FieldId, Struct, StructKind, Type};
use crate::value::StructId;

/// Rules that are named one by one; of more, how many there are.
const NAMED: usize = 6;

impl Maker<'_> {
    /// What a struct is.
    pub(super) fn about_struct(&self, shape: &Struct) -> String {
        match (shape.kind, self.notes.about(shape.span)) {
            (_, Some(note)) => sentence(&note),
            (StructKind::Record, None) => {
                let (owner, field) = shape.name.split_once('.').unwrap_or(("", &shape.name));
                format!("`{field}` of {}.", with_article(owner))
            }
            (StructKind::Step, None) => "A step: what is moved, how, and where to.".to_owned(),
            (_, None) => format!("{}.", capital(&with_article(&shape.name))),
        }
    }

    /// What a member is.
    pub(super) fn about_field(
        &self,
        of: StructId,
        shape: &Struct,
        id: FieldId,
        field: &Field,
        required: bool,
    ) -> String {
        let note = self.notes.about(field.span);
        let speaks_of_absence = note.as_ref().is_some_and(|note| note.contains("left out"));
        let mut said: Vec<String> = note.iter().map(|note| sentence(note)).collect();
        let is_key = shape.key == Some(id) && matches!(shape.kind, StructKind::Entity { .. });
        if is_key {
            said.push(format!("The name of the {}: others name it by that.", shape.name));
        } else if !self.is_record(&field.ty) {
            said.push(sentence(&self.phrase(&field.ty)));
        } else if note.is_none() {
            said.push(format!("`{}` of {}.", field.input, with_article(&shape.name)));
        }
        if !required && !speaks_of_absence && !self.is_record(&field.ty) {
            said.push(match &field.default {
                None => "Left out: not known.".to_owned(),
                Some(Const::None) => "Left out: none.".to_owned(),
                Some(default) => match self.sample(default) {
                    Some(sample) => format!("Left out: {}.", shown(&sample)),
                    None => String::new(),
                },
            });
        }
        if let Some(codes) = self.codes.get(&(of, id)).filter(|codes| !codes.is_empty()) {
            let named: Vec<&str> = codes.iter().take(NAMED).map(|code| &**code).collect();
            let more = codes.len().saturating_sub(named.len());
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            said.push(format!("Read by {}{more}.", named.join(", ")));
        }
        said.retain(|sentence| !sentence.is_empty());
        said.join(" ")
    }

    /// What a type is.
    fn phrase(&self, ty: &Type) -> String {
        match ty {
            Type::Bool => "true or false".to_owned(),
            Type::Number => "a number".to_owned(),
            Type::Size => "a size, such as `64 GiB`".to_owned(),
            Type::Duration => "a duration, such as `5 min`".to_owned(),
            Type::Date => "a day, such as `2027-03-31`".to_owned(),
            Type::Version => "a version, such as `10.0.17763`".to_owned(),
            Type::Name => "a name; letter case does not matter".to_owned(),
            Type::Any => "anything".to_owned(),
            Type::Text | Type::Error | Type::None => "a text".to_owned(),
            Type::Enum(id) => {
                let values = self.schema.enum_def(*id).map(|of| of.values.as_slice()).unwrap_or_default();
                let values: Vec<String> = values.iter().map(|value| format!("`{value}`")).collect();
                format!("one of {}", values.join(", "))
            }
            Type::Row(id) => match self.schema.get(*id) {
                Some(of) if matches!(of.kind, StructKind::Entity { .. }) => {
                    format!("the name of {}", with_article(&of.name))
                }
                Some(of) => with_article(&of.name),
                None => "a mapping".to_owned(),
            },
            Type::List(of) => format!("a list, each {}", self.phrase(of)),
            Type::Map { value, .. } => format!("a mapping, each value {}", self.phrase(value)),
            Type::Optional(of) => format!("{}; `null`: none", self.phrase(of)),
        }
    }
}

/// Values of a type, for whoever writes one.
pub(super) fn examples(ty: &Type) -> Vec<Sample> {
    let text = |text: &str| vec![Sample::Text(text.to_owned())];
    match ty.required() {
        Type::Size => text("64 GiB"),
        Type::Duration => text("5 min"),
        Type::Date => text("2027-03-31"),
        Type::Version => text("10.0.17763"),
        _ => Vec::new(),
    }
}

/// A value as a sentence has it.
fn shown(sample: &Sample) -> String {
    match sample {
        Sample::Null => "none".to_owned(),
        Sample::Bool(value) => format!("`{value}`"),
        Sample::Number(text) | Sample::Text(text) => format!("`{text}`"),
        Sample::List(values) if values.is_empty() => "none".to_owned(),
        Sample::Map(values) if values.is_empty() => "none".to_owned(),
        Sample::List(values) => values.iter().map(shown).collect::<Vec<_>>().join(", "),
        Sample::Map(values) => {
            values.iter().map(|(key, value)| format!("`{key}` {}", shown(value))).collect::<Vec<_>>().join(", ")
        }
    }
}

/// With a capital at its beginning, where that is a letter, and a full stop at its end.
pub(super) fn sentence(text: &str) -> String {
    let text = text.trim();
    let stop = if text.is_empty() || text.ends_with(['.', '!', '?', ':']) { "" } else { "." };
    format!("{}{stop}", capital(text))
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn with_article(name: &str) -> String {
    let article = if name.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    format!("{article} {name}")
}
