//! What holds for every format: no finding is lost or told twice, the books balance, places point at what they speak of.

use std::collections::BTreeMap;

use clearway::diag::Severity;
use clearway::report::{FindingVerdict, Run};
use serde_json::Value;

use super::{FORMATS, list, parsed, runs, xml};

/// How often each finding is told, by code and fingerprint; of formats without fingerprints by code alone.
type Told = BTreeMap<(String, String), usize>;

fn count(told: &mut Told, code: &str, fingerprint: &str) {
    *told.entry((code.to_owned(), fingerprint.to_owned())).or_default() += 1;
}

fn string(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Code and fingerprint of everything that a format tells; messages of ours and the run itself have no fingerprint.
fn told(format: &str, text: &str) -> Told {
    let mut told = Told::new();
    match format {
        "json-lines" => {
            for record in text.lines().map(parsed) {
                match string(&record["type"]) {
                    "finding" => count(&mut told, string(&record["code"]), string(&record["fingerprint"])),
                    "diagnostic" => count(&mut told, string(&record["code"]), ""),
                    _ => {}
                }
            }
        }
        "sarif" => {
            let log = parsed(text);
            for result in list(&log["runs"][0]["results"]) {
                let own = string(&result["partialFingerprints"]["clearwayFingerprint/v1"]);
                count(&mut told, string(&result["ruleId"]), own.split(':').next().unwrap());
            }
            for one in list(&log["runs"][0]["invocations"][0]["toolExecutionNotifications"]) {
                if let Some(code) = one["descriptor"]["id"].as_str() {
                    count(&mut told, code, "");
                }
            }
        }
        "junit" => {
            for case in xml::read(text).all().into_iter().filter(|element| element.name == "testcase") {
                let inner = case.children.first();
                let last = inner.and_then(|inner| inner.text.lines().last()).unwrap_or_default();
                let name = case.attribute("name").unwrap();
                match last.strip_prefix("fingerprint: ") {
                    Some(own) => {
                        let rest = name.rsplit(' ').nth(1).unwrap();
                        count(&mut told, rest, own);
                    }
                    None if name.starts_with("CW") => count(&mut told, name.split(' ').next().unwrap(), ""),
                    None => {}
                }
            }
        }
        "csv" => {
            for row in rows(text) {
                match row["type"].as_str() {
                    "finding" | "diagnostic" => count(&mut told, &row["code"], &row["fingerprint"]),
                    _ => {}
                }
            }
        }
        "gitlab" => {
            for entry in list(&parsed(text)) {
                let own = string(&entry["check_name"]);
                if own != "nothing-evaluated" {
                    count(&mut told, own, "");
                }
            }
        }
        "rdjson" => {
            for entry in list(&parsed(text)["diagnostics"]) {
                let own = string(&entry["code"]["value"]);
                if own != "nothing-evaluated" {
                    count(&mut told, own, "");
                }
            }
        }
        "github" => {
            for line in text.lines().filter(|line| line.starts_with("::")) {
                let title = line.split_once("title=").unwrap().1.split([' ', ',', ':']).next().unwrap();
                if title != "clearway" {
                    count(&mut told, title, "");
                }
            }
        }
        other => panic!("{other}?"),
    }
    told
}

/// The rows of a table, by column.
pub fn rows(text: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = ::csv::Reader::from_reader(text.as_bytes());
    reader.deserialize().map(|row| row.unwrap()).collect()
}

#[test]
fn every_finding_is_in_every_format_once() {
    runs::each(&mut |name, run| {
        for (format, draw) in FORMATS {
            let fingerprints = matches!(format, "json-lines" | "sarif" | "junit" | "csv");
            let mut expected = Told::new();
            for finding in &run.report.findings {
                count(&mut expected, &finding.code, if fingerprints { &finding.fingerprint } else { "" });
            }
            for diagnostic in run.diagnostics {
                count(&mut expected, diagnostic.code.as_str(), "");
            }
            assert_eq!(told(format, &draw(run)), expected, "{format} of {name}");
        }
    });
}

#[test]
fn lines_of_json_are_the_records_of_the_document() {
    runs::each(&mut |name, run| {
        let document = parsed(&clearway::render::json::draw(run.map, run.report, run.diagnostics));
        let mut records: Vec<(&str, Value)> = Vec::new();
        for (member, kind) in [("plans", "plan"), ("findings", "finding"), ("diagnostics", "diagnostic")] {
            records.extend(list(&document[member]).iter().map(|record| (kind, record.clone())));
        }
        records.push(("summary", document["summary"].clone()));
        records.push(("account", document["account"].clone()));
        let drawn = clearway::render::json_lines::draw(run);
        let mut lines = drawn.lines().map(parsed);
        let first = lines.next().unwrap();
        assert_eq!((&first["type"], &first["tool"]), (&Value::from("run"), &document["tool"]), "{name}");
        for ((kind, record), mut line) in records.iter().zip(lines.by_ref()) {
            let own = line.as_object_mut().unwrap().remove("type");
            assert_eq!((own, &line), (Some(Value::from(*kind)), record), "{name}");
        }
        assert_eq!(lines.count(), 0, "{name}");
    });
}

#[test]
fn same_input_same_bytes_and_no_place_of_this_machine() {
    let plans = [("a.plan.yaml", runs::WAIVED), ("b.plan.yaml", "steps: [")];
    let drawn = || {
        let mut all = Vec::new();
        let paths = ["./a.plan.yaml", "b.plan.yaml"];
        runs::run(&runs::folder(&plans), &paths, clearway::session::Weight::AsRule, &mut |run| {
            all.extend(FORMATS.map(|(_, draw)| draw(run)));
        });
        all
    };
    let first = drawn();
    assert_eq!(first, drawn());
    for ((format, _), text) in FORMATS.iter().zip(first) {
        let json = matches!(*format, "json-lines" | "csv");
        assert!(json || !text.contains("./a.plan"), "{format} has paths without `./`:\n{text}");
        assert!(text.ends_with('\n'), "{format} ends its last line");
    }
}

#[test]
fn fingerprints_of_gitlab_are_its_own_even_where_two_findings_share_one() {
    runs::each(&mut |name, run| {
        let report = parsed(&clearway::render::gitlab::draw(run));
        let mut all: Vec<&str> = list(&report).iter().map(|entry| string(&entry["fingerprint"])).collect();
        for finding in &run.report.findings {
            assert!(all.contains(&finding.fingerprint.as_str()), "{name}: {} keeps its fingerprint", finding.code);
        }
        let before = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), before, "{name}");
    });
}

