//! RVTools exports as what is judged: a workbook and files of text give the same machines, places are rows of sheets, what
//! no sheet says is unknown, and whatever is wrong with an export is told with its place.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs
)]

#[path = "rvtools/export.rs"]
mod export;

use std::path::{Path, PathBuf};

use clearway::render::{diagnostics, full};
use clearway::report::FindingVerdict;
use clearway::session::{Checked, Options, Session};
use clearway::source::Memory;
use proptest::prelude::*;

use export::{Style, Tables, csv, estate, table, workbook};

const PLAIN: Style = Style { separator: ',', mark: false, quoted: false, returns: false };
const EXCEL: Style = Style { separator: ';', mark: true, quoted: true, returns: true };

/// Files with the pack.
fn files() -> Memory {
    Memory::new().with("pack/machines.way", include_str!("rvtools/pack/machines.way"))
}

/// The tables as files of text in a folder.
fn texts(mut files: Memory, tables: &Tables, style: Style) -> Memory {
    for (name, rows) in tables {
        files = files.with(format!("out/RVTools_tab{name}.csv"), csv(rows, style));
    }
    files
}

fn options() -> Options {
    Options { packs: vec!["pack".to_owned()], ..Options::default() }
}

/// The machines as lines of JSON, and what is told of them.
fn imported(files: &Memory, path: &str) -> (String, String) {
    let mut session = Session::new(files, Options::default());
    let (text, told) = session.import_rvtools(Path::new(path));
    let told = told.iter().map(|told| {
        let place = session.map().locate(told.span());
        let place = place.map(|at| format!("{}:{}:{}: ", at.file, at.line, at.column)).unwrap_or_default();
        format!("{place}{:?} {} {}", told.severity, told.code, told.message)
    });
    (text.unwrap_or_default(), told.collect::<Vec<_>>().join("\n"))
}

/// Checks a path and draws what comes of it.
fn checked(files: &Memory, path: &str) -> (Checked, String) {
    let mut session = Session::new(files, options());
    let checked = session.check(&[PathBuf::from(path)]);
    let look = clearway::render::Look::default();
    let mut drawn = full::draw(&look, session.map(), &checked.report);
    drawn.push_str(&diagnostics::draw(&look, session.map(), &checked.diagnostics));
    (checked, drawn)
}

/// Every finding: code, verdict and whom it is about.
fn findings(checked: &Checked) -> Vec<(String, FindingVerdict, String)> {
    let all = checked.report.findings.iter();
    all.map(|finding| (finding.code.to_string(), finding.verdict, finding.message.clone())).collect()
}

#[test]
fn a_workbook_is_judged_machine_by_machine() {
    let files = files().with("export.xlsx", workbook(&estate()));
    let (_, drawn) = checked(&files, "export.xlsx");
    insta::assert_snapshot!(drawn);
}

#[test]
fn the_machines_of_a_workbook_as_lines() {
    let files = files().with("export.xlsx", workbook(&estate()));
    let (lines, told) = imported(&files, "export.xlsx");
    insta::assert_snapshot!(format!("{lines}---\n{told}"));
}

#[test]
fn files_of_text_say_what_the_workbook_says() {
    let book = files().with("export.xlsx", workbook(&estate()));
    let (wanted, told) = imported(&book, "export.xlsx");
    let (by_book, _) = checked(&book, "export.xlsx");
    for style in [PLAIN, EXCEL] {
        let files = texts(files(), &estate(), style);
        for path in ["out", "out/RVTools_tabvInfo.csv"] {
            let (lines, other) = imported(&files, path);
            assert_eq!(lines, wanted, "{style:?} {path}");
            assert_eq!(other.lines().count(), told.lines().count(), "{other}");
            let (by_text, _) = checked(&files, path);
            assert_eq!(findings(&by_text), findings(&by_book), "{style:?} {path}");
        }
    }
}

#[test]
fn lines_that_were_written_are_judged_like_the_export() {
    let book = files().with("export.xlsx", workbook(&estate()));
    let (lines, _) = imported(&book, "export.xlsx");
    let (by_book, _) = checked(&book, "export.xlsx");
    let (by_lines, _) = checked(&book.with("machines.jsonl", lines), "machines.jsonl");
    assert_eq!(findings(&by_lines), findings(&by_book), "what is unknown in the export is unknown in its lines");
}

