//! What looked at nothing, or could not know, must not look green; and what is wrong stands where it is written.

use super::run::{Folder, told};
use super::text;

const SINGLE: &str = r#"pack single "Single" version 1.0.0
entity vm { name: name key, cores: number default 1, firmware: { secure: bool default true } }
input each vm
rule R1 cores "Few cores" { for vm  must vm.cores <= 4 and vm.firmware.secure  because "{vm.cores} cores" }
"#;

#[test]
fn a_row_of_a_table_is_a_single_entity() {
    let table = "name,cores,firmware.secure\nweb,2,true\ndb,8,true\nold,1,false\n";
    let folder = Folder::new().file("single/pack.way", SINGLE).file("vms.plan.csv", table);
    let output = folder.output("check --pack single vms.plan.csv --output-format concise");
    let found = told("", &output);
    assert_eq!(output.status.code(), Some(1), "{found}");
    assert!(found.contains("[vm db]") && found.contains("[vm old]") && !found.contains("[vm web]"), "{found}");
    let waived = folder.file("waived.plan.csv", "name,cores\nweb,8 # clearway: allow R1 -- old\n");
    assert_eq!(waived.code("check --pack single waived.plan.csv"), 2, "a waiver that would do nothing");
}

const LOCAL: &str = r#"pack local "Local" version 1.0.0
enum way { quick, live }
entity host { name: name key, free: number default 0 }
entity vm { name: name key, host: host }
input plan with inventory { hosts: [host], vms: [vm] }
entity step {
  vm: vm
  transfer: way default quick
  to: { host: host }
}
"#;

#[test]
fn a_plan_that_no_rule_looked_at_is_not_permitted() {
    let estate = "hosts: [{ name: a }, { name: b }]\nvms: [{ name: v, host: a }]\n";
    let plan = "inventory: estate.yaml\nsteps: [{ id: s, vm: v, to: { host: b } }]\n";
    let rule = "rule L1 never \"Never\" { for step  must false  because \"no\"  fix set step.transfer = quick }\n";
    let layer = "pack layer \"Layer\" version 1.0.0\nextend local\ndisable L1 because \"not here\"\n";
    let folder = Folder::new()
        .file("estate.yaml", estate)
        .file("move.plan.yaml", plan)
        .file("empty/pack.way", LOCAL)
        .file("local/pack.way", format!("{LOCAL}{rule}"))
        .file("layer/pack.way", layer);
    for packs in ["--pack empty", "--pack local --pack layer"] {
        let found = folder.output(&format!("check move.plan.yaml {packs}"));
        assert_eq!(found.status.code(), Some(3), "{}", told(packs, &found));
        assert!(!text(&found.stdout).contains("permitted"), "{}", told(packs, &found));
    }
    let found = folder.output("check move.plan.yaml --pack local --output-format json");
    assert_eq!(found.status.code(), Some(1), "{}", told("", &found));
    assert!(text(&found.stdout).contains("\"fix\": null"), "the step says so already: {}", told("", &found));
    let ignored = folder.output("check move.plan.yaml --pack local --ignore L1 --output-format json");
    assert_eq!(ignored.status.code(), Some(3));
    assert!(text(&ignored.stdout).contains("\"verdict\": \"denied\""), "what is not told is decided all the same");
}

#[test]
fn what_cannot_be_computed_is_said_to_be_so() {
    let estate = "hosts: [{ name: a }, { name: b }]\nvms: [{ name: v, host: a }]\n";
    let plan = "inventory: estate.yaml\nsteps: [{ id: s, vm: v, to: { host: b } }]\n";
    let rule = "rule L1 share \"Share\" { for step  must 10 / step.to.host.free > 1  because \"no\" }\n";
    let folder = Folder::new()
        .file("estate.yaml", estate)
        .file("move.plan.yaml", plan)
        .file("local/pack.way", format!("{LOCAL}{rule}"));
    let found = text(&folder.output("check move.plan.yaml --pack local --output-format concise").stdout);
    assert!(found.contains("cannot be verified: a division by zero or an overflow"), "{found}");
}

