//! The laws of the house. Each takes what was read and answers with its breaches, a line each: where, what, and what to do.

use super::house::{
    CEILING, CHECKED, CRATES, EMPTY_NAMES, EVERYWHERE, LINTS, MAIN_CEILING, PRINTING, ROOMS, Room, WORLD,
};
use super::reading::{How, Mention, Reading};

/// What a file does against a law, a line each.
pub type Law = fn(&Reading) -> Vec<String>;

/// All laws about the files of `src/`, by name.
pub const LAWS: &[(&str, Law)] = &[
    ("arrows", arrows),
    ("outside crates", outside_crates),
    ("the world", the_world),
    ("super globs", super_globs),
    ("re-exports", reexports),
    ("opening", opening),
    ("length", length),
    ("names", names),
    ("silence", silence),
    ("unsafe", no_unsafe),
    ("messages", messages),
    ("arithmetic", arithmetic),
];

fn room(name: &str) -> Option<&'static Room> {
    ROOMS.iter().find(|room| room.name == name)
}

fn told(mention: &Mention) -> String {
    mention.path.join("::")
}

/// A room uses only what the table gives it, in unit tests as well.
fn arrows(file: &Reading) -> Vec<String> {
    if file.room == "lib.rs" {
        return Vec::new();
    }
    let Some(home) = room(&file.room) else {
        return vec![format!("{}: the room `{}` has no row in the table of floors", file.path, file.room)];
    };
    let mut breaches = Vec::new();
    for mention in &file.mentions {
        let ["crate", rest @ ..] = &*mention.path.iter().map(String::as_str).collect::<Vec<_>>() else { continue };
        match rest {
            [] => breaches.push(format!("{}: names the crate's root as a whole, which hides an arrow", file.path)),
            [other, ..] if *other == home.name || home.may_use.contains(other) => {}
            [other, ..] if room(other).is_some() => {
                breaches.push(format!("{}: `{}` may not use `{other}` ({})", file.path, home.name, told(mention)));
            }
            _ => {}
        }
    }
    breaches
}

/// Outside crates stay in their rooms; one that has no row has no room at all.
fn outside_crates(file: &Reading) -> Vec<String> {
    let mut breaches = Vec::new();
    for mention in &file.mentions {
        let Some(first) = mention.path.first() else { continue };
        let Some((name, rooms)) = CRATES.iter().find(|(name, _)| name == first) else { continue };
        if !rooms.contains(&file.room.as_str()) && !rooms.contains(&EVERYWHERE) {
            breaches.push(format!(
                "{}: `{name}` is at home in {}, not in `{}`",
                file.path,
                rooms.join(", "),
                file.room
            ));
        }
    }
    breaches
}

/// Files, streams, clocks and printing stand in one place. Unit tests may do as they like.
fn the_world(file: &Reading) -> Vec<String> {
    let mut breaches = Vec::new();
    for mention in file.mentions.iter().filter(|mention| !mention.in_test) {
        let path = told(mention);
        for (forbidden, places) in WORLD {
            let hit = path == *forbidden || path.starts_with(&format!("{forbidden}::"));
            if hit && !places.iter().any(|place| *place == file.room || *place == file.path) {
                breaches.push(format!("{}: `{path}` belongs to {places:?}", file.path));
            }
        }
    }
    for name in PRINTING.iter().filter(|name| file.macros.contains(**name)) {
        if file.room != "cli" && file.room != "main.rs" {
            breaches.push(format!("{}: `{name}!` belongs to `cli`", file.path));
        }
    }
    breaches
}

fn super_globs(file: &Reading) -> Vec<String> {
    let glob = |mention: &&Mention| mention.how == How::Glob && mention.from_super && !mention.in_test;
    file.mentions.iter().filter(glob).map(|_| format!("{}: `use super::*` hides what is used", file.path)).collect()
}

/// The crate's root holds modules alone, and no room passes another room's things on.
fn reexports(file: &Reading) -> Vec<String> {
    if file.room == "lib.rs" {
        let hidden = file.items_beside_modules > 0;
        return hidden
            .then(|| format!("{}: the root of the crate holds `pub mod` alone", file.path))
            .into_iter()
            .collect();
    }
    let passed_on = |mention: &&Mention| {
        mention.how == How::Reexport
            && match mention.path.iter().map(String::as_str).collect::<Vec<_>>()[..] {
                ["crate", other, ..] => other != file.room,
                _ => CRATES.iter().any(|(name, _)| Some(*name) == mention.path.first().map(String::as_str)),
            }
    };
    let tell = |mention: &Mention| format!("{}: passes `{}` on, which hides an arrow", file.path, told(mention));
    file.mentions.iter().filter(passed_on).map(tell).collect()
}