#[test]
fn a_sheet_that_is_missing_leaves_unknown_what_it_would_say() {
    for (sheet, code) in [
        ("vDisk", "M5"),
        ("vPartition", "M6"),
        ("vNetwork", "M8"),
        ("vSnapshot", "M9"),
        ("vCluster", "M10"),
        ("vCPU", "M2"),
    ] {
        let mut tables = estate();
        tables.remove(sheet);
        let files = files().with("export.xlsx", workbook(&tables));
        let (checked, drawn) = checked(&files, "export.xlsx");
        let open = |code: &str| {
            let own = checked.report.findings.iter().filter(|finding| &*finding.code == code);
            own.filter(|finding| finding.verdict == FindingVerdict::Unverified).count()
        };
        assert!(open(code) > 0, "{sheet}: {drawn}");
        assert!(drawn.contains(&format!("the export has no `{sheet}`")), "{sheet}: {drawn}");
    }
}

/// What is told of a workbook whose `vInfo` is this.
fn told_of(tables: Tables) -> String {
    imported(&files().with("export.xlsx", workbook(&tables)), "export.xlsx").1
}

#[test]
fn what_is_wrong_with_an_export_is_told_all_at_once_and_with_its_place() {
    let mut tables = estate();
    tables.get_mut("vInfo").unwrap().extend(table(
        "web01|poweredOn|False|False|||||||||perhaps||||||||||||vm-11|u-11|vc.corp.example|vc-1
        |poweredOn|False|False||||||||||||||||||||||vm-99|u-99||vc-1
        twin|poweredOn|maybe|False||||||||||||||||||esx1||||u-1||
        twin|poweredOn|False|False||||||||||||||||||esx2||||u-2||",
    ));
    tables.get_mut("vDisk").unwrap().extend(table(
        "web01|poweredOn|Hard disk 2|2001|four|no idea|persistent|shared|what|ever|x|?|[ds1] a.vmdk|vm-11
        stranger|poweredOn|Hard disk 1|2000|1|False|persistent|sharingNone|IDE 0|IDE 0|0||[ds1] b.vmdk|vm-77
        twin|poweredOn|Hard disk 1|2000|1|False|persistent|sharingNone|IDE 0|IDE 0|0||[ds1] b.vmdk|",
    ));
    tables.insert("vSnapshot", table("Nothing|here\na|b"));
    insta::assert_snapshot!(told_of(tables));
}

#[test]
fn the_pack_of_forklift_judges_a_workbook() {
    let files = files().with("export.xlsx", workbook(&estate()));
    let packs = vec!["forklift-vmware".to_owned()];
    let mut session = Session::new(&files, Options { packs: packs.clone(), ..Options::default() });
    let checked = session.check(&[PathBuf::from("export.xlsx")]);
    let mut lines: Vec<String> = Vec::new();
    for finding in &checked.report.findings {
        let whom = finding.subject.as_deref().unwrap_or_default();
        lines.push(format!("{whom} {} {:?} {:?}: {}", finding.code, finding.severity, finding.verdict, finding.message));
    }
    insta::assert_snapshot!(lines.join("\n"));
    let known = "assume:
  - { fact: vm.cpuAffinity, is: [], because: nobody binds machines here }
  - { fact: vm.numaNodeAffinity, is: [], because: nobody binds machines here }
  - { fact: vm.devices.kind, is: other, because: no device is passed through }
  - { fact: vm.tpmEnabled, is: false, because: there is no key provider }
  - { fact: vm.disks.changeTrackingEnabled, is: true, because: the backup switches it on }
  - { fact: vm.host.cluster.hostAffinityVms, is: [], because: there are no such rules }
";
    let files = files.clone().with("assume.yaml", known);
    let assume = Some(PathBuf::from("assume.yaml"));
    let mut session = Session::new(&files, Options { packs, assume, ..Options::default() });
    let checked = session.check(&[PathBuf::from("export.xlsx")]);
    let open = checked.report.findings.iter().filter(|finding| finding.verdict == FindingVerdict::Unverified);
    let open: Vec<String> = open.map(|finding| format!("{} {}", finding.code, finding.message)).collect();
    let rest = [
        "FKV111 cannot be verified: changeTrackingEnabled is unknown",
        "FKV304 cannot be verified: disks[2].datastore is unknown",
        "FKV305 cannot be verified: disks[2].mode is unknown",
        "FKV306 cannot be verified: disks[2].rdm is unknown",
        "FKV307 cannot be verified: disks[2].shared is unknown",
    ];
    assert_eq!(open, rest, "what nobody assumes of the machine that the export says little of");
}

