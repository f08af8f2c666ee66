//! Matrices: which cells are possible, and what they say together.

use clearway::check::tree::{Header, HeaderValue, Matrix, Verdict};
use clearway::types::{RangeBound, Type};
use clearway::value::Truth;

use super::expr::{Env, Walk};
use super::judge::Cells;
use super::scalar::order;
use super::value::{Facts, Val, Value, undecided};

/// Where a matrix may be hit, and what is missing to say where it is.
pub struct Hit {
    pub cells: Cells,
    pub missing: Facts,
}

/// Looks up row and column.
pub fn hit(walk: &Walk<'_>, matrix: &Matrix, env: &mut Env) -> Hit {
    let (row, column) = (walk.eval(&matrix.rows, env), walk.eval(&matrix.columns, env));
    let rows = possible(walk, &row, &matrix.rows.ty, &matrix.row_headers);
    let columns = possible(walk, &column, &matrix.columns.ty, &matrix.column_headers);
    Hit { cells: (rows, columns), missing: undecided([&row, &column]) }
}

/// Headers that a value may hit.
fn possible(walk: &Walk<'_>, value: &Val, ty: &Type, headers: &[Header]) -> Vec<usize> {
    let names = matches!(ty.required(), Type::Name);
    let all_of = |values: Vec<Value>| -> Vec<usize> {
        let hits = |at: &usize| values.iter().any(|value| is_hit(headers, *at, value, names));
        (0..headers.len()).filter(hits).collect()
    };
    match &value.value {
        Value::Unknown | Value::Between(..) => {
            let mut values = match ty.required() {
                Type::Bool => vec![Value::Bool(false), Value::Bool(true)],
                Type::Enum(id) => {
                    let count = walk.policies.schema.enum_def(*id).expect("an enum of the schema").values.len();
                    (0..u16::try_from(count).expect("few values")).map(Value::Enum).collect()
                }
                // Of other types there are too many values to try: every header but `none` names some.
                _ => {
                    let only_none = |header: &Header| header.values.iter().all(|v| matches!(v, HeaderValue::None));
                    let may_be = |at: &usize| ty.is_optional() || !only_none(&headers[*at]);
                    return (0..headers.len()).filter(may_be).collect();
                }
            };
            if ty.is_optional() {
                values.push(Value::None);
            }
            all_of(values)
        }
        known => all_of(vec![known.clone()]),
    }
}

/// Whether a known value hits a header.
fn is_hit(headers: &[Header], at: usize, value: &Value, names: bool) -> bool {
    headers[at].values.iter().any(|header| match header {
        HeaderValue::Other => !headers.iter().flat_map(|h| &h.values).any(|other| named(other, value, names)),
        HeaderValue::Any => true,
        one => named(one, value, names),
    })
}

/// Whether a header names a value by itself.
fn named(header: &HeaderValue, value: &Value, names: bool) -> bool {
    let to = |bound: &RangeBound| order(value, &Val::constant(&bound.at).value, names);
    match header {
        HeaderValue::None => *value == Value::None,
        HeaderValue::Is(constant) => {
            order(value, &Val::constant(constant).value, names).is_some_and(std::cmp::Ordering::is_eq)
        }
        HeaderValue::Range { low, high } => {
            let above = |bound: &RangeBound| to(bound).is_some_and(|o| o.is_gt() || (bound.inclusive && o.is_eq()));
            let below = |bound: &RangeBound| to(bound).is_some_and(|o| o.is_lt() || (bound.inclusive && o.is_eq()));
            *value != Value::None && low.as_ref().is_none_or(above) && high.as_ref().is_none_or(below)
        }
        HeaderValue::Any | HeaderValue::Other => false,
    }
}

/// The cells that are possible.
fn cells<'m>(matrix: &'m Matrix, hit: &'m Hit) -> impl Iterator<Item = &'m clearway::check::tree::Cell> {
    let (rows, columns) = &hit.cells;
    rows.iter().flat_map(move |row| columns.iter().map(move |column| &matrix.cells[*row][*column]))
}

/// What the table says: where all possible cells agree, that; a silent source is missing no fact.
pub fn verdict(matrix: &Matrix, hit: &Hit) -> Val {
    let all = |is: fn(Verdict) -> bool| cells(matrix, hit).all(|cell| is(cell.verdict));
    if all(|v| v == Verdict::Yes) {
        Val::bool(true)
    } else if all(|v| v == Verdict::No) {
        Val::bool(false)
    } else if all(|v| matches!(v, Verdict::Silent | Verdict::Impossible)) {
        Val::unknown(Facts::new())
    } else {
        Val::unknown(hit.missing.clone())
    }
}

/// Whether a cell with this condition is hit.
pub fn condition_hit(matrix: &Matrix, hit: &Hit, condition: usize) -> Val {
    let has: Vec<bool> = cells(matrix, hit).map(|cell| cell.condition == Some(condition)).collect();
    let truth = match (has.contains(&true), has.contains(&false)) {
        (true, false) => Truth::True,
        (false, _) => Truth::False,
        (true, true) => Truth::Unknown,
    };
    Val::truth(truth, hit.missing.clone())
}