fn opening(file: &Reading) -> Vec<String> {
    let missing = !file.opens_with_docs;
    missing.then(|| format!("{}: opens without `//!`", file.path)).into_iter().collect()
}

fn length(file: &Reading) -> Vec<String> {
    let ceiling = if file.room == "main.rs" { MAIN_CEILING - 1 } else { CEILING };
    let long = file.lines > ceiling;
    long.then(|| format!("{}: {} lines, {ceiling} are the ceiling", file.path, file.lines)).into_iter().collect()
}

fn names(file: &Reading) -> Vec<String> {
    let parts = file.path.trim_end_matches(".rs").split(['/', '_']);
    parts
        .filter(|part| EMPTY_NAMES.contains(part))
        .map(|part| format!("{}: `{part}` says nothing of what it holds", file.path))
        .collect()
}

fn silence(file: &Reading) -> Vec<String> {
    let tell = |lint: &String| format!("{}: silences `{lint}`; write `#[expect(…, reason = \"…\")]`", file.path);
    file.silenced.iter().map(tell).collect()
}

fn no_unsafe(file: &Reading) -> Vec<String> {
    file.says_unsafe.then(|| format!("{}: says `unsafe`", file.path)).into_iter().collect()
}

/// The law of messages, as far as it shows where one is written.
fn messages(file: &Reading) -> Vec<String> {
    let speaks_rust =
        regex::Regex::new(r"\b(Vec|Option|Result|Box|Arc|String|HashMap|usize|[iu](8|16|32|64)|f64)\b").unwrap();
    let breach = |text: &String| {
        let wrong = if text.starts_with(|c: char| c.is_uppercase()) {
            "begins with a capital"
        } else if text.ends_with(['.', '!']) {
            "ends with a full stop"
        } else if text.contains('\n') {
            "has more than one line"
        } else if speaks_rust.is_match(text) {
            "speaks of a Rust type"
        } else {
            return None;
        };
        Some(format!("{}: the message {text:?} {wrong}", file.path))
    };
    file.messages.iter().filter_map(breach).collect()
}

/// Rooms that compute with what users wrote say so at their door.
fn arithmetic(file: &Reading) -> Vec<String> {
    let door = file.path == format!("src/{}/mod.rs", file.room) && CHECKED.contains(&file.room.as_str());
    let denies = file.denied.iter().any(|lints| lints.contains("clippy::arithmetic_side_effects"));
    let open = door && !denies;
    open.then(|| format!("{}: has to say `#![deny(clippy::arithmetic_side_effects)]`", file.path)).into_iter().collect()
}

/// Every dependency has a row, every row is a dependency.
pub fn crates_have_rooms(manifest: &toml::Table) -> Vec<String> {
    let empty = toml::Table::new();
    let declared = manifest.get("dependencies").and_then(toml::Value::as_table).unwrap_or(&empty);
    let declared: Vec<String> = declared.keys().map(|name| name.replace('-', "_")).collect();
    let homeless = declared.iter().filter(|name| !CRATES.iter().any(|(known, _)| known == name));
    let gone = CRATES.iter().filter(|(name, _)| !declared.iter().any(|known| known == name));
    homeless
        .map(|name| format!("Cargo.toml: `{name}` has no row in the table of outside crates"))
        .chain(gone.map(|(name, _)| format!("the table of outside crates: `{name}` is no dependency")))
        .collect()
}

/// The lints that forbid panics and `unsafe` are on.
pub fn lints_are_on(manifest: &toml::Table) -> Vec<String> {
    let level = |group: &str, lint: &str| {
        manifest.get("lints")?.get(group)?.get(lint).and_then(|level| level.as_str().map(str::to_owned))
    };
    LINTS
        .iter()
        .filter(|(group, lint, wanted)| level(group, lint).as_deref() != Some(wanted))
        .map(|(group, lint, wanted)| format!("Cargo.toml: `{group}::{lint}` has to be `{wanted}`"))
        .collect()
}

/// Places of one machine: a project that names them works on that machine alone.
pub fn machine_places(path: &str, text: &str) -> Vec<String> {
    let places = ["work", "tmp", "root", "home"].map(|folder| format!("/{folder}/"));
    text.lines()
        .enumerate()
        .filter(|(_, line)| {
            places.iter().any(|place| line.match_indices(place.as_str()).any(|(at, _)| begins_a_path(line, at)))
        })
        .map(|(number, line)| format!("{path}:{}: names a place of one machine: {}", number + 1, line.trim()))
        .collect()
}

/// Whether an absolute path begins here, rather than a name that only has such a folder in its middle.
fn begins_a_path(line: &str, at: usize) -> bool {
    let before = line[..at].chars().next_back();
    !before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '}' | ')' | '*'))
}
