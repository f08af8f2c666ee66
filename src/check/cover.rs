//! The proof that the headers of one side of a matrix cover every value exactly once. The values of an axis are cut into
//! pieces at all bounds that headers name; each header is then a set of pieces. It knows values, no syntax and no scopes.

use std::cmp::Ordering;
use std::sync::Arc;

use super::tree::{Header, HeaderValue};
use crate::types::{Const, RangeBound, Schema, Type};

/// A piece of an axis: a value, an open stretch between two bounds, or everything else.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Piece {
    /// `none`
    None,
    /// One value.
    Value(Const),
    /// What lies between two bounds; a bound that is missing is open.
    Between(Option<Const>, Option<Const>),
    /// All texts that no header names.
    Rest,
}

/// What a table's side says about its axis.
pub(super) struct Cover {
    /// The pieces of the axis, in order.
    pub pieces: Vec<Piece>,
    /// By header, then piece: whether the header stands for it.
    pub hits: Vec<Vec<bool>>,
}

/// What is known of the values of an axis beside their type.
#[derive(Clone, Copy, Default)]
pub(super) struct Known {
    /// Never below zero.
    pub not_negative: bool,
    /// Whole numbers only.
    pub whole: bool,
}

impl Cover {
    /// Cuts an axis into pieces and finds which header stands for which.
    pub fn new(schema: &Schema, axis: &Type, headers: &[Header], known: Known) -> Cover {
        let mut pieces = Vec::new();
        if axis.is_optional() {
            pieces.push(Piece::None);
        }
        match axis.required() {
            Type::Enum(id) => {
                let count = schema.enum_def(*id).map_or(0, |def| def.values.len());
                let values = (0..count).filter_map(|value| u16::try_from(value).ok());
                pieces.extend(values.map(|value| Piece::Value(Const::Enum(*id, value))));
            }
            Type::Bool => pieces.extend([true, false].map(|value| Piece::Value(Const::Bool(value)))),
            Type::Text | Type::Name => {
                let mut texts: Vec<Const> = Vec::new();
                for value in headers.iter().flat_map(|header| &header.values) {
                    if let HeaderValue::Is(value) = value
                        && !texts.iter().any(|text| same(text, value, axis.required()))
                    {
                        texts.push(value.clone());
                    }
                }
                pieces.extend(texts.into_iter().map(Piece::Value));
                pieces.push(Piece::Rest);
            }
            ordered => pieces.extend(stretches(headers, ordered, known)),
        }
        let named: Vec<Vec<bool>> = headers
            .iter()
            .map(|header| {
                pieces.iter().map(|piece| header.values.iter().any(|v| holds(v, piece, axis.required()))).collect()
            })
            .collect();
        let mut hits = named.clone();
        for (row, header) in hits.iter_mut().zip(headers) {
            if header.values.contains(&HeaderValue::Other) {
                for (at, hit) in row.iter_mut().enumerate() {
                    *hit |= !named.iter().any(|other| other.get(at) == Some(&true));
                }
            }
        }
        Cover { pieces, hits }
    }

    /// The pieces that no header stands for.
    pub fn missing(&self) -> Vec<&Piece> {
        let covered = |at: usize| self.hits.iter().any(|row| row.get(at) == Some(&true));
        self.pieces.iter().enumerate().filter(|(at, _)| !covered(*at)).map(|(_, piece)| piece).collect()
    }

    /// The pairs of headers that stand for the same pieces.
    pub fn overlaps(&self) -> Vec<(usize, usize, Vec<&Piece>)> {
        let mut found = Vec::new();
        for (i, a) in self.hits.iter().enumerate() {
            for (j, b) in self.hits.iter().enumerate().skip(i.saturating_add(1)) {
                let shared: Vec<&Piece> =
                    self.pieces.iter().zip(a.iter().zip(b)).filter(|(_, (x, y))| **x && **y).map(|(p, _)| p).collect();
                if !shared.is_empty() {
                    found.push((i, j, shared));
                }
            }
        }
        found
    }

    /// The headers that stand for nothing.
    pub fn empty(&self) -> Vec<usize> {
        self.hits.iter().enumerate().filter(|(_, row)| !row.contains(&true)).map(|(i, _)| i).collect()
    }
}

/// Cuts a line at all bounds.
fn stretches(headers: &[Header], ty: &Type, known: Known) -> Vec<Piece> {
    let mut bounds: Vec<Const> = Vec::new();
    for value in headers.iter().flat_map(|header| &header.values) {
        match value {
            HeaderValue::Is(value) => bounds.push(value.clone()),
            HeaderValue::Range { low, high } => {
                bounds.extend([low, high].into_iter().flatten().map(|bound| bound.at.clone()));
            }
            HeaderValue::None | HeaderValue::Any | HeaderValue::Other => {}
        }
    }
    bounds.sort_by(order);
    bounds.dedup_by(|a, b| order(a, b) == Ordering::Equal);
    let mut pieces = Vec::new();
    let mut last: Option<Const> = None;
    for bound in bounds {
        if !is_empty(last.as_ref(), Some(&bound), ty, known) {
            pieces.push(Piece::Between(last.clone(), Some(bound.clone())));
        }
        if !(known.not_negative && sign(&bound) == Ordering::Less) {
            pieces.push(Piece::Value(bound.clone()));
        }
        last = Some(bound);
    }
    pieces.push(Piece::Between(last, None));
    pieces
}

