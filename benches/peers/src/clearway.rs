//! Clearway, by its library: a pack in the language, no Rust for any of its rules.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ::clearway::check::{PackFiles, check};
use ::clearway::compile::compile;
use ::clearway::diag::Severity;
use ::clearway::eval::{self, PlanInput, Screen, Subjects};
use ::clearway::facts::document::Document;
use ::clearway::facts::load::{self, load_each};
use ::clearway::facts::read::{Format, read};
use ::clearway::facts::records::Framing;
use ::clearway::facts::{Facts, Limits};
use ::clearway::program::Program;
use ::clearway::session::batch::{self, How, Source};
use ::clearway::source::{Disk, Files, SourceFile, SourceMap, Span};
use ::clearway::value::Row;

use clearway_workload::data::{Verdicts, bit};
use clearway_workload::measure::Engine;

/// A pack of the benchmarks, by its folder.
pub fn pack(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("packs").join(name)
}

/// The files of a pack, without its tests.
fn files(folder: &Path) -> Vec<(String, String)> {
    let policy = |path: &PathBuf| {
        let of_tests = path.parent().is_some_and(|folder| folder.ends_with("tests"));
        !of_tests && path.extension().is_some_and(|ending| ending == "way")
    };
    let files = Disk.list(folder).expect("the folder of the pack");
    let read = |path: PathBuf| (path.display().to_string(), std::fs::read_to_string(&path).expect("a policy"));
    files.into_iter().filter(policy).map(read).collect()
}

/// Compiles the pack in a folder.
pub fn program(folder: &Path) -> Program {
    compiled(&files(folder))
}

/// Compiles a pack from the texts of its files.
pub fn compiled(files: &[(String, String)]) -> Program {
    let mut map = SourceMap::new();
    let mut trees = Vec::new();
    for (name, text) in files {
        let id = map.add(name, text.as_str()).expect("room");
        let parsed = clearway::syntax::parse(text, map.file(id).expect("the file").base());
        assert!(parsed.diagnostics.is_empty(), "{:#?}", parsed.diagnostics);
        trees.push(parsed.tree);
    }
    let checked = check(&[PackFiles { folder: "pack".into(), files: trees }]);
    let errors: Vec<_> = checked.diagnostics.iter().filter(|told| told.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    compile(&checked.policies)
}

/// The rules of the moves so many times over, each time with other codes and names: thirteen rules a time.
pub fn copies(times: usize) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for (name, text) in files(&pack("moves")) {
        let of_rules = name.ends_with("live.way") || name.ends_with("storage.way");
        for copy in 0..if of_rules { times } else { 1 } {
            // What is defined beside the rules is defined once.
            let lines = text.lines().filter(|line| copy == 0 || !line.starts_with("define "));
            let line = |line: &str| match line.split_once(" MOVE") {
                Some((word, rest)) if of_rules && copy > 0 => {
                    let mut words = rest.splitn(3, ' ');
                    let mut next = || words.next().unwrap_or_default();
                    format!("{word} COPY{copy}X{} {}-{copy} {}", next(), next(), next())
                }
                _ => line.to_owned(),
            };
            let text = lines.map(line).collect::<Vec<_>>().join("\n");
            all.push((format!("{copy}-{}", name.rsplit('/').next().unwrap_or_default()), text));
        }
    }
    all
}

/// Limits that no benchmark hits.
pub fn limits() -> Limits {
    Limits { file_size: u64::MAX, values: u64::MAX, rows: u32::MAX, ..Limits::default() }
}

/// Moves in columns.
pub struct Loaded {
    facts: Facts,
    input: PlanInput,
    /// How many records there are.
    records: usize,
}

/// Reads moves into columns.
pub fn load(program: &Program, format: Format, text: &str) -> Loaded {
    let mut map = SourceMap::new();
    let id = map.add("moves", text).expect("room");
    let limits = limits();
    let read = read(format, map.file(id).expect("the file"), &limits);
    assert!(read.diagnostics.is_empty(), "{:#?}", read.diagnostics);
    let documents: Vec<&Document> = read.documents.iter().collect();
    let mut facts = Facts::new(&program.schema);
    let reads = |of, field| program.reads(of, field);
    let writes = |of, field| program.writes(of, field);
    let options = load::Options { limits: &limits, reads: &reads, writes: &writes, strict: false };
    let loaded = load_each(&program.schema, &documents, &mut facts, options);
    assert!(loaded.diagnostics.is_empty(), "{:#?}", loaded.diagnostics);
    let rows = (1u32..).zip(loaded.rows).filter_map(|(record, row)| Some((row?, record))).collect();
    let records = documents.len();
    Loaded { facts, input: input(rows), records }
}

