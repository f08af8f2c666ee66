//! The import of SCVMM exports: our own small export always, the real one where it lies beside the project.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::collections::BTreeMap;

use clearway::diag::Diagnostic;
use clearway::facts::Limits;
use clearway::facts::document::{Value, yaml};
use clearway::facts::read::{self, Format};
use clearway::facts::scvmm;
use clearway::source::{SourceMap, Span};
use proptest::prelude::*;

#[path = "scvmm/clixml.rs"]
mod clixml;
#[path = "scvmm/collector.rs"]
mod collector;
#[path = "scvmm/doubts.rs"]
mod doubts;

const SMALL: &str = "tests/data/scvmm-small.json";
const REAL: &str = "../shared/data/scvmm/inventory-2012r2.json";

fn import(name: &str, text: &str) -> Option<(Value, Vec<Diagnostic>, SourceMap)> {
    let mut map = SourceMap::new();
    let id = map.add(name, text).unwrap();
    let read = read::read(Format::of_name(name).unwrap(), map.file(id).unwrap(), &Limits::default());
    let document = read.documents.first()?;
    if !scvmm::recognise(document) {
        return None;
    }
    let (value, diagnostics) = scvmm::import(document);
    Some((value, diagnostics, map))
}

fn small() -> (Value, Vec<Diagnostic>, SourceMap) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(SMALL);
    import(SMALL, &std::fs::read_to_string(path).unwrap()).unwrap()
}

fn real() -> Option<(Value, Vec<Diagnostic>, SourceMap)> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(REAL);
    let Ok(text) = std::fs::read_to_string(path) else {
        eprintln!("skipped: {REAL} is not here");
        return None;
    };
    Some(import(REAL, &text).unwrap())
}

fn rows<'a>(value: &'a Value, section: &str) -> &'a [Value] {
    match value.get(section) {
        Some(Value::List(rows, _)) => rows,
        other => panic!("{section}: {other:?}"),
    }
}

fn at<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('/').try_fold(value, |value, key| value.get(key))
}

/// A scalar's text; `null` for null, `?` for what is not said, `[a b]` for lists.
fn text(value: &Value, path: &str) -> String {
    match at(value, path) {
        None => "?".into(),
        Some(value) => show(value),
    }
}

fn show(value: &Value) -> String {
    match value {
        Value::Null(_) => "null".into(),
        Value::Scalar(text, ..) => text.clone(),
        Value::List(elements, _) => format!("[{}]", elements.iter().map(show).collect::<Vec<_>>().join(" ")),
        Value::Map(members, _) => {
            format!(
                "{{{}}}",
                members.iter().map(|(key, _, value)| format!("{key}: {}", show(value))).collect::<Vec<_>>().join(", ")
            )
        }
    }
}

fn row<'a>(value: &'a Value, section: &str, name: &str) -> &'a Value {
    rows(value, section)
        .iter()
        .find(|row| text(row, "name") == name)
        .unwrap_or_else(|| panic!("no {name} in {section}"))
}

fn list<'a>(value: &'a Value, path: &str) -> &'a [Value] {
    match at(value, path) {
        Some(Value::List(elements, _)) => elements,
        other => panic!("{path}: {other:?}"),
    }
}

fn tally<T: Ord>(of: impl Iterator<Item = T>) -> BTreeMap<T, usize> {
    let mut tally = BTreeMap::new();
    for one in of {
        *tally.entry(one).or_default() += 1;
    }
    tally
}

#[test]
fn the_small_export_as_an_inventory() {
    let (value, diagnostics, _) = small();
    assert!(diagnostics.is_empty(), "{diagnostics:#?}");
    insta::assert_snapshot!(yaml(&value.document()));
}

