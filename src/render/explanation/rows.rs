//! Which parts of a clause are told, and in which words: a tree of operands becomes rows. What did not matter is folded,
//! what says the same as the row above it is left out. How rows are laid out is [`sheet`](super::sheet)'s.

use std::collections::BTreeSet;

use super::super::text::clean;
use crate::report::{Clause, Operand, OperandKind, Origin, Source, Weight, Word};
use crate::source::{SourceMap, Span};

/// Elements of a list that are told in full where all count alike.
const MOST_ALIKE: usize = 2;
/// Elements that are told where they decided.
const MOST_DECIDING: usize = 6;
/// Letters of a chain that is written whole though its parts follow.
const LONGEST: usize = 44;
/// Definitions that are opened within each other.
const DEEPEST: usize = 4;

/// A line of an explanation, before it is laid out.
pub(super) struct Row {
    pub(super) depth: usize,
    pub(super) text: String,
    pub(super) value: String,
    /// Of a condition its truth in a word.
    pub(super) truth: Option<&'static str>,
    /// Where it comes from: in short, and at length.
    pub(super) origin: Option<(String, String)>,
    pub(super) decides: bool,
    /// Whether it may be overlooked.
    pub(super) faint: bool,
}

/// What makes a row the same as another one: text, value, origin.
type Key = (String, String, Option<(String, String)>);

/// Makes rows.
pub(super) struct Rows<'a> {
    map: &'a SourceMap,
    verbose: bool,
    out: Vec<Row>,
    /// What was told of this evaluation already.
    told: BTreeSet<Key>,
    /// Values that a row has shown.
    values: BTreeSet<String>,
    open: usize,
}

/// A text of a policy on one line, without its comments.
pub(super) fn quoted(map: &SourceMap, span: Span) -> String {
    let lines = map.text(span).unwrap_or("").lines().map(|line| match comment(line) {
        Some(at) => line.get(..at).unwrap_or(line),
        None => line,
    });
    let words: Vec<&str> = lines.flat_map(str::split_whitespace).collect();
    clean(&words.join(" ")).into_owned()
}

/// Where the comment of a line begins: not within a text.
fn comment(line: &str) -> Option<usize> {
    let mut within = false;
    let mut before = None;
    for (at, c) in line.char_indices() {
        match c {
            '"' => within = !within,
            '/' if !within && before == Some('/') => return at.checked_sub(1),
            _ => {}
        }
        before = Some(c);
    }
    None
}

