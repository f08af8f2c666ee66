//! A policy over single machines that has every type and every kind of absence, and programs made of policies.

use clearway::check::{PackFiles, check};
use clearway::compile::compile;
use clearway::diag::Severity;
use clearway::program::Program;

pub const MACHINES: &str = r#"
pack machines "Machines" version 1.0.0
source page { title "The page" }
enum kind { disk, share, csv }
entity vm {
  name: name
  id: text?
  count: number from "the count"
  memory: size
  wait: duration? default none
  until: date?
  build: version default 1.2
  kind: kind default share
  flag: bool
  maybe: bool? default false
  tags: [name] default []
  words: [text?]?
  numbers: [number]
  notes: map by name of text
  sizes: (map of size)? default none
  extra: any?
  disks: [disk?] default []
  main: disk?
  cpu: { cores: number, maker: text? default none, cache: { size: size default 1 MiB } }
  place: { path: text default "none" }
  unread: [disk] default []
  ignored: { deep: { text: text? } }
  plain: [any]
}
part disk { name: name, size: size, kind: kind default disk, flag: bool? default none, inner: { on: bool default true } }
input each vm
rule R1 "count" "Count" {
  cite page "x"
  for vm
  must vm.count > 2 and vm.memory > 1 GiB and vm.flag
  because "{vm.count} {vm.memory}"
  help "h"
}
rule R2 "times" "Times" {
  cite page "x"
  for vm
  when vm.wait exists and vm.until exists
  should vm.wait < 5 min and vm.until > 2026-01-01
  because "{vm.wait}"
  help "h"
}
rule R3 "disks" "Disks" {
  cite page "x"
  for vm
  each disk in vm.disks
  when disk exists
  must disk.size > 0 B and disk.kind != csv and disk.inner.on
  because "{disk.name} {disk.size}"
  help "h"
}
rule R4 "texts" "Texts" {
  cite page "x"
  for vm
  must "a" in vm.tags or vm.place.path == "there" or length(vm.numbers) > 1
  because "{vm.place.path}"
  help "h"
}
rule R5 "rest" "Rest" {
  cite page "x"
  for vm
  when vm.main exists
  should vm.main.flag else true
  because "{vm.main.name}"
  help "h"
}
rule R6 "cpu" "Cpu" {
  cite page "x"
  for vm
  must vm.cpu.cores > 1 and vm.cpu.cache.size >= 1 MiB and vm.build >= 1.0 and vm.maybe != true and vm.kind != csv
  because "{vm.cpu.cores}"
  help "h"
}
rule R7 "known" "Known" {
  cite page "x"
  for vm
  when vm.extra is known and vm.words exists and vm.notes is known and vm.sizes is known
  should length(vm.words) > 0
  because "x"
  help "h"
}
"#;

/// Compiles a policy.
pub fn program(policy: &str) -> Program {
    let checked = check(&[PackFiles { folder: "pack".into(), files: vec![clearway::syntax::parse(policy, 0).tree] }]);
    let errors: Vec<_> = checked.diagnostics.iter().filter(|d| d.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    compile(&checked.policies)
}
