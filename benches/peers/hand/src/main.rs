//! The rules by hand as a command, and nothing else: `clearway-hand MOVES.json`. The floor of cold start.

use std::fmt::Write as _;

use clearway_workload::hand::{RULES, check};
use clearway_workload::moves::Move;
use clearway_workload::text::Text;

fn main() {
    let path = std::env::args().nth(1).expect("a file of moves");
    let text = std::fs::read_to_string(path).expect("the file");
    let moves: Vec<Move<Text>> = serde_json::from_str(&text).expect("moves as JSON");
    let mut out = String::new();
    for made in &moves {
        let bits = check(made);
        for (_, (rule, severity)) in RULES.iter().enumerate().filter(|(at, _)| bits >> at & 1 == 1) {
            writeln!(out, "{} {rule} {severity}", made.id).expect("a text");
        }
    }
    print!("{out}");
}
