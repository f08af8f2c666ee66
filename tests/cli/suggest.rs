//! `clearway suggest`, `check --fix` and `check --diff`.

use super::run::Folder;
use super::text;

const LOCAL_TO_CSV: &str = "\
# What the drain is about.
plan: in
inventory: estate.json
steps:
  - id: app-in          # the application server
    vm: app
    transfer: live-storage
    to: { storage: csv-1 }
";

/// A node with a local disk, a share and a CSV.
fn folder() -> Folder {
    let mut all = crate::estate::small();
    all["hosts"][0]["storage"].as_array_mut().unwrap().push(serde_json::json!("a1:D"));
    all["storage"].as_array_mut().unwrap().push(crate::estate::storage("a1:D", "local-disk", None, "900 GiB"));
    all["vms"].as_array_mut().unwrap().push(crate::estate::machine("app", "a1", "running", "a1:D", "40 GiB"));
    Folder::new().file("estate.json", serde_json::to_string_pretty(&all).unwrap()).file("in.plan.yaml", LOCAL_TO_CSV)
}

#[test]
fn a_way_out_is_shown_as_a_plan_would_say_it() {
    insta::assert_snapshot!(folder().told("suggest in.plan.yaml --most 2"));
}

#[test]
fn a_way_out_is_one_json_document() {
    let output = folder().output("suggest in.plan.yaml --most 1 --output-format json");
    assert_eq!(output.status.code(), Some(0));
    insta::assert_snapshot!(text(&output.stdout));
}

#[test]
fn without_a_way_out_the_exit_code_is_1_and_the_facts_are_named() {
    let plan = LOCAL_TO_CSV
        .replace("app-in", "web-away")
        .replace("vm: app", "vm: web")
        .replace("live-storage\n    to: { storage: csv-1 }", "live-vsm\n    to: { host: lone, storage: 'lone:D' }");
    insta::assert_snapshot!(folder().file("away.plan.yaml", plan).told("suggest away.plan.yaml"));
}

#[test]
fn where_nothing_is_refused_there_is_nothing_to_suggest() {
    let plan = LOCAL_TO_CSV.replace("csv-1", "share-1");
    insta::assert_snapshot!(folder().file("fine.plan.yaml", plan).told("suggest fine.plan.yaml"));
    assert_eq!(folder().code("suggest nowhere.plan.yaml"), 2);
    assert_eq!(
        folder().file("none.plan.yaml", "inventory: estate.json\nsteps: []\n").code("suggest none.plan.yaml"),
        3
    );
}

#[test]
fn a_limit_of_trials_that_was_hit_is_said() {
    let told = folder().told("suggest in.plan.yaml --limit trials=5");
    assert!(told.contains("the search ended after"), "{told}");
}

#[test]
fn a_diff_shows_what_a_fix_writes_and_writes_nothing() {
    let folder = folder();
    insta::assert_snapshot!(folder.told("check --diff in.plan.yaml"));
    let now = std::fs::read_to_string(folder.path().join("in.plan.yaml")).unwrap();
    assert_eq!(now, LOCAL_TO_CSV);
    let piped = folder.piped("check --diff - --stdin-filename in.plan.yaml", LOCAL_TO_CSV);
    assert!(text(&piped.stdout).contains("+  - id: app-in-2"), "{}", text(&piped.stdout));
}

#[test]
fn a_fix_writes_the_first_suggestion_and_checks_what_came_of_it() {
    let folder = folder();
    let output = folder.output("check --fix in.plan.yaml --output-format concise");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("wrote 2 steps for `app-in`"), "{}", text(&output.stderr));
    insta::assert_snapshot!(std::fs::read_to_string(folder.path().join("in.plan.yaml")).unwrap());
    assert_eq!(folder.code("check --diff in.plan.yaml"), 0, "nothing is left to write");
    let stdin = folder.piped("check --fix -", LOCAL_TO_CSV);
    assert_eq!(stdin.status.code(), Some(2));
}

#[test]
fn a_fix_writes_every_format() {
    let json = r#"{
  "inventory": "estate.json",
  "steps": [
    { "id": "app-in", "vm": "app", "transfer": "live-storage", "to": { "storage": "csv-1" } }
  ]
}
"#;
    let toml = "inventory = 'estate.json'\n\n# the application server\n[[steps]]\nid = 'app-in'\nvm = 'app'\ntransfer = 'live-storage'\nto.storage = 'csv-1'\n";
    let csv = "id,vm,transfer,to.storage\napp-in,app,live-storage,csv-1\n";
    let folder = folder().file("j.plan.json", json).file("t.plan.toml", toml).file("c.plan.csv", csv);
    let mut all = String::new();
    for (name, more) in [("j.plan.json", ""), ("t.plan.toml", ""), ("c.plan.csv", " --inventory estate.json")] {
        assert_eq!(folder.code(&format!("check --fix -q {name}{more}")), 0, "{name}");
        all.push_str(&std::fs::read_to_string(folder.path().join(name)).unwrap());
        all.push_str("----\n");
    }
    insta::assert_snapshot!(all);
}

#[test]
fn what_cannot_be_verified_is_written_only_where_that_is_asked_for() {
    let mut all = crate::estate::small();
    for host in all["hosts"].as_array_mut().unwrap() {
        host.as_object_mut().unwrap().remove("cpu");
    }
    all["vms"][1]["state"] = serde_json::json!("running");
    let plan = "inventory: estate.json\nsteps:\n  - { id: go, vm: db, transfer: live-storage, to: { host: a2 } }\n";
    let folder = Folder::new().file("estate.json", all.to_string()).file("go.plan.yaml", plan);
    let suggested = folder.told("suggest go.plan.yaml");
    assert!(suggested.contains("unverified"), "{suggested}");
    let safe = folder.told("check --diff go.plan.yaml");
    let unsafe_too = folder.told("check --diff --unsafe-fixes go.plan.yaml");
    assert!(safe.contains("transfer: network"), "{safe}");
    assert!(unsafe_too.contains("transfer: live,"), "{unsafe_too}");
}

/// What is suggested is held to a check of the whole plan, which a plan with errors does not have.
#[test]
fn a_plan_with_errors_is_to_be_mended_first() {
    let folder = folder();
    let broken = format!("{LOCAL_TO_CSV}  - {{ id: other, vm: nobody, to: {{ storage: csv-1 }} }}\n");
    let folder = folder.file("broken.plan.yaml", &broken);
    let output = folder.output("suggest broken.plan.yaml");
    assert_eq!(output.status.code(), Some(2));
    let told = text(&output.stdout);
    assert!(told.contains("mend the errors first"), "{told}");
    assert!(told.ends_with("1 step is refused\n"), "{told}");
    assert!(text(&folder.output("suggest broken.plan.yaml --output-format json").stdout).contains("\"unheld\": true"));
}
