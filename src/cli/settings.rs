//! From the command line and the configurations to the options that count: what a configuration says is the default of the
//! option, so that the command line wins by itself. Commands never see where a value came from.

use std::cell::{OnceCell, RefCell};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Instant;

use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, FromArgMatches};

use super::args::{Check, Cli, Command, Common, Explain, Facts, Fmt, Import, Lint, Looked, Rules, Suggest, Test};
use super::cache::Cache;
use super::schema::Schema;
use crate::session::config::{self, Choice, Config, Configs, KEYS, Key, Kind, Patterns};
use crate::session::{Options, Search, Session};
use crate::source::{Disk, Files};

/// A command line, and the configurations that belong to it.
pub struct Settings {
    args: Vec<OsString>,
    /// What was typed, before any configuration, as clap reads it: only where that is needed.
    typed: OnceCell<ArgMatches>,
    /// The paths that were named.
    named: Vec<PathBuf>,
    /// When the run began.
    begun: Instant,
    choice: Choice,
    /// The configuration of the run, and all that were read for it.
    run: Option<Rc<Config>>,
    configs: RefCell<Option<Configs>>,
}

/// Options of a command that make options of a session.
pub trait Asked: Sized {
    /// The command, where it is this one.
    fn of(command: Command) -> Option<Self>;

    /// The options of a session, with what a configuration says of what the command line cannot take from it.
    fn options(&self, config: Option<&Config>) -> Result<Options, String>;

    /// Whether compiled policies are kept from one run to the next.
    fn keeps(&self) -> bool;
}

impl Settings {
    /// Reads a command line and the configuration of the run.
    pub fn read(args: Vec<OsString>) -> Result<(Settings, Cli), clap::Error> {
        let begun = Instant::now();
        let typed = OnceCell::new();
        let (cli, choice, named) = match super::quick::read(&args) {
            Some(Cli { command: Command::Check(check) }) => {
                let choice = if check.common.isolated { Choice::Isolated } else { Choice::Nearest };
                let named = placed(&check.paths, || check.stdin_filename.clone());
                (Cli { command: Command::Check(check) }, choice, named)
            }
            _ => {
                let matches = command(None, &[]).try_get_matches_from(&args)?;
                let read = (Cli::from_arg_matches(&matches)?, choice(&matches), named(&matches));
                let _ = typed.set(matches);
                read
            }
        };
        let mut settings = Settings { args, choice, typed, named, begun, run: None, configs: RefCell::new(None) };
        let mut configs = Configs::new(settings.choice.clone(), stands());
        settings.run = configs.of_run(&Disk, &settings.named);
        settings.configs.replace(Some(configs));
        let cli = match &settings.run {
            Some(config) => settings.with(config)?,
            None => cli,
        };
        Ok((settings, cli))
    }

    /// What was typed, as clap reads it.
    fn matches(&self) -> Result<&ArgMatches, clap::Error> {
        if let Some(known) = self.typed.get() {
            return Ok(known);
        }
        let matches = command(None, &[]).try_get_matches_from(&self.args)?;
        Ok(self.typed.get_or_init(|| matches))
    }

    /// Nanoseconds since the run began.
    pub fn elapsed(&self) -> u64 {
        nanos(self.begun)
    }

    /// The same as a clock.
    pub fn clock(&self) -> Arc<dyn Fn() -> u64 + Send + Sync> {
        let begun = self.begun;
        Arc::new(move || nanos(begun))
    }

    /// The same command line once more, with the configuration as it is by now.
    pub fn again(&self) -> Result<(Settings, Cli), clap::Error> {
        Settings::read(self.args.clone())
    }

    /// What was typed.
    pub fn typed(&self) -> &[OsString] {
        &self.args
    }

    /// The configuration of the run.
    pub fn config(&self) -> Option<&Path> {
        self.run.as_deref().map(|config| config.path.as_path())
    }

