//! The hooks of `.pre-commit-hooks.yaml`, run by the real `pre-commit` in repositories of their own.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs
)]

#[path = "pages/markdown.rs"]
mod markdown;
mod scratch;
mod tools_support;

use scratch::Repository;
use scratch::run::{DENIED, ESTATE, PLAN};

const CHECK: &str = "- id: clearway-check";
const ALL: &str = "- id: clearway-check-all";

/// A repository with an estate, a good plan, and these hooks, all of it committed.
fn repository(hooks: &str) -> Option<Repository> {
    let scratch = Repository::with_hooks()?;
    scratch.file("estate.yaml", ESTATE).file("move.plan.yaml", PLAN).hooks(hooks);
    scratch.commit("first").ends(0).says("Passed");
    Some(scratch)
}

#[test]
fn the_manifest_is_one() {
    let Some(tool) = tools_support::tool("pre-commit") else { return };
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/.pre-commit-hooks.yaml");
    let output = std::process::Command::new(tool).args(["validate-manifest", file]).output().unwrap();
    assert!(output.status.success(), "{output:?}");
}

#[test]
fn a_bad_plan_is_refused_and_a_person_sees_why() {
    let Some(scratch) = repository(CHECK) else { return };
    scratch.file("refused.plan.yaml", DENIED);
    let before = scratch.git("rev-parse HEAD").text;
    insta::assert_snapshot!(scratch.commit("second").ends(1).text);
    assert_eq!(scratch.git("rev-parse HEAD").text, before, "nothing is committed");

    // What pre-commit runs on a terminal is given one of no width at all; colours are right there, and nothing that moves.
    let colored = scratch.hook("--color always").ends(1).says("\u{1b}[1;31merror[VMM103]").text;
    assert!(!colored.replace("\r\n", "\n").contains('\r'), "nothing is drawn over: {colored:?}");
    let plain = regex::Regex::new("\u{1b}\\[[0-9;]*m").unwrap().replace_all(&colored, "").into_owned();
    let widest = plain.lines().map(|line| line.trim_end().chars().count()).max().unwrap();
    assert!(widest <= 80, "{widest}: {plain}");
}

#[test]
fn what_is_wrong_with_inputs_stops_a_commit() {
    let Some(scratch) = repository(CHECK) else { return };
    scratch.file("broken.plan.yaml", "plan: [\n");
    scratch.commit("broken").ends(1).says("exit code: 2").says("broken.plan.yaml:2:1");
    scratch.file("broken.plan.yaml", "plan: empty\ninventory: estate.yaml\nsteps: []\n");
    scratch.commit("empty").ends(1).says("exit code: 3").says("nothing was evaluated");
    scratch.file("broken.plan.yaml", PLAN.replace("estate.yaml", "nowhere.yaml"));
    scratch.commit("lost").ends(1).says("exit code: 2").says("nowhere.yaml");
}

#[test]
fn what_has_nothing_to_do_with_plans_is_passed_over() {
    let Some(scratch) = repository(CHECK) else { return };
    scratch.file("README.md", "# Plans\n").file("notes.yaml", "a: 1\n").file("src/plan.yaml", "b: 2\n");
    scratch.commit("prose").ends(0).says("(no files to check)Skipped");
}

#[test]
fn the_hook_takes_the_files_that_a_search_finds() {
    let Some(scratch) = Repository::with_hooks() else { return };
    let json = r#"{ "inventory": "estate.yaml", "steps": [ { "vm": "web", "to": { "host": "a2" } } ] }"#;
    let toml = "inventory = 'estate.yaml'\n[[steps]]\nvm = 'web'\nto = { host = 'a2' }\n";
    let csv = "vm,to.host\nweb,a2\n";
    scratch.file("estate.yaml", ESTATE).file("clearway.toml", "inventory = ['estate.yaml']\n");
    for (name, text) in [
        ("a.plan.yaml", PLAN),
        ("b.plan.yml", PLAN),
        ("c.plan.json", json),
        ("d.plan.toml", toml),
        ("e.plan.csv", csv),
        ("F.PLAN.CSV", csv),
        ("g.h.plan.yaml", PLAN),
        ("two words.plan.yaml", PLAN),
        ("Übung-数.plan.yaml", PLAN),
        ("--fix.plan.yaml", PLAN),
        ("quo'te\"$(x).plan.yaml", PLAN),
        ("nested/deep er/i.plan.csv", csv),
        ("plan.yaml", PLAN),
        ("x.plan.yaml.orig", PLAN),
        ("xplan.yaml", PLAN),
        ("y.plan.txt", PLAN),
    ] {
        let depth = if name.starts_with("nested") { "../../estate.yaml" } else { "estate.yaml" };
        scratch.file(name, text.replace("estate.yaml", depth));
    }
    scratch.hooks(&format!("{CHECK}\n  args: [--output-format, json, --]"));
    scratch.git("add -A").ends(0);
    let files = |text: &str| -> Vec<String> {
        let json = &text[text.find('{').unwrap()..=text.rfind('}').unwrap()];
        let report: serde_json::Value = serde_json::from_str(json).unwrap_or_else(|error| panic!("{error}: {json}"));
        let plans = report["plans"].as_array().unwrap().iter();
        let mut files: Vec<String> = plans.map(|plan| plan["file"].as_str().unwrap().to_owned()).collect();
        files.sort();
        files
    };
    let searched = files(&scratch.clearway("check --output-format json").ends(0).text);
    assert_eq!(searched.len(), 12, "{searched:?}");
    assert_eq!(files(&scratch.hook("--all-files --verbose").ends(0).text), searched);
}

