//! Options about waivers and assumptions, for every command that judges plans.

use clap::Args;

use crate::session::{self, Options};

/// How waivers and assumptions are judged.
#[derive(Debug, Args)]
pub struct Judging {
    /// Judge waivers and assumptions as of this day, such as 2027-03-31 [default: today, in UTC]
    #[arg(long, value_name = "DATE", help_heading = "Waivers and assumptions", hide_short_help = true)]
    pub today: Option<String>,
    /// Tell of waivers and assumptions that lapse within so many days
    #[arg(long, value_name = "DAYS", default_value_t = session::EXPIRING_WITHIN, help_heading = "Waivers and assumptions", hide_short_help = true)]
    pub expiring_within: u32,
    /// Judge as if there were no waivers
    #[arg(long, help_heading = "Waivers and assumptions", hide_short_help = true)]
    pub no_waivers: bool,
    /// Judge as if nothing were assumed
    #[arg(long, help_heading = "Waivers and assumptions", hide_short_help = true)]
    pub no_assumptions: bool,
}

impl Judging {
    /// Puts them among the options of a session.
    pub fn set(&self, options: &mut Options) -> Result<(), String> {
        options.waivers = !self.no_waivers;
        options.assumptions = !self.no_assumptions;
        options.expiring_within = self.expiring_within;
        if let Some(text) = &self.today {
            let day = session::day(text).ok_or_else(|| {
                format!("`--today {text}` is not a date: write year, month and day, such as `--today 2027-03-31`")
            })?;
            options.today = Some(day);
        }
        Ok(())
    }
}
