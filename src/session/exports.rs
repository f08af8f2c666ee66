//! Exports of RVTools among what is to be judged: which files are one, and which belong together. What they mean is said in
//! `facts`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Session, Trouble};
use crate::diag::Diagnostic;
use crate::diag::codes::{input, run};
use crate::facts::document::{Document, Value};
use crate::facts::read::Format;
use crate::facts::rvtools::{self, Part, Recognised, Sheet};
use crate::source::{Files, SourceFile, Span};
use crate::types::Schema;

/// The machines of an export.
pub(super) struct Export {
    /// One document each.
    pub documents: Vec<Document>,
    /// Where the export stands.
    pub place: Span,
}

/// Whether a file is a workbook, by its name.
pub(super) fn is_workbook(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("xlsx"))
}

/// The export that a path means, if it means one: nothing within where it cannot be read.
pub(super) fn read(session: &mut Session, path: &Path, told: &mut Vec<Diagnostic>) -> Option<Option<Export>> {
    let (machines, place) = match values(session, path, told)? {
        Some(found) => found,
        None => return Some(None),
    };
    Some(Some(Export { documents: machines.iter().map(Value::document).collect(), place }))
}

/// The export that a path means as JSON, a line for each machine.
pub(super) fn lines(session: &mut Session, path: &Path, told: &mut Vec<Diagnostic>) -> Option<String> {
    let path = &folder_or_file(session.files, path);
    let Some(found) = values(session, path, told) else {
        if told.is_empty() {
            told.push(Trouble::NotRvtools { path: path.clone() }.diagnostic());
        }
        return None;
    };
    let (machines, _) = found?;
    Some(machines.iter().map(|machine| crate::facts::document::json_line(&machine.document())).collect())
}

/// The file of machines in a folder of a CSV export, where that is named.
fn folder_or_file(files: &dyn Files, path: &Path) -> PathBuf {
    if files.is_folder(path) { info_in(files, path).unwrap_or_else(|| path.to_path_buf()) } else { path.to_path_buf() }
}

/// The file of machines that lies in a folder itself.
pub(super) fn info_in(files: &dyn Files, folder: &Path) -> Option<PathBuf> {
    let mut found = files.beside(&folder.join("RVTools_tabvInfo.csv"));
    found.sort();
    found.into_iter().find(|path| stem(path, Sheet::Info).is_some())
}

/// What stands before the name of a sheet in the name of a CSV file.
fn stem(path: &Path, sheet: Sheet) -> Option<String> {
    let name = path.file_name()?.to_str()?;
    let lower = name.to_lowercase();
    let ending = format!("tab{}.csv", sheet.name().to_lowercase());
    let length = name.len().checked_sub(lower.strip_suffix(&ending).map(|_| ending.len())?)?;
    name.get(..length).map(str::to_owned)
}

type Found = (Vec<Value>, Span);

fn values(session: &mut Session, path: &Path, told: &mut Vec<Diagnostic>) -> Option<Option<Found>> {
    let limits = session.options.limits.inputs;
    if is_workbook(path) {
        let texts = &mut session.configs.texts;
        let Some(book) = texts.workbook(session.files, path, &limits, told) else { return Some(None) };
        let files: Vec<(Sheet, Arc<SourceFile>)> =
            book.sheets.iter().filter_map(|(sheet, id)| Some((*sheet, texts.map.file(*id)?.clone()))).collect();
        return Some(import(session, &files, true, book.place, told));
    }
    if session.options.format_of(path) != Some(Format::Csv) {
        return None;
    }
    // What cannot be read is told by whoever reads it as an ordinary table.
    let mut silent = Vec::new();
    let id = session.configs.texts.read(session.files, path, &limits, &mut silent)?;
    let file = session.configs.texts.map.file(id)?.clone();
    let place = Span::new(file.base(), file.base());
    let named = Sheet::ALL.into_iter().find(|sheet| stem(path, *sheet).is_some());
    let recognised = match named {
        Some(Sheet::Info) => Some(Recognised::Machines),
        Some(_) => Some(Recognised::Another),
        None => rvtools::recognise(file.text()),
    };
    match recognised {
        None => None,
        Some(Recognised::Another) => {
            let error =
                Diagnostic::error(input::RVTOOLS, place, "this is a sheet of an RVTools export, but not `vInfo`")
                    .note("`vInfo` lists the machines; the other sheets are read with it, from the files beside it")
                    .help("name the file `RVTools_tabvInfo.csv`, or the folder that all of them lie in");
            told.push(error);
            Some(None)
        }
        Some(Recognised::Machines) => {
            let mut files = vec![(Sheet::Info, file)];
            files.extend(siblings(session, path, told));
            Some(import(session, &files, false, place, told))
        }
    }
}

/// The other sheets of a CSV export: the files beside that of the machines that are called like it.
fn siblings(session: &mut Session, path: &Path, told: &mut Vec<Diagnostic>) -> Vec<(Sheet, Arc<SourceFile>)> {
    let Some(own) = stem(path, Sheet::Info) else { return Vec::new() };
    let mut beside = session.files.beside(path);
    beside.sort();
    let limits = session.options.limits.inputs;
    let mut files = Vec::new();
    for sheet in Sheet::ALL.into_iter().skip(1) {
        let listed = beside.iter().find(|other| stem(other, sheet).as_ref() == Some(&own)).cloned();
        // Not all files can be listed, such as those of a revision.
        let named = || Some(path.with_file_name(format!("{own}tab{}.csv", sheet.name())));
        let sibling =
            listed.or_else(|| named().filter(|_| beside.is_empty()).filter(|path| session.files.is_file(path)));
        let Some(sibling) = sibling else { continue };
        let id = session.configs.texts.read(session.files, &sibling, &limits, told);
        files.extend(id.and_then(|id| session.configs.texts.map.file(id)).map(|file| (sheet, file.clone())));
    }
    files
}

fn import(
    session: &Session,
    files: &[(Sheet, Arc<SourceFile>)],
    plain_numbers: bool,
    place: Span,
    told: &mut Vec<Diagnostic>,
) -> Option<Found> {
    let parts: Vec<Part<'_>> = files.iter().map(|(sheet, file)| Part { sheet: *sheet, file, plain_numbers }).collect();
    let imported = rvtools::import(&parts, place, &session.options.limits.inputs);
    told.extend(imported.diagnostics);
    Some((imported.machines?, place))
}

/// Tells of an export that the policies cannot be asked about. Answers whether they can.
pub(super) fn suits(schema: &Schema, place: Span, packs: &[String], told: &mut Vec<Diagnostic>) -> bool {
    if rvtools::suits(schema) {
        return true;
    }
    let packs = packs.iter().map(|pack| format!("`{pack}`")).collect::<Vec<_>>().join(", ");
    told.push(
        Diagnostic::error(run::NOT_A_PLAN, place, format!("this is an RVTools export, which {packs} cannot judge"))
            .note("it lists machines of vSphere, each to be judged by itself")
            .help("choose a pack for them: `--pack forklift-vmware`"),
    );
    false
}
