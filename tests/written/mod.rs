//! Inventories out of dice, what a store says to the last digit, and the way there and back again.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use clearway::diag::Diagnostic;
use clearway::facts::document::{Document, Value, json, toml, yaml};
use clearway::facts::load::{Options, load_inventory};
use clearway::facts::read::{Format, read_one};
use clearway::facts::write::{State, Written, inventory};
use clearway::facts::{Facts, Limits};
use clearway::source::{SourceMap, Span};
use clearway::types::{FieldId, FieldKind, Schema, StructKind, Type};
use clearway::value::{Cell, ListId, Number, Row, Size, StructId};

/// A little of everything that a vocabulary can declare.
pub const VOCABULARY: &str = r#"
pack little "A little of everything" version 1.0.0
enum mode { plain, off, on-demand, y }
entity host {
  name: name key
  id: text? default none
  os: version from "osVersion"
  up: bool
  mode: mode
  maybe: mode?
  share: number
  ratio: number? default none
  free: size
  room: size default 4 GiB
  wait: duration
  since: date
  until: date? default none
  tag: text
  kind: name default "plain"
  quiet: bool default true
  site: site?
  domain: domain
  near: [host]
  tags: [name]
  sizes: [size]
  grid: [[number]]
  labels: map of text
  places: map by name of site default {}
  shelf: map of [size]
  board: { family: name, cores: number default 4, cache: { level: number, size: size } }
  plates: [plate]
  spare: plate?
}
part plate { name: name, size: size, site: site, chip: chip?, chips: [chip] default [] }
part chip { name: name, fast: bool, note: text? }
entity site { name: name key, host: host?, weight: size }
entity domain open { name: name key, trusts: [domain], level: number default 1 }
input plan with inventory { hosts: [host], sites: [site], domains: [domain] }
entity step { host: host, to: { site: site? default none } }
"#;

