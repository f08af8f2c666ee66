//! YAML as the reader of GitHub and GitLab has it: PyYAML, which comes with `pre-commit`.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::tools_support;

/// The documents of a YAML text. None where there are no outside tools.
pub fn parsed(text: &str) -> Option<Value> {
    tools_support::tool("pre-commit")?;
    let python = tools_support::folder().join("python");
    if !python.exists() {
        tools_support::did_not_run("pre-commit is there, but not from .ci/tools, so there is no PyYAML");
        return None;
    }
    // A list of pairs would lose doubled keys; PyYAML lets the last one win, as the consumers do.
    let program = "import json, sys, yaml; print(json.dumps(yaml.safe_load(sys.stdin.buffer.read())))";
    let mut child = Command::new(python);
    child.args(["-c", program]).stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped());
    let mut child = child.spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), text.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "no YAML:\n{text}");
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

/// A file of the project.
pub fn file(name: &str) -> Option<Value> {
    parsed(&std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap())
}

/// The text of a value that is one.
#[track_caller]
pub fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("no `{name}` in {value:#}"))
}
