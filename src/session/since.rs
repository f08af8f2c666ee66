//! What was found as of a revision: the same plans, with the inventories and packs of then, checked once more through
//! another run over the files of the revision. How the two are held against each other is `compare`'s
//! business.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::compare::{self, Known, remembered};
use super::config::{Choice, Configs, NAME, upwards};
use super::{Checked, Selection, Session, check, discover};
use crate::diag::codes::run;
use crate::diag::{Diagnostic, Severity, nearest};
use crate::report::Report;
use crate::source::{Commit, FileError, Files, GitError, Repository, Revision, Span};

/// A plan as a run has looked at it, with everything that its verdicts hang on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Inputs {
    pub(super) plan: PathBuf,
    pub(super) packs: Vec<String>,
    pub(super) inventories: Vec<PathBuf>,
    /// Which codes are shown of it.
    pub(super) selection: Selection,
    /// The configuration whose assumptions count for it.
    pub(super) assume: Option<PathBuf>,
}

/// The files of before: a revision, or whatever a test brings.
pub trait Before: Files {
    /// What a file was called then that is called otherwise by now.
    fn former(&self, path: &Path) -> Option<PathBuf>;

    /// Whether the file was there.
    fn has(&self, path: &Path) -> bool;
}

impl Before for Revision {
    fn former(&self, path: &Path) -> Option<PathBuf> {
        Revision::former(self, path)
    }

    fn has(&self, path: &Path) -> bool {
        Revision::has(self, path)
    }
}

/// What a check was compared with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Since {
    /// The commit, in short.
    pub commit: String,
    /// The folder one stands in, from the top of the repository.
    pub prefix: String,
}

/// Compares with a revision. Nothing where that cannot be done: it is told why.
pub(super) fn run(session: &mut Session, checked: &mut Checked, paths: &[PathBuf], revision: &str) -> Option<Since> {
    match opened(revision) {
        Ok((repository, commit, before)) => {
            compare(session, checked, paths, &before, revision);
            if let Some(error) = before.trouble() {
                checked.diagnostics.push(diagnostic(&error));
                return None;
            }
            Some(Since { commit: commit.short().to_owned(), prefix: repository.prefix() })
        }
        Err(error) => {
            checked.diagnostics.push(diagnostic(&error));
            None
        }
    }
}

/// `main`: where what is checked out has parted from it; `main..`: it itself.
fn opened(revision: &str) -> Result<(Repository, Commit, Revision), GitError> {
    let repository = Repository::here()?;
    let exact = revision.strip_suffix("..").filter(|name| !name.ends_with('.') && !name.is_empty());
    let commit = match exact {
        Some(name) => repository.commit(name)?,
        None => repository.parted(revision.trim_end_matches("..."))?,
    };
    let before = repository.at(&commit)?;
    Ok((repository, commit, before))
}

