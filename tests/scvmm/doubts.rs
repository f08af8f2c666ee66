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
