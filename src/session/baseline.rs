//! Baselines: files of what is known and has not been mended yet. One is a small JSON document with a line for each finding,
//! in order, so that two changes of it merge. How findings are held against it is `compare`'s business.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use serde::Serialize;

use super::compare::{self, Known, remembered};
use super::{Checked, Session};
use crate::diag::codes::run;
use crate::diag::{Diagnostic, Severity};
use crate::facts::document::{Document, NodeId, View};
use crate::facts::read::{self, Format};
use crate::report::{FindingVerdict, Fixed, Report};
use crate::source::{FileError, Span};

/// The version of the format.
const VERSION: &str = "1";

/// A line of the file.
#[derive(Serialize)]
struct Line<'a> {
    fingerprint: &'a str,
    code: &'a str,
    rule: &'a str,
    severity: &'static str,
    verdict: &'static str,
    file: String,
    plan: &'a str,
    step: Option<&'a str>,
    subject: Option<&'a str>,
    message: &'a str,
}

/// Where a baseline is, and where one stands: its paths are relative to its own folder.
#[derive(Clone, Debug)]
pub struct Place {
    /// The file as the user named it.
    pub path: PathBuf,
    /// The folder one stands in, as an absolute path.
    pub folder: PathBuf,
}

impl Place {
    fn own_folder(&self) -> PathBuf {
        let path = absolute(&self.folder, &self.path);
        path.parent().map(Path::to_path_buf).unwrap_or_default()
    }

    /// A path of the file as the user would name it.
    fn here(&self, file: &str) -> String {
        relative(&self.folder, &absolute(&self.own_folder(), Path::new(file)))
    }

    /// A path that the user named as the file has it.
    fn there(&self, file: &str) -> String {
        relative(&self.own_folder(), &absolute(&self.folder, Path::new(file)))
    }
}

/// The entries of a baseline with the plans of a run as the run names them: a plan that is named by another path is the same.
fn spelt(mut entries: Vec<Fixed>, report: &Report, place: &Place) -> Vec<Fixed> {
    let named = report.plans.iter().map(|plan| (absolute(&place.folder, Path::new(&*plan.file)), plan.file.clone()));
    let named: BTreeMap<PathBuf, Arc<str>> = named.collect();
    for entry in &mut entries {
        if let Some(file) = named.get(&absolute(&place.folder, Path::new(&*entry.file))) {
            entry.file = file.clone();
        }
    }
    entries
}

/// A path without `.` and `..`, by names alone.
fn absolute(folder: &Path, path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in folder.join(path).components() {
        match part {
            Component::ParentDir => {
                out.pop();
            }
            Component::CurDir => {}
            part => out.push(part),
        }
    }
    out
}

/// A path from a folder, both absolute: with `/` between its names.
fn relative(folder: &Path, path: &Path) -> String {
    let shared = folder.components().zip(path.components()).take_while(|(a, b)| a == b).count();
    let up = folder.components().skip(shared).map(|_| "..".to_owned());
    let down = path.components().skip(shared).map(|part| part.as_os_str().to_string_lossy().into_owned());
    up.chain(down).collect::<Vec<_>>().join("/")
}

/// The entries of a baseline; nothing where there is none to read. What is wrong with it is told with its place.
fn read(session: &mut Session, place: &Place, told: &mut Vec<Diagnostic>) -> Option<Vec<Fixed>> {
    let limits = session.options.limits.inputs;
    let id = session.configs.texts.read(session.files, &place.path, &limits, told)?;
    let file = session.configs.texts.map.file(id)?.clone();
    let (document, wrong) = read::read_one(Format::Json, &file, &limits);
    let broken = wrong.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
    told.extend(wrong);
    let document = document.filter(|_| !broken)?;
    entries(&document, place).map_err(|wrong| told.push(wrong)).ok()
}

fn wrong(span: Span, message: impl Into<String>) -> Diagnostic {
    Diagnostic::error(run::NOT_A_BASELINE, span, message)
        .help("a baseline is written by `clearway check --write-baseline FILE`: write it anew")
}

