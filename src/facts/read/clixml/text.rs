//! Texts of CLIXML: the escapes of XML, and PowerShell's own, which write a UTF-16 unit as `_x000A_`.

use std::borrow::Cow;

/// The text of an element or attribute as it grows piece by piece. It is the source's own as long as it can be.
#[derive(Debug, Default)]
pub(super) struct Growing<'t> {
    text: Cow<'t, str>,
    /// Where it stands, as long as it is the source's own.
    at: Option<u32>,
}

impl<'t> Growing<'t> {
    /// Adds a piece that stands in the source.
    pub(super) fn add(&mut self, piece: &'t str, at: u32) {
        let piece = ends_of_line(piece);
        if self.text.is_empty() && self.at.is_none() {
            self.at = matches!(piece, Cow::Borrowed(_)).then_some(at);
            self.text = piece;
        } else {
            self.add_own(&piece);
        }
    }

    /// Adds what an escape means.
    pub(super) fn add_own(&mut self, piece: &str) {
        self.at = None;
        self.text.to_mut().push_str(piece);
    }

    /// The text that is meant, and where it stands if it stands in the source as it is.
    pub(super) fn meant(self) -> (Cow<'t, str>, Option<u32>) {
        match unescape(&self.text) {
            Some(meant) => (Cow::Owned(meant), None),
            None => (self.text, self.at),
        }
    }
}

/// XML reads every end of a line as `\n`.
fn ends_of_line(text: &str) -> Cow<'_, str> {
    if text.contains('\r') { Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n")) } else { Cow::Borrowed(text) }
}

/// What a text with PowerShell's escapes means; nothing where it has none. Half a surrogate pair is no letter.
pub(super) fn unescape(text: &str) -> Option<String> {
    let mut rest = text;
    let mut out = String::new();
    let mut units: Vec<u16> = Vec::new();
    let mut some = false;
    while !rest.is_empty() {
        if let Some((unit, after)) = escape(rest) {
            some = true;
            units.push(unit);
            rest = after;
            continue;
        }
        flush(&mut units, &mut out);
        let mut letters = rest.chars();
        out.extend(letters.next());
        let after = letters.as_str();
        let plain = after.find('_').unwrap_or(after.len());
        out.push_str(after.get(..plain).unwrap_or(""));
        rest = after.get(plain..).unwrap_or("");
    }
    flush(&mut units, &mut out);
    some.then_some(out)
}

/// The escape that a text begins with.
fn escape(text: &str) -> Option<(u16, &str)> {
    let digits = text.strip_prefix("_x").and_then(|rest| rest.get(..4))?;
    let rest = text.get(6..)?.strip_prefix('_')?;
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    Some((u16::from_str_radix(digits, 16).ok()?, rest))
}

fn flush(units: &mut Vec<u16>, out: &mut String) {
    out.extend(char::decode_utf16(units.drain(..)).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)));
}

#[cfg(test)]
mod tests {
    use super::unescape;

    #[test]
    fn escapes_are_utf16_units() {
        for (text, meant) in [
            ("a_x000A_b", Some("a\nb")),
            ("_x005F_x000A_", Some("_x000A_")),
            ("_xD83D__xDE00_", Some("😀")),
            ("_xD83D_!", Some("\u{fffd}!")),
            ("_x00e4_", Some("ä")),
            ("_x000A", None),
            ("_x0g0A_", None),
            ("_xäää_", None),
            ("a_b__x_", None),
            ("", None),
        ] {
            assert_eq!(unescape(text).as_deref(), meant, "{text}");
        }
    }
}