/// The schema of a text.
pub fn schema(text: &str) -> Schema {
    let mut map = SourceMap::new();
    let id = map.add("all.way", text).unwrap();
    let parsed = clearway::syntax::parse(text, map.file(id).unwrap().base());
    assert!(parsed.diagnostics.is_empty(), "{:#?}", parsed.diagnostics);
    let pack = clearway::check::PackFiles { folder: "all".into(), files: vec![parsed.tree] };
    let checked = clearway::check::check(&[pack]);
    let errors: Vec<_> = checked.diagnostics.iter().filter(|d| d.severity == clearway::diag::Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    checked.policies.schema
}

/// Steps may write every field.
pub fn load(schema: &Schema, documents: &[&Document]) -> (Facts, Vec<Diagnostic>) {
    let limits = Limits::default();
    let options = Options { limits: &limits, reads: &|_, _| true, writes: &|_, _| true, strict: true };
    let loaded = load_inventory(schema, documents, options);
    (loaded.facts, loaded.diagnostics)
}

pub fn parsed(format: Format, text: &str) -> Document {
    let mut map = SourceMap::new();
    let id = map.add("x", text).unwrap();
    let (document, wrong) = read_one(format, map.file(id).unwrap(), &Limits::default());
    assert!(wrong.is_empty(), "{wrong:#?}\n{text}");
    document.unwrap()
}

/// Every format that a value can be written in, as texts.
pub fn texts(value: &Value) -> Vec<(Format, String)> {
    let document = value.document();
    let mut texts = vec![(Format::Yaml, yaml(&document)), (Format::Json, json(&document))];
    texts.extend(toml(&document).map(|text| (Format::Toml, text)));
    texts
}

/// What was written reads back as the same facts, in every format.
pub fn reads_back(schema: &Schema, facts: &Facts, state: &dyn State) -> Written {
    let written = inventory(schema, facts, state);
    if written.refused.is_empty() {
        let before = said(schema, facts, state);
        for (format, text) in texts(&written.value) {
            let document = parsed(format, &text);
            let (again, wrong) = load(schema, &[&document]);
            assert!(wrong.is_empty(), "{format:?} {wrong:#?}\n{text}");
            let after = said(schema, &again, &again);
            for (before, after) in before.lines().zip(after.lines()) {
                assert_eq!(before, after, "{format:?}\n{text}");
            }
            assert_eq!(before.lines().count(), after.lines().count(), "{format:?}\n{text}");
        }
    }
    written
}

/// Everything that a store says, to the last digit. Rows that are only named are told where they are named.
pub fn said(schema: &Schema, facts: &Facts, state: &dyn State) -> String {
    let mut out = String::new();
    for section in schema.sections() {
        let of = section.entity;
        let open = schema.get(of).unwrap().kind == StructKind::Entity { open: true };
        writeln!(out, "{}: {}", section.name, facts.section_known(of)).unwrap();
        let mut lines = Vec::new();
        for row in 0..facts.rows(of) {
            let line = members(schema, facts, state, of, Row(row));
            let named =
                facts.key_of(of, Row(row)).map(|key| format!("{{name: {:?}, level: 1}}", facts.texts().get(key)));
            if row < facts.listed(of) && !open {
                lines.push(format!("  {row} {line}"));
            } else if open && Some(&line) != named.as_ref() {
                lines.push(format!("  {line}"));
            }
        }
        if open {
            lines.sort();
        }
        out.extend(lines.iter().map(|line| format!("{line}\n")));
    }
    out
}

fn members(schema: &Schema, facts: &Facts, state: &dyn State, of: StructId, row: Row) -> String {
    let mut out = Vec::new();
    for (id, field) in schema.get(of).unwrap().fields().filter(|(_, field)| field.kind == FieldKind::Stored) {
        let shown = cell(schema, facts, state, &field.ty, state.cell(of, row, id));
        let empty = shown == "{}" && matches!(field.ty, Type::Row(_));
        if shown != "?" && !empty {
            out.push(format!("{}: {shown}", field.name));
        }
    }
    format!("{{{}}}", out.join(", "))
}

fn cell(schema: &Schema, facts: &Facts, state: &dyn State, ty: &Type, value: Cell) -> String {
    let list = |cells: &[Cell], of: &Type| {
        cells.iter().map(|value| cell(schema, facts, state, of, *value)).collect::<Vec<_>>().join(", ")
    };
    match (value, ty.required()) {
        (Cell::Unknown, _) => "?".to_owned(),
        (Cell::Text(text), _) => format!("{:?}", facts.texts().get(text)),
        (Cell::List(id), Type::List(of)) => format!("[{}]", list(state.list(id), of)),
        (Cell::Map(id), Type::Map { value: of, .. }) => {
            let entry = |(key, value): &(_, Cell)| format!("{:?}: {}", facts.texts().get(*key), list(&[*value], of));
            format!("map {{{}}}", facts.map(id).iter().map(entry).collect::<Vec<_>>().join(", "))
        }
        (Cell::Row(row), Type::Row(of)) => match schema.get(*of).unwrap().kind {
            StructKind::Part | StructKind::Record => members(schema, facts, state, *of, row),
            StructKind::Entity { open: false } if row.0 < facts.listed(*of) => format!("#{}", row.0),
            _ => format!("~{}", facts.texts().get(facts.key_of(*of, row).unwrap()).to_lowercase()),
        },
        (Cell::Number(value), _) => value.to_string(),
        (Cell::Version(value), _) => value.to_string(),
        (value, _) => format!("{value:?}"),
    }
}

/// Cells that are different from what was loaded.
pub struct Changed<'a> {
    pub facts: &'a Facts,
    pub cells: BTreeMap<(StructId, Row, FieldId), Cell>,
}

impl State for Changed<'_> {
    fn cell(&self, of: StructId, row: Row, field: FieldId) -> Cell {
        self.cells.get(&(of, row, field)).copied().unwrap_or_else(|| self.facts.cell(of, row, field))
    }

    fn list(&self, id: ListId) -> &[Cell] {
        self.facts.list(id)
    }
}

/// Dice: the same throws for the same seed.
pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % sides as u64) as usize
    }

    /// One in so many.
    pub fn one_in(&mut self, sides: usize) -> bool {
        self.below(sides) == 0
    }

    pub fn of<'t>(&mut self, all: &[&'t str]) -> &'t str {
        all[self.below(all.len())]
    }
}

