//! Exports that `Export-Clixml` wrote: our own small one, the real one where it lies beside the project, and the JSON exports
//! written as CLIXML, which say the same.

use std::fmt::Write as _;

use clearway::facts::read::add_file;
use clearway::source::SourceFile;

use super::*;

const OBJECTS: &str = "tests/data/scvmm-small.clixml.xml";
const REAL: &str = "../shared/data/scvmm/inventory-2014.clixml.xml";

fn bytes(path: &str) -> Option<Vec<u8>> {
    let found = std::fs::read(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).ok();
    if found.is_none() {
        eprintln!("skipped: {path} is not here");
    }
    found
}

fn small() -> String {
    String::from_utf8(bytes(OBJECTS).unwrap()).unwrap()
}

/// An export read from bytes: its inventory and everything wrong with it.
fn take(name: &str, bytes: impl Into<Vec<u8>>, limits: &Limits) -> (Option<Value>, Vec<String>, SourceMap) {
    let mut map = SourceMap::new();
    let mut told = Vec::new();
    let mut value = None;
    match add_file(&mut map, name, bytes.into(), limits) {
        Err(wrong) => told.push(*wrong),
        Ok(id) => {
            let read = read::read(Format::Clixml, map.file(id).unwrap(), limits);
            told.extend(read.diagnostics);
            if let Some(document) = read.documents.first() {
                let (inventory, odd) = scvmm::import(document);
                told.extend(odd);
                value = Some(inventory);
            }
        }
    }
    let lines = told.iter().map(|wrong| {
        let place = map.locate(wrong.span()).map_or_else(String::new, |at| format!("{}:{} ", at.line, at.column));
        let helps = wrong.help.as_ref().map_or_else(String::new, |help| format!("\n  help: {help}"));
        format!("{place}{} {}{helps}", wrong.code, wrong.message)
    });
    (value, lines.collect(), map)
}

fn inventory(text: &str) -> Value {
    let (value, told, _) = take("x.xml", text, &Limits::default());
    assert!(told.is_empty(), "{told:?}");
    value.unwrap()
}

#[test]
fn small_objects_as_an_inventory() {
    insta::assert_snapshot!(yaml(&inventory(&small()).document()));
}

