//! Compiled policies that are kept from one run to the next. What is kept holds the texts that it was compiled from, and counts
//! only where they are, byte for byte, what lies in the folders now: a digest could lie, a text cannot. It knows no place to
//! keep anything; a front end brings one. Whatever goes wrong here is silent: then policies are compiled as ever.

use std::hash::Hasher;
use std::path::{Path, PathBuf};

use rustc_hash::FxHasher;
use serde::{Deserialize, Serialize};

use super::texts::Texts;
use super::{embedded, packs};
use crate::diag::Diagnostic;
use crate::facts::Limits;
use crate::program::Program;
use crate::source::{Files, SourceFile};

/// Where things are kept between runs. Whoever cannot find or keep something says nothing.
pub trait Shelf {
    /// What is kept under a name.
    fn get(&self, name: &str) -> Option<Vec<u8>>;

    /// Keeps something under a name.
    fn put(&self, name: &str, bytes: &[u8]);
}

/// What tells builds from each other: a program of another one may mean something else.
const BUILD: &str = concat!("clearway ", env!("CARGO_PKG_VERSION"), " ", env!("CLEARWAY_BUILD"));

/// What is kept.
#[derive(Serialize, Deserialize)]
struct Kept<'a> {
    build: &'a str,
    asked: Vec<String>,
    limits: String,
    /// Each file: its name, its text, and where that began.
    files: Vec<(String, &'a str, u32)>,
    program: &'a [u8],
}

/// What a run asks for.
pub(super) struct Asked<'a> {
    pub packs: &'a [String],
    pub limits: &'a Limits,
    /// The folder that one stands in.
    pub stands: &'a Path,
}

impl Asked<'_> {
    /// What it is kept under: near enough, for what is found is looked at.
    fn name(&self) -> String {
        let mut hasher = FxHasher::default();
        for part in [BUILD, &self.stands.display().to_string(), &self.limits()] {
            hasher.write(part.as_bytes());
        }
        self.packs.iter().for_each(|pack| hasher.write(pack.as_bytes()));
        format!("{:016x}.program", hasher.finish())
    }

    fn limits(&self) -> String {
        format!("{:?}", self.limits)
    }

    /// The policy files of the folders that are asked for; nothing where one of them is no folder that can be read.
    fn files(&self, files: &dyn Files) -> Option<Vec<PathBuf>> {
        let mut found = Vec::new();
        for pack in self.packs.iter().filter(|pack| embedded::pack(pack).is_none()) {
            found.extend(packs::ways(files, Path::new(pack)).ok()?);
        }
        Some(found)
    }
}

/// The program that is kept for some packs, with its places as the texts stand in this run.
pub(super) fn find(
    shelf: &dyn Shelf,
    asked: &Asked<'_>,
    files: &dyn Files,
    texts: &mut Texts,
    told: &mut Vec<Diagnostic>,
) -> Option<Program> {
    let bytes = shelf.get(&asked.name())?;
    let (sum, bytes) = bytes.split_at_checked(8)?;
    if sum != checksum(bytes) {
        return None;
    }
    let kept: Kept = postcard::from_bytes(bytes).ok()?;
    let own = (kept.build, kept.asked.as_slice(), kept.limits.as_str());
    if own != (BUILD, asked.packs, asked.limits().as_str()) {
        return None;
    }
    let paths = asked.files(files)?;
    if paths.len() != kept.files.len() {
        return None;
    }
    let mut first = None;
    for (path, (name, text, base)) in paths.iter().zip(&kept.files) {
        // What is wrong with a file is told once, by whoever reads it first.
        let id = texts.read(files, path, asked.limits, told)?;
        let file = texts.map.file(id)?;
        let by = i64::from(file.base()).checked_sub(i64::from(*base))?;
        let (from, moved) = *first.get_or_insert((*base, by));
        if by != moved || *base < from || file.name() != name || &**file.text() != *text {
            return None;
        }
    }
    let mut program = embedded::decoded(kept.program)?;
    let (from, by) = first?;
    program.shift(from, by);
    Some(program)
}

/// Keeps what packs were compiled to. Everything that they consist of has been read by now.
pub(super) fn keep(shelf: &dyn Shelf, asked: &Asked<'_>, files: &dyn Files, texts: &mut Texts, program: &Program) {
    let read = |path: &PathBuf| {
        let id = texts.read(files, path, asked.limits, &mut Vec::new())?;
        texts.map.file(id).cloned()
    };
    let Some(read) = asked.files(files).and_then(|paths| paths.iter().map(read).collect::<Option<Vec<_>>>()) else {
        return;
    };
    let Ok(program) = postcard::to_allocvec(program) else { return };
    let kept = Kept {
        build: BUILD,
        asked: asked.packs.to_vec(),
        limits: asked.limits(),
        files: read
            .iter()
            .map(|file: &std::sync::Arc<SourceFile>| (file.name().to_owned(), &**file.text(), file.base()))
            .collect(),
        program: &program,
    };
    if let Ok(bytes) = postcard::to_allocvec(&kept) {
        let mut all = checksum(&bytes).to_vec();
        all.extend(bytes);
        shelf.put(&asked.name(), &all);
    }
}

/// Against what a disk does to bytes, not against people: whoever may write there may write anywhere in one's home.
fn checksum(bytes: &[u8]) -> [u8; 8] {
    let mut hasher = FxHasher::default();
    hasher.write(bytes);
    hasher.finish().to_le_bytes()
}
