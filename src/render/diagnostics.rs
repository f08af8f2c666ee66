//! Messages of the compiler and of the readers of inputs, drawn for people: header, lines with their marks, reasons, help.

use super::concise::severity;
use super::excerpt::{self, Mark};
use super::text::{Look, Tone, counted, paragraph, width};
use crate::diag::{Diagnostic, Severity};
use crate::source::SourceMap;

/// Draws diagnostics one after the other, with an empty line behind each.
pub fn draw(look: &Look, map: &SourceMap, diagnostics: &[Diagnostic]) -> String {
    let mut out = String::new();
    for diagnostic in diagnostics {
        one(look, map, diagnostic, &mut out);
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

fn labelled(look: &Look, tone: Tone, label: &str, text: &str, out: &mut String) {
    let head = format!("  {} ", look.paint(tone, &format!("{label}:")));
    paragraph(out, look, &head, label.len().saturating_add(4), text);
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
