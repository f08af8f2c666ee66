//! The machine: runs the nodes of a program over a world, in one of the two modes. It decides about single expressions;
//! what a rule makes of them is judged elsewhere.

use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::derived::Derived;
use super::mode::{Lack, Log, Mark, Mode};
use super::pattern::Pattern;
use super::shared::Shared;
use super::value::{Bound, Item, List, Map, Part, Rest, Text, Value};
use super::world::World;
use crate::facts::{Fact, Facts};
use crate::program::{Address, CallId, ConstId, ExprId, Node, Operands, Program, Shape, ShapeId, Slot};
use crate::types::{Const, Schema};
use crate::value::{Cell, ListId, Row, StructId, Truth};

/// How deep expressions and calls may nest while they are evaluated. Policies cannot recurse; this holds for the stack.
const DEPTH: u32 = 700;

/// A place in a frame.
#[derive(Clone, Debug)]
enum Held<M: Mode> {
    Nothing,
    Bound(Bound<M>),
    /// A `let` that nobody has read yet.
    Lazy(ExprId),
}

/// What a mode needs from one subject to the next, so that it is not made anew each time.
#[derive(Debug)]
pub(super) struct Scratch<M: Mode> {
    stack: Vec<Held<M>>,
    base: usize,
    pub(super) log: M::Log,
    /// By function.
    derived: Vec<Derived<M>>,
    /// How many machines there were: what was kept for one of them says nothing to the next.
    epoch: u64,
    /// By number; made when it is first read.
    consts: Vec<Option<Value<M>>>,
    pub(super) patterns: FxHashMap<ConstId, Pattern>,
    /// What several rules have in common; looked at where no evidence is kept.
    pub(super) shared: Shared,
    /// By number of what is shared: the machine that it was decided for, what it is, and what it cost.
    decided: Vec<(u64, Value<M>, u64)>,
    depth: u32,
    /// Steps that are left.
    pub(super) fuel: u64,
}

impl<M: Mode> Default for Scratch<M> {
    fn default() -> Scratch<M> {
        Scratch {
            stack: Vec::new(),
            base: 0,
            log: M::Log::default(),
            derived: Vec::new(),
            epoch: 0,
            consts: Vec::new(),
            patterns: FxHashMap::default(),
            shared: Shared::default(),
            decided: Vec::new(),
            depth: 0,
            fuel: 0,
        }
    }
}

/// A frame of names, to be taken off again.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    base: usize,
    length: usize,
}

/// The machine.
pub(super) struct Machine<'a, M: Mode> {
    pub(super) program: &'a Program,
    pub(super) world: &'a World<'a>,
    pub(super) scratch: &'a mut Scratch<M>,
}

impl<'a, M: Mode> Machine<'a, M> {
    /// A machine for one subject, with this many steps to spend. What was kept of another world is forgotten.
    pub(super) fn new(program: &'a Program, world: &'a World<'a>, scratch: &'a mut Scratch<M>, fuel: u64) -> Self {
        scratch.stack.clear();
        scratch.base = 0;
        scratch.epoch = scratch.epoch.wrapping_add(1);
        scratch.depth = 0;
        scratch.fuel = fuel;
        scratch.log.forget(Mark::default());
        Machine { program, world, scratch }
    }

