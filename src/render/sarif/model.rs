//! The parts of SARIF that are written, as the standard names them. They know nothing of findings.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

#[derive(Serialize)]
pub(super) struct Log {
    #[serde(rename = "$schema")]
    pub schema: &'static str,
    pub version: &'static str,
    pub runs: [RunEntry; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RunEntry {
    pub tool: Tool,
    pub invocations: [Invocation; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub artifacts: Vec<ArtifactEntry>,
    pub results: Vec<ResultEntry>,
    pub column_kind: &'static str,
    pub newline_sequences: [&'static str; 3],
    pub properties: Properties,
}

#[derive(Serialize)]
pub(super) struct Tool {
    pub driver: Driver,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Driver {
    pub name: &'static str,
    pub semantic_version: &'static str,
    pub short_description: Content,
    pub rules: Vec<Rule>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notifications: Vec<Rule>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Rule {
    pub id: String,
    pub name: String,
    pub short_description: Content,
    pub full_description: Content,
    pub help: Content,
    pub default_configuration: Configuration,
    pub properties: Properties,
}

#[derive(Serialize)]
pub(super) struct Configuration {
    pub level: Level,
    pub enabled: bool,
}

/// A text, and the same in Markdown.
#[derive(Serialize)]
pub(super) struct Content {
    pub text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub markdown: Option<String>,
}

impl Content {
    pub fn of(text: String) -> Content {
        Content { text, markdown: None }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Invocation {
    pub execution_successful: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tool_execution_notifications: Vec<Notification>,
}

#[derive(Serialize)]
pub(super) struct Notification {
    pub level: Level,
    pub message: Message,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub descriptor: Option<ReportingRef>,
}

#[derive(Serialize)]
pub(super) struct ReportingRef {
    pub id: String,
}

#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Level {
    None,
    Note,
    Warning,
    Error,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ResultEntry {
    pub rule_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule_index: Option<usize>,
    pub kind: &'static str,
    pub level: Level,
    pub message: Message,
    pub locations: Vec<Location>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub related_locations: Vec<Location>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub partial_fingerprints: BTreeMap<&'static str, String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub suppressions: Vec<Suppression>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fixes: Vec<Fix>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub baseline_state: Option<&'static str>,
    #[serde(skip_serializing_if = "Properties::is_empty")]
    pub properties: Properties,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Fix {
    pub description: Message,
    pub artifact_changes: [Change; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Change {
    pub artifact_location: Artifact,
    pub replacements: [Replacement; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Replacement {
    pub deleted_region: Region,
    pub inserted_content: Content,
}

#[derive(Serialize)]
pub(super) struct Message {
    pub text: String,
}

impl Message {
    /// A text as it is. Readers fill in `{0}` and make a link of `[a](b)`; so neither is left in it.
    pub fn plain(text: String) -> Message {
        let mut out = String::with_capacity(text.len());
        let mut rest = &*text;
        while let Some((before, behind)) = rest.split_once(['{', ']']) {
            out.push_str(before);
            let found = rest.get(before.len()..).and_then(|rest| rest.chars().next());
            let number = behind.split_once('}').filter(|(inner, _)| {
                found == Some('{') && !inner.is_empty() && inner.bytes().all(|byte| byte.is_ascii_digit())
            });
            rest = match (number, found) {
                (Some((inner, behind)), _) => {
                    out.push_str(&format!("{{{{{inner}}}}}"));
                    behind
                }
                (None, found) => {
                    out.extend(found);
                    if found == Some(']') && behind.starts_with('(') {
                        out.push(' ');
                    }
                    behind
                }
            };
        }
        out.push_str(rest);
        Message { text: out }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Location {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<Message>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub physical_location: Option<Physical>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub logical_locations: Vec<Logical>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Physical {
    pub artifact_location: Artifact,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<Region>,
}

#[derive(Serialize)]
pub(super) struct Artifact {
    pub uri: String,
}

#[derive(Serialize)]
pub(super) struct ArtifactEntry {
    pub location: Artifact,
    pub roles: [&'static str; 1],
    pub properties: Properties,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Region {
    pub start_line: usize,
    pub start_column: usize,
    pub end_line: usize,
    pub end_column: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Logical {
    pub name: String,
    pub fully_qualified_name: String,
    pub kind: &'static str,
}

#[derive(Serialize)]
pub(super) struct Suppression {
    pub kind: &'static str,
    pub status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub justification: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
    #[serde(skip_serializing_if = "Properties::is_empty")]
    pub properties: Properties,
}

/// A property bag. What is empty is left out.
#[derive(Serialize, Default)]
#[serde(transparent)]
pub(super) struct Properties(BTreeMap<&'static str, Value>);

impl Properties {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn set(&mut self, name: &'static str, text: &str) {
        self.0.insert(name, text.into());
    }

    pub fn maybe(&mut self, name: &'static str, text: Option<&str>) {
        text.into_iter().for_each(|text| self.set(name, text));
    }

    pub fn list(&mut self, name: &'static str, texts: Vec<String>) {
        if !texts.is_empty() {
            self.0.insert(name, texts.into());
        }
    }

    pub fn count(&mut self, name: &'static str, count: u64) {
        self.0.insert(name, count.into());
    }
}
