//! Against a revision.

use crate::repository::{Repository, codes, fixed, standing, there_is_git};
use crate::run::{DENIED, ESTATE};

/// A further step that is refused.
const MORE: &str = "  - id: db-away\n    vm: db\n    transfer: live\n    to: { host: s1 }\n";

#[test]
fn only_what_became_worse_counts() {
    if !there_is_git() {
        return;
    }
    let repository = Repository::with_plans();
    let (code, json) = repository.checked("check --since main");
    assert_eq!((code, standing(&json, "new")), (0, vec![]), "nothing has changed");
    let known = standing(&json, "unchanged");
    assert!(known.contains(&"VMM103 web-away".to_owned()), "{known:?}");
    assert_eq!(repository.checked("check").0, 1, "without a comparison everything counts");

    repository.git("checkout --quiet -b work");
    repository.write("refused.plan.yaml", &format!("# why\n\n{DENIED}{MORE}"));
    let (code, json) = repository.checked("check --since main");
    assert_eq!(code, 1);
    assert!(standing(&json, "new").iter().all(|finding| finding.ends_with("db-away")), "{json:#}");
    assert_eq!(standing(&json, "unchanged"), known, "lines above it are no change of a finding");
    assert_eq!(json["summary"]["fixed"], 0);
    let new = json["findings"].as_array().unwrap().iter().filter(|finding| finding["standing"] == "new").count();
    assert_eq!(json["summary"]["new"], new);

    repository.write("refused.plan.yaml", &DENIED.replace("host: s1", "host: a2"));
    let (code, json) = repository.checked("check --since main");
    assert_eq!((code, standing(&json, "new")), (0, vec![]));
    assert!(fixed(&json).contains(&"VMM103 web-away refused.plan.yaml".to_owned()), "{json:#}");
    assert_eq!(fixed(&json).len(), known.len());

    // What the terminal shows.
    repository.write("refused.plan.yaml", &format!("{DENIED}{MORE}"));
    let (_, out, _) = repository.told("check --since main --output-format concise");
    assert!(out.contains("db-away") && !out.contains("web-away]"), "{out}");
    let (_, out, _) = repository.told("check --since main");
    assert!(out.contains("error[VMM103] db-away") && !out.contains("error[VMM103] web-away"), "{out}");
    let last = out.lines().last().unwrap();
    assert!(last.starts_with("compared with main (") && last.contains("and not shown, 0 fixed"), "{last}");
}

#[test]
fn a_branch_is_compared_with_where_it_has_parted() {
    if !there_is_git() {
        return;
    }
    let repository = Repository::with_plans();
    repository.git("checkout --quiet -b work");
    repository.git("checkout --quiet main");
    repository.git("rm --quiet refused.plan.yaml");
    repository.git("commit --quiet --message gone");
    repository.git("checkout --quiet work");
    let (code, json) = repository.checked("check --since main");
    assert_eq!((code, standing(&json, "new")), (0, vec![]), "that main has mended it is not this branch's doing");
    let (code, json) = repository.checked("check --since main..");
    assert_eq!(code, 1, "the revision itself has no such plan");
    assert!(standing(&json, "unchanged").is_empty());
    let (code, _) = repository.checked("check --since HEAD~0");
    assert_eq!(code, 0);
}

#[test]
fn renamed_moved_and_reordered_plans_are_held_against_their_former_selves() {
    if !there_is_git() {
        return;
    }
    let repository = Repository::with_plans();
    let unnamed = DENIED.replace("plan: refused\n", "").replace("  - id: web-away\n    vm", "  - vm");
    repository.write("unnamed.plan.yaml", &unnamed);
    repository.commit("more");
    repository.git("mv refused.plan.yaml renamed.plan.yaml");
    std::fs::create_dir(repository.path().join("below")).unwrap();
    let moved = unnamed.replace("estate.yaml", "../estate.yaml");
    repository.write("below/other.plan.yaml", &format!("# moved\n{moved}"));
    std::fs::remove_file(repository.path().join("unnamed.plan.yaml")).unwrap();
    let (code, json) = repository.checked("check --since main");
    assert_eq!((code, standing(&json, "new")), (0, vec![]), "{json:#}");
    assert_eq!(fixed(&json), Vec::<String>::new());
    // A batch of a hook names files one by one.
    let (code, _) = repository.checked("check renamed.plan.yaml --since main");
    assert_eq!(code, 0);
    // A copy is a plan of its own.
    repository.write("copy.plan.yaml", DENIED);
    let (code, json) = repository.checked("check renamed.plan.yaml copy.plan.yaml --since main");
    assert_eq!(code, 1, "{json:#}");
}