const ODD: &[&str] = &[
    "a",
    "null",
    "Null",
    "~",
    "off",
    "true",
    "10",
    "6.10",
    "1e3",
    "0x1f",
    "2026-01-01",
    "a: b",
    "- x",
    "x #y",
    " padded ",
    "#",
    "'quoted'",
    "\"double\"",
    "C:\\a\\",
    "\\\\files\\vms",
    "ü\n\tx",
    "\u{85}",
    "\u{feff}a",
    "{a}",
    "[b]",
    "a, b",
    "<<",
    "=",
    "?",
    "!",
    "&a",
    "*a",
    "%",
    "@",
    "`",
    "80 GiB",
    "\u{1f600}",
    "a\rb",
    "---",
    "...",
    "\u{2028}",
];
const HOSTS: &[&str] = &["hv1", "hv1.corp.example", "HV2", "hv3.corp.example", "null", "10.0", "off", "a: b", "ü"];
const SITES: &[&str] = &["csv-1", "\\\\files\\vms", "hv1:C:\\", "C:\\ClusterStorage\\Volume1", "5"];
const DOMAINS: &[&str] = &["corp.example", "corp", "EMEA", "null"];
const SIZES: &[&str] =
    &["0 B", "1 B", "80 GiB", "1.5 TB", "85899345921 B", "0.3 KB", "-5 GiB", "9223372036854775807 B"];
const NUMBERS: &[&str] =
    &["0", "2", "-1.5", "0.1", "15%", "79228162514264337593543950335", "0.3333333333333333333333333333"];
const DURATIONS: &[&str] = &["0 s", "1 ms", "90 s", "2 h", "7 d", "-3 min", "86400001 ms"];

/// The name of a row, and the id that tells it from its twin.
type Head = (String, Option<String>);

/// An inventory that the loaders have nothing to say about.
pub fn thrown(schema: &Schema, dice: &mut Dice) -> Value {
    let mut names: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut sections = Vec::new();
    let mut rows: Vec<(StructId, String, Vec<Head>)> = Vec::new();
    for section in schema.sections() {
        let pool = match &*section.name {
            "hosts" => HOSTS,
            "sites" => SITES,
            _ => DOMAINS,
        };
        let given = !dice.one_in(5);
        let mut heads = Vec::new();
        let mut found: Vec<String> = Vec::new();
        for name in pool {
            if !dice.one_in(2) {
                continue;
            }
            let twins = &*section.name == "hosts" && dice.one_in(6);
            for twin in 0..if twins { 2 } else { 1 } {
                let id = twins.then(|| format!("id-{}-{twin}", heads.len()));
                found.push(id.clone().unwrap_or_else(|| (*name).to_owned()));
                heads.push(((*name).to_owned(), id));
            }
        }
        let open = schema.get(section.entity).unwrap().kind == StructKind::Entity { open: true };
        if !given || open {
            // Names that no row bears.
            found.extend(
                pool.iter().map(|name| (*name).to_owned()).filter(|name| !heads.iter().any(|(n, _)| n == name)),
            );
        }
        names.insert(&section.name, found);
        if given {
            rows.push((section.entity, section.name.to_string(), heads));
        }
    }
    for (of, section, heads) in rows {
        let mut written = Vec::new();
        for (name, id) in heads {
            let mut row = mapping(schema, &names, dice, of);
            row.put(&["name"], Value::text(name, Span::NONE));
            if let Some(id) = id {
                row.put(&["id"], Value::text(id, Span::NONE));
            } else if let (Value::Map(members, _), "hosts") = (&mut row, &*section) {
                members.retain(|(name, _, _)| name != "id");
            }
            written.push(row);
        }
        sections.push((section, Span::NONE, Value::List(written, Span::NONE)));
    }
    Value::Map(sections, Span::NONE)
}

fn mapping(schema: &Schema, names: &BTreeMap<&str, Vec<String>>, dice: &mut Dice, of: StructId) -> Value {
    let mut row = Value::map(Span::NONE);
    for field in &schema.get(of).unwrap().fields {
        if field.kind == FieldKind::Stored && !dice.one_in(3) {
            let value = thrown_value(schema, names, dice, &field.ty);
            row = row.with(&field.input, value);
        }
    }
    row
}

