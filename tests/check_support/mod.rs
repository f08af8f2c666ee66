//! Texts in, plain lines out: what the tests of the checker share.
#![allow(dead_code, missing_docs)]

use clearway::check::{Checked, PackFiles, check};
use clearway::source::SourceMap;

/// Checks packs of files given as texts.
pub fn check_packs(packs: &[(&str, &[&str])]) -> (SourceMap, Checked) {
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
pub fn lines(map: &SourceMap, checked: &Checked) -> String {
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
