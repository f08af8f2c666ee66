//! A scratch repository in which the binary runs.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::run::{DENIED, ESTATE, PLAN};

/// A repository; its branch is `main`.
pub struct Repository {
    folder: tempfile::TempDir,
    /// The folder one stands in, from the top.
    pub stands: String,
    /// Variables that the binary gets besides.
    pub variables: Vec<(String, String)>,
}

/// Whether there is git to test with. Where there is none that is said, once a test.
pub fn there_is_git() -> bool {
    let there = Command::new("git").arg("--version").output().is_ok_and(|output| output.status.success());
    if !there {
        assert!(std::env::var("CLEARWAY_TOOLS").as_deref() != Ok("required"), "git is required");
        println!("not run: there is no git");
    }
    there
}

impl Repository {
    /// An empty one.
    pub fn new() -> Repository {
        let folder = tempfile::tempdir().unwrap();
        let repository = Repository { folder, stands: String::new(), variables: Vec::new() };
        repository.git("init --quiet --initial-branch main");
        repository
    }

    /// One with an estate, a plan that is permitted and one that is denied, committed.
    pub fn with_plans() -> Repository {
        let repository = Repository::new();
        repository.write("estate.yaml", ESTATE);
        repository.write("move.plan.yaml", PLAN);
        repository.write("refused.plan.yaml", DENIED);
        repository.commit("start");
        repository
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn write(&self, name: &str, text: &str) {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// Runs git, which has to succeed.
    pub fn git(&self, line: &str) -> String {
        self.git_in(self.path(), line)
    }

    pub fn git_in(&self, folder: &Path, line: &str) -> String {
        let output = Command::new("git")
            .args(line.split_whitespace())
            .current_dir(folder)
            .env("GIT_CONFIG_GLOBAL", self.path().join("no-such-file"))
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .envs([("GIT_AUTHOR_NAME", "a"), ("GIT_AUTHOR_EMAIL", "a@example.com")])
            .envs([("GIT_COMMITTER_NAME", "a"), ("GIT_COMMITTER_EMAIL", "a@example.com")])
            .env_remove("GIT_DIR")
            .env_remove("GIT_INDEX_FILE")
            .output()
            .unwrap();
        assert!(output.status.success(), "git {line}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Commits everything.
    pub fn commit(&self, message: &str) {
        self.git("add --all");
        self.git(&format!("commit --quiet --message {message}"));
    }

    /// Runs the binary in the folder one stands in.
    pub fn run(&self, line: &str) -> Output {
        self.run_in(&self.path().join(&self.stands), line)
    }

    pub fn run_in(&self, folder: &Path, line: &str) -> Output {
        Command::new(env!("CARGO_BIN_EXE_clearway"))
            .args(line.split_whitespace())
            .current_dir(folder)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }

    /// Exit code and both outputs.
    pub fn told(&self, line: &str) -> (i32, String, String) {
        let output = self.run(line);
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
    }

    /// The JSON of a check, and its exit code.
    pub fn checked(&self, line: &str) -> (i32, Value) {
        let (code, out, err) = self.told(&format!("{line} --output-format json"));
        (code, serde_json::from_str(&out).unwrap_or_else(|why| panic!("{why}\n{out}\n{err}")))
    }
}

/// Findings of a standing: code and step, sorted.
pub fn standing(json: &Value, standing: &str) -> Vec<String> {
    let findings = json["findings"].as_array().unwrap().iter().filter(|finding| finding["standing"] == standing);
    let mut told: Vec<String> = findings
        .filter(|finding| finding["verdict"] != "noted")
        .map(|finding| format!("{} {}", finding["code"].as_str().unwrap(), finding["step"].as_str().unwrap_or("-")))
        .collect();
    told.sort();
    told
}

/// What is fixed: code, step and file, sorted.
pub fn fixed(json: &Value) -> Vec<String> {
    let text = |fixed: &Value, key: &str| fixed[key].as_str().unwrap_or("-").to_owned();
    let fixed = json["fixed"].as_array().unwrap().iter();
    let mut told: Vec<String> =
        fixed.map(|fixed| format!("{} {} {}", text(fixed, "code"), text(fixed, "step"), text(fixed, "file"))).collect();
    told.sort();
    told
}

/// The codes of what is wrong with what was read.
pub fn codes(json: &Value) -> Vec<String> {
    let codes = json["diagnostics"].as_array().unwrap().iter();
    codes.map(|told| told["code"].as_str().unwrap().to_owned()).collect()
}
