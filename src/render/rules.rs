//! Rules and matrices as a list (columns, Markdown, JSON), and the page of one.

use schemars::JsonSchema;
use serde::Serialize;

use super::columns;
use super::full::cite;
use super::json::{self, Tool};
use super::text::{Look, Tone, clean, paragraph, wrap};
use crate::report::{Catalogue, RuleEntry, RulePage};
use crate::source::{SourceMap, Span};

/// The list in columns.
pub fn text(look: &Look, catalogue: &Catalogue) -> String {
    let rows: Vec<Vec<String>> = catalogue
        .rules
        .iter()
        .map(|rule| {
            let mut title = titled(rule).to_owned();
            if let Some(reason) = &rule.disabled {
                title.push_str(&format!(" (disabled: {reason})"));
            }
            for change in &rule.adjusted {
                title.push_str(&format!(" (changed: {change})"));
            }
            vec![rule.code.to_string(), rule.level.to_owned(), rule.kind.to_owned(), rule.about.to_string(), title]
        })
        .collect();
    let mut out = columns::draw(look, &["code", "level", "kind", "about", "title"], &rows);
    if !look.quiet {
        out.push_str(&format!("\n{} rules and matrices in {}\n", catalogue.rules.len(), catalogue.packs.join(", ")));
    }
    out
}

/// The list as a table in Markdown.
pub fn markdown(catalogue: &Catalogue) -> String {
    let mut out = String::from("| code | level | kind | about | title | cites |\n| - | - | - | - | - | - |\n");
    for rule in &catalogue.rules {
        let cites: Vec<String> = rule.cites.iter().map(cite).collect();
        let cells = [&rule.code, rule.level, rule.kind, &rule.about, titled(rule), &cites.join("; ")];
        let cells: Vec<String> = cells.iter().map(|cell| clean(cell).replace('|', "\\|")).collect();
        out.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
    out
}

/// The list as JSON.
pub fn json(map: &SourceMap, catalogue: &Catalogue) -> String {
    let rules = catalogue
        .rules
        .iter()
        .map(|rule| {
            let place = map.locate(rule.span);
            Rule {
                code: &rule.code,
                name: &rule.name,
                title: &rule.title,
                kind: rule.kind,
                level: rule.level,
                about: &rule.about,
                pack: &rule.pack,
                disabled: rule.disabled.as_deref(),
                adjusted: &rule.adjusted,
                cites: rule
                    .cites
                    .iter()
                    .map(|cite| Cite { source: &cite.source, section: &cite.section, item: cite.item })
                    .collect(),
                file: place.as_ref().map(|place| place.file.to_string()),
                line: place.map(|place| place.line),
            }
        })
        .collect();
    let packs = catalogue.packs.iter().map(|pack| &**pack).collect();
    json::written(&List { version: 1, tool: json::tool(), packs, rules })
}

/// What `clearway rules --format json` writes.
#[derive(JsonSchema, Serialize)]
#[schemars(rename = "Rules")]
pub(super) struct List<'a> {
    /// The version of this form: fields may be added under one version, none is renamed or removed.
    version: u32,
    /// What wrote this.
    tool: Tool,
    /// The packs, as `name@version`.
    packs: Vec<&'a str>,
    /// Their rules and matrices, by code.
    rules: Vec<Rule<'a>>,
}

/// A rule or a matrix.
#[derive(JsonSchema, Serialize)]
#[schemars(rename = "RuleEntry")]
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
    /// How hard it is.
    #[schemars(extend("enum" = ["must", "should", "note"]))]
    level: &'a str,
    /// What it is about: `step`, `wave`, `plan` or an entity.
    about: &'a str,
    /// The pack it is from, as `name@version`.
    pack: &'a str,
    /// Why it is switched off; null where it is not.
    disabled: Option<&'a str>,
    /// What a layer changed of it, and why.
    adjusted: &'a [String],
    /// Where it is written.
    cites: Vec<Cite<'a>>,
    /// The policy's file.
    file: Option<String>,
    /// The line of its code.
    line: Option<usize>,
}

