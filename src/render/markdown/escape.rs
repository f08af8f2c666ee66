//! Users' texts in Markdown: what they say is seen, and nothing they say is structure, a mention or a link. Forges go over
//! a page twice, once as Markdown and once more over what is then its text; both are kept in mind here.

use crate::render::text::clean;

/// The longest text that is written out; what is longer is cut.
const MOST: usize = 600;

/// A character that is not seen and parts what a forge would take together.
const APART: &str = "&#8203;";

/// A text of one line and of a length that can be read.
fn tidy(text: &str) -> String {
    let text = clean(text);
    if text.chars().count() <= MOST {
        return text.into_owned();
    }
    let mut short: String = text.chars().take(MOST).collect();
    short.push('…');
    short
}

/// A text in running text.
pub fn text(text: &str) -> String {
    let text = tidy(text);
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars();
    let mut before = ' ';
    while let Some(letter) = rest.next() {
        let behind = rest.as_str();
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '|' => out.push_str("&#124;"),
            '$' => out.push_str("&#36;"),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '#' | '~' | '!' | '^' => {
                out.push('\\');
                out.push(letter);
            }
            _ => out.push(letter),
        }
        if parted(before, letter, behind) {
            out.push_str(APART);
        }
        before = letter;
    }
    out
}

/// Whether a forge would make something of a character and what stands behind it: a mention, a reference, an address, a
/// picture.
fn parted(before: char, letter: char, behind: &str) -> bool {
    let next = behind.chars().next();
    match letter {
        '@' => next.is_some_and(|next| next.is_alphanumeric() || matches!(next, '"' | '_' | '-' | '.')),
        '#' | '!' | '%' | '~' | '&' | '$' | '^' => next.is_some_and(|next| next.is_alphanumeric() || next == '"'),
        ':' if behind.starts_with("//") => true,
        ':' => {
            let name = behind.split(':').next().unwrap_or_default();
            let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '+' | '-');
            name.len() < behind.len() && !name.is_empty() && name.chars().all(plain)
        }
        '.' => matches!(before, 'w' | 'W') && next.is_some_and(char::is_alphanumeric),
        '-' => matches!(before, 'h' | 'H') && next.is_some_and(|next| next.is_ascii_digit()),
        _ => false,
    }
}

/// A text as code: names and routes. Forges make nothing of what is code.
pub fn code(text: &str) -> String {
    let text = tidy(text);
    if text.trim().is_empty() {
        return "` `".to_owned();
    }
    let fence = "`".repeat(longest_run(&text).saturating_add(1));
    // Blanks at both ends are taken off by the reader, so that a text may begin with a backtick, or with a blank.
    let apart = text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']);
    let blank = if apart { " " } else { "" };
    format!("{fence}{blank}{text}{blank}{fence}")
}

/// The most backticks in a row.
fn longest_run(text: &str) -> usize {
    text.split(|letter| letter != '`').map(str::len).max().unwrap_or(0)
}

/// A line of a file: a link where its path leads downwards from the top, else the path alone.
pub fn place(file: &str, lines: Option<(usize, usize)>) -> String {
    let range = match lines {
        None => String::new(),
        Some((first, last)) if last > first => format!(":{first}-{last}"),
        Some((first, _)) => format!(":{first}"),
    };
    let shown = code(&format!("{file}{range}"));
    let outside = file.starts_with(['/', '\\']) || file.contains(':') || file.split('/').any(|part| part == "..");
    if outside || file.chars().count() > MOST {
        return shown;
    }
    let anchor = lines.map(|(first, _)| format!("#L{first}")).unwrap_or_default();
    format!("[{shown}]({}{anchor})", target(file))
}

/// A path as the target of a link.
fn target(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// Lines in a block of code; nothing where one of them holds what cannot be shown as it is.
pub fn block(info: &str, lines: &[String]) -> Option<String> {
    let plain = |letter: char| letter == '\t' || !crate::render::text::is_unsafe(letter);
    if !lines.iter().all(|line| line.chars().all(plain)) {
        return None;
    }
    let run = lines.iter().map(|line| longest_run(line)).max().unwrap_or(0);
    let fence = "`".repeat(run.saturating_add(1).max(3));
    let mut out = format!("{fence}{info}\n");
    for line in lines {
        out.push_str(line);
        out.push('\n');
    }
    out.push_str(&fence);
    out.push('\n');
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_text_says_is_seen_and_makes_nothing() {
        assert_eq!(
            text("a_b *c* `d` [e](f) <g> #1 | h"),
            "a\\_b \\*c\\* \\`d\\` \\[e\\](f) &lt;g&gt; \\#&#8203;1 &#124; h"
        );
        assert_eq!(
            text("@all see http://x.y, www.x.y, GH-12 and :smile:"),
            "@&#8203;all see http:&#8203;//x.y, www.&#8203;x.y, GH-&#8203;12 and :&#8203;smile:"
        );
        assert_eq!(text("hosts[a].cpu: 50 % (a.b@c), 10:30"), "hosts\\[a\\].cpu: 50 % (a.b@&#8203;c), 10:30");
        assert_eq!(text("a\n# b\u{202e}"), "a \\# b\\\\u\\{202e\\}");
        assert!(text(&"ü".repeat(5_000)).chars().count() == 601);
    }

    #[test]
    fn code_ends_where_it_should() {
        assert_eq!(code("a|b"), "`a|b`");
        assert_eq!(code("``a`"), "``` ``a` ```");
        assert_eq!(code(""), "` `");
        assert_eq!(place("a b/(c).yaml", Some((3, 3))), "[`a b/(c).yaml:3`](a%20b/%28c%29.yaml#L3)");
        assert_eq!(place("../c.yaml", Some((3, 5))), "`../c.yaml:3-5`");
        assert_eq!(place("/c.yaml", None), "`/c.yaml`");
        assert_eq!(
            block("suggestion", &["a".to_owned(), "````".to_owned()]).unwrap(),
            "`````suggestion\na\n````\n`````\n"
        );
        assert_eq!(block("suggestion", &["a\u{1b}".to_owned()]), None);
    }
}
