//! Tests of a policy: what is given, which steps are taken, what is expected.

use std::sync::Arc;

use crate::source::Span;

use super::{Expr, Ident, Literal, Str};

/// `fixture NAME { … }`
#[derive(Clone, Debug, PartialEq)]
pub struct Fixture {
    /// Its name.
    pub name: Ident,
    /// What it gives; no expectations.
    pub statements: Vec<Statement>,
    /// The whole item.
    pub span: Span,
}

/// `test "…" { … }`
#[derive(Clone, Debug, PartialEq)]
pub struct Test {
    /// What it shows.
    pub title: Str,
    /// What it says.
    pub statements: Vec<Statement>,
    /// The whole item.
    pub span: Span,
}

/// A statement of a fixture or test.
#[derive(Clone, Debug, PartialEq)]
pub enum Statement {
    /// `use FIXTURE`
    Use {
        /// Its name.
        fixture: Ident,
        /// The whole statement.
        span: Span,
    },
    /// `given …`
    Given(Given),
    /// `step …`
    Step(Step),
    /// `expect …`
    Expect(Expect),
}

/// The name of a row or step: `a1` or `"\\files\vms"`.
#[derive(Clone, Debug, PartialEq)]
pub struct RowName {
    /// The name.
    pub text: Arc<str>,
    /// Whether it is written as a text.
    pub quoted: bool,
    /// Where.
    pub span: Span,
}

/// `given host a { … }`, `given plan { … }`, `given no domains`
#[derive(Clone, Debug, PartialEq)]
pub struct Given {
    /// What is given.
    pub kind: GivenKind,
    /// The whole statement.
    pub span: Span,
}

/// What is given.
#[derive(Clone, Debug, PartialEq)]
pub enum GivenKind {
    /// A row, or fields of the plan.
    Row {
        /// The entity, or `plan`.
        entity: Ident,
        /// The row's name; nothing for `plan` and for rows without a key.
        name: Option<RowName>,
        /// What is known of it.
        entries: Vec<Entry>,
    },
    /// `given no SECTION`: the section of the inventory is there and empty.
    Empty {
        /// The section.
        section: Ident,
    },
}

/// `step NAME { vm: v, to.host: b }`
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Its id.
    pub name: RowName,
    /// What it says.
    pub entries: Vec<Entry>,
    /// The whole statement.
    pub span: Span,
}

/// `cpu.manufacturer: "Intel"`, `"x.vhdx": csv-2`
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The field, or the key in a map.
    pub key: EntryKey,
    /// Its value.
    pub value: Value,
    /// Both.
    pub span: Span,
}

/// Where a value goes.
#[derive(Clone, Debug, PartialEq)]
pub enum EntryKey {
    /// A path of fields, at least one.
    Path(Vec<Ident>),
    /// The key of a map.
    Text(Str),
}

/// A value that a test gives.
#[derive(Clone, Debug, PartialEq)]
pub struct Value {
    /// What it is.
    pub kind: ValueKind,
    /// Where.
    pub span: Span,
}

/// What a value is.
#[derive(Clone, Debug, PartialEq)]
pub enum ValueKind {
    /// A literal that is no text; `null` is read as `none`.
    Literal(Literal),
    /// A negative number, size or duration: the literal behind the minus.
    Negative(Literal),
    /// A text, or a row by a name that needs quotes.
    Text(Str),
    /// A bare name: an enum's value, a row, a constant.
    Name(Ident),
    /// `[a, b]`
    List(Vec<Value>),
    /// `{ a: 1, b: 2 }`: a record, a part or a map.
    Record(Vec<Entry>),
    /// `unknown`: not known, even where a fixture gave it or the field has a default.
    Unknown,
}

/// `expect …`
#[derive(Clone, Debug, PartialEq)]
pub struct Expect {
    /// What is expected.
    pub kind: ExpectKind,
    /// The whole statement.
    pub span: Span,
}

/// What is expected.
#[derive(Clone, Debug, PartialEq)]
pub enum ExpectKind {
    /// `expect move violates ACME103, ACME104 for disk "x.vhdx"`
    Verdict {
        /// Of what.
        subject: Subject,
        /// Which verdict.
        verdict: VerdictKind,
        /// Of which rules; at least one.
        codes: Vec<Ident>,
        /// For which elements, in the order of the rule's `each`.
        elements: Vec<ElementRef>,
    },
    /// `expect move permitted`
    Standing {
        /// Of what.
        subject: Subject,
        /// Which.
        standing: StandingKind,
    },
    /// `expect move chooses live`
    Chooses {
        /// The step.
        subject: Subject,
        /// The value; `none` where none is chosen.
        value: Value,
    },
    /// `expect afterwards v.host == b`
    Afterwards {
        /// What has to hold when every step has happened.
        condition: Expr,
    },
}

/// Of what something is expected.
#[derive(Clone, Debug, PartialEq)]
pub struct Subject {
    /// What it is.
    pub kind: SubjectKind,
    /// Where.
    pub span: Span,
}

/// Of what something is expected.
#[derive(Clone, Debug, PartialEq)]
pub enum SubjectKind {
    /// A step by its id, or a row by its name.
    Named(RowName),
    /// `wave 1`: the number as written.
    Wave(Arc<str>),
    /// `plan`
    Plan,
}

/// `host "a"`, `disk "x.vhdx"`: an element that a rule speaks about.
#[derive(Clone, Debug, PartialEq)]
pub struct ElementRef {
    /// The name after `each` in the rule, or the element's type.
    pub kind: Ident,
    /// Which.
    pub name: RowName,
    /// Both.
    pub span: Span,
}

/// A verdict of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum VerdictKind {
    /// `violates`
    Violates,
    /// `satisfies`
    Satisfies,
    /// `cannot verify`
    CannotVerify,
    /// `notes`
    Notes,
    /// `skips`: not applicable
    Skips,
}

impl VerdictKind {
    /// The verdict as it is written.
    pub fn text(self) -> &'static str {
        match self {
            VerdictKind::Violates => "violates",
            VerdictKind::Satisfies => "satisfies",
            VerdictKind::CannotVerify => "cannot verify",
            VerdictKind::Notes => "notes",
            VerdictKind::Skips => "skips",
        }
    }
}

/// How a step or a plan stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StandingKind {
    /// `permitted`
    Permitted,
    /// `denied`
    Denied,
    /// `unverified`
    Unverified,
}

impl StandingKind {
    /// The standing as it is written.
    pub fn text(self) -> &'static str {
        match self {
            StandingKind::Permitted => "permitted",
            StandingKind::Denied => "denied",
            StandingKind::Unverified => "unverified",
        }
    }
}
