//! What a plan leaves behind, as an inventory that another plan can be checked against. It says where there is none to write,
//! and why; the facts themselves are written by `facts`.

use std::path::Path;

use super::Trouble;
use super::inputs::Estate;
use crate::diag::Diagnostic;
use crate::diag::codes::run;
use crate::eval::Changes;
use crate::facts::Facts;
use crate::facts::document::{self, Value};
use crate::facts::load::Assumption;
use crate::facts::read::Format;
use crate::facts::write::{self, State};
use crate::program::Program;
use crate::report::{PlanReport, PlanVerdict};
use crate::source::Span;
use crate::types::FieldId;
use crate::value::{Cell, ListId, Row, StructId};

/// The facts, and what the steps of a plan made different. What they make different under assumptions alone is no fact.
struct Left<'a> {
    facts: &'a Facts,
    after: &'a Changes,
    /// What they make different where nothing is assumed, if that may be something else.
    bare: Option<&'a Changes>,
}

impl Left<'_> {
    fn same(&self, here: Cell, there: Cell, bare: &Changes) -> bool {
        match (here, there) {
            (Cell::List(here), Cell::List(there)) => {
                let (here, there) = (self.after.list(self.facts, here), bare.list(self.facts, there));
                here.len() == there.len() && here.iter().zip(there).all(|(a, b)| self.same(*a, *b, bare))
            }
            _ => here == there,
        }
    }
}

impl State for Left<'_> {
    fn cell(&self, of: StructId, row: Row, field: FieldId) -> Cell {
        let here = self.after.cell(self.facts, of, row, field);
        let fact = self.bare.is_none_or(|bare| self.same(here, bare.cell(self.facts, of, row, field), bare));
        if fact { here } else { Cell::Unknown }
    }

    fn list(&self, id: ListId) -> &[Cell] {
        self.after.list(self.facts, id)
    }
}

/// The state that a run is asked for, until it is written or it is clear why there is none.
#[derive(Default)]
pub(super) struct Wanted {
    format: Option<Format>,
    text: Option<String>,
}

impl Wanted {
    /// What is asked for, of a run over so many plans; says what is wrong with asking for it.
    pub fn new(path: Option<&Path>, plans: usize, told: &mut Vec<Diagnostic>) -> Wanted {
        let Some(path) = path else { return Wanted::default() };
        let name = path.display().to_string();
        let format = if name == "-" { Some(Format::Yaml) } else { Format::of_name(&name) };
        let format = format.filter(|format| matches!(format, Format::Yaml | Format::Json | Format::Toml));
        if format.is_none() {
            told.push(Trouble::UnwritableEnding { path: path.to_path_buf() }.diagnostic());
        }
        if plans > 1 {
            let message = format!("there are {plans} plans, and a state is what one of them leaves behind");
            told.push(
                Diagnostic::error(run::SEVERAL_STATES, Span::NONE, message)
                    .note("each plan is checked against the inventory as it is given")
                    .help("name one plan; check the next one with the state as its `--inventory`"),
            );
        }
        Wanted { format: format.filter(|_| plans <= 1), text: None }
    }

