//! From lanes to what became of each rule for each subject, as the machine counts it.

use super::exec::Work;
use super::op::{DOUBT, Dom, FALSE, Judging, OTHER, Say, TRUE};
use crate::eval::judge::Outcome;
use crate::eval::run::Tally;

/// Outcomes as bytes; what comes behind [`SATISFIED`] is something to tell.
const NOT_APPLICABLE: u8 = 0;
const SATISFIED: u8 = 1;
const NOTED: u8 = 2;
const UNVERIFIED: u8 = 3;
const SILENT: u8 = 4;
const VIOLATED: u8 = 5;

/// What became of one rule for all subjects of a chunk.
#[derive(Debug)]
enum Of {
    /// One evaluation each.
    Once(Vec<u8>),
    Each(Vec<Tally>),
}

/// What became of all rules for all subjects of a chunk.
#[derive(Debug, Default)]
pub(in crate::eval) struct Decided {
    of: Vec<Of>,
    /// Which subjects have something to tell.
    pub(in crate::eval) telling: Vec<bool>,
    /// By rule: what became of it for all subjects together.
    pub(in crate::eval) totals: Vec<Tally>,
}

impl Decided {
    /// What became of a rule for a subject.
    pub(in crate::eval) fn tally(&self, rule: usize, subject: usize) -> Tally {
        match self.of.get(rule) {
            Some(Of::Once(outcomes)) => {
                let mut tally = Tally::default();
                tally.count(outcomes.get(subject).map_or(Outcome::NotApplicable, |byte| outcome(*byte)));
                tally
            }
            Some(Of::Each(tallies)) => tallies.get(subject).copied().unwrap_or_default(),
            None => Tally::default(),
        }
    }

    /// Reads the lanes that were filled.
    pub(super) fn read(&mut self, work: &Work<'_>, subjects: usize) {
        let rules = &work.plan.rules;
        self.telling.clear();
        self.telling.resize(subjects, false);
        self.of.resize_with(rules.len(), || Of::Once(Vec::new()));
        for (rule, of) in rules.iter().zip(&mut self.of) {
            if rule.dom == Dom::SUBJECTS {
                let mut outcomes = match std::mem::replace(of, Of::Once(Vec::new())) {
                    Of::Once(outcomes) => outcomes,
                    Of::Each(_) => Vec::new(),
                };
                outcomes.clear();
                once(work, rule, subjects, &mut outcomes);
                for (telling, outcome) in self.telling.iter_mut().zip(&outcomes) {
                    *telling |= *outcome > SATISFIED;
                }
                *of = Of::Once(outcomes);
            } else {
                let mut tallies = match std::mem::replace(of, Of::Once(Vec::new())) {
                    Of::Each(tallies) => tallies,
                    Of::Once(_) => Vec::new(),
                };
                tallies.clear();
                tallies.resize(subjects, Tally::default());
                each(work, rule, &mut tallies);
                for (telling, tally) in self.telling.iter_mut().zip(&tallies) {
                    *telling |= tally.has_findings();
                }
                *of = Of::Each(tallies);
            }
        }
        self.totals.clear();
        self.totals.extend(self.of.iter().map(|of| match of {
            Of::Once(outcomes) => {
                let count = |wanted: u8| outcomes.iter().map(|outcome| u64::from(*outcome == wanted)).sum::<u64>();
                let silent = count(SILENT);
                Tally {
                    satisfied: count(SATISFIED),
                    violated: count(VIOLATED),
                    unverified: count(UNVERIFIED).saturating_add(silent),
                    not_applicable: count(NOT_APPLICABLE),
                    noted: count(NOTED),
                    silent,
                    limit: false,
                }
            }
            Of::Each(tallies) => {
                let mut total = Tally::default();
                tallies.iter().for_each(|tally| total.add(*tally));
                total
            }
        }));
    }
}

#[inline]
fn outcome(byte: u8) -> Outcome {
    match byte {
        SATISFIED => Outcome::Satisfied,
        NOTED => Outcome::Noted,
        UNVERIFIED => Outcome::Unverified,
        SILENT => Outcome::Silent,
        VIOLATED => Outcome::Violated,
        _ => Outcome::NotApplicable,
    }
}

/// What `when implies obligation` comes to.
#[inline]
fn demanded(when: u8, obligation: u8) -> u8 {
    match (when, obligation) {
        (FALSE, _) => NOT_APPLICABLE,
        (_, TRUE) => SATISFIED,
        (TRUE, FALSE) => VIOLATED,
        (_, OTHER) => SILENT,
        _ => UNVERIFIED,
    }
}

#[inline]
fn noted(when: u8) -> u8 {
    match when {
        FALSE => NOT_APPLICABLE,
        TRUE => NOTED,
        _ => UNVERIFIED,
    }
}

/// What becomes of a rule that speaks of the subject itself.
fn once(work: &Work<'_>, rule: &Judging, subjects: usize, out: &mut Vec<u8>) {
    let when = rule.when.map(|when| work.lanes.bytes(when));
    match (when, rule.says) {
        (Some(when), Say::Demand(lane)) => {
            out.extend(when.iter().zip(work.lanes.bytes(lane)).map(|(when, holds)| demanded(*when, *holds)));
        }
        (None, Say::Demand(lane)) => out.extend(work.lanes.bytes(lane).iter().map(|holds| demanded(TRUE, *holds))),
        (Some(when), Say::Note) => out.extend(when.iter().map(|when| noted(*when))),
        (None, Say::Note) => out.resize(subjects, NOTED),
    }
}

/// What becomes of a rule that speaks of elements.
fn each(work: &Work<'_>, rule: &Judging, tallies: &mut [Tally]) {
    let lane = |lane: Option<super::op::LaneId>| lane.map_or(&[][..], |lane| work.lanes.bytes(lane));
    let (when, member, rest, first) = (lane(rule.when), lane(rule.member), lane(rule.rest), lane(rule.first));
    let says = match rule.says {
        Say::Demand(lane) => work.lanes.bytes(lane),
        Say::Note => &[],
    };
    let extent = work.lanes.extent(rule.dom);
    let subjects = extent.map_or(&[][..], |extent| &extent.subjects);
    let of = |lane: &[u8], at: usize, nothing: u8| lane.get(at).copied().unwrap_or(nothing);
    for (at, subject) in subjects.iter().enumerate() {
        if of(member, at, TRUE) == FALSE || of(first, *subject as usize, TRUE) == FALSE {
            continue;
        }
        let when = of(when, at, TRUE);
        let found = match rule.says {
            Say::Demand(_) => demanded(when, of(says, at, DOUBT)),
            Say::Note => noted(when),
        };
        // Of an unknown rest, what cannot fail adds nothing.
        if of(rest, at, FALSE) == TRUE && found <= SATISFIED {
            continue;
        }
        if let Some(tally) = tallies.get_mut(*subject as usize) {
            tally.count(outcome(found));
        }
    }
    // Where there is nothing to judge, the rule is not applicable, once.
    for tally in tallies {
        if tally.all() == 0 {
            tally.count(Outcome::NotApplicable);
        }
    }
}
