//! How texts of the user's stand in messages: on one line, and not at full length.

/// Letters of a text that a message shows.
const LETTERS: usize = 60;

/// The text as a message shows it.
pub(super) fn shown(text: &str) -> String {
    let mut out: String = text.chars().take(LETTERS).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().nth(LETTERS).is_some() {
        out.push('…');
    }
    out
}
