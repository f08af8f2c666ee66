//! The pages of help, as they stand on 80 columns.

use crate::commands::commands;
use crate::run::Folder;
use crate::text;

fn page(line: &str) -> String {
    let output = Folder::new().variable("COLUMNS", "80").output(line);
    assert_eq!(output.status.code(), Some(0), "{line}");
    text(&output.stdout)
}

#[test]
fn every_page() {
    insta::assert_snapshot!("clearway", page("help"));
    insta::assert_snapshot!("clearway-short", page("-h"));
    for command in commands() {
        insta::assert_snapshot!(command.clone(), page(&format!("help {command}")));
        insta::assert_snapshot!(format!("{command}-short"), page(&format!("{command} -h")));
    }
}

#[test]
fn help_is_the_same_however_it_is_asked_for() {
    assert_eq!(page("help"), page("--help"));
    for command in commands() {
        assert_eq!(page(&format!("help {command}")), page(&format!("{command} --help")), "{command}");
    }
}

#[test]
fn short_pages_fit_a_screen() {
    for command in commands().into_iter().chain([String::new()]) {
        let lines = page(&format!("{command} -h")).lines().count();
        assert!(lines <= 60, "`clearway {command} -h` has {lines} lines: hide what is rarely used from it");
    }
}

/// What descriptions of options begin with: they say what to do.
const VERBS: &[&str] = &[
    "Call", "Check", "Count", "Exit", "Explain", "Fail", "Find", "Hide", "Judge", "Look", "Pass", "Print", "Raise",
    "Read", "Run", "Show", "Take", "Tell", "Use", "Write",
];

#[test]
fn options_speak_with_one_voice() {
    let mut odd = String::new();
    for command in commands() {
        let page = page(&format!("help {command}"));
        let lines: Vec<&str> = page.lines().collect();
        for (line, below) in lines.iter().zip(lines.iter().skip(1)) {
            let option = line.trim_start();
            if !option.starts_with('-') || option.starts_with("- ") || !below.starts_with("          ") {
                continue;
            }
            let first = below.split_whitespace().next().unwrap_or_default();
            if !VERBS.contains(&first) || below.trim_end().ends_with('.') {
                odd += &format!("{command} {option}: {}\n", below.trim());
            }
        }
    }
    assert!(
        odd.is_empty(),
        "a description begins with a verb, such as {VERBS:?}, and ends without a full stop:\n{odd}"
    );
}
