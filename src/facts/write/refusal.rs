//! What no inventory can say, gathered: a message for each kind and field, however many rows it is about.

use std::collections::BTreeMap;

use crate::diag::Diagnostic;
use crate::diag::codes::run;
use crate::facts::shown::shown;
use crate::facts::store::{Fact, Facts};
use crate::source::Span;
use crate::types::{Const, FieldId, Schema};
use crate::value::{Row, StructId};

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Kind {
    /// A field is unknown that has a default.
    Unknown,
    /// Something is known of a row that no section lists.
    Unlisted,
    /// A row that no name finds.
    Nameless,
    /// A part lives in two places.
    Shared,
}

/// Everything that was refused: by kind, struct and field the first fact, and how many there are.
#[derive(Debug, Default)]
pub(super) struct Refusals(BTreeMap<(Kind, StructId, u16), (Fact, u64)>);

impl Refusals {
    pub(super) fn unknown(&mut self, fact: Fact) {
        self.add(Kind::Unknown, fact);
    }

    pub(super) fn unlisted(&mut self, fact: Fact) {
        self.add(Kind::Unlisted, fact);
    }

    pub(super) fn shared(&mut self, fact: Fact) {
        self.add(Kind::Shared, fact);
    }

    pub(super) fn nameless(&mut self, of: StructId, row: Row) {
        self.add(Kind::Nameless, Fact::Field { of, row, field: FieldId(0) });
    }

    fn add(&mut self, kind: Kind, fact: Fact) {
        let key = match fact {
            Fact::Field { of, field, .. } => (kind, of, field.0),
            Fact::Section(of) => (kind, of, 0),
        };
        let (_, count) = self.0.entry(key).or_insert((fact, 0));
        *count = count.saturating_add(1);
    }

    /// As messages.
    pub(super) fn told(self, schema: &Schema, facts: &Facts) -> Vec<Diagnostic> {
        let told = self.0.into_iter().map(|((kind, of, _), (fact, count))| {
            let more = if count > 1 { format!(" (and {} more)", count.saturating_sub(1)) } else { String::new() };
            let place = facts.place(fact).unwrap_or(Span::NONE);
            let route = facts.route(fact);
            let route = shown(&route);
            let section = schema.section_of(root(facts, of, fact)).map(|section| section.name.clone());
            let refused = |message: String| Diagnostic::error(run::UNSAYABLE, place, message);
            match kind {
                Kind::Unknown => {
                    refused(format!("`{route}` is unknown behind the plan{more}, which no inventory can say"))
                        .note(format!("to leave it out says {}", default_of(schema, fact)))
                        .help("check what comes next in the same plan")
                }
                Kind::Unlisted => {
                    let what = section.map_or_else(
                        || "that has no section in an inventory".to_owned(),
                        |section| format!("but no inventory has the section `{section}`"),
                    );
                    refused(format!("`{route}` is different behind the plan{more}, {what}"))
                        .note("a section that is there is complete, and nobody knows what else is in it")
                        .help("give an inventory that has the section, or check what comes next in the same plan")
                }
                Kind::Nameless => {
                    let name = match fact {
                        Fact::Field { of, row, .. } => facts.key_of(of, row),
                        Fact::Section(_) => None,
                    };
                    let name = name.map_or("", |name| facts.texts().get(name));
                    let message = format!("no name finds this `{}` alone", shown(name));
                    let ids = schema.get(of).is_some_and(|held| held.find("id").is_some());
                    refused(message).help(match section.filter(|_| !facts.section_known(of)) {
                        Some(section) => format!("give an inventory that has the section `{section}`"),
                        None if ids => {
                            "give each row of this name an `id` that no other row has as `id` or name".to_owned()
                        }
                        None => "give the row a name of its own".to_owned(),
                    })
                }
                Kind::Shared => refused(format!("`{route}` holds what belongs to another row{more}"))
                    .note("an inventory would say it twice, as two things")
                    .help("check what comes next in the same plan"),
            }
        });
        told.collect()
    }
}

/// The entity that a fact belongs to in the end.
fn root(facts: &Facts, of: StructId, fact: Fact) -> StructId {
    let Fact::Field { mut row, .. } = fact else { return of };
    let mut of = of;
    // An owner's row is older than what it owns; the bound is for tables made by hand.
    for _ in 0..1_000 {
        let Some(owner) = facts.owner(of, row) else { break };
        (of, row) = (owner.of, owner.row);
    }
    of
}

/// What leaving a fact out says.
fn default_of(schema: &Schema, fact: Fact) -> String {
    let Fact::Field { of, field, .. } = fact else { return String::new() };
    let text = match schema.field(of, field).and_then(|field| field.default.as_ref()) {
        None => return "what its members are where nothing is said of them".to_owned(),
        Some(Const::None) => "null".to_owned(),
        Some(Const::Bool(value)) => value.to_string(),
        Some(Const::Number(value)) => value.to_string(),
        Some(Const::Size(value)) => value.exactly(),
        Some(Const::Duration(value)) => value.exactly(),
        Some(Const::Date(value)) => value.to_string(),
        Some(Const::Version(value)) => value.to_string(),
        Some(Const::Text(text)) => text.to_string(),
        Some(Const::Enum(of, value)) => {
            let value = schema.enum_def(*of).and_then(|of| of.values.get(usize::from(*value)));
            value.map_or_else(String::new, ToString::to_string)
        }
        Some(Const::List(values)) if values.is_empty() => "[]".to_owned(),
        Some(Const::Map(entries)) if entries.is_empty() => "{}".to_owned(),
        Some(Const::List(_) | Const::Map(_)) => return "what the vocabulary has as its default".to_owned(),
    };
    format!("`{}`", shown(&text))
}
