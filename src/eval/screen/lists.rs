//! Lists as domains: quantifiers, comprehensions, counts and memberships.

use super::build::{Bound, Builder, Kind, Lowered, Val};
use super::lower::{Env, bind};
use super::op::{Dom, Fixed, Form, LaneId, Op};
use crate::program::{ExprId, Over};
use crate::types::{Const, Schema, Type};

/// Elements of a list that stands in a policy, at most.
const ITEMS: usize = 64;

/// A list that is gone through.
pub(super) enum Listing {
    /// Elements over the ambient domain, and whether they are there.
    Elements(Dom, Val, LaneId),
    Items(Vec<Val>),
}

impl Builder<'_> {
    pub(super) fn listing(&mut self, list: Val) -> Lowered<Listing> {
        match list {
            Val::Lane(list, Kind::Of(Type::List(of))) => {
                if *of == Type::Row(Schema::STEP) {
                    return Err("steps");
                }
                let kind = Kind::of(&of)?;
                let (dom, lane) = self.domain(list, false, &kind)?;
                let member = self.op(Op::Member(dom), dom, Form::Bytes);
                Ok(Listing::Elements(dom, Val::Lane(lane, kind), member))
            }
            Val::Made(dom, element, member) if self.parent(dom) == self.ambient => {
                Ok(Listing::Elements(dom, *element, member))
            }
            Val::Items(items) if items.len() <= ITEMS => Ok(Listing::Items(items)),
            Val::Const(Const::List(items)) if items.len() <= ITEMS => {
                Ok(Listing::Items(items.into_iter().map(Val::Const).collect()))
            }
            Val::Const(Const::None) => Ok(Listing::Items(Vec::new())),
            _ => Err("a list that is made elsewhere"),
        }
    }

    /// Within a domain, with the element bound.
    pub(super) fn within<T>(
        &mut self,
        env: &mut Env,
        over: Over,
        dom: Dom,
        element: Val,
        then: impl FnOnce(&mut Self, &mut Env) -> Lowered<T>,
    ) -> Lowered<T> {
        let before = bind(env, over.slot, Bound::Val(element));
        let ambient = std::mem::replace(&mut self.ambient, dom);
        let result = then(self, env);
        self.ambient = ambient;
        bind(env, over.slot, before);
        result
    }

    /// Whether a condition, or its opposite, holds of some element.
    pub(super) fn witness(
        &mut self,
        env: &mut Env,
        list: Val,
        over: Over,
        body: ExprId,
        opposite: bool,
    ) -> Lowered<LaneId> {
        let holds = |builder: &mut Self, env: &mut Env| {
            let filter = over.filter.map(|filter| builder.condition(env, filter)).transpose()?;
            let body = builder.condition(env, body)?;
            let body = if opposite { builder.not(body) } else { body };
            filter.map_or(Ok(body), |filter| builder.and(filter, body))
        };
        match self.listing(list)? {
            Listing::Elements(dom, element, member) => {
                let ambient = self.ambient;
                let holds = self.within(env, over, dom, element, holds)?;
                let found = self.and(member, holds)?;
                Ok(self.op(Op::Any(found, dom), ambient, Form::Bytes))
            }
            Listing::Items(items) => {
                let mut found = self.truth(false);
                let ambient = self.ambient;
                for item in items {
                    let holds = self.within(env, over, ambient, item, holds)?;
                    found = self.or(found, holds)?;
                }
                Ok(found)
            }
        }
    }

    pub(super) fn collect(&mut self, env: &mut Env, over: Over, body: Option<ExprId>) -> Lowered<Val> {
        let list = self.expr(env, over.list)?;
        if over.filter.is_none() && body.is_none() {
            return Ok(list);
        }
        let Listing::Elements(dom, element, member) = self.listing(list)? else {
            return Err("a constant list that is filtered");
        };
        let of = element.clone();
        let (filter, collected) = self.within(env, over, dom, element, |builder, env| {
            let filter = over.filter.map(|filter| builder.condition(env, filter)).transpose()?;
            let body = body.map(|body| builder.expr(env, body)).transpose()?;
            Ok((filter, body))
        })?;
        let member = filter.map_or(Ok(member), |filter| self.and(member, filter))?;
        let element = match collected {
            None => of,
            Some(value) => {
                // Of the unknown rest nothing is known, whatever is collected.
                let (lane, kind) = self.lane(value)?;
                let lane = self.spread(lane, dom)?;
                Val::Lane(self.op(Op::Unrest(lane, dom), dom, kind.form()), kind)
            }
        };
        Ok(Val::Made(dom, Box::new(element), member))
    }

    pub(super) fn count(&mut self, env: &mut Env, over: Over) -> Lowered<Val> {
        let list = self.expr(env, over.list)?;
        let Listing::Elements(dom, element, member) = self.listing(list)? else {
            return Err("a constant list that is counted");
        };
        let filter =
            |builder: &mut Self, env: &mut Env| over.filter.map(|filter| builder.condition(env, filter)).transpose();
        let filter = self.within(env, over, dom, element, filter)?;
        let member = filter.map_or(Ok(member), |filter| self.and(member, filter))?;
        Ok(Val::Lane(self.op(Op::Count(member, dom), self.ambient, Form::Counts), Kind::Count))
    }

    /// What a map holds.
    pub(super) fn values(&mut self, map: Val) -> Lowered<Val> {
        let Val::Lane(map, Kind::Of(Type::Map { value, .. })) = map else { return Err("what a constant map holds") };
        let kind = Kind::of(&value)?;
        let (dom, lane) = self.domain(map, true, &kind)?;
        let member = self.op(Op::Member(dom), dom, Form::Bytes);
        Ok(Val::Made(dom, Box::new(Val::Lane(lane, kind)), member))
    }

    pub(super) fn is_in(&mut self, element: Val, list: Val, fold: bool) -> Lowered<LaneId> {
        if let (Val::Lane(lane, kind), Val::Const(Const::List(items))) = (&element, &list)
            && kind.form() == Form::Words
        {
            let (lane, kind) = (*lane, kind.clone());
            let fixed: Lowered<Vec<(Fixed, Kind)>> = items.iter().map(|item| self.fixed(item, fold)).collect();
            if let Ok(fixed) = fixed
                && fixed.iter().all(|(_, other)| kind.like(other))
            {
                let lane = self.folded(lane, &kind, fold);
                let list: Vec<Fixed> = fixed.into_iter().map(|(fixed, _)| fixed).collect();
                let at = self.plan.among.iter().position(|other| *other == list).unwrap_or_else(|| {
                    self.plan.among.push(list);
                    self.plan.among.len().saturating_sub(1)
                });
                let at = u32::try_from(at).map_err(|_| "too many lists")?;
                return Ok(self.on(lane, Form::Bytes, |lane| Op::Among(lane, at)));
            }
        }
        if let Val::Lane(list, Kind::Of(Type::List(of))) = &list
            && Kind::of(of)?.form() == Form::Words
            && !matches!(element, Val::Const(Const::None))
        {
            let (list, of) = (*list, Kind::of(of)?);
            let (wanted, kind) = self.lane(element)?;
            if !kind.like(&of) || of.is_list() {
                return Err("an element of another kind");
            }
            let wanted = self.folded(wanted, &kind, fold);
            let fold = fold && of.is_text();
            return self.pair(wanted, list, Form::Bytes, |element, list| Op::InList { element, list, fold });
        }
        match self.listing(list)? {
            Listing::Elements(dom, item, member) => {
                let ambient = self.ambient;
                let equal = self.equal(element, item, fold)?;
                let found = self.and(member, equal)?;
                Ok(self.op(Op::Any(found, dom), ambient, Form::Bytes))
            }
            Listing::Items(items) => {
                let mut found = self.truth(false);
                for item in items {
                    let equal = self.equal(element.clone(), item, fold)?;
                    found = self.or(found, equal)?;
                }
                Ok(found)
            }
        }
    }
}
