//! A plan that moves every machine of an export to each of its hosts and storages by each transfer type: nothing breaks, the
//! books balance, two runs say the same, and no step is permitted that hangs on a fact which the export does not have.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::string_slice)]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use clearway::diag::Severity;
use clearway::render::json;
use clearway::report::{FindingVerdict, PlanVerdict, Report, StepReport};
use clearway::session::{Options, Session};
use clearway::source::Memory;
use serde_json::Value;

const TYPES: [&str; 7] = ["network", "quick", "quick-storage", "san", "live", "live-storage", "live-vsm"];

/// What an export has, under the names that the import gives.
struct Estate {
    /// By id, for two machines may bear one name.
    machines: Vec<String>,
    hosts: Vec<String>,
    /// Hosts that do not respond: of them next to nothing is known.
    dead: BTreeSet<String>,
    storage: BTreeSet<String>,
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn estate(export: &str) -> Estate {
    let export: Value = serde_json::from_str(export).unwrap();
    let hosts = export["hosts"].as_array().unwrap();
    let mut storage = BTreeSet::new();
    for host in hosts {
        let name = text(&host["Name"]);
        let short = name.split('.').next().unwrap();
        for volume in host["DiskVolumes"].as_array().unwrap() {
            let path = text(&volume["Name"]);
            let shared = volume["IsClusterSharedVolume"].as_bool().unwrap();
            storage.insert(if shared { path } else { format!("{short}:{path}") });
        }
        for share in host["RegisteredStorageFileShares"].as_array().unwrap() {
            storage.insert(text(&share["SharePath"]));
        }
    }
    let responds = |host: &&Value| host["CommunicationStateString"] == "Responding";
    Estate {
        machines: export["vms"].as_array().unwrap().iter().map(|machine| text(&machine["ID"])).collect(),
        hosts: hosts.iter().map(|host| text(&host["Name"])).collect(),
        dead: hosts.iter().filter(|host| !responds(host)).map(|host| text(&host["Name"])).collect(),
        storage,
    }
}

/// Every machine to every host and to every storage by every type, and to every storage of every host by the types that
/// move both. The id of a step says
/// what it does: number, type, host.
fn plan(estate: &Estate, pack: &str) -> String {
    let mut plan = format!("plan: sweep\npack: {pack}\ninventory: export.json\nsteps:\n");
    let mut number = 0u32;
    let quoted = |name: &String| format!("'{name}'");
    let hosts = || std::iter::once(None).chain(estate.hosts.iter().map(Some));
    let storages = || std::iter::once(None).chain(estate.storage.iter().map(Some));
    for machine in &estate.machines {
        for (host, storage) in hosts().flat_map(|host| storages().map(move |storage| (host, storage))) {
            let mut to: Vec<String> = Vec::new();
            to.extend(host.map(|host| format!("host: {}", quoted(host))));
            to.extend(storage.map(|storage| format!("storage: {}", quoted(storage))));
            if to.is_empty() {
                continue;
            }
            let both = to.len() == 2;
            for transfer in TYPES.into_iter().filter(|transfer| !both || ["network", "live-vsm"].contains(transfer)) {
                number += 1;
                let id = format!("{number} {transfer} {}", host.map_or("-", |host| host));
                let to = to.join(", ");
                writeln!(plan, "  - {{ id: '{id}', vm: {machine}, transfer: {transfer}, to: {{ {to} }} }}").unwrap();
            }
        }
    }
    plan
}

/// Each step as a plan of its own, so that all of them are judged in the inventory as the export gives it.
fn alone(plan: &str) -> Vec<(PathBuf, String)> {
    let (head, steps) = plan.split_once("steps:\n").unwrap();
    let plans = steps
        .lines()
        .enumerate()
        .map(|(index, step)| (PathBuf::from(format!("{index:05}.plan.yaml")), format!("{head}steps:\n{step}\n")));
    plans.collect()
}

fn steps(report: &Report) -> Vec<&StepReport> {
    report.plans.iter().flat_map(|plan| &plan.steps).collect()
}

/// The report, and the bytes it is told in. `more`: an inventory laid over the export.
fn check(export: &str, plans: &[(PathBuf, String)], more: Option<&str>) -> (Report, String) {
    let files = Memory::new().with("export.json", export);
    let files = plans.iter().fold(files, |files, (path, text)| files.with(path.to_str().unwrap(), text.as_str()));
    let files = files.with("more.yaml", more.unwrap_or("hosts: []"));
    let inventories = more.map(|_| vec![PathBuf::from("export.json"), PathBuf::from("more.yaml")]);
    let options = Options { inventories: inventories.unwrap_or_default(), ..Options::default() };
    let mut session = Session::new(&files, options);
    let checked = session.check(&plans.iter().map(|(path, _)| path.clone()).collect::<Vec<_>>());
    let wrong: Vec<&String> = checked.diagnostics.iter().map(|diagnostic| &diagnostic.message).take(5).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    let told = json::draw(session.map(), &checked.report, &checked.diagnostics);
    (checked.report, told)
}

/// Numbers without a pattern, the same on every run.
struct Dice(u64);

impl Dice {
    fn of(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }

