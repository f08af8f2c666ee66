//! What tests expect: held against the rules, so that nothing is expected that cannot come true.

use std::sync::Arc;

use super::checker::{Bearer, Checker, listed};
use super::scope::Scope;
use super::tree::{Binding, Expectation, ExpectedVerdict, Frame, Policies, Subject, TestSubject, WorldExpectation};
use super::written_tests::Draft;
use crate::diag::Diagnostic;
use crate::diag::codes::check as codes;
use crate::source::Span;
use crate::syntax::ast::{self, ExpectKind, LevelKind, StandingKind, SubjectKind, ValueKind, VerdictKind};
use crate::types::{Input, Schema, Type};

impl<'a> Checker<'a> {
    /// One `expect`: an expectation for each code it names.
    pub fn expectation(
        &mut self,
        expect: &'a ast::Expect,
        draft: &Draft<'a>,
        rows: &Frame,
        policies: &Policies,
        made: &mut Vec<Expectation>,
    ) {
        let span = expect.span;
        match &expect.kind {
            ExpectKind::Verdict { subject, verdict, codes, elements } => {
                let Some(of) = self.test_subject(subject, draft) else { return };
                for code in codes {
                    let element = self.expected_verdict((&of, subject.span), *verdict, code, elements, policies);
                    let Some(element) = element else { continue };
                    let what =
                        WorldExpectation::Verdict { verdict: expected(*verdict), code: code.text.clone(), element };
                    made.push(Expectation { subject: Some(of.clone()), what, span });
                }
            }
            ExpectKind::Standing { subject, standing } => {
                let Some(of) = self.test_subject(subject, draft) else { return };
                if let TestSubject::Wave(_) = of {
                    self.error(
                        codes::WRONG_EXPECTATION,
                        subject.span,
                        "a wave is neither permitted nor denied",
                        "a wave",
                        "expect it of a step or of the plan",
                    );
                    return;
                }
                let what = match standing {
                    StandingKind::Permitted => WorldExpectation::Permitted,
                    StandingKind::Denied => WorldExpectation::Denied,
                    StandingKind::Unverified => WorldExpectation::Unverified,
                };
                made.push(Expectation { subject: Some(of), what, span });
            }
            ExpectKind::Chooses { subject, value } => {
                let Some(of) = self.test_subject(subject, draft) else { return };
                if let Some(text) = self.chosen_value(&of, subject.span, value, policies) {
                    made.push(Expectation { subject: Some(of), what: WorldExpectation::Chooses(text), span });
                }
            }
            ExpectKind::Afterwards { condition } => {
                let mut scope = Scope::default();
                for local in &rows.locals {
                    scope.bind(&local.name, local.ty.clone());
                }
                let typed = self.condition(&mut scope, condition, "what is expected afterwards");
                if !self.is_broken(&typed) {
                    let what = WorldExpectation::Afterwards(Box::new((scope.frame, typed)));
                    made.push(Expectation { subject: None, what, span });
                }
            }
        }
    }

    fn test_subject(&mut self, subject: &ast::Subject, draft: &Draft<'a>) -> Option<TestSubject> {
        match &subject.kind {
            SubjectKind::Plan => Some(TestSubject::Plan),
            SubjectKind::Wave(number) => match number.parse() {
                Ok(number) => Some(TestSubject::Wave(number)),
                Err(_) => {
                    self.error(
                        codes::WRONG_EXPECTATION,
                        subject.span,
                        "this is no number of a wave",
                        "no whole number",
                        "write the number that the steps have: `wave 1`",
                    );
                    None
                }
            },
            SubjectKind::Named(name) => {
                let each = match self.schema.input {
                    Input::Each { entity } => Some(entity),
                    Input::Plan { .. } => None,
                };
                let known: Vec<Arc<str>> = match each {
                    Some(entity) => {
                        let rows = draft.givens.iter().filter(|row| row.entity == entity);
                        rows.filter_map(|row| row.name.clone()).collect()
                    }
                    None => draft.steps.iter().map(|step| step.id.clone()).collect(),
                };
                if let Some(found) = known.iter().find(|known| **known == name.text) {
                    return Some(match each {
                        Some(_) => TestSubject::Entity(found.clone()),
                        None => TestSubject::Step(found.clone()),
                    });
                }
                let what = if each.is_some() { "row" } else { "step" };
                let known: Vec<&str> = known.iter().map(|name| &**name).collect();
                self.unknown(
                    codes::UNKNOWN_ROW,
                    name.span,
                    format!("the test has no {what} `{}`", name.text),
                    &name.text,
                    &known,
                    "add it to the test",
                );
                None
            }
        }
    }