    /// A session for a command: each plan is judged by the configuration nearest to it.
    pub fn session<'f, A: Asked>(&'f self, files: &'f dyn Files, asked: &A) -> Result<Session<'f>, String> {
        let options = asked.options(self.run.as_deref())?;
        let configs = self.configs.take().unwrap_or_else(|| {
            let mut configs = Configs::new(self.choice.clone(), stands());
            configs.of_run(&Disk, &self.named);
            configs
        });
        let cache = asked.keeps().then(Cache::of_user).flatten();
        let with_cache = |mut session: Session<'f>| {
            if let Some(cache) = cache {
                session.keep_on(Rc::new(cache));
            }
            session
        };
        if self.choice == Choice::Isolated {
            return Ok(with_cache(Session::configured(files, options, configs, None)));
        }
        // By what they say, not by their paths: a configuration may be another one in another revision.
        let known = RefCell::new(vec![(self.run.as_deref().cloned(), options.clone())]);
        let own = options.clone();
        let governed = move |config: Option<&Config>| {
            if let Some((_, options)) = known.borrow().iter().find(|(known, _)| known.as_ref() == config) {
                return options.clone();
            }
            let made = self.for_plan::<A>(config).unwrap_or_else(|| own.clone());
            known.borrow_mut().push((config.cloned(), made.clone()));
            made
        };
        Ok(with_cache(Session::configured(files, options, configs, Some(Rc::new(governed)))))
    }

    /// The options that a configuration makes of the command line.
    fn for_plan<A: Asked>(&self, config: Option<&Config>) -> Option<Options> {
        let cli = match config {
            Some(config) => self.with(config).ok()?,
            None => Cli::from_arg_matches(self.matches().ok()?).ok()?,
        };
        A::of(cli.command)?.options(config).ok()
    }

    /// The command line over a configuration.
    fn with(&self, config: &Config) -> Result<Cli, clap::Error> {
        let matches = self.matches()?;
        let Some((name, typed)) = matches.subcommand() else { return Cli::from_arg_matches(matches) };
        let plain = command(None, &[]);
        let Some(own) = plain.find_subcommand(name) else { return Cli::from_arg_matches(matches) };
        let mut defaults: Vec<(String, Vec<String>)> = Vec::new();
        for entry in config.entries.iter().filter(|entry| entry.key.is_for(name) && !is_own(entry.key)) {
            let Some((option, turned)) = option(own, entry.key) else { continue };
            if opposed(own, option).any(|other| is_typed(typed, other)) {
                continue;
            }
            let values = match entry.values.as_slice() {
                [value] if turned => vec![(value != "true").to_string()],
                values => values.to_vec(),
            };
            defaults.push((option.get_id().to_string(), values));
        }
        let matches = command(Some(name), &defaults).try_get_matches_from(&self.args)?;
        Cli::from_arg_matches(&matches)
    }
}

/// The paths that were named, which say where configurations are looked for.
fn named(typed: &ArgMatches) -> Vec<PathBuf> {
    let Some((_, typed)) = typed.subcommand() else { return Vec::new() };
    let paths = typed.try_get_many::<PathBuf>("paths").ok().flatten().into_iter().flatten().cloned();
    let paths =
        placed(&paths.collect::<Vec<_>>(), || typed.try_get_one::<PathBuf>("stdin_filename").ok().flatten().cloned());
    let step = typed.try_get_one::<String>("step").ok().flatten();
    match typed.try_get_one::<String>("what").ok().flatten() {
        Some(plan) if step.is_some() => vec![PathBuf::from(plan)],
        _ => paths,
    }
}

/// Paths, with standard input where it is said to be.
fn placed(paths: &[PathBuf], stdin: impl Fn() -> Option<PathBuf>) -> Vec<PathBuf> {
    let place = |path: &PathBuf| stdin().filter(|_| path.as_os_str() == "-").unwrap_or_else(|| path.clone());
    paths.iter().map(place).collect()
}

