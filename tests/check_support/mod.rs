//! Texts in, plain lines out: what the tests of the checker share.
#![allow(dead_code, missing_docs)]

use clearway::check::{Checked, PackFiles, check};
use clearway::source::SourceMap;

/// A vocabulary to be wrong about.
pub const VOCABULARY: &str = r#"pack demo

enum transfer { live, quick, network }
enum kind { local, share, csv }
enum extent { machine, storage, both }

source page { title "A page" }

entity host {
  name:    name key
  cluster: cluster?
  memory:  { total: size, free: size }
  storage: [storage]
  version: version
  limit:   number
  patched: date
  uptime:  duration
  tags:    map of text
}
entity cluster { name: name key, csv: bool, owner: host? }
entity storage { name: name key, kind: kind, free: size, path: text? }
entity vm { name: name key, host: host, disks: [disk], running: bool, notes: text? }
part disk { name: name, storage: storage, size: size, base: base? }
part base { name: name, storage: storage }

entity step {
  vm:       vm
  transfer: transfer? default none
  to:       { host: host? default none, disks: map by name of storage default {} }
}

input plan with inventory { hosts: [host], clusters: [cluster], storage: [storage], vms: [vm] }

derive step.source = step.vm.host
derive step.destination: host = step.to.host else step.vm.host
derive host.clustered: bool = host.cluster exists
derive step.clustered: bool = step.source.clustered and step.destination.clustered
derive step.moves: extent = if step.to.host exists then machine else storage
define reaches(h: host, s: storage): bool = s in h.storage
define joined(a: host, b: host): bool = a.cluster exists and b.cluster exists and a.cluster == b.cluster
"#;

/// Checks packs of files given as texts.
pub fn check_packs(packs: &[(&str, &[&str])]) -> (SourceMap, Checked) {
    let mut map = SourceMap::new();
    let mut read = Vec::new();
    for (folder, texts) in packs {
        let mut files = Vec::new();
        for (i, text) in texts.iter().enumerate() {
            let id = map.add(&format!("{folder}/{i}.way"), *text).unwrap();
            let parsed = clearway::syntax::parse(text, map.file(id).unwrap().base());
            let said: Vec<_> = parsed.diagnostics.iter().map(|d| format!("{d:?}")).collect();
            assert!(said.is_empty(), "{said:#?} in {text}");
            files.push(parsed.tree);
        }
        read.push(PackFiles { folder: (*folder).into(), files });
    }
    let checked = check(&read);
    (map, checked)
}

/// Diagnostics as plain lines.
pub fn lines(map: &SourceMap, checked: &Checked) -> String {
    use std::fmt::Write;
    let mut out = String::new();
    for d in &checked.diagnostics {
        let place = |span| map.locate(span).map_or("-".to_owned(), |p| format!("{}:{}", p.line, p.column));
        writeln!(out, "{} {:?} {} {}", d.code, d.severity, place(d.span()), d.message).unwrap();
        for label in &d.labels {
            let text = map.text(label.span).unwrap_or("").lines().next().unwrap_or("");
            writeln!(out, "    {} {} `{text}`", place(label.span), label.text).unwrap();
        }
        for note in &d.notes {
            writeln!(out, "    note: {note}").unwrap();
        }
        if let Some(help) = &d.help {
            writeln!(out, "    help: {help}").unwrap();
        }
    }
    out
}
