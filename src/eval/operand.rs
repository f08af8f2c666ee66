//! The parts of an expression as an explanation shows them, made of what was followed while it was evaluated. Values,
//! order and idleness are the machine's; here they only get their words, their places and their facts.

use super::follow::{Follow, Seen, What};
use super::machine::Machine;
use super::value::Value;
use crate::facts::Fact;
use crate::program::{ExprId, Node, Over, Places};
use crate::report::{Operand, OperandKind, Origin, Source, Weight};
use crate::source::Span;
use crate::types::{FieldId, StructKind, Type};
use crate::value::{Cell, Row, StructId, Truth};

/// Elements of one list that are told one by one.
const MOST_ELEMENTS: usize = 200;
/// Elements of a list that are shown as its value.
const MOST_SHOWN: usize = 6;
/// How deep parts are told.
const DEEPEST: u32 = 40;

/// What is told of one evaluation.
pub(super) struct Telling<'t> {
    places: &'t Places,
    seen: &'t [Seen],
    /// Parts that may still be told.
    left: usize,
    depth: u32,
}

impl<'t> Telling<'t> {
    /// Tells of what was followed.
    pub(super) fn new(places: &'t Places, seen: &'t [Seen]) -> Telling<'t> {
        Telling { places, seen, left: 20_000, depth: 0 }
    }

    /// What was seen right under an entry; what is seen once more is taken for what was seen then.
    fn under(&self, at: usize) -> Vec<usize> {
        let end = self.seen.get(at).map_or(at, |seen| seen.end);
        let mut found = Vec::new();
        self.between(at.saturating_add(1), end, 0, &mut found);
        found
    }

    fn between(&self, from: usize, to: usize, depth: u32, found: &mut Vec<usize>) {
        let mut at = from;
        while at < to {
            let Some(seen) = self.seen.get(at) else { break };
            match seen.what {
                What::Again(from, to) if depth < DEEPEST => self.between(from, to, depth.saturating_add(1), found),
                _ => found.push(at),
            }
            at = seen.end.max(at.saturating_add(1));
        }
    }

    fn expr(&self, at: usize) -> Option<(ExprId, &'t Value<Follow>)> {
        match &self.seen.get(at)?.what {
            What::Expr(id, Some(value)) => Some((*id, value)),
            _ => None,
        }
    }

    /// A part that was not looked at.
    pub(super) fn unread(&self, id: ExprId) -> Operand {
        Operand {
            span: self.places.of(id),
            kind: OperandKind::Other,
            value: None,
            truth: None,
            weight: Weight::Unread,
            origins: Vec::new(),
            parts: Vec::new(),
            more: 0,
        }
    }

    /// The expression that was evaluated at an entry.
    pub(super) fn operand(&mut self, machine: &mut Machine<'_, Follow>, at: usize) -> Operand {
        let Some((id, value)) = self.expr(at) else { return self.unread(ExprId(u32::MAX)) };
        let idle = self.seen.get(at).is_some_and(|seen| seen.idle);
        let mut operand = Operand {
            value: Some(shown(machine, value)),
            truth: truth(value),
            weight: if idle { Weight::Idle } else { Weight::Counts },
            ..self.unread(id)
        };
        self.left = self.left.saturating_sub(1);
        if self.left == 0 || self.depth >= DEEPEST {
            return operand;
        }
        self.depth = self.depth.saturating_add(1);
        self.fill(machine, id, at, &mut operand);
        self.depth = self.depth.saturating_sub(1);
        operand
    }

    fn fill(&mut self, machine: &mut Machine<'_, Follow>, id: ExprId, at: usize, operand: &mut Operand) {
        let program = machine.program;
        let Some(node) = program.node(id).copied() else { return };
        self.facts(machine, at, operand);
        match node {
            Node::Const(_) => operand.kind = OperandKind::Constant,
            Node::Local(_) => operand.kind = OperandKind::Name,
            Node::Section(_) | Node::Refused(_) | Node::Field { .. } => {
                operand.kind = OperandKind::Fact;
                self.led(machine, at, operand);
            }
            Node::Gathered { .. } => {
                operand.kind = OperandKind::Fact;
                self.led(machine, at, operand);
                // How a list was gathered is told as far as it is not known; the lists that it was gathered from stay apart.
                operand.origins.retain(|origin| origin.from == Source::Unknown);
                operand.parts.retain(|part| part.truth.is_none() || part.truth == Some(Truth::Unknown));
            }
            Node::Lookup { .. } => {
                operand.kind = OperandKind::Fact;
                // Every row that was found was read for it: they are the list, not where it comes from.
                operand.origins.clear();
                self.all(machine, at, operand);
            }
            Node::Index { .. } => {
                operand.kind = OperandKind::Fact;
                self.all(machine, at, operand);
                // The entry of a map stands where the map does.
                if let Some(map) = operand.parts.first().cloned() {
                    operand.origins.extend(map.origins);
                    operand.parts = map.parts.into_iter().chain(operand.parts.drain(..).skip(1)).collect();
                }
            }
            Node::Call { function, .. } => {
                operand.kind = OperandKind::Definition;
                let function = program.functions.get(function.at());
                let body = function.map_or(ExprId(u32::MAX), |function| function.body);
                let derived = function.is_some_and(|function| function.derived);
                for under in self.under(at) {
                    let Some((id, value)) = self.expr(under) else { continue };
                    if id == body || !derived {
                        let part = self.operand(machine, under);
                        operand.parts.push(part);
                    } else {
                        self.way(machine, under, value, operand);
                    }
                }
            }
            Node::And(..) | Node::Or(..) | Node::Implies(..) => {
                operand.kind = OperandKind::Connective;
                self.chain(machine, node, at, &mut operand.parts);
                weigh(&mut operand.parts, operand.truth);
            }
            Node::Else(a, b) => {
                operand.kind = OperandKind::Alternative;
                self.all(machine, at, operand);
                self.rest(&[a, b], at, operand);
                self.alternative(operand, 1);
            }
            Node::If(p, a, b) => {
                operand.kind = OperandKind::Alternative;
                self.all(machine, at, operand);
                self.rest(&[p, a, b], at, operand);
                self.alternative(operand, 1);
            }
            Node::Quantify { over, .. } => {
                self.over_list(machine, over, at, operand);
                weigh(&mut operand.parts, operand.truth);
            }
            Node::Collect { over, .. } | Node::Fold { over, .. } => self.over_list(machine, over, at, operand),
            _ => self.all(machine, at, operand),
        }
    }

    /// The facts that were read for an expression itself.
    fn facts(&self, machine: &mut Machine<'_, Follow>, at: usize, operand: &mut Operand) {
        for under in self.under(at) {
            let (fact, known) = match self.seen.get(under).map(|seen| &seen.what) {
                Some(What::Read(fact)) => (*fact, true),
                Some(What::Missing(fact)) => (*fact, false),
                _ => continue,
            };
            let value = operand.value.clone().filter(|_| known);
            let origin = machine.origin(fact, value);
            if !operand.origins.contains(&origin) {
                operand.origins.push(origin);
            }
        }
    }

    /// All expressions right under one.
    fn all(&mut self, machine: &mut Machine<'_, Follow>, at: usize, operand: &mut Operand) {
        for under in self.under(at) {
            if self.expr(under).is_some() {
                let part = self.operand(machine, under);
                operand.parts.push(part);
            }
        }
    }

    /// What a fact was found by: the row that has it, and of a gathered part the field that it was gathered from.
    fn led(&mut self, machine: &mut Machine<'_, Follow>, at: usize, operand: &mut Operand) {
        let mut first = true;
        for under in self.under(at) {
            let Some((id, value)) = self.expr(under) else { continue };
            if std::mem::take(&mut first) {
                self.way(machine, under, value, operand);
                continue;
            }
            if matches!(machine.program.node(id), Some(Node::Const(_))) {
                continue;
            }
            let part = self.operand(machine, under);
            if part.kind == OperandKind::Fact {
                operand.origins.extend(part.origins);
                operand.parts.extend(part.parts);
            } else {
                operand.parts.push(part);
            }
        }
    }

    /// The way to a row: told where it leads over another row than the one that a name stands for. Records are no rows
    /// of their own.
    fn way(&mut self, machine: &mut Machine<'_, Follow>, at: usize, value: &Value<Follow>, operand: &mut Operand) {
        let part = self.operand(machine, at);
        let record = match value {
            Value::Row(of, _) => machine.program.schema.get(*of).is_some_and(|of| of.kind == StructKind::Record),
            _ => false,
        };
        if record {
            operand.parts.extend(part.parts);
        } else if part.kind != OperandKind::Name {
            operand.parts.push(part);
        }
    }

    /// The parts of a chain of one connective, side by side.
    fn chain(&mut self, machine: &mut Machine<'_, Follow>, node: Node, at: usize, parts: &mut Vec<Operand>) {
        let (a, b) = match node {
            Node::And(a, b) | Node::Or(a, b) | Node::Implies(a, b) => (a, b),
            _ => return,
        };
        let under = self.under(at);
        for side in [a, b] {
            let found = under.iter().copied().find(|under| self.expr(*under).is_some_and(|(id, _)| id == side));
            let of = machine.program.node(side).copied();
            let same = matches!((node, of), (Node::And(..), Some(Node::And(..))) | (Node::Or(..), Some(Node::Or(..))));
            match (found, of) {
                (Some(found), Some(of)) if same => {
                    let before = parts.len();
                    self.chain(machine, of, found, parts);
                    if self.seen.get(found).is_some_and(|seen| seen.idle) {
                        parts
                            .iter_mut()
                            .skip(before)
                            .filter(|part| part.weight != Weight::Unread)
                            .for_each(|part| part.weight = Weight::Idle);
                    }
                }
                (Some(found), _) => {
                    let part = self.operand(machine, found);
                    parts.push(part);
                }
                (None, _) => parts.push(self.unread(side)),
            }
        }
    }

    /// Parts that were not looked at, put where they stand among the others.
    fn rest(&self, ids: &[ExprId], at: usize, operand: &mut Operand) {
        let seen: Vec<ExprId> = self.under(at).into_iter().filter_map(|under| Some(self.expr(under)?.0)).collect();
        for (place, id) in ids.iter().enumerate() {
            if !seen.contains(id) {
                operand.parts.insert(place.min(operand.parts.len()), self.unread(*id));
            }
        }
    }

    /// Of alternatives the last one that was looked at is the value.
    fn alternative(&self, operand: &mut Operand, least: usize) {
        let read = |part: &&mut Operand| part.weight != Weight::Unread;
        if operand.parts.iter().filter(|part| part.weight != Weight::Unread).count() >= least
            && let Some(last) = operand.parts.iter_mut().rev().find(read)
        {
            last.weight = Weight::Decides;
        }
    }

    /// A list and its elements, each with what was said of it.
    fn over_list(&mut self, machine: &mut Machine<'_, Follow>, over: Over, at: usize, operand: &mut Operand) {
        operand.kind = OperandKind::OverList;
        let mut elements: Vec<Operand> = Vec::new();
        let mut gone_through = 0usize;
        let mut length = None;
        let empty = operand.value.as_deref() == Some(NOTHING);
        for under in self.under(at) {
            let Some(seen) = self.seen.get(under) else { continue };
            match &seen.what {
                What::Expr(id, Some(value)) if *id == over.list => {
                    if let Value::List(list) = value {
                        length = Some(machine.len(list));
                    }
                    let mut list = self.operand(machine, under);
                    list.weight = Weight::Counts;
                    operand.parts.push(list);
                }
                What::Element(value, member) => {
                    gone_through = gone_through.saturating_add(1);
                    let label = match value {
                        Value::Unknown => "?".to_owned(),
                        value => shown(machine, value),
                    };
                    let mut element = self.unread(ExprId(u32::MAX));
                    element.weight = if seen.idle && !empty { Weight::Idle } else { Weight::Counts };
                    element.truth = Some(*member);
                    element.kind = OperandKind::Element(label);
                    elements.push(element);
                }
                What::Expr(id, Some(value)) => {
                    let mut part = self.operand(machine, under);
                    let filter = over.filter == Some(*id);
                    let Some(element) = elements.last_mut() else { continue };
                    if filter {
                        let passes = element.truth.unwrap_or(Truth::True).and(value.truth());
                        element.truth = Some(passes);
                        element.value = Some(word(passes).to_owned());
                    } else {
                        element.truth = truth(value).filter(|_| element.truth != Some(Truth::False));
                        element.value = Some(shown(machine, value));
                    }
                    if part.weight == Weight::Idle && (filter || empty) {
                        part.weight = Weight::Counts;
                    }
                    element.parts.push(part);
                }
                _ => {}
            }
        }
        let unread = length.unwrap_or(0).saturating_sub(gone_through);
        // What counts goes before what does not, where not all can be told.
        if elements.len() > MOST_ELEMENTS {
            elements.sort_by_key(|element| element.weight == Weight::Idle);
        }
        let cut = elements.len().saturating_sub(MOST_ELEMENTS);
        elements.truncate(MOST_ELEMENTS);
        operand.more = unread.saturating_add(cut) as u64;
        operand.parts.append(&mut elements);
    }
}