#[test]
fn the_real_export_has_the_numbers_it_has() {
    let Some((value, diagnostics, _)) = real() else { return };
    assert!(diagnostics.is_empty(), "{diagnostics:#?}");
    assert_eq!(rows(&value, "hosts").len(), 3);
    assert_eq!(rows(&value, "clusters").len(), 1);
    assert_eq!(rows(&value, "vms").len(), 28);
    assert!(value.get("domains").is_none(), "the export says nothing of domains");

    let kinds = tally(rows(&value, "storage").iter().map(|row| text(row, "kind")));
    let expected = [("cluster-disk", 1), ("csv", 2), ("local-disk", 5), ("san-lun", 4), ("smb-share", 2)];
    assert_eq!(kinds, expected.map(|(kind, n)| (kind.to_owned(), n)).into(), "12 volumes and 2 shares");

    let kind_of = |name: &str| text(row(&value, "storage", name), "kind");
    let places = tally(rows(&value, "vms").iter().map(|vm| match text(vm, "storage") {
        name if name == "qeblade26:J:\\" => "J:".to_owned(),
        name if name.ends_with("\\scvmm2") => "scvmm2".to_owned(),
        name => {
            if kind_of(&name) == "csv" {
                "csv".to_owned()
            } else {
                "volume".to_owned()
            }
        }
    }));
    assert_eq!(places, [("J:", 6), ("scvmm2", 5), ("volume", 17)].map(|(k, n)| (k.to_owned(), n)).into());

    let disks: Vec<(&Value, &Value)> =
        rows(&value, "vms").iter().flat_map(|vm| list(vm, "disks").iter().map(move |disk| (vm, disk))).collect();
    assert_eq!(disks.len(), 37);
    assert!(disks.iter().all(|(_, disk)| text(disk, "storage") != "?" && text(disk, "kind") != "?"));
    let snapshots: Vec<_> = disks.iter().filter(|(_, disk)| text(disk, "snapshot") == "true").collect();
    assert_eq!(snapshots.len(), 5);
    assert_eq!(tally(snapshots.iter().map(|(vm, _)| text(vm, "name"))).len(), 4);
    assert!(disks.iter().all(|(_, disk)| (text(disk, "base") != "null") == (text(disk, "snapshot") == "true")));

    assert_eq!(
        tally(rows(&value, "vms").iter().map(|vm| text(vm, "state"))).into_values().collect::<Vec<_>>(),
        [15, 10, 3]
    );
    let checkpoints: usize = rows(&value, "vms").iter().map(|vm| text(vm, "snapshots").parse::<usize>().unwrap()).sum();
    assert_eq!(checkpoints, 7);
    assert_eq!(rows(&value, "vms").iter().filter(|vm| !list(vm, "images").is_empty()).count(), 4);
    let status = tally(rows(&value, "vms").iter().map(|vm| text(vm, "status")));
    assert_eq!(
        status,
        [("UnsupportedCluster", 6), ("IncompleteVMConfig", 1), ("ok", 21)].map(|(k, n)| (k.to_owned(), n)).into()
    );
    assert!(
        rows(&value, "vms").iter().all(|vm| text(vm, "highly-available") == "?"),
        "not in the export, never guessed"
    );
}

