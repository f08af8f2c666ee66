//! How files are read: one trait, with the disk and a map in memory behind it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Why a file could not be read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FileError {
    /// There is no such file.
    Missing,
    /// It is a folder.
    Folder,
    /// Reading it is not permitted.
    Denied,
    /// It is longer than the limit, in bytes: what it has and what is allowed.
    TooLarge {
        /// Bytes of the file.
        size: u64,
        /// Bytes that are allowed.
        limit: u64,
    },
    /// Anything else, in the system's words.
    Other(String),
}

/// Where files come from. The language server and the tests bring their own.
pub trait Files {
    /// The bytes of a file of at most `limit` bytes.
    ///
    /// # Errors
    /// See [`FileError`].
    fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, FileError>;

    /// All files below a folder, in a stable order, hidden ones left out.
    ///
    /// # Errors
    /// See [`FileError`].
    fn list(&self, folder: &Path) -> Result<Vec<PathBuf>, FileError>;

    /// Walks through the files below a folder in a stable order, hidden ones left out. `enter` is asked of each folder and each
    /// file whether it is to be looked at (`true` says that it is a folder), of a folder before anything in it. A folder that
    /// is a link is not gone into.
    fn walk(&self, folder: &Path, enter: &mut dyn FnMut(&Path, bool) -> bool) -> Walked {
        let mut walked = Walked::default();
        match self.list(folder) {
            Ok(listed) => listed.iter().for_each(|file| walked.take(folder, file, enter)),
            Err(why) => walked.troubles.push((folder.to_path_buf(), why)),
        }
        walked
    }

    /// Whether a path is a folder.
    fn is_folder(&self, path: &Path) -> bool;

    /// What lies in the folder that a path is in, for who asks what else may have been meant. Nothing where that is not known.
    fn beside(&self, path: &Path) -> Vec<PathBuf> {
        let _ = path;
        Vec::new()
    }

    /// Whether there is a file of this name.
    fn is_file(&self, path: &Path) -> bool {
        matches!(self.read(path, 0), Ok(_) | Err(FileError::TooLarge { .. }))
    }
}

/// What a walk came upon.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Walked {
    /// The files, in order.
    pub files: Vec<PathBuf>,
    /// What could not be looked into, and why.
    pub troubles: Vec<(PathBuf, FileError)>,
    /// Folders that were asked about, and whether they are gone into.
    entered: BTreeMap<PathBuf, bool>,
}

impl Walked {
    /// A listed file, where every folder on the way to it is gone into.
    fn take(&mut self, folder: &Path, file: &Path, enter: &mut dyn FnMut(&Path, bool) -> bool) {
        let mut between: Vec<&Path> = file.ancestors().skip(1).take_while(|on_the_way| *on_the_way != folder).collect();
        between.push(folder);
        for on_the_way in between.into_iter().rev() {
            let known = self.entered.get(on_the_way).copied();
            let goes = known.unwrap_or_else(|| enter(on_the_way, true));
            self.entered.insert(on_the_way.to_path_buf(), goes);
            if !goes {
                return;
            }
        }
        if enter(file, false) {
            self.files.push(file.to_path_buf());
        }
    }
}

/// The file system.
#[derive(Clone, Copy, Debug, Default)]
pub struct Disk;

fn trouble(error: &std::io::Error) -> FileError {
    match error.kind() {
        std::io::ErrorKind::NotFound => FileError::Missing,
        std::io::ErrorKind::PermissionDenied => FileError::Denied,
        std::io::ErrorKind::IsADirectory => FileError::Folder,
        _ => FileError::Other(error.to_string()),
    }
}

impl Files for Disk {
    fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, FileError> {
        use std::io::Read;
        let meta = std::fs::metadata(path).map_err(|e| trouble(&e))?;
        if meta.is_dir() {
            return Err(FileError::Folder);
        }
        if meta.len() > limit {
            return Err(FileError::TooLarge { size: meta.len(), limit });
        }
        let file = std::fs::File::open(path).map_err(|e| trouble(&e))?;
        let mut bytes = Vec::with_capacity(usize::try_from(meta.len()).unwrap_or(0));
        // A pipe or a growing file has no honest length: the limit holds while reading, too.
        file.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(|e| trouble(&e))?;
        let size = bytes.len() as u64;
        if size > limit { Err(FileError::TooLarge { size, limit }) } else { Ok(bytes) }
    }

