//! Pieces through threads and back into their order. Each goes twice: it is decided, and, once everything before it is
//! counted, it is told of.

use std::collections::{BTreeMap, VecDeque};
use std::ops::ControlFlow;
use std::sync::{Arc, Condvar, Mutex, PoisonError, mpsc};

use super::cut::{Cutter, Piece};
use super::names::Names;
use super::worker::{Decided, Worker};
use super::{How, Judged, Source, Trouble};
use crate::eval::Screen;
use crate::facts::decode::Decoder;
use crate::facts::load::Options;
use crate::facts::records::Framing;
use crate::program::Program;
use crate::types::FieldId;
use crate::value::StructId;

enum Job<'t> {
    Decide(Piece<'t>),
    Tell(Box<Decided<'t>>),
}

enum Done<'t> {
    Decided(Box<Decided<'t>>),
    Told(Box<Decided<'t>>),
}

/// Jobs that wait for a thread. What is to be told goes first: it is what memory is kept for.
#[derive(Default)]
struct Queue<'t> {
    jobs: Mutex<(VecDeque<Job<'t>>, bool)>,
    more: Condvar,
}

impl<'t> Queue<'t> {
    fn put(&self, job: Job<'t>) {
        let mut jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        match job {
            Job::Decide(_) => jobs.0.push_back(job),
            Job::Tell(_) => jobs.0.push_front(job),
        }
        self.more.notify_one();
    }

    /// The next job; nothing once the queue is closed.
    fn take(&self) -> Option<Job<'t>> {
        let mut jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if jobs.1 {
                return None;
            }
            if let Some(job) = jobs.0.pop_front() {
                return Some(job);
            }
            jobs = self.more.wait(jobs).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn close(&self) {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner).1 = true;
        self.more.notify_all();
    }
}

/// Closes the queue, whatever happens: threads that wait would wait for ever.
struct Closing<'q, 't>(&'q Queue<'t>);

impl Drop for Closing<'_, '_> {
    fn drop(&mut self) {
        self.0.close();
    }
}

fn work<'t>(worker: &mut Worker<'t>, job: Job<'t>) -> Done<'t> {
    match job {
        Job::Decide(piece) => Done::Decided(Box::new(worker.decide(piece))),
        Job::Tell(decided) => Done::Told(Box::new(worker.tell(*decided))),
    }
}

pub(super) fn run(
    program: &Program,
    source: Source<'_>,
    how: &How<'_>,
    sink: &mut dyn FnMut(Judged) -> ControlFlow<()>,
) -> Result<(), Trouble> {
    if let Source::Held(file) = source
        && how.framing == Framing::List
    {
        // Nothing was handed on where it turns out that it was not cut well, or is no list at all: brackets are looked at then.
        match run_through(program, Source::Held(file), how, true, sink) {
            Err(Trouble::Broken(_)) => {}
            ended => return ended,
        }
    }
    run_through(program, source, how, false, sink)
}

fn run_through<'t>(
    program: &'t Program,
    source: Source<'t>,
    how: &'t How<'t>,
    guessing: bool,
    sink: &mut dyn FnMut(Judged) -> ControlFlow<()>,
) -> Result<(), Trouble> {
    let reads = |of: StructId, field: FieldId| program.reads(of, field);
    let writes = |of: StructId, field: FieldId| program.writes(of, field);
    let options = Options { limits: how.limits, reads: &reads, writes: &writes, strict: how.strict };
    let decoder = Decoder::each(&program.schema, options);
    let decoder = decoder.as_ref();
    let file = match source {
        Source::Held(file) => Some(file),
        Source::Stream(_) => None,
    };
    let screen = Arc::new(Screen::new(program));
    let held = file.is_some();
    let mut order = Order {
        cutter: Cutter::new(source, how.framing, guessing),
        names: if held { Names::of_all() } else { Names::default() },
        held,
        documents: 0,
        decided: BTreeMap::new(),
        numbered: 0,
        told: BTreeMap::new(),
        handed: 0,
        pieces: 0,
        under_way: 0,
        cut: false,
        trouble: None,
        sink,
    };
    if how.threads <= 1 {
        let mut worker = Worker::new(program, how, decoder, file, screen.clone());
        let mut jobs = VecDeque::new();
        loop {
            order.feed(1, &mut |job| jobs.push_back(job));
            order.settle(&mut |job| jobs.push_front(job))?;
            let Some(job) = jobs.pop_front() else {
                if order.cut {
                    break;
                }
                // What was handed on has made room for further pieces.
                continue;
            };
            let done = work(&mut worker, job);
            order.take(done);
        }
        return order.end();
    }
    let queue = Queue::default();
    std::thread::scope(|scope| {
        let closing = Closing(&queue);
        let (results, done) = mpsc::channel();
        for _ in 0..how.threads {
            let results = results.clone();
            let queue = &queue;
            let screen = &screen;
            scope.spawn(move || {
                let mut worker = Worker::new(program, how, decoder, file, screen.clone());
                while let Some(job) = queue.take() {
                    if results.send(work(&mut worker, job)).is_err() {
                        break;
                    }
                }
            });
        }
        drop(results);
        loop {
            order.feed(how.threads.saturating_mul(3), &mut |job| queue.put(job));
            order.settle(&mut |job| queue.put(job))?;
            if order.under_way == 0 {
                if order.cut {
                    break;
                }
                // What was handed on has made room for further pieces.
                continue;
            }
            let Ok(done) = done.recv() else { break };
            order.take(done);
        }
        drop(closing);
        order.end()
    })
}

