//! What reports and diagnostics look like, on reports made by hand: both widths, with and without colours, and on lines
//! that are hard to draw.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::string_slice)]
#![allow(clippy::arithmetic_side_effects, missing_docs)]

use std::sync::Arc;

use clearway::diag::{Diagnostic, Severity, codes};
use clearway::render::{self, Look};
use clearway::report::*;
use clearway::source::{FileId, SourceMap, Span};

const PLAN: &str = "plan: drain-hv26
inventory: estate.json
steps:
  - id: sql-first
    vm: sql01
    transfer: live-vsm
    to: { host: hv12, storage: csv-1 }
  - id: web-second
    vm: web01
    to: { host: hv12 }
";

const ESTATE: &str = r#"{
  "hosts": [
    { "name": "hv11", "cpu": { "manufacturer": "Intel" },
      "storage": ["hv11:D:\\", "csv-1"] },
    { "name": "hv12", "cpu": { "manufacturer": "AMD" } }
  ],
  "vms": [ { "name": "sql01", "host": "hv11" }, { "name": "web01", "host": "hv11" } ]
}
"#;

struct World {
    map: SourceMap,
    plan: FileId,
    estate: FileId,
}

impl World {
    fn new(plan: &str, estate: &str) -> World {
        let mut map = SourceMap::new();
        let plan = map.add("drain.plan.yaml", plan).unwrap();
        let estate = map.add("estate.json", estate).unwrap();
        World { map, plan, estate }
    }

    fn span(&self, file: FileId, needle: &str) -> Span {
        let file = self.map.file(file).unwrap();
        let at = file.text().find(needle).unwrap_or_else(|| panic!("no {needle} in {}", file.name()));
        let start = file.base() + u32::try_from(at).unwrap();
        Span::new(start, start + u32::try_from(needle.len()).unwrap())
    }
}

fn finding(code: &str, title: &str, verdict: FindingVerdict, severity: Severity, step: &str, message: &str) -> Finding {
    Finding {
        code: code.into(),
        rule: "some-rule".into(),
        title: title.into(),
        severity,
        verdict,
        plan: 0,
        step: Some(step.into()),
        subject: None,
        message: message.to_owned(),
        help: None,
        fingerprint: fingerprint(&[code, step, message]),
        missing: Vec::new(),
        cites: vec![CiteRef {
            source: "vmm-2019-overview".into(),
            title: "Migration of virtual machines - overview".into(),
            section: "Live migration limitations".into(),
            item: Some(1),
        }],
        span: Span::NONE,
        related: Vec::new(),
        cell: None,
        table: None,
        fix: None,
        passed: Vec::new(),
        rule_span: Span::NONE,
        waiver: None,
        assumed: Vec::new(),
        standing: None,
    }
}

fn storage_table() -> Arc<TableView> {
    let row = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
    Arc::new(TableView {
        rows_by: "file.storage.kind".to_owned(),
        columns_by: "destination-of(step, file).kind".to_owned(),
        row_headers: ["local-disk", "smb-share", "csv", "cluster-disk, san-lun"].map(Into::into).to_vec(),
        column_headers: ["local-disk", "smb-share", "csv", "cluster-disk, san-lun"].map(Into::into).to_vec(),
        cells: vec![
            row(&["yes", "yes, promoted", "no", "-"]),
            row(&["yes, demoted", "yes", "yes", "-"]),
            row(&["yes, demoted", "yes if share-reached", "yes if csv-reached", "-"]),
            row(&["-", "-", "-", "-"]),
        ],
    })
}

fn step(id: &str, vm: &str, transfer: Option<&str>, verdict: PlanVerdict) -> StepReport {
    StepReport {
        id: id.into(),
        vm: vm.into(),
        transfer: transfer.map(Into::into),
        transfer_chosen: transfer == Some("live"),
        verdict,
        effects: Vec::new(),
        after_refused: Default::default(),
        wave: "".into(),
        moves: Vec::new(),
        assumed: Vec::new(),
        span: Span::NONE,
    }
}

