//! Patterns as in `.gitignore`: of `include` and `exclude`, and of Git's own files. A pattern without a slash counts at any
//! depth, one with a slash from the folder that the patterns belong to.

use std::path::{Path, PathBuf};

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

/// Patterns as they were written, and the folder that they are relative to.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Patterns {
    /// The folder.
    pub folder: PathBuf,
    /// One a line.
    pub lines: Vec<String>,
}

/// Patterns, ready to be compared with.
#[derive(Clone, Debug)]
pub(in crate::session) struct Matcher {
    folder: PathBuf,
    rules: Gitignore,
}

/// What is wrong with a pattern; nothing where it can be read.
pub fn broken(pattern: &str) -> Option<String> {
    let mut builder = GitignoreBuilder::new("");
    // Git takes a bracket that is not closed as it is; whoever writes one here means something else.
    builder.allow_unclosed_class(false);
    let read = builder.add_line(None, pattern).map(|_| ()).and_then(|()| builder.build().map(|_| ()));
    read.err().map(|error| match error {
        ignore::Error::Glob { err, .. } => err,
        error => error.to_string(),
    })
}

impl Matcher {
    /// From lines; such as cannot be read are passed over, as Git does. `folder`: where they stand, from the root.
    pub fn new<'a>(folder: &Path, lines: impl IntoIterator<Item = &'a str>) -> Option<Matcher> {
        let mut builder = GitignoreBuilder::new("");
        for line in lines {
            let _ = builder.add_line(None, line);
        }
        let rules = builder.build().ok().filter(|rules| !rules.is_empty())?;
        Some(Matcher { folder: folder.to_path_buf(), rules })
    }

    /// What they say of a path from the root: nothing, that it is meant (true), or that it is expressly not (false).
    pub fn says(&self, path: &Path, is_folder: bool) -> Option<bool> {
        let within = path.strip_prefix(&self.folder).ok().filter(|within| !within.as_os_str().is_empty())?;
        match self.rules.matched(within, is_folder) {
            Match::None => None,
            Match::Ignore(_) => Some(true),
            Match::Whitelist(_) => Some(false),
        }
    }

    /// Whether a path is meant, or a folder that it lies in.
    pub fn means(&self, path: &Path, is_folder: bool) -> bool {
        let around = path.ancestors().skip(1).filter(|folder| folder.starts_with(&self.folder));
        let folders: Vec<&Path> = around.collect();
        let folder = folders.into_iter().rev().any(|folder| self.says(folder, true) == Some(true));
        folder || self.says(path, is_folder) == Some(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matcher(lines: &[&str]) -> Matcher {
        Matcher::new(Path::new("/w"), lines.iter().copied()).unwrap()
    }

    #[test]
    fn patterns_are_those_of_git() {
        let rules = matcher(&["drafts/", "/top.plan.yaml", "*.old.*", "!keep.old.yaml", "# no pattern", ""]);
        let says = |path: &str, is_folder: bool| rules.says(Path::new(path), is_folder);
        assert_eq!(says("/w/drafts", true), Some(true));
        assert_eq!(says("/w/drafts", false), None, "a file is no folder");
        assert_eq!(says("/w/a/drafts", true), Some(true));
        assert_eq!(says("/w/top.plan.yaml", false), Some(true));
        assert_eq!(says("/w/a/top.plan.yaml", false), None, "a slash fixes the place");
        assert_eq!(says("/w/a/x.old.yaml", false), Some(true));
        assert_eq!(says("/w/a/keep.old.yaml", false), Some(false));
        assert_eq!(says("/v/x.old.yaml", false), None, "what lies elsewhere");
        assert_eq!(says("/w", true), None);
        assert!(rules.means(Path::new("/w/a/drafts/b/x.plan.yaml"), false));
        assert!(!rules.means(Path::new("/w/a/b/x.plan.yaml"), false));
    }

    #[test]
    fn what_is_no_pattern_says_why() {
        assert_eq!(broken("a/**/b"), None);
        assert_eq!(broken("[a-"), Some("unclosed character class; missing ']'".to_owned()));
    }
}
