//! Waivers, comments that waive, and assumptions, by the real binary: what is told of them, where, and what it does to the
//! exit code.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

#[path = "cli/run.rs"]
#[allow(dead_code, reason = "shared with other tests")]
mod run;

use clearway::facts::Limits;
use clearway::facts::document::{Document, View};
use clearway::facts::read::{Format, read};
use clearway::source::SourceMap;
use proptest::prelude::*;
use run::Folder;
use serde_json::Value;

const STEPS: &str = r"
plan: drain
inventory: estate.yaml
steps:
  - { id: web, vm: web01, transfer: live, to: { host: hv12 } }
  - { id: sql, vm: sql01, transfer: live-vsm, to: { host: lone-01, storage: '\\files\vms' } }
  - { id: build, vm: build01, transfer: live, to: { host: hv13 } }
";

const ESTATE: &str = include_str!("../examples/estate.yaml");

fn folder(more: &str) -> Folder {
    Folder::new().file("estate.yaml", ESTATE).file("drain.plan.yaml", format!("{}{more}", STEPS.trim_start()))
}

fn assuming(assume: &str) -> Folder {
    folder("").file("estate.yaml", format!("{ESTATE}\nassume:\n{assume}"))
}

const WAIVERS: &str = "waivers:
  - { code: VMM103, steps: [sql, web], reason: the processors change in March, approved-by: CHG-4711, expires: 2027-03-31 }
  - { code: VMM302, reason: tried in the lab, expires: 2027-12-31 }
  - { code: VMM302, reason: tried before, expires: 2027-06-30 }
  - { code: VMM106, reason: old, expires: 2026-01-01 }
";

const ASSUMED: &str = "  - fact: hosts.cpu.manufacturer
    is: Intel
    because: we bought no other
    until: 2027-06-30
";

#[test]
fn what_is_waived_is_shown_with_its_waiver_and_what_is_wrong_with_waivers_is_found() {
    let folder = folder(WAIVERS);
    insta::assert_snapshot!("waivers_80", folder.told("check --today 2027-03-10"));
    let wide = folder.variable("COLUMNS", "120");
    insta::assert_snapshot!("waivers_120", wide.told("check --today 2027-03-10"));
    insta::assert_snapshot!("waivers_concise", wide.told("check --today 2027-03-10 --output-format concise"));
}

fn json(folder: &Folder, line: &str) -> Value {
    serde_json::from_slice(&folder.output(&format!("{line} --output-format json")).stdout).unwrap()
}

#[test]
fn json_has_the_waiver_and_the_assumptions() {
    let told = json(&folder(WAIVERS), "check --today 2027-03-10");
    let finding = |code: &str, step: &str| {
        let all = told["findings"].as_array().unwrap();
        all.iter().find(|f| f["code"] == code && f["step"] == step).unwrap().clone()
    };
    insta::assert_snapshot!("waived_json", format!("{:#}", finding("VMM103", "sql")["waiver"]));
    assert_eq!(finding("VMM103", "build")["waiver"], Value::Null, "it is about other steps");
    assert_eq!(finding("VMM302", "sql")["waiver"]["reason"], "tried in the lab", "the one that lasts longer");
    let told = json(&assuming(ASSUMED), "check --today 2027-03-10");
    let plan = &told["plans"][0];
    let steps: Vec<&Value> = plan["steps"].as_array().unwrap().iter().map(|step| &step["assumed"]).collect();
    assert_eq!(steps, [&serde_json::json!([]), &serde_json::json!([]), &serde_json::json!(["hosts.cpu.manufacturer"])]);
    assert_eq!(plan["assumed"], serde_json::json!([]), "it is denied with it and without it");
    assert_eq!(told["account"]["assumed"], 1);
    insta::assert_snapshot!("assumptions_json", format!("{:#}", plan["assumptions"]));
}

