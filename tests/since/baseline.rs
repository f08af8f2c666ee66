//! Against a baseline.

use crate::repository::{Repository, codes, fixed, standing, there_is_git};
use crate::run::{DENIED, ESTATE, Folder, PLAN};

const MORE: &str = "  - id: db-away\n    vm: db\n    transfer: live\n    to: { host: s1 }\n";

fn folder() -> Folder {
    Folder::new().file("estate.yaml", ESTATE).file("move.plan.yaml", PLAN).file("refused.plan.yaml", DENIED)
}

fn json(folder: &Folder, line: &str) -> (i32, serde_json::Value) {
    let output = folder.output(&format!("{line} --output-format json"));
    (output.status.code().unwrap(), serde_json::from_slice(&output.stdout).unwrap())
}

fn text(folder: &Folder, name: &str) -> String {
    std::fs::read_to_string(folder.path().join(name)).unwrap()
}

#[test]
fn what_is_written_down_is_known_from_then_on() {
    let folder = folder();
    let (code, written) = json(&folder, "check --write-baseline known.json");
    assert_eq!((code, standing(&written, "new")), (0, vec![]));
    let baseline = text(&folder, "known.json");
    insta::assert_snapshot!(baseline);
    let (code, json_of) = json(&folder, "check --baseline known.json");
    assert_eq!((code, standing(&json_of, "new"), fixed(&json_of)), (0, vec![], vec![]));
    assert_eq!(folder.code("check"), 1);
    let folder = folder.file("refused.plan.yaml", format!("{DENIED}{MORE}"));
    let (code, json_of) = json(&folder, "check --baseline known.json");
    assert_eq!(code, 1);
    assert!(standing(&json_of, "new").iter().all(|finding| finding.ends_with("db-away")), "{json_of:#}");
    let folder = folder.file("refused.plan.yaml", DENIED.replace("s1", "a2"));
    let (code, json_of) = json(&folder, "check --baseline known.json");
    assert_eq!(code, 0);
    assert!(fixed(&json_of).contains(&"VMM103 web-away refused.plan.yaml".to_owned()), "{json_of:#}");
    let output = folder.output("check --baseline known.json");
    let out = String::from_utf8(output.stdout).unwrap();
    assert!(out.trim_end().lines().last().unwrap().ends_with(" fixed"), "{out}");
    // Writing it anew forgets what is mended, and the same again changes nothing.
    folder.output("check --write-baseline known.json");
    let shorter = text(&folder, "known.json");
    assert!(shorter.len() < baseline.len() && !shorter.contains("VMM103"));
    folder.output("check --write-baseline known.json");
    assert_eq!(text(&folder, "known.json"), shorter);
}

#[test]
fn equal_fingerprints_are_counted_and_told_apart_by_their_files() {
    let unnamed = DENIED.replace("plan: refused\n", "");
    let folder = folder().file("one.plan.yaml", &unnamed);
    folder.output("check --write-baseline known.json");
    // The same again in another file: it is no finding of the first.
    let folder = folder.file("two.plan.yaml", &unnamed);
    let (code, told) = json(&folder, "check --baseline known.json");
    assert_eq!(code, 1);
    assert!(!standing(&told, "new").is_empty());
    assert!(told["findings"].as_array().unwrap().iter().filter(|f| f["standing"] == "new").all(|f| f["plan"] == "two"));
    assert_eq!(folder.code("check two.plan.yaml --baseline known.json"), 1, "also where the first is not looked at");
    // Where the first is gone, it was renamed.
    std::fs::remove_file(folder.path().join("one.plan.yaml")).unwrap();
    assert_eq!(folder.code("check --baseline known.json"), 0);
}

#[test]
fn a_part_of_the_plans_says_nothing_about_the_others() {
    let folder = folder().file("other.plan.yaml", DENIED.replace("plan: refused", "plan: other"));
    folder.output("check --write-baseline known.json");
    let all = text(&folder, "known.json");
    let (code, told) = json(&folder, "check other.plan.yaml --baseline known.json");
    assert_eq!((code, fixed(&told)), (0, vec![]), "what was not looked at is not mended");
    let (_, told) = json(&folder, "check --baseline known.json --ignore VMM1");
    assert_eq!(fixed(&told), Vec::<String>::new(), "nor is what is not shown");
    folder.output("check other.plan.yaml --write-baseline known.json");
    assert_eq!(text(&folder, "known.json"), all, "what was not looked at stays known");
    std::fs::remove_file(folder.path().join("refused.plan.yaml")).unwrap();
    folder.output("check other.plan.yaml --write-baseline known.json");
    assert!(!text(&folder, "known.json").contains("refused.plan.yaml"), "a plan that is gone is forgotten");
}

