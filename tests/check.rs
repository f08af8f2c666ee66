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

use check_support::{check_packs, lines};

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

/// A vocabulary to be wrong about.
const VOCABULARY: &str = r#"pack demo

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
fn layers_change_rules_and_split_headers() {
    let base = format!(
        "{VOCABULARY}\n{}",
        r#"
define least = 6.2
define kinds = [share, csv]
rule D1 version "Version" { cite page "x" for step must step.source.version >= least because "…" help "…" }
rule D2 told "Told" { cite page "x" for step when step.vm.running note because "…" help "…" }
effect shrunk { for step change step.source.memory.free by -1 GiB }
matrix D3 storage "Storage" {
  cite    page "x"
  help    "…"
  for     step
  each    disk in step.vm.disks
  rows    disk.storage.kind
  columns step.transfer

  |            | live, quick  | other |
  |------------|--------------|-------|
  | local      | no           | -     |
  | share, csv | yes if roomy | yes   |

  roomy must D4 disk.size < 1 GiB and disk.storage.kind in kinds because "…" help "…"
}
"#
    );
    let layer = r#"
extend  demo
redefine least = 10.0.17763
adjust  D1 should because "we have old hosts"
adjust  D3 cell (csv, live) yes, shrunk if roomy because "case 4711"
adjust  D3 cell (local, none) / because "never happens"
disable D4 because "always roomy"
disable D2 because "we know"
rule ACME1 ours "Ours" { cite page "y" for step must step.source.limit > 0 because "…" help "…" }
"#;
    let (map, mut checked) = check_packs(&[("demo", &[&base]), ("acme", &[layer])]);
    checked.diagnostics.retain(|d| d.code.as_str() != "CW273");
    assert_eq!(lines(&map, &checked), "");
    let rules: Vec<String> = checked
        .policies
        .rules
        .iter()
        .map(|r| format!("{} {:?} pack {} {:?} {:?} {:?}", r.code, r.level, r.pack, r.origin, r.adjusted, r.disabled))
        .collect();
    let matrix = &checked.policies.matrices[0];
    let headers = |headers: &[clearway::check::tree::Header]| {
        headers.iter().map(|h| h.text.to_string()).collect::<Vec<_>>().join(" | ")
    };
    let cells: Vec<String> = matrix
        .cells
        .iter()
        .map(|row| {
            let cell = |c: &clearway::check::tree::Cell| {
                let adjusted = c.adjusted.as_ref().map_or("", |o| &o.because);
                format!("{:?} {:?} {:?} {adjusted}", c.verdict, c.effects, c.condition)
            };
            row.iter().map(cell).collect::<Vec<_>>().join(" | ")
        })
        .collect();
    let least = checked.policies.functions.iter().find(|f| &*f.name == "least").unwrap();
    insta::assert_snapshot!(
        "layers",
        format!(
            "{}\n\n{}\n{}\n{}\n\nleast: {:?} {:?}\n",
            rules.join("\n"),
            headers(&matrix.column_headers),
            headers(&matrix.row_headers),
            cells.join("\n"),
            least.ty,
            least.body.kind,
        )
    );
}

