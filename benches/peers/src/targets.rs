//! What was set as a target, and whether it is met.

use std::fmt::Write as _;

use clearway_workload::measure::Spread;

use crate::report::{number, spread};
use crate::results::Results;

/// A target: what, what must be, and how to tell from the results: what was measured and whether it is met.
struct Target {
    what: &'static str,
    must: &'static str,
    measured: fn(&Results) -> Option<(String, bool)>,
}

fn at_most(ratio: Option<Spread>, most: f64) -> Option<(String, bool)> {
    let ratio = ratio?;
    Some((spread(ratio), ratio.median <= most))
}

fn at_least(ratio: Option<Spread>, least: f64) -> Option<(String, bool)> {
    let ratio = ratio?;
    Some((spread(ratio), ratio.median >= least))
}

/// How many times the time over hand of one is that of another. Their rounds need not be those of one process.
fn times_over(results: &Results, part: &str, slow: &str, quick: &str) -> Option<Spread> {
    let part = results.part(part)?;
    let (slow, quick) = (part.of(slow)?.over_floor(), part.of(quick)?.over_floor());
    Some(Spread { median: slow.median / quick.median, least: slow.least / quick.most, most: slow.most / quick.least })
}

const TARGETS: &[Target] = &[
    Target {
        what: "bytes to verdicts, 10,000 moves, over hand",
        must: "at most 1.1, aim 0.8",
        measured: |all| at_most(Some(all.part("moves")?.of("Clearway")?.over_floor()), 1.1),
    },
    Target {
        what: "the same over Value",
        must: "at most 0.65",
        measured: |all| at_most(all.part("moves")?.ratio("Clearway", "Value, parsed only"), 0.65),
    },
    Target {
        what: "bytes to verdicts, 100,000 moves, over hand",
        must: "at most 1.1, aim 0.8",
        measured: |all| at_most(Some(all.part("many")?.of("Clearway")?.over_floor()), 1.1),
    },
    Target {
        what: "100,000 moves over Value",
        must: "at most 0.65",
        measured: |all| at_most(all.part("many")?.ratio("Clearway", "Value, parsed only"), 0.65),
    },
    Target {
        what: "times as fast as the RVM of regorus",
        must: "at least 7",
        measured: |all| at_least(times_over(all, "moves", "regorus RVM", "Clearway"), 7.0),
    },
    Target {
        what: "times as fast as regorus",
        must: "at least 13",
        measured: |all| at_least(times_over(all, "moves", "regorus", "Clearway"), 13.0),
    },
    Target {
        what: "times as fast as CEL",
        must: "at least 13",
        measured: |all| at_least(times_over(all, "moves", "CEL", "Clearway"), 13.0),
    },
    Target {
        what: "times as fast as Cedar (12 of 13 rules)",
        must: "at least 50",
        measured: |all| at_least(times_over(all, "moves", "Cedar", "Clearway"), 50.0),
    },
    Target {
        what: "times as fast as CloudFormation Guard",
        must: "at least 350",
        measured: |all| at_least(times_over(all, "moves", "CloudFormation Guard", "Clearway"), 350.0),
    },
    Target {
        what: "verdicts alone, times as fast as the RVM",
        must: "at least 12",
        measured: |all| at_least(times_over(all, "alone", "regorus RVM", "Clearway"), 12.0),
    },
    Target {
        what: "verdicts alone, times as fast as regorus",
        must: "at least 30",
        measured: |all| at_least(times_over(all, "alone", "regorus", "Clearway"), 30.0),
    },
    Target {
        what: "verdicts alone over hand's",
        must: "aim 1.0",
        measured: |all| at_most(Some(all.part("alone")?.of("Clearway")?.over_floor()), 1.0),
    },
    Target {
        what: "one JSON array over JSON lines",
        must: "at most 1.1",
        measured: |all| at_most(all.part("shapes")?.ratio("Clearway, JSON array", "Clearway"), 1.1),
    },
    Target {
        what: "growth: time a move of 1,000,000 over that of 1,000",
        must: "at most 1.15",
        measured: |all| {
            let part = all.part("growth")?;
            // Both against the rules by hand right beside them: the machine is not the same speed an hour later.
            let (many, few) = (part.of("Clearway of 1000000")?, part.of("Clearway of 1000")?);
            at_most(Some(many.over(few)), 1.15)
        },
    },
    Target {
        what: "memory of JSON lines from a pipe, any length",
        must: "at most 32 MiB, aim 16",
        measured: |all| {
            let most =
                all.part("pipe")?.facts.iter().filter(|(name, _)| name.contains("1 thread")).map(|(_, most)| *most);
            let most = most.fold(0.0, f64::max);
            Some((format!("{} MiB", number(most)), most <= 32.0))
        },
    },
    Target {
        what: "two threads, times as fast as one",
        must: "at least 1.8, aim 1.9",
        measured: |all| at_least(all.part("threads")?.ratio("Clearway", "Clearway, two threads"), 1.8),
    },
    Target {
        what: "cold start, one move, over regorus",
        must: "at most 0.5, aim 0.4",
        measured: |all| at_most(all.part("cold")?.ratio("Clearway, one move", "regorus, one move"), 0.5),
    },
    Target {
        what: "cold start, one move, over hand",
        must: "at most 1.7, aim 1.3",
        measured: |all| at_most(all.part("cold")?.ratio("Clearway, one move", "hand, one move"), 1.7),
    },
    Target {
        what: "cold start, one step and a small inventory, over regorus",
        must: "at most 0.5, aim 0.4",
        measured: |all| {
            at_most(all.part("cold")?.ratio("Clearway, one step and an inventory", "regorus, one move"), 0.5)
        },
    },
    Target {
        what: "cold start, one step and a small inventory, over hand",
        must: "at most 1.7, aim 1.3",
        measured: |all| at_most(all.part("cold")?.ratio("Clearway, one step and an inventory", "hand, one move"), 1.7),
    },
    Target {
        what: "YAML plan of 10,000 steps, times as fast as the tree of saphyr",
        must: "at least 1.0, aim 1.5",
        measured: |all| at_least(all.part("yaml")?.ratio("saphyr tree", "Clearway"), 1.0),
    },
    Target {
        what: "plan of 100,000 steps over 10,000 machines, over Value of both",
        must: "at most 1.5, aim 0.8",
        measured: |all| at_most(all.part("plan")?.ratio("Clearway", "Value"), 1.5),
    },
    Target {
        what: "inventory of 200,000 machines, over Value",
        must: "at most 1.0, aim 0.5",
        measured: |all| at_most(all.part("inventory")?.ratio("Clearway", "Value"), 1.0),
    },
    Target {
        what: "its memory over that of Value",
        must: "at most 0.33",
        measured: |all| {
            let facts = &all.part("inventory")?.facts;
            let ratio = facts.get("MiB of Clearway")? / facts.get("MiB of Value")?;
            Some((number(ratio), ratio <= 1.0 / 3.0))
        },
    },
    Target {
        what: "policies: 1,000 rules over 100",
        must: "at most 10",
        measured: |all| at_most(all.part("policies")?.ratio("1,001 rules", "104 rules"), 10.0),
    },
    Target {
        what: "policies: 1,000 rules",
        must: "aim 20 ms",
        measured: |all| {
            let took = all.part("policies")?.of("1,001 rules")?.pass();
            Some((format!("{} ms", number(took.median * 1e3)), took.median <= 0.02))
        },
    },
];

/// The table.
pub fn table(results: &Results) -> String {
    let mut out = String::from("| what | must | measured | |\n| - | - | - | - |\n");
    for target in TARGETS {
        let (measured, met) = match (target.measured)(results) {
            Some((measured, true)) => (measured, "met"),
            Some((measured, false)) => (measured, "missed"),
            None => ("-".to_owned(), "not measured"),
        };
        writeln!(out, "| {} | {} | {measured} | {met} |", target.what, target.must).expect("a text");
    }
    out
}
