//! The decoder against readers and loader, record by record.

use std::fmt::Write;

use clearway::facts::decode::Decoder;
use clearway::facts::load::{Options, load_each};
use clearway::facts::read::{Format, read};
use clearway::facts::{Facts, Limits};
use clearway::program::Program;
use clearway::source::SourceMap;
use clearway::types::{FieldId, FieldKind, Input, Type};
use clearway::value::{Cell, Row, StructId};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use crate::{damage, policy};

/// What the program reads of a row and of what lives in it, as text: without the numbers that stores give.
fn drawn(program: &Program, facts: &Facts, of: StructId, row: Row) -> String {
    let mut out = String::from("(");
    for (id, field) in program.schema.get(of).unwrap().fields() {
        if field.kind == FieldKind::Stored && program.reads(of, id) {
            write!(out, "{}={} ", field.name, cell(program, facts, facts.cell(of, row, id), &field.ty)).unwrap();
        }
    }
    let owner = facts.owner(of, row).map(|owner| (owner.of, owner.field, owner.index));
    write!(out, "{owner:?})").unwrap();
    out
}

fn cell(program: &Program, facts: &Facts, cell_: Cell, ty: &Type) -> String {
    match (cell_, ty.required()) {
        (Cell::Text(text), _) => {
            format!("{:?}/{:?}", facts.texts().get(text), facts.texts().get(facts.texts().folded(text)))
        }
        (Cell::Row(row), Type::Row(of)) => drawn(program, facts, *of, row),
        (Cell::List(list), Type::List(of)) => {
            facts.list(list).iter().map(|element| cell(program, facts, *element, of) + ", ").collect()
        }
        (Cell::Map(map), Type::Map { value, .. }) => facts
            .map(map)
            .iter()
            .map(|(key, held)| format!("{:?}: {}, ", facts.texts().get(*key), cell(program, facts, *held, value)))
            .collect(),
        (other, _) => format!("{other:?}"),
    }
}

/// Decodes and loads a record. Answers whether it was decoded; where it was, both have to say the same.
fn compared(
    program: &Program,
    decoder: &Decoder,
    hand: &mut clearway::facts::decode::Hand<'_>,
    record: &str,
    limits: &Limits,
    strict: bool,
) -> bool {
    let Input::Each { entity } = program.schema.input else { panic!("no single entities") };
    let mut facts = Facts::new(&program.schema);
    let decoded = hand.record(record, &mut facts);
    let mut map = SourceMap::new();
    let id = map.add("record", record).unwrap();
    let found = read(Format::Json, map.file(id).unwrap(), limits);
    let reads = |of: StructId, field: FieldId| program.reads(of, field);
    let writes = |of: StructId, field: FieldId| program.writes(of, field);
    let options = Options { limits, reads: &reads, writes: &writes, strict };
    let mut loaded = Facts::new(&program.schema);
    let documents: Vec<_> = found.documents.iter().collect();
    let each = load_each(&program.schema, &documents, &mut loaded, options);
    let Ok(row) = decoded else {
        assert_eq!(facts.total_rows(), 0, "what is odd leaves nothing behind: {record}");
        // It is not odd for nothing, as far as members are concerned that are right.
        return false;
    };
    let _ = decoder;
    assert!(found.diagnostics.is_empty(), "{record}: {:?}", found.diagnostics);
    assert!(each.diagnostics.is_empty(), "{record}: {:?}", each.diagnostics);
    let other = each.rows[0].unwrap();
    assert_eq!(drawn(program, &facts, entity, row), drawn(program, &loaded, entity, other), "{record}");
    true
}

fn decoder(program: &Program, limits: &Limits, strict: bool) -> Decoder {
    let reads = |of: StructId, field: FieldId| program.reads(of, field);
    let writes = |of: StructId, field: FieldId| program.writes(of, field);
    Decoder::each(&program.schema, Options { limits, reads: &reads, writes: &writes, strict }).unwrap()
}

#[test]
fn right_records_are_decoded() {
    let program = policy::program(policy::MACHINES);
    let limits = Limits::default();
    let decoder = decoder(&program, &limits, false);
    let mut hand = decoder.hand();
    for record in [
        "{}",
        r#" { "name" : "a" , "the count" : 12 } "#,
        r#"{"disks":[{"name":"d","size":"1 GiB"},null],"cpu":{"cores":2},"$unknown":["tags"],"tags":["x"]}"#,
        r#"{"labels":{"a":1,"b":[{"c":null}]},"name":"A\\B\u00e4\n","memory":"2 GiB"}"#,
    ] {
        assert!(compared(&program, &decoder, &mut hand, record, &limits, false), "{record}");
        assert!(compared(&program, &decoder, &mut hand, record, &limits, false), "again: {record}");
    }
    for record in [
        r#"{"a":1,"a":2}"#,
        r#"{"labels":{"a":1,"b":[{"c":null,"c":1}]}}"#,
        r#"{"labels":{"a":1},"labels":{"a":1}}"#,
        r#"{"name":7}"#,
        r#"{"notes":{"a":"x","A":"y"}}"#,
        r#"{"unread":[{"name":7}]}"#,
        "{} {}",
        "[]",
        "",
        r#"{"a":01}"#,
    ] {
        assert!(!compared(&program, &decoder, &mut hand, record, &limits, false), "{record}");
        assert!(!compared(&program, &decoder, &mut hand, record, &limits, false), "again: {record}");
    }
}

#[test]
fn mappings_of_many_keys_are_told_double_like_any_others() {
    let program = policy::program(policy::MACHINES);
    let limits = Limits::default();
    let decoder = decoder(&program, &limits, false);
    let mut hand = decoder.hand();
    for count in [3, 70, 140, 500] {
        let members: Vec<String> = (0..count).map(|at| format!("\"k{}\":{at}", (at * 7) % count)).collect();
        let right = format!("{{\"labels\":{{{}}},\"name\":\"x\"}}", members.join(","));
        let double = format!("{{\"labels\":{{{},\"k1\":0}}}}", members.join(","));
        let expected = (count * 7) % 7 == 0 && count % 7 != 0;
        for _ in 0..3 {
            assert_eq!(compared(&program, &decoder, &mut hand, &right, &limits, false), expected, "{count}");
            assert!(!compared(&program, &decoder, &mut hand, &double, &limits, false), "{count}");
        }
    }
}

/// A law over records that all go the slow way would hold whatever the decoder does.
#[test]
fn most_records_of_the_laws_are_decoded() {
    let program = policy::program(policy::MACHINES);
    let limits = Limits::default();
    let decoder = decoder(&program, &limits, false);
    let mut hand = decoder.hand();
    let mut draws = TestRunner::deterministic();
    let of = 500;
    let mut decoded = 0;
    for _ in 0..of {
        let record = damage::record().new_tree(&mut draws).unwrap().current();
        decoded += usize::from(compared(&program, &decoder, &mut hand, &record, &limits, false));
    }
    assert!(decoded > of / 2 && decoded < of, "{decoded} of {of} are decoded");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn what_is_decoded_is_what_is_loaded(
        records in prop::collection::vec(damage::line(), 1..12),
        strict in any::<bool>(),
        nesting in prop::sample::select(vec![64u32, 64, 3]),
        text_length in prop::sample::select(vec![1u32 << 20, 1 << 20, 12]),
    ) {
        let program = policy::program(policy::MACHINES);
        let limits = Limits { nesting, text_length, ..Limits::default() };
        let decoder = decoder(&program, &limits, strict);
        let mut hand = decoder.hand();
        for record in &records {
            compared(&program, &decoder, &mut hand, record, &limits, strict);
        }
    }
}
