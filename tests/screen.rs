//! The screen against the machine: whatever a pack says of single entities and whatever is known of them, both count the same
//! outcomes, find the same, and hit the same limits.
#![allow(
    dead_code,
    unused_imports,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

#[path = "oracle/mod.rs"]
mod oracle;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use clearway::check::tree::Policies;
use clearway::eval::{
    Clock, Keep, Options, Outcome, PlanInput, PlanOutcome, RecordedSubject, Screen, Sieve, Subjects, Waiver, evaluate,
    verdicts,
};
use clearway::facts::document::Document;
use clearway::facts::load::{self, load_each};
use clearway::facts::read::{Format, read};
use clearway::facts::{Facts, Limits};
use clearway::program::Program;
use clearway::report::Cost;
use clearway::source::{SourceMap, Span};
use clearway::types::Input;
use clearway::value::Row;
use oracle::generate::{Choices, single};
use oracle::{build, pack, run};
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestError, TestRunner};

fn input(rows: Vec<(Row, u32)>, waived: &[&str]) -> PlanInput {
    let waiver = |code: &&str| Waiver { code: (*code).into(), steps: None, note: Default::default() };
    PlanInput {
        index: 0,
        file: "all.jsonl".into(),
        name: "all".into(),
        named: true,
        span: Span::NONE,
        subjects: Subjects::Entities(rows),
        waivers: waived.iter().map(waiver).collect(),
    }
}

fn input_rows(input: &PlanInput) -> Vec<(Row, u32)> {
    match &input.subjects {
        Subjects::Entities(rows) => rows.clone(),
        Subjects::Plan(_) => panic!("single entities"),
    }
}

/// What of an outcome does not hang on how it was come by.
fn told(outcome: &PlanOutcome) -> String {
    format!("{:#?}\n{:#?}\n{:#?}\n{:#?}", outcome.report, outcome.findings, outcome.diagnostics, outcome.waivers)
}

/// By code, of how many evaluations it was measured what they cost.
fn measured(costs: &[(Arc<str>, Cost)]) -> BTreeMap<Arc<str>, u64> {
    costs.iter().map(|(code, cost)| (code.clone(), cost.evaluations)).filter(|(_, count)| *count > 0).collect()
}

/// Both say the same; with few steps, with some codes alone, and with waivers.
fn agree(program: &Program, screen: &Arc<Screen>, facts: &Facts, steps: u64, waived: &[&str]) -> Result<(), String> {
    let Input::Each { entity } = program.schema.input else { panic!("single entities") };
    let rows: Vec<_> = (0..facts.rows(entity)).map(|row| (Row(row), row + 1)).collect();
    let input = input(rows, waived);
    let selected = |code: &str| code.len().is_multiple_of(2) || code.ends_with(['1', '2', '3']);
    for some in [false, true] {
        let options = Options { steps, selected: some.then(|| Arc::new(selected) as _), ..Options::default() };
        let machine = evaluate(program, facts, &input, &Options { keep: Keep::Beside, ..options.clone() });
        let options = Options { screen: Some(screen.clone()), ..options };
        let screened = evaluate(program, facts, &input, &options);
        if told(&machine) != told(&screened) {
            return Err(format!("machine:\n{}\nscreen:\n{}", told(&machine), told(&screened)));
        }
        let light = verdicts(program, facts, &input, &options);
        if light.account != machine.report.account || light.verdict != machine.report.verdict {
            return Err(format!("machine:\n{:#?}\nverdicts:\n{light:#?}", machine.report));
        }
        let mut sieve = Sieve::new(screen.clone());
        let sifted = sieve.sift(program, facts, &input_rows(&input), &options);
        let again = sieve.sift(program, facts, &input_rows(&input), &options);
        if sifted != again {
            return Err(format!("{sifted:#?}\nthe second time:\n{again:#?}"));
        }
        let mut told: Vec<usize> = light.verdicts.iter().map(|one| one.record as usize - 1).collect();
        told.dedup();
        told.retain(|at| !sifted.odd.contains(at));
        if waived.is_empty() && sifted.telling != told {
            return Err(format!("{sifted:#?}\nverdicts:\n{:#?}", light.verdicts));
        }
        if !machine.diagnostics.is_empty() {
            assert!(!sifted.odd.is_empty());
            continue;
        }
        // What is measured is of as many evaluations, whoever decides them.
        let clock = Some(Arc::new(|| 0u64) as Clock);
        let slow = Options { keep: Keep::Beside, screen: None, clock: clock.clone(), ..options.clone() };
        let slow = measured(&evaluate(program, facts, &input, &slow).costs);
        let quick = measured(&verdicts(program, facts, &input, &Options { clock, ..options.clone() }).costs);
        if slow != quick {
            return Err(format!("machine:\n{slow:#?}\nscreen:\n{quick:#?}"));
        }
        if waived.is_empty() && (sifted.account != light.account || sifted.verdict != light.verdict) {
            return Err(format!("{sifted:#?}\nverdicts:\n{light:#?}"));
        }
        let recorded = evaluate(program, facts, &input, &Options { record: true, ..options }).recorded;
        let mut all: BTreeMap<(u32, String, Outcome), u64> = BTreeMap::new();
        let counts = |code: &str| !some || selected(code);
        for one in recorded.iter().filter(|one| one.outcome.is_finding() && counts(&one.code)) {
            let RecordedSubject::Entity { record, .. } = one.of else { panic!("an entity") };
            *all.entry((record, one.code.to_string(), one.outcome)).or_default() += 1;
        }
        let of = |one: &clearway::eval::Verdict| ((one.record, one.code.to_string(), one.outcome), one.count);
        let said: BTreeMap<_, _> = light.verdicts.iter().map(of).collect();
        if said != all || said.len() != light.verdicts.len() {
            return Err(format!("machine:\n{all:#?}\nverdicts:\n{:#?}", light.verdicts));
        }
    }
    Ok(())
}

