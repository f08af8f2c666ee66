//! The façade: a front end says which files, packs and options, and gets back a report, diagnostics and the texts they
//! speak of. It finds plans, loads packs and inventories, compiles, evaluates and gathers. One broken file never stops the
//! others. It draws nothing and writes nothing.
#![deny(clippy::arithmetic_side_effects)]

mod assumptions;
mod authoring;
pub mod baseline;
pub mod batch;
mod catalogue;
mod check;
mod compare;
pub mod config;
pub mod coverage;
mod difference;
mod discover;
mod embedded;
mod explain;
mod exports;
mod fixes;
mod input_format;
mod inputs;
mod kept;
mod knowledge;
mod limits;
mod packs;
mod patch;
mod policies;
pub mod policy_tests;
mod records;
mod remarks;
mod schema;
mod schema_routes;
mod select;
pub mod since;
mod state;
mod suggest;
mod template;
mod texts;
mod timings;
mod trouble;
mod waivers;
mod weigh;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use crate::diag::{Diagnostic, Severity, codes};
use crate::eval::{Clock, Suggesting};
use crate::program::Program;
use crate::report::{
    Catalogue, Difference, Failing, FixText, Knowledge, Levels, MessageReference, Patch, Reference, Report, RulePage,
    Shape, StepExplanation, Timings,
};
use crate::source::{Files, Memory, SourceMap, Span};
use crate::value::Date;

pub use authoring::{Formatted, Linted};
pub use discover::{Search, is_plan};
pub use explain::Explained;
pub use input_format::InputFormat;
pub use kept::Shelf;
pub use limits::{Limits, Problem};
pub use records::{Opened, Taker};
pub use schema::Described;
pub use select::Selection;
pub use trouble::Trouble;

use config::{Choice, Config, Configs};
use policies::{Judge, Policies};
use texts::Texts;

pub use suggest::{Mended, Written};

/// The pack of plans that name none.
const DEFAULT_PACK: &str = "vmm-2019";

/// How hard unverified findings count.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Weight {
    /// As their rule says.
    #[default]
    AsRule,
    /// As warnings at most.
    Warning,
    /// They are shown, but not counted.
    Ignored,
}

/// In how many days something has to lapse to be told, where nobody says.
pub const EXPIRING_WITHIN: u32 = 30;

/// A day as options write it: year, month and day.
pub fn day(text: &str) -> Option<Date> {
    Date::parse(text.trim())
}

/// What a front end can choose.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Options {
    /// Packs by name or folder, in place of those that plans name.
    pub packs: Vec<String>,
    /// Inventories, in place of those that plans name.
    pub inventories: Vec<PathBuf>,
    /// Packs of plans that name none.
    pub fallback_packs: Vec<String>,
    /// Inventories of plans that name none.
    pub fallback_inventories: Vec<PathBuf>,
    /// Where a configuration names those packs and those inventories.
    pub fallback_places: (Vec<Span>, Vec<Span>),
    /// Which plans are looked for in folders.
    pub search: Search,
    /// What a run may cost.
    pub limits: Limits,
    /// Whether the values of all declared fields are checked.
    pub strict: bool,
    /// Which codes are shown.
    pub selection: Selection,
    /// How hard unverified findings count.
    pub unverified: Weight,
    /// Which findings fail the run.
    pub failing: Failing,
    /// The file that what a plan leaves behind goes into, whose ending says how it is written; `-`: as YAML. The front end writes it.
    pub state: Option<PathBuf>,
    /// Whether ways out of refusals are searched for, and how far.
    pub suggest: Option<Suggesting>,
    /// The day as of which waivers and assumptions are judged; nothing: by the clock of the machine.
    pub today: Option<Date>,
    /// Whether waivers count.
    pub waivers: bool,
    /// Whether assumptions count.
    pub assumptions: bool,
    /// Waivers and assumptions that lapse within so many days are told.
    pub expiring_within: u32,
    /// The configuration whose assumptions count for every inventory.
    pub assume: Option<PathBuf>,
    /// What standard input is called, and how it is read, whatever its name ends in.
    pub stdin: Option<(PathBuf, InputFormat)>,
    /// On how many threads records are judged; nothing: as many as there are processors.
    pub jobs: Option<usize>,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            packs: Vec::new(),
            inventories: Vec::new(),
            fallback_packs: Vec::new(),
            fallback_inventories: Vec::new(),
            fallback_places: (Vec::new(), Vec::new()),
            search: Search::default(),
            limits: Limits::default(),
            strict: false,
            selection: Selection::default(),
            unverified: Weight::default(),
            failing: Failing::default(),
            state: None,
            suggest: None,
            today: None,
            waivers: true,
            assumptions: true,
            expiring_within: EXPIRING_WITHIN,
            assume: None,
            stdin: None,
            jobs: None,
        }
    }
}

