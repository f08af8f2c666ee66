//! The way of suggestions: what a search found is held to a check of the plan that it would make, and plans are mended by
//! what stands that check.

use std::path::PathBuf;
use std::sync::Arc;

use super::assumptions;
use super::check::{self, Plan, is_error};
use super::inputs::Estate;
use super::policies::Judge;
use super::waivers::Clock;
use super::{Checked, Session};
use crate::diag::Severity;
use crate::edit::{self, Change, Draft, Says, What};
use crate::eval::{self, PlanOutcome, Suggesting};
use crate::facts::document::Document;
use crate::facts::load::Options;
use crate::facts::read::{self, Format};
use crate::report::{self, Finding, FindingVerdict, PlanReport, PlanVerdict, Suggestion, WayOut};
use crate::source::SourceMap;

/// How many refusals' worth of trials a whole plan may cost.
const REFUSALS: u64 = 20;

/// How many more suggestions are searched for than are shown, for some do not stand the check of the whole plan.
const SPARE: usize = 9;

/// How many steps are judged to hold suggestions to whole plans.
const JUDGED: usize = 500_000;

/// A plan with suggestions written into it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mended {
    /// The file.
    pub path: PathBuf,
    /// Its text.
    pub old: String,
    /// What its text would be.
    pub new: String,
    /// What was written.
    pub written: Vec<Written>,
    /// Refused steps for which nothing was written, and why.
    pub left: Vec<(Arc<str>, String)>,
}

impl Mended {
    /// What would change, as a unified diff; empty where nothing does.
    pub fn diff(&self) -> String {
        edit::diff(&self.old, &self.new, &self.path.display().to_string())
    }

    /// Whether anything is different.
    pub fn changes(&self) -> bool {
        self.old != self.new
    }
}

/// A suggestion that was written into a plan.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Written {
    /// The step that was refused.
    pub step: Arc<str>,
    /// By how many steps it is replaced.
    pub steps: usize,
}

fn limits(session: &Session<'_>, most: usize) -> Suggesting {
    let per_step = session.options.limits.trials;
    Suggesting { only: None, per_step, per_plan: per_step.saturating_mul(REFUSALS), most }
}

/// Looks for ways out of refusals.
pub(super) fn run(session: &mut Session, paths: &[PathBuf], most: usize) -> Checked {
    let asked = limits(session, most.saturating_add(SPARE));
    let before = session.options.suggest.replace(asked);
    let mut checked = check::run(session, paths);
    session.options.suggest = before;
    for way in &mut checked.report.ways_out {
        let behind = way.suggestions.split_off(most.min(way.suggestions.len()));
        // One that can be written without a doubt is worth seeing, wherever it comes.
        let sure = |suggestion: &Suggestion| suggestion.unverified.is_empty();
        if !way.suggestions.iter().any(sure)
            && let Some(first) = behind.into_iter().find(sure)
        {
            way.suggestions.pop();
            way.suggestions.push(first);
        }
    }
    checked
}

/// Takes back what was found for a plan that cannot be checked as a whole.
pub(super) fn unheld(way: &mut WayOut) {
    way.suggestions.clear();
    way.in_the_way = None;
    way.unheld = true;
}

/// Writes suggestions into the texts of plans.
pub(super) fn mend(session: &mut Session, paths: &[PathBuf], unsafe_too: bool) -> (Vec<Mended>, Checked) {
    session.mending = Some(unsafe_too);
    let checked = check::run(session, paths);
    session.mending = None;
    (std::mem::take(&mut session.mended), checked)
}

/// What a plan is judged by, whatever its text.
pub(super) struct Held<'a> {
    pub(super) policies: &'a Judge,
    /// The day as of which waivers are judged; nothing where they do not count.
    pub(super) clock: Option<Clock>,
    pub(super) plan: &'a Plan,
    pub(super) load: Options<'a>,
    pub(super) evaluation: eval::Options,
    pub(super) index: usize,
    /// Steps that may be tried for one refusal.
    pub(super) trials: u64,
}

