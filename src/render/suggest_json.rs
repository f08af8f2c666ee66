//! Ways out of refusals as JSON: the contract of `docs/cli.md`. Fields may be added; none is renamed or removed.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use super::json::{DiagnosticJson, Obstacle, Tool, diagnostics, tool, written};
use crate::diag::Diagnostic;
use crate::report::{Related, Report, SuggestedStep, Suggestion, WayOut, Written};
use crate::source::{SourceMap, Span};

/// The ways out of all refusals of a run as one JSON document with a line break at its end.
pub fn draw(map: &SourceMap, report: &Report, told: &[Diagnostic]) -> String {
    let refused = report.ways_out.iter().map(|way| way_json(map, report, way)).collect();
    written(&Document { version: 1, tool: tool(), refused, diagnostics: diagnostics(map, told) })
}

/// What `clearway suggest --output-format json` writes.
#[derive(JsonSchema, Serialize)]
#[schemars(rename = "Suggestions")]
pub(super) struct Document<'a> {
    /// The version of this form: fields may be added under one version, none is renamed or removed.
    version: u32,
    /// What wrote this.
    tool: Tool,
    /// The refused steps.
    refused: Vec<Way<'a>>,
    /// What is wrong with plans, inventories, policies and the run itself.
    diagnostics: Vec<DiagnosticJson>,
}

/// A refused step, and what may be done about it.
#[derive(JsonSchema, Serialize)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "RefusedStep")]
struct Way<'a> {
    /// The plan's file.
    file: &'a str,
    /// The plan's name.
    plan: &'a str,
    /// The id of the step.
    step: &'a str,
    /// The line it begins in.
    line: Option<usize>,
    /// The column it begins at.
    column: Option<usize>,
    /// Why it is refused.
    because: Vec<Obstacle<'a>>,
    /// Refused steps without which it would be judged differently.
    after_refused: Vec<&'a str>,
    /// What may be done, best first.
    suggestions: Vec<Suggested<'a>>,
    /// Without a suggestion: the steps that come nearest, and what stands in their way; null otherwise.
    in_the_way: Option<InTheWay<'a>>,
    /// Steps that would be refused with each of the ways out that were found.
    spoils: Vec<&'a str>,
    /// Steps that were tried.
    trials: u64,
    /// Whether nothing is suggested because the plan has errors and cannot be checked as a whole.
    unheld: bool,
    /// Whether a limit ended the search.
    cut_short: bool,
}

/// Steps that are permitted and come to the same end, or near it.
#[derive(JsonSchema, Serialize)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "Suggestion")]
struct Suggested<'a> {
    /// The steps to write, in place of the refused one.
    steps: Vec<Step<'a>>,
    /// Where the end is another one: the members that differ.
    differs: Vec<Differs<'a>>,
    /// The interruption to expect; null where the policies say nothing of it.
    interruption: Option<&'a str>,
    /// Bytes that are moved; null where none is known.
    bytes: Option<u64>,
    /// Whether more bytes than that may be moved.
    bytes_at_least: bool,
    /// What nobody can verify of them.
    unverified: Vec<Doubt<'a>>,
    /// Facts that were assumed, and without which it would not be permitted.
    assumed: Vec<&'a str>,
    /// Further steps that stand in another wave then.
    waves: Vec<InWave<'a>>,
}

/// A step that stands in another wave.
#[derive(JsonSchema, Serialize)]
struct InWave<'a> {
    /// Its id.
    step: &'a str,
    /// Its wave then.
    wave: Value<'a>,
}

/// The members of a step as a plan holds them, records in records.
struct Step<'a>(&'a SuggestedStep);

impl Serialize for Step<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let members: Vec<(&str, &Written)> = self.0.members.iter().map(|(path, value)| (&**path, value)).collect();
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("id", &*self.0.id)?;
        each_member(&members, &mut map)?;
        map.end()
    }
}

/// Members by path, those of one record together.
struct Members<'a>(Vec<(&'a str, &'a Written)>);

impl Serialize for Members<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        each_member(&self.0, &mut map)?;
        map.end()
    }
}

fn each_member<M: SerializeMap>(members: &[(&str, &Written)], map: &mut M) -> Result<(), M::Error> {
    let mut done: Vec<&str> = Vec::new();
    for (path, value) in members {
        let Some((record, _)) = path.split_once('.') else {
            map.serialize_entry(path, &Value(value))?;
            continue;
        };
        if done.contains(&record) {
            continue;
        }
        done.push(record);
        let inner = members.iter().filter_map(|(path, value)| {
            let (other, rest) = path.split_once('.')?;
            (other == record).then_some((rest, *value))
        });
        map.serialize_entry(record, &Members(inner.collect()))?;
    }
    Ok(())
}

impl JsonSchema for Step<'_> {
    fn schema_name() -> Cow<'static, str> {
        "SuggestedStep".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A step as a plan in JSON holds it: its members are those of the vocabulary, as `clearway schema plan` describes them.",
            "type": "object",
            "properties": { "id": { "description": "Its id.", "type": "string" } },
            "required": ["id"],
            "additionalProperties": true
        })
    }
}

struct Value<'a>(&'a Written);

