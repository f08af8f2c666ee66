//! Assumptions: which of them count, what rests on them, and what each of them came to in a run. A verdict rests on an
//! assumption where it would be another one without it: the plan is evaluated without each of them and without all, and what
//! differs is compared. What no single one makes different, but several together do, rests on those of a smallest such set.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Selection;
use super::inputs::Estate;
use super::remarks::{self, About, Looked, Remark};
use super::waivers::{Clock, in_days};
use crate::diag::{Severity, codes};
use crate::eval::{self, Changes, EvaluationKey, Keep, Kept, PlanInput, PlanOutcome};
use crate::facts::Facts;
use crate::facts::document::Value;
use crate::facts::load::Assumption;
use crate::facts::store::Assumed;
use crate::program::Program;
use crate::report::{Account, AssumptionNote, PlanReport, PlanVerdict, Report};
use crate::source::Span;
use crate::value::{Row, StructId};

/// Evaluations that are spent on sets of several assumptions, for one plan.
const SETS: usize = 64;

/// The assumptions that lie over an inventory.
#[derive(Debug, Default)]
pub(super) struct Assumptions {
    /// All of them, those that count no more included.
    pub(super) loaded: Vec<Assumption>,
    /// For each: its place among those of the facts, where it counts.
    places: Vec<Option<usize>>,
    /// How many rows each table had before any plan.
    rows: Vec<u32>,
    /// Rows that break a demand where some assumptions do not count.
    left_out: BTreeMap<Vec<usize>, Vec<(StructId, Row)>>,
}

impl Assumptions {
    /// Lays those that count over the facts.
    pub(super) fn over(loaded: Vec<Assumption>, facts: &mut Facts, program: &Program, clock: Clock) -> Assumptions {
        let mut places = Vec::new();
        for assumption in &loaded {
            let counts = assumption.until.as_ref().is_none_or(|last| !clock.past(last.node));
            places.push(counts.then_some(facts.assumed().len()));
            if counts {
                let (fact, because) = (assumption.fact.node.as_str(), assumption.because.node.as_str());
                facts.assume(Assumed::new(
                    assumption.about,
                    assumption.cell,
                    assumption.is.span(),
                    fact.into(),
                    because.into(),
                ));
            }
        }
        let rows = program.schema.structs().map(|(of, _)| facts.rows(of)).collect();
        Assumptions { loaded, places, rows, left_out: BTreeMap::new() }
    }

    /// The assumption that lies over the facts at a place.
    fn at(&self, place: usize) -> Option<&Assumption> {
        self.places.iter().position(|own| *own == Some(place)).and_then(|at| self.loaded.get(at))
    }
}

/// A verdict that may rest on assumptions.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Item {
    Evaluation(EvaluationKey),
    Step(Arc<str>),
    Plan,
}

/// What an evaluation came to, as far as that is compared.
struct Came<'a> {
    kept: &'a Kept,
    report: &'a PlanReport,
}

impl Came<'_> {
    /// Verdicts that are others there.
    fn other_than(&self, there: &Came<'_>) -> BTreeSet<Item> {
        let mut items: BTreeSet<Item> = self.kept.other_than(there.kept).cloned().map(Item::Evaluation).collect();
        let verdicts: BTreeMap<&str, PlanVerdict> =
            there.report.steps.iter().map(|step| (&*step.id, step.verdict)).collect();
        let others = self.report.steps.iter().filter(|step| verdicts.get(&*step.id) != Some(&step.verdict));
        items.extend(others.map(|step| Item::Step(step.id.clone())));
        if self.report.verdict != there.report.verdict {
            items.insert(Item::Plan);
        }
        items
    }
}

/// What rests on which assumptions, by their places among those of the facts.
#[derive(Debug, Default)]
pub(super) struct Resting {
    /// Those on which something rests.
    pub(super) relied: BTreeSet<usize>,
    /// What the steps leave behind where nothing is assumed; nothing where no assumption fills a cell that is read.
    pub(super) bare: Option<Changes>,
}

/// The assumptions that fill a cell which the program reads.
pub(super) fn that_matter(facts: &Facts, program: &Program) -> Vec<usize> {
    let matters = |assumed: &Assumed| assumed.cells() > 0 && program.reads(assumed.about.0, assumed.about.1);
    facts.assumed().iter().enumerate().filter(|(_, assumed)| matters(assumed)).map(|(at, _)| at).collect()
}