/// Compares what was found with what is found in the files of before.
pub(super) fn compare(
    session: &mut Session,
    checked: &mut Checked,
    paths: &[PathBuf],
    before: &dyn Before,
    name: &str,
) {
    let now: Vec<PathBuf> = discover::plans(session, paths).plans;
    let looked: BTreeMap<PathBuf, Inputs> =
        session.looked.iter().map(|inputs| (inputs.plan.clone(), inputs.clone())).collect();
    let today = session.clock().today;
    let mut options = session.options.clone();
    (options.state, options.suggest, options.today) = (None, None, Some(today));
    let configs = Configs::new(session.configs.choice().clone(), session.configs.stands().to_path_buf());
    let mut old = Session::configured(before, options, configs, session.governed.clone());
    // What each file of then is called now.
    let mut called: BTreeMap<PathBuf, PathBuf> = BTreeMap::new();
    let mut same: BTreeSet<PathBuf> = BTreeSet::new();
    let mut alike = Alike { session, before, known: BTreeMap::new() };
    for path in &now {
        let then = before.former(path).map(|path| discover::tidy(&path)).unwrap_or_else(|| path.clone());
        if !before.has(&then) {
            continue;
        }
        if then == *path && looked.get(path).is_some_and(|inputs| alike.all(inputs)) {
            same.insert(path.clone());
        }
        called.insert(then, path.clone());
    }
    let folders: Vec<PathBuf> = paths.iter().filter(|path| before.is_folder(path)).cloned().collect();
    let gone = discover::plans(&mut old, &folders).plans.into_iter().filter(|path| !called.contains_key(path));
    let gone: BTreeSet<PathBuf> = gone.collect();
    // A plan that is named by itself may have had another name that git does not connect with it: what is there no more in
    // its folder may be it. Of those nothing is fixed, for nobody asked about them.
    let lost = now.iter().filter(|path| !called.values().any(|found| found == *path));
    let beside: BTreeSet<PathBuf> = lost.filter_map(|path| Some(path.parent()?.to_path_buf())).collect();
    let beside = beside.into_iter().map(|folder| if folder.as_os_str().is_empty() { ".".into() } else { folder });
    let beside: Vec<PathBuf> = beside.filter(|folder| before.is_folder(folder)).collect();
    let missing = |path: &PathBuf| matches!(session.files.read(path, 0), Err(FileError::Missing));
    let maybe: BTreeSet<PathBuf> = match beside.is_empty() {
        true => BTreeSet::new(),
        false => discover::plans(&mut old, &beside).plans.into_iter().collect(),
    };
    let maybe: BTreeSet<PathBuf> =
        maybe.into_iter().filter(|path| !called.contains_key(path) && !gone.contains(path) && missing(path)).collect();
    let gone: BTreeSet<PathBuf> = gone.union(&maybe).cloned().collect();
    let todo = called.iter().filter(|(_, now)| !same.contains(*now)).map(|(then, _)| then.clone());
    let todo: Vec<PathBuf> = todo.chain(gone.iter().cloned()).collect();

    let found = if todo.is_empty() { None } else { Some(check::run(&mut old, &todo)) };
    let renamed = |file: &str| called.get(Path::new(file)).map_or_else(|| file.into(), |now| text(now));
    let mut known = Vec::new();
    if let Some(found) = &found {
        known = remember(&found.report, &renamed, &gone);
        told(&todo, found, name, &gone, &mut checked.diagnostics);
    }
    // Of plans of which nothing has changed everything was found before, too.
    let unchanged = |file: &str| same.contains(Path::new(file));
    known.extend(remember(&checked.report, &|file| file.into(), &gone).into_iter().filter(|k| unchanged(&k.was.file)));
    // A plan that cannot be judged any more has lost its findings, not mended them; nor has one whose codes are not shown.
    let judged: BTreeSet<&str> = checked.report.plans.iter().map(|plan| &*plan.file).collect();
    for known in &mut known {
        let file = &*known.was.file;
        let shown = looked.get(Path::new(file)).is_none_or(|inputs| inputs.selection.shows(&known.was.code));
        let asked = known.gone && !maybe.contains(Path::new(file));
        known.looked_for = shown && (asked || judged.contains(file));
    }
    // What is found about an assumption stands at the first plan that was looked at, whichever that is.
    let mut of_inventories = BTreeSet::new();
    known.retain_mut(|known| {
        let own = compare::of_inventories(&known.was.code);
        known.gone |= own;
        !own || of_inventories.insert(known.was.fingerprint.clone())
    });
    let mut waivers = old.waived.clone();
    waivers.iter_mut().for_each(|waiver| waiver.file = renamed(&waiver.file));
    waivers.extend(session.waived.iter().filter(|waiver| unchanged(&waiver.file)).cloned());
    compare::compare(&mut checked.report, known, &waivers);
    for plan in checked.report.plans.iter().filter(|plan| !unchanged(&plan.file)) {
        for note in &plan.assumptions {
            let said = (note.fact.to_lowercase(), note.is.to_string());
            let told = checked.report.new_assumptions.iter().any(|told| told.fact == note.fact && told.is == note.is);
            if !told && !old.assumed.contains(&said) {
                checked.report.new_assumptions.push(note.clone());
            }
        }
    }
}

fn text(path: &Path) -> Arc<str> {
    path.display().to_string().into()
}

fn remember(report: &Report, called: &dyn Fn(&str) -> Arc<str>, gone: &BTreeSet<PathBuf>) -> Vec<Known> {
    let known = report.findings.iter().filter_map(|finding| {
        let plan = report.plans.get(finding.plan)?;
        let gone = gone.contains(Path::new(&*plan.file));
        Some(Known { was: remembered(finding, called(&plan.file), plan.plan.clone()), gone, looked_for: true })
    });
    known.collect()
}

/// Tells of plans that could not be checked as they were: all that is found of them is new.
fn told(todo: &[PathBuf], found: &Checked, name: &str, gone: &BTreeSet<PathBuf>, told: &mut Vec<Diagnostic>) {
    let judged: BTreeSet<&str> = found.report.plans.iter().map(|plan| &*plan.file).collect();
    for path in todo.iter().filter(|path| !gone.contains(*path)) {
        let file = path.display().to_string();
        if judged.contains(file.as_str()) {
            continue;
        }
        let message = format!("`{file}` could not be checked as of `{name}`");
        let why = found.diagnostics.iter().find(|diagnostic| diagnostic.severity == Severity::Error);
        let diagnostic = Diagnostic::new(run::UNCHECKED_BEFORE, Severity::Info, Span::NONE, message)
            .help("nothing is to be done: whatever is found in it now counts as new");
        told.push(match why {
            Some(why) => diagnostic.note(format!("{}: {}", why.code, why.message)),
            None => diagnostic,
        });
    }
}

/// Whether files are as they were, byte by byte.
struct Alike<'a, 'f> {
    session: &'a Session<'f>,
    before: &'a dyn Before,
    known: BTreeMap<PathBuf, bool>,
}

