//! The oracle, and what it holds the evaluation to.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

#[path = "oracle/mod.rs"]
mod oracle;

use oracle::cases::{CASES, VOCABULARY};
use oracle::generate::{Choices, input, policy};
use oracle::judge::Outcome;
use oracle::{build, run};
use proptest::test_runner::{RngAlgorithm, TestRng};

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
            format!("rule R r \"R\" {{ for step {} because \"r\" }}", case.rule.replace(" must ", "\n must ").replace(" when ", "\n when "))
        };
        let policies = match run::policies(&format!("{VOCABULARY}{rule}\n")) {
            Ok(policies) => policies,
            Err(error) => { wrong += &format!("{}: {error}\n", case.what); continue }
        };
        let comma = if case.host.is_empty() { "" } else { "," };
        let host = format!("{{\"hosts\": [{{\"name\": \"a\"{comma} {}}}]}}", case.host);
        let inventory = serde_json::from_str(&host).unwrap();
        let plan = serde_json::json!({"plan": "p", "steps": [{"id": "s", "host": "a"}]});
        let store = build::facts(&policies.schema, &inventory, &plan);
        let judgement = run::judge(&policies, &store);
        let mut said: Vec<String> =
            judgement.judged.iter().filter(|j| j.code == "R").map(|j| run::line(&j.evaluation).replace("hosts[a].", "")).collect();
        said.sort();
        let mut expected = case.expected.to_vec();
        expected.sort_unstable();
        if said != expected {
            wrong += &format!("{}:\n  expected {expected:?}\n  said     {said:?}\n", case.what);
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn generated_policies_check() {
    let mut bad = 0;
    for seed in 0..200 {
        let choices = choices(seed);
        let pack = policy::pack(&mut Choices::new(&choices), policy::Options { aware: true });
        if let Err(error) = run::policies(&pack.text) {
            bad += 1;
            if bad < 12 { println!("--- {seed}\n{error}"); }
        }
    }
    assert_eq!(bad, 0);
}

/// Whatever fills a hole, nothing that was decided changes, and nothing that turns out wrong had passed.
#[test]
fn filling_a_hole_changes_no_verdict() {
    for seed in 0..300 {
        let choices = choices(seed);
        let mut c = Choices::new(&choices);
        let pack = policy::pack(&mut c, policy::Options { aware: false });
        let Ok(policies) = run::policies(&pack.text) else { continue };
        let input = input::input(&pack.words, &mut c, pack.open);
        let holed = input::punched(&input.inventory, &input.holes);
        let whole = run::judge(&policies, &build::facts(&policies.schema, &input.inventory, &input.plan));
        let holed_store = build::facts(&policies.schema, &holed, &input.plan);
        let with_holes = run::judge(&policies, &holed_store);
        let after = run::by_law(&whole.judged);
        for ((code, subject), before) in run::by_law(&with_holes.judged) {
            let after = &after[&(code, subject)];
            let context = || format!("seed {seed} {code} {subject:?}\n{}\n{}\n{holed:#}\n{:?}\n{:?}", pack.text, input.plan, before, after);
            let open = before.iter().any(|e| matches!(e.outcome, Outcome::Unverified | Outcome::Violated));
            let wrong = after.iter().any(|e| e.outcome == Outcome::Violated);
            assert!(!wrong || open, "passed silently: {}", context());
            let surely_wrong = before.iter().any(|e| e.outcome == Outcome::Violated);
            assert!(!surely_wrong || wrong, "was no violation: {}", context());
        }
    }
}
