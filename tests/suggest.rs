//! Ways out of refusals: what an administrator would act on, and the laws that hold whatever the estate: every suggestion,
//! written into the plan, passes its check; the same plan gives the same suggestions; the search ends where it has to.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "suggest/estate.rs"]
mod estate;

use clearway::report::{PlanVerdict, Report, WayOut};
use clearway::session::{Options, Session};
use clearway::source::Memory;
use estate::{as_json, checked, files, line, small, suggested, value};
use proptest::prelude::*;
use serde_json::{Value, json};

fn ways(steps: &[Value]) -> Vec<WayOut> {
    let found = suggested(&files(&small(), steps), None, 4);
    assert!(found.diagnostics.is_empty(), "{:?}", found.diagnostics);
    found.report.ways_out
}

/// The suggestions for a step in lines.
fn lines(way: &WayOut) -> Vec<String> {
    let each = way.suggestions.iter().map(|suggestion| {
        let steps: Vec<String> = suggestion.steps.iter().map(line).collect();
        let doubt = if suggestion.unverified.is_empty() { "" } else { " (unverified)" };
        format!("{}; {}{doubt}", steps.join(", then "), suggestion.interruption.as_deref().unwrap_or("?"))
    });
    each.collect()
}

fn only(steps: &[Value]) -> Vec<String> {
    let ways = ways(steps);
    assert_eq!(ways.len(), 1, "one step is refused");
    lines(&ways[0])
}

#[test]
fn local_disk_to_csv_goes_by_a_share() {
    // On the node itself, where its disk is local: the matrix has no way from a local disk to a CSV.
    let mut all = small();
    all["hosts"][0]["storage"].as_array_mut().unwrap().push(json!("a1:D"));
    all["storage"].as_array_mut().unwrap().push(estate::storage("a1:D", "local-disk", None, "900 GiB"));
    all["vms"].as_array_mut().unwrap().push(estate::machine("app", "a1", "running", "a1:D", "40 GiB"));
    let step = json!({ "id": "in", "vm": "app", "transfer": "live-storage", "to": { "storage": "csv-1" } });
    let found = suggested(&files(&all, &[step]), None, 3).report.ways_out;
    assert_eq!(
        lines(&found[0])[0],
        "in: live-storage to share-1, then in-2: live-storage to csv-1; no noticeable downtime"
    );
    assert!(found[0].because.iter().all(|why| &*why.code == "VMM201"));
}

#[test]
fn to_another_processor_there_is_another_node() {
    let found = only(&[json!({ "id": "go", "vm": "db", "transfer": "live", "to": { "host": "a3" } })]);
    assert_eq!(found[0], "go: live to a2; no noticeable downtime");
    assert!(found.contains(&"go: network to a3; downtime in proportion to what is copied".to_owned()), "{found:?}");
}

#[test]
fn quick_leaves_storage_where_it_is() {
    let step = json!({ "id": "q", "vm": "db", "transfer": "quick", "to": { "host": "a2", "storage": "csv-2" } });
    assert_eq!(only(&[step])[0], "q: live-storage to csv-2, then q-2: live to a2; no noticeable downtime");
}

#[test]
fn where_there_is_no_room_another_storage_of_the_same_kind_has_some() {
    let step = json!({ "id": "s", "vm": "node", "transfer": "live-storage", "to": { "storage": "csv-full" } });
    let found = only(&[step]);
    assert_eq!(found[0], "s: live-storage to csv-1; no noticeable downtime");
    assert_eq!(found[1], "s: live-storage to csv-2; no noticeable downtime");
}

#[test]
fn a_machine_that_is_off_is_not_interrupted() {
    let found = only(&[json!({ "id": "go", "vm": "old", "transfer": "live", "to": { "host": "a2" } })]);
    assert!(found[0].ends_with("no interruption, it is off"), "{found:?}");
}

#[test]
fn without_a_way_out_the_facts_that_stand_in_the_way_are_named() {
    let step = json!({ "id": "s", "vm": "web", "transfer": "live-vsm", "to": { "host": "lone", "storage": "lone:D" } });
    let ways = ways(&[step]);
    assert!(ways[0].suggestions.is_empty(), "{:?}", lines(&ways[0]));
    let found = ways[0].in_the_way.as_ref().expect("something stands in the way");
    let facts: Vec<String> = found.facts.iter().map(|fact| format!("{} = {}", fact.route, fact.value)).collect();
    assert_eq!(
        facts,
        [
            "vms[web].disks[web.vhdx].kind = vhdx",
            "vms[web].disks[web.vhdx].storage = solo:D",
            "vms[web].disks[web.vhdx].size = 40 GiB",
            "storage[lone:D].free = 1 GiB",
        ]
    );
    assert!(found.facts.iter().all(|fact| !fact.span.is_empty()), "each with its place");
}

