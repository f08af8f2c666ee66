//! How inputs are read: as is said of standard input, else as a name ends.

use std::path::Path;

use super::Options;
use crate::facts::read::Format;

/// How an input is read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum InputFormat {
    /// One JSON document, or a list of records.
    Json,
    /// JSON, a record a line.
    JsonLines,
    /// YAML.
    Yaml,
    /// A table.
    Csv,
    /// TOML.
    Toml,
}

impl Options {
    /// How a file is read, by what is said of it or by its name.
    pub(super) fn format_of(&self, path: &Path) -> Option<Format> {
        match &self.stdin {
            Some((name, format)) if name == path => Some(match format {
                InputFormat::Json => Format::Json,
                InputFormat::JsonLines => Format::JsonLines,
                InputFormat::Yaml => Format::Yaml,
                InputFormat::Csv => Format::Csv,
                InputFormat::Toml => Format::Toml,
            }),
            _ => Format::of_name(&path.display().to_string()),
        }
    }
}