impl<'a> Rows<'a> {
    pub(super) fn new(map: &'a SourceMap, verbose: bool) -> Rows<'a> {
        Rows { map, verbose, out: Vec::new(), told: BTreeSet::new(), values: BTreeSet::new(), open: 0 }
    }

    /// The rows of a clause; its own comes first.
    pub(super) fn clause(&mut self, clause: &Clause) -> Vec<Row> {
        let operand = &clause.operand;
        let text = quoted(self.map, operand.span);
        let text = self.summed(operand, text);
        let text = match (clause.word, &clause.name) {
            (Word::Each, Some(name)) => format!("{name} in {text}"),
            (Word::Let, Some(name)) => format!("{name} = {text}"),
            (Word::Prefer, Some(name)) if text.is_empty() => name.to_string(),
            (Word::Prefer, Some(name)) => format!("{name} where {text}"),
            (Word::Cell, _) => "a cell with this condition is hit".to_owned(),
            _ => text,
        };
        let unconditional = clause.word == Word::Prefer && operand.kind == OperandKind::Constant;
        let mut own = self.row(operand, 0, text);
        own.decides = false;
        if unconditional {
            (own.value, own.faint) = (String::new(), false);
        }
        // Where a list comes from matters where it has no element, or is not known.
        let matters = clause.word != Word::Each || self.verbose || operand.value.as_deref() == Some("[]");
        let read = !own.faint && (matters || operand.truth.is_some());
        self.out.push(own);
        if read {
            self.below(operand, 1);
        }
        std::mem::take(&mut self.out)
    }

    fn row(&mut self, operand: &Operand, depth: usize, text: String) -> Row {
        let (value, faint) = match (operand.weight, &operand.value) {
            (Weight::Unread, _) | (_, None) => ("not looked at".to_owned(), true),
            (Weight::Idle, Some(value)) => (format!("{}, did not matter", clean(value)), true),
            (_, Some(value)) => (clean(value).into_owned(), false),
        };
        let origin = origins(operand).and_then(|origins| self.origin(origins));
        if !faint {
            self.values.insert(value.clone());
        }
        let origin = origin.filter(|_| !faint);
        Row {
            depth,
            text,
            value,
            truth: operand.truth_word().filter(|_| !faint),
            origin,
            decides: operand.weight == Weight::Decides,
            faint,
        }
    }

    /// Where a value comes from: the first of the facts that is not known, else the first.
    fn origin(&self, origins: &[Origin]) -> Option<(String, String)> {
        let worst = origins.iter().find(|origin| origin.from == Source::Unknown);
        let origin = worst.or_else(|| origins.first())?;
        let place = self.map.locate(origin.span).map(|place| format!("{}:{}", self.short(&place.file), place.line));
        let route = clean(&origin.route).into_owned();
        Some(match &origin.from {
            Source::Written => match place {
                Some(place) => (place.clone(), format!("{place}  {route}")),
                None => (String::new(), route),
            },
            Source::Assumed(because) => {
                let because = clean(because);
                let at = place.map(|place| format!(" at {place}")).unwrap_or_default();
                (format!("assumed{at}"), format!("assumed{at}  {route}, because {because}"))
            }
            Source::Default => ("not written".to_owned(), format!("{route} is not written")),
            Source::Unknown => match place {
                Some(place) => (format!("would stand at {place}"), format!("{route} would stand at {place}")),
                None => (format!("{route} stands in no file"), format!("{route} stands in no file")),
            },
            Source::Chosen => ("chosen".to_owned(), "chosen: the plan leaves it out".to_owned()),
            Source::Step(step, before) => {
                let step = clean(step);
                let was = before.as_ref().map(|was| format!(", was {}", clean(was))).unwrap_or_default();
                (format!("set by step {step}{was}"), format!("set by step {step}{was}  {route}"))
            }
        })
    }

    /// A file's name without its folders, where no other file of the run is called so.
    fn short(&self, file: &str) -> String {
        let last = |name: &'_ str| name.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
        let name = last(file);
        let alike = self.map.files().filter(|(_, other)| last(other.name()) == name).count();
        clean(if alike > 1 { file } else { &name }).into_owned()
    }

    /// What an operand is made of.
    fn below(&mut self, operand: &Operand, depth: usize) {
        match operand.kind {
            OperandKind::Constant | OperandKind::Name => {}
            OperandKind::Fact => self.ways(operand, depth),
            OperandKind::Definition => self.definition(operand, depth),
            OperandKind::OverList => self.over_list(operand, depth),
            OperandKind::Connective => self.connective(operand, depth),
            OperandKind::Alternative => {
                let parts = self.alternatives(operand);
                // Where there was nothing to choose from, what was taken needs no sign.
                let alone = parts.len() == 1;
                for part in parts {
                    let weight = if alone { Weight::Counts } else { part.weight };
                    self.part(&Operand { weight, ..part.clone() }, depth);
                }
            }
            OperandKind::Element(_) | OperandKind::Other => {
                for part in &operand.parts {
                    self.part(part, depth);
                }
            }
        }
    }

    /// The alternatives that were looked at, those within the last one beside the others.
    fn alternatives<'o>(&self, operand: &'o Operand) -> Vec<&'o Operand> {
        let mut parts = Vec::new();
        for part in operand.parts.iter().filter(|part| self.verbose || part.weight != Weight::Unread) {
            match part.kind {
                OperandKind::Alternative if part.weight == Weight::Decides => parts.extend(self.alternatives(part)),
                _ => parts.push(part),
            }
        }
        parts
    }

    /// The parts of a chain, each behind the word that joins it to the one before.
    fn connective(&mut self, operand: &Operand, depth: usize) {
        let mut before: Option<Span> = None;
        for part in &operand.parts {
            let joint = before.and_then(|before| self.joint(before, part.span)).unwrap_or("");
            self.joined(part, joint, depth);
            before = Some(part.span);
        }
    }

    /// The word between two parts that stand side by side.
    fn joint(&self, before: Span, after: Span) -> Option<&'static str> {
        let between = quoted(self.map, Span::new(before.end, after.start.max(before.end)));
        let mut words = between.split([' ', '(', ')']);
        words.find_map(|word| ["and ", "or ", "implies "].into_iter().find(|joint| joint.trim_end() == word))
    }

    fn part(&mut self, operand: &Operand, depth: usize) {
        self.joined(operand, "", depth);
    }

    fn joined(&mut self, operand: &Operand, joint: &str, depth: usize) {
        let text = quoted(self.map, operand.span);
        if operand.kind == OperandKind::Other
            && operand.truth.is_none()
            && operand.weight == Weight::Counts
            && text.starts_with('[')
        {
            operand.parts.iter().for_each(|part| self.part(part, depth));
            return;
        }
        match (&operand.kind, operand.weight) {
            (OperandKind::Element(_), _) => return,
            (_, Weight::Unread) => {}
            // What stands there is what it is.
            (OperandKind::Constant, _) => {
                let value = operand.value.as_deref().unwrap_or_default();
                let bare = text.trim_matches(['[', ']', '"']).replace('"', "");
                if bare == value || text == value || (text == "none" && value == "null") {
                    return;
                }
            }
            (OperandKind::Name, _) if operand.truth.is_none() && self.shown(operand) => return,
            _ => {}
        }
        let text = format!("{joint}{}", self.summed(operand, text));
        let row = self.row(operand, depth, text);
        let key = (row.text.clone(), row.value.clone(), row.origin.clone());
        let summed = matches!(row.text.trim_start_matches(joint), "all of" | "one of");
        let same = !summed && self.told.contains(&key);
        let read = !row.faint;
        // A fact that was told of needs no second row; a condition is told where it stands.
        if same && read && operand.truth.is_none() {
            return;
        }
        self.out.push(row);
        self.told.insert(key);
        if (read || (self.verbose && operand.weight == Weight::Idle)) && !same {
            self.below(operand, depth.saturating_add(1));
        }
    }

    /// Whether a row has shown its value.
    fn shown(&self, operand: &Operand) -> bool {
        operand.value.as_ref().is_some_and(|value| self.values.contains(value))
    }

    /// What is written for an operand: of a long chain whose parts follow only how they are joined.
    fn summed(&self, operand: &Operand, text: String) -> String {
        let follows =
            operand.kind == OperandKind::Connective && matches!(operand.weight, Weight::Counts | Weight::Decides);
        if !follows || text.chars().count() <= LONGEST {
            return text;
        }
        let mut parts = operand.parts.iter().map(|part| part.span);
        let joint = parts.next().zip(parts.next()).and_then(|(a, b)| self.joint(a, b));
        match joint {
            Some("or ") => "one of".to_owned(),
            Some("implies ") => text,
            _ => "all of".to_owned(),
        }
    }

    /// The rows that a fact was found by.
    fn ways(&mut self, operand: &Operand, depth: usize) {
        for part in &operand.parts {
            self.part(part, depth);
        }
    }

    /// A definition: its arguments, then what its own text is made of. A text that says no more than its parts is left out.
    fn definition(&mut self, operand: &Operand, depth: usize) {
        if self.open >= DEEPEST && !self.verbose {
            return;
        }
        let Some((body, args)) = operand.parts.split_last() else { return };
        for arg in args.iter().filter(|arg| arg.kind != OperandKind::Name) {
            self.part(arg, depth);
        }
        self.open = self.open.saturating_add(1);
        match body.kind {
            OperandKind::Alternative if taken(body) && !self.verbose => {
                if let Some(first) = body.parts.first() {
                    self.below(first, depth);
                }
            }
            OperandKind::Connective | OperandKind::Alternative | OperandKind::Fact | OperandKind::Definition => {
                self.below(body, depth);
            }
            OperandKind::Constant | OperandKind::Name => {}
            OperandKind::Other if body.truth.is_none() => self.below(body, depth),
            _ => self.part(body, depth),
        }
        self.open = self.open.saturating_sub(1);
    }

    fn over_list(&mut self, operand: &Operand, depth: usize) {
        let elements: Vec<&Operand> =
            operand.parts.iter().filter(|part| matches!(part.kind, OperandKind::Element(_))).collect();
        for list in operand.parts.iter().filter(|part| !matches!(part.kind, OperandKind::Element(_))) {
            self.part(list, depth);
        }
        let (idle, counting): (Vec<&Operand>, Vec<&Operand>) =
            elements.iter().partition(|element| element.weight == Weight::Idle);
        let deciding = counting.iter().any(|element| element.weight == Weight::Decides);
        let most = match (self.verbose, deciding) {
            (true, _) => usize::MAX,
            (false, true) => MOST_DECIDING,
            (false, false) if counting.len() <= MOST_ALIKE => MOST_ALIKE,
            (false, false) => 1,
        };
        for element in counting.iter().take(most) {
            let OperandKind::Element(label) = &element.kind else { continue };
            let label =
                if label == "?" { "what is not known of the list".to_owned() } else { clean(label).into_owned() };
            let mut row = self.row(element, depth, label.clone());
            row.origin = None;
            self.values.insert(label);
            self.out.push(row);
            let below = depth.saturating_add(1);
            match element.parts.as_slice() {
                // The one thing that is said of it stands above.
                [only] if !matches!(only.kind, OperandKind::Fact | OperandKind::Name | OperandKind::Constant) => {
                    self.below(only, below);
                }
                parts => parts.iter().for_each(|part| self.part(part, below)),
            }
        }
        let further = counting.len().saturating_sub(most);
        if further > 0 {
            let alike =
                counting.iter().skip(most).all(|element| element.truth == counting.first().and_then(|e| e.truth));
            let value = if alike { "likewise" } else { "`--verbose` shows them" };
            let further: Vec<&Operand> = counting.into_iter().skip(most).collect();
            self.note(depth, &named(&further), value);
        }
        let (dropped, beside): (Vec<&Operand>, Vec<&Operand>) = idle
            .into_iter()
            .partition(|element| element.is_false() && element.parts.len() == 1 && operand.truth.is_none());
        if !dropped.is_empty() {
            self.note(depth, &named(&dropped), "left out by `where`");
        }
        if !beside.is_empty() {
            self.note(depth, &named(&beside), "did not matter");
        }
        if operand.more > 0 {
            self.note(depth, &format!("{} more", operand.more), "not looked at");
        }
    }

    fn note(&mut self, depth: usize, text: &str, value: &str) {
        let row = Row {
            depth,
            text: text.to_owned(),
            value: value.to_owned(),
            truth: None,
            origin: None,
            decides: false,
            faint: true,
        };
        self.out.push(row);
    }
}

