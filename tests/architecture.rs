//! The house of `docs/architecture.md`, held: floors and their arrows, outside crates in their rooms, and the laws that
//! can be read off the text of `src/`. Every law is also shown a text that breaks it, so that none of them sleeps.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::string_slice)]

#[path = "architecture/house.rs"]
mod house;
#[path = "architecture/laws.rs"]
mod laws;
#[path = "architecture/reading.rs"]
mod reading;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clearway::session::{Options, Session};
use clearway::source::Disk;

use house::{CRATES, ROOMS};
use laws::LAWS;
use reading::{Reading, Text, read};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Files below a folder of the project whose names end so, sorted.
fn files(folder: &str, endings: &[&str]) -> Vec<PathBuf> {
    let walk = walkdir::WalkDir::new(root().join(folder)).sort_by_file_name().into_iter();
    walk.filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_file())
        .map(walkdir::DirEntry::into_path)
        .filter(|path| endings.iter().any(|ending| path.to_string_lossy().ends_with(ending)))
        .collect()
}

fn from_top(path: &Path) -> String {
    path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/")
}

fn source() -> Vec<Reading> {
    let texts: Vec<Text> = files("src", &[".rs"])
        .into_iter()
        .map(|path| Text { text: std::fs::read_to_string(&path).unwrap(), path: from_top(&path) })
        .collect();
    read(&texts)
}

fn manifest() -> toml::Table {
    std::fs::read_to_string(root().join("Cargo.toml")).unwrap().parse().unwrap()
}

fn hold(breaches: &[String]) {
    assert!(breaches.is_empty(), "the house does not hold (see docs/architecture.md):\n{}", breaches.join("\n"));
}

#[test]
fn every_law_holds_in_every_file() {
    let source = source();
    assert!(source.len() > 20, "the sources were not found");
    assert!(source.iter().map(|file| file.messages.len()).sum::<usize>() > 10, "the messages were not found");
    hold(&LAWS.iter().flat_map(|(_, law)| source.iter().flat_map(law)).collect::<Vec<_>>());
}

#[test]
fn every_outside_crate_has_a_room_and_every_lint_is_on() {
    hold(&laws::crates_have_rooms(&manifest()));
    hold(&laws::lints_are_on(&manifest()));
}

#[test]
fn the_table_has_no_circle_and_its_rooms_are_there() {
    for (place, room) in ROOMS.iter().enumerate() {
        for used in room.may_use {
            let at = ROOMS.iter().position(|other| other.name == *used).unwrap_or(usize::MAX);
            assert!(at < place, "`{}` uses `{used}`, which does not stand above it in the table", room.name);
            assert!(ROOMS[at].floor <= room.floor, "`{}` uses `{used}` of a higher floor", room.name);
        }
    }
    let root_text = std::fs::read_to_string(root().join("src/lib.rs")).unwrap();
    for room in ROOMS.iter().filter(|room| room.name != "main.rs") {
        assert!(root_text.contains(&format!("pub mod {};", room.name)), "src/lib.rs does not declare `{}`", room.name);
    }
}

/// The rows of the tables of a page: cells without their backticks.
fn rows(page: &str) -> Vec<Vec<String>> {
    let cells = |line: &str| line.trim_matches('|').split('|').map(|cell| cell.trim().replace('`', "")).collect();
    page.lines().filter(|line| line.starts_with('|')).map(cells).collect()
}

fn listed(cell: &str) -> Vec<String> {
    cell.split(',').map(|name| name.trim().to_owned()).filter(|name| name != "nothing").collect()
}

