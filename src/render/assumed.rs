//! Assumptions in words, for every format that people read: what is assumed, why, and how much rests on it.

use std::sync::Arc;

use super::text::{Look, Tone, clean, counted, labelled, paragraph};
use crate::report::{AssumptionNote, PlanReport, Report};
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
        let of_steps = match steps.is_empty() {
            true => String::new(),
            false => format!(", and the verdict of {noun} {}{more}", named.join(", ")),
        };
        let head = look.paint(Tone::Warning, "assumed:").into_owned() + " ";
        let rest = format!("{} on it{of_steps}", rests(*count));
        paragraph(out, look, &head, 9, &format!("{}: {rest}", clean(&in_words(note))));
    }
    if !notes.is_empty() {
        out.push('\n');
    }
}

fn rests(count: u64) -> String {
    format!("{} {}", counted(count, "evaluation"), if count == 1 { "rests" } else { "rest" })
}
