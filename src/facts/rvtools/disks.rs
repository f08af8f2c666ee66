//! Disks of a machine, and file systems of its guest.

use crate::facts::document::Value;
use crate::source::Span;

use super::field::{Fields, flag};
use super::machine::About;
use super::places::Places;
use super::record::Record;
use super::sheets::Column;
use super::table::{Line, Table};

/// The kinds of controllers, by what RVTools calls them in lower case: the bus, and the key of the first one of it. Keys
/// count up from there, which is vSphere's own numbering.
const BUSES: [(&str, &str, i64); 7] = [
    ("nvme", "nvme", 31_000),
    ("sata", "sata", 15_000),
    ("ahci", "sata", 15_000),
    ("ide", "ide", 200),
    ("scsi", "scsi", 1_000),
    ("lsi", "scsi", 1_000),
    ("buslogic", "scsi", 1_000),
];

/// Members of a disk of which nothing is known.
const MEMBERS: [&str; 10] = [
    "file",
    "capacity",
    "mode",
    "rdm",
    "shared",
    "bus",
    "controllerKey",
    "unitNumber",
    "changeTrackingEnabled",
    "datastore",
];

/// The disks. `untracked`: where it says that no disk of the machine has its changes tracked.
pub(super) fn disks(
    info: &Table<'_>,
    line: &Line<'_>,
    about: Option<&About<'_, '_>>,
    untracked: Option<Span>,
    places: &Places,
    fields: &mut Fields,
) -> Option<Value> {
    let about = about?;
    let wanted = fields.whole(info, line, Column::Disks);
    let mut found: Vec<Value> =
        about.lines.iter().map(|disk| one(about.table, disk, untracked, places, fields)).collect();
    let told = i64::try_from(found.len()).unwrap_or(i64::MAX);
    let more = wanted.filter(|(count, _)| *count > told);
    if found.is_empty() && (more.is_some() || about.doubtful) {
        return None;
    }
    // `vInfo` counts more disks than `vDisk` lists: what the others are like, nobody says.
    if let Some((count, span)) = more {
        let missing = count.saturating_sub(told).min(1_000);
        found.extend((0..missing).map(|_| {
            let mut disk = Record::new(span);
            MEMBERS.iter().for_each(|member| disk.put(member, None));
            disk.finish()
        }));
    }
    let span = found.first().map_or(line.span, Value::span);
    Some(Value::List(found, span))
}

fn one(table: &Table<'_>, line: &Line<'_>, untracked: Option<Span>, places: &Places, fields: &mut Fields) -> Value {
    let mut disk = Record::new(line.span);
    // A disk without a path is still called by something.
    let label = || fields.text(table, line, Column::Disk);
    disk.put("file", fields.text(table, line, Column::Path).or_else(label));
    fields.filled(table, line, Column::Capacity);
    disk.put("capacity", fields.bytes(table, line, Column::Capacity));
    disk.put("mode", fields.text(table, line, Column::Mode));
    disk.put("rdm", fields.flag(table, line, Column::Raw));
    disk.put("shared", shared(table, line, fields));
    let controller = controller(table, line);
    disk.put("bus", controller.map(|(bus, _, span)| Value::text(bus, span)));
    let key = controller.and_then(|(_, key, span)| Some(Value::bare(key?.to_string(), span)));
    disk.put("controllerKey", key);
    let unit = fields.whole(table, line, Column::Unit);
    disk.put("unitNumber", unit.map(|(unit, span)| Value::bare(unit.to_string(), span)));
    disk.put("changeTrackingEnabled", untracked.map(|span| flag(false, span)));
    disk.put("datastore", places.datastore(table, line));
    if let Some((key, span)) = fields.whole(table, line, Column::Key) {
        disk.add("key", Value::bare(key.to_string(), span));
    }
    disk.finish()
}

/// Whether several machines share a disk: by itself, or by the bus it is on.
fn shared(table: &Table<'_>, line: &Line<'_>, fields: &mut Fields) -> Option<Value> {
    let own = match table.said(line, Column::Sharing) {
        None => None,
        Some((mode, span)) => match mode.to_ascii_lowercase().as_str() {
            "sharingmultiwriter" | "multiwriter" | "true" => Some((true, span)),
            "sharingnone" | "none" | "false" => Some((false, span)),
            _ => {
                let help = "`sharingNone` and `sharingMultiWriter` are known";
                fields.misfit(table, Column::Sharing, (mode, span), "a mode of sharing", help);
                None
            }
        },
    };
    let bus = match table.said(line, Column::SharedBus) {
        None => None,
        Some((mode, span)) => match mode.to_ascii_lowercase().as_str() {
            "physicalsharing" | "virtualsharing" => Some((true, span)),
            "nosharing" => Some((false, span)),
            _ => {
                let help = "`noSharing`, `virtualSharing` and `physicalSharing` are known";
                fields.misfit(table, Column::SharedBus, (mode, span), "a kind of shared bus", help);
                None
            }
        },
    };
    let yes = [own, bus].into_iter().flatten().find(|(shared, _)| *shared);
    match (yes, own, bus) {
        (Some((_, span)), _, _) => Some(flag(true, span)),
        // Disks on IDE or SATA have no shared bus.
        (None, Some((_, span)), Some(_)) => Some(flag(false, span)),
        (None, Some((_, span)), None) if controller(table, line).is_some_and(|(bus, _, _)| bus != "scsi") => {
            Some(flag(false, span))
        }
        _ => None,
    }
}

/// The bus of a disk and the key of its controller.
fn controller(table: &Table<'_>, line: &Line<'_>) -> Option<(&'static str, Option<i64>, Span)> {
    let names = [Column::Label, Column::Controller].map(|column| table.said(line, column));
    let (bus, first, span) = names.into_iter().flatten().find_map(|(name, span)| {
        let name = name.to_lowercase();
        BUSES.iter().find(|(word, _, _)| name.contains(word)).map(|(_, bus, first)| (*bus, *first, span))
    })?;
    let number = names.into_iter().flatten().find_map(|(name, _)| name.rsplit(' ').next()?.parse::<i64>().ok());
    Some((bus, number.and_then(|number| first.checked_add(number)), span))
}

/// The file systems. Nothing where none is listed: a guest that is off, or without tools, tells of none.
pub(super) fn guest_disks(about: Option<&About<'_, '_>>, fields: &mut Fields) -> Option<Value> {
    let about = about?;
    let mut found = Vec::new();
    for line in &about.lines {
        let mut disk = Record::new(line.span);
        fields.filled(about.table, line, Column::Disk);
        disk.put("diskPath", fields.text(about.table, line, Column::Disk));
        disk.put("freeSpace", fields.bytes(about.table, line, Column::Free));
        if let Some(capacity) = fields.bytes(about.table, line, Column::Capacity) {
            disk.add("capacity", capacity);
        }
        // Where the column is there, an empty field says that vSphere knows no disk for it.
        match (about.table.field(line, Column::Key), fields.whole(about.table, line, Column::Key)) {
            (_, Some((key, span))) => disk.add("key", Value::bare(key.to_string(), span)),
            (Some(("", _)), None) => {}
            _ => disk.put("key", None),
        }
        found.push(disk.finish());
    }
    let span = found.first()?.span();
    Some(Value::List(found, span))
}