    fn list(&self, folder: &Path) -> Result<Vec<PathBuf>, FileError> {
        let mut found = Vec::new();
        let visible =
            |entry: &walkdir::DirEntry| entry.depth() == 0 || !entry.file_name().to_string_lossy().starts_with('.');
        for entry in walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().filter_entry(visible) {
            match entry {
                Ok(entry) if !entry.file_type().is_dir() => found.push(entry.into_path()),
                Ok(_) => {}
                Err(error) => {
                    return Err(error.io_error().map_or_else(|| FileError::Other(error.to_string()), trouble));
                }
            }
        }
        Ok(found)
    }

    fn walk(&self, folder: &Path, enter: &mut dyn FnMut(&Path, bool) -> bool) -> Walked {
        let mut walked = Walked::default();
        let looked_at = |entry: &walkdir::DirEntry| {
            let hidden = entry.depth() > 0 && entry.file_name().to_string_lossy().starts_with('.');
            !hidden && enter(entry.path(), entry.file_type().is_dir())
        };
        for entry in walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().filter_entry(looked_at) {
            match entry {
                Ok(entry) if entry.file_type().is_file() => walked.files.push(entry.into_path()),
                // A link to a file is one, and so is one that leads nowhere: whoever reads it says so.
                Ok(entry) if entry.path_is_symlink() && !entry.path().is_dir() => walked.files.push(entry.into_path()),
                Ok(_) => {}
                Err(error) => {
                    let path = error.path().unwrap_or(folder).to_path_buf();
                    let why = error.io_error().map_or_else(|| FileError::Other(error.to_string()), trouble);
                    walked.troubles.push((path, why));
                }
            }
        }
        walked
    }

    fn is_folder(&self, path: &Path) -> bool {
        path.is_dir()
    }

    fn beside(&self, path: &Path) -> Vec<PathBuf> {
        let folder = path.parent().unwrap_or(Path::new(""));
        let listed = std::fs::read_dir(if folder.as_os_str().is_empty() { Path::new(".") } else { folder });
        let entries = listed.into_iter().flatten().flatten();
        let mut names: Vec<PathBuf> = entries.map(|entry| folder.join(entry.file_name())).collect();
        names.sort();
        names
    }

    fn is_file(&self, path: &Path) -> bool {
        path.is_file()
    }
}

/// Files in memory, by path: for tests, standard input and packs inside the binary.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    files: BTreeMap<PathBuf, Vec<u8>>,
}

impl Memory {
    /// No files.
    pub fn new() -> Memory {
        Memory::default()
    }

    /// Adds or replaces a file.
    pub fn with(mut self, path: impl Into<PathBuf>, bytes: impl Into<Vec<u8>>) -> Memory {
        self.files.insert(path.into(), bytes.into());
        self
    }
}

impl Files for Memory {
    fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, FileError> {
        let Some(bytes) = self.files.get(path) else {
            return Err(if self.is_folder(path) { FileError::Folder } else { FileError::Missing });
        };
        let size = bytes.len() as u64;
        if size > limit { Err(FileError::TooLarge { size, limit }) } else { Ok(bytes.clone()) }
    }

    fn list(&self, folder: &Path) -> Result<Vec<PathBuf>, FileError> {
        let found: Vec<_> = self.files.keys().filter(|path| path.starts_with(folder)).cloned().collect();
        if found.is_empty() { Err(FileError::Missing) } else { Ok(found) }
    }

    fn is_folder(&self, path: &Path) -> bool {
        self.files.keys().any(|file| file != path && file.starts_with(path))
    }

    fn beside(&self, path: &Path) -> Vec<PathBuf> {
        self.files.keys().filter(|file| file.parent() == path.parent()).cloned().collect()
    }
}
