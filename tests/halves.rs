//! A plan that is checked in two halves, the second against the state that `--state` writes of the first, gets the verdicts of
//! the whole. Through the façade, as a user would do it.
//!
//! Compared are, of every step: verdict, transfer type and whether it was chosen, effects, what moves where it happens, its wave. Of every
//! finding about a step or a wave: code, verdict, severity, subject, cell, message, and what a choice passed over. Not compared:
//! - `missing` with the messages that name it, and `related`: where a step of the first half made a fact what it is, the whole names that step and what it
//!   lacked; a file only says what is so, or does not say it.
//! - `after_refused`: the second half knows of no refused step of the first, and so of no world in which it happened.
//! - Rules about the plan: they are judged in the inventory as given, which is another one for each half.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

#[path = "halves/estate.rs"]
mod estate;
mod written;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clearway::facts::document::{Document, NodeId, View};
use clearway::facts::read::Format;
use clearway::report::{PlanVerdict, Report, StepReport};
use clearway::session::{Checked, Options, Session};
use clearway::source::{Disk, FileError, Files, Memory};
use proptest::prelude::*;
use serde_json::{Value, json};
use written::Dice;

/// What is compared, a line each, by step.
type Told = BTreeMap<String, Vec<String>>;

fn step_line(step: &StepReport) -> String {
    let StepReport { id, vm, transfer, transfer_chosen, verdict, effects, wave, moves, .. } = step;
    let moves = if *verdict == PlanVerdict::Denied { &[] } else { moves.as_slice() };
    format!("{id} {vm} {transfer:?} chosen: {transfer_chosen} {verdict:?} {effects:?} {wave} {moves:?}")
}

fn told(report: &Report) -> Told {
    let mut told = Told::new();
    for step in &report.plans[0].steps {
        told.entry(step.id.to_string()).or_default().push(step_line(step));
    }
    for finding in &report.findings {
        let about = match (&finding.step, &finding.subject) {
            (Some(step), _) => step.to_string(),
            (None, Some(subject)) if subject.contains("wave ") => {
                subject.rsplit_once("wave ").map(|(_, wave)| format!("wave {wave}")).unwrap()
            }
            _ => continue,
        };
        // What is missing stands in the message of what cannot be verified.
        let message = if finding.missing.is_empty() { finding.message.as_str() } else { "" };
        let line = format!(
            "{} {:?} {:?} {:?} {:?} {} passed: {:?} {}",
            finding.code,
            finding.verdict,
            finding.severity,
            finding.subject,
            finding.cell,
            message,
            finding.passed,
            finding.fingerprint,
        );
        told.entry(about).or_default().push(line);
    }
    for lines in told.values_mut() {
        lines.sort();
    }
    told
}

fn check(files: &dyn Files, plan: &str, inventories: &[&str], state: Option<&str>) -> Checked {
    let options = Options {
        inventories: inventories.iter().map(PathBuf::from).collect(),
        state: state.map(PathBuf::from),
        ..Options::default()
    };
    Session::new(files, options).check(&[PathBuf::from(plan)])
}

/// Where a plan can be cut: between waves. Steps stand in the order in which their waves run.
fn cuts(steps: &[Value]) -> Vec<usize> {
    (1..steps.len())
        .filter(|at| {
            let wave = |at: usize| steps[at].get("wave").and_then(Value::as_i64);
            wave(at - 1).is_none() || wave(at - 1) != wave(*at)
        })
        .collect()
}

fn plan(steps: &[Value], waivers: &[Value]) -> String {
    let ids: Vec<&Value> = steps.iter().map(|step| &step["id"]).collect();
    let mut waivers: Vec<Value> = waivers.to_vec();
    for waiver in &mut waivers {
        if let Some(steps) = waiver["steps"].as_array_mut() {
            steps.retain(|step| ids.contains(&step));
        }
    }
    waivers.retain(|waiver| waiver["steps"].as_array().is_none_or(|steps| !steps.is_empty()));
    json!({ "plan": "p", "steps": steps, "waivers": waivers }).to_string()
}

fn errors(checked: &Checked) -> Vec<String> {
    let errors = checked.diagnostics.iter().filter(|d| d.severity == clearway::diag::Severity::Error);
    errors.map(|error| format!("{} {}", error.code, error.message)).collect()
}

/// What only the whole says, and what only the halves say.
fn apart(whole: &Told, halves: &Told) -> String {
    let mut lines = Vec::new();
    for about in whole.keys().chain(halves.keys().filter(|about| !whole.contains_key(*about))) {
        let of = |told: &Told| told.get(about).cloned().unwrap_or_default();
        let (whole, halves) = (of(whole), of(halves));
        lines
            .extend(whole.iter().filter(|line| !halves.contains(line)).map(|line| format!("{about} whole:  {line}\n")));
        lines
            .extend(halves.iter().filter(|line| !whole.contains(line)).map(|line| format!("{about} halves: {line}\n")));
    }
    lines.concat()
}

/// Files in memory, and behind them those of the disk.
struct Both(Memory);

impl Files for Both {
    fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, FileError> {
        self.0.read(path, limit).or_else(|_| Disk.read(path, limit))
    }

    fn list(&self, folder: &Path) -> Result<Vec<PathBuf>, FileError> {
        Disk.list(folder)
    }

    fn is_folder(&self, _: &Path) -> bool {
        false
    }
}

/// A plan, and where it is cut.
struct Cut<'a> {
    steps: &'a [Value],
    waivers: &'a [Value],
    /// Whether a step is one of the first half.
    first: &'a dyn Fn(&Value) -> bool,
}

