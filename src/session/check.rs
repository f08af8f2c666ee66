//! The way of a check: plans are found, each with its packs and inventories; those that share them share the work.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use super::assumptions;
use super::exports;
use super::inputs::{self, Estate};
use super::policies::Judge;
use super::state::Wanted;
use super::waivers::{self, Clock, Waivers};
use super::{Checked, FactsFound, Session, discover, knowledge, records, remarks, suggest, template, weigh};
use crate::diag::codes::run;
use crate::diag::{Diagnostic, Label, Severity};
use crate::eval::{self, PlanInput, Subjects};
use crate::facts::document::{Document, View};
use crate::facts::load::{self, Options};
use crate::facts::read::Format;
use crate::report::{Account, Knowledge, Levels, NotEvaluated, Phase, PlanVerdict, Report};
use crate::source::{SourceFile, Span, Spanned};
use crate::types::{FieldId, Input};
use crate::value::{Date, StructId};

/// A plan that was read, with what it is to be judged by.
pub(super) struct Plan {
    pub(super) path: PathBuf,
    /// Its text and how that is read.
    pub(super) text: Option<(Arc<SourceFile>, Format)>,
    pub(super) documents: Vec<Document>,
    /// The export that the documents are made of, if they are.
    pub(super) export: Option<Exported>,
    pub(super) packs: Vec<String>,
    pub(super) inventories: Vec<PathBuf>,
    /// Where it names its packs; empty where it is not the one that does.
    pub(super) pack_places: Vec<Span>,
    /// Where it names its inventories; empty where it is not the one that does.
    pub(super) inventory_places: Vec<Span>,
    /// Whether its text is free of errors.
    pub(super) clean: bool,
}

/// An export that was read.
pub(super) struct Exported {
    /// Where it stands.
    place: Span,
    /// What is odd or wrong, for whoever can judge it.
    told: Vec<Diagnostic>,
}

/// A plan whose facts are in the store.
pub(super) struct Loaded {
    pub(super) plan: PlanInput,
    /// How many steps or entities there are to judge.
    subjects: usize,
    /// Whether they are free of errors.
    pub(super) clean: bool,
    /// Its waivers.
    waivers: Waivers,
}

pub(super) fn is_error(diagnostic: &Diagnostic) -> bool {
    diagnostic.severity == Severity::Error
}

/// By packs, inventories, and what else says how they are read.
type Estates = BTreeMap<(Vec<String>, Vec<PathBuf>, (bool, bool, Option<PathBuf>)), Estate>;

