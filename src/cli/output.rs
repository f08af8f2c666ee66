//! Writing: findings to standard output or a file, everything else to standard error. A reader that has gone away, as in
//! `clearway check | head`, is no error.

use std::io::{ErrorKind, Write};
use std::path::Path;

/// Writes to a file, or to standard output. Says what went wrong where something did.
pub fn write(file: Option<&Path>, text: &str) -> Result<(), String> {
    match file {
        Some(path) => std::fs::write(path, text).map_err(|error| format!("cannot write `{}`: {error}", path.display())),
        None => {
            finish(&mut std::io::stdout().lock(), text).map_err(|error| format!("cannot write the output: {error}"))
        }
    }
}

/// Writes to standard error. There is nobody left to tell where that fails.
pub fn say(text: &str) {
    let _ = finish(&mut std::io::stderr().lock(), text);
}

fn finish(out: &mut dyn Write, text: &str) -> std::io::Result<()> {
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}
