//! `clearway.toml`: where it is, and what it says. What a plan is judged by comes from the configuration nearest to the plan,
//! what concerns a run as a whole from the one nearest to everything that was named. How a configuration and a command line
//! come together is the front end's business.

mod keys;
pub(super) mod patterns;
mod read;

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use std::rc::Rc;

use super::discover::clean;
use super::texts::Texts;
use super::{Limits, Trouble};
use crate::diag::codes::input;
use crate::diag::{Diagnostic, Severity};
use crate::facts::read::{Format, read as read_document};
use crate::source::{FileError, Files, SourceMap};

pub use keys::{FORMATS, KEYS, Key, Kind, OPPOSED, SECTIONS, Scope};
pub use patterns::{Patterns, broken as broken_pattern};
pub use read::Entry;

/// The name of the file.
pub const NAME: &str = "clearway.toml";

/// Where configurations come from.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Choice {
    /// Nowhere.
    #[default]
    Isolated,
    /// From the nearest [`NAME`], upwards.
    Nearest,
    /// From this file, for everything.
    File(PathBuf),
}

/// A configuration that was read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Config {
    /// Its file.
    pub path: PathBuf,
    /// What it says, in the order written; what is wrong is not among it.
    pub entries: Vec<Entry>,
    /// Whether it is free of errors: only then is anything judged by it.
    pub sound: bool,
}

impl Config {
    /// What it says of a key at the top.
    pub fn entry(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key.section.is_none() && entry.key.name == name)
    }

    /// The values of a key at the top; none where it does not stand there.
    pub fn values(&self, name: &str) -> &[String] {
        self.entry(name).map_or(&[], |entry| &entry.values)
    }

    /// The folder that it stands in.
    pub fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new(""))
    }
}

/// The configurations of a run, each read once.
#[derive(Debug)]
pub struct Configs {
    choice: Choice,
    /// The folder that one stands in, so that its parents are known; may be empty.
    stands: PathBuf,
    pub(super) texts: Texts,
    limits: crate::facts::Limits,
    /// Each file that was read.
    read: BTreeMap<PathBuf, Rc<Config>>,
    /// The one that counts in a folder.
    folders: BTreeMap<PathBuf, Option<Rc<Config>>>,
    /// What is wrong with those that were read, until somebody tells it.
    told: Vec<Diagnostic>,
}

impl Configs {
    /// Configurations of this choice, for somebody who stands in this folder; none is read yet.
    pub fn new(choice: Choice, stands: PathBuf) -> Configs {
        Configs {
            choice,
            stands,
            texts: Texts::new(),
            limits: Limits::default().inputs,
            read: BTreeMap::new(),
            folders: BTreeMap::new(),
            told: Vec::new(),
        }
    }

    /// The texts that were read.
    pub fn map(&self) -> &SourceMap {
        &self.texts.map
    }

    /// What is wrong with them; told once.
    pub fn take_told(&mut self) -> Vec<Diagnostic> {
        std::mem::take(&mut self.told)
    }

    /// The configuration of a run over these paths: the one nearest to the folder that they share.
    pub fn of_run(&mut self, files: &dyn Files, paths: &[PathBuf]) -> Option<Rc<Config>> {
        let folder = |path: &PathBuf| {
            if files.is_folder(path) { path.clone() } else { path.parent().map(Path::to_path_buf).unwrap_or_default() }
        };
        let mut folders: Vec<PathBuf> = paths.iter().map(folder).collect();
        folders.dedup();
        let Some((first, others)) = folders.split_first() else { return self.of_folder(files, Path::new("")) };
        let shared = |folder: &PathBuf| {
            let own = self.rooted(folder);
            others.iter().all(|other| self.rooted(other).starts_with(&own))
        };
        let nearest = upwards(first, &self.stands).into_iter().find(shared)?;
        self.of_folder(files, &nearest)
    }

    /// The configuration of a plan: the one nearest to it.
    pub fn of_plan(&mut self, files: &dyn Files, plan: &Path) -> Option<Rc<Config>> {
        self.of_folder(files, plan.parent().unwrap_or(Path::new("")))
    }

    /// The configuration that counts in a folder.
    pub fn of_folder(&mut self, files: &dyn Files, folder: &Path) -> Option<Rc<Config>> {
        match &self.choice {
            Choice::Isolated => return None,
            Choice::File(path) => {
                let path = path.clone();
                return Some(self.file(files, &path));
            }
            Choice::Nearest => {}
        }
        let mut without = Vec::new();
        let mut found = None;
        for folder in upwards(folder, &self.stands) {
            if let Some(known) = self.folders.get(&folder) {
                found.clone_from(known);
                break;
            }
            let path = folder.join(NAME);
            let is_there = files.is_file(&path);
            without.push(folder);
            if is_there {
                found = Some(self.file(files, &path));
                break;
            }
        }
        self.folders.extend(without.into_iter().map(|folder| (folder, found.clone())));
        found
    }

    /// A path from the root, where it is known what one stands in.
    pub(super) fn rooted(&self, path: &Path) -> PathBuf {
        clean(&self.stands.join(path))
    }

    /// Where they come from.
    pub(super) fn choice(&self) -> &Choice {
        &self.choice
    }

    /// The folder that one stands in.
    pub(super) fn stands(&self) -> &Path {
        &self.stands
    }

    /// Reads a configuration, once.
    fn file(&mut self, files: &dyn Files, path: &Path) -> Rc<Config> {
        if let Some(known) = self.read.get(path) {
            return known.clone();
        }
        let before = self.told.len();
        let entries = self.entries(files, path);
        let sound = !self.told.iter().skip(before).any(|told| told.severity == Severity::Error);
        let config = Rc::new(Config { path: path.to_path_buf(), entries, sound });
        self.read.insert(path.to_path_buf(), config.clone());
        config
    }

