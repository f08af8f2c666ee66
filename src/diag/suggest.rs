//! "Did you mean": the one place that decides which known name is near enough to an unknown one.

/// The known name nearest to `wanted`, where one is near enough to be what was meant: compared without regard to case,
/// at most a third of the letters wrong (a transposition counts once). Ties go to the name that comes first in the alphabet.
pub fn nearest<'a>(wanted: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let folded = wanted.to_lowercase();
    let wanted: Vec<char> = folded.chars().take(64).collect();
    let allowed = (wanted.len().saturating_add(2) / 3).max(1);
    known
        .into_iter()
        .filter_map(|name| {
            let candidate: Vec<char> = name.to_lowercase().chars().take(64).collect();
            let distance = distance(&wanted, &candidate);
            (distance <= allowed && distance < wanted.len().max(1)).then_some((distance, name))
        })
        .min()
        .map(|(_, name)| name)
}

/// Edits (insertion, deletion, replacement, transposition of neighbours) from one word to the other.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i.saturating_add(1)];
        for (j, y) in b.iter().enumerate() {
            let at = |row: &[usize], index: usize| row.get(index).copied().unwrap_or(usize::MAX);
            let swap = i > 0 && j > 0 && a.get(i.saturating_sub(1)) == Some(y) && b.get(j.saturating_sub(1)) == Some(x);
            let mut best = at(&last, j).saturating_add(usize::from(x != y));
            best = best.min(at(&last, j.saturating_add(1)).saturating_add(1));
            best = best.min(at(&row, j).saturating_add(1));
            if swap {
                best = best.min(at(&before, j.saturating_sub(1)).saturating_add(1));
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn near_names_are_found_and_far_ones_are_not() {
        let known = ["storage", "snapshots", "name", "host"];
        assert_eq!(nearest("stroage", known), Some("storage"));
        assert_eq!(nearest("Host", known), Some("host"));
        assert_eq!(nearest("snapshot", known), Some("snapshots"));
        assert_eq!(nearest("zebra", known), None);
        assert_eq!(nearest("x", ["y"]), None, "one letter for another is no likeness");
    }
}