/// Checks plans.
pub(super) fn run(session: &mut Session, paths: &[PathBuf]) -> Checked {
    let discover::Found { plans, told: troubles, excluded } = discover::plans(session, paths);
    let mut told = session.configs.take_told();
    told.extend(troubles);
    let all_excluded = Some(excluded).filter(|excluded| *excluded > 0 && *excluded == paths.len());
    let own = session.options.clone();
    let mut selections = vec![own.selection.clone()];
    let (mut levels, mut weights) = (Levels::default(), Vec::new());
    let mut report = Report::default();
    let mut estates = Estates::new();
    let mut used: Vec<Rc<Judge>> = Vec::new();
    let mut subjects = 0usize;
    let mut state = Wanted::new(session.options.state.as_deref(), plans.len(), &mut told);
    for (done, path) in plans.iter().enumerate() {
        if let Some(progress) = &session.progress {
            progress(done, plans.len());
        }
        if !session.turn_to(path, &mut told) {
            continue;
        }
        if let Some(came) = records::check(session, path, plans.len() == 1, &mut report, &mut told) {
            subjects = subjects.saturating_add(came.subjects);
            if let Some(judge) = came.judge {
                selections.extend(Some(session.options.selection.clone()).filter(|own| !selections.contains(own)));
                used.extend(Some(judge.clone()).filter(|judge| !used.iter().any(|other| Rc::ptr_eq(other, judge))));
                levels.0.resize(report.plans.len(), session.options.failing);
                weights.resize(report.plans.len(), session.options.unverified);
            }
            continue;
        }
        let begun = session.stopwatch.now();
        let plan = read(session, path, &mut told);
        session.stopwatch.spent(Phase::Reading, begun);
        let Some(plan) = plan else { continue };
        if !selections.contains(&session.options.selection) {
            selections.push(session.options.selection.clone());
        }
        session.looked.push(super::since::Inputs {
            plan: path.clone(),
            packs: plan.packs.clone(),
            inventories: plan.inventories.clone(),
            selection: session.options.selection.clone(),
            assume: session.options.assume.clone(),
        });
        let begun = session.stopwatch.now();
        let policies = session.judge(&plan.packs, &mut told);
        session.stopwatch.spent(Phase::Policies, begun);
        plan.tell_packs(&policies.troubles, &mut told);
        if !used.iter().any(|other| Rc::ptr_eq(other, &policies)) {
            used.push(policies.clone());
        }
        if policies.sound {
            let judged = judge(session, &policies, &plan, &mut estates, &mut report, &mut state, &mut told);
            subjects = subjects.saturating_add(judged);
            levels.0.resize(report.plans.len(), session.options.failing);
            weights.resize(report.plans.len(), session.options.unverified);
        }
    }
    session.options = own;
    if used.is_empty() && !session.options.selection.is_all() {
        let asked = session.asked();
        let policies = session.judge(&asked, &mut told);
        told.extend(policies.troubles.iter().cloned());
        used.push(policies);
    }
    std::mem::take(&mut session.uses).tell(&mut report);
    let codes: Vec<String> = used.iter().flat_map(|policies| remarks::of_rules(&policies.program)).collect();
    let known: Vec<String> = codes.iter().cloned().chain(remarks::ours()).collect();
    let mut unknown: Vec<_> = selections.iter().flat_map(|selection| selection.unknown(&known)).collect();
    unknown.dedup();
    if !unknown.is_empty() && used.iter().any(|policies| policies.sound) {
        // What is misspelt selects nothing: no report is better than an empty one.
        told.extend(unknown.iter().map(super::Trouble::diagnostic));
        report = Report::default();
    }
    once(&mut told);
    let handed = std::mem::take(&mut session.handed);
    weigh::all(&mut report, &weigh::Weights(weights), handed.summary);
    let shown = |code: &String| selections.iter().any(|selection| selection.shows(code));
    let selected = codes.is_empty() || known.iter().any(shown);
    let looked = report.account.evaluations > report.account.left_out();
    let why_nothing = match (plans.is_empty(), selected) {
        (true, _) => "no plan was found",
        (false, false) => "no rule is selected",
        (false, true) if subjects == 0 => "the plans have no step",
        (false, true) if codes.is_empty() => "the policies have no rule",
        (false, true) => "every rule is disabled or was left out",
    };
    let evaluated = subjects > 0 && selected && looked;
    let state = state.take(told.iter().any(is_error), evaluated, &mut told);
    Checked { report, levels, diagnostics: told, evaluated, why_nothing, all_excluded, state, handed }
}

impl Plan {
    /// Tells what is odd about the export that it is made of, if it is; or that the policies cannot judge one. Answers whether
    /// they can.
    fn tell_export(&self, policies: &Judge, told: &mut Vec<Diagnostic>) -> bool {
        let Some(export) = &self.export else { return true };
        let suits = exports::suits(&policies.program.schema, export.place, &self.packs, told);
        if suits {
            told.extend(export.told.iter().cloned());
        }
        suits
    }

    /// Tells of packs that are not there, at the plan's line that names them.
    fn tell_packs(&self, troubles: &[Diagnostic], told: &mut Vec<Diagnostic>) {
        for trouble in troubles {
            let means = |name: &str| trouble.message.contains(&format!("`{name}`"));
            let named = self.packs.iter().zip(&self.pack_places).find(|(name, _)| means(name));
            told.push(placed(trouble, named.map(|(_, place)| *place)));
        }
    }
}

/// What is wrong with a file that is not there, where it is named.
fn placed(trouble: &Diagnostic, place: Option<Span>) -> Diagnostic {
    let mut told = trouble.clone();
    if let Some(span) = place.filter(|span| *span != Span::NONE) {
        told.labels.push(Label { span, text: String::new(), primary: true });
    }
    told
}

