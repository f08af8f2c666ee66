//! The runner of tests of policies: the rows that a test gives become documents that are loaded like any other, its steps
//! a plan, and what is expected is looked up in what the evaluation recorded. It draws nothing; the commands `test` and
//! `lint` and the language server call it.

use std::sync::Arc;

use super::coverage::Coverage;
use crate::check::tree::{
    Expectation, ExpectedVerdict, Given, GivenValue, Policies, Test, TestSubject, WorldExpectation,
};
use crate::compile::compile_expr;
use crate::diag::{Diagnostic, codes};
use crate::eval::{
    self, Options, Outcome, PlanInput, PlanOutcome, Recorded, RecordedSubject, Subjects, evaluate, holds_afterwards,
};
use crate::facts::document::{Document, Value};
use crate::facts::load::{self, load_each, load_inventory, load_plan};
use crate::facts::store::Found;
use crate::facts::{Facts, Limits};
use crate::program::{Level, Program};
use crate::report::PlanVerdict;
use crate::source::Span;
use crate::types::{Input, Schema};
use crate::value::{Row, StructId, Truth};

/// Evaluations that a failure lists; further ones are counted.
const LISTED: usize = 6;

/// What came of running tests.
#[derive(Clone, Debug, Default)]
pub struct TestRun {
    /// The tests that were run, in the order of the packs.
    pub tests: Vec<TestResult>,
    /// What the tests cover of what the packs can say.
    pub coverage: Coverage,
}

/// What came of a test.
#[derive(Clone, Debug)]
pub struct TestResult {
    /// What it shows.
    pub name: Arc<str>,
    /// The pack it is from, by its place.
    pub pack: usize,
    /// Where its name stands.
    pub span: Span,
    /// What does not hold, and what could not be loaded; nothing: passed.
    pub failures: Vec<Diagnostic>,
}

/// Runs the pack's own tests whose names contain a text (without regard to case; nothing: all). Packs that it extends are
/// tested by themselves: a layer changes what they say, and would fail their tests by doing what it is for. Coverage is of
/// the tests that were run, and of the pack's own codes.
pub fn run_tests(policies: &Policies, program: &Program, filter: Option<&str>) -> TestRun {
    let wanted = filter.map(str::to_lowercase);
    let mut run = TestRun::default();
    let mut seen = super::coverage::Seen::default();
    // What tests expect afterwards are expressions of their own: they are compiled into a copy.
    let mut program = program.clone();
    // Packs stand behind those that they extend: the last is the one in question.
    let own = policies.packs.len().saturating_sub(1);
    for test in policies.tests.iter().filter(|test| test.pack == own) {
        if wanted.as_ref().is_some_and(|wanted| !test.name.to_lowercase().contains(wanted)) {
            continue;
        }
        let failures = Case::new(policies, &mut program, test).run(&mut seen);
        run.tests.push(TestResult { name: test.name.clone(), pack: test.pack, span: test.span, failures });
    }
    run.coverage = Coverage::of(&program, &seen, own);
    run
}

/// One test.
struct Case<'a> {
    policies: &'a Policies,
    program: &'a mut Program,
    test: &'a Test,
    failures: Vec<Diagnostic>,
}

