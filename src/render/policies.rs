//! What is wrong with policies, as JSON, where no plan is judged.

use schemars::JsonSchema;
use serde::Serialize;

use super::json::{self, DiagnosticJson, Tool};
use crate::diag::Diagnostic;
use crate::source::SourceMap;

/// Packs that were checked and what is wrong with them, as one JSON document.
pub fn json(map: &SourceMap, packs: &[String], diagnostics: &[Diagnostic]) -> String {
    let packs = packs.iter().map(String::as_str).collect();
    json::written(&Document { version: 1, tool: json::tool(), packs, diagnostics: json::diagnostics(map, diagnostics) })
}

/// What `clearway lint --output-format json` writes.
#[derive(JsonSchema, Serialize)]
#[schemars(rename = "Lint")]
pub(super) struct Document<'a> {
    /// The version of this form: fields may be added under one version, none is renamed or removed.
    version: u32,
    /// What wrote this.
    tool: Tool,
    /// The packs that were looked at.
    packs: Vec<&'a str>,
    /// What is wrong with them.
    diagnostics: Vec<DiagnosticJson>,
}
