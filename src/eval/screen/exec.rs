//! Running a plan over a chunk of subjects: every operation once, over a whole lane.

use super::columns;
use super::lane::{
    Count, Extent, Lane, Lanes, Many, exists_byte, exists_word, order, same_bytes, same_cells, same_words, truth,
};
use super::meter::Meter;
use super::op::{Arg, Builtin2, DOUBT, Dom, FALSE, Fixed, How, LaneId, NONE, OTHER, Op, Plan, Stored, TRUE, UNKNOWN};
use super::pool::{Pool, cell};
use super::texts;
use crate::eval::changes::{Changes, Column as Changed};
use crate::eval::compare::compute;
use crate::eval::mode::Decide;
use crate::eval::value::Value;
use crate::facts::Facts;
use crate::value::{Cell, ListId, Row};

/// What runs a plan over facts.
pub(super) struct Work<'f> {
    pub(super) plan: &'f Plan,
    order: &'f [u32],
    pub(super) facts: &'f Facts,
    /// What is different from the facts by now.
    changes: Option<&'f Changes>,
    pub(super) pool: Pool<'f>,
    pub(super) lanes: Lanes,
    among: Vec<Vec<u32>>,
    /// What measures where the time goes, if anything does.
    pub(super) meter: Option<Meter<'f>>,
    /// The facts hold what they cannot hold: the machine has to look at it.
    odd: bool,
}