#[test]
fn the_books_balance_in_junit() {
    runs::each(&mut |name, run| {
        let root = xml::read(&clearway::render::junit::draw(run));
        let mut suites: Vec<_> = root.children.iter().filter(|suite| suite.attribute("file").is_some()).collect();
        assert_eq!(suites.len(), run.report.plans.len(), "{name}: a suite a plan");
        for (index, (suite, plan)) in suites.drain(..).zip(&run.report.plans).enumerate() {
            let number = |property: &str| -> usize {
                let found = suite.children[0].children.iter().find(|one| one.attribute("name") == Some(property));
                found.unwrap().attribute("value").unwrap().parse().unwrap()
            };
            let parts = ["satisfied", "violated", "unverified", "not-applicable", "noted", "waived", "not-evaluated"];
            assert_eq!(parts.map(number).iter().sum::<usize>(), number("evaluations"), "{name}");
            let own: Vec<_> = run.report.findings.iter().filter(|finding| finding.plan == index).collect();
            let of = |verdict: FindingVerdict| own.iter().filter(|finding| finding.verdict == verdict).count();
            assert_eq!(number("violated"), of(FindingVerdict::Violated), "{name}");
            assert_eq!(number("unverified"), of(FindingVerdict::Unverified), "{name}");
            assert_eq!(number("waived"), of(FindingVerdict::Waived), "{name}");
            assert_eq!(number("noted"), of(FindingVerdict::Noted), "{name}");
            // A test for each finding, one for each step that none of them fails.
            let failing = own.iter().filter(|finding| run.failing.fails(finding));
            assert_eq!(suite.attribute("failures"), Some(failing.count().to_string().as_str()), "{name}");
            let quiet = plan.steps.iter().filter(|step| {
                !own.iter().any(|finding| finding.step.as_ref() == Some(&step.id) && run.failing.fails(finding))
            });
            let tests = own.len() + quiet.count();
            assert_eq!(suite.attribute("tests"), Some(tests.max(1).to_string().as_str()), "{name}");
        }
        let of = |outcome: &str| root.attribute(outcome).unwrap().parse::<usize>().unwrap();
        let green = !run.failed() && run.nothing.is_none() && !run.report.findings.iter().any(|f| run.failing.fails(f));
        assert_eq!(of("failures") + of("errors") == 0, green, "{name}: a server is as green as the run");
    });
}