/// Where something is written.
#[derive(JsonSchema, Serialize)]
#[schemars(rename = "Citation")]
struct Cite<'a> {
    /// The document, by the name that the pack gives it.
    source: &'a str,
    /// The section.
    section: &'a str,
    /// The item of the section, from 1; null where the section is meant.
    item: Option<u32>,
}

/// The title, or the name of what has none.
pub(super) fn titled(rule: &RuleEntry) -> &str {
    if rule.title.is_empty() { &rule.name } else { &rule.title }
}

/// A page in Markdown for a terminal: prose is wrapped, fenced blocks and tables stand as they are.
pub fn markdown_page(look: &Look, page: &str) -> String {
    let mut out = String::new();
    let mut fenced = false;
    for line in page.lines() {
        let fence = line.trim_start().starts_with("```");
        fenced ^= fence;
        if fence || fenced || line.starts_with(['|', ' ']) || line.is_empty() {
            out.push_str(line);
            out.push('\n');
        } else if line.starts_with('#') {
            out.push_str(&look.paint(Tone::Strong, line));
            out.push('\n');
        } else if let Some(item) = line.strip_prefix("- ") {
            paragraph(&mut out, look, "- ", 2, item);
        } else {
            paragraph(&mut out, look, "", 0, line);
        }
    }
    out
}

/// The page of a rule: what it is, where it is from, its text as it is written, tests as examples.
pub fn page(look: &Look, map: &SourceMap, page: &RulePage) -> String {
    let entry = &page.entry;
    let mut out = String::new();
    let head = format!("{}: {}", entry.code, titled(entry));
    heading(&mut out, look, &head);
    let mut line = |label: &str, text: &str| {
        let head = format!("  {:<8}", format!("{label}:"));
        paragraph(&mut out, look, &look.paint(Tone::Faint, &head), 10, text);
    };
    line("kind", &format!("{} `{}` about each {}", entry.kind, entry.name, entry.about));
    line("level", &format!("{}: {}", entry.level, meaning(entry.level)));
    line("pack", &entry.pack);
    for one in &entry.cites {
        line("cite", &cite(one));
    }
    if let Some(reason) = &entry.disabled {
        line("off", reason);
    }
    for change in &entry.adjusted {
        line("layer", change);
    }
    if !page.facts.is_empty() {
        line("facts", &page.facts.join(", "));
    }
    source(look, map, "As it is written", page.source, &mut out);
    let most = if look.verbose { usize::MAX } else { 3 };
    for (name, span) in page.tests.iter().take(most) {
        source(look, map, &format!("Example: {name}"), *span, &mut out);
    }
    let rest = page.tests.len().saturating_sub(most);
    if rest > 0 {
        out.push_str(&format!("\n{rest} more tests speak of it; `--verbose` shows them.\n"));
    }
    out
}

fn meaning(level: &str) -> &'static str {
    match level {
        "must" => "a violation is an error and refuses the step",
        "should" => "a violation is a warning",
        _ => "for information",
    }
}

/// A heading and the blank line under it.
fn heading(out: &mut String, look: &Look, text: &str) {
    for line in wrap(text, look.width, look.width) {
        out.push_str(&look.paint(Tone::Strong, &line));
        out.push('\n');
    }
    out.push('\n');
}

/// A part of a policy as it is written, indented.
fn source(look: &Look, map: &SourceMap, title: &str, span: Span, out: &mut String) {
    let (Some(text), Some(place)) = (map.text(span), map.locate(span)) else { return };
    let head = format!("{} ({}:{})", clean(title), place.file, place.line);
    out.push('\n');
    heading(out, look, &head);
    for line in text.lines() {
        let line = clean(line.trim_end());
        out.push_str(&if line.is_empty() { "\n".to_owned() } else { format!("    {line}\n") });
    }
}
