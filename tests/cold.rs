//! What a run does before it judges anything, and what is kept of it: the real binary, with a cache of its own.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

#[path = "cli/run.rs"]
#[allow(dead_code)]
mod run;

use std::path::PathBuf;

use run::{DENIED, Folder, PLAN};

const PACK: &str = r#"pack boxes "Boxes" version 1
enum colour { red, green }
entity box { name: text, paint: colour }
input each box
rule BOX01 is-red "Boxes are red" {
  for     box
  must    box.paint == red
  because "{box} is {box.paint}"
}
"#;

const BOXES: &str = "{\"name\":\"a\",\"paint\":\"red\"}\n{\"name\":\"b\",\"paint\":\"green\"}\n";

fn boxes() -> (Folder, PathBuf) {
    let folder = Folder::new().file("boxes/boxes.way", PACK).file("a.jsonl", BOXES);
    let cache = folder.path().join("cache");
    let name = cache.to_str().unwrap().to_owned();
    (folder.variable("XDG_CACHE_HOME", &name), cache.join("clearway"))
}

fn kept(cache: &PathBuf) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(cache) else { return Vec::new() };
    entries.map(|entry| entry.unwrap().path()).collect()
}

const LINE: &str = "check --pack boxes a.jsonl --output-format json";

#[test]
fn what_was_compiled_is_kept_and_says_the_same() {
    let (folder, cache) = boxes();
    let bare = folder.told(&format!("{LINE} --no-cache"));
    assert!(bare.contains("BOX01") && kept(&cache).is_empty(), "{bare}");
    let first = folder.output(LINE);
    assert_eq!(kept(&cache).len(), 1);
    let again = folder.output(LINE);
    assert_eq!((&first.stdout, &first.stderr, first.status), (&again.stdout, &again.stderr, again.status));
    assert!(bare.contains(std::str::from_utf8(&first.stdout).unwrap()));
    assert_eq!(kept(&cache).len(), 1, "the same policies are kept once");
    assert_eq!(folder.code("check --pack vmm-2019 a.jsonl"), 2);
    assert_eq!(kept(&cache).len(), 1, "what is part of the binary is not kept");
}

#[test]
fn what_changed_is_compiled_anew() {
    let (folder, cache) = boxes();
    assert_eq!(folder.code(LINE), 1);
    let folder = folder.file("boxes/boxes.way", PACK.replace("== red", "== green"));
    let told = folder.told(LINE);
    assert!(told.contains("a is red") && !told.contains("b is green"), "{told}");
    // A file that comes is part of the pack; one that goes is not.
    let more =
        "rule BOX02 is-named \"Boxes are named\" {\n  for box\n  must box.name == \"a\"\n  because \"{box}\"\n}\n";
    let folder = folder.file("boxes/more.way", more);
    assert!(folder.told(LINE).contains("BOX02"));
    std::fs::remove_file(folder.path().join("boxes/more.way")).unwrap();
    assert!(!folder.told(LINE).contains("BOX02"));
    // What has errors is told each time.
    let folder = folder.file("boxes/more.way", "rule");
    for _ in 0..2 {
        let told = folder.told(LINE);
        assert!(told.contains("exit code 2") && told.contains("boxes/more.way"), "{told}");
    }
    let folder = folder.file("boxes/more.way", b"rule \xff".as_slice());
    let told = folder.told(LINE);
    assert_eq!(told, folder.told(&format!("{LINE} --no-cache")).replace(" --no-cache", ""));
    assert_eq!(kept(&cache).len(), 1);
}

#[test]
fn what_is_kept_is_never_trusted_and_never_in_the_way() {
    let (folder, cache) = boxes();
    let first = folder.told(LINE);
    let file = kept(&cache).pop().unwrap();
    let whole = std::fs::read(&file).unwrap();
    for (at, cut) in
        [(0, 0), (8, 8), (9, 40), (60, 100), (whole.len() / 2, whole.len()), (whole.len() - 1, whole.len() - 1)]
    {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x5a;
        std::fs::write(&file, &bytes[..cut.max(at)]).unwrap();
        assert_eq!(folder.told(LINE), first, "{at} {cut}");
        assert_eq!(std::fs::read(&file).unwrap(), whole, "it is kept anew");
    }
    // A place where nothing can be kept.
    std::fs::remove_dir_all(&cache).unwrap();
    std::fs::write(&cache, "in the way").unwrap();
    assert_eq!(folder.told(LINE), first);
}

#[test]
fn places_of_policies_are_right_wherever_the_text_of_the_plan_ends() {
    let layer = "pack ours \"Ours\" version 1\nextend vmm-2019\nredefine VMM103 because \"{step.source} and {step.destination}\"\n";
    let folder = Folder::with_estate().file("ours/ours.way", layer).file("denied.plan.yaml", DENIED);
    let cache = folder.path().join("cache").to_str().unwrap().to_owned();
    let folder = folder.variable("XDG_CACHE_HOME", &cache);
    let long = format!("# {}\n{PLAN}", "long ".repeat(1000));
    let folder = folder.file("long.plan.yaml", long);
    for plan in ["denied", "long", "move", "denied"] {
        for format in ["full", "sarif", "json"] {
            let line = format!("check {plan}.plan.yaml --pack ours --output-format {format}");
            let bare = folder.told(&format!("{line} --no-cache")).replace(" --no-cache", "");
            assert_eq!(folder.told(&line), bare);
        }
    }
}

