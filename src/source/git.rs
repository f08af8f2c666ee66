//! A revision of a repository as files, through the `git` command: no shell, no change to the repository. What git does not
//! know is not of a revision: files that it ignores and those beyond the repository are read from the disk. It compares
//! nothing; whoever checks a plan as it was brings it to a session in place of the disk.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Component, Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use super::{Disk, FileError, Files};

/// What keeps a revision from being read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum GitError {
    /// There is no `git` command.
    NoGit,
    /// The folder is in no repository with a working tree, in git's words.
    NoRepository(String),
    /// Git refuses the repository, for it belongs to somebody else.
    Untrusted(String),
    /// The repository has no commit.
    NoCommit,
    /// Nothing goes by this name.
    UnknownRevision {
        /// As the user wrote it.
        revision: String,
        /// Branches and tags.
        known: Vec<String>,
        /// Whether the repository has a part of its history only.
        shallow: bool,
    },
    /// A revision and the one that is checked out have no common past.
    NoCommonPast {
        /// As the user wrote it.
        revision: String,
        /// Whether the repository has a part of its history only.
        shallow: bool,
    },
    /// The content of a file lies in another place (Git LFS), and is not there.
    Pointer(PathBuf),
    /// Git failed, in its own words.
    Failed(String),
}

/// Variables that tie git to another repository than the one of the folder: hooks set them.
const TIES: [&str; 9] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_PREFIX",
    "GIT_COMMON_DIR",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_QUARANTINE_PATH",
    "GIT_NAMESPACE",
];

/// How a file begins whose content Git LFS keeps elsewhere.
const POINTER: &[u8] = b"version https://git-lfs.github.com/spec/";

/// Whether bytes are no content, but say where Git LFS keeps it.
pub fn is_pointer(bytes: &[u8]) -> bool {
    bytes.starts_with(POINTER) && bytes.len() < 1_024
}

/// The repository around the folder one stands in.
#[derive(Clone, Debug)]
pub struct Repository {
    /// Whether the variables of hooks count: where nothing is found without them.
    tied: bool,
    shallow: bool,
    /// The folder one stands in, from the top: names with `/` between them.
    prefix: Vec<u8>,
    /// The top as an absolute path.
    top: PathBuf,
}

/// The commit that a check compares with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Commit {
    /// Its name in full.
    pub id: String,
}

impl Commit {
    /// The first letters of its name.
    pub fn short(&self) -> &str {
        self.id.get(..10).unwrap_or(&self.id)
    }
}

impl Repository {
    /// The repository of the folder one stands in.
    ///
    /// # Errors
    /// Where there is none, or no git.
    pub fn here() -> Result<Repository, GitError> {
        Repository::found(false).or_else(|error| match error {
            GitError::NoRepository(_) => Repository::found(true).map_err(|_| error),
            error => Err(error),
        })
    }

    fn found(tied: bool) -> Result<Repository, GitError> {
        let asked = ["rev-parse", "--is-shallow-repository", "--show-cdup", "--show-prefix"];
        let said = run(command(tied).args(asked))?.map_err(|said| {
            if said.contains("dubious ownership") { GitError::Untrusted(said) } else { GitError::NoRepository(said) }
        })?;
        let mut lines = said.splitn(3, |byte| *byte == b'\n');
        let mut next = || lines.next().unwrap_or_default();
        let (shallow, up, prefix) = (next() == b"true", next(), next());
        let prefix = prefix.strip_suffix(b"\n").unwrap_or(prefix).to_vec();
        let up = if up.is_empty() { PathBuf::from(".") } else { path_of(up) };
        let top = std::fs::canonicalize(&up).map_err(|error| GitError::Failed(error.to_string()))?;
        Ok(Repository { tied, shallow, prefix, top })
    }

    /// The folder one stands in, from the top: empty, or with a `/` at its end.
    pub fn prefix(&self) -> String {
        String::from_utf8_lossy(&self.prefix).into_owned()
    }

    fn git(&self) -> Command {
        command(self.tied)
    }

    /// The commit of a revision, by any name that git knows it by.
    ///
    /// # Errors
    /// Where nothing goes by it.
    pub fn commit(&self, revision: &str) -> Result<Commit, GitError> {
        let parse = |name: &str| {
            let asked = ["rev-parse", "--verify", "--quiet", "--end-of-options", &format!("{name}^{{commit}}")];
            run(self.git().args(asked)).map(|said| said.ok().map(|said| line(&said)))
        };
        if let Some(id) = parse(revision)? {
            return Ok(Commit { id });
        }
        if parse("HEAD")?.is_none() {
            return Err(GitError::NoCommit);
        }
        let listed = run(self.git().args(["for-each-ref", "--count=2000", "--format=%(refname:short)"]))?;
        let listed = String::from_utf8_lossy(&listed.unwrap_or_default()).into_owned();
        let known = listed.lines().map(str::to_owned).collect();
        Err(GitError::UnknownRevision { revision: revision.to_owned(), known, shallow: self.shallow })
    }

