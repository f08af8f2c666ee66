//! `action.yml` and the GitLab template: valid by their own authorities, and their shell run as the runners would.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs
)]

#[path = "ci_templates/github.rs"]
mod github;
#[path = "ci_templates/gitlab.rs"]
mod gitlab;
#[path = "pages/markdown.rs"]
mod markdown;
mod scratch;
mod tools_support;
#[path = "ci_templates/yaml.rs"]
mod yaml;

use std::path::Path;
use std::process::Command;

use github::Run;
use gitlab::Job;
use scratch::Repository;
use scratch::run::{DENIED, ESTATE, PLAN};

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// A repository whose only plan is good, all of it committed.
fn good() -> Option<Repository> {
    let repository = Repository::new()?;
    repository.file("estate.yaml", ESTATE).file("move.plan.yaml", PLAN);
    repository.commit("first").ends(0);
    Some(repository)
}

/// The action with the Clearway that is there, in that repository.
fn action<'a>(repository: &'a mut Repository, inputs: &[(&str, &str)]) -> Option<Run<'a>> {
    let mut all = vec![("version", VERSION)];
    all.extend(inputs);
    Run::new(repository, &all)
}

fn valid_by(schema: &str, file: &Path) {
    let Some(tool) = tools_support::tool("check-jsonschema") else { return };
    let output = Command::new(tool).args(["--builtin-schema", schema]).arg(file).output().unwrap();
    assert!(output.status.success(), "{}: {}", file.display(), String::from_utf8_lossy(&output.stdout));
}

#[test]
fn both_are_valid_by_their_authorities() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    valid_by("vendor.github-actions", &root.join("action.yml"));
    valid_by("vendor.gitlab-ci", &root.join(gitlab::TEMPLATE));
}

/// The YAML that a page shows, as files of a folder: `yaml NAME` is one called so, without its folders.
fn shown(page: &str) -> (tempfile::TempDir, Vec<(String, std::path::PathBuf)>) {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(page)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let blocks = markdown::blocks(&text).into_iter().filter(|block| block.info.starts_with("yaml "));
    let write = |(index, block): (usize, markdown::Block)| {
        let file = folder.path().join(format!("{index}.yml"));
        std::fs::write(&file, &block.text).unwrap();
        (block.text, file)
    };
    let files: Vec<_> = blocks.enumerate().map(write).collect();
    assert!(!files.is_empty(), "{page} shows nothing");
    (folder, files)
}

#[test]
fn what_the_pages_show_is_valid_and_fits_to_what_there_is() {
    let (_folder, workflows) = shown("docs/github.md");
    let outputs = regex::Regex::new(r"steps\.clearway\.outputs\.([\w-]+)").unwrap();
    for (text, file) in &workflows {
        valid_by("vendor.github-workflows", file);
        let (Some(workflow), Some(action)) = (yaml::parsed(text), yaml::file("action.yml")) else { return };
        let steps = workflow["jobs"]["clearway"]["steps"].as_array().unwrap();
        let ours =
            steps.iter().find(|step| step["uses"].as_str().is_some_and(|uses| uses.starts_with("OWNER/"))).unwrap();
        for input in ours["with"].as_object().unwrap().keys() {
            assert!(action["inputs"].get(input).is_some(), "there is no input `{input}`");
        }
        for output in outputs.captures_iter(text) {
            assert!(action["outputs"].get(&output[1]).is_some(), "there is no output `{}`", &output[1]);
        }
    }
    let (_folder, pipelines) = shown("docs/gitlab.md");
    for (text, file) in &pipelines {
        valid_by("vendor.gitlab-ci", file);
        let (Some(pipeline), Some(template)) = (yaml::parsed(text), yaml::file(gitlab::TEMPLATE)) else { return };
        for variable in pipeline["variables"].as_object().into_iter().flat_map(|all| all.keys()) {
            assert!(template["variables"].get(variable).is_some(), "there is no variable `{variable}`");
        }
        assert_eq!(pipeline["include"][0]["file"], gitlab::TEMPLATE);
    }
}

