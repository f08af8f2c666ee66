//! What is wrong with policies, as JSON, where no plan is judged.

use serde::Serialize;

use super::json::{self, DiagnosticJson, Tool};
use crate::diag::Diagnostic;
use crate::source::SourceMap;

/// Packs that were checked and what is wrong with them, as one JSON document.
pub fn json(map: &SourceMap, packs: &[String], diagnostics: &[Diagnostic]) -> String {
    let packs = packs.iter().map(String::as_str).collect();
    json::written(&Document { version: 1, tool: json::tool(), packs, diagnostics: json::diagnostics(map, diagnostics) })
}

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    tool: Tool,
    packs: Vec<&'a str>,
    diagnostics: Vec<DiagnosticJson>,
}
