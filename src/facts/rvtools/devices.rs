//! Devices of a machine, as far as sheets tell of them, and the addresses of its guest.

use crate::facts::document::Value;
use crate::source::Span;

use super::field::Fields;
use super::machine::About;
use super::record::Record;
use super::sheets::Column;
use super::table::{Line, Table};

/// The devices that are told of, and one more of which nothing is known: no sheet lists all devices of a machine.
pub(super) fn devices(
    machine: Span,
    networks: Option<&About<'_, '_>>,
    cds: Option<&About<'_, '_>>,
    usbs: Option<&About<'_, '_>>,
) -> Value {
    let mut found: Vec<Value> = Vec::new();
    let mut add = |kind: String, span: Span| {
        let mut device = Record::new(span);
        device.add("kind", Value::text(kind, span));
        found.push(device.finish());
    };
    for (about, line) in networks.iter().flat_map(|about| about.lines.iter().map(move |line| (about, line))) {
        if let Some((adapter, span)) = about.table.said(line, Column::Adapter) {
            add(card(adapter), span);
        }
    }
    for line in cds.iter().flat_map(|about| &about.lines) {
        add("VirtualCdrom".to_owned(), line.span);
    }
    let usb = usbs.iter().flat_map(|about| &about.lines);
    for (index, line) in usb.enumerate() {
        // Where a USB device is, there is a controller for it.
        if index == 0 {
            add("VirtualUSBController".to_owned(), line.span);
        }
        add("VirtualUSB".to_owned(), line.span);
    }
    let mut others = Record::new(machine);
    others.put("kind", None);
    found.push(others.finish());
    Value::List(found, machine)
}

/// What vSphere calls a network card that RVTools calls `Vmxnet3`.
fn card(adapter: &str) -> String {
    let plain: String = adapter.chars().filter(|c| c.is_alphanumeric()).collect();
    let lower = plain.to_lowercase();
    if lower.contains("sriov") {
        "VirtualSriovEthernetCard".to_owned()
    } else if lower.starts_with("virtual") {
        plain
    } else {
        format!("Virtual{plain}")
    }
}

/// The addresses of the guest: those of its network cards, else the first one.
pub(super) fn addresses(
    info: &Table<'_>,
    line: &Line<'_>,
    networks: Option<&About<'_, '_>>,
    fields: &Fields,
) -> Option<Value> {
    let primary = fields.text(info, line, Column::PrimaryIp);
    let columns = [Column::Ipv4, Column::Ipv6, Column::Ip];
    let told = networks.filter(|about| columns.iter().any(|column| about.table.has(*column)));
    let mut found = Vec::new();
    for (about, card) in told.iter().flat_map(|about| about.lines.iter().map(move |card| (about, card))) {
        for (text, span) in columns.iter().filter_map(|column| about.table.said(card, *column)) {
            // Several addresses of one card stand in one field.
            for address in text.split([',', ';', ' ', '|']).map(str::trim).filter(|address| !address.is_empty()) {
                let mut network = Record::new(span);
                if let Some((label, span)) = about.table.said(card, Column::NicLabel) {
                    network.add("device", Value::text(label, span));
                }
                if let Some((mac, span)) = about.table.said(card, Column::Mac) {
                    network.add("mac", Value::text(mac, span));
                }
                network.add("ip", Value::text(address, span));
                found.push(network.finish());
            }
        }
    }
    if found.is_empty() {
        if let Some(primary) = primary {
            let mut network = Record::new(primary.span());
            let span = primary.span();
            network.add("ip", primary);
            return Some(Value::List(vec![network.finish()], span));
        }
        // That no address is written says that there is none only where all of them would be.
        let about = told?;
        return (!about.doubtful).then(|| Value::List(Vec::new(), line.span));
    }
    let span = found.first().map_or(line.span, Value::span);
    Some(Value::List(found, span))
}
