//! Files of single entities: every row is judged by itself. Where there are many, a screen decides them together, and only
//! what has something to tell is looked at row by row.

use std::sync::Arc;

use super::demand;
use super::finding::{Subject, severity};
use super::judge::Outcome;
use super::kept::{EvaluationKey, Keep};
use super::machine::Machine;
use super::run::{Musts, Run, Tally, Which, charge};
use super::screen::{CHUNK, From, Screen, Screening};
use super::value::Value;
use super::verdicts::{Told, Verdict, Verdicts};
use crate::diag::Severity;
use crate::program::About;
use crate::report::{Finding, NotEvaluated, PlanVerdict};
use crate::source::Span;
use crate::types::Input;
use crate::value::{Cell, Row, StructId};

/// Fewer rows than this are decided by the machine, for compiling a screen would cost more.
const MANY: usize = 64;

/// What findings about a single entity have in common where they are one: code, entity, message, place.
type Alike = (Arc<str>, Option<Arc<str>>, String, Span);

/// What a single entity is called.
struct Called {
    name: String,
    /// In fingerprints: by its place among those of its name, not by its record, so that what stands before it may change.
    mark: String,
}

/// What single entities are called: by their name, and by their record too where several bear it; by their record alone
/// where they have none. Names are counted when the first of them is asked for.
struct Names<'r> {
    rows: &'r [(Row, u32)],
    /// Of each row its place among those of its name, from 1.
    nth: Vec<u32>,
    /// How many rows bear a text as their name.
    bearers: Vec<u32>,
    counted: bool,
}

impl<'r> Names<'r> {
    fn of(rows: &'r [(Row, u32)]) -> Names<'r> {
        Names { rows, nth: Vec::new(), bearers: Vec::new(), counted: false }
    }

    fn called(&mut self, run: &Run<'_>, entity: StructId, at: usize) -> Called {
        let naming = run.program.schema.naming(entity);
        let name_of = |row: Row| {
            let naming = naming?;
            let Cell::Text(text) = run.facts.cell(entity, row, naming) else { return None };
            Some((text, run.facts.name_of(entity, row, naming)?))
        };
        if !self.counted && run.options.nth.is_none() {
            self.counted = true;
            self.bearers.resize(run.facts.texts().len(), 0);
            for (row, _) in self.rows {
                let bearers = name_of(*row).and_then(|(text, _)| self.bearers.get_mut(text.0 as usize));
                self.nth.push(bearers.map_or(0, |bearers| {
                    *bearers = bearers.saturating_add(1);
                    *bearers
                }));
            }
        }
        let (row, record) = self.rows.get(at).copied().unwrap_or((Row(0), 0));
        let Some((text, name)) = name_of(row) else {
            let name = format!("record {record}");
            return Called { mark: name.clone(), name };
        };
        let kind = run.program.schema.get(entity).map_or("?", |of| &of.name);
        let nth = match &run.options.nth {
            Some(nth) => nth.get(at).copied().unwrap_or(0),
            None if self.bearers.get(text.0 as usize).copied().unwrap_or(0) < 2 => 0,
            None => self.nth.get(at).copied().unwrap_or(0),
        };
        if nth == 0 {
            let name = format!("{kind} {name}");
            return Called { mark: name.clone(), name };
        }
        Called { name: format!("{kind} {name} (record {record})"), mark: format!("{kind} {name}#{nth}") }
    }
}

/// A file that is screened.
struct Screened<'r> {
    entity: StructId,
    names: Names<'r>,
    /// The rules that are judged, whether what they find is told, and where their tallies come from.
    judged: Vec<(Which, bool, From)>,
    others: Vec<Which>,
    /// By rule: what became of it for all rows that were screened.
    totals: Vec<Tally>,
    /// What was decided of a row.
    tallies: Vec<(Which, Tally)>,
    musts: Musts,
}

impl<'a> Run<'a> {
    /// Judges single entities, and says no more than which rules have something to tell.
    pub(super) fn verdicts(mut self) -> Verdicts {
        self.told = Told::Verdicts(Vec::new());
        let rows = match &self.input.subjects {
            super::input::Subjects::Entities(rows) => rows.as_slice(),
            super::input::Subjects::Plan(_) => &[],
        };
        let verdict = self.entities(rows, self.options.screen.as_deref());
        Verdicts {
            costs: self.charged(),
            verdicts: match self.told {
                Told::Verdicts(verdicts) => verdicts,
                Told::Findings | Told::Places(_) => Vec::new(),
            },
            verdict,
            account: self.account,
            diagnostics: self.diagnostics,
        }
    }