/// Whether findings that could not be verified are shown without being counted.
fn ignored(run: &Run<'_>) -> bool {
    run.failing.0.iter().any(|plan| plan.unverified_ignored)
}

#[test]
fn what_is_unverified_or_waived_is_no_pass_and_says_so() {
    let mut seen = [false; 3];
    runs::each(&mut |name, run| {
        let junit = xml::read(&clearway::render::junit::draw(run));
        let sarif = parsed(&clearway::render::sarif::draw(run));
        let others: Vec<String> = FORMATS[3..6].iter().map(|(_, draw)| draw(run)).collect();
        for finding in &run.report.findings {
            let (mark, at) = match finding.verdict {
                FindingVerdict::Unverified if ignored(run) => ("unverified: ", 0),
                FindingVerdict::Unverified => ("unverified: ", 1),
                FindingVerdict::Waived => ("waived: ", 2),
                _ => continue,
            };
            seen[at] = true;
            let message = format!("{mark}{}", finding.sentence());
            let case = junit.all().into_iter().find(|element| {
                let inner = element.children.first();
                element.name == "testcase" && inner.is_some_and(|inner| inner.text.ends_with(&finding.fingerprint))
            });
            let outcome = &case.unwrap().children[0];
            let fails = run.failing.fails(finding);
            assert_eq!(outcome.name, if fails { "failure" } else { "skipped" }, "{name}");
            assert!(outcome.attribute("message").unwrap().starts_with(&message), "{name}: {outcome:?}");
            let result = list(&sarif["runs"][0]["results"])
                .iter()
                .find(|result| {
                    string(&result["partialFingerprints"]["clearwayFingerprint/v1"]).starts_with(&finding.fingerprint)
                })
                .unwrap()
                .clone();
            assert_eq!(string(&result["properties"]["verdict"]), finding.verdict.as_str());
            assert!(string(&result["message"]["text"]).contains(mark), "{result:#}");
            match finding.verdict {
                FindingVerdict::Waived => {
                    let waiver = finding.waiver.as_ref().unwrap();
                    let suppression = &result["suppressions"][0];
                    assert_eq!(suppression["justification"].as_str(), Some(&*waiver.reason), "{name}");
                    assert_eq!(suppression["status"], "accepted");
                    assert_eq!(suppression["kind"], "inSource", "it stands in the plan");
                }
                _ => assert_eq!(result["kind"] == "open", ignored(run), "{result:#}"),
            }
            // GitHub, GitLab, reviewdog.
            for other in &others {
                assert!(other.contains(mark.trim_end()), "{name}: {other}");
            }
        }
    });
    assert_eq!(seen, [true; 3], "there were some of each");
}

#[test]
fn places_point_at_what_they_speak_of() {
    let mut looked = 0;
    runs::each(&mut |_, run| looked += places(run));
    assert!(looked > 100, "{looked} places");
}

/// Holds the places of SARIF (characters) and rdjson (bytes) of a run to the spans of its findings.
pub fn places(run: &Run<'_>) -> usize {
    let sarif = parsed(&clearway::render::sarif::draw(run));
    let results = list(&sarif["runs"][0]["results"]);
    let rdjson = parsed(&clearway::render::rdjson::draw(run));
    let entries = list(&rdjson["diagnostics"]);
    let results = &results[results.len() - run.report.findings.len()..];
    let entries = &entries[entries.len() - run.report.findings.len()..];
    let mut looked = 0;
    for ((finding, result), entry) in run.report.findings.iter().zip(results).zip(entries) {
        let Some(wanted) = run.map.text(finding.span) else { continue };
        let file = run.map.file(run.map.file_of(finding.span).unwrap()).unwrap();
        let lines = lines(file.text());
        let region = &result["locations"][0]["physicalLocation"]["region"];
        let number = |value: &Value| usize::try_from(value.as_u64().unwrap()).unwrap() - 1;
        let by_characters = |line: usize, column: usize| {
            let (start, text) = lines[line];
            // No reader counts the byte order mark as a column.
            let mark = if line == 0 && text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
            let text = &text[mark..];
            start + mark + text.char_indices().nth(column).map_or(text.len(), |(at, _)| at)
        };
        let start = by_characters(number(&region["startLine"]), number(&region["startColumn"]));
        let end = by_characters(number(&region["endLine"]), number(&region["endColumn"]));
        assert_eq!(&file.text()[start..end], wanted, "{result:#}");
        let by_bytes = |place: &Value| lines[number(&place["line"])].0 + number(&place["column"]);
        let range = &entry["location"]["range"];
        assert_eq!(&file.text()[by_bytes(&range["start"])..by_bytes(&range["end"])], wanted, "{entry:#}");
        looked += 1;
    }
    looked
}

