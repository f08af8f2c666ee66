//! Why a step is judged as it is: its rules are evaluated once more in *following* mode, in the very world they were judged
//! in, and what was followed becomes clauses with their parts, values and origins. Nothing is decided here: which part
//! decided is what the machine itself marked, and what became of an evaluation is what it came to.

use rustc_hash::FxHashMap;

use super::choose::Choice;
use super::finding::{Subject, cites};
use super::follow::{Follow, Seen, What};
use super::judge::{Judged, Outcome};
use super::machine::{Machine, Scratch};
use super::operand::{Telling, weigh};
use super::run::{Run, Which};
use super::value::{Bound, Value};
use crate::program::{
    About, Bind, Card, ExprId, Head, Level, MatrixAt, Node, Places, Rule, RuleAt, Says, Select, Slot,
};
use crate::report::{
    CellHit, Clause, EvaluationExplanation, Judgement, Operand, OperandKind, RuleExplanation, StepExplanation, Weight,
    Word,
};
use crate::source::Span;
use crate::types::Schema;
use crate::value::{Cell, Truth};

/// Evaluations of one rule whose clauses are kept; of further ones it is only said what became of them.
const MOST: usize = 300;

impl From<Outcome> for Judgement {
    fn from(outcome: Outcome) -> Judgement {
        match outcome {
            Outcome::Satisfied => Judgement::Satisfied,
            Outcome::NotApplicable => Judgement::NotApplicable,
            Outcome::Noted => Judgement::Noted,
            Outcome::Unverified => Judgement::Unverified,
            Outcome::Silent => Judgement::Silent,
            Outcome::Violated => Judgement::Violated,
        }
    }
}

impl<'a> Run<'a> {
    /// Explains a step, where it is the one that was asked for: by its rules, and by the choice of its transfer type.
    pub(super) fn explain_step(&mut self, subject: &Subject, about: &[Which], choices: &[Choice], refused: bool) {
        let Some(asked) = &self.options.explain else { return };
        if !subject.step.as_ref().is_some_and(|step| step.eq_ignore_ascii_case(&asked.step)) {
            return;
        }
        let decided = choices.iter().all(Choice::decided);
        let mut rules = Vec::new();
        for which in about {
            let Some(card) = self.card(*which).filter(|card| self.is_asked(card)) else { continue };
            let left_out = match &card.disabled {
                Some(why) => Some(format!("it is disabled: {why}")),
                None if !decided => Some("no transfer type was chosen".to_owned()),
                None if refused && card.level == Level::Note => Some("the step is refused".to_owned()),
                None => None,
            };
            rules.push(self.explain_rule(subject, *which, card, left_out));
        }
        for (select, choice) in self.program.selects.iter().zip(choices) {
            for at in [select.chosen, select.none] {
                if let Some(rule) = self.program.rule(at).filter(|rule| self.is_asked(&rule.card)) {
                    rules.push(self.explain_choice(subject, select, at, rule, choice));
                }
            }
        }
        rules.sort_by(|a, b| a.code.cmp(&b.code));
        let explanation = StepExplanation { step: subject.step.clone().unwrap_or_default(), rules };
        self.explained = Some((subject.row, explanation));
    }

    /// Explains the rule about a wave or the plan that was asked for, where the step that was asked for is in it.
    pub(super) fn explain_around(&mut self, subject: &Subject, about: &[Which]) {
        let Some((row, _)) = &self.explained else { return };
        let asked = self.options.explain.as_ref().is_some_and(|asked| asked.code.is_some());
        let wave = self.facts.cell(Schema::STEP, *row, Schema::STEP_WAVE);
        let holds_step = match subject.about {
            About::Wave => wave == Cell::Row(subject.row),
            About::Plan => true,
            About::Step | About::Entity(_) => false,
        };
        if !asked || !holds_step {
            return;
        }
        let mut rules = Vec::new();
        for which in about {
            let Some(card) = self.card(*which).filter(|card| self.is_asked(card)) else { continue };
            let left_out = card.disabled.as_ref().map(|why| format!("it is disabled: {why}"));
            let mut rule = self.explain_rule(subject, *which, card, left_out);
            rule.about = Some(subject.name.clone().unwrap_or_else(|| "the plan".into()));
            rules.push(rule);
        }
        if let Some((_, explanation)) = &mut self.explained {
            explanation.rules.append(&mut rules);
        }
    }