    #[inline]
    pub(super) fn facts(&self) -> &'a Facts {
        self.world.facts()
    }

    /// Whether the limit of steps was hit. What was computed since then says nothing.
    #[inline]
    pub(super) fn exhausted(&self) -> bool {
        self.scratch.fuel == 0
    }

    #[inline]
    pub(super) fn mark(&self) -> Mark {
        self.scratch.log.mark()
    }

    /// Opens a frame with this many places.
    pub(super) fn enter(&mut self, slots: u16) -> Frame {
        let frame = Frame { base: self.scratch.base, length: self.scratch.stack.len() };
        self.scratch.base = frame.length;
        let length = frame.length.saturating_add(usize::from(slots));
        self.scratch.stack.resize(length, Held::Nothing);
        frame
    }

    /// Closes the frame that was opened last.
    #[inline]
    pub(super) fn leave(&mut self, frame: Frame) {
        self.scratch.stack.truncate(frame.length);
        self.scratch.base = frame.base;
    }

    #[inline]
    fn hold(&mut self, slot: Slot, held: Held<M>) {
        let at = self.scratch.base.saturating_add(usize::from(slot.0));
        if let Some(place) = self.scratch.stack.get_mut(at) {
            *place = held;
        }
    }

    /// Binds a value.
    #[inline]
    pub(super) fn bind(&mut self, slot: Slot, bound: Bound<M>) {
        self.hold(slot, Held::Bound(bound));
    }

    /// Binds what is computed when it is first read.
    #[inline]
    pub(super) fn bind_lazily(&mut self, slot: Slot, value: ExprId) {
        self.hold(slot, Held::Lazy(value));
    }

    /// The value of an expression. What it found missing is in the log exactly where the value is not decided.
    pub(super) fn eval(&mut self, id: ExprId) -> Value<M> {
        let scratch = &mut *self.scratch;
        scratch.fuel = scratch.fuel.saturating_sub(1);
        if scratch.fuel == 0 {
            return Value::Unknown;
        }
        if scratch.depth >= DEPTH {
            scratch.fuel = 0;
            return Value::Unknown;
        }
        if !M::KEEPS
            && let Some(number) = scratch.shared.number(id)
        {
            return self.once(id, number);
        }
        self.eval_node(id)
    }

    /// The value of an expression that stands in several places, and was perhaps asked for before. It costs as many steps as if
    /// it had not been.
    fn once(&mut self, id: ExprId, number: usize) -> Value<M> {
        let scratch = &mut *self.scratch;
        if let Some((epoch, value, cost)) = scratch.decided.get(number)
            && *epoch == scratch.epoch
        {
            scratch.fuel = scratch.fuel.saturating_sub(*cost);
            return if scratch.fuel == 0 { Value::Unknown } else { value.clone() };
        }
        let before = scratch.fuel;
        let value = self.eval_node(id);
        if !self.exhausted() {
            let scratch = &mut *self.scratch;
            let cost = before.saturating_sub(scratch.fuel);
            if scratch.decided.len() <= number {
                scratch.decided.resize(number.saturating_add(1), (0, Value::Unknown, 0));
            }
            if let Some(place) = scratch.decided.get_mut(number) {
                *place = (scratch.epoch, value.clone(), cost);
            }
        }
        value
    }

    #[inline]
    fn eval_node(&mut self, id: ExprId) -> Value<M> {
        let Some(node) = self.program.node(id).copied() else { return Value::Unknown };
        let mark = self.mark();
        M::begin(&mut self.scratch.log, id);
        let value = match node {
            // What has nothing below it, and fields of that, are most of all nodes: they need no further frame.
            Node::Local(slot) => self.local(slot),
            Node::Const(id) => self.constant(id),
            node => self.run_deeper(node),
        };
        M::end(&mut self.scratch.log, &value);
        if value.decided() {
            self.scratch.log.settle(mark);
        }
        value
    }

    /// The truth of a condition.
    #[inline]
    pub(super) fn truth(&mut self, id: ExprId) -> Truth {
        self.eval(id).truth()
    }

    /// A list; where it is unknown, the list of which nothing is known.
    pub(super) fn list(&mut self, id: ExprId) -> List<M> {
        let mark = self.mark();
        let value = self.eval(id);
        self.as_list(value, mark)
    }

    pub(super) fn as_list(&mut self, value: Value<M>, mark: Mark) -> List<M> {
        match value {
            Value::List(list) => list,
            Value::None => List::empty(),
            _ => List::unknown(self.scratch.log.take(mark)),
        }
    }

    /// A value with what is missing where it is not decided.
    #[inline]
    pub(super) fn bound(&mut self, id: ExprId) -> Bound<M> {
        let mark = self.mark();
        let value = self.eval(id);
        let why = self.scratch.log.take(mark);
        Bound { value, why }
    }

    fn run_deeper(&mut self, node: Node) -> Value<M> {
        self.scratch.depth = self.scratch.depth.saturating_add(1);
        let value = match node {
            Node::Field { of, at } => self.field(of, at),
            node => self.run(node),
        };
        self.scratch.depth = self.scratch.depth.saturating_sub(1);
        value
    }

    #[inline(never)]
    fn run(&mut self, node: Node) -> Value<M> {
        match node {
            Node::Const(id) => self.constant(id),
            Node::Local(slot) => self.local(slot),
            Node::Section(of) => self.section(of),
            Node::Lookup { index, key } => self.look_up(index, key),
            Node::Field { of, at } => self.field(of, at),
            Node::Gathered { of, gather } => self.gathered(of, gather),
            Node::Refused(of) => self.refused(of),
            Node::Call { function, args } => self.call(function, args),
            Node::Index { map, key } => self.index(map, key),
            Node::Not(a) => self.truth(a).negate().into(),
            Node::And(a, b) => self.connect(a, b, Truth::False, false),
            Node::Or(a, b) => self.connect(a, b, Truth::True, false),
            Node::Implies(a, b) => self.connect(a, b, Truth::True, true),
            Node::Compare { how, left, right, fold } => self.compare_nodes(how, left, right, fold),
            Node::In { element, list, fold } => self.is_in(element, list, fold),
            Node::Arithmetic(how, a, b) => self.arithmetic_nodes(how, a, b),
            Node::Negate(a) => self.negate(a),
            Node::Quantify { quantifier, over, body } => self.quantify(quantifier, over, body),
            Node::Collect { over, body } => self.collect(over, body),
            Node::Fold { fold, over, body } => self.fold(fold, over, body),
            Node::Builtin { builtin, args, fold } => self.builtin(builtin, args, fold),
            Node::Exists(a) => match self.eval(a) {
                Value::Unknown => Value::Unknown,
                Value::None => Value::Bool(false),
                _ => Value::Bool(true),
            },
            Node::IsKnown(a) => {
                let value = self.eval(a);
                Value::Bool(self.known(&value))
            }
            Node::Else(a, b) => match self.eval(a) {
                Value::None => self.eval(b),
                value => value,
            },
            Node::If(p, a, b) => self.either(p, a, b),
            Node::List(elements) => self.literal(elements),
            Node::Hit { matrix, condition } => self.hit_condition(matrix, condition).into(),
        }
    }

    /// `and`, `or`, `implies`: a side that decides makes the other one idle.
    fn connect(&mut self, a: ExprId, b: ExprId, decides: Truth, negate: bool) -> Value<M> {
        let start = self.mark();
        let left = self.truth(a);
        let left = if negate { left.negate() } else { left };
        if left == decides {
            return left.into();
        }
        let middle = self.mark();
        let right = self.truth(b);
        if right == decides {
            self.scratch.log.forget_between(start, middle);
            return right.into();
        }
        // Neither decides: both are the other truth, or one is unknown.
        if left == Truth::Unknown { left.into() } else { right.into() }
    }

    fn either(&mut self, p: ExprId, a: ExprId, b: ExprId) -> Value<M> {
        match self.truth(p) {
            Truth::True => self.eval(a),
            Truth::False => self.eval(b),
            Truth::Unknown => {
                let (left, right) = (self.eval(a), self.eval(b));
                if self.known(&left) && self.known(&right) && self.equal(&left, &right, false) == Truth::True {
                    return left;
                }
                self.confess(&left);
                self.confess(&right);
                Value::Unknown
            }
        }
    }

    fn literal(&mut self, elements: Operands) -> Value<M> {
        let program = self.program;
        let mut items = Vec::with_capacity(elements.count as usize);
        for element in program.operands(elements) {
            let bound = self.bound(*element);
            items.push(Item { why: bound.why, ..Item::known(bound.value) });
        }
        Value::made(items, None)
    }

    #[inline]
    fn constant(&mut self, id: ConstId) -> Value<M> {
        if let Some(Some(value)) = self.scratch.consts.get(id.at()) {
            return value.clone();
        }
        let Some(constant) = self.program.consts.get(id.at()) else { return Value::Unknown };
        let value = self.of_const(constant);
        if self.scratch.consts.len() <= id.at() {
            self.scratch.consts.resize(self.program.consts.len(), None);
        }
        if let Some(place) = self.scratch.consts.get_mut(id.at()) {
            *place = Some(value.clone());
        }
        value
    }

    /// A constant as a value. A text that the facts have is theirs, so that comparing is comparing numbers.
    pub(super) fn of_const(&self, value: &Const) -> Value<M> {
        match value {
            Const::None => Value::None,
            Const::Bool(value) => Value::Bool(*value),
            Const::Number(value) => Value::Number(*value),
            Const::Size(value) => Value::Size(*value),
            Const::Duration(value) => Value::Duration(*value),
            Const::Date(value) => Value::Date(*value),
            Const::Version(value) => Value::Version(*value),
            Const::Text(text) => Value::Text(match self.facts().texts().find(text) {
                Some(id) => Text::Id(id),
                None => Text::Own((&**text).into()),
            }),
            Const::Enum(of, value) => Value::Enum(*of, *value),
            Const::List(values) => {
                Value::made(values.iter().map(|value| Item::known(self.of_const(value))).collect(), None)
            }
            Const::Map(entries) => {
                let entries = entries.iter().map(|(key, value)| ((&**key).into(), self.of_const(value)));
                Value::Map(Map::Made(Rc::new(entries.collect())))
            }
        }
    }

    #[inline]
    fn local(&mut self, slot: Slot) -> Value<M> {
        let at = self.scratch.base.saturating_add(usize::from(slot.0));
        let scratch = &mut *self.scratch;
        match scratch.stack.get(at) {
            Some(Held::Bound(bound)) => {
                if !bound.value.decided() {
                    scratch.log.again(&bound.why);
                }
                bound.value.clone()
            }
            Some(Held::Lazy(value)) => {
                let value = *value;
                self.hold(slot, Held::Nothing);
                self.scratch.depth = self.scratch.depth.saturating_add(1);
                let bound = self.bound(value);
                self.scratch.depth = self.scratch.depth.saturating_sub(1);
                self.scratch.log.again(&bound.why);
                let value = bound.value.clone();
                self.hold(slot, Held::Bound(bound));
                value
            }
            Some(Held::Nothing) | None => Value::Unknown,
        }
    }

    fn call(&mut self, id: CallId, args: Operands) -> Value<M> {
        let program = self.program;
        let Some(function) = program.functions.get(id.at()) else { return Value::Unknown };
        let start = self.mark();
        // Arguments are evaluated in the frame of the caller, and stand where that of the function begins.
        let frame = Frame { base: self.scratch.base, length: self.scratch.stack.len() };
        for arg in program.operands(args) {
            let bound = self.bound(*arg);
            self.scratch.stack.push(Held::Bound(bound));
        }
        let mut key = None;
        if function.derived {
            self.scratch.log.led(start);
            if let Some(Held::Bound(Bound { value: Value::Row(of, row), .. })) = self.scratch.stack.get(frame.length) {
                key = Some((*of, *row));
            }
        }
        if let Some((of, row)) = key
            && let Some((value, evidence)) =
                self.scratch.derived.get(id.at()).and_then(|kept| kept.get(self.scratch.epoch, of, row))
        {
            let value = value.clone();
            self.scratch.log.replay(evidence);
            self.scratch.stack.truncate(frame.length);
            return value;
        }
        let mark = self.mark();
        self.scratch.base = frame.length;
        self.scratch.stack.resize(frame.length.saturating_add(usize::from(function.slots)), Held::Nothing);
        let value = self.eval(function.body);
        self.leave(frame);
        if let Some((of, row)) = key
            && !self.exhausted()
        {
            let evidence = self.scratch.log.copy(mark);
            let scratch = &mut *self.scratch;
            if scratch.derived.len() <= id.at() {
                scratch.derived.resize_with(program.functions.len(), Derived::default);
            }
            if let Some(kept) = scratch.derived.get_mut(id.at()) {
                kept.keep(scratch.epoch, of, row, (value.clone(), evidence));
            }
        }
        value
    }

    fn section(&mut self, of: StructId) -> Value<M> {
        let rows = self.facts().rows(of);
        let known = self.facts().section_known(of);
        let fact = Fact::Section(of);
        if known && self.world.all_take_part(of) {
            self.scratch.log.read(fact);
            return Value::List(List::Rows(of, rows));
        }
        let rows = (0..rows).map(Row).filter(|row| self.world.takes_part(of, *row));
        let items = rows.map(|row| Item::known(Value::Row(of, row))).collect();
        let rest = (!known).then(|| Rest::new(self.note(fact)));
        Value::made(items, rest)
    }

    /// That a fact is missing, to be kept with a value.
    pub(super) fn note(&mut self, fact: Fact) -> M::Note {
        let mark = self.mark();
        self.lack(fact);
        self.scratch.log.take(mark)
    }

    /// Logs that a fact is missing. What a step left unknown goes by the facts that were missing then.
    pub(super) fn lack(&mut self, fact: Fact) {
        let left = match fact {
            Fact::Field { of, row, field } if M::KEEPS => self.world.left_unknown(of, row, field),
            _ => None,
        };
        match left {
            Some((step, lacks)) if lacks.is_empty() => {
                self.scratch.log.lacks(&[Lack { fact, step: Some(step) }]);
            }
            Some((step, lacks)) => {
                let lacks: Vec<Lack> =
                    lacks.iter().map(|lack| Lack { step: lack.step.or(Some(step)), ..*lack }).collect();
                self.scratch.log.lacks(&lacks);
            }
            None => self.scratch.log.missing(fact),
        }
    }

    #[inline]
    fn field(&mut self, of: ExprId, at: Address) -> Value<M> {
        let start = self.mark();
        let row = self.eval(of);
        self.scratch.log.led(start);
        self.field_of(&row, at)
    }

    /// A field of a row or of a gathered part.
    #[inline]
    pub(super) fn field_of(&mut self, row: &Value<M>, at: Address) -> Value<M> {
        match row {
            Value::Row(of, row) => {
                let fact = Fact::Field { of: *of, row: *row, field: at.field };
                let cell = self.world.read(*of, *row, at.field);
                if cell == Cell::Unknown {
                    self.lack(fact);
                } else {
                    self.scratch.log.read(fact);
                }
                self.lift(cell, at.shape, fact)
            }
            Value::Part(part) => self.field_of_part(part, at),
            _ => Value::Unknown,
        }
    }

    fn field_of_part(&mut self, part: &Part<M>, at: Address) -> Value<M> {
        let program = self.program;
        let source = program.gathers.get(part.gather.at()).and_then(|gather| gather.sources.get(part.source as usize));
        let Some(source) = source else { return Value::Unknown };
        let Some(Some(field)) = source.fields.get(usize::from(at.field.0)) else { return Value::Unknown };
        let frame = self.enter(source.slots);
        self.bind(Slot(0), Bound::known(part.owner.clone()));
        if let (Some((slot, _)), Some(element)) = (source.each, &part.element) {
            self.bind(slot, element.clone());
        }
        let value = self.eval(*field);
        self.leave(frame);
        value
    }

    /// What a cell says, by what its field holds.
    #[inline]
    pub(super) fn lift(&self, cell: Cell, shape: ShapeId, fact: Fact) -> Value<M> {
        let shape = self.program.shapes.get(shape.at()).unwrap_or(&Shape::Plain);
        match (cell, shape) {
            (Cell::None, _) => Value::None,
            (Cell::Bool(value), _) => Value::Bool(value),
            (Cell::Number(value), _) => Value::Number(value),
            (Cell::Size(value), _) => Value::Size(value),
            (Cell::Duration(value), _) => Value::Duration(value),
            (Cell::Date(value), _) => Value::Date(value),
            (Cell::Version(value), _) => Value::Version(value),
            (Cell::Text(text), _) => Value::Text(Text::Id(text)),
            (Cell::Enum(value), Shape::Enum(of)) => Value::Enum(*of, value),
            (Cell::Row(row), Shape::Row(of)) => Value::Row(*of, row),
            (Cell::List(id), Shape::List(of)) => self.stored(id, *of, fact),
            (Cell::Map(id), Shape::Map { by_name, of }) => {
                Value::Map(Map::Stored { id, by_name: *by_name, shape: *of, fact })
            }
            _ => Value::Unknown,
        }
    }

    /// A list of the facts. Steps that take no part are no elements of waves and plans.
    fn stored(&self, id: ListId, of: ShapeId, fact: Fact) -> Value<M> {
        let steps = self.program.shapes.get(of.at()) == Some(&Shape::Row(Schema::STEP));
        if !steps || self.world.all_take_part(Schema::STEP) {
            return Value::List(List::Stored(id, of, fact));
        }
        let rows = self.world.list(id).iter().filter_map(|cell| match cell {
            Cell::Row(row) if self.world.takes_part(Schema::STEP, *row) => Some(*row),
            _ => None,
        });
        Value::made(rows.map(|row| Item::known(Value::Row(Schema::STEP, row))).collect(), None)
    }

    fn refused(&mut self, of: ExprId) -> Value<M> {
        match self.eval(of) {
            Value::Row(_, row) => self.world.refused(row).map_or(Value::Unknown, Value::Bool),
            _ => Value::Unknown,
        }
    }
}
