//! How findings stand to those of before: of another revision, or of a baseline. Data only.

use std::borrow::Cow;
use std::sync::Arc;

use super::{FindingVerdict, Report};
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

/// What findings were compared with.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Against {
    /// As the user named it: a revision, the file of a baseline.
    pub name: String,
    /// Of a revision the commit, in short.
    pub commit: Option<String>,
    /// Of a revision the folder one stands in, from the top of the repository: empty, or with a `/` at its end.
    pub prefix: String,
}

impl Report {
    /// The report with what is to be told to people: findings that were there before are left out.
    pub fn only_new(&self) -> Cow<'_, Report> {
        if self.summary.compared.is_none() {
            return Cow::Borrowed(self);
        }
        let mut report = self.clone();
        report.findings.retain(|finding| finding.standing != Some(Standing::Unchanged));
        Cow::Owned(report)
    }
}