/// What is wrong with a file that is not there is told once for each place that names it, however many plans come upon it.
fn once(told: &mut Vec<Diagnostic>) {
    let mut seen: Vec<Diagnostic> = Vec::new();
    told.retain(|diagnostic| {
        let of_files = [run::UNREADABLE, run::UNKNOWN_ENDING, run::UNKNOWN_PACK].contains(&diagnostic.code);
        if !of_files && !diagnostic.labels.is_empty() {
            return true;
        }
        let new = !seen.contains(diagnostic);
        if new {
            seen.push(diagnostic.clone());
        }
        new
    });
}

/// Reads a plan far enough to know what it is to be judged by.
fn read(session: &mut Session, path: &Path, told: &mut Vec<Diagnostic>) -> Option<Plan> {
    let before = told.len();
    let mut own = Vec::new();
    let (text, documents, export) = match exports::read(session, path, &mut own) {
        Some(Some(found)) => (None, found.documents, Some(found.place)),
        Some(None) => {
            told.append(&mut own);
            return None;
        }
        None => (Some(inputs::text(session, path, told)?), inputs::documents(session, path, told)?, None),
    };
    let clean = !told.iter().skip(before).chain(&own).any(is_error);
    let export = export.map(|place| Exported { place, told: own });
    let (packs, inventories) = documents.first().map(load::named_by).unwrap_or_default();
    let places = |names: &[Spanned<String>]| names.iter().map(|name| name.span).collect::<Vec<_>>();
    let (packs, pack_places) = match (session.options.packs.is_empty(), packs.is_empty()) {
        (true, false) => (packs.iter().map(|name| located(session, path, &name.node)).collect(), places(&packs)),
        (true, true) => (session.asked(), session.options.fallback_places.0.clone()),
        (false, _) => (session.asked(), Vec::new()),
    };
    let (inventories, inventory_places) = match (session.options.inventories.is_empty(), inventories.is_empty()) {
        (false, _) => (session.options.inventories.clone(), Vec::new()),
        (true, false) => {
            (inventories.iter().map(|name| discover::beside(path, &name.node)).collect(), places(&inventories))
        }
        (true, true) => (session.options.fallback_inventories.clone(), session.options.fallback_places.1.clone()),
    };
    let path = path.to_path_buf();
    Some(Plan { path, text, documents, export, packs, inventories, pack_places, inventory_places, clean })
}

/// A pack that a plan names: by its name, or by a path relative to the plan.
fn located(session: &Session, plan: &Path, name: &str) -> String {
    let beside = discover::beside(plan, name);
    let bundled = super::embedded::pack(name).is_some();
    if !bundled && session.files.is_folder(&beside) { beside.display().to_string() } else { name.to_owned() }
}

