//! The bundled pack is well written: every file parses, without a word from the compiler.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::fs;
use std::path::{Path, PathBuf};

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

#[test]
fn every_file_parses() {
    let mut told = String::new();
    for path in files() {
        let text = fs::read_to_string(&path).unwrap();
        let mut map = SourceMap::new();
        let id = map.add(&path.display().to_string(), text.as_str()).unwrap();
        let parsed = syntax::parse(&text, map.file(id).unwrap().base());
        for diagnostic in parsed.diagnostics {
            let place = map.locate(diagnostic.span()).unwrap();
            told.push_str(&format!("{place:?}: {} {}\n", diagnostic.code.as_str(), diagnostic.message));
            told.push_str(diagnostic.help.as_deref().unwrap_or_default());
            told.push('\n');
        }
    }
    assert!(told.is_empty(), "{told}");
}
