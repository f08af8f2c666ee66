//! What differs between two sets of packs: as text, as Markdown and as JSON.

use schemars::JsonSchema;
use serde::Serialize;

use super::json::{self, Tool};
use super::rules::titled;
use super::text::{Look, Tone, clean, paragraph};
use crate::report::{Difference, Line, LineTag, RuleChange, RuleDifference, RuleEntry};

/// For a terminal: a rule a paragraph, what else differs below.
pub fn text(look: &Look, difference: &Difference) -> String {
    let mut out = format!("{} {} {}\n", packs(&difference.from), look.pick("→", "->"), packs(&difference.to));
    for rule in &difference.rules {
        let Some(entry) = rule.entry() else { continue };
        out.push('\n');
        let code = look.paint(Tone::Strong, &entry.code).into_owned();
        paragraph(&mut out, look, &format!("{code}  "), 8, titled(entry));
        for change in &rule.changes {
            let (head, tone, rest) = said(look, difference, rule, change);
            let blank = if rest.starts_with(' ') { " " } else { "" };
            let head = format!("        {}{blank}", look.paint(tone, &head));
            paragraph(&mut out, look, &head, 10, rest.trim_start());
            if let RuleChange::Text(lines) = change {
                written(&mut out, look, lines);
            }
        }
    }
    if !difference.parts.is_empty() {
        out.push('\n');
        out.push_str(&look.paint(Tone::Strong, "Beside the rules"));
        out.push('\n');
    }
    for part in &difference.parts {
        let name = if part.name.is_empty() { part.kind.to_owned() } else { format!("{} {}", part.kind, part.name) };
        let values = match (&part.from, &part.to, part.text.is_empty()) {
            (None, _, false) => "new".to_owned(),
            (_, None, false) => "gone".to_owned(),
            (_, _, false) => "changed".to_owned(),
            (from, to, true) => fromto(look, from.as_deref(), to.as_deref()),
        };
        let read =
            if part.read_by.is_empty() { String::new() } else { format!("; read by {}", part.read_by.join(", ")) };
        paragraph(&mut out, look, "  ", 4, &format!("{}: {}{read}", clean(&name), clean(&values)));
        written(&mut out, look, &part.text);
    }
    if !look.quiet {
        out.push_str(&format!("\n{}\n", tally(difference)));
    }
    out
}

/// Lines of a policy, those that differ with `-` and `+`.
fn written(out: &mut String, look: &Look, lines: &[Line]) {
    for line in lines {
        let tone = match line.tag {
            LineTag::Both => Tone::Faint,
            LineTag::Before => Tone::Error,
            LineTag::After => Tone::Good,
        };
        let text = format!("{} {}", line.tag.mark(), clean(line.text.trim_end()));
        out.push_str(&format!("          {}\n", look.paint(tone, text.trim_end())));
    }
}

/// What a change says: its word, how that is painted, and the rest.
fn said(look: &Look, difference: &Difference, rule: &RuleDifference, change: &RuleChange) -> (String, Tone, String) {
    let why = |because: &Option<std::sync::Arc<str>>| {
        because.as_ref().map(|why| format!(", because {}", clean(why))).unwrap_or_default()
    };
    match change {
        RuleChange::New => {
            let level = rule.entry().map_or("", |entry| entry.level);
            ("new".to_owned(), Tone::Good, format!(": {level}"))
        }
        RuleChange::Gone { because } => ("gone".to_owned(), Tone::Error, why(because)),
        RuleChange::Level { from, to, because } => {
            ("level".to_owned(), Tone::Warning, format!(": {}{}", fromto(look, Some(from), Some(to)), why(because)))
        }
        RuleChange::Cell { row, column, from, to, because } => {
            let values = fromto(look, from.as_deref(), to.as_deref());
            let rest = format!(" ({}, {}): {values}{}", clean(row), clean(column), why(because));
            ("cell".to_owned(), Tone::Warning, rest)
        }
        RuleChange::Text(_) => ("text".to_owned(), Tone::Warning, String::new()),
        RuleChange::Reads(name) => {
            let part = difference.parts.iter().find(|part| part.name == *name);
            let values = part.map(|part| match part.text.is_empty() {
                true => format!(": {}", clean(&fromto(look, part.from.as_deref(), part.to.as_deref()))),
                false => String::new(),
            });
            ("reads".to_owned(), Tone::Info, format!(" {}{}", clean(name), values.unwrap_or_default()))
        }
    }
}

