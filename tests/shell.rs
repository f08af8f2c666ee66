//! How the real binary behaves where it is called: pipes, terminals, exit codes, help, completions, watching.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

#[path = "shell/codes.rs"]
mod codes;
#[path = "shell/commands.rs"]
mod commands;
#[path = "shell/help.rs"]
mod help;
#[path = "shell/manual.rs"]
mod manual;
#[path = "shell/pipes.rs"]
mod pipes;
#[path = "cli/run.rs"]
#[expect(dead_code, reason = "shared with other tests")]
mod run;
#[path = "shell/terminals.rs"]
mod terminals;
#[path = "shell/usage.rs"]
mod usage;
#[path = "shell/watch.rs"]
mod watch;

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}
