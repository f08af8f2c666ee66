//! Where compiled policies are kept between runs: a folder of the user's cache. What cannot be found or kept there is nobody's
//! trouble; it costs a few milliseconds. What is kept, and whether it still counts, is the session's business.

use std::env;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::session::Shelf;

/// Bytes that a kept program may have.
const LARGEST: u64 = 16 << 20;

/// Programs that are kept; beyond that the oldest goes.
const MOST: usize = 64;

/// The folder, if there is a place for one.
pub struct Cache {
    folder: PathBuf,
}

impl Cache {
    /// The user's own.
    pub fn of_user() -> Option<Cache> {
        let set = |name: &str| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let base = set("XDG_CACHE_HOME").or_else(|| {
            if cfg!(windows) {
                set("LOCALAPPDATA")
            } else if cfg!(target_os = "macos") {
                Some(set("HOME")?.join("Library/Caches"))
            } else {
                Some(set("HOME")?.join(".cache"))
            }
        });
        Some(Cache { folder: base?.join("clearway") })
    }

    /// Writes a file at once or not at all, so that nobody ever reads half of one.
    fn write(&self, name: &str, bytes: &[u8]) -> std::io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        let apart = self.folder.join(format!("{name}.{}.new", std::process::id()));
        let written = fs::write(&apart, bytes).and_then(|()| fs::rename(&apart, self.folder.join(name)));
        if written.is_err() {
            let _ = fs::remove_file(&apart);
        }
        written
    }

    /// Takes the oldest away where there are too many.
    fn tidy(&self) {
        let age = |path: &Path| fs::metadata(path).and_then(|meta| meta.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten().map(|entry| entry.path());
        let ours = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "program" || ending == "new");
        let mut all: Vec<(SystemTime, PathBuf)> = entries.filter(ours).map(|path| (age(&path), path)).collect();
        all.sort();
        let extra = all.len().saturating_sub(MOST);
        for (_, path) in all.into_iter().take(extra) {
            let _ = fs::remove_file(path);
        }
    }
}

impl Shelf for Cache {
    fn get(&self, name: &str) -> Option<Vec<u8>> {
        let file = fs::File::open(self.folder.join(name)).ok()?;
        let mut bytes = Vec::new();
        file.take(LARGEST).read_to_end(&mut bytes).ok()?;
        Some(bytes)
    }

    fn put(&self, name: &str, bytes: &[u8]) {
        if bytes.len() as u64 <= LARGEST && self.write(name, bytes).is_ok() {
            self.tidy();
        }
    }
}
