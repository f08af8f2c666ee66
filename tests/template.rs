//! The inventory that `clearway facts --template` writes: unfilled it changes nothing, filled in it leaves nothing open but what
//! the vendor's tables are silent about.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::path::{Path, PathBuf};

use clearway::report::{FindingVerdict, Report};
use clearway::session::{Options, Session};
use clearway::source::Memory;

const TYPES: [&str; 7] = ["network", "quick", "quick-storage", "san", "live", "live-storage", "live-vsm"];

/// Some machines to both kinds of places by each type.
fn plan(machines: &[&str], host: &str, storage: &str) -> String {
    let mut plan = String::from("plan: p\ninventory: export.json\nsteps:\n");
    for machine in machines {
        for kind in TYPES {
            plan.push_str(&format!("  - {{ vm: {machine}, transfer: {kind}, to: {{ host: {host} }} }}\n"));
            plan.push_str(&format!("  - {{ vm: {machine}, transfer: {kind}, to: {{ storage: '{storage}' }} }}\n"));
            plan.push_str(&format!(
                "  - {{ vm: {machine}, transfer: {kind}, to: {{ host: {host}, storage: '{storage}' }} }}\n"
            ));
        }
    }
    plan
}

fn check(files: &Memory, with_more: bool) -> Report {
    let inventories = if with_more { vec!["export.json".into(), "more.yaml".into()] } else { Vec::new() };
    let mut session = Session::new(files, Options { inventories, ..Options::default() });
    let checked = session.check(&[PathBuf::from("p.plan.yaml")]);
    let wrong: Vec<_> = checked.diagnostics.iter().map(|diagnostic| &diagnostic.message).take(5).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    checked.report
}

/// Fills a template in as an administrator would: takes the comment signs away and writes a value of the type that is named.
fn filled(template: &str, storage: &str) -> String {
    let mut out = String::new();
    let body = template.split_once("\n\n").unwrap().1;
    for line in body.lines().filter(|line| !line.contains("# a list of {")) {
        let mut line = line.to_owned();
        while line.trim_start().starts_with("# ") {
            let at = line.len() - line.trim_start().len();
            line.replace_range(at..at + 2, "");
        }
        if let Some((before, hint)) = line.split_once("?      # ") {
            let ty = hint.split(';').next().unwrap();
            let value = match ty {
                "true or false" => "true".to_owned(),
                "storage" => format!("'{storage}'"),
                "version" => "10.0".to_owned(),
                "number" => "2".to_owned(),
                "size" => "1 GiB".to_owned(),
                "name" | "domain" => "x".to_owned(),
                ty if ty.ends_with(", or null") => "null".to_owned(),
                ty if ty.starts_with('[') => "[]".to_owned(),
                ty if ty.starts_with("one of ") => ty.split([' ', ',']).nth(2).unwrap().to_owned(),
                other => panic!("{other}: {line}"),
            };
            line = format!("{before}{value}");
        }
        out.push_str(&line);
        out.push('\n');
    }
    out
}

fn hold(export: String, machines: &[&str], host: &str, storage: &str) {
    let files = Memory::new().with("p.plan.yaml", plan(machines, host, storage)).with("export.json", export);
    let before = check(&files, false);
    assert!(before.findings.iter().any(|finding| !finding.missing.is_empty()));
    let mut session = Session::new(&files, Options::default());
    let found = session.facts(&[PathBuf::from("p.plan.yaml")]);
    assert!(found.diagnostics.is_empty());

    let unfilled = check(&files.clone().with("more.yaml", found.template.clone()), true);
    let said = |report: &Report| -> Vec<String> {
        report
            .findings
            .iter()
            .map(|f| format!("{:?} {} {:?} {:?} {}", f.step, f.code, f.verdict, f.subject, f.message))
            .collect()
    };
    assert_eq!(said(&before), said(&unfilled), "what is not filled in changes nothing");

    let more = filled(&found.template, storage);
    let after = check(&files.clone().with("more.yaml", more.clone()), true);
    for finding in &after.findings {
        assert!(
            finding.missing.is_empty(),
            "{:?} {} still wants {:?}\n{more}",
            finding.step,
            finding.code,
            finding.missing
        );
        assert!(finding.verdict != FindingVerdict::Unverified || finding.cell.is_some());
    }
}

#[test]
fn a_filled_template_leaves_nothing_open_in_the_small_export() {
    let machines = ["penguin", "walrus", "auk", "narwhal", "skua"];
    hold(include_str!("data/scvmm-small.json").to_owned(), &machines, "ice01", "ice01:C:\\");
}

#[test]
fn a_filled_template_leaves_nothing_open_in_the_real_export() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/scvmm/inventory-2012r2.json");
    let Ok(export) = std::fs::read_to_string(&path) else {
        eprintln!("skipped: {} is not there", path.display());
        return;
    };
    hold(export, &["DualDVDa", "MoVM", "scvmm-sp1", "ag_test_0003", "centos7min-vm"], "dhcp129-212", "qeblade33:G:\\");
}