fn thrown_value(schema: &Schema, names: &BTreeMap<&str, Vec<String>>, dice: &mut Dice, ty: &Type) -> Option<Value> {
    let bare = |text: &str| Some(Value::text(text, Span::NONE));
    match ty {
        Type::Optional(_) if dice.one_in(3) => Some(Value::Null(Span::NONE)),
        Type::Optional(of) => thrown_value(schema, names, dice, of),
        Type::Bool => bare(dice.of(&["true", "false"])),
        Type::Number => bare(dice.of(NUMBERS)),
        Type::Size => bare(dice.of(SIZES)),
        Type::Duration => bare(dice.of(DURATIONS)),
        Type::Date => bare(dice.of(&["2026-12-31", "0001-01-01", "9999-12-31"])),
        Type::Version => bare(dice.of(&["6.10", "10.0.17763", "6", "6.2.0.0"])),
        Type::Text => bare(if dice.one_in(8) { "" } else { dice.of(ODD) }),
        Type::Name => bare(dice.of(ODD)),
        Type::Enum(id) => {
            let values = &schema.enum_def(*id).unwrap().values;
            bare(&values[dice.below(values.len())])
        }
        Type::Row(of) => match schema.section_of(*of) {
            Some(section) => {
                let names = &names[&*section.name];
                if names.is_empty() { None } else { bare(&names[dice.below(names.len())]) }
            }
            None => Some(mapping(schema, names, dice, *of)),
        },
        Type::List(of) => {
            let elements = (0..dice.below(4)).filter_map(|_| thrown_value(schema, names, dice, of)).collect();
            Some(Value::List(elements, Span::NONE))
        }
        Type::Map { by_name, value } => {
            let mut seen = BTreeSet::new();
            let mut entries = Vec::new();
            for _ in 0..dice.below(4) {
                let key = dice.of(ODD);
                if seen.insert(if *by_name { key.to_lowercase() } else { key.to_owned() }) {
                    let value = thrown_value(schema, names, dice, value);
                    entries.extend(value.map(|value| (key.to_owned(), Span::NONE, value)));
                }
            }
            Some(Value::Map(entries, Span::NONE))
        }
        other => panic!("{other:?}"),
    }
}

/// What steps may have done: cells of any row take other values, or none that is known.
pub fn changed<'a>(schema: &Schema, facts: &'a Facts, dice: &mut Dice) -> Changed<'a> {
    let mut cells = BTreeMap::new();
    for _ in 0..dice.below(12) {
        let structs: Vec<_> = schema.structs().filter(|(id, _)| id.0 > 2 && facts.rows(*id) > 0).collect();
        if structs.is_empty() {
            break;
        }
        let (of, held) = structs[dice.below(structs.len())];
        let row = Row(dice.below(facts.rows(of) as usize) as u32);
        let at = dice.below(held.fields.len());
        let (id, field) = (FieldId(at as u16), &held.fields[at]);
        let entity = matches!(held.kind, StructKind::Entity { .. });
        if field.kind != FieldKind::Stored || (entity && held.key == Some(id)) {
            continue;
        }
        let optional = field.ty.is_optional() && dice.one_in(3);
        let cell = match field.ty.required() {
            _ if optional => Cell::None,
            _ if dice.one_in(8) => Cell::Unknown,
            Type::Bool => Cell::Bool(dice.one_in(2)),
            Type::Number => Cell::Number(Number::parse(dice.of(NUMBERS)).unwrap()),
            Type::Size => Cell::Size(Size::parse(dice.of(SIZES)).unwrap()),
            Type::Row(other) if schema.section_of(*other).is_some() && facts.rows(*other) > 0 => {
                Cell::Row(Row(dice.below(facts.rows(*other) as usize) as u32))
            }
            _ => continue,
        };
        // A record is a part of its row and never another one.
        cells.insert((of, row, id), cell);
    }
    Changed { facts, cells }
}
