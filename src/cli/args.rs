//! The command line as clap reads it. It decides nothing; [`super::run`] does.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};

use super::comparing::Comparing;
use super::formats::{Format, ReportFile};
use super::help;
use super::judging::Judging;
use super::manual::{Completions, Help, Manual};
use crate::session;

/// Policy as code for moving virtual machines: judge plans by what the vendor supports, before the change window
#[derive(Debug, Parser)]
#[command(name = "clearway", version, about, disable_help_subcommand = true, arg_required_else_help = true)]
#[command(after_help = help::CLEARWAY_SHORT, after_long_help = help::CLEARWAY)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// A command.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Check plans against policies and inventories
    #[command(long_about = help::CHECK_ABOUT, after_help = help::CHECK_SHORT, after_long_help = help::CHECK)]
    Check(Check),
    /// Write the comment for a change review: what is new, fixed, unchanged and waived
    #[command(long_about = help::REVIEW_ABOUT, after_long_help = help::REVIEW)]
    Review(Review),
    /// Find what may be done about refused steps
    #[command(long_about = help::SUGGEST_ABOUT, after_long_help = help::SUGGEST)]
    Suggest(Suggest),
    /// Run the tests of policies, with coverage
    #[command(long_about = help::TEST_ABOUT, after_long_help = help::TEST)]
    Test(Test),
    /// Check policies without a plan
    #[command(long_about = help::LINT_ABOUT, after_long_help = help::LINT)]
    Lint(Lint),
    /// Write policies in their canonical layout
    #[command(long_about = help::FMT_ABOUT, after_long_help = help::FMT)]
    Fmt(Fmt),
    /// List the rules and matrices of the chosen packs
    #[command(after_long_help = help::RULES)]
    Rules(Rules),
    /// Show what a code stands for, or why a step is judged as it is
    #[command(long_about = help::EXPLAIN_ABOUT, after_long_help = help::EXPLAIN)]
    Explain(Explain),
    /// Show which facts the policies read and which are known
    #[command(long_about = help::FACTS_ABOUT, after_long_help = help::FACTS)]
    Facts(Facts),
    /// Write an export of another tool out as a native inventory
    #[command(after_long_help = help::IMPORT)]
    Import(Import),
    /// Write the JSON Schema of plans, inventories or Clearway's own JSON
    #[command(long_about = help::SCHEMA_ABOUT, after_long_help = help::SCHEMA)]
    Schema(super::schema::Schema),
    /// Write what a shell wants to know to complete commands and options
    #[command(after_long_help = help::COMPLETIONS)]
    Completions(Completions),
    /// Write manual pages
    #[command(after_long_help = help::MAN)]
    Man(Manual),
    /// Show all about a command
    Help(Help),
}

/// Packs and limits: what every command understands.
#[derive(Debug, Args)]
pub struct Common {
    /// Judge by this pack: a bundled one, or a folder of `.way` files [default: what the plan says, else vmm-2019]
    #[arg(long, value_name = "NAME|FOLDER", value_hint = ValueHint::AnyPath, help_heading = "What is read")]
    pub pack: Vec<String>,
    /// Raise or lower a limit: file-size, nesting, values, rows, text-length, steps, trials
    #[arg(long, value_name = "NAME=N", help_heading = "What is read", hide_short_help = true)]
    pub limit: Vec<String>,
    /// Take options from this file [default: the `clearway.toml` nearest to each plan, upwards]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "What is read")]
    pub config: Option<PathBuf>,
    /// Take options from no file
    #[arg(long, conflicts_with = "config", help_heading = "What is read", hide_short_help = true)]
    pub isolated: bool,
    /// Take no compiled policies from an earlier run, and keep none
    #[arg(long, help_heading = "What is read", hide_short_help = true)]
    pub no_cache: bool,
    #[command(flatten)]
    pub looks: Looks,
}

/// Which plans are looked for in folders.
#[derive(Debug, Args)]
pub struct Looked {
    /// Take the files for plans that match one of these patterns, in folders [default: *.plan.{yaml,yml,json,toml,csv}]
    #[arg(long, value_name = "PATTERN", help_heading = "What is read", hide_short_help = true)]
    pub include: Vec<String>,
    /// Pass over what matches one of these patterns, in folders
    #[arg(long, value_name = "PATTERN", help_heading = "What is read", hide_short_help = true)]
    pub exclude: Vec<String>,
    /// Pass over files that `--exclude` matches even where they are named
    #[arg(long, help_heading = "What is read", hide_short_help = true)]
    pub force_exclude: bool,
    /// Look into what Git ignores, too, in folders
    #[arg(long, help_heading = "What is read", hide_short_help = true)]
    pub no_respect_gitignore: bool,
}

