//! Changes of a plan's text that keep everything else as it is: comments, order, quotes, indentation, line ends, anchors. It
//! judges nothing and knows no policy: the session asks for a change, loads the new text again and checks it.
#![deny(clippy::arithmetic_side_effects)]

mod diff;
mod flow;
mod member;
mod resolve;
mod scalar;
mod spans;
mod table;
mod toml;
mod tree;
mod waves;

use crate::facts::Limits;
use crate::facts::document::Document;
use crate::facts::read::{Format, read_one};
use crate::source::{SourceFile, SourceMap};

use resolve::Resolved;
use tree::Tree;

pub use diff::{Hunk, Side, diff, hunks, lines};

/// What is to become of a step.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    /// The step, by its place in `steps` from 0, broken ones counted.
    pub step: usize,
    /// What is to become of it.
    pub what: What,
}

/// What is to become of a step.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum What {
    /// A member takes this value.
    Set(Member, String),
    /// A member is left out; a mapping that it leaves empty, too.
    Remove(Member),
    /// The step becomes a sequence. The first stays in its place, under its id, with its comments; the others stand behind it
    /// under ids of their own, and happen after it and before whatever came after it.
    Sequence(Vec<Draft>),
}

/// A member of a step.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Member {
    /// `transfer`
    Transfer,
    /// `to.host`
    Host,
    /// `to.storage`
    Storage,
    /// `to.disks.NAME`; names are compared without regard to letter case.
    Disk(String),
    /// `wave`
    Wave,
}

impl Member {
    fn path(&self) -> Vec<String> {
        let of = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect();
        match self {
            Member::Transfer => of(&["transfer"]),
            Member::Host => of(&["to", "host"]),
            Member::Storage => of(&["to", "storage"]),
            Member::Disk(name) => of(&["to", "disks", name]),
            Member::Wave => of(&["wave"]),
        }
    }
}

/// A step of a sequence. All members that are not named here are those of the original.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Draft {
    /// `transfer`
    pub transfer: Says,
    /// `to.host`
    pub host: Says,
    /// `to.storage`
    pub storage: Says,
    /// `to.disks`, all of them, each name once; nothing: as the original has them.
    pub disks: Option<Vec<(String, String)>>,
    /// Any member by its path (`to.host`), whatever the vocabulary calls it.
    pub members: Vec<(String, Says)>,
}

/// What a step of a sequence says in a member.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Says {
    /// What the original says.
    #[default]
    AsWritten,
    /// Nothing: the member is left out.
    Nothing,
    /// This.
    Text(String),
}

/// Why a change cannot be made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CannotEdit {
    /// The step that could not be changed, by its place from 0; nothing where it is about the whole text.
    pub step: Option<usize>,
    /// Why, in words fit for a note of a diagnostic.
    pub reason: String,
}

impl CannotEdit {
    fn step(step: usize, reason: impl Into<String>) -> CannotEdit {
        CannotEdit { step: Some(step), reason: reason.into() }
    }

    fn whole(reason: impl Into<String>) -> CannotEdit {
        CannotEdit { step: None, reason: reason.into() }
    }
}

/// The text of a plan with these changes in it. A step may be changed several times; a sequence says everything about its step.
///
/// # Errors
/// Where a change cannot be expressed in this text. Whatever is returned reads as exactly what was asked for.
pub fn apply(text: &str, format: Format, changes: &[Change]) -> Result<String, CannotEdit> {
    let document = parse(text, format).ok_or_else(|| {
        CannotEdit::whole("the plan has errors of its own, and a text that cannot be read whole is not changed")
    })?;
    let resolved = Resolved::of(&document, format, changes)?;
    if resolved.is_empty() {
        return Ok(text.to_owned());
    }
    let new = match format {
        Format::Yaml | Format::Json => spans::apply(text, format, &resolved)?,
        Format::Toml => toml::apply(text, &resolved)?,
        Format::Csv => table::apply(text, &resolved)?,
        Format::JsonLines => return Err(CannotEdit::whole("a file of JSON lines holds no plan")),
        Format::Clixml => return Err(CannotEdit::whole("objects of PowerShell are no plan")),
    };
    // The promise is kept here: whatever style the text has, it says what was asked for, or it is not handed out.
    let read = parse(&new, format);
    let says = read.as_ref().and_then(|document| Some(Tree::of(document, document.root()?)));
    if says.is_some_and(|says| says.same(&resolved.intended)) {
        return Ok(new);
    }
    let shared = format == Format::Yaml && text.contains(['*', '&']);
    Err(CannotEdit {
        step: resolved.only_step(),
        reason: if shared {
            "what is to be changed is shared with other places by an anchor, an alias or `<<`".to_owned()
        } else {
            "the text is written in a way that does not allow the change".to_owned()
        },
    })
}

/// A text as a file by itself.
fn file_of(text: &str) -> Option<std::sync::Arc<SourceFile>> {
    let mut map = SourceMap::new();
    let id = map.add("", text)?;
    map.file(id).cloned()
}

/// What a text says; nothing where anything is wrong with it. Offsets are those of the text.
fn parse(text: &str, format: Format) -> Option<Document> {
    let (document, diagnostics) = read_one(format, &*file_of(text)?, &Limits::default());
    document.filter(|_| diagnostics.is_empty())
}
