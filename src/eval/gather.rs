//! Gathered lists: parts out of several places, each with where it comes from. What they say is computed when it is read.

use std::rc::Rc;

use super::machine::Machine;
use super::mode::{Log, Mode};
use super::value::{Bound, Item, Part, Rest, Value};
use crate::program::{ExprId, GatheredId, Slot};
use crate::value::Truth;

impl<M: Mode> Machine<'_, M> {
    /// The elements of a gathered list, source by source.
    pub(super) fn gathered(&mut self, of: ExprId, id: GatheredId) -> Value<M> {
        let start = self.mark();
        let owner = self.eval(of);
        if !matches!(owner, Value::Row(..) | Value::Part(_)) {
            return Value::Unknown;
        }
        self.scratch.log.led(start);
        self.gather_of(owner, id)
    }

    /// The elements of the list that is gathered for an owner.
    pub(super) fn gather_of(&mut self, owner: Value<M>, id: GatheredId) -> Value<M> {
        let program = self.program;
        let Some(gather) = program.gathers.get(id.at()) else { return Value::Unknown };
        let mut gathering = Gathering { id, owner, items: Vec::new(), rest: None };
        let rest_mark = self.mark();
        for (index, source) in (0u32..).zip(&gather.sources) {
            let frame = self.enter(source.slots);
            self.bind(Slot(0), Bound::known(gathering.owner.clone()));
            match source.each {
                None => self.gather_one(&mut gathering, index, source.when, None, Truth::True, M::Note::default()),
                Some((slot, list)) => {
                    let list = self.list(list);
                    for at in 0..self.len(&list) {
                        let item = self.item(&list, at);
                        let element = Bound { value: item.value, why: item.why };
                        self.bind(slot, element.clone());
                        let why = item.why_member;
                        self.gather_one(&mut gathering, index, source.when, Some(element), item.member, why);
                    }
                    if let Some(rest) = list.rest() {
                        self.bind(slot, Bound { value: Value::Unknown, why: rest.missing.clone() });
                        let mark = self.mark();
                        let drops = source.when.is_some_and(|when| self.truth(when) == Truth::False);
                        if drops {
                            self.scratch.log.forget(mark);
                        } else {
                            let beside = self.scratch.log.take(mark);
                            let more = Rest { missing: rest.missing.clone(), beside };
                            let list =
                                self.both(&more, &Rest { missing: M::Note::default(), beside: rest.beside.clone() });
                            gathering.rest = Some(match &gathering.rest {
                                Some(so_far) => self.both(so_far, &list),
                                None => list,
                            });
                        }
                    }
                }
            }
            self.leave(frame);
        }
        self.scratch.log.settle(rest_mark);
        Value::made(gathering.items, gathering.rest)
    }

    fn gather_one(
        &mut self,
        gathering: &mut Gathering<M>,
        source: u32,
        when: Option<ExprId>,
        element: Option<Bound<M>>,
        member: Truth,
        why_member: M::Note,
    ) {
        let mark = self.mark();
        if member == Truth::Unknown {
            self.scratch.log.again(&why_member);
        }
        let holds = when.map_or(Truth::True, |when| self.truth(when));
        let member = member.and(holds);
        if member == Truth::False {
            self.scratch.log.forget(mark);
            return;
        }
        let why_member = self.scratch.log.take(mark);
        let ordinal = u32::try_from(gathering.items.len()).unwrap_or(u32::MAX).saturating_add(1);
        let part = Part { gather: gathering.id, source, owner: gathering.owner.clone(), element, ordinal };
        let value = Value::Part(Rc::new(part));
        gathering.items.push(Item { member, why_member, ..Item::known(value) });
    }
}

/// A gathered list on its way.
struct Gathering<M: Mode> {
    id: GatheredId,
    owner: Value<M>,
    items: Vec<Item<M>>,
    rest: Option<Rest<M>>,
}
