//! A step of a plan, explained: the plan is checked as ever, by policies out of their texts, and what is asked for is
//! explained on the way. What an explanation holds is `eval`'s business.

use std::path::Path;
use std::sync::Arc;

use super::policies::Judge;
use super::{Session, Trouble, check};
use crate::diag::Diagnostic;
use crate::eval;
use crate::report::{Report, StepExplanation};

/// A step that is to be explained.
#[derive(Clone, Debug)]
pub(super) struct AskedFor {
    step: Arc<str>,
    code: Option<Arc<str>>,
}

/// A step, explained.
#[derive(Debug)]
pub struct Explained {
    /// What the check found: the plan and its steps.
    pub report: Report,
    /// The step; nothing where there is none of that id, or it was not evaluated.
    pub explanation: Option<StepExplanation>,
    /// What is wrong with policies, plans, inventories and what was asked for.
    pub diagnostics: Vec<Diagnostic>,
    /// Whether anything was evaluated at all.
    pub evaluated: bool,
    /// Where nothing was: why.
    pub why_nothing: &'static str,
}

impl Session<'_> {
    /// What the evaluation is to explain.
    pub(super) fn wanted(&self, policies: &Judge) -> Option<eval::Explain> {
        self.asked_for.as_ref().map(|asked| eval::Explain {
            step: asked.step.clone(),
            code: asked.code.clone(),
            places: policies.places.clone(),
        })
    }
}

/// Checks a plan and explains a step of it.
pub(super) fn run(session: &mut Session, plan: &Path, step: &str, code: Option<&str>) -> Explained {
    session.asked_for = Some(AskedFor { step: step.into(), code: code.map(Into::into) });
    let checked = check::run(session, &[plan.to_path_buf()]);
    session.asked_for = None;
    let mut diagnostics = checked.diagnostics;
    let mut explanation = std::mem::take(&mut session.explained).into_iter().next();
    let steps = || checked.report.plans.iter().flat_map(|plan| &plan.steps);
    let is_there = |id: &str| steps().any(|other| other.id.eq_ignore_ascii_case(id));
    if checked.evaluated && !is_there(step) {
        let known = steps().map(|step| step.id.to_string()).collect();
        diagnostics.push(Trouble::UnknownStep { step: step.to_owned(), known }.diagnostic());
    }
    if let Some(code) = code
        && explanation.as_ref().is_some_and(|explanation| explanation.rules.is_empty())
    {
        let cards = session.judges.values().flat_map(|judge| judge.program.cards());
        let known = cards.map(|card| card.code.to_string()).collect();
        diagnostics.push(Trouble::UnknownCode { code: code.to_owned(), known, begins: false }.diagnostic());
        explanation = None;
    }
    Explained {
        report: checked.report,
        explanation,
        diagnostics,
        evaluated: checked.evaluated,
        why_nothing: checked.why_nothing,
    }
}