    fn coin(&mut self) -> bool {
        self.of(2) == 0
    }

    /// Some of these names, as YAML writes a list.
    fn some<'a>(&mut self, names: impl Iterator<Item = &'a String>) -> String {
        let chosen: Vec<String> = names.filter(|_| self.coin()).map(|name| format!("'{name}'")).collect();
        format!("[{}]", chosen.join(", "))
    }
}

/// One way in which the facts that the export lacks might be: an inventory that says them and nothing else.
fn completion(estate: &Estate, export: &str, seed: u64) -> String {
    let mut dice = Dice(seed);
    let mut out = String::from("domains: []\nhosts:\n");
    for host in &estate.hosts {
        let shares = dice.some(estate.storage.iter().filter(|name| name.starts_with("\\\\")));
        writeln!(out, "  - name: {host}\n    smb-access: {shares}").unwrap();
        writeln!(out, "    live-migration: {{ networks: [{{ name: m, private: {} }}] }}", dice.coin()).unwrap();
        let maker = if dice.coin() { "Intel" } else { "AMD" };
        let maker = if estate.dead.contains(host) { format!("manufacturer: {maker}, ") } else { String::new() };
        writeln!(out, "    cpu: {{ {maker}hardware-virtualization: {} }}", dice.coin()).unwrap();
        if estate.dead.contains(host) {
            writeln!(out, "    storage: {}\n    domain: d{}.example", dice.some(estate.storage.iter()), dice.of(2))
                .unwrap();
        }
    }
    out += "storage:\n";
    for storage in &estate.storage {
        let san = ["fibre-channel", "iscsi", "npiv", "other"][dice.of(4)];
        writeln!(out, "  - {{ name: '{storage}', san: {san}, san-transfer: {} }}", dice.coin()).unwrap();
    }
    let storages: Vec<&String> = estate.storage.iter().collect();
    let export: Value = serde_json::from_str(export).unwrap();
    out += "vms:\n";
    for machine in export["vms"].as_array().unwrap() {
        let mut place = || storages[dice.of(storages.len())];
        let (checkpoints, saved) = (place(), place());
        let version = ["5.0", "8.0", "13.0"][dice.of(3)];
        let san = ["ok", "DeployVMNonSANDisk"][dice.of(2)];
        writeln!(
            out,
            "  - {{ name: '{}', id: {}, highly-available: {}, checkpoint-storage: '{checkpoints}', saved-state-storage: '{saved}', configuration-version: {version}, processor-compatibility: {}, san-status: {san} }}",
            text(&machine["Name"]),
            text(&machine["ID"]),
            dice.coin(),
            dice.coin(),
        )
        .unwrap();
    }
    out
}

