//! What RVTools calls its sheets and columns, over the versions that are read. Names only: what they mean for a machine is
//! said in the modules beside this one.

/// A sheet that is read.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Sheet {
    /// A row for each machine.
    Info,
    /// Processors of machines.
    Cpu,
    /// Memory of machines.
    Memory,
    /// Virtual disks.
    Disk,
    /// File systems, as the guest tells of them.
    Partition,
    /// Network adapters of machines.
    Network,
    /// CD drives.
    Cd,
    /// USB devices.
    Usb,
    /// Snapshots.
    Snapshot,
    /// Clusters.
    Cluster,
    /// Hosts.
    Host,
    /// Datastores.
    Datastore,
}

/// A column that is read, whatever sheet it is on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Column {
    Vm,
    Name,
    Host,
    Cluster,
    VmId,
    VmUuid,
    Server,
    Powerstate,
    Template,
    Placeholder,
    DnsName,
    Consolidation,
    Disks,
    Nics,
    EnableUuid,
    Cbt,
    PrimaryIp,
    FtState,
    Firmware,
    HwVersion,
    OsConfigured,
    OsTools,
    HotAdd,
    HotRemove,
    Disk,
    Key,
    Path,
    Capacity,
    Raw,
    Mode,
    Sharing,
    SharedBus,
    Controller,
    Label,
    Unit,
    Free,
    Adapter,
    Mac,
    Ip,
    Ipv4,
    Ipv6,
    NicLabel,
    Drs,
    Dpm,
    ObjectId,
}

use Column as C;

/// A column with the names it goes by, today's first. What differs in case, blanks and signs alone is one name.
type Names = (Column, &'static [&'static str]);

/// Columns, and where each of them is found among the titles.
pub(super) type Places = Vec<(Column, Vec<usize>)>;

const VM: Names = (C::Vm, &["VM", "VMName"]);
const HOST: Names = (C::Host, &["Host"]);
const CLUSTER: Names = (C::Cluster, &["Cluster"]);
const VM_ID: Names = (C::VmId, &["VM ID", "VM Object ID", "Object ID"]);
const VM_UUID: Names = (C::VmUuid, &["VM UUID", "UUID"]);
const SERVER: Names = (C::Server, &["VI SDK UUID", "vCenter UUID", "VI SDK Server"]);

