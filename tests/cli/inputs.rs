//! Bad inputs, each with what the binary says of it: a place, a reason, a remedy, and never a crash.

use std::path::{Path, PathBuf};

use super::run::{DENIED, ESTATE, Folder, PLAN};
use clearway::render::{Look, diagnostics};
use clearway::session::{Options, Session};
use clearway::source::{FileError, Files, Memory};

/// A plan beside a good estate.
fn plan(text: impl AsRef<[u8]>) -> String {
    Folder::with_estate().file("bad.plan.yaml", text).told("check bad.plan.yaml")
}

/// An inventory beside a good plan.
fn estate(text: impl AsRef<[u8]>) -> String {
    Folder::with_estate().file("estate.yaml", text).told("check move.plan.yaml")
}

#[test]
fn an_empty_file() {
    insta::assert_snapshot!(format!("{}\n{}\n{}", plan(""), plan("# nothing but a comment\n"), estate("")));
}

#[test]
fn not_yaml() {
    insta::assert_snapshot!(format!("{}\n{}", plan("plan: [one, two\nsteps: }\n"), estate("hosts:\n\t- name: a1\n")));
}

#[test]
fn not_json_not_toml_not_csv() {
    let folder = Folder::with_estate()
        .file("a.plan.json", "{\"steps\": [{\"vm\": \"web\",}]}")
        .file("b.plan.toml", "inventory = \"estate.yaml\"\n[[steps]\nvm = 1\n")
        .file("c.plan.csv", "id,vm,transfer,to.hsot\nx,web,live,a2\ny,web\n");
    insta::assert_snapshot!(format!(
        "{}\n{}\n{}",
        folder.told("check a.plan.json"),
        folder.told("check b.plan.toml"),
        folder.told("check c.plan.csv --inventory estate.yaml")
    ));
}

#[test]
fn a_wrong_root() {
    insta::assert_snapshot!(format!("{}\n{}\n{}", plan("- one\n- two\n"), plan("just a text\n"), estate("[1, 2]\n")));
}

#[test]
fn unknown_keys_get_the_nearest_known_one() {
    let text = "inventry: estate.yaml\ninventory: estate.yaml\nsteps:\n  - vm: web\n    trasnfer: live\n    to: { hots: a2, zebra: 1 }\n";
    let bad = ESTATE.replace("os-version:", "os-verison:").replace("snapshots: 0", "snapshot-count: 0");
    insta::assert_snapshot!(format!("{}\n{}", plan(text), estate(bad)));
}

#[test]
fn doubled_keys() {
    let text = "inventory: estate.yaml\nsteps:\n  - vm: web\n    vm: db\n    to: { host: a2 }\nsteps: []\n";
    let json =
        "{\"inventory\": \"estate.yaml\", \"steps\": [{\"vm\": \"web\", \"vm\": \"db\", \"to\": {\"host\": \"a2\"}}]}";
    let folder = Folder::with_estate().file("bad.plan.json", json);
    insta::assert_snapshot!(format!("{}\n{}", plan(text), folder.told("check bad.plan.json")));
}

#[test]
fn a_host_that_does_not_exist() {
    let text = "inventory: estate.yaml\nsteps:\n  - { vm: web, transfer: live, to: { host: a3 } }\n  - { vm: wbe, to: { host: a2 } }\n  - { vm: web, transfer: live, to: { host: a2 } }\n";
    insta::assert_snapshot!(plan(text));
}

#[test]
fn an_ambiguous_short_name() {
    let twins = ESTATE.replace("clusters:\n", "  - { name: a2.other.example }\nclusters:\n");
    insta::assert_snapshot!(estate(twins));
}

#[test]
fn values_that_are_none_of_their_type() {
    let bad = ESTATE
        .replace("memory: 8 GiB", "memory: 8")
        .replace("size: 60 GiB", "size: huge")
        .replace("os-version: 10.0.17763", "os-version: ten")
        .replace("state: running", "state: jogging")
        .replace("highly-available: true", "highly-available: perhaps");
    insta::assert_snapshot!(estate(bad));
}

