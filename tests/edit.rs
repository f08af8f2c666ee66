//! Changes of plan texts, by example: each format and style, sequences with their waves and ids, what is refused.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use clearway::edit::{Change, Draft, Member, Says, What, apply};
use clearway::facts::read::Format;

fn set(step: usize, member: Member, value: &str) -> Change {
    Change { step, what: What::Set(member, value.to_owned()) }
}

fn remove(step: usize, member: Member) -> Change {
    Change { step, what: What::Remove(member) }
}

fn says(text: &str) -> Says {
    Says::Text(text.to_owned())
}

/// First by `live` to `hv12`, then its storage to `csv-2`.
fn two(step: usize) -> Change {
    let drafts = vec![
        Draft { transfer: says("live"), host: says("hv12"), storage: Says::Nothing, disks: None, members: Vec::new() },
        Draft {
            transfer: says("live-storage"),
            host: Says::Nothing,
            storage: says("csv-2"),
            disks: None,
            members: Vec::new(),
        },
    ];
    Change { step, what: What::Sequence(drafts) }
}

fn becomes(format: Format, old: &str, changes: &[Change], new: &str) {
    let written = apply(old, format, changes).unwrap();
    assert_eq!(written, new, "\n--- written\n{written}\n--- wanted\n{new}");
}

fn refused(format: Format, old: &str, changes: &[Change]) -> String {
    apply(old, format, changes).expect_err("it was written").reason
}

const BLOCK: &str = "# The drain\nplan: drain\nsteps:\n  # first of all\n  - id: sql-first  # the database\n    vm: sql01\n    to:\n      host: hv12   # the new one\n      storage: csv-1\n    # it has to be quick\n\n  - id: web\n    vm: web01\n    to: { host: hv12 }   # no storage";

