//! Timing in rounds. Each engine is timed once a round, with the rules by hand right before it, for the speed of a shared machine
//! drifts: ratios are taken within a round.

use std::time::Instant;

use serde::{Deserialize, Serialize};

use crate::data::{Data, Verdicts, bit};

/// Something that judges all moves once.
pub type Pass<'a> = Box<dyn FnMut() -> Verdicts + 'a>;

/// An engine over moves.
pub struct Engine {
    /// As tables call it.
    pub name: &'static str,
    /// Rules that it cannot say.
    pub lacks: &'static [&'static str],
    /// Whether it judges at all, or only reads.
    pub judges: bool,
    /// Prepares everything that is there before the first byte.
    pub make: for<'a> fn(&'a Data) -> Pass<'a>,
}

/// What was measured of an engine.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Times {
    pub name: String,
    /// How many rules were found equal; none of an engine that only reads.
    pub equal: Option<usize>,
    /// Seconds of a pass, round by round.
    pub seconds: Vec<f64>,
    /// Seconds of a pass by hand right before it.
    pub floor: Vec<f64>,
}

/// A median with the least and the most that there was.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Spread {
    pub median: f64,
    pub least: f64,
    pub most: f64,
}

impl Spread {
    pub fn of(values: impl IntoIterator<Item = f64>) -> Spread {
        let mut sorted: Vec<f64> = values.into_iter().collect();
        sorted.sort_by(f64::total_cmp);
        let at = |part: usize| sorted.get(part).copied().unwrap_or(f64::NAN);
        let middle = sorted.len() / 2;
        let median = if sorted.len() % 2 == 1 { at(middle) } else { (at(middle.saturating_sub(1)) + at(middle)) / 2.0 };
        Spread { median, least: at(0), most: at(sorted.len().saturating_sub(1)) }
    }
}

impl Times {
    /// Nothing yet.
    pub fn new(name: &str, equal: Option<usize>) -> Times {
        Times { name: name.to_owned(), equal, seconds: Vec::new(), floor: Vec::new() }
    }

    /// Against another of the same rounds.
    pub fn over(&self, other: &Times) -> Spread {
        Spread::of(self.seconds.iter().zip(&other.seconds).map(|(own, other)| own / other))
    }

    /// Against the rules by hand.
    pub fn over_floor(&self) -> Spread {
        Spread::of(self.seconds.iter().zip(&self.floor).map(|(own, floor)| own / floor))
    }

    pub fn pass(&self) -> Spread {
        Spread::of(self.seconds.iter().copied())
    }
}

/// Seconds of one run of it, which is repeated until it lasts.
pub fn time(times: usize, mut run: impl FnMut()) -> f64 {
    let start = Instant::now();
    for _ in 0..times {
        run();
    }
    start.elapsed().as_secs_f64() / times as f64
}

/// Holds the verdicts of an engine to those by hand, move by move and rule by rule, and says how many rules it judged.
pub fn hold(engine: &Engine, data: &Data, found: &Verdicts) -> Option<usize> {
    if !engine.judges {
        return None;
    }
    let lacking = engine.lacks.iter().fold(0u16, |bits, rule| bits | bit(rule));
    assert_eq!(found.len(), data.expected.len(), "{}: so many moves were judged", engine.name);
    for (id, (found, expected)) in found.iter().zip(&data.expected).enumerate() {
        assert_eq!(*found & !lacking, *expected & !lacking, "{}: move {id}", engine.name);
    }
    Some(13 - engine.lacks.len())
}

/// An engine that is ready.
pub struct Ready<'a> {
    pass: Pass<'a>,
    repeats: usize,
    pub equal: Option<usize>,
}

impl<'a> Ready<'a> {
    /// Prepares an engine and holds its verdicts to those by hand.
    pub fn new(engine: &Engine, data: &'a Data, seconds: f64) -> Ready<'a> {
        let mut pass = (engine.make)(data);
        let equal = hold(engine, data, &pass());
        let once = time(1, || drop(pass()));
        Ready { pass, repeats: ((seconds / once.max(1e-9)).ceil() as usize).clamp(1, 20_000), equal }
    }

    /// Seconds of a pass.
    pub fn time(&mut self) -> f64 {
        let Ready { pass, repeats, .. } = self;
        time(*repeats, || drop(pass()))
    }
}

/// Serves a runner in another process: tells of every engine, then times the one whose number it reads, with the floor right
/// before it.
pub fn serve(floor: &Engine, engines: &[Engine], data: &Data, seconds: f64) {
    let mut by_hand = Ready::new(floor, data, seconds);
    let mut all: Vec<Ready> = Vec::new();
    for engine in engines {
        let ready = Ready::new(engine, data, seconds);
        println!("{}", serde_json::json!({ "name": engine.name, "equal": ready.equal }));
        all.push(ready);
    }
    println!("ready");
    for line in std::io::stdin().lines() {
        let at: usize = line.expect("a line").parse().expect("a number");
        println!("{} {}", by_hand.time(), all[at].time());
    }
}
