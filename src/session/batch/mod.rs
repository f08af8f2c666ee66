//! Single entities by the batch: pieces of a text are decoded into columns, decided, and only what has something to tell is
//! read, loaded and traced the ordinary way. On as many threads as asked for; how many there are changes nothing. Memory is
//! that of the pieces under way. It knows no formats of output and no configuration; the session calls it.

mod cut;
mod names;
mod pool;
mod worker;

use std::io::Read;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use crate::diag::Diagnostic;
use crate::eval;
use crate::facts::Limits;
use crate::facts::records::Framing;
use crate::program::Program;
use crate::report::{Account, Cost, Finding, PlanVerdict};
use crate::source::{SourceFile, SourceMap};

/// Where records come from.
pub enum Source<'a> {
    /// A text that is there as a whole. Places are told in it, names are told apart over all of it.
    Held(&'a SourceFile),
    /// A text that comes bit by bit, and is forgotten as it goes. Names are told apart as far as they were seen.
    Stream(Box<dyn Read + 'a>),
}

/// How to judge.
#[derive(Clone)]
pub struct How<'a> {
    /// The text as the user named it.
    pub file: Arc<str>,
    /// Its place among the plans of the run.
    pub index: usize,
    /// How records stand in it.
    pub framing: Framing,
    /// On how many threads; at least one.
    pub threads: usize,
    /// What one record may cost. The limit on files holds for none of them.
    pub limits: &'a Limits,
    /// Steps of evaluation that one record may cost.
    pub steps: u64,
    /// Whether what is wrong with any field is told, read or not.
    pub strict: bool,
    /// Which codes are told and counted; nothing: all.
    pub selected: Option<eval::Selection>,
    /// Whether findings are told. Else there are verdicts alone, and records are read again only where they are odd.
    pub told: bool,
    /// By which clock it is measured what each rule costs; nothing: that is not measured.
    pub clock: Option<eval::Clock>,
}

/// What one piece of a text came to. Pieces come in order.
#[derive(Debug)]
pub struct Judged {
    /// What was evaluated.
    pub account: Account,
    /// What the `must`s come to.
    pub verdict: PlanVerdict,
    /// What the rules have to tell, in the order of the records.
    pub findings: Vec<Finding>,
    /// The same without words, where findings are not told.
    pub verdicts: Vec<eval::Verdict>,
    /// What is wrong with the text of records.
    pub read: Vec<Diagnostic>,
    /// What is wrong with what they say.
    pub loaded: Vec<Diagnostic>,
    /// Demands that do not hold, limits that were hit.
    pub evaluated: Vec<Diagnostic>,
    /// Records of which all these speak, where the text is not held: their spans are of this map. Else of the text itself.
    pub map: SourceMap,
    /// Documents: records whose text could be read.
    pub documents: u64,
    /// Those that were judged.
    pub subjects: u64,
    /// Of those judged, how many have something to tell.
    pub telling: u64,
    /// Where the first document begins in a text that is held, as an offset of its own.
    pub first: Option<usize>,
    /// What it took, all threads together.
    pub spent: Spent,
    /// What deciding each rule took, where [`How::clock`] measures it.
    pub costs: Vec<(Arc<str>, Cost)>,
}

impl Default for Judged {
    /// Of no record.
    fn default() -> Judged {
        Judged {
            account: Account::default(),
            verdict: PlanVerdict::Permitted,
            findings: Vec::new(),
            verdicts: Vec::new(),
            read: Vec::new(),
            loaded: Vec::new(),
            evaluated: Vec::new(),
            map: SourceMap::new(),
            documents: 0,
            subjects: 0,
            telling: 0,
            first: None,
            spent: Spent::default(),
            costs: Vec::new(),
        }
    }
}

/// Time by phases.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Spent {
    /// Reading, finding records, decoding.
    pub decode: Duration,
    /// Deciding rules.
    pub decide: Duration,
    /// Reading, loading and tracing what has something to tell.
    pub tell: Duration,
}

/// Why judging ended before the text did.
#[derive(Debug)]
pub enum Trouble {
    /// The list breaks the rules of JSON at this byte, between two of its elements or before its end, or an element does.
    Broken(u64),
    /// A byte is no UTF-8.
    Encoding(u64),
    /// One record is longer than any may be; it begins at this byte.
    TooLong(u64),
    /// The system's words.
    Unreadable(std::io::Error),
    /// Whoever takes the results wants no more.
    Stopped,
}

/// Judges all records of a text. What was judged is handed on in order, on the thread of the caller.
///
/// # Errors
/// See [`Trouble`]. Of a list that is held and breaks the rules of JSON nothing is handed on.
pub fn judge(
    program: &Program,
    source: Source<'_>,
    how: &How<'_>,
    sink: &mut dyn FnMut(Judged) -> ControlFlow<()>,
) -> Result<(), Trouble> {
    pool::run(program, source, how, sink)
}
