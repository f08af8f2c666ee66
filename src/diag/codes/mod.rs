//! The tables of codes, one file a family. A code is never used again for something else.

pub mod check;
pub mod config;
pub mod input;
pub mod limit;
pub mod run;
pub mod syntax;
pub mod waiver;

use super::{Code, CodeInfo};

/// Every code there is, in order.
pub fn all() -> impl Iterator<Item = &'static CodeInfo> {
    [syntax::ALL, check::ALL, input::ALL, limit::ALL, run::ALL, config::ALL, waiver::ALL].into_iter().flatten()
}

/// The row of a code, as users write it (without regard to case).
pub fn find(code: &str) -> Option<&'static CodeInfo> {
    all().find(|info| info.code.as_str().eq_ignore_ascii_case(code))
}

/// The row of a code.
pub fn info(code: Code) -> Option<&'static CodeInfo> {
    all().find(|info| info.code == code)
}
