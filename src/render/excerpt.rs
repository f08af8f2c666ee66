//! Lines of source texts with marks on them, drawn by miette within one frame, also where they are from several files.
//! It decides which lines and which part of a long line are shown and gives miette a text of its own that holds nothing
//! else, so that neither a minified file nor a column beyond what miette can count costs time or loses a mark.

use std::fmt;

use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, SourceCode,
    SourceSpan, SpanContents, ThemeCharacters, ThemeStyles,
};

use super::text::{Look, Tone, char_width, clean, is_unsafe, width, wrap};
use crate::source::{FileId, SourceFile, SourceMap, Span};

/// Marks over more lines than this are drawn on their first line alone and say how far they reach.
const MOST_LINES: usize = 4;
/// Columns below which there is no use in writing a text beside its mark.
const LEAST_ROOM: usize = 28;

/// A place to be shown, and what is said there.
#[derive(Clone, Debug)]
pub(crate) struct Mark {
    /// Where.
    pub span: Span,
    /// What; may be empty.
    pub text: String,
    /// Its colour.
    pub tone: Tone,
    /// Whether it is what the message is about: it is shown first.
    pub primary: bool,
}

/// A mark with its place in its file.
struct Placed<'a> {
    file: FileId,
    start: usize,
    end: usize,
    first: usize,
    last: usize,
    text: String,
    mark: &'a Mark,
}

/// Marks that are shown together: lines without a gap.
struct Cluster<'a> {
    marks: Vec<Placed<'a>>,
    first: usize,
    last: usize,
}

/// Draws the lines of all marks that have a place. Marks of [`Span::NONE`] and of spans across files draw nothing:
/// see [`has_place`].
pub(crate) fn draw(look: &Look, map: &SourceMap, marks: &[Mark]) -> String {
    let mut placed: Vec<Placed> = marks.iter().filter_map(|mark| place(look, map, mark)).collect();
    let mut files: Vec<FileId> = Vec::new();
    for mark in &placed {
        if !files.contains(&mark.file) {
            files.push(mark.file);
        }
    }
    let digits = placed.iter().map(|mark| digits(mark.last.saturating_add(2))).max().unwrap_or(1);
    placed.sort_by_key(|mark| (files.iter().position(|file| *file == mark.file), mark.start, mark.end));
    let room = look.width.saturating_sub(digits.saturating_add(4)).max(24);
    let mut clusters: Vec<Cluster> = Vec::new();
    for mark in placed {
        let Some(file) = map.file(mark.file) else { continue };
        match clusters.iter_mut().rev().find(|cluster| cluster.takes(look, file, &mark, room)) {
            Some(cluster) => {
                cluster.last = cluster.last.max(mark.last);
                cluster.marks.push(mark);
            }
            None => clusters.push(Cluster { first: mark.first, last: mark.last, marks: vec![mark] }),
        }
    }
    // Files keep their order; in each, what the message is about comes first.
    clusters.sort_by_key(|cluster| {
        let file = cluster.marks.first().and_then(|mark| files.iter().position(|file| *file == mark.file));
        (file, !cluster.marks.iter().any(|mark| mark.mark.primary))
    });
    let mut out = String::new();
    for (index, cluster) in clusters.iter().enumerate() {
        let Some(file) = cluster.marks.first().and_then(|mark| map.file(mark.file)) else { continue };
        cluster.draw(look, file, digits, room, index == 0, &mut out);
    }
    if !out.is_empty() {
        let end = if look.unicode { "╰────" } else { "`----" };
        out.push_str(&format!("{}{end}\n", " ".repeat(digits.saturating_add(2))));
    }
    out
}

/// Whether a span can be shown.
pub(crate) fn has_place(map: &SourceMap, span: Span) -> bool {
    map.file_of(span).is_some()
}

fn digits(number: usize) -> usize {
    number.to_string().len()
}

fn place<'a>(look: &Look, map: &SourceMap, mark: &'a Mark) -> Option<Placed<'a>> {
    let id = map.file_of(mark.span)?;
    let file = map.file(id)?;
    let text = file.text();
    let start = floor(text, mark.span.start.checked_sub(file.base())? as usize);
    let covered = text.get(start..ceil(text, mark.span.end.checked_sub(file.base())? as usize)).unwrap_or("");
    let mut end = start.saturating_add(covered.trim_end().len());
    let first = file.line_of(local(start));
    let mut last = file.line_of(local(end.saturating_sub(1).max(start)));
    let mut said = clean(&mark.text).into_owned();
    let room = look.width.saturating_sub(16);
    let many = last.saturating_sub(first) >= MOST_LINES;
    if many || (last > first && (first..=last).any(|line| is_long(file, line, room))) {
        let reach = format!("to line {}", last.saturating_add(1));
        said = if said.is_empty() { reach } else { format!("{said} ({reach})") };
        let (at, line) = file.line(first)?;
        end = (at as usize).saturating_add(line.trim_end().len()).max(start);
        last = first;
    }
    Some(Placed { file: id, start, end, first, last, text: said, mark })
}

