//! A unified diff as `git diff` writes it and `git apply` and `patch -p1` read it.

use similar::{Algorithm, ChangeTag, DiffTag, TextDiff};

/// Lines around a change.
const AROUND: usize = 3;

/// What changed between two texts of a file; nothing at all where nothing did.
pub fn diff(old: &str, new: &str, name: &str) -> String {
    if old == new {
        return String::new();
    }
    // Lines end at `\n` alone, as those tools see it: a `\r` before it belongs to the line.
    let old_lines: Vec<&str> = old.split_inclusive('\n').collect();
    let new_lines: Vec<&str> = new.split_inclusive('\n').collect();
    let diff = TextDiff::configure().algorithm(Algorithm::Myers).diff_slices(&old_lines, &new_lines);
    let name = name.strip_prefix("./").unwrap_or(name).trim_start_matches('/');
    let (a, b) = (quoted("a/", name), quoted("b/", name));
    let tab = if name.contains(' ') { "\t" } else { "" };
    let mut out = format!("diff --git {a} {b}\n--- {a}{tab}\n+++ {b}{tab}\n");
    for group in diff.grouped_ops(AROUND) {
        let (Some(first), Some(last)) = (group.first(), group.last()) else { continue };
        let before = range(first.old_range().start, last.old_range().end);
        let after = range(first.new_range().start, last.new_range().end);
        out.push_str(&format!("@@ -{before} +{after} @@\n"));
        for op in &group {
            // Where lines were replaced, all old ones stand before all new ones.
            for change in diff.iter_changes(op) {
                out.push(match change.tag() {
                    ChangeTag::Equal => ' ',
                    ChangeTag::Delete => '-',
                    ChangeTag::Insert => '+',
                });
                let line = change.value();
                out.push_str(line);
                if !line.ends_with('\n') {
                    out.push_str("\n\\ No newline at end of file\n");
                }
            }
        }
    }
    out
}

/// A text whose lines are those of `new`; where a line is one of `old` in its place, it is taken from there as it stood.
/// Comment lines of `old` that `new` has lost stay. `ending`: what lines end with that are new.
pub(super) fn spliced(old: &[&str], new: &[&str], ending: &str) -> String {
    let bare: Vec<&str> = old.iter().map(|line| line.trim_end_matches(['\n', '\r'])).collect();
    let mut out = String::new();
    for op in similar::capture_diff_slices(Algorithm::Myers, &bare, new) {
        if matches!(op.tag(), DiffTag::Equal) {
            out.extend(old.get(op.old_range()).unwrap_or(&[]).iter().copied());
            continue;
        }
        for line in old.get(op.old_range()).unwrap_or(&[]) {
            if line.trim_start().starts_with('#') && !new.contains(&line.trim_end_matches(['\n', '\r'])) {
                out.push_str(line);
            }
        }
        for line in new.get(op.new_range()).unwrap_or(&[]) {
            if !out.is_empty() && !out.ends_with('\n') {
                out.push_str(ending);
            }
            out.push_str(line);
            out.push_str(ending);
        }
    }
    out
}

/// Lines from 1 and their number; an empty range is named by the line before it.
fn range(start: usize, end: usize) -> String {
    let count = end.saturating_sub(start);
    match count {
        0 => format!("{start},0"),
        1 => start.saturating_add(1).to_string(),
        _ => format!("{},{count}", start.saturating_add(1)),
    }
}

/// A name as git writes it: in quotes where it holds what would be misread.
fn quoted(side: &str, name: &str) -> String {
    if !name.chars().any(|letter| letter.is_control() || matches!(letter, '"' | '\\')) {
        return format!("{side}{name}");
    }
    let mut out = format!("\"{side}");
    for letter in name.chars() {
        match letter {
            '"' | '\\' => out.extend(['\\', letter]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            letter if letter.is_control() => {
                let mut bytes = [0; 4];
                for byte in letter.encode_utf8(&mut bytes).bytes() {
                    out.push_str(&format!("\\{byte:03o}"));
                }
            }
            letter => out.push(letter),
        }
    }
    out.push('"');
    out
}
