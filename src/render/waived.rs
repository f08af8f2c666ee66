//! A waiver in words, for every format that people read: reason, who answers for it, how long it counts.

use super::text::{Look, Tone, clean, labelled};
use crate::report::WaiverNote;
use crate::source::SourceMap;

/// `the private network arrives in March; approved by CHG-4711, until 2027-03-31`.
pub fn in_words(note: &WaiverNote) -> String {
    let by = note.approved_by.as_ref().map(|by| format!("approved by {by}"));
    let until = note.expires.map(|last| format!("until {last}"));
    let new = note.new.then(|| "new".to_owned());
    let more: Vec<String> = [by, until, new].into_iter().flatten().collect();
    let reason = note.reason.trim();
    if more.is_empty() { reason.to_owned() } else { format!("{reason}; {}", more.join(", ")) }
}

/// The same as a line of its own, with the place of the waiver.
pub(super) fn labelled_note(look: &Look, map: &SourceMap, note: &WaiverNote, out: &mut String) {
    let place = map.locate(note.span).map(|place| format!(" ({}:{})", clean(&place.file), place.line));
    let text = format!("{}{}", clean(&in_words(note)), place.unwrap_or_default());
    labelled(look, Tone::Faint, "waiver", &text, out);
}