fn local(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}

fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at = at.saturating_sub(1);
    }
    at
}

fn ceil(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at = at.saturating_add(1);
    }
    at
}

/// How a character of a source text is shown.
fn shown(look: &Look, c: char, out: &mut String) {
    match c {
        '\t' => out.push_str("    "),
        c if is_unsafe(c) => match (look.unicode, u32::from(c)) {
            (true, code @ 0..=0x1f) => out.push(char::from_u32(0x2400_u32.saturating_add(code)).unwrap_or('?')),
            (true, _) => out.push('\u{fffd}'),
            (false, _) => out.push('?'),
        },
        c => out.push(c),
    }
}

fn shown_width(c: char) -> usize {
    match c {
        '\t' => 4,
        c if is_unsafe(c) => 1,
        c => char_width(c),
    }
}

fn text_width(text: &str) -> usize {
    text.chars().map(shown_width).fold(0, usize::saturating_add)
}

/// Whether a line does not fit. A line of many bytes is long without being read.
fn is_long(file: &SourceFile, line: usize, room: usize) -> bool {
    file.line(line).is_some_and(|(_, text)| text.len() > room.saturating_mul(8) || text_width(text) > room)
}

impl<'a> Cluster<'a> {
    /// Whether a further mark can be shown among these without hiding one.
    fn takes(&self, look: &Look, file: &SourceFile, mark: &Placed<'a>, room: usize) -> bool {
        let room = room.saturating_sub(4);
        let same_file = self.marks.iter().all(|other| other.file == mark.file);
        if !same_file || mark.first > self.last.saturating_add(2) || mark.first < self.first {
            return false;
        }
        let many = |mark: &Placed| mark.last > mark.first;
        if many(mark) && self.marks.iter().any(many) {
            return false;
        }
        for other in &self.marks {
            let overlaps = if many(other) {
                other.start == mark.start
            } else {
                other.last == mark.first && mark.start < other.end.max(other.start.saturating_add(1))
            };
            if overlaps {
                return false;
            }
        }
        if !is_long(file, mark.first, room) {
            return true;
        }
        // On a long line all marks must fit into one window.
        let from = self.marks.iter().filter(|other| other.last == mark.first).map(|other| other.start).min();
        let Some(from) = from else { return true };
        let reach = mark.end.min(mark.start.saturating_add(room));
        let gap = mark.start.saturating_sub(from);
        let sign = width(look.ellipsis()).saturating_mul(2);
        gap < room
            && file
                .text()
                .get(from..ceil(file.text(), reach))
                .is_some_and(|t| text_width(t) <= room.saturating_sub(sign))
    }

