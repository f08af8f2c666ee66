//! `clearway check`.

use std::path::{Path, PathBuf};

use super::args::{Check, FailOn, Format, Unverified};
use super::settings::Settings;
use super::stdin::Input;
use super::{Exit, output, terminal};
use crate::render::{concise, diagnostics, dot, full, json, mermaid};
use crate::report::Finding;
use crate::session::{Checked, Failing, Options, Selection, Session, Weight};

/// Runs it.
pub fn run(args: &Check, settings: &Settings) -> Result<Exit, String> {
    if (args.fix || args.diff)
        && let Some(exit) = super::fix::run(args, settings)?
    {
        return Ok(exit);
    }
    let look = terminal::output(&args.common.looks);
    let errors = terminal::errors(&args.common.looks);
    let mut paths = if args.paths.is_empty() { vec![".".into()] } else { args.paths.clone() };
    let files = Input::new(&mut paths, args.stdin_filename.as_deref());
    let piped = args.state.as_deref().is_some_and(|path| path.as_os_str() == "-");
    if piped && args.common.looks.output_file.is_none() {
        return Err("the state and the findings both go to standard output: give one of them a file by `--output-file` or `--state`".to_owned());
    }
    let mut session = settings.session(&files, args)?;
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
    let exit = ended(args, &checked);
    if !args.common.looks.quiet {
        if let Some(count) = diagnostics::count(told).filter(|_| args.output_format != Format::Json) {
            let apart = if args.output_format == Format::Full { "\n" } else { "" };
            // What has no place was not read: a file that is not there, a state that cannot be written.
            let read = told.iter().any(|diagnostic| !diagnostic.labels.is_empty());
            output::say(&format!("{apart}{count}{}\n", if read { " in what was read" } else { "" }));
        }
        if let Some(named) = checked.all_excluded {
            let plans = if named == 1 { "the plan named is".to_owned() } else { format!("all {named} plans named are") };
            output::say(&format!("nothing to check: {plans} excluded\n"));
        } else if exit == Exit::Nothing {
            output::say(&format!("nothing was evaluated: {}\n", checked.why_nothing));
        }
    }
    Ok(exit)
}

/// Options of the session, on top of those that every command has.
pub(super) fn options(args: &Check, mut options: Options) -> Result<Options, String> {
    options.inventories.clone_from(&args.inventory);
    options.strict = args.strict;
    options.selection = Selection::new(&args.select, &args.ignore);
    options.unverified = match args.unverified {
        Unverified::Error => Weight::AsRule,
        Unverified::Warning => Weight::Warning,
        Unverified::Ignore => Weight::Ignored,
    };
    options.failing = match args.fail_on {
        FailOn::Error => Failing::Error,
        FailOn::Warning => Failing::Warning,
        FailOn::Info => Failing::Info,
        FailOn::Never => Failing::Never,
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
fn ended(args: &Check, checked: &Checked) -> Exit {
    if super::failed(&checked.diagnostics) {
        return Exit::Failed;
    }
    if !checked.evaluated {
        return if checked.all_excluded.is_some() { Exit::Clean } else { Exit::Nothing };
    }
    let level = |finding: &Finding| checked.levels.get(finding.plan).copied().unwrap_or_default();
    let fails = checked.report.findings.iter().any(|finding| level(finding).fails(finding));
    if !args.exit_zero && fails { Exit::Findings } else { Exit::Clean }
}
