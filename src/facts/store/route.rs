//! Routes and places: how a fact is named in messages, and where it stands or would stand.

use crate::source::Span;
use crate::types::{FieldId, StructKind};
use crate::value::{Cell, Row, StructId, TextId};

use super::{Fact, Facts, Owner};

impl Facts {
    /// The route of a fact by the names that the input gives its members: `hosts[hv12].cpu.manufacturer`,
    /// `vms[v].networks[2]` for an element without a name or with a shared one, `domains` for a section.
    pub fn route(&self, fact: Fact) -> String {
        match fact {
            Fact::Section(entity) => {
                self.shape(entity).map(|shape| shape.section.as_ref().unwrap_or(&shape.name).to_string())
            }
            Fact::Field { of, row, field } => {
                let mut steps = Vec::new();
                let (mut of, mut row, mut tail) = (of, row, self.member(of, field));
                // An owner's row is older than what it owns, so that this ends; the bound is for tables made by hand.
                for _ in 0..1_000 {
                    steps.push(tail);
                    let Some(owner) = self.owner(of, row) else { break };
                    let mut member = self.member(owner.of, owner.field);
                    if owner.index.is_some() {
                        member.push_str(&format!("[{}]", self.among_siblings(of, row, owner)));
                    }
                    (of, row, tail) = (owner.of, owner.row, member);
                }
                if let Some(root) = self.root(of, row) {
                    steps.push(root);
                }
                steps.reverse();
                Some(steps.join("."))
            }
        }
        .unwrap_or_default()
    }

    /// Where the value stands; of what is not known, the row or the owner in which it would be written.
    pub fn place(&self, fact: Fact) -> Option<Span> {
        let Fact::Field { of, row, field } = fact else { return None };
        let (mut of, mut row, mut field) = (of, row, field);
        for _ in 0..1_000 {
            if let Some(span) = self.value_place(of, row, field).or_else(|| self.own_place(of, row)) {
                return Some(span);
            }
            let owner = self.owner(of, row)?;
            (of, row, field) = (owner.of, owner.row, owner.field);
        }
        None
    }

    /// Where a row stands; of a record that no file has, where its owner stands.
    pub fn row_place(&self, of: StructId, row: Row) -> Option<Span> {
        self.own_place(of, row).or_else(|| {
            let owner = self.owner(of, row)?;
            self.place(Fact::Field { of: owner.of, row: owner.row, field: owner.field })
        })
    }

    /// Where the value of a field stands, if it stands anywhere.
    fn value_place(&self, of: StructId, row: Row, field: FieldId) -> Option<Span> {
        let table = self.table(of)?;
        let Some(start) = table.start(row) else { return table.place(row, field) };
        if let Some(laid) = table.laid(row, field) {
            return laid;
        }
        self.standing_place(of, start, field).filter(|_| table.is_stored(field))
    }

    /// Where a row stands, if it stands anywhere.
    fn own_place(&self, of: StructId, row: Row) -> Option<Span> {
        let table = self.table(of)?;
        table.start(row).map_or_else(|| table.span(row), |start| self.standing_row(start))
    }

    fn member(&self, of: StructId, field: FieldId) -> String {
        self.shape(of).and_then(|shape| shape.fields.get(field.0 as usize)).map_or_else(String::new, |n| n.to_string())
    }

    /// The name of a part among its siblings, or its place from 1.
    fn among_siblings(&self, of: StructId, row: Row, owner: Owner) -> String {
        let siblings = match self.cell(owner.of, owner.row, owner.field) {
            Cell::List(list) => self.list(list),
            _ => &[],
        };
        let same = |key: TextId| {
            let folded = self.texts.folded(key);
            let bears = |cell: &&Cell| match cell {
                Cell::Row(other) => self.key_of(of, *other).is_some_and(|key| self.texts.folded(key) == folded),
                _ => false,
            };
            siblings.iter().filter(bears).take(2).count()
        };
        match self.key_of(of, row).filter(|key| same(*key) < 2) {
            Some(key) => self.texts.get(key).to_string(),
            None => self.ordinal(of, row).to_string(),
        }
    }

    /// `hosts[hv12]`; nothing for what has no members above it.
    fn root(&self, of: StructId, row: Row) -> Option<String> {
        let shape = self.shape(of)?;
        if self.each == Some(of) || shape.kind == StructKind::Plan {
            return None;
        }
        let section = match (&shape.section, shape.kind) {
            (Some(section), _) => section,
            (None, StructKind::Step) => "steps",
            (None, StructKind::Wave) => "waves",
            (None, _) => &shape.name,
        };
        let alone = |key: &TextId| !matches!(self.find(of, self.texts.get(*key)), super::Found::Many(_));
        let name = match self.key_of(of, row).filter(alone) {
            Some(key) => self.texts.get(key).to_string(),
            None => self.ordinal(of, row).to_string(),
        };
        Some(format!("{section}[{name}]"))
    }
}
