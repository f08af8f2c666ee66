//! Terminals and what is none: colours, widths, boxes.

use std::process::{Command, Stdio};

use crate::commands::folder;
use crate::run::Folder;
use crate::text;

const ESCAPE: char = '\u{1b}';

/// Runs a line at a pseudo terminal of some columns; nothing where there is no `script` to make one.
pub fn at_terminal(folder: &Folder, columns: u16, line: &str, variables: &[(&str, &str)]) -> Option<(String, i32)> {
    let shell = format!("stty rows 40 cols {columns}; {} {line}", env!("CARGO_BIN_EXE_clearway"));
    let mut command = Command::new("script");
    command.current_dir(folder.path()).env_clear().args(["-qec", &shell, "/dev/null"]);
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("TERM", "xterm").env("SHELL", "/bin/sh");
    command.envs(variables.iter().copied()).stdin(Stdio::null());
    let Ok(output) = command.output() else {
        println!("not run: `script` is not there");
        return None;
    };
    Some((text(&output.stdout).replace("\r\n", "\n"), output.status.code().unwrap()))
}

#[test]
fn colours_are_for_terminals_that_want_them() {
    let folder = folder();
    for (variables, line, painted) in [
        (&[][..], "check refused.plan.yaml", true),
        (&[("NO_COLOR", "1")], "check refused.plan.yaml", false),
        (&[("NO_COLOR", "")], "check refused.plan.yaml", true),
        (&[("NO_COLOR", "1"), ("FORCE_COLOR", "1")], "check refused.plan.yaml", false),
        (&[("CLICOLOR", "0")], "check refused.plan.yaml", false),
        (&[("CLICOLOR", "1")], "check refused.plan.yaml", true),
        (&[("TERM", "dumb")], "check refused.plan.yaml", false),
        (&[("TERM", "dumb"), ("FORCE_COLOR", "1")], "check refused.plan.yaml", true),
        (&[("NO_COLOR", "1")], "check refused.plan.yaml --color always", true),
        (&[], "check refused.plan.yaml --color never", false),
        (&[], "check refused.plan.yaml --output-format json", false),
        (&[], "check nowhere.plan.yaml", true),
        (&[], "check refused.plan.yaml --output-file report.txt", false),
    ] {
        let Some((shown, _)) = at_terminal(&folder, 100, line, variables) else { return };
        assert_eq!(shown.contains(ESCAPE), painted, "{line} {variables:?}:\n{shown}");
    }
    let report = std::fs::read_to_string(folder.path().join("report.txt")).unwrap();
    assert!(report.contains("VMM103") && !report.contains(ESCAPE), "a file is no terminal:\n{report}");
}

#[test]
fn what_is_not_a_terminal_gets_the_same_without_colours() {
    let folder = folder();
    let Some((shown, code)) = at_terminal(&folder, 80, "check refused.plan.yaml --color never", &[]) else { return };
    let piped = folder.output("check refused.plan.yaml");
    assert_eq!(shown, text(&piped.stdout), "`full` is the default in pipes, too");
    assert_eq!(Some(code), piped.status.code());
}

#[test]
fn variables_decide_in_pipes_too() {
    for (variables, painted) in [
        (&[][..], false),
        (&[("FORCE_COLOR", "1")], true),
        (&[("FORCE_COLOR", "0")], false),
        (&[("CLICOLOR_FORCE", "1")], true),
        (&[("CLICOLOR", "1")], false),
        (&[("FORCE_COLOR", "1"), ("NO_COLOR", "1")], false),
    ] {
        let folder = variables.iter().fold(folder(), |folder, (name, value)| folder.variable(name, value));
        for line in ["check", "suggest refused.plan.yaml", "explain VMM103", "check nowhere.plan.yaml"] {
            let output = folder.output(line);
            let shown = text(&output.stdout) + &text(&output.stderr);
            assert_eq!(shown.contains(ESCAPE), painted, "{line} {variables:?}:\n{shown}");
        }
    }
}

#[test]
fn the_width_is_the_terminals() {
    let folder = folder();
    let widest = |shown: &str| shown.lines().map(|line| line.chars().count()).max().unwrap();
    for columns in [60, 80, 120] {
        let Some((shown, _)) = at_terminal(&folder, columns, "check refused.plan.yaml --color never", &[]) else {
            return;
        };
        assert_eq!(widest(&shown), usize::from(columns), "{shown}");
    }
    let Some((shown, _)) = at_terminal(&folder, 120, "check refused.plan.yaml --color never", &[("COLUMNS", "70")])
    else {
        return;
    };
    assert_eq!(widest(&shown), 70, "COLUMNS wins:\n{shown}");
}

