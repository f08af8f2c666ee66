//! Ways out of refusals for people: the cause in a line, then what may be done, as a plan would say it; or the facts that
//! stand in the way.

use std::collections::BTreeMap;

use super::text::{Look, Tone, clean, counted, labelled, paragraph};
use crate::report::{Bytes, InTheWay, Obstacle, Report, SuggestedStep, Suggestion, WayOut, Written};
use crate::source::SourceMap;

/// How many obstacles, facts and doubts are listed where not everything is asked for.
const MOST: usize = 6;

/// Draws the ways out of all refusals of a run.
pub fn draw(look: &Look, map: &SourceMap, report: &Report) -> String {
    let mut out = String::new();
    for way in &report.ways_out {
        draw_way(look, map, report, way, &mut out);
    }
    if !look.quiet {
        let refused = report.ways_out.len() as u64;
        let open = report.ways_out.iter().filter(|way| way.suggestions.is_empty()).count() as u64;
        let unheld = report.ways_out.iter().any(|way| way.unheld);
        let text = match (refused, open) {
            (1, _) if unheld => "1 step is refused".to_owned(),
            (_, _) if unheld => format!("{refused} steps are refused"),
            (0, _) => "no step is refused".to_owned(),
            (1, 0) => "1 step is refused, with a way out".to_owned(),
            (1, _) => "1 step is refused, without a way out".to_owned(),
            (_, 0) => format!("{refused} steps are refused, each with a way out"),
            _ => format!("{refused} steps are refused, {open} of them without a way out"),
        };
        out.push_str(&text);
        out.push('\n');
    }
    out
}

fn draw_way(look: &Look, map: &SourceMap, report: &Report, way: &WayOut, out: &mut String) {
    let place = map.locate(way.span).map(|place| format!("{}:{}:{}: ", clean(&place.file), place.line, place.column));
    let place = place.unwrap_or_else(|| {
        report.plans.get(way.plan).map(|plan| format!("{}: ", clean(&plan.file))).unwrap_or_default()
    });
    let step = format!("step {}", clean(&way.step));
    out.push_str(&format!("{place}{} {}\n", look.paint(Tone::Strong, &step), look.paint(Tone::Error, "is refused")));
    obstacles(look, &way.because, "  ", out);
    if !way.after_refused.is_empty() {
        let names: Vec<&str> = way.after_refused.iter().map(|id| &**id).collect();
        let text = format!("it would be judged differently if {} happened: begin there", names.join(", "));
        labelled(look, Tone::Warning, "after", &text, out);
    }
    out.push('\n');
    for (index, suggestion) in way.suggestions.iter().enumerate() {
        draw_suggestion(look, index.saturating_add(1), suggestion, out);
    }
    missing(look, way, out);
    if !way.suggestions.is_empty() && !look.quiet {
        apply(look, way, out);
    }
    if !way.spoils.is_empty() {
        let names: Vec<&str> = way.spoils.iter().map(|id| &**id).collect();
        let text = format!("with any way out in the plan, {} would be refused; change that first", names.join(", "));
        labelled(look, Tone::Error, "no way out", &text, out);
        out.push('\n');
    }
    if let Some(in_the_way) = &way.in_the_way {
        draw_in_the_way(look, map, in_the_way, out);
    }
    if way.unheld {
        let text = "mend the errors first: what is suggested is written into the plan and checked as a whole";
        labelled(look, Tone::Faint, "note", text, out);
        out.push('\n');
    }
    if way.cut_short && !look.quiet {
        let text = format!(
            "the search ended after {} at its limit; `--limit trials=N` raises it",
            counted(way.trials, "trial")
        );
        labelled(look, Tone::Faint, "note", &text, out);
        out.push('\n');
    }
}

