//! The choice of the transfer type: candidates in order, the first under which no `must` about the step is violated.
//! A candidate is tried by changing one cell of the world; it costs the rules of one step, not a copy.

use std::sync::Arc;

use super::finding::{Subject, cites, severity, unverified};
use super::input::Recorded;
use super::judge::Outcome;
use super::machine::Machine;
use super::mode::{Log, Mark, Note, Trace};
use super::run::{Run, Which, recorded_subject};
use super::value::{Bound, Value};
use crate::program::{Candidates, Level, RuleAt, Select, Slot};
use crate::report::{Finding, FindingVerdict, Missing, fingerprint};
use crate::types::FieldId;
use crate::value::{Cell, Truth};

/// A candidate that was passed over, with the codes of the `must`s that it violates.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Passed {
    pub(super) value: u16,
    pub(super) codes: Vec<Arc<str>>,
}

/// What came of a choice.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Choice {
    /// The plan names the type.
    Named,
    /// The best candidate that is permitted.
    Chosen {
        /// Better ones.
        passed: Vec<Passed>,
    },
    /// Every candidate is denied.
    Nothing {
        /// All of them.
        passed: Vec<Passed>,
    },
    /// Which candidates there are is unknown.
    Undecided,
}

impl<'a> Run<'a> {
    /// Chooses for a step where the plan leaves the field out, and leaves the world with what was chosen.
    pub(super) fn choose(&mut self, select: &'a Select, subject: &Subject, musts: &[Which]) -> Choice {
        if self.world.read(subject.of, subject.row, select.field) != Cell::None {
            return Choice::Named;
        }
        let mut passed = Vec::new();
        for candidates in &select.prefer {
            match self.holds(select, candidates, subject) {
                Truth::False => continue,
                Truth::Unknown => return Choice::Undecided,
                Truth::True => {}
            }
            for value in &candidates.values {
                self.world.change(subject.of, subject.row, select.field, Cell::Enum(*value));
                let tallies = self.decide(subject, musts);
                let denying = tallies.iter().filter(|(_, tally)| tally.violated > 0);
                let codes: Vec<Arc<str>> =
                    denying.filter_map(|(which, _)| self.card(*which)).map(|card| card.code.clone()).collect();
                if codes.is_empty() {
                    return Choice::Chosen { passed };
                }
                passed.push(Passed { value: *value, codes });
            }
            self.world.restore(subject.of, subject.row, select.field);
        }
        Choice::Nothing { passed }
    }

    /// The `must`s that stand in the way of a candidate: not switched off, not waived for the step.
    pub(super) fn musts(&self, which: &[Which], subject: &Subject) -> Vec<Which> {
        let musts = which.iter().copied().filter(|which| {
            self.card(*which)
                .is_some_and(|card| card.level == Level::Must && card.disabled.is_none() && !self.waived(card, subject))
        });
        let mut musts: Vec<Which> = musts.collect();
        musts.sort_by(|a, b| self.card(*a).map(|card| &card.code).cmp(&self.card(*b).map(|card| &card.code)));
        musts
    }

    /// Whether candidates are candidates for a step. The field that is chosen is `none` meanwhile.
    fn holds(&mut self, select: &'a Select, candidates: &Candidates, subject: &Subject) -> Truth {
        let Some(condition) = candidates.condition else { return Truth::True };
        let fuel = self.options.steps.max(1);
        let mut machine = Machine::new(self.program, &self.world, &mut self.decide, fuel);
        let frame = machine.enter(select.slots.max(1));
        machine.bind(Slot(0), Bound::known(Value::Row(subject.of, subject.row)));
        let truth = machine.truth(condition);
        machine.leave(frame);
        truth
    }

    /// Books and tells the two codes of a choice.
    pub(super) fn tell_choice(&mut self, select: &'a Select, subject: &Subject, choice: &Choice) {
        let outcomes = match choice {
            Choice::Named => [(select.chosen, Outcome::NotApplicable), (select.none, Outcome::NotApplicable)],
            Choice::Chosen { .. } => [(select.chosen, Outcome::Noted), (select.none, Outcome::Satisfied)],
            Choice::Nothing { .. } => [(select.chosen, Outcome::NotApplicable), (select.none, Outcome::Violated)],
            Choice::Undecided => [(select.chosen, Outcome::Unverified), (select.none, Outcome::Unverified)],
        };
        for (rule, outcome) in outcomes {
            let silenced = matches!(choice, Choice::Nothing { .. }) && rule == select.chosen;
            if silenced {
                // A note about a step that is refused; the step's other rules are not evaluated either.
                self.leave_out(crate::report::NotEvaluated::NothingChosen, 1);
                continue;
            }
            self.book_choice(rule, outcome, subject);
            self.tell_code(select, rule, outcome, subject, choice);
        }
    }

