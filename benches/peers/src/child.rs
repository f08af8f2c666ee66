//! What is measured in a process of its own, so that memory is fresh and its peak is that of one thing alone.

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use clearway::session::{Options, Session};
use clearway::source::Disk;
use clearway_workload::estate::hand::State;
use clearway_workload::estate::{Estate, Plan};
use clearway_workload::text::Text;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::clearway::{limits, pack};
use crate::command;

/// What a process tells of itself.
#[derive(Serialize, Deserialize)]
pub struct Told {
    pub seconds: f64,
    /// MiB that it took beyond what it had before.
    pub mebibytes: f64,
    /// How many steps have a finding, where it judges.
    pub telling: Option<usize>,
}

/// Runs this program again for one thing.
pub fn ask(what: &str, files: &[&Path]) -> Told {
    let own = std::env::current_exe().expect("this program");
    let output = Command::new(own).arg("child").arg(what).args(files).output().expect("it starts");
    assert!(output.status.success(), "{what}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("what it tells")
}

/// What the asked process does.
pub fn run(what: &str, files: &[PathBuf]) {
    let before = command::own_memory().1;
    let start = Instant::now();
    let telling = match what {
        "value" => {
            let values: Vec<Value> =
                files.iter().map(|file| serde_json::from_slice(&read(file)).expect("JSON")).collect();
            black_box(&values);
            // A program that ends need not free what it holds.
            std::mem::forget(values);
            None
        }
        "hand" => {
            let (inventory, plan) = (read(&files[0]), read(&files[1]));
            let estate: Estate<Text> = serde_json::from_slice(&inventory).expect("an inventory");
            let plan: Plan<Text> = serde_json::from_slice(&plan).expect("a plan");
            Some(State::of(&estate).plan(&plan).iter().filter(|bits| **bits != 0).count())
        }
        packs => Some(check(packs, &files[0], &files[1])),
    };
    let seconds = start.elapsed().as_secs_f64();
    let mebibytes = command::own_memory().0.saturating_sub(before) as f64 / 1024.0;
    println!("{}", serde_json::to_string(&Told { seconds, mebibytes, telling }).expect("JSON"));
}

fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).expect("a file")
}

/// Checks a plan the way the command line does, and counts steps with findings.
fn check(packs: &str, inventory: &Path, plan: &Path) -> usize {
    let pack = if packs == "plans" { pack(packs).display().to_string() } else { packs.to_owned() };
    let mut options = Options { packs: vec![pack], inventories: vec![inventory.to_path_buf()], ..Options::default() };
    options.limits.inputs = limits();
    let mut session = Session::new(&Disk, options);
    let checked = session.check(&[plan.to_path_buf()]);
    assert!(checked.diagnostics.is_empty(), "{:#?}", checked.diagnostics);
    let mut steps: Vec<&str> = checked.report.findings.iter().filter_map(|finding| finding.step.as_deref()).collect();
    steps.dedup();
    steps.len()
}
