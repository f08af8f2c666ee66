//! Which plans a command is about: files as they are named, folders searched. It reads no plan.

use std::path::{Component, Path, PathBuf};

use super::Trouble;
use crate::source::Files;

/// What a plan's file name ends in.
const ENDINGS: [&str; 5] = [".plan.yaml", ".plan.yml", ".plan.json", ".plan.toml", ".plan.csv"];

/// Whether a file is found in a folder that is searched for plans.
pub fn is_plan(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    ENDINGS.iter().any(|ending| name.ends_with(ending) && name.len() > ending.len())
}

/// The plans that paths stand for, each once, in the order of the paths and by name within a folder.
pub(super) fn plans(files: &dyn Files, paths: &[PathBuf]) -> (Vec<PathBuf>, Vec<Trouble>) {
    let mut found: Vec<PathBuf> = Vec::new();
    let mut troubles = Vec::new();
    let mut add = |path: PathBuf| {
        if !found.contains(&path) {
            found.push(path);
        }
    };
    for path in paths {
        if !files.is_folder(path) {
            add(tidy(path));
            continue;
        }
        match files.list(path) {
            Ok(listed) => listed.iter().filter(|path| is_plan(path)).for_each(|path| add(tidy(path))),
            Err(why) => troubles.push(Trouble::Unreadable { path: path.clone(), why }),
        }
    }
    (found, troubles)
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
    use crate::source::Memory;

    #[test]
    fn folders_are_searched_and_files_taken_as_they_are() {
        let files = Memory::new()
            .with("a/b.plan.yaml", "")
            .with("a/estate.yaml", "")
            .with("a/c/d.PLAN.csv", "")
            .with("a/.plan.yaml", "")
            .with("odd.txt", "");
        let names = ["odd.txt", "a", "a/b.plan.yaml"].map(PathBuf::from);
        let (found, troubles) = plans(&files, &names);
        assert_eq!(found, ["odd.txt", "a/b.plan.yaml", "a/c/d.PLAN.csv"].map(PathBuf::from));
        assert!(troubles.is_empty());
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
