//! Estates, plans and what suggestions make of them, for tests of suggestions.

use clearway::report::{Report, SuggestedStep, Written};
use clearway::session::{Checked, Limits, Options, Session};
use clearway::source::Memory;
use serde_json::{Map, Value, json};

/// A host: name, cluster (none: standalone), processors, what it reaches.
pub fn host(name: &str, cluster: Option<&str>, cpu: &str, storage: &[&str]) -> Value {
    json!({
        "name": name, "cluster": cluster, "domain": "corp.example", "hypervisor": "hyper-v",
        "os-version": "10.0.17763",
        "cpu": { "manufacturer": cpu, "family": "179", "hardware-virtualization": true },
        "storage": storage,
        "live-migration": { "enabled": true, "maximum": 2, "storage-maximum": 2, "authentication": "kerberos",
                            "networks": [ { "name": "migration", "private": true } ] },
        "smb-access": [], "responding": true, "maintenance": false,
        "memory": { "total": "256 GiB", "available": "64 GiB", "reserve": "2 GiB" },
        "switches": ["vswitch"], "san-status": []
    })
}

pub fn storage(name: &str, kind: &str, cluster: Option<&str>, free: &str) -> Value {
    json!({
        "name": name, "kind": kind, "cluster": cluster, "san": null, "dedicated-to": null, "san-transfer": false,
        "masked-from": [], "capacity": "4 TiB", "free": free, "path": name
    })
}

pub fn machine(name: &str, host: &str, state: &str, storage: &str, size: &str) -> Value {
    json!({
        "name": name, "host": host, "state": state, "highly-available": false, "storage": storage, "memory": "4 GiB",
        "snapshots": 0, "checkpoint-storage": storage, "saved-state-storage": storage, "images": [], "status": "ok",
        "configuration-version": "9.0", "processor-compatibility": false, "san-status": "ok",
        "networks": [ { "switch": "vswitch" } ],
        "disks": [ { "name": format!("{name}.vhdx"), "kind": "vhdx", "storage": storage, "size": size,
                     "maximum-size": "2 TiB", "base": null, "snapshot": false, "shared": false } ]
    })
}

pub fn estate(hosts: &[Value], storage: &[Value], machines: &[Value]) -> Value {
    json!({
        "hosts": hosts, "storage": storage, "vms": machines,
        "clusters": [ { "name": "a", "failover-cluster": true, "csv-enabled": true },
                      { "name": "b", "failover-cluster": true, "csv-enabled": true } ],
        "domains": [ { "name": "corp.example", "trusts": [] } ]
    })
}

/// Two clusters and a standalone host, with room and without.
pub fn small() -> Value {
    let of_a = ["csv-1", "csv-2", "csv-full", "share-1"];
    let hosts = [
        host("a1", Some("a"), "Intel", &of_a),
        host("a2", Some("a"), "Intel", &of_a),
        host("a3", Some("a"), "AMD", &of_a),
        host("solo", None, "Intel", &["solo:D", "share-1"]),
        host("lone", None, "AMD", &["lone:D"]),
    ];
    let stores = [
        storage("csv-1", "csv", Some("a"), "900 GiB"),
        storage("csv-2", "csv", Some("a"), "900 GiB"),
        storage("csv-full", "csv", Some("a"), "1 GiB"),
        storage("share-1", "smb-share", None, "900 GiB"),
        storage("solo:D", "local-disk", None, "900 GiB"),
        storage("lone:D", "local-disk", None, "1 GiB"),
    ];
    let machines = [
        machine("web", "solo", "running", "solo:D", "40 GiB"),
        machine("db", "a1", "running", "csv-1", "80 GiB"),
        machine("old", "a1", "off", "csv-1", "80 GiB"),
        machine("node", "a1", "running", "share-1", "20 GiB"),
    ];
    estate(&hosts, &stores, &machines)
}

pub fn files(estate: &Value, steps: &[Value]) -> Memory {
    let plan = json!({ "plan": "moves", "pack": "vmm-2019", "inventory": "estate.json", "steps": steps });
    Memory::new()
        .with("estate.json", serde_json::to_string(estate).unwrap())
        .with("moves.plan.json", serde_json::to_string_pretty(&plan).unwrap())
}

pub fn suggested(files: &Memory, trials: Option<u64>, most: usize) -> Checked {
    let mut limits = Limits::default();
    if let Some(trials) = trials {
        limits.set(&format!("trials={trials}")).unwrap();
    }
    let mut session = Session::new(files, Options { limits, ..Options::default() });
    session.suggest(&["moves.plan.json".into()], most)
}

pub fn checked(files: &Memory) -> Report {
    let mut session = Session::new(files, Options::default());
    let checked = session.check(&["moves.plan.json".into()]);
    let wrong: Vec<_> = checked.diagnostics.iter().map(|wrong| wrong.message.clone()).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    checked.report
}

pub fn value(written: &Written) -> Value {
    match written {
        Written::Text(text) => json!(&**text),
        Written::Plain(text) => serde_json::from_str(text).unwrap(),
        Written::List(values) => values.iter().map(value).collect(),
        Written::Map(entries) => entries.iter().map(|(key, of)| (key.to_string(), value(of))).collect(),
    }
}

/// A suggested step as a plan in JSON has it.
pub fn as_json(step: &SuggestedStep) -> Value {
    let mut out = Map::new();
    out.insert("id".into(), json!(&*step.id));
    for (path, written) in &step.members {
        match path.split_once('.') {
            Some((record, member)) => {
                let inner = out.entry(record).or_insert_with(|| json!({}));
                inner[member] = value(written);
            }
            None => _ = out.insert(path.to_string(), value(written)),
        }
    }
    Value::Object(out)
}

/// A step in a line: `web-in: live-storage to share-1`.
pub fn line(step: &SuggestedStep) -> String {
    let say = |member: &str| {
        step.members.iter().find(|(path, _)| &**path == member).map(|(_, value)| match value {
            Written::Text(text) | Written::Plain(text) => text.to_string(),
            other => format!("{other:?}"),
        })
    };
    let to = [say("to.host"), say("to.storage")].into_iter().flatten().collect::<Vec<_>>().join(" and ");
    format!("{}: {} to {to}", step.id, say("transfer").unwrap_or_else(|| "?".to_owned()))
}
