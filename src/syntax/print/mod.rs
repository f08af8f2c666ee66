//! The printer: a tree in its canonical layout. What it prints parses to the same tree; printing that again changes
//! nothing. It keeps every comment, at the line it belongs to. It decides nothing about meaning.

mod expr;
mod item;
mod matrix;
mod rule;
mod suggest;
mod test;
mod text;
mod vocabulary;
mod wrap;

use unicode_width::UnicodeWidthStr;

use super::ast::{Comment, File, Item};
use super::words;
use crate::source::Span;

/// How wide a line may become before it is broken, where it can be.
const WIDTH: usize = 120;

/// A file in its canonical layout.
pub fn print(file: &File) -> String {
    let mut page = Page { lines: Vec::new(), comments: &file.comments, indent: 0 };
    let mut before: Option<(&'static str, bool)> = None;
    for item in &file.items {
        page.trailing(item.span());
        let start = page.lines.len();
        page.item(item);
        let word = keyword(item);
        // Short declarations of one kind stand together, all others apart; a comment begins a new group.
        let mut lines = page.lines.get(start..).unwrap_or_default().iter();
        let short = lines.next_back().is_some_and(|line| !line.contains('\n') && !line.starts_with('}'));
        let bare = lines.next().is_none();
        if before.is_some_and(|(last, last_short)| !(short && bare && last_short && last == word)) {
            page.lines.insert(start, String::new());
        }
        before = Some((word, short));
    }
    page.comments_before(u32::MAX);
    while page.lines.last().is_some_and(String::is_empty) {
        page.lines.pop();
    }
    let mut out = page.lines.join("\n");
    if !out.is_empty() {
        out.push('\n');
    }
    out
}

/// The word that an item begins with.
fn keyword(item: &Item) -> &'static str {
    let index = match item {
        Item::Pack(_) => 0,
        Item::Source(_) => 1,
        Item::Enum(_) => 2,
        Item::Entity(_) => 3,
        Item::Part(_) => 4,
        Item::Input(_) => 5,
        Item::Derive(_) => 6,
        Item::Define(_) => 7,
        Item::Gather(_) => 8,
        Item::Demand(_) => 9,
        Item::Matrix(_) => 10,
        Item::Rule(_) => 11,
        Item::Select(_) => 12,
        Item::Effect(_) => 13,
        Item::Suggest(_) => 14,
        Item::Extend(_) | Item::Addition(_) => 15,
        Item::Adjust(_) => 16,
        Item::Disable(_) => 17,
        Item::Redefine(_) => 18,
        Item::Fixture(_) => 19,
        Item::Test(_) => 20,
    };
    words::ITEMS.get(index).copied().unwrap_or_default()
}

/// How many columns a text takes on a terminal.
fn width(text: &str) -> usize {
    UnicodeWidthStr::width(text)
}

/// A text and blanks up to a width.
fn padded(text: &str, to: usize) -> String {
    format!("{text}{}", " ".repeat(to.saturating_sub(width(text))))
}

/// What has been printed so far. An entry of `lines` may hold several lines where a clause goes over them.
struct Page<'a> {
    lines: Vec<String>,
    /// Comments that are not yet printed.
    comments: &'a [Comment],
    indent: usize,
}

impl Page<'_> {
    /// The column at which a line begins.
    fn margin(&self) -> usize {
        self.indent.saturating_mul(2)
    }

    /// A line of its own, behind the comments that stand before it.
    fn line(&mut self, span: Span, text: &str) {
        self.comments_before(span.start);
        self.push(text);
    }

    fn push(&mut self, text: &str) {
        let line = format!("{}{text}", " ".repeat(self.margin()));
        self.lines.push(line);
    }

    /// What stands in a block, one step further in.
    fn inside(&mut self, print: impl FnOnce(&mut Self)) {
        self.indent = self.indent.saturating_add(1);
        print(self);
        self.indent = self.indent.saturating_sub(1);
    }

    /// The brace that ends a block, behind the comments in it.
    fn close(&mut self, span: Span) {
        self.inside(|page| page.comments_before(span.end));
        self.push("}");
    }

    /// Whether a comment stands inside of this: then it cannot be printed on one line.
    fn has_comment(&self, span: Span) -> bool {
        self.comments
            .iter()
            .take_while(|comment| comment.span.start < span.end)
            .any(|comment| comment.span.start >= span.start)
    }

    fn comments_before(&mut self, place: u32) {
        while let Some((comment, rest)) = self.comments.split_first().filter(|(comment, _)| comment.span.start < place)
        {
            self.comments = rest;
            let text = format!("//{}", comment.text);
            match self.lines.last_mut() {
                Some(last) if !comment.own_line && takes_comment(last) => {
                    last.push(' ');
                    last.push_str(&text);
                }
                _ => {
                    self.push(&text);
                    if comment.gap_below {
                        self.lines.push(String::new());
                    }
                }
            }
        }
    }

    /// Comments behind the last line, before what stands at `span`.
    fn trailing(&mut self, span: Span) {
        while let Some(comment) =
            self.comments.first().filter(|comment| !comment.own_line && comment.span.start < span.start)
        {
            self.comments_before(comment.span.start.saturating_add(1));
        }
    }
}

/// Whether a comment can stand behind a line: it is not empty, and no comment ends it.
fn takes_comment(line: &str) -> bool {
    let last = line.rsplit('\n').next().unwrap_or(line);
    !last.trim().is_empty() && !super::lex::ends_in_comment(line)
}
