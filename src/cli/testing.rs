//! `clearway test`: being built.

use super::Exit;
use super::args::Test;

/// Runs it.
pub fn run(_: &Test) -> Result<Exit, String> {
    Err("not yet".to_owned())
}
