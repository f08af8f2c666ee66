//! What is written of a store reads back as the same facts, in every format; and what no inventory can say is refused by name.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod written;

use clearway::facts::Facts;
use clearway::facts::document::{json, toml, yaml};
use clearway::facts::read::Format;
use clearway::facts::write::{Written, inventory};
use clearway::types::Schema;
use clearway::value::{Cell, Row, Size};
use proptest::prelude::*;
use written::{Changed, Dice, VOCABULARY, changed, load, parsed, reads_back, said, schema, thrown};

proptest! {
    #![proptest_config(ProptestConfig { cases: 250, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_was_loaded_reads_back(seed in any::<u64>()) {
        let schema = schema(VOCABULARY);
        let mut dice = Dice(seed);
        let document = thrown(&schema, &mut dice).document();
        let (facts, wrong) = load(&schema, &[&document]);
        prop_assert!(wrong.is_empty(), "{wrong:#?}\n{}", yaml(&document));
        let written = reads_back(&schema, &facts, &facts);
        // Only names that were made by being named can be in each other's way.
        prop_assert!(written.refused.iter().all(|refused| refused.message.contains("no name finds")), "{:#?}", written.refused);
    }

    #[test]
    fn what_steps_left_behind_reads_back_or_is_refused(seed in any::<u64>()) {
        let schema = schema(VOCABULARY);
        let mut dice = Dice(seed);
        let document = thrown(&schema, &mut dice).document();
        let (facts, _) = load(&schema, &[&document]);
        let changed = changed(&schema, &facts, &mut dice);
        reads_back(&schema, &facts, &changed);
    }

    #[test]
    fn writing_twice_writes_the_same(seed in any::<u64>()) {
        let schema = schema(VOCABULARY);
        let document = thrown(&schema, &mut Dice(seed)).document();
        let (facts, _) = load(&schema, &[&document]);
        let first = inventory(&schema, &facts, &facts);
        if first.refused.is_empty() {
            let (again, _) = load(&schema, &[&first.value.document()]);
            let second = inventory(&schema, &again, &again);
            prop_assert_eq!(yaml(&first.value.document()), yaml(&second.value.document()));
        }
    }
}

const ESTATE: &str = r"
hosts:
  - name: hv1.corp.example
    osVersion: 6.10
    mode: 'off'
    maybe: null
    free: 85899345921 B
    room: 4 GiB
    wait: 90 s
    until: null
    tag: '10'
    quiet: true
    site: csv-1
    domain: corp
    near: []
    labels: { 'off': 'null' }
    board: { cores: 4, cache: {} }
    plates: [{ name: a, size: 80 GiB, chip: null, chips: [] }, {}]
    spare: {}
sites: []
";

/// Sites are made by being named: no file has the section.
fn estate() -> String {
    ESTATE.replace("sites: []\n", "")
}

fn loaded(text: &str) -> (Schema, Facts) {
    let schema = schema(VOCABULARY);
    let (facts, wrong) = load(&schema, &[&parsed(Format::Yaml, text)]);
    assert!(wrong.is_empty(), "{wrong:#?}");
    (schema, facts)
}

#[test]
fn what_is_not_known_and_what_goes_without_saying_is_left_out() {
    let (schema, facts) = loaded(&estate());
    let written = reads_back(&schema, &facts, &facts);
    insta::assert_snapshot!(yaml(&written.value.document()));
}

#[test]
fn the_same_as_json() {
    let (schema, facts) = loaded(&estate());
    insta::assert_snapshot!(json(&inventory(&schema, &facts, &facts).value.document()));
}

#[test]
fn toml_where_nothing_is_null() {
    let (schema, facts) = loaded(&estate());
    let written = inventory(&schema, &facts, &facts);
    assert_eq!(written.null.map(|fact| facts.route(fact)).unwrap(), "hosts[hv1.corp.example].maybe");
    assert_eq!(toml(&written.value.document()), None);
    let (schema, facts) = loaded(&estate().replace("    maybe: null\n", "").replace(", chip: null", ""));
    insta::assert_snapshot!(toml(&reads_back(&schema, &facts, &facts).value.document()).unwrap());
}

