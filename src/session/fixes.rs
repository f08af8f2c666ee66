//! What the fixes of findings change in the texts of plans, for formats that propose changes. It writes nothing.

use super::suggest::place;
use super::{Checked, Session};
use crate::edit::{self, Change, Draft, Says, What};
use crate::facts::read::{Format, read_one};
use crate::report::{Finding, FixText};
use crate::source::{SourceFile, Span};

/// The changes, by finding; of findings whose plan does not allow theirs there is none.
pub(super) fn texts(session: &Session, checked: &Checked) -> Vec<FixText> {
    let findings = checked.report.findings.iter().enumerate().filter(|(_, finding)| finding.fix.is_some());
    findings
        .filter_map(|(index, finding)| Some(FixText { finding: index, ..one(session, checked, finding)? }))
        .collect()
}

fn one(session: &Session, checked: &Checked, finding: &Finding) -> Option<FixText> {
    let (fix, step) = (finding.fix.as_ref()?, finding.step.as_ref()?);
    let plan = checked.report.plans.get(finding.plan)?;
    let file = session.map().files().map(|(_, file)| file).find(|file| file.name() == &*plan.file)?;
    let format = Format::of_name(file.name())?;
    let (document, _) = read_one(format, file, &session.options.limits.inputs);
    let members = vec![(fix.member.clone(), Says::Text(fix.value.clone()))];
    let what = What::Sequence(vec![Draft { members, ..Draft::default() }]);
    let change = Change { step: place(&document?, step)?, what };
    let new = edit::apply(file.text(), format, &[change]).ok()?;
    between(file, &new)
}

/// The one place at which two texts differ.
fn between(file: &SourceFile, new: &str) -> Option<FixText> {
    let old: &str = file.text();
    let same = |pairs: &mut dyn Iterator<Item = (char, char)>| -> usize {
        pairs.take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).fold(0, usize::saturating_add)
    };
    let before = same(&mut old.chars().zip(new.chars()));
    let (old_rest, new_rest) = (old.get(before..)?, new.get(before..)?);
    let behind = same(&mut old_rest.chars().rev().zip(new_rest.chars().rev()));
    let end = old.len().checked_sub(behind)?;
    let text = new.get(before..new.len().checked_sub(behind)?)?;
    let at = |at: usize| file.base().checked_add(u32::try_from(at).ok()?);
    (old != new).then_some(())?;
    Some(FixText { finding: 0, span: Span::new(at(before)?, at(end)?), text: text.to_owned() })
}