impl<'a> Case<'a> {
    fn new(policies: &'a Policies, program: &'a mut Program, test: &'a Test) -> Case<'a> {
        Case { policies, program, test, failures: Vec::new() }
    }

    fn run(mut self, seen: &mut super::coverage::Seen) -> Vec<Diagnostic> {
        let Some((facts, subjects)) = self.load() else { return self.failures };
        let input = PlanInput {
            index: 0,
            file: "test".into(),
            name: self.test.name.clone(),
            named: true,
            span: self.test.span,
            subjects,
            waivers: Vec::new(),
        };
        let (left_out, broken) = crate::eval::demands(self.program, &facts, crate::eval::DEFAULT_STEPS);
        self.failures.extend(broken);
        let options = Options { record: true, left_out, ..Options::default() };
        let outcome = evaluate(self.program, &facts, &input, &options);
        self.failures.extend(outcome.diagnostics.iter().cloned());
        seen.hits(&outcome.recorded);
        for expectation in &self.test.expectations {
            match self.judge(expectation, &facts, &outcome) {
                None => {
                    if let WorldExpectation::Verdict { verdict, code, .. } = &expectation.what {
                        seen.expected(code, *verdict);
                    }
                }
                Some(failure) => self.failures.push(failure),
            }
        }
        self.failures
    }

    /// The facts that the test gives; nothing where they could not be loaded.
    fn load(&mut self) -> Option<(Facts, Subjects)> {
        let schema = &self.policies.schema;
        let limits = Limits::default();
        let writes = |of, field| self.program.writes(of, field);
        let options = load::Options { limits: &limits, reads: &|_, _| true, writes: &writes, strict: true };
        if let Input::Each { .. } = schema.input {
            let documents: Vec<Document> = self.test.givens.iter().map(|given| row(given).document()).collect();
            let documents: Vec<&Document> = documents.iter().collect();
            let mut facts = Facts::new(schema);
            let loaded = load_each(schema, &documents, &mut facts, options);
            self.failures.extend(loaded.diagnostics);
            let records = (1u32..).zip(&loaded.rows).filter_map(|(record, row)| Some(((*row)?, record)));
            let rows: Vec<(Row, u32)> = records.collect();
            return Some((facts, Subjects::Entities(rows)));
        }
        let inventory = inventory(self.test).document();
        let loaded = load_inventory(schema, &[&inventory], options);
        let mut facts = loaded.facts;
        eval::prepare(self.program, &mut facts);
        self.failures.extend(loaded.diagnostics);
        let plan = plan(self.test).document();
        let loaded = load_plan(schema, &plan, &mut facts, &self.test.name, options);
        self.failures.extend(loaded.diagnostics);
        Some((facts, Subjects::Plan(loaded.row?)))
    }

    /// Why an expectation does not hold; nothing where it does.
    fn judge(&mut self, expectation: &Expectation, facts: &Facts, outcome: &PlanOutcome) -> Option<Diagnostic> {
        let subject = expectation.subject.as_ref();
        let failed = |message: String| Diagnostic::error(codes::run::EXPECTATION, expectation.span, message);
        match &expectation.what {
            WorldExpectation::Verdict { verdict, code, element } => {
                let of_code: Vec<&Recorded> = outcome
                    .recorded
                    .iter()
                    .filter(|recorded| {
                        recorded.code == *code && subject.is_some_and(|s| self.is_about(s, &recorded.of))
                    })
                    .collect();
                let meant: Vec<&Recorded> = of_code
                    .iter()
                    .filter(|recorded| match (element, &recorded.element) {
                        (Some(wanted), Some(element)) => wanted.to_lowercase() == element.to_lowercase(),
                        (Some(_), None) => false,
                        (None, _) => true,
                    })
                    .copied()
                    .collect();
                if is_met(*verdict, &meant) {
                    return None;
                }
                let of = element.as_ref().map_or_else(String::new, |element| format!(" for {element}"));
                let message = format!("{} does not {} `{code}`{of}", called(subject), word(*verdict));
                let shown = if meant.is_empty() { of_code } else { meant };
                Some(with_actual(failed(message), &shown, code))
            }
            WorldExpectation::Permitted => self.verdict(subject, PlanVerdict::Permitted, outcome, failed),
            WorldExpectation::Denied => self.verdict(subject, PlanVerdict::Denied, outcome, failed),
            WorldExpectation::Unverified => self.verdict(subject, PlanVerdict::Unverified, outcome, failed),
            WorldExpectation::Chooses(value) => {
                let step = outcome.report.steps.iter().find(|step| match subject {
                    Some(TestSubject::Step(id)) => step.id == *id,
                    _ => false,
                });
                let chosen = step.filter(|step| step.transfer_chosen).and_then(|step| step.transfer.clone());
                let nothing = &**value == "none" && step.is_some_and(|step| step.transfer.is_none());
                if chosen.as_ref() == Some(value) || nothing {
                    return None;
                }
                let message = format!("{} does not choose `{value}`", called(subject));
                let actual = match (chosen, step.and_then(|step| step.transfer.clone())) {
                    (Some(chosen), _) => format!("it chooses `{chosen}`"),
                    (None, Some(named)) => format!("the step names `{named}`, so that nothing is chosen"),
                    (None, None) => "nothing is chosen".to_owned(),
                };
                Some(failed(message).note(actual))
            }
            WorldExpectation::Afterwards(expected) => {
                let (frame, expr) = &**expected;
                let (id, slots) = compile_expr(self.policies, self.program, frame, expr);
                let rows: Vec<Option<(StructId, Row)>> =
                    self.test.givens.iter().map(|given| self.given_row(given, facts)).collect();
                let found = holds_afterwards(self.program, facts, outcome, id, slots, &rows);
                let message = match found {
                    (Truth::True, _) => return None,
                    (Truth::False, _) => "this does not hold behind the last step".to_owned(),
                    (Truth::Unknown, _) => "this cannot be known behind the last step".to_owned(),
                };
                let unknown = found.1.iter().map(|route| format!("`{route}` is unknown"));
                Some(unknown.fold(failed(message), Diagnostic::note))
            }
        }
    }

    fn is_about(&self, subject: &TestSubject, of: &RecordedSubject) -> bool {
        match (subject, of) {
            (TestSubject::Step(id), RecordedSubject::Step(step)) => id == step,
            (TestSubject::Wave(number), RecordedSubject::Wave(wave)) => **wave == format!("wave {number}"),
            (TestSubject::Plan, RecordedSubject::Plan) => true,
            (TestSubject::Entity(name), RecordedSubject::Entity { record, .. }) => {
                let key = |given: &Given| given.key.as_ref().is_some_and(|(_, key)| key.eq_ignore_ascii_case(name));
                let place = self.test.givens.iter().position(key).and_then(|place| u32::try_from(place).ok());
                place.is_some_and(|place| place.saturating_add(1) == *record)
            }
            _ => false,
        }
    }

    fn given_row(&self, given: &Given, facts: &Facts) -> Option<(StructId, Row)> {
        if is_plan(given) {
            return Some((Schema::PLAN, Row(0)));
        }
        let section = self.policies.schema.sections().iter().find(|section| section.name == given.section)?;
        let (_, key) = given.key.as_ref()?;
        match facts.find(section.entity, key) {
            Found::One(row) => Some((section.entity, row)),
            Found::Many(_) | Found::Nothing => None,
        }
    }

    fn verdict(
        &self,
        subject: Option<&TestSubject>,
        expected: PlanVerdict,
        outcome: &PlanOutcome,
        failed: impl Fn(String) -> Diagnostic,
    ) -> Option<Diagnostic> {
        let actual = match subject {
            Some(TestSubject::Step(id)) => {
                outcome.report.steps.iter().find(|step| step.id == *id).map(|step| step.verdict)
            }
            Some(TestSubject::Plan) | None => Some(outcome.report.verdict),
            Some(other) => Some(self.verdict_of(other, outcome)),
        };
        if actual == Some(expected) {
            return None;
        }
        let message = format!("{} is not {}", called(subject), expected.as_str());
        let Some(actual) = actual else { return Some(failed(message).note("it takes no part in the plan")) };
        let mut failure = failed(message).note(format!("it is {}", actual.as_str()));
        let told = outcome.recorded.iter().filter(|recorded| {
            let about =
                subject.is_none_or(|subject| *subject == TestSubject::Plan || self.is_about(subject, &recorded.of));
            about && matches!(recorded.outcome, Outcome::Violated | Outcome::Unverified | Outcome::Silent)
        });
        for recorded in told.take(LISTED) {
            failure = failure.note(shown(recorded));
        }
        Some(failure)
    }

    /// The verdict of a wave or an entity, by its `must`s.
    fn verdict_of(&self, subject: &TestSubject, outcome: &PlanOutcome) -> PlanVerdict {
        let musts = outcome.recorded.iter().filter(|recorded| {
            let card = self.program.card(&recorded.code);
            self.is_about(subject, &recorded.of) && card.is_some_and(|card| card.level == Level::Must)
        });
        let verdict = |recorded: &Recorded| match recorded.outcome {
            Outcome::Violated => PlanVerdict::Denied,
            Outcome::Unverified | Outcome::Silent => PlanVerdict::Unverified,
            _ => PlanVerdict::Permitted,
        };
        musts.map(verdict).max().unwrap_or(PlanVerdict::Permitted)
    }
}

/// Whether evaluations are what is expected: that something is found is said of one of them, that nothing is of all.
fn is_met(verdict: ExpectedVerdict, meant: &[&Recorded]) -> bool {
    let some = meant.iter().any(|recorded| is_expected(verdict, recorded.outcome));
    let all = |fine: fn(Outcome) -> bool| meant.iter().all(|recorded| fine(recorded.outcome));
    match verdict {
        ExpectedVerdict::Satisfies => {
            some && all(|outcome| matches!(outcome, Outcome::Satisfied | Outcome::NotApplicable))
        }
        ExpectedVerdict::Skips => some && all(|outcome| outcome == Outcome::NotApplicable),
        ExpectedVerdict::Violates | ExpectedVerdict::CannotVerify | ExpectedVerdict::Notes => some,
    }
}

fn is_expected(verdict: ExpectedVerdict, outcome: Outcome) -> bool {
    match verdict {
        ExpectedVerdict::Violates => outcome == Outcome::Violated,
        ExpectedVerdict::Satisfies => outcome == Outcome::Satisfied,
        ExpectedVerdict::CannotVerify => matches!(outcome, Outcome::Unverified | Outcome::Silent),
        ExpectedVerdict::Notes => outcome == Outcome::Noted,
        ExpectedVerdict::Skips => outcome == Outcome::NotApplicable,
    }
}

fn called(subject: Option<&TestSubject>) -> String {
    match subject {
        Some(TestSubject::Step(name) | TestSubject::Entity(name)) => format!("`{name}`"),
        Some(TestSubject::Wave(number)) => format!("wave {number}"),
        Some(TestSubject::Plan) | None => "the plan".to_owned(),
    }
}

fn word(verdict: ExpectedVerdict) -> &'static str {
    match verdict {
        ExpectedVerdict::Violates => "violate",
        ExpectedVerdict::Satisfies => "satisfy",
        ExpectedVerdict::CannotVerify => "leave unverified",
        ExpectedVerdict::Notes => "note",
        ExpectedVerdict::Skips => "skip",
    }
}