#[test]
fn the_page_shows_the_same_tables() {
    let page = std::fs::read_to_string(root().join("docs/architecture.md")).unwrap();
    let rows = rows(&page);
    let rooms: Vec<_> = rows
        .iter()
        .filter(|row| row.len() == 4 && row[0].parse::<u8>().is_ok())
        .map(|row| (row[0].parse::<u8>().unwrap(), row[1].clone(), listed(&row[3])))
        .collect();
    let held: Vec<_> = ROOMS
        .iter()
        .map(|room| (room.floor, room.name.to_owned(), room.may_use.iter().map(|&name| name.to_owned()).collect()))
        .collect::<Vec<(u8, String, Vec<String>)>>();
    assert_eq!(rooms, held, "docs/architecture.md and tests/architecture/house.rs differ about the floors");

    let crates: Vec<_> = rows
        .iter()
        .skip_while(|row| row[0] != "crate")
        .filter(|row| row.len() == 3 && row[0] != "crate" && !row[0].starts_with('-'))
        .map(|row| (row[0].replace('-', "_"), listed(&row[1])))
        .collect();
    let held: Vec<_> = CRATES
        .iter()
        .map(|(name, rooms)| ((*name).to_owned(), rooms.iter().map(|&room| room.to_owned()).collect()))
        .collect::<Vec<(String, Vec<String>)>>();
    assert_eq!(crates, held, "docs/architecture.md and tests/architecture/house.rs differ about outside crates");
}

#[test]
fn the_project_names_no_place_of_one_machine() {
    let endings = [".rs", ".md", ".toml", ".way", ".yaml", ".yml", ".json", ".snap", ".ebnf", ".csv", "run"];
    let folders = ["src", "tests", "docs", "policies", "grammar", "examples", ".ci"];
    let top = ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "Cargo.toml"].map(|name| root().join(name));
    let mut breaches = Vec::new();
    for path in folders.iter().flat_map(|folder| files(folder, &endings)).chain(top) {
        // Inputs that are broken on purpose need not be text.
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        breaches.extend(laws::machine_places(&from_top(&path), &text));
    }
    hold(&breaches);
}

/// What the laws say about one made-up file.
fn judged(path: &str, text: &str) -> Vec<String> {
    let text = format!("//! A room.\n#![deny(clippy::arithmetic_side_effects)]\n{text}");
    judged_bare(&[Text { path: path.to_owned(), text }])
}

fn judged_bare(texts: &[Text]) -> Vec<String> {
    let read = read(texts);
    LAWS.iter()
        .filter(|(_, law)| read.iter().any(|file| !law(file).is_empty()))
        .map(|(name, _)| (*name).to_owned())
        .collect()
}

#[test]
fn an_arrow_that_runs_upwards_is_caught_however_it_is_written() {
    for text in [
        "use crate::eval::Finding;",
        "use crate::{source::Span, eval};",
        "use super::super::eval::Finding;",
        "pub(crate) fn f() { crate::eval::run(); }",
        "fn f() -> crate::eval::World { todo() }",
        "fn f() { let _ = vec![crate::eval::run()]; }",
        "macro_rules! m { () => { $crate::eval::run() }; }",
        "#[derive(crate::eval::Made)] struct S;",
        "mod inner { use super::super::super::eval::Finding; }",
        "#[cfg(test)] mod tests { use crate::eval::Finding; }",
        "use crate as house;",
        "use crate::{self as house};",
    ] {
        assert_eq!(judged("src/syntax/lex.rs", text), ["arrows"], "{text}");
    }
    for text in [
        "use crate::source::Span;",
        "use super::ast::Expr;",
        "use crate::syntax::ast::Expr;",
        "/// See [`crate::eval`].\nfn f() { let _ = \"crate::eval::x\"; }",
        "fn f() { let _ = vec![crate::source::Span::NONE]; }",
    ] {
        assert_eq!(judged("src/syntax/lex.rs", text), [""; 0], "{text}");
    }
    assert_eq!(judged("src/attic/mod.rs", ""), ["arrows"], "a room without a row");
    assert_eq!(judged("src/main.rs", "fn main() { clearway::session::run() }"), ["arrows"]);
    assert_eq!(judged("src/main.rs", "fn main() { clearway::cli::main() }"), [""; 0]);
}

