//! Facts: readers of plans and inventories, loaders that bring them under a schema, and the columnar store that programs
//! read. It knows no policy and judges nothing; the session loads, the evaluator reads.
#![deny(clippy::arithmetic_side_effects)]

pub mod decode;
pub mod document;
mod limits;
pub mod load;
pub mod read;
pub mod records;
pub mod rvtools;
pub mod scvmm;
mod shown;
pub mod store;
pub mod write;

pub use limits::{Limit, Limits};
pub use store::{Fact, Facts, Mark, Owner};