    fn is_asked(&self, card: &Card) -> bool {
        let code = self.options.explain.as_ref().and_then(|asked| asked.code.as_ref());
        code.is_none_or(|code| code.eq_ignore_ascii_case(&card.code))
    }

    fn empty(&self, card: &Card, kind: &'static str, subject: &Subject) -> RuleExplanation {
        RuleExplanation {
            code: card.code.clone(),
            rule: card.name.clone(),
            title: card.title.clone(),
            kind,
            level: match card.level {
                Level::Must => "must",
                Level::Should => "should",
                Level::Note => "note",
            },
            about: None,
            cites: cites(card),
            span: card.span,
            waiver: self.waiver(card, subject).map(|waiver| waiver.note.clone()),
            left_out: None,
            table: None,
            evaluations: Vec::new(),
        }
    }

    fn explain_rule(
        &mut self,
        subject: &Subject,
        which: Which,
        card: &'a Card,
        left_out: Option<String>,
    ) -> RuleExplanation {
        let rule = match which {
            Which::Rule(at) => self.program.rule(at),
            Which::Matrix(_) => None,
        };
        let kind = match (which, rule) {
            (Which::Matrix(_), _) => "matrix",
            (_, Some(Rule { cell_of: Some(_), .. })) => "condition",
            (_, Some(Rule { says: Says::EffectNote { .. }, .. })) => "effect",
            _ => "rule",
        };
        let mut explained = self.empty(card, kind, subject);
        explained.left_out = left_out;
        if explained.left_out.is_some() {
            return explained;
        }
        let Some((head, judged)) = self.parts(which) else { return explained };
        let at = match which {
            Which::Matrix(at) => Some(at),
            Which::Rule(_) => rule.and_then(|rule| rule.cell_of),
        };
        explained.table = at.and_then(|at| Some(self.table(at, self.program.matrix(at)?)));
        let told = self.told(subject, card, head, judged, at);
        let followed = self.followed(subject, card.level, head, judged);
        match (told, followed) {
            (Some(told), Some(mut followed)) => {
                // Both went one way through the program, so that they stand in one order.
                followed.resize_with(told.len(), Vec::new);
                let pairs = told.into_iter().zip(followed);
                explained.evaluations =
                    pairs.map(|(told, clauses)| EvaluationExplanation { clauses, ..told }).collect();
            }
            _ => explained.left_out = Some("it takes more steps of evaluation than the limit".to_owned()),
        }
        explained
    }

