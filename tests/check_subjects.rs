//! What rules are about: single machines, waves, plans.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs
)]

mod check_support;

use check_support::{VOCABULARY, check_packs, lines};

#[test]
fn a_pack_that_judges_single_machines() {
    let text = r#"
pack machines "Machines" version 1.0

source handbook { title "Handbook" }

enum power { on, off }

entity vm {
  name:     text? from "vmName" default none
  tpm:      bool from "tpmEnabled"
  power:    power
  networks: [network?]
  owner:    { mail: text?, since: date }
  labels:   map of text
}
part network { name: name, mtu: number default 1500 }

input each vm

derive vm.named = [n.name for n in vm.networks where n exists]

rule "vmware.tpm.detected" tpm "No TPM" {
  cite    handbook "TPM"
  for     vm
  must    not vm.tpm
  because "{vm} has a TPM, {vm.owner.mail}"
  help    "Remove it."
}

rule M2 "mtu.small" "Jumbo frames" {
  cite    handbook "Networks"
  for     vm
  each    network in vm.networks
  when    network exists
  should  network.mtu >= 9000 and network.name in vm.named
  because "{network.name}: {network.mtu}"
  help    "Raise it."
}

test "a machine with a TPM" {
  given  vm a { tpm: true, networks: [none, { name: lan }] }
  expect a violates M1
  expect a violates M2 for network lan
  expect a permitted
}
"#
    .replace("rule \"vmware.tpm.detected\" tpm", "rule M1 \"vmware.tpm.detected\"");
    let (map, checked) = check_packs(&[("machines", &[&text])]);
    assert_eq!(lines(&map, &checked), "");
    assert_eq!(checked.policies.tests.len(), 1);
}

#[test]
fn rules_about_waves_and_plans() {
    let text = format!(
        "{VOCABULARY}\n{}",
        r#"
derive wave.hosts: [host] = union([s.source for s in wave.steps where not s.refused],
                                  [s.destination for s in wave.steps where not s.refused])
define live-moves-of(w: wave, h: host): [step] =
  [s for s in w.steps where s.transfer == live and (s.source == h or s.destination == h)]
rule D1 live-limit "More live migrations at once than a host takes" {
  cite    page "x"
  for     wave
  each    host in wave.hosts
  let     moves = live-moves-of(wave, host)
  let     limit = host.limit
  when    length(moves) > 0
  should  length(moves) <= limit
  because "{length(moves)} at once, {host} takes {limit}: {join([s.id for s in skip(limit, moves)], ", ")} wait, {ceil(length(moves) / limit)} rounds"
  help    "…"
}
rule D2 all-go "All steps go" {
  cite    page "x"
  for     plan
  must    no s in plan.steps: s.refused
  because "{count(s in plan.steps where s.refused)} steps of {plan.name} are refused"
  help    "…"
}
rule D3 first-wave "Starts with one" {
  cite    page "x"
  for     step
  when    step.wave.number exists
  note
  because "{step} is one of {length(step.wave.steps)} in wave {step.wave.number}"
  help    "…"
}
select step.transfer {
  cite   page "x"
  prefer live, quick where step.moves == machine
         network     where step.moves == storage
  chosen note D4 "{step.vm} goes by {step.transfer}"
  none   must D5 "nothing goes"
}
effect relocate {
  for    step
  when   reaches(step.destination, first-of(step)) and joined(step.source, step.destination) and step.clustered
  set    step.vm.host = step.destination
  change step.destination.memory.free by -sum(d.size for d in step.vm.disks)
  note   D6 when not step.vm.running "{step.vm} is on {step.destination} of {step.source.cluster.name}"
}
define first-of(s: step): storage = if length(s.vm.disks) > 0 then s.vm.host.cluster.home else s.vm.host.home
test "chosen" {
  given  host a { limit: 1 }
  given  vm v { host: a }
  step   m { vm: v, wave: 1 }
  expect m chooses live
  expect m notes D4
  expect wave 1 violates D1 for host "a"
  expect wave 1 skips D1
  expect plan satisfies D2
  expect m skips D6
  expect m denied
}
"#
        .replace("s.vm.host.cluster.home else s.vm.host.home", "s.vm.host.home else s.vm.host.home")
    )
    .replace("  limit:   number\n", "  limit:   number\n  home:    storage\n");
    let (map, checked) = check_packs(&[("demo", &[&text])]);
    assert_eq!(lines(&map, &checked), "");
    assert_eq!(checked.policies.rules.len(), 6);
}

#[test]
fn what_may_be_anything_is_not_compared() {
    let text = r#"
pack machines "Machines" version 1.0

source handbook { title "Handbook" }

entity vm { name: text? default none, pins: [any?] default [], owner: any? default none, tags: map of any? default {} }

input each vm

rule M1 counted "Counted" {
  cite    handbook "x"
  for     vm
  must    length(vm.pins) == 0 and not vm.owner exists and (no tag in values(vm.tags): tag exists) and vm.owner is known
  because "{vm} has {length(vm.pins)} pins, and is owned by {vm.owner}"
  help    "…"
}

rule M2 compared "Compared" {
  cite    handbook "x"
  for     vm
  when    vm.owner exists
  must    vm.owner == vm.owner or vm.owner in vm.pins or vm.owner < vm.owner or length(distinct(vm.pins)) == 1
          or length(union(vm.pins, vm.pins)) == 1 or vm.owner == "root" or lower(vm.owner) == "x"
  because "x"
  help    "…"
}
"#;
    let (map, checked) = check_packs(&[("machines", &[text])]);
    insta::assert_snapshot!(lines(&map, &checked));
}
