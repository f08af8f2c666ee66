//! `clearway lint` and `clearway fmt`, by the binary: what whoever writes policies types.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

const PACK: &str = "pack acme \"Acme\" version 1.0.0\n\nextend vmm-2019\n\nsource house \"x\"\n";
const TIDY: &str = "// Which storage is ours.\ndefine ours(s: storage): bool = s.kind == csv\n";
const UNTIDY: &str = "// Which storage is ours.\ndefine   ours( s : storage ) : bool=s.kind==csv\n\n\n";

fn clearway(dir: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_clearway"));
    command.current_dir(dir).args(args).env("NO_COLOR", "1").env("COLUMNS", "80").output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn scratch(files: &[(&str, &str)]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = dir.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    dir
}

#[test]
fn layout_is_checked_shown_and_written() {
    let dir = scratch(&[("p/a.way", UNTIDY), ("p/b.way", TIDY), ("p/.hidden/c.way", UNTIDY)]);
    let checked = clearway(dir.path(), &["fmt", "--check", "p"]);
    assert_eq!((checked.status.code(), out(&checked).as_str()), (Some(1), "would change p/a.way\n"));
    assert_eq!(err(&checked), "1 file would change, 1 file in order\n");
    let shown = clearway(dir.path(), &["fmt", "--diff", "p"]);
    assert_eq!(shown.status.code(), Some(1));
    assert!(out(&shown).contains("\n-define   ours( s : storage ) : bool=s.kind==csv\n"), "{}", out(&shown));
    assert_eq!(fs::read_to_string(dir.path().join("p/a.way")).unwrap(), UNTIDY, "neither writes");
    let written = clearway(dir.path(), &["fmt", "p"]);
    assert_eq!((written.status.code(), err(&written).as_str()), (Some(0), "1 file changed, 1 file in order\n"));
    assert_eq!(fs::read_to_string(dir.path().join("p/a.way")).unwrap(), TIDY);
    assert_eq!(
        clearway(dir.path(), &["fmt", "--check"]).status.code(),
        Some(0),
        "without a path: the folder one stands in"
    );
}

#[test]
fn line_ends_stay_as_they_are() {
    let dir = scratch(&[("a.way", &UNTIDY.replace('\n', "\r\n"))]);
    assert_eq!(clearway(dir.path(), &["fmt", "a.way"]).status.code(), Some(0));
    assert_eq!(fs::read_to_string(dir.path().join("a.way")).unwrap(), TIDY.replace('\n', "\r\n"));
}

#[test]
fn what_cannot_be_read_stays_as_it_is_and_stops_no_other() {
    let broken = "define ours(: bool = true\n";
    let dir = scratch(&[("a.way", broken), ("b.way", UNTIDY)]);
    let run = clearway(dir.path(), &["fmt", "a.way", "b.way", "none.way"]);
    assert_eq!(run.status.code(), Some(2));
    assert!(err(&run).contains("error[CW1") && err(&run).contains("none.way"), "{}", err(&run));
    assert_eq!(fs::read_to_string(dir.path().join("a.way")).unwrap(), broken);
    assert_eq!(fs::read_to_string(dir.path().join("b.way")).unwrap(), TIDY);
    let empty = scratch(&[]);
    assert_eq!(clearway(empty.path(), &["fmt"]).status.code(), Some(3));
}

#[test]
fn standard_input_goes_to_standard_output() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_clearway"))
        .args(["fmt", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(UNTIDY.as_bytes()).unwrap();
    let run = child.wait_with_output().unwrap();
    assert_eq!((run.status.code(), out(&run).as_str(), err(&run).as_str()), (Some(0), TIDY, ""));
}

#[test]
fn a_policy_file_stands_for_its_pack() {
    let pack = PACK.replace("\nsource house \"x\"\n", "");
    let wrong = "define theirs(s: storage): bool = s.kindd == csv\n";
    let files = [
        ("policies/acme/pack.way", &*pack),
        ("policies/acme/tests/a.way", "// none yet\n"),
        ("policies/acme/b.way", wrong),
    ];
    let dir = scratch(&files);
    for path in ["policies", "policies/acme", "policies/acme/tests/a.way", "policies/acme/b.way"] {
        let run = clearway(dir.path(), &["lint", "--output-format", "concise", path]);
        assert_eq!(run.status.code(), Some(2), "{path}: {}", err(&run));
        assert!(out(&run).starts_with("policies/acme/b.way:1:"), "{path}: {}", out(&run));
        assert!(out(&run).contains("kindd"), "{path}: {}", out(&run));
        assert!(err(&run).ends_with("in `policies/acme`\n"), "{path}: {}", err(&run));
    }
    fs::remove_file(dir.path().join("policies/acme/b.way")).unwrap();
    let run = clearway(dir.path(), &["lint", "policies"]);
    assert_eq!((run.status.code(), out(&run).as_str()), (Some(0), ""), "{}", err(&run));
    assert_eq!(err(&run), "nothing is wrong in `policies/acme`\n");
    let json = clearway(dir.path(), &["lint", "--output-format", "json"]);
    let document: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(document["packs"], serde_json::json!(["vmm-2019"]));
    assert_eq!(document["diagnostics"], serde_json::json!([]));
}

#[test]
fn an_unknown_folder_is_told() {
    let dir = scratch(&[]);
    let run = clearway(dir.path(), &["lint", "policies/none"]);
    assert_eq!(run.status.code(), Some(2), "{}", err(&run));
}

/// A layer that changes one thing of each kind.
const LAYER: &str = r#"pack acme "Acme" version 2.1.0

extend vmm-2019

source house { title "House rules" }

adjust   VMM106 must because "our network team insists"
adjust   VMM302 cell (standalone, cluster) yes because "confirmed by support, case 2711"
disable  VMM112 because "all our shares are scale-out file servers"
redefine minimum-os = 10.0.14393

define named(m: vm): bool = matches(m.name, "^a-")

rule ACME01 names "Machines are called by our scheme" {
  cite    house "names"
  for     step
  should  named(step.vm)
  because "{step.vm} is not called by our scheme"
  help    "Rename it."
}
"#;

#[test]
fn what_a_layer_changes_is_told_rule_by_rule() {
    let again = LAYER
        .replace("2.1.0", "3.0.0")
        .replace("\"^a-\"", "\"^b-\"")
        .replace("Rename it.", "Rename it, or ask.")
        .replace("pack acme", "pack acme-next");
    let dir = scratch(&[("acme/a.way", LAYER), ("next/a.way", &again)]);
    let run = |args: &[&str]| {
        let run = clearway(dir.path(), &[&["rules", "--diff"], args].concat());
        assert_eq!((run.status.code(), err(&run).as_str()), (Some(0), ""), "{args:?}");
        out(&run)
    };
    insta::assert_snapshot!("differ_layer", run(&["vmm-2019", "acme"]));
    insta::assert_snapshot!("differ_layer_markdown", run(&["vmm-2019", "acme", "--format", "markdown"]));
    insta::assert_snapshot!("differ_text", run(&["acme", "next"]));
    assert!(run(&["acme", "acme"]).contains("\nrules and matrices: 0 new, 0 gone, 0 changed, "));
    // The other way round, what came is gone.
    let back: serde_json::Value = serde_json::from_str(&run(&["acme", "vmm-2019", "--format", "json"])).unwrap();
    let there: serde_json::Value = serde_json::from_str(&run(&["vmm-2019", "acme", "--format", "json"])).unwrap();
    let what = |json: &serde_json::Value, code: &str| {
        let rule = json["rules"].as_array().unwrap().iter().find(|rule| rule["code"] == code).unwrap().clone();
        (rule["changes"][0]["what"].clone(), rule["before"].clone(), rule["after"].clone())
    };
    assert_eq!(what(&there, "ACME01"), ("new".into(), serde_json::Value::Null, "should".into()));
    assert_eq!(what(&back, "ACME01"), ("gone".into(), "should".into(), serde_json::Value::Null));
    assert_eq!(what(&there, "VMM106"), ("level".into(), "should".into(), "must".into()));
    assert_eq!(what(&back, "VMM106"), ("level".into(), "must".into(), "should".into()));
    assert_eq!(what(&back, "VMM112").0, "new");
    assert_eq!(
        (&there["same"], there["rules"].as_array().unwrap().len()),
        (&back["same"], back["rules"].as_array().unwrap().len())
    );
    let described: serde_json::Value =
        serde_json::from_str(&out(&clearway(dir.path(), &["schema", "output"]))).unwrap();
    let described = jsonschema::validator_for(&described).unwrap();
    assert!(described.is_valid(&there) && described.is_valid(&back));
}

#[test]
fn layout_and_comments_are_no_difference() {
    let moved = LAYER
        .replace("define named", "// By our scheme.\ndefine   named")
        .replace("should  named", "should\n    named");
    let dir = scratch(&[("acme/a.way", LAYER), ("again/a.way", &moved)]);
    let run = clearway(dir.path(), &["rules", "--diff", "acme", "again"]);
    assert!(out(&run).contains(": 0 new, 0 gone, 0 changed"), "{}", out(&run));
}

#[test]
fn packs_that_cannot_be_compared_are_told_and_nothing_else() {
    let dir = scratch(&[("acme/a.way", "pack acme\nrule X { for step }\n")]);
    for args in [["vmm-2019", "nope"], ["nope", "vmm-2019"], ["vmm-2019", "acme"]] {
        let run = clearway(dir.path(), &["rules", "--diff", args[0], args[1]]);
        assert_eq!((run.status.code(), out(&run).as_str()), (Some(2), ""), "{args:?}");
        assert!(err(&run).contains("error"), "{}", err(&run));
    }
}

const SINGLE: &str = "pack single \"Single machines\" version 1.0.0
entity vm { name: text? default none, cores: number?, disks: [disk?] default [] }
part disk { name: text, size: number? }
input each vm
rule S1 \"single.cores\" \"Not too many processors\" {
  for     vm
  when    vm.cores is known
  should  vm.cores exists and vm.cores < 4
  because \"too many\"
}
rule S2 \"single.disks\" \"No empty disks\" {
  for     vm
  each    disk in vm.disks
  when    disk exists
  should  disk.size is known implies disk.size exists and disk.size > 0
  because \"{disk.name} is empty\"
}
";

