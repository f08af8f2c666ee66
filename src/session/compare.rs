//! Findings against those of before: which are new, which were there, which are fixed. Where those of before come from (a
//! revision, a baseline) is [`since`](super::since)'s and [`baseline`](super::baseline)'s business.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::diag::Severity;
use crate::diag::codes::waiver;
use crate::report::{Compared, Finding, FindingVerdict, Fixed, Report, Standing};

/// Something that was found before.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Known {
    /// What is told of it where it is fixed; the file as it is called now.
    pub(super) was: Fixed,
    /// Whether its file is there no more under that name: then it may have become a finding of another file.
    pub(super) gone: bool,
    /// Whether it was looked for.
    pub(super) looked_for: bool,
}

/// A waiver that counted before.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct OldWaiver {
    /// The plan's file, as it is called now.
    pub(super) file: Arc<str>,
    pub(super) code: Arc<str>,
    /// For which steps; nothing: everywhere.
    pub(super) steps: Option<Vec<Arc<str>>>,
}

impl OldWaiver {
    fn covers(&self, file: &str, finding: &Finding) -> bool {
        let step = |id: &Arc<str>| finding.step.as_ref().is_some_and(|step| step.eq_ignore_ascii_case(id));
        *self.file == *file
            && self.code.eq_ignore_ascii_case(&finding.code)
            && self.steps.as_ref().is_none_or(|steps| steps.iter().any(step))
    }
}

/// A finding as it is remembered.
pub(super) fn remembered(finding: &Finding, file: Arc<str>, plan: Arc<str>) -> Fixed {
    Fixed {
        fingerprint: finding.fingerprint.clone(),
        code: finding.code.clone(),
        rule: finding.rule.clone(),
        severity: finding.severity,
        verdict: finding.verdict,
        file,
        plan,
        step: finding.step.clone(),
        subject: finding.subject.clone(),
        message: finding.sentence().into_owned(),
    }
}

/// Whether a code speaks of an inventory rather than of a plan: it stands at whichever plan was looked at first.
pub(super) fn of_inventories(code: &str) -> bool {
    [waiver::EXPIRED_ASSUMPTION, waiver::UNNEEDED_ASSUMPTION, waiver::LAPSING_ASSUMPTION]
        .iter()
        .any(|own| own.as_str() == code)
}

/// How bad a verdict is. What is waived or noted asks for nothing.
fn badness(verdict: FindingVerdict) -> u8 {
    match verdict {
        FindingVerdict::Violated => 2,
        FindingVerdict::Unverified => 1,
        FindingVerdict::Noted | FindingVerdict::Waived => 0,
    }
}

/// Whether a finding is worse than what it was before: a warning became an error, something unknown a violation.
fn worse(was: &Fixed, finding: &Finding) -> bool {
    let severer = was.severity < finding.severity && finding.verdict != FindingVerdict::Waived;
    badness(was.verdict) < badness(finding.verdict) || severer
}

/// Says of every finding how it stands to those of before, and of those of before which are fixed. A finding that an earlier
/// comparison knows stays unchanged.
pub(super) fn compare(report: &mut Report, known: Vec<Known>, waivers: &[OldWaiver]) {
    let mut left: Vec<Option<Known>> = known.into_iter().map(Some).collect();
    let mut partners: Vec<Option<Known>> = vec![None; report.findings.len()];
    let files: Vec<Arc<str>> = report.plans.iter().map(|plan| plan.file.clone()).collect();
    let file = |finding: &Finding| files.get(finding.plan).cloned().unwrap_or_default();
    let mut by_print: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, known) in left.iter().enumerate() {
        let print = known.as_ref().map(|known| known.was.fingerprint.clone()).unwrap_or_default();
        by_print.entry(print).or_default().push(at);
    }
    // The same file before another one, the same verdict before another one: equal fingerprints are told apart by them.
    for (own, alike) in [(true, true), (true, false), (false, true), (false, false)] {
        for (finding, partner) in report.findings.iter().zip(&mut partners).filter(|(_, partner)| partner.is_none()) {
            let places = by_print.get(&finding.fingerprint).map(Vec::as_slice).unwrap_or_default();
            let fits = |known: &Known| {
                let same = known.was.file == file(finding);
                (if own { same } else { !same && known.gone }) && (known.was.verdict == finding.verdict) == alike
            };
            let place = places.iter().find(|at| left.get(**at).and_then(Option::as_ref).is_some_and(fits));
            *partner = place.and_then(|at| left.get_mut(*at)?.take());
        }
    }
    for (finding, partner) in report.findings.iter_mut().zip(partners) {
        let known = finding.standing == Some(Standing::Unchanged);
        let new = partner.as_ref().is_none_or(|known| worse(&known.was, finding)) && !known;
        finding.standing = Some(if new { Standing::New } else { Standing::Unchanged });
        let file = files.get(finding.plan).cloned().unwrap_or_default();
        let waived = partner.is_some_and(|known| known.was.verdict == FindingVerdict::Waived)
            || waivers.iter().any(|waiver| waiver.covers(&file, finding));
        if let Some(note) = finding.waiver.as_mut().filter(|_| !waived && !known) {
            Arc::make_mut(note).new = true;
        }
    }
    // A note that is gone mends nothing.
    let fixed = left.into_iter().flatten();
    let fixed = fixed.filter(|known| known.looked_for && known.was.verdict != FindingVerdict::Noted);
    report.fixed.extend(fixed.map(|known| known.was));
    report.fixed.sort_by(|a, b| order(a).cmp(&order(b)));
    report.fixed.dedup();
    count(report);
}

/// Counts how findings stand.
pub(super) fn count(report: &mut Report) {
    let of = |standing: Standing| report.findings.iter().filter(|f| f.standing == Some(standing)).count() as u64;
    report.summary.compared =
        Some(Compared { new: of(Standing::New), unchanged: of(Standing::Unchanged), fixed: report.fixed.len() as u64 });
}

/// The order in which findings of before are told and written.
pub(super) fn order(was: &Fixed) -> (&str, &str, Option<&str>, &str, Option<&str>, &str, Severity) {
    let Fixed { file, plan, step, code, subject, fingerprint, severity, .. } = was;
    (file, plan, step.as_deref(), code, subject.as_deref(), fingerprint, *severity)
}
