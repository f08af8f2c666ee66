//! The world that a step is judged in: the facts as they were given, and over them the cells that are different by now.
//! Every read of a fact goes through [`World::read`], whatever the world is.

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::apart::Apart;
use super::changes::{Changed, Changes};
use super::mode::Lack;
use crate::facts::Facts;
use crate::program::{IndexBy, IndexId, Program};
use crate::types::FieldId;
use crate::value::{Cell, Date, Duration, ListId, Number, Row, Size, StructId, TextId, Version};

/// A key of a table from values to rows.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Key {
    None,
    Bool(bool),
    Number(Number),
    Size(Size),
    Duration(Duration),
    Date(Date),
    Version(Version),
    Text(TextId),
    Enum(u16),
    Row(Row),
}

/// The rows of a table by the value of one field, as it was given.
#[derive(Debug, Default)]
struct Index {
    by: FxHashMap<Key, Vec<Row>>,
    unknown: Vec<Row>,
}

/// The same for the rows in which the field is different by now.
#[derive(Clone, Debug, Default)]
struct Moved {
    by: FxHashMap<Key, BTreeSet<Row>>,
    unknown: BTreeSet<Row>,
}

impl Moved {
    fn rows(&mut self, key: Option<Key>) -> &mut BTreeSet<Row> {
        match key {
            Some(key) => self.by.entry(key).or_default(),
            None => &mut self.unknown,
        }
    }
}

/// What a cell was before it was changed.
#[derive(Clone, Debug)]
pub(super) struct Undo {
    of: StructId,
    row: Row,
    field: FieldId,
    before: Option<Changed>,
}

/// A state of a world that [`World::roll_back`] goes back to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[must_use]
pub(super) struct Mark(usize);

/// A world.
#[derive(Clone, Debug)]
pub(super) struct World<'f> {
    facts: &'f Facts,
    changed: Changes,
    refused: FxHashMap<Row, bool>,
    /// Rows that take no part, for a demand on them does not hold: nothing about them is known.
    out: Rc<FxHashSet<(StructId, Row)>>,
    indexed: Rc<[IndexBy]>,
    indexes: Rc<Vec<OnceCell<Index>>>,
    /// By index; made when it is first asked for, and kept up with every change from then on.
    moved: RefCell<Vec<Option<Moved>>>,
    /// What was changed since the marks that are open.
    journal: Vec<Undo>,
    marks: usize,
    /// Beside another world: where that one differs.
    apart: Option<Box<Apart>>,
    /// Cells that were written since the worlds were last compared; nothing where there is but one.
    written: Option<Vec<(StructId, Row, FieldId)>>,
    /// Cells that were written since somebody began to watch.
    lately: Option<Box<Apart>>,
}

impl<'f> World<'f> {
    /// The world as it was given.
    pub(super) fn new(program: &Program, facts: &'f Facts) -> World<'f> {
        World {
            facts,
            changed: Changes::default(),
            refused: FxHashMap::default(),
            out: Rc::default(),
            indexed: program.indexes.as_slice().into(),
            indexes: Rc::new(program.indexes.iter().map(|_| OnceCell::new()).collect()),
            moved: RefCell::new(vec![None; program.indexes.len()]),
            journal: Vec::new(),
            marks: 0,
            apart: None,
            written: None,
            lately: None,
        }
    }

    /// The same rows, in which other cells are different.
    pub(super) fn with(mut self, changed: Changes) -> World<'f> {
        self.replace(changed);
        self
    }

    /// Makes other cells different; answers with those that were.
    pub(super) fn replace(&mut self, changed: Changes) -> Changes {
        self.moved.get_mut().iter_mut().for_each(|moved| *moved = None);
        std::mem::replace(&mut self.changed, changed)
    }

