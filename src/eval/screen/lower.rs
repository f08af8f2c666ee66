//! Expressions as operations, each as the machine evaluates it. What is not here is not covered.

use super::build::{Bound, Builder, Kind, Lowered, Val, cell_of};
use super::op::{Against, Arg, Builtin2, Form, LaneId, Op, Stored};
use crate::program::{Arithmetic, Builtin, Comparison, ExprId, Fold, Node, Operands, Quantifier, Slot};
use crate::types::{Const, Type};
use crate::value::Number;

/// What the names of a frame stand for.
pub(super) type Env = Vec<Bound>;

/// Binds a name; answers with what it stood for.
pub(super) fn bind(env: &mut Env, slot: Slot, bound: Bound) -> Bound {
    let at = usize::from(slot.0);
    if env.len() <= at {
        env.resize(at.saturating_add(1), Bound::Nothing);
    }
    env.get_mut(at).map_or(Bound::Nothing, |place| std::mem::replace(place, bound))
}

impl Builder<'_> {
    /// The value of an expression.
    pub(super) fn expr(&mut self, env: &mut Env, id: ExprId) -> Lowered<Val> {
        self.depth = self.depth.saturating_add(1);
        self.visit()?;
        let node = *self.program.node(id).ok_or("a node that is not there")?;
        let value = self.node(env, node);
        self.depth = self.depth.saturating_sub(1);
        value
    }

    /// The truth of a condition.
    pub(super) fn condition(&mut self, env: &mut Env, id: ExprId) -> Lowered<LaneId> {
        let value = self.expr(env, id)?;
        match value {
            Val::Const(Const::None) => Ok(self.truth(false)),
            value => match self.lane(value)? {
                (lane, Kind::Truth) => Ok(lane),
                (lane, Kind::Of(Type::Bool)) => Ok(self.on(lane, Form::Bytes, Op::Truth)),
                _ => Err("a condition that is no boolean"),
            },
        }
    }

    fn node(&mut self, env: &mut Env, node: Node) -> Lowered<Val> {
        let lane = match node {
            Node::Const(id) => {
                return self.program.consts.get(id.at()).cloned().map(Val::Const).ok_or("a constant that is not there");
            }
            Node::Local(slot) => {
                return match env.get(usize::from(slot.0)).cloned() {
                    Some(Bound::Val(value)) => Ok(value),
                    Some(Bound::Lazy(value)) => self.expr(env, value),
                    Some(Bound::Nothing) | None => Err("a name that stands for nothing"),
                };
            }
            Node::Field { of, at } => {
                let row = self.expr(env, of)?;
                let Val::Lane(rows, Kind::Of(Type::Row(of))) = row else { return Err("a field of what is no row") };
                if of != at.owner {
                    return Err("a field of another row");
                }
                return self.field(Stored { rows, of, field: at.field });
            }
            Node::Call { function, args } => {
                let function = self.program.functions.get(function.at()).ok_or("a function that is not there")?;
                let mut inner = Env::new();
                for (slot, arg) in (0u16..).map(Slot).zip(self.program.operands(args)) {
                    let value = self.expr(env, *arg)?;
                    bind(&mut inner, slot, Bound::Val(value));
                }
                return self.expr(&mut inner, function.body);
            }
            Node::Not(a) => {
                let a = self.condition(env, a)?;
                self.not(a)
            }
            Node::And(a, b) => {
                let (a, b) = (self.condition(env, a)?, self.condition(env, b)?);
                self.and(a, b)?
            }
            Node::Or(a, b) => {
                let (a, b) = (self.condition(env, a)?, self.condition(env, b)?);
                self.or(a, b)?
            }
            Node::Implies(a, b) => {
                let (a, b) = (self.condition(env, a)?, self.condition(env, b)?);
                let a = self.not(a);
                self.or(a, b)?
            }
            Node::Compare { how, left, right, fold } => {
                let (left, right) = (self.expr(env, left)?, self.expr(env, right)?);
                self.compare(how, left, right, fold)?
            }
            Node::In { element, list, fold } => {
                let (element, list) = (self.expr(env, element)?, self.expr(env, list)?);
                self.is_in(element, list, fold)?
            }
            Node::Quantify { quantifier, over, body } => {
                let list = self.expr(env, over.list)?;
                let all = quantifier == Quantifier::All;
                let found = self.witness(env, list, over, body, all)?;
                if quantifier == Quantifier::Some { found } else { self.not(found) }
            }
            Node::Collect { over, body } => return self.collect(env, over, body),
            Node::Fold { fold: Fold::Count, over, .. } => return self.count(env, over),
            Node::Builtin { builtin, args, fold } => return self.builtin(env, builtin, args, fold),
            Node::Exists(a) => match self.expr(env, a)? {
                Val::Const(value) => self.truth(value != Const::None),
                Val::Made(..) | Val::Items(_) => self.truth(true),
                value => {
                    let (lane, _) = self.lane(value)?;
                    self.on(lane, Form::Bytes, Op::Exists)
                }
            },
            Node::IsKnown(_) if self.acting => return Err("what is known"),
            Node::IsKnown(a) => match self.expr(env, a)? {
                Val::Const(_) => self.truth(true),
                value => {
                    let (lane, kind) = self.lane(value)?;
                    let op = match kind {
                        Kind::Of(Type::List(_)) => Op::KnownList,
                        Kind::Of(Type::Map { .. }) => Op::KnownMap,
                        _ => Op::Known,
                    };
                    self.on(lane, Form::Bytes, op)
                }
            },
            Node::Else(a, b) => {
                let (a, b) = (self.expr(env, a)?, self.expr(env, b)?);
                return self.otherwise(a, b);
            }
            Node::If(p, a, b) => {
                let p = self.condition(env, p)?;
                let (a, b) = (self.expr(env, a)?, self.expr(env, b)?);
                return self.either(p, a, b);
            }
            Node::List(elements) => {
                let elements = self.program.operands(elements).iter();
                return Ok(Val::Items(elements.map(|element| self.expr(env, *element)).collect::<Lowered<_>>()?));
            }
            Node::Arithmetic(how, a, b) => {
                let (a, b) = (self.expr(env, a)?, self.expr(env, b)?);
                return self.arithmetic(how, a, b);
            }
            Node::Negate(a) => {
                let value = self.expr(env, a)?;
                let (lane, kind) = self.lane(value)?;
                if !matches!(kind, Kind::Of(Type::Number | Type::Size | Type::Duration)) {
                    return Err("a count that is negated");
                }
                return Ok(Val::Lane(self.on(lane, Form::Cells, Op::Negate), kind));
            }
            Node::Index { map, key } => return self.entry(env, map, key),
            Node::Hit { matrix, condition } => {
                let matrix = self.program.matrix(matrix).ok_or("a matrix that is not there")?;
                self.table(env, matrix, Some(condition))?
            }
            Node::Fold { fold, over, body } => return self.sum(env, fold, over, body),
            Node::Section(_) | Node::Lookup { .. } | Node::Gathered { .. } | Node::Refused(_) => {
                return Err("lists of inventories, gathered lists and steps");
            }
        };
        Ok(Val::Lane(lane, Kind::Truth))
    }

    fn compare(&mut self, how: Comparison, left: Val, right: Val, fold: bool) -> Lowered<LaneId> {
        Ok(match how {
            Comparison::Equal => self.equal(left, right, fold)?,
            Comparison::NotEqual => {
                let equal = self.equal(left, right, fold)?;
                self.not(equal)
            }
            Comparison::Less => self.before(left, right, fold)?,
            Comparison::AtLeast => {
                let before = self.before(left, right, fold)?;
                self.not(before)
            }
            Comparison::Greater => self.before(right, left, fold)?,
            Comparison::AtMost => {
                let before = self.before(right, left, fold)?;
                self.not(before)
            }
        })
    }

    /// Whether two values are equal.
    pub(super) fn equal(&mut self, a: Val, b: Val, fold: bool) -> Lowered<LaneId> {
        match (a, b) {
            (Val::Const(a), Val::Const(b)) => Ok(match (&a, &b) {
                (Const::Text(a), Const::Text(b)) if fold => self.truth(a.to_lowercase() == b.to_lowercase()),
                (Const::List(_) | Const::Map(_), _) | (_, Const::List(_) | Const::Map(_)) => {
                    return Err("constant lists that are compared");
                }
                _ => self.truth(a == b),
            }),
            (value, Val::Const(Const::None)) | (Val::Const(Const::None), value) => {
                let (lane, kind) = self.lane(value)?;
                if kind == Kind::Count {
                    return Err("a count that is compared with none");
                }
                Ok(self.on(lane, Form::Bytes, Op::IsNone))
            }
            (value, Val::Const(fixed)) | (Val::Const(fixed), value) => {
                if let (Val::Field(stored, kind), Some((cell, ty))) = (&value, cell_of(&fixed))
                    && *kind == Kind::Of(ty)
                {
                    let stored = *stored;
                    return Ok(self.on(stored.rows, Form::Bytes, |_| Op::FieldIs(stored, Against::Same, cell)));
                }
                let (lane, kind) = self.lane(value)?;
                let (fixed, other) = self.fixed(&fixed, fold)?;
                if !kind.like(&other) {
                    return Err("values of two kinds that are compared");
                }
                let lane = self.folded(lane, &kind, fold);
                Ok(self.on(lane, Form::Bytes, |lane| Op::Same(lane, Arg::Fixed(fixed))))
            }
            (a, b) => {
                let ((a, kind), (b, other)) = (self.lane(a)?, self.lane(b)?);
                if !kind.like(&other) || kind.is_list() {
                    return Err("values of two kinds, or lists, that are compared");
                }
                let (a, b) = (self.folded(a, &kind, fold), self.folded(b, &other, fold));
                // Counts stand on the left.
                let (a, b) = if kind == Kind::Count { (a, b) } else { (b, a) };
                self.pair(a, b, Form::Bytes, |a, b| Op::Same(a, Arg::Lane(b)))
            }
        }
    }

    /// Texts by the forms by which they compare.
    pub(super) fn folded(&mut self, lane: LaneId, kind: &Kind, fold: bool) -> LaneId {
        if fold && kind.is_text() { self.on(lane, Form::Words, Op::Folded) } else { lane }
    }

    /// Whether a value is before another.
    fn before(&mut self, a: Val, b: Val, fold: bool) -> Lowered<LaneId> {
        let ordered =
            |kind: &Kind| !kind.is_list() && !matches!(kind, Kind::Truth | Kind::Of(Type::Bool | Type::Row(_)));
        match (a, b) {
            (Val::Field(stored, kind), Val::Const(fixed))
                if cell_of(&fixed).is_some_and(|(_, ty)| kind == Kind::Of(ty)) =>
            {
                let (cell, _) = cell_of(&fixed).ok_or("a constant")?;
                Ok(self.on(stored.rows, Form::Bytes, |_| Op::FieldIs(stored, Against::Before, cell)))
            }
            (Val::Const(fixed), Val::Field(stored, kind))
                if cell_of(&fixed).is_some_and(|(_, ty)| kind == Kind::Of(ty)) =>
            {
                let (cell, _) = cell_of(&fixed).ok_or("a constant")?;
                Ok(self.on(stored.rows, Form::Bytes, |_| Op::FieldIs(stored, Against::After, cell)))
            }
            (Val::Const(_), Val::Const(_)) => Err("constants that are compared"),
            (a, Val::Const(b)) => {
                let ((lane, kind), (fixed, other)) = (self.lane(a)?, self.fixed(&b, fold)?);
                if !kind.like(&other) || !ordered(&kind) {
                    return Err("values that have no order");
                }
                let lane = self.folded(lane, &kind, fold);
                let text = kind.is_text();
                Ok(self.on(lane, Form::Bytes, |lane| Op::Before(Arg::Lane(lane), Arg::Fixed(fixed), text)))
            }
            (Val::Const(a), b) => {
                let ((fixed, other), (lane, kind)) = (self.fixed(&a, fold)?, self.lane(b)?);
                if !kind.like(&other) || !ordered(&kind) {
                    return Err("values that have no order");
                }
                let lane = self.folded(lane, &kind, fold);
                let text = kind.is_text();
                Ok(self.on(lane, Form::Bytes, |lane| Op::Before(Arg::Fixed(fixed), Arg::Lane(lane), text)))
            }
            (a, b) => {
                let ((a, kind), (b, other)) = (self.lane(a)?, self.lane(b)?);
                if !kind.like(&other) || !ordered(&kind) {
                    return Err("values that have no order");
                }
                let (a, b) = (self.folded(a, &kind, fold), self.folded(b, &other, fold));
                let text = kind.is_text();
                self.pair(a, b, Form::Bytes, |a, b| Op::Before(Arg::Lane(a), Arg::Lane(b), text))
            }
        }
    }

    /// Two values as lanes of one form, one of which may be none.
    fn alike(&mut self, a: Val, b: Val) -> Lowered<(LaneId, LaneId, Kind)> {
        let none = |value: &Val| matches!(value, Val::Const(Const::None));
        let (a, b, kind) = match (none(&a), none(&b)) {
            (true, true) => return Err("none as a value"),
            (true, false) => {
                let (b, kind) = self.lane(b)?;
                (self.none(kind.form())?, b, kind)
            }
            (false, true) => {
                let (a, kind) = self.lane(a)?;
                (a, self.none(kind.form())?, kind)
            }
            (false, false) => {
                let ((a, kind), (b, other)) = (self.lane(a)?, self.lane(b)?);
                let same = kind == other || (kind.like(&other) && kind.form() == other.form());
                if !same {
                    return Err("alternatives of two kinds");
                }
                let kind = if kind == Kind::Truth { other } else { kind };
                (a, b, kind)
            }
        };
        // What may be none is no plain truth.
        let kind = if kind == Kind::Truth { Kind::Of(Type::Bool) } else { kind };
        let dom = self.meet(a, b);
        Ok((self.spread(a, dom)?, self.spread(b, dom)?, kind))
    }

    fn otherwise(&mut self, a: Val, b: Val) -> Lowered<Val> {
        let (a, b, kind) = self.alike(a, b)?;
        let lane = self.pair(a, b, kind.form(), Op::Else)?;
        Ok(Val::Lane(lane, kind))
    }

    fn either(&mut self, p: LaneId, a: Val, b: Val) -> Lowered<Val> {
        let (a, b, kind) = self.alike(a, b)?;
        if kind.is_list() {
            return Err("alternatives that are lists");
        }
        let dom = self.meet(p, a);
        let (p, a, b) = (self.spread(p, dom)?, self.spread(a, dom)?, self.spread(b, dom)?);
        Ok(Val::Lane(self.op(Op::If(p, a, b), dom, kind.form()), kind))
    }

    fn arithmetic(&mut self, how: Arithmetic, a: Val, b: Val) -> Lowered<Val> {
        use Type::{Date as D, Duration as T, Number as N, Size as S};
        let ((a, left), (b, right)) = (self.lane(a)?, self.lane(b)?);
        let (Kind::Of(left), Kind::Of(right)) = (left, right) else { return Err("a count that is computed with") };
        let ty = match (how, &left, &right) {
            (Arithmetic::Add, D, T) | (Arithmetic::Add, T, D) | (Arithmetic::Subtract, D, T) => D,
            (Arithmetic::Subtract, D, D) => T,
            (Arithmetic::Add | Arithmetic::Subtract, N | S | T, _) if left == right => left,
            (Arithmetic::Multiply, N, N | S | T) => right,
            (Arithmetic::Multiply, S | T, N) => left,
            (Arithmetic::Divide, N | S | T, _) if left == right => N,
            (Arithmetic::Divide, S | T, N) => left,
            _ => return Err("values that are computed with"),
        };
        let lane = self.pair(a, b, Form::Cells, |a, b| Op::Compute(how.into(), a, b))?;
        Ok(Val::Lane(lane, Kind::Of(ty)))
    }

    fn entry(&mut self, env: &mut Env, map: ExprId, key: ExprId) -> Lowered<Val> {
        let (map, key) = (self.expr(env, map)?, self.expr(env, key)?);
        let Val::Lane(map, Kind::Of(Type::Map { by_name, value })) = map else {
            return Err("an entry of a constant map");
        };
        let kind = Kind::of(&value)?;
        let holds = kind.holds();
        let lane = match key {
            Val::Const(Const::Text(text)) => {
                let key = Arg::Fixed(super::op::Fixed::Text(self.word(&text)));
                self.on(map, kind.form(), |map| Op::Entry { map, key, by_name, holds })
            }
            key => {
                let (key, of_key) = self.lane(key)?;
                if !of_key.is_text() {
                    return Err("a key that is no text");
                }
                self.pair(map, key, kind.form(), |map, key| Op::Entry { map, key: Arg::Lane(key), by_name, holds })?
            }
        };
        Ok(Val::Lane(lane, kind))
    }

    fn builtin(&mut self, env: &mut Env, builtin: Builtin, args: Operands, fold: bool) -> Lowered<Val> {
        let number = Kind::Of(Type::Number);
        let args = self.program.operands(args);
        match (builtin, args) {
            (Builtin::StartsWith | Builtin::EndsWith | Builtin::Contains, [t, u]) => {
                let (t, u) = (self.expr(env, *t)?, self.expr(env, *u)?);
                let (t, kind) = self.lane(t)?;
                let t = self.folded(t, &kind, fold);
                let test = Builtin2::of(builtin).ok_or("a test of texts")?;
                let (lane, other) = match u {
                    Val::Const(value) => {
                        let (fixed, other) = self.fixed(&value, fold)?;
                        (self.on(t, Form::Bytes, |t| Op::TextTest(test, t, Arg::Fixed(fixed))), other)
                    }
                    u => {
                        let (u, other) = self.lane(u)?;
                        let u = self.folded(u, &other, fold);
                        (self.pair(t, u, Form::Bytes, |t, u| Op::TextTest(test, t, Arg::Lane(u)))?, other)
                    }
                };
                if !kind.is_text() || !other.is_text() {
                    return Err("a test of what is no text");
                }
                Ok(Val::Lane(lane, Kind::Truth))
            }
            (Builtin::Matches, [t, pattern]) => {
                let t = self.expr(env, *t)?;
                let (t, kind) = self.lane(t)?;
                let Some(Node::Const(id)) = self.program.node(*pattern) else {
                    return Err("a pattern that is computed");
                };
                let Some(Const::Text(text)) = self.program.consts.get(id.at()) else { return Err("a pattern") };
                if !kind.is_text() {
                    return Err("a pattern for what is no text");
                }
                let pattern = self.pattern(text);
                Ok(Val::Lane(self.on(t, Form::Bytes, |t| Op::Matches(t, pattern)), Kind::Truth))
            }
            (Builtin::Lower, [t]) => {
                let t = self.expr(env, *t)?;
                let (t, kind) = self.lane(t)?;
                if !kind.is_text() {
                    return Err("small letters of what is no text");
                }
                Ok(Val::Lane(self.on(t, Form::Words, Op::Lower), Kind::Of(Type::Text)))
            }
            (Builtin::Length, [x]) => {
                let x = self.expr(env, *x)?;
                let (x, kind) = self.lane(x)?;
                match kind {
                    Kind::Of(Type::Text | Type::Name) => Ok(Val::Lane(self.on(x, Form::Cells, Op::TextLength), number)),
                    Kind::Of(Type::Map { .. }) => Ok(Val::Lane(self.on(x, Form::Cells, Op::MapLength), number)),
                    _ => Err("the length of something else"),
                }
            }
            (Builtin::Elements, [xs]) => match self.expr(env, *xs)? {
                Val::Lane(lane, Kind::Of(Type::List(of))) if *of != Type::Row(crate::types::Schema::STEP) => {
                    Ok(Val::Lane(self.on(lane, Form::Counts, Op::Length), Kind::Count))
                }
                Val::Made(dom, _, member) if self.parent(dom) == self.ambient => {
                    Ok(Val::Lane(self.op(Op::Count(member, dom), self.ambient, Form::Counts), Kind::Count))
                }
                Val::Items(items) => Ok(Val::Const(Const::Number(Number::from_count(items.len())))),
                Val::Const(Const::List(items)) => Ok(Val::Const(Const::Number(Number::from_count(items.len())))),
                _ => Err("the length of something else"),
            },
            (Builtin::Ceil | Builtin::Floor, [n]) => {
                let n = self.expr(env, *n)?;
                let (n, kind) = self.lane(n)?;
                if kind != number {
                    return Err("a count that is rounded");
                }
                Ok(Val::Lane(self.on(n, Form::Cells, |n| Op::Round(n, builtin == Builtin::Ceil)), number))
            }
            (Builtin::Values, [m]) => {
                let m = self.expr(env, *m)?;
                self.values(m)
            }
            _ => Err("lists that are made of lists, and texts that are made"),
        }
    }
}
