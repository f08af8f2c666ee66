//! The pages of help, and complaints about command lines that cannot be understood, with what was meant. What the options
//! are is said in [`super::args`], and who reads them is [`super::settings`].

use std::ffi::OsString;
use std::path::Path;

use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, CommandFactory as _, Error};

use super::args::{Cli, Color};
use super::{Exit, output, terminal};
use crate::diag::nearest;
use crate::render::text::{Tone, wrap};
use crate::session::is_plan;

/// Pages of help are set for reading, however wide the terminal is.
const WIDEST: usize = 100;

/// The command line as it is written down, set as wide as what reads it.
pub fn plain() -> Command {
    Cli::command().term_width(terminal::bare(Color::Auto).0.width.min(WIDEST))
}

/// Help and version are answers, everything else is a complaint.
pub fn answer(mut error: Error, args: &[OsString]) -> Exit {
    let (look, errors) = terminal::bare(color(args));
    if !error.use_stderr() {
        return match output::write(None, &page(&error, look.color)) {
            Ok(()) => Exit::Clean,
            Err(why) => {
                output::say(&format!("error: {why}\n"));
                Exit::Failed
            }
        };
    }
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        output::say(&page(&error, errors.color));
        return Exit::Failed;
    }
    let words: Vec<String> = args.iter().skip(1).map(|word| word.to_string_lossy().into_owned()).collect();
    if let Some(tip) = meant(&error, &words, &Cli::command()) {
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![StyledStr::from(tip)]));
        for better in [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue] {
            error.remove(better);
        }
    }
    one_command(&mut error);
    let text = folded(&error.render().to_string(), errors.width);
    let text = match text.strip_prefix("error:") {
        Some(rest) => errors.paint(Tone::Error, "error:").into_owned() + rest,
        None => text,
    };
    output::say(&text);
    Exit::Failed
}

/// Of commands that are alike, the one that is nearest: `chekc` is a slip for `check`, hardly for `schema`.
fn one_command(error: &mut Error) {
    let text = |value: &ContextValue| match value {
        ContextValue::String(text) => Some(text.clone()),
        _ => None,
    };
    let typed = error.get(ContextKind::InvalidSubcommand).and_then(text);
    if let (Some(typed), Some(ContextValue::Strings(alike))) = (typed, error.get(ContextKind::SuggestedSubcommand))
        && let Some(near) = nearest(&typed, alike.iter().map(String::as_str)).map(str::to_owned)
    {
        error.insert(ContextKind::SuggestedSubcommand, ContextValue::Strings(vec![near]));
    }
}

/// A page of help, without blanks at the ends of its lines.
fn page(error: &Error, painted: bool) -> String {
    let page = error.render();
    let page = if painted { page.ansi().to_string() } else { page.to_string() };
    page.lines().flat_map(|line| [line.trim_end(), "\n"]).collect()
}

/// The long page of a command, or of all.
pub fn help(command: Option<&str>) -> Exit {
    let words = ["clearway"].into_iter().chain(command).chain(["--help"]);
    let words: Vec<OsString> = words.map(OsString::from).collect();
    plain().try_get_matches_from(&words).err().map_or(Exit::Clean, |error| answer(error, &words))
}

/// What `--color` says in a line that need not make sense otherwise.
pub fn color(args: &[OsString]) -> Color {
    let mut words = args.iter().filter_map(|word| word.to_str());
    while let Some(word) = words.next() {
        let value = match word.strip_prefix("--color") {
            Some("") => words.next(),
            Some(rest) => rest.strip_prefix('='),
            None => None,
        };
        match value {
            Some("always") => return Color::Always,
            Some("never") => return Color::Never,
            _ => {}
        }
    }
    Color::Auto
}

/// Lines that are too long go on under their beginning.
fn folded(text: &str, width: usize) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let indent = line.len().saturating_sub(line.trim_start().len());
        let first = width.saturating_sub(indent);
        let rest = first.saturating_sub(2);
        for (index, part) in wrap(line, first, rest).into_iter().enumerate() {
            let hang = if index == 0 { 0 } else { 2 };
            if !part.is_empty() {
                out.extend(std::iter::repeat_n(' ', indent.saturating_add(hang)));
            }
            out.push_str(&part);
            out.push('\n');
        }
    }
    out
}

