//! What the evaluation says: logic, lists that are partly known, matrices, choices, the account.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod evaluated;

use clearway::eval::Options;
use evaluated::{make, make_each, verdict};

const HOSTS: &str = "
hosts:
  - { name: a, cluster: c1, cores: 8, flag: true, free: 10 GiB, near: [b], tags: [red] }
  - { name: b, cores: 16, tags: [] }
vms:
  - { name: v, host: a, memory: 4 GiB, disks: [{ name: x.vhdx, size: 1 GiB, kind: disk, flag: true }, { name: y.vhdx, kind: csv }] }
  - { name: w }
";
const PLAN: &str = "
plan: p
steps:
  - { id: one, vm: v, transfer: live, to: { host: b } }
  - { id: two, vm: w, to: { host: a } }
";

#[test]
fn logic_is_kleenes_and_decided_parts_miss_nothing() {
    let cases = [
        ("step.vm.host.flag and step.to.host.flag", "Unverified hosts[b].flag"),
        ("step.to.host.flag and not step.vm.host.flag", "Violated"),
        ("step.to.host.flag or step.vm.host.flag", "Satisfied"),
        ("step.to.host.flag implies step.to.host.free > 1 GiB", "Unverified hosts[b].flag, hosts[b].free"),
        ("not step.vm.host.flag implies step.to.host.flag", "Satisfied"),
        ("step.to.host.cluster == step.vm.host.cluster", "Unverified hosts[b].cluster"),
        ("step.to.host.flag is known", "Violated"),
        ("not (step.to.host.flag is known)", "Satisfied"),
        ("if step.to.host.flag then step.vm.host.cores == 8 else step.vm.host.cores > 4", "Satisfied"),
        (
            "if step.to.host.flag then step.vm.host.cores == 8 else step.to.host.free > 1 GiB",
            "Unverified hosts[b].flag, hosts[b].free",
        ),
        ("step.vm.host.cores / 0 > 1", "Unverified"),
        ("step.vm.host.cores / (step.to.host.cores - 16) > 1", "Unverified"),
        ("8 == step.vm.host.cores", "Satisfied"),
        ("step.vm.host.name == \"A\"", "Satisfied"),
        ("(step.to.host.cluster else \"x\") == \"x\"", "Unverified hosts[b].cluster"),
    ];
    for (condition, expected) in cases {
        let condition = condition.replace("step.to.host", "(step.to.host else step.vm.host)");
        assert_eq!(verdict(&condition, HOSTS), expected, "{condition}");
    }
}

