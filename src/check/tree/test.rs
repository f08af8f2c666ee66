//! Tests of policies, with their fixtures laid in. The rows that are given become a document that is loaded like any other,
//! so that a test sees what a user's file would give.

use std::sync::Arc;

use super::Expr;
use super::Frame;
use crate::source::Span;

/// A `test`.
#[derive(Clone, PartialEq, Debug)]
pub struct Test {
    /// What it shows.
    pub name: Arc<str>,
    /// Which pack it is from.
    pub pack: usize,
    /// Rows of the inventory (or entities of `input each`), those of fixtures first; rows of one name merge.
    pub givens: Vec<Given>,
    /// Sections that are given as empty.
    pub empty_sections: Vec<Arc<str>>,
    /// Steps of the plan, in order.
    pub steps: Vec<TestStep>,
    /// What is expected.
    pub expectations: Vec<Expectation>,
    /// Where its name stands.
    pub span: Span,
}

/// A row that is given.
#[derive(Clone, PartialEq, Debug)]
pub struct Given {
    /// The member of the inventory it goes into (`hosts`); of `input each x` the entity's name.
    pub section: Arc<str>,
    /// The name of the member that is its key, and the key. A key that the language made up (`input each`) has no text.
    pub key: Option<(Arc<str>, Arc<str>)>,
    /// Its members: paths of input names with values.
    pub members: Vec<(Vec<Arc<str>>, GivenValue)>,
    /// Where it stands.
    pub span: Span,
}

/// A step of a test's plan.
#[derive(Clone, PartialEq, Debug)]
pub struct TestStep {
    /// Its id.
    pub id: Arc<str>,
    /// Its members: paths of input names with values.
    pub members: Vec<(Vec<Arc<str>>, GivenValue)>,
    /// Where it stands.
    pub span: Span,
}

/// A value as a document would have it.
#[derive(Clone, PartialEq, Debug)]
pub enum GivenValue {
    /// A scalar by its text (`5 GiB`, `true`, `csv-1`), read by the type of its field.
    Scalar(Arc<str>, Span),
    /// `none`, `null`.
    Null(Span),
    /// `[ … ]`
    List(Vec<GivenValue>, Span),
    /// `{ … }`
    Map(Vec<(Arc<str>, GivenValue)>, Span),
}

/// Of whom something is expected.
#[derive(Clone, PartialEq, Debug)]
pub enum TestSubject {
    /// A step by its id.
    Step(Arc<str>),
    /// A wave by its number.
    Wave(u32),
    /// The plan.
    Plan,
    /// An entity of `input each x`, by its name.
    Entity(Arc<str>),
}

/// `expect …`.
#[derive(Clone, PartialEq, Debug)]
pub struct Expectation {
    /// Of whom; nothing for [`WorldExpectation::Afterwards`].
    pub subject: Option<TestSubject>,
    /// What.
    pub what: WorldExpectation,
    /// Where it stands.
    pub span: Span,
}

/// What is expected.
#[derive(Clone, PartialEq, Debug)]
pub enum WorldExpectation {
    /// `violates`, `satisfies`, `cannot verify`, `notes`, `skips`, with the code and the element (`for disk "x.vhdx"`).
    Verdict {
        /// What verdict.
        verdict: ExpectedVerdict,
        /// The code.
        code: Arc<str>,
        /// The subject as reports write it (`disk x.vhdx`); nothing: some element, or the rule has none.
        element: Option<Arc<str>>,
    },
    /// `permitted`
    Permitted,
    /// `denied`
    Denied,
    /// `unverified`
    Unverified,
    /// `chooses live`
    Chooses(Arc<str>),
    /// `afterwards v.host == b`: in the world behind the last step. Rows that the test names are locals of the frame, in the order of [`Test::givens`].
    Afterwards(Box<(Frame, Expr)>),
}

/// A verdict that is expected of a code.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ExpectedVerdict {
    /// `violates`
    Violates,
    /// `satisfies`
    Satisfies,
    /// `cannot verify`
    CannotVerify,
    /// `notes`
    Notes,
    /// `skips`
    Skips,
}