#[test]
fn what_is_staged_is_judged_and_nothing_else() {
    let Some(scratch) = repository(CHECK) else { return };
    // Good in the index, bad in the folder.
    scratch.file("move.plan.yaml", format!("# reviewed\n{PLAN}"));
    scratch.git("add move.plan.yaml").ends(0);
    scratch.file("move.plan.yaml", DENIED);
    scratch.git("commit -qm good").ends(0).says("Passed");
    assert_eq!(scratch.read("move.plan.yaml"), DENIED, "the folder is as it was");
    assert!(scratch.git("show HEAD:move.plan.yaml").text.starts_with("# reviewed"));

    // Bad in the index, good in the folder.
    scratch.git("add move.plan.yaml").ends(0);
    scratch.file("move.plan.yaml", PLAN);
    scratch.git("commit -qm bad").ends(1).says("error[VMM103]");
    assert_eq!(scratch.read("move.plan.yaml"), PLAN);

    // The inventory in the folder would make the plan good; the one in the index does not.
    scratch.git("reset -q").ends(0);
    scratch.file("move.plan.yaml", DENIED).file("estate.yaml", ESTATE.replace("AMD", "Intel"));
    scratch.git("add move.plan.yaml").ends(0);
    scratch.git("commit -qm half").ends(1).says("error[VMM103]");
    assert!(!scratch.read("estate.yaml").contains("AMD"));
}

#[test]
fn plans_that_are_gone_or_renamed() {
    let Some(scratch) = repository(CHECK) else { return };
    scratch.file("second.plan.yaml", PLAN);
    scratch.commit("second").ends(0);
    scratch.git("rm -q second.plan.yaml").ends(0);
    scratch.git("commit -qm gone").ends(0).says("Skipped");
    scratch.git("mv move.plan.yaml moved.plan.yaml").ends(0);
    scratch.git("commit -qm renamed").ends(0).says("Passed");
    scratch.file("moved.plan.yaml", DENIED);
    scratch.git("mv -f moved.plan.yaml again.plan.yaml").ends(0);
    scratch.commit("worse").ends(1).says("again.plan.yaml:").hides("moved.plan.yaml");
}

#[test]
fn a_change_of_the_inventory_is_held_against_every_plan() {
    let Some(scratch) = repository(&format!("{CHECK}\n{ALL}")) else { return };
    let full = ESTATE.replacen("reserve: 2 GiB }", "reserve: 2 GiB } # read in May", 1);
    scratch.file("estate.yaml", &full);
    scratch.commit("may").ends(0).says("(no files to check)Skipped").says("Passed");
    // The destination gets a processor of another maker: the plan, which nobody touched, is refused.
    let other = full.replacen("manufacturer: Intel", "manufacturer: AMD", 1);
    scratch.file("estate.yaml", other);
    scratch.commit("june").ends(1).says("error[VMM103]").says("move.plan.yaml:");
    scratch.git("checkout -q HEAD -- estate.yaml").ends(0);
    scratch.file("README.md", "# Plans\n");
    scratch.commit("prose").ends(0).hides("Passed");
}

/// A repository with this many plans in folders, all of one estate; every tenth of them is refused.
fn many(count: usize, hooks: &str) -> Option<(Repository, Vec<String>)> {
    let scratch = Repository::with_hooks()?;
    scratch.file("estate.yaml", ESTATE).hooks(hooks);
    let mut bad = Vec::new();
    for index in 0..count {
        let name = format!("plans/{:02}/move {index:03}.plan.yaml", index % 12);
        let text = if index % 10 == 7 { DENIED } else { PLAN };
        if index % 10 == 7 {
            bad.push(name.clone());
        }
        scratch.file(&name, text.replace("estate.yaml", "../../estate.yaml"));
    }
    bad.sort();
    Some((scratch, bad))
}

/// The lines of findings, sorted, and the plans that are refused among them. Whatever is printed has to be a whole line of
/// a finding, or the frame and the account around them.
fn findings(text: &str) -> (Vec<&str>, Vec<String>) {
    let line =
        regex::Regex::new(r"^(plans/\d\d/move \d{3}\.plan\.yaml):\d+:\d+: (error|warning|info) [A-Z]+\d{3} ").unwrap();
    let (mut lines, others): (Vec<&str>, Vec<&str>) =
        text.lines().filter(|text| !text.is_empty()).partition(|text| line.is_match(text));
    let frame = ["clearway check...", "- hook id: clearway-check", "- exit code: 1"];
    let strange: Vec<&&str> =
        others.iter().filter(|other| !frame.iter().any(|frame| other.starts_with(frame))).collect();
    assert!(strange.is_empty(), "cut or mixed: {strange:#?}");
    lines.sort_unstable();
    let errors = lines.iter().filter_map(|text| line.captures(text)).filter(|found| &found[2] == "error");
    let mut refused: Vec<String> = errors.map(|found| found[1].to_owned()).collect();
    refused.dedup();
    (lines, refused)
}