const INFO: &[Names] = &[
    VM,
    HOST,
    CLUSTER,
    VM_ID,
    VM_UUID,
    SERVER,
    (C::Powerstate, &["Powerstate"]),
    (C::Template, &["Template"]),
    (C::Placeholder, &["SRM Placeholder"]),
    (C::DnsName, &["DNS Name", "Guest Hostname"]),
    (C::Consolidation, &["Consolidation Needed"]),
    (C::Disks, &["Disks"]),
    (C::Nics, &["NICs"]),
    (C::EnableUuid, &["EnableUUID", "disk.EnableUUID"]),
    (C::Cbt, &["CBT"]),
    (C::PrimaryIp, &["Primary IP Address", "Primary IP"]),
    (C::FtState, &["FT State"]),
    (C::Firmware, &["Firmware"]),
    (C::HwVersion, &["HW version", "VM Version"]),
    (C::OsConfigured, &["OS according to the configuration file", "OS"]),
    (C::OsTools, &["OS according to the VMware Tools", "OS Tools"]),
];
const CPU: &[Names] = &[VM, HOST, VM_ID, VM_UUID, SERVER, (C::HotAdd, &["Hot Add"]), (C::HotRemove, &["Hot Remove"])];
const MEMORY: &[Names] = &[VM, HOST, VM_ID, VM_UUID, SERVER, (C::HotAdd, &["Hot Add"])];
const DISK: &[Names] = &[
    VM,
    HOST,
    VM_ID,
    VM_UUID,
    SERVER,
    (C::Disk, &["Disk"]),
    (C::Key, &["Disk Key"]),
    (C::Path, &["Path"]),
    (C::Capacity, &["Capacity MiB", "Capacity MB"]),
    (C::Raw, &["Raw"]),
    (C::Mode, &["Disk Mode", "Mode"]),
    (C::Sharing, &["Sharing mode"]),
    (C::SharedBus, &["Shared Bus"]),
    (C::Controller, &["Controller"]),
    (C::Label, &["Label"]),
    (C::Unit, &["Unit #"]),
];
const PARTITION: &[Names] = &[
    VM,
    HOST,
    VM_ID,
    VM_UUID,
    SERVER,
    (C::Key, &["Disk Key"]),
    (C::Disk, &["Disk"]),
    (C::Capacity, &["Capacity MiB", "Capacity MB"]),
    (C::Free, &["Free MiB", "Free MB"]),
];
const NETWORK: &[Names] = &[
    VM,
    HOST,
    VM_ID,
    VM_UUID,
    SERVER,
    (C::NicLabel, &["NIC label"]),
    (C::Adapter, &["Adapter"]),
    (C::Mac, &["Mac Address"]),
    (C::Ip, &["IP Address"]),
    (C::Ipv4, &["IPv4 Address"]),
    (C::Ipv6, &["IPv6 Address"]),
];
const OF_VM: &[Names] = &[VM, HOST, VM_ID, VM_UUID, SERVER];
const SNAPSHOT: &[Names] = &[VM, HOST, VM_ID, VM_UUID, SERVER, (C::Name, &["Name"])];
const CLUSTERS: &[Names] = &[(C::Name, &["Name"]), SERVER, (C::Drs, &["DRS enabled"]), (C::Dpm, &["DPM enabled"])];
const HOSTS: &[Names] = &[(C::Host, &["Host", "Name"]), CLUSTER, SERVER, (C::ObjectId, &["Object ID"])];
const DATASTORES: &[Names] = &[(C::Name, &["Name"]), SERVER, (C::ObjectId, &["Object ID"])];

/// Columns that only the sheet of machines has: by one of them it is known whatever its file is called.
const TELLING: [&str; 6] =
    ["DNS Name", "Consolidation Needed", "Connection state", "Guest state", "FT State", "Provisioned MiB"];

impl Sheet {
    /// All of them, that of the machines first.
    pub const ALL: [Sheet; 12] = [
        Sheet::Info,
        Sheet::Cpu,
        Sheet::Memory,
        Sheet::Disk,
        Sheet::Partition,
        Sheet::Network,
        Sheet::Cd,
        Sheet::Usb,
        Sheet::Snapshot,
        Sheet::Cluster,
        Sheet::Host,
        Sheet::Datastore,
    ];

