//! Records from a pipe: judged as they come, and told to the byte as a file of them is.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

#[path = "cli/run.rs"]
#[allow(dead_code)]
mod run;

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Output, Stdio};

use run::Folder;

const PACK: &str = r#"pack boxes "Boxes" version 1
enum colour { red, green }
part item { name: text, size: number }
entity box { name: text, paint: colour, weight: number?, items: [item] }
input each box
rule BOX01 is-red "Boxes are red" {
  for     box
  must    box.paint == red
  because "{box} is {box.paint}"
  help    "Paint it red."
}
rule BOX02 is-light "Boxes are light" {
  for     box
  when    box.weight exists
  should  box.weight < 10
  because "{box} weighs {box.weight}"
}
rule BOX03 small-items "Items are small" {
  for     box
  each    item in box.items
  should  item.size < 5
  because "{item} is {item.size}"
}
"#;

const FORMATS: &[&str] = &[
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

/// Records, most of which have nothing to tell.
fn boxes(count: usize, bad: bool) -> Vec<String> {
    let mut all = Vec::new();
    for at in 0..count {
        let paint = if at % 11 == 5 { "green" } else { "red" };
        let weight = match at % 7 {
            3 => "12.5".to_owned(),
            4 => "null".to_owned(),
            other => other.to_string(),
        };
        let mut text = format!("{{\"name\":\"bö {at}\",\"paint\":\"{paint}\"");
        if at % 13 != 6 {
            write!(text, ",\"weight\":{weight}").unwrap();
        }
        write!(text, ",\"items\":[{{\"name\":\"a\",\"size\":1}},{{\"name\":\"b\",\"size\":{}}}]}}", at % 9).unwrap();
        if bad && at % 50 == 17 {
            text = match at % 4 {
                0 => text.replace("\"paint\":\"", "\"paint\":\"dark-"),
                1 => text.replace("\"name\":", "\"name\":7,\"name\":"),
                2 => text.replace("\"weight\":", "\"heft\":"),
                _ => "{\"name\": nothing}".to_owned(),
            };
        }
        all.push(text);
    }
    all
}

fn folder(lines: &[String]) -> (Folder, String, String) {
    let (lines, list) = (lines.join("\n") + "\n", format!("[\n  {}\n]\n", lines.join(",\n  ")));
    let folder = Folder::new().file("boxes/boxes.way", PACK).file("a.jsonl", &lines).file("a.json", &list);
    (folder, lines, list)
}

fn texts(output: &Output) -> (Option<i32>, String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

fn same(folder: &Folder, options: &str, name: &str, text: &str) {
    let whole = texts(&folder.output(&format!("check {name} --pack boxes {options}")));
    assert!(!whole.2.contains("boxes.way"), "the policies are sound: {}", whole.2);
    let piped = texts(&folder.piped(&format!("check - --stdin-filename {name} --pack boxes {options}"), text));
    assert_eq!(piped, whole, "{name} {options}");
}

#[test]
fn a_pipe_is_told_like_a_file() {
    let (folder, lines, list) = folder(&boxes(200, false));
    for format in FORMATS {
        same(&folder, &format!("--output-format {format}"), "a.jsonl", &lines);
        same(&folder, &format!("--output-format {format}"), "a.json", &list);
    }
    for options in [
        "--output-format concise --select BOX02",
        "--output-format json-lines --ignore BOX01,BOX02 --fail-on warning",
        "--output-format csv --unverified warning",
        "--output-format json-lines --unverified ignore",
        "--output-format concise --exit-zero --quiet",
        "--output-format concise --select NONE",
        "--output-format json-lines --limit text-length=3",
        "--output-format concise --strict",
        "--statistics",
        "--verbose",
    ] {
        same(&folder, options, "a.jsonl", &lines);
        same(&folder, options, "a.json", &list);
    }
}

#[test]
fn what_is_wrong_with_records_is_told_in_its_place() {
    let (folder, lines, _) = folder(&boxes(150, true));
    for format in FORMATS {
        same(&folder, &format!("--output-format {format}"), "a.jsonl", &lines);
    }
    let (folder, _, list) =
        self::folder(&boxes(150, true).into_iter().filter(|text| !text.contains("nothing")).collect::<Vec<_>>());
    for format in FORMATS {
        same(&folder, &format!("--output-format {format}"), "a.json", &list);
    }
}

#[test]
fn odd_texts_are_told_like_files() {
    for text in [
        "",
        "\n\n",
        "[]",
        "{}",
        "[{}]",
        "\u{feff}{\"name\":\"a\",\"paint\":\"red\",\"weight\":1,\"items\":[]}",
        "7",
        "null\n",
        "[1,2]",
    ] {
        let folder = Folder::new().file("boxes/boxes.way", PACK).file("a.jsonl", text).file("a.json", text);
        for format in ["concise", "json", "json-lines", "csv"] {
            same(&folder, &format!("--output-format {format}"), "a.jsonl", text);
            same(&folder, &format!("--output-format {format}"), "a.json", text);
        }
    }
}

#[test]
fn how_many_threads_there_are_changes_nothing() {
    // Enough for several pieces.
    let (folder, lines, _) = folder(&boxes(3_500, true));
    let one = texts(&folder.output("check a.jsonl --pack boxes --output-format json-lines --jobs 1"));
    let three = texts(&folder.output("check a.jsonl --pack boxes --output-format json-lines --jobs 3"));
    assert_eq!(one, three);
    for jobs in ["1", "3"] {
        let line = format!("check - --stdin-filename a.jsonl --pack boxes --output-format json-lines --jobs {jobs}");
        assert_eq!(texts(&folder.piped(&line, &lines)), one, "{jobs}");
    }
}

#[test]
fn a_baseline_knows_what_comes_from_a_pipe() {
    let (folder, lines, _) = folder(&boxes(100, false));
    let write = "check - --stdin-filename a.jsonl --pack boxes --write-baseline known.json";
    assert_eq!(folder.piped(write, &lines).status.code(), Some(0));
    for format in ["concise", "json", "json-lines"] {
        same(&folder, &format!("--baseline known.json --output-format {format}"), "a.jsonl", &lines);
    }
    let more = format!("{lines}{{\"name\":\"new\",\"paint\":\"green\",\"weight\":1,\"items\":[]}}\n");
    let line = "check - --stdin-filename a.jsonl --pack boxes --baseline known.json --output-format concise";
    let (code, told, _) = texts(&folder.piped(line, &more));
    assert!(code == Some(1) && told.lines().count() == 1 && told.contains("box new"), "{told}");
}

#[test]
fn reports_go_beside_what_is_shown() {
    let (folder, lines, _) = folder(&boxes(60, false));
    let line = "check - --stdin-filename a.jsonl --pack boxes --output-format concise --report json-lines=out.jsonl";
    let shown = folder.piped(line, &lines);
    let plain = folder.output("check a.jsonl --pack boxes --output-format concise");
    assert_eq!(shown.stdout, plain.stdout);
    let report = std::fs::read(folder.path().join("out.jsonl")).unwrap();
    assert_eq!(report, folder.output("check a.jsonl --pack boxes --output-format json-lines").stdout);
}

#[test]
fn findings_are_written_before_the_end_and_memory_does_not_grow() {
    let (folder, _, _) = folder(&[]);
    let mut command = folder.command("check - --input-format json-lines --pack boxes --output-format concise --jobs 2");
    let mut child = command.stdin(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut into = child.stdin.take().unwrap();
    let (tell, told) = std::sync::mpsc::channel();
    let out = BufReader::new(child.stdout.take().unwrap());
    let reader = std::thread::spawn(move || {
        let mut lines = 0usize;
        for line in out.lines() {
            line.unwrap();
            lines += 1;
            let _ = tell.send(lines);
        }
        lines
    });
    // Long names: the text is long, and judging it is not.
    let long = format!("bö {} ", "x".repeat(4_000));
    let some = boxes(200, false).join("\n").replace("bö ", &long) + "\n";
    let peak = |child: &std::process::Child| {
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
        let line = status.lines().find(|line| line.starts_with("VmHWM:"))?.to_owned();
        line.split_whitespace().nth(1)?.parse::<u64>().ok()
    };
    for _ in 0..4 {
        into.write_all(some.as_bytes()).unwrap();
    }
    told.recv_timeout(std::time::Duration::from_secs(120)).expect("findings come while the input goes on");
    let early = peak(&child);
    for _ in 0..16 {
        into.write_all(some.as_bytes()).unwrap();
    }
    let late = peak(&child);
    if let (Some(early), Some(late)) = (early, late) {
        assert!(late < early + 8_192, "{early} KiB, then {late} KiB");
        assert!(late < 32_768, "{late} KiB");
    }
    drop(into);
    assert_eq!(child.wait().unwrap().code(), Some(1));
    assert!(reader.join().unwrap() > 1_000);
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let (folder, _, _) = folder(&[]);
    let mut command = folder.command("check - --input-format json-lines --pack boxes --output-format concise");
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    let mut into = child.stdin.take().unwrap();
    let some = boxes(1_000, false).join("\n") + "\n";
    let mut out = child.stdout.take().unwrap();
    let writer = std::thread::spawn(move || (0..10).all(|_| into.write_all(some.as_bytes()).is_ok()));
    let mut first = [0u8; 10];
    out.read_exact(&mut first).unwrap();
    drop(out);
    let ended = child.wait_with_output().unwrap();
    let _ = writer.join();
    assert_eq!(ended.status.code(), Some(1), "{}", String::from_utf8_lossy(&ended.stderr));
    assert!(ended.stderr.is_empty(), "{}", String::from_utf8_lossy(&ended.stderr));
}