/// Every input, output and variable stands on its page, and nothing else does.
#[test]
fn the_pages_tell_of_everything() {
    let (Some(action), Some(template)) = (yaml::file("action.yml"), yaml::file(gitlab::TEMPLATE)) else { return };
    let names = |value: &serde_json::Value| -> Vec<String> { value.as_object().unwrap().keys().cloned().collect() };
    let mut there = names(&action["inputs"]);
    there.extend(names(&action["outputs"]));
    there.extend(names(&template["variables"]));
    there.push("CLEARWAY_TOKEN".to_owned());
    there.sort();
    let row = regex::Regex::new(r"(?m)^\| (`[^|]+) \|").unwrap();
    let mut told: Vec<String> = Vec::new();
    for page in ["docs/github.md", "docs/gitlab.md"] {
        let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(page)).unwrap();
        told.extend(
            row.captures_iter(&text)
                .flat_map(|row| row[1].split(", ").map(|name| name.replace('`', "")).collect::<Vec<_>>()),
        );
    }
    told.sort();
    assert_eq!(told, there);
}

#[test]
fn their_shell_is_free_of_what_shellcheck_knows() {
    let (Some(tool), Some(action)) = (tools_support::tool("shellcheck"), yaml::file("action.yml")) else { return };
    let steps = action["runs"]["steps"].as_array().unwrap().iter();
    let mut scripts: Vec<String> = steps.filter_map(|step| step["run"].as_str()).map(str::to_owned).collect();
    assert_eq!(scripts.len(), 3);
    for script in &scripts {
        assert!(!script.contains("${{"), "an expression in shell text is a hole: {script}");
    }
    scripts.extend(["clearway", "clearway-review"].map(|job| gitlab::script(&gitlab::job(job).unwrap())));
    let folder = tempfile::tempdir().unwrap();
    for script in scripts {
        let file = folder.path().join("script.sh");
        // As the runners call it; SC2153 takes variables that come from outside for misspelt ones of the script.
        std::fs::write(&file, format!("set -eo pipefail\n{script}")).unwrap();
        let output = Command::new(&tool).args(["--shell=bash", "--exclude=SC2153"]).arg(&file).output().unwrap();
        assert!(output.status.success(), "{}\n{script}", String::from_utf8_lossy(&output.stdout));
    }
}

#[test]
fn github_passes_a_good_plan() {
    let Some(mut repository) = good() else { return };
    let Some(run) = action(&mut repository, &[("reports", "sarif=a.sarif\njunit=b c.xml")]) else { return };
    assert!(run.succeeded, "{}", run.log);
    assert_eq!(run.outputs["exit-code"], "0");
    assert!(run.summary().contains("permitted"), "{}", run.summary());
    assert_eq!(std::fs::read_to_string(&run.outputs["summary"]).unwrap(), run.summary());
    assert!(run.used.is_empty(), "a Clearway that is there is not built: {:?}", run.used);
    for report in ["a.sarif", "b c.xml"] {
        assert!(!repository.read(report).is_empty());
    }
}

#[test]
fn github_fails_after_everything_was_written() {
    let Some(mut repository) = good() else { return };
    repository.file("bad/refused.plan.yaml", DENIED.replace("estate.yaml", "../estate.yaml"));
    let Some(run) = action(&mut repository, &[("reports", "sarif=clearway.sarif\n\n")]) else { return };
    assert!(!run.succeeded, "{}", run.log);
    assert_eq!(run.outputs["exit-code"], "1");
    assert!(run.log.contains("error[VMM103]"), "the log is for people: {}", run.log);
    let errors: Vec<&str> = run.annotations().into_iter().filter(|line| line.starts_with("::error ")).collect();
    assert!(
        !errors.is_empty() && errors.iter().all(|line| line.contains("file=bad/refused.plan.yaml,line=")),
        "{errors:?}"
    );
    assert!(run.summary().contains("VMM103"), "{}", run.summary());
    assert!(repository.read("clearway.sarif").contains("VMM103"));
}

