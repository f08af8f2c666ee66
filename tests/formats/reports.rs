//! `--report` and `--output-format` of the real binary: what is written where, and what is refused.

use super::run::{DENIED, Folder};
use super::runs::{UNKNOWN, WAIVED};

const ALL: [&str; 13] = [
    "full",
    "concise",
    "json",
    "json-lines",
    "sarif",
    "junit",
    "github",
    "gitlab",
    "rdjson",
    "csv",
    "markdown",
    "mermaid",
    "dot",
];

fn folder() -> Folder {
    Folder::with_estate()
        .file("refused.plan.yaml", DENIED)
        .file("waived.plan.yaml", WAIVED)
        .file("unknown.plan.yaml", UNKNOWN)
        .file("broken.plan.yaml", "steps: [")
        .file("empty/README.md", "no plan")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn the_terminal_stays_as_it_is_while_reports_are_written() {
    let folder = folder();
    for line in ["check refused.plan.yaml", "check broken.plan.yaml refused.plan.yaml", "check empty"] {
        let alone = folder.output(line);
        let reports: Vec<String> = ALL.iter().map(|format| format!(" --report {format}=out/{format}.txt")).collect();
        std::fs::create_dir_all(folder.path().join("out")).unwrap();
        let beside = folder.output(&format!("{line}{}", reports.concat()));
        assert_eq!(text(&beside.stdout), text(&alone.stdout), "{line}");
        assert_eq!(text(&beside.stderr), text(&alone.stderr), "{line}");
        assert_eq!(beside.status.code(), alone.status.code(), "{line}");
        for format in ALL {
            let report = std::fs::read_to_string(folder.path().join(format!("out/{format}.txt"))).unwrap();
            let printed = text(&folder.output(&format!("{line} --output-format {format}")).stdout);
            if !matches!(format, "full" | "concise") {
                assert_eq!(report, printed, "{line}: {format} is the same wherever it goes");
            } else if line.contains("broken") {
                assert!(report.contains("broken.plan.yaml:1:"), "what was wrong is in the report:\n{report}");
            }
        }
        std::fs::remove_dir_all(folder.path().join("out")).unwrap();
    }
}

#[test]
fn the_exit_code_depends_on_no_format() {
    let folder = folder();
    for (plan, code) in [
        ("move.plan.yaml", 0),
        ("waived.plan.yaml", 1),
        ("refused.plan.yaml", 1),
        ("broken.plan.yaml", 2),
        ("empty", 3),
    ] {
        for format in ALL {
            let line = format!("check {plan} --output-format {format} --report {format}=report.txt");
            assert_eq!(folder.code(&line), code, "{line}");
        }
    }
}

#[test]
fn an_output_file_is_written_beside_reports() {
    let folder = folder();
    let output = folder.output("check refused.plan.yaml --output-format json --output-file a.json --report csv=b.csv");
    assert_eq!(text(&output.stdout), "");
    assert!(std::fs::read_to_string(folder.path().join("a.json")).unwrap().starts_with('{'));
    assert!(std::fs::read_to_string(folder.path().join("b.csv")).unwrap().starts_with("type,"));
}

#[test]
fn a_report_that_cannot_be_written_is_told_before_anything_is_done() {
    let folder = folder();
    std::fs::create_dir(folder.path().join("out")).unwrap();
    let before: Vec<u8> = std::fs::read(folder.path().join("refused.plan.yaml")).unwrap();
    let mut all = String::new();
    for line in [
        "check --report sarfi=a.sarif",
        "check --report yaml=a.yaml",
        "check --report sarif",
        "check --report sarif=",
        "check --report =a.sarif",
        "check --report json=-",
        "check refused.plan.yaml --report json=a.txt --report sarif=./a.txt",
        "check refused.plan.yaml --report json=a.txt --output-file out/../a.txt",
        "check move.plan.yaml --report json=a.yaml --state a.yaml",
        "check refused.plan.yaml --report json=refused.plan.yaml",
        "check refused.plan.yaml --report json=./out/../estate.yaml",
        "check refused.plan.yaml --output-file refused.plan.yaml",
        "check refused.plan.yaml --report json=no/such/folder/a.json",
        "check refused.plan.yaml --report json=out",
        "check refused.plan.yaml --diff --report json=a.json",
    ] {
        let told = folder.told(line);
        assert!(told.contains("exit code 2\n--- standard output\n--- standard error\n"), "{told}");
        all += &told;
        all += "\n";
    }
    insta::assert_snapshot!(all);
    assert_eq!(std::fs::read(folder.path().join("refused.plan.yaml")).unwrap(), before);
    assert!(!folder.path().join("a.txt").exists());
}

#[test]
fn paths_below_the_folder_of_the_run_are_told_relative_to_it() {
    let folder = folder();
    let here = folder.path().canonicalize().unwrap();
    for format in ["sarif", "junit", "github", "gitlab", "rdjson"] {
        let line = format!("check {}/refused.plan.yaml --output-format {format}", here.display());
        let drawn = text(&folder.output(&line).stdout);
        assert!(!drawn.contains(&*here.to_string_lossy()), "{drawn}");
        assert!(drawn.contains("refused.plan.yaml"), "{drawn}");
    }
}

#[test]
fn each_format_looks_as_it_does() {
    let folder = folder();
    for format in &ALL[3..10] {
        let line = format!(
            "check refused.plan.yaml waived.plan.yaml unknown.plan.yaml broken.plan.yaml --output-format {format} --today 2027-01-01 --select VMM103,VMM112,VMM101,CW"
        );
        insta::assert_snapshot!(format!("looks_{format}"), text(&folder.output(&line).stdout));
    }
    let empty = ALL[3..10].iter().map(|format| folder.told(&format!("check empty --output-format {format}")));
    insta::assert_snapshot!("looks_empty", empty.collect::<Vec<_>>().join("\n"));
}
