//! What may stand in the place of some lines of a plan: from suggestions that were written into its text, and from fixes
//! that findings bring along. It writes nothing.

use std::sync::Arc;

use super::suggest::{Mended, place};
use super::{Checked, Session};
use crate::edit::{self, Change, Draft, Hunk, Says, What};
use crate::facts::read::{Format, read_one};
use crate::report::{Finding, FindingVerdict, Patch, PlanReport, Standing};
use crate::source::SourceFile;

/// Patches of all plans: of those that were mended the lines that differ, and of the other steps the first fix that a
/// finding has.
pub(super) fn all(session: &Session, checked: &Checked, mended: &[Mended]) -> Vec<Patch> {
    let mut patches = Vec::new();
    for (at, plan) in checked.report.plans.iter().enumerate() {
        let Some(file) =
            session.configs.texts.map.files().map(|(_, file)| file).find(|file| file.name() == &*plan.file)
        else {
            continue;
        };
        let own = mended.iter().find(|mended| mended.path.as_os_str() == &*plan.file);
        if let Some(mended) = own.filter(|mended| mended.changes() && mended.old == **file.text()) {
            let steps: Vec<Arc<str>> = mended.written.iter().map(|written| written.step.clone()).collect();
            for hunk in edit::hunks(&mended.old, &mended.new) {
                let about = about(file, plan, &steps, &hunk);
                patches.push(patch(at, about, hunk));
            }
        }
        let mut done: Vec<Arc<str>> =
            own.iter().flat_map(|own| &own.written).map(|written| written.step.clone()).collect();
        let findings = checked.report.findings.iter().filter(|finding| finding.plan == at);
        for finding in findings.filter(|finding| finding.standing != Some(Standing::Unchanged)) {
            let asks = matches!(finding.verdict, FindingVerdict::Violated | FindingVerdict::Unverified);
            let Some(step) = finding.step.as_ref().filter(|step| asks && !done.contains(step)) else { continue };
            let Some(hunks) = fixed(session, file, step, finding) else { continue };
            done.push(step.clone());
            patches.extend(hunks.into_iter().map(|hunk| patch(at, vec![step.clone()], hunk)));
        }
    }
    patches
}

fn patch(plan: usize, steps: Vec<Arc<str>>, hunk: Hunk) -> Patch {
    Patch { plan, steps, first: hunk.first, last: hunk.last, lines: hunk.lines }
}

/// Which of the steps that were mended a change is for: those whose lines it touches, else all.
fn about(file: &SourceFile, plan: &PlanReport, steps: &[Arc<str>], hunk: &Hunk) -> Vec<Arc<str>> {
    let line = |global: u32| file.line_of(global.saturating_sub(file.base())).saturating_add(1);
    let touches = |id: &Arc<str>| {
        let step = plan.steps.iter().find(|step| step.id == *id);
        step.is_some_and(|step| line(step.span.start) <= hunk.last && hunk.first <= line(step.span.end))
    };
    let own: Vec<Arc<str>> = steps.iter().filter(|id| touches(id)).cloned().collect();
    if own.is_empty() { steps.to_vec() } else { own }
}

/// What the fix of a finding changes in the text; nothing where it has none, or the text does not allow it.
fn fixed(session: &Session, file: &SourceFile, step: &str, finding: &Finding) -> Option<Vec<Hunk>> {
    let fix = finding.fix.as_ref()?;
    let format = Format::of_name(file.name()).unwrap_or_else(|| Format::of_text(file.text()));
    let (document, _) = read_one(format, file, &session.options.limits.inputs);
    let members = vec![(fix.member.clone(), Says::Text(fix.value.clone()))];
    let what = What::Sequence(vec![Draft { members, ..Draft::default() }]);
    let change = Change { step: place(&document?, step)?, what };
    let new = edit::apply(file.text(), format, &[change]).ok()?;
    Some(edit::hunks(file.text(), &new))
}
