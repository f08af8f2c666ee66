//! Files of single entities, and standard input, record by record: what is found is handed on or gathered as it comes, and the
//! text of a pipe is nowhere as a whole. It judges nothing itself (that is `batch`'s business) and decides which inputs go
//! this way: every other one goes the way of a plan, and both say the same.

use std::io::Read;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use super::batch::{self, How, Judged, Source};
use super::check::{self, is_error};
use super::policies::Judge;
use super::weigh::{self, Weights};
use super::{Checked, Session, inputs, remarks};
use crate::diag::codes::{input, limit};
use crate::diag::{Code, Diagnostic};
use crate::facts::read::{self, Format};
use crate::facts::records::Framing;
use crate::report::{Account, Failing, Finding, Phase, PlanReport, PlanVerdict, Report, Summary};
use crate::source::{SourceFile, SourceMap, Span};
use crate::types::Input;

/// Bytes below which more than one thread has nothing to do.
const SMALL: usize = 512 << 10;

/// Opens what is piped in: once.
pub type Opened<'f> = Box<dyn FnOnce() -> Box<dyn Read + 'f> + 'f>;

/// Takes findings as they come, with the texts that they speak of and the plan that they belong to. What it takes is not
/// gathered; it may say that it wants no more.
pub type Taker<'f> = Rc<dyn Fn(&SourceMap, &Report) -> ControlFlow<()> + 'f>;

/// What was handed on and is not in the report.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Handed {
    pub(super) summary: Summary,
    /// Whether a finding among it fails the run.
    pub(super) fails: bool,
    pub(super) any: bool,
}

/// What came of an input.
pub(super) struct Came {
    pub(super) judge: Option<Rc<Judge>>,
    pub(super) subjects: usize,
}

/// Judges an input record by record, where that is its way. `alone`: it is the only one of the run.
pub(super) fn check(
    session: &mut Session,
    path: &Path,
    alone: bool,
    report: &mut Report,
    told: &mut Vec<Diagnostic>,
) -> Option<Came> {
    let format = session.options.format_of(path).filter(|format| matches!(format, Format::Json | Format::JsonLines))?;
    let (said, fallback) = (&session.options.packs, &session.options.fallback_packs);
    let busy = session.options.assume.is_some()
        || session.options.suggest.is_some()
        || session.mending.is_some()
        || session.asked_for.is_some();
    if busy || (said.is_empty() && fallback.is_empty()) {
        return None;
    }
    let asked = session.asked();
    let begun = session.stopwatch.now();
    let mut own = Vec::new();
    let judge = session.judge(&asked, &mut own);
    session.stopwatch.spent(Phase::Policies, begun);
    let each = judge.sound && matches!(judge.program.schema.input, Input::Each { .. });
    // Whoever goes the ordinary way hears of it there.
    session.untold.append(&mut own);
    if !each {
        return None;
    }
    let text = Text::of(session, path, format, told)?;
    told.append(&mut session.untold);
    let Some(text) = text else { return Some(Came { judge: None, subjects: 0 }) };
    let known = remarks::known(&judge.program);
    let clear = session.options.selection.unknown(&known).is_empty();
    let mut run = Run {
        handed: Handed::default(),
        taker: session.taker.clone().filter(|_| alone && clear),
        plan: plan(&judge, path),
        index: report.plans.len(),
        weights: Weights(vec![session.options.unverified; report.plans.len().saturating_add(1)]),
        failing: session.options.failing,
        gathered: Vec::new(),
        told: Default::default(),
        subjects: 0,
        documents: 0,
        spent: batch::Spent::default(),
    };
    if !run.judge(session, &judge, text, path) {
        return None;
    }
    session.looked.push(super::since::Inputs {
        plan: path.to_path_buf(),
        packs: asked,
        inventories: match session.options.inventories.as_slice() {
            [] => session.options.fallback_inventories.clone(),
            inventories => inventories.to_vec(),
        },
        selection: session.options.selection.clone(),
        assume: None,
    });
    let subjects = usize::try_from(run.subjects).unwrap_or(usize::MAX);
    run.end(session, report, told);
    Some(Came { judge: Some(judge), subjects })
}

/// A text to judge.
enum Text<'f> {
    Held(Arc<SourceFile>, Framing),
    Piped(Box<dyn Read + 'f>, Framing),
}

