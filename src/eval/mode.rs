//! The modes of the one evaluator. *Deciding* keeps no evidence: its notes have no size and its log does nothing.
//! *Tracing* remembers which facts are missing and which were read; [*following*](super::follow) every expression besides.
//! All take the same way through a program, so that what is explained is what was decided.

use std::rc::Rc;

use super::value::Value;
use crate::facts::Fact;
use crate::program::ExprId;
use crate::value::{Row, Truth};

/// What a mode keeps.
pub(super) trait Mode: Copy + Default + std::fmt::Debug + 'static {
    /// Whether it keeps evidence at all.
    const KEEPS: bool;
    /// Evidence that stays with a bound value or an element: facts that are missing.
    type Note: Clone + Default + std::fmt::Debug;
    /// Everything that was logged for a value that is kept.
    type Evidence: Clone + std::fmt::Debug;
    /// Evidence of the expression that is being evaluated.
    type Log: Log<Note = Self::Note, Evidence = Self::Evidence> + Default + std::fmt::Debug;

    /// An expression is about to be evaluated.
    #[inline]
    fn begin(_: &mut Self::Log, _: ExprId) {}
    /// The expression that was begun last has this value.
    #[inline]
    fn end(_: &mut Self::Log, _: &Value<Self>) {}
    /// A list is gone through and has come to this element, which is in it as far as the truth says.
    #[inline]
    fn element(_: &mut Self::Log, _: &Value<Self>, _: Truth) {}
}

/// A place in a log.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Mark {
    pub(super) missing: usize,
    pub(super) read: usize,
    pub(super) seen: usize,
}

/// Evidence as it grows and is taken back.
pub(super) trait Log {
    /// What is kept of it with a bound value.
    type Note;
    /// What is kept of it with a value that is computed once and read often.
    type Evidence;

    /// Here.
    fn mark(&self) -> Mark;
    /// What was found missing since then adds nothing: the value is decided.
    fn settle(&mut self, mark: Mark);
    /// Neither what was missing nor what was read since then decides anything.
    fn forget(&mut self, mark: Mark);
    /// What was read from the one to the other decides nothing.
    fn forget_between(&mut self, from: Mark, to: Mark);
    /// What was read since then only led to what was read next.
    fn led(&mut self, mark: Mark);
    /// Takes what was found missing since then out of the log.
    fn take(&mut self, mark: Mark) -> Self::Note;
    /// A copy of everything since then.
    fn copy(&self, mark: Mark) -> Self::Evidence;
    /// What was found missing since then.
    fn lacking(&self, mark: Mark) -> Vec<Lack>;
    /// Everything that was copied, once more.
    fn replay(&mut self, evidence: &Self::Evidence);
    /// A fact is missing.
    #[inline]
    fn missing(&mut self, fact: Fact) {
        self.lacks(&[Lack { fact, step: None }]);
    }
    /// Facts are missing, some of them for what a step left unknown.
    fn lacks(&mut self, lacks: &[Lack]);
    /// A fact was read.
    fn read(&mut self, fact: Fact);
    /// What was missing when a value was bound is missing where it is used.
    fn again(&mut self, note: &Self::Note);
}

/// Deciding.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Decide;

/// The log that keeps nothing.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct NoLog;

impl Mode for Decide {
    const KEEPS: bool = false;
    type Note = ();
    type Evidence = ();
    type Log = NoLog;
}

impl Log for NoLog {
    type Note = ();
    type Evidence = ();

    #[inline]
    fn mark(&self) -> Mark {
        Mark::default()
    }
    #[inline]
    fn settle(&mut self, _: Mark) {}
    #[inline]
    fn forget(&mut self, _: Mark) {}
    #[inline]
    fn forget_between(&mut self, _: Mark, _: Mark) {}
    #[inline]
    fn led(&mut self, _: Mark) {}
    #[inline]
    fn take(&mut self, _: Mark) {}
    #[inline]
    fn copy(&self, _: Mark) {}
    #[inline]
    fn lacking(&self, _: Mark) -> Vec<Lack> {
        Vec::new()
    }
    #[inline]
    fn replay(&mut self, (): &()) {}
    #[inline]
    fn lacks(&mut self, _: &[Lack]) {}
    #[inline]
    fn read(&mut self, _: Fact) {}
    #[inline]
    fn again(&mut self, (): &()) {}
}

