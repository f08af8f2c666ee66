//! Comments of YAML and TOML plans that waive: `# clearway: allow CODE -- reason` on a step's lines or above them. The parsers
//! drop comments, so that they are looked for in the text; what looks like one inside a text is none, which is found out by
//! reading the document once more with other words in their places.

use crate::diag::Diagnostic;
use crate::facts::document::{Document, NodeId, Value, View};
use crate::facts::limits::Limits;
use crate::source::{SourceFile, SourceMap, Span};

use super::allow::{self, Allow};
use super::{Format, Read};

/// The word by which comments address us; what takes its place is as long.
const NAME: &str = "clearway";

/// Finds the comments of a text and lays what they waive into its first document.
pub(super) fn lay(format: Format, file: &SourceFile, limits: &Limits, read: &mut Read) {
    let text: &str = file.text();
    let found = candidates(text);
    if found.is_empty() || read.documents.is_empty() {
        return;
    }
    let inside = in_texts(format, text, &found, limits);
    let lines = Lines::of(text);
    let Some(document) = read.documents.first_mut() else { return };
    let steps = steps(document, file, &lines);
    let mut waivers = Vec::new();
    for (at, found) in found.iter().enumerate() {
        if inside.contains(&at) {
            continue;
        }
        let end = text
            .get(found.start..)
            .and_then(|rest| rest.find(['\n', '\r']))
            .map_or(text.len(), |end| found.start.saturating_add(end));
        let comment = text.get(found.start..end).unwrap_or("");
        let start = file.base().saturating_add(len32(found.start));
        let mut allowed = Vec::new();
        allow::read(comment, start, &mut allowed, &mut read.diagnostics);
        let step = lines.meant(text, found.start).and_then(|line| at_line(&steps, line));
        for allow in &allowed {
            match step {
                Some(id) => waivers.push(allow.waiver(id)),
                None => read.diagnostics.push(stray(allow, &steps)),
            }
        }
    }
    add(document, waivers);
}

/// Where a comment may begin, and where the word stands that makes it one.
struct Candidate {
    start: usize,
    word: usize,
}

fn candidates(text: &str) -> Vec<Candidate> {
    let mut found: Vec<Candidate> = Vec::new();
    let mut from = 0usize;
    while let Some(at) = text.get(from..).and_then(|rest| rest.find('#')) {
        let start = from.saturating_add(at);
        let rest = text.get(start..).unwrap_or("");
        let line = rest.split(['\n', '\r']).next().unwrap_or("");
        let hashes = line.len().saturating_sub(line.trim_start_matches('#').len());
        from = start.saturating_add(hashes.max(1));
        if allow::addressed(line).is_some() {
            let behind = line.trim_start_matches('#').trim_start();
            found.push(Candidate { start, word: start.saturating_add(line.len().saturating_sub(behind.len())) });
        }
    }
    found
}

/// Which of the candidates stand inside texts and keys, by their places among them: those of which another word in their
/// place is read.
fn in_texts(format: Format, text: &str, found: &[Candidate], limits: &Limits) -> Vec<usize> {
    let all = || (0..found.len()).collect();
    let Some(letter) = ('a'..='z').find(|letter| !text.contains(&format!("{letter}00"))) else { return all() };
    let words: Vec<String> = (0..found.len()).map(|at| format!("{letter}{at:07}")).collect();
    let mut other = text.to_owned();
    for (candidate, word) in found.iter().zip(&words) {
        let end = candidate.word.saturating_add(NAME.len());
        if word.len() != NAME.len() || other.get(candidate.word..end).is_none() {
            return all();
        }
        other.replace_range(candidate.word..end, word);
    }
    let mut map = SourceMap::new();
    let Some(file) = map.add("", other.as_str()).and_then(|id| map.file(id).cloned()) else { return all() };
    let again = super::plain(format, &file, limits);
    let says = |word: &str| again.documents.iter().any(|document| document.texts().any(|text| text.contains(word)));
    words.iter().enumerate().filter(|(_, word)| says(word)).map(|(at, _)| at).collect()
}

