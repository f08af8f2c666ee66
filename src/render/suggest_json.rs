//! Ways out of refusals as JSON: the contract of `docs/cli.md`. Fields may be added; none is renamed or removed.

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

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    tool: Tool,
    refused: Vec<Way<'a>>,
    diagnostics: Vec<DiagnosticJson>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Way<'a> {
    file: &'a str,
    plan: &'a str,
    step: &'a str,
    line: Option<usize>,
    column: Option<usize>,
    because: Vec<Obstacle<'a>>,
    after_refused: Vec<&'a str>,
    suggestions: Vec<Suggested<'a>>,
    in_the_way: Option<InTheWay<'a>>,
    spoils: Vec<&'a str>,
    trials: u64,
    unheld: bool,
    cut_short: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Suggested<'a> {
    steps: Vec<Step<'a>>,
    differs: Vec<Differs<'a>>,
    interruption: Option<&'a str>,
    bytes: Option<u64>,
    bytes_at_least: bool,
    unverified: Vec<Doubt<'a>>,
    assumed: Vec<&'a str>,
    waves: Vec<InWave<'a>>,
}

#[derive(Serialize)]
struct InWave<'a> {
    step: &'a str,
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

struct Value<'a>(&'a Written);

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

#[derive(Serialize)]
struct Differs<'a> {
    member: &'a str,
    asked: Option<Value<'a>>,
    suggested: Option<Value<'a>>,
}

#[derive(Serialize)]
struct Doubt<'a> {
    step: &'a str,
    code: &'a str,
    subject: Option<&'a str>,
    message: &'a str,
    missing: Vec<&'a str>,
}

#[derive(Serialize)]
struct InTheWay<'a> {
    steps: Vec<Step<'a>>,
    because: Vec<Obstacle<'a>>,
    facts: Vec<FactJson<'a>>,
}

#[derive(Serialize)]
struct FactJson<'a> {
    route: &'a str,
    value: &'a str,
    step: Option<&'a str>,
    file: Option<String>,
    line: Option<usize>,
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