#[test]
fn lists_are_known_as_far_as_they_are() {
    let near = "(step.to.host else step.vm.host).near";
    let cases = [
        ("\"RED\" in step.vm.host.tags".to_owned(), "Satisfied"),
        ("\"red\" in (step.to.host else step.vm.host).tags".to_owned(), "Violated"),
        (format!("step.vm.host in {near}"), "Unverified hosts[b].near"),
        (format!("some h in {near}: h.flag"), "Unverified hosts[b].near"),
        (format!("all h in {near} where false: h.flag"), "Satisfied"),
        (format!("length({near}) >= 0"), "Satisfied"),
        (format!("length({near}) < 1"), "Unverified hosts[b].near"),
        ("length(union(step.vm.host.near, (step.to.host else step.vm.host).near)) >= 1".to_owned(), "Satisfied"),
        ("count(h in hosts where h.flag) >= 1".to_owned(), "Satisfied"),
        ("count(h in hosts where h.flag) >= 2".to_owned(), "Unverified hosts[b].flag"),
        ("count(h in hosts where h.flag) >= 3".to_owned(), "Violated"),
        ("sum(d.size for d in step.vm.disks) >= 1 GiB".to_owned(), "Satisfied"),
        ("sum(d.size for d in step.vm.disks) <= 2 GiB".to_owned(), "Unverified vms[v].disks[y.vhdx].size"),
        ("sum(d.size for d in step.vm.disks) + 1 GiB > 1.5 GiB".to_owned(), "Satisfied"),
        ("(min(d.size for d in step.vm.disks) else 0 B) > 0 B".to_owned(), "Unverified vms[v].disks[y.vhdx].size"),
        ("count(v in vms where v.host == step.vm.host) >= 1".to_owned(), "Satisfied"),
        ("count(v in vms where v.host == step.vm.host) == 1".to_owned(), "Unverified vms[w].host"),
        ("no h in hosts where h.cluster == \"c2\": h.flag".to_owned(), "Unverified hosts[b].cluster, hosts[b].flag"),
        ("join([h.name for h in hosts], \"+\") == \"a+b\"".to_owned(), "Satisfied"),
        ("length(distinct([step.vm.host, step.vm.host])) == 1".to_owned(), "Satisfied"),
        ("step.vm.host in first(1, hosts)".to_owned(), "Satisfied"),
        ("step.vm.host in skip(1, hosts)".to_owned(), "Violated"),
        ("[h for h in hosts where h.cores > 4] is known".to_owned(), "Satisfied"),
        ("[h for h in hosts where h.flag] is known".to_owned(), "Violated"),
    ];
    for (condition, expected) in cases {
        assert_eq!(verdict(&condition, HOSTS), expected, "{condition}");
    }
    // A name that is not known may turn out to be any.
    let nameless = "hosts: [{ name: b }]\nvms: [{ name: v, host: b, disks: [{ kind: disk }] }]";
    assert_eq!(verdict("no d in step.vm.disks: text(d) == \"a\"", nameless), "Unverified vms[v].disks[1].name");
    assert_eq!(
        verdict("join([text(d) for d in step.vm.disks], \"\") != \"a\"", nameless),
        "Unverified vms[v].disks[1].name"
    );
    // A section that no file has is unknown; a filter that cannot hold drops what is not known of it.
    let no_hosts = "vms: [{ name: v }]";
    let made = make(
        "rule R1 r \"r\" { for step must length(hosts) == 0 because \"r\" }
         rule R2 r2 \"r\" { for step must no h in hosts where h.cores > 1 and false: true because \"r\" }",
        no_hosts,
        "steps: [{ id: s, vm: v }]",
    );
    insta::assert_snapshot!(made.said());
}

#[test]
fn elements_are_judged_one_by_one_and_the_rest_as_one_more() {
    let rules = r#"
        rule R1 sized "Disks are small" {
          for step  each disk in step.vm.disks
          when disk.kind != share
          must disk.size < 2 GiB
          because "{disk} of {step.vm} has {disk.size}"
        }
        rule R2 by-transfer "Judged by transfer" {
          for step  each disk in step.vm.disks
          when step.transfer == quick and disk.size > 0 B
          must disk.flag
          because "{disk}"
        }
        rule R3 pairs "Pairs" {
          for step  each h in step.vm.host.near  each disk in step.vm.disks
          should h.cores > 8 and disk.flag
          because "{h} {disk}"
        }
        rule R4 told "A note" { for step  each disk in step.vm.disks  when disk.flag  note  because "{disk} has the flag" }
        rule R5 flagged "Flagged" { for step  each disk in [d for d in step.vm.disks where d.flag]  must disk.size < 2 GiB  because "{disk}" }
    "#;
    insta::assert_snapshot!(make(rules, HOSTS, PLAN).said());
}

#[test]
fn names_of_elements_that_are_shared_or_missing_are_places() {
    let rules = r#"
        rule R1 r "r" { for step  each disk in step.vm.disks  should disk.flag  because "{disk}" }
        rule R2 r2 "r" { for wave  each step in wave.steps  should step.vm.host.flag  because "{step}" }
        rule R3 r3 "r" { for wave  should length(wave.steps) > 5  because "{length(wave.steps)}" }
        rule R4 r4 "r" { for plan  each host in hosts  should host.flag  because "{host} {plan.name}" }
        rule R5 r5 "r" { for step  each tag in ["red", "blue"]  should tag in step.vm.host.tags  because "{tag}" }
    "#;
    let hosts = "
hosts: [{ name: a, flag: false, tags: [] }]
vms: [{ name: v, host: a, disks: [{ name: x, flag: false }, { name: X, flag: false }, { flag: false }, { name: y, flag: false }] }]
";
    let plan = "
plan: names
steps:
  - { id: one, vm: v, wave: 1, to: { host: a } }
";
    insta::assert_snapshot!(make(rules, hosts, plan).said());
    let plan = "steps: [{ id: one, vm: v, to: { host: a } }]";
    let said = make(rules, hosts, plan).said();
    assert!(said.contains("[step one in wave of one]") && said.contains("[wave of one]"), "{said}");
}

