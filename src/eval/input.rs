//! What an evaluation is given beside program and facts, and what it gives back.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use super::changes::Changes;
use super::judge::Outcome;
use super::kept::{Keep, Kept};
use super::screen::Screen;
use crate::diag::Diagnostic;
use crate::program::{EffectAt, MatrixAt, Places};
use crate::report::{Cost, Finding, PlanReport, StepExplanation, WaiverNote, WayOut};
use crate::source::Span;
use crate::value::{Row, StructId};

/// Steps of evaluation that one subject (a step, a wave, a plan, an entity) may cost before the limit is hit.
pub const DEFAULT_STEPS: u64 = 20_000_000;

/// A plan, or a file of single entities, whose facts are loaded.
#[derive(Clone, PartialEq, Debug)]
pub struct PlanInput {
    /// Its place among the plans of the run.
    pub index: usize,
    /// The file as the user named it.
    pub file: Arc<str>,
    /// Its name.
    pub name: Arc<str>,
    /// Whether it says its name itself. One that is called after its file keeps its fingerprints when the file is renamed.
    pub named: bool,
    /// Where the plan stands.
    pub span: Span,
    /// What is judged.
    pub subjects: Subjects,
    /// Waivers that count. Where two cover a finding, the first of them does.
    pub waivers: Vec<Waiver>,
}

/// What is judged.
#[derive(Clone, PartialEq, Debug)]
pub enum Subjects {
    /// The steps of this row of the built-in `plan`, its waves and the plan itself.
    Plan(Row),
    /// These rows of the entity of `input each`, with their record numbers.
    Entities(Vec<(Row, u32)>),
}

/// A waiver that counts: neither expired nor without a reason.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Waiver {
    /// What it waives.
    pub code: Arc<str>,
    /// For which steps; nothing: everywhere.
    pub steps: Option<Vec<Arc<str>>>,
    /// What is told of it beside what it covers.
    pub note: Arc<WaiverNote>,
}

/// What a waiver came to: steps by their ids; nothing stands for waves and the plan.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct WaiverUse {
    /// Where what it waives was evaluated.
    pub looked: BTreeSet<Option<Arc<str>>>,
    /// Where it covers something.
    pub covered: BTreeSet<Option<Arc<str>>>,
}

/// Says of a code whether it is selected.
pub type Selection = Arc<dyn Fn(&str) -> bool + Send + Sync>;

/// Nanoseconds since something long ago. Who evaluates has no clock of its own.
pub type Clock = Arc<dyn Fn() -> u64 + Send + Sync>;

/// How far to look for ways out of refusals.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Suggesting {
    /// For which step alone; nothing: for each that is refused.
    pub only: Option<Arc<str>>,
    /// Steps that may be tried for one refused step.
    pub per_step: u64,
    /// Steps that may be tried for one plan.
    pub per_plan: u64,
    /// How many suggestions a refused step gets at most.
    pub most: usize,
}

impl Default for Suggesting {
    fn default() -> Suggesting {
        Suggesting { only: None, per_step: 5_000, per_plan: 100_000, most: 8 }
    }
}

/// How to evaluate.
#[derive(Clone)]
pub struct Options {
    /// Steps that one subject may cost.
    pub steps: u64,
    /// Which codes are told and counted; nothing: all. It never changes what is decided.
    pub selected: Option<Selection>,
    /// Whether every evaluation is recorded, satisfied ones too: for tests of policies.
    pub record: bool,
    /// Rows of the inventory that take no part, for a demand on them does not hold (see [`demands`](super::demands)).
    pub left_out: Vec<(StructId, Row)>,
    /// Whether ways out of refusals are searched for, and how far.
    pub suggest: Option<Suggesting>,
    /// Which step is to be explained; nothing: none.
    pub explain: Option<Explain>,
    /// Whether it is kept what each evaluation came to.
    pub keep: Keep,
    /// By which clock it is measured what each rule costs; nothing: that is not measured.
    pub clock: Option<Clock>,
    /// Of single entities that are a part of a file: of each which of those that bear its name it is, from 1, and 0 where no
    /// other does; nothing: they are the whole file.
    pub nth: Option<Vec<u32>>,
    /// What decides single entities many at once, where it was compiled before; else it is where there are many.
    pub screen: Option<Arc<Screen>>,
}

/// A step that is to be explained.
#[derive(Clone, PartialEq, Debug)]
pub struct Explain {
    /// Its id.
    pub step: Arc<str>,
    /// The one rule that is asked for; nothing: all that speak of the step. A rule about waves or the plan is explained
    /// where it is asked for.
    pub code: Option<Arc<str>>,
    /// Where the program's expressions stand.
    pub places: Arc<Places>,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            steps: DEFAULT_STEPS,
            selected: None,
            record: false,
            left_out: Vec::new(),
            explain: None,
            suggest: None,
            keep: Keep::Nothing,
            clock: None,
            nth: None,
            screen: None,
        }
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Options");
        shown.field("steps", &self.steps).field("selected", &self.selected.is_some());
        shown
            .field("record", &self.record)
            .field("keep", &self.keep)
            .field("left_out", &self.left_out)
            .field("suggest", &self.suggest)
            .field("screen", &self.screen.is_some());
        shown.field("explain", &self.explain.as_ref().map(|explain| &explain.step)).finish()
    }
}

/// What an evaluation found.
#[derive(Clone, PartialEq, Debug)]
pub struct PlanOutcome {
    /// Verdicts, steps and the account.
    pub report: PlanReport,
    /// Findings, in the order in which they are told.
    pub findings: Vec<Finding>,
    /// Demands that do not hold, limits that were hit.
    pub diagnostics: Vec<Diagnostic>,
    /// Every evaluation, where [`Options::record`] asks for it.
    pub recorded: Vec<Recorded>,
    /// What the steps that happen leave behind: the cells that are different from what was given.
    pub after: Changes,
    /// Why the step of [`Options::explain`] is judged as it is; nothing where no step has that id.
    pub explanation: Option<StepExplanation>,
    /// What may be done about refused steps, where [`Options::suggest`] asks for it, in the order of the plan.
    pub ways_out: Vec<WayOut>,
    /// What each waiver of the input came to, in its order.
    pub waivers: Vec<WaiverUse>,
    /// What each evaluation came to, where [`Options::keep`] asks for it.
    pub kept: Kept,
    /// What deciding each rule cost, where [`Options::clock`] measures it.
    pub costs: Vec<(Arc<str>, Cost)>,
}

/// An evaluation as tests of policies look at it.
#[derive(Clone, PartialEq, Debug)]
pub struct Recorded {
    /// Of whom.
    pub of: RecordedSubject,
    /// The code.
    pub code: Arc<str>,
    /// The element (`file a.vhdx`).
    pub element: Option<Arc<str>>,
    /// What became of it.
    pub outcome: Outcome,
    /// What was said, or would have been said.
    pub message: String,
    /// Facts that are missing, as routes.
    pub missing: Vec<String>,
    /// The cell of a matrix that was hit: matrix, row, column.
    pub cell: Option<(MatrixAt, u32, u32)>,
    /// Effects of the step that happened.
    pub effects: Vec<EffectAt>,
}

/// Whom an evaluation is about.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum RecordedSubject {
    /// A step, by its id.
    Step(Arc<str>),
    /// A wave, by its name (`wave 1`).
    Wave(Arc<str>),
    /// The plan.
    Plan,
    /// An entity.
    Entity {
        /// What it is called (`vm web01`).
        name: Arc<str>,
        /// Its place in its file, from 1.
        record: u32,
    },
}