    fn draw(&self, look: &Look, file: &SourceFile, digits: usize, room: usize, top: bool, out: &mut String) {
        let gutter = if self.marks.iter().any(|mark| mark.last > mark.first) { 4 } else { 0 };
        let room = room.saturating_sub(gutter);
        let mut text = String::new();
        let mut labels: Vec<(usize, usize, &Placed, usize)> = Vec::new();
        let mut open: Vec<(usize, &Placed)> = Vec::new();
        for line in self.first..=self.last {
            let Some((at, content)) = file.line(line) else { continue };
            let window = Window::new(look, content, at as usize, self.marks_on(line), room);
            let base = text.len();
            text.push_str(&window.text);
            text.push('\n');
            for mark in self.marks.iter().filter(|mark| mark.first == line && mark.last > line) {
                open.push((base.saturating_add(window.offset(look, mark.start, false)), mark));
            }
            for mark in self.marks.iter().filter(|mark| mark.last == line) {
                let end = base.saturating_add(window.offset(look, mark.end, true));
                let multiline = open.iter().find(|(_, other)| std::ptr::eq(*other, mark)).map(|(start, _)| *start);
                let start = multiline.unwrap_or_else(|| base.saturating_add(window.offset(look, mark.start, false)));
                let columns = |to: usize| text.get(base..to).map_or(0, width);
                let middle = columns(start).saturating_add(columns(end)).checked_div(2).unwrap_or(0);
                let column = if multiline.is_some() { 0 } else { middle };
                labels.push((start, end.max(start), mark, column));
            }
        }
        labels.sort_by_key(|label| label.0);
        let mut beneath: Vec<Beneath> = Vec::new();
        let spans: Vec<LabeledSpan> = labels
            .iter()
            .map(|(start, end, mark, column)| {
                let beside = room.saturating_sub(column.saturating_add(5));
                let said = if mark.text.is_empty() {
                    None
                } else if width(&mark.text) <= beside {
                    Some(mark.text.clone())
                } else if beside >= LEAST_ROOM && longest_word(&mark.text) <= beside {
                    Some(wrap(&mark.text, beside, beside).join("\n"))
                } else {
                    beneath.push(Beneath::new(look, mark, *column, room));
                    None
                };
                let span = SourceSpan::new((*start).into(), end.saturating_sub(*start));
                if mark.mark.primary {
                    LabeledSpan::new_primary_with_span(said, span)
                } else {
                    LabeledSpan::new_with_span(said, span)
                }
            })
            .collect();
        let head = labels.iter().find(|label| label.2.mark.primary).or(labels.first());
        let (line, column) = head.map_or((1, 1), |label| file.line_column(local(label.2.start)));
        let quote = Quote {
            labels: spans,
            text,
            name: clean(file.name()).into_owned(),
            first: self.first,
            place: (line.saturating_sub(1), column.saturating_sub(1)),
        };
        let tones: Vec<Tone> = labels.iter().map(|label| label.2.mark.tone).collect();
        let handler = GraphicalReportHandler::new_themed(theme(look, &tones))
            .with_width(look.width)
            .with_context_lines(1)
            .without_syntax_highlighting();
        let mut drawn = String::new();
        if handler.render_report(&mut drawn, &quote).is_err() {
            return;
        }
        let own = digits_of(self.last);
        let shift = " ".repeat(digits.saturating_sub(own));
        // The first line is the (empty) message, the last one closes the frame: more may follow in it.
        let lines: Vec<&str> = drawn.lines().skip(1).filter(|line| !line.is_empty()).collect();
        let lines = lines.split_last().map_or(&[][..], |(_, lines)| lines);
        let gutter = format!("{} {} ", " ".repeat(digits.saturating_add(1)), look.pick("·", ":"));
        let mut number = self.first;
        for (index, line) in lines.iter().enumerate() {
            out.push_str(&shift);
            // The frame goes on where it is not the first part of it.
            let goes_on = if look.unicode { ("╭", "├") } else { (",", "|") };
            match index {
                0 if !top => out.push_str(&line.replacen(goes_on.0, goes_on.1, 1)),
                _ => out.push_str(line),
            }
            super::text::end_line(out);
            let last = lines.get(index.saturating_add(1)).is_none_or(|next| is_source(next));
            if index == 0 || !last {
                continue;
            }
            for text in beneath.iter().filter(|text| text.line == number).flat_map(|text| &text.rows) {
                out.push_str(&gutter);
                out.push_str(text);
                super::text::end_line(out);
            }
            number = number.saturating_add(1);
        }
    }

    /// First and last place that must be seen of a line.
    fn marks_on(&self, line: usize) -> Option<(usize, usize)> {
        let on = || self.marks.iter().filter(move |mark| mark.first == line || mark.last == line);
        let start = on().map(|mark| if mark.first == line { mark.start } else { mark.end }).min()?;
        let end = on().map(|mark| if mark.last == line { mark.end } else { mark.start }).max()?;
        Some((start, end))
    }
}

fn longest_word(text: &str) -> usize {
    text.split_whitespace().map(width).max().unwrap_or(0)
}

/// A text for which there is no room beside its mark.
struct Beneath {
    line: usize,
    rows: Vec<String>,
}

impl Beneath {
    /// To the left of where its mark is, with a hook, where that is wide enough; else over the whole width.
    fn new(look: &Look, mark: &Placed, column: usize, room: usize) -> Beneath {
        let hook = look.pick(" ─╯", " -'");
        let left = column.saturating_sub(2);
        let tone = mark.mark.tone;
        let mut rows: Vec<String> = Vec::new();
        if width(&mark.text) > left && (left < LEAST_ROOM || longest_word(&mark.text) > left) {
            rows.extend(wrap(&mark.text, room, room).iter().map(|row| look.paint(tone, row).into_owned()));
            return Beneath { line: mark.last, rows };
        }
        for (index, row) in wrap(&mark.text, left, left).iter().enumerate() {
            let blanks = " ".repeat(left.saturating_sub(width(row)));
            let hook = if index == 0 { hook } else { "" };
            rows.push(format!("{blanks}{}", look.paint(tone, &format!("{row}{hook}"))));
        }
        Beneath { line: mark.last, rows }
    }
}

/// Whether a drawn line is one of the text: its number stands before it.
fn is_source(line: &str) -> bool {
    let mut rest = line.trim_start();
    while let Some((_, behind)) = rest.strip_prefix('\u{1b}').and_then(|rest| rest.split_once('m')) {
        rest = behind.trim_start();
    }
    rest.starts_with(|c: char| c.is_ascii_digit())
}

fn digits_of(line: usize) -> usize {
    digits(line.saturating_add(1))
}