fn draw_suggestion(look: &Look, number: usize, suggestion: &Suggestion, out: &mut String) {
    let mut facts: Vec<String> = suggestion.interruption.iter().map(|text| clean(text).into_owned()).collect();
    if suggestion.steps.len() > 1 {
        facts.push(counted(suggestion.steps.len() as u64, "step"));
    }
    facts.extend(suggestion.bytes.map(moved));
    facts.push(if suggestion.differs.is_empty() { "the same end".to_owned() } else { "another end".to_owned() });
    let head = format!("  {number}. ");
    let text = facts.join("; ");
    paragraph(out, look, &look.paint(Tone::Good, &head), head.len(), &text);
    for differs in &suggestion.differs {
        let shown = |value: &Option<Written>| value.as_ref().map_or_else(|| "nothing".to_owned(), shown);
        let text =
            format!("`{}` is {} in place of {}", differs.member, shown(&differs.suggested), shown(&differs.asked));
        paragraph(out, look, "     ", 5, &text);
    }
    out.push('\n');
    for (index, step) in suggestion.steps.iter().enumerate() {
        for line in yaml(step) {
            let mark = if index == 0 && line.changed {
                "~"
            } else if index > 0 {
                "+"
            } else {
                " "
            };
            let text = format!("     {mark} {}", clean(&line.text));
            out.push_str(&look.paint(if mark == " " { Tone::Plain } else { Tone::Good }, &text));
            super::text::end_line(out);
        }
    }
    out.push('\n');
    if !suggestion.waves.is_empty() {
        let waves = suggestion.waves.iter().map(|(step, wave)| format!("{} in wave {}", clean(step), shown(wave)));
        labelled(look, Tone::Help, "then", &some(look, waves), out);
        out.push('\n');
    }
    if !suggestion.assumed.is_empty() {
        let names: Vec<&str> = suggestion.assumed.iter().map(|name| &**name).collect();
        let text = format!("it rests on what is assumed about {}", clean(&names.join(", ")));
        labelled(look, Tone::Warning, "assumed", &text, out);
        out.push('\n');
    }
    if !suggestion.unverified.is_empty() {
        let mut by_code: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for doubt in &suggestion.unverified {
            let silent = by_code.entry(&doubt.code).or_default();
            if doubt.missing.is_empty() && !silent.contains(&&*doubt.message) {
                silent.push(&doubt.message);
            }
        }
        let told: Vec<String> = by_code
            .iter()
            .map(|(code, silent)| match silent.as_slice() {
                [] => (*code).to_owned(),
                silent => format!("{code} ({})", some(look, silent.iter().map(|what| clean(what).into_owned()))),
            })
            .collect();
        labelled(look, Tone::Warning, "unverified", &told.join(", "), out);
        out.push('\n');
    }
}

/// The facts for want of which some suggestion cannot be verified, each once.
fn missing(look: &Look, way: &WayOut, out: &mut String) {
    let mut routes: Vec<&str> = Vec::new();
    let doubts = way.suggestions.iter().flat_map(|suggestion| &suggestion.unverified);
    for missing in doubts.flat_map(|doubt| &doubt.missing) {
        if !routes.contains(&&*missing.route) {
            routes.push(&missing.route);
        }
    }
    let most = if look.verbose { usize::MAX } else { MOST };
    for route in routes.iter().take(most) {
        labelled(look, Tone::Warning, "missing", route, out);
    }
    let more = routes.len().saturating_sub(most);
    if more > 0 {
        out.push_str(&format!("  {} and {more} more; `--verbose` lists them\n", look.ellipsis()));
    }
    if !routes.is_empty() {
        out.push('\n');
    }
}

/// Which suggestion is written by what.
fn apply(look: &Look, way: &WayOut, out: &mut String) {
    let sure = way.suggestions.iter().position(|suggestion| suggestion.unverified.is_empty());
    let text = match sure {
        Some(0) => "`clearway check --fix` writes 1 into the plan, `--diff` shows it".to_owned(),
        Some(at) => format!(
            "`clearway check --fix` writes {} into the plan, with `--unsafe-fixes` 1; `--diff` shows it",
            at.saturating_add(1)
        ),
        None => "`clearway check --fix --unsafe-fixes` writes 1 into the plan, `--diff` shows it".to_owned(),
    };
    labelled(look, Tone::Help, "apply", &text, out);
    out.push('\n');
}

fn draw_in_the_way(look: &Look, map: &SourceMap, found: &InTheWay, out: &mut String) {
    labelled(look, Tone::Error, "no way out", "what comes nearest is", out);
    out.push('\n');
    for line in found.steps.iter().flat_map(yaml) {
        out.push_str(&format!("       {}\n", clean(&line.text)));
    }
    out.push('\n');
    if !found.because.is_empty() {
        paragraph(out, look, "  ", 2, "and in its way stands");
        obstacles(look, &found.because, "    ", out);
    }
    let most = if look.verbose { usize::MAX } else { MOST };
    for fact in found.facts.iter().take(most) {
        let place =
            map.locate(fact.span).map(|place| format!(" ({}:{}:{})", clean(&place.file), place.line, place.column));
        let by = fact.step.as_ref().map(|step| format!(", since step {step}")).unwrap_or_default();
        let text = format!("{} is {}{by}{}", fact.route, fact.value, place.unwrap_or_default());
        labelled(look, Tone::Info, "fact", &text, out);
    }
    let more = found.facts.len().saturating_sub(most);
    if more > 0 {
        out.push_str(&format!("  {} and {more} more\n", look.ellipsis()));
    }
    out.push('\n');
}

