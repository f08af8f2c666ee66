//! What is said where a command line cannot be understood.

use crate::commands::folder;
use crate::text;

/// A line, and the tip that has to come.
const TIPS: &[(&str, &str)] = &[
    ("move.plan.yaml", "did you mean `clearway check move.plan.yaml`?"),
    ("new.plan.csv --quiet", "did you mean `clearway check new.plan.csv --quiet`?"),
    ("estate.yaml", "did you mean `clearway check estate.yaml`?"),
    ("-", "did you mean `clearway check -`?"),
    ("VMM103", "did you mean `clearway explain VMM103`?"),
    ("cw511", "did you mean `clearway explain cw511`?"),
    ("validate move.plan.yaml", "did you mean `clearway check move.plan.yaml`?"),
    ("chekc", "a similar subcommand exists: 'check'"),
    ("explian VMM103", "a similar subcommand exists: 'explain'"),
    ("check --format json", "did you mean `--output-format json`?"),
    ("check --format=json", "did you mean `--output-format json`?"),
    ("check --output json", "did you mean `--output-format json`?"),
    ("check --output report.json", "did you mean `--output-file report.json`?"),
    ("check -o report.json", "did you mean `--output-file report.json`?"),
    ("check --output", "did you mean `--output-file FILE`?"),
    ("check --no-color", "did you mean `--color never`?"),
    ("check --policy acme move.plan.yaml", "did you mean `--pack acme`?"),
    ("check --skip VMM1", "did you mean `--ignore VMM1`?"),
    ("check --plan move.plan.yaml", "files need no option: `clearway check move.plan.yaml`"),
    ("check --dry-run", "did you mean `--diff`?"),
    ("check --slect VMM1", "did you mean `--select`?"),
    ("check --inventry estate.yaml", "did you mean `--inventory`?"),
    ("check --nothing-like-it", "`clearway check --help` lists its options"),
    ("check --output-format fulll", "a similar value exists: 'full'"),
    ("check --color sometimes", "[possible values: auto, always, never]"),
    ("suggest --select VMM1 move.plan.yaml", "`--select` is an option of `clearway check`"),
    ("--quiet check", "`--quiet` stands behind its command, as in `clearway check --quiet`"),
    ("check --limit row=3", "did you mean `rows`?"),
    ("check mvoe.plan.yaml", "did you mean `move.plan.yaml`?"),
    ("check move.plan.yml", "did you mean `move.plan.yaml`?"),
    ("check move.plan.yaml --inventory estaet.yaml", "did you mean `estate.yaml`?"),
    ("check --pack vmm-2091", "did you mean `vmm-2019`?"),
    ("check --select VMN103", "did you mean `VMM103`?"),
    ("explain VMM1033", "did you mean `VMM103`?"),
    ("explain refused.plan.yaml", "`clearway explain PLAN --step ID` explains a step of a plan"),
    ("explain refused.plan.yaml --step web-awy", "did you mean `web-away`?"),
    ("man chekc", "did you mean `clearway man check`?"),
    ("help chekc", "did you mean `clearway help check`?"),
    ("completions zhs", "did you mean `zsh`?"),
];

#[test]
fn near_misses_are_told_what_was_meant() {
    let folder = folder();
    let mut wrong = String::new();
    for (line, tip) in TIPS {
        let output = folder.output(line);
        let said = text(&output.stderr).split_whitespace().collect::<Vec<_>>().join(" ");
        if output.status.code() != Some(2) || !said.contains(tip) || said.matches("tip:").count() > 1 {
            wrong += &format!("{tip} is wanted\n{}\n", crate::run::told(line, &output));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn what_lies_far_off_is_not_guessed_at() {
    let folder = folder();
    for line in ["check nowhere.plan.yaml", "check --nothing-like-it", "zebra", "check --pack zebra"] {
        let said = text(&folder.output(line).stderr);
        assert!(!said.contains("did you mean") && !said.contains("similar"), "{line}: {said}");
    }
}

#[test]
fn complaints_are_coloured_where_asked_for() {
    let folder = folder();
    for line in ["chekc --color always", "check --slect x --color=always", "check --limit x --color always"] {
        let said = text(&folder.output(line).stderr);
        assert!(said.starts_with('\u{1b}'), "{line}: {said}");
    }
    assert!(text(&folder.output("check --help --color always").stdout).contains('\u{1b}'));
    assert!(!text(&folder.output("check --help").stdout).contains('\u{1b}'));
}
