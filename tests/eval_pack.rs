//! The bundled pack's own tests: every one holds, and together they cover every verdict and every cell.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use clearway::check::{Checked, PackFiles, check};
use clearway::compile::compile;
use clearway::session::policy_tests::{TestRun, run_tests};
use clearway::source::SourceMap;

fn pack(map: &mut SourceMap, name: &str) -> Checked {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("policies").join(name);
    let mut paths = Vec::new();
    for folder in [root.clone(), root.join("tests")] {
        let Ok(entries) = std::fs::read_dir(folder) else { continue };
        paths.extend(entries.map(|e| e.unwrap().path()).filter(|p| p.extension().is_some_and(|e| e == "way")));
    }
    paths.sort();
    let mut files = Vec::new();
    for path in paths {
        let text = std::fs::read_to_string(&path).unwrap();
        let id = map.add(&path.display().to_string(), text.as_str()).unwrap();
        files.push(clearway::syntax::parse(&text, map.file(id).unwrap().base()).tree);
    }
    check(&[PackFiles { folder: name.into(), files }])
}

fn failures(map: &SourceMap, run: &TestRun) -> String {
    let mut out = String::new();
    for test in &run.tests {
        for failure in &test.failures {
            let place = map.locate(failure.span()).map_or_else(String::new, |p| format!("{}:{}", p.file, p.line));
            out += &format!("{}: {} {}\n    {place}\n", test.name, failure.code, failure.message);
            for note in &failure.notes {
                out += &format!("    {note}\n");
            }
        }
    }
    out
}

#[test]
fn every_test_of_the_pack_holds() {
    let mut map = SourceMap::new();
    let checked = pack(&mut map, "vmm-2019");
    let program = compile(&checked.policies);
    let run = run_tests(&checked.policies, &program, None);
    println!("{:#?}", run.coverage);
    println!("{} tests, {} fail", run.tests.len(), run.tests.iter().filter(|t| !t.failures.is_empty()).count());
    let failures = failures(&map, &run);
    assert!(failures.is_empty(), "{failures}");
}
