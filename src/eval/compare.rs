//! Comparing and computing: equality, order and arithmetic of values that may be unknown or intervals.

use std::cmp::Ordering;
use std::sync::Arc;

use super::machine::Machine;
use super::mode::Mode;
use super::value::{List, Map, Quantity, Range, Text, Value};
use crate::program::{Arithmetic, Comparison, ExprId};
use crate::value::Truth;

impl<M: Mode> Machine<'_, M> {
    pub(super) fn compare_nodes(&mut self, how: Comparison, left: ExprId, right: ExprId, fold: bool) -> Value<M> {
        let (left, right) = (self.eval(left), self.eval(right));
        let truth = match how {
            Comparison::Equal => self.equal(&left, &right, fold),
            Comparison::NotEqual => self.equal(&left, &right, fold).negate(),
            Comparison::Less => self.less(&left, &right, fold),
            Comparison::AtLeast => self.less(&left, &right, fold).negate(),
            Comparison::Greater => self.less(&right, &left, fold),
            Comparison::AtMost => self.less(&right, &left, fold).negate(),
        };
        if truth == Truth::Unknown {
            self.confess(&left);
            self.confess(&right);
        }
        truth.into()
    }

    /// A text.
    pub(super) fn text(&self, text: &Text) -> Arc<str> {
        match text {
            Text::Id(id) => self.facts().texts().get(*id).clone(),
            Text::Own(text) => (&**text).into(),
        }
    }

    fn same_text(&self, a: &Text, b: &Text, fold: bool) -> bool {
        let texts = self.facts().texts();
        match (a, b) {
            (Text::Id(a), Text::Id(b)) if fold => texts.folded(*a) == texts.folded(*b),
            (Text::Id(a), Text::Id(b)) => a == b,
            (Text::Own(a), Text::Own(b)) if !fold => a == b,
            _ if fold => self.text(a).to_lowercase() == self.text(b).to_lowercase(),
            _ => self.text(a) == self.text(b),
        }
    }

    /// Whether two values are equal. `none` equals `none` and nothing else.
    pub(super) fn equal(&mut self, a: &Value<M>, b: &Value<M>, fold: bool) -> Truth {
        match (a, b) {
            (Value::Unknown, _) | (_, Value::Unknown) => Truth::Unknown,
            (Value::None, Value::None) => Truth::True,
            (Value::None, _) | (_, Value::None) => Truth::False,
            (Value::Range(_), _) | (_, Value::Range(_)) => match (a.range(), b.range()) {
                (Some(a), Some(b)) if apart(a, b) => Truth::False,
                _ => Truth::Unknown,
            },
            (Value::Bool(a), Value::Bool(b)) => Truth::from(a == b),
            (Value::Number(a), Value::Number(b)) => Truth::from(a == b),
            (Value::Size(a), Value::Size(b)) => Truth::from(a == b),
            (Value::Duration(a), Value::Duration(b)) => Truth::from(a == b),
            (Value::Date(a), Value::Date(b)) => Truth::from(a == b),
            (Value::Version(a), Value::Version(b)) => Truth::from(a == b),
            (Value::Text(a), Value::Text(b)) => Truth::from(self.same_text(a, b, fold)),
            (Value::Enum(of, a), Value::Enum(other, b)) => Truth::from(of == other && a == b),
            (Value::Row(of, a), Value::Row(other, b)) => Truth::from(of == other && a == b),
            (Value::Part(a), Value::Part(b)) => {
                let place = a.gather == b.gather && a.source == b.source;
                if !place {
                    return Truth::False;
                }
                let owner = self.equal(&a.owner, &b.owner, fold);
                let element = match (&a.element, &b.element) {
                    (Some(a), Some(b)) => self.equal(&a.value, &b.value, fold),
                    _ => Truth::True,
                };
                owner.and(element)
            }
            (Value::List(a), Value::List(b)) => self.equal_lists(a, b, fold),
            (Value::Map(a), Value::Map(b)) => Truth::from(self.same_map(a, b)),
            _ => Truth::False,
        }
    }

    /// Lists are equal where they have equal elements in one order; a partly known one is equal to none for certain.
    fn equal_lists(&mut self, a: &List<M>, b: &List<M>, fold: bool) -> Truth {
        let (lengths, partly) = ((self.len(a), self.len(b)), a.rest().is_some() || b.rest().is_some());
        if partly {
            return Truth::Unknown;
        }
        let mut truth = Truth::from(lengths.0 == lengths.1);
        for at in 0..lengths.0.max(lengths.1) {
            let pair = (at < lengths.0 && at < lengths.1).then(|| (self.item(a, at), self.item(b, at)));
            let uncertain = |item: &super::value::Item<M>| item.member == Truth::Unknown;
            match pair {
                Some((x, y)) if uncertain(&x) || uncertain(&y) => return Truth::Unknown,
                Some((x, y)) => truth = truth.and(self.equal(&x.value, &y.value, fold)),
                None => {
                    let longer = if lengths.0 > lengths.1 { a } else { b };
                    if uncertain(&self.item(longer, at)) {
                        return Truth::Unknown;
                    }
                }
            }
        }
        truth
    }

    fn same_map(&self, a: &Map<M>, b: &Map<M>) -> bool {
        match (a, b) {
            (Map::Stored { id: a, .. }, Map::Stored { id: b, .. }) => self.facts().map(*a) == self.facts().map(*b),
            (a, b) => self.map_len(a) == 0 && self.map_len(b) == 0,
        }
    }

    /// Whether a value is before another.
    fn less(&self, a: &Value<M>, b: &Value<M>, fold: bool) -> Truth {
        if let (Some(a), Some(b)) = (a.range(), b.range()) {
            if a.high.is_some_and(|high| high < b.low) {
                return Truth::True;
            }
            if b.high.is_some_and(|high| a.low >= high) {
                return Truth::False;
            }
            return Truth::Unknown;
        }
        self.order(a, b, fold).map_or(Truth::Unknown, |order| Truth::from(order == Ordering::Less))
    }

    /// The order of two single values of one type.
    pub(super) fn order(&self, a: &Value<M>, b: &Value<M>, fold: bool) -> Option<Ordering> {
        Some(match (a, b) {
            (Value::Number(a), Value::Number(b)) => a.cmp(b),
            (Value::Size(a), Value::Size(b)) => a.cmp(b),
            (Value::Duration(a), Value::Duration(b)) => a.cmp(b),
            (Value::Date(a), Value::Date(b)) => a.cmp(b),
            (Value::Version(a), Value::Version(b)) => a.cmp(b),
            (Value::Enum(_, a), Value::Enum(_, b)) => a.cmp(b),
            (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
            (Value::Text(a), Value::Text(b)) if fold => self.text(a).to_lowercase().cmp(&self.text(b).to_lowercase()),
            (Value::Text(a), Value::Text(b)) => self.text(a).cmp(&self.text(b)),
            _ => return None,
        })
    }

    pub(super) fn negate(&mut self, a: ExprId) -> Value<M> {
        self.eval(a).quantity().and_then(Quantity::negate).map_or(Value::Unknown, Value::from)
    }

    pub(super) fn arithmetic_nodes(&mut self, how: Arithmetic, a: ExprId, b: ExprId) -> Value<M> {
        let (left, right) = (self.eval(a), self.eval(b));
        if matches!(left, Value::Range(_)) || matches!(right, Value::Range(_)) {
            return interval(how, &left, &right).unwrap_or(Value::Unknown);
        }
        if let (Arithmetic::Add, Value::Text(left), Value::Text(right)) = (how, &left, &right) {
            let joined = format!("{}{}", self.text(left), self.text(right));
            return Value::Text(Text::Own(joined.into()));
        }
        compute(how, &left, &right).unwrap_or(Value::Unknown)
    }
}

