//! Effects as lanes: whether they happen for a step, the cells that they write and what they write there, as far as all of that
//! is known. What is not known is left to the machine, which says what is missing.

use super::build::{Bound, Builder, Kind, Lowered, Val};
use super::lane::{Lane, Lanes};
use super::lists::Listing;
use super::lower::{Env, bind};
use super::op::{DOUBT, Dom, FALSE, Form, Holds, LaneId, NONE, OTHER, Op, Plan, TRUE, UNKNOWN};
use crate::eval::effect::Write;
use crate::program::{Action, Address, Bind, Effect, ExprId, Fold, Node, Over, Program, Sign, Slot};
use crate::types::{Const, FieldId, Schema, Type};
use crate::value::{Cell, Row, StructId, TextId};

/// An effect.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Acting {
    /// The elements that it happens for.
    pub(super) dom: Dom,
    /// All of `when`, memberships included; nothing: always.
    pub(super) when: Option<LaneId>,
    pub(super) actions: Vec<Acts>,
}

/// What an action writes, and where.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Acts {
    /// The rows that are written to.
    pub(super) rows: LaneId,
    of: StructId,
    at: Address,
    pub(super) value: Option<LaneId>,
    holds: Holds,
    /// Of a change: whether it adds.
    sign: Option<Sign>,
}

/// A field that steps write to, read of the rows of a lane.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Moving {
    rows: LaneId,
    dom: Dom,
    of: StructId,
    field: FieldId,
}

impl Builder<'_> {
    /// An effect of a step.
    pub(super) fn effect(&mut self, effect: &Effect) -> Lowered<Acting> {
        self.begin();
        self.acting = true;
        let acting = self.acts(effect);
        self.acting = false;
        let acting = acting?;
        self.commit();
        Ok(acting)
    }

    fn acts(&mut self, effect: &Effect) -> Lowered<Acting> {
        let mut env = Env::new();
        let subjects = self.subjects(Schema::STEP);
        bind(&mut env, Slot(0), Bound::Val(subjects));
        let mut when: Option<LaneId> = None;
        for of in effect.head.outer.iter() {
            match of {
                Bind::Let { slot, value } => drop(bind(&mut env, *slot, Bound::Lazy(*value))),
                Bind::Each { .. } => return Err("an element among what mentions none"),
            }
        }
        let first = self.all_of(&mut env, &effect.head.first)?;
        let mut parts: Vec<LaneId> = first.into_iter().collect();
        for of in &effect.head.inner {
            match of {
                Bind::Let { slot, value } => drop(bind(&mut env, *slot, Bound::Lazy(*value))),
                Bind::Each { slot, list, .. } => {
                    let list = self.expr(&mut env, *list)?;
                    let Listing::Elements(dom, element, member) = self.listing(list)? else {
                        return Err("elements of a constant list");
                    };
                    parts.push(member);
                    bind(&mut env, *slot, Bound::Val(element));
                    self.ambient = dom;
                }
            }
        }
        let dom = self.ambient;
        parts.extend(self.all_of(&mut env, &effect.head.then)?);
        for part in parts {
            when = Some(when.map_or(Ok(part), |when| self.and(when, part))?);
        }
        let when = when.map(|when| self.spread(when, dom)).transpose()?;
        let mut actions = Vec::new();
        for action in &effect.actions {
            let (target, value, sign) = match action {
                Action::Set { target, value } => (*target, *value, None),
                Action::Change { target, by, sign } => (*target, *by, Some(*sign)),
            };
            actions.push(self.action(&mut env, dom, (target, value), sign)?);
        }
        Ok(Acting { dom, when, actions })
    }

    fn action(
        &mut self,
        env: &mut Env,
        dom: Dom,
        (target, value): (ExprId, ExprId),
        sign: Option<Sign>,
    ) -> Lowered<Acts> {
        let Some(Node::Field { of, at }) = self.program.node(target).copied() else { return Err("a target") };
        let Val::Lane(rows, Kind::Of(Type::Row(of))) = self.expr(env, of)? else {
            return Err("a target in what is no row");
        };
        if of != at.owner {
            return Err("a target in another row");
        }
        let rows = self.spread(rows, dom)?;
        let (value, holds) = match self.expr(env, value)? {
            Val::Const(Const::None) => (None, Holds::Texts),
            value => {
                let (lane, kind) = self.lane(value)?;
                if kind == Kind::Count || kind.is_list() || matches!(kind, Kind::Of(Type::Any)) {
                    return Err("lists and counts that are written");
                }
                (Some(self.spread(lane, dom)?), kind.holds())
            }
        };
        Ok(Acts { rows, of, at, value, holds, sign })
    }

    /// What the elements of a list come to together, where that is known: of effects alone, for the machine knows more of it
    /// where it is not.
    pub(super) fn sum(&mut self, env: &mut Env, fold: Fold, over: Over, body: Option<ExprId>) -> Lowered<Val> {
        let (Fold::Sum { zero, .. }, Some(body), true) = (fold, body, self.acting) else {
            return Err("sum, min and max");
        };
        let zero = self.program.consts.get(zero.at()).and_then(super::build::cell_of).ok_or("a sum of nothing")?;
        let list = self.expr(env, over.list)?;
        let Listing::Elements(dom, element, member) = self.listing(list)? else {
            return Err("a constant list that is added up");
        };
        let (filter, (body, kind)) = self.within(env, over, dom, element, |builder, env| {
            let filter = over.filter.map(|filter| builder.condition(env, filter)).transpose()?;
            let body = builder.expr(env, body)?;
            Ok((filter, builder.lane(body)?))
        })?;
        if kind != Kind::Of(zero.1.clone()) {
            return Err("a sum of something else");
        }
        let member = filter.map_or(Ok(member), |filter| self.and(member, filter))?;
        let (body, member) = (self.spread(body, dom)?, self.spread(member, dom)?);
        Ok(Val::Lane(self.op(Op::Sum { body, member, dom, zero: zero.0 }, self.ambient, Form::Cells), kind))
    }
}

