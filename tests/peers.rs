//! The benchmarks judge the same thing: the generator gives the same bytes for its seed, and Clearway finds what the rules by hand
//! find, move by move and step by step. What `.ci/instructions` counts is written here, too.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs,
    dead_code
)]

#[path = "../benches/peers/workload/src/estate/mod.rs"]
mod estate;
#[path = "../benches/peers/workload/src/generate.rs"]
mod generate;
#[path = "../benches/peers/workload/src/hand.rs"]
mod hand;
#[path = "../benches/peers/workload/src/moves.rs"]
mod moves;
#[path = "../benches/peers/workload/src/needed.rs"]
mod needed;
#[path = "../benches/peers/workload/src/random.rs"]
mod random;
#[path = "../benches/peers/workload/src/text.rs"]
mod text;
#[path = "../benches/peers/workload/src/yaml.rs"]
mod yaml;

use std::path::{Path, PathBuf};
use std::process::Command;

use clearway::report::Finding;
use clearway::session::{Options, Session};
use clearway::source::Disk;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn pack(name: &str) -> String {
    root().join("benches/peers/packs").join(name).display().to_string()
}

/// A file of this test.
fn written(name: &str, text: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("peers");
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join(name);
    // Tests that need the same file run at the same time: it is there as a whole or not at all.
    let own = folder.join(format!("{name}.{:?}", std::thread::current().id()));
    std::fs::write(&own, text).unwrap();
    std::fs::rename(&own, &path).unwrap();
    path
}

fn bit(rule: &str) -> u16 {
    1 << hand::RULES.iter().position(|(name, _)| *name == rule).unwrap()
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let lines = generate::json_lines(1_000);
    let hash = lines
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    assert_eq!((lines.len(), hash), (1_309_332, 14_596_889_821_915_416_559));
}

#[test]
fn the_rules_by_hand_agree_with_each_other() {
    let mut broken = [0; 13];
    for line in generate::json_lines(1_000).lines() {
        let expected = hand::check(&serde_json::from_str::<moves::Move<text::Text>>(line).unwrap());
        assert_eq!(hand::check(&serde_json::from_str::<moves::Move<String>>(line).unwrap()), expected, "{line}");
        assert_eq!(needed::check(&serde_json::from_str::<needed::Move<text::Text>>(line).unwrap()), expected, "{line}");
        assert_eq!(hand::check_value(&serde_json::from_str(line).unwrap()), expected, "{line}");
        broken.iter_mut().enumerate().for_each(|(rule, times)| *times += expected >> rule & 1);
    }
    assert!(broken.iter().all(|times| *times > 0), "every rule is broken by some move: {broken:?}");
}

/// What a session finds, each finding with the place of its move or step.
fn found(
    pack: String,
    inventory: Option<PathBuf>,
    path: PathBuf,
    place: impl Fn(&Session, &Finding) -> usize,
) -> Vec<u16> {
    let options = Options { packs: vec![pack], inventories: inventory.into_iter().collect(), ..Options::default() };
    let mut session = Session::new(&Disk, options);
    let checked = session.check(&[path]);
    assert!(checked.diagnostics.is_empty(), "{:#?}", checked.diagnostics);
    let mut bits = vec![0; 1_000];
    for finding in &checked.report.findings {
        bits[place(&session, finding)] |= bit(&finding.rule);
    }
    bits
}

#[test]
fn clearway_finds_in_moves_what_the_rules_by_hand_find() {
    let expected: Vec<u16> = generate::moves(1_000).map(|made| hand::check(&made)).collect();
    let lines = generate::json_lines(1_000);
    let line = |session: &Session, finding: &Finding| session.map().locate(finding.span).unwrap().line - 1;
    assert_eq!(found(pack("moves"), None, written("moves-1000.jsonl", &lines), line), expected);
}

#[test]
fn clearway_finds_in_a_plan_what_the_rules_by_hand_find() {
    let estate = estate::make::estate(1_000, 100);
    let plan = estate::make::plan(&estate, 1_000);
    let expected = estate::hand::State::of(&estate).plan(&plan);
    assert!(expected.iter().any(|bits| *bits != 0));
    let inventory = written("estate-1000.json", &serde_json::to_string(&estate).unwrap());
    let plan = written("drain-1000.plan.json", &serde_json::to_string(&plan).unwrap());
    let step = |_: &Session, finding: &Finding| finding.step.as_ref().unwrap()[1..].parse().unwrap();
    assert_eq!(found(pack("plans"), Some(inventory), plan, step), expected);
}

#[test]
fn inputs_of_the_counts_of_instructions() {
    let estate = estate::make::estate(200, 50);
    let plan = estate::make::plan(&estate, 200);
    written("moves.jsonl", &generate::json_lines(1_000));
    written("estate.json", &serde_json::to_string(&estate).unwrap());
    let text = yaml::of(&serde_json::to_value(&plan).unwrap());
    let path = written("drain.plan.yaml", &text);
    let inventory = path.with_file_name("estate.json");
    let step = |_: &Session, finding: &Finding| finding.step.as_ref().unwrap()[1..].parse().unwrap();
    let expected = estate::hand::State::of(&estate).plan(&plan);
    assert_eq!(found(pack("plans"), Some(inventory), path, step)[..200], expected[..]);
}

#[test]
fn the_packs_of_the_benchmarks_pass_their_tests() {
    for (name, covered) in [("moves", "100"), ("plans", "0")] {
        let output = Command::new(env!("CARGO_BIN_EXE_clearway"))
            .args(["test", &pack(name), "--min-coverage", covered])
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        let lint = Command::new(env!("CARGO_BIN_EXE_clearway")).args(["lint", &pack(name)]).output().unwrap();
        assert!(lint.status.success(), "{}", String::from_utf8_lossy(&lint.stderr));
        let fmt = Command::new(env!("CARGO_BIN_EXE_clearway")).args(["fmt", "--check", &pack(name)]).output().unwrap();
        assert!(fmt.status.success(), "{}", String::from_utf8_lossy(&fmt.stdout));
    }
}
