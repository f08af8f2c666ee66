//! The parts of the benchmark: each makes what it needs, holds what it measures to be right, and measures it.

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use clearway::facts::read::{Format, read_one};
use clearway::source::SourceMap;
use clearway_workload::data::Data;
use clearway_workload::estate::make;
use clearway_workload::floors;
use clearway_workload::measure::{Times, time};
use clearway_workload::{generate, yaml};

use crate::child;
use crate::clearway as own;
use crate::command::{self, build, written};
use crate::contest::{Effort, Others, in_turn, rounds};
use crate::results::Part;

/// Names of all parts, in the order in which they are measured.
pub const ALL: &[&str] = &[
    "moves",
    "many",
    "alone",
    "shapes",
    "growth",
    "threads",
    "pipe",
    "cold",
    "yaml",
    "plan",
    "bundled",
    "inventory",
    "clixml",
    "policies",
];

/// Measures a part.
pub fn run(name: &str, effort: Effort, quick: bool) -> Part {
    match name {
        "moves" => moves(effort),
        "many" => many(effort, quick),
        "alone" => alone(effort),
        "shapes" => shapes(effort),
        "growth" => growth(effort, quick),
        "threads" => threads(effort, quick),
        "pipe" => pipe(effort, quick),
        "cold" => cold(effort, quick),
        "yaml" => of_yaml(effort),
        "plan" => plan(effort, quick),
        "bundled" => bundled(effort, quick),
        "inventory" => inventory(effort, quick),
        "clixml" => clixml(effort),
        "policies" => policies(effort),
        other => panic!("no part is called `{other}`: {}", ALL.join(", ")),
    }
}

fn others(part: &str, count: u64, effort: Effort) -> Vec<Others> {
    let features: &[&str] = if std::env::var_os("GUARD").is_some() { &["guard"] } else { &[] };
    let programs = [build("clearway-rivals", &[]), build("clearway-cedar", features)];
    programs.iter().map(|program| Others::start(program, part, count, effort)).collect()
}

fn part(data: &Data, times: Vec<Times>) -> Part {
    let bytes = data.lines.len() as f64;
    Part { times, facts: [("moves".to_owned(), data.count as f64), ("bytes".to_owned(), bytes)].into() }
}

/// From bytes to verdicts, everyone.
fn moves(effort: Effort) -> Part {
    let data = Data::new(10_000);
    let others = others("whole", data.count, effort);
    let own = [own::FOUND, own::TOLD, floors::NEEDED, floors::OWNED, floors::VALUE, floors::PARSE, floors::SKIP];
    part(&data, rounds(&floors::BORROWED, &own, others, &data, effort))
}

/// From bytes to verdicts, ten times as many moves.
fn many(effort: Effort, quick: bool) -> Part {
    let data = Data::new(if quick { 30_000 } else { 100_000 });
    let own = [own::FOUND, own::TOLD, floors::NEEDED, floors::PARSE];
    part(&data, rounds(&floors::BORROWED, &own, Vec::new(), &data, effort))
}

/// Verdicts over what was read before.
fn alone(effort: Effort) -> Part {
    let data = Data::new(10_000);
    let others = others("alone", data.count, effort);
    part(&data, rounds(&floors::VERDICTS, &[own::ALONE, floors::VERDICTS_VALUE], others, &data, effort))
}

/// The same moves as lines, as one array, as YAML.
fn shapes(effort: Effort) -> Part {
    let data = Data::new(10_000);
    let own = [own::FOUND, own::ARRAY, floors::PARSE, floors::PARSE_ARRAY];
    part(&data, rounds(&floors::BORROWED, &own, Vec::new(), &data, effort))
}

/// Time a move by how many there are.
fn growth(effort: Effort, quick: bool) -> Part {
    let mut all = Part::default();
    for count in [1, 10, 1_000, 100_000, 1_000_000] {
        if quick && count > 100_000 {
            continue;
        }
        let data = Data::new(count);
        let times = rounds(&floors::BORROWED, &[own::FOUND], Vec::new(), &data, effort);
        for mut times in times {
            times.name = format!("{} of {count}", times.name);
            times.seconds.iter_mut().chain(&mut times.floor).for_each(|seconds| *seconds /= count as f64);
            all.times.push(times);
        }
    }
    all
}

/// Two threads against one.
fn threads(effort: Effort, quick: bool) -> Part {
    let data = Data::new(if quick { 30_000 } else { 100_000 });
    part(&data, rounds(&floors::BORROWED, &[own::FOUND, own::TWO_THREADS], Vec::new(), &data, effort))
}