/// One of everything.
fn sample() -> (World, Report) {
    use FindingVerdict::*;
    let world = World::new(PLAN, ESTATE);
    let (plan, estate) = (world.plan, world.estate);
    let transfer = world.span(plan, "live-vsm");
    let mut cpu = finding(
        "VMM103",
        "Both hosts need processors of one manufacturer",
        Violated,
        Severity::Error,
        "sql-first",
        "hv11 has Intel processors, hv12 has AMD",
    );
    cpu.span = transfer;
    cpu.help = Some("Choose a host with Intel processors, or move sql01 while it is off.".to_owned());
    cpu.fix = Some(ProposedFix { member: "transfer".to_owned(), value: "network".to_owned() });
    cpu.related = vec![
        Related {
            route: "hosts[hv11].cpu.manufacturer".to_owned(),
            value: "Intel".to_owned(),
            span: world.span(estate, "\"Intel\""),
            step: None,
        },
        Related {
            route: "hosts[hv12].cpu.manufacturer".to_owned(),
            value: "AMD".to_owned(),
            span: world.span(estate, "\"AMD\""),
            step: None,
        },
    ];
    let mut files = Vec::new();
    for name in ["configuration", "sql01-os.vhdx", "sql01-log.vhdx"] {
        let message = format!("from a local disk to a CSV is not supported, and {name} would go that way");
        let mut file =
            finding("VMM201", "Live storage migration support", Violated, Severity::Error, "sql-first", &message);
        file.subject = Some(format!("file {name}").into());
        file.span = world.span(plan, "csv-1");
        file.cell = Some(CellHit {
            row: Some("local-disk".to_owned()),
            column: Some("csv".to_owned()),
            rows: vec![0],
            columns: vec![2],
        });
        file.table = Some(storage_table());
        files.push(file);
    }
    let unverified = |step: &str, vm: &str| {
        let mut trust = finding(
            "VMM107",
            "Hosts of live migration are in one domain, or in domains that trust each other",
            Unverified,
            Severity::Error,
            step,
            "whether hv11 and hv12 are in one domain is not known",
        );
        trust.span = world.span(plan, &format!("vm: {vm}"));
        trust.missing = vec![
            Missing {
                route: "hosts[hv11].domain".to_owned(),
                span: world.span(estate, "{ \"name\": \"hv11\""),
                step: None,
            },
            Missing {
                route: "hosts[hv12].domain".to_owned(),
                span: world.span(estate, "{ \"name\": \"hv12\""),
                step: None,
            },
            Missing { route: format!("vms[{vm}].highly-available"), span: Span::NONE, step: None },
        ];
        trust
    };
    let mut note = finding(
        "VMM003",
        "Downtime",
        Noted,
        Severity::Info,
        "web-second",
        "web01 stays reachable: none of its users notices that it moves from hv11 to hv12, which takes as long as its memory does",
    );
    note.span = world.span(plan, "web-second");
    let mut waived =
        finding("VMM106", "A private network", Waived, Severity::Warning, "web-second", "hv12 has no private network");
    waived.span = world.span(plan, "web-second");
    let mut whole = finding("VMM004", "End of support", Noted, Severity::Info, "x", "VMM 2019 is out of support");
    whole.step = None;
    let mut findings = vec![cpu];
    findings.extend(files);
    findings.extend([unverified("sql-first", "sql01"), unverified("web-second", "web01"), note, waived, whole]);
    let account = Account {
        evaluations: 45,
        satisfied: 25,
        violated: 4,
        unverified: 2,
        not_applicable: 9,
        noted: 2,
        waived: 1,
        assumed: 0,
        not_evaluated: [(NotEvaluated::Refused, 2)].into_iter().collect(),
    };
    let mut second = step("web-second", "web01", Some("live"), PlanVerdict::Unverified);
    second.after_refused = ["sql-first"].into_iter().collect();
    let report = Report {
        ways_out: Vec::new(),
        fixed: Vec::new(),
        against: Vec::new(),
        new_assumptions: Vec::new(),
        patches: Vec::new(),
        plans: vec![PlanReport {
            file: "drain.plan.yaml".into(),
            plan: "drain-hv26".into(),
            packs: vec!["vmm-2019@1.0.0".into()],
            verdict: PlanVerdict::Denied,
            steps: vec![
                step("sql-first", "sql01", Some("live-vsm"), PlanVerdict::Denied),
                second,
                step("third", "dc01", Some("quick"), PlanVerdict::Permitted),
            ],
            assumed: Vec::new(),
            assumptions: Vec::new(),
            account: account.clone(),
        }],
        findings,
        summary: Summary {
            plans: 1,
            steps: 3,
            errors: 6,
            warnings: 0,
            infos: 2,
            unverified: 2,
            waived: 1,
            ..Summary::default()
        },
        account,
    };
    (world, report)
}

fn look(width: usize) -> Look {
    Look { width, ..Look::default() }
}

#[test]
fn full_at_80_columns() {
    let (world, report) = sample();
    insta::assert_snapshot!(render::full::draw(&look(80), &world.map, &report));
}

#[test]
fn full_at_120_columns_in_ascii() {
    let (world, report) = sample();
    let look = Look { unicode: false, ..look(120) };
    insta::assert_snapshot!(render::full::draw(&look, &world.map, &report));
}

