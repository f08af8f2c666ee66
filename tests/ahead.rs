//! Steps that are decided together against steps that are decided one by one: whatever a pack says, whatever is known, whatever
//! steps do to each other, both say the same.
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

use std::cell::Cell;
use std::sync::Arc;

use clearway::eval::{Keep, Options, PlanInput, PlanOutcome, Screen, Subjects, Waiver, evaluate};
use clearway::facts::Facts;
use clearway::program::Program;
use clearway::source::Span;
use clearway::value::Row;
use oracle::generate::{Choices, input, policy};
use oracle::{build, run};
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestError, TestRunner};

fn input_of(waived: &[&str]) -> PlanInput {
    let waiver = |code: &&str| Waiver { code: (*code).into(), steps: None, note: Default::default() };
    PlanInput {
        index: 0,
        file: "a.plan.json".into(),
        name: "p".into(),
        named: true,
        span: Span::NONE,
        subjects: Subjects::Plan(Row(0)),
        waivers: waived.iter().map(waiver).collect(),
    }
}

/// What of an outcome does not hang on how it was come by.
fn told(outcome: &PlanOutcome) -> String {
    let PlanOutcome { report, findings, diagnostics, waivers, after, ways_out, .. } = outcome;
    format!("{report:#?}\n{findings:#?}\n{diagnostics:#?}\n{waivers:#?}\n{after:#?}\n{ways_out:#?}")
}

fn agree(program: &Program, facts: &Facts, steps: u64, waived: &[&str], some: bool) -> Result<(), String> {
    let selected = |code: &str| code.len().is_multiple_of(2) || code.ends_with(['1', '2', '3']);
    let options = Options { steps, selected: some.then(|| Arc::new(selected) as _), ..Options::default() };
    let input = input_of(waived);
    // What is kept beside is kept step by step.
    let alone = evaluate(program, facts, &input, &Options { keep: Keep::Beside, ..options.clone() });
    let screen = Arc::new(Screen::new(program));
    let ahead = evaluate(program, facts, &input, &Options { screen: Some(screen), ..options });
    let (alone, ahead) = (told(&alone), told(&ahead));
    if alone == ahead {
        return Ok(());
    }
    let first = alone.lines().zip(ahead.lines()).position(|(a, b)| a != b).unwrap_or(0).saturating_sub(12);
    let part = |text: &str| text.lines().skip(first).take(60).collect::<Vec<_>>().join("\n");
    Err(format!("{steps} steps, {waived:?}, {some}; one by one:\n{}\nahead:\n{}", part(&alone), part(&ahead)))
}

