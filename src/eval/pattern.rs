//! Patterns of `matches`, compiled when something is first asked of them. Not the check that a pattern is one: the checker has
//! made that. Asked by the machine and by the screen.

use std::sync::{Arc, OnceLock};

use regex::{Regex, bytes};

/// A pattern. What it costs to compile one lies in the tables of Unicode: `[^.]` alone is a thousand states, all but one of
/// them for letters that hardly any name has. So a text of ASCII is asked of a pattern without them, which says the same of
/// it, and the whole one is only made for a text that needs it.
#[derive(Debug)]
pub(super) struct Pattern {
    written: Arc<str>,
    ascii: OnceLock<Option<bytes::Regex>>,
    whole: OnceLock<Option<Regex>>,
}

impl Pattern {
    pub(super) fn new(written: Arc<str>) -> Pattern {
        Pattern { written, ascii: OnceLock::new(), whole: OnceLock::new() }
    }

    pub(super) fn written(&self) -> &str {
        &self.written
    }

    /// Whether the pattern is found in a text; nothing where it is no pattern.
    pub(super) fn is_match(&self, text: &str) -> Option<bool> {
        if text.is_ascii()
            && let Some(ascii) = self.ascii.get_or_init(|| without_unicode(&self.written))
        {
            return Some(ascii.is_match(text.as_bytes()));
        }
        let whole = self.whole.get_or_init(|| Regex::new(&self.written).ok());
        whole.as_ref().map(|pattern| pattern.is_match(text))
    }
}

/// The same pattern over bytes. Letters beyond ASCII stand for several bytes each, and may be what a letter of ASCII is folded
/// to (`(?i)ſ` finds `s`): patterns with any stay whole, as do those that only Unicode knows (`\p{Greek}`).
fn without_unicode(written: &str) -> Option<bytes::Regex> {
    let known = written.is_ascii() && !BEYOND.iter().any(|number| written.contains(number));
    known.then(|| bytes::RegexBuilder::new(written).unicode(false).build().ok()).flatten()
}

/// How letters are written by number.
const BEYOND: [&str; 3] = [r"\x", r"\u", r"\U"];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use regex::Regex;

    use super::Pattern;

    /// What patterns are made of, with all that Unicode and ASCII might see differently.
    fn piece() -> impl Strategy<Value = String> {
        let pieces = [
            "a",
            "k",
            "S",
            "1",
            "_",
            "-",
            " ",
            "\\.",
            ".",
            "\\d",
            "\\D",
            "\\w",
            "\\W",
            "\\s",
            "\\S",
            "\\b",
            "\\B",
            "[^.]",
            "[a-k]",
            "[^\\\\k]",
            "[[:alpha:]]",
            "[^[:word:]]",
            "(?i)",
            "(?-i)",
            "(?s)",
            "(?m)",
            "(?u)",
            "^",
            "$",
            "\\x4b",
            "\\x{212A}",
            "\\u017F",
            "\\xE9",
            "\\p{Greek}",
            "\\P{L}",
            "ſ",
            "K",
            "é",
            "[^é]",
            "|",
            "*",
            "+",
            "?",
        ];
        prop::sample::select(pieces.to_vec()).prop_map(str::to_owned)
    }

    fn text() -> impl Strategy<Value = String> {
        prop::collection::vec(
            prop::sample::select(vec!["a", "k", "K", "s", "1", "_", " ", ".", "\\", "\n", "é", "ſ"]),
            0..6,
        )
        .prop_map(|parts| parts.concat())
    }

    proptest! {
        #[test]
        fn patterns_without_unicode_say_the_same(
            pieces in prop::collection::vec(piece(), 1..7),
            texts in prop::collection::vec(text(), 1..12),
        ) {
            let written = pieces.concat();
            let Ok(whole) = Regex::new(&written) else { return Ok(()) };
            let pattern = Pattern::new(written.as_str().into());
            for text in texts {
                prop_assert_eq!(pattern.is_match(&text), Some(whole.is_match(&text)), "{} in {:?}", written, text);
            }
        }
    }
}