/// What a check found.
#[derive(Debug)]
pub struct Checked {
    /// Plans, findings, account.
    pub report: Report,
    /// How the findings of each plan count, in the order of the plans.
    pub levels: Levels,
    /// What is wrong with policies, plans, inventories and the run.
    pub diagnostics: Vec<Diagnostic>,
    /// Whether anything was evaluated at all.
    pub evaluated: bool,
    /// Where nothing was: why.
    pub why_nothing: &'static str,
    /// How many plans were named, where all of them are excluded.
    pub all_excluded: Option<usize>,
    /// What the plan leaves behind, as an inventory: where that was asked for, and is known.
    pub state: Option<String>,
    /// What was handed on as it came, and is not in the report.
    handed: records::Handed,
}

/// What a code means.
#[derive(Debug)]
pub enum Explanation {
    /// The page of one of our own codes, as Markdown.
    Page(&'static str),
    /// A rule or a matrix.
    Rule(Box<RulePage>),
}

/// A pack whose tests were run.
#[derive(Debug)]
pub struct TestedPack {
    /// As it was asked for.
    pub name: String,
    /// What came of its tests.
    pub run: policy_tests::TestRun,
}

/// Which facts are known.
#[derive(Debug)]
pub struct FactsFound {
    /// Fact by fact.
    pub knowledge: Knowledge,
    /// An inventory to fill in.
    pub template: String,
    /// What is wrong with policies and inventories.
    pub diagnostics: Vec<Diagnostic>,
}

/// A bundled pack, compiled from its text; nothing where there is none or it has errors. What ships is held to it.
pub fn compile_bundled(name: &str) -> Option<Program> {
    embedded::pack(name)?;
    let asked = [name.to_owned()];
    let policies =
        Policies::load(&Memory::new(), &mut Texts::new(), &asked, &Limits::default().inputs, &mut Vec::new());
    policies.judge.sound.then_some(policies.judge.program)
}

/// How a configuration (or that there is none) makes options.
pub type Governed<'f> = Rc<dyn Fn(Option<&Config>) -> Options + 'f>;

/// One run over some files.
pub struct Session<'f> {
    files: &'f dyn Files,
    /// Those of the run; within a check those of the plan at hand.
    options: Options,
    configs: Configs,
    /// How a configuration makes options.
    governed: Option<Governed<'f>>,
    judges: BTreeMap<Vec<String>, Rc<Judge>>,
    /// Whether plans are mended, and with suggestions too of which something stays unverified.
    mending: Option<bool>,
    mended: Vec<Mended>,
    /// The step that is to be explained.
    asked_for: Option<explain::AskedFor>,
    /// What was explained of it.
    explained: Vec<StepExplanation>,
    /// What assumptions came to.
    uses: assumptions::Uses,
    /// Who is told how many plans of how many are done.
    progress: Option<Progress<'f>>,
    /// Where compiled policies are kept from one run to the next.
    shelf: Option<Rc<dyn Shelf + 'f>>,
    /// By which clock it is measured where the time goes, and what was measured.
    stopwatch: timings::Stopwatch,
    /// Standard input, where it may be read record by record.
    piped: Option<records::Piped<'f>>,
    /// Who takes findings as they come.
    taker: Option<Taker<'f>>,
    /// What was handed to it.
    handed: records::Handed,
    /// What is wrong with policies and was not told yet.
    untold: Vec<Diagnostic>,
    /// What plans hang on, as they were looked at.
    looked: Vec<since::Inputs>,
    /// The waivers of plans that count.
    waived: Vec<compare::OldWaiver>,
    /// Everything that is assumed: fact and value.
    assumed: BTreeSet<(String, String)>,
}

/// Hears how many plans of how many are done.
pub type Progress<'f> = Rc<dyn Fn(usize, usize) + 'f>;

