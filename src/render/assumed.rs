//! Assumptions in words, for every format that people read: what is assumed, why, and how much rests on it.

use std::sync::Arc;

use super::text::{Look, Tone, clean, counted, labelled, paragraph};
use crate::report::{AssumptionNote, Clause, Operand, Origin, PlanReport, Report, Source};
use crate::source::SourceMap;

/// `hosts.cpu.manufacturer is Intel, because we bought no other; until 2027-06-30`.
pub fn in_words(note: &AssumptionNote) -> String {
    let until = note.until.map(|last| format!("; until {last}")).unwrap_or_default();
    format!("{} is {}, because {}{until}", note.fact, note.is, note.because.trim())
}

/// What a finding rests on, a line for each assumption.
pub(super) fn of(look: &Look, map: &SourceMap, plan: &PlanReport, names: &[Arc<str>], out: &mut String) {
    for name in names {
        let note = plan.assumptions.iter().find(|note| note.fact == *name);
        let text = note.map_or_else(|| clean(name).into_owned(), |note| clean(&in_words(note)).into_owned());
        let place = note.and_then(|note| map.locate(note.span));
        let place = place.map(|place| format!(" ({}:{})", clean(&place.file), place.line)).unwrap_or_default();
        labelled(look, Tone::Warning, "assumed", &format!("{text}{place}"), out);
    }
}

/// What rests on assumptions, a paragraph for each.
pub(super) fn summary(look: &Look, report: &Report, out: &mut String) {
    let mut notes: Vec<(&AssumptionNote, u64, Vec<&str>)> = Vec::new();
    for plan in &report.plans {
        for note in &plan.assumptions {
            let at = match notes.iter().position(|(known, ..)| known.span == note.span && known.fact == note.fact) {
                Some(at) => at,
                None => {
                    notes.push((note, 0, Vec::new()));
                    notes.len().saturating_sub(1)
                }
            };
            let Some((_, count, steps)) = notes.get_mut(at) else { continue };
            *count = count.saturating_add(note.evaluations);
            let resting = plan.steps.iter().filter(|step| step.assumed.contains(&note.fact));
            steps.extend(resting.map(|step| &*step.id));
        }
    }
    for (note, count, steps) in &notes {
        let most = if look.verbose { usize::MAX } else { 8 };
        let rest = steps.len().saturating_sub(most);
        let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
        let named: Vec<String> = steps.iter().take(most).map(|id| clean(id).into_owned()).collect();
        let noun = if steps.len() == 1 { "step" } else { "steps" };
        let verdict = format!("the verdict of {noun} {}{more}", named.join(", "));
        let head = look.paint(Tone::Warning, "assumed:").into_owned() + " ";
        let rest = match (*count, steps.is_empty()) {
            // What it says is not there leaves no evaluation that could rest on it.
            (0, false) => format!("{verdict} rests on it"),
            (count, true) => format!("{} on it", rests(count)),
            (count, false) => format!("{} on it, and {verdict}", rests(count)),
        };
        paragraph(out, look, &head, 9, &format!("{}: {rest}", clean(&in_words(note))));
    }
    if !notes.is_empty() {
        out.push('\n');
    }
}

fn rests(count: u64) -> String {
    format!("{} {}", counted(count, "evaluation"), if count == 1 { "rests" } else { "rest" })
}

/// The facts of an explanation that are assumed, each once with its reason.
pub(super) fn origins(look: &Look, map: &SourceMap, clauses: &[Clause], out: &mut String) {
    fn gather<'a>(operand: &'a Operand, all: &mut Vec<&'a Origin>) {
        let new = operand.origins.iter().filter(|origin| matches!(origin.from, Source::Assumed(_)));
        for origin in new {
            if !all.iter().any(|known| known.route == origin.route) {
                all.push(origin);
            }
        }
        operand.parts.iter().for_each(|part| gather(part, all));
    }
    let mut all = Vec::new();
    clauses.iter().for_each(|clause| gather(&clause.operand, &mut all));
    for (at, origin) in all.into_iter().enumerate() {
        let Source::Assumed(because) = &origin.from else { continue };
        let place = map.locate(origin.span).map(|place| format!(" ({}:{})", clean(&place.file), place.line));
        let value = origin.value.as_ref().map(|value| format!(" is {value}")).unwrap_or_default();
        let text = format!("{}{value}, because {}{}", origin.route, because.trim(), place.unwrap_or_default());
        if at == 0 {
            out.push('\n');
        }
        labelled(look, Tone::Warning, "assumed", &clean(&text), out);
    }
}