#[test]
fn an_outside_crate_in_a_foreign_room_is_caught() {
    for (path, text) in [
        ("src/check/mod.rs", "use nom::Parser;"),
        ("src/syntax/mod.rs", "fn f() { miette::set_hook(); }"),
        ("src/session/mod.rs", "#[derive(clap::Parser)] struct S;"),
        ("src/render/mod.rs", "use saphyr_parser::Event;"),
        ("src/render/mod.rs", "use ::jiter as reader;"),
        ("src/eval/mod.rs", "fn f() { assert!(serde_json::from_str(\"\").is_ok()); }"),
        ("src/eval/mod.rs", "extern crate csv;"),
        ("src/cli/mod.rs", "use {toml::Table, std::fmt};"),
    ] {
        assert_eq!(judged(path, text), ["outside crates"], "{text}");
    }
    // A module of the same name is no crate.
    assert_eq!(judged("src/cli/mod.rs", "mod csv; fn f() { csv::write(); }"), [""; 0]);
    assert_eq!(judged("src/cli/mod.rs", "mod csv; fn f() { ::csv::write(); }"), ["outside crates"]);
    let manifest = |text: &str| text.parse::<toml::Table>().unwrap();
    assert!(
        laws::crates_have_rooms(&manifest("[dependencies]\nleft-pad = \"1\"")).concat().contains("`left_pad` has no")
    );
    assert!(laws::crates_have_rooms(&manifest("[dependencies]")).concat().contains("`nom` is no dependency"));
    assert!(laws::lints_are_on(&manifest("[lints.clippy]\npanic = \"warn\"")).concat().contains("clippy::panic"));
    assert!(laws::lints_are_on(&manifest("")).concat().contains("rust::unsafe_code"));
}

#[test]
fn reaching_for_the_world_is_caught() {
    for text in [
        "use std::fs;",
        "use std::{fmt, fs::File};",
        "fn f() { std::env::var(\"HOME\"); }",
        "fn f() { println!(\"x\"); }",
        "fn f() { if_chain! { eprintln!(\"x\") } }",
        "use std::collections::HashMap;",
        "fn f() { std::time::SystemTime::now(); }",
    ] {
        assert_eq!(judged("src/eval/mod.rs", text), ["the world"], "{text}");
    }
    assert_eq!(judged("src/eval/mod.rs", "#[cfg(test)] mod tests { use std::fs; fn f() { println!(); } }"), [""; 0]);
    assert_eq!(judged("src/source/files.rs", "use std::fs;"), [""; 0]);
    assert_eq!(judged("src/source/map.rs", "use std::fs;"), ["the world"]);
    let tests = "#![allow(unused)] //! x".to_owned();
    let files = [
        ("src/eval/mod.rs", "//! x\n#![deny(clippy::arithmetic_side_effects)]\n#[cfg(test)] mod tests;".to_owned()),
        ("src/eval/tests.rs", tests),
    ];
    let files = files.map(|(path, text)| Text {
        path: path.to_owned(),
        text: text.replace("#![allow(unused)] //! x", "//! x\nuse std::fs; use super::*;"),
    });
    assert_eq!(judged_bare(&files), [""; 0], "a file of unit tests");
}