/// These rows are to be judged, each with the number of its record.
fn input(rows: Vec<(Row, u32)>) -> PlanInput {
    PlanInput {
        index: 0,
        file: "moves".into(),
        name: "moves".into(),
        named: false,
        span: Span::NONE,
        subjects: Subjects::Entities(rows),
        waivers: Vec::new(),
    }
}

/// A program with everything that is made once.
struct Judge {
    program: Program,
    screen: Arc<Screen>,
    /// The bit of each code.
    bits: Vec<(Arc<str>, u16)>,
}

impl Judge {
    fn new() -> Judge {
        let program = program(&pack("moves"));
        let screen = Arc::new(Screen::new(&program));
        let bits = program.cards().map(|card| (card.code.clone(), bit(&card.name))).collect();
        Judge { program, screen, bits }
    }

    fn bit(&self, code: &str) -> u16 {
        self.bits.iter().find(|(known, _)| &**known == code).map_or(0, |(_, bit)| *bit)
    }

    /// Code, severity and record of each finding, without messages.
    fn columns(&self, facts: &Facts, input: &PlanInput, verdicts: &mut Verdicts) {
        let options = eval::Options { screen: Some(self.screen.clone()), ..eval::Options::default() };
        let found = eval::verdicts(&self.program, facts, input, &options);
        assert!(found.diagnostics.is_empty(), "{:#?}", found.diagnostics);
        for verdict in &found.verdicts {
            verdicts[verdict.record as usize - 1] |= self.bit(&verdict.code);
        }
    }

    /// From bytes to verdicts: code, severity and record of each finding; or everything that a report shows.
    fn found(&self, file: &SourceFile, framing: Framing, threads: usize, told: bool) -> Verdicts {
        let limits = limits();
        let how = How {
            file: "moves".into(),
            index: 0,
            framing,
            threads,
            limits: &limits,
            steps: eval::DEFAULT_STEPS,
            strict: false,
            selected: None,
            told,
            clock: None,
        };
        let mut verdicts = Verdicts::new();
        let mut sink = |judged: batch::Judged| {
            assert!(judged.read.is_empty() && judged.loaded.is_empty() && judged.evaluated.is_empty());
            verdicts.resize(verdicts.len() + judged.subjects as usize, 0);
            for verdict in &judged.verdicts {
                verdicts[verdict.record as usize - 1] |= self.bit(&verdict.code);
            }
            for finding in &judged.findings {
                let line = file.line_of(finding.span.start - file.base());
                verdicts[line] |= self.bit(&finding.code);
            }
            ControlFlow::Continue(())
        };
        batch::judge(&self.program, Source::Held(file), &how, &mut sink).expect("the moves are judged");
        verdicts
    }
}

/// A text as a file of a source map.
pub fn file(text: &str) -> Arc<SourceFile> {
    let mut map = SourceMap::new();
    let id = map.add("moves", text).expect("room");
    map.file(id).expect("the file").clone()
}

/// From JSON lines on: code, severity and place of each finding.
pub const FOUND: Engine = Engine {
    name: "Clearway",
    lacks: &[],
    judges: true,
    make: |data| {
        let (judge, file) = (Judge::new(), file(&data.lines));
        Box::new(move || judge.found(&file, Framing::Lines, 1, false))
    },
};

/// The same from one JSON array on.
pub const ARRAY: Engine = Engine {
    name: "Clearway, JSON array",
    lacks: &[],
    judges: true,
    make: |data| {
        let (judge, file) = (Judge::new(), file(data.array()));
        Box::new(move || judge.found(&file, Framing::List, 1, false))
    },
};

/// From JSON lines on, with everything that a report shows.
pub const TOLD: Engine = Engine {
    name: "Clearway, with messages",
    lacks: &[],
    judges: true,
    make: |data| {
        let (judge, file) = (Judge::new(), file(&data.lines));
        Box::new(move || judge.found(&file, Framing::Lines, 1, true))
    },
};

/// Code, severity and place of each finding, on two threads.
pub const TWO_THREADS: Engine = Engine {
    name: "Clearway, two threads",
    lacks: &[],
    judges: true,
    make: |data| {
        let (judge, file) = (Judge::new(), file(&data.lines));
        Box::new(move || judge.found(&file, Framing::Lines, 2, false))
    },
};

/// Over columns that were filled before.
pub const ALONE: Engine = Engine {
    name: "Clearway",
    lacks: &[],
    judges: true,
    make: |data| {
        let judge = Judge::new();
        let loaded = load(&judge.program, Format::JsonLines, &data.lines);
        Box::new(move || {
            let mut verdicts = vec![0; loaded.records];
            judge.columns(&loaded.facts, &loaded.input, &mut verdicts);
            verdicts
        })
    },
};
