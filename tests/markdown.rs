//! The page of a review: what it looks like, that nothing a user writes is structure, and that it is never too long. Markdown
//! is read as its readers do.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]
#![allow(clippy::arithmetic_side_effects)]

use std::sync::Arc;

use clearway::diag::{Diagnostic, Severity, codes};
use clearway::render::markdown::{MARK, Page, draw};
use clearway::report::*;
use clearway::source::{SourceMap, Span};
use clearway::value::Date;
use proptest::prelude::*;
use pulldown_cmark::{Event, Options, Parser, Tag};

/// The texts of a report, each of which a user may have written.
#[derive(Clone, Debug)]
struct Words {
    word: String,
    file: String,
}

impl Words {
    fn tame() -> Words {
        Words { word: "word".to_owned(), file: "plans/drain.plan.yaml".to_owned() }
    }

    fn arc(&self) -> Arc<str> {
        self.word.as_str().into()
    }
}

struct Drawn {
    map: SourceMap,
    report: Report,
    told: Vec<Diagnostic>,
}

impl Drawn {
    fn page(&self) -> String {
        draw(&Page { map: &self.map, report: &self.report, told: &self.told })
    }
}

fn finding(words: &Words, verdict: FindingVerdict, standing: Standing, span: Span) -> Finding {
    let severity = if verdict == FindingVerdict::Noted { Severity::Info } else { Severity::Error };
    let waiver = (verdict == FindingVerdict::Waived).then(|| {
        Arc::new(WaiverNote {
            reason: words.arc(),
            approved_by: Some(words.arc()),
            expires: Some(Date(20_500)),
            span,
            new: standing == Standing::New,
        })
    });
    Finding {
        code: words.arc(),
        rule: words.arc(),
        title: words.arc(),
        severity,
        verdict,
        plan: 0,
        step: Some(words.arc()),
        subject: Some(words.arc()),
        message: words.word.clone(),
        help: Some(words.word.clone()),
        fingerprint: "0".repeat(16),
        missing: vec![Missing { route: words.word.clone(), span: Span::NONE, step: None }],
        cites: vec![CiteRef { source: words.arc(), title: words.arc(), section: words.arc(), item: Some(2) }],
        span,
        related: Vec::new(),
        cell: None,
        table: None,
        fix: None,
        passed: Vec::new(),
        rule_span: Span::NONE,
        waiver,
        assumed: vec![words.arc()],
        standing: Some(standing),
    }
}

/// One of everything.
fn one_of_everything(words: &Words) -> Drawn {
    use FindingVerdict::{Noted, Unverified, Violated, Waived};
    use Standing::{New, Unchanged};
    let mut map = SourceMap::new();
    let id = map.add(&words.file, "plan: a\nsteps:\n  - id: b\n").unwrap();
    let base = map.file(id).unwrap().base();
    let span = Span::new(base + 8, base + 14);
    let step = StepReport {
        id: words.arc(),
        vm: words.arc(),
        transfer: None,
        transfer_chosen: false,
        verdict: PlanVerdict::Denied,
        effects: Vec::new(),
        after_refused: Default::default(),
        wave: "wave 1".into(),
        moves: Vec::new(),
        assumed: Vec::new(),
        span,
    };
    let plan = PlanReport {
        file: words.file.as_str().into(),
        plan: words.arc(),
        packs: vec![words.arc()],
        verdict: PlanVerdict::Denied,
        steps: vec![step],
        assumed: vec![words.arc()],
        assumptions: Vec::new(),
        account: Account::default(),
    };
    let findings = [
        (Violated, New),
        (Unverified, New),
        (Violated, Unchanged),
        (Waived, New),
        (Waived, Unchanged),
        (Noted, New),
        (Noted, Unchanged),
    ];
    let findings: Vec<Finding> =
        findings.iter().map(|(verdict, standing)| finding(words, *verdict, *standing, span)).collect();
    let fixed = Fixed {
        fingerprint: String::new(),
        code: words.arc(),
        rule: words.arc(),
        severity: Severity::Warning,
        verdict: Violated,
        file: words.file.as_str().into(),
        plan: words.arc(),
        step: Some(words.arc()),
        subject: Some(words.arc()),
        message: words.word.clone(),
    };
    let account =
        Account { evaluations: 9, satisfied: 2, violated: 2, unverified: 1, waived: 2, noted: 2, ..Account::default() };
    let patches = vec![Patch {
        plan: 0,
        steps: vec![words.arc()],
        first: 2,
        last: 3,
        lines: vec![format!("    to: {}", words.word)],
    }];
    let note = AssumptionNote {
        fact: words.arc(),
        is: words.arc(),
        because: words.arc(),
        until: Some(Date(20_500)),
        span,
        evaluations: 3,
    };
    let new_assumptions = vec![Arc::new(note)];
    let against = vec![Against { name: words.word.clone(), commit: Some(words.word.clone()), prefix: String::new() }];
    let report = Report {
        plans: vec![plan],
        findings,
        fixed: vec![fixed],
        account,
        patches,
        against,
        new_assumptions,
        ..Report::default()
    };
    let told = vec![
        Diagnostic::error(codes::run::UNREADABLE, span, words.word.clone())
            .note(words.word.clone())
            .help(words.word.clone()),
    ];
    Drawn { map, report, told }
}

