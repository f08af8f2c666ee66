//! The moves that every engine judges, and the rules over them by hand. It knows no engine; the peers, the small commands
//! beside them and Clearway's own tests call it.

pub mod data;
pub mod estate;
pub mod floors;
pub mod generate;
pub mod hand;
pub mod measure;
pub mod moves;
pub mod needed;
pub mod random;
pub mod text;
pub mod yaml;
