//! (being built)
#![deny(clippy::arithmetic_side_effects)]

mod builtin;
mod compare;
mod judge;
mod list;
mod machine;
mod matrix;
mod mode;
mod show;
mod value;
mod world;
