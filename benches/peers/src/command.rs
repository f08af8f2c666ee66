//! Whole processes: building them, how long they take from start to end, and how much memory they take at most.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The folder of Clearway itself.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_path_buf()
}

/// Where what is generated lies.
pub fn scratch() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/data");
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// A file of that folder.
pub fn written(name: &str, text: &str) -> PathBuf {
    let path = scratch().join(name);
    std::fs::write(&path, text).expect("a file");
    path
}

/// Builds a package of this workspace and answers with its program.
pub fn build(package: &str, features: &[&str]) -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut command = cargo();
    command.args(["build", "--quiet", "--release", "--locked", "--package", package]).current_dir(here);
    if !features.is_empty() {
        command.args(["--features", &features.join(",")]);
    }
    assert!(command.status().expect("cargo").success(), "{package} does not build");
    here.join("target/release").join(package)
}

/// Builds Clearway's own program.
pub fn clearway() -> PathBuf {
    if let Some(named) = std::env::var_os("CLEARWAY") {
        return named.into();
    }
    let mut command = cargo();
    command.args(["build", "--quiet", "--release", "--locked"]).current_dir(root());
    assert!(command.status().expect("cargo").success(), "clearway does not build");
    root().join("target/release/clearway")
}

fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// A command with its arguments, which may end with 1: that it has something to tell.
pub fn command(program: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).current_dir(root());
    command
}

/// Seconds from start to end.
pub fn whole(command: &mut Command) -> f64 {
    let start = Instant::now();
    let status = command.status().expect("it starts");
    let seconds = start.elapsed().as_secs_f64();
    assert!(matches!(status.code(), Some(0 | 1)), "{command:?} ended with {status}");
    seconds
}

/// KiB that a process took at most so far.
fn peak(id: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// KiB that this process takes at most, and takes now.
pub fn own_memory() -> (u64, u64) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let of = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name));
        line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok()).unwrap_or(0)
    };
    (of("VmHWM:"), of("VmRSS:"))
}

/// Runs a command that reads from a pipe. Seconds, and MiB that it took at most. What is fed is made by the caller.
pub fn fed(mut command: Command, mut feed: impl FnMut(&mut dyn Write) + Send) -> (f64, f64) {
    let start = Instant::now();
    let mut child = command.stdin(Stdio::piped()).spawn().expect("it starts");
    let mut input = child.stdin.take().expect("a pipe");
    let mut most = 0;
    let status = std::thread::scope(|scope| {
        scope.spawn(move || {
            feed(&mut input);
            drop(input);
        });
        loop {
            most = most.max(peak(child.id()).unwrap_or(0));
            if let Some(status) = child.try_wait().expect("it runs") {
                return status;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    });
    assert!(matches!(status.code(), Some(0 | 1)), "{command:?} ended with {status}");
    (start.elapsed().as_secs_f64(), most as f64 / 1024.0)
}
