//! Functions of the language and folds over lists, and how a value is shown in a text.

use std::sync::Arc;

use clearway::check::tree::{Arithmetic, Builtin, Comparison};
use clearway::types::Type;
use clearway::value::{Duration, Number, Size, Truth};

use super::expr::Walk;
use super::scalar::{calculate, compare};
use super::value::{Element, Facts, List, Val, Value, undecided, union};

/// A quantity between two ends; one value where they are the same.
fn between(low: Value, high: Option<Value>, missing: Facts) -> Val {
    if high.as_ref() == Some(&low) {
        return Val::known(low);
    }
    Val { value: Value::Between(Box::new(low), high.map(Box::new)), missing }
}

fn count(n: usize) -> Value {
    Value::Number(Number::from_count(n))
}

/// How many elements there are.
pub fn length(list: &List) -> Val {
    let sure = list.elements.iter().filter(|e| e.doubt.is_none()).count();
    let high = if list.rest.is_some() { None } else { Some(count(list.elements.len())) };
    between(count(sure), high, list.doubts())
}

/// All together. What is added can have no negative part where the rule says so: then what is not known makes an interval.
pub fn sum(list: &List, never_negative: bool, ty: &Type) -> Val {
    let zero = match ty.required() {
        Type::Size => Value::Size(Size(0)),
        Type::Duration => Value::Duration(Duration(0)),
        _ => Value::Number(Number::from_count(0)),
    };
    let missing = Val::list(list.clone()).gaps();
    let add = |a: &Value, b: &Value| calculate(Arithmetic::Add, a, b);
    let (mut low, mut high) = (zero.clone(), list.rest.is_none().then_some(zero));
    for element in &list.elements {
        let (least, most) = match &element.value.value {
            Value::Unknown => (None, None),
            Value::Between(least, most) => (Some(&**least), most.as_deref()),
            one => (Some(one), Some(one)),
        };
        if let Some(least) = least.filter(|_| element.doubt.is_none()) {
            let Some(more) = add(&low, least) else { return Val::unknown(missing) };
            low = more;
        }
        high = match (high, most) {
            (Some(high), Some(most)) => match add(&high, most) {
                Some(more) => Some(more),
                None => return Val::unknown(missing),
            },
            _ => None,
        };
    }
    // What may be negative may cancel out: nothing is known of it then.
    let whole = list.complete() && list.elements.iter().all(|element| element.value.decided());
    if never_negative || whole { between(low, high, missing) } else { Val::unknown(missing) }
}

/// The least or the greatest; `none` of nothing.
pub fn extreme(list: &List, better: Comparison) -> Val {
    let whole = Val::list(list.clone());
    if !whole.decided() {
        return Val::unknown(whole.gaps());
    }
    let mut best: Option<Val> = None;
    for element in &list.elements {
        let new =
            best.as_ref().is_none_or(|best| compare(better, &element.value, best, false).as_truth() == Truth::True);
        if new {
            best = Some(element.value.clone());
        }
    }
    best.unwrap_or_else(|| Val::known(Value::None))
}

/// Each element once, in order of appearance. An element whose value is not known may be any other: it goes to the rest.
fn distinct(list: &List, names: bool) -> List {
    let mut all = List { elements: Vec::new(), ..list.clone() };
    for element in &list.elements {
        if !element.value.decided() {
            let missing = union(&element.value.gaps(), element.doubt.as_ref().unwrap_or(&Facts::new()));
            all.rest = Some(union(&all.rest.unwrap_or_default(), &missing));
            continue;
        }
        let same =
            |other: &Element| compare(Comparison::Equal, &other.value, &element.value, names).as_truth() == Truth::True;
        match all.elements.iter_mut().find(|other| same(other)) {
            // It is in the list where it is for one reason or the other.
            Some(other) => {
                other.doubt = match (&other.doubt, &element.doubt) {
                    (Some(a), Some(b)) => Some(union(a, b)),
                    _ => None,
                }
            }
            None => all.elements.push(element.clone()),
        }
    }
    all
}

/// The elements before (or behind) the n-th. An element's place lies between the number of those that are surely before it
/// and of those that may be; what is not known of the list may be anywhere in it.
fn cut(n: &Val, list: &List, keep_first: bool) -> List {
    let Value::Number(number) = &n.value else {
        let rest = Some(union(&n.gaps(), &Val::list(list.clone()).gaps()));
        return List { rest, ..List::default() };
    };
    let mut all = List { elements: Vec::new(), ..list.clone() };
    let mut surely_before = 0;
    let mut doubts = list.unknown_part().unwrap_or_default();
    for (maybe_before, element) in list.elements.iter().enumerate() {
        let surely_first = list.rest.is_none() && Number::from_count(maybe_before) < *number;
        let surely_behind = Number::from_count(surely_before) >= *number;
        let (kept, dropped) = if keep_first { (surely_first, surely_behind) } else { (surely_behind, surely_first) };
        if kept {
            all.elements.push(element.clone());
        } else if !dropped {
            let doubt = union(&doubts, element.doubt.as_ref().unwrap_or(&Facts::new()));
            all.elements.push(Element { value: element.value.clone(), doubt: Some(doubt) });
        }
        match &element.doubt {
            Some(doubt) => doubts.extend(doubt.iter().cloned()),
            None => surely_before += 1,
        }
    }
    all
}

