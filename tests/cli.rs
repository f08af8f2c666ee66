//! The command line, by the real binary: exit codes, options, what goes where.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

#[path = "suggest/estate.rs"]
#[expect(dead_code, reason = "shared with other tests")]
mod estate;
#[path = "cli/honest.rs"]
mod honest;
#[path = "cli/inputs.rs"]
mod inputs;
#[path = "cli/run.rs"]
mod run;
#[path = "cli/state.rs"]
mod state;
#[path = "cli/suggest.rs"]
mod suggest;

use std::io::Read as _;

use run::{DENIED, Folder, told};

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn exit_0_where_nothing_speaks_against_a_plan() {
    insta::assert_snapshot!(Folder::with_estate().told("check"));
}

#[test]
fn exit_1_where_a_plan_is_denied() {
    let folder = Folder::with_estate().file("refused.plan.yaml", DENIED);
    insta::assert_snapshot!(folder.told("check refused.plan.yaml"));
    assert_eq!(folder.code("check"), 1, "also beside one that is permitted");
}

#[test]
fn exit_2_where_the_run_fails_wins_over_1() {
    let folder = Folder::with_estate().file("refused.plan.yaml", DENIED).file("broken.plan.yaml", "steps: [");
    let output = folder.output("check");
    assert_eq!(output.status.code(), Some(2));
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert!(out.contains("error[VMM103] web-away"), "the others are checked all the same:\n{out}");
    assert!(err.contains("broken.plan.yaml:1:"), "{err}");
    assert!(!out.contains("broken.plan.yaml"), "{out}");
}

#[test]
fn exit_3_where_nothing_is_evaluated() {
    let folder = Folder::new();
    insta::assert_snapshot!(folder.told("check"));
    let folder = Folder::with_estate().file("empty.plan.yaml", "inventory: estate.yaml\nsteps: []\n");
    assert_eq!(folder.code("check empty.plan.yaml"), 3, "no step");
    assert_eq!(folder.code("check move.plan.yaml --select VMM1 --ignore VMM1"), 3, "no rule selected");
    assert_eq!(folder.code("check --exit-zero empty.plan.yaml"), 3, "--exit-zero does not make a blind run green");
    assert_eq!(folder.code("check"), 0, "another plan has a step");
}

#[test]
fn the_code_does_not_depend_on_the_format() {
    let folder = Folder::with_estate().file("refused.plan.yaml", DENIED).file("broken.plan.yaml", "steps: [");
    for format in ["full", "concise", "json"] {
        for (plan, code) in [("move", 0), ("refused", 1), ("broken", 2), ("nowhere", 2)] {
            let line = format!("check {plan}.plan.yaml --output-format {format}");
            assert_eq!(folder.code(&line), code, "{line}");
        }
    }
}

#[test]
fn what_fails_a_run_can_be_chosen() {
    let folder = Folder::with_estate().file("refused.plan.yaml", DENIED);
    let unknown = "inventory: estate.yaml\nsteps:\n  - { vm: db, transfer: quick, to: { host: a2 } }\n";
    let folder = folder.file("unknown.plan.yaml", unknown);
    for (line, code) in [
        ("check refused.plan.yaml --fail-on never", 0),
        ("check refused.plan.yaml --exit-zero", 0),
        ("check move.plan.yaml --fail-on warning", 0),
        ("check move.plan.yaml --fail-on info", 1),
        ("check refused.plan.yaml --select VMM2", 0),
        ("check refused.plan.yaml --ignore VMM1", 0),
        ("check refused.plan.yaml --select VMM103", 1),
        ("check unknown.plan.yaml", 1),
        ("check unknown.plan.yaml --unverified warning", 0),
        ("check unknown.plan.yaml --unverified warning --fail-on warning", 1),
        ("check unknown.plan.yaml --unverified ignore --fail-on warning", 0),
    ] {
        assert_eq!(folder.code(line), code, "{}", folder.told(line));
    }
}