#[test]
fn what_stays_unverified_is_said() {
    let mut all = small();
    all["hosts"][1].as_object_mut().unwrap().remove("cpu");
    let step = json!({ "id": "go", "vm": "db", "transfer": "live", "to": { "host": "a3" } });
    let found = suggested(&files(&all, &[step]), None, 4).report.ways_out;
    let live = found[0].suggestions.iter().find(|s| line(&s.steps[0]).contains("live to a2")).expect("live to a2");
    let codes: Vec<&str> = live.unverified.iter().map(|doubt| &*doubt.code).collect();
    assert_eq!(codes, ["VMM102", "VMM103"]);
    assert_eq!(live.unverified[1].missing[0].route, "hosts[a2].cpu.manufacturer");
}

#[test]
fn nothing_is_suggested_that_has_a_later_step_refused() {
    // Whatever brings `db` to the other node makes the second step go nowhere.
    let steps = [
        json!({ "id": "first", "vm": "db", "transfer": "quick", "to": { "host": "a2", "storage": "csv-2" } }),
        json!({ "id": "second", "vm": "db", "transfer": "live", "to": { "host": "a2" } }),
    ];
    let ways = ways(&steps);
    assert!(ways[0].suggestions.is_empty(), "{:?}", lines(&ways[0]));
    assert_eq!(ways[0].spoils.iter().map(|id| &**id).collect::<Vec<_>>(), ["second"]);
}

#[test]
fn a_suggestion_stands_in_the_wave_of_the_step_that_it_replaces() {
    // In the plan's numbers the second step runs first.
    let steps = [
        json!({ "id": "late", "vm": "db", "wave": 2, "transfer": "quick", "to": { "host": "a2", "storage": "csv-2" } }),
        json!({ "id": "early", "vm": "db", "wave": 1, "transfer": "live", "to": { "host": "a2" } }),
        json!({ "id": "web", "vm": "web", "wave": 3, "transfer": "live", "to": { "host": "a2" } }),
    ];
    for way in ways(&steps).iter().filter(|way| &*way.step == "late") {
        assert!(!way.suggestions.is_empty());
        for suggestion in &way.suggestions {
            let first = as_json(&suggestion.steps[0]);
            assert_eq!(first["wave"], 2, "{first}");
        }
    }
}

/// What is wrong with a plan in which a suggestion stands.
fn wrong(before: &Report, after: &Report, at: usize, count: usize) -> Option<String> {
    let (old, new) = (&before.plans[0].steps, &after.plans[0].steps);
    if new.len() != old.len() + count - 1 {
        return Some("another number of steps".to_owned());
    }
    for step in &new[at..at + count] {
        if step.verdict == PlanVerdict::Denied {
            return Some(format!("{} is refused", step.id));
        }
    }
    for (place, was) in old.iter().enumerate().filter(|(place, _)| *place != at) {
        let now = &new[if place > at { place + count - 1 } else { place }];
        if was.verdict != PlanVerdict::Denied && now.verdict == PlanVerdict::Denied {
            return Some(format!("{} was permitted and is refused", now.id));
        }
    }
    None
}

fn hold(all: &Value, steps: &[Value]) -> Result<(), TestCaseError> {
    let memory = files(all, steps);
    let before = checked(&memory);
    let found = suggested(&memory, None, 3);
    let again = suggested(&memory, None, 3);
    prop_assert_eq!(&found.report.ways_out, &again.report.ways_out, "the same again");
    for way in &found.report.ways_out {
        prop_assert!(
            !way.suggestions.is_empty() || way.in_the_way.is_some() || !way.spoils.is_empty() || way.cut_short
        );
        let at = steps.iter().position(|step| step["id"] == *way.step).unwrap();
        for suggestion in &way.suggestions {
            let mut changed: Vec<Value> = steps.to_vec();
            changed.splice(at..=at, suggestion.steps.iter().map(as_json));
            for (step, wave) in &suggestion.waves {
                changed.iter_mut().find(|other| other["id"] == **step).unwrap()["wave"] = value(wave);
            }
            let after = checked(&files(all, &changed));
            let wrong = wrong(&before, &after, at, suggestion.steps.len());
            prop_assert!(wrong.is_none(), "{}: {:?}\n{}", way.step, wrong, json!(changed));
            // Nothing is called verified that is not.
            let unverified = after.plans[0].steps[at..at + suggestion.steps.len()]
                .iter()
                .any(|step| step.verdict == PlanVerdict::Unverified);
            prop_assert_eq!(unverified, !suggestion.unverified.is_empty(), "{}", json!(changed));
        }
    }
    let short = suggested(&memory, Some(40), 3);
    for way in &short.report.ways_out {
        prop_assert!(way.trials <= 40 + 400, "the limit holds: {}", way.trials);
    }
    let mut session = Session::new(&memory, Options::default());
    let (mended, _) = session.mend(&["moves.plan.json".into()], true);
    let text = mended[0].new.clone();
    let mended_files =
        Memory::new().with("estate.json", serde_json::to_string(all).unwrap()).with("moves.plan.json", text);
    let denied = |report: &Report| report.plans[0].steps.iter().filter(|s| s.verdict == PlanVerdict::Denied).count();
    let left = denied(&checked(&mended_files));
    prop_assert_eq!(left, mended[0].left.len(), "what is left is what was told");
    prop_assert!(left <= denied(&before));
    Ok(())
}

