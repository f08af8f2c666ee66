//! The formats for other programs: each is held to its authority, all of them to the laws that they share, over many runs and
//! over texts that are hard to write.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::string_slice)]
#![allow(clippy::arithmetic_side_effects, missing_docs)]

#[path = "formats/authority.rs"]
mod authority;
#[path = "formats/laws.rs"]
mod laws;
#[path = "formats/odd.rs"]
mod odd;
#[path = "formats/reports.rs"]
mod reports;
#[path = "cli/run.rs"]
#[expect(dead_code, reason = "shared with other tests")]
mod run;
#[path = "formats/runs.rs"]
mod runs;
#[path = "tools_support/mod.rs"]
mod tools_support;
#[path = "formats/xml.rs"]
mod xml;

use serde_json::Value;

use clearway::render::{csv, github, gitlab, json_lines, junit, rdjson, sarif};
use clearway::report::Run;

/// What draws a run.
type Draw = fn(&Run<'_>) -> String;

/// Every format for other programs that tells of findings one by one.
const FORMATS: [(&str, Draw); 7] = [
    ("json-lines", json_lines::draw),
    ("sarif", sarif::draw),
    ("junit", junit::draw),
    ("github", github::draw),
    ("gitlab", gitlab::draw),
    ("rdjson", rdjson::draw),
    ("csv", csv::draw),
];

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|why| panic!("{why}\n{text}"))
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}
