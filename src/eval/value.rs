//! Values while a program runs: what cells hold, lists that may be partly known, gathered parts, and intervals.

use std::rc::Rc;

use super::mode::Mode;
use crate::facts::Fact;
use crate::program::{GatheredId, ShapeId};
use crate::types::EnumId;
use crate::value::{Date, Duration, ListId, MapId, Number, Row, Size, StructId, TextId, Truth, Version};

/// A value.
#[derive(Clone, Debug)]
pub(super) enum Value<M: Mode> {
    /// Nobody knows.
    Unknown,
    /// There is none.
    None,
    Bool(bool),
    Number(Number),
    Size(Size),
    Duration(Duration),
    Date(Date),
    Version(Version),
    Text(Text),
    Enum(EnumId, u16),
    /// A row of the facts.
    Row(StructId, Row),
    /// A gathered part.
    Part(Rc<Part<M>>),
    List(List<M>),
    Map(Map<M>),
    /// Something between two quantities: a count or a sum that is only partly known.
    Range(Rc<Range>),
}

/// A text: of the pool, or made while the program runs.
#[derive(Clone, Debug)]
pub(super) enum Text {
    Id(TextId),
    Own(Rc<str>),
}

/// An element of a gathered list: where it comes from. Its fields are computed when they are read, in the world of then.
#[derive(Clone, Debug)]
pub(super) struct Part<M: Mode> {
    pub(super) gather: GatheredId,
    /// Which `from`.
    pub(super) source: u32,
    /// Whose list it is in.
    pub(super) owner: Value<M>,
    /// The element of `from x in xs`, with what is missing where it is unknown.
    pub(super) element: Option<Bound<M>>,
    /// Its place in the list, from 1.
    pub(super) ordinal: u32,
}

/// A value with what is missing where it is not decided.
#[derive(Clone, Debug)]
pub(super) struct Bound<M: Mode> {
    pub(super) value: Value<M>,
    pub(super) why: M::Note,
}

impl<M: Mode> Bound<M> {
    /// A value that is decided.
    #[inline]
    pub(super) fn known(value: Value<M>) -> Bound<M> {
        Bound { value, why: M::Note::default() }
    }
}

/// A list.
#[derive(Clone, Debug)]
pub(super) enum List<M: Mode> {
    /// All rows of a table, known to be all.
    Rows(StructId, u32),
    /// A list of the facts, what its cells hold, and the fact it is.
    Stored(ListId, ShapeId, Fact),
    /// A list that was made.
    Made(Rc<Made<M>>),
}

/// A list that was made: elements, and whether there may be more.
#[derive(Clone, Debug, Default)]
pub(super) struct Made<M: Mode> {
    pub(super) items: Vec<Item<M>>,
    /// That there may be further elements.
    pub(super) rest: Option<Rest<M>>,
}

/// What is not known of a list: one more element, of which nothing is known.
#[derive(Clone, Debug, Default)]
pub(super) struct Rest<M: Mode> {
    /// What is missing to know the list: what an element of `each` is missing.
    pub(super) missing: M::Note,
    /// What else was missing when it was filtered or collected: it may decide wherever the list is used as a whole.
    pub(super) beside: M::Note,
}

impl<M: Mode> Rest<M> {
    pub(super) fn new(missing: M::Note) -> Rest<M> {
        Rest { missing, beside: M::Note::default() }
    }
}

/// An element of a list.
#[derive(Clone, Debug)]
pub(super) struct Item<M: Mode> {
    pub(super) value: Value<M>,
    /// What is missing where the value is unknown.
    pub(super) why: M::Note,
    /// Whether it is in the list: true or unknown.
    pub(super) member: Truth,
    /// What is missing where that is unknown.
    pub(super) why_member: M::Note,
}

impl<M: Mode> Item<M> {
    /// An element that is known and known to be there.
    #[inline]
    pub(super) fn known(value: Value<M>) -> Item<M> {
        Item { value, why: M::Note::default(), member: Truth::True, why_member: M::Note::default() }
    }
}

/// A map.
#[derive(Clone, Debug)]
pub(super) enum Map<M: Mode> {
    /// A map of the facts, how its keys compare, what it holds, and the fact it is.
    Stored { id: MapId, by_name: bool, shape: ShapeId, fact: Fact },
    /// A map that stands in the policy.
    Made(Rc<Vec<(Rc<str>, Value<M>)>>),
}