/// Packs and plans that nobody thought of, their steps several times over.
#[test]
fn steps_decided_together_are_decided_alike() {
    let cases = std::env::var("CLEARWAY_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(300);
    let config = Config {
        cases,
        max_shrink_iters: 4000,
        max_shrink_time: 30_000,
        failure_persistence: None,
        rng_seed: std::env::var("CLEARWAY_SEED")
            .ok()
            .and_then(|n| n.parse().ok())
            .map_or(RngSeed::Fixed(2026), RngSeed::Fixed),
        ..Config::default()
    };
    let (covered, uncovered, refused) = (Cell::new(0), Cell::new(0), Cell::new(0));
    let strategy = proptest::collection::vec(proptest::num::u16::ANY, 600..1200);
    let law = |choices: Vec<u16>| {
        let mut c = Choices::new(&choices);
        let pack = policy::pack(&mut c, policy::Options { aware: true });
        let Ok(policies) = run::policies(&pack.text) else { return Ok(()) };
        let program = clearway::compile::compile(&policies);
        let named = c.chance(1, 2);
        let mut input = input::input(&pack.words, &mut c, pack.open, named);
        let inventory = input::punched(&input.inventory, &input.holes);
        let steps = input.plan["steps"].as_array().cloned().unwrap_or_default();
        let times = 1 + usize::from(choices[1]) % 12;
        let mut all = Vec::new();
        for time in 0..times {
            for step in &steps {
                let mut step = step.clone();
                step["id"] = serde_json::json!(format!("s{}", all.len() + 1));
                if let Some(wave) = step.get("wave").and_then(serde_json::Value::as_u64) {
                    step["wave"] = serde_json::json!(wave + (time as u64 / 3) * 10);
                }
                all.push(step);
            }
        }
        input.plan["steps"] = all.into();
        let facts = build::facts(&policies.schema, &inventory, &input.plan);
        let screen = Screen::new(&program);
        covered.set(covered.get() + screen.covers());
        uncovered.set(uncovered.get() + screen.uncovered().len());
        let few = u64::from(choices[0] % 400);
        for (steps, waived, some) in [
            (clearway::eval::DEFAULT_STEPS, &[][..], false),
            (clearway::eval::DEFAULT_STEPS, &["R1"][..], true),
            (few, &[], false),
        ] {
            agree(&program, &facts, steps, waived, some).map_err(|error| {
                TestCaseError::fail(format!("{error}\n{}\n{:#}\n{inventory:#}", pack.text, input.plan))
            })?;
        }
        let outcome = evaluate(&program, &facts, &input_of(&[]), &Options::default());
        let denied = |step: &&clearway::report::StepReport| step.verdict == clearway::report::PlanVerdict::Denied;
        refused.set(refused.get() + outcome.report.steps.iter().filter(denied).count());
        Ok(())
    };
    match TestRunner::new(config).run(&strategy, law) {
        Ok(()) => {}
        Err(TestError::Fail(reason, _)) => panic!("{reason}"),
        Err(error) => panic!("{error}"),
    }
    println!("{} rules are covered, {} are not; {} steps are refused", covered.get(), uncovered.get(), refused.get());
    assert!(covered.get() > 0 && refused.get() > 0);
}

/// Machines that move between few hosts and stores: most steps write what later ones read.
const CROWDED: &str = r#"pack crowded "Crowded" version 1.0.0
enum state { running, off, paused }
enum mode { red, blue }
entity store { name: name key, free: size, count: number, kind: mode, on: bool }
entity host { name: name key, room: { memory: size, count: number }, on: bool, stores: [store] }
part disk { name: name, store: store, size: size }
entity vm {
  name: name key, host: host, store: store, label: text?, size: size, state: state, count: number, disks: [disk], ready: bool
}
entity step { vm: vm, to: host? default none, store: store? default none, mode: mode? default none, label: text? default none }
input plan with inventory { hosts: [host], stores: [store], vms: [vm] }
derive step.target: host = step.to else step.vm.host
define small: size = 2 GiB

effect relocate {
  for step
  when step.to exists
  set step.vm.host = step.to
  change step.to.room.memory by -step.vm.size
  change step.vm.host.room.memory by step.vm.size
  change step.to.room.count by 1
}
effect files {
  for step
  when step.store exists and step.store != step.vm.store
  set step.vm.store = step.store
  change step.store.free by -sum(d.size for d in step.vm.disks where d.size > 1 GiB)
}
effect disks {
  for step
  each d in step.vm.disks
  when step.store exists and d.store != step.store
  set d.store = step.store
  change d.store.free by d.size
  change step.store.count by 1
}
effect marks {
  for step
  when step.mode exists
  set step.vm.ready = step.mode == red and step.vm.count > 3
  set step.vm.label = step.label
  set step.vm.state = if step.mode == red then running else off
}
rule R1 room "R1" { for step must step.target.room.memory >= step.vm.size because "{step.vm} needs {step.vm.size}" }
rule R2 reach "R2" { for step must step.store exists implies step.store in step.target.stores because "{step.target}" }
rule R3 ready "R3" { for step when step.to exists should step.vm.ready because "{step.vm.label} is not ready" }
rule R4 files "R4" { for step each d in step.vm.disks must d.store in step.vm.host.stores because "{d.name} in {d.store}" }
rule R5 free "R5" { for step must no d in step.vm.disks: d.store.free < small because "full" }
rule R6 said "R6" { for step when step.vm.state == off note because "{step.vm} is off" }
rule R7 many "R7" { for step should step.target.room.count < 9 because "{step.target.room.count}" }
"#;

/// What one rule more does that no screen decides.
const MORE: [&str; 3] = [
    "",
    "rule R8 crowd \"R8\" { for step must count(v in vms where v.host == step.target) < 6 because \"crowd\" }\n",
    "rule R8 tag \"R8\" { for step note because \"{step.vm.label} {step.vm.host}\" }\n\
     rule R9 wide \"R9\" { for wave must count(s in wave.steps) < 5 because \"wide\" }\n",
];

#[test]
fn steps_that_stand_in_each_others_way_are_decided_alike() {
    let cases = std::env::var("CLEARWAY_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(120);
    let config = Config { cases, failure_persistence: None, max_shrink_time: 30_000, ..Config::default() };
    let packs: Vec<_> = MORE
        .iter()
        .map(|more| {
            let policies = run::policies(&format!("{CROWDED}{more}")).unwrap_or_else(|error| panic!("{error}"));
            let program = clearway::compile::compile(&policies);
            let screen = Screen::new(&program);
            (policies, program, screen)
        })
        .collect();
    assert!(packs[0].2.uncovered().is_empty(), "{:?}", packs[0].2.uncovered());
    let strategy = proptest::collection::vec(proptest::num::u16::ANY, 1200..2400);
    let (differ, steps_of_all) = (Cell::new(0), Cell::new(0));
    let law = |choices: Vec<u16>| {
        let mut c = Choices::new(&choices);
        let (policies, program, _) = &packs[c.pick(packs.len())];
        let (hosts, stores, vms) = (2 + c.pick(3), 2 + c.pick(3), 2 + c.pick(20));
        let (host, store) = (|n: usize| format!("h{n}"), |n: usize| format!("t{n}"));
        let holes = c.chance(1, 2);
        let punch = |c: &mut Choices<'_>, mut value: serde_json::Value| {
            let keys: Vec<String> = value.as_object().unwrap().keys().filter(|key| *key != "name").cloned().collect();
            for key in keys {
                if holes && c.chance(1, 30) {
                    value.as_object_mut().unwrap().remove(&key);
                }
            }
            value
        };
        let mut inventory = serde_json::json!({"hosts": [], "stores": [], "vms": []});
        for n in 0..stores {
            let value = serde_json::json!({"name": store(n), "free": format!("{} GiB", c.pick(60)), "count": c.pick(4),
                "kind": "red", "on": true});
            let value = punch(&mut c, value);
            inventory["stores"].as_array_mut().unwrap().push(value);
        }
        for n in 0..hosts {
            let reached: Vec<String> = (0..stores).filter(|_| c.chance(3, 4)).map(store).collect();
            let value = serde_json::json!({"name": host(n), "on": true, "stores": reached,
                "room": {"memory": format!("{} GiB", c.pick(40)), "count": c.pick(4)}});
            let value = punch(&mut c, value);
            inventory["hosts"].as_array_mut().unwrap().push(value);
        }
        for n in 0..vms {
            let disks: Vec<_> = (0..c.pick(4))
                .map(|d| serde_json::json!({"name": format!("v{n}-{d}"), "store": store(c.pick(stores)), "size": format!("{} GiB", c.pick(4))}))
                .collect();
            let value = serde_json::json!({"name": format!("v{n}"), "host": host(c.pick(hosts)), "store": store(c.pick(stores)),
                "label": if c.chance(1, 2) { serde_json::Value::Null } else { "one".into() },
                "size": format!("{} GiB", 1 + c.pick(8)), "count": c.pick(6), "ready": c.chance(1, 2),
                "state": *c.one(&["running", "off", "paused"]), "disks": disks});
            let value = punch(&mut c, value);
            inventory["vms"].as_array_mut().unwrap().push(value);
        }
        let waves = c.chance(1, 2);
        let mut all = Vec::new();
        for n in 0..1 + c.pick(150) {
            let mut step = serde_json::json!({"id": format!("s{n}"), "vm": format!("v{}", c.pick(vms))});
            if c.chance(2, 3) {
                step["to"] = host(c.pick(hosts)).into();
            }
            if c.chance(1, 2) {
                step["store"] = store(c.pick(stores)).into();
            }
            if c.chance(1, 3) {
                step["mode"] = (*c.one(&["red", "blue"])).into();
            }
            if c.chance(1, 4) {
                step["label"] = (*c.one(&["one", "two"])).into();
            }
            if waves {
                step["wave"] = (n / 4).into();
            }
            all.push(step);
        }
        let plan = serde_json::json!({"plan": "p", "steps": all});
        let facts = build::facts(&policies.schema, &inventory, &plan);
        let few = u64::from(choices[0] % 600);
        for (steps, waived, some) in [
            (clearway::eval::DEFAULT_STEPS, &[][..], false),
            (clearway::eval::DEFAULT_STEPS, &["R1"][..], true),
            (few, &[], false),
            (few * 40, &[], false),
        ] {
            agree(program, &facts, steps, waived, some)
                .map_err(|error| TestCaseError::fail(format!("{error}\n{plan:#}\n{inventory:#}")))?;
        }
        let outcome = evaluate(program, &facts, &input_of(&[]), &Options::default());
        let steps = &outcome.report.steps;
        steps_of_all.set(steps_of_all.get() + steps.len());
        let refused = clearway::report::PlanVerdict::Denied;
        differ.set(differ.get() + steps.iter().filter(|step| step.verdict == refused).count());
        Ok(())
    };
    match TestRunner::new(config).run(&strategy, law) {
        Ok(()) => {}
        Err(TestError::Fail(reason, _)) => panic!("{reason}"),
        Err(error) => panic!("{error}"),
    }
    println!("{} of {} steps are refused", differ.get(), steps_of_all.get());
}
