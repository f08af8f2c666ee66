//! Exports that say less than they seem to: words of another language, lists that were cut, several servers, and shares that
//! are spelled in two ways.

use clearway::facts::document::Document;

use super::*;

/// Exports that stand in one list: one inventory each.
fn together(texts: &[&str]) -> Vec<Value> {
    let mut map = SourceMap::new();
    let documents: Vec<Document> = texts
        .iter()
        .map(|text| {
            let id = map.add("x.json", *text).unwrap();
            let mut read = read::read(Format::Json, map.file(id).unwrap(), &Limits::default());
            read.documents.remove(0)
        })
        .collect();
    let documents: Vec<&Document> = documents.iter().collect();
    assert!(documents.iter().all(|document| scvmm::recognise(document)));
    scvmm::import_all(&documents).into_iter().map(|(value, _)| value).collect()
}

fn host(members: &str) -> Value {
    let export = format!(
        r#"{{"hosts":[{{"Name":"h1.x.example","DiskVolumes":{{}},"RegisteredStorageFileShares":{{}},{members}}}]}}"#
    );
    together(&[&export])[0].clone()
}

fn machine(members: &str) -> Value {
    let export = format!(r#"{{"vms":[{{"Name":"v","HostName":"h",{members}}}]}}"#);
    rows(&together(&[&export])[0], "vms")[0].clone()
}

#[test]
fn words_of_another_language_decide_nothing() {
    for (state, responding, storage) in [
        (r#""CommunicationStateString":"Antwortet""#, "?", "?"),
        (r#""CommunicationStateString":"Antwortet","CommunicationState":0"#, "true", "[]"),
        (r#""CommunicationStateString":"Antwortet nicht","CommunicationState":7"#, "?", "?"),
        (r#""CommunicationStateString":"RESPONDING""#, "true", "[]"),
        (r#""CommunicationStateString":"not responding""#, "false", "?"),
        (r#""CommunicationState":"NotResponding""#, "false", "?"),
        (r#""CommunicationState":"Responding","CommunicationStateString":"Antwortet""#, "true", "[]"),
    ] {
        let value = host(state);
        let host = &rows(&value, "hosts")[0];
        assert_eq!(
            (text(host, "responding").as_str(), text(host, "storage").as_str()),
            (responding, storage),
            "{state}"
        );
    }
    let value = host(
        r#""FibreChannelSANStatus":"Erfolgreich (0)","ISCSISANStatus":"success (0)","NPIVFibreChannelSANStatus":"Fehler (26207)""#,
    );
    assert_eq!(text(&rows(&value, "hosts")[0], "san-status"), "[fibre-channel iscsi]");
    assert_eq!(text(&machine(r#""SANStatus":["Erfolgreich (0)"]"#), "san-status"), "ok");
    let state = |members: &str| text(&machine(members), "state");
    assert_eq!(state(r#""VirtualMachineStateString":"Wird ausgeführt","VirtualMachineState":0"#), "running");
    assert_eq!(state(r#""VirtualMachineStateString":"Wird ausgeführt""#), "?");
    assert_eq!(state(r#""VirtualMachineStateString":"RUNNING""#), "running");
}

#[test]
fn a_status_is_fine_where_it_is_a_power_state_that_is_known() {
    let status = |members: &str| text(&machine(members), "status");
    for fine in ["Running", "PowerOff", "Saved", "SavedState", "Paused", "Stopped"] {
        assert_eq!(status(&format!(r#""StatusString":"{fine}""#)), "ok", "{fine}");
    }
    for other in ["Missing", "Stored", "MigrationFailed", "UnsupportedCluster"] {
        let both = format!(r#""StatusString":"{other}","VirtualMachineStateString":"{other}""#);
        assert_eq!(status(&both), other);
    }
    assert_eq!(status(r#""StatusString":"Wird ausgeführt","Status":0"#), "ok");
}

/// What the exports' hosts have under a member, in the order of the hosts' names.
fn of_hosts(texts: &[&str], path: &str) -> String {
    let values = together(texts);
    let hosts = values.iter().filter_map(|value| match value.get("hosts") {
        Some(Value::List(hosts, _)) => Some(hosts),
        _ => None,
    });
    let mut said: Vec<String> =
        hosts.flatten().map(|host| format!("{}={}", text(host, "name"), text(host, path))).collect();
    said.sort();
    said.join(" ")
}

/// An export of hosts that are there, and more.
fn hosts(names: &[&str], more: &str) -> String {
    let hosts = names.iter().map(|name| {
        let (name, member) = name.split_once(' ').unwrap_or((name, r#""ID":"""#));
        format!(r#"{{"Name":"{name}","CommunicationState":0,"DiskVolumes":{{}},{member}}}"#)
    });
    format!(r#"{{"hosts":[{}]{more}}}"#, hosts.collect::<Vec<_>>().join(","))
}

#[test]
fn a_cluster_that_does_not_say_its_nodes_makes_no_host_stand_alone() {
    let clusters = |nodes: &str| {
        let hosts = hosts(
            &["a", r#"b "HostCluster":{"Name":"k.x"}"#, r#"c "HostCluster":null"#],
            &format!(
                r#","clusters":[{{"ClusterName":"k","Name":"k.x"{nodes}}},{{"ClusterName":"l","Nodes":[{{"Name":"d"}}]}}]"#
            ),
        );
        of_hosts(&[&hosts], "cluster")
    };
    for cut in ["", r#","Nodes":"a b""#, r#","Nodes":null"#] {
        assert_eq!(clusters(cut), "a=? b=k c=null d=l", "{cut}");
    }
    assert_eq!(clusters(r#","Nodes":[{"Name":"b"}]"#), "a=null b=k c=null d=l");
    assert_eq!(clusters(r#","Nodes":{}"#), "a=null b=k c=null d=l");
}

#[test]
fn a_network_whose_host_is_unclear_may_be_anybodys() {
    let switches = |network: &str| {
        let networks = format!(r#","vnets":[{{"Name":"s","VMHostName":"a.x.example"}},{{"Name":"t",{network}}}]"#);
        of_hosts(&[&hosts(&["a.x.example", "b.x.example", "b.y.example", "10.0.0.7"], &networks)], "switches")
    };
    let unclear = "10.0.0.7=? a.x.example=[s] b.x.example=? b.y.example=?";
    for network in [r#""VMHost":null"#, r#""ID":"1""#, r#""VMHostName":"B""#] {
        assert_eq!(switches(network), unclear, "{network}");
    }
    let both = "10.0.0.7=[] a.x.example=[s t] b.x.example=[] b.y.example=[]";
    for network in [r#""VMHostName":"A""#, r#""VMHost":{"Name":"a.x.example"}"#] {
        assert_eq!(switches(network), both, "{network}");
    }
    for other in [r#""VMHostName":"z.x.example""#, r#""VMHostName":"10""#] {
        assert_eq!(switches(other), "10.0.0.7=[] a.x.example=[s] b.x.example=[] b.y.example=[]");
    }
}

#[test]
fn each_server_speaks_of_its_own_hosts() {
    let first =
        hosts(&["a"], r#","clusters":[{"ClusterName":"k","Nodes":{}}],"vnets":[{"Name":"s","VMHostName":"a"}]"#);
    let (second, networks) = (hosts(&["b"], ""), r#"[{"Name":"t","VMHostName":"c","ID":"1","VMHost":"c"}]"#);
    let told = |texts: &[&str]| (of_hosts(texts, "cluster"), of_hosts(texts, "switches"));
    assert_eq!(told(&[&first, &second]), ("a=null b=?".into(), "a=[s] b=?".into()));
    assert_eq!(told(&[&second, &first]), ("a=null b=?".into(), "a=[s] b=?".into()));
    let split = format!(r#"{{"vms":[{{"Name":"v","VMCPath":"x"}}],"clusters":[],"vnets":{networks}}}"#);
    assert_eq!(told(&[&split, &first, &second]), ("a=null b=null".into(), "a=[s] b=[]".into()));
}

#[test]
fn a_share_that_is_spelled_in_two_ways_is_one_where_its_server_is_clear() {
    let shares = |paths: &[&str], machine: &str| {
        let names = ["h1", "h2", "h3"];
        let hosts = names.iter().zip(paths).map(|(name, path)| {
            let share = format!(r#""RegisteredStorageFileShares":[{{"SharePath":"{path}"}}]"#);
            format!(r#"{{"Name":"{name}","CommunicationState":0,"DiskVolumes":{{}},{share}}}"#)
        });
        let hosts = hosts.collect::<Vec<_>>().join(",");
        let vm = format!(r#"{{"Name":"v","HostName":"h1","VMCPath":"{machine}\\v.xml"}}"#);
        let value = together(&[&format!(r#"{{"hosts":[{hosts}],"vms":[{vm}]}}"#)]).remove(0);
        let names = rows(&value, "storage").iter().map(|row| text(row, "name")).collect::<Vec<_>>().join(" ");
        let of_hosts = rows(&value, "hosts").iter().map(|row| text(row, "storage")).collect::<String>();
        (names, of_hosts, text(&rows(&value, "vms")[0], "storage"))
    };
    let full = r"\\fs.corp.x\vms";
    let one = (full.to_owned(), format!("[{full}]").repeat(2), full.to_owned());
    assert_eq!(shares(&[r"\\\\fs.corp.x\\vms", r"\\\\FS\\VMS\\"], r"\\\\Fs\\vms"), one);
    assert_eq!(shares(&[r"\\\\FS\\VMS", r"\\\\fs.corp.x\\vms\\"], r"\\\\fs.corp.x\\vms"), one);
    let (names, ..) = shares(&[r"\\\\FS\\VMS", r"\\\\fs.corp.x\\vms", r"\\\\fs.corp.y\\vms"], r"\\\\FS\\vms");
    assert_eq!(names, r"\\FS\VMS \\fs.corp.x\vms \\fs.corp.y\vms");
    let (names, _, of_machine) = shares(&[r"\\\\10.0.0.7\\vms"], r"\\\\10\\vms");
    assert_eq!((names.as_str(), of_machine.as_str()), (r"\\10.0.0.7\vms \\10\vms", r"\\10\vms"));
}

#[test]
fn objects_that_are_not_there_make_a_file_empty_or_useless() {
    let read_one = |inner: &str| {
        let text = format!(
            r#"<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">{inner}</Objs>"#
        );
        let mut map = SourceMap::new();
        let id = map.add("x.xml", text).unwrap();
        let (document, told) = read::read_one(Format::Clixml, map.file(id).unwrap(), &Limits::default());
        let told: Vec<String> = told.iter().map(|wrong| format!("{:?} {}", wrong.severity, wrong.code)).collect();
        (document.is_some(), told.join(", "))
    };
    for nothing in ["", "<Nil/>", r#"<Obj RefId="0"><LST/></Obj>"#] {
        assert_eq!(read_one(nothing), (true, "Warning CW331".to_owned()), "{nothing}");
    }
    let vm = r#"<Obj RefId="0"><Props><S N="Name">v</S><S N="HostName">h</S><S N="VMCPath">x</S><Ref N="DVDISO" RefId="9"/></Props></Obj>"#;
    assert_eq!(read_one(vm), (false, "Error CW302".to_owned()), "nothing of it is used, as is said");
}