#[test]
fn yaml_in_block_style() {
    becomes(Format::Yaml, BLOCK, &[set(0, Member::Host, "hv13")], &BLOCK.replacen("host: hv12", "host: hv13", 1));
    becomes(
        Format::Yaml,
        BLOCK,
        &[set(0, Member::Transfer, "live"), set(1, Member::Storage, r"\\files\vms"), set(1, Member::Wave, "2")],
        &BLOCK.replace("vm: sql01\n", "vm: sql01\n    transfer: live\n").replace(
            "{ host: hv12 }   # no storage",
            "{ host: hv12, storage: \\\\files\\vms }   # no storage\n    wave: 2",
        ),
    );
    becomes(
        Format::Yaml,
        BLOCK,
        &[set(0, Member::Disk("log.vhdx".to_owned()), r"hv12:D:\")],
        &BLOCK.replace("csv-1\n", "csv-1\n      disks: { log.vhdx: hv12:D:\\ }\n"),
    );
    becomes(Format::Yaml, BLOCK, &[remove(0, Member::Storage)], &BLOCK.replace("      storage: csv-1\n", ""));
    becomes(
        Format::Yaml,
        BLOCK,
        &[remove(0, Member::Storage), remove(0, Member::Host)],
        &BLOCK.replace("    to:\n      host: hv12   # the new one\n      storage: csv-1\n", ""),
    );
    becomes(Format::Yaml, BLOCK, &[set(0, Member::Storage, "csv-1"), remove(0, Member::Transfer)], BLOCK);
    let crlf = BLOCK.replace('\n', "\r\n");
    becomes(
        Format::Yaml,
        &crlf,
        &[set(1, Member::Transfer, "quick")],
        &crlf.replace("vm: web01\r\n", "vm: web01\r\n    transfer: quick\r\n"),
    );
}

#[test]
fn texts_that_yaml_would_take_for_something_else() {
    for text in [
        r"C:\x",
        "yes",
        "1e3",
        "a: b",
        "null",
        "*x",
        "&x",
        "!x",
        "- x",
        "~",
        "x #y",
        "it's",
        "\"q\"",
        "12",
        "a\tb",
        "%",
        "@",
        "`",
        "{a",
        "x, y",
        "]",
        "a:",
        " a",
        "?",
        "=",
        "<<",
        "0x1f",
        "2026-01-01",
        "C:\\ClusterStorage\\Volume1",
        "é",
        "-",
    ] {
        for plan in [
            BLOCK,
            "steps: [{vm: a, to: {host: h}}, {vm: b, to: {host: 'h'}}]",
            "steps:\n- vm: a\n- vm: b\n  to:\n    storage: \"q\"\n",
        ] {
            let new = apply(
                plan,
                Format::Yaml,
                &[set(1, Member::Storage, text), set(0, Member::Disk(text.to_owned()), text)],
            );
            assert!(new.is_ok(), "{text:?}: {new:?}");
        }
    }
}

#[test]
fn yaml_in_flow_style_and_json() {
    let flow = "steps: [ {id: a, vm: x, to: {host: h}}, {vm: y, 'to': {host: \"h\"}} ]";
    becomes(
        Format::Yaml,
        flow,
        &[set(0, Member::Transfer, "live"), set(1, Member::Host, "k"), set(1, Member::Storage, "s")],
        "steps: [ {id: a, vm: x, transfer: live, to: {host: h}}, {vm: y, 'to': {host: \"k\", storage: s}} ]",
    );
    becomes(
        Format::Yaml,
        flow,
        &[two(0)],
        "steps: [ {id: a, vm: x, transfer: live, to: {host: hv12}}, {id: a-2, vm: x, transfer: live-storage, to: {storage: csv-2}}, {vm: y, 'to': {host: \"h\"}} ]",
    );
    let minified = r#"{"plan":"p","steps":[{"vm":"x","transfer":"live","to":{"host":"h","storage":"s"},"wave":1}]}"#;
    becomes(
        Format::Json,
        minified,
        &[two(0)],
        r#"{"plan":"p","steps":[{"vm":"x","transfer":"live","to":{"host":"hv12"},"wave":1},{"id":"step-1-2","vm":"x","transfer":"live-storage","to":{"storage":"csv-2"},"wave":2}]}"#,
    );
    let tabs = "{\n\t\"steps\": [\n\t\t{\n\t\t\t\"vm\": \"x\",\n\t\t\t\"to\": { \"host\": \"h\" }\n\t\t}\n\t]\n}";
    becomes(
        Format::Json,
        tabs,
        &[set(0, Member::Transfer, "san"), set(0, Member::Storage, r"C:\x")],
        &tabs
            .replace("\"x\",\n", "\"x\",\n\t\t\t\"transfer\": \"san\",\n")
            .replace("\"h\" }", "\"h\", \"storage\": \"C:\\\\x\" }"),
    );
    becomes(
        Format::Json,
        tabs,
        &[two(0)],
        "{\n\t\"steps\": [\n\t\t{\n\t\t\t\"vm\": \"x\",\n\t\t\t\"transfer\": \"live\",\n\t\t\t\"to\": { \"host\": \"hv12\" }\n\t\t},\n\t\t{\n\t\t\t\"id\": \"step-1-2\",\n\t\t\t\"vm\": \"x\",\n\t\t\t\"transfer\": \"live-storage\",\n\t\t\t\"to\": { \"storage\": \"csv-2\" }\n\t\t}\n\t]\n}",
    );
    becomes(Format::Json, minified, &[remove(0, Member::Wave)], &minified.replace(",\"wave\":1", ""));
}

#[test]
fn sequences_stand_behind_their_step_and_leave_comments_where_they_are() {
    becomes(
        Format::Yaml,
        BLOCK,
        &[two(0)],
        "# The drain\nplan: drain\nsteps:\n  # first of all\n  - id: sql-first  # the database\n    vm: sql01\n    transfer: live\n    to:\n      host: hv12   # the new one\n    # it has to be quick\n\n  - id: sql-first-2\n    vm: sql01\n    transfer: live-storage\n    to:\n      storage: csv-2\n\n  - id: web\n    vm: web01\n    to: { host: hv12 }   # no storage",
    );
    becomes(
        Format::Yaml,
        BLOCK,
        &[two(1)],
        &BLOCK.replace("vm: web01\n", "vm: web01\n    transfer: live\n").replace(
            "# no storage",
            "# no storage\n\n  - id: web-2\n    vm: web01\n    transfer: live-storage\n    to: { storage: csv-2 }",
        ),
    );
}

#[test]
fn waves_stay_in_their_order() {
    let of = |waves: [&str; 3]| {
        let step = |(name, wave): (&str, &str)| format!("- vm: {name}\n  to: {{ host: h }}\n{wave}");
        let steps: String = ["a", "b", "c"].into_iter().zip(waves).map(step).collect();
        format!("steps:\n{steps}")
    };
    let new = apply(&of(["  wave: 1\n", "  wave: 1\n", "  wave: 2\n"]), Format::Yaml, &[two(0)]).unwrap();
    assert!(new.contains("csv-2 }\n- vm: b"), "in the order of the text, no number is needed:\n{new}");
    let new = apply(&of(["  wave: 1\n", "  wave: 4\n", "  wave: 1\n"]), Format::Yaml, &[two(0), two(2)]).unwrap();
    let waves: Vec<&str> = new.lines().filter_map(|line| line.strip_prefix("  wave: ")).collect();
    assert_eq!(waves, ["1", "2", "4", "1", "3"], "there is room:\n{new}");
    let new = apply(&of(["  wave: 2\n", "  wave: 1\n", "  wave: 3\n"]), Format::Yaml, &[two(1)]).unwrap();
    let waves: Vec<&str> = new.lines().filter_map(|line| line.strip_prefix("  wave: ")).collect();
    assert_eq!(waves, ["3", "1", "2", "4"], "later waves move up:\n{new}");
}

#[test]
fn ids_are_those_of_no_other_step() {
    let plan = "steps:\n- { id: a, vm: x, to: { host: h } }\n- { id: a-2, vm: y, to: { host: h } }\n- { vm: z, to: { host: h } }\nwaivers:\n- { code: X, steps: [step-3], reason: r }\n";
    let new = apply(plan, Format::Yaml, &[two(0)]).unwrap();
    assert!(new.contains("id: a-3, vm: x"), "{new}");
    assert!(new.contains("{ id: step-3, vm: z"), "a waiver names it by its place:\n{new}");
    let new = apply(&plan.replace("step-3", "a"), Format::Yaml, &[two(0)]).unwrap();
    assert!(new.contains("{ vm: z"), "nobody does:\n{new}");
}

#[test]
fn toml_as_tables_and_in_braces() {
    let tables = "plan = \"p\" # name\n\n[[steps]]\nid = 'a'   # first\nvm = \"x\"\n[steps.to]\nhost = 'h'\n\n# the second\n[[steps]]\nvm   = \"y\"\nto.host = \"h\"\n";
    becomes(
        Format::Toml,
        tables,
        &[set(0, Member::Host, r"C:\x"), set(1, Member::Storage, r"\\files\vms"), set(1, Member::Wave, "3")],
        &tables
            .replace("host = 'h'", "host = 'C:\\x'")
            .replace("to.host = \"h\"\n", "to.host = \"h\"\nto.storage = '\\\\files\\vms'\nwave = 3\n"),
    );
    let crlf = tables.replace('\n', "\r\n");
    becomes(Format::Toml, &crlf, &[set(0, Member::Host, "k")], &crlf.replace("'h'", "'k'"));
    becomes(
        Format::Toml,
        tables,
        &[two(0)],
        &tables.replace("vm = \"x\"\n", "vm = \"x\"\ntransfer = \"live\"\n").replace(
            "host = 'h'\n",
            "host = 'hv12'\n\n[[steps]]\nid = 'a-2'\nvm = \"x\"\ntransfer = \"live-storage\"\n[steps.to]\nstorage = \"csv-2\"\n",
        ),
    );
    let braces =
        "steps = [\n  { vm = \"x\", to = { host = \"h\" } }, # one\n  { vm = \"y\", to = { host = \"h\" } },\n]";
    becomes(
        Format::Toml,
        braces,
        &[set(1, Member::Host, "k"), set(0, Member::Transfer, "san")],
        &braces
            .replace(
                "{ vm = \"x\", to = { host = \"h\" } }",
                "{ vm = \"x\", to = { host = \"h\" } , transfer = \"san\" }",
            )
            .replace("\"y\", to = { host = \"h\"", "\"y\", to = { host = \"k\""),
    );
}

#[test]
fn tables() {
    let csv = "id,vm,to.host,wave\n# about a\na,x,h,1 # note\n\"b\",y,\"h\",1\nc,z,h,0\n";
    becomes(
        Format::Csv,
        csv,
        &[set(0, Member::Host, "k"), set(1, Member::Host, "k, l"), set(2, Member::Transfer, "san")],
        "id,vm,to.host,wave,transfer\n# about a\na,x,k,1 # note\n\"b\",y,\"k, l\",1\nc,z,h,0,san\n",
    );
    becomes(
        Format::Csv,
        csv,
        &[two(2)],
        "id,vm,to.host,wave,transfer,to.storage\n# about a\na,x,h,2 # note\n\"b\",y,\"h\",2\nc,z,hv12,0,live\nc-2,z,,1,live-storage,csv-2\n",
    );
    becomes(
        Format::Csv,
        "vm;to.host\r\na;h",
        &[two(0)],
        "vm;to.host;transfer;to.storage\r\na;hv12;live\r\na;;live-storage;csv-2",
    );
    let waived = "vm,to.host\na,h\n# clearway: allow X -- because\nb,h\n";
    becomes(
        Format::Csv,
        waived,
        &[two(0)],
        "vm,to.host,transfer,to.storage\na,hv12,live\na,,live-storage,csv-2\n# clearway: allow X -- because\nb,h\n",
    );
    assert!(refused(Format::Csv, csv, &[set(0, Member::Disk("d".to_owned()), "s")]).contains("single disks"));
}

#[test]
fn what_cannot_be_written_is_refused() {
    let anchored = "steps:\n- &a { vm: x, to: &t { host: h } }\n- *a\n- { vm: y, to: *t }\n- { <<: *a, vm: z }\n";
    assert!(refused(Format::Yaml, anchored, &[set(1, Member::Host, "k")]).contains("alias"));
    assert!(refused(Format::Yaml, anchored, &[set(0, Member::Host, "k")]).contains("shared"));
    assert!(refused(Format::Yaml, anchored, &[remove(3, Member::Host)]).contains("<<"));
    becomes(
        Format::Yaml,
        anchored,
        &[set(2, Member::Host, "k"), set(3, Member::Host, "k")],
        &anchored.replace("to: *t", "to: { host: k }").replace("vm: z }", "vm: z, to: { host: k } }"),
    );
    assert!(refused(Format::Yaml, "steps: [", &[set(0, Member::Host, "k")]).contains("errors"));
    assert!(refused(Format::Yaml, "plan: x", &[set(0, Member::Host, "k")]).contains("steps"));
    assert!(refused(Format::Yaml, BLOCK, &[set(7, Member::Host, "k")]).contains("no such step"));
    assert!(refused(Format::Yaml, "steps: [x]", &[set(0, Member::Host, "k")]).contains("mapping"));
    assert!(
        refused(Format::Json, "{\"steps\":[{\"vm\":\"x\",\"to\":3}]}", &[set(0, Member::Host, "k")]).contains("`to`")
    );
}

#[test]
fn comments_behind_values_stay() {
    let plan = "steps:\n- vm: 'x' # it's x\n  transfer: \"san\"  # \"fast\"\n  to: { host: h } # see {x}\n";
    becomes(
        Format::Yaml,
        plan,
        &[set(0, Member::Transfer, "live"), set(0, Member::Storage, "s"), set(0, Member::Wave, "1")],
        &plan.replace("san", "live").replace("host: h }", "host: h, storage: s }").replace("{x}\n", "{x}\n  wave: 1\n"),
    );
}
