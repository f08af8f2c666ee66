//! Judging by the batch against judging the whole text at once.

use std::ops::ControlFlow;

use clearway::diag::Diagnostic;
use clearway::eval::{Options, PlanInput, PlanOutcome, Subjects, evaluate};
use clearway::facts::load::{self, load_each};
use clearway::facts::read::{Format, read};
use clearway::facts::records::Framing;
use clearway::facts::{Facts, Limits};
use clearway::program::Program;
use clearway::session::batch::{How, Judged, Source, Trouble, judge};
use clearway::source::{SourceMap, Span};
use clearway::types::FieldId;
use clearway::value::StructId;
use proptest::prelude::*;

use crate::{damage, policy};

/// The whole text at once: what is said, and the outcome where there is anything to judge.
fn at_once(
    program: &Program,
    map: &SourceMap,
    limits: &Limits,
) -> (Vec<Diagnostic>, Vec<Diagnostic>, Option<PlanOutcome>) {
    let (_, file) = map.files().next().unwrap();
    let found = read(Format::JsonLines, file, limits);
    let reads = |of: StructId, field: FieldId| program.reads(of, field);
    let writes = |of: StructId, field: FieldId| program.writes(of, field);
    let options = load::Options { limits, reads: &reads, writes: &writes, strict: false };
    let mut facts = Facts::new(&program.schema);
    clearway::eval::prepare(program, &mut facts);
    let documents: Vec<_> = found.documents.iter().collect();
    let loaded = load_each(&program.schema, &documents, &mut facts, options);
    let rows: Vec<_> = (1u32..).zip(loaded.rows).filter_map(|(record, row)| Some((row?, record))).collect();
    let plan = PlanInput {
        index: 0,
        file: "x.jsonl".into(),
        name: "x.jsonl".into(),
        named: false,
        span: Span::NONE,
        subjects: Subjects::Entities(rows),
        waivers: Vec::new(),
    };
    (found.diagnostics, loaded.diagnostics, Some(evaluate(program, &facts, &plan, &Options::default())))
}

fn by_batch(
    program: &Program,
    source: Source<'_>,
    framing: Framing,
    threads: usize,
    limits: &Limits,
) -> (Vec<Judged>, Result<(), Trouble>) {
    let how = How {
        file: "x.jsonl".into(),
        index: 0,
        framing,
        threads,
        limits,
        steps: clearway::eval::DEFAULT_STEPS,
        strict: false,
        selected: None,
        told: true,
        clock: None,
    };
    let mut all = Vec::new();
    let result = judge(program, source, &how, &mut |judged| {
        all.push(judged);
        ControlFlow::Continue(())
    });
    (all, result)
}

/// Everything with its places as people read them.
fn located<T: std::fmt::Debug>(map: &SourceMap, things: &[T], spans: impl Fn(&T) -> Vec<Span>) -> Vec<String> {
    things
        .iter()
        .map(|thing| {
            let places: Vec<_> = spans(thing).into_iter().map(|span| map.locate(span)).collect();
            let mut text = format!("{thing:?}");
            for span in spans(thing) {
                text = text.replace(&format!("{span:?}"), "_");
            }
            format!("{text} {places:?}")
        })
        .collect()
}

fn places(diagnostic: &Diagnostic) -> Vec<Span> {
    diagnostic.labels.iter().map(|label| label.span).collect()
}