/// Evaluates a plan once more without assumptions, and marks what rests on them.
pub(super) fn rest(
    estate: &mut Estate,
    program: &Program,
    plan: &PlanInput,
    evaluation: &eval::Options,
    outcome: &mut PlanOutcome,
) -> Resting {
    let matter = that_matter(&estate.facts, program);
    if matter.is_empty() {
        return Resting::default();
    }
    let mut others = Others { estate, program, plan, evaluation, known: BTreeMap::new() };
    let here = Came { kept: &outcome.kept, report: &outcome.report };
    let mut names: BTreeMap<Item, Vec<usize>> = BTreeMap::new();
    for place in &matter {
        for item in others.differing(&here, &[*place]) {
            names.entry(item).or_default().push(*place);
        }
    }
    if matter.len() > 1 {
        let together = others.differing(&here, &matter);
        for item in together {
            if names.contains_key(&item) {
                continue;
            }
            let set = others.smallest(&here, &item, &matter);
            names.insert(item, set);
        }
    }
    let bare = others.without(&matter).after.clone();
    estate.facts.assume_without(&[]);
    let resting = Resting { relied: names.values().flatten().copied().collect(), bare: Some(bare) };
    mark(estate, &names, &resting.relied, outcome);
    resting
}

/// Evaluations of a plan without some of the assumptions.
struct Others<'a> {
    estate: &'a mut Estate,
    program: &'a Program,
    plan: &'a PlanInput,
    evaluation: &'a eval::Options,
    known: BTreeMap<Vec<usize>, PlanOutcome>,
}

impl Others<'_> {
    fn without(&mut self, places: &[usize]) -> &PlanOutcome {
        let (estate, program) = (&mut *self.estate, self.program);
        self.known.entry(places.to_vec()).or_insert_with(|| {
            estate.facts.assume_without(places);
            let (facts, assumptions, steps) = (&estate.facts, &mut estate.assumptions, self.evaluation.steps);
            let rows = &assumptions.rows;
            let left_out = assumptions.left_out.entry(places.to_vec()).or_insert_with(|| {
                let (mut left_out, _) = eval::demands(program, facts, steps);
                // What only a plan names is no row of the inventory.
                left_out.retain(|(of, row)| rows.get(of.0 as usize).is_some_and(|rows| row.0 < *rows));
                left_out
            });
            let options = eval::Options {
                left_out: left_out.clone(),
                suggest: None,
                explain: None,
                record: false,
                keep: Keep::Alone,
                ..self.evaluation.clone()
            };
            eval::evaluate(program, facts, self.plan, &options)
        })
    }

    fn differing(&mut self, here: &Came<'_>, places: &[usize]) -> BTreeSet<Item> {
        let there = self.without(places);
        here.other_than(&Came { kept: &there.kept, report: &there.report })
    }

    /// A smallest set of assumptions without which an item is another one, where it is so without all of these.
    fn smallest(&mut self, here: &Came<'_>, item: &Item, all: &[usize]) -> Vec<usize> {
        let mut set = all.to_vec();
        for place in all {
            let less: Vec<usize> = set.iter().copied().filter(|other| other != place).collect();
            if self.known.len() > SETS && !self.known.contains_key(&less) {
                break;
            }
            if self.differing(here, &less).contains(item) {
                set = less;
            }
        }
        set
    }
}

/// Writes into an outcome what rests on what.
fn mark(estate: &Estate, names: &BTreeMap<Item, Vec<usize>>, relied: &BTreeSet<usize>, outcome: &mut PlanOutcome) {
    let facts = estate.facts.assumed();
    let named = |places: BTreeSet<usize>| -> Vec<Arc<str>> {
        places.into_iter().filter_map(|place| facts.get(place)).map(|assumed| assumed.fact.clone()).collect()
    };
    let of = |item: &Item| names.get(item).into_iter().flatten().copied().collect::<BTreeSet<usize>>();
    for (at, finding) in outcome.findings.iter_mut().enumerate() {
        let keys = outcome.kept.of_finding(at).iter();
        finding.assumed = named(keys.flat_map(|key| of(&Item::Evaluation(key.clone()))).collect());
    }
    for step in &mut outcome.report.steps {
        step.assumed = named(of(&Item::Step(step.id.clone())));
    }
    outcome.report.assumed = named(of(&Item::Plan));
    let mut evaluations: BTreeMap<usize, u64> = BTreeMap::new();
    let mut all = 0u64;
    for (item, places) in names {
        let Item::Evaluation(key) = item else { continue };
        if outcome.kept.counts(key) {
            all = all.saturating_add(1);
            for place in places {
                let count = evaluations.entry(*place).or_default();
                *count = count.saturating_add(1);
            }
        }
    }
    outcome.report.account.assumed = all;
    let notes = relied.iter().filter_map(|place| {
        let assumption = estate.assumptions.at(*place)?;
        Some(Arc::new(AssumptionNote {
            fact: assumption.fact.node.as_str().into(),
            is: in_words(&assumption.is).into(),
            because: assumption.because.node.as_str().into(),
            until: assumption.until.as_ref().map(|last| last.node),
            span: assumption.span,
            evaluations: evaluations.get(place).copied().unwrap_or(0),
        }))
    });
    outcome.report.assumptions = notes.collect();
}

