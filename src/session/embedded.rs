//! What the binary brings along: the bundled packs, as texts and compiled, and the pages of codes. The lists and the
//! compiled programs are written by `tests/embedded.rs`, which fails where one is missing or of yesterday.

mod files;

use crate::program::Program;
use files::{PACKS, PAGES, PROGRAMS};

/// The files of a bundled pack, with the names they have in messages.
pub(super) fn pack(name: &str) -> Option<&'static [(&'static str, &'static str)]> {
    PACKS.iter().find(|(pack, _)| *pack == name).map(|(_, files)| *files)
}

/// All bundled files, in the order in which they stand at the beginning of every source map: the places in compiled
/// programs are places there.
pub(super) fn all() -> impl Iterator<Item = (&'static str, &'static str)> {
    PACKS.iter().flat_map(|(_, files)| files.iter().copied())
}

/// A bundled pack as it was compiled beforehand. Nothing where that is of another build: then the text is compiled.
pub(super) fn program(name: &str) -> Option<Program> {
    let (_, bytes) = PROGRAMS.iter().find(|(pack, _)| *pack == name)?;
    decoded(bytes)
}

/// A program that was written down.
pub(super) fn decoded(bytes: &[u8]) -> Option<Program> {
    postcard::from_bytes(bytes).ok()
}

/// The names of the bundled packs.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    PACKS.iter().map(|(name, _)| *name)
}

/// The page of a code of ours, as Markdown.
pub(super) fn page(code: &str) -> Option<&'static str> {
    PAGES.iter().find(|(page, _)| page.eq_ignore_ascii_case(code)).map(|(_, text)| *text)
}
