//! What may be done about refused steps: sequences of steps that are permitted, or what stands in the way. Data only: the
//! search fills it, renderers and the edits of plans read it.

use std::fmt;
use std::sync::Arc;

use super::{AfterRefused, Missing, Obstacle, Related};
use crate::source::Span;
use crate::value::Size;

/// A refused step, and what may be done about it.
#[derive(Clone, PartialEq, Debug)]
pub struct WayOut {
    /// Which plan, by its place in [`Report::plans`](super::Report::plans).
    pub plan: usize,
    /// The step's id.
    pub step: Arc<str>,
    /// Where it stands in the plan.
    pub span: Span,
    /// Why it is refused.
    pub because: Vec<Obstacle>,
    /// Refused steps without which this one would be judged differently.
    pub after_refused: AfterRefused,
    /// What may be done, best first.
    pub suggestions: Vec<Suggestion>,
    /// Where nothing may be done: what comes nearest, and the facts that stand in its way.
    pub in_the_way: Option<InTheWay>,
    /// Where ways out were found and none of them stands: the steps that would be refused if it were written into the plan.
    pub spoils: Vec<Arc<str>>,
    /// Whether nothing is suggested because the plan or what it is judged by has errors: what is suggested is held to a
    /// check of the whole plan.
    pub unheld: bool,
    /// How many steps were tried for it.
    pub trials: u64,
    /// Whether the search ended because it had tried as many as it may.
    pub cut_short: bool,
}

/// Steps that a plan may have in place of a refused one.
#[derive(Clone, PartialEq, Debug)]
pub struct Suggestion {
    /// The steps, in order; at least one. The first takes the place of the refused one.
    pub steps: Vec<SuggestedStep>,
    /// Members of the step whose end is another than the one asked for, with what the refused step says and what the
    /// suggestion says; empty where it comes to the same end.
    pub differs: Vec<Differs>,
    /// The expected interruption in words; nothing where the pack has none.
    pub interruption: Option<String>,
    /// Bytes that are moved by all steps together; nothing where the pack does not say, or nothing is known.
    pub bytes: Option<Bytes>,
    /// `must`s that nobody can verify.
    pub unverified: Vec<Doubt>,
    /// The assumptions without which its steps would be judged otherwise, as they were written.
    pub assumed: Vec<Arc<str>>,
    /// Further steps that stand in another wave then, by id, with its number.
    pub waves: Vec<(Arc<str>, Written)>,
}

/// An amount of bytes of which a part may be unknown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bytes {
    /// What is known.
    pub known: u64,
    /// Whether it may be more.
    pub at_least: bool,
}

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let size = Size(i64::try_from(self.known).unwrap_or(i64::MAX));
        if self.at_least { write!(f, "at least {size}") } else { write!(f, "{size}") }
    }
}

/// A member of which a suggestion comes to another end.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Differs {
    /// The member, as the plan writes it (`to.host`).
    pub member: Arc<str>,
    /// What the refused step says; nothing where it leaves the member out.
    pub asked: Option<Written>,
    /// What the suggestion comes to.
    pub suggested: Option<Written>,
}

/// A step as a plan may write it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SuggestedStep {
    /// Its id.
    pub id: Arc<str>,
    /// What it says, by member (`vm`, `to.host`), in the order declared. Members that are left out are not among them.
    pub members: Vec<(Arc<str>, Written)>,
    /// The members that say something else than the refused step does, those that are left out included.
    pub changed: Vec<Arc<str>>,
}

/// A value as a plan writes it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Written {
    /// A text, a name, a value of an enum.
    Text(Arc<str>),
    /// Something that is written without quotes whatever the format: a number, `true`.
    Plain(Arc<str>),
    /// A list.
    List(Vec<Written>),
    /// A map.
    Map(Vec<(Arc<str>, Written)>),
}

/// A `must` about a suggested step that nobody can verify.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Doubt {
    /// Which step of the suggestion, by its id.
    pub step: Arc<str>,
    /// The code.
    pub code: Arc<str>,
    /// The element, as findings name it.
    pub subject: Option<Arc<str>>,
    /// What is the matter, in one line.
    pub message: String,
    /// The facts that are unknown and would decide it.
    pub missing: Vec<Missing>,
}

/// What keeps a step from a way out.
#[derive(Clone, PartialEq, Debug)]
pub struct InTheWay {
    /// What comes nearest: the step whose violated `must`s rest on the fewest facts.
    pub steps: Vec<SuggestedStep>,
    /// Why it is not permitted.
    pub because: Vec<Obstacle>,
    /// The facts that those `must`s rest on.
    pub facts: Vec<Related>,
}
