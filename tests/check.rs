//! The checker: what it says about policies, and what it makes of them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use clearway::check::{Checked, PackFiles, check};
use clearway::diag::Severity;
use clearway::source::SourceMap;

/// Checks packs of files given as texts.
fn check_packs(packs: &[(&str, &[&str])]) -> (SourceMap, Checked) {
    let mut map = SourceMap::new();
    let mut read = Vec::new();
    for (folder, texts) in packs {
        let mut files = Vec::new();
        for (i, text) in texts.iter().enumerate() {
            let id = map.add(&format!("{folder}/{i}.way"), *text).unwrap();
            let parsed = clearway::syntax::parse(text, map.file(id).unwrap().base());
            let said: Vec<_> = parsed.diagnostics.iter().map(|d| format!("{d:?}")).collect();
            assert!(said.is_empty(), "{said:#?} in {text}");
            files.push(parsed.tree);
        }
        read.push(PackFiles { folder: (*folder).into(), files });
    }
    let checked = check(&read);
    (map, checked)
}

/// Diagnostics as plain lines.
fn lines(map: &SourceMap, checked: &Checked) -> String {
    use std::fmt::Write;
    let mut out = String::new();
    for d in &checked.diagnostics {
        let place = |span| map.locate(span).map_or("-".to_owned(), |p| format!("{}:{}", p.line, p.column));
        writeln!(out, "{} {:?} {} {}", d.code, d.severity, place(d.span()), d.message).unwrap();
        for label in &d.labels {
            let text = map.text(label.span).unwrap_or("").lines().next().unwrap_or("");
            writeln!(out, "    {} {} `{text}`", place(label.span), label.text).unwrap();
        }
        for note in &d.notes {
            writeln!(out, "    note: {note}").unwrap();
        }
        if let Some(help) = &d.help {
            writeln!(out, "    help: {help}").unwrap();
        }
    }
    out
}

/// The blocks of a page with this info string.
fn blocks(page: &str, info: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = page;
    let opening = format!("```{info}\n");
    while let Some((_, after)) = rest.split_once(&opening) {
        let (block, behind) = after.split_once("\n```").expect("a block ends");
        found.push(format!("{block}\n"));
        rest = behind;
    }
    found
}

#[test]
fn every_code_has_a_page_whose_example_shows_it() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/codes");
    let mut all = String::new();
    let mut wrong = String::new();
    for info in clearway::diag::codes::check::ALL {
        let page = std::fs::read_to_string(root.join(format!("{}.md", info.code))).expect("every code has a page");
        assert!(page.starts_with(&format!("# {}: {}\n", info.code, info.title)), "{}", info.code);
        let example = blocks(&page, "way").remove(0);
        let (map, checked) = check_packs(&[("demo", &[&example])]);
        let shown = lines(&map, &checked);
        let own = checked.diagnostics.iter().filter(|d| d.code == info.code).count();
        let other = checked.diagnostics.iter().any(|d| d.code != info.code && d.severity == Severity::Error);
        if own == 0 || other {
            wrong += &format!("{} gives\n{shown}\n", info.code);
        }
        for mended in blocks(&page, "way mended") {
            let (map, checked) = check_packs(&[("demo", &[&mended])]);
            if checked.diagnostics.iter().any(|d| d.code == info.code || d.severity == Severity::Error) {
                wrong += &format!("{} mended gives\n{}\n", info.code, lines(&map, &checked));
            }
        }
        all += &format!("{} {}\n{shown}\n", info.code, info.title);
    }
    assert!(wrong.is_empty(), "{wrong}");
    insta::assert_snapshot!("pages", all);
}

#[test]
fn pack_of_the_project() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("policies/vmm-2019");
    let mut texts = Vec::new();
    for folder in [root.clone(), root.join("tests")] {
        let Ok(entries) = std::fs::read_dir(folder) else { continue };
        let mut paths: Vec<_> =
            entries.map(|e| e.unwrap().path()).filter(|p| p.extension().is_some_and(|e| e == "way")).collect();
        paths.sort();
        texts.extend(paths.iter().map(|p| std::fs::read_to_string(p).unwrap()));
    }
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let (map, checked) = check_packs(&[("vmm-2019", &texts)]);
    assert_eq!(lines(&map, &checked), "", "nothing is wrong or odd in the bundled pack");
    assert!(checked.policies.rules.len() > 30 && checked.policies.tests.len() > 100);
}
