//! Texts that are hard to write: every format stays what it is, and loses nothing of them.

use std::sync::Arc;

use clearway::diag::{Diagnostic, Severity, codes};
use clearway::report::*;
use clearway::source::{SourceMap, Span};
use clearway::value::Date;
use proptest::prelude::*;

use super::laws::{places, rows};
use super::{FORMATS, authority, list, parsed, xml};

/// What breaks formats that are written carelessly.
const HARD: [&str; 28] = [
    "]]>",
    "<![CDATA[",
    "-->",
    "&amp;",
    "<b>",
    "\"",
    "'",
    "::",
    "::error::",
    "%0A",
    "%",
    "\n",
    "\r\n",
    "\r",
    "\t",
    ",",
    ";",
    "=1+1",
    "@x",
    "-2",
    "\u{1b}[31m",
    "\u{0}",
    "\u{202e}abc",
    "日本",
    "𝒳𐐀",
    "\u{fffe}",
    "{0} {x}",
    "[a](b)",
];

fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => proptest::sample::select(&HARD[..]).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
        2 => "[a-z]{0,6}",
    ];
    proptest::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

/// What a run is made of.
#[derive(Clone, Debug)]
pub struct Hard {
    source: String,
    from: usize,
    to: usize,
    texts: Vec<String>,
    verdicts: Vec<u8>,
}

fn hard() -> impl Strategy<Value = Hard> {
    let texts = proptest::collection::vec(text(), 12);
    (text(), 0usize..64, 0usize..64, texts, proptest::collection::vec(0u8..24, 1..5))
        .prop_map(|(source, from, to, texts, verdicts)| Hard { source, from, to, texts, verdicts })
}

impl Hard {
    fn text(&self, at: usize) -> &str {
        &self.texts[at % self.texts.len()]
    }