impl<'f> Work<'f> {
    pub(super) fn new(
        plan: &'f Plan,
        order: &'f [u32],
        facts: &'f Facts,
        changes: Option<&'f Changes>,
        mut lanes: Lanes,
    ) -> Work<'f> {
        let pool = Pool::new(plan, facts.texts());
        let among = plan.among.iter().map(|list| list.iter().map(|fixed| pool.word(*fixed)).collect()).collect();
        lanes.fit(plan);
        Work { plan, order, facts, changes, pool, lanes, among, meter: None, odd: false }
    }

    /// Fills all lanes for some subjects; answers with what the machine would have spent on all of them together, at most.
    /// Nothing: the machine has to decide, for that could be more than may be spent on one subject, or the facts are odd.
    pub(super) fn run(&mut self, rows: &[Row], steps: u64) -> Option<u64> {
        self.odd = false;
        if let Some(extent) = self.lanes.extents.first_mut() {
            extent.clear();
            extent.owners.extend((0u32..).take(rows.len()));
            extent.subjects.extend((0u32..).take(rows.len()));
            extent.rest.resize(rows.len(), false);
        }
        let mut spent = self.spent(Dom::SUBJECTS);
        if let Some(meter) = &mut self.meter {
            meter.begin();
        }
        for (position, at) in self.order.iter().enumerate() {
            let lane = LaneId(*at);
            let Some(op) = self.plan.ops.get(lane.at()) else { continue };
            let Some(place) = self.lanes.lanes.get_mut(lane.at()) else { continue };
            let mut out = std::mem::take(place);
            out.clear();
            match op {
                Op::Subjects => {
                    if let Lane::Words(out) = &mut out {
                        out.extend(rows.iter().map(|row| row.0));
                    }
                }
                Op::Expand(dom) => {
                    self.expand(*dom, &mut out);
                    spent = spent.saturating_add(self.spent(*dom));
                }
                op => self.fill(op, lane, &mut out),
            }
            if let Some(place) = self.lanes.lanes.get_mut(lane.at()) {
                *place = out;
            }
            if let Some(meter) = &mut self.meter {
                meter.charge(position);
            }
            if self.odd || spent >= steps {
                return None;
            }
        }
        Some(spent).filter(|spent| *spent < steps)
    }

    /// The rows in which a field is different.
    fn changed(&self, stored: Stored) -> Option<&'f Changed> {
        self.changes?.rows(stored.of, stored.field)
    }

    /// What is evaluated of all elements of a domain together, at most.
    fn spent(&self, dom: Dom) -> u64 {
        let each = self.plan.cost.get(dom.at()).copied().unwrap_or(0);
        each.saturating_mul(self.lanes.length(dom) as u64)
    }

    fn expand(&mut self, dom: Dom, out: &mut Lane) {
        let Some(within) = self.plan.domain(dom) else { return };
        let Some(place) = self.lanes.extents.get_mut(dom.at()) else { return };
        let mut extent = std::mem::take(place);
        extent.clear();
        let lists = self.lanes.words(within.list);
        let outer = self.lanes.extent(within.parent).map_or(&[][..], |extent| &extent.subjects);
        let mut taken = columns::Taken { holds: within.holds, out, odd: false };
        for ((owner, list), subject) in (0u32..).zip(lists).zip(outer) {
            let before = extent.owners.len();
            match *list {
                UNKNOWN => {
                    taken.take(Cell::Unknown);
                    extent.owners.push(owner);
                    extent.rest.resize(before, false);
                    extent.rest.push(true);
                    extent.has_rest = true;
                }
                NONE if within.map => {
                    taken.take(Cell::Unknown);
                    extent.owners.push(owner);
                    extent.rest.resize(before, false);
                    extent.rest.push(true);
                    extent.has_rest = true;
                }
                NONE => {}
                id if within.map => {
                    let entries = self.facts.map(crate::value::MapId(id));
                    entries.iter().for_each(|(_, cell)| taken.take(*cell));
                    extent.owners.resize(before.saturating_add(entries.len()), owner);
                }
                id => {
                    let items = self.facts.list(ListId(id));
                    items.iter().for_each(|cell| taken.take(*cell));
                    extent.owners.resize(before.saturating_add(items.len()), owner);
                }
            }
            extent.subjects.resize(extent.owners.len(), *subject);
        }
        extent.rest.resize(extent.owners.len(), false);
        self.odd |= taken.odd;
        if let Some(place) = self.lanes.extents.get_mut(dom.at()) {
            *place = extent;
        }
    }

    fn fill(&mut self, op: &Op, lane: LaneId, out: &mut Lane) {
        let length = self.lanes.length(self.plan.dom(lane));
        match out {
            Lane::Bytes(out) => self.bytes(op, length, out),
            Lane::Words(out) => self.words(op, length, out),
            Lane::Cells(out) => self.cells(op, length, out),
            Lane::Counts(out) => self.counts(op, length, out),
        }
    }

    fn bytes(&mut self, op: &Op, length: usize, out: &mut Vec<u8>) {
        let lanes = &self.lanes;
        match *op {
            Op::Fill(fixed) => out.resize(length, if let Fixed::Byte(byte) = fixed { byte } else { DOUBT }),
            Op::Field(stored) => {
                let column = self.facts.column(stored.of, stored.field);
                self.odd |= !columns::bools(column, lanes.words(stored.rows), out);
                self.odd |= !columns::patch(self.changed(stored), lanes.words(stored.rows), out, columns::byte);
            }
            Op::FieldIs(stored, how, fixed) => {
                let column = self.facts.column(stored.of, stored.field);
                self.odd |= !columns::against(column, lanes.words(stored.rows), how, fixed, out);
                let against = |cell: Cell| Some(columns::is(cell, how, fixed));
                self.odd |= !columns::patch(self.changed(stored), lanes.words(stored.rows), out, against);
            }
            Op::Member(dom) => match lanes.extent(dom) {
                Some(extent) if extent.has_rest => {
                    out.extend(extent.rest.iter().map(|rest| if *rest { DOUBT } else { TRUE }));
                }
                _ => out.resize(length, TRUE),
            },
            Op::Rest(dom) => out.extend(lanes.extent(dom).into_iter().flat_map(|of| &of.rest).map(|rest| truth(*rest))),
            Op::Spread(a, dom) => spread(lanes.bytes(a), lanes.extent(dom), DOUBT, out),
            Op::Unrest(a, dom) => unrest(lanes.bytes(a), lanes.extent(dom), DOUBT, out),
            Op::Truth(a) => out.extend(lanes.bytes(a).iter().map(|a| if *a == OTHER { FALSE } else { *a })),
            Op::Not(a) => out.extend(lanes.bytes(a).iter().map(|a| TRUE.saturating_sub(*a))),
            Op::And(a, b) => zip(lanes.bytes(a), lanes.bytes(b), out, |a, b| a.min(b)),
            Op::Or(a, b) => zip(lanes.bytes(a), lanes.bytes(b), out, |a, b| a.max(b)),
            Op::Same(a, b) => self.same(a, b, out),
            Op::Before(a, b, text) => self.before(a, b, text, out),
            Op::Among(a, list) => {
                let list = self.among.get(list as usize).map_or(&[][..], Vec::as_slice);
                out.extend(lanes.words(a).iter().map(|a| match *a {
                    UNKNOWN if !list.is_empty() => DOUBT,
                    a => truth(list.contains(&a)),
                }));
            }
            Op::InList { element, list, fold } => {
                let found = |(element, list): (&u32, &u32)| self.in_list(*element, *list, fold);
                out.extend(lanes.words(element).iter().zip(lanes.words(list)).map(found));
            }
            Op::IsNone(a) => match lanes.lane(a) {
                Some(Lane::Bytes(a)) => out.extend(a.iter().map(|a| same_bytes(*a, OTHER))),
                Some(Lane::Words(a)) => out.extend(a.iter().map(|a| same_words(*a, NONE))),
                Some(Lane::Cells(a)) => out.extend(a.iter().map(|a| same_cells(*a, Cell::None))),
                Some(Lane::Counts(_)) | None => self.odd = true,
            },
            Op::Exists(a) => match lanes.lane(a) {
                Some(Lane::Bytes(a)) => out.extend(a.iter().map(|a| exists_byte(*a))),
                Some(Lane::Words(a)) => out.extend(a.iter().map(|a| exists_word(*a))),
                Some(Lane::Cells(a)) => out.extend(a.iter().map(|a| TRUE.saturating_sub(same_cells(*a, Cell::None)))),
                Some(Lane::Counts(a)) => out.extend(a.iter().map(|a| if *a == Count::UNKNOWN { DOUBT } else { TRUE })),
                None => self.odd = true,
            },
            Op::Known(a) => match lanes.lane(a) {
                Some(Lane::Bytes(a)) => out.extend(a.iter().map(|a| truth(*a != DOUBT))),
                Some(Lane::Words(a)) => out.extend(a.iter().map(|a| truth(*a != UNKNOWN))),
                Some(Lane::Cells(a)) => out.extend(a.iter().map(|a| truth(*a != Cell::Unknown))),
                Some(Lane::Counts(a)) => {
                    out.extend(a.iter().map(|a| truth(a.low == a.high && a.high != Count::OPEN)));
                }
                None => self.odd = true,
            },
            Op::KnownList(a) => {
                let known = |word: &u32| columns::known(self.facts, columns::as_list(*word));
                out.extend(lanes.words(a).iter().map(|word| truth(known(word))));
            }
            Op::KnownMap(a) => {
                let known = |word: &u32| columns::known(self.facts, columns::as_map(*word));
                out.extend(lanes.words(a).iter().map(|word| truth(known(word))));
            }
            Op::Else(a, b) => zip(lanes.bytes(a), lanes.bytes(b), out, |a, b| if a == OTHER { b } else { a }),
            Op::If(p, a, b) => {
                let undecided = |a: u8, b: u8| if a == b { a } else { DOUBT };
                pick(lanes.bytes(p), lanes.bytes(a), lanes.bytes(b), out, undecided);
            }
            Op::Any(a, dom) => {
                out.resize(length, FALSE);
                let Some(extent) = lanes.extent(dom) else { return };
                for (owner, truth) in extent.owners.iter().zip(lanes.bytes(a)) {
                    if let Some(all) = out.get_mut(*owner as usize) {
                        *all = (*all).max(*truth);
                    }
                }
            }
            Op::TextTest(test, a, b) => {
                let holds = |t: u32, u: u32| match (self.pool.text(t), self.pool.text(u)) {
                    (Some(t), Some(u)) => truth(match test {
                        Builtin2::StartsWith => t.starts_with(u),
                        Builtin2::EndsWith => t.ends_with(u),
                        Builtin2::Contains => t.contains(u),
                    }),
                    _ => DOUBT,
                };
                match b {
                    Arg::Fixed(fixed) => {
                        let u = self.pool.word(fixed);
                        out.extend(lanes.words(a).iter().map(|t| holds(*t, u)));
                    }
                    Arg::Lane(b) => zip(lanes.words(a), lanes.words(b), out, holds),
                }
            }
            Op::Matches(a, pattern) => texts::matches(self.plan, &self.pool, lanes.words(a), pattern, out),
            Op::Table(at, rows, columns) => {
                let Some(table) = self.plan.tables.get(at as usize) else { return };
                zip(lanes.words(rows), lanes.words(columns), out, |row, column| texts::says(table, row, column));
            }
            Op::Entry { map, key, by_name, holds } => {
                let mut lane = Lane::Bytes(std::mem::take(out));
                self.entries(map, key, by_name, holds, &mut lane);
                if let Lane::Bytes(lane) = lane {
                    *out = lane;
                }
            }
            _ => self.odd = true,
        }
    }

    fn words(&mut self, op: &Op, length: usize, out: &mut Vec<u32>) {
        let lanes = &self.lanes;
        match *op {
            Op::Fill(fixed) => out.resize(length, self.pool.word(fixed)),
            Op::Field(stored) => {
                let column = self.facts.column(stored.of, stored.field);
                self.odd |= !columns::words(column, lanes.words(stored.rows), out);
                // Lists that effects made are not among those of the facts.
                let made = |cell: Cell| matches!(cell, Cell::List(list) if list.0 >= self.facts.lists());
                let word = |cell: Cell| if made(cell) { None } else { Some(columns::word(cell)) };
                self.odd |= !columns::patch(self.changed(stored), lanes.words(stored.rows), out, word);
            }
            Op::Folded(a) => out.extend(lanes.words(a).iter().map(|a| self.pool.fold(*a))),
            Op::Lower(a) => {
                let lower = |a: &u32| if *a == NONE { UNKNOWN } else { self.pool.fold(*a) };
                out.extend(lanes.words(a).iter().map(lower));
            }
            Op::Spread(a, dom) => spread(lanes.words(a), lanes.extent(dom), UNKNOWN, out),
            Op::Unrest(a, dom) => unrest(lanes.words(a), lanes.extent(dom), UNKNOWN, out),
            Op::Else(a, b) => zip(lanes.words(a), lanes.words(b), out, |a, b| if a == NONE { b } else { a }),
            Op::If(p, a, b) => {
                let undecided = |a: u32, b: u32| if a == b { a } else { UNKNOWN };
                pick(lanes.bytes(p), lanes.words(a), lanes.words(b), out, undecided);
            }
            Op::Header(at, a) => {
                let Some(headers) = self.plan.headers.get(at as usize) else { return };
                let Some(lane) = lanes.lane(a) else { return };
                texts::headers(headers, &self.pool, lane, out);
            }
            Op::Entry { map, key, by_name, holds } => {
                let mut lane = Lane::Words(std::mem::take(out));
                self.entries(map, key, by_name, holds, &mut lane);
                if let Lane::Words(lane) = lane {
                    *out = lane;
                }
            }
            _ => self.odd = true,
        }
    }

    fn cells(&mut self, op: &Op, length: usize, out: &mut Vec<Cell>) {
        let lanes = &self.lanes;
        match *op {
            Op::Fill(fixed) => out.resize(length, cell(fixed)),
            Op::Field(stored) => {
                let column = self.facts.column(stored.of, stored.field);
                self.odd |= !columns::cells(column, lanes.words(stored.rows), out);
                self.odd |= !columns::patch(self.changed(stored), lanes.words(stored.rows), out, Some);
            }
            Op::Spread(a, dom) => spread(lanes.cells(a), lanes.extent(dom), Cell::Unknown, out),
            Op::Unrest(a, dom) => unrest(lanes.cells(a), lanes.extent(dom), Cell::Unknown, out),
            Op::Else(a, b) => zip(lanes.cells(a), lanes.cells(b), out, |a, b| if a == Cell::None { b } else { a }),
            Op::If(p, a, b) => {
                let undecided = |a: Cell, b: Cell| if a == b { a } else { Cell::Unknown };
                pick(lanes.bytes(p), lanes.cells(a), lanes.cells(b), out, undecided);
            }
            Op::TextLength(a) => out.extend(lanes.words(a).iter().map(|word| texts::length(&self.pool, *word))),
            Op::MapLength(a) => out.extend(lanes.words(a).iter().map(|word| columns::map_length(self.facts, *word))),
            Op::Round(a, up) => out.extend(lanes.cells(a).iter().map(|cell| match cell {
                Cell::Number(n) => Cell::Number(if up { n.ceil() } else { n.floor() }),
                _ => Cell::Unknown,
            })),
            Op::Sum { body, member, dom, zero } => {
                out.resize(length, zero);
                let Some(extent) = lanes.extent(dom) else { return };
                for ((owner, member), of) in extent.owners.iter().zip(lanes.bytes(member)).zip(lanes.cells(body)) {
                    let Some(sum) = out.get_mut(*owner as usize).filter(|_| *member != FALSE) else { continue };
                    *sum = if *member == TRUE { computed(How::Add, *sum, *of) } else { Cell::Unknown };
                }
            }
            Op::Compute(how, a, b) => zip(lanes.cells(a), lanes.cells(b), out, |a, b| computed(how, a, b)),
            Op::Negate(a) => out.extend(lanes.cells(a).iter().map(|cell| {
                let negated = value(*cell).quantity().and_then(super::super::value::Quantity::negate);
                negated.map_or(Cell::Unknown, |of| cell_of(&Value::from(of)))
            })),
            Op::Entry { map, key, by_name, holds } => {
                let mut lane = Lane::Cells(std::mem::take(out));
                self.entries(map, key, by_name, holds, &mut lane);
                if let Lane::Cells(lane) = lane {
                    *out = lane;
                }
            }
            _ => self.odd = true,
        }
    }

    fn counts(&mut self, op: &Op, length: usize, out: &mut Vec<Count>) {
        let lanes = &self.lanes;
        let counts = |lane: LaneId| match lanes.lane(lane) {
            Some(Lane::Counts(counts)) => counts.as_slice(),
            _ => &[],
        };
        match *op {
            Op::Spread(a, dom) => spread(counts(a), lanes.extent(dom), Count::UNKNOWN, out),
            Op::Unrest(a, dom) => unrest(counts(a), lanes.extent(dom), Count::UNKNOWN, out),
            Op::Else(a, _) => out.extend(counts(a)),
            Op::If(p, a, b) => {
                let point = |of: Count| of.low == of.high && of.high != Count::OPEN;
                let undecided = |a: Count, b: Count| if a == b && point(a) { a } else { Count::UNKNOWN };
                pick(lanes.bytes(p), counts(a), counts(b), out, undecided);
            }
            Op::Length(a) => out.extend(lanes.words(a).iter().map(|list| match *list {
                UNKNOWN => Count { low: 0, high: Count::OPEN },
                NONE => Count::of(0),
                id => Count::of(self.facts.list(ListId(id)).len()),
            })),
            Op::Count(member, dom) => {
                out.resize(length, Count::of(0));
                let Some(extent) = lanes.extent(dom) else { return };
                for ((owner, rest), member) in extent.owners.iter().zip(&extent.rest).zip(lanes.bytes(member)) {
                    let Some(count) = out.get_mut(*owner as usize) else { continue };
                    match (*member, *rest) {
                        (FALSE, _) => {}
                        (_, true) => count.high = Count::OPEN,
                        (member, false) => {
                            count.low = count.low.saturating_add(u32::from(member == TRUE));
                            count.high = count.high.saturating_add(1);
                        }
                    }
                }
            }
            _ => self.odd = true,
        }
    }

    fn same(&self, a: LaneId, b: Arg, out: &mut Vec<u8>) {
        let lanes = &self.lanes;
        match (lanes.lane(a), b) {
            (Some(Lane::Bytes(a)), Arg::Lane(b)) => zip(a, lanes.bytes(b), out, same_bytes),
            (Some(Lane::Bytes(a)), Arg::Fixed(Fixed::Byte(b))) => out.extend(a.iter().map(|a| same_bytes(*a, b))),
            (Some(Lane::Words(a)), Arg::Lane(b)) => zip(a, lanes.words(b), out, same_words),
            (Some(Lane::Words(a)), Arg::Fixed(fixed)) => {
                let b = self.pool.word(fixed);
                out.extend(a.iter().map(|a| if *a == UNKNOWN { DOUBT } else { truth(*a == b) }));
            }
            (Some(Lane::Cells(a)), Arg::Lane(b)) => zip(a, lanes.cells(b), out, same_cells),
            (Some(Lane::Cells(a)), Arg::Fixed(fixed)) => out.extend(a.iter().map(|a| same_cells(*a, cell(fixed)))),
            (Some(Lane::Counts(a)), b) => {
                let many = |at: usize| self.many(b, at);
                out.extend(a.iter().enumerate().map(|(at, a)| Many::of_count(*a).same(many(at))));
            }
            _ => {}
        }
    }

    /// A count or a number.
    fn many(&self, of: Arg, at: usize) -> Many {
        match of {
            Arg::Fixed(fixed) => Many::of_cell(cell(fixed)),
            Arg::Lane(lane) => match self.lanes.lane(lane) {
                Some(Lane::Counts(lane)) => lane.get(at).map_or(Many::Unknown, |count| Many::of_count(*count)),
                Some(Lane::Cells(lane)) => lane.get(at).map_or(Many::Unknown, |cell| Many::of_cell(*cell)),
                _ => Many::Unknown,
            },
        }
    }

    fn before(&mut self, a: Arg, b: Arg, text: bool, out: &mut Vec<u8>) {
        let lanes = &self.lanes;
        let of = |arg: Arg| match arg {
            Arg::Lane(lane) => lanes.lane(lane),
            Arg::Fixed(_) => None,
        };
        let less = |order: Option<std::cmp::Ordering>| order.map_or(DOUBT, |order| truth(order.is_lt()));
        let length = |lane: &Lane| match lane {
            Lane::Bytes(lane) => lane.len(),
            Lane::Words(lane) => lane.len(),
            Lane::Cells(lane) => lane.len(),
            Lane::Counts(lane) => lane.len(),
        };
        let Some(rows) = of(a).or(of(b)).map(length) else { return };
        let counts = [a, b].into_iter().any(|arg| matches!(of(arg), Some(Lane::Counts(_))));
        let words = [a, b].into_iter().any(|arg| matches!(of(arg), Some(Lane::Words(_))));
        if counts {
            out.extend((0..rows).map(|at| self.many(a, at).before(self.many(b, at))));
        } else if words {
            let word = |arg: Arg, at: usize| match arg {
                Arg::Fixed(fixed) => self.pool.word(fixed),
                Arg::Lane(lane) => lanes.words(lane).get(at).copied().unwrap_or(UNKNOWN),
            };
            out.extend((0..rows).map(|at| {
                let (a, b) = (word(a, at), word(b, at));
                if a == UNKNOWN || b == UNKNOWN || a == NONE || b == NONE {
                    return DOUBT;
                }
                if text { less(self.pool.text(a).partial_cmp(&self.pool.text(b))) } else { truth(a < b) }
            }));
        } else {
            let value = |arg: Arg, at: usize| match arg {
                Arg::Fixed(fixed) => cell(fixed),
                Arg::Lane(lane) => lanes.cells(lane).get(at).copied().unwrap_or(Cell::Unknown),
            };
            out.extend((0..rows).map(|at| less(order(&value(a, at), &value(b, at)))));
        }
    }

    fn in_list(&self, element: u32, list: u32, fold: bool) -> u8 {
        match list {
            UNKNOWN => return DOUBT,
            NONE => return FALSE,
            _ => {}
        }
        let items = self.facts.list(ListId(list));
        if element == UNKNOWN {
            return if items.is_empty() { FALSE } else { DOUBT };
        }
        let mut found = FALSE;
        for item in items {
            let word = columns::word(*item);
            if word == UNKNOWN {
                found = DOUBT;
            } else if (if fold { self.pool.fold(word) } else { word }) == element {
                return TRUE;
            }
        }
        found
    }

    fn entries(&mut self, map: LaneId, key: Arg, by_name: bool, holds: super::op::Holds, out: &mut Lane) {
        let mut taken = columns::Taken { holds, out, odd: false };
        for (at, map) in self.lanes.words(map).iter().enumerate() {
            let key = match key {
                Arg::Fixed(fixed) => self.pool.word(fixed),
                Arg::Lane(lane) => self.lanes.words(lane).get(at).copied().unwrap_or(UNKNOWN),
            };
            taken.take(columns::entry(self.facts, &self.pool, *map, key, by_name));
        }
        self.odd |= taken.odd;
    }
}

