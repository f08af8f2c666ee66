//! Which files a run looked at, so that it can be repeated when one of them changes. It watches nothing itself.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::session::is_plan;
use crate::source::{Disk, FileError, Files, Walked};

/// What a file was when it was read: its time and its length; nothing where it was not there.
type Stamp = Option<(SystemTime, u64)>;

/// The disk, and what was asked of it.
#[derive(Default)]
pub struct Seen {
    files: RefCell<BTreeMap<PathBuf, Stamp>>,
    /// Folders in which files were looked for.
    folders: RefCell<BTreeSet<PathBuf>>,
}

impl Seen {
    /// A file that was looked at.
    pub fn note<'p>(&self, paths: impl IntoIterator<Item = &'p Path>) {
        for path in paths {
            self.files.borrow_mut().entry(path.to_path_buf()).or_insert_with(|| stamp(path));
        }
    }

    /// A file that counts and is not what it was when it was read.
    pub fn stale(&self, watched: &Watched) -> Option<PathBuf> {
        let files = self.files.borrow();
        let mut changed = files.iter().filter(|(path, was)| stamp(path) != **was).map(|(path, _)| real(path));
        changed.find(|path| watched.concerns(path, true))
    }

    /// How many files were there to be read.
    pub fn count(&self) -> usize {
        self.files.borrow().values().flatten().count()
    }

    /// What is to be watched, but for files that the run itself writes.
    pub fn watched(&self, own: &[PathBuf]) -> Watched {
        let mut watched = Watched { own: own.iter().map(|path| real(path)).collect(), ..Watched::default() };
        for path in self.files.borrow().keys() {
            watched.files.insert(real(path));
            // What a link leads to changes where it lies.
            watched.files.extend(path.canonicalize());
        }
        watched.folders.extend(self.folders.borrow().iter().filter_map(|folder| folder.canonicalize().ok()));
        watched
    }
}

fn stamp(path: &Path) -> Stamp {
    let meta = std::fs::metadata(path).ok()?;
    Some((meta.modified().ok()?, meta.len()))
}

/// A path as those who watch speak of it: its folder's own name, and the file's.
fn real(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    let folder = path.parent().and_then(|folder| folder.canonicalize().ok());
    folder.zip(path.file_name()).map(|(folder, name)| folder.join(name)).unwrap_or(path)
}

impl Files for Seen {
    fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, FileError> {
        self.note([path]);
        Disk.read(path, limit)
    }

    fn list(&self, folder: &Path) -> Result<Vec<PathBuf>, FileError> {
        let listed = Disk.list(folder);
        let mut folders = self.folders.borrow_mut();
        folders.insert(folder.to_path_buf());
        for file in listed.iter().flatten() {
            folders.extend(file.ancestors().skip(1).take_while(|above| *above != folder).map(Path::to_path_buf));
        }
        listed
    }

    fn walk(&self, folder: &Path, enter: &mut dyn FnMut(&Path, bool) -> bool) -> Walked {
        Disk.walk(folder, &mut |path, is_folder| {
            let enters = enter(path, is_folder);
            if enters && is_folder {
                self.folders.borrow_mut().insert(path.to_path_buf());
            }
            enters
        })
    }

    fn is_folder(&self, path: &Path) -> bool {
        Disk.is_folder(path)
    }

    fn is_file(&self, path: &Path) -> bool {
        Disk.is_file(path)
    }

    fn beside(&self, path: &Path) -> Vec<PathBuf> {
        Disk.beside(path)
    }
}

/// Names of files that decide how a run is made, wherever they appear.
const DECIDING: [&str; 3] = ["clearway.toml", ".gitignore", ".ignore"];

/// Files and folders whose changes count.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Watched {
    files: BTreeSet<PathBuf>,
    folders: BTreeSet<PathBuf>,
    own: BTreeSet<PathBuf>,
}

impl Watched {
    /// Whether a change of this path counts; `named` says that there is a name more or less in its folder.
    pub fn concerns(&self, path: &Path, named: bool) -> bool {
        if self.own.contains(path) {
            return false;
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if self.files.contains(path) || DECIDING.contains(&&*name) {
            return true;
        }
        // A folder that comes or goes takes along what is in it.
        if self.files.iter().any(|file| file.starts_with(path)) {
            return true;
        }
        let policy = || path.extension().is_some_and(|ending| ending == "way");
        // A name that says nothing may still be that of a plan: a configuration can call any file one.
        let appears = || named && !name.starts_with('.') && !name.ends_with('~');
        path.parent().is_some_and(|folder| self.folders.contains(folder))
            && (is_plan(path) || policy() || appears() || path.is_dir())
    }

    /// The folders to watch.
    pub fn places(&self) -> BTreeSet<PathBuf> {
        let there = |path: &Path| path.ancestors().skip(1).find(|folder| folder.is_dir()).map(Path::to_path_buf);
        let beside = self.files.iter().filter_map(|file| there(file));
        beside.chain(self.folders.iter().cloned()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_counts_and_plans_that_appear() {
        let paths = |names: &[&str]| names.iter().map(PathBuf::from).collect::<BTreeSet<_>>();
        let watched = Watched {
            files: paths(&["/w/plans/a.plan.yaml", "/w/estate.yaml", "/w/gone/more.yaml"]),
            folders: paths(&["/w/plans", "/w/plans/deep"]),
            own: paths(&["/w/plans/report.plan.json"]),
        };
        for (path, named, counts) in [
            ("/w/estate.yaml", false, true),
            ("/w/other.yaml", true, false),
            ("/w/plans/a.plan.yaml", false, true),
            ("/w/plans/deep/new.plan.csv", false, true),
            ("/w/plans/deep/log.txt", false, false),
            ("/w/plans/deep/drain.txt", true, true),
            ("/w/plans/deep/.drain.swp", true, false),
            ("/w/plans/ignored/new.plan.csv", true, false),
            ("/w/plans/deep/clearway.toml", false, true),
            ("/w/clearway.toml", true, true),
            ("/w/plans/rules.way", false, true),
            ("/w/b.plan.yaml", true, false),
            ("/w/plans/report.plan.json", true, false),
            ("/w/gone", true, true),
        ] {
            assert_eq!(watched.concerns(Path::new(path), named), counts, "{path}");
        }
    }

    #[test]
    fn what_changed_since_it_was_read_is_stale() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.yaml");
        let seen = Seen::default();
        assert!(seen.read(&file, 10).is_err());
        let stale = |seen: &Seen, own: &[PathBuf]| seen.stale(&seen.watched(own)).is_some();
        assert!(seen.count() == 0 && !stale(&seen, &[]));
        std::fs::write(&file, "a").unwrap();
        assert!(stale(&seen, &[]), "it was not there");
        let seen = Seen::default();
        assert!(seen.read(&file, 10).is_ok());
        assert!(seen.count() == 1 && !stale(&seen, &[]));
        std::fs::write(&file, "ab").unwrap();
        assert!(stale(&seen, &[]));
        assert!(!stale(&seen, &[file]), "the run itself wrote it");
    }
}
