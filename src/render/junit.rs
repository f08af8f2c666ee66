//! JUnit XML: a suite a plan, a test for each finding, and one for each step that no finding fails. What was read and was wrong
//! is a suite of errors. A test fails where its finding fails the run; what is violated or unverified without failing it is
//! skipped and says why, as what is waived is: none of it passes. The account stands in the properties of each suite.

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use super::concise;
use super::machine;
use crate::diag::{Diagnostic, Severity, codes};
use crate::report::{Finding, FindingVerdict, PlanReport, PlanVerdict, Run};

/// What came of a test.
enum Outcome {
    Passed,
    Skipped { message: String },
    Failed { kind: &'static str, message: String },
    Error { kind: String, message: String },
}

struct Case {
    name: String,
    group: String,
    outcome: Outcome,
    /// What there is to read about it.
    text: String,
}

struct Suite {
    name: String,
    file: Option<String>,
    properties: Vec<(String, String)>,
    cases: Vec<Case>,
}

impl Suite {
    fn count(&self, which: impl Fn(&Outcome) -> bool) -> usize {
        self.cases.iter().filter(|case| which(&case.outcome)).count()
    }

    fn failures(&self) -> usize {
        self.count(|outcome| matches!(outcome, Outcome::Failed { .. }))
    }

    fn errors(&self) -> usize {
        self.count(|outcome| matches!(outcome, Outcome::Error { .. }))
    }

