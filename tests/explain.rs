//! Explanations of steps: they say what was decided, part by part, and are drawn so that one can read them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

#[path = "explain/law.rs"]
mod law;
#[allow(dead_code)]
#[path = "oracle/mod.rs"]
mod oracle;

use std::path::Path;

use clearway::compile::compile_with_places;
use clearway::render::{Look, explanation};
use clearway::report::{FindingVerdict, Judgement};
use clearway::session::{Options, Session};
use clearway::source::{Disk, Memory};
use oracle::generate::{Choices, input, policy};
use oracle::{build, hold, run};
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestError, TestRunner};

const PLAN: &str = r"
plan: way
inventory: estate.yaml
steps:
  - { id: over, vm: web01, transfer: live, to: { host: hv12 } }
  - { id: down, vm: web01, to: { host: hv12, storage: '\\files\vms' } }
  - { id: back, vm: web01, to: { host: lone-01 } }
  - { id: nowhere, vm: sql01, to: { host: lone-01 } }
  - { id: to-lone, vm: sql01, transfer: live-vsm, to: { host: lone-01, storage: '\\files\vms' } }
  - { id: unknown, vm: build01, transfer: live, to: { host: hv13 } }
";

fn files() -> Memory {
    let estate = std::fs::read_to_string("examples/estate.yaml").unwrap();
    Memory::new().with("estate.yaml", estate.as_str()).with("way.plan.yaml", PLAN)
}

/// The page of a step, or of one rule about it.
fn page(step: &str, code: Option<&str>, look: Look) -> String {
    let files = files();
    let mut session = Session::new(&files, Options::default());
    let found = session.explain_step(Path::new("way.plan.yaml"), step, code);
    assert!(found.diagnostics.is_empty(), "{:#?}", found.diagnostics);
    explanation::draw(&look, session.map(), &found.report, &found.explanation.unwrap(), code.is_some())
}

fn of(step: &str, code: &str) -> String {
    page(step, Some(code), Look::default())
}

#[test]
fn a_violated_rule_shows_its_operands_and_where_they_come_from() {
    insta::assert_snapshot!(of("to-lone", "VMM103"));
    insta::assert_snapshot!(
        "wide_and_plain",
        page("to-lone", Some("vmm103"), Look { width: 120, unicode: false, ..Look::default() })
    );
    insta::assert_snapshot!("coloured", page("to-lone", Some("VMM103"), Look { color: true, ..Look::default() }));
}

#[test]
fn an_unverified_rule_shows_which_part_is_unknown_and_where_it_would_stand() {
    insta::assert_snapshot!(of("unknown", "VMM103"));
}

#[test]
fn a_matrix_shows_row_column_and_cell() {
    insta::assert_snapshot!(of("to-lone", "VMM302"));
    insta::assert_snapshot!("of_files", of("to-lone", "VMM201"));
}

#[test]
fn the_condition_of_a_cell_shows_that_its_cell_is_hit() {
    insta::assert_snapshot!(of("to-lone", "VMM202"));
    insta::assert_snapshot!("not_hit", of("to-lone", "VMM203"));
}

#[test]
fn a_rule_with_each_shows_the_elements_that_decided_and_counts_the_others() {
    insta::assert_snapshot!(of("down", "VMM208"));
    insta::assert_snapshot!("empty", of("over", "VMM205"));
}

#[test]
fn a_choice_shows_what_was_tried() {
    insta::assert_snapshot!("chosen", of("back", "VMM001"));
    insta::assert_snapshot!("none", of("nowhere", "VMM002"));
    insta::assert_snapshot!("named", of("over", "VMM001"));
}

#[test]
fn a_note_of_an_effect_shows_when_it_happens() {
    insta::assert_snapshot!(of("back", "VMM206"));
}

#[test]
fn what_a_step_before_changed_says_so() {
    let page = of("down", "VMM001");
    assert!(page.contains("set by step over, was"), "{page}");
    insta::assert_snapshot!(page);
}

#[test]
fn a_whole_step_is_told_in_full_where_there_is_something_to_tell_and_in_a_line_else() {
    insta::assert_snapshot!(page("to-lone", None, Look::default()));
}

#[test]
fn rules_about_waves_and_the_plan_are_explained_where_they_are_asked_for() {
    let page = of("over", "VMM004");
    assert!(page.contains("VMM004 noted") && page.contains("about the plan"), "{page}");
    assert!(!self::page("over", None, Look::default()).contains("VMM004"));
}

#[test]
fn a_wrong_step_or_code_gets_the_nearest_one() {
    let said = |step: &str, code: Option<&str>| {
        let files = files();
        let mut session = Session::new(&files, Options::default());
        let found = session.explain_step(Path::new("way.plan.yaml"), step, code);
        assert!(found.explanation.is_none());
        let one = &found.diagnostics[0];
        format!("{} {}; {}", one.code, one.message, one.help.clone().unwrap_or_default())
    };
    assert_eq!(said("ovr", None), "CW521 the plan has no step `ovr`; did you mean `over`?");
    assert!(said("xyz-abc", None).ends_with("its steps: over, down, back, nowhere, to-lone, unknown"));
    assert_eq!(said("over", Some("VMM1103")), "CW514 no code is `VMM1103`; did you mean `VMM103`?");
}

