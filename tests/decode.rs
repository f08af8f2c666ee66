//! Laws of the fast way: what the decoder takes, readers and loader take alike and without a word; and whoever judges by the
//! batch says what is said of the whole text at once, on any number of threads.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

#[path = "decode/batches.rs"]
mod batches;
#[path = "decode/damage.rs"]
mod damage;
#[path = "decode/facts.rs"]
mod facts;
#[path = "decode/policy.rs"]
mod policy;
