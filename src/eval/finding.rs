//! From an evaluation in tracing mode to a finding: message, help, missing and deciding facts, place, cell.

use std::sync::Arc;

use super::judge::{Evaluation, Outcome};
use super::machine::Machine;
use super::mode::{Evidence, Lack, Read, Trace, once_each};
use super::value::Value;
use crate::diag::Severity;
use crate::facts::{Fact, Facts};
use crate::program::{About, Card, Level, Matrix};
use crate::report::{CellHit, CiteRef, Finding, FindingVerdict, Missing, ProposedFix, Related, TableView, fingerprint};
use crate::source::Span;
use crate::types::{FieldId, Schema, StructKind, Type};
use crate::value::{Cell, Row, StructId};

/// Missing facts that a message names; further ones are counted.
const NAMED: usize = 3;

/// What makes a value unknown where no fact is missing.
const UNDEFINED: &str = "cannot be verified: a division by zero or an overflow";

/// Whom findings are about.
#[derive(Clone, Debug)]
pub(super) struct Subject {
    pub(super) about: About,
    pub(super) of: StructId,
    pub(super) row: Row,
    /// The step's id.
    pub(super) step: Option<Arc<str>>,
    /// The wave's or the entity's name.
    pub(super) name: Option<Arc<str>>,
    /// Of an entity its place in its file, from 1.
    pub(super) record: u32,
    /// What stands for the step, the wave or the entity in fingerprints: nothing that hangs on places.
    pub(super) mark: String,
    pub(super) span: Span,
    pub(super) plan: usize,
    pub(super) plan_name: Arc<str>,
    /// Whether the plan says its name itself.
    pub(super) plan_named: bool,
}

impl Subject {
    /// As findings and tests name the subject with an element of it. Of a single entity what is said about an element is
    /// said of the entity.
    fn with(&self, element: Option<&str>) -> Option<Arc<str>> {
        match (self.about, element, &self.name) {
            (About::Entity(_), _, name) => name.clone(),
            (About::Wave, Some(element), Some(wave)) => Some(format!("{element} in {wave}").into()),
            (_, Some(element), _) => Some(element.into()),
            (_, None, name) => name.clone(),
        }
    }

    /// The fingerprint of what a code says of the subject, or of an element of it. Of a single entity what is said about
    /// elements is told apart by what is said, for findings with one message are one. A plan that is called after its file has
    /// no name in it, so that the file may be renamed; what two such plans have in common is told apart by their files.
    pub(super) fn print(&self, code: &str, element: Option<&str>, cell: &str) -> String {
        let plan = if self.plan_named { &*self.plan_name } else { "" };
        match self.about {
            About::Entity(_) => fingerprint(&[code, plan, element.unwrap_or_default(), &self.mark, cell]),
            _ => fingerprint(&[code, plan, &self.mark, element.unwrap_or_default(), cell]),
        }
    }
}

/// How bad it is where a rule of this level has something to say.
pub(super) fn severity(level: Level) -> Severity {
    match level {
        Level::Must => Severity::Error,
        Level::Should => Severity::Warning,
        Level::Note => Severity::Info,
    }
}

impl<'a> Machine<'a, Trace> {
    /// The elements of an evaluation, as subjects name them.
    pub(super) fn element_names(&mut self, evaluation: &Evaluation<'_, 'a, Trace>) -> Option<String> {
        let named = evaluation.elements.iter().map(|of| self.element_name(of.kind, &of.list, of.at));
        let named: Vec<String> = named.collect();
        (!named.is_empty()).then(|| named.join(", "))
    }