fn entries(document: &Document, place: &Place) -> Result<Vec<Fixed>, Diagnostic> {
    let nowhere = |root: Option<NodeId>| root.map_or(Span::NONE, |root| document.span(root));
    let root = document.root().filter(|root| matches!(document.view(*root), View::Map(_)));
    let root = root.ok_or_else(|| wrong(nowhere(document.root()), "this is no baseline: it is not an object"))?;
    let version = document.get(root, "version");
    match version.and_then(|at| document.scalar(at)) {
        Some(VERSION) => {}
        Some(other) => {
            let span = version.map_or(Span::NONE, |at| document.span(at));
            let message = format!("the baseline is of version `{other}`, and only version 1 is known");
            return Err(Diagnostic::error(run::NOT_A_BASELINE, span, message)
                .help("a newer clearway has written it: use that one, or write the baseline anew"));
        }
        None => return Err(wrong(document.span(root), "this is no baseline: it has no `version`")),
    }
    let list = document.get(root, "findings").filter(|at| matches!(document.view(*at), View::List(_)));
    let list = list.ok_or_else(|| wrong(document.span(root), "the baseline has no list of `findings`"))?;
    let mut entries = Vec::new();
    for at in document.elements(list) {
        // The last element says that nothing follows, so that every finding's line ends alike.
        if !matches!(document.view(*at), View::Null) {
            entries.push(entry(document, *at, place)?);
        }
    }
    Ok(entries)
}

fn entry(document: &Document, at: NodeId, place: &Place) -> Result<Fixed, Diagnostic> {
    let text = |key: &str| document.get(at, key).and_then(|at| document.scalar(at));
    let needed = |key: &str| {
        text(key).ok_or_else(|| wrong(document.span(at), format!("a finding of the baseline has no `{key}`")))
    };
    let said = |key: &str, spans: &str| {
        let span = document.get(at, key).map_or(Span::NONE, |at| document.span(at));
        wrong(span, format!("`{spans}` is no {key} of a finding"))
    };
    let (severity, verdict) = (needed("severity")?, needed("verdict")?);
    let optional = |key: &str| text(key).map(Arc::from);
    Ok(Fixed {
        fingerprint: needed("fingerprint")?.to_owned(),
        code: needed("code")?.into(),
        rule: text("rule").unwrap_or_default().into(),
        severity: severities().find(|(_, name)| *name == severity).ok_or_else(|| said("severity", severity))?.0,
        verdict: verdicts().find(|known| known.as_str() == verdict).ok_or_else(|| said("verdict", verdict))?,
        file: place.here(needed("file")?).into(),
        plan: text("plan").unwrap_or_default().into(),
        step: optional("step"),
        subject: optional("subject"),
        message: text("message").unwrap_or_default().to_owned(),
    })
}

fn severities() -> impl Iterator<Item = (Severity, &'static str)> {
    [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Info, "info")].into_iter()
}

fn verdicts() -> impl Iterator<Item = FindingVerdict> {
    use FindingVerdict::{Noted, Unverified, Violated, Waived};
    [Violated, Unverified, Noted, Waived].into_iter()
}

/// Whether the code of what was found before is shown of its plan.
fn shows(session: &Session, was: &Fixed) -> bool {
    let inputs = session.looked.iter().rev().find(|inputs| inputs.plan.as_os_str() == &*was.file);
    inputs.map_or(&session.options.selection, |inputs| &inputs.selection).shows(&was.code)
}

/// Compares what was found with a baseline. Answers whether that could be done; else it is told why.
pub(super) fn run(session: &mut Session, checked: &mut Checked, place: &Place) -> bool {
    let Some(entries) = read(session, place, &mut checked.diagnostics) else { return false };
    let entries = spelt(entries, &checked.report, place);
    let looked: BTreeSet<&str> = checked.report.plans.iter().map(|plan| &*plan.file).collect();
    let is_there = |file: &str| {
        looked.contains(file) || !matches!(session.files.read(Path::new(file), 0), Err(FileError::Missing))
    };
    let known = entries.into_iter().map(|was| {
        let gone = !is_there(&was.file);
        // What is only told of some plans says nothing about the others.
        let looked_for = (gone || looked.contains(&*was.file)) && shows(session, &was);
        Known { looked_for, gone: gone || compare::of_inventories(&was.code), was }
    });
    let known: Vec<Known> = known.collect();
    compare::compare(&mut checked.report, known, &[]);
    true
}