impl<'f> Text<'f> {
    /// The text of an input that is a list of records. Nothing: it goes the ordinary way; nothing within: it cannot be read.
    fn of(
        session: &mut Session<'f>,
        path: &Path,
        format: Format,
        told: &mut Vec<Diagnostic>,
    ) -> Option<Option<Text<'f>>> {
        // A list is told of as a whole where it is broken: it is read as one.
        if format == Format::JsonLines && session.piped.as_ref().is_some_and(|(name, _)| name == path) {
            let (_, open) = session.piped.take()?;
            return Some(Some(Text::Piped(open(), Framing::Lines)));
        }
        let begun = session.stopwatch.now();
        let text = inputs::text(session, path, told);
        session.stopwatch.spent(Phase::Reading, begun);
        let Some((file, _)) = text else { return Some(None) };
        let framing = match format {
            Format::JsonLines => Framing::Lines,
            _ => Framing::of_json(file.text()),
        };
        // One that names its packs is heard; one that says nothing is told of.
        let names = session.options.packs.is_empty() && first_record(&file).contains("\"pack\"");
        let ordinary = framing == Framing::Whole || names || file.text().trim().is_empty();
        (!ordinary).then_some(Some(Text::Held(file, framing)))
    }
}

/// What the first record stands in.
fn first_record(file: &SourceFile) -> &str {
    file.text().lines().find(|line| !line.trim().is_empty()).unwrap_or_default()
}

fn plan(judge: &Judge, path: &Path) -> PlanReport {
    let file: Arc<str> = path.display().to_string().into();
    PlanReport {
        plan: file.clone(),
        file,
        packs: judge.program.packs.clone(),
        verdict: PlanVerdict::Permitted,
        steps: Vec::new(),
        assumed: Vec::new(),
        assumptions: Vec::new(),
        account: Account::default(),
    }
}

/// A text under way.
struct Run<'f> {
    handed: Handed,
    taker: Option<Taker<'f>>,
    plan: PlanReport,
    index: usize,
    weights: Weights,
    failing: Failing,
    gathered: Vec<Finding>,
    /// What is wrong: with texts, with what they say, with what came of it.
    told: [Vec<Diagnostic>; 3],
    subjects: u64,
    documents: u64,
    spent: batch::Spent,
}

