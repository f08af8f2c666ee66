//! Makes an estate, and a plan of moves that mostly may happen in it. The same for the same seed.

use super::hand::State;
use super::{
    Adapter, Base, Cluster, Cpu, Disk, DiskKind, Domain, Estate, Host, LiveMigration, Memory, Network, Plan, Step,
    Storage, To, Vm,
};
use crate::generate::SEED;
use crate::moves::{StorageKind, Transfer};
use crate::random::Random;

const NODES: u64 = 10;
const SHARES: u64 = 12;
const DOMAINS: [&str; 3] = ["corp.contoso.example", "emea.contoso.example", "lab.fabrikam.example"];

/// An estate of so many machines on so many hosts. Four of five hosts are nodes of clusters of ten.
pub fn estate(machines: u64, hosts: u64) -> Estate<String> {
    let mut random = Random::new(SEED);
    let clusters = hosts * 4 / 5 / NODES;
    let share = |at: u64| format!(r"\\fs{at:02}\vmstore");
    let mut storage: Vec<Storage<String>> = (0..SHARES)
        .map(|at| Storage {
            name: share(at),
            kind: StorageKind::SmbShare,
            path: format!(r"\\fs{at:02}.corp.contoso.example\vmstore"),
            cluster: None,
            capacity: size(1024 * 1024),
            free: size(512 * 1024),
        })
        .collect();
    for cluster in 0..clusters {
        for volume in 0..4 {
            storage.push(Storage {
                name: format!("hvc{cluster:03}-volume{volume}"),
                kind: StorageKind::Csv,
                path: format!(r"C:\ClusterStorage\Volume{volume}"),
                cluster: Some(format!("hvc{cluster:03}")),
                capacity: size(1024 * 1024),
                free: size(512 * 1024),
            });
        }
    }
    let mut made = Estate {
        hosts: Vec::new(),
        clusters: (0..clusters)
            .map(|at| Cluster { name: format!("hvc{at:03}"), failover_cluster: true, csv_enabled: at % 40 != 39 })
            .collect(),
        domains: DOMAINS.iter().map(|name| Domain { name: (*name).to_owned(), trusts: trusts(name) }).collect(),
        storage,
        vms: Vec::new(),
    };
    for at in 0..hosts {
        let cluster = (at < clusters * NODES).then_some(at / NODES);
        let local = format!(r"hv{at:04}:D:\");
        made.storage.push(Storage {
            name: local.clone(),
            kind: StorageKind::LocalDisk,
            path: r"D:\".to_owned(),
            cluster: None,
            capacity: size(64 * 1024),
            free: size(32 * 1024),
        });
        made.hosts.push(host(&mut random, at, cluster, local));
    }
    for at in 0..machines {
        made.vms.push(machine(&mut random, at, &made.hosts));
    }
    made
}

fn size(gib: u64) -> String {
    format!("{gib} GiB")
}

fn trusts(domain: &str) -> Vec<String> {
    // The first two trust each other; the third trusts, and nobody trusts it.
    let trusted = |other: &&&str| **other != domain && **other != DOMAINS[2];
    DOMAINS.iter().filter(trusted).map(|name| (*name).to_owned()).collect()
}

fn host(random: &mut Random, at: u64, cluster: Option<u64>, local: String) -> Host<String> {
    let group = cluster.unwrap_or(1_000_000 + at / NODES);
    let intel = group % 4 != 3;
    // Some groups do not reach the last of the shares.
    let reached = if group % 8 == 5 { SHARES - 1 } else { SHARES };
    let shares: Vec<String> = (0..reached).map(|at| format!(r"\\fs{at:02}\vmstore")).collect();
    let mut storage = shares.clone();
    storage.extend(cluster.into_iter().flat_map(|at| (0..4).map(move |volume| format!("hvc{at:03}-volume{volume}"))));
    storage.push(local);
    Host {
        name: format!("hv{at:04}"),
        cluster: cluster.map(|at| format!("hvc{at:03}")),
        domain: DOMAINS[if group % 50 == 49 { 2 } else { (group % 2) as usize }].to_owned(),
        hypervisor: "hyper-v".to_owned(),
        os_version: if random.percent(1) {
            "6.1.7601"
        } else {
            random.pick(&["10.0.14393", "10.0.17763", "10.0.20348"])
        }
        .to_owned(),
        cpu: Cpu {
            manufacturer: if intel { "Intel" } else { "AMD" }.to_owned(),
            family: if intel { "179" } else { "198" }.to_owned(),
            hardware_virtualization: !random.percent(1),
        },
        storage,
        live_migration: LiveMigration {
            enabled: true,
            maximum: 2 + random.below(6) as u32,
            storage_maximum: 2 + random.below(6) as u32,
            authentication: "kerberos".to_owned(),
            networks: vec![Network { name: "migration-net".to_owned(), private: !random.percent(1) }],
        },
        smb_access: shares,
        responding: true,
        maintenance: false,
        memory: Memory { total: size(4096), available: size(2048), reserve: size(2) },
        switches: vec!["vswitch".to_owned()],
        san_status: Vec::new(),
    }
}

fn machine(random: &mut Random, at: u64, hosts: &[Host<String>]) -> Vm<String> {
    let host = &hosts[random.below(hosts.len() as u64) as usize];
    // The last of a host's storage is its own disk; before it stand its volumes, before them the shares.
    let (shares, own) = (host.smb_access.len(), host.storage.len() - 1);
    let of = match host.cluster {
        Some(_) if random.percent(80) => shares + random.below((own - shares) as u64) as usize,
        None if random.percent(60) => own,
        _ => random.below(shares as u64) as usize,
    };
    let storage = host.storage[of].clone();
    let name = format!("vm-{at:06}");
    let count = random.pick(&[1u64, 1, 1, 2, 2, 3, 4]);
    let disks: Vec<Disk<String>> = (0..count)
        .map(|disk| {
            let kind = match random.below(1000) {
                0..5 => DiskKind::PassThrough,
                5..30 => DiskKind::VirtualFibreChannel,
                30..200 => DiskKind::Vhd,
                _ => DiskKind::Vhdx,
            };
            let room = random.pick(&[40, 60, 127, 256, 512]);
            let base = random.percent(10).then(|| Base {
                name: format!("w2k22-core-{:03}.vhdx", random.below(200)),
                storage: format!(r"\\fs{:02}\vmstore", random.below(SHARES)),
                size: size(12),
            });
            Disk {
                name: format!("{name}-{disk}.vhdx"),
                kind,
                storage: storage.clone(),
                size: size(room),
                maximum_size: size(2 * room),
                base,
                snapshot: false,
                shared: false,
            }
        })
        .collect();
    Vm {
        host: host.name.clone(),
        state: "running".to_owned(),
        highly_available: host.cluster.is_some() && of != own,
        memory: size(1 + random.below(16)),
        snapshots: 0,
        images: Vec::new(),
        status: "ok".to_owned(),
        configuration_version: "8.0".to_owned(),
        generation: 2,
        processor_compatibility: true,
        networks: vec![Adapter { switch: Some("vswitch".to_owned()) }],
        disks,
        storage: storage.clone(),
        name,
    }
}

/// A plan of so many steps, ten in a wave; no machine moves twice in one.
pub fn plan(estate: &Estate<String>, steps: u64) -> Plan<String> {
    let mut random = Random::new(SEED ^ 1);
    let mut state = State::of(estate);
    let storage_at: std::collections::HashMap<&str, usize> =
        estate.storage.iter().enumerate().map(|(at, storage)| (storage.name.as_str(), at)).collect();
    let machines = estate.vms.len() as u64;
    let step = |at: u64| {
        // A number that shares no divisor with the counts of machines that are used: every machine takes its turn.
        let vm = (at * 7919 % machines) as usize;
        let (host, lies) = state.place(vm);
        let (transfer, to, goes) = way(&mut random, estate, host, lies, &storage_at);
        state.step(vm, transfer, to, goes);
        Step {
            id: format!("s{at:06}"),
            wave: 1 + (at / 10) as u32,
            vm: estate.vms[vm].name.clone(),
            transfer,
            to: To {
                host: to.map(|at| estate.hosts[at].name.clone()),
                storage: goes.map(|at| estate.storage[at].name.clone()),
            },
        }
    };
    Plan { plan: "drain".to_owned(), steps: (0..steps).map(step).collect() }
}

/// Where a machine may go from here, mostly.
fn way(
    random: &mut Random,
    estate: &Estate<String>,
    host: usize,
    lies: usize,
    storage_at: &std::collections::HashMap<&str, usize>,
) -> (Transfer, Option<usize>, Option<usize>) {
    use StorageKind::LocalDisk;
    let here = &estate.hosts[host];
    let group = host as u64 / NODES * NODES;
    let last = estate.hosts.len() as u64;
    // One of its group, another than itself where there is one; now and then any at all.
    let to = if random.percent(10) {
        random.below(last) as usize
    } else {
        let other = group + random.below(NODES.min(last - group));
        if other as usize == host {
            (group + (other + 1 - group) % NODES.min(last - group)) as usize
        } else {
            other as usize
        }
    };
    let there = &estate.hosts[to];
    let of = |random: &mut Random, of: &Host<String>, clustered: bool| {
        let (shares, own) = (of.smb_access.len(), of.storage.len() - 1);
        let pick = if random.percent(3) {
            own
        } else if clustered && random.percent(60) {
            shares + random.below((own - shares) as u64) as usize
        } else {
            random.below(shares as u64) as usize
        };
        storage_at[of.storage[pick].as_str()]
    };
    let local = estate.storage[lies].kind == LocalDisk;
    match random.below(100) {
        0..45 if !local => (Transfer::Live, Some(to), None),
        45..60 => (Transfer::LiveStorage, None, Some(of(random, here, here.cluster.is_some()))),
        60..70 if !local => (Transfer::Quick, Some(to), None),
        70..75 => (Transfer::Network, Some(to), Some(of(random, there, there.cluster.is_some()))),
        _ => (Transfer::LiveVsm, Some(to), Some(of(random, there, there.cluster.is_some()))),
    }
}