    /// What became of the evaluations of a rule, and what is said of it; nothing where the limit was hit.
    fn told(
        &mut self,
        subject: &Subject,
        card: &'a Card,
        head: &'a Head,
        judged: Judged<'a>,
        table: Option<MatrixAt>,
    ) -> Option<Vec<EvaluationExplanation>> {
        let mut told = Vec::new();
        let matrix = table.and_then(|at| self.program.matrix(at));
        let fuel = self.options.steps.saturating_mul(4);
        let mut machine = Machine::new(self.program, &self.world, &mut self.trace, fuel);
        machine.judge(Value::Row(subject.of, subject.row), head, judged, &mut |machine, evaluation| {
            let finding = machine.finding(card, None, subject, &evaluation);
            let tells = evaluation.outcome.is_finding();
            let bound = !head.has_each() || !evaluation.elements.is_empty();
            // A condition of cells is asked where its table is hit.
            let cell = finding.cell.or_else(|| {
                let hit = machine.hit(matrix.filter(|_| bound)?);
                let places =
                    |headers: &super::matrix::Headers<'_>| headers.places().iter().map(|at| *at as usize).collect();
                let (rows, columns) = (places(&hit.rows), places(&hit.columns));
                let shown = |machine: &mut Machine<'_, _>, value| match value {
                    Value::Unknown => None,
                    value => Some(machine.show(&value)),
                };
                Some(CellHit { row: shown(machine, hit.row), column: shown(machine, hit.column), rows, columns })
            });
            told.push(EvaluationExplanation {
                subject: machine.element_names(&evaluation).map(Into::into),
                verdict: evaluation.outcome.into(),
                message: Some(finding.message).filter(|_| tells),
                help: finding.help.filter(|_| tells),
                clauses: Vec::new(),
                missing: finding.missing,
                cell,
                passed: Vec::new(),
            });
        });
        (!machine.exhausted()).then_some(told)
    }

    /// The clauses of the evaluations of a rule, in the same order; nothing where the limit was hit.
    fn followed(
        &self,
        subject: &Subject,
        level: Level,
        head: &'a Head,
        judged: Judged<'a>,
    ) -> Option<Vec<Vec<Clause>>> {
        let places = &self.options.explain.as_ref()?.places;
        let mut followed = Vec::new();
        let mut latest = Latest::default();
        let mut scratch: Scratch<Follow> = Scratch::default();
        let fuel = self.options.steps.saturating_mul(4);
        let mut machine = Machine::new(self.program, &self.world, &mut scratch, fuel);
        machine.judge(Value::Row(subject.of, subject.row), head, judged, &mut |machine, _| {
            let clauses = if followed.len() < MOST {
                let seen = std::mem::take(&mut machine.scratch.log.seen);
                latest.look(&seen);
                let clauses = Clauses { machine, places, seen: &seen, latest: &latest }.of(head, judged, level);
                machine.scratch.log.seen = seen;
                clauses
            } else {
                Vec::new()
            };
            followed.push(clauses);
        });
        (!machine.exhausted()).then_some(followed)
    }

    /// A code of a choice: what was tried, and under which conditions.
    fn explain_choice(
        &mut self,
        subject: &Subject,
        select: &'a Select,
        at: RuleAt,
        rule: &'a Rule,
        choice: &Choice,
    ) -> RuleExplanation {
        let mut explained = self.empty(&rule.card, "choice", subject);
        explained.waiver = self.waives(rule, subject).map(|waiver| waiver.note.clone());
        let chosen = at == select.chosen;
        let verdict = match (choice, chosen) {
            (Choice::Named, _) => Judgement::NotApplicable,
            (Choice::Chosen { .. }, true) => Judgement::Noted,
            (Choice::Chosen { .. }, false) => Judgement::Satisfied,
            (Choice::Nothing { .. }, true) => {
                explained.left_out = Some("no transfer type was chosen".to_owned());
                return explained;
            }
            (Choice::Nothing { .. }, false) => Judgement::Violated,
            (Choice::Undecided, _) => Judgement::Unverified,
        };
        let mut findings = self.findings.iter().rev();
        let finding = findings.find(|finding| finding.code == rule.card.code && finding.step == subject.step);
        let mut evaluation = EvaluationExplanation {
            subject: None,
            verdict,
            message: finding.map(|finding| finding.message.clone()),
            help: finding.and_then(|finding| finding.help.clone()),
            clauses: Vec::new(),
            missing: finding.map(|finding| finding.missing.clone()).unwrap_or_default(),
            cell: None,
            passed: finding.map(|finding| finding.passed.clone()).unwrap_or_default(),
        };
        if *choice == Choice::Named {
            evaluation.message = Some("the plan names it".to_owned());
        } else {
            evaluation.clauses = self.preferences(subject, select).unwrap_or_default();
        }
        explained.evaluations.push(evaluation);
        explained
    }

    /// The groups of candidates with the conditions under which they are candidates, judged as the choice judges them:
    /// while the field is `none`.
    fn preferences(&mut self, subject: &Subject, select: &'a Select) -> Option<Vec<Clause>> {
        let options = self.options;
        let places = &options.explain.as_ref()?.places;
        let ty = &self.program.schema.field(Schema::STEP, select.field)?.ty;
        let names = match ty.required() {
            crate::types::Type::Enum(of) => self.program.schema.enum_def(*of).map(|of| of.values.as_slice()),
            _ => None,
        };
        let names = names.unwrap_or_default();
        let now = self.world.read(subject.of, subject.row, select.field);
        self.world.choose(subject.of, subject.row, select.field, Cell::None);
        let mut scratch: Scratch<Follow> = Scratch::default();
        let mut machine = Machine::new(self.program, &self.world, &mut scratch, options.steps.max(1));
        let frame = machine.enter(select.slots.max(1));
        machine.bind(Slot(0), Bound::known(Value::Row(subject.of, subject.row)));
        let mut clauses = Vec::new();
        let mut open = true;
        for candidates in &select.prefer {
            let named = candidates.values.iter().filter_map(|value| names.get(usize::from(*value)));
            let name = named.map(|name| &**name).collect::<Vec<_>>().join(", ");
            let Some(condition) = candidates.condition else {
                let operand =
                    Operand { kind: OperandKind::Constant, ..Telling::new(places, &[]).unread(ExprId(u32::MAX)) };
                clauses.push(Clause { word: Word::Prefer, name: Some(name.into()), operand });
                continue;
            };
            let mut operand = Telling::new(places, &[]).unread(condition);
            if open {
                let start = machine.scratch.log.seen.len();
                let truth = machine.truth(condition);
                let seen = std::mem::take(&mut machine.scratch.log.seen);
                operand = Telling::new(places, &seen).operand(&mut machine, start);
                operand.weight = if truth == Truth::False { Weight::Idle } else { Weight::Decides };
                machine.scratch.log.seen = seen;
                open = truth == Truth::False;
            }
            clauses.push(Clause { word: Word::Prefer, name: Some(name.into()), operand });
        }
        machine.leave(frame);
        match now {
            Cell::None => self.world.restore(subject.of, subject.row, select.field),
            cell => self.world.choose(subject.of, subject.row, select.field, cell),
        }
        Some(clauses)
    }
}

