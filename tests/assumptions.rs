//! Assumptions and waivers, by laws over estates and plans out of dice: what is assumed is as good as written by hand, what
//! rests on it is what would be otherwise without it, and what is taken away by an option is as if it were not there.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

#[path = "halves/estate.rs"]
mod estate;
mod written;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use clearway::diag::Severity;
use clearway::report::{Account, Finding, FindingVerdict, Report};
use clearway::session::{Checked, Options, Session};
use clearway::source::Memory;
use proptest::prelude::*;
use serde_json::{Value, json};
use written::Dice;

/// Facts that may be assumed, each with values that it may be assumed to have.
fn assumable() -> Vec<(&'static str, Vec<Value>)> {
    vec![
        ("hosts.cpu.manufacturer", vec![json!("Intel"), json!("AMD")]),
        ("hosts.cpu.hardware-virtualization", vec![json!(true), json!(false)]),
        ("hosts.responding", vec![json!(true), json!(false)]),
        ("hosts.os-version", vec![json!("10.0.17763"), json!("6.1")]),
        ("hosts.live-migration.enabled", vec![json!(true), json!(false)]),
        ("hosts.live-migration.maximum", vec![json!(1), json!(2)]),
        ("hosts.switches", vec![json!(["vs"]), json!([])]),
        ("hosts.cluster", vec![json!(null)]),
        ("storage.free", vec![json!("900 GiB"), json!("1 GiB")]),
        ("storage.cluster", vec![json!(null)]),
        ("vms.snapshots", vec![json!(0), json!(1)]),
        ("vms.state", vec![json!("running"), json!("off")]),
        ("vms.memory", vec![json!("4 GiB"), json!("400 GiB")]),
        ("vms.images", vec![json!([])]),
        ("vms.disks.shared", vec![json!(false), json!(true)]),
        ("vms.disks.base", vec![json!(null)]),
        ("vms.disks.size", vec![json!("20 GiB")]),
        ("vms.disks.snapshot", vec![json!(false)]),
    ]
}

/// Some of them, no fact twice.
fn assumptions(dice: &mut Dice, most: usize) -> Vec<Value> {
    let mut all = assumable();
    let mut some = Vec::new();
    for _ in 0..1 + dice.below(most) {
        let (fact, values) = all.remove(dice.below(all.len()));
        let is = values[dice.below(values.len())].clone();
        some.push(json!({ "fact": fact, "is": is, "because": "it is so" }));
    }
    some
}

/// An estate with more gaps than it has by itself.
fn gappy(dice: &mut Dice, machines: usize) -> Value {
    let mut estate = estate::estate(dice, machines);
    for (fact, _) in assumable() {
        let path: Vec<&str> = fact.split('.').collect();
        for row in estate[path[0]].as_array_mut().unwrap() {
            if dice.one_in(3) {
                each(row, &path[1..], &mut |holder, last| {
                    holder.remove(last);
                });
            }
        }
    }
    estate
}

/// Goes to the mappings that hold the last member of a path.
fn each(row: &mut Value, path: &[&str], act: &mut dyn FnMut(&mut serde_json::Map<String, Value>, &str)) {
    match (path, row) {
        (_, Value::Array(rows)) => rows.iter_mut().for_each(|row| each(row, path, act)),
        ([last], Value::Object(holder)) => act(holder, last),
        ([first, rest @ ..], Value::Object(holder)) => {
            if let Some(inner) = holder.get_mut(*first) {
                each(inner, rest, act);
            }
        }
        _ => {}
    }
}

fn plan(steps: &[Value], waivers: &[Value]) -> String {
    json!({ "plan": "p", "inventory": "estate.json", "steps": steps, "waivers": waivers }).to_string()
}

fn options() -> Options {
    Options { today: clearway::session::day("2026-12-01"), ..Options::default() }
}

fn check(estate: &Value, plan: &str, options: Options) -> Checked {
    let files = Memory::new().with("estate.json", estate.to_string()).with("p.plan.json", plan);
    let checked = Session::new(&files, options).check(&[PathBuf::from("p.plan.json")]);
    let account = &checked.report.account;
    assert!(account.balances(), "{account:#?}");
    let of = |verdict| checked.report.findings.iter().filter(|finding| finding.verdict == verdict).count() as u64;
    let told = [FindingVerdict::Violated, FindingVerdict::Unverified, FindingVerdict::Noted, FindingVerdict::Waived];
    assert_eq!(told.map(of), [account.violated, account.unverified, account.noted, account.waived]);
    checked
}

fn under(estate: &Value, assumptions: &[Value]) -> Value {
    let mut estate = estate.clone();
    estate["assume"] = assumptions.into();
    estate
}

fn own(finding: &Finding) -> bool {
    finding.code.starts_with("CW")
}

