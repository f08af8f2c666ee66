//! Annotations of GitHub Actions: commands on standard output that a runner turns into marks on the lines of a change.
//!
//! A runner shows ten of each level and step, so the worst come first and the tenth says how many more there are; the log has
//! all. Nothing that somebody else wrote stands at the beginning of a line or unescaped: it would be a command of its own.

use super::account;
use super::machine;
use super::text::{clean, counted};
use crate::diag::{Severity, codes};
use crate::report::Run;
use crate::source::Location;

/// How many annotations of a level a step may have.
const MOST: usize = 10;

struct Annotation {
    severity: Severity,
    title: String,
    file: Option<String>,
    place: Option<Location>,
    code: String,
    about: Option<String>,
    message: String,
}

/// A line for each finding and each diagnostic, then how the run ended.
pub fn draw(run: &Run<'_>) -> String {
    let annotations = gathered(run);
    let mut out = String::new();
    for severity in [Severity::Error, Severity::Warning, Severity::Info] {
        let of: Vec<&Annotation> = annotations.iter().filter(|annotation| annotation.severity == severity).collect();
        let shown = if of.len() > MOST { MOST.saturating_sub(1) } else { of.len() };
        of.iter().take(shown).for_each(|annotation| line(annotation, &mut out));
        let rest = of.len().saturating_sub(shown);
        if rest > 0 {
            let text = format!(
                "{} more of these: GitHub shows {MOST} a step, the log has all",
                counted(rest as u64, noun(severity))
            );
            out.push_str(&format!("::{} title=clearway::{}\n", command(severity), data(&text)));
        }
        of.iter().skip(shown).for_each(|annotation| line(annotation, &mut out));
    }
    // What follows is for whoever reads the log. No line of it begins with what could be a command.
    let plans = run.report.plans.iter().map(|plan| {
        let verdict = if plan.account.evaluations == 0 { "not evaluated" } else { plan.verdict.as_str() };
        format!("{}: plan {}: {verdict}", clean(&machine::path(run, &plan.file)), clean(&plan.plan))
    });
    let books = [account::counts(&run.report.summary), account::books(&run.report.account)];
    for text in plans.chain(books).chain(machine::untold(run)) {
        out.push_str(&format!("clearway: {text}\n"));
    }
    out
}

fn gathered(run: &Run<'_>) -> Vec<Annotation> {
    let mut all = Vec::new();
    if let Some(why) = run.nothing {
        all.push(Annotation {
            severity: Severity::Error,
            title: "clearway".to_owned(),
            file: None,
            place: None,
            code: String::new(),
            about: None,
            message: format!("nothing was evaluated: {why}"),
        });
    }
    for diagnostic in run.diagnostics {
        let (file, place) = machine::place_of(run, diagnostic);
        let title = codes::info(diagnostic.code).map_or("", |info| info.title);
        all.push(Annotation {
            severity: diagnostic.severity,
            title: format!("{} {title}", diagnostic.code),
            file: place.is_some().then_some(file),
            place,
            code: diagnostic.code.to_string(),
            about: None,
            message: machine::spoken(diagnostic),
        });
    }
    for finding in run.report.findings.iter().filter(|finding| !machine::known(finding)) {
        let (file, place) = machine::place(run, finding);
        let help = finding.help.as_ref().map(|help| format!("\nhelp: {help}")).unwrap_or_default();
        all.push(Annotation {
            severity: machine::severity(run, finding),
            title: format!("{} {}", finding.code, finding.rule),
            file: Some(file),
            place,
            code: finding.code.to_string(),
            about: machine::about(finding),
            message: machine::sentence(finding) + &help,
        });
    }
    all
}

fn line(annotation: &Annotation, out: &mut String) {
    let mut properties = vec![("title", annotation.title.clone())];
    properties.extend(annotation.file.clone().map(|file| ("file", file)));
    if let Some(place) = &annotation.place {
        properties.push(("line", place.line.to_string()));
        properties.push(("endLine", place.end_line.to_string()));
        // Of several lines GitHub takes no columns.
        if place.line == place.end_line {
            properties.push(("col", place.column.to_string()));
            properties.push(("endColumn", place.end_column.to_string()));
        }
    }
    let properties: Vec<String> =
        properties.iter().map(|(name, value)| format!("{name}={}", property(value))).collect();
    // The log shows the message alone, so that has to say where it stands.
    let at = match (&annotation.file, &annotation.place) {
        (Some(file), Some(place)) => format!("{file}:{}:{}: ", place.line, place.column),
        (Some(file), None) => format!("{file}: "),
        (None, _) => String::new(),
    };
    let code = if annotation.code.is_empty() { String::new() } else { format!("{} ", annotation.code) };
    let about = annotation.about.as_ref().map(|about| format!("[{about}] ")).unwrap_or_default();
    let text = format!("{at}{code}{about}{}", annotation.message);
    out.push_str(&format!("::{} {}::{}\n", command(annotation.severity), properties.join(","), data(&text)));
}

fn command(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    }
}

fn noun(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    }
}

/// A text behind the second `::`. Line breaks stay, other control characters are written out.
fn data(text: &str) -> String {
    let lines: Vec<_> = text.lines().map(clean).collect();
    lines.join("\n").replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
