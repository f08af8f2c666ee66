//! Closed pipes, full disks, standard input that cannot be read, arguments that are no text.

use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::os::unix::ffi::OsStringExt as _;
use std::path::Path;
use std::process::{Output, Stdio};

use crate::commands::{folder, lines};
use crate::run::{Folder, told};
use crate::text;

/// The end of a pipe that nobody reads: the first byte already finds the reader gone.
fn closed() -> Stdio {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    writer.into()
}

/// A disk that is full.
fn full() -> Stdio {
    OpenOptions::new().write(true).open("/dev/full").unwrap().into()
}

#[test]
fn a_reader_that_is_gone_changes_neither_the_exit_code_nor_the_other_stream() {
    let folder = folder();
    for line in lines() {
        let open = folder.output(&line);
        let code = open.status.code();
        let out = folder.command(&line).stdout(closed()).output().unwrap();
        assert_eq!(out.status.code(), code, "standard output closed: {}", told(&line, &out));
        assert_eq!(text(&out.stderr), text(&open.stderr), "{line}");
        let err = folder.command(&line).stderr(closed()).output().unwrap();
        assert_eq!(err.status.code(), code, "standard error closed: {}", told(&line, &err));
        assert_eq!(text(&err.stdout), text(&open.stdout), "{line}");
        let both = folder.command(&line).stdout(closed()).stderr(closed()).output().unwrap();
        assert_eq!(both.status.code(), code, "both closed: {line}");
    }
}

#[test]
fn a_full_disk_fails_the_run_and_says_so() {
    if !Path::new("/dev/full").exists() {
        println!("not run: there is no /dev/full");
        return;
    }
    let folder = folder();
    for line in lines() {
        let open = folder.output(&line);
        let out = folder.command(&line).stdout(full()).output().unwrap();
        if open.stdout.is_empty() {
            assert_eq!(out.status.code(), open.status.code(), "nothing was written: {line}");
        } else {
            assert_eq!(out.status.code(), Some(2), "{}", told(&line, &out));
            let err = text(&out.stderr);
            assert!(err.contains("error: cannot write the output: No space left on device"), "{line}: {err}");
        }
        let err = folder.command(&line).stderr(full()).output().unwrap();
        assert_eq!(err.status.code(), open.status.code(), "there is nobody left to tell: {line}");
        assert_eq!(text(&err.stdout), text(&open.stdout), "{line}");
    }
    let output = folder.output("check --output-file /dev/full");
    assert_eq!(output.status.code(), Some(2), "{}", told("", &output));
    assert!(text(&output.stderr).contains("cannot write `/dev/full`"), "{}", told("", &output));
}

fn fed(folder: &Folder, line: &str, input: Stdio) -> Output {
    folder.command(line).stdin(input).output().unwrap()
}

#[test]
fn standard_input_that_cannot_be_read_fails_the_run() {
    let folder = folder();
    let listing = || Stdio::from(File::open("/").unwrap());
    for line in ["check -", "suggest -", "explain - --step web-away", "check - --output-format json"] {
        let output = fed(&folder, line, listing());
        assert_eq!(output.status.code(), Some(2), "{}", told(line, &output));
        let said = text(&output.stdout) + &text(&output.stderr);
        assert!(said.contains("`stdin.plan.yaml` cannot be read"), "{said}");
        let output = fed(&folder, line, Stdio::null());
        assert_eq!(output.status.code(), Some(2), "an empty plan: {}", told(line, &output));
        let output = folder.piped(line, "plan: \u{0}\u{1}");
        assert_eq!(output.status.code(), Some(2), "no YAML: {}", told(line, &output));
    }
    let mut child = folder.command("check -").stdin(Stdio::piped()).spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), b"plan: \xff\xfe\nsteps: []\n").unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(2), "no UTF-8: {}", told("check -", &output));
    assert!(text(&output.stderr).contains("stdin.plan.yaml"), "{}", told("check -", &output));
    // What does not ask for standard input does not wait for it.
    let mut child = folder.command("check move.plan.yaml").stdin(Stdio::piped()).spawn().unwrap();
    let kept = child.stdin.take();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    drop(kept);
}

#[test]
fn arguments_that_are_no_text_are_refused_in_words() {
    let folder = folder();
    let odd = |text: &[u8]| OsString::from_vec(text.to_vec());
    for (line, argument) in [
        ("check", odd(b"\xff\xfe.plan.yaml")),
        ("check", odd(b"--\xff")),
        ("check --pack", odd(b"\xff")),
        ("check --output-format", odd(b"\xff")),
        ("check --inventory", odd(b"\xff.yaml")),
        ("check --select", odd(b"VMM\xff")),
        ("explain", odd(b"VMM\xff")),
        ("", odd(b"\xffchec")),
    ] {
        let output = folder.command(line).arg(&argument).output().unwrap();
        let found = told(line, &output);
        assert_eq!(output.status.code(), Some(2), "{found}");
        assert!(text(&output.stderr).starts_with("error"), "{found}");
        assert_eq!(text(&output.stdout), "", "{found}");
    }
}

#[test]
fn a_file_whose_name_is_no_text_is_checked_all_the_same() {
    let folder = folder();
    let name = OsString::from_vec(b"\xff.plan.yaml".to_vec());
    if std::fs::copy(folder.path().join("refused.plan.yaml"), folder.path().join(&name)).is_err() {
        println!("not run: this file system takes no such name");
        return;
    }
    for format in ["full", "json"] {
        let output = folder.command(&format!("check --output-format {format}")).arg(&name).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{}", told("", &output));
        assert!(text(&output.stdout).contains("\u{fffd}.plan.yaml"), "{}", told("", &output));
    }
}

#[test]
fn long_arguments_are_no_trouble() {
    let folder = folder();
    let long = "x".repeat(100_000);
    for (line, code) in [
        (format!("check {long}.plan.yaml"), 2),
        (format!("check --pack {long}"), 2),
        (format!("check --select {long}"), 2),
        (format!("check --output-format {long}"), 2),
        (format!("check --{long}"), 2),
        (format!("check --limit {long}=1"), 2),
        (format!("explain {long}"), 2),
        (long.clone(), 2),
        (format!("check move.plan.yaml --ignore {}", ["VMM1"; 20_000].join(",")), 0),
        (format!("check {}", ["move.plan.yaml"; 10_000].join(" ")), 0),
    ] {
        let output = folder.output(&line);
        let found: String = told("", &output).chars().take(2000).collect();
        assert_eq!(output.status.code(), Some(code), "{found}");
        assert!(!found.contains("panicked"), "{found}");
    }
}
