//! Every code has a page, every page has a code, and the example on it gives that code. CONTRIBUTING.md says how a page is
//! written; this is what reads it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::string_slice)]

#[path = "pages/markdown.rs"]
mod markdown;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clearway::check::PackFiles;
use clearway::diag::{CodeInfo, Family, Severity, codes};
use markdown::{Block, blocks};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/codes")
}

fn page(info: &CodeInfo) -> String {
    std::fs::read_to_string(folder().join(format!("{}.md", info.code))).unwrap_or_default()
}

#[test]
fn every_code_has_a_page_with_its_title_and_every_page_a_code() {
    let mut wrong = Vec::new();
    for info in codes::all() {
        let title = format!("# {}: {}", info.code, info.title);
        match page(info).lines().next() {
            None => wrong.push(format!("{} has no page", info.code)),
            Some(first) if first != title => wrong.push(format!("{first:?} should be {title:?}")),
            Some(_) => {}
        }
    }
    let known: BTreeSet<String> = codes::all().map(|info| format!("{}.md", info.code)).collect();
    for entry in std::fs::read_dir(folder()).unwrap() {
        let name = entry.unwrap().file_name().to_string_lossy().into_owned();
        if !known.contains(&name) {
            wrong.push(format!("{name} is the page of no code"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What a fenced block is, by its info string.
const KINDS: &[&str] = &[
    "way",
    "yaml plan",
    "json plan",
    "toml plan",
    "csv plan",
    "yaml inventory",
    "json inventory",
    "toml inventory",
    "xml inventory",
    "yaml inventory escaped",
    "toml config",
    "csv vInfo",
    "csv vCPU",
    "csv vDisk",
    "jsonl machines",
    "sh",
];

/// The example of a page: its first block of a kind that is run, and the others of that section.
fn example(page: &str) -> Vec<Block> {
    let tagged: Vec<Block> = blocks(page).into_iter().filter(|block| KINDS.contains(&block.info.as_str())).collect();
    let section = tagged.first().map(|block| block.section);
    tagged.into_iter().filter(|block| Some(block.section) == section).collect()
}

/// What running an example gave.
#[derive(Default)]
struct Outcome {
    diagnostics: Vec<clearway::diag::Diagnostic>,
}

/// A pack of texts, parsed; diagnostics of the parser go to the outcome.
fn parsed(folder: &str, texts: &[String], base: &mut u32, outcome: &mut Outcome) -> PackFiles {
    let mut files = Vec::new();
    for text in texts {
        let parsed = clearway::syntax::parse(text, *base);
        *base += u32::try_from(text.len()).unwrap() + 1;
        outcome.diagnostics.extend(parsed.diagnostics);
        files.push(parsed.tree);
    }
    PackFiles { folder: folder.into(), files }
}

/// The bundled pack as texts, from its folder.
fn bundled() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies/vmm-2019");
    let walk = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().filter_map(Result::ok);
    let policies = walk.map(walkdir::DirEntry::into_path).filter(|path| path.extension().is_some_and(|e| e == "way"));
    policies.map(|path| std::fs::read_to_string(path).unwrap()).collect()
}

/// Parses and checks the policies of an example.
fn checked(texts: &[String]) -> Outcome {
    let mut outcome = Outcome::default();
    let mut base = 0;
    let says = |word: &str| texts.iter().any(|text| text.lines().any(|line| line.split(' ').next() == Some(word)));
    let mut own = texts.to_vec();
    if !says("pack") && !says("extend") {
        own.insert(0, include_str!("code_pages/small.way").to_owned());
    }
    let mut packs = Vec::new();
    if texts.iter().any(|text| {
        text.lines().any(|line| line.trim_end() == "extend vmm-2019" || line.starts_with("extend  vmm-2019"))
    }) {
        packs.push(parsed("vmm-2019", &bundled(), &mut base, &mut outcome));
    }
    packs.push(parsed("example", &own, &mut base, &mut outcome));
    outcome.diagnostics.extend(clearway::check::check(&packs).diagnostics);
    outcome
}

/// Whether a message keeps the law of messages.
fn lawful(diagnostic: &clearway::diag::Diagnostic) -> Option<String> {
    let text = &diagnostic.message;
    let wrong = if text.starts_with(char::is_uppercase) {
        "begins with a capital"
    } else if text.ends_with('.') {
        "ends with a full stop"
    } else if text.contains('\n') {
        "has more than one line"
    } else if diagnostic.help.as_deref().is_none_or(str::is_empty) {
        "says not what to do"
    } else {
        return None;
    };
    Some(format!("{}: {text:?} {wrong}", diagnostic.code))
}

#[test]
fn examples_of_policies_give_their_code() {
    let mut wrong = Vec::new();
    for info in codes::all() {
        let page = page(info);
        let example = example(&page);
        let texts: Vec<String> =
            example.iter().filter(|block| block.info == "way").map(|block| block.text.clone()).collect();
        if texts.is_empty() || texts.len() != example.len() {
            continue;
        }
        let mut outcome = checked(&texts);
        if info.family == Family::Syntax {
            outcome.diagnostics.retain(|diagnostic| codes::info(diagnostic.code).unwrap().family == Family::Syntax);
        }
        let given: Vec<&str> = outcome.diagnostics.iter().map(|diagnostic| diagnostic.code.as_str()).collect();
        let others = outcome.diagnostics.iter().any(|d| d.code != info.code && d.severity == Severity::Error);
        if !given.contains(&info.code.as_str()) || others {
            let told: Vec<String> =
                outcome.diagnostics.iter().map(|d| format!("    {} {}", d.code, d.message)).collect();
            wrong.push(format!("{}: the example gives {given:?}\n{}", info.code, told.join("\n")));
        }
        wrong.extend(outcome.diagnostics.iter().filter(|d| d.code == info.code).filter_map(lawful));
        for mended in blocks(&page).iter().filter(|block| block.info == "way mended") {
            let mut outcome = checked(std::slice::from_ref(&mended.text));
            if info.family == Family::Syntax {
                outcome.diagnostics.retain(|diagnostic| codes::info(diagnostic.code).unwrap().family == Family::Syntax);
            }
            for left in outcome.diagnostics.iter().filter(|d| d.code == info.code || d.severity == Severity::Error) {
                wrong.push(format!("{}: what is mended still gives {} {}", info.code, left.code, left.message));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The blocks of an example as files, and the command that reads them.
fn laid_out(example: &[Block], folder: &Path) -> Vec<String> {
    let mut args: Vec<String> = Vec::new();
    let mut inventories = 0;
    let mut plan = None;
    let mut records = None;
    let write = |name: &str, text: &[u8]| {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    for block in example {
        match block.info.split(' ').collect::<Vec<_>>()[..] {
            ["way"] => {
                write("pack/example.way", block.text.as_bytes());
                let own = block.text.lines().any(|line| line.starts_with("pack ") || line.starts_with("extend "));
                if !own {
                    write("pack/small.way", include_bytes!("code_pages/small.way"));
                }
                args.extend(["--pack".to_owned(), "pack".to_owned()]);
            }
            [format, "plan"] => {
                let name = format!("example.plan.{format}");
                write(&name, block.text.as_bytes());
                plan = Some((name, block.text.contains("inventory")));
            }
            [format, "inventory", "escaped"] => {
                let name = format!("inventory.{format}");
                inventories += 1;
                write(&name, &unescaped(&block.text));
                args.extend(["--inventory".to_owned(), name]);
            }
            [format, "inventory"] => {
                inventories += 1;
                let name = format!(
                    "inventory{}.{format}",
                    if inventories == 1 { String::new() } else { inventories.to_string() }
                );
                write(&name, block.text.as_bytes());
                args.extend(["--inventory".to_owned(), name]);
            }
            ["toml", "config"] => write("clearway.toml", block.text.as_bytes()),
            ["csv", sheet] => {
                write(&format!("RVTools_tab{sheet}.csv"), block.text.as_bytes());
                records = Some(["import", "rvtools", "RVTools_tabvInfo.csv"]);
            }
            ["jsonl", "machines"] => {
                write("machines.jsonl", block.text.as_bytes());
                records = Some(["check", "machines.jsonl", "--exit-zero"]);
            }
            ["sh"] => {}
            _ => panic!("no way to run a block of the kind {:?}", block.info),
        }
    }
    if let Some(command) = example.iter().find(|block| block.info == "sh") {
        let (before, own): (Vec<&str>, Vec<&str>) =
            command.text.lines().partition(|line| !line.starts_with("clearway "));
        before.iter().for_each(|line| prepared(line, folder));
        return own.concat().split_whitespace().skip(1).map(str::to_owned).collect();
    }
    if let Some(command) = records {
        return command.map(str::to_owned).into_iter().chain(args).collect();
    }
    if inventories == 0 && !plan.as_ref().is_some_and(|(_, names_one)| *names_one) {
        args.extend(["--inventory".to_owned(), "examples/estate.yaml".to_owned()]);
    }
    let name = plan.map_or_else(|| "empty.plan.yaml".to_owned(), |(name, _)| name);
    if name == "empty.plan.yaml" {
        write(&name, b"plan: empty\nsteps: []\n");
    }
    [vec!["check".to_owned(), name], args].concat()
}

/// Runs a line of a page that comes before the command: `git` and `cp`, without a shell.
fn prepared(line: &str, folder: &Path) {
    let words: Vec<&str> = line.split_whitespace().collect();
    match words[..] {
        ["cp", from, to] => {
            std::fs::copy(folder.join(from), folder.join(to)).unwrap();
        }
        ["git", ..] => {
            let mut git = std::process::Command::new("git");
            git.args(&words[1..]).current_dir(folder).env("GIT_CONFIG_GLOBAL", folder.join("none"));
            git.env("GIT_CONFIG_NOSYSTEM", "1").env_remove("GIT_DIR").env_remove("GIT_INDEX_FILE");
            for (name, value) in [("NAME", "a"), ("EMAIL", "a@example.com")] {
                git.env(format!("GIT_AUTHOR_{name}"), value).env(format!("GIT_COMMITTER_{name}"), value);
            }
            let output = git.output().unwrap();
            assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
        }
        _ => panic!("no way to run {line:?}"),
    }
}

/// Whether a page needs git and there is none.
fn wants_git(blocks: &[Block]) -> bool {
    let asks = blocks.iter().any(|block| block.info == "sh" && block.text.lines().any(|line| line.starts_with("git ")));
    asks && std::process::Command::new("git").arg("--version").output().is_err()
}

/// A text in which `\xNN` stands for a byte: for files that are no text.
fn unescaped(text: &str) -> Vec<u8> {
    let mut pieces = text.split("\\x");
    let mut bytes = pieces.next().unwrap_or_default().as_bytes().to_vec();
    for piece in pieces {
        bytes.push(u8::from_str_radix(&piece[..2], 16).unwrap());
        bytes.extend(&piece.as_bytes()[2..]);
    }
    bytes
}

/// Copies what commands of pages name: the bundled example.
fn with_examples(folder: &Path) {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    std::fs::create_dir(folder.join("examples")).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        std::fs::copy(&path, folder.join("examples").join(path.file_name().unwrap())).unwrap();
    }
}

/// Runs a command of a page and gives what it said, and the codes in it by severity.
fn run(blocks: &[Block]) -> (String, BTreeSet<(String, String)>) {
    let mark = regex::Regex::new(r"\b(error|warning|info)\W{1,2}(CW\d{3})\b").unwrap();
    let folder = tempfile::tempdir().unwrap();
    with_examples(folder.path());
    let args = laid_out(blocks, folder.path());
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_clearway"))
        .args(&args)
        .current_dir(folder.path())
        .env("NO_COLOR", "1")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    let found = mark.captures_iter(&text).map(|found| (found[1].to_owned(), found[2].to_owned())).collect();
    (format!("$ clearway {}\n{text}", args.join(" ")), found)
}

#[test]
fn examples_of_inputs_and_runs_give_their_code() {
    let mut wrong = Vec::new();
    for info in codes::all() {
        let page = page(info);
        let example = example(&page);
        if example.is_empty() || example.iter().all(|block| block.info == "way") {
            continue;
        }
        if wants_git(&example) {
            println!("{}: the example was not run, for there is no git", info.code);
            continue;
        }
        let (said, found) = run(&example);
        let gives = found.iter().any(|(_, code)| code == info.code.as_str());
        let others = found.iter().any(|(severity, code)| severity == "error" && code != info.code.as_str());
        if !gives || others {
            wrong.push(format!("{}: the example gives {found:?}\n{said}", info.code));
        }
        let mended: Vec<Block> = blocks(&page)
            .into_iter()
            .filter_map(|block| Some(Block { info: block.info.strip_suffix(" mended")?.to_owned(), ..block }))
            .collect();
        if !mended.is_empty() {
            let (said, found) = run(&mended);
            if found.iter().any(|(severity, code)| severity == "error" || code == info.code.as_str()) {
                wrong.push(format!("{}: what is mended gives {found:?}\n{said}", info.code));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_page_shows_an_example_that_is_run_and_what_to_do() {
    let mut wrong = Vec::new();
    for info in codes::all() {
        let page = page(info);
        let example = example(&page);
        if example.is_empty() {
            let unknown: Vec<String> = blocks(&page).into_iter().map(|block| block.info).collect();
            wrong.push(format!("{}: no example; its blocks are {unknown:?}", info.code));
        }
        if !page.contains("\n## How to mend it\n") {
            wrong.push(format!("{}: no section `How to mend it`", info.code));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
