//! Laws of reading and loading: any bytes end without a panic and with places inside the text; what is written reads back;
//! inventories laid over each other follow the rules that the guide states.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod world;

use clearway::diag::Diagnostic;
use clearway::facts::Limits;
use clearway::facts::document::{Document, NodeId, Value, View, yaml};
use clearway::facts::load::{load_inventory, load_plan};
use clearway::facts::read::{Format, add_file, read, read_one};
use clearway::source::{SourceMap, Span};
use proptest::prelude::*;
use world::{drawn, options, schema};

const FORMATS: [Format; 5] = [Format::Yaml, Format::Json, Format::JsonLines, Format::Toml, Format::Csv];

/// Reads and loads bytes in every way there is.
fn survive(bytes: &[u8]) {
    let schema = schema();
    let limits = Limits { values: 50_000, rows: 20_000, ..Limits::default() };
    for format in FORMATS {
        let mut sources = SourceMap::new();
        let mut said: Vec<Diagnostic> = Vec::new();
        // Another file lies before it, so that offsets are not the file's own.
        sources.add("before", "x").unwrap();
        match add_file(&mut sources, "x", bytes.to_vec(), &limits) {
            Err(diagnostic) => said.push(*diagnostic),
            Ok(id) => {
                let file = sources.file(id).unwrap().clone();
                let result = read(format, &file, &limits);
                said.extend(result.diagnostics);
                for document in &result.documents {
                    inside(document, file.span());
                    let loaded = load_inventory(&schema, &[document, document], options(&limits));
                    said.extend(loaded.diagnostics);
                    let mut facts = loaded.facts;
                    let mark = facts.mark();
                    said.extend(load_plan(&schema, document, &mut facts, "p", options(&limits)).diagnostics);
                    facts.release(&mark);
                    assert_eq!(facts.mark(), mark);
                    yaml(document);
                }
            }
        }
        for diagnostic in &said {
            for label in &diagnostic.labels {
                assert!(sources.text(label.span).is_some(), "{format:?}: {diagnostic:?}");
            }
            assert!(!diagnostic.message.contains('\n') && !diagnostic.message.ends_with('.'), "{diagnostic:?}");
        }
    }
}

/// Every place of a document lies inside the text, and at letters' ends.
fn inside(document: &Document, file: Span) {
    let mut nodes: Vec<NodeId> = document.root().into_iter().collect();
    let mut seen = 0;
    while let Some(node) = nodes.pop() {
        seen += 1;
        if seen > 10_000 {
            return;
        }
        let span = document.span(node);
        assert!(span.start >= file.start && span.end <= file.end && span.start <= span.end, "{span:?} of {file:?}");
        match document.view(node) {
            View::List(elements) => nodes.extend(elements),
            View::Map(members) => nodes.extend(members.iter().map(|member| member.value)),
            _ => {}
        }
    }
}

/// A node as it can be told from another one: with its place, its kind and its text, and all that is in it.
fn told(document: &Document, node: NodeId, out: &mut String) {
    out.push_str(&format!("{:?} ", document.span(node)));
    match document.view(node) {
        View::Null => out.push_str("null"),
        View::Scalar(text, quoted) => out.push_str(&format!("{text:?} {quoted}")),
        View::List(elements) => elements.iter().for_each(|element| told(document, *element, out)),
        View::Map(members) => {
            for member in members {
                out.push_str(&format!("{:?} {:?}: ", document.key(member), member.key_span));
                assert_eq!(document.get(node, document.key(member)), Some(member.value));
                told(document, member.value, out);
            }
        }
    }
    out.push('\n');
}