#[test]
fn usage_errors_suggest_what_was_meant() {
    let folder = Folder::with_estate();
    let mut all = String::new();
    for line in [
        "",
        "chekc",
        "check --slect VMM1",
        "check --select VMN103",
        "check --limit row=3",
        "check --limit rows",
        "check --output-format fulll",
        "check --pack vmm-2091",
        "check nowhere.plan.yaml",
        "check estate.txt",
        "explain VMM1033",
        "facts --pack nowhere",
    ] {
        let folder =
            if line.contains("estate.txt") { Folder::new().file("estate.txt", "x") } else { Folder::with_estate() };
        all += &folder.told(line);
        all += "\n";
        assert_eq!(folder.code(line), 2, "{line}");
    }
    insta::assert_snapshot!(all);
    assert_eq!(folder.code("--help"), 0);
    assert_eq!(folder.code("check --help"), 0);
    assert!(text(&folder.output("--version").stdout).starts_with("clearway "));
}

#[test]
fn a_closed_pipe_is_no_error() {
    let mut steps = String::from("inventory: estate.yaml\nsteps:\n");
    for step in 0..400 {
        steps += &format!("  - {{ id: s{step}, vm: web, transfer: live, to: {{ host: s1 }} }}\n");
    }
    let folder = Folder::with_estate().file("many.plan.yaml", steps);
    let mut child = folder.command("check many.plan.yaml --output-format concise").spawn().unwrap();
    let mut stdout = child.stdout.take().unwrap();
    let mut first = [0u8; 10];
    stdout.read_exact(&mut first).unwrap();
    drop(stdout);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    assert_eq!(text(&output.stderr), "");
}

#[test]
fn colours_are_for_terminals_and_for_whoever_asks() {
    let painted = |folder: Folder, line: &str| {
        let output = folder.output(line);
        text(&output.stdout).contains('\u{1b}')
    };
    let folder = || Folder::with_estate().file("refused.plan.yaml", DENIED);
    assert!(!painted(folder(), "check"), "a pipe is no terminal");
    assert!(painted(folder(), "check --color always"));
    assert!(painted(folder().variable("FORCE_COLOR", "1"), "check"));
    assert!(!painted(folder().variable("FORCE_COLOR", "1").variable("NO_COLOR", "1"), "check"));
    assert!(!painted(folder().variable("FORCE_COLOR", "1"), "check --color never"));
    assert!(!painted(folder().variable("FORCE_COLOR", "1"), "check --output-format json"));
}

#[test]
fn wide_terminals_and_plain_ones() {
    let folder =
        Folder::with_estate().file("refused.plan.yaml", DENIED).variable("COLUMNS", "120").variable("LANG", "C");
    let output = folder.output("check refused.plan.yaml");
    assert!(text(&output.stdout).is_ascii());
    insta::assert_snapshot!(told("check refused.plan.yaml", &output));
}

#[test]
fn quiet_prints_findings_and_nothing_else() {
    let folder = Folder::with_estate().file("refused.plan.yaml", DENIED);
    insta::assert_snapshot!(folder.told("check --quiet refused.plan.yaml"));
    assert_eq!(text(&folder.output("check -q move.plan.yaml --select VMM1").stdout), "");
}

#[test]
fn concise_is_a_line_each() {
    let folder = Folder::with_estate()
        .file("refused.plan.yaml", DENIED)
        .file("broken.plan.yaml", "plan: x\nsteps:\n  - vm: wbe\n");
    insta::assert_snapshot!(folder.told("check --output-format concise"));
}

#[test]
fn statistics_count() {
    let folder = Folder::with_estate().file("refused.plan.yaml", DENIED);
    insta::assert_snapshot!(folder.told("check --statistics"));
}

