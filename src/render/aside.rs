//! What stands beside a finding in `full`: the candidates that a choice passed over, and the later steps that suffer from a
//! refused one. [`full`](super::full) draws them at their places.

use std::collections::BTreeSet;

use super::account;
use super::fold::Section;
use super::full::word;
use super::heading;
use super::text::{Look, Tone, clean, counted, end_line, labelled, paragraph};
use crate::report::{Finding, FindingVerdict, PassedOver};

/// How many reasons are listed where not everything is asked for.
const MOST: usize = 8;

/// The candidates that a choice passed over: a line each where one was found, everything where none was.
pub(super) fn passed(look: &Look, finding: &Finding, out: &mut String) {
    let all = look.verbose || finding.verdict == FindingVerdict::Violated;
    for passed in &finding.passed {
        let name = clean(&passed.candidate);
        let codes: BTreeSet<&str> = passed.because.iter().map(|obstacle| &*obstacle.code).collect();
        let codes = codes.into_iter().collect::<Vec<_>>().join(", ");
        if !all || passed.because.len() < 2 {
            let rest = passed.because.len().saturating_sub(1);
            let more = if rest > 0 { format!(", and {}", counted(rest as u64, "more reason")) } else { String::new() };
            let said = first(passed).map(|said| format!(": {said}")).unwrap_or_default();
            labelled(look, Tone::Faint, &format!("not {name}"), &format!("{codes}{said}{more}"), out);
            continue;
        }
        labelled(look, Tone::Faint, &format!("not {name}"), &codes, out);
        let most = if look.verbose { usize::MAX } else { MOST };
        for obstacle in passed.because.iter().take(most) {
            let subject = obstacle.unnamed().map(|subject| format!(" [{subject}]")).unwrap_or_default();
            let text = format!("{}{subject} {}", obstacle.code, obstacle.message);
            paragraph(out, look, look.pick("    • ", "    * "), 6, &text);
        }
        let rest = passed.because.len().saturating_sub(most);
        if rest > 0 {
            paragraph(out, look, "      ", 6, &format!("and {rest} more; `--verbose` lists them"));
        }
    }
}

fn first(passed: &PassedOver) -> Option<&str> {
    passed.because.first().map(|obstacle| &*obstacle.message).filter(|message| !message.is_empty())
}

/// The steps that are folded under a refused one: a line each, with what is found about them.
pub(super) fn after(look: &Look, section: &Section, out: &mut String) {
    let (Some(cause), false) = (section.step, section.after.is_empty()) else { return };
    let steps = counted(section.after.len() as u64, "later step");
    let text = format!(
        "{steps} would be judged differently if step {} happened; `--verbose` shows their findings",
        clean(&cause.id)
    );
    labelled(look, Tone::Warning, "then", &text, out);
    for (step, findings) in &section.after {
        // A line as the headings are, one level deeper.
        let bar = look.pick("──", "--");
        let word = step.verdict.as_str();
        let name = super::text::cut(look, &heading::step(step), look.width.saturating_sub(20));
        let head = [&*look.paint(Tone::Faint, bar), " ", &look.paint(Tone::Strong, &name), "  "].concat();
        out.push_str(&format!("  {head}{}", look.paint(account::tone(step.verdict), word)));
        end_line(out);
        for (label, wanted) in [("error", false), ("unverified", true)] {
            let mut codes: Vec<&str> = Vec::new();
            for finding in findings.iter().filter(|finding| told(finding, wanted)) {
                if !codes.contains(&&*finding.code) {
                    codes.push(&finding.code);
                }
            }
            if !codes.is_empty() {
                let tone = if wanted { Tone::Warning } else { Tone::Error };
                let head = format!("     {}: ", look.paint(tone, label));
                paragraph(out, look, &head, label.len().saturating_add(7), &codes.join(", "));
            }
        }
    }
    out.push('\n');
}

/// Whether a finding is among those that are named: what decides about the step, not notes.
fn told(finding: &Finding, unverified: bool) -> bool {
    match finding.verdict {
        FindingVerdict::Violated => !unverified && word(finding).0 == "error",
        FindingVerdict::Unverified => unverified && word(finding).0 == "error",
        FindingVerdict::Noted | FindingVerdict::Waived => false,
    }
}
