//! The rules by hand: over typed moves, which is the floor of a tool that knows its model, and over an untyped document,
//! which is the floor of one that does not.

use serde_json::Value;

use crate::moves::{DiskKind, Move, StorageKind, Transfer};

/// The rules, each with its severity. The place of a rule is its bit in what a check answers.
pub const RULES: [(&str, &str); 13] = [
    ("cpu-virtualization", "error"),
    ("cpu-manufacturer", "error"),
    ("os-build", "error"),
    ("no-pass-through", "error"),
    ("private-network", "warning"),
    ("domain-trust", "error"),
    ("base-disk-registered", "error"),
    ("cluster-csv", "error"),
    ("storage-matrix", "error"),
    ("storage-reachable", "error"),
    ("vsm-topology", "error"),
    ("effect-promotes", "information"),
    ("effect-demotes", "information"),
];

/// `6.2.9200`, see [`version`].
pub const MINIMUM: u64 = (6 << 40) | (2 << 20) | 9200;

/// What files lie on against what they go to: whether that is supported while the machine runs.
pub const MATRIX: [[bool; 3]; 3] = [[true, true, false], [true, true, true], [true, true, true]];

/// The first three parts of a version, so that the later one is the greater number.
pub fn version(text: &str) -> u64 {
    let mut number = 0u64;
    let mut parts = 0;
    for part in text.split('.').take(3) {
        number = number << 20 | part.parse::<u64>().unwrap_or(0) & 0xf_ffff;
        parts += 1;
    }
    number << (20 * (3 - parts))
}

/// The rules that a move breaks: bit by bit in the order of [`RULES`].
pub fn check<S: AsRef<str>>(made: &Move<S>) -> u16 {
    let (from, to, vm) = (&made.source, &made.destination, &made.vm);
    let has = |list: &[S], text: &S| list.iter().any(|other| other.as_ref() == text.as_ref());
    let mut bits = 0u16;
    if made.transfer.live() {
        let old = |build: &S| version(build.as_ref()) < MINIMUM;
        bits |= u16::from(!(from.cpu.virtualization && to.cpu.virtualization));
        bits |= u16::from(from.cpu.manufacturer.as_ref() != to.cpu.manufacturer.as_ref()) << 1;
        bits |= u16::from(old(&from.os_build) || old(&to.os_build)) << 2;
        bits |= u16::from(vm.disks.iter().any(|disk| disk.kind == DiskKind::PassThrough)) << 3;
        bits |= u16::from(!(from.live_migration.private_network && to.live_migration.private_network)) << 4;
        let trusted = has(&from.trusted_domains, &to.domain) && has(&to.trusted_domains, &from.domain);
        bits |= u16::from(from.domain.as_ref() != to.domain.as_ref() && !trusted) << 5;
    }
    let missing =
        vm.disks.iter().filter_map(|disk| disk.base_disk.as_ref()).any(|base| !has(&base.registered_on, &to.host));
    bits |= u16::from(missing) << 6;
    if let (Some(_), Some(cluster)) = (&from.cluster, &to.cluster) {
        bits |= u16::from(!cluster.csv_enabled) << 7;
    }
    let (lies, goes) = (vm.storage.kind, to.storage.kind);
    bits |= u16::from(made.transfer.moves_storage() && !MATRIX[lies as usize][goes as usize]) << 8;
    bits |= u16::from(goes != StorageKind::LocalDisk && !has(&to.reachable_storage, &to.storage.path)) << 9;
    bits |= u16::from(made.transfer == Transfer::LiveVsm && from.cluster.is_some() != to.cluster.is_some()) << 10;
    bits |= u16::from(lies == StorageKind::LocalDisk && goes == StorageKind::SmbShare) << 11;
    bits |= u16::from(lies != StorageKind::LocalDisk && goes == StorageKind::LocalDisk && to.cluster.is_some()) << 12;
    bits
}

/// The same over an untyped document.
pub fn check_value(made: &Value) -> u16 {
    let (from, to, vm) = (&made["source"], &made["destination"], &made["vm"]);
    let holds = |value: &Value| value.as_bool() == Some(true);
    let has = |list: &Value, one: &Value| list.as_array().is_some_and(|list| list.contains(one));
    let transfer = made["transfer"].as_str().unwrap_or("");
    let disks: &[Value] = vm["disks"].as_array().map_or(&[], Vec::as_slice);
    let mut bits = 0u16;
    if matches!(transfer, "live" | "live-storage" | "live-vsm") {
        let old = |host: &Value| version(host["os_build"].as_str().unwrap_or("")) < MINIMUM;
        let private = |host: &Value| holds(&host["live_migration"]["private_network"]);
        bits |= u16::from(!(holds(&from["cpu"]["virtualization"]) && holds(&to["cpu"]["virtualization"])));
        bits |= u16::from(from["cpu"]["manufacturer"] != to["cpu"]["manufacturer"]) << 1;
        bits |= u16::from(old(from) || old(to)) << 2;
        bits |= u16::from(disks.iter().any(|disk| disk["kind"] == "pass-through")) << 3;
        bits |= u16::from(!(private(from) && private(to))) << 4;
        let trusted = has(&from["trusted_domains"], &to["domain"]) && has(&to["trusted_domains"], &from["domain"]);
        bits |= u16::from(from["domain"] != to["domain"] && !trusted) << 5;
    }
    let missing = |disk: &Value| !disk["base_disk"].is_null() && !has(&disk["base_disk"]["registered_on"], &to["host"]);
    bits |= u16::from(disks.iter().any(missing)) << 6;
    let (from_cluster, to_cluster) = (!from["cluster"].is_null(), !to["cluster"].is_null());
    bits |= u16::from(from_cluster && to_cluster && !holds(&to["cluster"]["csv_enabled"])) << 7;
    let (lies, goes) = (vm["storage"]["kind"].as_str().unwrap_or(""), to["storage"]["kind"].as_str().unwrap_or(""));
    let place = |kind: &str| ["local-disk", "smb-share", "csv"].iter().position(|other| *other == kind).unwrap_or(2);
    let moves_storage = matches!(transfer, "live-storage" | "live-vsm");
    bits |= u16::from(moves_storage && !MATRIX[place(lies)][place(goes)]) << 8;
    bits |= u16::from(goes != "local-disk" && !has(&to["reachable_storage"], &to["storage"]["path"])) << 9;
    bits |= u16::from(transfer == "live-vsm" && from_cluster != to_cluster) << 10;
    bits |= u16::from(lies == "local-disk" && goes == "smb-share") << 11;
    bits |= u16::from(lies != "local-disk" && goes == "local-disk" && to_cluster) << 12;
    bits
}