#[test]
fn a_step_that_moves_nothing_and_steps_that_clash() {
    let text = "inventory: estate.yaml\nsteps:\n  - { id: same, vm: web, transfer: live, to: {} }\n  - { id: same, vm: db, transfer: live, to: { host: a2 } }\n  - { vm: db, wave: 1, to: { host: a2 } }\n  - { vm: db, wave: 1, to: { host: s1 } }\n";
    insta::assert_snapshot!(plan(text));
}

#[test]
fn a_line_of_ten_megabytes() {
    let mut json = String::from("{\"hosts\":[{\"name\":\"a1\"},{\"name\":\"a2\",\"storge\":[]}],\"vms\":[");
    for row in 0..100_000 {
        json += &format!(
            "{{\"name\":\"vm-{row:06}\",\"host\":\"a1\",\"state\":\"running\",\"memory\":\"4 GiB\",\"images\":[]}},"
        );
    }
    json += "{\"name\":\"last\",\"host\":\"a9\"}]}";
    let text = "inventory: estate.json\nsteps:\n  - { vm: vm-099999, transfer: quick, to: { host: a2 } }\n";
    let folder = Folder::new().file("estate.json", &json).file("big.plan.yaml", text);
    insta::assert_snapshot!(folder.told("check big.plan.yaml --select VMM501"));
    let long = format!("plan: {}\ninventory: estate.yaml\nsteps: []\n", "x".repeat(10_000_000));
    insta::assert_snapshot!(plan(long));
}

#[test]
fn deep_nesting() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let folder = Folder::with_estate().file("deep.plan.json", format!("{{\"steps\": {deep}}}"));
    let mut blocks = String::new();
    for depth in 0..200 {
        blocks += &format!("{}a:\n", " ".repeat(depth));
    }
    insta::assert_snapshot!(format!(
        "{}\n{}\n{}",
        plan(format!("steps: {deep}\n")),
        folder.told("check deep.plan.json"),
        plan(blocks)
    ));
}

#[test]
fn anchors_that_explode() {
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..12 {
        let before = format!("*a{}", level - 1);
        bomb += &format!("a{level}: &a{level} [{}]\n", [before.as_str(); 10].join(", "));
    }
    insta::assert_snapshot!(format!("{}\n{}", plan(&bomb), estate(format!("{bomb}hosts: *a11\n"))));
}