/// Packs and documents that nobody thought of.
#[test]
fn the_screen_says_what_the_machine_says() {
    let cases = std::env::var("CLEARWAY_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(300);
    let config = Config {
        cases,
        max_shrink_iters: 4000,
        max_shrink_time: 30_000,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(2026),
        ..Config::default()
    };
    let (covered, uncovered) = (std::cell::Cell::new(0), std::cell::RefCell::new(BTreeMap::new()));
    let strategy = proptest::collection::vec(proptest::num::u16::ANY, 600..1200);
    let law = |choices: Vec<u16>| {
        let single = single::single(&mut Choices::new(&choices));
        let Ok(policies) = run::policies(&single.text) else { return Ok(()) };
        let program = clearway::compile::compile(&policies);
        let facts = build::single(&policies.schema, &single.documents);
        let screen = Arc::new(Screen::new(&program));
        covered.set(covered.get() + screen.covers());
        for of in screen.uncovered() {
            *uncovered.borrow_mut().entry(of.because).or_insert(0) += 1;
        }
        let few = u64::from(choices[0] % 400);
        for (steps, waived) in [(clearway::eval::DEFAULT_STEPS, &["R1"][..]), (few, &[])] {
            agree(&program, &screen, &facts, steps, waived)
                .map_err(|error| TestCaseError::fail(format!("{error}\n{}\n{:#?}", single.text, single.documents)))?;
        }
        Ok(())
    };
    match TestRunner::new(config).run(&strategy, law) {
        Ok(()) => {}
        Err(TestError::Fail(reason, _)) => panic!("{reason}"),
        Err(error) => panic!("{error}"),
    }
    let (covered, uncovered) = (covered.get(), uncovered.into_inner());
    println!("{covered} rules are covered; of the others: {uncovered:#?}");
    assert!(covered > uncovered.values().sum::<usize>(), "most rules are covered");
}

struct Pack {
    policies: Policies,
    program: Program,
    screen: Arc<Screen>,
}

fn packed(folder: &str) -> Pack {
    let policies = pack::read(&[folder]).policies;
    let program = clearway::compile::compile(&policies);
    let screen = Arc::new(Screen::new(&program));
    Pack { policies, program, screen }
}

/// Documents into facts, as they are loaded.
fn loaded(pack: &Pack, lines: &str) -> Facts {
    let mut map = SourceMap::new();
    let id = map.add("all.jsonl", lines).unwrap();
    let read = read(Format::JsonLines, map.file(id).unwrap(), &Limits::default());
    let documents: Vec<&Document> = read.documents.iter().collect();
    let mut facts = Facts::new(&pack.policies.schema);
    let limits = Limits::default();
    let options = load::Options { limits: &limits, reads: &|_, _| true, writes: &|_, _| false, strict: false };
    load_each(&pack.policies.schema, &documents, &mut facts, options);
    facts
}

/// How many rules a pack has of which the screen decides how many.
fn coverage(name: &str, pack: &Pack) -> String {
    let others: Vec<String> =
        pack.screen.uncovered().iter().map(|of| format!("{} ({})", of.code, of.because)).collect();
    format!("{name}: {} of {} {others:?}", pack.screen.covers(), pack.screen.covers() + others.len())
}

const PROVIDERS: [&str; 5] = ["hyperv", "openstack", "ova", "ovirt", "vmware"];

/// The packs of Forklift's concerns, on their samples and, where they lie beside, on their corpora.
#[test]
fn the_packs_are_screened_as_the_machine_judges() {
    for provider in PROVIDERS {
        let pack = packed(&format!("policies/forklift-{provider}"));
        println!("{}", coverage(provider, &pack));
        assert!(pack.screen.uncovered().is_empty(), "{provider}: {:?}", pack.screen.uncovered());
        let mut lines = String::new();
        for file in [
            format!("tests/forklift/samples/{provider}.jsonl"),
            format!("../shared/corpora/forklift/{provider}.jsonl"),
            format!("../shared/corpora/forklift/{provider}.mutants.jsonl"),
        ] {
            for line in std::fs::read_to_string(file).unwrap_or_default().lines() {
                let line: serde_json::Value = serde_json::from_str(line).unwrap();
                lines += &format!("{}\n", line["input"]);
            }
        }
        let facts = loaded(&pack, &lines);
        for steps in [clearway::eval::DEFAULT_STEPS, 60, 10] {
            agree(&pack.program, &pack.screen, &facts, steps, &[])
                .unwrap_or_else(|error| panic!("{provider}, {steps} steps: {error}"));
        }
    }
}

/// The rules of the benchmark are all screened.
#[test]
fn the_moves_of_the_benchmark_are_screened() {
    let folder = "benches/peers/packs/moves";
    if !Path::new(folder).is_dir() {
        println!("not run, for there is no benchmark");
        return;
    }
    let pack = packed(folder);
    println!("{}", coverage("moves", &pack));
    assert!(pack.screen.uncovered().is_empty(), "{:?}", pack.screen.uncovered());
}
