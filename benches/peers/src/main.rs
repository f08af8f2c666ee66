//! The same rules over the same inputs, in Clearway and in its peers.
//!
//! `peers all` measures everything and writes the tables of `docs/performance.md`; `peers moves cold` measures two parts of it;
//! `--quick` takes smaller inputs and fewer rounds; `--no-write` leaves the page alone; `peers files FOLDER` writes the inputs.

mod child;
mod clearway;
mod command;
mod contest;
mod parts;
mod report;
mod results;
mod targets;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use clearway_workload::{estate, generate};
use contest::Effort;
use results::Results;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let flag = |name: &str| arguments.iter().any(|argument| argument == name);
    let words: Vec<&str> = arguments.iter().map(String::as_str).filter(|word| !word.starts_with("--")).collect();
    match words.as_slice() {
        ["child", what, files @ ..] => child::run(what, &files.iter().map(PathBuf::from).collect::<Vec<_>>()),
        ["files", folder] => files(Path::new(folder)),
        [] => eprintln!("peers all|files FOLDER|{} [--quick] [--no-write]", parts::ALL.join("|")),
        [name] if *name != "all" => {
            part(name, flag("--quick"));
            end(flag("--no-write"));
        }
        names => {
            // Each in a process of its own: memory is fresh, and one that fails costs the others nothing.
            let own = std::env::current_exe().expect("this program");
            let quick = flag("--quick").then_some("--quick");
            let mut failed = Vec::new();
            for name in if names == ["all"] { parts::ALL } else { names } {
                let status = Command::new(&own).args([name, "--no-write"]).args(quick).stdout(Stdio::null()).status();
                if !status.is_ok_and(|status| status.success()) {
                    failed.push(*name);
                }
            }
            end(flag("--no-write"));
            assert!(failed.is_empty(), "could not be measured: {}", failed.join(", "));
        }
    }
}

/// Measures a part, and keeps what came of it.
fn part(name: &str, quick: bool) {
    let effort = if quick { Effort { rounds: 5, seconds: 0.02 } } else { Effort { rounds: 9, seconds: 0.1 } };
    let start = Instant::now();
    eprintln!("{name}");
    let part = parts::run(name, effort, quick);
    for times in &part.times {
        let over = if times.floor.is_empty() {
            String::new()
        } else {
            format!(", over hand {}", report::spread(times.over_floor()))
        };
        eprintln!("  {:40} {:>12.6} s{over}", times.name, times.pass().median);
    }
    eprintln!("  ({:.0} s)", start.elapsed().as_secs_f64());
    let mut results = Results::load();
    results.0.insert(name.to_owned(), part);
    results.save();
}

/// Shows the targets and writes the tables.
fn end(no_write: bool) {
    let results = Results::load();
    print!("{}", targets::table(&results));
    if !no_write {
        report::write(&results);
    }
}

/// Writes the inputs, for whoever measures by other means.
fn files(folder: &Path) {
    std::fs::create_dir_all(folder).expect("a folder");
    let write = |name: String, text: &str| std::fs::write(folder.join(name), text).expect("a file");
    for count in [1, 10, 1_000, 10_000, 100_000] {
        let lines = generate::json_lines(count);
        write(format!("moves-{count}.jsonl"), &lines);
        write(format!("moves-{count}.json"), &generate::json_array(&lines));
    }
    let estate = estate::make::estate(10_000, 1_000);
    write("estate-10000.json".to_owned(), &serde_json::to_string(&estate).expect("JSON"));
    for steps in [1, 1_000, 10_000, 100_000] {
        let plan = estate::make::plan(&estate, steps);
        write(format!("drain-{steps}.plan.json"), &serde_json::to_string(&plan).expect("JSON"));
    }
    let plan = serde_json::to_value(estate::make::plan(&estate, 10_000)).expect("JSON");
    write("drain-10000.plan.yaml".to_owned(), &clearway_workload::yaml::of(&plan));
    let large = estate::make::estate(200_000, 5_000);
    write("estate-200000.json".to_owned(), &serde_json::to_string(&large).expect("JSON"));
}
