//! What others are measured by: the rules by hand in several ways, and plain parsing.

use std::hint::black_box;

use crate::moves::Move;
use crate::text::Text;
use crate::{hand, needed};
use serde_json::Value;

use crate::measure::Engine;

/// The floor: typed moves that borrow.
pub const BORROWED: Engine = Engine {
    name: "hand, borrowed",
    lacks: &[],
    judges: true,
    make: |data| {
        Box::new(|| {
            data.lines
                .lines()
                .map(|line| hand::check(&serde_json::from_str::<Move<Text>>(line).expect("JSON")))
                .collect()
        })
    },
};

/// Typed moves that own their texts.
pub const OWNED: Engine = Engine {
    name: "hand, owned",
    lacks: &[],
    judges: true,
    make: |data| {
        Box::new(|| {
            data.lines
                .lines()
                .map(|line| hand::check(&serde_json::from_str::<Move<String>>(line).expect("JSON")))
                .collect()
        })
    },
};

/// Typed moves with the needed members alone.
pub const NEEDED: Engine = Engine {
    name: "hand, needed members",
    lacks: &[],
    judges: true,
    make: |data| {
        Box::new(|| {
            let read = |line| serde_json::from_str::<needed::Move<Text>>(line).expect("JSON");
            data.lines.lines().map(|line| needed::check(&read(line))).collect()
        })
    },
};

/// The rules by hand over `serde_json::Value`.
pub const VALUE: Engine = Engine {
    name: "hand over Value",
    lacks: &[],
    judges: true,
    make: |data| {
        Box::new(|| {
            let read = |line| serde_json::from_str::<Value>(line).expect("JSON");
            data.lines.lines().map(|line| hand::check_value(&read(line))).collect()
        })
    },
};

/// A `serde_json::Value` a move, parsed and dropped.
pub const PARSE: Engine = Engine {
    name: "Value, parsed only",
    lacks: &[],
    judges: false,
    make: |data| {
        Box::new(|| {
            for line in data.lines.lines() {
                black_box(serde_json::from_str::<Value>(line).expect("JSON"));
            }
            Vec::new()
        })
    },
};

/// One `serde_json::Value` of all moves.
pub const PARSE_ARRAY: Engine = Engine {
    name: "Value of the whole array",
    lacks: &[],
    judges: false,
    make: |data| {
        data.array();
        Box::new(|| {
            black_box(serde_json::from_str::<Value>(data.array()).expect("JSON"));
            Vec::new()
        })
    },
};

/// Everything skipped, syntax checked.
pub const SKIP: Engine = Engine {
    name: "serde_json, skipped",
    lacks: &[],
    judges: false,
    make: |data| {
        Box::new(|| {
            for line in data.lines.lines() {
                black_box(serde_json::from_str::<serde::de::IgnoredAny>(line).expect("JSON"));
            }
            Vec::new()
        })
    },
};

/// Verdicts alone, over moves that were read before.
pub const VERDICTS: Engine = Engine {
    name: "hand",
    lacks: &[],
    judges: true,
    make: |data| {
        let read = |line| serde_json::from_str::<Move<Text>>(line).expect("JSON");
        let moves: Vec<Move<Text>> = data.lines.lines().map(read).collect();
        Box::new(move || moves.iter().map(|made| hand::check(black_box(made))).collect())
    },
};

/// Verdicts alone over `serde_json::Value`.
pub const VERDICTS_VALUE: Engine = Engine {
    name: "hand over Value",
    lacks: &[],
    judges: true,
    make: |data| {
        let moves: Vec<Value> = data.lines.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        Box::new(move || moves.iter().map(|made| hand::check_value(black_box(made))).collect())
    },
};
