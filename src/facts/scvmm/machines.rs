//! Virtual machines of an export, with their disks, images and adapters.

use crate::diag::Diagnostic;
use crate::diag::codes::input;
use crate::facts::document::{NodeId, Value};
use crate::source::Span;

use super::export::{Export, same};
use super::hosts::Fabric;
use super::storage::Storages;

/// What machines are read with.
pub(super) struct Machines<'a> {
    pub(super) export: Export<'a>,
    pub(super) fabric: &'a Fabric,
    pub(super) storages: &'a mut Storages,
    pub(super) diagnostics: &'a mut Vec<Diagnostic>,
}

impl Machines<'_> {
    /// The rows of the section `vms`.
    pub(super) fn rows(&mut self, nodes: &[NodeId]) -> Vec<Value> {
        nodes.iter().filter_map(|node| self.row(*node)).collect()
    }

    fn row(&mut self, node: NodeId) -> Option<Value> {
        let export = self.export;
        let Some(name) = export.said(node, "Name") else {
            let message = "a machine of the export has no `Name`";
            let help = "export `Name` too, or add the machine in a second inventory";
            self.diagnostics.push(Diagnostic::warning(input::EXPORT, export.span(node), message).help(help));
            return None;
        };
        let called = match &name {
            Value::Scalar(text, ..) => text.clone(),
            _ => String::new(),
        };
        let host = self.host(node, &called);
        let mut row = Value::map(export.span(node));
        let mut put = |path: &str, value: Option<Value>| {
            if let Some(value) = value {
                row.put(&[path], value);
            }
        };
        put("name", Some(name));
        put("id", export.said(node, "ID"));
        put("host", host.as_ref().map(|(_, value)| value.clone()));
        let host = host.map(|(index, _)| index);
        let state = export.text(node, "VirtualMachineStateString").or_else(|| export.text(node, "VirtualMachineState"));
        put("state", state.and_then(|(text, span)| power_state(text).map(|state| Value::bare(state, span))));
        put("highly-available", export.switch(node, "IsHighlyAvailable"));
        put("storage", export.text(node, "VMCPath").and_then(|(path, span)| self.place(host, path, span, &called)));
        put("memory", export.mebibytes(node, "Memory"));
        let checkpoints = export.list(node, "VMCheckpoints");
        put("snapshots", checkpoints.map(|list| Value::bare(list.len().to_string(), export.span(node))));
        put("status", health(export, node, state));
        let images = export.list(node, "DVDISO").map(|images| {
            let rows = images.iter().filter_map(|image| self.image(*image, host, &called)).collect();
            Value::List(rows, export.span(node))
        });
        put("images", images);
        let adapters = export.list(node, "VirtualNetworkAdapters").map(|adapters| {
            Value::List(adapters.iter().map(|adapter| network(export, *adapter)).collect(), export.span(node))
        });
        put("networks", adapters);
        let disks = export.list(node, "VirtualHardDisks").map(|disks| {
            let rows = disks.iter().filter_map(|disk| self.disk(*disk, host, &called)).collect();
            Value::List(rows, export.span(node))
        });
        put("disks", disks);
        Some(row)
    }

    /// The machine's host. A machine in the library has none; one whose host the export does not list is complained about.
    fn host(&mut self, node: NodeId, called: &str) -> Option<(usize, Value)> {
        let (name, span) = self.export.text(node, "HostName")?;
        if let Some((index, host)) =
            self.fabric.find(name).and_then(|at| self.fabric.hosts.get(at).map(|host| (at, host)))
        {
            return Some((index, Value::text(host.name.clone(), span)));
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
    fn place(&mut self, host: Option<usize>, path: &str, span: Span, called: &str) -> Option<Value> {
        if let Some(name) = self.storages.by_path(host, path, span) {
            return Some(Value::text(name, span));
        }
        // Without a host, or with one that says nothing of its volumes, there is nothing to compare with.
        if host.is_some_and(|host| self.storages.of_host(host).is_some()) {
            let message = format!("`{path}` of `{called}` lies on no volume or share that its host lists");
            let warning = Diagnostic::warning(input::EXPORT, span, message)
                .note("on which storage it lies is unknown")
                .help("export `DiskVolumes` of all hosts, or name the storage in a second inventory");
            self.diagnostics.push(warning);
        }
        None
    }

    fn image(&mut self, node: NodeId, host: Option<usize>, called: &str) -> Option<Value> {
        let export = self.export;
        let (path, span) = export.text(node, "SharePath").or_else(|| export.text(node, "Name"))?;
        let row = Value::map(export.span(node))
            .with("path", Some(Value::text(path, span)))
            .with("storage", self.place(host, path, span, called))
            .with("size", export.bytes(node, "Size"));
        Some(row)
    }

    fn disk(&mut self, node: NodeId, host: Option<usize>, called: &str) -> Option<Value> {
        let export = self.export;
        let location = export.text(node, "Location").or_else(|| export.text(node, "SharePath"));
        let file = location.map(|(path, span)| (path.rsplit('\\').next().unwrap_or(path), span));
        let (name, span) = file.or_else(|| export.text(node, "Name"))?;
        let by_id = export.text(node, "HostVolumeId");
        let by_id = by_id.and_then(|(id, _)| self.storages.by_view(id).map(str::to_owned));
        let storage = match (by_id, location) {
            (Some(name), _) => Some(Value::text(name, location.map_or(span, |(_, at)| at))),
            (None, Some((path, at))) => self.place(host, path, at, called),
            (None, None) => None,
        };
        let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
        let format = export.text(node, "VHDFormatType");
        let kind = match (format, ending.as_deref()) {
            (Some(("0" | "VHD", at)), _) => Some(Value::bare("vhd", at)),
            (Some(("2" | "VHDX", at)), _) => Some(Value::bare("vhdx", at)),
            (_, Some("vhd" | "avhd")) => Some(Value::bare("vhd", span)),
            (_, Some("vhdx" | "avhdx")) => Some(Value::bare("vhdx", span)),
            _ => None,
        };
        let snapshot = ending
            .as_deref()
            .filter(|_| location.is_some())
            .map(|ending| Value::bare(matches!(ending, "avhd" | "avhdx").to_string(), span));
        let row = Value::map(export.span(node))
            .with("name", Some(Value::text(name, span)))
            .with("kind", kind)
            .with("storage", storage)
            .with("size", export.bytes(node, "Size"))
            .with("maximum-size", export.bytes(node, "MaximumSize"))
            .with("base", base(export, node))
            .with("snapshot", snapshot);
        Some(row)
    }
}

/// The parent of a differencing disk: the export has its name alone, for the depth limit cuts the rest.
fn base(export: Export<'_>, node: NodeId) -> Option<Value> {
    if let Some((name, span)) = export.text(node, "ParentDisk") {
        return Some(Value::map(span).with("name", Some(Value::text(name, span))));
    }
    export.null(node, "ParentDisk").map(Value::Null)
}

fn network(export: Export<'_>, node: NodeId) -> Value {
    let unconnected =
        || export.empty(node, "VirtualNetwork").or_else(|| export.null(node, "VirtualNetwork")).map(Value::Null);
    Value::map(export.span(node)).with("switch", export.said(node, "VirtualNetwork").or_else(unconnected))
}

/// A power state of VMM as the inventory calls it; nothing for states in between and for names that are none.
fn power_state(text: &str) -> Option<&'static str> {
    match text {
        "Running" | "0" => Some("running"),
        "PowerOff" | "Stopped" | "1" => Some("off"),
        "Saved" => Some("saved"),
        "Paused" => Some("paused"),
        _ => None,
    }
}

/// VMM's word on the machine: `ok` where its status is nothing but its power state, else the status's own name.
fn health(export: Export<'_>, node: NodeId, state: Option<(&str, Span)>) -> Option<Value> {
    let (status, span) = export.text(node, "StatusString").or_else(|| export.text(node, "Status"))?;
    let is_state = state.is_some_and(|(state, _)| same(state, status)) || power_state(status).is_some();
    Some(if is_state { Value::bare("ok", span) } else { Value::text(status, span) })
}
