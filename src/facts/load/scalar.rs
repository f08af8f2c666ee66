//! Single values: a text, read by the type of the field it is for.

use crate::diag::codes::input;
use crate::diag::{Diagnostic, nearest};
use crate::facts::document::View;
use crate::facts::shown::shown;
use crate::types::Type;
use crate::value::{Cell, Date, Duration, Number, Size, Version};

use super::row::{Place, called};
use super::{At, Loader};

impl Loader<'_> {
    /// Reads a single value; what does not fit is reported and unknown.
    pub(super) fn scalar(&mut self, at: At, ty: &Type, place: Place<'_>) -> Cell {
        let View::Scalar(text, quoted) = self.view(at) else {
            self.misfit(at, ty, place);
            return Cell::Unknown;
        };
        if !self.is_of_kind(at, ty, quoted) {
            self.misfit(at, ty, place);
            return Cell::Unknown;
        }
        let trimmed = text.trim_ascii();
        let counts = |amount: i64| amount >= 0 || (self.options.writes)(place.of, place.id);
        let cell = match ty {
            Type::Bool => match trimmed {
                "true" | "True" | "TRUE" => Some(Cell::Bool(true)),
                "false" | "False" | "FALSE" => Some(Cell::Bool(false)),
                _ => None,
            },
            Type::Number => Number::parse(trimmed).map(Cell::Number),
            Type::Size => Size::parse(trimmed).filter(|size| counts(size.0)).map(Cell::Size),
            Type::Duration => Duration::parse(trimmed).filter(|duration| counts(duration.0)).map(Cell::Duration),
            Type::Date => Date::parse(trimmed).map(Cell::Date),
            Type::Version => Version::parse(trimmed).map(Cell::Version),
            Type::Text | Type::Name => Some(Cell::Text(self.facts.texts_mut().intern(text))),
            Type::Enum(id) => self.schema.enum_def(*id).and_then(|of| {
                let index = of.values.iter().position(|value| **value == *trimmed)?;
                u16::try_from(index).ok().map(Cell::Enum)
            }),
            _ => None,
        };
        cell.unwrap_or_else(|| {
            self.misfit(at, ty, place);
            Cell::Unknown
        })
    }

    /// What is there, whatever it is: a text that says so.
    pub(super) fn anything(&mut self, at: At) -> Cell {
        let view = self.view(at);
        let text = match view {
            View::Scalar(text, _) => text,
            _ => view.called(),
        };
        Cell::Text(self.facts.texts_mut().intern(text))
    }

    /// Whether a single value is of the kind that its field wants, where the format tells texts from numbers.
    fn is_of_kind(&self, at: At, ty: &Type, quoted: bool) -> bool {
        let typed = self.open && self.documents.get(at.document).is_some_and(|document| document.is_typed());
        !typed
            || match ty {
                Type::Bool | Type::Number => !quoted,
                Type::Text | Type::Name | Type::Enum(_) => quoted,
                _ => true,
            }
    }

    /// Reports a value that does not fit its field.
    pub(super) fn misfit(&mut self, at: At, ty: &Type, place: Place<'_>) {
        if !place.report {
            return;
        }
        let view = self.view(at);
        let what = match view {
            View::Scalar(text, quoted) if quoted && !self.is_of_kind(at, ty, quoted) => {
                format!("`\"{}\"`", shown(text))
            }
            View::Scalar(text, _) => {
                format!("`{}`", shown(text))
            }
            _ => view.called().to_owned(),
        };
        let of = self.schema.get(place.of).map_or("", |of| &*of.name);
        let (kind, mut help) = self.wanted(ty, view);
        if let View::Scalar(text, quoted) = view
            && !self.is_of_kind(at, ty, quoted)
        {
            let bare = matches!(text, "true" | "false") && *ty == Type::Bool
                || *ty == Type::Number && Number::parse(text).is_some();
            help = match quoted {
                true if bare => format!("write it without quotes: `{}`", shown(text)),
                true => help,
                false => format!("write it in quotes: `\"{}\"`", shown(text)),
            };
        }
        let whose = if place.index.is_some() { "an element of " } else { "" };
        let mut error = Diagnostic::error(input::WRONG_TYPE, self.span(at), format!("{what} is not {kind}"))
            .note(format!("{whose}`{}` of {} is {kind}", place.field.input, called(of)));
        if !help.is_empty() {
            error = error.help(help);
        }
        self.error(error);
    }

    /// What a type wants, in words, and how it is written.
    fn wanted(&self, ty: &Type, view: View<'_>) -> (String, String) {
        let text = match view {
            View::Scalar(text, _) => text.trim_ascii(),
            _ => "",
        };
        let bare_number = Number::parse(text).is_some();
        let (kind, help) = match ty.required() {
            Type::Bool => ("a bool", "write `true` or `false`".to_owned()),
            Type::Number => ("a number", "write digits, such as `2` or `0.5`".to_owned()),
            Type::Size if bare_number => ("a size", format!("add the unit: `{text} B` for bytes, or `{text} GiB`")),
            Type::Size => {
                let units: Vec<&str> = Size::units().collect();
                ("a size", format!("write a number and a unit ({}), such as `64 GiB`", units.join(", ")))
            }
            Type::Duration => {
                let units: Vec<&str> = Duration::units().collect();
                ("a duration", format!("write a number and a unit ({}), such as `5 min`", units.join(", ")))
            }
            Type::Date => ("a date", "write year, month and day: `2027-03-31`".to_owned()),
            Type::Version => ("a version", "write numbers with points between them, such as `10.0.17763`".to_owned()),
            Type::Text => ("a text", "write a single value".to_owned()),
            Type::Name => ("a name", "write a single value".to_owned()),
            Type::Enum(id) => {
                let Some(of) = self.schema.enum_def(*id) else { return (String::new(), String::new()) };
                let values = of.values.iter().map(|value| &**value);
                let listed: Vec<String> = values.clone().map(|value| format!("`{value}`")).collect();
                let help = match nearest(text, values) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("write one of {}", listed.join(", ")),
                };
                return (called(&of.name), help);
            }
            Type::List(_) => match view {
                View::Scalar(..) if !text.is_empty() => {
                    ("a list", format!("write `[{}]` for a list of one", shown(text)))
                }
                _ => ("a list", "write elements in `[ ]`, or a line each behind `- `".to_owned()),
            },
            Type::Map { .. } => ("a mapping", "write `name: value` members".to_owned()),
            Type::Row(of) => {
                let name = self.schema.get(*of).map_or("", |of| &*of.name);
                return match self.schema.section_of(*of) {
                    Some(section) => {
                        (format!("the name of {}", called(name)), format!("name one of `{}`", section.name))
                    }
                    None => ("a mapping".to_owned(), "write `name: value` members".to_owned()),
                };
            }
            Type::Any | Type::Error | Type::None | Type::Optional(_) => ("of a known type", String::new()),
        };
        (kind.to_owned(), help)
    }
}
