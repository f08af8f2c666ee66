//! The command line of an ordinary check, read by hand: clap would build every command with all its help first, which takes
//! longer than judging a small plan. It takes what it is sure of and leaves everything else, mistakes above all, to clap; a
//! test holds both to each other.

use std::ffi::OsString;
use std::path::PathBuf;
use std::str::FromStr as _;

use clap::ValueEnum;

use super::args::{Check, Cli, Color, Command, Common, FailOn, InputFormat, Looked, Looks, Unverified};
use super::comparing::Comparing;
use super::formats::{Format, ReportFile};
use super::judging::Judging;
use crate::session;

/// What a command line says, where it is a check with options that need no care.
pub fn read(args: &[OsString]) -> Option<Cli> {
    let mut words = args.iter().skip(1).map(|word| word.to_str());
    if words.next()?? != "check" {
        return None;
    }
    let mut seen: Vec<&str> = Vec::new();
    let mut check = plain();
    while let Some(word) = words.next() {
        let word = word?;
        match word {
            "" | "--" => return None,
            "-q" => once(&mut seen, "quiet").map(|()| check.common.looks.quiet = true)?,
            "-v" => once(&mut seen, "verbose").map(|()| check.common.looks.verbose = true)?,
            "-" => check.paths.push(word.into()),
            _ => match word.strip_prefix("--") {
                Some(option) => match option.split_once('=') {
                    Some((name, value)) => valued(&mut check, &mut seen, name, value)?,
                    None if flag(&mut check, option).is_some() => once(&mut seen, option)?,
                    None => valued(&mut check, &mut seen, option, words.next()??)?,
                },
                None if word.starts_with('-') => return None,
                None => check.paths.push(word.into()),
            },
        }
    }
    // What cannot stand together is refused by clap, in its words.
    let looks = &check.common.looks;
    if looks.quiet && looks.verbose { None } else { Some(Cli { command: Command::Check(check) }) }
}

/// An option that is said once.
fn once<'a>(seen: &mut Vec<&'a str>, name: &'a str) -> Option<()> {
    if seen.contains(&name) {
        return None;
    }
    seen.push(name);
    Some(())
}

/// Sets a flag, if it is one.
fn flag(check: &mut Check, name: &str) -> Option<()> {
    let flag = match name {
        "quiet" => &mut check.common.looks.quiet,
        "verbose" => &mut check.common.looks.verbose,
        "isolated" => &mut check.common.isolated,
        "no-cache" => &mut check.common.no_cache,
        "strict" => &mut check.strict,
        "exit-zero" => &mut check.exit_zero,
        "statistics" => &mut check.statistics,
        "timings" => &mut check.timings,
        "no-waivers" => &mut check.judging.no_waivers,
        "no-assumptions" => &mut check.judging.no_assumptions,
        _ => return None,
    };
    *flag = true;
    Some(())
}

/// Sets an option that takes a value.
fn valued<'a>(check: &mut Check, seen: &mut Vec<&'a str>, name: &'a str, value: &str) -> Option<()> {
    if value.is_empty() || value.starts_with('-') {
        return None;
    }
    let list = || value.split(',').map(str::to_owned);
    match name {
        "pack" => check.common.pack.push(value.to_owned()),
        "inventory" => check.inventory.push(value.into()),
        "select" => check.select.extend(list()),
        "ignore" => check.ignore.extend(list()),
        "limit" => check.common.limit.push(value.to_owned()),
        "report" => check.report.push(ReportFile::parse(value).ok()?),
        _ => once(seen, name)?,
    }
    match name {
        "output-format" => check.output_format = word(value)?,
        "unverified" => check.unverified = word(value)?,
        "fail-on" => check.fail_on = word(value)?,
        "color" => check.common.looks.color = word(value)?,
        "input-format" => check.input_format = Some(word(value)?),
        "output-file" => check.common.looks.output_file = Some(value.into()),
        "stdin-filename" => check.stdin_filename = Some(value.into()),
        "jobs" => check.jobs = Some(u16::from_str(value).ok().filter(|jobs| (1..=256).contains(jobs))?),
        "today" => check.judging.today = Some(value.to_owned()),
        "pack" | "inventory" | "select" | "ignore" | "limit" | "report" => {}
        _ => return None,
    }
    Some(())
}

fn word<T: ValueEnum>(value: &str) -> Option<T> {
    T::from_str(value, false).ok()
}

