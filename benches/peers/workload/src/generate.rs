//! Moves that look like those of a real migration, the same for the same seed. Of a hundred moves about fifteen break a rule.

use crate::moves::{
    BaseDisk, Cluster, Cpu, Destination, Disk, DiskKind, Host, LiveMigration, Move, Storage, StorageKind, Transfer, Vm,
};
use crate::random::Random;

/// The seed of every benchmark.
pub const SEED: u64 = 0x6d69_6772_6174_6521;

const BUILDS: [&str; 6] = ["6.2.9200", "6.3.9600", "10.0.14393", "10.0.17763", "10.0.20348", "10.0.26100"];
const OLD_BUILDS: [&str; 3] = ["6.1.7601", "6.0.6003", "6.2.8400"];
const STATES: [&str; 4] = ["running", "running", "saved", "stopped"];
const DOMAINS: [&str; 4] =
    ["corp.contoso.example", "emea.contoso.example", "lab.fabrikam.example", "apac.contoso.example"];
const MAKERS: [&str; 2] = ["GenuineIntel", "AuthenticAMD"];
const MODELS: [[&str; 3]; 2] = [
    ["Intel Xeon Gold 6338 2.00 GHz", "Intel Xeon Silver 4314 2.40 GHz", "Intel Xeon Platinum 8480+ 2.00 GHz"],
    ["AMD EPYC 7543 32-Core", "AMD EPYC 9354 32-Core", "AMD EPYC 7313P 16-Core"],
];

/// The first so many moves of the benchmarks.
pub fn moves(count: u64) -> impl Iterator<Item = Move<String>> {
    let mut random = Random::new(SEED);
    (0..count).map(move |id| one(&mut random, id))
}

/// Moves as JSON lines.
pub fn json_lines(count: u64) -> String {
    let mut text = String::new();
    for made in moves(count) {
        text.push_str(&serde_json::to_string(&made).expect("a move is JSON"));
        text.push('\n');
    }
    text
}

/// JSON lines as one JSON array.
pub fn json_array(lines: &str) -> String {
    format!("[{}]\n", lines.trim_end().replace('\n', ",\n"))
}

/// The next move.
pub fn one(random: &mut Random, id: u64) -> Move<String> {
    use StorageKind::{Csv, LocalDisk, SmbShare};
    use Transfer::{Live, LiveStorage, LiveVsm, Network, Quick, San};
    let transfer = random.pick(&[Live, Live, LiveStorage, LiveVsm, Quick, San, Network]);
    let maker = random.below(2) as usize;
    let clustered = random.percent(60);
    // A machine that moves with its storage stays on one kind of host; others may cross.
    let to_cluster = if transfer == LiveVsm || random.percent(70) { clustered } else { !clustered };
    let here = DOMAINS[random.below(4) as usize];
    let there = if random.percent(80) { here } else { DOMAINS[random.below(4) as usize] };
    let mut source = host(random, clustered, maker, here);
    let to = host(random, to_cluster, maker, there);
    let mut trusted: Vec<String> = Vec::new();
    for domain in DOMAINS {
        if random.percent(40) && domain != there {
            trusted.push(domain.to_owned());
        }
    }
    if here != there {
        source.trusted_domains.push(there.to_owned());
        if !trusted.iter().any(|domain| domain == here) {
            trusted.push(here.to_owned());
        }
    }
    // Pairs of which neither the matrix nor a note has anything to say.
    let (from_kind, to_kind) = if to_cluster {
        random.pick(&[(Csv, Csv), (SmbShare, SmbShare), (SmbShare, Csv), (LocalDisk, LocalDisk)])
    } else {
        random.pick(&[(LocalDisk, LocalDisk), (SmbShare, SmbShare), (SmbShare, LocalDisk), (Csv, LocalDisk)])
    };
    let mut reachable_storage = to.reachable_storage;
    let storage = Storage { kind: to_kind, path: path(random, to_kind) };
    if to_kind != LocalDisk {
        let at = random.below(reachable_storage.len() as u64 + 1) as usize;
        reachable_storage.insert(at, storage.path.clone());
    }
    let destination = Destination {
        host: to.host,
        cluster: to.cluster,
        domain: to.domain,
        trusted_domains: trusted,
        cpu: to.cpu,
        os_build: to.os_build,
        live_migration: to.live_migration,
        reachable_storage,
        storage,
    };
    let disks = disks(random, &destination.host);
    let vm = Vm {
        name: format!("vm-{:03}-{id:06}", random.below(1000)),
        state: random.pick(&STATES).to_owned(),
        generation: 1 + random.below(2) as u32,
        memory_mb: 1024 << random.below(6),
        processors: 1 << random.below(5),
        highly_available: clustered,
        disks,
        storage: Storage { kind: from_kind, path: path(random, from_kind) },
    };
    let mut made = Move { id, transfer, vm, source, destination };
    if random.below(1000) < 155 {
        for _ in 0..random.pick(&[1, 1, 1, 2, 3]) {
            spoil(random, &mut made);
        }
    }
    made
}

/// The name of a host.
pub fn host_name(random: &mut Random) -> String {
    format!("hv-{:02}-node{:02}", random.below(40), random.below(32))
}

fn smb(random: &mut Random) -> String {
    format!(r"\\fs{:02}.corp.contoso.example\vmstore{}", random.below(12), random.below(6))
}

fn csv(random: &mut Random) -> String {
    format!(r"C:\ClusterStorage\Volume{}", 1 + random.below(24))
}

fn path(random: &mut Random, kind: StorageKind) -> String {
    match kind {
        StorageKind::LocalDisk => format!(r"D:\Hyper-V\Virtual Machines\{:04}", random.below(10000)),
        StorageKind::SmbShare => smb(random),
        StorageKind::Csv => csv(random),
    }
}

