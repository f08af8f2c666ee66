//! What the pack demands of plans and inventories: a step that moves nothing, a disk that the machine does not have, and a
//! storage that is both masked and listed are errors of the input, each with its place, and stop nothing else.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::path::PathBuf;

use clearway::report::PlanVerdict;
use clearway::session::{Checked, Options, Session};
use clearway::source::Memory;

const ESTATE: &str = r"
hosts:
  - { name: a, cluster: null, storage: [share, lun] }
  - { name: b, cluster: null }
clusters: []
storage:
  - { name: share, kind: smb-share }
  - { name: lun, kind: san-lun, masked-from: [b] }
vms:
  - { name: web, host: a, state: off, storage: share, snapshots: 0, images: [], disks: [{ name: web.vhdx, kind: vhdx, storage: share, base: null, snapshot: false }] }
";

/// Checks a plan with these steps; gives what was checked, and the diagnostics as `line: message`.
fn check(estate: &str, steps: &str) -> (Checked, Vec<String>) {
    let plan = format!("plan: p\npack: vmm-2019\ninventory: estate.yaml\nsteps:\n{steps}");
    let files = Memory::new().with("p.plan.yaml", plan).with("estate.yaml", estate);
    let mut session = Session::new(&files, Options::default());
    let checked = session.check(&[PathBuf::from("p.plan.yaml")]);
    let told = checked.diagnostics.iter().map(|diagnostic| {
        let place = session.map().locate(diagnostic.span()).unwrap();
        format!("{}:{}: {}", place.file, place.line, diagnostic.message)
    });
    let told = told.collect();
    (checked, told)
}

#[test]
fn a_step_that_moves_nothing_is_an_error_of_the_plan() {
    let steps = "  - { id: empty, vm: web, transfer: network, to: {} }\n  - { id: good, vm: web, transfer: network, to: { host: b } }\n";
    let (checked, told) = check(ESTATE, steps);
    assert_eq!(told, ["p.plan.yaml:5: empty moves nothing: `to` is empty"]);
    let steps: Vec<&str> = checked.report.plans[0].steps.iter().map(|step| &*step.id).collect();
    assert_eq!(steps, ["good"], "the broken step takes no part, the other does");
}

#[test]
fn a_disk_that_the_machine_does_not_have_is_an_error_of_the_plan() {
    let steps = "  - { id: one, vm: web, transfer: quick-storage, to: { disks: { WEB.vhdx: share } } }\n  - { id: two, vm: web, transfer: quick-storage, to: { disks: { web2.vhdx: share } } }\n";
    let (checked, told) = check(ESTATE, steps);
    assert_eq!(told, ["p.plan.yaml:6: `to.disks` names a disk that web does not have; its disks are web.vhdx"]);
    assert_eq!(checked.report.plans[0].steps.len(), 1, "names are compared without regard to letter case");
}

#[test]
fn a_disk_name_that_the_machine_bears_twice_tells_no_disk() {
    let disk = "{ name: web.vhdx, kind: vhdx, storage: share, base: null, snapshot: false }";
    let estate = ESTATE.replace(disk, &format!("{disk}, {}", disk.replace("web.vhdx", "Web.vhdx")));
    let steps = "  - { id: one, vm: web, transfer: quick-storage, to: { disks: { web.vhdx: share } } }\n  - { id: two, vm: web, transfer: network, to: { host: b } }\n";
    let (checked, told) = check(&estate, steps);
    assert_eq!(told, ["p.plan.yaml:5: `to.disks` names a disk whose name web bears more than once"]);
    assert_eq!(checked.report.plans[0].steps.len(), 1, "the other step is judged");
}

#[test]
fn a_number_of_checkpoints_that_is_none_is_an_error_of_the_inventory() {
    for wrong in ["-1", "0.5"] {
        let estate = ESTATE.replace("snapshots: 0", &format!("snapshots: {wrong}"));
        let (checked, told) = check(&estate, "  - { id: one, vm: web, transfer: network, to: { host: b } }\n");
        let message = format!("web has {wrong} `snapshots`; it is a whole number, and 0 says that there are none");
        assert_eq!(told, [format!("estate.yaml:10: {message}")]);
        assert!(checked.report.plans.iter().all(|plan| plan.verdict != PlanVerdict::Permitted));
    }
}

#[test]
fn a_storage_that_is_masked_and_listed_is_an_error_of_the_inventory() {
    let estate = ESTATE.replace("masked-from: [b]", "masked-from: [a]");
    let (checked, told) = check(&estate, "  - { id: one, vm: web, transfer: network, to: { host: b } }\n");
    assert_eq!(
        told,
        ["estate.yaml:8: lun is masked from a, whose own `storage` lists it: only one of the two can be true"]
    );
    assert!(checked.report.plans.iter().all(|plan| plan.verdict != PlanVerdict::Permitted));
}

#[test]
fn an_inventory_that_says_next_to_nothing_permits_nothing() {
    let bare = "hosts: [{ name: a }, { name: b }]\nstorage: [{ name: s }]\nvms: [{ name: web, host: a }]\n";
    let transfers = ["network", "quick", "quick-storage", "san", "live", "live-storage", "live-vsm"];
    let targets = ["{ host: b }", "{ storage: s }", "{ host: b, storage: s }"];
    let mut steps = String::new();
    for transfer in transfers {
        for to in targets {
            steps.push_str(&format!("  - {{ vm: web, transfer: {transfer}, to: {to} }}\n"));
        }
    }
    let (checked, told) = check(bare, &steps);
    assert!(told.is_empty(), "{told:#?}");
    let plan = &checked.report.plans[0];
    assert_eq!(plan.steps.len(), transfers.len() * targets.len());
    for step in &plan.steps {
        assert_ne!(step.verdict, PlanVerdict::Permitted, "{} by {:?}", step.id, step.transfer);
    }
    assert!(plan.account.balances());
}
