//! What fingerprints live through, and what they change with: over plans that are made up, and over those that come along.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

#[path = "cli/run.rs"]
#[expect(dead_code, reason = "shared with other tests")]
mod run;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use clearway::report::{Finding, Report};
use clearway::session::{Options, Session};
use clearway::source::Memory;
use proptest::prelude::*;
use run::ESTATE;

/// A step as plans of any format say it.
#[derive(Clone, Debug, PartialEq)]
struct Step {
    id: Option<String>,
    vm: &'static str,
    host: &'static str,
    storage: Option<&'static str>,
    transfer: Option<&'static str>,
    wave: Option<u8>,
}

impl Step {
    fn members(&self) -> Vec<(&'static str, String)> {
        let mut members = Vec::new();
        members.extend(self.id.as_ref().map(|id| ("id", format!("\"{id}\""))));
        members.push(("vm", format!("\"{}\"", self.vm)));
        members.extend(self.transfer.map(|transfer| ("transfer", format!("\"{transfer}\""))));
        members.extend(self.wave.map(|wave| ("wave", wave.to_string())));
        members
    }

    fn to(&self) -> Vec<(&'static str, String)> {
        let storage = self.storage.map(|storage| ("storage", format!("\"{storage}\"")));
        [("host", format!("\"{}\"", self.host))].into_iter().chain(storage).collect()
    }

    /// Machine and destination, which stand for a step without an id.
    fn like(&self) -> String {
        format!("{} {} {:?}", self.vm, self.host, self.storage)
    }
}

fn step() -> impl Strategy<Value = Step> {
    (
        any::<bool>(),
        prop::sample::select(vec!["web", "db"]),
        prop::sample::select(vec!["a1", "a2", "s1"]),
        prop::option::of(Just("csv-1")),
        prop::option::of(prop::sample::select(vec!["live", "network", "quick", "san", "live-vsm"])),
        prop::option::of(1u8..4),
    )
        .prop_map(|(named, vm, host, storage, transfer, wave)| Step {
            id: named.then(String::new),
            vm,
            host,
            storage,
            transfer,
            wave,
        })
}

/// Some steps, those with an id each with one of its own.
fn steps() -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec(step(), 1..7).prop_map(|mut steps| {
        let mut taken = BTreeSet::new();
        for (at, step) in steps.iter_mut().enumerate() {
            step.id = step.id.as_ref().map(|_| format!("own-{at}"));
            // A wave moves a machine once.
            step.wave = step.wave.filter(|wave| taken.insert((step.vm, *wave)));
        }
        steps
    })
}

fn yaml(name: Option<&str>, steps: &[Step]) -> String {
    let mut text = name.map(|name| format!("plan: {name}\n")).unwrap_or_default();
    text += "inventory: estate.yaml\nsteps:\n";
    for step in steps {
        let members: Vec<String> = step.members().iter().map(|(key, value)| format!("{key}: {value}")).collect();
        let to: Vec<String> = step.to().iter().map(|(key, value)| format!("{key}: {value}")).collect();
        text += &format!("  - {}\n    to: {{ {} }}\n", members.join("\n    "), to.join(", "));
    }
    text
}

/// The same with comments, other quotes, members the other way around, blank lines.
fn restyled(name: Option<&str>, steps: &[Step]) -> String {
    let mut text = "# what it is for\n\n".to_owned();
    text += "steps:\n";
    for step in steps {
        let mut members: Vec<String> =
            step.members().iter().map(|(key, value)| format!("{key}: {}", value.replace('"', "'"))).collect();
        let to: Vec<String> = step.to().iter().rev().map(|(key, value)| format!("{key}: {value}")).collect();
        members.push(format!("to: {{ {} }}", to.join(", ")));
        members.reverse();
        text += &format!("\n- {{ {} }} # why\n", members.join(", "));
    }
    text + &name.map(|name| format!("plan: \"{name}\"\n")).unwrap_or_default() + "inventory: [estate.yaml]\n"
}

fn json(name: Option<&str>, steps: &[Step]) -> String {
    let object = |members: &[(&str, String)]| {
        let members: Vec<String> = members.iter().map(|(key, value)| format!("\"{key}\": {value}")).collect();
        format!("{{ {} }}", members.join(", "))
    };
    let steps: Vec<String> = steps
        .iter()
        .map(|step| {
            let to = object(&step.to());
            object(&step.members().into_iter().chain([("to", to)]).collect::<Vec<_>>())
        })
        .collect();
    let name = name.map(|name| format!("\"plan\": \"{name}\", ")).unwrap_or_default();
    format!("{{ {name}\"inventory\": \"estate.yaml\", \"steps\": [\n{}\n] }}", steps.join(",\n"))
}

