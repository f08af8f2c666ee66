//! `clearway.toml` and the search for plans, by the real binary in folders of its own.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs
)]

#[path = "pages/markdown.rs"]
mod markdown;
#[path = "cli/run.rs"]
#[allow(dead_code)]
mod run;

use std::path::Path;

use clearway::session::config::{KEYS, Key, Kind, SECTIONS};
use run::{DENIED, ESTATE, Folder, PLAN};

/// A plan that names no inventory.
fn bare(plan: &str) -> String {
    plan.lines().filter(|line| !line.starts_with("inventory:")).map(|line| format!("{line}\n")).collect()
}

fn folder() -> Folder {
    Folder::new()
        .file("estate.yaml", ESTATE)
        .file("site/one.plan.yaml", bare(DENIED))
        .file("site/two.plan.yaml", bare(PLAN))
}

fn out(folder: &Folder, line: &str) -> String {
    String::from_utf8(folder.output(line).stdout).unwrap()
}

fn err(folder: &Folder, line: &str) -> String {
    String::from_utf8(folder.output(line).stderr).unwrap()
}

/// The plans that a command checks, by the files that its JSON names.
fn plans(folder: &Folder, line: &str) -> Vec<String> {
    let output = folder.output(&format!("{line} --output-format json"));
    let text = String::from_utf8(output.stdout).unwrap();
    let json: serde_json::Value = serde_json::from_str(&text)
        .unwrap_or_else(|why| panic!("{line}: {why}\n{text}{}", String::from_utf8_lossy(&output.stderr)));
    json["plans"].as_array().unwrap().iter().map(|plan| plan["file"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_file_is_found_from_the_plan_upwards_and_the_command_line_wins() {
    let folder = folder().file("clearway.toml", "inventory = \"estate.yaml\"\noutput-format = \"concise\"\n");
    assert_eq!(folder.code("check"), 1);
    assert_eq!(folder.code("check site/one.plan.yaml"), 1, "the inventory is relative to the configuration");
    assert_eq!(folder.code("check site/two.plan.yaml"), 0);
    assert!(out(&folder, "check").lines().all(|line| line.starts_with("site/")));
    assert!(out(&folder, "check --output-format full").contains("──"));
    let inner = folder.command("check .").current_dir(folder.path().join("site")).output().unwrap();
    assert_eq!(inner.status.code(), Some(1), "above the folder that one stands in, too");
    let absolute = folder.path().join("site/one.plan.yaml");
    let mut elsewhere = folder.command("check");
    let elsewhere = elsewhere.arg(absolute).current_dir(std::env::temp_dir()).output().unwrap();
    assert_eq!(elsewhere.status.code(), Some(1), "for a plan that is far away");

    assert!(err(&folder, "check site/two.plan.yaml --isolated").contains("CW515"));
    let folder = folder.file("other.toml", "fail-on = \"never\"\ninventory = \"estate.yaml\"\n");
    assert_eq!(folder.code("check --config other.toml"), 0);
    assert_eq!(folder.code("check --config other.toml --fail-on error"), 1);
    assert_eq!(folder.code("check --config nowhere.toml"), 2);
    assert_eq!(folder.code("check --config other.toml --isolated"), 2);
}

#[test]
fn what_a_plan_says_wins_over_the_file() {
    let folder = Folder::with_estate().file("clearway.toml", "pack = \"nowhere\"\ninventory = \"nowhere.yaml\"\n");
    let folder = folder.file("own.plan.yaml", format!("pack: vmm-2019\n{PLAN}"));
    assert_eq!(folder.code("check own.plan.yaml"), 0);
    assert_eq!(folder.code("check move.plan.yaml"), 2, "a plan without a pack takes that of the file");
    assert_eq!(folder.code("check move.plan.yaml --pack vmm-2019"), 0);
    assert_eq!(folder.code("rules"), 2);
    assert_eq!(folder.code("rules --pack vmm-2019"), 0);
}

#[test]
fn what_the_file_names_and_is_not_there_is_told_at_its_line_once() {
    let folder =
        folder().file("clearway.toml", "inventory = [\"estate.yaml\", \"nowhere.yaml\"]\npack = \"vmm-2091\"\n");
    insta::assert_snapshot!("missing", folder.told("check"));
    let told = err(&folder, "check --pack vmm-2019");
    assert!(told.contains("[clearway.toml:1:29]") && told.matches("CW511").count() == 1, "{told}");
}

#[test]
fn each_plan_is_judged_by_the_configuration_nearest_to_it() {
    let folder = folder()
        .file("clearway.toml", "inventory = \"estate.yaml\"\n")
        .file("lax/clearway.toml", "inventory = \"../estate.yaml\"\nfail-on = \"never\"\noutput-format = \"json\"\n")
        .file("lax/one.plan.yaml", bare(DENIED));
    assert_eq!(folder.code("check lax"), 0);
    assert!(out(&folder, "check lax").starts_with('{'), "alone it says how it is written, too");
    assert_eq!(folder.code("check lax/one.plan.yaml site/two.plan.yaml"), 0);
    assert_eq!(folder.code("check lax/one.plan.yaml site/one.plan.yaml"), 1);
    assert_eq!(folder.code("check lax --fail-on error"), 1);
    assert!(!out(&folder, "check lax site").starts_with('{'), "what they share is said above both");
    let all = plans(&folder, "check");
    assert_eq!(all, ["lax/one.plan.yaml", "site/one.plan.yaml", "site/two.plan.yaml"]);
    // One that is broken keeps its own plans from being judged, and no others.
    let folder = folder.file("lax/clearway.toml", "fail-onn = \"never\"\n");
    assert_eq!(folder.code("check"), 2);
    assert_eq!(plans(&folder, "check"), ["site/one.plan.yaml", "site/two.plan.yaml"]);
}

const WRONG: &str = "output-formt = \"concise\"\nfail-on = \"nevr\"\nquiet = \"true\"\nmost = 3\nstrict = 1\nselect = [1]\n\
                     exclude = [\"[a-\"]\nunverified = true\noutput-file = \"\"\nreport = { sarf = \"x\" }\nsuggest = 3\n\
                     zzz = 2027-01-01\n[explain]\nfix = true\n[test]\nmin-coverage = 101\n[limits]\nrow = 3\nrows = -1\n";

#[test]
fn everything_wrong_with_a_file_is_told_at_once() {
    let folder = folder().file("clearway.toml", WRONG);
    insta::assert_snapshot!("wrong", folder.told("check site/two.plan.yaml"));
    let json: serde_json::Value = serde_json::from_str(&out(&folder, "check --output-format json")).unwrap();
    assert_eq!(json["diagnostics"].as_array().unwrap().len(), WRONG.matches('\n').count() - 3);
    for command in ["rules", "facts", "test", "explain VMM103", "explain CW101", "lint", "suggest site"] {
        assert_eq!(folder.code(command), 2, "{command}");
    }
    assert_eq!(folder.code("rules --isolated"), 0);
}

#[test]
fn a_file_that_is_no_toml_is_told_and_one_that_says_nothing_is_none() {
    let folder = folder().file("clearway.toml", "fail-on = \nquiet = true\nquiet = false\n");
    insta::assert_snapshot!("broken", folder.told("check site/two.plan.yaml"));
    let folder = folder.file("clearway.toml", "quiet = true\nverbose = true\n");
    assert!(err(&folder, "check").contains("CW532"));
    for empty in ["", "# nothing\n"] {
        let folder = Folder::with_estate().file("clearway.toml", empty);
        assert_eq!(folder.code("check"), 0);
    }
    let folder = Folder::with_estate().file("clearway.toml/x", "");
    assert_eq!(folder.code("check"), 0, "a folder of that name is no configuration");
    assert_eq!(folder.code("check --config clearway.toml"), 2);
}

#[test]
fn plans_are_looked_for_by_patterns() {
    let folder = Folder::with_estate()
        .file("drafts/a.plan.yaml", PLAN)
        .file("site/drafts/b.plan.yaml", PLAN)
        .file("site/c.plan.yaml", PLAN)
        .file("site/d.move.yaml", PLAN)
        .file(".hidden/e.plan.yaml", PLAN)
        .file("estate2.yaml", ESTATE)
        .file("clearway.toml", "inventory = \"estate.yaml\"\nexclude = [\"/drafts/\"]\n");
    let line = |line: &str| plans(&folder, &format!("check --inventory estate.yaml {line}"));
    assert_eq!(line(""), ["move.plan.yaml", "site/c.plan.yaml", "site/drafts/b.plan.yaml"]);
    assert_eq!(line("--exclude drafts"), ["move.plan.yaml", "site/c.plan.yaml"], "in place of those of the file");
    assert_eq!(line("--exclude *.plan.yaml --exclude !c.plan.yaml"), ["site/c.plan.yaml"], "the last one counts");
    assert_eq!(line("--include *.move.yaml"), ["site/d.move.yaml"]);
    assert_eq!(line("--include site/*.yaml"), ["site/c.plan.yaml", "site/d.move.yaml"]);
    assert_eq!(line("drafts"), ["drafts/a.plan.yaml"], "what is named is checked");
    assert_eq!(line("drafts/a.plan.yaml"), ["drafts/a.plan.yaml"]);
    assert_eq!(line(".hidden"), [".hidden/e.plan.yaml"]);
    assert_eq!(line("site ./site/c.plan.yaml site").len(), 2, "each once");
    assert_eq!(folder.code("check --exclude [a-"), 2);
    // By force, what is named is excluded, too; and that alone is no failure.
    assert_eq!(folder.code("check --force-exclude drafts/a.plan.yaml"), 0);
    assert_eq!(folder.code("check --force-exclude drafts"), 0);
    assert!(err(&folder, "check --force-exclude drafts/a.plan.yaml").contains("the plan named is excluded"));
    assert_eq!(err(&folder, "check -q --force-exclude drafts/a.plan.yaml"), "");
    assert_eq!(line("--force-exclude drafts/a.plan.yaml site/c.plan.yaml"), ["site/c.plan.yaml"]);
    assert_eq!(folder.code("check .hidden/nowhere"), 2);
    let folder = folder.file("empty/readme.txt", "");
    assert_eq!(folder.code("check --force-exclude empty"), 3, "a folder without a plan is not excluded");
}

#[test]
fn what_git_ignores_is_passed_over() {
    let folder = Folder::with_estate()
        .file(".git/info/exclude", "private/\n")
        .file(".gitignore", "*.old.plan.yaml\n/build\n# *.plan.yaml\n")
        .file("build/a.plan.yaml", PLAN)
        .file("site/build/b.plan.yaml", PLAN)
        .file("site/c.old.plan.yaml", PLAN)
        .file("site/.gitignore", "!d.old.plan.yaml\n/e.plan.yaml\n")
        .file("site/d.old.plan.yaml", PLAN)
        .file("site/e.plan.yaml", PLAN)
        .file("site/private/f.plan.yaml", PLAN);
    let line = |line: &str| plans(&folder, &format!("check --inventory estate.yaml {line}"));
    let told = ["site/build/b.plan.yaml", "site/d.old.plan.yaml"];
    assert_eq!(line(""), [&["move.plan.yaml"][..], &told].concat());
    assert_eq!(line("site"), told, "patterns of the folders above count as far as the repository reaches");
    assert_eq!(line("build"), ["build/a.plan.yaml"], "what is named is searched");
    assert_eq!(line("site/e.plan.yaml"), ["site/e.plan.yaml"]);
    assert_eq!(line("--no-respect-gitignore").len(), 7);
    let folder = folder.file("clearway.toml", "respect-gitignore = false\n");
    let line = |line: &str| plans(&folder, &format!("check --inventory estate.yaml {line}"));
    assert_eq!(line("").len(), 7);
    assert_eq!(line("--respect-gitignore").len(), 3);
}

#[test]
fn without_a_repository_no_patterns_from_above_count() {
    let folder = Folder::with_estate().file(".gitignore", "*\n").file("site/a.plan.yaml", PLAN);
    assert_eq!(plans(&folder, "check --inventory estate.yaml site"), ["site/a.plan.yaml"]);
    assert_eq!(folder.code("check"), 3, "its own do");
}

#[test]
#[cfg(unix)]
fn links_and_folders_that_cannot_be_read_stop_nobody() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = Folder::with_estate().file("site/a.plan.yaml", PLAN).file("site/locked/b.plan.yaml", PLAN);
    symlink(".", folder.path().join("site/again")).unwrap();
    symlink("a.plan.yaml", folder.path().join("site/z.plan.yaml")).unwrap();
    let locked = folder.path().join("site/locked");
    std::fs::set_permissions(&locked, std::fs::Permissions::from_mode(0o0)).unwrap();
    let readable = std::fs::read_dir(&locked).is_ok();
    let found = plans(&folder, "check --inventory estate.yaml site");
    let told = err(&folder, "check --inventory estate.yaml site");
    let code = folder.code("check --inventory estate.yaml site");
    std::fs::set_permissions(&locked, std::fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(code, 0, "{told}");
    if readable {
        eprintln!("not tested: this user may read every folder");
        return;
    }
    assert_eq!(
        found,
        ["site/a.plan.yaml", "site/z.plan.yaml"],
        "a link to a file is one, a link to a folder is not entered"
    );
    assert!(told.contains("warning[CW511] reading `site/locked` is not permitted"), "{told}");
}

#[test]
fn standard_input_is_where_its_name_says() {
    let folder =
        folder().file("site/clearway.toml", "inventory = \"../estate.yaml\"\nexclude = [\"*.draft.plan.yaml\"]\n");
    let code = |line: &str, text: &str| folder.piped(line, text).status.code().unwrap();
    assert_eq!(code("check - --stdin-filename site/new.plan.yaml", &bare(DENIED)), 1);
    assert_eq!(code("check - --stdin-filename site/new.plan.yaml", &bare(PLAN)), 0);
    assert_eq!(code("check -", &bare(PLAN)), 2, "no inventory here");
    assert_eq!(
        code("check - --stdin-filename site/new.plan.yaml", &format!("inventory: ../estate.yaml\n{}", bare(PLAN))),
        0
    );
    assert_eq!(code("check - site/one.plan.yaml --stdin-filename site/new.plan.yaml", &bare(PLAN)), 1, "beside files");
    assert_eq!(code("check - --stdin-filename site/x.draft.plan.yaml", &bare(DENIED)), 1, "named is checked");
    assert_eq!(code("check - --stdin-filename site/x.draft.plan.yaml --force-exclude", &bare(DENIED)), 0);
}

#[test]
fn flags_can_be_taken_back() {
    let folder = Folder::with_estate()
        .file("refused.plan.yaml", DENIED)
        .file("clearway.toml", "exit-zero = true\nquiet = true\n");
    assert_eq!(folder.code("check"), 0);
    assert_eq!(folder.code("check --no-exit-zero"), 1);
    assert_eq!(folder.code("check --exit-zero --no-exit-zero"), 1);
    assert_eq!(folder.code("check --no-exit-zero --exit-zero"), 0);
    assert!(out(&folder, "check --verbose").len() > out(&folder, "check").len());
}

fn page() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/configuration.md")).unwrap()
}

fn takes(key: &Key) -> String {
    match key.kind {
        Kind::Flag => "`true`, `false`".to_owned(),
        Kind::Choice(words) => words.iter().map(|word| format!("`\"{word}\"`")).collect::<Vec<_>>().join(", "),
        Kind::Whole(least, most) => format!("{least} to {most}"),
        Kind::Text => "text".to_owned(),
        Kind::Texts => "texts".to_owned(),
        Kind::File => "file".to_owned(),
        Kind::Files => "files".to_owned(),
        Kind::Packs => "packs".to_owned(),
        Kind::Patterns => "patterns".to_owned(),
        Kind::Limits => "table of numbers".to_owned(),
        Kind::Reports(_) => "table of files, or texts".to_owned(),
        Kind::Assumptions => "list of tables".to_owned(),
    }
}

/// The tables of the page, as the table of keys has them.
fn tables() -> String {
    let mut out = String::new();
    for section in std::iter::once(None).chain(SECTIONS.iter().map(|(name, _)| Some(*name))) {
        if let Some(name) = section {
            out.push_str(&format!("\n`[{name}]`\n"));
        }
        out.push_str("\n| key | takes | default | of | meaning |\n| - | - | - | - | - |\n");
        for key in KEYS.iter().filter(|key| key.section == section) {
            let of = match key.scope {
                clearway::session::config::Scope::Plan => "plan",
                clearway::session::config::Scope::Run => "run",
            };
            let default = match key.default {
                text if text.starts_with(['"', '[']) || ["true", "false"].contains(&text) => format!("`{text}`"),
                text => text.to_owned(),
            };
            out.push_str(&format!("| `{}` | {} | {default} | {of} | {} |\n", key.name, takes(key), key.doc));
        }
    }
    out
}

#[test]
fn the_page_has_every_key() {
    let (page, tables) = (page(), tables());
    let begin = page.find("\n| key |").unwrap();
    let end = page.find("\n## Examples").unwrap();
    if std::env::var_os("CLEARWAY_UPDATE").is_some() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/configuration.md");
        std::fs::write(path, format!("{}{tables}{}", &page[..begin], &page[end..])).unwrap();
    } else {
        assert!(
            page[begin..end] == tables,
            "`CLEARWAY_UPDATE=1 cargo test --test config` writes the tables of docs/configuration.md"
        );
    }
}

#[test]
fn the_examples_of_the_page_hold_and_show_every_key() {
    let page = page();
    let examples: Vec<String> = markdown::blocks(&page)
        .into_iter()
        .filter(|block| block.info.starts_with("toml"))
        .map(|block| block.text)
        .collect();
    for example in &examples {
        let folder = Folder::with_estate().file("clearway.toml", example);
        let told = err(&folder, "check move.plan.yaml --inventory estate.yaml");
        assert!(
            !["CW530", "CW531", "CW532", "CW533", "CW30"].iter().any(|code| told.contains(code)),
            "{example}\n{told}"
        );
    }
    let all = examples.concat();
    let missing: Vec<&str> = KEYS
        .iter()
        .filter(|key| {
            !all.lines().any(|line| {
                line.starts_with(&format!("{} =", key.name))
                    || [format!("[{}]", key.name), format!("[[{}]]", key.name)].iter().any(|table| line == table)
            })
        })
        .map(|key| key.name)
        .collect();
    assert!(missing.is_empty(), "no example shows {missing:?}");
}