impl JsonSchema for Value<'_> {
    fn schema_name() -> Cow<'static, str> {
        "MemberValue".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "What a member of a step holds.",
            "type": ["string", "number", "boolean", "array", "object"]
        })
    }
}

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Written::Text(text) => serializer.serialize_str(text),
            Written::Plain(text) if &**text == "true" || &**text == "false" => {
                serializer.serialize_bool(&**text == "true")
            }
            Written::Plain(text) => match serde_json::from_str::<serde_json::Number>(text) {
                Ok(number) => number.serialize(serializer),
                Err(_) => serializer.serialize_str(text),
            },
            Written::List(values) => serializer.collect_seq(values.iter().map(Value)),
            Written::Map(entries) => serializer.collect_map(entries.iter().map(|(key, value)| (&**key, Value(value)))),
        }
    }
}

/// A member that holds something else at the end.
#[derive(JsonSchema, Serialize)]
struct Differs<'a> {
    /// The member, such as `to.host`.
    member: &'a str,
    /// What the plan asks for.
    asked: Option<Value<'a>>,
    /// What the suggestion comes to.
    suggested: Option<Value<'a>>,
}

/// Something that nobody can verify.
#[derive(JsonSchema, Serialize)]
struct Doubt<'a> {
    /// The step.
    step: &'a str,
    /// The code of the rule or matrix.
    code: &'a str,
    /// The element it is about; null where it is about the step.
    subject: Option<&'a str>,
    /// What it says.
    message: &'a str,
    /// The facts that are unknown, as routes.
    missing: Vec<&'a str>,
}

/// The steps that come nearest, and what stands in their way.
#[derive(JsonSchema, Serialize)]
struct InTheWay<'a> {
    /// The steps.
    steps: Vec<Step<'a>>,
    /// What is against them.
    because: Vec<Obstacle<'a>>,
    /// The facts that decided that.
    facts: Vec<FactJson<'a>>,
}

/// A fact.
#[derive(JsonSchema, Serialize)]
#[schemars(rename = "Fact")]
struct FactJson<'a> {
    /// Its route.
    route: &'a str,
    /// Its value.
    value: &'a str,
    /// The step that made it so; null where it was given.
    step: Option<&'a str>,
    /// The file it stands in; null where it stands in none.
    file: Option<String>,
    /// The line.
    line: Option<usize>,
    /// The column.
    column: Option<usize>,
}

fn way_json<'a>(map: &SourceMap, report: &'a Report, way: &'a WayOut) -> Way<'a> {
    let plan = report.plans.get(way.plan);
    let place = map.locate(way.span);
    Way {
        file: plan.map_or("", |plan| &plan.file),
        plan: plan.map_or("", |plan| &plan.plan),
        step: &way.step,
        line: place.as_ref().map(|place| place.line),
        column: place.as_ref().map(|place| place.column),
        because: way.because.iter().map(Obstacle::from).collect(),
        after_refused: way.after_refused.iter().map(|id| &**id).collect(),
        suggestions: way.suggestions.iter().map(suggested).collect(),
        in_the_way: way.in_the_way.as_ref().map(|found| InTheWay {
            steps: found.steps.iter().map(Step).collect(),
            because: found.because.iter().map(Obstacle::from).collect(),
            facts: found.facts.iter().map(|fact| fact_json(map, fact)).collect(),
        }),
        spoils: way.spoils.iter().map(|id| &**id).collect(),
        trials: way.trials,
        unheld: way.unheld,
        cut_short: way.cut_short,
    }
}

fn suggested(suggestion: &Suggestion) -> Suggested<'_> {
    let differs = suggestion.differs.iter().map(|differs| Differs {
        member: &differs.member,
        asked: differs.asked.as_ref().map(Value),
        suggested: differs.suggested.as_ref().map(Value),
    });
    let unverified = suggestion.unverified.iter().map(|doubt| Doubt {
        step: &doubt.step,
        code: &doubt.code,
        subject: doubt.subject.as_deref(),
        message: &doubt.message,
        missing: doubt.missing.iter().map(|missing| &*missing.route).collect(),
    });
    Suggested {
        steps: suggestion.steps.iter().map(Step).collect(),
        differs: differs.collect(),
        interruption: suggestion.interruption.as_deref(),
        bytes: suggestion.bytes.map(|bytes| bytes.known),
        bytes_at_least: suggestion.bytes.is_some_and(|bytes| bytes.at_least),
        unverified: unverified.collect(),
        assumed: suggestion.assumed.iter().map(|name| &**name).collect(),
        waves: suggestion.waves.iter().map(|(step, wave)| InWave { step, wave: Value(wave) }).collect(),
    }
}

fn fact_json<'a>(map: &SourceMap, fact: &'a Related) -> FactJson<'a> {
    let place = Some(fact.span).filter(|span| *span != Span::NONE).and_then(|span| map.locate(span));
    FactJson {
        route: &fact.route,
        value: &fact.value,
        step: fact.step.as_deref(),
        file: place.as_ref().map(|place| place.file.to_string()),
        line: place.as_ref().map(|place| place.line),
        column: place.as_ref().map(|place| place.column),
    }
}
