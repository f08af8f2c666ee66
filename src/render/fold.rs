//! How many findings become few blocks: by step, repeated ones together. Pure data; drawing is [`full`](super::full)'s.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::diag::Severity;
use crate::report::{CellHit, Finding, FindingVerdict, Report, StepReport};
use crate::source::Span;

/// What a plan's findings say about one step, or about the plan and its waves.
pub(crate) struct Section<'a> {
    /// The step; nothing for the plan itself.
    pub step: Option<&'a StepReport>,
    /// What is told here, the worst first.
    pub blocks: Vec<Block<'a>>,
    /// What was told at an earlier step already: the finding, and that step.
    pub told: Vec<(&'a Finding, &'a str)>,
    /// Later steps that would be judged otherwise had this one not been refused, with what is found about them.
    pub after: Vec<(&'a StepReport, Vec<&'a Finding>)>,
}

/// Findings of one rule with one verdict about one step.
pub(crate) struct Block<'a> {
    /// At least one.
    pub findings: Vec<&'a Finding>,
    /// The same again in further steps.
    pub repeated: Vec<&'a str>,
}

impl<'a> Block<'a> {
    /// The first finding: what all have in common can be read from it.
    pub fn first(&self) -> Option<&'a Finding> {
        self.findings.first().copied()
    }
}

/// A route without the names in it: `hosts[hv12].cpu.manufacturer` becomes `hosts[*].cpu.manufacturer`.
pub(crate) fn pattern(route: &str) -> String {
    let mut out = String::with_capacity(route.len());
    let mut depth = 0usize;
    for c in route.chars() {
        match c {
            '[' => {
                if depth == 0 {
                    out.push_str("[*]");
                }
                depth = depth.saturating_add(1);
            }
            ']' if depth > 0 => depth = depth.saturating_sub(1),
            c if depth == 0 => out.push(c),
            _ => {}
        }
    }
    out
}

/// The worst first: violations before what is not verified, errors before warnings, notes and waived ones last.
fn rank(finding: &Finding) -> u8 {
    match (finding.verdict, finding.severity) {
        (FindingVerdict::Violated, Severity::Error) => 0,
        (FindingVerdict::Unverified, Severity::Error) => 1,
        (FindingVerdict::Violated, Severity::Warning) => 2,
        (FindingVerdict::Unverified, Severity::Warning) => 3,
        (FindingVerdict::Violated | FindingVerdict::Unverified | FindingVerdict::Noted, _) => 4,
        (FindingVerdict::Waived, _) => 5,
    }
}

type Cells = Option<(Vec<usize>, Vec<usize>)>;

fn cells(hit: Option<&CellHit>) -> Cells {
    hit.map(|hit| (hit.rows.clone(), hit.columns.clone()))
}

/// What has to be equal for findings of one step to share a block.
fn kind(finding: &Finding) -> (u8, &str, FindingVerdict, Cells, Beside<'_>) {
    (rank(finding), &finding.code, finding.verdict, cells(finding.cell.as_ref()), beside(finding))
}

/// The place of the waiver that covers a finding, the assumptions that it rests on, and of what is said of waivers and
/// assumptions themselves what to do: one code has several answers there.
type Beside<'a> = (Option<(u32, u32)>, &'a [Arc<str>], Option<&'a str>);

fn beside(finding: &Finding) -> Beside<'_> {
    let of_rule = finding.rule_span != Span::NONE || !finding.code.starts_with("CW");
    let help = finding.help.as_deref().filter(|_| !of_rule);
    (finding.waiver.as_ref().map(|note| (note.span.start, note.span.end)), &finding.assumed, help)
}

/// What has to be equal for the block of a later step to be told by that of an earlier one.
fn key<'a>(block: &Block<'a>) -> Option<(String, FindingVerdict, Cells, BTreeSet<String>, Beside<'a>)> {
    let first = block.first()?;
    let missing: BTreeSet<String> =
        block.findings.iter().flat_map(|finding| &finding.missing).map(|missing| pattern(&missing.route)).collect();
    let same = match first.verdict {
        FindingVerdict::Unverified if !missing.is_empty() => missing,
        FindingVerdict::Unverified if first.cell.is_some() => BTreeSet::new(),
        _ => block.findings.iter().map(|finding| finding.message.clone()).collect(),
    };
    Some((first.code.to_string(), first.verdict, cells(first.cell.as_ref()), same, beside(first)))
}

