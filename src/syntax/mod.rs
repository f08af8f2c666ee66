//! The text of policies: tokens, lexer, syntax tree, parser, printer. It knows what is written, not what it means:
//! names and types are `check`'s business.
#![deny(clippy::arithmetic_side_effects)]

pub mod ast;
mod lex;
mod parse;
mod print;
mod token;
pub mod words;

pub use parse::{MAX_DEPTH, Parsed, parse};
pub use print::print;