/// Elements by name, the first few.
fn named(elements: &[&Operand]) -> String {
    let names = elements.iter().filter_map(|element| match &element.kind {
        OperandKind::Element(label) => Some(clean(label).into_owned()),
        _ => None,
    });
    let names: Vec<String> = names.collect();
    let rest = names.len().saturating_sub(3);
    let first = names.into_iter().take(3).collect::<Vec<_>>().join(", ");
    if rest > 0 { format!("{first} and {rest} more") } else { first }
}

/// Whether the first of alternatives was taken, so that the others were not looked at.
fn taken(operand: &Operand) -> bool {
    let mut parts = operand.parts.iter();
    parts.next().is_some_and(|first| first.value == operand.value) && parts.all(|part| part.weight == Weight::Unread)
}

/// The facts that an operand is: its own, or those of a definition that is nothing but a fact.
fn origins(operand: &Operand) -> Option<&[Origin]> {
    if !operand.origins.is_empty() {
        return Some(&operand.origins);
    }
    match (&operand.kind, operand.parts.last()) {
        (OperandKind::Definition, Some(body)) => match (&body.kind, body.parts.first()) {
            (OperandKind::Fact | OperandKind::Definition, _) => origins(body),
            // The first alternative was there: it is the value.
            (OperandKind::Alternative, Some(first)) if taken(body) && first.kind == OperandKind::Fact => origins(first),
            _ => None,
        },
        _ => None,
    }
}
