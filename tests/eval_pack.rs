//! The bundled pack's own tests: every one holds, and together they cover every verdict and every cell.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use clearway::check::{Checked, PackFiles, check};
use clearway::compile::compile;
use clearway::session::policy_tests::{TestRun, run_tests};
use clearway::source::SourceMap;

/// Packs, each behind those that it builds upon.
fn packs(map: &mut SourceMap, names: &[&str]) -> Checked {
    let files: Vec<PackFiles> = names.iter().map(|name| files(map, name)).collect();
    check(&files)
}

fn files(map: &mut SourceMap, name: &str) -> PackFiles {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("policies").join(name);
    let mut paths = Vec::new();
    for folder in [root.clone(), root.join("tests")] {
        let Ok(entries) = std::fs::read_dir(folder) else { continue };
        paths.extend(entries.map(|e| e.unwrap().path()).filter(|p| p.extension().is_some_and(|e| e == "way")));
    }
    paths.sort();
    let mut files = Vec::new();
    for path in paths {
        let text = std::fs::read_to_string(&path).unwrap();
        let id = map.add(&path.display().to_string(), text.as_str()).unwrap();
        files.push(clearway::syntax::parse(&text, map.file(id).unwrap().base()).tree);
    }
    PackFiles { folder: name.into(), files }
}

fn failures(map: &SourceMap, run: &TestRun) -> String {
    let mut out = String::new();
    for test in &run.tests {
        for failure in &test.failures {
            let place = map.locate(failure.span()).map_or_else(String::new, |p| format!("{}:{}", p.file, p.line));
            out += &format!("{}: {} {}\n    {place}\n", test.name, failure.code, failure.message);
            for note in &failure.notes {
                out += &format!("    {note}\n");
            }
        }
    }
    out
}

#[test]
fn every_test_of_the_packs_holds() {
    let layers: [(&[&str], usize); 2] = [(&["vmm-2019"], 230), (&["vmm-2019", "vmm-2022"], 12)];
    for (names, least) in layers {
        let mut map = SourceMap::new();
        let checked = packs(&mut map, names);
        let program = compile(&checked.policies);
        let run = run_tests(&checked.policies, &program, None);
        let failures = failures(&map, &run);
        assert!(failures.is_empty(), "{names:?}: {failures}");
        assert!(run.tests.len() >= least, "{names:?}: {} tests", run.tests.len());
        assert_eq!(run.coverage.missing, Vec::<String>::new(), "{names:?}");
    }
}

const WRONG: &str = r#"
pack small "Small" version 1.0.0
entity host { name: name key, cores: number, cluster: name? }
entity vm { name: name key, host: host }
input plan with inventory { hosts: [host], vms: [vm] }
enum way { live, quick }
entity step {
  vm: vm
  transfer: way? default none
  to: { host: host? default none }
}
rule R1 cores "Enough cores" {
  for step
  when step.transfer == live
  must step.vm.host.cores > 4
  because "{step.vm.host} has {step.vm.host.cores}"
}
rule R2 told "A note" { for plan  note  because "{length(plan.steps)} steps" }
effect move { for step  when step.transfer == live and step.to.host exists  set step.vm.host = step.to.host }

test "all of this is wrong" {
  given  host a { cores: 2 }
  given  host b
  given  vm v { host: a }
  step   one { vm: v, to.host: b, transfer: live }
  step   two { vm: v, to.host: b, transfer: quick }
  expect one satisfies R1
  expect two violates R1
  expect one permitted
  expect plan permitted
  expect afterwards v.host == b
  expect afterwards b.cores > 1
}

test "all of this is right" {
  given  host a { cores: 8 }
  given  host b
  given  vm v { host: a }
  step   one { vm: v, to.host: b, transfer: live }
  step   two { vm: v, to.host: b, transfer: quick }
  expect one satisfies R1
  expect two skips R1
  expect one permitted
  expect plan permitted
  expect plan notes R2
  expect afterwards v.host == b
}
"#;

#[test]
fn what_does_not_hold_is_told_with_what_is_instead() {
    let mut map = SourceMap::new();
    let id = map.add("small.way", WRONG).unwrap();
    let parsed = clearway::syntax::parse(WRONG, map.file(id).unwrap().base());
    let checked = check(&[PackFiles { folder: "small".into(), files: vec![parsed.tree] }]);
    let errors: Vec<_> = checked
        .diagnostics
        .iter()
        .filter(|d| d.severity == clearway::diag::Severity::Error)
        .map(|d| &d.message)
        .collect();
    assert!(errors.is_empty(), "{errors:?}");
    let program = compile(&checked.policies);
    let run = run_tests(&checked.policies, &program, None);
    let coverage = run.coverage.missing.join("\n");
    insta::assert_snapshot!(format!(
        "{}{:?} {:?}\n{coverage}",
        failures(&map, &run),
        run.coverage.rules,
        run.coverage.verdicts
    ));
    let run = run_tests(&checked.policies, &program, Some("RIGHT"));
    assert_eq!(run.tests.len(), 1);
}
