//! Texts out of files, each read and put into the source map once. It understands none of them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::{Trouble, embedded};
use crate::diag::Diagnostic;
use crate::facts::{Limits, read};
use crate::source::{FileId, Files, SourceMap, is_pointer};

/// The texts of a run.
#[derive(Debug)]
pub(super) struct Texts {
    /// All of them, those of the binary first.
    pub map: SourceMap,
    bundled: BTreeMap<&'static str, FileId>,
    /// Each file, or what keeps it from being read.
    read: BTreeMap<PathBuf, Result<FileId, Option<Diagnostic>>>,
}

impl Texts {
    /// The texts of the binary.
    pub fn new() -> Texts {
        let mut map = SourceMap::new();
        let ids = embedded::all().filter_map(|(name, text)| Some((name, map.add(name, text)?)));
        let bundled = ids.collect();
        Texts { map, bundled, read: BTreeMap::new() }
    }

    /// A text of the binary by its name.
    pub fn bundled(&self, name: &str) -> Option<FileId> {
        self.bundled.get(name).copied()
    }

    /// The text of a file. What is wrong with it is told once, however often it is asked for; that there is none to read is
    /// told each time, for it has no place of its own but that of whoever asks.
    pub fn read(
        &mut self,
        files: &dyn Files,
        path: &Path,
        limits: &Limits,
        told: &mut Vec<Diagnostic>,
    ) -> Option<FileId> {
        if let Some(known) = self.read.get(path) {
            told.extend(known.as_ref().err().cloned().flatten());
            return known.as_ref().ok().copied();
        }
        let read = match files.read(path, limits.file_size) {
            Ok(bytes) if is_pointer(&bytes) => {
                let trouble = Trouble::Pointer { path: path.to_path_buf() }.diagnostic();
                told.push(trouble.clone());
                Err(Some(trouble))
            }
            Ok(bytes) => {
                let name = path.display().to_string();
                read::add_file(&mut self.map, &name, bytes, limits).map_err(|wrong| {
                    told.push(*wrong);
                    None
                })
            }
            Err(why) => {
                let trouble = Trouble::Unreadable { path: path.to_path_buf(), why }.diagnostic();
                told.push(trouble.clone());
                Err(Some(trouble))
            }
        };
        let id = read.as_ref().ok().copied();
        self.read.insert(path.to_path_buf(), read);
        id
    }
}
