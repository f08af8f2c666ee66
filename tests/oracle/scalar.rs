//! What single values are to each other: equality, order, arithmetic, and how a message shows them.

use std::cmp::Ordering;

use clearway::check::tree::{Arithmetic, Comparison};
use clearway::value::{Duration, Number, Size};

use super::value::{Val, Value, undecided};

/// The order of two known values of one type; names without regard to case. Nothing where there is none.
pub fn order(a: &Value, b: &Value, names: bool) -> Option<Ordering> {
    Some(match (a, b) {
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (Value::Number(a), Value::Number(b)) => a.cmp(b),
        (Value::Size(a), Value::Size(b)) => a.cmp(b),
        (Value::Duration(a), Value::Duration(b)) => a.cmp(b),
        (Value::Date(a), Value::Date(b)) => a.cmp(b),
        (Value::Version(a), Value::Version(b)) => a.cmp(b),
        (Value::Text(a), Value::Text(b)) if names => a.to_lowercase().cmp(&b.to_lowercase()),
        (Value::Text(a), Value::Text(b)) => a.cmp(b),
        (Value::Enum(a), Value::Enum(b)) => a.cmp(b),
        (Value::Row(a), Value::Row(b)) => a.cmp(b),
        _ => return None,
    })
}

/// Whether a comparison holds of two values in this order.
fn holds(comparison: Comparison, order: Ordering) -> bool {
    match comparison {
        Comparison::Equal => order == Ordering::Equal,
        Comparison::NotEqual => order != Ordering::Equal,
        Comparison::Less => order == Ordering::Less,
        Comparison::AtMost => order != Ordering::Greater,
        Comparison::Greater => order == Ordering::Greater,
        Comparison::AtLeast => order != Ordering::Less,
    }
}

/// Lower and upper end of a quantity; the upper one may be open.
fn ends(value: &Value) -> (&Value, Option<&Value>) {
    match value {
        Value::Between(low, high) => (low, high.as_deref()),
        one => (one, Some(one)),
    }
}

/// `a == b`, `a < b` and so on.
pub fn compare(comparison: Comparison, a: &Val, b: &Val, names: bool) -> Val {
    if matches!(a.value, Value::Unknown) || matches!(b.value, Value::Unknown) {
        return Val::unknown(undecided([a, b]));
    }
    // `none` is equal to itself alone, and has no order.
    let none = (matches!(a.value, Value::None), matches!(b.value, Value::None));
    if none.0 || none.1 {
        return match comparison {
            Comparison::Equal => Val::bool(none.0 && none.1),
            Comparison::NotEqual => Val::bool(!(none.0 && none.1)),
            _ => Val::unknown(undecided([a, b])),
        };
    }
    if let (Value::List(x), Value::List(y)) = (&a.value, &b.value) {
        let same = x.complete() && y.complete() && x.elements.len() == y.elements.len();
        let equal = x.elements.iter().zip(&y.elements).fold(Val::bool(same), |so_far, (x, y)| {
            super::value::and(&so_far, &compare(Comparison::Equal, &x.value, &y.value, names))
        });
        return if comparison == Comparison::NotEqual { super::value::not(&equal) } else { equal };
    }
    // Every value that a may have against every value that b may have: the ends tell.
    let ((a_low, a_high), (b_low, b_high)) = (ends(&a.value), ends(&b.value));
    let below = a_high.and_then(|high| order(high, b_low, names));
    let above = b_high.and_then(|high| order(a_low, high, names));
    let single = a_high == Some(a_low) && b_high == Some(b_low);
    let possible: Vec<Ordering> = if single {
        order(a_low, b_low, names).into_iter().collect()
    } else {
        let mut possible = vec![];
        // There is an a below a b unless the lowest a is at or above the highest b.
        if above.is_none_or(|o| o == Ordering::Less) {
            possible.push(Ordering::Less);
        }
        if below.is_none_or(|o| o == Ordering::Greater) {
            possible.push(Ordering::Greater);
        }
        // There is a common one unless one lies wholly beside the other.
        if below != Some(Ordering::Less) && above != Some(Ordering::Greater) {
            possible.push(Ordering::Equal);
        }
        possible
    };
    let answers: Vec<bool> = possible.iter().map(|order| holds(comparison, *order)).collect();
    match answers.first() {
        Some(first) if answers.iter().all(|answer| answer == first) => Val::bool(*first),
        _ => Val::unknown(undecided([a, b])),
    }
}

