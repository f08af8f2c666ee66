//! The exit codes 0 to 3: each reason for each of them, in every format.

use crate::commands::{PACK, folder, formats};
use crate::run::{Folder, PLAN, told};

/// A move of which a fact is not known.
const UNKNOWN: &str =
    "plan: unknown\ninventory: estate.yaml\nsteps:\n  - { id: away, vm: db, transfer: quick, to: { host: a2 } }\n";

/// A pack whose one rule is switched off by a layer.
const EMPTY: &str = r#"pack empty "Empty" version 1
entity vm { name: name key }
entity step { vm: vm }
input plan with inventory { vms: [vm] }
"#;

fn estate() -> Folder {
    folder()
        .file("unknown.plan.yaml", UNKNOWN)
        .file("broken.plan.yaml", "steps: [")
        .file("odd.toml", "fail-one = \"never\"\n")
        .file("odd.plan.yaml", PLAN.replace("to: { host: a2 }", "to: { host: nowhere }"))
        .file("half.yaml", "hosts: [{ name: a1, cpu: 5 }]\n")
        .file("stepless.plan.yaml", "inventory: estate.yaml\nsteps: []\n")
        .file("wrong/wrong.way", PACK.replace("paint == red", "piant == red"))
        .file("empty/empty.way", EMPTY)
        .file("vms.yaml", "vms: [{ name: web }]\n")
        .file("web.plan.yaml", "inventory: vms.yaml\nsteps: [{ id: s, vm: web }]\n")
        .file("folder/nothing.txt", "")
        .file("ugly/ugly.way", EMPTY.replace("{ vm: vm }", "{vm:vm}"))
        .file("torn/torn.way", "pack {")
}

/// Lines of `check`, the exit code and its reason.
const CHECKS: &[(i32, &str, &str)] = &[
    (0, "nothing against the plan", "move.plan.yaml"),
    (0, "findings below the failing level", "move.plan.yaml --fail-on warning"),
    (0, "no finding fails", "refused.plan.yaml --fail-on never"),
    (0, "asked for", "refused.plan.yaml --exit-zero"),
    (0, "what is refused is not selected", "refused.plan.yaml --select VMM2"),
    (0, "what is refused is ignored", "refused.plan.yaml --ignore VMM1"),
    (0, "unverified counts as a warning", "unknown.plan.yaml --unverified warning"),
    (0, "unverified does not count", "unknown.plan.yaml --unverified ignore --fail-on info --ignore VMM0"),
    (1, "a refused step", "refused.plan.yaml"),
    (1, "an unverified step", "unknown.plan.yaml"),
    (1, "one of two plans", "move.plan.yaml refused.plan.yaml"),
    (1, "a note, where notes fail", "move.plan.yaml --fail-on info"),
    (1, "a warning, where warnings fail", "unknown.plan.yaml --unverified warning --fail-on warning"),
    (2, "no such option", "--no-such-option"),
    (2, "no such value", "--fail-on everything"),
    (2, "no such limit", "move.plan.yaml --limit nothing=1"),
    (2, "no such file", "nowhere.plan.yaml"),
    (2, "no such file beside a plan that is refused", "refused.plan.yaml nowhere.plan.yaml"),
    (2, "no such file where nothing fails", "nowhere.plan.yaml --exit-zero"),
    (2, "no such inventory", "move.plan.yaml --inventory nowhere.yaml"),
    (2, "no such pack", "move.plan.yaml --pack nowhere"),
    (2, "no such code", "move.plan.yaml --select ABC123"),
    (2, "a plan that is no YAML", "broken.plan.yaml"),
    (2, "a plan that is no YAML beside one that is refused", "refused.plan.yaml broken.plan.yaml"),
    (2, "a plan with an error", "odd.plan.yaml"),
    (2, "an inventory with an error", "move.plan.yaml --inventory estate.yaml --inventory half.yaml"),
    (2, "a policy with an error", "move.plan.yaml --pack wrong"),
    (2, "a configuration with an error", "move.plan.yaml --config odd.toml"),
    (2, "no such configuration", "move.plan.yaml --config nowhere.toml"),
    (2, "a limit that was hit", "move.plan.yaml --limit steps=1"),
    (2, "a file that is too large", "move.plan.yaml --limit file-size=10"),
    (2, "an output that cannot be written", "move.plan.yaml --output-file no/such/folder/report"),
    (3, "no plan", "folder"),
    (3, "no step", "stepless.plan.yaml"),
    (3, "no rule selected", "move.plan.yaml --select VMM1 --ignore VMM1"),
    (3, "no rule", "web.plan.yaml --pack empty"),
    (3, "nothing to fail, and nothing looked at", "stepless.plan.yaml --exit-zero"),
    (3, "no finding fails, and nothing looked at", "stepless.plan.yaml --fail-on never"),
];

