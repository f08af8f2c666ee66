//! The hooks of `.pre-commit-hooks.yaml`, run by the real `pre-commit` in repositories of their own.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod scratch;
mod tools_support;

use scratch::{DENIED, ESTATE, PLAN, Repository};

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
    let full = ESTATE.replacen("available: 64 GiB", "available: 64 GiB # read in May", 1);
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

/// The plans that lines of `concise` call refused; every line has to be one, or one of the frame around it.
fn refused(text: &str, processes: std::ops::RangeInclusive<usize>) -> Vec<String> {
    let line = regex::Regex::new(r"^(plans/\d\d/move \d{3}\.plan\.yaml):\d+:\d+: (error|warning|info) [A-Z]+\d{3} (\[[^]]+\] )?\S").unwrap();
    let mut refused = Vec::new();
    let mut others = Vec::new();
    for text in text.lines() {
        match line.captures(text) {
            Some(found) if &found[2] == "error" => refused.push(found[1].to_owned()),
            Some(_) => {}
            None => others.push(text),
        }
    }
    let frame = ["clearway check....", "- hook id: clearway-check", "- exit code: 1"];
    let rest: Vec<&&str> =
        others.iter().filter(|line| !line.is_empty() && !frame.iter().any(|frame| line.starts_with(frame))).collect();
    assert!(rest.len() <= 2 * processes.end(), "only whole lines: {rest:#?}");
    refused.sort();
    refused
}

#[test]
fn three_hundred_plans_in_one_process() {
    let Some((scratch, bad)) = many(300, &format!("{CHECK}\n  args: [--output-format, concise]")) else { return };
    let ran = scratch.commit("all").ends(1);
    assert_eq!(refused(&ran.text, 1..=1), bad);
    scratch.git("add -A").ends(0);
    assert_eq!(scratch.hook("--all-files").ends(1).text, ran.text, "the same bytes each time");
}

#[test]
fn three_hundred_plans_in_processes_side_by_side() {
    let hooks = format!("{CHECK}\n  args: [--output-format, concise]\n  require_serial: false");
    let Some((scratch, bad)) = many(300, &hooks) else { return };
    scratch.git("add -A").ends(0);
    let ran = scratch.hook("--all-files").ends(1);
    assert_eq!(refused(&ran.text, 1..=64), bad, "each once, wherever it was checked");

    // One bad plan among three hundred fails the hook, whichever process gets it, and whatever the others say.
    let Some((scratch, bad)) = many(300, &hooks) else { return };
    for name in &bad[1..] {
        scratch.file(name, PLAN.replace("estate.yaml", "../../estate.yaml"));
    }
    scratch.git("add -A").ends(0);
    assert_eq!(refused(&scratch.hook("--all-files").ends(1).text, 1..=64), bad[..1]);
}