#[test]
fn the_real_objects_have_the_numbers_they_have() {
    let Some(bytes) = bytes(REAL) else { return };
    let (value, told, map) = take(REAL, bytes, &Limits::default());
    assert!(told.is_empty(), "{told:?}");
    let value = value.unwrap();
    assert_eq!(
        ["hosts", "clusters", "storage", "vms"].map(|section| rows(&value, section).len()),
        [3, 1, 11, 23],
        "nine volumes, and two shares of the library"
    );
    let vms = rows(&value, "vms");
    let told = |path: &str| tally(vms.iter().map(|vm| text(vm, path)));
    let expect = |list: &[(&str, usize)]| list.iter().map(|(k, n)| ((*k).to_owned(), *n)).collect::<BTreeMap<_, _>>();
    assert_eq!(told("state"), expect(&[("running", 9), ("off", 14)]));
    assert_eq!(told("status"), expect(&[("ok", 20), ("Stored", 2), ("Missing", 1)]));
    assert_eq!(told("highly-available"), expect(&[("false", 23)]));
    assert_eq!(told("processor-compatibility"), expect(&[("false", 23)]));
    assert_eq!(
        told("san-status"),
        expect(&[("ok", 7), ("DeployVMNonSANDisk (1209)", 5), ("DeployLUNNotFoundUsingStorageProvider (26207)", 11)])
    );
    let disks: Vec<&Value> = vms.iter().flat_map(|vm| list(vm, "disks")).collect();
    assert_eq!(disks.len(), 18);
    assert!(disks.iter().all(|disk| text(disk, "shared") == "false" && text(disk, "storage") != "?"));
    assert_eq!(disks.iter().filter(|disk| text(disk, "snapshot") == "true").count(), 5);
    assert_eq!(vms.iter().filter(|vm| text(vm, "snapshots") != "0").count(), 5);
    let with_image: Vec<&Value> = vms.iter().filter(|vm| !list(vm, "images").is_empty()).collect();
    assert_eq!(with_image.iter().map(|vm| text(vm, "name")).collect::<Vec<_>>(), ["Salesforce_A"]);
    assert_eq!(vms.iter().filter(|vm| text(vm, "host") == "?").count(), 2, "two machines lie in the library");

    let alone = row(&value, "hosts", "hyperv-h01.manageiq.com");
    for (path, expected) in [
        ("cluster", "null"),
        ("live-migration/enabled", "false"),
        ("cpu/family", "179"),
        ("san-status", "[iscsi]"),
        ("switches", "?"),
        ("cpu/hardware-virtualization", "?"),
        ("live-migration/networks", "?"),
    ] {
        assert_eq!(text(alone, path), expected, "{path}");
    }
    let node = row(&value, "hosts", "SFBronagh.manageiq.com");
    for (path, expected) in [("cluster", "US_East"), ("cpu/family", "12"), ("live-migration/enabled", "true")] {
        assert_eq!(text(node, path), expected, "{path}");
    }
    let cluster = &rows(&value, "clusters")[0];
    assert_eq!((text(cluster, "failover-cluster"), text(cluster, "csv-enabled")), ("true".into(), "false".into()));

    // Every fact stands where it is read.
    let Some(Value::Scalar(_, _, span)) = at(alone, "live-migration/enabled") else { panic!() };
    assert_eq!(map.text(*span), Some("false"));
    let place = map.locate(*span).unwrap();
    let line = map.file(map.file_of(*span).unwrap()).unwrap().line(place.line - 1).unwrap().1.to_owned();
    assert!(line.contains("N=\"EnableLiveMigration\""), "{line}");
    assert_eq!(line.get(place.column - 1..place.end_column - 1), Some("false"));
}

#[test]
fn places_point_into_the_objects() {
    let text = small();
    let (value, _, map) = take(OBJECTS, text.clone(), &Limits::default());
    fn walk(value: &Value, map: &SourceMap, places: &mut usize) {
        match value {
            Value::List(values, span) => {
                assert!(map.locate(*span).is_some());
                values.iter().for_each(|value| walk(value, map, places));
            }
            Value::Map(members, span) => {
                assert!(map.locate(*span).is_some());
                members.iter().for_each(|(_, _, value)| walk(value, map, places));
            }
            Value::Scalar(_, _, span) | Value::Null(span) => {
                let at = map.text(*span).unwrap();
                assert!(!at.is_empty() && !at.contains('\n') || at.starts_with("<Obj"), "{at}");
                *places += 1;
            }
        }
    }
    let mut places = 0;
    walk(&value.unwrap(), &map, &mut places);
    assert!(places > 150, "{places}");
}

