//! The checker: what it says about policies, and what it makes of them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use clearway::check::{Checked, PackFiles, check};
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
            assert!(parsed.diagnostics.is_empty(), "{:#?}", parsed.diagnostics);
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
    println!("{}", lines(&map, &checked));
    println!("{} rules {} tests", checked.policies.rules.len(), checked.policies.tests.len());
}