/// How output looks.
#[derive(Debug, Args)]
pub struct Looks {
    /// Write to this file instead of standard output
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Output")]
    pub output_file: Option<PathBuf>,
    /// Use colours: on a terminal, always or never
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = Color::Auto, help_heading = "Output")]
    pub color: Color,
    /// Print findings and nothing else
    #[arg(short, long, conflicts_with = "verbose", help_heading = "Output")]
    pub quiet: bool,
    /// Print all: fold and shorten nothing
    #[arg(short, long, help_heading = "Output")]
    pub verbose: bool,
}

/// `clearway check`.
#[derive(Debug, Args)]
pub struct Check {
    /// Plans, or folders in which to look for `*.plan.{yaml,yml,json,toml,csv}`; `-` for standard input [default: .]
    #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub paths: Vec<PathBuf>,
    /// Take facts from this inventory, not from those that plans name; lay several over each other
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "What is read")]
    pub inventory: Vec<PathBuf>,
    /// Call standard input by this name, and read it as its ending says
    #[arg(long, value_name = "NAME", help_heading = "What is read", hide_short_help = true)]
    pub stdin_filename: Option<PathBuf>,
    /// Read standard input in this format [default: as its name ends, else YAML]
    #[arg(long, value_enum, value_name = "FORMAT", help_heading = "What is read", hide_short_help = true)]
    pub input_format: Option<InputFormat>,
    /// Check the values of all declared fields, not only of those that the policies read
    #[arg(long, help_heading = "What is read", hide_short_help = true)]
    pub strict: bool,
    #[command(flatten)]
    pub search: Looked,
    /// Show these codes only (codes or their beginnings)
    #[arg(long, value_name = "CODE", value_delimiter = ',', help_heading = "What is shown")]
    pub select: Vec<String>,
    /// Hide these codes (codes or their beginnings)
    #[arg(long, value_name = "CODE", value_delimiter = ',', help_heading = "What is shown")]
    pub ignore: Vec<String>,
    /// Count what could not be verified as its rule says, as a warning, or not at all
    #[arg(long, value_enum, value_name = "LEVEL", default_value_t = Unverified::Error, help_heading = "What is shown")]
    pub unverified: Unverified,
    /// Fail the run from this severity on
    #[arg(long, value_enum, value_name = "LEVEL", default_value_t = FailOn::Error, help_heading = "What is shown")]
    pub fail_on: FailOn,
    /// Exit with 0 whatever was found
    #[arg(long, help_heading = "What is shown", hide_short_help = true)]
    pub exit_zero: bool,
    /// Write findings in this format
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Full, help_heading = "Output")]
    pub output_format: Format,
    /// Write a report into a file besides, in any of these formats; repeatable
    #[arg(long, value_name = "FORMAT=FILE", value_parser = ReportFile::parse, conflicts_with = "diff", help_heading = "Output")]
    pub report: Vec<ReportFile>,
    /// Write the first suggestion for each refused step into its plan, and check what came of it
    #[arg(long, help_heading = "Fixes")]
    pub fix: bool,
    /// Write suggestions too of which something cannot be verified
    #[arg(long, help_heading = "Fixes", hide_short_help = true)]
    pub unsafe_fixes: bool,
    /// Show what `--fix` would write, and write nothing
    #[arg(long, help_heading = "Fixes")]
    pub diff: bool,
    /// Write the inventory that the plan leaves behind to this file, as its ending says
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Output", hide_short_help = true)]
    pub state: Option<PathBuf>,
    /// Check again whenever a file changes that was read, or a plan appears
    #[arg(long, conflicts_with_all = ["fix", "diff", "write_baseline"], help_heading = "Output")]
    pub watch: bool,
    /// Show how often each rule was found instead of each finding
    #[arg(long, help_heading = "Output")]
    pub statistics: bool,
    /// Show where the time went, on standard error: the phases of the run, and the rules by what they cost
    #[arg(long, help_heading = "Output", hide_short_help = true)]
    pub timings: bool,
    /// Judge records on so many threads [default: as many as there are processors]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256), help_heading = "What is read", hide_short_help = true)]
    pub jobs: Option<u16>,
    #[command(flatten)]
    pub judging: Judging,
    #[command(flatten)]
    pub comparing: Comparing,
    #[command(flatten)]
    pub common: Common,
}

