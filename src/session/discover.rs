//! Which plans a command is about: files as they are named, folders searched. It reads no plan.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use std::rc::Rc;

use super::config::patterns::Matcher;
use super::config::{Config, Configs, Patterns, upwards};
use super::{Governed, Session, Trouble, exports};
use crate::diag::{Diagnostic, Severity};
use crate::source::Files;

/// What a plan's file name ends in.
const ENDINGS: [&str; 5] = [".plan.yaml", ".plan.yml", ".plan.json", ".plan.toml", ".plan.csv"];

/// Bytes that a file of patterns may have.
const PATTERNS: u64 = 1 << 20;

/// What is looked for in folders, and what is passed over.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Search {
    /// Which files are plans; nothing: those whose name says so.
    pub include: Option<Patterns>,
    /// What is passed over.
    pub exclude: Option<Patterns>,
    /// Whether what Git ignores is passed over.
    pub gitignore: bool,
    /// Whether `exclude` holds for what is named, too.
    pub force_exclude: bool,
}

impl Default for Search {
    fn default() -> Search {
        Search { include: None, exclude: None, gitignore: true, force_exclude: false }
    }
}

/// The plans that were found.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Each once, in the order of the paths and by name within a folder.
    pub plans: Vec<PathBuf>,
    /// What could not be looked into.
    pub told: Vec<Diagnostic>,
    /// How many of the paths that were named are excluded.
    pub excluded: usize,
}

/// Whether a file is found in a folder that is searched for plans.
pub fn is_plan(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    ENDINGS.iter().any(|ending| name.ends_with(ending) && name.len() > ending.len())
}

/// The plans that paths stand for.
pub(super) fn plans(session: &mut Session, paths: &[PathBuf]) -> Found {
    let mut found = Found::default();
    let mut known = std::collections::BTreeSet::new();
    let mut add = |plans: &mut Vec<PathBuf>, path: &Path| {
        let path = tidy(path);
        if known.insert(path.clone()) {
            plans.push(path);
        }
    };
    let files = session.files;
    let mut looking = Looking {
        files,
        configs: &mut session.configs,
        governed: session.governed.clone(),
        own: Rc::new(Sieve::default()),
        sieves: BTreeMap::new(),
        git: BTreeMap::new(),
    };
    looking.own = Rc::new(looking.sieve(&session.options.search));
    for path in paths {
        let is_folder = files.is_folder(path);
        if looking.forbids(path, is_folder) {
            found.excluded = found.excluded.saturating_add(1);
            continue;
        }
        if !is_folder {
            add(&mut found.plans, path);
            continue;
        }
        looking.around(path);
        let walked = files.walk(path, &mut |inner, is_folder| looking.enters(path, inner, is_folder));
        walked.files.iter().for_each(|plan| add(&mut found.plans, plan));
        if walked.files.is_empty()
            && let Some(machines) = exports::info_in(files, path)
        {
            add(&mut found.plans, &machines);
        }
        for (at, why) in walked.troubles {
            let mut trouble = Trouble::Unreadable { path: at.clone(), why }.diagnostic();
            // What lies beside it is checked all the same.
            if at != *path {
                trouble.severity = Severity::Warning;
                trouble.notes.push("plans in it were not looked for".to_owned());
            }
            found.told.push(trouble);
        }
    }
    found
}

/// [`Search`], ready to be compared with.
#[derive(Debug, Default)]
struct Sieve {
    include: Option<Matcher>,
    exclude: Option<Matcher>,
    gitignore: bool,
    force_exclude: bool,
}

struct Looking<'s, 'f> {
    files: &'f dyn Files,
    configs: &'s mut Configs,
    governed: Option<Governed<'f>>,
    /// What holds where no configuration does.
    own: Rc<Sieve>,
    /// What holds by each configuration.
    sieves: BTreeMap<PathBuf, Rc<Sieve>>,
    /// The patterns of Git's files, by the folder from the root that they stand in.
    git: BTreeMap<PathBuf, Vec<Matcher>>,
}

impl Looking<'_, '_> {
    fn sieve(&self, search: &Search) -> Sieve {
        let matcher = |patterns: &Option<Patterns>| {
            let patterns = patterns.as_ref()?;
            Matcher::new(&self.configs.rooted(&patterns.folder), patterns.lines.iter().map(String::as_str))
        };
        let include = matcher(&search.include);
        let exclude = matcher(&search.exclude);
        Sieve { include, exclude, gitignore: search.gitignore, force_exclude: search.force_exclude }
    }