#[test]
fn github_leaves_out_what_is_not_wanted() {
    let Some(mut repository) = good() else { return };
    repository.file("refused.plan.yaml", DENIED);
    let inputs = [("annotations", "false"), ("summary", "false"), ("args", "  --fail-on\n never   --quiet")];
    let Some(run) = action(&mut repository, &inputs) else { return };
    assert!(run.succeeded, "{}", run.log);
    assert_eq!(run.summary(), "");
    assert_eq!(run.annotations(), Vec::<&str>::new());
}

#[test]
fn github_is_not_green_where_nothing_was_looked_at() {
    let Some(mut repository) = good() else { return };
    std::fs::create_dir(repository.path().join("empty")).unwrap();
    for (paths, code) in [("empty", "3"), ("nowhere.plan.yaml", "2")] {
        let Some(run) = action(&mut repository, &[("paths", paths)]) else { return };
        assert!(!run.succeeded, "{}", run.log);
        assert_eq!(run.outputs["exit-code"], code, "{}", run.log);
    }
}

#[test]
fn github_takes_inputs_for_what_they_are() {
    let Some(mut repository) = good() else { return };
    let name = "$(touch pwned) `touch pwned`; touch pwned.plan.yaml";
    repository
        .file(name, PLAN)
        .file("-x.plan.yaml", PLAN)
        .file("sub folder/a b.plan.yaml", PLAN.replace("estate", "../estate"));
    let paths = format!("{name}\n  -x.plan.yaml\n\nsub folder\n");
    let Some(run) = action(&mut repository, &[("paths", &paths), ("args", "--ignore $(touch${IFS}pwned) *")]) else {
        return;
    };
    assert!(!run.succeeded, "no code is called like that, and nothing is expanded: {}", run.log);
    let Some(run) = action(&mut repository, &[("paths", &paths), ("reports", "json=r;touch pwned.json")]) else {
        return;
    };
    assert!(run.succeeded, "{}", run.log);
    assert!(repository.read("r;touch pwned.json").contains("sub folder/a b.plan.yaml"));
    assert!(!repository.path().join("pwned").exists());
}

#[test]
fn github_takes_no_commands_from_plans() {
    let Some(mut repository) = good() else { return };
    let evil = DENIED
        .replace("plan: refused", "plan: |\n  x\n  ::error::planted\n  ::add-mask::web\n  ::stop-commands::abc\n");
    let evil = evil.replace("web-away", "\"\\n::error file=planted::planted\\n\"");
    repository.file("evil.plan.yaml", evil);
    let Some(run) = action(&mut repository, &[]) else { return };
    assert!(!run.succeeded);
    for line in run.annotations() {
        assert!(
            ["::error::", "::error file=planted", "::add-mask"].iter().all(|evil| !line.starts_with(evil)),
            "{line}"
        );
    }
}

#[test]
fn github_looks_at_what_a_change_makes_worse() {
    let Some(mut repository) = good() else { return };
    repository.file("old.plan.yaml", DENIED);
    repository.commit("known").ends(0);
    repository.git("checkout -qb change").ends(0);
    repository.file("move.plan.yaml", format!("# reviewed\n{PLAN}"));
    repository.commit("harmless").ends(0);
    let Some(run) = action(&mut repository, &[("since", "main")]) else { return };
    assert!(run.succeeded, "what was there before fails nothing: {}", run.log);
    repository.file("new.plan.yaml", DENIED.replace("refused", "new").replace("web", "db"));
    repository.commit("worse").ends(0);
    let Some(run) = action(&mut repository, &[("since", "main")]) else { return };
    assert!(!run.succeeded, "{}", run.log);
    assert_eq!(run.outputs["exit-code"], "1");
    assert!(run.annotations().iter().any(|line| line.contains("file=new.plan.yaml")), "{}", run.log);
    assert!(!run.annotations().iter().any(|line| line.contains("file=old.plan.yaml")), "{}", run.log);
    assert!(run.summary().contains("new.plan.yaml"), "{}", run.summary());
}

