//! What pages show is what the program prints: every `console` block of the README and of the tutorial is typed again.
//! `UPDATE_PAGES=1 cargo test --test pages` writes the present output into them; read it before it is committed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "pages/markdown.rs"]
mod markdown;

use std::path::{Path, PathBuf};
use std::process::Command;

use markdown::{Block, blocks};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The words of a command line; single quotes keep blanks together.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '\'' => quoted = !quoted,
            ' ' if !quoted => words.extend((!word.is_empty()).then(|| std::mem::take(&mut word))),
            c => word.push(c),
        }
    }
    words.extend((!word.is_empty()).then_some(word));
    words
}

/// Types the commands of a block in a folder and gives the block as a terminal would show it.
fn typed(block: &Block, folder: &Path) -> String {
    let mut shown = String::new();
    let mut status = 0;
    for command in block.text.lines().filter_map(|line| line.strip_prefix("$ ")) {
        shown.push_str(&format!("$ {command}\n"));
        if command == "echo $?" {
            shown.push_str(&format!("{status}\n"));
            continue;
        }
        let words = words(command);
        assert_eq!(words[0], "clearway", "pages type `clearway` alone: {command}");
        let output = Command::new(env!("CARGO_BIN_EXE_clearway"))
            .args(&words[1..])
            .current_dir(folder)
            .env("NO_COLOR", "1")
            .env("COLUMNS", "100")
            .env_remove("FORCE_COLOR")
            .env_remove("CLICOLOR_FORCE")
            .output()
            .unwrap();
        status = output.status.code().unwrap_or(101);
        assert!(status != 101, "{command} panicked");
        for stream in [output.stdout, output.stderr] {
            let text = String::from_utf8(stream).unwrap();
            shown.extend(text.lines().map(|line| format!("{}\n", line.trim_end())));
        }
    }
    shown
}

/// Compares every `console` block of a page with what is printed now. Blocks whose info string ends in a path are files
/// of the folder in which the commands are typed, from that block on.
fn hold(page: &str, folder: &Path) {
    let path = root().join(page);
    let text = std::fs::read_to_string(&path).unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let mut shift = 0isize;
    let mut stale = Vec::new();
    let mut consoles = 0;
    for block in blocks(&text) {
        if let Some(file) = block.info.split(' ').nth(1).filter(|word| word.contains('.')) {
            let file = folder.join(file);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, &block.text).unwrap();
        }
        if block.info != "console" {
            continue;
        }
        consoles += 1;
        let now = typed(&block, folder);
        if now != block.text {
            let first = (block.above as isize + 1 + shift) as usize;
            let count = block.text.lines().count();
            lines.splice(first..first + count, now.lines().map(str::to_owned));
            shift += now.lines().count() as isize - count as isize;
            stale.push(format!("{page}:{}\n--- shown\n{}--- printed\n{now}", block.above + 1, block.text));
        }
    }
    assert!(consoles > 0, "{page} shows nothing");
    if std::env::var_os("UPDATE_PAGES").is_some() {
        std::fs::write(&path, lines.join("\n") + "\n").unwrap();
    } else {
        assert!(stale.is_empty(), "pages are stale (UPDATE_PAGES=1 mends them):\n{}", stale.join("\n"));
    }
}

#[test]
fn the_readme_shows_what_is_printed() {
    hold("README.md", root());
}

#[test]
fn the_tutorial_shows_what_is_printed() {
    let folder = tempfile::tempdir().unwrap();
    hold("docs/writing-a-policy.md", folder.path());
}

#[test]
fn the_page_of_forklift_shows_what_is_printed() {
    let folder = tempfile::tempdir().unwrap();
    hold("docs/forklift.md", folder.path());
}

/// Every link of a page to another file of the project leads somewhere.
#[test]
fn a_pack_of_the_page_does_what_it_says() {
    let folder = tempfile::tempdir().unwrap();
    hold("docs/writing-a-pack.md", folder.path());
}

#[test]
fn the_tour_shows_what_is_printed() {
    hold("docs/tour.md", root());
}

#[test]
fn links_lead_somewhere() {
    let link = regex::Regex::new(r"\]\(([^)#]+)(#[^)]*)?\)").unwrap();
    let walk = walkdir::WalkDir::new(root()).into_iter();
    let pages = walk
        .filter_entry(|entry| {
            let name = entry.file_name().to_string_lossy();
            entry.depth() == 0 || !(name.starts_with('.') || name == "target" || name == "node_modules")
        })
        .filter_map(Result::ok)
        .map(walkdir::DirEntry::into_path)
        .filter(|path| path.extension().is_some_and(|ending| ending == "md"));
    let mut dead = Vec::new();
    for page in pages {
        let text = std::fs::read_to_string(&page).unwrap();
        let prose: String = without_blocks(&text);
        for found in link.captures_iter(&prose).filter(|found| !found[1].contains("://")) {
            let target: PathBuf = page.parent().unwrap().join(&found[1]);
            if !target.exists() {
                dead.push(format!("{}: {}", page.strip_prefix(root()).unwrap().display(), &found[1]));
            }
        }
    }
    assert!(dead.is_empty(), "links that lead nowhere:\n{}", dead.join("\n"));
}

/// Pages that the sources send their reader to are there.
#[test]
fn sources_speak_of_pages_that_are_there() {
    let named = regex::Regex::new(r"\b(?:docs|grammar|tests)/[\w/-]+\.(?:md|rs|ebnf)\b").unwrap();
    let mut missing = Vec::new();
    for entry in walkdir::WalkDir::new(root().join("src")).into_iter().filter_map(Result::ok) {
        let Ok(text) = std::fs::read_to_string(entry.path()) else { continue };
        for found in named.find_iter(&text).filter(|found| !root().join(found.as_str()).exists()) {
            missing.push(format!("{}: {}", entry.path().strip_prefix(root()).unwrap().display(), found.as_str()));
        }
    }
    assert!(missing.is_empty(), "pages that are not there:\n{}", missing.join("\n"));
}

fn without_blocks(page: &str) -> String {
    let mut inside = false;
    let keep = |line: &&str| {
        let fence = line.starts_with("```");
        inside ^= fence;
        !inside && !fence
    };
    page.lines().filter(keep).collect::<Vec<_>>().join("\n")
}