/// Options that other tools have, and how ours is called: the first that the command has is taken.
const SYNONYMS: &[(&[&str], &[&str])] = &[
    (&["no-color", "no-colour", "no-colors", "no-ansi"], &["color never"]),
    (&["colour", "colors"], &["color"]),
    (&["policy", "policies", "rules", "ruleset", "rule-pack", "packs"], &["pack"]),
    (&["only", "rule", "enable", "include-rule"], &["select"]),
    (&["disable", "skip", "exclude-rule", "skip-rule"], &["ignore"]),
    (&["level", "severity", "min-severity", "error-on", "max-severity"], &["fail-on"]),
    (&["dry-run", "preview"], &["diff"]),
    (&["silent"], &["quiet"]),
    (&["autofix", "write"], &["fix"]),
    (&["facts", "estate", "inventories", "data", "export"], &["inventory"]),
    (&["stdin-name", "stdin-file-name", "stdin-filepath", "stdin-path"], &["stdin-filename"]),
    (&["no-fail", "soft-fail", "allow-failure"], &["exit-zero"]),
    (&["timing", "time", "profile"], &["timings"]),
    (&["threads", "parallel"], &["jobs"]),
    (&["stats", "summary", "count"], &["statistics"]),
    (&["since-ref", "diff-base", "base", "ref", "against"], &["since"]),
    (&["configuration", "settings"], &["config"]),
    (&["format", "reporter", "formatter"], &["output-format", "format"]),
];

/// Words that other tools have for what a command does.
const OTHER_WORDS: &[(&[&str], &str)] = &[
    (&["validate", "verify", "run", "scan", "plan", "eval", "evaluate"], "check"),
    (&["fix", "apply"], "check --fix"),
    (&["why", "show", "describe", "rule", "doc"], "explain"),
    (&["list", "ls", "policies"], "rules"),
    (&["format"], "fmt"),
    (&["vet"], "lint"),
    (&["convert"], "import"),
    (&["diff", "compare"], "review"),
    (&["completion", "complete"], "completions"),
    (&["manual", "manpage"], "man"),
];

/// What was meant, where clap would not know.
fn meant(error: &Error, words: &[String], cli: &Command) -> Option<String> {
    let said = |kind: ContextKind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.as_str()),
        _ => None,
    };
    match error.kind() {
        ErrorKind::InvalidSubcommand => {
            let word = said(ContextKind::InvalidSubcommand)?;
            let near = error.get(ContextKind::SuggestedSubcommand).is_some();
            command_meant(word, words, cli, near).map(|line| format!("did you mean `clearway {line}`?"))
        }
        ErrorKind::UnknownArgument => {
            let option = said(ContextKind::InvalidArg)?;
            option_meant(option, words, cli)
        }
        ErrorKind::InvalidValue if error.get(ContextKind::SuggestedValue).is_none() => {
            let Some(ContextValue::Strings(valid)) = error.get(ContextKind::ValidValue) else { return None };
            let near = nearest(said(ContextKind::InvalidValue)?, valid.iter().map(String::as_str))?;
            Some(format!("did you mean `{near}`?"))
        }
        _ => None,
    }
}

/// The command that stands for a word that is none.
fn command_meant(word: &str, words: &[String], cli: &Command, near: bool) -> Option<String> {
    let has = |name: &str| cli.find_subcommand(name).is_some();
    let path = Path::new(word);
    let whole = || words.join(" ");
    if word == "-" || is_plan(path) {
        return Some(format!("check {}", whole()));
    }
    if word.ends_with(".way") && has("lint") {
        return Some(format!("lint {}", whole()));
    }
    if word.contains(['.', '/']) && path.exists() {
        return Some(format!("check {}", whole()));
    }
    let other = OTHER_WORDS.iter().find(|(others, _)| others.contains(&word)).map(|(_, ours)| *ours);
    if let Some(ours) = other.filter(|ours| ours.split(' ').next().is_some_and(has)) {
        let rest = words.iter().skip_while(|other| *other != word).skip(1);
        return Some(std::iter::once(ours).chain(rest.map(String::as_str)).collect::<Vec<_>>().join(" "));
    }
    let (letters, digits) = word.split_at_checked(word.len().saturating_sub(3))?;
    let code = (2..=4).contains(&letters.len())
        && letters.bytes().all(|byte| byte.is_ascii_alphabetic())
        && digits.bytes().all(|byte| byte.is_ascii_digit());
    if code {
        return Some(format!("explain {word}"));
    }
    (!near && path.exists()).then(|| format!("check {}", whole()))
}