    fn entries(&mut self, files: &dyn Files, path: &Path) -> Vec<Entry> {
        if files.is_folder(path) {
            let why = FileError::Folder;
            self.told.push(Trouble::Unreadable { path: path.to_path_buf(), why }.diagnostic());
            return Vec::new();
        }
        let Some(id) = self.texts.read(files, path, &self.limits, &mut self.told) else { return Vec::new() };
        let Some(file) = self.texts.map.file(id).cloned() else { return Vec::new() };
        let read = read_document(Format::Toml, &file, &self.limits);
        // One that says nothing is as good as none.
        self.told.extend(read.diagnostics.into_iter().filter(|wrong| wrong.code != input::EMPTY));
        let documents = read.documents.first();
        documents.map(|document| read::entries(files, path, document, &mut self.told)).unwrap_or_default()
    }
}

/// A folder and those around it, as one would name them from where one stands.
pub(super) fn upwards(folder: &Path, stands: &Path) -> Vec<PathBuf> {
    let folder = clean(folder);
    let mut out: Vec<PathBuf> = Vec::new();
    let mut here = Some(folder.as_path());
    while let Some(folder) = here {
        if folder.components().next_back() != Some(Component::ParentDir) {
            out.push(folder.to_path_buf());
        }
        here = folder.parent().filter(|_| folder.components().next_back() != Some(Component::ParentDir));
    }
    if folder.has_root() {
        return out;
    }
    // Past the folder that one stands in, or the `..` that the path begins with.
    let back = folder.components().filter(|part| *part == Component::ParentDir).count();
    let depth = clean(stands).components().filter(|part| matches!(part, Component::Normal(_))).count();
    for up in back.max(1)..=depth {
        out.push(std::iter::repeat_n("..", up).collect());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Memory;

    fn named(folder: &str) -> Vec<String> {
        upwards(Path::new(folder), Path::new("/srv/me/plans")).iter().map(|path| path.display().to_string()).collect()
    }

    #[test]
    fn folders_are_named_upwards_to_the_root() {
        assert_eq!(named(""), ["", "..", "../..", "../../.."]);
        assert_eq!(named("a/b"), ["a/b", "a", "", "..", "../..", "../../.."]);
        assert_eq!(named("./a/../b"), ["b", "", "..", "../..", "../../.."]);
        assert_eq!(named("../x"), ["../x", "..", "../..", "../../.."]);
        assert_eq!(named("../../x"), ["../../x", "../..", "../../.."]);
        assert_eq!(named("/srv/x"), ["/srv/x", "/srv", "/"]);
    }

    #[test]
    fn the_nearest_counts_and_a_run_has_the_one_that_its_paths_share() {
        let files = Memory::new()
            .with("clearway.toml", "quiet = true")
            .with("a/clearway.toml", "")
            .with("a/b/one.plan.yaml", "")
            .with("c/two.plan.yaml", "");
        let mut configs = Configs::new(Choice::Nearest, "/w".into());
        let path = |config: Option<Rc<Config>>| config.map(|config| config.path.display().to_string());
        let plan = |configs: &mut Configs, name: &str| path(configs.of_plan(&files, Path::new(name)));
        assert_eq!(plan(&mut configs, "a/b/one.plan.yaml").as_deref(), Some("a/clearway.toml"));
        assert_eq!(plan(&mut configs, "c/two.plan.yaml").as_deref(), Some("clearway.toml"));
        let run = |configs: &mut Configs, names: &[&str]| {
            path(configs.of_run(&files, &names.iter().map(PathBuf::from).collect::<Vec<_>>()))
        };
        assert_eq!(run(&mut configs, &["a/b/one.plan.yaml"]).as_deref(), Some("a/clearway.toml"));
        assert_eq!(run(&mut configs, &["a/b/one.plan.yaml", "c"]).as_deref(), Some("clearway.toml"));
        assert_eq!(run(&mut configs, &["a/b", "a/b/one.plan.yaml"]).as_deref(), Some("a/clearway.toml"));
        assert_eq!(run(&mut configs, &[]).as_deref(), Some("clearway.toml"));
        assert!(configs.take_told().is_empty());
    }

    /// Memory that counts how often it is asked.
    struct Counting(Memory, std::cell::Cell<usize>);

    impl Files for Counting {
        fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, FileError> {
            self.1.set(self.1.get().saturating_add(1));
            self.0.read(path, limit)
        }

        fn list(&self, folder: &Path) -> Result<Vec<PathBuf>, FileError> {
            self.0.list(folder)
        }

        fn is_folder(&self, path: &Path) -> bool {
            self.0.is_folder(path)
        }
    }

    #[test]
    fn looking_upwards_costs_a_question_for_each_folder() {
        let files = Counting(Memory::new(), std::cell::Cell::new(0));
        let mut configs = Configs::new(Choice::Nearest, "/w/x".into());
        for plan in 0..300 {
            assert!(configs.of_plan(&files, Path::new(&format!("a/b/{plan}.plan.yaml"))).is_none());
        }
        assert_eq!(files.1.get(), 5, "a/b, a, here, and the two above");
        configs.of_plan(&files, Path::new("a/c/one.plan.yaml"));
        assert_eq!(files.1.get(), 6);
        let mut isolated = Configs::new(Choice::Isolated, "/w/x".into());
        assert!(isolated.of_plan(&files, Path::new("a/one.plan.yaml")).is_none());
        assert_eq!(files.1.get(), 6);
    }
}
