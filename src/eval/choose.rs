//! The choice of the transfer type: candidates in order, the first under which no `must` about the step is violated.
//! A candidate is tried by changing one cell of the world; it costs the rules of one step, not a copy.

use std::sync::Arc;

use super::finding::{Subject, cites, severity, unverified};
use super::input::Recorded;
use super::judge::Outcome;
use super::kept::{Keep, Keys};
use super::machine::Machine;
use super::mode::{Log, Mark, Note, Trace};
use super::run::{Run, Which, recorded_subject};
use super::value::{Bound, Value};
use crate::program::{Candidates, Level, RuleAt, Select, Slot};
use crate::report::{Finding, FindingVerdict, Missing, Obstacle, PassedOver};
use crate::types::{FieldId, Schema, Type};
use crate::value::{Cell, Truth};

/// A candidate that was passed over, with the `must`s that it violates.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Passed {
    pub(super) value: u16,
    pub(super) violated: Vec<Which>,
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

impl Choice {
    /// Whether the step has a value, so that it can be judged.
    pub(super) fn decided(&self) -> bool {
        matches!(self, Choice::Named | Choice::Chosen { .. })
    }
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
                self.world.choose(subject.of, subject.row, select.field, Cell::Enum(*value));
                let tallies = self.decide(subject, musts);
                let denying = tallies.iter().filter(|(_, tally)| tally.violated > 0);
                let violated: Vec<Which> = denying.map(|(which, _)| *which).collect();
                if violated.is_empty() {
                    return Choice::Chosen { passed };
                }
                passed.push(Passed { value: *value, violated });
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
        if machine.exhausted() {
            let none = self.program.rule(select.none).map_or("?", |rule| &rule.card.code);
            self.limit_hit(subject, none);
            return Truth::Unknown;
        }
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
        let told = |at: &RuleAt| self.program.rule(*at).is_some_and(|rule| self.selected(&rule.card));
        let told = self.options.keep != Keep::Alone && (told(&select.chosen) || told(&select.none));
        let chosen = match self.world.read(subject.of, subject.row, select.field) {
            Cell::Enum(value) if matches!(choice, Choice::Chosen { .. }) => Some(value),
            _ => None,
        };
        let passed = if told { self.passed_over(select, subject, choice) } else { Vec::new() };
        for (rule, outcome) in outcomes {
            let silenced = matches!(choice, Choice::Nothing { .. }) && rule == select.chosen;
            if silenced {
                // A note about a step that is refused; the step's other rules are not evaluated either.
                self.leave_out(crate::report::NotEvaluated::NothingChosen, 1);
                continue;
            }
            self.book_choice(rule, outcome, subject, chosen.filter(|_| outcome == Outcome::Noted));
            self.tell_code(select, rule, outcome, subject, &passed);
        }
    }

    /// The candidates that were passed over, each with everything that stands in its way.
    fn passed_over(&mut self, select: &'a Select, subject: &Subject, choice: &Choice) -> Vec<PassedOver> {
        let passed = match choice {
            Choice::Chosen { passed } | Choice::Nothing { passed } => passed.as_slice(),
            Choice::Named | Choice::Undecided => &[],
        };
        if passed.is_empty() {
            return Vec::new();
        }
        let chosen = self.world.read(subject.of, subject.row, select.field);
        let mut told = Vec::new();
        for passed in passed {
            self.world.choose(subject.of, subject.row, select.field, Cell::Enum(passed.value));
            let mut because = self.obstacles(subject, &passed.violated);
            because.sort();
            told.push(PassedOver { candidate: self.candidate(select.field, passed.value), because });
        }
        match chosen {
            Cell::None => self.world.restore(subject.of, subject.row, select.field),
            cell => self.world.choose(subject.of, subject.row, select.field, cell),
        }
        told
    }

    /// What rules that are violated say of a step, element by element.
    pub(super) fn obstacles(&mut self, subject: &Subject, violated: &[Which]) -> Vec<Obstacle> {
        let mut obstacles = Vec::new();
        for which in violated {
            let (Some(card), Some((head, judged))) = (self.card(*which), self.parts(*which)) else { continue };
            let fuel = self.options.steps.saturating_mul(4);
            let mut machine = Machine::new(self.program, &self.world, &mut self.trace, fuel);
            machine.judge(Value::Row(subject.of, subject.row), head, judged, &mut |machine, evaluation| {
                if evaluation.outcome == Outcome::Violated {
                    let cell = machine.cell_hit(&evaluation);
                    let message = machine.what(card, evaluation.outcome, cell.as_ref(), &[]);
                    let subject = machine.element_names(&evaluation).map(Into::into);
                    obstacles.push(Obstacle { code: card.code.clone(), subject, message });
                }
            });
        }
        obstacles
    }

    /// A value of a field of the step as it is written.
    pub(super) fn candidate(&self, field: FieldId, value: u16) -> Arc<str> {
        let schema = &self.program.schema;
        let name = schema.field(Schema::STEP, field).and_then(|field| match field.ty.required() {
            Type::Enum(of) => schema.enum_def(*of)?.values.get(usize::from(value)).cloned(),
            _ => None,
        });
        name.unwrap_or_else(|| "?".into())
    }

    fn tell_code(
        &mut self,
        select: &'a Select,
        at: RuleAt,
        outcome: Outcome,
        subject: &Subject,
        passed: &[PassedOver],
    ) {
        let Some(rule) = self.program.rule(at) else { return };
        let card = &rule.card;
        let silent = self.options.keep == Keep::Alone;
        if silent || !self.selected(card) || !(outcome.is_finding() || self.options.record) {
            return;
        }
        let fuel = self.options.steps.saturating_mul(4);
        let mut machine = Machine::new(self.program, &self.world, &mut self.trace, fuel);
        let frame = machine.enter(rule.head.slots.max(select.slots).max(1));
        machine.bind(Slot(0), Bound::known(Value::Row(subject.of, subject.row)));
        let start = machine.mark();
        let missing = if outcome == Outcome::Unverified { condition(&mut machine, select, start) } else { Vec::new() };
        let message = match outcome {
            Outcome::Unverified => unverified(&missing).unwrap_or_else(|| "cannot be verified".to_owned()),
            _ => machine.what(card, outcome, None, &missing),
        };
        let title = machine.title(card);
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
        let waiver = self.waives(rule, subject).filter(|_| outcome != Outcome::Noted);
        if self.options.keep != Keep::Nothing {
            self.telling.push(vec![Keys::of(subject, Which::Rule(at)).next(Vec::new())]);
        }
        self.findings.push(Finding {
            code: card.code.clone(),
            rule: card.name.clone(),
            title,
            severity: severity(card.level),
            verdict: match outcome {
                Outcome::Noted => FindingVerdict::Noted,
                _ if waiver.is_some() => FindingVerdict::Waived,
                Outcome::Violated => FindingVerdict::Violated,
                _ => FindingVerdict::Unverified,
            },
            plan: subject.plan,
            step: subject.step.clone(),
            subject: None,
            message,
            help,
            fingerprint: subject.print(&card.code, None, ""),
            missing,
            cites: cites(card),
            span: subject.span,
            related,
            cell: None,
            table: None,
            fix: None,
            passed: passed.to_vec(),
            rule_span: card.span,
            waiver: waiver.map(|waiver| waiver.note.clone()),
            assumed: Vec::new(),
            standing: None,
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
    machine.missing(note.lacks())
}