#[test]
fn hosts_are_joined_from_both_places_and_the_dead_one_stays_unknown() {
    let Some((value, ..)) = real() else { return };
    let name = "qeblade33.cfme-qe-vmm-ad.rhq.lab.eng.bos.redhat.com";
    let node = row(&value, "hosts", name);
    for (path, expected) in [
        ("cluster", "hyperv_cluster"),
        ("domain", "cfme-qe-vmm-ad.rhq.lab.eng.bos.redhat.com"),
        ("hypervisor", "hyper-v"),
        ("os-version", "6.3.9600"),
        ("cpu/manufacturer", "Intel"),
        ("cpu/hardware-virtualization", "?"),
        ("live-migration/enabled", "true"),
        ("live-migration/maximum", "2"),
        ("live-migration/authentication", "credssp"),
        ("live-migration/networks", "?"),
        ("smb-access", "?"),
        ("responding", "true"),
        ("memory/total", "77297573888 B"),
        ("memory/reserve", "2048 MiB"),
        ("san-status", "[]"),
        ("switches", "[nic-2 vswitch-2 vswitch nic-1]"),
    ] {
        assert_eq!(text(node, path), expected, "{path}");
    }
    assert_eq!(list(node, "storage").len(), 9, "seven volumes and two shares");
    let dead = row(&value, "hosts", "dhcp129-212.brq.redhat.com");
    for path in ["domain", "cpu/manufacturer", "storage", "memory/total", "switches", "maintenance", "san-status"] {
        assert_eq!(text(dead, path), "?", "{path}");
    }
    assert_eq!((text(dead, "cluster"), text(dead, "responding")), ("null".into(), "false".into()));
    assert_eq!(text(&rows(&value, "clusters")[0], "failover-cluster"), "true");
    assert_eq!(text(&rows(&value, "clusters")[0], "csv-enabled"), "true");
}

#[test]
fn places_point_into_the_export() {
    let (value, _, map) = small();
    let vm = &rows(&value, "vms")[0];
    let Some(Value::Scalar(name, _, span)) = vm.get("name") else { panic!() };
    assert_eq!(map.text(*span), Some(format!("\"{name}\"").as_str()));
    assert_ne!(vm.span(), Span::NONE);
}

fn export(vms: &str, volumes: &str) -> String {
    format!(
        r#"{{"hosts":[{{"Name":"h1.x.example","ID":"1","CommunicationStateString":"Responding","DiskVolumes":{volumes},"RegisteredStorageFileShares":{{}}}}],
            "clusters":[],"vms":{vms}}}"#
    )
}

const C: &str =
    r#"{"Name":"C:\\","ID":"v1","IsClusterSharedVolume":false,"IsClustered":false,"IsSANMigrationPossible":false}"#;

#[test]
fn shapes_of_powershell_are_taken_as_they_are_meant() {
    let vm = r#"{"Name":"v","ID":"7","HostName":"H1.X.EXAMPLE","VMCPath":"c:\\vms\\v.xml","VirtualMachineStateString":"Running",
        "StatusString":"Running","DVDISO":{},"VMCheckpoints":"a b c","VirtualHardDisks":{"Name":"d","Location":null,"Size":"5","ParentDisk":null}}"#;
    let (value, diagnostics, _) = import("x.json", &export(vm, C)).unwrap();
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    let row = &rows(&value, "vms")[0];
    assert_eq!(text(row, "host"), "h1.x.example", "hosts are found without regard to case");
    assert_eq!(text(row, "storage"), "h1:C:\\", "one volume is a list of one");
    assert_eq!(text(row, "images"), "[]", "an empty object is an empty list");
    assert_eq!(text(row, "snapshots"), "?", "a list that was cut to a text cannot be counted");
    let disk = &list(row, "disks")[0];
    assert_eq!(show(disk), "{name: d, size: 5 B, base: null}", "no file, so neither place nor kind");
}

