//! `clearway check --fix` and `--diff`: suggestions written into plans. Writing is done here and nowhere else.

use super::args::Check;
use super::settings::Settings;
use super::stdin::Input;
use super::{Exit, output, terminal};
use crate::session::Mended;

/// Shows what would be written, or writes it. Nothing: the check goes on, with what was written.
pub fn run(args: &Check, settings: &Settings) -> Result<Option<Exit>, String> {
    let mut paths = if args.paths.is_empty() { vec![".".into()] } else { args.paths.clone() };
    let from_stdin = paths.iter().any(|path| path.as_os_str() == "-");
    if from_stdin && !args.diff {
        return Err("`--fix` writes into files, not to standard input; `--diff` shows what it would write".to_owned());
    }
    let files = Input::new(&mut paths, args.stdin_filename.as_deref(), args.input_format);
    let mut session = settings.session(&files, args)?;
    let (mended, checked) = session.mend(&paths, args.unsafe_fixes);
    if args.diff {
        let errors = terminal::errors(&args.common.looks);
        super::tell(&errors, session.map(), &checked.diagnostics);
        let diffs: Vec<String> = mended.iter().map(Mended::diff).collect();
        output::write(args.common.looks.output_file.as_deref(), &diffs.concat())?;
        told(args, &mended, "would write");
        let exit = match (super::failed(&checked.diagnostics), mended.iter().any(Mended::changes)) {
            (true, _) => Exit::Failed,
            (false, true) => Exit::Findings,
            (false, false) if !checked.evaluated => Exit::Nothing,
            (false, false) => Exit::Clean,
        };
        return Ok(Some(exit));
    }
    for plan in mended.iter().filter(|plan| plan.changes()) {
        std::fs::write(&plan.path, &plan.new).map_err(|why| format!("`{}`: {why}", plan.path.display()))?;
    }
    told(args, &mended, "wrote");
    Ok(None)
}

/// What was done, on standard error.
fn told(args: &Check, mended: &[Mended], did: &str) {
    if args.common.looks.quiet {
        return;
    }
    for plan in mended {
        let path = plan.path.display();
        for written in &plan.written {
            let steps = if written.steps == 1 { "1 step".to_owned() } else { format!("{} steps", written.steps) };
            output::say(&format!("{path}: {did} {steps} for `{}`\n", written.step));
        }
        for (step, why) in &plan.left {
            output::say(&format!("{path}: `{step}` stays as it is: {why}\n"));
        }
    }
}
