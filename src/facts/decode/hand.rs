//! What one thread decodes with. It remembers which keys came in which order, how they were written and what they mean, so
//! that the next record's keys are told by comparing bytes; records of any other order or layout are read all the same.

use super::Odd;
use super::cursor::Cursor;
use super::shape::{Lack, Member, ShapeAt, Shapes};
use crate::facts::load::UNKNOWN;
use crate::facts::store::{Facts, Lengths, Owner};
use crate::types::Const;
use crate::value::{Cell, Row, StructId};

/// A place in what is remembered; [`NOWHERE`] for mappings whose keys are not.
pub(super) type NodeAt = u32;
/// Nothing is remembered here.
pub(super) const NOWHERE: NodeAt = u32::MAX;
/// Mappings that are remembered at most.
const MOST_NODES: usize = 4_096;
/// Keys of a mapping that are remembered at most: a bit each tells which were seen.
const MOST_KEYS: usize = 128;
/// No key.
const NO_KEY: u16 = u16::MAX;

/// A key of a mapping.
#[derive(Clone, Debug)]
struct Key {
    /// How it was written, blanks and colon included.
    lead: Box<[u8]>,
    name: Box<str>,
    /// The member it is, by its place in the shape.
    member: Option<u16>,
    /// The key that came behind it the last time.
    next: u16,
    /// What is remembered of the mappings in its value.
    child: NodeAt,
}

/// The keys of the mappings at one place of the records.
#[derive(Clone, Debug, Default)]
struct Node {
    keys: Vec<Key>,
    first: u16,
}

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
    nodes: Vec<Node>,
    /// Keys that are not remembered, of all mappings that are open.
    pub(super) others: Vec<(u32, u32)>,
    /// Elements of lists that are open.
    pub(super) cells: Vec<Cell>,
    pub(super) text: String,
    absent: Vec<StructId>,
    before: Lengths,
    pub(super) objects: u64,
}

