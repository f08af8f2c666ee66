//! `clearway check`.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::along::Along;
use super::args::{Check, Cli, Command, FailOn, Unverified};
use super::formats::{Format, Reports};
use super::progress::Progress;
use super::settings::Settings;
use super::stdin::Input;
use super::{Exit, output, terminal};
use crate::diag::Severity;
use crate::render::{concise, diagnostics, full, timings};
use crate::report::{Failing, Phase, Reference, Run};
use crate::session::{Options, Selection, Session, Weight};
use crate::source::Files;

/// Runs it.
pub fn run(args: &Check, settings: &Settings) -> Result<Exit, String> {
    run_as(args, settings, false)
}

/// Runs it for a review, or for itself.
pub(super) fn run_as(args: &Check, settings: &Settings, reviewing: bool) -> Result<Exit, String> {
    reports(args, &written(args)).placed()?;
    if (args.fix || args.diff)
        && let Some(exit) = super::fix::run(args, settings)?
    {
        return Ok(exit);
    }
    let mut paths = paths(args);
    let files = Input::new(&mut paths, args.stdin_filename.as_deref(), args.input_format);
    once(args, settings, &files, &|session| files.pipe(session), &paths, reviewing)
}

/// The reports that are written, and what else is.
fn reports<'a>(args: &'a Check, others: &'a [(&'static str, &'a Path)]) -> Reports<'a> {
    Reports { files: &args.report, others }
}

/// The paths that are checked.
fn paths(args: &Check) -> Vec<PathBuf> {
    if args.paths.is_empty() { vec![".".into()] } else { args.paths.clone() }
}

/// Runs it, and again whenever something changes that it looked at.
pub fn watch(args: &Check, settings: &Settings) -> Result<Exit, String> {
    let looks = &args.common.looks;
    if args.paths.iter().any(|path| path.as_os_str() == "-") {
        return Err("`--watch` cannot watch standard input: name files or folders".to_owned());
    }
    if looks.output_file.is_none() && !matches!(args.output_format, Format::Full | Format::Concise) {
        return Err("`--watch` draws for people, `full` or `concise`; other formats go into a file by `--output-file`"
            .to_owned());
    }
    let others = written(args);
    reports(args, &others).placed()?;
    let others = others.iter().map(|(_, path)| path.to_path_buf());
    let own: Vec<PathBuf> = others.chain(args.report.iter().map(|report| report.path.clone())).collect();
    super::watch::run(looks, &own, &mut |seen| match settings.again() {
        // The configuration may be another one by now.
        Ok((settings, Cli { command: Command::Check(args) })) => {
            seen.note(settings.config());
            once(&args, &settings, seen, &|_| (), &paths(&args), false)
        }
        Ok(_) => Ok(Exit::Failed),
        Err(error) => {
            seen.note(settings.config());
            Ok(super::usage::answer(error, settings.typed()))
        }
    })
}

