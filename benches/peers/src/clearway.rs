//! Clearway, by its library: a pack in the language, no Rust for any of its rules.

use std::path::{Path, PathBuf};

use clearway::check::{PackFiles, check};
use clearway::compile::compile;
use clearway::diag::Severity;
use clearway::eval::{self, PlanInput, Subjects};
use clearway::facts::document::Document;
use clearway::facts::load::{self, load_each};
use clearway::facts::read::{Format, read};
use clearway::facts::{Facts, Limits};
use clearway::program::Program;
use clearway::source::{Disk, Files, SourceMap, Span};

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
    /// Where each record begins.
    begins: Vec<u32>,
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
    let begins = documents.iter().map(|document| document.root().map_or(0, |root| document.span(root).start)).collect();
    let input = PlanInput {
        index: 0,
        file: "moves".into(),
        name: "moves".into(),
        named: false,
        span: Span::NONE,
        subjects: Subjects::Entities(rows),
        waivers: Vec::new(),
    };
    Loaded { facts, input, begins }
}

/// Judges moves that are in columns.
pub fn judge(program: &Program, loaded: &Loaded) -> Verdicts {
    let outcome = eval::evaluate(program, &loaded.facts, &loaded.input, &eval::Options::default());
    assert!(outcome.diagnostics.is_empty(), "{:#?}", outcome.diagnostics);
    let mut verdicts = vec![0; loaded.begins.len()];
    for finding in &outcome.findings {
        let record = loaded.begins.partition_point(|begin| *begin <= finding.span.start);
        verdicts[record - 1] |= bit(&finding.rule);
    }
    verdicts
}

/// From JSON lines on.
pub const FOUND: Engine = Engine {
    name: "Clearway",
    lacks: &[],
    judges: true,
    make: |data| {
        let program = program(&pack("moves"));
        Box::new(move || judge(&program, &load(&program, Format::JsonLines, &data.lines)))
    },
};

/// Over columns that were filled before.
pub const ALONE: Engine = Engine {
    name: "Clearway",
    lacks: &[],
    judges: true,
    make: |data| {
        let program = program(&pack("moves"));
        let loaded = load(&program, Format::JsonLines, &data.lines);
        Box::new(move || judge(&program, &loaded))
    },
};

pub const TOLD: Engine = Engine { name: "Clearway, with messages", ..FOUND };
pub const ARRAY: Engine = Engine { name: "Clearway, JSON array", ..FOUND };
pub const TWO_THREADS: Engine = Engine { name: "Clearway, two threads", ..FOUND };
