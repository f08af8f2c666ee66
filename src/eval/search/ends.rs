//! What a refused step might say instead: its members with their other values, and the ends that it could come to.

use crate::eval::effect::{At, Target};
use crate::eval::finding::Subject;
use crate::eval::machine::Machine;
use crate::eval::mode::Decide;
use crate::eval::run::Run;
use crate::eval::value::{Bound, Value};
use crate::program::{ExprId, Goal, Node, Slot, Suggest, Variation};
use crate::types::{FieldId, Type};
use crate::value::{Cell, MapId, Row, StructId, Truth};

/// A map of nothing: no map of the facts has this number.
const EMPTY: Cell = Cell::Map(MapId(u32::MAX));

/// How many ends are looked for.
const MOST_ENDS: usize = 400;

/// A member of the step that may say something else.
pub(super) struct Member<'a> {
    pub(super) variation: &'a Variation,
    pub(super) at: At,
    ty: &'a Type,
    /// What the step says as it is written.
    pub(super) written: Cell,
    /// Whether a choice takes the best value where it is left out: then leaving it out tries nothing new.
    selected: bool,
}

/// What a step says, by member.
pub(super) type Says = Vec<Cell>;

/// What a step may be to bring about.
pub(super) struct End {
    /// What a step says that comes to it at once.
    pub(super) says: Says,
    /// In how many members that is another end than the one asked for.
    pub(super) differs: usize,
    /// Where the step may stop on the way, by member.
    stops: Vec<Vec<Cell>>,
    /// What it leaves behind.
    pub(super) goal: Vec<(At, Cell)>,
}

impl Member<'_> {
    /// Whether its values make different ends.
    fn makes_ends(&self) -> bool {
        !self.variation.ends.is_empty()
    }

    /// Whether it can be left out, and what it says then.
    fn left_out(&self) -> Option<Cell> {
        match self.ty {
            Type::Optional(_) if !self.selected => Some(Cell::None),
            Type::Map { .. } => Some(EMPTY),
            _ => None,
        }
    }
}