#[test]
fn old_programs_go() {
    let (folder, cache) = boxes();
    assert_eq!(folder.code(LINE), 1);
    for number in 0..80 {
        std::fs::write(cache.join(format!("{number:016x}.program")), "old").unwrap();
    }
    let folder = folder.file("boxes/boxes.way", PACK.replace("Boxes are red", "Boxes must be red"));
    assert_eq!(folder.code(LINE), 1);
    assert_eq!(kept(&cache).len(), 64);
}

#[test]
fn standard_input_is_read_as_is_said() {
    let (folder, _) = boxes();
    let piped = |line: &str, text: &str| {
        let output = folder.piped(line, text);
        let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        (output.status.code().unwrap(), text)
    };
    let line = "check - --pack boxes --output-format concise --input-format";
    let (code, told) = piped(&format!("{line} json-lines"), BOXES);
    assert!(code == 1 && told.starts_with("stdin.jsonl:2:1: error BOX01 [box b]"), "{told}");
    let (code, told) = piped(&format!("{line} csv"), "name,paint\na,red\nb,green\n");
    assert!(code == 1 && told.starts_with("stdin.plan.csv:3:"), "{told}");
    let (code, told) = piped(&format!("{line} json"), "{\"name\":\"b\",\"paint\":\"green\"}");
    assert!(code == 1 && told.starts_with("stdin.plan.json:1:1"), "{told}");
    let (code, told) = piped(&format!("{line} yaml"), "name: b\npaint: green\n---\nname: a\npaint: red\n");
    assert!(code == 1 && told.starts_with("stdin.plan.yaml:1:1"), "{told}");
    let (code, told) = piped(&format!("{line} toml"), "name = \"b\"\npaint = \"green\"\n");
    assert!(code == 1 && told.starts_with("stdin.plan.toml:1:1"), "{told}");
    // What is said wins over what the name ends in.
    let (code, told) = piped(&format!("{line} json-lines --stdin-filename boxes.yaml"), BOXES);
    assert!(code == 1 && told.starts_with("boxes.yaml:2:1"), "{told}");
    let (code, told) = piped(&format!("{line} lines"), BOXES);
    assert!(code == 2 && told.contains("json-lines"), "{told}");
    // Files beside it are read as they are called.
    let (code, told) =
        piped("check - a.jsonl --pack boxes --output-format concise --input-format csv", "name,paint\nc,green\n");
    assert!(code == 1 && told.contains("stdin.plan.csv:2:") && told.contains("a.jsonl:2:1"), "{told}");
}

#[test]
fn timings_are_told_on_standard_error_and_change_nothing_else() {
    let folder = Folder::with_estate().file("denied.plan.yaml", DENIED);
    for format in ["full", "concise", "json"] {
        let line = format!("check denied.plan.yaml --output-format {format}");
        let plain = folder.output(&line);
        let timed = folder.output(&format!("{line} --timings"));
        assert_eq!((plain.status, &plain.stdout), (timed.status, &timed.stdout), "{format}");
        let told = String::from_utf8(timed.stderr).unwrap();
        let told = told.strip_prefix(std::str::from_utf8(&plain.stderr).unwrap()).unwrap();
        let begins: Vec<&str> = told.lines().map(|line| line.split_whitespace().next().unwrap()).collect();
        let phases = ["time:", "policies", "reading", "loading", "judging", "writing", "all", "deciding"];
        assert_eq!(begins[..8], phases, "{told}");
        assert!(begins[8..].iter().all(|code| code.starts_with("VMM") || code.parse::<u32>().is_ok()), "{told}");
        assert!(told.lines().all(|line| line.chars().count() <= 80), "{told}");
    }
    let (boxes, _) = boxes();
    let lines = boxes.file("boxes.jsonl", BOXES).output("check boxes.jsonl --pack boxes --timings");
    let told = String::from_utf8(lines.stderr).unwrap();
    assert!(told.contains("\ndeciding rules: ") && told.contains("\n  BOX01 "), "{told}");
    let all = folder.output("check denied.plan.yaml --timings --verbose --baseline nowhere.json");
    assert!(String::from_utf8(all.stderr).unwrap().contains("\n  comparing "));
    let file = Folder::with_estate().file("clearway.toml", "timings = true\njobs = 2\ncache = false\n");
    assert!(file.told("check move.plan.yaml").contains("time: "));
    assert!(!file.told("check move.plan.yaml --no-timings").contains("time: "));
    assert_eq!(file.code("check move.plan.yaml --jobs 0"), 2);
}
