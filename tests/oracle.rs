//! The oracle, and what it holds the evaluation to.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

#[path = "oracle/mod.rs"]
mod oracle;

use clearway::check::tree::{Rule, RuleOrigin};
use clearway::facts::read::Format;
use oracle::cases::{CASES, VOCABULARY};
use oracle::generate::{Choices, input, policy, single};
use oracle::laws;
use oracle::sequences::SEQUENCES;
use oracle::{build, copy, estate, hold, load, pack, plan, run, sequences};
use proptest::test_runner::{
    Config, FileFailurePersistence, RngAlgorithm, RngSeed, TestCaseError, TestError, TestRng, TestRunner,
};

fn choices(seed: u64) -> Vec<u16> {
    use proptest::prelude::Rng;
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let mut rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    (0..1500).map(|_| (rng.next_u32() >> 8) as u16).collect()
}

#[test]
fn sentences_of_the_description_hold() {
    let mut wrong = String::new();
    for case in CASES {
        let rule = if case.rule.starts_with("matrix") {
            case.rule.to_owned()
        } else {
            format!(
                "rule R r \"R\" {{ for step {} because \"r\" }}",
                case.rule.replace(" must ", "\n must ").replace(" when ", "\n when ")
            )
        };
        let policies = match run::policies(&format!("{VOCABULARY}{rule}\n")) {
            Ok(policies) => policies,
            Err(error) => {
                wrong += &format!("{}: {error}\n", case.what);
                continue;
            }
        };
        let comma = if case.host.is_empty() { "" } else { "," };
        let host = format!("{{\"hosts\": [{{\"name\": \"a\"{comma} {}}}]}}", case.host);
        let inventory = serde_json::from_str(&host).unwrap();
        let plan = serde_json::json!({"plan": "p", "steps": [{"id": "s", "host": "a"}]});
        let store = build::facts(&policies.schema, &inventory, &plan);
        let program = clearway::compile::compile(&policies);
        let oracle = hold::said_by_oracle(&policies, &store, &run::judge(&policies, &store));
        let program = hold::said_by_program(&hold::evaluated(&program, &store));
        for (who, said) in [("oracle", oracle), ("program", program)] {
            let about = said.iter().filter(|said| said.code == "R");
            let mut lines: Vec<String> = about.map(|s| run::line(&s.evaluation).replace("hosts[a].", "")).collect();
            lines.sort();
            let mut expected = case.expected.to_vec();
            expected.sort_unstable();
            if lines != expected {
                wrong += &format!("{}:\n  expected {expected:?}\n  {who} says {lines:?}\n", case.what);
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn sentences_about_plans_hold() {
    let mut wrong = String::new();
    for case in SEQUENCES {
        let policies = run::policies(&format!("{}{}\n", sequences::VOCABULARY, case.policy.replace("  ", "\n ")));
        let policies = match policies {
            Ok(policies) => policies,
            Err(error) => {
                wrong += &format!("{}: {error}\n", case.what);
                continue;
            }
        };
        let mut inventory = serde_json::from_str(sequences::INVENTORY).unwrap();
        for (at, value) in case.facts {
            let (of, name) = at.rsplit_once('/').unwrap();
            let of: &mut serde_json::Value = serde_json::Value::pointer_mut(&mut inventory, of).unwrap();
            let members = of.as_object_mut().unwrap();
            match *value {
                "" => drop(members.remove(name)),
                value => drop(members.insert(name.to_owned(), serde_json::from_str(value).unwrap())),
            }
        }
        let mut steps: serde_json::Value = serde_json::from_str(&format!("[{}]", case.steps)).unwrap();
        for (at, step) in steps.as_array_mut().unwrap().iter_mut().enumerate() {
            step["id"] = serde_json::json!(format!("s{}", at + 1));
        }
        let plan = serde_json::json!({"plan": "p", "steps": steps});
        let store = build::facts(&policies.schema, &inventory, &plan);
        let program = clearway::compile::compile(&policies);
        let oracle = hold::of_oracle(&policies, &store, &run::judge(&policies, &store), Clone::clone);
        let program = hold::of_program(&policies, &store, &hold::evaluated(&program, &store), Clone::clone);
        let mut expected: Vec<String> = case.expected.iter().map(|line| (*line).to_owned()).collect();
        expected.sort();
        for (who, lines) in [("oracle", oracle), ("program", program)] {
            let lines: Vec<String> =
                lines.iter().map(|line| line.strip_prefix("step ").unwrap_or(line).to_owned()).collect();
            let told = |line: &String| {
                let named = expected.contains(line) || line.contains(" R") || line.starts_with("behind");
                let left_out = line.contains("not evaluated");
                let verdict = line.starts_with('s') && line.contains(" is ") && !line.ends_with("is permitted");
                (named || verdict) && !left_out
            };
            let lines: Vec<String> = lines.into_iter().filter(told).collect();
            if lines != expected {
                wrong += &format!("{}:\n  expected {expected:#?}\n  {who} says {lines:#?}\n", case.what);
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn generated_policies_check() {
    let mut bad = 0;
    for seed in 0..1000 {
        let choices = choices(seed);
        let pack = policy::pack(&mut Choices::new(&choices), policy::Options { aware: true });
        if let Err(error) = run::policies(&pack.text) {
            bad += 1;
            if bad < 12 {
                println!("--- {seed}\n{error}");
            }
        }
    }
    assert_eq!(bad, 0);
}

/// Runs a law on generated choices: a fixed seed, failures kept in `target`, `CLEARWAY_CASES` for more cases.
fn holds(cases: u32, law: impl Fn(&[u16]) -> Result<(), String>) {
    let cases = std::env::var("CLEARWAY_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(cases);
    let persistence = FileFailurePersistence::Direct("target/oracle-failures.txt");
    let config = Config {
        cases,
        max_shrink_iters: 4000,
        max_shrink_time: 30_000,
        failure_persistence: Some(Box::new(persistence)),
        rng_seed: RngSeed::Fixed(2026),
        ..Config::default()
    };
    let strategy = proptest::collection::vec(proptest::num::u16::ANY, 600..1200);
    let result = TestRunner::new(config).run(&strategy, |choices| law(&choices).map_err(TestCaseError::fail));
    match result {
        Ok(()) => {}
        Err(TestError::Fail(reason, _)) => panic!("{reason}"),
        Err(error) => panic!("{error}"),
    }
}

/// Whatever fills a hole, nothing that was decided changes, and nothing that turns out wrong had passed.
#[test]
fn filling_holes_changes_no_verdict() {
    holds(150, |choices| {
        let mut c = Choices::new(choices);
        let pack = policy::pack(&mut c, policy::Options { aware: false });
        // A definition may narrow more than the generator knows of; the test above sees to it that few are turned down.
        let Ok(policies) = run::policies(&pack.text) else { return Ok(()) };
        let input = input::input(&pack.words, &mut c, pack.open, true);
        let filled: Vec<String> = input.holes.iter().filter(|_| c.chance(1, 2)).cloned().collect();
        let program = clearway::compile::compile(&policies);
        let judged = |holes: &[String]| {
            let inventory = input::punched(&input.inventory, holes);
            let store = build::facts(&policies.schema, &inventory, &input.plan);
            let (judgement, outcome) = (run::judge(&policies, &store), hold::evaluated(&program, &store));
            assert!(plan::account(&judgement.judged).balances());
            assert!(outcome.report.account.balances());
            assert_eq!(outcome, hold::evaluated(&program, &store), "the same facts, the same outcome");
            let denied: Vec<bool> =
                judgement.steps.iter().map(|step| step.verdict == clearway::report::PlanVerdict::Denied).collect();
            (hold::said_by_oracle(&policies, &store, &judgement), hold::said_by_program(&outcome), denied)
        };
        let some_left: Vec<String> = input.holes.iter().filter(|hole| !filled.contains(hole)).cloned().collect();
        let (open, partly, whole) = (judged(&input.holes), judged(&some_left), judged(&[]));
        for (before, after) in [(&open, &partly), (&open, &whole), (&partly, &whole)] {
            // A step that cannot be verified is taken to happen: what it turns out to be refused for changes the world behind it.
            if before.2 != after.2 {
                continue;
            }
            for (who, broken) in
                [("oracle", laws::monotone(&before.0, &after.0)), ("program", laws::monotone(&before.1, &after.1))]
            {
                if let Err(error) = broken {
                    let inventory = input::punched(&input.inventory, &input.holes);
                    let left = format!("{some_left:?}");
                    return Err(format!(
                        "{who}: {error}\n{}\n{:#}\n{inventory:#}\nleft: {left}",
                        pack.text, input.plan
                    ));
                }
            }
        }
        Ok(())
    });
}

/// The loaders give the facts that the documents say.
#[test]
fn the_loaders_give_what_the_documents_say() {
    holds(200, |choices| {
        let mut c = Choices::new(choices);
        let pack = policy::pack(&mut c, policy::Options { aware: true });
        let Ok(policies) = run::policies(&pack.text) else { return Ok(()) };
        let input = input::input(&pack.words, &mut c, pack.open, false);
        let inventory = input::punched(&input.inventory, &input.holes);
        let schema = &policies.schema;
        let built = build::facts(schema, &inventory, &input.plan);
        // What is JSON is YAML, too.
        let format = *c.one(&[Format::Json, Format::Yaml]);
        let (loaded, trouble) = load::facts(schema, format, &inventory.to_string(), &input.plan.to_string());
        let tables = [copy::tables(schema, &built), copy::tables(schema, &loaded)];
        if !trouble.is_empty() || tables[0] != tables[1] {
            return Err(format!("{trouble:?}\n{}\n{:#}\n{inventory:#}\n{tables:#?}", pack.text, input.plan));
        }
        Ok(())
    });
}

/// The compiled program says what the oracle says.
#[test]
fn the_program_agrees_with_the_oracle() {
    holds(300, |choices| {
        let mut c = Choices::new(choices);
        let pack = policy::pack(&mut c, policy::Options { aware: true });
        let Ok(policies) = run::policies(&pack.text) else { return Ok(()) };
        let program = clearway::compile::compile(&policies);
        let named = c.chance(1, 2);
        let input = input::input(&pack.words, &mut c, pack.open, named);
        let inventory = input::punched(&input.inventory, &input.holes);
        let store = build::facts(&policies.schema, &inventory, &input.plan);
        let (judgement, outcome) = (run::judge(&policies, &store), hold::evaluated(&program, &store));
        if let Some(difference) = hold::difference(&policies, &store, &judgement, &outcome) {
            return Err(format!("{difference}\n{}\n{:#}\n{inventory:#}", pack.text, input.plan));
        }
        hold::cells_agree(&policies, &store, &judgement, &outcome)
            .map_err(|error| format!("{error}\n{}", pack.text))?;
        hold::findings_tell(&policies, &outcome).map_err(|error| format!("{error}\n{}", pack.text))?;
        // The same with some codes waived, here and there.
        let waivable = |rule: &&Rule| !matches!(rule.origin, RuleOrigin::Chosen | RuleOrigin::NoneChosen);
        let codes: Vec<String> = policies.rules.iter().filter(waivable).map(|rule| rule.code.to_string()).collect();
        let steps = judgement.steps.len().max(1);
        let mut waivers = Vec::new();
        for _ in 0..c.pick(3) {
            let some_steps = c.chance(1, 2).then(|| vec![c.pick(steps), c.pick(steps)]);
            if codes.is_empty() {
                break;
            }
            waivers.push((c.one(&codes).clone(), some_steps));
        }
        let judgement = run::judge_waived(&policies, &store, &waivers);
        let outcome = hold::evaluated_waived(&program, &store, &waivers);
        match hold::difference(&policies, &store, &judgement, &outcome) {
            Some(difference) => Err(format!("{waivers:?}\n{difference}\n{}\n{:#}", pack.text, input.plan)),
            None => Ok(()),
        }
    });
}

/// Packs that judge single entities: every document by itself.
#[test]
fn the_program_agrees_with_the_oracle_on_single_entities() {
    holds(200, |choices| {
        let single = single::single(&mut Choices::new(choices));
        let policies = run::policies(&single.text).map_err(|error| format!("{error}\n{}", single.text))?;
        let program = clearway::compile::compile(&policies);
        let store = build::single(&policies.schema, &single.documents);
        let (judgement, outcome) = (run::judge(&policies, &store), hold::evaluated(&program, &store));
        match hold::difference(&policies, &store, &judgement, &outcome) {
            Some(difference) => Err(format!("{difference}\n{}\n{:#?}", single.text, single.documents)),
            None => Ok(()),
        }
    });
}

/// The bundled pack on whole estates: exports of VMM, a small one of our own and, where it lies beside, a real one.
#[test]
fn the_program_agrees_with_the_oracle_on_estates() {
    let packs = [pack::read(&["policies/vmm-2019"]), pack::read(&["policies/vmm-2019", "policies/vmm-2022"])];
    let most = std::env::var("CLEARWAY_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(60);
    for export in ["tests/data/scvmm-small.json", "../shared/data/scvmm/inventory-2012r2.json"] {
        let Ok(text) = std::fs::read_to_string(export) else { continue };
        for checked in &packs {
            let steps = estate::agree(&checked.policies, &text, most);
            assert!(steps >= most.min(60) / 2, "{export}: {steps} steps");
        }
    }
}

/// The tests that the pack brings along say what its author reads in the text: the oracle agrees.
#[test]
fn the_pack_is_judged_as_its_tests_say() {
    let packs: [(&[&str], usize); 2] =
        [(&["policies/vmm-2019"], 300), (&["policies/vmm-2019", "policies/vmm-2022"], 15)];
    for (folders, least) in packs {
        let checked = pack::read(folders);
        let (count, wrong) = pack::run_tests(&checked.policies);
        assert!(count > least, "{folders:?}: {count} expectations");
        assert!(wrong.is_empty(), "{folders:?}: {} of {count}:\n{}", wrong.len(), wrong.join("\n"));
    }
}
