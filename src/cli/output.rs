//! Writing: findings to standard output or a file, everything else to standard error. A reader that has gone away, as in
//! `clearway check | head`, is no error.

use std::io::{ErrorKind, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether the reader of standard output has gone away.
static ABANDONED: AtomicBool = AtomicBool::new(false);
/// Whether the terminal is to be cleared before anything else is written.
static AFRESH: AtomicBool = AtomicBool::new(false);
/// Clears screen and scrollback, and goes to the upper left.
const CLEAR: &str = "\u{1b}[2J\u{1b}[3J\u{1b}[H";

/// Writes to a file, or to standard output. Says what went wrong where something did.
pub fn write(file: Option<&Path>, text: &str) -> Result<(), String> {
    match file {
        Some(path) => std::fs::write(path, text).map_err(|error| format!("cannot write `{}`: {error}", path.display())),
        None => {
            settle();
            out(text).map_err(|error| format!("cannot write the output: {error}"))
        }
    }
}

/// Writes to standard error. There is nobody left to tell where that fails.
pub fn say(text: &str) {
    settle();
    let _ = finish(&mut std::io::stderr().lock(), text);
}

/// What is written next stands on an empty screen. Nothing is cleared before there is something to show, so that nothing
/// flickers.
pub fn afresh() {
    AFRESH.store(true, Ordering::Relaxed);
}

/// Clears the screen where that is due.
pub fn settle() {
    if AFRESH.swap(false, Ordering::Relaxed) {
        let _ = out(CLEAR);
    }
}

/// Whether the reader of standard output has gone away.
pub fn abandoned() -> bool {
    ABANDONED.load(Ordering::Relaxed)
}

fn out(text: &str) -> std::io::Result<()> {
    let gone = finish(&mut std::io::stdout().lock(), text)?;
    ABANDONED.fetch_or(gone, Ordering::Relaxed);
    Ok(())
}

/// Answers whether the reader has gone away.
fn finish(out: &mut dyn Write, text: &str) -> std::io::Result<bool> {
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(true),
        other => other.map(|()| false),
    }
}
