//! The bundled pack is well written: every file parses, and the compiler has nothing to say about what it means.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::fs;
use std::path::{Path, PathBuf};

use clearway::check::{self, PackFiles};
use clearway::diag::Diagnostic;
use clearway::source::SourceMap;
use clearway::syntax;

/// Every policy file of the pack, tests included, in a stable order.
fn files() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies/vmm-2019");
    let mut found = Vec::new();
    for folder in [root.clone(), root.join("tests")] {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|ending| ending == "way") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// The pack as it was read, and what the parser says about it.
fn read(map: &mut SourceMap) -> (PackFiles, Vec<Diagnostic>) {
    let mut files_read = Vec::new();
    let mut diagnostics = Vec::new();
    for path in files() {
        let text = fs::read_to_string(&path).unwrap();
        let id = map.add(&path.display().to_string(), text.as_str()).unwrap();
        let parsed = syntax::parse(&text, map.file(id).unwrap().base());
        files_read.push(parsed.tree);
        diagnostics.extend(parsed.diagnostics);
    }
    (PackFiles { folder: "vmm-2019".into(), files: files_read }, diagnostics)
}

/// Diagnostics one after another, for the message of a failed test.
fn told(map: &SourceMap, diagnostics: &[Diagnostic]) -> String {
    diagnostics
        .iter()
        .map(|diagnostic| {
            let place = map.locate(diagnostic.span()).unwrap();
            let help = diagnostic.help.as_deref().unwrap_or_default();
            let notes = diagnostic.notes.join("\n    ");
            let at = format!("{}:{}:{}", place.file, place.line, place.column);
            format!("{at}: {} {}\n    {help}\n    {notes}\n", diagnostic.code.as_str(), diagnostic.message)
        })
        .collect()
}

#[test]
fn every_file_parses() {
    let mut map = SourceMap::new();
    let (_, diagnostics) = read(&mut map);
    assert!(diagnostics.is_empty(), "{}", told(&map, &diagnostics));
}

#[test]
fn the_compiler_has_nothing_to_say() {
    let mut map = SourceMap::new();
    let (pack, _) = read(&mut map);
    let checked = check::check(&[pack]);
    assert!(checked.diagnostics.is_empty(), "{}", told(&map, &checked.diagnostics));
}
