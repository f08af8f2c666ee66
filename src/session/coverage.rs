//! What tests cover of what packs can say: for every code the verdicts it can have, for every matrix its cells.
//!
//! A *verdict* of a code is covered by an expectation that held and named it. Which verdicts a code can have:
//!
//! - a `must` or `should`: satisfied and violated; not applicable where it has a `when` or an `each`; unverified where it
//!   reads a fact that an inventory can leave out (and not only where it `is known`);
//! - a matrix: satisfied where a cell says yes, violated where one says no; unverified where one is silent or row, column
//!   or `when` read a fact that can be left out; not applicable like a rule;
//! - a note: noted; not applicable where it has a `when` or an `each`; unverified where these read such a fact.
//!
//! A *cell* is covered by a test that hits it and in which each effect named in it happened. A `/` needs none.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::check::tree::ExpectedVerdict;
use crate::eval::{Outcome, Recorded};
use crate::program::{Card, EffectAt, Level, MatrixAt, Program, Rule, Says, Verdict};
use crate::types::{FieldKind, Schema, StructKind};

/// How much of something is covered.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Share {
    /// How many are.
    pub covered: usize,
    /// Of how many.
    pub total: usize,
}

/// What tests cover.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Coverage {
    /// Rules and matrices of which some verdict is covered.
    pub rules: Share,
    /// Verdicts.
    pub verdicts: Share,
    /// Cells of matrices.
    pub cells: Share,
    /// What is not covered, in the order of codes: `ACME103 unverified`, `ACME201 cell (csv, smb-share)`.
    pub missing: Vec<String>,
}

/// What tests have shown so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    verdicts: BTreeSet<(Arc<str>, ExpectedVerdict)>,
    cells: BTreeMap<(MatrixAt, u32, u32), BTreeSet<EffectAt>>,
}

impl Seen {
    /// An expectation held.
    pub(super) fn expected(&mut self, code: &Arc<str>, verdict: ExpectedVerdict) {
        self.verdicts.insert((code.clone(), verdict));
    }

    /// Cells that were hit in a test.
    pub(super) fn hits(&mut self, recorded: &[Recorded]) {
        for recorded in recorded.iter().filter(|recorded| recorded.outcome != Outcome::NotApplicable) {
            if let Some(cell) = recorded.cell {
                self.cells.entry(cell).or_default().extend(&recorded.effects);
            }
        }
    }
}

impl Share {
    fn count(&mut self, covered: bool) {
        self.total = self.total.saturating_add(1);
        self.covered = self.covered.saturating_add(usize::from(covered));
    }
}

impl Coverage {
    /// What was seen, of what one pack of a program can say. Codes that are switched off say nothing.
    pub(super) fn of(program: &Program, seen: &Seen, pack: usize) -> Coverage {
        let counts = |card: &Card| card.pack as usize == pack && card.disabled.is_none();
        let mut coverage = Coverage::default();
        let mut missing: BTreeMap<Arc<str>, Vec<String>> = BTreeMap::new();
        let rules = program.rules.iter().map(|rule| (&rule.card, of_rule(program, rule)));
        let matrices = (0u32..).map(MatrixAt).zip(&program.matrices);
        let matrices = matrices.map(|(at, matrix)| (&matrix.card, of_matrix(program, at)));
        for (card, verdicts) in rules.chain(matrices).filter(|(card, _)| counts(card)) {
            let shown: Vec<bool> =
                verdicts.iter().map(|verdict| seen.verdicts.contains(&(card.code.clone(), *verdict))).collect();
            coverage.rules.count(shown.contains(&true));
            for (verdict, shown) in verdicts.iter().zip(shown) {
                coverage.verdicts.count(shown);
                if !shown {
                    missing.entry(card.code.clone()).or_default().push(format!("{} {}", card.code, word(*verdict)));
                }
            }
        }
        for (at, matrix) in (0u32..).map(MatrixAt).zip(&program.matrices) {
            if !counts(&matrix.card) {
                continue;
            }
            for (row, row_header) in (0u32..).zip(&matrix.table.row_headers) {
                for (column, column_header) in (0u32..).zip(&matrix.table.column_headers) {
                    let Some(entry) = matrix.entry(row as usize, column as usize) else { continue };
                    if entry.verdict == Verdict::Impossible {
                        continue;
                    }
                    let hit = seen.cells.get(&(at, row, column));
                    let lacking = entry.effects.iter().find(|effect| hit.is_some_and(|seen| !seen.contains(effect)));
                    coverage.cells.count(hit.is_some() && lacking.is_none());
                    let effect = lacking.and_then(|effect| program.effect(*effect));
                    let words = match (hit, effect) {
                        (None, _) => String::new(),
                        (Some(_), Some(effect)) => format!(": `{}` never happened there", effect.name),
                        (Some(_), None) => continue,
                    };
                    let cell = format!("{} cell ({row_header}, {column_header}){words}", matrix.card.code);
                    missing.entry(matrix.card.code.clone()).or_default().push(cell);
                }
            }
        }
        coverage.missing = missing.into_values().flatten().collect();
        coverage
    }
}