    /// What holds in a folder: by the configuration nearest to it.
    fn sieve_of(&mut self, folder: &Path) -> Rc<Sieve> {
        let Some(governed) = self.governed.clone() else { return self.own.clone() };
        let config: Option<Rc<Config>> = self.configs.of_folder(self.files, folder);
        let Some(config) = config.filter(|config| config.sound) else { return self.own.clone() };
        if let Some(known) = self.sieves.get(&config.path) {
            return known.clone();
        }
        let sieve = Rc::new(self.sieve(&governed(Some(&config)).search));
        self.sieves.insert(config.path.clone(), sieve.clone());
        sieve
    }

    /// Whether what is named is excluded all the same.
    fn forbids(&mut self, path: &Path, is_folder: bool) -> bool {
        let sieve = self.sieve_of(path.parent().unwrap_or(Path::new("")));
        let path = self.configs.rooted(path);
        sieve.force_exclude && sieve.exclude.as_ref().is_some_and(|exclude| exclude.means(&path, is_folder))
    }

    /// Reads the files of Git from the folder of the repository down to a folder that is searched. Without a repository
    /// nothing above counts: who knows whose it is.
    fn around(&mut self, folder: &Path) {
        let folders = upwards(folder, self.configs.stands());
        let is_top = |folder: &PathBuf| {
            let git = folder.join(".git");
            self.files.is_folder(&git) || self.files.is_file(&git)
        };
        let Some(top) = folders.iter().position(is_top) else { return };
        for (at, folder) in folders.iter().take(top.saturating_add(1)).enumerate() {
            self.git_files(folder, at == top);
        }
    }

    /// Reads what Git is told to ignore in a folder, once.
    fn git_files(&mut self, folder: &Path, is_top: bool) {
        let from_root = self.configs.rooted(folder);
        if self.git.contains_key(&from_root) {
            return;
        }
        let names: &[&str] = if is_top { &[".git/info/exclude", ".gitignore"] } else { &[".gitignore"] };
        let mut rules = Vec::new();
        for name in names {
            let Ok(bytes) = self.files.read(&folder.join(name), PATTERNS) else { continue };
            let text = String::from_utf8_lossy(&bytes);
            rules.extend(Matcher::new(&from_root, text.trim_start_matches('\u{feff}').lines()));
        }
        self.git.insert(from_root, rules);
    }

    /// Whether Git ignores a path: the nearest file that speaks of it decides.
    fn ignored(&self, path: &Path, is_folder: bool) -> bool {
        let rules = path.ancestors().skip(1).filter_map(|folder| self.git.get(folder));
        let mut nearest_first = rules.flat_map(|rules| rules.iter().rev());
        nearest_first.find_map(|rules| rules.says(path, is_folder)).unwrap_or(false)
    }

    /// Whether something below a folder that is searched is looked at.
    fn enters(&mut self, named: &Path, path: &Path, is_folder: bool) -> bool {
        // What was named is searched, whoever ignores it.
        let is_named = path == named;
        if !is_folder && is_named {
            return true;
        }
        // Whether a folder is gone into is said by the configuration around it, not by one in it.
        let sieve = self.sieve_of(if is_named { path } else { path.parent().unwrap_or(Path::new("")) });
        let from_root = self.configs.rooted(path);
        let meant = match &sieve.include {
            _ if is_folder => true,
            Some(include) => include.means(&from_root, false),
            None => is_plan(path),
        };
        let excluded = |exclude: &Matcher| exclude.says(&from_root, is_folder) == Some(true);
        if !meant || (!is_named && sieve.exclude.as_ref().is_some_and(excluded)) {
            return false;
        }
        if sieve.gitignore && !is_named && self.ignored(&from_root, is_folder) {
            return false;
        }
        if is_folder && sieve.gitignore {
            self.git_files(path, false);
        }
        true
    }
}

/// A path without the `./` before it: what is printed is what one would type.
pub(super) fn tidy(path: &Path) -> PathBuf {
    path.strip_prefix(".").ok().filter(|rest| !rest.as_os_str().is_empty()).unwrap_or(path).to_path_buf()
}

/// A path that stands in a file: relative to that file's folder. `plans/../estate.yaml` is `estate.yaml`, so that two plans
/// that mean one inventory share it, and messages name it as one would.
pub(super) fn beside(file: &Path, path: &str) -> PathBuf {
    let clean = clean(&file.parent().unwrap_or(Path::new("")).join(path));
    if clean.as_os_str().is_empty() { PathBuf::from(".") } else { clean }
}