#[test]
fn github_builds_what_it_comes_with() {
    let Some(mut repository) = good() else { return };
    // A stand-in for cargo: it notes how it was called, and puts the binary of this build where the real one would.
    let stubs = repository.outside("stubs");
    std::fs::create_dir(&stubs).unwrap();
    let cargo = format!(
        "#!/bin/sh\nprintf '%s\\n' \"$@\" >{0}/called\nfor last; do :; done\nmkdir -p \"$last/bin\"\nln -s {1} \"$last/bin/clearway\"\n",
        stubs.display(),
        env!("CARGO_BIN_EXE_clearway")
    );
    for (name, text) in [("cargo", cargo.as_str()), ("rustc", "#!/bin/sh\necho rustc 1\n")] {
        std::fs::write(stubs.join(name), text).unwrap();
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(stubs.join(name), mode).unwrap();
    }
    repository.search(&stubs);
    let Some(run) = Run::new(&mut repository, &[]) else { return };
    assert!(run.succeeded, "{}", run.log);
    let [(uses, with)] = &run.used[..] else { panic!("{:?}", run.used) };
    assert!(uses.starts_with("actions/cache@"));
    let (key, folder) = (with["key"].clone(), with["path"].clone());
    assert!(key.starts_with("clearway-Linux-X64-") && key.len() > 50, "{key}");
    let called = std::fs::read_to_string(stubs.join("called")).unwrap();
    assert_eq!(
        called.lines().collect::<Vec<_>>(),
        ["install", "--locked", "--quiet", "--no-track", "--path", env!("CARGO_MANIFEST_DIR"), "--root", &folder]
    );

    // Once kept, it is not built again, and has the same key.
    std::fs::remove_file(stubs.join("called")).unwrap();
    let Some(run) = Run::new(&mut repository, &[("version", &format!("v{VERSION}"))]) else { return };
    assert!(run.succeeded && !stubs.join("called").exists(), "{}", run.log);
    let Some(run) = Run::new(&mut repository, &[]) else { return };
    assert_eq!(run.used[0].1["key"], key);
    assert!(run.succeeded && !stubs.join("called").exists(), "{}", run.log);
}

#[test]
fn github_says_where_another_version_was_wanted() {
    let Some(mut repository) = good() else { return };
    let Some(run) = Run::new(&mut repository, &[("version", "9.9.9")]) else { return };
    assert!(!run.succeeded);
    assert_eq!(
        run.annotations(),
        [format!("::error::This action comes with clearway {VERSION}, and clearway 9.9.9 is not on the search path")]
    );
}

#[test]
fn gitlab_writes_its_reports_and_then_fails() {
    let Some(repository) = good() else { return };
    let Some(job) = Job::run(&repository, "clearway", &[]) else { return };
    assert_eq!(job.code, 0, "{}", job.log);
    assert_eq!(job.artifacts(), ["clearway-codequality.json", "clearway-junit.xml"]);
    assert!(job.log.contains("permitted"), "{}", job.log);
    repository.file("plans of may/refused.plan.yaml", DENIED.replace("estate.yaml", "../estate.yaml"));
    let paths = [("CLEARWAY_PATHS", "plans of may\nmove.plan.yaml"), ("CLEARWAY_ARGS", "--output-format concise")];
    let job = Job::run(&repository, "clearway", &paths).unwrap();
    assert_eq!(job.code, 1, "{}", job.log);
    for file in job.artifacts() {
        assert!(repository.read(&file).contains("VMM103"), "{file}");
    }
    let quality: serde_json::Value = serde_json::from_str(&repository.read("clearway-codequality.json")).unwrap();
    let bad = quality.as_array().unwrap().iter().find(|entry| entry["check_name"] == "VMM103").unwrap();
    assert_eq!(bad["location"]["path"], "plans of may/refused.plan.yaml");
    if let (Some(schema), Some(tool)) =
        (tools_support::shared("schemas/gitlab-codequality.schema.json"), tools_support::tool("check-jsonschema"))
    {
        let file = repository.path().join("clearway-codequality.json");
        let output = Command::new(tool).arg("--schemafile").arg(schema).arg(file).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    }
}

