//! A git repository of its own in which tests run commands as a person or a CI server would: `git`, Clearway, the real
//! `pre-commit` ([`hooks`]), the shell of a CI job. Its environment holds what is given to it and nothing else.
#![allow(dead_code, reason = "each test uses some of it")]

pub mod hooks;
#[path = "../cli/run.rs"]
pub mod run;

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::tools_support;

/// What a command left behind: both of its outputs as one text, as a person sees them, and its exit code.
pub struct Ran {
    pub code: i32,
    pub text: String,
}

impl Ran {
    fn of(output: &Output) -> Ran {
        let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
        text.push_str(&String::from_utf8_lossy(&output.stderr));
        Ran { code: output.status.code().unwrap_or(101), text }
    }

    /// Fails the test where the command did not end with this code.
    #[track_caller]
    pub fn ends(self, code: i32) -> Ran {
        assert_eq!(self.code, code, "{}", self.text);
        self
    }

    /// Fails the test where a text was not printed.
    #[track_caller]
    pub fn says(self, text: &str) -> Ran {
        assert!(self.text.contains(text), "`{text}` is not in\n{}", self.text);
        self
    }

    /// Fails the test where a text was printed.
    #[track_caller]
    pub fn hides(self, text: &str) -> Ran {
        assert!(!self.text.contains(text), "`{text}` is in\n{}", self.text);
        self
    }
}

/// The repository, and a home for whoever works in it.
pub struct Repository {
    folder: tempfile::TempDir,
    path: OsString,
    variables: Vec<(OsString, OsString)>,
}

impl Repository {
    /// An empty one. None where there is no `git`.
    pub fn new() -> Option<Repository> {
        let binary = PathBuf::from(env!("CARGO_BIN_EXE_clearway"));
        let first = [binary, tools_support::tool("git")?];
        let rest = std::env::var_os("PATH").unwrap_or_default();
        let folders = first.iter().filter_map(|file| file.parent().map(Path::to_owned));
        let path = std::env::join_paths(folders.chain(std::env::split_paths(&rest))).unwrap();
        let mut repository = Repository { folder: tempfile::tempdir().unwrap(), path, variables: Vec::new() };
        for folder in ["repo", "home"] {
            std::fs::create_dir(repository.outside(folder)).unwrap();
        }
        let config = "[user]\n\tname = A. Planner\n\temail = planner@example.org\n[init]\n\tdefaultBranch = main\n";
        std::fs::write(repository.outside("home/.gitconfig"), config).unwrap();
        let home = repository.outside("home");
        repository.variable("HOME", home).variable("GIT_CONFIG_NOSYSTEM", "1").variable("LC_ALL", "C.UTF-8");
        repository.git("init -q").ends(0);
        Some(repository)
    }

    /// Adds a variable to the environment of whatever is run.
    pub fn variable(&mut self, name: &str, value: impl AsRef<OsStr>) -> &mut Repository {
        self.variables.push((name.into(), value.as_ref().to_owned()));
        self
    }

    /// Puts a folder before all others of the search path.
    pub fn search(&mut self, folder: &Path) {
        let rest: Vec<PathBuf> = std::env::split_paths(&self.path).collect();
        self.path = std::env::join_paths(std::iter::once(folder.to_owned()).chain(rest)).unwrap();
    }

    /// Where the repository is.
    pub fn path(&self) -> PathBuf {
        self.outside("repo")
    }

    /// A place beside the repository, gone with it.
    pub fn outside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file.
    pub fn file(&self, name: &str, text: impl AsRef<[u8]>) -> &Repository {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
        self
    }

    /// Reads a file.
    #[track_caller]
    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// `git`, with words parted by blanks.
    #[track_caller]
    pub fn git(&self, line: &str) -> Ran {
        self.run(&format!("git {line}"), &self.path())
    }

    /// Stages everything and commits, by which hooks run.
    #[track_caller]
    pub fn commit(&self, what: &str) -> Ran {
        self.git("add -A").ends(0);
        self.git(&format!("commit -qm {what}"))
    }

    /// Clearway itself.
    pub fn clearway(&self, line: &str) -> Ran {
        self.run(&format!("clearway {line}"), &self.path())
    }

    /// A command line, with words parted by blanks.
    pub fn run(&self, line: &str, folder: &Path) -> Ran {
        let mut words = line.split_whitespace();
        let mut command = self.command(words.next().unwrap());
        Ran::of(&command.args(words).current_dir(folder).output().unwrap())
    }

    /// A command, ready to run in the repository.
    pub fn command(&self, name: &str) -> Command {
        // The search path of the test's own process is another one.
        let found = std::env::split_paths(&self.path).map(|folder| folder.join(name)).find(|file| file.is_file());
        let mut command = Command::new(found.unwrap_or_else(|| panic!("there is no `{name}`")));
        command.current_dir(self.path()).stdin(Stdio::null()).env_clear().env("PATH", &self.path);
        for (name, value) in &self.variables {
            command.env(name, value);
        }
        command
    }
}
