//! The books: how many evaluations there were and what became of each.

use std::collections::BTreeMap;

/// Why an evaluation was left out.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum NotEvaluated {
    /// A note about a step that was refused.
    Refused,
    /// The step has no transfer type: every candidate is denied, or which there are is unknown.
    NothingChosen,
    /// The rule is switched off by the pack's own layer.
    Disabled,
    /// The rule was not selected.
    NotSelected,
    /// The limit of steps of evaluation was hit.
    Limit,
}

impl NotEvaluated {
    /// The reason in a few words.
    pub fn reason(self) -> &'static str {
        match self {
            NotEvaluated::Refused => "step refused",
            NotEvaluated::NothingChosen => "no transfer type chosen",
            NotEvaluated::Disabled => "rule disabled",
            NotEvaluated::NotSelected => "rule not selected",
            NotEvaluated::Limit => "limit hit",
        }
    }
}

/// Evaluations by what became of them. An evaluation is a rule, a subject and, where the rule has `each`, an element.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Account {
    /// All.
    pub evaluations: u64,
    /// The obligation holds.
    pub satisfied: u64,
    /// It does not.
    pub violated: u64,
    /// Nobody can say.
    pub unverified: u64,
    /// `when` is false, or there is nothing to judge.
    pub not_applicable: u64,
    /// Notes that were given.
    pub noted: u64,
    /// Violated or unverified, and waived.
    pub waived: u64,
    /// How many of them would have come out otherwise without an assumption. They are counted above as they came out.
    pub assumed: u64,
    /// Left out, by reason.
    pub not_evaluated: BTreeMap<NotEvaluated, u64>,
}

impl Account {
    /// How many were left out.
    pub fn left_out(&self) -> u64 {
        self.not_evaluated.values().fold(0, |sum, n| sum.saturating_add(*n))
    }

    /// Whether it adds up.
    pub fn balances(&self) -> bool {
        let parts = [
            self.satisfied,
            self.violated,
            self.unverified,
            self.not_applicable,
            self.noted,
            self.waived,
            self.left_out(),
        ];
        parts.iter().fold(0u64, |sum, n| sum.saturating_add(*n)) == self.evaluations
    }

    /// All and its parts under the names that machines know them by. The parts add up to the first.
    pub fn entries(&self) -> [(&'static str, u64); 8] {
        [
            ("evaluations", self.evaluations),
            ("satisfied", self.satisfied),
            ("violated", self.violated),
            ("unverified", self.unverified),
            ("not-applicable", self.not_applicable),
            ("noted", self.noted),
            ("waived", self.waived),
            ("not-evaluated", self.left_out()),
        ]
    }

    /// Adds another account to it.
    pub fn add(&mut self, other: &Account) {
        let pairs = [
            (&mut self.evaluations, other.evaluations),
            (&mut self.satisfied, other.satisfied),
            (&mut self.violated, other.violated),
            (&mut self.unverified, other.unverified),
            (&mut self.not_applicable, other.not_applicable),
            (&mut self.noted, other.noted),
            (&mut self.waived, other.waived),
            (&mut self.assumed, other.assumed),
        ];
        for (mine, theirs) in pairs {
            *mine = mine.saturating_add(theirs);
        }
        for (reason, count) in &other.not_evaluated {
            let mine = self.not_evaluated.entry(*reason).or_default();
            *mine = mine.saturating_add(*count);
        }
    }
}

/// Findings by severity, unverified ones included and waived ones not; `unverified` counts those besides.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Summary {
    /// Plans that were checked.
    pub plans: u64,
    /// Steps in them.
    pub steps: u64,
    /// Findings of severity error.
    pub errors: u64,
    /// Findings of severity warning.
    pub warnings: u64,
    /// Findings of severity info.
    pub infos: u64,
    /// Findings that are unverified, of any severity.
    pub unverified: u64,
    /// Findings that are waived.
    pub waived: u64,
    /// How they stand to those of before, where that was asked for.
    pub compared: Option<Compared>,
}

/// Findings by how they stand to those of before, whatever they say.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Compared {
    /// Those that were not there.
    pub new: u64,
    /// Those that were.
    pub unchanged: u64,
    /// Those that are there no more.
    pub fixed: u64,
}