    /// What RVTools calls it.
    pub fn name(self) -> &'static str {
        match self {
            Sheet::Info => "vInfo",
            Sheet::Cpu => "vCPU",
            Sheet::Memory => "vMemory",
            Sheet::Disk => "vDisk",
            Sheet::Partition => "vPartition",
            Sheet::Network => "vNetwork",
            Sheet::Cd => "vCD",
            Sheet::Usb => "vUSB",
            Sheet::Snapshot => "vSnapshot",
            Sheet::Cluster => "vCluster",
            Sheet::Host => "vHost",
            Sheet::Datastore => "vDatastore",
        }
    }

    /// The sheet that a name means: `vInfo`, and `tabvInfo` as older versions and the CSV export have it.
    pub fn named(name: &str) -> Option<Sheet> {
        let name = name.trim().to_lowercase();
        let bare = name.strip_prefix("rvtools_").unwrap_or(&name);
        let bare = bare.strip_prefix("tab").unwrap_or(bare);
        Sheet::ALL.into_iter().find(|sheet| sheet.name().to_lowercase() == bare)
    }

    fn columns(self) -> &'static [Names] {
        match self {
            Sheet::Info => INFO,
            Sheet::Cpu => CPU,
            Sheet::Memory => MEMORY,
            Sheet::Disk => DISK,
            Sheet::Partition => PARTITION,
            Sheet::Network => NETWORK,
            Sheet::Cd | Sheet::Usb => OF_VM,
            Sheet::Snapshot => SNAPSHOT,
            Sheet::Cluster => CLUSTERS,
            Sheet::Host => HOSTS,
            Sheet::Datastore => DATASTORES,
        }
    }

    /// The column without which a row of the sheet says nothing.
    pub(super) fn key(self) -> Column {
        match self {
            Sheet::Cluster | Sheet::Datastore => C::Name,
            Sheet::Host => C::Host,
            _ => C::Vm,
        }
    }

    /// The columns that say something of machines by themselves: without one of them, that is unknown of all.
    pub(super) fn telling(self) -> &'static [Column] {
        match self {
            Sheet::Info => &[
                C::DnsName,
                C::Consolidation,
                C::EnableUuid,
                C::Cbt,
                C::FtState,
                C::Firmware,
                C::Cluster,
                C::OsConfigured,
                C::OsTools,
            ],
            Sheet::Cpu => &[C::HotAdd, C::HotRemove],
            Sheet::Memory => &[C::HotAdd],
            Sheet::Disk => &[C::Path, C::Capacity, C::Raw, C::Mode, C::Sharing, C::Label, C::Unit],
            Sheet::Partition => &[C::Disk, C::Free],
            Sheet::Network => &[C::Adapter],
            Sheet::Cluster => &[C::Drs, C::Dpm],
            Sheet::Cd | Sheet::Usb | Sheet::Snapshot | Sheet::Host | Sheet::Datastore => &[],
        }
    }

    /// What a column is called today.
    pub(super) fn title(self, column: Column) -> &'static str {
        let names = self.columns().iter().find(|(known, _)| *known == column).map(|(_, names)| *names);
        names.and_then(|names| names.first()).copied().unwrap_or("")
    }

    /// Where the columns are that are read, if the titles have the one that says what a row is about. Of a column that goes
    /// by several names the one with the best name counts; those with one and the same name are all listed.
    pub(super) fn places<S: AsRef<str>>(self, titles: &[S]) -> Option<Places> {
        let prefix = folded(self.name());
        let plain: Vec<String> = titles.iter().map(|title| folded(title.as_ref())).collect();
        // Some versions write `vInfoPowerstate` for `Powerstate`.
        let bare: Vec<&str> = plain.iter().map(|title| title.strip_prefix(prefix.as_str()).unwrap_or(title)).collect();
        let mut places = Vec::new();
        for (column, names) in self.columns() {
            let found = names.iter().map(|name| {
                let name = folded(name);
                let all: Vec<usize> =
                    (0..).zip(&plain).filter(|(_, title)| **title == name).map(|(at, _)| at).collect();
                if !all.is_empty() {
                    return all;
                }
                (0..).zip(&bare).filter(|(_, title)| **title == name).map(|(at, _)| at).collect()
            });
            if let Some(found) = found.into_iter().find(|found| !found.is_empty()) {
                places.push((*column, found));
            }
        }
        places.iter().any(|(column, _)| *column == self.key()).then_some(places)
    }

    /// Whether titles are those of the sheet of machines.
    pub(super) fn is_info<S: AsRef<str>>(titles: &[S]) -> bool {
        let plain: Vec<String> = titles.iter().map(|title| folded(title.as_ref())).collect();
        let has = |name: &str| {
            let name = folded(name);
            plain.iter().any(|title| *title == name || title.strip_prefix("vinfo") == Some(name.as_str()))
        };
        let telling = TELLING.iter().any(|name| has(name)) || has("Provisioned MB") || has("VMName");
        has("Powerstate") && telling && Sheet::Info.places(titles).is_some()
    }

    /// Whether titles begin as those of every sheet about machines do.
    pub(super) fn is_any<S: AsRef<str>>(titles: &[S]) -> bool {
        let begins = |at: usize, name: &str| titles.get(at).is_some_and(|title| folded(title.as_ref()) == name);
        begins(0, "vm") && begins(1, "powerstate")
    }
}

/// A title without case, blanks and signs.
fn folded(title: &str) -> String {
    title.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