const MATRIX: &str = r#"
    matrix M1 kinds must "Kinds" {
      cite page "Kinds"
      for step
      each disk in step.vm.disks
      when step.transfer == live
      rows disk.kind
      columns step.vm.host.cluster
      |            | none              | other    |
      |------------|-------------------|----------|
      | disk       | yes, marked       | no       |
      | share      | yes               | yes if roomy |
      | csv        | -                 | /        |

      roomy must M2 step.vm.host.free > 1 GiB because "{step.vm.host} has {step.vm.host.free}"
    }
    effect marked { for step  when step.transfer == live  note M3 when step.vm.host.flag "{step.vm} is marked" }
"#;

fn matrix(hosts: &str) -> String {
    make(MATRIX, hosts, "steps: [{ id: s, vm: v, transfer: live, to: { host: b } }]").said()
}

#[test]
fn a_matrix_looks_at_every_cell_that_is_possible() {
    let estate = |host: &str, disk: &str| {
        format!(
            "hosts: [{{ name: a, {host} }}, {{ name: b }}]\nvms: [{{ name: v, host: a, disks: [{{ name: x, {disk} }}] }}]\n"
        )
    };
    let mut out = String::new();
    for (host, disk) in [
        ("cluster: null, flag: true", "kind: disk"),
        ("cluster: c", "kind: disk"),
        ("cluster: c, free: 1 GiB", "kind: share"),
        ("flag: false", "kind: share"),
        ("flag: false", "kind: csv"),
        ("flag: false", "kind: disk"),
        ("cluster: null, free: 2 GiB", "flag: true"),
    ] {
        out += &format!("== {host}; {disk}\n{}", matrix(&estate(host, disk)));
    }
    out += &format!("== disks unknown\n{}", matrix("hosts: [{ name: a }, { name: b }]\nvms: [{ name: v, host: a }]"));
    insta::assert_snapshot!(out);
}

const CHOICE: &str = r#"
    select step.transfer {
      cite page "Types"
      prefer live, quick where step.to.host exists and step.vm.host != step.to.host
             network     where step.vm.host.cores > 4
      chosen note S1 "{step.vm} goes by {step.transfer}"
      none   must S2 "no way for {step.vm}"
    }
    rule R1 flagged "Live needs the flag" { for step  when step.transfer == live  must step.vm.host.flag  because "no flag" }
    rule R2 cores "Quick needs cores" { for step  when step.transfer == quick  must step.vm.host.cores > 9  because "few cores" }
    rule R3 always "Network needs room" { for step  when step.transfer == network  must step.vm.host.free > 1 GiB  because "no room" }
    rule R4 told "A note" { for step  when step.transfer exists  note  because "by {step.transfer}" }
"#;

#[test]
fn the_best_candidate_that_is_not_denied_is_taken() {
    let mut out = String::new();
    for (host, step) in [
        ("flag: true, cores: 1", ""),
        ("flag: false, cores: 10", ""),
        ("flag: false, cores: 5, free: 2 GiB", ""),
        ("flag: false, cores: 5, free: 1 GiB", ""),
        ("flag: false, cores: 4", ""),
        ("cores: 1", ""),
        ("flag: false, free: 2 GiB", ""),
        ("flag: false", ", transfer: live"),
    ] {
        let hosts = format!("hosts: [{{ name: a, {host} }}, {{ name: b }}]\nvms: [{{ name: v, host: a }}]");
        let plan = format!("steps: [{{ id: s, vm: v{step}, to: {{ host: b }} }}]");
        out += &format!("== {host}{step}\n{}", make(CHOICE, &hosts, &plan).said());
    }
    let hosts = "hosts: [{ name: b }]\nvms: [{ name: v }]";
    let plan = "steps: [{ id: s, vm: v, to: { host: b } }]";
    out += &format!("== unknown where\n{}", make(CHOICE, hosts, plan).said());
    let waived = format!("{plan}\nwaivers: [{{ code: S1, reason: known }}, {{ code: S2, reason: known }}]");
    out += &format!("== unknown where, waived\n{}", make(CHOICE, hosts, &waived).said());
    let hosts = "hosts: [{ name: a, flag: false, cores: 1 }, { name: b }]\nvms: [{ name: v, host: a }]";
    let plan = "
steps: [{ id: s, vm: v, to: { host: b } }]
waivers: [{ code: R1, steps: [s], reason: known }]
";
    out += &format!("== waived\n{}", make(CHOICE, hosts, plan).said());
    insta::assert_snapshot!(out);
}