fn nanos(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_nanos()).unwrap_or(u64::MAX)
}

/// Where configurations are to come from.
fn choice(typed: &ArgMatches) -> Choice {
    let Some((_, typed)) = typed.subcommand() else { return Choice::Isolated };
    // A command without these options has nothing to configure.
    let Ok(isolated) = typed.try_get_one::<bool>("isolated") else { return Choice::Isolated };
    if isolated.copied().unwrap_or(false) {
        return Choice::Isolated;
    }
    match typed.try_get_one::<PathBuf>("config").ok().flatten() {
        Some(file) => Choice::File(file.clone()),
        None => Choice::Nearest,
    }
}

/// The folder that one stands in.
fn stands() -> PathBuf {
    std::env::current_dir().unwrap_or_default()
}

/// The command line as clap is to read it: to each flag its opposite, and other defaults for one command.
pub fn command(of: Option<&str>, defaults: &[(String, Vec<String>)]) -> clap::Command {
    let plain = super::usage::plain();
    let names: Vec<String> = plain.get_subcommands().map(|own| own.get_name().to_owned()).collect();
    names.iter().fold(plain, |all, name| {
        all.mut_subcommand(name, |own| {
            let opposites: Vec<(String, String)> =
                KEYS.iter().filter(|key| key.is_for(name)).filter_map(|key| opposite(&own, key)).collect();
            let own = opposites.into_iter().fold(own, |own, (flag, other)| {
                let hidden = Arg::new(other.clone())
                    .long(other.clone())
                    .action(ArgAction::SetTrue)
                    .overrides_with(flag.clone())
                    .hide(true);
                own.mut_arg(flag, |flag| flag.overrides_with(other)).arg(hidden)
            });
            let defaults = if of == Some(name.as_str()) { defaults } else { &[] };
            defaults
                .iter()
                .fold(own, |own, (option, values)| own.mut_arg(option, |option| option.default_values(values.clone())))
        })
    })
}

/// The flag of a key, and the opposite that it gets.
fn opposite(own: &clap::Command, key: &Key) -> Option<(String, String)> {
    let (flag, turned) = option(own, key).filter(|_| key.kind == Kind::Flag)?;
    let other = if turned { key.name.to_owned() } else { format!("no-{}", key.name) };
    let taken = own.get_arguments().any(|option| option.get_long() == Some(&other));
    (!taken).then(|| (flag.get_id().to_string(), other))
}

/// The option of a key, and whether it is the one that turns it off.
fn option<'c>(own: &'c clap::Command, key: &Key) -> Option<(&'c Arg, bool)> {
    let find = |name: &str| own.get_arguments().find(|option| option.get_long() == Some(name) && !option.is_hide_set());
    let off = || find(&format!("no-{}", key.name)).map(|option| (option, true));
    find(key.name).map(|option| (option, false)).or_else(off)
}

/// The options that cannot stand beside one, and the one that takes it back.
fn opposed<'c>(own: &'c clap::Command, option: &'c Arg) -> impl Iterator<Item = &'c Arg> {
    let name = option.get_long().unwrap_or_default();
    let back = [format!("no-{name}"), name.trim_start_matches("no-").to_owned()];
    own.get_arguments().filter(move |other| {
        let long = other.get_long().unwrap_or_default();
        other.get_id() != option.get_id()
            && (back.iter().any(|back| back == long)
                || own.get_arg_conflicts_with(option).iter().any(|one| one.get_id() == other.get_id())
                || own.get_arg_conflicts_with(other).iter().any(|one| one.get_id() == option.get_id()))
    })
}

fn is_typed(typed: &ArgMatches, option: &Arg) -> bool {
    typed.value_source(option.get_id().as_str()) == Some(ValueSource::CommandLine)
}

