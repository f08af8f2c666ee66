//! The last lines of a run: what became of plans and steps, how many findings there are, and the account that adds up.

use super::text::{Look, Tone, clean, counted, paragraph, width};
use crate::report::{Account, PlanReport, PlanVerdict, Report, Summary};

/// Draws verdicts, counts and account.
pub(crate) fn draw(look: &Look, report: &Report) -> String {
    let mut out = String::new();
    for plan in &report.plans {
        verdict(look, plan, &mut out);
    }
    let line = format!("{}\n{}", counts(&report.summary), books(&report.account));
    line.lines().for_each(|line| paragraph(&mut out, look, "", 0, line));
    if !report.account.balances() {
        let warning = look.paint(Tone::Error, "the account does not add up: this is a defect of clearway");
        out.push_str(&warning);
        out.push('\n');
    }
    out
}

/// The tone of a verdict.
pub(crate) fn tone(verdict: PlanVerdict) -> Tone {
    match verdict {
        PlanVerdict::Permitted => Tone::Good,
        PlanVerdict::Unverified => Tone::Warning,
        PlanVerdict::Denied => Tone::Error,
    }
}

fn verdict(look: &Look, plan: &PlanReport, out: &mut String) {
    let count = |verdict: PlanVerdict| plan.steps.iter().filter(|step| step.verdict == verdict).count();
    let parts: Vec<String> = [PlanVerdict::Denied, PlanVerdict::Unverified, PlanVerdict::Permitted]
        .into_iter()
        .filter(|verdict| count(*verdict) > 0)
        .map(|verdict| format!("{} {}", count(verdict), verdict.as_str()))
        .collect();
    let (word, tone) = match plan.account.evaluations {
        0 => ("not evaluated", Tone::Warning),
        _ => (plan.verdict.as_str(), tone(plan.verdict)),
    };
    let (file, name) = (clean(&plan.file), clean(&plan.plan));
    // A file of single entities is named after itself.
    let what = if plan.steps.is_empty() || file == name { file.into_owned() } else { format!("{file}: plan {name}") };
    out.push_str(&what);
    out.push_str(": ");
    out.push_str(&look.paint(tone, word));
    if plan.steps.len() > 1 {
        let text = format!("({}: {})", counted(plan.steps.len() as u64, "step"), parts.join(", "));
        let used = width(&what).saturating_add(width(word)).saturating_add(width(&text));
        // A line of its own rather than one that the terminal breaks.
        out.push_str(if used.saturating_add(3) <= look.width { " " } else { "\n  " });
        out.push_str(&text);
    }
    out.push('\n');
}

/// `2 errors, 1 warning, 3 infos; 1 unverified; 1 waived`.
pub(super) fn counts(summary: &Summary) -> String {
    let mut text = format!(
        "{}, {}, {}",
        counted(summary.errors, "error"),
        counted(summary.warnings, "warning"),
        counted(summary.infos, "info")
    );
    if summary.unverified > 0 {
        text.push_str(&format!("; {} unverified", summary.unverified));
    }
    if summary.waived > 0 {
        text.push_str(&format!("; {} waived", summary.waived));
    }
    text
}

/// `45 evaluations = 30 satisfied + 1 violated + …`.
pub(super) fn books(account: &Account) -> String {
    let mut text = format!(
        "{} = {} satisfied + {} violated + {} unverified + {} not applicable + {} noted + {} waived + {} not evaluated",
        counted(account.evaluations, "evaluation"),
        account.satisfied,
        account.violated,
        account.unverified,
        account.not_applicable,
        account.noted,
        account.waived,
        account.left_out()
    );
    let reasons: Vec<String> = account
        .not_evaluated
        .iter()
        .filter(|(_, count)| **count > 0)
        .map(|(reason, count)| format!("{}: {count}", reason.reason()))
        .collect();
    if !reasons.is_empty() {
        text.push_str(&format!(" ({})", reasons.join(", ")));
    }
    if account.assumed > 0 {
        text.push_str(&format!("; {} of them on assumptions", account.assumed));
    }
    text
}