/// Where each expression was evaluated last.
#[derive(Default)]
struct Latest {
    at: FxHashMap<ExprId, usize>,
    looked: usize,
}

impl Latest {
    fn look(&mut self, seen: &[Seen]) {
        for (at, seen) in seen.iter().enumerate().skip(self.looked) {
            if let What::Expr(id, Some(_)) = seen.what {
                self.at.insert(id, at);
            }
        }
        self.looked = seen.len();
    }
}

/// The clauses of one evaluation, while its frame is open.
struct Clauses<'m, 'a, 's> {
    machine: &'m mut Machine<'a, Follow>,
    places: &'s Places,
    seen: &'s [Seen],
    latest: &'s Latest,
}

impl<'a> Clauses<'_, 'a, '_> {
    fn of(&mut self, head: &'a Head, judged: Judged<'a>, level: Level) -> Vec<Clause> {
        let mut clauses = Vec::new();
        // What was evaluated before something that comes before it is of another element.
        let mut last = 0usize;
        let mut roots: Vec<(usize, usize)> = Vec::new();
        let mut root = |this: &mut Self, id: ExprId, last: &mut usize| {
            let at = this.latest.at.get(&id).copied().filter(|at| *at >= *last);
            match at {
                Some(at) => {
                    *last = at;
                    roots.push((at, this.seen.get(at).map_or(at, |seen| seen.end)));
                    Telling::new(this.places, this.seen).operand(this.machine, at)
                }
                None => Telling::new(this.places, this.seen).unread(id),
            }
        };
        let mut when = Vec::new();
        for part in &head.first {
            when.push((*part, root(self, *part, &mut last)));
        }
        for bind in &head.inner {
            if let Bind::Each { list, .. } = bind {
                // The list of an inner `each` is made for every element of the outer one.
                let operand = root(self, *list, &mut last);
                clauses.push(self.clause(Word::Each, *list, operand));
            }
        }
        for part in &head.then {
            when.push((*part, root(self, *part, &mut last)));
        }
        match judged {
            Judged::Demand(obligation) => {
                let operand = root(self, obligation, &mut last);
                let word = if level == Level::Should { Word::Should } else { Word::Must };
                clauses.push(self.clause(word, obligation, operand));
            }
            Judged::Once(Some(own)) => {
                let operand = root(self, own, &mut last);
                clauses.push(self.clause(Word::Note, own, operand));
            }
            Judged::Matrix(matrix) => {
                for (word, by) in [(Word::Rows, matrix.rows.by), (Word::Columns, matrix.columns.by)] {
                    let operand = root(self, by, &mut last);
                    clauses.push(self.clause(word, by, operand));
                }
            }
            Judged::Note | Judged::Once(None) => {}
        }
        let (cell, when): (Vec<_>, Vec<_>) =
            when.into_iter().partition(|(id, _)| matches!(self.machine.program.node(*id), Some(Node::Hit { .. })));
        for (id, operand) in cell {
            clauses.push(self.clause(Word::Cell, id, operand));
        }
        clauses.extend(self.when(when.into_iter().map(|(_, operand)| operand).collect()));
        let several = head.inner.iter().filter(|bind| matches!(bind, Bind::Each { .. })).count() > 1;
        for (bind, inner) in head.outer.iter().map(|bind| (bind, false)).chain(head.inner.iter().map(|b| (b, true))) {
            let Bind::Let { value, .. } = bind else { continue };
            let Some(at) = self.latest.at.get(value).copied() else { continue };
            // One about an element was read for this one, or it is of another.
            if inner && !several && !roots.iter().any(|(from, to)| (from..to).contains(&&at)) {
                continue;
            }
            let operand = Telling::new(self.places, self.seen).operand(self.machine, at);
            clauses.push(self.clause(Word::Let, *value, Operand { weight: Weight::Counts, ..operand }));
        }
        // That a cell is hit stands in the table; it is told before what is demanded where it is.
        let demanded = clauses.iter().find(|clause| matches!(clause.word, Word::Must | Word::Should));
        let demanded = demanded.map_or(u32::MAX, |clause| clause.operand.span.start);
        clauses.sort_by_key(|clause| match clause.word {
            Word::Cell => (demanded, 0),
            _ => (clause.operand.span.start, 1),
        });
        clauses
    }