/// Whatever the facts that the export lacks turn out to be, what was decided without them stays as it was.
fn decided_stays_decided(report: &Report, completions: &[Report]) {
    for (seed, complete) in (1..).zip(completions) {
        let mut turned = 0;
        for (before, after) in steps(report).into_iter().zip(steps(complete)) {
            if before.verdict == PlanVerdict::Unverified {
                turned += usize::from(after.verdict != PlanVerdict::Unverified);
            } else {
                assert_eq!(before.verdict, after.verdict, "{} in completion {seed}", before.id);
            }
        }
        assert!(turned > 0, "completion {seed} decides nothing");
    }
}

fn sweep(export: &str, pack: &str, completions: u64) {
    let estate = estate(export);
    let plan = plan(&estate, pack);
    let plans = alone(&plan);
    // They know nothing of each other, and each takes its time.
    let (whole, (report, told), again, completed) = thread::scope(|scope| {
        // All of them one after the other, each in the world that those before it leave.
        let whole = scope.spawn(|| check(export, &[(PathBuf::from("sweep.plan.yaml"), plan.clone())], None).0);
        let again = scope.spawn(|| check(export, &plans, None).1);
        let (estate, plans) = (&estate, &plans);
        let complete = move |seed| check(export, plans, Some(&completion(estate, export, seed))).0;
        let completed: Vec<_> = (1..=completions).map(|seed| scope.spawn(move || complete(seed))).collect();
        let first = check(export, plans, None);
        let completed: Vec<Report> = completed.into_iter().map(|thread| thread.join().unwrap()).collect();
        (whole.join().unwrap(), first, again.join().unwrap(), completed)
    });
    assert_eq!(whole.plans[0].steps.len(), plan.matches("- {").count(), "every step is judged");
    assert!(whole.account.balances(), "{:?}", whole.account);
    let steps = steps(&report);
    assert_eq!(steps.len(), plan.matches("- {").count(), "every step is judged");
    assert!(report.account.balances(), "{:?}", report.account);
    let open: BTreeSet<&str> = report
        .findings
        .iter()
        .filter(|finding| finding.verdict == FindingVerdict::Unverified && finding.severity == Severity::Error)
        .filter_map(|finding| finding.step.as_deref())
        .collect();
    for step in steps.iter().filter(|step| step.verdict == PlanVerdict::Permitted) {
        let [_, transfer, host] = step.id.splitn(3, ' ').collect::<Vec<_>>()[..] else { panic!("{}", step.id) };
        assert!(!open.contains(&*step.id), "{} is permitted with a `must` that is open", step.id);
        // The export knows neither hardware virtualization nor high availability nor what an array can hand over.
        let needs_more = ["live", "live-vsm", "quick", "san"].contains(&transfer);
        assert!(!needs_more, "{} is permitted, though the export lacks what {transfer} asks for", step.id);
        assert!(!estate.dead.contains(host), "{} is permitted, though nothing is known of the host", step.id);
    }
    assert!(steps.iter().any(|step| step.verdict == PlanVerdict::Permitted), "some moves are decided");
    assert!(steps.iter().any(|step| step.verdict == PlanVerdict::Denied));
    assert!(steps.iter().any(|step| step.verdict == PlanVerdict::Unverified));
    assert_eq!(again, told, "two runs say the same, byte for byte");
    for finding in report.findings.iter().filter(|finding| finding.verdict == FindingVerdict::Unverified) {
        let named = !finding.missing.is_empty() || finding.cell.is_some();
        assert!(named, "{:?} {} {:?}: what is missing?", finding.step, finding.code, finding.subject);
    }
    decided_stays_decided(&report, &completed);
}

#[test]
fn every_move_in_the_small_export() {
    sweep(include_str!("data/scvmm-small.json"), "vmm-2019", 5);
    sweep(include_str!("data/scvmm-small.json"), "vmm-2022", 1);
}

#[test]
fn every_move_in_the_real_export() {
    let export = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/scvmm/inventory-2012r2.json");
    match fs::read_to_string(&export) {
        Ok(text) => sweep(&text, "vmm-2019", 1),
        Err(_) => eprintln!("skipped: {} is not there", export.display()),
    }
}