/// What a list without elements is shown as.
const NOTHING: &str = "[]";

fn word(truth: Truth) -> &'static str {
    match truth {
        Truth::True => "true",
        Truth::False => "false",
        Truth::Unknown => "unknown",
    }
}

/// The truth of a condition; of anything that is unknown that it is.
fn truth(value: &Value<Follow>) -> Option<Truth> {
    match value {
        Value::Bool(value) => Some(Truth::from(*value)),
        Value::Unknown => Some(Truth::Unknown),
        _ => None,
    }
}

/// A value in words; of a long list its first elements.
fn shown(machine: &mut Machine<'_, Follow>, value: &Value<Follow>) -> String {
    match value {
        Value::Unknown => "unknown".to_owned(),
        Value::List(list) => {
            let length = machine.len(list);
            let mut words = Vec::new();
            let mut perhaps = 0usize;
            let mut further = 0usize;
            for at in 0..length {
                let item = machine.item(list, at);
                if item.member != Truth::True {
                    perhaps = perhaps.saturating_add(1);
                } else if words.len() < MOST_SHOWN {
                    words.push(machine.show(&item.value));
                } else {
                    further = further.saturating_add(1);
                }
            }
            let mut text = words.join(", ");
            let mut also = |what: String| {
                let between = if text.is_empty() { "" } else { ", " };
                text.push_str(&format!("{between}{what}"));
            };
            if further > 0 {
                also(format!("and {further} more"));
            }
            if perhaps > 0 {
                also(format!("perhaps {perhaps} more"));
            }
            if list.rest().is_some() {
                also("and what is not known".to_owned());
            }
            if text.is_empty() { NOTHING.to_owned() } else { text }
        }
        Value::Map(map) if machine.map_len(map) == 0 => "{}".to_owned(),
        value => {
            let text = machine.show(value);
            if text.is_empty() { "\"\"".to_owned() } else { text }
        }
    }
}