impl Held<'_> {
    /// Drops suggestions that cannot be written into the plan, or do not stand a check of the whole.
    pub(super) fn hold(&self, estate: &mut Estate, before: &PlanReport, findings: &[Finding], ways: &mut [WayOut]) {
        let Some((file, format)) = &self.plan.text else { return };
        let most = self.evaluation.suggest.as_ref().map_or(0, |suggest| suggest.most.saturating_sub(SPARE));
        let mut left = JUDGED;
        for way in ways {
            let at = before.steps.iter().position(|step| step.id == way.step);
            let mut stood = Vec::new();
            for mut suggestion in std::mem::take(&mut way.suggestions) {
                let sure = stood.iter().any(|kept: &Suggestion| kept.unverified.is_empty());
                if stood.len() >= most && (sure || !suggestion.unverified.is_empty()) {
                    continue;
                }
                let cost = before.steps.len().saturating_add(suggestion.steps.len());
                if cost > left {
                    way.cut_short = true;
                    break;
                }
                left = left.saturating_sub(cost);
                let Some(new) = self.written(file.text(), *format, &way.step, &suggestion) else { continue };
                let steps = suggestion.steps.len();
                match self.stands(estate, &new, *format, (before, findings), &way.step, steps) {
                    Ok(_) => {
                        suggestion.assumed = self.resting(estate, &new, *format, at, steps);
                        in_waves(file.text(), &new, *format, &way.step, &mut suggestion);
                        stood.push(suggestion);
                    }
                    Err(others) => {
                        for other in others {
                            if !way.spoils.contains(&other) {
                                way.spoils.push(other);
                            }
                        }
                    }
                }
            }
            if !stood.is_empty() {
                way.spoils.clear();
            }
            way.suggestions = stood;
        }
    }

    /// Writes the first suggestion that stands for each refused step, one after the other: each sees what was written before.
    pub(super) fn mend(&self, estate: &mut Estate, unsafe_too: bool) -> Option<Mended> {
        let (file, format) = self.plan.text.as_ref()?;
        let old: String = file.text().to_string();
        let mut text: String = old.clone();
        let (mut written, mut left): (Vec<Written>, Vec<(Arc<str>, String)>) = (Vec::new(), Vec::new());
        let mut now = self.evaluated(estate, &text, *format, None, false)?;
        // Each turn writes for a step or gives it up.
        for _ in 0..now.report.steps.len().saturating_mul(3).saturating_add(1) {
            let refused = now
                .report
                .steps
                .iter()
                .find(|step| step.verdict == PlanVerdict::Denied && !left.iter().any(|(id, _)| *id == step.id));
            let Some(step) = refused.map(|step| step.id.clone()) else { break };
            let suggest =
                Suggesting { only: Some(step.clone()), per_step: self.trials, per_plan: self.trials, most: SPARE };
            let searched = self.evaluated(estate, &text, *format, Some(suggest), false)?;
            let way = searched.ways_out.into_iter().next();
            let found = way.map(|way| way.suggestions).unwrap_or_default();
            let any = !found.is_empty();
            let allowed: Vec<Suggestion> =
                found.into_iter().filter(|suggestion| unsafe_too || suggestion.unverified.is_empty()).collect();
            let none_allowed = allowed.is_empty();
            let mut done = None;
            for suggestion in allowed {
                let Some(new) = self.written(&text, *format, &step, &suggestion) else { continue };
                let before = (&now.report, now.findings.as_slice());
                if let Ok(after) = self.stands(estate, &new, *format, before, &step, suggestion.steps.len()) {
                    done = Some((new, after, suggestion.steps.len()));
                    break;
                }
            }
            match done {
                Some((new, after, steps)) => {
                    written.push(Written { step, steps });
                    (text, now) = (new, after);
                }
                None => {
                    let why = match (any, none_allowed) {
                        (false, _) => "no way out is known, see `clearway suggest`",
                        (true, true) => {
                            "every way out has something that cannot be verified; `--unsafe-fixes` writes it"
                        }
                        (true, false) => "no way out stands a check of the whole plan",
                    };
                    left.push((step, why.to_owned()));
                }
            }
        }
        Some(Mended { path: self.plan.path.clone(), old, new: text, written, left })
    }

    /// The text with a suggestion in it.
    fn written(&self, text: &str, format: Format, step: &str, suggestion: &Suggestion) -> Option<String> {
        let place = place(&document(text, format)?, step)?;
        let drafts = suggestion.steps.iter().map(|step| {
            let members = step.changed.iter().filter_map(|member| {
                let said = step.members.iter().find(|(path, _)| path == member).map(|(_, value)| value);
                let says = match said {
                    None => Says::Nothing,
                    Some(report::Written::Text(text) | report::Written::Plain(text)) => Says::Text(text.to_string()),
                    Some(report::Written::List(_) | report::Written::Map(_)) => return None,
                };
                Some((member.to_string(), says))
            });
            Draft { members: members.collect(), ..Draft::default() }
        });
        let what = What::Sequence(drafts.collect());
        edit::apply(text, format, &[Change { step: place, what }]).ok()
    }

    /// What a check of a text finds where a suggestion for a step stands in it: neither its steps nor any that was not
    /// refused before are refused, and nothing new speaks against waves and the plan.
    fn stands(
        &self,
        estate: &mut Estate,
        text: &str,
        format: Format,
        (before, findings): (&PlanReport, &[Finding]),
        step: &str,
        count: usize,
    ) -> Result<PlanOutcome, Vec<Arc<str>>> {
        let Some(outcome) = self.evaluated(estate, text, format, None, false) else { return Err(Vec::new()) };
        let Some(at) = before.steps.iter().position(|other| &*other.id == step) else { return Err(Vec::new()) };
        let more = count.saturating_sub(1);
        let after = &outcome.report.steps;
        if after.len() != before.steps.len().saturating_add(more) {
            return Err(Vec::new());
        }
        let denied = |place: usize| after.get(place).is_none_or(|step| step.verdict == PlanVerdict::Denied);
        let own = (at..=at.saturating_add(more)).any(denied);
        let others = before.steps.iter().enumerate().filter(|(place, was)| {
            let now = if *place > at { place.saturating_add(more) } else { *place };
            *place != at && was.verdict != PlanVerdict::Denied && denied(now)
        });
        let others: Vec<Arc<str>> = others.map(|(_, was)| was.id.clone()).collect();
        let of_waves = |finding: &&Finding| {
            finding.step.is_none() && finding.verdict == FindingVerdict::Violated && finding.severity == Severity::Error
        };
        let known = |finding: &Finding| {
            findings.iter().filter(of_waves).any(|other| other.code == finding.code && other.subject == finding.subject)
        };
        let new = outcome.findings.iter().filter(of_waves).any(|finding| !known(finding));
        if own || !others.is_empty() || new { Err(others) } else { Ok(outcome) }
    }

    /// The assumptions on which the verdicts of the steps of a suggestion rest, where it is written into the plan.
    fn resting(
        &self,
        estate: &mut Estate,
        text: &str,
        format: Format,
        at: Option<usize>,
        count: usize,
    ) -> Vec<Arc<str>> {
        if self.evaluation.keep == eval::Keep::Nothing {
            return Vec::new();
        }
        let Some(outcome) = self.evaluated(estate, text, format, None, true) else { return Vec::new() };
        let own = outcome.report.steps.iter().skip(at.unwrap_or(usize::MAX)).take(count);
        let mut assumed: Vec<Arc<str>> = own.flat_map(|step| step.assumed.iter().cloned()).collect();
        let order = |name: &Arc<str>| estate.facts.assumed().iter().position(|assumed| assumed.fact == *name);
        assumed.sort_by_key(order);
        assumed.dedup();
        assumed
    }

    /// What an evaluation of a text finds, with what rests on assumptions where that is asked for; nothing where the text has errors.
    fn evaluated(
        &self,
        estate: &mut Estate,
        text: &str,
        format: Format,
        suggest: Option<Suggesting>,
        rests: bool,
    ) -> Option<PlanOutcome> {
        let plan = Plan {
            path: self.plan.path.clone(),
            text: None,
            export: None,
            documents: vec![document(text, format)?],
            packs: self.plan.packs.clone(),
            inventories: self.plan.inventories.clone(),
            pack_places: Vec::new(),
            inventory_places: Vec::new(),
            clean: true,
        };
        let mark = estate.facts.mark();
        let file: Arc<str> = plan.path.display().to_string().into();
        let mut told = Vec::new();
        let loaded = check::steps((self.policies, self.clock), &plan, estate, self.load, self.index, file, &mut told);
        let outcome = loaded.filter(|loaded| loaded.clean).map(|loaded| {
            estate.facts.assume_since(&mark);
            let keep = if rests { self.evaluation.keep } else { eval::Keep::Nothing };
            let options = eval::Options { suggest, explain: None, keep, ..self.evaluation.clone() };
            let mut outcome = eval::evaluate(&self.policies.program, &estate.facts, &loaded.plan, &options);
            if keep != eval::Keep::Nothing {
                assumptions::rest(estate, &self.policies.program, &loaded.plan, &options, &mut outcome);
            }
            outcome
        });
        estate.facts.release(&mark);
        outcome.filter(|outcome| !outcome.diagnostics.iter().any(is_error))
    }
}

