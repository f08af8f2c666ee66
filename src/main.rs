//! The `clearway` command: nothing but the way into [`clearway::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(clearway::cli::run(std::env::args_os()))
}
