//! What the codes of a log mean: rules of policies, and messages of ours. Only those that the log speaks of are told.

use super::super::machine;
use super::model::{Configuration, Content, Level, Properties, Rule};
use crate::diag::Severity;
use crate::report::{Finding, MessageReference, RuleReference, Run};
use crate::source::SourceMap;

/// Rules and messages that results are of, in the order of their codes.
pub(super) fn all(run: &Run<'_>) -> Vec<Rule> {
    let mut codes: Vec<&str> = run.report.findings.iter().map(|finding| &*finding.code).collect();
    let placed = run.diagnostics.iter().filter(|diagnostic| run.map.locate(diagnostic.span()).is_some());
    codes.extend(placed.map(|diagnostic| diagnostic.code.as_str()));
    codes.sort_unstable();
    codes.dedup();
    codes.into_iter().map(|code| one(run, code)).collect()
}

/// Messages that notifications are of.
pub(super) fn of_notifications(run: &Run<'_>) -> Vec<Rule> {
    let unplaced = run.diagnostics.iter().filter(|diagnostic| run.map.locate(diagnostic.span()).is_none());
    let mut codes: Vec<&str> = unplaced.map(|diagnostic| diagnostic.code.as_str()).collect();
    codes.sort_unstable();
    codes.dedup();
    codes.into_iter().map(|code| one(run, code)).collect()
}

fn one(run: &Run<'_>, code: &str) -> Rule {
    if let Some(rule) = run.reference.rules.iter().find(|rule| &*rule.page.entry.code == code) {
        return of_rule(run.map, rule);
    }
    if let Some(message) = run.reference.messages.iter().find(|message| &*message.code == code) {
        return of_message(run, message);
    }
    // Nobody says what it means; what its findings say of it is better than nothing.
    let finding = run.report.findings.iter().find(|finding| &*finding.code == code);
    let title = finding.map_or(code, |finding| if finding.title.is_empty() { &finding.rule } else { &finding.title });
    Rule {
        id: code.to_owned(),
        name: finding.map_or(code, |finding| &finding.rule).to_owned(),
        short_description: Content::of(title.to_owned()),
        full_description: Content::of(title.to_owned()),
        help: Content::of(title.to_owned()),
        default_configuration: Configuration { level: worst(run, code), enabled: true },
        properties: Properties::default(),
    }
}

/// The level of a message of ours: the worst that the log has of it.
fn worst(run: &Run<'_>, code: &str) -> Level {
    let own = run.diagnostics.iter().filter(|diagnostic| diagnostic.code.as_str() == code).map(|d| d.severity);
    let findings = run.report.findings.iter().filter(|finding: &&Finding| &*finding.code == code);
    Level::of(own.chain(findings.map(|finding| finding.severity)).max().unwrap_or(Severity::Error))
}

fn of_message(run: &Run<'_>, message: &MessageReference) -> Rule {
    let mut properties = Properties::default();
    properties.list("tags", vec!["clearway".to_owned()]);
    let page = if message.page.is_empty() { message.title } else { message.page };
    Rule {
        id: message.code.to_string(),
        name: kebab(message.title),
        short_description: Content::of(message.title.to_owned()),
        full_description: Content::of(message.title.to_owned()),
        help: Content { text: page.to_owned(), markdown: (!message.page.is_empty()).then(|| message.page.to_owned()) },
        default_configuration: Configuration { level: worst(run, &message.code), enabled: true },
        properties,
    }
}

fn of_rule(map: &SourceMap, rule: &RuleReference) -> Rule {
    let entry = &rule.page.entry;
    let title = if entry.title.is_empty() { &entry.name } else { &entry.title };
    let level = match entry.level {
        "must" => Level::Error,
        "should" => Level::Warning,
        _ => Level::Note,
    };
    let mut properties = Properties::default();
    properties.list("tags", vec![entry.kind.to_owned(), entry.level.to_owned(), entry.about.to_string()]);
    properties.set("pack", &entry.pack);
    properties.set("precision", "very-high");
    properties.set(
        "problem.severity",
        match level {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Note | Level::None => "recommendation",
        },
    );
    properties.list("cites", entry.cites.iter().map(machine::cite).collect());
    properties.list("facts", rule.page.facts.clone());
    Rule {
        id: entry.code.to_string(),
        name: entry.name.to_string(),
        short_description: Content::of(title.to_string()),
        full_description: Content::of(rule.because.clone().unwrap_or_else(|| title.to_string())),
        help: Content { text: text(map, rule), markdown: Some(markdown(map, rule)) },
        default_configuration: Configuration { level, enabled: entry.disabled.is_none() },
        properties,
    }
}

/// What a rule is, line by line: a word and what it says.
fn lines(rule: &RuleReference) -> Vec<(&'static str, String)> {
    let entry = &rule.page.entry;
    let mut lines =
        vec![("rule", format!("{} {} about each {}, {}", entry.code, entry.kind, entry.about, entry.level))];
    lines.extend(rule.because.iter().map(|because| ("says", because.clone())));
    lines.extend(rule.help.iter().map(|help| ("help", help.clone())));
    lines.extend(entry.cites.iter().map(|cite| ("source", machine::cite(cite))));
    lines.extend(entry.adjusted.iter().map(|change| ("changed", change.clone())));
    lines.push(("pack", entry.pack.to_string()));
    if !rule.page.facts.is_empty() {
        lines.push(("facts", rule.page.facts.join(", ")));
    }
    lines
}

fn text(map: &SourceMap, rule: &RuleReference) -> String {
    let lines: Vec<String> = lines(rule).into_iter().map(|(word, says)| format!("{word}: {says}")).collect();
    let source = map.text(rule.page.source).map(|source| format!("\n\n{source}")).unwrap_or_default();
    lines.join("\n") + &source
}

fn markdown(map: &SourceMap, rule: &RuleReference) -> String {
    let mut out = String::new();
    for (word, says) in lines(rule) {
        out.push_str(&format!("- **{word}**: {}\n", escaped(&says)));
    }
    if let Some(source) = map.text(rule.page.source) {
        let longest = source.split(|c| c != '`').map(str::len).max().unwrap_or(0);
        let fence = "`".repeat(longest.saturating_add(1).max(3));
        out.push_str(&format!("\n{fence}way\n{source}\n{fence}\n"));
    }
    out
}

/// A text in Markdown in which nothing means anything but the backticks around names.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '~' => out.extend(['\\', c]),
            '\n' => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// A title as a name: `an unknown pack` is `unknown-pack`.
fn kebab(title: &str) -> String {
    let words = title.split(|c: char| !c.is_alphanumeric()).filter(|word| !matches!(*word, "" | "a" | "an" | "the"));
    words.map(str::to_lowercase).collect::<Vec<_>>().join("-")
}