/// An evaluation in a line.
fn shown(recorded: &Recorded) -> String {
    let of = recorded.element.as_ref().map_or_else(String::new, |element| format!(" for {element}"));
    let outcome = match recorded.outcome {
        Outcome::Satisfied => "is satisfied",
        Outcome::NotApplicable => "does not apply",
        Outcome::Noted => "is noted",
        Outcome::Unverified | Outcome::Silent => "cannot be verified",
        Outcome::Violated => "is violated",
    };
    let said = match recorded.outcome {
        Outcome::Satisfied | Outcome::NotApplicable => String::new(),
        Outcome::Unverified if !recorded.missing.is_empty() => format!(": unknown are {}", recorded.missing.join(", ")),
        _ => format!(": {}", recorded.message),
    };
    format!("`{}` {outcome}{of}{said}", recorded.code)
}

fn with_actual(failure: Diagnostic, recorded: &[&Recorded], code: &str) -> Diagnostic {
    if recorded.is_empty() {
        return failure.note(format!("`{code}` was not evaluated here"));
    }
    let failure = recorded.iter().take(LISTED).fold(failure, |failure, recorded| failure.note(shown(recorded)));
    match recorded.len().saturating_sub(LISTED) {
        0 => failure,
        more => failure.note(format!("and {more} more")),
    }
}

