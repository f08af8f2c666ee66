//! The oracle, and what it holds the evaluation to.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

#[path = "oracle/mod.rs"]
mod oracle;
