//! A plan from its first step to its verdict: demands, the choice of the transfer type, rules about steps, waves and the
//! plan, effects, and the account of all that.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::changes::Changes;
use super::choose::Choice;
use super::effect::Wave;
use super::finding::Subject;
use super::input::{Options, PlanInput, PlanOutcome, Recorded, RecordedSubject, Subjects, Waiver, WaiverUse};
use super::judge::{Judged, Outcome};
use super::kept::{EvaluationKey, Keep, Kept, Keys};
use super::machine::{Machine, Scratch};
use super::mode::{Decide, Trace};
use super::screen::Lanes;
use super::second::{Refusals, Second};
use super::shared::Shared;
use super::value::Value;
use super::verdicts::Told;
use super::which::judged_of;
use super::world::World;
use crate::diag::{Diagnostic, codes};
use crate::facts::Facts;
use crate::program::{About, Card, EffectAt, Head, Level, Matrix, MatrixAt, Program, Rule, RuleAt, Says};
use crate::report::{
    Account, Cost, Finding, FindingVerdict, NotEvaluated, PlanReport, PlanVerdict, StepExplanation, TableView, WayOut,
};
use crate::types::Schema;
use crate::value::{Row, StructId, Truth};

/// A rule or a matrix.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Which {
    Rule(RuleAt),
    Matrix(MatrixAt),
}

/// What became of the evaluations of one rule for one subject.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Tally {
    pub(super) satisfied: u64,
    pub(super) violated: u64,
    pub(super) unverified: u64,
    pub(super) not_applicable: u64,
    pub(super) noted: u64,
    /// Of what is unverified: where a source is silent.
    pub(super) silent: u64,
    /// The limit was hit on the way: nothing else counts.
    pub(super) limit: bool,
}

impl Tally {
    pub(super) fn count(&mut self, outcome: Outcome) {
        if outcome == Outcome::Silent {
            self.silent = self.silent.saturating_add(1);
        }
        let counter = match outcome {
            Outcome::Satisfied => &mut self.satisfied,
            Outcome::NotApplicable => &mut self.not_applicable,
            Outcome::Noted => &mut self.noted,
            Outcome::Unverified | Outcome::Silent => &mut self.unverified,
            Outcome::Violated => &mut self.violated,
        };
        *counter = counter.saturating_add(1);
    }

    pub(super) fn all(&self) -> u64 {
        [self.satisfied, self.violated, self.unverified, self.not_applicable, self.noted]
            .iter()
            .fold(0, |sum, n| sum.saturating_add(*n))
    }

    pub(super) fn has_findings(&self) -> bool {
        self.violated > 0 || self.unverified > 0 || self.noted > 0
    }
}

/// What the `must`s about a subject come to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Musts {
    pub(super) violated: bool,
    pub(super) unverified: bool,
}

impl Musts {
    pub(super) fn add(&mut self, other: Musts) {
        self.violated |= other.violated;
        self.unverified |= other.unverified;
    }

    pub(super) fn verdict(self) -> PlanVerdict {
        match self {
            Musts { violated: true, .. } => PlanVerdict::Denied,
            Musts { unverified: true, .. } => PlanVerdict::Unverified,
            Musts { .. } => PlanVerdict::Permitted,
        }
    }
}

/// Steps of a plan from which on it is found out what their rules have in common.
const CROWD: u32 = 4;

/// A run over one plan.
pub(super) struct Run<'a> {
    pub(super) program: &'a Program,
    pub(super) facts: &'a Facts,
    pub(super) input: &'a PlanInput,
    pub(super) options: &'a Options,
    pub(super) world: World<'a>,
    pub(super) decide: Scratch<Decide>,
    pub(super) trace: Scratch<Trace>,
    pub(super) tables: Vec<Option<Arc<TableView>>>,
    pub(super) findings: Vec<Finding>,
    pub(super) account: Account,
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) recorded: Vec<Recorded>,
    /// What the steps of the wave that is under way do; what those before them did is in the world.
    pub(super) wave: Wave,
    /// The world in which refused steps happen, too, from the first refusal on.
    pub(super) second: Option<Second<'a>>,
    pub(super) refusals: Refusals,
    /// The step that was asked for, explained.
    pub(super) explained: Option<(Row, StepExplanation)>,
    /// What may be done about refused steps.
    pub(super) ways_out: Vec<WayOut>,
    /// Steps that were tried so far.
    pub(super) trials: u64,
    /// What each waiver came to.
    pub(super) waivers: Vec<WaiverUse>,
    /// What each evaluation came to, where that is kept.
    pub(super) kept: Kept,
    /// For each finding the evaluations that it tells, where they are kept.
    pub(super) telling: Vec<Vec<EvaluationKey>>,
    /// What deciding cost, where that is measured.
    pub(super) costs: BTreeMap<Which, Cost>,
    /// What is told: findings, or less.
    pub(super) told: Told,
    /// Room for a screen.
    pub(super) lanes: Lanes,
}