impl<'f> Session<'f> {
    /// A run over these files.
    pub fn new(files: &'f dyn Files, options: Options) -> Session<'f> {
        Session::configured(files, options, Configs::new(Choice::Isolated, PathBuf::new()), None)
    }

    /// A run over these files, in which each plan is judged by the options that the configuration nearest to it makes.
    pub fn configured(
        files: &'f dyn Files,
        options: Options,
        configs: Configs,
        governed: Option<Governed<'f>>,
    ) -> Session<'f> {
        Session {
            files,
            options,
            configs,
            governed,
            judges: BTreeMap::new(),
            mending: None,
            mended: Vec::new(),
            asked_for: None,
            explained: Vec::new(),
            uses: assumptions::Uses::default(),
            progress: None,
            shelf: None,
            stopwatch: timings::Stopwatch::default(),
            piped: None,
            taker: None,
            handed: records::Handed::default(),
            untold: Vec::new(),
            looked: Vec::new(),
            waived: Vec::new(),
            assumed: BTreeSet::new(),
        }
    }

    /// Tells from here on how many plans of how many are done, each time before a plan is begun.
    pub fn on_progress(&mut self, told: Progress<'f>) {
        self.progress = Some(told);
    }

    /// Keeps compiled policies here from one run to the next.
    pub fn keep_on(&mut self, shelf: Rc<dyn Shelf + 'f>) {
        self.shelf = Some(shelf);
    }

    /// Reads a file of this name record by record, where that can be done, as it comes in.
    pub fn pipe(&mut self, name: PathBuf, open: Opened<'f>) {
        self.piped = Some((name, open));
    }

    /// Hands findings on as they come, where that can be done: those of one file of single entities. They are in no report.
    pub fn hand_on(&mut self, taker: Taker<'f>) {
        self.taker = Some(taker);
    }

    /// Measures from here on where the time goes, by a clock that counts nanoseconds.
    pub fn measure(&mut self, clock: Clock) {
        self.stopwatch = timings::Stopwatch::by(clock);
    }

    /// Where the time went so far, if that is measured.
    pub fn timings(&self) -> Option<Timings> {
        self.stopwatch.timings()
    }

    /// The texts that reports and diagnostics of this session speak of.
    pub fn map(&self) -> &SourceMap {
        &self.configs.texts.map
    }

    /// Turns to a plan: from here on its options are those that count. False where the configuration that makes them has
    /// errors: by such a one nothing is judged.
    fn turn_to(&mut self, plan: &Path, told: &mut Vec<Diagnostic>) -> bool {
        let Some(governed) = self.governed.clone() else { return true };
        let config = self.configs.of_plan(self.files, plan);
        told.extend(self.configs.take_told());
        if config.as_ref().is_some_and(|config| !config.sound) {
            return false;
        }
        let suggest = self.options.suggest.take();
        self.options = Options { suggest, ..governed(config.as_deref()) };
        true
    }

    /// What plans of some packs are judged by: made once a run. Whoever checks a plan hears of its policies only what keeps
    /// it from being checked; of packs that are not there, from the judge's troubles.
    fn judge(&mut self, asked: &[String], told: &mut Vec<Diagnostic>) -> Rc<Judge> {
        told.append(&mut self.untold);
        if let Some(known) = self.judges.get(asked) {
            return known.clone();
        }
        let limits = &self.options.limits.inputs;
        let mut own = Vec::new();
        // What quotes policies needs their texts; what only judges does without.
        let mut judge = match self.asked_for {
            Some(_) => Policies::load(self.files, &mut self.configs.texts, asked, limits, &mut own).judge,
            None => {
                let stands = self.configs.stands().to_path_buf();
                let asked = kept::Asked { packs: asked, limits, stands: &stands };
                Judge::load(self.shelf.as_deref(), self.files, &mut self.configs.texts, &asked, &mut own)
            }
        };
        own.retain(|diagnostic| diagnostic.severity == Severity::Error);
        let (placed, unplaced) = own.into_iter().partition(|diagnostic| !diagnostic.labels.is_empty());
        told.extend::<Vec<_>>(placed);
        judge.troubles = unplaced;
        let judge = Rc::new(judge);
        self.judges.insert(asked.to_vec(), judge.clone());
        judge
    }

