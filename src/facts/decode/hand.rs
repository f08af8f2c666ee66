//! What one thread decodes with. It remembers which keys came in which order, how they were written and what they mean, so
//! that the next record's keys are told by comparing bytes; records of any other order or layout are read all the same.

use super::Odd;
use super::cursor::Cursor;
use super::keys::{Memory, NodeAt};
use super::shape::{Lack, Member, ShapeAt, Shapes, Want};
use crate::facts::store::{Facts, Lengths, Owner};
use crate::types::Const;
use crate::value::{Cell, Row, StructId};

/// What a text came to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Said {
    /// The text, and as what it was read.
    pub(super) text: ([u64; 2], usize, Want),
    pub(super) cell: Cell,
}

impl Default for Said {
    fn default() -> Said {
        Said { text: ([0; 2], 0, Want::Skip), cell: Cell::Unknown }
    }
}

/// How many are kept.
pub(super) const SAID: usize = 64;

/// Where a value goes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) of: StructId,
    /// The row; nothing where the value is only looked at.
    pub(super) row: Option<Row>,
}

/// See the module.
#[derive(Clone, Debug)]
pub struct Hand<'s> {
    pub(super) shapes: &'s Shapes,
    pub(super) memory: Memory,
    /// Elements of lists that are open.
    pub(super) cells: Vec<Cell>,
    pub(super) text: String,
    /// Quantities and the like that were read of late, as they were written, by a mix of their letters.
    pub(super) said: Vec<Said>,
    absent: Vec<StructId>,
    before: Lengths,
    pub(super) objects: u64,
}

