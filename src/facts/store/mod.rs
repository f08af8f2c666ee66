//! The columnar store: a table a struct, a typed column a field, texts interned, lists and maps in pools, and for each fact
//! its route and its place. It reads no document (the loaders do) and computes nothing (the evaluator does).

mod assumed;
mod column;
mod light;
mod names;
mod route;
mod settle;
mod stands;
mod table;

use std::sync::Arc;

use crate::source::Span;
use crate::types::{FieldId, FieldKind, Schema, StructKind};
use crate::value::{Cell, ListId, MapId, Row, StructId, TextId, Texts};

pub use assumed::Assumed;
pub use column::{Column, Slot};
pub(super) use light::Lengths;
pub use names::Found;
use names::Names;
pub(super) use names::short_form;
pub(super) use settle::{Borne, Lost};
use stands::Standing;
pub(super) use stands::behind;
use table::Table;

/// What may be missing, and can be pointed at.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Fact {
    /// A field of a row.
    Field {
        /// The struct of the row.
        of: StructId,
        /// The row.
        row: Row,
        /// The field.
        field: FieldId,
    },
    /// A section that no file has, by its entity.
    Section(StructId),
}

/// What a part or a record lives in.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Owner {
    /// The struct of the owner.
    pub of: StructId,
    /// The owner's row.
    pub row: Row,
    /// The field of the owner.
    pub field: FieldId,
    /// The place in the owner's list, from 0; nothing where the field holds one row.
    pub index: Option<u32>,
}

/// A state of the store that [`Facts::release`] goes back to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mark {
    rows: Vec<u32>,
    lists: usize,
    items: usize,
    maps: usize,
    entries: usize,
    names: usize,
}

/// The facts of a run: the tables of the inventory, and those of the plan that is being looked at.
#[derive(Clone, Debug)]
pub struct Facts {
    shapes: Vec<Shape>,
    tables: Vec<Table>,
    texts: Texts,
    lists: Vec<(u32, u32)>,
    items: Vec<Cell>,
    maps: Vec<(u32, u32)>,
    entries: Vec<(TextId, Cell)>,
    names: Names,
    known: Vec<bool>,
    listed: Vec<u32>,
    each: Option<StructId>,
    assumed: Vec<Assumed>,
    standing: Vec<Standing>,
}

/// What routes and places need of a struct of the schema.
#[derive(Clone, Debug)]
struct Shape {
    name: Arc<str>,
    section: Option<Arc<str>>,
    kind: StructKind,
    key: Option<FieldId>,
    fields: Vec<Arc<str>>,
}

impl Facts {
    /// A store without rows for the tables of a schema.
    pub fn new(schema: &Schema) -> Facts {
        let shape = |(id, of): (StructId, &crate::types::Struct)| Shape {
            name: of.name.clone(),
            section: schema.section_of(id).map(|section| section.name.clone()),
            kind: of.kind,
            key: of.key,
            fields: of.fields.iter().map(|field| field.input.clone()).collect(),
        };
        let each = match schema.input {
            crate::types::Input::Each { entity } => Some(entity),
            crate::types::Input::Plan { .. } => None,
        };
        Facts {
            shapes: schema.structs().map(shape).collect(),
            tables: schema
                .structs
                .iter()
                .map(|of| Table::new(of.fields.iter().map(|f| (f.kind == FieldKind::Stored).then_some(&f.ty))))
                .collect(),
            texts: Texts::new(),
            lists: Vec::new(),
            items: Vec::new(),
            maps: Vec::new(),
            entries: Vec::new(),
            names: Names::default(),
            known: vec![false; schema.structs.len()],
            listed: vec![0; schema.structs.len()],
            each,
            assumed: Vec::new(),
            standing: Vec::new(),
        }
    }

    /// How many rows a table has.
    #[inline]
    pub fn rows(&self, of: StructId) -> u32 {
        self.table(of).map_or(0, Table::rows)
    }

    /// How many rows all tables have together.
    pub fn total_rows(&self) -> u64 {
        self.tables.iter().map(|table| u64::from(table.rows())).fold(0, u64::saturating_add)
    }

