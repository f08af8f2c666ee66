//! A layer over a pack: what it changes, adds and switches off.

use super::{VOCABULARY, check_packs, lines};

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
fn layers_add_fields_and_redefine_derived_ones() {
    let base = format!(
        "{VOCABULARY}\n{}",
        r#"
define limit-of(h: host): number = h.limit
rule D1 limit "Limit" { cite page "x" for step must limit-of(step.source) > 0 because "…" help "…" }
rule D2 clusters "Clusters" { cite page "x" for step must step.clustered because "…" help "…" }
"#
    );
    let layer = r#"
extend demo
extend entity cluster { maximum: number? default none, nodes: { wanted: number } }
extend part disk {
  shared: bool   // between machines
}
extend entity step { urgent: bool default false }
redefine limit-of(h: host) = if h.cluster exists and h.cluster.maximum exists then h.cluster.maximum else h.limit
redefine host.clustered = host.cluster exists and host.cluster.csv
redefine step.source: host = step.destination
rule ACME1 ours "Ours" {
  cite page "y"
  for  step
  each disk in step.vm.disks
  when step.source.cluster exists
  must not disk.shared and not step.urgent and step.source.cluster.nodes.wanted > 1
  because "…" help "…"
}
"#;
    let (map, mut checked) = check_packs(&[("demo", &[&base]), ("acme", &[layer])]);
    checked.diagnostics.retain(|d| d.code.as_str() != "CW273");
    assert_eq!(lines(&map, &checked), "");
    let fields = |name: &str| {
        let (_, def) = checked.policies.schema.structs().find(|(_, def)| &*def.name == name).unwrap();
        let key = def.key.and_then(|id| def.fields.get(id.0 as usize)).map(|field| field.name.to_string());
        (key, def.fields.iter().map(|field| field.name.to_string()).collect::<Vec<_>>().join(" "))
    };
    assert_eq!(fields("cluster"), (Some("name".to_owned()), "name csv owner maximum nodes".to_owned()));
    assert_eq!(fields("disk"), (Some("name".to_owned()), "name storage size base shared".to_owned()));
}

#[test]
fn fields_that_cannot_be_added_or_redefined_are_told() {
    let layer = r#"
extend demo
extend entity cluster { csv: bool }
extend entity clutser { more: bool }
extend entity disk { more: bool }
extend part host { more: bool }
extend entity plan { more: bool }
extend entity vm { id: name key }
redefine host.limit = 3
redefine host.clusterd = true
redefine hots.clustered = true
redefine host.clustered = 3
redefine host.clustered: number = 3
redefine step.refused = true
redefine step.moves = machine
redefine step.moves = storage
"#;
    let (map, checked) = check_packs(&[("demo", &[VOCABULARY]), ("acme", &[layer])]);
    insta::assert_snapshot!("wrong_additions", lines(&map, &checked));
}

/// What nobody below a layer could say needs a default there, and is told there, once.
#[test]
fn what_is_added_to_steps_and_gathered_parts_has_a_default() {
    let below = r#"pack demo
entity vm { name: name key, state: text }
entity step { vm: vm }
part thing of vm { name: name }
input plan with inventory { vms: [vm] }
gather vm.things { from vm { name = "configuration" } }
rule R1 calm { for step  must all t in step.vm.things: t.name == "configuration"  because "no" }
test "one" { given vm v { }  step a { vm: v }  expect a satisfies R1 }
test "two" { given vm v { }  step a { vm: v }  expect a satisfies R1 }
"#;
    let added = |what: &str| {
        let layer = format!("pack acme\nextend demo\n{what}\n");
        let (_, checked) = check_packs(&[("demo", &[below]), ("acme", &[&layer])]);
        let told = checked.diagnostics.iter().filter(|told| told.severity == clearway::diag::Severity::Error);
        told.map(|told| format!("{} {}", told.code, told.message)).collect::<Vec<_>>()
    };
    assert_eq!(
        added("extend entity step { ticket: text }"),
        ["CW232 `ticket` has no default, and no step of the pack below says it"]
    );
    assert_eq!(
        added("extend part thing { size: number }"),
        ["CW232 nothing fills `size`: the part is gathered, and no `gather` names it"]
    );
    assert!(added("extend entity step { ticket: text? default none }").is_empty());
    assert!(added("extend part thing { size: number default 0 }").is_empty());
}
