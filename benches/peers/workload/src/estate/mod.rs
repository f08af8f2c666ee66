//! An estate and a plan over it, in the vocabulary of the bundled pack: hosts, clusters, domains, storage and machines, and steps
//! that move the machines around. `S` is how texts are held.

pub mod hand;
pub mod make;

use serde::{Deserialize, Serialize};

use crate::moves::{StorageKind, Transfer};

/// Everything that a plan is judged against.
#[derive(Deserialize, Serialize, Clone, Debug)]
pub struct Estate<S> {
    pub hosts: Vec<Host<S>>,
    pub clusters: Vec<Cluster<S>>,
    pub domains: Vec<Domain<S>>,
    pub storage: Vec<Storage<S>>,
    pub vms: Vec<Vm<S>>,
}

#[derive(Deserialize, Serialize, Clone, Debug)]
#[serde(rename_all = "kebab-case")]
pub struct Host<S> {
    pub name: S,
    pub cluster: Option<S>,
    pub domain: S,
    pub hypervisor: S,
    pub os_version: S,
    pub cpu: Cpu<S>,
    pub storage: Vec<S>,
    pub live_migration: LiveMigration<S>,
    pub smb_access: Vec<S>,
    pub responding: bool,
    pub maintenance: bool,
    pub memory: Memory<S>,
    pub switches: Vec<S>,
    pub san_status: Vec<S>,
}

#[derive(Deserialize, Serialize, Clone, Debug)]
#[serde(rename_all = "kebab-case")]
pub struct Cpu<S> {
    pub manufacturer: S,
    pub family: S,
    pub hardware_virtualization: bool,
}

#[derive(Deserialize, Serialize, Clone, Debug)]
#[serde(rename_all = "kebab-case")]
pub struct LiveMigration<S> {
    pub enabled: bool,
    pub maximum: u32,
    pub storage_maximum: u32,
    pub authentication: S,
    pub networks: Vec<Network<S>>,
}

#[derive(Deserialize, Serialize, Clone, Debug)]
pub struct Network<S> {
    pub name: S,
    pub private: bool,
}

/// With their units, as all sizes here.
#[derive(Deserialize, Serialize, Clone, Debug)]
pub struct Memory<S> {
    pub total: S,
    pub available: S,
    pub reserve: S,
}

#[derive(Deserialize, Serialize, Clone, Debug)]
#[serde(rename_all = "kebab-case")]
pub struct Cluster<S> {
    pub name: S,
    pub failover_cluster: bool,
    pub csv_enabled: bool,
}

#[derive(Deserialize, Serialize, Clone, Debug)]
pub struct Domain<S> {
    pub name: S,
    pub trusts: Vec<S>,
}

#[derive(Deserialize, Serialize, Clone, Debug)]
pub struct Storage<S> {
    pub name: S,
    pub kind: StorageKind,
    pub path: S,
    pub cluster: Option<S>,
    pub capacity: S,
    pub free: S,
}

#[derive(Deserialize, Serialize, Clone, Debug)]
#[serde(rename_all = "kebab-case")]
pub struct Vm<S> {
    pub name: S,
    pub host: S,
    pub state: S,
    pub highly_available: bool,
    pub storage: S,
    pub memory: S,
    pub snapshots: u32,
    pub images: Vec<S>,
    pub status: S,
    pub configuration_version: S,
    pub generation: u32,
    pub processor_compatibility: bool,
    pub networks: Vec<Adapter<S>>,
    pub disks: Vec<Disk<S>>,
}

#[derive(Deserialize, Serialize, Clone, Debug)]
pub struct Adapter<S> {
    pub switch: Option<S>,
}

/// What a disk is, in the words of the bundled pack.
#[derive(Deserialize, Serialize, Clone, Copy, PartialEq, Eq, Debug)]
#[serde(rename_all = "kebab-case")]
pub enum DiskKind {
    Vhdx,
    Vhd,
    VirtualFibreChannel,
    PassThrough,
}

#[derive(Deserialize, Serialize, Clone, Debug)]
#[serde(rename_all = "kebab-case")]
pub struct Disk<S> {
    pub name: S,
    pub kind: DiskKind,
    pub storage: S,
    pub size: S,
    pub maximum_size: S,
    pub base: Option<Base<S>>,
    pub snapshot: bool,
    pub shared: bool,
}

#[derive(Deserialize, Serialize, Clone, Debug)]
pub struct Base<S> {
    pub name: S,
    pub storage: S,
    pub size: S,
}

/// A plan.
#[derive(Deserialize, Serialize, Clone, Debug)]
pub struct Plan<S> {
    pub plan: S,
    pub steps: Vec<Step<S>>,
}

#[derive(Deserialize, Serialize, Clone, Debug)]
pub struct Step<S> {
    pub id: S,
    pub wave: u32,
    pub vm: S,
    pub transfer: Transfer,
    pub to: To<S>,
}

#[derive(Deserialize, Serialize, Clone, Debug)]
pub struct To<S> {
    #[serde(default = "none", skip_serializing_if = "Option::is_none")]
    pub host: Option<S>,
    #[serde(default = "none", skip_serializing_if = "Option::is_none")]
    pub storage: Option<S>,
}

fn none<S>() -> Option<S> {
    None
}
