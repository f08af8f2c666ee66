//! `--watch`: a run is repeated whenever something changes that it looked at. What a run is, is said elsewhere.

use std::collections::BTreeSet;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use notify::event::ModifyKind;
use notify::{Event, EventKind, PollWatcher, RecursiveMode, Watcher};

use super::args::Looks;
use super::seen::{Seen, Watched};
use super::{Exit, complain, output};

/// A burst of changes (an editor that writes, renames, and removes) is over when nothing has happened for so long …
const QUIET: Duration = Duration::from_millis(10);
/// … and is not waited for any longer than this.
const LONGEST: Duration = Duration::from_millis(40);
/// How often folders are looked through that cannot be watched: some network drives, or more folders than the system watches.
const POLL: Duration = Duration::from_millis(50);

/// Runs again and again until nobody reads any longer, or the process is ended. A round tells what it looks at.
pub fn run(
    looks: &Looks,
    own: &[PathBuf],
    round: &mut dyn FnMut(&Seen) -> Result<Exit, String>,
) -> Result<Exit, String> {
    let clears = std::io::stdout().is_terminal() && std::env::var_os("TERM").is_none_or(|term| term != "dumb");
    let mut watcher = Watch::new();
    loop {
        let seen = Seen::default();
        let exit = round(&seen).unwrap_or_else(|message| {
            complain(looks.color, &message);
            Exit::Failed
        });
        output::settle();
        if output::abandoned() {
            return Ok(exit);
        }
        let watched = seen.watched(own);
        watcher.follow(&watched)?;
        // What changed before it was watched.
        let changed = match seen.stale(&watched) {
            Some(path) => Some(path),
            None => {
                if !looks.quiet {
                    let files = if seen.count() == 1 { "file" } else { "files" };
                    output::say(&format!("\nwatching {} {files}; Ctrl-C ends it\n", seen.count()));
                }
                watcher.wait()?
            }
        };
        if clears {
            output::afresh();
        } else if let Some(path) = changed.filter(|_| !looks.quiet) {
            output::say(&format!("\n`{}` changed\n", shown(&path)));
        }
    }
}

/// A path as one would type it.
fn shown(path: &Path) -> String {
    let here = std::env::current_dir().and_then(|here| here.canonicalize());
    let near = here.ok().and_then(|here| path.strip_prefix(here).ok().map(Path::to_path_buf));
    near.unwrap_or_else(|| path.to_path_buf()).display().to_string()
}

type Told = notify::Result<Event>;

/// Whoever tells of changes, and what is to be heard of.
struct Watch {
    watcher: Option<Box<dyn Watcher>>,
    send: Sender<Told>,
    receive: Receiver<Told>,
    watched: Watched,
    places: BTreeSet<PathBuf>,
    /// Whether folders came or went, so that those that are watched may be others by now.
    moved: bool,
}

impl Watch {
    fn new() -> Watch {
        let (send, receive) = channel();
        let (watched, places) = (Watched::default(), BTreeSet::new());
        Watch { watcher: None, send, receive, watched, places, moved: true }
    }

    /// Watches what a run looked at.
    fn follow(&mut self, watched: &Watched) -> Result<(), String> {
        let places = watched.places();
        self.watched = watched.clone();
        if self.places == places && !self.moved {
            return Ok(());
        }
        self.watcher = None;
        let system = notify::recommended_watcher(self.send.clone());
        let watcher = match system.and_then(|watcher| all(Box::new(watcher), &places)) {
            Ok(watcher) => watcher,
            Err(_) => {
                let every = notify::Config::default().with_poll_interval(POLL);
                let polling = PollWatcher::new(self.send.clone(), every);
                polling
                    .and_then(|watcher| all(Box::new(watcher), &places))
                    .map_err(|error| format!("nothing can be watched: {error}"))?
            }
        };
        (self.watcher, self.places, self.moved) = (Some(watcher), places, false);
        Ok(())
    }

    /// Waits for a change that counts, and for the end of the burst it is part of. Answers with the path that changed, where
    /// that is known.
    fn wait(&mut self) -> Result<Option<PathBuf>, String> {
        let changed = loop {
            let told = self.receive.recv().map_err(|_| "nothing can be watched any longer".to_owned())?;
            if let Some(changed) = self.heard(told) {
                break changed;
            }
        };
        let end = Instant::now().checked_add(LONGEST);
        loop {
            let left = end.map_or(QUIET, |end| end.saturating_duration_since(Instant::now()));
            match self.receive.recv_timeout(QUIET.min(left)) {
                Ok(told) if !left.is_zero() => {
                    self.heard(told);
                }
                Ok(_) | Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return Ok(changed),
            }
        }
    }

    /// The path of a change that counts; nothing in it where changes were lost, so that anything may have changed.
    fn heard(&mut self, told: Told) -> Option<Option<PathBuf>> {
        let Ok(event) = told else { return Some(None) };
        if event.need_rescan() {
            self.moved = true;
            return Some(None);
        }
        if matches!(event.kind, EventKind::Access(_)) {
            return None;
        }
        let named = !matches!(event.kind, EventKind::Modify(ModifyKind::Data(_) | ModifyKind::Metadata(_)));
        let changed = event.paths.iter().find(|path| self.watched.concerns(path, named));
        // A folder that is not there any longer is known by having been watched.
        self.moved |= event.paths.iter().any(|path| path.is_dir() || self.places.contains(path));
        changed.cloned().map(Some)
    }
}

/// Watches all places.
fn all(mut watcher: Box<dyn Watcher>, places: &BTreeSet<PathBuf>) -> notify::Result<Box<dyn Watcher>> {
    for folder in places {
        watcher.watch(folder, RecursiveMode::NonRecursive)?;
    }
    Ok(watcher)
}
