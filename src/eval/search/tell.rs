//! From what a search found to what is told: steps as a plan writes them, what they cost in words, what stays unverified;
//! and where nothing was found, the facts that stand in the way.

use std::sync::Arc;

use super::ends::{End, Member};
use super::trial::State;
use super::{Found, MOST_REFUSED, Run, Search};
use crate::eval::changes::Changed;
use crate::eval::choose::Choice;
use crate::eval::finding::Subject;
use crate::eval::judge::Outcome;
use crate::eval::machine::Machine;
use crate::eval::mode::Trace;
use crate::eval::run::Which;
use crate::eval::value::{Bound, Value};
use crate::facts::Fact;
use crate::program::{Slot, Suggest};
use crate::report::{
    AfterRefused, Differs, Doubt, InTheWay, Obstacle, Related, SuggestedStep, Suggestion, WayOut, Written,
};
use crate::types::{FieldKind, Schema, StructKind, Type};
use crate::value::{Cell, Row, StructId};

/// Facts that violations rest on.
type Rests = Vec<(Fact, Related)>;

/// How many facts are looked at for the few that violations rest on.
const MOST_FACTS: usize = 60;

fn shown(facts: Rests) -> Vec<Related> {
    facts.into_iter().map(|(_, related)| related).collect()
}

impl<'a> Run<'a> {
    /// What there is to tell of a search.
    pub(super) fn way_out(&mut self, mut search: Search<'a, '_>, ends: &[End], about: &[Which]) -> WayOut {
        let found = std::mem::take(&mut search.found);
        let found = worth_telling(found, ends, &search.members);
        let [(subject, _), _] = search.subjects.clone();
        let ids = self.ids();
        let mut suggestions: Vec<Suggestion> = Vec::new();
        for found in &found {
            if suggestions.len() >= search.limits.most {
                break;
            }
            let suggestion = self.suggestion(&search, ends, found, about, &ids);
            if !suggestions.contains(&suggestion) {
                suggestions.push(suggestion);
            }
        }
        let in_the_way = if suggestions.is_empty() { self.in_the_way(&search, about) } else { None };
        WayOut {
            plan: subject.plan,
            step: subject.step.clone().unwrap_or_default(),
            span: subject.span,
            because: self.refusal(subject, about).0,
            after_refused: AfterRefused::default(),
            suggestions,
            in_the_way,
            spoils: Vec::new(),
            trials: search.trials,
            unheld: false,
            cut_short: search.cut_short,
        }
    }

    /// What there is to tell where a pack has no alternatives.
    pub(super) fn no_way(&mut self, subject: &Subject, about: &[Which]) -> WayOut {
        let (because, facts) = self.refusal(subject, about);
        let said = Vec::new();
        let step = self.written_step(subject, subject.step.clone().unwrap_or_default(), &said);
        WayOut {
            plan: subject.plan,
            step: subject.step.clone().unwrap_or_default(),
            span: subject.span,
            because: because.clone(),
            after_refused: AfterRefused::default(),
            suggestions: Vec::new(),
            in_the_way: Some(InTheWay { steps: vec![step], because, facts: shown(facts) }),
            spoils: Vec::new(),
            trials: 0,
            unheld: false,
            cut_short: false,
        }
    }

    /// Why the step is refused as it stands, and the facts that this rests on.
    fn refusal(&mut self, subject: &Subject, about: &[Which]) -> (Vec<Obstacle>, Rests) {
        let musts = self.musts(about, subject);
        let program = self.program;
        let open =
            program.selects.iter().find(|select| self.world.read(subject.of, subject.row, select.field) == Cell::None);
        let Some(select) = open else {
            let violated: Vec<Which> = self
                .decide(subject, &musts)
                .into_iter()
                .filter(|(_, tally)| tally.violated > 0)
                .map(|(w, _)| w)
                .collect();
            let (because, facts) = self.standing(subject, &violated);
            let facts = self.least(subject, &violated, facts);
            return (because, facts);
        };
        // No value of the choice is permitted: each of them has its own reasons.
        let Some(rule) = program.rule(select.none) else { return (Vec::new(), Rests::new()) };
        let fuel = self.options.steps.saturating_mul(4);
        let mut machine = Machine::new(program, &self.world, &mut self.trace, fuel);
        let frame = machine.enter(rule.head.slots.max(select.slots).max(1));
        machine.bind(Slot(0), Bound::known(Value::Row(subject.of, subject.row)));
        let mut message = machine.what(&rule.card, Outcome::Violated, None, &[]);
        machine.leave(frame);
        if let Choice::Nothing { passed } = self.choose(select, subject, &musts) {
            let told = passed.iter().map(|passed| {
                let codes = passed.violated.iter().filter_map(|which| self.card(*which)).map(|card| &*card.code);
                let codes: Vec<&str> = codes.collect();
                format!("{} ({})", self.candidate(select.field, passed.value), codes.join(", "))
            });
            message = format!("{message}: {}", told.collect::<Vec<_>>().join(", "));
        }
        (vec![Obstacle { code: rule.card.code.clone(), subject: None, message }], Rests::new())
    }

