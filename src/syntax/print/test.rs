//! Fixtures and tests.

use crate::source::Span;
use crate::syntax::ast::{
    ElementRef, Entry, EntryKey, Expect, ExpectKind, Fixture, GivenKind, RowName, StandingKind, Statement, Str,
    Subject, SubjectKind, Test, Value, ValueKind, VerdictKind,
};

use super::expr::literal;
use super::text::plain;
use super::wrap::wrapped;
use super::{Page, WIDTH, width};

fn row_name(name: &RowName) -> String {
    if name.quoted { plain(&Str { value: name.text.clone(), span: name.span }, false) } else { name.text.to_string() }
}

fn value(found: &Value) -> String {
    match &found.kind {
        ValueKind::Literal(found) => literal(found),
        ValueKind::Negative(found) => format!("-{}", literal(found)),
        ValueKind::Text(text) => plain(text, false),
        ValueKind::Name(name) => name.text.to_string(),
        ValueKind::List(values) => {
            let values: Vec<String> = values.iter().map(value).collect();
            format!("[{}]", values.join(", "))
        }
        ValueKind::Record(entries) => record(entries),
        ValueKind::Unknown => "unknown".to_owned(),
    }
}

/// A value that begins at a column: where it is too wide, its elements stand below each other; plain ones fill lines.
fn laid(found: &Value, column: usize) -> String {
    let flat = value(found);
    if column.saturating_add(width(&flat)) <= WIDTH {
        return flat;
    }
    let (open, close, inner) = match &found.kind {
        ValueKind::List(_) => ("[", "]", column.saturating_add(1)),
        ValueKind::Record(_) => ("{ ", " }", column.saturating_add(2)),
        _ => return flat,
    };
    let lines: Vec<String> = match &found.kind {
        ValueKind::List(values) if values.iter().all(is_plain) => filled(values, inner),
        ValueKind::List(values) => values.iter().map(|value| laid(value, inner)).collect(),
        ValueKind::Record(entries) => entries
            .iter()
            .map(|entry| {
                let key = key(entry);
                let value = laid(&entry.value, inner.saturating_add(width(&key)).saturating_add(2));
                format!("{key}: {value}")
            })
            .collect(),
        _ => return flat,
    };
    format!("{open}{}{close}", lines.join(&format!(",\n{}", " ".repeat(inner))))
}

fn is_plain(value: &Value) -> bool {
    !matches!(value.kind, ValueKind::List(_) | ValueKind::Record(_))
}

/// As many elements a line as there is room for.
fn filled(values: &[Value], column: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for found in values {
        let found = value(found);
        // Behind the line stands a comma, or what closes the list.
        let room = |line: &String| column.saturating_add(width(line)).saturating_add(width(&found)) <= WIDTH - 3;
        match lines.last_mut().filter(|line| room(line)) {
            Some(line) => {
                line.push_str(", ");
                line.push_str(&found);
            }
            None => lines.push(found),
        }
    }
    lines
}

fn record(entries: &[Entry]) -> String {
    if entries.is_empty() {
        return "{}".to_owned();
    }
    let entries: Vec<String> = entries.iter().map(entry).collect();
    format!("{{ {} }}", entries.join(", "))
}

fn entry(entry: &Entry) -> String {
    format!("{}: {}", key(entry), value(&entry.value))
}

fn key(entry: &Entry) -> String {
    match &entry.key {
        EntryKey::Text(text) => plain(text, false),
        EntryKey::Path(path) => {
            let names: Vec<&str> = path.iter().map(|name| &*name.text).collect();
            names.join(".")
        }
    }
}

fn subject(subject: &Subject) -> String {
    match &subject.kind {
        SubjectKind::Named(name) => row_name(name),
        SubjectKind::Wave(number) => format!("wave {number}"),
        SubjectKind::Plan => "plan".to_owned(),
    }
}

fn element(element: &ElementRef) -> String {
    format!("{} {}", element.kind.text, row_name(&element.name))
}

impl Page<'_> {
    pub(super) fn fixture(&mut self, item: &Fixture) {
        self.line(item.span, &format!("fixture {} {{", item.name.text));
        self.statements(&item.statements);
        self.close(item.span);
    }

    pub(super) fn test(&mut self, item: &Test) {
        self.line(item.span, &format!("test {} {{", plain(&item.title, false)));
        self.statements(&item.statements);
        self.close(item.span);
    }

    fn statements(&mut self, statements: &[Statement]) {
        // The word of a statement is as wide as the widest of its test, so that what follows stands in one column.
        let word = |statement: &Statement| match statement {
            Statement::Use { .. } => "use",
            Statement::Given(_) => "given",
            Statement::Step(_) => "step",
            Statement::Expect(_) => "expect",
        };
        let widest = statements.iter().map(|statement| word(statement).len()).max().unwrap_or(0);
        self.inside(|page| {
            for statement in statements {
                let head = super::padded(word(statement), widest);
                match statement {
                    Statement::Use { fixture, span } => page.line(*span, &format!("{head} {}", fixture.text)),
                    Statement::Given(given) => match &given.kind {
                        GivenKind::Empty { section } => page.line(given.span, &format!("{head} no {}", section.text)),
                        GivenKind::Row { entity, name, entries } => {
                            let name = name.as_ref().map_or_else(String::new, |name| format!(" {}", row_name(name)));
                            let head = format!("{head} {}{name}", entity.text);
                            if entries.is_empty() {
                                page.line(given.span, &head);
                            } else {
                                page.entries(&head, entries, given.span);
                            }
                        }
                    },
                    Statement::Step(step) => {
                        page.entries(&format!("{head} {}", row_name(&step.name)), &step.entries, step.span);
                    }
                    Statement::Expect(expect) => page.expect(&head, expect),
                }
            }
        });
    }

    fn entries(&mut self, head: &str, entries: &[Entry], span: Span) {
        let flat = format!("{head} {}", record(entries));
        if width(&flat).saturating_add(self.margin()) <= WIDTH && !self.has_comment(span) {
            return self.line(span, &flat);
        }
        self.line(span, &format!("{head} {{"));
        self.inside(|page| {
            for found in entries {
                let key = key(found);
                let column = page.margin().saturating_add(width(&key)).saturating_add(2);
                page.line(found.span, &format!("{key}: {}", laid(&found.value, column)));
            }
        });
        self.close(span);
    }

    fn expect(&mut self, head: &str, expect: &Expect) {
        let text = match &expect.kind {
            ExpectKind::Afterwards { condition } => {
                let head = "afterwards ";
                let column = self.margin().saturating_add("expect ".len()).saturating_add(head.len());
                format!("{head}{}", wrapped(condition, column))
            }
            ExpectKind::Standing { subject: of, standing } => {
                format!("{} {}", subject(of), StandingKind::text(*standing))
            }
            ExpectKind::Chooses { subject: of, value: chosen } => format!("{} chooses {}", subject(of), value(chosen)),
            ExpectKind::Verdict { subject: of, verdict, codes, elements } => {
                let codes: Vec<&str> = codes.iter().map(|code| &*code.text).collect();
                let elements: Vec<String> = elements.iter().map(element).collect();
                let elements =
                    if elements.is_empty() { String::new() } else { format!(" for {}", elements.join(", ")) };
                format!("{} {} {}{elements}", subject(of), VerdictKind::text(*verdict), codes.join(", "))
            }
        };
        self.line(expect.span, &format!("{head} {text}"));
    }
}