/// The option that stands for one that the command does not have.
fn option_meant(option: &str, words: &[String], cli: &Command) -> Option<String> {
    let before = words.iter().take_while(|word| !word.starts_with(option));
    let command = before.into_iter().find_map(|word| cli.find_subcommand(word));
    let name = option.trim_start_matches('-').split(['=', ' ']).next()?;
    let Some(command) = command else {
        // What stands before the command belongs behind it.
        let owners = owners(name, cli);
        let owner = owners.first()?;
        return Some(format!("`{option}` stands behind its command, as in `clearway {owner} {option}`"));
    };
    let has = |name: &str| command.get_arguments().any(|argument| argument.get_long() == Some(name));
    let value = words
        .iter()
        .find_map(|word| word.strip_prefix(option)?.strip_prefix('='))
        .or_else(|| words.iter().skip_while(|word| *word != option).nth(1).map(String::as_str));
    if ["output", "o", "out", "out-file"].contains(&name) {
        let formats = command.get_arguments().find(|argument| argument.get_long() == Some("output-format"));
        let format =
            formats.into_iter().flat_map(clap::Arg::get_possible_values).map(|value| value.get_name().to_owned());
        return match value {
            Some(value) if format.into_iter().any(|format| format == value) => {
                Some(format!("did you mean `--output-format {value}`?"))
            }
            Some(value) if !value.starts_with('-') => Some(format!("did you mean `--output-file {value}`?")),
            _ => Some("did you mean `--output-file FILE`?".to_owned()),
        };
    }
    if ["file", "plan", "input"].contains(&name) && command.get_positionals().next().is_some() {
        let file = value.filter(|value| !value.starts_with('-')).unwrap_or("FILE");
        return Some(format!("files need no option: `clearway {} {file}`", command.get_name()));
    }
    let synonym = SYNONYMS.iter().find(|(others, _)| others.contains(&name)).map(|(_, ours)| *ours);
    let ours = synonym.unwrap_or_default().iter().find(|ours| ours.split(' ').next().is_some_and(has));
    if let Some(ours) = ours {
        let takes = command
            .get_arguments()
            .any(|argument| argument.get_long() == Some(ours) && argument.get_action().takes_values());
        return Some(match value.filter(|value| takes && !value.starts_with('-')) {
            Some(value) => format!("did you mean `--{ours} {value}`?"),
            None => format!("did you mean `--{ours}`?"),
        });
    }
    let shown = command.get_arguments().filter(|argument| !argument.is_hide_set());
    let longs: Vec<&str> = shown.filter_map(clap::Arg::get_long).collect();
    if let Some(near) = nearest(name, longs.iter().copied()) {
        return Some(format!("did you mean `--{near}`?"));
    }
    let owners = owners(name, cli);
    match owners.as_slice() {
        [] => Some(format!("`clearway {} --help` lists its options", command.get_name())),
        [owner] => Some(format!("`--{name}` is an option of `clearway {owner}`")),
        [first, rest @ ..] => {
            let rest: Vec<String> = rest.iter().map(|owner| format!("`{owner}`")).collect();
            Some(format!("`--{name}` is an option of `clearway {first}`, {}", rest.join(", ")))
        }
    }
}

/// The commands that have an option.
fn owners(name: &str, cli: &Command) -> Vec<String> {
    let has = |command: &&Command| command.get_arguments().any(|argument| argument.get_long() == Some(name));
    cli.get_subcommands().filter(has).map(|command| command.get_name().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_looked_up_in_any_line() {
        let of = |line: &str| color(&line.split(' ').map(OsString::from).collect::<Vec<_>>());
        assert_eq!(of("clearway chekc --color never"), Color::Never);
        assert_eq!(of("clearway --color=always --help"), Color::Always);
        assert_eq!(of("clearway check --color sometimes"), Color::Auto);
    }

    #[test]
    fn long_lines_go_on_under_their_beginning() {
        let text =
            "error: nothing\n  [possible values: full, concise, json, json-lines, sarif, junit, github]\n\nend\n";
        assert_eq!(
            folded(text, 40),
            "error: nothing\n  [possible values: full, concise, json,\n    json-lines, sarif, junit, github]\n\nend\n"
        );
    }
}
