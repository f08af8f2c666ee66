//! Headings: a step by its name, and the bar with its verdict. For every format in which people read about steps.

use super::account;
use super::text::{Look, Tone, clean, cut, width};
use crate::report::{PlanVerdict, StepReport};

/// `step sql-first: sql01 by live (chosen)`
pub(super) fn step(step: &StepReport) -> String {
    let mut name = format!("step {}", clean(&step.id));
    if !step.vm.is_empty() {
        name.push_str(&format!(": {}", clean(&step.vm)));
    }
    match &step.transfer {
        Some(transfer) if step.transfer_chosen => name.push_str(&format!(" by {} (chosen)", clean(transfer))),
        Some(transfer) => name.push_str(&format!(" by {}", clean(transfer))),
        None => {}
    }
    name
}

/// `── step sql-first: sql01 by live-vsm ───────── denied ──`
pub(super) fn bar(look: &Look, name: &str, verdict: PlanVerdict) -> String {
    let bar = look.pick("─", "-");
    let name = cut(look, name, look.width.saturating_sub(20));
    let word = verdict.as_str();
    let used = width(&name).saturating_add(width(word)).saturating_add(8);
    let (fill, edge) = (bar.repeat(look.width.saturating_sub(used).max(2)), bar.repeat(2));
    let (fill, edge) = (look.paint(Tone::Faint, &fill), look.paint(Tone::Faint, &edge));
    let (name, word) = (look.paint(Tone::Strong, &name), look.paint(account::tone(verdict), word));
    format!("{edge} {name} {fill} {word} {edge}\n")
}