#[test]
fn a_fix_is_the_text_to_write() {
    let files = runs::folder(&[("a.plan.yaml", super::run::DENIED)]);
    let wanted = super::run::DENIED.replace("transfer: live", "transfer: network");
    runs::run(&files, &["a.plan.yaml"], clearway::session::Weight::AsRule, &mut |run| {
        let lines = lines(super::run::DENIED);
        let number = |value: &Value| usize::try_from(value.as_u64().unwrap()).unwrap() - 1;
        let with = |start: usize, end: usize, text: &Value| {
            format!("{}{}{}", &super::run::DENIED[..start], string(text), &super::run::DENIED[end..])
        };
        let rdjson = parsed(&clearway::render::rdjson::draw(run));
        let fixes = list(&rdjson["diagnostics"]).iter().flat_map(|entry| list(&entry["suggestions"]));
        let at = |place: &Value| lines[number(&place["line"])].0 + number(&place["column"]);
        let texts: Vec<String> =
            fixes.map(|fix| with(at(&fix["range"]["start"]), at(&fix["range"]["end"]), &fix["text"])).collect();
        assert_eq!(texts, [wanted.as_str()]);
        let sarif = parsed(&clearway::render::sarif::draw(run));
        let fixes = list(&sarif["runs"][0]["results"]).iter().flat_map(|result| list(&result["fixes"]));
        let at = |region: &Value, line: &str, column: &str| lines[number(&region[line])].0 + number(&region[column]);
        let texts: Vec<String> = fixes
            .map(|fix| {
                let change = &fix["artifactChanges"][0]["replacements"][0];
                let region = &change["deletedRegion"];
                let (start, end) = (at(region, "startLine", "startColumn"), at(region, "endLine", "endColumn"));
                with(start, end, &change["insertedContent"]["text"])
            })
            .collect();
        assert_eq!(texts, [wanted.as_str()]);
    });
}

/// The lines of a text with their breaks, and where they begin.
fn lines(text: &str) -> Vec<(usize, &str)> {
    let mut lines = Vec::new();
    let mut start = 0;
    let bytes = text.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        if *byte == b'\n' || (*byte == b'\r' && bytes.get(at + 1) != Some(&b'\n')) {
            lines.push((start, &text[start..=at]));
            start = at + 1;
        }
    }
    lines.push((start, &text[start..]));
    lines
}

#[test]
fn github_shows_the_worst_first_and_says_how_many_more_there_are() {
    let mut steps = String::from("inventory: estate.yaml\nsteps:\n");
    for step in 0..14 {
        steps += &format!("  - {{ id: s{step}, vm: web, transfer: live, to: {{ host: s1 }} }}\n");
    }
    let files = runs::folder(&[("a.plan.yaml", &steps)]);
    runs::run(&files, &["a.plan.yaml"], clearway::session::Weight::AsRule, &mut |run| {
        let errors = run.report.findings.iter().filter(|finding| finding.severity == Severity::Error).count();
        let drawn = clearway::render::github::draw(run);
        let lines: Vec<&str> = drawn.lines().collect();
        assert!(errors > 10);
        assert!(lines[..10].iter().all(|line| line.starts_with("::error ")), "{drawn}");
        assert_eq!(
            lines[9],
            format!(
                "::error title=clearway::{} errors more of these: GitHub shows 10 a step, the log has all",
                errors - 9
            )
        );
        let levels: Vec<&str> = lines.iter().filter_map(|line| line.strip_prefix("::")?.split(' ').next()).collect();
        let mut sorted = levels.clone();
        sorted.sort_by_key(|level| ["error", "warning", "notice"].iter().position(|own| own == level));
        assert_eq!(levels, sorted);
        assert_eq!(levels.iter().filter(|level| **level == "error").count(), errors + 1);
        assert!(lines.last().unwrap().starts_with("clearway: "), "{drawn}");
    });
}