#[test]
fn utf16_is_what_export_clixml_writes() {
    let text = small();
    let expected = show(&inventory(&text));
    let little = |mark: &str| format!("{mark}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
    let big = format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<_>>();
    let declared = format!("\u{feff}<?xml version=\"1.0\" encoding=\"utf-16\"?>\r\n{text}");
    for bytes in [little("\u{feff}"), little(""), little("\u{feff}\r\n"), big, declared.into_bytes()] {
        let (value, told, _) = take("x.xml", bytes, &Limits::default());
        assert!(told.is_empty(), "{told:?}");
        assert_eq!(show(&value.unwrap()), expected);
    }
    let mut cut = little("\u{feff}");
    cut.truncate(20_001);
    let (value, told, _) = take("x.xml", cut, &Limits::default());
    assert!(value.is_none());
    assert_eq!(told.len(), 1, "{told:?}");
    let plan = "plan: a\nsteps: []\n".encode_utf16().flat_map(u16::to_le_bytes);
    let mut map = SourceMap::new();
    let bytes: Vec<u8> = [0xff, 0xfe].into_iter().chain(plan).collect();
    assert!(add_file(&mut map, "a.plan.yaml", bytes, &Limits::default()).is_err(), "a plan is edited, so it is UTF-8");
}

/// Objects around one member of a machine, and what the inventory makes of it.
fn machine(members: &str) -> Value {
    let text = format!(
        r#"<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04"><Obj RefId="0"><TN RefId="0">
        <T>Deserialized.Microsoft.SystemCenter.VirtualMachineManager.VM</T></TN><ToString>v</ToString><Props><S N="Name">v</S>
        {members}</Props></Obj></Objs>"#
    );
    rows(&inventory(&text), "vms")[0].clone()
}

#[test]
fn shapes_of_clixml() {
    let state =
        |text: &str| text_of(&machine(&format!(r#"<Obj N="VirtualMachineState" RefId="3">{text}</Obj>"#)), "state");
    fn text_of(value: &Value, path: &str) -> String {
        super::text(value, path)
    }
    assert_eq!(state("<ToString>Paused</ToString><I32>5</I32>"), "paused", "an enumeration by its name");
    assert_eq!(state("<I32>1</I32>"), "off", "else by its number");
    assert_eq!(state("<S>Saved</S><MS><S N=\"PSComputerName\">x</S></MS>"), "saved", "a text with members of its own");
    assert_eq!(state("<!-- ? --><S><![CDATA[Sav]]>&#101;&#x64;</S>"), "saved");

    for (written, meant) in [
        ("a_x000A_b", "a\nb"),
        ("_x005F_x000A_", "_x000A_"),
        ("&lt;&amp;&quot;&apos;&gt;", "<&\"'>"),
        ("_xD83D__xDE00_", "😀"),
        ("_xD83D_", "\u{fffd}"),
        ("one\r\ntwo", "one\ntwo"),
    ] {
        assert_eq!(text_of(&machine(&format!("<S N=\"HostName\">{written}</S>")), "host"), meant);
    }
    assert_eq!(text_of(&machine(r#"<S N="Host_x004E_ame">h</S>"#), "host"), "h", "names are escaped, too");
    assert_eq!(text_of(&machine("<C N=\"HostName\">104</C>"), "host"), "h");
    assert_eq!(text_of(&machine("<B N=\"IsHighlyAvailable\"> true </B>"), "highly-available"), "true");
    for list in ["LST", "IE", "QUE", "STK"] {
        let points = format!(r#"<Obj N="VMCheckpoints" RefId="3"><{list}><S>a</S><Nil /><S>b</S></{list}></Obj>"#);
        assert_eq!(text_of(&machine(&points), "snapshots"), "3", "{list}");
        assert_eq!(
            text_of(&machine(&format!(r#"<Obj N="VMCheckpoints" RefId="3"><{list} /></Obj>"#)), "snapshots"),
            "0"
        );
    }
    let twice = machine(r#"<S N="HostName">h</S><S N="HostName">i</S>"#);
    assert_eq!(text_of(&twice, "host"), "h", "members of the object go before those that PowerShell added");
    let kinds = "By SB U16 I16 U32 I32 U64 I64 Sg Db D"
        .split(' ')
        .map(|kind| text_of(&machine(&format!("<{kind} N=\"Memory\">512</{kind}>")), "memory"));
    assert!(kinds.clone().all(|memory| memory == "512 MiB"), "{:?}", kinds.collect::<Vec<_>>());
    for kind in ["S", "DT", "TS", "G", "URI", "Version", "XD", "SBK", "BA"] {
        assert_eq!(text_of(&machine(&format!("<{kind} N=\"HostName\">h</{kind}>")), "host"), "h", "{kind}");
    }
    let unheard = machine("<Unheard N=\"HostName\"><S N=\"Name\">x</S></Unheard>");
    assert_eq!(text_of(&unheard, "host"), "?", "what nobody knows says nothing");
}

#[test]
fn references_are_followed_and_circles_end() {
    let shared = machine(
        r#"<Obj N="Nothing that is read" RefId="4"><LST><Obj RefId="5"><ToString>DVD</ToString><Props><S N="SharePath">\\f\s\a.iso</S>
        <Ref N="ISO" RefId="0" /></Props></Obj></LST></Obj><Obj N="DVDISO" RefId="6"><LST><Ref RefId="5" /><Ref RefId="5" /></LST></Obj>"#,
    );
    assert_eq!(text(&shared, "images"), r"[{path: \\f\s\a.iso, storage: \\f\s} {path: \\f\s\a.iso, storage: \\f\s}]");
    let circle = machine(
        r#"<Obj N="ParentDisk" RefId="4"><Props><Ref N="ParentDisk" RefId="4" /></Props></Obj><Ref N="HostName" RefId="0" />"#,
    );
    assert_eq!(text(&circle, "host"), "v", "an object within itself is what it calls itself");
}

#[test]
fn several_files_of_bare_objects_belong_together() {
    let head = r#"<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">"#;
    let object = |class: &str, id: u32, members: &str| {
        format!(
            "<Obj RefId=\"{id}\"><TN RefId=\"{id}\"><T>Selected.Microsoft.SystemCenter.VirtualMachineManager.{class}</T>\
             <T>System.Management.Automation.PSCustomObject</T></TN><MS>{members}</MS></Obj>"
        )
    };
    let list = |name: &str, id: u32, of: &str| format!("<Obj N=\"{name}\" RefId=\"{id}\"><LST>{of}</LST></Obj>");
    let volume = object(
        "StorageVolume",
        3,
        r#"<S N="Name">D:\</S><B N="IsClusterSharedVolume">false</B><B N="IsClustered">true</B>"#,
    );
    let host = object(
        "Host",
        0,
        &format!(
            "<S N=\"Name\">h1.x.example</S><S N=\"HostCluster\">c1.x.example</S>{}{}",
            list("DiskVolumes", 2, &volume),
            list("RegisteredStorageFileShares", 4, "")
        ),
    );
    let machine = object("VM", 0, r#"<S N="Name">v</S><S N="HostName">H1.X.EXAMPLE</S><S N="VMCPath">d:\v\v.xml</S>"#);
    // One object, or a list of them: both are what a pipe may write.
    let hosts = format!("{head}{host}</Objs>");
    let machines = format!("{head}<Obj RefId=\"9\"><LST>{machine}</LST></Obj></Objs>");
    let mut map = SourceMap::new();
    let mut documents = Vec::new();
    for (name, text) in [("vms.xml", &machines), ("hosts.xml", &hosts)] {
        let id = map.add(name, text.as_str()).unwrap();
        let read = read::read(Format::Clixml, map.file(id).unwrap(), &Limits::default());
        assert!(read.diagnostics.is_empty(), "{:?}", read.diagnostics);
        documents.extend(read.documents);
    }
    let together = scvmm::import_all(&documents.iter().collect::<Vec<_>>());
    let shown: Vec<String> = together.iter().map(|(value, _)| show(value)).collect();
    assert_eq!(shown[0], r"{vms: [{name: v, host: h1.x.example, storage: h1:D:\}]}");
    assert_eq!(
        shown[1],
        r"{hosts: [{name: h1.x.example, cluster: c1, storage: [h1:D:\]}], clusters: [{name: c1, csv-enabled: false}], storage: [{name: h1:D:\, kind: cluster-disk, path: D:\, cluster: c1}]}"
    );
    assert!(together.iter().all(|(_, odd)| odd.is_empty()));
    let (alone, odd) = scvmm::import(&documents[0]);
    assert_eq!(show(&alone), "{vms: [{name: v, host: H1.X.EXAMPLE}]}", "its host is in a file that is not here");
    assert!(odd.is_empty(), "{odd:?}");
}

#[test]
fn what_the_depth_limit_cut_is_unknown_and_told() {
    let cut = r#"<Obj N="VirtualHardDisks" RefId="3"><LST><S>a disk</S></LST></Obj>"#;
    let text = format!(
        r#"<Objs xmlns="http://schemas.microsoft.com/powershell/2004/04"><Obj RefId="0"><TN RefId="0"><T>Microsoft.SystemCenter.VirtualMachineManager.VM</T></TN>
        <Props><S N="Name">v</S>{cut}</Props></Obj></Objs>"#
    );
    let (value, told, _) = take("x.xml", text, &Limits::default());
    assert_eq!(show(&value.unwrap()), "{vms: [{name: v}]}");
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn what_is_no_clixml_is_told_with_its_place() {
    let head = "<Objs xmlns=\"http://schemas.microsoft.com/powershell/2004/04\">";
    let bomb = (1..40).fold(String::from("<Obj RefId=\"0\"><LST><S>a</S><S>b</S></LST></Obj>"), |text, id| {
        let before = id - 1;
        format!("{text}<Obj RefId=\"{id}\"><LST><Ref RefId=\"{before}\" /><Ref RefId=\"{before}\" /></LST></Obj>")
    });
    let texts = [
        ("nothing", String::new()),
        ("other objects", format!("{head}<S>text</S></Objs>")),
        ("another root", "<inventory><host/></inventory>".into()),
        ("no root", "<?xml version=\"1.0\"?>\n<!-- nothing -->\n".into()),
        ("two roots", format!("{head}<S>a</S></Objs>\n<Objs/>")),
        ("cut off in an element", format!("{head}\n  <Obj RefId=\"0\">\n    <Props>\n      <S N=\"Name\">web")),
        ("cut off in a tag", format!("{head}\n  <Obj RefId=\"0\">\n    <Pro")),
        ("cut off in an attribute", format!("{head}\n  <Obj RefId=\"0")),
        ("tags that do not fit", format!("{head}\n  <Obj RefId=\"0\"><Props></Obj></Objs>")),
        ("a declaration", format!("<!DOCTYPE Objs [<!ENTITY a \"&b;&b;\">]>\n{head}</Objs>")),
        ("an entity", format!("{head}<S>&copy;</S></Objs>")),
        ("a letter that is none", format!("{head}<S>&#xFFFFFFFF;</S></Objs>")),
        ("text between elements", format!("{head}\n  <Obj RefId=\"0\">web01</Obj></Objs>")),
        ("an element in a text", format!("{head}<S>a<B>true</B></S></Objs>")),
        ("an attribute twice", format!("{head}<S N=\"a\" N=\"b\">a</S></Objs>")),
        ("a reference to nothing", format!("{head}<Ref RefId=\"7\" /></Objs>")),
        ("depth", format!("{head}{}", "<Obj RefId=\"1\"><LST>".repeat(70))),
        ("depth of what is passed over", format!("{head}{}", "<Unheard>".repeat(1000))),
        ("references that multiply", format!("{head}{bomb}</Objs>")),
    ];
    let mut out = String::new();
    for (what, text) in texts {
        let (value, told, _) = take("x.xml", text, &Limits { values: 10_000, ..Limits::default() });
        assert!(value.is_none(), "{what}");
        writeln!(out, "{what}:\n{}", told.join("\n")).unwrap();
    }
    insta::assert_snapshot!(out);
}

#[test]
fn a_file_that_was_cut_off_is_told_wherever_it_was_cut() {
    let text = small();
    let end = text.trim_end().len();
    for length in (0..end).step_by(211).chain([1, 5, end - 1]) {
        let (value, told, _) = take("x.xml", &text.as_bytes()[..length], &Limits::default());
        assert!(value.is_none() && told.len() == 1, "{length}: {told:?}");
    }
}

/// A JSON value as `Export-Clixml` would write it; what stood before is referred to.
#[derive(Default)]
struct Writer {
    out: String,
    next: u32,
    before: BTreeMap<String, u32>,
    /// Whether members are PowerShell's own (`MS`), or the object's.
    added: bool,
}

impl Writer {
    fn put(&mut self, value: &serde_json::Value, name: Option<&str>) {
        let attribute = name.map_or_else(String::new, |name| format!(" N=\"{}\"", escaped(name)));
        let leaf = match value {
            serde_json::Value::Null => Some(format!("<Nil{attribute} />")),
            serde_json::Value::Bool(on) => Some(format!("<B{attribute}>{on}</B>")),
            serde_json::Value::Number(number) => Some(format!("<I64{attribute}>{number}</I64>")),
            serde_json::Value::String(text) => Some(format!("<S{attribute}>{}</S>", escaped(text))),
            _ => None,
        };
        if let Some(leaf) = leaf {
            self.out.push_str(&leaf);
            return;
        }
        if let Some(id) = self.before.get(&value.to_string()) {
            write!(self.out, "<Ref{attribute} RefId=\"{id}\" />").unwrap();
            return;
        }
        let id = self.next;
        self.next += 1;
        write!(self.out, "<Obj{attribute} RefId=\"{id}\">").unwrap();
        match value {
            serde_json::Value::Array(elements) => {
                self.out.push_str("<LST>");
                elements.iter().for_each(|element| self.put(element, None));
                self.out.push_str("</LST>");
            }
            serde_json::Value::Object(members) => {
                let tag = if self.added { "MS" } else { "Props" };
                write!(self.out, "<{tag}>").unwrap();
                members.iter().for_each(|(name, value)| self.put(value, Some(name)));
                write!(self.out, "</{tag}>").unwrap();
            }
            _ => {}
        }
        self.out.push_str("</Obj>");
        self.before.insert(value.to_string(), id);
    }
}

fn escaped(text: &str) -> String {
    let text = text.replace("_x", "_x005F_x").replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
    text.chars().map(|c| if c.is_control() { format!("_x{:04X}_", u32::from(c)) } else { c.to_string() }).collect()
}

fn as_objects(json: &serde_json::Value, added: bool) -> String {
    let mut writer = Writer { added, ..Writer::default() };
    writer.put(json, None);
    format!("<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\">{}</Objs>", writer.out)
}

/// The same export as JSON and as CLIXML gives the same inventory and the same complaints.
fn the_same(json: &serde_json::Value, added: bool) {
    let of_json = import("x.json", &json.to_string());
    let of_objects = import("x.xml", &as_objects(json, added));
    let shown = |of: Option<(Value, Vec<Diagnostic>, SourceMap)>| {
        of.map(|(value, odd, _)| (show(&value), odd.into_iter().map(|odd| odd.message).collect::<Vec<_>>()))
    };
    assert_eq!(shown(of_objects), shown(of_json));
}

#[test]
fn a_json_export_says_the_same_as_objects() {
    for path in [SMALL, super::REAL] {
        let Some(bytes) = bytes(path) else { continue };
        let json: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        the_same(&json, false);
        the_same(&json, true);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    /// So does whatever is left of one.
    #[test]
    fn a_damaged_export_says_the_same_as_objects(
        choices in proptest::collection::vec((any::<prop::sample::Index>(), 0u8..6), 1..30),
        added in any::<bool>(),
    ) {
        the_same(&damaged(choices), added);
    }

    /// Whatever is put into the bytes, reading ends.
    #[test]
    fn damaged_objects_are_told_or_read(
        places in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0usize..40), 1..12),
    ) {
        let mut bytes = bytes(OBJECTS).unwrap();
        for (place, byte, gone) in places {
            let at = place.index(bytes.len());
            let end = (at + gone).min(bytes.len());
            bytes.splice(at..end, [byte]);
        }
        let (value, told, _) = take("x.xml", bytes, &Limits::default());
        prop_assert!(value.is_some() || !told.is_empty());
    }
}

#[test]
fn a_source_file_is_needed_for_nothing_but_its_text() {
    // The reader takes its places from the file, wherever it lies among others.
    let mut map = SourceMap::new();
    map.add("before.yaml", "a: b\n").unwrap();
    let id = map.add(OBJECTS, small()).unwrap();
    let file: &SourceFile = map.file(id).unwrap();
    let read = read::read(Format::Clixml, file, &Limits::default());
    let (value, _) = scvmm::import(&read.documents[0]);
    let Some(Value::Scalar(name, _, span)) = rows(&value, "vms")[0].get("name") else { panic!() };
    assert_eq!(map.text(*span), Some(name.as_str()));
}
