//! The same rules over the same moves, in Clearway and in its peers: `peers all`, `peers verdicts --quick`.

mod data;
mod engines;
mod measure;

use data::Data;
use engines::{cel, clearway, hand, regorus, schema};
use measure::Effort;

fn main() {
    let effort = Effort { rounds: 9, seconds: 0.1 };
    let data = Data::new(10_000);
    let times = measure::rounds(
        &hand::BORROWED,
        &[
            clearway::LINES,
            hand::NEEDED,
            hand::OWNED,
            hand::VALUE,
            hand::PARSE,
            hand::SKIP,
            schema::WHOLE,
            regorus::MACHINE,
            regorus::INTERPRETER,
            cel::WHOLE,
        ],
        &data,
        effort,
    );
    let value = times.iter().find(|times| times.name == "Value, parsed only").unwrap();
    for time in &times {
        let (hand, against) = (time.over_floor(), time.over(value));
        println!(
            "{:24} {:7.2} ms, over hand {:6.2} ({:.2}..{:.2}), over Value {:6.2}, moves/s {:.0}",
            time.name,
            time.pass().median * 1e3,
            hand.median,
            hand.least,
            hand.most,
            against.median,
            data.count as f64 / time.pass().median
        );
    }
    let times = measure::rounds(
        &hand::VERDICTS,
        &[
            clearway::ALONE,
            hand::VERDICTS_VALUE,
            regorus::MACHINE_ALONE,
            regorus::INTERPRETER_ALONE,
            cel::ALONE,
            schema::ALONE,
        ],
        &data,
        effort,
    );
    for time in &times {
        let hand = time.over_floor();
        println!(
            "{:24} {:7.2} ms, over hand's verdicts {:6.2} ({:.2}..{:.2})",
            time.name,
            time.pass().median * 1e3,
            hand.median,
            hand.least,
            hand.most
        );
    }
}
