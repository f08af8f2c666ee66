//! Versions: numbers with points between them, compared part by part.

use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

/// Parts a version can have at most; more are no version.
const PARTS: usize = 6;

/// A version such as `10.0.17763`. Missing parts count as 0 (`6.2 == 6.2.0`), parts compare as numbers (`6.10 > 6.9`);
/// it prints with as many parts as it was written with.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Version {
    parts: [u32; PARTS],
    written: u8,
}

impl Version {
    /// Reads a version: one to six numbers below 2³² with points between them, nothing else.
    pub fn parse(text: &str) -> Option<Version> {
        let mut parts = [0; PARTS];
        let mut written = 0u8;
        let mut slots = parts.iter_mut();
        for part in text.split('.') {
            if part.is_empty() || !part.bytes().all(|byte| byte.is_ascii_digit()) {
                return None;
            }
            *slots.next()? = part.parse().ok()?;
            written = written.saturating_add(1);
        }
        Some(Version { parts, written })
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Version) -> bool {
        self.parts == other.parts
    }
}

impl Eq for Version {}

impl Hash for Version {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.parts.hash(state);
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Version) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Version) -> Ordering {
        self.parts.cmp(&other.parts)
    }
}

impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let written = self.parts.iter().take(self.written.max(1).into());
        let text: Vec<String> = written.map(ToString::to_string).collect();
        f.pad(&text.join("."))
    }
}

#[cfg(test)]
mod tests {
    use super::Version;

    #[test]
    fn versions_compare_as_numbers_part_by_part() {
        let v = |text| Version::parse(text).unwrap();
        assert!(v("6.10") > v("6.9"));
        assert_eq!(v("6.2"), v("6.2.0.0"));
        assert!(v("10.0.17763") > v("10.0"));
        assert_eq!(v("6.10").to_string(), "6.10");
        for wrong in ["", "6.", ".6", "6.x", "-1", "1.2.3.4.5.6.7", "4294967296", "+1", "1 .2"] {
            assert!(Version::parse(wrong).is_none(), "{wrong}");
        }
    }
}