    /// Writes what a plan leaves behind, where that is asked for.
    pub fn write(
        &mut self,
        program: &Program,
        estate: &mut Estate,
        plan: &PlanReport,
        (after, bare): (&Changes, Option<&Changes>),
        told: &mut Vec<Diagnostic>,
    ) {
        let Some(format) = self.format else { return };
        // What is assumed stands in the list `assume`, as it did, and not in the rows.
        let all: Vec<usize> = (0..estate.facts.assumed().len()).collect();
        estate.facts.assume_without(&all);
        let written = write::inventory(&program.schema, &estate.facts, &Left { facts: &estate.facts, after, bare });
        estate.facts.assume_without(&[]);
        let mut fine = written.refused.is_empty();
        told.extend(written.refused);
        let value = assuming(written.value, &estate.assumptions.loaded);
        let empty = matches!(&value, Value::Map(members, _) if members.is_empty());
        let none = estate.assumptions.loaded.iter().find(|assumption| matches!(assumption.is, Value::Null(_)));
        if format == Format::Toml && (written.null.is_some() || none.is_some() || empty) {
            let (place, what) = match (written.null, none) {
                (Some(fact), _) => (estate.facts.place(fact), format!("`{}` is `null`", estate.facts.route(fact))),
                (None, Some(none)) => (Some(none.span), format!("`{}` is assumed to be `null`", none.fact.node)),
                (None, None) => (None, "the inventory says nothing".to_owned()),
            };
            let message = format!("{what}, which TOML cannot say");
            told.push(
                Diagnostic::error(run::UNSAYABLE, place.unwrap_or(Span::NONE), message)
                    .help("write the state as YAML or JSON, such as `--state after.yaml`"),
            );
            fine = false;
        }
        if !fine {
            self.format = None;
            return;
        }
        let document = value.document();
        self.text = match format {
            Format::Json => Some(document::json(&document)),
            Format::Toml => document::toml(&document).map(|text| format!("{}\n{text}", origin(plan, estate))),
            _ => Some(format!("{}\n{}", origin(plan, estate), document::yaml(&document))),
        };
    }

    /// The text, where the run is one that leaves a state; says why not where there is none. `failed`: what was read has errors.
    pub fn take(self, failed: bool, evaluated: bool, told: &mut Vec<Diagnostic>) -> Option<String> {
        self.format?;
        let why = match (failed, evaluated, self.text) {
            (false, true, Some(text)) => return Some(text),
            (true, ..) => "what was read has errors",
            (false, false, _) => "nothing was evaluated",
            (false, true, None) => "single machines are judged, and no plan moves them",
        };
        told.push(
            Diagnostic::error(run::NO_STATE, Span::NONE, format!("no state is written: {why}"))
                .note("a state that is only half true would look like a whole one"),
        );
        None
    }
}

/// The inventory with what is assumed of it: of what a plan leaves behind as of what it found.
fn assuming(mut value: Value, assumptions: &[Assumption]) -> Value {
    let text = |text: &str| Some(Value::text(text, Span::NONE));
    let assumed = assumptions.iter().map(|assumption| {
        Value::map(Span::NONE)
            .with("fact", text(&assumption.fact.node))
            .with("is", Some(assumption.is.clone()))
            .with("because", text(&assumption.because.node))
            .with("until", assumption.until.as_ref().and_then(|until| text(&until.node.to_string())))
    });
    if let Value::Map(members, _) = &mut value
        && !assumptions.is_empty()
    {
        members.push(("assume".to_owned(), Span::NONE, Value::List(assumed.collect(), Span::NONE)));
    }
    value
}

/// Where a state comes from, as comments of YAML and TOML: what of it is the same on every machine and on every day.
fn origin(plan: &PlanReport, estate: &Estate) -> String {
    let names: Vec<String> = estate.names.iter().map(|name| named(name)).collect();
    let refused = plan.steps.iter().filter(|step| step.verdict == PlanVerdict::Denied).count();
    let mut text = format!("# What the plan {} leaves behind, out of {}.\n", titled(plan), names.join(", "));
    if refused > 0 {
        let steps = plan.steps.len();
        let were = if refused == 1 { "was" } else { "were" };
        text.push_str(&format!("# {refused} of its {steps} steps {were} refused and did not happen.\n"));
    }
    text.push_str("# Written by `clearway check --state`. What is not said is not known.\n");
    text
}

fn titled(plan: &PlanReport) -> String {
    let (name, file) = (one_line(&plan.plan), named(&plan.file));
    if file.starts_with(&format!("{name}.")) { file } else { format!("{name} ({file})") }
}

/// A file by the path that it was named by; by its name alone where that path is one of this machine.
fn named(path: &str) -> String {
    let named = Path::new(path);
    let own = named.file_name().filter(|_| named.has_root());
    one_line(&own.map_or_else(|| path.to_owned(), |name| name.to_string_lossy().into_owned()))
}

fn one_line(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}
