//! Exports of RVTools, made up: the same tables as a workbook and as files of text.

use std::collections::BTreeMap;

use rust_xlsxwriter::Workbook;

/// Sheets by name: rows of fields, the first one the titles.
pub type Tables = BTreeMap<&'static str, Vec<Vec<String>>>;

/// A table out of lines with `|` between fields.
pub fn table(text: &str) -> Vec<Vec<String>> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.map(|line| line.split('|').map(|field| field.trim().to_owned()).collect()).collect()
}

/// A small estate: a machine that nothing speaks against, one that is old and full, one that is off, and rows that are none.
pub fn estate() -> Tables {
    let mut tables = Tables::new();
    let mut put = |name, text| tables.insert(name, table(text));
    put(
        "vInfo",
        "VM|Powerstate|Template|SRM Placeholder|DNS Name|Connection state|Guest state|Consolidation Needed|CPUs|NICs|Disks|EnableUUID|CBT|Primary IP Address|FT State|EFI Secure boot|Firmware|HW version|Annotation|Datacenter|Cluster|Host|OS according to the configuration file|OS according to the VMware Tools|VM ID|VM UUID|VI SDK Server|VI SDK UUID
        web01|poweredOn|False|False|web01.corp.example|connected|running|False|4|1|1|False|True|10.0.0.11|notConfigured|False|bios|13|front end|DC1|c1|esx1|Red Hat Enterprise Linux 8 (64-bit)|Red Hat Enterprise Linux 8 (64-bit)|vm-11|u-11|vc.corp.example|vc-1
        db01|poweredOn|False|False|localhost.localdomain|connected|running|True|8|1|2|True|False||running|True|efi|19|old, and full|DC1|c1|esx2|Microsoft Windows Server 2019 (64-bit)|Microsoft Windows Server 2019 (64-bit)|vm-12|u-12|vc.corp.example|vc-1
        |||||||||||||||||||||||||||
        golden|poweredOff|True|False||connected|notRunning|False|1|1|1|False|False||notConfigured|False|bios|13||DC1|c1|esx1|Other Linux (64-bit)||vm-13|u-13|vc.corp.example|vc-1
        keeper|poweredOff|False|True||connected|notRunning|False|1|1|1|False|False||notConfigured|False|bios|13||DC1|c1|esx1|Other Linux (64-bit)||vm-14|u-14|vc.corp.example|vc-1
        spare|poweredOff|False|False||connected|notRunning|False|1|1|2||||notConfigured|False|bios|13||DC1||esx3|Debian GNU/Linux 11 (64-bit)||vm-15|u-15|vc.corp.example|vc-1",
    );
    put(
        "vCPU",
        "VM|Powerstate|Hot Add|Hot Remove|Host|VM ID
        web01|poweredOn|False|False|esx1|vm-11
        db01|poweredOn|True|False|esx2|vm-12
        spare|poweredOff|False|False|esx3|vm-15",
    );
    put(
        "vMemory",
        "VM|Powerstate|Size MiB|Hot Add|Host|VM ID
        web01|poweredOn|8192|False|esx1|vm-11
        db01|poweredOn|65536|False|esx2|vm-12
        spare|poweredOff|1024|False|esx3|vm-15",
    );
    put(
        "vDisk",
        "VM|Powerstate|Disk|Disk Key|Capacity MiB|Raw|Disk Mode|Sharing mode|Controller|Label|Unit #|Shared Bus|Path|VM ID
        web01|poweredOn|Hard disk 1|2000|40960|False|persistent|sharingNone|VMware paravirtual SCSI|SCSI controller 0|0|noSharing|[ds1] web01/web01.vmdk|vm-11
        db01|poweredOn|Hard disk 1|2000|0|False|independent_persistent|sharingNone|VMware paravirtual SCSI|SCSI controller 0|0|noSharing|[ds1] db01/db01.vmdk|vm-12
        db01|poweredOn|Hard disk 2|2016|1048576|True|persistent|sharingMultiWriter|VMware paravirtual SCSI|SCSI controller 1|0|physicalSharing|[] /vmfs/devices/x.vmdk|vm-12
        spare|poweredOff|Hard disk 1|3000|1024|False|persistent|sharingNone|IDE 0|IDE 0|0||[ds2] spare/spare.vmdk|vm-15
        golden|poweredOff|Hard disk 1|2000|1024|False|persistent|sharingNone|IDE 0|IDE 0|0||[ds2] golden/golden.vmdk|vm-13",
    );
    put(
        "vPartition",
        "VM|Powerstate|Disk Key|Disk|Capacity MiB|Free MiB|VM ID
        web01|poweredOn|2000|/|40000|20000|vm-11
        web01|poweredOn|2000|/boot|1000|800|vm-11
        db01|poweredOn||C:\\|100000|99|vm-12
        db01|poweredOn|2016|D:\\|900000|100|vm-12",
    );
    put(
        "vNetwork",
        "VM|Powerstate|NIC label|Adapter|Network|Mac Address|IPv4 Address|IPv6 Address|VM ID
        web01|poweredOn|Network adapter 1|Vmxnet3|lan|00:50:56:00:00:11|10.0.0.11|fe80::1|vm-11
        db01|poweredOn|Network adapter 1|SriovEthernetCard|lan|00:50:56:00:00:12|10.0.0.12, 10.0.0.13||vm-12
        spare|poweredOff|Network adapter 1|E1000|lan|00:50:56:00:00:15|||vm-15",
    );
    put("vCD", "VM|Powerstate|Device Node|Connected|VM ID\nweb01|poweredOn|CD/DVD drive 1|False|vm-11");
    put("vUSB", "VM|Powerstate|Device Node|Connected|VM ID\ndb01|poweredOn|USB 1|True|vm-12");
    put("vSnapshot", "VM|Powerstate|Name|VM ID\ndb01|poweredOn|before the update|vm-12");
    put("vCluster", "Name|NumHosts|DRS enabled|DPM enabled\nc1|2|True|False");
    put("vHost", "Host|Datacenter|Cluster|Object ID\nesx1|DC1|c1|host-1\nesx2|DC1|c1|host-2\nesx3|DC1||host-3");
    put("vDatastore", "Name|Capacity MiB|Object ID\nds1|1000000|datastore-1\nds2|1000000|datastore-2");
    tables
}