#[test]
fn facts_are_counted_over_the_machines_of_an_export() {
    let files = files().with("export.xlsx", workbook(&estate()));
    let mut session = Session::new(&files, options());
    let found = session.facts(&[PathBuf::from("export.xlsx")]);
    let facts = found.knowledge.facts.iter();
    let lines = facts.map(|fact| format!("{} {}/{:?}", fact.fact, fact.known, fact.rows)).collect::<Vec<_>>();
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn names_that_several_machines_bear_are_told_from_each_other() {
    let info = "VM|Powerstate|Guest state|Host\nweb|poweredOn|running|esx1\nweb|poweredOn|running|esx2\nall|poweredOn|running|esx1";
    let disks = "VM|Powerstate|Capacity MiB|Path|Host\nweb|poweredOn|1|[a] 1.vmdk|esx1\nweb|poweredOn|2|[a] 2.vmdk|esx2\nALL|poweredOn|3|[a] 3.vmdk|esx9";
    let tables = Tables::from([("vInfo", table(info)), ("vDisk", table(disks))]);
    let (lines, told) = imported(&files().with("export.xlsx", workbook(&tables)), "export.xlsx");
    let capacities: Vec<&str> = lines
        .lines()
        .map(|line| line.split("\"capacity\": ").nth(1).and_then(|rest| rest.split(',').next()).unwrap_or("none"))
        .collect();
    assert_eq!(capacities, ["1048576", "2097152", "3145728"], "{lines}");
    assert!(!told.contains("CW343"), "{told}");
}

#[test]
fn older_versions_and_their_titles_are_read() {
    let modern = "VM|Powerstate|Guest state|DNS Name|Template|CBT|OS according to the configuration file|VM ID|VM UUID\na|poweredOn|running|a.example|False|True|Debian GNU/Linux 11 (64-bit)|vm-1|u-1";
    let modern = Tables::from([
        ("vInfo", table(modern)),
        ("vDisk", table("VM|Powerstate|Capacity MiB|Path|VM UUID\na|poweredOn|10|[ds] a.vmdk|u-1")),
    ]);
    let old = "VM|Powerstate|Guest state|DNS Name|Template|CBT|OS|Object ID|UUID\na|poweredOn|running|a.example|False|True|Debian GNU/Linux 11 (64-bit)|vm-1|u-1";
    let old = Tables::from([
        ("tabvInfo", table(old)),
        ("tabvDisk", table("VM|Powerstate|Capacity MB|Path|UUID\na|poweredOn|10|[ds] a.vmdk|u-1")),
    ]);
    let long = "vInfoVMName|vInfoPowerstate|vInfoGueststate|vInfoGuestHostName|vInfoTemplate|vInfoCBT|vInfoOS|vInfoVMID|vInfoUUID\na|poweredOn|running|a.example|False|True|Debian GNU/Linux 11 (64-bit)|vm-1|u-1";
    let long = Tables::from([
        ("vInfo", table(long)),
        (
            "vDisk",
            table("vDiskVMName|vDiskPowerstate|vDiskCapacityMiB|vDiskPath|vDiskUUID\na|poweredOn|10|[ds] a.vmdk|u-1"),
        ),
    ]);
    let lines = |tables: Tables| imported(&files().with("export.xlsx", workbook(&tables)), "export.xlsx").0;
    let wanted = lines(modern);
    assert!(wanted.contains("10485760") && wanted.contains("a.example"), "{wanted}");
    assert_eq!(lines(old), wanted);
    assert_eq!(lines(long), wanted);
}

#[test]
fn a_title_above_the_titles_shifts_no_row() {
    let mut tables = estate();
    let info = tables.get_mut("vInfo").unwrap();
    info.insert(0, vec!["Estate of DC1; as of May".to_owned()]);
    info.insert(1, Vec::new());
    info.extend(table("x|poweredOn|perhaps"));
    let told = told_of(tables);
    assert!(told.contains("export.xlsx#vInfo:10:"), "the tenth row of the sheet: {told}");
}

#[test]
fn packs_that_do_not_know_such_machines_say_so() {
    let files = files().with("export.xlsx", workbook(&estate()));
    let files = texts(files, &estate(), PLAIN);
    for path in ["export.xlsx", "out/RVTools_tabvInfo.csv"] {
        let mut session = Session::new(&files, Options::default());
        let checked = session.check(&[PathBuf::from(path)]);
        let told: Vec<&str> = checked.diagnostics.iter().map(|told| told.code.as_str()).collect();
        assert!(told.contains(&"CW517") && !checked.evaluated, "{path}: {:?}", checked.diagnostics);
    }
    let (_, drawn) = checked(&files, "out/RVTools_tabvDisk.csv");
    assert!(drawn.contains("this is a sheet of an RVTools export, but not `vInfo`"), "{drawn}");
}

#[test]
fn files_that_are_no_workbook_are_told_for_what_they_are() {
    let whole = workbook(&estate());
    let mut swapped = whole.clone();
    for byte in swapped.iter_mut().skip(400).take(200) {
        *byte ^= 0x5a;
    }
    let none = workbook(&Tables::from([("Sheet1", table("a|b\n1|2"))]));
    let empty = workbook(&Tables::from([("vInfo", Vec::new())]));
    let bare = workbook(&Tables::from([("vInfo", table("VM|Powerstate"))]));
    let locked = [&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1][..], &[0; 600]].concat();
    let cases: [(&str, Vec<u8>); 8] = [
        ("nothing", Vec::new()),
        ("text", b"VM,Powerstate\n".to_vec()),
        ("half", whole[..whole.len() / 2].to_vec()),
        ("swapped", swapped),
        ("locked", locked),
        ("no vInfo", none),
        ("empty vInfo", empty),
        ("no machine", bare),
    ];
    let mut all = String::new();
    for (name, bytes) in cases {
        let files = files().with("export.xlsx", bytes);
        let (checked, drawn) = checked(&files, "export.xlsx");
        assert!(!checked.evaluated, "{name}");
        all.push_str(&format!("== {name}\n{drawn}\n"));
    }
    insta::assert_snapshot!(all);
}

