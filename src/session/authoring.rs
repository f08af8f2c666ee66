//! What whoever writes policies asks for: packs checked without a plan, files in their canonical layout. It writes nothing.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::{Session, Trouble, discover, packs};
use crate::diag::{Diagnostic, Severity};
use crate::edit;
use crate::source::Files;
use crate::syntax;

/// Packs that were checked.
#[derive(Debug, Default)]
pub struct Linted {
    /// The packs, as they were asked for.
    pub packs: Vec<String>,
    /// What is wrong with them.
    pub diagnostics: Vec<Diagnostic>,
}

/// A policy file beside its canonical layout.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Formatted {
    /// The file.
    pub path: PathBuf,
    /// Its text.
    pub old: String,
    /// The same in the canonical layout.
    pub new: String,
}

impl Formatted {
    /// Whether the layout is another one.
    pub fn changes(&self) -> bool {
        self.old != self.new
    }

    /// What differs, as a unified diff.
    pub fn diff(&self) -> String {
        edit::diff(&self.old, &self.new, &self.path.display().to_string())
    }
}

fn is_policy(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "way")
}

/// The packs that paths stand for, each for itself, else the chosen ones together. A policy file stands for its pack.
pub(super) fn asked(session: &Session, paths: &[PathBuf]) -> Vec<Vec<String>> {
    let mut asked: Vec<String> = Vec::new();
    for path in paths {
        let found = match is_policy(path) && !session.files.is_folder(path) {
            true => vec![home(session.files, path).display().to_string()],
            false => packs::below(session.files, path),
        };
        for pack in found {
            if !asked.contains(&pack) {
                asked.push(pack);
            }
        }
    }
    match asked.is_empty() {
        true => vec![session.asked()],
        false => asked.into_iter().map(|pack| vec![pack]).collect(),
    }
}

/// Checks packs: those that paths stand for, else the chosen ones.
pub(super) fn lint(session: &mut Session, paths: &[PathBuf]) -> Linted {
    let mut linted = Linted { diagnostics: session.configs.take_told(), ..Linted::default() };
    for group in asked(session, paths) {
        let mut told = Vec::new();
        session.policies(&group, &mut told);
        // Packs that build upon one pack hear of what is wrong with it once.
        for diagnostic in told {
            if !linted.diagnostics.contains(&diagnostic) {
                linted.diagnostics.push(diagnostic);
            }
        }
        linted.packs.push(group.join(", "));
    }
    linted
}

/// The folder of the pack that a policy file belongs to: the uppermost one of those above it that hold policies without a gap.
fn home(files: &dyn Files, file: &Path) -> PathBuf {
    let here = |folder: &Path| if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder.to_path_buf() };
    let mut home = here(file.parent().unwrap_or(Path::new("")));
    while let Some(above) = home.parent().map(here).filter(|above| *above != home) {
        let holds = |listed: Vec<PathBuf>| listed.iter().any(|path| is_policy(path) && path.parent() == Some(&above));
        if !files.list(&above).is_ok_and(holds) {
            break;
        }
        home = above;
    }
    home
}

/// Policy files in their canonical layout: files as they are named, folders searched. A file with errors is told of and left out.
pub(super) fn format(session: &mut Session, paths: &[PathBuf]) -> (Vec<Formatted>, Vec<Diagnostic>) {
    let mut told = session.configs.take_told();
    let mut found: Vec<PathBuf> = Vec::new();
    for path in paths {
        if !session.files.is_folder(path) {
            found.push(discover::tidy(path));
            continue;
        }
        match session.files.list(path) {
            Ok(listed) => found.extend(listed.iter().filter(|path| is_policy(path)).map(|path| discover::tidy(path))),
            Err(why) => told.push(Trouble::Unreadable { path: path.clone(), why }.diagnostic()),
        }
    }
    let mut seen = BTreeSet::new();
    found.retain(|path| seen.insert(path.clone()));
    let formatted = found.into_iter().filter_map(|path| one(session, path, &mut told)).collect();
    (formatted, told)
}

fn one(session: &mut Session, path: PathBuf, told: &mut Vec<Diagnostic>) -> Option<Formatted> {
    let limits = session.options.limits.inputs;
    let id = session.configs.texts.read(session.files, &path, &limits, told)?;
    let file = session.configs.texts.map.file(id)?;
    let parsed = syntax::parse(file.text(), file.base());
    let broken = parsed.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
    told.extend(parsed.diagnostics);
    if broken {
        return None;
    }
    let old = file.text().to_string();
    let mut new = syntax::print(&parsed.tree);
    // A file keeps its line ends: what writes them differently on one system is not a matter of layout.
    if old.lines().next().is_some_and(|first| old.get(first.len()..).is_some_and(|rest| rest.starts_with("\r\n"))) {
        new = new.replace('\n', "\r\n");
    }
    Some(Formatted { path, old, new })
}
