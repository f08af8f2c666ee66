//! Texts out of files, each read and put into the source map once. It understands none of them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::{Trouble, embedded};
use crate::diag::Diagnostic;
use crate::facts::{Limits, read};
use crate::source::{FileId, Files, SourceMap};

/// The texts of a run.
#[derive(Debug)]
pub(super) struct Texts {
    /// All of them, those of the binary first.
    pub map: SourceMap,
    bundled: BTreeMap<&'static str, FileId>,
    read: BTreeMap<PathBuf, Option<FileId>>,
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

    /// The text of a file. What is wrong with it is told once, however often it is asked for.
    pub fn read(
        &mut self,
        files: &dyn Files,
        path: &Path,
        limits: &Limits,
        told: &mut Vec<Diagnostic>,
    ) -> Option<FileId> {
        if let Some(known) = self.read.get(path) {
            return *known;
        }
        let id = match files.read(path, limits.file_size) {
            Ok(bytes) => {
                let name = path.display().to_string();
                read::add_file(&mut self.map, &name, bytes, limits).map_err(|wrong| told.push(*wrong)).ok()
            }
            Err(why) => {
                told.push(Trouble::Unreadable { path: path.to_path_buf(), why }.diagnostic());
                None
            }
        };
        self.read.insert(path.to_path_buf(), id);
        id
    }
}
