//! What differs between two sets of packs: rules that came, went or say something else, and whatever else they are made
//! of. Data only; `session` finds it, `render` draws it.

use std::sync::Arc;

use super::RuleEntry;

/// What differs between two sets of packs.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Difference {
    /// The packs of before, as `name@version`.
    pub from: Vec<Arc<str>>,
    /// The packs of after.
    pub to: Vec<Arc<str>>,
    /// Rules and matrices that differ, by code.
    pub rules: Vec<RuleDifference>,
    /// What else differs: definitions, vocabulary, effects …, by what it is, then by name.
    pub parts: Vec<PartDifference>,
    /// How many rules and matrices are the same in both.
    pub same: u64,
}

/// A rule or a matrix that is not the same.
#[derive(Clone, PartialEq, Debug)]
pub struct RuleDifference {
    /// What the list of before says of it; nothing where it is new.
    pub before: Option<RuleEntry>,
    /// What the list of after says of it; nothing where it is gone.
    pub after: Option<RuleEntry>,
    /// What is not the same.
    pub changes: Vec<RuleChange>,
}

impl RuleDifference {
    /// The entry that says most: of after, else of before.
    pub fn entry(&self) -> Option<&RuleEntry> {
        self.after.as_ref().or(self.before.as_ref())
    }
}

/// One thing that is not the same about a rule.
#[derive(Clone, PartialEq, Debug)]
pub enum RuleChange {
    /// It was not there, or was switched off.
    New,
    /// It is not there any more, or is switched off: then it says why.
    Gone {
        /// Why it is switched off.
        because: Option<Arc<str>>,
    },
    /// How hard it is.
    Level {
        /// Before.
        from: &'static str,
        /// After.
        to: &'static str,
        /// Why a layer says so, where one does.
        because: Option<Arc<str>>,
    },
    /// What a cell of the matrix says.
    Cell {
        /// The header of its row.
        row: Arc<str>,
        /// The header of its column.
        column: Arc<str>,
        /// What it said; nothing where there was no such cell.
        from: Option<String>,
        /// What it says; nothing where there is none.
        to: Option<String>,
        /// Why a layer says so, where one does.
        because: Option<Arc<str>>,
    },
    /// What is written there.
    Text(Vec<Line>),
    /// A definition that it reads, directly or through others, as `parts` says of it.
    Reads(Arc<str>),
}

/// A part of the policies that is no rule.
#[derive(Clone, PartialEq, Debug)]
pub struct PartDifference {
    /// The word that it is declared by: `define`, `entity`, `effect` …
    pub kind: &'static str,
    /// Its name; empty where there is one alone.
    pub name: Arc<str>,
    /// What it said, where that is one line; nothing where it is new.
    pub from: Option<String>,
    /// What it says, where that is one line; nothing where it is gone.
    pub to: Option<String>,
    /// What is written there, where that is more than a line.
    pub text: Vec<Line>,
    /// Codes of the rules that read it.
    pub read_by: Vec<Arc<str>>,
}

/// A line of a text that differs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// Whether it is there in both, in that of before or in that of after.
    pub tag: LineTag,
    /// The line.
    pub text: String,
}

/// Where a line stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LineTag {
    /// In both texts.
    Both,
    /// In that of before.
    Before,
    /// In that of after.
    After,
}

impl LineTag {
    /// The mark before such a line in a diff.
    pub fn mark(self) -> char {
        match self {
            LineTag::Both => ' ',
            LineTag::Before => '-',
            LineTag::After => '+',
        }
    }
}
