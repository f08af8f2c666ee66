//! The packs of Forklift's concerns against the corpora of inputs with known answers that lie beside the repository, and
//! against what is told of the rules in words.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs
)]

#[path = "forklift/corpus.rs"]
mod corpus;
#[path = "forklift/judged.rs"]
mod judged;
#[path = "forklift/mutate.rs"]
mod mutate;
#[path = "forklift/reference/mod.rs"]
mod reference;
#[path = "forklift/samples.rs"]
mod samples;
#[path = "forklift/sixth.rs"]
mod sixth;

use corpus::{Case, agree, corpus, described, typed};
use serde_json::Value;

const PROVIDERS: [&str; 5] = ["hyperv", "openstack", "ova", "ovirt", "vmware"];

/// Every case and every well-typed variant of a provider agrees to the letter; of the others the loader says what is wrong.
fn holds(provider: &str) {
    let Some(cases) = corpus(provider) else { return };
    let (of_type, plain): (Vec<Case>, Vec<Case>) = cases.into_iter().partition(|case| case.kind == "type");
    let variants = plain.iter().filter(|case| !case.kind.is_empty()).count();
    println!(
        "{provider}: {} cases and {variants} variants agree to the letter, {} variants of kind `type` are looked at by the loader",
        plain.len() - variants,
        of_type.len(),
    );
    agree(provider, &plain);
    described(provider, &plain);
    typed(provider, &of_type);
}

#[test]
fn hyperv() {
    holds("hyperv");
}

#[test]
fn vmware() {
    holds("vmware");
}

#[test]
fn ovirt() {
    holds("ovirt");
}

#[test]
fn openstack() {
    holds("openstack");
}

#[test]
fn ova() {
    holds("ova");
}

/// The samples that lie in the repository, so that something is held where there are no corpora.
#[test]
fn samples_agree() {
    for provider in PROVIDERS {
        let cases = samples::samples(provider);
        agree(provider, &cases);
        described(provider, &cases);
        println!("{provider}: {} samples agree to the letter", cases.len());
    }
}

/// Every concern of a provider is raised by some sample, every one that a pack has, and by no other name.
#[test]
fn every_concern_has_a_sample() {
    for provider in PROVIDERS {
        let raised = samples::samples(provider).into_iter().flat_map(|case| case.concerns).map(|(id, ..)| id);
        let raised: std::collections::BTreeSet<String> = raised.collect();
        assert_eq!(raised, judged::rules(provider), "{provider}");
    }
}

/// What is told of the rules in words is what they say: of every case, well typed or not.
#[test]
fn words_and_corpora_agree() {
    for provider in PROVIDERS {
        for case in corpus(provider).unwrap_or_default() {
            assert_eq!(reference::concerns(provider, &case.input), case.concerns, "{}: {}", case.name, case.input);
        }
    }
}

/// Machines that nobody thought of: each pack says what the words say.
fn agrees_with_words(provider: &str, seed: u64) -> Result<(), proptest::test_runner::TestCaseError> {
    let mut machines: Vec<Value> = samples::samples(provider).into_iter().map(|case| case.input).collect();
    let well_typed = corpus(provider).unwrap_or_default().into_iter().filter(|case| case.kind != "type");
    machines.extend(well_typed.map(|case| case.input));
    let pool = mutate::Pool::of(&machines);
    let mut dice = mutate::Dice::new(seed);
    let changed: Vec<Value> = (0..400).map(|_| mutate::machine(&machines, &pool, &mut dice)).collect();
    let judged = judged::judge(provider, &changed);
    proptest::prop_assert!(judged.other.is_empty(), "{:?}", judged.other);
    for (at, machine) in changed.iter().enumerate() {
        let said = reference::concerns(provider, machine);
        proptest::prop_assert!(judged.wrong[at].is_empty(), "{provider}: {machine}: {:?}", judged.wrong[at]);
        proptest::prop_assert_eq!(&judged.said[at], &said, "{}: {}", provider, machine);
    }
    Ok(())
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config { cases: 2, max_shrink_iters: 0, failure_persistence: None, ..Default::default() })]

    #[test]
    fn packs_say_what_the_words_say(seed in proptest::prelude::any::<u64>()) {
        for provider in PROVIDERS {
            agrees_with_words(provider, seed)?;
        }
    }
}
