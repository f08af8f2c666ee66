//! The account adds up, whatever the plan, the inventory and the choice of codes: in the report and in what is drawn of it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use clearway::render::{Look, full, json};
use clearway::report::FindingVerdict;
use clearway::session::{Options, Selection, Session};
use clearway::source::Memory;
use proptest::prelude::*;

const TYPES: [&str; 8] = ["", "network", "quick", "quick-storage", "san", "live", "live-storage", "live-vsm"];

/// An estate with holes: each of these lines may be missing.
fn estate(holes: &[bool]) -> String {
    let lines = [
        "    cluster: blue\n",
        "    cpu: { manufacturer: Intel }\n",
        "    storage: [csv-1, 'share']\n",
        "    os-version: 10.0.17763\n",
        "    domain: corp.example\n",
        "    hypervisor: hyper-v\n",
    ];
    let mut out = String::from("hosts:\n");
    for (host, name) in ["a1", "a2"].into_iter().enumerate() {
        out.push_str(&format!("  - name: {name}\n"));
        for (at, line) in lines.iter().enumerate() {
            if holes[host * lines.len() + at] {
                out.push_str(line);
            }
        }
    }
    out.push_str(
        "clusters: [{ name: blue }]\nstorage:\n  - { name: csv-1, kind: csv }\n  - { name: share, kind: smb-share }\n",
    );
    out.push_str("vms:\n  - name: web\n    host: a1\n    storage: csv-1\n");
    if holes[12] {
        out.push_str("    state: running\n");
    }
    if holes[13] {
        out.push_str("    disks: [{ name: web.vhdx, kind: vhdx, storage: csv-1, snapshot: false }]\n");
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn the_account_adds_up(
        holes in proptest::collection::vec(any::<bool>(), 14),
        steps in proptest::collection::vec((0usize..8, 0usize..3, 0usize..3, 0u8..3), 1..6),
        select in proptest::sample::select(vec!["", "VMM1", "VMM201", "VMM0"]),
    ) {
        let mut plan = String::from("inventory: estate.yaml\nsteps:\n");
        for (transfer, host, storage, wave) in &steps {
            let mut line = String::from("  - vm: web\n");
            if *transfer > 0 {
                line.push_str(&format!("    transfer: {}\n", TYPES[*transfer]));
            }
            if *wave > 0 {
                line.push_str(&format!("    wave: {wave}\n"));
            }
            let host = ["", "host: a1", "host: a2"][*host];
            let storage = ["", "storage: csv-1", "storage: share"][*storage];
            let to: Vec<&str> = [host, storage].into_iter().filter(|part| !part.is_empty()).collect();
            plan.push_str(&format!("{line}    to: {{ {} }}\n", to.join(", ")));
        }
        let files = Memory::new().with("a.plan.yaml", plan.clone()).with("estate.yaml", estate(&holes));
        let select: Vec<String> = Some(select.to_owned()).filter(|code| !code.is_empty()).into_iter().collect();
        let options = Options { selection: Selection::new(&select, &[]), ..Options::default() };
        let mut session = Session::new(&files, options);
        let checked = session.check(&["a.plan.yaml".into()]);
        let report = &checked.report;
        prop_assert!(report.account.balances(), "{:?}\n{plan}", report.account);
        prop_assert!(report.plans.iter().all(|plan| plan.account.balances()));
        let told = |verdict: FindingVerdict| report.findings.iter().filter(|f| f.verdict == verdict).count() as u64;
        prop_assert_eq!(told(FindingVerdict::Violated), report.account.violated);
        prop_assert_eq!(told(FindingVerdict::Unverified), report.account.unverified);
        prop_assert_eq!(told(FindingVerdict::Noted), report.account.noted);
        let again = Session::new(&files, Options { selection: Selection::new(&select, &[]), ..Options::default() })
            .check(&["a.plan.yaml".into()]);
        prop_assert_eq!(&again.report, report, "the same input gives the same report");
        let drawn = full::draw(&Look::default(), session.map(), report);
        prop_assert!(!drawn.contains("does not add up"));
        let ends = json::draw(session.map(), report, &checked.diagnostics).ends_with("}\n");
        prop_assert!(ends, "JSON ends with a line break");
    }
}
