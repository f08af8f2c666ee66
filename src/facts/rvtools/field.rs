//! Single fields: what a text means for the kind of value that a column holds. What does not fit is told with its place, and
//! counts as not said.

use crate::diag::Diagnostic;
use crate::diag::codes::input;
use crate::facts::document::Value;
use crate::facts::shown::shown;
use crate::source::Span;

use super::sheets::Column;
use super::table::{Line, Table};

/// Bytes of a mebibyte.
const MEBIBYTE: i128 = 1 << 20;

/// Reads fields, and remembers what was wrong with them.
#[derive(Debug, Default)]
pub(super) struct Fields {
    pub(super) told: Vec<Diagnostic>,
}

impl Fields {
    /// A text, if one is written.
    pub(super) fn text(&self, table: &Table<'_>, line: &Line<'_>, column: Column) -> Option<Value> {
        table.said(line, column).map(|(text, span)| Value::text(text, span))
    }

    /// A text, the empty one included: where the column is there, that nothing is written says that there is none.
    pub(super) fn maybe_empty(&self, table: &Table<'_>, line: &Line<'_>, column: Column) -> Option<Value> {
        table.field(line, column).map(|(text, span)| Value::text(text, span))
    }

    /// A truth.
    pub(super) fn truth(&mut self, table: &Table<'_>, line: &Line<'_>, column: Column) -> Option<(bool, Span)> {
        let (text, span) = table.said(line, column)?;
        let truth = match text.to_ascii_lowercase().as_str() {
            "true" | "yes" | "1" => Some(true),
            "false" | "no" | "0" => Some(false),
            _ => None,
        };
        if truth.is_none() {
            self.misfit(table, column, (text, span), "a truth", "write `True` or `False`, or leave it empty");
        }
        truth.map(|truth| (truth, span))
    }

    /// A truth as a value.
    pub(super) fn flag(&mut self, table: &Table<'_>, line: &Line<'_>, column: Column) -> Option<Value> {
        self.truth(table, line, column).map(|(truth, span)| flag(truth, span))
    }

    /// A whole number.
    pub(super) fn whole(&mut self, table: &Table<'_>, line: &Line<'_>, column: Column) -> Option<(i64, Span)> {
        let (text, span) = table.said(line, column)?;
        let number = decimal(text, table.plain_numbers).filter(|(_, below)| *below == 1).map(|(number, _)| number);
        let number = number.and_then(|number| i64::try_from(number).ok());
        if number.is_none() {
            self.misfit(table, column, (text, span), "a whole number", "write digits, or leave it empty");
        }
        number.map(|number| (number, span))
    }

    /// Mebibytes, as bytes.
    pub(super) fn bytes(&mut self, table: &Table<'_>, line: &Line<'_>, column: Column) -> Option<Value> {
        let (text, span) = table.said(line, column)?;
        let bytes = decimal(text, table.plain_numbers).and_then(|(number, below)| {
            number.checked_mul(MEBIBYTE)?.checked_div_euclid(below).and_then(|bytes| i64::try_from(bytes).ok())
        });
        if bytes.is_none() {
            self.misfit(table, column, (text, span), "a number of mebibytes", "write digits, or leave it empty");
        }
        bytes.map(|bytes| Value::bare(bytes.to_string(), span))
    }

    /// Tells of a field that is empty in a column that says something in every row.
    pub(super) fn filled(&mut self, table: &Table<'_>, line: &Line<'_>, column: Column) {
        let Some((_, span)) = table.field(line, column).filter(|(text, _)| text.is_empty()) else { return };
        let (title, sheet) = (table.sheet.title(column), table.sheet.name());
        let error = Diagnostic::error(input::RVTOOLS_CELL, span, format!("`{title}` of a row of `{sheet}` is empty"))
            .note("what the row says without it, no rule asks after")
            .help("fill it in, or take the row away");
        self.told.push(error);
    }

    /// Tells of a field that does not hold what its column holds.
    pub(super) fn misfit(
        &mut self,
        table: &Table<'_>,
        column: Column,
        (text, span): (&str, Span),
        kind: &str,
        help: &str,
    ) {
        let title = table.sheet.title(column);
        let message = format!("`{}` is not {kind}", shown(text));
        let error = Diagnostic::error(input::RVTOOLS_CELL, span, message)
            .note(format!("the column `{title}` of `{}` holds {kind} in each row", table.sheet.name()))
            .help(help);
        self.told.push(error);
    }
}

/// A truth as it stands in a document.
pub(super) fn flag(truth: bool, span: Span) -> Value {
    Value::bare(if truth { "true" } else { "false" }, span)
}

/// A decimal number as a fraction: what stands above and below. Programs write signs between thousands, those of the country:
/// in an export of texts, exactly three digits behind a single sign are thousands, for RVTools counts in whole units.
fn decimal(text: &str, plain: bool) -> Option<(i128, i128)> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let is_blank = |c: char| matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\'' | '\u{2019}');
    let digits: String = digits.chars().filter(|c| !is_blank(*c)).collect();
    let last = digits.rfind(['.', ',']);
    let (whole, fraction) = match last.and_then(|at| digits.split_at_checked(at)) {
        None => (digits.as_str(), ""),
        Some((whole, rest)) => {
            let sign = rest.chars().next().unwrap_or('.');
            let behind = rest.get(1..).unwrap_or("");
            let others = whole.contains(['.', ',']);
            let same = whole.contains(sign);
            let thousands = behind.len() == 3 && if plain { sign == ',' } else { same || !others };
            if thousands || (behind.len() == 3 && same) { (digits.as_str(), "") } else { (whole, behind) }
        }
    };
    let grouped = |part: &str| {
        let mut groups = part.split(['.', ',']);
        let first = groups.next().is_some_and(|first| !first.is_empty());
        first && groups.all(|group| group.len() == 3)
    };
    let plain_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b','));
    if !grouped(whole) || !plain_digits(whole) || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    // What lies behind is less than a byte.
    let fraction: String = fraction.trim_end_matches('0').chars().take(9).collect();
    let below = 10i128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    let all: String = whole.chars().filter(char::is_ascii_digit).chain(fraction.chars()).collect();
    let number: i128 = all.parse().ok()?;
    Some((if negative { number.checked_neg()? } else { number }, below))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_programs_of_several_countries_write_them() {
        for (text, plain, wanted) in [
            ("40960", true, Some((40960, 1))),
            ("40,960", false, Some((40960, 1))),
            ("40.960", false, Some((40960, 1))),
            ("40.960", true, Some((4096, 100))),
            ("1,234,567", false, Some((1_234_567, 1))),
            ("1.234.567", false, Some((1_234_567, 1))),
            ("1.234,5", false, Some((12345, 10))),
            ("1,234.500", false, Some((12345, 10))),
            ("1 234", false, Some((1234, 1))),
            ("0.5", true, Some((5, 10))),
            ("-1", true, Some((-1, 1))),
            ("0", false, Some((0, 1))),
            ("", true, None),
            ("4 GB", true, None),
            ("1,2,3", false, None),
            (".5", true, None),
            ("99999999999999999999999999999999999999999", true, None),
        ] {
            assert_eq!(decimal(text, plain), wanted, "{text} {plain}");
        }
    }
}
