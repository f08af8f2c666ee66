//! `clearway review`: a check, compared with where a branch has parted from another, as the comment that a bot posts.

use std::path::PathBuf;

use super::args::Review;
use super::settings::Settings;
use super::{Exit, check};
use crate::report::{FindingVerdict, Standing};
use crate::session::{Checked, Session};

/// Runs it.
pub fn run(args: &Review, settings: &Settings) -> Result<Exit, String> {
    if args.check.fix || args.check.diff || args.check.watch {
        return Err(
            "a review changes no plan and is done once: `clearway check` takes `--fix`, `--diff` and `--watch`"
                .to_owned(),
        );
    }
    check::run_as(&args.check, settings, true)
}

/// Puts into the report what plans may say instead: what findings bring along, and for a review what a search finds for
/// the plans that have become worse.
pub fn propose(session: &mut Session<'_>, checked: &mut Checked, searching: bool) {
    let mut mended = Vec::new();
    if searching {
        let worse = checked.report.findings.iter().filter(|finding| {
            finding.verdict == FindingVerdict::Violated && finding.standing != Some(Standing::Unchanged)
        });
        let mut plans: Vec<usize> = worse.map(|finding| finding.plan).collect();
        plans.dedup();
        let paths = plans.iter().filter_map(|at| checked.report.plans.get(*at));
        let paths: Vec<PathBuf> = paths.map(|plan| PathBuf::from(&*plan.file)).collect();
        if !paths.is_empty() {
            mended = session.mend(&paths, false).0;
        }
    }
    checked.report.patches = session.patches(checked, &mended);
}
