//! Names, types, exhaustiveness: from the syntax tree to the checked tree. It never fails: it returns a tree and diagnostics.

pub mod tree;