    /// Packs from their texts, with everything that whoever writes them wants to hear.
    fn policies(&mut self, asked: &[String], told: &mut Vec<Diagnostic>) -> Policies {
        Policies::load(self.files, &mut self.configs.texts, asked, &self.options.limits.inputs, told)
    }

    /// The day as of which waivers and assumptions are judged, and how far ahead is looked.
    fn clock(&self) -> waivers::Clock {
        waivers::Clock { today: self.options.today.unwrap_or_else(check::today), within: self.options.expiring_within }
    }

    /// The packs of the options, else the one that is taken where nobody says anything.
    fn asked(&self) -> Vec<String> {
        let (said, fallback) = (&self.options.packs, &self.options.fallback_packs);
        match (said.is_empty(), fallback.is_empty()) {
            (false, _) => said.clone(),
            (true, false) => fallback.clone(),
            (true, true) => vec![DEFAULT_PACK.to_owned()],
        }
    }

    /// Checks plans: files, and what is found in folders.
    pub fn check(&mut self, paths: &[PathBuf]) -> Checked {
        check::run(self, paths)
    }

    /// Checks plans, and looks for what may be done about the steps that are refused: so many suggestions each at most.
    pub fn suggest(&mut self, paths: &[PathBuf], most: usize) -> Checked {
        suggest::run(self, paths, most)
    }

    /// The texts that plans would have with the first suggestion for each refused step written into them: of those of which
    /// nothing stays unverified, or of all.
    pub fn mend(&mut self, paths: &[PathBuf], unsafe_too: bool) -> (Vec<Mended>, Checked) {
        suggest::mend(self, paths, unsafe_too)
    }

    /// Compares what was checked with what is found as of a revision. Nothing where that cannot be done: the diagnostics say
    /// why.
    pub fn since(&mut self, checked: &mut Checked, paths: &[PathBuf], revision: &str) -> Option<since::Since> {
        since::run(self, checked, paths, revision)
    }

    /// Compares what was checked with what is found in the files of before, whatever they are called.
    pub fn compare(&mut self, checked: &mut Checked, paths: &[PathBuf], before: &dyn since::Before, name: &str) {
        since::compare(self, checked, paths, before, name);
    }

    /// Compares what was checked with a baseline. Answers whether that could be done; else the diagnostics say why.
    pub fn baseline(&mut self, checked: &mut Checked, place: &baseline::Place) -> bool {
        baseline::run(self, checked, place)
    }

    /// The text of a baseline of what was checked, and how many findings it holds: all of them are known from then on.
    /// Nothing where there is none: the diagnostics say why.
    pub fn baseline_of(&mut self, checked: &mut Checked, place: &baseline::Place) -> Option<(String, usize)> {
        let written = baseline::written(self, checked, place);
        if written.is_some() {
            baseline::all_known(checked);
        }
        written
    }

    /// Lines of plans that may stand in the place of others, from what was mended and from what findings bring along.
    pub fn patches(&self, checked: &Checked, mended: &[Mended]) -> Vec<Patch> {
        patch::all(self, checked, mended)
    }

    /// The rules and matrices of the chosen packs.
    pub fn rules(&mut self) -> (Catalogue, Vec<Diagnostic>) {
        let mut told = self.configs.take_told();
        let policies = self.policies(&self.asked(), &mut told);
        (catalogue::list(&policies), told)
    }

    /// What differs between two packs, each by its name or folder. Nothing where one of them cannot be read or has errors.
    pub fn rules_differ(&mut self, from: &str, to: &str) -> (Option<Difference>, Vec<Diagnostic>) {
        let mut told = self.configs.take_told();
        let from = self.policies(&[from.to_owned()], &mut told);
        let to = self.policies(&[to.to_owned()], &mut told);
        told.dedup();
        let sound = from.judge.sound && to.judge.sound;
        (sound.then(|| difference::between(&from, &to)), told)
    }

    /// What a code means; nothing where there is none (a diagnostic says so).
    pub fn explain(&mut self, code: &str) -> (Option<Explanation>, Vec<Diagnostic>) {
        if let Some(page) = embedded::page(code) {
            return (Some(Explanation::Page(page)), self.configs.take_told());
        }
        let mut told = self.configs.take_told();
        let policies = self.policies(&self.asked(), &mut told);
        let page = catalogue::page(&policies, code);
        if page.is_none() {
            let own = codes::all().map(|info| info.code.as_str().to_owned());
            let known = catalogue::list(&policies).rules.iter().map(|rule| rule.code.to_string()).chain(own).collect();
            told.push(Trouble::UnknownCode { code: code.to_owned(), known, begins: false }.diagnostic());
        }
        (page.map(|page| Explanation::Rule(Box::new(page))), told)
    }

