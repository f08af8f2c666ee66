//! `clearway check`.

use std::path::{Path, PathBuf};

use super::args::{Check, FailOn, Format, Unverified};
use super::stdin::Input;
use super::{Exit, output, terminal};
use crate::diag::{Diagnostic, Severity};
use crate::render::{concise, diagnostics, dot, full, json, mermaid};
use crate::report::{Finding, FindingVerdict, Report};
use crate::session::{Options, Selection, Session, Weight};

/// Runs it.
pub fn run(args: &Check) -> Result<Exit, String> {
    if (args.fix || args.diff)
        && let Some(exit) = super::fix::run(args)?
    {
        return Ok(exit);
    }
    let look = terminal::output(&args.common.looks);
    let errors = terminal::errors(&args.common.looks);
    let mut paths = if args.paths.is_empty() { vec![".".into()] } else { args.paths.clone() };
    let files = Input::new(&mut paths, args.stdin_filename.as_deref());
    let options = options(args)?;
    let piped = args.state.as_deref().is_some_and(|path| path.as_os_str() == "-");
    if piped && args.common.looks.output_file.is_none() {
        return Err("the state and the findings both go to standard output: give one of them a file by `--output-file` or `--state`".to_owned());
    }
    let mut session = Session::new(&files, options);
    let checked = session.check(&paths);
    let (map, report, told) = (session.map(), &checked.report, &checked.diagnostics);
    let text = match args.output_format {
        Format::Json => json::draw(map, report, told),
        Format::Mermaid => mermaid::draw(report),
        Format::Dot => dot::draw(report),
        Format::Concise if !args.statistics => concise::draw(&look, map, report),
        _ if report.plans.is_empty() => String::new(),
        _ if args.statistics => full::statistics(&look, report),
        _ => full::draw(&look, map, report),
    };
    match args.output_format {
        Format::Json => {}
        Format::Concise => output::say(&concise::diagnostics(&errors, map, told)),
        Format::Full | Format::Mermaid | Format::Dot => super::tell(&errors, map, told),
    }
    output::write(args.common.looks.output_file.as_deref(), &text)?;
    if let (Some(path), Some(state)) = (&args.state, &checked.state) {
        let path = Some(path.as_path()).filter(|_| !piped);
        spared(path, &session, args)?;
        output::write(path, state)?;
    }
    let exit = ended(args, report, told, checked.evaluated);
    if !args.common.looks.quiet {
        if let Some(count) = diagnostics::count(told).filter(|_| args.output_format != Format::Json) {
            let apart = if args.output_format == Format::Full { "\n" } else { "" };
            // What has no place was not read: a file that is not there, a state that cannot be written.
            let read = told.iter().any(|diagnostic| !diagnostic.labels.is_empty());
            output::say(&format!("{apart}{count}{}\n", if read { " in what was read" } else { "" }));
        }
        if exit == Exit::Nothing {
            output::say(&format!("nothing was evaluated: {}\n", checked.why_nothing));
        }
    }
    Ok(exit)
}

/// Options of the session.
pub(super) fn options(args: &Check) -> Result<Options, String> {
    let mut options = super::options(&args.common)?;
    options.inventories.clone_from(&args.inventory);
    options.strict = args.strict;
    options.selection = Selection::new(&args.select, &args.ignore);
    options.unverified = match args.unverified {
        Unverified::Error => Weight::AsRule,
        Unverified::Warning => Weight::Warning,
        Unverified::Ignore => Weight::Ignored,
    };
    options.state.clone_from(&args.state);
    args.judging.set(&mut options)?;
    Ok(options)
}

/// Sees to it that a state takes the place of nothing that was read or written by this run.
fn spared(state: Option<&Path>, session: &Session, args: &Check) -> Result<(), String> {
    let Some(own) = state.and_then(|path| path.canonicalize().ok()) else { return Ok(()) };
    let read = session.map().files().map(|(_, file)| PathBuf::from(file.name()));
    let mut taken = read.chain(args.common.looks.output_file.clone());
    match taken.find(|path| path.canonicalize().is_ok_and(|path| path == own)) {
        Some(path) => Err(format!("the state would take the place of `{}`: write it to another file", path.display())),
        None => Ok(()),
    }
}

/// The exit code: what failed wins over what was found.
fn ended(args: &Check, report: &Report, told: &[Diagnostic], evaluated: bool) -> Exit {
    if super::failed(told) {
        return Exit::Failed;
    }
    if !evaluated {
        return Exit::Nothing;
    }
    let least = match args.fail_on {
        FailOn::Error => Severity::Error,
        FailOn::Warning => Severity::Warning,
        FailOn::Info => Severity::Info,
        FailOn::Never => return Exit::Clean,
    };
    let ignored = args.unverified == Unverified::Ignore;
    let counts = |finding: &Finding| match finding.verdict {
        FindingVerdict::Waived => false,
        FindingVerdict::Unverified => !ignored && finding.severity >= least,
        FindingVerdict::Violated | FindingVerdict::Noted => finding.severity >= least,
    };
    if !args.exit_zero && report.findings.iter().any(counts) { Exit::Findings } else { Exit::Clean }
}