/// The fields that steps may write to.
pub(super) fn written(program: &Program) -> Vec<(StructId, FieldId)> {
    let mut written: Vec<(StructId, FieldId)> =
        program.selects.iter().map(|select| (Schema::STEP, select.field)).collect();
    for effect in &program.effects {
        for action in &effect.actions {
            let (Action::Set { target, .. } | Action::Change { target, .. }) = action;
            let Some(Node::Field { at, .. }) = program.node(*target) else { continue };
            written.push((at.owner, at.field));
            // What is written to a part is written to where that was gathered from.
            for source in program.gathers.iter().filter(|of| of.part == at.owner).flat_map(|of| &of.sources) {
                let field = source.fields.get(usize::from(at.field.0)).copied().flatten();
                if let Some(Node::Field { at, .. }) = field.and_then(|field| program.node(field)) {
                    written.push((at.owner, at.field));
                }
            }
        }
    }
    written
}

/// The operations that read fields that steps write to.
pub(super) fn moving(plan: &Plan, order: &[u32], written: &[(StructId, FieldId)]) -> Vec<Moving> {
    let mut moving: Vec<Moving> = Vec::new();
    for at in order {
        let Some(Op::Field(stored) | Op::FieldIs(stored, ..)) = plan.ops.get(*at as usize) else { continue };
        let of = Moving { rows: stored.rows, dom: plan.dom(stored.rows), of: stored.of, field: stored.field };
        if written.contains(&(stored.of, stored.field)) && !moving.contains(&of) {
            moving.push(of);
        }
    }
    moving
}

/// The elements of a domain that belong to a subject.
fn elements(lanes: &Lanes, dom: Dom, subject: usize) -> std::ops::Range<usize> {
    if dom == Dom::SUBJECTS {
        return subject..subject.saturating_add(1);
    }
    // Elements stand in the order of their owners.
    let subjects = lanes.extent(dom).map_or(&[][..], |extent| &extent.subjects);
    let first = subjects.partition_point(|of| (*of as usize) < subject);
    let end = subjects.partition_point(|of| (*of as usize) <= subject);
    first..end
}

/// The cells that were read for a subject in fields that steps write to.
pub(super) fn cells_read(
    lanes: &Lanes,
    moving: &[Moving],
    subject: usize,
    read: &mut dyn FnMut(StructId, Row, FieldId),
) {
    for of in moving {
        let rows = lanes.words(of.rows).get(elements(lanes, of.dom, subject)).unwrap_or_default();
        for row in rows.iter().filter(|row| **row < NONE) {
            read(of.of, Row(*row), of.field);
        }
    }
}

/// Whether an effect happens for a subject; nothing: nobody knows.
pub(super) fn happens(lanes: &Lanes, acting: &Acting, subject: usize) -> Option<bool> {
    let range = elements(lanes, acting.dom, subject);
    let Some(when) = acting.when else { return Some(!range.is_empty()) };
    let when = lanes.bytes(when).get(range)?;
    if when.contains(&TRUE) {
        return Some(true);
    }
    if when.contains(&DOUBT) { None } else { Some(false) }
}

/// What an effect writes for a subject, in the order in which it is written. False: something about it is not known.
pub(super) fn writes(lanes: &Lanes, acting: &Acting, texts: usize, subject: usize, out: &mut Vec<Write>) -> bool {
    let range = elements(lanes, acting.dom, subject);
    let when = acting.when.map(|when| lanes.bytes(when));
    let happens = |at: usize| when.map_or(Some(TRUE), |when| when.get(at).copied());
    for (action, acts) in acting.actions.iter().enumerate() {
        for at in range.clone() {
            match happens(at) {
                Some(FALSE) => continue,
                Some(TRUE) => {}
                _ => return false,
            }
            let row = match lanes.words(acts.rows).get(at) {
                Some(row) if *row < NONE => Row(*row),
                _ => return false,
            };
            let Some(cell) = cell_at(lanes, acts, texts, at) else { return false };
            let Some(write) = Write::known(action, (acts.of, row, acts.at), cell, acts.sign) else { return false };
            out.push(write);
        }
    }
    true
}

/// What is written for an element; nothing: nobody knows.
fn cell_at(lanes: &Lanes, acts: &Acts, texts: usize, at: usize) -> Option<Cell> {
    let Some(value) = acts.value else { return Some(Cell::None) };
    match lanes.lane(value)? {
        Lane::Bytes(lane) => match *lane.get(at)? {
            TRUE => Some(Cell::Bool(true)),
            FALSE => Some(Cell::Bool(false)),
            OTHER => Some(Cell::None),
            _ => None,
        },
        Lane::Words(lane) => match (*lane.get(at)?, acts.holds) {
            (UNKNOWN, _) => None,
            (NONE, _) => Some(Cell::None),
            (word, Holds::Texts) => ((word as usize) < texts).then_some(Cell::Text(TextId(word))),
            (word, Holds::Values) => u16::try_from(word).ok().map(Cell::Enum),
            (word, Holds::Rows) => Some(Cell::Row(Row(word))),
            _ => None,
        },
        Lane::Cells(lane) => Some(*lane.get(at)?).filter(|cell| *cell != Cell::Unknown),
        Lane::Counts(_) => None,
    }
}
