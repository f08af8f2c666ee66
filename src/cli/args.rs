//! The command line as clap reads it. It decides nothing; [`super::run`] does.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::formats::{Format, ReportFile};
use super::judging::Judging;

/// Policy as code for moving virtual machines: plans are checked against what the vendor supports, before the change window.
#[derive(Debug, Parser)]
#[command(name = "clearway", version, about, disable_help_subcommand = true, arg_required_else_help = true)]
#[command(
    after_help = "Exit codes: 0 nothing at or above the failing level, 1 findings, 2 the run itself failed, 3 nothing was evaluated."
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// A command.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Check plans
    Check(Check),
    /// Find what may be done about refused steps
    Suggest(Suggest),
    /// Run the tests of policies, with coverage of rules, verdicts and matrix cells
    Test(Test),
    /// Check policies without a plan
    Lint(Lint),
    /// Write policies in their canonical layout
    Fmt(Fmt),
    /// List the rules and matrices of the chosen packs
    Rules(Rules),
    /// Show the page of a rule, a matrix or a message, or why a step of a plan is judged as it is
    Explain(Explain),
    /// Show which facts the policies read, and how many of them the inventory knows
    Facts(Facts),
    /// Write an export of another tool out as a native inventory
    Import(Import),
    /// Write the JSON Schema of plans, inventories or Clearway's own JSON
    Schema(super::schema::Schema),
}

/// Packs and limits: what every command understands.
#[derive(Debug, Args)]
pub struct Common {
    /// A pack by its name, or a folder of `.way` files [default: what the plan says, else vmm-2019]
    #[arg(long, value_name = "NAME|FOLDER", help_heading = "What is read")]
    pub pack: Vec<String>,
    /// Raise or lower a limit: file-size, nesting, values, rows, text-length, steps, trials
    #[arg(long, value_name = "NAME=N", help_heading = "What is read")]
    pub limit: Vec<String>,
    /// Take options from this file [default: the `clearway.toml` nearest to each plan, upwards]
    #[arg(long, value_name = "FILE", help_heading = "What is read")]
    pub config: Option<PathBuf>,
    /// Take options from no file
    #[arg(long, conflicts_with = "config", help_heading = "What is read")]
    pub isolated: bool,
    #[command(flatten)]
    pub looks: Looks,
}

/// Which plans are looked for in folders.
#[derive(Debug, Args)]
pub struct Looked {
    /// In folders, take the files that match one of these patterns for plans [default: *.plan.{yaml,yml,json,toml,csv}]
    #[arg(long, value_name = "PATTERN", help_heading = "What is read")]
    pub include: Vec<String>,
    /// In folders, pass over what matches one of these patterns
    #[arg(long, value_name = "PATTERN", help_heading = "What is read")]
    pub exclude: Vec<String>,
    /// Let --exclude hold for files that are named, too
    #[arg(long, help_heading = "What is read")]
    pub force_exclude: bool,
    /// In folders, look into what Git ignores, too
    #[arg(long, help_heading = "What is read")]
    pub no_respect_gitignore: bool,
}

/// How output looks.
#[derive(Debug, Args)]
pub struct Looks {
    /// Write to this file instead of standard output
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub output_file: Option<PathBuf>,
    /// Whether to use colours
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = Color::Auto, help_heading = "Output")]
    pub color: Color,
    /// Print findings, and nothing else
    #[arg(short, long, conflicts_with = "verbose", help_heading = "Output")]
    pub quiet: bool,
    /// Fold and shorten nothing
    #[arg(short, long, help_heading = "Output")]
    pub verbose: bool,
}

/// `clearway check`.
#[derive(Debug, Args)]
pub struct Check {
    /// Plans, or folders to look for `*.plan.{yaml,yml,json,toml,csv}` in; `-` reads standard input [default: .]
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// An inventory, in place of those that plans name; several are laid over each other
    #[arg(long, value_name = "FILE", help_heading = "What is read")]
    pub inventory: Vec<PathBuf>,
    /// The name that standard input has in messages; its ending says how to read it
    #[arg(long, value_name = "NAME", help_heading = "What is read")]
    pub stdin_filename: Option<PathBuf>,
    /// Check the values of all declared fields, not only of those that the policies read
    #[arg(long, help_heading = "What is read")]
    pub strict: bool,
    #[command(flatten)]
    pub search: Looked,
    /// Show these codes only (codes or their beginnings)
    #[arg(long, value_name = "CODE", value_delimiter = ',', help_heading = "What is shown")]
    pub select: Vec<String>,
    /// Do not show these codes (codes or their beginnings)
    #[arg(long, value_name = "CODE", value_delimiter = ',', help_heading = "What is shown")]
    pub ignore: Vec<String>,
    /// How hard findings count that could not be verified
    #[arg(long, value_enum, value_name = "LEVEL", default_value_t = Unverified::Error, help_heading = "What is shown")]
    pub unverified: Unverified,
    /// The severity from which on findings fail the run
    #[arg(long, value_enum, value_name = "LEVEL", default_value_t = FailOn::Error, help_heading = "What is shown")]
    pub fail_on: FailOn,
    /// Succeed whatever was found
    #[arg(long, help_heading = "What is shown")]
    pub exit_zero: bool,
    /// How findings are written
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Full, help_heading = "Output")]
    pub output_format: Format,
    /// Write a report into a file, too, in any of these formats; repeatable
    #[arg(long, value_name = "FORMAT=FILE", value_parser = ReportFile::parse, conflicts_with = "diff", help_heading = "Output")]
    pub report: Vec<ReportFile>,
    /// Write the first suggestion for each refused step into its plan, and check what came of it
    #[arg(long, help_heading = "Fixes")]
    pub fix: bool,
    /// Write suggestions too of which something cannot be verified
    #[arg(long, help_heading = "Fixes")]
    pub unsafe_fixes: bool,
    /// Show what `--fix` would write, and write nothing
    #[arg(long, help_heading = "Fixes")]
    pub diff: bool,
    /// Write the inventory that the plan leaves behind to this file, as YAML, JSON or TOML by its ending
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub state: Option<PathBuf>,
    /// Show how often each rule was found instead of each finding
    #[arg(long, help_heading = "Output")]
    pub statistics: bool,
    #[command(flatten)]
    pub judging: Judging,
    #[command(flatten)]
    pub common: Common,
}