fn toml(name: Option<&str>, steps: &[Step]) -> String {
    let mut text = name.map(|name| format!("plan = \"{name}\"\n")).unwrap_or_default();
    text += "inventory = \"estate.yaml\"\n";
    for step in steps {
        text += "[[steps]]\n";
        step.members().iter().for_each(|(key, value)| text += &format!("{key} = {value}\n"));
        step.to().iter().for_each(|(key, value)| text += &format!("to.{key} = {value}\n"));
    }
    text
}

fn checked(file: &str, text: &str) -> Report {
    let files = Memory::new().with("estate.yaml", ESTATE).with(file, text);
    let mut session = Session::new(&files, Options::default());
    let checked = session.check(&[PathBuf::from(file)]);
    assert!(checked.diagnostics.is_empty(), "{text}\n{:#?}", checked.diagnostics);
    checked.report
}

fn prints(report: &Report) -> Vec<String> {
    report.findings.iter().map(|finding| finding.fingerprint.clone()).collect()
}

/// What a finding is about, whatever its place: what its fingerprint stands for.
fn about(finding: &Finding, identity: &BTreeMap<String, String>) -> String {
    let step = finding.step.as_deref().map(|step| identity[step].clone());
    let subject = finding.subject.as_deref().map(|subject| match subject.split_once("wave of ") {
        Some((element, step)) => format!("{element}wave of {}", identity[step]),
        None => subject.to_owned(),
    });
    let cell = finding.cell.as_ref().map(|cell| (&cell.row, &cell.column));
    format!("{} {step:?} {subject:?} {cell:?}", finding.code)
}

/// What stands for each step, by the id that reports call it by: its own, else machine, destination and which of those alike it is.
fn identity(steps: &[Step]) -> BTreeMap<String, String> {
    let mut alike: BTreeMap<String, usize> = BTreeMap::new();
    let mut identity = BTreeMap::new();
    for (at, step) in steps.iter().enumerate() {
        let known = step.id.clone().map(|id| (id.clone(), id));
        let (id, stands) = known.unwrap_or_else(|| {
            let nth = alike.entry(step.like()).or_default();
            *nth += 1;
            (format!("step-{}", at + 1), format!("{} #{nth}", step.like()))
        });
        identity.insert(id, stands);
    }
    identity
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn they_live_through_another_style_another_format_and_a_new_file(steps in steps(), named in any::<bool>()) {
        let name = named.then_some("drain");
        let before = prints(&checked("drain.plan.yaml", &yaml(name, &steps)));
        for (file, text) in [
            ("drain.plan.yaml", restyled(name, &steps)),
            ("drain.plan.json", json(name, &steps)),
            ("drain.plan.toml", toml(name, &steps)),
            ("elsewhere.plan.yaml", yaml(name, &steps)),
        ] {
            prop_assert_eq!(&prints(&checked(file, &text)), &before, "{}\n{}", file, text);
        }
    }

    #[test]
    fn they_stand_for_code_step_subject_and_cell_in_any_order(
        (steps, shuffled) in steps().prop_flat_map(|steps| (Just(steps.clone()), Just(steps).prop_shuffle())),
        new in step(),
    ) {
        // A new step before all others besides: everything stands at other lines, and made-up ids are others.
        let longer: Vec<Step> = std::iter::once(Step { id: Some("new".to_owned()), wave: None, ..new }).chain(shuffled.clone()).collect();
        let mut stands: BTreeMap<String, String> = BTreeMap::new();
        for steps in [&steps, &shuffled, &longer] {
            let identity = identity(steps);
            for finding in &checked("drain.plan.yaml", &yaml(None, steps)).findings {
                let about = about(finding, &identity);
                let known = stands.entry(about.clone()).or_insert_with(|| finding.fingerprint.clone());
                prop_assert_eq!(&*known, &finding.fingerprint, "{}", about);
            }
        }
        let different: BTreeSet<&String> = stands.values().collect();
        prop_assert_eq!(different.len(), stands.len(), "two things have one fingerprint: {:#?}", stands);
    }
}