    fn skipped(&self) -> usize {
        self.count(|outcome| matches!(outcome, Outcome::Skipped { .. }))
    }
}

/// The document.
pub fn draw(run: &Run<'_>) -> String {
    let mut suites: Vec<Suite> = Vec::new();
    suites.extend(inputs(run));
    suites.extend(run.report.plans.iter().enumerate().map(|(index, plan)| of_plan(run, index, plan)));
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    // Memory takes everything.
    let _ = write(&mut writer, &suites);
    let mut text = String::from_utf8(writer.into_inner()).unwrap_or_default();
    text.push('\n');
    text
}

/// What is wrong with what was read, and a run that looked at nothing.
fn inputs(run: &Run<'_>) -> Option<Suite> {
    let mut cases: Vec<Case> = run.diagnostics.iter().map(|diagnostic| of_diagnostic(run, diagnostic)).collect();
    if let Some(why) = run.nothing {
        cases.push(Case {
            name: "something was evaluated".to_owned(),
            group: "clearway".to_owned(),
            outcome: Outcome::Error {
                kind: "nothing evaluated".to_owned(),
                message: format!("nothing was evaluated: {why}"),
            },
            text: "A run that looked at nothing is not green.".to_owned(),
        });
    }
    let suite = Suite { name: "what was read".to_owned(), file: None, properties: Vec::new(), cases };
    (!suite.cases.is_empty()).then_some(suite)
}

fn of_diagnostic(run: &Run<'_>, diagnostic: &Diagnostic) -> Case {
    let (file, place) = machine::place_of(run, diagnostic);
    let title = codes::info(diagnostic.code).map_or("", |info| info.title);
    let at = place.as_ref().map(|place| format!("{file}:{}:{}: ", place.line, place.column)).unwrap_or_default();
    let message = diagnostic.message.clone();
    let line = place.as_ref().map(|place| format!(" at {}:{}", place.line, place.column)).unwrap_or_default();
    Case {
        name: format!("{} {title}{line}", diagnostic.code),
        group: if place.is_some() { file } else { "clearway".to_owned() },
        outcome: match diagnostic.severity {
            Severity::Error => Outcome::Error { kind: diagnostic.code.to_string(), message },
            Severity::Warning | Severity::Info => {
                Outcome::Skipped { message: format!("{}: {message}", concise::severity(diagnostic.severity).0) }
            }
        },
        text: format!("{at}{}", machine::spoken(diagnostic)),
    }
}

fn of_plan(run: &Run<'_>, index: usize, plan: &PlanReport) -> Suite {
    let file = machine::path(run, &plan.file).into_owned();
    let shown: Vec<&Finding> =
        run.report.findings.iter().filter(|finding| finding.plan == index && !machine::known(finding)).collect();
    let mut cases = Vec::new();
    for step in &plan.steps {
        let own: Vec<&&Finding> = shown.iter().filter(|finding| finding.step.as_ref() == Some(&step.id)).collect();
        if !own.iter().any(|finding| run.failing.fails(finding)) {
            cases.push(Case {
                name: step.id.to_string(),
                group: plan.plan.to_string(),
                outcome: whole(step.verdict, plan),
                text: String::new(),
            });
        }
        cases.extend(own.into_iter().map(|finding| of_finding(run, plan, finding)));
    }
    let of_step = |finding: &Finding| plan.steps.iter().any(|step| finding.step.as_ref() == Some(&step.id));
    cases.extend(shown.iter().filter(|finding| !of_step(finding)).map(|finding| of_finding(run, plan, finding)));
    if cases.is_empty() {
        cases.push(Case {
            name: plan.plan.to_string(),
            group: plan.plan.to_string(),
            outcome: whole(plan.verdict, plan),
            text: String::new(),
        });
    }
    let account = &plan.account;
    let known = run.report.findings.iter().filter(|finding| finding.plan == index && machine::known(finding)).count();
    let further = [("findings-of-before", known as u64), ("assumed", account.assumed)];
    let counts = account.entries().into_iter().chain(further);
    let reasons = account.not_evaluated.iter().map(|(why, count)| (format!("not-evaluated: {}", why.reason()), *count));
    let mut properties = vec![
        ("plan".to_owned(), plan.plan.to_string()),
        ("packs".to_owned(), plan.packs.join(", ")),
        ("verdict".to_owned(), plan.verdict.as_str().to_owned()),
    ];
    let counts = counts.map(|(name, count)| (name.to_owned(), count));
    properties.extend(counts.chain(reasons).map(|(name, count)| (name, count.to_string())));
    Suite { name: file.clone(), file: Some(file), properties, cases }
}

/// What a step or a plan comes to of which no finding that is shown fails the run.
fn whole(verdict: PlanVerdict, plan: &PlanReport) -> Outcome {
    match verdict {
        _ if plan.account.evaluations == 0 => Outcome::Skipped { message: "not evaluated".to_owned() },
        PlanVerdict::Permitted => Outcome::Passed,
        other => Outcome::Skipped {
            message: format!("{}: what speaks against it does not fail the run, or is not shown", other.as_str()),
        },
    }
}

fn of_finding(run: &Run<'_>, plan: &PlanReport, finding: &Finding) -> Case {
    let who = machine::about(finding).map(|about| format!("{about}: ")).unwrap_or_default();
    let message = machine::sentence(finding);
    let outcome = match (finding.verdict, run.failing.fails(finding)) {
        (FindingVerdict::Unverified, true) => Outcome::Failed { kind: "unverified", message },
        (_, true) => Outcome::Failed { kind: finding.verdict.as_str(), message },
        (FindingVerdict::Noted, false) => Outcome::Passed,
        (FindingVerdict::Waived | FindingVerdict::Unverified, false) => Outcome::Skipped { message },
        (FindingVerdict::Violated, false) => {
            Outcome::Skipped { message: format!("{}: {message}", concise::severity(finding.severity).0) }
        }
    };
    Case {
        name: format!("{who}{} {}", finding.code, finding.rule),
        group: plan.plan.to_string(),
        outcome,
        text: told(run, finding),
    }
}

/// Everything about a finding, for whoever opens it.
fn told(run: &Run<'_>, finding: &Finding) -> String {
    let (file, place) = machine::place(run, finding);
    let at = place.map(|place| format!(":{}:{}", place.line, place.column)).unwrap_or_default();
    let severity = concise::severity(finding.severity).0;
    let mut text = format!("{file}{at}: {severity} {}: {}", finding.code, machine::sentence(finding));
    let mut line = |label: &str, what: &str| text.push_str(&format!("\n{label}: {what}"));
    for fact in finding.related.iter().filter(|fact| !fact.value.is_empty()) {
        let place = run.map.locate(fact.span);
        let at = place.map(|at| format!(" ({}:{})", machine::path(run, &at.file), at.line)).unwrap_or_default();
        line("fact", &format!("{} is {}{at}", fact.route, fact.value));
    }
    finding.missing.iter().for_each(|missing| line("missing", &missing.route));
    finding.assumed.iter().for_each(|assumed| line("assumed", assumed));
    finding.help.iter().for_each(|help| line("help", help));
    finding.cites.iter().for_each(|cite| line("cite", &machine::cite(cite)));
    line("fingerprint", &finding.fingerprint);
    text
}

fn write(writer: &mut Writer<Vec<u8>>, suites: &[Suite]) -> std::io::Result<()> {
    let sum = |of: &dyn Fn(&Suite) -> usize| suites.iter().map(of).fold(0, usize::saturating_add).to_string();
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    writer
        .create_element("testsuites")
        .with_attribute(("name", "clearway"))
        .with_attribute(("tests", &*sum(&|suite| suite.cases.len())))
        .with_attribute(("failures", &*sum(&Suite::failures)))
        .with_attribute(("errors", &*sum(&Suite::errors)))
        .write_inner_content(|writer| suites.iter().try_for_each(|suite| write_suite(writer, suite)))?;
    Ok(())
}

fn write_suite(writer: &mut Writer<Vec<u8>>, suite: &Suite) -> std::io::Result<()> {
    let mut element = writer
        .create_element("testsuite")
        .with_attribute(("name", &*attribute(&suite.name)))
        .with_attribute(("tests", &*suite.cases.len().to_string()))
        .with_attribute(("failures", &*suite.failures().to_string()))
        .with_attribute(("errors", &*suite.errors().to_string()))
        .with_attribute(("skipped", &*suite.skipped().to_string()));
    if let Some(file) = &suite.file {
        element = element.with_attribute(("file", &*attribute(file)));
    }
    element.write_inner_content(|writer| {
        if !suite.properties.is_empty() {
            writer.create_element("properties").write_inner_content(|writer| {
                suite.properties.iter().try_for_each(|(name, value)| {
                    let property = writer.create_element("property").with_attribute(("name", &*attribute(name)));
                    property.with_attribute(("value", &*attribute(value))).write_empty().map(|_| ())
                })
            })?;
        }
        suite.cases.iter().try_for_each(|case| write_case(writer, case))
    })?;
    Ok(())
}

fn write_case(writer: &mut Writer<Vec<u8>>, case: &Case) -> std::io::Result<()> {
    let element = writer
        .create_element("testcase")
        .with_attribute(("name", &*attribute(&case.name)))
        .with_attribute(("classname", &*attribute(&case.group)));
    let (name, kind, message) = match &case.outcome {
        Outcome::Passed if case.text.is_empty() => return element.write_empty().map(|_| ()),
        Outcome::Passed => ("system-out", None, None),
        Outcome::Skipped { message } => ("skipped", None, Some(message)),
        Outcome::Failed { kind, message } => ("failure", Some(*kind), Some(message)),
        Outcome::Error { kind, message } => ("error", Some(&**kind), Some(message)),
    };
    element.write_inner_content(|writer| {
        let mut inner = writer.create_element(name);
        if let Some(kind) = kind {
            inner = inner.with_attribute(("type", &*attribute(kind)));
        }
        if let Some(message) = message {
            inner = inner.with_attribute(("message", &*attribute(message)));
        }
        if case.text.is_empty() {
            inner.write_empty()?;
        } else {
            inner.write_text_content(BytesText::new(&allowed(&case.text)))?;
        }
        Ok(())
    })?;
    Ok(())
}

/// The value of an attribute: one line, for readers make one of it anyway.
fn attribute(text: &str) -> String {
    allowed(text).replace(['\n', '\r', '\t'], " ")
}

/// A text of characters that XML 1.0 has; the others are written out.
fn allowed(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\t' => out.push(c),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    out
}