#[test]
fn json_is_one_document_whatever_happens() {
    let folder = Folder::with_estate().file("refused.plan.yaml", DENIED).file("broken.plan.yaml", "plan: x\nsteps: [");
    for line in ["check", "check broken.plan.yaml", "check nowhere", "check move.plan.yaml"] {
        let output = folder.output(&format!("{line} --output-format json"));
        let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("stdout is one JSON document");
        assert_eq!(json["version"], 1);
        assert!(output.stdout.ends_with(b"\n"));
        let account = &json["account"];
        let count = |name: &str| account[name].as_u64().unwrap();
        let parts = ["satisfied", "violated", "unverified", "not-applicable", "noted", "waived", "not-evaluated"];
        assert_eq!(parts.map(count).iter().sum::<u64>(), count("evaluations"), "the account adds up");
        let failed = output.status.code() == Some(2);
        let errors = json["diagnostics"].as_array().unwrap().iter().any(|d| d["severity"] == "error");
        assert_eq!(failed, errors, "exit code 2 has a reason in the document: {line}");
    }
    insta::assert_snapshot!(text(
        &folder.output("check refused.plan.yaml --output-format json --select VMM103").stdout
    ));
}

#[test]
fn output_goes_to_a_file() {
    let folder = Folder::with_estate();
    let output = folder.output("check --output-file report.txt");
    assert_eq!(text(&output.stdout), "");
    let report = std::fs::read_to_string(folder.path().join("report.txt")).unwrap();
    assert!(report.contains("one-move"), "{report}");
    assert_eq!(folder.code("check --output-file no/such/folder/report.txt"), 2);
}

#[test]
fn standard_input_is_a_plan() {
    let folder = Folder::with_estate();
    let output = folder.piped("check - --output-format concise", DENIED);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stdout).contains("stdin.plan.yaml:"), "{}", text(&output.stdout));
    let json = r#"{"inventory": "../estate.yaml", "steps": [{"vm": "web", "transfer": "live", "to": {"host": "s1"}}]}"#;
    let output = folder.piped("check - --stdin-filename plans/from.plan.json --output-format concise", json);
    assert!(text(&output.stdout).contains("plans/from.plan.json:1:"), "{}", told("check -", &output));
}

#[test]
fn inventories_are_laid_over_each_other() {
    let more = "vms:\n  - { name: db, highly-available: true }\n";
    let plan = "inventory: estate.yaml\nsteps:\n  - { vm: db, transfer: quick, to: { host: a2 } }\n";
    let folder = Folder::with_estate().file("more.yaml", more).file("quick.plan.yaml", plan);
    assert_eq!(folder.code("check quick.plan.yaml"), 1);
    assert_eq!(folder.code("check quick.plan.yaml --inventory estate.yaml --inventory more.yaml"), 0);
}

#[test]
fn rules_are_listed() {
    let folder = Folder::new();
    let list = text(&folder.output("rules").stdout);
    assert!(list.contains("VMM103"), "{list}");
    let markdown = text(&folder.output("rules --format markdown").stdout);
    assert!(markdown.lines().count() > 40 && markdown.lines().all(|line| line.starts_with('|')));
    let json: serde_json::Value = serde_json::from_slice(&folder.output("rules --format json").stdout).unwrap();
    assert!(json["rules"].as_array().unwrap().iter().any(|rule| rule["code"] == "VMM201" && rule["kind"] == "matrix"));
}

#[test]
fn codes_are_explained() {
    let folder = Folder::new();
    insta::assert_snapshot!(folder.told("explain vmm103"));
    let page = text(&folder.output("explain cw511").stdout);
    assert!(page.starts_with("# CW511: "), "{page}");
    assert_eq!(folder.code("explain VMM999"), 2);
}

#[test]
fn a_layer_of_ones_own_changes_the_verdict() {
    let pack = "pack acme \"Acme\" version 1\nextend vmm-2019\ndisable VMM103 because \"one vendor\"\n";
    let folder = Folder::with_estate().file("refused.plan.yaml", DENIED).file("acme/acme.way", pack);
    let output = folder.output("check refused.plan.yaml --pack acme --output-format concise");
    assert!(!text(&output.stdout).contains("VMM103"), "{}", told("check", &output));
    assert!(text(&output.stdout).contains("VMM111"));
}