/// Says of parts that stand side by side which of them decided: those that were not marked idle, where others were, and
/// of a whole that is unknown those that are.
pub(super) fn weigh(parts: &mut [Operand], whole: Option<Truth>) {
    if whole == Some(Truth::Unknown) {
        for part in parts.iter_mut().filter(|part| part.weight == Weight::Counts) {
            let list = !matches!(part.kind, OperandKind::Element(_)) && part.truth.is_none();
            if part.truth != Some(Truth::Unknown) && !list {
                part.weight = Weight::Idle;
            }
        }
    }
    let side_by_side = |part: &&Operand| part.truth.is_some() || part.weight == Weight::Unread;
    if parts.iter().filter(side_by_side).any(|part| matches!(part.weight, Weight::Idle | Weight::Unread)) {
        for part in parts.iter_mut().filter(|part| part.weight == Weight::Counts && part.truth.is_some()) {
            part.weight = Weight::Decides;
        }
    }
}

impl Machine<'_, Follow> {
    /// A fact with where it comes from.
    fn origin(&mut self, fact: Fact, value: Option<String>) -> Origin {
        let facts = self.facts();
        let mut origin = Origin {
            route: facts.route(fact),
            value,
            span: facts.place(fact).unwrap_or(Span::NONE),
            from: Source::Written,
        };
        if let Fact::Field { of, row, field } = fact {
            let (given, now) = (facts.cell(of, row, field), self.world.read(of, row, field));
            let written = facts.place(fact).is_some_and(|place| facts.row_place(of, row) != Some(place));
            origin.from = match now {
                Cell::Unknown if given == Cell::Unknown => Source::Unknown,
                now if now != given => self.changed(of, row, field, given),
                _ if let Some(assumed) = facts.assumed_by(of, row, field) => Source::Assumed(assumed.because.clone()),
                _ if written => Source::Written,
                _ => Source::Default,
            };
        } else if origin.value.is_none() {
            origin.from = Source::Unknown;
        }
        origin
    }

    /// What made a cell different from what was given: a step before this one, or the choice of the step itself.
    fn changed(&mut self, of: StructId, row: Row, field: FieldId, given: Cell) -> Source {
        let Some(step) = self.world.changed_by(of, row, field) else { return Source::Chosen };
        let ty = self.program.schema.field(of, field).map_or(&Type::Error, |field| &field.ty);
        let was = (given != Cell::Unknown).then(|| self.show_cell(given, ty));
        Source::Step(self.step_id(step), was)
    }
}