fn compared(text: &str) {
    let program = policy::program(policy::MACHINES);
    let limits = Limits::default();
    let mut map = SourceMap::new();
    map.add("x.jsonl", text).unwrap();
    let (read_, loaded, outcome) = at_once(&program, &map, &limits);
    let outcome = outcome.unwrap();
    let file = map.files().next().unwrap().1;
    for threads in [1, 3] {
        let (judged, result) = by_batch(&program, Source::Held(file), Framing::Lines, threads, &limits);
        result.unwrap();
        let findings: Vec<_> = judged.iter().flat_map(|judged| judged.findings.clone()).collect();
        assert_eq!(findings, outcome.findings, "{threads}: {text}");
        let of = |pick: fn(&Judged) -> &Vec<Diagnostic>| -> Vec<Diagnostic> {
            let mut all: Vec<_> = judged.iter().flat_map(pick).cloned().collect();
            all.dedup();
            all
        };
        assert_eq!(
            of(|judged| &judged.read),
            read_.iter().filter(|d| d.code.as_str() != "CW303").cloned().collect::<Vec<_>>(),
            "{text}"
        );
        assert_eq!(of(|judged| &judged.loaded), loaded, "{text}");
        assert_eq!(of(|judged| &judged.evaluated), outcome.diagnostics, "{text}");
        let mut account = clearway::report::Account::default();
        judged.iter().for_each(|judged| account.add(&judged.account));
        assert_eq!(account, outcome.report.account, "{text}");
        let verdict = judged.iter().map(|judged| judged.verdict).max();
        assert_eq!(verdict.unwrap_or(outcome.report.verdict), outcome.report.verdict);
    }
}

#[test]
fn names_that_several_bear_are_told_apart() {
    let text = "{\"name\":\"a\"}\n{\"name\":\"b\",\"the count\":\"x\"}\n\nx\n{\"name\":\"a\"}\n7\n{\"name\":\"c\"}\n{}\n{\"name\":\"a\"}";
    compared(text);
}

/// Some pieces' worth of records: right ones, odd ones, broken ones, and names that recur far away.
fn many() -> String {
    let mut text = String::from("\u{feff}");
    for at in 0..4_000u32 {
        let long = "x\u{e4}".repeat(60);
        text += &match at % 97 {
            5 => "{\"name\":".to_owned(),
            11 => String::new(),
            23 => format!("{{\"name\":\"odd{at}\",\"the count\":\"x\",\"a\":1,\"a\":2,\"l\":\"{long}\"}}"),
            31 => "7".to_owned(),
            41 => "{}".to_owned(),
            _ => format!(
                "{{\"name\":\"vm{}\",\"the count\":{},\"memory\":\"2 GiB\",\"flag\":true,\"tags\":[\"a\"],\"numbers\":[1,2],\"cpu\":{{\"cores\":4}},\"l\":\"{long}\"}}",
                at % 3_500,
                at % 7,
            ),
        };
        text += if at % 13 == 0 { "\r\n" } else { "\n" };
    }
    text
}

#[test]
fn many_pieces_say_what_the_whole_says() {
    let text = many();
    assert!(text.len() > 3 * (256 << 10), "{} bytes are too few pieces", text.len());
    compared(&text);
}

/// Gives a few bytes at a time, in the middle of letters too.
struct Trickle<'t>(&'t [u8], usize);

impl std::io::Read for Trickle<'_> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        self.1 = self.1 % 1_021 + 7;
        let count = self.1.min(into.len()).min(self.0.len());
        into[..count].copy_from_slice(&self.0[..count]);
        self.0 = &self.0[count..];
        Ok(count)
    }
}

