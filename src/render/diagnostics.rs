//! Messages of the compiler and of the readers of inputs, drawn for people: header, lines with their marks, reasons, help.

use super::concise::severity;
use super::excerpt::{self, Mark};
use super::text::{Look, Tone, clean, counted, labelled, paragraph, width};
use crate::diag::{Diagnostic, Severity};
use crate::source::SourceMap;

/// How many places of one message are told where not everything is asked for.
const MOST_PLACES: usize = 6;

/// Draws diagnostics one after the other, with an empty line behind each. What is said again of other places of the same
/// file is told once, with the places.
pub fn draw(look: &Look, map: &SourceMap, diagnostics: &[Diagnostic]) -> String {
    let mut out = String::new();
    let mut groups: Vec<(&Diagnostic, Vec<&Diagnostic>)> = Vec::new();
    for diagnostic in diagnostics {
        let file = map.file_of(diagnostic.span());
        let same = |(first, _): &&mut (&Diagnostic, Vec<&Diagnostic>)| {
            file.is_some()
                && first.code == diagnostic.code
                && first.message == diagnostic.message
                && map.file_of(first.span()) == file
        };
        match groups.iter_mut().find(same).filter(|_| !look.verbose) {
            Some((_, again)) => again.push(diagnostic),
            None => groups.push((diagnostic, Vec::new())),
        }
    }
    for (first, again) in groups {
        one(look, map, first, &mut out);
        if !again.is_empty() {
            let places: Vec<String> = again
                .iter()
                .take(MOST_PLACES)
                .filter_map(|diagnostic| map.locate(diagnostic.span()))
                .map(|place| format!("{}:{}:{}", clean(&place.file), place.line, place.column))
                .collect();
            let rest = again.len().saturating_sub(MOST_PLACES);
            let more = if rest > 0 { format!(" and {rest} more; `--verbose` shows all") } else { String::new() };
            let count = counted(again.len() as u64, "more place");
            labelled(look, Tone::Faint, "also", &format!("{count}: {}{more}", places.join(", ")), &mut out);
        }
        out.push('\n');
    }
    out
}

fn one(look: &Look, map: &SourceMap, diagnostic: &Diagnostic, out: &mut String) {
    let (word, tone) = severity(diagnostic.severity);
    let code = format!("{word}[{}]", diagnostic.code);
    let head = format!("{} ", look.paint(tone, &code));
    paragraph(out, look, &head, width(&code).saturating_add(1), &diagnostic.message);
    let marks: Vec<Mark> = diagnostic
        .labels
        .iter()
        .map(|label| Mark {
            span: label.span,
            text: label.text.clone(),
            tone: if label.primary { tone } else { Tone::Help },
            primary: label.primary,
        })
        .collect();
    out.push_str(&excerpt::draw(look, map, &marks));
    for note in &diagnostic.notes {
        labelled(look, Tone::Faint, "note", note, out);
    }
    if let Some(help) = &diagnostic.help {
        labelled(look, Tone::Help, "help", help, out);
    }
}

/// `2 errors and 1 warning in what was read`; nothing where there is none.
pub fn count(diagnostics: &[Diagnostic]) -> Option<String> {
    let of = |severity: Severity| diagnostics.iter().filter(|d| d.severity == severity).count() as u64;
    let parts: Vec<String> = [(of(Severity::Error), "error"), (of(Severity::Warning), "warning")]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, noun)| counted(count, noun))
        .collect();
    (!parts.is_empty()).then(|| parts.join(" and "))
}