/// Whether nothing lies between two bounds.
fn is_empty(low: Option<&Const>, high: Option<&Const>, ty: &Type, known: Known) -> bool {
    let Some(high) = high else { return false };
    let bottom = known.not_negative || *ty == Type::Version;
    if bottom && sign(high) != Ordering::Greater {
        return true;
    }
    let Some(low) = low else { return false };
    match (low, high) {
        (Const::Size(a), Const::Size(b)) => a.0.saturating_add(1) >= b.0,
        (Const::Duration(a), Const::Duration(b)) => a.0.saturating_add(1) >= b.0,
        (Const::Date(a), Const::Date(b)) => a.0.saturating_add(1) >= b.0,
        (Const::Number(a), Const::Number(b)) if known.whole => {
            a.0.floor().checked_add(rust_decimal::Decimal::ONE).is_some_and(|next| next >= b.0)
        }
        _ => false,
    }
}

/// On which side of zero a value lies.
fn sign(value: &Const) -> Ordering {
    match value {
        Const::Number(n) => n.0.cmp(&rust_decimal::Decimal::ZERO),
        Const::Size(s) => s.0.cmp(&0),
        Const::Duration(d) => d.0.cmp(&0),
        Const::Version(v) => crate::value::Version::parse("0").map_or(Ordering::Greater, |zero| v.cmp(&zero)),
        _ => Ordering::Greater,
    }
}

/// The order of two values of one ordered type.
pub(super) fn order(a: &Const, b: &Const) -> Ordering {
    match (a, b) {
        (Const::Number(a), Const::Number(b)) => a.cmp(b),
        (Const::Size(a), Const::Size(b)) => a.cmp(b),
        (Const::Duration(a), Const::Duration(b)) => a.cmp(b),
        (Const::Date(a), Const::Date(b)) => a.cmp(b),
        (Const::Version(a), Const::Version(b)) => a.cmp(b),
        _ => Ordering::Equal,
    }
}

/// Whether two constants of one type are the same value.
pub(super) fn same(a: &Const, b: &Const, ty: &Type) -> bool {
    match (a, b, ty) {
        (Const::Text(a), Const::Text(b), Type::Name) => a.to_lowercase() == b.to_lowercase(),
        _ => a == b,
    }
}

/// Whether a value of a header stands for a piece.
fn holds(value: &HeaderValue, piece: &Piece, ty: &Type) -> bool {
    match (value, piece) {
        (HeaderValue::Any, _) | (HeaderValue::None, Piece::None) => true,
        (HeaderValue::Is(value), Piece::Value(at)) => same(value, at, ty),
        (HeaderValue::Range { low, high }, Piece::Value(at)) => above(low.as_ref(), at) && below(high.as_ref(), at),
        (HeaderValue::Range { low, high }, Piece::Between(from, to)) => {
            let from_fits = match (low, from) {
                (None, _) => true,
                (Some(_), None) => low.as_ref().is_some_and(|low| low.inclusive && lowest(&low.at, ty)),
                (Some(low), Some(from)) => order(&low.at, from) != Ordering::Greater,
            };
            let to_fits = match (high, to) {
                (None, _) => true,
                (Some(_), None) => false,
                (Some(high), Some(to)) => order(to, &high.at) != Ordering::Greater,
            };
            from_fits && to_fits
        }
        _ => false,
    }
}

/// Whether a type has nothing below a value.
fn lowest(value: &Const, ty: &Type) -> bool {
    *ty == Type::Version && sign(value) == Ordering::Equal
}

fn above(low: Option<&RangeBound>, at: &Const) -> bool {
    low.is_none_or(|low| match order(&low.at, at) {
        Ordering::Less => true,
        Ordering::Equal => low.inclusive,
        Ordering::Greater => false,
    })
}

fn below(high: Option<&RangeBound>, at: &Const) -> bool {
    high.is_none_or(|high| match order(at, &high.at) {
        Ordering::Less => true,
        Ordering::Equal => high.inclusive,
        Ordering::Greater => false,
    })
}

