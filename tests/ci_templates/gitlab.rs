//! As much of GitLab's runner as the template needs: a job with what it extends, its `before_script` and `script` as one shell
//! script, its variables, and the files that it promises.

use std::collections::BTreeMap;

use serde_json::Value;

use super::yaml;
use crate::scratch::Repository;

/// The template.
pub const TEMPLATE: &str = "ci/gitlab/clearway.gitlab-ci.yml";

/// A job that ran.
pub struct Job {
    pub code: i32,
    pub log: String,
    job: Value,
}

/// A job of the template with everything that it extends.
pub fn job(name: &str) -> Option<Value> {
    let template = yaml::file(TEMPLATE)?;
    let mut job = template[name].clone();
    let base = template[yaml::text(&job, "extends")].as_object().unwrap().clone();
    for (key, value) in base {
        let own = job.as_object_mut().unwrap();
        assert!(!own.contains_key(&key), "`{key}` would have to be merged");
        own.insert(key, value);
    }
    job["variables-of-all"] = template["variables"].clone();
    Some(job)
}

/// The whole shell of a job.
pub fn script(job: &Value) -> String {
    let lines = ["before_script", "script"].map(|part| job[part].as_array().cloned().unwrap_or_default());
    lines.iter().flatten().map(|line| format!("{}\n", line.as_str().unwrap())).collect()
}

impl Job {
    /// Runs a job in a repository; variables as the project and the server set them. None where there are no outside tools.
    pub fn run(repository: &Repository, name: &str, variables: &[(&str, &str)]) -> Option<Job> {
        let job = job(name)?;
        let mut all = BTreeMap::new();
        for part in ["variables-of-all", "variables"] {
            for (name, value) in job[part].as_object().into_iter().flatten() {
                all.insert(name.clone(), value.as_str().unwrap().to_owned());
            }
        }
        all.extend(variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let folder = repository.path();
        all.insert("CI_PROJECT_DIR".to_owned(), folder.display().to_string());
        let script = format!("set -eo pipefail\nset +o noclobber\ncd \"$CI_PROJECT_DIR\"\n{}", script(&job));
        let mut command = repository.command("bash");
        command.args(["--noprofile", "--norc", "-c", &script]).env("CI", "true").env("GITLAB_CI", "true").envs(all);
        let output = command.output().unwrap();
        let mut log = String::from_utf8_lossy(&output.stdout).into_owned();
        log.push_str(&String::from_utf8_lossy(&output.stderr));
        Some(Job { code: output.status.code().unwrap_or(101), log, job })
    }

    /// The files that the job hands over.
    pub fn artifacts(&self) -> Vec<String> {
        let reports = self.job["artifacts"]["reports"].as_object().into_iter().flat_map(|reports| reports.values());
        let paths = self.job["artifacts"]["paths"].as_array().into_iter().flatten();
        reports.chain(paths).map(|path| path.as_str().unwrap().to_owned()).collect()
    }
}
