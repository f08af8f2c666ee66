//! Exports of System Center VMM (`Get-SCVirtualMachine`, `Get-SCVMHost`, `Get-SCVMHostCluster` … piped to
//! `ConvertTo-Json -Depth 4` or to `Export-Clixml`), turned into inventories in our own shape. Every value keeps its place in
//! the export. What an export implies is used; what it does not say is left out, and so unknown. The loaders do the rest.

mod clusters;
mod disks;
mod export;
mod hosts;
mod layout;
mod machines;
mod members;
mod storage;

use crate::diag::Diagnostic;
use crate::source::Span;

use super::document::{Document, Value};

use export::{Cuts, Export};
use hosts::Fabric;
use layout::{Kind, Layout};
use machines::Machines;

pub use members::{MEMBERS, reads};

/// Whether a document is such an export, by its shape.
pub fn recognise(document: &Document) -> bool {
    layout::recognise(Export::new(&[document], &Cuts::default()))
}

/// Whether a member of this name may tell that a document is an export.
pub(super) fn is_mark(name: &str) -> bool {
    layout::is_mark(name)
}

/// The export as an inventory in our own shape, and what is odd about it. A section that the export lacks stays out.
pub fn import(document: &Document) -> (Value, Vec<Diagnostic>) {
    import_all(&[document]).pop().unwrap_or_else(|| (Value::map(Span::NONE), Vec::new()))
}

/// The same of exports that belong together: machines of one may be on hosts of another. One inventory each, in their order.
pub fn import_all(documents: &[&Document]) -> Vec<(Value, Vec<Diagnostic>)> {
    let cuts = Cuts::default();
    let export = Export::new(documents, &cuts);
    let layouts: Vec<Layout> = (0..documents.len()).map(|document| Layout::read(export, document)).collect();
    let fabric = Fabric::read(export, &layouts);
    let mut storages = fabric.storages(export);
    // Shares that only machines speak of become storages, so machines come first.
    let mut machines = Vec::new();
    for layout in &layouts {
        let mut diagnostics = Vec::new();
        let rows = layout.of(Kind::Machine).map(|nodes| {
            Machines { export, layout, fabric: &fabric, storages: &mut storages, diagnostics: &mut diagnostics }
                .rows(nodes)
        });
        machines.push((rows, diagnostics));
    }
    let hosts_listed = layouts.iter().any(|layout| layout.of(Kind::Host).is_some());
    let home = layouts.iter().position(|layout| layout.of(Kind::Host).is_some());
    let mut storage = hosts_listed.then(|| storages.rows(|host| fabric.cluster_of(host)));
    let mut imported = Vec::new();
    for (document, (layout, (machines, mut diagnostics))) in layouts.iter().zip(machines).enumerate() {
        let span = export.root(document).map_or(Span::NONE, |root| export.span(root));
        let listed = |present: bool, rows: Vec<Value>| (present || !rows.is_empty()).then_some(Value::List(rows, span));
        let hosts = fabric.host_rows(export, document, &layouts, &storages);
        // Clusters that only hosts name are all there are where every host says of itself.
        let clusters = if fabric.listed || fabric.all_placed() {
            fabric.cluster_rows(export, document, &storages)
        } else {
            Vec::new()
        };
        let domains = layout.of(Kind::Domain).map(|domains| domain_rows(export, domains));
        let inventory = Value::map(span)
            .with("hosts", listed(layout.of(Kind::Host).is_some(), hosts))
            .with("clusters", listed(layout.of(Kind::Cluster).is_some(), clusters))
            .with("domains", domains.map(|rows| Value::List(rows, span)))
            .with("storage", storage.take_if(|_| home == Some(document)).map(|rows| Value::List(rows, span)))
            .with("vms", machines.map(|rows| Value::List(rows, span)));
        if document.saturating_add(1) == layouts.len() {
            diagnostics.extend(export.cut());
        }
        imported.push((inventory, diagnostics));
    }
    imported
}

/// The rows of the section `domains`, which whoever collected the export looked up beside VMM.
fn domain_rows(export: Export<'_>, domains: &[export::Node]) -> Vec<Value> {
    let row = |node: &export::Node| {
        let node = *node;
        let mut row = Value::map(export.span(node)).with("name", Some(export.said(node, "Name")?));
        if let Some(trusts) = export.list(node, "Trusts") {
            let names = trusts.into_iter().filter_map(|trust| export.called(trust));
            let names = names.map(|(name, span)| Value::text(name, span)).collect();
            row.put(&["trusts"], Value::List(names, export.span(node)));
        }
        Some(row)
    };
    domains.iter().filter_map(row).collect()
}