/// What is compared of a report: everything but places, and but what is said of waivers and assumptions themselves.
fn told(report: &Report) -> Vec<String> {
    let mut lines = Vec::new();
    for plan in &report.plans {
        lines.push(format!("plan {:?}", plan.verdict));
        for step in &plan.steps {
            lines.push(format!(
                "{} {:?} {:?} {:?} {:?}",
                step.id, step.verdict, step.transfer, step.effects, step.moves
            ));
        }
    }
    for finding in report.findings.iter().filter(|finding| !own(finding)) {
        let Finding { code, severity, verdict, step, subject, message, fingerprint, .. } = finding;
        lines.push(format!("{code} {severity:?} {verdict:?} {step:?} {subject:?} {message} {fingerprint}"));
    }
    lines
}

/// The account without the evaluations of waivers and assumptions, and without what rests on them.
fn books(report: &Report) -> Account {
    let mut account = report.account.clone();
    account.assumed = 0;
    for finding in report.findings.iter().filter(|finding| own(finding)) {
        account.evaluations -= 1;
        match finding.verdict {
            FindingVerdict::Noted => account.noted -= 1,
            _ => account.violated -= 1,
        }
    }
    account
}

fn dice(seed: u64) -> (Dice, Value, Vec<Value>) {
    let mut dice = Dice(seed);
    let machines = 2 + dice.below(3);
    let estate = gappy(&mut dice, machines);
    let steps = estate::steps(&mut dice, machines);
    (dice, estate, steps)
}

/// A verdict that two reports both may have: of a finding by code, step and subject, of a step, of the plan.
type Verdicts = BTreeMap<(String, String, String), Vec<String>>;

fn verdicts(report: &Report) -> Verdicts {
    let mut all = Verdicts::new();
    for finding in report.findings.iter().filter(|finding| !own(finding)) {
        let name = |name: &Option<std::sync::Arc<str>>| name.as_deref().unwrap_or("-").to_owned();
        let chosen = &*finding.code == "VMM001" && finding.verdict == FindingVerdict::Noted;
        let chosen = if chosen { finding.message.as_str() } else { "" };
        let key = (finding.code.to_string(), name(&finding.step), name(&finding.subject));
        all.entry(key).or_default().push(format!("{:?} {chosen}", finding.verdict));
    }
    all
}

fn without(assumptions: &[Value], facts: &BTreeSet<String>) -> Vec<Value> {
    assumptions.iter().filter(|one| !facts.contains(one["fact"].as_str().unwrap())).cloned().collect()
}

