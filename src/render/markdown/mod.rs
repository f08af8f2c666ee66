//! A report as a comment of a change review: the verdict first, then what is new, what may be written instead, what is
//! waived, fixed and unchanged, and the account. It is shorter than what forges take, whatever was found. It compares
//! nothing: how a finding stands to those of before is the report's to say.

pub mod escape;
mod sheet;

use self::escape::{block, code, place, text};
use self::sheet::{Section, Sheet};
use super::text::counted;
use super::{account, concise, full};
use crate::diag::{Diagnostic, Severity};
use crate::report::{Finding, FindingVerdict, Fixed, Patch, PlanReport, PlanVerdict, Report, Standing};
use crate::source::{SourceMap, Span};

/// By this a bot finds its own comment, to write the next one in its place.
pub const MARK: &str = "<!-- clearway:review -->";

/// Facts that are named where they are missing.
const MOST_MISSING: usize = 4;

/// Bytes of the longest patch that is shown: one line of a file may be the whole file.
const LONGEST_PATCH: usize = 12_000;

/// What is to be drawn.
#[derive(Clone, Copy, Debug)]
pub struct Page<'a> {
    /// The texts.
    pub map: &'a SourceMap,
    /// What was found.
    pub report: &'a Report,
    /// What is wrong with what was read.
    pub told: &'a [Diagnostic],
}

/// Draws the page.
pub fn draw(page: &Page<'_>) -> String {
    let mut sheet = Sheet::new(page.head());
    for section in page.sections() {
        sheet.add(section);
    }
    sheet.finish()
}

/// Whether a finding asks for something to be done.
fn is_problem(finding: &Finding) -> bool {
    matches!(finding.verdict, FindingVerdict::Violated | FindingVerdict::Unverified)
}

fn is_new(finding: &Finding) -> bool {
    finding.standing != Some(Standing::Unchanged)
}

fn is_waived(finding: &Finding) -> bool {
    finding.verdict == FindingVerdict::Waived
}

fn by_new_waiver(finding: &Finding) -> bool {
    finding.waiver.as_ref().is_some_and(|waiver| waiver.new)
}

/// Whether a waiver that was there before covers what was not: the change made something worse, and nobody is asked about it.
fn newly_covered(finding: &Finding) -> bool {
    is_waived(finding) && finding.standing == Some(Standing::New) && !by_new_waiver(finding)
}

impl<'a> Page<'a> {
    fn compared(&self) -> bool {
        self.report.summary.compared.is_some() || !self.report.against.is_empty()
    }

    fn count(&self, which: impl Fn(&Finding) -> bool) -> u64 {
        self.report.findings.iter().filter(|finding| which(finding)).count() as u64
    }

    fn errors(&self) -> impl Iterator<Item = &'a Diagnostic> + use<'a> {
        self.told.iter().filter(|diagnostic| diagnostic.severity != Severity::Info)
    }

    /// Heading and verdict.
    fn head(&self) -> String {
        let new = self.count(|finding| is_problem(finding) && is_new(finding));
        let worst = self.report.plans.iter().map(|plan| plan.verdict).max();
        let broken = self.told.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
        let title = match (broken, worst) {
            (true, _) => "not everything could be checked".to_owned(),
            (false, None) => "nothing was evaluated".to_owned(),
            (false, Some(_)) if self.compared() && new == 0 => "no new findings".to_owned(),
            (false, Some(_)) if self.compared() => counted(new, "new finding"),
            (false, Some(verdict)) => verdict.as_str().to_owned(),
        };
        let mut out = format!("{MARK}\n## Clearway: {title}\n\n");
        let plans = |verdict: PlanVerdict| {
            let count = self.report.plans.iter().filter(|plan| plan.verdict == verdict).count() as u64;
            (count > 0).then(|| format!("{} **{}**", counted(count, "plan"), verdict.as_str()))
        };
        let verdicts = [PlanVerdict::Denied, PlanVerdict::Unverified, PlanVerdict::Permitted];
        let verdicts: Vec<String> = verdicts.into_iter().filter_map(plans).collect();
        if !verdicts.is_empty() {
            out.push_str(&format!("{}.\n", verdicts.join(", ")));
        }
        out.push_str(&self.counts(new));
        out
    }