#[test]
fn exit_codes() {
    let all =
        "waivers:\n  - { code: VMM103, reason: known, expires: 2027-03-31 }\n  - { code: VMM302, reason: known }\n";
    let waived = folder(all);
    assert_eq!(waived.code("check --today 2027-03-31"), 0, "the last day counts");
    assert_eq!(waived.code("check --today 2027-04-01"), 1, "a waiver that has expired covers nothing");
    assert_eq!(waived.code("check --today 2027-01-01 --no-waivers"), 1);
    assert_eq!(waived.code("check --today 2027-01-01 --fail-on warning"), 0, "what is waived fails no run");
    assert_eq!(waived.code("check --today 2027-1-1"), 2, "no date");
    let idle = folder(&format!("{all}  - {{ code: VMM106, reason: old }}\n"));
    assert_eq!(idle.code("check --today 2027-01-01"), 0, "a waiver that nothing needs is a warning");
    assert_eq!(idle.code("check --today 2027-01-01 --fail-on warning"), 1);
    assert_eq!(idle.code("check --today 2027-01-01 --fail-on warning --ignore CW602"), 0);
    assert_eq!(idle.code("check --today 2027-01-01 --fail-on warning --select VMM103,VMM302,CW6"), 0, "nobody looked");
    assert_eq!(idle.code("check --today 2027-01-01 --fail-on warning --ignore VMM106"), 0, "nobody looked");
    let clean = folder(&format!("{all}  - {{ code: VMM10, reason: old }}\n"));
    assert_eq!(clean.code("check --today 2027-01-01"), 2);
    assert_eq!(clean.code("check --today 2027-01-01 --no-waivers"), 1, "they are not looked at");
    let assumed = assuming(ASSUMED);
    let steps = "check --today 2027-03-10 --select VMM103,VMM1 --ignore VMM302";
    assert_eq!(assumed.code(steps), 1);
    let only = assumed.file(
        "build.plan.yaml",
        "inventory: estate.yaml\nsteps:\n  - { vm: build01, transfer: live, to: { host: hv13 } }\n",
    );
    assert_eq!(only.code("check build.plan.yaml --today 2027-03-10"), 0);
    assert_eq!(only.code("check build.plan.yaml --today 2027-03-10 --no-assumptions"), 1);
    assert_eq!(only.code("check build.plan.yaml --today 2027-07-01"), 1, "past its last day");
}

#[test]
fn what_waivers_cannot_be_about_is_an_error() {
    let waivers = "waivers:
  - { code: VMM10, reason: all of them }
  - { code: VMM130, reason: misspelt }
  - { code: ZZZ9, reason: nothing like it }
  - { code: VMM002, reason: nothing could be chosen }
  - { code: CW602, reason: I need it }
  - { code: vmm103, reason: lower case is fine }
";
    insta::assert_snapshot!(folder(waivers).told("check --output-format concise --select VMM103,CW6"));
}

#[test]
fn a_waiver_that_is_about_to_lapse_is_told_within_the_days_asked_for() {
    let waived = folder("waivers:\n  - { code: VMM103, reason: known, expires: 2027-03-31 }\n");
    let tells = |line: &str| {
        let told = json(&waived, &format!("check {line}"));
        let found = told["findings"].as_array().unwrap().iter().find(|finding| finding["code"] == "CW603").cloned();
        found.map(|finding| finding["message"].as_str().unwrap().to_owned())
    };
    assert_eq!(tells("--today 2027-02-28"), None);
    assert_eq!(
        tells("--today 2027-03-01").unwrap(),
        "the waiver of VMM103 lapses in 30 days: its last day is 2027-03-31"
    );
    assert_eq!(
        tells("--today 2027-03-30 --expiring-within 1").unwrap(),
        "the waiver of VMM103 lapses tomorrow: its last day is 2027-03-31"
    );
    assert_eq!(
        tells("--today 2027-03-31 --expiring-within 0").unwrap(),
        "the waiver of VMM103 lapses today: its last day is 2027-03-31"
    );
    assert_eq!(tells("--today 2027-03-30 --expiring-within 0"), None);
}

const COMMENTED: &str = r#"inventory: estate.yaml
steps:
  # clearway: allow VMM302 -- tried in the lab
  # and so it goes
  - id: sql
    vm: sql01
    transfer: live-vsm
    # clearway: allow VMM103, VMM106 -- the processors change in March
    to: { host: lone-01, storage: '\\files\vms' }
  - { vm: build01, transfer: live, to: { host: hv13 } } # clearway: allow VMM103 -- we bought no other
"#;

#[test]
fn comments_waive_in_plans_of_yaml() {
    let commented = Folder::new().file("estate.yaml", ESTATE).file("c.plan.yaml", COMMENTED);
    insta::assert_snapshot!(commented.told("check --output-format concise"));
    assert_eq!(commented.code("check"), 0);
    assert_eq!(commented.code("check --no-waivers"), 1);
}

#[test]
fn comments_waive_in_plans_of_toml() {
    let text = r#"inventory = "estate.yaml"
# clearway: allow VMM302 -- tried in the lab
[[steps]]
id = "sql"
vm = "sql01" # clearway: allow VMM103 -- the processors change in March
transfer = "live-vsm"
to = { host = "lone-01", storage = '\\files\vms' }

[[steps]]
# clearway: allow VMM103 -- we bought no other
vm = "build01"
transfer = "live"
[steps.to]
host = "hv13"
"#;
    let commented = Folder::new().file("estate.yaml", ESTATE).file("c.plan.toml", text);
    let found = commented.told("check --output-format concise");
    assert_eq!(found.matches("waived: ").count(), 3, "{found}");
    assert_eq!(commented.code("check"), 0, "{found}");
}