/// Rows of a section by their folded keys.
type Rows = Vec<(String, Value)>;

/// The inventory that a test gives: rows of one name merge, fixtures first.
fn inventory(test: &Test) -> Value {
    let mut sections: Vec<(Arc<str>, Rows)> = Vec::new();
    for section in &test.empty_sections {
        if !sections.iter().any(|(name, _)| name == section) {
            sections.push((section.clone(), Vec::new()));
        }
    }
    for given in test.givens.iter().filter(|given| !is_plan(given)) {
        let place = match sections.iter().position(|(name, _)| *name == given.section) {
            Some(place) => place,
            None => {
                sections.push((given.section.clone(), Vec::new()));
                sections.len().saturating_sub(1)
            }
        };
        let Some((_, rows)) = sections.get_mut(place) else { continue };
        let key = given.key.as_ref().map(|(_, key)| key.to_lowercase()).unwrap_or_default();
        match rows.iter_mut().find(|(other, _)| given.key.is_some() && *other == key) {
            Some((_, value)) => put_members(value, &given.members),
            None => rows.push((key, row(given))),
        }
    }
    let members = sections.into_iter().map(|(name, rows)| {
        let rows = rows.into_iter().map(|(_, row)| row).collect();
        (name.to_string(), test.span, Value::List(rows, test.span))
    });
    Value::Map(members.collect(), test.span)
}

