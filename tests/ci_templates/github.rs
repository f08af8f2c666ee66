//! As much of GitHub's runner as `action.yml` needs: its steps one after the other, in `bash` as the runner calls it, with the
//! files and variables that it hands out, and with what it makes of the log.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::Value;

use super::yaml;
use crate::scratch::Repository;

/// One run of the action.
pub struct Run<'a> {
    repository: &'a mut Repository,
    action: Value,
    inputs: BTreeMap<String, String>,
    steps: BTreeMap<String, BTreeMap<String, String>>,
    /// What was printed.
    pub log: String,
    /// The outputs of the action.
    pub outputs: BTreeMap<String, String>,
    /// `uses:` of steps that were not skipped, with what they are given.
    pub used: Vec<(String, BTreeMap<String, String>)>,
    /// Whether no step failed.
    pub succeeded: bool,
}

impl Run<'_> {
    /// Runs the action in a repository. None where there are no outside tools.
    pub fn new<'a>(repository: &'a mut Repository, inputs: &[(&str, &str)]) -> Option<Run<'a>> {
        let action = yaml::file("action.yml")?;
        let declared = action["inputs"].as_object().unwrap().iter();
        let mut all: BTreeMap<String, String> =
            declared.map(|(name, input)| (name.clone(), yaml::text(input, "default").to_owned())).collect();
        for (name, value) in inputs {
            assert!(all.insert((*name).to_owned(), (*value).to_owned()).is_some(), "there is no input `{name}`");
        }
        let mut run = Run {
            repository,
            action,
            inputs: all,
            steps: BTreeMap::new(),
            log: String::new(),
            outputs: BTreeMap::new(),
            used: Vec::new(),
            succeeded: true,
        };
        run.all();
        Some(run)
    }

    /// A file of the runner.
    pub fn file(&self, name: &str) -> PathBuf {
        self.repository.outside(name)
    }

    /// The page of the run.
    pub fn summary(&self) -> String {
        std::fs::read_to_string(self.file("summary.md")).unwrap_or_default()
    }

    /// Findings at lines: what the runner makes of the log, with commands stopped where the log says so.
    pub fn annotations(&self) -> Vec<&str> {
        let mut stopped: Option<&str> = None;
        let mut found = Vec::new();
        for line in self.log.lines().map(str::trim_start).filter(|line| line.starts_with("::")) {
            if let Some(token) = stopped {
                if line.trim_end() == format!("::{token}::") {
                    stopped = None;
                }
            } else if let Some(token) = line.strip_prefix("::stop-commands::") {
                stopped = Some(token.trim_end());
            } else {
                found.push(line);
            }
        }
        assert!(stopped.is_none(), "commands are never taken up again:\n{}", self.log);
        found
    }

    fn all(&mut self) {
        let _ = std::fs::create_dir(self.file("runner"));
        let steps = self.action["runs"]["steps"].as_array().unwrap().clone();
        for step in &steps {
            let wanted = step.get("if").is_none_or(|condition| self.holds(condition.as_str().unwrap()));
            if !wanted || !self.succeeded {
                continue;
            }
            if let Some(uses) = step.get("uses") {
                let with = self.pairs(&step["with"]);
                self.used.push((uses.as_str().unwrap().to_owned(), with));
                continue;
            }
            self.step(step);
        }
        let outputs = self.action["outputs"].as_object().unwrap().clone();
        self.outputs =
            outputs.iter().map(|(name, output)| (name.clone(), self.filled(yaml::text(output, "value")))).collect();
    }

    fn step(&mut self, step: &Value) {
        assert_eq!(yaml::text(step, "shell"), "bash");
        let script = self.file("step.sh");
        std::fs::write(&script, yaml::text(step, "run")).unwrap();
        let folder =
            step.get("working-directory").map_or(String::new(), |folder| self.filled(folder.as_str().unwrap()));
        let output = self.file("output");
        std::fs::write(&output, "").unwrap();
        let mut command = self.repository.command("bash");
        command.args(["--noprofile", "--norc", "-e", "-o", "pipefail"]).arg(&script);
        command.current_dir(self.repository.path().join(folder));
        for (name, value) in
            [("CI", "true"), ("GITHUB_ACTIONS", "true"), ("RUNNER_OS", "Linux"), ("RUNNER_ARCH", "X64")]
        {
            command.env(name, value);
        }
        command.env("GITHUB_WORKSPACE", self.repository.path()).env("GITHUB_ACTION_PATH", env!("CARGO_MANIFEST_DIR"));
        command.env("RUNNER_TEMP", self.file("runner")).env("GITHUB_STEP_SUMMARY", self.file("summary.md"));
        command.env("GITHUB_OUTPUT", &output).env("GITHUB_PATH", self.file("path"));
        command.envs(self.pairs(&step["env"]));
        let ran = command.output().unwrap();
        self.log.push_str(&String::from_utf8_lossy(&ran.stdout));
        self.log.push_str(&String::from_utf8_lossy(&ran.stderr));
        self.succeeded = ran.status.success();
        let written = std::fs::read_to_string(&output).unwrap();
        let pairs = written.lines().map(|line| line.split_once('=').unwrap_or_else(|| panic!("no output: {line}")));
        let outputs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        if let Some(id) = step.get("id") {
            self.steps.insert(id.as_str().unwrap().to_owned(), outputs);
        }
        if let Ok(paths) = std::fs::read_to_string(self.file("path")) {
            paths.lines().for_each(|path| self.repository.search(path.as_ref()));
            std::fs::remove_file(self.file("path")).unwrap();
        }
    }

    /// A mapping of texts with their expressions filled in.
    fn pairs(&self, values: &Value) -> BTreeMap<String, String> {
        let pairs = values.as_object().into_iter().flatten();
        pairs.map(|(name, value)| (name.clone(), self.filled(value.as_str().unwrap()))).collect()
    }

    /// A text with its expressions filled in.
    fn filled(&self, text: &str) -> String {
        let expression = regex::Regex::new(r"\$\{\{ *(.*?) *\}\}").unwrap();
        expression.replace_all(text, |found: &regex::Captures<'_>| self.value(&found[1])).into_owned()
    }

    /// A condition: equal or not equal to a text is all that is used.
    fn holds(&self, condition: &str) -> bool {
        let inner = condition.trim_start_matches("${{").trim_end_matches("}}").trim();
        let (left, right) = inner.split_once(" != ").unwrap_or_else(|| panic!("not understood: {condition}"));
        self.value(left) != right.trim_matches('\'')
    }

    fn value(&self, name: &str) -> String {
        match name.split('.').collect::<Vec<_>>()[..] {
            ["inputs", input] => self.inputs.get(input).unwrap_or_else(|| panic!("no input {input}")).clone(),
            ["steps", id, "outputs", output] => {
                self.steps.get(id).and_then(|outputs| outputs.get(output)).cloned().unwrap_or_default()
            }
            _ => panic!("not understood: {name}"),
        }
    }
}
