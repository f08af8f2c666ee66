//! The rules for vSphere.

use serde_json::Value;

use super::{Found, at, entries, equals, holds, is, is_supported_name, is_text, matches, size, string, text};

pub fn rules(vm: &Value, found: &mut Found) {
    let disks = entries(vm, "disks");
    let any = |test: &dyn Fn(&Value) -> bool| disks.iter().any(|disk| test(disk));
    let untracked = is(vm, "changeTrackingEnabled", false);
    found.warning(untracked, "vmware.changed_block_tracking.disabled", "Changed Block Tracking (CBT) not enabled");
    for disk in &disks {
        let number = at(disk, "controllerKey").is_some_and(Value::is_number);
        let said = is(disk, "changeTrackingEnabled", false) && string(disk, "file").is_some() && number;
        if let (true, Some(bus), Some(unit)) = (said, at(disk, "bus"), at(disk, "unitNumber")) {
            let label = format!("Disk - {}0:{} does not have CBT enabled", text(bus), text(unit));
            found.warning(true, "vmware.changed_block_tracking.disk.disabled", label);
        }
    }
    let consolidate = is(vm, "consolidationNeeded", true);
    found.warning(consolidate, "vmware.consolidation_needed", "Snapshot consolidation required");
    let full = |path: &str| size(vm, path).is_some_and(|size| size != 0);
    found.warning(full("cpuAffinity"), "vmware.cpu_affinity.detected", "CPU affinity detected");
    found.hotplug(vm, "vmware.cpu_memory.hotplug.enabled");
    let nowhere = any(&|disk| size(disk, "datastore/id") == Some(0));
    found.critical(nowhere, "vmware.datastore.missing", "Disk is not located on a datastore");
    found.count(vm, "disks", "vmware.disk.count.exceeds.limit");
    let independent = any(&|disk| matches(disk, "mode", "^independent_(persistent|nonpersistent)$"));
    found.warning(independent, "vmware.disk_mode.independent", "Independent disk detected");
    let serial = is(vm, "diskEnableUuid", true) && any(&|disk| equals(disk, "bus", "scsi"));
    found.information(serial, "vmware.disk_serial.truncated", "Disk serial numbers may be truncated");
    found.capacity(vm, ("disks", "capacity", "file"), "vmware.disk.capacity.invalid", |file, capacity| {
        format!("Disk '{file}' has an invalid capacity of {capacity} bytes")
    });
    found.information(holds(vm, "host/cluster/dpmEnabled"), "vmware.dpm.enabled", "vSphere DPM detected");
    let drs = holds(vm, "host/cluster/drsEnabled");
    found.information(drs, "vmware.drs.enabled", "VM running in a DRS-enabled cluster");
    found.information(holds(vm, "faultToleranceEnabled"), "vmware.fault_tolerance.enabled", "Fault tolerance");
    guest_disks(vm, found);
    let id = at(vm, "id");
    let bound = id.is_some() && entries(vm, "host/cluster/hostAffinityVms").iter().any(|other| at(other, "id") == id);
    found.warning(bound, "vmware.host_affinity.detected", "VM-Host affinity detected");
    found.warning(equals(vm, "hostName", ""), "vmware.hostname.empty", "Empty Host Name");
    let default = equals(vm, "hostName", "localhost.localdomain");
    found.warning(default, "vmware.hostname.default", "Default Host Name");
    let silent = size(vm, "guestNetworks") == Some(0);
    found.warning(silent, "vmware.vm_missing_ip.detected", "VM is missing IP addresses");
    found.name(vm, "vmware.vm.name.invalid");
    found.warning(full("numaNodeAffinity"), "vmware.numa_affinity.detected", "NUMA node affinity detected");
    let device = |kind: &str| entries(vm, "devices").iter().any(|device| equals(device, "kind", kind));
    let through = device("VirtualPCIPassthrough");
    found.critical(through, "vmware.passthrough_device.detected", "Passthrough device detected");
    let sriov = "SR-IOV passthrough adapter configuration detected";
    found.warning(device("VirtualSriovEthernetCard"), "vmware.device.sriov.detected", sriov);
    found.warning(device("VirtualUSBController"), "vmware.usb_controller.detected", "USB controller detected");
    let raw = any(&|disk| holds(disk, "rdm"));
    found.warning(raw, "vmware.disk.rdm.detected", "Raw Device Mapped disk detected");
    found.warning(any(&|disk| is(disk, "shared", true)), "vmware.disk.shared.detected", "Shared disk detected");
    let snapshot = equals(vm, "snapshot/kind", "VirtualMachineSnapshot");
    found.information(snapshot, "vmware.snapshot.detected", "VM snapshot detected");
    found.warning(is(vm, "tpmEnabled", true), "vmware.tpm.detected", "TPM detected");
    found.warning(is_unsupported(vm), "vmware.os.unsupported", "Unsupported operating system detected");
}

fn guest_disks(vm: &Value, found: &mut Found) {
    let windows = string(vm, "guestId").is_some_and(|id| id.to_lowercase().contains("windows"));
    for disk in entries(vm, "guestDisks") {
        let Some(path) = at(disk, "diskPath") else { continue };
        let minimum = match path.as_str().map(str::to_lowercase).as_deref() {
            Some("/" | "c:" | "c:\\" | "c:/") => 104_857_600.0,
            Some("/boot") if path == "/boot" => 52_428_800.0,
            _ => 10_485_760.0,
        };
        let short = at(disk, "freeSpace").and_then(Value::as_f64).is_some_and(|free| free < minimum);
        let label = format!("Insufficient free space for conversion on '{}'", text(path));
        found.critical(short, "vmware.guestDisks.freespace", label);
        let keyless = at(disk, "key").is_none_or(|key| key.as_f64() == Some(0.0));
        let label = format!("Missing disk key mapping for '{}'", text(path));
        found.information(windows && disk.is_object() && keyless, "vmware.guestDisks.key.not_found", label);
    }
}

fn is_unsupported(vm: &Value) -> bool {
    let (id, tools) = (string(vm, "guestId"), at(vm, "guestNameFromVmwareTools"));
    let tells = is_text(vm, "guestNameFromVmwareTools");
    let name = string(vm, "guestName").filter(|_| tools.is_some() && !tells);
    let known = id.is_some() || tells || name.is_some();
    let by_id = id.map(str::to_lowercase).is_some_and(|id| {
        let pattern = "rhel(7|8|9|10)guest|rhel(7|8|9|10)_64guest|windows(10|11|2016|2019|2022|2025).*guest";
        regex::Regex::new(pattern).unwrap().is_match(&id)
    });
    let supported =
        by_id || tools.and_then(Value::as_str).is_some_and(is_supported_name) || name.is_some_and(is_supported_name);
    known && !supported
}