#[test]
fn what_a_layer_changed_is_told_with_its_reason() {
    let pack = "pack acme \"Acme\" version 1\nextend vmm-2019\nadjust VMM106 must because \"its own VLAN\"\n\
        adjust VMM302 cell (standalone, cluster) yes because \"case 2711\"\ndisable VMM112 because \"scale-out\"\n";
    let folder = Folder::new().file("acme/acme.way", pack);
    let line = |code: &str, wanted: &str| {
        let page = text(&folder.output(&format!("explain {code} --pack acme")).stdout);
        assert!(page.lines().any(|line| line == wanted), "{page}");
    };
    line("VMM106", "  layer:  level to must, because its own VLAN");
    line("VMM302", "  layer:  cell (standalone, cluster), because case 2711");
    line("VMM112", "  off:    scale-out");
    let json: serde_json::Value =
        serde_json::from_slice(&folder.output("rules --format json --pack acme").stdout).unwrap();
    let rules = json["rules"].as_array().unwrap();
    let changed = rules.iter().find(|rule| rule["code"] == "VMM106").unwrap();
    assert_eq!(changed["adjusted"][0], "level to must, because its own VLAN");
}

const SMALL_PACK: &str = r#"pack small "Small" version 1
enum colour { red, green }
entity box { name: name key, paint: colour }
entity step { box: box }
input plan with inventory { boxes: [box] }
rule SML01 is-red "Boxes are red" {
  for     step
  must    step.box.paint == red
  because "{step.box} is {step.box.paint}"
}
test "a red box is red" {
  given  box b { paint: red }
  step   move { box: b }
  expect move satisfies SML01
}
"#;

#[test]
fn tests_of_policies_are_run_and_counted() {
    let failing = "\ntest \"a green box is red\" {\n  given box b { paint: green }\n  step move { box: b }\n  expect move satisfies SML01\n}\n";
    let folder = Folder::new()
        .file("good/small.way", SMALL_PACK)
        .file("bad/small.way", format!("{SMALL_PACK}{failing}"))
        .file("broken/small.way", SMALL_PACK.replace("paint == red", "piant == red"))
        .file("silent/small.way", SMALL_PACK.split("test ").next().unwrap());
    let lines =
        ["test good", "test good --verbose", "test bad", "test good --min-coverage 100", "test silent", "test broken"];
    let all: Vec<String> = lines.iter().map(|line| folder.told(line)).collect();
    insta::assert_snapshot!(all.join("\n"));
    let codes: Vec<i32> = lines.iter().map(|line| folder.code(line)).collect();
    assert_eq!(codes, [0, 0, 1, 1, 3, 2]);
    assert_eq!(folder.code("test --filter local"), 0, "the bundled pack without a folder");
}

#[test]
fn an_unfilled_template_changes_nothing_and_a_filled_one_decides() {
    let plan = "inventory: estate.yaml\nsteps:\n  - { vm: db, transfer: quick, to: { host: a2 } }\n";
    let folder = Folder::with_estate().file("quick.plan.yaml", plan);
    let template = text(&folder.output("facts --template quick.plan.yaml").stdout);
    assert!(template.contains("# highly-available: ?"), "{template}");
    let findings = |folder: &Folder, line: &str| {
        let output = folder.output(&format!("check quick.plan.yaml --output-format json {line}"));
        let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(json["diagnostics"], serde_json::json!([]), "{json:#}");
        json
    };
    let folder = folder.file("more.yaml", &template);
    let before = findings(&folder, "");
    assert_eq!(before["plans"][0]["verdict"], "unverified");
    let both = "--inventory estate.yaml --inventory more.yaml";
    let unfilled = findings(&folder, both);
    assert_eq!(unfilled["account"], before["account"]);
    let filled = template
        .replace("    # highly-available: ?", "    highly-available: true")
        .replace("    # kind: ?", "    kind: csv");
    let folder = folder.file("more.yaml", filled);
    let after = findings(&folder, both);
    assert_eq!(after["plans"][0]["verdict"], "permitted", "{after:#}\n{template}");
}