    fn counts(&self, new: u64) -> String {
        let waived = self.count(is_waived);
        let by_new = self.count(by_new_waiver);
        let mut parts = Vec::new();
        if self.compared() {
            parts.push(format!("{new} new"));
            parts.push(format!("{} unchanged", self.count(|finding| is_problem(finding) && !is_new(finding))));
            parts.push(format!("{} fixed", self.report.fixed.len()));
        } else {
            parts.push(counted(new, "finding"));
        }
        if waived > 0 {
            let covered = self.count(newly_covered);
            let new = [(by_new, "by a new waiver"), (covered, "new under an old waiver")];
            let new: Vec<String> =
                new.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("**{count} {what}**")).collect();
            let new = if new.is_empty() { String::new() } else { format!(" ({})", new.join(", ")) };
            parts.push(format!("{waived} waived{new}"));
        }
        let names = self.report.against.iter().map(|against| match &against.commit {
            Some(commit) => format!("{} ({})", code(&against.name), code(commit)),
            None => code(&against.name),
        });
        let names: Vec<String> = names.collect();
        let against = if names.is_empty() { String::new() } else { format!("Compared with {}: ", names.join(" and ")) };
        format!("{against}{}.\n", parts.join(", "))
    }

    fn sections(&self) -> Vec<Section> {
        let compared = self.compared();
        let new = |noun: &str| if compared { format!("new {noun}") } else { noun.to_owned() };
        let errors: Vec<String> = self.errors().map(|diagnostic| self.diagnostic(diagnostic)).collect();
        let problems = |standing: bool| move |finding: &Finding| is_problem(finding) && is_new(finding) == standing;
        let noted = |finding: &Finding| finding.verdict == FindingVerdict::Noted;
        let by_new = self.count(by_new_waiver);
        let mut waived = Section::of("waived finding", self.entries(is_waived, true));
        let asides = [(by_new, "by a new waiver"), (self.count(newly_covered), "new under an old waiver")];
        let asides = asides.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!(", {count} {what}"));
        let asides: String = asides.collect();
        if !asides.is_empty() {
            waived = waived.opened().with(asides);
        }
        let fixed: Vec<String> = self.report.fixed.iter().map(|fixed| self.fixed(fixed)).collect();
        let rows: Vec<String> = self.report.plans.iter().enumerate().map(|(at, plan)| self.row(at, plan)).collect();
        vec![
            Section::of("trouble with what was read", errors).named_as_it_is().opened(),
            Section::of(&new("finding"), self.entries(problems(true), true)).opened(),
            Section::of("suggestion", self.suggestions()),
            waived,
            Section::of("new assumption", self.new_assumptions()).opened(),
            Section::of("fixed finding", fixed),
            Section::of("unchanged finding", self.entries(problems(false), false)),
            Section::of(&new("note"), self.entries(move |finding| noted(finding) && is_new(finding), false)),
            Section::of("plan", rows).table("| plan | verdict | steps | findings |\n| - | - | - | - |\n"),
            Section::of("account", vec![self.account()]).named_as_it_is().first(),
        ]
    }

    /// Findings as entries of a list, under the name of each plan's file.
    fn entries(&self, which: impl Fn(&Finding) -> bool, wholly: bool) -> Vec<String> {
        let mut entries = Vec::new();
        let mut plan = None;
        for finding in self.report.findings.iter().filter(|finding| which(finding)) {
            let mut entry = String::new();
            if plan != Some(finding.plan) {
                plan = Some(finding.plan);
                entry = self.heading(finding.plan);
            }
            self.finding(finding, wholly, &mut entry);
            entries.push(entry);
        }
        entries
    }

    /// A plan's file and name, over what is found about it.
    fn heading(&self, plan: usize) -> String {
        let Some(plan) = self.report.plans.get(plan) else { return String::new() };
        format!("\n{}: plan {}\n\n", place(&self.path(&plan.file), None), code(&plan.plan))
    }

    fn path(&self, file: &str) -> String {
        let prefix = self.report.against.first().map_or("", |against| against.prefix.as_str());
        if file.starts_with('/') {
            return file.to_owned();
        }
        let mut parts: Vec<&str> = Vec::new();
        for part in prefix.split('/').chain(file.split('/')).filter(|part| !part.is_empty() && *part != ".") {
            match parts.last() {
                Some(last) if part == ".." && *last != ".." => {
                    parts.pop();
                }
                _ => parts.push(part),
            }
        }
        parts.join("/")
    }

    fn placed(&self, span: Span) -> Option<String> {
        let place_of = self.map.locate(span)?;
        Some(place(&self.path(&place_of.file), Some((place_of.line, place_of.line))))
    }

    fn finding(&self, finding: &Finding, wholly: bool, out: &mut String) {
        let (word, _) = full::word(finding);
        let mut who: Vec<String> =
            [&finding.step, &finding.subject].into_iter().flatten().map(|name| code(name)).collect();
        who.extend(self.placed(finding.span));
        let unverified = if finding.verdict == FindingVerdict::Unverified { "unverified: " } else { "" };
        out.push_str(&format!("- **{word} {}** {}: ", text(&finding.code), who.join(", ")));
        out.push_str(&format!("{unverified}{}\n", text(&finding.sentence())));
        if let Some(waiver) = &finding.waiver {
            let by = waiver.approved_by.as_ref().map(|by| format!(", approved by {}", text(by))).unwrap_or_default();
            let until = waiver.expires.map(|date| format!(", until {date}")).unwrap_or_default();
            let at = self.placed(waiver.span).map(|at| format!(", {at}")).unwrap_or_default();
            let new = match (waiver.new, newly_covered(finding)) {
                (true, _) => "**new waiver**: ",
                (false, true) => "**new**, under a waiver that was there: ",
                (false, false) => "waived: ",
            };
            out.push_str(&format!("  - {new}{}{by}{until}{at}\n", text(&waiver.reason)));
        }
        if !wholly {
            return;
        }
        if finding.verdict == FindingVerdict::Unverified && !finding.missing.is_empty() {
            let mut named: Vec<String> =
                finding.missing.iter().take(MOST_MISSING).map(|missing| code(&missing.route)).collect();
            let rest = finding.missing.len().saturating_sub(MOST_MISSING);
            if rest > 0 {
                named.push(format!("{rest} more"));
            }
            out.push_str(&format!("  - not known: {}\n", named.join(", ")));
        }
        for assumed in &finding.assumed {
            out.push_str(&format!("  - rests on an assumption: {}\n", code(assumed)));
        }
        if let Some(help) = finding.help.as_ref().filter(|_| is_problem(finding)) {
            out.push_str(&format!("  - help: {}\n", text(help)));
        }
        let cites: Vec<String> = finding.cites.iter().map(|cite| text(&full::cite(cite))).collect();
        if !cites.is_empty() {
            out.push_str(&format!("  - source: {}\n", cites.join("; ")));
        }
    }

    /// What verdicts rest on that nobody assumed before: who reviews the change approves it, too.
    fn new_assumptions(&self) -> Vec<String> {
        let told = self.report.new_assumptions.iter().map(|note| {
            let until = note.until.map(|date| format!(", until {date}")).unwrap_or_default();
            let at = self.placed(note.span).map(|at| format!(", {at}")).unwrap_or_default();
            format!("- {} is {}: {}{until}{at}\n", code(&note.fact), code(&note.is), text(&note.because))
        });
        told.collect()
    }

    fn fixed(&self, fixed: &Fixed) -> String {
        let mut who = vec![place(&self.path(&fixed.file), None)];
        who.extend([&fixed.step, &fixed.subject].into_iter().flatten().map(|name| code(name)));
        let (word, _) = concise::severity(fixed.severity);
        let unverified = if fixed.verdict == FindingVerdict::Unverified { "unverified: " } else { "" };
        format!("- **{word} {}** {}: {unverified}{}\n", text(&fixed.code), who.join(", "), text(&fixed.message))
    }

    fn diagnostic(&self, diagnostic: &Diagnostic) -> String {
        let (word, _) = concise::severity(diagnostic.severity);
        let at = self.placed(diagnostic.span()).map(|at| format!(" {at}")).unwrap_or_default();
        let mut out = format!("- **{word} {}**{at}: {}\n", text(diagnostic.code.as_str()), text(&diagnostic.message));
        diagnostic.notes.iter().for_each(|note| out.push_str(&format!("  - {}\n", text(note))));
        if let Some(help) = &diagnostic.help {
            out.push_str(&format!("  - help: {}\n", text(help)));
        }
        out
    }

    /// Lines that may stand in the place of others, of plans that need it.
    fn suggestions(&self) -> Vec<String> {
        let wanted = |patch: &&Patch| {
            self.report.findings.iter().any(|finding| {
                let own = finding.step.as_ref().is_some_and(|step| patch.steps.contains(step));
                finding.plan == patch.plan && own && is_problem(finding) && is_new(finding)
            })
        };
        let drawn = self.report.plans.iter().enumerate().flat_map(|(at, plan)| {
            let own = self.report.patches.iter().filter(move |patch| patch.plan == at);
            own.filter(wanted).filter_map(|patch| self.suggestion(plan, patch)).collect::<Vec<_>>()
        });
        drawn.collect()
    }

    fn suggestion(&self, plan: &PlanReport, patch: &Patch) -> Option<String> {
        let block = block("suggestion", &patch.lines)?;
        let steps: Vec<String> = patch.steps.iter().map(|step| code(step)).collect();
        let at = place(&self.path(&plan.file), Some((patch.first, patch.last)));
        let head = format!("\n{at}, for {}", steps.join(", "));
        if block.len() > LONGEST_PATCH {
            return Some(format!("{head}: too long to be shown, `clearway check --diff` shows it.\n"));
        }
        let lines = if patch.first == patch.last { "this line" } else { "these lines" };
        Some(match patch.lines.is_empty() {
            true => format!("{head}: without {lines}.\n\n{block}"),
            false => format!("{head}: instead of {lines}\n\n{block}"),
        })
    }

    fn row(&self, at: usize, plan: &PlanReport) -> String {
        let own = |which: &dyn Fn(&Finding) -> bool| self.count(|finding| finding.plan == at && which(finding));
        let findings = match self.compared() {
            true => format!(
                "{} new, {} unchanged",
                own(&|finding| is_problem(finding) && is_new(finding)),
                own(&|finding| is_problem(finding) && !is_new(finding))
            ),
            false => own(&is_problem).to_string(),
        };
        let assumed = if plan.assumed.is_empty() { "" } else { ", rests on assumptions" };
        let (file, verdict) = (text(&self.path(&plan.file)), plan.verdict.as_str());
        format!("| {file} | {verdict}{assumed} | {} | {findings} |\n", plan.steps.len())
    }

    fn account(&self) -> String {
        format!("{}\n", text(&account::books(&self.report.account)))
    }
}