#[test]
fn layers_that_do_not_fit_are_told() {
    let base = format!(
        "{VOCABULARY}\n{}",
        r#"
define least = 6.2
define scaled(n: number): number = n * 2
rule D1 version "Version" { cite page "x" for step must step.source.version >= least because "…" help "…" }
rule D2 told "Told" { cite page "x" for step when step.vm.running note because "{scaled(1)}" help "…" }
select step.transfer { prefer live chosen note D5 "…" none must D6 "…" }
matrix D3 storage "Storage" {
  cite    page "x"
  help    "…"
  for     step
  rows    step.source.version
  columns step.transfer

  |         | live, quick | other |
  |---------|-------------|-------|
  | < 6.2   | no          | -     |
  | >= 6.2  | yes         | yes   |
}
"#
    );
    let layer = r#"
extend  demo

redefine leest = 10.0
redefine least: text = "a"
redefine scaled = 1
redefine scaled(n: number) = "x"
adjust  D1 note because "x"
adjust  D1 cell (a, b) yes because "x"
adjust  D2 must because "x"
adjust  D3 cell (6.3, live) yes because "x"
adjust  D3 cell (< 6.2, lvie) yes because "x"
adjust  D3 cell (< 6.2, live) yes if roomy because "x"
adjust  D3 cell (< 6.2, quick) no because "x"
adjust  D5 must because "x"
disable D6 because "x"
disable D7 because "x"
disable D1 because "{1}"
disable D1 because "again"
"#;
    let (map, checked) = check_packs(&[("demo", &[&base]), ("acme", &[layer])]);
    insta::assert_snapshot!("wrong_layers", lines(&map, &checked));
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

/// A pseudo-random sequence that is the same on each run.
fn next(state: &mut u64) -> usize {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    usize::try_from(*state >> 33).unwrap()
}

#[test]
fn no_text_brings_the_checker_down() {
    let sources = [
        include_str!("check_support/twenty-mistakes.way").to_owned(),
        include_str!("../policies/vmm-2019/steps.way").to_owned() + include_str!("../policies/vmm-2019/files.way"),
        include_str!("../policies/vmm-2019/vocabulary.way").to_owned()
            + include_str!("../policies/vmm-2019/storage-matrix.way")
            + include_str!("../policies/vmm-2019/effects.way"),
    ];
    let mut state = 42;
    for source in &sources {
        let words: Vec<&str> = source.split_inclusive([' ', '\n', '.', '(', ')', ',', ':']).collect();
        for _ in 0..150 {
            let mut changed = words.clone();
            for _ in 0..1 + next(&mut state) % 12 {
                let (a, b) = (next(&mut state) % changed.len(), next(&mut state) % words.len());
                match next(&mut state) % 3 {
                    0 => changed[a] = words[b],
                    1 => drop(changed.remove(a)),
                    _ => changed.insert(a, words[b]),
                }
            }
            let text = changed.concat();
            let parsed = clearway::syntax::parse(&text, 0);
            let pack = clearway::check::PackFiles { folder: "x".into(), files: vec![parsed.tree] };
            let checked = clearway::check::check(&[pack]);
            // What is broken is left out, so that the rest compiles.
            let _ = clearway::compile::compile(&checked.policies);
            for diagnostic in &checked.diagnostics {
                assert!(!diagnostic.message.is_empty() && diagnostic.help.is_some(), "{diagnostic:?}");
                assert!(!diagnostic.message.contains('\n') && !diagnostic.message.ends_with('.'), "{diagnostic:?}");
            }
        }
    }
}

#[test]
fn depth_is_bounded_and_not_paid_twice() {
    use std::fmt::Write;
    // Each definition needs the one behind it twice, and its body is as deep as the parser allows.
    let mut text = String::from(
        "pack demo\nentity host { name: name key, peer: host?, twin: host? }\ninput plan with inventory { hosts: [host] }\n",
    );
    for i in 0..90 {
        let deep = format!("{}d{}(h){}", "not (not (".repeat(20), i + 1, "))".repeat(20));
        writeln!(text, "define d{i}(h: host): bool = {deep} and d{}(h)", i + 1).unwrap();
    }
    writeln!(text, "define d90(h: host): bool = h.peer exists and h.twin exists").unwrap();
    writeln!(text, "rule D1 x \"X\" {{ for plan each h in hosts must d0(h) because \"…\" }}").unwrap();
    let (map, checked) = check_packs(&[("demo", &[&text])]);
    assert!(checked.diagnostics.iter().all(|d| d.severity == Severity::Warning), "{}", lines(&map, &checked));
    // The same the other way round, without types: nothing is known before it is needed.
    let mut text = String::from("pack demo\n");
    for i in 0..5000 {
        writeln!(text, "define c{i} = c{} + c{}", i + 1, i + 1).unwrap();
    }
    writeln!(text, "define c5000 = 1").unwrap();
    let (map, checked) = check_packs(&[("demo", &[&text])]);
    let _ = clearway::compile::compile(&checked.policies);
    let said = lines(&map, &checked);
    assert!(said.starts_with("CW213 ") && said.matches("\nCW").count() == 0, "{said}");
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
fn a_pack_that_judges_single_machines() {
    let text = r#"
pack machines "Machines" version 1.0

source handbook { title "Handbook" }

enum power { on, off }

entity vm {
  name:     text? from "vmName" default none
  tpm:      bool from "tpmEnabled"
  power:    power
  networks: [network?]
  owner:    { mail: text?, since: date }
  labels:   map of text
}
part network { name: name, mtu: number default 1500 }

input each vm

derive vm.named = [n.name for n in vm.networks where n exists]

rule "vmware.tpm.detected" tpm "No TPM" {
  cite    handbook "TPM"
  for     vm
  must    not vm.tpm
  because "{vm} has a TPM, {vm.owner.mail}"
  help    "Remove it."
}

rule M2 "mtu.small" "Jumbo frames" {
  cite    handbook "Networks"
  for     vm
  each    network in vm.networks
  when    network exists
  should  network.mtu >= 9000 and network.name in vm.named
  because "{network.name}: {network.mtu}"
  help    "Raise it."
}

test "a machine with a TPM" {
  given  vm a { tpm: true, networks: [none, { name: lan }] }
  expect a violates M1
  expect a violates M2 for network lan
  expect a permitted
}
"#
    .replace("rule \"vmware.tpm.detected\" tpm", "rule M1 \"vmware.tpm.detected\"");
    let (map, checked) = check_packs(&[("machines", &[&text])]);
    assert_eq!(lines(&map, &checked), "");
    assert_eq!(checked.policies.tests.len(), 1);
}

#[test]
fn rules_about_waves_and_plans() {
    let text = format!(
        "{VOCABULARY}\n{}",
        r#"
derive wave.hosts: [host] = union([s.source for s in wave.steps where not s.refused],
                                  [s.destination for s in wave.steps where not s.refused])
define live-moves-of(w: wave, h: host): [step] =
  [s for s in w.steps where s.transfer == live and (s.source == h or s.destination == h)]
rule D1 live-limit "More live migrations at once than a host takes" {
  cite    page "x"
  for     wave
  each    host in wave.hosts
  let     moves = live-moves-of(wave, host)
  let     limit = host.limit
  when    length(moves) > 0
  should  length(moves) <= limit
  because "{length(moves)} at once, {host} takes {limit}: {join([s.id for s in skip(limit, moves)], ", ")} wait, {ceil(length(moves) / limit)} rounds"
  help    "…"
}
rule D2 all-go "All steps go" {
  cite    page "x"
  for     plan
  must    no s in plan.steps: s.refused
  because "{count(s in plan.steps where s.refused)} steps of {plan.name} are refused"
  help    "…"
}
rule D3 first-wave "Starts with one" {
  cite    page "x"
  for     step
  when    step.wave.number exists
  note
  because "{step} is one of {length(step.wave.steps)} in wave {step.wave.number}"
  help    "…"
}
select step.transfer {
  cite   page "x"
  prefer live, quick where step.moves == machine
         network     where step.moves == storage
  chosen note D4 "{step.vm} goes by {step.transfer}"
  none   must D5 "nothing goes"
}
effect relocate {
  for    step
  when   reaches(step.destination, first-of(step)) and joined(step.source, step.destination) and step.clustered
  set    step.vm.host = step.destination
  change step.destination.memory.free by -sum(d.size for d in step.vm.disks)
  note   D6 when not step.vm.running "{step.vm} is on {step.destination} of {step.source.cluster.name}"
}
define first-of(s: step): storage = if length(s.vm.disks) > 0 then s.vm.host.cluster.home else s.vm.host.home
test "chosen" {
  given  host a { limit: 1 }
  given  vm v { host: a }
  step   m { vm: v, wave: 1 }
  expect m chooses live
  expect m notes D4
  expect wave 1 violates D1 for host "a"
  expect wave 1 skips D1
  expect plan satisfies D2
  expect m skips D6
  expect m denied
}
"#
        .replace("s.vm.host.cluster.home else s.vm.host.home", "s.vm.host.home else s.vm.host.home")
    )
    .replace("  limit:   number\n", "  limit:   number\n  home:    storage\n");
    let (map, checked) = check_packs(&[("demo", &[&text])]);
    assert_eq!(lines(&map, &checked), "");
    assert_eq!(checked.policies.rules.len(), 6);
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

/// The codes of all that parser and checker say of a pack, in order.
fn said(pack: &str) -> Vec<String> {
    let parsed = clearway::syntax::parse(pack, 0);
    let mut all: Vec<_> = parsed.diagnostics.clone();
    let files = vec![parsed.tree];
    all.extend(clearway::check::check(&[clearway::check::PackFiles { folder: "demo".into(), files }]).diagnostics);
    all.iter().filter(|d| d.severity == Severity::Error).map(|d| format!("{} {}", d.code, d.message)).collect()
}

const WORDS: &str = r#"enum state { running, off }
entity host { name: name key, n: number, state: state, version: version, tag: text? }
entity step { h: host, tag: text }
input plan with inventory { hosts: [host] }
"#;

/// The codes of what is said of a text below the words above.
fn codes_of(text: &str) -> Vec<String> {
    said(&format!("{WORDS}{text}")).iter().map(|line| line.chars().take(5).collect()).collect()
}

fn rule_with(clauses: &str) -> String {
    format!("rule DEMO1 one \"One\" {{\n  for step\n  {clauses}\n  because \"so\"\n}}\n")
}

#[test]
fn what_the_parser_complains_of_is_told_once() {
    let must = |e: &str| codes_of(&rule_with(&format!("must {e}")));
    assert_eq!(must("step.h.n == 0"), [""; 0]);
    assert_eq!(must("step.h.n = 0"), ["CW105"]);
    assert_eq!(must("step.h.n not in [1, 2]"), ["CW105"]);
    assert_eq!(must("step.tag == \u{201c}x\u{201d}"), ["CW101"]);
    assert_eq!(must("step.h.state == \u{201c}x\u{201d}"), ["CW101"]);
    assert_eq!(must("step.h.b\u{fc} == 1"), ["CW104"]);
    assert_eq!(must("step.h.n is none"), ["CW105"]);
    let when = "when step.tag starts-with \"sql\" and step.h.n == 1\n  must step.h.n == 1";
    assert_eq!(codes_of(&rule_with(when)), ["CW105"]);
    assert_eq!(codes_of("define a: bool = 1 starts-with 2\n"), ["CW105"]);
    // What stands elsewhere is told all the same.
    let two = "when step.h.n = 0\n  must step.h.m == 1";
    assert_eq!(codes_of(&rule_with(two)), ["CW105", "CW202"]);
}

#[test]
fn what_follows_from_a_mistake_is_not_told() {
    let test = |clauses: &str| codes_of(&format!("{}test \"t\" {{\n{clauses}\n}}\n", rule_with("must step.h.n == 1")));
    assert_eq!(
        test("  given host a { n: 1 }\n  step move { h: a, tag: \"\" }\n  expect move violate DEMO1"),
        ["CW105"]
    );
    let given = "  given hosts a {}\n  step move { h: a, tag: \"\" }\n  expect move violates DEMO1";
    assert_eq!(test(given), ["CW203"]);
    let extend = "extend nowhere\nredefine lim = 3\ndisable NONE1 because \"so\"\ndefine x = lim + 1\n";
    assert_eq!(codes_of(extend), ["CW235"]);
}

fn matrix_with(rows: &str, table: &str) -> String {
    format!(
        "matrix DEMO2 two must \"Two\" {{\n  for step\n  rows {rows}\n  columns step.h.state\n{table}  because \"so\"\n}}\n"
    )
}

#[test]
fn a_table_names_a_value_once() {
    let table = "  |  | running, running | off |\n  |---|---|---|\n  | < 6.2 | yes | no |\n  | 6.2, 6.2.0 | yes | no |\n  | > 6.2 | yes | no |\n";
    assert_eq!(codes_of(&matrix_with("step.h.version", table)), ["CW222", "CW222"]);
    let table = "  |  | running | off |\n  |---|---|---|\n  | none | yes | no |\n";
    assert_eq!(codes_of(&matrix_with("hosts", table)), ["CW223"]);
    let conditions = "  |  | running | off |\n  |---|---|---|\n  | true | yes if a | no |\n  | false | yes | no |\n  a must DEMO3 step.h.n == 1\n    because \"so\"\n  a must DEMO4 step.h.n == 2\n  ";
    assert_eq!(codes_of(&matrix_with("step.h.n == 3", conditions)), ["CW206"]);
}

#[test]
fn a_layer_answers_for_what_it_changes() {
    let table = "  |  | running | off |\n  |---|---|---|\n  | true | yes | no |\n  | false | yes | no |\n";
    let base =
        format!("pack base \"Base\" version 1.0.0\n{WORDS}define lim = 3\n{}", matrix_with("step.h.n > lim", table));
    let layer = "pack layer \"Layer\" version 1.0.0\nextend base\nredefine lim = lim + 1\n";
    let cells = "pack cells \"Cells\" version 1.0.0\nextend base\nadjust DEMO2 cell (true, off) yes because \"a\"\nadjust DEMO2 cell (true, off) - because \"b\"\n";
    for (layer, code, line) in [(layer, "CW212", 3), (cells, "CW206", 4)] {
        let (map, checked) = check_packs(&[("base", &[&base]), ("layer", &[layer])]);
        let found: Vec<_> = checked.diagnostics.iter().filter(|d| d.severity == Severity::Error).collect();
        let places: Vec<_> = found.iter().map(|d| (d.code.to_string(), map.locate(d.span()).unwrap().line)).collect();
        assert_eq!(places, [(code.to_owned(), line)], "{}", lines(&map, &checked));
    }
}

#[test]
fn what_is_missing_is_marked_behind_what_lacks_it() {
    let place = |text: &str| {
        let parsed = clearway::syntax::parse(text, 0);
        let at = parsed.diagnostics.first().unwrap().span().start as usize;
        (parsed.diagnostics.len(), text[..at].to_owned())
    };
    assert_eq!(place("disable DEMO1\nenum a { b }\n"), (1, "disable DEMO1".to_owned()));
    assert_eq!(place("define a = if b then c\nenum a { b }\n"), (1, "define a = if b then c".to_owned()));
}

#[test]
fn words_of_other_languages_are_answered_with_ours() {
    let help = |e: &str| {
        let text = format!("{WORDS}{}", rule_with(&format!("must {e}")));
        let parsed = clearway::syntax::parse(&text, 0);
        let mut all = parsed.diagnostics.clone();
        let files = vec![parsed.tree];
        all.extend(clearway::check::check(&[clearway::check::PackFiles { folder: "demo".into(), files }]).diagnostics);
        all.first().and_then(|d| d.help.clone()).unwrap_or_default()
    };
    assert_eq!(help("step.h.n not in [1]"), "write `not (x in xs)`");
    assert_eq!(help("step.tag starts-with \"a\""), "it is a function: write `starts-with(a, b)`");
    assert_eq!(help("step.h.tag is none"), "write `== none`, or `not (x exists)`");
    assert_eq!(help("step.h.tag == null"), "write `none`: `x == none`, or `not (x exists)`");
    assert_eq!(help("tru"), "did you mean `true`?");
    assert_eq!(help("True"), "did you mean `true`?");
    let chain = vec!["step.h.n == 1"; 120].join(" and ");
    let said = said(&format!("{WORDS}{}", rule_with(&format!("must {chain}"))));
    assert_eq!(said, ["CW116 this chain of `and` is too long"]);
}
