//! Looking ahead: the rules and the effects of the next steps are decided together, in the world as it is by now. What was
//! decided for a step holds as long as nobody writes to a cell that was read for it; where somebody did, where there is
//! something to choose, and where the screen does not know, the machine decides the step when its turn comes.
//! [`Run::plan`](super::run::Run) asks; nothing is told here.

use super::effect::Write;
use super::finding::Subject;
use super::kept::Keep;
use super::machine::Machine;
use super::run::{Musts, Run, Tally, Which};
use super::screen::{CHUNK, Decided, From, Lanes, Screen};
use super::value::Value;
use crate::program::{EffectAt, Level};
use crate::report::NotEvaluated;
use crate::types::Schema;
use crate::value::{Cell, Row};

/// Fewer steps than this are decided by the machine, for compiling a screen would cost more.
const MANY: usize = 64;

/// Steps that are looked at together in the beginning, and where that does not pay.
const FEW: usize = 16;

/// What was decided for the steps that come next.
pub(super) struct Ahead<'s> {
    screen: &'s Screen,
    /// All steps in the order in which they are judged.
    steps: Vec<Row>,
    lanes: Lanes,
    decided: Decided,
    /// The steps that were decided together: the first, and how many they are.
    first: usize,
    length: usize,
    /// How many of them had to be left to the machine.
    left: usize,
    /// How many are to be decided together next.
    size: usize,
    /// What deciding them may have cost each of them.
    spent: u64,
    /// The step from which on it is worth trying again.
    next: usize,
    /// Rules that are judged: what they are, whether they are notes, and what decides them.
    judged: Vec<(Which, Level, From)>,
    notes: u64,
    disabled: u64,
    /// Whether all that is found counts, and nothing is asked for beside it.
    plain: bool,
    tallies: Vec<(Which, Tally)>,
    there: There,
}

/// What was decided in the second world, for those steps that are different there.
#[derive(Default)]
struct There {
    lanes: Lanes,
    decided: Decided,
    /// By step of the chunk: its place among those that were decided.
    places: Vec<Option<u32>>,
}

/// What was decided for one step.
pub(super) struct Foreseen {
    pub(super) telling: Vec<Which>,
    /// Tallies of rules that are no notes, as far as there is something to tell.
    pub(super) tallies: Vec<(Which, Tally)>,
    pub(super) happened: Vec<EffectAt>,
}

/// What was decided for one step in the second world.
pub(super) struct ForeseenThere {
    /// Tallies of rules that are no notes, as far as there is something to tell.
    pub(super) tallies: Vec<(Which, Tally)>,
    /// What it writes.
    pub(super) writes: Vec<Write>,
}