#[test]
fn a_plan_that_git_lost_sight_of_is_found_where_it_is_named_alone_too() {
    if !there_is_git() {
        return;
    }
    let repository = Repository::with_plans();
    std::fs::rename(repository.path().join("refused.plan.yaml"), repository.path().join("again.plan.yaml")).unwrap();
    for paths in ["", "again.plan.yaml", "./again.plan.yaml move.plan.yaml"] {
        let (code, json) = repository.checked(&format!("check {paths} --since main"));
        assert_eq!((code, standing(&json, "new")), (0, vec![]), "{paths}: {json:#}");
        assert_eq!(fixed(&json), Vec::<String>::new(), "{paths}");
    }
    // What lay beside it and was deleted is nobody's business where it is not asked for.
    repository.write("again.plan.yaml", &DENIED.replace("host: s1", "host: a2"));
    let (code, json) = repository.checked("check again.plan.yaml --since main");
    assert_eq!((code, fixed(&json)), (0, vec![]), "{json:#}");
}

#[test]
fn what_a_plan_hangs_on_is_read_from_the_revision() {
    if !there_is_git() {
        return;
    }
    let repository = Repository::with_plans();
    repository.write("estate.yaml", &ESTATE.replace("manufacturer: AMD", "manufacturer: Intel"));
    let (_, json) = repository.checked("check --since main");
    assert!(fixed(&json).contains(&"VMM103 web-away refused.plan.yaml".to_owned()), "{json:#}");
    repository.write("estate.yaml", &ESTATE.replacen("manufacturer: Intel", "manufacturer: AMD", 1));
    let (code, json) = repository.checked("check --since main");
    assert_eq!(code, 1, "an inventory that changes makes findings of plans that did not");
    assert!(standing(&json, "new").contains(&"VMM103 web-first".to_owned()), "{json:#}");
    // The configuration of then.
    repository.git("checkout --quiet estate.yaml");
    repository.write("clearway.toml", "ignore = [\"VMM103\"]\n");
    repository.commit("quiet");
    std::fs::remove_file(repository.path().join("clearway.toml")).unwrap();
    let (code, json) = repository.checked("check --since main");
    assert!(standing(&json, "new").contains(&"VMM103 web-away".to_owned()), "{code} {json:#}");
    repository.git("checkout --quiet clearway.toml");
    let (_, json) = repository.checked("check --since HEAD~1");
    assert!(!fixed(&json).iter().any(|fixed| fixed.starts_with("VMM103")), "what is not shown is not mended: {json:#}");
}