/// `clearway review`: a check for a comment in a change review.
#[derive(Debug, Args)]
#[command(mut_arg("output_format", |arg| arg.default_value("markdown")))]
#[command(mut_arg("fix", |arg| arg.hide(true)), mut_arg("unsafe_fixes", |arg| arg.hide(true)))]
#[command(mut_arg("diff", |arg| arg.hide(true)), mut_arg("state", |arg| arg.hide(true)))]
#[command(mut_arg("statistics", |arg| arg.hide(true)), mut_arg("watch", |arg| arg.hide(true)))]
pub struct Review {
    #[command(flatten)]
    pub check: Check,
}

impl From<Review> for Check {
    fn from(review: Review) -> Check {
        review.check
    }
}

/// `clearway suggest`.
#[derive(Debug, Args)]
pub struct Suggest {
    /// Plans, or folders in which to look for `*.plan.{yaml,yml,json,toml,csv}`; `-` for standard input
    #[arg(value_name = "PLAN", value_hint = ValueHint::AnyPath, required = true)]
    pub paths: Vec<PathBuf>,
    /// Take facts from this inventory, not from those that plans name; lay several over each other
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "What is read")]
    pub inventory: Vec<PathBuf>,
    /// Call standard input by this name, and read it as its ending says
    #[arg(long, value_name = "NAME", help_heading = "What is read", hide_short_help = true)]
    pub stdin_filename: Option<PathBuf>,
    #[command(flatten)]
    pub search: Looked,
    /// Show so many suggestions for a refused step at most
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=20), help_heading = "What is shown")]
    pub most: u8,
    /// Write suggestions in this format
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = SuggestFormat::Full, help_heading = "Output")]
    pub output_format: SuggestFormat,
    #[command(flatten)]
    pub judging: Judging,
    #[command(flatten)]
    pub common: Common,
}

/// How suggestions are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum SuggestFormat {
    /// For people.
    Full,
    /// One JSON document.
    Json,
}

/// `clearway test`.
#[derive(Debug, Args)]
pub struct Test {
    /// Packs, or folders of packs, whose tests are run [default: those of `--pack`]
    #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub paths: Vec<PathBuf>,
    /// Fail where less than this percentage of rules, verdicts and cells is tested
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(0..=100), help_heading = "What is tested")]
    pub min_coverage: Option<u8>,
    /// Run those tests only whose name holds this text
    #[arg(long, value_name = "TEXT", help_heading = "What is tested")]
    pub filter: Option<String>,
    #[command(flatten)]
    pub common: Common,
}

/// `clearway lint`.
#[derive(Debug, Args)]
pub struct Lint {
    /// Packs, folders of packs, or policy files, which stand for their pack [default: those of `--pack`]
    #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub paths: Vec<PathBuf>,
    /// Fail the run from this severity on
    #[arg(long, value_enum, value_name = "LEVEL", default_value_t = FailOn::Error, help_heading = "What is shown")]
    pub fail_on: FailOn,
    /// Write what is found in this format
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = LintFormat::Full, help_heading = "Output")]
    pub output_format: LintFormat,
    #[command(flatten)]
    pub common: Common,
}

/// Formats of `lint`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LintFormat {
    /// Lines of policies, notes, help
    Full,
    /// A line each
    Concise,
    /// One JSON document
    Json,
}

/// `clearway fmt`.
#[derive(Debug, Args)]
pub struct Fmt {
    /// Policy files, or folders in which to look for `*.way`; `-` for standard input and output [default: .]
    #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub paths: Vec<PathBuf>,
    /// Write nothing: name the files that would change, and exit with 1 where there are some
    #[arg(long, help_heading = "Output")]
    pub check: bool,
    /// Write nothing: show what would change, and exit with 1 where something would
    #[arg(long, help_heading = "Output")]
    pub diff: bool,
    /// Call standard input by this name
    #[arg(long, value_name = "NAME", help_heading = "What is read", hide_short_help = true)]
    pub stdin_filename: Option<PathBuf>,
    #[command(flatten)]
    pub common: Common,
}