fn zip<A: Copy, B: Copy, T>(a: &[A], b: &[B], out: &mut Vec<T>, f: impl Fn(A, B) -> T) {
    out.extend(a.iter().zip(b).map(|(a, b)| f(*a, *b)));
}

fn pick<T: Copy>(p: &[u8], a: &[T], b: &[T], out: &mut Vec<T>, undecided: impl Fn(T, T) -> T) {
    out.extend(p.iter().zip(a).zip(b).map(|((p, a), b)| match *p {
        TRUE => *a,
        FALSE => *b,
        _ => undecided(*a, *b),
    }));
}

fn spread<T: Copy>(lane: &[T], extent: Option<&Extent>, unknown: T, out: &mut Vec<T>) {
    let owners = extent.map_or(&[][..], |extent| &extent.owners);
    out.extend(owners.iter().map(|owner| lane.get(*owner as usize).copied().unwrap_or(unknown)));
}

fn unrest<T: Copy>(lane: &[T], extent: Option<&Extent>, unknown: T, out: &mut Vec<T>) {
    let rest = extent.map_or(&[][..], |extent| &extent.rest);
    out.extend(lane.iter().zip(rest).map(|(value, rest)| if *rest { unknown } else { *value }));
}

/// A cell as a value of the machine.
fn value(cell: Cell) -> Value<Decide> {
    match cell {
        Cell::None => Value::None,
        Cell::Number(value) => Value::Number(value),
        Cell::Size(value) => Value::Size(value),
        Cell::Duration(value) => Value::Duration(value),
        Cell::Date(value) => Value::Date(value),
        _ => Value::Unknown,
    }
}

fn cell_of(value: &Value<Decide>) -> Cell {
    match value {
        Value::Number(value) => Cell::Number(*value),
        Value::Size(value) => Cell::Size(*value),
        Value::Duration(value) => Cell::Duration(*value),
        Value::Date(value) => Cell::Date(*value),
        _ => Cell::Unknown,
    }
}

fn computed(how: How, a: Cell, b: Cell) -> Cell {
    compute(how.into(), &value(a), &value(b)).as_ref().map_or(Cell::Unknown, cell_of)
}
