//! A whole life: a repository with 300 plans and an export, from the first hook over a waiver and a baseline to a review.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs
)]

#[path = "life/estate.rs"]
mod estate;
mod scratch;
mod tools_support;

use std::path::Path;
use std::process::Command;

use estate::Estate;
use scratch::Repository;

const PLANS: usize = 300;
/// Plans that were bad long before anybody looked.
const OLD: [usize; 5] = [17, 80, 143, 206, 269];

fn name(index: usize) -> String {
    format!("plans/{:02}/move-{index:03}.plan.yaml", index % 12)
}

/// A plan of one step, with further lines.
fn plan(estate: &Estate, name: &str, step: &str, further: &str) -> String {
    let inventories: Vec<String> =
        estate.inventories.iter().map(|(file, _)| format!("../../inventory/{file}")).collect();
    format!("plan: {name}\ninventory: [{}]\nsteps:\n  - {{ id: only, {step} }}\n{further}", inventories.join(", "))
}

/// The plans of the main branch, committed before there were hooks.
fn founded(estate: &Estate, repository: &Repository) {
    for (file, text) in &estate.inventories {
        repository.file(&format!("inventory/{file}"), text);
    }
    for index in 0..PLANS {
        let good = estate.good[index % estate.good.len()];
        let step = if OLD.contains(&index) { estate.old } else { good };
        repository.file(&name(index), plan(estate, &format!("move-{index:03}"), step, ""));
    }
    repository.commit("plans").ends(0);
}

/// Holds a file to the schema of its consumers.
fn valid_by(tool: &str, option: &str, schema: &str, file: &Path) {
    let (Some(tool), Some(schema)) = (tools_support::tool(tool), tools_support::shared(&format!("schemas/{schema}")))
    else {
        return;
    };
    let output = Command::new(tool).arg(option).arg(schema).arg(file).output().unwrap();
    assert!(output.status.success(), "{}: {}", file.display(), String::from_utf8_lossy(&output.stdout));
}

#[test]
fn from_the_first_hook_to_the_review() {
    let Some(repository) = Repository::with_hooks() else { return };
    let estate = Estate::new();
    founded(&estate, &repository);

    // The hook is installed. What was bad before is none of the next commit's business.
    repository.hooks("- id: clearway-check\n  args: [--output-format, concise, --]");
    let new = "plans/00/new.plan.yaml";
    repository.file(new, plan(&estate, "new", estate.good[0], ""));
    repository.commit("good").ends(0).says("Passed");

    // A bad plan is refused, and nothing is committed.
    let bad = "plans/01/share is full.plan.yaml";
    repository.file(bad, plan(&estate, "full", estate.full, ""));
    let before = repository.git("rev-parse HEAD").text;
    repository.commit("bad").ends(1).says("error VMM805 [only").says("Failed").says("exit code: 1");
    assert_eq!(repository.git("rev-parse HEAD").text, before);

    // A waiver without a reason does not help; one with a reason does, and the finding stays to be seen.
    let silent = "waivers:\n  - code: VMM805\n    expires: 2099-12-31\n";
    repository.file(bad, plan(&estate, "full", estate.full, silent));
    repository.commit("silent").ends(1).says("exit code: 2").says("reason");
    let waiver = "waivers:\n  - code: VMM805\n    reason: the share is enlarged on Friday\n    approved-by: CHG-4711\n    expires: 2099-12-31\n";
    repository.file(bad, plan(&estate, "full", estate.full, waiver));
    repository.commit("waived").ends(0).says("Passed");
    let told = repository.clearway("check --output-format json plans/01").ends(0);
    let report: serde_json::Value = serde_json::from_str(&told.text[..=told.text.rfind('}').unwrap()]).unwrap();
    assert_eq!(report["summary"]["waived"], 1, "{}", told.text);
    repository.clearway("check --no-waivers plans/01").ends(1).says("VMM805");

    // All plans at once: the old ones fail, until a baseline says that they are known.
    let all = repository.hook("--all-files").ends(1);
    for index in OLD {
        assert!(all.text.contains(&name(index)), "{}", all.text);
    }
    assert_eq!(all.text.matches(": error VMM208 ").count(), 2 * OLD.len(), "{}", all.text);
    repository.clearway("check --write-baseline clearway-baseline.json").ends(0);
    repository.file("clearway.toml", "baseline = \"clearway-baseline.json\"\n");
    repository.commit("baseline").ends(0);
    repository.hook("--all-files").ends(0).says("Passed");
    repository.clearway("check").ends(0);

    // A change: an old plan is mended, another one gets worse and is refused, a third gets a waiver of its own.
    repository.git("checkout -qb change").ends(0);
    repository.file(&name(OLD[0]), plan(&estate, "move-017", estate.mended, ""));
    repository.file(&name(1), plan(&estate, "move-001", estate.full, ""));
    repository.commit("worse").ends(1).says(&format!("{}:4:", name(1))).says("VMM805").hides("VMM208");
    repository.file(&name(1), plan(&estate, "move-001", estate.full, &waiver.replace("4711", "4712")));
    repository.git("mv plans/02/move-014.plan.yaml plans/02/renamed.plan.yaml").ends(0);
    repository.commit("change").ends(0).says("Passed");

    // The review against the main branch: what is new is the waived finding, what is fixed the old ones.
    repository.clearway("review --since main --output-file review.md").ends(0);
    let review = repository.read("review.md");
    assert!(review.chars().count() < 65_000);
    for text in ["move-001", "CHG-4712", "the share is enlarged on Friday", "VMM208", "move-017"] {
        assert!(review.contains(text), "`{text}` is not in\n{review}");
    }
    repository.clearway("check --since main").ends(0);

    // Reports for machines, valid by their consumers' schemas.
    repository.clearway("check --report sarif=all.sarif --report junit=all.xml --report gitlab=all.json").ends(0);
    valid_by("check-jsonschema", "--schemafile", "sarif-schema-2.1.0.json", &repository.path().join("all.sarif"));
    valid_by("xmlschema-validate", "--schema", "junit-10.xsd", &repository.path().join("all.xml"));
    valid_by("check-jsonschema", "--schemafile", "gitlab-codequality.schema.json", &repository.path().join("all.json"));
    let sarif: serde_json::Value = serde_json::from_str(&repository.read("all.sarif")).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let of = |code: &str| results.iter().filter(|result| result["ruleId"] == code).count();
    assert_eq!((of("VMM208"), of("VMM805")), (2 * (OLD.len() - 1), 2), "known and waived ones are told of, too");
    let suppressed =
        results.iter().filter(|result| result["suppressions"].as_array().is_some_and(|all| !all.is_empty()));
    assert!(suppressed.count() >= 2);

    // The estate moves on: a volume fills up, which makes bad what nobody touched, and the other hook sees it.
    repository.hooks("- id: clearway-check\n- id: clearway-check-all\n  files: ^inventory/");
    repository.commit("hooks").ends(0).says("Skipped");
    let (file, text) = estate.inventories.last().unwrap();
    let text = String::from_utf8(text.clone()).unwrap();
    let full = format!("{text}storage:\n  - {{ name: '{}', free: 1 MiB }}\n", estate.volume);
    repository.file(&format!("inventory/{file}"), full);
    repository.commit("estate").ends(1).says("(no files to check)Skipped").says("VMM805");
}