    /// The cell of a matrix that was hit.
    pub(super) fn cell_hit(&mut self, evaluation: &Evaluation<'_, 'a, Trace>) -> Option<CellHit> {
        evaluation.hit.as_ref().map(|hit| {
            let shown = |machine: &mut Self, value: &Value<Trace>| {
                (!matches!(value, Value::Unknown)).then(|| machine.show(value))
            };
            let places = |headers: &super::matrix::Headers<'_>| -> Vec<usize> {
                headers.places().iter().map(|place| *place as usize).collect()
            };
            CellHit {
                row: shown(self, &hit.row),
                column: shown(self, &hit.column),
                rows: places(&hit.rows),
                columns: places(&hit.columns),
            }
        })
    }

    /// What is told as the title: a code that is written without one (of a choice, of an effect) goes by what it says.
    pub(super) fn title(&mut self, card: &'a Card) -> Arc<str> {
        match &card.because {
            Some(because) if card.title.is_empty() => self.message(because).into(),
            _ => card.title.clone(),
        }
    }

    /// The finding that an evaluation is.
    pub(super) fn finding(
        &mut self,
        card: &'a Card,
        matrix: Option<(&'a Matrix, &Arc<TableView>)>,
        subject: &Subject,
        evaluation: &Evaluation<'_, 'a, Trace>,
    ) -> Finding {
        let element = self.element_names(evaluation);
        let named = subject.with(element.as_deref());
        let cell = self.cell_hit(evaluation);
        let missing = self.missing(evaluation.missing.lacks());
        let message = self.what(card, evaluation.outcome, cell.as_ref(), &missing);
        let help = card.help.as_ref().map(|help| self.message(help)).filter(|help| !help.is_empty());
        let fix = card.fix.as_ref().filter(|_| evaluation.outcome == Outcome::Violated).map(|(member, value)| {
            let value = self.eval(*value);
            ProposedFix { member: member.to_string(), value: self.show(&value) }
        });
        // What the step says already does not mend it.
        let fix = fix.filter(|fix| self.member(subject, &fix.member).as_ref() != Some(&fix.value));
        let decided = match evaluation.outcome {
            Outcome::Noted => &evaluation.conditions,
            _ => &evaluation.obligation,
        };
        let part = |cell: Option<&String>| cell.map_or("?", |cell| cell).to_owned();
        let in_cell = cell.as_ref().map(|hit| format!("{}/{}", part(hit.row.as_ref()), part(hit.column.as_ref())));
        let of_element = match subject.about {
            About::Entity(_) => element.as_ref().map(|_| message.as_str()),
            _ => element.as_deref(),
        };
        let print = subject.print(&card.code, of_element, in_cell.as_deref().unwrap_or_default());
        Finding {
            code: card.code.clone(),
            rule: card.name.clone(),
            title: self.title(card),
            severity: if evaluation.outcome == Outcome::Silent { Severity::Warning } else { severity(card.level) },
            verdict: match evaluation.outcome {
                Outcome::Violated => FindingVerdict::Violated,
                Outcome::Noted => FindingVerdict::Noted,
                _ => FindingVerdict::Unverified,
            },
            plan: subject.plan,
            step: subject.step.clone(),
            subject: named,
            message,
            help,
            fingerprint: print,
            missing,
            cites: cites(card),
            span: self.place(subject, &evaluation.obligation, &evaluation.conditions),
            related: self.related(decided),
            cell,
            table: matrix.map(|(_, table)| table.clone()),
            fix,
            passed: Vec::new(),
            rule_span: card.span,
            waiver: None,
            assumed: Vec::new(),
            standing: None,
        }
    }

    /// What a member of the subject says, by its path as the input writes it.
    fn member(&mut self, subject: &Subject, path: &str) -> Option<String> {
        let (mut of, mut row) = (subject.of, subject.row);
        let (inner, last) = path.rsplit_once('.').map_or((None, path), |(inner, last)| (Some(inner), last));
        let find = |of: StructId, name: &str| {
            let mut fields = self.program.schema.get(of)?.fields();
            fields.find(|(_, field)| *field.input == *name).map(|(id, field)| (id, &field.ty))
        };
        for name in inner.into_iter().flat_map(|inner| inner.split('.')) {
            let (field, ty) = find(of, name)?;
            (of, row) = match (self.world.read(of, row, field), ty.required()) {
                (Cell::Row(row), Type::Row(of)) => (*of, row),
                _ => return None,
            };
        }
        let (field, ty) = find(of, last)?;
        let cell = self.world.read(of, row, field);
        Some(self.show_cell(cell, ty))
    }

    /// What is the matter.
    pub(super) fn what(
        &mut self,
        card: &'a Card,
        outcome: Outcome,
        cell: Option<&CellHit>,
        missing: &[Missing],
    ) -> String {
        let title = || if card.title.is_empty() { card.name.to_string() } else { card.title.to_string() };
        let cell = || {
            let part = |value: Option<&String>| value.map_or("?", |value| value).to_owned();
            cell.map(|hit| format!("{} to {}", part(hit.row.as_ref()), part(hit.column.as_ref())))
        };
        match outcome {
            Outcome::Unverified => unverified(missing).unwrap_or_else(|| UNDEFINED.to_owned()),
            Outcome::Silent => {
                let source =
                    card.cites.first().map_or_else(|| "the source".to_owned(), |cite| format!("\"{}\"", cite.title));
                let about = cell().unwrap_or_else(title);
                match unverified(missing) {
                    Some(unknown) => format!("{source} is silent about {about}, and it {unknown}"),
                    None => format!("{source} is silent about {about}"),
                }
            }
            _ => match (&card.because, cell()) {
                (Some(because), _) => self.message(because),
                (None, Some(cell)) => format!("{cell} is not supported"),
                (None, None) => title(),
            },
        }
    }

    /// Missing facts as routes.
    pub(super) fn missing(&self, lacks: &[Lack]) -> Vec<Missing> {
        let all = once_each(lacks.iter().copied()).into_iter().map(|lack| Missing {
            route: self.facts().route(lack.fact),
            span: self.facts().place(lack.fact).unwrap_or(Span::NONE),
            step: lack.step.map(|step| self.step_id(step)),
        });
        let mut seen = rustc_hash::FxHashSet::default();
        all.filter(|missing| seen.insert(missing.route.clone())).collect()
    }

    /// Facts of the inventory that decided, with what they say.
    pub(super) fn related(&mut self, evidence: &Evidence) -> Vec<Related> {
        self.related_facts(evidence).into_iter().map(|(_, related)| related).collect()
    }

    /// The same with the facts themselves.
    pub(super) fn related_facts(&mut self, evidence: &Evidence) -> Vec<(Fact, Related)> {
        let facts = self.facts();
        let of_inventory = |read: &&Read| match read.fact {
            Fact::Field { of, row, .. } => !read.led && !is_plan(root(facts, of, row).0),
            Fact::Section(_) => false,
        };
        let read = once_each(evidence.read().iter().filter(of_inventory).map(|read| read.fact));
        let owners: rustc_hash::FxHashSet<(StructId, Row, FieldId)> =
            read.iter().filter_map(|fact| self.list_around(*fact)).collect();
        let mut related = Vec::new();
        for fact in read {
            let Fact::Field { of, row, field } = fact else { continue };
            // Of elements without a name the list says nothing that what was read of them does not say better.
            if owners.contains(&(of, row, field)) {
                continue;
            }
            let ty = self.program.schema.field(of, field).map_or(&Type::Error, |field| &field.ty);
            let value = self.show_cell(self.world.read(of, row, field), ty);
            let span = facts.place(fact).unwrap_or(Span::NONE);
            let step = self.world.changed_by(of, row, field).map(|step| self.step_id(step));
            related.push((fact, Related { route: facts.route(fact), value, span, step }));
        }
        related
    }

    /// The list that a fact stands in, where its elements have no names.
    fn list_around(&self, fact: Fact) -> Option<(StructId, Row, FieldId)> {
        let Fact::Field { of, row, .. } = fact else { return None };
        let owner = self.facts().owner(of, row)?;
        let nameless = self.program.schema.get(of).is_some_and(|of| of.key.is_none());
        (nameless && owner.index.is_some()).then_some((owner.of, owner.row, owner.field))
    }

    /// Whether a field holds a record: what was read of it stands deeper.
    fn is_record(&self, of: StructId, field: crate::types::FieldId) -> bool {
        match self.program.schema.field(of, field).map(|field| field.ty.required()) {
            Some(Type::Row(of)) => self.program.schema.get(*of).is_some_and(|of| of.kind == StructKind::Record),
            _ => false,
        }
    }

    /// Where in the plan it stands: the member of the step that the obligation read, else the one that `when` read (the
    /// machine last, which every rule reads), else the step.
    pub(super) fn place(&self, subject: &Subject, obligation: &Evidence, conditions: &Evidence) -> Span {
        if subject.about != About::Step {
            return subject.span;
        }
        let facts = self.facts();
        let machine = self.program.schema.get(Schema::STEP).and_then(|step| step.find("vm"));
        let mut behind = None;
        for read in obligation.read().iter().chain(conditions.read()) {
            let Fact::Field { of, row, field } = read.fact else { continue };
            let (root, step_row, member) = root_member(facts, of, row, field);
            let built_in = [Schema::STEP_ID, Schema::STEP_WAVE].contains(&member);
            if root != Schema::STEP || step_row != subject.row || built_in || self.is_record(of, field) {
                continue;
            }
            let Some(span) = facts.place(read.fact).filter(|span| facts.row_place(of, row) != Some(*span)) else {
                continue;
            };
            if Some(member) == machine {
                behind = behind.or(Some(span));
            } else {
                return span;
            }
        }
        behind.unwrap_or(subject.span)
    }
}