/// Everything that any reader of Markdown knows, but for what only changes letters.
fn options() -> Options {
    Options::all().difference(Options::ENABLE_SMART_PUNCTUATION)
}

/// How a page is built: its tags without what is written in them, and all HTML that is in it.
fn structure(page: &str) -> Vec<String> {
    let mut built: Vec<String> = Vec::new();
    let mut inside_code = false;
    for event in Parser::new_ext(page, options()) {
        let line = match event {
            Event::Start(Tag::CodeBlock(kind)) => {
                inside_code = true;
                format!("start {kind:?}")
            }
            Event::End(tag) => {
                inside_code = false;
                format!("end {tag:?}")
            }
            // A path in a link differs with the file.
            Event::Start(Tag::Link { link_type, title, .. }) => format!("link {link_type:?} {title}"),
            Event::Start(tag) => format!("start {tag:?}"),
            Event::Html(text) | Event::InlineHtml(text) => format!("html {text}"),
            Event::Code(_) => "code".to_owned(),
            Event::Text(_) if inside_code => continue,
            Event::Text(_) => "text".to_owned(),
            other => format!("{other:?}"),
        };
        if line != "text" || built.last().is_none_or(|last| last != "text") {
            built.push(line);
        }
    }
    built
}

/// Everything that is read on the page.
fn read(page: &str) -> String {
    let pieces = Parser::new_ext(page, options()).filter_map(|event| match event {
        Event::Text(text) | Event::Code(text) => Some(text.into_string()),
        _ => None,
    });
    pieces.collect::<String>().replace('\u{200b}', "")
}

