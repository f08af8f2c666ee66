//! Disks of a machine: the files of virtual hard disks, with the parents of differencing ones, and physical disks that are
//! passed through.

use crate::facts::document::{Value, View};
use crate::source::Span;

use super::export::{Export, Node, same};
use super::machines::{Machine, Machines};

impl Machines<'_> {
    /// The machine's disks; nothing where the export does not list them.
    pub(super) fn disks(&mut self, machine: Machine<'_>) -> Option<Value> {
        let (export, node) = (self.export, machine.node);
        let disks = export.objects(node, "VirtualHardDisks")?;
        let drives = export.objects(node, "VirtualDiskDrives").unwrap_or_default();
        let mut rows = Vec::new();
        for disk in disks {
            if let Some(row) = self.disk(disk, machine) {
                rows.push(row.with("shared", shared(export, machine.node, disk, &drives)));
            }
        }
        rows.extend(passed_through(export, node));
        Some(Value::List(rows, export.span(node)))
    }

    fn disk(&mut self, node: Node, machine: Machine<'_>) -> Option<Value> {
        let export = self.export;
        let location = location(export, node);
        let file = location.map(|(path, span)| (file_of(path), span));
        let (name, span) = file.or_else(|| export.text(node, "Name"))?;
        let storage = self.lies_on(node, location, span, machine);
        let ending = ending(name);
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
            .with("base", self.base(node, machine))
            .with("snapshot", snapshot);
        Some(row)
    }

    /// The storage of a disk: by the volume that it names, else by its path.
    fn lies_on(
        &mut self,
        node: Node,
        location: Option<(&str, Span)>,
        span: Span,
        machine: Machine<'_>,
    ) -> Option<Value> {
        let by_id = self.export.text(node, "HostVolumeId");
        let by_id = by_id.and_then(|(id, _)| self.storages.by_view(id).map(str::to_owned));
        match (by_id, location) {
            (Some(name), _) => Some(Value::text(name, location.map_or(span, |(_, at)| at))),
            (None, Some((path, at))) => self.place(machine, path, at),
            (None, None) => None,
        }
    }

    /// The parent of a differencing disk. Where the depth limit cuts it off, its name is all there is.
    fn base(&mut self, node: Node, machine: Machine<'_>) -> Option<Value> {
        let export = self.export;
        if let Some(span) = export.null(node, "ParentDisk") {
            return Some(Value::Null(span));
        }
        let parent = export.get(node, "ParentDisk")?;
        if !matches!(export.view(parent), View::Map(_)) {
            let (name, span) = export.called(parent)?;
            return Some(Value::map(span).with("name", Some(Value::text(name, span))));
        }
        let location = location(export, parent);
        let file = location.map(|(path, span)| (file_of(path), span));
        let (name, span) = file.or_else(|| named(export, parent))?;
        let base = Value::map(span)
            .with("name", Some(Value::text(name, span)))
            .with("storage", self.lies_on(parent, location, span, machine))
            .with("size", export.bytes(parent, "Size"));
        Some(base)
    }
}

fn location<'a>(export: Export<'a>, node: Node) -> Option<(&'a str, Span)> {
    export.text(node, "Location").or_else(|| export.text(node, "SharePath"))
}

fn named<'a>(export: Export<'a>, node: Node) -> Option<(&'a str, Span)> {
    export.text(node, "Name").or_else(|| export.called(node))
}

fn file_of(path: &str) -> &str {
    path.rsplit('\\').next().unwrap_or(path)
}

fn ending(name: &str) -> Option<String> {
    name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase())
}

/// Physical disks: those that are listed; where VMM says that there are some and not which, one of which no more is known.
fn passed_through(export: Export<'_>, node: Node) -> Vec<Value> {
    let some = export.flag(node, "HasPassthroughDisk");
    let kind = |span| Some(Value::bare("pass-through", span));
    // A physical disk is no file, so it has no parent and is no checkpoint's.
    let no_file =
        |row: Value, span| row.with("base", Some(Value::Null(span))).with("snapshot", Some(Value::bare("false", span)));
    let listed = export.list(node, "PassThroughDisks").unwrap_or_default();
    let rows = listed.into_iter().map(|node| {
        let span = export.span(node);
        let row = Value::map(span)
            .with("name", named(export, node).map(|(name, span)| Value::text(name, span)))
            .with("kind", kind(span))
            .with("size", export.bytes(node, "Capacity"))
            .with("maximum-size", export.bytes(node, "Capacity"));
        no_file(row, span)
    });
    let rows: Vec<Value> = rows.collect();
    match some {
        Some((true, span)) if rows.is_empty() => vec![no_file(Value::map(span).with("kind", kind(span)), span)],
        _ => rows,
    }
}

/// Whether several machines use a disk: by its drive, else by what is said of the machine as a whole.
fn shared(export: Export<'_>, machine: Node, disk: Node, drives: &[Node]) -> Option<Value> {
    let id = export.text(disk, "ID").map(|(id, _)| id);
    let of_disk = |drive: &&Node| {
        let node = **drive;
        let held = export.get(node, "VirtualHardDisk").and_then(|node| export.text(node, "ID"));
        let held = export.text(node, "VirtualHardDiskId").or(held);
        held.zip(id).is_some_and(|((held, _), id)| same(held, id))
    };
    let drive = drives.iter().find(of_disk).copied();
    let of_drive = drive.and_then(|node| export.flag(node, "HasSharedStorage"));
    if let Some((true, span)) = of_drive {
        return Some(Value::bare("true", span));
    }
    // A shared bus carries disks of several machines; which of those on it, it does not say.
    let node = machine;
    let on_bus = drive.and_then(|node| export.text(node, "BusType")).is_none_or(|(bus, _)| bus != "IDE");
    if export.is(node, "ShareSCSIBus") == Some(true) && on_bus {
        return None;
    }
    let (_, span) = of_drive.or_else(|| export.flag(node, "HasSharedStorage").filter(|(shared, _)| !shared))?;
    Some(Value::bare("false", span))
}
