//! The rules for oVirt.

use serde_json::Value;

use super::{Found, at_most_zero, differs, entries, equals, holds, is, matches, more_than, size, string};

pub fn rules(vm: &Value, found: &mut Found) {
    let full = |path: &str| size(vm, path).is_some_and(|size| size != 0);
    let balloon = "VM has memory ballooning enabled";
    found.information(holds(vm, "balloonedMemory"), "ovirt.memory.ballooning.enabled", balloon);
    let menu = "VM has BIOS boot menu enabled";
    found.warning(holds(vm, "bootMenuEnabled"), "ovirt.bios.boot_menu.enabled", menu);
    found.warning(full("customCpuModel"), "ovirt.cpu.custom_model.detected", "Custom CPU Model detected");
    let pinned = matches(vm, "cpuPinningPolicy", "resize_and_pin_numa|isolate_threads");
    found.warning(pinned, "ovirt.cpu.pinning_policy.unsupported", "Unsupported CPU pinning policy detected");
    let shares = more_than(vm, "cpuShares", 0.0);
    found.warning(shares, "ovirt.cpu.shares.defined", "VM has CPU Shares Defined");
    found.warning(full("cpuAffinity"), "ovirt.cpu.tuning.detected", "CPU tuning detected");
    let custom = "VM custom properties detected";
    found.warning(full("properties"), "ovirt.vm.custom_properties.detected", custom);
    disks(vm, found);
    found.information(equals(vm, "display", "spice"), "ovirt.display_type.spice.enabled", "VM Display Type");
    found.warning(holds(vm, "haEnabled"), "ovirt.ha.enabled", "VM configured as HA");
    let reserved = holds(vm, "cluster/haReservation");
    found.warning(reserved, "ovirt.ha.reservation.enabled", "Cluster has HA reservation");
    found.warning(full("hostDevices"), "ovirt.host_devices.mapped", "VM has mapped host devices");
    let illegal = holds(vm, "hasIllegalImages");
    found.critical(illegal, "ovirt.disk.illegal_images.detected", "Illegal disk images detected");
    let threads = more_than(vm, "ioThreads", 1.0);
    found.information(threads, "ovirt.iothreads.configured", "IO Threads configuration detected");
    found.warning(holds(vm, "cluster/ksmEnabled"), "ovirt.cluster.ksm_enabled", "Cluster has KSM enabled");
    found.name(vm, "ovirt.name.invalid");
    nics(vm, found);
    found.warning(full("numaNodeAffinity"), "ovirt.numa.tuning.detected", "NUMA tuning detected");
    let memory = entries(vm, "snapshots").iter().any(|snapshot| holds(snapshot, "persistMemory"));
    found.warning(memory, "ovirt.snapshot.online_memory.detected", "Online (memory) snapshot detected");
    // A boundary of words as RE2 has it, written out: neither side is a letter, a digit or `_` of ASCII.
    let movable = matches(vm, "placementPolicyAffinity", "(^|[^0-9A-Za-z_])migratable($|[^0-9A-Za-z_])");
    found.warning(movable, "ovirt.placement_policy.affinity_set", "Placement policy affinity");
    let secure = equals(vm, "bios", "q35_secure_boot");
    found.warning(secure, "ovirt.secure_boot.detected", "UEFI secure boot detected");
    let resume = differs(vm, "storageErrorResumeBehaviour", "auto_resume");
    found.information(resume, "ovirt.storage.resume_behavior.unsupported", "VM storage error resume behavior");
    let tpm = matches(vm, "osType", "windows_2022|windows_11");
    found.warning(tpm, "ovirt.tpm.required_by_os", "TPM detected");
    found.warning(holds(vm, "usbEnabled"), "ovirt.usb.enabled", "USB support enabled");
    let system = matches(vm, "osType", "rhel_6|rhel_6x64");
    found.warning(system, "ovirt.os.unsupported", "Unsupported operating system detected");
    let status = string(vm, "status").is_some() && !matches(vm, "status", "up|down");
    let label = "VM has a status condition that may prevent successful migration";
    found.warning(status, "ovirt.vm.status_invalid", label);
    found.warning(full("watchDogs"), "ovirt.watchdog.enabled", "Watchdog detected");
}

