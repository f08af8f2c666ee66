//! The world of the oracle: tables of plain values. Facts are copied into it; nothing is computed here.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use clearway::types::FieldId;
use clearway::value::StructId;

use super::value::{Facts, RowRef, Val};

/// A row: its stored fields by their place in the struct (others stay unknown), and how people call it.
#[derive(Clone, PartialEq, Debug)]
pub struct RowData {
    pub cells: Vec<Val>,
    /// Where each of them is written.
    pub routes: Vec<String>,
    /// Its place from 1 in its owner's list, or in its section.
    pub ordinal: usize,
}

/// All rows of the input, and which sections are complete.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Tables {
    pub rows: BTreeMap<StructId, Vec<RowData>>,
    /// Rows that a section lists, in the order of the input.
    pub listed: BTreeMap<StructId, Vec<usize>>,
    /// Sections that no file has: what is missing.
    pub absent: BTreeMap<StructId, Facts>,
}

/// The world a step is judged in: the input, with a few cells written over.
#[derive(Clone, Debug, Default)]
pub struct World {
    pub tables: Rc<Tables>,
    pub over: BTreeMap<(RowRef, FieldId), Val>,
    /// Codes that are waived: everywhere, or for these steps.
    pub waivers: Vec<(String, Option<BTreeSet<RowRef>>)>,
    /// Rows that take no part, for a demand on them does not hold.
    pub out: BTreeSet<RowRef>,
    /// `step.refused`, where it is decided.
    pub refused: BTreeMap<RowRef, bool>,
}

impl World {
    pub fn new(tables: Tables) -> World {
        World { tables: Rc::new(tables), ..World::default() }
    }

    /// A stored cell.
    pub fn cell(&self, row: RowRef, field: FieldId) -> Val {
        if let Some(value) = self.over.get(&(row, field)) {
            return value.clone();
        }
        self.tables.rows[&row.of][row.at].cells[field.0 as usize].clone()
    }

    /// Where a cell is written.
    pub fn route(&self, row: RowRef, field: FieldId) -> &str {
        &self.tables.rows[&row.of][row.at].routes[field.0 as usize]
    }

    /// The same world with one more cell written over.
    pub fn with(&self, row: RowRef, field: FieldId, value: Val) -> World {
        let mut world = self.clone();
        world.over.insert((row, field), value);
        world
    }
}