    /// Where what is checked out has parted from a revision: the last commit that both have. That is the revision itself
    /// where what is checked out is built upon it.
    ///
    /// # Errors
    /// Where nothing goes by the revision's name, or the two have nothing in common.
    pub fn parted(&self, revision: &str) -> Result<Commit, GitError> {
        let other = self.commit(revision)?;
        let head = self.commit("HEAD")?;
        match run(self.git().args(["merge-base", &other.id, &head.id]))? {
            Ok(said) if !said.is_empty() => Ok(Commit { id: line(&said) }),
            _ => Err(GitError::NoCommonPast { revision: revision.to_owned(), shallow: self.shallow }),
        }
    }

    /// The files of a commit.
    ///
    /// # Errors
    /// Where git fails.
    pub fn at(&self, commit: &Commit) -> Result<Revision, GitError> {
        let listed = run(self.git().args(["ls-tree", "-r", "-z", "--full-tree", &commit.id]))?;
        let listed = listed.map_err(GitError::Failed)?;
        let entries = listed.split(|byte| *byte == 0).filter_map(entry).collect();
        let renamed = run(self.git().args([
            "diff",
            "--name-status",
            "-z",
            "--find-renames",
            "--diff-filter=R",
            "--no-relative",
            "--no-ext-diff",
            "--no-textconv",
            "--ignore-submodules=all",
            &commit.id,
            "--",
        ]))?;
        let renamed = renamed.map_err(GitError::Failed)?;
        let mut former = BTreeMap::new();
        let mut parts = renamed.split(|byte| *byte == 0);
        while let (Some(_), Some(old), Some(new)) = (parts.next(), parts.next(), parts.next()) {
            former.insert(new.to_vec(), old.to_vec());
        }
        Ok(Revision {
            repository: self.clone(),
            entries,
            former,
            batch: RefCell::new(None),
            ignored: RefCell::new(BTreeMap::new()),
            trouble: RefCell::new(None),
        })
    }
}

/// A file, or a link, of a revision.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Entry {
    link: bool,
    id: String,
}

/// A line of `git ls-tree`: mode, kind and id, a tab, the path.
fn entry(line: &[u8]) -> Option<(Vec<u8>, Entry)> {
    let tab = line.iter().position(|byte| *byte == b'\t')?;
    let (head, path) = line.split_at_checked(tab)?;
    let head = std::str::from_utf8(head).ok()?;
    let mut words = head.split(' ');
    let (mode, kind, id) = (words.next()?, words.next()?, words.next()?);
    let entry = Entry { link: mode == "120000", id: id.to_owned() };
    (kind == "blob").then(|| (path.get(1..).unwrap_or_default().to_vec(), entry))
}

/// Git, unable to ask, with messages that can be read by a program.
fn command(tied: bool) -> Command {
    let mut command = Command::new("git");
    command.arg("--no-optional-locks").env("LC_ALL", "C").env("GIT_TERMINAL_PROMPT", "0").stdin(Stdio::null());
    if !tied {
        TIES.iter().for_each(|name| {
            command.env_remove(name);
        });
    }
    command
}

/// What a command printed, or what it said on failing.
fn run(command: &mut Command) -> Result<Result<Vec<u8>, String>, GitError> {
    let output = command.output().map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => GitError::NoGit,
        _ => GitError::Failed(error.to_string()),
    })?;
    if output.status.success() {
        return Ok(Ok(output.stdout));
    }
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let first = said.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("it says nothing");
    Ok(Err(first.trim_start_matches("fatal: ").to_owned()))
}

fn line(said: &[u8]) -> String {
    String::from_utf8_lossy(said).trim().to_owned()
}

#[cfg(unix)]
fn path_of(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    PathBuf::from(std::ffi::OsStr::from_bytes(bytes))
}

#[cfg(not(unix))]
fn path_of(bytes: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}

/// Where a path leads.
enum Place {
    /// To a file or folder of the repository, by its names from the top.
    Inside(Vec<u8>),
    /// Beyond it.
    Outside(PathBuf),
}

/// The files of a commit, under the names that they have from the folder one stands in.
#[derive(Debug)]
pub struct Revision {
    repository: Repository,
    entries: BTreeMap<Vec<u8>, Entry>,
    /// Files that are called otherwise by now, by the name that they have now.
    former: BTreeMap<Vec<u8>, Vec<u8>>,
    batch: RefCell<Option<Batch>>,
    ignored: RefCell<BTreeMap<Vec<u8>, bool>>,
    trouble: RefCell<Option<GitError>>,
}

/// A running `git cat-file --batch`.
#[derive(Debug)]
struct Batch {
    child: Child,
    asks: Option<ChildStdin>,
    says: BufReader<ChildStdout>,
}