/// A number or a quantity.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Debug)]
pub(super) enum Quantity {
    Number(Number),
    Size(Size),
    Duration(Duration),
}

/// Between two quantities of one kind; without an upper end: at least.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Range {
    pub(super) low: Quantity,
    pub(super) high: Option<Quantity>,
}

impl Quantity {
    pub(super) fn add(self, other: Quantity) -> Option<Quantity> {
        Some(match (self, other) {
            (Quantity::Number(a), Quantity::Number(b)) => Quantity::Number(a.plus(b)?),
            (Quantity::Size(a), Quantity::Size(b)) => Quantity::Size(a.plus(b)?),
            (Quantity::Duration(a), Quantity::Duration(b)) => Quantity::Duration(a.plus(b)?),
            _ => return None,
        })
    }

    pub(super) fn negate(self) -> Option<Quantity> {
        Some(match self {
            Quantity::Number(a) => Quantity::Number(a.negated()),
            Quantity::Size(a) => Quantity::Size(a.negated()?),
            Quantity::Duration(a) => Quantity::Duration(a.negated()?),
        })
    }
}

impl std::fmt::Display for Quantity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Quantity::Number(value) => value.fmt(f),
            Quantity::Size(value) => value.fmt(f),
            Quantity::Duration(value) => value.fmt(f),
        }
    }
}

impl<M: Mode> From<Quantity> for Value<M> {
    fn from(quantity: Quantity) -> Value<M> {
        match quantity {
            Quantity::Number(value) => Value::Number(value),
            Quantity::Size(value) => Value::Size(value),
            Quantity::Duration(value) => Value::Duration(value),
        }
    }
}

impl<M: Mode> From<Truth> for Value<M> {
    #[inline]
    fn from(truth: Truth) -> Value<M> {
        match truth {
            Truth::True => Value::Bool(true),
            Truth::False => Value::Bool(false),
            Truth::Unknown => Value::Unknown,
        }
    }
}

impl<M: Mode> Value<M> {
    /// Whether a condition that has this value holds. `none` is no condition; it cannot get here.
    #[inline]
    pub(super) fn truth(&self) -> Truth {
        match self {
            Value::Bool(value) => Truth::from(*value),
            Value::None => Truth::False,
            _ => Truth::Unknown,
        }
    }

    /// Whether nothing that is missing could change it. A list answers for itself: its elements carry what they miss.
    #[inline]
    pub(super) fn decided(&self) -> bool {
        !matches!(self, Value::Unknown | Value::Range(_))
    }

    /// A single quantity.
    #[inline]
    pub(super) fn quantity(&self) -> Option<Quantity> {
        Some(match self {
            Value::Number(value) => Quantity::Number(*value),
            Value::Size(value) => Quantity::Size(*value),
            Value::Duration(value) => Quantity::Duration(*value),
            _ => return None,
        })
    }

    /// The ends between which a quantity lies.
    pub(super) fn range(&self) -> Option<Range> {
        match self {
            Value::Range(range) => Some(**range),
            other => other.quantity().map(|value| Range { low: value, high: Some(value) }),
        }
    }

    /// A list that was made.
    pub(super) fn made(items: Vec<Item<M>>, rest: Option<Rest<M>>) -> Value<M> {
        Value::List(List::Made(Rc::new(Made { items, rest })))
    }
}

impl Range {
    /// The value between two ends; a single one where they meet.
    pub(super) fn value<M: Mode>(low: Quantity, high: Option<Quantity>) -> Value<M> {
        if high == Some(low) { low.into() } else { Value::Range(Rc::new(Range { low, high })) }
    }
}

impl<M: Mode> List<M> {
    /// A list of which nothing is known.
    pub(super) fn unknown(why: M::Note) -> List<M> {
        List::Made(Rc::new(Made { items: Vec::new(), rest: Some(Rest::new(why)) }))
    }

    /// The list of nothing.
    pub(super) fn empty() -> List<M> {
        List::Made(Rc::new(Made { items: Vec::new(), rest: None }))
    }

    /// What is not known of it.
    #[inline]
    pub(super) fn rest(&self) -> Option<&Rest<M>> {
        match self {
            List::Made(made) => made.rest.as_ref(),
            List::Rows(..) | List::Stored(..) => None,
        }
    }
}
