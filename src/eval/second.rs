//! The second world, in which every step happens: kept from the first refusal on, so that a step which is judged otherwise
//! only because an earlier one was refused can say so.

use std::collections::BTreeSet;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::ahead::Ahead;
use super::choose::Choice;
use super::effect::{Wave, Write};
use super::finding::Subject;
use super::machine::Machine;
use super::run::{Run, Tally, Which};
use super::value::Value;
use super::world::World;
use crate::program::{Address, GatheredId, Level};
use crate::report::{AfterRefused, Refused, Relocation};
use crate::types::{FieldId, FieldKind, Schema, StructKind, Type};
use crate::value::{Cell, Row, StructId};

/// A world and the wave that is under way in it.
#[derive(Clone, Debug)]
pub(super) struct Second<'f> {
    pub(super) world: World<'f>,
    pub(super) wave: Wave,
}

/// How a step was judged, as far as two worlds are compared: the values chosen for it, and its violated (`true`) and
/// unverified codes, notes aside.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct Judgement {
    chosen: Vec<Cell>,
    codes: BTreeSet<(Arc<str>, bool)>,
}

/// The steps that were refused, by the rows that they touch.
#[derive(Clone, Debug, Default)]
pub(super) struct Refusals {
    pub(super) refused: Refused,
    /// The places of rows among those that are touched.
    rows: FxHashMap<(StructId, Row), u32>,
}

impl Refusals {
    /// Enters a step that was refused.
    fn enter(&mut self, id: Arc<str>, touched: FxHashSet<(StructId, Row)>) {
        let Ok(place) = u32::try_from(self.refused.ids.len()) else { return };
        for row in touched {
            let touching = &mut self.refused.touching;
            let next = u32::try_from(touching.len()).unwrap_or(u32::MAX);
            let at = *self.rows.entry(row).or_insert(next);
            if at == next {
                touching.push(Vec::new());
            }
            if let Some(places) = touching.get_mut(at as usize) {
                places.push(place);
            }
        }
        self.refused.ids.push(id);
    }

    /// Those that share a row with a step, in the order in which they were refused.
    fn sharing(&self, touched: &FxHashSet<(StructId, Row)>) -> AfterRefused {
        let places = touched.iter().filter_map(|row| self.rows.get(row).copied());
        let rows = places.filter_map(|row| {
            let touching = self.refused.touching.get(row as usize)?;
            Some((row, u32::try_from(touching.len()).ok()?))
        });
        AfterRefused::by_rows(rows.collect())
    }
}