impl Alike<'_, '_> {
    /// Whether everything that a plan's verdicts hang on is as it was.
    fn all(&mut self, inputs: &Inputs) -> bool {
        let files = std::iter::once(&inputs.plan).chain(&inputs.inventories).chain(&inputs.assume);
        let files: Vec<PathBuf> = files.cloned().collect();
        let bundled = |name: &String| super::embedded::pack(name).is_some();
        let folders: Vec<PathBuf> = inputs.packs.iter().filter(|name| !bundled(name)).map(PathBuf::from).collect();
        self.configuration(&inputs.plan)
            && files.iter().all(|path| self.file(path))
            && folders.iter().all(|folder| self.folder(folder))
    }

    /// Whether the configuration nearest to a plan is the same one.
    fn configuration(&mut self, plan: &Path) -> bool {
        let configs = &self.session.configs;
        let folders = match configs.choice() {
            Choice::Isolated => return true,
            Choice::File(path) => {
                let path = path.clone();
                return self.file(&path);
            }
            Choice::Nearest => upwards(plan.parent().unwrap_or(Path::new("")), configs.stands()),
        };
        for folder in folders {
            let path = folder.join(NAME);
            match (self.session.files.is_file(&path), self.before.is_file(&path)) {
                (false, false) => {}
                (true, true) => return self.file(&path),
                _ => return false,
            }
        }
        true
    }

    fn file(&mut self, path: &Path) -> bool {
        if let Some(known) = self.known.get(path) {
            return *known;
        }
        let limit = self.session.options.limits.inputs.file_size;
        let read = |files: &dyn Files| -> Result<Vec<u8>, FileError> { files.read(path, limit) };
        let alike = match (read(self.session.files), read(self.before)) {
            (Ok(now), Ok(then)) => now == then,
            _ => false,
        };
        self.known.insert(path.to_path_buf(), alike);
        alike
    }

    fn folder(&mut self, folder: &Path) -> bool {
        let ways = |listed: Vec<PathBuf>| -> BTreeSet<PathBuf> {
            listed.into_iter().filter(|path| path.extension().is_some_and(|ending| ending == "way")).collect()
        };
        match (self.session.files.list(folder).map(ways), self.before.list(folder).map(ways)) {
            (Ok(now), Ok(then)) => now == then && now.iter().all(|path| self.file(path)),
            _ => false,
        }
    }
}

/// What is wrong with the repository, as a message.
pub(super) fn diagnostic(error: &GitError) -> Diagnostic {
    let none = |message: &str| Diagnostic::error(run::NO_REPOSITORY, Span::NONE, message);
    let fetch = "fetch all of it: `git fetch --unshallow`; GitHub's checkout takes `fetch-depth: 0`, GitLab the variable `GIT_DEPTH: 0`";
    match error {
        GitError::NoGit => none("there is no `git` command")
            .help("`--since` compares with a revision, and git has those: install git, or compare with a `--baseline`"),
        GitError::NoRepository(said) => none("there is no repository here to compare with").note(lower(said)).help(
            "`--since` compares with a revision: run it in the working tree of a repository, or use a `--baseline`",
        ),
        GitError::Untrusted(said) => none("git does not read this repository, for it belongs to somebody else")
            .note(lower(said))
            .help("if you trust it: `git config --global --add safe.directory FOLDER`"),
        GitError::NoCommit => {
            none("the repository has no commit yet").help("commit something first: it is compared with commits")
        }
        GitError::UnknownRevision { revision, known, shallow } => {
            let diagnostic =
                Diagnostic::error(run::UNKNOWN_REVISION, Span::NONE, format!("git knows no revision `{revision}`"));
            let remote = known.iter().find(|name| name.split_once('/').is_some_and(|(_, branch)| branch == revision));
            let near =
                remote.cloned().or_else(|| nearest(revision, known.iter().map(String::as_str)).map(str::to_owned));
            match (near, shallow) {
                (Some(near), _) => diagnostic.help(format!("did you mean `{near}`?")),
                (None, true) => diagnostic.note("the repository has a part of its history only").help(fetch),
                (None, false) => {
                    diagnostic.help("a branch, a tag or a commit; of a remote: `origin/main`, once it is fetched")
                }
            }
        }
        GitError::NoCommonPast { revision, shallow } => {
            let message = format!("what is checked out and `{revision}` have no commit in common");
            let diagnostic = Diagnostic::error(run::NO_COMMON_PAST, Span::NONE, message);
            match shallow {
                true => diagnostic.note("the repository has a part of its history only").help(fetch),
                false => diagnostic.help(format!("compare with the revision itself: `--since {revision}..`")),
            }
        }
        GitError::Pointer(path) => {
            let message =
                format!("`{}` of the revision is kept elsewhere by Git LFS, and is not there", path.display());
            Diagnostic::error(run::UNREADABLE_REVISION, Span::NONE, message)
                .help("fetch it: `git lfs fetch --all`; a checkout of a build machine needs `lfs: true`")
        }
        GitError::Failed(said) => {
            Diagnostic::error(run::UNREADABLE_REVISION, Span::NONE, "git could not read the revision")
                .note(lower(said))
                .help("`git fsck` says whether the repository is whole; of a shallow clone fetch more")
        }
    }
}

/// Git's words as notes have them: one line.
fn lower(said: &str) -> String {
    said.lines().next().unwrap_or_default().trim().to_owned()
}