impl Drop for Batch {
    fn drop(&mut self) {
        // It ends when there is nothing more to be asked.
        drop(self.asks.take());
        let _ = self.child.wait();
    }
}

impl Revision {
    /// What kept a file of the revision from being read, if anything did.
    pub fn trouble(&self) -> Option<GitError> {
        self.trouble.borrow().clone()
    }

    /// What a file was called in the revision that is called otherwise by now.
    pub fn former(&self, path: &Path) -> Option<PathBuf> {
        let Place::Inside(now) = self.place(path) else { return None };
        Some(self.named_from_here(self.former.get(&now)?))
    }

    /// Whether the revision has a file.
    pub fn has(&self, path: &Path) -> bool {
        matches!(self.place(path), Place::Inside(at) if self.entries.contains_key(&at))
    }

    /// A path from the top as a path from the folder one stands in.
    fn named_from_here(&self, at: &[u8]) -> PathBuf {
        let mut here: Vec<&[u8]> = parts(&self.repository.prefix).collect();
        let mut there: Vec<&[u8]> = parts(at).collect();
        let shared = here.iter().zip(&there).take_while(|(a, b)| a == b).count();
        // A file is not the folder that it would be relative to.
        let shared = shared.min(there.len().saturating_sub(1));
        here.drain(..shared);
        there.drain(..shared);
        let up = here.iter().map(|_| PathBuf::from(".."));
        up.chain(there.into_iter().map(path_of)).collect()
    }

    /// Where a path leads, by names alone and by the links of the revision.
    fn place(&self, path: &Path) -> Place {
        let outside = || Place::Outside(path.to_path_buf());
        let inner = if path.is_absolute() {
            let Ok(inner) = path.strip_prefix(&self.repository.top) else { return outside() };
            inner.to_path_buf()
        } else {
            path_of(&self.repository.prefix).join(path)
        };
        // What git keeps for itself is of no revision.
        if inner.components().any(|part| part.as_os_str() == ".git") {
            return outside();
        }
        let mut todo: Vec<Vec<u8>> = Vec::new();
        for part in inner.components() {
            match part {
                Component::Normal(name) => todo.push(name.as_encoded_bytes().to_vec()),
                Component::ParentDir => todo.push(b"..".to_vec()),
                _ => {}
            }
        }
        todo.reverse();
        let mut at: Vec<Vec<u8>> = Vec::new();
        let mut hops = 0usize;
        while let Some(name) = todo.pop() {
            if name == b".." {
                if at.pop().is_none() {
                    return outside();
                }
                continue;
            }
            at.push(name);
            let joined = at.join(&b'/');
            let Some(link) = self.entries.get(&joined).filter(|entry| entry.link) else { continue };
            hops = hops.saturating_add(1);
            let target = (hops <= 40).then(|| self.blob(&link.id, u64::from(u16::MAX)).ok()).flatten();
            let Some(target) = target.filter(|target| !target.starts_with(b"/")) else { return outside() };
            at.pop();
            let names: Vec<Vec<u8>> = parts(&target).filter(|part| *part != b".").map(<[u8]>::to_vec).collect();
            todo.extend(names.into_iter().rev());
        }
        Place::Inside(at.join(&b'/'))
    }

    /// Whether git leaves a file out on purpose: then it is of no revision.
    fn is_ignored(&self, at: &[u8]) -> bool {
        if let Some(known) = self.ignored.borrow().get(at) {
            return *known;
        }
        let mut asked = self.repository.git();
        asked.arg("check-ignore").arg("--quiet").arg("--").arg(self.repository.top.join(path_of(at)));
        let ignored = run(&mut asked).is_ok_and(|said| said.is_ok());
        self.ignored.borrow_mut().insert(at.to_vec(), ignored);
        ignored
    }

    /// What an object says.
    fn blob(&self, id: &str, limit: u64) -> Result<Vec<u8>, FileError> {
        let read = self.asked(id, limit);
        if let Err(GitError::Failed(words)) = &read {
            let failed = GitError::Failed(words.clone());
            self.trouble.borrow_mut().get_or_insert(failed);
        }
        match read {
            Ok((size, _)) if size > limit => Err(FileError::TooLarge { size, limit }),
            Ok((_, bytes)) => Ok(bytes),
            Err(error) => Err(FileError::Other(format!("{error:?}"))),
        }
    }

