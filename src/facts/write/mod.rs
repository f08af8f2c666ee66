//! Writing: what the store says, and what differs from it by now, as an inventory of our own shape. The loaders read back
//! what is written here as the same facts; what no inventory can say is refused by name, never said otherwise. It draws no
//! text (`document` does) and knows no plan; the session asks for it, for what a plan leaves behind.

mod refusal;
mod row;
mod scalar;

use crate::diag::Diagnostic;
use crate::source::Span;
use crate::types::{FieldId, Schema, StructKind};
use crate::value::{Cell, ListId, Row, StructId};

use super::document::Value;
use super::store::{Fact, Facts};

use refusal::Refusals;

/// What the cells of a store say by now.
pub trait State {
    /// A fact.
    fn cell(&self, of: StructId, row: Row, field: FieldId) -> Cell;
    /// The elements of a list.
    fn list(&self, id: ListId) -> &[Cell];
}

/// As they were loaded.
impl State for Facts {
    fn cell(&self, of: StructId, row: Row, field: FieldId) -> Cell {
        Facts::cell(self, of, row, field)
    }

    fn list(&self, id: ListId) -> &[Cell] {
        Facts::list(self, id)
    }
}

/// An inventory that was written.
#[derive(Debug)]
pub struct Written {
    /// What it says.
    pub value: Value,
    /// The first fact that is `null`: not every format can say that.
    pub null: Option<Fact>,
    /// What no inventory can say. Where there is any, the rest is not the whole truth.
    pub refused: Vec<Diagnostic>,
}

/// Writes the facts of an inventory: sections in the order of the schema, rows and members in theirs. What is unknown and what
/// is as its default says is left out.
pub fn inventory(schema: &Schema, facts: &Facts, state: &dyn State) -> Written {
    let mut writer = Writer { schema, facts, state, refusals: Refusals::default(), null: None };
    let mut sections = Vec::new();
    for section in schema.sections() {
        if facts.section_known(section.entity) {
            let rows = writer.section(section.entity);
            sections.push((section.name.to_string(), Span::NONE, Value::List(rows, Span::NONE)));
        }
    }
    writer.unlisted();
    let (null, refused) = (writer.null, writer.refusals.told(schema, facts));
    Written { value: Value::Map(sections, Span::NONE), null, refused }
}

/// What writing works on.
struct Writer<'a> {
    schema: &'a Schema,
    facts: &'a Facts,
    state: &'a dyn State,
    refusals: Refusals,
    null: Option<Fact>,
}

impl Writer<'_> {
    /// The rows of a section that is known.
    fn section(&mut self, of: StructId) -> Vec<Value> {
        let mut rows = Vec::new();
        for row in (0..self.facts.rows(of)).map(Row) {
            // A row that was only named says nothing: it comes back where it is named. What a step did to one is said of it.
            if row.0 < self.facts.listed(of) || self.known_of_named(of, row).is_some() {
                if self.name(of, row).is_none() {
                    self.refusals.nameless(of, row);
                }
                rows.push(Value::Map(self.members(of, row), Span::NONE));
            }
        }
        rows
    }

    /// What a step did to a row that no section lists cannot be said where its section is unknown: the section would be
    /// complete by being there.
    fn unlisted(&mut self) {
        for (of, held) in self.schema.structs() {
            if !matches!(held.kind, StructKind::Entity { .. }) || self.facts.section_known(of) {
                continue;
            }
            for row in (0..self.facts.rows(of)).map(Row) {
                if let Some(fact) = self.known_of_named(of, row) {
                    self.refusals.unlisted(fact);
                }
            }
        }
    }
}
