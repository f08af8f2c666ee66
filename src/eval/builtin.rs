//! The functions of the language: texts, lists by their elements, rounding.

use super::machine::Machine;
use super::mode::{Log, Mode};
use super::pattern::Pattern;
use super::value::{Item, List, Map, Rest, Text, Value};
use crate::program::{Builtin, ExprId, Node, Operands};
use crate::types::Const;
use crate::value::{Number, Truth};

impl<M: Mode> Machine<'_, M> {
    pub(super) fn builtin(&mut self, builtin: Builtin, args: Operands, fold: bool) -> Value<M> {
        let program = self.program;
        let mut args = program.operands(args).iter().copied();
        match (builtin, args.next(), args.next()) {
            (Builtin::Distinct, Some(xs), _) => {
                let list = self.list(xs);
                self.distinct(&[list], fold)
            }
            (Builtin::Union, Some(xs), Some(ys)) => {
                let lists = [self.list(xs), self.list(ys)];
                self.distinct(&lists, fold)
            }
            (Builtin::Skip | Builtin::First, Some(n), Some(xs)) => self.part_of(builtin == Builtin::First, n, xs),
            (Builtin::Join, Some(xs), Some(separator)) => self.join(xs, separator),
            (Builtin::Text, Some(x), _) => {
                let value = self.eval(x);
                if self.nameable(&value) && self.known(&value) {
                    let shown = self.show(&value);
                    return Value::Text(Text::Own(shown.into()));
                }
                self.confess(&value);
                Value::Unknown
            }
            (Builtin::Lower, Some(t), _) => match self.eval(t) {
                Value::Text(text) => Value::Text(Text::Own(self.text(&text).to_lowercase().into())),
                _ => Value::Unknown,
            },
            (Builtin::StartsWith | Builtin::EndsWith | Builtin::Contains, Some(t), Some(u)) => {
                self.text_test(builtin, t, u, fold)
            }
            (Builtin::Matches, Some(t), Some(pattern)) => self.matches(t, pattern),
            (Builtin::Length, Some(x), _) => match self.eval(x) {
                Value::Text(text) => Value::Number(Number::from_count(self.text(&text).chars().count())),
                Value::Map(map) => Value::Number(Number::from_count(self.map_len(&map))),
                _ => Value::Unknown,
            },
            (Builtin::Elements, Some(xs), _) => {
                let list = self.list(xs);
                self.length(&list)
            }
            (Builtin::Ceil, Some(n), _) => self.rounded(n, true),
            (Builtin::Floor, Some(n), _) => self.rounded(n, false),
            (Builtin::Values, Some(m), _) => self.values(m),
            _ => Value::Unknown,
        }
    }

    fn rounded(&mut self, n: ExprId, up: bool) -> Value<M> {
        match self.eval(n) {
            Value::Number(n) => Value::Number(if up { n.ceil() } else { n.floor() }),
            _ => Value::Unknown,
        }
    }

    fn text_test(&mut self, builtin: Builtin, t: ExprId, u: ExprId, fold: bool) -> Value<M> {
        let (t, u) = (self.eval(t), self.eval(u));
        let (Value::Text(t), Value::Text(u)) = (&t, &u) else { return Value::Unknown };
        let (mut t, mut u) = (self.text(t), self.text(u));
        if fold {
            (t, u) = (t.to_lowercase().into(), u.to_lowercase().into());
        }
        Value::Bool(match builtin {
            Builtin::StartsWith => t.starts_with(&*u),
            Builtin::EndsWith => t.ends_with(&*u),
            _ => t.contains(&*u),
        })
    }

    fn matches(&mut self, t: ExprId, pattern: ExprId) -> Value<M> {
        let program = self.program;
        let Value::Text(text) = self.eval(t) else { return Value::Unknown };
        let Some(Node::Const(id)) = program.node(pattern) else { return Value::Unknown };
        let Some(Const::Text(written)) = program.consts.get(id.at()) else { return Value::Unknown };
        let text = self.text(&text);
        let compiled = self.scratch.patterns.entry(*id).or_insert_with(|| Pattern::new(written.clone()));
        compiled.is_match(&text).map_or(Value::Unknown, Value::Bool)
    }

    fn values(&mut self, m: ExprId) -> Value<M> {
        match self.eval(m) {
            Value::Map(Map::Made(entries)) => {
                Value::made(entries.iter().map(|(_, value)| Item::known(value.clone())).collect(), None)
            }
            Value::Map(Map::Stored { id, shape, fact, .. }) => {
                let facts = self.facts();
                let mut items = Vec::new();
                for (_, cell) in facts.map(id) {
                    let value = self.lift(*cell, shape, fact);
                    let why = if value.decided() { M::Note::default() } else { self.note(fact) };
                    items.push(Item { why, ..Item::known(value) });
                }
                Value::made(items, None)
            }
            _ => Value::Unknown,
        }
    }

    /// `join(xs, ", ")`: unknown where an element is.
    fn join(&mut self, xs: ExprId, separator: ExprId) -> Value<M> {
        let list = Value::List(self.list(xs));
        let separator = self.eval(separator);
        let nameable = self.nameable(&list);
        if !self.known(&list) || !nameable {
            self.confess(&list);
            return Value::Unknown;
        }
        let (Value::List(list), Value::Text(separator)) = (list, separator) else { return Value::Unknown };
        let separator = self.text(&separator);
        let mut shown = Vec::new();
        for at in 0..self.len(&list) {
            let item = self.item(&list, at);
            shown.push(self.show(&item.value));
        }
        Value::Text(Text::Own(shown.join(&*separator).into()))
    }

    /// The first so many elements, or those behind them. Where an element may be missing before another one, its place is
    /// not known, and neither is on which side it falls.
    fn part_of(&mut self, first: bool, n: ExprId, xs: ExprId) -> Value<M> {
        let count = self.bound(n);
        let list = self.list(xs);
        let limit = match &count.value {
            Value::Number(n) => Some(n.ceil()),
            _ => None,
        };
        let more = list.rest().is_some();
        let (mut sure, mut perhaps) = (0usize, 0usize);
        let mut doubts: Vec<M::Note> = list.rest().cloned().map(|rest| self.whole(&rest)).into_iter().collect();
        let mut items = Vec::new();
        for at in 0..self.len(&list) {
            let mut item = self.item(&list, at);
            let within = limit.map_or(Truth::Unknown, |limit| {
                if Number::from_count(sure) >= limit {
                    Truth::False
                } else if !more && Number::from_count(sure.saturating_add(perhaps)) < limit {
                    Truth::True
                } else {
                    Truth::Unknown
                }
            });
            let stays = if first { within } else { within.negate() };
            let was = item.member;
            if was == Truth::True {
                sure = sure.saturating_add(1);
            } else {
                perhaps = perhaps.saturating_add(1);
            }
            if stays == Truth::Unknown {
                let mark = self.mark();
                if was == Truth::Unknown {
                    self.scratch.log.again(&item.why_member);
                }
                if limit.is_none() {
                    self.scratch.log.again(&count.why);
                }
                for doubt in &doubts {
                    self.scratch.log.again(doubt);
                }
                if was == Truth::Unknown {
                    doubts.push(item.why_member.clone());
                }
                item.why_member = self.scratch.log.take(mark);
                item.member = Truth::Unknown;
            } else if was == Truth::Unknown {
                doubts.push(item.why_member.clone());
            }
            if stays != Truth::False {
                items.push(item);
            }
        }
        Value::made(items, list.rest().cloned())
    }

    /// Each element once, in order of appearance. An element of unknown value may be any of the others, so that it is no
    /// more than the rest says: that there may be one more.
    fn distinct(&mut self, lists: &[List<M>], fold: bool) -> Value<M> {
        let mut items: Vec<Item<M>> = Vec::new();
        let mut rest: Option<Rest<M>> = None;
        for list in lists {
            for at in 0..self.len(list) {
                let item = self.item(list, at);
                if !item.value.decided() {
                    let missing = self.notes(&[&item.why, &item.why_member]);
                    rest = Some(match &rest {
                        Some(rest) => self.both(rest, &Rest::new(missing)),
                        None => Rest::new(missing),
                    });
                    continue;
                }
                let mut same = None;
                for (index, earlier) in items.iter().enumerate() {
                    self.scratch.fuel = self.scratch.fuel.saturating_sub(1);
                    if self.equal(&item.value, &earlier.value, fold) == Truth::True {
                        same = Some(index);
                        break;
                    }
                }
                match same.and_then(|index| items.get_mut(index)) {
                    None => items.push(item),
                    Some(earlier) => {
                        // It is there where it is in one of the lists for certain.
                        earlier.member = earlier.member.or(item.member);
                        if earlier.member == Truth::Unknown {
                            let both = self.notes(&[&earlier.why_member, &item.why_member]);
                            earlier.why_member = both;
                        }
                    }
                }
                if self.exhausted() {
                    return Value::Unknown;
                }
            }
            if let Some(more) = list.rest() {
                rest = Some(match &rest {
                    Some(rest) => self.both(rest, more),
                    None => more.clone(),
                });
            }
        }
        Value::made(items, rest)
    }
}