fn refused(written: &Written) -> String {
    let lines = written.refused.iter().map(|refused| {
        let notes = refused.notes.iter().map(|note| format!("\n  note: {note}")).collect::<String>();
        format!("{} {}{notes}\n  help: {}\n", refused.code, refused.message, refused.help.as_deref().unwrap())
    });
    lines.collect()
}

fn after(text: &str, cells: &[(&str, u32, &str, Cell)]) -> (Written, String) {
    let (schema, facts) = loaded(text);
    let at = |(of, row, field, cell): &(&str, u32, &str, Cell)| {
        let of = schema.find(of).unwrap();
        ((of, Row(*row), schema.get(of).unwrap().find(field).unwrap()), *cell)
    };
    let state = Changed { facts: &facts, cells: cells.iter().map(at).collect() };
    let written = reads_back(&schema, &facts, &state);
    let text = said(&schema, &facts, &state);
    (written, text)
}

#[test]
fn an_unknown_fact_that_has_a_default_is_refused() {
    let cells = [
        ("host", 0, "quiet", Cell::Unknown),
        ("host.board", 0, "cores", Cell::Unknown),
        ("plate", 0, "chips", Cell::Unknown),
    ];
    insta::assert_snapshot!(refused(&after(&estate(), &cells).0));
    insta::assert_snapshot!(refused(&after(&estate(), &[("host", 0, "board", Cell::Unknown)]).0));
}

#[test]
fn what_a_step_did_to_a_row_that_no_section_lists_is_refused() {
    let cells = [("site", 0, "weight", Cell::Size(Size(1)))];
    insta::assert_snapshot!(refused(&after(&estate(), &cells).0));
}

#[test]
fn what_a_step_did_to_a_row_of_an_open_section_is_said_of_it() {
    let text = format!("{}domains: []\n", estate());
    let number = Cell::Number(clearway::value::Number::from_count(3));
    let (written, _) = after(&text, &[("domain", 0, "level", number)]);
    assert!(yaml(&written.value.document()).contains("domains:\n  - name: corp\n    level: 3\n"));
    let (written, _) = after(&text, &[]);
    assert!(yaml(&written.value.document()).contains("domains: []\n"), "a row that is only named says nothing");
}

#[test]
fn a_part_that_lies_in_two_places_is_refused() {
    let cells = [("host", 0, "spare", Cell::Row(Row(0)))];
    insta::assert_snapshot!(refused(&after(&estate(), &cells).0));
}

#[test]
fn names_that_are_in_each_others_way_are_refused() {
    let text = "sites:\n  - { name: a, host: hv1 }\n  - { name: b, host: hv1.corp.example }\n";
    insta::assert_snapshot!(refused(&after(text, &[]).0));
    let twins = "hosts:\n  - { name: hv1, id: x }\n  - { name: hv1, id: y, near: [x] }\n";
    assert!(after(twins, &[]).0.refused.is_empty());
    insta::assert_snapshot!(refused(&after(twins, &[("host", 0, "id", Cell::None)]).0));
}

#[test]
fn sizes_below_zero_are_read_where_steps_take_from_them() {
    let (written, said) = after(&estate(), &[("host", 0, "free", Cell::Size(Size(-5 << 30)))]);
    assert!(said.contains("Size(Size(-5368709120))"), "{said}");
    assert!(yaml(&written.value.document()).contains("free: '-5 GiB'"));
}

#[test]
fn exports_read_back_as_inventories() {
    let program = clearway::session::compile_bundled("vmm-2019").unwrap();
    for name in [
        "tests/data/scvmm-small.json",
        "tests/data/scvmm-small.clixml.xml",
        "../shared/data/scvmm/inventory-2012r2.json",
        "../shared/data/scvmm/inventory-2014.clixml.xml",
    ] {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
        let Ok(text) = std::fs::read_to_string(path) else {
            eprintln!("skipped: {name} is not here");
            continue;
        };
        let (facts, wrong) = load(&program.schema, &[&parsed(Format::of_name(name).unwrap(), &text)]);
        assert!(wrong.is_empty(), "{name}: {wrong:#?}");
        let written = reads_back(&program.schema, &facts, &facts);
        assert!(written.refused.is_empty(), "{name}: {:#?}", written.refused);
    }
}
