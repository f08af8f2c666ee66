//! Rules and matrices side by side: which speak of a subject, what is told of them, and what is judged.

use super::judge::Judged;
use super::run::{Tally, Which};
use crate::program::{About, Card, Head, MatrixAt, Program, RuleAt, Says};

impl Which {
    /// Rules and matrices about one kind of subject, in the order declared. Those of choices are not among them.
    pub(super) fn about(program: &Program, about: About) -> Vec<Which> {
        let rules = (0u32..)
            .map(RuleAt)
            .zip(&program.rules)
            .filter(|(_, rule)| rule.card.about == about && !matches!(rule.says, Says::Chosen | Says::NoneChosen));
        let matrices = (0u32..).map(MatrixAt).zip(&program.matrices).filter(|(_, m)| m.card.about == about);
        let matrices = matrices.map(|(at, _)| Which::Matrix(at));
        matrices.chain(rules.map(|(at, _)| Which::Rule(at))).collect()
    }

    /// What is told of it.
    pub(super) fn card(self, program: &Program) -> Option<&Card> {
        match self {
            Which::Rule(at) => program.rule(at).map(|rule| &rule.card),
            Which::Matrix(at) => program.matrix(at).map(|matrix| &matrix.card),
        }
    }
}

/// What comes before the verdict of a rule, and what is judged; nothing of a code of a choice.
pub(super) fn judged_of(program: &Program, which: Which) -> Option<(&Head, Judged<'_>)> {
    match which {
        Which::Matrix(at) => {
            let matrix = program.matrix(at)?;
            Some((&matrix.head, Judged::Matrix(matrix)))
        }
        Which::Rule(at) => {
            let rule = program.rule(at)?;
            let judged = match rule.says {
                Says::Demand(obligation) => Judged::Demand(obligation),
                Says::Note => Judged::Note,
                Says::EffectNote { when, .. } => Judged::Once(when),
                Says::Chosen | Says::NoneChosen => return None,
            };
            Some((&rule.head, judged))
        }
    }
}

impl Tally {
    /// Counts what another one counts.
    pub(super) fn add(&mut self, other: Tally) {
        let add = |counter: &mut u64, count: u64| *counter = counter.saturating_add(count);
        add(&mut self.satisfied, other.satisfied);
        add(&mut self.violated, other.violated);
        add(&mut self.unverified, other.unverified);
        add(&mut self.not_applicable, other.not_applicable);
        add(&mut self.noted, other.noted);
        add(&mut self.silent, other.silent);
    }

    /// Counts no longer what another one counts.
    pub(super) fn take(&mut self, other: Tally) {
        let take = |counter: &mut u64, count: u64| *counter = counter.saturating_sub(count);
        take(&mut self.satisfied, other.satisfied);
        take(&mut self.violated, other.violated);
        take(&mut self.unverified, other.unverified);
        take(&mut self.not_applicable, other.not_applicable);
        take(&mut self.noted, other.noted);
        take(&mut self.silent, other.silent);
    }
}