#[test]
fn full_in_colour_says_the_same() {
    let (world, report) = sample();
    let plain = render::full::draw(&look(80), &world.map, &report);
    let painted = render::full::draw(&Look { color: true, ..look(80) }, &world.map, &report);
    assert!(painted.contains("\u{1b}[1;31merror[VMM103]\u{1b}[0m"));
    assert_eq!(without_paint(&painted), plain);
}

#[test]
fn verbose_shows_everything() {
    let (world, report) = sample();
    insta::assert_snapshot!(render::full::draw(&Look { verbose: true, ..look(80) }, &world.map, &report));
}

#[test]
fn concise() {
    let (world, report) = sample();
    insta::assert_snapshot!(render::concise::draw(&look(80), &world.map, &report));
}

#[test]
fn statistics() {
    let (_, report) = sample();
    insta::assert_snapshot!(render::full::statistics(&look(80), &report));
}

#[test]
fn json() {
    let (world, report) = sample();
    let diagnostic = Diagnostic::error(any_code(), world.span(world.plan, "csv-1"), "what")
        .label("here")
        .also(world.span(world.estate, "\"AMD\""), "there");
    let text = render::json::draw(&world.map, &report, &[diagnostic]);
    assert!(text.ends_with("}\n"));
    insta::assert_snapshot!(text);
}

fn any_code() -> clearway::diag::Code {
    codes::all().next().expect("there are codes").code
}

fn without_paint(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c == '\u{1b}' {
            for c in chars.by_ref() {
                if c == 'm' {
                    break;
                }
            }
        } else {
            out.push(c);
        }
    }
    // What was blank before an escape sequence stays at the end of a line.
    out.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

fn thing(kind: &str, name: &str) -> Thing {
    Thing { kind: kind.into(), name: name.into() }
}

fn moved(what: (&str, &str), from: Option<(&str, &str)>, to: Option<(&str, &str)>) -> Relocation {
    let place = |place: Option<(&str, &str)>| place.map(|(kind, name)| thing(kind, name));
    Relocation { what: thing(what.0, what.1), from: place(from), to: place(to) }
}