    /// What rules that are violated say, and the facts that they rest on.
    fn standing(&mut self, subject: &Subject, violated: &[Which]) -> (Vec<Obstacle>, Rests) {
        let mut obstacles = Vec::new();
        let mut facts = Rests::new();
        for which in violated {
            let (Some(card), Some((head, judged))) = (self.card(*which), self.parts(*which)) else { continue };
            let fuel = self.options.steps.saturating_mul(4);
            let mut machine = Machine::new(self.program, &self.world, &mut self.trace, fuel);
            machine.judge(Value::Row(subject.of, subject.row), head, judged, &mut |machine, evaluation| {
                if evaluation.outcome != Outcome::Violated {
                    return;
                }
                let cell = machine.cell_hit(&evaluation);
                let message = machine.what(card, evaluation.outcome, cell.as_ref(), &[]);
                let element = machine.element_names(&evaluation).map(Into::into);
                obstacles.push(Obstacle { code: card.code.clone(), subject: element, message });
                for (fact, related) in machine.related_facts(&evaluation.obligation) {
                    if !facts.iter().any(|(known, _)| *known == fact) {
                        facts.push((fact, related));
                    }
                }
            });
        }
        obstacles.sort();
        (obstacles, facts)
    }

    /// Of facts that violations rest on, as few as they rest on whatever the others are: each is taken to be unknown, and
    /// stays so where the rules are violated all the same.
    fn least(&mut self, subject: &Subject, violated: &[Which], facts: Rests) -> Rests {
        let mark = self.world.mark();
        let mut kept = Rests::new();
        // What holds many things is the first to be done without.
        let (lists, single): (Rests, Rests) = facts.into_iter().partition(|(fact, _)| match fact {
            Fact::Field { of, row, field } => {
                matches!(self.world.read(*of, *row, *field), Cell::List(_) | Cell::Map(_))
            }
            Fact::Section(_) => true,
        });
        for (fact, related) in lists.into_iter().chain(single).take(MOST_FACTS) {
            let Fact::Field { of, row, field } = fact else { continue };
            let unknown = Changed { cell: Cell::Unknown, by: None, lacks: None };
            let undo = self.world.put(of, row, field, Some(unknown));
            let still = self.decide(subject, violated).iter().all(|(_, tally)| tally.violated > 0);
            if !still {
                self.world.undo(vec![undo]);
                kept.push((fact, related));
            }
        }
        self.world.roll_back(mark);
        // A list is said by what is told of its elements.
        let routes: Vec<String> = kept.iter().map(|(_, related)| related.route.clone()).collect();
        kept.retain(|(_, related)| !routes.iter().any(|route| route.starts_with(&format!("{}[", related.route))));
        kept
    }

    /// Of the steps that come to an end and are not permitted, the one whose reasons rest on the fewest facts.
    fn in_the_way(&mut self, search: &Search<'a, '_>, about: &[Which]) -> Option<InTheWay> {
        let [(subject, _), _] = &search.subjects;
        let id = subject.step.clone().unwrap_or_default();
        let mut best: Option<((bool, usize, usize), InTheWay)> = None;
        for (_, says, judged) in search.refused.iter().take(MOST_REFUSED) {
            let told = self.inside(&State::new(), &search.members, says, |run| {
                let (because, facts) = run.standing(subject, &judged.violated);
                let facts = run.least(subject, &judged.violated, facts);
                let steps = vec![run.written_step(subject, id.clone(), &search.members)];
                InTheWay { steps, because, facts: shown(facts) }
            });
            let key = (told.facts.is_empty(), told.facts.len(), told.because.len());
            if best.as_ref().is_none_or(|(known, _)| key < *known) {
                best = Some((key, told));
            }
        }
        if let Some((_, best)) = best {
            return Some(best);
        }
        let (because, facts) = self.refusal(subject, about);
        let steps = vec![self.written_step(subject, id, &search.members)];
        Some(InTheWay { steps, because, facts: shown(facts) })
    }

