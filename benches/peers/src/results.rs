//! What was measured, part by part, kept between runs, so that parts can be measured one by one.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clearway_workload::measure::{Spread, Times};
use serde::{Deserialize, Serialize};

/// A part.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Part {
    pub times: Vec<Times>,
    /// Sizes, counts, memory: by name.
    pub facts: BTreeMap<String, f64>,
}

impl Part {
    pub fn of(&self, name: &str) -> Option<&Times> {
        self.times.iter().find(|times| times.name == name)
    }

    /// One against another, within rounds.
    pub fn ratio(&self, name: &str, against: &str) -> Option<Spread> {
        Some(self.of(name)?.over(self.of(against)?))
    }
}

/// All parts.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Results(pub BTreeMap<String, Part>);

impl Results {
    fn path() -> PathBuf {
        crate::command::scratch().join("results.json")
    }

    pub fn load() -> Results {
        std::fs::read(Results::path()).ok().and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default()
    }

    pub fn save(&self) {
        std::fs::write(Results::path(), serde_json::to_string_pretty(self).expect("JSON")).expect("a file");
    }

    pub fn part(&self, name: &str) -> Option<&Part> {
        self.0.get(name)
    }
}
