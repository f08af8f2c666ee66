//! A line for each command and each format of it, and the folder they run in.

use crate::run::{DENIED, Folder};
use crate::text;

/// A pack of one rule that has a test.
pub const PACK: &str = r#"pack small "Small" version 1
enum colour { red, green }
entity box { name: name key, paint: colour }
entity step { box: box }
input plan with inventory { boxes: [box] }
rule SML01 is-red "Boxes are red" {
  for     step
  must    step.box.paint == red
  because "{step.box} is {step.box.paint}"
  help    "Paint it red."
}
test "a red box is red" {
  given  box b { paint: red }
  step   move { box: b }
  expect move satisfies SML01
}
"#;

/// A folder in which every line of [`LINES`] has something to say.
pub fn folder() -> Folder {
    let export = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/scvmm-small.json");
    Folder::with_estate()
        .file("refused.plan.yaml", DENIED)
        .file("small/small.way", PACK)
        .file("export.json", std::fs::read(export).unwrap())
}

/// Every command, in every shape of its output but the formats of `check`.
pub const LINES: &[&str] = &[
    "--help",
    "--version",
    "-h",
    "check --help",
    "check",
    "check nowhere.plan.yaml",
    "check --statistics",
    "check refused.plan.yaml --diff",
    "check --output-format concise estate.yaml",
    "check move.plan.yaml --state - --output-file report.txt",
    "review",
    "suggest refused.plan.yaml",
    "suggest refused.plan.yaml --output-format json",
    "test small --verbose",
    "lint small",
    "lint small --output-format json",
    "fmt --check small",
    "fmt --diff small",
    "rules",
    "rules --format markdown",
    "rules --format json",
    "schema plan",
    "schema inventory",
    "schema config",
    "schema output",
    "explain VMM103",
    "explain CW511",
    "explain refused.plan.yaml --step web-away",
    "explain refused.plan.yaml --step web-away --output-format json",
    "facts refused.plan.yaml",
    "facts refused.plan.yaml --template",
    "facts refused.plan.yaml --output-format json",
    "import scvmm export.json",
    "completions bash",
    "man",
    "man check",
    "help",
    "help check",
    "",
    "chekc",
    "check --slect VMM1",
];

/// The formats of `check`, as the binary names them.
pub fn formats() -> Vec<String> {
    let told = text(&Folder::new().output("check --output-format nothing-of-the-kind").stderr);
    let named = told.split_once("[possible values: ").unwrap().1.split_once(']').unwrap().0;
    named.split(',').map(|name| name.trim().to_owned()).collect()
}

/// [`LINES`] and a line for each format.
pub fn lines() -> Vec<String> {
    let formats = formats().into_iter().map(|format| format!("check --output-format {format}"));
    LINES.iter().map(|line| (*line).to_owned()).chain(formats).collect()
}

/// The commands that the binary names.
pub fn commands() -> Vec<String> {
    let help = text(&Folder::new().output("-h").stdout);
    let listed = help.split_once("Commands:\n").unwrap().1.split_once("\n\n").unwrap().0;
    let named = listed.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    named.filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

#[test]
fn every_command_has_a_line() {
    let commands = commands();
    assert!(commands.len() > 5, "{commands:?}");
    for command in commands {
        let has = LINES.iter().any(|line| line.split_whitespace().next() == Some(&command));
        assert!(has, "`clearway {command}` has no line in `LINES`: how it behaves in pipes is not tested");
    }
}