fn disks(vm: &Value, found: &mut Found) {
    let disks = entries(vm, "diskAttachments");
    let count = |test: &dyn Fn(&Value) -> bool| disks.iter().filter(|disk| test(disk)).count();
    let any = |test: &dyn Fn(&Value) -> bool| count(test) > 0;
    let with_id = count(&|disk| holds(disk, "id"));
    found.count(vm, "diskAttachments", "ovirt.disk.count.exceeds.limit");
    let good = count(&|disk| matches(disk, "interface", "sata|virtio_scsi|virtio"));
    let label = "Unsupported disk interface type detected";
    found.warning(good != with_id, "ovirt.disk.interface_type.unsupported", label);
    let empty = any(&|disk| {
        if equals(disk, "disk/storageType", "lun") {
            entries(disk, "disk/lun/logicalUnits/logicalUnit").iter().any(|unit| at_most_zero(unit, "size"))
        } else {
            at_most_zero(disk, "disk/provisionedSize")
        }
    });
    found.critical(empty, "ovirt.disk.capacity.invalid", "Disk has an invalid capacity");
    let locked = any(&|disk| matches(disk, "disk/status", "illegal|locked"));
    let label = "VM has an illegal or locked disk status condition";
    found.critical(locked, "ovirt.disk.illegal_or_locked_status", label);
    let good = count(&|disk| matches(disk, "disk/storageType", "^(image|lun)$"));
    let label = "Unsupported disk storage type detected";
    found.critical(good != with_id, "ovirt.disk.storage_type.unsupported", label);
    let reserved = any(&|disk| is(disk, "scsiReservation", true));
    found.warning(reserved, "ovirt.disk.scsi_reservation.enabled", "Shared disk detected");
    let shared = any(&|disk| is(disk, "disk/shared", true));
    found.warning(shared, "ovirt.disk.shared.detected", "Shared disk detected");
}

fn nics(vm: &Value, found: &mut Found) {
    let nics = entries(vm, "nics");
    let count = |test: &dyn Fn(&Value) -> bool| nics.iter().filter(|nic| test(nic)).count();
    let any = |test: &dyn Fn(&Value) -> bool| count(test) > 0;
    let custom = any(&|nic| size(nic, "profile/properties").is_some_and(|size| size != 0));
    found.warning(custom, "ovirt.nic.custom_properties.detected", "vNIC custom properties detected");
    let good = count(&|nic| matches(nic, "interface", "e1000|rtl8139|virtio"));
    let label = "Unsupported NIC interface type detected";
    let odd = good != count(&|nic| holds(nic, "id"));
    found.warning(odd, "ovirt.nic.interface_type.unsupported", label);
    let filtered = any(&|nic| differs(nic, "profile/networkFilter", ""));
    found.warning(filtered, "ovirt.nic.network_filter.detected", "NIC with network filter detected");
    let through = any(&|nic| matches(nic, "interface", "pci_passthrough"));
    let label = "NIC with host device passthrough detected";
    found.warning(through, "ovirt.nic.pci_passthrough.detected", label);
    let unplugged = any(&|nic| is(nic, "plugged", false));
    found.warning(unplugged, "ovirt.nic.unplugged.detected", "Unplugged NIC detected");
    let mirrored = any(&|nic| is(nic, "profile/portMirroring", true));
    found.warning(mirrored, "ovirt.nic.port_mirroring.detected", "NIC with port mirroring detected");
    let qos = any(&|nic| differs(nic, "profile/qos", ""));
    found.warning(qos, "ovirt.nic.qos.detected", "NIC with QoS settings detected");
}