prop_compose! {
    fn any_step(machines: usize)(
        machine in 0..machines,
        transfer in prop::option::of(prop::sample::select(
            vec!["network", "quick", "quick-storage", "san", "live", "live-storage", "live-vsm"])),
        host in prop::option::of(prop::sample::select(vec!["h0", "h1", "h2"])),
        storage in prop::option::of(prop::sample::select(vec!["s0", "s1", "s2", "s3"])),
        wave in prop::option::weighted(0.2, 1u8..3),
    ) -> Value {
        let mut step = json!({ "vm": format!("m{machine}"), "to": {} });
        if let Some(transfer) = transfer { step["transfer"] = json!(transfer); }
        if let Some(host) = host { step["to"]["host"] = json!(host); }
        if let Some(storage) = storage { step["to"]["storage"] = json!(storage); }
        if host.is_none() && storage.is_none() { step["to"]["host"] = json!("h0"); }
        if let Some(wave) = wave { step["wave"] = json!(wave); }
        step
    }
}

prop_compose! {
    fn any_estate()(
        clusters in prop::collection::vec(prop::option::of(prop::sample::select(vec!["a", "b"])), 3),
        cpus in prop::collection::vec(prop::sample::select(vec!["Intel", "Intel", "AMD"]), 3),
        kinds in prop::collection::vec(
            prop::sample::select(vec!["csv", "smb-share", "local-disk", "cluster-disk", "san-lun"]), 4),
        free in prop::collection::vec(prop::sample::select(vec!["900 GiB", "900 GiB", "10 GiB"]), 4),
        reached in prop::collection::vec(prop::collection::vec(prop::bool::weighted(0.7), 4), 3),
        machines in prop::collection::vec(
            (0usize..3, 0usize..4, prop::sample::select(vec!["running", "running", "off", "saved"])), 2),
        holes in prop::collection::vec(prop::bool::weighted(0.15), 4),
    ) -> Value {
        let hosts: Vec<Value> = (0..3).map(|h| {
            let reaches: Vec<String> = (0..4)
                .filter(|s| reached[h][*s] || machines.iter().any(|m| m.0 == h && m.1 == *s))
                .map(|s| format!("s{s}"))
                .collect();
            let reaches: Vec<&str> = reaches.iter().map(String::as_str).collect();
            estate::host(&format!("h{h}"), clusters[h], cpus[h], &reaches)
        }).collect();
        let stores: Vec<Value> =
            (0..4).map(|s| estate::storage(&format!("s{s}"), kinds[s], None, free[s])).collect();
        let made: Vec<Value> = machines.iter().enumerate().map(|(at, (h, s, state))| {
            estate::machine(&format!("m{at}"), &format!("h{h}"), state, &format!("s{s}"), "40 GiB")
        }).collect();
        let mut all = estate::estate(&hosts, &stores, &made);
        if holes[0] { all["hosts"][1].as_object_mut().unwrap().remove("cpu"); }
        if holes[1] { all["storage"][2].as_object_mut().unwrap().remove("free"); }
        if holes[2] { all["vms"][0].as_object_mut().unwrap().remove("snapshots"); }
        if holes[3] { all["vms"][1].as_object_mut().unwrap().remove("highly-available"); }
        all
    }
}

/// Steps with ids; of one machine at most one a wave.
fn named(steps: Vec<Value>) -> Vec<Value> {
    let mut seen: Vec<(Value, Value)> = Vec::new();
    let mut kept = Vec::new();
    for (at, mut step) in steps.into_iter().enumerate() {
        step["id"] = json!(format!("go-{at}"));
        let wave = step.get("wave").cloned().unwrap_or(Value::Null);
        let key = (step["vm"].clone(), wave.clone());
        if wave.is_null() || !seen.contains(&key) {
            seen.push(key);
            kept.push(step);
        }
    }
    kept
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn every_suggestion_passes(all in any_estate(), steps in prop::collection::vec(any_step(2), 1..4)) {
        hold(&all, &named(steps))?;
    }
}

