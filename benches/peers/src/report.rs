//! The tables of `docs/performance.md`: what stands between two markers is written, and nothing else. Reasons
//! for what is missed stand outside of them, and are written by hand.

use std::fmt::Write as _;

use clearway_workload::measure::{Spread, Times};

use crate::results::{Part, Results};
use crate::targets;

/// Writes all tables of which something was measured.
pub fn write(results: &Results) {
    let path = crate::command::root().join("docs/performance.md");
    let mut page = std::fs::read_to_string(&path).expect("docs/performance.md");
    for (name, table) in tables(results) {
        let old = between(&page, name)
            .unwrap_or_else(|| panic!("docs/performance.md has no markers `peers:{name}`"))
            .to_owned();
        page = page
            .replace(&format!("{}{old}{}", open(name), close(name)), &format!("{}{table}{}", open(name), close(name)));
    }
    std::fs::write(&path, page).expect("docs/performance.md");
}

fn open(name: &str) -> String {
    format!("<!-- peers:{name} -->\n")
}

fn close(name: &str) -> String {
    format!("<!-- /peers:{name} -->")
}

fn between<'a>(page: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = page.split_once(&open(name))?;
    rest.split_once(&close(name)).map(|(inside, _)| inside)
}

/// A number in three digits or so.
pub fn number(value: f64) -> String {
    match value {
        v if v.is_nan() => "-".to_owned(),
        v if v >= 1000.0 => grouped(v.round() as u64),
        v if v >= 100.0 => format!("{v:.0}"),
        v if v >= 10.0 => format!("{v:.1}"),
        v => format!("{v:.2}"),
    }
}

fn grouped(value: u64) -> String {
    let digits = value.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A median with its spread.
pub fn spread(of: Spread) -> String {
    format!("{} ({}..{})", number(of.median), number(of.least), number(of.most))
}

fn seconds(value: f64) -> String {
    match value {
        v if v >= 1.0 => format!("{v:.2} s"),
        v if v >= 1e-3 => format!("{:.2} ms", v * 1e3),
        v => format!("{:.2} µs", v * 1e6),
    }
}

fn tables(results: &Results) -> Vec<(&'static str, String)> {
    let mut all = vec![("targets", targets::table(results)), ("machine", machine())];
    let engines =
        [("moves", "moves"), ("many", "many"), ("alone", "alone"), ("shapes", "shapes"), ("threads", "threads")];
    for (name, part) in engines {
        if let Some(part) = results.part(part) {
            all.push((name, of_engines(part, name == "alone")));
        }
    }
    for name in ["growth", "pipe", "cold", "yaml", "plan", "bundled", "inventory", "policies", "clixml"] {
        if let Some(part) = results.part(name).filter(|part| !part.times.is_empty()) {
            all.push((name, of_things(part, name)));
        }
    }
    all
}

fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name")?.split(": ").nth(1)).unwrap_or("unknown");
    format!("{cores} cores ({model}), {} {}, shared with others.\n", std::env::consts::OS, std::env::consts::ARCH)
}

fn of_engines(part: &Part, alone: bool) -> String {
    let (moves, bytes) = (part.facts["moves"], part.facts["bytes"]);
    let value = part.times.iter().find(|times| times.name.starts_with("Value, parsed"));
    let mut out = String::from(
        "| engine | moves a second | MB/s | time over hand | time over Value | rules equal |\n| - | -: | -: | -: | -: | - |\n",
    );
    let floor = Times { name: "hand, borrowed".to_owned(), equal: Some(13), ..by_hand(part) };
    for times in std::iter::once(&floor).chain(&part.times) {
        let pass = times.pass().median;
        let over = if times.name == floor.name { "1.00".to_owned() } else { spread(times.over_floor()) };
        // Of another process the Value of this one says nothing round by round.
        let value = value.map_or("-".to_owned(), |value| number(times.over_floor().median / value.over_floor().median));
        let equal = times.equal.map_or("reads only".to_owned(), |rules| format!("{rules} of 13"));
        let rate = if alone { "-".to_owned() } else { number(bytes / pass / 1e6) };
        writeln!(out, "| {} | {} | {rate} | {over} | {value} | {equal} |", times.name, number(moves / pass))
            .expect("a text");
    }
    out
}

/// The floor as one of the engines: as it was timed before the first of them.
fn by_hand(part: &Part) -> Times {
    let floor = part.times.first().map(|times| times.floor.clone()).unwrap_or_default();
    Times { seconds: floor.clone(), floor, ..Times::new("", None) }
}

fn of_things(part: &Part, name: &str) -> String {
    let first = part.times.first();
    let mut out = String::from("| what | time | over the first row | MiB at most |\n| - | -: | -: | -: |\n");
    if name == "growth" {
        out = String::from("| what | time a move | over hand | |\n| - | -: | -: | - |\n");
    }
    for times in &part.times {
        let over = match first {
            _ if name == "growth" => spread(times.over_floor()),
            Some(first) => spread(times.over(first)),
            None => String::new(),
        };
        let most = part.facts.get(&times.name).or_else(|| part.facts.get(&format!("MiB of {}", times.name)));
        let most = most.map_or(String::new(), |most| number(*most));
        writeln!(out, "| {} | {} | {over} | {most} |", times.name, seconds(times.pass().median)).expect("a text");
    }
    if let Some(bytes) = part.facts.get("bytes") {
        writeln!(out, "\n{:.1} MB of input.", bytes / 1e6).expect("a text");
    }
    out
}
