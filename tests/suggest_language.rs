//! What a pack says of alternatives to refused steps: what it may say, and what is said of what it may not.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "check_support/mod.rs"]
mod check_support;

use check_support::{VOCABULARY, check_packs, lines};

/// What is said of clauses of a `suggest`.
fn about(clauses: &str) -> String {
    let text = format!("{VOCABULARY}\nsuggest step {{\n{clauses}\n}}\n");
    let (map, mut checked) = check_packs(&[("demo", &[&text])]);
    checked.diagnostics.retain(|d| d.code.as_str() != "CW273");
    lines(&map, &checked)
}

#[test]
fn members_of_a_step_are_varied_and_fields_of_the_inventory_are_reached() {
    let fine = [
        "  vary step.transfer\n  reach step.vm.host = step.destination",
        "  vary step.to.host\n  reach step.vm.host = step.destination",
        "  vary step.to.host in [h for h in hosts where h.cluster == step.destination.cluster]\n  via step.to.host in hosts
           via step.to.host in [step.source]\n  reach step.vm.host = step.destination",
        "  vary step.vm in vms\n  vary step.to.disks\n  reach d.storage = step.to.disks[d.name] else d.storage for d in step.vm.disks",
        "  vary step.transfer in [live]\n  reach d.size = d.size for d in step.vm.disks where d.base exists
           interruption if step.vm.running then 1 else 0 \"{step.vm} by {step.transfer}\"
           volume sum(d.size for d in step.vm.disks)",
        "  vary step.transfer\n  reach d.base.storage = d.storage for d in step.vm.disks where d.base exists\n  interruption 2",
    ];
    for clauses in fine {
        assert_eq!(about(clauses), "", "{clauses}");
    }
}

#[test]
fn what_cannot_be_tried_is_told() {
    let wrong = [
        "  vary step.vm\n  reach step.vm.host = step.destination",
        "  vary step.vm.host in hosts\n  reach step.vm.host = step.destination",
        "  vary step.destination in hosts\n  reach step.vm.host = step.destination",
        "  vary step.id in [\"a\"]\n  reach step.vm.host = step.destination",
        "  vary step.to.host in storage\n  reach step.vm.host = step.destination",
        "  vary step.to.host in step.source\n  reach step.vm.host = step.destination",
        "  vary step.to.host\n  vary step.to.host in hosts\n  reach step.vm.host = step.destination",
        "  vary step.transfer\n  via step.to.host in hosts\n  reach step.vm.host = step.destination",
        "  vary step.transfer\n  via step.transfer\n  reach step.vm.host = step.destination",
        "  vary step.transfer\n  reach step.to.host = step.source",
        "  vary step.transfer\n  reach step.destination = step.source",
        "  vary step.transfer\n  reach step.vm.host = step.vm.disks",
        "  vary step.transfer\n  reach step.vm.host = step.destination for vm in hosts where vm\n  interruption \"long\"\n  volume 3",
        "  vary step.transfer\n  reach step.vm.host = step.destination\n  interruption 1 \"{step.vm.disks}\"",
        "  vary step.transfer\n  reach step.vm.host = step.destination\n  interruption if step.refused then 1 else 0",
    ];
    let mut all = String::new();
    for clauses in wrong {
        all.push_str(&format!("{clauses}\n{}\n\n", about(clauses)));
    }
    insta::assert_snapshot!("wrong_alternatives", all);
}

#[test]
fn a_pack_says_it_once_and_a_layer_anew() {
    let one = "suggest step {\n  vary step.transfer\n  reach step.vm.host = step.destination\n}\n";
    let twice = format!("{VOCABULARY}\n{one}{one}");
    let (map, checked) = check_packs(&[("demo", &[&twice])]);
    let said = lines(&map, &checked);
    assert!(said.contains("CW244") && said.contains("the pack says twice what else may be tried"), "{said}");

    let base = format!("{VOCABULARY}\n{one}");
    let layer =
        "pack own\nextend demo\n\nsuggest step {\n  vary step.to.host\n  reach step.vm.host = step.destination\n}\n";
    let (map, checked) = check_packs(&[("demo", &[&base]), ("own", &[layer])]);
    let said = lines(&map, &checked);
    assert!(!said.contains("CW244"), "{said}");
    let suggest = checked.policies.suggest.expect("alternatives");
    assert_eq!(suggest.variations.iter().map(|v| v.path.join(".")).collect::<Vec<_>>(), ["to.host"]);

    let wave = format!("{VOCABULARY}\n{}", one.replace("suggest step", "suggest wave").replace("step.", "wave."));
    let (map, checked) = check_packs(&[("demo", &[&wave])]);
    assert!(lines(&map, &checked).contains("only steps have alternatives"), "{}", lines(&map, &checked));
}
