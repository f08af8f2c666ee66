//! The command line: options, commands, exit codes. It is one front end among others and does nothing but ask the session
//! and let `render` draw what comes back.

mod args;
mod check;
mod fix;
mod formats;
mod judging;
mod listing;
mod output;
mod policies;
mod schema;
mod stdin;
mod suggest;
mod terminal;
mod testing;

use std::ffi::OsString;

use clap::Parser;

use crate::diag::{Diagnostic, Severity};
use crate::render::{Look, diagnostics};
use crate::session::{Limits, Options, Problem};
use crate::source::SourceMap;
use args::{Cli, Command, Common};

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
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => {
            let text = error.render().to_string();
            // Help and version are answers, everything else is a complaint.
            if error.use_stderr() {
                output::say(&text);
                return Exit::Failed.code();
            }
            return match output::write(None, &text) {
                Ok(()) => Exit::Clean.code(),
                Err(_) => Exit::Failed.code(),
            };
        }
    };
    let ended = match &cli.command {
        Command::Check(args) => check::run(args),
        Command::Suggest(args) => suggest::run(args),
        Command::Test(args) => testing::run(args),
        Command::Lint(args) => policies::lint(args),
        Command::Fmt(args) => policies::fmt(args),
        Command::Rules(args) => listing::rules(args),
        Command::Explain(args) => listing::explain(args),
        Command::Facts(args) => listing::facts(args),
        Command::Import(args) => listing::import(args),
        Command::Schema(args) => schema::run(args),
    };
    match ended {
        Ok(exit) => exit.code(),
        Err(message) => {
            output::say(&format!("error: {message}\n"));
            Exit::Failed.code()
        }
    }
}

/// Options of the session that every command has.
fn options(common: &Common) -> Result<Options, String> {
    let mut limits = Limits::default();
    for limit in &common.limit {
        limits.set(limit).map_err(|problem| match problem {
            Problem::Shape => format!("`--limit {limit}` should be `--limit NAME=N`, such as `--limit rows=20000000`"),
            Problem::Name(Some(near)) => format!("`--limit {limit}`: there is no such limit, did you mean `{near}`?"),
            Problem::Name(None) => format!(
                "`--limit {limit}`: there is no such limit; limits: {}",
                Limits::names().collect::<Vec<_>>().join(", ")
            ),
        })?;
    }
    Ok(Options { packs: common.pack.clone(), limits, ..Options::default() })
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