#[test]
fn limits_hold_for_what_a_workbook_unpacks_to() {
    // A megabyte of blanks packs into a kilobyte.
    let mut tables = estate();
    tables.insert("vCD", table(&format!("VM|Powerstate\nweb01|{}x", "y".repeat(30_000))));
    let bytes = workbook(&tables);
    let mut session = options();
    session.limits.inputs.file_size = 60_000;
    assert!(bytes.len() < 60_000, "{}", bytes.len());
    let files = files().with("export.xlsx", bytes);
    let mut session = Session::new(&files, session);
    let checked = session.check(&[PathBuf::from("export.xlsx")]);
    let told: Vec<&str> = checked.diagnostics.iter().map(|told| told.message.as_str()).collect();
    assert!(told.iter().any(|told| told.contains("too large unpacked") && told.contains("`file-size`")), "{told:?}");
}

fn field() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        Just(String::new()),
        Just("True".to_owned()),
        Just("False".to_owned()),
        Just("bios".to_owned()),
        "[1-9][0-9]{0,5}",
        "[a-z;,\"# ]{1,8}",
        "\\[[a-z]{0,3}\\] [a-z]{1,4}\\.vmdk",
    ];
    // Blanks around a field mean nothing.
    word.prop_map(|text| text.trim().to_owned())
}

fn rows(titles: &'static str, first: impl Strategy<Value = String>) -> impl Strategy<Value = Vec<Vec<String>>> {
    let titles: Vec<String> = titles.split('|').map(str::to_owned).collect();
    let width = titles.len();
    let row = (first, proptest::collection::vec(field(), width - 1))
        .prop_map(|(name, rest)| std::iter::once(name).chain(rest).collect::<Vec<_>>());
    proptest::collection::vec(row, 0..6).prop_map(move |rows| std::iter::once(titles.clone()).chain(rows).collect())
}

fn exports() -> impl Strategy<Value = Tables> {
    let name = || prop_oneof!["[a-c]", Just("web01".to_owned())];
    (
        rows("VM|Powerstate|Guest state|CBT|Disks|Firmware|HW version|Host|VM ID|Cluster", name()),
        rows("VM|Powerstate|Capacity MiB|Raw|Path|Unit #|Label|Host|VM ID", name()),
        rows("VM|Powerstate|Disk|Free MiB|Disk Key", name()),
        rows("VM|Powerstate|Adapter|IPv4 Address", name()),
    )
        .prop_map(|(info, disk, partition, network)| {
            Tables::from([("vInfo", info), ("vDisk", disk), ("vPartition", partition), ("vNetwork", network)])
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn a_workbook_and_texts_are_one_export(
        tables in exports(),
        separator in prop_oneof![Just(','), Just(';')],
        mark: bool,
        quoted: bool,
        returns: bool,
    ) {
        let style = Style { separator, mark, quoted, returns };
        let files = texts(files().with("export.xlsx", workbook(&tables)), &tables, style);
        let (book, told) = imported(&files, "export.xlsx");
        let (text, other) = imported(&files, "out");
        prop_assert_eq!(book, text, "{}\n{}", told, other);
    }

    #[test]
    fn a_damaged_workbook_never_panics(at in 0usize..20_000, with: u8, cut in 0usize..20_000) {
        let mut bytes = workbook(&estate());
        let length = bytes.len();
        if let Some(byte) = bytes.get_mut(at % length) {
            *byte = with;
        }
        bytes.truncate(if cut % 2 == 0 { length } else { cut % length });
        let files = files().with("export.xlsx", bytes);
        let (lines, told) = imported(&files, "export.xlsx");
        prop_assert!(!lines.is_empty() || !told.is_empty());
    }
}
