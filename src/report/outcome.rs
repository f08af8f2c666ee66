//! The outcome of a run: plans, their steps, all findings, the account.

use std::sync::Arc;

use super::{Account, AfterRefused, Against, AssumptionNote, Finding, Fixed, Patch, Summary, WayOut};
use crate::source::Span;

/// The verdict of a step or a plan.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum PlanVerdict {
    /// Nothing speaks against it.
    Permitted,
    /// A `must` cannot be verified.
    Unverified,
    /// A `must` is violated.
    Denied,
}

impl PlanVerdict {
    /// As JSON has it.
    pub fn as_str(self) -> &'static str {
        match self {
            PlanVerdict::Permitted => "permitted",
            PlanVerdict::Unverified => "unverified",
            PlanVerdict::Denied => "denied",
        }
    }
}

/// A step as it was judged.
#[derive(Clone, PartialEq, Debug)]
pub struct StepReport {
    /// Its id.
    pub id: Arc<str>,
    /// The machine's name as the inventory has it; of packs without `vm`: empty.
    pub vm: Arc<str>,
    /// The transfer type; nothing where none could be chosen, or the pack has none.
    pub transfer: Option<Arc<str>>,
    /// Whether it was chosen by the tool.
    pub transfer_chosen: bool,
    /// The verdict.
    pub verdict: PlanVerdict,
    /// Effects that happened, of those that a cell of a matrix names.
    pub effects: Vec<Arc<str>>,
    /// Refused steps without which this one would be judged differently.
    pub after_refused: AfterRefused,
    /// The wave it belongs to, as findings name it: `wave 1`, or `wave of STEP` where it has no number.
    pub wave: Arc<str>,
    /// What the step moves; of a refused step: what it would have moved.
    pub moves: Vec<Relocation>,
    /// The assumptions without which its verdict would be another, as they were written, in order.
    pub assumed: Vec<Arc<str>>,
    /// Where it stands in the plan.
    pub span: Span,
}

/// Something that a step takes from one place to another: a field of it that refers to an entity takes another value.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Relocation {
    /// What is moved: the machine, one of its files.
    pub what: Thing,
    /// Where it was; nothing where that is unknown or `null`.
    pub from: Option<Thing>,
    /// Where it goes; nothing where that is unknown or `null`.
    pub to: Option<Thing>,
}

/// A row by its kind and its name: `vm web01`, `file web01.vhdx`, `host hv12`, `storage csv-1`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Thing {
    /// Its entity or part.
    pub kind: Arc<str>,
    /// Its key, its name, or its place from 1 where it has none.
    pub name: Arc<str>,
}

/// A plan (or a file of single entities) as it was judged.
#[derive(Clone, PartialEq, Debug)]
pub struct PlanReport {
    /// The file as the user named it.
    pub file: Arc<str>,
    /// Its name.
    pub plan: Arc<str>,
    /// Packs as `name@version`.
    pub packs: Vec<Arc<str>>,
    /// The verdict.
    pub verdict: PlanVerdict,
    /// Steps in the plan's order.
    pub steps: Vec<StepReport>,
    /// The assumptions without which its verdict would be another, as they were written, in order.
    pub assumed: Vec<Arc<str>>,
    /// The assumptions on which anything of it rests, a verdict of an evaluation that is not told included.
    pub assumptions: Vec<Arc<AssumptionNote>>,
    /// The books of this plan.
    pub account: Account,
}

/// Everything a run found. Findings are in the order in which they are told: by plan, then by step in the plan's order
/// (those about waves and plans behind), then by code, subject and message.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Report {
    /// Plans in the order given.
    pub plans: Vec<PlanReport>,
    /// All findings.
    pub findings: Vec<Finding>,
    /// What may be done about refused steps, where that was asked for, by plan and step.
    pub ways_out: Vec<WayOut>,
    /// Findings of before that are there no more; empty where nothing was compared.
    pub fixed: Vec<Fixed>,
    /// Assumptions that something rests on and that nobody made before; empty where nothing was compared.
    pub new_assumptions: Vec<Arc<AssumptionNote>>,
    /// What findings were compared with; empty where nothing was.
    pub against: Vec<Against>,
    /// Lines of plans that may stand in the place of others, where that was asked for.
    pub patches: Vec<Patch>,
    /// Counts by severity.
    pub summary: Summary,
    /// The books of all plans together.
    pub account: Account,
}