#[test]
fn it_works_from_below_in_worktrees_in_hooks_and_with_odd_names() {
    if !there_is_git() {
        return;
    }
    let mut repository = Repository::with_plans();
    let odd = "be low/ümlaut \"x\"\t'y'.plan.yaml";
    repository.write(odd, &DENIED.replace("estate.yaml", "../estate.yaml"));
    repository.commit("odd");
    repository.stands = "be low".to_owned();
    let (code, json) = repository.checked("check --since main");
    assert_eq!((code, standing(&json, "new")), (0, vec![]), "{json:#}");
    assert!(!standing(&json, "unchanged").is_empty());
    let (_, page, _) = repository.told("review --since main");
    assert!(page.contains("be%20low/%C3%BCmlaut"), "links are from the top: {page}");
    // As hooks run it.
    repository.stands = String::new();
    repository.variables = vec![
        ("GIT_DIR".to_owned(), ".git".to_owned()),
        ("GIT_INDEX_FILE".to_owned(), ".git/index".to_owned()),
        ("GIT_PREFIX".to_owned(), String::new()),
    ];
    assert_eq!(repository.checked("check --since main").0, 0);
    repository.stands = "be low".to_owned();
    assert_eq!(repository.checked("check --since main").0, 0);
    repository.variables.clear();
    // A worktree beside it.
    let beside = tempfile::tempdir().unwrap();
    let tree = beside.path().join("tree");
    repository.git(&format!("worktree add --quiet -b other {}", tree.display()));
    let output = repository.run_in(&tree, "check --since main --output-format concise");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn links_ignored_files_and_files_beyond_the_repository_are_found() {
    if !there_is_git() {
        return;
    }
    let repository = Repository::new();
    let outside = tempfile::tempdir().unwrap();
    std::fs::write(outside.path().join("estate.yaml"), ESTATE).unwrap();
    let far = outside.path().join("estate.yaml");
    repository.write("real/estate.yaml", ESTATE);
    repository.write(".gitignore", "export.yaml\n");
    repository.write("export.yaml", ESTATE);
    repository.write("far.plan.yaml", &DENIED.replace("estate.yaml", &far.display().to_string()));
    repository.write("ignored.plan.yaml", &DENIED.replace("estate.yaml", "export.yaml"));
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("real", repository.path().join("linked")).unwrap();
        repository.write("linked.plan.yaml", &DENIED.replace("estate.yaml", "linked/estate.yaml"));
    }
    repository.commit("start");
    // Another line, so that each is checked as it was.
    for plan in ["far", "ignored", "linked"] {
        let name = format!("{plan}.plan.yaml");
        if let Ok(text) = std::fs::read_to_string(repository.path().join(&name)) {
            repository.write(&name, &format!("# changed\n{text}"));
        }
    }
    let (code, json) = repository.checked("check --since main");
    assert_eq!((code, standing(&json, "new"), codes(&json)), (0, vec![], vec![]), "{json:#}");
}

#[test]
fn what_keeps_it_from_being_compared_is_said_with_what_to_do() {
    if !there_is_git() {
        return;
    }
    let nowhere = tempfile::tempdir().unwrap();
    std::fs::write(nowhere.path().join("estate.yaml"), ESTATE).unwrap();
    std::fs::write(nowhere.path().join("a.plan.yaml"), DENIED).unwrap();
    let mut repository = Repository::new();
    let said = |repository: &Repository, line: &str| {
        let (code, json) = repository.checked(line);
        assert_eq!(code, 2, "{line}: {json:#}");
        let told = &json["diagnostics"][0];
        assert!(json["findings"][0]["standing"].is_null());
        format!(
            "{} {}; {}",
            told["code"].as_str().unwrap(),
            told["message"].as_str().unwrap(),
            told["help"].as_str().unwrap()
        )
    };
    repository.write("estate.yaml", ESTATE);
    repository.write("refused.plan.yaml", DENIED);
    assert!(said(&repository, "check --since main").starts_with("CW540 the repository has no commit yet"));
    repository.commit("start");
    let unknown = said(&repository, "check --since mian");
    assert_eq!(unknown, "CW541 git knows no revision `mian`; did you mean `main`?");
    repository.git("update-ref refs/remotes/origin/trunk HEAD");
    assert!(said(&repository, "check --since trunk").ends_with("did you mean `origin/trunk`?"));
    // No git.
    let path = std::mem::replace(&mut repository.variables, vec![("PATH".to_owned(), "/nowhere".to_owned())]);
    assert!(said(&repository, "check --since main").starts_with("CW540 there is no `git` command"));
    repository.variables = path;
    // No repository.
    let output = repository.run_in(nowhere.path(), "check --since main --output-format concise");
    let err = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(err.contains("CW540 there is no repository here"), "{err}");
    // A clone with a part of its history.
    repository.write("move.plan.yaml", crate::run::PLAN);
    repository.commit("second");
    let beside = tempfile::tempdir().unwrap();
    let clone = beside.path().join("clone");
    let url = format!("file://{}", repository.path().display());
    repository.git(&format!("clone --quiet --depth 1 {url} {}", clone.display()));
    let output = repository.run_in(&clone, "check --since HEAD~1 --output-format concise");
    let err = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(err.contains("CW541"), "{err}");
    let output = repository.run_in(&clone, "check --since HEAD");
    assert_eq!(output.status.code(), Some(0), "what is there can be compared with");
}