impl<'s> Hand<'s> {
    pub(super) fn new(shapes: &'s Shapes) -> Hand<'s> {
        Hand {
            shapes,
            nodes: vec![Node { keys: Vec::new(), first: 0 }],
            others: Vec::new(),
            cells: Vec::new(),
            text: String::new(),
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
        self.others.clear();
        self.cells.clear();
        self.absent.clear();
    }

    pub(super) fn root(&mut self, record: &str, facts: &mut Facts) -> Result<Row, Odd> {
        if record.len() > self.shapes.longest {
            return Err(Odd);
        }
        self.objects = 0;
        let mut cursor = Cursor::new(record, self.shapes.bounds);
        cursor.blank();
        let of = self.shapes.get(self.shapes.root).ok_or(Odd)?.of;
        let row = facts.begin(of, None).ok_or(Odd)?;
        self.object(&mut cursor, facts, 0, self.shapes.root, Place { of, row: Some(row) }, 1)?;
        cursor.end()?;
        if self.objects > self.shapes.objects {
            return Err(Odd);
        }
        Ok(row)
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
            match key.member.and_then(|at| Some((at, shape.members.get(usize::from(at))?))) {
                Some((at, member)) => {
                    members |= 1u128.wrapping_shl(u32::from(at));
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

/// The way through the keys of a mapping.
#[derive(Debug)]
pub(super) struct Keys {
    node: NodeAt,
    /// The remembered key that is expected next.
    expected: u16,
    /// The one before.
    last: u16,
    /// Remembered keys that were seen, a bit each.
    seen: u128,
    /// Where its keys that are not remembered begin.
    others: usize,
    first: bool,
}

/// A key that was read; its value comes next.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    /// The member it is.
    pub(super) member: Option<u16>,
    /// What is remembered of the mappings in its value.
    pub(super) child: NodeAt,
    /// Whether it is `$unknown`.
    pub(super) unknown: bool,
}

impl Hand<'_> {
    /// Goes into a mapping, whose brace comes next.
    #[inline]
    pub(super) fn open(&mut self, cursor: &mut Cursor<'_>, node: NodeAt, depth: u32) -> Result<Keys, Odd> {
        cursor.take(b'{')?;
        if depth > cursor.bounds.nesting {
            return Err(Odd);
        }
        self.objects = self.objects.wrapping_add(1);
        let expected = self.nodes.get(node as usize).map_or(NO_KEY, |node| node.first);
        Ok(Keys { node, expected, last: NO_KEY, seen: 0, others: self.others.len(), first: true })
    }

    /// The next key; nothing behind the last, and the brace is passed then.
    #[inline]
    pub(super) fn next(
        &mut self,
        cursor: &mut Cursor<'_>,
        keys: &mut Keys,
        members: Option<&[Member]>,
    ) -> Result<Option<Found>, Odd> {
        let byte = cursor.blank();
        if byte == b'}' {
            cursor.step();
            self.close(cursor, keys)?;
            return Ok(None);
        }
        if !std::mem::replace(&mut keys.first, false) {
            cursor.take(b',')?;
        }
        if let Some(node) = self.nodes.get(keys.node as usize)
            && let Some(key) = node.keys.get(usize::from(keys.expected))
            && cursor.eat(&key.lead)
        {
            let bit = 1u128.wrapping_shl(u32::from(keys.expected));
            if keys.seen & bit != 0 {
                return Err(Odd);
            }
            keys.seen |= bit;
            keys.last = keys.expected;
            keys.expected = key.next;
            if cursor.peek() <= b' ' {
                cursor.blank();
            }
            return Ok(Some(Found { member: key.member, child: key.child, unknown: false }));
        }
        self.other(cursor, keys, members).map(Some)
    }

    /// A key that is not the one expected.
    #[inline(never)]
    fn other(&mut self, cursor: &mut Cursor<'_>, keys: &mut Keys, members: Option<&[Member]>) -> Result<Found, Odd> {
        let start = cursor.at;
        cursor.blank();
        let quoted = cursor.string()?;
        if quoted.escaped {
            return Err(Odd);
        }
        let name = quoted.raw;
        let ends = cursor.at.wrapping_sub(1);
        if cursor.blank() != b':' {
            return Err(Odd);
        }
        cursor.step();
        cursor.blank();
        if name == UNKNOWN {
            return self.aside(keys, cursor, name, ends, members);
        }
        let Some(node) = self.nodes.get_mut(keys.node as usize) else {
            return self.aside(keys, cursor, name, ends, members);
        };
        let known = node.keys.iter().position(|key| *key.name == *name);
        let at = match known {
            Some(at) => at,
            None if node.keys.len() < MOST_KEYS && name.len() <= 256 => {
                let member = members.and_then(|members| members.iter().position(|member| *member.input == *name));
                node.keys.push(Key {
                    lead: Box::default(),
                    name: name.into(),
                    member: member.and_then(|at| u16::try_from(at).ok()),
                    next: NO_KEY,
                    child: NOWHERE,
                });
                node.keys.len().wrapping_sub(1)
            }
            None => return self.aside(keys, cursor, name, ends, members),
        };
        let bit = u32::try_from(at).map_or(0, |at| 1u128.wrapping_shl(at));
        if keys.seen & bit != 0 {
            return Err(Odd);
        }
        keys.seen |= bit;
        // Remember how it is written here, and what it comes behind.
        let lead = cursor.since(start).as_bytes();
        let at16 = u16::try_from(at).unwrap_or(NO_KEY);
        match node.keys.get_mut(usize::from(keys.last)) {
            Some(last) => last.next = at16,
            None => node.first = at16,
        }
        let room = self.nodes.len() < MOST_NODES;
        let child = u32::try_from(self.nodes.len()).unwrap_or(NOWHERE);
        let Some(key) = self.nodes.get_mut(keys.node as usize).and_then(|node| node.keys.get_mut(at)) else {
            return Err(Odd);
        };
        if *key.lead != *lead && lead.len() <= 512 {
            key.lead = lead.into();
        }
        keys.last = at16;
        keys.expected = key.next;
        let mut found = Found { member: key.member, child: key.child, unknown: false };
        if found.child == NOWHERE && room && matches!(cursor.peek(), b'{' | b'[') {
            key.child = child;
            found.child = child;
            self.nodes.push(Node { keys: Vec::new(), first: NO_KEY });
        }
        Ok(found)
    }

    /// A key that is not remembered. Whether it stands twice is told where the mapping ends.
    fn aside(
        &mut self,
        keys: &Keys,
        cursor: &Cursor<'_>,
        name: &str,
        ends: usize,
        members: Option<&[Member]>,
    ) -> Result<Found, Odd> {
        let ends = u32::try_from(ends).map_err(|_| Odd)?;
        let length = u32::try_from(name.len()).map_err(|_| Odd)?;
        let _ = (keys, cursor);
        self.others.push((ends.wrapping_sub(length), ends));
        let unknown = name == UNKNOWN;
        // What is passed over may be something that the loader looks at.
        if unknown && members.is_none() {
            return Err(Odd);
        }
        let member = members.and_then(|members| members.iter().position(|member| *member.input == *name));
        Ok(Found { member: member.and_then(|at| u16::try_from(at).ok()), child: NOWHERE, unknown })
    }

    /// Behind the last key.
    #[inline]
    fn close(&mut self, cursor: &Cursor<'_>, keys: &Keys) -> Result<(), Odd> {
        if self.others.len() > keys.others {
            return self.close_others(cursor, keys);
        }
        Ok(())
    }

    fn close_others(&mut self, cursor: &Cursor<'_>, keys: &Keys) -> Result<(), Odd> {
        let others = self.others.get_mut(keys.others..).unwrap_or_default();
        let name = |place: &(u32, u32)| cursor.piece(place.0 as usize, place.1 as usize);
        others.sort_unstable_by_key(name);
        let doubled = others.windows(2).any(|pair| matches!(pair, [a, b] if name(a) == name(b)));
        self.others.truncate(keys.others);
        if doubled { Err(Odd) } else { Ok(()) }
    }
}
