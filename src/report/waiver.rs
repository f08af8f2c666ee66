//! A waiver as reports show it beside what it covers. Data only.

use std::sync::Arc;

use crate::source::Span;
use crate::value::Date;

/// Why a finding does not count.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct WaiverNote {
    /// The reason, as it was written.
    pub reason: Arc<str>,
    /// Who answers for it.
    pub approved_by: Option<Arc<str>>,
    /// The last day on which it counts.
    pub expires: Option<Date>,
    /// Where it is written.
    pub span: Span,
    /// Whether the change under review introduces it; false where nothing was compared.
    pub new: bool,
}
