//! The table of everything that can stand in `clearway.toml`: one row a key, in the order of the manual. Reading checks
//! values by it, the command line takes its defaults by it, and the schema of configurations is made of it. A test holds
//! it to the options of the command line.

/// What a key takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// `true` or `false`.
    Flag,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A whole number, from the first to the second.
    Whole(u64, u64),
    /// A text.
    Text,
    /// Texts: a list, or one alone.
    Texts,
    /// A file, relative to the configuration.
    File,
    /// Files, relative to the configuration: a list, or one alone.
    Files,
    /// Packs by name, or folders relative to the configuration: a list, or one alone.
    Packs,
    /// Patterns as in `.gitignore`, relative to the folder of the configuration: a list, or one alone.
    Patterns,
    /// A table of limits by name, each a whole number.
    Limits,
    /// Reports: a table of files by one of these formats, or a list of `FORMAT=FILE`. Files are relative to the configuration.
    Reports(&'static [&'static str]),
    /// A list of assumptions, as in an inventory.
    Assumptions,
}

/// Which of several configurations counts for a key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scope {
    /// That nearest to each plan.
    Plan,
    /// That of the run.
    Run,
}

/// A key of the configuration.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Key {
    /// The table that it stands in; none: at the top.
    pub section: Option<&'static str>,
    /// Its name: that of the option of the command line, without the dashes. A flag `x` is the opposite of an option
    /// `--no-x` where there is no option `--x`.
    pub name: &'static str,
    /// What it takes.
    pub kind: Kind,
    /// Whose value counts where several configurations do.
    pub scope: Scope,
    /// The commands that heed it; none: every command that has the option.
    pub commands: &'static [&'static str],
    /// What holds where nobody says anything, as it would be written.
    pub default: &'static str,
    /// What it does, in one line.
    pub doc: &'static str,
}

/// The tables within the configuration, and what they are for.
pub const SECTIONS: &[(&str, &str)] = &[
    ("suggest", "Options of `clearway suggest`."),
    ("review", "Options of `clearway review`."),
    ("explain", "Options of `clearway explain`."),
    ("facts", "Options of `clearway facts`."),
    ("rules", "Options of `clearway rules`."),
    ("test", "Options of `clearway test`."),
    ("lint", "Options of `clearway lint`."),
];

/// Formats of `check`.
pub const FORMATS: &[&str] = &[
    "full",
    "concise",
    "json",
    "json-lines",
    "sarif",
    "junit",
    "github",
    "gitlab",
    "rdjson",
    "csv",
    "markdown",
    "mermaid",
    "dot",
];

const fn top(name: &'static str, kind: Kind, scope: Scope, default: &'static str, doc: &'static str) -> Key {
    Key { section: None, name, kind, scope, commands: &[], default, doc }
}

const fn check(name: &'static str, kind: Kind, scope: Scope, default: &'static str, doc: &'static str) -> Key {
    Key { section: None, name, kind, scope, commands: &["check"], default, doc }
}

const fn judged(name: &'static str, kind: Kind, scope: Scope, default: &'static str, doc: &'static str) -> Key {
    Key { section: None, name, kind, scope, commands: &["check", "review"], default, doc }
}

const fn of(
    section: &'static str,
    commands: &'static [&'static str],
    name: &'static str,
    kind: Kind,
    default: &'static str,
    doc: &'static str,
) -> Key {
    Key { section: Some(section), name, kind, scope: Scope::Run, commands, default, doc }
}