impl<'a> Run<'a> {
    /// What looks ahead over steps, in the order in which they are judged; nothing where the machine has to see them all.
    pub(super) fn ahead<'s>(&self, screen: Option<&'s Screen>, steps: Vec<Row>) -> Option<Ahead<'s>> {
        let options = self.options;
        let watched = options.record || options.keep != Keep::Nothing || options.clock.is_some();
        let screen =
            screen.filter(|screen| !watched && screen.fits(self.facts) && self.may_screen(screen, Schema::STEP))?;
        let mut judged = Vec::new();
        for (which, from) in screen.judged() {
            judged.push((*which, self.card(*which)?.level, *from));
        }
        let notes = judged.iter().filter(|(_, level, _)| *level == Level::Note).count() as u64;
        Some(Ahead {
            screen,
            steps,
            lanes: Lanes::default(),
            decided: Decided::default(),
            first: 0,
            length: 0,
            left: 0,
            size: CHUNK,
            spent: 0,
            next: 0,
            judged,
            notes,
            disabled: screen.disabled(),
            plain: options.selected.is_none() && self.input.waivers.is_empty(),
            tallies: Vec::new(),
            there: There::default(),
        })
    }

    /// Whether it is worth making a screen for so many steps.
    pub(super) fn worth_screening(&self, steps: usize) -> bool {
        steps >= MANY
    }

    /// The place of a step among those that were decided together, where what was decided still holds. All that was read for
    /// it was read by now.
    pub(super) fn foresee(&mut self, ahead: &mut Ahead<'_>, at: usize, open: bool) -> Option<usize> {
        if at < ahead.next {
            return None;
        }
        let steps = self.options.steps.max(1);
        while at >= ahead.first.saturating_add(ahead.length) {
            let worth = ahead.left.saturating_mul(4) <= ahead.length;
            if ahead.length > 0 {
                ahead.size = if worth { ahead.size.saturating_mul(2) } else { ahead.size / 2 }.clamp(FEW, CHUNK);
                if !worth && ahead.size == FEW {
                    // It does not pay here; perhaps it does later on.
                    ahead.length = 0;
                    ahead.next = at.saturating_add(FEW.saturating_mul(FEW));
                    return None;
                }
            }
            let rows = ahead.steps.get(at..)?;
            let rows = rows.get(..ahead.size.min(rows.len()))?;
            (ahead.first, ahead.length, ahead.left) = (at, rows.len(), 0);
            let room = (std::mem::take(&mut ahead.lanes), &mut ahead.decided);
            let (lanes, spent) = ahead.screen.look_ahead(&self.world, rows, steps, room);
            ahead.lanes = lanes;
            match spent {
                Some(spent) => ahead.spent = spent,
                None => {
                    ahead.length = 0;
                    if ahead.size <= FEW {
                        ahead.next = at.saturating_add(FEW.saturating_mul(FEW));
                        return None;
                    }
                    ahead.size = (ahead.size / 2).max(FEW);
                    continue;
                }
            }
            self.world.watch();
            self.look_there(ahead);
        }
        let place = at.checked_sub(ahead.first)?;
        let (world, mut holds) = (&self.world, !open);
        ahead.screen.cells_read(&ahead.lanes, place, &mut |of, row, field| {
            holds &= !world.written_lately(of, row, field);
            world.note_read(of, row, field);
        });
        if !holds {
            ahead.left = ahead.left.saturating_add(1);
            return None;
        }
        Some(place)
    }

    /// Decides the steps that come next in the second world, as far as they are different there.
    fn look_there(&mut self, ahead: &mut Ahead<'_>) {
        ahead.there.places.clear();
        // Where the machine is asked for some rules, it is asked for all.
        let Some(second) = self.second.as_mut().filter(|_| ahead.screen.uncovered().is_empty()) else { return };
        let mut rows = Vec::new();
        for (place, row) in ahead.steps.iter().skip(ahead.first).take(ahead.length).enumerate() {
            let mut differs = false;
            ahead.screen.cells_read(&ahead.lanes, place, &mut |of, row, field| {
                differs |= self.world.differs(of, row, field);
            });
            ahead.there.places.push(u32::try_from(rows.len()).ok().filter(|_| differs));
            if differs {
                rows.push(*row);
            }
        }
        if rows.is_empty() {
            return;
        }
        let room = (std::mem::take(&mut ahead.there.lanes), &mut ahead.there.decided);
        let (lanes, spent) = ahead.screen.look_ahead(&second.world, &rows, self.options.steps.max(1), room);
        ahead.there.lanes = lanes;
        if spent.is_none() {
            ahead.there.places.clear();
        }
        second.world.watch();
    }

    /// What was decided for a step in the second world, which is at hand, where that still holds: what is no note and has
    /// something to tell, and what it writes.
    pub(super) fn foreseen_there(
        &mut self,
        ahead: &Ahead<'_>,
        place: usize,
        subject: &Subject,
    ) -> Option<ForeseenThere> {
        let place = (*ahead.there.places.get(place)?)? as usize;
        let lanes = &ahead.there.lanes;
        let (world, mut holds) = (&self.world, true);
        ahead.screen.cells_read(lanes, place, &mut |of, row, field| holds &= !world.written_lately(of, row, field));
        if !holds {
            return None;
        }
        let tallies = ahead.judged.iter().filter(|(_, level, _)| *level != Level::Note);
        let tallies = tallies.filter_map(|(which, _, from)| match from {
            From::Screen(of) => Some((*which, ahead.there.decided.tally(*of, place))),
            From::Machine(_) => None,
        });
        let tallies = tallies.filter(|(_, tally)| tally.has_findings()).collect();
        let writes = self.writes_by(ahead.screen, lanes, place, subject);
        Some(ForeseenThere { tallies, writes })
    }

    /// Enters what was decided for a step into the books. Nothing: the machine has to decide it, and nothing was entered.
    pub(super) fn enter_foreseen(
        &mut self,
        ahead: &mut Ahead<'_>,
        place: usize,
        subject: &Subject,
        musts: &mut Musts,
    ) -> Option<Foreseen> {
        let mut foreseen = Foreseen { telling: Vec::new(), tallies: Vec::new(), happened: Vec::new() };
        let mut tallies = std::mem::take(&mut ahead.tallies);
        tallies.clear();
        let others = self.machine_tallies(ahead, subject);
        let Some(others) = others else {
            ahead.tallies = tallies;
            return None;
        };
        let mut found = false;
        let mut total = Tally::default();
        for (which, level, from) in &ahead.judged {
            let tally = match from {
                From::Screen(of) => ahead.decided.tally(*of, place),
                From::Machine(of) => others.get(*of).copied().unwrap_or_default(),
            };
            found |= tally.has_findings();
            total.add(tally);
            tallies.push((*which, tally));
            if *level != Level::Note && tally.has_findings() {
                foreseen.tallies.push((*which, tally));
            }
        }
        if ahead.disabled > 0 {
            self.leave_out(NotEvaluated::Disabled, ahead.disabled);
        }
        if ahead.plain && !found {
            self.book(total, false);
        } else {
            let note = |at: usize| matches!(ahead.judged.get(at), Some((_, Level::Note, _)));
            let part = |wanted: bool| -> Vec<(Which, Tally)> {
                let of = tallies.iter().enumerate().filter(|(at, _)| note(*at) == wanted);
                of.map(|(_, tally)| *tally).collect()
            };
            foreseen.telling = self.enter(subject, &part(false), musts);
            if musts.violated {
                if ahead.notes > 0 {
                    self.leave_out(NotEvaluated::Refused, ahead.notes);
                }
            } else {
                foreseen.telling.extend(self.enter(subject, &part(true), musts));
            }
        }
        ahead.tallies = tallies;
        if !musts.violated {
            for (at, (number, effect)) in (0u32..).map(EffectAt).zip(self.program.effects.iter().enumerate()) {
                let happens = match ahead.screen.happens(&ahead.lanes, number, place) {
                    Some(happens) => happens,
                    None => self.happens(subject.of, subject.row, &effect.head) == crate::value::Truth::True,
                };
                if happens {
                    foreseen.happened.push(at);
                }
            }
        }
        Some(foreseen)
    }

    /// The rules that no screen covers; nothing where the limit of steps is hit, or may be.
    fn machine_tallies(&mut self, ahead: &Ahead<'_>, subject: &Subject) -> Option<Vec<Tally>> {
        let mut tallies = Vec::new();
        if ahead.screen.uncovered().is_empty() {
            return Some(tallies);
        }
        let steps = self.options.steps.max(1).saturating_sub(ahead.spent);
        let mut machine = Machine::new(self.program, &self.world, &mut self.decide, steps);
        for which in ahead.screen.others() {
            let mut tally = Tally::default();
            let (head, judged) = super::which::judged_of(self.program, which)?;
            machine.judge(Value::Row(subject.of, subject.row), head, judged, &mut |_, evaluation| {
                tally.count(evaluation.outcome);
            });
            if machine.exhausted() {
                return None;
            }
            tallies.push(tally);
        }
        Some(tallies)
    }

    /// What a step writes, as far as it was decided; the machine says the rest.
    pub(super) fn writes_foreseen(&mut self, ahead: &Ahead<'_>, place: usize, subject: &Subject) -> Vec<Write> {
        self.writes_by(ahead.screen, &ahead.lanes, place, subject)
    }

    fn writes_by(&mut self, screen: &Screen, lanes: &Lanes, place: usize, subject: &Subject) -> Vec<Write> {
        let mut writes = Vec::new();
        for (number, effect) in self.program.effects.iter().enumerate() {
            if !screen.writes(lanes, self.facts, (number, place), &mut writes) {
                self.writes_of(subject, effect, &mut writes);
            }
        }
        writes
    }

    /// Whether something is to be chosen for a step.
    pub(super) fn open(&self, subject: &Subject) -> bool {
        self.program.selects.iter().any(|select| self.world.read(subject.of, subject.row, select.field) == Cell::None)
    }
}
