//! The picture in the pages is the one that is drawn.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::path::Path;
use std::process::Command;

#[test]
fn the_pages_show_the_picture_that_is_drawn() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(root.join("docs/cli.md")).unwrap();
    let shown = page.split("```mermaid\n").nth(1).and_then(|rest| rest.split("```").next()).expect("no picture");
    let output = Command::new(env!("CARGO_BIN_EXE_clearway"))
        .args(["check", "tests/plans/small-10-memory.plan.yaml", "--output-format", "mermaid"])
        .current_dir(root)
        .output()
        .unwrap();
    assert_eq!(shown, String::from_utf8(output.stdout).unwrap());
}
