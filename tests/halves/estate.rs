//! Estates and plans out of dice, in the vocabulary of the bundled packs: mostly sound, with gaps and with obstacles.

use serde_json::{Map, Value, json};

use super::written::Dice;

pub const HOSTS: [&str; 4] = ["hv1", "hv2", "hv3", "lone-1"];
pub const STORAGE: [&str; 7] = ["csv-1", "csv-2", r"\\files\vms", "hv1:D:\\", "hv2:D:\\", "lone-1:D:\\", "lun-1"];
pub const TRANSFERS: [&str; 7] = ["network", "quick", "quick-storage", "san", "live", "live-storage", "live-vsm"];

/// Writes members, most of them as they should be, some otherwise, some not at all.
struct Row<'d> {
    dice: &'d mut Dice,
    members: Map<String, Value>,
}

impl Row<'_> {
    fn sure(&mut self, name: &str, value: impl Into<Value>) {
        self.members.insert(name.to_owned(), value.into());
    }

    fn put(&mut self, name: &str, sound: impl Into<Value>, other: impl Into<Value>) {
        if !self.dice.one_in(14) {
            let value = if self.dice.one_in(14) { other.into() } else { sound.into() };
            self.members.insert(name.to_owned(), value);
        }
    }
}

fn row(dice: &mut Dice, write: impl FnOnce(&mut Row<'_>)) -> Value {
    let mut row = Row { dice, members: Map::new() };
    write(&mut row);
    Value::Object(row.members)
}

fn size(dice: &mut Dice, gib: &[u32]) -> Value {
    json!(format!("{} GiB", gib[dice.below(gib.len())]))
}

/// An inventory. Machines are `vm-0` and so on.
pub fn estate(dice: &mut Dice, machines: usize) -> Value {
    let hosts: Vec<Value> = HOSTS.iter().map(|name| host(dice, name)).collect();
    let storage: Vec<Value> = STORAGE.iter().map(|name| storage(dice, name)).collect();
    let vms: Vec<Value> = (0..machines).map(|index| machine(dice, index)).collect();
    let mut estate = Map::new();
    estate.insert("hosts".into(), hosts.into());
    estate.insert("storage".into(), storage.into());
    estate.insert("vms".into(), vms.into());
    if !dice.one_in(8) {
        estate.insert("clusters".into(), json!([{ "name": "c1", "failover-cluster": true, "csv-enabled": true }]));
    }
    if !dice.one_in(6) {
        estate.insert("domains".into(), json!([{ "name": "corp", "trusts": [] }]));
    }
    Value::Object(estate)
}

fn host(dice: &mut Dice, name: &str) -> Value {
    let alone = name == "lone-1";
    row(dice, |row| {
        row.sure("name", format!("{name}.corp.example"));
        row.put("cluster", if alone { Value::Null } else { json!("c1") }, Value::Null);
        row.put("domain", "corp", "elsewhere");
        row.put("hypervisor", "hyper-v", "esx");
        row.put("os-version", "10.0.17763", "6.1");
        let cpu = super::estate::row(row.dice, |cpu| {
            cpu.put("manufacturer", "Intel", "AMD");
            cpu.put("family", "179", "6");
            cpu.put("hardware-virtualization", true, false);
        });
        row.sure("cpu", cpu);
        let own = format!("{name}:D:\\");
        let reached: Vec<&str> = STORAGE
            .iter()
            .copied()
            .filter(|storage| *storage == own || (!storage.contains(":D:") && (!alone || !storage.starts_with("csv"))))
            .collect();
        row.put("storage", reached, json!([r"\\files\vms"]));
        let migration = super::estate::row(row.dice, |migration| {
            migration.put("enabled", true, false);
            migration.put("maximum", 1, 2);
            migration.put("storage-maximum", 1, 2);
            migration.put("authentication", "kerberos", "credssp");
            migration.put("networks", json!([{ "name": "mig", "private": true }]), json!([]));
        });
        row.sure("live-migration", migration);
        row.put("smb-access", json!([r"\\files\vms"]), json!([]));
        row.put("responding", true, false);
        row.put("maintenance", false, true);
        let available = size(row.dice, &[4, 10, 20, 64]);
        row.put("memory", json!({ "total": "256 GiB", "available": available, "reserve": "2 GiB" }), json!({}));
        row.put("switches", json!(["vs"]), json!([]));
        row.put("san-status", json!(["fibre-channel"]), json!([]));
    })
}

fn storage(dice: &mut Dice, name: &str) -> Value {
    let kind = match name {
        "csv-1" | "csv-2" => "csv",
        "lun-1" => "san-lun",
        _ if name.starts_with('\\') => "smb-share",
        _ => "local-disk",
    };
    row(dice, |row| {
        row.sure("name", name);
        row.put("kind", kind, "cluster-disk");
        row.put("path", name, name);
        row.put("cluster", if kind == "csv" { json!("c1") } else { Value::Null }, Value::Null);
        row.put("san", if kind == "san-lun" { json!("fibre-channel") } else { Value::Null }, Value::Null);
        row.put("dedicated-to", if kind == "san-lun" { json!("vm-0") } else { Value::Null }, Value::Null);
        row.put("san-transfer", true, false);
        row.put("capacity", "2 TiB", "1 TiB");
        let free = size(row.dice, &[0, 25, 60, 90, 900]);
        row.put("free", free, "1 GiB");
    })
}

fn machine(dice: &mut Dice, index: usize) -> Value {
    let host = HOSTS[dice.below(HOSTS.len())];
    let place = match dice.below(5) {
        0 => format!("{host}:D:\\"),
        1 => r"\\files\vms".to_owned(),
        2 if index == 0 => "lun-1".to_owned(),
        _ if host == "lone-1" => r"\\files\vms".to_owned(),
        _ => ["csv-1", "csv-2"][dice.below(2)].to_owned(),
    };
    let place = if STORAGE.contains(&&*place) { place } else { "csv-1".to_owned() };
    row(dice, |row| {
        row.sure("name", format!("vm-{index}"));
        row.put("host", host, HOSTS[index % HOSTS.len()]);
        row.put("state", "running", "off");
        row.put("highly-available", place.starts_with("csv"), false);
        row.put("storage", place.clone(), "csv-2");
        let memory = size(row.dice, &[2, 8, 16]);
        row.put("memory", memory, "4 GiB");
        row.put("snapshots", 0, 1);
        row.put("checkpoint-storage", place.clone(), "csv-2");
        row.put("saved-state-storage", place.clone(), "csv-2");
        row.put("images", json!([]), json!([{ "path": "tools.iso", "storage": place.clone(), "size": "1 GiB" }]));
        row.put("status", "ok", "missing");
        row.put("configuration-version", "9.0", "5.0");
        row.put("processor-compatibility", false, true);
        row.put("san-status", "ok", "no");
        row.put("networks", json!([{ "switch": "vs" }]), json!([{ "switch": null }, {}]));
        let disks: Vec<Value> = (0..1 + row.dice.below(2))
            .map(|disk| {
                super::estate::row(row.dice, |row| {
                    row.sure("name", format!("vm-{index}-{disk}.vhdx"));
                    row.put("kind", "vhdx", "pass-through");
                    row.put("storage", place.clone(), "csv-2");
                    let size = size(row.dice, &[10, 40, 80]);
                    row.put("size", size, "20 GiB");
                    row.put("maximum-size", "127 GiB", "20 GiB");
                    row.put("base", Value::Null, json!({ "name": "base.vhdx", "storage": "csv-1", "size": "5 GiB" }));
                    row.put("snapshot", false, true);
                    row.put("shared", false, true);
                })
            })
            .collect();
        // A machine of whose disks nothing is known, in one of many estates.
        if !row.dice.one_in(30) {
            row.sure("disks", disks);
        }
    })
}

/// Steps in the order written, each with a number of its wave or without one. Waves run in the order in which they stand.
pub fn steps(dice: &mut Dice, machines: usize) -> Vec<Value> {
    let mut steps = Vec::new();
    let (mut wave, mut moved) = (0, Vec::new());
    let numbered = dice.below(3);
    for index in 0..2 + dice.below(7) {
        let machine = dice.below(machines);
        let numbers = numbered == 0 || (numbered == 1 && dice.one_in(2));
        if !numbers || moved.contains(&machine) || dice.one_in(3) {
            wave += 1;
            moved.clear();
        }
        moved.push(machine);
        let mut to = Map::new();
        if !dice.one_in(3) {
            to.insert("host".into(), HOSTS[dice.below(HOSTS.len())].into());
        }
        if dice.one_in(3) || to.is_empty() {
            to.insert("storage".into(), STORAGE[dice.below(STORAGE.len())].into());
        }
        if dice.one_in(6) {
            let disk = format!("vm-{machine}-0.vhdx");
            to.insert("disks".into(), json!({ disk: STORAGE[dice.below(STORAGE.len())] }));
        }
        let mut step = json!({ "id": format!("s{index}"), "vm": format!("vm-{machine}"), "to": to });
        if numbers {
            step["wave"] = wave.into();
        }
        if dice.one_in(2) {
            step["transfer"] = TRANSFERS[dice.below(TRANSFERS.len())].into();
        }
        if dice.one_in(5) {
            step["network"] = "mig".into();
        }
        steps.push(step);
    }
    steps
}

/// Waivers of some codes for some steps.
pub fn waivers(dice: &mut Dice, steps: &[Value]) -> Vec<Value> {
    let codes = ["VMM101", "VMM102", "VMM103", "VMM107", "VMM201", "VMM302", "VMM804", "VMM805"];
    let chosen = steps.iter().filter(|_| dice.one_in(6)).map(|step| step["id"].clone()).collect::<Vec<_>>();
    let waiver = |id: Value| json!({ "code": codes[dice.below(codes.len())], "steps": [id], "reason": "it is so" });
    chosen.into_iter().map(waiver).collect()
}