/// The sections of a plan in the plan's order, those about the plan itself last. Steps without findings have none.
pub(crate) fn sections(report: &Report, plan: usize, fold: bool) -> Vec<Section<'_>> {
    let steps = report.plans.get(plan).map_or(&[][..], |plan| &plan.steps);
    let places: BTreeMap<&str, usize> = steps.iter().enumerate().rev().map(|(at, step)| (&*step.id, at)).collect();
    let mut by_step: BTreeMap<usize, Vec<Block>> = BTreeMap::new();
    for finding in report.findings.iter().filter(|finding| finding.plan == plan) {
        let at = finding.step.as_deref().and_then(|step| places.get(step).copied()).unwrap_or(steps.len());
        let blocks = by_step.entry(at).or_default();
        let kin = blocks.iter_mut().find(|block| block.first().is_some_and(|first| kind(first) == kind(finding)));
        match kin {
            Some(block) => block.findings.push(finding),
            None => blocks.push(Block { findings: vec![finding], repeated: Vec::new() }),
        }
    }
    let causes = if fold { causes(steps, &by_step) } else { BTreeMap::new() };
    let mut after: BTreeMap<usize, Vec<(&StepReport, Vec<&Finding>)>> = BTreeMap::new();
    for (step, cause) in &causes {
        let findings = by_step.remove(step).unwrap_or_default().into_iter().flat_map(|block| block.findings);
        if let Some(step) = steps.get(*step) {
            after.entry(*cause).or_default().push((step, findings.collect()));
        }
    }
    let mut sections: Vec<Section> = Vec::new();
    let mut seen: BTreeMap<_, (usize, usize)> = BTreeMap::new();
    for (at, mut blocks) in by_step {
        blocks.sort_by_key(|block| block.first().map(rank));
        let step = steps.get(at);
        let mut section =
            Section { step, blocks: Vec::new(), told: Vec::new(), after: after.remove(&at).unwrap_or_default() };
        for block in blocks {
            let Some(step) = step.filter(|_| fold) else {
                section.blocks.push(block);
                continue;
            };
            let here = (sections.len(), section.blocks.len());
            let Some(key) = key(&block) else { continue };
            let (in_section, in_block) = *seen.entry(key).or_insert(here);
            let earlier = sections.get_mut(in_section);
            let told_at = earlier.as_ref().and_then(|earlier| earlier.step).map(|step| &*step.id);
            match (earlier.and_then(|earlier| earlier.blocks.get_mut(in_block)), told_at) {
                (Some(earlier), Some(told_at)) => {
                    earlier.repeated.push(&step.id);
                    section.told.extend(block.findings.iter().map(|finding| (*finding, told_at)));
                }
                _ => section.blocks.push(block),
            }
        }
        sections.push(section);
    }
    sections
}

/// Under which step the findings of another one are folded: the first refused one that it would be judged otherwise without,
/// or the one that this is folded under itself. Only under steps that something is told about.
fn causes(steps: &[StepReport], told: &BTreeMap<usize, Vec<Block>>) -> BTreeMap<usize, usize> {
    let places: BTreeMap<&str, usize> = steps.iter().enumerate().rev().map(|(at, step)| (&*step.id, at)).collect();
    let first = |at: usize| {
        let after = &steps.get(at)?.after_refused;
        let place = |cause: &std::sync::Arc<str>| places.get(&**cause).copied();
        after.first().and_then(place).or_else(|| after.iter().find_map(place))
    };
    let mut causes = BTreeMap::new();
    for at in told.keys().copied().filter(|at| *at < steps.len()) {
        let mut cause = at;
        // No further than there are steps: whatever a report says, this ends.
        for _ in 0..steps.len() {
            match first(cause).filter(|next| told.contains_key(next)) {
                Some(next) if next != at => cause = next,
                _ => break,
            }
        }
        if cause != at && first(cause).is_none() {
            causes.insert(at, cause);
        }
    }
    causes
}

#[cfg(test)]
mod tests {
    use super::pattern;

    #[test]
    fn names_in_routes_do_not_matter() {
        assert_eq!(pattern("hosts[hv12].cpu.manufacturer"), "hosts[*].cpu.manufacturer");
        assert_eq!(pattern(r"vms[a].images[C:\x[1].iso].size"), "vms[*].images[*].size");
        assert_eq!(pattern("vms"), "vms");
    }
}
