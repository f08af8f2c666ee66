//! Findings for people: grouped by step, with the lines of plan and inventory that matter, the part of the matrix that was
//! hit, what is missing, what to do; repeated ones folded; the account at the end.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::account;
use super::aside;
use super::assumed;
use super::columns;
use super::excerpt::{self, Mark};
use super::fold::{self, Block, Section};
use super::heading;
use super::table;
use super::text::{Look, Tone, clean, counted, end_line, labelled, pad, paragraph, width};
use super::waived;
use crate::diag::Severity;
use crate::report::{CiteRef, Finding, FindingVerdict, PlanReport, PlanVerdict, Report};
use crate::source::{SourceMap, Span};

/// How many elements, facts and steps are listed where not everything is asked for.
const MOST_ELEMENTS: usize = 12;
const MOST_FACTS: usize = 3;
const MOST_STEPS: usize = 8;
const MOST_MISSING: usize = 6;

/// Draws a report.
pub fn draw(look: &Look, map: &SourceMap, report: &Report) -> String {
    let mut out = String::new();
    for (index, plan) in report.plans.iter().enumerate() {
        draw_plan(look, map, report, index, plan, &mut out);
    }
    if !look.quiet {
        missing_facts(look, report, &mut out);
        assumed::summary(look, report, &mut out);
        out.push_str(&account::draw(look, report));
        if let Some(line) = compared(report) {
            paragraph(&mut out, look, "", 0, &line);
        }
    }
    out
}

/// How findings stand to those of before, in a line; nothing where nothing was compared.
pub fn compared(report: &Report) -> Option<String> {
    let compared = report.summary.compared?;
    let names = report.against.iter().map(|against| match &against.commit {
        Some(commit) => format!("{} ({commit})", clean(&against.name)),
        None => clean(&against.name).into_owned(),
    });
    let names: Vec<String> = names.collect();
    let names = if names.is_empty() { "before".to_owned() } else { names.join(" and ") };
    let hidden = if compared.unchanged > 0 { " and not shown" } else { "" };
    let (new, unchanged, fixed) = (compared.new, compared.unchanged, compared.fixed);
    Some(format!("compared with {names}: {new} new, {unchanged} unchanged{hidden}, {fixed} fixed"))
}

fn draw_plan(look: &Look, map: &SourceMap, report: &Report, index: usize, plan: &PlanReport, out: &mut String) {
    let sections = fold::sections(report, index, !look.verbose);
    if !look.quiet && report.plans.len() > 1 && !sections.is_empty() {
        let name = format!("{} ({})", clean(&plan.file), plan.packs.join(", "));
        out.push_str(&look.paint(Tone::Strong, &name));
        out.push_str("\n\n");
    }
    let mut spoken: BTreeSet<&str> = BTreeSet::new();
    for section in &sections {
        if let Some(step) = section.step {
            spoken.insert(&step.id);
        }
        section_heading(look, plan, section, out);
        for block in &section.blocks {
            draw_block(look, map, plan, block, out);
            out.push('\n');
        }
        told(look, section, out);
        aside::after(look, section, out);
        spoken.extend(section.after.iter().map(|(step, _)| &*step.id));
    }
    let silent: Vec<&str> =
        plan.steps.iter().filter(|step| !spoken.contains(&*step.id)).map(|step| &*step.id).collect();
    if !look.quiet && !silent.is_empty() && !sections.is_empty() {
        let new = if report.summary.compared.is_some() { "new " } else { "" };
        let text = format!("{} without a {new}finding: {}", counted(silent.len() as u64, "step"), some(look, &silent));
        paragraph(out, look, "", 0, &text);
        out.push('\n');
    }
}

/// `── sql-first: sql01 by live-vsm ───────── denied ──`
fn section_heading(look: &Look, plan: &PlanReport, section: &Section, out: &mut String) {
    let (name, verdict) = match section.step {
        Some(step) => (heading::step(step), step.verdict),
        None if plan.steps.is_empty() => (clean(&plan.file).into_owned(), plan.verdict),
        None => (format!("plan {}", clean(&plan.plan)), plan.verdict),
    };
    out.push_str(&heading::bar(look, &name, verdict));
    out.push('\n');
    let resting = section.step.map_or(&plan.assumed, |step| &step.assumed);
    if !resting.is_empty() {
        let names: Vec<&str> = resting.iter().map(|name| &**name).collect();
        labelled(look, Tone::Warning, "assumed", &format!("this verdict rests on {}", some(look, &names)), out);
        out.push('\n');
    }
    if let Some(after) = section.step.map(|step| &step.after_refused).filter(|after| !after.is_empty()) {
        let names: Vec<&str> = after.iter().map(|id| &**id).collect();
        let noun = if names.len() == 1 { "step" } else { "steps" };
        let text = format!("it would be judged differently if the refused {noun} {} happened", some(look, &names));
        labelled(look, Tone::Warning, "after", &text, out);
        out.push('\n');
    }
}

