//! Laws of inventories that go straight into columns: what is taken so, readers and loader take without a word, and it says
//! the same, stands at the same places and goes by the same names, down to the order of its rows.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod world;

use std::fmt::Write;
use std::path::{Path, PathBuf};

use clearway::facts::decode::Estate;
use clearway::facts::document::json;
use clearway::facts::load::{Assumption, Options, load_decoded, load_inventory};
use clearway::facts::read::{Format, read_one};
use clearway::facts::{Fact, Facts, Limits};
use clearway::session::compile_bundled;
use clearway::source::SourceMap;
use clearway::types::{Const, FieldId, FieldKind, Schema, StructKind, Type};
use clearway::value::{Cell, Row, StructId};
use proptest::prelude::*;
use world::{Making, all, default, field, none};

/// Draws what a store says, without the numbers that it gives to texts, lists, maps and records; other rows keep theirs.
struct Drawing<'f> {
    schema: &'f Schema,
    facts: &'f Facts,
    kept: &'f dyn Fn(StructId, FieldId) -> bool,
    out: String,
}

impl Drawing<'_> {
    fn cell(&mut self, cell: Cell, ty: &Type) {
        let facts = self.facts;
        let texts = facts.texts();
        match (cell, ty.required()) {
            (Cell::Text(text), _) => {
                write!(self.out, "{:?}/{:?}", texts.get(text), texts.get(texts.folded(text))).unwrap();
            }
            (Cell::List(list), Type::List(of)) => facts.list(list).iter().for_each(|cell| {
                self.cell(*cell, of);
                self.out.push_str(", ");
            }),
            (Cell::Map(map), Type::Map { value, .. }) => facts.map(map).iter().for_each(|(key, cell)| {
                write!(self.out, "{:?}: ", texts.get(*key)).unwrap();
                self.cell(*cell, value);
                self.out.push_str(", ");
            }),
            (Cell::Row(row), Type::Row(of)) if self.schema.get(*of).unwrap().kind == StructKind::Record => {
                self.row(*of, row)
            }
            (other, _) => write!(self.out, "{other:?}").unwrap(),
        }
    }

    fn row(&mut self, of: StructId, row: Row) {
        let (schema, facts) = (self.schema, self.facts);
        writeln!(
            self.out,
            "{:?} {:?}",
            facts.owner(of, row).map(|owner| (owner.of, owner.index)),
            facts.row_place(of, row)
        )
        .unwrap();
        for (field, declared) in schema.get(of).unwrap().fields() {
            let fact = Fact::Field { of, row, field };
            write!(self.out, "  {} {:?} {} ", declared.name, facts.place(fact), facts.route(fact)).unwrap();
            if declared.kind == FieldKind::Stored && (self.kept)(of, field) {
                self.cell(facts.cell(of, row, field), &declared.ty);
            }
            self.out.push('\n');
        }
        if let Some(key) = facts.key_of(of, row) {
            let name = facts.texts().get(key).clone();
            let short = name.split('.').next().unwrap_or("").to_uppercase();
            writeln!(self.out, "  {:?} {:?}", facts.find(of, &name), facts.find(of, &short)).unwrap();
        }
    }
}

/// Everything that a store says, and where it says that it stands.
fn drawn(schema: &Schema, facts: &Facts, kept: &dyn Fn(StructId, FieldId) -> bool) -> String {
    let mut drawing = Drawing { schema, facts, kept, out: String::new() };
    for (of, shape) in schema.structs() {
        let known = (facts.section_known(of), facts.listed(of), facts.rows(of));
        writeln!(drawing.out, "{} {known:?}", shape.name).unwrap();
        if shape.kind != StructKind::Record {
            (0..facts.rows(of)).for_each(|row| drawing.row(of, Row(row)));
        }
    }
    drawing.out
}

type Reads<'r> = &'r dyn Fn(StructId, FieldId) -> bool;

