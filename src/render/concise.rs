//! One line a message: `file:line:column: error ACME103 [step] message`, for editors, for `grep` and for short sight.

use std::borrow::Cow;

use super::text::{Look, Tone, clean};
use super::waived;
use crate::diag::{Diagnostic, Severity};
use crate::report::{Finding, FindingVerdict, Report};
use crate::source::{SourceMap, Span};

/// One line for each finding.
pub fn draw(look: &Look, map: &SourceMap, report: &Report) -> String {
    let mut out = String::new();
    for finding in &report.findings {
        line(look, map, report, finding, &mut out);
    }
    out
}

/// One line for each diagnostic.
pub fn diagnostics(look: &Look, map: &SourceMap, diagnostics: &[Diagnostic]) -> String {
    let mut out = String::new();
    for diagnostic in diagnostics {
        let (word, tone) = severity(diagnostic.severity);
        if let Some(place) = place(map, diagnostic.span()) {
            out.push_str(&format!("{place}: "));
        }
        let message = clean(&diagnostic.message);
        out.push_str(&format!("{} {} {message}\n", look.paint(tone, word), diagnostic.code));
    }
    out
}

/// The word for a severity, and its tone.
pub(crate) fn severity(severity: Severity) -> (&'static str, Tone) {
    match severity {
        Severity::Error => ("error", Tone::Error),
        Severity::Warning => ("warning", Tone::Warning),
        Severity::Info => ("info", Tone::Info),
    }
}

fn place(map: &SourceMap, span: Span) -> Option<String> {
    let place = map.locate(span)?;
    Some(format!("{}:{}:{}", clean(&place.file), place.line, place.column))
}

fn line(look: &Look, map: &SourceMap, report: &Report, finding: &Finding, out: &mut String) {
    let (word, tone) = severity(finding.severity);
    let file = || report.plans.get(finding.plan).map(|plan| clean(&plan.file).into_owned());
    if let Some(place) = place(map, finding.span).or_else(file) {
        out.push_str(&format!("{place}: "));
    }
    let who: Vec<Cow<str>> = [&finding.step, &finding.subject].into_iter().flatten().map(|name| clean(name)).collect();
    let who = if who.is_empty() { String::new() } else { format!("[{}] ", who.join(", ")) };
    let verdict = match finding.verdict {
        FindingVerdict::Violated | FindingVerdict::Noted => "",
        FindingVerdict::Unverified => "unverified: ",
        FindingVerdict::Waived => "waived: ",
    };
    let mut message = clean(&finding.sentence()).into_owned();
    let routes: Vec<&str> = finding.missing.iter().map(|missing| &*missing.route).collect();
    let named = routes.iter().all(|route| finding.message.contains(route));
    if finding.verdict == FindingVerdict::Unverified && !named {
        message.push_str(&format!(" (missing {})", clean(&routes.join(", "))));
    }
    if let Some(note) = &finding.waiver {
        message.push_str(&format!(" ({})", clean(&waived::in_words(note))));
    }
    if !finding.assumed.is_empty() {
        message.push_str(&format!(" (assumed: {})", clean(&finding.assumed.join(", "))));
    }
    let code = clean(&finding.code);
    out.push_str(&format!("{} {code} {who}{verdict}{message}\n", look.paint(tone, word)));
}
