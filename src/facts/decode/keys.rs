//! Telling the keys of mappings: each is expected where it stood the last time, and written as it was then. Others are looked
//! up by their names. A key that stands twice in one mapping is never taken.

use super::Odd;
use super::cursor::{Cursor, Lead};
use super::hand::Hand;
use super::shape::Member;
use crate::facts::load::UNKNOWN;

/// A place in what is remembered; [`NOWHERE`] for mappings whose keys are not.
pub(super) type NodeAt = u32;
/// Nothing is remembered here.
pub(super) const NOWHERE: NodeAt = u32::MAX;
/// Mappings that are remembered at most.
const MOST_NODES: usize = 4_096;
/// Keys of a mapping that are remembered at most: a bit each tells which were seen.
const MOST_KEYS: usize = 128;
/// The longest lead that is remembered.
const LONGEST_LEAD: usize = 512;
/// No key.
const NO_KEY: u32 = u32::MAX;

/// What is remembered of the keys of all mappings.
#[derive(Clone, Debug)]
pub(super) struct Memory {
    keys: Vec<Key>,
    nodes: Vec<Node>,
    /// Keys that are not remembered, of all mappings that are open.
    others: Vec<(u32, u32)>,
}

/// A key of a mapping.
#[derive(Clone, Debug)]
struct Key {
    lead: Lead,
    /// Whether the lead begins behind another key's value, with a comma.
    behind: bool,
    /// Its bit among the keys of its mapping.
    bit: u128,
    /// The key that came behind it the last time.
    next: u32,
    /// What is remembered of the mappings in its value.
    child: NodeAt,
    /// The member it is, by its place in the shape.
    member: Option<u16>,
    name: Box<str>,
}

/// The keys of the mappings at one place of the records.
#[derive(Clone, Debug)]
struct Node {
    keys: Vec<u32>,
    first: u32,
}

impl Memory {
    pub(super) fn new() -> Memory {
        Memory { keys: Vec::new(), nodes: vec![Node { keys: Vec::new(), first: NO_KEY }], others: Vec::new() }
    }

    /// Forgets the mappings that are open.
    pub(super) fn leave(&mut self) {
        self.others.clear();
    }
}

