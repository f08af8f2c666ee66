//! How hard findings count: unverified ones as asked for of their plan. And how many there are.

use super::Weight;
use crate::diag::Severity;
use crate::report::{Finding, FindingVerdict, Report, Summary};

/// How hard unverified findings count, plan by plan.
pub(super) struct Weights(pub(super) Vec<Weight>);

impl Weights {
    fn of(&self, finding: &Finding) -> Weight {
        self.0.get(finding.plan).copied().unwrap_or_default()
    }
}

/// Makes an unverified finding count as much as is asked for.
pub(super) fn weigh(finding: &mut Finding, weights: &Weights) {
    if finding.verdict == FindingVerdict::Unverified && weights.of(finding) == Weight::Warning {
        finding.severity = finding.severity.min(Severity::Warning);
    }
}

/// Counts a finding.
pub(super) fn count(summary: &mut Summary, finding: &Finding, weights: &Weights) {
    let add = |counter: &mut u64| *counter = counter.saturating_add(1);
    match finding.verdict {
        FindingVerdict::Waived => return add(&mut summary.waived),
        FindingVerdict::Unverified => {
            add(&mut summary.unverified);
            if weights.of(finding) == Weight::Ignored {
                return;
            }
        }
        FindingVerdict::Violated | FindingVerdict::Noted => {}
    }
    match finding.severity {
        Severity::Error => add(&mut summary.errors),
        Severity::Warning => add(&mut summary.warnings),
        Severity::Info => add(&mut summary.infos),
    }
}

/// Weighs all findings of a report, and counts them on top of those that were counted before.
pub(super) fn all(report: &mut Report, weights: &Weights, counted: Summary) {
    let mut summary = Summary {
        plans: report.plans.len() as u64,
        steps: report.plans.iter().map(|plan| plan.steps.len() as u64).sum(),
        ..counted
    };
    for finding in &mut report.findings {
        weigh(finding, weights);
        count(&mut summary, finding, weights);
    }
    report.summary = summary;
}
