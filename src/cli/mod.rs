//! The command line: options, commands, exit codes. It is one front end among others and does nothing but ask the session
//! and let `render` draw what comes back.

mod along;
mod args;
mod cache;
mod check;
mod comparing;
mod fix;
mod formats;
mod help;
mod judging;
mod listing;
mod manual;
mod output;
mod policies;
mod progress;
mod quick;
mod review;
mod schema;
mod seen;
mod settings;
mod stdin;
mod suggest;
mod terminal;
mod testing;
mod usage;
mod watch;

use std::ffi::OsString;

use crate::diag::{Diagnostic, Severity};
use crate::render::text::{Tone, paragraph};
use crate::render::{Look, diagnostics};
use crate::session::{Limits, Problem};
use crate::source::SourceMap;
use args::{Color, Command};
use settings::Settings;

/// How a run ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Exit {
    /// Nothing at or above the failing level.
    Clean,
    /// Findings at or above it.
    Findings,
    /// The run itself failed.
    Failed,
    /// Nothing was evaluated.
    Nothing,
}

impl Exit {
    fn code(self) -> u8 {
        match self {
            Exit::Clean => 0,
            Exit::Findings => 1,
            Exit::Failed => 2,
            Exit::Nothing => 3,
        }
    }
}

/// Runs a command line and answers with the exit code.
pub fn run(args: impl IntoIterator<Item = OsString>) -> u8 {
    let args: Vec<OsString> = args.into_iter().collect();
    let (settings, cli) = match Settings::read(args.clone()) {
        Ok(read) => read,
        Err(error) => return usage::answer(error, &args).code(),
    };
    let ended = match &cli.command {
        Command::Check(args) if args.watch => check::watch(args, &settings),
        Command::Check(args) => check::run(args, &settings),
        Command::Review(args) => review::run(args, &settings),
        Command::Suggest(args) => suggest::run(args, &settings),
        Command::Test(args) => testing::run(args, &settings),
        Command::Lint(args) => policies::lint(args, &settings),
        Command::Fmt(args) => policies::fmt(args, &settings),
        Command::Rules(args) => listing::rules(args, &settings),
        Command::Explain(args) => listing::explain(args, &settings),
        Command::Facts(args) => listing::facts(args, &settings),
        Command::Import(args) => listing::import(args, &settings),
        Command::Schema(args) => schema::run(args, &settings),
        Command::Completions(args) => manual::completions(args),
        Command::Man(args) => manual::man(args),
        Command::Help(args) => manual::help(args),
    };
    match ended {
        Ok(exit) => exit.code(),
        Err(message) => {
            complain(usage::color(&args), &message);
            Exit::Failed.code()
        }
    }
}

/// Says what keeps a run from happening.
fn complain(choice: Color, message: &str) {
    let (_, look) = terminal::bare(choice);
    let mut text = String::new();
    paragraph(&mut text, &look, &format!("{} ", look.paint(Tone::Error, "error:")), 7, message);
    output::say(&text);
}

/// Sets limits as the command line says.
fn limits(said: &[String], limits: &mut Limits) -> Result<(), String> {
    for limit in said {
        limits.set(limit).map_err(|problem| match problem {
            Problem::Shape => format!("`--limit {limit}` should be `--limit NAME=N`, such as `--limit rows=20000000`"),
            Problem::Name(Some(near)) => format!("`--limit {limit}`: there is no such limit, did you mean `{near}`?"),
            Problem::Name(None) => format!(
                "`--limit {limit}`: there is no such limit; limits: {}",
                Limits::names().collect::<Vec<_>>().join(", ")
            ),
        })?;
    }
    Ok(())
}

/// Draws what is wrong with policies and inputs, on standard error.
fn tell(look: &Look, map: &SourceMap, told: &[Diagnostic]) {
    if told.is_empty() {
        return;
    }
    output::say(&format!("{}\n", diagnostics::draw(look, map, told).trim_end()));
}

/// Whether the run failed: something that was read is wrong.
fn failed(told: &[Diagnostic]) -> bool {
    told.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
}
