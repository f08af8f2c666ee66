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

use clearway::report::{PlanVerdict, Report, StepReport};
use clearway::session::{Checked, Options, Session};
use clearway::source::{Disk, Files, Memory};
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

/// The numbers that waves run by.
fn wave_of(step: &Value, index: usize) -> (Option<i64>, usize) {
    (step.get("wave").and_then(Value::as_i64), index)
}

/// Where a plan can be cut: between waves. Steps stand in the order in which their waves run.
fn cuts(steps: &[Value]) -> Vec<usize> {
    (1..steps.len())
        .filter(|at| {
            let (before, after) = (wave_of(&steps[at - 1], 0).0, wave_of(&steps[*at], 0).0);
            before.is_none() || before != after
        })
        .collect()
}

fn plan(steps: &[Value], waivers: &[Value]) -> String {
    let ids: Vec<&Value> = steps.iter().map(|step| &step["id"]).collect();
    let waivers: Vec<&Value> = waivers.iter().filter(|waiver| ids.contains(&&waiver["steps"][0])).collect();
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
        lines.extend(whole.iter().filter(|line| !halves.contains(line)).map(|line| format!("{about} whole:  {line}\n")));
        lines.extend(halves.iter().filter(|line| !whole.contains(line)).map(|line| format!("{about} halves: {line}\n")));
    }
    lines.concat()
}

/// Both halves one after the other, compared with the whole.
fn holds(estate: &Value, steps: &[Value], waivers: &[Value], at: usize, format: &str) -> Result<(), TestCaseError> {
    let state = format!("after.{format}");
    let files = Memory::new()
        .with("estate.json", estate.to_string())
        .with("whole.plan.json", plan(steps, waivers))
        .with("first.plan.json", plan(&steps[..at], waivers))
        .with("second.plan.json", plan(&steps[at..], waivers));
    let whole = check(&files, "whole.plan.json", &["estate.json"], None);
    prop_assert_eq!(errors(&whole), Vec::<String>::new(), "{}", estate);
    let first = check(&files, "first.plan.json", &["estate.json"], Some(&state));
    prop_assert_eq!(errors(&first), Vec::<String>::new());
    let text = first.state.clone().unwrap();
    let files = files.with(&*state, text.clone());
    let second = check(&files, "second.plan.json", &[&state], None);
    prop_assert_eq!(errors(&second), Vec::<String>::new(), "{}", text);
    let mut halves = told(&first.report);
    halves.extend(told(&second.report));
    let whole = told(&whole.report);
    let apart = apart(&whole, &halves);
    prop_assert!(
        apart.is_empty(),
        "cut before step {}:\n{}\nplan: {}\nestate: {}\nstate: {}",
        at,
        apart,
        plan(steps, waivers),
        estate,
        text
    );
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, max_shrink_iters: 0, ..ProptestConfig::default() })]

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
            let format = dice.of(&["yaml", "json"]);
            holds(&estate, &steps, &waivers, at, format)?;
        }
    }
}
