//! The rules for OpenStack.

use serde_json::Value;

use super::{Found, at, entries, equals, fails, holds, inside, matches, size, string};

pub fn rules(vm: &Value, found: &mut Found) {
    let spec = |name: &str| at(vm, "flavor/extraSpecs").and_then(Value::as_object).and_then(|specs| specs.get(name));
    let property = |name: &str| format!("image/properties/{name}");
    let menu = equals(vm, &property("hw_boot_menu"), "true");
    found.warning(menu, "openstack.bios.boot_menu.enabled", "VM has BIOS boot menu enabled");
    let shares = spec("quota:cpu_shares").is_some();
    found.warning(shares, "openstack.cpu.shares.defined", "VM has CPU Shares Defined");
    found.count(vm, "volumes", "openstack.disk.count.exceeds.limit");
    let bus = fails(vm, &property("hw_disk_bus"), "sata|scsi|virtio");
    found.warning(bus, "openstack.disk.unsupported_interface", "Unsupported disk interface type detected");
    found.capacity(vm, ("volumes", "size", "name"), "openstack.disk.capacity.invalid", |name, size| {
        format!("Volume '{name}' has an invalid size of {size} GB")
    });
    let volumes = entries(vm, "volumes");
    let fine = volumes.iter().filter(|volume| matches(volume, "status", "available|in-use")).count();
    let odd = size(vm, "volumes").is_some_and(|size| size != fine);
    found.critical(odd, "openstack.disk.status.unsupported", "VM has one or more disks with an unsupported status");
    let addresses = entries(vm, "addresses").into_iter().flat_map(inside).collect::<Vec<_>>();
    let floating = addresses.iter().any(|address| equals(address, "OS-EXT-IPS:type", "floating"));
    found.warning(floating, "openstack.network.floating_ips.detected", "Floating IPs detected");
    let alias = spec("pci_passthrough:alias").is_some();
    found.warning(alias, "openstack.host_devices.mapped", "VM has mapped host devices");
    found.name(vm, "openstack.vm.name.invalid");
    let numa = spec("hw:pci_numa_affinity_policy").is_some() || spec("hw:numa_nodes").is_some();
    found.warning(numa, "openstack.numa_tuning.detected", "NUMA tuning detected");
    let required = spec("os:secure_boot").and_then(Value::as_str) == Some("required");
    let secure = equals(vm, &property("os_secure_boot"), "required") || required;
    found.warning(secure, "openstack.secure_boot.detected", "UEFI secure boot detected");
    let shared = volumes.iter().any(|volume| size(volume, "attachments").is_some_and(|size| size > 1));
    found.warning(shared, "openstack.disk.shared.detected", "Shared disk detected");
    let model = fails(vm, &property("hw_vif_model"), "e1000|e1000e|rtl8139|virtio|ne2k_pci|pcnet");
    found.warning(model, "openstack.network.vif_model.unsupported", "Unsupported VIF model detected");
    let system = "Unsupported operative system detected";
    found.warning(is_unsupported(vm), "openstack.os.unsupported", system);
    let status = string(vm, "status").is_some() && !matches(vm, "status", "ACTIVE|SHUTOFF");
    let label = "VM has a status condition that may prevent successful migration";
    found.warning(status, "openstack.vm.status.invalid", label);
    let watched = spec("hw:watchdog_action").is_some() || holds(vm, &property("hw_watchdog_action"));
    found.warning(watched, "openstack.watchdog.detected", "Watchdog detected");
}

fn is_unsupported(vm: &Value) -> bool {
    let (distro, version) = ("image/properties/os_distro", "image/properties/os_version");
    let both = |first: &str, second: &str| matches(vm, distro, first) && matches(vm, version, second);
    let windows = "2008|2012|2016|2019|2022|2k8|2k12|2k16|2k19|2k22|^7|^8|^10|^11";
    let supported = both("rhel|centos", "^9|^8|^7") || both("windows", windows) || both("fedora", "^3[678]$");
    at(vm, distro).is_some() && at(vm, version).is_some() && !supported
}