/// The part of a line that is shown.
struct Window<'t> {
    text: String,
    /// Columns (and bytes) of the sign of what is left out on the left.
    lead: usize,
    /// Where in the file the part begins.
    from: usize,
    content: &'t str,
}

impl<'t> Window<'t> {
    fn new(look: &Look, line: &'t str, at: usize, marks: Option<(usize, usize)>, room: usize) -> Window<'t> {
        let sign = look.ellipsis();
        let (left, right) = part(line, at, marks, room, width(sign));
        let content = line.get(left..right).unwrap_or("");
        let mut text = String::new();
        let mut lead = 0;
        if left > 0 {
            text.push_str(sign);
            lead = sign.len();
        }
        content.chars().for_each(|c| shown(look, c, &mut text));
        if right < line.len() {
            text.push_str(sign);
        }
        Window { text, lead, from: at.saturating_add(left), content }
    }

    /// The place in the shown text of a place in the file.
    fn offset(&self, look: &Look, place: usize, end: bool) -> usize {
        let mut out = String::new();
        for (at, c) in self.content.char_indices() {
            let at = self.from.saturating_add(at);
            let behind = if end { at >= place } else { at.saturating_add(c.len_utf8()) > place };
            if behind {
                break;
            }
            shown(look, c, &mut out);
        }
        self.lead.saturating_add(out.len())
    }
}

/// Which bytes of a line are shown: all of them where they fit, else a part around the marks.
fn part(line: &str, at: usize, marks: Option<(usize, usize)>, room: usize, sign: usize) -> (usize, usize) {
    if line.len() <= room.saturating_mul(8) && text_width(line) <= room {
        return (0, line.len());
    }
    let room = room.saturating_sub(sign.saturating_mul(2));
    let (start, end) = marks.map_or((0, 0), |(start, end)| (start.saturating_sub(at), end.saturating_sub(at)));
    let start = floor(line, start);
    let end = ceil(line, end.min(start.saturating_add(room.saturating_mul(4))));
    let need = line.get(start..end).map_or(0, text_width).min(room);
    let lead = room.saturating_sub(need).min(room.checked_div(3).unwrap_or(0));
    let left = back(line, start, lead);
    let used = line.get(left..start).map_or(0, text_width);
    let right = forth(line, start, room.saturating_sub(used));
    let taken = line.get(left..right).map_or(0, text_width);
    (back(line, left, room.saturating_sub(taken)), right)
}

fn back(line: &str, from: usize, columns: usize) -> usize {
    let mut used = 0usize;
    let mut at = from;
    for (index, c) in line.get(..from).unwrap_or("").char_indices().rev() {
        used = used.saturating_add(shown_width(c));
        if used > columns {
            break;
        }
        at = index;
    }
    at
}

fn forth(line: &str, from: usize, columns: usize) -> usize {
    let mut used = 0usize;
    for (index, c) in line.get(from..).unwrap_or("").char_indices() {
        used = used.saturating_add(shown_width(c));
        if used > columns {
            return from.saturating_add(index);
        }
    }
    line.len()
}

fn theme(look: &Look, tones: &[Tone]) -> GraphicalTheme {
    let characters = if look.unicode { ThemeCharacters::unicode() } else { ThemeCharacters::ascii() };
    let mut styles = if look.color { ThemeStyles::ansi() } else { ThemeStyles::none() };
    styles.link = styles.help;
    let plain = ThemeStyles::none().error;
    styles.highlights = tones
        .iter()
        .map(|tone| match tone {
            Tone::Error => styles.error,
            Tone::Warning => styles.warning,
            Tone::Info | Tone::Help => styles.advice,
            Tone::Faint => styles.linum,
            Tone::Good | Tone::Strong | Tone::Plain => plain,
        })
        .collect();
    if styles.highlights.is_empty() {
        styles.highlights.push(plain);
    }
    GraphicalTheme { characters, styles }
}

/// What miette is given: a few lines, and where they are from.
#[derive(Debug)]
struct Quote {
    labels: Vec<LabeledSpan>,
    text: String,
    name: String,
    first: usize,
    place: (usize, usize),
}

impl fmt::Display for Quote {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

impl std::error::Error for Quote {}

impl Diagnostic for Quote {
    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(self)
    }
}

impl SourceCode for Quote {
    fn read_span<'a>(
        &'a self,
        _: &SourceSpan,
        before: usize,
        _: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        // Asked for lines with those around them miette gets all there are; asked for none around them it wants the
        // place for the heading, which is that of the real file.
        let (line, column) = if before == 0 { self.place } else { (self.first, 0) };
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            self.text.as_bytes(),
            SourceSpan::new(0.into(), self.text.len()),
            line,
            column,
            self.text.lines().count(),
        )))
    }
}