impl<'s> Hand<'s> {
    pub(super) fn new(shapes: &'s Shapes) -> Hand<'s> {
        Hand {
            shapes,
            memory: Memory::new(),
            cells: Vec::new(),
            text: String::new(),
            said: vec![Said::default(); SAID],
            absent: Vec::new(),
            before: Lengths::default(),
            objects: 0,
        }
    }

    pub(super) fn mark(&mut self, facts: &Facts) {
        facts.lengths(&mut self.before);
    }

    pub(super) fn release(&mut self, facts: &mut Facts) {
        facts.shorten(&self.before);
        self.memory.leave();
        self.cells.clear();
        self.absent.clear();
    }

    pub(super) fn root(&mut self, record: &str, facts: &mut Facts) -> Result<Row, Odd> {
        if record.len() > self.shapes.longest {
            return Err(Odd);
        }
        let (row, length) = self.root_of(record, facts)?;
        let rest = record.as_bytes().get(length..).unwrap_or(&[]);
        if rest.iter().all(|byte| matches!(byte, b' ' | b'\n' | b'\r' | b'\t')) { Ok(row) } else { Err(Odd) }
    }

    pub(super) fn root_of(&mut self, text: &str, facts: &mut Facts) -> Result<(Row, usize), Odd> {
        self.objects = 0;
        let mut cursor = Cursor::new(text, self.shapes.bounds);
        cursor.blank();
        let of = self.shapes.get(self.shapes.root).ok_or(Odd)?.of;
        let row = facts.begin(of, None).ok_or(Odd)?;
        self.object(&mut cursor, facts, 0, self.shapes.root, Place { of, row: Some(row) }, 1)?;
        if self.objects > self.shapes.objects || cursor.at > self.shapes.longest {
            return Err(Odd);
        }
        Ok((row, cursor.at))
    }

    /// Decodes a mapping, whose brace comes next, into a row.
    pub(super) fn object(
        &mut self,
        cursor: &mut Cursor<'_>,
        facts: &mut Facts,
        node: NodeAt,
        shape: ShapeAt,
        place: Place,
        depth: u32,
    ) -> Result<(), Odd> {
        let shapes = self.shapes;
        let shape = shapes.get(shape).ok_or(Odd)?;
        let mut members = 0u128;
        let mut unknown = 0u128;
        let mut keys = self.open(cursor, node, depth)?;
        while let Some(key) = self.next(cursor, &mut keys, Some(&shape.members))? {
            match key.member.and_then(|at| shape.members.get(usize::from(at))) {
                Some(member) if member.want == Want::Skip => {
                    // What is not kept is not told where it is absent, either.
                    self.skip(cursor, key.child, depth)?;
                }
                Some(member) => {
                    members |= member.bit;
                    let row = place.row.filter(|_| member.kept);
                    let cell = self.value(cursor, facts, member, Place { row, ..place }, key.child, depth)?;
                    if let Some(row) = row {
                        facts.put(place.of, row, member.field, cell);
                    }
                }
                None if key.unknown => unknown = self.unknown(cursor, &shape.members, depth)?,
                None => self.skip(cursor, key.child, depth)?,
            }
        }
        let Some(row) = place.row else { return Ok(()) };
        // What is absent and known to be unknown stays so.
        let mut absent = shape.told_absent & !members & !unknown;
        while absent != 0 {
            let at = absent.trailing_zeros();
            absent &= absent.wrapping_sub(1);
            let Some(member) = shape.members.get(at as usize) else { break };
            let cell = self.lack(member.absent, facts, member, place.of, row)?;
            facts.put(place.of, row, member.field, cell);
        }
        Ok(())
    }

    /// The members of which a mapping says that nothing is known of them, a bit each.
    fn unknown(&mut self, cursor: &mut Cursor<'_>, members: &[Member], depth: u32) -> Result<u128, Odd> {
        let mut named = 0u128;
        let mut more = cursor.open_list(depth.saturating_add(1))?;
        while more {
            let name = cursor.string()?;
            if name.escaped {
                return Err(Odd);
            }
            if let Some(at) = members.iter().position(|member| *member.input == *name.raw) {
                named |= 1u128.wrapping_shl(u32::try_from(at).unwrap_or(u32::MAX));
            }
            more = cursor.next_element()?;
        }
        Ok(named)
    }

    /// The cell of a member that is `null` or not there.
    pub(super) fn lack(
        &mut self,
        lack: Lack,
        facts: &mut Facts,
        member: &Member,
        of: StructId,
        row: Row,
    ) -> Result<Cell, Odd> {
        match lack {
            Lack::Unknown => Ok(Cell::Unknown),
            Lack::None => Ok(Cell::None),
            Lack::Default => Ok(member.default.as_ref().map_or(Cell::Unknown, |default| constant(facts, default))),
            Lack::Record(shape) => {
                let owner = Owner { of, row, field: member.field, index: None };
                self.record_without(facts, shape, owner)
            }
            Lack::Odd => Err(Odd),
        }
    }

    /// A record of which nothing is said.
    fn record_without(&mut self, facts: &mut Facts, shape: ShapeAt, owner: Owner) -> Result<Cell, Odd> {
        let shapes = self.shapes;
        let shape = shapes.get(shape).ok_or(Odd)?;
        if self.absent.contains(&shape.of) || self.absent.len() > 32 {
            return Ok(Cell::Unknown);
        }
        let row = facts.begin(shape.of, Some(owner)).ok_or(Odd)?;
        self.absent.push(shape.of);
        let mut absent = shape.told_absent;
        while absent != 0 {
            let at = absent.trailing_zeros();
            absent &= absent.wrapping_sub(1);
            let Some(member) = shape.members.get(at as usize) else { break };
            let cell = self.lack(member.absent, facts, member, shape.of, row)?;
            facts.put(shape.of, row, member.field, cell);
        }
        self.absent.pop();
        Ok(Cell::Row(row))
    }
}

/// The cell of a default.
pub(super) fn constant(facts: &mut Facts, value: &Const) -> Cell {
    match value {
        Const::None => Cell::None,
        Const::Bool(value) => Cell::Bool(*value),
        Const::Number(value) => Cell::Number(*value),
        Const::Size(value) => Cell::Size(*value),
        Const::Duration(value) => Cell::Duration(*value),
        Const::Date(value) => Cell::Date(*value),
        Const::Version(value) => Cell::Version(*value),
        Const::Text(text) => Cell::Text(facts.texts_mut().intern(text)),
        Const::Enum(_, value) => Cell::Enum(*value),
        Const::List(values) => {
            let cells: Vec<Cell> = values.iter().map(|value| constant(facts, value)).collect();
            Cell::List(facts.add_list(cells))
        }
        Const::Map(values) => {
            let mut entries = Vec::new();
            for (key, value) in values {
                entries.push((facts.texts_mut().intern(key), constant(facts, value)));
            }
            Cell::Map(facts.add_map(entries))
        }
    }
}
