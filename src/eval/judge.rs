//! What a rule says of a subject: its parts in order (what mentions no element first), the elements, the unknown rest of
//! their lists, and for each of them `when implies obligation`.

use super::machine::Machine;
use super::matrix::{Hit, Together};
use super::mode::{Log, Mark, Mode};
use super::value::{Bound, List, Value};
use crate::program::{Bind, ExprId, Head, Matrix, Slot};
use crate::value::Truth;

/// What became of an evaluation.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Outcome {
    /// The obligation holds.
    Satisfied,
    /// `when` is false, or there is nothing to judge.
    NotApplicable,
    /// A note was given.
    Noted,
    /// Nobody can say.
    Unverified,
    /// The source of a matrix is silent.
    Silent,
    /// The obligation does not hold.
    Violated,
}

impl Outcome {
    /// Whether there is something to tell.
    pub fn is_finding(self) -> bool {
        !matches!(self, Outcome::Satisfied | Outcome::NotApplicable)
    }
}

/// What is judged under a head.
#[derive(Clone, Copy, Debug)]
pub(super) enum Judged<'p> {
    Demand(ExprId),
    Note,
    Matrix(&'p Matrix),
    /// Once a subject, where it holds for some element.
    Once(Option<ExprId>),
}

/// An element that is being judged.
#[derive(Debug)]
pub(super) struct Element<'p, M: Mode> {
    /// What subjects call it.
    pub(super) kind: &'p str,
    /// The list it is in.
    pub(super) list: List<M>,
    /// Its place there; nothing for the unknown rest.
    pub(super) at: Option<usize>,
}

/// An evaluation, while its frame is still open, so that messages can be filled in.
pub(super) struct Evaluation<'e, 'p, M: Mode> {
    pub(super) outcome: Outcome,
    pub(super) elements: &'e [Element<'p, M>],
    /// What is missing.
    pub(super) missing: M::Note,
    /// What was read for `when`.
    pub(super) conditions: M::Evidence,
    /// What was read for the obligation.
    pub(super) obligation: M::Evidence,
    /// Where a matrix is hit.
    pub(super) hit: Option<Hit<'p, M>>,
}

/// Takes evaluations as they are made.
pub(super) type Sink<'s, 'a, M> = dyn for<'e> FnMut(&mut Machine<'a, M>, Evaluation<'e, 'a, M>) + 's;

/// The way through the elements.
struct Walk<'p, M: Mode> {
    head: &'p Head,
    /// The truth of what mentions no element; never false.
    first: Truth,
    why_first: M::Note,
    read_first: M::Evidence,
    elements: Vec<Element<'p, M>>,
    member: Truth,
    /// What is missing for memberships on the way.
    why_member: Vec<M::Note>,
    /// How many of the elements on the way are unknown rests.
    rests: usize,
}

impl<'a, M: Mode> Machine<'a, M> {
    /// Judges a subject. The sink sees every evaluation, at least one.
    pub(super) fn judge(&mut self, subject: Value<M>, head: &'a Head, judged: Judged<'a>, sink: &mut Sink<'_, 'a, M>) {
        let frame = self.enter(head.slots);
        let mut walk = self.walk(subject, head);
        let nothing = |machine: &mut Self, read: M::Evidence, sink: &mut Sink<'_, 'a, M>| {
            let evaluation = Evaluation {
                outcome: Outcome::NotApplicable,
                elements: &[],
                missing: M::Note::default(),
                conditions: read.clone(),
                obligation: read,
                hit: None,
            };
            sink(machine, evaluation);
        };
        if walk.first == Truth::False {
            nothing(self, walk.read_first, sink);
            self.leave(frame);
            return;
        }
        let mut any = false;
        if let Judged::Once(when) = judged {
            self.judge_once(&mut walk, when, sink);
            any = true;
        } else {
            self.each(&mut walk, 0, &mut |machine, walk| {
                machine.judge_element(walk, judged, &mut any, sink);
                true
            });
        }
        if !any {
            nothing(self, walk.read_first, sink);
        }
        self.leave(frame);
    }

