//! What formats for other programs have in common: how hard a finding counts, its text with everything that a line of text
//! has to say, its place, and the way in which such programs want paths. It writes no format itself.

use std::borrow::Cow;

use super::waived;
use crate::diag::{Diagnostic, Severity};
use crate::report::{CiteRef, Finding, FindingVerdict, Run, Standing};
use crate::source::{Location, SourceMap, Span};

/// Where something is said to stand that stands in no file: programs that want a path get the folder of the run.
pub(super) const NOWHERE: &str = ".";

/// How hard a finding counts: one that is waived, or left uncounted, is for information.
pub(super) fn severity(run: &Run<'_>, finding: &Finding) -> Severity {
    if run.failing.counts(finding) { finding.severity } else { Severity::Info }
}

/// Whether it was there before: told in numbers alone where only what is new is told.
pub(super) fn known(finding: &Finding) -> bool {
    finding.standing == Some(Standing::Unchanged)
}

/// `3 known findings are not shown`; nothing where there are none.
pub(super) fn untold(run: &Run<'_>) -> Option<String> {
    let count = run.report.findings.iter().filter(|finding| known(finding)).count();
    match count {
        0 => None,
        1 => Some("1 finding of before is not shown".to_owned()),
        _ => Some(format!("{count} findings of before are not shown")),
    }
}

/// What a finding says in one line: its verdict where that is not plain, the facts that are missing, why it is waived.
pub(super) fn sentence(finding: &Finding) -> String {
    let mut text = match finding.verdict {
        FindingVerdict::Violated | FindingVerdict::Noted => String::new(),
        FindingVerdict::Unverified => "unverified: ".to_owned(),
        FindingVerdict::Waived => "waived: ".to_owned(),
    };
    text.push_str(&finding.sentence());
    let missing: Vec<&str> = finding.missing.iter().map(|missing| &*missing.route).collect();
    if !missing.is_empty() && !missing.iter().all(|route| finding.message.contains(route)) {
        text.push_str(&format!(" (missing {})", missing.join(", ")));
    }
    if let Some(why) = why_waived(finding) {
        text.push_str(&format!(" ({why})"));
    }
    text
}

/// Why a finding is waived: `private network arrives in March; approved by CHG-4711, until 2027-03-31`.
fn why_waived(finding: &Finding) -> Option<String> {
    finding.waiver.as_ref().map(|waiver| waived::in_words(waiver))
}

/// Whom a finding is about: `sql-first, file a.vhdx`; nothing where it is about the plan.
pub(super) fn about(finding: &Finding) -> Option<String> {
    let parts: Vec<&str> = [&finding.step, &finding.subject].into_iter().flatten().map(|name| &**name).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// A cite as a text: `Live migration limitations, item 1 (Overview)`.
pub(super) fn cite(cite: &CiteRef) -> String {
    let item = cite.item.map(|item| format!(", item {item}")).unwrap_or_default();
    format!("{}: {}{item}", cite.title, cite.section)
}

/// The place of a finding, or the beginning of its plan.
pub(super) fn place(run: &Run<'_>, finding: &Finding) -> (String, Option<Location>) {
    let place = run.map.locate(finding.span);
    let file = match &place {
        Some(place) => Some(&place.file),
        None => run.report.plans.get(finding.plan).map(|plan| &plan.file),
    };
    (file.map_or_else(|| NOWHERE.to_owned(), |file| path(run, file).into_owned()), place)
}

/// The place of a diagnostic, where it has one.
pub(super) fn place_of(run: &Run<'_>, diagnostic: &Diagnostic) -> (String, Option<Location>) {
    let place = run.map.locate(diagnostic.span());
    let file = place.as_ref().map_or_else(|| NOWHERE.to_owned(), |place| path(run, &place.file).into_owned());
    (file, place)
}

/// A path as reports have it: relative to where the run was started wherever that can be, with `/`, without `./`.
pub(super) fn path<'a>(run: &Run<'_>, file: &'a str) -> Cow<'a, str> {
    let below = run.folder.and_then(|folder| file.strip_prefix(folder)?.strip_prefix(std::path::is_separator));
    let mut file: Cow<'a, str> = match below {
        Some(below) => below.into(),
        None => file.into(),
    };
    if std::path::MAIN_SEPARATOR != '/' {
        file = file.replace(std::path::MAIN_SEPARATOR, "/").into();
    }
    let mut rest: &str = &file;
    while let Some(shorter) = rest.strip_prefix("./") {
        rest = shorter.trim_start_matches('/');
    }
    if rest.len() == file.len() { file } else { rest.to_owned().into() }
}

/// What a diagnostic says, with its reasons and what to do.
pub(super) fn spoken(diagnostic: &Diagnostic) -> String {
    let mut text = diagnostic.message.clone();
    for note in &diagnostic.notes {
        text.push_str(&format!("\nnote: {note}"));
    }
    if let Some(help) = &diagnostic.help {
        text.push_str(&format!("\nhelp: {help}"));
    }
    text
}

/// A line and a column from 1 for a place, the column in bytes of UTF-8.
pub(super) fn byte_positions(map: &SourceMap, span: Span) -> Option<((usize, usize), (usize, usize))> {
    let file = map.file(map.file_of(span)?)?;
    let position = |at: u32| {
        let local = at.saturating_sub(file.base());
        let line = file.line_of(local);
        let start = file.line_starts().get(line).copied().unwrap_or(0);
        (line.saturating_add(1), (local.saturating_sub(start) as usize).saturating_add(1))
    };
    Some((position(span.start), position(span.end)))
}
