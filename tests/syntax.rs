//! The parser: what it reads, and what it says of what it cannot read.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use clearway::syntax::parse;

#[test]
fn the_tour_of_the_language_parses() {
    let parsed = parse(include_str!("syntax/tour.way"), 0);
    let found: Vec<String> =
        parsed.diagnostics.iter().map(|d| format!("{:?} {} {}", d.span(), d.code, d.message)).collect();
    assert_eq!(found, Vec::<String>::new());
}
