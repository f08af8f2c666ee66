//! Values of the oracle: plain data, with the missing facts beside what is not known. No expression is walked here.

use std::collections::BTreeSet;
use std::sync::Arc;

use clearway::types::Const;
use clearway::value::{Date, Duration, Number, Size, StructId, Truth, Version};

/// Facts that are missing, by route.
pub type Facts = BTreeSet<String>;

/// Both sets together.
pub fn union(a: &Facts, b: &Facts) -> Facts {
    a.union(b).cloned().collect()
}

/// The same facts, missing since a step made unknown what depends on them.
pub fn since(missing: &Facts, step: &str) -> Facts {
    let since = |fact: &String| if fact.contains(SINCE) { fact.clone() } else { format!("{fact}{SINCE}{step}") };
    missing.iter().map(since).collect()
}

/// The routes of missing facts alone.
pub fn routes(facts: &Facts) -> Facts {
    facts.iter().map(|fact| fact.split_once(SINCE).map_or(fact.as_str(), |(route, _)| route).to_owned()).collect()
}

const SINCE: &str = " since step ";

/// A row by its struct: of the input, or made by a gather.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct RowRef {
    /// Its struct.
    pub of: StructId,
    /// Its place in the struct's table, or among the parts that gathers made.
    pub at: usize,
    /// Whether a gather made it.
    pub made: bool,
}

/// A value, `none`, or nothing known.
#[derive(Clone, PartialEq, Debug)]
pub enum Value {
    Unknown,
    None,
    Bool(bool),
    Number(Number),
    Size(Size),
    Duration(Duration),
    Date(Date),
    Version(Version),
    Text(Arc<str>),
    Enum(u16),
    Row(RowRef),
    List(List),
    Map(Vec<(Arc<str>, Val)>),
    /// A quantity that lies between two, both included; without an upper end: at least the lower.
    Between(Box<Value>, Option<Box<Value>>),
}

/// A value and what is missing where it is not (wholly) known. A list bears what is missing inside.
#[derive(Clone, PartialEq, Debug)]
pub struct Val {
    pub value: Value,
    pub missing: Facts,
}

/// A list, perhaps partly known.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct List {
    pub elements: Vec<Element>,
    /// What is not known of the list: one more element of which nothing is known.
    pub rest: Option<Facts>,
    /// What else was read of such an element and decided nothing: by a filter, by what is collected.
    pub read: Facts,
}

/// An element of a list.
#[derive(Clone, PartialEq, Debug)]
pub struct Element {
    pub value: Val,
    /// Where it is not known whether it is in the list: why.
    pub doubt: Option<Facts>,
}

impl Element {
    pub fn sure(value: Val) -> Element {
        Element { value, doubt: None }
    }
}

impl List {
    /// A list whose elements are all in it.
    pub fn sure(values: impl IntoIterator<Item = Val>) -> List {
        List { elements: values.into_iter().map(Element::sure).collect(), ..List::default() }
    }

    /// Everything that is missing in it, of elements' membership and of the rest.
    pub fn doubts(&self) -> Facts {
        let mut all = self.unknown_part().unwrap_or_default();
        for element in &self.elements {
            all.extend(element.doubt.iter().flatten().cloned());
        }
        all
    }

    /// What is missing of the rest, with what else was read of it.
    pub fn unknown_part(&self) -> Option<Facts> {
        self.rest.as_ref().map(|rest| union(rest, &self.read))
    }

    /// Whether it is known which elements it has.
    pub fn complete(&self) -> bool {
        self.rest.is_none() && self.elements.iter().all(|e| e.doubt.is_none())
    }
}

impl Val {
    pub fn known(value: Value) -> Val {
        Val { value, missing: Facts::new() }
    }

    pub fn unknown(missing: Facts) -> Val {
        Val { value: Value::Unknown, missing }
    }

    pub fn bool(truth: bool) -> Val {
        Val::known(Value::Bool(truth))
    }

    pub fn text(text: &str) -> Val {
        Val::known(Value::Text(text.into()))
    }

    pub fn list(list: List) -> Val {
        Val::known(Value::List(list))
    }

    /// A truth with what is missing where it is not known.
    pub fn truth(truth: Truth, missing: Facts) -> Val {
        match truth {
            Truth::True => Val::bool(true),
            Truth::False => Val::bool(false),
            Truth::Unknown => Val::unknown(missing),
        }
    }

    /// As a truth. What is no bool (it cannot come from a checked policy) is not known.
    pub fn as_truth(&self) -> Truth {
        match self.value {
            Value::Bool(b) => b.into(),
            _ => Truth::Unknown,
        }
    }

    /// As a list: of a list of which nothing is known all is rest.
    pub fn as_list(&self) -> List {
        match &self.value {
            Value::List(list) => list.clone(),
            _ => List { rest: Some(self.missing.clone()), ..List::default() },
        }
    }

    /// Whether nothing about it is open.
    pub fn decided(&self) -> bool {
        match &self.value {
            Value::Unknown | Value::Between(..) => false,
            Value::List(list) => list.complete() && list.elements.iter().all(|e| e.value.decided()),
            Value::Map(entries) => entries.iter().all(|(_, value)| value.decided()),
            _ => true,
        }
    }

    /// What is missing, inside of lists too; nothing where it is decided.
    pub fn gaps(&self) -> Facts {
        match &self.value {
            Value::List(list) => {
                let mut all = list.doubts();
                for element in &list.elements {
                    all.extend(element.value.gaps());
                }
                all
            }
            Value::Map(entries) => entries.iter().flat_map(|(_, value)| value.gaps()).collect(),
            Value::Unknown | Value::Between(..) => self.missing.clone(),
            _ => Facts::new(),
        }
    }

    /// A constant of a policy.
    pub fn constant(constant: &Const) -> Val {
        Val::known(match constant {
            Const::None => Value::None,
            Const::Bool(b) => Value::Bool(*b),
            Const::Number(n) => Value::Number(*n),
            Const::Size(s) => Value::Size(*s),
            Const::Duration(d) => Value::Duration(*d),
            Const::Date(d) => Value::Date(*d),
            Const::Version(v) => Value::Version(*v),
            Const::Text(t) => Value::Text(t.clone()),
            Const::Enum(_, value) => Value::Enum(*value),
            Const::List(values) => Value::List(List::sure(values.iter().map(Val::constant))),
            Const::Map(entries) => Value::Map(entries.iter().map(|(k, v)| (k.clone(), Val::constant(v))).collect()),
        })
    }
}

/// Kleene's `and` with what is missing: decided operands add nothing.
pub fn and(a: &Val, b: &Val) -> Val {
    Val::truth(a.as_truth().and(b.as_truth()), undecided([a, b]))
}

/// Kleene's `or` with what is missing.
pub fn or(a: &Val, b: &Val) -> Val {
    Val::truth(a.as_truth().or(b.as_truth()), undecided([a, b]))
}

/// Kleene's `not`.
pub fn not(a: &Val) -> Val {
    Val::truth(a.as_truth().negate(), a.missing.clone())
}

/// What is missing in those that are not decided.
pub fn undecided<'a>(operands: impl IntoIterator<Item = &'a Val>) -> Facts {
    operands.into_iter().flat_map(|operand| operand.gaps()).collect()
}

/// The truth of a doubt about a membership: a member, or not known.
pub fn membership(doubt: Option<&Facts>) -> Val {
    doubt.map_or_else(|| Val::bool(true), |missing| Val::unknown(missing.clone()))
}
