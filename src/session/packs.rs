//! Packs: which files belong to one, where it is (in the binary or in a folder), and what it builds upon. Files are parsed
//! here; what they mean is `check`'s business.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::texts::Texts;
use super::{Trouble, embedded};
use crate::check::PackFiles;
use crate::diag::Diagnostic;
use crate::facts::Limits;
use crate::source::{FileError, FileId, Files};
use crate::syntax::{self, ast};

/// A pack as it was read.
pub(super) struct Read {
    /// Its own name, or its folder's.
    pub name: Arc<str>,
    /// Packs that it builds upon.
    pub extends: Vec<Arc<str>>,
    /// Its files, parsed.
    pub files: PackFiles,
}

/// Reads the packs that are asked for, and those that they build upon, which come first. Packs that are asked for by a
/// folder are found by name, too, before those of the binary.
pub(super) fn read(
    files: &dyn Files,
    texts: &mut Texts,
    asked: &[String],
    limits: &Limits,
    told: &mut Vec<Diagnostic>,
) -> Vec<PackFiles> {
    let mut folders: Vec<Read> = Vec::new();
    let mut wanted: Vec<Arc<str>> = Vec::new();
    for name in asked {
        if embedded::pack(name).is_some() {
            wanted.push(name.as_str().into());
        } else if files.is_folder(Path::new(name)) {
            if let Some(read) = folder(files, texts, Path::new(name), limits, told) {
                wanted.push(read.name.clone());
                folders.push(read);
            }
        } else {
            let known = embedded::names().map(str::to_owned).collect();
            told.push(Trouble::UnknownPack { name: name.clone(), known }.diagnostic());
        }
    }
    let mut order = Order { texts, told, folders, seen: BTreeSet::new(), out: Vec::new() };
    for name in wanted {
        order.visit(&name);
    }
    order.out
}

/// The packs that a folder stands for: itself where policies are in it, else the folders in it that have some.
pub(super) fn below(files: &dyn Files, path: &Path) -> Vec<String> {
    let name = |path: &Path| path.display().to_string();
    let Ok(listed) = files.list(path) else { return vec![name(path)] };
    let ways = || listed.iter().filter(|path| path.extension().is_some_and(|ending| ending == "way"));
    if ways().any(|way| way.parent() == Some(path)) {
        return vec![name(path)];
    }
    let inner = ways().filter_map(|way| {
        let first = way.strip_prefix(path).ok()?.components().next()?;
        Some(name(&path.join(first)))
    });
    let packs: BTreeSet<String> = inner.collect();
    if packs.is_empty() { vec![name(path)] } else { packs.into_iter().collect() }
}

struct Order<'a> {
    texts: &'a mut Texts,
    told: &'a mut Vec<Diagnostic>,
    folders: Vec<Read>,
    seen: BTreeSet<Arc<str>>,
    out: Vec<PackFiles>,
}

impl Order<'_> {
    /// Puts a pack behind those that it builds upon. One that is not found is left out: `check` says so where it is named.
    fn visit(&mut self, name: &Arc<str>) {
        if !self.seen.insert(name.clone()) {
            return;
        }
        let read = match self.folders.iter().position(|read| read.name == *name) {
            Some(at) => self.folders.swap_remove(at),
            None => match bundled(self.texts, name, self.told) {
                Some(read) => read,
                None => return,
            },
        };
        for extended in &read.extends {
            self.visit(extended);
        }
        self.out.push(read.files);
    }
}

/// A pack of the binary.
fn bundled(texts: &Texts, name: &str, told: &mut Vec<Diagnostic>) -> Option<Read> {
    let files = embedded::pack(name)?;
    let ids: Vec<FileId> = files.iter().filter_map(|(path, _)| texts.bundled(path)).collect();
    Some(parse(texts, name, &ids, told))
}

/// The policy files of a folder: all `.way` files in it and below it.
pub(super) fn ways(files: &dyn Files, folder: &Path) -> Result<Vec<PathBuf>, FileError> {
    let listed = files.list(folder)?;
    let ways = listed.iter().filter(|path| path.extension().is_some_and(|ending| ending == "way"));
    Ok(ways.map(|path| super::discover::tidy(path)).collect())
}

/// A pack of a folder: all `.way` files in it and below it.
fn folder(
    files: &dyn Files,
    texts: &mut Texts,
    path: &Path,
    limits: &Limits,
    told: &mut Vec<Diagnostic>,
) -> Option<Read> {
    let ways = match ways(files, path) {
        Ok(ways) => ways,
        Err(why) => {
            told.push(Trouble::Unreadable { path: path.to_path_buf(), why }.diagnostic());
            return None;
        }
    };
    let ids: Vec<FileId> = ways.iter().filter_map(|path| texts.read(files, path, limits, told)).collect();
    if ids.is_empty() {
        told.push(Trouble::NoPolicies { path: path.to_path_buf() }.diagnostic());
        return None;
    }
    // `policies/acme/` and `policies/acme/.` are `acme`; the folder one stands in has no name to go by.
    let name = path.file_name().map_or_else(|| "pack".into(), |name| name.to_string_lossy());
    Some(parse(texts, &name, &ids, told))
}

fn parse(texts: &Texts, folder: &str, ids: &[FileId], told: &mut Vec<Diagnostic>) -> Read {
    let mut trees = Vec::new();
    for file in ids.iter().filter_map(|id| texts.map.file(*id)) {
        let parsed = syntax::parse(file.text(), file.base());
        told.extend(parsed.diagnostics);
        trees.push(parsed.tree);
    }
    let items = || trees.iter().flat_map(|tree| &tree.items);
    let own = items().find_map(|item| match item {
        ast::Item::Pack(pack) => Some(pack.name.text.clone()),
        _ => None,
    });
    let extends = items()
        .filter_map(|item| match item {
            ast::Item::Extend(extend) => Some(extend.pack.text.clone()),
            _ => None,
        })
        .collect();
    let name = own.unwrap_or_else(|| folder.into());
    Read { name, extends, files: PackFiles { folder: folder.into(), files: trees } }
}