/// The text of a baseline of everything that was found, and how many findings are in it; nothing where that cannot be said,
/// or would be wrong. What an earlier baseline in its place knows of plans and codes that were not looked at stays.
pub(super) fn written(session: &mut Session, checked: &mut Checked, place: &Place) -> Option<(String, usize)> {
    let kept = |why: &str| {
        let message = format!("the baseline `{}` is not written: {why}", place.path.display());
        Diagnostic::error(run::BASELINE_KEPT, Span::NONE, message)
    };
    if checked.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error) {
        let help = "mend what is wrong with what was read first: what cannot be judged would be missing in it";
        checked.diagnostics.push(kept("not everything could be checked").help(help));
        return None;
    }
    if !checked.evaluated {
        checked.diagnostics.push(kept("nothing was evaluated").help("name plans that have steps"));
        return None;
    }
    let mut earlier = Vec::new();
    if !matches!(session.files.read(&place.path, 0), Err(FileError::Missing)) {
        let mut wrong = Vec::new();
        let Some(entries) = read(session, place, &mut wrong) else {
            checked.diagnostics.extend(wrong);
            let help = "write it to another file, or take this one away if it is not needed";
            checked.diagnostics.push(kept("another file is in its place").help(help));
            return None;
        };
        earlier = spelt(entries, &checked.report, place);
    }
    let report = &checked.report;
    let mut all: Vec<Fixed> = Vec::new();
    for finding in &report.findings {
        let plan = report.plans.get(finding.plan);
        let (file, name) = plan.map(|plan| (plan.file.clone(), plan.plan.clone())).unwrap_or_default();
        all.push(remembered(finding, file, name));
    }
    let looked: BTreeSet<&str> = report.plans.iter().map(|plan| &*plan.file).collect();
    let is_there = |was: &Fixed| !matches!(session.files.read(Path::new(&*was.file), 0), Err(FileError::Missing));
    let stays = |was: &Fixed| is_there(was) && !(looked.contains(&*was.file) && shows(session, was));
    all.extend(earlier.into_iter().filter(stays));
    all.sort_by(|a, b| compare::order(a).cmp(&compare::order(b)));
    let mut text = format!("{{\n  \"version\": {VERSION},\n  \"findings\": [\n");
    for was in &all {
        let line = Line {
            fingerprint: &was.fingerprint,
            code: &was.code,
            rule: &was.rule,
            severity: severities().find(|(known, _)| *known == was.severity).map_or("error", |(_, name)| name),
            verdict: was.verdict.as_str(),
            file: place.there(&was.file),
            plan: &was.plan,
            step: was.step.as_deref(),
            subject: was.subject.as_deref(),
            message: &was.message,
        };
        text.push_str(&format!("    {},\n", serde_json::to_string(&line).ok()?));
    }
    text.push_str("    null\n  ]\n}\n");
    Some((text, all.len()))
}

/// Says of everything that was found that it is known.
pub(super) fn all_known(checked: &mut Checked) {
    for finding in &mut checked.report.findings {
        finding.standing = Some(crate::report::Standing::Unchanged);
    }
    compare::count(&mut checked.report);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_relative_to_the_baseline() {
        let place = |path: &str| Place { path: path.into(), folder: "/r/plans".into() };
        assert_eq!(place("base.json").there("a.plan.yaml"), "a.plan.yaml");
        assert_eq!(place("../ci/base.json").there("./a.plan.yaml"), "../plans/a.plan.yaml");
        assert_eq!(place("../ci/base.json").here("../plans/a.plan.yaml"), "a.plan.yaml");
        assert_eq!(place("/r/base.json").there("b/a.plan.yaml"), "plans/b/a.plan.yaml");
        assert_eq!(place("/r/base.json").here("other/a.plan.yaml"), "../other/a.plan.yaml");
    }
}
