//! A move, as the inputs write it. `S` is how texts are held: `String`, or a [`Text`](crate::text::Text) that borrows.

use serde::{Deserialize, Serialize};

/// How a machine is moved.
#[derive(Deserialize, Serialize, Clone, Copy, PartialEq, Eq, Debug)]
#[serde(rename_all = "kebab-case")]
pub enum Transfer {
    Live,
    LiveStorage,
    LiveVsm,
    Quick,
    San,
    Network,
}

impl Transfer {
    /// Whether the machine keeps running.
    pub fn live(self) -> bool {
        matches!(self, Transfer::Live | Transfer::LiveStorage | Transfer::LiveVsm)
    }

    /// Whether files move while it runs.
    pub fn moves_storage(self) -> bool {
        matches!(self, Transfer::LiveStorage | Transfer::LiveVsm)
    }
}

/// What a disk is.
#[derive(Deserialize, Serialize, Clone, Copy, PartialEq, Eq, Debug)]
#[serde(rename_all = "kebab-case")]
pub enum DiskKind {
    Vhdx,
    Vhd,
    VirtualFc,
    PassThrough,
}

/// What files lie on.
#[derive(Deserialize, Serialize, Clone, Copy, PartialEq, Eq, Debug)]
#[serde(rename_all = "kebab-case")]
pub enum StorageKind {
    LocalDisk,
    SmbShare,
    Csv,
}

/// A move.
#[derive(Deserialize, Serialize, Clone, Debug)]
pub struct Move<S> {
    pub id: u64,
    pub transfer: Transfer,
    pub vm: Vm<S>,
    pub source: Host<S>,
    pub destination: Destination<S>,
}

/// The machine that is moved.
#[derive(Deserialize, Serialize, Clone, Debug)]
pub struct Vm<S> {
    pub name: S,
    pub state: S,
    pub generation: u32,
    pub memory_mb: u64,
    pub processors: u32,
    pub highly_available: bool,
    pub disks: Vec<Disk<S>>,
    pub storage: Storage<S>,
}

/// One of its disks.
#[derive(Deserialize, Serialize, Clone, Debug)]
pub struct Disk<S> {
    pub kind: DiskKind,
    pub size_gb: u64,
    pub base_disk: Option<BaseDisk<S>>,
}

/// The parent of a differencing disk.
#[derive(Deserialize, Serialize, Clone, Debug)]
pub struct BaseDisk<S> {
    pub path: S,
    pub share: S,
    pub registered_on: Vec<S>,
}

/// Where files lie, or go.
#[derive(Deserialize, Serialize, Clone, Debug)]
pub struct Storage<S> {
    pub kind: StorageKind,
    pub path: S,
}

/// The cluster that a host is a node of.
#[derive(Deserialize, Serialize, Clone, Debug)]
pub struct Cluster<S> {
    pub name: S,
    pub csv_enabled: bool,
}

/// Processors.
#[derive(Deserialize, Serialize, Clone, Debug)]
pub struct Cpu<S> {
    pub manufacturer: S,
    pub model: S,
    pub virtualization: bool,
}

/// How a host is set up for live migrations.
#[derive(Deserialize, Serialize, Clone, Debug)]
pub struct LiveMigration {
    pub enabled: bool,
    pub max: u32,
    pub private_network: bool,
}

/// Where the machine is.
#[derive(Deserialize, Serialize, Clone, Debug)]
pub struct Host<S> {
    pub host: S,
    pub cluster: Option<Cluster<S>>,
    pub domain: S,
    pub trusted_domains: Vec<S>,
    pub cpu: Cpu<S>,
    pub os_build: S,
    pub live_migration: LiveMigration,
    pub reachable_storage: Vec<S>,
}

/// Where it goes.
#[derive(Deserialize, Serialize, Clone, Debug)]
pub struct Destination<S> {
    pub host: S,
    pub cluster: Option<Cluster<S>>,
    pub domain: S,
    pub trusted_domains: Vec<S>,
    pub cpu: Cpu<S>,
    pub os_build: S,
    pub live_migration: LiveMigration,
    pub reachable_storage: Vec<S>,
    pub storage: Storage<S>,
}