fn nasty() -> impl Strategy<Value = String> {
    let pieces = [
        "</details>",
        "<details>",
        "<!--",
        "-->",
        "<script>",
        "<b>",
        "&lt;",
        "&amp;",
        "&#64;",
        "`",
        "```",
        "~~~",
        "|",
        "||",
        "\\",
        "\\|",
        "*",
        "**",
        "_",
        "__",
        "~~",
        "[",
        "]",
        "](",
        ")",
        "[x](http://x)",
        "![x](y)",
        "[^1]",
        "[^1]: x",
        "#",
        "# ",
        "#123",
        "!12",
        "@all",
        "@",
        "http://a.b/c",
        "https://x",
        "www.a.b",
        "a@b.cd",
        "\n",
        "\n\n",
        "\r\n",
        "\t",
        "- ",
        "* ",
        "1. ",
        "> ",
        "$",
        "$$",
        "$x$",
        "$`x`$",
        ":smile:",
        "::",
        "---",
        "===",
        "    ",
        "word",
        "ü",
        "日本",
        "\u{202e}",
        "\u{0}",
        "\u{1b}[31m",
        "[[_TOC_]]",
        "{{x}}",
        "%5",
        "^x^",
        "=x=",
        "<http://x>",
        "<a@b.c>",
        "- [ ] x",
        "|-|",
        "[x]: y",
        "GH-1",
        "%0A",
        "suggestion",
    ];
    prop::collection::vec(prop::sample::select(pieces.to_vec()), 1..8).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn nothing_that_a_user_writes_is_structure(word in nasty(), file in nasty()) {
        // A word between, for what is nothing but blanks is shown as less.
        let word = format!("a{word}b");
        let file: String = format!("f{file}").replace(['/', ':', '\\', '\n', '\r'], "-");
        let tame = one_of_everything(&Words::tame());
        let mut nasty = one_of_everything(&Words { word: word.clone(), file });
        let unsafe_line = word.chars().any(|letter| letter != '\t' && (letter.is_control() || letter == '\u{202e}'));
        if unsafe_line {
            // What cannot be shown as it is, is not suggested.
            let suggestions = |page: &str| page.contains("suggestion</b>");
            prop_assert!(!suggestions(&nasty.page()));
            nasty.report.patches.clone_from(&tame.report.patches);
            nasty.report.patches[0].steps = vec![word.as_str().into()];
        }
        prop_assert_eq!(structure(&nasty.page()), structure(&tame.page()), "{}", nasty.page());
    }

    #[test]
    fn what_a_user_writes_is_read_as_it_was_written(word in nasty()) {
        let word: String = format!("a{word}b").chars().filter(|letter| !letter.is_control() && *letter != '\u{202e}').collect();
        let page = one_of_everything(&Words { word: word.clone(), ..Words::tame() }).page();
        let lines = |text: &str| text.split_whitespace().collect::<String>();
        prop_assert!(lines(&read(&page)).matches(&lines(&word)).count() >= 30, "{}\n{}", word, page);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn no_page_is_too_long(
        counts in prop::collection::vec(0usize..400, 7),
        length in 1usize..1_500,
        letter in prop::sample::select(vec!['a', '|', '`', '日', '*', '@']),
    ) {
        let words = Words { word: letter.to_string().repeat(length), ..Words::tame() };
        let mut drawn = one_of_everything(&words);
        let seeds = std::mem::take(&mut drawn.report.findings);
        for (seed, count) in seeds.iter().zip(&counts) {
            drawn.report.findings.extend(std::iter::repeat_n(seed.clone(), *count));
        }
        let fixed = drawn.report.fixed[0].clone();
        drawn.report.fixed = vec![fixed; counts[0]];
        drawn.report.patches = vec![drawn.report.patches[0].clone(); counts[1]];
        drawn.told = vec![drawn.told[0].clone(); counts[2].min(50)];
        let page = drawn.page();
        prop_assert!(page.len() <= 65_000, "{}", page.len());
        // Every fold that is opened is closed, and so is every block.
        let built = structure(&page);
        let html = |what: &str| built.iter().filter(|line| line.starts_with("html") && line.contains(what)).count();
        prop_assert_eq!(html("<details"), html("</details>"));
        prop_assert!(page.ends_with("</details>\n"));
    }
}

#[test]
fn what_is_left_out_is_counted() {
    let mut drawn = one_of_everything(&Words::tame());
    let new = drawn.report.findings[0].clone();
    drawn.report.findings = vec![new; 5_000];
    let page = drawn.page();
    assert!(page.len() <= 65_000 && page.len() > 60_000, "{}", page.len());
    let shown = page.matches("- **error word**").count();
    assert!(page.contains(&format!("{} more not shown: the page would be too long.", 5_000 - shown)), "{shown}");
    assert!(page.contains("<b>5000 new findings</b>"), "{}", page);
    assert!(page.contains("evaluations = "), "the account is always there");
}

fn said(words: &[(&str, &str)], finding: &mut Finding) {
    for (field, said) in words {
        match *field {
            "code" => finding.code = (*said).into(),
            "step" => finding.step = Some((*said).into()),
            "subject" => finding.subject = (!said.is_empty()).then(|| (*said).into()),
            "message" => finding.message = (*said).to_owned(),
            "help" => finding.help = (!said.is_empty()).then(|| (*said).to_owned()),
            other => panic!("{other}"),
        }
    }
}

/// Something that might really be found.
fn sample() -> Drawn {
    let mut drawn = one_of_everything(&Words::tame());
    drawn.told.clear();
    drawn.report.against[0] =
        Against { name: "main".to_owned(), commit: Some("1bb5e2f".to_owned()), prefix: String::new() };
    drawn.report.plans[0].plan = "drain".into();
    drawn.report.plans[0].assumed.clear();
    let note = Arc::make_mut(&mut drawn.report.new_assumptions[0]);
    (note.fact, note.is) = ("vms.disks.shared".into(), "false".into());
    note.because = "no guest clusters in this site".into();
    for finding in &mut drawn.report.findings {
        finding.assumed.clear();
        finding.cites[0].title = "Migration of virtual machines - overview".into();
        finding.cites[0].section = "Live migration limitations".into();
        said(&[("code", "VMM103"), ("step", "sql-first"), ("subject", "")], finding);
        said(&[("message", "hv11 has Intel processors, hv12 has AMD"), ("help", "choose another host")], finding);
        finding.missing[0].route = "hosts[hv12].cpu.manufacturer".to_owned();
    }
    said(&[("message", "cannot be verified: hosts[hv12].cpu.manufacturer is unknown")], &mut drawn.report.findings[1]);
    for at in [3, 4] {
        let note = Arc::make_mut(drawn.report.findings[at].waiver.as_mut().unwrap());
        note.reason = "private network arrives in March".into();
        note.approved_by = Some("CHG-4711".into());
    }
    let fixed = &mut drawn.report.fixed[0];
    (fixed.code, fixed.step, fixed.subject) = ("VMM106".into(), Some("web".into()), Some("file web.vhdx".into()));
    fixed.message = "the network is not private".to_owned();
    drawn.report.patches[0].steps = vec!["sql-first".into()];
    drawn.report.patches[0].lines = vec!["  - id: sql-first".to_owned(), "    transfer: network".to_owned()];
    drawn
}

#[test]
fn a_page_of_a_review() {
    let page = sample().page();
    assert!(page.starts_with(MARK));
    insta::assert_snapshot!(page);
}

#[test]
fn a_page_where_nothing_was_compared() {
    let mut drawn = sample();
    drawn.report.against.clear();
    drawn.report.fixed.clear();
    drawn.report.new_assumptions.clear();
    drawn.report.findings.iter_mut().for_each(|finding| finding.standing = None);
    insta::assert_snapshot!(drawn.page());
}

#[test]
fn a_page_with_nothing_to_tell() {
    let mut drawn = sample();
    drawn.report.findings.clear();
    drawn.report.fixed.clear();
    drawn.report.plans[0].verdict = PlanVerdict::Permitted;
    let page = drawn.page();
    assert!(page.contains("no new findings"), "{page}");
    assert!(!page.contains("suggestion"), "{page}");
    drawn.report.plans.clear();
    assert!(drawn.page().contains("nothing was evaluated"));
}
