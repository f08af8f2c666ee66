//! What the readers make of texts: values, places, and every way in which a text can be wrong.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs
)]

use std::fmt::Write;

use clearway::diag::Diagnostic;
use clearway::facts::Limits;
use clearway::facts::document::{Document, NodeId, View};
use clearway::facts::read::{Format, add_file, read};
use clearway::source::SourceMap;

/// Every value with its place, a line each; then what is wrong, with places.
fn shown(name: &str, text: impl Into<Vec<u8>>) -> String {
    let mut sources = SourceMap::new();
    let mut out = String::new();
    match add_file(&mut sources, name, text.into(), &Limits::default()) {
        Err(diagnostic) => complain(&sources, &[*diagnostic], &mut out),
        Ok(file) => {
            let file = sources.file(file).unwrap().clone();
            let result = read(Format::of_name(name).unwrap(), &file, &Limits::default());
            for document in &result.documents {
                out.push_str("--\n");
                dump(document, document.root().unwrap(), &sources, 0, &mut out);
            }
            complain(&sources, &result.diagnostics, &mut out);
        }
    }
    out
}

fn dump(document: &Document, node: NodeId, sources: &SourceMap, depth: usize, out: &mut String) {
    let place = |span| {
        let place = sources.locate(span).unwrap();
        format!("{}:{}-{}:{}", place.line, place.column, place.end_line, place.end_column)
    };
    let at = place(document.span(node));
    match document.view(node) {
        View::Null => writeln!(out, "null @{at}").unwrap(),
        View::Scalar(text, quoted) => {
            let shown = if quoted { format!("{text:?}") } else { text.to_owned() };
            writeln!(out, "{shown} @{at}").unwrap();
        }
        View::List(items) => {
            writeln!(out, "list @{at}").unwrap();
            for item in items {
                write!(out, "{}- ", "  ".repeat(depth)).unwrap();
                dump(document, *item, sources, depth + 1, out);
            }
        }
        View::Map(members) => {
            writeln!(out, "map @{at}").unwrap();
            for member in members {
                write!(out, "{}{} @{}: ", "  ".repeat(depth), document.key(member), place(member.key_span)).unwrap();
                dump(document, member.value, sources, depth + 1, out);
            }
        }
    }
}

fn complain(sources: &SourceMap, diagnostics: &[Diagnostic], out: &mut String) {
    for diagnostic in diagnostics {
        let place =
            sources.locate(diagnostic.span()).map_or("-".to_owned(), |p| format!("{}:{}:{}", p.file, p.line, p.column));
        writeln!(out, "{place}: {} {}", diagnostic.code, diagnostic.message).unwrap();
    }
}

#[test]
fn yaml() {
    insta::assert_snapshot!(shown(
        "a.yaml",
        "# plan\nplan: drain\nsteps:\n  - vm: ünï\n    to: { host: hv12, disks: {a.vhdx: b} }\n    wave: 1\n  - vm: 'it''s'\n    to:\n    note: |\n      two\n      lines\nother: [1, ~, \"x\"]\n"
    ));
}

#[test]
fn yaml_with_windows_line_ends_and_a_mark() {
    insta::assert_snapshot!(shown(
        "a.yaml",
        "\u{feff}plan: drain\r\nsteps:\r\n- vm: \u{1d11e}x\r\n  transfer: live\r\n"
    ));
}

#[test]
fn yaml_anchors() {
    insta::assert_snapshot!(shown(
        "a.yaml",
        "base: &b {x: 1, y: 2}\nuse: *b\nmerged:\n  <<: *b\n  y: 3\nboth:\n  <<: [*b, {z: 4}]\n"
    ));
}

#[test]
fn json() {
    insta::assert_snapshot!(shown(
        "a.json",
        "{\"a\":[1,6.10,true,null,\"t\\u0041\",\"\\\\\\\\files\"],\"ü\" : {}, \"b\":{\"c\":[],\"d\":-1e3}}"
    ));
}

