//! Findings written as they come, for formats that can: those of a file of single entities, and of standard input, go to
//! standard output without being gathered. Which inputs that can be done for is the session's business.

use std::cell::Cell;
use std::ops::ControlFlow;
use std::rc::Rc;

use super::args::Check;
use super::formats::Format;
use super::output;
use crate::render::{Look, concise, csv, json_lines};
use crate::report::Run;
use crate::session::Session;

/// Writes findings as they come.
pub struct Along {
    format: Format,
    began: Cell<bool>,
    folder: Option<String>,
}

impl Along {
    /// Nothing where findings have to be gathered: where they are counted, compared, put in order, or written elsewhere too.
    pub fn new(args: &Check, reviewing: bool) -> Option<Along> {
        let gathered = reviewing
            || args.watch
            || args.fix
            || args.diff
            || args.statistics
            || args.comparing.any()
            || args.state.is_some()
            || !args.report.is_empty()
            || args.common.looks.output_file.is_some();
        let folder = std::env::current_dir().ok().and_then(|folder| folder.to_str().map(str::to_owned));
        (!gathered && args.output_format.goes_along()).then_some(Along {
            format: args.output_format,
            began: Cell::new(false),
            folder,
        })
    }

    /// Has a session hand findings on.
    pub fn follow(self: &Rc<Along>, session: &mut Session, look: &Look) {
        let (own, look) = (self.clone(), *look);
        session.hand_on(Rc::new(move |map, report| {
            let levels = crate::report::Levels::default();
            let run = Run {
                folder: own.folder.as_deref(),
                map,
                report,
                diagnostics: &[],
                failing: &levels,
                nothing: None,
                fixes: &[],
                reference: &crate::report::Reference::default(),
            };
            let begin = if own.began.replace(true) { String::new() } else { own.format.begin() };
            let text = match own.format {
                Format::JsonLines => json_lines::findings(map, report),
                Format::Csv => csv::rest(&run),
                _ => concise::draw(&look, map, report),
            };
            let written = output::write(None, &(begin + &text));
            if written.is_err() || output::abandoned() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        }));
    }

    /// Whether anything was written.
    pub fn began(&self) -> bool {
        self.began.get()
    }
}
