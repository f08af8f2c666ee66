//! The rules for Hyper-V.

use serde_json::Value;

use super::{Found, at, entries, equals, holds, is, is_supported_name, is_text, size, string, text};

pub fn rules(vm: &Value, found: &mut Found) {
    found.information(is(vm, "hasCheckpoint", true), "hyperv.checkpoint.detected", "VM checkpoint detected");
    let unregistered = equals(vm, "managementType", "cluster") && !holds(vm, "isClusterRole");
    found.warning(unregistered, "hyperv.cluster_role.not_registered", "VM is not a Failover Cluster role");
    found.count(vm, "disks", "hyperv.disk.count.exceeds.limit");
    found.capacity(vm, ("disks", "capacity", "name"), "hyperv.disk.capacity.invalid", |name, capacity| {
        format!("Disk '{name}' has an invalid capacity of {capacity} bytes")
    });
    for disk in entries(vm, "disks") {
        if let (false, Some(name), Some(_)) = (is_text(disk, "smbPath"), at(disk, "name"), at(disk, "windowsPath")) {
            let label = format!("Disk '{}' cannot be mapped to SMB share", text(name));
            found.warning(true, "hyperv.disk.smb_path.missing", label);
        }
    }
    let deaf = equals(vm, "powerState", "On") && !is_text(vm, "guestOS");
    found.warning(deaf, "hyperv.integration_services.not_detected", "Hyper-V Integration Services not detected");
    let addresses = size(vm, "guestNetworks").is_some_and(|size| size > 0);
    found.warning(!addresses, "hyperv.vm_missing_ip.detected", "VM is missing IP addresses");
    found.name(vm, "hyperv.vm.name.invalid");
    for nic in entries(vm, "nics") {
        if let (true, false, Some(name)) = (is_text(nic, "networkName"), is_text(nic, "network/id"), at(nic, "name")) {
            let switch = string(nic, "networkName").unwrap();
            let label = format!("NIC '{}' references undiscovered switch '{switch}'", text(name));
            found.warning(true, "hyperv.nic.unresolved_network", label);
        }
    }
    found.information(is(vm, "secureBoot", true), "hyperv.secure_boot.detected", "Secure Boot enabled");
    found.warning(is(vm, "tpmEnabled", true), "hyperv.tpm.detected", "TPM detected");
    let unknown = is_text(vm, "guestOS") && !is_supported_name(string(vm, "guestOS").unwrap());
    found.warning(unknown, "hyperv.os.unsupported", "Unsupported operating system detected");
}