/// Obstacles of one code with one message are one, with all elements.
fn obstacles(look: &Look, obstacles: &[Obstacle], indent: &str, out: &mut String) {
    let mut told: Vec<(&str, &str, Vec<String>)> = Vec::new();
    for obstacle in obstacles {
        let subject = obstacle.subject.iter().map(|subject| clean(subject).into_owned());
        match told.iter_mut().find(|(code, message, _)| (*code, *message) == (&*obstacle.code, &*obstacle.message)) {
            Some((_, _, subjects)) => subjects.extend(subject),
            None => told.push((&obstacle.code, &obstacle.message, subject.collect())),
        }
    }
    let most = if look.verbose { usize::MAX } else { MOST };
    for (code, message, subjects) in told.iter().take(most) {
        let head = format!("{indent}{code} ");
        let of =
            if subjects.len() > 1 { format!(" ({})", some(look, subjects.iter().cloned())) } else { String::new() };
        paragraph(out, look, &look.paint(Tone::Error, &head), head.len(), &format!("{message}{of}"));
    }
    let more = told.len().saturating_sub(most);
    if more > 0 {
        out.push_str(&format!("{indent}{} and {more} more\n", look.ellipsis()));
    }
}

fn some(look: &Look, what: impl Iterator<Item = String>) -> String {
    let mut all: Vec<String> = what.collect();
    let more = all.len().saturating_sub(MOST);
    if more > 0 && !look.verbose {
        all.truncate(MOST);
        all.push(format!("{} and {more} more", look.ellipsis()));
    }
    all.join(", ")
}

fn moved(bytes: Bytes) -> String {
    if bytes.known == 0 && !bytes.at_least { "nothing is moved".to_owned() } else { format!("{bytes} are moved") }
}

/// A value in a line.
fn shown(value: &Written) -> String {
    match value {
        Written::Text(text) | Written::Plain(text) => text.to_string(),
        Written::List(values) => format!("[{}]", values.iter().map(shown).collect::<Vec<_>>().join(", ")),
        Written::Map(entries) => {
            let entries: Vec<String> = entries.iter().map(|(key, value)| format!("{key}: {}", shown(value))).collect();
            format!("{{ {} }}", entries.join(", "))
        }
    }
}

/// A line of a step in YAML.
struct Line {
    text: String,
    changed: bool,
}

/// A step as YAML: members of one record stand in braces on one line.
fn yaml(step: &SuggestedStep) -> Vec<Line> {
    let mut lines = vec![Line { text: format!("- id: {}", scalar(&step.id)), changed: false }];
    let mut records: Vec<(&str, Vec<(String, bool)>)> = Vec::new();
    let changed = |member: &str| step.changed.iter().any(|other| **other == *member);
    for (member, value) in &step.members {
        let (record, name) = member.split_once('.').unwrap_or((member, ""));
        let text = if name.is_empty() { written(value) } else { format!("{name}: {}", written(value)) };
        match records.iter_mut().find(|(known, _)| *known == record) {
            Some((_, parts)) => parts.push((text, changed(member))),
            None => records.push((record, vec![(text, changed(member))])),
        }
    }
    for (record, parts) in records {
        let inner = step.members.iter().any(|(member, _)| member.starts_with(&format!("{record}.")));
        let any = parts.iter().any(|(_, changed)| *changed)
            || step.changed.iter().any(|member| member.starts_with(&format!("{record}.")));
        let texts: Vec<String> = parts.into_iter().map(|(text, _)| text).collect();
        let text = if inner { format!("{{ {} }}", texts.join(", ")) } else { texts.concat() };
        lines.push(Line { text: format!("  {record}: {text}"), changed: any });
    }
    lines
}

fn written(value: &Written) -> String {
    match value {
        Written::Text(text) => scalar(text),
        Written::Plain(text) => text.to_string(),
        Written::List(values) => format!("[{}]", values.iter().map(written).collect::<Vec<_>>().join(", ")),
        Written::Map(entries) => {
            let entries: Vec<String> =
                entries.iter().map(|(key, value)| format!("{}: {}", scalar(key), written(value))).collect();
            format!("{{ {} }}", entries.join(", "))
        }
    }
}

/// A text as YAML writes it: in single quotes where it would mean something else without.
fn scalar(text: &str) -> String {
    let first = text.chars().next();
    let plain = first.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_' || c == '/')
        && text.chars().all(|c| c.is_alphanumeric() || "-_./+@ ".contains(c))
        && !text.ends_with(' ')
        && !first.is_some_and(|c| c.is_ascii_digit())
        && !["true", "false", "null", "yes", "no", "on", "off", "y", "n"].contains(&text.to_lowercase().as_str());
    if plain { text.to_owned() } else { format!("'{}'", text.replace('\'', "''")) }
}