#[test]
fn many_pieces_of_a_stream_stand_where_they_stand_in_the_whole() {
    let text = many();
    let program = policy::program(policy::MACHINES);
    let limits = Limits::default();
    let mut map = SourceMap::new();
    let id = map.add("x.jsonl", text.as_str()).unwrap();
    let (held, _) = by_batch(&program, Source::Held(map.file(id).unwrap()), Framing::Lines, 1, &limits);
    let all = |judged: &[Judged], whole: Option<&SourceMap>| -> Vec<String> {
        let each = judged.iter().flat_map(|judged| {
            let map = whole.unwrap_or(&judged.map);
            let wrong =
                judged.read.iter().chain(&judged.loaded).map(|d| format!("{} {:?}", d.message, map.locate(d.span())));
            let found = judged.findings.iter().map(|f| format!("{} {} {:?}", f.code, f.message, map.locate(f.span)));
            let mut all: Vec<_> = wrong.chain(found).collect();
            all.push(String::new());
            all
        });
        each.filter(|line| !line.is_empty()).collect()
    };
    let sorted = |mut lines: Vec<String>| {
        lines.sort();
        lines
    };
    let expected = sorted(all(&held, Some(&map)));
    for threads in [1, 4] {
        let source = Source::Stream(Box::new(Trickle(text.as_bytes(), 0)));
        let (streamed, result) = by_batch(&program, source, Framing::Lines, threads, &limits);
        result.unwrap();
        assert!(streamed.len() > 3, "{} pieces", streamed.len());
        assert_eq!(sorted(all(&streamed, None)), expected, "{threads}");
    }
    let records: Vec<&str> = text.lines().filter(|line| line.ends_with('}') && line.starts_with('{')).collect();
    let list = format!("[{}]", records.join(","));
    let id = map.add("x.json", list.as_str()).unwrap();
    let (held, result) = by_batch(&program, Source::Held(map.file(id).unwrap()), Framing::List, 1, &limits);
    result.unwrap();
    let expected = sorted(all(&held, Some(&map)));
    assert!(expected.len() > 100);
    for threads in [1, 3] {
        let (again, result) = by_batch(&program, Source::Held(map.file(id).unwrap()), Framing::List, threads, &limits);
        result.unwrap();
        assert_eq!(sorted(all(&again, Some(&map))), expected, "{threads}");
        let source = Source::Stream(Box::new(Trickle(list.as_bytes(), 0)));
        let (streamed, result) = by_batch(&program, source, Framing::List, threads, &limits);
        result.unwrap();
        let named = |lines: &[String]| -> Vec<String> {
            lines.iter().map(|line| line.replace("x.json\"", "x.jsonl\"")).collect()
        };
        assert_eq!(sorted(all(&streamed, None)), sorted(named(&expected)), "{threads}");
    }
}

#[test]
fn a_list_is_its_elements() {
    let program = policy::program(policy::MACHINES);
    let limits = Limits::default();
    let records = ["{\"name\":\"a\"}", "{\"name\":\"b\",\"the count\":\"x\"}", "{\"name\":\"a\"}"];
    let lines = records.join("\n");
    let list = format!(" [{}\n] ", records.join(" ,\n"));
    let mut map = SourceMap::new();
    map.add("x.jsonl", lines.as_str()).unwrap();
    let listed = map.add("x.json", list.as_str()).unwrap();
    let (lines, _) = by_batch(&program, Source::Held(map.files().next().unwrap().1), Framing::Lines, 1, &limits);
    for threads in [1, 2] {
        let (list_, result) =
            by_batch(&program, Source::Held(map.file(listed).unwrap()), Framing::List, threads, &limits);
        result.unwrap();
        let told = |judged: &[Judged]| -> Vec<String> {
            let all = judged.iter().flat_map(|judged| &judged.findings);
            all.map(|finding| format!("{:?} {} {}", finding.subject, finding.code, finding.message)).collect()
        };
        assert_eq!(told(&list_), told(&lines));
        let streamed = Source::Stream(Box::new(list.as_bytes()));
        let (streamed, result) = by_batch(&program, streamed, Framing::List, threads, &limits);
        result.unwrap();
        assert_eq!(streamed.iter().map(|judged| judged.findings.len()).sum::<usize>(), told(&lines).len());
        let first = streamed[0].findings.first().unwrap();
        let place = streamed[0].map.locate(first.span).unwrap();
        let whole = list_[0].findings.first().unwrap().span;
        assert_eq!(place, clearway::source::Location { file: place.file.clone(), ..map.locate(whole).unwrap() });
    }
    for broken in ["[{},]", "[{} {}]", "[{}", "{}", "[{}]x", "[{\"a\":}]"] {
        let id = map.add("y.json", broken).unwrap();
        let file = map.file(id).unwrap();
        let (judged, result) = by_batch(&program, Source::Held(file), Framing::List, 1, &limits);
        assert!(judged.is_empty() && matches!(result, Err(Trouble::Broken(_))), "{broken}: {result:?}");
    }
}