/// A whole process that reads JSON lines from a pipe: the more there are, the more memory it does not take.
fn pipe(effort: Effort, quick: bool) -> Part {
    let program = command::clearway();
    let pack = own::pack("moves").display().to_string();
    let block = generate::json_lines(10_000);
    let mut all = Part::default();
    let sizes: &[u64] = if quick { &[1, 10] } else { &[1, 10, 100] };
    for _ in 0..effort.rounds.min(3) {
        for times in sizes {
            for jobs in ["1", "2"] {
                let arguments = [
                    "check",
                    "-",
                    "--input-format",
                    "json-lines",
                    "--isolated",
                    "--pack",
                    &pack,
                    "--jobs",
                    jobs,
                    "--output-format",
                    "concise",
                ];
                // What would take minutes is left out: its memory is told by less, too.
                let of_block = all.times.first().map_or(0.0, |times| times.pass().median);
                if of_block * *times as f64 > 20.0 {
                    continue;
                }
                let mut command = command::command(&program, &arguments);
                command.stdout(Stdio::null());
                let (seconds, mebibytes) = command::fed(command, |pipe| {
                    for _ in 0..*times {
                        pipe.write_all(block.as_bytes()).expect("the pipe holds");
                    }
                });
                let name = format!("{} moves, {jobs} thread{}", times * 10_000, if jobs == "1" { "" } else { "s" });
                let most = all.facts.entry(name.clone()).or_default();
                *most = most.max(mebibytes);
                if all.of(&name).is_none() {
                    all.times.push(Times::new(&name, None));
                }
                all.times.iter_mut().filter(|known| known.name == name).for_each(|known| known.seconds.push(seconds));
            }
        }
    }
    all
}

/// Whole processes over next to nothing.
fn cold(effort: Effort, quick: bool) -> Part {
    let (clearway, hand, rego) = (command::clearway(), build("clearway-hand", &[]), build("clearway-rego", &[]));
    let lines = generate::json_lines(1);
    let (lines, array) = (written("moves-1.jsonl", &lines), written("moves-1.json", &generate::json_array(&lines)));
    let (inventory, plan) = estate(20, 10, 1);
    let pack = own::pack("moves").display().to_string();
    let text = |path: &Path| path.display().to_string();
    let (lines, array, inventory, plan) = (text(&lines), text(&array), text(&inventory), text(&plan));
    let repeats = if quick { 10 } else { 30 };
    let run = |program: &Path, arguments: &[&str]| {
        time(repeats, || _ = command::whole(&mut command::command(program, arguments)))
    };
    let mut all: Vec<Times> = Vec::new();
    let nothing = PathBuf::from("/bin/true");
    let plans = own::pack("plans").display().to_string();
    let step = ["check", &plan, "--inventory", &inventory, "--isolated", "--pack", &plans];
    let bundled = ["check", &plan, "--inventory", &inventory, "--isolated"];
    let things: [(&str, &PathBuf, &[&str]); 7] = [
        ("a process that does nothing", &nothing, &[]),
        ("hand, one move", &hand, &[&array]),
        ("regorus, one move", &rego, &[&array]),
        ("Clearway, one move", &clearway, &["check", &lines, "--pack", &pack, "--isolated"]),
        ("Clearway, one step and an inventory", &clearway, &step),
        ("Clearway, the same by the bundled vmm-2019", &clearway, &bundled),
        ("Clearway, --version", &clearway, &["--version"]),
    ];
    for _ in 0..effort.rounds {
        for (at, (name, program, arguments)) in things.iter().enumerate() {
            if all.len() <= at {
                all.push(Times::new(name, None));
            }
            let seconds = run(program, arguments);
            all[at].seconds.push(seconds);
        }
    }
    Part { times: all, facts: Default::default() }
}

/// Writes an estate and a plan, and answers with their files.
fn estate(machines: u64, hosts: u64, steps: u64) -> (PathBuf, PathBuf) {
    let estate = make::estate(machines, hosts);
    let plan = make::plan(&estate, steps);
    let inventory = written(&format!("estate-{machines}.json"), &serde_json::to_string(&estate).expect("JSON"));
    (inventory, written(&format!("drain-{steps}.plan.json"), &serde_json::to_string(&plan).expect("JSON")))
}

/// A plan as YAML: reading, against the tree of saphyr.
fn of_yaml(effort: Effort) -> Part {
    use saphyr::LoadableYamlNode;
    let plan = serde_json::to_value(make::plan(&make::estate(1_000, 100), 10_000)).expect("JSON");
    let text = yaml::of(&plan);
    let limits = own::limits();
    let mut map = SourceMap::new();
    let id = map.add("drain.plan.yaml", text.as_str()).expect("room");
    let file = map.file(id).expect("the file").clone();
    let read = || {
        let (document, told) = read_one(Format::Yaml, &file, &limits);
        assert!(document.is_some() && told.is_empty(), "{told:#?}");
        black_box(&document);
    };
    let repeats = ((effort.seconds / time(1, read)).ceil() as usize).clamp(1, 100);
    let mut clearway = || time(repeats, read);
    let mut tree = || time(repeats, || drop(black_box(saphyr::Yaml::load_from_str(&text).expect("YAML"))));
    let mut events = || {
        time(repeats, || {
            for event in saphyr_parser::Parser::new_from_str(&text) {
                black_box(event.expect("YAML"));
            }
        })
    };
    let times = in_turn(
        effort.rounds,
        &mut [("Clearway", &mut clearway), ("saphyr tree", &mut tree), ("saphyr events", &mut events)],
    );
    Part { times, facts: [("bytes".to_owned(), text.len() as f64)].into() }
}

