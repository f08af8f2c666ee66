//! `clearway suggest`.

use super::args::{Suggest, SuggestFormat};
use super::progress::Progress;
use super::settings::Settings;
use super::stdin::Input;
use super::{Exit, output, terminal};
use crate::render::{suggest, suggest_json};

/// Runs it.
pub fn run(args: &Suggest, settings: &Settings) -> Result<Exit, String> {
    let look = terminal::output(&args.common.looks);
    let errors = terminal::errors(&args.common.looks);
    let mut paths = args.paths.clone();
    let files = Input::new(&mut paths, args.stdin_filename.as_deref(), None);
    let mut session = settings.session(&files, args)?;
    let progress = Progress::new(&errors);
    progress.follow(&mut session);
    let found = session.suggest(&paths, usize::from(args.most));
    progress.end();
    let (map, report, told) = (session.map(), &found.report, &found.diagnostics);
    let text = match args.output_format {
        SuggestFormat::Json => suggest_json::draw(map, report, told),
        SuggestFormat::Full if report.plans.is_empty() => String::new(),
        SuggestFormat::Full => suggest::draw(&look, map, report),
    };
    if args.output_format == SuggestFormat::Full {
        super::tell(&errors, map, told);
    }
    output::write(args.common.looks.output_file.as_deref(), &text)?;
    if super::failed(told) {
        return Ok(Exit::Failed);
    }
    if !found.evaluated {
        if !args.common.looks.quiet {
            output::say(&format!("nothing was evaluated: {}\n", found.why_nothing));
        }
        return Ok(Exit::Nothing);
    }
    let open = report.ways_out.iter().any(|way| way.suggestions.is_empty());
    Ok(if open { Exit::Findings } else { Exit::Clean })
}