#[test]
fn bytes_that_are_no_text() {
    let latin = b"inventory: estate.yaml\nsteps:\n  - { vm: B\xfcro, to: { host: a2 } }\n";
    let wide: Vec<u8> = [0xff, 0xfe].into_iter().chain(PLAN.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    insta::assert_snapshot!(format!("{}\n{}\n{}", plan(latin), plan(wide), plan(b"plan: a\0b\n")));
}

#[test]
fn a_folder_and_a_missing_file() {
    let text = "inventory: [nowhere.yaml, folder.yaml]\nsteps:\n  - { vm: web, to: { host: a2 } }\n";
    let folder = Folder::with_estate().file("folder.yaml/inside.txt", "").file("bad.plan.yaml", text);
    insta::assert_snapshot!(format!(
        "{}\n{}",
        folder.told("check bad.plan.yaml"),
        folder.told("check nowhere.plan.yaml move.plan.yaml")
    ));
}

/// Files of which one may not be read. (Whoever runs tests as root may read everything.)
struct Guarded(Memory);

impl Files for Guarded {
    fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, FileError> {
        if path.ends_with("estate.yaml") { Err(FileError::Denied) } else { self.0.read(path, limit) }
    }

    fn list(&self, folder: &Path) -> Result<Vec<PathBuf>, FileError> {
        self.0.list(folder)
    }

    fn is_folder(&self, path: &Path) -> bool {
        self.0.is_folder(path)
    }
}

#[test]
fn no_permission() {
    let files = Guarded(Memory::new().with("move.plan.yaml", PLAN).with("estate.yaml", ESTATE));
    let mut session = Session::new(&files, Options::default());
    let checked = session.check(&["move.plan.yaml".into()]);
    assert!(!checked.evaluated, "nothing is judged against an inventory that nobody could read");
    assert!(checked.report.plans.is_empty());
    insta::assert_snapshot!(diagnostics::draw(&Look::default(), session.map(), &checked.diagnostics));
}

#[test]
fn a_policy_with_twenty_mistakes() {
    let policy = r#"pack wrong "Wrong" version 1.0.0
extend vmm-2019

source page { title "A page" }

enum colour { red, green, red }

entity thing {
  name: nmae key
  size: size
  paint: colour
}

define limit: number = 5 GiB
define round: number = round + 1

rule WRG001 one "One" {
  for   step
  must  step.vm.nmae == "x"
}

rule WRG001 two "Two" {
  for   stp
  must  true
}

rule WRG002 three {
  cite  nowhere "Section"
  for   step
  when  step.transfer == lve
  must  step.vm.memory > 5
  because "{stpe.vm} is wrong
}

rule WRG003 four "Four" {
  for   step
  must  1 < step.vm.snapshots < 3
  shoud step.vm.snapshots == 0
}

rule WRG004 five "Five" {
  for   step
  must  step.vm.snapshots -1 == 0
}

matrix WRG005 six "Six" {
  for     step
  rows    step.vm.state
  columns step.vm.highly-available

  |         | true  | false |
  |---------|-------|-------|
  | running | yes   | maybe |
  | off     | yes   |
  | paused  | yes if nothing | no |
}

effect seven {
  for step
  set step.vm.memory = "much"
}

adjust VMM999 should because "who knows"
disable VMM103
test "eight" { expect move violates VMM103 }
%
"#;
    let folder = Folder::with_estate().file("wrong/wrong.way", policy);
    insta::assert_snapshot!(folder.told("check --pack wrong"));
    let output = folder.output("check --pack wrong");
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty(), "no plan is judged by policies that are wrong");
    let errors = String::from_utf8_lossy(&output.stderr).lines().filter(|line| line.starts_with("error[")).count();
    assert!(errors >= 20, "each mistake is told: {errors}");
}

#[test]
fn steps_are_explained_with_exit_codes_that_scripts_can_use() {
    let folder = Folder::with_estate()
        .file("refused.plan.yaml", DENIED)
        .file("empty.plan.yaml", "inventory: estate.yaml\nsteps: []\n")
        .file("broken.plan.yaml", "steps: [");
    assert_eq!(folder.code("explain refused.plan.yaml --step web-away"), 0, "explained, whatever it says");
    assert_eq!(folder.code("explain refused.plan.yaml --step web-away --code vmm103"), 0);
    assert_eq!(folder.code("explain refused.plan.yaml --step web-away --code VMM999"), 2, "no such code");
    assert_eq!(folder.code("explain refused.plan.yaml --step web"), 2, "no such step");
    assert_eq!(folder.code("explain nowhere.plan.yaml --step web"), 2);
    assert_eq!(folder.code("explain broken.plan.yaml --step web"), 2);
    assert_eq!(folder.code("explain empty.plan.yaml --step web"), 3, "nothing was evaluated");
    assert_eq!(folder.code("explain refused.plan.yaml"), 2, "no code of that name");
    assert_eq!(folder.code("explain VMM103 --code VMM103"), 2, "usage");
    for (line, code) in [("web-away", 0), ("web", 2)] {
        let output = folder.output(&format!("explain refused.plan.yaml --step {line} --output-format json"));
        assert_eq!(output.status.code(), Some(code));
        let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(json["version"], 1);
        assert_eq!(json["rules"].as_array().unwrap().is_empty(), code != 0);
        assert_eq!(json["diagnostics"].as_array().unwrap().is_empty(), code == 0);
    }
    let output = folder.output("explain refused.plan.yaml");
    let err = String::from_utf8(output.stderr).unwrap();
    assert!(err.contains("`clearway explain PLAN --step ID`"), "{err}");
}