/// Asks children in turn.
fn children(rounds: usize, things: &[(&str, &str, Vec<&Path>)]) -> Part {
    let mut part = Part { times: things.iter().map(|(name, ..)| Times::new(name, None)).collect(), ..Part::default() };
    for _ in 0..rounds {
        for (at, (name, what, files)) in things.iter().enumerate() {
            let told = child::ask(what, files);
            part.times[at].seconds.push(told.seconds);
            let most = part.facts.entry(format!("MiB of {name}")).or_default();
            *most = most.max(told.mebibytes);
            if let Some(telling) = told.telling {
                part.facts.insert(format!("telling of {name}"), telling as f64);
            }
        }
    }
    part
}

/// A long plan over an inventory.
fn plan(effort: Effort, quick: bool) -> Part {
    let steps = if quick { 10_000 } else { 100_000 };
    let (inventory, plan) = estate(10_000, 1_000, steps);
    let both = || vec![inventory.as_path(), plan.as_path()];
    let part =
        children(effort.rounds, &[("Value", "value", both()), ("hand", "hand", both()), ("Clearway", "plans", both())]);
    let telling = |name: &str| part.facts.get(&format!("telling of {name}")).copied();
    assert_eq!(telling("Clearway"), telling("hand"), "steps with findings");
    part
}

/// The same with the bundled pack, which has four times as many rules and looks at every file. No target: fewer rounds.
fn bundled(effort: Effort, quick: bool) -> Part {
    let (inventory, plan) = estate(10_000, 1_000, if quick { 1_000 } else { 10_000 });
    let both = || vec![inventory.as_path(), plan.as_path()];
    children(effort.rounds.min(5), &[("Value", "value", both()), ("Clearway, vmm-2019", "vmm-2019", both())])
}

/// A large inventory.
fn inventory(effort: Effort, quick: bool) -> Part {
    let (machines, hosts) = if quick { (20_000, 500) } else { (200_000, 5_000) };
    let (inventory, plan) = estate(machines, hosts, 1);
    let mut part = children(
        effort.rounds,
        &[("Value", "value", vec![&inventory]), ("Clearway", "plans", vec![&inventory, &plan])],
    );
    let bytes = std::fs::metadata(&inventory).expect("the file").len();
    part.facts.insert("bytes".to_owned(), bytes as f64);
    part
}

/// The real export, where it is at hand.
fn clixml(effort: Effort) -> Part {
    let Some(export) = std::env::var_os("CLIXML").map(PathBuf::from).filter(|path| path.is_file()) else {
        return Part::default();
    };
    let program = command::clearway();
    let bytes = std::fs::metadata(&export).expect("the file").len();
    let name = export.display().to_string();
    let mut clearway = || time(5, || _ = command::whole(&mut command::command(&program, &["import", "scvmm", &name])));
    let text = std::fs::read_to_string(&export).unwrap_or_default();
    let mut scan = || time(5, || _ = black_box(text.matches('<').count()));
    let times = in_turn(effort.rounds, &mut [("Clearway, import", &mut clearway), ("counting tags", &mut scan)]);
    Part { times, facts: [("bytes".to_owned(), bytes as f64)].into() }
}

/// How long policies take to become a program.
fn policies(effort: Effort) -> Part {
    let (few, many) = (own::copies(8), own::copies(77));
    let compile = |files: &[(String, String)]| {
        let repeats = ((effort.seconds / time(1, || drop(own::compiled(files)))).ceil() as usize).clamp(1, 1_000);
        time(repeats, || drop(black_box(own::compiled(files))))
    };
    let (mut small, mut large) = (Times::new("104 rules", None), Times::new("1,001 rules", None));
    for _ in 0..effort.rounds {
        small.seconds.push(compile(&few));
        large.seconds.push(compile(&many));
    }
    let bytes = |files: &[(String, String)]| files.iter().map(|(_, text)| text.len() as f64).sum();
    let facts = [("bytes of 104 rules".to_owned(), bytes(&few)), ("bytes of 1,001 rules".to_owned(), bytes(&many))];
    Part { times: vec![small, large], facts: facts.into() }
}
