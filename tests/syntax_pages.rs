//! The pages of the codes about the text of a policy: their examples give their code, mended they give none.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use clearway::diag::codes;

#[test]
fn each_page_shows_its_code() {
    for info in codes::syntax::ALL {
        let path = format!("{}/docs/codes/{}.md", env!("CARGO_MANIFEST_DIR"), info.code);
        let page = std::fs::read_to_string(&path).unwrap_or_else(|_| panic!("no page for {}", info.code));
        assert!(page.starts_with(&format!("# {}: {}\n", info.code, info.title)), "{}", info.code);
        let example = |tag: &str| page.split(&format!("```{tag}\n")).nth(1).unwrap().split("```").next().unwrap();
        let found = |text: &str| clearway::syntax::parse(text, 0).diagnostics;
        let given = found(example("way"));
        assert!(given.len() == 1 && given[0].code == info.code, "{}: {given:?}", info.code);
        assert!(given[0].help.is_some(), "{} says what to do", info.code);
        let mended = found(example("way mended"));
        assert!(mended.is_empty(), "{}: {mended:?}", info.code);
    }
}

#[test]
fn the_examples_of_the_reference_parse() {
    let page = include_str!("../docs/language.md");
    let examples: Vec<&str> = page.split("```way\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert!(examples.len() > 10);
    for example in examples {
        let found = clearway::syntax::parse(example, 0).diagnostics;
        assert!(found.is_empty(), "{example}\n{found:?}");
    }
}