    fn look(&self, look: &mut dyn FnMut(&Run<'_>)) {
        let mut map = SourceMap::new();
        let file: Arc<str> = format!("plans/{}.plan.yaml", self.text(0)).into();
        let id = map.add(&file, self.source.as_str()).unwrap();
        let base = map.file(id).unwrap().base();
        // The byte order mark is no part of what anybody points at.
        let mark = if self.source.starts_with('\u{feff}') { 3 } else { 0 };
        let mut places: Vec<usize> = self.source.char_indices().map(|(at, _)| at).filter(|at| *at >= mark).collect();
        // Between the two halves of a line break nobody stands.
        places.retain(|at| !self.source[..*at].ends_with('\r') || !self.source[*at..].starts_with('\n'));
        places.push(self.source.len());
        let (from, to) = (places[self.from % places.len()], places[self.to % places.len()]);
        let at = |at: usize| base + u32::try_from(at).unwrap();
        let span = Span::new(at(from.min(to)), at(from.max(to)));
        let step: Arc<str> = self.text(1).into();
        let findings: Vec<Finding> = self.verdicts.iter().map(|choice| self.finding(*choice, &step, span)).collect();
        let count =
            |verdict: FindingVerdict| findings.iter().filter(|finding| finding.verdict == verdict).count() as u64;
        let account = Account {
            evaluations: findings.len() as u64,
            violated: count(FindingVerdict::Violated),
            unverified: count(FindingVerdict::Unverified),
            noted: count(FindingVerdict::Noted),
            waived: count(FindingVerdict::Waived),
            ..Account::default()
        };
        let plan = PlanReport {
            file,
            plan: self.text(2).into(),
            packs: vec![self.text(3).into()],
            verdict: PlanVerdict::Denied,
            steps: vec![StepReport {
                id: step,
                vm: self.text(4).into(),
                transfer: None,
                transfer_chosen: false,
                verdict: PlanVerdict::Permitted,
                effects: Vec::new(),
                after_refused: Default::default(),
                wave: "wave 1".into(),
                moves: Vec::new(),
                assumed: Vec::new(),
                span,
            }],
            assumptions: Vec::new(),
            assumed: Vec::new(),
            account: account.clone(),
        };
        let report = Report { plans: vec![plan], findings, account, ..Report::default() };
        let told = [
            Diagnostic::error(codes::input::WRONG_TYPE, span, self.text(5)).help(self.text(6)).note(self.text(7)),
            Diagnostic::warning(codes::run::UNREADABLE, Span::NONE, self.text(8)).also(span, self.text(9)),
        ];
        look(&Run {
            folder: None,
            map: &map,
            report: &report,
            diagnostics: &told,
            failing: &Levels(vec![Failing { unverified_ignored: self.texts[0].is_empty(), ..Failing::default() }]),
            nothing: self.texts[1].is_empty().then_some("no rule is selected"),
            fixes: &[FixText { finding: 0, span, text: self.text(10).to_owned() }],
            reference: &Reference::default(),
        });
    }

    fn finding(&self, choice: u8, step: &Arc<str>, span: Span) -> Finding {
        let choice = usize::from(choice);
        let verdicts =
            [FindingVerdict::Violated, FindingVerdict::Unverified, FindingVerdict::Noted, FindingVerdict::Waived];
        let verdict = verdicts[choice % 4];
        let waiver = WaiverNote {
            reason: self.text(choice + 1).into(),
            approved_by: (choice % 3 == 0).then(|| self.text(choice + 2).into()),
            expires: (choice % 2 == 0).then_some(Date(20_000)),
            span,
            new: choice % 5 == 0,
        };
        Finding {
            code: "VMM103".into(),
            rule: "some-rule".into(),
            title: self.text(choice + 3).into(),
            severity: [Severity::Error, Severity::Warning, Severity::Info][choice % 3],
            verdict,
            plan: 0,
            step: (choice % 4 != 3).then(|| step.clone()),
            subject: (choice % 2 == 0).then(|| self.text(choice + 4).into()),
            message: self.text(choice + 5).to_owned(),
            help: Some(self.text(choice + 6).to_owned()),
            // Two findings may have one.
            fingerprint: fingerprint(&[&(choice % 3).to_string()]),
            missing: vec![Missing { route: self.text(choice + 7).to_owned(), span, step: None }],
            cites: vec![CiteRef {
                source: self.text(choice + 8).into(),
                title: self.text(choice + 9).into(),
                section: self.text(choice + 10).into(),
                item: Some(1),
            }],
            span: if choice % 7 == 6 { Span::NONE } else { span },
            related: vec![Related {
                route: self.text(choice + 11).to_owned(),
                value: self.text(choice).to_owned(),
                span,
                step: None,
            }],
            cell: None,
            table: None,
            fix: None,
            passed: Vec::new(),
            rule_span: Span::NONE,
            waiver: (verdict == FindingVerdict::Waived).then(|| waiver.into()),
            assumed: vec![self.text(choice + 1).into()],
            standing: match choice % 6 {
                0 => Some(Standing::New),
                1 => Some(Standing::Unchanged),
                _ => None,
            },
        }
    }
}

/// A run with everything that is hard in it.
pub fn on_a_hard_run(look: &mut dyn FnMut(&Run<'_>)) {
    let texts: Vec<String> = (0..12).map(|at| HARD.iter().cycle().skip(at * 3).take(9).copied().collect()).collect();
    let source = format!("{}\n{}", texts[0], texts[1]);
    Hard { source, from: 5, to: 19, texts, verdicts: (0..24).collect() }.look(look);
}

/// The text of a command of GitHub Actions as the runner reads it.
fn data(text: &str) -> String {
    text.replace("%0A", "\n").replace("%0D", "\r").replace("%2C", ",").replace("%3A", ":").replace("%25", "%")
}

fn holds(run: &Run<'_>) {
    let drawn: Vec<(&str, String)> = FORMATS.iter().map(|(name, draw)| (*name, draw(run))).collect();
    let of = |format: &str| &*drawn.iter().find(|(name, _)| *name == format).unwrap().1;
    for (format, schema) in schemas() {
        assert_eq!(authority::complaints(schema, &parsed(of(format))), Vec::<String>::new(), "{format}");
    }
    // JSON lines: as many lines as records, each a document.
    let records: Vec<_> = of("json-lines").lines().map(parsed).collect();
    let findings: Vec<_> = records.iter().filter(|record| record["type"] == "finding").collect();
    assert_eq!(findings.len(), run.report.findings.len());
    for (finding, record) in run.report.findings.iter().zip(&findings) {
        assert_eq!(record["message"].as_str(), Some(&*finding.message));
    }
    // JUnit: a tree with every message in it, what no XML can say written out.
    let tree = xml::read(of("junit"));
    let shown: Vec<_> = run.report.findings.iter().filter(|f| f.standing != Some(Standing::Unchanged)).collect();
    let ends = tree
        .all()
        .into_iter()
        .filter(|element| element.text.lines().last().is_some_and(|l| l.starts_with("fingerprint: ")));
    assert_eq!(ends.count(), shown.len());
    // GitHub: nothing but its commands and our own lines, and every message in one of them.
    let github = of("github");
    for line in github.lines() {
        let ours = line.starts_with("clearway: ");
        let command = ["::error ", "::warning ", "::notice "].iter().any(|begin| line.starts_with(begin));
        assert!(ours || command, "{line:?}");
        assert!(!line.contains('\u{1b}') && !line.contains('\r'), "{line:?}");
        if command {
            let (properties, _) = line.split_once(' ').unwrap().1.split_once("::").unwrap();
            for property in properties.split(',') {
                let name = property.split_once('=').unwrap().0;
                assert!(["title", "file", "line", "endLine", "col", "endColumn"].contains(&name), "{line:?}");
            }
        }
    }
    let told: Vec<String> = github.lines().map(data).collect();
    for finding in &shown {
        if finding.message.chars().all(char::is_alphanumeric) {
            assert!(told.iter().any(|line| line.contains(&finding.message)), "{github}");
        }
    }
    // CSV: as many rows, the texts as they are but for what a spreadsheet would compute and what would drive a terminal.
    let rows = rows(of("csv"));
    assert_eq!(rows.iter().filter(|row| row["type"] == "finding").count(), run.report.findings.len());
    for (finding, row) in run.report.findings.iter().zip(rows.iter().filter(|row| row["type"] == "finding")) {
        let cell = &row["message"];
        assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell:?}");
        let lines: Vec<_> = finding.message.split('\n').map(clearway::render::text::clean).collect();
        let shown = lines.join("\n");
        assert!(*cell == shown || *cell == format!("'{shown}"), "{cell:?}");
        assert!(cell.chars().all(|c| c == '\n' || !c.is_control()), "{cell:?}");
    }
    // GitLab: every entry has a fingerprint of its own.
    let entries = parsed(of("gitlab"));
    let mut prints: Vec<_> = list(&entries).iter().map(|entry| entry["fingerprint"].as_str().unwrap()).collect();
    prints.sort_unstable();
    prints.dedup();
    assert_eq!(prints.len(), list(&entries).len());
    if shown.len() == run.report.findings.len() {
        places(run);
    }
}

/// The schemas, read once.
fn schemas() -> &'static [(&'static str, jsonschema::Validator)] {
    static SCHEMAS: std::sync::OnceLock<Vec<(&'static str, jsonschema::Validator)>> = std::sync::OnceLock::new();
    SCHEMAS.get_or_init(authority::schemas)
}

#[test]
fn a_hard_run_is_written_by_every_format() {
    on_a_hard_run(&mut holds);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_breaks_a_format(hard in hard()) {
        hard.look(&mut holds);
    }
}
