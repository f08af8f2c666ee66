//! YAML: block and flow style, several documents, anchors with their aliases, and `<<`.

use std::borrow::Cow;

use saphyr_parser::{Event, Parser, ScalarStyle, Tag};

use crate::diag::Diagnostic;
use crate::diag::codes::input;
use crate::facts::document::View;
use crate::facts::limits::{Limit, Limits};
use crate::facts::shown::shown;
use crate::source::{SourceFile, Span};

use super::tree::{Inside, Stop, Tree};
use super::{Format, Read, broken};

/// Reads all documents of a YAML text.
pub(super) fn read(file: &SourceFile, limits: &Limits) -> Read {
    let whole = file.text();
    let skipped = if whole.starts_with('\u{feff}') { 3 } else { 0 };
    let text = whole.get(skipped..).unwrap_or("");
    let offsets = Offsets::of(text, skipped);
    let mut read = Read::default();
    let mut tree = Tree::new(whole.clone(), file.base(), limits);
    let mut some = false;
    for event in Parser::new_from_str(text) {
        let (event, span) = match event {
            Ok(event) => event,
            Err(error) => {
                let at = file.base().saturating_add(offsets.byte(error.marker().index()));
                read.diagnostics.extend(tree.finish().1);
                read.diagnostics.push(explained(file, at, error.info(), limits));
                return read;
            }
        };
        let place = (offsets.byte(span.start.index()), offsets.byte(span.end.index()));
        match event {
            Event::DocumentStart(_) => {
                tree = Tree::new(whole.clone(), file.base(), limits);
                some = false;
            }
            Event::DocumentEnd => {
                let next = Tree::new(whole.clone(), file.base(), limits);
                let (document, diagnostics) = std::mem::replace(&mut tree, next).finish();
                read.diagnostics.extend(diagnostics);
                if some {
                    read.documents.extend(document);
                }
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd => {}
            event => {
                // A document of comments alone is one empty scalar.
                some |= !matches!(&event, Event::Scalar(text, ScalarStyle::Plain, 0, None) if text.is_empty())
                    || tree.inside() != Inside::Nothing;
                if let Err(Stop) = node(event, place, whole, &mut tree) {
                    read.diagnostics.extend(tree.finish().1);
                    return read;
                }
            }
        }
    }
    read
}

fn node(event: Event<'_>, (start, end): (u32, u32), whole: &str, tree: &mut Tree<'_>) -> Result<(), Stop> {
    match event {
        Event::Alias(anchor) => match tree.alias(anchor, start, end)? {
            Some(built) if tree.inside() == Inside::Key => match tree.document.view(built.node) {
                View::Scalar(text, _) => {
                    let text = text.to_owned();
                    tree.key(&text, None, (start, end))
                }
                _ => {
                    tree.wrong_key(tree.span(start, end));
                    Ok(())
                }
            },
            Some(built) if tree.merging() => merge(built, (start, end), tree),
            Some(built) => tree.share(built, start, end),
            None => {
                let error = Diagnostic::error(input::SYNTAX, tree.span(start, end), "an alias inside its own anchor")
                    .note("a value that contains itself has no end")
                    .help("write the value out");
                tree.diagnostics.push(error);
                tree.null(start, end, 0)
            }
        },
        Event::Scalar(text, style, anchor, tag) => {
            let plain = style == ScalarStyle::Plain;
            let tag = meaning(tag, (start, end), tree);
            let (start, end) = trimmed(whole, start, end, plain);
            let null = plain && matches!(&*text, "" | "~" | "null" | "Null" | "NULL");
            if tree.inside() == Inside::Key {
                if plain && text == "<<" {
                    tree.merge_key();
                    return Ok(());
                }
                if null && tag != Meaning::Text {
                    tree.wrong_key(tree.span(start, end));
                    return Ok(());
                }
                let at = start.saturating_add(u32::from(!plain));
                return tree.key(&text, Some(at), (start, end));
            }
            if tree.merging() {
                not_merged((start, end), tree);
            }
            if (null && tag != Meaning::Text) || tag == Meaning::Null {
                return tree.null(start, end, anchor);
            }
            let at = start.saturating_add(u32::from(!plain));
            tree.scalar(&text, Some(at), !plain || tag == Meaning::Text, (start, end), anchor)
        }
        Event::SequenceStart(anchor, tag) => {
            meaning(tag, (start, end), tree);
            tree.open_list(start, anchor)
        }
        Event::MappingStart(anchor, tag) => {
            meaning(tag, (start, end), tree);
            tree.open_map(start, anchor)
        }
        // In block style the end has no sign of its own, and is noticed at whatever comes next.
        Event::SequenceEnd | Event::MappingEnd => tree.close((end > start).then_some(end)),
        _ => Ok(()),
    }
}

/// `<<: *defaults` and `<<: [*a, *b]`: the members of the mappings, where the mapping itself has none of the name.
fn merge(built: super::tree::Built, (start, end): (u32, u32), tree: &mut Tree<'_>) -> Result<(), Stop> {
    if !matches!(tree.document.view(built.node), View::Map(_)) {
        not_merged((start, end), tree);
    }
    tree.share(built, start, end)
}

fn not_merged((start, end): (u32, u32), tree: &mut Tree<'_>) {
    let error = Diagnostic::error(
        input::TAG,
        tree.span(start, end),
        "`<<` takes over the members of a mapping, and this is none",
    )
    .help("name an anchor of a mapping: `<<: *defaults`");
    tree.diagnostics.push(error);
}

/// What a tag says about a scalar.
#[derive(Clone, Copy, PartialEq)]
enum Meaning {
    Nothing,
    Text,
    Null,
}

fn meaning(tag: Option<Cow<'_, Tag>>, (start, end): (u32, u32), tree: &mut Tree<'_>) -> Meaning {
    let Some(tag) = tag else { return Meaning::Nothing };
    if tag.is_yaml_core_schema() {
        match tag.suffix.as_str() {
            "str" => return Meaning::Text,
            "null" => return Meaning::Null,
            "bool" | "int" | "float" | "timestamp" | "map" | "seq" => return Meaning::Nothing,
            _ => {}
        }
    }
    if tag.handle == "!" && tag.suffix.is_empty() || tag.handle.is_empty() && tag.suffix == "!" {
        return Meaning::Text;
    }
    let written = tag.to_string().replace("tag:yaml.org,2002:!", "!!");
    let error = Diagnostic::error(
        input::TAG,
        tree.span(start, end),
        format!("the tag `{}` means nothing here", shown(&written)),
    )
    .note("a value is read by the type of its field")
    .help("take the tag away");
    tree.diagnostics.push(error);
    Meaning::Nothing
}

/// A block text ends where its last letter does, not in front of the next key; a plain scalar that is empty has no length.
fn trimmed(whole: &str, start: u32, end: u32, plain: bool) -> (u32, u32) {
    let text = whole.get(start as usize..end as usize).unwrap_or("");
    let cut = text.len().saturating_sub(text.trim_end().len());
    let end = end.saturating_sub(u32::try_from(cut).unwrap_or(0));
    if plain && text.trim().is_empty() { (start, start) } else { (start, end.max(start)) }
}

fn explained(file: &SourceFile, at: u32, info: &str, limits: &Limits) -> Diagnostic {
    let at = at.min(file.span().end);
    // The parser has a limit of its own, which it may meet before the document has grown to ours.
    if info.contains("recursion limit") {
        return limits.hit(Limit::Nesting, Span::new(at, at), "too many lists and mappings within each other");
    }
    let error = broken(Format::Yaml, Span::new(at, at), info);
    let local = at.saturating_sub(file.base());
    let tabbed = file.line(file.line_of(local)).is_some_and(|(_, line)| line.trim_start_matches(' ').starts_with('\t'));
    if tabbed || info.contains("tab") {
        return error.help("YAML is indented with blanks; replace the tab");
    }
    error.help("a text with `: `, ` #` or a leading sign of YAML belongs into quotes; members of one mapping have one indentation")
}

/// From the parser's offsets in characters to offsets in bytes.
struct Offsets<'t> {
    text: &'t str,
    skipped: usize,
    /// The byte offset of every 64th character; empty where all characters are bytes.
    marks: Vec<u32>,
}

const STRIDE: usize = 64;

impl<'t> Offsets<'t> {
    fn of(text: &'t str, skipped: usize) -> Offsets<'t> {
        let marks = if text.is_ascii() {
            Vec::new()
        } else {
            text.char_indices().step_by(STRIDE).map(|(at, _)| u32::try_from(at).unwrap_or(u32::MAX)).collect()
        };
        Offsets { text, skipped, marks }
    }

    fn byte(&self, index: usize) -> u32 {
        let local = if self.marks.is_empty() {
            index.min(self.text.len())
        } else {
            let mark = index.checked_div(STRIDE).and_then(|mark| self.marks.get(mark)).map(|mark| *mark as usize);
            let mark = mark.unwrap_or(self.text.len());
            let rest = self.text.get(mark..).unwrap_or("");
            let steps = index.checked_rem(STRIDE).unwrap_or(0);
            mark.saturating_add(rest.char_indices().nth(steps).map_or(rest.len(), |(at, _)| at))
        };
        u32::try_from(local.saturating_add(self.skipped)).unwrap_or(u32::MAX)
    }
}