#[test]
fn notes_of_effects_are_given_once_and_not_of_refused_steps() {
    let rules = r#"
        effect grow { for step  each disk in step.vm.disks  when disk.flag  change step.vm.host.free by -disk.size
                      note E1 when step.vm.host.cores > 4 "{step.vm} grows on {step.vm.host}" }
        rule R1 r "r" { for step  must step.transfer != quick  because "quick" }
    "#;
    let plan = "
steps:
  - { id: one, vm: v, transfer: live, to: { host: b } }
  - { id: two, vm: v, transfer: quick, to: { host: b } }
  - { id: three, vm: w, transfer: live, to: { host: b } }
";
    insta::assert_snapshot!(make(rules, HOSTS, plan).said());
}

#[test]
fn what_is_waived_disabled_or_not_selected_is_booked_as_such() {
    let rules = r#"
        rule R1 one "One" { for step  must step.vm.host.cores > 100  because "few" }
        rule R2 two "Two" { for step  must step.vm.host.cores > 100  because "few" }
        rule R3 three "Three" { for step  each disk in step.vm.disks  should disk.size > 100 GiB  because "small" }
        disable R2 because "not here"
    "#;
    let plan = "
steps:
  - { id: one, vm: v, to: { host: b } }
  - { id: two, vm: v, to: { host: b } }
waivers: [{ code: R1, steps: [one], reason: why not }]
";
    // A pack cannot disable its own rules: the layer is put on by hand.
    let rules = rules.replace("disable R2 because \"not here\"", "");
    let mut made = make(&rules, HOSTS, plan);
    made.program.rules[1].card.disabled = Some("not here".into());
    insta::assert_snapshot!(made.said());
    let selected = Options { selected: Some(std::sync::Arc::new(|code: &str| code == "R3")), ..Options::default() };
    insta::assert_snapshot!("only_r3", made.drawn(&made.evaluate(&selected)));
}

#[test]
fn a_demand_that_is_false_takes_the_step_out() {
    let rules = r#"
        demand for step: step.to.host exists because "{step} goes nowhere"
        demand for host: not (h-is-bad(host)) because "{host} is bad"
        define h-is-bad(h: host): bool = h.cores == 0
        rule R1 r "r" { for step  must step.vm.host.cores > 1  because "few" }
        rule R2 r2 "r" { for plan  should length(plan.steps) > 5  because "{length(plan.steps)} steps, {length(hosts)} hosts" }
    "#;
    let hosts = "
hosts: [{ name: a, cores: 0 }, { name: b, cores: 4 }, { name: c }]
vms: [{ name: v, host: a }, { name: w, host: b }]
";
    let plan =
        "steps: [{ id: one, vm: v, to: { host: b } }, { id: two, vm: w, to: { host: b } }, { id: three, vm: w }]";
    let made = make(rules, hosts, plan);
    let (left_out, told) = clearway::eval::demands(&made.program, &made.facts, 1_000);
    assert_eq!((left_out.len(), told[0].message.as_str()), (1, "a is bad"));
    insta::assert_snapshot!(made.said());
}