/// What an assumption says: fact and value, by which those of two revisions are held against each other.
pub(super) fn said(assumption: &Assumption) -> (String, String) {
    (assumption.fact.node.to_lowercase(), in_words(&assumption.is))
}

/// A value as messages show it.
fn in_words(value: &Value) -> String {
    match value {
        Value::Null(_) => "null".to_owned(),
        Value::Scalar(text, _, _) => text.trim().to_owned(),
        Value::List(elements, _) => {
            format!("[{}]", elements.iter().map(in_words).collect::<Vec<_>>().join(", "))
        }
        Value::Map(members, _) => {
            let members = members.iter().map(|(key, _, value)| format!("{key}: {}", in_words(value)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
        }
    }
}

/// What an assumption came to over all plans of a run that it lay under.
#[derive(Clone, Debug)]
struct Use {
    assumption: Assumption,
    clock: Clock,
    selection: Selection,
    /// The first plan.
    plan: usize,
    /// Whether it counts.
    counts: bool,
    /// Whether it fills a cell of any.
    fills: bool,
    /// Whether a verdict rests on it.
    relied: bool,
    /// Whether a plan was not evaluated as a whole, so that nobody can say what would rest on it.
    open: bool,
}

/// What the assumptions of a run came to, by the places where they are written.
#[derive(Debug, Default)]
pub(super) struct Uses(BTreeMap<(u32, u32), Use>);

impl Uses {
    /// Notes that a plan was evaluated under assumptions. `whole`: whether all of it was.
    pub(super) fn note(
        &mut self,
        estate: &Estate,
        (clock, selection): (Clock, &Selection),
        plan: usize,
        (relied, whole): (&BTreeSet<usize>, bool),
    ) {
        let assumptions = &estate.assumptions;
        for (assumption, place) in assumptions.loaded.iter().zip(&assumptions.places) {
            let own = self.0.entry((assumption.span.start, assumption.span.end)).or_insert_with(|| Use {
                assumption: assumption.clone(),
                clock,
                selection: selection.clone(),
                plan,
                counts: place.is_some(),
                fills: false,
                relied: false,
                open: false,
            });
            let filled = place.and_then(|place| estate.facts.assumed().get(place));
            own.fills |= filled.is_some_and(|assumed| assumed.cells() > 0);
            own.relied |= place.is_some_and(|place| relied.contains(&place));
            own.open |= !whole;
        }
    }

    /// Tells of them and enters them into the books: each once a run, at the first plan that it lay under.
    pub(super) fn tell(self, report: &mut Report) {
        let mut findings: BTreeMap<usize, Vec<crate::report::Finding>> = BTreeMap::new();
        for own in self.0.into_values() {
            let fact = own.assumption.fact.node.clone();
            let subject = format!("assumption {fact}").into();
            let about = About { plan: own.plan, subject, mark: &[&fact] };
            let mut account = Account::default();
            let finding = own.looked().book(&about, &own.selection, &mut account);
            findings.entry(own.plan).or_default().extend(finding);
            if let Some(plan) = report.plans.get_mut(own.plan) {
                plan.account.add(&account);
            }
            report.account.add(&account);
        }
        for (plan, more) in findings {
            remarks::lay_in(&mut report.findings, plan, more);
        }
    }
}

impl Use {
    fn looked(&self) -> Looked {
        let fact = &self.assumption.fact;
        let remark = |code, severity, span: Span, message: String, help: &str| {
            Looked::Tells(Remark { code, severity, message, help: help.to_owned(), span })
        };
        if let Some(last) = self.assumption.until.as_ref().filter(|_| !self.counts) {
            return remark(
                codes::waiver::EXPIRED_ASSUMPTION,
                Severity::Warning,
                last.span,
                format!("the assumption about {} ended on {} and counts no more", fact.node, last.node),
                "write the facts into an inventory, or see whether it still holds and give it another day",
            );
        }
        if !self.fills && !self.open {
            return remark(
                codes::waiver::UNNEEDED_ASSUMPTION,
                Severity::Warning,
                fact.span,
                format!("the assumption about {} fills nothing: no row lacks it", fact.node),
                "take it away",
            );
        }
        if !self.relied && !self.open {
            return remark(
                codes::waiver::UNNEEDED_ASSUMPTION,
                Severity::Info,
                fact.span,
                format!("no verdict of this run rests on the assumption about {}", fact.node),
                "take it away, unless other plans rest on it",
            );
        }
        let few = self.assumption.until.as_ref().and_then(|last| Some((self.clock.few(last.node)?, last)));
        match few {
            Some((left, last)) => remark(
                codes::waiver::LAPSING_ASSUMPTION,
                Severity::Info,
                last.span,
                format!("the assumption about {} lapses {}: its last day is {}", fact.node, in_days(left), last.node),
                "write the facts into an inventory by then, or see whether it still holds",
            ),
            None if self.open && !self.relied => Looked::Open,
            None => Looked::Fine,
        }
    }
}
