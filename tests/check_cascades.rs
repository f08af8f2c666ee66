//! One mistake, one message: what parser and checker say together, and what follows from a mistake and is left unsaid.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs
)]

use clearway::diag::Severity;

mod check_support;

use check_support::{check_packs, lines};

/// The codes of all that parser and checker say of a pack, in order.
fn said(pack: &str) -> Vec<String> {
    let parsed = clearway::syntax::parse(pack, 0);
    let mut all: Vec<_> = parsed.diagnostics.clone();
    let files = vec![parsed.tree];
    all.extend(clearway::check::check(&[clearway::check::PackFiles { folder: "demo".into(), files }]).diagnostics);
    all.iter().filter(|d| d.severity == Severity::Error).map(|d| format!("{} {}", d.code, d.message)).collect()
}

const WORDS: &str = r#"enum state { running, off }
entity host { name: name key, n: number, state: state, version: version, tag: text? }
entity step { h: host, tag: text }
input plan with inventory { hosts: [host] }
"#;

/// The codes of what is said of a text below the words above.
fn codes_of(text: &str) -> Vec<String> {
    said(&format!("{WORDS}{text}")).iter().map(|line| line.chars().take(5).collect()).collect()
}

fn rule_with(clauses: &str) -> String {
    format!("rule DEMO1 one \"One\" {{\n  for step\n  {clauses}\n  because \"so\"\n}}\n")
}

#[test]
fn what_the_parser_complains_of_is_told_once() {
    let must = |e: &str| codes_of(&rule_with(&format!("must {e}")));
    assert_eq!(must("step.h.n == 0"), [""; 0]);
    assert_eq!(must("step.h.n = 0"), ["CW105"]);
    assert_eq!(must("step.h.n not in [1, 2]"), ["CW105"]);
    assert_eq!(must("step.tag == \u{201c}x\u{201d}"), ["CW101"]);
    assert_eq!(must("step.h.state == \u{201c}x\u{201d}"), ["CW101"]);
    assert_eq!(must("step.h.b\u{fc} == 1"), ["CW104"]);
    assert_eq!(must("step.h.n is none"), ["CW105"]);
    let when = "when step.tag starts-with \"sql\" and step.h.n == 1\n  must step.h.n == 1";
    assert_eq!(codes_of(&rule_with(when)), ["CW105"]);
    assert_eq!(codes_of("define a: bool = 1 starts-with 2\n"), ["CW105"]);
    // What stands elsewhere is told all the same.
    let two = "when step.h.n = 0\n  must step.h.m == 1";
    assert_eq!(codes_of(&rule_with(two)), ["CW105", "CW202"]);
}

#[test]
fn what_follows_from_a_mistake_is_not_told() {
    let test = |clauses: &str| codes_of(&format!("{}test \"t\" {{\n{clauses}\n}}\n", rule_with("must step.h.n == 1")));
    assert_eq!(
        test("  given host a { n: 1 }\n  step move { h: a, tag: \"\" }\n  expect move violate DEMO1"),
        ["CW105"]
    );
    let given = "  given hosts a {}\n  step move { h: a, tag: \"\" }\n  expect move violates DEMO1";
    assert_eq!(test(given), ["CW203"]);
    let extend = "extend nowhere\nredefine lim = 3\ndisable NONE1 because \"so\"\ndefine x = lim + 1\n";
    assert_eq!(codes_of(extend), ["CW235"]);
}

fn matrix_with(rows: &str, table: &str) -> String {
    format!(
        "matrix DEMO2 two must \"Two\" {{\n  for step\n  rows {rows}\n  columns step.h.state\n{table}  because \"so\"\n}}\n"
    )
}

#[test]
fn a_table_names_a_value_once() {
    let table = "  |  | running, running | off |\n  |---|---|---|\n  | < 6.2 | yes | no |\n  | 6.2, 6.2.0 | yes | no |\n  | > 6.2 | yes | no |\n";
    assert_eq!(codes_of(&matrix_with("step.h.version", table)), ["CW222", "CW222"]);
    let table = "  |  | running | off |\n  |---|---|---|\n  | none | yes | no |\n";
    assert_eq!(codes_of(&matrix_with("hosts", table)), ["CW223"]);
    let conditions = "  |  | running | off |\n  |---|---|---|\n  | true | yes if a | no |\n  | false | yes | no |\n  a must DEMO3 step.h.n == 1\n    because \"so\"\n  a must DEMO4 step.h.n == 2\n  ";
    assert_eq!(codes_of(&matrix_with("step.h.n == 3", conditions)), ["CW206"]);
}

#[test]
fn a_layer_answers_for_what_it_changes() {
    let table = "  |  | running | off |\n  |---|---|---|\n  | true | yes | no |\n  | false | yes | no |\n";
    let base =
        format!("pack base \"Base\" version 1.0.0\n{WORDS}define lim = 3\n{}", matrix_with("step.h.n > lim", table));
    let layer = "pack layer \"Layer\" version 1.0.0\nextend base\nredefine lim = lim + 1\n";
    let cells = "pack cells \"Cells\" version 1.0.0\nextend base\nadjust DEMO2 cell (true, off) yes because \"a\"\nadjust DEMO2 cell (true, off) - because \"b\"\n";
    for (layer, code, line) in [(layer, "CW212", 3), (cells, "CW206", 4)] {
        let (map, checked) = check_packs(&[("base", &[&base]), ("layer", &[layer])]);
        let found: Vec<_> = checked.diagnostics.iter().filter(|d| d.severity == Severity::Error).collect();
        let places: Vec<_> = found.iter().map(|d| (d.code.to_string(), map.locate(d.span()).unwrap().line)).collect();
        assert_eq!(places, [(code.to_owned(), line)], "{}", lines(&map, &checked));
    }
}

#[test]
fn what_is_missing_is_marked_behind_what_lacks_it() {
    let place = |text: &str| {
        let parsed = clearway::syntax::parse(text, 0);
        let at = parsed.diagnostics.first().unwrap().span().start as usize;
        (parsed.diagnostics.len(), text[..at].to_owned())
    };
    assert_eq!(place("disable DEMO1\nenum a { b }\n"), (1, "disable DEMO1".to_owned()));
    assert_eq!(place("define a = if b then c\nenum a { b }\n"), (1, "define a = if b then c".to_owned()));
}

#[test]
fn words_of_other_languages_are_answered_with_ours() {
    let help = |e: &str| {
        let text = format!("{WORDS}{}", rule_with(&format!("must {e}")));
        let parsed = clearway::syntax::parse(&text, 0);
        let mut all = parsed.diagnostics.clone();
        let files = vec![parsed.tree];
        all.extend(clearway::check::check(&[clearway::check::PackFiles { folder: "demo".into(), files }]).diagnostics);
        all.first().and_then(|d| d.help.clone()).unwrap_or_default()
    };
    assert_eq!(help("step.h.n not in [1]"), "write `not (x in xs)`");
    assert_eq!(help("step.tag starts-with \"a\""), "it is a function: write `starts-with(a, b)`");
    assert_eq!(help("step.h.tag is none"), "write `== none`, or `not (x exists)`");
    assert_eq!(help("step.h.tag == null"), "write `none`: `x == none`, or `not (x exists)`");
    assert_eq!(help("tru"), "did you mean `true`?");
    assert_eq!(help("True"), "did you mean `true`?");
    let chain = vec!["step.h.n == 1"; 120].join(" and ");
    let said = said(&format!("{WORDS}{}", rule_with(&format!("must {chain}"))));
    assert_eq!(said, ["CW116 this chain of `and` is too long"]);
}
