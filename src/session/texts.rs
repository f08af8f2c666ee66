//! Texts out of files, each read and put into the source map once. It understands none of them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::Trouble;
use crate::diag::Diagnostic;
use crate::facts::{Limits, read};
use crate::source::{FileId, Files, SourceMap};

/// The texts of a run.
#[derive(Debug, Default)]
pub(super) struct Texts {
    /// All of them.
    pub map: SourceMap,
    read: BTreeMap<PathBuf, Option<FileId>>,
}

impl Texts {
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