#[test]
fn the_plans_name_is_part_of_them_where_it_is_the_plans_own() {
    let step =
        Step { id: Some("a".to_owned()), vm: "web", host: "s1", storage: None, transfer: Some("live"), wave: None };
    let of = |name: Option<&str>, file: &str| {
        prints(&checked(file, &yaml(name, std::slice::from_ref(&step)))).into_iter().collect::<BTreeSet<String>>()
    };
    let (one, other) = (of(Some("one"), "a.plan.yaml"), of(Some("other"), "a.plan.yaml"));
    assert!(!one.is_empty() && one.is_disjoint(&other));
    assert_eq!(of(None, "a.plan.yaml"), of(None, "b.plan.yaml"));
    assert!(of(None, "one.plan.yaml").is_disjoint(&one), "the file's name is no name of the plan");
    let otherwise = Step { id: Some("b".to_owned()), ..step.clone() };
    let renamed = checked("a.plan.yaml", &yaml(Some("one"), &[otherwise]));
    let mut of_steps = renamed.findings.iter().filter(|finding| finding.step.is_some());
    assert!(of_steps.all(|finding| !one.contains(&finding.fingerprint)), "another step");
    let elsewhere = Step { vm: "db", ..step };
    let moved = prints(&checked("a.plan.yaml", &yaml(Some("one"), &[elsewhere])));
    assert!(moved.iter().any(|print| one.contains(print)), "a step with an id of its own is known by it");
}

#[test]
fn what_comes_along_keeps_its_fingerprints_under_another_name_and_below_comments() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let plan = read("examples/drain.plan.yaml");
    let moved: Vec<String> = plan.lines().flat_map(|line| ["# a comment".to_owned(), line.to_owned()]).collect();
    let of = |file: &str, text: &str| {
        let files = Memory::new().with("estate.yaml", read("examples/estate.yaml")).with(file, text);
        prints(&Session::new(&files, Options::default()).check(&[PathBuf::from(file)]).report)
    };
    let before = of("drain.plan.yaml", &plan);
    assert!(!before.is_empty());
    assert_eq!(of("other.plan.yaml", &moved.join("\n")), before);
    let unnamed: String =
        plan.lines().filter(|line| !line.starts_with("plan:")).map(|line| format!("{line}\n")).collect();
    assert_eq!(of("a.plan.yaml", &unnamed), of("b.plan.yml", &unnamed));
}

#[test]
fn one_file_of_single_entities_may_be_renamed() {
    let pack = "pack small \"Small\" version 1.0.0\nentity vm { name: name key, cores: number }\ninput each vm\nrule R1 r \"r\" { for vm must vm.cores < 4 because \"too many\" }\n";
    let of = |file: &str, text: &str| {
        let files = Memory::new().with("pack/a.way", pack).with(file, text);
        let options = Options { packs: vec!["pack".to_owned()], ..Options::default() };
        let checked = Session::new(&files, options).check(&[PathBuf::from(file)]);
        assert!(checked.diagnostics.is_empty(), "{:#?}", checked.diagnostics);
        prints(&checked.report)
    };
    let one = of("a.plan.csv", "name,cores\nx,8\ny,9\n");
    assert_eq!(one.len(), 2);
    assert_eq!(of("b.plan.csv", "name,cores\nw,1\nx,8\ny,9\n"), one);
}

/// Of a single entity what is said about one disk and about another are two findings, so that a baseline tells which is new;
/// what comes to stand before them changes neither.
#[test]
fn those_of_elements_of_single_entities_go_by_what_is_said() {
    let pack = "pack small \"Small\" version 1.0.0\nentity vm { name: name key, disks: [disk] }\npart disk { name: name, size: number }\ninput each vm\n\
                rule R1 r \"r\" { for vm each disk in vm.disks must disk.size > 0 because \"{disk.name} is empty\" }\n";
    let of = |text: &str| {
        let files = Memory::new().with("pack/a.way", pack).with("a.json", text);
        let options = Options { packs: vec!["pack".to_owned()], ..Options::default() };
        let checked = Session::new(&files, options).check(&[PathBuf::from("a.json")]);
        assert!(checked.diagnostics.is_empty(), "{:#?}", checked.diagnostics);
        prints(&checked.report)
    };
    let one = of(r#"{ "name": "v", "disks": [{ "name": "x", "size": 0 }] }"#);
    let two = of(r#"{ "name": "v", "disks": [{ "name": "w", "size": 0 }, { "name": "x", "size": 0 }] }"#);
    assert_eq!((one.len(), two.len()), (1, 2));
    assert!(two.contains(&one[0]));
    assert_ne!(two[0], two[1]);
}
