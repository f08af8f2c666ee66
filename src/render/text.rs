//! Text on a terminal: its width, wrapping, paint, and what must not reach a terminal as it is. The one place that knows
//! of escape sequences; it knows nothing of findings. Every drawing module of this room goes through it.

use std::borrow::Cow;

use unicode_width::UnicodeWidthChar;

/// What a drawing may use: how wide, with colours or without, with box characters or without, how much of everything.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Look {
    /// Columns.
    pub width: usize,
    /// Whether escape sequences for colours may be written.
    pub color: bool,
    /// Whether characters beyond ASCII may be used for frames and arrows. Users' own texts are written as they are.
    pub unicode: bool,
    /// Whether nothing is folded or cut.
    pub verbose: bool,
    /// Whether only findings are drawn: no headings of plans, no account.
    pub quiet: bool,
}

impl Default for Look {
    fn default() -> Look {
        Look { width: 80, color: false, unicode: true, verbose: false, quiet: false }
    }
}

/// What a piece of text is, as far as its colour is concerned.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tone {
    /// An error, a denial.
    Error,
    /// A warning, something unverified.
    Warning,
    /// An information.
    Info,
    /// Something that is as it should be.
    Good,
    /// What matters in a line.
    Strong,
    /// What may be overlooked.
    Faint,
    /// A word that introduces help.
    Help,
    /// As it is.
    Plain,
}

impl Look {
    /// A text in a tone.
    pub fn paint<'a>(&self, tone: Tone, text: &'a str) -> Cow<'a, str> {
        let code = match tone {
            Tone::Error => "1;31",
            Tone::Warning => "1;33",
            Tone::Info => "1;36",
            Tone::Good => "32",
            Tone::Strong => "1",
            Tone::Faint => "2",
            Tone::Help => "36",
            Tone::Plain => return Cow::Borrowed(text),
        };
        if self.color && !text.is_empty() {
            Cow::Owned(format!("\u{1b}[{code}m{text}\u{1b}[0m"))
        } else {
            Cow::Borrowed(text)
        }
    }

    /// The one of two texts that the terminal can show.
    pub fn pick<'a>(&self, unicode: &'a str, ascii: &'a str) -> &'a str {
        if self.unicode { unicode } else { ascii }
    }

    /// The sign that something was left out.
    pub fn ellipsis(&self) -> &'static str {
        if self.unicode { "…" } else { "..." }
    }
}

/// Columns of a text without escape sequences.
pub fn width(text: &str) -> usize {
    text.chars().map(char_width).fold(0, usize::saturating_add)
}

/// Columns of a character.
pub fn char_width(c: char) -> usize {
    c.width().unwrap_or(0)
}

