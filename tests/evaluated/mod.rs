//! From texts of a policy, an inventory and a plan to what the evaluation says, as lines.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::fmt::Write;

use clearway::check::{PackFiles, check};
use clearway::compile::compile;
use clearway::diag::Severity;
use clearway::eval::{Options, PlanInput, PlanOutcome, Subjects, Waiver, demands, evaluate};
use clearway::facts::document::Document;
use clearway::facts::load::{self, load_each, load_inventory, load_plan};
use clearway::facts::read::{Format, read};
use clearway::facts::{Facts, Limits};
use clearway::program::Program;
use clearway::source::{SourceMap, Span};

pub const VOCABULARY: &str = r#"
pack small "Small" version 1.0.0
source page { title "The page" }
enum kind { disk, share, csv }
enum way { live, quick, network }
entity host {
  name: name key
  cluster: name?
  cores: number
  flag: bool
  free: size
  near: [host]
  tags: [name]
}
part disk { name: name, size: size, kind: kind, flag: bool }
entity vm { name: name key, host: host, memory: size, disks: [disk] }
input plan with inventory { hosts: [host], vms: [vm] }
entity step {
  vm: vm
  transfer: way? default none
  to: { host: host? default none }
}
"#;

/// Everything that was made of the texts.
pub struct Made {
    pub map: SourceMap,
    pub program: Program,
    pub facts: Facts,
    pub input: PlanInput,
}