/// `given plan { … }` speaks of the plan itself.
fn is_plan(given: &Given) -> bool {
    &*given.section == "plan" && given.key.is_none()
}

fn row(given: &Given) -> Value {
    let mut value = Value::map(given.span);
    if let Some((member, key)) = given.key.as_ref().filter(|(member, _)| !member.is_empty()) {
        value.put(&[member], Value::text(&**key, given.span));
    }
    put_members(&mut value, &given.members);
    value
}

fn put_members(into: &mut Value, members: &[(Vec<Arc<str>>, GivenValue)]) {
    for (path, value) in members {
        let path: Vec<&str> = path.iter().map(|name| &**name).collect();
        into.put(&path, document_value(value));
    }
}

fn plan(test: &Test) -> Value {
    let steps = test.steps.iter().map(|step| {
        let mut value = Value::map(step.span);
        value.put(&["id"], Value::text(&*step.id, step.span));
        put_members(&mut value, &step.members);
        value
    });
    let steps = Value::List(steps.collect(), test.span);
    let mut named = test.givens.iter().filter(|given| is_plan(given)).flat_map(|given| &given.members);
    let name = named.rfind(|(path, _)| path.first().is_some_and(|name| &**name == "name"));
    let name = name.map_or_else(|| Value::text(&*test.name, test.span), |(_, value)| document_value(value));
    Value::map(test.span).with("plan", Some(name)).with("steps", Some(steps))
}

fn document_value(value: &GivenValue) -> Value {
    match value {
        GivenValue::Scalar(text, span) => Value::bare(&**text, *span),
        GivenValue::Null(span) => Value::Null(*span),
        GivenValue::List(values, span) => Value::List(values.iter().map(document_value).collect(), *span),
        GivenValue::Map(members, span) => {
            let members = members.iter().map(|(key, value)| {
                let value = document_value(value);
                (key.to_string(), value.span(), value)
            });
            Value::Map(members.collect(), *span)
        }
    }
}
