//! `clearway rules`, `explain`, `facts` and `import`: what policies and inventories hold, without a plan being checked.

use super::args::{Explain, Facts, FactsFormat, Import, ImportKind, ListFormat, Rules};
use super::{Exit, output, terminal};
use crate::render::{facts as knowledge, rules as catalogue};
use crate::session::{Explanation, Session};
use crate::source::Disk;

/// `clearway rules`
pub fn rules(args: &Rules) -> Result<Exit, String> {
    let look = terminal::output(&args.common.looks);
    let mut session = Session::new(&Disk, super::options(&args.common)?);
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
pub fn explain(args: &Explain) -> Result<Exit, String> {
    let look = terminal::output(&args.common.looks);
    let mut session = Session::new(&Disk, super::options(&args.common)?);
    let (explanation, told) = session.explain(&args.code);
    super::tell(&terminal::errors(&args.common.looks), session.map(), &told);
    let text = match explanation {
        Some(Explanation::Page(text)) => catalogue::markdown_page(&look, text),
        Some(Explanation::Rule(page)) => catalogue::page(&look, session.map(), &page),
        None => return Ok(Exit::Failed),
    };
    output::write(args.common.looks.output_file.as_deref(), &text)?;
    Ok(if super::failed(&told) { Exit::Failed } else { Exit::Clean })
}

/// `clearway facts`
pub fn facts(args: &Facts) -> Result<Exit, String> {
    let look = terminal::output(&args.common.looks);
    let mut options = super::options(&args.common)?;
    options.inventories.clone_from(&args.inventory);
    options.strict = true;
    let paths = if args.paths.is_empty() && args.inventory.is_empty() { vec![".".into()] } else { args.paths.clone() };
    let mut session = Session::new(&Disk, options);
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
pub fn import(args: &Import) -> Result<Exit, String> {
    let mut session = Session::new(&Disk, super::options(&args.common)?);
    let (text, told) = match args.kind {
        ImportKind::Scvmm => session.import_scvmm(&args.file),
    };
    super::tell(&terminal::errors(&args.common.looks), session.map(), &told);
    if let Some(text) = text {
        output::write(args.common.looks.output_file.as_deref(), &text)?;
    }
    Ok(if super::failed(&told) { Exit::Failed } else { Exit::Clean })
}
