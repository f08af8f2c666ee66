//! What the binary brings along is complete and fresh. `CLEARWAY_UPDATE=1 cargo test --test embedded` writes it anew (twice,
//! where a pack was added).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

const LIST: &str = "src/session/embedded/files.rs";

fn below(folder: &str, ending: &str) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let walk = walkdir::WalkDir::new(root.join(folder)).sort_by_file_name().into_iter().filter_map(Result::ok);
    let mut files: Vec<String> = walk
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| entry.path().strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/"))
        .filter(|path| path.ends_with(ending))
        .collect();
    files.sort();
    files
}

fn list() -> String {
    let mut out = String::from("//! What the binary brings along: written by `tests/embedded.rs`, not by hand.\n\n");
    let mut packs: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for path in below("policies", ".way") {
        let rest = path.strip_prefix("policies/").unwrap();
        packs.entry(rest.split('/').next().unwrap().to_owned()).or_default().push(rest.to_owned());
    }
    out += "/// A file: the name it has in messages, and its text.\ntype File = (&'static str, &'static str);\n\n";
    out +=
        "/// Packs by name, each with its files.\n#[rustfmt::skip]\npub(super) const PACKS: &[(&str, &[File])] = &[\n";
    for (pack, files) in &packs {
        writeln!(out, "    ({pack:?}, &[").unwrap();
        for file in files {
            writeln!(out, "        ({file:?}, include_str!(\"../../../policies/{file}\")),").unwrap();
        }
        out += "    ]),\n";
    }
    out += "];\n\n/// Compiled packs by name.\n#[rustfmt::skip]\npub(super) const PROGRAMS: &[(&str, &[u8])] = &[\n";
    for pack in packs.keys() {
        writeln!(out, "    ({pack:?}, include_bytes!(\"{pack}.program\")),").unwrap();
    }
    out += "];\n\n/// Pages by code.\n#[rustfmt::skip]\npub(super) const PAGES: &[File] = &[\n";
    for path in below("docs/codes", ".md") {
        let code = path.rsplit('/').next().unwrap().trim_end_matches(".md");
        if code.starts_with("CW") {
            writeln!(out, "    ({code:?}, include_str!(\"../../../{path}\")),").unwrap();
        }
    }
    out += "];\n";
    out
}

#[test]
fn compiled_packs_are_those_of_the_texts() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/session/embedded");
    let packs: std::collections::BTreeSet<String> = below("policies", ".way")
        .iter()
        .map(|path| path.trim_start_matches("policies/").split('/').next().unwrap().to_owned())
        .collect();
    for pack in packs {
        let path = folder.join(format!("{pack}.program"));
        let compiled = clearway::session::compile_bundled(&pack);
        // A pack that is new is in the list from the next run on; until then an empty file keeps its place.
        if compiled.is_none() && std::env::var_os("CLEARWAY_UPDATE").is_some() {
            if !path.exists() {
                std::fs::write(&path, "").unwrap();
            }
            continue;
        }
        let program = compiled.expect("the bundled packs are free of errors");
        let wanted = postcard::to_allocvec(&program).unwrap();
        let found = std::fs::read(&path).unwrap_or_default();
        if found != wanted && std::env::var_os("CLEARWAY_UPDATE").is_some() {
            std::fs::write(&path, &wanted).unwrap();
            continue;
        }
        assert!(found == wanted, "{pack}.program is out of date: run `CLEARWAY_UPDATE=1 cargo test --test embedded`");
        assert_eq!(postcard::from_bytes::<clearway::program::Program>(&found).unwrap(), program);
    }
}

#[test]
fn every_policy_and_every_page_is_in_the_binary() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(LIST);
    let wanted = list();
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    if found != wanted && std::env::var_os("CLEARWAY_UPDATE").is_some() {
        std::fs::write(&path, &wanted).unwrap();
        return;
    }
    assert_eq!(found, wanted, "{LIST} is out of date: run `CLEARWAY_UPDATE=1 cargo test --test embedded`");
}