/// The word before the code, and its tone.
pub(super) fn word(finding: &Finding) -> (&'static str, Tone) {
    match (finding.verdict, finding.severity) {
        (FindingVerdict::Waived, _) => ("waived", Tone::Faint),
        (_, Severity::Error) => ("error", Tone::Error),
        (_, Severity::Warning) => ("warning", Tone::Warning),
        (_, Severity::Info) => ("info", Tone::Info),
    }
}

fn draw_block(look: &Look, map: &SourceMap, plan: &PlanReport, block: &Block, out: &mut String) {
    let Some(first) = block.first() else { return };
    let (word, tone) = word(first);
    let code = format!("{word}[{}]", clean(&first.code));
    let mut who = first.step.as_deref().map(|step| clean(step).into_owned()).unwrap_or_default();
    let alone = block.findings.len() == 1;
    // Of a single entity there may be several findings in a block.
    let of_one = single(plan, block) && block.findings.iter().all(|finding| finding.subject == first.subject);
    if let Some(subject) = first.subject.as_deref().filter(|_| alone || of_one) {
        if !who.is_empty() {
            who.push_str(", ");
        }
        who.push_str(&clean(subject));
    }
    if !who.is_empty() {
        who.push_str(": ");
    }
    if first.verdict == FindingVerdict::Unverified {
        who.push_str("unverified: ");
    }
    // What needs no decision is told in one line.
    let brief = first.severity == Severity::Info || first.verdict == FindingVerdict::Waived;
    let title = if first.title.is_empty() { &first.rule } else { &first.title };
    let common = alone || block.findings.iter().all(|finding| said_of(finding) == said_of(first));
    let once = alone || (common && single(plan, block));
    let told = brief && once && first.verdict != FindingVerdict::Unverified;
    let said = if told { first.message.as_str() } else { title };
    let count = if alone { String::new() } else { format!(" ({})", how_many(plan, block)) };
    let head = format!("{} ", look.paint(tone, &code));
    paragraph(out, look, &head, width(&code).saturating_add(1), &format!("{who}{said}{count}"));
    if !brief || look.verbose {
        snippets(look, map, block, tone, common && !brief, out);
    }
    if !alone {
        elements(look, map, block, (common && !brief) || (once && told), of_one, out);
    }
    if let (Some(table), Some(cell)) = (&first.table, &first.cell) {
        table::draw(look, table, cell, tone, out);
    }
    for finding in &block.findings {
        aside::passed(look, finding, out);
    }
    missing(look, map, block, out);
    if let Some(help) = &first.help {
        labelled(look, Tone::Help, "help", help, out);
    }
    if let Some(note) = &first.waiver {
        waived::labelled_note(look, map, note, out);
    }
    assumed::of(look, map, plan, &first.assumed, out);
    if let Some(fix) = &first.fix {
        labelled(look, Tone::Help, "fix", &format!("`{}: {}`", fix.member, fix.value), out);
    }
    if !brief || look.verbose {
        let cites: Vec<String> = first.cites.iter().map(cite).collect();
        if !cites.is_empty() {
            labelled(look, Tone::Faint, "cite", &cites.join("; "), out);
        }
    }
    if look.verbose
        && let Some(place) = map.locate(first.rule_span)
    {
        labelled(look, Tone::Faint, "rule", &format!("{}:{}:{}", place.file, place.line, place.column), out);
    }
    if !block.repeated.is_empty() {
        let steps = counted(block.repeated.len() as u64, "more step");
        labelled(look, Tone::Faint, "also", &format!("{steps}: {}", some(look, &block.repeated)), out);
    }
}

/// What a finding says beside what is drawn of it anyway: one that is unverified for want of facts lists them below.
fn said_of(finding: &Finding) -> Cow<'_, str> {
    let listed = finding.missing.iter().any(|missing| finding.message.contains(&missing.route));
    match finding.message.split_once(": ") {
        Some((said, _)) if listed && finding.verdict == FindingVerdict::Unverified => said.into(),
        _ => finding.message.as_str().into(),
    }
}

