//! A run as a format tells it: what was found, what was wrong with what was read, and what the run makes of both. Data only:
//! whoever runs a check puts it together, renderers read it.

use std::sync::Arc;

use super::{Finding, FindingVerdict, Report, RulePage, Standing};
use crate::diag::{Diagnostic, Severity};
use crate::source::{SourceMap, Span};

/// Which findings of a plan fail a run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Failing {
    /// The severity from which on they do; nothing: none does.
    pub least: Option<Severity>,
    /// Whether those that could not be verified are shown without being counted.
    pub unverified_ignored: bool,
}

impl Default for Failing {
    fn default() -> Failing {
        Failing { least: Some(Severity::Error), unverified_ignored: false }
    }
}

/// Which findings fail a run: plan by plan, for each may have a configuration of its own.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Levels(pub Vec<Failing>);

impl Levels {
    /// Whether a finding fails the run.
    pub fn fails(&self, finding: &Finding) -> bool {
        self.of(finding).fails(finding)
    }

    /// Whether a finding counts at all.
    pub fn counts(&self, finding: &Finding) -> bool {
        self.of(finding).counts(finding)
    }

    fn of(&self, finding: &Finding) -> Failing {
        self.0.get(finding.plan).copied().unwrap_or_default()
    }
}

impl Failing {
    /// Whether a finding fails the run: one that counts, is no older than what it is compared with, and is bad enough.
    pub fn fails(&self, finding: &Finding) -> bool {
        self.counts(finding)
            && finding.standing != Some(Standing::Unchanged)
            && self.least.is_some_and(|least| finding.severity >= least)
    }

    /// Whether a finding counts at all: it is not waived, nor left uncounted for want of facts.
    pub fn counts(&self, finding: &Finding) -> bool {
        match finding.verdict {
            FindingVerdict::Waived => false,
            FindingVerdict::Unverified => !self.unverified_ignored,
            FindingVerdict::Violated | FindingVerdict::Noted => true,
        }
    }
}

/// Everything that a format can tell.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    /// The folder in which it was started: paths below it are told relative to it.
    pub folder: Option<&'a str>,
    /// The texts that it speaks of.
    pub map: &'a SourceMap,
    /// Plans, findings, account.
    pub report: &'a Report,
    /// What is wrong with policies, plans, inventories and the run itself.
    pub diagnostics: &'a [Diagnostic],
    /// Which findings fail it.
    pub failing: &'a Levels,
    /// Where nothing was evaluated: why.
    pub nothing: Option<&'a str>,
    /// What fixes change in the texts of plans; empty where no format asks for it.
    pub fixes: &'a [FixText],
    /// What the codes in it mean; empty where no format asks for it.
    pub reference: &'a Reference,
}

impl Run<'_> {
    /// What the fix of a finding changes, by the place of the finding in the report.
    pub fn fix(&self, finding: usize) -> Option<&FixText> {
        self.fixes.iter().find(|fix| fix.finding == finding)
    }

    /// Whether something that was read, or the run itself, is wrong.
    pub fn failed(&self) -> bool {
        self.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }
}

/// What the fix of a finding changes in its plan.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FixText {
    /// The finding, by its place in [`Report::findings`].
    pub finding: usize,
    /// What is replaced; empty where something is inserted.
    pub span: Span,
    /// By what.
    pub text: String,
}

/// What codes mean, for formats that carry it along.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Reference {
    /// Rules and matrices, by code, each once.
    pub rules: Vec<RuleReference>,
    /// Messages of ours, by code, each once.
    pub messages: Vec<MessageReference>,
}

/// What a rule or a matrix means.
#[derive(Clone, PartialEq, Debug)]
pub struct RuleReference {
    /// Its page.
    pub page: RulePage,
    /// Its message as the policy writes it, with `{…}` where values stand; nothing where it has none of its own.
    pub because: Option<String>,
    /// What to do, as the policy writes it.
    pub help: Option<String>,
}

/// What a message of ours means.
#[derive(Clone, PartialEq, Debug)]
pub struct MessageReference {
    /// Its code.
    pub code: Arc<str>,
    /// Its title.
    pub title: &'static str,
    /// Its page, as Markdown; empty where there is none.
    pub page: &'static str,
}
