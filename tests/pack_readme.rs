//! The README of the pack `vmm-2019` says of every statement of the vendor's page where it went, that of `vmm-2022` what it changes.
//! The list is complete, names codes that the pack has, and leaves none of the pack's codes out.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::string_slice)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn pack() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("policies/vmm-2019")
}

fn readme() -> String {
    fs::read_to_string(pack().join("README.md")).unwrap()
}

/// The numbers of all statements: `0.1` to `0.4` and so on, `A1` to `A7`; `B1` to `B17` are of other pages.
fn statements() -> Vec<String> {
    let chapters = [("0.", 4), ("1.", 14), ("2.", 8), ("3.", 4), ("4.", 9), ("A", 7), ("5.", 20), ("6.", 5), ("B", 17)];
    chapters.iter().flat_map(|(chapter, count)| (1..=*count).map(move |n| format!("{chapter}{n}"))).collect()
}

/// Every `VMM` followed by digits.
fn codes_in(text: &str) -> BTreeSet<String> {
    text.match_indices("VMM")
        .map(|(at, _)| {
            text[at..].chars().take(3).chain(text[at + 3..].chars().take_while(char::is_ascii_digit)).collect()
        })
        .filter(|code: &String| code.len() == 6)
        .collect()
}

/// The codes that the pack declares: the word behind `rule`, `matrix`, or the level of a condition, choice or effect's note.
fn declared() -> BTreeSet<String> {
    let mut codes = BTreeSet::new();
    for entry in fs::read_dir(pack()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|ending| ending != "way") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
            let words: Vec<&str> = line.split_whitespace().collect();
            for pair in words.windows(2) {
                if ["rule", "matrix", "must", "should", "note"].contains(&pair[0]) && pair[1].starts_with("VMM") {
                    assert!(codes.insert(pair[1].to_owned()), "{} is declared twice", pair[1]);
                }
            }
        }
    }
    codes
}

/// The rows of the README's tables that speak of a statement: number, statement, where it went.
fn rows(readme: &str) -> Vec<[String; 3]> {
    readme
        .lines()
        .filter_map(|line| {
            let cells: Vec<&str> = line.strip_prefix('|')?.strip_suffix('|')?.splitn(3, '|').map(str::trim).collect();
            let number = cells.first()?;
            let numbered = number.starts_with(|c: char| c.is_ascii_digit())
                || (number.starts_with(['A', 'B']) && number[1..].starts_with(|c: char| c.is_ascii_digit()));
            (numbered && cells.len() == 3).then(|| [cells[0].to_owned(), cells[1].to_owned(), cells[2].to_owned()])
        })
        .collect()
}

#[test]
fn every_statement_is_listed_once_and_in_order() {
    let listed: Vec<String> = rows(&readme()).into_iter().map(|[number, _, _]| number).collect();
    assert_eq!(listed, statements());
}

#[test]
fn every_statement_is_held_by_something_or_says_why_not() {
    for [number, statement, held_by] in rows(&readme()) {
        assert!(!statement.is_empty(), "{number} says nothing");
        let by_code = !codes_in(&held_by).is_empty();
        let by_name =
            held_by.starts_with("the input") || held_by.starts_with("the choice") || held_by.contains("effect `");
        let why_not = held_by.starts_with("not a rule: ") || held_by.starts_with("not yet: ");
        assert!(by_code || by_name || why_not, "{number} is held by nothing: {held_by}");
    }
}

#[test]
fn every_code_that_is_named_exists() {
    let declared = declared();
    for code in codes_in(&readme()) {
        assert!(declared.contains(&code), "{code} is named in the README, the pack has no such code");
    }
}

#[test]
fn every_code_of_the_pack_is_accounted_for() {
    // "VMM101 to VMM115" names a range; the tables of statements name codes one by one.
    let named: BTreeSet<String> = rows(&readme()).iter().flat_map(|[_, _, held_by]| codes_in(held_by)).collect();
    let declared = declared();
    let missing: Vec<&String> = declared.difference(&named).collect();
    assert!(missing.is_empty(), "no statement leads to {missing:?}");
}

#[test]
fn effects_that_are_named_exist() {
    let effects = fs::read_to_string(pack().join("effects.way")).unwrap();
    for (at, word) in readme().match_indices("effect `") {
        let text = readme();
        let name: String = text[at + word.len()..].chars().take_while(|c| *c != '`').collect();
        assert!(
            effects.contains(&format!("effect {name} {{")),
            "the README names the effect `{name}`, the pack has none"
        );
    }
}

#[test]
fn cells_that_are_named_exist() {
    // `VMM201, cell (local-disk, csv)`: both are headers of that matrix.
    for [number, _, held_by] in rows(&readme()) {
        let Some((code, rest)) = held_by.split_once(", cell (") else { continue };
        let (row, column) = rest.split_once(')').unwrap().0.split_once(", ").unwrap();
        let file = fs::read_dir(pack())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.is_file())
            .map(|path| fs::read_to_string(path).unwrap())
            .find(|text| text.contains(&format!("matrix {code} ")))
            .unwrap_or_else(|| panic!("{number} names {code}, no matrix has that code"));
        let matrix = file.split_once(&format!("matrix {code} ")).unwrap().1;
        let table: Vec<Vec<&str>> = matrix
            .lines()
            .map(str::trim)
            .skip_while(|line| !line.starts_with('|'))
            .take_while(|line| line.starts_with('|'))
            .map(|line| line.split('|').map(str::trim).collect())
            .collect();
        assert!(table[0].contains(&column), "{number}: {code} has no column {column}");
        assert!(table.iter().any(|cells| cells[1] == row), "{number}: {code} has no row {row}");
    }
}

/// The layer's README tells of everything that the layer changes, and of no code that there is not.
#[test]
fn the_layer_tells_what_it_changes() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies/vmm-2022");
    let readme = fs::read_to_string(folder.join("README.md")).unwrap();
    let text = fs::read_to_string(folder.join("pack.way")).unwrap();
    let changed: BTreeSet<String> = text
        .lines()
        .filter(|line| line.starts_with("adjust ") || line.starts_with("disable "))
        .flat_map(codes_in)
        .collect();
    assert_eq!(changed.len(), 5);
    let (named, declared) = (codes_in(&readme), declared());
    let untold: Vec<&String> = changed.difference(&named).collect();
    assert!(untold.is_empty(), "the README says nothing of {untold:?}");
    let unknown: Vec<&String> = named.difference(&declared).collect();
    assert!(unknown.is_empty(), "the README names {unknown:?}, which no pack has");
}