/// A constant as a policy writes it.
pub(super) fn written(schema: &Schema, value: &Const) -> String {
    match value {
        Const::None => "none".to_owned(),
        Const::Bool(value) => value.to_string(),
        Const::Number(value) => value.to_string(),
        Const::Size(value) => value.to_string(),
        Const::Duration(value) => value.to_string(),
        Const::Date(value) => value.to_string(),
        Const::Version(value) => value.to_string(),
        Const::Text(value) => format!("\"{}\"", value.replace('"', "\"\"")),
        Const::Enum(id, value) => schema
            .enum_def(*id)
            .and_then(|def| def.values.get(usize::from(*value)))
            .map_or_else(String::new, |value| value.to_string()),
        Const::List(values) => {
            format!("[{}]", values.iter().map(|v| written(schema, v)).collect::<Vec<_>>().join(", "))
        }
        Const::Map(_) => "{}".to_owned(),
    }
}

/// A header as a policy writes it.
pub(super) fn header_text(schema: &Schema, values: &[HeaderValue]) -> Arc<str> {
    let texts: Vec<String> = values
        .iter()
        .map(|value| match value {
            HeaderValue::None => "none".to_owned(),
            HeaderValue::Any => "any".to_owned(),
            HeaderValue::Other => "other".to_owned(),
            HeaderValue::Is(value) => written(schema, value),
            HeaderValue::Range { low: Some(low), high: Some(high) } => {
                let below = if high.inclusive { "" } else { "< " };
                format!("{} .. {below}{}", written(schema, &low.at), written(schema, &high.at))
            }
            HeaderValue::Range { low: Some(low), high: None } => {
                format!("{} {}", if low.inclusive { ">=" } else { ">" }, written(schema, &low.at))
            }
            HeaderValue::Range { low: None, high: Some(high) } => {
                format!("{} {}", if high.inclusive { "<=" } else { "<" }, written(schema, &high.at))
            }
            HeaderValue::Range { low: None, high: None } => "any".to_owned(),
        })
        .collect();
    texts.join(", ").into()
}

/// Pieces as the reader would write them in a header: neighbours on a line are one range.
pub(super) fn pieces_text(schema: &Schema, cover: &Cover, pieces: &[&Piece]) -> String {
    let mut texts: Vec<String> = Vec::new();
    let mut run: Option<Run> = None;
    for piece in &cover.pieces {
        let wanted = pieces.contains(&piece);
        let line = is_line(cover);
        if line && !matches!(piece, Piece::None) {
            run = match (run.take(), wanted) {
                (Some(run), true) => Some(run.longer(piece)),
                (None, true) => Some(Run::of(piece)),
                (Some(run), false) => {
                    texts.push(run.text(schema));
                    None
                }
                (None, false) => None,
            };
        } else if wanted {
            texts.push(match piece {
                Piece::None => "none".to_owned(),
                Piece::Rest => "other".to_owned(),
                Piece::Value(value) => written(schema, value),
                Piece::Between(..) => "any".to_owned(),
            });
        }
    }
    texts.extend(run.map(|run| run.text(schema)));
    texts.join(", ")
}

fn is_line(cover: &Cover) -> bool {
    cover.pieces.iter().any(|piece| matches!(piece, Piece::Between(..)))
}

/// Neighbouring pieces of a line.
struct Run {
    low: Option<(Const, bool)>,
    high: Option<(Const, bool)>,
}

impl Run {
    fn of(piece: &Piece) -> Run {
        match piece {
            Piece::Value(value) => Run { low: Some((value.clone(), true)), high: Some((value.clone(), true)) },
            Piece::Between(low, high) => {
                Run { low: low.clone().map(|low| (low, false)), high: high.clone().map(|high| (high, false)) }
            }
            Piece::None | Piece::Rest => Run { low: None, high: None },
        }
    }

    fn longer(self, piece: &Piece) -> Run {
        Run { low: self.low, high: Run::of(piece).high }
    }

    fn text(&self, schema: &Schema) -> String {
        match (&self.low, &self.high) {
            (Some((a, true)), Some((b, true))) if order(a, b) == Ordering::Equal => written(schema, a),
            (Some((a, true)), Some((b, true))) => format!("{} .. {}", written(schema, a), written(schema, b)),
            (Some((a, true)), Some((b, false))) => format!("{} .. < {}", written(schema, a), written(schema, b)),
            (Some((a, x)), Some((b, y))) => {
                let (from, to) = (if *x { "from" } else { "above" }, if *y { "up to" } else { "below" });
                format!("{from} {} {to} {}", written(schema, a), written(schema, b))
            }
            (Some((a, inclusive)), None) => format!("{} {}", if *inclusive { ">=" } else { ">" }, written(schema, a)),
            (None, Some((b, inclusive))) => format!("{} {}", if *inclusive { "<=" } else { "<" }, written(schema, b)),
            (None, None) => "any".to_owned(),
        }
    }
}

/// Whether a range holds a value.
pub(super) fn within(low: Option<&RangeBound>, high: Option<&RangeBound>, at: &Const) -> bool {
    above(low, at) && below(high, at)
}
