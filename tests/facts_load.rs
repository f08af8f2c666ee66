//! Inventories and plans, loaded: what they say, how they are laid over each other, and what is wrong with them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod world;

use clearway::facts::Limits;
use clearway::facts::load::{load_inventory, load_plan};
use clearway::source::SourceMap;
use world::{documents, drawn, fact, options, said, schema};

/// Inventories laid over each other: the facts and what is wrong.
fn inventory(files: &[(&str, &str)]) -> String {
    let schema = schema();
    let mut sources = SourceMap::new();
    let (read, mut diagnostics) = documents(&mut sources, files);
    let limits = Limits::default();
    let loaded = load_inventory(&schema, &read.iter().collect::<Vec<_>>(), options(&limits));
    diagnostics.extend(loaded.diagnostics);
    format!("{}{}", drawn(&schema, &loaded.facts), said(&sources, &diagnostics))
}

/// A plan over an inventory.
fn plan(estate: &str, name: &str, text: &str) -> String {
    let schema = schema();
    let mut sources = SourceMap::new();
    let limits = Limits::default();
    let (read, diagnostics) = documents(&mut sources, &[("estate.yaml", estate)]);
    assert_eq!(said(&sources, &diagnostics), "");
    let loaded = load_inventory(&schema, &read.iter().collect::<Vec<_>>(), options(&limits));
    assert_eq!(said(&sources, &loaded.diagnostics), "");
    let mut facts = loaded.facts;
    let before = (facts.mark(), drawn(&schema, &facts));
    let (read, mut diagnostics) = documents(&mut sources, &[(name, text)]);
    let plan = load_plan(&schema, &read[0], &mut facts, "by-file", options(&limits));
    diagnostics.extend(plan.diagnostics.clone());
    let mut out = format!("{} {:?} {:?} broken: {}\n", plan.name, plan.packs, plan.inventories, plan.broken);
    for step in &plan.steps {
        let members = step.members(&read[0]);
        let members: Vec<&str> = members.iter().map(|(name, _)| &**name).collect();
        out.push_str(&format!("{} {} {}\n", step.id, step.explicit_id, members.join(" ")));
    }
    for waiver in &plan.waivers {
        let steps: Option<Vec<_>> = waiver.steps.as_ref().map(|steps| steps.iter().map(|step| &*step.node).collect());
        out.push_str(&format!("waiver {} {steps:?} {}\n", waiver.code.node, waiver.reason.node));
    }
    let all = drawn(&schema, &facts);
    out.push_str(all.split("\nhost\n").next().unwrap());
    out.push('\n');
    out.push_str(&said(&sources, &diagnostics));
    facts.release(&before.0);
    assert_eq!(drawn(&schema, &facts), before.1, "the inventory is as before");
    out
}

const ESTATE: &str = "
hosts:
  - { name: hv11.corp.example, cluster: null, os-version: 6.10, storage: ['hv11:D:\\', csv-1] }
  - { name: hv12.corp.example, cluster: cluster-a, storage: [csv-1], cpu: { family: 179 } }
  - { name: hv12.emea.example }
clusters: [{ name: cluster-a }]
storage:
  - { name: csv-1, kind: csv, free: 1.5 TB }
  - { name: 'hv11:D:\\', kind: local-disk }
vms:
  - name: sql01
    host: HV11
    state: off
    networks: [{ switch: v }, {}]
    disks: [{ name: sql01-os.vhdx, storage: CSV-1, size: 80 GiB, base: null }, { name: log.vhdx, base: { name: b } }]
  - { name: twin, id: aa, host: hv11 }
  - { name: twin, id: bb, host: hv12.corp.example }
  - { name: web, host: hv11 }
";

#[test]
fn an_inventory_as_it_is() {
    insta::assert_snapshot!(inventory(&[("estate.yaml", ESTATE)]));
}