/// Judges one plan (or one file of single entities) and answers how many steps or entities there were to judge.
fn judge(
    session: &mut Session,
    policies: &Judge,
    plan: &Plan,
    estates: &mut Estates,
    report: &mut Report,
    state: &mut Wanted,
    told: &mut Vec<Diagnostic>,
) -> usize {
    let each = matches!(policies.program.schema.input, Input::Each { .. });
    if !plan.tell_export(policies, told) {
        return 0;
    }
    let how = (session.options.strict, session.options.assumptions, session.options.assume.clone());
    let key = (plan.packs.clone(), if each { Vec::new() } else { plan.inventories.clone() }, how);
    if !estates.contains_key(&key) {
        let estate = inputs::estate(session, policies, &key.1, told);
        estates.insert(key.clone(), estate);
    }
    let Some(estate) = estates.get_mut(&key) else { return 0 };
    for (index, trouble) in &estate.troubles {
        told.push(placed(trouble, plan.inventory_places.get(*index).copied()));
    }
    let limits = session.options.limits;
    let clock = session.options.waivers.then(|| session.clock());
    let reads = |of: StructId, field: FieldId| policies.program.reads(of, field);
    let writes = |of: StructId, field: FieldId| policies.program.writes(of, field);
    let options = Options { limits: &limits.inputs, reads: &reads, writes: &writes, strict: session.options.strict };
    let file: Arc<str> = plan.path.display().to_string().into();
    let mark = estate.facts.mark();
    let index = report.plans.len();
    let begun = session.stopwatch.now();
    let input = if each {
        entities(policies, plan, estate, options, index, file, told)
    } else {
        steps((policies, clock), plan, estate, options, index, file, told)
    };
    estate.facts.assume_since(&mark);
    session.stopwatch.spent(Phase::Loading, begun);
    let mut judged = 0;
    // What is only partly known because a file is broken is not judged: it would be all findings and no help.
    if let Some(input) = input.filter(|_| estate.whole) {
        let selection = session.options.selection.clone();
        let selected = (!selection.is_all())
            .then(|| Arc::new(move |code: &str| selection.shows(code)) as Arc<dyn Fn(&str) -> bool + Send + Sync>);
        let left_out = estate.left_out.clone();
        let explain = session.wanted(policies);
        let suggest = session.options.suggest.clone();
        let matters = !assumptions::that_matter(&estate.facts, &policies.program).is_empty();
        let keep = if matters { eval::Keep::Beside } else { eval::Keep::Nothing };
        let evaluation = eval::Options {
            steps: limits.steps,
            selected,
            left_out,
            explain,
            suggest,
            keep,
            clock: session.stopwatch.clock(),
            ..Default::default()
        };
        let begun = session.stopwatch.now();
        let mut outcome = eval::evaluate(&policies.program, &estate.facts, &input.plan, &evaluation);
        let resting = assumptions::rest(estate, &policies.program, &input.plan, &evaluation, &mut outcome);
        session.stopwatch.spent(Phase::Judging, begun);
        session.stopwatch.charge(&outcome.costs);
        let mut judgement = outcome.report;
        // What comes of inputs with errors is not known to be permitted, nor is a plan of which nothing was looked at.
        let clean = plan.clean && estate.clean && input.clean && !outcome.diagnostics.iter().any(is_error);
        let blind = !looked_at(&judgement.account);
        if !clean || blind {
            judgement.verdict = judgement.verdict.max(PlanVerdict::Unverified);
        }
        for step in judgement.steps.iter_mut().filter(|_| blind) {
            step.verdict = step.verdict.max(PlanVerdict::Unverified);
        }
        session.waived.extend(input.plan.waivers.iter().map(|waiver| super::compare::OldWaiver {
            file: judgement.file.clone(),
            code: waiver.code.clone(),
            steps: waiver.steps.clone(),
        }));
        let mut findings = outcome.findings;
        let whole = clean && !judgement.account.not_evaluated.contains_key(&NotEvaluated::Limit);
        let judging = (session.clock(), &session.options.selection);
        session.uses.note(estate, judging, index, (&resting.relied, whole));
        if let Some(clock) = clock {
            let remarks = input.waivers.looked_at(
                (&policies.program, index, if input.plan.named { &judgement.plan } else { "" }),
                (clock, &session.options.selection),
                (&outcome.waivers, whole),
                &mut judgement.account,
            );
            remarks::lay_in(&mut findings, index, remarks);
        }
        session.explained.extend(outcome.explanation);
        told.extend(outcome.diagnostics);
        if clean && !each {
            state.write(&policies.program, estate, &judgement, (&outcome.after, resting.bare.as_ref()), told);
        }
        report.account.add(&judgement.account);
        judged = input.subjects;
        estate.facts.release(&mark);
        let mut ways_out = outcome.ways_out;
        let held = suggest::Held { policies, clock, plan, load: options, evaluation, index, trials: limits.trials };
        if clean {
            held.hold(estate, &judgement, &findings, &mut ways_out);
        } else {
            ways_out.iter_mut().for_each(suggest::unheld);
        }
        if clean && let Some(unsafe_too) = session.mending {
            session.mended.extend(held.mend(estate, unsafe_too));
        }
        report.plans.push(judgement);
        report.findings.extend(findings);
        report.ways_out.extend(ways_out);
    } else {
        estate.facts.release(&mark);
    }
    judged
}

/// Whether any rule looked at anything, told of or not.
pub(super) fn looked_at(account: &Account) -> bool {
    let untold = account.not_evaluated.get(&NotEvaluated::NotSelected).copied().unwrap_or(0);
    account.evaluations > account.left_out().saturating_sub(untold)
}

