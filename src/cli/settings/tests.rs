//! The laws of merging, for every key of the table: what a configuration says is as if it had been typed, and what is typed
//! wins over it.

use super::*;
use crate::session::config::{SECTIONS, Scope};
use crate::source::Memory;

/// Options that stand on the command line alone, and why.
const TYPED_ONLY: &[(&str, &str)] = &[
    ("config", "says where configurations are"),
    ("isolated", "says that there are none"),
    ("limit", "stands as `limits`"),
    ("output-file", "stands for `check` alone: one file cannot hold the output of every command"),
    ("stdin-filename", "speaks of one run"),
    ("diff", "speaks of one run"),
    ("check", "speaks of one run"),
    ("template", "speaks of one run"),
    ("filter", "speaks of one run"),
    ("step", "speaks of one step"),
    ("code", "speaks of one step"),
    ("input-format", "speaks of one run"),
    ("today", "speaks of one run"),
    ("watch", "speaks of one run"),
    ("write-baseline", "speaks of one run"),
    ("help", "asks for help"),
    ("version", "asks for help"),
];

/// Commands that have nothing to do with plans or policies.
const UNCONFIGURED: &[&str] = &["completions", "man", "help"];

fn config(text: &str) -> Rc<Config> {
    let files = Memory::new().with("deep/clearway.toml", text);
    let mut configs = Configs::new(Choice::File("deep/clearway.toml".into()), PathBuf::new());
    let config = configs.of_folder(&files, std::path::Path::new("")).unwrap();
    let told: Vec<String> = configs.take_told().into_iter().map(|told| told.message).collect();
    assert!(config.sound, "{text}: {told:?}");
    config
}

fn settings(line: &[String]) -> Settings {
    let args: Vec<OsString> =
        std::iter::once("clearway".to_owned()).chain(line.iter().cloned()).map(Into::into).collect();
    let typed = command(None, &[]).try_get_matches_from(&args).unwrap_or_else(|error| panic!("{line:?}: {error}"));
    Settings {
        args,
        typed: OnceCell::from(typed),
        named: Vec::new(),
        begun: Instant::now(),
        choice: Choice::Isolated,
        run: None,
        configs: RefCell::new(None),
    }
}

/// What a command line comes to, with a configuration or without.
fn parsed(line: &[String], config: Option<&Config>) -> String {
    let settings = settings(line);
    let cli = match config {
        Some(config) => settings.with(config).unwrap_or_else(|error| panic!("{line:?}: {error}")),
        None => Cli::from_arg_matches(settings.matches().unwrap()).unwrap(),
    };
    format!("{cli:?}")
}

