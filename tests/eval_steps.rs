//! What steps do to the world that later ones are judged in: effects, waves, refusals, and what is not known of them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod evaluated;

use std::fmt::Write;

use clearway::eval::Options;
use evaluated::{Made, make};

/// Machines move, and take room where they go; a host takes no machine that it has no room for.
const RULES: &str = r#"
derive step.destination: host = step.to.host else step.vm.host
effect relocate { for step  when step.destination.flag  set step.vm.host = step.destination }
effect room {
  for step
  when step.to.host exists
  change step.destination.free by -step.vm.memory
  change step.vm.host.free by step.vm.memory
}
rule R1 room "The destination has room" {
  for step
  must step.vm.memory <= step.destination.free
  because "{step.vm} needs {step.vm.memory}, {step.destination} has {step.destination.free}"
}
rule R2 elsewhere "The machine is not there yet" {
  for step
  should step.vm.host != step.to.host
  because "{step.vm} is on {step.vm.host}"
}
"#;

fn hosts(rest: &str) -> String {
    format!(
        "
hosts:
  - {{ name: a, flag: true, free: 0 GiB }}
  - {{ name: b, flag: true, free: 8 GiB }}
  - {{ name: c, free: 8 GiB }}
vms:
  - {{ name: v, host: a, memory: 4 GiB }}
  - {{ name: w, host: b, memory: 6 GiB }}
  - {{ name: x, host: a, memory: 6 GiB }}
{rest}"
    )
}

fn said(plan: &str) -> String {
    make(RULES, &hosts(""), plan).said()
}

/// What a plan leaves behind, as lines.
fn left(made: &Made) -> String {
    let mut out = String::new();
    let outcome = made.evaluate(&Options::default());
    for ((of, row, field), cell) in outcome.after.iter() {
        let fact = clearway::facts::Fact::Field { of, row, field };
        writeln!(out, "{} = {cell:?}", made.facts.route(fact)).unwrap();
    }
    out
}

#[test]
fn a_step_sees_what_the_steps_before_it_did() {
    insta::assert_snapshot!(said(
        "
steps:
  - { id: one, vm: v, to: { host: b } }
  - { id: again, vm: v, to: { host: b } }
  - { id: two, vm: x, to: { host: b } }
  - { id: back, vm: v, to: { host: a } }
  - { id: three, vm: x, to: { host: b } }
"
    ));
}

#[test]
fn room_is_taken_in_a_wave_before_any_is_freed() {
    insta::assert_snapshot!(said(
        "
steps:
  - { id: out, vm: w, wave: 1, to: { host: c } }
  - { id: in, vm: v, wave: 1, to: { host: b } }
  - { id: too-much, vm: x, wave: 1, to: { host: b } }
  - { id: later, vm: x, wave: 2, to: { host: b } }
"
    ));
}

#[test]
fn waves_run_in_the_order_of_their_numbers_and_the_report_in_that_of_the_plan() {
    insta::assert_snapshot!(said(
        "
steps:
  - { id: second, vm: v, wave: 2, to: { host: a } }
  - { id: first, vm: v, wave: 1, to: { host: b } }
"
    ));
}

#[test]
fn what_a_step_leaves_unknown_goes_by_the_facts_that_were_missing() {
    // Whether c takes machines is not known, and neither is therefore where v is.
    insta::assert_snapshot!(said(
        "
steps:
  - { id: one, vm: v, to: { host: c } }
  - { id: two, vm: v, to: { host: b } }
"
    ));
}

#[test]
fn an_increase_that_may_be_anywhere_is_counted_nowhere_and_a_decrease_everywhere() {
    let estate = hosts("  - { name: y, memory: 1 GiB }\n  - { name: z, host: a }\n");
    let made = make(RULES, &estate, "steps: [{ id: from-somewhere, vm: y, to: { host: b } }]");
    let mut out = left(&made);
    out += "-- memory unknown\n";
    out += &left(&make(RULES, &estate, "steps: [{ id: of-some-size, vm: z, to: { host: b } }]"));
    out += "-- both\n";
    let estate = hosts("  - { name: y }\n");
    out += &left(&make(RULES, &estate, "steps: [{ id: any, vm: y, to: { host: b } }]"));
    insta::assert_snapshot!(out);
}

