//! regorus, CEL and JSON Schema: `clearway-rivals whole|alone MOVES SECONDS`. A program of its own, so that what they bring along
//! stands beside nothing else; `peers` talks to it.

mod cel;
mod regorus;
mod schema;

use clearway_workload::data::Data;
use clearway_workload::floors;
use clearway_workload::measure::{self, Engine};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [part, count, seconds] = arguments.as_slice() else { panic!("clearway-rivals whole|alone MOVES SECONDS") };
    let data = Data::new(count.parse().expect("how many moves"));
    let seconds = seconds.parse().expect("seconds");
    let (floor, engines): (Engine, Vec<Engine>) = match part.as_str() {
        "whole" => (floors::BORROWED, vec![schema::WHOLE, regorus::MACHINE, regorus::INTERPRETER, cel::WHOLE]),
        _ => (floors::VERDICTS, vec![schema::ALONE, regorus::MACHINE_ALONE, regorus::INTERPRETER_ALONE, cel::ALONE]),
    };
    measure::serve(&floor, &engines, &data, seconds);
}