    /// Judges single entities.
    pub(super) fn entities(&mut self, rows: &[(Row, u32)], screen: Option<&Screen>) -> PlanVerdict {
        let Input::Each { entity } = self.program.schema.input else { return PlanVerdict::Permitted };
        self.demanded(entity, rows);
        let mut screened = Screened {
            entity,
            names: Names::of(rows),
            judged: Vec::new(),
            others: Vec::new(),
            totals: Vec::new(),
            tallies: Vec::new(),
            musts: Musts::default(),
        };
        let findings = matches!(self.told, Told::Findings);
        let wanted = !findings || (!self.options.record && self.options.keep == Keep::Nothing);
        let compiled = (wanted && screen.is_none() && rows.len() >= MANY).then(|| Screen::new(self.program));
        let screen = screen.or(compiled.as_ref()).filter(|screen| wanted && self.may_screen(screen, entity));
        match screen.filter(|screen| screen.fits(self.facts)) {
            Some(screen) => {
                let mut screening =
                    screen.over(self.facts, std::mem::take(&mut self.lanes), self.options.clock.as_ref());
                self.screened(&mut screened, screen, &mut screening);
                self.lanes = screening.room();
            }
            None => {
                let about = self.about(About::Entity(entity));
                for (at, (row, _)) in rows.iter().enumerate() {
                    if self.world.takes_part(entity, *row) {
                        let judged = self.judged(&about, false);
                        self.row(&mut screened, at, &judged);
                    }
                }
            }
        }
        screened.musts.verdict()
    }

    /// Leaves out rows that break a demand.
    fn demanded(&mut self, entity: StructId, rows: &[(Row, u32)]) {
        if !self.program.demands.iter().any(|demand| demand.of == entity) {
            return;
        }
        let given: Vec<Row> = rows.iter().map(|(row, _)| *row).collect();
        let broken = demand::broken(self.program, &self.world, entity, &given, self.options.steps);
        let mut out = rustc_hash::FxHashSet::default();
        for demand::Broken { row, diagnostic } in broken {
            self.world.leave_out(entity, row);
            out.insert(row);
            self.diagnostics.push(diagnostic);
        }
        if let Told::Places(places) = &mut self.told {
            let broken = rows.iter().enumerate().filter(|(_, (row, _))| out.contains(row));
            places.odd.extend(broken.map(|(at, _)| at));
        }
    }

    /// Whether all rows that a screen reads take part: it reads facts as they were given.
    pub(super) fn may_screen(&self, screen: &Screen, entity: StructId) -> bool {
        let reads = |of: &StructId| *of != entity || screen.reaches(entity);
        let mut structs = self.program.schema.structs().map(|(of, _)| of);
        structs.all(|of| !reads(&of) || self.world.all_take_part(of))
    }

    fn screened(&mut self, screened: &mut Screened<'_>, screen: &Screen, screening: &mut Screening<'_>) {
        let (entity, rows) = (screened.entity, screened.names.rows);
        let told = |which: Which| self.card(which).is_some_and(|card| self.selected(card));
        screened.judged = screen.judged().iter().map(|(which, from)| (*which, told(*which), *from)).collect();
        screened.totals = vec![Tally::default(); screened.judged.len()];
        screened.others = screen.others().collect();
        let taking: Vec<(usize, Row)> = (rows.iter().map(|(row, _)| *row).enumerate())
            .filter(|(_, row)| self.world.takes_part(entity, *row))
            .collect();
        let disabled = screen.disabled().saturating_mul(taking.len() as u64);
        if disabled > 0 {
            self.leave_out(NotEvaluated::Disabled, disabled);
        }
        for chunk in taking.chunks(CHUNK) {
            self.chunk(screened, screening, chunk);
        }
        for ((which, _, from), tally) in screened.judged.iter().zip(&screened.totals) {
            if let From::Screen(rule) = from
                && let Some(nanos) = screening.nanos(*rule)
            {
                charge(&mut self.costs, *which, nanos, tally.all());
            }
        }
        // What is entered adds up, whether row by row or rule by rule.
        let totals = screened.judged.iter().zip(&screened.totals).filter(|(_, tally)| tally.all() > 0);
        let totals: Vec<(Which, Tally)> = totals.map(|((which, ..), tally)| (*which, *tally)).collect();
        let subject = self.subject_of(screened, 0, None);
        let mut musts = Musts::default();
        self.enter(&subject, &totals, &mut musts);
        screened.musts.add(musts);
    }