impl<'a> Run<'a> {
    /// Lets a step that was judged happen in the second world, which begins with the first step that is refused. Answers
    /// with the refused steps but for which it would be judged otherwise.
    pub(super) fn otherwise(
        &mut self,
        subject: &Subject,
        (about, choices, writes): (&[Which], &[Choice], Option<&[Write]>),
        foreseen: Option<(&Ahead<'_>, usize)>,
        (refused, alike): (bool, bool),
        judged: impl FnOnce(&Self) -> Judgement,
    ) -> AfterRefused {
        if self.second.is_none() {
            if !refused {
                return AfterRefused::default();
            }
            self.second = Some(Second { world: self.world.split(), wave: self.wave.clone() });
        }
        let differs = if alike {
            let chosen: Vec<Cell> = self.chosen_cells(subject);
            self.swap();
            self.happen_alike(subject, choices, &chosen, writes);
            self.swap();
            false
        } else {
            let here = judged(self);
            self.swap();
            let there = match foreseen.and_then(|(ahead, place)| self.foreseen_there(ahead, place, subject)) {
                Some(there) => {
                    let judgement = self.judgement(subject, choices, &there.tallies);
                    self.apply(subject, &there.writes, false);
                    judgement
                }
                None => self.happen(subject, about),
            };
            self.swap();
            here != there
        };
        self.compare();
        if !differs && !refused {
            return AfterRefused::default();
        }
        let touched = self.touched(subject);
        let after_refused = if differs { self.refusals.sharing(&touched) } else { AfterRefused::default() };
        if refused {
            self.refusals.enter(subject.step.clone().unwrap_or_default(), touched);
        }
        after_refused
    }

    /// Exchanges the two worlds.
    fn swap(&mut self) {
        if let Some(second) = &mut self.second {
            std::mem::swap(&mut self.world, &mut second.world);
            std::mem::swap(&mut self.wave, &mut second.wave);
        }
    }

    /// Begins a wave in the second world, too.
    pub(super) fn second_wave(&mut self, steps: usize) {
        if let Some(second) = &mut self.second {
            second.wave = Wave::of(steps);
        }
    }

    /// Ends a wave in the second world, too.
    pub(super) fn second_wave_over(&mut self) {
        if let Some(second) = &mut self.second {
            second.wave.before(&mut second.world);
            second.wave.over(&mut second.world);
        }
        self.compare();
    }

    /// Finds out where the two worlds differ by now.
    fn compare(&mut self) {
        if let Some(second) = &mut self.second {
            self.world.compare(&mut second.world);
        }
    }

    /// What stands in the fields of a step for which something can be chosen.
    fn chosen_cells(&self, subject: &Subject) -> Vec<Cell> {
        let selects = self.program.selects.iter();
        selects.map(|select| self.world.read(subject.of, subject.row, select.field)).collect()
    }

    /// Lets a step happen in the world at hand that is judged there as in the other one: what it read is the same in both.
    fn happen_alike(&mut self, subject: &Subject, choices: &[Choice], chosen: &[Cell], writes: Option<&[Write]>) {
        for ((select, choice), cell) in self.program.selects.iter().zip(choices).zip(chosen) {
            if matches!(choice, Choice::Chosen { .. }) {
                self.world.choose(subject.of, subject.row, select.field, *cell);
            }
        }
        if self.take_last(subject, choices) {
            match writes {
                Some(writes) => self.apply(subject, writes, false),
                None => self.act(subject),
            };
        }
    }

    /// Judges a step in the world at hand and lets it happen there, refused or not.
    fn happen(&mut self, subject: &Subject, about: &[Which]) -> Judgement {
        let program = self.program;
        for select in &program.selects {
            self.world.restore(subject.of, subject.row, select.field);
        }
        let open =
            program.selects.iter().any(|select| self.world.read(subject.of, subject.row, select.field) == Cell::None);
        let musts = if open { self.musts(about, subject) } else { Vec::new() };
        let choices: Vec<Choice> = program.selects.iter().map(|select| self.choose(select, subject, &musts)).collect();
        let decided = choices.iter().all(Choice::decided);
        let tallies = if decided { self.decide(subject, &self.comparable(about)) } else { Vec::new() };
        let there = self.judgement(subject, &choices, &tallies);
        if self.take_last(subject, &choices) {
            self.act(subject);
        }
        there
    }

    /// What a step that is refused would have moved, from where things are in the world at hand.
    pub(super) fn would_move(
        &mut self,
        subject: &Subject,
        choices: &[Choice],
        writes: Option<&[Write]>,
    ) -> Vec<Relocation> {
        let wave = std::mem::take(&mut self.wave);
        let moves = match (self.take_last(subject, choices), writes) {
            (true, Some(writes)) => self.apply(subject, writes, true),
            (true, None) => self.act(subject),
            (false, _) => Vec::new(),
        };
        self.wave = wave;
        for (select, choice) in self.program.selects.iter().zip(choices) {
            if matches!(choice, Choice::Nothing { .. }) {
                self.world.restore(subject.of, subject.row, select.field);
            }
        }
        moves
    }

    /// Takes the last candidate where none is permitted. Answers whether the step can happen at all.
    fn take_last(&mut self, subject: &Subject, choices: &[Choice]) -> bool {
        let mut can = true;
        for (select, choice) in self.program.selects.iter().zip(choices) {
            match choice {
                Choice::Undecided => can = false,
                Choice::Nothing { passed } => match passed.last() {
                    Some(last) => self.world.choose(subject.of, subject.row, select.field, Cell::Enum(last.value)),
                    None => can = false,
                },
                Choice::Named | Choice::Chosen { .. } => {}
            }
        }
        can
    }

    /// What two worlds are compared by.
    pub(super) fn judgement(&self, subject: &Subject, choices: &[Choice], tallies: &[(Which, Tally)]) -> Judgement {
        let mut judgement = Judgement::default();
        for (select, choice) in self.program.selects.iter().zip(choices) {
            judgement.chosen.push(self.world.read(subject.of, subject.row, select.field));
            let none = self.program.rule(select.none).map(|rule| rule.card.code.clone());
            match choice {
                Choice::Nothing { .. } => judgement.codes.extend(none.map(|code| (code, true))),
                Choice::Undecided => judgement.codes.extend(none.map(|code| (code, false))),
                Choice::Named | Choice::Chosen { .. } => {}
            }
        }
        for (which, tally) in tallies {
            let Some(card) = self.card(*which) else { continue };
            if card.level == Level::Note {
                continue;
            }
            if tally.violated > 0 {
                judgement.codes.insert((card.code.clone(), true));
            }
            if tally.unverified > 0 || tally.limit {
                judgement.codes.insert((card.code.clone(), false));
            }
        }
        judgement
    }

    /// The rules by which two worlds are compared: neither switched off nor notes.
    fn comparable(&self, about: &[Which]) -> Vec<Which> {
        let card = |which: &Which| self.card(*which);
        let counts =
            |which: &Which| card(which).is_some_and(|card| card.disabled.is_none() && card.level != Level::Note);
        about.iter().copied().filter(counts).collect()
    }

    /// What a step touches: the rows that it names, its machine, and where that and its files are. What kinds of rows those
    /// are follows from the vocabulary: a reference that the gathered lists of the machine have too (the storage of its
    /// files) is looked for in these alone.
    fn touched(&mut self, subject: &Subject) -> FxHashSet<(StructId, Row)> {
        let mut touched = FxHashSet::default();
        self.named(subject.of, subject.row, &mut touched);
        let Some((machine, row)) = self.machine(subject) else { return touched };
        touched.insert((machine, row));
        let program = self.program;
        let mut gathered: FxHashSet<StructId> = FxHashSet::default();
        let fields: Vec<(FieldId, FieldKind, Type)> = program
            .schema
            .get(machine)
            .into_iter()
            .flat_map(crate::types::Struct::fields)
            .map(|(id, field)| (id, field.kind, field.ty.clone()))
            .collect();
        for (_, kind, _) in &fields {
            let FieldKind::Gathered(id) = kind else { continue };
            let Some(part) = program.gathers.get(id.0 as usize).map(|gather| gather.part) else { continue };
            let references: Vec<(FieldId, StructId)> = self.references(part).collect();
            gathered.extend(references.iter().map(|(_, of)| *of));
            let fuel = self.options.steps.max(1);
            let mut evaluation = Machine::new(program, &self.world, &mut self.decide, fuel);
            let list = evaluation.gather_of(Value::Row(machine, row), GatheredId(id.0));
            let Value::List(list) = list else { continue };
            for index in 0..evaluation.len(&list) {
                let item = evaluation.item(&list, index).value;
                for (field, _) in &references {
                    let value =
                        evaluation.field_of(&item, Address { owner: part, field: *field, shape: evaluation.plain() });
                    if let Value::Row(of, row) = value {
                        touched.insert((of, row));
                    }
                }
            }
        }
        for (field, of) in self.references(machine).collect::<Vec<_>>() {
            if let (false, Cell::Row(row)) = (gathered.contains(&of), self.world.read(machine, row, field)) {
                touched.insert((of, row));
            }
        }
        touched
    }

    /// The fields of a struct that refer to one row of an entity.
    fn references(&self, of: StructId) -> impl Iterator<Item = (FieldId, StructId)> + use<'_, 'a> {
        let fields = self.program.schema.get(of).into_iter().flat_map(crate::types::Struct::fields);
        fields.filter_map(|(id, field)| match (field.kind, field.ty.required()) {
            (FieldKind::Stored, Type::Row(of)) if self.is_entity(*of) => Some((id, *of)),
            _ => None,
        })
    }

    fn is_entity(&self, of: StructId) -> bool {
        let built_in = [Schema::PLAN, Schema::WAVE, Schema::STEP].contains(&of);
        !built_in && self.program.schema.get(of).is_some_and(|of| matches!(of.kind, StructKind::Entity { .. }))
    }

    /// What a step moves: the first field of a step that refers to an entity and cannot be left out.
    fn machine(&self, subject: &Subject) -> Option<(StructId, Row)> {
        let step = self.program.schema.get(subject.of)?;
        let (field, of) = self
            .references(subject.of)
            .find(|(id, _)| step.fields.get(usize::from(id.0)).is_some_and(|f| f.default.is_none()))?;
        match self.world.read(subject.of, subject.row, field) {
            Cell::Row(row) => Some((of, row)),
            _ => None,
        }
    }

    /// The rows of entities that a row names: in its fields, its records, its lists and maps.
    fn named(&self, of: StructId, row: Row, touched: &mut FxHashSet<(StructId, Row)>) {
        let fields = self.program.schema.get(of).into_iter().flat_map(crate::types::Struct::fields);
        for (id, field) in fields.filter(|(_, field)| field.kind == FieldKind::Stored) {
            let cell = self.world.read(of, row, id);
            self.named_by(cell, field.ty.required(), touched);
        }
    }

    fn named_by(&self, cell: Cell, ty: &Type, touched: &mut FxHashSet<(StructId, Row)>) {
        match (cell, ty.required()) {
            (Cell::Row(row), Type::Row(of)) if self.is_entity(*of) => {
                touched.insert((*of, row));
            }
            (Cell::Row(row), Type::Row(of)) => {
                let record = self.program.schema.get(*of).is_some_and(|of| of.kind == StructKind::Record);
                if record {
                    self.named(*of, row, touched);
                }
            }
            (Cell::List(list), Type::List(of)) => {
                for cell in self.world.list(list) {
                    self.named_by(*cell, of, touched);
                }
            }
            (Cell::Map(map), Type::Map { value, .. }) => {
                for (_, cell) in self.facts.map(map) {
                    self.named_by(*cell, value, touched);
                }
            }
            _ => {}
        }
    }
}