    fn suggestion(
        &mut self,
        search: &Search<'a, '_>,
        ends: &[End],
        found: &Found,
        about: &[Which],
        ids: &[Arc<str>],
    ) -> Suggestion {
        let [(first, _), (later, _)] = &search.subjects;
        let mut state = State::new();
        let (mut steps, mut unverified, mut words) = (Vec::new(), Vec::new(), None);
        let mut id = first.step.clone().unwrap_or_default();
        for (index, says) in found.path.iter().enumerate() {
            let subject = if index == 0 { *first } else { *later };
            if index > 0 {
                id = next_id(first.step.as_deref().unwrap_or("step"), index, ids, &steps);
            }
            let musts = self.musts(about, subject);
            let (step, doubts, said) = self.inside(&state, &search.members, says, |run| {
                run.chooses(subject, &musts);
                let doubts = run.doubts(subject, &id, &musts);
                (run.written_step(subject, id.clone(), &search.members), doubts, run.words(search.suggest, subject))
            });
            let deed = self.deed(search.suggest, subject, &musts, (&state, &search.members, says));
            if let Some(deed) = deed {
                // What is said is the worst of its steps.
                if words.is_none() && deed.rank == found.cost.rank {
                    words = said;
                }
                state.clone_from(&deed.state);
            }
            steps.push(step);
            unverified.extend(doubts);
        }
        let differs = ends.get(found.end).map(|end| self.differs(&search.members, end)).unwrap_or_default();
        let bytes = search.suggest.volume.map(|_| found.cost.bytes);
        Suggestion { steps, differs, interruption: words, bytes, unverified, assumed: Vec::new(), waves: Vec::new() }
    }