/// Whether a block speaks of single entities: of whole machines, not of elements of a step.
fn single(plan: &PlanReport, block: &Block) -> bool {
    plan.steps.is_empty() && block.first().is_some_and(|first| first.step.is_none())
}

/// `3 disks`; of single entities `2 vms, 5 findings` where there are several of one.
fn how_many(plan: &PlanReport, block: &Block) -> String {
    let findings = block.findings.len() as u64;
    if !single(plan, block) {
        return counted(findings, noun(block));
    }
    let subjects: BTreeSet<&str> = block.findings.iter().filter_map(|finding| finding.subject.as_deref()).collect();
    // Those without a name are called by their record.
    let named = subjects.iter().find(|subject| !subject.starts_with("record ")).and_then(|name| name.split(' ').next());
    let of = counted(subjects.len() as u64, named.unwrap_or("record"));
    match subjects.len() as u64 {
        1 => counted(findings, "time"),
        count if count == findings => of,
        _ => format!("{of}, {}", counted(findings, "finding")),
    }
}

/// What the elements of a block are, where all are of one kind.
fn noun<'a>(block: &Block<'a>) -> &'a str {
    let single = |subject: &&'a str| !subject.contains(", ");
    let kind = |finding: &&'a Finding| {
        finding.subject.as_deref().filter(single).and_then(|subject| subject.split(' ').next()).unwrap_or("time")
    };
    let first = block.findings.first().map_or("time", kind);
    if block.findings.iter().all(|finding| kind(finding) == first) { first } else { "time" }
}

/// A cite in words: title of the source, section, item.
pub fn cite(cite: &CiteRef) -> String {
    let title = if cite.title.is_empty() { &cite.source } else { &cite.title };
    let item = cite.item.map(|item| format!(", item {item}")).unwrap_or_default();
    if cite.section.is_empty() { format!("{title}{item}") } else { format!("{title}, \"{}\"{item}", cite.section) }
}

/// Names in a row, the first few where not all are asked for.
fn some(look: &Look, names: &[&str]) -> String {
    let most = if look.verbose { usize::MAX } else { MOST_STEPS };
    let mut text = names.iter().take(most).map(|name| clean(name)).collect::<Vec<_>>().join(", ");
    let rest = names.len().saturating_sub(most);
    if rest > 0 {
        text.push_str(&format!(" and {rest} more"));
    }
    text
}

/// The lines of the plan and of the inventory.
fn snippets(look: &Look, map: &SourceMap, block: &Block, tone: Tone, say: bool, out: &mut String) {
    let mut marks: Vec<Mark> = Vec::new();
    let mut unplaced: Vec<String> = Vec::new();
    let Some(first) = block.first() else { return };
    if excerpt::has_place(map, first.span) {
        let text = if say { said_of(first).into_owned() } else { String::new() };
        marks.push(Mark { span: first.span, text, tone, primary: true });
    } else if say {
        unplaced.push(said_of(first).into_owned());
    }
    let mut facts: Vec<(Span, BTreeSet<String>)> = Vec::new();
    for related in block.findings.iter().flat_map(|finding| &finding.related) {
        let text = if related.value.is_empty() {
            related.route.clone()
        } else {
            format!("{} is {}", related.route, related.value)
        };
        if !excerpt::has_place(map, related.span) {
            if !unplaced.contains(&text) {
                unplaced.push(text);
            }
            continue;
        }
        match facts.iter_mut().find(|(span, _)| *span == related.span) {
            Some((_, texts)) => {
                texts.insert(text);
            }
            None => facts.push((related.span, BTreeSet::from([text]))),
        }
    }
    let most = if look.verbose { usize::MAX } else { MOST_FACTS };
    let rest = facts.len().saturating_sub(most);
    for (span, texts) in facts.into_iter().take(most) {
        let text = texts.into_iter().collect::<Vec<_>>().join("; ");
        match marks.iter_mut().find(|mark| mark.span == span) {
            Some(mark) => mark.text = format!("{}; {text}", mark.text).trim_start_matches("; ").to_owned(),
            None => marks.push(Mark { span, text, tone: Tone::Help, primary: false }),
        }
    }
    out.push_str(&excerpt::draw(look, map, &marks));
    let most = if look.verbose { usize::MAX } else { MOST_FACTS.saturating_add(1) };
    for text in unplaced.iter().take(most) {
        paragraph(out, look, look.pick("  • ", "  * "), 4, text);
    }
    let rest = rest.saturating_add(unplaced.len().saturating_sub(most));
    if rest > 0 {
        let text = format!("{} more decided with {}; `--verbose` shows all", counted(rest as u64, "fact"), these(rest));
        labelled(look, Tone::Faint, "note", &text, out);
    }
}

