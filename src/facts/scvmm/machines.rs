//! Virtual machines of exports, with their images and adapters.

use crate::diag::Diagnostic;
use crate::diag::codes::input;
use crate::facts::document::{Value, View};
use crate::source::Span;

use super::export::{Export, Node};
use super::hosts::{Fabric, is_trouble};
use super::layout::Layout;
use super::storage::Storages;

/// What machines are read with.
pub(super) struct Machines<'a> {
    pub(super) export: Export<'a>,
    pub(super) layout: &'a Layout,
    pub(super) fabric: &'a Fabric,
    pub(super) storages: &'a mut Storages,
    pub(super) diagnostics: &'a mut Vec<Diagnostic>,
}

/// A machine whose parts are being read.
#[derive(Clone, Copy)]
pub(super) struct Machine<'n> {
    pub(super) node: Node,
    pub(super) name: &'n str,
    /// Its host, by its place among them.
    pub(super) host: Option<usize>,
}

impl Machines<'_> {
    /// The rows of the section `vms`.
    pub(super) fn rows(&mut self, nodes: &[Node]) -> Vec<Value> {
        nodes.iter().filter_map(|node| self.row(*node)).collect()
    }

    fn row(&mut self, node: Node) -> Option<Value> {
        let export = self.export;
        let Some((name, name_span)) = export.text(node, "Name") else {
            let message = "a machine of the export has no `Name`";
            let help = "export `Name` too, or add the machine in a second inventory";
            self.diagnostics.push(Diagnostic::warning(input::EXPORT, export.span(node), message).help(help));
            return None;
        };
        let host = self.host(node, name);
        let mut row = Value::map(export.span(node));
        let mut put = |path: &str, value: Option<Value>| {
            if let Some(value) = value {
                row.put(&[path], value);
            }
        };
        put("name", Some(Value::text(name, name_span)));
        put("id", export.said(node, "ID"));
        put("host", host.as_ref().map(|(_, value)| value.clone()));
        let machine = Machine { node, name, host: host.and_then(|(index, _)| index) };
        let state = export.means(node, "VirtualMachineState", "VirtualMachineStateString", power_state);
        put("state", state.map(|(state, span)| Value::bare(state, span)));
        put("highly-available", export.switch(node, "IsHighlyAvailable"));
        put("storage", export.text(node, "VMCPath").and_then(|(path, span)| self.place(machine, path, span)));
        put("memory", export.mebibytes(node, "Memory"));
        let checkpoints = export.list(node, "VMCheckpoints");
        put("snapshots", checkpoints.map(|list| Value::bare(list.len().to_string(), export.span(node))));
        let location = export.text(node, "CheckpointLocation");
        put("checkpoint-storage", location.and_then(|(path, span)| self.place(machine, path, span)));
        put("status", health(export, node));
        put("configuration-version", export.text(node, "Version").map(|(version, span)| Value::text(version, span)));
        put("generation", export.count(node, "Generation"));
        put("processor-compatibility", export.switch(node, "LimitCPUForMigration"));
        put("san-status", san_status(export, node));
        put("images", self.images(machine));
        let adapters = export.objects(node, "VirtualNetworkAdapters").map(|adapters| {
            Value::List(adapters.iter().map(|adapter| network(export, *adapter)).collect(), export.span(node))
        });
        put("networks", adapters);
        put("disks", self.disks(machine));
        Some(row)
    }

    /// The machine's host. A machine in the library has none; one whose host the export does not list is complained about,
    /// where it lists any.
    fn host(&mut self, node: Node, called: &str) -> Option<(Option<usize>, Value)> {
        let (name, span) = self.export.text(node, "HostName")?;
        if matches!(self.export.text(node, "HostType"), Some(("LibraryServer" | "18", _))) {
            return None;
        }
        if let Some((index, host)) =
            self.fabric.find(name).and_then(|at| self.fabric.hosts.get(at).map(|host| (at, host)))
        {
            return Some((Some(index), Value::text(host.name.clone(), span)));
        }
        if self.fabric.hosts.is_empty() {
            return Some((None, Value::text(name, span)));
        }
        let message = format!("the export does not list `{name}`, the host of `{called}`");
        let warning = Diagnostic::warning(input::EXPORT, span, message)
            .label("no host of this name under `hosts` or `Nodes`")
            .note("where the machine runs is unknown")
            .help("export all hosts with `Get-SCVMHost`, or name the machine's host in a second inventory");
        self.diagnostics.push(warning);
        None
    }

    /// The storage that a path lies on.
    pub(super) fn place(&mut self, machine: Machine<'_>, path: &str, span: Span) -> Option<Value> {
        if let Some(name) = self.storages.by_path(machine.host, path, span) {
            return Some(Value::text(name, span));
        }
        // Without a host, or with one that says nothing of its volumes, there is nothing to compare with.
        if machine.host.is_some_and(|host| self.storages.of_host(host).is_some()) {
            let message = format!("`{path}` of `{}` lies on no volume or share that its host lists", machine.name);
            let warning = Diagnostic::warning(input::EXPORT, span, message)
                .note("on which storage it lies is unknown")
                .help("export `DiskVolumes` of all hosts, or name the storage in a second inventory");
            self.diagnostics.push(warning);
        }
        None
    }

    /// Attached images: those that the export lists, else those in the machine's drives.
    fn images(&mut self, machine: Machine<'_>) -> Option<Value> {
        let (export, node) = (self.export, machine.node);
        let span = export.span(node);
        if let Some(images) = export.list(node, "DVDISO") {
            let rows = images.iter().filter_map(|image| self.image(*image, machine)).collect();
            return Some(Value::List(rows, span));
        }
        let drives = export.objects(node, "VirtualDVDDrives")?;
        // Whoever made the export may have put the images beside the machine, where no depth limit cuts them.
        let beside = self.layout.beside(node).map(|beside| match export.get(beside, "DVDs") {
            Some(images) if matches!(export.view(images), View::Map(_)) => vec![images],
            Some(images) => export.elements(images).unwrap_or_default(),
            None => Vec::new(),
        });
        let beside = beside.unwrap_or_default();
        let mut rows = Vec::new();
        for node in drives {
            let id = export.text(node, "ISOId").map(|(id, _)| id);
            let whole = beside.iter().find(|node| id.is_some() && export.text(**node, "ID").map(|(id, _)| id) == id);
            if let Some(image) = whole.copied().or_else(|| export.get(node, "ISO")) {
                rows.extend(self.image(image, machine));
            }
        }
        if let Some(node) = export.get(node, "VirtualFloppyDrive")
            && let Some(image) = export.get(node, "VirtualFloppyDisk")
        {
            rows.extend(self.image(image, machine));
        }
        Some(Value::List(rows, span))
    }

    /// An image: an object, or what is left of it, its name.
    fn image(&mut self, node: Node, machine: Machine<'_>) -> Option<Value> {
        let export = self.export;
        let path = export.text(node, "SharePath");
        let named = || export.text(node, "Name").or_else(|| export.called(node));
        let (name, span) = path.or_else(named)?;
        // A name alone says nothing of a place.
        let whole = path.is_some() || name.contains('\\');
        let row = Value::map(export.span(node))
            .with("path", Some(Value::text(name, span)))
            .with("storage", whole.then(|| self.place(machine, name, span)).flatten())
            .with("size", export.bytes(node, "Size"));
        Some(row)
    }
}

