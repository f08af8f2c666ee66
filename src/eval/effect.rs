//! What a step does: its effects read everything in the world before the step and write cells of the world behind it.
//! What is not known is written as unknown, never left as it was, and remembers what it would take to know it.
//!
//! Steps of one wave happen at the same time: what they write waits until the wave is over, but for what a `change` takes
//! away, which is gone at once.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::changes::Changed;
use super::finding::Subject;
use super::machine::Machine;
use super::mode::{Lack, Log, Mark, Mode, once_each};
use super::run::Run;
use super::value::{Bound, List, Map, Quantity, Text, Value};
use super::world::{Undo, World};
use crate::program::{Action, Address, Effect, ExprId, Node, Sign, Slot};
use crate::report::{Relocation, Thing};
use crate::types::{FieldId, StructKind, Type};
use crate::value::{Cell, Row, StructId, Truth};

/// A cell by its place. Ordered, so that what moves is told in one order.
pub(super) type At = (StructId, FieldId, Row);

/// What the steps of the wave that is under way do.
#[derive(Clone, Debug, Default)]
pub(super) struct Wave {
    /// Whether other steps are to see what is taken away before the wave is over.
    pub(super) shared: bool,
    /// What becomes different when the wave is over.
    pub(super) after: FxHashMap<At, Changed>,
    /// How to make undone what was taken away at once.
    taken: Vec<Undo>,
}

impl Wave {
    /// A wave of this many steps.
    pub(super) fn of(steps: usize) -> Wave {
        Wave { shared: steps > 1, ..Wave::default() }
    }

    /// Makes the world as it was before the wave.
    pub(super) fn before(&mut self, world: &mut World<'_>) {
        world.undo(std::mem::take(&mut self.taken));
    }

    /// Makes the world as the wave leaves it; it is as it was before the wave.
    pub(super) fn over(&mut self, world: &mut World<'_>) {
        for ((of, field, row), changed) in std::mem::take(&mut self.after) {
            world.put(of, row, field, Some(changed));
        }
    }
}

/// Where an action writes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Target {
    /// Into one cell.
    Cell(StructId, Row, Address),
    /// Somewhere into a column: which row is not known.
    Column(Address),
}

/// What an action writes.
#[derive(Clone, Debug)]
enum Written {
    Set(Cell),
    /// A list that has no number yet.
    List(Vec<Cell>),
    /// What is added; nothing: nobody knows how much.
    Added(Option<Quantity>, Sign),
}

/// One write.
#[derive(Clone, Debug)]
pub(super) struct Write {
    /// Which of its effect's actions it comes from.
    action: usize,
    target: Target,
    written: Written,
    when: Truth,
    lacks: Vec<Lack>,
}

impl Write {
    /// A write of which everything is known; nothing: what is added is no quantity.
    pub(super) fn known(
        action: usize,
        (of, row, at): (StructId, Row, Address),
        cell: Cell,
        sign: Option<Sign>,
    ) -> Option<Write> {
        let written = match sign {
            None => Written::Set(cell),
            Some(sign) => Written::Added(Some(quantity(cell)?), sign),
        };
        Some(Write { action, target: Target::Cell(of, row, at), written, when: Truth::True, lacks: Vec::new() })
    }

    fn sure(&self) -> bool {
        self.when == Truth::True && matches!(self.target, Target::Cell(..))
    }

    /// Whether something about it is unknown, so that it has to be told why.
    fn doubtful(&self) -> bool {
        !self.sure() || matches!(self.written, Written::Set(Cell::Unknown) | Written::Added(None, _))
    }

    /// Whether it can only add: what may be anywhere is counted nowhere then.
    fn adds(&self) -> bool {
        match &self.written {
            Written::Added(Some(amount), _) => !is_negative(*amount),
            Written::Added(None, sign) => *sign == Sign::Adds,
            Written::Set(_) | Written::List(_) => false,
        }
    }
}

/// What becomes of a cell in one step.
#[derive(Clone, Debug)]
struct Pending {
    before: Cell,
    value: Cell,
    /// Whether the value itself was written for sure, and not only perhaps.
    set: bool,
    /// What is added together; unknown: nobody knows how much.
    added: Sum,
    /// What of that is taken away.
    taken: Sum,
    /// What is missing to know the value.
    lacks: Vec<Lack>,
    /// What is missing to know what is added: a later value does not make that known.
    amiss: Vec<Lack>,
}

/// Cells that are looked through one by one before a table is worth its hashes.
const FEW: usize = 16;

/// What becomes of cells in one step.
#[derive(Debug, Default)]
struct Pendings {
    all: Vec<(At, Pending)>,
    /// By cell its place among them; nothing while they are few.
    places: FxHashMap<At, usize>,
}