fn these(rest: usize) -> &'static str {
    if rest == 1 { "it" } else { "them" }
}

/// The elements of a block: names alone where all have one message, else each with its own.
fn elements(look: &Look, map: &SourceMap, block: &Block, common: bool, of_one: bool, out: &mut String) {
    let most = if look.verbose { usize::MAX } else { MOST_ELEMENTS };
    if common {
        let mut counts: Vec<(&str, usize)> = Vec::new();
        for subject in block.findings.iter().filter_map(|finding| finding.subject.as_deref()) {
            match counts.iter_mut().find(|(known, _)| *known == subject) {
                Some((_, count)) => *count = count.saturating_add(1),
                None => counts.push((subject, 1)),
            }
        }
        let times = |(subject, count): &(&str, usize)| match count {
            1 => (*subject).to_owned(),
            count => format!("{subject} ({count} times)"),
        };
        let subjects: Vec<String> = counts.iter().map(times).collect();
        if !subjects.is_empty() {
            let shown: Vec<String> = subjects.iter().take(most).map(|subject| clean(subject).into_owned()).collect();
            let between = if shown.iter().any(|subject| subject.contains(", ")) { "; " } else { ", " };
            let rest = subjects.len().saturating_sub(most);
            let more = if rest > 0 { format!(" and {rest} more (`--verbose` lists them)") } else { String::new() };
            labelled(look, Tone::Faint, "for", &format!("{}{more}", shown.join(between)), out);
        }
        return;
    }
    let spans: BTreeSet<u32> = block.findings.iter().map(|finding| finding.span.start).collect();
    for finding in block.findings.iter().take(most) {
        let mut text = said_of(finding).into_owned();
        // A key of a letter or two is in any text.
        let key = |subject: &str| subject.split_once(' ').map_or(subject, |(_, key)| key).to_owned();
        let named = |subject: &&str| key(subject).chars().count() > 2 && text.contains(&key(subject));
        if let Some(subject) = finding.subject.as_deref().filter(|subject| !of_one && !named(subject)) {
            text = format!("{subject}: {text}");
        }
        // Elements that stand at places of their own say where.
        if let Some(place) = map.locate(finding.span).filter(|_| spans.len() > 1) {
            text = format!("{text} ({}:{}:{})", place.file, place.line, place.column);
        }
        paragraph(out, look, look.pick("  • ", "  * "), 4, &text);
    }
    let rest = block.findings.len().saturating_sub(most);
    if rest > 0 {
        let text = format!("{} and {rest} more; `--verbose` lists them", look.ellipsis());
        paragraph(out, look, "    ", 4, &text);
    }
}

/// The facts that would decide, each with the place where it would be written.
fn missing(look: &Look, map: &SourceMap, block: &Block, out: &mut String) {
    let mut routes: Vec<(&str, Span)> = Vec::new();
    for missing in block.findings.iter().flat_map(|finding| &finding.missing) {
        if !routes.iter().any(|(route, _)| *route == missing.route) {
            routes.push((&missing.route, missing.span));
        }
    }
    let most = if look.verbose { usize::MAX } else { MOST_MISSING };
    let rest = routes.len().saturating_sub(most);
    let wide = routes.iter().take(most).map(|(route, _)| width(&clean(route))).max().unwrap_or(0).min(48);
    for (index, (route, span)) in routes.into_iter().take(most).enumerate() {
        let place = match map.locate(span) {
            Some(place) => format!("would stand at {}:{}:{}", clean(&place.file), place.line, place.column),
            None => "no inventory has a place for it".to_owned(),
        };
        let route = clean(route);
        let head = if index == 0 { "missing:" } else { "        " };
        out.push_str(&format!("  {} ", look.paint(Tone::Warning, head)));
        out.push_str(&look.paint(Tone::Strong, &route));
        let used = 11usize.saturating_add(width(&route).max(wide)).saturating_add(2);
        if used.saturating_add(width(&place)) <= look.width {
            out.push_str(&pad("", wide.saturating_sub(width(&route)).saturating_add(2)));
        } else {
            end_line(out);
            out.push_str(&pad("", 13));
        }
        out.push_str(&look.paint(Tone::Faint, &place));
        end_line(out);
    }
    if rest > 0 {
        out.push_str(&format!("           and {}; `--verbose` lists them\n", counted(rest as u64, "more fact")));
    }
}

