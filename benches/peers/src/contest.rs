//! Engines against each other, in this process and in others, in turn: each is timed once a round, with the rules by hand right
//! before it, for the speed of a shared machine drifts.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use clearway_workload::data::Data;
use clearway_workload::measure::{Engine, Ready, Times};
use serde_json::Value;

/// How thorough to be.
#[derive(Clone, Copy)]
pub struct Effort {
    pub rounds: usize,
    /// A timing lasts at least so long.
    pub seconds: f64,
}

/// Engines of another process.
pub struct Others {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    told: Vec<(String, Option<usize>)>,
}

impl Others {
    /// Starts a program that serves engines, and waits until all of them are ready.
    pub fn start(program: &std::path::Path, part: &str, count: u64, effort: Effort) -> Others {
        let arguments = [part.to_owned(), count.to_string(), effort.seconds.to_string()];
        let mut child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|why| panic!("{}: {why}", program.display()));
        let input = child.stdin.take().expect("a pipe");
        let mut output = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut told = Vec::new();
        loop {
            let mut line = String::new();
            output.read_line(&mut line).expect("a line");
            assert!(!line.is_empty(), "{} ended early", program.display());
            if line == "ready\n" {
                break;
            }
            let engine: Value = serde_json::from_str(&line).expect("an engine");
            let equal = engine["equal"].as_u64().map(|rules| rules as usize);
            told.push((engine["name"].as_str().expect("a name").to_owned(), equal));
        }
        Others { child, input, output, told }
    }

    /// Seconds of the floor and of an engine.
    fn time(&mut self, at: usize) -> (f64, f64) {
        writeln!(self.input, "{at}").expect("the pipe holds");
        let mut line = String::new();
        self.output.read_line(&mut line).expect("a line");
        let mut numbers = line.split_whitespace().map(|number| number.parse::<f64>().expect("seconds"));
        (numbers.next().expect("the floor"), numbers.next().expect("the engine"))
    }

    fn end(self) {
        let Others { mut child, input, .. } = self;
        drop(input);
        child.wait().expect("it ends");
    }
}

/// Times all engines in rounds.
pub fn rounds(floor: &Engine, own: &[Engine], mut others: Vec<Others>, data: &Data, effort: Effort) -> Vec<Times> {
    let mut by_hand = Ready::new(floor, data, effort.seconds);
    let mut ready: Vec<(Ready, Times)> = Vec::new();
    for engine in own {
        let engine_ready = Ready::new(engine, data, effort.seconds);
        let times = Times::new(engine.name, engine_ready.equal);
        ready.push((engine_ready, times));
    }
    let mut theirs: Vec<Vec<Times>> =
        others.iter().map(|one| one.told.iter().map(|(name, equal)| Times::new(name, *equal)).collect()).collect();
    for _ in 0..effort.rounds {
        for (engine, times) in &mut ready {
            times.floor.push(by_hand.time());
            times.seconds.push(engine.time());
        }
        for (other, all) in others.iter_mut().zip(&mut theirs) {
            for (at, times) in all.iter_mut().enumerate() {
                let (floor, seconds) = other.time(at);
                times.floor.push(floor);
                times.seconds.push(seconds);
            }
        }
    }
    others.into_iter().for_each(Others::end);
    ready.into_iter().map(|(_, times)| times).chain(theirs.into_iter().flatten()).collect()
}

/// Things that are no engines over moves: each is run once a round, in turn.
pub fn in_turn(rounds: usize, things: &mut [(&str, &mut dyn FnMut() -> f64)]) -> Vec<Times> {
    let mut all: Vec<Times> = things.iter().map(|(name, _)| Times::new(name, None)).collect();
    for _ in 0..rounds {
        for ((_, run), times) in things.iter_mut().zip(&mut all) {
            times.seconds.push(run());
        }
    }
    all
}