/// Names that something may rest on, by brute force: those without each of which alone it is another; nothing where it needs
/// several together, or none.
fn alone(assumptions: &[Value], differs: &mut dyn FnMut(&BTreeSet<String>) -> bool) -> BTreeSet<String> {
    let facts = assumptions.iter().map(|one| one["fact"].as_str().unwrap().to_owned());
    facts.filter(|fact| differs(&BTreeSet::from([fact.clone()]))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, max_shrink_iters: 0, ..ProptestConfig::default() })]

    #[test]
    fn what_is_assumed_is_as_good_as_written_by_hand(seed in any::<u64>()) {
        let (mut dice, estate, steps) = dice(seed);
        let assumed = assumptions(&mut dice, 4);
        let mut by_hand = estate.clone();
        for one in &assumed {
            let path: Vec<&str> = one["fact"].as_str().unwrap().split('.').collect();
            each(&mut by_hand[path[0]], &path[1..], &mut |holder, last| {
                holder.entry(last).or_insert(one["is"].clone());
            });
        }
        let plan = plan(&steps, &[]);
        let (a, b) = (check(&under(&estate, &assumed), &plan, options()), check(&by_hand, &plan, options()));
        prop_assert_eq!(told(&a.report), told(&b.report), "{}\n{:?}\n{}", estate, assumed, plan);
    }

    #[test]
    fn what_rests_on_an_assumption_is_what_would_be_otherwise_without_it(seed in any::<u64>()) {
        let (mut dice, estate, steps) = dice(seed);
        let assumed = assumptions(&mut dice, 4);
        let plan = plan(&steps, &[]);
        let report = |facts: &BTreeSet<String>| {
            check(&under(&estate, &without(&assumed, facts)), &plan, options()).report
        };
        let here = report(&BTreeSet::new());
        let mut known: BTreeMap<BTreeSet<String>, Report> = BTreeMap::new();
        let everything: BTreeSet<String> =
            assumed.iter().map(|one| one["fact"].as_str().unwrap().to_owned()).collect();
        let mut holds = |what: &str, names: &[std::sync::Arc<str>], differs: &dyn Fn(&Report) -> bool| {
            let mut differs = |facts: &BTreeSet<String>| {
                differs(known.entry(facts.clone()).or_insert_with(|| report(facts)))
            };
            let names: BTreeSet<String> = names.iter().map(ToString::to_string).collect();
            let singly = alone(&assumed, &mut differs);
            if !singly.is_empty() || !differs(&everything) {
                assert_eq!(names, singly, "{what}: {estate}\n{assumed:?}\n{plan}");
                return;
            }
            assert!(names.len() > 1 && differs(&names), "{what} rests on {names:?}: {estate}\n{assumed:?}\n{plan}");
            for name in &names {
                let mut fewer = names.clone();
                fewer.remove(name);
                assert!(!differs(&fewer), "{what} rests on {fewer:?} alone: {estate}\n{assumed:?}\n{plan}");
            }
        };
        let mine = verdicts(&here);
        let mut any = false;
        for finding in here.findings.iter().filter(|finding| !own(finding)) {
            let name = |name: &Option<std::sync::Arc<str>>| name.as_deref().unwrap_or("-").to_owned();
            let key = (finding.code.to_string(), name(&finding.step), name(&finding.subject));
            // What bears one name with others is told apart by its place alone.
            if mine[&key].len() == 1 {
                holds(&format!("{key:?}"), &finding.assumed, &|other| verdicts(other).get(&key) != mine.get(&key));
            }
            any |= !finding.assumed.is_empty();
        }
        for (at, step) in here.plans[0].steps.iter().enumerate() {
            holds(&step.id, &step.assumed, &|other| other.plans[0].steps[at].verdict != step.verdict);
        }
        holds("the plan", &here.plans[0].assumed, &|other| other.plans[0].verdict != here.plans[0].verdict);
        // The verdict of a step may rest on one that no evaluation rests on: see the test of what is only there without it.
        prop_assert!(!any || here.account.assumed > 0);
        prop_assert_eq!(here.account.assumed > 0, here.plans[0].assumptions.iter().any(|note| note.evaluations > 0));
    }

    #[test]
    fn an_option_takes_away_what_is_as_if_it_were_not_there(seed in any::<u64>()) {
        let (mut dice, estate, steps) = dice(seed);
        let assumed = assumptions(&mut dice, 3);
        let waivers = estate::waivers(&mut dice, &steps);
        let whole = check(&under(&estate, &assumed), &plan(&steps, &waivers), options()).report;
        let no_waivers = Options { waivers: false, ..options() };
        let plain = check(&under(&estate, &assumed), &plan(&steps, &[]), options()).report;
        let taken = check(&under(&estate, &assumed), &plan(&steps, &waivers), no_waivers).report;
        prop_assert_eq!((told(&taken), &taken.account), (told(&plain), &plain.account));
        let no_assumptions = Options { assumptions: false, ..options() };
        let plain = check(&estate, &plan(&steps, &waivers), options()).report;
        let taken = check(&under(&estate, &assumed), &plan(&steps, &waivers), no_assumptions).report;
        prop_assert_eq!((told(&taken), &taken.account), (told(&plain), &plain.account));
        prop_assert!(taken.findings.iter().all(|finding| finding.assumed.is_empty()));
        prop_assert!(whole.findings.iter().filter(|f| f.verdict == FindingVerdict::Waived).all(|f| f.waiver.is_some()));
        prop_assert!(whole.findings.iter().filter(|f| f.verdict != FindingVerdict::Waived).all(|f| f.waiver.is_none()));
    }

    #[test]
    fn waiving_changes_nothing_else(seed in any::<u64>()) {
        let (mut dice, estate, steps) = dice(seed);
        // A step that happens where it was refused changes what later ones find, and may take another way.
        let mut step = steps[0].clone();
        let transfer = step.get("transfer").cloned().unwrap_or_else(|| json!(estate::TRANSFERS[dice.below(7)]));
        step["transfer"] = transfer;
        let before = check(&estate, &plan(&[step.clone()], &[]), options()).report;
        let codes: BTreeSet<&str> = before.findings.iter().filter(|f| f.step.is_some()).map(|f| &*f.code).collect();
        for code in codes {
            let waiver = json!({ "code": code, "reason": "it is so" });
            let after = check(&estate, &plan(&[step.clone()], &[waiver]), options()).report;
            // Notes are given of a step that is no longer refused.
            let said = |report: &Report, with: bool| {
                let of_step = report.findings.iter().filter(|f| f.step.is_some() && f.severity != Severity::Info);
                let mut all: Vec<String> = of_step
                    .filter(|finding| (&*finding.code == code) == with)
                    .map(|f| format!("{} {:?} {:?} {}", f.code, f.subject, (!with).then_some(f.verdict), f.message))
                    .collect();
                all.sort();
                all
            };
            let notes = |report: &Report| report.findings.iter().filter(|f| f.severity == Severity::Info && !own(f)).count();
            prop_assert!(notes(&after) >= notes(&before));
            let kept = |lines: Vec<String>| lines.into_iter().filter(|line| !line.starts_with("VMM0")).collect::<Vec<_>>();
            prop_assert_eq!(kept(said(&before, false)), kept(said(&after, false)), "{} in {}", code, estate);
            prop_assert_eq!(said(&before, true), said(&after, true), "{} in {}", code, estate);
            let waived = after.findings.iter().filter(|f| &*f.code == code && f.verdict != FindingVerdict::Noted);
            prop_assert!(waived.into_iter().all(|f| f.verdict == FindingVerdict::Waived || f.step.is_none()));
            prop_assert!(after.plans[0].verdict <= before.plans[0].verdict);
        }
    }

    #[test]
    fn no_state_says_what_is_assumed(seed in any::<u64>()) {
        let (mut dice, estate, steps) = dice(seed);
        let assumed = assumptions(&mut dice, 3);
        let options = Options { state: Some("after.json".into()), ..options() };
        let with = check(&under(&estate, &assumed), &plan(&steps, &[]), options.clone());
        let without = check(&estate, &plan(&steps, &[]), options);
        let parsed = |checked: &Checked| {
            serde_json::from_str::<Value>(checked.state.as_deref().unwrap_or("null")).unwrap()
        };
        let (mut with, without) = (parsed(&with), parsed(&without));
        if with.is_object() && without.is_object() {
            let carried = with.as_object_mut().unwrap().remove("assume").unwrap();
            prop_assert_eq!(carried.as_array().unwrap().len(), assumed.len());
            let told = beyond(&with, &without);
            prop_assert!(told.is_none(), "{:?}\n{}\n{:?}\n{}", told, estate, assumed, plan(&steps, &[]));
        }
    }
}