/// JSON without a flaw is read in one pass, by a reader that has no words for flaws. Behind a flaw of a kind that does no harm
/// (a member that stands twice) the same text has to say the same.
fn flaw_or_none(text: &str) {
    let limits = Limits::default();
    let first = |behind: &str| {
        let mut sources = SourceMap::new();
        sources.add("before", "x").unwrap();
        let id = sources.add("x.json", format!("[{text},\n{behind}]")).unwrap();
        let read = read(Format::Json, sources.file(id).unwrap(), &limits);
        let document = read.documents.first()?;
        let mut out = format!("{} ", document.is_typed());
        told(document, *document.elements(document.root()?).first()?, &mut out);
        Some(out)
    };
    assert_eq!(first("{}"), first(r#"{"a": 1, "a": 2}"#), "{text}");
}

#[test]
fn json_without_a_flaw_says_the_same() {
    let many = format!("{{{}}}", (0..200).map(|n| format!("\"k{n}\": {n}")).collect::<Vec<_>>().join(","));
    let texts = [
        "null",
        "true",
        "false",
        "0",
        "-0",
        "-1.50e+3",
        "1E5",
        "01",
        "-",
        "1.",
        ".5",
        "1e",
        "NaN",
        "Infinity",
        "-Infinity",
        "+1",
        "truex",
        r#""""#,
        r#""a\\b\n\/\"""#,
        r#""\u00e4\ud83d\ude00""#,
        r#""\ud83d""#,
        r#""\ude00\ud83d""#,
        r#""\u12""#,
        r#""\u+123""#,
        r#""\x""#,
        "\"\t\"",
        "\"ä\u{2028}😀\"",
        "\"",
        "[]",
        "[ ]",
        "[1,]",
        "[,1]",
        "[1 2]",
        "{}",
        "{ }",
        r#"{"a" : [ {} , {"b":null} ]}"#,
        r#"{"a":1,}"#,
        "{a:1}",
        r#"{"a"}"#,
        r#"{"a":}"#,
        r#"{"a" 1}"#,
        "{1:2}",
        "[}",
        "{]",
        "[[[[",
        r#"{"\u0061":1,"a":2}"#,
        r#"{"":{"":""}}"#,
        "\u{feff}1",
        "1//x",
        &many,
    ];
    texts.into_iter().for_each(flaw_or_none);
    flaw_or_none(&"9".repeat(5_000));
    let deep = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    [62, 63, 64, 65].into_iter().for_each(|depth| flaw_or_none(&deep(depth)));
}

proptest! {
    #[test]
    fn json_of_any_shape_says_the_same(pieces in prop::collection::vec(
        prop::sample::select(vec![
            "{", "}", "[", "]", ",", ":", r#""a""#, r#""b""#, r#""\u0041""#, r#""x\ny""#, "1", "-2.5", "1e9", "true", "null",
            " ", "\n", r#"{"a":1}"#, "[1,2]", r#"{"c":[true,{"d":"e"}]}"#, "\"", "\\", "ü",
        ]),
        0..12,
    )) {
        flaw_or_none(&pieces.concat());
    }
}

/// Pieces that inputs are made of, sound and broken.
fn piece() -> impl Strategy<Value = String> {
    let pieces = [
        "hosts",
        "vms",
        "steps",
        "storage",
        "name",
        "vm",
        "to",
        "disks",
        "cpu",
        "wave",
        "id",
        ":",
        ": ",
        " ",
        "\n",
        "\r\n",
        "\t",
        "  ",
        "- ",
        "-",
        "---\n",
        "...\n",
        "[",
        "]",
        "{",
        "}",
        ",",
        "\"",
        "'",
        "null",
        "~",
        "&a ",
        "*a",
        "<<: ",
        "!x ",
        "!!str ",
        "|\n",
        ">\n",
        "# ",
        "?",
        "% ",
        "5 GiB",
        "64",
        "1.2.3",
        "true",
        "ü",
        "𝄞",
        "\u{feff}",
        "=",
        "[[",
        "]]",
        "\"\"\"",
        "\\u0041",
        "\\",
        "0x1f",
        "2026-01-01",
        "a.b",
        "# clearway: allow VMM1 -- x",
        ";",
        "@",
        "`",
    ];
    prop_oneof![8 => proptest::sample::select(pieces.to_vec()).prop_map(str::to_owned), 1 => ".{0,3}"]
}

/// A value of a plain tree.
fn value() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        "[a-zA-Z0-9 .:#'\"\\\\\\[\\]{},&*!|>%@`-]{0,8}",
        proptest::sample::select(vec![
            "null",
            "~",
            "yes",
            "off",
            "6.10",
            "1e3",
            "0x1f",
            "",
            " ",
            "a: b",
            "- x",
            "ü\n\tx",
            "\u{85}",
            "\u{feff}a",
            "---",
            "...",
            "?",
            "="
        ])
        .prop_map(str::to_owned),
    ];
    let leaf = prop_oneof![
        1 => Just(Value::Null(Span::NONE)),
        6 => text.prop_map(|text| Value::text(text, Span::NONE)),
        1 => (0u32..9_999).prop_map(|number| Value::bare(number.to_string(), Span::NONE)),
    ];
    let key = prop_oneof!["[a-z]{1,4}", "[ -~]{1,4}"];
    leaf.prop_recursive(4, 40, 5, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(|list| Value::List(list, Span::NONE)),
            proptest::collection::btree_map(key.clone(), inner, 0..4).prop_map(|map| {
                Value::Map(map.into_iter().map(|(key, value)| (key, Span::NONE, value)).collect(), Span::NONE)
            }),
        ]
    })
}