/// Arithmetic on two known single values; nothing where it cannot be done.
pub fn calculate(how: Arithmetic, a: &Value, b: &Value) -> Option<Value> {
    use Arithmetic::{Add, Divide, Multiply, Subtract};
    use rust_decimal::prelude::ToPrimitive;
    let exact =
        |value: i64, divisor: Number| rust_decimal::Decimal::from(value).checked_div(divisor.0)?.round().to_i64();
    Some(match (how, a, b) {
        (Add, Value::Number(a), Value::Number(b)) => Value::Number(Number(a.0.checked_add(b.0)?)),
        (Subtract, Value::Number(a), Value::Number(b)) => Value::Number(Number(a.0.checked_sub(b.0)?)),
        (Multiply, Value::Number(a), Value::Number(b)) => Value::Number(Number(a.0.checked_mul(b.0)?)),
        (Divide, Value::Number(a), Value::Number(b)) => Value::Number(Number(a.0.checked_div(b.0)?)),
        (Add, Value::Size(a), Value::Size(b)) => Value::Size(Size(a.0.checked_add(b.0)?)),
        (Subtract, Value::Size(a), Value::Size(b)) => Value::Size(Size(a.0.checked_sub(b.0)?)),
        (Divide, Value::Size(a), Value::Size(b)) => Value::Number(a.over(*b)?),
        (Multiply, Value::Size(a), Value::Number(b)) | (Multiply, Value::Number(b), Value::Size(a)) => {
            Value::Size(a.times(*b)?)
        }
        (Divide, Value::Size(a), Value::Number(b)) => Value::Size(Size(exact(a.0, *b)?)),
        (Add, Value::Duration(a), Value::Duration(b)) => Value::Duration(Duration(a.0.checked_add(b.0)?)),
        (Subtract, Value::Duration(a), Value::Duration(b)) => Value::Duration(Duration(a.0.checked_sub(b.0)?)),
        (Divide, Value::Duration(a), Value::Duration(b)) => Value::Number(a.over(*b)?),
        (Multiply, Value::Duration(a), Value::Number(b)) | (Multiply, Value::Number(b), Value::Duration(a)) => {
            Value::Duration(a.times(*b)?)
        }
        (Divide, Value::Duration(a), Value::Number(b)) => Value::Duration(Duration(exact(a.0, *b)?)),
        (Add, Value::Date(a), Value::Duration(b)) | (Add, Value::Duration(b), Value::Date(a)) => {
            Value::Date(a.plus(*b)?)
        }
        (Subtract, Value::Date(a), Value::Duration(b)) => Value::Date(a.plus(Duration(b.0.checked_neg()?))?),
        (Subtract, Value::Date(a), Value::Date(b)) => Value::Duration(a.since(*b)?),
        (Add, Value::Text(a), Value::Text(b)) => Value::Text(format!("{a}{b}").into()),
        _ => return None,
    })
}

/// `a + b` and so on. A quantity between two stays one where something known is added or taken away.
pub fn arithmetic(how: Arithmetic, a: &Val, b: &Val) -> Val {
    let between = |low: Option<Value>, high: Option<Option<Value>>| match (low, high) {
        (Some(low), Some(high)) => {
            Val { value: Value::Between(Box::new(low), high.map(Box::new)), missing: undecided([a, b]) }
        }
        _ => Val::unknown(undecided([a, b])),
    };
    match (&a.value, &b.value, how) {
        (Value::Unknown, ..) | (_, Value::Unknown, _) => Val::unknown(undecided([a, b])),
        (Value::Between(..), Value::Between(..), _) => Val::unknown(undecided([a, b])),
        (Value::Between(low, high), known, Arithmetic::Add | Arithmetic::Subtract) => between(
            calculate(how, low, known),
            high.as_ref().map_or(Some(None), |high| calculate(how, high, known).map(Some)),
        ),
        (known, Value::Between(low, high), Arithmetic::Add) => between(
            calculate(how, known, low),
            high.as_ref().map_or(Some(None), |high| calculate(how, known, high).map(Some)),
        ),
        (known, Value::Between(low, Some(high)), Arithmetic::Subtract) => {
            between(calculate(how, known, high), Some(calculate(how, known, low)))
        }
        (Value::Between(..), ..) | (_, Value::Between(..), _) => Val::unknown(undecided([a, b])),
        (x, y, _) => calculate(how, x, y).map_or_else(|| Val::unknown(undecided([a, b])), Val::known),
    }
}

/// `-a`.
pub fn negate(a: &Val) -> Val {
    let negated = match &a.value {
        Value::Number(n) => Some(Value::Number(Number(-n.0))),
        Value::Size(s) => s.0.checked_neg().map(|n| Value::Size(Size(n))),
        Value::Duration(d) => d.0.checked_neg().map(|n| Value::Duration(Duration(n))),
        _ => None,
    };
    negated.map_or_else(|| Val::unknown(a.missing.clone()), Val::known)
}