/// Tracing.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Trace;

/// A fact that is missing.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct Lack {
    pub(super) fact: Fact,
    /// The step that left unknown what was read, for want of this fact; nothing where the fact itself was read.
    pub(super) step: Option<Row>,
}

/// Facts that are missing, each once.
#[derive(Clone, Default, Debug)]
pub(super) struct Note(Option<Rc<[Lack]>>);

impl Note {
    /// The facts, in order of reading.
    pub(super) fn lacks(&self) -> &[Lack] {
        self.0.as_deref().unwrap_or_default()
    }
}

/// A fact that was read.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct Read {
    pub(super) fact: Fact,
    /// Whether it only led to another one, as `vm.host` does in `vm.host.cpu`.
    pub(super) led: bool,
}

/// The log of a trace.
#[derive(Clone, Default, Debug)]
pub(super) struct TraceLog {
    missing: Vec<Lack>,
    read: Vec<Read>,
}

/// What a trace keeps of a value that is computed once.
#[derive(Clone, Debug)]
pub(super) struct Evidence {
    pub(super) missing: Rc<[Lack]>,
    pub(super) read: Rc<[Read]>,
    /// Where it stands in what was followed; empty where nothing is.
    pub(super) seen: (usize, usize),
}

impl Evidence {
    /// What was read, in order.
    pub(super) fn read(&self) -> &[Read] {
        &self.read
    }
}

impl Mode for Trace {
    const KEEPS: bool = true;
    type Note = Note;
    type Evidence = Evidence;
    type Log = TraceLog;
}

impl Log for TraceLog {
    type Note = Note;
    type Evidence = Evidence;

    fn mark(&self) -> Mark {
        Mark { missing: self.missing.len(), read: self.read.len(), seen: 0 }
    }

    fn settle(&mut self, mark: Mark) {
        self.missing.truncate(mark.missing);
    }

    fn forget(&mut self, mark: Mark) {
        self.missing.truncate(mark.missing);
        self.read.truncate(mark.read);
    }

    fn forget_between(&mut self, from: Mark, to: Mark) {
        let end = to.read.min(self.read.len());
        if from.read < end {
            self.read.drain(from.read..end);
        }
    }

    fn led(&mut self, mark: Mark) {
        for read in self.read.iter_mut().skip(mark.read) {
            read.led = true;
        }
    }

    fn copy(&self, mark: Mark) -> Evidence {
        Evidence {
            missing: self.missing.get(mark.missing..).unwrap_or_default().into(),
            read: self.read.get(mark.read..).unwrap_or_default().into(),
            seen: (0, 0),
        }
    }

    fn lacking(&self, mark: Mark) -> Vec<Lack> {
        self.missing.get(mark.missing..).unwrap_or_default().to_vec()
    }

    fn replay(&mut self, evidence: &Evidence) {
        self.missing.extend(evidence.missing.iter());
        self.read.extend(evidence.read.iter());
    }

    fn take(&mut self, mark: Mark) -> Note {
        let taken = self.missing.split_off(mark.missing.min(self.missing.len()));
        Note(if taken.is_empty() { None } else { Some(once_each(taken).into()) })
    }

    fn lacks(&mut self, lacks: &[Lack]) {
        self.missing.extend(lacks);
    }

    fn read(&mut self, fact: Fact) {
        self.read.push(Read { fact, led: false });
    }

    fn again(&mut self, note: &Note) {
        self.missing.extend(note.lacks());
    }
}

/// Each once, in order of first appearance.
pub(super) fn once_each<T: Copy + Eq + std::hash::Hash>(items: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut seen = rustc_hash::FxHashSet::default();
    items.into_iter().filter(|item| seen.insert(*item)).collect()
}