/// A plan's steps into the store. Without a clock its waivers do not count.
pub(super) fn steps(
    (policies, clock): (&Judge, Option<Clock>),
    plan: &Plan,
    estate: &mut Estate,
    options: Options<'_>,
    index: usize,
    file: Arc<str>,
    told: &mut Vec<Diagnostic>,
) -> Option<Loaded> {
    let document = plan.documents.first()?;
    let name = named(&plan.path);
    // What is no plan at all is told by the loader.
    let mapping = document.root().is_some_and(|root| matches!(document.view(root), View::Map(_)));
    let has = |key: &str| document.root().is_some_and(|root| document.get(root, key).is_some());
    if !has("steps") && policies.program.schema.sections().iter().any(|section| has(&section.name)) {
        let first = document.root().and_then(|root| document.members(root).first()).map_or(Span::NONE, |m| m.key_span);
        told.push(
            Diagnostic::error(run::NOT_A_PLAN, first, "this is an inventory, not a plan")
                .help(format!("check a plan against it: `clearway check PLAN --inventory {file}`")),
        );
        return None;
    }
    if mapping && plan.inventories.is_empty() {
        let begin = document.root().map_or(Span::NONE, |root| document.span(root)).start;
        told.push(
            Diagnostic::error(run::NOTHING_SAID, Span::new(begin, begin), "the plan names no inventory")
                .note("without one nothing is known about the machines that it moves")
                .help("write `inventory: FILE` into the plan, or give `--inventory FILE`"),
        );
        return None;
    }
    let loaded = load::load_plan(&policies.program.schema, document, &mut estate.facts, &name, options);
    let begin = document.root().map_or(Span::NONE, |root| document.span(root));
    let begin = Span::new(begin.start, begin.start);
    let mut clean = !loaded.diagnostics.iter().any(is_error);
    told.extend(loaded.diagnostics);
    if let Some(second) = plan.documents.get(1) {
        let at = second.root().map_or(begin, |root| second.span(root));
        told.push(more_documents(Span::new(at.start, at.start)));
    }
    let row = loaded.row?;
    let mut waivers = Waivers::default();
    if let Some(clock) = clock {
        let wrong = waivers::wrong(&loaded.waivers, &policies.program);
        clean &= wrong.is_empty();
        told.extend(wrong);
        let known = loaded.waivers.into_iter().filter(|waiver| waivers::can_be(waiver, &policies.program));
        waivers = Waivers::of(known.collect(), clock);
    }
    let plan = PlanInput {
        index,
        file,
        name: loaded.name.as_str().into(),
        named: loaded.named,
        span: begin,
        subjects: Subjects::Plan(row),
        waivers: waivers.counting(),
    };
    Some(Loaded { plan, subjects: loaded.steps.len(), clean, waivers })
}

/// A file of single entities into the store.
fn entities(
    policies: &Judge,
    plan: &Plan,
    estate: &mut Estate,
    options: Options<'_>,
    index: usize,
    file: Arc<str>,
    told: &mut Vec<Diagnostic>,
) -> Option<Loaded> {
    let documents: Vec<&Document> = plan.documents.iter().collect();
    let schema = &policies.program.schema;
    let is_table = plan.text.as_ref().is_some_and(|(_, format)| *format == Format::Csv);
    let table = documents.first().filter(|_| is_table);
    let loaded = match table {
        Some(table) => load::load_table(schema, table, &mut estate.facts, options),
        None => load::load_each(schema, &documents, &mut estate.facts, options),
    };
    let clean = !loaded.diagnostics.iter().any(is_error);
    told.extend(loaded.diagnostics);
    let rows: Vec<_> = (1u32..).zip(loaded.rows).filter_map(|(record, row)| Some((row?, record))).collect();
    let first = documents.first().and_then(|document| Some(document.span(document.root()?)))?;
    let plan = PlanInput {
        index,
        name: file.clone(),
        named: false,
        file,
        span: Span::new(first.start, first.start),
        subjects: Subjects::Entities(rows.clone()),
        waivers: Vec::new(),
    };
    Some(Loaded { plan, subjects: rows.len(), clean, waivers: Waivers::default() })
}