    /// A fact. Unknown for what is out of range, and for fields that are computed.
    #[inline]
    pub fn cell(&self, of: StructId, row: Row, field: FieldId) -> Cell {
        self.table(of).map_or(Cell::Unknown, |table| table.cell(row, field))
    }

    /// The values of a field for all rows of a table; nothing for what is out of range.
    pub fn column(&self, of: StructId, field: FieldId) -> Option<&Column> {
        self.table(of)?.column(field)
    }

    /// The elements of a list.
    #[inline]
    pub fn list(&self, id: ListId) -> &[Cell] {
        let Some((start, end)) = self.lists.get(id.0 as usize) else { return &[] };
        self.items.get(*start as usize..*end as usize).unwrap_or(&[])
    }

    /// How many lists there are.
    #[inline]
    pub fn lists(&self) -> u32 {
        len32(self.lists.len())
    }

    /// The entries of a map in the order written.
    pub fn map(&self, id: MapId) -> &[(TextId, Cell)] {
        let Some((start, end)) = self.maps.get(id.0 as usize) else { return &[] };
        self.entries.get(*start as usize..*end as usize).unwrap_or(&[])
    }

    /// What a map holds under a key; [`Cell::None`] where it holds nothing there.
    pub fn map_get(&self, id: MapId, key: TextId, by_name: bool) -> Cell {
        let folded = |text: TextId| if by_name { self.texts.folded(text) } else { text };
        let wanted = folded(key);
        self.map(id).iter().find(|(key, _)| folded(*key) == wanted).map_or(Cell::None, |(_, cell)| *cell)
    }

    /// The pool of texts.
    pub fn texts(&self) -> &Texts {
        &self.texts
    }

    /// The pool of texts, to add some.
    pub fn texts_mut(&mut self) -> &mut Texts {
        &mut self.texts
    }

    /// Whether some file has the section of an entity; it is complete then. Plan, waves and steps are always known.
    pub fn section_known(&self, entity: StructId) -> bool {
        let built_in = [Schema::PLAN, Schema::WAVE, Schema::STEP].contains(&entity);
        built_in || self.each == Some(entity) || self.known.get(entity.0 as usize).copied().unwrap_or(false)
    }

    /// How many rows of an entity its section lists; those behind them were made by being named.
    pub fn listed(&self, of: StructId) -> u32 {
        self.listed.get(of.0 as usize).copied().unwrap_or(0)
    }

    /// What a field that rows are called by says of a row; nothing where it says nothing.
    pub fn name_of(&self, of: StructId, row: Row, naming: FieldId) -> Option<&str> {
        match self.cell(of, row, naming) {
            Cell::Text(name) => Some(&**self.texts.get(name)).filter(|name| !name.trim().is_empty()),
            _ => None,
        }
    }

    /// The text of a row's key; of a part or record its name or path. Nothing where it has none or it is not known.
    pub fn key_of(&self, of: StructId, row: Row) -> Option<TextId> {
        match self.cell(of, row, self.shape(of)?.key?) {
            Cell::Text(text) => Some(text),
            _ => None,
        }
    }

    /// What a part or a record lives in.
    pub fn owner(&self, of: StructId, row: Row) -> Option<Owner> {
        self.table(of)?.owner(row)
    }

    /// A row's place from 1: in its owner's list, or in its section.
    pub fn ordinal(&self, of: StructId, row: Row) -> u32 {
        let index = match self.owner(of, row) {
            Some(owner) => owner.index.unwrap_or(0),
            None => row.0,
        };
        index.saturating_add(1)
    }

    /// The rows of an entity that a text names. See [`Found`].
    pub fn find(&self, of: StructId, text: &str) -> Found {
        self.names.find(of, text, &self.texts)
    }

    /// Whether a text is the short form of some row's name.
    pub(super) fn is_short_form(&self, of: StructId, text: &str) -> bool {
        self.names.is_short_form(of, text, &self.texts)
    }

