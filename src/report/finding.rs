//! A finding: one verdict worth telling, with everything that explains it.

use std::sync::Arc;

use super::{Standing, WaiverNote};
use crate::diag::Severity;
use crate::source::Span;

/// What a finding says.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum FindingVerdict {
    /// The obligation does not hold.
    Violated,
    /// Nobody can say whether it holds.
    Unverified,
    /// A note was given.
    Noted,
    /// Violated or unverified, and waived.
    Waived,
}

impl FindingVerdict {
    /// As JSON has it.
    pub fn as_str(self) -> &'static str {
        match self {
            FindingVerdict::Violated => "violated",
            FindingVerdict::Unverified => "unverified",
            FindingVerdict::Noted => "noted",
            FindingVerdict::Waived => "waived",
        }
    }
}

/// A finding.
#[derive(Clone, PartialEq, Debug)]
pub struct Finding {
    /// Code of the rule or matrix.
    pub code: Arc<str>,
    /// Its name.
    pub rule: Arc<str>,
    /// Its title; may be empty.
    pub title: Arc<str>,
    /// How bad it is, by the rule's level.
    pub severity: Severity,
    /// What it says.
    pub verdict: FindingVerdict,
    /// Which plan, by its place in [`Report::plans`](super::Report::plans).
    pub plan: usize,
    /// The step's id; nothing for rules about waves, plans and single entities.
    pub step: Option<Arc<str>>,
    /// The element (`file sql01-os.vhdx`), the wave (`host a1 in wave 1`) or the entity (`vm web01`); nothing where the rule speaks of the step or the plan.
    pub subject: Option<Arc<str>>,
    /// What is the matter, in one line.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
    /// Stable over runs: from code, plan, step, subject and cell, never from lines. Sixteen hexadecimal digits.
    pub fingerprint: String,
    /// The facts that are unknown and would decide it, in order of reading, each once.
    pub missing: Vec<Missing>,
    /// Where the rule is written.
    pub cites: Vec<CiteRef>,
    /// Where in the plan: the member of the step that the rule read, else the step; [`Span::NONE`] where there is no text.
    pub span: Span,
    /// Facts that decided, with their places, in order of reading, each once.
    pub related: Vec<Related>,
    /// The cell of a matrix that was hit.
    pub cell: Option<CellHit>,
    /// The table, for a matrix.
    pub table: Option<Arc<TableView>>,
    /// How to mend the plan.
    pub fix: Option<ProposedFix>,
    /// The better candidates that a choice passed over, best first; of a choice that found none: all of them.
    pub passed: Vec<PassedOver>,
    /// Where the rule stands in its policy.
    pub rule_span: Span,
    /// The waiver that covers it: of findings that are [waived](FindingVerdict::Waived).
    pub waiver: Option<Arc<WaiverNote>>,
    /// The assumptions without which it would be another, or none: entity and field as they were written, in order.
    pub assumed: Vec<Arc<str>>,
    /// How it stands to what was found before; nothing where nothing was compared.
    pub standing: Option<Standing>,
}

impl Finding {
    /// Moves its places by so many bytes: the texts that it speaks of stand behind others now. Its rule stays where it is.
    pub fn move_by(&mut self, bytes: u32) {
        self.span = self.span.moved_by(bytes);
        self.missing.iter_mut().for_each(|missing| missing.span = missing.span.moved_by(bytes));
        self.related.iter_mut().for_each(|related| related.span = related.span.moved_by(bytes));
    }
}

/// A fact that is not known.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Missing {
    /// Where it would be written, as a route such as `hosts[hv12].cpu.manufacturer`.
    pub route: String,
    /// The place in an inventory where it would go (its row, or what is nearest); [`Span::NONE`] where no file has it.
    pub span: Span,
    /// The step that made unknown what depends on this fact; nothing where the fact itself was read.
    pub step: Option<Arc<str>>,
}

/// A fact that decided.
#[derive(Clone, PartialEq, Debug)]
pub struct Related {
    /// Which fact, as a route.
    pub route: String,
    /// What it says, as a message shows it.
    pub value: String,
    /// Where.
    pub span: Span,
    /// The step that made it so; nothing where it is as the inventory gives it.
    pub step: Option<Arc<str>>,
}

/// A candidate of a choice that was passed over.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PassedOver {
    /// The candidate (`live`).
    pub candidate: Arc<str>,
    /// What stands in its way, by code, then subject.
    pub because: Vec<Obstacle>,
}

/// A `must` that is violated under a candidate.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Obstacle {
    /// Its code.
    pub code: Arc<str>,
    /// The element, as findings name it.
    pub subject: Option<Arc<str>>,
    /// What is the matter, in one line.
    pub message: String,
}

/// Where a rule is written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CiteRef {
    /// Name of the source.
    pub source: Arc<str>,
    /// Title of the source.
    pub title: Arc<str>,
    /// The section.
    pub section: Arc<str>,
    /// The item of a list in it, from 1.
    pub item: Option<u32>,
}

/// Row and column of a cell as values, not headers; nothing where unknown.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CellHit {
    /// The value that picked the row.
    pub row: Option<String>,
    /// The value that picked the column.
    pub column: Option<String>,
    /// Rows that are possible, by their place in the table (one where the row is known).
    pub rows: Vec<usize>,
    /// Columns that are possible, by their place in the table.
    pub columns: Vec<usize>,
}

/// A matrix as it is written, for drawing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TableView {
    /// What rows are picked by, as written (`file.storage.kind`).
    pub rows_by: String,
    /// What columns are picked by, as written.
    pub columns_by: String,
    /// Headers of the rows.
    pub row_headers: Vec<Arc<str>>,
    /// Headers of the columns.
    pub column_headers: Vec<Arc<str>>,
    /// The body as written, by row, then column.
    pub cells: Vec<Vec<String>>,
}

/// How to mend the plan: a member of the step and its new value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProposedFix {
    /// The member, as the plan writes it (`transfer`, `to.host`).
    pub member: String,
    /// Its new value.
    pub value: String,
}

impl Obstacle {
    /// The element, where the message does not name it by itself, as most do.
    pub fn unnamed(&self) -> Option<&str> {
        let named = |subject: &str| self.message.contains(subject.split_once(' ').map_or(subject, |(_, key)| key));
        self.subject.as_deref().filter(|subject| !named(subject))
    }
}

impl Finding {
    /// The message with the candidates that were passed over, in one line: `v goes by san; passed over: live (ACME111)`.
    pub fn sentence(&self) -> std::borrow::Cow<'_, str> {
        if self.passed.is_empty() {
            return (&*self.message).into();
        }
        let passed = self.passed.iter().map(|passed| {
            let mut codes: Vec<&str> = passed.because.iter().map(|obstacle| &*obstacle.code).collect();
            codes.dedup();
            format!("{} ({})", passed.candidate, codes.join(", "))
        });
        let lead = if self.verdict == FindingVerdict::Noted { "; passed over: " } else { ": " };
        format!("{}{lead}{}", self.message, passed.collect::<Vec<_>>().join(", ")).into()
    }
}

/// The fingerprint of a finding: FNV-1a over its parts with a byte that no text has between them.
pub fn fingerprint(parts: &[&str]) -> String {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for part in parts {
        for byte in part.bytes().chain([0xff]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
    format!("{hash:016x}")
}
