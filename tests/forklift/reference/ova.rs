//! The rules for machines from an OVA.

use serde_json::Value;

use super::{Found, differs, size};

pub fn rules(vm: &Value, found: &mut Found) {
    let bound = size(vm, "cpuAffinity").is_some_and(|size| size != 0);
    found.warning(bound, "ova.cpu_affinity.detected", "CPU affinity detected");
    found.hotplug(vm, "ova.cpu_memory.hotplug.enabled");
    found.count(vm, "disks", "ova.disk.count.exceeds.limit");
    found.capacity(vm, ("disks", "capacity", "filePath"), "ova.disk.capacity.invalid", |file, capacity| {
        format!("Disk '{file}' has an invalid capacity of {capacity} bytes")
    });
    found.warning(differs(vm, "ovaSource", "VMware"), "ova.source.unsupported", "Unsupported OVA source");
    found.name(vm, "ova.name.invalid");
}