/// What an earlier step told for this one, too.
fn told(look: &Look, section: &Section, out: &mut String) {
    let mut by_step: Vec<(&str, BTreeSet<(&str, bool)>)> = Vec::new();
    for (finding, step) in &section.told {
        let at = match by_step.iter().position(|(at, _)| at == step) {
            Some(at) => at,
            None => {
                by_step.push((step, BTreeSet::new()));
                by_step.len().saturating_sub(1)
            }
        };
        if let Some((_, codes)) = by_step.get_mut(at) {
            codes.insert((&finding.code, finding.verdict == FindingVerdict::Unverified));
        }
    }
    let any = !by_step.is_empty();
    for (step, codes) in by_step {
        for unverified in [false, true] {
            let names: Vec<&str> = codes.iter().filter(|(_, is)| *is == unverified).map(|(code, _)| *code).collect();
            if !names.is_empty() {
                let word = if unverified { "also unverified" } else { "also" };
                let text = format!("{}, as told at step {step}", names.join(", "));
                labelled(look, Tone::Faint, word, &text, out);
            }
        }
    }
    if any {
        out.push('\n');
    }
}

/// Which facts would decide how much: one line for each kind of fact.
fn missing_facts(look: &Look, report: &Report, out: &mut String) {
    let mut kinds: BTreeMap<String, (BTreeSet<&str>, BTreeSet<&str>, u64)> = BTreeMap::new();
    for finding in report.findings.iter().filter(|finding| finding.verdict == FindingVerdict::Unverified) {
        let patterns: BTreeSet<String> = finding.missing.iter().map(|missing| fold::pattern(&missing.route)).collect();
        for pattern in patterns {
            let (_, codes, findings) = kinds.entry(pattern).or_default();
            codes.insert(&finding.code);
            *findings = findings.saturating_add(1);
        }
        for missing in &finding.missing {
            if let Some((routes, _, _)) = kinds.get_mut(&fold::pattern(&missing.route)) {
                routes.insert(&missing.route);
            }
        }
    }
    let findings = report.findings.iter().filter(|finding| finding.verdict == FindingVerdict::Unverified).count();
    if findings < 2 || kinds.is_empty() {
        return;
    }
    let mut rows: Vec<_> = kinds.into_iter().collect();
    rows.sort_by(|a, b| b.1.2.cmp(&a.1.2).then_with(|| a.0.cmp(&b.0)));
    let most = if look.verbose { usize::MAX } else { 10 };
    let rest = rows.len().saturating_sub(most);
    let rows: Vec<Vec<String>> = rows
        .into_iter()
        .take(most)
        .map(|(pattern, (routes, codes, findings))| {
            let codes: Vec<&str> = codes.into_iter().collect();
            vec![pattern, routes.len().to_string(), findings.to_string(), codes.join(" ")]
        })
        .collect();
    out.push_str(&columns::draw(look, &["missing fact", "rows", "findings", "rules"], &rows));
    if rest > 0 {
        out.push_str(&format!("and {}; `--verbose` lists them\n", counted(rest as u64, "more kind")));
    }
    out.push_str("`clearway facts --template` writes a file to fill in\n\n");
}

/// Steps by rule and verdict: what `--statistics` shows instead of findings.
pub fn statistics(look: &Look, report: &Report) -> String {
    let mut counts: BTreeMap<(&str, FindingVerdict), (u64, &Finding)> = BTreeMap::new();
    for finding in &report.findings {
        let entry = counts.entry((&finding.code, finding.verdict)).or_insert((0, finding));
        entry.0 = entry.0.saturating_add(1);
    }
    let mut rows: Vec<_> = counts.into_iter().collect();
    rows.sort_by(|a, b| b.1.0.cmp(&a.1.0).then_with(|| a.0.cmp(&b.0)));
    let rows: Vec<Vec<String>> = rows
        .into_iter()
        .map(|((code, verdict), (count, finding))| {
            let title = if finding.title.is_empty() { &finding.rule } else { &finding.title };
            vec![
                count.to_string(),
                code.to_owned(),
                verdict.as_str().to_owned(),
                word(finding).0.to_owned(),
                title.to_string(),
            ]
        })
        .collect();
    let mut out = columns::draw(look, &["count", "code", "verdict", "severity", "title"], &rows);
    if !look.quiet {
        out.push('\n');
        out.push_str(&account::draw(look, report));
    }
    out
}

/// Whether any step or plan is worse than permitted: front ends choose their last word by it.
pub fn worst(report: &Report) -> PlanVerdict {
    report.plans.iter().map(|plan| plan.verdict).max().unwrap_or(PlanVerdict::Permitted)
}
