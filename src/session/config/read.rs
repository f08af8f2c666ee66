//! A configuration out of its document: every key and value held to the table. What is wrong is told, all of it; what is
//! right counts.

use std::path::Path;

use super::super::discover::beside;
use super::super::{Limits, embedded};
use super::keys::{KEYS, Key, Kind, OPPOSED, SECTIONS};
use super::patterns::broken;
use crate::diag::codes::config as codes;
use crate::diag::{Diagnostic, nearest};
use crate::facts::document::{Document, Member, NodeId, View};
use crate::source::{Files, Span};

/// What a configuration says of one key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// The key.
    pub key: &'static Key,
    /// The values, as they would stand on the command line; paths lead there from where one stands.
    pub values: Vec<String>,
    /// Where each of them stands.
    pub places: Vec<Span>,
    /// Where the key stands.
    pub span: Span,
}

/// Reads the keys of a document. `file`: the configuration, which its paths are relative to.
pub(super) fn entries(files: &dyn Files, file: &Path, document: &Document, told: &mut Vec<Diagnostic>) -> Vec<Entry> {
    let mut reader = Reader { files, file, document, told, entries: Vec::new() };
    let Some(root) = document.root() else { return Vec::new() };
    for member in document.members(root) {
        let name = document.key(member);
        if !SECTIONS.iter().any(|(section, _)| *section == name) {
            reader.member(None, member);
            continue;
        }
        match document.view(member.value) {
            View::Map(inner) => inner.iter().for_each(|member| reader.member(Some(name), member)),
            _ => reader.wrong(member.value, name, "a table", format!("write `[{name}]`, and its options below")),
        }
    }
    let Reader { entries, .. } = reader;
    let is_true = |name: &str| entries.iter().find(|entry| entry.key.name == name && entry.values == ["true"]);
    for (one, other) in OPPOSED {
        if let (Some(one), Some(other)) = (is_true(one), is_true(other)) {
            let (first, second) = (one.key.name, other.key.name);
            told.push(
                Diagnostic::error(codes::OPPOSED, other.span, format!("`{second}` cannot be true beside `{first}`"))
                    .also(one.span, "")
                    .help("take one of them away"),
            );
        }
    }
    entries
}

struct Reader<'a> {
    files: &'a dyn Files,
    file: &'a Path,
    document: &'a Document,
    told: &'a mut Vec<Diagnostic>,
    entries: Vec<Entry>,
}

