//! How findings stand to those of before: of another revision, or of a baseline. Data only.

use std::sync::Arc;

use super::FindingVerdict;
use crate::diag::Severity;

/// How a finding stands to those of before.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Standing {
    /// It was not there before.
    New,
    /// It was there before.
    Unchanged,
}

impl Standing {
    /// As JSON and SARIF have it.
    pub fn as_str(self) -> &'static str {
        match self {
            Standing::New => "new",
            Standing::Unchanged => "unchanged",
        }
    }
}

/// A finding of before that is there no more.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fixed {
    /// Its fingerprint.
    pub fingerprint: String,
    /// Code of the rule or matrix.
    pub code: Arc<str>,
    /// Its name.
    pub rule: Arc<str>,
    /// How bad it was.
    pub severity: Severity,
    /// What it said.
    pub verdict: FindingVerdict,
    /// The plan's file, as it is called now where it was renamed.
    pub file: Arc<str>,
    /// The plan's name.
    pub plan: Arc<str>,
    /// The step's id.
    pub step: Option<Arc<str>>,
    /// The element.
    pub subject: Option<Arc<str>>,
    /// What was the matter, in one line.
    pub message: String,
}