impl<'a> Run<'a> {
    pub(super) fn new(program: &'a Program, facts: &'a Facts, input: &'a PlanInput, options: &'a Options) -> Run<'a> {
        let mut world = World::new(program, facts);
        for (of, row) in &options.left_out {
            world.leave_out(*of, *row);
        }
        let mut decide = Scratch::default();
        // What is shared is worth finding out where it is asked for again and again.
        if matches!(input.subjects, Subjects::Plan(_)) && facts.rows(Schema::STEP) >= CROWD {
            decide.shared = Shared::of_steps(program);
        }
        Run {
            program,
            facts,
            input,
            options,
            world,
            decide,
            trace: Scratch::default(),
            tables: vec![None; program.matrices.len()],
            findings: Vec::new(),
            account: Account::default(),
            diagnostics: Vec::new(),
            recorded: Vec::new(),
            wave: Wave::default(),
            second: None,
            refusals: Refusals::default(),
            explained: None,
            ways_out: Vec::new(),
            trials: 0,
            waivers: vec![WaiverUse::default(); input.waivers.len()],
            kept: Kept::default(),
            telling: Vec::new(),
            costs: BTreeMap::new(),
            told: Told::Findings,
            lanes: Lanes::default(),
        }
    }

    /// Rules and matrices about one kind of subject, in the order declared. Those of choices are not among them.
    pub(super) fn about(&self, about: About) -> Vec<Which> {
        Which::about(self.program, about)
    }

    pub(super) fn card(&self, which: Which) -> Option<&'a Card> {
        which.card(self.program)
    }

    pub(super) fn parts(&self, which: Which) -> Option<(&'a Head, Judged<'a>)> {
        judged_of(self.program, which)
    }

    /// Decides rules for a subject, and keeps what each evaluation came to where that is asked for.
    pub(super) fn decide_for_good(&mut self, subject: &Subject, which: &[Which]) -> Vec<(Which, Tally)> {
        let mut made = (self.options.keep != Keep::Nothing).then(Vec::new);
        let tallies = self.decide_into(subject, which, made.as_mut());
        for (which, elements, outcome) in made.unwrap_or_default() {
            let hit = tallies.iter().any(|(other, tally)| *other == which && tally.limit);
            let Some(card) = self.card(which).filter(|_| !hit) else { continue };
            let counts = self.selected(card);
            self.kept.enter(Keys::of(subject, which).next(elements), outcome, None, counts);
        }
        tallies
    }

    /// What deciding each rule cost, by its code.
    pub(super) fn charged(&self) -> Vec<(Arc<str>, Cost)> {
        let charged = |(which, cost): (&Which, &Cost)| Some((self.card(*which)?.code.clone(), *cost));
        self.costs.iter().filter_map(charged).collect()
    }

    /// Decides rules for a subject; keeps no evidence.
    pub(super) fn decide(&mut self, subject: &Subject, which: &[Which]) -> Vec<(Which, Tally)> {
        self.decide_into(subject, which, None)
    }

    fn decide_into(
        &mut self,
        subject: &Subject,
        which: &[Which],
        mut made: Option<&mut Vec<(Which, Vec<u32>, Outcome)>>,
    ) -> Vec<(Which, Tally)> {
        let program = self.program;
        let mut machine = Machine::new(program, &self.world, &mut self.decide, self.options.steps.max(1));
        let mut tallies = Vec::with_capacity(which.len());
        let mut hit = None;
        for which in which.iter().copied() {
            let Some((head, judged)) = judged_of(program, which) else { continue };
            let mut tally = Tally::default();
            let begun = self.options.clock.as_ref().map(|clock| clock());
            if !machine.exhausted() {
                machine.judge(Value::Row(subject.of, subject.row), head, judged, &mut |machine, evaluation| {
                    tally.count(evaluation.outcome);
                    if let Some(made) = &mut made {
                        let elements = machine.elements(&evaluation);
                        made.push((which, elements, evaluation.outcome));
                    }
                });
            }
            if machine.exhausted() {
                hit = hit.or(Some(which));
                tally = Tally { limit: true, ..Tally::default() };
            }
            if let Some((clock, begun)) = self.options.clock.as_ref().zip(begun) {
                charge(&mut self.costs, which, clock().saturating_sub(begun), tally.all());
            }
            tallies.push((which, tally));
        }
        if let Some(which) = hit {
            let code = self.card(which).map_or("?", |card| &card.code);
            self.limit_hit(subject, code);
        }
        tallies
    }

    /// Says that the limit of steps was hit, and at what: a code, or the name of an effect.
    pub(super) fn limit_hit(&mut self, subject: &Subject, code: &str) {
        let limit = self.options.steps;
        let of = subject.step.as_ref().or(subject.name.as_ref()).unwrap_or(&subject.plan_name);
        let message = format!("`{of}` needs more than {limit} steps of evaluation, it came as far as `{code}`");
        if self.diagnostics.iter().any(|other| other.message == message) {
            return;
        }
        self.diagnostics.push(
            Diagnostic::error(codes::limit::EVALUATION_STEPS, subject.span, message)
                .note("what was not evaluated is counted as such, and is not satisfied")
                .help("raise the limit, or make the rule look at fewer rows"),
        );
    }

    pub(super) fn waived(&self, card: &Card, subject: &Subject) -> bool {
        self.waiver(card, subject).is_some()
    }

    /// The waiver that covers what a rule finds about a subject.
    pub(super) fn waiver(&self, card: &Card, subject: &Subject) -> Option<&'a Waiver> {
        self.input.waivers.iter().find(|waiver| waives(waiver, card, subject))
    }

    /// Notes of the waivers of a rule that it was evaluated, and of the first of them whether it covers something.
    pub(super) fn use_waivers(&mut self, card: &Card, subject: &Subject, covers: bool) {
        let mut first = true;
        for (waiver, used) in self.input.waivers.iter().zip(&mut self.waivers) {
            if waives(waiver, card, subject) {
                used.looked.insert(subject.step.clone());
                if first && covers {
                    used.covered.insert(subject.step.clone());
                }
                first = false;
            }
        }
    }

    pub(super) fn selected(&self, card: &Card) -> bool {
        self.options.selected.as_ref().is_none_or(|selected| selected(&card.code))
    }

    /// Counts an evaluation that was left out.
    pub(super) fn leave_out(&mut self, reason: NotEvaluated, count: u64) {
        self.account.evaluations = self.account.evaluations.saturating_add(count);
        let left_out = self.account.not_evaluated.entry(reason).or_default();
        *left_out = left_out.saturating_add(count);
    }

    /// Enters what was decided into the books, and says what the `must`s come to. Answers with the rules that have
    /// something to tell.
    pub(super) fn enter(&mut self, subject: &Subject, tallies: &[(Which, Tally)], musts: &mut Musts) -> Vec<Which> {
        let mut telling = Vec::new();
        for (which, tally) in tallies {
            let Some(card) = self.card(*which) else { continue };
            let waived = self.waived(card, subject);
            if card.level == Level::Must && !waived {
                musts.violated |= tally.violated > 0;
                musts.unverified |= tally.unverified > 0 || tally.limit;
            }
            if tally.limit {
                self.leave_out(NotEvaluated::Limit, 1);
                continue;
            }
            if waived {
                self.use_waivers(card, subject, tally.violated > 0 || tally.unverified > 0);
            }
            if !self.selected(card) {
                self.leave_out(NotEvaluated::NotSelected, tally.all());
                continue;
            }
            self.book(*tally, waived);
            if tally.has_findings() {
                telling.push(*which);
            }
        }
        telling
    }

    /// Adds what was decided to the account.
    pub(super) fn book(&mut self, tally: Tally, waived: bool) {
        let account = &mut self.account;
        let add = |counter: &mut u64, count: u64| *counter = counter.saturating_add(count);
        add(&mut account.evaluations, tally.all());
        add(&mut account.satisfied, tally.satisfied);
        add(&mut account.not_applicable, tally.not_applicable);
        add(&mut account.noted, tally.noted);
        if waived {
            add(&mut account.waived, tally.violated.saturating_add(tally.unverified));
        } else {
            add(&mut account.violated, tally.violated);
            add(&mut account.unverified, tally.unverified);
        }
    }

    /// Rules of a list that are neither switched off nor notes about a refused step; the others are booked.
    pub(super) fn judged(&mut self, which: &[Which], refused: bool) -> Vec<Which> {
        let mut judged = Vec::new();
        for which in which {
            let Some(card) = self.card(*which) else { continue };
            if card.disabled.is_some() {
                self.leave_out(NotEvaluated::Disabled, 1);
            } else if refused && card.level == Level::Note {
                self.leave_out(NotEvaluated::Refused, 1);
            } else {
                judged.push(*which);
            }
        }
        judged
    }

    /// Evaluates rules of a subject once more with everything that explains them.
    pub(super) fn tell(&mut self, subject: &Subject, which: &[Which], effects: &[EffectAt]) {
        if self.options.keep == Keep::Alone {
            return;
        }
        let keeps = self.options.keep != Keep::Nothing;
        let mut telling = Vec::new();
        let mut findings = Vec::new();
        let mut recorded = Vec::new();
        for which in which {
            let (Some(card), Some((head, judged))) = (self.card(*which), self.parts(*which)) else { continue };
            let waiver = self.waiver(card, subject);
            let matrix = match (judged, which) {
                (Judged::Matrix(matrix), Which::Matrix(at)) => Some((matrix, self.table(*at, matrix), *at)),
                _ => None,
            };
            let table = matrix.as_ref().map(|(matrix, table, _)| (*matrix, table));
            let fuel = self.options.steps.saturating_mul(4);
            let mut machine = Machine::new(self.program, &self.world, &mut self.trace, fuel);
            let record = self.options.record;
            let mut keys = Keys::of(subject, *which);
            machine.judge(Value::Row(subject.of, subject.row), head, judged, &mut |machine, evaluation| {
                let key = keeps.then(|| keys.next(machine.elements(&evaluation)));
                if evaluation.outcome.is_finding() || record {
                    let mut finding = machine.finding(card, table, subject, &evaluation);
                    if record {
                        let element = machine.element_names(&evaluation).map(Into::into);
                        recorded.push(Recorded {
                            of: recorded_subject(subject),
                            code: card.code.clone(),
                            element,
                            outcome: evaluation.outcome,
                            message: finding.message.clone(),
                            missing: finding.missing.iter().map(|missing| missing.route.clone()).collect(),
                            cell: evaluation.hit.as_ref().zip(matrix.as_ref()).and_then(|(hit, (_, _, at))| {
                                match (hit.rows.places(), hit.columns.places()) {
                                    ([row], [column]) => Some((*at, *row, *column)),
                                    _ => None,
                                }
                            }),
                            effects: effects.to_vec(),
                        });
                    }
                    if evaluation.outcome.is_finding() {
                        if let Some(waiver) = waiver.filter(|_| finding.verdict != FindingVerdict::Noted) {
                            finding.verdict = FindingVerdict::Waived;
                            finding.waiver = Some(waiver.note.clone());
                        }
                        findings.push(finding);
                        telling.extend(key.map(|key| vec![key]));
                    }
                }
            });
        }
        self.findings.append(&mut findings);
        self.telling.append(&mut telling);
        self.recorded.append(&mut recorded);
    }

    pub(super) fn table(&mut self, at: MatrixAt, matrix: &Matrix) -> Arc<TableView> {
        let table = &matrix.table;
        let made = || {
            Arc::new(TableView {
                rows_by: table.rows_by.to_string(),
                columns_by: table.columns_by.to_string(),
                row_headers: table.row_headers.clone(),
                column_headers: table.column_headers.clone(),
                cells: table.cells.iter().map(|row| row.iter().map(ToString::to_string).collect()).collect(),
            })
        };
        match self.tables.get_mut(at.at()) {
            Some(slot) => slot.get_or_insert_with(made).clone(),
            None => made(),
        }
    }

    /// Judges a subject by all its rules and tells what there is to tell.
    pub(super) fn subject(&mut self, subject: &Subject, which: &[Which]) -> Musts {
        let mut musts = Musts::default();
        let judged = self.judged(which, false);
        let tallies = self.decide_for_good(subject, &judged);
        let telling = self.enter(subject, &tallies, &mut musts);
        let telling = if self.options.record { judged } else { telling };
        self.tell(subject, &telling, &[]);
        self.explain_around(subject, which);
        musts
    }

    /// Whether an effect happens for a step.
    pub(super) fn happens(&mut self, of: StructId, row: Row, head: &'a Head) -> Truth {
        let mut machine = Machine::new(self.program, &self.world, &mut self.decide, self.options.steps.max(1));
        machine.happens(Value::Row(of, row), head)
    }

    pub(super) fn outcome(mut self, steps: Vec<crate::report::StepReport>, verdict: PlanVerdict) -> PlanOutcome {
        let order: rustc_hash::FxHashMap<Arc<str>, usize> =
            steps.iter().enumerate().map(|(index, step)| (step.id.clone(), index)).collect();
        // Steps in the order of the plan, single entities in that of their file.
        let each = matches!(self.input.subjects, Subjects::Entities(_));
        let place = |finding: &Finding| {
            let step = finding.step.as_ref().and_then(|step| order.get(step).copied()).unwrap_or(usize::MAX);
            (step, if each { finding.span.start } else { 0 })
        };
        let mut told: Vec<(Finding, Vec<EvaluationKey>)> = self.with_keys();
        told.sort_by(|(a, _), (b, _)| {
            (place(a), &a.code, &a.subject, &a.message).cmp(&(place(b), &b.code, &b.subject, &b.message))
        });
        let (findings, telling) = told.into_iter().unzip();
        self.kept.tell(telling);
        let costs = self.charged();
        let mut ways_out = self.ways_out;
        ways_out.sort_by_key(|way| order.get(&way.step).copied().unwrap_or(usize::MAX));
        let report = PlanReport {
            file: self.input.file.clone(),
            plan: self.input.name.clone(),
            packs: self.program.packs.clone(),
            verdict,
            steps,
            assumed: Vec::new(),
            assumptions: Vec::new(),
            account: self.account,
        };
        PlanOutcome {
            report,
            findings,
            diagnostics: self.diagnostics,
            recorded: self.recorded,
            after: self.world.replace(Changes::default()).without(Schema::STEP),
            explanation: self.explained.map(|(_, explanation)| explanation),
            ways_out,
            waivers: self.waivers,
            kept: self.kept,
            costs,
        }
    }

    /// Takes the findings, each with the evaluations that it tells, as far as they are kept.
    pub(super) fn with_keys(&mut self) -> Vec<(Finding, Vec<EvaluationKey>)> {
        let mut telling = std::mem::take(&mut self.telling);
        telling.resize(self.findings.len(), Vec::new());
        std::mem::take(&mut self.findings).into_iter().zip(telling).collect()
    }

    /// What a choice does to the books of the rules that are not judged.
    pub(super) fn nothing_chosen(&mut self, which: &[Which]) {
        for which in which {
            let Some(card) = self.card(*which) else { continue };
            let reason = if card.disabled.is_some() { NotEvaluated::Disabled } else { NotEvaluated::NothingChosen };
            self.leave_out(reason, 1);
        }
    }

    /// Whether a code of a choice is waived for a step. That nothing could be chosen cannot be.
    pub(super) fn waives(&self, rule: &Rule, subject: &Subject) -> Option<&'a Waiver> {
        self.waiver(&rule.card, subject).filter(|_| rule.says != Says::NoneChosen)
    }

    /// Books one evaluation of a code of a choice.
    pub(super) fn book_choice(&mut self, at: RuleAt, outcome: Outcome, subject: &Subject, chosen: Option<u16>) {
        let Some(rule) = self.program.rule(at) else { return };
        if self.options.keep != Keep::Nothing {
            let key = Keys::of(subject, Which::Rule(at)).next(Vec::new());
            self.kept.enter(key, outcome, chosen, self.selected(&rule.card));
        }
        let waived = self.waives(rule, subject).is_some();
        if waived {
            self.use_waivers(&rule.card, subject, outcome == Outcome::Unverified);
        }
        if !self.selected(&rule.card) {
            self.leave_out(NotEvaluated::NotSelected, 1);
            return;
        }
        let mut tally = Tally::default();
        tally.count(outcome);
        self.book(tally, waived);
    }
}