/// Everything that is written for people. Diffs, templates and policies as they are written are text of their own.
const PROSE: &[&str] = &[
    "--help",
    "-h",
    "check",
    "check --verbose",
    "check --statistics",
    "check nowhere.plan.yaml",
    "check --slect VMM1",
    "check --output-format fulll",
    "check --limit rows",
    "check --select ABC",
    "check - --fix",
    "suggest refused.plan.yaml",
    "test small --verbose",
    "test small --min-coverage 100",
    "lint small",
    "fmt --check small",
    "rules",
    "rules --verbose",
    "explain refused.plan.yaml --step web-away",
    "explain refused.plan.yaml --step web-away --verbose",
    "explain refused.plan.yaml",
    "facts refused.plan.yaml",
    "facts --verbose",
    "facts folder",
    "",
    "chekc",
];

#[test]
fn no_line_of_prose_is_wider_than_80_columns() {
    let folder = folder().variable("COLUMNS", "80");
    let mut codes: Vec<String> =
        text(&folder.output("rules --format json").stdout).lines().filter_map(code).map(str::to_owned).collect();
    assert!(codes.len() > 40, "{codes:?}");
    codes.extend(
        std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/codes"))
            .unwrap()
            .map(|page| page.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned()),
    );
    let help = crate::commands::commands().into_iter().flat_map(|name| [format!("{name} -h"), format!("help {name}")]);
    let pages = codes.iter().map(|code| format!("explain {code}"));
    let mut wide = String::new();
    for line in PROSE.iter().map(|line| (*line).to_owned()).chain(help).chain(pages) {
        let output = folder.output(&line);
        let shown = text(&output.stdout) + &text(&output.stderr);
        let mut fenced = false;
        for row in shown.lines() {
            fenced ^= row.starts_with("```");
            // Policies and examples are shown as they are written.
            let verbatim = line.starts_with("explain") && (fenced || row.starts_with("    ") || row.starts_with('|'));
            if row.chars().count() > 80 && !verbatim {
                wide += &format!("{line}: {row}\n");
            }
        }
    }
    assert!(wide.is_empty(), "{wide}");
}

/// The code on a line of JSON that holds one.
fn code(line: &str) -> Option<&str> {
    line.trim().strip_prefix("\"code\": \"")?.strip_suffix("\",")
}

#[test]
fn quiet_leaves_findings_and_nothing_else() {
    let folder = folder();
    for (line, out, err) in [
        ("check --quiet refused.plan.yaml", true, false),
        ("check --quiet refused.plan.yaml --select VMM2", false, false),
        ("check --quiet nowhere.plan.yaml", false, true),
        ("check --quiet small", false, false),
        ("check --quiet refused.plan.yaml --output-format concise", true, false),
        ("test --quiet", false, false),
        ("test --quiet small --min-coverage 100", true, true),
        ("suggest --quiet refused.plan.yaml", true, false),
        ("facts --quiet refused.plan.yaml", true, false),
        ("explain --quiet VMM103", true, false),
    ] {
        let output = folder.output(line);
        let found = crate::run::told(line, &output);
        assert_eq!((!output.stdout.is_empty(), !output.stderr.is_empty()), (out, err), "{found}");
    }
}

/// Plans that take more than a second to check, even where checking is fast.
fn many() -> Folder {
    let mut steps = String::from("inventory: ../estate.yaml\nsteps:\n");
    for step in 0..40 {
        let host = if step % 2 == 0 { "a2" } else { "a1" };
        steps += &format!("  - {{ id: s{step}, vm: web, transfer: live, to: {{ host: {host} }} }}\n");
    }
    (0..60).fold(folder(), |folder, plan| folder.file(&format!("many/p{plan:03}.plan.yaml"), &steps))
}

#[test]
fn long_runs_show_their_progress_and_take_it_away() {
    let folder = many();
    let line = "check many --statistics --color never";
    let begun = std::time::Instant::now();
    let piped = folder.output(line);
    let slow = begun.elapsed().as_millis() > 4000;
    assert_eq!(text(&piped.stderr), "", "no terminal, no bar");
    let Some((shown, code)) = at_terminal(&folder, 80, line, &[]) else { return };
    assert_eq!(Some(code), piped.status.code());
    assert!(shown.ends_with(&text(&piped.stdout)), "the bar is gone before anything is said:\n{shown}");
    if slow {
        assert!(shown.contains("/60 plans"), "{shown:?}");
        let bars = shown.strip_suffix(&text(&piped.stdout)).unwrap();
        assert!(bars.ends_with("\u{1b}[2K\r") || bars.ends_with("\u{1b}[2K") || bars.ends_with('\r'), "{bars:?}");
    }
    let Some((shown, _)) = at_terminal(&folder, 80, line, &[("PRE_COMMIT", "1")]) else { return };
    assert_eq!(shown, text(&piped.stdout), "a hook's terminal shows it afterwards");
}

#[test]
fn short_runs_show_none() {
    let Some((shown, _)) = at_terminal(&folder(), 80, "check --color never", &[]) else { return };
    assert!(!shown.contains(ESCAPE), "{shown:?}");
}
