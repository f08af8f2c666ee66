//! Machines of our own with the concerns that they raise, in the form of the corpora: `tests/forklift/samples/`. Whoever adds one
//! writes its input and has the rest written by `CLEARWAY_UPDATE=1 cargo test --test forklift`; then it is to be read.

use std::path::Path;

use serde_json::{Value, json};

use super::corpus::{Case, case};
use super::reference::concerns;

/// The samples of a provider.
pub fn samples(provider: &str) -> Vec<Case> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/forklift/samples/{provider}.jsonl"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    if std::env::var_os("CLEARWAY_UPDATE").is_some() {
        let written: String = lines.clone().map(|line| written(provider, line) + "\n").collect();
        if written != text {
            std::fs::write(&path, &written).unwrap();
        }
        return written.lines().map(case).collect();
    }
    lines.map(case).collect()
}

/// A line with what the rules say in words.
fn written(provider: &str, line: &str) -> String {
    let line: Value = serde_json::from_str(line).unwrap();
    let said = concerns(provider, &line["input"]).into_iter();
    let said: Vec<Value> =
        said.map(|(id, category, label)| json!({ "id": id, "category": category, "label": label })).collect();
    json!({ "case": line["case"], "input": line["input"], "concerns": said }).to_string()
}
