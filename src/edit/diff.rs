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

/// Whole lines of a text, and what stands in their place in another one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hunk {
    /// The first line that is replaced, from 1.
    pub first: usize,
    /// The last line that is replaced: there is always one.
    pub last: usize,
    /// The new lines, without line breaks; none where the old ones go.
    pub lines: Vec<String>,
}

/// What differs between two texts, in few pieces: lines that only come are told with the line before them.
pub fn hunks(old: &str, new: &str) -> Vec<Hunk> {
    let old: Vec<&str> = old.lines().collect();
    let new: Vec<&str> = new.lines().collect();
    let mut ranges: Vec<(std::ops::Range<usize>, std::ops::Range<usize>)> = Vec::new();
    for op in similar::capture_diff_slices(Algorithm::Myers, &old, &new) {
        if matches!(op.tag(), DiffTag::Equal) {
            continue;
        }
        let (mut gone, mut came) = (op.old_range(), op.new_range());
        if gone.is_empty() && gone.start > 0 && came.start > 0 {
            (gone.start, came.start) = (gone.start.saturating_sub(1), came.start.saturating_sub(1));
        } else if gone.is_empty() && gone.end < old.len() && came.end < new.len() {
            (gone.end, came.end) = (gone.end.saturating_add(1), came.end.saturating_add(1));
        }
        match ranges.last_mut() {
            // What is a line apart is one change to whoever reads it.
            Some((before, until)) if gone.start <= before.end.saturating_add(1) => {
                (before.end, until.end) = (gone.end.max(before.end), came.end.max(until.end));
            }
            _ => ranges.push((gone, came)),
        }
    }
    let told = ranges.into_iter().filter(|(gone, _)| !gone.is_empty()).map(|(gone, came)| Hunk {
        first: gone.start.saturating_add(1),
        last: gone.end,
        lines: new.get(came).unwrap_or(&[]).iter().map(|line| (*line).to_owned()).collect(),
    });
    told.collect()
}

/// The lines that differ between two texts, with so many around them, in their order: whether a line is of both, of the old
/// text alone, or of the new one alone.
pub fn lines(old: &str, new: &str, around: usize) -> Vec<(Option<Side>, String)> {
    let diff = TextDiff::configure().algorithm(Algorithm::Myers).diff_lines(old, new);
    let groups = diff.grouped_ops(around);
    let changes = groups.iter().flatten().flat_map(|op| diff.iter_changes(op));
    let told = changes.map(|change| {
        let side = match change.tag() {
            ChangeTag::Equal => None,
            ChangeTag::Delete => Some(Side::Old),
            ChangeTag::Insert => Some(Side::New),
        };
        (side, change.value().trim_end_matches('\n').to_owned())
    });
    told.collect()
}

/// One of two texts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Side {
    /// That of before.
    Old,
    /// That of after.
    New,
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