impl Run<'_> {
    /// Judges all of it. False where a list that is held breaks the rules of JSON, which the ordinary reader tells best.
    fn judge(&mut self, session: &mut Session, judge: &Judge, text: Text<'_>, path: &Path) -> bool {
        let selection = session.options.selection.clone();
        let selected = (!selection.is_all())
            .then(|| Arc::new(move |code: &str| selection.shows(code)) as Arc<dyn Fn(&str) -> bool + Send + Sync>);
        let limits = session.options.limits;
        let processors = || std::thread::available_parallelism().map_or(1, usize::from);
        let small = matches!(&text, Text::Held(file, _) if file.text().len() < SMALL);
        let threads = if small { 1 } else { session.options.jobs.unwrap_or_else(processors).max(1) };
        let (framing, held) = match &text {
            Text::Held(_, framing) => (*framing, true),
            Text::Piped(_, framing) => (*framing, false),
        };
        let how = How {
            file: self.plan.file.clone(),
            index: self.index,
            framing,
            threads,
            limits: &limits.inputs,
            steps: limits.steps,
            strict: session.options.strict,
            selected,
            told: true,
            clock: session.stopwatch.clock(),
        };
        let ended = {
            let map = &mut session.configs.texts.map;
            let stopwatch = &mut session.stopwatch;
            let mut sink = |judged: Judged| {
                stopwatch.charge(&judged.costs);
                self.take(map, judged)
            };
            match &text {
                Text::Held(file, _) => batch::judge(&judge.program, Source::Held(file), &how, &mut sink),
                Text::Piped(..) => {
                    let Text::Piped(source, _) = text else { return true };
                    batch::judge(&judge.program, Source::Stream(source), &how, &mut sink)
                }
            }
        };
        session.stopwatch.threads(threads);
        match ended {
            Err(batch::Trouble::Broken(_)) if held => return false,
            Err(batch::Trouble::Stopped) | Ok(()) => {}
            Err(trouble) => self.told[0].push(broken(&trouble, path)),
        }
        if self.documents == 0 && self.told.iter().all(Vec::is_empty) {
            // Nothing at all came: what is said of an empty file is said of it.
            let map = &mut session.configs.texts.map;
            if let Some(file) = map.add(&self.plan.file, "").and_then(|id| map.file(id)) {
                self.told[0].extend(read::read(Format::JsonLines, file, &limits.inputs).diagnostics);
            }
        }
        true
    }

    /// Takes what some records came to.
    fn take(&mut self, map: &mut SourceMap, judged: Judged) -> ControlFlow<()> {
        let Judged { account, verdict, mut findings, read, loaded, evaluated, map: own, .. } = judged;
        self.plan.account.add(&account);
        self.plan.verdict = self.plan.verdict.max(verdict);
        self.subjects = self.subjects.saturating_add(judged.subjects);
        self.documents = self.documents.saturating_add(judged.documents);
        self.spent.decode = self.spent.decode.saturating_add(judged.spent.decode);
        self.spent.decide = self.spent.decide.saturating_add(judged.spent.decide);
        self.spent.tell = self.spent.tell.saturating_add(judged.spent.tell);
        let mark = map.mark();
        let moved = map.append(own);
        findings.iter_mut().for_each(|finding| finding.move_by(moved));
        let wrong = !(read.is_empty() && loaded.is_empty() && evaluated.is_empty());
        for (all, some) in self.told.iter_mut().zip([read, loaded, evaluated]) {
            all.extend(some.into_iter().map(|told| told.moved_by(moved)));
        }
        let Some(taker) = &self.taker else {
            self.gathered.append(&mut findings);
            return ControlFlow::Continue(());
        };
        for finding in &mut findings {
            weigh::weigh(finding, &self.weights);
            weigh::count(&mut self.handed.summary, finding, &self.weights);
            self.handed.fails |= self.failing.fails(finding);
            self.handed.any = true;
        }
        if findings.is_empty() {
            return ControlFlow::Continue(());
        }
        let told = Report { plans: vec![self.plan.clone()], findings, ..Report::default() };
        let goes_on = taker(map, &told);
        if !wrong {
            map.release(mark);
        }
        goes_on
    }

    /// Enters what came of it.
    fn end(mut self, session: &mut Session, report: &mut Report, told: &mut Vec<Diagnostic>) {
        let wrong = self.told.iter().flatten().any(is_error);
        self.told.into_iter().for_each(|some| told.extend(some));
        session.stopwatch.add(Phase::Reading, self.spent.decode);
        session.stopwatch.add(Phase::Judging, self.spent.decide.saturating_add(self.spent.tell));
        session.handed = self.handed;
        if self.documents == 0 {
            return;
        }
        if wrong || !check::looked_at(&self.plan.account) {
            self.plan.verdict = self.plan.verdict.max(PlanVerdict::Unverified);
        }
        report.account.add(&self.plan.account);
        report.plans.push(self.plan);
        report.findings.append(&mut self.gathered);
    }
}

/// What keeps the rest of a pipe from being judged.
fn broken(trouble: &batch::Trouble, path: &Path) -> Diagnostic {
    let path = path.display();
    let (code, message): (Code, String) = match trouble {
        batch::Trouble::Broken(at) => {
            (input::SYNTAX, format!("`{path}`: the list breaks the rules of JSON at offset {at}"))
        }
        batch::Trouble::Encoding(at) => (input::ENCODING, format!("`{path}`: the byte at offset {at} is not UTF-8")),
        batch::Trouble::TooLong(at) => {
            (limit::FILE_SIZE, format!("`{path}`: the record at offset {at} has more than 16 MiB"))
        }
        batch::Trouble::Unreadable(error) => {
            (crate::diag::codes::run::UNREADABLE, format!("`{path}` cannot be read: {error}"))
        }
        batch::Trouble::Stopped => (crate::diag::codes::run::UNREADABLE, format!("`{path}` was not read to its end")),
    };
    let mut told = Diagnostic::error(code, Span::NONE, message);
    told.labels.clear();
    told.note("what stands before it was judged")
}

impl Checked {
    /// Whether findings that were handed on as they came fail the run.
    pub fn handed_on_fails(&self) -> bool {
        self.handed.fails
    }
}

/// Standard input under its name.
pub(super) type Piped<'f> = (PathBuf, Opened<'f>);
