//! What one thread does: it decodes and decides pieces, and tells of records by reading them the ordinary way.

use std::sync::Arc;
use std::time::Instant;

use super::cut::Piece;
use super::names::{self, Name};
use super::{How, Judged, Trouble};
use crate::eval::{self, PlanInput, Screen, Subjects};
use crate::facts::decode::{Decoder, Hand};
use crate::facts::document::Document;
use crate::facts::load::{self, Options};
use crate::facts::records::{self, Broken, Framing, Next, Record, Walk};
use crate::facts::{Facts, Mark, read};
use crate::program::Program;
use crate::source::{Before, SourceFile, SourceMap, Span};
use crate::types::{FieldId, Input};
use crate::value::{Row, StructId};

/// Records that are decided together. Their columns stay small enough to be near.
const TOGETHER: usize = 512;

/// A record that is read again.
#[derive(Clone, Copy, Debug)]
pub(super) struct Again {
    pub(super) record: Record,
    /// Its place among the documents of its piece.
    pub(super) at: usize,
    /// Whether nothing of it is in the books yet.
    pub(super) odd: bool,
    /// Whether its text could be read.
    pub(super) document: bool,
    /// Its place among the documents of the whole text, from 1, and which of those that bear its name it is. Known once all
    /// before it are counted.
    pub(super) number: u32,
    pub(super) nth: u32,
}

/// A piece that was decided.
pub(super) struct Decided<'t> {
    pub(super) piece: Piece<'t>,
    pub(super) judged: Judged,
    /// The names of its documents.
    pub(super) names: Vec<Name>,
    pub(super) again: Vec<Again>,
    pub(super) trouble: Option<Trouble>,
}

/// See the module.
pub(super) struct Worker<'a> {
    program: &'a Program,
    how: &'a How<'a>,
    file: Option<&'a SourceFile>,
    hand: Option<Hand<'a>>,
    /// Decoded facts, without places.
    light: Facts,
    /// Loaded facts.
    whole: Facts,
    start: Mark,
    texts: usize,
    rows: Vec<(Row, u32)>,
    screen: Arc<Screen>,
}

