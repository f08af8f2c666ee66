//! A page of limited length: sections of whole entries. What does not fit is left out from the back and counted. It knows
//! nothing of findings.

use crate::render::text::counted;

/// Bytes of the longest page. Forges count characters and take 65,536 of them at least, so that bytes are on the safe side.
pub const LIMIT: usize = 65_000;

/// Bytes that are kept for the frames of sections and for what says how much was left out.
const FRAME: usize = 300;

/// A part of the page that can be folded.
#[derive(Clone, Debug, Default)]
pub struct Section {
    noun: String,
    entries: Vec<String>,
    aside: String,
    open: bool,
    first: bool,
    counted: bool,
    table: &'static str,
}

impl Section {
    /// Entries under their number and what they are.
    pub fn of(noun: &str, entries: Vec<String>) -> Section {
        Section { noun: noun.to_owned(), entries, counted: true, ..Section::default() }
    }

    /// The heading is the noun as it is.
    pub fn named_as_it_is(mut self) -> Section {
        self.counted = false;
        self
    }

    /// It is unfolded to begin with.
    pub fn opened(mut self) -> Section {
        self.open = true;
        self
    }

    /// It comes before all others where there is little room.
    pub fn first(mut self) -> Section {
        self.first = true;
        self
    }

    /// Its heading says this besides.
    pub fn with(mut self, aside: String) -> Section {
        self.aside = aside;
        self
    }

    /// Entries are rows of a table with this head.
    pub fn table(mut self, head: &'static str) -> Section {
        self.table = head;
        self
    }

    fn drawn(&self, shown: usize) -> String {
        let total = self.entries.len();
        let open = if self.open { " open" } else { "" };
        let title = match self.counted {
            true => counted(total as u64, &self.noun),
            false => capital(&self.noun),
        };
        let mut out = format!("\n<details{open}>\n<summary><b>{title}</b>{}</summary>\n\n{}", self.aside, self.table);
        for entry in self.entries.iter().take(shown) {
            let apart = out.ends_with("\n\n");
            out.push_str(entry.strip_prefix('\n').filter(|_| apart).unwrap_or(entry));
        }
        let left = total.saturating_sub(shown);
        if left > 0 {
            let more = if shown == 0 { "" } else { "more " };
            out.push_str(&format!("\n{left} {more}not shown: the page would be too long.\n"));
        }
        out.push_str("\n</details>\n");
        out
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The page.
#[derive(Debug)]
pub struct Sheet {
    head: String,
    sections: Vec<Section>,
}

impl Sheet {
    /// A page that begins so.
    pub fn new(head: String) -> Sheet {
        Sheet { head, sections: Vec::new() }
    }

    /// Adds a section; one without entries is no section.
    pub fn add(&mut self, section: Section) {
        if !section.entries.is_empty() {
            self.sections.push(section);
        }
    }

    /// The text: of each section as many entries as fit, those of the first sections first.
    pub fn finish(self) -> String {
        let frames = self.sections.len().saturating_mul(FRAME);
        let mut room = LIMIT.saturating_sub(self.head.len()).saturating_sub(frames);
        let mut shown = vec![0usize; self.sections.len()];
        for first in [true, false] {
            for (section, shown) in self.sections.iter().zip(&mut shown).filter(|(section, _)| section.first == first) {
                for entry in &section.entries {
                    if entry.len() > room {
                        break;
                    }
                    room = room.saturating_sub(entry.len());
                    *shown = shown.saturating_add(1);
                }
            }
        }
        let mut out = self.head;
        for (section, shown) in self.sections.iter().zip(shown) {
            out.push_str(&section.drawn(shown));
        }
        out
    }
}