    #[inline]
    fn table(&self, of: StructId) -> Option<&Table> {
        self.tables.get(of.0 as usize)
    }

    #[inline]
    fn shape(&self, of: StructId) -> Option<&Shape> {
        self.shapes.get(of.0 as usize)
    }
}

/// Writing: for the loaders, and for whoever makes facts by hand.
impl Facts {
    /// Adds a row of which nothing is known yet. Nothing where the table is full (2³² rows).
    pub fn push(&mut self, of: StructId, owner: Option<Owner>, span: Span) -> Option<Row> {
        self.tables.get_mut(of.0 as usize)?.push(owner, span)
    }

    /// Writes a fact and where it stands. A cell that does not fit the field's type leaves it unknown.
    pub fn set(&mut self, of: StructId, row: Row, field: FieldId, cell: Cell, span: Span) {
        if let Some(table) = self.tables.get_mut(of.0 as usize) {
            table.set(row, field, cell, span);
        }
    }

    /// Puts a list into the pool.
    pub fn add_list(&mut self, cells: impl IntoIterator<Item = Cell>) -> ListId {
        let start = self.items.len();
        self.items.extend(cells);
        let id = ListId(len32(self.lists.len()));
        self.lists.push((len32(start), len32(self.items.len())));
        id
    }

    /// Puts a map into the pool.
    pub fn add_map(&mut self, entries: impl IntoIterator<Item = (TextId, Cell)>) -> MapId {
        let start = self.entries.len();
        self.entries.extend(entries);
        let id = MapId(len32(self.maps.len()));
        self.maps.push((len32(start), len32(self.entries.len())));
        id
    }

    /// Says that a file has the section of an entity.
    pub fn know_section(&mut self, entity: StructId) {
        if let Some(known) = self.known.get_mut(entity.0 as usize) {
            *known = true;
        }
    }

    /// Says that all rows of a section are there: what comes behind them was only named.
    pub fn close_section(&mut self, entity: StructId) {
        let rows = self.rows(entity);
        if let Some(listed) = self.listed.get_mut(entity.0 as usize) {
            *listed = rows;
        }
    }

    /// Makes a row findable by its key. `short`: also by the part of a host name before the first point.
    pub fn name(&mut self, of: StructId, row: Row, key: TextId, short: bool) {
        self.names.name(of, row, key, short, &mut self.texts);
    }

    /// Makes a row findable by an id, where its key is borne twice.
    pub fn identify(&mut self, of: StructId, row: Row, id: TextId) {
        self.names.identify(of, row, id, &self.texts);
    }

    /// Remembers the state, before a plan is loaded.
    pub fn mark(&self) -> Mark {
        Mark {
            rows: self.tables.iter().map(Table::rows).collect(),
            lists: self.lists.len(),
            items: self.items.len(),
            maps: self.maps.len(),
            entries: self.entries.len(),
            names: self.names.mark(),
        }
    }

    /// Forgets every row, list and map made since the mark. Texts stay.
    pub fn release(&mut self, mark: &Mark) {
        for (table, rows) in self.tables.iter_mut().zip(&mark.rows) {
            table.truncate(*rows);
        }
        self.lists.truncate(mark.lists);
        self.items.truncate(mark.items);
        self.maps.truncate(mark.maps);
        self.entries.truncate(mark.entries);
        self.names.release(mark.names);
        self.release_assumed(mark);
    }
}