    /// Decides a chunk together; where that may cost too much, its halves, and in the end every row by itself.
    fn chunk(&mut self, screened: &mut Screened<'_>, screening: &mut Screening<'_>, chunk: &[(usize, Row)]) {
        let steps = self.options.steps.max(1);
        let rows: Vec<Row> = chunk.iter().map(|(_, row)| *row).collect();
        let Some((decided, spent)) = screening.decide(&rows, steps) else {
            let halves = chunk.split_at_checked(chunk.len() / 2).filter(|(first, _)| !first.is_empty());
            if let Some((first, second)) = halves {
                self.chunk(screened, screening, first);
                self.chunk(screened, screening, second);
                return;
            }
            for (at, _) in chunk {
                self.alone(screened, *at);
            }
            return;
        };
        for (total, (.., from)) in screened.totals.iter_mut().zip(&screened.judged) {
            if let From::Screen(at) = from {
                total.add(decided.totals.get(*at).copied().unwrap_or_default());
            }
        }
        for (place, (at, row)) in chunk.iter().enumerate() {
            let telling = decided.telling.get(place).copied().unwrap_or(true);
            if screened.others.is_empty() && !telling {
                continue;
            }
            let Some(others) = self.by_machine(screened, *row, steps.saturating_sub(spent)) else {
                // With what the covered rules may have cost, the limit may be hit.
                for (total, (.., from)) in screened.totals.iter_mut().zip(&screened.judged) {
                    if let From::Screen(of) = from {
                        total.take(decided.tally(*of, place));
                    }
                }
                self.alone(screened, *at);
                continue;
            };
            for (total, (.., from)) in screened.totals.iter_mut().zip(&screened.judged) {
                if let From::Machine(of) = from {
                    total.add(others.get(*of).copied().unwrap_or_default());
                }
            }
            if !telling && !others.iter().any(Tally::has_findings) {
                continue;
            }
            let tally = |from: &From| match from {
                From::Screen(of) => decided.tally(*of, place),
                From::Machine(of) => others.get(*of).copied().unwrap_or_default(),
            };
            let mut tallies = std::mem::take(&mut screened.tallies);
            tallies.clear();
            let told =
                screened.judged.iter().filter(|(_, told, _)| *told).map(|(which, _, from)| (*which, tally(from)));
            tallies.extend(told.filter(|(_, tally)| tally.has_findings()));
            if !tallies.is_empty() {
                let named = matches!(self.told, Told::Findings);
                let called = named.then(|| screened.names.called(self, screened.entity, *at));
                let subject = self.subject_of(screened, *at, called);
                self.tell_entity(&subject, *at, &tallies, None);
            }
            screened.tallies = tallies;
        }
    }

    /// Judges a row that cannot be screened.
    fn alone(&mut self, screened: &mut Screened<'_>, at: usize) {
        let judged: Vec<Which> = screened.judged.iter().map(|(which, ..)| *which).collect();
        self.row(screened, at, &judged);
    }

    /// The rules that no screen covers; nothing where the limit of steps is hit.
    fn by_machine(&mut self, screened: &Screened<'_>, row: Row, steps: u64) -> Option<Vec<Tally>> {
        if screened.others.is_empty() {
            return Some(Vec::new());
        }
        let mut machine = Machine::new(self.program, &self.world, &mut self.decide, steps);
        let mut tallies = Vec::with_capacity(screened.others.len());
        let mut spent = Vec::new();
        for which in &screened.others {
            let mut tally = Tally::default();
            let (head, judged) = super::which::judged_of(self.program, *which)?;
            let begun = self.options.clock.as_ref().map(|clock| clock());
            machine.judge(Value::Row(screened.entity, row), head, judged, &mut |_, evaluation| {
                tally.count(evaluation.outcome);
            });
            if machine.exhausted() {
                return None;
            }
            if let Some((clock, begun)) = self.options.clock.as_ref().zip(begun) {
                spent.push((*which, clock().saturating_sub(begun), tally.all()));
            }
            tallies.push(tally);
        }
        // Where the limit was hit, the row is decided once more, and counts then.
        for (which, nanos, evaluations) in spent {
            charge(&mut self.costs, which, nanos, evaluations);
        }
        Some(tallies)
    }

