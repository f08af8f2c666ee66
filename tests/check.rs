//! The checker: what it says about policies, and what it makes of them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs
)]

use clearway::diag::Severity;

mod check_support;
#[path = "check/layers.rs"]
mod layers;

use check_support::{VOCABULARY, check_packs, lines};

/// The blocks of a page with this info string.
fn blocks(page: &str, info: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = page;
    let opening = format!("```{info}\n");
    while let Some((_, after)) = rest.split_once(&opening) {
        let (block, behind) = after.split_once("\n```").expect("a block ends");
        found.push(format!("{block}\n"));
        rest = behind;
    }
    found
}

#[test]
fn every_code_has_a_page_whose_example_shows_it() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/codes");
    let mut all = String::new();
    let mut wrong = String::new();
    for info in clearway::diag::codes::check::ALL {
        let page = std::fs::read_to_string(root.join(format!("{}.md", info.code))).expect("every code has a page");
        assert!(page.starts_with(&format!("# {}: {}\n", info.code, info.title)), "{}", info.code);
        let example = blocks(&page, "way").remove(0);
        let (map, checked) = check_packs(&[("demo", &[&example])]);
        let shown = lines(&map, &checked);
        let own = checked.diagnostics.iter().filter(|d| d.code == info.code).count();
        let other = checked.diagnostics.iter().any(|d| d.code != info.code && d.severity == Severity::Error);
        if own == 0 || other {
            wrong += &format!("{} gives\n{shown}\n", info.code);
        }
        for mended in blocks(&page, "way mended") {
            let (map, checked) = check_packs(&[("demo", &[&mended])]);
            if checked.diagnostics.iter().any(|d| d.code == info.code || d.severity == Severity::Error) {
                wrong += &format!("{} mended gives\n{}\n", info.code, lines(&map, &checked));
            }
        }
        all += &format!("{} {}\n{shown}\n", info.code, info.title);
    }
    assert!(wrong.is_empty(), "{wrong}");
    insta::assert_snapshot!("pages", all);
}

#[test]
fn pack_of_the_project() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("policies/vmm-2019");
    let mut texts = Vec::new();
    for folder in [root.clone(), root.join("tests")] {
        let Ok(entries) = std::fs::read_dir(folder) else { continue };
        let mut paths: Vec<_> =
            entries.map(|e| e.unwrap().path()).filter(|p| p.extension().is_some_and(|e| e == "way")).collect();
        paths.sort();
        texts.extend(paths.iter().map(|p| std::fs::read_to_string(p).unwrap()));
    }
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let (map, checked) = check_packs(&[("vmm-2019", &texts)]);
    assert_eq!(lines(&map, &checked), "", "nothing is wrong or odd in the bundled pack");
    assert!(checked.policies.rules.len() > 30 && checked.policies.tests.len() > 100);
}

/// What is said about one expression as the demand of a rule, without what is said about its lack of reasons.
fn about(expression: &str) -> String {
    let rule = format!(
        "{VOCABULARY}\nrule D1 tried {{\n  cite    page \"x\"\n  for     step\n  must    {expression}\n  because \"…\"\n  help    \"…\"\n}}\n"
    );
    let (map, mut checked) = check_packs(&[("demo", &[&rule])]);
    checked.diagnostics.retain(|d| d.code.as_str() != "CW273");
    lines(&map, &checked)
}