#[test]
fn everything_wrong_at_once() {
    insta::assert_snapshot!(inventory(&[("estate.yaml", "
hosts:
  - { name: hv12.corp.example, cluster: nowhere, os-version: 6.x, cpu: 5, memory: { total: 64, available: -1 GiB } }
  - { name: HV12.corp.example }
  - { name: hv12.emea.example, storage: csv-1, responding: yes, live-migration: { maximum: two, networks: [{ nam: x }] } }
  - { cluster: null }
  - nothing
  - { name: [a] }
  - { name: hv14, os-version: null, storage: [csv1, csv-1, null], domain: new.example, clustered: true }
clusters: []
storage:
  - { name: csv-1, kind: CSV, dedicated-to: hv12, masked-from: [hv12, hv99] }
vms: { name: x }
netwroks: []
")]));
}

#[test]
fn sections_that_no_file_has_are_unknown() {
    insta::assert_snapshot!(inventory(&[(
        "a.json",
        r#"{"vms": [{"name": "v", "host": "h1", "disks": [{"name": "d", "storage": "s"}]}, {"name": "w", "host": "H1"}]}"#
    )]));
}

#[test]
fn inventories_are_laid_over_each_other() {
    insta::assert_snapshot!(inventory(&[
        ("estate.yaml", ESTATE),
        (
            "more.toml",
            "[[hosts]]\nname = \"hv11\"\nos-version = \"10.0.17763\"\nstorage = []\n[hosts.cpu]\nmanufacturer = \"Intel\"\n[[hosts]]\nname = \"hv13\"\n[[domains]]\nname = \"corp.example\"\n"
        ),
        (
            "last.json",
            r#"{"vms": [{"name": "TWIN", "id": "BB", "state": "saved"}, {"name": "sql01", "disks": null, "id": "cc"}, {"name": "twin", "state": "off"}], "hosts": [{"name": "hv12", "cluster": null}, {"name": "hv11.corp.example", "cpu": {"family": null, "hardware-virtualization": true}}]}"#
        ),
    ]));
}

#[test]
fn a_plan_as_it_is() {
    insta::assert_snapshot!(plan(
        ESTATE,
        "a.plan.yaml",
        "
plan: drain
pack: vmm-2019
inventory: [estate.json, more.yaml]
steps:
  - { id: late, vm: sql01, wave: 2, to: { host: hv12.corp.example } }
  - { vm: bb, to: { storage: csv-1 }, wave: 1, transfer: live }
  - { vm: web, to: { host: hv11, disks: {} }, wave: 2, network: m }
waivers:
  - { code: VMM106, steps: [late], reason: because, approved-by: me, expires: 2027-03-31 }
"
    ));
}

#[test]
fn waves_without_numbers_stand_where_their_first_step_stands() {
    insta::assert_snapshot!(plan(
        ESTATE,
        "a.plan.yaml",
        "
steps:
  - { vm: sql01, wave: 7, to: { host: hv11 } }
  - { vm: web, to: }
  - { vm: aa, wave: 7 }
  - { vm: aa }
"
    ));
}

#[test]
fn everything_wrong_with_a_plan() {
    insta::assert_snapshot!(plan(
        ESTATE,
        "a.plan.yaml",
        "
plan: [x]
inventory: { a: b }
stepz: []
steps:
  - { id: a, vm: sql1, to: { host: hv12 } }
  - { id: a, vm: twin, to: { hots: hv11 } }
  - { to: { storage: 'hv11:E:\\' } }
  - { id: step-5, vm: web, wave: 1.5, transfer: Live }
  - { vm: web, wave: one }
  - nothing
  - { id: d1, vm: web, wave: 3, to: { disks: { x: csv-1 } } }
  - { id: d2, vm: sql01, wave: 3, to: { disks: { SQL01-OS.vhdx: csv-1 , log.vhdx: nope } } }
  - { id: w1, vm: sql01, wave: 4 }
  - { id: w2, vm: SQL01, wave: 4 }
  - { id: ok, vm: sql01, wave: 5 }
waivers:
  - { code: VMM1, reason: ' ' }
  - { reason: x, step: ok }
  - { code: VMM1, reason: x, steps: [okay], expires: tomorrow }
  - { code: VMM1, reason: x, steps: [] }
  - 5
"
    ));
}

#[test]
fn a_table_is_a_plan() {
    insta::assert_snapshot!(plan(
        ESTATE,
        "a.plan.csv",
        "id,vm,transfer,to.host,to.storage,wave,network\na,sql01,live,hv11,,1,\n,web,,hv11,csv-1,,,\n# clearway: allow VMM106\nc,aa,,hv11,,x,\nd,bb,,,csv-1,2, # clearway: allow VMM1 -- since\n"
    ));
}

#[test]
fn routes_and_places_of_what_is_missing() {
    let schema = schema();
    let mut sources = SourceMap::new();
    let (read, _) = documents(&mut sources, &[("estate.yaml", ESTATE)]);
    let limits = Limits::default();
    let facts = load_inventory(&schema, &read.iter().collect::<Vec<_>>(), options(&limits)).facts;
    let shown = |of, row, name| {
        let fact = fact(&schema, of, row, name);
        let place = facts.place(fact).and_then(|span| sources.locate(span)).unwrap();
        format!("{} {}:{}", facts.route(fact), place.line, place.column)
    };
    let wanted = [
        ("host.cpu", 1, "manufacturer"),
        ("host.cpu", 0, "manufacturer"),
        ("base", 0, "storage"),
        ("adapter", 1, "switch"),
        ("vm", 2, "state"),
        ("host", 1, "os-version"),
    ];
    let lines: Vec<String> = wanted.iter().map(|(of, row, name)| shown(of, *row, name)).collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn each_document_is_one_entity() {
    use clearway::facts::load::load_each;
    use clearway::facts::read::{Format, add_file, read};
    use clearway::types::{Const, Field, Input, StructKind, Type};
    use std::sync::Arc;
    use world::{Making, default, field};

    let mut making = Making::new();
    let disk = making.of("disk", StructKind::Part, vec![field("name", Type::Name), field("shared", Type::Bool)]);
    let tpm = Field { input: "tpmEnabled".into(), ..field("tpm-enabled", Type::Bool) };
    let tags = Type::Map { by_name: false, value: Arc::new(Type::Text) };
    let vm = making.of(
        "vm",
        StructKind::Entity { open: false },
        vec![
            field("name", Type::Name),
            tpm,
            default("disks", Type::list(Type::Row(disk)), Const::List(Vec::new())),
            field("snapshots", Type::list(Type::optional(Type::Text))),
            default("tags", tags, Const::Map(Vec::new())),
        ],
    );
    making.0.input = Input::Each { entity: vm };
    let schema = making.0;
    let text = "{\"name\":\"web01\",\"tpmEnabled\":true,\"nics\":[1],\"disks\":null,\"snapshots\":[\"a\",null]}\r\n\r\n{\"disks\":[{\"name\":\"d\",\"x\":1}],\"tags\":{\"b\":\"1\",\"B\":\"2\"},\"tpmEnabled\":\"maybe\"}\n[1]\n{\"name\":[]}\n{\"name\":\n";
    let mut sources = SourceMap::new();
    let id = add_file(&mut sources, "vms.jsonl", text.as_bytes().to_vec(), &Limits::default()).unwrap();
    let result = read(Format::JsonLines, &sources.file(id).unwrap().clone(), &Limits::default());
    let limits = Limits::default();
    let mut facts = clearway::facts::Facts::new(&schema);
    let loaded = load_each(&schema, &result.documents.iter().collect::<Vec<_>>(), &mut facts, options(&limits));
    let mut diagnostics = result.diagnostics;
    diagnostics.extend(loaded.diagnostics);
    let route = facts.route(fact(&schema, "disk", 0, "shared"));
    let rows = format!("{:?}", loaded.rows);
    insta::assert_snapshot!(format!("{rows}\n{route}\n{}{}", drawn(&schema, &facts), said(&sources, &diagnostics)));
}

#[test]
fn assumptions_are_read() {
    let schema = schema();
    let mut sources = SourceMap::new();
    let text = "assume:\n  - { fact: vms.disks.shared, is: false, because: none here, until: 2099-06-30 }\n  - { fact: hosts.cpu.manufacturer, is: Intel, because: all are }\n  - { fact: vms.disk.shared, is: no, because: x }\n  - { fact: vms.host.domain, is: no, because: x }\n  - { fact: vms.state, because: x, untill: 5 }\n  - { fact: vms.state, is: off, because: x, until: soon }\n";
    let (read, _) = documents(&mut sources, &[("a.yaml", text)]);
    let limits = Limits::default();
    let loaded = load_inventory(&schema, &read.iter().collect::<Vec<_>>(), options(&limits));
    let lines: Vec<String> =
        loaded.assumptions.iter().map(|a| format!("{} {:?} {:?}", a.fact.node, a.cell, a.about)).collect();
    insta::assert_snapshot!(format!("{}\n{}", lines.join("\n"), said(&sources, &loaded.diagnostics)));
}

#[test]
fn only_what_is_read_is_judged() {
    let schema = schema();
    let mut sources = SourceMap::new();
    let text = "hosts:\n  - { name: a, os-version: x, cluster: nowhere, cpu: { family: [1] } }\nclusters: []\n";
    let (read, _) = documents(&mut sources, &[("a.yaml", text)]);
    let limits = Limits::default();
    let host = schema.find("host").unwrap();
    let version = schema.get(host).unwrap().find("os-version").unwrap();
    let only = |of, field| of == host && field == version;
    let options =
        clearway::facts::load::Options { limits: &limits, reads: &only, writes: &|_, _| false, strict: false };
    let loaded = load_inventory(&schema, &[&read[0]], options);
    assert_eq!(loaded.diagnostics.len(), 1, "{}", said(&sources, &loaded.diagnostics));
    let strict = clearway::facts::load::Options { strict: true, ..options };
    assert_eq!(load_inventory(&schema, &[&read[0]], strict).diagnostics.len(), 3);
}

#[test]
fn short_and_full_names_are_one_name_in_either_order() {
    let short = "hosts: [{ name: hv1, os-version: 10.0 }, { name: hv2 }]\nvms: [{ name: v, host: hv1 }]\n";
    let full = "hosts: [{ name: HV1.corp.example, cpu: { family: x } }, { name: hv2.a.example }, { name: hv2.b.example }]\nvms: [{ name: v, host: hv1.corp.example }]\n";
    insta::assert_snapshot!(format!(
        "{}\n{}",
        inventory(&[("short.yaml", short), ("full.yaml", full)]),
        inventory(&[("full.yaml", full), ("short.yaml", short)])
    ));
}
