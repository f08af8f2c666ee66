//! Diffs are read by the tools that diffs are for.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs
)]

use std::path::Path;
use std::process::Command;

use clearway::edit::diff;
use proptest::prelude::*;

/// Whether a tool is there; a machine without it has nothing to test.
fn there(tool: &str) -> bool {
    Command::new(tool).arg("--version").output().is_ok_and(|output| output.status.success())
}

fn applied(tool: &str, arguments: &[&str], folder: &Path, name: &str, old: &str, patch: &str) -> String {
    let file = folder.join(name);
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(&file, old).unwrap();
    std::fs::write(folder.join("the.patch"), patch).unwrap();
    let output = Command::new(tool).args(arguments).current_dir(folder).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{tool}: {said}\n{patch}");
    std::fs::read_to_string(&file).unwrap()
}

#[test]
fn git_and_patch_apply_what_was_written() {
    let long: String = (0..40).map(|n| format!("line {n}\n")).collect();
    let cases = [
        (long.clone(), long.replace("line 3\n", "line three\n").replace("line 30\n", ""), "a b/drain.plan.yaml"),
        ("a: 1\r\nb: 2\r\n".to_owned(), "a: 1\r\nb: 3\r\n".to_owned(), "x.yaml"),
        ("a\nb".to_owned(), "a\nc".to_owned(), "x.yaml"),
        ("a\nb\n".to_owned(), "a\nb".to_owned(), "./x.yaml"),
        ("a\nb".to_owned(), "a\nb\nc\n".to_owned(), "grün.yaml"),
        (String::new(), "a\n".to_owned(), "x.yaml"),
        ("a\rb\nc\n".to_owned(), "a\rb\nd\n".to_owned(), "x.yaml"),
    ];
    for (old, new, name) in &cases {
        let patch = diff(old, new, name);
        assert!(patch.ends_with('\n'));
        if there("git") {
            let folder = tempfile::tempdir().unwrap();
            let arguments = ["apply", "--whitespace=nowarn", "the.patch"];
            assert_eq!(&applied("git", &arguments, folder.path(), name, old, &patch), new, "git\n{patch}");
        }
        if there("patch") {
            let folder = tempfile::tempdir().unwrap();
            let arguments = ["-p1", "--binary", "-i", "the.patch"];
            assert_eq!(&applied("patch", &arguments, folder.path(), name, old, &patch), new, "patch\n{patch}");
        }
    }
    assert_eq!(diff("a\n", "a\n", "x"), "");
}

#[test]
fn a_diff_looks_like_that_of_git() {
    assert_eq!(
        diff("one\ntwo\nthree", "one\n2\nthree", "/plans/x.yaml"),
        "diff --git a/plans/x.yaml b/plans/x.yaml\n--- a/plans/x.yaml\n+++ b/plans/x.yaml\n@@ -1,3 +1,3 @@\n one\n-two\n+2\n three\n\\ No newline at end of file\n"
    );
}

/// Reads a diff as a tool does, without looking at the new text.
fn patched(old: &str, patch: &str) -> String {
    let old: Vec<&str> = old.split_inclusive('\n').collect();
    let mut out = String::new();
    let mut at = 0;
    let lines: Vec<&str> = patch.split_inclusive('\n').collect();
    for (index, line) in lines.iter().enumerate().skip(3) {
        let bare = lines.get(index + 1).is_some_and(|next| next.starts_with('\\'));
        let text = if bare { line[1..].trim_end_matches('\n') } else { &line[1..] };
        match line.chars().next() {
            Some('@') => {
                let range = line.split(' ').nth(1).unwrap().trim_start_matches('-');
                let (start, count) = range.split_once(',').unwrap_or((range, "1"));
                let start: usize = start.parse().unwrap();
                let from = if count == "0" { start } else { start - 1 };
                out.extend(old[at..from].iter().copied());
                at = from;
            }
            Some(' ') => {
                assert_eq!(old[at], text);
                out.push_str(text);
                at += 1;
            }
            Some('-') => {
                assert_eq!(old[at], text);
                at += 1;
            }
            Some('+') => out.push_str(text),
            _ => {}
        }
    }
    out.extend(old[at..].iter().copied());
    out
}

proptest! {
    #[test]
    fn what_a_diff_says_is_what_happened(old in "[a-c\n]{0,60}", new in "[a-c\n]{0,60}") {
        prop_assert_eq!(patched(&old, &diff(&old, &new, "x")), if old == new { old.clone() } else { new });
    }
}