    /// Judges what mentions no element, in the frame that is open.
    fn walk(&mut self, subject: Value<M>, head: &'a Head) -> Walk<'a, M> {
        self.bind(Slot(0), Bound::known(subject));
        for bind in &head.outer {
            if let Bind::Let { slot, value } = bind {
                self.bind_lazily(*slot, *value);
            }
        }
        let start = self.mark();
        let first = self.all_of(&head.first);
        let read_first = self.scratch.log.copy(start);
        let why_first = self.scratch.log.take(start);
        let (elements, why_member) = (Vec::new(), Vec::new());
        Walk { head, first, why_first, read_first, elements, member: Truth::True, why_member, rests: 0 }
    }

    /// Goes through the occurrences of an effect, with the truth of each, in the frame of its head. What is missing for the
    /// truth is in the log behind the mark.
    pub(super) fn occurrences(&mut self, subject: Value<M>, head: &'a Head, act: &mut Act<'_, 'a, M>) {
        let frame = self.enter(head.slots);
        let mut walk = self.walk(subject, head);
        if walk.first != Truth::False {
            self.each(&mut walk, 0, &mut |machine, walk| {
                let start = machine.mark();
                let when = machine.when(walk);
                if when != Truth::False {
                    act(machine, when, start);
                }
                machine.scratch.log.forget(start);
                true
            });
        }
        self.leave(frame);
    }

    /// Whether an effect happens: for the subject itself or for some element.
    pub(super) fn happens(&mut self, subject: Value<M>, head: &'a Head) -> Truth {
        let frame = self.enter(head.slots);
        let mut walk = self.walk(subject, head);
        let mut found = Truth::False;
        if walk.first != Truth::False {
            self.each(&mut walk, 0, &mut |machine, walk| {
                found = found.or(machine.when(walk));
                found != Truth::True
            });
        }
        self.leave(frame);
        found
    }

    fn all_of(&mut self, parts: &[ExprId]) -> Truth {
        let mut all = Truth::True;
        let start = self.mark();
        for part in parts {
            let before = self.mark();
            let truth = self.truth(*part);
            all = all.and(truth);
            if truth == Truth::False {
                self.scratch.log.forget_between(start, before);
                self.scratch.log.settle(start);
                break;
            }
        }
        all
    }

    /// Goes through all combinations of elements, unknown rests behind, until the visitor says that it is enough.
    fn each(&mut self, walk: &mut Walk<'a, M>, at: usize, visit: &mut Visit<'_, 'a, M>) -> bool {
        if self.exhausted() {
            return false;
        }
        let head = walk.head;
        match head.inner.get(at) {
            None => visit(self, walk),
            Some(Bind::Let { slot, value }) => {
                self.bind_lazily(*slot, *value);
                self.each(walk, at.saturating_add(1), visit)
            }
            Some(Bind::Each { slot, kind, list }) => {
                let start = self.mark();
                let list = self.list(*list);
                self.scratch.log.led(start);
                for index in 0..self.len(&list) {
                    let item = self.item(&list, index);
                    self.bind(*slot, Bound { value: item.value, why: item.why });
                    let why = (item.member == Truth::Unknown).then_some(item.why_member);
                    let element = Element { kind, list: list.clone(), at: Some(index) };
                    if !self.with(walk, element, why, at, visit) {
                        return false;
                    }
                }
                if let Some(rest) = list.rest().map(|rest| rest.missing.clone()) {
                    self.bind(*slot, Bound { value: Value::Unknown, why: rest.clone() });
                    let element = Element { kind, list: list.clone(), at: None };
                    if !self.with(walk, element, Some(rest), at, visit) {
                        return false;
                    }
                }
                true
            }
        }
    }

    fn with(
        &mut self,
        walk: &mut Walk<'a, M>,
        element: Element<'a, M>,
        why: Option<M::Note>,
        at: usize,
        visit: &mut Visit<'_, 'a, M>,
    ) -> bool {
        let (member, rest, doubt) = (walk.member, element.at.is_none(), why.is_some());
        walk.rests = walk.rests.saturating_add(usize::from(rest));
        if let Some(why) = why {
            walk.member = Truth::Unknown;
            walk.why_member.push(why);
        }
        walk.elements.push(element);
        let more = self.each(walk, at.saturating_add(1), visit);
        walk.elements.pop();
        if doubt {
            walk.why_member.pop();
        }
        walk.member = member;
        walk.rests = walk.rests.saturating_sub(usize::from(rest));
        more
    }

    /// `when` for the elements at hand; what is missing for it is in the log.
    fn when(&mut self, walk: &Walk<'a, M>) -> Truth {
        if walk.first == Truth::Unknown {
            self.scratch.log.again(&walk.why_first);
        }
        for why in &walk.why_member {
            self.scratch.log.again(why);
        }
        walk.first.and(walk.member).and(self.all_of(&walk.head.then))
    }

    fn judge_element(&mut self, walk: &Walk<'a, M>, judged: Judged<'a>, any: &mut bool, sink: &mut Sink<'_, 'a, M>) {
        let start = self.mark();
        self.scratch.log.replay(&walk.read_first);
        self.scratch.log.settle(start);
        let when = self.when(walk);
        let conditions = self.scratch.log.copy(start);
        if when != Truth::Unknown {
            self.scratch.log.settle(start);
        }
        let middle = self.mark();
        let mut hit = None;
        let outcome = if when == Truth::False {
            Outcome::NotApplicable
        } else {
            match judged {
                Judged::Demand(obligation) => match (when, self.truth(obligation)) {
                    (_, Truth::True) => Outcome::Satisfied,
                    (Truth::True, Truth::False) => Outcome::Violated,
                    _ => Outcome::Unverified,
                },
                Judged::Note | Judged::Once(_) => match when {
                    Truth::True => Outcome::Noted,
                    _ => Outcome::Unverified,
                },
                Judged::Matrix(matrix) => {
                    let found = self.hit(matrix);
                    let together = found.together(matrix);
                    if together != Together::Unknown {
                        self.scratch.log.settle(middle);
                    }
                    hit = Some(found);
                    match (when, together) {
                        (_, Together::Yes) => Outcome::Satisfied,
                        (Truth::True, Together::No) => Outcome::Violated,
                        (_, Together::Silent) => Outcome::Silent,
                        _ => Outcome::Unverified,
                    }
                }
            }
        };
        // Of an unknown rest, what cannot fail adds nothing, and what can has the list as its missing fact.
        let is_rest = walk.rests > 0;
        if is_rest && !outcome.is_finding() {
            self.scratch.log.forget(start);
            return;
        }
        let obligation = self.scratch.log.copy(middle);
        if is_rest {
            self.scratch.log.settle(start);
            for why in &walk.why_member {
                self.scratch.log.again(why);
            }
        }
        let missing = if matches!(outcome, Outcome::Unverified | Outcome::Silent) {
            self.scratch.log.take(start)
        } else {
            M::Note::default()
        };
        *any = true;
        sink(self, Evaluation { outcome, elements: &walk.elements, missing, conditions, obligation, hit });
        self.scratch.log.forget(start);
    }

    /// One evaluation, whatever the elements: where it holds for one of them it holds.
    fn judge_once(&mut self, walk: &mut Walk<'a, M>, own: Option<ExprId>, sink: &mut Sink<'_, 'a, M>) {
        let start = self.mark();
        let holds = |machine: &mut Self, walk: &Walk<'a, M>| {
            let when = machine.when(walk);
            when.and(own.filter(|_| when != Truth::False).map_or(Truth::True, |own| machine.truth(own)))
        };
        let mut found = Truth::False;
        self.each(walk, 0, &mut |machine, walk| {
            let before = machine.mark();
            let truth = holds(machine, walk);
            if truth != Truth::Unknown {
                machine.scratch.log.settle(before);
            }
            found = found.or(truth);
            found != Truth::True
        });
        if found != Truth::Unknown {
            self.scratch.log.settle(start);
        }
        let missing = self.scratch.log.take(start);
        self.scratch.log.forget(start);
        let outcome = match found {
            Truth::True => Outcome::Noted,
            Truth::Unknown => Outcome::Unverified,
            Truth::False => Outcome::NotApplicable,
        };
        // The first element for which it is so is the one that the message speaks of.
        let mut told = false;
        self.each(walk, 0, &mut |machine, walk| {
            let before = machine.mark();
            machine.scratch.log.replay(&walk.read_first);
            if holds(machine, walk) != found {
                machine.scratch.log.forget(before);
                return true;
            }
            machine.scratch.log.settle(before);
            let read = machine.scratch.log.copy(before);
            let missing = missing.clone();
            let conditions = read.clone();
            sink(machine, Evaluation { outcome, elements: &[], missing, conditions, obligation: read, hit: None });
            machine.scratch.log.forget(before);
            told = true;
            false
        });
        if !told {
            let read = self.scratch.log.copy(start);
            let conditions = read.clone();
            sink(self, Evaluation { outcome, elements: &[], missing, conditions, obligation: read, hit: None });
        }
    }
}

/// Takes occurrences of an effect, true or unknown, and where the log stood before each.
pub(super) type Act<'s, 'a, M> = dyn FnMut(&mut Machine<'a, M>, Truth, Mark) + 's;

/// Visits a combination of elements and says whether to go on.
type Visit<'v, 'a, M> = dyn FnMut(&mut Machine<'a, M>, &Walk<'a, M>) -> bool + 'v;
