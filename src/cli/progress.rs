//! The progress bar of long runs: on standard error, where that is a terminal, and gone before anything is said. It counts;
//! it does not know what.

use std::cell::RefCell;
use std::io::IsTerminal as _;
use std::rc::Rc;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::terminal;
use crate::render::Look;
use crate::session::Session;

/// Runs that end sooner show none.
const PATIENCE: Duration = Duration::from_secs(1);

/// A bar that is drawn when it is worth it. Nothing is made before.
pub struct Progress {
    begun: Instant,
    /// Whether one would be seen and is wanted.
    wanted: bool,
    unicode: bool,
    bar: RefCell<Option<ProgressBar>>,
}

impl Progress {
    /// For a run that begins now.
    pub fn new(errors: &Look) -> Rc<Progress> {
        let terminal = std::io::stderr().is_terminal();
        let wanted = wanted(terminal, errors.quiet, &terminal::set);
        Rc::new(Progress { begun: Instant::now(), wanted, unicode: errors.unicode, bar: RefCell::new(None) })
    }

    /// Has a session tell what it does, where there is any use in it.
    pub fn follow(self: &Rc<Progress>, session: &mut Session) {
        if self.wanted {
            let own = self.clone();
            session.on_progress(Rc::new(move |done, total| own.tell(done, total)));
        }
    }

    /// So many plans of so many are done.
    pub fn tell(&self, done: usize, total: usize) {
        if self.begun.elapsed() < PATIENCE {
            return;
        }
        let mut bar = self.bar.borrow_mut();
        bar.get_or_insert_with(|| made(total, self.unicode)).set_position(done as u64);
    }

    /// Takes the bar away.
    pub fn end(&self) {
        if let Some(bar) = self.bar.borrow_mut().take() {
            bar.finish_and_clear();
        }
    }
}

fn made(total: usize, unicode: bool) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(total as u64), ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} plans");
    let style = style.map(|style| style.progress_chars(if unicode { "━╸─" } else { "=> " }));
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar
}

/// Whether a bar would be seen and is wanted: not in a pipe, a dumb terminal or with `--quiet`; nor where a hook or a
/// server runs us, which have a terminal of their own and show what was drawn on it afterwards.
fn wanted(terminal: bool, quiet: bool, set: &dyn Fn(&str) -> Option<String>) -> bool {
    let watched = set("PRE_COMMIT").is_none() && set("CI").is_none();
    terminal && !quiet && watched && set("TERM").as_deref() != Some("dumb")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with<'a>(variables: &'a [(&'a str, &'a str)]) -> impl Fn(&str) -> Option<String> + 'a {
        |name| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
    }

    #[test]
    fn a_bar_is_for_people_at_terminals() {
        assert!(wanted(true, false, &with(&[("TERM", "xterm")])));
        assert!(!wanted(false, false, &with(&[])), "a pipe");
        assert!(!wanted(true, true, &with(&[])), "--quiet");
        assert!(!wanted(true, false, &with(&[("TERM", "dumb")])));
        assert!(!wanted(true, false, &with(&[("PRE_COMMIT", "1")])));
        assert!(!wanted(true, false, &with(&[("CI", "true")])));
    }

    #[test]
    fn nothing_is_made_before_its_time() {
        let soon = Progress { begun: Instant::now(), wanted: true, unicode: true, bar: RefCell::new(None) };
        soon.tell(1, 2);
        assert!(soon.bar.borrow().is_none());
        let begun = Instant::now().checked_sub(PATIENCE).unwrap();
        let late = Progress { begun, wanted: true, unicode: true, bar: RefCell::new(None) };
        late.tell(1, 2);
        assert_eq!(late.bar.borrow().as_ref().map(ProgressBar::position), Some(1));
        late.tell(2, 2);
        assert_eq!(late.bar.borrow().as_ref().map(ProgressBar::position), Some(2));
        late.end();
        assert!(late.bar.borrow().is_none());
    }
}