#[test]
fn a_rule_is_explained_by_its_name_too() {
    let dir = scratch(&[("p/a.way", SINGLE)]);
    let named = clearway(dir.path(), &["explain", "single.cores", "--pack", "p"]);
    assert_eq!(named.status.code(), Some(0), "{}", err(&named));
    assert_eq!(out(&named), out(&clearway(dir.path(), &["explain", "S1", "--pack", "p"])));
    assert_eq!(clearway(dir.path(), &["explain", "single.core", "--pack", "p"]).status.code(), Some(2));
}

/// What is read only where it is known leaves nothing open, and no test could show that it does; a rule about elements that
/// may be none still names them by their part.
#[test]
fn coverage_asks_for_no_unverified_verdict_of_what_is_read_where_it_is_known() {
    let tests = "test \"all\" {
  given  vm a { cores: 8, disks: [none, { name: \"x\", size: 0 }, { name: \"y\" }] }
  given  vm b { cores: 1 }
  given  vm c
  expect a violates S1
  expect b satisfies S1
  expect c skips S1, S2
  expect a violates S2 for disk \"x\"
  expect a satisfies S2 for disk \"y\"
}
";
    let dir = scratch(&[("p/a.way", SINGLE), ("p/tests/a.way", tests)]);
    let tested = clearway(dir.path(), &["test", "p", "--min-coverage", "100"]);
    assert_eq!(tested.status.code(), Some(0), "{}{}", out(&tested), err(&tested));
    // Without the guard the fact may be missing, and a test has to show that.
    let open = SINGLE.replace("  when    vm.cores is known\n", "");
    let dir = scratch(&[("p/a.way", &open), ("p/tests/a.way", &tests.replace("skips S1, S2", "skips S2"))]);
    let tested = clearway(dir.path(), &["test", "p", "--min-coverage", "100"]);
    assert_eq!(tested.status.code(), Some(1));
    assert!(out(&tested).contains("not covered:\n  S1 unverified\n"), "{}", out(&tested));
}

#[test]
fn a_long_list_of_plain_values_fills_its_lines() {
    let list = vec!["none"; 60].join(", ");
    let text = format!("test \"many\" {{\n  given  vm a {{ disks: [{list}] }}\n  expect a skips S2\n}}\n");
    let dir = scratch(&[("p/a.way", &text)]);
    assert_eq!(clearway(dir.path(), &["fmt", "p"]).status.code(), Some(0));
    let written = fs::read_to_string(dir.path().join("p/a.way")).unwrap();
    assert!(written.lines().all(|line| line.len() <= 120) && written.lines().count() < 12, "{written}");
    assert_eq!(written.matches("none").count(), 60);
    assert_eq!(clearway(dir.path(), &["fmt", "--check", "p"]).status.code(), Some(0));
}