#[test]
fn comments_that_waive_nothing_are_errors() {
    let text = "# clearway: allow VMM103 -- above everything
inventory: estate.yaml
steps:
  # clearway: alow VMM103 -- misspelt
  - { id: a, vm: web01, transfer: live, to: { host: hv12 } }
  # clearway: allow -- nothing
  - { id: b, vm: build01, transfer: live, to: { host: hv13 } }
  # clearway: allow VMM103
  - { id: c, vm: sql01, transfer: live, to: { host: hv12 } }
  # clearway: allow VMM103 -- behind everything
";
    let commented = Folder::new().file("estate.yaml", ESTATE).file("c.plan.yaml", text);
    insta::assert_snapshot!(commented.told("check --output-format concise --select CW6"));
    let inventory = format!("# clearway: allow VMM103 -- in an inventory\n{ESTATE}");
    let commented = folder("").file("estate.yaml", inventory);
    assert_eq!(commented.code("check"), 2, "nothing is waived there");
}

#[test]
fn fixes_keep_comments_that_waive() {
    let text = "inventory: estate.yaml
steps:
  # clearway: allow VMM302 -- tried in the lab
  - vm: sql01 # the database
    transfer: live-vsm
    to: { host: lone-01, storage: '\\\\files\\vms' }
  # clearway: allow VMM103 -- we bought no other
  - { vm: build01, transfer: live, to: { host: hv13 } }
";
    let commented = Folder::new().file("estate.yaml", ESTATE).file("c.plan.yaml", text);
    commented.output("check --fix --unsafe-fixes");
    let after = std::fs::read_to_string(commented.path().join("c.plan.yaml")).unwrap();
    for comment in ["# clearway: allow VMM302 -- tried in the lab", "# clearway: allow VMM103 -- we bought no other"] {
        assert!(after.contains(comment), "{after}");
    }
    let told = json(&commented, "check");
    let all = told["findings"].as_array().unwrap().clone();
    assert!(all.iter().any(|f| f["code"] == "VMM103" && f["verdict"] == "waived"), "{after}\n{all:#?}");
}

/// The waivers of a document, as `STEP CODE`.
fn waived(document: &Document) -> Vec<String> {
    let root = document.root().unwrap();
    let waivers = document.get(root, "waivers").map(|list| document.elements(list).to_vec()).unwrap_or_default();
    let said = |node, key| document.get(node, key).unwrap();
    let steps = |node| match document.view(said(node, "steps")) {
        View::List(steps) => document.scalar(steps[0]).unwrap().to_owned(),
        _ => String::new(),
    };
    waivers
        .into_iter()
        .map(|node| format!("{} {}", steps(node), document.scalar(said(node, "code")).unwrap()))
        .collect()
}