/// Checks plans and says what was found.
fn once(
    args: &Check,
    settings: &Settings,
    files: &dyn Files,
    pipe: &dyn Fn(&mut Session),
    paths: &[PathBuf],
    reviewing: bool,
) -> Result<Exit, String> {
    let others = written(args);
    let reports = reports(args, &others);
    let look = terminal::output(&args.common.looks);
    let errors = terminal::errors(&args.common.looks);
    let piped = args.state.as_deref().is_some_and(|path| path.as_os_str() == "-");
    if piped && args.common.looks.output_file.is_none() {
        return Err("the state and the findings both go to standard output: give one of them a file by `--output-file` or `--state`".to_owned());
    }
    let mut session = settings.session(files, args)?;
    if args.timings {
        session.measure(settings.clock());
    }
    // What quotes lines by their numbers needs the text as a whole.
    if !reports.any(args.output_format, Format::quotes_lines) {
        pipe(&mut session);
    }
    let along = Along::new(args, reviewing).map(Rc::new);
    if let Some(along) = &along {
        along.follow(&mut session, &look);
    }
    let progress = Progress::new(&errors);
    progress.follow(&mut session);
    let mut checked = session.check(paths);
    progress.end();
    let judged = settings.elapsed();
    args.comparing.run(&mut session, &mut checked, paths, args.common.looks.quiet)?;
    let compared = settings.elapsed();
    if reviewing || reports.any(args.output_format, Format::shows_patches) {
        super::review::propose(&mut session, &mut checked, reviewing);
    }
    let asked = |wants| reports.any(args.output_format, wants);
    let reference = if asked(Format::asks_for_reference) { session.reference(&checked) } else { Reference::default() };
    let fixes = if asked(Format::asks_for_fixes) { session.fixes(&checked) } else { Vec::new() };
    let (map, report, told) = (session.map(), &checked.report, &checked.diagnostics);
    let nothing = (!checked.evaluated && checked.all_excluded.is_none()).then_some(checked.why_nothing);
    let folder = std::env::current_dir().ok().and_then(|folder| folder.to_str().map(str::to_owned));
    let run = Run {
        folder: folder.as_deref(),
        map,
        report,
        diagnostics: told,
        failing: &checked.levels,
        nothing,
        fixes: &fixes,
        reference: &reference,
    };
    let text = match args.output_format {
        Format::Full | Format::Concise if args.statistics && report.plans.is_empty() => String::new(),
        Format::Full | Format::Concise if args.statistics => full::statistics(&look, &report.only_new()),
        format => match along.filter(|along| along.began()) {
            Some(_) => format.rest(&look, &run),
            None => format.draw(&look, &run),
        },
    };
    reports.spare(map.files().map(|(_, file)| Path::new(file.name())))?;
    match args.output_format {
        Format::Concise => output::say(&concise::diagnostics(&errors, map, told)),
        format if format.tells_all() => {}
        _ => super::tell(&errors, map, told),
    }
    output::write(args.common.looks.output_file.as_deref(), &text)?;
    reports.write(&look, &run)?;
    if let (Some(path), Some(state)) = (&args.state, &checked.state) {
        let path = Some(path.as_path()).filter(|_| !piped);
        spared(path, &session, args)?;
        output::write(path, state)?;
    }
    let exit = ended(args, &run, checked.handed_on_fails());
    if !args.common.looks.quiet {
        if let Some(count) = diagnostics::count(told).filter(|_| !args.output_format.tells_all()) {
            let apart = if args.output_format == Format::Full { "\n" } else { "" };
            // What has no place was not read: a file that is not there, a state that cannot be written.
            let read = told.iter().any(|diagnostic| !diagnostic.labels.is_empty());
            output::say(&format!("{apart}{count}{}\n", if read { " in what was read" } else { "" }));
        }
        if args.output_format == Format::Concise
            && let Some(line) = full::compared(report)
        {
            output::say(&format!("{line}\n"));
        }
        if let Some(named) = checked.all_excluded {
            let plans =
                if named == 1 { "the plan named is".to_owned() } else { format!("all {named} plans named are") };
            output::say(&format!("nothing to check: {plans} excluded\n"));
        } else if exit == Exit::Nothing {
            output::say(&format!("nothing was evaluated: {}\n", checked.why_nothing));
        }
    }
    if let Some(mut timings) = session.timings() {
        if args.comparing.any() {
            timings.spend(Phase::Comparing, compared.saturating_sub(judged));
        }
        timings.spend(Phase::Writing, settings.elapsed().saturating_sub(compared));
        output::say(&timings::draw(&errors, &timings));
    }
    if !args.watch {
        // The process ends here: giving back what it holds, piece by piece, is time that nobody gains anything by.
        std::mem::forget((session, checked, text));
    }
    Ok(exit)
}

/// Options of the session, on top of those that every command has.
pub(super) fn options(args: &Check, mut options: Options) -> Result<Options, String> {
    options.inventories.clone_from(&args.inventory);
    options.strict = args.strict;
    options.jobs = args.jobs.map(usize::from);
    options.stdin = args.input_format.map(|format| {
        let name = super::stdin::called(args.stdin_filename.as_deref(), Some(format));
        (name, format.into())
    });
    options.selection = Selection::new(&args.select, &args.ignore);
    options.unverified = match args.unverified {
        Unverified::Error => Weight::AsRule,
        Unverified::Warning => Weight::Warning,
        Unverified::Ignore => Weight::Ignored,
    };
    options.failing = failing(args);
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

/// The files that a run writes beside its reports.
fn written(args: &Check) -> Vec<(&'static str, &Path)> {
    let output = args.common.looks.output_file.as_deref().map(|path| ("--output-file", path));
    let state = args.state.as_deref().filter(|path| path.as_os_str() != "-").map(|path| ("--state", path));
    output.into_iter().chain(state).chain(args.comparing.writes()).collect()
}

/// Which findings of a plan fail the run.
fn failing(args: &Check) -> Failing {
    let least = match args.fail_on {
        FailOn::Error => Some(Severity::Error),
        FailOn::Warning => Some(Severity::Warning),
        FailOn::Info => Some(Severity::Info),
        FailOn::Never => None,
    };
    Failing { least, unverified_ignored: args.unverified == Unverified::Ignore }
}

/// The exit code: what failed wins over what was found.
fn ended(args: &Check, run: &Run<'_>, handed_on: bool) -> Exit {
    if run.failed() {
        return Exit::Failed;
    }
    if run.nothing.is_some() {
        return Exit::Nothing;
    }
    let fails = handed_on || run.report.findings.iter().any(|finding| run.failing.fails(finding));
    if !args.exit_zero && fails { Exit::Findings } else { Exit::Clean }
}
