//! What an evaluation of single entities found, without explanations: for those who look at many and explain few.

use std::sync::Arc;

use super::input::{Options, PlanInput, Subjects};
use super::judge::Outcome;
use super::run::Run;
use super::screen::{Lanes, Screen};
use crate::diag::{Diagnostic, Severity};
use crate::facts::Facts;
use crate::program::Program;
use crate::report::{Account, Cost, PlanVerdict};
use crate::source::Span;
use crate::value::Row;

/// What is told of single entities.
#[derive(Clone, Debug)]
pub(super) enum Told {
    /// Everything.
    Findings,
    Verdicts(Vec<Verdict>),
    /// Which rows there is something to tell of, by their places.
    Places(Places),
}

/// Rows by their places among those that are judged.
#[derive(Clone, Debug, Default)]
pub(super) struct Places {
    pub(super) telling: Vec<usize>,
    pub(super) odd: Vec<usize>,
}

/// What a rule has to tell of a row.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verdict {
    /// The row.
    pub row: Row,
    /// Its place in its file, from 1.
    pub record: u32,
    /// The code of the rule.
    pub code: Arc<str>,
    /// How bad it is.
    pub severity: Severity,
    /// What its evaluations came to; one that is satisfied, or not applicable, is not told.
    pub outcome: Outcome,
    /// How many of them came to this.
    pub count: u64,
    /// Whether a waiver covers it.
    pub waived: bool,
}

/// What all rules have to tell of all rows.
#[derive(Clone, PartialEq, Debug)]
pub struct Verdicts {
    /// In the order of the rows; of one row in that of the rules.
    pub verdicts: Vec<Verdict>,
    /// What the `must`s come to.
    pub verdict: PlanVerdict,
    /// What was evaluated.
    pub account: Account,
    /// Demands that do not hold, limits that were hit.
    pub diagnostics: Vec<Diagnostic>,
    /// What deciding each rule cost, where [`Options::clock`] measures it.
    pub costs: Vec<(Arc<str>, Cost)>,
}

/// Decides single entities, batch after batch, in room that it keeps: for whoever explains only what has something to tell.
#[derive(Debug)]
pub struct Sieve {
    screen: Arc<Screen>,
    lanes: Lanes,
    input: PlanInput,
}

/// What a sieve found of a batch.
#[derive(Clone, PartialEq, Debug)]
pub struct Sifted {
    /// What was evaluated, all but the odd.
    pub account: Account,
    /// What the `must`s come to, all but the odd.
    pub verdict: PlanVerdict,
    /// The rows of which there is something to tell, by their places in the batch. They are in the account.
    pub telling: Vec<usize>,
    /// The rows that break a demand or hit a limit, by their places in the batch: an evaluation has to say so.
    pub odd: Vec<usize>,
}

impl Sieve {
    /// A sieve for a program, by its screen.
    pub fn new(screen: Arc<Screen>) -> Sieve {
        let input = PlanInput {
            index: 0,
            file: "".into(),
            name: "".into(),
            named: false,
            span: Span::NONE,
            subjects: Subjects::Entities(Vec::new()),
            waivers: Vec::new(),
        };
        Sieve { screen, lanes: Lanes::default(), input }
    }

    /// Decides rows of the entity of `input each`. Of the options it takes the limit of steps, the codes that are selected
    /// and the rows that are left out.
    pub fn sift(&mut self, program: &Program, facts: &Facts, rows: &[(Row, u32)], options: &Options) -> Sifted {
        let mut run = Run::new(program, facts, &self.input, options);
        run.told = Told::Places(Places::default());
        run.lanes = std::mem::take(&mut self.lanes);
        let verdict = run.entities(rows, Some(&self.screen));
        self.lanes = run.lanes;
        let places = match run.told {
            Told::Places(places) => places,
            Told::Findings | Told::Verdicts(_) => Places::default(),
        };
        Sifted { account: run.account, verdict, telling: places.telling, odd: places.odd }
    }
}