/// Lines of a step, with what a comment in them would waive if it is one.
fn step(style: usize, code: &str) -> (String, bool) {
    let comment = format!("# clearway: allow {code} -- because");
    match style {
        0 => (format!("    note: |\n      text\n      {comment}\n      more\n"), false),
        1 => (format!("    note: \"one\n      {comment}\n      two\"\n"), false),
        2 => (format!("    note: 'one {comment}'\n"), false),
        3 => (format!("    note: >-\n      {comment}\n"), false),
        4 => (format!("    note: one\t{comment}\n"), true),
        5 => (format!("    note: a\n    {comment}\n    other: b\n"), true),
        6 => (format!("    note: \"x\" {comment}\n"), true),
        7 => (format!("    \"{comment}\": x\n"), false),
        8 => (format!("    note: [a, {comment}\n      b]\n"), true),
        9 => (format!("    note: !!str {comment}\n      x\n"), true),
        10 => (format!("    note: &a |2 {comment}\n      # text\n"), true),
        _ => (format!("    note: one\n      two {comment}\n"), true),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_stands_in_a_text_is_no_comment(styles in proptest::collection::vec((0usize..12, any::<bool>()), 1..6), crlf in any::<bool>()) {
        let mut text = String::from("steps:\n");
        let mut wanted = Vec::new();
        for (at, (style, above)) in styles.into_iter().enumerate() {
            if above {
                text.push_str(&format!("  # clearway: allow A{at} -- above\n\n"));
                wanted.push(format!("s{at} A{at}"));
            }
            text.push_str(&format!("  - id: s{at}\n"));
            let (lines, waives) = step(style, &format!("X{at}"));
            text.push_str(&lines);
            if waives {
                wanted.push(format!("s{at} X{at}"));
            }
        }
        let text = if crlf { text.replace('\n', "\r\n") } else { text };
        let mut map = SourceMap::new();
        let id = map.add("p.plan.yaml", text.as_str()).unwrap();
        let found = read(Format::Yaml, map.file(id).unwrap(), &Limits::default());
        prop_assert!(found.diagnostics.is_empty(), "{:?}\n{}", found.diagnostics, text);
        prop_assert_eq!(waived(&found.documents[0]), wanted, "{}", text);
    }
}

#[test]
fn what_rests_on_an_assumption_says_so() {
    let assume = format!(
        "{ASSUMED}  - {{ fact: vms.disks.shared, is: false, because: no guest clusters }}
  - {{ fact: hosts.responding, is: true, because: old, until: 2027-01-01 }}
  - {{ fact: storage.dedicated-to, is: null, because: no such LUN }}
"
    );
    let assumed = assuming(&assume);
    insta::assert_snapshot!("assumed_80", assumed.told("check --today 2027-06-20"));
    let always = assuming("  - { fact: hosts.cpu.manufacturer, is: Intel, because: we bought no other }\n");
    insta::assert_snapshot!("assumed_facts", always.told("facts drain.plan.yaml"));
    insta::assert_snapshot!(
        "assumed_explained",
        assumed.told("explain drain.plan.yaml --step build --code VMM103 --today 2027-06-20")
    );
    let wide = assumed.variable("COLUMNS", "120");
    insta::assert_snapshot!("assumed_120", wide.told("check --today 2027-06-20"));
    insta::assert_snapshot!("assumed_concise", wide.told("check --today 2027-06-20 --output-format concise"));
}

#[test]
fn a_suggestion_says_what_it_rests_on() {
    let plan = "inventory: estate.yaml\nsteps:\n  - { id: sql, vm: build01, transfer: live, to: { host: lone-01 } }\n";
    let suggesting =
        Folder::new().file("estate.yaml", format!("{ESTATE}\nassume:\n{ASSUMED}")).file("s.plan.yaml", plan);
    let told = suggesting.told("suggest s.plan.yaml --today 2027-03-10 --most 8 --output-format json");
    assert!(told.contains("\"assumed\""), "{told}");
}

#[test]
fn assumptions_are_checked() {
    let assume = "  - { fact: hosts.cpu.manufacture, is: Intel, because: near }
  - { fact: hosts.cpu, is: Intel, because: a record }
  - { fact: hosts.name, is: x, because: a name }
  - { fact: vms.state, is: runing, because: a slip }
  - { fact: vms.memory, is: 16, because: no unit }
  - { fact: vms.networks, is: [{ switch: vs }], because: parts }
  - { fact: vms.images, is: [], because: none }
  - { fact: vms.images, is: [], because: twice }
  - { fact: hosts.responding, is: null, because: never }
  - { fact: vms.host, is: hv99, because: nobody }
  - just words
";
    insta::assert_snapshot!(assuming(assume).told("check --output-format concise --select VMM103,CW6"));
}

#[test]
fn the_configuration_assumes_for_every_inventory_and_inventories_lie_over_it() {
    let configuration = "[[assume]]\nfact = \"hosts.cpu.manufacturer\"\nis = \"AMD\"\nbecause = \"all of them\"\n";
    let plan = "inventory: estate.yaml\nsteps:\n  - { id: build, vm: build01, transfer: live, to: { host: hv13 } }\n";
    let below = |estate: &str| {
        Folder::new().file("clearway.toml", configuration).file("estate.yaml", estate).file("b.plan.yaml", plan)
    };
    let told = json(&below(ESTATE), "check");
    let finding = told["findings"].as_array().unwrap().iter().find(|f| f["code"] == "VMM103").unwrap().clone();
    assert_eq!((&finding["verdict"], &finding["assumed"][0]), (&"violated".into(), &"hosts.cpu.manufacturer".into()));
    let told = json(&below(&format!("{ESTATE}\nassume:\n{ASSUMED}")), "check --today 2027-01-01");
    assert_eq!(told["plans"][0]["verdict"], "permitted", "{told:#}");
}

#[test]
fn a_state_carries_assumptions_and_no_assumed_facts() {
    let assumed = assuming(ASSUMED);
    assumed.output("check --today 2027-01-01 --state after.yaml");
    let state = std::fs::read_to_string(assumed.path().join("after.yaml")).unwrap();
    assert!(state.contains("fact: hosts.cpu.manufacturer"), "{state}");
    assert_eq!(state.matches("manufacturer: Intel").count(), ESTATE.matches("manufacturer: Intel").count(), "{state}");
}
