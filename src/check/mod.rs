//! Names, types, exhaustiveness: from the syntax tree to the checked tree. It never fails: it returns a tree and
//! diagnostics. It loads no files and draws nothing; `session` calls it with parsed packs.
#![deny(clippy::arithmetic_side_effects)]

pub mod tree;

mod alike;
mod checker;
mod cover;
mod cycle;
mod declare;
mod effects;
mod expectations;
mod expr;
mod functions;
mod given;
mod layers;
mod logic;
mod matrix;
mod narrow;
mod order;
mod packs;
mod rules;
mod scope;
mod suggest;
mod vocabulary;
mod warnings;
mod written_tests;

use std::sync::Arc;

use crate::diag::Diagnostic;
use crate::syntax::ast;
use tree::Policies;

/// A pack as it was read: the name of its folder, and its files in the order of their names.
#[derive(Clone, Debug)]
pub struct PackFiles {
    /// The folder's name: what other packs may call it where it has no `pack` line.
    pub folder: Arc<str>,
    /// Its files.
    pub files: Vec<ast::File>,
}

/// What came of a check.
#[derive(Clone, Debug)]
pub struct Checked {
    /// What policies mean, as far as it could be understood.
    pub policies: Policies,
    /// What is to be said about them, by place.
    pub diagnostics: Vec<Diagnostic>,
}

/// Checks packs, those that are extended before those that extend them.
pub fn check(packs: &[PackFiles]) -> Checked {
    declare::check(packs)
}