fn fromto(look: &Look, from: Option<&str>, to: Option<&str>) -> String {
    match (from, to) {
        (Some(from), Some(to)) => format!("{from} {} {to}", look.pick("→", "->")),
        (None, Some(to)) => format!("new: {to}"),
        (Some(from), None) => format!("gone: {from}"),
        (None, None) => String::new(),
    }
}

fn tally(difference: &Difference) -> String {
    let is = |rule: &&RuleDifference, what: fn(&RuleChange) -> bool| rule.changes.iter().any(what);
    let new = difference.rules.iter().filter(|rule| is(rule, |c| matches!(c, RuleChange::New))).count();
    let gone = difference.rules.iter().filter(|rule| is(rule, |c| matches!(c, RuleChange::Gone { .. }))).count();
    let changed = difference.rules.len().saturating_sub(new).saturating_sub(gone);
    format!("rules and matrices: {new} new, {gone} gone, {changed} changed, {} the same", difference.same)
}

fn packs(packs: &[std::sync::Arc<str>]) -> String {
    // What a pack extends comes before it: the last one is the one that was named.
    packs.last().map_or_else(String::new, |pack| clean(pack).into_owned())
}

/// As a list in Markdown, for the description of a change.
pub fn markdown(difference: &Difference) -> String {
    let look = Look { width: usize::MAX, ..Look::default() };
    let mut out = format!("**{}** → **{}**\n\n", packs(&difference.from), packs(&difference.to));
    for rule in &difference.rules {
        let Some(entry) = rule.entry() else { continue };
        out.push_str(&format!("- **{}** {}\n", entry.code, escaped(titled(entry))));
        for change in &rule.changes {
            let (head, _, rest) = said(&look, difference, rule, change);
            out.push_str(&format!("  - {head}{}\n", escaped(&rest)));
            if let RuleChange::Text(lines) = change {
                fenced(&mut out, "    ", lines);
            }
        }
    }
    for part in &difference.parts {
        let name = if part.name.is_empty() { String::new() } else { format!(" `{}`", part.name) };
        let values = fromto(&look, part.from.as_deref(), part.to.as_deref());
        let values = if part.text.is_empty() { format!(": {}", escaped(&values)) } else { String::new() };
        let read =
            if part.read_by.is_empty() { String::new() } else { format!("; read by {}", part.read_by.join(", ")) };
        out.push_str(&format!("- {}{name}{values}{read}\n", part.kind));
        fenced(&mut out, "  ", &part.text);
    }
    out.push_str(&format!("\n{}\n", tally(difference)));
    out
}

/// Lines as a block of a diff. A fence is longer than any in it.
fn fenced(out: &mut String, indent: &str, lines: &[Line]) {
    if lines.is_empty() {
        return;
    }
    let longest = lines.iter().map(|line| line.text.chars().filter(|c| *c == '`').count()).max().unwrap_or(0);
    let fence = "`".repeat(longest.saturating_add(1).max(3));
    out.push_str(&format!("\n{indent}{fence}diff\n"));
    for line in lines {
        out.push_str(&format!("{indent}{} {}\n", line.tag.mark(), clean(line.text.trim_end())));
    }
    out.push_str(&format!("{indent}{fence}\n\n"));
}

/// A text of a policy in running Markdown.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for letter in clean(text).chars() {
        if matches!(letter, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#' | '&') {
            out.push('\\');
        }
        out.push(letter);
    }
    out
}

/// As one JSON document.
pub fn json(difference: &Difference) -> String {
    let rules = difference.rules.iter().filter_map(|rule| {
        let entry = rule.entry()?;
        // What is switched off is not there.
        let level = |entry: &Option<RuleEntry>| {
            entry.as_ref().filter(|entry| entry.disabled.is_none()).map(|entry| entry.level)
        };
        let changes = rule.changes.iter().map(|change| changed(change)).collect();
        let (before, after) = (level(&rule.before), level(&rule.after));
        Some(Rule {
            code: &entry.code,
            name: &entry.name,
            title: &entry.title,
            kind: entry.kind,
            before,
            after,
            changes,
        })
    });
    let parts = difference.parts.iter().map(|part| Part {
        kind: part.kind,
        name: &part.name,
        from: part.from.as_deref(),
        to: part.to.as_deref(),
        text: part.text.iter().map(marked).collect(),
        read_by: part.read_by.iter().map(|code| &**code).collect(),
    });
    json::written(&Differences {
        version: 1,
        tool: json::tool(),
        from: difference.from.iter().map(|pack| &**pack).collect(),
        to: difference.to.iter().map(|pack| &**pack).collect(),
        rules: rules.collect(),
        parts: parts.collect(),
        same: difference.same,
    })
}

