//! Moves whose findings are known exactly: the worked check of the catalogue under `tests/worked/`, and moves in two SCVMM
//! exports under `tests/plans/` (see the README there). A plan `NAME.plan.yaml` gives the findings of `NAME.expected`, no more
//! and no fewer, and says of its steps what stands there.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use clearway::session::{Options, Session};
use clearway::source::Disk;

/// What is told of a plan: lines as the files of expectations have them, a finding or a verdict each.
type Told = BTreeSet<Vec<String>>;

/// Columns are parted by two blanks or more.
fn expected(path: &Path) -> Told {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut told = Told::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let columns: Vec<String> =
            line.split("  ").map(str::trim).filter(|column| !column.is_empty()).map(str::to_owned).collect();
        assert!(matches!(columns.len(), 2 | 4), "{}: `{line}` has {} columns", path.display(), columns.len());
        assert!(told.insert(columns), "{}: `{line}` stands there twice", path.display());
    }
    told
}

fn plans(folder: &str, beginning: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder);
    let mut plans: Vec<PathBuf> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            let name = path.file_name().unwrap().to_string_lossy();
            name.starts_with(beginning) && name.ends_with(".plan.yaml")
        })
        .collect();
    plans.sort();
    assert!(!plans.is_empty(), "no plan begins with `{beginning}` in {}", folder.display());
    plans
}

/// What a check tells of a plan, in the columns of the files of expectations.
fn told(plan: &Path) -> Told {
    let mut session = Session::new(&Disk, Options::default());
    let checked = session.check(&[plan.to_path_buf()]);
    let wrong: Vec<String> = checked.diagnostics.iter().map(|diagnostic| diagnostic.message.clone()).collect();
    assert!(wrong.is_empty(), "{}: {wrong:#?}", plan.display());
    assert!(checked.report.account.balances(), "{}: the books do not balance", plan.display());
    let mut told = Told::new();
    let report = &checked.report.plans[0];
    told.insert(vec!["plan".to_owned(), report.verdict.as_str().to_owned()]);
    for step in &report.steps {
        told.insert(vec![step.id.to_string(), step.verdict.as_str().to_owned()]);
    }
    for finding in &checked.report.findings {
        let or_none = |text: &Option<std::sync::Arc<str>>| text.as_deref().unwrap_or("-").to_owned();
        let verdict = finding.verdict.as_str().to_owned();
        let line = vec![or_none(&finding.step), finding.code.to_string(), verdict, or_none(&finding.subject)];
        assert!(told.insert(line), "{}: {} is told twice", plan.display(), finding.message);
    }
    told
}

/// Each plan gives what is expected of it, no more and no fewer.
fn holds(plans: &[PathBuf]) {
    let mut wrong = String::new();
    for plan in plans {
        let name = plan.display().to_string();
        let (told, expected) = (told(plan), expected(Path::new(&name.replace(".plan.yaml", ".expected"))));
        for line in expected.difference(&told) {
            wrong.push_str(&format!("{name}: not told: {}\n", line.join("  ")));
        }
        for line in told.difference(&expected) {
            wrong.push_str(&format!("{name}: told beside: {}\n", line.join("  ")));
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn the_worked_check_of_the_catalogue() {
    holds(&plans("worked", ""));
}

#[test]
fn moves_in_the_small_export() {
    holds(&plans("plans", "small-"));
}

#[test]
fn moves_in_the_real_exports() {
    for export in ["inventory-2012r2.json", "inventory-2014.clixml.xml"] {
        let export = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/scvmm").join(export);
        if !export.exists() {
            eprintln!("skipped: {} is not there", export.display());
            return;
        }
    }
    holds(&plans("plans", "scvmm-"));
}

#[test]
fn a_newcomer_sees_one_step_of_each_kind() {
    let told = told(&Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/drain.plan.yaml"));
    for (step, verdict) in [("web-first", "permitted"), ("sql-to-lone", "denied"), ("build-to-hv13", "unverified")] {
        assert!(told.contains(&vec![step.to_owned(), verdict.to_owned()]), "{step} is not {verdict}: {told:#?}");
    }
}