/// A text as a document by itself; nothing where anything is wrong with it.
fn document(text: &str, format: Format) -> Option<Document> {
    let mut map = SourceMap::new();
    let id = map.add("", text)?;
    let (document, diagnostics) = read::read_one(format, map.file(id)?, &crate::facts::Limits::default());
    document.filter(|_| diagnostics.is_empty())
}

/// Says of a suggestion in which waves its steps stand in the plan that it was written into, and which further steps change
/// theirs for it: no alternative knows of waves, the edit of the plan does.
fn in_waves(old: &str, new: &str, format: Format, step: &str, suggestion: &mut Suggestion) {
    let (Some(old), Some(new)) = (document(old, format), document(new, format)) else { return };
    let Some(at) = place(&old, step) else { return };
    let (before, after) = (waves(&old), waves(&new));
    let count = suggestion.steps.len();
    for (own, (_, wave)) in suggestion.steps.iter_mut().zip(after.iter().skip(at)) {
        own.members.extend(wave.clone().map(|wave| ("wave".into(), report::Written::Plain(wave))));
    }
    let behind = before.iter().skip(at.saturating_add(1)).zip(after.iter().skip(at.saturating_add(count)));
    for ((_, was), (id, is)) in before.iter().zip(&after).take(at).chain(behind) {
        if let Some(wave) = is.as_ref().filter(|_| was != is) {
            suggestion.waves.push((id.clone(), report::Written::Plain(wave.clone())));
        }
    }
}

/// The steps of a plan by id, each with the wave that it names.
fn waves(document: &Document) -> Vec<(Arc<str>, Option<Arc<str>>)> {
    let steps = document.root().and_then(|root| document.get(root, "steps"));
    let steps = steps.map(|steps| document.elements(steps)).unwrap_or_default();
    let said = |node, member: &str| document.get(node, member).and_then(|at| document.scalar(at));
    let waves = steps.iter().enumerate().map(|(index, node)| {
        let id = said(*node, "id").map_or_else(|| format!("step-{}", index.saturating_add(1)), ToOwned::to_owned);
        (id.into(), said(*node, "wave").filter(|wave| !wave.trim().is_empty()).map(Into::into))
    });
    waves.collect()
}

/// The place of a step in its plan: by its id, or the number that stands for it.
pub(super) fn place(document: &Document, step: &str) -> Option<usize> {
    waves(document).iter().position(|(id, _)| **id == *step)
}
