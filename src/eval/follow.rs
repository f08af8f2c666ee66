//! The third mode: *following*. It keeps what a trace keeps and, beside it, every expression that was evaluated with its
//! value, in the order of evaluation and nested as they are. What decides nothing is marked by the machine itself, through
//! the same calls by which a trace forgets it. What a reader makes of it is [`explain`](super::explain)'s business.

use super::mode::{Evidence, Lack, Log, Mark, Mode, Note, TraceLog};
use super::value::Value;
use crate::facts::Fact;
use crate::program::ExprId;
use crate::value::Truth;

/// How many entries are kept of one rule. What is evaluated beyond them is decided as always, and not shown.
const MOST: usize = 1_000_000;

/// Following.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Follow;

/// What was seen.
#[derive(Clone, Debug)]
pub(super) enum What {
    /// An expression, with its value once it has one.
    Expr(ExprId, Option<Value<Follow>>),
    /// An element of a list that is gone through, and whether it is in the list. What follows up to the next one is said of it.
    Element(Value<Follow>, Truth),
    /// A fact that was read.
    Read(Fact),
    /// A fact that is not known.
    Missing(Fact),
    /// What was seen from here to there was seen once more: a value that is computed once.
    Again(usize, usize),
}

/// An entry. What stands behind it up to `end` was seen while it was evaluated.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) what: What,
    pub(super) end: usize,
    /// Whether it decided nothing of what it was evaluated for.
    pub(super) idle: bool,
}

/// The log of what was followed.
#[derive(Clone, Default, Debug)]
pub(super) struct FollowLog {
    trace: TraceLog,
    pub(super) seen: Vec<Seen>,
    /// Expressions that are being evaluated; nothing for those that are not kept.
    open: Vec<Option<usize>>,
}

impl FollowLog {
    fn push(&mut self, what: What) -> Option<usize> {
        let at = self.seen.len();
        (at < MOST).then(|| self.seen.push(Seen { what, end: at.saturating_add(1), idle: false }))?;
        Some(at)
    }

    /// Marks what was seen on one level from the one to the other: what is nested in it keeps what it says of itself.
    fn idle(&mut self, from: usize, to: usize) {
        let mut at = from;
        while at < to {
            let Some(seen) = self.seen.get_mut(at) else { break };
            seen.idle = true;
            at = seen.end.max(at.saturating_add(1));
        }
    }
}

impl Mode for Follow {
    const KEEPS: bool = true;
    type Note = Note;
    type Evidence = Evidence;
    type Log = FollowLog;

    fn begin(log: &mut FollowLog, id: ExprId) {
        let at = log.push(What::Expr(id, None));
        log.open.push(at);
    }

    fn end(log: &mut FollowLog, value: &Value<Follow>) {
        let Some(Some(at)) = log.open.pop() else { return };
        let end = log.seen.len();
        if let Some(seen) = log.seen.get_mut(at) {
            seen.end = end;
            if let What::Expr(_, of) = &mut seen.what {
                *of = Some(value.clone());
            }
        }
    }

    fn element(log: &mut FollowLog, value: &Value<Follow>, member: Truth) {
        log.push(What::Element(value.clone(), member));
    }
}

impl Log for FollowLog {
    type Note = Note;
    type Evidence = Evidence;

    fn mark(&self) -> Mark {
        Mark { seen: self.seen.len(), ..self.trace.mark() }
    }

    fn settle(&mut self, mark: Mark) {
        self.trace.settle(mark);
    }

    fn forget(&mut self, mark: Mark) {
        self.trace.forget(mark);
        self.idle(mark.seen, self.seen.len());
    }

    fn forget_between(&mut self, from: Mark, to: Mark) {
        self.trace.forget_between(from, to);
        self.idle(from.seen, to.seen);
    }

    fn led(&mut self, mark: Mark) {
        self.trace.led(mark);
    }

    fn take(&mut self, mark: Mark) -> Note {
        self.trace.take(mark)
    }

    fn copy(&self, mark: Mark) -> Evidence {
        Evidence { seen: (mark.seen, self.seen.len()), ..self.trace.copy(mark) }
    }

    fn replay(&mut self, evidence: &Evidence) {
        self.trace.replay(evidence);
        let (from, to) = evidence.seen;
        if from < to {
            self.push(What::Again(from, to));
        }
    }

    fn lacking(&self, mark: Mark) -> Vec<Lack> {
        self.trace.lacking(mark)
    }

    fn lacks(&mut self, lacks: &[Lack]) {
        self.trace.lacks(lacks);
        for lack in lacks {
            self.push(What::Missing(lack.fact));
        }
    }

    fn read(&mut self, fact: Fact) {
        self.trace.read(fact);
        self.push(What::Read(fact));
    }

    fn again(&mut self, note: &Note) {
        self.trace.again(note);
    }
}