/// Lists are cut where an element seems to begin. These mislead: elements within elements, texts that look like elements,
/// blanks of all kinds, and a list that breaks the rules far behind where it was cut.
#[test]
fn lists_say_what_lines_say_however_they_are_cut() {
    let program = policy::program(policy::MACHINES);
    let limits = Limits::default();
    let inner = "{\"name\":\"x\"},".repeat(40);
    let elements = [
        format!("{{\"name\":\"a\",\"the count\":7,\"inner\":[{inner}{{\"name\":\"y\"}}]}}"),
        "{\"name\":\"b},{\\\"name\\\":\\\"\",\"the count\":\"x\"}".to_owned(),
        "{ \"the count\" : 1 , \"name\" : \"\u{e4}\" }".to_owned(),
        "7".to_owned(),
    ];
    let records: Vec<&str> = (0..4_000).map(|at| elements[(at * 7 + at / 5) % 3].as_str()).collect();
    let of = |text: &str, framing, threads| {
        let mut map = SourceMap::new();
        let id = map.add("x", text).unwrap();
        let (judged, result) = by_batch(&program, Source::Held(map.file(id).unwrap()), framing, threads, &limits);
        let told = |judged: &Judged| -> Vec<String> {
            let found = judged.findings.iter().map(|found| (&found.message, found.span));
            let wrong = judged.loaded.iter().map(|told| (&told.message, told.span()));
            let text = |(message, span)| {
                let at = map.locate(span).unwrap().offset;
                format!(
                    "{message} {}",
                    text.get(at..).unwrap_or_default().split(['\n', '\r', ',', ']']).next().unwrap_or_default()
                )
            };
            found.chain(wrong).map(text).collect()
        };
        result.map(|()| judged.iter().flat_map(told).collect::<Vec<_>>())
    };
    let mut lines = of(&records.join("\n"), Framing::Lines, 1).unwrap();
    lines.sort();
    assert!(lines.len() > 1_000);
    for (open, between, close) in [("[", ",", "]"), (" [\n", "\r\n,\t", "\n] "), ("[", ",\n", "]")] {
        let list = format!("{open}{}{close}", records.join(between));
        assert!(list.len() > 3 * (256 << 10));
        for threads in [1, 3] {
            let mut told = of(&list, Framing::List, threads).unwrap();
            told.sort();
            assert_eq!(told.len(), lines.len());
            let others: Vec<_> = told.iter().zip(&lines).filter(|(one, other)| one != other).take(3).collect();
            assert!(others.is_empty(), "{between:?}, {threads}: {others:?}");
            let broken = format!("{open}{}{between}{}]{close}", records.join(between), elements[0]);
            let Err(Trouble::Broken(at)) = of(&broken, Framing::List, threads) else { panic!("{between:?}") };
            assert!(at as usize > broken.len() - 8, "{at} of {}", broken.len());
            let odd = format!("{open}{}{between}{}{close}", records.join(between), elements[3]);
            assert!(of(&odd, Framing::List, threads).is_ok());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn batches_say_what_the_whole_says(text in damage::lines()) {
        prop_assume!(!text.contains('\0'));
        compared(&text);
    }

    #[test]
    fn streams_say_where_things_stand_in_the_whole(text in damage::lines(), threads in 1usize..4) {
        prop_assume!(!text.contains('\0'));
        let program = policy::program(policy::MACHINES);
        let limits = Limits::default();
        let mut map = SourceMap::new();
        let id = map.add("x.jsonl", text.as_str()).unwrap();
        let (held, _) = by_batch(&program, Source::Held(map.file(id).unwrap()), Framing::Lines, 1, &limits);
        let source = Source::Stream(Box::new(text.as_bytes()));
        let (streamed, result) = by_batch(&program, source, Framing::Lines, threads, &limits);
        result.unwrap();
        let wrong = |judged: &[Judged], whole: Option<&SourceMap>| -> Vec<String> {
            let each = judged.iter().flat_map(|judged| {
                let map = whole.unwrap_or(&judged.map);
                let mut all = located(map, &judged.read, places);
                all.extend(located(map, &judged.loaded, places));
                all
            });
            each.collect()
        };
        prop_assert_eq!(wrong(&streamed, None), wrong(&held, Some(&map)));
        let at = |judged: &[Judged], whole: Option<&SourceMap>| -> Vec<String> {
            let each = judged.iter().flat_map(|judged| {
                let map = whole.unwrap_or(&judged.map);
                judged.findings.iter().map(|f| format!("{} {:?}", f.code, map.locate(f.span))).collect::<Vec<_>>()
            });
            each.collect()
        };
        prop_assert_eq!(at(&streamed, None), at(&held, Some(&map)));
    }
}