fn word(verdict: ExpectedVerdict) -> &'static str {
    match verdict {
        ExpectedVerdict::Violates => "violated",
        ExpectedVerdict::Satisfies => "satisfied",
        ExpectedVerdict::CannotVerify => "unverified",
        ExpectedVerdict::Notes => "noted",
        ExpectedVerdict::Skips => "not applicable",
    }
}

/// Whether the verdict of a code depends on something that an inventory can leave out.
fn can_be_unknown(program: &Program, card: &Card) -> bool {
    let plan = |of| [Schema::PLAN, Schema::WAVE, Schema::STEP].contains(&of);
    let fields = program.reads_of(&card.code).into_iter().flatten();
    let guarded = program.guarded_by_code.get(&card.code);
    fields.into_iter().any(|(of, id)| {
        if guarded.is_some_and(|fields| fields.contains(&(*of, *id))) {
            return false;
        }
        let Some(owner) = program.schema.get(*of) else { return false };
        let Some(field) = program.schema.field(*of, *id) else { return false };
        let of_step = owner.kind == StructKind::Record && owner.name.starts_with("step.");
        let key = matches!(owner.kind, StructKind::Entity { .. }) && owner.key == Some(*id);
        // A record is there whatever a file says; its members are what may be unknown.
        let record = matches!(field.ty, crate::types::Type::Row(of) if program.schema.get(of).is_some_and(|of| of.kind == StructKind::Record));
        !plan(*of) && !of_step && !key && !record && field.kind == FieldKind::Stored && field.default.is_none()
    })
}

fn of_rule(program: &Program, rule: &Rule) -> Vec<ExpectedVerdict> {
    let head = &rule.head;
    let mut applies_always = head.first.is_empty() && head.then.is_empty() && !head.has_each();
    let mut verdicts = match rule.says {
        Says::Chosen | Says::Note => vec![ExpectedVerdict::Notes],
        Says::EffectNote { when, .. } => {
            applies_always &= when.is_none();
            vec![ExpectedVerdict::Notes]
        }
        Says::Demand(_) | Says::NoneChosen => vec![ExpectedVerdict::Satisfies, ExpectedVerdict::Violates],
    };
    if matches!(rule.says, Says::Chosen | Says::NoneChosen) {
        applies_always = false;
    }
    if can_be_unknown(program, &rule.card) {
        verdicts.push(ExpectedVerdict::CannotVerify);
    }
    if !applies_always {
        verdicts.push(ExpectedVerdict::Skips);
    }
    if rule.card.level == Level::Note {
        verdicts.retain(|verdict| !matches!(verdict, ExpectedVerdict::Satisfies | ExpectedVerdict::Violates));
    }
    verdicts
}

fn of_matrix(program: &Program, at: MatrixAt) -> Vec<ExpectedVerdict> {
    let Some(matrix) = program.matrix(at) else { return Vec::new() };
    let says = |verdict: Verdict| matrix.cells.iter().any(|entry| entry.verdict == verdict);
    let head = &matrix.head;
    let mut verdicts = Vec::new();
    if says(Verdict::Yes) {
        verdicts.push(ExpectedVerdict::Satisfies);
    }
    if says(Verdict::No) {
        verdicts.push(ExpectedVerdict::Violates);
    }
    let all_one = matrix.cells.iter().all(|entry| entry.verdict == Verdict::Yes);
    if says(Verdict::Silent) || (!all_one && can_be_unknown(program, &matrix.card)) {
        verdicts.push(ExpectedVerdict::CannotVerify);
    }
    if !head.first.is_empty() || !head.then.is_empty() || head.has_each() {
        verdicts.push(ExpectedVerdict::Skips);
    }
    verdicts
}
