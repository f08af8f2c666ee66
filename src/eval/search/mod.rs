//! The search for ways out of a refusal: what else the step may say, alone or in a sequence of steps, tried in the world that
//! it was refused in and judged by the policies themselves. It knows no host, no storage and no transfer type; what there is
//! to try stands in the pack. Every trial is rolled back. `Run` calls it where a step is refused and ways out are asked for.
//!
//! It goes breadth first by the number of steps, the ends that differ least before others, and tries nothing twice.

mod ends;
mod tell;
mod trial;

use std::rc::Rc;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::finding::Subject;
use super::input::Suggesting;
use super::run::{Run, Which};
use crate::program::Suggest;
use crate::report::{Bytes, WayOut};
use crate::value::Cell;
use ends::{End, Member, Says};
use trial::{Deed, Judged, Rank, State};

/// How many steps a sequence has at most.
const LONGEST: usize = 3;

/// How many steps that were refused are looked at for the one that the fewest facts stand in the way of.
const MOST_REFUSED: usize = 16;

/// What a sequence of steps costs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Cost {
    unverified: bool,
    rank: Rank,
    bytes: Bytes,
}

impl Cost {
    fn nothing() -> Cost {
        Cost { unverified: false, rank: Rank::none(), bytes: Bytes { known: 0, at_least: false } }
    }

    fn with(self, deed: &Deed, judged: &Judged) -> Cost {
        Cost {
            unverified: self.unverified || !judged.unverified.is_empty(),
            rank: self.rank.max(deed.rank),
            bytes: Bytes {
                known: self.bytes.known.saturating_add(deed.bytes.known),
                at_least: self.bytes.at_least || deed.bytes.at_least,
            },
        }
    }

    /// Whether nothing about it is worse.
    fn at_most(&self, other: &Cost) -> bool {
        self.unverified <= other.unverified && self.rank <= other.rank && self.bytes.known <= other.bytes.known
    }
}

/// Steps that lead to a state.
#[derive(Clone, Debug)]
struct Node {
    /// The state, by its place among all that were found.
    state: usize,
    path: Vec<Says>,
    cost: Cost,
}

/// A way out.
struct Found {
    end: usize,
    path: Vec<Says>,
    cost: Cost,
}

/// What was tried from a state.
#[derive(Default)]
struct Tried {
    /// Nothing: no step, or nothing changes.
    deed: Option<(Rc<Deed>, usize)>,
    judged: Option<Rc<Judged>>,
}

