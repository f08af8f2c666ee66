//! What a screen consists of: operations over lanes, the domains that lanes stand in, and what is judged of them.
//!
//! A *lane* is the value of one expression for all rows of a domain at once. The outermost *domain* are the subjects; the
//! elements of a list over some domain are a domain within it.

use std::sync::{Arc, OnceLock};

use regex::Regex;

use super::acts::Acting;
use crate::eval::run::Which;
use crate::program::{Arithmetic, Builtin};
use crate::types::FieldId;
use crate::value::{Cell, StructId};

/// Nobody knows: of lanes of words.
pub(super) const UNKNOWN: u32 = u32::MAX;
/// There is none: of lanes of words.
pub(super) const NONE: u32 = u32::MAX - 1;
/// The first text of the policy that the facts do not have; the others stand below.
pub(super) const FOREIGN: u32 = u32::MAX - 2;

/// False, unknown and true as bytes, so that `and` is the lesser and `or` the greater of two.
pub(super) const FALSE: u8 = 0;
pub(super) const DOUBT: u8 = 1;
pub(super) const TRUE: u8 = 2;
/// Of fields that hold a boolean or none: none. Of matrices: the source is silent.
pub(super) const OTHER: u8 = 3;

/// A lane, by the operation that fills it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) struct LaneId(pub(super) u32);

/// A domain.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) struct Dom(pub(super) u32);

impl Dom {
    /// The subjects.
    pub(super) const SUBJECTS: Dom = Dom(0);

    pub(super) fn at(self) -> usize {
        self.0 as usize
    }
}

impl LaneId {
    pub(super) fn at(self) -> usize {
        self.0 as usize
    }
}

/// How a lane is stored.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Form {
    /// Truths and booleans.
    Bytes,
    /// Texts, values of enums, rows, lists and maps by their numbers.
    Words,
    /// Numbers, quantities, dates and versions.
    Cells,
    /// How many: at least and at most.
    Counts,
}

/// A value that is known when a screen is made.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Fixed {
    Byte(u8),
    Word(u32),
    /// A text of the policy as it is.
    Text(u32),
    /// The same by its folded form.
    Folded(u32),
    Cell(Cell),
}

/// An operand.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Arg {
    Lane(LaneId),
    Fixed(Fixed),
}

/// A stored field of the rows of a lane.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct Stored {
    pub(super) rows: LaneId,
    pub(super) of: StructId,
    pub(super) field: FieldId,
}

/// How a field is compared with a constant.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Against {
    Same,
    Before,
    After,
}

/// What fills a lane.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Op {
    /// The rows of the subjects.
    Subjects,
    /// The same everywhere.
    Fill(Fixed),
    Field(Stored),
    /// A field of numbers, quantities, dates or versions against a constant.
    FieldIs(Stored, Against, Cell),
    /// Texts by their folded forms.
    Folded(LaneId),
    /// Texts in small letters.
    Lower(LaneId),
    /// The elements of the list that the domain is made of.
    Expand(Dom),
    /// What elements come to together, where that is known.
    Sum {
        body: LaneId,
        member: LaneId,
        dom: Dom,
        zero: Cell,
    },
    /// Whether elements are in the list, as far as the list itself says.
    Member(Dom),
    /// Whether they are the unknown rest of their list.
    Rest(Dom),
    /// What is said of the owner, said of each element.
    Spread(LaneId, Dom),
    /// Unknown where the element is the unknown rest.
    Unrest(LaneId, Dom),
    /// The truth of a boolean field: none is no condition.
    Truth(LaneId),
    Not(LaneId),
    And(LaneId, LaneId),
    Or(LaneId, LaneId),
    Same(LaneId, Arg),
    /// Whether the left one is less; texts by their letters.
    Before(Arg, Arg, bool),
    /// Whether a word is among constants.
    Among(LaneId, u32),
    /// Whether a word is an element of a stored list.
    InList {
        element: LaneId,
        list: LaneId,
        fold: bool,
    },
    IsNone(LaneId),
    Exists(LaneId),
    Known(LaneId),
    /// Whether stored lists, or maps, are known with all they hold.
    KnownList(LaneId),
    KnownMap(LaneId),
    Else(LaneId, LaneId),
    If(LaneId, LaneId, LaneId),
    /// Whether it is so of some element.
    Any(LaneId, Dom),
    /// How many elements are there, by their membership.
    Count(LaneId, Dom),
    /// How many elements a stored list has.
    Length(LaneId),
    TextLength(LaneId),
    MapLength(LaneId),
    TextTest(Builtin2, LaneId, Arg),
    Matches(LaneId, u32),
    Round(LaneId, bool),
    Compute(How, LaneId, LaneId),
    Negate(LaneId),
    /// What a map holds under a key.
    Entry {
        map: LaneId,
        key: Arg,
        by_name: bool,
        holds: Holds,
    },
    /// The header of a matrix that a value hits.
    Header(u32, LaneId),
    /// What the cell of a matrix says that is hit by two headers.
    Table(u32, LaneId, LaneId),
}

