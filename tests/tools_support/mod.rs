//! Outside tools and outside authorities that tests hold Clearway against: where they are, and what is said where they are not.
//!
//! `cargo test` passes without any of them. A test asks, and returns where it gets nothing:
//!
//! ```ignore
//! let Some(tool) = tools_support::tool("pre-commit") else { return };
//! ```
//!
//! `.ci/tools` installs what `.ci/tools.txt` lists into `target/tools`, and `.ci/run` sets `CLEARWAY_TOOLS=required`.
#![allow(dead_code, reason = "each test uses some of it")]

use std::env;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Where `.ci/tools` puts what it installs.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target/tools/bin")
}

/// A tool by the name of its command: one of `.ci/tools`, else one of the search path. Where there is none, the test
/// that asks says that it did not run, unless tools are required: then it fails.
pub fn tool(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let found = std::iter::once(folder())
        .chain(env::split_paths(&path))
        .map(|folder| folder.join(name))
        .find(|file| file.is_file());
    if found.is_none() {
        let why = format!("there is no `{name}`: .ci/tools installs it");
        assert!(env::var_os("CLEARWAY_TOOLS").is_none_or(|value| value != "required"), "{why}");
        did_not_run(&why);
    }
    found
}

/// A file or folder of the collection beside the project: exports, schemas of outside authorities. It is no part of the
/// project, so a test that wants it says where it did not run, and passes.
pub fn shared(path: &str) -> Option<PathBuf> {
    let found = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared").join(path);
    if found.exists() {
        return Some(found);
    }
    did_not_run(&format!("there is no ../shared/{path}"));
    None
}

/// Says that the present test, or a part of it, did not run. Past the capture of the test harness, which would hide it.
pub fn did_not_run(why: &str) {
    let thread = std::thread::current();
    let test = thread.name().unwrap_or("a test");
    let _ = writeln!(std::io::stderr(), "{test}: did not run: {why}");
}