impl<'a> Worker<'a> {
    pub(super) fn new(
        program: &'a Program,
        how: &'a How<'a>,
        decoder: Option<&'a Decoder>,
        file: Option<&'a SourceFile>,
        screen: Arc<Screen>,
    ) -> Worker<'a> {
        let mut light = Facts::new(&program.schema);
        eval::prepare(program, &mut light);
        let start = light.mark();
        let texts = light.texts().len();
        let whole = light.clone();
        Worker {
            program,
            how,
            file,
            hand: decoder.map(Decoder::hand),
            light,
            whole,
            start,
            texts,
            rows: Vec::new(),
            screen,
        }
    }

    fn entity(&self) -> Option<StructId> {
        match self.program.schema.input {
            Input::Each { entity } => Some(entity),
            Input::Plan { .. } => None,
        }
    }

    /// Decodes and decides a piece.
    pub(super) fn decide(&mut self, piece: Piece<'a>) -> Decided<'a> {
        let judged = Judged::default();
        let mut decided = Decided { piece, judged, names: Vec::new(), again: Vec::new(), trouble: None };
        let given = decided.piece.records.take();
        let mut elements = decided.piece.elements.take();
        let mut given = given.map(Vec::into_iter);
        let mut walk = if decided.piece.first { Walk::new(Framing::Lines, true) } else { Walk::lines() };
        let mut waiting: Vec<(Record, usize)> = Vec::new();
        let mut began = Instant::now();
        loop {
            let mut row = None;
            let next = match (&mut elements, &mut given) {
                (Some(walk), _) => match self.element(&decided.piece.text, walk) {
                    Ok(found) => found.map(|(record, found)| {
                        row = found;
                        record
                    }),
                    Err(broken) => {
                        let at = decided.piece.before.bytes.saturating_add(broken.at);
                        decided.trouble.get_or_insert(Trouble::Broken(at as u64));
                        None
                    }
                },
                (None, Some(given)) => given.next(),
                (None, None) => match walk.next(&decided.piece.text) {
                    Ok(Next::Record(record)) => Some(record),
                    _ => None,
                },
            };
            if let Some(record) = next {
                if elements.is_none() {
                    let text = decided.piece.text.get(record.start..record.end).unwrap_or("");
                    row = self.hand.as_mut().and_then(|hand| hand.record(text, &mut self.light).ok());
                }
                match row {
                    Some(row) => {
                        let at = decided.names.len();
                        decided.names.push(self.name(false, row));
                        decided.judged.subjects = decided.judged.subjects.saturating_add(1);
                        self.rows.push((row, u32::try_from(at).unwrap_or(u32::MAX)));
                        waiting.push((record, at));
                    }
                    _ => self.odd(record, &mut decided),
                }
            }
            if self.rows.len() >= TOGETHER || (next.is_none() && !self.rows.is_empty()) {
                self.light.level();
                let decoded = Instant::now();
                self.verdicts(&waiting, &mut decided);
                waiting.clear();
                self.rows.clear();
                self.light.release(&self.start);
                self.light.thin_texts(self.texts);
                let spent = &mut decided.judged.spent;
                spent.decode = spent.decode.saturating_add(decoded.duration_since(began));
                began = Instant::now();
                spent.decide = spent.decide.saturating_add(began.duration_since(decoded));
            }
            if next.is_none() {
                break;
            }
        }
        decided.again.sort_by_key(|again| again.record.start);
        decided.judged.documents = decided.names.len() as u64;
        decided
    }

    /// The next element of a list and, unless it is odd, its row. Where it ends is found by reading it.
    fn element(&mut self, text: &str, walk: &mut Walk) -> Result<Option<(Record, Option<Row>)>, Broken> {
        if !walk.between(text)? {
            return if walk.is_over() { Ok(None) } else { Err(Broken { at: walk.at() }) };
        }
        let start = walk.at();
        let rest = text.get(start..).unwrap_or("");
        let found = self.hand.as_mut().and_then(|hand| hand.first(rest, &mut self.light).ok());
        let end = match found {
            Some((_, length)) => start.saturating_add(length),
            None => records::end(text, start).ok_or(Broken { at: text.len() })?,
        };
        walk.passed(end);
        Ok(Some((Record { start, end }, found.map(|(row, _)| row))))
    }

    /// The name of a row.
    fn name(&self, whole: bool, row: Row) -> Name {
        let facts = if whole { &self.whole } else { &self.light };
        let named = self.entity().and_then(|of| facts.name_of(of, row, self.program.schema.naming(of)?));
        named.map_or(0, names::name)
    }

    /// A record that is read the ordinary way at once: whether it is a document at all, others are numbered by.
    fn odd(&mut self, record: Record, decided: &mut Decided<'a>) {
        let at = decided.names.len();
        let mut map = SourceMap::new();
        // Only whether it can be read is asked, not where it stands.
        let mut nowhere = (record.start, Before::default());
        let (documents, _) = self.read(&decided.piece, record, &mut map, &mut nowhere);
        let document = !documents.is_empty();
        if document {
            let (rows, _) = self.load(&documents);
            let row = rows.first().copied().flatten();
            decided.names.push(row.map_or(0, |row| self.name(true, row)));
            decided.judged.subjects = decided.judged.subjects.saturating_add(u64::from(row.is_some()));
            self.forget();
        } else if self.how.framing == Framing::List && decided.trouble.is_none() {
            let at = decided.piece.before.bytes.saturating_add(record.start);
            decided.trouble = Some(Trouble::Broken(at as u64));
        }
        decided.again.push(Again { record, at, odd: true, document, number: 0, nth: 0 });
    }

    fn forget(&mut self) {
        self.whole.release(&self.start);
        self.whole.forget_texts(self.texts);
    }

    /// Decides the rows that wait.
    fn verdicts(&mut self, waiting: &[(Record, usize)], decided: &mut Decided<'a>) {
        let again = |(record, at): &(Record, usize), odd| Again {
            record: *record,
            at: *at,
            odd,
            document: true,
            number: 0,
            nth: 0,
        };
        let (plan, options) = self.asked(self.rows.clone(), Vec::new(), true);
        let found = eval::verdicts(self.program, &self.light, &plan, &options);
        if !found.diagnostics.is_empty() {
            // Whom they are about is told where they have places.
            decided.again.extend(waiting.iter().map(|waits| again(waits, true)));
            return;
        }
        decided.judged.costs.extend(found.costs);
        decided.judged.account.add(&found.account);
        decided.judged.verdict = decided.judged.verdict.max(found.verdict);
        let mut last = None;
        let first = waiting.first().map_or(0, |(_, at)| *at);
        for verdict in found.verdicts {
            let at = verdict.record as usize;
            if last != Some(at) {
                last = Some(at);
                decided.judged.telling = decided.judged.telling.saturating_add(1);
                if self.how.told {
                    // Documents without a row stand between them.
                    let found = waiting.get(at.saturating_sub(first)..).unwrap_or_default();
                    let found = found.first().filter(|(_, other)| *other == at);
                    let found = found.or_else(|| waiting.iter().find(|(_, other)| *other == at));
                    decided.again.extend(found.map(|waits| again(waits, false)));
                }
            }
            if !self.how.told {
                decided.judged.verdicts.push(verdict);
            }
        }
    }

    /// What is asked of an evaluation. `first`: nothing was asked about these rows before, so that what it takes is measured.
    fn asked(&self, rows: Vec<(Row, u32)>, nth: Vec<u32>, first: bool) -> (PlanInput, eval::Options) {
        let plan = PlanInput {
            index: self.how.index,
            name: self.how.file.clone(),
            named: false,
            file: self.how.file.clone(),
            span: Span::NONE,
            subjects: Subjects::Entities(rows),
            waivers: Vec::new(),
        };
        let options = eval::Options {
            steps: self.how.steps,
            selected: self.how.selected.clone(),
            screen: Some(self.screen.clone()),
            nth: Some(nth),
            clock: self.how.clock.clone().filter(|_| first),
            ..eval::Options::default()
        };
        (plan, options)
    }

    /// The documents of a record, and what is wrong with its text.
    fn read(
        &self,
        piece: &Piece<'a>,
        record: Record,
        map: &mut SourceMap,
        behind: &mut (usize, Before),
    ) -> (Vec<Document>, Vec<crate::diag::Diagnostic>) {
        let limits = self.how.limits;
        let found = match self.file {
            Some(file) => {
                let before = piece.before.bytes;
                let range = (before.saturating_add(record.start), before.saturating_add(record.end));
                read::read_record(file, range, limits)
            }
            None => {
                // On from the record before, for a walk from the beginning each time would cost the square of the piece.
                let between = piece.text.get(behind.0..record.start).unwrap_or("");
                *behind = (record.start, super::cut::behind(behind.1, between));
                let before = behind.1;
                // With the end of its line, of which a return at its end is a part.
                let rest = piece.text.get(record.end..).unwrap_or("");
                let end = record.end.saturating_add(usize::from(rest.starts_with('\n')));
                let text: Arc<str> = piece.text.get(record.start..end).unwrap_or("").into();
                let length = record.end.saturating_sub(record.start);
                let file = map.add_part(self.how.file.clone(), text, before).and_then(|id| map.file(id));
                file.map_or_else(read::Read::default, |file| read::read_record(file, (0, length), limits))
            }
        };
        (found.documents, found.diagnostics)
    }

    /// The rows of documents, in the store of what is loaded, and what is wrong with them.
    fn load(&mut self, documents: &[Document]) -> (Vec<Option<Row>>, Vec<crate::diag::Diagnostic>) {
        let program = self.program;
        let reads = |of: StructId, field: FieldId| program.reads(of, field);
        let writes = |of: StructId, field: FieldId| program.writes(of, field);
        let options = Options { limits: self.how.limits, reads: &reads, writes: &writes, strict: self.how.strict };
        let documents: Vec<&Document> = documents.iter().collect();
        let loaded = load::load_each(&program.schema, &documents, &mut self.whole, options);
        (loaded.rows, loaded.diagnostics)
    }

    /// Tells of the records of a piece that have something to tell.
    pub(super) fn tell(&mut self, mut decided: Decided<'a>) -> Decided<'a> {
        let began = Instant::now();
        let again = std::mem::take(&mut decided.again);
        let mut map = SourceMap::new();
        let mut findings = Vec::new();
        // In the order of the records, so that places are in their order, too.
        let mut documents = Vec::with_capacity(again.len());
        let mut behind = (0, decided.piece.before);
        for record in &again {
            let (found, wrong) = self.read(&decided.piece, record.record, &mut map, &mut behind);
            decided.judged.read.extend(wrong);
            documents.push(found);
        }
        // What is in the books already is told apart from what is not.
        for odd in [false, true] {
            let mut rows = Vec::new();
            let mut nth = Vec::new();
            for (record, documents) in again.iter().zip(&documents).filter(|(again, _)| again.odd == odd) {
                let (loaded, misfits) = self.load(documents);
                decided.judged.loaded.extend(misfits);
                if let Some(row) = loaded.first().copied().flatten() {
                    rows.push((row, record.number));
                    nth.push(record.nth);
                }
            }
            if !rows.is_empty() {
                let (plan, options) = self.asked(rows, nth, odd);
                if !self.how.told {
                    let found = eval::verdicts(self.program, &self.whole, &plan, &options);
                    decided.judged.evaluated.extend(found.diagnostics);
                    decided.judged.costs.extend(found.costs);
                    decided.judged.account.add(&found.account);
                    decided.judged.verdict = decided.judged.verdict.max(found.verdict);
                    decided.judged.verdicts.extend(found.verdicts);
                    decided.judged.verdicts.sort_by_key(|verdict| verdict.record);
                    self.forget();
                    continue;
                }
                let outcome = eval::evaluate(self.program, &self.whole, &plan, &options);
                decided.judged.evaluated.extend(outcome.diagnostics);
                findings.extend(outcome.findings);
                decided.judged.costs.extend(outcome.costs);
                if odd {
                    decided.judged.account.add(&outcome.report.account);
                    decided.judged.verdict = decided.judged.verdict.max(outcome.report.verdict);
                }
            }
            self.forget();
        }
        findings.sort_by_key(|finding| finding.span.start);
        for wrong in [&mut decided.judged.loaded, &mut decided.judged.evaluated] {
            wrong.sort_by_key(|diagnostic| diagnostic.span().start);
        }
        decided.judged.findings = findings;
        decided.judged.map = map;
        decided.judged.spent.tell = decided.judged.spent.tell.saturating_add(began.elapsed());
        decided
    }
}