#[test]
fn nothing_is_folded_in_json() {
    let files = files();
    let mut session = Session::new(&files, Options::default());
    let found = session.explain_step(Path::new("way.plan.yaml"), "to-lone", Some("VMM103"));
    let text = explanation::json(session.map(), &found.report, found.explanation.as_ref(), true, &found.diagnostics);
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json["verdict"], "denied");
    let evaluation = &json["rules"][0]["evaluations"][0];
    assert_eq!(evaluation["verdict"], "violated");
    let must = &evaluation["clauses"][1];
    assert_eq!((must["clause"].as_str(), must["truth"].as_str()), (Some("must"), Some("false")));
    let origin = &must["parts"][1]["origins"][0];
    assert_eq!(origin["route"], "hosts[lone-01.corp.example].cpu.manufacturer");
    assert_eq!((origin["from"].as_str(), origin["value"].as_str()), (Some("written"), Some("AMD")));
    assert_eq!(origin["location"]["file"], "estate.yaml");
    insta::assert_snapshot!(text);
}

/// Of every step of every plan of ours: an explanation says what the check says, and its parts make its verdict.
#[test]
fn explanations_of_plans_say_what_the_check_says() {
    let mut steps = 0;
    for folder in ["examples", "tests/plans", "tests/worked"] {
        let mut plans: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        plans.retain(|path| path.to_string_lossy().ends_with(".plan.yaml"));
        plans.sort();
        for plan in plans {
            let checked = Session::new(&Disk, Options::default()).check(std::slice::from_ref(&plan));
            for step in checked.report.plans.iter().flat_map(|plan| &plan.steps) {
                let found = Session::new(&Disk, Options::default()).explain_step(&plan, &step.id, None);
                let explanation = found.explanation.expect("the step is there");
                law::holds(&explanation).unwrap_or_else(|wrong| panic!("{}: {wrong}", plan.display()));
                let mut told: Vec<_> = explanation
                    .rules
                    .iter()
                    .flat_map(|rule| rule.evaluations.iter().map(move |evaluation| (rule, evaluation)))
                    .filter(|(_, evaluation)| evaluation.verdict.is_finding())
                    .map(|(rule, one)| (rule.code.clone(), one.subject.clone(), one.message.clone().unwrap()))
                    .collect();
                let about = checked.report.findings.iter().filter(|finding| finding.step.as_ref() == Some(&step.id));
                let mut found: Vec<_> = about
                    .map(|finding| (finding.code.clone(), finding.subject.clone(), finding.message.clone()))
                    .collect();
                told.sort();
                found.sort();
                assert_eq!(told, found, "{} {}", plan.display(), step.id);
                steps += 1;
            }
        }
    }
    assert!(steps > 12, "{steps} steps");
}

/// The same of generated packs and plans, evaluation by evaluation.
#[test]
fn explanations_of_generated_packs_say_what_was_decided() {
    let cases = std::env::var("CLEARWAY_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(120);
    let config = Config { cases, failure_persistence: None, rng_seed: RngSeed::Fixed(2026), ..Config::default() };
    let strategy = proptest::collection::vec(proptest::num::u16::ANY, 600..1200);
    let result = TestRunner::new(config).run(&strategy, |choices| {
        let mut c = Choices::new(&choices);
        let pack = policy::pack(&mut c, policy::Options { aware: true });
        let Ok(policies) = run::policies(&pack.text) else { return Ok(()) };
        let (program, places) = compile_with_places(&policies);
        let input = input::input(&pack.words, &mut c, pack.open, true);
        let inventory = input::punched(&input.inventory, &input.holes);
        let store = build::facts(&policies.schema, &inventory, &input.plan);
        law::agrees(&program, &places.into(), &store, &hold::evaluated(&program, &store))
            .map_err(|wrong| TestCaseError::fail(format!("{wrong}\n{}\n{:#}\n{inventory:#}", pack.text, input.plan)))
    });
    match result {
        Ok(()) => {}
        Err(TestError::Fail(reason, _)) => panic!("{reason}"),
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn waived_findings_say_so() {
    let plan = format!("{PLAN}waivers:\n  - {{ code: VMM103, reason: tried it }}\n");
    let files = files().with("way.plan.yaml", plan.as_str());
    let mut session = Session::new(&files, Options::default());
    let found = session.explain_step(Path::new("way.plan.yaml"), "to-lone", Some("VMM103"));
    let rule = &found.explanation.as_ref().unwrap().rules[0];
    assert!(rule.waiver.is_some() && rule.judgement() == Some(Judgement::Violated), "{:#?}", found.diagnostics);
    let drawn =
        explanation::draw(&Look::default(), session.map(), &found.report, found.explanation.as_ref().unwrap(), true);
    assert!(drawn.contains("VMM103 waived: "), "{drawn}");
    assert!(found.report.findings.iter().any(|finding| finding.verdict == FindingVerdict::Waived));
}
