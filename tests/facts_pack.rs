//! The loaders under the vocabulary of the bundled pack: the examples load without a word, the guide's examples too, and the
//! real export gives the numbers that it has.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod world;

use std::path::Path;

use clearway::check::{PackFiles, check};
use clearway::facts::Limits;
use clearway::facts::document::Document;
use clearway::facts::load::{load_inventory, load_plan};
use clearway::facts::read::{Format, add_file, read_one};
use clearway::source::SourceMap;
use clearway::types::Schema;
use world::{options, said};

fn pack() -> Schema {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies/vmm-2019");
    let mut names: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    let mut sources = SourceMap::new();
    let mut files = Vec::new();
    for path in names.iter().filter(|path| path.extension().is_some_and(|ending| ending == "way")) {
        let text = std::fs::read_to_string(path).unwrap();
        let id = sources.add(&path.to_string_lossy(), text.as_str()).unwrap();
        files.push(clearway::syntax::parse(&text, sources.file(id).unwrap().base()).tree);
    }
    check(&[PackFiles { folder: "vmm-2019".into(), files }]).policies.schema
}

fn repository(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// Blocks with an info string and a text: those of the first section of a page that has any.
fn blocks(page: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        if line.starts_with("## ") && !found.is_empty() {
            break;
        }
        let Some(info) = line.strip_prefix("```").filter(|info| !info.is_empty()) else { continue };
        let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        found.push((info.to_owned(), block.join("\n") + "\n"));
    }
    found
}

/// Loads inventories and plans; everything that is said.
fn load(schema: &Schema, blocks: &[(String, String)]) -> String {
    let mut sources = SourceMap::new();
    let limits = Limits::default();
    let mut said_of = Vec::new();
    let (mut inventories, mut plans): (Vec<Document>, Vec<Document>) = (Vec::new(), Vec::new());
    for (info, text) in blocks {
        let mut words = info.split(' ');
        let (Some(format), Some(kind)) = (words.next(), words.next()) else { continue };
        let Some(format) = Format::of_name(&format!("x.{format}")) else { continue };
        let id = add_file(&mut sources, info, text.clone().into_bytes(), &limits).unwrap();
        let (document, diagnostics) = read_one(format, &sources.file(id).unwrap().clone(), &limits);
        said_of.extend(diagnostics);
        if kind == "plan" { plans.extend(document) } else { inventories.extend(document) }
    }
    if inventories.is_empty() {
        let text = repository("examples/estate.yaml");
        let id = add_file(&mut sources, "estate.yaml", text.into_bytes(), &limits).unwrap();
        inventories.extend(read_one(Format::Yaml, &sources.file(id).unwrap().clone(), &limits).0);
    }
    let loaded = load_inventory(schema, &inventories.iter().collect::<Vec<_>>(), options(&limits));
    said_of.extend(loaded.diagnostics);
    let mut facts = loaded.facts;
    for plan in &plans {
        let mark = facts.mark();
        said_of.extend(load_plan(schema, plan, &mut facts, "plan", options(&limits)).diagnostics);
        facts.release(&mark);
    }
    said(&sources, &said_of)
}

#[test]
fn the_examples_load_without_a_word() {
    let estate = ("yaml inventory".to_owned(), repository("examples/estate.yaml"));
    let plan = ("yaml plan".to_owned(), repository("examples/drain.plan.yaml"));
    assert_eq!(load(&pack(), &[estate, plan]), "");
}

#[test]
fn the_guide_loads_without_a_word() {
    let guide = blocks(&repository("docs/inputs.md").replace("\n## ", "\n").replace("\n### ", "\n"));
    assert!(guide.len() >= 4);
    assert_eq!(load(&pack(), &guide), "");
}

/// The numbers of the real export, as they are in the store.
#[test]
fn the_real_export_fills_the_store() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/scvmm/inventory-2012r2.json");
    let Ok(bytes) = std::fs::read(&path) else {
        eprintln!("skipped: {} is not here", path.display());
        return;
    };
    let schema = pack();
    let limits = Limits::default();
    let started = std::time::Instant::now();
    let mut sources = SourceMap::new();
    let id = add_file(&mut sources, "export.json", bytes, &limits).unwrap();
    let (document, diagnostics) = read_one(Format::Json, &sources.file(id).unwrap().clone(), &limits);
    let read = started.elapsed();
    let loaded = load_inventory(&schema, &[&document.unwrap()], options(&limits));
    eprintln!("read in {read:?}, read and loaded in {:?}", started.elapsed());
    assert_eq!(said(&sources, &diagnostics), "");
    assert_eq!(said(&sources, &loaded.diagnostics), "");
    let facts = loaded.facts;
    let rows = |name: &str| facts.rows(schema.find(name).unwrap());
    assert_eq!(
        ["host", "cluster", "storage", "vm", "disk"].map(rows),
        [3, 1, 14, 28, 37],
        "12 volumes and 2 shares, and nothing that only a reference made"
    );
    // Every fact of a machine points into the export, or at the machine.
    let vm = schema.find("vm").unwrap();
    for row in 0..28 {
        for (field, _) in schema.get(vm).unwrap().fields() {
            let fact = clearway::facts::Fact::Field { of: vm, row: clearway::value::Row(row), field };
            assert!(sources.locate(facts.place(fact).unwrap()).is_some());
        }
    }
}