impl Pendings {
    /// A cell, as it was before where it was not written yet.
    fn cell(&mut self, at: At, before: impl FnOnce() -> Cell) -> Option<&mut Pending> {
        let found = if self.places.is_empty() {
            self.all.iter().position(|(other, _)| *other == at)
        } else {
            self.places.get(&at).copied()
        };
        let place = found.unwrap_or(self.all.len());
        if found.is_none() {
            self.all.push((at, Pending::of(before())));
            match self.all.len() {
                FEW => self.places = self.all.iter().enumerate().map(|(place, (at, _))| (*at, place)).collect(),
                many if many > FEW => drop(self.places.insert(at, place)),
                _ => {}
            }
        }
        self.all.get_mut(place).map(|(_, cell)| cell)
    }

    /// All of them, in the one order.
    fn in_order(mut self) -> Vec<(At, Pending)> {
        self.all.sort_unstable_by_key(|(at, _)| *at);
        self.all
    }
}

impl Pending {
    fn of(before: Cell) -> Pending {
        Pending {
            before,
            value: before,
            set: false,
            added: Sum::Nothing,
            taken: Sum::Nothing,
            lacks: Vec::new(),
            amiss: Vec::new(),
        }
    }
}

/// A sum of changes.
#[derive(Clone, Copy, Debug)]
enum Sum {
    Nothing,
    Known(Quantity),
    Unknown,
}

impl Sum {
    fn add(&mut self, amount: Option<Quantity>) {
        *self = match (*self, amount) {
            (Sum::Nothing, Some(amount)) => Sum::Known(amount),
            (Sum::Known(so_far), Some(amount)) => so_far.add(amount).map_or(Sum::Unknown, Sum::Known),
            _ => Sum::Unknown,
        };
    }

    fn on(self, cell: Cell) -> Cell {
        match self {
            Sum::Nothing => cell,
            Sum::Known(amount) => added(cell, amount),
            Sum::Unknown => Cell::Unknown,
        }
    }
}

impl<'a> Run<'a> {
    /// Lays what a step does over what the steps before it did, and says what it moves.
    pub(super) fn act(&mut self, subject: &Subject) -> Vec<Relocation> {
        let writes = self.writes(subject);
        self.apply(subject, &writes, true)
    }

    /// Lays over it what is written, in the order declared, and says what that moves, where that is to be told.
    pub(super) fn apply(&mut self, subject: &Subject, writes: &[Write], told: bool) -> Vec<Relocation> {
        let mut pending = Pendings::default();
        for write in writes {
            self.enter_write(write, &mut pending);
        }
        let mut moves = Vec::new();
        for ((of, field, row), cell) in pending.in_order() {
            if self.wave.shared {
                self.take(subject, (of, field, row), &cell);
            }
            let value = cell.added.on(cell.value);
            // What was unknown before and is not set stays so for the reasons of before.
            let same = value == cell.before && (value != Cell::Unknown || !cell.set);
            if same {
                continue;
            }
            if told {
                moves.extend(self.relocation(of, row, field, cell.before, value));
            }
            let missing = || cell.lacks.into_iter().chain(cell.amiss).collect();
            let lacks = (value == Cell::Unknown).then(|| read_by(subject.row, missing()));
            self.wave.after.insert((of, field, row), Changed { cell: value, by: Some(subject.row), lacks });
        }
        moves
    }

    /// Everything that a step's effects write, in the order declared.
    pub(super) fn writes(&mut self, subject: &Subject) -> Vec<Write> {
        let mut writes = Vec::new();
        for effect in &self.program.effects {
            self.writes_of(subject, effect, &mut writes);
        }
        writes
    }

    /// What one effect writes.
    pub(super) fn writes_of(&mut self, subject: &Subject, effect: &'a Effect, writes: &mut Vec<Write>) {
        let program = self.program;
        let mut found = Vec::new();
        let fuel = self.options.steps.max(1);
        let mut machine = Machine::new(program, &self.world, &mut self.decide, fuel);
        machine.writes_of(subject, effect, &mut found);
        if machine.exhausted() {
            self.limit_hit(subject, &effect.name);
        }
        if found.iter().any(Write::doubtful) {
            found.clear();
            let fuel = fuel.saturating_mul(4);
            Machine::new(program, &self.world, &mut self.trace, fuel).writes_of(subject, effect, &mut found);
        }
        // Of two values the later declared wins, whichever elements they are for.
        found.sort_by_key(|write| write.action);
        writes.append(&mut found);
    }

