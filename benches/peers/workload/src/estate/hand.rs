//! The rules over plan and inventory by hand: rows by their names first, then step by step, with what the steps that happen
//! change. The bits are those of [`RULES`](crate::hand::RULES).

use std::collections::HashMap;

use super::{DiskKind, Estate, Plan};
use crate::hand::{MATRIX, MINIMUM, version};
use crate::moves::{StorageKind, Transfer};

/// Bits of rules whose violation refuses a step.
const ERRORS: u16 = 0b0_0111_1110_1111;

struct Host<'a> {
    cluster: Option<usize>,
    domain: usize,
    manufacturer: &'a str,
    virtualization: bool,
    build: u64,
    private: bool,
    storage: Vec<usize>,
}

struct Vm {
    host: usize,
    storage: usize,
    pass_through: bool,
    bases: Vec<usize>,
}

/// An estate by numbers.
pub struct State<'a> {
    hosts: Vec<Host<'a>>,
    csv_enabled: Vec<bool>,
    trusts: Vec<Vec<usize>>,
    kinds: Vec<StorageKind>,
    vms: Vec<Vm>,
    host_names: HashMap<&'a str, usize>,
    storage_names: HashMap<&'a str, usize>,
    vm_names: HashMap<&'a str, usize>,
}

fn names<'a, T, S: AsRef<str> + 'a>(rows: &'a [T], name: impl Fn(&'a T) -> &'a S) -> HashMap<&'a str, usize> {
    rows.iter().enumerate().map(|(at, row)| (name(row).as_ref(), at)).collect()
}

impl<'a> State<'a> {
    /// Resolves every name.
    pub fn of<S: AsRef<str>>(estate: &'a Estate<S>) -> State<'a> {
        let host_names = names(&estate.hosts, |host| &host.name);
        let cluster_names = names(&estate.clusters, |cluster| &cluster.name);
        let domain_names = names(&estate.domains, |domain| &domain.name);
        let storage_names = names(&estate.storage, |storage| &storage.name);
        let vm_names = names(&estate.vms, |vm| &vm.name);
        let hosts = estate.hosts.iter().map(|host| Host {
            cluster: host.cluster.as_ref().map(|name| cluster_names[name.as_ref()]),
            domain: domain_names[host.domain.as_ref()],
            manufacturer: host.cpu.manufacturer.as_ref(),
            virtualization: host.cpu.hardware_virtualization,
            build: version(host.os_version.as_ref()),
            private: host.live_migration.networks.iter().any(|network| network.private),
            storage: host.storage.iter().map(|name| storage_names[name.as_ref()]).collect(),
        });
        let vms = estate.vms.iter().map(|vm| Vm {
            host: host_names[vm.host.as_ref()],
            storage: storage_names[vm.storage.as_ref()],
            pass_through: vm.disks.iter().any(|disk| disk.kind == DiskKind::PassThrough),
            bases: vm
                .disks
                .iter()
                .filter_map(|disk| disk.base.as_ref())
                .map(|base| storage_names[base.storage.as_ref()])
                .collect(),
        });
        State {
            hosts: hosts.collect(),
            csv_enabled: estate.clusters.iter().map(|cluster| cluster.csv_enabled).collect(),
            trusts: estate
                .domains
                .iter()
                .map(|one| one.trusts.iter().map(|name| domain_names[name.as_ref()]).collect())
                .collect(),
            kinds: estate.storage.iter().map(|storage| storage.kind).collect(),
            vms: vms.collect(),
            host_names,
            storage_names,
            vm_names,
        }
    }

    /// Where a machine is, and where its files lie.
    pub fn place(&self, vm: usize) -> (usize, usize) {
        self.vms.get(vm).map_or((0, 0), |vm| (vm.host, vm.storage))
    }

    /// Judges a step by the numbers of its rows, and does what it does where it is not refused.
    pub fn step(&mut self, vm: usize, transfer: Transfer, host: Option<usize>, storage: Option<usize>) -> u16 {
        let machine = &self.vms[vm];
        let at = host.unwrap_or(machine.host);
        let goes = storage.unwrap_or(machine.storage);
        let (from, to) = (&self.hosts[machine.host], &self.hosts[at]);
        let mut bits = 0u16;
        if transfer.live() {
            bits |= u16::from(!(from.virtualization && to.virtualization));
            bits |= u16::from(from.manufacturer != to.manufacturer) << 1;
            bits |= u16::from(from.build < MINIMUM || to.build < MINIMUM) << 2;
            bits |= u16::from(machine.pass_through) << 3;
            bits |= u16::from(!(from.private && to.private)) << 4;
            let trusted =
                self.trusts[from.domain].contains(&to.domain) && self.trusts[to.domain].contains(&from.domain);
            bits |= u16::from(from.domain != to.domain && !trusted) << 5;
        }
        bits |= u16::from(machine.bases.iter().any(|base| !to.storage.contains(base))) << 6;
        if let (Some(_), Some(cluster)) = (from.cluster, to.cluster) {
            bits |= u16::from(!self.csv_enabled[cluster]) << 7;
        }
        let (lies, kind) = (self.kinds[machine.storage], self.kinds[goes]);
        bits |= u16::from(transfer.moves_storage() && !MATRIX[lies as usize][kind as usize]) << 8;
        bits |= u16::from(kind != StorageKind::LocalDisk && !to.storage.contains(&goes)) << 9;
        bits |= u16::from(transfer == Transfer::LiveVsm && from.cluster.is_some() != to.cluster.is_some()) << 10;
        if bits & ERRORS != 0 {
            // Of a step that is refused nothing is announced.
            return bits;
        }
        bits |= u16::from(lies == StorageKind::LocalDisk && kind == StorageKind::SmbShare) << 11;
        bits |=
            u16::from(lies != StorageKind::LocalDisk && kind == StorageKind::LocalDisk && to.cluster.is_some()) << 12;
        let machine = &mut self.vms[vm];
        (machine.host, machine.storage) = (at, goes);
        bits
    }

    /// Judges a plan: for each step the rules that it breaks.
    pub fn plan<S: AsRef<str>>(&mut self, plan: &Plan<S>) -> Vec<u16> {
        let judge = |step: &super::Step<S>| {
            let vm = self.vm_names[step.vm.as_ref()];
            let host = step.to.host.as_ref().map(|name| self.host_names[name.as_ref()]);
            let storage = step.to.storage.as_ref().map(|name| self.storage_names[name.as_ref()]);
            self.step(vm, step.transfer, host, storage)
        };
        plan.steps.iter().map(judge).collect()
    }
}