/// Checks both halves one after the other and compares them with the whole; says where they differ.
fn halves(files: Memory, inventories: &[&str], cut: &Cut<'_>, format: &str) -> Result<(), String> {
    let state = format!("after.{format}");
    let (first, second): (Vec<Value>, Vec<Value>) = cut.steps.iter().cloned().partition(cut.first);
    let files = files
        .with("whole.plan.json", plan(cut.steps, cut.waivers))
        .with("first.plan.json", plan(&first, cut.waivers))
        .with("second.plan.json", plan(&second, cut.waivers));
    let fine = |checked: Checked| match errors(&checked) {
        errors if errors.is_empty() => Ok(checked),
        errors => Err(errors.join("\n")),
    };
    let files = Both(files);
    let whole = fine(check(&files, "whole.plan.json", inventories, None))?;
    let first = fine(check(&files, "first.plan.json", inventories, Some(&state)))?;
    let text = first.state.clone().unwrap();
    let files = Both(files.0.with(&*state, text.clone()));
    let second = fine(check(&files, "second.plan.json", &[&state], None))?;
    let mut halves = told(&first.report);
    halves.extend(told(&second.report));
    let apart = apart(&told(&whole.report), &halves);
    if apart.is_empty() { Ok(()) } else { Err(format!("{apart}\nthe state: {text}")) }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 160, failure_persistence: None, max_shrink_iters: 0, ..ProptestConfig::default() })]

    #[test]
    fn two_halves_are_judged_as_the_whole(seed in any::<u64>()) {
        let mut dice = Dice(seed);
        let machines = 2 + dice.below(4);
        let estate = estate::estate(&mut dice, machines);
        let steps = estate::steps(&mut dice, machines);
        let waivers = estate::waivers(&mut dice, &steps);
        let cuts = cuts(&steps);
        if !cuts.is_empty() {
            let at = cuts[dice.below(cuts.len())];
            let ids: Vec<Value> = steps[..at].iter().map(|step| step["id"].clone()).collect();
            let mut written = steps.clone();
            if steps.iter().all(|step| step.get("wave").is_some()) {
                // Numbers alone say when a wave runs.
                let by = 1 + dice.below(steps.len());
                written.rotate_left(by % steps.len());
            }
            let files = Memory::new().with("estate.json", estate.to_string());
            let cut = Cut { steps: &written, waivers: &waivers, first: &|step| ids.contains(&step["id"]) };
            let held = halves(files, &["estate.json"], &cut, dice.of(&["yaml", "json"]));
            prop_assert_eq!(held, Ok(()), "{}\nthe estate: {}", plan(&written, &waivers), estate);
        }
    }
}

/// A document as JSON; scalars stay texts, for they are read by their fields.
fn as_json(document: &Document, node: NodeId) -> Value {
    match document.view(node) {
        View::Null => Value::Null,
        View::Scalar(text, _) => text.into(),
        View::List(elements) => elements.iter().map(|element| as_json(document, *element)).collect(),
        View::Map(members) => {
            members.iter().map(|member| (document.key(member).to_owned(), as_json(document, member.value))).collect()
        }
    }
}

/// A plan of the project with its inventories.
struct Worked {
    path: PathBuf,
    steps: Vec<Value>,
    waivers: Vec<Value>,
    inventories: Vec<String>,
}

/// The plans of a folder that have more than one step, with their inventories and their waivers.
fn plans(folder: &str) -> Vec<Worked> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let files = walkdir::WalkDir::new(&root).sort_by_file_name().into_iter().filter_map(Result::ok);
    let paths = files.map(walkdir::DirEntry::into_path).filter(|path| path.to_string_lossy().ends_with(".plan.yaml"));
    let mut plans = Vec::new();
    for path in paths {
        let document = written::parsed(Format::Yaml, &std::fs::read_to_string(&path).unwrap());
        let plan = as_json(&document, document.root().unwrap());
        let list = |member: &str| match &plan[member] {
            Value::Array(all) => all.clone(),
            Value::Null => Vec::new(),
            one => vec![one.clone()],
        };
        let mut steps = list("steps");
        for (index, step) in steps.iter_mut().enumerate() {
            if step.get("id").is_none() {
                step["id"] = format!("step-{}", index + 1).into();
            }
        }
        let beside = |name: &Value| path.parent().unwrap().join(name.as_str().unwrap()).display().to_string();
        let inventories: Vec<String> = list("inventory").iter().map(beside).collect();
        if steps.len() > 1 && inventories.iter().all(|inventory| Path::new(inventory).exists()) {
            plans.push(Worked { path, steps, waivers: list("waivers"), inventories });
        }
    }
    plans
}

#[test]
fn worked_plans_are_judged_alike_wherever_they_are_cut() {
    let mut cut_once = false;
    for worked in ["tests/plans", "tests/worked", "examples"].into_iter().flat_map(plans) {
        let Worked { path, steps, waivers, inventories } = worked;
        let inventories: Vec<&str> = inventories.iter().map(String::as_str).collect();
        let number = |step: &Value| step["wave"].as_str().and_then(|wave| wave.parse::<u32>().ok());
        let mut running = steps.clone();
        if steps.iter().all(|step| number(step).is_some()) {
            running.sort_by_key(number);
        }
        for at in 1..running.len() {
            if number(&running[at]).is_some() && number(&running[at - 1]) == number(&running[at]) {
                continue;
            }
            let ids: Vec<&Value> = running[..at].iter().map(|step| &step["id"]).collect();
            let cut = Cut { steps: &steps, waivers: &waivers, first: &|step| ids.contains(&&step["id"]) };
            let held = halves(Memory::new(), &inventories, &cut, "yaml");
            assert_eq!(held, Ok(()), "{} cut before {}", path.display(), running[at]["id"]);
            cut_once = true;
        }
    }
    assert!(cut_once, "no plan has two steps");
}
