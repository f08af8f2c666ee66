//! regorus as a command over moves: `clearway-rego MOVES.json`. What its own example does (read policy and input, evaluate, print),
//! with the moves of one array one after the other.

use std::fmt::Write as _;

const REGO: &str = include_str!("../../rules/moves.rego");

fn main() {
    let path = std::env::args().nth(1).expect("a file of moves");
    let text = std::fs::read_to_string(path).expect("the file");
    let mut engine = regorus::Engine::new();
    engine.set_strict_builtin_errors(false);
    engine.add_policy("moves.rego".to_owned(), REGO.to_owned()).expect("the policy is Rego");
    let moves = regorus::Value::from_json_str(&text).expect("moves as JSON");
    let mut out = String::new();
    for made in moves.as_array().expect("an array").iter() {
        engine.set_input(made.clone());
        let found = engine.eval_rule("data.migration.findings".to_owned()).expect("it evaluates");
        for finding in found.as_set().expect("a set").iter() {
            writeln!(out, "{} {} {}", made["id"], finding["rule"], finding["severity"]).expect("a text");
        }
    }
    print!("{out}");
}