/// A value as a message shows it; nothing where it is not known.
pub fn show(walk: &Walk<'_>, value: &Val, ty: &Type) -> Option<String> {
    Some(match (&value.value, ty.required()) {
        (Value::Unknown | Value::Between(..), _) => return None,
        (Value::None, _) => "null".to_owned(),
        (Value::Bool(b), _) => b.to_string(),
        (Value::Number(n), _) => n.to_string(),
        (Value::Size(s), _) => s.to_string(),
        (Value::Duration(d), _) => d.to_string(),
        (Value::Date(d), _) => d.to_string(),
        (Value::Version(v), _) => v.to_string(),
        (Value::Text(t), _) => t.to_string(),
        (Value::Enum(place), Type::Enum(id)) => {
            walk.policies.schema.enum_def(*id)?.values.get(usize::from(*place))?.to_string()
        }
        (Value::Row(row), Type::Row(of)) => {
            let key = walk.policies.schema.get(*of)?.key?;
            let ty = &walk.policies.schema.field(*of, key)?.ty;
            show(walk, &walk.field(&Val::known(Value::Row(*row)), *of, key), ty)?
        }
        (Value::List(list), Type::List(of)) if list.complete() => {
            let shown: Option<Vec<String>> = list.elements.iter().map(|e| show(walk, &e.value, of)).collect();
            shown?.join(", ")
        }
        _ => return None,
    })
}

/// What is missing to show a value: of a row its key.
fn unshown(walk: &Walk<'_>, value: &Val, ty: &Type) -> Facts {
    match (&value.value, ty.required()) {
        (Value::Row(_), Type::Row(of)) => {
            let key = walk.policies.schema.get(*of).and_then(|of| of.key);
            key.map_or_else(Facts::new, |key| walk.field(value, *of, key).gaps())
        }
        (Value::List(list), Type::List(of)) => {
            let doubts = list.doubts();
            list.elements.iter().fold(doubts, |all, element| union(&all, &unshown(walk, &element.value, of)))
        }
        _ => value.gaps(),
    }
}

/// Calls a function of the language.
pub fn call(walk: &Walk<'_>, which: Builtin, args: &[Val], names: bool, types: &[&Type]) -> Val {
    let nothing_known = || Val::unknown(undecided(args));
    let text = |at: usize| match &args[at].value {
        Value::Text(text) if names => Some(text.to_lowercase()),
        Value::Text(text) => Some(text.to_string()),
        _ => None,
    };
    let texts = || Some((text(0)?, text(1)?));
    let answer = |truth: Option<bool>| truth.map_or_else(nothing_known, Val::bool);
    let number = |round: fn(&rust_decimal::Decimal) -> rust_decimal::Decimal| match &args[0].value {
        Value::Number(n) => Val::known(Value::Number(Number(round(&n.0)))),
        _ => nothing_known(),
    };
    match which {
        Builtin::Distinct => Val::list(distinct(&args[0].as_list(), names)),
        Builtin::Union => {
            let (mut both, more) = (args[0].as_list(), args[1].as_list());
            both.elements.extend(more.elements);
            both.read.extend(more.read);
            both.rest = match (both.rest, more.rest) {
                (Some(a), Some(b)) => Some(union(&a, &b)),
                (a, b) => a.or(b),
            };
            Val::list(distinct(&both, names))
        }
        Builtin::Skip => Val::list(cut(&args[0], &args[1].as_list(), false)),
        Builtin::First => Val::list(cut(&args[0], &args[1].as_list(), true)),
        Builtin::Join => {
            let of = match types[0].required() {
                Type::List(of) => Arc::clone(of),
                _ => Arc::new(Type::Text),
            };
            let list = args[0].as_list();
            let shown: Option<Vec<String>> = list.elements.iter().map(|e| show(walk, &e.value, &of)).collect();
            match (&args[1].value, shown) {
                (Value::Text(between), Some(shown)) if list.complete() => Val::text(&shown.join(between)),
                _ => Val::unknown(union(&unshown(walk, &args[0], types[0]), &args[1].gaps())),
            }
        }
        Builtin::Text => match show(walk, &args[0], types[0]) {
            Some(text) => Val::text(&text),
            None => Val::unknown(unshown(walk, &args[0], types[0])),
        },
        Builtin::Lower => match &args[0].value {
            Value::Text(text) => Val::text(&text.to_lowercase()),
            _ => nothing_known(),
        },
        Builtin::StartsWith => answer(texts().map(|(a, b)| a.starts_with(&b))),
        Builtin::EndsWith => answer(texts().map(|(a, b)| a.ends_with(&b))),
        Builtin::Contains => answer(texts().map(|(a, b)| a.contains(&b))),
        Builtin::Matches => match (&args[0].value, &args[1].value) {
            (Value::Text(text), Value::Text(pattern)) => {
                Val::bool(regex::Regex::new(pattern).expect("the checker compiled it").is_match(text))
            }
            _ => nothing_known(),
        },
        Builtin::Length => match (&args[0].value, types[0].required()) {
            (_, Type::List(_)) => length(&args[0].as_list()),
            (Value::Text(text), _) => Val::known(count(text.chars().count())),
            _ => nothing_known(),
        },
        Builtin::Ceil => number(rust_decimal::Decimal::ceil),
        Builtin::Floor => number(rust_decimal::Decimal::floor),
        Builtin::Values => match &args[0].value {
            Value::Map(entries) => Val::list(List::sure(entries.iter().map(|(_, value)| value.clone()))),
            _ => nothing_known(),
        },
    }
}
