//! Moves cut down to what the rules read: the parser skips the rest. What a tool can reach whose rules say what is read.

use serde::Deserialize;

use crate::hand::{MATRIX, MINIMUM, version};
use crate::moves::{DiskKind, StorageKind, Transfer};

#[derive(Deserialize)]
pub struct Move<S> {
    pub transfer: Transfer,
    pub vm: Vm<S>,
    pub source: Host<S>,
    pub destination: Destination<S>,
}

#[derive(Deserialize)]
pub struct Vm<S> {
    pub disks: Vec<Disk<S>>,
    pub storage: Lies,
}

#[derive(Deserialize)]
pub struct Disk<S> {
    pub kind: DiskKind,
    pub base_disk: Option<BaseDisk<S>>,
}

#[derive(Deserialize)]
pub struct BaseDisk<S> {
    pub registered_on: Vec<S>,
}

#[derive(Deserialize)]
pub struct Lies {
    pub kind: StorageKind,
}

#[derive(Deserialize)]
pub struct Goes<S> {
    pub kind: StorageKind,
    pub path: S,
}

#[derive(Deserialize)]
pub struct Cluster {
    pub csv_enabled: bool,
}

#[derive(Deserialize)]
pub struct There {}

#[derive(Deserialize)]
pub struct Cpu<S> {
    pub manufacturer: S,
    pub virtualization: bool,
}

#[derive(Deserialize)]
pub struct LiveMigration {
    pub private_network: bool,
}

#[derive(Deserialize)]
pub struct Host<S> {
    pub cluster: Option<There>,
    pub domain: S,
    pub trusted_domains: Vec<S>,
    pub cpu: Cpu<S>,
    pub os_build: S,
    pub live_migration: LiveMigration,
}

#[derive(Deserialize)]
pub struct Destination<S> {
    pub host: S,
    pub cluster: Option<Cluster>,
    pub domain: S,
    pub trusted_domains: Vec<S>,
    pub cpu: Cpu<S>,
    pub os_build: S,
    pub live_migration: LiveMigration,
    pub reachable_storage: Vec<S>,
    pub storage: Goes<S>,
}

/// As [`check`](crate::hand::check) of the whole move.
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
