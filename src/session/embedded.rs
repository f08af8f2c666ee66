//! What the binary brings along: the bundled packs and the pages of codes. The lists are written by `tests/embedded.rs`,
//! which fails where a file is missing in them.

mod files;

use files::{PACKS, PAGES};

/// The files of a bundled pack, with the names they have in messages.
pub(super) fn pack(name: &str) -> Option<&'static [(&'static str, &'static str)]> {
    PACKS.iter().find(|(pack, _)| *pack == name).map(|(_, files)| *files)
}

/// The names of the bundled packs.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    PACKS.iter().map(|(name, _)| *name)
}

/// The page of a code of ours, as Markdown.
pub(super) fn page(code: &str) -> Option<&'static str> {
    PAGES.iter().find(|(page, _)| page.eq_ignore_ascii_case(code)).map(|(_, text)| *text)
}