#[test]
fn what_may_be_none_is_narrowed_before_it_is_used() {
    let fine = [
        "step.source.cluster == step.destination.cluster",
        "step.source.cluster exists and step.source.cluster.csv",
        "step.source.cluster exists implies step.source.cluster.csv",
        "not (step.source.cluster exists) or true == step.source.clustered",
        "if step.source.cluster exists then step.source.cluster.csv else false",
        "step.source.clustered implies step.source.cluster.csv",
        "step.clustered and step.source.cluster.csv and step.destination.cluster.csv",
        "joined(step.source, step.destination) implies step.source.cluster.csv and step.destination.cluster.csv",
        "step.source.cluster exists and step.source.cluster.owner exists and step.source.cluster.owner.limit > 1",
        "all d in step.vm.disks where d.base exists: d.base.storage.kind == share",
        "sum(d.size for d in step.vm.disks where d.base exists and d.base.storage.kind == csv) < 1 GiB",
        "some d in step.vm.disks: step.to.disks[d.name] exists and step.to.disks[d.name].kind == csv",
        "step.to.disks[\"a\"] exists implies step.to.disks[\"a\"].kind == csv",
        "step.source.tags[\"room\"] else \"none\" == \"x\"",
        "none == step.transfer or step.transfer in [live, quick]",
        "no h in hosts where h.cluster exists: h.cluster in clusters and not h.cluster.csv",
    ];
    for expression in fine {
        assert_eq!(about(expression), "", "{expression}");
    }
    let refused = [
        "step.source.cluster.csv",
        "step.source.cluster exists or step.source.cluster.csv",
        "step.destination.cluster exists and step.source.cluster.csv",
        "step.source.cluster.csv and step.source.cluster exists",
        "if step.source.cluster exists then true else step.source.cluster.csv",
        "not step.source.clustered implies step.source.cluster.csv",
        "step.source.cluster exists and step.source.cluster.owner.limit > 1",
        "joined(step.source, step.source) implies step.destination.cluster.csv",
        "all d in step.vm.disks: d.base.storage.kind == share",
        "some d in step.vm.disks: step.to.disks[d.name] exists and step.to.disks[\"a\"].kind == csv",
        "step.to.disks[\"a\"].kind == csv",
        "length(step.vm.notes) > 3",
        "step.vm.notes + \"x\" == \"x\"",
        "max(h.limit for h in hosts) > 3",
        "starts-with(step.vm.notes, \"a\")",
    ];
    for expression in refused {
        let said = about(expression);
        assert!(said.starts_with("CW209 ") && said.matches("\nCW").count() == 0, "{expression}\n{said}");
    }
}