/// Another vocabulary altogether: parcels on shelves.
const SHELVES: &str = r#"pack shelves

enum way { thrown, carried }

entity room  { name: name key }
entity shelf { name: name key, room: room, places: number }
entity parcel { name: name key, shelf: shelf, fragile: bool }

entity step {
  parcel: parcel
  way:    way
  onto:   shelf
}

input plan with inventory { rooms: [room], shelves: [shelf], parcels: [parcel] }

derive step.stays: bool = step.onto.room == step.parcel.shelf.room

rule P1 gently "What is fragile is carried" {
  for step
  when step.way == thrown
  must not step.parcel.fragile
  because "{step.parcel} is fragile"
}

rule P2 near "Only what stays in the room is carried" {
  for step
  when step.way == carried
  must step.stays or step.onto.name == "hatch" or step.parcel.shelf.name == "hatch"
  because "{step.onto} is in another room"
}

rule P3 places "There is a place" {
  for step
  must step.onto.places > 0
  because "{step.onto} is full"
}

effect put {
  for step
  set step.parcel.shelf = step.onto
  change step.onto.places by -1
  change step.parcel.shelf.places by 1
}

suggest step {
  vary  step.way
  vary  step.onto in [s for s in shelves where s.room == step.onto.room and s.name != "hatch"]
  via   step.onto in [s for s in shelves where s.name == "hatch"]
  reach step.parcel.shelf = step.onto
  interruption if step.way == carried then 1 else 0 "{step.way}"
}
"#;

#[test]
fn another_vocabulary_has_ways_out_of_its_own() {
    let inventory = r#"
rooms: [ { name: cellar }, { name: attic } ]
shelves:
  - { name: low, room: cellar, places: 3 }
  - { name: high, room: attic, places: 1 }
  - { name: top, room: attic, places: 0 }
  - { name: hatch, room: attic, places: 1 }
parcels: [ { name: vase, shelf: low, fragile: true }, { name: coat, shelf: low, fragile: false } ]
"#;
    let plan = r#"
plan: up
pack: shelves
inventory: house.yaml
steps:
  - { id: vase-up, parcel: vase, way: thrown, onto: high }
  - { id: coat-up, parcel: coat, way: thrown, onto: top }   # no place there
"#;
    let memory =
        Memory::new().with("shelves/shelves.way", SHELVES).with("house.yaml", inventory).with("up.plan.yaml", plan);
    let mut session = Session::new(&memory, Options::default());
    let found = session.suggest(&["up.plan.yaml".into()], 3);
    assert!(found.diagnostics.is_empty(), "{:?}", found.diagnostics);
    let told: Vec<Vec<String>> = found
        .report
        .ways_out
        .iter()
        .map(|way| {
            let each = way.suggestions.iter().map(|suggestion| {
                let steps = suggestion.steps.iter().map(|step| as_json(step).to_string());
                steps.collect::<Vec<_>>().join(" then ")
            });
            each.collect()
        })
        .collect();
    assert_eq!(
        told,
        [
            vec![
                r#"{"id":"vase-up","onto":"hatch","parcel":"vase","way":"carried"} then {"id":"vase-up-2","onto":"high","parcel":"vase","way":"carried"}"#
                    .to_owned()
            ],
            vec![r#"{"id":"coat-up","onto":"high","parcel":"coat","way":"thrown"}"#.to_owned()],
        ]
    );
    let mut session = Session::new(&memory, Options::default());
    let (mended, _) = session.mend(&["up.plan.yaml".into()], false);
    insta::assert_snapshot!("shelves_mended", mended[0].diff());
}

/// Worked moves of an estate like a real export, with the first suggestions for each refused step.
#[test]
fn worked_moves_have_ways_out() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/plans");
    let mut told = String::new();
    for name in ["small-1-share-not-registered", "small-2-local-to-csv", "small-3-no-room", "small-7-no-queue"] {
        let mut session = Session::new(&clearway::source::Disk, Options::default());
        let found = session.suggest(&[folder.join(format!("{name}.plan.yaml"))], 3);
        for way in &found.report.ways_out {
            told.push_str(&format!("{name}, {}: {}\n", way.step, way.because[0].message));
            for line in lines(way) {
                told.push_str(&format!("  {line}\n"));
            }
            for fact in way.in_the_way.iter().flat_map(|found| &found.facts) {
                told.push_str(&format!("  stands in the way: {} is {}\n", fact.route, fact.value));
            }
        }
    }
    insta::assert_snapshot!("worked", told);
}