/// What GitLab sets in the pipeline of a merge request.
fn merge_request(repository: &Repository) -> Vec<(String, String)> {
    let base = repository.git("rev-parse main").text.trim().to_owned();
    [
        ("CI_PIPELINE_SOURCE", "merge_request_event"),
        ("CI_MERGE_REQUEST_DIFF_BASE_SHA", base.as_str()),
        ("CI_MERGE_REQUEST_IID", "7"),
        ("CI_PROJECT_ID", "42"),
        ("CI_API_V4_URL", "https://gitlab.example/api/v4"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec()
}

#[test]
fn gitlab_reviews_a_merge_request() {
    let Some(mut repository) = good() else { return };
    repository.file("old.plan.yaml", DENIED);
    repository.commit("known").ends(0);
    repository.git("checkout -qb change").ends(0);
    repository.file("new.plan.yaml", DENIED.replace("refused", "new").replace("web", "db"));
    repository.commit("worse").ends(0);
    let stubs = repository.outside("stubs");
    std::fs::create_dir(&stubs).unwrap();
    // A stand-in for curl: it notes how it was called and what it read, and answers what a test has laid ready.
    let curl = "#!/bin/sh\ncd FOLDER\nprintf '%s\\n' \"$@\" >>called\ncat >read\ncase \"$*\" in *per_page*) cat notes ;; esac\n";
    let curl = curl.replace("FOLDER", &stubs.display().to_string());
    std::fs::write(stubs.join("curl"), curl).unwrap();
    std::fs::set_permissions(stubs.join("curl"), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    repository.search(&stubs);

    let variables = merge_request(&repository);
    let mut variables: Vec<(&str, &str)> = variables.iter().map(|(name, value)| (&**name, &**value)).collect();
    let Some(job) = Job::run(&repository, "clearway", &variables) else { return };
    assert_eq!(job.code, 1, "{}", job.log);
    assert!(job.log.contains("new.plan.yaml") && !job.log.contains("[old.plan.yaml:"), "{}", job.log);

    let job = Job::run(&repository, "clearway-review", &variables).unwrap();
    assert_eq!(job.code, 0, "the review is written, and that is all it is for: {}", job.log);
    let review = repository.read(&job.artifacts()[0]);
    assert!(review.contains("new.plan.yaml") && review.chars().count() < 65_000, "{review}");
    assert!(!stubs.join("called").exists(), "without a token nothing is posted");

    variables.push(("CLEARWAY_TOKEN", "secret-token"));
    let notes = "https://gitlab.example/api/v4/projects/42/merge_requests/7/notes";
    let other = r#"{ "id": 11, "body": "no: <!-- clearway -->" }"#;
    for (there, line) in [
        (format!("[{other}]"), notes.to_owned()),
        (format!(r#"[{other}, {{ "id": 12, "body": "<!-- clearway -->\n\nold" }}]"#), format!("{notes}/12")),
    ] {
        std::fs::write(stubs.join("notes"), there).unwrap();
        let job = Job::run(&repository, "clearway-review", &variables).unwrap();
        assert_eq!(job.code, 0, "{}", job.log);
        let called = std::fs::read_to_string(stubs.join("called")).unwrap();
        assert_eq!(called.lines().last(), Some(&*line), "{called}");
        assert_eq!(called.contains("PUT"), line.ends_with("/12"));
        assert!(called.contains("body@clearway-note.md") && !called.contains("secret-token"), "{called}");
        assert!(std::fs::read_to_string(stubs.join("read")).unwrap().contains("PRIVATE-TOKEN: secret-token"));
        assert!(!job.log.contains("secret-token"));
        assert_eq!(repository.read("clearway-note.md"), format!("<!-- clearway -->\n\n{review}"));
    }
}

#[test]
fn gitlab_says_what_is_missing() {
    let Some(repository) = Repository::new() else { return };
    let Some(job) = Job::run(&repository, "clearway", &[("PATH", "/usr/bin:/bin")]) else { return };
    assert_eq!(job.code, 2, "{}", job.log);
    assert!(job.log.contains("CLEARWAY_SOURCE"), "{}", job.log);
}