/// Whether a waiver speaks of what a rule finds about a subject.
fn waives(waiver: &Waiver, card: &Card, subject: &Subject) -> bool {
    waiver.code.eq_ignore_ascii_case(&card.code)
        && waiver.steps.as_ref().is_none_or(|steps| {
            subject.step.as_ref().is_some_and(|step| steps.iter().any(|id| id.eq_ignore_ascii_case(step)))
        })
}

/// Whom an evaluation is recorded of.
pub(super) fn recorded_subject(subject: &Subject) -> RecordedSubject {
    let name = || subject.name.clone().unwrap_or_default();
    match subject.about {
        About::Step => RecordedSubject::Step(subject.step.clone().unwrap_or_default()),
        About::Wave => RecordedSubject::Wave(name()),
        About::Plan => RecordedSubject::Plan,
        About::Entity(_) => RecordedSubject::Entity { name: name(), record: subject.record },
    }
}

/// What was chosen for a step, for its report.
pub(super) fn chosen(choice: &Choice) -> bool {
    matches!(choice, Choice::Chosen { .. })
}

/// Charges a rule with what deciding it took.
pub(super) fn charge(costs: &mut BTreeMap<Which, Cost>, which: Which, nanos: u64, evaluations: u64) {
    let cost = costs.entry(which).or_default();
    cost.nanos = cost.nanos.saturating_add(nanos);
    cost.evaluations = cost.evaluations.saturating_add(evaluations);
}