fn marked(line: &Line) -> String {
    format!("{}{}", line.tag.mark(), line.text)
}

fn changed(change: &RuleChange) -> Change<'_> {
    let bare = |what| Change {
        what,
        row: None,
        column: None,
        from: None,
        to: None,
        because: None,
        text: Vec::new(),
        reads: None,
    };
    match change {
        RuleChange::New => bare("new"),
        RuleChange::Gone { because } => Change { because: because.as_deref(), ..bare("gone") },
        RuleChange::Level { from, to, because } => {
            Change { from: Some(from), to: Some(to), because: because.as_deref(), ..bare("level") }
        }
        RuleChange::Cell { row, column, from, to, because } => Change {
            row: Some(row),
            column: Some(column),
            from: from.as_deref(),
            to: to.as_deref(),
            because: because.as_deref(),
            ..bare("cell")
        },
        RuleChange::Text(lines) => Change { text: lines.iter().map(marked).collect(), ..bare("text") },
        RuleChange::Reads(name) => Change { reads: Some(name), ..bare("reads") },
    }
}

/// What `clearway rules --diff A B --format json` writes.
#[derive(JsonSchema, Serialize)]
#[schemars(rename = "RulesDifference")]
pub(super) struct Differences<'a> {
    /// The version of this form: fields may be added under one version, none is renamed or removed.
    version: u32,
    /// What wrote this.
    tool: Tool,
    /// The packs of before, as `name@version`, extended ones first.
    from: Vec<&'a str>,
    /// The packs of after.
    to: Vec<&'a str>,
    /// Rules and matrices that are not the same, by code.
    rules: Vec<Rule<'a>>,
    /// What else differs: definitions, vocabulary, effects.
    parts: Vec<Part<'a>>,
    /// How many rules and matrices are the same in both.
    same: u64,
}

/// A rule or a matrix that is not the same.
#[derive(JsonSchema, Serialize)]
#[schemars(rename = "RuleDifference")]
struct Rule<'a> {
    /// Its code.
    code: &'a str,
    /// Its name.
    name: &'a str,
    /// Its title.
    title: &'a str,
    /// What it is.
    #[schemars(extend("enum" = ["rule", "matrix", "condition", "effect", "choice"]))]
    kind: &'a str,
    /// Its level before; null where it was not there.
    before: Option<&'a str>,
    /// Its level after; null where it is not there.
    after: Option<&'a str>,
    /// What is not the same.
    changes: Vec<Change<'a>>,
}

/// One thing that is not the same about a rule.
#[derive(JsonSchema, Serialize)]
#[schemars(rename = "RuleChange")]
struct Change<'a> {
    /// What that is. `reads`: it reads a definition that differs.
    #[schemars(extend("enum" = ["new", "gone", "level", "cell", "text", "reads"]))]
    what: &'a str,
    /// The header of the row of a cell.
    row: Option<&'a str>,
    /// The header of the column of a cell.
    column: Option<&'a str>,
    /// The level, or what the cell said, before.
    from: Option<&'a str>,
    /// The level, or what the cell says, after.
    to: Option<&'a str>,
    /// Why a layer says so, where one does.
    because: Option<&'a str>,
    /// Lines that differ and those around them, with ` `, `-` or `+` before each.
    text: Vec<String>,
    /// The definition that it reads.
    reads: Option<&'a str>,
}

/// A part of the policies that is no rule.
#[derive(JsonSchema, Serialize)]
#[schemars(rename = "PartDifference")]
struct Part<'a> {
    /// The word that it is declared by: `define`, `entity`, `effect` and so on.
    kind: &'a str,
    /// Its name; empty where there is one alone.
    name: &'a str,
    /// What it said, where both are one line; null where it is new.
    from: Option<&'a str>,
    /// What it says; null where it is gone.
    to: Option<&'a str>,
    /// Lines that differ and those around them, where one of both is more than a line.
    text: Vec<String>,
    /// Codes of the rules that read it, directly or through others.
    #[serde(rename = "read-by")]
    read_by: Vec<&'a str>,
}
