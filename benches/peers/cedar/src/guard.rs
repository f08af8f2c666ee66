//! CloudFormation Guard. It reads its rules anew for every move: its library has no other way in.

use clearway_workload::data::bit;
use clearway_workload::measure::Engine;
use serde_json::Value;

const GUARD: &str = include_str!("../../rules/moves.guard");

/// Move by move.
pub const WHOLE: Engine = Engine {
    name: "CloudFormation Guard",
    lacks: &[],
    judges: true,
    make: |data| Box::new(|| data.lines.lines().map(judge).collect()),
};

/// The rules that fail, out of the report of one move.
fn judge(line: &str) -> u16 {
    let document = format!("{{\"moves\":[{line}]}}");
    let input = cfn_guard::ValidateInput { content: &document, file_name: "moves.json" };
    let rules = cfn_guard::ValidateInput { content: GUARD, file_name: "moves.guard" };
    let report = cfn_guard::run_checks(input, rules, false).expect("a report");
    let report: Value = serde_json::from_str(&report).expect("the report is JSON");
    let broken = report["not_compliant"].as_array().into_iter().flatten();
    broken
        .map(|rule| rule["Rule"]["name"].as_str().expect("a rule is named").replace('_', "-"))
        .fold(0, |bits, rule| bits | bit(&rule))
}