/// Whether a character must not reach a terminal: it would move the cursor, change the order of what follows, or not be seen at all.
pub fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2028}' | '\u{2029}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// A text for one line of a terminal: line breaks and tabs become blanks, other control characters are written out.
pub fn clean(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\t' => out.push(' '),
            '\r' => {}
            c if is_unsafe(c) => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// A text in lines of at most `columns`, the first of at most `first`. Words are kept whole where they fit a line.
/// There is at least one line, and no letter is lost but the blanks at which lines break.
pub fn wrap(text: &str, first: usize, columns: usize) -> Vec<String> {
    let columns = columns.max(8);
    let mut lines: Vec<String> = vec![String::new()];
    let mut used = 0usize;
    let mut room = first;
    for word in text.split_whitespace() {
        let wide = width(word);
        let blank = usize::from(used > 0);
        if used.saturating_add(blank).saturating_add(wide) <= room {
            let line = last(&mut lines);
            if blank == 1 {
                line.push(' ');
            }
            line.push_str(word);
            used = used.saturating_add(blank).saturating_add(wide);
            continue;
        }
        if used > 0 || (room < columns && wide > room) {
            lines.push(String::new());
            room = columns;
        }
        let mut rest = word;
        while is_wider(rest, room) {
            let (head, tail) = split(rest, room);
            last(&mut lines).push_str(head);
            lines.push(String::new());
            (rest, room) = (tail, columns);
        }
        last(&mut lines).push_str(rest);
        used = width(rest);
    }
    lines
}

/// Whether a word does not fit. What is very long is not read to its end for it.
fn is_wider(word: &str, room: usize) -> bool {
    let used = |used: &mut usize, c: char| {
        *used = used.saturating_add(char_width(c));
        Some(*used)
    };
    word.chars().scan(0, used).any(|used| used > room)
}

/// A part of a word that fits, and the rest: where it can be at a joint of a path or a route, not within a name.
fn split(word: &str, room: usize) -> (&str, &str) {
    let mut used = 0usize;
    let mut fits = 0usize;
    let mut joint = None;
    for (at, c) in word.char_indices() {
        if c == '.' && at > 0 {
            joint = Some((at, used));
        }
        used = used.saturating_add(char_width(c));
        if used > room && at > 0 {
            break;
        }
        fits = at.saturating_add(c.len_utf8());
        if matches!(c, '/' | '\\' | ',' | ';' | ']') {
            joint = Some((fits, used));
        }
    }
    let half = room.checked_div(2).unwrap_or(0);
    let at = joint.filter(|(at, before)| *before > half && *at <= fits).map_or(fits, |(at, _)| at);
    word.split_at_checked(at).unwrap_or((word, ""))
}

fn last(lines: &mut Vec<String>) -> &mut String {
    if lines.is_empty() {
        lines.push(String::new());
    }
    let at = lines.len().saturating_sub(1);
    #[expect(clippy::indexing_slicing, reason = "a line was pushed where there was none")]
    &mut lines[at]
}

/// Writes a text behind a head of its own width, wrapped, further lines under the text's beginning.
/// The head may hold escape sequences, so its width is given.
pub fn paragraph(out: &mut String, look: &Look, head: &str, head_width: usize, text: &str) {
    let columns = look.width.saturating_sub(head_width).max(24);
    let text = clean(text);
    for (index, line) in wrap(&text, columns, columns).into_iter().enumerate() {
        if index == 0 {
            out.push_str(head);
        } else {
            out.extend(std::iter::repeat_n(' ', head_width));
        }
        out.push_str(&line);
        end_line(out);
    }
}

/// `  help: …`, wrapped under its beginning.
pub fn labelled(look: &Look, tone: Tone, label: &str, text: &str, out: &mut String) {
    let head = format!("  {} ", look.paint(tone, &format!("{label}:")));
    paragraph(out, look, &head, width(label).saturating_add(4), text);
}

/// Ends a line without blanks at its end.
pub fn end_line(out: &mut String) {
    out.truncate(out.trim_end_matches(' ').len());
    out.push('\n');
}

/// A text with blanks up to a width.
pub fn pad(text: &str, columns: usize) -> String {
    let mut out = text.to_owned();
    out.extend(std::iter::repeat_n(' ', columns.saturating_sub(width(text))));
    out
}

/// A text of at most so many columns; what is cut off is marked.
pub fn cut(look: &Look, text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let sign = look.ellipsis();
    let room = columns.saturating_sub(width(sign));
    let mut used = 0usize;
    let mut out = String::new();
    for c in text.chars() {
        used = used.saturating_add(char_width(c));
        if used > room {
            break;
        }
        out.push(c);
    }
    out.push_str(sign);
    out
}

/// A number with its noun: `1 step`, `2 steps`.
pub fn counted(count: u64, noun: &str) -> String {
    match (count, noun.strip_suffix('y')) {
        (1, _) => format!("1 {noun}"),
        (_, Some(stem)) => format!("{count} {stem}ies"),
        _ => format!("{count} {noun}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_text_is_lost_when_it_is_wrapped() {
        let text = "ein überlanges Wort-das-in-keine-Zeile-passt-weil-es-zu-lang-ist 日本語日本語日本語日本語 end";
        for columns in 8..40 {
            let lines = wrap(text, columns.min(12), columns);
            assert!(lines.iter().all(|line| width(line) <= columns), "{lines:?}");
            assert_eq!(lines.concat().replace(' ', ""), text.replace(' ', ""));
        }
        let route = "hosts[qeblade26.lab.example].cpu.hardware-virtualization";
        assert_eq!(wrap(route, 40, 40), ["hosts[qeblade26.lab.example].cpu", ".hardware-virtualization"]);
    }

    #[test]
    fn what_would_drive_the_terminal_is_written_out() {
        assert_eq!(clean("a\u{1b}[31mb\nc\u{202e}d"), "a\\u{1b}[31mb c\\u{202e}d");
        assert_eq!(cut(&Look::default(), "hyperv", 4), "hyp…");
        assert_eq!(counted(2, "entry"), "2 entries");
    }
}
