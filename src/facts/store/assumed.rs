//! Cells that are assumed: those of one field that no input says, which take one value until it is taken away again. They
//! are cells like others to whoever reads them; only what tells of a fact asks whether it is one of these.

use std::sync::Arc;

use crate::source::Span;
use crate::types::FieldId;
use crate::value::{Cell, Row, StructId};

use super::{Facts, Mark};

/// What fills the unknown cells of a field.
#[derive(Clone, PartialEq, Debug)]
pub struct Assumed {
    /// The struct and the field.
    pub about: (StructId, FieldId),
    /// The value.
    pub cell: Cell,
    /// Where the value stands.
    pub span: Span,
    /// The fact as it was written: `vms.disks.shared`.
    pub fact: Arc<str>,
    /// Why.
    pub because: Arc<str>,
    /// The rows whose cells it fills, in order.
    rows: Vec<Row>,
    /// Whether they are filled.
    on: bool,
}

impl Assumed {
    /// What would fill the unknown cells of a field.
    pub fn new(about: (StructId, FieldId), cell: Cell, span: Span, fact: Arc<str>, because: Arc<str>) -> Assumed {
        Assumed { about, cell, span, fact, because, rows: Vec::new(), on: true }
    }

    /// How many cells it fills.
    pub fn cells(&self) -> usize {
        self.rows.len()
    }
}

impl Facts {
    /// Fills the unknown cells of a field, those of rows that are there. One value a field: a second one fills nothing.
    pub fn assume(&mut self, assumed: Assumed) {
        self.assumed.push(assumed);
        let last = self.assumed.len().saturating_sub(1);
        self.fill_assumed(last, 0);
    }

    /// Fills the unknown cells of rows that were made behind a mark, too.
    pub fn assume_since(&mut self, mark: &Mark) {
        for at in 0..self.assumed.len() {
            let of = self.assumed.get(at).map(|assumed| assumed.about.0);
            let from = of.and_then(|of| mark.rows.get(of.0 as usize)).copied();
            self.fill_assumed(at, from.unwrap_or(u32::MAX));
        }
    }

    fn fill_assumed(&mut self, at: usize, from: u32) {
        let Some(assumed) = self.assumed.get_mut(at) else { return };
        let ((of, field), cell, span) = (assumed.about, assumed.cell, assumed.span);
        let Some(table) = self.tables.get_mut(of.0 as usize) else { return };
        for row in (from..table.rows()).map(Row) {
            if table.cell(row, field) == Cell::Unknown {
                table.set(row, field, cell, span);
                assumed.rows.push(row);
            }
        }
    }

    /// What is assumed, in the order in which it was.
    pub fn assumed(&self) -> &[Assumed] {
        &self.assumed
    }

    /// Takes the values of some assumptions out of their cells, by their places, and puts those of the others in.
    pub fn assume_without(&mut self, without: &[usize]) {
        for (at, assumed) in self.assumed.iter_mut().enumerate() {
            let on = !without.contains(&at);
            if assumed.on == on {
                continue;
            }
            assumed.on = on;
            let (of, field) = assumed.about;
            let (cell, span) = if on { (assumed.cell, assumed.span) } else { (Cell::Unknown, Span::NONE) };
            if let Some(table) = self.tables.get_mut(of.0 as usize) {
                for row in &assumed.rows {
                    table.set(*row, field, cell, span);
                }
            }
        }
    }

    /// What a cell is filled by, where it is assumed.
    pub fn assumed_by(&self, of: StructId, row: Row, field: FieldId) -> Option<&Assumed> {
        self.assumed
            .iter()
            .find(|assumed| assumed.on && assumed.about == (of, field) && assumed.rows.binary_search(&row).is_ok())
    }

    /// Forgets the cells of rows that are gone.
    pub(super) fn release_assumed(&mut self, mark: &Mark) {
        for assumed in &mut self.assumed {
            let rows = mark.rows.get(assumed.about.0.0 as usize).copied().unwrap_or(0);
            let kept = assumed.rows.partition_point(|row| row.0 < rows);
            assumed.rows.truncate(kept);
        }
    }
}
