//! What a step does: its effects read everything in the world before the step and write cells of the world behind it.
//! What is not known is written as unknown, never left as it was.

use std::collections::BTreeMap;

use super::finding::Subject;
use super::machine::Machine;
use super::mode::{Decide, Mode};
use super::run::Run;
use super::value::{Bound, Quantity, Text, Value};
use crate::program::{Action, Address, ExprId, Node, Slot};
use crate::types::FieldId;
use crate::value::{Cell, Row, StructId, Truth};

/// Where an action writes.
#[derive(Clone, Copy, Debug)]
enum Target {
    /// Into one cell.
    Cell(StructId, Row, Address),
    /// Somewhere into a column: which row is not known.
    Column(Address),
}

/// What an action writes.
#[derive(Clone, Copy, Debug)]
enum Written {
    Set(Cell),
    /// What is added; nothing: nobody knows how much.
    Added(Option<Quantity>),
}

/// One write.
struct Write {
    target: Target,
    written: Written,
    when: Truth,
}

/// What becomes of a cell in one step.
#[derive(Clone, Copy, Debug)]
struct Pending {
    value: Cell,
    /// Together; nothing: nobody knows how much.
    added: Option<Quantity>,
    changed: bool,
}

impl Run<'_> {
    /// Lays what a step does over what the steps before it did.
    pub(super) fn act(&mut self, subject: &Subject) {
        let program = self.program;
        let mut writes = Vec::new();
        for effect in &program.effects {
            let mut machine = Machine::new(program, &self.world, &mut self.decide, self.options.steps.max(1));
            let subject = Value::Row(subject.of, subject.row);
            machine.occurrences(subject, &effect.head, &mut |machine, when| {
                for action in &effect.actions {
                    machine.writes(action, when, &mut writes);
                }
            });
        }
        let mut pending: BTreeMap<(StructId, FieldId, Row), Pending> = BTreeMap::new();
        for write in writes {
            let rows: Vec<(StructId, Row, FieldId)> = match write.target {
                Target::Cell(of, row, at) => vec![(of, row, at.field)],
                Target::Column(at) => match write.written {
                    // Nobody can count on an increase that may be anywhere.
                    Written::Added(Some(amount)) if !is_negative(amount) => continue,
                    _ => (0..self.facts.rows(at.owner)).map(|row| (at.owner, Row(row), at.field)).collect(),
                },
            };
            let sure = write.when == Truth::True && matches!(write.target, Target::Cell(..));
            for (of, row, field) in rows {
                let before = self.after.get(of, row, field).unwrap_or_else(|| self.world.read(of, row, field));
                let cell =
                    pending.entry((of, field, row)).or_insert(Pending { value: before, added: None, changed: false });
                match write.written {
                    Written::Set(value) if sure => cell.value = value,
                    Written::Set(value) if cell.value == value => {}
                    Written::Set(_) => cell.value = Cell::Unknown,
                    Written::Added(amount) => {
                        let amount = amount.filter(|_| sure);
                        let so_far = if cell.changed { cell.added } else { amount.and_then(zero_of) };
                        cell.added = so_far.zip(amount).and_then(|(so_far, amount)| so_far.add(amount));
                        cell.changed = true;
                    }
                }
            }
        }
        for ((of, field, row), cell) in pending {
            let value = if cell.changed { added(cell.value, cell.added) } else { cell.value };
            self.after.set(of, row, field, value);
        }
    }
}

impl Machine<'_, Decide> {
    fn writes(&mut self, action: &Action, when: Truth, writes: &mut Vec<Write>) {
        let (target, written) = match action {
            Action::Set { target, value } => {
                let value = self.eval(*value);
                (target, Written::Set(cell_of(&value)))
            }
            Action::Change { target, by } => (target, Written::Added(self.eval(*by).quantity())),
        };
        for target in self.targets(*target) {
            writes.push(Write { target, written, when });
        }
    }

    /// Where a target lies: the field itself, or of a gathered part the field that it was gathered from.
    fn targets(&mut self, target: ExprId) -> Vec<Target> {
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
}

/// A value as a cell keeps it. Lists, maps and texts made by a policy have no place in a cell: they are unknown behind it.
fn cell_of<M: Mode>(value: &Value<M>) -> Cell {
    match value {
        Value::None => Cell::None,
        Value::Bool(value) => Cell::Bool(*value),
        Value::Number(value) => Cell::Number(*value),
        Value::Size(value) => Cell::Size(*value),
        Value::Duration(value) => Cell::Duration(*value),
        Value::Date(value) => Cell::Date(*value),
        Value::Version(value) => Cell::Version(*value),
        Value::Text(Text::Id(text)) => Cell::Text(*text),
        Value::Enum(_, value) => Cell::Enum(*value),
        Value::Row(_, row) => Cell::Row(*row),
        _ => Cell::Unknown,
    }
}

fn zero_of(amount: Quantity) -> Option<Quantity> {
    amount.negate().and_then(|negated| amount.add(negated))
}

fn is_negative(amount: Quantity) -> bool {
    amount.negate().is_none_or(|negated| amount < negated)
}

fn added(cell: Cell, amount: Option<Quantity>) -> Cell {
    let before = match cell {
        Cell::Number(value) => Quantity::Number(value),
        Cell::Size(value) => Quantity::Size(value),
        Cell::Duration(value) => Quantity::Duration(value),
        _ => return Cell::Unknown,
    };
    match amount.and_then(|amount| before.add(amount)) {
        Some(Quantity::Number(value)) => Cell::Number(value),
        Some(Quantity::Size(value)) => Cell::Size(value),
        Some(Quantity::Duration(value)) => Cell::Duration(value),
        None => Cell::Unknown,
    }
}