fn len32(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::{Field, Input, Section, Struct, Type};

    const HOST: StructId = StructId(3);
    const CPU: StructId = StructId(4);
    const DISK: StructId = StructId(5);

    /// `hosts: [host]`, with a record `cpu` and a list of parts `disks`.
    fn schema() -> Schema {
        let field = |name: &str, ty: Type| Field {
            name: name.into(),
            input: name.into(),
            ty,
            default: None,
            kind: FieldKind::Stored,
            span: Span::NONE,
        };
        let of = |name: &str, kind: StructKind, fields: Vec<Field>| Struct {
            name: name.into(),
            kind,
            key: (name != "host.cpu").then_some(FieldId(0)),
            fields,
            span: Span::NONE,
        };
        let mut schema = Schema::built_in();
        let list = Type::list(Type::Row(DISK));
        let host = vec![field("name", Type::Name), field("cpu", Type::Row(CPU)), field("disks", list)];
        schema.structs.push(of("host", StructKind::Entity { open: false }, host));
        schema.structs.push(of("host.cpu", StructKind::Record, vec![field("manufacturer", Type::Name)]));
        schema.structs.push(of("disk", StructKind::Part, vec![field("name", Type::Name), field("size", Type::Size)]));
        schema.input = Input::Plan { sections: vec![Section { name: "hosts".into(), entity: HOST, span: Span::NONE }] };
        schema
    }

    fn host(facts: &mut Facts, name: &str, at: u32) -> Row {
        let row = facts.push(HOST, None, Span::new(at, at.saturating_add(10))).unwrap();
        let text = facts.texts_mut().intern(name);
        facts.set(HOST, row, FieldId(0), Cell::Text(text), Span::new(at, at.saturating_add(2)));
        facts.name(HOST, row, text, true);
        let owner = Owner { of: HOST, row, field: FieldId(1), index: None };
        let cpu = facts.push(CPU, Some(owner), Span::NONE).unwrap();
        facts.set(HOST, row, FieldId(1), Cell::Row(cpu), Span::NONE);
        row
    }

    #[test]
    fn routes_reach_the_leaf_and_places_the_nearest_text() {
        let mut facts = Facts::new(&schema());
        let row = host(&mut facts, "hv12.corp.example", 100);
        let fact = Fact::Field { of: CPU, row: Row(0), field: FieldId(0) };
        assert_eq!(facts.route(fact), "hosts[hv12.corp.example].cpu.manufacturer");
        assert_eq!(facts.place(fact), Some(Span::new(100, 110)), "where its host is written");
        assert_eq!(facts.place(Fact::Field { of: HOST, row, field: FieldId(0) }), Some(Span::new(100, 102)));
        assert_eq!(facts.route(Fact::Section(HOST)), "hosts");
        assert_eq!(facts.find(HOST, "HV12"), Found::One(row));
        assert_eq!(facts.cell(HOST, row, FieldId(9)), Cell::Unknown);
    }

    #[test]
    fn parts_go_by_name_and_where_that_is_shared_by_place() {
        let mut facts = Facts::new(&schema());
        let row = host(&mut facts, "a", 0);
        let names = ["x", "Y", "X"].map(|name| facts.texts_mut().intern(name));
        let mut cells = Vec::new();
        for (index, name) in (0..).zip(names) {
            let owner = Owner { of: HOST, row, field: FieldId(2), index: Some(index) };
            let disk = facts.push(DISK, Some(owner), Span::NONE).unwrap();
            facts.set(DISK, disk, FieldId(0), Cell::Text(name), Span::NONE);
            cells.push(Cell::Row(disk));
        }
        let list = facts.add_list(cells);
        facts.set(HOST, row, FieldId(2), Cell::List(list), Span::NONE);
        let route = |disk| facts.route(Fact::Field { of: DISK, row: Row(disk), field: FieldId(1) });
        assert_eq!(
            [0, 1, 2].map(route),
            ["hosts[a].disks[1].size", "hosts[a].disks[Y].size", "hosts[a].disks[3].size"]
        );
    }

    #[test]
    fn what_was_made_behind_a_mark_is_forgotten() {
        let mut facts = Facts::new(&schema());
        host(&mut facts, "a", 0);
        let mark = facts.mark();
        host(&mut facts, "A", 50);
        facts.add_list([Cell::Bool(true)]);
        assert!(matches!(facts.find(HOST, "a"), Found::Many(_)));
        facts.release(&mark);
        assert_eq!(facts.mark(), mark);
        assert_eq!((facts.rows(HOST), facts.rows(CPU)), (1, 1));
        assert_eq!(facts.find(HOST, "a"), Found::One(Row(0)));
    }
}
