//! Rules as lanes: what mentions no element, the elements, `when`, and what is said; and the tables of matrices.

use super::build::{Bound, Builder, Kind, Lowered, Val, cell_of};
use super::lists::Listing;
use super::lower::{Env, bind};
use super::op::{DOUBT, Dom, FALSE, Form, Headers, Judging, LaneId, OTHER, Op, Say, Stand, TRUE, Table};
use crate::eval::judge::Judged;
use crate::eval::run::Which;
use crate::program::{Bind, Entry, ExprId, Head, Matrix, Side, Slot, Stands, Verdict};
use crate::types::{Const, Type};
use crate::value::StructId;

impl Builder<'_> {
    /// A rule about an entity, or about steps.
    pub(super) fn rule(&mut self, entity: StructId, which: Which, head: &Head, judged: Judged<'_>) -> Lowered<()> {
        self.begin();
        let mut env = Env::new();
        let subjects = self.subjects(entity);
        bind(&mut env, Slot(0), Bound::Val(subjects));
        for of in &head.outer {
            match of {
                Bind::Let { slot, value } => drop(bind(&mut env, *slot, Bound::Lazy(*value))),
                Bind::Each { .. } => return Err("an element among what mentions none"),
            }
        }
        let first = self.all_of(&mut env, &head.first)?;
        let (mut members, mut rest): (Option<LaneId>, Option<LaneId>) = (None, None);
        for of in &head.inner {
            match of {
                Bind::Let { slot, value } => drop(bind(&mut env, *slot, Bound::Lazy(*value))),
                Bind::Each { slot, list, .. } => {
                    let list = self.expr(&mut env, *list)?;
                    let Listing::Elements(dom, element, member) = self.listing(list)? else {
                        return Err("elements of a constant list");
                    };
                    let is_rest = self.op(Op::Rest(dom), dom, Form::Bytes);
                    members = Some(members.map_or(Ok(member), |outer| self.and(outer, member))?);
                    rest = Some(rest.map_or(Ok(is_rest), |outer| self.or(outer, is_rest))?);
                    bind(&mut env, *slot, Bound::Val(element));
                    self.ambient = dom;
                }
            }
        }
        let dom = self.ambient;
        let then = self.all_of(&mut env, &head.then)?;
        let mut when: Option<LaneId> = None;
        for part in [first, members, then].into_iter().flatten() {
            when = Some(when.map_or(Ok(part), |when| self.and(when, part))?);
        }
        let when = when.map(|when| self.spread(when, dom)).transpose()?;
        let says = match judged {
            Judged::Demand(obligation) => {
                let lane = self.condition(&mut env, obligation)?;
                Say::Demand(self.spread(lane, dom)?)
            }
            Judged::Note => Say::Note,
            Judged::Matrix(matrix) => {
                let lane = self.table(&mut env, matrix, None)?;
                Say::Demand(self.spread(lane, dom)?)
            }
            Judged::Once(_) => return Err("notes of effects"),
        };
        let member = members.map(|member| self.spread(member, dom)).transpose()?;
        let rest = rest.map(|rest| self.spread(rest, dom)).transpose()?;
        let first = if dom == Dom::SUBJECTS { None } else { first };
        self.plan.rules.push(Judging { which, dom, first, when, member, rest, says });
        self.commit();
        Ok(())
    }

    pub(super) fn all_of(&mut self, env: &mut Env, parts: &[ExprId]) -> Lowered<Option<LaneId>> {
        let mut all: Option<LaneId> = None;
        for part in parts {
            let truth = self.condition(env, *part)?;
            all = Some(all.map_or(Ok(truth), |all| self.and(all, truth))?);
        }
        Ok(all)
    }

    /// What the cells of a matrix say together, or whether one with a condition is hit.
    pub(super) fn table(&mut self, env: &mut Env, matrix: &Matrix, condition: Option<u32>) -> Lowered<LaneId> {
        let (rows, columns) = (self.expr(env, matrix.rows.by)?, self.expr(env, matrix.columns.by)?);
        let (rows, columns) = (self.header(&matrix.rows, rows)?, self.header(&matrix.columns, columns)?);
        let places = |side: &Side, at: usize| -> Vec<usize> {
            if at < side.headers.len() { vec![at] } else { side.possible.iter().map(|at| *at as usize).collect() }
        };
        let mut says = Vec::new();
        for row in 0..=matrix.rows.headers.len() {
            for column in 0..=matrix.columns.headers.len() {
                let (rows, columns) = (places(&matrix.rows, row), places(&matrix.columns, column));
                let cells = rows.iter().flat_map(|row| columns.iter().map(move |column| (*row, *column)));
                let entries = cells.filter_map(|(row, column)| matrix.entry(row, column));
                says.push(match condition {
                    None => together(entries),
                    Some(condition) => hits(entries, condition),
                });
            }
        }
        let width = matrix.columns.headers.len().saturating_add(1);
        let table = Table { width: u32::try_from(width).map_err(|_| "a matrix that is too wide")?, says };
        let at = self.plan.tables.iter().position(|other| *other == table).unwrap_or_else(|| {
            self.plan.tables.push(table);
            self.plan.tables.len().saturating_sub(1)
        });
        let at = u32::try_from(at).map_err(|_| "too many matrices")?;
        self.pair(rows, columns, Form::Bytes, |rows, columns| Op::Table(at, rows, columns))
    }

    fn header(&mut self, side: &Side, value: Val) -> Lowered<LaneId> {
        let (lane, kind) = self.lane(value)?;
        if kind == Kind::Count || kind.is_list() || matches!(kind, Kind::Of(Type::Any | Type::Row(_))) {
            return Err("a matrix by something else");
        }
        let mut headers = Vec::new();
        for header in &side.headers {
            let mut stands = Vec::new();
            for of in header {
                stands.push(match of {
                    Stands::None => Stand::None,
                    Stands::Any => Stand::Any,
                    Stands::Other => continue,
                    Stands::Is(id) => match self.program.consts.get(id.at()) {
                        Some(Const::None) => Stand::None,
                        Some(value) => {
                            let value = value.clone();
                            let (fixed, other) = self.fixed(&value, true)?;
                            if !kind.like(&other) {
                                return Err("a header of another kind");
                            }
                            Stand::Is(fixed)
                        }
                        None => return Err("a constant that is not there"),
                    },
                    Stands::Range(low, high) => {
                        let end = |end: &Option<crate::types::RangeBound>| match end {
                            None => Ok(None),
                            Some(end) => {
                                let found = cell_of(&end.at).map(|(cell, ty)| (cell, Kind::Of(ty)));
                                let cell = found.filter(|(_, of)| *of == kind).map(|(cell, _)| cell);
                                cell.map(|cell| Some((cell, end.inclusive))).ok_or("a range of something else")
                            }
                        };
                        Stand::Range(end(low)?, end(high)?)
                    }
                });
            }
            headers.push(stands);
        }
        let other = side.headers.iter().position(|header| header.contains(&Stands::Other));
        let headers = Headers { headers, other: other.and_then(|at| u32::try_from(at).ok()) };
        let lane = self.folded(lane, &kind, true);
        let at = self.plan.headers.iter().position(|other| *other == headers).unwrap_or_else(|| {
            self.plan.headers.push(headers);
            self.plan.headers.len().saturating_sub(1)
        });
        let at = u32::try_from(at).map_err(|_| "too many matrices")?;
        Ok(self.on(lane, Form::Words, |lane| Op::Header(at, lane)))
    }
}

/// What cells say together, as the machine says it.
fn together<'e>(entries: impl Iterator<Item = &'e Entry>) -> u8 {
    let mut all: Option<u8> = None;
    for entry in entries {
        let says = match entry.verdict {
            Verdict::Yes => TRUE,
            Verdict::No => FALSE,
            Verdict::Silent | Verdict::Impossible => OTHER,
        };
        if all.is_some_and(|all| all != says) {
            return DOUBT;
        }
        all = Some(says);
    }
    all.unwrap_or(DOUBT)
}

fn hits<'e>(entries: impl Iterator<Item = &'e Entry>, condition: u32) -> u8 {
    let (mut some, mut all) = (false, true);
    for entry in entries {
        let has = entry.verdict == Verdict::Yes && entry.condition == Some(condition);
        some |= has;
        all &= has;
    }
    match (some, all) {
        (true, true) => TRUE,
        (false, _) => FALSE,
        (true, false) => DOUBT,
    }
}
