//! Which members of VMM's objects are read, by the kind of object. A reader of a format in which everything is written out
//! keeps these and passes over the rest; whoever collects an export has to ask for them.

use std::sync::OnceLock;

use rustc_hash::FxHashSet;

/// Members by the kind of object that has them.
pub const MEMBERS: &[(&str, &[&str])] = &[
    ("export", &["vms", "hosts", "clusters", "vnets", "domains"]),
    (
        "machine",
        &[
            "Name",
            "ID",
            "HostName",
            "HostType",
            "VirtualMachineState",
            "VirtualMachineStateString",
            "Status",
            "StatusString",
            "VMCPath",
            "Memory",
            "IsHighlyAvailable",
            "Generation",
            "LimitCPUForMigration",
            "Version",
            "SANStatus",
            "VMCheckpoints",
            "CheckpointLocation",
            "HasPassthroughDisk",
            "PassThroughDisks",
            "HasSharedStorage",
            "ShareSCSIBus",
            "VirtualHardDisks",
            "VirtualDiskDrives",
            "VirtualDVDDrives",
            "VirtualFloppyDrive",
            "DVDISO",
            "DVDs",
            "VirtualNetworkAdapters",
        ],
    ),
    (
        "disk",
        &[
            "Name",
            "ID",
            "Location",
            "SharePath",
            "HostVolumeId",
            "VHDFormatType",
            "Size",
            "MaximumSize",
            "Capacity",
            "ParentDisk",
        ],
    ),
    ("drive", &["VirtualHardDiskId", "VirtualHardDisk", "HasSharedStorage", "BusType"]),
    ("image drive", &["ISO", "ISOId", "VirtualFloppyDisk"]),
    ("image", &["Name", "ID", "SharePath", "Size"]),
    ("adapter", &["VirtualNetwork"]),
    (
        "host",
        &[
            "Name",
            "ID",
            "FullyQualifiedDomainName",
            "HostCluster",
            "DomainName",
            "VirtualizationPlatform",
            "VirtualizationPlatformString",
            "OperatingSystemVersion",
            "OperatingSystemVersionString",
            "ProcessorManufacturer",
            "ProcessorFamily",
            "HardwareVirtualization",
            "EnableLiveMigration",
            "LiveMigrationMaximum",
            "LiveStorageMigrationMaximum",
            "MigrationAuthProtocol",
            "MigrationAuthProtocolString",
            "CommunicationState",
            "CommunicationStateString",
            "MaintenanceHost",
            "TotalMemory",
            "AvailableMemory",
            "MemoryReserveMB",
            "FibreChannelSANStatus",
            "ISCSISANStatus",
            "NPIVFibreChannelSANStatus",
            "DiskVolumes",
            "RegisteredStorageFileShares",
            "SmbAccess",
        ],
    ),
    (
        "volume",
        &[
            "Name",
            "ID",
            "MountPoints",
            "HostVolumeID",
            "IsClusterSharedVolume",
            "IsClustered",
            "IsSANMigrationPossible",
            "Classification",
            "Capacity",
            "FreeSpace",
        ],
    ),
    ("share", &["Name", "SharePath", "Capacity", "FreeSpace"]),
    ("cluster", &["Name", "ClusterName", "Nodes", "SharedVolumes"]),
    ("network", &["Name", "VMHostName", "VMHost"]),
    ("domain", &["Name", "Trusts"]),
];

/// Whether a member is read of any object.
pub fn reads(name: &str) -> bool {
    static ALL: OnceLock<FxHashSet<&'static str>> = OnceLock::new();
    ALL.get_or_init(|| MEMBERS.iter().flat_map(|(_, names)| names.iter().copied()).collect()).contains(name)
}

#[cfg(test)]
mod tests {
    use super::reads;

    /// Texts of the adapter that look like members and are values.
    const VALUES: [&str; 0] = [];

    #[test]
    fn whatever_the_adapter_asks_for_is_in_the_list() {
        let sources = [
            include_str!("hosts.rs"),
            include_str!("clusters.rs"),
            include_str!("machines.rs"),
            include_str!("disks.rs"),
            include_str!("storage.rs"),
            include_str!("layout.rs"),
        ];
        let mut asked = 0;
        for source in sources {
            for call in source.split("(node, \"").skip(1).chain(source.split("member: \"").skip(1)) {
                let name = call.split('"').next().unwrap_or("");
                asked += 1;
                assert!(reads(name) || VALUES.contains(&name), "`{name}` is asked for and not kept");
            }
        }
        assert!(asked > 60, "the adapter asks in another way than this test looks for: {asked}");
    }
}