impl<'a> Run<'a> {
    /// The members of a step that may say something else.
    pub(super) fn members(&mut self, suggest: &'a Suggest, subject: &Subject) -> Vec<Member<'a>> {
        let program = self.program;
        let mut members = Vec::new();
        for variation in &suggest.variations {
            let Some(Node::Field { of, at }) = program.node(variation.target).copied() else { continue };
            let owner = self.with_step(suggest.slots, subject, |machine| match machine.eval(of) {
                Value::Row(of, row) => Some((of, row)),
                _ => None,
            });
            let (Some((of, row)), Some(field)) = (owner, program.schema.field(at.owner, at.field)) else { continue };
            members.push(Member {
                variation,
                at: (of, at.field, row),
                ty: &field.ty,
                written: self.world.read(of, row, at.field),
                selected: of == subject.of && program.selects.iter().any(|select| select.field == at.field),
            });
        }
        members
    }

    /// Evaluates something of a step in the frame of the alternatives.
    fn with_step<T>(&mut self, slots: u16, subject: &Subject, read: impl FnOnce(&mut Machine<'_, Decide>) -> T) -> T {
        let fuel = self.options.steps.max(1);
        let mut machine = Machine::new(self.program, &self.world, &mut self.decide, fuel);
        let frame = machine.enter(slots.max(1));
        machine.bind(Slot(0), Bound::known(Value::Row(subject.of, subject.row)));
        let found = read(&mut machine);
        machine.leave(frame);
        found
    }

    /// The elements of lists that are known to be there, each once.
    fn listed(&mut self, suggest: &Suggest, subject: &Subject, lists: &[ExprId]) -> Vec<Cell> {
        self.with_step(suggest.slots, subject, |machine| {
            let mut found = Vec::new();
            for list in lists {
                let list = machine.list(*list);
                for index in 0..machine.len(&list) {
                    let item = machine.item(&list, index);
                    let cell = machine.cell_of(&item.value);
                    if item.member == Truth::True && cell != Cell::Unknown && !found.contains(&cell) {
                        found.push(cell);
                    }
                }
            }
            found
        })
    }

    /// Makes the step say something else, until the world is rolled back.
    pub(super) fn say(&mut self, members: &[Member<'_>], says: &[Cell]) {
        for (member, cell) in members.iter().zip(says) {
            let (of, field, row) = member.at;
            if *cell != member.written || self.world.read(of, row, field) != *cell {
                self.world.choose(of, row, field, *cell);
            }
        }
    }

    /// The ends that a step may come to, those first that differ least from the one asked for. The second is whether there
    /// may be more.
    pub(super) fn ends(&mut self, suggest: &'a Suggest, subject: &Subject, members: &[Member<'a>]) -> (Vec<End>, bool) {
        let mut found: Vec<(Says, Vec<Vec<Cell>>)> = Vec::new();
        let whole = self.ends_from(suggest, subject, members, &mut Vec::new(), &mut found);
        let mut ends: Vec<End> = Vec::new();
        for (says, stops) in found {
            let differs = members.iter().zip(&says).filter(|(member, cell)| member.written != **cell).count();
            let mark = self.world.mark();
            self.say(members, &says);
            let goal = self.goal(&suggest.goals, subject);
            self.world.roll_back(mark);
            // Where everything is so already there is nothing to reach.
            let open = goal.iter().any(|((of, field, row), cell)| self.world.read(*of, *row, *field) != *cell);
            if open && !ends.iter().any(|end| end.goal == goal) {
                ends.push(End { says, differs, stops, goal });
            }
        }
        ends.sort_by_key(|end| end.differs);
        (ends, !whole)
    }

    fn ends_from(
        &mut self,
        suggest: &'a Suggest,
        subject: &Subject,
        members: &[Member<'a>],
        says: &mut Says,
        found: &mut Vec<(Says, Vec<Vec<Cell>>)>,
    ) -> bool {
        let Some(member) = members.get(says.len()) else {
            if found.len() >= MOST_ENDS {
                return false;
            }
            let stops = members.iter().map(|member| self.listed(suggest, subject, &member.variation.stops)).collect();
            found.push((says.clone(), stops));
            return true;
        };
        let mut values = vec![member.written];
        if member.makes_ends() {
            values.extend(self.listed(suggest, subject, &member.variation.ends));
        }
        let (of, field, row) = member.at;
        let mut whole = true;
        for (index, value) in values.iter().enumerate() {
            if index > 0 && *value == member.written {
                continue;
            }
            let mark = self.world.mark();
            if index > 0 {
                self.world.choose(of, row, field, *value);
            }
            says.push(*value);
            whole &= self.ends_from(suggest, subject, members, says, found);
            says.pop();
            self.world.roll_back(mark);
        }
        whole
    }

    /// What the step as it is now is to bring about. What is not known to be part of it, or where it lies now, is left out:
    /// whether that is reached cannot be told.
    fn goal(&mut self, goals: &'a [Goal], subject: &Subject) -> Vec<(At, Cell)> {
        let mut found: Vec<(At, Cell)> = Vec::new();
        for goal in goals {
            let fuel = self.options.steps.max(1);
            let mut machine = Machine::new(self.program, &self.world, &mut self.decide, fuel);
            machine.occurrences(Value::Row(subject.of, subject.row), &goal.head, &mut |machine, when, _| {
                if when != Truth::True {
                    return;
                }
                let value = machine.eval(goal.value);
                let cell = machine.cell_of(&value);
                for target in machine.targets(goal.target) {
                    if let Target::Cell(of, row, at) = target {
                        found.retain(|(known, _)| *known != (of, at.field, row));
                        found.push(((of, at.field, row), cell));
                    }
                }
            });
        }
        let known = |of: StructId, row: Row, field: FieldId| self.world.read(of, row, field) != Cell::Unknown;
        found.retain(|((of, field, row), cell)| *cell != Cell::Unknown && known(*of, *row, *field));
        found.sort_by_key(|(at, _)| *at);
        found
    }

    /// What a member may say in a step on the way to an end, or in the last one.
    pub(super) fn values(&self, member: &Member<'_>, index: usize, end: &End, last: bool) -> Vec<Cell> {
        let mut values = Vec::new();
        let mut add = |cell: Cell| {
            if !values.contains(&cell) {
                values.push(cell);
            }
        };
        if member.makes_ends() {
            end.says.get(index).copied().into_iter().for_each(&mut add);
        } else {
            if !(member.selected && member.written == Cell::None) {
                add(member.written);
            }
            match member.ty.required() {
                Type::Enum(of) => {
                    let count = self.program.schema.enum_def(*of).map_or(0, |of| of.values.len());
                    (0u16..).take(count).map(Cell::Enum).for_each(&mut add);
                }
                Type::Bool => [false, true].into_iter().map(Cell::Bool).for_each(&mut add),
                _ => {}
            }
        }
        let empty = matches!(member.written, Cell::Map(id) if self.facts.map(id).is_empty());
        member.left_out().filter(|_| !empty).into_iter().for_each(&mut add);
        if !last {
            end.stops.get(index).into_iter().flatten().copied().for_each(&mut add);
        }
        values
    }
}