/// The least that a command wants to be typed.
fn least(name: &str) -> Vec<String> {
    let words: &[&str] = match name {
        "suggest" => &["suggest", "x.plan.yaml"],
        "explain" => &["explain", "x.plan.yaml", "--step", "one"],
        "import" => &["import", "scvmm", "x.json"],
        "schema" => &["schema", "plan"],
        name => return vec![name.to_owned()],
    };
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// The commands that have an option for a key, and whether it is the one that turns it off.
fn commands(key: &Key) -> Vec<(String, bool)> {
    let all = command(None, &[]);
    let own = all.get_subcommands().filter(|own| key.is_for(own.get_name()));
    own.filter_map(|own| Some((own.get_name().to_owned(), option(own, key)?.1))).collect()
}

/// What stands in a file, and what is typed for the same: two pairs that differ, where there are two.
fn said(key: &Key) -> Vec<(String, Vec<String>)> {
    let text = |value: &str| (format!("\"{value}\""), vec![value.to_owned()]);
    let path = |value: &str| (format!("\"{value}\""), vec![format!("deep/{value}")]);
    match key.kind {
        Kind::Flag => {
            vec![("true".to_owned(), vec!["true".to_owned()]), ("false".to_owned(), vec!["false".to_owned()])]
        }
        Kind::Choice(words) => words.iter().map(|word| text(word)).collect(),
        Kind::Whole(least, most) => {
            vec![(least.to_string(), vec![least.to_string()]), (most.to_string(), vec![most.to_string()])]
        }
        Kind::Text => vec![text("one"), text("other")],
        Kind::Texts => {
            vec![text("ACME1"), ("[\"ACME2\", \"ACME3\"]".to_owned(), vec!["ACME2".to_owned(), "ACME3".to_owned()])]
        }
        Kind::File => vec![path("one.txt"), path("other.txt")],
        Kind::Files => vec![path("one.txt"), path("other.txt")],
        Kind::Reports(_) => vec![
            ("{ sarif = \"x.sarif\" }".to_owned(), vec!["sarif=deep/x.sarif".to_owned()]),
            ("[\"csv=a.csv\", \"json=b\"]".to_owned(), vec!["csv=deep/a.csv".to_owned(), "json=deep/b".to_owned()]),
        ],
        Kind::Packs | Kind::Patterns | Kind::Limits | Kind::Assumptions => Vec::new(),
    }
}

/// A command line with the option of a key.
fn typing(line: &[String], key: &Key, values: &[String]) -> Vec<String> {
    let name = key.name;
    let typed: Vec<String> = match (key.kind, values) {
        (Kind::Flag, [value]) if value == "true" => vec![format!("--{name}")],
        (Kind::Flag, _) => vec![format!("--no-{name}")],
        _ => values.iter().map(|value| format!("--{name}={value}")).collect(),
    };
    [line.to_vec(), typed].concat()
}

fn written(key: &Key, value: &str) -> String {
    let section = key.section.map(|section| format!("[{section}]\n")).unwrap_or_default();
    format!("{section}{} = {value}\n", key.name)
}

#[test]
fn what_a_file_says_is_as_if_it_were_typed_and_what_is_typed_wins() {
    let mut looked_at = 0;
    for key in KEYS.iter().filter(|key| !is_own(key)) {
        let commands = commands(key);
        assert!(!commands.is_empty(), "no command has an option for `{}`", key.name);
        for (name, _) in commands {
            let line = least(&name);
            for (value, values) in said(key) {
                let file = config(&written(key, &value));
                let as_typed = parsed(&typing(&line, key, &values), None);
                assert_eq!(parsed(&line, Some(&file)), as_typed, "{name}: {}", key.name);
                for (_, others) in said(key) {
                    let typed = typing(&line, key, &others);
                    assert_eq!(parsed(&typed, Some(&file)), parsed(&typed, None), "{typed:?} over {value}");
                    looked_at += 1;
                }
            }
        }
    }
    assert!(looked_at > 200, "{looked_at} pairs");
}

#[test]
fn an_option_that_is_opposed_to_one_that_was_typed_does_not_count() {
    let quiet = config("quiet = true\n");
    let line: Vec<String> = ["check", "--verbose"].map(str::to_owned).to_vec();
    assert_eq!(parsed(&line, Some(&quiet)), parsed(&line, None));
}

#[test]
fn what_stands_between_a_plan_and_the_command_line_is_laid_beneath_both() {
    let config = config(
        "pack = \"vmm-2019\"\ninventory = [\"a.yaml\", \"../b.yaml\"]\nexclude = \"drafts/\"\ninclude = [\"*.move.yaml\"]\n\
         limits = { rows = 7, steps = 9 }\n[[assume]]\nfact = \"vms.disks.shared\"\nis = false\nbecause = \"so\"\n",
    );
    let options = |line: &[&str], config: Option<&Config>| {
        let line: Vec<String> = line.iter().map(|word| (*word).to_owned()).collect();
        let cli = Cli::from_arg_matches(settings(&line).matches().unwrap()).unwrap();
        Check::of(cli.command).unwrap().options(config).unwrap()
    };
    let file = options(&["check"], Some(&config));
    assert_eq!((file.packs.len(), file.fallback_packs.as_slice()), (0, &["vmm-2019".to_owned()][..]));
    assert!(file.inventories.is_empty());
    assert_eq!(file.fallback_inventories, [PathBuf::from("deep/a.yaml"), PathBuf::from("b.yaml")]);
    assert_eq!(file.assume, Some(PathBuf::from("deep/clearway.toml")));
    assert_eq!((file.limits.inputs.rows, file.limits.steps), (7, 9));
    let patterns = |folder: &str, line: &str| Some(Patterns { folder: folder.into(), lines: vec![line.to_owned()] });
    assert_eq!(file.search.exclude, patterns("deep", "drafts/"));
    assert_eq!(file.search.include, patterns("deep", "*.move.yaml"));

    let both = options(&["check", "--limit", "rows=8", "--exclude", "old/", "--pack", "p"], Some(&config));
    assert_eq!((both.limits.inputs.rows, both.limits.steps), (8, 9), "limits are laid together by name");
    assert_eq!(both.search.exclude, patterns("", "old/"), "what is typed is relative to where one stands");
    assert_eq!(both.search.include, patterns("deep", "*.move.yaml"));
    assert_eq!(both.packs, ["p"]);
    assert_eq!(options(&["check"], None), Options { ..options(&["check", "--fail-on", "error"], None) });
}

#[test]
fn every_option_can_stand_in_a_file_or_says_why_not() {
    let all = command(None, &[]);
    let mut wrong = Vec::new();
    for own in all.get_subcommands().filter(|own| !UNCONFIGURED.contains(&own.get_name())) {
        for option in own.get_arguments().filter(|option| !option.is_hide_set()) {
            let Some(long) = option.get_long() else { continue };
            let name = long.strip_prefix("no-").unwrap_or(long);
            let is_key = |key: &Key| (key.name == long || key.name == name) && key.is_for(own.get_name());
            if !KEYS.iter().any(is_key) && !TYPED_ONLY.iter().any(|(typed, _)| *typed == long) {
                wrong.push(format!("`{} --{long}`", own.get_name()));
            }
        }
    }
    assert!(wrong.is_empty(), "cannot stand in clearway.toml: {}", wrong.join(", "));
}

#[test]
fn the_table_says_what_the_options_say() {
    let all = command(None, &[]);
    let mut seen = Vec::new();
    for key in KEYS {
        assert!(!seen.contains(&(key.section, key.name)), "`{}` stands twice", key.name);
        seen.push((key.section, key.name));
        let known = key.section.is_none_or(|section| SECTIONS.iter().any(|(name, _)| *name == section));
        assert!(known, "there is no table for `{}`", key.name);
        assert!(!key.doc.is_empty() && !key.doc.ends_with('.'), "{}", key.name);
        assert!(key.section.is_none() || key.scope == Scope::Run, "{}", key.name);
        for (name, turned) in commands(key) {
            let own = all.find_subcommand(&name).unwrap();
            let (option, _) = option(own, key).unwrap();
            let defaults: Vec<String> =
                option.get_default_values().iter().map(|value| value.to_string_lossy().into_owned()).collect();
            match key.kind {
                Kind::Choice(words) => {
                    let values: Vec<String> =
                        option.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect();
                    assert_eq!(values, words, "{name} --{}", key.name);
                    assert_eq!(defaults, [key.default.trim_matches('"')], "{name} --{}", key.name);
                }
                Kind::Whole(..) if key.default != "none" => {
                    assert_eq!(defaults, [key.default], "{name} --{}", key.name)
                }
                Kind::Flag => assert_eq!(key.default, turned.to_string(), "{name} --{}", key.name),
                Kind::Reports(formats) => assert_eq!(super::super::formats::Format::names(), formats),
                _ => {}
            }
        }
    }
}