/// Keeps pieces in their order.
struct Order<'t, 's> {
    cutter: Cutter<'t>,
    names: Names,
    /// Whether the text is there as a whole: names are counted over all of it before anything is told.
    held: bool,
    /// Documents of the pieces that were numbered.
    documents: u64,
    decided: BTreeMap<usize, Box<Decided<'t>>>,
    /// The piece that is numbered next.
    numbered: usize,
    told: BTreeMap<usize, Box<Decided<'t>>>,
    /// The piece that is handed on next.
    handed: usize,
    /// How many pieces there were so far.
    pieces: usize,
    /// Jobs that a thread has or will have.
    under_way: usize,
    /// Whether there is no further piece.
    cut: bool,
    trouble: Option<Trouble>,
    sink: &'s mut dyn FnMut(Judged) -> ControlFlow<()>,
}

impl<'t> Order<'t, '_> {
    /// Puts pieces into work, as many as there is room for.
    fn feed(&mut self, room: usize, put: &mut dyn FnMut(Job<'t>)) {
        // What comes bit by bit waits until what is before it was handed on: memory is that of so many pieces.
        let full = |order: &Order<'_, '_>| {
            let waiting = order.pieces.saturating_sub(order.handed);
            order.under_way >= room || (!order.held && waiting >= room)
        };
        while !self.cut && !full(self) {
            match self.cutter.next() {
                Ok(Some(piece)) => {
                    self.pieces = self.pieces.saturating_add(1);
                    self.under_way = self.under_way.saturating_add(1);
                    put(Job::Decide(piece));
                }
                Ok(None) => self.cut = true,
                Err(trouble) => {
                    self.trouble = Some(trouble);
                    self.cut = true;
                }
            }
        }
    }

    fn take(&mut self, done: Done<'t>) {
        self.under_way = self.under_way.saturating_sub(1);
        match done {
            Done::Decided(decided) => {
                self.decided.insert(decided.piece.number, decided);
            }
            Done::Told(decided) => {
                self.told.insert(decided.piece.number, decided);
            }
        }
    }

    /// Numbers what can be numbered, and hands on what is done.
    fn settle(&mut self, put: &mut dyn FnMut(Job<'t>)) -> Result<(), Trouble> {
        if self.held {
            // Everything is counted before anything is told.
            if self.cut && self.under_way == 0 && self.numbered == 0 {
                let broken = self.decided.values_mut().find_map(|decided| decided.trouble.take());
                let trouble = broken.or(self.trouble.take());
                if let Some(trouble) = trouble {
                    self.decided.clear();
                    return Err(trouble);
                }
                for decided in self.decided.values() {
                    decided.names.iter().for_each(|name| self.names.count(*name));
                }
                while self.number(put) {}
            }
        } else {
            while self.number(put) {}
        }
        self.hand_on()
    }

    /// Numbers the records of the next piece and lets it be told, if it is there.
    fn number(&mut self, put: &mut dyn FnMut(Job<'t>)) -> bool {
        let Some(mut decided) = self.decided.remove(&self.numbered) else { return false };
        self.numbered = self.numbered.saturating_add(1);
        let mut again = decided.again.iter_mut().peekable();
        for (at, name) in decided.names.iter().enumerate() {
            let nth = self.names.nth(*name);
            while let Some(record) = again.next_if(|record| record.at < at || (record.at == at && !record.document)) {
                record.nth = 0;
            }
            if let Some(record) = again.next_if(|record| record.at == at) {
                let number = self.documents.saturating_add(at as u64).saturating_add(1);
                record.number = u32::try_from(number).unwrap_or(u32::MAX);
                record.nth = nth;
            }
        }
        let before = u32::try_from(self.documents).unwrap_or(u32::MAX);
        for verdict in &mut decided.judged.verdicts {
            verdict.record = verdict.record.saturating_add(before).saturating_add(1);
        }
        self.documents = self.documents.saturating_add(decided.names.len() as u64);
        if decided.again.is_empty() {
            self.told.insert(decided.piece.number, decided);
        } else {
            self.under_way = self.under_way.saturating_add(1);
            put(Job::Tell(decided));
        }
        true
    }

    /// Hands on what is next in order.
    fn hand_on(&mut self) -> Result<(), Trouble> {
        while let Some(decided) = self.told.remove(&self.handed) {
            self.handed = self.handed.saturating_add(1);
            let Decided { piece, judged, trouble, .. } = *decided;
            self.cutter.take_back(piece.text);
            if (self.sink)(judged).is_break() {
                return Err(Trouble::Stopped);
            }
            if let Some(trouble) = trouble {
                return Err(trouble);
            }
        }
        Ok(())
    }

    fn end(mut self) -> Result<(), Trouble> {
        self.trouble.take().map_or(Ok(()), Err)
    }
}