    fn enter_write(&mut self, write: &Write, pending: &mut Pendings) {
        let (of, field, rows) = match write.target {
            Target::Cell(of, row, at) => (of, at.field, row.0..row.0.saturating_add(1)),
            // Nobody can count on an increase that may be anywhere.
            Target::Column(_) if write.adds() => return,
            Target::Column(at) => (at.owner, at.field, 0..self.facts.rows(at.owner)),
        };
        let sure = write.sure();
        let mut set = |written: &Written| match written {
            Written::Set(value) => Some(*value),
            Written::List(cells) => {
                let list = self.world.add_list(cells.clone()).filter(|_| sure);
                Some(list.map_or(Cell::Unknown, Cell::List))
            }
            Written::Added(..) => None,
        };
        let set = set(&write.written);
        for row in rows.map(Row) {
            let at = (of, field, row);
            let before =
                || self.wave.after.get(&at).map_or_else(|| self.world.read(of, row, field), |after| after.cell);
            let Some(cell) = pending.cell(at, before) else { continue };
            match (&write.written, set) {
                (_, Some(value)) if sure => {
                    cell.value = value;
                    cell.set = true;
                    cell.lacks.clone_from(&write.lacks);
                }
                (_, Some(value)) if value == cell.value && value != Cell::Unknown => {}
                (Written::Added(Some(amount), _), _) if is_zero(*amount) => {}
                (Written::Added(amount, sign), _) => {
                    let amount = amount.filter(|_| sure);
                    cell.added.add(amount);
                    let takes = amount.map_or(!write.adds() && *sign != Sign::Adds, is_negative);
                    if takes {
                        cell.taken.add(amount);
                    }
                    cell.amiss.extend(&write.lacks);
                }
                _ => {
                    cell.value = Cell::Unknown;
                    cell.lacks.extend(&write.lacks);
                }
            }
        }
    }

    /// Takes away at once what a step takes: its wave is not over yet.
    fn take(&mut self, subject: &Subject, (of, field, row): At, cell: &Pending) {
        let seen = self.world.read(of, row, field);
        let left = cell.taken.on(seen);
        if left != seen {
            let lacks = (left == Cell::Unknown).then(|| read_by(subject.row, cell.amiss.clone()));
            let changed = Changed { cell: left, by: Some(subject.row), lacks };
            let undo = self.world.put(of, row, field, Some(changed));
            self.wave.taken.push(undo);
        }
    }

    /// That a reference to an entity takes another value.
    fn relocation(&self, of: StructId, row: Row, field: FieldId, from: Cell, to: Cell) -> Option<Relocation> {
        let Type::Row(entity) = self.program.schema.field(of, field)?.ty.required() else { return None };
        if !matches!(self.program.schema.get(*entity)?.kind, StructKind::Entity { .. }) {
            return None;
        }
        let thing = |cell: Cell| match cell {
            Cell::Row(row) => self.thing(*entity, row),
            _ => None,
        };
        Some(Relocation { what: self.thing(of, row)?, from: thing(from), to: thing(to) })
    }

    /// A row by kind and name; of a record: what it belongs to.
    fn thing(&self, of: StructId, row: Row) -> Option<Thing> {
        let (mut of, mut row) = (of, row);
        while self.program.schema.get(of)?.kind == StructKind::Record {
            let owner = self.facts.owner(of, row)?;
            (of, row) = (owner.of, owner.row);
        }
        let name = match self.facts.key_of(of, row) {
            Some(key) => self.facts.texts().get(key).clone(),
            None => self.facts.ordinal(of, row).to_string().into(),
        };
        Some(Thing { kind: self.program.schema.get(of)?.name.clone(), name })
    }
}

impl<'a, M: Mode> Machine<'a, M> {
    fn writes_of(&mut self, subject: &Subject, effect: &'a Effect, writes: &mut Vec<Write>) {
        self.occurrences(Value::Row(subject.of, subject.row), &effect.head, &mut |machine, when, start| {
            for action in effect.actions.iter().enumerate() {
                let mark = machine.mark();
                machine.write(action, when, start, writes);
                machine.scratch.log.settle(mark);
            }
        });
    }

    fn write(&mut self, (at, action): (usize, &Action), when: Truth, start: Mark, writes: &mut Vec<Write>) {
        let (target, written) = match action {
            Action::Set { target, value } => {
                let value = self.eval(*value);
                (target, self.set(&value))
            }
            Action::Change { target, by, sign } => (target, Written::Added(self.eval(*by).quantity(), *sign)),
        };
        let targets = self.targets(*target);
        let lacks = self.scratch.log.lacking(start);
        for target in targets {
            writes.push(Write { action: at, target, written: written.clone(), when, lacks: lacks.clone() });
        }
    }

