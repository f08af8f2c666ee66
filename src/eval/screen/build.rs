//! Making a plan: operations are made once however often they are asked for, lanes are spread to where they meet, and
//! what no covered rule needs is left out.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::op::{Arg, Dom, FALSE, Fixed, Form, Holds, LaneId, NONE, Op, Plan, Stored, TRUE, Within, Word};
use crate::eval::pattern::Pattern;
use crate::program::{ExprId, Program};
use crate::types::{Const, Type};
use crate::value::{Cell, StructId};

/// Why something is not covered.
pub(super) type Lowered<T> = Result<T, &'static str>;

/// What a lane holds.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Kind {
    /// A truth: true, false or unknown.
    Truth,
    /// How many.
    Count,
    Of(Type),
}

impl Kind {
    /// What a field, an element or an entry of this type holds.
    pub(super) fn of(ty: &Type) -> Lowered<Kind> {
        match ty.required() {
            Type::Error | Type::None | Type::Optional(_) => Err("a value without a type"),
            ty => Ok(Kind::Of(ty.clone())),
        }
    }

    pub(super) fn form(&self) -> Form {
        match self {
            Kind::Truth | Kind::Of(Type::Bool) => Form::Bytes,
            Kind::Count => Form::Counts,
            Kind::Of(Type::Number | Type::Size | Type::Duration | Type::Date | Type::Version) => Form::Cells,
            Kind::Of(_) => Form::Words,
        }
    }

    /// The cells that hold it.
    pub(super) fn holds(&self) -> Holds {
        match self {
            Kind::Truth | Kind::Of(Type::Bool) => Holds::Bools,
            Kind::Count | Kind::Of(Type::Number) => Holds::Numbers,
            Kind::Of(Type::Size) => Holds::Sizes,
            Kind::Of(Type::Duration) => Holds::Durations,
            Kind::Of(Type::Date) => Holds::Dates,
            Kind::Of(Type::Version) => Holds::Versions,
            Kind::Of(Type::Enum(_)) => Holds::Values,
            Kind::Of(Type::Row(_)) => Holds::Rows,
            Kind::Of(Type::List(_)) => Holds::Lists,
            Kind::Of(Type::Map { .. }) => Holds::Maps,
            Kind::Of(_) => Holds::Texts,
        }
    }

    pub(super) fn is_text(&self) -> bool {
        matches!(self, Kind::Of(Type::Text | Type::Name))
    }

    pub(super) fn is_list(&self) -> bool {
        matches!(self, Kind::Of(Type::List(_) | Type::Map { .. }))
    }

    /// Whether values of the two are compared at all.
    pub(super) fn like(&self, other: &Kind) -> bool {
        let number = |kind: &Kind| matches!(kind, Kind::Count | Kind::Of(Type::Number));
        let boolean = |kind: &Kind| matches!(kind, Kind::Truth | Kind::Of(Type::Bool));
        (self == other && *self != Kind::Of(Type::Any))
            || (self.is_text() && other.is_text())
            || (number(self) && number(other))
            || (boolean(self) && boolean(other))
    }
}

/// The value of an expression.
#[derive(Clone, Debug)]
pub(super) enum Val {
    Lane(LaneId, Kind),
    /// A field that nobody has read yet.
    Field(Stored, Kind),
    Const(Const),
    /// A list whose elements are a domain: what they are, and whether they are there.
    Made(Dom, Box<Val>, LaneId),
    /// A list of so many elements.
    Items(Vec<Val>),
}

/// What a name stands for.
#[derive(Clone, Debug)]
pub(super) enum Bound {
    Nothing,
    Val(Val),
    /// A `let`.
    Lazy(ExprId),
}

/// A plan in the making.
pub(super) struct Builder<'p> {
    pub(super) program: &'p Program,
    pub(super) plan: Plan,
    made: FxHashMap<Op, LaneId>,
    doms: FxHashMap<Within, Dom>,
    words: FxHashMap<Arc<str>, u32>,
    expands: Vec<LaneId>,
    /// Where what is being looked at would be evaluated, element by element.
    pub(super) ambient: Dom,
    pub(super) depth: u32,
    pub(super) visits: u32,
    /// Whether it is an effect that is being looked at: what it does not know, the machine knows.
    pub(super) acting: bool,
    /// How often something is evaluated of each element of a domain, for the rule that is being looked at.
    cost: Vec<u64>,
}

/// Expressions that one rule may have with all functions written out, and how deep they may nest.
const VISITS: u32 = 20_000;
const DEPTH: u32 = 150;

