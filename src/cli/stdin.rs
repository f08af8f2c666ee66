//! `-`: standard input as a file among the files of the disk.

use std::io::Read;
use std::path::{Path, PathBuf};

use super::args::InputFormat;
use crate::session::Session;
use crate::source::{Disk, FileError, Files, Walked};

/// The name of standard input where none is given, by how it is read.
fn name(format: Option<InputFormat>) -> &'static str {
    match format {
        None | Some(InputFormat::Yaml) => "stdin.plan.yaml",
        Some(InputFormat::Json) => "stdin.plan.json",
        Some(InputFormat::JsonLines) => "stdin.jsonl",
        Some(InputFormat::Csv) => "stdin.plan.csv",
        Some(InputFormat::Toml) => "stdin.plan.toml",
    }
}

/// What standard input is called.
pub fn called(said: Option<&Path>, format: Option<InputFormat>) -> PathBuf {
    said.map_or_else(|| PathBuf::from(name(format)), Path::to_path_buf)
}

/// The disk, and standard input under a name.
pub struct Input {
    piped: Option<PathBuf>,
}

impl Input {
    /// Standard input is read where `-` is among the paths, which is replaced by its name.
    pub fn new(paths: &mut [PathBuf], said: Option<&Path>, format: Option<InputFormat>) -> Input {
        let mut piped = None;
        for path in paths.iter_mut().filter(|path| path.as_os_str() == "-") {
            let name = called(said, format);
            path.clone_from(&name);
            piped = Some(name);
        }
        Input { piped }
    }

    /// Has a session read it record by record, where that can be done.
    pub fn pipe(&self, session: &mut Session) {
        if let Some(name) = &self.piped {
            session.pipe(name.clone(), Box::new(|| Box::new(std::io::stdin().lock())));
        }
    }
}

impl Files for Input {
    fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, FileError> {
        if self.piped.as_deref() != Some(path) {
            return Disk.read(path, limit);
        }
        let mut bytes = Vec::new();
        let read = std::io::stdin().lock().take(limit.saturating_add(1)).read_to_end(&mut bytes);
        read.map_err(|error| FileError::Other(error.to_string()))?;
        let size = bytes.len() as u64;
        if size > limit { Err(FileError::TooLarge { size, limit }) } else { Ok(bytes) }
    }

    fn list(&self, folder: &Path) -> Result<Vec<PathBuf>, FileError> {
        Disk.list(folder)
    }

    fn walk(&self, folder: &Path, enter: &mut dyn FnMut(&Path, bool) -> bool) -> Walked {
        Disk.walk(folder, enter)
    }

    fn is_file(&self, path: &Path) -> bool {
        self.piped.as_deref() == Some(path) || Disk.is_file(path)
    }

    fn is_folder(&self, path: &Path) -> bool {
        self.piped.as_deref() != Some(path) && Disk.is_folder(path)
    }

    fn beside(&self, path: &Path) -> Vec<PathBuf> {
        Disk.beside(path)
    }
}