#[test]
fn every_other_law_is_awake() {
    assert_eq!(judged("src/eval/steps.rs", "use super::*;"), ["super globs"]);
    assert_eq!(judged("src/eval/steps.rs", "mod a { use super::{b::*}; }"), ["super globs"]);
    assert_eq!(judged("src/eval/steps.rs", "#[cfg(test)] mod tests { use super::*; }"), [""; 0]);
    assert_eq!(judged("src/lib.rs", "pub mod eval; pub use eval::run;"), ["re-exports"]);
    assert_eq!(judged("src/eval/mod.rs", "pub use crate::value::Truth;"), ["re-exports"]);
    assert_eq!(judged("src/eval/mod.rs", "pub use rustc_hash::FxHashMap;"), ["re-exports"]);
    assert_eq!(judged("src/eval/mod.rs", "mod a; pub use a::run;"), [""; 0]);
    assert_eq!(judged("src/eval/mod.rs", &"\n".repeat(601)), ["length"]);
    assert_eq!(judged("src/main.rs", &"\n".repeat(30)), ["length"]);
    for path in ["src/eval/utils.rs", "src/eval/list_helpers.rs", "src/eval/common/mod.rs", "src/eval/manager.rs"] {
        assert_eq!(judged(path, ""), ["names"], "{path}");
    }
    assert_eq!(judged("src/eval/mod.rs", "#[allow(clippy::panic)] fn f() {}"), ["silence"]);
    assert_eq!(judged("src/eval/mod.rs", "#[expect(clippy::panic)] fn f() {}"), ["silence"]);
    assert_eq!(judged("src/eval/mod.rs", "#[expect(clippy::panic, reason = \"shown\")] fn f() {}"), [""; 0]);
    for text in ["unsafe fn f() {}", "fn f() { unsafe { g() } }", "fn f() { m!(unsafe { g() }) }"] {
        assert_eq!(judged("src/eval/mod.rs", text), ["unsafe"], "{text}");
    }
    for message in
        ["\"Nothing is here\"", "format!(\"nothing is {here}.\")", "\"a\\nb\".to_owned()", "\"no `Vec` here\""]
    {
        let text = format!("fn f() {{ Diagnostic::error(CODE, span, {message}); }}");
        assert_eq!(judged("src/eval/steps.rs", &text), ["messages"], "{message}");
    }
    let text = "fn f() { Diagnostic::error(CODE, span, format!(\"`{x}` is no name\")).help(\"Write it.\"); }";
    assert_eq!(judged("src/eval/steps.rs", text), [""; 0]);
    let door = Text { path: "src/facts/mod.rs".to_owned(), text: "//! Facts.".to_owned() };
    assert_eq!(judged_bare(&[door]), ["arithmetic"]);
    let bare = Text { path: "src/eval/steps.rs".to_owned(), text: "fn f() {}".to_owned() };
    assert_eq!(judged_bare(&[bare]), ["opening"]);
    let folder = "work";
    assert_eq!(laws::machine_places("a.md", &format!("see /{folder}/x")).len(), 1);
    assert_eq!(laws::machine_places("a.md", &format!("see (`/{folder}/x`)")).len(), 1);
    assert_eq!(laws::machine_places("a.md", &format!("see docs/{folder}/x, {{{folder}}}/home/")).len(), 0);
    let awake: usize = LAWS.len();
    assert_eq!(awake, 12, "a new law needs a text that breaks it, here or above");
}

/// Words of a text, as codes and names of rules are made: letters, digits, and what joins them.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let split = text.split(|letter: char| !(letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | '.')));
    split.map(|word| word.trim_matches(['.', '-', '_']))
}

/// What the bundled packs call their rules: codes, and names that come from elsewhere.
fn names_of_rules() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for pack in std::fs::read_dir(root().join("policies")).unwrap() {
        let pack = pack.unwrap().path().to_string_lossy().into_owned();
        let options = Options { packs: vec![pack.clone()], ..Options::default() };
        let (list, told) = Session::new(&Disk, options).rules();
        assert!(!list.rules.is_empty(), "{pack}: {told:?}");
        for rule in list.rules {
            names.insert(rule.code.to_string());
            names.extend(Some(rule.name.to_string()).filter(|name| name.contains('.')));
        }
    }
    names
}

/// What a vendor says stands in policies: no Rust file of ours knows a rule by its code or name.
#[test]
fn no_rust_file_names_a_rule() {
    let names = names_of_rules();
    let mut breaches = Vec::new();
    for path in files("src", &[".rs"]) {
        let text = std::fs::read_to_string(&path).unwrap();
        let known = words(&text).filter(|word| names.contains(*word)).collect::<BTreeSet<_>>();
        breaches.extend(known.into_iter().map(|name| format!("{}: names the rule `{name}`", from_top(&path))));
    }
    hold(&breaches);
    let code = names.iter().next().unwrap();
    assert!(words(&format!("// see `{code}`, or else")).any(|word| word == code), "the law sleeps");
}