impl<'p> Builder<'p> {
    pub(super) fn new(program: &'p Program) -> Builder<'p> {
        Builder {
            program,
            plan: Plan::default(),
            made: FxHashMap::default(),
            doms: FxHashMap::default(),
            words: FxHashMap::default(),
            expands: Vec::new(),
            ambient: Dom::SUBJECTS,
            depth: 0,
            visits: 0,
            acting: false,
            cost: Vec::new(),
        }
    }

    /// Forgets what the rule before has come to.
    pub(super) fn begin(&mut self) {
        (self.ambient, self.depth, self.visits) = (Dom::SUBJECTS, 0, 0);
        self.cost.clear();
    }

    /// The rule is covered: what it may cost counts.
    pub(super) fn commit(&mut self) {
        let length = self.plan.cost.len().max(self.cost.len());
        self.plan.cost.resize(length, 0);
        for (all, of) in self.plan.cost.iter_mut().zip(&self.cost) {
            *all = all.saturating_add(*of);
        }
    }

    /// An expression is evaluated here.
    pub(super) fn visit(&mut self) -> Lowered<()> {
        self.visits = self.visits.saturating_add(1);
        if self.visits > VISITS || self.depth > DEPTH {
            return Err("it is too long");
        }
        let at = self.ambient.at();
        if self.cost.len() <= at {
            self.cost.resize(at.saturating_add(1), 0);
        }
        if let Some(cost) = self.cost.get_mut(at) {
            *cost = cost.saturating_add(1);
        }
        Ok(())
    }

    /// The lane that an operation fills.
    pub(super) fn op(&mut self, op: Op, dom: Dom, form: Form) -> LaneId {
        if let Some(lane) = self.made.get(&op) {
            return *lane;
        }
        let lane = LaneId(u32::try_from(self.plan.ops.len()).unwrap_or(u32::MAX));
        self.plan.ops.push(op);
        self.plan.forms.push(form);
        self.plan.doms_of.push(dom);
        self.made.insert(op, lane);
        lane
    }

    /// An operation on one lane.
    pub(super) fn on(&mut self, lane: LaneId, form: Form, op: impl FnOnce(LaneId) -> Op) -> LaneId {
        let dom = self.plan.dom(lane);
        self.op(op(lane), dom, form)
    }

    /// An operation on two lanes, where they meet.
    pub(super) fn pair(
        &mut self,
        a: LaneId,
        b: LaneId,
        form: Form,
        op: impl FnOnce(LaneId, LaneId) -> Op,
    ) -> Lowered<LaneId> {
        let dom = self.meet(a, b);
        let (a, b) = (self.spread(a, dom)?, self.spread(b, dom)?);
        Ok(self.op(op(a, b), dom, form))
    }

    pub(super) fn meet(&self, a: LaneId, b: LaneId) -> Dom {
        let (a, b) = (self.plan.dom(a), self.plan.dom(b));
        if self.plan.depth(a) >= self.plan.depth(b) { a } else { b }
    }

    /// A lane in a domain within its own.
    pub(super) fn spread(&mut self, lane: LaneId, dom: Dom) -> Lowered<LaneId> {
        if self.plan.dom(lane) == dom {
            return Ok(lane);
        }
        let parent = self.plan.domain(dom).ok_or("elements of lists that are not within each other")?.parent;
        let outer = self.spread(lane, parent)?;
        let form = self.plan.form(lane);
        Ok(self.op(Op::Spread(outer, dom), dom, form))
    }

    /// The elements of a list, or what a map holds.
    pub(super) fn domain(&mut self, list: LaneId, map: bool, kind: &Kind) -> Lowered<(Dom, LaneId)> {
        let (parent, form) = (self.ambient, kind.form());
        let list = self.spread(list, parent)?;
        let within = Within { parent, list, map, holds: kind.holds() };
        let dom = match self.doms.get(&within) {
            Some(dom) => *dom,
            None => {
                self.plan.within.push(within);
                let dom = Dom(u32::try_from(self.plan.within.len()).unwrap_or(u32::MAX));
                self.doms.insert(within, dom);
                let lane = self.op(Op::Expand(dom), dom, form);
                self.expands.push(lane);
                dom
            }
        };
        let lane = self.op(Op::Expand(dom), dom, form);
        Ok((dom, lane))
    }

    pub(super) fn parent(&self, dom: Dom) -> Dom {
        self.plan.domain(dom).map_or(Dom::SUBJECTS, |within| within.parent)
    }

    pub(super) fn fill(&mut self, fixed: Fixed) -> LaneId {
        let form = match fixed {
            Fixed::Byte(_) => Form::Bytes,
            Fixed::Cell(_) => Form::Cells,
            Fixed::Word(_) | Fixed::Text(_) | Fixed::Folded(_) => Form::Words,
        };
        self.op(Op::Fill(fixed), Dom::SUBJECTS, form)
    }

    pub(super) fn truth(&mut self, value: bool) -> LaneId {
        self.fill(Fixed::Byte(if value { TRUE } else { FALSE }))
    }

    pub(super) fn not(&mut self, a: LaneId) -> LaneId {
        self.on(a, Form::Bytes, Op::Not)
    }

    pub(super) fn and(&mut self, a: LaneId, b: LaneId) -> Lowered<LaneId> {
        self.pair(a, b, Form::Bytes, Op::And)
    }

    pub(super) fn or(&mut self, a: LaneId, b: LaneId) -> Lowered<LaneId> {
        self.pair(a, b, Form::Bytes, Op::Or)
    }

    /// The place of a text of the policy.
    pub(super) fn word(&mut self, text: &str) -> u32 {
        if let Some(at) = self.words.get(text) {
            return *at;
        }
        let at = u32::try_from(self.plan.words.len()).unwrap_or(u32::MAX);
        let text: Arc<str> = text.into();
        self.plan.words.push(Word { text: text.clone(), lower: at });
        self.words.insert(text.clone(), at);
        let lower = text.to_lowercase();
        if *lower != *text {
            let lower = self.word(&lower);
            if let Some(word) = self.plan.words.get_mut(at as usize) {
                word.lower = lower;
            }
        }
        at
    }

    pub(super) fn pattern(&mut self, text: &Arc<str>) -> u32 {
        let at = self.plan.patterns.iter().position(|pattern| pattern.written() == &**text).unwrap_or_else(|| {
            self.plan.patterns.push(Pattern::new(text.clone()));
            self.plan.patterns.len().saturating_sub(1)
        });
        u32::try_from(at).unwrap_or(u32::MAX)
    }

    /// A constant as an operand, and what it is.
    pub(super) fn fixed(&mut self, value: &Const, fold: bool) -> Lowered<(Fixed, Kind)> {
        Ok(match value {
            Const::Bool(value) => (Fixed::Byte(if *value { TRUE } else { FALSE }), Kind::Of(Type::Bool)),
            Const::Text(text) => {
                let at = self.word(text);
                (if fold { Fixed::Folded(at) } else { Fixed::Text(at) }, Kind::Of(Type::Text))
            }
            Const::Enum(of, value) => (Fixed::Word(u32::from(*value)), Kind::Of(Type::Enum(*of))),
            Const::None => return Err("none as a value"),
            other => {
                cell_of(other).map(|(cell, ty)| (Fixed::Cell(cell), Kind::Of(ty))).ok_or("a constant list or map")?
            }
        })
    }

    /// A value as a lane.
    pub(super) fn lane(&mut self, value: Val) -> Lowered<(LaneId, Kind)> {
        match value {
            Val::Lane(lane, kind) => Ok((lane, kind)),
            Val::Field(stored, kind) => {
                let form = kind.form();
                Ok((self.on(stored.rows, form, |rows| Op::Field(Stored { rows, ..stored })), kind))
            }
            Val::Const(value) => {
                let (fixed, kind) = self.fixed(&value, false)?;
                Ok((self.fill(fixed), kind))
            }
            Val::Made(..) | Val::Items(_) => Err("a list as a value"),
        }
    }

    /// None as a lane of a form.
    pub(super) fn none(&mut self, form: Form) -> Lowered<LaneId> {
        match form {
            Form::Bytes => Ok(self.fill(Fixed::Byte(super::op::OTHER))),
            Form::Words => Ok(self.fill(Fixed::Word(NONE))),
            Form::Cells => Ok(self.fill(Fixed::Cell(Cell::None))),
            Form::Counts => Err("none as a count"),
        }
    }

    /// Reads a field.
    pub(super) fn field(&mut self, stored: Stored) -> Lowered<Val> {
        let field = self.program.schema.field(stored.of, stored.field).ok_or("a field that is not there")?;
        if field.kind != crate::types::FieldKind::Stored {
            return Err("a field that is computed");
        }
        let kind = Kind::of(&field.ty)?;
        if self.plan.ops.get(stored.rows.at()) != Some(&Op::Subjects) && !self.plan.reached.contains(&stored.of) {
            self.plan.reached.push(stored.of);
        }
        let value = Val::Field(stored, kind.clone());
        if kind.form() == Form::Cells {
            return Ok(value);
        }
        self.lane(value).map(|(lane, kind)| Val::Lane(lane, kind))
    }

    /// The rows of the subjects.
    pub(super) fn subjects(&mut self, entity: StructId) -> Val {
        let lane = self.op(Op::Subjects, Dom::SUBJECTS, Form::Words);
        Val::Lane(lane, Kind::Of(Type::Row(entity)))
    }

    /// The plan, without what no rule needs.
    pub(super) fn finish(self) -> (Plan, Vec<u32>, Vec<usize>) {
        let mut live = vec![None; self.plan.ops.len()];
        let mut open: Vec<LaneId> = Vec::new();
        for (at, rule) in self.plan.rules.iter().enumerate() {
            open.extend([rule.first, rule.when, rule.member, rule.rest].into_iter().flatten());
            if let super::op::Say::Demand(lane) = rule.says {
                open.push(lane);
            }
            self.expands.get(rule.dom.at().wrapping_sub(1)).into_iter().for_each(|lane| open.push(*lane));
            self.reach(&mut open, at, &mut live);
        }
        for effect in self.plan.effects.iter().flatten() {
            open.extend(effect.when);
            open.extend(effect.actions.iter().flat_map(|action| [Some(action.rows), action.value]).flatten());
            self.expands.get(effect.dom.at().wrapping_sub(1)).into_iter().for_each(|lane| open.push(*lane));
        }
        self.reach(&mut open, self.plan.rules.len(), &mut live);
        let needed = (0u32..).zip(live).filter_map(|(at, first)| Some((at, first?)));
        let (order, first) = needed.unzip();
        (self.plan, order, first)
    }

    /// Marks what is needed, with the first that needs it.
    fn reach(&self, open: &mut Vec<LaneId>, first: usize, live: &mut [Option<usize>]) {
        while let Some(lane) = open.pop() {
            let (Some(seen), Some(op)) = (live.get_mut(lane.at()), self.plan.ops.get(lane.at())) else { continue };
            if seen.is_some() {
                continue;
            }
            *seen = Some(first);
            let mut doms = Vec::new();
            needs(op, open, &mut doms);
            for dom in doms {
                if let Op::Expand(_) = op {
                    open.extend(self.plan.domain(dom).map(|within| within.list));
                } else {
                    open.extend(self.expands.get(dom.at().wrapping_sub(1)));
                }
            }
        }
    }
}

/// What an operation reads.
fn needs(op: &Op, lanes: &mut Vec<LaneId>, doms: &mut Vec<Dom>) {
    match op {
        Op::Subjects | Op::Fill(_) => {}
        Op::Field(stored) | Op::FieldIs(stored, ..) => lanes.push(stored.rows),
        Op::Expand(dom) | Op::Member(dom) | Op::Rest(dom) => doms.push(*dom),
        Op::Spread(a, dom) | Op::Unrest(a, dom) | Op::Any(a, dom) | Op::Count(a, dom) => {
            lanes.push(*a);
            doms.push(*dom);
        }
        Op::Sum { body, member, dom, .. } => {
            lanes.extend([*body, *member]);
            doms.push(*dom);
        }
        Op::Folded(a)
        | Op::Lower(a)
        | Op::Truth(a)
        | Op::Not(a)
        | Op::Among(a, _)
        | Op::IsNone(a)
        | Op::Exists(a)
        | Op::Known(a)
        | Op::KnownList(a)
        | Op::KnownMap(a)
        | Op::Length(a)
        | Op::TextLength(a)
        | Op::MapLength(a)
        | Op::Matches(a, _)
        | Op::Round(a, _)
        | Op::Negate(a)
        | Op::Header(_, a) => lanes.push(*a),
        Op::And(a, b) | Op::Or(a, b) | Op::Else(a, b) | Op::Compute(_, a, b) | Op::Table(_, a, b) => {
            lanes.extend([*a, *b]);
        }
        Op::InList { element, list, .. } => lanes.extend([*element, *list]),
        Op::If(p, a, b) => lanes.extend([*p, *a, *b]),
        Op::Same(a, b) | Op::TextTest(_, a, b) | Op::Entry { map: a, key: b, .. } => {
            lanes.push(*a);
            lanes.extend(lane_of(*b));
        }
        Op::Before(a, b, _) => {
            lanes.extend(lane_of(*a));
            lanes.extend(lane_of(*b));
        }
    }
}

fn lane_of(arg: Arg) -> Option<LaneId> {
    match arg {
        Arg::Lane(lane) => Some(lane),
        Arg::Fixed(_) => None,
    }
}

/// A constant of the kinds that stand in cells.
pub(super) fn cell_of(value: &Const) -> Option<(Cell, Type)> {
    Some(match value {
        Const::Number(value) => (Cell::Number(*value), Type::Number),
        Const::Size(value) => (Cell::Size(*value), Type::Size),
        Const::Duration(value) => (Cell::Duration(*value), Type::Duration),
        Const::Date(value) => (Cell::Date(*value), Type::Date),
        Const::Version(value) => (Cell::Version(*value), Type::Version),
        _ => return None,
    })
}