/// The tables as a workbook. Numbers are numbers, and everything else is a text, as RVTools has it; sheets that are not read
/// are there, too.
pub fn workbook(tables: &Tables) -> Vec<u8> {
    let mut book = Workbook::new();
    let about = book.add_worksheet();
    about.set_name("vMetaData").unwrap();
    about.write_string(0, 0, "RVTools version").unwrap();
    for (name, rows) in tables {
        let sheet = book.add_worksheet();
        sheet.set_name(*name).unwrap();
        for (row, fields) in (0u32..).zip(rows) {
            for (column, field) in (0u16..).zip(fields) {
                match field.parse::<f64>() {
                    _ if field.is_empty() => {}
                    Ok(number) if row > 0 => drop(sheet.write_number(row, column, number).unwrap()),
                    _ => drop(sheet.write_string(row, column, field).unwrap()),
                }
            }
        }
    }
    book.save_to_buffer().unwrap()
}

/// How texts are written.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// What stands between fields.
    pub separator: char,
    /// Whether the file begins with a byte order mark.
    pub mark: bool,
    /// Whether every field stands in quotes.
    pub quoted: bool,
    /// Whether lines end as on Windows.
    pub returns: bool,
}

/// A table as text.
pub fn csv(rows: &[Vec<String>], style: Style) -> String {
    let mut text = String::from(if style.mark { "\u{feff}" } else { "" });
    for row in rows {
        let fields = row.iter().map(|field| {
            if style.quoted || field.contains([style.separator, '"', '\n']) {
                format!("\"{}\"", field.replace('"', "\"\""))
            } else {
                field.clone()
            }
        });
        text.push_str(&fields.collect::<Vec<_>>().join(&style.separator.to_string()));
        text.push_str(if style.returns { "\r\n" } else { "\n" });
    }
    text
}
