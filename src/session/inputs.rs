//! Plans and inventories: files to documents to facts. What they mean is the loaders' business; which belong together is
//! decided here.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::assumptions::Assumptions;
use super::policies::Judge;
use super::{Session, Trouble};
use crate::diag::codes::input;
use crate::diag::{Diagnostic, Severity};
use crate::eval;
use crate::facts::decode;
use crate::facts::document::{self, Document};
use crate::facts::load::{self, Options};
use crate::facts::read::{self, Format, Read};
use crate::facts::{Facts, scvmm};
use crate::report::Phase;
use crate::source::SourceFile;
use crate::types::FieldId;
use crate::value::{Row, StructId};

/// Inventories that are laid over each other, loaded for some policies.
pub(super) struct Estate {
    /// What they say.
    pub facts: Facts,
    /// What is assumed of what they do not say.
    pub assumptions: Assumptions,
    /// Rows that break a demand and take no part.
    pub left_out: Vec<(StructId, Row)>,
    /// Those that are not there to be read, by their place among them, and why: to be told where they are named.
    pub troubles: Vec<(usize, Diagnostic)>,
    /// Whether all of them could be read: only then are plans judged against them.
    pub whole: bool,
    /// Whether they are free of errors.
    pub clean: bool,
    /// Their names.
    pub names: Vec<Arc<str>>,
}

/// The text of a file and how it is to be read.
pub(super) fn text(
    session: &mut Session,
    path: &Path,
    told: &mut Vec<Diagnostic>,
) -> Option<(Arc<SourceFile>, Format)> {
    if super::exports::is_workbook(path) {
        told.push(Trouble::Workbook { path: path.to_path_buf() }.diagnostic());
        return None;
    }
    let limits = session.options.limits.inputs;
    let id = session.configs.texts.read(session.files, path, &limits, told)?;
    let file = session.configs.texts.map.file(id)?.clone();
    let format = match session.options.format_of(path) {
        Some(format) => format,
        None if path.extension().is_none() => Format::of_text(file.text()),
        None => {
            told.push(Trouble::UnknownEnding { path: path.to_path_buf() }.diagnostic());
            return None;
        }
    };
    Some((file, format))
}

/// All documents of a file; nothing where it cannot be read.
pub(super) fn documents(session: &mut Session, path: &Path, told: &mut Vec<Diagnostic>) -> Option<Vec<Document>> {
    let (file, format) = text(session, path, told)?;
    let Read { documents, diagnostics } = read::read(format, &file, &session.options.limits.inputs);
    told.extend(diagnostics);
    Some(documents)
}

/// The one document of a file; nothing where it cannot be read.
pub(super) fn document(session: &mut Session, path: &Path, told: &mut Vec<Diagnostic>) -> Option<Document> {
    let (file, format) = text(session, path, told)?;
    one(session, &file, format, told)
}

/// The one document of a text; nothing where it breaks the rules of its format.
fn one(session: &Session, file: &SourceFile, format: Format, told: &mut Vec<Diagnostic>) -> Option<Document> {
    let (document, diagnostics) = read::read_one(format, file, &session.options.limits.inputs);
    told.extend(diagnostics);
    document
}

/// What has a place is told; what has none, where the file is named.
fn part(own: Vec<Diagnostic>, index: usize, told: &mut Vec<Diagnostic>, troubles: &mut Vec<(usize, Diagnostic)>) {
    let (placed, unplaced): (Vec<_>, Vec<_>) = own.into_iter().partition(|wrong| !wrong.labels.is_empty());
    told.extend(placed);
    troubles.extend(unplaced.into_iter().map(|wrong| (index, wrong)));
}

/// Loads inventories for some policies.
pub(super) fn estate(session: &mut Session, policies: &Judge, paths: &[PathBuf], told: &mut Vec<Diagnostic>) -> Estate {
    let before = told.len();
    let mut documents = Vec::new();
    let mut whole = true;
    let mut troubles = Vec::new();
    let begun = session.stopwatch.now();
    // One inventory of JSON may need no document.
    let mut alone = None;
    for (index, path) in paths.iter().enumerate() {
        let mut own = Vec::new();
        match text(session, path, &mut own) {
            Some((file, Format::Json)) if paths.len() == 1 => alone = Some(file),
            Some((file, format)) => match one(session, &file, format, &mut own) {
                Some(document) => documents.push(document),
                None => whole = false,
            },
            None => whole = false,
        }
        part(own, index, told, &mut troubles);
    }
    session.stopwatch.spent(Phase::Reading, begun);
    let begun = session.stopwatch.now();
    // What is wrong with a configuration is told where options are read from it.
    let configuration = session.options.assume.clone().and_then(|path| document(session, &path, &mut Vec::new()));
    let limits = session.options.limits.inputs;
    let program = &policies.program;
    let reads = |of: StructId, field: FieldId| program.reads(of, field);
    let writes = |of: StructId, field: FieldId| program.writes(of, field);
    let options = Options { limits: &limits, reads: &reads, writes: &writes, strict: session.options.strict };
    let assumes = configuration
        .as_ref()
        .is_some_and(|config| config.root().is_some_and(|root| config.get(root, "assume").is_some()));
    let decoded = alone.as_ref().and_then(|file| {
        let decoder = decode::Estate::new(&program.schema, options, assumes || session.options.state.is_some())?;
        decoder.read(&program.schema, file, options).ok()
    });
    let mut loaded = match decoded {
        Some(decoded) => load::load_decoded(&program.schema, configuration.as_ref(), decoded, options),
        None => {
            let begun = session.stopwatch.now();
            let mut own = Vec::new();
            if let Some(file) = alone {
                match one(session, &file, Format::Json, &mut own) {
                    Some(document) => documents.push(document),
                    None => whole = false,
                }
            }
            part(own, 0, told, &mut troubles);
            session.stopwatch.spent(Phase::Reading, begun);
            let documents: Vec<&Document> = documents.iter().collect();
            load::load_inventory_under(&program.schema, configuration.as_ref(), &documents, options)
        }
    };
    eval::prepare(program, &mut loaded.facts);
    let all = if session.options.assumptions { loaded.assumptions } else { Vec::new() };
    session.assumed.extend(all.iter().map(super::assumptions::said));
    let assumptions = Assumptions::over(all, &mut loaded.facts, program, session.clock());
    // A document that is no inventory at all says as little as one that is missing.
    let useless = |diagnostic: &Diagnostic| [input::ROOT, input::EMPTY].contains(&diagnostic.code);
    whole &= !loaded.diagnostics.iter().any(useless);
    told.extend(loaded.diagnostics);
    let (left_out, broken) = eval::demands(program, &loaded.facts, session.options.limits.steps);
    told.extend(broken);
    session.stopwatch.spent(Phase::Loading, begun);
    let names = paths.iter().map(|path| path.display().to_string().into()).collect();
    let clean =
        troubles.is_empty() && !told.iter().skip(before).any(|diagnostic| diagnostic.severity == Severity::Error);
    Estate { facts: loaded.facts, assumptions, left_out, troubles, whole, clean, names }
}

/// An SCVMM export as a native inventory.
pub(super) fn import(session: &mut Session, path: &Path, told: &mut Vec<Diagnostic>) -> Option<String> {
    let document = document(session, path, told)?;
    if !scvmm::recognise(&document) {
        told.push(Trouble::NotAnExport { path: path.to_path_buf() }.diagnostic());
        return None;
    }
    let (value, odd) = scvmm::import(&document);
    told.extend(odd);
    Some(document::yaml(&value.document()))
}