/// What a document says, without places and quotes.
fn said(document: &Document, node: NodeId) -> String {
    match document.view(node) {
        View::Null => "null".to_owned(),
        View::Scalar(text, _) => format!("{text:?}"),
        View::List(elements) => {
            format!("[{}]", elements.iter().map(|element| said(document, *element)).collect::<Vec<_>>().join(","))
        }
        View::Map(members) => {
            let member = |member: &clearway::facts::document::Member| {
                format!("{:?}:{}", document.key(member), said(document, member.value))
            };
            format!("{{{}}}", members.iter().map(member).collect::<Vec<_>>().join(","))
        }
    }
}

/// Hosts with some fields, as an inventory.
fn hosts() -> impl Strategy<Value = String> {
    let field = prop_oneof![
        proptest::sample::select(vec!["null", "c1", "C2"])
            .prop_map(|v| format!("\"cluster\":{}", if v == "null" { v.into() } else { format!("{v:?}") })),
        (1..4u32).prop_map(|v| format!("\"os-version\":\"10.{v}\"")),
        (0..3u32).prop_map(|v| format!("\"cpu\":{{\"family\":\"{v}\"}}")),
        proptest::sample::select(vec!["Intel", "AMD"]).prop_map(|v| format!("\"cpu\":{{\"manufacturer\":{v:?}}}")),
        proptest::collection::vec(0..3u32, 0..3).prop_map(|v| format!("\"switches\":{v:?}")),
    ];
    let names = proptest::sample::subsequence(vec!["a", "b", "c.example"], 0..=3);
    (names, proptest::collection::vec(proptest::collection::vec(field, 0..3), 3)).prop_map(|(names, fields)| {
        let row = |(name, fields): (&str, Vec<String>)| {
            let mut seen = std::collections::BTreeSet::new();
            let fields = fields.into_iter().filter(|field| seen.insert(field.split(':').next().unwrap().to_owned()));
            std::iter::once(format!("\"name\":{name:?}")).chain(fields).collect::<Vec<_>>().join(",")
        };
        let rows: Vec<String> = names.into_iter().zip(fields).map(|pair| format!("{{{}}}", row(pair))).collect();
        format!("{{\"hosts\":[{}],\"clusters\":[{{\"name\":\"c1\"}},{{\"name\":\"c2\"}}]}}", rows.join(","))
    })
}

