//! `clearway lint` and `clearway fmt`: policies without a plan. Files are written here and nowhere else.

use std::path::{Path, PathBuf};

use super::args::{FailOn, Fmt, Lint, LintFormat};
use super::settings::Settings;
use super::stdin::Input;
use super::{Exit, output, terminal};
use crate::diag::Severity;
use crate::render::text::counted;
use crate::render::{concise, diagnostics, policies};
use crate::session::Formatted;
use crate::source::Disk;

/// `clearway lint`
pub fn lint(args: &Lint, settings: &Settings) -> Result<Exit, String> {
    let look = terminal::output(&args.common.looks);
    let mut session = settings.session(&Disk, args)?;
    let linted = session.lint(&args.paths);
    let (map, told) = (session.map(), &linted.diagnostics);
    let text = match args.output_format {
        LintFormat::Full if told.is_empty() => String::new(),
        LintFormat::Full => format!("{}\n", diagnostics::draw(&look, map, told).trim_end()),
        LintFormat::Concise => concise::diagnostics(&look, map, told),
        LintFormat::Json => policies::json(map, &linted.packs, told),
    };
    output::write(args.common.looks.output_file.as_deref(), &text)?;
    if !args.common.looks.quiet {
        let packs = linted.packs.iter().map(|pack| format!("`{pack}`")).collect::<Vec<_>>().join(", ");
        let apart = if text.is_empty() || args.output_format != LintFormat::Full { "" } else { "\n" };
        let count = diagnostics::count(told).unwrap_or_else(|| "nothing is wrong".to_owned());
        output::say(&format!("{apart}{count} in {packs}\n"));
    }
    let least = match args.fail_on {
        FailOn::Error => Severity::Error,
        FailOn::Warning => Severity::Warning,
        FailOn::Info => Severity::Info,
        FailOn::Never => return Ok(if super::failed(told) { Exit::Failed } else { Exit::Clean }),
    };
    Ok(match (super::failed(told), told.iter().any(|diagnostic| diagnostic.severity >= least)) {
        (true, _) => Exit::Failed,
        (false, true) => Exit::Findings,
        (false, false) => Exit::Clean,
    })
}

/// `clearway fmt`
pub fn fmt(args: &Fmt, settings: &Settings) -> Result<Exit, String> {
    let mut paths = if args.paths.is_empty() { vec![PathBuf::from(".")] } else { args.paths.clone() };
    let piped = paths.iter().any(|path| path.as_os_str() == "-");
    let name = args.stdin_filename.as_deref().unwrap_or(Path::new("stdin.way"));
    let files = Input::new(&mut paths, Some(name), None);
    let mut session = settings.session(&files, args)?;
    let (formatted, told) = session.format(&paths);
    super::tell(&terminal::errors(&args.common.looks), session.map(), &told);
    let changed: Vec<&Formatted> = formatted.iter().filter(|file| file.changes()).collect();
    let dry = args.check || args.diff;
    let mut text = String::new();
    if args.diff {
        changed.iter().for_each(|file| text.push_str(&file.diff()));
    } else if args.check {
        changed.iter().for_each(|file| text.push_str(&format!("would change {}\n", file.path.display())));
    }
    for file in &formatted {
        if dry {
            break;
        }
        if piped && file.path == name {
            text.push_str(&file.new);
        } else if file.changes() {
            std::fs::write(&file.path, &file.new)
                .map_err(|why| format!("cannot write `{}`: {why}", file.path.display()))?;
        }
    }
    output::write(args.common.looks.output_file.as_deref(), &text)?;
    let failed = super::failed(&told);
    if formatted.is_empty() && !failed {
        output::say("nothing was formatted: no `*.way` file was found\n");
        return Ok(Exit::Nothing);
    }
    if !args.common.looks.quiet && (dry || !piped) {
        let many = |count: usize, rest: &str| {
            (count > 0).then(|| format!("{} {rest}", counted(u64::try_from(count).unwrap_or(u64::MAX), "file")))
        };
        let same = formatted.len().saturating_sub(changed.len());
        let did = if dry { "would change" } else { "changed" };
        let parts: Vec<String> = [many(changed.len(), did), many(same, "in order")].into_iter().flatten().collect();
        output::say(&format!("{}\n", parts.join(", ")));
    }
    Ok(match (failed, dry && !changed.is_empty()) {
        (true, _) => Exit::Failed,
        (false, true) => Exit::Findings,
        (false, false) => Exit::Clean,
    })
}