/// Every key.
#[rustfmt::skip]
pub const KEYS: &[Key] = &[
    top("pack", Kind::Packs, Scope::Plan, "\"vmm-2019\"", "The packs of plans that name none: bundled ones by name, or folders of `.way` files"),
    top("inventory", Kind::Files, Scope::Plan, "none", "The inventories of plans that name none, laid over each other in this order"),
    top("strict", Kind::Flag, Scope::Plan, "false", "Check the values of all declared fields, not only of those that the policies read"),
    top("assume", Kind::Assumptions, Scope::Plan, "none", "Facts that no export says, each with a reason, for every inventory"),
    top("assumptions", Kind::Flag, Scope::Plan, "true", "Take what is assumed for what is not known"),
    top("waivers", Kind::Flag, Scope::Plan, "true", "Heed waivers; what they cover is shown as waived and fails no run"),
    top("expiring-within", Kind::Whole(0, 36_500), Scope::Plan, "30", "Tell of waivers and assumptions that lapse within so many days"),
    top("limits", Kind::Limits, Scope::Plan, "see `clearway check --help`", "What a run may cost: each limit by its name"),

    top("include", Kind::Patterns, Scope::Plan, "[\"*.plan.{yaml,yml,json,toml,csv}\"]", "In folders, the files that are plans: patterns as in `.gitignore`"),
    top("exclude", Kind::Patterns, Scope::Plan, "none", "In folders, what is passed over: patterns as in `.gitignore`"),
    top("force-exclude", Kind::Flag, Scope::Plan, "false", "Let `exclude` hold for files that are named, too"),
    top("respect-gitignore", Kind::Flag, Scope::Plan, "true", "In folders, pass over what Git ignores"),

    judged("select", Kind::Texts, Scope::Plan, "all", "Show these codes only: codes or their beginnings"),
    judged("ignore", Kind::Texts, Scope::Plan, "none", "Do not show these codes: codes or their beginnings"),
    judged("unverified", Kind::Choice(&["error", "warning", "ignore"]), Scope::Plan, "\"error\"", "How hard findings count that could not be verified"),
    judged("fail-on", Kind::Choice(&["error", "warning", "info", "never"]), Scope::Plan, "\"error\"", "The severity from which on findings fail the run"),
    judged("since", Kind::Text, Scope::Run, "none", "Count only what is worse than where this branch has parted from this revision"),
    judged("baseline", Kind::File, Scope::Run, "none", "Count only what this file does not know"),
    judged("exit-zero", Kind::Flag, Scope::Run, "false", "Succeed whatever was found"),
    check("statistics", Kind::Flag, Scope::Run, "false", "Show how often each rule was found instead of each finding"),

    judged("jobs", Kind::Whole(1, 256), Scope::Run, "none", "Judge records on so many threads; else on as many as there are processors"),
    judged("timings", Kind::Flag, Scope::Run, "false", "Say on standard error where the time went"),
    top("cache", Kind::Flag, Scope::Run, "true", "Keep compiled policies for the next run"),

    check("output-format", Kind::Choice(FORMATS), Scope::Run, "\"full\"", "How findings are written"),
    check("output-file", Kind::File, Scope::Run, "none", "Write findings to this file instead of standard output"),
    check("report", Kind::Reports(FORMATS), Scope::Run, "none", "Reports that are written beside the findings: a file for each format"),
    check("state", Kind::File, Scope::Run, "none", "Write the inventory that the plan leaves behind to this file"),
    top("color", Kind::Choice(&["auto", "always", "never"]), Scope::Run, "\"auto\"", "Whether to use colours"),
    top("quiet", Kind::Flag, Scope::Run, "false", "Print findings, and nothing else"),
    top("verbose", Kind::Flag, Scope::Run, "false", "Fold and shorten nothing"),

    check("fix", Kind::Flag, Scope::Run, "false", "Write the first suggestion for each refused step into its plan, and check what came of it"),
    check("unsafe-fixes", Kind::Flag, Scope::Run, "false", "Write suggestions too of which something cannot be verified"),

    of("suggest", &["suggest"], "most", Kind::Whole(1, 20), "3", "How many suggestions a refused step gets at most"),
    of("suggest", &["suggest"], "output-format", Kind::Choice(&["full", "json"]), "\"full\"", "How suggestions are written"),
    of("review", &["review"], "output-format", Kind::Choice(FORMATS), "\"markdown\"", "How a review is written"),
    of("review", &["review"], "report", Kind::Reports(FORMATS), "none", "Reports that are written beside a review: a file for each format"),
    of("explain", &["explain"], "output-format", Kind::Choice(&["full", "json"]), "\"full\"", "How the explanation of a step is written"),
    of("facts", &["facts"], "output-format", Kind::Choice(&["full", "json"]), "\"full\"", "How the list of facts is written"),
    of("rules", &["rules"], "format", Kind::Choice(&["text", "markdown", "json"]), "\"text\"", "How the list of rules is written"),
    of("test", &["test"], "min-coverage", Kind::Whole(0, 100), "none", "Fail where less than this percentage of rules, verdicts and cells is tested"),
    of("lint", &["lint"], "fail-on", Kind::Choice(&["error", "warning", "info", "never"]), "\"error\"", "The severity from which on what is told of policies fails the run"),
    of("lint", &["lint"], "output-format", Kind::Choice(&["full", "concise", "json"]), "\"full\"", "How what is told of policies is written"),
];

/// Flags that cannot both be `true`.
pub const OPPOSED: &[(&str, &str)] = &[("quiet", "verbose")];

impl Key {
    /// A key by its table and name.
    pub fn find(section: Option<&str>, name: &str) -> Option<&'static Key> {
        KEYS.iter().find(|key| key.section == section && key.name == name)
    }

    /// Whether a command heeds it, if it has the option.
    pub fn is_for(&self, command: &str) -> bool {
        self.commands.is_empty() || self.commands.contains(&command)
    }
}