fn network(export: Export<'_>, node: Node) -> Value {
    let unconnected =
        || export.empty(node, "VirtualNetwork").or_else(|| export.null(node, "VirtualNetwork")).map(Value::Null);
    Value::map(export.span(node)).with("switch", export.said(node, "VirtualNetwork").or_else(unconnected))
}

/// A power state of VMM, in small letters, as the inventory calls it; nothing for states in between and for names that are none.
fn power_state(text: &str) -> Option<&'static str> {
    match text {
        "running" | "0" => Some("running"),
        "poweroff" | "powered off" | "stopped" | "1" => Some("off"),
        "saved" | "savedstate" | "saved state" => Some("saved"),
        "paused" => Some("paused"),
        _ => None,
    }
}

/// VMM's word on the machine: `ok` where its status is nothing but a power state, else the status's own name.
fn health(export: Export<'_>, node: Node) -> Option<Value> {
    if let Some((_, span)) = export.means(node, "Status", "StatusString", power_state) {
        return Some(Value::bare("ok", span));
    }
    let (status, span) = export.name(node, "Status", "StatusString")?;
    Some(Value::text(status, span))
}

/// What keeps the machine from a SAN migration, by VMM's names: `ok` where each of its answers is a success.
fn san_status(export: Export<'_>, node: Node) -> Option<Value> {
    let answers = export.list(node, "SANStatus")?;
    let named: Vec<(&str, Span)> = answers.iter().filter_map(|answer| export.called(*answer)).collect();
    let span = named.first().map(|(_, span)| *span)?;
    if named.len() < answers.len() {
        return None;
    }
    let troubles: Vec<&str> = named.iter().map(|(text, _)| *text).filter(|text| is_trouble(text)).collect();
    Some(if troubles.is_empty() { Value::bare("ok", span) } else { Value::text(troubles.join(", "), span) })
}