#[test]
fn the_limit_of_steps_is_an_error_with_a_name_and_never_silence() {
    let rules = r#"
        rule R1 cheap "Cheap" { for step  must step.vm.host.cores > 1  because "few" }
        rule R2 dear "Dear" { for step  must all a in hosts: (all b in hosts: (all c in hosts: a.cores + b.cores + c.cores > 0))  because "no" }
        rule R3 behind "Behind" { for step  note  because "told" }
    "#;
    let many: String = (0..60).map(|n| format!("  - {{ name: h{n}, cores: 1 }}\n")).collect();
    let hosts = format!("hosts:\n{many}  - {{ name: b, cores: 2 }}\nvms: [{{ name: v, host: b }}]");
    let made = make(rules, &hosts, "steps: [{ id: s, vm: v, to: { host: b } }]");
    insta::assert_snapshot!(made.drawn(&made.evaluate(&Options { steps: 10_000, ..Options::default() })));
}

#[test]
fn expressions_that_nest_too_deeply_hit_the_limit_before_the_stack_does() {
    let tall = |first: &str| format!("{first}{}", " + 1".repeat(90));
    let mut rules = format!("define f0(h: host): number = {}\n", tall("h.cores"));
    for n in 1..12 {
        rules += &format!("define f{n}(h: host): number = {}\n", tall(&format!("f{}(h)", n - 1)));
    }
    rules += "rule R1 r \"r\" { for step  must f5(step.vm.host) > 0  because \"r\" }\n";
    rules += "rule R2 r2 \"r\" { for step  must f11(step.vm.host) > 0  because \"r\" }\n";
    let said = make(&rules, HOSTS, "steps: [{ id: s, vm: v, to: { host: b } }]").said();
    assert!(said.starts_with("CW490 ") && said.contains("1 satisfied") && said.contains("limit hit: 1"), "{said}");
}

#[test]
fn single_entities_are_judged_by_themselves() {
    let pack = r#"
pack single "Single" version 1.0.0
part nic { name: name?, switch: name? }
entity vm { name: name?, cores: number default 1, nics: [nic] }
input each vm
rule R1 cores "Few cores" { for vm  must vm.cores <= 4  because "{vm.cores} are too many" }
rule R2 nics "Connected" { for vm  each nic in vm.nics  should nic.switch exists  because "not connected" }
"#;
    let lines =
        "{\"name\": \"web\", \"cores\": 8, \"nics\": [{\"switch\": null}, {\"switch\": null}, {\"switch\": \"s\"}]}
{\"nics\": [{}]}
{\"name\": \"db\"}
";
    insta::assert_snapshot!(make_each(pack, lines).said());
}

#[test]
fn of_any_one_knows_that_it_is_there_and_how_many_there_are() {
    let pack = r#"
pack single "Single" version 1.0.0
entity vm { name: text? default none, pins: [any?] default [], owner: any? default none, tags: map of any? default {} }
input each vm
rule R1 pins "Pinned" { for vm  must length(vm.pins) == 0  because "{length(vm.pins)} pins" }
rule R2 owner "Owned" { for vm  must not vm.owner exists  because "owned by {vm.owner}" }
rule R3 tags "Tagged" { for vm  must no t in values(vm.tags): t exists  because "tagged" }
"#;
    let lines = "{\"name\": \"a\", \"pins\": [1, \"0-3\", null, {\"from\": 1}, [2]]}
{\"name\": \"b\", \"owner\": {\"name\": \"x\"}, \"tags\": {\"k\": [1]}}
{\"name\": \"c\", \"owner\": true, \"tags\": {\"k\": null}}
{\"name\": \"d\"}
";
    insta::assert_snapshot!(make_each(pack, lines).said());
}

#[test]
fn machines_are_called_by_their_names_and_by_their_records_where_these_do_not_tell() {
    let pack = r#"
pack single "Single" version 1.0.0
entity vm { name: text? default none, cores: number }
input each vm
rule R1 cores "Few cores" { for vm  must vm.cores <= 4  because "{vm} has {vm.cores}" }
"#;
    let lines = "{\"name\": \"web\", \"cores\": 8}
{\"name\": \"db\", \"cores\": 8}
{\"name\": \"\", \"cores\": 8}
{\"cores\": 8}
{\"name\": \"web\", \"cores\": 9}
{\"name\": null, \"cores\": 9}
";
    insta::assert_snapshot!(make_each(pack, lines).said());
}