#[test]
fn a_plan_that_was_broken_is_new_and_one_that_breaks_is_not_mended() {
    if !there_is_git() {
        return;
    }
    let repository = Repository::with_plans();
    repository.write("next.plan.yaml", "steps: [");
    repository.commit("broken");
    repository.write("next.plan.yaml", &DENIED.replace("refused", "next"));
    let (code, json) = repository.checked("check --since main");
    assert_eq!((code, codes(&json)), (1, vec!["CW544".to_owned()]), "{json:#}");
    assert!(!standing(&json, "new").is_empty());
    repository.git("checkout --quiet next.plan.yaml");
    repository.git("rm --quiet next.plan.yaml");
    repository.write("refused.plan.yaml", "steps: [");
    let (code, json) = repository.checked("check --since main");
    assert_eq!((code, fixed(&json)), (2, vec![]), "{json:#}");
}

#[test]
fn a_waiver_that_the_change_brings_is_new_and_what_it_covers_is_not_mended() {
    if !there_is_git() {
        return;
    }
    let repository = Repository::with_plans();
    let waived = |reason: &str| format!("{DENIED}waivers:\n  - {{ code: VMM103, reason: \"{reason}\" }}\n");
    let waiver = |json: &serde_json::Value| {
        let findings = json["findings"].as_array().unwrap().iter();
        findings
            .filter(|finding| finding["verdict"] == "waived")
            .map(|finding| finding["waiver"]["new"].clone())
            .collect::<Vec<_>>()
    };
    repository.write("refused.plan.yaml", &waived("soon"));
    let (_, json) = repository.checked("check --since main");
    assert_eq!(waiver(&json), [true], "{json:#}");
    assert!(!fixed(&json).iter().any(|fixed| fixed.starts_with("VMM103")), "{json:#}");
    let (_, page, _) = repository.told("review --since main");
    assert!(page.contains("**new waiver**: soon") && page.contains("by a new waiver"), "{page}");
    repository.commit("waived");
    repository.write("refused.plan.yaml", &format!("# changed\n{}", waived("soon, really")));
    let (code, json) = repository.checked("check --since main");
    assert_eq!(waiver(&json), [false], "{json:#}");
    assert_eq!(standing(&json, "new"), Vec::<String>::new(), "{code}");
    // One that was there covers what is new, and whoever reviews the change sees it.
    repository.write("refused.plan.yaml", &format!("{DENIED}{MORE}waivers:\n  - {{ code: VMM103, reason: soon }}\n"));
    let (_, page, _) = repository.told("review --since main");
    assert!(page.contains("**new**, under a waiver that was there: soon"), "{page}");
    assert!(page.contains(", 1 new under an old waiver</summary>"), "{page}");
    // One that is taken away leaves its findings.
    repository.write("refused.plan.yaml", DENIED);
    let (code, json) = repository.checked("check --since main");
    assert_eq!((code, standing(&json, "new")), (1, vec!["VMM103 web-away".to_owned()]), "{json:#}");
}

#[test]
fn a_review_says_what_a_change_does() {
    if !there_is_git() {
        return;
    }
    let repository = Repository::with_plans();
    repository.git("checkout --quiet -b work");
    repository.write("refused.plan.yaml", &format!("{DENIED}{}", MORE.replace("live", "quick")));
    repository.write("move.plan.yaml", &crate::run::PLAN.replace("plan: one-move", "plan: \"@all </details> #1\""));
    let (code, page, err) = repository.told("review --since main");
    assert_eq!((code, err.as_str()), (1, ""), "{page}");
    let commit = repository.git("rev-parse HEAD");
    let page = page.replace(commit.get(..10).unwrap(), "COMMIT");
    insta::assert_snapshot!(page);
    let (code, page, _) = repository.told("review --since main refused.plan.yaml --exit-zero");
    assert_eq!(code, 0, "{page}");
    let (code, json) = repository.checked("review --since main");
    assert_eq!(code, 1);
    assert!(json["summary"]["new"].as_u64().unwrap() > 0);
    assert_eq!(repository.told("review --fix").0, 2);
}