/// Whether two ranges have no value in common.
fn apart(a: Range, b: Range) -> bool {
    a.high.is_some_and(|high| high < b.low) || b.high.is_some_and(|high| high < a.low)
}

/// An interval and a known quantity, added or subtracted.
fn interval<M: Mode>(how: Arithmetic, a: &Value<M>, b: &Value<M>) -> Option<Value<M>> {
    match (how, a, b) {
        (Arithmetic::Add, Value::Range(range), by) | (Arithmetic::Add, by, Value::Range(range)) => {
            shifted(range, by.quantity()?)
        }
        (Arithmetic::Subtract, Value::Range(range), by) => shifted(range, by.quantity()?.negate()?),
        (Arithmetic::Subtract, from, Value::Range(range)) => {
            let from = from.quantity()?;
            let low = from.add(range.high?.negate()?)?;
            let high = from.add(range.low.negate()?)?;
            Some(Range::value(low, Some(high)))
        }
        _ => None,
    }
}

fn shifted<M: Mode>(range: &Range, by: Quantity) -> Option<Value<M>> {
    let high = match range.high {
        Some(high) => Some(high.add(by)?),
        None => None,
    };
    Some(Range::value(range.low.add(by)?, high))
}

/// Arithmetic on single values; nothing where it cannot be done.
pub(super) fn compute<M: Mode>(how: Arithmetic, a: &Value<M>, b: &Value<M>) -> Option<Value<M>> {
    use Value::{Date as D, Duration as T, Number as N, Size as S};
    Some(match (how, a, b) {
        (Arithmetic::Add, D(day), T(time)) | (Arithmetic::Add, T(time), D(day)) => D(day.plus(*time)?),
        (Arithmetic::Subtract, D(day), T(time)) => D(day.plus(time.negated()?)?),
        (Arithmetic::Subtract, D(day), D(earlier)) => T(day.since(*earlier)?),
        (Arithmetic::Add, ..) => a.quantity()?.add(b.quantity()?)?.into(),
        (Arithmetic::Subtract, ..) => a.quantity()?.add(b.quantity()?.negate()?)?.into(),
        (Arithmetic::Multiply, N(a), N(b)) => N(a.times(*b)?),
        (Arithmetic::Multiply, S(size), N(factor)) | (Arithmetic::Multiply, N(factor), S(size)) => {
            S(size.times(*factor)?)
        }
        (Arithmetic::Multiply, T(time), N(factor)) | (Arithmetic::Multiply, N(factor), T(time)) => {
            T(time.times(*factor)?)
        }
        (Arithmetic::Divide, N(a), N(b)) => N(a.over(*b)?),
        (Arithmetic::Divide, S(a), S(b)) => N(a.over(*b)?),
        (Arithmetic::Divide, T(a), T(b)) => N(a.over(*b)?),
        (Arithmetic::Divide, S(size), N(by)) => S(size.share(*by)?),
        (Arithmetic::Divide, T(time), N(by)) => T(time.share(*by)?),
        _ => return None,
    })
}