    fn clause(&self, word: Word, id: ExprId, operand: Operand) -> Clause {
        Clause { word, name: self.places.name(id).cloned(), operand }
    }

    /// The parts of `when` as the one condition that is written.
    fn when(&self, mut parts: Vec<Operand>) -> Option<Clause> {
        parts.sort_by_key(|part| part.span.start);
        let mut truth = Truth::True;
        for part in parts.iter().filter(|part| part.weight != Weight::Unread) {
            truth = truth.and(part.truth.unwrap_or(Truth::Unknown));
        }
        if truth == Truth::False {
            // What mentions no element was judged apart from the rest: it does not know that the rest decided.
            for part in
                parts.iter_mut().filter(|part| part.truth != Some(Truth::False) && part.weight == Weight::Counts)
            {
                part.weight = Weight::Idle;
            }
        }
        weigh(&mut parts, Some(truth));
        let operand = match parts.len() {
            0 => return None,
            1 => match parts.remove(0) {
                part if part.weight == Weight::Unread => part,
                part => Operand { weight: Weight::Counts, ..part },
            },
            _ => {
                let span = parts.iter().fold(Span::NONE, |span, part| span.to(part.span));
                let shown = match truth {
                    Truth::True => "true",
                    Truth::False => "false",
                    Truth::Unknown => "unknown",
                };
                let unread = parts.iter().all(|part| part.weight == Weight::Unread);
                Operand {
                    span,
                    kind: OperandKind::Connective,
                    value: (!unread).then(|| shown.to_owned()),
                    truth: (!unread).then_some(truth),
                    weight: if unread { Weight::Unread } else { Weight::Counts },
                    origins: Vec::new(),
                    parts,
                    more: 0,
                }
            }
        };
        Some(Clause { word: Word::When, name: None, operand })
    }
}
