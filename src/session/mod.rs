//! (being built)

pub mod coverage;
pub mod policy_tests;