    /// Whether a code can have a verdict; the outer nothing: it cannot, and that was said.
    fn expected_verdict(
        &mut self,
        (of, of_span): (&TestSubject, Span),
        verdict: VerdictKind,
        code: &ast::Ident,
        elements: &[ast::ElementRef],
        policies: &Policies,
    ) -> Option<Option<Arc<str>>> {
        let Some((bearer, declared)) = self.bearer(&code.text) else {
            let known = self.code_names.clone();
            let known: Vec<&str> = known.iter().map(|name| &**name).collect();
            self.unknown(
                codes::UNKNOWN_CODE,
                code.span,
                format!("no rule bears the code `{}`", code.text),
                &code.text,
                &known,
                "`clearway rules` lists every code of a pack",
            );
            return None;
        };
        let is_note =
            matches!(bearer, Bearer::Rule(LevelKind::Note) | Bearer::EffectNote | Bearer::Choice(LevelKind::Note));
        let wrong = match (is_note, verdict) {
            (true, VerdictKind::Violates | VerdictKind::Satisfies) => Some((
                format!("`{}` is a note: it demands nothing that could be violated", code.text),
                "a note",
                "write `notes`, `skips` or `cannot verify`",
            )),
            (false, VerdictKind::Notes) => Some((
                format!("`{}` demands something and is no note", code.text),
                "no note",
                "write `violates`, `satisfies`, `skips` or `cannot verify`",
            )),
            _ => None,
        };
        if let Some((message, label, help)) = wrong {
            let diagnostic = Diagnostic::error(codes::WRONG_EXPECTATION, code.span, message)
                .label(label)
                .also(declared, "declared here")
                .help(help);
            self.say(diagnostic);
            return None;
        }
        let rule = policies.rules.iter().find(|rule| rule.code == code.text);
        let matrix = policies.matrices.iter().find(|matrix| matrix.code == code.text);
        let (subject, bindings, frame) = match (rule, matrix) {
            (Some(rule), _) => (rule.subject, &rule.bindings, &rule.frame),
            (None, Some(matrix)) => (matrix.subject, &matrix.bindings, &matrix.frame),
            // It was broken and is left out: that was said where it stands.
            (None, None) => return None,
        };
        let fits = matches!(
            (subject, of),
            (Subject::Step, TestSubject::Step(_))
                | (Subject::Wave, TestSubject::Wave(_))
                | (Subject::Plan, TestSubject::Plan)
                | (Subject::Entity(_), TestSubject::Entity(_))
        );
        if !fits {
            let about = match subject {
                Subject::Step => "a step",
                Subject::Wave => "a wave",
                Subject::Plan => "the plan",
                Subject::Entity(_) => "an entity",
            };
            let diagnostic =
                Diagnostic::error(codes::WRONG_EXPECTATION, of_span, format!("`{}` is about {about}", code.text))
                    .label("something else")
                    .also(declared, "declared here")
                    .help(format!("expect it of {about}"));
            self.say(diagnostic);
            return None;
        }
        self.element(code, elements, bindings, frame)
    }

    /// The element as reports write it.
    fn element(
        &mut self,
        code: &ast::Ident,
        elements: &[ast::ElementRef],
        bindings: &[Binding],
        frame: &Frame,
    ) -> Option<Option<Arc<str>>> {
        let each: Vec<(Arc<str>, Arc<str>)> = bindings
            .iter()
            .filter_map(|binding| match binding {
                Binding::Each(local, _) => frame.locals.get(usize::from(local.0)),
                Binding::Let(..) => None,
            })
            .map(|local| (local.name.clone(), Arc::from(self.type_name(local.ty.required()))))
            .collect();
        let mut texts: Vec<String> = Vec::new();
        for element in elements {
            let found = each
                .iter()
                .find(|(name, _)| *name == element.kind.text)
                .or_else(|| each.iter().find(|(_, ty)| *ty == element.kind.text));
            let Some((_, entity)) = found else {
                let help = match &*each {
                    [] => "leave `for` out: the rule has no elements".to_owned(),
                    each => format!("its elements are {}", listed(each.iter().map(|(name, _)| &**name))),
                };
                self.error(
                    codes::WRONG_EXPECTATION,
                    element.span,
                    format!("`{}` does not speak of each `{}`", code.text, element.kind.text),
                    "no such element",
                    help,
                );
                return None;
            };
            // Reports call an element by its entity or part, whatever name the rule gives it.
            texts.push(format!("{entity} {}", element.name.text));
        }
        Some((!texts.is_empty()).then(|| texts.join(", ").into()))
    }

    fn chosen_value(
        &mut self,
        of: &TestSubject,
        of_span: Span,
        value: &ast::Value,
        policies: &Policies,
    ) -> Option<Arc<str>> {
        if !matches!(of, TestSubject::Step(_)) {
            self.error(codes::WRONG_EXPECTATION, of_span, "only a step chooses", "no step", "expect it of a step");
            return None;
        }
        let Some(select) = policies.selects.first() else {
            self.error(
                codes::WRONG_EXPECTATION,
                value.span,
                "nothing is chosen: the pack has no `select`",
                "no choice",
                "add `select step.field { … }` to the pack, or leave the expectation out",
            );
            return None;
        };
        let ty = self.schema.field(Schema::STEP, select.field).map(|field| field.ty.clone());
        let id = match ty.as_ref().map(Type::required) {
            Some(Type::Enum(id)) => *id,
            _ => return None,
        };
        match &value.kind {
            ValueKind::Literal(literal) if literal.kind == ast::LiteralKind::None => Some(Arc::from("none")),
            ValueKind::Name(name) if self.value_of(id, &name.text).is_some() => Some(name.text.clone()),
            ValueKind::Name(name) => {
                self.unknown_value(id, &name.text, name.span);
                None
            }
            _ => {
                self.error(
                    codes::WRONG_EXPECTATION,
                    value.span,
                    "what is chosen is a value of an enum",
                    "no value of the enum",
                    "write the value by its bare name, or `none`",
                );
                None
            }
        }
    }
}

fn expected(verdict: VerdictKind) -> ExpectedVerdict {
    match verdict {
        VerdictKind::Violates => ExpectedVerdict::Violates,
        VerdictKind::Satisfies => ExpectedVerdict::Satisfies,
        VerdictKind::CannotVerify => ExpectedVerdict::CannotVerify,
        VerdictKind::Notes => ExpectedVerdict::Notes,
        VerdictKind::Skips => ExpectedVerdict::Skips,
    }
}