#[test]
fn toml() {
    insta::assert_snapshot!(shown(
        "a.toml",
        "plan = \"x\"\n[[steps]]\nvm = 'sql01'\nwave = 1\nto = { host = \"h\" }\nto-version = 6.10\n[[steps]]\nvm = \"b\"\n[[waivers]]\ncode = \"VMM106\"\nexpires = 2027-03-31\nx = 0xff\ny = 1_000\n"
    ));
}

#[test]
fn csv() {
    insta::assert_snapshot!(shown(
        "a.csv",
        "id,vm,transfer,to.host,to.storage,wave,network\r\n# clearway: allow VMM106 -- late, but sure\r\na,\"sql,01\",live,hv12,,1,\r\n,web#1,,hv12,csv-1,, # clearway: allow VMM201 VMM202\r\n\r\nx,y\r\n"
    ));
}

#[test]
fn wrong_texts() {
    let nested = "[".repeat(100);
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("empty.yaml", b"".to_vec()),
        ("comment.yaml", b"# nothing\n".to_vec()),
        ("empty.json", b" \n".to_vec()),
        ("empty.toml", b"".to_vec()),
        ("empty.csv", b"".to_vec()),
        ("tab.yaml", b"a:\n\tb: 1\n".to_vec()),
        ("colon.yaml", b"a: b: c\n".to_vec()),
        ("latin1.yaml", b"a: \xfcber\n".to_vec()),
        ("utf16.json", b"\xff\xfe{\0}\0".to_vec()),
        ("nul.yaml", b"a: b\0c\n".to_vec()),
        ("doubled.yaml", b"a: 1\nb: {c: 1, c: 2}\na: 2\n".to_vec()),
        ("doubled.json", b"{\"a\": 1, \"a\": {\"b\": 2}}".to_vec()),
        ("doubled.toml", b"a = 1\na = 2\n".to_vec()),
        ("comma.json", b"{\"a\": [1, 2,]}".to_vec()),
        ("cut.json", b"{\"a\": [1, 2".to_vec()),
        ("more.json", b"{} {}".to_vec()),
        ("nested.json", nested.clone().into_bytes()),
        ("nested.yaml", nested.into_bytes()),
        ("nested.toml", format!("a = {}", "[".repeat(100)).into_bytes()),
        ("key.yaml", b"? [a, b]\n: 1\n~: 2\nc: 3\n".to_vec()),
        ("tag.yaml", b"a: !include x\nb: !!str 5\nc: !!binary x\n".to_vec()),
        ("cycle.yaml", b"a: &a [1, *a]\n".to_vec()),
        ("merge.yaml", b"<<: 5\na: &x [1]\nb: {<<: *x}\n".to_vec()),
        ("alias.yaml", b"a: *nowhere\n".to_vec()),
        ("quote.csv", b"id,vm\na,\"b\n".to_vec()),
        ("behind.csv", b"id,vm\na,\"b\"c\n".to_vec()),
        ("wide.csv", b"id,vm\na,b,c\n".to_vec()),
        ("twice.csv", b"id,vm,id\na,b,c\n".to_vec()),
        ("allow.csv", b"id,vm\n# clearway: permit x\n# clearway: allow\na,b\n# clearway: allow VMM1 -- x\n".to_vec()),
    ];
    let mut out = String::new();
    for (name, bytes) in cases {
        writeln!(out, "{}", shown(name, bytes)).unwrap();
    }
    insta::assert_snapshot!(out);
}

#[test]
fn anchors_that_explode_hit_a_limit() {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..20 {
        let alias = format!("*a{}", level - 1);
        writeln!(text, "a{level}: &a{level} [{}]", vec![alias; 10].join(", ")).unwrap();
    }
    insta::assert_snapshot!(shown("bomb.yaml", text), @"bomb.yaml:7:45: CW403 the document has too many values: the limit `values` is 10000000");
}