/// The way through the keys of a mapping.
#[derive(Debug)]
pub(super) struct Keys {
    node: NodeAt,
    /// The remembered key that is expected next.
    expected: u32,
    /// The one before.
    last: u32,
    /// Remembered keys that were seen, a bit each.
    seen: u128,
    /// Where its keys that are not remembered begin.
    others: usize,
    /// Whether there was a key.
    behind: bool,
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
        let expected = self.memory.nodes.get(node as usize).map_or(NO_KEY, |node| node.first);
        Ok(Keys { node, expected, last: NO_KEY, seen: 0, others: self.memory.others.len(), behind: false })
    }

    /// The next key; nothing behind the last, and the brace is passed then.
    #[inline(always)]
    pub(super) fn next(
        &mut self,
        cursor: &mut Cursor<'_>,
        keys: &mut Keys,
        members: Option<&[Member]>,
    ) -> Result<Option<Found>, Odd> {
        if let Some(key) = self.memory.keys.get(keys.expected as usize)
            && key.behind == keys.behind
            && cursor.eat_lead(&key.lead)
        {
            if keys.seen & key.bit != 0 {
                return Err(Odd);
            }
            keys.behind = true;
            keys.seen |= key.bit;
            keys.last = keys.expected;
            keys.expected = key.next;
            if cursor.peek() <= b' ' {
                cursor.blank();
            }
            return Ok(Some(Found { member: key.member, child: key.child, unknown: false }));
        }
        if cursor.peek() == b'}' && self.memory.others.len() == keys.others {
            cursor.step();
            return Ok(None);
        }
        self.turn(cursor, keys, members)
    }

    /// What is not what was expected: another key, or the end.
    #[inline(never)]
    fn turn(
        &mut self,
        cursor: &mut Cursor<'_>,
        keys: &mut Keys,
        members: Option<&[Member]>,
    ) -> Result<Option<Found>, Odd> {
        let start = cursor.at;
        if cursor.blank() == b'}' {
            cursor.step();
            self.close(cursor, keys)?;
            return Ok(None);
        }
        let behind = std::mem::replace(&mut keys.behind, true);
        if behind {
            cursor.take(b',')?;
        }
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
            return self.aside(name, ends, members).map(Some);
        }
        let memory = &mut self.memory;
        let Some(node) = memory.nodes.get_mut(keys.node as usize) else {
            return self.aside(name, ends, members).map(Some);
        };
        let named = |at: &u32| memory.keys.get(*at as usize).is_some_and(|key| *key.name == *name);
        let at = match node.keys.iter().copied().find(named) {
            Some(at) => at,
            None if node.keys.len() < MOST_KEYS && name.len() <= 256 => {
                let at = u32::try_from(memory.keys.len()).unwrap_or(NO_KEY);
                let bit = u32::try_from(node.keys.len()).map_or(0, |bit| 1u128.wrapping_shl(bit));
                let member = member(members, name);
                let lead = Lead::new(&[]);
                let name = name.into();
                memory.keys.push(Key { lead, behind, bit, next: NO_KEY, child: NOWHERE, member, name });
                node.keys.push(at);
                at
            }
            None => return self.aside(name, ends, members).map(Some),
        };
        // Remember what it comes behind, and how it is written here.
        match memory.keys.get_mut(keys.last as usize) {
            Some(last) => last.next = at,
            None => node.first = at,
        }
        let Some(key) = memory.keys.get_mut(at as usize) else { return Err(Odd) };
        if keys.seen & key.bit != 0 {
            return Err(Odd);
        }
        keys.seen |= key.bit;
        let lead = cursor.since(start).as_bytes();
        if !key.lead.is(lead) && lead.len() <= LONGEST_LEAD {
            (key.lead, key.behind) = (Lead::new(lead), behind);
        }
        keys.last = at;
        keys.expected = key.next;
        if key.child == NOWHERE && memory.nodes.len() < MOST_NODES && matches!(cursor.peek(), b'{' | b'[') {
            key.child = u32::try_from(memory.nodes.len()).unwrap_or(NOWHERE);
            memory.nodes.push(Node { keys: Vec::new(), first: NO_KEY });
        }
        Ok(Some(Found { member: key.member, child: key.child, unknown: false }))
    }

    /// A key that is not remembered. Whether it stands twice is told where the mapping ends.
    fn aside(&mut self, name: &str, ends: usize, members: Option<&[Member]>) -> Result<Found, Odd> {
        let ends = u32::try_from(ends).map_err(|_| Odd)?;
        let length = u32::try_from(name.len()).map_err(|_| Odd)?;
        self.memory.others.push((ends.wrapping_sub(length), ends));
        let unknown = name == UNKNOWN;
        // What is passed over may be something that the loader looks at.
        if unknown && members.is_none() {
            return Err(Odd);
        }
        Ok(Found { member: member(members, name), child: NOWHERE, unknown })
    }

    /// Behind the last key.
    fn close(&mut self, cursor: &Cursor<'_>, keys: &Keys) -> Result<(), Odd> {
        let others = self.memory.others.get_mut(keys.others..).unwrap_or_default();
        let name = |place: &(u32, u32)| cursor.piece(place.0 as usize, place.1 as usize);
        others.sort_unstable_by_key(name);
        let doubled = others.windows(2).any(|pair| matches!(pair, [a, b] if name(a) == name(b)));
        self.memory.others.truncate(keys.others);
        if doubled { Err(Odd) } else { Ok(()) }
    }
}

/// The member of a name, by its place in the shape.
fn member(members: Option<&[Member]>, name: &str) -> Option<u16> {
    let at = members?.iter().position(|member| *member.input == *name)?;
    u16::try_from(at).ok()
}