/// Keys that are not the default of an option: what a plan says stands between the two, or they are laid together.
fn is_own(key: &Key) -> bool {
    use config::Kind::{Assumptions, Limits, Patterns};
    matches!(key.name, "pack" | "inventory") || matches!(key.kind, Assumptions | Limits | Patterns)
}

/// Makes [`Asked`] of the commands of one session.
macro_rules! asked {
    ($($command:ident $(or $also:ident)?: $options:expr;)*) => {
        $(impl Asked for $command {
            fn of(command: Command) -> Option<Self> {
                match command {
                    Command::$command(own) => Some(own.into()),
                    $(Command::$also(own) => Some(own.into()),)?
                    _ => None,
                }
            }

            fn options(&self, config: Option<&Config>) -> Result<Options, String> {
                type Make<A> = fn(&A, Options, Option<&Config>) -> Result<Options, String>;
                let make: Make<$command> = $options;
                make(self, common(&self.common, config)?, config)
            }

            fn keeps(&self) -> bool {
                !self.common.no_cache
            }
        })*
    };
}

asked! {
    Check or Review: |own, options, config| {
        let search = search(&own.search, config)?;
        Ok(Options { search, ..super::check::options(own, options)? })
    };
    Suggest: |own, mut options, config| {
        own.judging.set(&mut options)?;
        Ok(Options { inventories: own.inventory.clone(), search: search(&own.search, config)?, ..options })
    };
    Explain: |own, mut options, _| {
        own.judging.set(&mut options)?;
        Ok(Options { inventories: own.inventory.clone(), ..options })
    };
    Facts: |own, options, config| {
        let search = search(&own.search, config)?;
        Ok(Options { inventories: own.inventory.clone(), strict: true, search, ..options })
    };
    Lint: |_, options, _| Ok(options);
    Fmt: |_, options, _| Ok(options);
    Rules: |_, options, _| Ok(options);
    Schema: |_, options, _| Ok(options);
    Test: |_, options, _| Ok(options);
    Import: |_, options, _| Ok(options);
}

/// Options of the session that every command has.
fn common(common: &Common, config: Option<&Config>) -> Result<Options, String> {
    let said = |name: &str| config.map(|config| config.values(name)).unwrap_or_default();
    let places =
        |name: &str| config.and_then(|config| config.entry(name)).map(|entry| entry.places.clone()).unwrap_or_default();
    let mut options = Options {
        packs: common.pack.clone(),
        fallback_packs: said("pack").to_vec(),
        fallback_inventories: said("inventory").iter().map(PathBuf::from).collect(),
        fallback_places: (places("pack"), places("inventory")),
        assume: config.filter(|config| config.entry("assume").is_some()).map(|config| config.path.clone()),
        ..Options::default()
    };
    // Those of the configuration were held to their names when it was read.
    for limit in said("limits") {
        let _ = options.limits.set(limit);
    }
    super::limits(&common.limit, &mut options.limits)?;
    Ok(options)
}

/// What is looked for in folders. Patterns of a configuration are relative to its folder, those that are typed to the one
/// that one stands in.
fn search(own: &Looked, config: Option<&Config>) -> Result<Search, String> {
    let patterns = |name: &str, typed: &[String]| {
        let said = config.filter(|config| typed.is_empty() && config.entry(name).is_some());
        let folder = said.map(|config| config.folder().to_path_buf()).unwrap_or_default();
        let lines = said.map_or(typed, |config| config.values(name)).to_vec();
        match lines.iter().find_map(|line| Some((line, config::broken_pattern(line)?))) {
            Some((line, why)) => Err(format!("`--{name} {line}`: {why}")),
            None => Ok((said.is_some() || !lines.is_empty()).then_some(Patterns { folder, lines })),
        }
    };
    Ok(Search {
        include: patterns("include", &own.include)?,
        exclude: patterns("exclude", &own.exclude)?,
        gitignore: !own.no_respect_gitignore,
        force_exclude: own.force_exclude,
    })
}

#[cfg(test)]
mod tests;
