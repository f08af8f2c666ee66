//! Numbers and quantities with units: how they are read, computed with and written. Every operation that cannot be done
//! (overflow, division by zero) answers with nothing, which an evaluation takes as unknown.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::{Deserialize, Serialize};

/// A number: an exact decimal.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
pub struct Number(pub Decimal);

impl Number {
    /// Reads `42`, `-1.5`, `15%` (0.15). No exponent beyond what a decimal of 28 digits holds.
    pub fn parse(text: &str) -> Option<Number> {
        let (digits, percent) = match text.strip_suffix('%') {
            Some(digits) => (digits.trim_ascii_end(), true),
            None => (text, false),
        };
        let value = if digits.contains(['e', 'E']) {
            Decimal::from_scientific(digits).ok()?
        } else {
            if !digits.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+')) {
                return None;
            }
            Decimal::from_str_exact(digits).ok()?
        };
        let value = if percent { value.checked_div(Decimal::ONE_HUNDRED)? } else { value };
        Some(Number(value.normalize()))
    }

    /// A whole number.
    pub fn from_whole(whole: i64) -> Number {
        Number(Decimal::from(whole))
    }

    /// How many there are.
    pub fn from_count(count: usize) -> Number {
        Number(Decimal::from(count))
    }
}

impl std::fmt::Display for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.0.normalize().to_string())
    }
}

/// A whole quantity times a decimal, rounded to the nearest whole.
fn scaled(quantity: i64, factor: Number) -> Option<i64> {
    Decimal::from(quantity).checked_mul(factor.0)?.round().to_i64()
}

fn ratio(a: i64, b: i64) -> Option<Number> {
    Decimal::from(a).checked_div(Decimal::from(b)).map(Number)
}

/// Splits `1.5 TB` into its number and its unit.
fn split_unit(text: &str) -> Option<(Number, &str)> {
    let text = text.trim_ascii();
    let at = text.find(|c: char| c.is_ascii_alphabetic())?;
    let (number, unit) = text.split_at_checked(at)?;
    Some((Number::parse(number.trim_ascii_end())?, unit))
}

fn with_unit(text: &str, units: &[(&str, i64)]) -> Option<i64> {
    let (number, unit) = split_unit(text)?;
    let (_, factor) = units.iter().find(|(name, _)| *name == unit)?;
    scaled(*factor, number)
}

/// Writes `amount` in the largest unit in which it has a whole part, with at most two decimals; smallest unit otherwise.
fn best_unit(amount: i64, units: &[(&str, i64)]) -> String {
    let fits = |factor: i64| amount.unsigned_abs() >= factor.unsigned_abs();
    let chosen = units.iter().rev().find(|(_, factor)| fits(*factor)).or(units.first());
    let Some((name, factor)) = chosen else { return amount.to_string() };
    let value = Decimal::from(amount).checked_div(Decimal::from(*factor)).unwrap_or_default();
    format!("{} {name}", value.round_dp(2).normalize())
}

/// Writes `amount` in full: as a whole number of the unit that makes the shortest text, so that it reads back as it is.
fn in_full(amount: i64, units: &[(&str, i64)]) -> String {
    let whole = units.iter().rev().filter_map(|(name, factor)| {
        let rest = amount.checked_rem(*factor)?;
        (rest == 0 && (amount != 0 || *factor == 1)).then_some(format!("{} {name}", amount.checked_div(*factor)?))
    });
    whole.min_by_key(String::len).unwrap_or_default()
}

/// An amount of memory or storage, in bytes. Below zero only as the result of a subtraction.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
pub struct Size(
    /// Bytes.
    pub i64,
);