/// Tests of two texts.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Builtin2 {
    StartsWith,
    EndsWith,
    Contains,
}

impl Builtin2 {
    pub(super) fn of(builtin: Builtin) -> Option<Builtin2> {
        Some(match builtin {
            Builtin::StartsWith => Builtin2::StartsWith,
            Builtin::EndsWith => Builtin2::EndsWith,
            Builtin::Contains => Builtin2::Contains,
            _ => return None,
        })
    }
}

/// `+ - * /`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum How {
    Add,
    Subtract,
    Multiply,
    Divide,
}

impl From<Arithmetic> for How {
    fn from(how: Arithmetic) -> How {
        match how {
            Arithmetic::Add => How::Add,
            Arithmetic::Subtract => How::Subtract,
            Arithmetic::Multiply => How::Multiply,
            Arithmetic::Divide => How::Divide,
        }
    }
}

impl From<How> for Arithmetic {
    fn from(how: How) -> Arithmetic {
        match how {
            How::Add => Arithmetic::Add,
            How::Subtract => Arithmetic::Subtract,
            How::Multiply => Arithmetic::Multiply,
            How::Divide => Arithmetic::Divide,
        }
    }
}

/// A domain within another one: the elements of a list, or what a map holds.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct Within {
    pub(super) parent: Dom,
    pub(super) list: LaneId,
    pub(super) map: bool,
    pub(super) holds: Holds,
}

/// Which cells a list or a map holds.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Holds {
    Bools,
    Texts,
    Values,
    Rows,
    Lists,
    Maps,
    Numbers,
    Sizes,
    Durations,
    Dates,
    Versions,
}

/// A text of the policy.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Word {
    pub(super) text: Arc<str>,
    /// Where its lower form stands; the place of the text itself where it is that.
    pub(super) lower: u32,
}

/// What a header of a matrix stands for.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Stand {
    None,
    Is(Fixed),
    /// A range with its ends, each with whether it belongs to it.
    Range(Option<(Cell, bool)>, Option<(Cell, bool)>),
    Any,
}

/// One side of a matrix.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Headers {
    pub(super) headers: Vec<Vec<Stand>>,
    /// The header that takes what no other one takes.
    pub(super) other: Option<u32>,
}

/// What the cells of a matrix say; behind the last header stands what all that are possible say together.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Table {
    pub(super) width: u32,
    pub(super) says: Vec<u8>,
}

/// What is judged.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Say {
    /// A condition, or the cell of a matrix.
    Demand(LaneId),
    Note,
}

/// A rule.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Judging {
    pub(super) which: Which,
    /// The elements that it speaks about.
    pub(super) dom: Dom,
    /// What mentions no element.
    pub(super) first: Option<LaneId>,
    /// All of `when`, memberships included; nothing: always.
    pub(super) when: Option<LaneId>,
    /// Whether elements are there at all; nothing: all are.
    pub(super) member: Option<LaneId>,
    /// Whether they are unknown rests.
    pub(super) rest: Option<LaneId>,
    pub(super) says: Say,
}

/// A compiled screen.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub(super) ops: Vec<Op>,
    pub(super) forms: Vec<Form>,
    pub(super) doms_of: Vec<Dom>,
    /// All domains but the subjects, by their numbers less one.
    pub(super) within: Vec<Within>,
    pub(super) words: Vec<Word>,
    pub(super) among: Vec<Vec<Fixed>>,
    pub(super) patterns: Vec<Pattern>,
    pub(super) headers: Vec<Headers>,
    pub(super) tables: Vec<Table>,
    pub(super) rules: Vec<Judging>,
    /// The effects of a plan's steps, as far as they are covered.
    pub(super) effects: Vec<Option<Acting>>,
    /// What is evaluated of each domain's elements at most, each.
    pub(super) cost: Vec<u64>,
    /// Structs of which other rows than the subjects' are read.
    pub(super) reached: Vec<StructId>,
}

/// A pattern, compiled when it is first asked for.
#[derive(Debug)]
pub(super) struct Pattern {
    pub(super) text: Arc<str>,
    pub(super) compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    pub(super) fn get(&self) -> Option<&Regex> {
        self.compiled.get_or_init(|| Regex::new(&self.text).ok()).as_ref()
    }
}

impl Plan {
    pub(super) fn form(&self, lane: LaneId) -> Form {
        self.forms.get(lane.at()).copied().unwrap_or(Form::Bytes)
    }

    pub(super) fn dom(&self, lane: LaneId) -> Dom {
        self.doms_of.get(lane.at()).copied().unwrap_or(Dom::SUBJECTS)
    }

    pub(super) fn domain(&self, dom: Dom) -> Option<&Within> {
        self.within.get(dom.at().checked_sub(1)?)
    }

    pub(super) fn depth(&self, dom: Dom) -> usize {
        let (mut depth, mut dom) = (0usize, dom);
        while let Some(within) = self.domain(dom) {
            depth = depth.saturating_add(1);
            dom = within.parent;
        }
        depth
    }
}
