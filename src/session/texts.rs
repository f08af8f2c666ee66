//! Texts out of files, each read and put into the source map once. It understands none of them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::{Trouble, embedded};
use crate::diag::{Diagnostic, nearest};
use crate::facts::rvtools::{self, Sheet};
use crate::facts::{Limit, Limits, read};
use crate::source::{FileError, FileId, Files, SourceMap, Span, is_pointer};

/// The texts of a run.
#[derive(Debug)]
pub(super) struct Texts {
    /// All of them, those of the binary first.
    pub map: SourceMap,
    bundled: BTreeMap<&'static str, FileId>,
    /// Each file, or what keeps it from being read.
    read: BTreeMap<PathBuf, Result<FileId, Option<Diagnostic>>>,
    /// Each workbook, where it can be read.
    books: BTreeMap<PathBuf, Option<Workbook>>,
}

impl Texts {
    /// The texts of the binary.
    pub fn new() -> Texts {
        let mut map = SourceMap::new();
        let ids = embedded::all().filter_map(|(name, text)| Some((name, map.add_fixed(name, text)?)));
        let bundled = ids.collect();
        Texts { map, bundled, read: BTreeMap::new(), books: BTreeMap::new() }
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
        let read = match bytes(files, path, limits) {
            Ok(bytes) => {
                let name = path.display().to_string();
                read::add_file(&mut self.map, &name, bytes, limits).map_err(|wrong| {
                    told.push(*wrong);
                    None
                })
            }
            Err(trouble) => {
                told.push((*trouble).clone());
                Err(Some(*trouble))
            }
        };
        let id = read.as_ref().ok().copied();
        self.read.insert(path.to_path_buf(), read);
        id
    }

    /// The sheets of a workbook, as texts that are called by the file and the sheet: `export.xlsx#vInfo`. The file itself is
    /// an empty text among them, for what is said of it as a whole. What is wrong with it is told once.
    pub fn workbook(
        &mut self,
        files: &dyn Files,
        path: &Path,
        limits: &Limits,
        told: &mut Vec<Diagnostic>,
    ) -> Option<Workbook> {
        if let Some(known) = self.books.get(path) {
            return known.clone();
        }
        let read = self.read_workbook(files, path, limits).map_err(|wrong| told.push(*wrong)).ok();
        self.books.insert(path.to_path_buf(), read.clone());
        read
    }

    fn read_workbook(&mut self, files: &dyn Files, path: &Path, limits: &Limits) -> Result<Workbook, Box<Diagnostic>> {
        let name = path.display().to_string();
        let bytes = bytes(files, path, limits)?;
        let full = || Box::new(limits.hit(Limit::FileSize, Span::NONE, "all files together have more than 4 GiB"));
        let file = self.map.add(&name, "").and_then(|id| self.map.file(id)).ok_or_else(full)?;
        let place = file.span();
        let mut sheets = Vec::new();
        for (sheet, text) in rvtools::texts(&bytes, place, limits)? {
            let name = format!("{name}#{}", sheet.name());
            sheets.push((sheet, self.map.add(&name, text).ok_or_else(full)?));
        }
        Ok(Workbook { place, sheets })
    }
}

/// A workbook in the source map.
#[derive(Clone, Debug)]
pub(super) struct Workbook {
    /// Where it stands itself.
    pub place: Span,
    /// Its sheets.
    pub sheets: Vec<(Sheet, FileId)>,
}

/// The bytes of a file, or why there are none.
fn bytes(files: &dyn Files, path: &Path, limits: &Limits) -> Result<Vec<u8>, Box<Diagnostic>> {
    match files.read(path, limits.file_size) {
        Ok(bytes) if is_pointer(&bytes) => Err(Box::new(Trouble::Pointer { path: path.to_path_buf() }.diagnostic())),
        Ok(bytes) => Ok(bytes),
        Err(why) => {
            let missing = why == FileError::Missing;
            let mut trouble = Trouble::Unreadable { path: path.to_path_buf(), why }.diagnostic();
            if let Some(near) = missing.then(|| near(files, path)).flatten() {
                trouble = trouble.help(format!("did you mean `{near}`?"));
            }
            Err(Box::new(trouble))
        }
    }
}

/// What lies beside the file that is missing and has nearly its name. Endings are much alike, so they do not count.
fn near(files: &dyn Files, path: &Path) -> Option<String> {
    let split = |path: &Path| {
        let name = path.file_name()?.to_string_lossy().into_owned();
        let (stem, ending) = name.split_once('.').unwrap_or((&name, ""));
        Some((stem.to_owned(), ending.to_owned()))
    };
    let (stem, ending) = split(path)?;
    let there: Vec<(PathBuf, (String, String))> =
        files.beside(path).into_iter().filter_map(|path| Some((path.clone(), split(&path)?))).collect();
    let near = nearest(&stem, there.iter().map(|(_, (stem, _))| stem.as_str()))?;
    let mut alike = there.iter().filter(|(_, (stem, _))| stem == near);
    let best = alike.clone().find(|(_, (_, other))| *other == ending).or_else(|| alike.next());
    best.map(|(path, _)| path.display().to_string())
}
