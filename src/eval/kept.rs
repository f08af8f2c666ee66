//! What each evaluation of a plan came to, kept so that evaluations of one plan in two inventories that differ in some cells
//! can be compared. It keeps no reasons; whoever compares is the session.

use std::collections::{BTreeMap, BTreeSet};

use super::finding::Subject;
use super::judge::{Evaluation, Outcome};
use super::machine::Machine;
use super::mode::Mode;
use super::run::Which;
use super::value::Value;
use crate::program::About;
use crate::value::{Row, StructId};

/// Whether evaluations are kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Keep {
    /// They are not.
    #[default]
    Nothing,
    /// Beside what is told.
    Beside,
    /// And nothing is told.
    Alone,
}

/// An evaluation: whose, of which rule, about which elements. It is the same in inventories with the same rows.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct EvaluationKey {
    subject: (u8, StructId, Row),
    which: (bool, u32),
    elements: Vec<u32>,
    /// Among those that are alike.
    nth: u32,
}

/// What it came to, as far as that is compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct What {
    outcome: Outcome,
    /// The value that was chosen, of the note about a choice.
    chosen: Option<u16>,
    /// Whether it is told and counted.
    counts: bool,
}

/// All evaluations of a plan.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Kept {
    all: BTreeMap<EvaluationKey, What>,
    /// For each finding, in order: the evaluations that it tells.
    findings: Vec<Vec<EvaluationKey>>,
}

impl Kept {
    /// The evaluations that come to something else in another inventory, or are not there at all.
    pub fn other_than<'a>(&'a self, there: &'a Kept) -> impl Iterator<Item = &'a EvaluationKey> {
        let same = |a: &What, b: &What| (a.outcome, a.chosen) == (b.outcome, b.chosen);
        self.all
            .iter()
            .filter(move |(key, what)| there.all.get(key).is_none_or(|there| !same(what, there)))
            .map(|(key, _)| key)
    }

    /// Whether one is told and counted.
    pub fn counts(&self, key: &EvaluationKey) -> bool {
        self.all.get(key).is_some_and(|what| what.counts)
    }

    /// The evaluations that a finding tells, by the finding's place.
    pub fn of_finding(&self, at: usize) -> &[EvaluationKey] {
        self.findings.get(at).map_or(&[], Vec::as_slice)
    }

    /// Enters one, behind those that are alike.
    pub(super) fn enter(&mut self, mut key: EvaluationKey, outcome: Outcome, chosen: Option<u16>, counts: bool) {
        // A source that is silent leaves it unverified, as what is unknown does.
        let outcome = if outcome == Outcome::Silent { Outcome::Unverified } else { outcome };
        while self.all.contains_key(&key) {
            key.nth = key.nth.saturating_add(1);
        }
        self.all.insert(key, What { outcome, chosen, counts });
    }

    /// Says which evaluations findings tell.
    pub(super) fn tell(&mut self, findings: Vec<Vec<EvaluationKey>>) {
        self.findings = findings;
    }
}

/// Makes the keys of evaluations of one rule about one subject, in the order in which they are made.
pub(super) struct Keys {
    subject: (u8, StructId, Row),
    which: (bool, u32),
    seen: BTreeSet<EvaluationKey>,
}

impl Keys {
    pub(super) fn of(subject: &Subject, which: Which) -> Keys {
        let about = match subject.about {
            About::Step => 0,
            About::Wave => 1,
            About::Plan => 2,
            About::Entity(_) => 3,
        };
        let which = match which {
            Which::Rule(at) => (false, at.0),
            Which::Matrix(at) => (true, at.0),
        };
        Keys { subject: (about, subject.of, subject.row), which, seen: BTreeSet::new() }
    }

    /// The key of the next evaluation.
    pub(super) fn next(&mut self, elements: Vec<u32>) -> EvaluationKey {
        let mut key = EvaluationKey { subject: self.subject, which: self.which, elements, nth: 0 };
        while !self.seen.insert(key.clone()) {
            key.nth = key.nth.saturating_add(1);
        }
        key
    }
}

impl<'a, M: Mode> Machine<'a, M> {
    /// What stands for the elements of an evaluation, whatever their places in their lists.
    pub(super) fn elements(&mut self, evaluation: &Evaluation<'_, 'a, M>) -> Vec<u32> {
        let mut words = Vec::new();
        for element in evaluation.elements {
            match element.at {
                None => words.push(0),
                Some(at) => {
                    let value = self.item(&element.list, at).value;
                    let place = u32::try_from(at).unwrap_or(u32::MAX);
                    name(&value, place, &mut words);
                }
            }
        }
        words
    }
}

fn name<M: Mode>(value: &Value<M>, place: u32, words: &mut Vec<u32>) {
    match value {
        Value::Row(of, row) => words.extend([1, u32::from(of.0), row.0]),
        Value::Part(part) => {
            let gather = u32::try_from(part.gather.at()).unwrap_or(u32::MAX);
            words.extend([2, gather, part.source]);
            name(&part.owner, 0, words);
            if let Some(element) = &part.element {
                name(&element.value, part.ordinal, words);
            }
        }
        _ => words.extend([3, place]),
    }
}