    /// What the fixes of findings change in the texts of plans.
    pub fn fixes(&self, checked: &Checked) -> Vec<FixText> {
        fixes::texts(self, checked)
    }

    /// What the codes mean that a check came upon. Only formats that carry it along ask for it: policies are read for it once
    /// more, from their texts. Where several packs of the run have a code, the first of them says what it means.
    pub fn reference(&mut self, checked: &Checked) -> Reference {
        let mut codes: Vec<Arc<str>> = checked.report.findings.iter().map(|finding| finding.code.clone()).collect();
        codes.extend(checked.diagnostics.iter().map(|diagnostic| Arc::from(diagnostic.code.as_str())));
        codes.sort();
        codes.dedup();
        let mut reference = Reference::default();
        codes.retain(|code| {
            let own = codes::find(code);
            reference.messages.extend(own.map(|info| MessageReference {
                code: code.clone(),
                title: info.title,
                page: embedded::page(code).unwrap_or_default(),
            }));
            own.is_none()
        });
        let packs: Vec<Vec<String>> = self.judges.keys().cloned().collect();
        for asked in &packs {
            if codes.is_empty() {
                break;
            }
            let policies = self.policies(asked, &mut Vec::new());
            codes.retain(|code| match catalogue::reference(&policies, &self.configs.texts.map, code) {
                Some(rule) => {
                    reference.rules.push(rule);
                    false
                }
                None => true,
            });
        }
        reference.rules.sort_by(|a, b| a.page.entry.code.cmp(&b.page.entry.code));
        reference
    }

    /// Why a step of a plan is judged as it is: by every rule that speaks of it, or by one.
    pub fn explain_step(&mut self, plan: &Path, step: &str, code: Option<&str>) -> Explained {
        explain::run(self, plan, step, code)
    }

    /// Runs the tests of packs: those of some folders, else those of the chosen packs. Packs with errors are not run.
    pub fn test(&mut self, paths: &[PathBuf], filter: Option<&str>) -> (Vec<TestedPack>, Vec<Diagnostic>) {
        let mut told = self.configs.take_told();
        let mut tested = Vec::new();
        for asked in authoring::asked(self, paths) {
            let policies = self.policies(&asked, &mut told);
            if policies.judge.sound {
                let run = policy_tests::run_tests(&policies.checked, &policies.judge.program, filter);
                tested.push(TestedPack { name: asked.join(", "), run });
            }
        }
        (tested, told)
    }

    /// Checks packs without a plan: those that folders and policy files belong to, else the chosen ones.
    pub fn lint(&mut self, paths: &[PathBuf]) -> Linted {
        authoring::lint(self, paths)
    }

    /// Policy files in their canonical layout, and what is wrong with those that have none.
    pub fn format(&mut self, paths: &[PathBuf]) -> (Vec<Formatted>, Vec<Diagnostic>) {
        authoring::format(self, paths)
    }

    /// Which facts the policies read, and how many of them the inventories of some plans know.
    pub fn facts(&mut self, paths: &[PathBuf]) -> FactsFound {
        check::facts(self, paths)
    }

    /// What plans or inventories look like in the vocabulary of the chosen packs; nothing where these have errors, or no such
    /// documents.
    pub fn shape(&mut self, of: Described) -> (Option<Shape>, Vec<Diagnostic>) {
        let mut told = Vec::new();
        let shape = schema::shape(self, of, &mut told);
        (shape, told)
    }

    /// An SCVMM export as a native inventory in YAML.
    pub fn import_scvmm(&mut self, path: &Path) -> (Option<String>, Vec<Diagnostic>) {
        let mut told = self.configs.take_told();
        let text = inputs::import(self, path, &mut told);
        (text, told)
    }

    /// An RVTools export as JSON, a line for each machine.
    pub fn import_rvtools(&mut self, path: &Path) -> (Option<String>, Vec<Diagnostic>) {
        let mut told = self.configs.take_told();
        let text = exports::lines(self, path, &mut told);
        (text, told)
    }
}
