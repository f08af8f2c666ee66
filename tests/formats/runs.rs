//! Runs to draw: those of the examples, of the plans with known answers, and some that went wrong in every way.

use std::path::{Path, PathBuf};

use clearway::report::{Failing, Reference, Run};
use clearway::session::{Options, Session, Weight};
use clearway::source::{Disk, Files, Memory};

use super::run::{DENIED, ESTATE, PLAN};

/// A plan with a waiver in it, one move that is waived and one that is refused.
pub const WAIVED: &str = "plan: waived
inventory: estate.yaml
waivers:
  - code: VMM103
    steps: [web-away]
    reason: |
      both have the same microcode, says the vendor
      (case 4711)
    approved-by: CHG-4711
    expires: 2999-12-31
steps:
  - id: web-away
    vm: web
    transfer: live
    to: { host: s1 }
  - id: db-away
    vm: db
    transfer: live
    to: { host: s1 }
";

/// A move of which nobody can say whether it is permitted.
pub const UNKNOWN: &str = "plan: unknown
inventory: estate.yaml
steps:
  - { id: db-quick, vm: db, transfer: quick, to: { host: a2 } }
";

/// A run of the library over some files.
pub fn run(files: &dyn Files, paths: &[&str], unverified: Weight, look: &mut dyn FnMut(&Run<'_>)) {
    let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
    let failing = Failing { unverified_ignored: unverified == Weight::Ignored, ..Failing::default() };
    let mut session = Session::new(files, Options { unverified, failing, ..Options::default() });
    let checked = session.check(&paths);
    let reference: Reference = session.reference(&checked);
    let fixes = session.fixes(&checked);
    look(&Run {
        folder: None,
        map: session.map(),
        report: &checked.report,
        diagnostics: &checked.diagnostics,
        failing: &checked.levels,
        nothing: (!checked.evaluated).then_some(checked.why_nothing),
        fixes: &fixes,
        reference: &reference,
    });
}

/// A folder in memory with an estate and these plans.
pub fn folder(plans: &[(&str, &str)]) -> Memory {
    plans.iter().fold(Memory::new().with("estate.yaml", ESTATE), |files, (name, text)| files.with(*name, *text))
}

/// Every run, with a name for messages.
pub fn each(look: &mut dyn FnMut(&str, &Run<'_>)) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut plans: Vec<PathBuf> = ["examples", "tests/plans"]
        .iter()
        .flat_map(|folder| std::fs::read_dir(root.join(folder)).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_string_lossy().ends_with(".plan.yaml"))
        // The moves in the real export say nothing here that those in the small one do not, and cost much more.
        .filter(|path| !path.to_string_lossy().contains("scvmm-"))
        .collect();
    plans.sort();
    assert!(plans.len() > 10, "there are plans with known answers");
    for plan in &plans {
        let name = plan.to_string_lossy();
        run(&Disk, &[&name], Weight::AsRule, &mut |run| look(&name, run));
    }
    let all: Vec<String> = plans.iter().map(|plan| plan.to_string_lossy().into_owned()).collect();
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    run(&Disk, &all, Weight::AsRule, &mut |run| look("all of them at once", run));
    for (name, plan) in [
        ("permitted", PLAN),
        ("denied", DENIED),
        ("waived", WAIVED),
        ("unknown", UNKNOWN),
        ("no YAML", "steps: ["),
        ("no machine", "plan: x\ninventory: estate.yaml\nsteps:\n  - { vm: wbe, to: { host: a2 } }\n"),
        ("no inventory", "plan: x\ninventory: nowhere.yaml\nsteps:\n  - { vm: web, to: { host: a2 } }\n"),
        ("no pack", "pack: vmm-2091\ninventory: estate.yaml\nsteps:\n  - { vm: web, to: { host: a2 } }\n"),
        ("an inventory", ESTATE),
        ("no step", "inventory: estate.yaml\nsteps: []\n"),
        ("nothing at all", ""),
    ] {
        run(&folder(&[("a.plan.yaml", plan)]), &["a.plan.yaml"], Weight::AsRule, &mut |run| look(name, run));
    }
    run(&folder(&[]), &["."], Weight::AsRule, &mut |run| look("an empty folder", run));
    run(&folder(&[]), &["nowhere.plan.yaml"], Weight::AsRule, &mut |run| look("a plan that is not there", run));
    run(&folder(&[("a.plan.yaml", UNKNOWN)]), &["./a.plan.yaml"], Weight::Ignored, &mut |run| look("ignored", run));
    run(&folder(&[("a.plan.yaml", UNKNOWN)]), &["a.plan.yaml"], Weight::Warning, &mut |run| look("capped", run));
}