/// A host, as its own machines know it.
pub fn host(random: &mut Random, clustered: bool, maker: usize, domain: &str) -> Host<String> {
    let host = host_name(random);
    let mut reachable_storage = Vec::new();
    for _ in 0..1 + random.below(3) {
        reachable_storage.push(if random.percent(50) { csv(random) } else { smb(random) });
    }
    Host {
        host,
        cluster: clustered.then(|| Cluster { name: format!("hvc{:02}", random.below(20)), csv_enabled: true }),
        domain: domain.to_owned(),
        trusted_domains: Vec::new(),
        cpu: Cpu {
            manufacturer: MAKERS[maker].to_owned(),
            model: random.pick(&MODELS[maker]).to_owned(),
            virtualization: true,
        },
        os_build: random.pick(&BUILDS).to_owned(),
        live_migration: LiveMigration { enabled: true, max: 2 + random.below(6) as u32, private_network: true },
        reachable_storage,
    }
}

fn disks(random: &mut Random, to: &str) -> Vec<Disk<String>> {
    let count = random.pick(&[1, 1, 1, 2, 2, 3, 4]);
    let mut disks = Vec::new();
    for at in 0..count {
        let base_disk = random.percent(20).then(|| {
            let mut registered_on: Vec<String> = (0..1 + random.below(2)).map(|_| host_name(random)).collect();
            let at = random.below(registered_on.len() as u64 + 1) as usize;
            registered_on.insert(at, to.to_owned());
            BaseDisk {
                path: format!(r"D:\Base Disks\w2k22-core-{:03}.vhdx", random.below(200)),
                share: "Base Disks".to_owned(),
                registered_on,
            }
        });
        let kind = if at > 0 && random.percent(10) {
            DiskKind::VirtualFc
        } else if random.percent(80) {
            DiskKind::Vhdx
        } else {
            DiskKind::Vhd
        };
        disks.push(Disk { kind, size_gb: random.pick(&[40, 60, 127, 256, 512, 1024]), base_disk });
    }
    disks
}

/// One fault; now and then a second one undoes the first.
fn spoil(random: &mut Random, made: &mut Move<String>) {
    use StorageKind::{Csv, LocalDisk, SmbShare};
    use Transfer::{Live, LiveStorage, LiveVsm};
    if !made.transfer.live() {
        made.transfer = if made.source.cluster.is_some() == made.destination.cluster.is_some() {
            random.pick(&[Live, LiveStorage, LiveVsm])
        } else {
            random.pick(&[Live, LiveStorage])
        };
    }
    let cluster = |name: &str, csv_enabled| Some(Cluster { name: name.to_owned(), csv_enabled });
    let local = |last: u8| Storage { kind: LocalDisk, path: format!(r"D:\Hyper-V\Virtual Machines\{last}") };
    match random.below(13) {
        0 => {
            if random.percent(50) {
                made.source.cpu.virtualization = false;
            } else {
                made.destination.cpu.virtualization = false;
            }
        }
        1 => {
            let other = if made.source.cpu.manufacturer == MAKERS[0] { 1 } else { 0 };
            made.destination.cpu.manufacturer = MAKERS[other].to_owned();
            made.destination.cpu.model = MODELS[other][0].to_owned();
        }
        2 => {
            let build = random.pick(&OLD_BUILDS).to_owned();
            if random.percent(50) {
                made.source.os_build = build;
            } else {
                made.destination.os_build = build;
            }
        }
        3 => made.vm.disks[0].kind = DiskKind::PassThrough,
        4 => {
            if random.percent(50) {
                made.source.live_migration.private_network = false;
            } else {
                made.destination.live_migration.private_network = false;
            }
        }
        5 => {
            made.destination.domain = "untrusted.example".to_owned();
            if random.percent(50) {
                made.source.trusted_domains.push("untrusted.example".to_owned());
            }
            let home = made.source.domain.clone();
            made.destination.trusted_domains.retain(|domain| *domain != home);
        }
        6 => {
            made.vm.disks[0].base_disk = Some(BaseDisk {
                path: r"D:\Base Disks\w2k19-core-001.vhdx".to_owned(),
                share: "Base Disks".to_owned(),
                registered_on: vec!["hv-99-node98".to_owned(), "hv-99-node99".to_owned()],
            });
        }
        7 => {
            if made.source.cluster.is_none() {
                made.source.cluster = cluster("hvc77", true);
            }
            made.destination.cluster = cluster("hvc77", false);
        }
        8 => {
            if made.transfer == Live {
                made.transfer = LiveStorage;
            }
            made.vm.storage = local(1);
            let path = csv(random);
            made.destination.storage = Storage { kind: Csv, path: path.clone() };
            made.destination.reachable_storage.push(path);
        }
        9 => {
            if made.destination.storage.kind == LocalDisk {
                made.destination.storage.kind = SmbShare;
                made.vm.storage.kind = SmbShare;
            }
            made.destination.storage.path = r"\\fs99.corp.contoso.example\elsewhere".to_owned();
        }
        10 => {
            made.transfer = LiveVsm;
            made.destination.cluster = if made.source.cluster.is_some() { None } else { cluster("hvc78", true) };
        }
        11 => {
            made.vm.storage = local(2);
            let path = smb(random);
            made.destination.storage = Storage { kind: SmbShare, path: path.clone() };
            made.destination.reachable_storage.push(path);
        }
        _ => {
            made.vm.storage.kind = SmbShare;
            made.destination.storage = local(3);
            if made.destination.cluster.is_none() {
                made.destination.cluster = cluster("hvc79", true);
                if made.transfer == LiveVsm {
                    made.transfer = LiveStorage;
                }
            }
        }
    }
}
