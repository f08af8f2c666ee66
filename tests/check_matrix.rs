//! The proof that a table covers everything once, held against trying every value.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod check_support;

use check_support::{check_packs, lines};
use proptest::prelude::*;

/// What heads rows or columns.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Axis {
    Enum,
    Bool,
    Name,
    Number,
    Version,
    Size,
    Date,
}

const AXES: [Axis; 7] = [Axis::Enum, Axis::Bool, Axis::Name, Axis::Number, Axis::Version, Axis::Size, Axis::Date];

/// A value of a header; bounds and values are counted from 0.
#[derive(Clone, Debug)]
enum Value {
    None,
    Any,
    Other,
    Is(i32),
    Between(i32, i32),
    /// Without the upper end, which lies above the lower one.
    Until(i32, i32),
    Below(i32, bool),
    Above(i32, bool),
}

/// A value of the axis: `none`, or a point of the line. Bounds stand at even points, what lies between at odd ones.
type Point = Option<i32>;

impl Axis {
    fn ordered(self) -> bool {
        matches!(self, Axis::Number | Axis::Version | Axis::Size | Axis::Date)
    }

    fn name(self) -> &'static str {
        match self {
            Axis::Enum => "kind",
            Axis::Bool => "bool",
            Axis::Name => "name",
            Axis::Number => "number",
            Axis::Version => "version",
            Axis::Size => "size",
            Axis::Date => "date",
        }
    }

    /// The value with this number as a policy writes it.
    fn text(self, value: i32) -> String {
        match self {
            Axis::Enum => ["a", "b", "c", "d"][usize::try_from(value % 4).unwrap()].to_owned(),
            Axis::Bool => (value % 2 == 0).to_string(),
            Axis::Name => format!("\"{}\"", ["x", "Y", "z", "y"][usize::try_from(value % 4).unwrap()]),
            Axis::Number => value.to_string(),
            Axis::Version => format!("{value}.0"),
            Axis::Size => format!("{value} GiB"),
            Axis::Date => format!("2026-01-0{}", value + 1),
        }
    }

    /// Where that value stands.
    fn at(self, value: i32) -> i32 {
        match self {
            Axis::Enum => value % 4,
            Axis::Bool => value % 2,
            Axis::Name => [0, 1, 2, 1][usize::try_from(value % 4).unwrap()],
            _ => value * 2,
        }
    }

    /// Every kind of value there is: those that are named, and what lies between, below and above.
    fn points(self, optional: bool) -> Vec<Point> {
        let some: Vec<i32> = match self {
            Axis::Enum => (0..4).collect(),
            Axis::Bool => (0..2).collect(),
            // One more: a text that nobody names.
            Axis::Name => (0..4).collect(),
            Axis::Number => (-1..=13).collect(),
            // Nothing lies below 0.
            Axis::Version | Axis::Size => (0..=13).collect(),
            // Nothing lies between a day and the next.
            Axis::Date => [-1].into_iter().chain((0..=12).step_by(2)).chain([13]).collect(),
        };
        optional.then_some(None).into_iter().chain(some.into_iter().map(Some)).collect()
    }
}

impl Value {
    fn text(&self, axis: Axis) -> String {
        match self {
            Value::None => "none".to_owned(),
            Value::Any => "any".to_owned(),
            Value::Other => "other".to_owned(),
            Value::Is(v) => axis.text(*v),
            Value::Between(a, b) => format!("{} .. {}", axis.text(*a), axis.text(*b)),
            Value::Until(a, b) => format!("{} .. < {}", axis.text(*a), axis.text(*b)),
            Value::Below(v, inclusive) => format!("{} {}", if *inclusive { "<=" } else { "<" }, axis.text(*v)),
            Value::Above(v, inclusive) => format!("{} {}", if *inclusive { ">=" } else { ">" }, axis.text(*v)),
        }
    }

    /// Whether it names a point.
    fn names(&self, axis: Axis, point: Point) -> bool {
        match (self, point) {
            (Value::Any, _) | (Value::None, None) => true,
            (Value::Is(v), Some(p)) => axis.at(*v) == p,
            (Value::Between(a, b), Some(p)) => (axis.at(*a)..=axis.at(*b)).contains(&p),
            (Value::Until(a, b), Some(p)) => (axis.at(*a)..axis.at(*b)).contains(&p),
            (Value::Below(v, inclusive), Some(p)) => p < axis.at(*v) || (*inclusive && p == axis.at(*v)),
            (Value::Above(v, inclusive), Some(p)) => p > axis.at(*v) || (*inclusive && p == axis.at(*v)),
            _ => false,
        }
    }
}

/// How many headers stand for a point.
fn hits(axis: Axis, headers: &[Vec<Value>], point: Point) -> usize {
    let named = |header: &Vec<Value>| header.iter().any(|value| value.names(axis, point));
    let anywhere = headers.iter().any(named);
    let other = |header: &Vec<Value>| !anywhere && header.iter().any(|value| matches!(value, Value::Other));
    headers.iter().filter(|header| named(header) || other(header)).count()
}

