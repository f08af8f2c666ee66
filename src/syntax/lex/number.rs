//! Everything that begins with a digit: numbers, versions, percentages, sizes, durations, dates.

use crate::diag::Diagnostic;
use crate::diag::codes::syntax as codes;
use crate::syntax::ast::{DurationUnit, SizeUnit};
use crate::syntax::token::TokenKind;

use super::Lexer;

/// A word behind a number that is no unit but is meant as one.
const MEANT: &[(&str, &str)] = &[
    ("sec", "s"),
    ("secs", "s"),
    ("second", "s"),
    ("seconds", "s"),
    ("mins", "min"),
    ("minute", "min"),
    ("minutes", "min"),
    ("hour", "h"),
    ("hours", "h"),
    ("hr", "h"),
    ("hrs", "h"),
    ("day", "d"),
    ("days", "d"),
    ("byte", "B"),
    ("bytes", "B"),
    ("kilobytes", "KB"),
    ("megabytes", "MB"),
    ("gigabytes", "GB"),
    ("terabytes", "TB"),
    ("k", "KB"),
    ("m", "MB"),
    ("g", "GB"),
    ("t", "TB"),
];

fn unit(word: &str) -> Option<TokenKind> {
    let size = SizeUnit::ALL.into_iter().find(|unit| unit.text() == word).map(TokenKind::Size);
    size.or_else(|| DurationUnit::ALL.into_iter().find(|unit| unit.text() == word).map(TokenKind::Duration))
}

/// The unit that a word is probably meant to be.
fn meant(word: &str) -> Option<&'static str> {
    let sizes = SizeUnit::ALL.into_iter().map(SizeUnit::text);
    let units = sizes.chain(DurationUnit::ALL.into_iter().map(DurationUnit::text));
    let mut same = units.filter(|unit| unit.eq_ignore_ascii_case(word));
    same.next().or_else(|| MEANT.iter().find(|(from, _)| word.eq_ignore_ascii_case(from)).map(|(_, to)| *to))
}

impl Lexer<'_> {
    fn digits(&self, start: usize) -> usize {
        self.run_end(start, |byte| byte.is_ascii_digit())
    }

    pub(super) fn number(&mut self) {
        if let Some(end) = self.date_end() {
            return self.push(TokenKind::Date, end);
        }
        let mut points = 0usize;
        let mut end = self.digits(self.at);
        while self.bytes.get(end) == Some(&b'.')
            && self.bytes.get(end.saturating_add(1)).is_some_and(u8::is_ascii_digit)
        {
            points = points.saturating_add(1);
            end = self.digits(end.saturating_add(1));
        }
        let plain = if points > 1 { TokenKind::Version } else { TokenKind::Number };
        match self.bytes.get(end) {
            Some(b'%') if points < 2 => return self.push(TokenKind::Percent, end.saturating_add(1)),
            Some(b'-') | Some(b'_') => return self.glued(end, plain),
            Some(byte) if byte.is_ascii_alphabetic() => return self.glued(end, plain),
            _ => {}
        }
        if points < 2
            && let Some((kind, unit_end)) = self.unit_behind(end)
        {
            return self.push(kind, unit_end);
        }
        self.push(plain, end);
    }

    /// `2026-12-31`
    fn date_end(&self) -> Option<usize> {
        let shape = b"dddd-dd-dd";
        let fits = shape.iter().enumerate().all(|(at, wanted)| match (wanted, self.byte(at)) {
            (b'd', Some(byte)) => byte.is_ascii_digit(),
            (wanted, Some(byte)) => *wanted == byte,
            _ => false,
        });
        let after = self.byte(shape.len());
        let ends = after.is_none_or(|byte| !byte.is_ascii_alphanumeric() && byte != b'-');
        (fits && ends).then_some(self.at.saturating_add(shape.len()))
    }

    /// A unit behind blanks on the same line.
    fn unit_behind(&mut self, digits_end: usize) -> Option<(TokenKind, usize)> {
        let start = self.run_end(digits_end, |byte| byte == b' ' || byte == b'\t');
        if start == digits_end {
            return None;
        }
        // Units are words of letters alone: `5 d-1` has none.
        let end = self.name_end(start);
        let word = self.slice(start, end);
        if let Some(kind) = unit(word) {
            return Some((kind, end));
        }
        let wanted = meant(word)?;
        let kind = unit(wanted)?;
        let diagnostic = Diagnostic::error(codes::BAD_NUMBER, self.span(start, end), format!("`{word}` is no unit"))
            .help(format!(
                "did you mean `{wanted}`? sizes have B, KB, MB, GB, TB, KiB, MiB, GiB or TiB, durations s, min, h or d"
            ));
        self.report(diagnostic);
        Some((kind, end))
    }

    /// Letters or a minus directly behind digits: one mistake, taken for what was probably meant.
    fn glued(&mut self, digits_end: usize, plain: TokenKind) {
        let end = self.run_end(digits_end, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'));
        let end = self.slice(self.at, end).trim_end_matches(['.', '-']).len().saturating_add(self.at);
        if end <= digits_end {
            // A minus that touches the number: the parser asks for its blanks.
            return self.push(plain, digits_end);
        }
        let written = self.slice(self.at, end);
        let digits = self.slice(self.at, digits_end);
        let rest = self.slice(digits_end, end);
        let span = self.span(self.at, end);
        let as_unit = unit(rest).map(|_| rest).or_else(|| meant(rest)).filter(|_| plain == TokenKind::Number);
        let diagnostic = Diagnostic::error(codes::BAD_NUMBER, span, format!("`{written}` is no number and no name"));
        let kind = as_unit.and_then(unit);
        let diagnostic = match as_unit {
            Some(unit) => diagnostic.help(format!("a blank stands between a number and its unit: `{digits} {unit}`")),
            None if rest.starts_with('-')
                && rest.bytes().skip(1).all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-')) =>
            {
                diagnostic.help("a minus needs a blank on each side; a date is four, two and two digits: `2026-12-31`")
            }
            None => diagnostic.help("a name starts with a letter; a number has digits and points only"),
        };
        self.report(diagnostic);
        self.push(kind.unwrap_or(plain), end);
    }
}