#[test]
fn a_step_says_what_it_owes_to_a_refusal() {
    insta::assert_snapshot!(said(
        "
steps:
  - { id: refused, vm: x, to: { host: a } }
  - { id: fits, vm: w, to: { host: b } }
  - { id: other, vm: v, to: { host: b } }
  - { id: full, vm: x, to: { host: b } }
  - { id: then, vm: x, to: { host: b } }
  - { id: free, vm: v, to: { host: c } }
"
    ));
}

#[test]
fn rules_about_waves_see_the_world_before_and_rules_about_plans_the_one_given() {
    let rules = format!(
        r#"{RULES}
rule W1 full-wave "What a wave begins with" {{
  for wave
  each s in wave.steps
  note
  because "{{s.vm}} begins on {{s.vm.host}}, {{s.destination}} has {{s.destination.free}}"
}}
rule P1 whole "What the plan begins with" {{
  for plan
  note
  because "{{join([text(s.vm.host), for-s], "")}}"
}}
"#
    );
    let rules = rules
        .replace(r#"{join([text(s.vm.host), for-s], "")}"#, r#"{join([s.vm.host.name for s in plan.steps], ", ")}"#);
    let plan = "
steps:
  - { id: one, vm: v, wave: 1, to: { host: b } }
  - { id: two, vm: x, wave: 1, to: { host: c } }
  - { id: back, vm: v, wave: 2, to: { host: a } }
";
    insta::assert_snapshot!(make(&rules, &hosts(""), plan).said());
}

#[test]
fn what_is_shown_never_changes_the_world() {
    let plan = "
steps:
  - { id: refused, vm: x, to: { host: a } }
  - { id: one, vm: v, to: { host: b } }
  - { id: again, vm: x, to: { host: b } }
";
    let made = make(RULES, &hosts(""), plan);
    let whole = made.evaluate(&Options::default());
    let selected: clearway::eval::Selection = std::sync::Arc::new(|code: &str| code == "R2");
    let part = made.evaluate(&Options { selected: Some(selected), ..Options::default() });
    assert_eq!(whole.after, part.after);
    assert_eq!(whole.report.steps, part.report.steps);
    assert!(whole.findings.len() > part.findings.len());
}

#[test]
fn a_waived_must_lets_the_step_happen() {
    let plan = "
steps:
  - { id: waived, vm: x, to: { host: a } }
  - { id: one, vm: v, to: { host: b } }
waivers: [{ code: R1, steps: [waived], reason: known }]
";
    let made = make(RULES, &hosts(""), plan);
    assert!(left(&made).contains("hosts[b].free"), "{}", left(&made));
    assert_eq!(made.evaluate(&Options::default()).report.steps[0].verdict.as_str(), "permitted");
}

#[test]
fn an_effect_writes_lists_and_texts_that_the_policy_has() {
    let rules = r#"
effect label { for step  set step.vm.host.cluster = "moved"  set step.vm.host.tags = ["moved", "seen"]  set step.vm.host.near = [] }
rule T1 told "What is written there" {
  for step
  note
  because "{step.vm.host.cluster else "none"}, {join(step.vm.host.tags, " and ")}, {length(step.vm.host.near)}"
}
rule T2 in-list "A name compares without regard to case" {
  for step  should "MOVED" in step.vm.host.tags and step.vm.host.cluster == "Moved"  because "no"
}
"#;
    let estate = "hosts: [{ name: a, cluster: null, tags: [red], near: [a] }]\nvms: [{ name: v, host: a }]";
    let plan = "steps: [{ id: one, vm: v, transfer: live }, { id: two, vm: v, transfer: live }]";
    insta::assert_snapshot!(make(rules, estate, plan).said());
}

/// Memory follows what differs, not how often it changed.
#[test]
fn the_state_holds_what_differs() {
    let mut plan = String::from("steps:\n");
    for turn in 0..200 {
        let to = if turn % 2 == 0 { "b" } else { "a" };
        writeln!(plan, "  - {{ vm: v, to: {{ host: {to} }} }}").unwrap();
    }
    let outcome = make(RULES, &hosts(""), &plan).evaluate(&Options::default());
    assert!(outcome.after.len() <= 3, "{} cells", outcome.after.len());
}

/// A `set` that is known does not hide what a `change` of the same cell was missing.
#[test]
fn what_an_unknown_change_was_missing_is_told_whatever_was_set() {
    let rules = r#"
effect add { for step  change step.vm.host.cores by step.vm.disks-cores }
effect put { for step  set step.vm.host.cores = 5 }
derive vm.disks-cores: number = length(vm.disks) * vm.host.cores
rule C1 cores "Cores are left" { for step  should step.vm.host.cores > 0  because "none" }
"#;
    let estate = "hosts: [{ name: a, cores: 3 }]\nvms: [{ name: v, host: a }]";
    let plan = "steps: [{ id: one, vm: v, transfer: live }, { id: two, vm: v, transfer: live }]";
    let said = make(rules, estate, plan).said();
    assert!(said.contains("missing vms[v].disks (step one)"), "{said}");
    assert!(!said.contains("missing hosts[a].cores"), "{said}");
}

/// A step that is refused would have moved things from where they are, not from where other refused steps would have put them.
#[test]
fn a_refused_step_would_have_moved_what_is_where_it_is() {
    let plan = "
steps:
  - { id: one, vm: x, to: { host: a } }
  - { id: out, vm: w, to: { host: a } }
  - { id: fill, vm: v, to: { host: b } }
  - { id: again, vm: x, to: { host: b } }
  - { id: back, vm: w, to: { host: a } }
";
    let outcome = make(RULES, &hosts(""), plan).evaluate(&Options::default());
    let moves = |id: &str| {
        let step = outcome.report.steps.iter().find(|step| &*step.id == id).unwrap();
        assert_eq!((step.verdict.as_str(), step.moves.len()), if id == "one" { ("denied", 0) } else { ("denied", 1) });
        step.moves.iter().map(|m| format!("{:?}", (&m.from, &m.to))).collect::<Vec<_>>()
    };
    assert!(moves("one").is_empty(), "it is there already");
    for id in ["out", "back"] {
        let told = moves(id).concat();
        assert!(told.find("\"b\"") < told.find("\"a\""), "{id}: {told}");
    }
    assert!(moves("again").concat().contains("\"a\""));
}

/// What an effect takes from may come to lie below zero, so a sum with an unknown part has no lower end.
#[test]
fn a_sum_of_what_effects_take_from_decides_nothing_that_is_not_known() {
    let rule = r#"
rule F1 free "Little is free" { for step  should sum(h.free for h in hosts) < 8 GiB  because "much" }
"#;
    let effect = "effect take { for step  change step.vm.host.free by -step.vm.memory }";
    let estate = "hosts: [{ name: a, free: 10 GiB }, { name: b }]\nvms: [{ name: v, host: a, memory: 1 GiB }]";
    let plan = "steps: [{ id: one, vm: v, transfer: live }]";
    let said = make(rule, estate, plan).said();
    assert!(said.contains("F1 warning violated"), "{said}");
    let said = make(&format!("{rule}{effect}"), estate, plan).said();
    assert!(said.contains("F1 warning unverified"), "{said}");
}

/// An effect that is cut off fails the run: what it did is not known.
#[test]
fn a_limit_that_is_hit_by_an_effect_is_told() {
    let mut estate = String::from("hosts:\n");
    for index in 0..200 {
        writeln!(estate, "  - {{ name: h{index}, cores: 1 }}").unwrap();
    }
    estate += "vms: [{ name: v, host: h199 }]\n";
    let rules =
        "effect more { for step  each h in hosts when h.cores == 1 and step.transfer exists  change h.cores by 10 }";
    let rules = rules.replace("each h in hosts when", "each h in hosts\n  when");
    let made = make(&rules, &estate, "steps: [{ id: one, vm: v, transfer: live }]");
    let outcome = made.evaluate(&Options { steps: 100, ..Options::default() });
    assert_eq!(outcome.diagnostics.len(), 1, "{:#?}", outcome.diagnostics);
    assert!(outcome.diagnostics[0].message.contains("`more`"), "{:#?}", outcome.diagnostics);
    assert!(made.evaluate(&Options::default()).diagnostics.is_empty());
}