/// `clearway rules`.
#[derive(Debug, Args)]
pub struct Rules {
    /// Show what differs between two packs, each by its name or folder
    #[arg(long, num_args = 2, value_names = ["FROM", "TO"], conflicts_with = "pack", help_heading = "What is shown")]
    pub diff: Vec<String>,
    /// Write the list in this format
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = ListFormat::Text, help_heading = "Output")]
    pub format: ListFormat,
    #[command(flatten)]
    pub common: Common,
}

/// `clearway explain`.
#[derive(Debug, Args)]
pub struct Explain {
    /// The code of a rule, a matrix or a message; with `--step` a plan
    #[arg(value_name = "CODE|PLAN", value_hint = ValueHint::FilePath)]
    pub what: String,
    /// Explain this step of the plan
    #[arg(long, value_name = "ID", help_heading = "What is shown")]
    pub step: Option<String>,
    /// Explain this rule alone, and whatever it says [default: each rule, those in full that have something to tell]
    #[arg(long, value_name = "CODE", requires = "step", help_heading = "What is shown")]
    pub code: Option<String>,
    /// Take facts from this inventory, not from those that the plan names; lay several over each other
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, requires = "step", help_heading = "What is read")]
    pub inventory: Vec<PathBuf>,
    /// Write the explanation of a step in this format
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = ExplainFormat::Full, requires = "step", help_heading = "Output")]
    pub output_format: ExplainFormat,
    #[command(flatten)]
    pub judging: Judging,
    #[command(flatten)]
    pub common: Common,
}

/// `clearway facts`.
#[derive(Debug, Args)]
pub struct Facts {
    /// Plans, or folders of plans, whose inventories are looked at; or inventories [default: .]
    #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub paths: Vec<PathBuf>,
    /// Take facts from this inventory, not from those that plans name; lay several over each other
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "What is read")]
    pub inventory: Vec<PathBuf>,
    #[command(flatten)]
    pub search: Looked,
    /// Write an inventory file to fill in, with the facts that are not known
    #[arg(long, help_heading = "Output")]
    pub template: bool,
    /// Write the list in this format
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = FactsFormat::Full, help_heading = "Output")]
    pub output_format: FactsFormat,
    #[command(flatten)]
    pub common: Common,
}

/// `clearway import`.
#[derive(Debug, Args)]
pub struct Import {
    /// The tool that wrote the export
    #[arg(value_enum, value_name = "KIND")]
    pub kind: ImportKind,
    /// The export
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub file: PathBuf,
    #[command(flatten)]
    pub common: Common,
}

/// Tools whose exports can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ImportKind {
    /// System Center Virtual Machine Manager, by PowerShell: `Export-Clixml` or `ConvertTo-Json`
    Scvmm,
    /// RVTools: a workbook, or the CSV file of `vInfo` with the others beside it; written as JSON, a line for each machine
    Rvtools,
}

/// Formats of `rules`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ListFormat {
    /// Columns
    Text,
    /// A table in Markdown
    Markdown,
    /// One JSON document
    Json,
}

/// Formats of `facts`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FactsFormat {
    /// Columns
    Full,
    /// One JSON document
    Json,
}

/// Formats of `explain PLAN --step ID`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ExplainFormat {
    /// Clauses with every part's value and where it came from
    Full,
    /// One JSON document
    Json,
}

/// How standard input is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum InputFormat {
    /// One JSON document, or a list of records
    Json,
    /// JSON, a record a line
    JsonLines,
    /// YAML
    Yaml,
    /// A table
    Csv,
    /// TOML
    Toml,
}

impl From<InputFormat> for session::InputFormat {
    fn from(format: InputFormat) -> session::InputFormat {
        match format {
            InputFormat::Json => session::InputFormat::Json,
            InputFormat::JsonLines => session::InputFormat::JsonLines,
            InputFormat::Yaml => session::InputFormat::Yaml,
            InputFormat::Csv => session::InputFormat::Csv,
            InputFormat::Toml => session::InputFormat::Toml,
        }
    }
}

/// When colours are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// How hard unverified findings count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Unverified {
    /// As their rule says
    Error,
    /// As warnings at most
    Warning,
    /// Shown, but not counted
    Ignore,
}

/// From which severity on the run fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// Errors
    Error,
    /// Warnings and errors
    Warning,
    /// Any finding
    Info,
    /// No finding
    Never,
}
