//! Findings about waivers and assumptions: their form, which of them are told, and how they enter the books. What is worth
//! telling is said by [`waivers`](super::waivers) and [`assumptions`](super::assumptions).

use std::sync::Arc;

use super::Selection;
use crate::diag::{Code, Severity, codes};
use crate::program::Program;
use crate::report::{Account, Finding, FindingVerdict, NotEvaluated, fingerprint};
use crate::source::Span;

/// The codes of such findings, with what they are called beside the names of rules.
const NAMES: [(Code, &str); 6] = [
    (codes::waiver::EXPIRED_WAIVER, "expired-waiver"),
    (codes::waiver::UNNEEDED_WAIVER, "unneeded-waiver"),
    (codes::waiver::LAPSING_WAIVER, "lapsing-waiver"),
    (codes::waiver::EXPIRED_ASSUMPTION, "expired-assumption"),
    (codes::waiver::UNNEEDED_ASSUMPTION, "unneeded-assumption"),
    (codes::waiver::LAPSING_ASSUMPTION, "lapsing-assumption"),
];

/// The codes of such findings.
pub(super) fn codes() -> impl Iterator<Item = Code> {
    NAMES.into_iter().map(|(code, _)| code)
}

/// The same as texts.
pub(super) fn ours() -> impl Iterator<Item = String> {
    codes().map(|code| code.as_str().to_owned())
}

/// The codes of rules and matrices.
pub(super) fn of_rules(program: &Program) -> impl Iterator<Item = String> {
    program.cards().map(|card| card.code.to_string())
}

/// Every code that may be found by a program.
pub(super) fn known(program: &Program) -> Vec<String> {
    of_rules(program).chain(ours()).collect()
}

/// Something to tell about a waiver or an assumption.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Remark {
    pub(super) code: Code,
    pub(super) severity: Severity,
    /// What is the matter, in one line.
    pub(super) message: String,
    pub(super) help: String,
    pub(super) span: Span,
}

/// What looking at a waiver or an assumption came to: one evaluation.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Looked {
    /// There is nothing to tell.
    Fine,
    /// What would tell was not evaluated.
    Open,
    /// What it is about is not selected.
    NotSelected,
    /// There is something to tell.
    Tells(Remark),
}

/// Whom a remark is about.
pub(super) struct About<'a> {
    /// The plan, by its place among those of the run.
    pub(super) plan: usize,
    /// As findings name it (`waiver of ACME106`).
    pub(super) subject: Arc<str>,
    /// What stands for it in fingerprints, beside the code.
    pub(super) mark: &'a [&'a str],
}

impl Looked {
    /// Enters it into the books; answers with the finding, where there is one to tell.
    pub(super) fn book(self, about: &About<'_>, selection: &Selection, account: &mut Account) -> Option<Finding> {
        let add = |counter: &mut u64| *counter = counter.saturating_add(1);
        add(&mut account.evaluations);
        let told = match &self {
            Looked::Tells(remark) => selection.shows(remark.code.as_str()),
            Looked::Fine | Looked::Open => codes().any(|code| selection.shows(code.as_str())),
            Looked::NotSelected => false,
        };
        match self {
            _ if !told => add(account.not_evaluated.entry(NotEvaluated::NotSelected).or_default()),
            Looked::Fine => add(&mut account.satisfied),
            Looked::Open | Looked::NotSelected => add(&mut account.not_applicable),
            Looked::Tells(remark) => {
                let finding = remark.finding(about);
                match finding.verdict {
                    FindingVerdict::Noted => add(&mut account.noted),
                    _ => add(&mut account.violated),
                }
                return Some(finding);
            }
        }
        None
    }
}

impl Remark {
    fn finding(self, about: &About<'_>) -> Finding {
        let mut mark = vec![self.code.as_str()];
        mark.extend(about.mark);
        let name = NAMES.iter().find(|(code, _)| *code == self.code).map_or("", |(_, name)| name);
        let title = codes::info(self.code).map_or("", |info| info.title);
        Finding {
            code: self.code.as_str().into(),
            rule: name.into(),
            title: title.into(),
            severity: self.severity,
            verdict: if self.severity == Severity::Info { FindingVerdict::Noted } else { FindingVerdict::Violated },
            plan: about.plan,
            step: None,
            subject: Some(about.subject.clone()),
            message: self.message,
            help: Some(self.help),
            fingerprint: fingerprint(&mark),
            missing: Vec::new(),
            cites: Vec::new(),
            span: self.span,
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
}

/// Puts findings about a plan among those of it that speak of no step, in the order in which they are told.
pub(super) fn lay_in(findings: &mut Vec<Finding>, plan: usize, more: Vec<Finding>) {
    if more.is_empty() {
        return;
    }
    let end = findings.partition_point(|finding| finding.plan <= plan);
    let around = findings.iter().position(|finding| finding.plan == plan && finding.step.is_none()).unwrap_or(end);
    let behind = findings.split_off(end);
    findings.extend(more);
    if let Some(around) = findings.get_mut(around..) {
        around.sort_by(|a, b| (&a.code, &a.subject, &a.message).cmp(&(&b.code, &b.subject, &b.message)));
    }
    findings.extend(behind);
}
