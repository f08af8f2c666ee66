//! The JSON export of System Center VMM (`Get-SCVirtualMachine`, `Get-SCVMHost`, `Get-SCVMHostCluster` … piped to
//! `ConvertTo-Json -Depth 4`), turned into an inventory in our own shape. Every value keeps its place in the export. What
//! the export implies is used; what it does not say is left out, and so unknown. The loaders do the rest.

mod export;
mod hosts;
mod machines;
mod storage;

use crate::diag::Diagnostic;

use super::document::{Document, Value};

use export::Export;
use hosts::Fabric;
use machines::Machines;

/// Members that tell an element of `vms`, `hosts` or `clusters` of an export from one of our own inventories.
const MARKS: [(&str, &[&str]); 3] = [
    ("vms", &["VirtualMachineStateString", "VirtualHardDisks", "VMCPath", "HostName", "StatusString"]),
    ("hosts", &["OperatingSystemVersionString", "DiskVolumes", "ProcessorManufacturer", "CommunicationStateString"]),
    ("clusters", &["ClusterName", "Nodes"]),
];

/// Whether a document is such an export, by its shape.
pub fn recognise(document: &Document) -> bool {
    let export = Export::new(document);
    let Some(root) = export.root() else { return false };
    MARKS.iter().any(|(section, marks)| {
        let elements = export.list(root, section).unwrap_or_default();
        elements.iter().take(8).any(|node| marks.iter().any(|mark| export.has(*node, mark)))
    })
}

/// The export as an inventory in our own shape, and what is odd about it. A section that the export lacks stays out.
pub fn import(document: &Document) -> (Value, Vec<Diagnostic>) {
    let export = Export::new(document);
    let mut diagnostics = Vec::new();
    let Some(root) = export.root() else { return (Value::map(crate::source::Span::NONE), diagnostics) };
    let fabric = Fabric::read(export, root);
    let mut storages = fabric.storages(export);
    let vms = export.list(root, "vms").map(|nodes| {
        Machines { export, fabric: &fabric, storages: &mut storages, diagnostics: &mut diagnostics }.rows(&nodes)
    });
    let span = export.span(root);
    let listed = |present: bool, rows: Vec<Value>| present.then_some(Value::List(rows, span));
    let hosts = fabric.host_rows(export, root, &storages);
    let clusters = fabric.cluster_rows(export, &storages);
    let has = |section| export.has(root, section);
    let inventory = Value::map(span)
        .with("hosts", listed(has("hosts") || !hosts.is_empty(), hosts))
        .with("clusters", listed(has("clusters"), clusters))
        .with("storage", listed(has("hosts"), storages.rows(|host| fabric.cluster_of(host))))
        .with("vms", vms.map(|rows| Value::List(rows, span)));
    (inventory, diagnostics)
}