#[test]
fn kinds_of_values_go_together_or_do_not() {
    let fine = [
        "step.source.memory.free * 2 > 1.5 GiB",
        "step.source.memory.free / step.source.memory.total > 15%",
        "2 * step.source.memory.free - 1 GiB < step.source.memory.total",
        "step.source.patched + 30 d > 2026-01-01",
        "step.source.patched - 2026-01-01 < 7 d",
        "step.source.uptime / 1 d > 3.5",
        "step.source.uptime * 2 <= 90 d",
        "step.source.version >= 6.2 and step.source.version < 10.0.17763",
        "6.2 <= step.source.version",
        "step.source.limit == 6.2",
        "-step.source.limit < -1",
        "step.source.name == \"HV1\"",
        "step.source.name in [\"a\", \"b\"]",
        "step.moves == storage",
        "machine == step.moves",
        "step.moves in [storage, both]",
        "step.vm.disks == step.vm.disks or true",
        "step.transfer in [live, quick]",
        "(if step.clustered then live else quick) == step.transfer",
        "length(step.vm.disks) > ceil(step.source.limit / 2)",
        "count(d in step.vm.disks where d.size > 1 GiB) < 3",
        "length(distinct([d.storage for d in step.vm.disks])) == 1",
        "union([step.source], [step.destination]) is known",
        "(step.source in hosts) is known",
        "join([d.name for d in step.vm.disks], \", \") + \"x\" != text(step.vm)",
        "matches(step.vm.name, \"^sql[0-9]+$\")",
        "(min(d.size for d in step.vm.disks) else 0 B) > 1 MiB",
        "lower(step.vm.name) == \"a\"",
        "first(1, step.vm.disks) is known and skip(1, hosts) is known",
        "length(values(step.source.tags)) > 0",
    ];
    let mut said = String::new();
    for expression in fine.iter().filter(|e| !e.contains("or true")) {
        assert_eq!(about(expression), "", "{expression}");
    }
    let refused = [
        "step.source.version == \"6.2\"",
        "step.source.version + 1 > 6.2",
        "step.source.memory.free > 4",
        "step.source.patched + 30 > 2026-01-01",
        "step.source.patched + step.source.patched > 2026-01-01",
        "step.source.uptime > 4 GiB",
        "step.transfer < live",
        "step.transfer == \"live\"",
        "step.transfer == csv",
        "step.transfer in [live, csv]",
        "step.source == \"hv1\"",
        "step.source == step.vm",
        "step.source.storage == []",
        "step.source.storage.kind == csv",
        "step.vm.name.length > 3",
        "step.source in step.source",
        "step.source in step.vm.disks",
        "step.vm",
        "not step.vm.name",
        "step.vm.name and true",
        "[1, \"a\"] is known",
        "(if step.clustered then 1 else \"a\") == 1",
        "length(step.source) > 1",
        "values(step.vm.disks) is known",
        "sum(d.name for d in step.vm.disks) is known",
        "sum(step.vm) is known",
        "count(d.size for d in step.vm.disks) > 1",
        "median(d.size for d in step.vm.disks) is known",
        "reaches(step.source) and true",
        "reaches(step.source, step.source)",
        "reaches",
        "join(step.vm.disks, \", \") == \"\"",
        "contains(step.source.storage, \"a\")",
        "matches(step.vm.name, step.vm.name)",
        "matches(step.vm.name, \"(\")",
        "step.source.tags == none",
        "step.source.storage[1] is known",
        "step.source.tags.room == \"a\"",
        "skip(hosts, 1) is known",
        "-step.vm.name == 1",
        "text(step.vm.disks) == \"\"",
        "union(hosts, clusters) is known",
        "\"a\" + 1 == \"a1\"",
        "99999999999999999999999999999999 > 1",
        "step.source.version > 4294967296.0",
        "hots is known",
        "disk is known",
        "all h in hosts: h.naem == \"\"",
        "step.source.memory == 1 GiB",
        "ceil(step.source.memory.free) > 1",
    ];
    let mut wrong = String::new();
    for expression in refused {
        let lines = about(expression);
        said += &format!("{expression}\n{lines}\n");
        if !lines.starts_with("CW") || lines.matches("\nCW").count() > 0 {
            wrong += &format!("{expression}\n{lines}\n");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    insta::assert_snapshot!("kinds", said);
}

#[test]
fn twenty_mistakes_give_twenty_diagnostics() {
    let text = include_str!("check_support/twenty-mistakes.way");
    let (map, checked) = check_packs(&[("demo", &[text])]);
    let errors = checked.diagnostics.iter().filter(|d| d.severity == Severity::Error).count();
    insta::assert_snapshot!("twenty", lines(&map, &checked));
    assert_eq!(errors, 20);
}

#[test]
fn packs_extend_what_stands_before_them() {
    let (map, checked) = check_packs(&[("a", &["pack a\nextend b\n"]), ("b", &["pack b\nextend a\n"])]);
    insta::assert_snapshot!("extends", lines(&map, &checked));
}

#[test]
fn fixtures_are_laid_in_before_what_a_test_says() {
    let text = format!(
        "{VOCABULARY}\n{}",
        r#"
rule D1 version "Version" { cite page "x" for step each disk in step.vm.disks must disk.size > 1 GiB because "…" help "…" }
fixture one { given host a { cluster: none, memory.total: 4 GiB, memory.free: 1 GiB } }
fixture two {
  use one
  given storage "\\files\vms" { kind: share, free: 15 GiB }
  given vm v { host: a, disks: [ { name: "a.vhdx", storage: "\\files\vms", size: 2 GiB } ] }
}
test "a large disk" {
  use two
  use one
  given host A { memory.free: unknown, memory.total: 8 GiB, version: 6.10, tags: { "room 1": "x", rack: "y" } }
  given no clusters
  step m { vm: v, to: { host: A, disks: { "a.vhdx": "\\files\vms" } }, wave: 2 }
  expect m satisfies D1 for disk "a.vhdx"
  expect plan permitted
  expect afterwards v.host == a and v.running
}
"#
    );
    let (map, checked) = check_packs(&[("demo", &[&text])]);
    assert!(checked.diagnostics.iter().all(|d| d.severity == Severity::Warning), "{}", lines(&map, &checked));
    let mut test = format!("{:#?}", checked.policies.tests[0]);
    // Places say nothing here.
    while let Some(at) = test.find("span: ") {
        let end = test[at..].find('\n').unwrap();
        test.replace_range(at..at + end + 1, "");
    }
    insta::assert_snapshot!("fixtures", test);
}

#[test]
fn what_a_definition_is_may_be_told_by_its_uses_wherever_they_stand() {
    let text = format!(
        "{VOCABULARY}\n{}",
        r#"
enum other-kind { share, tape }
rule D1 a "A" { cite page "x" for step must step.source.version >= least because "{least}, {count}" help "…" }
rule D2 b "B" { cite page "x" for step each d in step.vm.disks must d.storage.kind in kinds or d.storage.kind == one because "…" help "…" }
rule D3 c "C" { cite page "x" for step must length(step.vm.disks) * count < 3 because "…" help "…" }
define least = 6.2
define count = 2
define kinds = [share]
define one = share
define tapes: [other-kind] = [share, tape]
"#
        .replace("count", "some-count")
    );
    let (map, mut checked) = check_packs(&[("demo", &[&text])]);
    checked.diagnostics.retain(|d| d.code.as_str() != "CW273");
    assert_eq!(lines(&map, &checked), "");
    let types: Vec<String> = checked
        .policies
        .functions
        .iter()
        .filter(|f| f.params == 0)
        .map(|f| format!("{} {}", f.name, checked.policies.schema.type_name(&f.ty)))
        .collect();
    assert_eq!(types, ["least version", "some-count number", "kinds [kind]", "one kind", "tapes [other-kind]"]);
}

#[test]
fn conditions_that_are_never_in_doubt() {
    let odd = [
        "step.source.cluster exists implies step.source.cluster exists",
        "step.transfer == live or step.transfer != live",
        "step.transfer exists implies step.transfer in [live, quick, network]",
        "step.transfer == live and step.transfer in [quick, network]",
        "step.source.version >= 6.2 or step.source.version < 6.3",
        "step.source.version < 6.2 and step.source.version >= 6.2",
        "step.source.limit > 3 implies step.source.limit > 2",
        "step.source.limit == 3 and step.source.limit != 3",
        "step.source == step.source",
        "step.vm.running or not step.vm.running",
        "step.vm.name == \"A\" and step.vm.name == \"b\"",
        "step.vm.name == \"A\" or step.vm.name != \"a\"",
        "1 < 2",
        "true",
        "live in [live, quick] and step.vm.running",
        "step.transfer in []",
        "if live == quick then step.vm.running else true == step.vm.running",
        "all d in step.vm.disks where d.size > 1 GiB or d.size <= 1 GiB: d.name == \"x\"",
        "(some d in step.vm.disks: d.size > 1 GiB) or not (some x in step.vm.disks: x.size > 1 GiB)",
        "step.vm exists",
        "step.source.cluster exists and step.source.cluster exists",
        "step.source != none",
    ];
    let mut said = String::new();
    let mut wrong = String::new();
    for expression in odd {
        let lines = about(expression);
        if !lines.starts_with("CW270 ") || lines.matches("\nCW").count() > 0 {
            wrong += &format!("{expression}\n{lines}\n");
        }
        said += &format!("{expression}\n{lines}\n");
    }
    assert!(wrong.is_empty(), "{wrong}");
    insta::assert_snapshot!("odd", said);
    let fine = [
        "step.transfer == live or step.transfer == quick",
        "step.transfer in [live, quick, network]",
        "step.source.version >= 6.2 or step.source.version < 6.1",
        "step.source.limit > 2 implies step.source.limit > 3",
        "step.vm.notes == \"a\" or step.vm.notes != \"b\"",
        "step.vm.running or step.source.clustered",
        "step.source == step.destination",
        "(step.vm.running) is known",
    ];
    for expression in fine {
        assert_eq!(about(expression), "", "{expression}");
    }
}

#[test]
fn a_rule_that_another_one_implies_is_told() {
    let rule = |code: &str, when: &str, rest: &str| {
        format!(
            "rule {code} r-{code} \"R\" {{\n  cite page \"x\"\n  for step\n  each d in step.vm.disks\n  {when}\n  {rest}\n  because \"{{d.name}}\"\n  help \"…\"\n}}\n"
        )
    };
    let implied = |a: &str, b: &str| {
        let text = format!("{VOCABULARY}\n{a}{b}");
        let (map, checked) = check_packs(&[("demo", &[&text])]);
        assert!(checked.diagnostics.iter().all(|d| d.severity == Severity::Warning), "{}", lines(&map, &checked));
        let found = checked.diagnostics.iter().filter(|d| d.code.as_str() == "CW272");
        found.map(|d| map.text(d.span()).unwrap().to_owned()).collect::<Vec<_>>()
    };
    let all = rule("D1", "", "must d.size > 1 GiB");
    let live = rule("D2", "when step.transfer == live", "must d.size > 1 GiB");
    let running = rule("D3", "when step.vm.running and step.transfer == live", "must d.size > 1 GiB");
    let two = rule("D4", "when step.transfer in [live, quick]", "must d.size > 1 GiB");
    let soft = rule("D5", "", "should d.size > 1 GiB");
    let renamed = rule("D6", "", "must d.size > 1 GiB").replace("each d", "each x").replace("d.", "x.");
    let less = rule("D7", "", "must d.size > 2 GiB");
    assert_eq!(implied(&all, &live), ["D2"]);
    assert_eq!(implied(&live, &all), ["D2"]);
    assert_eq!(implied(&live, &running), ["D3"]);
    assert_eq!(implied(&two, &live), ["D2"]);
    assert_eq!(implied(&two, &running), ["D3"]);
    assert_eq!(implied(&soft, &all), ["D5"]);
    assert_eq!(implied(&soft, &live), [""; 0]);
    assert_eq!(implied(&all, &renamed), ["D6"]);
    assert_eq!(implied(&all, &less), [""; 0]);
}

#[test]
fn vocabularies_that_do_not_hold_together() {
    let text = r#"pack demo
enum plan { a }
enum step { a }
entity wave { name: name key }
entity text { name: name key }
entity host { name: name key, id: number key, name: text, other: name key, free: size default 4, list: [thing] default [], when-free: size default other }
entity vm { host: host, cpu: { cores: number, cores: number }, t: map of { a: nothing } }
part disk of volume { size: size default -1 GiB, role: { name: name key } }
entity step { id: text, refused: bool, wave: number, vm: vm key }
input plan with inventory { hosts: [host], hosts: [vm], others: [host], disks: [disk], one: host, many: [hots] }
input each host
derive vm.host: host = vm.host
derive vn.x: bool = true
derive disk.large: bool = disk.size > 1
gather host.files { from host { a = 1 } }
gather vm.parts { from disk in vm.disks { size = 1 GiB, size = 2 GiB, speed = 1 } from x { size = 1 GiB } }
part piece of vm { size: size, kind: text }
define f(a: text, a: text): text = a
define length = 3
define hosts = 4
"#;
    let (map, checked) = check_packs(&[("demo", &[text])]);
    insta::assert_snapshot!("vocabulary", lines(&map, &checked));
}
