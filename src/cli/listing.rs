//! `clearway rules`, `explain`, `facts` and `import`: what policies and inventories hold, without a plan being checked.

use std::path::{Path, PathBuf};

use super::args::{Explain, ExplainFormat, Facts, FactsFormat, Import, ImportKind, ListFormat, Rules};
use super::settings::Settings;
use super::stdin::Input;
use super::{Exit, output, terminal};
use crate::render::{difference as differs, explanation, facts as knowledge, rules as catalogue};
use crate::session::Explanation;
use crate::source::Disk;

/// `clearway rules`
pub fn rules(args: &Rules, settings: &Settings) -> Result<Exit, String> {
    let look = terminal::output(&args.common.looks);
    let mut session = settings.session(&Disk, args)?;
    if let [from, to] = args.diff.as_slice() {
        let (difference, told) = session.rules_differ(from, to);
        super::tell(&terminal::errors(&args.common.looks), session.map(), &told);
        let Some(difference) = difference else { return Ok(Exit::Failed) };
        let text = match args.format {
            ListFormat::Text => differs::text(&look, &difference),
            ListFormat::Markdown => differs::markdown(&difference),
            ListFormat::Json => differs::json(&difference),
        };
        output::write(args.common.looks.output_file.as_deref(), &text)?;
        return Ok(if super::failed(&told) { Exit::Failed } else { Exit::Clean });
    }
    let (list, told) = session.rules();
    super::tell(&terminal::errors(&args.common.looks), session.map(), &told);
    let text = match args.format {
        ListFormat::Text if list.rules.is_empty() => String::new(),
        ListFormat::Text => catalogue::text(&look, &list),
        ListFormat::Markdown => catalogue::markdown(&list),
        ListFormat::Json => catalogue::json(session.map(), &list),
    };
    output::write(args.common.looks.output_file.as_deref(), &text)?;
    Ok(if super::failed(&told) { Exit::Failed } else { Exit::Clean })
}

/// `clearway explain`
pub fn explain(args: &Explain, settings: &Settings) -> Result<Exit, String> {
    if let Some(step) = &args.step {
        return explain_step(args, settings, step);
    }
    let look = terminal::output(&args.common.looks);
    let mut session = settings.session(&Disk, args)?;
    let (explanation, told) = session.explain(&args.what);
    super::tell(&terminal::errors(&args.common.looks), session.map(), &told);
    let text = match explanation {
        Some(Explanation::Page(text)) => catalogue::markdown_page(&look, text),
        Some(Explanation::Rule(page)) => catalogue::page(&look, session.map(), &page),
        None => {
            if Path::new(&args.what).is_file() && !args.common.looks.quiet {
                output::say("`clearway explain PLAN --step ID` explains a step of a plan\n");
            }
            return Ok(Exit::Failed);
        }
    };
    output::write(args.common.looks.output_file.as_deref(), &text)?;
    Ok(if super::failed(&told) { Exit::Failed } else { Exit::Clean })
}

/// `clearway explain PLAN --step ID`
fn explain_step(args: &Explain, settings: &Settings, step: &str) -> Result<Exit, String> {
    let look = terminal::output(&args.common.looks);
    let mut paths = [PathBuf::from(&args.what)];
    let files = Input::new(&mut paths, None, None);
    let mut session = settings.session(&files, args)?;
    let [plan] = paths;
    let found = session.explain_step(&plan, step, args.code.as_deref());
    let (map, told) = (session.map(), &found.diagnostics);
    let text = match (args.output_format, &found.explanation) {
        (ExplainFormat::Json, explanation) => {
            explanation::json(map, &found.report, explanation.as_ref(), args.code.is_some(), told)
        }
        (ExplainFormat::Full, Some(explained)) => {
            explanation::draw(&look, map, &found.report, explained, args.code.is_some())
        }
        (ExplainFormat::Full, None) => String::new(),
    };
    if args.output_format == ExplainFormat::Full {
        super::tell(&terminal::errors(&args.common.looks), map, told);
    }
    output::write(args.common.looks.output_file.as_deref(), &text)?;
    if !found.evaluated && !args.common.looks.quiet {
        output::say(&format!("nothing was evaluated: {}\n", found.why_nothing));
    }
    Ok(match (super::failed(told), found.evaluated) {
        (true, _) => Exit::Failed,
        (false, false) => Exit::Nothing,
        (false, true) => Exit::Clean,
    })
}

/// `clearway facts`
pub fn facts(args: &Facts, settings: &Settings) -> Result<Exit, String> {
    let look = terminal::output(&args.common.looks);
    let paths = if args.paths.is_empty() && args.inventory.is_empty() { vec![".".into()] } else { args.paths.clone() };
    let mut session = settings.session(&Disk, args)?;
    let found = session.facts(&paths);
    let told = &found.diagnostics;
    let text = match args.output_format {
        _ if args.template => found.template,
        FactsFormat::Full if found.knowledge.facts.is_empty() => String::new(),
        FactsFormat::Full => knowledge::text(&look, &found.knowledge),
        FactsFormat::Json => knowledge::json(session.map(), &found.knowledge, told),
    };
    if args.template || args.output_format == FactsFormat::Full {
        super::tell(&terminal::errors(&args.common.looks), session.map(), told);
    }
    output::write(args.common.looks.output_file.as_deref(), &text)?;
    let nothing = found.knowledge.inventories.is_empty();
    if nothing && !args.common.looks.quiet {
        output::say("no inventory was read: name one by `--inventory`, or a plan that does\n");
    }
    Ok(match (super::failed(told), nothing) {
        (true, _) => Exit::Failed,
        (false, true) => Exit::Nothing,
        (false, false) => Exit::Clean,
    })
}

/// `clearway import`
pub fn import(args: &Import, settings: &Settings) -> Result<Exit, String> {
    let mut session = settings.session(&Disk, args)?;
    let (text, told) = match args.kind {
        ImportKind::Scvmm => session.import_scvmm(&args.file),
        ImportKind::Rvtools => session.import_rvtools(&args.file),
    };
    super::tell(&terminal::errors(&args.common.looks), session.map(), &told);
    if let Some(text) = text {
        output::write(args.common.looks.output_file.as_deref(), &text)?;
    }
    Ok(if super::failed(&told) { Exit::Failed } else { Exit::Clean })
}
