//! `check --state`: what is written, where, and when nothing is.

use super::run::{DENIED, Folder, PLAN};
use super::text;

fn written(folder: &Folder, name: &str) -> Option<String> {
    std::fs::read_to_string(folder.path().join(name)).ok()
}

const BACK: &str = "plan: back\nsteps:\n  - { id: web-back, vm: web, transfer: live, to: { host: a1 } }\n";

#[test]
fn the_next_plan_finds_what_the_first_one_left() {
    let folder = Folder::with_estate().file("back.plan.yaml", BACK);
    assert_eq!(folder.code("check back.plan.yaml --inventory estate.yaml"), 1, "it is there already");
    assert_eq!(folder.code("check move.plan.yaml --state after.yaml"), 0);
    insta::assert_snapshot!(written(&folder, "after.yaml").unwrap());
    assert_eq!(folder.code("check back.plan.yaml --inventory after.yaml"), 0);
    assert_eq!(folder.code("check back.plan.yaml --inventory after.yaml --state home.json"), 0);
    assert_eq!(folder.code("check move.plan.yaml --inventory home.json --state after.json"), 0);
    assert_eq!(folder.code("check back.plan.yaml --inventory after.json"), 0);
}

#[test]
fn a_refused_step_changes_nothing_and_does_not_keep_the_state_from_being_written() {
    let folder = Folder::with_estate().file("refused.plan.yaml", DENIED);
    assert_eq!(folder.code("check refused.plan.yaml --state after.yaml"), 1);
    let text = written(&folder, "after.yaml").unwrap();
    assert!(text.contains("# 1 of its 1 steps was refused and did not happen."), "{text}");
    assert!(text.contains("  - name: web\n    host: a1.corp.example\n"), "{text}");
}

#[test]
fn nothing_is_written_where_the_state_is_not_known() {
    let folder = Folder::with_estate()
        .file("broken.plan.yaml", PLAN.replace("vm: web", "vm: nobody"))
        .file("half.yaml", "hosts: [{ name: a1, cpu: 5 }]\n")
        .file("empty.plan.yaml", "inventory: estate.yaml\nsteps: []\n")
        .file("refused.plan.yaml", DENIED)
        .file("after.yaml", "old\n");
    for line in [
        "check broken.plan.yaml",
        "check move.plan.yaml --inventory estate.yaml --inventory half.yaml",
        "check empty.plan.yaml",
        "check nowhere.plan.yaml",
        "check move.plan.yaml refused.plan.yaml",
        "check move.plan.yaml --select VMM1 --ignore VMM1",
        "check move.plan.yaml --limit steps=1",
    ] {
        let line = format!("{line} --state after.yaml");
        assert_eq!(folder.code(&line), 2, "{line}");
        assert_eq!(written(&folder, "after.yaml").unwrap(), "old\n", "{line}");
    }
    insta::assert_snapshot!(folder.told("check broken.plan.yaml --state after.yaml --output-format concise"));
    insta::assert_snapshot!(
        folder.told("check move.plan.yaml refused.plan.yaml --state after.yaml --output-format concise")
    );
    insta::assert_snapshot!(folder.told("check move.plan.yaml --state after.txt --output-format concise"));
    assert!(written(&folder, "after.txt").is_none());
    insta::assert_snapshot!(folder.told("check move.plan.yaml --state after.toml --output-format concise"));
    let missing = folder.told("check move.plan.yaml --state no/such/after.yaml --quiet");
    assert!(missing.contains("exit code 2") && missing.contains("cannot write `no/such/after.yaml`"), "{missing}");
}

#[test]
fn toml_where_nothing_is_null() {
    let estate = super::run::ESTATE.replace("null", "blue").replace("base: blue, ", "");
    let folder = Folder::with_estate().file("estate.yaml", estate);
    folder.output("check move.plan.yaml --state after.toml");
    let text = written(&folder, "after.toml").unwrap();
    assert!(
        text.starts_with("# What the plan one-move (move.plan.yaml) leaves behind, out of estate.yaml.\n"),
        "{text}"
    );
    assert!(text.contains("[[vms]]\nname = \"web\"\nhost = \"a2.corp.example\"\n"), "{text}");
    assert_ne!(folder.code("check move.plan.yaml --inventory after.toml"), 2);
}

#[test]
fn standard_output_takes_one_of_them() {
    let folder = Folder::with_estate();
    insta::assert_snapshot!(folder.told("check move.plan.yaml --state -"));
    let output = folder.output("check move.plan.yaml --state - --output-file found.txt");
    assert_eq!(output.status.code(), Some(0));
    assert!(text(&output.stdout).starts_with("# What the plan one-move"), "{}", text(&output.stdout));
    assert!(written(&folder, "found.txt").unwrap().contains("permitted"));
    assert!(written(&folder, "-").is_none());
}

#[test]
fn no_file_of_the_run_is_written_over() {
    let folder = Folder::with_estate();
    let before = written(&folder, "estate.yaml");
    for line in [
        "check move.plan.yaml --state estate.yaml",
        "check move.plan.yaml --state ./estate.yaml",
        "check move.plan.yaml --state move.plan.yaml",
        "check move.plan.yaml --output-file same.yaml --state same.yaml",
    ] {
        let told = folder.told(line);
        assert!(told.contains("exit code 2") && told.contains("the state would take the place of"), "{told}");
    }
    assert_eq!(written(&folder, "estate.yaml"), before);
    assert_eq!(written(&folder, "move.plan.yaml").unwrap(), PLAN);
}

#[test]
fn paths_of_this_machine_are_not_written() {
    let folder = Folder::with_estate();
    let plan = folder.path().join("move.plan.yaml").display().to_string();
    let estate = folder.path().join("estate.yaml").display().to_string();
    folder.output(&format!("check {plan} --inventory {estate} --state after.yaml"));
    let text = written(&folder, "after.yaml").unwrap();
    assert!(!text.contains(&folder.path().display().to_string()), "{text}");
    assert!(
        text.starts_with("# What the plan one-move (move.plan.yaml) leaves behind, out of estate.yaml.\n"),
        "{text}"
    );
}
