//! The oracle: a plain walk over the checked tree, simple rather than fast, which the compiled program is held to.

pub mod after;
pub mod build;
pub mod builtin;
pub mod cases;
pub mod choice;
pub mod copy;
pub mod effect;
pub mod estate;
pub mod expr;
pub mod generate;
pub mod hold;
pub mod judge;
pub mod laws;
pub mod load;
pub mod matrix;
pub mod pack;
pub mod plan;
pub mod rules;
pub mod run;
pub mod scalar;
pub mod sequences;
pub mod sign;
pub mod touch;
pub mod value;
pub mod world;