/// A check of which nothing is said.
fn plain() -> Check {
    Check {
        paths: Vec::<PathBuf>::new(),
        inventory: Vec::new(),
        stdin_filename: None,
        input_format: None::<InputFormat>,
        strict: false,
        search: Looked { include: Vec::new(), exclude: Vec::new(), force_exclude: false, no_respect_gitignore: false },
        select: Vec::new(),
        ignore: Vec::new(),
        unverified: Unverified::Error,
        fail_on: FailOn::Error,
        exit_zero: false,
        output_format: Format::Full,
        report: Vec::new(),
        fix: false,
        unsafe_fixes: false,
        diff: false,
        state: None,
        watch: false,
        statistics: false,
        timings: false,
        jobs: None,
        judging: Judging {
            today: None,
            expiring_within: session::EXPIRING_WITHIN,
            no_waivers: false,
            no_assumptions: false,
        },
        comparing: Comparing { since: None, baseline: None, write_baseline: None },
        common: Common {
            pack: Vec::new(),
            limit: Vec::new(),
            config: None,
            isolated: false,
            no_cache: false,
            looks: Looks { output_file: None, color: Color::Auto, quiet: false, verbose: false },
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::settings::command;
    use clap::FromArgMatches as _;
    use proptest::prelude::*;

    /// Words of command lines: options with and without values, values, paths, and what is wrong.
    const WORDS: &[&str] = &[
        "-",
        "-q",
        "-v",
        "--",
        "",
        "-x",
        "--quiet",
        "--verbose",
        "--isolated",
        "--strict",
        "--exit-zero",
        "--statistics",
        "--timings",
        "--no-cache",
        "--cache",
        "--no-waivers",
        "--waivers",
        "--no-assumptions",
        "--pack",
        "vmm-2019",
        "--pack=a",
        "--inventory",
        "estate.yaml",
        "--inventory=x.json",
        "--select",
        "VMM1,VMM2",
        "--select=VMM",
        "--ignore=A,,B",
        "--ignore",
        "--limit=rows=2",
        "--report=sarif=a.sarif",
        "--report",
        "json=a,b.json",
        "--output-format",
        "concise",
        "json-lines",
        "--output-format=json",
        "--unverified=ignore",
        "--unverified",
        "warning",
        "--fail-on=never",
        "--fail-on",
        "--color=never",
        "--color",
        "always",
        "--input-format=json-lines",
        "--input-format",
        "csv",
        "--output-file=o.txt",
        "--output-file",
        "--stdin-filename=s.yaml",
        "--stdin-filename",
        "--jobs=2",
        "--jobs",
        "3",
        "0",
        "257",
        "--jobs=0",
        "--today=2027-01-01",
        "--today",
        "plans/a.plan.yaml",
        "b.jsonl",
        "--fix",
        "--diff",
        "--watch",
        "--since=main",
        "--select=",
        "--quiet=true",
        "--no-quiet",
        "--no-strict",
        "--help",
        "-h",
        "-qv",
        "--out",
        "check",
        "help",
    ];

    fn both(words: &[&str]) -> (Option<String>, Result<String, String>) {
        let args: Vec<OsString> = ["clearway", "check"].iter().chain(words).map(OsString::from).collect();
        let slow = command(None, &[]).try_get_matches_from(&args).and_then(|typed| Cli::from_arg_matches(&typed));
        (
            read(&args).map(|cli| format!("{cli:?}")),
            slow.map(|cli| format!("{cli:?}")).map_err(|error| error.to_string()),
        )
    }

    #[test]
    fn ordinary_lines_are_read_by_hand() {
        for line in
            ["", "a.plan.yaml --inventory b.yaml", "- --pack x --input-format json-lines -q", "x --select A,B --jobs 4"]
        {
            let words: Vec<&str> = line.split_whitespace().collect();
            let (quick, slow) = both(&words);
            assert_eq!(quick.as_deref(), slow.as_deref().ok(), "{line}");
            assert!(quick.is_some(), "{line}");
        }
        assert_eq!(read(&["clearway".into(), "lint".into()]).map(|_| ()), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]
        #[test]
        fn what_is_read_by_hand_is_what_clap_reads(words in prop::collection::vec(prop::sample::select(WORDS), 0..6)) {
            let (quick, slow) = both(&words);
            if let Some(quick) = quick {
                prop_assert_eq!(Ok(quick), slow);
            }
        }
    }
}