const SIZE_UNITS: &[(&str, i64)] = &[
    ("B", 1),
    ("KB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("TB", 1_000_000_000_000),
    ("PB", 1_000_000_000_000_000),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
    ("TiB", 1 << 40),
    ("PiB", 1 << 50),
];

const SIZE_SHOWN: &[(&str, i64)] =
    &[("B", 1), ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("TiB", 1 << 40), ("PiB", 1 << 50)];

impl Size {
    /// Names of the units that sizes are written in.
    pub fn units() -> impl Iterator<Item = &'static str> {
        SIZE_UNITS.iter().map(|(name, _)| *name)
    }

    /// Reads `64 GiB`, `1.5 TB`, `0 B`; the blank may be missing. A number without a unit is no size.
    pub fn parse(text: &str) -> Option<Size> {
        with_unit(text, SIZE_UNITS).map(Size)
    }

    /// As it reads back: never rounded, unlike what is shown.
    pub fn exactly(self) -> String {
        in_full(self.0, SIZE_UNITS)
    }

    /// This many times as much, rounded to whole bytes.
    pub fn times(self, factor: Number) -> Option<Size> {
        scaled(self.0, factor).map(Size)
    }

    /// How many times `other` goes into it.
    pub fn over(self, other: Size) -> Option<Number> {
        ratio(self.0, other.0)
    }
}

impl std::fmt::Display for Size {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&best_unit(self.0, SIZE_SHOWN))
    }
}

/// A span of time, in milliseconds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
pub struct Duration(
    /// Milliseconds.
    pub i64,
);

const DAY: i64 = 86_400_000;
const DURATION_UNITS: &[(&str, i64)] = &[("ms", 1), ("s", 1_000), ("min", 60_000), ("h", 3_600_000), ("d", DAY)];

impl Duration {
    /// Names of the units that durations are written in.
    pub fn units() -> impl Iterator<Item = &'static str> {
        DURATION_UNITS.iter().map(|(name, _)| *name)
    }

    /// Reads `30 s`, `5 min`, `2 h`, `7 d`, `250 ms`.
    pub fn parse(text: &str) -> Option<Duration> {
        with_unit(text, DURATION_UNITS).map(Duration)
    }

    /// As it reads back: never rounded, unlike what is shown.
    pub fn exactly(self) -> String {
        in_full(self.0, DURATION_UNITS)
    }

    /// This many times as long, rounded to whole milliseconds.
    pub fn times(self, factor: Number) -> Option<Duration> {
        scaled(self.0, factor).map(Duration)
    }

    /// How many times `other` goes into it.
    pub fn over(self, other: Duration) -> Option<Number> {
        ratio(self.0, other.0)
    }
}

impl std::fmt::Display for Duration {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&best_unit(self.0, DURATION_UNITS))
    }
}

/// A day of the Gregorian calendar, as days since 1970-01-01.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
pub struct Date(
    /// Days since 1970-01-01.
    pub i32,
);

impl Date {
    /// Reads `2026-12-31`: a day that exists, years 0001 to 9999.
    pub fn parse(text: &str) -> Option<Date> {
        let mut parts = text.split('-');
        let mut part = |width: usize| {
            parts.next().filter(|part| part.len() == width && part.bytes().all(|byte| byte.is_ascii_digit()))
        };
        let (year, month, day) = (part(4)?.parse().ok()?, part(2)?.parse().ok()?, part(2)?.parse().ok()?);
        if parts.next().is_some() {
            return None;
        }
        let date = Date(days(year, month, day)?);
        // A day that does not exist (31 April) comes back as another one.
        (year >= 1 && date.to_string() == text).then_some(date)
    }

    /// The day this far away; nothing where the duration is no whole number of days, or the day is outside the years that
    /// a date can be written in (0001 to 9999).
    pub fn plus(self, duration: Duration) -> Option<Date> {
        if duration.0.checked_rem(DAY)? != 0 {
            return None;
        }
        let days = i32::try_from(duration.0.checked_div(DAY)?).ok()?;
        let date = Date(self.0.checked_add(days)?);
        (1..=9_999).contains(&civil(date.0).0).then_some(date)
    }

    /// The time from `earlier` to this day.
    pub fn since(self, earlier: Date) -> Option<Duration> {
        let days = i64::from(self.0).checked_sub(i64::from(earlier.0))?;
        days.checked_mul(DAY).map(Duration)
    }
}