#[test]
fn every_reason_has_its_code_in_every_format() {
    let folder = estate();
    let mut wrong = String::new();
    for format in formats() {
        for (code, why, line) in CHECKS {
            let line = format!("check {line} --output-format {format}");
            let output = folder.output(&line);
            if output.status.code() != Some(*code) {
                wrong += &format!("{why}: {code} is wanted\n{}\n", told(&line, &output));
            }
            if *code >= 2 && output.stderr.is_empty() && output.stdout.is_empty() {
                wrong += &format!("{why}: nothing is said\n{}\n", told(&line, &output));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// Lines of the other commands.
const OTHERS: &[(i32, &str)] = &[
    (0, "--help"),
    (0, "-h"),
    (0, "--version"),
    (0, "check --help"),
    (2, ""),
    (2, "chekc"),
    (2, "--no-such-option"),
    (0, "review move.plan.yaml"),
    (1, "review refused.plan.yaml"),
    (2, "review broken.plan.yaml"),
    (3, "review stepless.plan.yaml"),
    (0, "suggest refused.plan.yaml --most 1"),
    (0, "suggest move.plan.yaml"),
    (2, "suggest"),
    (2, "suggest nowhere.plan.yaml"),
    (2, "suggest broken.plan.yaml"),
    (2, "suggest refused.plan.yaml --most 0"),
    (3, "suggest stepless.plan.yaml"),
    (0, "test small"),
    (1, "test small --min-coverage 100"),
    (2, "test wrong"),
    (2, "test nowhere"),
    (3, "test empty"),
    (3, "test small --filter nothing-of-the-kind"),
    (0, "schema plan"),
    (2, "schema"),
    (2, "schema nothing"),
    (2, "schema plan --pack wrong"),
    (0, "lint small"),
    (1, "lint small --fail-on warning"),
    (2, "lint wrong"),
    (2, "lint nowhere"),
    (2, "lint folder"),
    (0, "fmt empty"),
    (0, "fmt --check empty"),
    (1, "fmt --check ugly"),
    (1, "fmt --diff ugly"),
    (2, "fmt --check torn"),
    (2, "fmt nowhere"),
    (3, "fmt folder"),
    (0, "rules"),
    (2, "rules --pack wrong"),
    (0, "explain VMM103"),
    (0, "explain CW511"),
    (2, "explain"),
    (2, "explain VMM999"),
    (0, "explain refused.plan.yaml --step web-away"),
    (2, "explain refused.plan.yaml --step nobody"),
    (2, "explain refused.plan.yaml --step web-away --code VMM999"),
    (0, "facts estate.yaml"),
    (2, "facts nowhere.plan.yaml"),
    (3, "facts folder"),
    (0, "import scvmm export.json"),
    (2, "import scvmm estate.yaml"),
    (2, "import scvmm nowhere.json"),
    (2, "import something export.json"),
    (0, "completions zsh"),
    (2, "completions"),
    (2, "completions tcsh"),
    (0, "man"),
    (2, "man chekc"),
    (2, "man --output-dir export.json/pages"),
    (0, "help"),
    (0, "help check"),
    (2, "help chekc"),
    (2, "check - --watch"),
    (2, "check --watch --fix"),
    (2, "check --watch --output-format json"),
];

#[test]
fn other_commands_have_the_same_codes() {
    let folder = estate();
    let mut wrong = String::new();
    for (code, line) in OTHERS {
        let output = folder.output(line);
        if output.status.code() != Some(*code) {
            wrong += &format!("{code} is wanted\n{}\n", told(line, &output));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
