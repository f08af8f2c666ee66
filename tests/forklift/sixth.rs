//! Another provider is a folder: nobody touches Rust for it. And a pack comes with the binary when its folder lies under
//! `policies/`: the list is written from what lies there (see `tests/embedded.rs`).

use std::path::Path;
use std::process::{Command, Output};

/// A provider that Forklift does not have, in thirty lines.
const PACK: &str = r#"pack forklift-proxmox "Concerns about Proxmox machines" version 1.0.0

source handbook { title "Migration handbook", product "Somebody's own" }

entity vm {
  name:   text?   default none
  agent:  bool    default false
  disks:  [disk?] default []
}

part disk { file: text?, size: number? }

input each vm

rule FKP101 "proxmox.agent.missing" "The guest agent runs" {
  cite    handbook "proxmox.agent.missing"
  for     vm
  should  vm.agent
  because "QEMU guest agent not detected"
  help    "Install the guest agent."
}

rule FKP201 "proxmox.disk.size.invalid" "Each disk has a size" {
  cite    handbook "proxmox.disk.size.invalid"
  for     vm
  each    disk in vm.disks
  when    disk exists and disk.file is known and disk.size is known
  must    disk.size exists and disk.size > 0
  because "Disk '{disk.file}' has an invalid size of {disk.size} bytes"
  help    "Look at the disk."
}
"#;

const TESTS: &str = r#"test "agents" {
  given  vm a { agent: true }
  given  vm b { }
  expect a satisfies FKP101
  expect b violates FKP101
}

test "sizes" {
  given  vm a { disks: [{ file: "a", size: 1 }] }
  given  vm b { disks: [{ file: "a", size: none }] }
  given  vm c { disks: [{ file: "a" }, none] }
  expect a satisfies FKP201
  expect b violates FKP201
  expect c skips FKP201
}
"#;

const MACHINES: &str = r#"{"name":"web","agent":true,"disks":[{"file":"web.qcow2","size":0},{"file":"log.qcow2","size":null}]}
{"name":"db","disks":[{"file":"db.qcow2","size":10}]}
"#;

fn clearway(folder: &Path, args: &[&str]) -> (i32, String) {
    let output: Output = Command::new(env!("CARGO_BIN_EXE_clearway")).current_dir(folder).args(args).output().unwrap();
    let told = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (output.status.code().unwrap(), told)
}

#[test]
fn a_sixth_provider_is_one_folder() {
    let dir = tempfile::tempdir().unwrap();
    let pack = dir.path().join("forklift-proxmox");
    std::fs::create_dir_all(pack.join("tests")).unwrap();
    std::fs::write(pack.join("pack.way"), PACK).unwrap();
    std::fs::write(pack.join("tests/machine.way"), TESTS).unwrap();
    std::fs::write(dir.path().join("machines.jsonl"), MACHINES).unwrap();
    let run = |args: &[&str]| clearway(dir.path(), args);

    let checked = run(&["check", "--pack", "forklift-proxmox", "machines.jsonl", "--output-format", "json"]);
    assert_eq!(checked.0, 1, "{}", checked.1);
    let report: serde_json::Value = serde_json::from_str(&checked.1).unwrap();
    let told: Vec<String> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| {
            let text = |key: &str| finding[key].as_str().unwrap();
            format!("{} {} {}: {}", text("severity"), text("rule"), text("subject"), text("message"))
        })
        .collect();
    assert_eq!(
        told,
        [
            "error proxmox.disk.size.invalid vm web: Disk 'log.qcow2' has an invalid size of null bytes",
            "error proxmox.disk.size.invalid vm web: Disk 'web.qcow2' has an invalid size of 0 bytes",
            "warning proxmox.agent.missing vm db: QEMU guest agent not detected",
        ]
    );

    let tested = run(&["test", "forklift-proxmox", "--min-coverage", "100"]);
    assert_eq!(tested.0, 0, "{}", tested.1);
    assert!(tested.1.contains("2 tests, 2 passed"), "{}", tested.1);
    let rules = run(&["rules", "--pack", "forklift-proxmox"]);
    assert!(rules.0 == 0 && rules.1.contains("FKP101") && rules.1.contains("FKP201"), "{}", rules.1);
    let explained = run(&["explain", "FKP201", "--pack", "forklift-proxmox"]);
    assert!(explained.0 == 0 && explained.1.contains("proxmox.disk.size.invalid"), "{}", explained.1);
    let by_name = run(&["explain", "proxmox.disk.size.invalid", "--pack", "forklift-proxmox"]);
    assert_eq!(by_name, explained, "a concern id tells a rule, too");
    let linted = run(&["lint", "forklift-proxmox"]);
    assert_eq!(linted.0, 0, "{}", linted.1);
    let schema = run(&["schema", "plan", "--pack", "forklift-proxmox"]);
    assert_eq!(schema.0, 0, "{}", schema.1);
}