#[test]
fn facts_are_listed() {
    let folder = Folder::with_estate();
    insta::assert_snapshot!(folder.told("facts"));
    let json: serde_json::Value = serde_json::from_slice(&folder.output("facts --output-format json").stdout).unwrap();
    let fact = |name: &str| json["facts"].as_array().unwrap().iter().find(|fact| fact["fact"] == name).unwrap().clone();
    assert_eq!(fact("vms[*].highly-available")["known"], 1);
    assert_eq!(fact("vms[*].highly-available")["rows"], 2);
    assert_eq!(Folder::new().code("facts"), 3, "no inventory at all");
}

#[test]
fn an_export_becomes_an_inventory() {
    let export = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/scvmm-small.json");
    let folder = Folder::new().file("export.json", std::fs::read(export).unwrap());
    let output = folder.output("import scvmm export.json --output-file estate.yaml");
    assert_eq!(output.status.code(), Some(0), "{}", told("import", &output));
    let plan = "steps:\n  - { id: live, vm: penguin, transfer: live, to: { host: ice01 } }\n";
    let folder = folder.file("move.plan.yaml", plan);
    let report = |inventory: &str| {
        let output = folder.output(&format!("check --output-format concise --inventory {inventory}"));
        assert_eq!(output.status.code(), Some(1), "{}", told("check", &output));
        text(&output.stdout)
    };
    assert_eq!(report("export.json"), report("estate.yaml"), "the import says what the export says");
    assert_eq!(folder.code("import scvmm move.plan.yaml"), 2);
}

#[test]
fn objects_of_powershell_become_an_inventory() {
    let export = include_str!("data/scvmm-small.clixml.xml");
    let utf16: Vec<u8> = format!("\u{feff}{export}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let plan = "steps:\n  - { id: live, vm: crab, transfer: live, to: { host: sand3 } }\n";
    let folder = Folder::new().file("vmm.xml", export).file("utf16.xml", utf16).file("move.plan.yaml", plan);
    let output = folder.output("import scvmm utf16.xml --output-file estate.yaml");
    assert_eq!(output.status.code(), Some(0), "{}", told("import", &output));
    let report = |inventory: &str| {
        let output = folder.output(&format!("check --output-format concise --inventory {inventory}"));
        assert_eq!(output.status.code(), Some(1), "{}", told("check", &output));
        text(&output.stdout)
    };
    assert_eq!(report("vmm.xml"), report("estate.yaml"), "the import says what the export says");
    assert_eq!(report("vmm.xml"), report("utf16.xml"), "whatever its letters are written in");
    let folder = folder.file("other.xml", "<inventory/>\n").file("cut.xml", export.split_at(20_000).0);
    assert_eq!(folder.code("facts --inventory vmm.xml"), 0);
    insta::assert_snapshot!(
        ["import scvmm other.xml", "check --inventory cut.xml"].map(|line| told(line, &folder.output(line))).join("\n")
    );
}

#[test]
fn many_steps_stay_readable() {
    let mut steps = String::from("inventory: estate.yaml\nsteps:\n");
    for step in 0..40 {
        steps += &format!("  - {{ id: away-{step}, vm: db, transfer: quick, to: {{ host: a2 }} }}\n");
    }
    let folder = Folder::with_estate().file("many.plan.yaml", steps);
    let output = folder.output("check many.plan.yaml");
    let report = text(&output.stdout);
    assert!(report.lines().count() < 250, "{} lines for 40 steps that lack one fact", report.lines().count());
    assert!(report.contains("39 more steps: away-1, "), "{report}");
    let verbose = text(&folder.output("check many.plan.yaml --verbose").stdout);
    assert!(verbose.matches("error[VMM501]").count() == 40, "--verbose folds nothing");
}