/// Where lines begin.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Lines {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at.saturating_add(1));
        Lines(std::iter::once(0).chain(breaks).collect())
    }

    /// The line of a place, from 0.
    fn line(&self, at: usize) -> usize {
        self.0.partition_point(|start| *start <= at).saturating_sub(1)
    }

    fn text<'t>(&self, text: &'t str, line: usize) -> Option<&'t str> {
        let start = *self.0.get(line)?;
        let end = self.0.get(line.saturating_add(1)).copied().unwrap_or(text.len());
        text.get(start..end).map(str::trim)
    }

    /// The line that a comment speaks of: its own, or where it stands alone the next one that says something.
    fn meant(&self, text: &str, at: usize) -> Option<usize> {
        let line = self.line(at);
        let start = *self.0.get(line)?;
        let before = text.get(start..at)?.trim();
        let mut line = line;
        // A dash or the head of a table by itself opens what follows it.
        let opens = |said: &str| said.is_empty() || said == "-" || said.starts_with('#') || said.starts_with("[[");
        if !opens(before) {
            return Some(line);
        }
        loop {
            line = line.saturating_add(1);
            let said = self.text(text, line)?;
            let dash = said.strip_prefix('-').map(str::trim_start);
            if !opens(said) && !dash.is_some_and(|behind| behind.is_empty() || behind.starts_with('#')) {
                return Some(line);
            }
        }
    }
}

/// A step: its id, its first line and its last.
type Step = (String, usize, usize);

/// The steps of a document with their lines, as far as they stand where the list has them.
fn steps(document: &Document, file: &SourceFile, lines: &Lines) -> Vec<Step> {
    let list = document.root().and_then(|root| document.get(root, "steps"));
    let elements = list.map(|list| document.elements(list)).unwrap_or_default();
    let local = |at: u32| at.saturating_sub(file.base()) as usize;
    let mut steps = Vec::new();
    let mut least = 0u32;
    for (index, node) in elements.iter().enumerate() {
        let begin = document.span(*node).start;
        let id = document.get(*node, "id").and_then(|id| document.scalar(id)).filter(|id| !id.trim().is_empty());
        let id = id.map_or_else(|| format!("step-{}", index.saturating_add(1)), ToOwned::to_owned);
        let next = elements.get(index.saturating_add(1)..).unwrap_or_default();
        let next = next.iter().map(|node| document.span(*node).start).find(|start| *start > begin);
        if begin < least {
            // An alias: it stands where its anchor does.
            continue;
        }
        let mut last = begin;
        reach(document, *node, (begin, next.unwrap_or(u32::MAX)), 0, &mut last);
        least = last;
        steps.push((id, lines.line(local(begin)), lines.line(local(last.saturating_sub(1).max(begin)))));
    }
    steps
}

/// The end of the last thing that a node says, within bounds.
fn reach(document: &Document, node: NodeId, bounds: (u32, u32), depth: u32, last: &mut u32) {
    let mut take = |span: Span| {
        if span.start >= bounds.0 && span.end <= bounds.1 {
            *last = (*last).max(span.end);
        }
    };
    let deeper = depth.saturating_add(1);
    match document.view(node) {
        _ if depth > 2_000 => {}
        View::Null => {}
        View::Scalar(..) => take(document.span(node)),
        View::List(elements) => {
            for element in elements {
                reach(document, *element, bounds, deeper, last);
            }
        }
        View::Map(members) => {
            for member in members {
                take(member.key_span);
            }
            for member in members {
                reach(document, member.value, bounds, deeper, last);
            }
        }
    }
}

/// The one step that has a line.
fn at_line(steps: &[Step], line: usize) -> Option<&str> {
    let mut here = steps.iter().filter(|(_, first, last)| (*first..=*last).contains(&line));
    let step = here.next()?;
    here.next().is_none().then_some(step.0.as_str())
}

fn stray(allow: &Allow, steps: &[Step]) -> Diagnostic {
    let error = allow.stray();
    if steps.is_empty() {
        return error.note("only steps of plans can be waived");
    }
    error.note("a comment waives at the one step that its line, or the line below it, belongs to")
}

/// Puts waivers behind those that a plan lists.
fn add(document: &mut Document, waivers: Vec<Value>) {
    let Some(root) = document.root().filter(|_| !waivers.is_empty()) else { return };
    let listed = document.get(root, "waivers");
    let mut all = match listed.map(|list| (list, document.view(list))) {
        None | Some((_, View::Null)) => Vec::new(),
        Some((_, View::List(elements))) => elements.to_vec(),
        // What is no list is told of by whoever loads the plan.
        Some(_) => return,
    };
    let span = listed.map_or(document.span(root), |list| document.span(list));
    all.extend(waivers.iter().map(|waiver| waiver.build(document, 0)).collect::<Vec<_>>());
    let list = document.add_list(all, span);
    let mut members = document.members(root).to_vec();
    match members.iter().position(|member| document.key(member) == "waivers") {
        Some(at) => {
            if let Some(member) = members.get_mut(at) {
                *member = member.holding(list);
            }
        }
        None => {
            let member = document.make_member("waivers", None, Span::NONE, list);
            members.push(member);
        }
    }
    let root = document.add_map(members, document.span(root));
    document.set_root(root);
}

fn len32(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
