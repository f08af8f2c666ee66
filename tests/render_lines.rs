//! Marks on lines that are hard to draw: no mark is lost, none points at the wrong place.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::string_slice)]
#![allow(clippy::arithmetic_side_effects, missing_docs)]

use std::fmt::Write as _;

use clearway::diag::{Diagnostic, codes};
use clearway::render::text::width;
use clearway::render::{Look, diagnostics};
use clearway::source::{SourceMap, Span};
use proptest::prelude::*;

fn draw_at(width: usize, unicode: bool, text: &str, spans: &[(usize, usize, &str)]) -> String {
    let mut map = SourceMap::new();
    map.add("other.yaml", "nothing").unwrap();
    let id = map.add("input.yaml", text).unwrap();
    let base = map.file(id).unwrap().base();
    let span = |start: usize, end: usize| Span::new(base + start as u32, base + end as u32);
    let code = codes::all().next().unwrap().code;
    let mut spans = spans.iter();
    let (start, end, said) = *spans.next().unwrap();
    let mut diagnostic = Diagnostic::error(code, span(start, end), "something is wrong here").label(said);
    for (start, end, said) in spans {
        diagnostic = diagnostic.also(span(*start, *end), *said);
    }
    diagnostics::draw(&Look { width, unicode, ..Look::default() }, &map, &[diagnostic.help("do it differently")])
}

fn mark(text: &str, needle: &str) -> (usize, usize) {
    let at = text.find(needle).unwrap();
    (at, at + needle.len())
}