/// What one state says and another does not, or says otherwise. Members may be missing, rows may not.
fn beyond(with: &Value, without: &Value) -> Option<String> {
    match (with, without) {
        (Value::Object(with), Value::Object(without)) => with.iter().find_map(|(key, value)| match without.get(key) {
            None => Some(format!("{key}: {value}")),
            Some(other) => beyond(value, other).map(|what| format!("{key}.{what}")),
        }),
        (Value::Array(with), Value::Array(without)) if with.len() == without.len() => {
            with.iter().zip(without).find_map(|(with, without)| beyond(with, without))
        }
        (with, without) => (with != without).then(|| format!("{with} in place of {without}")),
    }
}

#[test]
fn books_are_those_of_the_rules_and_one_more_for_each_waiver_and_assumption() {
    let (_, estate, steps) = dice(7);
    let assumed = [json!({ "fact": "vms.snapshots", "is": 0, "because": "none" })];
    let waivers = [json!({ "code": "VMM103", "reason": "old" }), json!({ "code": "VMM201", "reason": "old" })];
    let plain = check(&estate, &plan(&steps, &[]), options()).report;
    let waived = check(&estate, &plan(&steps, &waivers), options()).report;
    assert!(waived.account.evaluations >= plain.account.evaluations + 2);
    let whole = check(&under(&estate, &assumed), &plan(&steps, &waivers), options()).report;
    assert!(books(&whole).evaluations < whole.account.evaluations);
}

/// What an assumption says is not there leaves no evaluation that could rest on it; the step that is permitted for want of it does.
#[test]
fn a_verdict_rests_on_an_assumption_that_leaves_nothing_to_judge() {
    let up = |name: &str| {
        json!({ "name": name, "cluster": null, "os-version": "10.0.17763", "storage": ["s"], "responding": true, "maintenance": false })
    };
    let disk = json!({ "name": "a.vhdx", "kind": "vhdx", "storage": "s", "size": "1 GiB", "shared": false });
    let machine = json!({ "name": "v", "host": "h1", "state": "off", "storage": "s", "snapshots": 0, "images": [],
        "networks": [], "status": "ok", "configuration-version": "9.0", "disks": [disk] });
    let estate = json!({ "hosts": [up("h1"), up("h2")], "vms": [machine],
        "storage": [{ "name": "s", "kind": "smb-share", "path": "s" }] });
    let plan = plan(&[json!({ "id": "one", "vm": "v", "transfer": "network", "to": { "host": "h2" } })], &[]);
    let assumed = [json!({ "fact": "vms.disks.base", "is": null, "because": "no linked clones" })];
    let (with, without) = (check(&under(&estate, &assumed), &plan, options()), check(&estate, &plan, options()));
    assert_eq!(with.report.account.assumed, 0);
    let (with, without) = (&with.report.plans[0], &without.report.plans[0]);
    assert_ne!(with.steps[0].verdict, without.steps[0].verdict);
    assert_eq!(with.steps[0].assumed, ["vms.disks.base".into()]);
    assert_eq!((&with.assumed, with.assumptions[0].evaluations), (&with.steps[0].assumed, 0));
}
