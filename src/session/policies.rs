//! Policies as a run uses them: packs read, checked and compiled together.

use std::sync::Arc;

use crate::check::{self, PackFiles, tree};
use crate::compile;
use crate::diag::{Diagnostic, Severity};
use crate::facts::Limits;
use crate::program::{Places, Program};
use crate::source::Files;

use super::kept::{self, Shelf};
use super::texts::Texts;
use super::{embedded, packs};

/// Packs that were compiled together.
pub(super) struct Policies {
    /// What was parsed.
    pub packs: Vec<PackFiles>,
    /// What it means.
    pub checked: tree::Policies,
    /// The program, and whether it may judge.
    pub judge: Judge,
}

/// What plans are judged by.
pub(super) struct Judge {
    /// The program.
    pub program: Program,
    /// Where its expressions stand; empty of one that was compiled beforehand.
    pub places: Arc<Places>,
    /// Whether the policies are free of errors: only then are plans judged by them.
    pub sound: bool,
    /// Packs that are not there: to be told where they are named.
    pub troubles: Vec<Diagnostic>,
}

impl Judge {
    /// A bundled pack alone was compiled beforehand, others may have been in an earlier run; everything else is compiled now.
    pub fn load(
        shelf: Option<&dyn Shelf>,
        files: &dyn Files,
        texts: &mut Texts,
        asked: &kept::Asked<'_>,
        told: &mut Vec<Diagnostic>,
    ) -> Judge {
        let ready = |program| Judge { program, places: Arc::default(), sound: true, troubles: Vec::new() };
        if let [name] = asked.packs
            && let Some(program) = embedded::program(name)
        {
            return ready(program);
        }
        let mut first = Vec::new();
        if let Some(program) = shelf.and_then(|shelf| kept::find(shelf, asked, files, texts, &mut first)) {
            return ready(program);
        }
        // What is wrong with a file may be told to its first reader alone, or to each.
        let mut again = Vec::new();
        let judge = Policies::load(files, texts, asked.packs, asked.limits, &mut again).judge;
        first.retain(|told| !again.contains(told));
        let sound = judge.sound && !first.iter().any(|told| told.severity == Severity::Error);
        let judge = Judge { sound, ..judge };
        told.append(&mut first);
        told.append(&mut again);
        if let Some(shelf) = shelf.filter(|_| judge.sound) {
            kept::keep(shelf, asked, files, texts, &judge.program);
        }
        judge
    }
}

impl Policies {
    /// Reads, checks and compiles packs. What is wrong with them is told.
    pub fn load(
        files: &dyn Files,
        texts: &mut Texts,
        asked: &[String],
        limits: &Limits,
        told: &mut Vec<Diagnostic>,
    ) -> Policies {
        let mut own = Vec::new();
        let packs = packs::read(files, texts, asked, limits, &mut own);
        let checked = check::check(&packs);
        own.extend(checked.diagnostics);
        let sound = !packs.is_empty() && own.iter().all(|diagnostic| diagnostic.severity != Severity::Error);
        told.append(&mut own);
        let (program, places) = compile::compile_with_places(&checked.policies);
        let judge = Judge { program, places: Arc::new(places), sound, troubles: Vec::new() };
        Policies { packs, checked: checked.policies, judge }
    }
}