#[test]
fn three_hundred_plans_in_one_process_or_in_many_side_by_side() {
    let hooks = format!("{CHECK}\n  args: [--output-format, concise, --]");
    let Some((scratch, bad)) = many(300, &hooks) else { return };
    let one = scratch.commit("all").ends(1);
    let (lines, refused) = findings(&one.text);
    assert_eq!(refused, bad);
    assert_eq!(scratch.hook("--all-files").ends(1).text, one.text, "the same bytes each time");

    scratch.hooks(&format!("{hooks}\n  require_serial: false"));
    let many = scratch.hook("--all-files").ends(1);
    assert_eq!(findings(&many.text).0, lines, "the same findings, each once, wherever they were found");

    // One bad plan among three hundred fails the hook, whichever process gets it and whatever the others say.
    for name in &bad[1..] {
        scratch.file(name, PLAN.replace("estate.yaml", "../../estate.yaml"));
    }
    scratch.git("add -A").ends(0);
    assert_eq!(findings(&scratch.hook("--all-files").ends(1).text).1, bad[..1]);
    scratch.file(&bad[0], PLAN.replace("estate.yaml", "../../estate.yaml"));
    scratch.git("add -A").ends(0);
    scratch.hook("--all-files").ends(0).says("Passed");
}

/// A configuration as the page shows it, with the hooks' repository of the test.
fn shown(name: &str, repository: &Repository) -> String {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/hooks.md")).unwrap();
    let blocks = markdown::blocks(&page);
    let block = blocks.iter().find(|block| block.info == format!("yaml {name}")).unwrap();
    block.text.replace("https://github.com/OWNER/clearway", &repository.source())
}

#[test]
fn policies_are_linted_tested_and_laid_out() {
    let Some(scratch) = Repository::with_hooks() else { return };
    let rule = "rule ACME01 no-checkpoints \"Machines with checkpoints stay where they are\" {\n  for     step\n  must    step.vm.snapshots == 0\n  because \"{step.vm} has checkpoints\"\n  help    \"Merge the checkpoints of {step.vm}.\"\n}\n";
    let test = "test \"none\" {\n  given  host a { hypervisor: hyper-v }\n  given  host b { hypervisor: hyper-v }\n  given  vm v { host: a, snapshots: 0 }\n  step   move { vm: v, to.host: b, transfer: network }\n  expect move satisfies ACME01\n}\n";
    scratch.file("acme/pack.way", "pack acme \"Acme\" version 1.0.0\n\nextend vmm-2019\n").file("acme/rules.way", rule);
    scratch.file("acme/tests/rules.way", test).file("estate.yaml", ESTATE).file("move.plan.yaml", PLAN);
    scratch.configured(&shown("whole", &scratch));
    scratch.git("add -A").ends(0);
    // The layout first: what is not laid out is, and the commit waits for a look at it.
    scratch.file("acme/rules.way", rule.replace("  must    step", "  must step"));
    scratch.commit("crooked").ends(1).says("files were modified by this hook");
    assert_eq!(scratch.read("acme/rules.way"), rule);
    scratch.commit("straight").ends(0).says("clearway fmt").says("clearway lint").says("clearway test");

    // A rule is judged together with the rest of its pack, a test by the rules that it is about.
    scratch.file("acme/rules.way", rule.replace("step.vm.snapshots ==", "step.vm.snapshot =="));
    scratch.commit("typo").ends(1).says("acme/rules.way:3:").says("snapshots");
    scratch.file("acme/rules.way", rule.replace("== 0", "== 1"));
    scratch.commit("wrong").ends(1).says("failed none").hides("files were modified");
}

#[test]
fn what_is_excluded_is_passed_over_although_it_is_named() {
    let Some(scratch) = repository(CHECK) else { return };
    scratch.file("clearway.toml", "exclude = [\"drafts/**\"]\n");
    scratch.file("drafts/idea.plan.yaml", DENIED.replace("estate.yaml", "../estate.yaml"));
    scratch.commit("draft").ends(0).says("Passed");
    scratch.clearway("check drafts/idea.plan.yaml").ends(1);
    scratch.file("drafts/more.plan.yaml", "steps: [").file("refused.plan.yaml", DENIED);
    scratch.commit("both").ends(1).says("refused.plan.yaml:").hides("drafts/");
}

#[test]
fn what_the_page_shows_is_what_one_needs() {
    for name in [".pre-commit-config.yaml", "local"] {
        let Some(scratch) = Repository::with_hooks() else { return };
        scratch.file("estate.yaml", ESTATE).file("move.plan.yaml", PLAN).configured(&shown(name, &scratch));
        scratch.commit("good").ends(0).says("clearway check").says("Passed");
        scratch.file("refused.plan.yaml", DENIED);
        scratch.commit("bad").ends(1).says("error[VMM103]");
    }
}
