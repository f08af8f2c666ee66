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

/// A tree without its places: what two files that say the same have in common.
fn meaning(tree: &clearway::syntax::ast::File) -> String {
    let places = regex::Regex::new(r"\b(op_)?span: \d+\.\.\d+").unwrap();
    places.replace_all(&format!("{:?}", tree.items), "").into_owned()
}

#[test]
fn the_tour_prints_in_its_canonical_layout() {
    let parsed = parse(include_str!("syntax/tour.way"), 0);
    let printed = clearway::syntax::print(&parsed.tree);
    insta::assert_snapshot!("tour", printed);
    let again = parse(&printed, 0);
    assert!(again.diagnostics.is_empty(), "{:?}", again.diagnostics);
    assert_eq!(meaning(&again.tree), meaning(&parsed.tree));
    assert_eq!(clearway::syntax::print(&again.tree), printed);
    let comments =
        |tree: &clearway::syntax::ast::File| tree.comments.iter().map(|c| c.text.clone()).collect::<Vec<_>>();
    assert_eq!(comments(&again.tree), comments(&parsed.tree), "no comment is lost");
}