#[test]
fn paths_are_relative_to_the_baseline() {
    let folder =
        Folder::new().file("plans/estate.yaml", ESTATE).file("plans/refused.plan.yaml", DENIED).file("ci/readme", "");
    folder.output("check plans --write-baseline ci/known.json");
    assert!(text(&folder, "ci/known.json").contains("\"file\":\"../plans/refused.plan.yaml\""));
    assert_eq!(folder.code("check plans --baseline ci/known.json"), 0);
    let mut below = folder.command("check --baseline ../ci/known.json");
    let output = below.current_dir(folder.path().join("plans")).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));
    let whole = folder.path().join("plans");
    let known = text(&folder, "ci/known.json");
    assert_eq!(folder.code(&format!("check {} --baseline ci/known.json", whole.display())), 0, "by its absolute path");
    folder.output(&format!("check {} --write-baseline ci/known.json", whole.display()));
    assert_eq!(text(&folder, "ci/known.json"), known, "nothing is known twice");
}

#[test]
fn what_is_wrong_with_a_baseline_is_told_with_its_place() {
    for (text, what) in [
        ("[]", "this is no baseline: it is not an object"),
        ("{}", "this is no baseline: it has no `version`"),
        ("{ \"version\": 2 }", "the baseline is of version `2`, and only version 1 is known"),
        ("{ \"version\": 1 }", "the baseline has no list of `findings`"),
        ("{ \"version\": 1, \"findings\": [{}] }", "a finding of the baseline has no `severity`"),
    ] {
        let folder = folder().file("known.json", text);
        let (code, told) = json(&folder, "check --baseline known.json");
        let diagnostic = &told["diagnostics"][0];
        assert_eq!((code, diagnostic["code"].as_str(), diagnostic["message"].as_str()), (2, Some("CW545"), Some(what)));
        assert_eq!(diagnostic["location"]["file"], "known.json", "{told:#}");
    }
    let folder = folder().file("known.json", "{ \"version\": 1, \"findings\": [\n<<<<<<< ours\n");
    let (code, told) = json(&folder, "check --baseline known.json");
    assert_eq!((code, told["diagnostics"][0]["location"]["line"].as_u64()), (2, Some(2)), "{told:#}");
    assert_eq!(folder.code("check --baseline nowhere.json"), 2);
}

#[test]
fn a_baseline_that_would_be_wrong_is_not_written() {
    let folder = folder().file("broken.plan.yaml", "steps: [");
    let (code, told) = json(&folder, "check --write-baseline known.json");
    assert!(code == 2 && codes(&told).contains(&"CW546".to_owned()), "{told:#}");
    assert!(!folder.path().join("known.json").exists());
    let (code, told) = json(&folder, "check refused.plan.yaml --write-baseline estate.yaml");
    assert!(code == 2 && codes(&told).contains(&"CW546".to_owned()), "{told:#}");
    assert_eq!(text(&folder, "estate.yaml"), ESTATE, "nothing else is lost for it");
}

#[test]
fn two_changes_of_a_baseline_merge() {
    if !there_is_git() {
        return;
    }
    let repository = Repository::with_plans();
    repository.run("check --write-baseline known.json");
    repository.commit("known");
    for name in ["a-first", "z-last"] {
        repository.git(&format!("checkout --quiet -b {name} main"));
        repository.write(&format!("{name}.plan.yaml"), &DENIED.replace("refused", name));
        repository.run("check --write-baseline known.json");
        repository.commit(name);
    }
    repository.git("merge --quiet --no-edit a-first");
    let (code, json) = repository.checked("check --baseline known.json");
    assert_eq!((code, standing(&json, "new")), (0, vec![]), "{json:#}");
}
