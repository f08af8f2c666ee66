//! Clearway: policy as code for moving virtual machines. See `docs/architecture.md` for the house and its floors.

pub mod check;
pub mod cli;
pub mod compile;
pub mod diag;
pub mod edit;
pub mod eval;
pub mod facts;
pub mod program;
pub mod render;
pub mod report;
pub mod session;
pub mod source;
pub mod syntax;
pub mod types;
pub mod value;
