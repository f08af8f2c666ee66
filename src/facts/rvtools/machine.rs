//! A machine: the members that the rows about it say, laid together.

use crate::diag::Diagnostic;
use crate::diag::codes::input;
use crate::facts::document::Value;
use crate::source::Span;

use super::devices;
use super::disks;
use super::field::{Fields, flag};
use super::guest::{Identifier, identifier};
use super::machines::{Laid, Machines};
use super::places::Places;
use super::record::Record;
use super::sheets::{Column, Sheet};
use super::table::{Line, Table};

/// The first version of virtual hardware that can have a Trusted Platform Module.
const HARDWARE_WITH_TPM: i64 = 14;

/// A sheet with its rows by machine.
pub(super) struct Laying<'t> {
    pub(super) table: Table<'t>,
    laid: Laid,
}

/// What is known of a machine by a sheet.
pub(super) struct About<'a, 't> {
    pub(super) table: &'a Table<'t>,
    pub(super) lines: Vec<&'a Line<'t>>,
    /// Whether there may be further rows.
    pub(super) doubtful: bool,
}

/// All sheets of an export.
pub(super) struct Export<'a, 't> {
    info: &'a Table<'t>,
    machines: &'a Machines,
    sheets: Vec<Laying<'t>>,
    places: Places,
}

impl<'a, 't> Export<'a, 't> {
    /// Lays the sheets together.
    pub(super) fn new(
        info: &'a Table<'t>,
        machines: &'a Machines,
        tables: Vec<Table<'t>>,
        fields: &mut Fields,
    ) -> Export<'a, 't> {
        let mut places = Places::default();
        let mut sheets = Vec::new();
        for table in tables {
            match table.sheet {
                Sheet::Cluster => places.clusters(&table, fields),
                Sheet::Host => places.hosts(&table),
                Sheet::Datastore => places.datastores(&table),
                _ => {
                    let laid = machines.lay(info, &table, fields);
                    sheets.push(Laying { table, laid });
                }
            }
        }
        Export { info, machines, sheets, places }
    }

    /// A sheet's rows about a machine; nothing where the export has no such sheet.
    fn about(&self, sheet: Sheet, machine: usize) -> Option<About<'_, 't>> {
        let laying = self.sheets.iter().find(|laying| laying.table.sheet == sheet)?;
        let lines = laying.laid.of(machine).iter().filter_map(|row| laying.table.lines.get(*row)).collect();
        Some(About { table: &laying.table, lines, doubtful: laying.laid.is_doubtful(machine) })
    }

    /// The machines, in the order of `vInfo`.
    pub(super) fn machines(&self, fields: &mut Fields) -> Vec<Value> {
        let all = self.info.lines.iter().zip(&self.machines.apart).enumerate();
        let judged = all.filter(|(_, (_, apart))| apart.is_none());
        judged.map(|(index, (line, _))| self.machine(index, line, fields)).collect()
    }

    /// Tells of machines of which sheets that are there say less than `vInfo` counts, or nothing.
    pub(super) fn gaps(&self, fields: &mut Fields) {
        let judged = || {
            let all = self.info.lines.iter().zip(&self.machines.apart).enumerate();
            all.filter(|(_, (_, apart))| apart.is_none()).map(|(index, (line, _))| (index, line))
        };
        let rows = |sheet, index| self.about(sheet, index).map(|about| about.lines.len());
        let mut fewer: Vec<Span> = Vec::new();
        for (index, line) in judged() {
            let Some(listed) = rows(Sheet::Disk, index) else { break };
            // What is no number was told of before.
            let counted = Fields::default().whole(self.info, line, Column::Disks);
            fewer.extend(counted.filter(|(count, _)| i64::try_from(listed).is_ok_and(|n| n < *count)).map(|_| line.span));
        }
        let silent: Vec<Span> = judged()
            .filter(|(index, _)| rows(Sheet::Partition, *index) == Some(0))
            .map(|(_, line)| line.span)
            .collect();
        let mut tell = |found: &[Span], what: &str, note: &str, help: &str| {
            let Some(first) = found.first() else { return };
            let whose = if found.len() == 1 { "a machine".to_owned() } else { format!("{} machines", found.len()) };
            let told = Diagnostic::warning(input::RVTOOLS_LEFT_OUT, *first, format!("of {whose} {what}"));
            fields.told.push(told.label("the first").note(note).help(help));
        };
        tell(
            &fewer,
            "`vDisk` lists fewer disks than `vInfo` counts",
            "what the others are like is unknown",
            "export all sheets in one go, and filter none of them",
        );
        tell(
            &silent,
            "`vPartition` lists no file system",
            "whether there is room in them is unknown: a guest that is off, or without tools, tells of none",
            "start these machines and export once more if it matters",
        );
    }