    /// Size and content of an object; without the content where it is longer than the limit.
    fn asked(&self, id: &str, limit: u64) -> Result<(u64, Vec<u8>), GitError> {
        let failed = |error: std::io::Error| GitError::Failed(error.to_string());
        let mut slot = self.batch.borrow_mut();
        if slot.is_none() {
            let mut command = self.repository.git();
            command.args(["cat-file", "--batch"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
            let mut child = command.spawn().map_err(failed)?;
            let (asks, says) = (child.stdin.take(), child.stdout.take());
            let says = says.ok_or_else(|| GitError::Failed("git has no output".to_owned()))?;
            *slot = Some(Batch { child, asks, says: BufReader::new(says) });
        }
        let Some(batch) = slot.as_mut() else { return Err(GitError::Failed("git is gone".to_owned())) };
        let Some(asks) = batch.asks.as_mut() else { return Err(GitError::Failed("git is gone".to_owned())) };
        asks.write_all(format!("{id}\n").as_bytes()).and_then(|()| asks.flush()).map_err(failed)?;
        let mut head = String::new();
        batch.says.read_line(&mut head).map_err(failed)?;
        let size = head.trim_end().rsplit_once(" blob ").or_else(|| head.trim_end().rsplit_once(' '));
        let size = size.filter(|_| head.contains(" blob ")).and_then(|(_, size)| size.parse::<u64>().ok());
        let size = size.ok_or_else(|| GitError::Failed(format!("the object {id} is not there")))?;
        let mut bytes = Vec::new();
        let mut content = (&mut batch.says).take(size.saturating_add(1));
        if size > limit {
            std::io::copy(&mut content, &mut std::io::sink()).map_err(failed)?;
            return Ok((size, bytes));
        }
        content.read_to_end(&mut bytes).map_err(failed)?;
        bytes.truncate(usize::try_from(size).unwrap_or(usize::MAX));
        Ok((size, bytes))
    }

    /// The content that a pointer of Git LFS stands for, where it is at hand.
    fn pointed_at(&self, at: &[u8], id: &str, limit: u64) -> Option<Vec<u8>> {
        let mut command = self.repository.git();
        // By the name of its file, from the top, git knows by what to filter.
        let mut path = std::ffi::OsString::from("--path=");
        path.push(path_of(at));
        let said = run(command.args(["cat-file", "--filters"]).arg(path).arg(id)).ok()?.ok()?;
        (!is_pointer(&said) && said.len() as u64 <= limit).then_some(said)
    }
}

fn parts(path: &[u8]) -> impl Iterator<Item = &[u8]> {
    path.split(|byte| *byte == b'/').filter(|part| !part.is_empty())
}

impl Files for Revision {
    fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, FileError> {
        let at = match self.place(path) {
            Place::Inside(at) => at,
            Place::Outside(path) => return Disk.read(&path, limit),
        };
        let Some(entry) = self.entries.get(&at) else {
            return match Disk.is_file(path) && self.is_ignored(&at) {
                _ if self.is_folder(path) => Err(FileError::Folder),
                true => Disk.read(path, limit),
                false => Err(FileError::Missing),
            };
        };
        let bytes = self.blob(&entry.id, limit)?;
        if !is_pointer(&bytes) {
            return Ok(bytes);
        }
        self.pointed_at(&at, &entry.id, limit).ok_or_else(|| {
            self.trouble.borrow_mut().get_or_insert(GitError::Pointer(path.to_path_buf()));
            FileError::Other("Git LFS keeps its content elsewhere, and it is not there".to_owned())
        })
    }

    fn list(&self, folder: &Path) -> Result<Vec<PathBuf>, FileError> {
        let at = match self.place(folder) {
            Place::Inside(at) => at,
            Place::Outside(folder) => return Disk.list(&folder),
        };
        let mut below: Vec<Vec<&[u8]>> = Vec::new();
        for name in self.entries.keys() {
            let inner = match at.is_empty() {
                true => Some(name.as_slice()),
                false => name.strip_prefix(at.as_slice()).and_then(|rest| rest.strip_prefix(b"/")),
            };
            let names: Vec<&[u8]> = inner.map(|inner| parts(inner).collect()).unwrap_or_default();
            if !names.is_empty() && !names.iter().any(|name| name.starts_with(b".")) {
                below.push(names);
            }
        }
        below.sort();
        if below.is_empty() && !self.is_folder(folder) {
            return Err(FileError::Missing);
        }
        Ok(below.iter().map(|names| folder.join(path_of(&names.join(&b'/')))).collect())
    }

    fn is_file(&self, path: &Path) -> bool {
        match self.place(path) {
            Place::Outside(path) => Disk.is_file(&path),
            Place::Inside(at) => self.entries.contains_key(&at) || (Disk.is_file(path) && self.is_ignored(&at)),
        }
    }

    fn is_folder(&self, path: &Path) -> bool {
        match self.place(path) {
            Place::Outside(path) => Disk.is_folder(&path),
            Place::Inside(at) if at.is_empty() => true,
            Place::Inside(mut at) => {
                at.push(b'/');
                self.entries.range(at.clone()..).next().is_some_and(|(name, _)| name.starts_with(&at))
            }
        }
    }
}
