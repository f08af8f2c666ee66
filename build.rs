//! How the binary is linked, and what tells one build from another.
//!
//! A position-dependent executable needs none of the twenty thousand relocations that are otherwise made, and a hundred pages
//! written for them, at every start; see `docs/decisions/0035-a-cold-start.md`.

use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=src");
    println!("cargo:rerun-if-changed=policies");
    let target = |name: &str| env::var(format!("CARGO_CFG_TARGET_{name}")).unwrap_or_default();
    let known = target("OS") == "linux" && target("ENV") == "gnu" && target("ARCH") == "x86_64";
    // A debug build stays as it is: what one debugs starts as slowly as it likes.
    if known && env::var("PROFILE").is_ok_and(|profile| profile == "release") {
        println!("cargo:rustc-link-arg-bins=-no-pie");
    }
    println!("cargo:rustc-env=CLEARWAY_BUILD={:016x}", build());
}

/// A number that is another one where anything of the sources is: compiled policies that are kept between runs are those of
/// one build.
fn build() -> u64 {
    let mut files = Vec::new();
    for folder in ["src", "policies"] {
        gather(Path::new(folder), &mut files);
    }
    files.sort();
    // FNV-1a: it has to be the same everywhere, nobody attacks it.
    let mut sum: u64 = 0xcbf2_9ce4_8422_2325;
    let mut add = |bytes: &[u8]| {
        for byte in bytes.iter().chain(&[0]) {
            sum = (sum ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    };
    for file in files {
        add(file.to_string_lossy().as_bytes());
        add(&fs::read(&file).unwrap_or_default());
    }
    sum
}

fn gather(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() { gather(&path, files) } else { files.push(path) }
    }
}