    fn machine(&self, index: usize, line: &Line<'t>, fields: &mut Fields) -> Value {
        let info = self.info;
        let mut vm = Record::new(line.span);
        vm.put("name", fields.text(info, line, Column::Vm));
        vm.put("id", fields.text(info, line, Column::VmId));
        if let Some(state) = fields.text(info, line, Column::Powerstate) {
            vm.add("powerState", state);
        }
        let cbt = fields.truth(info, line, Column::Cbt);
        vm.put("changeTrackingEnabled", cbt.map(|(truth, span)| flag(truth, span)));
        vm.put("consolidationNeeded", fields.flag(info, line, Column::Consolidation));
        vm.put("diskEnableUuid", fields.flag(info, line, Column::EnableUuid));
        vm.put("faultToleranceEnabled", fault_tolerance(info, line));
        let only = |about: &Option<About<'_, 't>>, column, fields: &mut Fields| {
            let about = about.as_ref()?;
            let [line] = about.lines.as_slice() else { return None };
            fields.flag(about.table, line, column)
        };
        let cpu = self.about(Sheet::Cpu, index);
        vm.put("cpuHotAddEnabled", only(&cpu, Column::HotAdd, fields));
        vm.put("cpuHotRemoveEnabled", only(&cpu, Column::HotRemove, fields));
        let memory = self.about(Sheet::Memory, index);
        vm.put("memoryHotAddEnabled", only(&memory, Column::HotAdd, fields));
        // No column of any version speaks of these two.
        vm.put("cpuAffinity", None);
        vm.put("numaNodeAffinity", None);
        vm.put("tpmEnabled", without_tpm(info, line, fields));
        self.guest(line, fields, &mut vm);
        let networks = self.about(Sheet::Network, index);
        vm.put("hostName", fields.maybe_empty(info, line, Column::DnsName));
        vm.put("guestNetworks", devices::addresses(info, line, networks.as_ref(), fields));
        let (cds, usbs) = (self.about(Sheet::Cd, index), self.about(Sheet::Usb, index));
        vm.add("devices", devices::devices(line.span, networks.as_ref(), cds.as_ref(), usbs.as_ref()));
        let whole = cbt.filter(|(truth, _)| !truth).map(|(_, span)| span);
        let disks = self.about(Sheet::Disk, index);
        vm.put("disks", disks::disks(info, line, disks.as_ref(), whole, &self.places, fields));
        vm.put("guestDisks", disks::guest_disks(self.about(Sheet::Partition, index).as_ref(), fields));
        vm.put("snapshot", snapshot(self.about(Sheet::Snapshot, index).as_ref(), line.span));
        vm.put("host", self.places.host(info, line));
        vm.finish()
    }

    /// The guest system: what is configured, and what the tools in it tell.
    fn guest(&self, line: &Line<'t>, fields: &mut Fields, vm: &mut Record) {
        let configured = self.info.said(line, Column::OsConfigured);
        match configured.map(|(name, span)| (identifier(name), span)) {
            Some((Identifier::Is(id), span)) => vm.add("guestId", Value::text(id, span)),
            // None of the systems that are asked after by identifier: to leave it out says just that.
            Some((Identifier::Another, _)) => {}
            Some((Identifier::Unknown, _)) | None => vm.put("guestId", None),
        }
        vm.put("guestName", configured.map(|(name, span)| Value::text(name, span)));
        vm.put("guestNameFromVmwareTools", fields.maybe_empty(self.info, line, Column::OsTools));
    }
}

/// Whether a machine has fault tolerance: every state but that it is not configured.
fn fault_tolerance(info: &Table<'_>, line: &Line<'_>) -> Option<Value> {
    let (state, span) = info.said(line, Column::FtState)?;
    Some(flag(!state.eq_ignore_ascii_case("notConfigured"), span))
}

/// That a machine has no Trusted Platform Module, where that follows: one needs EFI and virtual hardware of a certain version.
fn without_tpm(info: &Table<'_>, line: &Line<'_>, fields: &mut Fields) -> Option<Value> {
    if let Some((firmware, span)) = info.said(line, Column::Firmware)
        && firmware.eq_ignore_ascii_case("bios")
    {
        return Some(flag(false, span));
    }
    let (text, span) = info.said(line, Column::HwVersion)?;
    let old = match text.strip_prefix("vmx-").or_else(|| text.strip_prefix('v')) {
        Some(digits) => digits.trim_start_matches('0').parse::<i64>().ok()?,
        None => fields.whole(info, line, Column::HwVersion)?.0,
    };
    (old < HARDWARE_WITH_TPM).then(|| flag(false, span))
}

/// The current snapshot, or that there is none.
fn snapshot(about: Option<&About<'_, '_>>, machine: Span) -> Option<Value> {
    let about = about?;
    match about.lines.first() {
        Some(line) => {
            let mut snapshot = Record::new(line.span);
            snapshot.add("kind", Value::text("VirtualMachineSnapshot", line.span));
            if let Some((name, span)) = about.table.said(line, Column::Name) {
                snapshot.add("name", Value::text(name, span));
            }
            Some(snapshot.finish())
        }
        None if about.doubtful => None,
        None => Some(Value::Null(machine)),
    }
}
