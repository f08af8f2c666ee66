//! What a run knows about policies and facts rather than about a plan: the rules there are, the page of one, the facts
//! that rules read and how many of them are known. Data only.

use std::sync::Arc;

use super::CiteRef;
use crate::source::Span;

/// The rules and matrices of some packs.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Catalogue {
    /// Packs as `name@version`.
    pub packs: Vec<Arc<str>>,
    /// Rules and matrices by code.
    pub rules: Vec<RuleEntry>,
}

/// A rule or a matrix in a list.
#[derive(Clone, PartialEq, Debug)]
pub struct RuleEntry {
    /// Its code.
    pub code: Arc<str>,
    /// Its name.
    pub name: Arc<str>,
    /// Its title; may be empty.
    pub title: Arc<str>,
    /// `rule`, `matrix`, `condition`, `effect` or `choice`.
    pub kind: &'static str,
    /// `must`, `should` or `note`.
    pub level: &'static str,
    /// What it is about: `step`, `wave`, `plan` or an entity.
    pub about: Arc<str>,
    /// The pack it is from, as `name@version`.
    pub pack: Arc<str>,
    /// Where it is written.
    pub cites: Vec<CiteRef>,
    /// Why it is switched off, where it is.
    pub disabled: Option<Arc<str>>,
    /// What an organisation's layer changed of it, and why.
    pub adjusted: Vec<String>,
    /// Where its code stands.
    pub span: Span,
}

/// The page of a rule or a matrix.
#[derive(Clone, PartialEq, Debug)]
pub struct RulePage {
    /// What the list says of it.
    pub entry: RuleEntry,
    /// Its text in the policy, whole.
    pub source: Span,
    /// The facts that its verdict depends on, as routes with `[*]` for the names.
    pub facts: Vec<String>,
    /// Tests that speak of it: name and text.
    pub tests: Vec<(Arc<str>, Span)>,
}

/// Facts that policies read.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Knowledge {
    /// Packs as `name@version`.
    pub packs: Vec<Arc<str>>,
    /// Inventories as the user named them.
    pub inventories: Vec<Arc<str>>,
    /// Entities and how many rows of them there are; nothing where no inventory has the section.
    pub entities: Vec<(Arc<str>, Option<u64>)>,
    /// The facts, by entity and field.
    pub facts: Vec<FactEntry>,
}

/// A fact that policies read, over all rows.
#[derive(Clone, PartialEq, Debug)]
pub struct FactEntry {
    /// Its route with `[*]` for the names: `hosts[*].cpu.manufacturer`.
    pub fact: String,
    /// Its type as a policy writes it.
    pub ty: String,
    /// How many rows know it.
    pub known: u64,
    /// For how many further ones it is assumed.
    pub assumed: u64,
    /// How many rows there are; nothing where no inventory has the section.
    pub rows: Option<u64>,
    /// Codes that stay unverified where it is not known and matters.
    pub codes: Vec<Arc<str>>,
}