fn laid(texts: &[&str]) -> String {
    let schema = schema();
    let limits = Limits::default();
    let mut sources = SourceMap::new();
    let mut documents = Vec::new();
    for text in texts {
        let id = add_file(&mut sources, "x.json", text.as_bytes().to_vec(), &limits).unwrap();
        documents.extend(read_one(Format::Json, &sources.file(id).unwrap().clone(), &limits).0);
    }
    let loaded = load_inventory(&schema, &documents.iter().collect::<Vec<_>>(), options(&limits));
    assert_eq!(world::said(&sources, &loaded.diagnostics), "");
    drawn(&schema, &loaded.facts)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        survive(&bytes);
    }

    #[test]
    fn any_pieces_are_survived(pieces in proptest::collection::vec(piece(), 0..60)) {
        survive(pieces.concat().as_bytes());
    }

    #[test]
    fn a_damaged_plan_is_survived(at in 0usize..600, piece in piece(), cut in 0usize..30) {
        let plan = "plan: p\ninventory: e.json\nsteps:\n  - { id: a, vm: sql01, to: { host: hv12, disks: { x: csv-1 } }, wave: 1 }\n  - vm: b\n    to:\n      storage: s\nwaivers:\n  - code: X\n    steps: [a]\n    reason: 'it is'\n    expires: 2027-01-01\nhosts:\n  - name: h\n    cpu: { family: 179 }\n    storage: [s]\nvms:\n  - { name: b, disks: [{ name: d, base: { name: x } }] }\n";
        let mut text: Vec<char> = plan.chars().collect();
        let at = at.min(text.len());
        let end = (at + cut).min(text.len());
        text.splice(at..end, piece.chars());
        survive(text.into_iter().collect::<String>().as_bytes());
    }

    #[test]
    fn what_is_written_reads_back(value in value()) {
        let document = value.document();
        let text = yaml(&document);
        let mut sources = SourceMap::new();
        let id = sources.add("x.yaml", text.as_str()).unwrap();
        let (again, diagnostics) = read_one(Format::Yaml, sources.file(id).unwrap(), &Limits::default());
        prop_assert!(diagnostics.is_empty(), "{diagnostics:?}\n{text}");
        let again = again.unwrap();
        prop_assert_eq!(said(&document, document.root().unwrap()), said(&again, again.root().unwrap()), "{}", text);
    }

    #[test]
    fn an_inventory_over_itself_changes_nothing(a in hosts()) {
        prop_assert_eq!(laid(&[&a, &a]), laid(&[&a]));
    }

    #[test]
    fn what_says_nothing_changes_nothing(a in hosts(), b in hosts()) {
        let names = |text: &str| text.matches("\"name\":").count();
        let empty = "{\"hosts\":[],\"clusters\":[]}";
        prop_assert_eq!(laid(&[&a, empty, &b]), laid(&[&a, &b]));
        prop_assert_eq!(laid(&[&a, &b, &b]), laid(&[&a, &b]));
        prop_assert_eq!(laid(&[&b, &a, &b]).lines().count() >= names(&a), true);
    }
}

#[test]
fn a_line_of_ten_megabytes_is_read() {
    let row = "{\"name\":\"a host with a rather long name, number NNNNNNN\",\"cpu\":{\"family\":\"179\"}}";
    let rows: Vec<String> = (0..100_000).map(|index| row.replace("NNNNNNN", &format!("{index:07}"))).collect();
    let text = format!("{{\"hosts\":[{}]}}", rows.join(","));
    assert!(text.len() > 8_000_000);
    let schema = schema();
    let limits = Limits::default();
    let mut sources = SourceMap::new();
    let id = add_file(&mut sources, "x.json", text.into_bytes(), &limits).unwrap();
    let (document, diagnostics) = read_one(Format::Json, &sources.file(id).unwrap().clone(), &limits);
    assert!(diagnostics.is_empty());
    let loaded = load_inventory(&schema, &[&document.unwrap()], options(&limits));
    assert!(loaded.diagnostics.is_empty());
    assert_eq!(loaded.facts.rows(schema.find("host").unwrap()), 100_000);
    let place = loaded.facts.row_place(schema.find("host").unwrap(), clearway::value::Row(99_999)).unwrap();
    assert!(sources.text(place).unwrap().contains("0099999"));
}

/// What grows faster than the text would show here as a test that does not end.
#[test]
fn long_hostile_texts_end_soon() {
    let many = 200_000;
    let cases = [
        "[".repeat(many),
        "{a: ".repeat(many),
        "- ".repeat(many),
        "? ".repeat(many),
        "a: &a [*a, ".repeat(1_000),
        format!("{}a", " ".repeat(many)),
        "\"".repeat(many),
        "a.".repeat(1_000) + "b = 1",
        (0..20_000).map(|index| format!("k{index}: 1\n")).collect(),
        (0..20_000).map(|index| format!("- {{ name: v{} }}\n", index % 7)).collect::<String>(),
        format!("a: {}", "'".repeat(many)),
        format!("x: |\n{}", " a\n".repeat(20_000)),
        "\r".repeat(many),
        "a,".repeat(20_000) + "\n" + &"b,".repeat(20_000),
    ];
    for text in cases {
        let started = std::time::Instant::now();
        survive(text.as_bytes());
        assert!(
            started.elapsed().as_secs() < 30,
            "{:?} {}",
            started.elapsed(),
            text.chars().take(20).collect::<String>()
        );
    }
}
