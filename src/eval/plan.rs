//! Waves, their steps, and the plan; and files of single entities. A step is judged in the world as those before it leave
//! it, refused ones aside.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::ahead::Ahead;
use super::choose::Choice;
use super::demand;
use super::effect::Wave;
use super::finding::Subject;
use super::input::{PlanOutcome, Subjects};
use super::kept::Keep;
use super::run::{Musts, Run, Which, chosen};
use super::screen::Screen;
use crate::program::{About, EffectAt, Level};
use crate::report::{AfterRefused, PlanVerdict, StepReport, WayOut};
use crate::types::{FieldKind, Schema, Type};
use crate::value::{Cell, Row, StructId, Truth};

impl Run<'_> {
    /// Judges what the input says.
    pub(super) fn all(mut self) -> PlanOutcome {
        match &self.input.subjects {
            Subjects::Plan(plan) => {
                let plan = *plan;
                let (steps, verdict) = self.plan(plan, self.options.screen.as_deref());
                self.outcome(steps, verdict)
            }
            Subjects::Entities(rows) => {
                let screen = self.options.screen.as_deref();
                let verdict = self.entities(rows, screen);
                self.merge();
                self.outcome(Vec::new(), verdict)
            }
        }
    }

    fn plan(&mut self, plan: Row, screen: Option<&Screen>) -> (Vec<StepReport>, PlanVerdict) {
        let given = self.rows_of(Schema::PLAN, plan, Schema::PLAN_STEPS);
        let broken = demand::broken(self.program, &self.world, Schema::STEP, &given, self.options.steps);
        for demand::Broken { row, diagnostic } in broken {
            self.world.leave_out(Schema::STEP, row);
            self.diagnostics.push(diagnostic);
        }
        let steps: Vec<Row> = given.into_iter().filter(|row| self.world.takes_part(Schema::STEP, *row)).collect();
        let subjects = self.step_subjects(&steps);
        let about_steps = self.about(About::Step);
        let about_waves = self.about(About::Wave);
        let mut reports: Vec<Option<StepReport>> = vec![None; subjects.len()];
        let mut total = Musts::default();
        let waves = self.waves(&subjects);
        let rows =
            waves.iter().flat_map(|(_, members)| members).filter_map(|at| Some(subjects.get(*at)?.row)).collect();
        let many = screen.is_none() && self.worth_screening(subjects.len());
        let compiled = many.then(|| Screen::new(self.program));
        let mut ahead = self.ahead(screen.or(compiled.as_ref()), rows);
        let mut count = 0usize;
        for (wave, members) in waves {
            self.wave = Wave::of(members.len());
            self.second_wave(members.len());
            for index in members {
                let Some(subject) = subjects.get(index) else { continue };
                let place = (ahead.as_mut(), count);
                count = count.saturating_add(1);
                let (report, musts) = self.step(subject, &wave, &about_steps, place);
                total.add(musts);
                if let Some(slot) = reports.get_mut(index) {
                    *slot = Some(report);
                }
            }
            // A wave is judged in the world before it, and over it goes what its steps do.
            let mut done = std::mem::take(&mut self.wave);
            done.before(&mut self.world);
            total.add(self.subject(&wave, &about_waves));
            done.over(&mut self.world);
            self.second_wave_over();
        }
        if !subjects.is_empty() {
            let subject = Subject {
                about: About::Plan,
                of: Schema::PLAN,
                row: plan,
                step: None,
                name: None,
                record: 0,
                mark: String::new(),
                span: self.input.span,
                plan: self.input.index,
                plan_name: self.input.name.clone(),
                plan_named: self.input.named,
            };
            let about_plan = self.about(About::Plan);
            // The plan is judged in the inventory as it was given, with what was chosen for its steps.
            let chosen = self.world.changes().only(Schema::STEP);
            let state = self.world.replace(chosen);
            total.add(self.subject(&subject, &about_plan));
            self.world.replace(state);
        }
        let refused = Arc::new(std::mem::take(&mut self.refusals).refused);
        for way in &mut self.ways_out {
            way.after_refused = std::mem::take(&mut way.after_refused).among(&refused);
        }
        let reports = reports.into_iter().flatten().map(|report| {
            let after_refused = report.after_refused.among(&refused);
            StepReport { after_refused, ..report }
        });
        (reports.collect(), total.verdict())
    }

    fn step(
        &mut self,
        subject: &Subject,
        wave: &Subject,
        about: &[Which],
        (ahead, at): (Option<&mut Ahead<'_>>, usize),
    ) -> (StepReport, Musts) {
        let program = self.program;
        self.world.take_seen();
        // What stands in the way of a candidate is asked only where something is to be chosen.
        let open = self.open(subject);
        let musts_about = if open { self.musts(about, subject) } else { Vec::new() };
        let mut musts = Musts::default();
        let mut choices = Vec::new();
        for select in &program.selects {
            let choice = self.choose(select, subject, &musts_about);
            match choice {
                Choice::Nothing { .. } => musts.violated = true,
                Choice::Undecided => musts.unverified = true,
                Choice::Named | Choice::Chosen { .. } => {}
            }
            choices.push(choice);
        }
        let decided = choices.iter().all(Choice::decided);
        let mut happened = Vec::new();
        let mut telling = Vec::new();
        let mut tallies = Vec::new();
        let mut foreseen = None;
        if let Some(ahead) = ahead
            && let Some(place) = self.foresee(ahead, at, open)
            && let Some(found) = self.enter_foreseen(ahead, place, subject, &mut musts)
        {
            (telling, tallies, happened) = (found.telling, found.tallies, found.happened);
            foreseen = Some((&*ahead, place));
        } else if decided {
            let (notes, rules): (Vec<Which>, Vec<Which>) =
                about.iter().partition(|which| self.card(**which).is_some_and(|card| card.level == Level::Note));
            let judged = self.judged(&rules, false);
            tallies = self.decide_for_good(subject, &judged);
            telling = self.enter(subject, &tallies, &mut musts);
            let mut record = judged;
            let judged = self.judged(&notes, musts.violated);
            let noted = self.decide_for_good(subject, &judged);
            telling.extend(self.enter(subject, &noted, &mut musts));
            record.extend(judged);
            if self.options.record {
                telling = record;
            }
            if !musts.violated {
                happened = self.effects(subject);
            }
        } else {
            self.nothing_chosen(about);
        }
        let alike = !self.world.take_seen();
        self.world.refuse(subject.row, musts.violated);
        for (select, choice) in program.selects.iter().zip(&choices) {
            self.tell_choice(select, subject, choice);
        }
        self.tell(subject, &telling, &happened);
        self.explain_step(subject, about, &choices, musts.violated);
        let chosen = choices.iter().any(chosen);
        let mut report = self.step_report(subject, wave, chosen, musts, &happened);
        let suggested = if musts.violated { self.search(subject, about) } else { None };
        let judged = |run: &Self| run.judgement(subject, &choices, &tallies);
        // What was read for what it writes was read before, or is read now.
        let writes = match foreseen {
            Some((ahead, place)) => Some(self.writes_foreseen(ahead, place, subject)),
            None => (decided && alike).then(|| self.writes(subject)),
        };
        let same = alike && !self.world.take_seen();
        if self.options.keep != Keep::Alone {
            report.after_refused = self.otherwise(
                subject,
                (about, &choices, writes.as_deref().filter(|_| same)),
                foreseen,
                (musts.violated, alike),
                judged,
            );
        }
        self.ways_out.extend(suggested.map(|way| WayOut { after_refused: report.after_refused.clone(), ..way }));
        report.moves = match (musts.violated, decided) {
            (true, _) => self.would_move(subject, &choices, writes.as_deref()),
            (false, true) => match &writes {
                Some(writes) => self.apply(subject, writes, true),
                None => self.act(subject),
            },
            (false, false) => Vec::new(),
        };
        (report, musts)
    }

    /// The effects of a step that happen.
    fn effects(&mut self, subject: &Subject) -> Vec<EffectAt> {
        let program = self.program;
        let mut happened = Vec::new();
        for (at, effect) in (0u32..).map(EffectAt).zip(&program.effects) {
            if self.happens(subject.of, subject.row, &effect.head) == Truth::True {
                happened.push(at);
            }
        }
        happened
    }

    fn step_report(
        &self,
        subject: &Subject,
        wave: &Subject,
        chosen: bool,
        musts: Musts,
        happened: &[EffectAt],
    ) -> StepReport {
        let field = |name: &str| self.program.schema.get(Schema::STEP).and_then(|step| step.find(name));
        let transfer = self.program.selects.first().map(|select| select.field).or_else(|| field("transfer"));
        let transfer = transfer.and_then(|transfer| {
            let ty = &self.program.schema.field(Schema::STEP, transfer)?.ty;
            match (self.world.read(Schema::STEP, subject.row, transfer), ty.required()) {
                (Cell::Enum(value), Type::Enum(of)) => {
                    self.program.schema.enum_def(*of)?.values.get(usize::from(value)).cloned()
                }
                _ => None,
            }
        });
        let named = happened.iter().filter_map(|at| self.program.effect(*at)).filter(|effect| effect.in_cell);
        StepReport {
            id: subject.step.clone().unwrap_or_default(),
            vm: field("vm").and_then(|vm| self.key_through(Schema::STEP, subject.row, vm)).unwrap_or_default(),
            transfer,
            transfer_chosen: chosen,
            verdict: musts.verdict(),
            effects: named.map(|effect| effect.name.clone()).collect(),
            after_refused: AfterRefused::default(),
            wave: wave.name.clone().unwrap_or_default(),
            moves: Vec::new(),
            assumed: Vec::new(),
            span: subject.span,
        }
    }

    /// The key of the row that a field refers to.
    fn key_through(&self, of: StructId, row: Row, field: crate::types::FieldId) -> Option<Arc<str>> {
        let ty = &self.program.schema.field(of, field)?.ty;
        match (self.facts.cell(of, row, field), ty.required()) {
            (Cell::Row(row), Type::Row(of)) => Some(self.facts.texts().get(self.facts.key_of(*of, row)?).clone()),
            _ => None,
        }
    }

    fn rows_of(&self, of: StructId, row: Row, field: crate::types::FieldId) -> Vec<Row> {
        let Cell::List(list) = self.facts.cell(of, row, field) else { return Vec::new() };
        let rows = self.facts.list(list).iter().filter_map(|cell| match cell {
            Cell::Row(row) => Some(*row),
            _ => None,
        });
        rows.collect()
    }

    fn step_subjects(&self, steps: &[Row]) -> Vec<Subject> {
        let mut equals: rustc_hash::FxHashMap<String, usize> = rustc_hash::FxHashMap::default();
        let mut subjects = Vec::with_capacity(steps.len());
        for (index, row) in steps.iter().enumerate() {
            let span = self.facts.row_place(Schema::STEP, *row).unwrap_or(self.input.span);
            let key = self.facts.key_of(Schema::STEP, *row).map(|key| self.facts.texts().get(key).clone());
            let id = key.unwrap_or_else(|| format!("step-{}", index.saturating_add(1)).into());
            let mark = if self.id_is_written(*row) {
                id.to_string()
            } else {
                let like = self.what_moves(*row);
                let nth = equals.entry(like.clone()).or_default();
                *nth = nth.saturating_add(1);
                format!("{like}#{nth}")
            };
            subjects.push(Subject {
                about: About::Step,
                of: Schema::STEP,
                row: *row,
                step: Some(id),
                name: None,
                record: 0,
                mark,
                span,
                plan: self.input.index,
                plan_name: self.input.name.clone(),
                plan_named: self.input.named,
            });
        }
        subjects
    }

    fn id_is_written(&self, row: Row) -> bool {
        // An id that the loader made up stands nowhere: its place is empty.
        let id = crate::facts::Fact::Field { of: Schema::STEP, row, field: Schema::STEP_ID };
        let place = self.facts.place(id).filter(|place| !place.is_empty());
        place.is_some() && place != self.facts.row_place(Schema::STEP, row)
    }

    /// Machine and destination of a step without an id: every row that it names, in the order declared.
    fn what_moves(&self, row: Row) -> String {
        let mut named = Vec::new();
        let mut look = |of: StructId, row: Row| {
            let fields = self.program.schema.get(of).into_iter().flat_map(crate::types::Struct::fields);
            for (id, field) in fields.filter(|(_, field)| field.kind == FieldKind::Stored) {
                if of == Schema::STEP && id == Schema::STEP_WAVE {
                    continue;
                }
                if let Some(key) = self.key_through(of, row, id) {
                    named.push(format!("{}={key}", field.name));
                }
            }
        };
        look(Schema::STEP, row);
        let fields = self.program.schema.get(Schema::STEP).into_iter().flat_map(crate::types::Struct::fields);
        for (id, field) in fields {
            let record = |of: StructId| {
                let kind = self.program.schema.get(of).map(|of| of.kind);
                kind == Some(crate::types::StructKind::Record)
            };
            if let (Cell::Row(inner), Type::Row(of)) = (self.facts.cell(Schema::STEP, row, id), field.ty.required())
                && record(*of)
            {
                look(*of, inner);
            }
        }
        named.join(" ")
    }

    /// The waves in the order in which they run, each with its steps by their places among those that take part.
    fn waves(&self, steps: &[Subject]) -> Vec<(Subject, Vec<usize>)> {
        let mut members: BTreeMap<Row, Vec<usize>> = BTreeMap::new();
        for (index, step) in steps.iter().enumerate() {
            // Loaders number the waves in the order in which they run.
            if let Cell::Row(wave) = self.facts.cell(Schema::STEP, step.row, Schema::STEP_WAVE) {
                members.entry(wave).or_default().push(index);
            }
        }
        let waves = members.into_iter().filter_map(|(wave, members)| {
            let first = steps.get(*members.first()?)?;
            let (name, mark) = match self.facts.cell(Schema::WAVE, wave, Schema::WAVE_NUMBER) {
                Cell::Number(number) => (format!("wave {number}"), format!("wave {number}")),
                _ => (format!("wave of {}", first.step.as_deref().unwrap_or("?")), format!("wave of {}", first.mark)),
            };
            let subject = Subject {
                about: About::Wave,
                of: Schema::WAVE,
                row: wave,
                step: None,
                name: Some(name.into()),
                record: 0,
                mark,
                span: first.span,
                plan: self.input.index,
                plan_name: self.input.name.clone(),
                plan_named: self.input.named,
            };
            Some((subject, members))
        });
        waves.collect()
    }
}