    /// Judges a row by the machine.
    fn row(&mut self, screened: &mut Screened<'_>, at: usize, judged: &[Which]) {
        let called = screened.names.called(self, screened.entity, at);
        let subject = self.subject_of(screened, at, Some(called));
        let tallies = self.decide_for_good(&subject, judged);
        if let Told::Places(places) = &mut self.told
            && tallies.iter().any(|(_, tally)| tally.limit)
        {
            places.odd.push(at);
            return;
        }
        let mut musts = Musts::default();
        let telling = self.enter(&subject, &tallies, &mut musts);
        screened.musts.add(musts);
        let all = self.options.record && matches!(self.told, Told::Findings);
        let telling = if all { judged.to_vec() } else { telling };
        self.tell_entity(&subject, at, &tallies, Some(&telling));
    }

    /// Tells a row; nothing: by all rules of which there are tallies.
    fn tell_entity(&mut self, subject: &Subject, at: usize, tallies: &[(Which, Tally)], telling: Option<&[Which]>) {
        match &mut self.told {
            Told::Findings => {
                match telling {
                    Some(telling) => self.tell(subject, telling, &[]),
                    None => {
                        let telling: Vec<Which> = tallies.iter().map(|(which, _)| *which).collect();
                        self.tell(subject, &telling, &[]);
                    }
                }
                return;
            }
            Told::Places(places) => {
                if telling.is_none_or(|telling| !telling.is_empty()) {
                    places.telling.push(at);
                }
                return;
            }
            Told::Verdicts(_) => {}
        }
        let mut told = Vec::new();
        let is_told = |which: &Which| telling.is_none_or(|telling| telling.contains(which));
        for (which, tally) in tallies.iter().filter(|(which, _)| is_told(which)) {
            let Some(card) = self.card(*which) else { continue };
            let waived = self.waived(card, subject);
            let unverified = tally.unverified.saturating_sub(tally.silent);
            let found = [
                (Outcome::Violated, tally.violated),
                (Outcome::Silent, tally.silent),
                (Outcome::Unverified, unverified),
                (Outcome::Noted, tally.noted),
            ];
            told.extend(found.into_iter().filter(|(_, count)| *count > 0).map(|(outcome, count)| Verdict {
                row: subject.row,
                record: subject.record,
                code: card.code.clone(),
                severity: if outcome == Outcome::Silent { Severity::Warning } else { severity(card.level) },
                outcome,
                count,
                waived: waived && outcome != Outcome::Noted,
            }));
        }
        if let Told::Verdicts(verdicts) = &mut self.told {
            verdicts.append(&mut told);
        }
    }

    /// A row as whom findings are about; without its name where nobody asks for it.
    fn subject_of(&self, screened: &Screened<'_>, at: usize, called: Option<Called>) -> Subject {
        let (row, record) = screened.names.rows.get(at).copied().unwrap_or((Row(0), 0));
        let (name, mark) = called.map_or((None, String::new()), |called| (Some(called.name.into()), called.mark));
        Subject {
            about: About::Entity(screened.entity),
            of: screened.entity,
            row,
            step: None,
            name,
            record,
            mark,
            span: self.facts.row_place(screened.entity, row).unwrap_or(self.input.span),
            plan: self.input.index,
            plan_name: self.input.name.clone(),
            plan_named: self.input.named,
        }
    }

    /// Of single entities, findings of one rule with one message are one, with all places.
    pub(super) fn merge(&mut self) {
        let mut merged: Vec<(Finding, Vec<EvaluationKey>)> = Vec::new();
        let mut known: rustc_hash::FxHashMap<Alike, usize> = rustc_hash::FxHashMap::default();
        for (finding, keys) in self.with_keys() {
            let key = (finding.code.clone(), finding.subject.clone(), finding.message.clone(), finding.span);
            let found = known.get(&key).and_then(|index| merged.get_mut(*index));
            match found.filter(|(found, _)| found.verdict == finding.verdict) {
                Some((found, telling)) => {
                    telling.extend(keys);
                    for related in finding.related {
                        if !found.related.contains(&related) {
                            found.related.push(related);
                        }
                    }
                    for missing in finding.missing {
                        if !found.missing.contains(&missing) {
                            found.missing.push(missing);
                        }
                    }
                }
                None => {
                    known.insert(key, merged.len());
                    merged.push((finding, keys));
                }
            }
        }
        (self.findings, self.telling) = merged.into_iter().unzip();
    }
}