/// Single entities of a file into the store, to see which of their facts are known.
fn single(session: &mut Session, policies: &Judge, estate: &mut Estate, path: &Path, told: &mut Vec<Diagnostic>) {
    let Some(plan) = read(session, path, told) else { return };
    let program = &policies.program;
    if !plan.tell_export(policies, told) {
        return;
    }
    let limits = session.options.limits;
    let reads = |of: StructId, field: FieldId| program.reads(of, field);
    let writes = |of: StructId, field: FieldId| program.writes(of, field);
    let options = Options { limits: &limits.inputs, reads: &reads, writes: &writes, strict: session.options.strict };
    let name: Arc<str> = path.display().to_string().into();
    let mark = estate.facts.mark();
    entities(policies, &plan, estate, options, 0, name.clone(), told);
    estate.facts.assume_since(&mark);
    estate.names.push(name);
}

fn more_documents(span: Span) -> Diagnostic {
    Diagnostic::error(crate::diag::codes::input::DOCUMENTS, span, "a second document begins here")
        .note("a plan is one document")
        .help("put it into a file of its own, or take the `---` away")
}

/// What a plan is called that does not say so: its file's name without the ending.
fn named(path: &Path) -> String {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let stem = name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem);
    stem.strip_suffix(".plan").unwrap_or(stem).to_owned()
}

/// Today, by the clock of the machine, in UTC.
pub(super) fn today() -> Date {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let days = since.map_or(0, |since| since.as_secs().checked_div(86_400).unwrap_or(0));
    Date(i32::try_from(days).unwrap_or(i32::MAX))
}

/// Which facts the policies of some plans read, and how many their inventories know.
pub(super) fn facts(session: &mut Session, paths: &[PathBuf]) -> FactsFound {
    let discover::Found { plans: files, told: troubles, .. } = discover::plans(session, paths);
    let mut told = session.configs.take_told();
    told.extend(troubles);
    let mut packs = session.options.packs.clone();
    let mut inventories = session.options.inventories.clone();
    let own = session.options.clone();
    for path in &files {
        if !session.turn_to(path, &mut told) {
            continue;
        }
        let Some(plan) = read(session, path, &mut told) else { continue };
        let is_plan = plan.documents.iter().any(|document| {
            document.root().is_some_and(|root| document.get(root, "steps").is_some()) || discover::is_plan(path)
        });
        let named = if is_plan { plan.inventories } else { vec![path.clone()] };
        if session.options.inventories.is_empty() || !is_plan {
            inventories.extend(named);
        }
        if packs.is_empty() && is_plan {
            packs = plan.packs;
        }
    }
    session.options = own;
    if inventories.is_empty() {
        inventories.clone_from(&session.options.fallback_inventories);
    }
    let mut each: Vec<PathBuf> = Vec::new();
    inventories.retain(|path| {
        let new = !each.contains(path);
        each.push(path.clone());
        new
    });
    if packs.is_empty() {
        packs = session.asked();
    }
    let policies = session.judge(&packs, &mut told);
    told.extend(policies.troubles.iter().cloned());
    if !policies.sound {
        return FactsFound { knowledge: Knowledge::default(), template: String::new(), diagnostics: told };
    }
    let each = matches!(policies.program.schema.input, Input::Each { .. });
    let apart = if each { std::mem::take(&mut inventories) } else { Vec::new() };
    let mut estate = inputs::estate(session, &policies, &inventories, &mut told);
    told.extend(estate.troubles.iter().map(|(_, trouble)| trouble.clone()));
    for path in &apart {
        single(session, &policies, &mut estate, path, &mut told);
    }
    once(&mut told);
    let knowledge = knowledge::survey(&policies.program, &estate.facts, estate.names);
    // What is assumed may be written, too.
    let all: Vec<usize> = (0..estate.facts.assumed().len()).collect();
    estate.facts.assume_without(&all);
    let template = template::write(&policies.program, &estate.facts, &knowledge);
    FactsFound { knowledge, template, diagnostics: told }
}