/// A search that is under way.
struct Search<'a, 's> {
    suggest: &'a Suggest,
    members: Vec<Member<'a>>,
    /// The step as the first of a sequence, and as a later one; with the `must`s that stand in its way.
    subjects: [(&'s Subject, Vec<Which>); 2],
    limits: Suggesting,
    states: Vec<State>,
    known_states: FxHashMap<Vec<(super::effect::At, Cell)>, usize>,
    tried: FxHashMap<(usize, bool, Says), Tried>,
    found: Vec<Found>,
    /// Steps that come to an end and are not permitted, with the `must`s that they violate.
    refused: Vec<(usize, Says, Rc<Judged>)>,
    trials: u64,
    cut_short: bool,
}

impl Search<'_, '_> {
    /// Whether another step may be tried.
    fn may_go_on(&mut self, spent: u64) -> bool {
        let left = self.trials < self.limits.per_step && spent.saturating_add(self.trials) < self.limits.per_plan;
        self.cut_short |= !left;
        left
    }

    /// The place of a state among all that were found.
    fn place(&mut self, state: &State) -> usize {
        let key: Vec<_> = state.iter().map(|(at, changed)| (*at, changed.cell)).collect();
        if let Some(known) = self.known_states.get(&key) {
            return *known;
        }
        let place = self.states.len();
        self.states.push(state.clone());
        self.known_states.insert(key, place);
        place
    }

    /// Whether enough ways out were found that no longer sequence comes before.
    fn has_enough(&self) -> bool {
        let best = self.found.iter().filter(|found| !found.cost.unverified && found.cost.rank == Rank::none());
        let ends: std::collections::BTreeSet<usize> = best.map(|found| found.end).collect();
        ends.len() >= self.limits.most
    }
}

impl<'a> Run<'a> {
    /// Looks for what may be done about a step that is refused. The world is the one that it was refused in.
    pub(super) fn search(&mut self, subject: &Subject, about: &[Which]) -> Option<WayOut> {
        let limits = self.options.suggest.clone()?;
        if limits.only.as_ref().is_some_and(|only| subject.step.as_ref() != Some(only)) {
            return None;
        }
        let told = self.diagnostics.len();
        let mark = self.world.mark();
        for select in &self.program.selects {
            let given = self.facts.cell(subject.of, subject.row, select.field);
            if self.world.read(subject.of, subject.row, select.field) != given {
                self.world.restore(subject.of, subject.row, select.field);
            }
        }
        let later = Subject { step: None, ..subject.clone() };
        let way = match &self.program.suggest {
            Some(suggest) => self.search_by(suggest, (subject, &later), about, limits),
            None => self.no_way(subject, about),
        };
        self.world.roll_back(mark);
        // What was tried and cost too much is no error of the plan.
        self.diagnostics.truncate(told);
        Some(way)
    }

    fn search_by(
        &mut self,
        suggest: &'a Suggest,
        (subject, later): (&Subject, &Subject),
        about: &[Which],
        limits: Suggesting,
    ) -> WayOut {
        let members = self.members(suggest, subject);
        let (ends, more) = self.ends(suggest, subject, &members);
        let mut search = Search {
            suggest,
            members,
            subjects: [(subject, self.musts(about, subject)), (later, self.musts(about, later))],
            limits,
            states: Vec::new(),
            known_states: FxHashMap::default(),
            tried: FxHashMap::default(),
            found: Vec::new(),
            refused: Vec::new(),
            trials: u64::try_from(ends.len()).unwrap_or(u64::MAX),
            cut_short: more,
        };
        let start = search.place(&State::new());
        let first = Node { state: start, path: Vec::new(), cost: Cost::nothing() };
        let mut frontiers: Vec<Vec<Node>> = ends.iter().map(|_| vec![first.clone()]).collect();
        let mut seen: Vec<Vec<(usize, Cost)>> = vec![vec![(start, Cost::nothing())]; ends.len()];
        'all: for length in 1..=LONGEST {
            for (index, ((end, frontier), seen)) in ends.iter().zip(&mut frontiers).zip(&mut seen).enumerate() {
                let nodes = std::mem::take(frontier);
                for node in &nodes {
                    if !self.expand(&mut search, (index, end), node, length == LONGEST, seen, frontier) {
                        break 'all;
                    }
                }
            }
            if search.has_enough() {
                break;
            }
        }
        self.trials = self.trials.saturating_add(search.trials);
        self.way_out(search, &ends, about)
    }

    /// Tries every further step from a node towards an end. Says whether the search may go on.
    fn expand(
        &mut self,
        search: &mut Search<'a, '_>,
        (index, end): (usize, &End),
        node: &Node,
        last: bool,
        seen: &mut Vec<(usize, Cost)>,
        frontier: &mut Vec<Node>,
    ) -> bool {
        let values: Vec<Vec<Cell>> =
            search.members.iter().enumerate().map(|(at, member)| self.values(member, at, end, last)).collect();
        let mut places = vec![0usize; values.len()];
        loop {
            let says: Option<Says> = values.iter().zip(&places).map(|(of, at)| of.get(*at).copied()).collect();
            let Some(says) = says else { return true };
            if !self.attempt(search, (index, end), node, says, last, seen, frontier) {
                return false;
            }
            // The next combination: the first member turns fastest.
            let mut turned = false;
            for (place, of) in places.iter_mut().zip(&values) {
                *place = place.saturating_add(1);
                if *place < of.len() {
                    turned = true;
                    break;
                }
                *place = 0;
            }
            if !turned {
                return true;
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "what a search knows of an end is lent apart from the search itself")]
    fn attempt(
        &mut self,
        search: &mut Search<'a, '_>,
        (index, end): (usize, &End),
        node: &Node,
        says: Says,
        last: bool,
        seen: &mut Vec<(usize, Cost)>,
        frontier: &mut Vec<Node>,
    ) -> bool {
        let is_first = node.path.is_empty();
        let Some((deed, state)) = (match self.tried_deed(search, node.state, is_first, &says) {
            Some(deed) => deed,
            None => return false,
        }) else {
            return true;
        };
        let reached = end.goal.iter().all(|((of, field, row), cell)| {
            let now = deed.state.get(&(*of, *field, *row)).map(|changed| changed.cell);
            now.unwrap_or_else(|| self.world.read(*of, *row, *field)) == *cell
        });
        let worst = Cost { unverified: node.cost.unverified, ..node.cost.with(&deed, &Judged::default()) };
        let beaten = |cost: &Cost| {
            if reached {
                let shorter = |found: &&Found| found.end == index && found.path.len() <= node.path.len();
                search.found.iter().filter(shorter).any(|found| found.cost.at_most(cost))
            } else {
                seen.iter().any(|(known, other)| *known == state && other.at_most(cost))
            }
        };
        if (last && !reached) || beaten(&worst) {
            return true;
        }
        let Some(judged) = self.tried_judged(search, node.state, is_first, &says) else { return false };
        if judged.limit {
            return true;
        }
        if !judged.violated.is_empty() {
            if reached && is_first {
                search.refused.push((index, says, judged));
            }
            return true;
        }
        let cost = node.cost.with(&deed, &judged);
        let mut path = node.path.clone();
        path.push(says);
        if reached {
            search.found.push(Found { end: index, path, cost });
        } else if !seen.iter().any(|(known, other)| *known == state && other.at_most(&cost)) {
            seen.push((state, cost));
            frontier.push(Node { state, path, cost });
        }
        true
    }

    /// What a step does; nothing where the search is at its end.
    fn tried_deed(
        &mut self,
        search: &mut Search<'a, '_>,
        from: usize,
        is_first: bool,
        says: &Says,
    ) -> Option<Option<(Rc<Deed>, usize)>> {
        let key = (from, is_first, says.clone());
        if let Some(tried) = search.tried.get(&key) {
            return Some(tried.deed.clone());
        }
        if !search.may_go_on(self.trials) {
            return None;
        }
        search.trials = search.trials.saturating_add(1);
        let (subject, musts) = search.subjects.get(usize::from(!is_first))?;
        let state = search.states.get(from)?;
        let deed = self.deed(search.suggest, subject, musts, (state, &search.members, says));
        let deed = deed.map(|deed| {
            let place = search.place(&deed.state);
            (deed, place)
        });
        // A step that goes back to where it came from is none.
        let deed = deed.filter(|(_, place)| *place != from);
        search.tried.insert(key, Tried { deed: deed.clone(), judged: None });
        Some(deed)
    }

    /// What the `must`s say of a step; nothing where the search is at its end.
    fn tried_judged(
        &mut self,
        search: &mut Search<'a, '_>,
        from: usize,
        is_first: bool,
        says: &Says,
    ) -> Option<Rc<Judged>> {
        let key = (from, is_first, says.clone());
        if let Some(judged) = search.tried.get(&key).and_then(|tried| tried.judged.clone()) {
            return Some(judged);
        }
        if !search.may_go_on(self.trials) {
            return None;
        }
        search.trials = search.trials.saturating_add(1);
        let (subject, musts) = search.subjects.get(usize::from(!is_first))?;
        let state = search.states.get(from)?;
        let judged = Rc::new(self.judge_trial(subject, musts, (state, &search.members, says)));
        search.tried.entry(key).or_default().judged = Some(judged.clone());
        Some(judged)
    }

    /// The ids that the steps of the plan bear.
    fn ids(&self) -> Vec<Arc<str>> {
        use crate::types::Schema;
        let rows = (0..self.facts.rows(Schema::STEP)).map(crate::value::Row);
        rows.filter_map(|row| self.facts.key_of(Schema::STEP, row))
            .map(|key| self.facts.texts().get(key).clone())
            .collect()
    }
}