/// Days since 1970-01-01 of a civil date (years from March, so that the leap day is a year's last).
fn days(year: i32, month: i32, day: i32) -> Option<i32> {
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let shifted = if month <= 2 { year.checked_sub(1)? } else { year };
    let era = shifted.div_euclid(400);
    let of_era = shifted.rem_euclid(400);
    let month_from_march = month.checked_add(9)?.rem_euclid(12);
    let day_of_year =
        month_from_march.checked_mul(153)?.checked_add(2)?.div_euclid(5).checked_add(day)?.checked_sub(1)?;
    let leap = of_era.div_euclid(4).checked_sub(of_era.div_euclid(100))?;
    let day_of_era = of_era.checked_mul(365)?.checked_add(leap)?.checked_add(day_of_year)?;
    era.checked_mul(146_097)?.checked_add(day_of_era)?.checked_sub(719_468)
}

/// Year, month and day of a number of days since 1970-01-01.
fn civil(days: i32) -> (i64, i64, i64) {
    let shifted = i64::from(days).saturating_add(719_468);
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = day_of_era
        .saturating_sub(day_of_era.div_euclid(1_460))
        .saturating_add(day_of_era.div_euclid(36_524))
        .saturating_sub(day_of_era.div_euclid(146_096))
        .div_euclid(365);
    let before = year_of_era
        .saturating_mul(365)
        .saturating_add(year_of_era.div_euclid(4))
        .saturating_sub(year_of_era.div_euclid(100));
    let day_of_year = day_of_era.saturating_sub(before);
    let month_from_march = day_of_year.saturating_mul(5).saturating_add(2).div_euclid(153);
    let day = day_of_year
        .saturating_sub(month_from_march.saturating_mul(153).saturating_add(2).div_euclid(5))
        .saturating_add(1);
    let month =
        if month_from_march < 10 { month_from_march.saturating_add(3) } else { month_from_march.saturating_sub(9) };
    let year = year_of_era.saturating_add(era.saturating_mul(400)).saturating_add(i64::from(month <= 2));
    (year, month, day)
}

impl std::fmt::Display for Date {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (year, month, day) = civil(self.0);
        f.pad(&format!("{year:04}-{month:02}-{day:02}"))
    }
}

#[cfg(test)]
mod tests {
    use super::{Date, Duration, Number, Size};

    #[test]
    fn quantities_read_and_print() {
        assert_eq!(Size::parse("64 GiB"), Some(Size(64 << 30)));
        assert_eq!(Size::parse("1.5TB"), Some(Size(1_500_000_000_000)));
        assert_eq!(Size::parse("64"), None);
        assert_eq!(Size::parse("64 gib"), None);
        assert_eq!(Size(1536 << 20).to_string(), "1.5 GiB");
        assert_eq!(Size(0).to_string(), "0 B");
        assert_eq!(Size(85_899_345_921).exactly(), "85899345921 B");
        assert_eq!(Size(80 << 30).exactly(), "80 GiB");
        assert_eq!(Size(-1_500_000_000_000).exactly(), "-1500 GB");
        assert_eq!((Size(0).exactly(), Duration(0).exactly()), ("0 B".to_owned(), "0 ms".to_owned()));
        assert_eq!(Duration(7_200_000).exactly(), "2 h");
        assert_eq!(Duration::parse("5 min"), Some(Duration(300_000)));
        assert_eq!(Duration(90_000).to_string(), "1.5 min");
        assert_eq!(Number::parse("15%").map(|n| n.to_string()), Some("0.15".to_owned()));
        assert_eq!(Number::parse("1_000"), None);
        assert_eq!(Number::parse("2.50").map(|n| n.to_string()), Some("2.5".to_owned()));
    }

    #[test]
    fn every_day_of_four_centuries_prints_and_reads_back() {
        for days in -200_000..200_000 {
            assert_eq!(Date::parse(&Date(days).to_string()), Some(Date(days)));
        }
        let day = Duration::parse("1 d").unwrap_or_default();
        let back = day.negated().unwrap_or_default();
        assert_eq!(Date::parse("9999-12-30").and_then(|date| date.plus(day)), Date::parse("9999-12-31"));
        assert_eq!(Date::parse("9999-12-31").and_then(|date| date.plus(day)), None);
        assert_eq!(Date::parse("0001-01-01").and_then(|date| date.plus(back)), None);
        assert_eq!(Date::parse("1970-01-01"), Some(Date(0)));
        assert_eq!(Date::parse("2027-02-29"), None);
        assert_eq!(Date::parse("2027-13-01"), None);
        assert_eq!(Date::parse("2027-1-01"), None);
    }
}