pub fn policies(map: &mut SourceMap, text: &str) -> clearway::check::tree::Policies {
    let id = map.add("small.way", text).unwrap();
    let parsed = clearway::syntax::parse(text, map.file(id).unwrap().base());
    assert!(parsed.diagnostics.is_empty(), "{:#?}", parsed.diagnostics);
    let checked = check(&[PackFiles { folder: "small".into(), files: vec![parsed.tree] }]);
    let errors: Vec<_> = checked.diagnostics.iter().filter(|d| d.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    checked.policies
}

fn document(map: &mut SourceMap, name: &str, text: &str) -> Vec<Document> {
    let id = map.add(name, text).unwrap();
    let format = Format::of_name(name).unwrap();
    let read = read(format, map.file(id).unwrap(), &Limits::default());
    assert!(read.diagnostics.is_empty(), "{:#?}", read.diagnostics);
    read.documents
}

pub fn make(rules: &str, inventory: &str, plan: &str) -> Made {
    let mut map = SourceMap::new();
    let policies = policies(&mut map, &format!("{VOCABULARY}{rules}"));
    let program = compile(&policies);
    let limits = Limits::default();
    let options = load::Options { limits: &limits, reads: &|_, _| true, writes: &|_, _| false, strict: true };
    let inventory = document(&mut map, "estate.yaml", inventory);
    let inventory: Vec<&Document> = inventory.iter().collect();
    let loaded = load_inventory(&policies.schema, &inventory, options);
    assert!(loaded.diagnostics.is_empty(), "{:#?}", loaded.diagnostics);
    let mut facts = loaded.facts;
    clearway::eval::prepare(&program, &mut facts);
    let plan = document(&mut map, "p.plan.yaml", plan);
    let loaded = load_plan(&policies.schema, &plan[0], &mut facts, "p", options);
    assert!(loaded.diagnostics.is_empty(), "{:#?}", loaded.diagnostics);
    let waivers = loaded.waivers.iter().map(|waiver| Waiver {
        code: waiver.code.node.as_str().into(),
        steps: waiver.steps.as_ref().map(|steps| steps.iter().map(|step| step.node.as_str().into()).collect()),
        note: Default::default(),
    });
    let input = PlanInput {
        index: 0,
        file: "p.plan.yaml".into(),
        name: loaded.name.as_str().into(),
        named: true,
        span: Span::NONE,
        subjects: Subjects::Plan(loaded.row.unwrap()),
        waivers: waivers.collect(),
    };
    Made { map, program, facts, input }
}

/// A pack that judges single entities, and documents a line each.
pub fn make_each(pack: &str, lines: &str) -> Made {
    let mut map = SourceMap::new();
    let policies = policies(&mut map, pack);
    let program = compile(&policies);
    let limits = Limits::default();
    let options = load::Options { limits: &limits, reads: &|_, _| true, writes: &|_, _| false, strict: true };
    let documents = document(&mut map, "all.jsonl", lines);
    let documents: Vec<&Document> = documents.iter().collect();
    let mut facts = Facts::new(&policies.schema);
    let loaded = load_each(&policies.schema, &documents, &mut facts, options);
    assert!(loaded.diagnostics.is_empty(), "{:#?}", loaded.diagnostics);
    let rows = (1u32..).zip(&loaded.rows).filter_map(|(record, row)| Some(((*row)?, record))).collect();
    let input = PlanInput {
        index: 0,
        file: "all.jsonl".into(),
        name: "all".into(),
        named: true,
        span: Span::NONE,
        subjects: Subjects::Entities(rows),
        waivers: Vec::new(),
    };
    Made { map, program, facts, input }
}

impl Made {
    pub fn evaluate(&self, options: &Options) -> PlanOutcome {
        let (left_out, _) = demands(&self.program, &self.facts, options.steps);
        let options = Options { left_out, ..options.clone() };
        let outcome = evaluate(&self.program, &self.facts, &self.input, &options);
        assert!(outcome.report.account.balances(), "{:?}", outcome.report.account);
        outcome
    }

    /// Findings, verdicts and the account, as lines.
    pub fn said(&self) -> String {
        self.drawn(&self.evaluate(&Options::default()))
    }

    pub fn drawn(&self, outcome: &PlanOutcome) -> String {
        let mut out = String::new();
        for diagnostic in &outcome.diagnostics {
            writeln!(out, "{} {}", diagnostic.code, diagnostic.message).unwrap();
        }
        for step in &outcome.report.steps {
            let transfer = step.transfer.as_deref().map_or(String::new(), |transfer| format!(" by {transfer}"));
            let chosen = if step.transfer_chosen { " (chosen)" } else { "" };
            let effects =
                if step.effects.is_empty() { String::new() } else { format!(", {}", step.effects.join(", ")) };
            writeln!(out, "step {}{transfer}{chosen}: {}{effects}", step.id, step.verdict.as_str()).unwrap();
            if !step.after_refused.is_empty() {
                writeln!(out, "    after refused {}", step.after_refused.join(", ")).unwrap();
            }
        }
        for finding in &outcome.findings {
            let of = [finding.step.as_deref(), finding.subject.as_deref()];
            let of: Vec<&str> = of.into_iter().flatten().collect();
            let verdict = finding.verdict.as_str();
            let severity = format!("{:?}", finding.severity).to_lowercase();
            writeln!(out, "{} {severity} {verdict} [{}] {}", finding.code, of.join("; "), finding.sentence()).unwrap();
            if let Some(text) = self.map.text(finding.span) {
                writeln!(out, "    at `{}`", text.lines().next().unwrap_or("")).unwrap();
            }
            for missing in &finding.missing {
                let since = missing.step.as_ref().map_or(String::new(), |step| format!(" (step {step})"));
                writeln!(out, "    missing {}{since}", missing.route).unwrap();
            }
            for related in &finding.related {
                let since = related.step.as_ref().map_or(String::new(), |step| format!(" (step {step})"));
                writeln!(out, "    {} is {}{since}", related.route, related.value).unwrap();
            }
            if let Some(cell) = &finding.cell {
                writeln!(out, "    cell {:?} {:?} {:?} {:?}", cell.row, cell.column, cell.rows, cell.columns).unwrap();
            }
        }
        let a = &outcome.report.account;
        let left_out: Vec<String> = a.not_evaluated.iter().map(|(why, n)| format!("{}: {n}", why.reason())).collect();
        writeln!(
            out,
            "plan {}: {} = {} satisfied + {} violated + {} unverified + {} n/a + {} noted + {} waived + [{}]",
            outcome.report.verdict.as_str(),
            a.evaluations,
            a.satisfied,
            a.violated,
            a.unverified,
            a.not_applicable,
            a.noted,
            a.waived,
            left_out.join(", ")
        )
        .unwrap();
        out
    }
}

/// A rule about each step, with a `must`.
pub fn must(condition: &str) -> String {
    format!("rule R1 r \"r\" {{ for step must {condition} because \"said\" }}\n")
}

/// What a `must` comes to: its verdict and what is missing.
pub fn verdict(condition: &str, inventory: &str) -> String {
    let made = make(&must(condition), inventory, "steps: [{ id: s, vm: v, to: { host: b } }]");
    let outcome = made.evaluate(&Options { record: true, ..Options::default() });
    let recorded = &outcome.recorded[0];
    let missing = recorded.missing.join(", ");
    format!("{:?} {missing}", recorded.outcome).trim_end().to_owned()
}