/// A path without `.`, and without `..` behind a name; empty for the folder that one stands in.
pub(super) fn clean(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        let back = part == Component::ParentDir && matches!(out.components().next_back(), Some(Component::Normal(_)));
        match part {
            Component::ParentDir if back => {
                out.pop();
            }
            Component::CurDir => {}
            part => out.push(part),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::Options;
    use crate::source::Memory;

    fn found(files: &Memory, search: Search, names: &[&str]) -> Vec<String> {
        let mut session = Session::new(files, Options { search, ..Options::default() });
        let names: Vec<PathBuf> = names.iter().map(PathBuf::from).collect();
        let found = plans(&mut session, &names);
        assert!(found.told.is_empty());
        found.plans.iter().map(|path| path.display().to_string()).collect()
    }

    fn patterns(lines: &[&str]) -> Option<Patterns> {
        let lines = lines.iter().map(|line| (*line).to_owned()).collect();
        Some(Patterns { folder: PathBuf::new(), lines })
    }

    #[test]
    fn folders_are_searched_and_files_taken_as_they_are() {
        let files = Memory::new()
            .with("a/b.plan.yaml", "")
            .with("a/estate.yaml", "")
            .with("a/c/d.PLAN.csv", "")
            .with("a/.plan.yaml", "")
            .with("odd.txt", "");
        let names = ["odd.txt", "a", "a/b.plan.yaml"];
        assert_eq!(found(&files, Search::default(), &names), ["odd.txt", "a/b.plan.yaml", "a/c/d.PLAN.csv"]);
    }

    #[test]
    fn what_git_ignores_is_passed_over_and_so_is_what_is_excluded() {
        let files = Memory::new()
            .with("a/.gitignore", "*.old.plan.yaml\n/build/\n!keep.old.plan.yaml")
            .with("a/build/x.plan.yaml", "")
            .with("a/c/.gitignore", "!b.old.plan.yaml")
            .with("a/c/a.old.plan.yaml", "")
            .with("a/c/b.old.plan.yaml", "")
            .with("a/c/build/y.plan.yaml", "")
            .with("a/keep.old.plan.yaml", "")
            .with("a/z.move.yaml", "");
        let all = ["a/c/b.old.plan.yaml", "a/c/build/y.plan.yaml", "a/keep.old.plan.yaml"];
        assert_eq!(found(&files, Search::default(), &["a"]), all);
        let loose = Search { gitignore: false, ..Search::default() };
        assert_eq!(found(&files, loose, &["a"]).len(), 5);
        let exclude = Search { exclude: patterns(&["a/c/build", "keep*"]), ..Search::default() };
        assert_eq!(found(&files, exclude.clone(), &["a"]), ["a/c/b.old.plan.yaml"]);
        assert_eq!(found(&files, exclude.clone(), &["a/c/build"]), ["a/c/build/y.plan.yaml"], "named");
        assert_eq!(found(&files, exclude.clone(), &["a/c/build/y.plan.yaml"]), ["a/c/build/y.plan.yaml"]);
        let forced = Search { force_exclude: true, ..exclude };
        assert!(found(&files, forced.clone(), &["a/c/build/y.plan.yaml", "a/c/build"]).is_empty());
        let include = Search { include: patterns(&["*.move.yaml"]), ..Search::default() };
        assert_eq!(found(&files, include, &["a"]), ["a/z.move.yaml"]);
    }

    #[test]
    fn inventories_stand_beside_their_plan() {
        assert_eq!(beside(Path::new("a/b.plan.yaml"), "estate.yaml"), Path::new("a/estate.yaml"));
        assert_eq!(beside(Path::new("b.plan.yaml"), "./estate.yaml"), Path::new("estate.yaml"));
        assert_eq!(beside(Path::new("a/b.plan.yaml"), "../c/estate.yaml"), Path::new("c/estate.yaml"));
        assert_eq!(beside(Path::new("b.plan.yaml"), "../estate.yaml"), Path::new("../estate.yaml"));
        assert_eq!(beside(Path::new("b.plan.yaml"), "."), Path::new("."));
        assert_eq!(beside(Path::new("a/b.plan.yaml"), ".."), Path::new("."));
        assert_eq!(beside(Path::new("a/b.plan.yaml"), "/x/estate.yaml"), Path::new("/x/estate.yaml"));
    }
}
