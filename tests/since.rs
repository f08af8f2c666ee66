//! Findings against those of before, by the real binary and the real git in scratch repositories: of a revision, of a
//! baseline, and the comment of a review. Without git nothing of it is run, and it says so.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

#[path = "since/baseline.rs"]
mod baseline;
#[path = "since/repository.rs"]
mod repository;
#[path = "since/revision.rs"]
mod revision;
#[path = "cli/run.rs"]
#[expect(dead_code, reason = "shared with other tests")]
mod run;
