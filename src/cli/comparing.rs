//! Options about what was found before, for the commands that check plans. What compares is the session's business.

use std::path::{Path, PathBuf};

use clap::Args;

use super::output;
use crate::report::Against;
use crate::session::baseline::Place;
use crate::session::{Checked, Session};

/// What findings are compared with.
#[derive(Debug, Args)]
pub struct Comparing {
    /// Count only what is worse than where this branch parted from this revision, such as `main`; `REV..`: than in it
    #[arg(long, value_name = "REV", help_heading = "What counts")]
    pub since: Option<String>,
    /// Count only what this file does not know
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath, help_heading = "What counts")]
    pub baseline: Option<PathBuf>,
    /// Write everything that is found into a baseline: from then on it is known
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath, help_heading = "What counts", hide_short_help = true)]
    pub write_baseline: Option<PathBuf>,
}

impl Comparing {
    /// Compares what was checked, and writes the baseline.
    pub fn run(
        &self,
        session: &mut Session<'_>,
        checked: &mut Checked,
        paths: &[PathBuf],
        quiet: bool,
    ) -> Result<(), String> {
        if let Some(revision) = &self.since
            && let Some(since) = session.since(checked, paths, revision)
        {
            let against = Against { name: revision.clone(), commit: Some(since.commit), prefix: since.prefix };
            checked.report.against.push(against);
        }
        if let Some(path) = &self.baseline
            && session.baseline(checked, &place(path)?)
        {
            let against = Against { name: path.display().to_string(), commit: None, prefix: String::new() };
            checked.report.against.push(against);
        }
        if let Some(path) = &self.write_baseline
            && let Some((text, count)) = session.baseline_of(checked, &place(path)?)
        {
            output::write(Some(path), &text)?;
            if !quiet {
                let findings = if count == 1 { "finding" } else { "findings" };
                output::say(&format!("wrote {count} {findings} into `{}`\n", path.display()));
            }
            checked.report.against = vec![Against { name: path.display().to_string(), ..Against::default() }];
        }
        Ok(())
    }

    /// Whether anything is compared.
    pub fn any(&self) -> bool {
        self.since.is_some() || self.baseline.is_some() || self.write_baseline.is_some()
    }

    /// The file that is written, with the option that names it.
    pub fn writes(&self) -> Option<(&'static str, &Path)> {
        self.write_baseline.as_deref().map(|path| ("--write-baseline", path))
    }
}

fn place(path: &Path) -> Result<Place, String> {
    let folder = std::env::current_dir().map_err(|error| format!("the folder one stands in is not known: {error}"))?;
    Ok(Place { path: path.to_path_buf(), folder })
}