impl Reader<'_> {
    fn member(&mut self, section: Option<&str>, member: &Member) {
        let name = self.document.key(member);
        match Key::find(section, name) {
            Some(key) => {
                let before = self.told.len();
                let (mut values, mut places) = (Vec::new(), Vec::new());
                for (value, place) in self.values(key, member.value) {
                    values.push(value);
                    places.push(place);
                }
                if self.told.len() == before {
                    self.entries.push(Entry { key, values, places, span: member.key_span });
                }
            }
            None => self.unknown(section, name, member.key_span),
        }
    }

    fn unknown(&mut self, section: Option<&str>, name: &str, span: Span) {
        let within = section.map_or(String::new(), |section| format!(" in `[{section}]`"));
        let error = Diagnostic::error(codes::UNKNOWN, span, format!("there is no option `{}`{within}", shown(name)));
        let here = KEYS.iter().filter(|key| key.section == section).map(|key| key.name);
        let sections = SECTIONS.iter().map(|(name, _)| *name).filter(|_| section.is_none());
        let elsewhere = KEYS.iter().find(|key| key.name == name);
        let help = match (nearest(name, here.chain(sections)), elsewhere) {
            (_, Some(Key { section: Some(section), .. })) => format!("it stands in the table `[{section}]`"),
            (_, Some(Key { section: None, .. })) => "it stands at the top, before any table".to_owned(),
            (Some(near), None) => format!("did you mean `{near}`?"),
            (None, None) => "`clearway schema config` describes all options".to_owned(),
        };
        self.told.push(error.help(help));
    }

    /// What a key has for a value, piece by piece.
    fn values(&mut self, key: &'static Key, node: NodeId) -> Vec<(String, Span)> {
        let span = self.document.span(node);
        match key.kind {
            Kind::Flag => match self.plain(node) {
                Some(text @ ("true" | "false")) => vec![(text.to_owned(), span)],
                _ => self.none(node, key.name, "true or false", format!("write `{} = true`", key.name)),
            },
            Kind::Whole(least, most) => {
                let number = self.plain(node).and_then(|text| text.parse::<u64>().ok());
                match number.filter(|number| (least..=most).contains(number)) {
                    Some(number) => vec![(number.to_string(), span)],
                    None => {
                        let wanted = format!("a whole number from {least} to {most}");
                        let such = if key.default == "none" { most.to_string() } else { key.default.to_owned() };
                        self.none(node, key.name, &wanted, format!("write `{} = {such}`", key.name))
                    }
                }
            }
            Kind::Choice(words) => match self.document.view(node) {
                View::Scalar(text, true) if words.contains(&text) => vec![(text.to_owned(), span)],
                View::Scalar(text, true) => self.no_word(text, key.name, words, span),
                _ => {
                    let help = format!("write `{} = {}`; words: {}", key.name, key.default, words.join(", "));
                    self.none(node, key.name, "a word in quotes", help)
                }
            },
            Kind::Text => self.text(node, key.name).map(|text| (text, span)).into_iter().collect(),
            Kind::File => self.text(node, key.name).map(|text| (self.path(&text), span)).into_iter().collect(),
            Kind::Texts => self.texts(node, key.name),
            Kind::Patterns => self.patterns(node, key.name),
            Kind::Files => self.texts(node, key.name).into_iter().map(|(text, at)| (self.path(&text), at)).collect(),
            Kind::Packs => self.texts(node, key.name).into_iter().map(|(text, at)| (self.pack(&text), at)).collect(),
            Kind::Limits => self.limits(node, key.name),
            Kind::Reports(formats) => self.reports(node, key.name, formats),
            // Read where inventories are.
            Kind::Assumptions => vec![(String::new(), span)],
        }
    }

    fn limits(&mut self, node: NodeId, name: &str) -> Vec<(String, Span)> {
        let View::Map(members) = self.document.view(node) else {
            return self.none(
                node,
                name,
                "a table",
                format!("write `[{name}]`, and limits such as `rows = 20_000_000` below"),
            );
        };
        let mut limits = Vec::new();
        for member in members {
            let limit = self.document.key(member);
            if !Limits::names().any(|known| known == limit) {
                let error =
                    Diagnostic::error(codes::UNKNOWN, member.key_span, format!("there is no limit `{}`", shown(limit)));
                let help = match nearest(limit, Limits::names()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("limits: {}", Limits::names().collect::<Vec<_>>().join(", ")),
                };
                self.told.push(error.help(help));
                continue;
            }
            match self.plain(member.value).and_then(|text| text.parse::<u64>().ok()) {
                Some(number) => limits.push((format!("{limit}={number}"), self.document.span(member.value))),
                None => self.wrong(member.value, limit, "a whole number", format!("write `{limit} = 20_000_000`")),
            }
        }
        limits
    }

    fn reports(&mut self, node: NodeId, name: &str, formats: &'static [&'static str]) -> Vec<(String, Span)> {
        let mut said: Vec<(String, String, Span)> = Vec::new();
        if let View::Map(members) = self.document.view(node) {
            for member in members {
                if let Some(file) = self.text(member.value, name) {
                    said.push((self.document.key(member).to_owned(), file, member.key_span));
                }
            }
        } else {
            for (text, at) in self.texts(node, name) {
                match text.split_once('=') {
                    Some((format, file)) => said.push((format.trim().to_owned(), file.trim().to_owned(), at)),
                    None => self.told.push(
                        Diagnostic::error(codes::VALUE, at, format!("`{}` names no file", shown(&text)))
                            .help(format!("write `{name} = {{ sarif = \"findings.sarif\" }}`")),
                    ),
                }
            }
        }
        let mut reports = Vec::new();
        for (format, file, at) in said {
            if file == "-" {
                let error = Diagnostic::error(codes::VALUE, at, "reports go into files, not to standard output");
                self.told.push(error.help("`output-format` says how standard output is written"));
            } else if formats.contains(&format.as_str()) {
                reports.push((format!("{format}={}", self.path(&file)), at));
            } else {
                self.no_word(&format, name, formats, at);
            }
        }
        reports
    }

    fn patterns(&mut self, node: NodeId, name: &str) -> Vec<(String, Span)> {
        let patterns = self.texts(node, name);
        for (pattern, at) in &patterns {
            if let Some(why) = broken(pattern) {
                let error =
                    Diagnostic::error(codes::PATTERN, *at, format!("`{}` is no pattern: {why}", shown(pattern)));
                self.told
                    .push(error.help("patterns are those of `.gitignore`, such as `drafts/` or `*.old.plan.yaml`"));
            }
        }
        patterns
    }

    /// A text that does not stand in quotes.
    fn plain(&self, node: NodeId) -> Option<&str> {
        match self.document.view(node) {
            View::Scalar(text, false) => Some(text),
            _ => None,
        }
    }

    fn text(&mut self, node: NodeId, name: &str) -> Option<String> {
        match self.document.view(node) {
            View::Scalar(text, true) if !text.trim().is_empty() => Some(text.to_owned()),
            View::Scalar(_, true) => {
                let error =
                    Diagnostic::error(codes::VALUE, self.document.span(node), format!("`{name}` has an empty text"));
                self.told.push(error.help("write something between the quotes, or take the line away"));
                None
            }
            View::Scalar(text, false) => {
                let help = format!("put it into quotes: `{name} = \"{}\"`", shown(text));
                self.wrong(node, name, "a text", help);
                None
            }
            _ => {
                self.wrong(node, name, "a text", format!("write `{name} = \"…\"`"));
                None
            }
        }
    }

    fn texts(&mut self, node: NodeId, name: &str) -> Vec<(String, Span)> {
        let each = match self.document.view(node) {
            View::List(elements) => elements.to_vec(),
            View::Scalar(_, true) => vec![node],
            _ => return self.none(node, name, "a list of texts", format!("write `{name} = [\"…\"]`")),
        };
        each.into_iter().filter_map(|node| Some((self.text(node, name)?, self.document.span(node)))).collect()
    }

    /// A path of the file, from where one stands. `-` stays what it is.
    fn path(&self, text: &str) -> String {
        if text == "-" { text.to_owned() } else { beside(self.file, text).display().to_string() }
    }

    fn pack(&self, text: &str) -> String {
        let folder = beside(self.file, text);
        let own = embedded::pack(text).is_none() && self.files.is_folder(&folder);
        if own { folder.display().to_string() } else { text.to_owned() }
    }

    fn no_word(&mut self, text: &str, name: &str, words: &[&'static str], span: Span) -> Vec<(String, Span)> {
        let error = Diagnostic::error(codes::VALUE, span, format!("`{name}` cannot be `{}`", shown(text)));
        let help = match nearest(text, words.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("words: {}", words.join(", ")),
        };
        self.told.push(error.help(help));
        Vec::new()
    }

    fn none(&mut self, node: NodeId, name: &str, wanted: &str, help: String) -> Vec<(String, Span)> {
        self.wrong(node, name, wanted, help);
        Vec::new()
    }

    fn wrong(&mut self, node: NodeId, name: &str, wanted: &str, help: String) {
        let is = match self.document.view(node) {
            View::Scalar(text, false) if text.parse::<f64>().is_ok() => format!("`{}`", shown(text)),
            View::Scalar(text @ ("true" | "false"), false) => format!("`{text}`"),
            View::Scalar(_, false) => "a date".to_owned(),
            View::Scalar(_, true) => "a text".to_owned(),
            View::List(_) => "a list".to_owned(),
            View::Map(_) => "a table".to_owned(),
            View::Null => "nothing".to_owned(),
        };
        let message = format!("`{name}` has to be {wanted}, and is {is}");
        self.told.push(Diagnostic::error(codes::VALUE, self.document.span(node), message).help(help));
    }
}

/// A piece of a text as it may stand in a message.
fn shown(text: &str) -> String {
    let clean = |letter: char| if letter.is_control() { ' ' } else { letter };
    let mut out: String = text.chars().take(60).map(clean).collect();
    if text.chars().count() > 60 {
        out.push('…');
    }
    out
}