    fn tell_code(&mut self, select: &'a Select, at: RuleAt, outcome: Outcome, subject: &Subject, choice: &Choice) {
        let Some(rule) = self.program.rule(at) else { return };
        let card = &rule.card;
        if !self.selected(card) || !(outcome.is_finding() || self.options.record) {
            return;
        }
        let passed = match choice {
            Choice::Chosen { passed } | Choice::Nothing { passed } => passed.as_slice(),
            Choice::Named | Choice::Undecided => &[],
        };
        let fuel = self.options.steps.saturating_mul(4);
        let mut machine = Machine::new(self.program, &self.world, &mut self.trace, fuel);
        let frame = machine.enter(rule.head.slots.max(select.slots).max(1));
        machine.bind(Slot(0), Bound::known(Value::Row(subject.of, subject.row)));
        let start = machine.mark();
        let missing = if outcome == Outcome::Unverified { condition(&mut machine, select, start) } else { Vec::new() };
        let mut message = match outcome {
            Outcome::Unverified => unverified(&missing).unwrap_or_else(|| "cannot be verified".to_owned()),
            _ => machine.what(card, outcome, None, &missing),
        };
        if !passed.is_empty() {
            let shown: Vec<String> = passed.iter().map(|passed| show_passed(&machine, select.field, passed)).collect();
            let lead = if matches!(choice, Choice::Chosen { .. }) { "; passed over: " } else { ": " };
            message.push_str(lead);
            message.push_str(&shown.join(", "));
        }
        let help = card.help.as_ref().map(|help| machine.message(help)).filter(|help| !help.is_empty());
        let evidence = machine.scratch.log.copy(start);
        let related = machine.related(&evidence);
        machine.leave(frame);
        if self.options.record {
            self.recorded.push(Recorded {
                of: recorded_subject(subject),
                code: card.code.clone(),
                element: None,
                outcome,
                message: message.clone(),
                missing: missing.iter().map(|missing| missing.route.clone()).collect(),
                cell: None,
                effects: Vec::new(),
            });
        }
        if !outcome.is_finding() {
            return;
        }
        self.findings.push(Finding {
            code: card.code.clone(),
            rule: card.name.clone(),
            title: card.title.clone(),
            severity: severity(card.level),
            verdict: match outcome {
                Outcome::Noted => FindingVerdict::Noted,
                _ if self.waives(rule, subject) => FindingVerdict::Waived,
                Outcome::Violated => FindingVerdict::Violated,
                _ => FindingVerdict::Unverified,
            },
            plan: subject.plan,
            step: subject.step.clone(),
            subject: None,
            message,
            help,
            fingerprint: fingerprint(&[&card.code, &subject.plan_name, &subject.mark, "", ""]),
            missing,
            cites: cites(card),
            span: subject.span,
            related,
            cell: None,
            table: None,
            fix: None,
            passed: Vec::new(),
            rule_span: card.span,
        });
    }
}

/// What is missing to know which candidates there are: what the first condition that is unknown is missing.
fn condition(machine: &mut Machine<'_, Trace>, select: &Select, start: Mark) -> Vec<Missing> {
    for candidates in &select.prefer {
        let truth = candidates.condition.map_or(Truth::True, |condition| machine.truth(condition));
        if truth == Truth::Unknown {
            break;
        }
    }
    let note: Note = machine.scratch.log.take(start);
    machine.missing(note.facts())
}

/// `live (VMM103, VMM111)`.
fn show_passed(machine: &Machine<'_, Trace>, field: FieldId, passed: &Passed) -> String {
    let schema = &machine.program.schema;
    let name = schema.field(crate::types::Schema::STEP, field).and_then(|field| match field.ty.required() {
        crate::types::Type::Enum(of) => schema.enum_def(*of)?.values.get(usize::from(passed.value)).cloned(),
        _ => None,
    });
    format!("{} ({})", name.as_deref().unwrap_or("?"), passed.codes.join(", "))
}