    /// The facts as they were given.
    #[inline]
    pub(super) fn facts(&self) -> &'f Facts {
        self.facts
    }

    /// What is different.
    pub(super) fn changes(&self) -> &Changes {
        &self.changed
    }

    /// A fact.
    #[inline]
    pub(super) fn read(&self, of: StructId, row: Row, field: FieldId) -> Cell {
        if !self.out.is_empty() && self.out.contains(&(of, row)) {
            return Cell::Unknown;
        }
        if let Some(apart) = &self.apart {
            apart.read(of, row, field);
        }
        self.changed.cell(self.facts, of, row, field)
    }

    /// The elements of a list.
    #[inline]
    pub(super) fn list(&self, id: ListId) -> &[Cell] {
        self.changed.list(self.facts, id)
    }

    /// The step that made a fact what it is; nothing where it is as it was given.
    pub(super) fn changed_by(&self, of: StructId, row: Row, field: FieldId) -> Option<Row> {
        self.changed.get(of, row, field).and_then(|changed| changed.by)
    }

    /// What is missing to know a fact that a step left unknown, and the step; nothing where it was not known before.
    pub(super) fn left_unknown(&self, of: StructId, row: Row, field: FieldId) -> Option<(Row, Arc<[Lack]>)> {
        let changed = self.changed.get(of, row, field)?;
        Some((changed.by?, changed.lacks.clone()?))
    }

    /// Makes a fact of a step itself different from now on: what was chosen for it.
    pub(super) fn choose(&mut self, of: StructId, row: Row, field: FieldId, cell: Cell) {
        self.put(of, row, field, Some(Changed { cell, by: None, lacks: None }));
    }

    /// Takes back what was chosen.
    pub(super) fn restore(&mut self, of: StructId, row: Row, field: FieldId) {
        self.put(of, row, field, None);
    }

    /// Makes a fact different, or as it was given; answers with how to undo it.
    pub(super) fn put(&mut self, of: StructId, row: Row, field: FieldId, changed: Option<Changed>) -> Undo {
        if let Some(lately) = &mut self.lately {
            lately.set(of, row, field, true);
        }
        if let Some(written) = &mut self.written {
            written.push((of, row, field));
        }
        let before = self.read_changed(of, row, field);
        let after = changed.as_ref().map_or_else(|| self.facts.cell(of, row, field), |changed| changed.cell);
        let (was, is) = (before.is_some(), changed.is_some());
        let old = self.changed.put(of, row, field, changed);
        let moved = self.moved.get_mut();
        for (by, moved) in self.indexed.iter().zip(moved) {
            if (by.address.owner, by.address.field) != (of, field) {
                continue;
            }
            let Some(moved) = moved else { continue };
            if let Some(cell) = before.filter(|_| was) {
                moved.rows(key(self.facts, cell, by.fold)).remove(&row);
            }
            if is {
                moved.rows(key(self.facts, after, by.fold)).insert(row);
            }
        }
        let undo = Undo { of, row, field, before: old };
        if self.marks > 0 {
            self.journal.push(undo.clone());
        }
        undo
    }

    fn read_changed(&self, of: StructId, row: Row, field: FieldId) -> Option<Cell> {
        self.changed.get(of, row, field).map(|changed| changed.cell)
    }

    /// Makes undone what was done, the last first.
    pub(super) fn undo(&mut self, done: Vec<Undo>) {
        for undo in done.into_iter().rev() {
            self.put(undo.of, undo.row, undo.field, undo.before);
        }
    }

    /// Puts a list into the pool of those that effects made.
    pub(super) fn add_list(&mut self, cells: Vec<Cell>) -> Option<ListId> {
        self.changed.add_list(self.facts, cells)
    }

    /// Remembers the state, for a trial. Marks are rolled back in the opposite order in which they were made.
    pub(super) fn mark(&mut self) -> Mark {
        self.marks = self.marks.saturating_add(1);
        Mark(self.journal.len())
    }

    /// Goes back to a mark: a trial costs what it changes.
    pub(super) fn roll_back(&mut self, mark: Mark) {
        let marks = std::mem::take(&mut self.marks);
        let done = self.journal.split_off(mark.0.min(self.journal.len()));
        self.undo(done);
        self.marks = marks.saturating_sub(1);
    }

    /// Whether a step is refused; nothing while that is not decided.
    pub(super) fn refused(&self, step: Row) -> Option<bool> {
        if let Some(apart) = &self.apart {
            apart.read_more();
        }
        self.refused.get(&step).copied()
    }

    /// Decides whether a step is refused.
    pub(super) fn refuse(&mut self, step: Row, refused: bool) {
        self.refused.insert(step, refused);
    }

    /// Leaves a row out.
    pub(super) fn leave_out(&mut self, of: StructId, row: Row) {
        Rc::make_mut(&mut self.out).insert((of, row));
    }

    /// Whether a row takes part.
    pub(super) fn takes_part(&self, of: StructId, row: Row) -> bool {
        self.out.is_empty() || !self.out.contains(&(of, row))
    }

    /// Whether all rows of a table take part.
    pub(super) fn all_take_part(&self, of: StructId) -> bool {
        self.out.is_empty() || !self.out.iter().any(|(other, _)| *other == of)
    }

    /// A second world like this one. From now on what is written in the two is remembered, so that it is known where they
    /// differ.
    pub(super) fn split(&mut self) -> World<'f> {
        self.written = Some(Vec::new());
        let mut second = self.clone();
        second.lately = None;
        self.apart = Some(Box::default());
        second
    }

    /// Compares what was written here and in the other world since this was last done.
    pub(super) fn compare(&mut self, other: &mut World<'f>) {
        let Some(mut apart) = self.apart.take() else { return };
        for side in [self.written.as_mut().map(std::mem::take), other.written.as_mut().map(std::mem::take)] {
            for (of, row, field) in side.into_iter().flatten() {
                let (here, there) = (self.read(of, row, field), other.read(of, row, field));
                // Lists that effects make are numbered in each world by itself.
                let made = matches!(here, Cell::List(list) if list.0 >= self.facts.lists());
                apart.set(of, row, field, here != there || made);
            }
        }
        self.apart = Some(apart);
    }

    /// Whether something was read since this was last asked that may differ in the other world.
    pub(super) fn take_seen(&self) -> bool {
        self.apart.as_ref().is_none_or(|apart| apart.take_seen())
    }

    /// Watches from now on which cells are written.
    pub(super) fn watch(&mut self) {
        self.lately.get_or_insert_default().clear();
    }

    /// Whether a cell was written since somebody began to watch.
    #[inline]
    pub(super) fn written_lately(&self, of: StructId, row: Row, field: FieldId) -> bool {
        self.lately.as_ref().is_none_or(|lately| lately.has(of, row, field))
    }

    /// Whether a cell differs in the other world.
    pub(super) fn differs(&self, of: StructId, row: Row, field: FieldId) -> bool {
        self.apart.as_ref().is_some_and(|apart| apart.has(of, row, field))
    }

    /// That a cell was read by somebody who came to it by another way.
    #[inline]
    pub(super) fn note_read(&self, of: StructId, row: Row, field: FieldId) {
        if let Some(apart) = &self.apart {
            apart.read(of, row, field);
        }
    }

    /// The key that a cell has in tables.
    pub(super) fn key(&self, cell: Cell, fold: bool) -> Option<Key> {
        key(self.facts, cell, fold)
    }

    fn index(&self, id: IndexId, by: IndexBy) -> Option<&Index> {
        let slot = self.indexes.get(id.at())?;
        Some(slot.get_or_init(|| {
            let mut index = Index::default();
            for row in (0..self.facts.rows(by.address.owner)).map(Row) {
                let cell = self.facts.cell(by.address.owner, row, by.address.field);
                match self.key(cell, by.fold) {
                    Some(key) => index.by.entry(key).or_default().push(row),
                    None => index.unknown.push(row),
                }
            }
            index
        }))
    }

    /// The rows whose field has a key, and those whose field is unknown, each in order. Without a key: every row is possible.
    pub(super) fn look_up(&self, id: IndexId, by: IndexBy, key: Option<Key>) -> (Vec<Row>, Vec<Row>) {
        let (owner, field) = (by.address.owner, by.address.field);
        if let Some(apart) = &self.apart {
            apart.read_column(owner, field);
        }
        let Some(index) = self.index(id, by) else { return (Vec::new(), Vec::new()) };
        let mut sure = key.and_then(|key| index.by.get(&key)).cloned().unwrap_or_default();
        let mut perhaps = index.unknown.clone();
        if let Some(rows) = self.changed.rows(owner, field) {
            sure.retain(|row| !rows.contains(*row));
            perhaps.retain(|row| !rows.contains(*row));
            let mut moved = self.moved.borrow_mut();
            if let Some(slot) = moved.get_mut(id.at()) {
                let moved = slot.get_or_insert_with(|| {
                    let mut moved = Moved::default();
                    for (row, changed) in rows.iter() {
                        moved.rows(self.key(changed.cell, by.fold)).insert(row);
                    }
                    moved
                });
                perhaps.extend(&moved.unknown);
                sure.extend(key.and_then(|key| moved.by.get(&key)).into_iter().flatten());
            }
            sure.sort_unstable();
            perhaps.sort_unstable();
        }
        if !self.all_take_part(owner) {
            sure.retain(|row| self.takes_part(owner, *row));
            perhaps.retain(|row| self.takes_part(owner, *row));
        }
        (sure, perhaps)
    }
}

fn key(facts: &Facts, cell: Cell, fold: bool) -> Option<Key> {
    Some(match cell {
        Cell::None => Key::None,
        Cell::Bool(value) => Key::Bool(value),
        Cell::Number(value) => Key::Number(value),
        Cell::Size(value) => Key::Size(value),
        Cell::Duration(value) => Key::Duration(value),
        Cell::Date(value) => Key::Date(value),
        Cell::Version(value) => Key::Version(value),
        Cell::Text(text) => Key::Text(if fold { facts.texts().folded(text) } else { text }),
        Cell::Enum(value) => Key::Enum(value),
        Cell::Row(row) => Key::Row(row),
        Cell::Unknown | Cell::List(_) | Cell::Map(_) => return None,
    })
}
