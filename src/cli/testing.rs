//! `clearway test`: what tests of policies found, and what they cover.

use super::args::Test;
use super::settings::Settings;
use super::{Exit, output, terminal};
use crate::render::text::{Tone, counted};
use crate::render::{Look, diagnostics};
use crate::session::TestedPack;
use crate::session::coverage::Share;
use crate::source::Disk;

/// Runs it.
pub fn run(args: &Test, settings: &Settings) -> Result<Exit, String> {
    let look = terminal::output(&args.common.looks);
    let mut session = settings.session(&Disk, args)?;
    let (packs, told) = session.test(&args.paths, args.filter.as_deref());
    super::tell(&terminal::errors(&args.common.looks), session.map(), &told);
    let mut out = String::new();
    let (mut tests, mut failed, mut thin) = (0usize, 0usize, false);
    for pack in &packs {
        for test in &pack.run.tests {
            tests = tests.saturating_add(1);
            let passed = test.failures.is_empty();
            failed = failed.saturating_add(usize::from(!passed));
            if look.verbose || !passed {
                let (word, tone) = if passed { ("passed", Tone::Good) } else { ("failed", Tone::Error) };
                out.push_str(&format!("{} {}\n", look.paint(tone, word), test.name));
            }
            out.push_str(&diagnostics::draw(&look, session.map(), &test.failures));
        }
        thin |= account(&look, args, pack, &mut out);
    }
    output::write(args.common.looks.output_file.as_deref(), &out)?;
    if super::failed(&told) {
        return Ok(Exit::Failed);
    }
    if tests == 0 {
        output::say("nothing was tested: no test was found\n");
        return Ok(Exit::Nothing);
    }
    Ok(if failed > 0 || thin { Exit::Findings } else { Exit::Clean })
}

/// Counts and coverage of one pack; answers whether too little is covered.
fn account(look: &Look, args: &Test, pack: &TestedPack, out: &mut String) -> bool {
    let run = &pack.run;
    let failed = run.tests.iter().filter(|test| !test.failures.is_empty()).count();
    let passed = run.tests.len().saturating_sub(failed);
    let shares = [("rules", run.coverage.rules), ("verdicts", run.coverage.verdicts), ("cells", run.coverage.cells)];
    let least = args.min_coverage.map_or(0, usize::from);
    // Some tests alone say nothing about the whole.
    let thin = args.filter.is_none() && shares.iter().any(|(_, share)| percent(*share) < least);
    if look.quiet && !thin {
        return false;
    }
    let words: Vec<String> = shares
        .iter()
        .map(|(name, share)| format!("{name} {}/{} ({} %)", share.covered, share.total, percent(*share)))
        .collect();
    let count = counted(run.tests.len() as u64, "test");
    out.push_str(&format!("{}: {count}, {passed} passed, {failed} failed\n", pack.name));
    if args.filter.is_some() {
        return false;
    }
    out.push_str(&format!("covered: {}\n", words.join(", ")));
    let missing = &run.coverage.missing;
    let most = if look.verbose { usize::MAX } else { 20 };
    if !missing.is_empty() {
        out.push_str("not covered:\n");
        missing.iter().take(most).for_each(|what| out.push_str(&format!("  {what}\n")));
        let rest = missing.len().saturating_sub(most);
        if rest > 0 {
            out.push_str(&format!("  and {rest} more; `--verbose` lists them\n"));
        }
    }
    if thin {
        out.push_str(&look.paint(Tone::Error, &format!("less than {least} % is covered\n")));
    }
    thin
}

/// Whole percents, rounded down: 100 means all.
fn percent(share: Share) -> usize {
    share.covered.saturating_mul(100).checked_div(share.total).unwrap_or(100)
}