    fn differs(&self, members: &[Member<'_>], end: &End) -> Vec<Differs> {
        let differing = members.iter().zip(&end.says).filter(|(member, cell)| member.written != **cell);
        let told = differing.map(|(member, cell)| {
            let (of, field, _) = member.at;
            let ty = self.program.schema.field(of, field).map(|field| &field.ty);
            Differs {
                member: member.variation.member.clone(),
                asked: ty.and_then(|ty| self.written(member.written, ty)),
                suggested: ty.and_then(|ty| self.written(*cell, ty)),
            }
        });
        told.collect()
    }

    /// The interruption of the step as it is now, in words.
    fn words(&mut self, suggest: &'a Suggest, subject: &Subject) -> Option<String> {
        let words = suggest.words.as_ref()?;
        let fuel = self.options.steps.max(1);
        let mut machine: Machine<'_, Trace> = Machine::new(self.program, &self.world, &mut self.trace, fuel);
        let frame = machine.enter(suggest.slots.max(1));
        machine.bind(Slot(0), Bound::known(Value::Row(subject.of, subject.row)));
        let text = machine.message(words);
        machine.leave(frame);
        Some(text)
    }

    /// The `must`s about the step as it is now that nobody can verify.
    fn doubts(&mut self, subject: &Subject, id: &Arc<str>, musts: &[Which]) -> Vec<Doubt> {
        let unverified: Vec<Which> =
            self.decide(subject, musts).into_iter().filter(|(_, tally)| tally.unverified > 0).map(|(w, _)| w).collect();
        let mut doubts = Vec::new();
        for which in unverified {
            let (Some(card), Some((head, judged))) = (self.card(which), self.parts(which)) else { continue };
            let fuel = self.options.steps.saturating_mul(4);
            let mut machine = Machine::new(self.program, &self.world, &mut self.trace, fuel);
            machine.judge(Value::Row(subject.of, subject.row), head, judged, &mut |machine, evaluation| {
                if !matches!(evaluation.outcome, Outcome::Unverified | Outcome::Silent) {
                    return;
                }
                let missing = machine.missing(evaluation.missing.lacks());
                let cell = machine.cell_hit(&evaluation);
                let message = machine.what(card, evaluation.outcome, cell.as_ref(), &missing);
                let element = machine.element_names(&evaluation).map(Into::into);
                doubts.push(Doubt { step: id.clone(), code: card.code.clone(), subject: element, message, missing });
            });
        }
        doubts.sort_by(|a, b| (&a.code, &a.subject, &a.message).cmp(&(&b.code, &b.subject, &b.message)));
        doubts
    }

    /// The step as it is now, as a plan writes it.
    fn written_step(&self, subject: &Subject, id: Arc<str>, members: &[Member<'_>]) -> SuggestedStep {
        let mut written = Vec::new();
        self.written_members(subject.of, subject.row, "", &mut written);
        let changed = members.iter().filter(|member| {
            let (of, field, row) = member.at;
            self.world.read(of, row, field) != self.facts.cell(of, row, field)
        });
        let changed = changed.map(|member| member.variation.member.clone()).collect();
        SuggestedStep { id, members: written, changed }
    }

    fn written_members(&self, of: StructId, row: Row, before: &str, written: &mut Vec<(Arc<str>, Written)>) {
        let fields = self.program.schema.get(of).into_iter().flat_map(crate::types::Struct::fields);
        for (id, field) in fields.filter(|(_, field)| field.kind == FieldKind::Stored) {
            if of == Schema::STEP && [Schema::STEP_ID, Schema::STEP_WAVE].contains(&id) {
                continue;
            }
            let path = if before.is_empty() { field.input.to_string() } else { format!("{before}.{}", field.input) };
            let cell = self.world.read(of, row, id);
            if let (Cell::Row(inner), Type::Row(record)) = (cell, field.ty.required())
                && self.program.schema.get(*record).is_some_and(|of| of.kind == StructKind::Record)
            {
                self.written_members(*record, inner, &path, written);
            } else if let Some(value) = self.written(cell, &field.ty) {
                written.push((path.into(), value));
            }
        }
    }

    /// A value as a plan writes it; nothing where it is left out.
    fn written(&self, cell: Cell, ty: &Type) -> Option<Written> {
        let texts = self.facts.texts();
        let plain = |text: String| Some(Written::Plain(text.into()));
        match (cell, ty.required()) {
            (Cell::Bool(value), _) => plain(value.to_string()),
            (Cell::Number(value), _) => plain(value.to_string()),
            (Cell::Size(value), _) => Some(Written::Text(value.to_string().into())),
            (Cell::Duration(value), _) => Some(Written::Text(value.to_string().into())),
            (Cell::Date(value), _) => Some(Written::Text(value.to_string().into())),
            (Cell::Version(value), _) => Some(Written::Text(value.to_string().into())),
            (Cell::Text(text), _) => Some(Written::Text(texts.get(text).clone())),
            (Cell::Enum(value), Type::Enum(of)) => {
                let name = self.program.schema.enum_def(*of)?.values.get(usize::from(value))?;
                Some(Written::Text(name.clone()))
            }
            (Cell::Row(row), Type::Row(of)) => Some(Written::Text(texts.get(self.facts.key_of(*of, row)?).clone())),
            (Cell::List(list), Type::List(of)) => {
                let cells = self.world.list(list).iter();
                Some(Written::List(cells.filter_map(|cell| self.written(*cell, of)).collect()))
            }
            (Cell::Map(map), Type::Map { value, .. }) => {
                let entries = self.facts.map(map).iter();
                let entries: Vec<_> = entries
                    .filter_map(|(key, cell)| Some((texts.get(*key).clone(), self.written(*cell, value)?)))
                    .collect();
                (!entries.is_empty()).then_some(Written::Map(entries))
            }
            _ => None,
        }
    }
}

/// Ways out by interruption, number of steps and bytes, without those that another one is better than, or as good: of ways to one end, what takes no fewer steps,
/// interrupts no less and moves no less; of ways to different ends, what differs from the end asked for in more, to no gain.
fn worth_telling(mut found: Vec<Found>, ends: &[End], members: &[Member<'_>]) -> Vec<Found> {
    // Of two ways of saying the same, the one that says less comes first.
    let said = |found: &Found| -> usize {
        found.path.iter().map(|says| says.iter().filter(|cell| **cell != Cell::None).count()).sum()
    };
    // What is not verified is said, and comes behind what costs the same and is.
    let key = |found: &Found| (found.cost.rank, found.path.len(), found.cost.bytes.known, found.cost.unverified);
    found.sort_by(|a, b| key(a).cmp(&key(b)).then(said(a).cmp(&said(b)).then(a.end.cmp(&b.end))));
    let differing = |found: &Found| -> Vec<(usize, Cell)> {
        let Some(end) = ends.get(found.end) else { return Vec::new() };
        let says = members.iter().zip(&end.says).enumerate();
        says.filter(|(_, (member, cell))| member.written != **cell).map(|(at, (_, cell))| (at, *cell)).collect()
    };
    let mut kept: Vec<(Found, Vec<(usize, Cell)>)> = Vec::new();
    for way in found {
        let differs = differing(&way);
        let beaten = kept.iter().any(|(other, less)| {
            other.cost.at_most(&way.cost)
                && other.path.len() <= way.path.len()
                && less.iter().all(|member| differs.contains(member))
        });
        if !beaten {
            kept.push((way, differs));
        }
    }
    kept.sort_by(|(a, a_differs), (b, b_differs)| {
        key(a).cmp(&key(b)).then(a_differs.len().cmp(&b_differs.len())).then(a.end.cmp(&b.end))
    });
    kept.into_iter().map(|(found, _)| found).collect()
}

/// An id for a further step that no other step bears.
fn next_id(first: &str, index: usize, ids: &[Arc<str>], steps: &[SuggestedStep]) -> Arc<str> {
    let taken = |id: &str| {
        ids.iter().any(|known| known.eq_ignore_ascii_case(id)) || steps.iter().any(|s| s.id.eq_ignore_ascii_case(id))
    };
    let mut number = index.saturating_add(1);
    loop {
        let id = format!("{first}-{number}");
        if !taken(&id) {
            return id.into();
        }
        number = number.saturating_add(1);
    }
}
