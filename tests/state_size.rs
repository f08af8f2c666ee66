//! The state of a plan is kept as differences, not as copies: room for what differs, however many steps there are.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod evaluated;

use std::fmt::Write as _;

use clearway::eval::{Options, PlanOutcome};

const EFFECTS: &str = r#"
derive step.there: host = step.to.host else step.vm.host
rule R1 roomy "Room" { for step must step.there.free >= step.vm.memory because "no room on {step.there}" }
effect relocate { for step set step.vm.host = step.there }
effect take {
  for step when step.there != step.vm.host
  change step.there.free by -step.vm.memory
  change step.vm.host.free by step.vm.memory
}
"#;

/// A plan over so many machines: each step moves the next of them to the next of four hosts.
fn outcome(machines: usize, steps: usize) -> PlanOutcome {
    let mut estate = String::from("hosts:\n");
    for host in 0..4 {
        writeln!(estate, "  - {{ name: h{host}, free: 900 TiB }}").unwrap();
    }
    estate.push_str("vms:\n");
    for machine in 0..machines {
        writeln!(estate, "  - {{ name: v{machine}, host: h0, memory: 1 GiB }}").unwrap();
    }
    let mut plan = String::from("steps:\n");
    for step in 0..steps {
        let (machine, host) = (step % machines, (step / machines + 1) % 4);
        writeln!(plan, "  - {{ id: s{step}, vm: v{machine}, to: {{ host: h{host} }} }}").unwrap();
    }
    evaluated::make(EFFECTS, &estate, &plan).evaluate(&Options::default())
}

#[test]
fn what_a_plan_leaves_behind_grows_with_what_it_moves_and_not_with_its_steps() {
    let hosts = 4;
    assert!(outcome(3, 6).after.len() <= 3 + hosts);
    assert!(outcome(3, 600).after.len() <= 3 + hosts);
    assert!(outcome(300, 600).after.len() <= 300 + hosts);
    let mut last = None;
    for (at, _) in outcome(30, 60).after.iter() {
        assert!(last < Some(at), "cells come in order, each once");
        last = Some(at);
    }
}

/// The most memory that this process ever took, in kilobytes; nothing where the system does not say.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// A copy of the state for every step would take gigabytes here: a cell a machine, 6,000 times. The differences take little.
#[test]
fn no_step_keeps_a_copy_of_the_state() {
    let steps = 6_000;
    let Some(before) = peak() else {
        eprintln!("skipped: the system does not say how much memory is taken");
        return;
    };
    let outcome = outcome(steps, steps);
    assert_eq!(outcome.report.steps.len(), steps);
    let taken = peak().unwrap() - before;
    assert!(taken < 200_000, "{taken} kB for {steps} steps");
}