fn draw(text: &str, needles: &[(&str, &'static str)]) -> String {
    let spans: Vec<_> = needles
        .iter()
        .map(|(needle, said)| {
            let (start, end) = mark(text, needle);
            (start, end, *said)
        })
        .collect();
    draw_at(80, true, text, &spans)
}

#[test]
fn tabs_wide_characters_and_windows_line_ends() {
    let mut all = String::new();
    all += &draw("a: 1\n\tname:\tvalue # here\nb: 2\n", &[("value", "a value behind two tabs")]);
    all += &draw("vms:\r\n  - name: sql01\r\n    host: hv11\r\n", &[("sql01", "on a line that ends in CRLF")]);
    all += &draw("name: 日本語 host: hv11\n", &[("日本語", "wide"), ("hv11", "behind it")]);
    all += &draw("name: e\u{301}tage \u{1f468}\u{200d}\u{1f469} host: hv11\n", &[("hv11", "behind marks of no width")]);
    all +=
        &draw("name: \u{1b}[31mred\u{7} \u{202e}rtl host: hv11\n", &[("hv11", "behind what would drive a terminal")]);
    let text = "name: \u{1b}[31mred\thost: hv11\n";
    let (start, end) = mark(text, "hv11");
    all += &draw_at(80, false, text, &[(start, end, "the same in plain characters")]);
    insta::assert_snapshot!(all);
}

#[test]
fn ends_and_nothing() {
    let mut all = String::new();
    let text = "steps:\n  - vm: sql01";
    all += &draw_at(80, true, text, &[(text.len(), text.len(), "at the end of a file without a line break")]);
    all += &draw_at(80, true, "steps:\n", &[(7, 7, "behind the last line break")]);
    all += &draw_at(80, true, "", &[(0, 0, "in an empty file")]);
    all += &draw_at(80, true, "a\n\n\nb\n", &[(2, 3, "an empty line")]);
    all += &draw_at(80, true, "vm: sql01\n", &[(9, 10, "a line break")]);
    all += &draw_at(80, true, "vm: sql01\nhost: a\n", &[(4, 4, "an empty place")]);
    insta::assert_snapshot!(all);
}

#[test]
fn several_lines_and_several_marks() {
    let text = "rule A {\n  for step\n  must x\n}\nrule A {\n  for wave\n  when a\n  when b\n  must y\n  help \"z\"\n}\nrule B {}\n";
    let mut all = String::new();
    all += &draw(text, &[("rule A {\n  for step\n  must x\n}", "three lines and one"), ("rule B", "elsewhere")]);
    let second = mark(text, "rule A {\n  for wave\n  when a\n  when b\n  must y\n  help \"z\"\n}");
    all +=
        &draw_at(80, true, text, &[(second.0, second.1, "a long declaration"), (second.0, second.0 + 6, "within it")]);
    let (start, end) = mark(text, "for wave");
    all += &draw_at(
        80,
        true,
        text,
        &[(start, end, "one"), (start, end, "two"), (start + 4, end, "three"), (start, start + 3, "four")],
    );
    all += &draw("a: b: c: d\n", &[("c", "the last one"), ("a", "the first one"), ("b", "the one between")]);
    insta::assert_snapshot!(all);
}

fn minified(rows: usize) -> String {
    let mut text = String::from("{\"vms\":[");
    for row in 0..rows {
        write!(text, "{{\"name\":\"vm{row:06}\",\"host\":\"hv{}\",\"note\":\"größer\"}},", row % 7).unwrap();
    }
    text.push_str("{}]}");
    text
}

#[test]
fn minified_files_show_the_part_that_matters() {
    let text = minified(200_000);
    assert!(text.len() > 10_000_000);
    let started = std::time::Instant::now();
    let mut all = String::new();
    all += &draw(&text, &[("\"vm000003\"", "near the beginning")]);
    all += &draw(&text, &[("\"vm150000\"", "beyond what a column of 16 bits can count")]);
    all += &draw(&text, &[("\"vm150000\"", "here"), ("\"vm150001\"", "and near it"), ("\"vm199999\"", "and far away")]);
    all += &draw_at(80, true, &text, &[(text.len(), text.len(), "at the very end")]);
    all += &draw_at(80, true, &text, &[(0, text.len(), "all of it")]);
    all += &draw_at(
        40,
        false,
        &text,
        &[(5_000_000, 5_000_400, "much, in a narrow terminal with a text that needs several lines to be said")],
    );
    assert!(started.elapsed().as_secs() < 20, "a long line costs no walk along it for each mark");
    insta::assert_snapshot!(all);
}

#[test]
fn texts_are_wrapped_beside_and_below_their_marks() {
    let text = "  transfer: live-vsm                                            destination: hv12\n";
    let long = "this text is so long that it fits on no line and has to be broken into several ones, which stand under each other";
    let mut all = String::new();
    all += &draw_at(
        80,
        true,
        text,
        &[{
            let (a, b) = mark(text, "live-vsm");
            (a, b, long)
        }],
    );
    all += &draw_at(
        80,
        true,
        text,
        &[{
            let (a, b) = mark(text, "hv12");
            (a, b, long)
        }],
    );
    all += &draw_at(
        80,
        true,
        text,
        &[{
            let (a, b) = mark(text, "hv12");
            (a, b, "short enough")
        }],
    );
    insta::assert_snapshot!(all);
}

/// Where the underline of the only mark is, as the text above it.
fn marked(drawn: &str) -> Option<String> {
    let lines: Vec<&str> = drawn.lines().collect();
    let under = lines.iter().position(|line| {
        let rest = line.trim_start();
        rest.starts_with(':') && rest.contains('^')
    })?;
    let line = lines[under].split_once(": ").unwrap().1;
    let above = lines[under - 1].split_once("| ").unwrap().1;
    let start = width(&line[..line.find(['^', '|']).unwrap()]);
    let end = width(line);
    let (mut column, mut out) = (0, String::new());
    for c in above.chars() {
        if column >= start && column < end {
            out.push(c);
        }
        column += width(&c.to_string());
    }
    Some(out)
}

proptest! {
    /// Whatever the text: drawing does not fail, keeps to the width, and what is underlined is what was marked.
    #[test]
    fn marks_point_at_what_they_mark(
        before in proptest::collection::vec("[a-z äß日本\t]{0,30}", 0..5),
        left in "[a-z ä日]{0,300}",
        word in "[a-z]{1,10}",
        right in "[a-z ä日]{0,300}",
        windows in any::<bool>(),
        columns in 40usize..130,
    ) {
        let end = if windows { "\r\n" } else { "\n" };
        let mut text = String::new();
        for line in &before {
            text.push_str(line);
            text.push_str(end);
        }
        text.push_str(&left);
        let start = text.len();
        text.push_str(&word);
        let stop = text.len();
        text.push_str(&right);
        text.push_str(end);
        let drawn = draw_at(columns, false, &text, &[(start, stop, "")]);
        prop_assert_eq!(marked(&drawn), Some(word));
        for line in drawn.lines().filter(|line| !line.contains("input.yaml:")) {
            prop_assert!(width(line) <= columns, "{line:?} is wider than {columns}");
        }
    }

    /// Any spans at all, also within characters, overlapping, empty and beyond the end, are drawn without failing.
    #[test]
    fn nothing_makes_drawing_fail(
        text in "(?s).{0,400}",
        spans in proptest::collection::vec((0usize..500, 0usize..60), 1..6),
        columns in 10usize..100,
    ) {
        let spans: Vec<_> = spans.iter().map(|(a, n)| (*a, a + n, "a label")).collect();
        let inside = spans.iter().filter(|(_, end, _)| *end <= text.len()).count();
        let drawn = draw_at(columns, true, &text, &spans);
        if inside > 0 && columns > 60 {
            let told = drawn.matches("a label").count();
            prop_assert!(told >= inside, "{told} of {inside} marks are drawn:\n{drawn}");
        }
    }
}