    /// Where a target lies: the field itself, or of a gathered part the field that it was gathered from.
    pub(super) fn targets(&mut self, target: ExprId) -> Vec<Target> {
        let Some(Node::Field { of, at }) = self.program.node(target).copied() else { return Vec::new() };
        match self.eval(of) {
            Value::Row(of, row) => vec![Target::Cell(of, row, at)],
            Value::Part(part) => {
                let gather = self.program.gathers.get(part.gather.at());
                let Some(source) = gather.and_then(|gather| gather.sources.get(part.source as usize)) else {
                    return Vec::new();
                };
                let Some(Some(field)) = source.fields.get(usize::from(at.field.0)) else { return Vec::new() };
                let frame = self.enter(source.slots);
                self.bind(Slot(0), Bound::known(part.owner.clone()));
                if let (Some((slot, _)), Some(element)) = (source.each, &part.element) {
                    self.bind(slot, element.clone());
                }
                let targets = self.targets(*field);
                self.leave(frame);
                targets
            }
            _ => {
                let gathers = self.program.gathers.iter().filter(|gather| gather.part == at.owner);
                let fields = gathers.flat_map(|gather| &gather.sources).filter_map(|source| {
                    let field = source.fields.get(usize::from(at.field.0)).copied().flatten()?;
                    match self.program.node(field) {
                        Some(Node::Field { at, .. }) => Some(Target::Column(*at)),
                        _ => None,
                    }
                });
                fields.chain([Target::Column(at)]).collect()
            }
        }
    }

    /// What a `set` writes. A list is one of the facts, or one whose elements are all known; a text that a policy made up
    /// and no input has, and a map that it made up, are unknown behind the step.
    fn set(&mut self, value: &Value<M>) -> Written {
        let Value::List(list) = value else { return Written::Set(self.cell_of(value)) };
        match list {
            List::Stored(id, ..) => Written::Set(Cell::List(*id)),
            List::Rows(_, rows) => Written::List((0..*rows).map(|row| Cell::Row(Row(row))).collect()),
            List::Made(made) => {
                let known = made.rest.is_none() && made.items.iter().all(|item| item.member == Truth::True);
                let cells: Vec<Cell> = made.items.iter().map(|item| self.cell_of(&item.value)).collect();
                if known && !cells.contains(&Cell::Unknown) {
                    Written::List(cells)
                } else {
                    Written::Set(Cell::Unknown)
                }
            }
        }
    }

    pub(super) fn cell_of(&self, value: &Value<M>) -> Cell {
        match value {
            Value::None => Cell::None,
            Value::Bool(value) => Cell::Bool(*value),
            Value::Number(value) => Cell::Number(*value),
            Value::Size(value) => Cell::Size(*value),
            Value::Duration(value) => Cell::Duration(*value),
            Value::Date(value) => Cell::Date(*value),
            Value::Version(value) => Cell::Version(*value),
            Value::Text(Text::Id(text)) => Cell::Text(*text),
            Value::Text(Text::Own(text)) => self.facts().texts().find(text).map_or(Cell::Unknown, Cell::Text),
            Value::Enum(_, value) => Cell::Enum(*value),
            Value::Row(_, row) => Cell::Row(*row),
            Value::Map(Map::Stored { id, .. }) => Cell::Map(*id),
            Value::List(List::Stored(id, ..)) => Cell::List(*id),
            _ => Cell::Unknown,
        }
    }
}

/// Facts that a step was missing. What an earlier step was missing already stays with that one.
fn read_by(step: Row, lacks: Vec<Lack>) -> Arc<[Lack]> {
    let lacks = lacks.into_iter().map(|lack| Lack { step: lack.step.or(Some(step)), ..lack });
    once_each(lacks).into()
}

fn is_negative(amount: Quantity) -> bool {
    amount.negate().is_none_or(|negated| amount < negated)
}

fn is_zero(amount: Quantity) -> bool {
    amount.negate() == Some(amount)
}

fn quantity(cell: Cell) -> Option<Quantity> {
    Some(match cell {
        Cell::Number(value) => Quantity::Number(value),
        Cell::Size(value) => Quantity::Size(value),
        Cell::Duration(value) => Quantity::Duration(value),
        _ => return None,
    })
}

fn added(cell: Cell, amount: Quantity) -> Cell {
    let Some(before) = quantity(cell) else { return Cell::Unknown };
    match before.add(amount) {
        Some(Quantity::Number(value)) => Cell::Number(value),
        Some(Quantity::Size(value)) => Cell::Size(value),
        Some(Quantity::Duration(value)) => Cell::Duration(value),
        None => Cell::Unknown,
    }
}
