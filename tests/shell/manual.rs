//! Completions and manual pages, held to the tools that read them.

use std::collections::BTreeSet;
use std::process::{Command, Stdio};

use crate::commands::commands;
use crate::run::Folder;
use crate::text;

/// Runs a tool on a text in a file; nothing where the tool is not there.
fn read_by(tool: &str, arguments: &[&str], text_of: &str, ending: &str) -> Option<(bool, String)> {
    let folder = Folder::new().file(&format!("file{ending}"), text_of);
    let mut command = Command::new(tool);
    command.args(arguments).arg(folder.path().join(format!("file{ending}"))).stdin(Stdio::null());
    match command.output() {
        Ok(output) => Some((output.status.success(), text(&output.stdout) + &text(&output.stderr))),
        Err(_) => {
            println!("not run: `{tool}` is not there");
            None
        }
    }
}

/// The commands, and every long option that their help names.
fn commands_and_options() -> Vec<(String, BTreeSet<String>)> {
    let folder = Folder::new();
    let options = |command: &str| {
        let help = text(&folder.output(&format!("{command} --help")).stdout);
        let starts = help.lines().filter_map(|line| {
            let line = line.trim_start();
            let line = line.strip_prefix("-").and_then(|rest| rest.split_once(", ")).map_or(line, |(_, rest)| rest);
            let option = line.strip_prefix("--")?;
            Some(option.split(|c: char| c != '-' && !c.is_ascii_alphanumeric()).next()?.to_owned())
        });
        starts.collect()
    };
    commands().into_iter().map(|name| (name.clone(), options(&name))).collect()
}

#[test]
fn completions_know_every_command_and_option() {
    let known = commands_and_options();
    assert!(known.iter().any(|(name, options)| name == "check" && options.contains("unsafe-fixes")), "{known:?}");
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let output = Folder::new().output(&format!("completions {shell}"));
        assert_eq!(output.status.code(), Some(0));
        let script = text(&output.stdout);
        for (command, options) in &known {
            assert!(script.contains(command.as_str()), "{shell} does not know `{command}`");
            for option in options {
                let written = if shell == "fish" { format!("-l {option}") } else { format!("--{option}") };
                assert!(script.contains(&written), "{shell} does not know `{command} --{option}`");
            }
        }
    }
}

#[test]
fn shells_read_their_completions() {
    for (shell, arguments, ending) in
        [("bash", &["-n"][..], ".bash"), ("zsh", &["-n"], ".zsh"), ("fish", &["--no-execute"], ".fish")]
    {
        let script = text(&Folder::new().output(&format!("completions {shell}")).stdout);
        if let Some((good, said)) = read_by(shell, arguments, &script, ending) {
            assert!(good && said.is_empty(), "{shell}: {said}");
        }
    }
}

/// What bash offers behind a line, by the functions that the script defines.
fn offered(folder: &Folder, words: &[&str]) -> Option<Vec<String>> {
    let script = text(&folder.output("completions bash").stdout);
    std::fs::write(folder.path().join("completions.bash"), script).unwrap();
    let quoted: Vec<String> = words.iter().map(|word| format!("'{word}'")).collect();
    let last = words.len() - 1;
    let before = words[last - 1];
    let program = format!(
        "source completions.bash; COMP_WORDS=({}); COMP_CWORD={last}; _clearway clearway '{}' '{before}'; printf '%s\\n' \"${{COMPREPLY[@]}}\"",
        quoted.join(" "),
        words[last],
    );
    let mut command = Command::new("bash");
    let output = command.current_dir(folder.path()).args(["--norc", "-c", &program]).stdin(Stdio::null()).output();
    let Ok(output) = output else {
        println!("not run: `bash` is not there");
        return None;
    };
    Some(text(&output.stdout).lines().map(str::to_owned).collect())
}

#[test]
fn bash_offers_what_fits() {
    let folder = Folder::with_estate();
    for (words, wanted) in [
        (&["clearway", "ch"][..], "check"),
        (&["clearway", "check", "--output-f"], "--output-format"),
        (&["clearway", "check", "--output-format", "con"], "concise"),
        (&["clearway", "check", "--color", ""], "never"),
        (&["clearway", "check", "--inventory", "est"], "estate.yaml"),
        (&["clearway", "completions", "z"], "zsh"),
    ] {
        let Some(found) = offered(&folder, words) else { return };
        assert!(found.iter().any(|word| word == wanted), "{words:?}: {found:?}");
    }
}

#[test]
fn manual_pages_are_sound() {
    let folder = Folder::new();
    let known = commands_and_options();
    assert_eq!(folder.code("man --output-dir pages/man1"), 0);
    let mut written: Vec<String> = std::fs::read_dir(folder.path().join("pages/man1"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    written.sort();
    let mut wanted: Vec<String> = known.iter().map(|(name, _)| format!("clearway-{name}.1")).collect();
    wanted.push("clearway.1".to_owned());
    wanted.sort();
    assert_eq!(written, wanted);
    for (command, options) in &known {
        let page = text(&folder.output(&format!("man {command}")).stdout);
        let kept = std::fs::read_to_string(folder.path().join(format!("pages/man1/clearway-{command}.1"))).unwrap();
        assert_eq!(page, kept);
        let plain = page.replace("\\-", "-");
        for option in options {
            assert!(plain.contains(&format!("--{option}")), "{command}: --{option}");
        }
        if let Some((_, said)) = read_by("mandoc", &["-T", "lint", "-W", "error"], &page, ".1") {
            assert!(!said.contains("ERROR") && !said.contains("UNSUPP"), "{command}: {said}");
        }
        if let Some((good, said)) = read_by("man", &["-l"], &page, ".1") {
            assert!(good && said.contains("SYNOPSIS"), "{command}: {said}");
        }
    }
}