/// Reads a text both ways. Answers whether it went straight into columns; then both ways say the same.
fn compared(schema: &Schema, text: &str, limits: &Limits, reads: Reads<'_>, whole: bool) -> bool {
    let options = Options { limits, reads, writes: &none, strict: false };
    let mut sources = SourceMap::new();
    // Another file lies before it, so that offsets are not the file's own.
    sources.add("before", "x").unwrap();
    let id = sources.add("estate.json", text).unwrap();
    let file = sources.file(id).unwrap().clone();
    let Some(estate) = Estate::new(schema, options, whole) else {
        assert!(limits.text_length < 8, "the vocabulary is a usual one");
        return false;
    };
    let Ok(decoded) = estate.read(schema, &file, options) else { return false };
    let whole = whole || decoded.assume.is_some();
    let assumes = decoded.assume.is_some();
    let decoded = load_decoded(schema, None, decoded, options);
    let facts = decoded.facts;
    let (document, diagnostics) = read_one(Format::Json, &file, limits);
    assert!(diagnostics.is_empty(), "{text}: {diagnostics:#?}");
    let loaded = load_inventory(schema, &[&document.unwrap()], options);
    assert!(assumes || loaded.diagnostics.is_empty(), "{text}: {:#?}", loaded.diagnostics);
    assert_eq!(decoded.diagnostics, loaded.diagnostics, "{text}");
    let told = |all: &[Assumption]| {
        all.iter().map(|one| format!("{:?}", Assumption { cell: Cell::None, ..one.clone() })).collect::<Vec<_>>()
    };
    assert_eq!(told(&decoded.assumptions), told(&loaded.assumptions), "{text}");
    let kept = |of, field| whole || reads(of, field);
    let (here, there) = (drawn(schema, &facts, &kept), drawn(schema, &loaded.facts, &kept));
    let differs = here.lines().zip(there.lines()).find(|(here, there)| here != there);
    assert!(here == there, "{differs:#?} of {text}");
    assert_eq!(facts.total_rows(), loaded.facts.total_rows());
    true
}

/// A vocabulary of what the usual one does not have: one kind of part in several fields, entities that need no row, maps.
fn strange() -> Schema {
    let mut making = Making::new();
    let word = making.enumeration("word", &["one", "two"]);
    let first = making.0.structs.len() as u16;
    let [thing, place, note, record] = [0, 1, 2, 3].map(|at| StructId(first + at));
    let (row, list, optional) = (Type::Row, Type::list, Type::optional);
    let map = |by_name: bool, value: Type| Type::Map { by_name, value: value.into() };
    making.of(
        "thing",
        StructKind::Entity { open: false },
        vec![
            field("name", Type::Text),
            default("id", optional(Type::Text), Const::None),
            field("notes", list(row(note))),
            field("place", row(place)),
            field("more", list(row(note))),
            field("best", optional(row(note))),
            field("record", row(record)),
            field("said", map(true, Type::Text)),
            field("places", map(false, optional(row(place)))),
            field("any", Type::Any),
            default("time", Type::Duration, Const::Duration(clearway::value::Duration::parse("5 min").unwrap())),
            field("day", Type::Date),
            field("words", list(optional(word))),
            field("other", optional(row(thing))),
        ],
    );
    making.of(
        "place",
        StructKind::Entity { open: true },
        vec![field("name", Type::Name), field("record", row(record)), field("near", list(row(place)))],
    );
    making.of("note", StructKind::Part, vec![field("text", Type::Text), field("place", row(place))]);
    making.of(
        "record",
        StructKind::Record,
        vec![field("size", Type::Size), field("notes", list(row(note))), default("on", Type::Bool, Const::Bool(true))],
    );
    making.sections(&[("things", thing), ("places", place)]);
    making.0
}

/// Numbers that look drawn by lot, the same for the same seed.
struct Lot(u64);

impl Lot {
    fn below(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % count as u64) as usize
    }

    fn pick<'t>(&mut self, of: &[&'t str]) -> &'t str {
        of[self.below(of.len())]
    }
}

/// Writes inventories of a vocabulary: mostly right, now and then not.
struct Writing<'s> {
    schema: &'s Schema,
    lot: Lot,
    /// One in so many things is out of the ordinary; 0: none is.
    odd: usize,
    blanks: &'static [&'static str],
    out: String,
}

