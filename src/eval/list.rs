//! Lists that may be partly known: quantifiers, folds, comprehensions, lookups. What is not known of a list is taken as
//! one more element, of which nothing is known and whose membership is not known either.

use super::machine::Machine;
use super::mode::{Log, Mark, Mode};
use super::value::{Bound, Item, List, Map, Quantity, Range, Rest, Text, Value};
use super::world::Key;
use crate::facts::Fact;
use crate::program::{ExprId, Fold, IndexId, Over, Quantifier, Shape};
use crate::value::{Cell, Number, Row, Truth};

impl<M: Mode> Machine<'_, M> {
    /// How many elements a list has that can be pointed at.
    pub(super) fn len(&self, list: &List<M>) -> usize {
        match list {
            List::Rows(_, count) => *count as usize,
            List::Stored(id, ..) => self.world.list(*id).len(),
            List::Made(made) => made.items.len(),
        }
    }

    /// An element of a list.
    pub(super) fn item(&mut self, list: &List<M>, at: usize) -> Item<M> {
        match list {
            List::Rows(of, _) => Item::known(Value::Row(*of, Row(u32::try_from(at).unwrap_or(u32::MAX)))),
            List::Stored(id, shape, fact) => {
                let cell = self.world.list(*id).get(at).copied().unwrap_or(Cell::Unknown);
                let why = if cell == Cell::Unknown { self.note(*fact) } else { M::Note::default() };
                Item { why, ..Item::known(self.lift(cell, *shape, *fact)) }
            }
            List::Made(made) => made.items.get(at).cloned().unwrap_or_else(|| Item::known(Value::Unknown)),
        }
    }

    /// The unknown rest of a list as an element.
    fn rest_item(why: &M::Note) -> Item<M> {
        Item { value: Value::Unknown, why: why.clone(), member: Truth::Unknown, why_member: why.clone() }
    }

    /// Elements and, as the last one, the unknown rest.
    fn item_or_rest(&mut self, list: &List<M>, at: usize) -> Option<Item<M>> {
        if at < self.len(list) {
            return Some(self.item(list, at));
        }
        let rest = list.rest().filter(|_| at == self.len(list))?;
        let whole = self.whole(rest);
        Some(Self::rest_item(&whole))
    }

    /// Everything that is missing of a rest.
    pub(super) fn whole(&mut self, rest: &Rest<M>) -> M::Note {
        self.notes(&[&rest.missing, &rest.beside])
    }

    /// Several notes in one.
    pub(super) fn notes(&mut self, notes: &[&M::Note]) -> M::Note {
        let mark = self.mark();
        for note in notes {
            self.scratch.log.again(note);
        }
        self.scratch.log.take(mark)
    }

    /// What is not known of two lists together.
    pub(super) fn both(&mut self, a: &Rest<M>, b: &Rest<M>) -> Rest<M> {
        Rest { missing: self.notes(&[&a.missing, &b.missing]), beside: self.notes(&[&a.beside, &b.beside]) }
    }

    /// Binds an element and says whether it is in the list and passes the filter; the log then has what is missing for
    /// that, and nothing where it does not.
    fn passes(&mut self, over: Over, item: &Item<M>, start: Mark) -> Truth {
        if self.exhausted() {
            return Truth::Unknown;
        }
        M::element(&mut self.scratch.log, &item.value, item.member);
        self.bind(over.slot, Bound { value: item.value.clone(), why: item.why.clone() });
        if item.member == Truth::Unknown {
            self.scratch.log.again(&item.why_member);
        }
        let passes = item.member.and(over.filter.map_or(Truth::True, |filter| self.truth(filter)));
        match passes {
            Truth::False => self.scratch.log.forget(start),
            Truth::True => self.scratch.log.settle(start),
            Truth::Unknown => {}
        }
        passes
    }

    /// `all`, `some`, `no`.
    pub(super) fn quantify(&mut self, quantifier: Quantifier, over: Over, body: ExprId) -> Value<M> {
        let list = self.list(over.list);
        let before = self.mark();
        // `all x: P` is `no x: not P`, so that one search for a witness does for all three.
        let (wanted, found) = match quantifier {
            Quantifier::All => (Truth::False, Truth::False),
            Quantifier::Some => (Truth::True, Truth::True),
            Quantifier::No => (Truth::True, Truth::False),
        };
        let mut doubt = false;
        let mut at = 0usize;
        while let Some(item) = self.item_or_rest(&list, at) {
            at = at.saturating_add(1);
            let start = self.mark();
            let passes = self.passes(over, &item, start);
            if passes == Truth::False {
                continue;
            }
            let holds = self.truth(body);
            let holds = if wanted == Truth::True { holds } else { holds.negate() };
            match passes.and(holds) {
                Truth::True => {
                    self.scratch.log.forget_between(before, start);
                    return found.into();
                }
                Truth::False => self.scratch.log.settle(start),
                Truth::Unknown => doubt = true,
            }
            if self.exhausted() {
                return Value::Unknown;
            }
        }
        if doubt { Value::Unknown } else { found.negate().into() }
    }

    /// `[e for x in xs where P]`.
    pub(super) fn collect(&mut self, over: Over, body: Option<ExprId>) -> Value<M> {
        let list = self.list(over.list);
        if over.filter.is_none() && body.is_none() {
            return Value::List(list);
        }
        let mut items = Vec::new();
        for at in 0..self.len(&list) {
            let item = self.item(&list, at);
            let start = self.mark();
            let member = self.passes(over, &item, start);
            if member == Truth::False {
                continue;
            }
            let why_member = self.scratch.log.take(start);
            let (value, why) = match body {
                None => (item.value, item.why),
                Some(body) => {
                    let bound = self.bound(body);
                    (bound.value, bound.why)
                }
            };
            items.push(Item { value, why, member, why_member });
            if self.exhausted() {
                return Value::Unknown;
            }
        }
        let mut rest = list.rest().cloned();
        if let Some(of_list) = &mut rest {
            let start = self.mark();
            let item = Self::rest_item(&of_list.missing);
            if self.passes(over, &item, start) == Truth::False {
                rest = None;
            } else {
                let read = self.scratch.log.take(start);
                let collected = body.map(|body| self.bound(body).why).unwrap_or_default();
                of_list.beside = self.notes(&[&of_list.beside, &read, &collected]);
            }
            self.scratch.log.forget(start);
        }
        Value::made(items, rest)
    }

    /// `count`, `sum`, `min`, `max`.
    pub(super) fn fold(&mut self, fold: Fold, over: Over, body: Option<ExprId>) -> Value<M> {
        let zero = match fold {
            Fold::Sum { zero, .. } => self.program.consts.get(zero.at()).map(|zero| self.of_const(zero)),
            _ => None,
        };
        let zero = zero.and_then(|zero| zero.quantity()).unwrap_or(Quantity::Number(Number::default()));
        let mut sum = Sum { low: Some(zero), high: Some(zero) };
        let mut best: Option<Value<M>> = None;
        let mut sure = true;
        let list = self.list(over.list);
        let mut at = 0usize;
        while let Some(item) = self.item_or_rest(&list, at) {
            at = at.saturating_add(1);
            let start = self.mark();
            let passes = self.passes(over, &item, start);
            if passes == Truth::False {
                continue;
            }
            let is_rest = at > self.len(&list);
            let value = match (fold, body) {
                (Fold::Count, _) | (_, None) => Value::Number(Number::from_count(1)),
                (_, Some(body)) => self.eval(body),
            };
            let range = value.range();
            match fold {
                Fold::Count | Fold::Sum { .. } => {
                    let certain = passes == Truth::True;
                    sum.add(range.filter(|_| !is_rest), certain);
                    sure &= certain && value.decided();
                }
                Fold::Min | Fold::Max => {
                    sure &= passes == Truth::True && value.decided();
                    best = Some(self.better(best, value, fold == Fold::Min));
                }
            }
            if self.exhausted() {
                return Value::Unknown;
            }
        }
        match fold {
            Fold::Min | Fold::Max if sure => best.unwrap_or(Value::None),
            Fold::Count => sum.value(),
            Fold::Sum { never_negative, .. } if sure || never_negative => sum.value(),
            _ => Value::Unknown,
        }
    }

    fn better(&mut self, best: Option<Value<M>>, value: Value<M>, least: bool) -> Value<M> {
        let Some(best) = best else { return value };
        match self.order(&value, &best, false) {
            Some(std::cmp::Ordering::Less) if least => value,
            Some(std::cmp::Ordering::Greater) if !least => value,
            _ => best,
        }
    }

    /// `x in xs`.
    pub(super) fn is_in(&mut self, element: ExprId, list: ExprId, fold: bool) -> Value<M> {
        let before = self.mark();
        let wanted = self.bound(element);
        let list = self.list(list);
        if let Some(found) = self.among_stored(&wanted.value, &list, fold) {
            if found {
                self.scratch.log.settle(before);
            }
            return Value::Bool(found);
        }
        if let List::Made(made) = &list
            && made.rest.is_none()
            && wanted.value.decided()
            && made.items.iter().all(|item| item.member == Truth::True && item.value.decided())
            && let Some(found) = self.among_known(&wanted.value, &made.items, fold)
        {
            if found {
                self.scratch.log.settle(before);
            }
            return Value::Bool(found);
        }
        let mut doubt = false;
        let mut at = 0usize;
        while let Some(item) = self.item_or_rest(&list, at) {
            at = at.saturating_add(1);
            match item.member.and(self.equal(&wanted.value, &item.value, fold)) {
                Truth::True => {
                    self.scratch.log.settle(before);
                    return Value::Bool(true);
                }
                Truth::False => {}
                Truth::Unknown => {
                    doubt = true;
                    if !wanted.value.decided() {
                        self.scratch.log.again(&wanted.why);
                    }
                    if item.member == Truth::Unknown {
                        self.scratch.log.again(&item.why_member);
                    }
                    if !item.value.decided() {
                        self.scratch.log.again(&item.why);
                    }
                }
            }
        }
        if doubt { Value::Unknown } else { Value::Bool(false) }
    }

    /// Whether a value is one of several that are known; nothing where that cannot be told.
    fn among_known(&mut self, wanted: &Value<M>, items: &[Item<M>], fold: bool) -> Option<bool> {
        let mut sure = true;
        for item in items {
            match self.equal(wanted, &item.value, fold) {
                Truth::True => return Some(true),
                Truth::False => {}
                Truth::Unknown => sure = false,
            }
        }
        sure.then_some(false)
    }

    /// Whether a plain value stands in a list of the facts all of whose cells are known: cells compare as they are stored.
    /// Nothing where it takes more to say.
    fn among_stored(&self, wanted: &Value<M>, list: &List<M>, fold: bool) -> Option<bool> {
        let List::Stored(id, shape, _) = list else { return None };
        let cells = self.world.list(*id);
        match (wanted, self.program.shapes.get(shape.at())?) {
            (Value::Row(of, row), Shape::Row(other)) if of == other => among(cells, |cell| match cell {
                Cell::Row(other) => Some(other == row),
                _ => None,
            }),
            (Value::Enum(of, value), Shape::Enum(other)) if of == other => among(cells, |cell| match cell {
                Cell::Enum(other) => Some(other == value),
                _ => None,
            }),
            (Value::Text(Text::Id(text)), Shape::Plain) => {
                let texts = self.facts().texts();
                let folded = texts.folded(*text);
                among(cells, |cell| match cell {
                    Cell::Text(other) if fold => Some(texts.folded(*other) == folded),
                    Cell::Text(other) => Some(other == text),
                    _ => None,
                })
            }
            _ => None,
        }
    }

    /// The rows of an entity of which a field equals a key.
    pub(super) fn look_up(&mut self, id: IndexId, key: ExprId) -> Value<M> {
        let Some(by) = self.program.indexes.get(id.at()).copied() else { return Value::Unknown };
        let key = self.bound(key);
        let wanted = self.key_of_value(&key.value, by.fold);
        let of = by.address.owner;
        let fact = |row: Row| Fact::Field { of, row, field: by.address.field };
        let (items, rest) = {
            let (sure, perhaps) = self.world.look_up(id, by, wanted.flatten());
            let mut items: Vec<Item<M>> = Vec::with_capacity(sure.len().saturating_add(perhaps.len()));
            if wanted.is_none() {
                // The key is unknown: so is the membership of every row.
                for row in (0..self.facts().rows(of)).map(Row).filter(|row| self.world.takes_part(of, *row)) {
                    let mark = self.mark();
                    if self.world.read(of, row, by.address.field) == Cell::Unknown {
                        self.lack(fact(row));
                    }
                    self.scratch.log.again(&key.why);
                    let why_member = self.scratch.log.take(mark);
                    items.push(Item { member: Truth::Unknown, why_member, ..Item::known(Value::Row(of, row)) });
                }
            } else {
                let mut sure = sure.into_iter().peekable();
                let mut perhaps = perhaps.into_iter().peekable();
                loop {
                    let next_is_sure = match (sure.peek(), perhaps.peek()) {
                        (Some(a), Some(b)) => a < b,
                        (Some(_), None) => true,
                        (None, Some(_)) => false,
                        (None, None) => break,
                    };
                    if next_is_sure && let Some(row) = sure.next() {
                        self.scratch.log.read(fact(row));
                        items.push(Item::known(Value::Row(of, row)));
                    } else if let Some(row) = perhaps.next() {
                        let why_member = self.note(fact(row));
                        items.push(Item { member: Truth::Unknown, why_member, ..Item::known(Value::Row(of, row)) });
                    }
                }
            }
            let rest = (!self.facts().section_known(of)).then(|| Rest::new(self.note(Fact::Section(of))));
            (items, rest)
        };
        self.scratch.fuel = self.scratch.fuel.saturating_sub(items.len() as u64);
        Value::made(items, rest)
    }

    /// The key that a value has in tables: nothing at all where it is unknown, no key where no cell can equal it.
    fn key_of_value(&self, value: &Value<M>, fold: bool) -> Option<Option<Key>> {
        Some(match value {
            Value::Unknown | Value::Range(_) => return None,
            Value::None => Some(Key::None),
            Value::Bool(value) => Some(Key::Bool(*value)),
            Value::Number(value) => Some(Key::Number(*value)),
            Value::Size(value) => Some(Key::Size(*value)),
            Value::Duration(value) => Some(Key::Duration(*value)),
            Value::Date(value) => Some(Key::Date(*value)),
            Value::Version(value) => Some(Key::Version(*value)),
            Value::Text(Text::Id(text)) => self.world.key(Cell::Text(*text), fold),
            Value::Text(Text::Own(text)) => {
                let text = if fold { text.to_lowercase() } else { text.to_string() };
                self.facts().texts().find(&text).and_then(|text| self.world.key(Cell::Text(text), fold))
            }
            Value::Enum(_, value) => Some(Key::Enum(*value)),
            Value::Row(_, row) => Some(Key::Row(*row)),
            Value::Part(_) | Value::List(_) | Value::Map(_) => None,
        })
    }

    /// Whether nothing about a value is unknown, `none` included. A row is known whatever its fields are.
    pub(super) fn known(&mut self, value: &Value<M>) -> bool {
        match value {
            Value::List(list) => {
                if list.rest().is_some() {
                    return false;
                }
                (0..self.len(list)).all(|at| {
                    let item = self.item(list, at);
                    item.member == Truth::True && self.known(&item.value)
                })
            }
            Value::Map(Map::Stored { id, .. }) => {
                let facts = self.facts();
                facts.map(*id).iter().all(|(_, cell)| *cell != Cell::Unknown)
            }
            other => other.decided(),
        }
    }

    /// Puts into the log what a partly known list is missing: for what cannot be computed without it.
    pub(super) fn confess(&mut self, value: &Value<M>) {
        let Value::List(list) = value else { return };
        let mut at = 0usize;
        while let Some(item) = self.item_or_rest(list, at) {
            at = at.saturating_add(1);
            if item.member == Truth::Unknown {
                self.scratch.log.again(&item.why_member);
            }
            if !item.value.decided() {
                self.scratch.log.again(&item.why);
            }
        }
    }

    /// How many elements a list has.
    pub(super) fn length(&mut self, list: &List<M>) -> Value<M> {
        let mut sum =
            Sum { low: Some(Quantity::Number(Number::default())), high: Some(Quantity::Number(Number::default())) };
        let one = Quantity::Number(Number::from_count(1));
        let one = Range { low: one, high: Some(one) };
        let mut at = 0usize;
        while let Some(item) = self.item_or_rest(list, at) {
            at = at.saturating_add(1);
            if item.member == Truth::Unknown {
                self.scratch.log.again(&item.why_member);
            }
            sum.add(Some(one).filter(|_| at <= self.len(list)), item.member == Truth::True);
        }
        sum.value()
    }
}

/// A sum on its way: at least `low`, at most `high` where that is known. Without `low` it cannot be computed.
struct Sum {
    low: Option<Quantity>,
    high: Option<Quantity>,
}

impl Sum {
    /// Adds a summand: what lies in a range, or nobody knows how much; for certain, or perhaps.
    fn add(&mut self, range: Option<Range>, certain: bool) {
        if let Some(range) = range
            && certain
        {
            self.low = self.low.and_then(|low| low.add(range.low));
        }
        self.high = self.high.and_then(|high| high.add(range?.high?));
    }

    fn value<M: Mode>(&self) -> Value<M> {
        self.low.map_or(Value::Unknown, |low| Range::value(low, self.high))
    }
}

/// Whether some cell is the one: what stands before it may be anything, and without it every cell has to say that it is not.
fn among(cells: &[Cell], is: impl Fn(&Cell) -> Option<bool>) -> Option<bool> {
    let mut sure = true;
    for cell in cells {
        match is(cell) {
            Some(true) => return Some(true),
            Some(false) => {}
            None => sure = false,
        }
    }
    sure.then_some(false)
}
