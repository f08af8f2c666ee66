//! No text brings the checker down, and none costs more than its length.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs
)]

use clearway::diag::Severity;

mod check_support;

use check_support::{check_packs, lines};

/// A pseudo-random sequence that is the same on each run.
fn next(state: &mut u64) -> usize {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    usize::try_from(*state >> 33).unwrap()
}

#[test]
fn no_text_brings_the_checker_down() {
    let sources = [
        include_str!("check_support/twenty-mistakes.way").to_owned(),
        include_str!("../policies/vmm-2019/steps.way").to_owned() + include_str!("../policies/vmm-2019/files.way"),
        include_str!("../policies/vmm-2019/vocabulary.way").to_owned()
            + include_str!("../policies/vmm-2019/storage-matrix.way")
            + include_str!("../policies/vmm-2019/effects.way"),
    ];
    let mut state = 42;
    for source in &sources {
        let words: Vec<&str> = source.split_inclusive([' ', '\n', '.', '(', ')', ',', ':']).collect();
        for _ in 0..150 {
            let mut changed = words.clone();
            for _ in 0..1 + next(&mut state) % 12 {
                let (a, b) = (next(&mut state) % changed.len(), next(&mut state) % words.len());
                match next(&mut state) % 3 {
                    0 => changed[a] = words[b],
                    1 => drop(changed.remove(a)),
                    _ => changed.insert(a, words[b]),
                }
            }
            let text = changed.concat();
            let parsed = clearway::syntax::parse(&text, 0);
            let pack = clearway::check::PackFiles { folder: "x".into(), files: vec![parsed.tree] };
            let checked = clearway::check::check(&[pack]);
            // What is broken is left out, so that the rest compiles.
            let _ = clearway::compile::compile(&checked.policies);
            for diagnostic in &checked.diagnostics {
                assert!(!diagnostic.message.is_empty() && diagnostic.help.is_some(), "{diagnostic:?}");
                assert!(!diagnostic.message.contains('\n') && !diagnostic.message.ends_with('.'), "{diagnostic:?}");
            }
        }
    }
}

#[test]
fn depth_is_bounded_and_not_paid_twice() {
    use std::fmt::Write;
    // Each definition needs the one behind it twice, and its body is as deep as the parser allows.
    let mut text = String::from(
        "pack demo\nentity host { name: name key, peer: host?, twin: host? }\ninput plan with inventory { hosts: [host] }\n",
    );
    for i in 0..90 {
        let deep = format!("{}d{}(h){}", "not (not (".repeat(20), i + 1, "))".repeat(20));
        writeln!(text, "define d{i}(h: host): bool = {deep} and d{}(h)", i + 1).unwrap();
    }
    writeln!(text, "define d90(h: host): bool = h.peer exists and h.twin exists").unwrap();
    writeln!(text, "rule D1 x \"X\" {{ for plan each h in hosts must d0(h) because \"…\" }}").unwrap();
    let (map, checked) = check_packs(&[("demo", &[&text])]);
    assert!(checked.diagnostics.iter().all(|d| d.severity == Severity::Warning), "{}", lines(&map, &checked));
    // The same the other way round, without types: nothing is known before it is needed.
    let mut text = String::from("pack demo\n");
    for i in 0..5000 {
        writeln!(text, "define c{i} = c{} + c{}", i + 1, i + 1).unwrap();
    }
    writeln!(text, "define c5000 = 1").unwrap();
    let (map, checked) = check_packs(&[("demo", &[&text])]);
    let _ = clearway::compile::compile(&checked.policies);
    let said = lines(&map, &checked);
    assert!(said.starts_with("CW213 ") && said.matches("\nCW").count() == 0, "{said}");
}