impl Writing<'_> {
    fn odd(&mut self) -> bool {
        self.odd > 0 && self.lot.below(self.odd) == 0
    }

    fn put(&mut self, text: &str) {
        let blank = self.lot.pick(self.blanks);
        self.out.push_str(blank);
        self.out.push_str(text);
    }

    fn row(&mut self, of: StructId, name: &str) {
        let shape = self.schema.get(of).unwrap().clone();
        let mut fields: Vec<usize> = (0..shape.fields.len()).collect();
        if self.lot.below(4) == 0 {
            let at = self.lot.below(fields.len());
            fields.rotate_left(at);
        }
        self.put("{");
        let mut first = true;
        for at in fields {
            let field = &shape.fields[at];
            let key = shape.key == Some(FieldId(at as u16));
            if field.kind != FieldKind::Stored || (name.is_empty() || !key) && self.lot.below(3) == 0 {
                continue;
            }
            if !std::mem::take(&mut first) {
                self.put(",");
            }
            let written = if self.odd() { self.lot.pick(&["x", "naem", "", "\\u0061"]) } else { &field.input };
            self.put(&format!("\"{written}\""));
            self.put(":");
            match name {
                "" => self.value(&field.ty),
                _ if key => self.put(&format!("\"{name}\"")),
                _ if &*field.name == "id" => {
                    let id = self.lot.below(9).to_string();
                    self.put(&format!("\"{id}\""));
                }
                _ => self.value(&field.ty),
            }
        }
        self.put("}");
    }

    fn value(&mut self, ty: &Type) {
        if matches!(ty, Type::Optional(_)) && self.lot.below(4) == 0 || self.odd() {
            return self.put("null");
        }
        if self.odd() {
            let odd = self.lot.pick(&[
                "[]",
                "{}",
                "\"\"",
                "7",
                "truth",
                "[1,]",
                "{\"a\":1,\"a\":2}",
                "\"\\ud83d\\ude00\"",
                "01",
            ]);
            return self.put(odd);
        }
        match ty.required() {
            Type::List(of) => {
                self.put("[");
                for index in 0..self.lot.below(4) {
                    if index > 0 {
                        self.put(",");
                    }
                    self.value(of);
                }
                self.put("]");
            }
            Type::Map { value, .. } => {
                self.put("{");
                for index in 0..self.lot.below(3) {
                    if index > 0 {
                        self.put(",");
                    }
                    let key = ["a", "B\\t", "\\u00e4"][index % 3];
                    self.put(&format!("\"{key}\""));
                    self.put(":");
                    self.value(value);
                }
                self.put("}");
            }
            Type::Row(of) if matches!(self.schema.get(*of).unwrap().kind, StructKind::Part | StructKind::Record) => {
                self.row(*of, "");
            }
            Type::Row(_) => {
                let name = self.lot.pick(&["a", "A", "b", "b.corp.example", "c.corp.example", "C", "d", "7", "e \\n"]);
                self.put(&format!("\"{name}\""));
            }
            Type::Enum(id) => {
                let values = self.schema.enum_def(*id).unwrap().values.clone();
                let value = &values[self.lot.below(values.len())];
                self.put(&format!("\"{value}\""));
            }
            Type::Bool => {
                let text = self.lot.pick(&["true", "false", "\"true\"", "\" False \""]);
                self.put(text);
            }
            Type::Number => {
                let text = self.lot.pick(&["0", "12", "-1.50e+1", "\"7\"", "123456789012345678"]);
                self.put(text);
            }
            Type::Size => {
                let text = self.lot.pick(&["\"1 GiB\"", "\"0 B\"", "\" 3 KiB\""]);
                self.put(text);
            }
            Type::Duration => self.put("\"90 s\""),
            Type::Date => self.put("\"2027-03-31\""),
            Type::Version => {
                let text = self.lot.pick(&["\"10.0.17763\"", "6.10", "9"]);
                self.put(text);
            }
            _ => {
                let text = self.lot.pick(&["\"Intel\"", "\"\"", "\"ä\\\\ \\\"\"", "179", "true", "\"\u{1F600}\""]);
                self.put(text);
            }
        }
    }

    fn estate(&mut self) {
        self.put("{");
        let schema = self.schema;
        let mut sections: Vec<usize> = (0..schema.sections().len()).collect();
        let at = self.lot.below(sections.len() * 3);
        if at < sections.len() {
            sections.rotate_left(at);
        }
        let mut first = true;
        for at in sections {
            let section = &schema.sections()[at];
            if self.lot.below(4) == 0 {
                continue;
            }
            if !std::mem::take(&mut first) {
                self.put(",");
            }
            self.put(&format!("\"{}\"", section.name));
            self.put(":");
            if self.odd() {
                self.put("null");
                continue;
            }
            self.put("[");
            let names = ["a", "B", "b.corp.example", "c.corp.example", "d", "7", "A.emea.example"];
            let same = self.lot.below(6) == 0;
            for (index, name) in names.iter().take(self.lot.below(names.len() + 1)).enumerate() {
                if index > 0 {
                    self.put(",");
                }
                self.row(section.entity, if same && index % 2 == 1 { "a" } else { name });
            }
            self.put("]");
        }
        if self.lot.below(8) == 0 {
            let fact =
                self.lot.pick(&["hosts.domain", "vms.disks.shared", "vms.disks.storage", "things.place", "x", ""]);
            let value = self.lot.pick(&["\"a\"", "true", "null", "[]", "\"new\""]);
            self.put(if first { "" } else { "," });
            self.put(&format!(r#""assume":[{{"fact":"{fact}","is":{value},"because":"so"}}]"#));
        }
        self.put("}");
        if self.odd() {
            self.put("x");
        }
    }
}

fn written(schema: &Schema, seed: u64, odd: usize) -> String {
    let blanks: &[&str] = match seed % 3 {
        0 => &[""],
        1 => &["", " ", "\n  "],
        _ => &["", "", "\r\n", "\t"],
    };
    let mut writing = Writing { schema, lot: Lot(seed), odd, blanks, out: String::new() };
    writing.estate();
    writing.out
}

fn some(of: StructId, field: FieldId) -> bool {
    !(of.0 + field.0).is_multiple_of(3)
}

proptest! {
    #[test]
    fn an_inventory_says_the_same_either_way(seed in any::<u64>(), whole in any::<bool>()) {
        let limits = Limits::default();
        for schema in [world::schema(), strange()] {
            let text = written(&schema, seed, 0);
            compared(&schema, &text, &limits, &all, whole);
            compared(&schema, &text, &limits, &some, whole);
        }
    }

    #[test]
    fn what_is_odd_about_one_is_never_passed_over(seed in any::<u64>(), odd in 5usize..200) {
        let limits = Limits::default();
        for schema in [world::schema(), strange()] {
            let text = written(&schema, seed, odd);
            compared(&schema, &text, &limits, &all, false);
            compared(&schema, &text, &limits, &some, false);
        }
    }

    #[test]
    fn limits_are_hit_alike(seed in any::<u64>(), most in 1u32..200, nesting in 0u32..8) {
        for schema in [world::schema(), strange()] {
            let text = written(&schema, seed, 0);
            for limits in [
                Limits { values: most.into(), ..Limits::default() },
                Limits { rows: most, ..Limits::default() },
                Limits { text_length: most, ..Limits::default() },
                Limits { nesting, ..Limits::default() },
            ] {
                compared(&schema, &text, &limits, &some, false);
            }
        }
    }

    #[test]
    fn damage_is_never_passed_over(seed in any::<u64>(), at in any::<prop::sample::Index>(), with in prop::sample::select(vec![
        "", "\"", "{", "}", "[", "]", ",", ":", "\\", "\n", "\u{1}", "null", "1", "ä",
    ])) {
        let (schema, limits) = (world::schema(), Limits::default());
        let mut text = written(&schema, seed, 0);
        let mut at = at.index(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        let end = (at + 1..=text.len()).find(|end| text.is_char_boundary(*end)).unwrap();
        text.replace_range(at..end, with);
        compared(&schema, &text, &limits, &some, false);
    }
}

/// Most of what is written by the rules goes the fast way: the laws above are about something.
#[test]
fn right_inventories_go_straight_into_columns() {
    let limits = Limits::default();
    for schema in [world::schema(), strange()] {
        let fast = (0..300).filter(|seed| compared(&schema, &written(&schema, *seed, 0), &limits, &all, false)).count();
        assert!(fast > 30, "{fast} of 300");
    }
}

#[test]
fn what_readers_and_loader_would_tell_of_is_odd() {
    let (schema, limits) = (world::schema(), Limits::default());
    for (text, straight) in [
        ("{}", true),
        ("\u{feff} { } ", true),
        (r#"{"$schema":"x","vms":[{"name":"a"}]}"#, true),
        (r#"{"vms":[{"name":"a","id":"1"},{"name":"A","id":"2"}]}"#, true),
        (
            r#"{"vms":[{"name":"a","host":"hv1"},{"name":"b","host":"HV1"},{"name":"c","host":"hv1.corp.example"}]}"#,
            true,
        ),
        (r#"{"hosts":[{"name":"hv1","domain":"d"}],"domains":[{"name":"e","trusts":["d","f"]}]}"#, true),
        (r#"{"hosts":[{"name":"hv1","cpu":null}]}"#, true),
        (r#"{"vms":[{"name":"a","id":"1"},{"name":"A"}]}"#, false),
        (r#"{"vms":[{"name":"a"},{"name":"a"}]}"#, false),
        (r#"{"vms":[{"name":" "}]}"#, false),
        (r#"{"vms":[{}]}"#, false),
        (r#"{"vms":[{"name":"a","host":"x"}],"hosts":[]}"#, false),
        (r#"{"vms":[{"name":"a","host":" "}]}"#, false),
        (r#"{"vms":[{"name":"a","hosts":"x"}]}"#, false),
        (r#"{"vms":[{"name":"a","state":"on"}]}"#, false),
        (r#"{"vms":[{"name":"a","memory":"-1 B"}]}"#, false),
        (r#"{"vms":[{"name":"a","memory":null}]}"#, false),
        (r#"{"vms":[{"name":"a"}],"vms":[]}"#, false),
        (r#"{"vms":null}"#, false),
        (r#"{"assume":[]}"#, true),
        (
            r#"{"assume":[{"fact":"vms.disks.shared","is":false,"because":"x"}],"vms":[{"name":"a","disks":[{}]}]}"#,
            true,
        ),
        (r#"{"vms":[{"name":"a"}], "assume" : [{"fact":"vms.host","is":"hv1","because":"x"},{"fact":"x"}] }"#, true),
        (r#"{"assume":[{"fact":"vms.host","fact":"vms.host"}]}"#, false),
        (r#"{"assume":[}]}"#, false),
        (r#"{"assume":}"#, false),
        (r#"{"assume":7}"#, true),
        (r#"{"assume":[],"assume":[]}"#, false),
        (r#"{"$schema":null}"#, false),
        (r#"{"vms":[{"name":"a","VMCPath":"x"}]}"#, false),
        (r#"{"vms":[{"name":"a"}]} {}"#, false),
        ("[]", false),
        ("", false),
    ] {
        assert_eq!(compared(&schema, text, &limits, &all, false), straight, "{text}");
    }
}

/// Every inventory of the repository, as JSON.
#[test]
fn inventories_of_the_repository_say_the_same() {
    let limits = Limits::default();
    let program = compile_bundled("vmm-2019").unwrap();
    let reads = |of: StructId, field: FieldId| program.reads(of, field);
    let mut straight = 0;
    for path in files(Path::new(env!("CARGO_MANIFEST_DIR"))) {
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        let mut sources = SourceMap::new();
        let format = Format::of_name(&path.display().to_string()).unwrap();
        let id = sources.add("x", text.as_str()).unwrap();
        let (Some(document), _) = read_one(format, sources.file(id).unwrap(), &limits) else { continue };
        if document.root().is_some_and(|root| document.get(root, "vms").or(document.get(root, "hosts")).is_some()) {
            let text = json(&document);
            straight += usize::from(compared(&program.schema, &text, &limits, &reads, false));
            compared(&program.schema, &text, &limits, &all, true);
        }
    }
    assert!(straight > 3, "{straight}");
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for part in ["examples", "tests/plans", "tests/data", "tests/life"] {
        let entries = std::fs::read_dir(folder.join(part)).into_iter().flatten().flatten();
        found.extend(
            entries
                .map(|entry| entry.path())
                .filter(|path| path.extension().is_some_and(|ending| ending == "yaml" || ending == "json")),
        );
    }
    found.sort();
    found
}