/// `clearway suggest`.
#[derive(Debug, Args)]
pub struct Suggest {
    /// Plans, or folders to look for `*.plan.{yaml,yml,json,toml,csv}` in; `-` reads standard input
    #[arg(value_name = "PLAN", required = true)]
    pub paths: Vec<PathBuf>,
    /// An inventory, in place of those that plans name; several are laid over each other
    #[arg(long, value_name = "FILE", help_heading = "What is read")]
    pub inventory: Vec<PathBuf>,
    /// The name that standard input has in messages; its ending says how to read it
    #[arg(long, value_name = "NAME", help_heading = "What is read")]
    pub stdin_filename: Option<PathBuf>,
    #[command(flatten)]
    pub search: Looked,
    /// How many suggestions a refused step gets at most
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=20), help_heading = "What is shown")]
    pub most: u8,
    /// How suggestions are written
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
    /// Folders of packs whose tests are run [default: the packs chosen by --pack]
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Fail where less than this percentage of rules, verdicts and cells is tested
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(0..=100))]
    pub min_coverage: Option<u8>,
    /// Run the tests whose name holds this text only
    #[arg(long, value_name = "TEXT")]
    pub filter: Option<String>,
    #[command(flatten)]
    pub common: Common,
}

/// `clearway lint`.
#[derive(Debug, Args)]
pub struct Lint {
    /// Folders of packs, or policy files, which stand for the pack they belong to [default: the packs chosen by --pack]
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// The severity from which on what is told fails the run
    #[arg(long, value_enum, value_name = "LEVEL", default_value_t = FailOn::Error, help_heading = "What is shown")]
    pub fail_on: FailOn,
    /// How it is written
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
    /// Policy files, or folders to look for `*.way` in; `-` reads standard input and writes to standard output [default: .]
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Write nothing, name the files that would change, and fail where there are some
    #[arg(long)]
    pub check: bool,
    /// Write nothing, show what would change, and fail where something would
    #[arg(long)]
    pub diff: bool,
    /// The name that standard input has in messages
    #[arg(long, value_name = "NAME", help_heading = "What is read")]
    pub stdin_filename: Option<PathBuf>,
    #[command(flatten)]
    pub common: Common,
}

/// `clearway rules`.
#[derive(Debug, Args)]
pub struct Rules {
    /// How the list is written
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = ListFormat::Text, help_heading = "Output")]
    pub format: ListFormat,
    #[command(flatten)]
    pub common: Common,
}

/// `clearway explain`.
#[derive(Debug, Args)]
pub struct Explain {
    /// The code of a rule, a matrix or a message; with --step a plan
    #[arg(value_name = "CODE|PLAN")]
    pub what: String,
    /// The step of the plan that is to be explained
    #[arg(long, value_name = "ID")]
    pub step: Option<String>,
    /// Explain this rule alone, and whatever it says [default: each rule, those in full that have something to tell]
    #[arg(long, value_name = "CODE", requires = "step")]
    pub code: Option<String>,
    /// An inventory, in place of those that the plan names; several are laid over each other
    #[arg(long, value_name = "FILE", requires = "step", help_heading = "What is read")]
    pub inventory: Vec<PathBuf>,
    /// How the explanation of a step is written
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
    /// Plans or folders of plans whose inventories are looked at; an inventory may be named, too [default: .]
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// An inventory, in place of those that plans name; several are laid over each other
    #[arg(long, value_name = "FILE", help_heading = "What is read")]
    pub inventory: Vec<PathBuf>,
    #[command(flatten)]
    pub search: Looked,
    /// Write an inventory file to fill in, with the facts that are not known
    #[arg(long)]
    pub template: bool,
    /// How the list is written
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = FactsFormat::Full, help_heading = "Output")]
    pub output_format: FactsFormat,
    #[command(flatten)]
    pub common: Common,
}

/// `clearway import`.
#[derive(Debug, Args)]
pub struct Import {
    /// Which tool wrote the file
    #[arg(value_enum, value_name = "KIND")]
    pub kind: ImportKind,
    /// The file
    pub file: PathBuf,
    #[command(flatten)]
    pub common: Common,
}

/// Tools whose exports can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ImportKind {
    /// System Center Virtual Machine Manager, by PowerShell and `ConvertTo-Json`
    Scvmm,
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