/// Where a rule is written.
pub(super) fn cites(card: &Card) -> Vec<CiteRef> {
    let cited = card.cites.iter().map(|cite| CiteRef {
        source: cite.source.clone(),
        title: cite.title.clone(),
        section: cite.section.clone(),
        item: cite.item,
    });
    cited.collect()
}

/// `cannot be verified: … is unknown`; nothing where no fact is missing.
pub(super) fn unverified(missing: &[Missing]) -> Option<String> {
    let named: Vec<String> = missing
        .iter()
        .take(NAMED)
        .map(|missing| match &missing.step {
            Some(step) => format!("{} (read by step {step})", missing.route),
            None => missing.route.clone(),
        })
        .collect();
    let named: Vec<&str> = named.iter().map(String::as_str).collect();
    let more = missing.len().saturating_sub(NAMED);
    let (last, before) = named.split_last()?;
    let (list, verb) = match (before, more) {
        ([], 0) => ((*last).to_owned(), "is"),
        (before, 0) => (format!("{} and {last}", before.join(", ")), "are"),
        (before, more) => (format!("{}, {last} and {more} more", before.join(", ")), "are"),
    };
    Some(format!("cannot be verified: {list} {verb} unknown"))
}

fn is_plan(of: StructId) -> bool {
    [Schema::PLAN, Schema::WAVE, Schema::STEP].contains(&of)
}

/// The row that a part or a record lives in, outermost.
fn root(facts: &Facts, of: StructId, row: Row) -> (StructId, Row) {
    let (of, row, _) = root_member(facts, of, row, crate::types::FieldId(0));
    (of, row)
}

/// The outermost row, and its field on the way to a field.
fn root_member(
    facts: &Facts,
    of: StructId,
    row: Row,
    field: crate::types::FieldId,
) -> (StructId, Row, crate::types::FieldId) {
    let (mut of, mut row, mut field) = (of, row, field);
    // Owners are older than what they own; the bound is for facts made by hand.
    for _ in 0..1_000 {
        let Some(owner) = facts.owner(of, row) else { break };
        (of, row, field) = (owner.of, owner.row, owner.field);
    }
    (of, row, field)
}