fn value(axis: Axis, optional: bool) -> BoxedStrategy<Value> {
    let number = 0..=6i32;
    let mut all = vec![
        (8, number.clone().prop_map(Value::Is).boxed()),
        (1, Just(Value::Other).boxed()),
        (1, Just(Value::Any).boxed()),
    ];
    if optional {
        all.push((3, Just(Value::None).boxed()));
    }
    if axis.ordered() {
        all.push((6, (number.clone(), number.clone()).prop_map(|(a, b)| Value::Between(a.min(b), a.max(b))).boxed()));
        let until = (number.clone(), 1..=6i32).prop_map(|(a, more)| Value::Until(a.min(5), (a.min(5) + more).min(6)));
        all.push((4, until.boxed()));
        all.push((4, (number.clone(), any::<bool>()).prop_map(|(v, i)| Value::Below(v, i)).boxed()));
        all.push((4, (number, any::<bool>()).prop_map(|(v, i)| Value::Above(v, i)).boxed()));
    }
    proptest::strategy::Union::new_weighted(all).boxed()
}

/// One side of a table.
type Side = (Axis, bool, Vec<Vec<Value>>);

fn side() -> impl Strategy<Value = Side> {
    (proptest::sample::select(&AXES[..]), any::<bool>()).prop_flat_map(|(axis, optional)| {
        let header = proptest::collection::vec(value(axis, optional), 1..4);
        (Just(axis), Just(optional), proptest::collection::vec(header, 1..5))
    })
}

fn field(side: &Side) -> String {
    format!("{}{}", side.0.name(), if side.1 { "?" } else { "" })
}

fn table(rows: &Side, columns: &Side) -> String {
    let header =
        |axis: Axis, header: &Vec<Value>| header.iter().map(|value| value.text(axis)).collect::<Vec<_>>().join(", ");
    let heads: Vec<String> = columns.2.iter().map(|h| header(columns.0, h)).collect();
    let mut out = format!("  | | {} |\n  |---|{}\n", heads.join(" | "), "---|".repeat(heads.len()));
    for row in &rows.2 {
        out += &format!("  | {} | {} |\n", header(rows.0, row), vec!["yes"; heads.len()].join(" | "));
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_proof_agrees_with_trying_every_value(rows in side(), columns in side()) {
        let text = format!(
            "pack demo\nenum kind {{ a, b, c, d }}\nentity host {{ name: name key, row: {}, column: {} }}\n\
             entity step {{ host: host }}\ninput plan with inventory {{ hosts: [host] }}\n\
             matrix D1 m \"M\" {{\n  for step\n  rows step.host.row\n  columns step.host.column\n{}}}\n",
            field(&rows), field(&columns), table(&rows, &columns),
        );
        let (map, checked) = check_packs(&[("demo", &[&text])]);
        let said = lines(&map, &checked);
        let wanted = |side: &Side| {
            let counts: Vec<usize> =
                side.0.points(side.1).into_iter().map(|point| hits(side.0, &side.2, point)).collect();
            (counts.contains(&0), counts.iter().any(|count| *count > 1))
        };
        let (row, column) = (wanted(&rows), wanted(&columns));
        let count = |code: &str, word: &str| {
            checked.diagnostics.iter().filter(|d| d.code.as_str() == code && d.message.contains(word)).count()
        };
        prop_assert_eq!(count("CW221", "says nothing of row") > 0, row.0, "rows incomplete\n{}\n{}", &text, &said);
        prop_assert_eq!(count("CW221", "says nothing of column") > 0, column.0, "columns incomplete\n{}\n{}", &text, &said);
        prop_assert_eq!(count("CW222", "in two rows of") > 0, row.1, "rows overlap\n{}\n{}", &text, &said);
        prop_assert_eq!(count("CW222", "in two columns of") > 0, column.1, "columns overlap\n{}\n{}", &text, &said);
    }

    #[test]
    fn what_is_missing_completes_the_table_when_it_is_added(rows in side()) {
        // The message names the missing values as a header does; where it can be read back, adding it mends the table.
        let columns = (Axis::Bool, false, vec![vec![Value::Is(0), Value::Is(1)]]);
        let row_type = field(&rows);
        let text = |drawn: &str| format!(
            "pack demo\nenum kind {{ a, b, c, d }}\nentity host {{ name: name key, row: {}, column: bool }}\n\
             entity step {{ host: host }}\ninput plan with inventory {{ hosts: [host] }}\n\
             matrix D1 m \"M\" {{\n  for step\n  rows step.host.row\n  columns step.host.column\n{drawn}}}\n",
            row_type,
        );
        let drawn = table(&rows, &columns);
        let (_, checked) = check_packs(&[("demo", &[&text(&drawn)])]);
        let missing = checked.diagnostics.iter().find(|d| d.code.as_str() == "CW221");
        if let Some(help) = missing.and_then(|d| d.help.clone()) {
            let named = help.split('`').nth(1).unwrap().to_owned();
            if !named.contains("above") && !named.contains("from ") {
                let (map, checked) = check_packs(&[("demo", &[&text(&format!("{drawn}  | {named} | yes |\n"))])]);
                let said = lines(&map, &checked);
                prop_assert!(!said.contains("CW221"), "{}\n{}", named, said);
            }
        }
    }
}