/// Two waves with machines on the same way, one refused and one unverified step, names that are hard to write.
fn moving() -> Report {
    let (_, mut report) = sample();
    let storage = |step: &mut StepReport, file: &str, from: &str, to: &str| {
        step.moves.push(moved(("file", file), Some(("storage", from)), Some(("storage", to))));
    };
    let steps = &mut report.plans[0].steps;
    for (step, wave) in steps.iter_mut().zip(["wave 10", "wave 2", "wave 2"]) {
        step.wave = wave.into();
        let machine = step.vm.to_string();
        step.moves.push(moved(("vm", &machine), Some(("host", "hv11")), Some(("host", "hv12"))));
    }
    storage(&mut steps[0], "os.vhdx", r"hv11:D:\", r"C:\ClusterStorage\Volume1");
    storage(&mut steps[0], "log.vhdx", r"hv11:D:\", r"C:\ClusterStorage\Volume1");
    storage(&mut steps[2], "a", r#"the "old"; #1 | <x> & [y] {z}"#, r"\\files\vms");
    let mut fourth = step("fourth", "1. dc", Some("quick"), PlanVerdict::Permitted);
    fourth.wave = "wave 2".into();
    fourth.moves.push(moved(("vm", "1. dc"), Some(("host", "hv11")), Some(("host", "hv12"))));
    fourth.moves.push(moved(("file", "b"), None, Some(("storage", r"\\files\vms"))));
    steps.push(fourth);
    let mut still = report.plans[0].clone();
    still.plan = "nothing".into();
    still.verdict = PlanVerdict::Permitted;
    still.steps = vec![step("only", "vm", None, PlanVerdict::Permitted)];
    report.plans.push(still);
    report
}

#[test]
fn a_plan_as_a_picture() {
    let report = moving();
    insta::assert_snapshot!("picture_mermaid", render::mermaid::draw(&report));
    insta::assert_snapshot!("picture_dot", render::dot::draw(&report));
    assert_eq!(render::mermaid::draw(&Report::default()), "flowchart LR\n");
}

/// What the writers of pictures promise: a line is one of few shapes, and a label ends where its quotes do.
#[test]
fn pictures_keep_to_their_grammar() {
    let report = moving();
    for line in render::mermaid::draw(&report).lines() {
        let label = line.split('"').nth(1).unwrap_or("");
        assert!(line.matches('"').count() == 0 || line.matches('"').count() == 2, "{line}");
        assert!(!label.contains(['\\', '|', '<', '>', '[', ']', '{', '}', '`', '&']), "{line}");
        for entity in label.split('#').skip(1) {
            let number = entity.split(';').next().unwrap();
            assert!(!number.is_empty() && number.chars().all(|digit| digit.is_ascii_digit()), "{line}");
        }
    }
    let dot = render::dot::draw(&report);
    assert_eq!(dot.matches('{').count() - 1, dot.matches('}').count() - 1);
    for line in dot.lines() {
        let mut quotes = 0;
        let mut letters = line.chars();
        while let Some(letter) = letters.next() {
            match letter {
                '\\' => drop(letters.next()),
                '"' => quotes += 1,
                _ => {}
            }
        }
        assert_eq!(quotes % 2, 0, "{line}");
    }
}

fn choosing() -> (World, Report) {
    let (world, mut report) = sample();
    let obstacle = |code: &str, subject: Option<&str>, message: &str| Obstacle {
        code: code.into(),
        subject: subject.map(Into::into),
        message: message.to_owned(),
    };
    let passed = vec![
        PassedOver {
            candidate: "live".into(),
            because: vec![
                obstacle("VMM103", None, "hv11 has Intel processors, hv12 has AMD"),
                obstacle("VMM111", Some("file os.vhdx"), "os.vhdx lies out of reach of hv12"),
                obstacle("VMM111", Some("file log.vhdx"), "it lies out of reach of hv12"),
            ],
        },
        PassedOver { candidate: "quick".into(), because: vec![obstacle("VMM302", None, "quick needs a cluster")] },
    ];
    let note = "web01 goes by network";
    let mut chosen = finding("VMM001", "Chosen", FindingVerdict::Noted, Severity::Info, "web-second", note);
    let none = "no transfer type is permitted for sql01";
    let mut no =
        finding("VMM002", "No type is permitted", FindingVerdict::Violated, Severity::Error, "sql-first", none);
    (chosen.passed, no.passed) = (passed.clone(), passed);
    no.span = world.span(world.plan, "sql-first");
    report.findings = vec![no, chosen];
    report.plans[0].steps[1].after_refused = Default::default();
    (world, report)
}

#[test]
fn what_a_choice_passed_over() {
    let (world, report) = choosing();
    insta::assert_snapshot!("passed_full", render::full::draw(&look(80), &world.map, &report));
    insta::assert_snapshot!("passed_concise", render::concise::draw(&look(80), &world.map, &report));
    let json: serde_json::Value = serde_json::from_str(&render::json::draw(&world.map, &report, &[])).unwrap();
    assert_eq!(json["findings"][1]["passed-over"][0]["candidate"], "live");
    assert_eq!(json["findings"][1]["passed-over"][0]["because"][1]["subject"], "file os.vhdx");
}

#[test]
fn what_a_step_made_so_is_said_in_json() {
    let (world, mut report) = sample();
    report.findings[0].related[0].step = Some("sql-first".into());
    let unverified = report.findings.iter().position(|finding| !finding.missing.is_empty()).unwrap();
    report.findings[unverified].missing[0].step = Some("sql-first".into());
    report.plans[0].steps[0] = moving().plans[0].steps[0].clone();
    let json: serde_json::Value = serde_json::from_str(&render::json::draw(&world.map, &report, &[])).unwrap();
    assert_eq!(json["findings"][0]["related"][0]["step"], "sql-first");
    assert_eq!(json["findings"][unverified]["missing"][0], "hosts[hv11].domain");
    assert_eq!(json["findings"][unverified]["missing-since"]["hosts[hv11].domain"], "sql-first");
    assert!(json["findings"][0].get("missing-since").is_none());
    assert_eq!(json["plans"][0]["steps"][0]["wave"], "wave 10");
    assert_eq!(json["plans"][0]["steps"][0]["moves"][0]["from"]["name"], "hv11");
}

/// A step that suffers from two refused ones is told under the first, and one that suffers from it under the same.
#[test]
fn consequences_stand_under_their_cause() {
    let (world, mut report) = sample();
    let mut third = report.findings[0].clone();
    third.step = Some("third".into());
    report.findings.push(third);
    report.plans[0].steps[2].after_refused = ["web-second", "sql-first"].into_iter().collect();
    report.plans[0].steps[2].verdict = PlanVerdict::Denied;
    insta::assert_snapshot!("after_80", render::full::draw(&look(80), &world.map, &report));
    let verbose = Look { verbose: true, ..look(80) };
    let all = render::full::draw(&verbose, &world.map, &report);
    assert!(all.contains("── step third"), "unfolded:\n{all}");
}