#[test]
fn satisfies_and_skips_speak_of_every_element() {
    let tests = |lines: &str| {
        format!(
            "{LOCAL}rule L1 letters \"Letters\" {{ for step  each host in hosts  when host.free > 0  must host.free < 5  because \"no\" }}
test \"t\" {{
  given host a {{ free: 1 }}
  given host b {{ free: 9 }}
  given host c {{ free: 0 }}
  given vm v {{ host: a }}
  step move {{ vm: v, to.host: b }}
{lines}}}
"
        )
    };
    for (line, code) in [
        ("  expect move violates L1\n", 0),
        ("  expect move satisfies L1\n", 1),
        ("  expect move skips L1\n", 1),
        ("  expect move satisfies L1 for host \"a\"\n", 0),
        ("  expect move skips L1 for host \"c\"\n", 0),
    ] {
        let folder = Folder::new().file("local/pack.way", tests(line));
        let output = folder.output("test local");
        assert_eq!(output.status.code(), Some(code), "{}", told(line, &output));
    }
}

#[test]
fn what_a_plan_names_and_is_not_there_stands_at_its_line() {
    let steps = "steps:\n  - { vm: web, to: { host: a2 } }\n";
    let folder = Folder::with_estate()
        .file("one.plan.yaml", format!("inventory: nowhere.yaml\n{steps}"))
        .file("two.plan.yaml", format!("plan: two\ninventory: [estate.yaml, nowhere.yaml]\n{steps}"))
        .file("here.plan.yaml", format!("inventory: .\n{steps}"))
        .file("pack.plan.yaml", format!("pack: vmm-2091\ninventory: estate.yaml\n{steps}"));
    let found = text(&folder.output("check --output-format concise").stderr);
    for line in [
        "one.plan.yaml:1:12: error CW511 `nowhere.yaml` does not exist",
        "two.plan.yaml:2:26: error CW511 `nowhere.yaml` does not exist",
        "here.plan.yaml:1:12: error CW511 `.` is a folder, not a file",
        "pack.plan.yaml:1:7: error CW513 there is no pack `vmm-2091`",
    ] {
        assert_eq!(found.matches(line).count(), 1, "{line}\n{found}");
    }
    let json = text(&folder.output("check one.plan.yaml --output-format json").stdout);
    assert!(json.contains("\"line\": 1"), "{json}");
    let given = text(&folder.output("check --inventory gone.yaml --output-format concise").stderr);
    assert_eq!(given.matches("`gone.yaml` does not exist").count(), 1, "{given}");
}

#[test]
fn a_column_that_nothing_declares_is_told_once_at_the_header() {
    let table = "vm,to.host,transfr\nweb,a2,live\ndb,a2,live\n";
    let folder = Folder::with_estate().file("t.plan.csv", table);
    let found = text(&folder.output("check t.plan.csv --inventory estate.yaml --output-format concise").stderr);
    assert_eq!(found.matches("CW310").count(), 1, "{found}");
    assert!(found.contains("t.plan.csv:1:12: error CW310"), "{found}");
}

#[test]
fn waves_count_from_zero() {
    for (wave, code) in [("0", 0), ("-1", 2), ("9007199254740993", 2)] {
        let plan = format!("inventory: estate.yaml\nsteps:\n  - {{ vm: web, to: {{ host: a2 }}, wave: {wave} }}\n");
        let output = Folder::with_estate().file("w.plan.yaml", plan).output("check w.plan.yaml");
        assert_eq!(output.status.code(), Some(code), "{}", told(wave, &output));
    }
}

#[test]
fn nesting_beyond_the_parser_is_the_same_limit() {
    let mut deep = String::from("steps:\n");
    deep.extend((0..3_000).map(|depth| format!("{}-\n", " ".repeat(depth + 1))));
    let flow = format!("steps: {}", "[".repeat(100_000));
    for deep in [deep, flow, "- ".repeat(100_000), "{a: ".repeat(100_000)] {
        let folder = Folder::new().file("deep.plan.yaml", deep);
        let found = text(&folder.output("check deep.plan.yaml --output-format concise").stderr);
        assert!(found.contains("CW402") && found.contains("the limit `nesting`"), "{found}");
    }
}
