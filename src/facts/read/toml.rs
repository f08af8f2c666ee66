//! TOML, dates included. TOML has no `null`.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::diag::Diagnostic;
use crate::facts::limits::{Limit, Limits};
use crate::source::{SourceFile, Span};

use super::tree::{Stop, Tree};
use super::{Format, Read, broken};

/// Reads a TOML text.
pub(super) fn read(file: &SourceFile, limits: &Limits) -> Read {
    let whole = file.text();
    let skipped = if whole.starts_with('\u{feff}') { 3 } else { 0 };
    let text = whole.get(skipped..).unwrap_or("");
    let mut read = Read::default();
    let (table, errors) = DeTable::parse_recoverable(text);
    let base = file.base().saturating_add(len32(skipped));
    let wrong = |error: &toml::de::Error| -> Diagnostic {
        let range = error.span().unwrap_or(0..0);
        let span = Span::new(base.saturating_add(len32(range.start)), base.saturating_add(len32(range.end)));
        broken(Format::Toml, span, error.message()).help("texts stand in double or single quotes, one member a line")
    };
    if !errors.is_empty() {
        let deep = |error: &&toml::de::Error| error.message().contains("recur");
        if let Some(error) = errors.iter().find(deep) {
            let range = error.span().unwrap_or(0..0);
            let at = base.saturating_add(len32(range.start));
            // The parser has a bound of its own, which no option raises.
            read.diagnostics.push(limits.hit(
                Limit::Nesting,
                Span::new(at, at),
                "tables and arrays too deep within each other",
            ));
            return read;
        }
        for error in errors.iter().map(wrong) {
            // One slip makes the parser say the same several times.
            if read.diagnostics.last().is_none_or(|last| last.span() != error.span()) {
                read.diagnostics.push(error);
            }
        }
        return read;
    }
    if table.get_ref().is_empty() {
        return read;
    }
    let mut tree = Tree::new(whole.clone(), file.base(), limits);
    let mut walk = Walk { text, skipped: len32(skipped), tree: &mut tree };
    let end = len32(text.len());
    let result = walk.table(table.get_ref(), (0, end), 0);
    let (document, diagnostics) = tree.finish();
    read.diagnostics.extend(diagnostics);
    if result.is_ok() {
        read.documents.extend(document);
    }
    read
}

struct Walk<'t, 'l, 'w> {
    text: &'t str,
    skipped: u32,
    tree: &'w mut Tree<'l>,
}

impl Walk<'_, '_, '_> {
    /// Recursion is bounded by the nesting limit, and by what the parser lets through.
    fn table(&mut self, table: &DeTable<'_>, (start, end): (u32, u32), depth: u32) -> Result<(), Stop> {
        self.deep(depth, start)?;
        self.tree.open_map(self.at(start), 0)?;
        let mut members: Vec<_> = table.iter().collect();
        members.sort_by_key(|(key, _)| key.span().start);
        for (key, value) in members {
            let range = key.span();
            let (key_start, key_end) = (self.at(len32(range.start)), self.at(len32(range.end)));
            let quoted = self.text.get(range).is_some_and(|text| text.starts_with(['"', '\'']));
            let at = key_start.saturating_add(u32::from(quoted));
            self.tree.key(key.get_ref(), Some(at), (key_start, key_end))?;
            self.value(value, depth.saturating_add(1))?;
        }
        self.tree.close(Some(self.at(end)))
    }

    fn value(&mut self, value: &Spanned<DeValue<'_>>, depth: u32) -> Result<(), Stop> {
        let range = value.span();
        let (start, end) = (len32(range.start), len32(range.end));
        let place = (self.at(start), self.at(end));
        let raw = self.text.get(range).unwrap_or("");
        match value.get_ref() {
            DeValue::Table(table) => self.table(table, (start, end), depth),
            DeValue::Array(array) => {
                self.deep(depth, start)?;
                self.tree.open_list(place.0, 0)?;
                for element in array.iter() {
                    self.value(element, depth.saturating_add(1))?;
                }
                self.tree.close(Some(place.1))
            }
            DeValue::String(text) => self.tree.scalar(text, Some(place.0.saturating_add(1)), true, place, 0),
            DeValue::Integer(number) if number.radix() != 10 => {
                let digits: String = number.as_str().chars().filter(|digit| *digit != '_').collect();
                let text = i128::from_str_radix(&digits, number.radix()).map_or(digits, |number| number.to_string());
                self.tree.scalar(&text, None, false, place, 0)
            }
            // The text as it stands there: 6.10 is not 6.1 where a version is wanted.
            DeValue::Integer(_) | DeValue::Float(_) if raw.contains('_') => {
                self.tree.scalar(&raw.replace('_', ""), None, false, place, 0)
            }
            DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_) | DeValue::Datetime(_) => {
                self.tree.scalar(raw, Some(place.0), false, place, 0)
            }
        }
    }

    fn deep(&mut self, depth: u32, start: u32) -> Result<(), Stop> {
        if depth > 2_000 {
            let span = self.tree.span(self.at(start), self.at(start));
            return self.tree.stop(Limit::Nesting, span, "more than 2000 tables within each other");
        }
        Ok(())
    }

    fn at(&self, local: u32) -> u32 {
        local.saturating_add(self.skipped)
    }
}

fn len32(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