#[test]
fn a_share_is_found_by_its_servers_short_name() {
    let text_of = |path: &str| {
        let vm = format!(r#"{{"Name":"v","HostName":"h1.x.example","VMCPath":"{path}"}}"#);
        let export = format!(
            r#"{{"hosts":[{{"Name":"h1.x.example","DiskVolumes":[{C}],"RegisteredStorageFileShares":[{{"SharePath":"\\\\files.x.example\\vms"}}]}}],"vms":[{vm}]}}"#
        );
        let (value, diagnostics, _) = import("x.json", &export).unwrap();
        assert!(diagnostics.is_empty());
        (
            text(&rows(&value, "vms")[0], "storage"),
            rows(&value, "storage").len(),
            text(&rows(&value, "hosts")[0], "storage"),
        )
    };
    let reached = "[h1:C:\\ \\\\files.x.example\\vms]".to_owned();
    assert_eq!(text_of(r"\\\\FILES\\vms\\v.xml"), ("\\\\files.x.example\\vms".into(), 2, reached.clone()));
    let other = text_of(r"\\\\files.y.example\\vms\\v.xml");
    assert_eq!(other, ("\\\\files.y.example\\vms".into(), 3, reached), "another server: a share that no host reaches");
}

#[test]
fn what_does_not_fit_is_said_and_left_unknown() {
    let vms = r#"[{"Name":"v","HostName":"nowhere","VMCPath":"C:\\v.xml"},
        {"HostName":"h1.x.example"},
        {"Name":"w","HostName":"h1.x.example","VMCPath":"Q:\\w.xml","StatusString":"UnsupportedCluster"}]"#;
    let (value, diagnostics, map) = import("x.json", &export(vms, C)).unwrap();
    let lines: Vec<String> = diagnostics
        .iter()
        .map(|d| {
            let place = map.locate(d.span()).unwrap();
            format!("{}:{} {} {}", place.line, place.column, d.code, d.message)
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
    assert_eq!(rows(&value, "vms").len(), 2);
    assert_eq!(text(&rows(&value, "vms")[0], "host"), "?");
    assert_eq!(text(&rows(&value, "vms")[1], "storage"), "?");
    assert_eq!(text(&rows(&value, "vms")[1], "status"), "UnsupportedCluster");
}

#[test]
fn our_own_inventories_are_not_taken_for_exports() {
    for text in [
        r#"{"hosts":[{"name":"a","storage":[]}],"vms":[{"name":"v","host":"a"}]}"#,
        r#"{"hosts":[],"vms":[]}"#,
        "[]",
        "3",
        r#"{"vms":{}}"#,
    ] {
        assert!(import("x.json", text).is_none(), "{text}");
    }
}

/// The small export with some of its values in pieces.
fn damaged(choices: Vec<(prop::sample::Index, u8)>) -> serde_json::Value {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(SMALL);
    let mut export: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    for (index, damage) in choices {
        let mut pointers = Vec::new();
        collect(&export, String::new(), &mut pointers);
        let pointer = index.get(&pointers).clone();
        if let Some(place) = export.pointer_mut(&pointer) {
            *place = match damage {
                0 => serde_json::Value::Null,
                1 => "C:\\ G:\\".into(),
                2 => serde_json::json!({}),
                3 => serde_json::json!([]),
                4 => 18_446_744_073_709_551_615u64.into(),
                _ => serde_json::json!([{ "Name": "\\\\" }]),
            };
        }
    }
    export
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    /// Whatever is cut out of an export or put in another's place, the import ends and loses no machine that has a name.
    #[test]
    fn a_damaged_export_is_still_read(choices in proptest::collection::vec((any::<prop::sample::Index>(), 0u8..6), 1..40)) {
        let export = damaged(choices);
        let named = export["vms"].as_array().map_or(0, |vms| {
            vms.iter().filter(|vm| match &vm["Name"] {
                serde_json::Value::String(name) => !name.trim().is_empty(),
                serde_json::Value::Number(_) => true,
                _ => false,
            }).count()
        });
        if let Some((value, ..)) = import("x.json", &export.to_string()) && export["vms"].is_array() {
            prop_assert_eq!(rows(&value, "vms").len(), named);
        }
    }
}

fn collect(value: &serde_json::Value, pointer: String, into: &mut Vec<String>) {
    match value {
        serde_json::Value::Object(members) => {
            for (key, value) in members {
                let key = key.replace('~', "~0").replace('/', "~1");
                collect(value, format!("{pointer}/{key}"), into);
            }
        }
        serde_json::Value::Array(elements) => {
            for (index, value) in elements.iter().enumerate() {
                collect(value, format!("{pointer}/{index}"), into);
            }
        }
        _ => {}
    }
    if !pointer.is_empty() {
        into.push(pointer);
    }
}
